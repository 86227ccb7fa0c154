//! What differs between two versions of a page, for people: block by block, and within a changed block word by word.
//!
//! The work is bounded whatever the texts are: blocks that are alone of their kind in both versions hold the texts
//! together, small stretches between them are compared exactly, and what is still left is shown as taken out and put
//! in. The words of changed blocks are compared until a budget is used up; after that blocks are shown whole, and
//! [`Difference::words`] says so.

use std::collections::HashMap;
use std::hash::Hash;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// A block of the page in the new version, or one that is no longer in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// In both versions.
    Same(String),
    /// Only in the new version.
    Added(String),
    /// Only in the old version.
    Removed(String),
    /// In both, with other words.
    Changed(Vec<Piece>),
}

/// Some words of a changed block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where they stand.
    pub kind: PieceKind,
    /// The words, with the spaces around them.
    pub text: String,
}

/// Where some words of a changed block stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    /// In both versions.
    Same,
    /// Only in the new version.
    Added,
    /// Only in the old version.
    Removed,
}

/// What differs between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The blocks in the order of the page.
    pub changes: Vec<Change>,
    /// Whether the words of every changed block were compared; otherwise some are shown whole, as taken out and put in.
    pub words: bool,
}

/// Stretches of at most this many blocks are compared exactly.
const EXACT: usize = 1_000;
/// How often a stretch is divided at blocks that are alone of their kind.
const DIVIDE: usize = 12;
/// The longest blocks whose words are compared, in words and spaces of both versions.
const WORDS: usize = 4_000;
/// How many comparisons of words there are at most in one page: about a tenth of a second.
const BUDGET: usize = 16_000_000;
/// How much alike, in percent, two blocks must be to count as one that was changed.
const ALIKE: usize = 40;

/// What differs between two versions, in the order of the page.
#[must_use]
pub fn readable(old: &str, new: &str) -> Vec<Change> {
    difference(old, new).changes
}

/// The same, and whether it went down to the words.
#[must_use]
pub fn difference(old: &str, new: &str) -> Difference {
    let old_blocks = blocks(old);
    let new_blocks = blocks(new);
    let mut ids: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::with_capacity(old_blocks.len() + new_blocks.len());
    for &block in old_blocks.iter().chain(&new_blocks) {
        let next = ids.len();
        all.push(*ids.entry(block).or_insert(next));
    }
    let (old_ids, new_ids) = all.split_at(old_blocks.len());
    let mut same = Vec::new();
    align(old_ids, new_ids, (0, 0), DIVIDE, &mut same);

    let mut writer = Writer { changes: Vec::new(), budget: BUDGET, spent: false };
    let (mut old_at, mut new_at) = (0, 0);
    for (old_same, new_same) in same.into_iter().chain([(old_blocks.len(), new_blocks.len())]) {
        let removed = old_blocks.get(old_at..old_same).unwrap_or_default();
        let added = new_blocks.get(new_at..new_same).unwrap_or_default();
        writer.stretch(removed, added);
        if let Some(block) = new_blocks.get(new_same) {
            writer.changes.push(Change::Same((*block).to_owned()));
        }
        (old_at, new_at) = (old_same + 1, new_same + 1);
    }
    Difference { changes: writer.changes, words: !writer.spent }
}

/// The blocks of a text: paragraphs, items, rows, headings, each line of a quote, a fenced text as a whole.
fn blocks(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = None;
    let mut end = 0;
    let mut at = 0;
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        let fenced = fence.is_some();
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let begins = !fenced && (trimmed.is_empty() || mark.is_some() || begins_block(trimmed));
        if let Some(from) = start.filter(|_| begins) {
            found.extend(text.get(from..end));
            start = None;
        }
        if !trimmed.is_empty() || fenced {
            start = start.or(Some(at));
            end = at + line.trim_end().len().max(1);
        }
        at += line.len();
        end = end.min(text.len());
    }
    found.extend(start.and_then(|from| text.get(from..end)));
    found
}

fn begins_block(line: &str) -> bool {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < line.len() && digits.starts_with(['.', ')']);
    numbered
        || line.starts_with(['#', '>', '|'])
        || ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
}

/// Adds the places where both are the same, in order.
fn align(
    old: &[usize],
    new: &[usize],
    offset: (usize, usize),
    divide: usize,
    same: &mut Vec<(usize, usize)>,
) {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    same.extend((0..head).map(|at| (offset.0 + at, offset.1 + at)));
    let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let offset = (offset.0 + head, offset.1 + head);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let ends = (old.len() - tail, new.len() - tail);
    let (old, new) = (old.get(..ends.0).unwrap_or_default(), new.get(..ends.1).unwrap_or_default());
    if old.len() + new.len() <= EXACT {
        exact(old, new, offset, same);
    } else if divide > 0 {
        let mut from = (0, 0);
        for anchor in anchors(old, new).into_iter().map(Some).chain([None]) {
            let to = anchor.unwrap_or((old.len(), new.len()));
            let inner =
                (old.get(from.0..to.0).unwrap_or_default(), new.get(from.1..to.1).unwrap_or_default());
            // Without any anchor dividing again would find none either.
            let whole = inner.0.len() == old.len() && inner.1.len() == new.len();
            if !whole {
                align(inner.0, inner.1, (offset.0 + from.0, offset.1 + from.1), divide - 1, same);
            }
            if anchor.is_some() {
                same.push((offset.0 + to.0, offset.1 + to.1));
            }
            from = (to.0 + 1, to.1 + 1);
        }
    }
    same.extend((0..tail).map(|at| (offset.0 + ends.0 + at, offset.1 + ends.1 + at)));
}

