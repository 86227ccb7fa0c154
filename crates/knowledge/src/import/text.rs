//! Plain text as a browser saves a page of a knowledge site: a skip link, the menu (often twice), lists of articles, the
//! breadcrumb, the title once more, the text, and the foot with the question whether it helped, the date, neighbours
//! and the contents list.
//!
//! The title is the first line that repeats the last entry of the list before it: that entry ends the breadcrumb. All
//! before it is navigation. A heading is a line that ends with ` #`. A text without these parts is all body.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::Refusal;
use super::error::Reason;
use super::fields;
use super::lists::{self, Blocks};
use super::outline::{Node, Outline, Span, squeeze};
use super::types::{Limits, NavEntry, Place, merge_navigation};

/// A line of the file.
pub(super) struct Line {
    /// How many spaces stand before it.
    pub(super) indent: usize,
    pub(super) kind: LineKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum LineKind {
    Blank,
    Bullet(String),
    Number(u64, String),
    Heading(String),
    Text(String),
}

#[expect(clippy::expect_used, reason = "the pattern is a literal that the tests compile")]
fn pattern(text: &'static str) -> Regex {
    Regex::new(text).expect("a literal pattern")
}

static FEEDBACK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(was this .{0,30}helpful\b.{0,20}|did this .{0,20}help\b.{0,20}|still stuck\b.{0,40}|how can we help\s*\??|¿.{0,30}útil\b.{0,20})$",
    )
});
static COPYRIGHT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:©|\([cC]\)|Copyright)\s*(?:©\s*)?\d{4}\b.{0,80}$"));
static UPDATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:last )?(?:updated|modified|reviewed|actualizado)(?: on| el)?:?\s+(.{6,30})$")
});
static CONTENTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(table of contents|contents|on this page|tabla de contenidos?|contenido)$")
});
static SKIP: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(skip to (main )?content|saltar al contenido( principal)?)$"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,9})[.)]\s+(.+)$"));
static SPEAKER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(\p{L}[\p{L} .'’-]{0,30}?)(\s*\d{1,2}:\d{2}\s?[AaPp][Mm])$"));

/// Whether a line is the link past the menu.
pub(super) fn is_skip_link(line: &str) -> bool {
    SKIP.is_match(line.trim())
}

/// Whether a line is a heading of such an export: words and ` #`.
pub(super) fn is_heading(line: &str) -> bool {
    !line.starts_with([' ', '\t'])
        && line.trim_end().strip_suffix('#').is_some_and(|rest| {
            rest.ends_with(char::is_whitespace)
                && rest.chars().any(char::is_alphanumeric)
                && !rest.starts_with('#')
        })
}

/// Whether a paragraph asks whether the page helped, or names whose page it is.
pub(super) fn is_furniture(line: &str) -> bool {
    FEEDBACK.is_match(line) || COPYRIGHT.is_match(line)
}

/// The day in a line such as `Updated on April 22, 2025`.
pub(super) fn updated(line: &str) -> Option<jiff::civil::Date> {
    fields::date(UPDATED.captures(line)?.get(1)?.as_str())
}

/// Whether a line stands above a contents list.
pub(super) fn is_contents(line: &str) -> bool {
    CONTENTS.is_match(line)
}

/// Reads a text export.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Outline, Refusal> {
    let lines: Vec<Line> = text.lines().take(limits.max_nodes + 1).map(classify).collect();
    if lines.len() > limits.max_nodes {
        return Err((Some(limits.max_nodes + 1), Reason::TooManyNodes(limits.max_nodes)));
    }
    let mut outline = Outline::default();
    let start = head(&lines, &mut outline);
    let body = lines.get(start..).unwrap_or_default();
    let (end, foot) = foot(body, &mut outline);
    let levels = levels(body);
    let body: Vec<&Line> = body.iter().take(end).chain(foot.iter().copied()).collect();
    outline.nodes = blocks(&without_contents(&body), &levels, start)?;
    Ok(outline)
}

/// Tells what a line is.
fn classify(line: &str) -> Line {
    let content = line.trim();
    let indent = line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
    let kind = if content.is_empty() {
        LineKind::Blank
    } else if let Some(text) = bullet(content) {
        LineKind::Bullet(squeeze(text))
    } else if let Some((number, text)) = numbered(content) {
        LineKind::Number(number, squeeze(text))
    } else if is_heading(line) {
        LineKind::Heading(squeeze(content.trim_end_matches('#')))
    } else {
        LineKind::Text(squeeze(content))
    };
    Line { indent, kind }
}

fn bullet(content: &str) -> Option<&str> {
    let rest = content.strip_prefix(['•', '◦', '▪', '‣', '●', '○', '■', '-', '*', '+', '·'])?;
    (rest.starts_with(char::is_whitespace) && !rest.trim().is_empty()).then(|| rest.trim())
}

fn numbered(content: &str) -> Option<(u64, &str)> {
    let found = NUMBER.captures(content)?;
    Some((found.get(1)?.as_str().parse().ok()?, found.get(2)?.as_str()))
}

/// Finds the title and reads what stands before it; gives the line after the title, or after the skip link.
fn head(lines: &[Line], outline: &mut Outline) -> usize {
    let skip = lines.iter().position(|line| line.kind != LineKind::Blank).filter(
        |&at| matches!(lines.get(at).map(|line| &line.kind), Some(LineKind::Text(text)) if SKIP.is_match(text)),
    );
    let begin = skip.map_or(0, |at| at + 1);
    let Some(title) = title_line(lines, begin) else { return begin };
    let before = lines.get(begin..title).unwrap_or_default();
    if let Some(LineKind::Text(text)) = lines.get(title).map(|line| &line.kind) {
        outline.title = Some(text.clone());
    }
    navigation(before, outline);
    title + 1
}

/// The line that repeats the last entry of the list before it, with at most two lines between.
fn title_line(lines: &[Line], begin: usize) -> Option<usize> {
    let mut last: Option<&str> = None;
    let mut entries = 0;
    let mut between = 0;
    for (at, line) in lines.iter().enumerate().skip(begin) {
        match &line.kind {
            LineKind::Bullet(text) => {
                entries += 1;
                between = 0;
                last = Some(text);
            }
            LineKind::Text(text) if line.indent == 0 => {
                if entries >= 2 && between <= 2 && last == Some(text) {
                    return Some(at);
                }
                between += 1;
            }
            LineKind::Heading(_) | LineKind::Number(..) => return None,
            LineKind::Blank | LineKind::Text(_) => {}
        }
    }
    None
}

/// Reads menu, lists of articles and breadcrumb. The menu is what begins with the name of the site; where it is
/// repeated, it counts once. The breadcrumb is the end of the last list, from the home page on.
fn navigation(lines: &[Line], outline: &mut Outline) {
    let last = lines.iter().rposition(|line| matches!(line.kind, LineKind::Bullet(_))).map_or(0, |at| at + 1);
    let lines = lines.get(..last).unwrap_or_default();
    let home = lines.iter().rposition(|line| matches!(&line.kind, LineKind::Bullet(text) if is_home(text)));
    let trail = home.unwrap_or_else(|| last.saturating_sub(1));
    let name = |line: &Line| match &line.kind {
        LineKind::Bullet(text) => Some(text.clone()),
        _ => None,
    };
    outline.breadcrumb =
        lines.get(trail..last.saturating_sub(1)).unwrap_or_default().iter().filter_map(name).collect();

    let first_title = lines.iter().find_map(|line| match &line.kind {
        LineKind::Text(text) if line.indent == 0 => Some(text.clone()),
        _ => None,
    });
    let mut group = Vec::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut place = Place::Menu;
    let mut found = Vec::new();
    for line in lines.get(..trail).unwrap_or_default() {
        match &line.kind {
            LineKind::Text(text) => {
                open.clear();
                let site = first_title.as_deref() == Some(text);
                place = if site { Place::Menu } else { Place::Sidebar };
                group = if site { Vec::new() } else { vec![text.clone()] };
                if !site {
                    found.push(NavEntry { title: text.clone(), path: Vec::new(), place, address: None });
                }
            }
            LineKind::Bullet(text) => {
                open.retain(|(indent, _)| *indent < line.indent);
                let path = group.iter().cloned().chain(open.iter().map(|(_, title)| title.clone())).collect();
                found.push(NavEntry { title: text.clone(), path, place, address: None });
                open.push((line.indent, text.clone()));
            }
            _ => {}
        }
    }
    outline.site = first_title;
    merge_navigation(&mut outline.navigation, found);
}

fn is_home(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "home" | "start" | "inicio" | "knowledge base home")
}

