//! Finding and ranking the passages of a plan.
//!
//! Owns the sums: each thing asked for is one BM25 term over three weighted fields, whatever way it is said in;
//! passages that lack a part of the question fall behind; words that stand together count more. Every passage the
//! reader may not see is passed over before anything is added up. The bounds and weights that were tuned on the
//! judged questions are the constants below.

use std::sync::Mutex;

use tantivy::DocId;
use tantivy::schema::IndexRecordOption;

use crate::document;
use crate::narrow::narrow;
use crate::places::{closer_look, phrase};
use crate::plan::{Concept, Matcher, Plan};
use crate::segment::{self, SUPERSEDED, Segment, Worded};
use crate::snapshot::Snapshot;
use crate::types::{Query, SearchError};

/// Weight of the text, the headings and the title.
pub(crate) const FIELD_WEIGHT: [f32; 3] = [1.0, 2.2, 2.0];
/// How much longer fields count less.
const LENGTH: [f32; 3] = [0.55, 0.4, 0.3];
/// When further occurrences stop to add.
const SATURATION: f32 = 1.5;
/// A code in the text and in the title.
const CODE_WEIGHT: [f32; 2] = [1.5, 4.0];
/// How steeply passages fall that lack a part of the question.
const COMPLETENESS: f32 = 0.8;
/// Passages that lack a part of the question are shown from this share of the best score on.
pub(crate) const NEAR_ENOUGH: f32 = 0.1;
/// For Spanish passages when the question is not Spanish.
const SPANISH_UNASKED: f32 = 0.8;
/// For passages that are not Spanish when the question is: staff ask in Spanish for English rules, too.
const SPANISH_ASKED: f32 = 0.97;

/// A passage that answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) score: f32,
    pub(crate) segment: usize,
    pub(crate) doc: DocId,
    pub(crate) page: u32,
    full: bool,
    /// Has nothing to read, and stands behind everything that has.
    pub(crate) behind: bool,
}

/// All passages that answer, in no order but for the best.
pub(crate) struct Found {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) loosened: bool,
    /// How many passages and pages answer, where not all of them were added up.
    pub(crate) counts: Option<(usize, usize)>,
}

/// The page as a whole: how much of a passage's score comes from its page.
pub(crate) const PAGE_SHARE: f32 = 0.5;
/// How much longer pages count less.
const PAGE_LENGTH: f32 = 0.5;
/// The text, the headings and the title, for the page as a whole.
const PAGE_FIELD: [f32; 3] = [1.0, 0.5, 6.0];

/// Arrays with one place for each document, kept between searches and always handed back empty.
#[derive(Default)]
pub(crate) struct Scratch {
    sum: Vec<f32>,
    score: Vec<f32>,
    has: Vec<u32>,
    dropped: Vec<bool>,
    /// Documents of the concept at hand.
    now: Vec<DocId>,
    /// Documents of any concept.
    all: Vec<DocId>,
    pages: Pages,
}

/// The same for the pages of a segment.
#[derive(Default)]
struct Pages {
    sum: Vec<f32>,
    title: Vec<f32>,
    score: Vec<f32>,
    has: Vec<u32>,
    now: Vec<u32>,
    all: Vec<u32>,
}

impl Pages {
    fn fit(&mut self, pages: usize) {
        if self.sum.len() < pages {
            self.sum.resize(pages, 0.0);
            self.title.resize(pages, 0.0);
            self.score.resize(pages, 0.0);
            self.has.resize(pages, 0);
        }
    }

    /// Occurrences in the text add up; the title stands with every passage and counts once.
    fn add(&mut self, page: u32, value: f32, field: usize) {
        let at = place(page);
        let (Some(sum), Some(title)) = (self.sum.get_mut(at), self.title.get_mut(at)) else { return };
        if *sum == 0.0 && *title == 0.0 {
            self.now.push(page);
        }
        let value = value * PAGE_FIELD.get(field).copied().unwrap_or(1.0);
        if field == 2 {
            *title = title.max(value);
        } else {
            *sum += value;
        }
    }

