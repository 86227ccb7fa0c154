//! Opening hours and holidays, with a look at what they mean now before they are saved.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::pack::{Holiday, Hours, OpenSpan, Pack};
use domain::permission::Permission;
use domain::time::instant;
use engine::records::HOURS;
use jiff::civil::Date;

use super::codes::{NEW, id_field, id_of};
use super::form::{Field, Given, Input};
use super::frame::{Cell, Edit, Frame, Said, Table};
use super::{in_force, reached, record};
use crate::App;
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;

const DAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];

fn of_day<'a>(hours: &'a mut Hours, day: &str) -> &'a mut Vec<OpenSpan> {
    match day {
        "monday" => &mut hours.monday,
        "tuesday" => &mut hours.tuesday,
        "wednesday" => &mut hours.wednesday,
        "thursday" => &mut hours.thursday,
        "friday" => &mut hours.friday,
        "saturday" => &mut hours.saturday,
        _ => &mut hours.sunday,
    }
}

/// The table of all hours.
pub(crate) fn table(app: &App, pack: &Pack, may: bool) -> Table {
    let row = |hours: &Hours| {
        let (_, words) = preview(app, hours);
        let used: Vec<&str> = pack
            .queues
            .queues
            .iter()
            .filter(|queue| queue.hours == hours.id)
            .map(|queue| queue.title.as_str())
            .collect();
        vec![
            Cell::new(&hours.title)
                .sub(hours.id.clone())
                .link(format!("/admin/hours/{}", hours.id))
                .badge_if(hours.draft, "badge--warn", "Agency to confirm"),
            Cell::new(words),
            Cell::new(format!("{} holidays", hours.holidays.len())),
            Cell::new(used.join(", ")),
        ]
    };
    Table {
        title: "Opening hours".to_owned(),
        columns: vec!["Hours", "Now", "Holidays", "Used by"],
        rows: pack.queues.hours.iter().map(row).collect(),
        empty: "No hours are set up; every queue is always open.",
        new: may.then_some(("/admin/hours/new", "New hours")),
    }
}

/// Whether they are open now, and what comes next, in words.
fn preview(app: &App, hours: &Hours) -> (bool, String) {
    let (now, zone) = (instant(app.engine.now()), app.engine.zone());
    if hours.is_open(now, &zone) {
        return (true, "Open now.".to_owned());
    }
    let next = hours.next_opening(now, &zone);
    let words = next.map_or_else(
        || "Closed now, and never opens within a year.".to_owned(),
        |at| {
            format!("Closed now. Opens {}.", at.to_zoned(zone.clone()).strftime("%A, %B %-d, %Y, %-I:%M %p"))
        },
    );
    (false, words)
}

fn spans(list: &[OpenSpan]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn fields(hours: &Hours) -> Vec<Field> {
    let mut copy = hours.clone();
    let mut out = vec![Field::new("title", "Name on screens", Input::Text, &hours.title).required()];
    for (name, label) in DAYS {
        let value = spans(of_day(&mut copy, name));
        out.push(
            Field::new(name, label, Input::Text, value)
                .hint("Such as 06:00-12:00, 13:00-18:00; empty is closed."),
        );
    }
    let holidays: Vec<String> =
        hours.holidays.iter().map(|holiday| format!("{} {}", holiday.date, holiday.name)).collect();
    out.push(
        Field::new("holidays", "Holidays", Input::Area(12, false), holidays.join("\n"))
            .hint("One a line: 2026-11-26 Thanksgiving Day."),
    );
    out.push(Field::new("source", "Where they come from", Input::Text, &hours.source).clause("AMB-54"));
    out.push(Field::new(
        "draft",
        "The agency has still to confirm them",
        Input::Check,
        if hours.draft { "yes" } else { "" },
    ));
    out
}

fn day(text: &str, label: &str, errors: &mut Vec<String>) -> Vec<OpenSpan> {
    let mut out: Vec<OpenSpan> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match OpenSpan::try_from(part.replace(' ', "")) {
            Ok(span) if out.last().is_some_and(|last| span.from_minute() < last.until_minute()) => {
                errors.push(format!("{label}: the spans overlap or are out of order."));
            }
            Ok(span) => out.push(span),
            Err(sentence) => errors.push(format!("{label}: {sentence}.")),
        }
    }
    out
}

