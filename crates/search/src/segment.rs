//! What is kept in memory of each segment beside tantivy's own files.
//!
//! Owns the page, the level and the words of every document of a segment. A segment never changes, so this is
//! worked out once and kept while the segment lives; only deletions are laid over it anew.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::termdict::TermDictionary;
use tantivy::{DocId, InvertedIndexReader, SegmentReader, TantivyDocument};

use crate::document::{self, Fields};
use crate::types::SearchError;
use crate::vocabulary::{Counts, Known, SegmentWords};
use crate::words::words;

/// Level of a document that has been deleted, or that only carries a stamp.
pub(crate) const GONE: u8 = u8::MAX;
/// Added to the level of what is not in force.
pub(crate) const SUPERSEDED: u8 = 8;

/// What does not change while the segment lives.
#[derive(Debug)]
pub(crate) struct Fixed {
    /// Audience (0 to 2), plus [`SUPERSEDED`]; [`GONE`] for documents without a passage.
    levels: Vec<u8>,
    /// Index into `names` of each document.
    pages: Vec<u32>,
    names: Vec<String>,
    /// Documents in Spanish.
    spanish: Vec<bool>,
    /// Whether a page has no text, by its place in `names`; and the titles of those that have none.
    bare: Vec<bool>,
    titles: HashMap<usize, String>,
    stamps: Vec<(DocId, String, u64)>,
    pub(crate) words: SegmentWords,
}

/// A segment as searches use it.
pub(crate) struct Segment {
    pub(crate) levels: Vec<u8>,
    /// Number of the page among all pages of the snapshot.
    pub(crate) pages: Vec<u32>,
    /// Place of the page among the pages of this segment.
    pub(crate) own_pages: Vec<u32>,
    /// How long the text of each page of this segment is for each audience, in words.
    pub(crate) page_lengths: [Vec<f32>; 3],
    pub(crate) worded: [Worded; 3],
    pub(crate) numbered: [Arc<InvertedIndexReader>; 2],
    pub(crate) number_fields: [Field; 2],
    pub(crate) facets: Arc<InvertedIndexReader>,
    pub(crate) fixed: Arc<Fixed>,
}

/// A field of words: its postings and the length of each document.
pub(crate) struct Worded {
    pub(crate) field: Field,
    pub(crate) postings: Arc<InvertedIndexReader>,
    pub(crate) norms: Vec<u8>,
}

/// Calls `each` with the documents and frequencies of a term, block by block.
pub(crate) fn blocks(mut postings: BlockSegmentPostings, mut each: impl FnMut(&[DocId], &[u32])) {
    while postings.block_len() > 0 {
        each(postings.docs(), postings.freqs());
        postings.advance();
    }
}

/// The documents of a term.
pub(crate) fn documents(
    reader: &InvertedIndexReader,
    field: Field,
    text: &str,
    each: impl FnMut(&[DocId], &[u32]),
) -> Result<(), SearchError> {
    let term = document::term(field, text);
    if let Some(postings) = reader.read_block_postings(&term, IndexRecordOption::Basic)? {
        blocks(postings, each);
    }
    Ok(())
}

