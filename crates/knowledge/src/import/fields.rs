//! Numbers, days and addresses in running text: forms, sections of the policy manual, memos, dates, e-mail addresses,
//! telephones.
//!
//! A number such as `IM-33` can be a form or a memo. It is a memo where the text says so (`memo IM-37`) or where its
//! title follows in capitals, and a form everywhere else.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::types::{Document, MemoHead};
use crate::markup::{Page, Target, links, plain};

#[expect(clippy::expect_used, reason = "the pattern is a literal that the tests compile")]
fn pattern(text: &'static str) -> Regex {
    Regex::new(text).expect("a literal pattern")
}

static FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b([A-Z]{2,4}-?\d{1,4}[A-Za-z]{0,5}(?:/[A-Z]{2,4})?)\b(?:\s+((?i:part)\s+\d+)\b)?")
});
static MANUAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b\d{4}\.\d{3}\.\d{2}(?:\.\d{2}){0,4}\b"));
static MEMO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\b([A-Z]{1,4})\s+)?\b(?i:memos?|memorandum|memoranda)\b\s*(?i:number|no\.?)?\s*(?:#\s*(\d{1,4})|([A-Z]{1,4}-\d{1,4}))\b",
    )
});
static MEMO_TITLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b([A-Z]{2,4}-\d{1,4})\s+[A-Z][A-Z0-9-]{2,}:?\s+[A-Z][A-Z-]{2,}\s+[A-Z(][A-Z-]{2,}")
});
static SLASHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\p{L}{3,10})\.?\s+(\d{1,2}),?\s+(\d{4})\b"));
static DASHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{4})-(\d{2})-(\d{2})\b"));
static PHONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\b1[-. ])?(?:\(\d{3}\)\s?|\b\d{3}[-. ])\d{3}[-. ]\d{4}\b"));
static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
});
static WEB: LazyLock<Regex> = LazyLock::new(|| pattern(r#"https?://[^\s<>"“”]+"#));
static FORCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:effective|as of)\s+(?:on\s+)?(?:\p{L}+day,?\s+)?(\p{L}{3,10}\s+\d{1,2},?\s+\d{4}|\d{1,2}/\d{1,2}/\d{4})(?:\s+(?:and\s+)?(?:through|until)\s+(?:\p{L}+day,?\s+)?(\p{L}{3,10}\s+\d{1,2},?\s+\d{4}|\d{1,2}/\d{1,2}/\d{4}))?",
    )
});

/// Fills the fields of a document from its title, its head and its text.
pub(super) fn fill(document: &mut Document, page: &Page) {
    let head = document.memo.as_ref().map_or(String::new(), |memo| {
        memo.head.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n")
    });
    let title = match &document.memo {
        Some(memo) => memo.subject.clone(),
        None => document.title.clone(),
    };
    let text = format!("{title}\n{head}\n{}", plain(page));
    document.memos = memos(&text);
    document.forms = forms(&text);
    document.manual = all(&MANUAL, &text);
    document.phones = all(&PHONE, &text);
    document.emails = all(&MAIL, &text);
    document.dates = dates(&text);
    for link in links(page) {
        if !link.picture
            && !matches!(link.target, Target::Refused { .. })
            && !document.links.contains(&link.target)
        {
            document.links.push(link.target);
        }
    }
    if let Some(memo) = &mut document.memo {
        memo.references = document.memos.iter().filter(|number| **number != memo.number).cloned().collect();
        force(memo, &text);
    }
}

/// When a memo says it takes effect.
fn force(memo: &mut MemoHead, text: &str) {
    let Some(found) = FORCE.captures(text) else { return };
    let day = |at| found.get(at).and_then(|part| date(part.as_str()));
    memo.effective_from = day(1);
    memo.effective_until = day(2);
}

/// All sections of the policy manual in a text.
pub(super) fn manual(text: &str) -> Vec<String> {
    all(&MANUAL, text)
}

fn all(pattern: &Regex, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in pattern.find_iter(text) {
        push(&mut found, part.as_str().to_owned());
    }
    found
}