    /// Ends a concept.
    fn settle(&mut self, bit: u32, idf: f32, norm: impl Fn(u32) -> f32) {
        for page in self.now.drain(..) {
            let at = place(page);
            let (Some(sum), Some(title), Some(score), Some(has)) =
                (self.sum.get_mut(at), self.title.get_mut(at), self.score.get_mut(at), self.has.get_mut(at))
            else {
                continue;
            };
            if *has == 0 {
                self.all.push(page);
            }
            *has |= bit;
            let value = *sum * norm(page) + *title;
            *score += idf * value * (SATURATION + 1.0) / (value + SATURATION);
            *sum = 0.0;
            *title = 0.0;
        }
    }

    fn clear(&mut self) {
        for page in self.all.drain(..).chain(self.now.drain(..)) {
            let at = place(page);
            for of in [&mut self.sum, &mut self.title, &mut self.score] {
                if let Some(value) = of.get_mut(at) {
                    *value = 0.0;
                }
            }
            if let Some(has) = self.has.get_mut(at) {
                *has = 0;
            }
        }
    }
}

impl Scratch {
    fn fit(&mut self, documents: usize) {
        if self.sum.len() < documents {
            self.sum.resize(documents, 0.0);
            self.score.resize(documents, 0.0);
            self.has.resize(documents, 0);
            self.dropped.resize(documents, false);
        }
    }
}

fn place(doc: DocId) -> usize {
    usize::try_from(doc).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "weights, not counts")]
pub(crate) fn real(count: u32) -> f32 {
    count as f32
}

/// Which documents of a segment count for this reader.
pub(crate) struct Allowed<'a> {
    levels: &'a [u8],
    open: [bool; 256],
    filter: Option<Vec<bool>>,
    /// The pages that are looked at, where not all of them are.
    chosen: Option<(&'a [u32], &'a [bool])>,
}

impl Allowed<'_> {
    pub(crate) fn allows(&self, doc: DocId) -> bool {
        let at = place(doc);
        if let Some((pages, chosen)) = self.chosen {
            let page = pages.get(at).map_or(usize::MAX, |page| place(*page));
            if chosen.get(page) != Some(&true) {
                return false;
            }
        }
        let level = self.levels.get(at).copied().unwrap_or(segment::GONE);
        self.open.get(usize::from(level)).copied().unwrap_or(false)
            && self.filter.as_ref().is_none_or(|filter| filter.get(at).copied().unwrap_or(false))
    }
}

pub(crate) fn allowed<'a>(
    segment: &'a Segment,
    snapshot: &Snapshot,
    query: &Query,
    chosen: Option<&'a [bool]>,
) -> Result<Allowed<'a>, SearchError> {
    let chosen = chosen.map(|chosen| (segment.own_pages.as_slice(), chosen));
    let own = u8::try_from(query.audience.level()).unwrap_or(0);
    let mut open = [false; 256];
    for (level, open) in (0u8..=255).zip(&mut open) {
        *open = level <= own || query.superseded && level != segment::GONE && level & !SUPERSEDED <= own;
    }
    let asked = [('k', &query.kind), ('p', &query.programme), ('l', &query.language)];
    let mut filter: Option<Vec<bool>> = None;
    for (of, value) in asked {
        let Some(value) = value else { continue };
        let chosen = facet(segment, snapshot, &document::facet(of, value))?;
        filter = Some(match filter {
            None => chosen,
            Some(before) => before.iter().zip(&chosen).map(|(a, b)| *a && *b).collect(),
        });
    }
    Ok(Allowed { levels: &segment.levels, open, filter, chosen })
}

fn facet(segment: &Segment, snapshot: &Snapshot, facet: &str) -> Result<Vec<bool>, SearchError> {
    let mut chosen = vec![false; segment.levels.len()];
    segment::documents(&segment.facets, snapshot.fields.facet, facet, |docs, _| {
        for doc in docs {
            if let Some(chosen) = chosen.get_mut(place(*doc)) {
                *chosen = true;
            }
        }
    })?;
    Ok(chosen)
}

