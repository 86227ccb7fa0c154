//! What can be read out of a page: passages for the search, the contents list, the links, the plain words.

use super::marks::words;
use super::target::Target;
use super::tree::{Block, Body, BoxKind, Inline, Item, Labels, Page};

/// A paragraph, an item, a row or a heading, as the search keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The id on the page.
    pub anchor: String,
    /// The headings above it, outermost first.
    pub heading: Vec<String>,
    /// The words that lead to it: the item around it, or the paragraph before its list. Empty if there are none.
    pub lead: String,
    /// Its own words.
    pub text: String,
    /// The clauses it is anchored to, or else those of the item or box around it.
    pub clauses: Vec<String>,
    /// Whether only supervisors and above may see it.
    pub supervisors: bool,
}

/// A line of the contents list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 2 for the topmost headings, down to 6.
    pub level: u8,
    /// The id on the page.
    pub anchor: String,
    /// The words of the heading.
    pub title: String,
    /// Whether only supervisors and above may see it.
    pub supervisors: bool,
}

/// A link or a picture of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its words.
    pub words: String,
    /// Where it leads; also [`Target::Refused`].
    pub target: Target,
    /// The line of its block, from 1.
    pub line: usize,
    /// Whether it is a picture.
    pub picture: bool,
    /// Whether only supervisors and above may see it.
    pub supervisors: bool,
}

/// Adds the words of running text, as they are read aloud.
pub(super) fn text_of(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Brace => text.push('{'),
            Inline::Break { .. } => text.push(' '),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => text_of(inner, text),
            Inline::Link { inlines, .. } => text_of(inlines, text),
            Inline::Image { alt, .. } => text.push_str(alt),
        }
    }
}

/// The passages of a page in order; without those for supervisors unless they are asked for.
#[must_use]
pub fn passages(page: &Page, supervisors: bool) -> Vec<Passage> {
    let mut reader = Passages { supervisors, ..Passages::default() };
    reader.blocks(&page.blocks, &Around::default());
    reader.found
}

#[derive(Default)]
struct Passages {
    supervisors: bool,
    trail: Vec<(u8, String)>,
    found: Vec<Passage>,
}

/// What surrounds a block.
#[derive(Default, Clone)]
struct Around {
    lead: String,
    clauses: Vec<String>,
    anchor: String,
    supervisors: bool,
}

impl Around {
    fn within(&self, labels: &Labels, supervisors: bool) -> Self {
        Self {
            lead: self.lead.clone(),
            clauses: if labels.clauses.is_empty() { self.clauses.clone() } else { labels.clauses.clone() },
            anchor: if labels.id.is_empty() { self.anchor.clone() } else { labels.id.clone() },
            supervisors: self.supervisors || supervisors,
        }
    }
}

/// The longest lead in characters; a longer paragraph says too much to be read before each of its items.
const LEAD: usize = 240;

impl Passages {
    fn blocks(&mut self, blocks: &[Block], around: &Around) {
        let mut before = String::new();
        for block in blocks {
            if block.supervisors && !self.supervisors {
                before.clear();
                continue;
            }
            let here = around.within(&block.labels, block.supervisors);
            match &block.body {
                Body::Heading { level, inlines, .. } => {
                    self.trail.retain(|(above, _)| above < level);
                    let title = words(inlines);
                    self.add(title.clone(), &here);
                    self.trail.push((*level, title));
                    before.clear();
                }
                Body::Paragraph { inlines, .. } => {
                    let text = words(inlines);
                    before = if text.trim_end().ends_with(':') { text.clone() } else { String::new() };
                    self.add(text, &here);
                }
                Body::Code { text } => self.add(text.clone(), &here),
                Body::Quote { blocks, .. } => self.blocks(blocks, &here),
                Body::List { items, .. } => {
                    let lead = lead(&before).unwrap_or_else(|| here.lead.clone());
                    let here = Around { lead, ..here };
                    items.iter().for_each(|item| self.item(item, &here));
                }
                Body::Table { head, rows, .. } => {
                    self.add(cells(head), &Around { anchor: self.near(&here), ..here.clone() });
                    for row in rows {
                        self.add(cells(&row.cells), &here.within(&row.labels, false));
                    }
                }
                Body::Rule => {}
            }
        }
    }

    fn item(&mut self, item: &Item, around: &Around) {
        let here = around.within(&item.labels, false);
        let own = match item.blocks.first() {
            Some(Block { body: Body::Paragraph { inlines, .. }, .. }) => words(inlines),
            _ => String::new(),
        };
        if own.is_empty() {
            return self.blocks(&item.blocks, &here);
        }
        self.add(own.clone(), &here);
        let inner = Around { lead: lead(&own).unwrap_or_default(), ..here };
        self.blocks(item.blocks.get(1..).unwrap_or_default(), &inner);
    }

