//! Cuts a folded text into tokens: words with their tags, numbers, money, telephone numbers, dates, addresses of sites.
//!
//! Owns the shape of a text, not its meaning. Contractions are opened, letters typed apart are joined, digits
//! typed for letters are read as letters, typing errors of case words are mended, phrases of the lexicon become
//! one token. To add a shape, add a branch to [`shapes`] and a [`Kind`].

mod mend;
mod opened;

use std::sync::LazyLock;

use regex::Regex;

use crate::disclosure::fold::{Folded, NO_MARK, YES_MARK, fold};
use crate::disclosure::lexicon::{self as lex, Tags, lexicon};
use crate::disclosure::numbers;

use mend::{join_halves, join_letters, join_phrases, name_may, plain_past, yes_or_if};
use opened::open_contractions;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// Digits; `text` holds them without separators of thousands.
    Number,
    /// Digits that were written as words.
    Spoken,
    Money,
    Phone,
    Zip,
    Date,
    Time,
    Percent,
    Ordinal,
    /// Site, e-mail address or form number.
    Name,
    Punct(char),
}

/// One token; `start..end` are bytes of the text.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) tags: Tags,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) acute: bool,
}

impl Token {
    pub(super) fn is(&self, any: Tags) -> bool {
        self.tags.has(any)
    }

    /// The word is one of a space-separated list.
    pub(super) fn any(&self, list: &str) -> bool {
        listed(list, &self.text)
    }

    pub(super) fn digits(&self) -> String {
        self.text.chars().filter(char::is_ascii_digit).collect()
    }

    pub(super) fn punct(&self) -> Option<char> {
        match self.kind {
            Kind::Punct(ch) => Some(ch),
            _ => None,
        }
    }
}

/// The word is one of a space-separated list.
pub(in crate::disclosure) fn listed(list: &str, word: &str) -> bool {
    // Most lists are short and most words are not in them: the search for the letters alone is the quick answer.
    list.contains(word) && list.split(' ').any(|one| one == word)
}

/// The tokens of a text and its main language.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) tokens: Vec<Token>,
    pub(super) spanish: bool,
}

#[expect(clippy::expect_used, reason = "the pattern is a literal that a unit test compiles")]
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let phone = r"(?:\+?1[-. ]{0,2})?(?:\(\d{3}\)|\b\d{3})[-. /]{0,3}[-. /]\d{3}[-. ]{1,3}\d{4}|(?:\+?1[-. ]{0,2})?\(\d{3}\)[ ]?\d{3}[-. ]?\d{4}|\b1?[-. ]?8(?:00|33|44|55|66|77|88)[-. ]?\d{3}[-. ]?\d{4}|\b\d{3}[-.]\d{4}";
    Regex::new(&[
        r"(?P<name>https?://[^\s]+|www\.[^\s]+|\b[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:gov|com|org|net|edu)\b(?:/[^\s,]*)?|\b(?:im|fa|fsd|fs)-\d{1,4}[a-z]{0,4}\b|\bim-[0-9a-z]{2,6}\b|\bmo ?\d{3}-\d{4}\b|\bpo box \d{1,6}\b|\bw-?[249]\b)".to_owned(),
        r"(?P<money>\$ ?\d[\do]*(?:,\d{3})*(?:\.\d{1,2})?(?: ?/ ?mo\b)?|\$(?: ?\d\b){2,5}|\b\d{1,3}(?:,\d{3})*(?:\.\d{2})? ?\$)".to_owned(),
        r"(?P<date>\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?(?:\d{4}|\d{2})\b|\b\d{1,2}/\d{1,2}\b)".to_owned(),
        format!("(?P<phone>{phone})"),
        r"(?P<zip>\b\d{5}-\d{4}\b)".to_owned(),
        r"(?P<time>\b\d{1,2}:\d{2}(?: ?[ap]\.? ?m\b\.?)?|\b\d{1,2} ?[ap]\.? ?m\b\.?)".to_owned(),
        r"(?P<percent>\b\d+(?:\.\d+)? ?%)".to_owned(),
        r"(?P<ordinal>\b\d{1,2}(?:st|nd|rd|th)\b)".to_owned(),
        r"(?P<number>\b\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?\b|\b\d{1,4}\.\d{2}\b)".to_owned(),
    ].join("|"))
    .expect("literal pattern")
});

/// Reads a text.
pub(super) fn read(text: &str) -> Reading {
    let folded = fold(text);
    let mut raw = shapes(&folded);
    raw = join_letters(raw);
    let spanish = guess_spanish(&raw);
    let opened = open_contractions(raw, spanish);
    let numbered = numbers::spoken(opened, spanish);
    let mut tokens = tag(numbered, spanish);
    join_halves(&mut tokens);
    name_may(&mut tokens);
    Reading { tokens: join_phrases(tokens, spanish), spanish }
}

