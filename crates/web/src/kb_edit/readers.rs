//! Who has read a memo and who has not (the clauses `*-ACK-*`): by person, with the edition and the time, one's own
//! people first; as CSV; and the manager's confirmation that closes the review (IM33-ACK-1).

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::knowledge::{Edition, Owed, Page, Standing, owed, procedure_of, reaches};
use domain::permission::Role;
use domain::view::{READING, Reading};
use engine::Engine;
use engine::pages::KnowledgeError;
use engine::records::Account;
use store::RowQuery;

use super::frame::{day, due, frame, name, named, names, page as whole, standing};
use crate::admin::form::{Field, Given, Input};
use crate::admin::frame::{Cell, Frame, Listing, Said, Table};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

/// Readings of one memo that are looked at.
const MOST: usize = 50_000;

/// Where somebody stands with a memo.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stand {
    Read {
        at: i64,
    },
    /// An older edition was read, not this one.
    Older {
        edition: String,
    },
    Waiting,
    Overdue,
    /// The edition takes force on a later day: nobody can be missing.
    Later,
    /// The edition was taken back before they read it: nobody is asked any more.
    Gone,
}

impl Stand {
    const fn word(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read",
            Self::Older { .. } => "older edition read",
            Self::Waiting => "not read",
            Self::Overdue => "overdue",
            Self::Later => "not in force yet",
            Self::Gone => "not asked any more",
        }
    }

    const fn class(&self) -> &'static str {
        match self {
            Self::Read { .. } => "badge--ok",
            Self::Older { .. } | Self::Waiting => "badge--warn",
            Self::Overdue => "badge--bad",
            Self::Later | Self::Gone => "badge--quiet",
        }
    }

    /// Whether somebody still has to read it.
    const fn is_missing(&self) -> bool {
        !matches!(self, Self::Read { .. } | Self::Later | Self::Gone)
    }
}

struct Person {
    id: String,
    name: String,
    roles: String,
    office: String,
    supervisor: String,
    mine: bool,
    state: Stand,
    when: String,
}

/// Readings of a page by person: the edition last read, and when.
async fn readings(engine: &Engine, slug: &str) -> Result<BTreeMap<String, (String, i64)>, Error> {
    let query = RowQuery {
        kind: READING.to_owned(),
        group: Some(procedure_of(slug)),
        after: None,
        descending: false,
        limit: MOST,
    };
    let mut out = BTreeMap::new();
    for row in engine.store().rows(query).await? {
        let one: Reading = serde_json::from_str(&row.data).map_err(Error::fault)?;
        out.insert(one.staff.to_string(), (one.version, one.at));
    }
    Ok(out)
}

/// Everybody whom this edition asks to read it.
async fn asked(engine: &Engine, edition: &Edition) -> Result<Vec<Account>, Error> {
    let Some(required) = edition.memo.as_ref().and_then(|memo| memo.required.as_ref()) else {
        return Ok(Vec::new());
    };
    let accounts = engine.accounts().await?.into_iter().map(|(_, account)| account);
    Ok(accounts
        .filter(|account| {
            !account.disabled && reaches(required, &account.roles, &account.office, &account.programmes)
        })
        .collect())
}

/// How many of those asked have read this edition; none when nobody is asked.
pub(super) async fn count(
    app: &App,
    page: &Page,
    edition: &Edition,
) -> Result<Option<(usize, usize)>, Error> {
    if edition.memo.as_ref().is_none_or(|memo| memo.required.is_none()) {
        return Ok(None);
    }
    let (people, read) = (asked(&app.engine, edition).await?, readings(&app.engine, &page.slug).await?);
    let number = edition.number.to_string();
    let done = people
        .iter()
        .filter(|one| read.get(&one.id.0).is_some_and(|(version, _)| *version == number))
        .count();
    Ok(Some((done, people.len())))
}

/// The edition that people have to read: the one in force, else the newest that stands; of a memo that was taken back the
/// last, so that who had read it stays known.
fn speaking<'a>(app: &App, page: &'a Page) -> Option<&'a Edition> {
    let library = app.engine.library();
    let stands = |edition: &&Edition| edition.withdrawn.is_none();
    let number = library
        .page(&page.slug)
        .and_then(|(_, page)| library.in_force(page, app.engine.today()))
        .map(|e| e.number);
    let in_force = number.and_then(|number| page.editions.iter().find(|edition| edition.number == number));
    in_force.or_else(|| page.editions.iter().rev().find(stands)).or_else(|| page.editions.last())
}

/// Whether the edition takes force on a later day.
fn is_later(app: &App, edition: &Edition) -> bool {
    edition.withdrawn.is_none() && edition.from > app.engine.today()
}

