//! The markup of a page: what may be written, how it is shown, and what can be read out of it.
//!
//! A page is CommonMark with tables and strikethrough. Raw HTML is text. A heading, a paragraph, a list item or a table
//! row may end with anchors, ` {#one #two}`; an anchor in capitals with hyphens, such as `SMS-GEN-4`, is also the id of
//! a clause. A quote that begins with `[!NOTE]`, `[!WARNING]`, `[!SCRIPT]` or `[!SUPERVISORS]` is a box. A supervisors'
//! box, and a section whose heading ends with `{.supervisors}`, is left out of everything for those who are not.
//!
//! It is safe by construction: a page is read into [`Block`]s that can hold nothing else than text, a few kinds of
//! structure and checked [`Target`]s, and HTML is written from those alone.
//!
//! It does not know which pages exist; [`Look`] brings the addresses in.

mod attrs;
mod error;
mod html;
mod ids;
mod limits;
mod marks;
mod parse;
mod read;
mod target;
mod tree;

pub use error::{MarkupError, MarkupReason};
pub use html::{Look, Words, html, html_in_parts};
pub use ids::{is_clause, slug};
pub use limits::{MAX_BLOCKS, MAX_BYTES, MAX_CELLS, MAX_DEPTH, MAX_LINK, MAX_LINKS};
pub use marks::{Mark, MarkKind, lint};
pub use parse::parse;
pub use read::{Entry, Link, Passage, contents, links, passages, plain, plain_for};
pub use target::{Refused, Target};
pub use tree::{Align, Block, Body, BoxKind, Inline, Item, Labels, Page, Row};