fn push(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// All memos a text refers to.
fn memos(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in MEMO.captures_iter(text) {
        let group = |at| part.get(at).map(|group| group.as_str());
        match (group(1), group(2), group(3)) {
            (_, _, Some(number)) => push(&mut found, number.to_owned()),
            (Some(series), Some(number), _) => push(&mut found, format!("{series}-{number}")),
            (None, Some(number), _) => push(&mut found, number.to_owned()),
            (_, None, None) => {}
        }
    }
    for part in MEMO_TITLED.captures_iter(text).filter_map(|found| found.get(1)) {
        push(&mut found, part.as_str().to_owned());
    }
    found
}

/// All form numbers in a text, in capitals; `Part 2` belongs to the number before it.
pub(super) fn forms(text: &str) -> Vec<String> {
    let memo_at = |pattern: &Regex, group: usize| -> Vec<usize> {
        pattern.captures_iter(text).filter_map(|found| found.get(group)).map(|part| part.start()).collect()
    };
    let taken = [memo_at(&MEMO, 3), memo_at(&MEMO_TITLED, 1)].concat();
    let mut found = Vec::new();
    for part in FORM.captures_iter(text) {
        let Some(number) = part.get(1).filter(|number| !taken.contains(&number.start())) else { continue };
        let hyphen = number.as_str().contains('-');
        let digits = number.as_str().bytes().filter(u8::is_ascii_digit).count();
        let tail = number.as_str().bytes().rev().take_while(u8::is_ascii_alphabetic).count();
        // Without a hyphen only numbers such as IM80PRE are sure to be forms; FMX2 is a screen.
        if !hyphen && (digits < 2 || tail < 2) {
            continue;
        }
        let mut form = number.as_str().to_uppercase();
        if let Some(which) = part.get(2) {
            let number = which.as_str().split_whitespace().nth(1).unwrap_or_default();
            form = format!("{form} Part {number}");
        }
        push(&mut found, form);
    }
    found
}

/// The first day in a text: `April 22, 2025`, `4/22/2025` or `2025-04-22`.
pub(super) fn date(text: &str) -> Option<Date> {
    dates(text).first().copied()
}

/// All days in a text, each once, in its order.
fn dates(text: &str) -> Vec<Date> {
    let mut found: Vec<(usize, Date)> = Vec::new();
    let number = |part: Option<regex::Match<'_>>| {
        part.and_then(|part| part.as_str().parse::<i16>().ok()).unwrap_or(-1)
    };
    let mut add = |at: usize, year: i16, month: i16, day: i16| {
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return };
        if let Ok(date) = Date::new(year, month, day) {
            found.push((at, date));
        }
    };
    for part in SLASHED.captures_iter(text) {
        add(
            part.get(0).map_or(0, |all| all.start()),
            number(part.get(3)),
            number(part.get(1)),
            number(part.get(2)),
        );
    }
    for part in DASHED.captures_iter(text) {
        add(
            part.get(0).map_or(0, |all| all.start()),
            number(part.get(1)),
            number(part.get(2)),
            number(part.get(3)),
        );
    }
    for part in NAMED.captures_iter(text) {
        let Some(month) = part.get(1).and_then(|name| month(name.as_str())) else { continue };
        add(part.get(0).map_or(0, |all| all.start()), number(part.get(3)), month, number(part.get(2)));
    }
    found.sort_by_key(|(at, _)| *at);
    let mut dates = Vec::new();
    for (_, date) in found {
        if !dates.contains(&date) {
            dates.push(date);
        }
    }
    dates
}

fn month(name: &str) -> Option<i16> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_lowercase();
    let fits = |month: &str| month == name || name.len() >= 3 && name.len() <= 4 && month.starts_with(&name);
    MONTHS.iter().position(|&month| fits(month)).and_then(|at| i16::try_from(at + 1).ok())
}

/// The web and e-mail addresses in a text, as ranges of bytes, with the stops that end a sentence left out.
pub(super) fn addresses(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<std::ops::Range<usize>> = Vec::new();
    for part in WEB.find_iter(text) {
        let whole = part.as_str();
        let mut kept = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '*', '_', '`', '\\']);
        if kept.ends_with(')') && !kept.contains('(') {
            kept = kept.trim_end_matches([')', '.', ',']);
        }
        if matches!(Target::read(kept), Target::Web(_)) {
            found.push(part.start()..part.start() + kept.len());
        }
    }
    for part in MAIL.find_iter(text) {
        if !found.iter().any(|web| web.contains(&part.start())) {
            found.push(part.range());
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_memos_are_told_apart() {
        let text = "Send AB-2E Part 2 and CS-201 (see memo IM-37), the Notice (IM-33) or IM-31a; IM80PRE on FMX2. \
            Refer to IM-35 RELIEF PAYMENTS FOR EVERYONE and 2020 IM Memorandum #67. COVID-19 is no form, IM-110/ESB is.";
        assert_eq!(forms(text), ["AB-2E Part 2", "CS-201", "IM-33", "IM-31A", "IM80PRE", "IM-110/ESB"]);
        assert_eq!(memos(text), ["IM-37", "IM-67", "IM-35"]);
    }

    #[test]
    fn days_numbers_and_addresses_are_found() {
        let date = jiff::civil::date;
        assert_eq!(
            dates(
                "As of Sunday, February 21, 2021 or 4/3/2021, and 2025-04-22; not 13/45/2021 or Room 12, 2021"
            ),
            [date(2021, 2, 21), date(2021, 4, 3), date(2025, 4, 22)]
        );
        assert_eq!(manual("0110.060.05 and 0205.005.30.10, not 4.7.1"), ["0110.060.05", "0205.005.30.10"]);
        assert_eq!(
            all(&PHONE, "1-800-555-0100, 555 823 4908 or 573-751-4252."),
            ["1-800-555-0100", "555 823 4908", "573-751-4252"]
        );
        let text = "Go to https://a.example/x?y=1. Or (https://b.example) or a.b@c.example, please.";
        let found: Vec<&str> = addresses(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["https://a.example/x?y=1", "https://b.example", "a.b@c.example"]);
    }
}
