//! `/visit/done/{id}`: what was booked, for as long as somebody needs to write it down. On a shared computer the address
//! must not keep telling where and when somebody goes, so it opens nothing after half an hour.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::appointment::{Appointment, Interpreter, Rules, Status};
use domain::id::AppointmentId;
use domain::time::Millis;
use serde::Deserialize;

use super::book::{Row, Tell, told, when};
use super::grid::reach;
use super::link::gone;
use super::say::{self, Call};
use super::words::Words;
use super::{calendar_file, page, unlisted, words};
use crate::App;
use crate::error::Error;
use crate::request::Caller;
use crate::session::SignedIn;

/// Milliseconds for which the page can be opened.
const OPEN: Millis = 30 * 60_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    lang: String,
}

#[derive(Template)]
#[template(path = "visit/done.html")]
struct Done {
    w: &'static Words,
    id: String,
    rows: Vec<Row>,
    tells: Vec<Tell>,
    bring: String,
    /// The ways to change it by text stand here, when they do not stand among the lines below.
    hint: bool,
    /// The end of the number that is texted.
    texted: Option<String>,
    /// Where the word START goes, when the number asked for no more texts.
    start_to: Option<String>,
    /// How long the link in the text opens the visit.
    life: String,
    call: Option<Call>,
}

pub(super) async fn show(
    State(app): State<App>,
    me: Option<SignedIn>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let words = words(&asked.lang, &headers);
    let Some(visit) = open(&app, &id).await? else {
        return gone(&app, format!("/visit/done/{id}"), me.as_ref(), caller, words);
    };
    let (pack, zone) = (app.engine.pack(), app.engine.zone());
    let rules = Rules::of(&pack, &zone).ok_or(Error::NotFound)?;
    let kind = rules.visit_type(&visit.visit_type);
    let bring = kind.map(|kind| Rules::wording(&kind.bring, words.language).to_owned()).unwrap_or_default();
    let ending = |number: &str| number.get(number.len().saturating_sub(4)..).map(str::to_owned);
    let texted = visit.phone.as_ref().filter(|_| visit.texts && !visit.notices.is_empty());
    let tells = told(&rules, reach(&rules, app.engine.now()).0, words, texted.is_some());
    let start_to = match &visit.phone {
        Some(number)
            if visit.texts && visit.notices.is_empty() && app.engine.has_opted_out(number).await? =>
        {
            let line = pack.agency.lines.iter().find(|line| line.id == rules.book.rules.line.value);
            line.map(|line| line.shown.clone())
        }
        _ => None,
    };
    let tongue = app.engine.interpreter_of(&visit).await?;
    let body = Done {
        w: words,
        id,
        rows: rows(&visit, &tongue, &rules, words),
        start_to,
        life: say::link_life(&rules, words),
        hint: texted.is_some() && tells.iter().all(|tell| tell.lead.is_none()),
        tells,
        bring,
        texted: texted.and_then(|phone| ending(&phone.0)),
        call: say::call(&pack.agency),
    };
    page(words.done_head, me.as_ref(), words, false).show(&app, &body).map(unlisted)
}

/// The visit as a file for the customer's own calendar, for as long as the page is open.
pub(super) async fn calendar(
    State(app): State<App>,
    me: Option<SignedIn>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    match open(&app, &id).await? {
        Some(visit) => Ok(calendar_file(app.engine.calendar_of(&visit)?)),
        None => gone(&app, format!("/visit/done/{id}"), me.as_ref(), caller, words(&asked.lang, &headers)),
    }
}

/// The visit, while its page is open.
async fn open(app: &App, id: &str) -> Result<Option<Appointment>, Error> {
    let Ok(id) = id.parse().map(AppointmentId) else { return Ok(None) };
    let visit = app.engine.appointment(id).await?;
    let fresh = |visit: &Appointment| {
        visit.status == Status::Booked && !visit.walk_in && app.engine.now() < visit.placed_at + OPEN
    };
    Ok(visit.filter(fresh))
}

/// Where, what for and when. `tongue` is the interpreter's language where it is shown.
pub(super) fn rows(visit: &Appointment, tongue: &str, rules: &Rules<'_>, words: &'static Words) -> Vec<Row> {
    let row = |title, value: String| Row { title, value, step: None };
    let office = rules.office(&visit.place.office);
    let kind = rules.visit_type(&visit.visit_type);
    let mut rows = vec![row(words.row_time, when(visit.place.start, visit.minutes, rules, words))];
    rows.extend(office.map(|office| row(words.row_office, say::office(office, words))));
    rows.extend(office.map(|office| row(words.row_address, office.address.clone())));
    rows.extend(kind.map(|kind| row(words.row_kind, Rules::wording(&kind.title, words.language).to_owned())));
    let interpreter = match &visit.interpreter {
        Some(Interpreter::Needed { kind }) if kind.is_empty() => {
            Some(Interpreter::Needed { kind: say::language(tongue, words) })
        }
        other => other.clone(),
    };
    if interpreter.is_some() {
        rows.push(row(words.row_interpreter, say::interpreter(interpreter.as_ref(), words)));
    }
    rows
}
