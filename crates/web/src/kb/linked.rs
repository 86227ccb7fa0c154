//! Numbers within a text that lead somewhere: telephones, forms of the forms manual and memos become links where the text
//! has none of its own (KB-PAGE-3: from one procedure to another in one click).
//!
//! It works on the finished HTML and touches only words between tags, never within a link or code. A number that is both a
//! form's and a memo's leads somewhere only where the word before says which (AMB-NUMBER-COLLISION).

use std::collections::BTreeMap;

use domain::knowledge::{Audience, Kind, Library, Viewer};

use super::shape::{Door, escape};

/// Letters before a number in which the word that says what it is may stand.
const BEFORE: usize = 14;

/// Where the numbers lead, each in capitals without spaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    forms: BTreeMap<String, String>,
    memos: BTreeMap<String, String>,
}

fn key(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
}

impl Numbers {
    /// What this viewer may open. `forms` are the numbers of the forms manual.
    pub(crate) fn of<'a>(library: &Library, viewer: Viewer, forms: impl Iterator<Item = &'a str>) -> Self {
        let mut out = Self::default();
        if viewer.audience == Audience::Public {
            return out;
        }
        let list = |number: &str| {
            let query: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
            format!("/kb/forms?q={query}")
        };
        for number in forms.filter(|number| is_number(number)) {
            out.forms.insert(key(number), list(number));
        }
        for page in library.pages().filter(|page| matches!(page.kind, Kind::Memo | Kind::Form)) {
            let Some((_, edition)) = library.readable(&page.slug, viewer) else { continue };
            if let Some(memo) = &edition.memo {
                // The agency's own page of a memo and ours share its number; the one with a shorter address is first.
                let place =
                    out.memos.entry(key(&memo.number)).or_insert_with(|| Door::Staff.page(&page.slug));
                if Door::Staff.page(&page.slug).len() < place.len() {
                    *place = Door::Staff.page(&page.slug);
                }
            } else {
                let number = edition.title.split([':', ',']).next().unwrap_or_default().trim();
                if is_number(number) && page.described {
                    out.forms.insert(key(number), Door::Staff.page(&page.slug));
                }
            }
        }
        out
    }

    fn place(&self, number: &str, before: &str) -> Option<&str> {
        let number = key(number);
        let (form, memo) = (self.forms.get(&number), self.memos.get(&number));
        let before = before.to_lowercase();
        let says = |word: &str| before.contains(word);
        match (form, memo) {
            (Some(_), Some(memo)) if says("memo") => Some(memo),
            (Some(form), Some(_)) if says("form") => Some(form),
            (Some(_), Some(_)) => None,
            (Some(form), None) if !says("memo") => Some(form),
            (None, Some(memo)) if !says("form") => Some(memo),
            _ => None,
        }
    }
}

/// `IM-31A`, `CS-201`, `MO 886-0001`: letters, a hyphen or a space, and a number.
fn is_number(text: &str) -> bool {
    let letters = text.chars().take_while(char::is_ascii_uppercase).count();
    let rest = text.get(letters..).unwrap_or_default();
    (2..=5).contains(&letters)
        && text.len() <= 16
        && rest.starts_with(['-', ' '])
        && rest.chars().any(|c| c.is_ascii_digit())
        && rest.chars().skip(1).all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// The finished HTML with numbers as links. `own` is the page's own address, which leads nowhere from itself.
pub(crate) fn numbers(html: &str, known: &Numbers, own: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    let mut closed = 0_usize;
    while let Some(at) = rest.find('<') {
        let (words, tag) = rest.split_at(at);
        text(words, closed > 0, (known, own), &mut out);
        let end = tag.find('>').map_or(tag.len(), |at| at + 1);
        let (tag, behind) = tag.split_at(end);
        for name in ["a", "code", "pre"] {
            let opens = tag.strip_prefix('<').and_then(|tag| tag.strip_prefix(name));
            if opens.is_some_and(|rest| rest.starts_with([' ', '>'])) {
                closed += 1;
            } else if tag.strip_prefix("</").and_then(|tag| tag.strip_prefix(name)) == Some(">") {
                closed = closed.saturating_sub(1);
            }
        }
        out.push_str(tag);
        rest = behind;
    }
    text(rest, closed > 0, (known, own), &mut out);
    out
}

/// Words between two tags.
fn text(words: &str, closed: bool, (known, own): (&Numbers, &str), out: &mut String) {
    if closed || !words.bytes().any(|byte| byte.is_ascii_digit()) {
        out.push_str(words);
        return;
    }
    let mut at = 0;
    let mut begin = true;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let before = words.get(..at).unwrap_or_default();
        let found = if begin { link(before, rest, known) } else { None };
        let step = match found {
            Some((length, href)) if href != own => {
                let shown = rest.get(..length).unwrap_or_default();
                let class = if href.starts_with("tel:") { "kb-tel" } else { "kb-number" };
                out.push_str("<a class=\"usa-link ");
                out.push_str(class);
                out.push_str("\" href=\"");
                escape(&href, out);
                out.push_str("\">");
                out.push_str(shown);
                out.push_str("</a>");
                length
            }
            _ => {
                let next = rest.chars().next().map_or(1, char::len_utf8);
                out.push_str(rest.get(..next).unwrap_or_default());
                next
            }
        };
        // A number begins where a word does.
        begin = words
            .get(..at + step)
            .and_then(|done| done.chars().next_back())
            .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '+' | '.' | '/'));
        at += step;
    }
}

