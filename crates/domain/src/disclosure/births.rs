//! Finds dates of birth, and ages, which tell the year (SMS-GEN-4).
//!
//! Owns the words and shapes around a birth. Dates of anything else pass. To add a way of telling an age, add a branch to
//! [`Spot::age`].

use super::clauses::{Sentence, sentences};
use super::lexicon as lex;
use super::tokens::{Kind, Token, listed};
use super::{Finding, FindingKind};

/// All births told in a text.
pub(super) fn find(tokens: &[Token], out: &mut Vec<Finding>) {
    let label = tokens.iter().find(|t| t.is(lex::DOBLABEL) || t.any("nac d-o-b cumpleanos"));
    for sentence in sentences(tokens) {
        let general = sentence.has(lex::GENERIC.or(lex::IF))
            && !sentence.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS))
            || sentence.clauses.iter().any(|c| c.condition);
        if general {
            continue;
        }
        for (i, t) in sentence.tokens.iter().enumerate() {
            let spot = Spot { sentence: &sentence, i, t, label };
            if let Some(end) = spot.birth_end() {
                out.push(Finding { kind: FindingKind::BirthDate, start: t.start, end });
            }
        }
    }
}

/// One token and what stands around it.
struct Spot<'s> {
    sentence: &'s Sentence<'s>,
    i: usize,
    t: &'s Token,
    /// The word that names a birth, anywhere in the text.
    label: Option<&'s Token>,
}

fn numeral(t: &Token) -> bool {
    matches!(t.kind, Kind::Number | Kind::Spoken)
}