fn exact(old: &[usize], new: &[usize], offset: (usize, usize), same: &mut Vec<(usize, usize)>) {
    if old.is_empty() || new.is_empty() {
        return;
    }
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            same.extend((0..len).map(|at| (offset.0 + old_index + at, offset.1 + new_index + at)));
        }
    }
}

/// Blocks that are alone of their kind on both sides, as many as keep their order.
fn anchors(old: &[usize], new: &[usize]) -> Vec<(usize, usize)> {
    let once = |side: &[usize]| {
        let mut places: HashMap<usize, Option<usize>> = HashMap::new();
        for (at, id) in side.iter().enumerate() {
            places.entry(*id).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    };
    let in_new = once(new);
    let mut pairs: Vec<(usize, usize)> =
        once(old).into_iter().filter_map(|(id, place)| Some((place?, (*in_new.get(&id)?)?))).collect();
    pairs.sort_unstable();
    rising(&pairs)
}

/// The longest row of pairs that rises on both sides.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length, the pair that ends a row of it lowest; and for each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let second = |at: usize| pairs.get(at).map_or(0, |pair| pair.1);
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| second(end) < pair.1);
        before.push(length.checked_sub(1).and_then(|length| ends.get(length).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut row = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(pair) = at {
        row.extend(pairs.get(pair));
        at = before.get(pair).copied().flatten();
    }
    row.reverse();
    row
}

struct Writer {
    changes: Vec<Change>,
    budget: usize,
    /// Something was left uncompared.
    spent: bool,
}

impl Writer {
    /// Blocks that were taken out and put in between two that stayed.
    fn stretch(&mut self, removed: &[&str], added: &[&str]) {
        let mut rest = 0;
        for block in removed {
            let pair = self.alike(block, added, rest);
            let pieces = pair.and_then(|at| self.words(block, added.get(at)?).map(|pieces| (at, pieces)));
            match pieces {
                Some((at, pieces)) => {
                    self.put_in(added.get(rest..at).unwrap_or_default());
                    self.changes.push(Change::Changed(pieces));
                    rest = at + 1;
                }
                None => self.changes.push(Change::Removed((*block).to_owned())),
            }
        }
        self.put_in(added.get(rest..).unwrap_or_default());
    }

    fn put_in(&mut self, added: &[&str]) {
        self.changes.extend(added.iter().map(|block| Change::Added((*block).to_owned())));
    }

    /// Which of the next blocks that were put in is most like one that was taken out.
    fn alike(&mut self, block: &str, added: &[&str], from: usize) -> Option<usize> {
        const NEXT: usize = 8;
        let mut best = None;
        for (at, other) in added.iter().enumerate().skip(from).take(NEXT) {
            let cost = block.len() + other.len();
            if cost > self.budget {
                self.spent = true;
                return None;
            }
            self.budget -= cost;
            let share = likeness(block, other);
            if share >= ALIKE && best.is_none_or(|(most, _)| share > most) {
                best = Some((share, at));
            }
        }
        best.map(|(_, at)| at)
    }

    fn words(&mut self, old: &str, new: &str) -> Option<Vec<Piece>> {
        let (old, new) = (tokens(old), tokens(new));
        let length = old.len() + new.len();
        if length > WORDS || length * length > self.budget {
            self.spent = true;
            return None;
        }
        self.budget -= length * length;
        let mut pieces: Vec<Piece> = Vec::new();
        let mut put = |kind: PieceKind, words: Option<&[&str]>| {
            let text = words.unwrap_or_default().concat();
            match pieces.last_mut() {
                _ if text.is_empty() => {}
                Some(last) if last.kind == kind => last.text.push_str(&text),
                _ => pieces.push(Piece { kind, text }),
            }
        };
        for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
            let (old, new) = (old.get(op.old_range()), new.get(op.new_range()));
            if let DiffOp::Equal { .. } = op {
                put(PieceKind::Same, old);
            } else {
                put(PieceKind::Removed, old);
                put(PieceKind::Added, new);
            }
        }
        Some(pieces)
    }
}

/// Words and the spaces between them.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut space = None;
    for (at, letter) in text.char_indices() {
        if space.is_some_and(|space| space != letter.is_whitespace()) {
            found.extend(text.get(from..at));
            from = at;
        }
        space = Some(letter.is_whitespace());
    }
    found.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    found
}

/// How many of the words of two texts are the same, in percent.
fn likeness(one: &str, other: &str) -> usize {
    let mut counts = count(one.split_whitespace());
    let mut common = 0;
    let mut all = one.split_whitespace().count();
    for word in other.split_whitespace() {
        all += 1;
        if let Some(left) = counts.get_mut(word).filter(|left| **left > 0) {
            *left -= 1;
            common += 2;
        }
    }
    common * 100 / all.max(1)
}

fn count<T: Eq + Hash>(items: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}
