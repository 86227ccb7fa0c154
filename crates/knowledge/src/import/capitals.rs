//! Titles in nothing but capitals, as headings of memos often are: written so that a list of them can be read.
//!
//! Short names keep their capitals. What is one follows from the document itself: it stands in brackets or has a digit, or the
//! text writes it in capitals and never otherwise.

use std::collections::BTreeSet;

/// Words that stay small within a title.
const SMALL: [&str; 16] =
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with"];
/// The longest short name, in letters.
const SHORT: usize = 6;

/// The title as it is read, where all of it is in capitals and has more than a word; the text tells its short names.
pub(super) fn readable(title: &str, text: &str) -> Option<String> {
    let letters = || title.chars().filter(|c| c.is_alphabetic());
    let words =
        title.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 2);
    if letters().any(char::is_lowercase) || words.count() < 2 {
        return None;
    }
    let short = short_names(text);
    let mut out = String::with_capacity(title.len());
    let mut begins = true;
    for (at, word) in title.split_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let bracketed = word.starts_with('(') && word.contains(')') && bare.chars().count() <= SHORT;
        if bare.chars().any(|c| c.is_ascii_digit()) || bracketed || short.contains(bare) {
            out.push_str(word);
        } else if !begins && SMALL.contains(&bare.to_lowercase().as_str()) {
            out.push_str(&word.to_lowercase());
        } else {
            capitalised(word, &short, &mut out);
        }
        // The number of a memo is no first word, and a colon begins a title anew.
        begins = word.ends_with(':') || begins && bare.chars().any(|c| c.is_ascii_digit());
    }
    Some(out)
}

/// Each part of a word with a large first letter, the rest small.
fn capitalised(word: &str, short: &BTreeSet<String>, out: &mut String) {
    for (at, part) in word.split('-').enumerate() {
        if at > 0 {
            out.push('-');
        }
        if short.contains(part) {
            out.push_str(part);
            continue;
        }
        let mut begun = false;
        for letter in part.chars() {
            if begun {
                out.extend(letter.to_lowercase());
            } else {
                out.push(letter);
            }
            begun |= letter.is_alphanumeric();
        }
    }
}

/// What a text writes in capitals among other words, and never otherwise.
fn short_names(text: &str) -> BTreeSet<String> {
    let (mut capitals, mut others) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        let mixed = line.chars().any(char::is_lowercase);
        for word in line.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1) {
            if !word.chars().all(char::is_uppercase) {
                others.insert(word.to_uppercase());
            } else if mixed && word.chars().count() <= SHORT {
                capitals.insert(word.to_owned());
            }
        }
    }
    capitals.retain(|word| !others.contains(word) && !SMALL.contains(&word.to_lowercase().as_str()));
    capitals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_in_capitals_is_written_as_one_reads_and_short_names_stay() {
        let text = "The IIVE is used by IM staff of the FSD, see memo UPDATES RESULTING from it.\n\nTHE WORK NUMBER\n\nCall the Harbor Office.";
        let said = |title: &str| readable(title, text).unwrap_or_default();
        assert_eq!(
            said("IM-172 MANUAL UPDATE AND IIVE CLARIFICATION FOR ALL INCOME MAINTENANCE (IM) PROGRAMS"),
            "IM-172 Manual Update and IIVE Clarification for All Income Maintenance (IM) Programs"
        );
        assert_eq!(
            said("IM-32 THE WORK NUMBER BY EQUIFAX PORTAL"),
            "IM-32 The Work Number by Equifax Portal"
        );
        assert_eq!(
            said("IM-02 COVID-19: UNEMPLOYMENT COMPENSATION, ACT 2021"),
            "IM-02 COVID-19: Unemployment Compensation, Act 2021"
        );
        assert_eq!(said("UPDATES RESULTING FROM IT"), "Updates Resulting from It");
        assert_eq!(said("THE CUSTOMER'S WALK-IN FORM IM-7A"), "The Customer's Walk-In Form IM-7A");
    }

    #[test]
    fn other_titles_stay_as_they_are() {
        for title in ["Live Chat SOP", "SOP", "MO HealthNet for Kids", "CS-201", ""] {
            assert_eq!(readable(title, "text"), None, "{title}");
        }
    }
}
