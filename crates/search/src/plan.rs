//! Turning a question into what has to be looked for.
//!
//! Owns what each word of a question may stand for: itself and its endings, a number in another writing, a
//! misspelling, the agency's other ways to say it, its meaning in English. It decides what is required and how much
//! a way of saying it weighs; `evaluate.rs` finds and ranks. A new way of widening a question is one more step in
//! [`Planner::plain`].

use std::ops::Range;

use crate::lexicon::{Lexicon, Nearness};
use crate::numbers::{self, Gap, LONGEST_NUMBER, Piece};
use crate::parse::{Parsed, Part, parse};
use crate::types::Audience;
use crate::vocabulary::{Correction, Vocabulary};
use crate::words::{fold, is_common, is_filler, is_spanish_filler, words};

/// Things looked for in one question; later words of a longer one are passed over.
pub(crate) const MOST_CONCEPTS: usize = 32;
/// Ways of saying one thing.
const MOST_WAYS: usize = 64;

/// Something to find in a passage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Matcher {
    Word(String),
    Code(String),
    Phrase(Vec<Slot>),
}

/// A place in a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    /// Places after the first word.
    pub(crate) offset: u32,
    /// Any of these may stand there.
    pub(crate) words: Vec<String>,
}

/// One thing asked for, with every way of saying it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Concept {
    pub(crate) ways: Vec<(Matcher, f32)>,
    /// Passages without it are not answers to the whole question.
    pub(crate) required: bool,
    /// Passages without it are no answers at all.
    pub(crate) strict: bool,
    pub(crate) boost: f32,
    /// Names a memo or a form by its number.
    pub(crate) code: bool,
}

impl Concept {
    fn required() -> Self {
        Concept { required: true, boost: 1.0, ..Concept::default() }
    }

    fn add(&mut self, matcher: Matcher, weight: f32) {
        if let Some(known) = self.ways.iter_mut().find(|(other, _)| *other == matcher) {
            known.1 = known.1.max(weight);
        } else if self.ways.len() < MOST_WAYS {
            self.ways.push((matcher, weight));
        }
    }
}

/// What has to be looked for.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) concepts: Vec<Concept>,
    pub(crate) without: Vec<Matcher>,
    /// A kind that the question itself speaks of, beside a number.
    pub(crate) kind: Option<&'static str>,
    pub(crate) corrected: Option<String>,
    /// The question is in Spanish.
    pub(crate) spanish: bool,
}

/// A content word of the question.
#[derive(Clone, Debug)]
struct Term {
    /// As corrected, if it was.
    text: String,
    /// Further words it may have been.
    otherwise: Vec<(String, f32)>,
    filler: bool,
    typing: bool,
    /// A correction that is as likely wrong.
    guess: bool,
    place: u32,
}

pub(crate) struct Planner<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) audience: Audience,
    /// Whether the reader asks for Spanish pages alone, or for English ones alone.
    pub(crate) spanish: Option<bool>,
}

