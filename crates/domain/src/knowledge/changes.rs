//! Changes of settings that a memo brings on its date, and that go when it is withdrawn (IM31-HOURS-1 to -5).
//!
//! A change is laid over the administered record while its days last. Whoever edits the record by hand afterwards edits
//! what is in force, and that edit stands: a change whose force began before the edit is part of it. Hours are finer: only
//! the weekdays and dates that somebody changed are theirs, the others stay the memo's ([`ByHand`]).

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::model::{Edition, Page, SettingChange};
use crate::pack::ByHand;
use crate::time::Millis;

const HOURS: &str = "hours";
const PATTERNS: &str = "/patterns/-";
const HOLIDAYS: &str = "/holidays/-";
const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A change with the memo it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    /// The memo's page.
    pub slug: String,
    /// The memo's number, for screens.
    pub number: String,
    /// When it was published first.
    pub published_at: Millis,
    /// The first day of the first edition that brought it.
    pub began: Date,
    /// What changes.
    pub change: SettingChange,
}

impl Dated {
    /// The change on the days on which its edition is in force; none when there is no such day.
    fn within(page: &Page, edition: &Edition, change: &SettingChange, last: Option<Date>) -> Option<Self> {
        let (published_at, began) = first_brought(page, change);
        let from = change.from.max(edition.from);
        let until = [change.until, last].into_iter().flatten().min();
        if until.is_some_and(|until| until < from) {
            return None;
        }
        let number = edition.memo.as_ref().map(|memo| memo.number.clone()).unwrap_or_default();
        let change = SettingChange { from, until, ..change.clone() };
        Some(Self { slug: page.slug.clone(), number, published_at, began, change })
    }

    /// The moment from which it counts: the beginning of its first day, or its publication when that came later.
    #[must_use]
    pub fn begins_at(&self, zone: &TimeZone) -> Millis {
        let start =
            self.began.to_zoned(zone.clone()).map_or(Millis::MAX, |day| day.timestamp().as_millisecond());
        start.max(self.published_at)
    }

    /// Whether the day is one of its days.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.change.from <= day && self.change.until.is_none_or(|until| day <= until)
    }

    /// Every change of these pages that was not withdrawn, in the order in which they take force.
    #[must_use]
    pub fn all<'a>(pages: impl Iterator<Item = &'a Page>) -> Vec<Self> {
        let mut out = Vec::new();
        for page in pages {
            let standing: Vec<&Edition> =
                page.editions.iter().filter(|one| one.withdrawn.is_none()).collect();
            for (at, edition) in standing.iter().enumerate() {
                // An edition brings its changes from its own first day until a later one takes its place.
                let replaced =
                    standing.iter().skip(at + 1).filter_map(|later| later.from.yesterday().ok()).min();
                let last = [edition.until, replaced].into_iter().flatten().min();
                for change in edition.memo.iter().flat_map(|memo| &memo.changes) {
                    out.extend(Self::within(page, edition, change, last));
                }
            }
        }
        out.sort_by(|a, b| {
            (a.change.from, a.published_at, &a.slug).cmp(&(b.change.from, b.published_at, &b.slug))
        });
        out
    }
}

/// When and from which day a change was brought first: a corrected edition does not make it younger than it is.
fn first_brought(page: &Page, change: &SettingChange) -> (Millis, Date) {
    let standing = page.editions.iter().filter(|edition| edition.withdrawn.is_none());
    let with: Vec<&Edition> = standing
        .filter(|edition| edition.memo.as_ref().is_some_and(|memo| memo.changes.contains(change)))
        .collect();
    // What came with a pack or an import was published by its own agency on its day, not when it was installed here.
    let published = |one: &&Edition| if one.approver.is_some() { one.published_at } else { 0 };
    let at = with.iter().map(published).min().unwrap_or_default();
    let day = with.iter().map(|edition| change.from.max(edition.from)).min();
    (at, day.unwrap_or(change.from))
}

