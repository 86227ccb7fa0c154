//! What reads as the name of a person, so that whoever imports pages without a map of names is told.
//!
//! No list of names is kept. Two or three words with capitals, none of which the file also writes small, and none of which
//! stands for a place, an office or a part of a screen, are taken for a name. It may be wrong in both ways; it only warns.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// Names told of one document.
const MOST: usize = 12;

static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b\p{Lu}\p{Ll}{2,}(?: \p{Lu}\.)?(?: (?:Mc|Mac|O’|O')?\p{Lu}\p{Ll}{2,}){1,2}\b").ok()
});

/// Words that names of persons do not have, though a file may write them with a capital alone.
const NO_NAMES: &[&str] = &[
    "able",
    "abuse",
    "act",
    "administration",
    "administrator",
    "adults",
    "agency",
    "aid",
    "american",
    "appropriations",
    "april",
    "article",
    "august",
    "basis",
    "black",
    "blind",
    "business",
    "call",
    "card",
    "care",
    "center",
    "centers",
    "certification",
    "charter",
    "child",
    "children",
    "city",
    "click",
    "code",
    "college",
    "communication",
    "complete",
    "consolidated",
    "content",
    "continue",
    "coronavirus",
    "county",
    "court",
    "credit",
    "customer",
    "december",
    "department",
    "division",
    "doc",
    "editing",
    "employment",
    "end",
    "enterprise",
    "equifax",
    "excel",
    "excl",
    "expense",
    "fair",
    "family",
    "february",
    "federal",
    "form",
    "friday",
    "genesys",
    "good",
    "google",
    "guide",
    "hand",
    "health",
    "healthnet",
    "hearing",
    "help",
    "hot",
    "hotline",
    "human",
    "income",
    "industrial",
    "information",
    "insurance",
    "internal",
    "january",
    "jefferson",
    "july",
    "june",
    "kansas",
    "labor",
    "leave",
    "legal",
    "life",
    "line",
    "louis",
    "magi",
    "maintenance",
    "management",
    "manual",
    "march",
    "medicaid",
    "medical",
    "medicare",
    "memo",
    "microsoft",
    "missouri",
    "monday",
    "mydss",
    "national",
    "neglect",
    "network",
    "note",
    "november",
    "number",
    "october",
    "off",
    "office",
    "outlook",
    "page",
    "part",
    "participant",
    "party",
    "payments",
    "pension",
    "phone",
    "please",
    "policy",
    "portal",
    "prior",
    "program",
    "protected",
    "public",
    "quarter",
    "railroad",
    "read",
    "receive",
    "relations",
    "report",
    "reporting",
    "resource",
    "retirement",
    "revenue",
    "reviews",
    "right",
    "risk",
    "saint",
    "saturday",
    "screening",
    "search",
    "section",
    "security",
    "select",
    "september",
    "service",
    "services",
    "sharepoint",
    "single",
    "social",
    "spam",
    "special",
    "springfield",
    "state",
    "states",
    "still",
    "street",
    "sunday",
    "supplemental",
    "support",
    "teams",
    "templates",
    "temporary",
    "text",
    "thank",
    "threat",
    "thursday",
    "title",
    "track",
    "training",
    "transmittal",
    "tuesday",
    "unit",
    "united",
    "update",
    "updated",
    "view",
    "web",
    "wednesday",
    "windows",
    "word",
    "work",
    "york",
];

/// Possible names in a text of our markup, each once.
pub(super) fn of(markdown: &str) -> Vec<String> {
    let Some(pattern) = NAME.as_ref() else { return Vec::new() };
    let small: BTreeSet<&str> = markdown
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().next().is_some_and(char::is_lowercase))
        .collect();
    let is_other = |word: &str| {
        let lower = word.to_lowercase();
        // A plural or its singular is the same word.
        let other = lower.strip_suffix('s').map_or_else(|| format!("{lower}s"), str::to_owned);
        [&lower, &other].iter().any(|word| small.contains(word.as_str()) || NO_NAMES.contains(&word.as_str()))
    };
    let mut out: Vec<String> = Vec::new();
    // Headings and names of links and buttons have capitals of their own.
    let lines = markdown.lines().filter(|line| !line.trim_start().starts_with('#') && !line.contains("**"));
    for found in lines.flat_map(|line| pattern.find_iter(line)) {
        let name = found.as_str();
        if name.split(' ').any(|word| is_other(word.trim_end_matches('.')))
            || out.iter().any(|known| known == name)
        {
            continue;
        }
        out.push(name.to_owned());
        if out.len() == MOST {
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_and_offices_places_and_screens_are_not() {
        let text = "Please email Pat Example and Kim R. Muster today.\n\n## Jane Heading\n\nCall the Family Support Division in \
                    Jefferson City. Press Alternative Account, which is an alternative account. On Monday March starts.\n";
        assert_eq!(of(text), ["Pat Example", "Kim R. Muster"]);
        assert!(of("Nothing here.").is_empty());
    }
}
