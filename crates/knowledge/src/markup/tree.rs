//! What a page is made of, once it was read. Nothing in here can hold markup of the browser.

use super::target::Target;

/// A page that was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Its blocks in order.
    pub blocks: Vec<Block>,
    /// Anchors that were written more than once: the line and the anchor. Only the first one leads anywhere.
    pub doubled: Vec<(usize, String)>,
}

/// By what a block can be reached and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// The id of the element; unique within the page. Empty for a block that has none.
    pub id: String,
    /// Further ids that lead to the same block.
    pub more: Vec<String>,
    /// The clauses that the block is anchored to, also where another block already holds the id.
    pub clauses: Vec<String>,
}

/// A block of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The line it begins in, from 1.
    pub line: usize,
    /// Its ids and clauses.
    pub labels: Labels,
    /// Whether only supervisors and above may see it.
    pub supervisors: bool,
    /// What it is.
    pub body: Body,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A heading.
    Heading {
        /// The level as written, 1 to 6.
        level: u8,
        /// The level to show below the title of the page, 2 to 6, with none left out.
        shown: u8,
        /// Its words.
        inlines: Vec<Inline>,
        /// Whether it hides its section from all but supervisors.
        supervisors: bool,
    },
    /// A paragraph. `tight` is one of an item without an empty line around it.
    Paragraph {
        /// Its words.
        inlines: Vec<Inline>,
        /// Whether it stands in its item without a paragraph of its own.
        tight: bool,
    },
    /// A list; numbered from `start` if there is one.
    List {
        /// The first number.
        start: Option<u64>,
        /// Its items.
        items: Vec<Item>,
    },
    /// A quote or a box.
    Quote {
        /// Which one.
        kind: BoxKind,
        /// What stands within.
        blocks: Vec<Block>,
    },
    /// Text as it was typed.
    Code {
        /// The text.
        text: String,
    },
    /// A table.
    Table {
        /// How each column is aligned.
        aligns: Vec<Align>,
        /// The head row; all cells are empty where the table has no head.
        head: Vec<Vec<Inline>>,
        /// The rows.
        rows: Vec<Row>,
    },
    /// A line across.
    Rule,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The line it begins in.
    pub line: usize,
    /// Its ids and clauses; those of its first paragraph.
    pub labels: Labels,
    /// What stands within.
    pub blocks: Vec<Block>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line it stands in.
    pub line: usize,
    /// Its ids and clauses.
    pub labels: Labels,
    /// Its cells.
    pub cells: Vec<Vec<Inline>>,
}

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// As the language reads.
    Start,
    /// Centred.
    Centre,
    /// At the end, as numbers are.
    End,
}

/// What a quote is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxKind {
    /// A plain quote.
    Quote,
    /// `[!NOTE]`.
    Note,
    /// `[!WARNING]`.
    Warning,
    /// `[!SCRIPT]`: words that are prescribed.
    Script,
    /// `[!SUPERVISORS]`: for supervisors and above only.
    Supervisors,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// A brace that was written with a backslash, and so begins no anchor.
    Brace,
    /// Words as they were typed.
    Code(String),
    /// An end of line within a paragraph; shown as a space, or as a new line where `hard`.
    Break {
        /// Whether a new line begins.
        hard: bool,
    },
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Struck through.
    Strike(Vec<Inline>),
    /// A link.
    Link {
        /// Where it leads.
        target: Target,
        /// Its words.
        inlines: Vec<Inline>,
    },
    /// A picture.
    Image {
        /// Which one; anything but an attachment is shown by its words.
        target: Target,
        /// The words in its place.
        alt: String,
    },
}
