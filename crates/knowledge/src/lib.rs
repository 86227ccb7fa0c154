//! Pages of the knowledge base as text: their markup, their front matter, what differs between two versions, and the
//! reading of page exports into that markup.
//!
//! Everything here is a pure function from text to text: no files, no clock, no store, no network. Which page is in
//! force, who may read it and where it is kept belong to others.
//!
//! - [`markup`] reads the page markup (CommonMark with tables, anchors and boxes) and writes safe HTML, passages for
//!   the search, the contents list and the links.
//! - [`front`] reads and writes the TOML front matter of a page file.
//! - [`diff`] tells two versions of a page apart by block and by word.
//! - [`import`] reads exports of a knowledge site (plain text, saved HTML, Markdown) into documents of that markup.
//!
//! To add a rule of the markup: `markup/parse.rs` reads it into [`markup::Block`], `markup/html.rs` shows it, and the
//! properties in `tests/it` must still hold. To add a kind of export: one module in `import/` that fills an outline.

#![warn(missing_docs)]

pub mod diff;
pub mod front;
pub mod import;
pub mod markup;