/// The number at the beginning of `rest`: its length and where it leads.
fn link(before: &str, rest: &str, known: &Numbers) -> Option<(usize, String)> {
    let first = rest.chars().next()?;
    if first.is_ascii_digit() || first == '(' {
        let (length, digits) = phone(rest)?;
        let near: String = tail(before).to_lowercase();
        return (!near.contains("fax")).then(|| (length, format!("tel:+{digits}")));
    }
    if !first.is_ascii_uppercase() {
        return None;
    }
    let whole = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .map_or(rest, |end| rest.get(..end).unwrap_or_default())
        .trim_end_matches('-');
    // A number whose part behind the first hyphen is a word, such as IM-33-related, is none.
    (is_number(whole))
        .then(|| known.place(whole, &tail(before)).map(|place| (whole.len(), place.to_owned())))?
}

fn tail(before: &str) -> String {
    let mut letters: Vec<char> = before.chars().rev().take(BEFORE).collect();
    letters.reverse();
    letters.into_iter().collect()
}

/// `855-823-4908`, `(573) 555-0101`, `1-800-392-3738`: its length, and its digits with the country's.
fn phone(rest: &str) -> Option<(usize, String)> {
    // No number is longer, and a page of nothing but digits is looked through once.
    let rest = rest.char_indices().nth(24).map_or(rest, |(end, _)| rest.get(..end).unwrap_or(rest));
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '(' | ')' | '-' | '.' | ' ')))
        .unwrap_or(rest.len());
    let run = rest.get(..end)?;
    let mut groups: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    while let Some(from) = run.get(at..)?.find(|c: char| c.is_ascii_digit()).map(|from| at + from) {
        // More than two signs between groups belong to no number.
        if !groups.is_empty() && from - at > 2 {
            break;
        }
        let until =
            run.get(from..)?.find(|c: char| !c.is_ascii_digit()).map_or(run.len(), |until| from + until);
        groups.push((until, run.get(from..until)?));
        at = until;
        if groups.len() == 4 {
            break;
        }
    }
    let sizes: Vec<usize> = groups.iter().map(|(_, digits)| digits.len()).collect();
    let wanted = match sizes.as_slice() {
        [3, 3, 4, ..] => groups.get(..3)?,
        [1, 3, 3, 4] if run.starts_with('1') => groups.get(..4)?,
        _ => return None,
    };
    let length = wanted.last()?.0;
    // What goes on with digits behind a hyphen is some other number.
    let behind = rest.get(length..)?.trim_start_matches('-').chars().next();
    if behind
        .is_some_and(|c| c.is_ascii_digit() && rest.get(length..).is_some_and(|rest| rest.starts_with('-')))
    {
        return None;
    }
    let digits: String = wanted.iter().map(|(_, digits)| *digits).collect();
    Some((length, if digits.len() == 10 { format!("1{digits}") } else { digits }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Numbers {
        let map =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Numbers {
            forms: map(&[("CS-201", "/kb/forms?q=CS-201"), ("IM-33", "/kb/forms?q=IM-33")]),
            memos: map(&[("IM-33", "/kb/im-33"), ("IM-31", "/kb/im-31")]),
        }
    }

    fn linked(html: &str) -> String {
        numbers(html, &known(), "/kb/here")
    }

    #[test]
    fn telephones_lead_to_the_telephone_and_other_numbers_do_not() {
        assert_eq!(
            linked("<p>Call 855-823-4908.</p>"),
            "<p>Call <a class=\"usa-link kb-tel\" href=\"tel:+18558234908\">855-823-4908</a>.</p>"
        );
        assert!(linked("<p>(573) 555-0101</p>").contains("tel:+15735550101\">(573) 555-0101</a>"));
        assert!(linked("<p>1-800-392-3738!</p>").contains("tel:+18003923738\">1-800-392-3738</a>!"));
        for none in [
            "<p>0110.060.05</p>",
            "<p>2021-04-05 and 12 34</p>",
            "<p>MO 65102-6790</p>",
            "<p>fax 573-555-0101</p>",
            "<a href=\"#x\">855-823-4908</a>",
            "<code>855-823-4908</code>",
            "<p id=\"855-823-4908\">x</p>",
            "<p>555-0101-2222-3333</p>",
        ] {
            assert_eq!(linked(none), none);
        }
    }

    #[test]
    fn im33_memo_2_forms_and_memos_lead_on_and_a_number_of_both_only_with_its_word() {
        assert!(
            linked("<li>Send the CS-201 today</li>")
                .contains("<a class=\"usa-link kb-number\" href=\"/kb/forms?q=CS-201\">CS-201</a>")
        );
        assert!(linked("<p>See IM-31, please</p>").contains("href=\"/kb/im-31\">IM-31</a>,"));
        assert!(linked("<p>See memo IM-33</p>").contains("href=\"/kb/im-33\""));
        assert!(linked("<p>the form IM-33</p>").contains("/kb/forms?q=IM-33"));
        assert_eq!(linked("<p>See IM-33</p>"), "<p>See IM-33</p>");
        assert_eq!(linked("<p>form IM-31</p>"), "<p>form IM-31</p>");
        assert_eq!(numbers("<p>IM-31</p>", &known(), "/kb/im-31"), "<p>IM-31</p>");
    }
}
