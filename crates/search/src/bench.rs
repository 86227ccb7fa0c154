//! Texts and questions made by machine, for benches.
//!
//! Owns articles with a natural spread of words (few very frequent, most rare), headings, numbers and form names,
//! and the questions that go with them, each also in the languages of the engines we compare with. The same seed
//! makes the same texts on every machine. It measures nothing.

use crate::types::{Audience, Passage};

/// Words in use, apart from the small ones.
const VOCABULARY: usize = 45_000;
/// The small words, most frequent first.
const SMALL: [&str; 40] = [
    "the", "to", "of", "and", "in", "is", "for", "a", "be", "on", "that", "with", "are", "this", "or", "as",
    "if", "not", "by", "will", "from", "have", "must", "when", "their", "an", "has", "was", "which", "they",
    "should", "may", "can", "who", "all", "any", "been", "after", "before", "each",
];
/// The words of the field, the most frequent after the small ones.
const FIELD: [&str; 48] = [
    "participant",
    "application",
    "benefits",
    "case",
    "income",
    "interview",
    "verification",
    "household",
    "customer",
    "program",
    "notice",
    "review",
    "staff",
    "eligibility",
    "request",
    "month",
    "information",
    "office",
    "child",
    "support",
    "change",
    "form",
    "policy",
    "date",
    "section",
    "supervisor",
    "account",
    "medical",
    "employment",
    "payment",
    "assistance",
    "renewal",
    "hearing",
    "comment",
    "telephone",
    "document",
    "authorization",
    "coverage",
    "resource",
    "certification",
    "unemployment",
    "citizen",
    "appointment",
    "portal",
    "address",
    "schedule",
    "parent",
    "sanction",
];
const ONSETS: [&str; 24] = [
    "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "cl", "dr", "fl", "gr",
    "pl", "st", "tr", "sh",
];
const NUCLEI: [&str; 10] = ["a", "e", "i", "o", "u", "ea", "ai", "ou", "io", "ee"];
const CODAS: [&str; 14] = ["", "", "", "n", "r", "s", "t", "l", "nd", "st", "m", "ck", "ng", "rt"];
const ENDINGS: [&str; 10] = ["", "", "", "s", "ed", "ing", "ly", "er", "tion", "ment"];

/// A sequence of numbers that only its seed decides (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }
}

/// The words that articles are made of, and how often each comes.
#[derive(Clone, Debug)]
pub struct Words {
    words: Vec<String>,
    /// Running sums of the frequencies, in millionths.
    sums: Vec<u64>,
}

impl Words {
    /// The words of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut words: Vec<String> = SMALL.iter().chain(&FIELD).map(|word| (*word).to_owned()).collect();
        let mut known: std::collections::HashSet<String> = words.iter().cloned().collect();
        while words.len() < VOCABULARY {
            let mut word = String::new();
            for _ in 0..=dice.below(3) {
                word.push_str(dice.pick(&ONSETS));
                word.push_str(dice.pick(&NUCLEI));
                word.push_str(dice.pick(&CODAS));
            }
            word.push_str(dice.pick(&ENDINGS));
            if word.len() > 2 && known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0;
        let sums = (1u64..)
            .zip(&words)
            .map(|(rank, _)| {
                // Zipf's law, flattened at the head as in real texts.
                sum += 1_000_000_000 / (rank + 2);
                sum
            })
            .collect();
        Words { words, sums }
    }

    /// A word, frequent ones more often.
    pub fn any(&self, dice: &mut Dice) -> &str {
        let all = self.sums.last().copied().unwrap_or(1);
        let drawn = dice.next() % all;
        let at = self.sums.partition_point(|sum| *sum <= drawn);
        self.words.get(at).map_or("", String::as_str)
    }

    /// A word that is none of the small ones.
    pub fn telling(&self, dice: &mut Dice) -> &str {
        loop {
            let word = self.any(dice);
            if !SMALL.contains(&word) {
                return word;
            }
        }
    }
}

/// An article made by machine.
#[derive(Clone, Debug)]
pub struct Article {
    /// Its slug.
    pub page: String,
    /// Its title.
    pub title: String,
    /// Its paragraphs: 300 to 600 words in all.
    pub passages: Vec<Passage>,
}

impl Article {
    /// Bytes of its texts and headings.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let mut heading = "";
        let mut bytes = self.title.len();
        for passage in &self.passages {
            bytes += passage.text.len();
            if passage.heading != heading {
                heading = &passage.heading;
                bytes += heading.len();
            }
        }
        bytes
    }
}