/// When, by whom and why an edition was taken back.
async fn taken_back(app: &App, edition: &Edition) -> Result<Option<(String, String, String)>, Error> {
    let Some(gone) = &edition.withdrawn else { return Ok(None) };
    let (names, zone) = (names(&app.engine).await?, app.engine.zone());
    Ok(Some((shown::date_time(gone.at, &zone), name(&names, &gone.by), gone.reason.clone())))
}

async fn people(
    app: &App,
    me: &SignedIn,
    page: &Page,
    edition: &Edition,
    owed: &Owed,
) -> Result<Vec<Person>, Error> {
    let (read, names, pack) =
        (readings(&app.engine, &page.slug).await?, names(&app.engine).await?, app.engine.pack());
    let (now, number, zone) = (app.engine.now(), edition.number.to_string(), app.engine.zone());
    let (later, gone) = (is_later(app, edition), edition.withdrawn.is_some());
    let mut out: Vec<Person> = asked(&app.engine, edition)
        .await?
        .into_iter()
        .map(|account| {
            let state = match read.get(&account.id.0) {
                Some((version, at)) if *version == number => Stand::Read { at: *at },
                _ if later => Stand::Later,
                _ if gone => Stand::Gone,
                _ if owed.due_at <= now => Stand::Overdue,
                Some((version, _)) => Stand::Older { edition: version.clone() },
                None => Stand::Waiting,
            };
            let when = match &state {
                Stand::Read { at } => format!("edition {number}, {}", shown::date_time(*at, &zone)),
                Stand::Older { edition } => format!("read edition {edition}; this is {number}"),
                Stand::Waiting => format!("due {}", due(owed.due_at, &zone)),
                Stand::Overdue => format!("was due {}", due(owed.due_at, &zone)),
                Stand::Later => format!("takes force on {}", day(edition.from)),
                Stand::Gone => "taken back before it was read".to_owned(),
            };
            let office = pack.agency.offices.iter().find(|one| one.id == account.office);
            let roles: Vec<&str> = account.roles.iter().map(|role| role.word()).collect();
            Person {
                name: account.name.clone(),
                roles: roles.join(", "),
                office: office.map_or_else(|| account.office.clone(), |one| one.name.clone()),
                supervisor: account.supervisor.as_ref().map(|id| name(&names, &id.0)).unwrap_or_default(),
                mine: account.supervisor.as_ref() == Some(&me.account.id),
                id: account.id.0,
                state,
                when,
            }
        })
        .collect();
    let order =
        |one: &Person| (!one.mine, matches!(one.state, Stand::Read { .. }), one.state != Stand::Overdue);
    out.sort_by(|a, b| (order(a), &a.name).cmp(&(order(b), &b.name)));
    Ok(out)
}