impl Planner<'_> {
    /// The plan for a question.
    pub(crate) fn plan(&self, text: &str) -> Plan {
        let spanish = self.spanish.or_else(|| self.tells_spanish(text));
        Planner { spanish, ..*self }.plan_in(text)
    }

    /// The language of a question, by the words in it that only one of them has.
    fn tells_spanish(&self, text: &str) -> Option<bool> {
        let all = words(text);
        if all.iter().any(|word| is_spanish_filler(&word.text) || self.lexicon.is_spanish(&word.text)) {
            return Some(true);
        }
        let told = all.iter().filter_map(|word| self.vocabulary.tells_spanish(&word.text, self.audience));
        let (spanish, english): (Vec<bool>, Vec<bool>) = told.partition(|spanish| *spanish);
        (spanish.len() != english.len()).then_some(spanish.len() > english.len())
    }

    fn plan_in(&self, text: &str) -> Plan {
        let Parsed { parts, typing } = parse(text);
        let mut plan = Plan::default();
        let mut fixes: Vec<(Range<usize>, String)> = Vec::new();
        let mut either = false;
        let last = parts.len().saturating_sub(1);
        for (at, part) in parts.iter().enumerate() {
            let before = plan.concepts.len();
            match part {
                Part::Plain(range) => {
                    let plain = text.get(range.clone()).unwrap_or_default();
                    let from = fixes.len();
                    self.plain(plain, typing && at == last, &mut plan, &mut fixes);
                    for (fixed, _) in fixes.iter_mut().skip(from) {
                        *fixed = fixed.start + range.start..fixed.end + range.start;
                    }
                }
                Part::Phrase(range) => self.phrase(text.get(range.clone()).unwrap_or_default(), &mut plan),
                Part::Without(range) => {
                    if let Some(matcher) = self.literal(text.get(range.clone()).unwrap_or_default()) {
                        plan.without.push(matcher);
                    }
                    continue;
                }
                Part::Or => {
                    either = true;
                    continue;
                }
            }
            if std::mem::take(&mut either) {
                merge(&mut plan.concepts, before);
            }
        }
        plan.concepts.truncate(MOST_CONCEPTS);
        if plan.concepts.iter().all(|concept| !concept.required) {
            for concept in &mut plan.concepts {
                concept.required = true;
            }
        }
        plan.spanish = words(text)
            .iter()
            .any(|word| is_spanish_filler(&word.text) || self.lexicon.is_spanish(&word.text));
        plan.corrected = correct(text, &fixes);
        plan
    }

    /// A phrase or word exactly as it stands.
    fn literal(&self, text: &str) -> Option<Matcher> {
        let pieces = numbers::pieces(text);
        let code = numbers::join(&pieces);
        if pieces.iter().any(Piece::has_digit) && self.vocabulary.has_code(&code, self.audience) {
            return Some(Matcher::Code(code));
        }
        let mut slots: Vec<Slot> = Vec::new();
        for (place, word) in (0u32..).zip(words(text)) {
            if !is_common(&word.text) {
                slots.push(Slot { offset: place, words: vec![word.text] });
            }
        }
        phrase_of(slots)
    }

    fn phrase(&self, text: &str, plan: &mut Plan) {
        let Some(matcher) = self.literal(text) else { return };
        plan.concepts.push(Concept {
            ways: vec![(matcher, 1.0)],
            required: true,
            strict: true,
            boost: 1.5,
            code: false,
        });
    }

    /// Words and numbers without marks.
    fn plain(&self, text: &str, typing: bool, plan: &mut Plan, fixes: &mut Vec<(Range<usize>, String)>) {
        let pieces = numbers::pieces(text);
        let mut taken = vec![false; pieces.len()];
        let mut found: Vec<(usize, Concept)> = Vec::new();
        self.specials(&pieces, &mut taken, &mut found);
        self.codes(&pieces, typing, &mut taken, &mut found);
        self.misspelt_codes(&pieces, &mut taken, &mut found, fixes);
        let has_code = found.iter().any(|(_, concept)| concept.code);
        if has_code {
            plan.kind = plan.kind.or_else(|| self.named_kind(&pieces, &mut taken));
        }
        if plan.kind == Some("memo") {
            self.memo_numbers(&mut found);
        }
        for row in rows(&pieces, &taken) {
            let terms = self.terms(&pieces, row, typing, fixes);
            self.terms_to_concepts(&terms, &mut found);
        }
        let only_filler = found.iter().all(|(_, concept)| !concept.required);
        found.sort_by_key(|(place, _)| *place);
        let alone = only_filler && plan.concepts.is_empty();
        plan.concepts.extend(found.into_iter().map(|(_, mut concept)| {
            concept.required |= alone;
            concept
        }));
    }

    /// Times, dates and sections that some passage has.
    fn specials(&self, pieces: &[Piece], taken: &mut [bool], found: &mut Vec<(usize, Concept)>) {
        let mut last: Option<Range<usize>> = None;
        for special in numbers::specials(pieces) {
            if !self.vocabulary.has_code(&special.code, self.audience) {
                continue;
            }
            if last.as_ref() == Some(&special.pieces) {
                if let Some((_, concept)) = found.last_mut() {
                    concept.add(Matcher::Code(special.code), 0.4);
                }
                continue;
            }
            let mut concept = Concept::required();
            concept.add(Matcher::Code(special.code), 1.0);
            taken
                .iter_mut()
                .take(special.pieces.end)
                .skip(special.pieces.start)
                .for_each(|taken| *taken = true);
            found.push((special.pieces.start, concept));
            last = Some(special.pieces);
        }
    }

    /// Numbers and form names that some passage has, the longest first; then those that some begin with.
    fn codes(&self, pieces: &[Piece], typing: bool, taken: &mut [bool], found: &mut Vec<(usize, Concept)>) {
        for exact in [true, false] {
            for length in (1..=LONGEST_NUMBER.min(pieces.len())).rev() {
                for start in 0..=pieces.len() - length {
                    let range = start..start + length;
                    let at_end = typing && range.end == pieces.len();
                    if let Some(code) = self.free_code(pieces, taken, range.clone())
                        && let Some(concept) = self.code(&code, pieces, range.clone(), at_end, exact)
                    {
                        taken.iter_mut().take(range.end).skip(range.start).for_each(|taken| *taken = true);
                        found.push((start, concept));
                    }
                }
            }
        }
    }

    /// The pieces put together, if they are free, hold a digit, and stand together.
    #[expect(clippy::unused_self, reason = "reads beside the other steps")]
    fn free_code(&self, pieces: &[Piece], taken: &[bool], range: Range<usize>) -> Option<String> {
        let window = pieces.get(range.clone())?;
        if taken.get(range)?.contains(&true)
            || !window.iter().any(Piece::has_digit)
            || window.iter().skip(1).any(|piece| piece.gap == Gap::Apart)
        {
            return None;
        }
        Some(numbers::join(window))
    }

    fn code(
        &self,
        code: &str,
        pieces: &[Piece],
        range: Range<usize>,
        at_end: bool,
        exact: bool,
    ) -> Option<Concept> {
        let mut concept = Concept { code: true, ..Concept::required() };
        let zeros = format!("0{code}");
        let spelling =
            [code, zeros.as_str()].into_iter().find(|code| self.vocabulary.has_code(code, self.audience));
        let digits = code.bytes().filter(u8::is_ascii_digit).count();
        if exact {
            concept.add(Matcher::Code(spelling?.to_owned()), 1.0);
            concept.boost = if code.len() > 2 { 1.3 } else { 1.0 };
            // A plain number is also a word ("3 minutes"), and may have been meant as one.
            if range.len() == 1 && code.len() == digits {
                concept.add(Matcher::Word(code.to_owned()), 0.8);
                let named = |piece: &Piece| {
                    matches!(piece.text.as_str(), "memo" | "memorandum" | "form" | "memorando")
                };
                let before = range.start.checked_sub(1).and_then(|at| pieces.get(at));
                concept.code = pieces.len() == 1
                    || before.is_some_and(named)
                    || pieces.get(range.end).is_some_and(named);
            }
        }
        if (exact && at_end && code.len() > 2)
            || (!exact && (at_end || digits >= 4 || code.len() > digits + 1))
        {
            let weight = if exact { 0.3 } else { 0.9 };
            for (longer, _) in self.vocabulary.code_completions(code, self.audience) {
                concept.add(Matcher::Code(longer.to_owned()), weight);
            }
        }
        (!concept.ways.is_empty()).then_some(concept)
    }

    /// Codes that differ by one character from one that some passage has.
    fn misspelt_codes(
        &self,
        pieces: &[Piece],
        taken: &mut [bool],
        found: &mut Vec<(usize, Concept)>,
        fixes: &mut Vec<(Range<usize>, String)>,
    ) {
        for length in (1..=LONGEST_NUMBER.min(pieces.len())).rev() {
            for start in 0..=pieces.len() - length {
                let range = start..start + length;
                let Some(code) = self.free_code(pieces, taken, range.clone()) else { continue };
                let near = self.vocabulary.code_corrections(&code, self.audience);
                let Some(best) = near.first() else { continue };
                let mut concept = Concept { code: true, ..Concept::required() };
                for known in &near {
                    concept.add(Matcher::Code((*known).to_owned()), 0.7);
                }
                if let (Some(from), Some(to)) = (pieces.get(start), pieces.get(range.end - 1)) {
                    fixes.push((from.range.start..to.range.end, (*best).to_owned()));
                }
                taken.iter_mut().take(range.end).skip(range.start).for_each(|taken| *taken = true);
                found.push((start, concept));
            }
        }
    }

    /// "memo 33" and "form 33" are different things; the word says which, and need not stand in the passage.
    #[expect(clippy::unused_self, reason = "reads beside the other steps")]
    fn named_kind(&self, pieces: &[Piece], taken: &mut [bool]) -> Option<&'static str> {
        for (piece, taken) in pieces.iter().zip(taken) {
            let kind = match piece.text.as_str() {
                "memo" | "memos" | "memorandum" | "memoranda" | "memorando" => "memo",
                "form" | "forms" | "formulario" | "formularios" | "notice" => "form",
                _ => continue,
            };
            *taken = kind == "memo";
            return Some(kind);
        }
        None
    }

    /// "memo 9" is IM-09.
    fn memo_numbers(&self, found: &mut [(usize, Concept)]) {
        for (_, concept) in found.iter_mut().filter(|(_, concept)| concept.code) {
            let number = concept.ways.iter().find_map(|(matcher, _)| match matcher {
                Matcher::Code(code) if code.bytes().all(|b| b.is_ascii_digit()) => Some(code.clone()),
                _ => None,
            });
            let Some(number) = number else { continue };
            let names = [format!("im{number}"), format!("im0{number}")];
            let known: Vec<_> =
                names.into_iter().filter(|name| self.vocabulary.has_code(name, self.audience)).collect();
            if !known.is_empty() {
                concept.ways.clear();
                known.into_iter().for_each(|name| concept.add(Matcher::Code(name), 1.0));
            }
        }
    }

    /// The words of a row, corrected where they are not known.
    fn terms(
        &self,
        pieces: &[Piece],
        row: Range<usize>,
        typing: bool,
        fixes: &mut Vec<(Range<usize>, String)>,
    ) -> Vec<Term> {
        let mut terms = Vec::new();
        for place in row {
            let Some(piece) = pieces.get(place) else { continue };
            let typing = typing && place + 1 == pieces.len();
            if is_common(&piece.text) && !typing {
                continue;
            }
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            for mut term in self.spelled(piece, typing, fixes) {
                term.place = place;
                terms.push(term);
            }
        }
        terms
    }

    /// The word itself; or what it was probably meant to be.
    fn spelled(&self, piece: &Piece, typing: bool, fixes: &mut Vec<(Range<usize>, String)>) -> Vec<Term> {
        let filler = is_filler(&piece.text);
        let mut term =
            Term { text: piece.text.clone(), otherwise: Vec::new(), filler, typing, guess: false, place: 0 };
        let word = &piece.text;
        let known: u32 = self.vocabulary.family(word, self.audience).iter().map(|(_, count)| count).sum();
        if filler || piece.has_digit() || self.knows(word) {
            return vec![term];
        }
        if known > 2 {
            // Only its relatives are known: they may be relatives of the wrong word.
            if self.vocabulary.count(word, self.audience) == 0 && word.len() > 5 {
                let corrections = self.corrections(word, false);
                term.otherwise = corrections.into_iter().take(1).map(|other| (other.word, 0.6)).collect();
            }
            return vec![term];
        }
        if known == 0 && typing && !self.vocabulary.completions(word, self.audience).is_empty() {
            return vec![term];
        }
        if known == 0
            && typing
            && word.len() > 3
            && let Some(whole) = self.lexicon.known().filter(|known| known.starts_with(word.as_str())).min()
        {
            term.otherwise.push((whole.to_owned(), 0.9));
            return vec![term];
        }
        if known == 0
            && let Some((first, second)) = self.split(word)
        {
            fixes.push((piece.range.clone(), format!("{first} {second}")));
            return [first, second]
                .map(|text| Term {
                    text,
                    otherwise: Vec::new(),
                    filler: false,
                    typing: false,
                    guess: false,
                    place: 0,
                })
                .into();
        }
        let corrections = self.corrections(word, typing);
        if known > 0 {
            // The word exists but is rare: what it may have been meant for comes second.
            let often = |word: &str| self.vocabulary.count(word, self.audience) >= 20 * known;
            term.otherwise =
                corrections.into_iter().filter(|c| often(&c.word)).take(1).map(|c| (c.word, 0.3)).collect();
            return vec![term];
        }
        let mut corrections = corrections.into_iter();
        if let Some(best) = corrections.next() {
            fixes.push((piece.range.clone(), best.word.clone()));
            term.otherwise = corrections
                .filter(|other| other.weight > 0.6 * best.weight)
                .map(|other| (other.word, 0.5 * other.weight / best.weight))
                .collect();
            term.text = best.word;
            term.filler = is_filler(&term.text);
            term.typing = false;
            // A short word has so many neighbours that the guess must not decide what is found.
            term.guess = word.chars().count() <= 4 && term.text.len() == word.len();
        }
        vec![term]
    }

    fn knows(&self, word: &str) -> bool {
        self.lexicon.knows(word) || !self.lexicon.ways(&[word]).is_empty()
    }

    /// Two known words written as one.
    fn split(&self, word: &str) -> Option<(String, String)> {
        let known = |part: &str| {
            let count = self.vocabulary.count(part, self.audience);
            if count == 0 && self.lexicon.knows(part) { 1 } else { count }
        };
        word.char_indices()
            .map(|(at, _)| word.split_at(at))
            .filter(|(first, second)| {
                first.len() >= 3 && second.len() >= 3 || matches!(*second, "up" | "in" | "on")
            })
            .filter(|(first, second)| !is_common(first) && !is_common(second))
            .map(|(first, second)| (known(first).min(known(second)), first, second))
            .filter(|(count, _, _)| *count > 0)
            .max_by_key(|(count, _, _)| *count)
            .map(|(_, first, second)| (first.to_owned(), second.to_owned()))
    }

    /// What a word may have been meant for.
    fn corrections(&self, word: &str, beginning: bool) -> Vec<Correction> {
        let more = self.lexicon.known().map(|known| (known, self.lexicon.is_spanish(known)));
        self.vocabulary.corrections(word, beginning, (self.audience, self.spanish), more)
    }

    /// Groups the words by the agency's entries, and gives each its ways.
    fn terms_to_concepts(&self, terms: &[Term], found: &mut Vec<(usize, Concept)>) {
        let mut at = 0;
        while let Some(term) = terms.get(at) {
            let place = usize::try_from(term.place).unwrap_or(usize::MAX);
            let (length, concept) = self.entry(terms, at).unwrap_or_else(|| (1, self.word(term)));
            if length > 1 {
                for part in terms.iter().skip(at).take(length).filter(|part| !part.filler) {
                    let mut part = self.word(part);
                    part.required = false;
                    part.boost = 0.3;
                    found.push((place, part));
                }
            }
            found.push((place, concept));
            at += length;
        }
    }

    /// The longest entry of several words that starts here.
    fn entry(&self, terms: &[Term], at: usize) -> Option<(usize, Concept)> {
        for length in (2..=self.lexicon.longest()).rev() {
            let Some(row) = terms.get(at..at + length) else { continue };
            let texts: Vec<&str> = row.iter().map(|term| term.text.as_str()).collect();
            let ways = self.lexicon.ways(&texts);
            if ways.is_empty() {
                continue;
            }
            let mut concept = Concept::required();
            let first = row.first().map_or(0, |term| term.place);
            let slots = row
                .iter()
                .map(|term| Slot { offset: term.place - first, words: self.family(&term.text) })
                .collect();
            if let Some(matcher) = phrase_of(slots) {
                concept.add(matcher, 1.0);
            }
            for way in ways {
                self.add_way(&mut concept, &way.words, way.nearness, 1.0);
            }
            return Some((length, concept));
        }
        None
    }

    /// A single word with everything it may stand for.
    fn word(&self, term: &Term) -> Concept {
        let mut concept = Concept::required();
        concept.required = !term.filler;
        if term.filler {
            concept.boost = 0.1;
        } else if term.guess {
            concept.required = false;
            concept.boost = 0.5;
        }
        self.add_family(&mut concept, &term.text, 1.0);
        let exact = !concept.ways.is_empty();
        for (other, weight) in &term.otherwise {
            self.add_family(&mut concept, other, *weight);
            for way in self.lexicon.ways(&[other]) {
                self.add_way(&mut concept, &way.words, way.nearness, *weight);
            }
        }
        if !term.filler {
            for way in self.lexicon.ways(&[&term.text]) {
                let known = if exact && way.nearness == Nearness::Meaning { 0.6 } else { 1.0 };
                self.add_way(&mut concept, &way.words, way.nearness, known);
            }
        }
        if term.typing {
            let weight = if exact || !concept.ways.is_empty() { 0.15 } else { 0.9 };
            for (longer, _) in self.vocabulary.completions(&term.text, self.audience) {
                concept.add(Matcher::Word(longer.to_owned()), weight);
            }
        }
        if !exact {
            // Nothing is found by it, but a text from elsewhere may be marked.
            concept.add(Matcher::Word(term.text.clone()), 1.0);
        }
        concept
    }

    fn family(&self, word: &str) -> Vec<String> {
        let mut words: Vec<String> = self
            .vocabulary
            .family(word, self.audience)
            .into_iter()
            .take(6)
            .map(|(word, _)| word.to_owned())
            .collect();
        if words.is_empty() {
            words.push(word.to_owned());
        }
        words
    }

    fn add_family(&self, concept: &mut Concept, word: &str, weight: f32) {
        for (other, _) in self.vocabulary.family(word, self.audience).into_iter().take(12) {
            let weight = if other == word { weight } else { 0.85 * weight };
            concept.add(Matcher::Word(other.to_owned()), weight);
        }
    }

    fn add_way(&self, concept: &mut Concept, way: &[String], nearness: Nearness, weight: f32) {
        let weight = weight
            * match nearness {
                Nearness::Same => 0.8,
                Nearness::Meaning => 0.9,
                Nearness::Also => 0.45,
            };
        if let [word] = way {
            self.add_family(concept, word, weight);
            if word.bytes().any(|b| b.is_ascii_digit()) && self.vocabulary.has_code(word, self.audience) {
                concept.add(Matcher::Code(word.clone()), weight);
            }
            return;
        }
        // An entry such as "IM-31A" is a name and a number.
        let code: String = way.concat();
        if code.bytes().any(|b| b.is_ascii_digit()) && self.vocabulary.has_code(&code, self.audience) {
            concept.add(Matcher::Code(code), weight);
        }
        let slots =
            (0u32..).zip(way).map(|(offset, word)| Slot { offset, words: self.family(word) }).collect();
        if let Some(matcher) = phrase_of(slots) {
            concept.add(matcher, weight);
        }
    }
}