/// Finds the passages of a plan.
pub(crate) fn find(
    snapshot: &Snapshot,
    plan: &Plan,
    query: &Query,
    pool: &Mutex<Vec<Scratch>>,
) -> Result<Found, SearchError> {
    let idf: Vec<f32> = plan.concepts.iter().map(|concept| weight(snapshot, concept, query)).collect();
    let mut scratch =
        pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop().unwrap_or_default();
    let mut candidates = Vec::new();
    let narrowed = narrow(snapshot, plan, query, &idf)?;
    for number in 0..snapshot.segments.len() {
        let chosen = narrowed.as_ref().and_then(|narrowed| narrowed.open.get(number)).map(Vec::as_slice);
        let search = Search { snapshot, plan, query, idf: &idf, number, chosen };
        search.run(&mut scratch, &mut candidates)?;
    }
    pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(scratch);
    let full = candidates.iter().any(|candidate| candidate.full);
    let best = candidates.iter().map(|candidate| candidate.score).fold(0.0, f32::max);
    candidates.retain(|candidate| candidate.full || candidate.score >= NEAR_ENOUGH * best);
    closer_look(snapshot, plan, &idf, &mut candidates)?;
    let several = plan.concepts.iter().filter(|concept| concept.required).count() > 1;
    let counts = narrowed.map(|narrowed| narrowed.counts);
    Ok(Found { loosened: !full && several && !candidates.is_empty(), candidates, counts })
}

/// How telling a concept is: rarer ones more.
fn weight(snapshot: &Snapshot, concept: &Concept, query: &Query) -> f32 {
    let all = snapshot.measures(query.audience).passages.max(1);
    let count: u32 = concept
        .ways
        .iter()
        .filter(|(_, weight)| *weight >= 0.5)
        .map(|(matcher, _)| match matcher {
            Matcher::Word(word) => snapshot.vocabulary.count(word, query.audience),
            Matcher::Code(code) => snapshot.vocabulary.code_count(code, query.audience),
            Matcher::Phrase(slots) => {
                let counts = slots.iter().map(|slot| {
                    slot.words.iter().map(|word| snapshot.vocabulary.count(word, query.audience)).sum::<u32>()
                });
                counts.min().unwrap_or(0) / 2
            }
        })
        .fold(0, u32::saturating_add)
        .min(all);
    let idf = (1.0 + (real(all - count) + 0.5) / (real(count) + 0.5)).ln();
    concept.boost * idf
}

/// The search of one segment.
struct Search<'a> {
    snapshot: &'a Snapshot,
    plan: &'a Plan,
    query: &'a Query,
    idf: &'a [f32],
    number: usize,
    chosen: Option<&'a [bool]>,
}