/// Articles of this seed, one after the other.
pub fn articles(words: &Words, seed: u64, count: usize) -> impl Iterator<Item = Article> + '_ {
    (0..count).map(move |number| {
        let mut dice = Dice::new(seed ^ (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
        article(words, &mut dice, number)
    })
}

fn sentence(words: &Words, dice: &mut Dice, length: usize) -> String {
    let mut text = String::new();
    for at in 0..length {
        if at > 0 {
            text.push(' ');
        }
        if dice.below(60) == 0 {
            text.push_str(&number(dice));
        } else {
            text.push_str(words.any(dice));
        }
    }
    text.push('.');
    text
}

fn number(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("IM-{}", dice.below(400)),
        1 => format!("0{}.{:03}.{:02}", 100 + dice.below(1000), dice.below(60) * 5, dice.below(20) * 5),
        2 => format!("573-{:03}-{:04}", 200 + dice.below(700), dice.below(10_000)),
        _ => format!("{}", 1 + dice.below(90)),
    }
}

fn words_of(words: &Words, dice: &mut Dice, count: usize) -> String {
    let chosen: Vec<&str> = (0..count).map(|_| words.telling(dice)).collect();
    chosen.join(" ")
}

fn article(words: &Words, dice: &mut Dice, number: usize) -> Article {
    let length = 3 + dice.below(4);
    let title = words_of(words, dice, length);
    let page = format!("{}-{number}", title.replace(' ', "-"));
    let mut left = 300 + dice.below(301);
    let mut heading = String::new();
    let mut passages = Vec::new();
    while left > 0 {
        if passages.len() % 3 == 0 {
            let length = 2 + dice.below(4);
            heading = words_of(words, dice, length);
        }
        let mut text = String::new();
        let mut wanted = (30 + dice.below(90)).min(left);
        left -= wanted;
        while wanted > 0 {
            let length = (6 + dice.below(18)).min(wanted);
            wanted -= length;
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&sentence(words, dice, length));
        }
        passages.push(Passage {
            page: page.clone(),
            anchor: format!("p{}", passages.len()),
            title: title.clone(),
            heading: heading.clone(),
            text,
            kind: "article".to_owned(),
            programmes: Vec::new(),
            language: "en".to_owned(),
            audience: Audience::Staff,
            current: true,
            bare: false,
        });
    }
    Article { page, title, passages }
}

/// How a question is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asking {
    /// All words; the last is still being typed.
    Typing,
    /// All words.
    And,
    /// Any of the words.
    Or,
}

/// A question, to be put to several engines.
#[derive(Clone, Debug)]
pub struct Asked {
    /// How it is meant.
    pub asking: Asking,
    /// Its words; for [`Asking::Typing`] the last one is the beginning of a word.
    pub words: Vec<String>,
}

impl Asked {
    /// As a reader would type it here.
    #[must_use]
    pub fn ours(&self) -> String {
        match self.asking {
            Asking::Typing => self.words.join(" "),
            Asking::And => format!("{} ", self.words.join(" ")),
            Asking::Or => format!("{} ", self.words.join(" OR ")),
        }
    }

    /// As SQLite's FTS5 wants it.
    #[must_use]
    pub fn fts5(&self) -> String {
        let quoted: Vec<String> = self.words.iter().map(|word| format!("\"{word}\"")).collect();
        match self.asking {
            Asking::Typing => format!("{}*", quoted.join(" ")),
            Asking::And => quoted.join(" "),
            Asking::Or => quoted.join(" OR "),
        }
    }

    /// As PostgreSQL's `to_tsquery` wants it.
    #[must_use]
    pub fn tsquery(&self) -> String {
        match self.asking {
            Asking::Typing => format!("{}:*", self.words.join(" & ")),
            Asking::And => self.words.join(" & "),
            Asking::Or => self.words.join(" | "),
        }
    }
}

/// Questions of this seed, in equal parts of every kind, of one to three words.
#[must_use]
pub fn questions(words: &Words, seed: u64, count: usize) -> Vec<Asked> {
    let mut dice = Dice::new(seed);
    (0..count)
        .map(|number| {
            let asking = match number % 3 {
                0 => Asking::Typing,
                1 => Asking::And,
                _ => Asking::Or,
            };
            let length = if asking == Asking::Typing { 1 + dice.below(3) } else { 2 + dice.below(2) };
            let mut chosen: Vec<String> = (0..length).map(|_| words.telling(&mut dice).to_owned()).collect();
            if asking == Asking::Typing
                && let Some(last) = chosen.last_mut()
            {
                let keep = 2 + dice.below(last.len().saturating_sub(2).max(1));
                last.truncate(keep);
            }
            Asked { asking, words: chosen }
        })
        .collect()
}