fn phrase_of(mut slots: Vec<Slot>) -> Option<Matcher> {
    let first = slots.first()?.offset;
    for slot in &mut slots {
        slot.offset -= first;
    }
    if slots.len() == 1 {
        return slots.pop().and_then(|mut slot| slot.words.pop()).map(Matcher::Word);
    }
    Some(Matcher::Phrase(slots))
}

/// Rows of pieces that no number has taken.
fn rows(pieces: &[Piece], taken: &[bool]) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for place in (0..pieces.len()).filter(|place| taken.get(*place) == Some(&false)) {
        match rows.last_mut() {
            Some(row) if row.end == place => row.end += 1,
            _ => rows.push(place..place + 1),
        }
    }
    rows
}

/// Makes the concept before `boundary` and the one after it ways of the same thing.
fn merge(concepts: &mut Vec<Concept>, boundary: usize) {
    if boundary == 0 || boundary >= concepts.len() {
        return;
    }
    let after = concepts.remove(boundary);
    if let Some(before) = concepts.get_mut(boundary - 1) {
        before.required |= after.required;
        before.strict &= after.strict;
        for (matcher, weight) in after.ways {
            before.add(matcher, weight);
        }
    }
}

/// The question with the corrected words put in.
fn correct(text: &str, fixes: &[(Range<usize>, String)]) -> Option<String> {
    if fixes.is_empty() {
        return None;
    }
    let mut fixes: Vec<_> = fixes.to_vec();
    fixes.sort_by_key(|(range, _)| range.start);
    let mut corrected = String::new();
    let mut at = 0;
    for (range, word) in fixes {
        if range.start < at {
            continue;
        }
        corrected.push_str(text.get(at..range.start)?);
        corrected.push_str(&word);
        at = range.end;
    }
    corrected.push_str(text.get(at..)?);
    (fold(&corrected) != fold(text)).then_some(corrected)
}
