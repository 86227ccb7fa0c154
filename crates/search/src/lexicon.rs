//! The agency's words: what is said for what, and what Spanish words mean in English.
//!
//! Owns reading `synonyms.toml` and finding its entries in a row of words. It holds no words itself: another agency
//! brings another file. Entries take effect when the index is opened; nothing needs to be built again.

use std::collections::{HashMap, HashSet};

use crate::stems::{english, spanish};
use crate::words::{is_common, words};

/// Words of one entry at most.
const LONGEST_ENTRY: usize = 8;
/// Entries of a file at most.
const MOST_ENTRIES: usize = 20_000;

/// The file could not be understood.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// Not TOML of the expected form; the message names line and column.
    #[error("synonyms: {0}")]
    Form(String),
    /// An entry holds no word, or too many.
    #[error("synonyms: the entry {0:?} must have 1 to 8 words")]
    Entry(String),
    /// A list is too short to say anything.
    #[error("synonyms: {0} says nothing: it needs words on both sides")]
    Empty(String),
    /// The file is too large.
    #[error("synonyms: more than 20,000 entries")]
    TooMany,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    group: Vec<Group>,
    #[serde(default)]
    also: Vec<Also>,
    #[serde(default)]
    spanish: Vec<Spanish>,
}

/// Ways to say the same thing.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    words: Vec<String>,
}

/// Whoever asks for one of `from` is also well served by `to`, not the other way round.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Also {
    from: Vec<String>,
    to: Vec<String>,
}

/// Spanish words and what they mean.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Spanish {
    es: Vec<String>,
    en: Vec<String>,
}

/// How near another way to say something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nearness {
    Also,
    Same,
    Meaning,
}

/// Another way to say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alternative {
    pub(crate) words: Vec<String>,
    pub(crate) nearness: Nearness,
}

/// The agency's synonyms and its small Spanish dictionary.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    english: HashMap<String, Vec<Alternative>>,
    spanish: HashMap<String, Vec<Alternative>>,
    known: HashSet<String>,
    longest: usize,
}

impl Lexicon {
    /// No synonyms.
    #[must_use]
    pub fn empty() -> Self {
        Lexicon::default()
    }

    /// Reads the text of a `synonyms.toml`: `[[group]] words`, `[[also]] from, to`, `[[spanish]] es, en`.
    ///
    /// # Errors
    /// When the text is not TOML of this form, or an entry is empty or longer than eight words.
    pub fn from_toml(text: &str) -> Result<Self, LexiconError> {
        let file: File = toml::from_str(text).map_err(|error| LexiconError::Form(error.to_string()))?;
        let mut lexicon = Lexicon::default();
        let mut entries = 0;
        for group in &file.group {
            let ways = entry_words(&group.words, 2, &mut entries)?;
            for (at, way) in ways.iter().enumerate() {
                let others =
                    ways.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
                lexicon.add(way, others, Nearness::Same, false);
            }
        }
        for also in &file.also {
            let to = entry_words(&also.to, 1, &mut entries)?;
            for from in entry_words(&also.from, 1, &mut entries)? {
                lexicon.add(&from, to.iter(), Nearness::Also, false);
            }
        }
        for pair in &file.spanish {
            let english = entry_words(&pair.en, 1, &mut entries)?;
            for spanish in entry_words(&pair.es, 1, &mut entries)? {
                lexicon.add(&spanish, english.iter(), Nearness::Meaning, true);
            }
        }
        Ok(lexicon)
    }

    fn add<'a>(
        &mut self,
        from: &[String],
        to: impl Iterator<Item = &'a Vec<String>>,
        nearness: Nearness,
        in_spanish: bool,
    ) {
        self.known.extend(from.iter().cloned());
        self.longest = self.longest.max(from.len());
        let (map, key) = if in_spanish {
            (&mut self.spanish, key(from.iter().map(|word| spanish(word))))
        } else {
            (&mut self.english, key(from.iter().map(|word| english(word))))
        };
        let ways = map.entry(key).or_default();
        for words in to {
            if !ways.iter().any(|way| way.words == *words) {
                ways.push(Alternative { words: words.clone(), nearness });
            }
        }
    }

    /// Words that the file uses on the side that is looked for; a misspelling may be one of them.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.known.iter().map(String::as_str)
    }

    pub(crate) fn knows(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// Whether this is a Spanish word of the file that is not also an English one of it.
    pub(crate) fn is_spanish(&self, word: &str) -> bool {
        self.spanish.contains_key(&spanish(word)) && !self.english.contains_key(&english(word))
    }

    /// Words in the longest entry.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The other ways to say exactly these words.
    pub(crate) fn ways(&self, words: &[&str]) -> Vec<&Alternative> {
        let mut found = Vec::new();
        if let Some(ways) = self.english.get(&key(words.iter().map(|word| english(word)))) {
            found.extend(ways);
        }
        if let Some(ways) = self.spanish.get(&key(words.iter().map(|word| spanish(word)))) {
            found.extend(ways);
        }
        found
    }
}

fn key(stems: impl Iterator<Item = String>) -> String {
    stems.collect::<Vec<_>>().join(" ")
}

/// The words of each entry, folded, without the ones too common to index.
fn entry_words(list: &[String], least: usize, entries: &mut usize) -> Result<Vec<Vec<String>>, LexiconError> {
    if list.len() < least {
        return Err(LexiconError::Empty(format!("{list:?}")));
    }
    *entries += list.len();
    if *entries > MOST_ENTRIES {
        return Err(LexiconError::TooMany);
    }
    list.iter()
        .map(|entry| {
            let found: Vec<String> =
                words(entry).into_iter().map(|word| word.text).filter(|word| !is_common(word)).collect();
            if found.is_empty() || found.len() > LONGEST_ENTRY {
                return Err(LexiconError::Entry(entry.clone()));
            }
            Ok(found)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [[group]]
        words = ["SNAP", "food stamps"]
        [[also]]
        from = ["stimulus"]
        to = ["economic impact payment"]
        [[spanish]]
        es = ["estampillas de comida"]
        en = ["SNAP"]
    "#;

    #[test]
    fn finds_entries_in_any_ending() {
        let lexicon = Lexicon::from_toml(FILE).unwrap();
        assert_eq!(lexicon.ways(&["food", "stamp"])[0].words, ["snap"]);
        assert_eq!(lexicon.ways(&["snap"])[0].words, ["food", "stamps"]);
        assert_eq!(lexicon.ways(&["stimulus"])[0].nearness, Nearness::Also);
        assert!(lexicon.ways(&["economic", "impact", "payment"]).is_empty());
        assert_eq!(lexicon.ways(&["estampilla", "comida"])[0].words, ["snap"]);
    }

    #[test]
    fn bad_files_are_refused() {
        assert!(matches!(Lexicon::from_toml("[[group]]\nwords = 3"), Err(LexiconError::Form(_))));
        assert!(matches!(Lexicon::from_toml("[[group]]\nwords = [\"one\"]"), Err(LexiconError::Empty(_))));
        assert!(matches!(
            Lexicon::from_toml("[[group]]\nwords = [\"a\", \"the\"]"),
            Err(LexiconError::Entry(_))
        ));
    }
}
