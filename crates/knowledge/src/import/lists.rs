//! Blocks out of lines: lists by their indentation and numbers, paragraphs within and between them.
//!
//! A paragraph at the margin ends the lists, unless the next list line is deeper than where the lists began: then the
//! paragraph stands within the item. A number that does not follow the one before begins a new list, so that every
//! item keeps the number it was printed with.

use super::outline::{Node, Span};
use super::text::{Line, LineKind};

/// For each line, how far the next list line before the next heading is indented.
pub(super) fn next_lists(lines: &[&Line]) -> Vec<Option<usize>> {
    let mut next = None;
    let mut found = Vec::with_capacity(lines.len());
    for line in lines.iter().rev() {
        found.push(next);
        match line.kind {
            LineKind::Bullet(_) | LineKind::Number(..) => next = Some(line.indent),
            LineKind::Heading(_) => next = None,
            _ => {}
        }
    }
    found.reverse();
    found
}

/// Collects blocks line by line.
#[derive(Default)]
pub(super) struct Blocks {
    done: Vec<Node>,
    open: Vec<Level>,
    /// The paragraph that the next line may go on with, and the length of its last line.
    joins: Option<usize>,
    said: Option<Vec<Node>>,
}

struct Level {
    indent: usize,
    start: Option<u64>,
    last: u64,
    items: Vec<Vec<Node>>,
}

/// A line of at least this many letters was probably broken by its width, not by its writer.
const FULL: usize = 66;

impl Blocks {
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(super) fn blank(&mut self) {
        self.joins = None;
    }

    pub(super) fn heading(&mut self, level: u8, text: &str) {
        self.close_to(0);
        self.end_said();
        self.done.push(Node::Heading(level, vec![Span::Text(text.to_owned())]));
        self.joins = None;
    }

    pub(super) fn item(&mut self, indent: usize, number: Option<u64>, text: &str) {
        self.end_said();
        let keep = self.open.iter().take_while(|level| level.indent <= indent).count();
        self.close_to(keep);
        let follows = self.open.last().is_some_and(|level| {
            level.indent == indent
                && match (level.start, number) {
                    (None, None) => true,
                    (Some(_), Some(number)) => number == level.last + 1,
                    _ => false,
                }
        });
        if !follows && self.open.last().is_some_and(|level| level.indent == indent) {
            self.close_to(self.open.len() - 1);
        }
        if !follows {
            self.open.push(Level { indent, start: number, last: 0, items: Vec::new() });
        }
        if let Some(level) = self.open.last_mut() {
            level.last = number.unwrap_or_default();
            level.items.push(vec![Node::text(text)]);
        }
        self.joins = Some(text.chars().count());
    }

    pub(super) fn text(&mut self, indent: usize, text: &str, next: Option<usize>) {
        if let Some(before) = self.joins.filter(|_| !begins_anew(text)) {
            self.join(text, before >= FULL || text.starts_with(char::is_lowercase));
            self.joins = Some(text.chars().count());
            return;
        }
        let within = self.open.iter().take_while(|level| level.indent < indent).count();
        self.settle(if indent < 2 { 0 } else { within }, next);
        let node = match text.get(..5).filter(|start| indent < 2 && start.eq_ignore_ascii_case("note:")) {
            Some(_) => Node::Note(vec![Node::text(text)]),
            None => Node::text(text),
        };
        self.place(node);
        self.joins = Some(text.chars().count());
    }

    /// A line that says who wrote what follows, and when.
    pub(super) fn said(&mut self, spans: Vec<Span>, next: Option<usize>) {
        self.settle(0, next);
        self.said.get_or_insert_default().push(Node::Para(spans));
        self.joins = None;
    }

    pub(super) fn close(mut self) -> Vec<Node> {
        self.close_to(0);
        self.end_said();
        self.done
    }

    /// Closes the lists that a paragraph does not belong to.
    fn settle(&mut self, within: usize, next: Option<usize>) {
        let base = self.open.first().map(|level| level.indent);
        let interrupts = match (base, next) {
            (Some(base), Some(next)) if within == 0 && next > base => {
                self.open.iter().take_while(|level| level.indent <= next).count()
            }
            _ => within,
        };
        self.close_to(interrupts);
    }

    fn join(&mut self, text: &str, soft: bool) {
        let last = match self.said.as_mut() {
            Some(said) => said.last_mut(),
            None => match self.open.last_mut() {
                Some(level) => level.items.last_mut().and_then(|item| item.last_mut()),
                None => self.done.last_mut(),
            },
        };
        let spans = match last {
            Some(Node::Para(spans)) => Some(spans),
            Some(Node::Note(inner)) => match inner.last_mut() {
                Some(Node::Para(spans)) => Some(spans),
                _ => None,
            },
            _ => None,
        };
        match spans {
            Some(spans) => {
                spans.push(if soft { Span::Text(" ".to_owned()) } else { Span::Break });
                spans.push(Span::Text(text.to_owned()));
            }
            None => self.place(Node::text(text)),
        }
    }

    fn place(&mut self, node: Node) {
        match (self.open.last_mut().and_then(|level| level.items.last_mut()), self.said.as_mut()) {
            (Some(item), _) => item.push(node),
            (None, Some(said)) => said.push(node),
            (None, None) => self.done.push(node),
        }
    }

    fn end_said(&mut self) {
        if let Some(said) = self.said.take() {
            self.place(Node::Quote(said));
        }
    }

    fn close_to(&mut self, keep: usize) {
        while self.open.len() > keep {
            let Some(level) = self.open.pop() else { return };
            let list = Node::List(level.start, level.items);
            match self.open.last_mut().and_then(|above| above.items.last_mut()) {
                Some(item) => item.push(list),
                None => self.done.push(list),
            }
        }
    }
}

/// Whether a line begins with a label in capitals, and so is never the rest of the line before.
fn begins_anew(text: &str) -> bool {
    let label: &str = text.split([':', '#']).next().unwrap_or_default();
    let letters = label.chars().filter(|c| c.is_alphabetic()).count();
    label.len() < text.len() && (3..=40).contains(&letters) && !label.chars().any(char::is_lowercase)
}