    /// The last anchor before a block that has none.
    fn near(&self, here: &Around) -> String {
        if here.anchor.is_empty() {
            self.found.last().map(|passage| passage.anchor.clone()).unwrap_or_default()
        } else {
            here.anchor.clone()
        }
    }

    fn add(&mut self, text: String, around: &Around) {
        if text.trim().is_empty() {
            return;
        }
        self.found.push(Passage {
            anchor: around.anchor.clone(),
            heading: self.trail.iter().map(|(_, title)| title.clone()).collect(),
            lead: around.lead.clone(),
            text,
            clauses: around.clauses.clone(),
            supervisors: around.supervisors,
        });
    }
}

fn lead(text: &str) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return None;
    }
    Some(match trimmed.char_indices().nth(LEAD) {
        None => trimmed.to_owned(),
        Some((end, _)) => {
            let cut = trimmed.get(..end).unwrap_or_default();
            let end = cut.rfind(' ').unwrap_or(end);
            format!("{}…", trimmed.get(..end).unwrap_or_default())
        }
    })
}

fn cells(cells: &[Vec<Inline>]) -> String {
    cells
        .iter()
        .map(|cell| words(cell))
        .filter(|cell| !cell.trim().is_empty())
        .collect::<Vec<_>>()
        .join(" | ")
}

/// The headings of a page that stand in no list and no quote.
#[must_use]
pub fn contents(page: &Page) -> Vec<Entry> {
    let entry = |block: &Block| match &block.body {
        Body::Heading { shown, inlines, .. } => Some(Entry {
            level: *shown,
            anchor: block.labels.id.clone(),
            title: words(inlines).trim().to_owned(),
            supervisors: block.supervisors,
        }),
        _ => None,
    };
    page.blocks.iter().filter_map(entry).filter(|entry| !entry.title.is_empty()).collect()
}

/// All links and pictures in order, also those that lead nowhere.
#[must_use]
pub fn links(page: &Page) -> Vec<Link> {
    let mut found = Vec::new();
    blocks_links(&page.blocks, false, &mut found);
    found
}

fn blocks_links(blocks: &[Block], supervisors: bool, found: &mut Vec<Link>) {
    for Block { line, supervisors: own, body, .. } in blocks {
        let supervisors = supervisors || *own;
        match body {
            Body::Heading { inlines, .. } | Body::Paragraph { inlines, .. } => {
                inline_links(inlines, *line, supervisors, found);
            }
            Body::Quote { blocks, .. } => blocks_links(blocks, supervisors, found),
            Body::List { items, .. } => {
                items.iter().for_each(|item| blocks_links(&item.blocks, supervisors, found));
            }
            Body::Table { head, rows, .. } => {
                head.iter().for_each(|cell| inline_links(cell, *line, supervisors, found));
                for row in rows {
                    row.cells.iter().for_each(|cell| inline_links(cell, row.line, supervisors, found));
                }
            }
            Body::Code { .. } | Body::Rule => {}
        }
    }
}

fn inline_links(inlines: &[Inline], line: usize, supervisors: bool, found: &mut Vec<Link>) {
    for inline in inlines {
        match inline {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strike(inner) => {
                inline_links(inner, line, supervisors, found);
            }
            Inline::Link { target, inlines } => {
                let target = target.clone();
                found.push(Link { words: words(inlines), target, line, picture: false, supervisors });
                inline_links(inlines, line, supervisors, found);
            }
            Inline::Image { target, alt } => {
                let target = target.clone();
                found.push(Link { words: alt.clone(), target, line, picture: true, supervisors });
            }
            _ => {}
        }
    }
}

/// All words of a page, each block on a line of its own; also what only supervisors may see.
#[must_use]
pub fn plain(page: &Page) -> String {
    plain_for(page, true)
}

/// The words of a page for a reader, each block on a line of its own.
#[must_use]
pub fn plain_for(page: &Page, supervisors: bool) -> String {
    let mut text = String::new();
    blocks_plain(&page.blocks, supervisors, &mut text);
    text
}

fn blocks_plain(blocks: &[Block], supervisors: bool, text: &mut String) {
    for block in blocks {
        if block.supervisors && !supervisors {
            continue;
        }
        match &block.body {
            Body::Heading { inlines, .. } | Body::Paragraph { inlines, .. } => line(&words(inlines), text),
            Body::Code { text: code } => line(code.trim_end(), text),
            Body::Quote { kind: BoxKind::Supervisors, .. } if !supervisors => {}
            Body::Quote { blocks, .. } => blocks_plain(blocks, supervisors, text),
            Body::List { items, .. } => {
                items.iter().for_each(|item| blocks_plain(&item.blocks, supervisors, text));
            }
            Body::Table { head, rows, .. } => {
                line(&cells(head), text);
                rows.iter().for_each(|row| line(&cells(&row.cells), text));
            }
            Body::Rule => {}
        }
    }
}

fn line(words: &str, text: &mut String) {
    if !words.trim().is_empty() {
        text.push_str(words.trim());
        text.push('\n');
    }
}