/// Whether what stands in the place of a name is a time or a stretch of time: `08:00-7:00`, `8-12`, `8am to 5pm`.
fn is_time(name: &str) -> bool {
    let name = name.trim().to_lowercase().replace("to", "-");
    let clock = name
        .as_bytes()
        .windows(3)
        .any(|three| matches!(three, [a, b':', c] if a.is_ascii_digit() && c.is_ascii_digit()));
    let only = name.chars().all(|c| c.is_ascii_digit() || " -–—:.apmh".contains(c));
    clock || (only && name.contains(|c: char| c.is_ascii_digit()))
}

fn holidays(text: &str, errors: &mut Vec<String>) -> Vec<Holiday> {
    let mut out: Vec<Holiday> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (date, name) = line.split_once(' ').unwrap_or((line, ""));
        match date.parse::<Date>() {
            Ok(date) if out.iter().any(|known| known.date == date) => {
                errors.push(format!("Holidays: {date} is there twice."))
            }
            Ok(date) if is_time(name) => errors.push(format!(
                "Holidays: “{line}” gives hours where the name of the holiday belongs. A holiday is closed the whole day: write \
                 “{date}” and its name, such as “{date} Christmas Day”. Shorter hours on a day cannot be entered as a holiday."
            )),
            Ok(date) => out.push(Holiday { date, name: name.trim().to_owned() }),
            Err(_) => {
                errors.push(format!("Holidays: “{line}” does not begin with a day such as 2026-11-26."))
            }
        }
    }
    out.sort_by_key(|holiday| holiday.date);
    out
}

fn read(given: &Given, before: &Hours, errors: &mut Vec<String>) -> Hours {
    let mut hours = before.clone();
    hours.title = given.filled("title", "Name on screens", 60, errors);
    for (name, label) in DAYS {
        *of_day(&mut hours, name) = day(&given.text(name), label, errors);
    }
    if DAYS.iter().all(|(name, _)| of_day(&mut hours, name).is_empty()) {
        errors.push("These hours never open; give at least one span.".to_owned());
    }
    hours.holidays = holidays(&given.text("holidays"), errors);
    hours.source = given.filled("source", "Where they come from", 400, errors);
    hours.draft = given.checked("draft");
    hours
}

#[derive(Template)]
#[template(path = "admin/hours_now.html")]
struct Now {
    open: bool,
    words: String,
    saved: bool,
}

fn form(
    app: &App,
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    version: u64,
    hours: &Hours,
) -> Result<Edit, Error> {
    let frame = Frame::new(me, "/admin/queues", query);
    let back = ("/admin/queues", "Queues and hours");
    let new = version == 0;
    let (title, id) = if new { ("New hours", NEW) } else { (hours.title.as_str(), hours.id.as_str()) };
    let mut edit = Edit::new(frame, title.to_owned(), back, format!("/admin/hours/{id}"));
    let (open, words) = preview(app, hours);
    edit.version = version;
    edit.fields = fields(hours);
    edit.may = me.may(Permission::Settings);
    if new {
        edit.fields.insert(0, id_field(""));
    } else {
        edit.history = Some(format!("/admin/hours/{id}/history"));
    }
    edit.before = Now { open, words, saved: true }.render()?;
    edit.preview = Some("Check without saving");
    Ok(edit)
}

/// What the form of new hours begins with: the office hours and holidays of the first ones there are, to be confirmed.
fn fresh(pack: &Pack) -> Hours {
    let known = pack.queues.hours.first().cloned();
    let span = |text: &str| OpenSpan::try_from(text.to_owned()).into_iter().collect::<Vec<_>>();
    let mut hours = Hours {
        id: String::new(),
        title: String::new(),
        draft: true,
        source: String::new(),
        monday: Vec::new(),
        tuesday: Vec::new(),
        wednesday: Vec::new(),
        thursday: Vec::new(),
        friday: Vec::new(),
        saturday: Vec::new(),
        sunday: Vec::new(),
        holidays: known.map(|hours| hours.holidays).unwrap_or_default(),
        patterns: Vec::new(),
        by_hand: None,
    };
    for (name, _) in DAYS.into_iter().take(5) {
        *of_day(&mut hours, name) = span("08:00-17:00");
    }
    hours
}

/// The hours of the address; fresh ones for `new`.
async fn load(app: &App, me: &SignedIn, id: &str) -> Result<in_force::Form, Error> {
    if id != NEW {
        return in_force::hours(app, id).await;
    }
    if !me.may(Permission::Settings) {
        return Err(Error::Forbidden);
    }
    Ok(in_force::Form::fresh(fresh(&app.engine.pack())))
}

