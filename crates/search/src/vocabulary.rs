//! All words and codes of the index, in memory.
//!
//! Owns widening a word of a question to the words it may stand for: the same stem, a beginning, a misspelling. It
//! counts per audience, so that nothing a reader may not see is ever completed, suggested or weighed. It does not
//! rank passages.

use std::collections::HashMap;
use std::sync::Arc;

use crate::stems;
use crate::types::Audience;

/// Completions of one beginning; the most frequent are taken.
const MOST_COMPLETIONS: usize = 48;
/// Corrections of one word.
const MOST_CORRECTIONS: usize = 4;

/// A word as a segment knows it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) text: Box<str>,
    english: Box<str>,
    /// Only of words that Spanish passages use.
    spanish: Option<Box<str>>,
    /// Whether passages in English use it.
    in_english: bool,
}

impl Known {
    pub(crate) fn new(text: &str, in_spanish: bool, in_english: bool) -> Self {
        Known {
            text: text.into(),
            english: stems::english(text).into(),
            spanish: in_spanish.then(|| stems::spanish(text).into()),
            in_english,
        }
    }

    fn is_foreign(&self, spanish: Option<bool>) -> bool {
        spanish.is_some_and(|spanish| if spanish { self.spanish.is_none() } else { !self.in_english })
    }
}

/// Passages with a word, by the lowest level that sees them; index 0 public, 1 also staff, 2 everyone.
pub(crate) type Counts = [u32; 3];

/// The words of one segment, in order.
#[derive(Debug, Default)]
pub(crate) struct SegmentWords {
    pub(crate) words: Vec<(Arc<Known>, Counts)>,
    pub(crate) codes: Vec<(Arc<str>, Counts)>,
}

/// The words of all segments.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: Vec<(Arc<Known>, Counts)>,
    shapes: Vec<Shape>,
    english: HashMap<Box<str>, Vec<u32>>,
    spanish: HashMap<Box<str>, Vec<u32>>,
    codes: Vec<(Arc<str>, Counts)>,
}

/// What can be compared quickly before letters are: which letters, and how many.
#[derive(Clone, Copy, Debug)]
struct Shape {
    letters: u32,
    length: u8,
}

fn shape(word: &str) -> Shape {
    let letters = word.bytes().fold(0u32, |set, byte| {
        set | match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            b'0'..=b'9' => 1 << (26 + byte % 5),
            _ => 1 << 31,
        }
    });
    Shape { letters, length: u8::try_from(word.chars().count()).unwrap_or(u8::MAX) }
}

/// A word that may have been meant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Correction {
    pub(crate) word: String,
    /// 0 to 1; nearer and more frequent words have more.
    pub(crate) weight: f32,
}

