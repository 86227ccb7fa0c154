//! Changes of settings in plain words: what stands, what a memo makes of it, and what goes back when it is withdrawn
//! (IM31-HOURS-1 to IM31-HOURS-5).
//!
//! Pure but for reading the administered records. Hours are said day by day, everything else field by field.

use std::collections::BTreeSet;

use domain::knowledge::{Dated, Difference, SettingChange, apply_changes, differences, spans_words};
use domain::pack::{Hours, OpenSpan};
use engine::records::{CANNED, HOURS, QUEUE, SOP_SMS};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::Value;

use crate::App;
use crate::error::Error;

use super::frame;
pub(crate) use super::frame::day;

/// A number of the SMS Text SOP that a memo may change: where it stands in the record, its words, and its unit.
pub(super) const SOP_NUMBERS: [(&str, &str); 7] = [
    ("/customer_silent_seconds/value", "Silence that makes a customer delay, seconds"),
    ("/delay_reply_seconds/value", "Time to reply after the delay notice, seconds"),
    ("/check_in_seconds/value", "Check-in while staff look something up, seconds"),
    ("/hotline/name", "Hotline, name"),
    ("/hotline/number", "Hotline, number"),
    ("/report_address/value", "Address of the mandated report"),
    ("/acknowledgement/notice/value", "Notice to acknowledge"),
];

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// One change of a setting, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Kind and name of the setting.
    pub(crate) title: String,
    /// Its days.
    pub(crate) days: String,
    pub(crate) clause: Option<String>,
    pub(crate) lines: Vec<Line>,
    /// Why it cannot be.
    pub(crate) fault: Option<String>,
}

/// The kind of record with this word, of those that a memo may change.
pub(super) fn kind(word: &str) -> Option<&'static str> {
    [HOURS, QUEUE, CANNED, SOP_SMS].into_iter().find(|kind| *kind == word)
}

fn kind_title(kind: &str) -> &'static str {
    match kind {
        HOURS => "Opening hours",
        QUEUE => "Queue",
        CANNED => "Canned response",
        SOP_SMS => "SMS Text SOP",
        _ => "Setting",
    }
}

/// What `after` makes of the settings that `before` leaves, for each of these changes.
pub(crate) async fn shown(
    app: &App,
    changes: &[SettingChange],
    before: &[Dated],
    after: &[Dated],
) -> Result<Vec<Shown>, Error> {
    let mut out = Vec::new();
    for change in changes {
        let mut one = Shown {
            title: format!("{}: {}", kind_title(&change.kind), change.id),
            days: days(change),
            clause: clause_of(change).map(str::to_owned),
            lines: Vec::new(),
            fault: None,
        };
        let Some(kind) = kind(&change.kind) else {
            one.fault = Some(format!("There is no setting of the kind “{}”.", change.kind));
            out.push(one);
            continue;
        };
        let mut records = app.engine.store().records(kind).await?;
        records.retain(|record| change.id == "*" || record.id == change.id);
        if records.is_empty() {
            one.fault =
                Some(format!("There is no {} named “{}”.", kind_title(kind).to_lowercase(), change.id));
        }
        for record in records {
            let data: Value = serde_json::from_str(&record.data).map_err(Error::fault)?;
            let day = change.from.max(app.engine.today());
            let (zone, at) = (app.engine.zone(), record.at);
            let lay = |dated: &[Dated]| {
                apply_changes(dated, kind, &record.id, &data, at, (day, &zone))
                    .map(|changed| changed.unwrap_or_else(|| data.clone()))
            };
            match (lay(before), lay(after)) {
                (Ok(old), Ok(new)) => {
                    one.title = title(kind, &record.id, &new);
                    one.clause = one.clause.or_else(|| cited(change, &new));
                    one.lines.extend(lines(kind, &old, &new, change, day));
                }
                (Err(says), _) | (_, Err(says)) => one.fault = Some(sentence(&says)),
            }
        }
        out.push(one);
    }
    Ok(out)
}

fn sentence(says: &str) -> String {
    let mut text = says.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{}.", text.trim_end_matches('.'))
}

fn title(kind: &str, id: &str, value: &Value) -> String {
    let name = value.get("title").and_then(Value::as_str).unwrap_or(id);
    format!("{}: {name}", kind_title(kind))
}

/// The days of a change in words.
pub(crate) fn days(change: &SettingChange) -> String {
    let from = frame::day(change.from);
    // A closed day is one day, however long its memo holds.
    if change.kind == HOURS
        && change.set.keys().all(|pointer| pointer == "/holidays/-")
        && !change.set.is_empty()
    {
        return format!("on {from}");
    }
    match change.until {
        Some(until) if until == change.from => format!("on {from}"),
        Some(until) => format!("from {from} until {}", frame::day(until)),
        None => format!("from {from}"),
    }
}

fn clause_of(change: &SettingChange) -> Option<&'static str> {
    (change.kind == HOURS)
        .then(|| if change.set.contains_key("/holidays/-") { "IM31-HOURS-1" } else { "IM31-HOURS-3" })
}

/// The clause that stands beside a number of the procedure.
fn cited(change: &SettingChange, value: &Value) -> Option<String> {
    let pointer = change.set.keys().next()?;
    let (above, _) = pointer.rsplit_once('/')?;
    let beside = value.pointer(&format!("{above}/clause")).or_else(|| value.get("clause"))?;
    beside.as_str().map(str::to_owned)
}

fn lines(kind: &str, old: &Value, new: &Value, change: &SettingChange, day: Date) -> Vec<Line> {
    if kind == HOURS
        && let (Ok(old), Ok(new)) =
            (serde_json::from_value::<Hours>(old.clone()), serde_json::from_value::<Hours>(new.clone()))
    {
        return hours(&old, &new, change, day);
    }
    differences(old, new).into_iter().map(line).collect()
}

