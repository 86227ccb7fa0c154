//! A memo's particulars as its page shows them (the clauses `*-MEMO-*`), and whether the reader owes it a reading (`*-ACK-*`).

use domain::id::StaffId;
use domain::knowledge::{
    Edition, Library, Page, Required, SettingChange, Viewer, days_words, procedure_of, spans_words,
    weekday_word,
};
use domain::pack::{Hours, OpenSpan};
use domain::view::{READING, Reading};
use engine::records::HOURS;
use jiff::ToSpan as _;
use jiff::civil::Weekday;
use serde_json::Value;

use super::days::{day_of, day_words, printed};
use super::view::Card;
use crate::App;
use crate::error::Error;
use crate::kb_edit::settings;
use crate::session::SignedIn;
use crate::shown;

pub(crate) const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// What stands at the head of a memo.
pub(crate) struct MemoView {
    pub(crate) number: String,
    pub(crate) issuing_role: String,
    pub(crate) kind: String,
    pub(crate) issued: Option<String>,
    pub(crate) from: String,
    pub(crate) until: Option<String>,
    pub(crate) actions: Vec<String>,
    pub(crate) revises: Vec<String>,
    pub(crate) forms_introduced: Vec<String>,
    pub(crate) forms_revised: Vec<String>,
    pub(crate) supersedes: Vec<Card>,
    pub(crate) related: Vec<Card>,
    pub(crate) readers: Option<String>,
    pub(crate) changes: Vec<ChangeView>,
}

/// A change of a setting, as readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeView {
    /// What is changed, by its title.
    pub(crate) title: String,
    /// Its days.
    pub(crate) when: String,
    /// Whether anything is known of what was before.
    pub(crate) compares: bool,
    pub(crate) rows: Vec<Row>,
}

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Whether the reader has to read it, or has.
pub(crate) enum Reader {
    /// Nobody asks them.
    NotAsked,
    /// They owe it.
    Owes {
        /// By when.
        due: String,
        /// It is due already.
        late: bool,
        /// Going on queue waits for it.
        gate: bool,
    },
    /// They have read this edition.
    Has {
        /// When.
        at: Option<String>,
    },
}

/// The head of an edition that is a memo.
///
/// # Errors
/// When settings cannot be read.
pub(crate) async fn view(
    app: &App,
    library: &Library,
    viewer: Viewer,
    page: &Page,
    edition: &Edition,
) -> Result<Option<MemoView>, Error> {
    let Some(memo) = &edition.memo else { return Ok(None) };
    let pages = |slugs: &[String]| {
        let found = slugs.iter().filter_map(|slug| library.readable(slug, viewer));
        found
            .map(|(page, edition)| {
                super::view::card(page, edition, super::Door::Staff).told_apart(library, page)
            })
            .collect()
    };
    let mut changes = Vec::new();
    for change in &memo.changes {
        let change = settings::within(change, edition.until);
        changes.push(changed(app, &page.slug, &change).await?);
    }
    Ok(Some(MemoView {
        number: memo.number.clone(),
        issuing_role: memo.issuing_role.clone(),
        kind: memo.kind.clone(),
        issued: memo.issued.map(|day| day_words(day, false)),
        from: printed(edition.from),
        until: edition.until.map(|day| day_words(day, false)),
        actions: memo.actions.clone(),
        revises: memo.revises.clone(),
        forms_introduced: memo.forms_introduced.clone(),
        forms_revised: memo.forms_revised.clone(),
        supersedes: pages(&memo.supersedes),
        related: pages(&memo.related),
        readers: memo.required.as_ref().map(|required| readers(app, required)),
        changes,
    }))
}

/// Who has to read it, and in how many days.
pub(crate) fn readers(app: &App, required: &Required) -> String {
    let pack = app.engine.pack();
    let roles: Vec<&str> = required.roles.iter().map(|role| role.word()).collect();
    let mut words = if roles.is_empty() { "everybody".to_owned() } else { roles.join(", ") };
    if !required.offices.is_empty() {
        let named = |id: &String| {
            let office = pack.agency.offices.iter().find(|office| &office.id == id);
            office.map_or_else(|| id.clone(), |office| office.name.clone())
        };
        let offices: Vec<String> = required.offices.iter().map(named).collect();
        words = format!("{words}; offices: {}", offices.join(", "));
    }
    if !required.programmes.is_empty() {
        words = format!("{words}; programmes: {}", required.programmes.join(", "));
    }
    let words = match required.due_days {
        0 => format!("{words}; on its first day"),
        1 => format!("{words}; within 1 day"),
        days => format!("{words}; within {days} days"),
    };
    match (required.gate, required.grace_hours) {
        (false, _) => words,
        (true, 0) => format!("{words}; going on queue waits for it"),
        (true, 1) => format!("{words}; going on queue waits for it after 1 hour"),
        (true, hours) => format!("{words}; going on queue waits for it after {hours} hours"),
    }
}

