//! One file of a pack, read so that every fault can name its line.
//!
//! Owns parsing, the way from a place such as `queue[1].required[0].skill` to a line, and the reading of typed
//! settings with all their faults rather than the first. It knows no setting by name.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use super::error::PackError;

/// Faults of shape reported for one file before reading stops.
const SHAPE_FAULTS_MAX: usize = 100;

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(Cow<'static, str>),
    Index(usize),
}

/// Where a value stands: the file and the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: String,
    steps: Vec<Step>,
}

impl Place {
    pub(super) fn in_file(file: &str) -> Self {
        Self { file: file.to_owned(), steps: Vec::new() }
    }

    pub(super) fn key(&self, key: impl Into<Cow<'static, str>>) -> Self {
        let mut place = self.clone();
        place.steps.push(Step::Key(key.into()));
        place
    }

    pub(super) fn index(&self, index: usize) -> Self {
        let mut place = self.clone();
        place.steps.push(Step::Index(index));
        place
    }
}

/// A parsed file.
pub(super) struct Source<'a> {
    file: &'a str,
    text: &'a str,
    root: Spanned<DeTable<'a>>,
}

impl<'a> Source<'a> {
    /// Parses the file. Faults of syntax are added; the rest is kept so that lines can still be found.
    pub(super) fn parse(file: &'a str, text: &'a str, faults: &mut Vec<PackError>) -> Option<Self> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let sound = errors.is_empty();
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            faults.push(fault_at(file, text, offset, error.message().to_owned()));
        }
        sound.then_some(Self { file, text, root })
    }

    /// Reads the typed settings. Every fault of shape is added: after a fault in one entry of a list, that entry is
    /// left out and the others are read. `None` unless the whole file has the right shape.
    pub(super) fn read<T: DeserializeOwned>(&self, faults: &mut Vec<PackError>) -> Option<T> {
        let mut root = self.root.clone();
        for round in 0..SHAPE_FAULTS_MAX {
            let error = match T::deserialize(Deserializer::from(root.clone())) {
                Ok(settings) => return (round == 0).then_some(settings),
                Err(error) => error,
            };
            let span = error.span().unwrap_or_default();
            faults.push(fault_at(self.file, self.text, span.start, error.message().to_owned()));
            if !drop_key_at(&mut root, &span) && !drop_entry_at(&mut root, span.start) {
                return None;
            }
        }
        None
    }

    /// The line of a place, or of the nearest entry around it when the value was left to its default.
    pub(super) fn line_of(&self, place: &Place) -> usize {
        let mut table = Some(self.root.get_ref());
        let mut array: Option<&DeArray<'_>> = None;
        let mut offset = 0;
        for step in &place.steps {
            let next = match step {
                Step::Key(key) => table.and_then(|table| entry(table, key)),
                Step::Index(index) => {
                    array.and_then(|array| array.get(*index)).map(|value| (value.span().start, value))
                }
            };
            let Some((start, value)) = next else { break };
            offset = start;
            table = value.get_ref().as_table();
            array = value.get_ref().as_array();
        }
        line_at(self.text, offset)
    }
}

/// The key's own position and its value.
fn entry<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Option<(usize, &'t Spanned<DeValue<'a>>)> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(name, value)| (name.span().start, value))
}

/// Leaves out the top-level key whose own name the fault points at: it is unknown.
fn drop_key_at(root: &mut Spanned<DeTable<'_>>, span: &Range<usize>) -> bool {
    let unknown =
        root.get_ref().keys().find(|name| name.span() == *span).map(|name| name.get_ref().to_string());
    unknown.is_some_and(|name| root.get_mut().remove(name.as_str()).is_some())
}

/// Leaves out the entry of a top-level list that the offset falls into. False when it is in no list.
fn drop_entry_at(root: &mut Spanned<DeTable<'_>>, offset: usize) -> bool {
    let mut hit: Option<(usize, String, Option<usize>)> = None;
    for (key, value) in root.get_ref() {
        let starts: Vec<(usize, Option<usize>)> = match value.get_ref() {
            DeValue::Array(items) if items.iter().all(|item| item.get_ref().is_table()) => {
                items.iter().enumerate().map(|(index, item)| (item.span().start, Some(index))).collect()
            }
            _ => vec![(key.span().start.min(value.span().start), None)],
        };
        for (start, index) in starts {
            if start <= offset && hit.as_ref().is_none_or(|(best, ..)| start >= *best) {
                hit = Some((start, key.get_ref().to_string(), index));
            }
        }
    }
    let Some((_, key, Some(index))) = hit else { return false };
    let Some((_, value)) = root.get_mut().iter_mut().find(|(name, _)| name.get_ref() == key.as_str()) else {
        return false;
    };
    let Some(items) = value.get_ref().as_array() else { return false };
    let mut kept = DeArray::new();
    for (_, item) in items.iter().enumerate().filter(|(position, _)| *position != index) {
        kept.push(item.clone());
    }
    *value.get_mut() = DeValue::Array(kept);
    true
}

/// The line, from 1, of a byte offset.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

fn fault_at(file: &str, text: &str, offset: usize, message: String) -> PackError {
    PackError { file: file.to_owned(), line: Some(line_at(text, offset)), message }
}