/// Finds the foot of the page: gives where the body ends, and lines behind it that are not furniture after all.
fn foot<'a>(body: &'a [Line], outline: &mut Outline) -> (usize, Vec<&'a Line>) {
    let text = |line: &'a Line| match &line.kind {
        LineKind::Text(text) if line.indent == 0 => Some(text.as_str()),
        _ => None,
    };
    let dated = body.iter().rposition(|line| text(line).is_some_and(|text| updated(text).is_some()));
    let mut end = dated.unwrap_or(body.len());
    while let Some(line) = end.checked_sub(1).and_then(|at| body.get(at)) {
        if line.kind != LineKind::Blank && !text(line).is_some_and(is_furniture) {
            break;
        }
        end -= 1;
    }
    let Some(dated) = dated else { return (end, Vec::new()) };
    outline.updated = body.get(dated).and_then(text).and_then(updated);
    let mut kept = Vec::new();
    let mut contents = false;
    let headings: Vec<&str> = body.iter().filter_map(heading).collect();
    for line in body.iter().skip(dated + 1) {
        match &line.kind {
            LineKind::Blank => {}
            LineKind::Text(text) if is_contents(text) => contents = true,
            LineKind::Text(text) if is_furniture(text) => {}
            LineKind::Text(text) if !contents && text.len() <= 160 && kept.is_empty() => {
                outline.neighbours.push(text.clone());
            }
            LineKind::Bullet(text) | LineKind::Number(_, text)
                if contents && headings.contains(&text.as_str()) => {}
            _ => kept.push(line),
        }
    }
    (end, kept)
}