impl Vocabulary {
    pub(crate) fn new<'a>(segments: impl Iterator<Item = &'a SegmentWords>) -> Self {
        let mut words: Vec<(Arc<Known>, Counts)> = Vec::new();
        let mut codes: Vec<(Arc<str>, Counts)> = Vec::new();
        for segment in segments {
            words.extend(segment.words.iter().cloned());
            codes.extend(segment.codes.iter().cloned());
        }
        words.sort_by(|a, b| {
            a.0.text.cmp(&b.0.text).then_with(|| b.0.spanish.is_some().cmp(&a.0.spanish.is_some()))
        });
        words.dedup_by(|later, kept| {
            let same = later.0.text == kept.0.text;
            if same {
                add(&mut kept.1, later.1);
                if later.0.in_english && !kept.0.in_english {
                    kept.0 = Arc::new(Known::new(&kept.0.text, kept.0.spanish.is_some(), true));
                }
            }
            same
        });
        codes.sort_by(|a, b| a.0.cmp(&b.0));
        codes.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                add(&mut kept.1, later.1);
            }
            same
        });
        let shapes = words.iter().map(|(known, _)| shape(&known.text)).collect();
        let mut english: HashMap<Box<str>, Vec<u32>> = HashMap::with_capacity(words.len());
        let mut spanish: HashMap<Box<str>, Vec<u32>> = HashMap::new();
        for (at, (known, _)) in (0u32..).zip(&words) {
            english.entry(known.english.clone()).or_default().push(at);
            if let Some(stem) = &known.spanish {
                spanish.entry(stem.clone()).or_default().push(at);
            }
        }
        Vocabulary { words, shapes, english, spanish, codes }
    }

    fn at(&self, index: u32) -> Option<(&str, &Counts)> {
        self.words.get(usize::try_from(index).ok()?).map(|(known, counts)| (&*known.text, counts))
    }

    /// Passages that hold exactly this word and that the audience may see.
    pub(crate) fn count(&self, word: &str, audience: Audience) -> u32 {
        self.words
            .binary_search_by(|(known, _)| known.text.as_ref().cmp(word))
            .ok()
            .and_then(|at| self.words.get(at))
            .map_or(0, |(_, counts)| visible(counts, audience))
    }

    /// Whether this word says in which language somebody asks: only passages of one use it.
    pub(crate) fn tells_spanish(&self, word: &str, audience: Audience) -> Option<bool> {
        let at = self.words.binary_search_by(|(known, _)| known.text.as_ref().cmp(word)).ok()?;
        let (known, counts) = self.words.get(at)?;
        let seen = visible(counts, audience) > 0 && known.spanish.is_some() != known.in_english;
        seen.then_some(known.spanish.is_some())
    }

    /// The words that share a stem with this one, this one first, each with its count.
    pub(crate) fn family(&self, word: &str, audience: Audience) -> Vec<(&str, u32)> {
        let mut found: Vec<(&str, u32)> = Vec::new();
        let english = self.english.get(stems::english(word).as_str());
        let spanish = self.spanish.get(stems::spanish(word).as_str());
        for &index in english.into_iter().flatten().chain(spanish.into_iter().flatten()) {
            if let Some((text, counts)) = self.at(index)
                && visible(counts, audience) > 0
                && !found.iter().any(|(other, _)| *other == text)
            {
                found.push((text, visible(counts, audience)));
            }
        }
        found.sort_by_key(|(text, count)| (*text != word, std::cmp::Reverse(*count)));
        found
    }

    /// The most frequent words that begin with this, without the word itself.
    pub(crate) fn completions(&self, start: &str, audience: Audience) -> Vec<(&str, u32)> {
        let from = self.words.partition_point(|(known, _)| known.text.as_ref() < start);
        let mut found: Vec<(&str, u32)> = self
            .words
            .iter()
            .skip(from)
            .take_while(|(known, _)| known.text.starts_with(start))
            .filter(|(known, _)| known.text.len() > start.len())
            .map(|(known, counts)| (&*known.text, visible(counts, audience)))
            .filter(|(_, count)| *count > 0)
            .collect();
        keep_most_frequent(&mut found);
        found
    }

    pub(crate) fn has_code(&self, code: &str, audience: Audience) -> bool {
        self.code_count(code, audience) > 0
    }

    pub(crate) fn code_count(&self, code: &str, audience: Audience) -> u32 {
        self.codes
            .binary_search_by(|(known, _)| known.as_ref().cmp(code))
            .ok()
            .and_then(|at| self.codes.get(at))
            .map_or(0, |(_, counts)| visible(counts, audience))
    }

    /// The codes that begin with this, without the code itself.
    pub(crate) fn code_completions(&self, start: &str, audience: Audience) -> Vec<(&str, u32)> {
        let from = self.codes.partition_point(|(known, _)| known.as_ref() < start);
        let mut found: Vec<(&str, u32)> = self
            .codes
            .iter()
            .skip(from)
            .take_while(|(known, _)| known.starts_with(start))
            .filter(|(known, _)| known.len() > start.len())
            .map(|(known, counts)| (&**known, visible(counts, audience)))
            .filter(|(_, count)| *count > 0)
            .collect();
        keep_most_frequent(&mut found);
        found
    }

    /// Codes of at least five characters that differ by one.
    pub(crate) fn code_corrections(&self, code: &str, audience: Audience) -> Vec<&str> {
        let length = code.chars().count();
        if length < 5 {
            return Vec::new();
        }
        let mut found: Vec<&str> = self
            .codes
            .iter()
            .filter(|(known, counts)| {
                known.len().abs_diff(length) <= 1
                    && visible(counts, audience) > 0
                    && distance(code, known, 1) == Some(1)
            })
            .map(|(known, _)| &**known)
            .collect();
        found.sort_by_key(|known| known.len().abs_diff(length));
        found.truncate(3);
        found
    }

    /// The words that may have been meant, the likeliest first. `more` are words known from elsewhere; with
    /// `beginning`, the word may be the misspelt beginning of a longer one. Words of the language that is asked in come
    /// before those of the other.
    pub(crate) fn corrections<'a>(
        &'a self,
        word: &str,
        beginning: bool,
        (audience, spanish): (Audience, Option<bool>),
        more: impl Iterator<Item = (&'a str, bool)>,
    ) -> Vec<Correction> {
        let length = word.chars().count();
        let reach = match length {
            0..=2 => return Vec::new(),
            3..=7 => 1,
            _ => 2,
        };
        let sought = shape(word);
        let near = self.words.iter().zip(&self.shapes).filter_map(|((known, counts), shape)| {
            let count = visible(counts, audience);
            (count > 0).then_some(())?;
            let near = candidate(word, sought, &known.text, *shape, reach, beginning)?;
            let sound = known.spanish.is_some();
            Some((&*known.text, near, (count, known.is_foreign(spanish), sound)))
        });
        let more = more.filter_map(|(known, is_spanish)| {
            let near = candidate(word, sought, known, shape(known), reach, beginning)?;
            Some((known, near, (6, spanish.is_some_and(|spanish| spanish != is_spanish), is_spanish)))
        });
        let mut found: Vec<Correction> = near
            .chain(more)
            .filter(|(known, _, _)| plausible(known, word, length))
            .map(|(known, near, of)| Correction {
                word: known.to_owned(),
                weight: likelihood(known, word, near, of),
            })
            .collect();
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.cmp(&b.word)));
        found.dedup_by(|a, b| a.word == b.word);
        found.truncate(MOST_CORRECTIONS);
        found
    }
}

