//! Two texts for people, by `knowledge::diff`: which paragraphs were taken out, put in or reworded, and within them which
//! words. It only arranges: long stretches without a change are told by their number.
//!
//! Nobody waits for somebody else's comparison. Large texts are compared beside the threads that answer, few at a time;
//! the work has a bound, after which whole paragraphs are shown instead of words; so has what is shown, after which the
//! further changes are counted. What was compared is kept, as published texts never change.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use knowledge::diff::{self, Change, Difference, Piece, PieceKind};
use tokio::sync::Semaphore;

use crate::App;
use crate::error::Error;

/// Unchanged blocks shown around a change.
const AROUND: usize = 1;
/// Texts of so many bytes together are compared at once, on the spot.
const SMALL: usize = 32 * 1024;
/// Large pieces of work done at once.
const AT_ONCE: usize = 1;
/// Changed blocks shown.
const CHANGES_MAX: usize = 400;
/// Bytes shown.
const BYTES_MAX: usize = 400 * 1024;
/// Comparisons kept; each holds [`BYTES_MAX`] at most.
const KEPT: usize = 24;

/// A comparison, ready to be shown. Empty when the texts are the same.
pub(super) type Compared = Arc<Vec<Block>>;

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
    /// Something about the comparison itself.
    Note(String),
}

impl Block {
    /// Pieces by name, for the template.
    pub(super) fn is_out(piece: &Piece) -> bool {
        piece.kind == PieceKind::Removed
    }

    pub(super) fn is_in(piece: &Piece) -> bool {
        piece.kind == PieceKind::Added
    }

    fn is_change(&self) -> bool {
        matches!(self, Self::Out(_) | Self::In(_) | Self::Changed(_))
    }

    /// Cut to this many bytes; gives those that are left.
    fn cut(&mut self, left: usize) -> usize {
        let cut = |text: &mut String, left: usize| {
            if text.len() > left {
                let end = (0..=left).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
                text.truncate(end);
                text.push_str(" …");
                return 0;
            }
            left - text.len()
        };
        match self {
            Self::Kept(text) | Self::Out(text) | Self::In(text) => cut(text, left),
            Self::Changed(pieces) => {
                let mut left = left;
                pieces.retain_mut(|piece| {
                    let shown = left > 0;
                    left = if shown { cut(&mut piece.text, left) } else { 0 };
                    shown
                });
                left
            }
            Self::Skipped(_) | Self::Note(_) => left,
        }
    }
}

/// What was compared last, and whose turn it is. One for the whole program.
pub(crate) struct Comparisons {
    held: Mutex<VecDeque<(String, Compared)>>,
    turns: Arc<Semaphore>,
}

impl Default for Comparisons {
    fn default() -> Self {
        Self { held: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Comparisons {
    fn held(&self, name: Option<&str>) -> Option<Compared> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|(known, _)| Some(known.as_str()) == name).map(|(_, found)| Arc::clone(found))
    }

    fn hold(&self, name: String, found: &Compared) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(known, _)| *known != name);
        held.push_front((name, Arc::clone(found)));
        held.truncate(KEPT);
    }
}

/// Does work on so many bytes of text: on the spot, or beside the threads that answer others.
///
/// # Errors
/// When the work could not be done.
pub(super) async fn aside<T: Send + 'static>(
    app: &App,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    if bytes < SMALL {
        return Ok(work());
    }
    let turn = Arc::clone(&app.compared.turns).acquire_owned().await.map_err(Error::fault)?;
    let done = tokio::task::spawn_blocking(move || {
        // The work goes on when nobody waits for it any more, and so does its turn.
        let _turn = turn;
        work()
    });
    done.await.map_err(Error::fault)
}

/// The two texts, block by block. `name` says which two they are, where both never change.
///
/// # Errors
/// When the work could not be done.
pub(super) async fn texts(app: &App, name: Option<String>, old: &str, new: &str) -> Result<Compared, Error> {
    if old == new {
        return Ok(Compared::default());
    }
    if let Some(found) = app.compared.held(name.as_deref()) {
        return Ok(found);
    }
    let (old, new, home) = (old.to_owned(), new.to_owned(), Arc::clone(&app.compared));
    let bytes = old.len() + new.len();
    aside(app, bytes, move || {
        // Several people may have asked for the same at once.
        if let Some(found) = home.held(name.as_deref()) {
            return found;
        }
        let found = Arc::new(shorten(diff::difference(&old, &new)));
        if let Some(name) = name {
            home.hold(name, &found);
        }
        found
    })
    .await
}