impl Search<'_> {
    fn run(&self, scratch: &mut Scratch, candidates: &mut Vec<Candidate>) -> Result<(), SearchError> {
        let Some(segment) = self.snapshot.segments.get(self.number) else { return Ok(()) };
        let allowed = allowed(segment, self.snapshot, self.query, self.chosen)?;
        scratch.fit(segment.levels.len());
        scratch.pages.fit(segment.pages_here());
        // Arrays must be handed back empty even when a file turns out to be unreadable half-way.
        let outcome = self.add_up(segment, &allowed, scratch);
        let collected = match &outcome {
            Ok(()) => self.collect(segment, scratch, candidates),
            Err(_) => Ok(()),
        };
        clear(scratch);
        outcome.and(collected)
    }

    fn add_up(
        &self,
        segment: &Segment,
        allowed: &Allowed<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), SearchError> {
        let lengths = segment.page_lengths.get(self.query.audience.level());
        let average = self.snapshot.measures(self.query.audience).page_length;
        for (at, (concept, idf)) in self.plan.concepts.iter().zip(self.idf).enumerate() {
            for (matcher, weight) in &concept.ways {
                self.matcher(segment, allowed, matcher, *weight, |doc, value, times, field| {
                    if let Some(sum) = scratch.sum.get_mut(place(doc)) {
                        if *sum == 0.0 {
                            scratch.now.push(doc);
                        }
                        *sum += value;
                    }
                    if let Some(page) = segment.own_pages.get(place(doc)) {
                        scratch.pages.add(*page, times, field);
                    }
                })?;
            }
            let bit = 1u32 << at.min(31);
            scratch.pages.settle(bit, *idf, |page| {
                let length = lengths.and_then(|lengths| lengths.get(place(page))).copied().unwrap_or(0.0);
                1.0 / (1.0 - PAGE_LENGTH + PAGE_LENGTH * length / average)
            });
            for doc in scratch.now.drain(..) {
                let at = place(doc);
                let (Some(sum), Some(score), Some(has)) =
                    (scratch.sum.get_mut(at), scratch.score.get_mut(at), scratch.has.get_mut(at))
                else {
                    continue;
                };
                if *has == 0 {
                    scratch.all.push(doc);
                }
                *has |= bit;
                *score += idf * *sum * (SATURATION + 1.0) / (*sum + SATURATION);
                *sum = 0.0;
            }
        }
        for matcher in &self.plan.without {
            self.matcher(segment, allowed, matcher, 1.0, |doc, _, _, _| {
                if let Some(dropped) = scratch.dropped.get_mut(place(doc)) {
                    *dropped = true;
                    scratch.now.push(doc);
                }
            })?;
        }
        Ok(())
    }

    fn collect(
        &self,
        segment: &Segment,
        scratch: &Scratch,
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), SearchError> {
        let bits = |chosen: fn(&Concept) -> bool| {
            let concepts = self.plan.concepts.iter().enumerate();
            concepts.filter(|(_, concept)| chosen(concept)).fold(0u32, |bits, (at, _)| bits | 1 << at.min(31))
        };
        let (required, strict) = (bits(|concept| concept.required), bits(|concept| concept.strict));
        let mut completeness = Completeness { required, whole: self.share(required), known: Vec::new() };
        let kinds = match self.plan.kind {
            Some(_) => Some((
                facet(segment, self.snapshot, &document::facet('k', "memo"))?,
                facet(segment, self.snapshot, &document::facet('k', "form"))?,
            )),
            None => None,
        };
        let mut best = candidates.iter().map(|candidate| candidate.score).fold(0.0, f32::max);
        for doc in &scratch.all {
            let at = place(*doc);
            let (Some(score), Some(has)) = (scratch.score.get(at), scratch.has.get(at)) else { continue };
            if has & strict != strict || has & required == 0 || scratch.dropped.get(at) == Some(&true) {
                continue;
            }
            let full = has & required == required;
            let page = segment.own_pages.get(at).map_or(usize::MAX, |page| place(*page));
            let page_score = scratch.pages.score.get(page).copied().unwrap_or(0.0);
            let page_has = scratch.pages.has.get(page).copied().unwrap_or(0);
            let mut score = score * completeness.of(self, *has)
                + PAGE_SHARE * page_score * completeness.of(self, page_has);
            if let Some((memos, forms)) = &kinds {
                score *= self.kind_factor(memos.get(at) == Some(&true), forms.get(at) == Some(&true));
            }
            score *= match (segment.is_spanish(at), self.plan.spanish) {
                (true, false) => SPANISH_UNASKED,
                (false, true) => SPANISH_ASKED,
                _ => 1.0,
            };
            best = best.max(score);
            if full || score >= NEAR_ENOUGH * best {
                candidates.push(Candidate {
                    score,
                    segment: self.number,
                    doc: *doc,
                    page: segment.pages.get(at).copied().unwrap_or(u32::MAX),
                    full,
                    behind: segment.is_bare(page) && !segment.is_named(page, &self.query.text),
                });
            }
        }
        Ok(())
    }

    fn kind_factor(&self, memo: bool, form: bool) -> f32 {
        match (self.plan.kind, memo, form) {
            (Some("memo"), true, _) => 1.6,
            (Some("form"), _, true) => 1.4,
            (Some("form"), true, _) => 0.5,
            _ => 1.0,
        }
    }

    /// The weight of these concepts together.
    fn share(&self, bits: u32) -> f32 {
        self.idf
            .iter()
            .enumerate()
            .filter(|(at, _)| bits & (1 << (*at).min(31)) != 0)
            .map(|(_, idf)| idf)
            .sum()
    }

    fn matcher(
        &self,
        segment: &Segment,
        allowed: &Allowed<'_>,
        matcher: &Matcher,
        weight: f32,
        mut add: impl FnMut(DocId, f32, f32, usize),
    ) -> Result<(), SearchError> {
        match matcher {
            Matcher::Word(word) => {
                for (at, worded) in segment.worded.iter().enumerate() {
                    self.one_word(worded, at, allowed, word, weight, &mut add)?;
                }
            }
            Matcher::Code(code) => {
                let fields = self.snapshot.fields.numbered();
                for (at, (reader, field)) in segment.numbered.iter().zip(fields).enumerate() {
                    let value = CODE_WEIGHT.get(at).copied().unwrap_or(1.0);
                    segment::documents(reader, field, code, |docs, _| {
                        for doc in docs.iter().filter(|doc| allowed.allows(**doc)) {
                            add(*doc, value * weight, weight, 2 * at);
                        }
                    })?;
                }
            }
            Matcher::Phrase(slots) => {
                for (at, worded) in segment.worded.iter().enumerate() {
                    let norms = self.norms(at);
                    phrase(worded, slots, allowed, |doc, times| {
                        let norm =
                            worded.norms.get(place(doc)).and_then(|norm| norms.get(usize::from(*norm)));
                        add(
                            doc,
                            weight * real(times) * norm.copied().unwrap_or(0.0),
                            weight * real(times),
                            at,
                        );
                    })?;
                }
            }
        }
        Ok(())
    }

    fn one_word(
        &self,
        worded: &Worded,
        at: usize,
        allowed: &Allowed<'_>,
        word: &str,
        weight: f32,
        mut add: impl FnMut(DocId, f32, f32, usize),
    ) -> Result<(), SearchError> {
        let term = document::term(worded.field, word);
        let Some(postings) = worded.postings.read_block_postings(&term, IndexRecordOption::WithFreqs)? else {
            return Ok(());
        };
        let norms = self.norms(at);
        segment::blocks(postings, |docs, freqs| {
            for (doc, times) in docs.iter().zip(freqs) {
                if allowed.allows(*doc) {
                    let norm = worded.norms.get(place(*doc)).and_then(|norm| norms.get(usize::from(*norm)));
                    let times = weight * real(*times);
                    add(*doc, times * norm.copied().unwrap_or(0.0), times, at);
                }
            }
        });
        Ok(())
    }

    fn norms(&self, at: usize) -> &[f32; 256] {
        const NONE: &[f32; 256] = &[0.0; 256];
        self.snapshot.measures(self.query.audience).norms.get(at).unwrap_or(NONE)
    }
}

