//! What a page may hold at most. Over a limit the page is refused with the line, and nothing of it is shown.

/// The longest page in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// How many lists and quotes may stand within one another.
pub const MAX_DEPTH: usize = 40;
/// How many blocks (paragraphs, headings, items, rows) a page may have.
pub const MAX_BLOCKS: usize = 200_000;
/// How many table cells a page may have.
pub const MAX_CELLS: usize = 100_000;
/// The longest address of a link, in bytes.
pub const MAX_LINK: usize = 2_048;
/// How many links and images a page may have.
pub const MAX_LINKS: usize = 50_000;

/// How deep emphasis and the like may be nested before the inner ones are shown without it.
pub(super) const MAX_INLINE_DEPTH: usize = 16;
/// The longest anchor.
pub(super) const MAX_ANCHOR: usize = 100;