fn shorten(found: Difference) -> Vec<Block> {
    let list: Vec<Block> = found
        .changes
        .into_iter()
        .map(|change| match change {
            Change::Same(text) => Block::Kept(text),
            Change::Added(text) => Block::In(text),
            Change::Removed(text) => Block::Out(text),
            Change::Changed(pieces) => Block::Changed(pieces),
        })
        .collect();
    let changed: Vec<bool> = list.iter().map(Block::is_change).collect();
    let near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        changed.iter().skip(from).take(at - from + AROUND + 1).any(|changed| *changed)
    };
    let all = changed.iter().filter(|changed| **changed).count();
    let mut out: Vec<Block> = Vec::new();
    if !found.words {
        let says = "There is much to compare. Some paragraphs are shown whole, as taken out and put in, where only words of them may differ.";
        out.push(Block::Note(says.to_owned()));
    }
    let (mut shown, mut left) = (0, BYTES_MAX);
    for (at, mut block) in list.into_iter().enumerate() {
        if shown >= CHANGES_MAX || left == 0 {
            break;
        }
        if !near(at) {
            match out.last_mut() {
                Some(Block::Skipped(count)) => *count += 1,
                _ => out.push(Block::Skipped(1)),
            }
            continue;
        }
        shown += usize::from(block.is_change());
        left = block.cut(left);
        out.push(block);
    }
    if shown < all {
        let says = format!(
            "These are the first {shown} of {all} changed paragraphs. The others are too many to show."
        );
        out.insert(0, Block::Note(says.clone()));
        out.push(Block::Note(says));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(old: &str, new: &str) -> Vec<Block> {
        shorten(diff::difference(old, new))
    }

    #[test]
    fn a_reworded_paragraph_shows_its_words_and_unchanged_ones_are_counted() {
        let old = "# A\n\nOne.\n\nTwo.\n\nPlease call us today before noon.\n\n- item\n- other\n";
        let new =
            "# A\n\nOne.\n\nTwo.\n\nPlease write to us today before noon.\n\n- item\n- third\n- other\n";
        let found = blocks(old, new);
        assert_eq!(found[0], Block::Skipped(2));
        assert!(matches!(&found[1], Block::Kept(text) if text == "Two."));
        let Block::Changed(words) = &found[2] else { panic!("{found:?}") };
        assert!(words.iter().any(|piece| Block::is_out(piece) && piece.text.contains("call")));
        assert!(words.iter().any(|piece| Block::is_in(piece) && piece.text.contains("write")));
        assert!(found.contains(&Block::In("- third".to_owned())));
    }

    /// SMS-T-DIFF-1: whatever the texts are, what is shown has a bound, and says what it leaves out.
    #[test]
    fn many_changes_are_shown_as_far_as_anybody_reads_and_the_rest_is_counted() {
        let text =
            |word: &str| (0..5_000).map(|at| format!("{word}{at} {word} {word}.\n\n")).collect::<String>();
        let found = blocks(&text("old"), &text("new"));
        let said = |block: &Block| matches!(block, Block::Note(says) if says.contains("first 400 of 10000"));
        assert!(said(&found[0]) && found.last().is_some_and(said), "{:?}", found.first());
        assert_eq!(found.iter().filter(|block| block.is_change()).count(), CHANGES_MAX);

        let long = blocks(&"word ".repeat(1_000_000), &"other ".repeat(1_000_000));
        let bytes: usize = long
            .iter()
            .map(|block| match block {
                Block::Out(text) | Block::In(text) => text.len(),
                _ => 0,
            })
            .sum();
        assert!(bytes <= BYTES_MAX + 8, "{bytes}");
        assert!(long.iter().any(|block| matches!(block, Block::Note(_))));
    }
}