/// A change by the title of its setting, with what was before where that is known (IM31-HOURS-5).
pub(super) async fn changed(app: &App, slug: &str, change: &SettingChange) -> Result<ChangeView, Error> {
    let when = settings::days(change);
    let pack = app.engine.pack();
    let hours = pack.queues.hours.iter().find(|hours| change.kind == HOURS && hours.id == change.id);
    let (title, rows) = match hours {
        Some(hours) => (format!("Opening hours: {}", hours.title), hours_rows(change, hours)),
        None => {
            let after = app.engine.dated_changes();
            let before: Vec<_> = after.iter().filter(|dated| dated.slug != slug).cloned().collect();
            let shown = settings::shown(app, std::slice::from_ref(change), &before, &after).await?;
            let shown = shown.into_iter().next();
            let title = shown.as_ref().map_or_else(|| change.kind.replace('_', " "), |one| one.title.clone());
            let told = shown.map(|one| one.lines).unwrap_or_default().into_iter().map(|line| Row {
                what: line.what,
                before: line.before,
                after: line.after,
            });
            let told: Vec<Row> = told.collect();
            // What has been in force for long is part of the setting: then only what was set can be said.
            (title, if told.is_empty() { set_rows(change) } else { told })
        }
    };
    let compares = rows.iter().any(|row| !row.before.is_empty() && row.before != row.after);
    Ok(ChangeView { title, when, compares, rows })
}

/// The weekdays in their order, those with the same hours together; then closed days.
pub(crate) fn hours_rows(change: &SettingChange, hours: &Hours) -> Vec<Row> {
    // Once somebody has edited the hours by hand, what was before the change is not known any more.
    let laid = hours.patterns.iter().any(|one| one.from == change.from);
    let mut groups: Vec<(Vec<Weekday>, String, String)> = Vec::new();
    for weekday in WEEK {
        let name = format!("/{}", weekday_word(weekday, false).to_lowercase());
        let Some(value) = change.set.get(&name) else { continue };
        let after = serde_json::from_value::<Vec<OpenSpan>>(value.clone())
            .map_or_else(|_| value_words(value), |spans| spans_words(&spans, false));
        // The same weekday in the week before: its hours are those that the change replaced.
        let ahead =
            (weekday.to_monday_zero_offset() - change.from.weekday().to_monday_zero_offset()).rem_euclid(7);
        let first = change.from.checked_add(i64::from(ahead).days());
        let earlier = first.and_then(|day| day.checked_sub(7.days())).ok().filter(|_| laid);
        let before = earlier.map(|day| spans_words(hours.on_date(day), false)).unwrap_or_default();
        // Days that the memo leaves as they were part a stretch.
        let next = |days: &[Weekday]| days.last().is_some_and(|last| last.next() == weekday);
        match groups.last_mut().filter(|(days, old, new)| next(days) && (old, new) == (&before, &after)) {
            Some((days, _, _)) => days.push(weekday),
            None => groups.push((vec![weekday], before, after)),
        }
    }
    let week =
        groups.into_iter().map(|(days, before, after)| Row { what: days_words(&days, false), before, after });
    let mut rows: Vec<Row> = week.map(|row| Row { what: capital(&row.what), ..row }).collect();
    if let Some(holiday) = change.set.get("/holidays/-") {
        let of = |name: &str| holiday.get(name).and_then(Value::as_str).unwrap_or_default();
        let what = of("date").parse().map_or_else(|_| of("date").to_owned(), settings::day);
        rows.push(Row { what, before: String::new(), after: format!("closed: {}", of("name")) });
    }
    rows
}

