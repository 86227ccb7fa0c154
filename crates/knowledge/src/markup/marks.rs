//! The second look over a page that was read: boxes, ids, levels of headings, what is for supervisors only; and the
//! list of what an editor should mend ([`lint`]).

use std::collections::HashSet;

use super::attrs::{self, Attrs};
use super::error::{MarkupError, MarkupReason};
use super::ids::{self, Ids};
use super::limits::MAX_DEPTH;
use super::read::{links, text_of};
use super::target::{Refused, Target};
use super::tree::{Block, Body, BoxKind, Inline, Labels, Page};

/// Something an editor should look at; the page is shown nevertheless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: MarkKind,
}

/// What an editor should look at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkKind {
    /// A link that leads nowhere, for its form.
    #[error("the link to \"{address}\" is shown as words: {why}")]
    Link {
        /// What was written.
        address: String,
        /// Why it leads nowhere.
        why: Refused,
    },
    /// A picture that is not an attachment.
    #[error("the picture \"{0}\" is not an attachment and is shown by its words")]
    Picture(String),
    /// A picture without words.
    #[error("the picture \"{0}\" has no words for those who cannot see it")]
    NoWords(String),
    /// The same anchor at two blocks.
    #[error("the anchor \"{0}\" stands at more than one place; links lead to the first")]
    Doubled(String),
    /// A link to an anchor that is not on this page.
    #[error("there is no \"{0}\" on this page")]
    NowhereHere(String),
    /// A box of a kind that does not exist.
    #[error("there is no box \"{0}\"; it is shown as a plain quote")]
    Box(String),
}