/// The folded text as a string, with the index of the folded character at each byte.
fn flat(folded: &[Folded]) -> (String, Vec<usize>) {
    let mut line = String::with_capacity(folded.len());
    let mut at = Vec::with_capacity(folded.len() + 1);
    for (index, item) in folded.iter().enumerate() {
        for _ in 0..item.ch.len_utf8() {
            at.push(index);
        }
        line.push(item.ch);
    }
    at.push(folded.len());
    (line, at)
}

fn token(folded: &[Folded], from: usize, to: usize, kind: Kind) -> Token {
    let slice = folded.get(from..to).unwrap_or_default();
    Token {
        text: slice.iter().map(|item| item.ch).collect(),
        kind,
        tags: Tags::NONE,
        start: slice.first().map_or(0, |item| item.start),
        end: slice.last().map_or(0, |item| item.end),
        acute: slice.iter().rev().take(2).any(|item| item.acute),
    }
}

fn shapes(folded: &[Folded]) -> Vec<Token> {
    let (line, at) = flat(folded);
    let index = |byte: usize| at.get(byte).copied().unwrap_or(folded.len());
    let mut tokens = Vec::new();
    let mut done = 0;
    for found in SHAPES.captures_iter(&line) {
        let Some(whole) = found.get(0) else { continue };
        let Some(kind) = shape_kind(&found, &line) else { continue };
        plain_tokens(folded, done, index(whole.start()), &mut tokens);
        tokens.push(token(folded, index(whole.start()), index(whole.end()), kind));
        done = index(whole.end());
    }
    plain_tokens(folded, done, folded.len(), &mut tokens);
    tokens
}

/// Which shape matched, or none when its surroundings show that it is a part of a longer number.
fn shape_kind(found: &regex::Captures<'_>, line: &str) -> Option<Kind> {
    let whole = found.get(0)?;
    if found.name("name").is_some() {
        return Some(Kind::Name);
    }
    if found.name("money").is_some() {
        return Some(Kind::Money);
    }
    let before = line.get(..whole.start())?;
    let after = line.get(whole.end()..)?;
    let mut left = before.chars().rev();
    let glued_left = match left.next() {
        Some(ch) if ch.is_ascii_digit() => true,
        Some('-' | '.' | '/' | '_') => left.next().is_some_and(|ch| ch.is_ascii_digit()),
        _ => false,
    };
    let mut right = after.chars();
    let glued_right = match right.next() {
        Some(ch) if ch.is_ascii_digit() => true,
        Some('-' | '.' | '/' | '_') => right.next().is_some_and(|ch| ch.is_ascii_digit()),
        _ => false,
    };
    if found.name("time").is_some() {
        return (!glued_left).then_some(Kind::Time);
    }
    if glued_left || glued_right {
        return None;
    }
    if found.name("date").is_some() {
        return plausible_date(whole.as_str()).then_some(Kind::Date);
    }
    [
        ("phone", Kind::Phone),
        ("zip", Kind::Zip),
        ("percent", Kind::Percent),
        ("ordinal", Kind::Ordinal),
        ("number", Kind::Number),
    ]
    .into_iter()
    .find(|(name, _)| found.name(name).is_some())
    .map(|(_, kind)| kind)
}

fn plausible_date(text: &str) -> bool {
    let parts: Vec<u32> = text.split(['-', '/', '.']).map(|part| part.trim().parse().unwrap_or(99)).collect();
    if parts == [24, 7] {
        return false;
    }
    let (first, second) = match parts.as_slice() {
        [year, month, day] if *year > 1000 => (*month, *day),
        [first, second, ..] => (*first, *second),
        _ => return false,
    };
    (1..=31).contains(&first) && (1..=31).contains(&second) && (first <= 12 || second <= 12)
}

/// Words, digits and signs between the shapes.
fn plain_tokens(folded: &[Folded], from: usize, to: usize, out: &mut Vec<Token>) {
    let ch_at = |i: usize| (i < to).then(|| folded.get(i)).flatten().map_or(' ', |item| item.ch);
    let inner = |ch: char| ch.is_alphanumeric() || matches!(ch, '\'' | '@' | '$' | '*' | '#');
    let mut i = from;
    while i < to {
        let ch = ch_at(i);
        if ch.is_alphanumeric() || (matches!(ch, '@' | '$') && ch_at(i + 1).is_alphabetic()) {
            let mut j = i + 1;
            while j < to && inner(ch_at(j)) {
                j += 1;
            }
            while j > i + 1 && matches!(ch_at(j - 1), '\'' | '@' | '$' | '*') {
                j -= 1;
            }
            chunk(folded, i, j, out);
            i = j;
        } else {
            if ch != ' ' && ch != '\t' {
                out.push(token(folded, i, i + 1, Kind::Punct(ch)));
            }
            i += 1;
        }
    }
}

