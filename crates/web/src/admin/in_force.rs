//! A record as it is in force where memos have changed it, so that whoever saves it by hand keeps what is in force
//! (IM31-HOURS-5): a change whose days have begun becomes part of the saved record, one whose first day is still to come
//! stays the memo's and comes by itself. Of hours only what somebody changed becomes the record's.

use std::collections::BTreeMap;

use askama::Template;
use domain::knowledge::{Dated, SettingChange, apply_changes, weekday_word};
use domain::pack::{ByHand, Hours};
use engine::records::HOURS;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::Record;

use crate::App;
use crate::error::Error;
use crate::kb::hours_rows;
use crate::kb_edit::settings::{self, day as day_words};

/// Older changes that are named at most.
const PAST_MAX: usize = 6;

/// What memos have done to a record, and will do.
struct Laid {
    /// Before the record was last saved by hand, which counts since then.
    past: Vec<Dated>,
    begun: Vec<Dated>,
    coming: Vec<Dated>,
}

/// What people changed by hand in hours.
fn by_hand(record: &Record) -> Option<ByHand> {
    let data: Value = serde_json::from_str(&record.data).ok()?;
    serde_json::from_value(data.get("by_hand")?.clone()).ok()
}

fn laid(app: &App, kind: &str, record: &Record) -> Laid {
    let (now, today, zone) = (app.engine.now(), app.engine.today(), app.engine.zone());
    let edited_at = by_hand(record).filter(|_| kind == HOURS).map_or(record.at, |one| one.since);
    let meant = app
        .engine
        .dated_changes()
        .into_iter()
        .filter(|dated| dated.change.kind == kind && (dated.change.id == record.id || dated.change.id == "*"))
        .filter(|dated| dated.change.until.is_none_or(|until| until >= today));
    let (since, past): (Vec<_>, Vec<_>) = meant.partition(|dated| edited_at < dated.begins_at(&zone));
    let (begun, coming) = since.into_iter().partition(|dated| dated.begins_at(&zone) <= now);
    Laid { past: past.into_iter().rev().take(PAST_MAX).collect(), begun, coming }
}

fn laid_over(app: &App, kind: &'static str, record: &Record) -> Result<Value, Error> {
    let data: Value = serde_json::from_str(&record.data).map_err(Error::fault)?;
    let Laid { begun, .. } = laid(app, kind, record);
    let (today, zone) = (app.engine.today(), app.engine.zone());
    // What cannot be laid over is not in force either; the engine has told the log.
    Ok(apply_changes(&begun, kind, &record.id, &data, record.at, (today, &zone))
        .ok()
        .flatten()
        .unwrap_or(data))
}

/// The record with its version, as it is in force today.
pub(crate) async fn read<T: DeserializeOwned>(
    app: &App,
    kind: &'static str,
    id: &str,
) -> Result<(u64, T), Error> {
    let record = app.engine.store().record(kind, id).await?.ok_or(Error::NotFound)?;
    let value = laid_over(app, kind, &record)?;
    Ok((record.version, serde_json::from_value(value).map_err(Error::fault)?))
}

/// Hours as their form needs them.
pub(crate) struct Form {
    pub(crate) version: u64,
    /// As they are kept, and when they were saved.
    kept: (Hours, i64),
    /// As they are in force today, memos with a last day among them.
    pub(crate) seen: Hours,
}

/// The hours of this name, for their form.
pub(crate) async fn hours(app: &App, id: &str) -> Result<Form, Error> {
    let record = app.engine.store().record(HOURS, id).await?.ok_or(Error::NotFound)?;
    let kept = serde_json::from_str(&record.data).map_err(Error::fault)?;
    let whole: Hours = serde_json::from_value(laid_over(app, HOURS, &record)?).map_err(Error::fault)?;
    Ok(Form { version: record.version, kept: (kept, record.at), seen: whole.week_of(app.engine.today()) })
}

impl Form {
    /// Hours that are made anew.
    pub(crate) fn fresh(hours: Hours) -> Self {
        Self { version: 0, kept: (hours.clone(), 0), seen: hours }
    }

    /// What to keep of the form: what was changed on it becomes the record's, the rest stays the memos'.
    pub(crate) fn saved(&self, given: &Hours, now: i64) -> Hours {
        if self.version == 0 {
            return given.clone();
        }
        let (kept, edited_at) = &self.kept;
        kept.saved_by_hand(&self.seen, given, *edited_at, now)
    }
}

