//! Memoranda: one document for each that a file holds, with its head read into fields.
//!
//! A memo begins with a line of its number and title, followed by `FROM:` and `SUBJECT:`. Its head goes on while lines
//! begin with a label (`MANUAL REVISION #`, `ATTACHMENT:` ...); numbers and names of forms may stand below their label.
//! The rest is its text; labels that stand for a section become headings, with the very words they have.

use std::sync::LazyLock;

use regex::Regex;

use super::fields;
use super::outline::{Node, Span, words};
use super::types::MemoHead;

/// A document before its Markdown is written.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) title: Option<String>,
    pub(super) head: Option<MemoHead>,
    pub(super) nodes: Vec<Node>,
}

#[expect(clippy::expect_used, reason = "the pattern is a literal that the tests compile")]
fn pattern(text: &'static str) -> Regex {
    Regex::new(text).expect("a literal pattern")
}

static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Z]{1,4}-\d{1,4}[A-Z]?)\b[\s:–—-]*(.*)$"));
static LABEL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Z][A-Z /&’'()-]{1,40})\s*(:|#)\s*(.*)$"));
static BARE_LABEL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:MANUAL|FORMS?) REVISIONS?$"));
static INITIALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Z]{2,4}(?:/[A-Za-z]{2,4})+$"));

/// Sections of a memo whose text may begin on the line of the label.
const SECTIONS: &[&str] =
    &["DISCUSSION", "NECESSARY ACTION", "BACKGROUND", "PURPOSE", "REFERENCES", "QUESTIONS"];
/// Labels of the head; any other label before the first section is kept with its value as it is.
const FROM: &str = "FROM";
const SUBJECT: &str = "SUBJECT";

/// The memos of a page, or the page itself if it is none.
pub(super) fn split(page_title: Option<&str>, nodes: Vec<Node>) -> Vec<Part> {
    let mut rest: Vec<Node> = nodes.into_iter().flat_map(by_label).collect();
    let lines: Vec<Option<String>> = rest.iter().map(Node::line).collect();
    let starts = starts(&lines);
    let mut parts = Vec::new();
    for &(start, titled) in starts.iter().rev() {
        let mut own = rest.split_off(start);
        let title = if titled { own.remove(0).line() } else { page_title.map(str::to_owned) };
        parts.push(memo(title, own));
    }
    if parts.is_empty() || rest.iter().any(|node| node.line().is_none_or(|line| !line.is_empty())) {
        parts.push(Part { title: page_title.map(str::to_owned), head: None, nodes: rest });
    }
    parts.reverse();
    parts
}

/// Where memos begin, and whether their title stands there.
fn starts(lines: &[Option<String>]) -> Vec<(usize, bool)> {
    let line = |at: usize| lines.get(at).and_then(Option::as_deref);
    let is = |at: usize, label: &str| line(at).and_then(label_of).is_some_and(|(found, _)| found == label);
    let mut starts: Vec<(usize, bool)> = Vec::new();
    for at in 0..lines.len() {
        if !is(at, FROM) || !(at + 1..at + 7).any(|next| is(next, SUBJECT)) {
            continue;
        }
        let mut start = at;
        while start > 0
            && line(start - 1)
                .and_then(label_of)
                .is_some_and(|(label, _)| !SECTIONS.contains(&label.as_str()))
        {
            start -= 1;
        }
        let before = start.checked_sub(1).and_then(line);
        let titled =
            before.is_some_and(|before| TITLE.is_match(before) || start == 1 && !INITIALS.is_match(before));
        starts.push((start - usize::from(titled), titled));
    }
    starts.dedup_by_key(|(start, _)| *start);
    starts
}

/// The label of a line and what stands behind it.
fn label_of(line: &str) -> Option<(String, String)> {
    if BARE_LABEL.is_match(line) {
        return Some((line.to_owned(), String::new()));
    }
    let found = LABEL.captures(line)?;
    Some((found.get(1)?.as_str().trim().to_owned(), found.get(3)?.as_str().trim().to_owned()))
}

fn is_revision(label: &str) -> bool {
    label.contains("REVISION")
}

fn memo(title: Option<String>, nodes: Vec<Node>) -> Part {
    let mut head = MemoHead::default();
    if let Some(found) = title.as_deref().and_then(|title| TITLE.captures(title)) {
        head.number = found.get(1).map_or(String::new(), |number| number.as_str().to_owned());
        head.subject = found.get(2).map_or(String::new(), |subject| subject.as_str().to_owned());
    }
    let mut nodes = nodes.into_iter().peekable();
    let mut below: Option<String> = None;
    while let Some(line) = nodes.peek().and_then(Node::line) {
        match (label_of(&line), below.take()) {
            (Some((label, _)), _) if SECTIONS.contains(&label.as_str()) => break,
            (Some((label, value)), _) if !is_note(&label) => {
                below = Some(label.clone()).filter(|label| value.is_empty() && is_revision(label));
                let mark = if is_revision(&label) { " #" } else { ":" };
                note(&mut head, &label, &value);
                head.head.push((format!("{label}{mark}"), value));
            }
            (None, Some(label)) if line.chars().count() <= 120 && !line.ends_with('.') => {
                note(&mut head, &label, &line);
                if let Some((_, value)) = head.head.last_mut() {
                    value.push_str(if value.is_empty() { "" } else { " " });
                    value.push_str(&line);
                }
                below = Some(label);
            }
            _ => break,
        }
        nodes.next();
    }
    let nodes = sections(nodes.collect());
    head.actions = actions(&nodes);
    Part { title, head: Some(head), nodes }
}

