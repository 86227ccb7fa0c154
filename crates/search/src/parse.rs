//! Reading what was typed into parts.
//!
//! Owns the marks of the question language: `"phrases"`, `-without` or `NOT`, `OR`, `AND`, and whether the last word is still being
//! typed. It looks nothing up.

use std::ops::Range;

use crate::words::words;

/// A part of a question; ranges are bytes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Words and numbers without marks.
    Plain(Range<usize>),
    /// Between quotation marks.
    Phrase(Range<usize>),
    /// Not this word or phrase.
    Without(Range<usize>),
    /// What stands before and what stands after are each enough.
    Or,
}

/// A question in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub(crate) parts: Vec<Part>,
    /// The last word may be the beginning of a word.
    pub(crate) typing: bool,
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}')
}

/// The parts of a question. Every text has a reading; nothing is refused.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parts = Vec::new();
    let mut at = 0;
    let mut plain: Option<usize> = None;
    let mut boundary = true;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let next = at + c.len_utf8();
        let rest = text.get(next..).unwrap_or_default();
        if is_quote(c) {
            end_plain(&mut parts, &mut plain, at);
            let end = rest.find(is_quote).map_or(text.len(), |end| next + end);
            push(&mut parts, text, Part::Phrase(next..end));
            at = text
                .get(end..)
                .and_then(|rest| rest.chars().next())
                .map_or(end, |quote| end + quote.len_utf8());
            boundary = true;
            continue;
        }
        if boundary && c == '-' && rest.chars().next().is_some_and(|c| c.is_alphanumeric() || is_quote(c)) {
            end_plain(&mut parts, &mut plain, at);
            let range = without(text, next);
            at = range.1;
            push(&mut parts, text, Part::Without(range.0));
            continue;
        }
        let ends_here = |word: &str| {
            text.get(at..)
                .and_then(|rest| rest.strip_prefix(word))
                .is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
        };
        if boundary && (ends_here("OR") || ends_here("|")) {
            end_plain(&mut parts, &mut plain, at);
            parts.push(Part::Or);
            at += if c == '|' { 1 } else { 2 };
            continue;
        }
        // AND is what happens anyway; as the last word it may be the beginning of "Andrew".
        if boundary && ends_here("AND") && next + 2 < text.len() {
            end_plain(&mut parts, &mut plain, at);
            at += 3;
            continue;
        }
        if boundary && ends_here("NOT") {
            let from = at + 3 + rest.get(2..).map_or(0, |rest| rest.len() - rest.trim_start().len());
            if text.get(from..).is_some_and(|rest| !rest.is_empty()) {
                end_plain(&mut parts, &mut plain, at);
                let range = without(text, from);
                at = range.1;
                push(&mut parts, text, Part::Without(range.0));
                continue;
            }
        }
        plain.get_or_insert(at);
        boundary = c.is_whitespace();
        at = next;
    }
    end_plain(&mut parts, &mut plain, text.len());
    parts.retain(|part| match part {
        Part::Plain(range) => text.get(range.clone()).is_some_and(|plain| !words(plain).is_empty()),
        _ => true,
    });
    let typing = matches!(parts.last(), Some(Part::Plain(_)))
        && text.chars().next_back().is_some_and(char::is_alphanumeric);
    Parsed { parts, typing }
}

/// The range of what is excluded, and where reading goes on.
fn without(text: &str, start: usize) -> (Range<usize>, usize) {
    let rest = text.get(start..).unwrap_or_default();
    if let Some(quote) = rest.chars().next().filter(|c| is_quote(*c)) {
        let from = start + quote.len_utf8();
        let inner = text.get(from..).unwrap_or_default();
        return match inner.char_indices().find(|(_, c)| is_quote(*c)) {
            Some((end, quote)) => (from..from + end, from + end + quote.len_utf8()),
            None => (from..text.len(), text.len()),
        };
    }
    let end = rest.find(char::is_whitespace).map_or(text.len(), |end| start + end);
    (start..end, end)
}

fn end_plain(parts: &mut Vec<Part>, plain: &mut Option<usize>, end: usize) {
    if let Some(start) = plain.take() {
        parts.push(Part::Plain(start..end));
    }
}

fn push(parts: &mut Vec<Part>, text: &str, part: Part) {
    if let Part::Phrase(range) | Part::Without(range) = &part
        && text.get(range.clone()).is_some_and(|inner| !words(inner).is_empty())
    {
        parts.push(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        parse(text)
            .parts
            .into_iter()
            .map(|part| match part {
                Part::Plain(range) => format!("={}", text[range].trim()),
                Part::Phrase(range) => format!("\"{}", &text[range]),
                Part::Without(range) => format!("-{}", &text[range]),
                Part::Or => "|".to_owned(),
            })
            .collect()
    }

    #[test]
    fn marks_are_read() {
        assert_eq!(read("wrap-up code -chat"), ["=wrap-up code", "-chat"]);
        assert_eq!(read("“good cause” OR sanction"), ["\"good cause", "|", "=sanction"]);
        assert_eq!(read("im-31 -\"third party\" x"), ["=im-31", "-third party", "=x"]);
        assert_eq!(read("ORDER or OR"), ["=ORDER or", "|"]);
        assert_eq!(read("\"open end"), ["\"open end"]);
        assert_eq!(read("voicemail NOT interview"), ["=voicemail", "-interview"]);
        assert_eq!(read("hold AND chat NOT \"live chat\""), ["=hold", "=chat", "-live chat"]);
        assert_eq!(read("status NOT"), ["=status NOT"]);
    }

    #[test]
    fn marks_alone_are_nothing() {
        for text in ["", "   ", "\"", "\"\"", "- - -", "?!.,;", "-\"\"", "“”", "\u{0}"] {
            assert!(read(text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_space_ends_the_last_word() {
        assert!(parse("snap appl").typing);
        assert!(!parse("snap appl ").typing);
        assert!(!parse("snap \"appl\"").typing);
    }
}