/// Hours with what memos bring, on this day and on those to come.
pub(crate) fn with_memos(app: &App, hours: &Hours) -> Result<Hours, Error> {
    let data = serde_json::to_value(hours).map_err(Error::fault)?;
    let (day, zone) = (app.engine.today(), app.engine.zone());
    let laid =
        apply_changes(&app.engine.dated_changes(), HOURS, &hours.id, &data, app.engine.now(), (day, &zone));
    serde_json::from_value(laid.ok().flatten().unwrap_or(data)).map_err(Error::fault)
}

struct Line {
    number: String,
    slug: String,
    from: String,
    until: Option<String>,
    /// Its days together.
    when: String,
    set: String,
    /// What of it was set by hand since.
    by_hand: String,
    /// Hours keep apart what is the memo's; other settings are saved as a whole.
    apart: bool,
}

#[derive(Template)]
#[template(path = "admin/in_force.html")]
struct Notice {
    past: Vec<Line>,
    begun: Vec<Line>,
    coming: Vec<Line>,
}

/// Which memos have changed this record, for above its form; empty when none has.
pub(crate) async fn notice(app: &App, kind: &'static str, id: &str) -> Result<String, Error> {
    let Some(record) = app.engine.store().record(kind, id).await? else { return Ok(String::new()) };
    let Laid { past, begun, coming } = laid(app, kind, &record);
    if past.is_empty() && begun.is_empty() && coming.is_empty() {
        return Ok(String::new());
    }
    let hand = by_hand(&record).filter(|_| kind == HOURS).unwrap_or_default();
    let zone = app.engine.zone();
    let pack = app.engine.pack();
    let hours = pack.queues.hours.iter().find(|hours| kind == HOURS && hours.id == id);
    let line = |dated: Dated| Line {
        by_hand: set_since(&hand, &dated.change, dated.begins_at(&zone)),
        number: dated.number,
        slug: dated.slug,
        when: settings::days(&dated.change),
        from: day_words(dated.change.from),
        until: dated.change.until.map(day_words),
        set: said(&dated.change, hours),
        apart: kind == HOURS,
    };
    let lines = |list: Vec<Dated>| list.into_iter().map(line).collect();
    let notice = Notice { past: lines(past), begun: lines(begun), coming: lines(coming) };
    Ok(notice.render()?)
}

/// `Monday and Tuesday`: what of a change of hours somebody set by hand after it had begun.
fn set_since(hand: &ByHand, change: &SettingChange, begins: i64) -> String {
    let since = |place: &str| hand.places.get(place).is_some_and(|at| *at >= begins);
    let mut names: Vec<String> = crate::kb::WEEK
        .into_iter()
        .map(|weekday| weekday_word(weekday, false))
        .filter(|name| {
            let name = name.to_lowercase();
            change.set.contains_key(&format!("/{name}")) && since(&name)
        })
        .map(str::to_owned)
        .collect();
    let closed = change.set.get("/holidays/-").and_then(|one| one.get("date")).and_then(Value::as_str);
    names.extend(
        closed
            .filter(|date| since(date))
            .map(|date| date.parse::<Date>().map_or_else(|_| date.to_owned(), day_words)),
    );
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// `Monday to Friday 6:00 am to 6:00 pm; Saturday closed`.
fn said(change: &SettingChange, hours: Option<&Hours>) -> String {
    if let Some(hours) = hours {
        let row = |row: crate::kb::Row| format!("{} {}", row.what, row.after);
        return hours_rows(change, hours).into_iter().map(row).collect::<Vec<_>>().join("; ");
    }
    set_words(&change.set)
}

/// `Customer silent seconds 120`.
fn set_words(set: &BTreeMap<String, Value>) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list
            .iter()
            .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(map) => map.values().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    let name = |pointer: &str| {
        let mut words = pointer.trim_start_matches('/').trim_end_matches("/value").replace(['/', '_'], " ");
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        words
    };
    set.iter()
        .map(|(pointer, value)| format!("{} {}", name(pointer), plain(value)))
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn im31_hours_5_what_was_set_by_hand_since_is_told_in_the_order_of_the_week() {
        let set = [
            ("/friday".to_owned(), json!(["06:00-18:00"])),
            ("/monday".to_owned(), json!(["06:00-18:00"])),
            ("/holidays/-".to_owned(), json!({"date": "2021-04-03", "name": "Closed"})),
        ];
        let (kind, id) = ("hours".to_owned(), "office".to_owned());
        let change = SettingChange { kind, id, from: date(2021, 4, 1), until: None, set: set.into() };
        let places = ["friday", "monday", "saturday", "2021-04-03"].map(|place| (place.to_owned(), 20));
        let hand = ByHand { since: 0, places: places.into() };
        assert_eq!(set_since(&hand, &change, 10), "Monday, Friday and Saturday, April 3, 2021");
        assert_eq!(set_since(&hand, &change, 30), "", "the memo began later");
    }
}