fn is_note(label: &str) -> bool {
    matches!(label, "NOTE" | "EXAMPLE" | "REMINDER" | "IMPORTANT")
}

/// Puts a line of the head into its field.
fn note(head: &mut MemoHead, label: &str, value: &str) {
    let value = value.trim();
    if value.is_empty() {
        return;
    }
    match label {
        FROM => value.clone_into(&mut head.from_role),
        SUBJECT => value.clone_into(&mut head.subject),
        _ if label.starts_with("ATTACHMENT") => head.attachments.push(value.to_owned()),
        _ if is_revision(label) => {
            let sections = fields::manual(value);
            let forms = fields::forms(value);
            let introduces = head.subject.to_lowercase().contains("introduc");
            let list = if introduces { &mut head.forms_introduced } else { &mut head.forms_revised };
            match (sections.is_empty(), forms.is_empty()) {
                (false, _) => head.manual_revised.extend(sections),
                (true, false) => list.extend(forms),
                (true, true) if label.starts_with("FORM") => list.push(value.to_owned()),
                (true, true) => head.manual_revised.push(value.to_owned()),
            }
        }
        _ => {}
    }
}

/// The text of a memo, with headings where its sections begin.
fn sections(nodes: Vec<Node>) -> Vec<Node> {
    let mut found = Vec::with_capacity(nodes.len());
    let count = nodes.len();
    for (at, node) in nodes.into_iter().enumerate() {
        let Some(line) = node.line() else {
            found.push(node);
            continue;
        };
        let label = label_of(&line).filter(|_| line.contains(':'));
        match label {
            Some((label, rest)) if rest.is_empty() && !is_note(&label) => found.push(heading(1, &line)),
            Some((label, rest)) if SECTIONS.contains(&label.as_str()) => {
                found.push(heading(1, &format!("{label}:")));
                found.push(without_label(node, &rest));
            }
            _ if line.ends_with(':') && line.split(' ').count() <= 2 => found.push(heading(1, &line)),
            _ if at + 1 < count && is_title(&line) => found.push(heading(2, &line)),
            _ => found.push(node),
        }
    }
    found
}

fn heading(level: u8, line: &str) -> Node {
    Node::Heading(level, vec![Span::Text(line.to_owned())])
}

/// The paragraph without the label it began with.
fn without_label(node: Node, rest: &str) -> Node {
    let Node::Para(mut spans) = node else { return Node::text(rest) };
    cut(&mut spans);
    Node::Para(spans)
}

/// Takes away everything up to the first colon; says whether there was one.
fn cut(spans: &mut [Span]) -> bool {
    for span in spans {
        let found = match span {
            Span::Text(text) | Span::Code(text) => match text.split_once(':') {
                Some((_, after)) => {
                    *text = after.trim_start().to_owned();
                    true
                }
                None => {
                    text.clear();
                    false
                }
            },
            Span::Strong(inner) | Span::Emphasis(inner) | Span::Link(_, inner) => cut(inner),
            Span::Picture(..) | Span::Break => false,
        };
        if found {
            return true;
        }
    }
    false
}

/// The head of a memo as a site shows it, all in one paragraph with a label on each line, as a paragraph for each line.
fn by_label(node: Node) -> Vec<Node> {
    let Node::Para(spans) = node else { return vec![node] };
    let lines: Vec<Vec<Span>> = spans.split(|span| *span == Span::Break).map(<[Span]>::to_vec).collect();
    let labelled = lines.iter().filter(|line| label_of(&words(line)).is_some()).count();
    if lines.len() < 2 || labelled < lines.len() {
        return vec![Node::Para(spans)];
    }
    lines.into_iter().map(Node::Para).collect()
}

/// Whether a line by itself reads as a heading: most of its words in capitals at their beginning, no stop at the end.
fn is_title(line: &str) -> bool {
    let count = line.split(' ').count();
    let capital =
        line.split(' ').filter(|word| word.starts_with(|c: char| c.is_uppercase() || c == '(')).count();
    (2..=24).contains(&count)
        && line.starts_with(char::is_uppercase)
        && line.ends_with(|c: char| c.is_alphanumeric() || c == ')')
        && !line.contains([':', '@', '/'])
        && !line.contains(|c: char| c.is_ascii_digit())
        && capital * 10 >= count * 7
}

/// What the section of necessary action asks for.
fn actions(nodes: &[Node]) -> Vec<String> {
    let mut found = Vec::new();
    let begins =
        |node: &Node| matches!(node, Node::Heading(_, spans) if words(spans).starts_with("NECESSARY ACTION"));
    for node in nodes.iter().skip_while(|node| !begins(node)).skip(1) {
        match node {
            Node::Heading(..) => break,
            Node::List(_, items) => {
                found.extend(items.iter().filter_map(|item| item.first().and_then(Node::line)))
            }
            Node::Para(spans) if found.is_empty() && !INITIALS.is_match(&words(spans)) => {
                found.push(words(spans))
            }
            _ => {}
        }
    }
    found
}

/// Whether the line is the initials of those who wrote a memo.
pub(super) fn is_initials(line: &str) -> bool {
    INITIALS.is_match(line)
}

/// The first line of a text without a title, if it reads as one.
pub(super) fn take_title(nodes: &mut Vec<Node>) -> Option<String> {
    let (text, is_heading) = match nodes.first()? {
        Node::Heading(_, spans) => (words(spans), true),
        Node::Para(spans) => (words(spans), false),
        _ => return None,
    };
    let short = text.chars().count() <= 120 && !text.ends_with(['.', ':', ';', ',']);
    if nodes.len() > 1 && !text.is_empty() && (short && !is_heading) {
        nodes.remove(0);
        return Some(text);
    }
    None
}