fn line(difference: Difference) -> Line {
    let known = SOP_NUMBERS.iter().find(|(pointer, _)| *pointer == difference.place);
    let what = known.map_or_else(|| readable(&difference.place), |(_, words)| (*words).to_owned());
    Line { what, before: difference.before, after: difference.after }
}

/// `/text/en` as `Text, en`.
pub(crate) fn readable(pointer: &str) -> String {
    let words: Vec<String> =
        pointer.split('/').filter(|part| !part.is_empty()).map(|part| part.replace('_', " ")).collect();
    let mut text = words.join(", ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// `Monday: 8:00 am to 5:00 pm → 6:00 am to 6:00 pm`, in the order of the week; closed days by their date.
pub(crate) fn hours(old: &Hours, new: &Hours, change: &SettingChange, day: Date) -> Vec<Line> {
    let mut week: Vec<Date> = (0..7_i32)
        .filter_map(|n| day.checked_add(n.days()).ok())
        .filter(|day| change.until.is_none_or(|until| *day <= until))
        .collect();
    week.sort_by_key(|day| day.weekday().to_monday_zero_offset());
    let mut out: Vec<Line> = week
        .into_iter()
        .filter(|day| old.on_date(*day) != new.on_date(*day))
        .map(|day| Line {
            what: day.strftime("%A").to_string(),
            before: spans(old.on_date(day)),
            after: spans(new.on_date(day)),
        })
        .collect();
    let days =
        |hours: &Hours| -> BTreeSet<Date> { hours.holidays.iter().map(|holiday| holiday.date).collect() };
    for date in days(old).symmetric_difference(&days(new)) {
        let on = |hours: &Hours| match hours.holiday(*date) {
            Some(holiday) => format!("closed: {}", holiday.name),
            None => spans(hours.on_date(*date)),
        };
        out.push(Line { what: frame::day(*date), before: on(old), after: on(new) });
    }
    out
}

fn spans(list: &[OpenSpan]) -> String {
    spans_words(list, false)
}

/// A change on the days on which a page brings it: a memo's last day ends what it set (IM31-HOURS-5).
pub(crate) fn within(change: &SettingChange, last: Option<Date>) -> SettingChange {
    // One that begins after the last day of its page keeps its own days; its fault is told beside it.
    let until = [change.until, last].into_iter().flatten().min().filter(|until| *until >= change.from);
    SettingChange { until, ..change.clone() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::pack::Holiday;
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    fn spans_of(text: &str) -> Vec<OpenSpan> {
        vec![OpenSpan::try_from(text.to_owned()).unwrap()]
    }

    fn office() -> Hours {
        let eight = spans_of("08:00-17:00");
        Hours {
            id: "office".to_owned(),
            title: "Office".to_owned(),
            draft: false,
            source: "test".to_owned(),
            monday: eight.clone(),
            tuesday: eight.clone(),
            wednesday: eight.clone(),
            thursday: eight.clone(),
            friday: eight,
            saturday: Vec::new(),
            sunday: Vec::new(),
            holidays: Vec::new(),
            patterns: Vec::new(),
            by_hand: None,
        }
    }

    #[test]
    fn im31_hours_3_a_change_of_hours_is_said_day_by_day_in_the_order_of_the_week() {
        let old = office();
        let mut value = serde_json::to_value(&old).unwrap();
        let days = json!({"monday": ["06:00-18:00"], "wednesday": ["06:00-18:00"], "friday": []});
        value["patterns"] = json!([{"from": "2021-04-07", "until": null, "source": "IM-31", "days": days}]);
        let new: Hours = serde_json::from_value(value).unwrap();
        let change = SettingChange {
            kind: "hours".to_owned(),
            id: "office".to_owned(),
            from: date(2021, 4, 7),
            until: None,
            set: BTreeMap::new(),
        };
        let said: Vec<String> = hours(&old, &new, &change, change.from)
            .into_iter()
            .map(|line| format!("{}: {} → {}", line.what, line.before, line.after))
            .collect();
        assert_eq!(
            said,
            [
                "Monday: 8:00 am to 5:00 pm → 6:00 am to 6:00 pm",
                "Wednesday: 8:00 am to 5:00 pm → 6:00 am to 6:00 pm",
                "Friday: 8:00 am to 5:00 pm → closed"
            ]
        );
    }

    #[test]
    fn im31_hours_1_a_closed_day_is_said_by_its_date() {
        let (old, mut new) = (office(), office());
        new.holidays.push(Holiday { date: date(2021, 4, 2), name: "Memo IM-31".to_owned() });
        let change = SettingChange {
            kind: "hours".to_owned(),
            id: "office".to_owned(),
            from: date(2021, 4, 2),
            until: None,
            set: BTreeMap::new(),
        };
        let said = hours(&old, &new, &change, change.from);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].what, "Friday, April 2, 2021");
        assert_eq!(
            (said[0].before.as_str(), said[0].after.as_str()),
            ("8:00 am to 5:00 pm", "closed: Memo IM-31")
        );
    }

    #[test]
    fn im31_hours_5_a_change_ends_with_the_last_day_of_its_memo() {
        let change = |until| SettingChange {
            kind: "hours".to_owned(),
            id: "office".to_owned(),
            from: date(2027, 3, 8),
            until,
            set: BTreeMap::new(),
        };
        let last = Some(date(2027, 6, 30));
        assert_eq!(
            days(&within(&change(None), last)),
            "from Monday, March 8, 2027 until Wednesday, June 30, 2027"
        );
        let own = Some(date(2027, 4, 1));
        assert_eq!(within(&change(own), last).until, own);
        assert_eq!(days(&within(&change(None), None)), "from Monday, March 8, 2027");
    }
}