impl Spot<'_> {
    fn next(&self, n: usize) -> Option<&Token> {
        self.sentence.tokens.get(self.i + n)
    }

    fn next_is(&self, n: usize, test: impl Fn(&Token) -> bool) -> bool {
        self.next(n).is_some_and(test)
    }

    fn after(&self, count: usize) -> impl Iterator<Item = &Token> {
        self.sentence.tokens.iter().skip(self.i + 1).take(count)
    }

    fn around(&self) -> &[Token] {
        let tokens = self.sentence.tokens;
        tokens.get(self.i.saturating_sub(3)..(self.i + 4).min(tokens.len())).unwrap_or_default()
    }

    /// Where the birth told at this token ends.
    fn birth_end(&self) -> Option<usize> {
        let t = self.t;
        if self.label.is_some() && (self.written() || self.counted()) {
            return Some(self.next(1).filter(|n| n.kind == Kind::Number).map_or(t.end, |n| n.end));
        }
        if t.kind == Kind::Date && old_date(&t.text) {
            return Some(t.end);
        }
        let stated =
            !self.sentence.question && (self.age() || self.in_full() || self.turning() || self.edad());
        stated.then(|| self.next(2).map_or(t.end, |n| n.end))
    }

    /// A date beside a word for birth.
    fn written(&self) -> bool {
        let t = self.t;
        let month = |n: &Token| n.is(lex::MONTH);
        let day = |n: &Token| numeral(n) || n.kind == Kind::Ordinal || ordinal_word(&n.text);
        t.kind == Kind::Date
            || (numeral(t) || t.kind == Kind::Ordinal) && self.around().iter().any(month)
            || month(t) && self.around().iter().any(day)
            || year_of_birth(t)
            || t.kind == Kind::Number && matches!(t.digits().len(), 6 | 8)
    }

    /// Numbers that follow the label one by one ("DOB: 11 05 79").
    fn counted(&self) -> bool {
        let t = self.t;
        let close = self.label.is_some_and(|l| l.start < t.start && t.start < l.end + 40);
        let beside = self.next(1).or_else(|| self.sentence.tokens.get(self.i.wrapping_sub(1)));
        close
            && numeral(t)
            && !self.next_is(1, |n| n.is(lex::UNIT))
            && beside.is_some_and(|n| numeral(n) || n.kind == Kind::Date)
    }

    /// "You are 46", "that makes you 43", "52 years old", "age 44".
    fn age(&self) -> bool {
        let t = self.t;
        let sentence = self.sentence;
        let young = |n: &Token| numeral(n) && n.text.parse::<u32>().is_ok_and(|age| age < 110);
        let ends = |a: &Token| {
            a.kind == Kind::Word && !a.is(lex::UNIT.or(lex::MONEYWORD)) && !a.any("th percent")
                || a.punct().is_some_and(|p| !matches!(p, '/' | '-' | ':' | '%'))
                || a.any("years yrs yo old and")
        };
        let being = t.is(lex::YOU.or(lex::P3))
            && self.next_is(1, |b| b.is(lex::BEPRES.or(lex::BEPAST)) || b.text == "turned");
        let plain = being && self.next_is(2, young) && self.next(3).is_none_or(ends);
        let makes = t.text == "makes" && self.next_is(1, |y| y.is(lex::YOU)) && self.next_is(2, numeral);
        let beyond = t.is(lex::YOU)
            && self.next_is(1, |b| b.is(lex::BEPRES))
            && self.next_is(2, |o| o.any("over under"))
            && self.next_is(3, |n| n.text.parse::<u32>().is_ok_and(|age| (10..110).contains(&age)))
            && self.next(4).is_none_or(|a| !a.is(lex::UNIT));
        let old = numeral(t)
            && self.next_is(1, |n| n.any("years yrs year yr yo"))
            && (self.next_is(2, |n| n.text == "old") || self.next_is(1, |n| n.text == "yo"))
            && sentence.has(lex::YOU.or(lex::P3).or(lex::P3POSS).or(lex::EVIDENCE))
            && !sentence.has(lex::GENERIC.or(lex::LIMIT).or(lex::MUST));
        let named = t.any("age edad")
            && (self.next_is(1, |n| n.punct() == Some(':')) && self.next_is(2, |n| n.kind == Kind::Number)
                || self.after(7).any(|n| numeral(n) && n.text.len() <= 2)
                    && (self.next_is(1, numeral) || sentence.has(lex::BEPRES))
                    && !sentence.has(lex::GENERIC.or(lex::ANY))
                    && sentence.has(lex::YOU.or(lex::YOUR).or(lex::EVIDENCE).or(lex::P3).or(lex::CASE)));
        plain || makes || beyond || old || named
    }

    /// A month with a year that lies too far back for anything else, or the month of "your birthday".
    fn in_full(&self) -> bool {
        if !self.t.is(lex::MONTH) || self.sentence.has(lex::GENERIC) {
            return false;
        }
        let after: Vec<&Token> = self.after(4).collect();
        let year = |n: &&Token| {
            numeral(n) && n.text.len() == 4 && n.text.parse::<u32>().is_ok_and(|y| (1910..=2012).contains(&y))
        };
        let spoken = after.windows(2).any(|w| match w {
            [a, b] => a.kind == Kind::Spoken && a.text == "19" && b.kind == Kind::Spoken && b.text.len() == 2,
            _ => false,
        });
        let told = |b: &Token| b.is(lex::BEPRES.or(lex::SAYS)) || b.any("shows_as shows");
        let month_only = self.label.is_some()
            && self.sentence.has(lex::YOUR.or(lex::P3POSS))
            && self.sentence.tokens.iter().take(self.i).any(told);
        after.iter().any(year) || spoken || month_only
    }

    /// "He turns 19", "cumplio 18".
    fn turning(&self) -> bool {
        let t = self.t;
        let turns = t.is(lex::YOU.or(lex::P3).or(lex::KIN).or(lex::P3POSS))
            && self.after(3).any(|n| n.any("turn turns turned turning cumple cumplio"))
            && self.after(5).any(numeral);
        turns || t.any("cumplio cumple") && self.next_is(1, numeral) && !self.sentence.has(lex::GENERIC)
    }

    /// "Tiene 43 años", "aparece con 46 años".
    fn edad(&self) -> bool {
        let t = self.t;
        let has = t.text == "tiene"
            && self.next_is(1, numeral)
            && self.next_is(2, |a| a.any("anos segun no") || a.punct() == Some(','));
        let kept = numeral(t)
            && self.next_is(1, |n| n.text == "anos")
            && self.sentence.has(lex::EVIDENCE)
            && !self.sentence.has(lex::GENERIC.or(lex::ANY));
        has || kept
    }
}

fn year_of_birth(t: &Token) -> bool {
    matches!(t.kind, Kind::Number | Kind::Spoken)
        && t.text.parse::<u32>().is_ok_and(|year| (1910..=2030).contains(&year))
}

/// A full date that lies too far back to be anything but a birth.
fn old_date(text: &str) -> bool {
    text.split(['-', '/', '.']).map(str::trim).enumerate().any(|(i, p)| {
        p.parse::<u32>().is_ok_and(|year| {
            p.len() == 4 && (1910..=2012).contains(&year) || i == 2 && (31..=99).contains(&year)
        })
    })
}

fn ordinal_word(word: &str) -> bool {
    const ORDINALS: &str = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth \
        thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth primero";
    listed(ORDINALS, word)
}