/// The record's data with every change of the day laid over it. `edited_at` is when the record was last written by hand.
///
/// # Errors
/// A sentence that names the place that the record does not have.
pub fn apply_changes(
    changes: &[Dated],
    kind: &str,
    id: &str,
    data: &Value,
    edited_at: Millis,
    now: (Date, &TimeZone),
) -> Result<Option<Value>, String> {
    let (day, zone) = now;
    let by_hand = by_hand(kind, data);
    let since = by_hand.as_ref().map_or(edited_at, |one| one.since);
    let mut out: Option<Value> = None;
    for dated in changes {
        let meant = dated.change.kind == kind && (dated.change.id == id || dated.change.id == "*");
        if !meant || since >= dated.begins_at(zone) {
            continue;
        }
        // Hours keep their own dates, because "open when?" looks ahead.
        let set = if kind == HOURS {
            let begins = dated.begins_at(zone);
            let left = |place: &str| {
                by_hand.as_ref().and_then(|one| one.places.get(place)).is_none_or(|at| *at < begins)
            };
            Cow::Owned(with_dates(dated, left))
        } else if dated.covers(day) {
            Cow::Borrowed(&dated.change.set)
        } else {
            continue;
        };
        if set.is_empty() {
            continue;
        }
        let value = out.get_or_insert_with(|| data.clone());
        patch(value, &set).map_err(|e| format!("{} of {}: {e}", dated.number, kind))?;
    }
    Ok(out)
}

/// What people changed by hand in hours; nothing for other settings, which are saved as a whole.
fn by_hand(kind: &str, data: &Value) -> Option<ByHand> {
    let found = (kind == HOURS).then(|| data.get("by_hand")).flatten()?;
    serde_json::from_value(found.clone()).ok()
}

/// A change of hours as an addition to their list of patterns; closed days have their own date already. Only weekdays and
/// dates that are still the memo's are in it.
fn with_dates(dated: &Dated, left: impl Fn(&str) -> bool) -> BTreeMap<String, Value> {
    let mut set = dated.change.set.clone();
    let mut days = serde_json::Map::new();
    for day in WEEK {
        if let Some(spans) = set.remove(&format!("/{day}")).filter(|_| left(day)) {
            days.insert(day.to_owned(), spans);
        }
    }
    let closed = set.get(HOLIDAYS).and_then(|one| one.get("date")).and_then(Value::as_str);
    if closed.is_some_and(|date| !left(date)) {
        set.remove(HOLIDAYS);
    }
    if !days.is_empty() {
        let pattern = serde_json::json!({
            "from": dated.change.from,
            "until": dated.change.until,
            "source": dated.number,
            "days": days,
        });
        set.insert(PATTERNS.to_owned(), pattern);
    }
    set
}

/// Sets each pointer in the value.
///
/// # Errors
/// A sentence that names the pointer that leads nowhere.
pub fn patch(value: &mut Value, set: &BTreeMap<String, Value>) -> Result<(), String> {
    for (pointer, new) in set {
        if let Some(list) = pointer.strip_suffix("/-") {
            if pointer == PATTERNS && value.get("patterns").is_none() {
                value.as_object_mut().map(|map| map.insert("patterns".to_owned(), Value::Array(Vec::new())));
            }
            let list = value
                .pointer_mut(list)
                .and_then(Value::as_array_mut)
                .ok_or_else(|| format!("`{pointer}` is not a list of this setting"))?;
            if !list.contains(new) {
                list.push(new.clone());
            }
            continue;
        }
        let (above, name) =
            pointer.rsplit_once('/').ok_or_else(|| format!("`{pointer}` must begin with a slash"))?;
        match value.pointer_mut(above) {
            Some(Value::Object(map)) if map.contains_key(name) => {
                map.insert(name.to_owned(), new.clone());
            }
            Some(Value::Array(list)) => {
                let place = name.parse::<usize>().ok().and_then(|at| list.get_mut(at));
                *place.ok_or_else(|| format!("`{pointer}` is not there"))? = new.clone();
            }
            _ => return Err(format!("this setting has no `{pointer}`")),
        }
    }
    Ok(())
}

/// One place where two values differ, for people to read before a memo takes force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// JSON pointer.
    pub place: String,
    /// Before, as compact JSON; empty when it was not there.
    pub before: String,
    /// After.
    pub after: String,
}

/// Every leaf that differs. Lists are compared as a whole, since their order has a meaning.
#[must_use]
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut out = Vec::new();
    walk(String::new(), before, after, &mut out);
    out
}

fn walk(place: String, before: &Value, after: &Value, out: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let none = Value::Null;
            walk(
                format!("{place}/{name}"),
                old.get(name).unwrap_or(&none),
                new.get(name).unwrap_or(&none),
                out,
            );
        }
        return;
    }
    let shown = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    out.push(Difference { place, before: shown(before), after: shown(after) });
}
