//! A memo's particulars as its page shows them (the clauses `*-MEMO-*`), and whether the reader owes it a reading (`*-ACK-*`).

use domain::knowledge::{Edition, Library, Memo, Page, SettingChange, Viewer, procedure_of};
use domain::view::{READING, Reading};

use super::days::{day_of, day_words, printed};
use super::view::Card;
use crate::App;
use crate::error::Error;
use crate::session::SignedIn;
use crate::shown;

const WEEK: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

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

/// A change of settings in words.
pub(crate) struct ChangeView {
    pub(crate) what: String,
    pub(crate) when: String,
    pub(crate) lines: Vec<(String, String)>,
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

pub(crate) fn view(library: &Library, viewer: Viewer, edition: &Edition, memo: &Memo) -> MemoView {
    let pages = |slugs: &[String]| {
        let found = slugs.iter().filter_map(|slug| library.readable(slug, viewer));
        found
            .map(|(page, edition)| {
                super::view::card(page, edition, super::Door::Staff).told_apart(library, page)
            })
            .collect()
    };
    MemoView {
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
        readers: memo.required.as_ref().map(|required| {
            let roles: Vec<&str> = required.roles.iter().map(|role| role.word()).collect();
            let mut words = if roles.is_empty() { "everybody".to_owned() } else { roles.join(", ") };
            for (name, list) in [("offices", &required.offices), ("programmes", &required.programmes)] {
                if !list.is_empty() {
                    words = format!("{words}; {name}: {}", list.join(", "));
                }
            }
            format!("{words}; within {} days", required.due_days)
        }),
        changes: memo.changes.iter().map(change).collect(),
    }
}

fn change(change: &SettingChange) -> ChangeView {
    let when = match change.until {
        Some(until) => format!("from {} until {}", day_words(change.from, false), day_words(until, false)),
        None => format!("from {}", day_words(change.from, false)),
    };
    let which = if change.id == "*" { "all".to_owned() } else { change.id.clone() };
    let mut lines: Vec<(String, String)> = change
        .set
        .iter()
        .map(|(path, value)| {
            let path = path.trim_start_matches('/').trim_end_matches("/-").replace('/', " ");
            (path, value_words(value))
        })
        .collect();
    // A week begins on Monday, not with the letter F.
    lines.sort_by_key(|(name, _)| WEEK.iter().position(|day| day == name));
    ChangeView { what: format!("{}: {which}", change.kind.replace('_', " ")), when, lines }
}

/// A value as people read it: lists with commas, nothing as "none".
fn value_words(value: &serde_json::Value) -> String {
    use serde_json::Value;
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
    let id = format!("{}:{staff}", procedure_of(&page.slug));
    let row = app.engine.store().row(READING, &id).await?;
    let read = row.and_then(|row| serde_json::from_str::<Reading>(&row.data).ok());
    Ok(Reader::Has { at: read.map(|read| shown::date_time(read.at, &zone)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_of_settings_are_read_without_brackets() {
        let hours = SettingChange {
            kind: "hours".to_owned(),
            id: "customer-service".to_owned(),
            from: jiff::civil::date(2021, 4, 5),
            until: None,
            set: [
                ("/friday".to_owned(), json!(["06:00-18:00"])),
                ("/monday".to_owned(), json!(["06:00-18:00"])),
                ("/saturday".to_owned(), json!([])),
            ]
            .into(),
        };
        let seen = change(&hours);
        assert_eq!(
            (seen.what.as_str(), seen.when.as_str()),
            ("hours: customer-service", "from April 5, 2021")
        );
        assert_eq!(
            seen.lines,
            [("monday", "06:00-18:00"), ("friday", "06:00-18:00"), ("saturday", "none")]
                .map(|(day, hours)| (day.to_owned(), hours.to_owned()))
        );
    }
}
