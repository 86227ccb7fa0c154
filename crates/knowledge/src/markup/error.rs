//! Why a page was refused, and in which line.

use super::limits::{MAX_BLOCKS, MAX_BYTES, MAX_CELLS, MAX_DEPTH, MAX_LINK, MAX_LINKS};

/// A page that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct MarkupError {
    /// The line in the text that was given, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: MarkupReason,
}

/// What is wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkupReason {
    /// More than [`MAX_BYTES`].
    #[error("the page has {0} bytes; at most {MAX_BYTES} can be shown")]
    TooLong(usize),
    /// More than [`MAX_DEPTH`] lists and quotes within one another.
    #[error("lists and quotes are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// More than [`MAX_BLOCKS`].
    #[error("the page has more than {MAX_BLOCKS} paragraphs, items and rows")]
    TooManyBlocks,
    /// More than [`MAX_CELLS`].
    #[error("the tables of the page have more than {MAX_CELLS} cells")]
    TooManyCells,
    /// More than [`MAX_LINKS`].
    #[error("the page has more than {MAX_LINKS} links")]
    TooManyLinks,
    /// A link with an address of more than [`MAX_LINK`] bytes.
    #[error("the address of a link has {0} bytes; at most {MAX_LINK} are allowed")]
    LinkTooLong(usize),
    /// The front matter has no end line.
    #[error("the front matter has no closing +++ line")]
    OpenFrontMatter,
    /// There is no front matter where a page file must have one.
    #[error("the file does not begin with front matter between +++ lines")]
    NoFrontMatter,
    /// The front matter is not what it must be; the sentence comes from the TOML reader.
    #[error("the front matter cannot be read: {0}")]
    FrontMatter(String),
}

impl MarkupError {
    pub(crate) fn new(line: usize, reason: MarkupReason) -> Self {
        Self { line, reason }
    }
}