/// A run of letters and digits: a number, a word, a word with digits typed for letters, or both one after the other.
fn chunk(folded: &[Folded], from: usize, to: usize, out: &mut Vec<Token>) {
    let whole = token(folded, from, to, Kind::Word);
    let digits = whole.text.chars().filter(char::is_ascii_digit).count();
    let letters = whole.text.chars().filter(|ch| ch.is_alphabetic()).count();
    if digits > 0 && letters == 0 && digits == whole.text.len() {
        out.push(Token { kind: Kind::Number, ..whole });
        return;
    }
    let plain_word = digits == 0 && !whole.text.contains(['@', '$', '*']);
    if plain_word || lexicon().get(&whole.text).is_some() {
        out.push(whole);
        return;
    }
    let read_as_word: String = whole.text.chars().filter_map(letter_for).collect();
    if letters > 0
        && (lexicon().get(&read_as_word).is_some()
            || lexicon().typo_of(&read_as_word).is_some() && digits <= 2)
    {
        out.push(Token { text: read_as_word, ..whole });
        return;
    }
    let read_as_digits: Option<String> = whole.text.chars().map(digit_for).collect();
    if let Some(text) = read_as_digits.filter(|_| digits >= 2) {
        out.push(Token { text, kind: Kind::Number, ..whole });
        return;
    }
    split_chunk(folded, from, to, out);
}

fn split_chunk(folded: &[Folded], from: usize, to: usize, out: &mut Vec<Token>) {
    let class = |i: usize| {
        folded.get(i).map_or(2, |item| {
            if item.ch.is_ascii_digit() {
                0
            } else if item.ch.is_alphabetic() || item.ch == '\'' {
                1
            } else {
                2
            }
        })
    };
    let mut i = from;
    while i < to {
        let mut j = i + 1;
        while j < to && class(j) == class(i) && class(i) < 2 {
            j += 1;
        }
        let kind = match class(i) {
            0 => Kind::Number,
            1 => Kind::Word,
            _ => Kind::Punct(folded.get(i).map_or(' ', |item| item.ch)),
        };
        out.push(token(folded, i, j, kind));
        i = j;
    }
}

fn letter_for(ch: char) -> Option<char> {
    Some(match ch {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        '*' => return None,
        other => other,
    })
}

fn digit_for(ch: char) -> Option<char> {
    Some(match ch {
        'o' => '0',
        'l' | 'i' => '1',
        's' => '5',
        'b' => '8',
        digit if digit.is_ascii_digit() => digit,
        _ => return None,
    })
}

fn guess_spanish(tokens: &[Token]) -> bool {
    const SPANISH: &str = " el la los las de del que su sus para por con en es esta usted ud le les lo fue no_ una un caso ya se al si y q mi me no_hay puede gracias hola tiene solicitud carta tarjeta beneficios hemos ha son fecha numero termina pendiente aprobado aprobada cita ella nacio como hay cuando favor mande dia ";
    const ENGLISH: &str = " the of your you is are was were it to and we have has this that for on with i in at not will be my our ur u got can application case please she they did do yes hi thanks there so get approved denied she's her his and ";
    let (mut spanish, mut english) = (0_usize, 0_usize);
    for word in tokens.iter().filter(|t| t.kind == Kind::Word) {
        let padded = format!(" {} ", word.text);
        spanish += usize::from(SPANISH.contains(&padded)) + usize::from(word.acute);
        english += usize::from(ENGLISH.contains(&padded));
    }
    spanish > english
}

fn tags_of(word: &str, acute: bool, spanish: bool) -> Option<Tags> {
    if spanish && acute && word == "si" {
        return Some(lex::YESNO);
    }
    if acute && word == "esta" {
        return Some(lex::BEPRES);
    }
    if word == "'s" {
        return Some(lex::P3POSS);
    }
    let entry = lexicon().get(word)?;
    Some(entry.both.or(if spanish { entry.spanish } else { entry.english }))
}

/// Owners that are no person: "Missouri's programme", "today's hours".
const PUBLIC_OWNERS: &str = "missouri state today tomorrow agency fsd month year program snap medicaid week customer client \
    applicant division everyone someone anybody anyone else person people children women veteran \
    healthnet office department weeks days family";

fn tag(mut tokens: Vec<Token>, spanish: bool) -> Vec<Token> {
    let mut before = String::new();
    if spanish {
        plain_past(&mut tokens);
        yes_or_if(&mut tokens);
    }
    for item in &mut tokens {
        let public = item.text == "'s" && listed(PUBLIC_OWNERS, &before);
        before.clone_from(&item.text);
        if public {
            continue;
        }
        match item.kind {
            Kind::Word => {
                if let Some(tags) = tags_of(&item.text, item.acute, spanish) {
                    item.tags = tags;
                } else if spanish
                    && item.text.len() > 6
                    && (item.text.ends_with("aron") || item.text.ends_with("ieron"))
                {
                    item.tags = lex::ESFORM;
                } else if let Some(mended) = lexicon().typo_of(&item.text) {
                    item.text = mended.to_owned();
                    item.tags = tags_of(mended, false, spanish).unwrap_or_default();
                }
            }
            Kind::Punct(YES_MARK) => item.tags = lex::STATE,
            Kind::Punct(NO_MARK) => item.tags = lex::STATE,
            Kind::Name if item.text == "im-33" => item.tags = lex::NOTICE,
            _ => {}
        }
    }
    tokens
}
