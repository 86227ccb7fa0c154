//! Words in their places: phrases, and words of the question that stand near each other.
//!
//! Owns everything that reads positions. Whether a passage may be looked at at all is decided before (`evaluate.rs`).

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, TERMINATED};

use crate::document;
use crate::evaluate::{Allowed, Candidate, FIELD_WEIGHT, real};
use crate::plan::{Concept, Matcher, Plan, Slot};
use crate::segment::Worded;
use crate::snapshot::Snapshot;
use crate::types::SearchError;

/// For two words of the question that stand side by side.
const TOGETHER: f32 = 0.4;
/// Places apart at which words no longer stand together.
const FAR: u32 = 6;
/// Best passages in which the places of words are looked at.
const CLOSER_LOOK: usize = 100;
/// Words of one thing whose places are looked at.
const CLOSER_WORDS: usize = 4;

fn open(worded: &Worded, word: &str) -> Result<Option<SegmentPostings>, SearchError> {
    let term = document::term(worded.field, word);
    Ok(worded.postings.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?)
}

/// Moves to a document; documents must be asked for in rising order.
fn stands_in(postings: &mut SegmentPostings, doc: DocId) -> bool {
    if postings.doc() < doc {
        postings.seek(doc);
    }
    postings.doc() == doc
}

/// Calls `each` with the documents where the words stand in their places, and how often they do.
pub(crate) fn phrase(
    worded: &Worded,
    slots: &[Slot],
    allowed: &Allowed<'_>,
    mut each: impl FnMut(DocId, u32),
) -> Result<(), SearchError> {
    let mut places: Vec<(u32, Vec<SegmentPostings>)> = Vec::with_capacity(slots.len());
    for slot in slots {
        let mut postings = Vec::new();
        for word in &slot.words {
            postings.extend(open(worded, word)?);
        }
        if postings.is_empty() {
            return Ok(());
        }
        places.push((slot.offset, postings));
    }
    // The rarest place first, so that the others are asked the least.
    places.sort_by_key(|(_, postings)| postings.iter().map(DocSet::size_hint).fold(0, u32::saturating_add));
    let mut starts: Vec<u32> = Vec::new();
    let mut here: Vec<u32> = Vec::new();
    let mut doc = 0;
    loop {
        let Some((_, first)) = places.first_mut() else { return Ok(()) };
        doc = first
            .iter_mut()
            .map(|postings| if postings.doc() < doc { postings.seek(doc) } else { postings.doc() })
            .min()
            .unwrap_or(TERMINATED);
        if doc == TERMINATED {
            return Ok(());
        }
        if allowed.allows(doc) {
            for (at, (offset, postings)) in places.iter_mut().enumerate() {
                here.clear();
                for postings in postings.iter_mut().filter_map(|p| stands_in(p, doc).then_some(p)) {
                    postings.append_positions_with_offset(0, &mut here);
                }
                here.iter_mut().for_each(|position| *position = position.wrapping_sub(*offset));
                here.sort_unstable();
                if at == 0 {
                    std::mem::swap(&mut starts, &mut here);
                } else {
                    starts.retain(|start| here.binary_search(start).is_ok());
                }
                if starts.is_empty() {
                    break;
                }
            }
            let times = u32::try_from(starts.len()).unwrap_or(u32::MAX);
            if times > 0 {
                each(doc, times);
            }
        }
        doc += 1;
    }
}

/// Adds to the best passages what words standing together are worth.
pub(crate) fn closer_look(
    snapshot: &Snapshot,
    plan: &Plan,
    idf: &[f32],
    candidates: &mut [Candidate],
) -> Result<(), SearchError> {
    let required: Vec<(&Concept, f32)> = plan
        .concepts
        .iter()
        .zip(idf)
        .filter(|(concept, _)| concept.required)
        .map(|(concept, idf)| (concept, *idf))
        .collect();
    if required.len() < 2 {
        return Ok(());
    }
    if candidates.len() > CLOSER_LOOK {
        candidates.select_nth_unstable_by(CLOSER_LOOK, |a, b| b.score.total_cmp(&a.score));
    }
    let best = candidates.get_mut(..CLOSER_LOOK.min(candidates.len())).unwrap_or_default();
    best.sort_unstable_by_key(|candidate| (candidate.segment, candidate.doc));
    for (number, segment) in snapshot.segments.iter().enumerate() {
        for (worded, weight) in segment.worded.iter().take(2).zip(FIELD_WEIGHT) {
            let mut rows: Vec<(Vec<SegmentPostings>, f32)> = Vec::new();
            for (concept, idf) in &required {
                rows.push((closer_words(worded, concept)?, *idf));
            }
            for candidate in best.iter_mut().filter(|candidate| candidate.segment == number) {
                candidate.score += weight * together(&mut rows, candidate.doc);
            }
        }
    }
    Ok(())
}

fn closer_words(worded: &Worded, concept: &Concept) -> Result<Vec<SegmentPostings>, SearchError> {
    let mut postings = Vec::new();
    for (matcher, weight) in &concept.ways {
        if let Matcher::Word(word) = matcher
            && *weight >= 0.5
            && postings.len() < CLOSER_WORDS
        {
            postings.extend(open(worded, word)?);
        }
    }
    Ok(postings)
}

/// What the neighbours in the question are worth that stand near each other in this document.
fn together(rows: &mut [(Vec<SegmentPostings>, f32)], doc: DocId) -> f32 {
    let mut bonus = 0.0;
    let mut before: Option<(Vec<u32>, f32)> = None;
    for (postings, idf) in rows {
        let mut places = Vec::new();
        for postings in postings.iter_mut().filter_map(|p| stands_in(p, doc).then_some(p)) {
            postings.append_positions_with_offset(0, &mut places);
        }
        places.sort_unstable();
        if let Some((others, other_idf)) = &before {
            let gap = others
                .iter()
                .filter_map(|place| {
                    let at = places.partition_point(|other| other <= place);
                    let after = places.get(at).map(|other| other - place);
                    let ahead =
                        at.checked_sub(1).and_then(|at| places.get(at)).map(|other| place - other + 1);
                    after.into_iter().chain(ahead).min()
                })
                .min();
            if let Some(gap) = gap.filter(|gap| *gap < FAR) {
                bonus += TOGETHER * idf.min(*other_idf) / real(gap.max(1));
            }
        }
        if !places.is_empty() {
            before = Some((places, *idf));
        }
    }
    bonus
}