fn add(to: &mut Counts, more: Counts) {
    for (to, more) in to.iter_mut().zip(more) {
        *to += more;
    }
}

fn visible(counts: &Counts, audience: Audience) -> u32 {
    counts.get(audience.level()).copied().unwrap_or(0)
}

fn keep_most_frequent(found: &mut Vec<(&str, u32)>) {
    if found.len() > MOST_COMPLETIONS {
        found.select_nth_unstable_by_key(MOST_COMPLETIONS, |(_, count)| std::cmp::Reverse(*count));
        found.truncate(MOST_COMPLETIONS);
    }
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
}

/// Short words have many neighbours, so what may have happened to them is narrower: a letter left out or two
/// exchanged, not another letter; and the first letter of a word of up to five is right, or exchanged.
fn plausible(known: &str, word: &str, length: usize) -> bool {
    let same_letters = shape(known).letters == shape(word).letters;
    match length {
        0..=3 => same_start(known, word) && (known.len() > word.len() || same_letters),
        4..=5 => same_start(known, word) || same_letters,
        _ => true,
    }
}

fn same_start(a: &str, b: &str) -> bool {
    a.bytes().next() == b.bytes().next()
}

/// How a word differs from what was typed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Near {
    edits: usize,
    /// Only its beginning is like what was typed.
    beginning: bool,
}

/// A word as it sounds in Spanish, as far as letters are confused by ear.
fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    for (at, letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied().unwrap_or_default();
        match letter {
            'h' => {}
            'z' => out.push('s'),
            'c' if matches!(next, 'e' | 'i') => out.push('s'),
            'v' => out.push('b'),
            'l' if next == 'l' => out.push('y'),
            'l' if at > 0 && letters.get(at - 1) == Some(&'l') => {}
            letter => out.push(*letter),
        }
    }
    out
}

/// A typist rarely errs in the first letter, and rather once than twice; who writes by ear errs in letters that sound alike.
fn likelihood(
    known: &str,
    word: &str,
    Near { edits, beginning }: Near,
    (count, foreign, by_ear): (u32, bool, bool),
) -> f32 {
    let heard = if by_ear && !beginning { distance(&sound(word), &sound(known), edits) } else { None };
    let near = match (edits, heard) {
        (0 | 1, _) => 1.0,
        (_, Some(0)) => 0.95,
        (_, Some(1)) => 0.7,
        _ => 0.45,
    };
    let near = near * if beginning { 0.75 } else { 1.0 } * if foreign { 0.6 } else { 1.0 };
    let start = if same_start(known, word) { 1.0 } else { 0.35 };
    #[expect(clippy::cast_precision_loss, reason = "a weight, not a count")]
    let frequent = 1.0 + (count as f32).ln_1p() / 12.0;
    // Two letters exchanged are the likeliest slip of all.
    let letters = if known.len() == word.len() && shape(known).letters == shape(word).letters {
        1.25
    } else if known.len() == word.len() && (edits <= 1 || !by_ear) {
        1.05
    } else {
        1.0
    };
    (near * start * frequent * letters / 2.5).min(1.0)
}

fn candidate(
    word: &str,
    sought: Shape,
    known: &str,
    shape: Shape,
    reach: usize,
    beginning: bool,
) -> Option<Near> {
    let whole = |edits| Near { edits, beginning: false };
    let bound = u32::try_from(reach).unwrap_or(2);
    let (length, other) = (usize::from(sought.length), usize::from(shape.length));
    if other + reach < length || (sought.letters & !shape.letters).count_ones() > bound {
        return None;
    }
    if other <= length + reach && (shape.letters & !sought.letters).count_ones() <= bound {
        let edits = distance(word, known, reach);
        if edits.is_some() {
            return edits.filter(|edits| *edits > 0).map(whole);
        }
    }
    if beginning && length >= 5 && other > length && same_start(word, known) {
        return start_distance(word, known, reach.min(1)).map(|edits| Near { edits, beginning: true });
    }
    None
}