/// What a change sets, field by field.
fn set_rows(change: &SettingChange) -> Vec<Row> {
    let row = |(path, value): (&String, &Value)| Row {
        what: settings::readable(path),
        before: String::new(),
        after: value_words(value),
    };
    change.set.iter().map(row).collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// A value as people read it: lists with commas, nothing as "none".
fn value_words(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) if all.is_empty() => "none".to_owned(),
        Value::Array(all) => all.iter().map(value_words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name}: {}", value_words(value));
            fields.iter().map(field).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// An edition that was taken back, for whoever comes to read it.
pub(super) struct Gone {
    /// When, by whom in which role, and why.
    pub(super) day: String,
    pub(super) by: String,
    pub(super) reason: String,
    pub(super) number: u32,
    /// When this reader had acknowledged it.
    pub(super) acknowledged: Option<String>,
    /// The settings that went back.
    pub(super) changes: Vec<ChangeView>,
}

/// What is to be said of an edition that was taken back (IM31-HOURS-5).
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn gone(
    app: &App,
    me: &SignedIn,
    page: &Page,
    edition: &Edition,
) -> Result<Option<Gone>, Error> {
    let Some(taken) = &edition.withdrawn else { return Ok(None) };
    let zone = app.engine.zone();
    let account = app.engine.account(&StaffId::from(taken.by.as_str())).await?.map(|(_, account)| account);
    let by = account.map_or_else(
        || taken.by.clone(),
        |account| {
            let roles: Vec<&str> = account.roles.iter().map(|role| role.word()).collect();
            format!("{} ({})", account.name, roles.join(", "))
        },
    );
    let read = last_reading(app, me, page).await?.filter(|one| one.version == edition.number.to_string());
    let mut changes = Vec::new();
    for change in edition.memo.iter().flat_map(|memo| &memo.changes) {
        let change = settings::within(change, edition.until);
        changes.push(ChangeView { compares: false, ..changed(app, &page.slug, &change).await? });
    }
    Ok(Some(Gone {
        day: settings::day(day_of(taken.at, &zone)),
        by,
        reason: taken.reason.clone(),
        number: edition.number,
        acknowledged: read.map(|one| shown::date_time(one.at, &zone)),
        changes,
    }))
}

/// The reading of this page that the reader did last.
async fn last_reading(app: &App, me: &SignedIn, page: &Page) -> Result<Option<Reading>, Error> {
    let id = format!("{}:{}", procedure_of(&page.slug), me.account.id);
    let row = app.engine.store().row(READING, &id).await?;
    Ok(row.and_then(|row| serde_json::from_str::<Reading>(&row.data).ok()))
}

/// Where this reader stands with the memo's edition.
pub(crate) async fn reader(
    app: &App,
    me: &SignedIn,
    page: &Page,
    edition: &Edition,
) -> Result<Reader, Error> {
    let staff = &me.account.id;
    let asks = |one: &domain::knowledge::Owed| one.slug == page.slug && one.number == edition.number;
    let Some(reading) = app.engine.readings_of(staff).into_iter().find(asks) else {
        return Ok(Reader::NotAsked);
    };
    let (now, zone) = (app.engine.now(), app.engine.zone());
    if app.engine.unread_of(staff).iter().any(asks) {
        // The last whole day that is left for it.
        let due = day_words(day_of(reading.due_at.saturating_sub(1), &zone), false);
        let gate = reading.gate_at.is_some();
        return Ok(Reader::Owes { due, late: reading.due_at <= now, gate });
    }
    let read = last_reading(app, me, page).await?;
    Ok(Reader::Has { at: read.map(|read| shown::date_time(read.at, &zone)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    #[test]
    fn im31_hours_5_readers_see_the_week_in_its_order_with_what_was_before() {
        let spans = |text: &str| vec![OpenSpan::try_from(text.to_owned()).unwrap()];
        let mut hours = Hours {
            id: "customer-service".to_owned(),
            title: "Customer Service Center hours".to_owned(),
            draft: false,
            source: "test".to_owned(),
            monday: spans("08:00-17:00"),
            tuesday: spans("08:00-17:00"),
            wednesday: Vec::new(),
            thursday: Vec::new(),
            friday: spans("08:00-17:00"),
            saturday: spans("09:00-12:00"),
            sunday: Vec::new(),
            holidays: Vec::new(),
            patterns: Vec::new(),
            by_hand: None,
        };
        let six = json!(["06:00-18:00"]);
        let change = SettingChange {
            kind: "hours".to_owned(),
            id: "customer-service".to_owned(),
            from: date(2021, 4, 5),
            until: None,
            set: [
                ("/friday", six.clone()),
                ("/monday", six.clone()),
                ("/tuesday", six.clone()),
                ("/saturday", json!([])),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        };
        let days = json!({"from": "2021-04-05", "until": null, "source": "IM-31",
            "days": {"monday": six, "tuesday": six, "friday": six, "saturday": []}});
        hours.patterns.push(serde_json::from_value(days).unwrap());
        let said: Vec<[String; 3]> =
            hours_rows(&change, &hours).into_iter().map(|row| [row.what, row.before, row.after]).collect();
        assert_eq!(
            said,
            [
                ["Monday and Tuesday", "8:00 am to 5:00 pm", "6:00 am to 6:00 pm"],
                ["Friday", "8:00 am to 5:00 pm", "6:00 am to 6:00 pm"],
                ["Saturday", "9:00 am to 12:00 pm", "closed"],
            ]
        );
    }

    #[test]
    fn im31_hours_1_a_closed_day_has_its_date_and_its_name() {
        let set = [("/holidays/-".to_owned(), json!({"date": "2021-04-03", "name": "Centers closed"}))];
        let (kind, id) = ("hours".to_owned(), "office".to_owned());
        let change = SettingChange { kind, id, from: date(2021, 4, 3), until: None, set: set.into() };
        let rows = hours_rows(
            &change,
            &serde_json::from_value(
                json!({"id": "office", "title": "Office", "draft": false, "source": "test"}),
            )
            .unwrap(),
        );
        assert_eq!(
            (rows[0].what.as_str(), rows[0].after.as_str()),
            ("Saturday, April 3, 2021", "closed: Centers closed")
        );
    }
}