/// `GET /admin/hours/{id}`; the id `new` is an empty form.
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let loaded = load(&app, &me, &id).await?;
    let mut edit = form(&app, &me, &query, loaded.version, &loaded.seen)?;
    let notice = in_force::notice(&app, HOURS, &id).await?;
    if let Some(record) = app.engine.setting_in_force(HOURS, &id).await?.filter(|_| !notice.is_empty()) {
        // Whether it is open, and when next, also by what memos bring on days to come.
        let whole: Hours = serde_json::from_str(&record.data).map_err(Error::fault)?;
        let (open, words) = preview(&app, &whole);
        edit.before = format!("{notice}{}", Now { open, words, saved: true }.render()?);
    }
    if loaded.version > 0 {
        // Whom a holiday touches stands here after it is saved, until everybody has another time (PHONE-APPT-11).
        edit.before += &reached::of_hours(&app.engine, &id).await?;
    }
    edit.show(&app, &me)
}

/// `POST /admin/hours/{id}`: saves, or with `preview` only says what the new hours would mean now.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(address): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let loaded = load(&app, &me, &address).await?;
    let mut errors = Vec::new();
    let id = id_of(&app, HOURS, &address, &given, &mut errors).await?;
    let after = Hours { id: id.clone(), ..read(&given, &loaded.seen, &mut errors) };
    let after = loaded.saved(&after, app.engine.now());
    let tried = given.checked("preview");
    let mut conflict = None;
    let touched = if errors.is_empty() {
        super::offices::touched(&app, (HOURS, &id), &after).await?
    } else {
        super::offices::TouchedBox::default()
    };
    // Visits that a holiday or shorter hours touch are shown before anything is saved (PHONE-APPT-11).
    let shown_first = touched.any() && !given.checked("confirmed");
    if errors.is_empty() && !tried && !shown_first {
        conflict = record::save_sound(&app, &me, (HOURS, &id), &given, &after, &mut errors).await?;
        if conflict.is_none() && errors.is_empty() {
            return Ok(go(&format!("/admin/hours/{id}?said=saved")));
        }
    }
    let mut edit = form(&app, &me, &BTreeMap::new(), loaded.version, &loaded.seen)?;
    if errors.is_empty() && conflict.is_none() {
        let (open, words) = preview(&app, &in_force::with_memos(&app, &after)?);
        edit.before = format!("{}{}", Now { open, words, saved: false }.render()?, touched.render()?);
        edit.confirm = touched.any().then(|| super::offices::confirm_words(touched.told));
    }
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_overlaps_are_told() {
        let mut errors = Vec::new();
        assert_eq!(
            spans(&day("06:00-12:00, 13:00 - 18:00", "Monday", &mut errors)),
            "06:00-12:00, 13:00-18:00"
        );
        assert!(errors.is_empty() && day("", "Sunday", &mut errors).is_empty());
        day("06:00-12:00, 11:00-18:00", "Monday", &mut errors);
        day("6-12", "Tuesday", &mut errors);
        assert_eq!(errors.len(), 2);
        assert!(errors[1].starts_with("Tuesday: "));
    }

    #[test]
    fn holidays_are_sorted_and_doubles_are_told() {
        let mut errors = Vec::new();
        let found = holidays("2026-12-25 Christmas Day\n\n2026-11-26 Thanksgiving Day\n", &mut errors);
        assert_eq!(
            found.iter().map(|h| h.name.as_str()).collect::<Vec<_>>(),
            ["Thanksgiving Day", "Christmas Day"]
        );
        for hours in ["08:00-7:00", "8-12", "8am to 5pm", "closes 15:00", "8.30 - 12"] {
            let mut told = Vec::new();
            assert!(holidays(&format!("2026-12-25 {hours}"), &mut told).is_empty(), "{hours}");
            assert!(told[0].contains("gives hours where the name") && told[0].contains(hours), "{told:?}");
        }
        for name in
            ["Christmas Day", "Independence Day (observed)", "New Year's Day 2028 (observed)", "Map Day"]
        {
            let mut told = Vec::new();
            assert_eq!(holidays(&format!("2026-12-25 {name}"), &mut told).len(), 1, "{name}: {told:?}");
        }
        holidays("2026-12-25 A\n2026-12-25 B\nChristmas", &mut errors);
        assert_eq!(errors.len(), 2);
    }
}
