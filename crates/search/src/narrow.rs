//! Which pages are worth adding up.
//!
//! Nearly all the time of a search of several words goes into adding up passages that end far below the list. So a first
//! look only notes which parts of the question each passage holds, which is cheap, and tells from that what the list can
//! come from: pages that hold as much of the question, or nearly as much, as the last one of the list must. Only those are
//! added up, and they get the same sums as without this. It owns that choice and how many pages are said to answer; the
//! sums are `evaluate.rs`'s.

use tantivy::schema::IndexRecordOption;

use crate::document;
use crate::evaluate::{Allowed, NEAR_ENOUGH, PAGE_SHARE, allowed};
use crate::places::phrase;
use crate::plan::{Concept, Matcher, Plan};
use crate::segment::{self, Segment};
use crate::snapshot::Snapshot;
use crate::types::{Query, SearchError};

/// Parts of a question that are told apart; longer questions are added up whole.
const MOST_PARTS: usize = 8;
/// Below so many occurrences adding up is as quick as choosing.
const WORTH_IT: u32 = 4_000;
/// So many times the list is added up: what a page holds of the question is only a guess at its score.
const ENOUGH: usize = 4;
/// A passage with this share of the question has about this power of it of the whole score: its words count less, and it
/// falls for what it lacks.
const STEEPNESS: f32 = 1.8;
/// Steps in which what pages hold is counted.
const STEPS: usize = 256;
/// Documents that are looked at together.
const ROW: usize = 16;

/// What is added up of each segment, and how much answers in all.
pub(crate) struct Narrowed {
    /// By segment, for each of its pages whether it is added up.
    pub(crate) open: Vec<Vec<bool>>,
    /// Passages and pages that answer.
    pub(crate) counts: (usize, usize),
}

/// What one segment holds of the question.
struct Held {
    /// The best value of a passage, and the parts, by page of the segment.
    pages: Vec<(f32, u8)>,
    /// Passages by the parts that they hold.
    passages: [usize; 1 << MOST_PARTS],
}

/// Chooses; none when everything is to be added up.
pub(crate) fn narrow(
    snapshot: &Snapshot,
    plan: &Plan,
    query: &Query,
    idf: &[f32],
) -> Result<Option<Narrowed>, SearchError> {
    let parts: Vec<(&Concept, f32)> =
        plan.concepts.iter().zip(idf).filter(|(one, _)| one.required).map(|(one, idf)| (one, *idf)).collect();
    if parts.len() < 2 || parts.len() > MOST_PARTS || occurrences(snapshot, &parts, query) < WORTH_IT {
        return Ok(None);
    }
    let values = values(&parts);
    let mut held = Vec::with_capacity(snapshot.segments.len());
    for segment in &snapshot.segments {
        let readable = allowed(segment, snapshot, query, None)?;
        held.push(look(segment, &readable, plan, &parts, &values)?);
    }
    let least = last_of_list(snapshot, &held, &values, ENOUGH * (query.offset + query.limit));
    let worth = |page: &(f32, u8)| of_page(*page, &values);
    let open = held.iter().map(|held| {
        let pages = held.pages.iter().map(worth);
        pages.map(|worth| worth > 0.0 && worth >= least).collect()
    });
    Ok(Some(Narrowed { open: open.collect(), counts: counts(snapshot, &held, &values) }))
}