fn every_term(
    terms: &TermDictionary,
    mut each: impl FnMut(&str, &tantivy::postings::TermInfo) -> Result<(), SearchError>,
) -> Result<(), SearchError> {
    let mut stream = terms.stream()?;
    while stream.advance() {
        if let Ok(text) = std::str::from_utf8(stream.key()) {
            each(text, stream.value())?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "weights, not counts")]
fn real(count: u32) -> f32 {
    count as f32
}

fn place(doc: DocId) -> usize {
    usize::try_from(doc).unwrap_or(usize::MAX)
}

impl Fixed {
    pub(crate) fn read(reader: &SegmentReader, fields: Fields) -> Result<Self, SearchError> {
        let count = place(reader.max_doc());
        let mut fixed = Fixed {
            levels: vec![GONE; count],
            pages: vec![0; count],
            names: Vec::new(),
            spanish: vec![false; count],
            bare: Vec::new(),
            titles: HashMap::new(),
            stamps: Vec::new(),
            words: SegmentWords::default(),
        };
        let facets = reader.inverted_index(fields.facet)?;
        for (level, facet) in (0u8..).zip(["a0", "a1", "a2"]) {
            documents(&facets, fields.facet, facet, |docs, _| set(&mut fixed.levels, docs, |_| level))?;
        }
        documents(&facets, fields.facet, "c0", |docs, _| {
            set(&mut fixed.levels, docs, |level| if level == GONE { GONE } else { level | SUPERSEDED });
        })?;
        documents(&facets, fields.facet, "l:es", |docs, _| set(&mut fixed.spanish, docs, |_| true))?;
        let pages = reader.inverted_index(fields.page)?;
        every_term(pages.terms(), |name, info| {
            let number = u32::try_from(fixed.names.len()).unwrap_or(u32::MAX);
            fixed.names.push(name.to_owned());
            let postings = pages.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            blocks(postings, |docs, _| set(&mut fixed.pages, docs, |_| number));
            Ok(())
        })?;
        fixed.note_bare(reader, fields, &facets)?;
        let stamps = reader.inverted_index(fields.stamp)?;
        every_term(stamps.terms(), |term, info| {
            if let Some((page, stamp)) = document::stamp(term) {
                let postings = stamps.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                blocks(postings, |docs, _| {
                    fixed.stamps.extend(docs.iter().map(|doc| (*doc, page.clone(), stamp)));
                });
            }
            Ok(())
        })?;
        fixed.words =
            SegmentWords { words: fixed.words(reader, fields)?, codes: fixed.codes(reader, fields)? };
        Ok(fixed)
    }

    /// Notes the pages without text, which are few, with their titles.
    fn note_bare(
        &mut self,
        reader: &SegmentReader,
        fields: Fields,
        facets: &InvertedIndexReader,
    ) -> Result<(), SearchError> {
        self.bare = vec![false; self.names.len()];
        let mut found: Vec<DocId> = Vec::new();
        documents(facets, fields.facet, "b1", |docs, _| found.extend(docs))?;
        if found.is_empty() {
            return Ok(());
        }
        let stored = reader.get_store_reader(1)?;
        for doc in found {
            let page = self.pages.get(place(doc)).map_or(usize::MAX, |page| place(*page));
            if let Some(bare) = self.bare.get_mut(page) {
                *bare = true;
                let title = document::head(fields, &stored.get::<TantivyDocument>(doc)?).title;
                self.titles.insert(page, title_key(&title));
            }
        }
        Ok(())
    }

    fn words(
        &self,
        reader: &SegmentReader,
        fields: Fields,
    ) -> Result<Vec<(Arc<Known>, Counts)>, SearchError> {
        let counts = self.counts(reader, &fields.worded())?;
        let any_spanish = self.spanish.contains(&true);
        let mut words = Vec::with_capacity(counts.len());
        for (text, counts) in counts {
            let (mut in_spanish, mut in_english) = (false, !any_spanish);
            if any_spanish {
                for field in fields.worded() {
                    documents(&*reader.inverted_index(field)?, field, &text, |docs, _| {
                        let spanish = |doc: &DocId| self.spanish.get(place(*doc)) == Some(&true);
                        in_spanish |= docs.iter().any(spanish);
                        in_english |= !docs.iter().all(spanish);
                    })?;
                }
            }
            words.push((Arc::new(Known::new(&text, in_spanish, in_english)), counts));
        }
        Ok(words)
    }

    fn codes(&self, reader: &SegmentReader, fields: Fields) -> Result<Vec<(Arc<str>, Counts)>, SearchError> {
        let counts = self.counts(reader, &fields.numbered())?;
        Ok(counts.into_iter().map(|(text, counts)| (Arc::from(text), counts)).collect())
    }

    /// Of each term of these fields, in order, the passages that hold it, by audience.
    fn counts(&self, reader: &SegmentReader, fields: &[Field]) -> Result<Vec<(String, Counts)>, SearchError> {
        let mut all: HashMap<String, Counts> = HashMap::new();
        for field in fields {
            let index = reader.inverted_index(*field)?;
            every_term(index.terms(), |text, info| {
                let mut counts = [0u32; 3];
                let postings = index.read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
                blocks(postings, |docs, _| {
                    for doc in docs {
                        let level = self.levels.get(place(*doc)).copied().unwrap_or(GONE) & !SUPERSEDED;
                        for (from, count) in (0u8..).zip(&mut counts) {
                            *count += u32::from(level <= from);
                        }
                    }
                });
                // A word may stand in several fields of one passage; the field where it is most common decides.
                let known = all.entry(text.to_owned()).or_default();
                for (known, count) in known.iter_mut().zip(counts) {
                    *known = (*known).max(count);
                }
                Ok(())
            })?;
        }
        let mut all: Vec<(String, Counts)> = all.into_iter().collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(all)
    }

    /// The names of the pages that still have a living document.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The stamps of pages whose first document lives.
    pub(crate) fn stamps(&self, reader: &SegmentReader) -> impl Iterator<Item = (&str, u64)> {
        self.stamps
            .iter()
            .filter(|(doc, _, _)| !reader.is_deleted(*doc))
            .map(|(_, page, stamp)| (page.as_str(), *stamp))
    }
}

/// The words of a title, however they are written.
fn title_key(title: &str) -> String {
    words(title).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

fn set<T: Copy>(of: &mut [T], docs: &[DocId], value: impl Fn(T) -> T) {
    for doc in docs {
        if let Some(slot) = of.get_mut(place(*doc)) {
            *slot = value(*slot);
        }
    }
}

impl Segment {
    pub(crate) fn is_spanish(&self, doc: usize) -> bool {
        self.fixed.spanish.get(doc) == Some(&true)
    }

    /// Whether a page of this segment, by its place here, has no text.
    pub(crate) fn is_bare(&self, page: usize) -> bool {
        self.fixed.bare.get(page) == Some(&true)
    }

    /// Whether the title of a page without text is what was typed.
    pub(crate) fn is_named(&self, page: usize, typed: &str) -> bool {
        self.fixed.titles.get(&page).is_some_and(|title| *title == title_key(typed))
    }

    /// Pages that have a document in this segment.
    pub(crate) fn pages_here(&self) -> usize {
        self.fixed.names.len()
    }

    /// `numbers` gives the snapshot's number of each page.
    pub(crate) fn new(
        reader: &SegmentReader,
        fields: Fields,
        fixed: Arc<Fixed>,
        numbers: &HashMap<&str, u32>,
    ) -> Result<Self, SearchError> {
        let mut levels = fixed.levels.clone();
        if reader.has_deletes() {
            for (doc, level) in (0u32..).zip(&mut levels) {
                if reader.is_deleted(doc) {
                    *level = GONE;
                }
            }
        }
        let renumbered: Vec<u32> =
            fixed.names.iter().map(|name| numbers.get(name.as_str()).copied().unwrap_or(u32::MAX)).collect();
        let pages = fixed
            .pages
            .iter()
            .map(|page| renumbered.get(place(*page)).copied().unwrap_or(u32::MAX))
            .collect();
        let [body, heading, title] = fields.worded();
        let [number, number_title] = fields.numbered();
        let body = worded(reader, body)?;
        let mut page_lengths: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; fixed.names.len()]);
        for ((page, norm), level) in fixed.pages.iter().zip(&body.norms).zip(&levels) {
            for (_, lengths) in (0u8..).zip(&mut page_lengths).filter(|(from, _)| level <= from) {
                if let Some(length) = lengths.get_mut(place(*page)) {
                    *length += real(FieldNormReader::id_to_fieldnorm(*norm));
                }
            }
        }
        Ok(Segment {
            page_lengths,
            own_pages: fixed.pages.clone(),
            worded: [body, worded(reader, heading)?, worded(reader, title)?],
            numbered: [reader.inverted_index(number)?, reader.inverted_index(number_title)?],
            number_fields: fields.numbered(),
            facets: reader.inverted_index(fields.facet)?,
            levels,
            pages,
            fixed,
        })
    }
}

fn worded(reader: &SegmentReader, field: Field) -> Result<Worded, SearchError> {
    let norms = reader.get_fieldnorms_reader(field)?;
    Ok(Worded {
        field,
        postings: reader.inverted_index(field)?,
        norms: (0..reader.max_doc()).map(|doc| norms.fieldnorm_id(doc)).collect(),
    })
}