/// Refuses a line that opens very many quotes or lists at once, before the grammar spends time on it.
pub(super) fn refuse_deep_lines(text: &str) -> Result<(), MarkupError> {
    let mut fence = None;
    for (at, line) in text.lines().enumerate() {
        let start = line.trim_start_matches([' ', '\t', '>']);
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) if openings(line) > MAX_DEPTH && !is_rule(line) => {
                return Err(MarkupError::new(at + 1, MarkupReason::TooDeep));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_rule(line: &str) -> bool {
    ["-", "*", "_"]
        .into_iter()
        .any(|mark| line.split_whitespace().all(|part| part.replace(mark, "").is_empty()))
}

fn openings(line: &str) -> usize {
    let mut count = 0;
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = after.len() < rest.len() && rest.len() - after.len() < 10;
        rest = match after.strip_prefix(['.', ')']) {
            Some(after) if numbered && after.starts_with([' ', '\t']) => after,
            _ => match rest.strip_prefix(['-', '*', '+']) {
                Some(after) if after.starts_with([' ', '\t']) => after,
                _ => match rest.strip_prefix('>') {
                    Some(after) => after,
                    None => return count,
                },
            },
        };
        count += 1;
        if count > MAX_DEPTH {
            return count;
        }
    }
}

/// Which box a quote is, and the anchors that stand behind its mark; the mark is taken off.
pub(super) fn box_kind(blocks: &mut Vec<Block>) -> (BoxKind, Labels) {
    let none = (BoxKind::Quote, Labels::default());
    let Some(Block { body: Body::Paragraph { inlines, .. }, labels, .. }) = blocks.first_mut() else {
        return none;
    };
    let Some(Inline::Text(text)) = inlines.first_mut() else { return none };
    let Some((kind, rest)) = mark(text).and_then(|(name, rest)| Some((kind_of(name)?, rest))) else {
        return none;
    };
    let (end, attrs) = attrs::split(rest).unwrap_or((rest.len(), Attrs::default()));
    let rest = rest.get(..end).unwrap_or_default().trim_start().to_owned();
    *text = rest;
    if text.is_empty() {
        inlines.remove(0);
        if matches!(inlines.first(), Some(Inline::Break { .. })) {
            inlines.remove(0);
        }
    }
    let mut own = Labels { more: attrs.anchors, ..Labels::default() };
    if inlines.is_empty() {
        own.more.append(&mut labels.more);
        blocks.remove(0);
    }
    (kind, own)
}

fn mark(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.strip_prefix("[!")?.split_once(']')?;
    let fine = !name.is_empty() && name.len() <= 20 && name.bytes().all(|b| b.is_ascii_alphabetic());
    fine.then_some((name, rest))
}

fn kind_of(name: &str) -> Option<BoxKind> {
    Some(match name.to_ascii_uppercase().as_str() {
        "NOTE" => BoxKind::Note,
        "WARNING" => BoxKind::Warning,
        "SCRIPT" => BoxKind::Script,
        "SUPERVISORS" | "SUPERVISOR" => BoxKind::Supervisors,
        _ => return None,
    })
}

/// Gives ids, levels and audiences to the blocks of a page.
pub(super) fn finish(mut blocks: Vec<Block>) -> Page {
    let mut written = HashSet::new();
    each_labels(&mut blocks, &mut |labels, _, _| written.extend(labels.more.iter().cloned()));
    let mut ids = Ids::new(written);
    let mut doubled = Vec::new();
    each_labels(&mut blocks, &mut |labels, line, made| {
        let attrs = Attrs { anchors: std::mem::take(&mut labels.more), supervisors: false };
        let mut again = Vec::new();
        match made() {
            None if attrs.anchors.is_empty() => {}
            made => *labels = ids.labels(&attrs, || made.unwrap_or_else(|| "box".to_owned()), &mut again),
        }
        doubled.extend(again.into_iter().map(|anchor| (line, anchor)));
    });
    let mut levels = Vec::new();
    level(&mut blocks, &mut levels);
    hide(&mut blocks);
    Page { blocks, doubled }
}

/// Goes over all labels in order, with the line and a way to make an id where the block should have one in any case.
fn each_labels(
    blocks: &mut [Block],
    visit: &mut impl FnMut(&mut Labels, usize, &dyn Fn() -> Option<String>),
) {
    for Block { line, labels, body, .. } in blocks {
        match body {
            Body::Heading { inlines, .. } => visit(labels, *line, &|| Some(ids::slug(&words(inlines)))),
            Body::Paragraph { inlines, .. } => visit(labels, *line, &|| Some(ids::of_words(&words(inlines)))),
            Body::Code { text } => visit(labels, *line, &|| Some(ids::of_words(text))),
            Body::Rule => {}
            Body::List { items, .. } => {
                for item in items {
                    let first = match item.blocks.first() {
                        Some(Block { body: Body::Paragraph { inlines, .. }, .. }) => Some(words(inlines)),
                        _ => None,
                    };
                    visit(&mut item.labels, item.line, &|| first.as_deref().map(ids::of_words));
                    let rest = usize::from(first.is_some());
                    each_labels(item.blocks.get_mut(rest..).unwrap_or_default(), visit);
                }
            }
            Body::Quote { blocks, .. } => {
                visit(labels, *line, &|| None);
                each_labels(blocks, visit);
            }
            Body::Table { rows, .. } => {
                for row in rows {
                    let all = row.cells.iter().map(|cell| words(cell)).collect::<Vec<_>>().join(" ");
                    visit(&mut row.labels, row.line, &|| Some(ids::of_words(&all)));
                }
            }
        }
    }
}

/// Headings below the title of the page: the first kind is level 2, and none is left out on the way down.
fn level(blocks: &mut [Block], open: &mut Vec<u8>) {
    for block in blocks {
        match &mut block.body {
            Body::Heading { level, shown, .. } => {
                while open.last().is_some_and(|above| above >= level) {
                    open.pop();
                }
                open.push(*level);
                *shown = u8::try_from(open.len() + 1).unwrap_or(6).min(6);
            }
            Body::Quote { blocks, .. } => level(blocks, open),
            Body::List { items, .. } => items.iter_mut().for_each(|item| level(&mut item.blocks, open)),
            _ => {}
        }
    }
}

/// Marks what only supervisors may see: their boxes, and sections from a heading to the next of its level or above.
fn hide(blocks: &mut [Block]) {
    let mut section = None;
    for block in blocks {
        match &mut block.body {
            Body::Heading { level, supervisors, .. } => {
                if section.is_some_and(|open| *level <= open) {
                    section = None;
                }
                if *supervisors && section.is_none() {
                    section = Some(*level);
                }
            }
            Body::Quote { kind, blocks } => {
                block.supervisors = *kind == BoxKind::Supervisors;
                hide(blocks);
            }
            Body::List { items, .. } => items.iter_mut().for_each(|item| hide(&mut item.blocks)),
            _ => {}
        }
        block.supervisors |= section.is_some();
    }
}

/// The words of running text.
pub(super) fn words(inlines: &[Inline]) -> String {
    let mut text = String::new();
    text_of(inlines, &mut text);
    text
}

/// What an editor should look at, in the order of the page.
#[must_use]
pub fn lint(page: &Page) -> Vec<Mark> {
    let mut marks: Vec<Mark> = page
        .doubled
        .iter()
        .map(|(line, anchor)| Mark { line: *line, kind: MarkKind::Doubled(anchor.clone()) })
        .collect();
    let mut anchors = HashSet::new();
    let mut boxes = Vec::new();
    collect(&page.blocks, &mut anchors, &mut boxes);
    marks.extend(boxes.into_iter().map(|(line, name)| Mark { line, kind: MarkKind::Box(name) }));
    for link in links(page) {
        let kind = match (&link.target, link.picture) {
            (Target::File(name), true) if link.words.trim().is_empty() => MarkKind::NoWords(name.clone()),
            (Target::File(_), true) => continue,
            (target, true) => MarkKind::Picture(target.address()),
            (Target::Refused { address, why }, false) => {
                MarkKind::Link { address: address.clone(), why: *why }
            }
            (Target::Here(anchor), false) if !anchors.contains(anchor.as_str()) => {
                MarkKind::NowhereHere(anchor.clone())
            }
            _ => continue,
        };
        marks.push(Mark { line: link.line, kind });
    }
    marks.sort_by_key(|mark| mark.line);
    marks
}

fn collect<'a>(blocks: &'a [Block], anchors: &mut HashSet<&'a str>, boxes: &mut Vec<(usize, String)>) {
    let note = |labels: &'a Labels, anchors: &mut HashSet<&'a str>| {
        anchors.insert(labels.id.as_str());
        anchors.extend(labels.more.iter().map(String::as_str));
    };
    for block in blocks {
        note(&block.labels, anchors);
        match &block.body {
            Body::List { items, .. } => {
                for item in items {
                    note(&item.labels, anchors);
                    collect(&item.blocks, anchors, boxes);
                }
            }
            Body::Quote { kind, blocks } => {
                if let (BoxKind::Quote, Some(name)) = (kind, unknown_box(blocks)) {
                    boxes.push((block.line, name));
                }
                collect(blocks, anchors, boxes);
            }
            Body::Table { rows, .. } => rows.iter().for_each(|row| note(&row.labels, anchors)),
            _ => {}
        }
    }
}

fn unknown_box(blocks: &[Block]) -> Option<String> {
    let Body::Paragraph { inlines, .. } = &blocks.first()?.body else { return None };
    let Some(Inline::Text(text)) = inlines.first() else { return None };
    mark(text).map(|(name, _)| name.to_owned())
}
