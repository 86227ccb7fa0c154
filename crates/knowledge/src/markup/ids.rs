//! Ids of blocks: anchors as they were written, slugs of headings, and for everything else a short sum of its words, so
//! that a link to a paragraph holds when other paragraphs come and go.

use std::collections::{HashMap, HashSet};

use super::attrs::Attrs;
use super::tree::Labels;

/// Ids that the pages around a text use themselves; a heading of that name gets a number.
const RESERVED: &[&str] = &[
    "main",
    "main-content",
    "content",
    "search",
    "q",
    "menu",
    "header",
    "footer",
    "navigation",
    "contents",
    "top",
    "staff",
    "name",
    "number",
    "code",
    "subject",
    "new",
    "within",
    "to",
    "who",
    "title",
    "body",
    "draft",
    "form",
];

/// Gives out ids, each once.
pub(super) struct Ids {
    written: HashSet<String>,
    used: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Ids {
    /// Begins with the anchors that the author wrote: no generated id may take one of them.
    pub(super) fn new(written: HashSet<String>) -> Self {
        Self { written, used: HashSet::new(), next: HashMap::new() }
    }

    /// The labels of a block with those anchors; anchors that were used before go to `doubled`.
    pub(super) fn labels(
        &mut self,
        attrs: &Attrs,
        made: impl FnOnce() -> String,
        doubled: &mut Vec<String>,
    ) -> Labels {
        let mut labels = Labels::default();
        for anchor in &attrs.anchors {
            if is_clause(anchor) {
                labels.clauses.push(anchor.clone());
            }
            if !self.used.insert(anchor.clone()) {
                doubled.push(anchor.clone());
            } else if labels.id.is_empty() {
                labels.id.clone_from(anchor);
            } else {
                labels.more.push(anchor.clone());
            }
        }
        if labels.id.is_empty() {
            labels.id = self.unique(&made());
        }
        labels
    }

    fn unique(&mut self, base: &str) -> String {
        let taken = |id: &str, this: &Self| {
            this.used.contains(id) || this.written.contains(id) || RESERVED.contains(&id)
        };
        if !taken(base, self) {
            self.used.insert(base.to_owned());
            return base.to_owned();
        }
        let mut number = self.next.get(base).copied().unwrap_or(2);
        loop {
            let id = format!("{base}-{number}");
            number += 1;
            if !taken(&id, self) {
                self.next.insert(base.to_owned(), number);
                self.used.insert(id.clone());
                return id;
            }
        }
    }
}

/// Whether an anchor has the form of a clause id: capitals and digits in at least two parts, as `SMS-GEN-4`.
#[must_use]
pub fn is_clause(anchor: &str) -> bool {
    anchor.contains('-')
        && anchor.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        })
}

/// The words in small letters with hyphens, at most 80 characters: `Good-bye & Wrap Up` becomes `good-bye-wrap-up`.
/// Accents of Western European letters are taken off. Text without letters and digits becomes `section`.
#[must_use]
pub fn slug(words: &str) -> String {
    let mut slug = String::new();
    let mut gap = false;
    for letter in words.chars().flat_map(char::to_lowercase) {
        let plain = unaccented(letter);
        if plain == '\'' || plain == '\u{2019}' {
            continue;
        }
        if !plain.is_alphanumeric() {
            gap = true;
            continue;
        }
        if slug.len() >= 80 {
            break;
        }
        if gap && !slug.is_empty() {
            slug.push('-');
        }
        gap = false;
        slug.push(plain);
    }
    if slug.is_empty() { "section".to_owned() } else { slug }
}

fn unaccented(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// The id of a block without an anchor: `p-` and a sum over its words (FNV-1a), blind to case and spacing.
pub(super) fn of_words(text: &str) -> String {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for word in text.split_whitespace() {
        for letter in word.chars().flat_map(char::to_lowercase).chain([' ']) {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    format!("p-{:08x}", (sum >> 32) ^ (sum & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_given_once() {
        let mut ids = Ids::new(["overview-2".to_owned()].into());
        let mut doubled = Vec::new();
        let mut next = |anchors: &[&str], made: &str| {
            let attrs =
                Attrs { anchors: anchors.iter().map(|&a| a.to_owned()).collect(), supervisors: false };
            ids.labels(&attrs, || made.to_owned(), &mut doubled).id
        };
        assert_eq!(next(&[], "overview"), "overview");
        assert_eq!(next(&["overview-2"], "x"), "overview-2");
        assert_eq!(next(&[], "overview"), "overview-3");
        assert_eq!(next(&["overview-2"], "x"), "x");
        assert_eq!(next(&[], "search"), "search-2");
        assert_eq!(doubled, ["overview-2"]);
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Current/Doc Template Comments #1"), "current-doc-template-comments-1");
        assert_eq!(slug("Children’s División"), "childrens-division");
        assert_eq!(slug("—"), "section");
        assert!(is_clause("SMS-GEN-4") && !is_clause("general") && !is_clause("SMS-") && !is_clause("SMS"));
    }
}
