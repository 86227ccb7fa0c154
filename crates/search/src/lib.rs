//! The full-text index of the knowledge base.
//!
//! Owns finding the passages of pages that answer a question, as it is typed: words in any ending (English and
//! Spanish), misspelt, said in the agency's other ways or in Spanish; numbers and form names in any writing. Owns
//! the index in its folder (built on tantivy) and in memory. It does not own the pages, nor who a reader is: pages
//! come in as passages with an audience, texts for snippets come by [`Texts`], and the reader's level is part of
//! the [`Query`].
//!
//! The way of a question: `parse` (marks) → `plan` (what each word may stand for, with `numbers`, `lexicon` and
//! `vocabulary`) → `evaluate` (find and rank) → `snippet`. To add a way of widening a question, add a step to
//! `plan`; to add a field, see `document`. Why it is built this way: `docs/decisions/0012-search.md`.

#[cfg(feature = "bench")]
pub mod bench;
mod document;
mod evaluate;
mod folder;
mod index;
mod lexicon;
mod narrow;
mod numbers;
mod parse;
mod places;
mod plan;
mod segment;
mod snapshot;
mod snippet;
mod stems;
mod types;
mod vocabulary;
mod words;

pub use index::Index;
pub use lexicon::{Lexicon, LexiconError};
pub use types::{Answer, Audience, Hit, NoTexts, Passage, Query, SearchError, Texts};

/// Characters of a question; a longer one is refused with [`SearchError::TooLong`]. Of the words within this bound,
/// the first 32 things asked for count.
pub const MAX_QUERY_CHARS: usize = 2_000;
/// Largest [`Query::limit`].
pub const MAX_LIMIT: usize = 100;
/// Largest [`Query::offset`].
pub const MAX_OFFSET: usize = 10_000;
/// Bytes of one passage.
pub const MAX_PASSAGE_BYTES: usize = 8 << 20;
/// Passages of one page.
pub const MAX_PASSAGES: usize = 50_000;