#[derive(Template)]
#[template(path = "kb_edit/readers.html")]
struct Body {
    frame: Frame,
    slug: String,
    title: String,
    number: String,
    edition: u32,
    badge: (&'static str, String),
    done: usize,
    asked: usize,
    overdue: usize,
    share: usize,
    due: String,
    gate: Option<String>,
    /// The day it takes force, while that is still to come.
    later: Option<String>,
    /// When, by whom and why it was taken back.
    gone: Option<(String, String, String)>,
    search: Vec<Field>,
    people: Vec<Person>,
    query: String,
    units: Vec<Unit>,
    manager: bool,
    own: bool,
}

struct Found {
    page: Page,
    edition: Edition,
    owed: Owed,
    people: Vec<Person>,
}

async fn find(app: &App, me: &SignedIn, slug: &str) -> Result<Found, Error> {
    let library = app.engine.library();
    let (_, page) = library.page(slug).ok_or(Error::NotFound)?;
    let edition = speaking(app, page).ok_or(Error::NotFound)?;
    let owed = owed(page, edition, &app.engine.zone()).ok_or(Error::NotFound)?;
    let people = people(app, me, page, edition, &owed).await?;
    Ok(Found { page: page.clone(), edition: edition.clone(), owed, people })
}

fn filtered(mut people: Vec<Person>, query: &BTreeMap<String, String>) -> Vec<Person> {
    let get = |name: &str| query.get(name).cloned().unwrap_or_default();
    let (office, supervisor, state) = (get("office"), get("supervisor"), get("state"));
    people.retain(|one| {
        (office.is_empty() || one.office == office)
            && (supervisor.is_empty() || one.supervisor == supervisor)
            && (state.is_empty()
                || one.state.word() == state
                || (state == "missing" && one.state.is_missing()))
    });
    people
}

fn search(people: &[Person], query: &BTreeMap<String, String>) -> Vec<Field> {
    let get = |name: &str| query.get(name).cloned().unwrap_or_default();
    let options = |values: std::collections::BTreeSet<&String>| {
        let rest = values.into_iter().filter(|one| !one.is_empty()).map(|one| (one.clone(), one.clone()));
        std::iter::once((String::new(), "Any".to_owned())).chain(rest).collect::<Vec<_>>()
    };
    let states = [("", "Any"), ("missing", "Not read yet"), ("overdue", "Overdue"), ("read", "Read")];
    let states = states.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect();
    vec![
        Field::new(
            "office",
            "Office",
            Input::Select(options(people.iter().map(|one| &one.office).collect())),
            get("office"),
        ),
        Field::new(
            "supervisor",
            "Supervisor",
            Input::Select(options(people.iter().map(|one| &one.supervisor).collect())),
            get("supervisor"),
        ),
        Field::new("state", "Standing", Input::Select(states), get("state")),
    ]
}

/// The review of one office, for the screen.
struct Unit {
    office: String,
    name: String,
    done: usize,
    asked: usize,
    closed: Option<(String, String)>,
}

/// The reviews by office; none while the memo is not in force.
async fn units(app: &App, slug: &str) -> Result<Vec<Unit>, Error> {
    let (names, pack, zone) = (names(&app.engine).await?, app.engine.pack(), app.engine.zone());
    let found = match app.engine.reviews(slug).await {
        Ok((_, found)) => found,
        Err(KnowledgeError::NotFound(_)) => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    let unit = |unit: engine::pages::UnitReview| {
        let (done, asked) = unit.count();
        let office = pack.agency.offices.iter().find(|one| one.id == unit.office);
        Unit {
            name: office.map_or_else(|| unit.office.clone(), |one| one.name.clone()),
            closed: unit.confirmed.map(|one| (name(&names, &one.by), shown::date_time(one.at, &zone))),
            office: unit.office,
            done,
            asked,
        }
    };
    Ok(found.into_iter().map(unit).collect())
}

/// The filters as the query of an address.
fn filters(query: &BTreeMap<String, String>) -> String {
    let mut line = form_urlencoded::Serializer::new(String::new());
    for field in ["office", "supervisor", "state"] {
        if let Some(value) = query.get(field).filter(|value| !value.is_empty()) {
            line.append_pair(field, value);
        }
    }
    line.finish()
}

/// `GET /kb/edit/readers/{slug}`.
pub(super) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let found = find(&app, &me, &slug).await?;
    let (zone, library) = (app.engine.zone(), app.engine.library());
    let done = found.people.iter().filter(|one| matches!(one.state, Stand::Read { .. })).count();
    let asked = found.people.len();
    let filters = filters(&query);
    let body = Body {
        frame: frame(&me, "/kb/edit/readers", &query),
        title: named(&found.owed.memo, &found.edition.title),
        number: found.owed.memo.clone(),
        edition: found.edition.number,
        badge: standing(&library.standing(&found.page, &found.edition, app.engine.today())),
        done,
        asked,
        overdue: found.people.iter().filter(|one| one.state == Stand::Overdue).count(),
        share: (done * 100).checked_div(asked).unwrap_or(100),
        due: due(found.owed.due_at, &zone),
        gate: found.owed.gate_at.map(|at| shown::date_time(at, &zone)),
        later: is_later(&app, &found.edition).then(|| day(found.edition.from)),
        gone: taken_back(&app, &found.edition).await?,
        search: search(&found.people, &query),
        query: filters,
        units: units(&app, &slug).await?,
        manager: me.account.roles.contains(&Role::Manager),
        own: found.people.iter().any(|one| one.mine),
        people: filtered(found.people, &query),
        slug,
    };
    whole(&format!("Who has read {}", body.number), &me).show(&app, &body)
}

/// A cell. A spreadsheet would run a cell that begins with one of these as a formula; a quote in front makes it text.
fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if risky { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// `GET /kb/edit/readers/{slug}/csv`.
pub(super) async fn csv(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let found = find(&app, &me, &slug).await?;
    let people = filtered(found.people, &query);
    let detail = serde_json::json!({"edition": found.edition.number, "rows": people.len()});
    app.engine.note(&me.account.id.0, "export_readers", &slug, detail).await?;
    let zone = app.engine.zone();
    let mut text = "memo,edition,account,name,roles,office,supervisor,standing,read_at\r\n".to_owned();
    for one in &people {
        let at = match one.state {
            // The agency's clock with its distance from UTC, so that a spreadsheet shows the hour that people remember.
            Stand::Read { at } => {
                domain::time::instant(at).to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
            }
            _ => String::new(),
        };
        let edition = found.edition.number.to_string();
        let cells = [
            &found.owed.memo,
            &edition,
            &one.id,
            &one.name,
            &one.roles,
            &one.office,
            &one.supervisor,
            &one.state.word().to_owned(),
            &at,
        ];
        text.push_str(&cells.map(|value| cell(value)).join(","));
        text.push_str("\r\n");
    }
    let named = format!("attachment; filename=\"readers-{slug}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

/// `POST /kb/edit/readers/{slug}/close`: the manager confirms an office's review once everybody in it has read the memo
/// (IM33-ACK-1).
pub(super) async fn close(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    // Whether there is such a memo comes first: whoever asks for nothing is told so.
    find(&app, &me, &slug).await?;
    if !me.account.roles.contains(&Role::Manager) {
        return Err(Error::Invalid(
            "A manager confirms the review. Tell them when everybody has read it.".to_owned(),
        ));
    }
    app.engine.confirm_review(&slug, &given.text("office"), &me.account.id.0).await?;
    Ok(go(&format!("/kb/edit/readers/{slug}?said=closed")))
}

/// One memo's line in the list, with how many are missing.
async fn line(
    app: &App,
    me: &SignedIn,
    page: &Page,
    edition: &Edition,
    owed: &Owed,
) -> Result<(usize, usize, Vec<Cell>), Error> {
    let (library, today) = (app.engine.library(), app.engine.today());
    let people = people(app, me, page, edition, owed).await?;
    let missing = |one: &&Person| one.state.is_missing();
    let (left, mine) =
        (people.iter().filter(missing).count(), people.iter().filter(missing).filter(|one| one.mine).count());
    let read = people.iter().filter(|one| matches!(one.state, Stand::Read { .. })).count();
    let units = units(app, &page.slug).await?;
    let shut = units.iter().filter(|unit| unit.closed.is_some()).count();
    let (class, word) = standing(&library.standing(page, edition, today));
    let gone = taken_back(app, edition).await?;
    let row = vec![
        Cell::new(&owed.memo),
        Cell::new(&edition.title).link(format!("/kb/edit/readers/{}", page.slug)).badge(class, word),
        if is_later(app, edition) {
            Cell::new(format!("takes force on {}", day(edition.from)))
        } else {
            Cell::new(format!("{read} of {}", people.len()))
        },
        Cell::new(mine.to_string()).badge_if(
            mine > 0 && owed.due_at <= app.engine.now(),
            "badge--bad",
            "Overdue",
        ),
        match &gone {
            Some((at, by, _)) => Cell::new(format!("taken back {at} by {by}")),
            None => Cell::new(due(owed.due_at, &app.engine.zone())),
        },
        match (units.len(), gone) {
            (_, Some((_, _, reason))) => Cell::new(reason),
            (0, None) => Cell::new("not in force"),
            (all, None) if all == shut => Cell::new("").badge("badge--ok", "Closed"),
            (all, None) => Cell::new(format!("{shut} of {all} offices closed")),
        },
    ];
    Ok((mine, left, row))
}

/// `GET /kb/edit/readers`: every memo that asks somebody, the one with most people missing first; then those that were
/// taken back, whose readings stay known.
pub(super) async fn all(State(app): State<App>, me: SignedIn, Query(query): Said) -> Result<Response, Error> {
    let (library, today) = (app.engine.library(), app.engine.today());
    let (mut found, mut gone) = (Vec::new(), Vec::new());
    for page in library.pages() {
        let Some(edition) = speaking(&app, page) else { continue };
        let Some(owed) = owed(page, edition, &app.engine.zone()) else { continue };
        match library.standing(page, edition, today) {
            Standing::InForce | Standing::Scheduled => {
                found.push(line(&app, &me, page, edition, &owed).await?)
            }
            Standing::Withdrawn => gone.push((
                edition.withdrawn.as_ref().map_or(0, |one| one.at),
                line(&app, &me, page, edition, &owed).await?.2,
            )),
            // What has expired or was superseded asks nobody any more.
            _ => {}
        }
    }
    found.sort_by_key(|(mine, left, _)| std::cmp::Reverse((*mine, *left)));
    gone.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut tables = vec![Table {
        title: "Memos to read".to_owned(),
        columns: vec!["Number", "Subject", "Read by", "My people missing", "Due", "Review"],
        rows: found.into_iter().map(|(_, _, row)| row).collect(),
        empty: "No memo in force asks anybody to read it.",
        new: None,
    }];
    if !gone.is_empty() {
        tables.push(Table {
            title: "Taken back".to_owned(),
            columns: vec!["Number", "Subject", "Read by", "My people missing", "When", "Why"],
            rows: gone.into_iter().map(|(_, row)| row).collect(),
            empty: "No memo was taken back.",
            new: None,
        });
    }
    let body = Listing {
        frame: frame(&me, "/kb/edit/readers", &query),
        title: "Who has read",
        intro: "“Review this memorandum with appropriate staff”, made definite: who was asked, who has acknowledged, who is missing.",
        search: Vec::new(),
        tables,
    };
    whole("Who has read", &me).show(&app, &body)
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_run_as_a_formula() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("Demo Ana"), "Demo Ana");
    }
}
