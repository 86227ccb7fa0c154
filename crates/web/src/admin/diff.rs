//! Differences between two versions of a record, readable: field by field, and word by word within a text.
//!
//! Pure. Fields that say nothing to a reader (password hashes, counters) are left out.

use std::collections::BTreeMap;

use serde_json::Value;

/// Never shown and never compared.
const HIDDEN: [&str; 5] = ["password_hash", "failed_sign_ins", "locked_until", "usage", "by_hand"];
/// Texts longer than this are compared as a whole.
const WORDS_MAX: usize = 400;

/// A piece of a text: kept, taken out or put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Kept,
    Out,
    In,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) pieces: Vec<(Mark, String)>,
}

impl Difference {
    /// The template asks for each kind of piece by name.
    pub(crate) fn is_out(mark: &Mark) -> bool {
        *mark == Mark::Out
    }

    pub(crate) fn is_in(mark: &Mark) -> bool {
        *mark == Mark::In
    }
}

/// Every field as text, by its readable name.
pub(crate) fn flat(value: &Value) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    spread(String::new(), value, &mut out);
    out
}

fn spread(name: String, value: &Value, out: &mut BTreeMap<String, String>) {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter().filter(|(key, _)| !HIDDEN.contains(&key.as_str())) {
                let key = key.replace('_', " ");
                spread(if name.is_empty() { key } else { format!("{name}, {key}") }, inner, out);
            }
        }
        Value::Array(list) if list.iter().any(|one| one.is_object() || one.is_array()) => {
            for (place, inner) in list.iter().enumerate() {
                spread(format!("{name} {}", place + 1), inner, out);
            }
        }
        Value::Array(list) => {
            out.insert(name, list.iter().map(plain).collect::<Vec<_>>().join(", "));
        }
        other => {
            out.insert(name, plain(other));
        }
    }
}

/// Whether two versions look the same to a reader.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    flat(one) == flat(other)
}

/// What differs, in the order of the fields' names.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let (mut old, mut new) = (flat(before), flat(after));
    let names: std::collections::BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
    names
        .into_iter()
        .filter_map(|field| {
            let (before, after) =
                (old.remove(&field).unwrap_or_default(), new.remove(&field).unwrap_or_default());
            (before != after).then(|| Difference { pieces: pieces(&before, &after), field, before, after })
        })
        .collect()
}

/// The longest common row of words stays; the rest is taken out or put in.
fn pieces(before: &str, after: &str) -> Vec<(Mark, String)> {
    let old: Vec<&str> = before.split_inclusive(char::is_whitespace).collect();
    let new: Vec<&str> = after.split_inclusive(char::is_whitespace).collect();
    if old.len() > WORDS_MAX || new.len() > WORDS_MAX {
        return vec![(Mark::Out, before.to_owned()), (Mark::In, after.to_owned())];
    }
    let mut out: Vec<(Mark, String)> = Vec::new();
    let mut put = |mark: Mark, word: &str| match out.last_mut() {
        Some((last, text)) if *last == mark => text.push_str(word),
        _ => out.push((mark, word.to_owned())),
    };
    for (mark, word) in walk(&old, &new) {
        put(mark, word);
    }
    out
}

fn walk<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Mark, &'a str)> {
    // `length(i, j)`: the longest common row of the words from i and j on.
    let width = new.len() + 1;
    let mut table = vec![0_u16; (old.len() + 1) * width];
    let at = |table: &[u16], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, word) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            let best = if word.trim_end() == other.trim_end() {
                at(&table, i + 1, j + 1) + 1
            } else {
                at(&table, i + 1, j).max(at(&table, i, j + 1))
            };
            if let Some(cell) = table.get_mut(i * width + j) {
                *cell = best;
            }
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(word), Some(other)) if word.trim_end() == other.trim_end() => {
                out.push((Mark::Kept, *other));
                (i, j) = (i + 1, j + 1);
            }
            (Some(word), Some(_)) if at(&table, i + 1, j) >= at(&table, i, j + 1) => {
                out.push((Mark::Out, *word));
                i += 1;
            }
            (_, Some(other)) => {
                out.push((Mark::In, *other));
                j += 1;
            }
            (Some(word), None) => {
                out.push((Mark::Out, *word));
                i += 1;
            }
            (None, None) => return out,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_that_changed_stand_out() {
        let before = json!({ "text": { "en": "Please call us today." }, "version": 1 });
        let after = json!({ "text": { "en": "Please write to us today." }, "version": 1 });
        let found = differences(&before, &after);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].field, "text, en");
        let marks: Vec<(Mark, &str)> =
            found[0].pieces.iter().map(|(mark, text)| (*mark, text.as_str())).collect();
        assert_eq!(
            marks,
            [
                (Mark::Kept, "Please "),
                (Mark::Out, "call "),
                (Mark::In, "write to "),
                (Mark::Kept, "us today.")
            ]
        );
    }

    #[test]
    fn what_is_hidden_is_neither_shown_nor_compared() {
        let one = json!({ "name": "Ana", "password_hash": "a", "failed_sign_ins": 0 });
        let other = json!({ "name": "Ana", "password_hash": "b", "failed_sign_ins": 3 });
        assert!(same(&one, &other) && differences(&one, &other).is_empty());
    }

    #[test]
    fn lists_and_missing_fields_are_readable() {
        let found =
            differences(&json!({ "keywords": ["a", "b"] }), &json!({ "keywords": ["a"], "note": "x" }));
        let seen: Vec<_> =
            found.iter().map(|d| (d.field.as_str(), d.before.as_str(), d.after.as_str())).collect();
        assert_eq!(seen, [("keywords", "a, b", "a"), ("note", "", "x")]);
    }
}
