//! Why a file was refused.

use crate::markup::{MAX_DEPTH, MarkupReason};

/// A file that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// The name of the file.
    pub file: String,
    /// The line, from 1, where the reason has one.
    pub line: Option<usize>,
    /// Why.
    pub reason: Reason,
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

impl std::error::Error for ImportError {}

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Over the size limit.
    #[error("the file has {found} bytes; at most {limit} are read")]
    TooLarge {
        /// Its bytes.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Not text; with what it seems to be.
    #[error("this is not text but {0}")]
    Binary(&'static str),
    /// Neither UTF-8 nor another encoding that can be told.
    #[error("the text is neither UTF-8 nor clearly Windows-1252, at byte {offset}")]
    Encoding {
        /// The first byte that is wrong, from 0.
        offset: usize,
    },
    /// An HTML file that ends within a tag or a comment.
    #[error("the page ends within a tag: the file is cut off")]
    CutOff,
    /// A page without text.
    #[error("there is no text of a page in it")]
    NoBody,
    /// Elements or lists nested without end.
    #[error("lists, quotes or elements are nested too deep; lists may be {MAX_DEPTH} deep")]
    TooDeep,
    /// More lines or elements than are read.
    #[error("the file has more than {0} lines or elements")]
    TooManyNodes(usize),
    /// More documents than are read.
    #[error("the file holds {found} documents; at most {limit} are read")]
    TooManyDocuments {
        /// How many.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// The front matter or the text is not what a page may be.
    #[error("\"{title}\" cannot be a page: {reason}")]
    Markup {
        /// The document.
        title: String,
        /// What is wrong.
        reason: MarkupReason,
    },
}