/// The edits (a letter more, fewer, another, or two exchanged) that turn one word into the other, if at most
/// `bound`.
pub(crate) fn distance(a: &str, b: &str, bound: usize) -> Option<usize> {
    let row = last_row(a, b)?;
    row.last().copied().filter(|edits| *edits <= bound)
}

/// The edits that turn a word into some beginning of the other.
fn start_distance(word: &str, known: &str, bound: usize) -> Option<usize> {
    let start: String = known.chars().take(word.chars().count() + bound).collect();
    let row = last_row(word, &start)?;
    row.iter().min().copied().filter(|edits| *edits <= bound && *edits > 0)
}

/// The distances from all of `a` to each beginning of `b` (restricted Damerau-Levenshtein).
fn last_row(a: &str, b: &str) -> Option<Vec<usize>> {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last_a = None;
    for (i, ca) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, cb) in b.iter().enumerate() {
            let swap = row.get(j)? + usize::from(ca != *cb);
            let mut best = swap.min(row.get(j + 1)? + 1).min(next.last()? + 1);
            if j > 0 && last_a == Some(*cb) && b.get(j - 1) == Some(&ca) {
                best = best.min(before.get(j - 1)? + 1);
            }
            next.push(best);
        }
        last_a = Some(ca);
        before = std::mem::replace(&mut row, next);
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let words = ["application", "applications", "apply", "card", "interview", "secret"];
        let words = words
            .iter()
            .map(|word| {
                (
                    Arc::new(Known::new(word, false, true)),
                    if *word == "secret" { [0, 0, 3] } else { [1, 2, 3] },
                )
            })
            .collect();
        let codes = vec![(Arc::from("im6evs"), [1, 1, 1]), (Arc::from("011006005"), [1, 1, 1])];
        Vocabulary::new([SegmentWords { words, codes }].iter())
    }

    #[test]
    fn exchanged_letters_are_one_edit() {
        assert_eq!(distance("interveiw", "interview", 2), Some(1));
        assert_eq!(distance("aplication", "application", 2), Some(1));
        assert_eq!(distance("cat", "dog", 2), None);
    }

    #[test]
    fn corrects_words_and_beginnings() {
        let vocabulary = vocabulary();
        let fix = |word: &str, beginning| {
            vocabulary
                .corrections(word, beginning, (Audience::Staff, None), std::iter::empty())
                .first()
                .map(|correction| correction.word.clone())
        };
        assert_eq!(fix("crad", false).as_deref(), Some("card"));
        assert_eq!(fix("interveiw", false).as_deref(), Some("interview"));
        assert_eq!(fix("aplic", true).as_deref(), Some("application"));
        assert_eq!(fix("zzzz", false), None);
    }

    #[test]
    fn a_correction_is_of_the_language_asked_in_and_what_sounds_alike_comes_first() {
        let of = |word: &str, spanish: bool, count: u32| {
            (Arc::new(Known::new(word, spanish, !spanish)), [count, count, count])
        };
        let words = vec![
            of("apelacion", true, 9),
            of("appeal", false, 2),
            of("audiencia", true, 5),
            of("ausencia", true, 2),
        ];
        let vocabulary = Vocabulary::new([SegmentWords { words, codes: Vec::new() }].iter());
        let fix = |word: &str, spanish| {
            let found = vocabulary.corrections(word, true, (Audience::Staff, spanish), std::iter::empty());
            found.first().map(|correction| correction.word.clone())
        };
        assert_eq!(fix("apeal", Some(false)).as_deref(), Some("appeal"));
        assert_eq!(fix("apelasion", Some(true)).as_deref(), Some("apelacion"));
        assert_eq!(fix("audensia", None).as_deref(), Some("audiencia"));
        assert_eq!(fix("ausensia", None).as_deref(), Some("ausencia"));
        assert_eq!(vocabulary.tells_spanish("audiencia", Audience::Public), Some(true));
        assert_eq!(sound("hallazgo"), sound("ayasgo"));
    }

    #[test]
    fn what_an_audience_may_not_see_is_not_known() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.count("secret", Audience::Staff), 0);
        assert!(vocabulary.family("secrets", Audience::Public).is_empty());
        assert!(vocabulary.completions("sec", Audience::Staff).is_empty());
        assert!(
            vocabulary.corrections("secrte", false, (Audience::Staff, None), std::iter::empty()).is_empty()
        );
        assert_eq!(vocabulary.completions("sec", Audience::Supervisors), [("secret", 3)]);
    }

    #[test]
    fn families_share_a_stem() {
        let vocabulary = vocabulary();
        let family = vocabulary.family("application", Audience::Public);
        assert_eq!(family.iter().map(|(word, _)| *word).collect::<Vec<_>>(), ["application", "applications"]);
    }
}
