//! Two texts for people, by `knowledge::diff`: which paragraphs were taken out, put in or reworded, and within them which
//! words. It only arranges: long stretches without a change are told by their number.

use knowledge::diff::{self, Change, Piece, PieceKind};

/// Unchanged blocks shown around a change.
const AROUND: usize = 1;

/// A block as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// The same in both.
    Kept(String),
    /// So many unchanged blocks that are not shown.
    Skipped(usize),
    /// Only in the old text.
    Out(String),
    /// Only in the new text.
    In(String),
    /// In both, with other words.
    Changed(Vec<Piece>),
}

impl Block {
    /// Pieces by name, for the template.
    pub(super) fn is_out(piece: &Piece) -> bool {
        piece.kind == PieceKind::Removed
    }

    pub(super) fn is_in(piece: &Piece) -> bool {
        piece.kind == PieceKind::Added
    }
}

/// The two texts, block by block. Empty when they are the same.
pub(super) fn texts(old: &str, new: &str) -> Vec<Block> {
    if old == new {
        return Vec::new();
    }
    let all: Vec<Block> = diff::readable(old, new)
        .into_iter()
        .map(|change| match change {
            Change::Same(text) => Block::Kept(text),
            Change::Added(text) => Block::In(text),
            Change::Removed(text) => Block::Out(text),
            Change::Changed(pieces) => Block::Changed(pieces),
        })
        .collect();
    shorten(all)
}

fn shorten(list: Vec<Block>) -> Vec<Block> {
    let changed: Vec<bool> = list.iter().map(|block| !matches!(block, Block::Kept(_))).collect();
    let near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        changed.iter().skip(from).take(at - from + AROUND + 1).any(|changed| *changed)
    };
    let mut out: Vec<Block> = Vec::new();
    for (at, block) in list.into_iter().enumerate() {
        match (near(at), out.last_mut()) {
            (true, _) => out.push(block),
            (false, Some(Block::Skipped(count))) => *count += 1,
            (false, _) => out.push(Block::Skipped(1)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reworded_paragraph_shows_its_words_and_unchanged_ones_are_counted() {
        let old = "# A\n\nOne.\n\nTwo.\n\nPlease call us today before noon.\n\n- item\n- other\n";
        let new =
            "# A\n\nOne.\n\nTwo.\n\nPlease write to us today before noon.\n\n- item\n- third\n- other\n";
        let found = texts(old, new);
        assert_eq!(found[0], Block::Skipped(2));
        assert!(matches!(&found[1], Block::Kept(text) if text == "Two."));
        let Block::Changed(words) = &found[2] else { panic!("{found:?}") };
        assert!(words.iter().any(|piece| Block::is_out(piece) && piece.text.contains("call")));
        assert!(words.iter().any(|piece| Block::is_in(piece) && piece.text.contains("write")));
        assert!(found.contains(&Block::In("- third".to_owned())));
        assert!(texts(old, old).is_empty());
    }
}
