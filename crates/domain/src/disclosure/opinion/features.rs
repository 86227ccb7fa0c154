//! What the second opinion looks at: beginnings of words in a row, pieces of words, letters in a row, words and tags of a clause together with
//! whether the clause asserts, the last text before, and what the rules found.
//!
//! Owns the list of features only. A feature is a place in the table, told by a hash. To add a group, add it to [`GROUPS`]
//! and fill it in [`of`]; the table must be learned anew.

use super::PLACES;
use crate::disclosure::clauses::{Clause, Sentence, sentences};
use crate::disclosure::tokens::{Kind, Reading, Token};
use crate::disclosure::{Finding, FindingKind};

/// One group of features. All of its features together count as much as those of another group, but for `times`.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// For people who read the learner's figures.
    pub name: &'static str,
    /// How much it counts, in halves.
    pub times: i64,
}

/// The groups, in the order of [`Features::groups`].
pub const GROUPS: [Group; 9] = [
    Group { name: "words in a row", times: 2 },
    Group { name: "pieces of words", times: 3 },
    Group { name: "words by clause", times: 2 },
    Group { name: "pairs of words", times: 2 },
    Group { name: "tags by clause", times: 2 },
    Group { name: "the whole", times: 2 },
    Group { name: "the text before", times: 2 },
    Group { name: "what the rules found", times: 2 },
    Group { name: "letters in a row", times: 6 },
];
const ROW: usize = 0;
const PIECE: usize = 1;
const CLAUSE: usize = 2;
const PAIR: usize = 3;
const TAG: usize = 4;
const WHOLE: usize = 5;
const BEFORE: usize = 6;
const RULES: usize = 7;
const LETTERS: usize = 8;

/// Letters of a word that are looked at: endings differ by person, number and tense.
const STEM: usize = 4;
/// Words of a clause that are paired with a word before them.
const REACH: usize = 5;
/// Tags that the lexicon has.
const TAGS: u8 = 70;

/// The places of a text's features, by group, each place once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    /// One list a group, in the order of [`GROUPS`].
    pub groups: [Vec<u32>; 9],
}

impl Features {
    fn put(&mut self, group: usize, kind: u8, parts: &[&str]) {
        if let Some(list) = self.groups.get_mut(group) {
            list.push(place(kind, parts));
        }
    }

    /// Leaves out what the rules found, for texts that the rules were written on.
    pub fn forget_the_rules(&mut self) {
        if let Some(list) = self.groups.get_mut(RULES) {
            list.clear();
        }
    }
}

