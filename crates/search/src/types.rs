//! The words this crate speaks with: passages in, questions in, answers out, errors.
//!
//! Owns the public data types only. To add a field to a passage, add it here, write it in
//! `document.rs`, and raise `FORMAT` there so that older folders are rebuilt.

use std::collections::BTreeMap;

/// Who may see a passage. A reader sees everything at or below their own level.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anyone, without signing in.
    #[default]
    Public,
    /// Every staff member.
    Staff,
    /// Supervisors and above (KB: supervisors-only sections).
    Supervisors,
}

impl Audience {
    /// Position in arrays kept per audience: 0 public, 1 staff, 2 supervisors.
    pub(crate) fn level(self) -> usize {
        match self {
            Audience::Public => 0,
            Audience::Staff => 1,
            Audience::Supervisors => 2,
        }
    }
}

/// One paragraph (or list, table, script) of a page, as a reader would be led to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Slug of the page; the unit of [`crate::Index::replace`].
    pub page: String,
    /// The id within the page that a link leads to; unique within the page.
    pub anchor: String,
    /// The page's title.
    pub title: String,
    /// The headings above the passage, outermost first, joined by " › " or any other mark.
    pub heading: String,
    /// Plain text, without markup.
    pub text: String,
    /// "article", "memo", "form", ...: what [`Query::kind`] selects.
    pub kind: String,
    /// Programmes the passage is about ("SNAP", "TA", ...): what [`Query::programme`] selects.
    pub programmes: Vec<String>,
    /// "en" or "es".
    pub language: String,
    /// Who may see it.
    pub audience: Audience,
    /// False for an edition no longer (or not yet) in force; found only when [`Query::superseded`] asks.
    pub current: bool,
    /// The page has a name and no text: it stands behind all pages that have one, unless its name is what was asked for.
    pub bare: bool,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Query {
    /// What the reader typed: words, `"phrases"`, `-without`, `OR`, numbers in any writing. A last word that is
    /// not followed by a space is taken as the beginning of a word.
    pub text: String,
    /// Hits wanted, at most [`crate::MAX_LIMIT`].
    pub limit: usize,
    /// Hits to pass over, at most [`crate::MAX_OFFSET`].
    pub offset: usize,
    /// Hits of one page that may stand in the list before the rest become [`Hit::more`]; 0 means no bound.
    pub per_page: usize,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only passages that name this programme.
    pub programme: Option<String>,
    /// Only this language.
    pub language: Option<String>,
    /// The reader's own level. What they may not see is neither found, counted, suggested nor weighed.
    pub audience: Audience,
    /// Also editions that are not in force.
    pub superseded: bool,
}

impl Query {
    /// A question with the usual settings: ten hits from the start, at most three of one page, no filters,
    /// only what is in force.
    #[must_use]
    pub fn new(text: impl Into<String>, audience: Audience) -> Self {
        Query {
            text: text.into(),
            limit: 10,
            offset: 0,
            per_page: 3,
            kind: None,
            programme: None,
            language: None,
            audience,
            superseded: false,
        }
    }
}

/// A passage that answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Slug of the page.
    pub page: String,
    /// The id to link to.
    pub anchor: String,
    /// The page's title.
    pub title: String,
    /// The headings above the passage.
    pub heading: String,
    /// The page's kind.
    pub kind: String,
    /// Pieces of the text in order; the second value says whether the piece is to be marked. Empty when the
    /// text could not be had.
    pub snippet: Vec<(String, bool)>,
    /// Higher is better; only comparable within one answer.
    pub score: f32,
    /// Further passages of this page that answer but are not in the list; only set on the page's last hit.
    pub more: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Passages that answer, whether or not they are in the list.
    pub total: usize,
    /// Pages those passages belong to.
    pub pages: usize,
    /// The text as it was understood, when a word was taken for a misspelling.
    pub corrected: Option<String>,
    /// No passage holds every word, so the nearest ones are shown.
    pub loosened: bool,
}

/// Where the index gets the text of the passages it is about to show. It keeps none itself, so that it stays
/// under half the size of the texts.
pub trait Texts {
    /// The plain text for each (page, anchor), in the same order; `None` when it is gone.
    fn texts(&self, wanted: &[(&str, &str)]) -> Vec<Option<String>>;
}

/// No texts: every snippet stays empty.
pub struct NoTexts;

impl Texts for NoTexts {
    fn texts(&self, wanted: &[(&str, &str)]) -> Vec<Option<String>> {
        wanted.iter().map(|_| None).collect()
    }
}

impl Texts for BTreeMap<(String, String), String> {
    fn texts(&self, wanted: &[(&str, &str)]) -> Vec<Option<String>> {
        wanted
            .iter()
            .map(|(page, anchor)| self.get(&((*page).to_owned(), (*anchor).to_owned())).cloned())
            .collect()
    }
}

/// What can go wrong. Every variant that speaks of the folder means the same remedy: [`crate::Index::create`] and
/// fill it again from the pages.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The question has more characters than [`crate::MAX_QUERY_CHARS`].
    #[error("the question has {length} characters; at most {limit} are searched")]
    TooLong {
        /// Characters in the question.
        length: usize,
        /// The bound.
        limit: usize,
    },
    /// `limit` or `offset` is out of bounds.
    #[error("at most {limit} hits can be asked for, from at most the {offset}th on")]
    TooMany {
        /// Largest [`Query::limit`].
        limit: usize,
        /// Largest [`Query::offset`].
        offset: usize,
    },
    /// There is no index in the folder.
    #[error("there is no search index in the folder")]
    Missing,
    /// The folder holds an index of another form.
    #[error("the search index was written in another form")]
    Outdated,
    /// The folder's files are damaged.
    #[error("the search index is damaged: {0}")]
    Corrupt(String),
    /// Another process writes to the folder.
    #[error("the search index is being written by another process")]
    Busy,
    /// The folder cannot be read or written.
    #[error("the search index cannot be read or written: {0}")]
    Folder(String),
    /// A passage is larger than [`crate::MAX_PASSAGE_BYTES`], or a page has more than [`crate::MAX_PASSAGES`].
    #[error("page {page}: {reason}")]
    Refused {
        /// The page.
        page: String,
        /// Which bound was passed.
        reason: String,
    },
}

impl SearchError {
    /// Whether the remedy is to create the index anew and fill it again.
    #[must_use]
    pub fn needs_rebuild(&self) -> bool {
        matches!(
            self,
            SearchError::Missing | SearchError::Outdated | SearchError::Corrupt(_) | SearchError::Folder(_)
        )
    }
}

impl From<tantivy::TantivyError> for SearchError {
    fn from(error: tantivy::TantivyError) -> Self {
        use tantivy::TantivyError as T;
        match error {
            T::LockFailure(tantivy::directory::error::LockError::LockBusy, _) => SearchError::Busy,
            T::DataCorruption(e) => SearchError::Corrupt(format!("{e:?}")),
            T::IncompatibleIndex(_) | T::SchemaError(_) => SearchError::Outdated,
            other => SearchError::Folder(other.to_string()),
        }
    }
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        SearchError::Folder(error.to_string())
    }
}
