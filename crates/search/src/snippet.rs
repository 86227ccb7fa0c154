//! The piece of a passage that is shown with a hit.
//!
//! Owns choosing the piece and marking what was looked for. The text comes from outside (`Texts`); what is marked
//! follows from the plan alone.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::numbers::{self, LONGEST_NUMBER};
use crate::plan::{Matcher, Plan};

/// Bytes of a snippet, about.
const LENGTH: usize = 240;
/// Bytes before the first mark.
const LEAD: usize = 60;

/// What is marked.
pub(crate) struct Marks {
    words: HashMap<String, f32>,
    codes: HashSet<String>,
}

impl Marks {
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut marks = Marks { words: HashMap::new(), codes: HashSet::new() };
        for concept in &plan.concepts {
            for (matcher, weight) in &concept.ways {
                match matcher {
                    Matcher::Word(word) => marks.word(word, weight * concept.boost),
                    Matcher::Code(code) => {
                        marks.codes.insert(code.clone());
                    }
                    Matcher::Phrase(slots) => {
                        for word in slots.iter().flat_map(|slot| &slot.words) {
                            marks.word(word, weight * concept.boost);
                        }
                    }
                }
            }
        }
        marks
    }

    fn word(&mut self, word: &str, weight: f32) {
        let known = self.words.entry(word.to_owned()).or_default();
        *known = known.max(weight);
    }

    /// The ranges of a text to mark, in order, with what each is worth.
    fn ranges(&self, text: &str) -> Vec<(Range<usize>, f32)> {
        let pieces = numbers::pieces(text);
        let mut found: Vec<(Range<usize>, f32)> = Vec::new();
        let mut codes: Vec<Range<usize>> = Vec::new();
        if !self.codes.is_empty() {
            let specials = numbers::specials(&pieces);
            codes.extend(specials.into_iter().filter(|s| self.codes.contains(&s.code)).map(|s| s.pieces));
            for start in 0..pieces.len() {
                for length in 1..=LONGEST_NUMBER {
                    let Some(window) = pieces.get(start..start + length) else { break };
                    let joined =
                        length == 1 || window.iter().skip(1).all(|piece| piece.gap != numbers::Gap::Apart);
                    if joined && self.codes.contains(&numbers::join(window)) {
                        codes.push(start..start + length);
                    }
                }
            }
        }
        for range in codes {
            if let (Some(first), Some(last)) = (pieces.get(range.start), pieces.get(range.end - 1)) {
                found.push((first.range.start..last.range.end, 2.0));
            }
        }
        for piece in &pieces {
            if let Some(weight) = self.words.get(&piece.text) {
                found.push((piece.range.clone(), *weight));
            }
        }
        found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut apart: Vec<(Range<usize>, f32)> = Vec::new();
        for (range, weight) in found {
            match apart.last_mut() {
                Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
                _ => apart.push((range, weight)),
            }
        }
        apart
    }
}

/// The best piece of a text, cut at words, with what was looked for marked.
pub(crate) fn snippet(text: &str, marks: &Marks) -> Vec<(String, bool)> {
    let ranges = marks.ranges(text);
    let window = best_window(text, &ranges);
    let mut pieces = Vec::new();
    if window.start > 0 {
        pieces.push(("… ".to_owned(), false));
    }
    let mut at = window.start;
    for (range, _) in
        ranges.iter().filter(|(range, _)| range.start >= window.start && range.end <= window.end)
    {
        add(&mut pieces, text.get(at..range.start), false);
        add(&mut pieces, text.get(range.clone()), true);
        at = range.end;
    }
    add(&mut pieces, text.get(at..window.end), false);
    if window.end < text.trim_end().len() {
        pieces.push((" …".to_owned(), false));
    }
    pieces
}

/// Joins what is next to each other and line breaks within.
fn add(pieces: &mut Vec<(String, bool)>, text: Option<&str>, marked: bool) {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return };
    let mut flat = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() || c.is_control() => {
                if !flat.ends_with(' ') {
                    flat.push(' ');
                }
            }
            c => flat.push(c),
        }
    }
    pieces.push((flat, marked));
}

fn best_window(text: &str, ranges: &[(Range<usize>, f32)]) -> Range<usize> {
    if text.len() <= LENGTH + LEAD {
        return 0..text.len();
    }
    let mut best = (0.0, 0);
    for (at, (first, _)) in ranges.iter().enumerate() {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut worth = 0.0;
        for (range, weight) in
            ranges.iter().skip(at).take_while(|(range, _)| range.end <= first.start + LENGTH - LEAD)
        {
            let again = !seen.insert(text.get(range.clone()).unwrap_or_default());
            worth += if again { 0.1 } else { *weight };
        }
        if worth > best.0 {
            best = (worth, first.start);
        }
    }
    let start = if best.1 <= LEAD { 0 } else { after_space(text, best.1 - LEAD, best.1) };
    let end =
        if start + LENGTH >= text.len() { text.len() } else { before_space(text, start, start + LENGTH) };
    start..end
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Just after the first space from `from` on, or `from` itself when there is none before `to`.
fn after_space(text: &str, from: usize, to: usize) -> usize {
    let from = floor(text, from);
    let space = text.get(from..to).and_then(|part| part.char_indices().find(|(_, c)| c.is_whitespace()));
    space.map_or(from, |(at, c)| from + at + c.len_utf8())
}

/// Just before the last space up to `to`, or `to` itself when there is none after the middle.
fn before_space(text: &str, from: usize, to: usize) -> usize {
    let to = floor(text, to);
    match text.get(from..to).and_then(|part| part.rfind(char::is_whitespace)) {
        Some(at) if at > LENGTH / 2 => from + at,
        _ => to,
    }
}