fn place(kind: u8, parts: &[&str]) -> u32 {
    let mut hash: u64 = (0xcbf2_9ce4_8422_2325 ^ u64::from(kind)).wrapping_mul(0x0100_0000_01b3);
    for part in parts {
        for byte in part.bytes().chain(std::iter::once(0x1f)) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let mixed = (hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    u32::try_from(mixed & (PLACES as u64 - 1)).unwrap_or_default()
}

/// The features of a text that was read after earlier ones, and in which the rules found something or nothing.
pub(in crate::disclosure) fn of(reading: &Reading, earlier: &[Reading], found: &[Finding]) -> Features {
    let mut out = Features::default();
    let list = sentences(&reading.tokens);
    rows(reading, &mut out);
    for sentence in &list {
        for clause in &sentence.clauses {
            by_clause(clause, sentence, &mut out);
        }
    }
    whole(reading, &list, &mut out);
    if let Some(last) = earlier.last() {
        out.put(BEFORE, 0x40, &[]);
        for token in &last.tokens {
            let word = word(token);
            out.put(BEFORE, 0x41, &[stem(&word)]);
            out.put(BEFORE, 0x42, &[&token.tags.bits().to_string()]);
        }
    }
    for finding in found {
        out.put(RULES, 0x50, &[kind_name(finding.kind)]);
        out.put(RULES, 0x51, &[]);
    }
    for group in &mut out.groups {
        group.sort_unstable();
        group.dedup();
    }
    out
}

/// Words in a row over the whole text, with its beginning, its end and its signs, and pieces of every word.
fn rows(reading: &Reading, out: &mut Features) {
    let kept =
        reading.tokens.iter().filter(|t| !matches!(t.punct(), Some(',' | '"' | '(' | ')' | '\'' | '-')));
    let mut words: Vec<String> = vec!["^".to_owned()];
    for token in kept {
        let word = word(token);
        if token.kind == Kind::Word {
            pieces(&word, out);
        }
        words.push(word);
    }
    words.push("$$".to_owned());
    runs(&words.join(" "), &[(4, 0x16), (6, 0x17), (8, 0x18)], LETTERS, out);
    let stems: Vec<&str> = words.iter().map(|word| stem(word)).collect();
    for (size, kind) in [(1, 0x01), (2, 0x02), (3, 0x03)] {
        for run in stems.windows(size) {
            out.put(ROW, kind, run);
        }
    }
}

fn pieces(word: &str, out: &mut Features) {
    runs(&format!(" {word} "), &[(3, 0x13), (4, 0x14), (5, 0x15)], PIECE, out);
}

/// Every run of so many letters, across the borders of words where the text has them: what typing errors and endings leave
/// standing, and what stands beside it.
fn runs(text: &str, sizes: &[(usize, u8)], group: usize, out: &mut Features) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
    for (size, kind) in sizes {
        for run in ends.windows(size + 1) {
            if let (Some(from), Some(to)) = (run.first(), run.last()) {
                out.put(group, *kind, &[text.get(*from..*to).unwrap_or_default()]);
            }
        }
    }
}

/// The words and tags of a clause, each with the clause's mood.
fn by_clause(clause: &Clause<'_>, sentence: &Sentence<'_>, out: &mut Features) {
    let mood = mood(clause, sentence);
    let asserts = if clause.asserted() && !sentence.conditional { "+" } else { "-" };
    out.put(CLAUSE, 0x20, &[&mood]);
    let words: Vec<String> = clause.tokens.iter().filter(|t| t.punct().is_none()).map(word).collect();
    for (i, one) in words.iter().enumerate() {
        out.put(CLAUSE, 0x21, &[&mood, stem(one)]);
        out.put(CLAUSE, 0x22, &[asserts, beginning(one, STEM + 1)]);
        for other in words.iter().skip(i + 1).take(REACH) {
            out.put(PAIR, 0x30, &[asserts, stem(one), stem(other)]);
        }
        if let Some(next) = words.get(i + 1) {
            out.put(PAIR, 0x31, &[asserts, one, next]);
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for token in clause.tokens {
        let bits = token.tags.bits();
        let tags = (0..TAGS).filter(|bit| bits >> bit & 1 == 1).map(|bit| bit.to_string());
        let shape = (!matches!(token.kind, Kind::Word | Kind::Punct(_))).then(|| shape(token).to_owned());
        for tag in tags.chain(shape) {
            if !seen.contains(&tag) {
                seen.push(tag);
            }
        }
    }
    for (i, one) in seen.iter().enumerate() {
        out.put(TAG, 0x60, &[&mood, one]);
        for other in seen.iter().skip(i + 1) {
            out.put(TAG, 0x61, &[asserts, one, other]);
        }
    }
}

/// What the text is like as a whole: its language, how long it is, how much of it asks.
fn whole(reading: &Reading, list: &[Sentence<'_>], out: &mut Features) {
    let clauses: usize = list.iter().map(|sentence| sentence.clauses.len()).sum();
    let asking = list.iter().filter(|sentence| sentence.question).count();
    let asks = if asking == 0 {
        "nothing"
    } else if asking == list.len() {
        "only"
    } else {
        "also"
    };
    out.put(WHOLE, 0x70, &[if reading.spanish { "es" } else { "en" }]);
    out.put(WHOLE, 0x71, &[&(reading.tokens.len().min(40) / 4).to_string()]);
    out.put(WHOLE, 0x72, &[&clauses.min(6).to_string()]);
    out.put(WHOLE, 0x73, &[asks]);
    let last = reading.tokens.last().and_then(Token::punct).map(|sign| sign.to_string()).unwrap_or_default();
    out.put(WHOLE, 0x74, &[&last]);
}

/// The mood of a clause: a letter for each thing that takes the assertion out of it.
fn mood(clause: &Clause<'_>, sentence: &Sentence<'_>) -> String {
    let all = [
        (clause.question, 'q'),
        (clause.condition, 'i'),
        (clause.time, 't'),
        (clause.withheld, 'w'),
        (clause.direction, 'd'),
        (sentence.conditional && !clause.condition, 'c'),
        (sentence.timed && !clause.time, 'm'),
        (sentence.habitual, 'h'),
        (sentence.question && !clause.question, 's'),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, letter)| letter).collect()
}

/// A word as it stands, a number by its shape and length.
fn word(token: &Token) -> String {
    let digits = || token.text.chars().filter(char::is_ascii_digit).count().min(12);
    match token.kind {
        Kind::Word => token.text.clone(),
        Kind::Punct(sign) => sign.to_string(),
        Kind::Number | Kind::Spoken => format!("{}{}", shape(token), digits()),
        _ => shape(token).to_owned(),
    }
}

fn shape(token: &Token) -> &'static str {
    match token.kind {
        Kind::Number => "#n",
        Kind::Spoken => "#s",
        Kind::Money => "#$",
        Kind::Phone => "#tel",
        Kind::Zip => "#zip",
        Kind::Date => "#day",
        Kind::Time => "#at",
        Kind::Percent => "#%",
        Kind::Ordinal => "#th",
        Kind::Name => "#www",
        Kind::Word | Kind::Punct(_) => "",
    }
}

fn stem(word: &str) -> &str {
    beginning(word, STEM)
}

fn beginning(word: &str, letters: usize) -> &str {
    word.char_indices().nth(letters).and_then(|(at, _)| word.get(..at)).unwrap_or(word)
}

fn kind_name(kind: FindingKind) -> &'static str {
    kind.title()
}
