//! What every reader fills: the parts of a page as they were recognised, before anything is said about memos, names and
//! numbers.

use jiff::civil::Date;

use super::types::{NavEntry, Notice};

/// A page as it was read.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) title: Option<String>,
    pub(super) site: Option<String>,
    pub(super) breadcrumb: Vec<String>,
    pub(super) navigation: Vec<NavEntry>,
    pub(super) updated: Option<Date>,
    pub(super) neighbours: Vec<String>,
    pub(super) canonical: Option<String>,
    /// The names of headings, with their words.
    pub(super) places: Vec<(String, String)>,
    pub(super) nodes: Vec<Node>,
    pub(super) notices: Vec<Notice>,
}

/// A block.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// 1 for the topmost headings below the title.
    Heading(u8, Vec<Span>),
    Para(Vec<Span>),
    /// Numbered from the number, or with bullets.
    List(Option<u64>, Vec<Vec<Node>>),
    Quote(Vec<Node>),
    Note(Vec<Node>),
    Pre(String),
    /// Head (may be empty) and rows.
    Table(Vec<Vec<Span>>, Vec<Vec<Vec<Span>>>),
}

/// Running text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Span {
    Text(String),
    Strong(Vec<Span>),
    Emphasis(Vec<Span>),
    Code(String),
    /// Address and words.
    Link(String, Vec<Span>),
    /// Address and words of a picture.
    Picture(String, String),
    Break,
}

impl Node {
    pub(super) fn text(text: &str) -> Self {
        Self::Para(vec![Span::Text(text.to_owned())])
    }

    /// The words of a paragraph or a heading.
    pub(super) fn line(&self) -> Option<String> {
        match self {
            Self::Para(spans) | Self::Heading(_, spans) => Some(words(spans)),
            _ => None,
        }
    }
}

/// The words of running text, with single spaces.
pub(super) fn words(spans: &[Span]) -> String {
    let mut text = String::new();
    add(spans, &mut text);
    squeeze(&text)
}

fn add(spans: &[Span], text: &mut String) {
    for span in spans {
        match span {
            Span::Text(words) | Span::Code(words) | Span::Picture(_, words) => text.push_str(words),
            Span::Strong(inner) | Span::Emphasis(inner) | Span::Link(_, inner) => add(inner, text),
            Span::Break => text.push(' '),
        }
    }
}

/// The text with single spaces between its words.
pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Calls the function on every text of the nodes, so that it may be changed.
pub(super) fn each_text(nodes: &mut [Node], change: &mut impl FnMut(&mut String)) {
    for node in nodes {
        match node {
            Node::Heading(_, spans) | Node::Para(spans) => each_span(spans, change),
            Node::List(_, items) => items.iter_mut().for_each(|item| each_text(item, change)),
            Node::Quote(inner) | Node::Note(inner) => each_text(inner, change),
            Node::Pre(text) => change(text),
            Node::Table(head, rows) => {
                head.iter_mut().for_each(|cell| each_span(cell, change));
                rows.iter_mut().flatten().for_each(|cell| each_span(cell, change));
            }
        }
    }
}

fn each_span(spans: &mut [Span], change: &mut impl FnMut(&mut String)) {
    for span in spans {
        match span {
            Span::Text(text) | Span::Code(text) | Span::Picture(_, text) => change(text),
            Span::Strong(inner) | Span::Emphasis(inner) | Span::Link(_, inner) => each_span(inner, change),
            Span::Break => {}
        }
    }
}