/// How many passages and pages answer nearly as well as the best.
fn counts(snapshot: &Snapshot, held: &[Held], values: &[f32]) -> (usize, usize) {
    let best = held.iter().flat_map(|held| &held.pages).map(|(value, _)| *value).fold(0.0, f32::max);
    let answers = |value: f32| value > 0.0 && value >= NEAR_ENOUGH * best;
    let passages = held.iter().flat_map(|held| values.iter().zip(&held.passages));
    let passages = passages.filter(|(value, _)| answers(**value)).map(|(_, count)| count).sum();
    let several = held.len() > 1;
    let mut names: Vec<&str> = Vec::new();
    let mut pages = 0;
    for (segment, held) in snapshot.segments.iter().zip(held) {
        for ((value, _), name) in held.pages.iter().zip(segment.fixed.names()) {
            if answers(*value) {
                pages += 1;
                // While a page is written anew it may stand in two segments.
                names.extend(several.then_some(name.as_str()));
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    (passages, if several { names.len() } else { pages })
}

/// About how many passages would be added up.
fn occurrences(snapshot: &Snapshot, parts: &[(&Concept, f32)], query: &Query) -> u32 {
    let ways = parts.iter().flat_map(|(concept, _)| &concept.ways);
    ways.map(|(matcher, _)| match matcher {
        Matcher::Word(word) => snapshot.vocabulary.count(word, query.audience),
        Matcher::Code(code) => snapshot.vocabulary.code_count(code, query.audience),
        Matcher::Phrase(_) => 0,
    })
    .fold(0, u32::saturating_add)
}

/// What each combination of parts is about worth, 1 for all of them. What lacks a strict part is worth nothing.
fn values(parts: &[(&Concept, f32)]) -> Vec<f32> {
    let whole: f32 = parts.iter().map(|(_, idf)| idf).sum();
    (0u32..1 << parts.len())
        .map(|held| {
            let has = |at: usize| held & (1 << at) != 0;
            if parts.iter().enumerate().any(|(at, (concept, _))| concept.strict && !has(at)) {
                return 0.0;
            }
            let share: f32 =
                parts.iter().enumerate().filter(|(at, _)| has(*at)).map(|(_, (_, idf))| *idf).sum();
            (share / whole.max(f32::MIN_POSITIVE)).powf(STEEPNESS)
        })
        .collect()
}

fn value(values: &[f32], held: u8) -> f32 {
    values.get(usize::from(held)).copied().unwrap_or(0.0)
}

fn place(of: u32) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}

fn look(
    segment: &Segment,
    readable: &Allowed<'_>,
    plan: &Plan,
    parts: &[(&Concept, f32)],
    values: &[f32],
) -> Result<Held, SearchError> {
    let mut docs = vec![0u8; segment.levels.len()];
    for (at, (concept, _)) in parts.iter().enumerate() {
        for (matcher, _) in &concept.ways {
            note(segment, readable, matcher, &mut docs, |held| *held |= 1 << at)?;
        }
    }
    for matcher in &plan.without {
        note(segment, readable, matcher, &mut docs, |held| *held = 0)?;
    }
    let mut held = Held { pages: vec![(0.0, 0); segment.pages_here()], passages: [0; 1 << MOST_PARTS] };
    for ((docs, pages), first) in
        docs.chunks(ROW).zip(segment.own_pages.chunks(ROW)).zip((0u32..).step_by(ROW))
    {
        // Most rows hold nothing.
        if docs.iter().all(|parts| *parts == 0) {
            continue;
        }
        for ((parts, page), doc) in docs.iter().zip(pages).zip(first..) {
            if *parts != 0 && readable.allows(doc) {
                held.put(*parts, place(*page), values);
            }
        }
    }
    Ok(held)
}

impl Held {
    fn put(&mut self, parts: u8, page: usize, values: &[f32]) {
        if let Some(count) = self.passages.get_mut(usize::from(parts)) {
            *count += 1;
        }
        if let Some(page) = self.pages.get_mut(page) {
            page.0 = page.0.max(value(values, parts));
            page.1 |= parts;
        }
    }
}

/// Notes the documents of a matcher.
fn note(
    segment: &Segment,
    readable: &Allowed<'_>,
    matcher: &Matcher,
    docs: &mut [u8],
    each: impl Fn(&mut u8),
) -> Result<(), SearchError> {
    let mut all = |found: &[u32]| {
        for doc in found {
            if let Some(held) = docs.get_mut(place(*doc)) {
                each(held);
            }
        }
    };
    match matcher {
        Matcher::Word(word) => {
            for worded in &segment.worded {
                let term = document::term(worded.field, word);
                let found = worded.postings.read_block_postings(&term, IndexRecordOption::Basic)?;
                if let Some(found) = found {
                    segment::blocks(found, |found, _| all(found));
                }
            }
        }
        Matcher::Code(code) => {
            for (reader, field) in segment.numbered.iter().zip(segment.number_fields) {
                segment::documents(reader, field, code, |found, _| all(found))?;
            }
        }
        Matcher::Phrase(slots) => {
            for worded in &segment.worded {
                phrase(worded, slots, readable, |doc, _| all(&[doc]))?;
            }
        }
    }
    Ok(())
}

/// What a page is about worth by its best passage and as a whole.
fn of_page((best, held): (f32, u8), values: &[f32]) -> f32 {
    if best > 0.0 { best + PAGE_SHARE * value(values, held) } else { 0.0 }
}

/// About what the last page of a list of this length is worth; 0 when all pages go into it. Pages without a text stand
/// behind all others, whatever they are worth, so they take no place in it.
fn last_of_list(snapshot: &Snapshot, held: &[Held], values: &[f32], length: usize) -> f32 {
    let most = 1.0 + PAGE_SHARE;
    let mut counts = [0usize; STEPS];
    let pages =
        snapshot.segments.iter().zip(held).flat_map(|(segment, held)| {
            held.pages.iter().enumerate().map(move |(at, page)| (segment, at, page))
        });
    for (segment, at, page) in pages {
        let worth = of_page(*page, values);
        if worth > 0.0 && !segment.is_bare(at) {
            // Steps that begin at the worth they stand for, so that rounding only ever takes in more.
            let step = scaled(worth / most);
            if let Some(count) = counts.get_mut(step) {
                *count += 1;
            }
        }
    }
    let mut seen = 0;
    for (step, count) in counts.iter().enumerate().rev() {
        seen += count;
        if seen >= length.max(1) {
            return most * unscaled(step);
        }
    }
    0.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share between 0 and 1"
)]
fn scaled(share: f32) -> usize {
    ((share * STEPS as f32) as usize).min(STEPS - 1)
}

#[expect(clippy::cast_precision_loss, reason = "a small number of steps")]
fn unscaled(step: usize) -> f32 {
    step as f32 / STEPS as f32
}