/// How far passages fall that lack a part of the question. There are few combinations of parts and many passages, so
/// each combination is worked out once.
struct Completeness {
    required: u32,
    whole: f32,
    known: Vec<(u32, f32)>,
}

impl Completeness {
    fn of(&mut self, search: &Search<'_>, has: u32) -> f32 {
        let has = has & self.required;
        if has == self.required {
            return 1.0;
        }
        if let Some((_, share)) = self.known.iter().find(|(known, _)| *known == has) {
            return *share;
        }
        let share = (search.share(has) / self.whole.max(f32::MIN_POSITIVE)).powf(COMPLETENESS);
        if self.known.len() < 32 {
            self.known.push((has, share));
        }
        share
    }
}

/// What an occurrence counts, by the coded length of its field, for the text, the headings and the title.
pub(crate) fn norms(average: [f32; 3]) -> [[f32; 256]; 3] {
    let mut norms = [[0.0; 256]; 3];
    for (at, table) in norms.iter_mut().enumerate() {
        let weight = FIELD_WEIGHT.get(at).copied().unwrap_or(1.0);
        let b = LENGTH.get(at).copied().unwrap_or(0.5);
        let average = average.get(at).copied().unwrap_or(1.0).max(1.0);
        for (id, value) in (0u8..=255).zip(table.iter_mut()) {
            let length = real(tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(id));
            *value = weight / (1.0 - b + b * length / average);
        }
    }
    norms
}

fn clear(scratch: &mut Scratch) {
    scratch.pages.clear();
    for doc in scratch.all.drain(..) {
        let at = place(doc);
        if let Some(score) = scratch.score.get_mut(at) {
            *score = 0.0;
        }
        if let Some(has) = scratch.has.get_mut(at) {
            *has = 0;
        }
    }
    for doc in scratch.now.drain(..) {
        let at = place(doc);
        if let Some(sum) = scratch.sum.get_mut(at) {
            *sum = 0.0;
        }
        if let Some(dropped) = scratch.dropped.get_mut(at) {
            *dropped = false;
        }
    }
}
