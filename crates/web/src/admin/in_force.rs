//! A record as it is in force where memos have changed it, so that whoever saves it by hand keeps what is in force
//! (IM31-HOURS-5): a change whose days have begun becomes part of the saved record, one whose first day is still to come
//! stays the memo's and comes by itself.

use askama::Template;
use domain::knowledge::{Dated, apply_changes};
use engine::records::HOURS;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::App;
use crate::error::Error;

/// Older changes that are named at most.
const PAST_MAX: usize = 6;

/// What memos have done to a record, and will do.
struct Laid {
    /// Before the record was last saved by hand, which counts since then.
    past: Vec<Dated>,
    begun: Vec<Dated>,
    coming: Vec<Dated>,
}

fn laid(app: &App, kind: &str, id: &str, edited_at: i64) -> Laid {
    let (now, today, zone) = (app.engine.now(), app.engine.today(), app.engine.zone());
    let meant = app
        .engine
        .dated_changes()
        .into_iter()
        .filter(|dated| dated.change.kind == kind && (dated.change.id == id || dated.change.id == "*"))
        .filter(|dated| dated.change.until.is_none_or(|until| until >= today));
    let (since, past): (Vec<_>, Vec<_>) = meant.partition(|dated| edited_at < dated.begins_at(&zone));
    let (begun, coming) = since.into_iter().partition(|dated| dated.begins_at(&zone) <= now);
    Laid { past: past.into_iter().rev().take(PAST_MAX).collect(), begun, coming }
}

/// The record with its version, as it is in force today.
pub(crate) async fn read<T: DeserializeOwned>(
    app: &App,
    kind: &'static str,
    id: &str,
) -> Result<(u64, T), Error> {
    let record = app.engine.store().record(kind, id).await?.ok_or(Error::NotFound)?;
    let data: Value = serde_json::from_str(&record.data).map_err(Error::fault)?;
    let Laid { begun, .. } = laid(app, kind, id, record.at);
    let (today, zone) = (app.engine.today(), app.engine.zone());
    // What cannot be laid over is not in force either; the engine has told the log.
    let mut value =
        apply_changes(&begun, kind, id, &data, record.at, (today, &zone)).ok().flatten().unwrap_or(data);
    if kind == HOURS {
        fold(&mut value, today);
    }
    Ok((record.version, serde_json::from_value(value).map_err(Error::fault)?))
}

/// Weekly hours that hold for good become the weekdays that the form shows; those with a last day, or that begin later,
/// stay as they are.
fn fold(hours: &mut Value, today: Date) {
    let Some(map) = hours.as_object_mut() else { return };
    let Some(Value::Array(patterns)) = map.remove("patterns") else { return };
    let holds = |one: &Value| {
        let from = one.get("from").and_then(Value::as_str).and_then(|text| text.parse::<Date>().ok());
        from.is_some_and(|from| from <= today) && one.get("until").is_none_or(Value::is_null)
    };
    let (now, rest): (Vec<Value>, Vec<Value>) = patterns.into_iter().partition(holds);
    for days in now.iter().filter_map(|one| one.get("days").and_then(Value::as_object)) {
        for (day, spans) in days {
            map.insert(day.clone(), spans.clone());
        }
    }
    if !rest.is_empty() {
        map.insert("patterns".to_owned(), Value::Array(rest));
    }
}

struct Line {
    number: String,
    slug: String,
    from: String,
    until: Option<String>,
    set: String,
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
    let Laid { past, begun, coming } = laid(app, kind, id, record.at);
    if past.is_empty() && begun.is_empty() && coming.is_empty() {
        return Ok(String::new());
    }
    let words = |day: Date| day.strftime("%A, %B %-d, %Y").to_string();
    let line = |dated: Dated| Line {
        number: dated.number,
        slug: dated.slug,
        from: words(dated.change.from),
        until: dated.change.until.map(words),
        set: said(&dated.change.set),
    };
    let lines = |list: Vec<Dated>| list.into_iter().map(line).collect();
    let notice = Notice { past: lines(past), begun: lines(begun), coming: lines(coming) };
    Ok(notice.render()?)
}

/// `monday 06:00-18:00; saturday closed`.
fn said(set: &std::collections::BTreeMap<String, Value>) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "closed".to_owned(),
        Value::Array(list) => list
            .iter()
            .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(map) => map.values().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    let name = |pointer: &str| match pointer {
        "/holidays/-" => "Closed on".to_owned(),
        other => {
            let mut words = other.trim_start_matches('/').trim_end_matches("/value").replace(['/', '_'], " ");
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words
        }
    };
    set.iter()
        .map(|(pointer, value)| format!("{} {}", name(pointer), plain(value)))
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn im31_hours_5_what_a_memo_made_of_the_week_is_what_the_form_shows() {
        let pattern = |from: &str, until: Option<&str>, span: &str| json!({"from": from, "until": until, "source": "IM-31", "days": {"monday": [span]}});
        let mut hours = json!({"monday": ["08:00-17:00"], "tuesday": ["08:00-17:00"], "patterns": [
            pattern("2021-04-05", None, "06:00-18:00"),
            pattern("2021-05-01", None, "07:00-12:00"),
            pattern("2021-04-01", Some("2021-04-30"), "09:00-10:00"),
        ]});
        fold(&mut hours, jiff::civil::date(2021, 4, 6));
        assert_eq!((&hours["monday"], &hours["tuesday"]), (&json!(["06:00-18:00"]), &json!(["08:00-17:00"])));
        let rest: Vec<_> =
            hours["patterns"].as_array().unwrap().iter().map(|one| one["from"].clone()).collect();
        assert_eq!(rest, ["2021-05-01", "2021-04-01"]);
    }
}