fn heading(line: &Line) -> Option<&str> {
    match &line.kind {
        LineKind::Heading(text) => Some(text),
        _ => None,
    }
}

/// How deep each heading is, from the contents list wherever it stands. Headings of the same words take their turns.
fn levels(body: &[Line]) -> HashMap<String, Vec<u8>> {
    let mut levels: HashMap<String, Vec<u8>> = HashMap::new();
    let mut inside = false;
    let mut open: Vec<usize> = Vec::new();
    for line in body {
        match &line.kind {
            LineKind::Text(text) if is_contents(text) => inside = true,
            LineKind::Bullet(text) | LineKind::Number(_, text) if inside => {
                open.retain(|&indent| indent < line.indent);
                open.push(line.indent);
                levels.entry(text.clone()).or_default().push(u8::try_from(open.len()).unwrap_or(5).min(5));
            }
            LineKind::Blank => {}
            _ => inside = false,
        }
    }
    levels
}

/// The lines without a contents list in their midst: its title, and entries that are headings of the page.
fn without_contents<'a>(body: &[&'a Line]) -> Vec<&'a Line> {
    let headings: Vec<&str> = body.iter().filter_map(|line| heading(line)).collect();
    let mut kept: Vec<&Line> = Vec::new();
    let mut title: Option<&Line> = None;
    let mut inside = false;
    for &line in body {
        match &line.kind {
            LineKind::Text(text) if is_contents(text) && line.indent == 0 => title = Some(line),
            LineKind::Bullet(text) if (title.is_some() || inside) && headings.contains(&text.as_str()) => {
                title = None;
                inside = true;
            }
            LineKind::Blank => kept.push(line),
            _ => {
                kept.extend(title.take());
                inside = false;
                kept.push(line);
            }
        }
    }
    kept.extend(title);
    kept
}

/// Makes blocks of the lines of the body.
fn blocks(lines: &[&Line], levels: &HashMap<String, Vec<u8>>, start: usize) -> Result<Vec<Node>, Refusal> {
    let next = lists::next_lists(lines);
    let mut turns: HashMap<&str, usize> = HashMap::new();
    let mut blocks = Blocks::default();
    for (at, line) in lines.iter().enumerate() {
        let next = next.get(at).copied().flatten();
        match &line.kind {
            LineKind::Blank => blocks.blank(),
            LineKind::Bullet(text) => blocks.item(line.indent, None, text),
            LineKind::Number(number, text) => blocks.item(line.indent, Some(*number), text),
            LineKind::Heading(text) => {
                let turn = turns.entry(text).or_default();
                let level = levels.get(text).and_then(|levels| levels.get(*turn).or(levels.last())).copied();
                *turn += 1;
                blocks.heading(level.unwrap_or(1), text);
            }
            LineKind::Text(text) => match SPEAKER.captures(text) {
                Some(found) if line.indent == 0 => {
                    let part = |at| found.get(at).map_or("", |part| part.as_str()).to_owned();
                    blocks.said(vec![Span::Strong(vec![Span::Text(part(1))]), Span::Text(part(2))], next);
                }
                _ => blocks.text(line.indent, text, next),
            },
        }
        if blocks.depth() > crate::markup::MAX_DEPTH {
            return Err((Some(start + at + 1), Reason::TooDeep));
        }
    }
    Ok(blocks.close())
}
