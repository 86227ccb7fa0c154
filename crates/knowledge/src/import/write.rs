//! Blocks as Markdown of our markup. Text is written so that it is read back as the same text: what the markup would
//! take for its own is escaped, and nothing else.

use super::fields;
use super::outline::{Node, Span};

/// The Markdown of the blocks.
pub(super) fn markdown(nodes: &[Node]) -> String {
    let mut lines = blocks(nodes);
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The lines of blocks that follow each other, with an empty line between two of them.
fn blocks(nodes: &[Node]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut lists = 0;
    let mut before: Option<&Node> = None;
    for node in nodes {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        // Two lists in a row would become one, unless their marks differ.
        let follows = matches!((before, node), (Some(Node::List(a, _)), Node::List(b, _)) if a.is_some() == b.is_some());
        lists = if follows { lists + 1 } else { 0 };
        lines.extend(block(node, lists % 2 == 1));
        before = Some(node);
    }
    lines
}

fn block(node: &Node, other: bool) -> Vec<String> {
    match node {
        Node::Heading(level, spans) => heading(*level, spans),
        Node::Para(spans) => paragraph(spans),
        Node::List(start, items) => list(*start, items, other),
        Node::Quote(inner) => quoted(None, inner),
        Node::Note(inner) => quoted(Some("[!NOTE]"), inner),
        Node::Pre(text) => code(text),
        Node::Table(head, rows) => table(head, rows),
    }
}

fn heading(level: u8, spans: &[Span]) -> Vec<String> {
    let text = line(spans).replace("\\\n", " ");
    if text.is_empty() {
        return Vec::new();
    }
    let stripped = text.trim_end_matches('#');
    let text = if stripped.len() < text.len() {
        format!("{stripped}{}", "\\#".repeat(text.len() - stripped.len()))
    } else {
        text
    };
    vec![format!("{} {text}", "#".repeat(usize::from((level + 1).clamp(1, 6))))]
}

fn paragraph(spans: &[Span]) -> Vec<String> {
    line(spans).split('\n').map(|part| guarded(part.trim_start())).collect()
}

fn list(start: Option<u64>, items: &[Vec<Node>], other: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, item) in (start.unwrap_or(1)..).zip(items) {
        let mark = match (start, other) {
            (None, false) => "-".to_owned(),
            (None, true) => "*".to_owned(),
            (Some(_), false) => format!("{number}."),
            (Some(_), true) => format!("{number})"),
        };
        lines.extend(item_lines(&mark, item));
    }
    lines
}

fn item_lines(mark: &str, item: &[Node]) -> Vec<String> {
    let indent = " ".repeat(mark.len() + 1);
    let inner = if is_tight(item) {
        let mut inner = item.first().map(|node| block(node, false)).unwrap_or_default();
        inner.extend(blocks(item.get(1..).unwrap_or_default()));
        inner
    } else {
        blocks(item)
    };
    let mut lines = Vec::with_capacity(inner.len());
    for line in inner {
        lines.push(match (lines.is_empty(), line.is_empty()) {
            (true, _) => format!("{mark} {line}"),
            (false, true) => line,
            (false, false) => format!("{indent}{line}"),
        });
    }
    lines
}

/// Whether a list may follow its item's words without an empty line: a numbered list only if it begins with 1.
fn is_tight(item: &[Node]) -> bool {
    matches!(item, [Node::Para(_)])
        || matches!(item, [Node::Para(_), Node::List(start, _), ..] if start.is_none_or(|start| start == 1))
            && item.iter().skip(1).all(|node| matches!(node, Node::List(..)))
}

fn quoted(mark: Option<&str>, inner: &[Node]) -> Vec<String> {
    let quote = |line: String| if line.is_empty() { ">".to_owned() } else { format!("> {line}") };
    mark.map(str::to_owned).into_iter().chain(blocks(inner)).map(quote).collect()
}

fn code(text: &str) -> Vec<String> {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut lines = vec![fence.clone()];
    lines.extend(text.trim_end_matches('\n').lines().map(str::to_owned));
    lines.push(fence);
    lines
}

fn table(head: &[Vec<Span>], rows: &[Vec<Vec<Span>>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(0);
    if columns == 0 {
        return Vec::new();
    }
    let row = |cells: &[Vec<Span>]| {
        let cell = |at: usize| cells.get(at).map(|cell| self::cell(cell)).unwrap_or_default();
        format!("| {} |", (0..columns).map(cell).collect::<Vec<_>>().join(" | "))
    };
    let mut lines = vec![row(head), format!("|{}", " --- |".repeat(columns))];
    lines.extend(rows.iter().map(|cells| row(cells)));
    lines
}

fn cell(spans: &[Span]) -> String {
    line(spans).replace("\\\n", " ").replace('|', "\\|")
}

/// Running text; new lines in it are hard ones.
fn line(spans: &[Span]) -> String {
    let mut text = String::new();
    add(spans, false, &mut text);
    text.trim().trim_end_matches("\\\n").trim_end().to_owned()
}

fn add(spans: &[Span], within_link: bool, out: &mut String) {
    for span in spans {
        match span {
            Span::Text(text) => words(text, within_link, out),
            Span::Strong(inner) => wrapped("**", inner, within_link, out),
            Span::Emphasis(inner) => wrapped("*", inner, within_link, out),
            Span::Code(text) => code_span(text, out),
            Span::Link(address, inner) => link(address, inner, out),
            Span::Picture(address, alt) => picture(address, alt, out),
            Span::Break => {
                let end = out.trim_end_matches(' ').len();
                out.truncate(end);
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push_str("\\\n");
                }
            }
        }
    }
}

