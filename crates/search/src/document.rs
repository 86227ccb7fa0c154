//! The form in which a passage lies in the index.
//!
//! Owns the fields and how a passage is written into them. No text is stored: only postings, and what a hit must
//! show at once (anchor, title, headings, kind). A change of form raises [`FORMAT`], and older folders are then
//! reported as outdated so that they are built anew.

use tantivy::schema::{
    Field, IndexRecordOption, OwnedValue, STORED, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{TantivyDocument, Term};

use crate::numbers;
use crate::types::{Audience, Passage};
use crate::words::{is_common, words};

/// Written with every commit; a folder with another value is outdated.
pub(crate) const FORMAT: &str = "hearthline-search-2";

/// Stands between the parts of a stored head and of a stamp.
const PART: char = '\u{1f}';

/// The fields, in the order they were added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    pub(crate) body: Field,
    pub(crate) heading: Field,
    pub(crate) title: Field,
    /// Codes of the text and headings.
    pub(crate) number: Field,
    /// Codes of the title.
    pub(crate) number_title: Field,
    pub(crate) page: Field,
    /// `a0`..`a2` audience, `c0` not in force, `b1` a page without text, `k:`kind, `p:`programme, `l:`language.
    pub(crate) facet: Field,
    /// Page and stamp, on the first document of a page only.
    pub(crate) stamp: Field,
    pub(crate) head: Field,
}

impl Fields {
    /// The fields that hold words.
    pub(crate) fn worded(self) -> [Field; 3] {
        [self.body, self.heading, self.title]
    }

    /// The fields that hold codes.
    pub(crate) fn numbered(self) -> [Field; 2] {
        [self.number, self.number_title]
    }
}

pub(crate) fn schema() -> (Schema, Fields) {
    let text = |option: IndexRecordOption, norms: bool| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer("raw").set_index_option(option).set_fieldnorms(norms),
        )
    };
    let positions = || text(IndexRecordOption::WithFreqsAndPositions, true);
    let basic = || text(IndexRecordOption::Basic, false);
    let mut builder = Schema::builder();
    let fields = Fields {
        body: builder.add_text_field("body", positions()),
        heading: builder.add_text_field("heading", positions()),
        title: builder.add_text_field("title", positions()),
        number: builder.add_text_field("number", basic()),
        number_title: builder.add_text_field("number_title", basic()),
        page: builder.add_text_field("page", basic()),
        facet: builder.add_text_field("facet", basic()),
        stamp: builder.add_text_field("stamp", basic()),
        head: builder.add_text_field("head", STORED),
    };
    (builder.build(), fields)
}

/// The facet of a kind, a programme or a language, without regard to case.
pub(crate) fn facet(of: char, value: &str) -> String {
    format!("{of}:{}", crate::words::fold(value))
}

fn pretokenized(text: &str) -> OwnedValue {
    let tokens = words(text)
        .into_iter()
        .enumerate()
        .filter(|(_, word)| !is_common(&word.text))
        .map(|(position, word)| Token {
            offset_from: 0,
            offset_to: 0,
            position,
            text: word.text,
            position_length: 1,
        })
        .collect();
    OwnedValue::PreTokStr(PreTokenizedString { text: String::new(), tokens })
}

/// The documents of a page: one for each passage, and one that only carries the stamp when there is none.
pub(crate) fn documents(
    fields: Fields,
    page: &str,
    stamp: u64,
    passages: &[Passage],
) -> Vec<TantivyDocument> {
    let mut documents: Vec<TantivyDocument> =
        passages.iter().map(|passage| document(fields, page, passage)).collect();
    if documents.is_empty() {
        let mut empty = TantivyDocument::default();
        empty.add_text(fields.page, page);
        documents.push(empty);
    }
    if let Some(first) = documents.first_mut() {
        first.add_text(fields.stamp, format!("{page}{PART}{stamp}"));
    }
    documents
}

fn document(fields: Fields, page: &str, passage: &Passage) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_field_value(fields.body, &pretokenized(&passage.text));
    document.add_field_value(fields.heading, &pretokenized(&passage.heading));
    document.add_field_value(fields.title, &pretokenized(&passage.title));
    let mut codes = numbers::codes(&passage.text);
    codes.extend(numbers::codes(&passage.heading));
    codes.sort_unstable();
    codes.dedup();
    for code in &codes {
        document.add_text(fields.number, code);
    }
    for code in numbers::codes(&passage.title) {
        document.add_text(fields.number_title, code);
    }
    document.add_text(fields.page, page);
    document.add_text(fields.facet, audience_facet(passage.audience));
    if !passage.current {
        document.add_text(fields.facet, "c0");
    }
    if passage.bare {
        document.add_text(fields.facet, "b1");
    }
    document.add_text(fields.facet, facet('k', &passage.kind));
    document.add_text(fields.facet, facet('l', &passage.language));
    for programme in &passage.programmes {
        document.add_text(fields.facet, facet('p', programme));
    }
    let head = [&passage.anchor, &passage.title, &passage.heading, &passage.kind];
    let head: Vec<String> = head.iter().map(|part| part.replace(PART, " ")).collect();
    document.add_text(fields.head, head.join(&PART.to_string()));
    document
}

pub(crate) fn audience_facet(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "a0",
        Audience::Staff => "a1",
        Audience::Supervisors => "a2",
    }
}

/// What a hit shows at once.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) anchor: String,
    pub(crate) title: String,
    pub(crate) heading: String,
    pub(crate) kind: String,
}

pub(crate) fn head(fields: Fields, document: &TantivyDocument) -> Head {
    let text = document.get_first(fields.head).and_then(|value| value.as_str()).unwrap_or_default();
    let mut parts = text.split(PART).map(str::to_owned);
    Head {
        anchor: parts.next().unwrap_or_default(),
        title: parts.next().unwrap_or_default(),
        heading: parts.next().unwrap_or_default(),
        kind: parts.next().unwrap_or_default(),
    }
}

/// The page and stamp in a stamp term.
pub(crate) fn stamp(term: &str) -> Option<(String, u64)> {
    let (page, stamp) = term.rsplit_once(PART)?;
    Some((page.to_owned(), stamp.parse().ok()?))
}

pub(crate) fn term(field: Field, text: &str) -> Term {
    Term::from_field_text(field, text)
}
