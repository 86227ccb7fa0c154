//! What searches see: the index as of one commit.
//!
//! Owns putting the segments, the words and the pages of a commit together. A snapshot never changes; a commit
//! makes a new one, and searches that run keep the old one alive.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tantivy::Searcher;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;

use crate::document::Fields;
use crate::evaluate;
use crate::segment::{Fixed, Segment};
use crate::types::{Audience, SearchError};
use crate::vocabulary::Vocabulary;

/// The unchanging parts of the segments read so far.
pub(crate) type Kept = HashMap<SegmentId, Arc<Fixed>>;

/// Averages and counts over the passages that one audience sees.
pub(crate) struct Measures {
    /// What an occurrence counts, by field and coded length.
    pub(crate) norms: [[f32; 256]; 3],
    /// Words of the average page.
    pub(crate) page_length: f32,
    /// Passages in force.
    pub(crate) passages: u32,
}

pub(crate) struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    pub(crate) segments: Vec<Segment>,
    pub(crate) vocabulary: Vocabulary,
    /// Sorted; a page's number is its place.
    pub(crate) pages: Vec<String>,
    pub(crate) stamps: BTreeMap<String, u64>,
    /// What is worked out for each audience from what it sees, and from nothing else.
    measures: [Measures; 3],
}

impl Snapshot {
    pub(crate) fn read(searcher: Searcher, fields: Fields, kept: &mut Kept) -> Result<Self, SearchError> {
        let mut now = Kept::new();
        for reader in searcher.segment_readers() {
            let id = reader.segment_id();
            let fixed = match kept.get(&id) {
                Some(fixed) => Arc::clone(fixed),
                None => Arc::new(Fixed::read(reader, fields)?),
            };
            now.insert(id, fixed);
        }
        *kept = now;
        let names: BTreeSet<&String> = kept.values().flat_map(|fixed| fixed.names()).collect();
        let pages: Vec<String> = names.into_iter().cloned().collect();
        let numbers: HashMap<&str, u32> = pages.iter().map(String::as_str).zip(0u32..).collect();
        let mut segments = Vec::new();
        let mut stamps = BTreeMap::new();
        for reader in searcher.segment_readers() {
            let Some(fixed) = kept.get(&reader.segment_id()) else { continue };
            stamps.extend(fixed.stamps(reader).map(|(page, stamp)| (page.to_owned(), stamp)));
            segments.push(Segment::new(reader, fields, Arc::clone(fixed), &numbers)?);
        }
        let vocabulary = Vocabulary::new(segments.iter().map(|segment| &segment.fixed.words));
        let measures = [0, 1, 2].map(|level| measures(&segments, level));
        Ok(Snapshot { searcher, fields, segments, vocabulary, pages, stamps, measures })
    }

    /// The measures of an audience.
    pub(crate) fn measures(&self, audience: Audience) -> &Measures {
        let [public, staff, supervisors] = &self.measures;
        match audience {
            Audience::Public => public,
            Audience::Staff => staff,
            Audience::Supervisors => supervisors,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "weights, not counts")]
fn measures(segments: &[Segment], level: u8) -> Measures {
    let mut passages = 0u32;
    let mut words = [0u64; 3];
    for segment in segments {
        for (doc, _) in segment.levels.iter().enumerate().filter(|(_, own)| **own <= level) {
            passages += 1;
            for (words, worded) in words.iter_mut().zip(&segment.worded) {
                let norm = worded.norms.get(doc).copied().unwrap_or(0);
                *words += u64::from(FieldNormReader::id_to_fieldnorm(norm));
            }
        }
    }
    let average = words.map(|words| (words as f32 / passages.max(1) as f32).max(1.0));
    let lengths = || {
        let of_level = segments.iter().filter_map(|segment| segment.page_lengths.get(usize::from(level)));
        of_level.flatten().filter(|length| **length > 0.0)
    };
    let pages = lengths().map(|_| 1.0f32).sum::<f32>().max(1.0);
    Measures {
        norms: evaluate::norms(average),
        page_length: (lengths().sum::<f32>() / pages).max(1.0),
        passages,
    }
}