/// Emphasis holds only if it begins and ends with a letter or digit; stops and spaces at its ends go outside.
fn wrapped(mark: &str, inner: &[Span], within_link: bool, out: &mut String) {
    let mut text = String::new();
    add(inner, within_link, &mut text);
    let plain = inner.iter().all(|span| matches!(span, Span::Text(_))) && !text.contains('<');
    let first = text.find(char::is_alphanumeric);
    let last = text.char_indices().rfind(|(_, c)| c.is_alphanumeric()).map(|(at, c)| at + c.len_utf8());
    let (Some(first), Some(last)) = (first, last) else { return out.push_str(&text) };
    let whole = text.get(..first).unwrap_or_default().trim().is_empty()
        && text.get(last..).unwrap_or_default().trim().is_empty();
    let core = text.get(first..last).unwrap_or_default();
    if !plain && !whole && !matches!(inner, [Span::Text(_)]) {
        // Words between other marks are emphasised by themselves.
        for span in inner {
            match span {
                Span::Text(_) => wrapped(mark, std::slice::from_ref(span), within_link, out),
                other => add(std::slice::from_ref(other), within_link, out),
            }
        }
        return;
    }
    if !plain && !whole || core.contains("\\\n") || first == 0 && out.ends_with('*') {
        return out.push_str(&text);
    }
    out.push_str(text.get(..first).unwrap_or_default());
    out.push_str(mark);
    out.push_str(core);
    out.push_str(mark);
    out.push_str(text.get(last..).unwrap_or_default());
}

fn code_span(text: &str, out: &mut String) {
    if text.trim().is_empty() || text.contains('`') {
        return words(text, false, out);
    }
    out.push('`');
    out.push_str(&text.replace('\n', " "));
    out.push('`');
}

fn link(address: &str, inner: &[Span], out: &mut String) {
    let mut text = String::new();
    add(inner, true, &mut text);
    let text = text.replace("\\\n", " ");
    if text.trim().is_empty() {
        return;
    }
    let plain = address.strip_prefix("mailto:").unwrap_or(address);
    if text.trim() == plain
        && fields::addresses(plain).first().is_some_and(|range| range.len() == plain.len())
    {
        out.push_str(&format!("<{plain}>"));
        return;
    }
    let address: String = address
        .chars()
        .flat_map(|c| match c {
            ' ' => "%20".chars().collect::<Vec<_>>(),
            '(' => "%28".chars().collect(),
            ')' => "%29".chars().collect(),
            '<' => "%3C".chars().collect(),
            '>' => "%3E".chars().collect(),
            '\\' => "%5C".chars().collect(),
            c if c.is_control() => Vec::new(),
            c => vec![c],
        })
        .collect();
    out.push_str(&format!("[{text}]({address})"));
}

/// A picture cannot come along; its words do, as words.
fn picture(address: &str, alt: &str, out: &mut String) {
    if alt.trim().is_empty() {
        return;
    }
    let name = address.strip_prefix("file:").filter(|name| !name.is_empty());
    match name {
        Some(name) => out.push_str(&format!("![{}](file:{name})", alt.replace(['[', ']', '\\', '\n'], " "))),
        None => {
            out.push('*');
            words(alt.trim(), true, out);
            out.push('*');
        }
    }
}

/// Words, with addresses as links.
fn words(text: &str, within_link: bool, out: &mut String) {
    let mut from = 0;
    if !within_link {
        for range in fields::addresses(text) {
            escape(text.get(from..range.start).unwrap_or_default(), out);
            out.push('<');
            out.push_str(text.get(range.clone()).unwrap_or_default());
            out.push('>');
            from = range.end;
        }
    }
    escape(text.get(from..).unwrap_or_default(), out);
}

fn escape(text: &str, out: &mut String) {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let escaped = match letter {
            '\\' | '`' | '*' | '[' | ']' | '{' | '~' => true,
            '<' => next.is_some_and(|c| c.is_alphabetic() || matches!(c, '/' | '!' | '?')),
            '_' => !(out.ends_with(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)),
            '&' => next.is_some_and(|c| c.is_alphabetic() || c == '#'),
            '!' => next == Some('['),
            _ => false,
        };
        match letter {
            '\n' | '\r' | '\u{a0}' | '\t' => out.push(' '),
            _ if escaped => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
}

/// Keeps the beginning of a line from being read as a heading, a list, a quote, a rule or a table.
fn guarded(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line.get(digits..).unwrap_or_default();
    if (1..=9).contains(&digits)
        && after.starts_with(['.', ')'])
        && after.get(1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' '))
    {
        return format!("{}\\{after}", line.get(..digits).unwrap_or_default());
    }
    let begins = line.starts_with(['#', '>', '+', '=', '|']) || line.starts_with("~~~");
    let dash =
        line.strip_prefix('-').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-', ':', '|']));
    // A line of colons, bars and dashes below another would make a table of the two.
    let ruled = line.starts_with(':') && line.chars().all(|c| matches!(c, ':' | '-' | '|' | ' '));
    if begins || dash || ruled { format!("\\{line}") } else { line.to_owned() }
}
