//! `/visit/{secret}`: the page behind the link in a text. Whoever holds the link may say that they come, choose another
//! time, cancel, and take the visit into their calendar; nothing else of the customer's is shown.
//!
//! A link that opens nothing says the same whether it was guessed, has run out, or belongs to a visit that is over. Those
//! are counted by address, and slowed after a while. Links that open are not: many phones of one carrier share an
//! address, and no secret of 144 bits is found by trying.

use askama::Template;
use axum::Form;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::appointment::{Appointment, AppointmentCommand, Channel, MOVED_MEANWHILE, Refused, Rules, Seen};
use domain::event::Actor;
use engine::AppointmentError;
use serde::Deserialize;

use super::asked::Asked;
use super::book::{Row, grid};
use super::done::rows;
use super::grid::Grid;
use super::plan::{self, Around, Fault, Plan, Step};
use super::say::{self, Call};
use super::words::Words;
use super::{calendar_file, counted, page, slowed, unlisted, words};
use crate::App;
use crate::error::Error;
use crate::page::go;
use crate::request::{Caller, RequestId};
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "visit/link.html")]
struct Link {
    w: &'static Words,
    at: String,
    rows: Vec<Row>,
    seen: String,
    said: Option<&'static str>,
    meanwhile: bool,
    flagged: bool,
    comes: bool,
    call: Option<Call>,
}

#[derive(Template)]
#[template(path = "visit/move.html")]
struct Move {
    w: &'static Words,
    at: String,
    rows: Vec<Row>,
    faults: Vec<Fault>,
    grid: Grid,
    call: Option<Call>,
}

#[derive(Template)]
#[template(path = "visit/cancel.html")]
struct Cancel {
    w: &'static Words,
    at: String,
    rows: Vec<Row>,
    seen: String,
    call: Option<Call>,
    done: bool,
}

#[derive(Template)]
#[template(path = "visit/gone.html")]
struct Gone {
    w: &'static Words,
    at: String,
    call: Option<Call>,
    wait: Option<String>,
    /// How long a link opens a visit; none where the agency has no appointment book.
    life: Option<String>,
}

/// A page for a link that opens nothing.
pub(super) fn gone(
    app: &App,
    at: String,
    me: Option<&SignedIn>,
    caller: Caller,
    words: &'static Words,
) -> Result<Response, Error> {
    let slow = app.engine.may_open_link(&counted(caller.0)).err();
    let (pack, zone) = (app.engine.pack(), app.engine.zone());
    let body = Gone {
        w: words,
        at,
        call: say::call(&pack.agency),
        life: Rules::of(&pack, &zone).map(|rules| say::link_life(&rules, words)),
        wait: slow.map(|slow| say::wait(slow.retry_after_seconds.into(), words)),
    };
    let (title, status) = match slow {
        Some(_) => (words.slow_head, StatusCode::TOO_MANY_REQUESTS),
        None => (words.gone_head, StatusCode::NOT_FOUND),
    };
    let response = unlisted(page(title, me, words, false).status(status).show(app, &body)?);
    Ok(match slow {
        Some(slow) => slowed(response, slow.retry_after_seconds),
        None => response,
    })
}

/// What the address may say besides.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    lang: String,
    said: String,
}

/// One request to a link.
pub(super) struct At {
    app: App,
    me: Option<SignedIn>,
    caller: Caller,
    cause: String,
    secret: String,
    headers: HeaderMap,
}

impl FromRequestParts<App> for At {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let Path(secret) = path.map_err(|_| Error::NotFound)?;
        Ok(Self {
            app: app.clone(),
            me: parts.extensions.get::<SignedIn>().cloned(),
            caller: Caller::from_request_parts(parts, app).await?,
            cause: RequestId::from_request_parts(parts, app).await?.0,
            secret,
            headers: parts.headers.clone(),
        })
    }
}

impl At {
    /// The visit that the link opens, and the language to speak: the one chosen, else the visit's own.
    async fn open(&self, lang: &str) -> Result<Result<(Appointment, &'static Words), Response>, Error> {
        match self.app.engine.appointment_by_link(&self.secret).await? {
            Some(visit) => {
                let words = Words::of(if lang.is_empty() { visit.language == "es" } else { lang == "es" });
                Ok(Ok((visit, words)))
            }
            None => {
                let words = words(lang, &self.headers);
                Ok(Err(gone(&self.app, self.path(), self.me.as_ref(), self.caller, words)?))
            }
        }
    }

    fn path(&self) -> String {
        format!("/visit/{}", self.secret)
    }

    fn address(&self, part: &str, words: &Words, more: &str) -> String {
        format!("/visit/{}{part}?lang={}{more}", self.secret, words.language)
    }

    /// Carries out what a page asks that showed the visit as `seen` says.
    async fn handle(
        &self,
        visit: &Appointment,
        command: AppointmentCommand,
        seen: &str,
    ) -> Result<Outcome, Error> {
        let seen = Seen::read(seen);
        match self.app.engine.handle_appointment_seen(visit.id, command, seen, &self.cause).await {
            Ok(_) => Ok(Outcome::Done),
            Err(AppointmentError::Refused(refused)) if refused.code == MOVED_MEANWHILE => {
                Ok(Outcome::Meanwhile)
            }
            Err(AppointmentError::Refused(refused)) => Ok(Outcome::Refused(refused)),
            Err(AppointmentError::Engine(error)) => Err(error.into()),
        }
    }
}

/// What became of a command.
enum Outcome {
    Done,
    /// The visit stands elsewhere than the page said.
    Meanwhile,
    Refused(Box<Refused>),
}

pub(super) async fn show(at: At, Query(told): Query<Told>) -> Result<Response, Error> {
    let (visit, words) = match at.open(&told.lang).await? {
        Ok(open) => open,
        Err(gone) => return Ok(gone),
    };
    let (pack, zone) = (at.app.engine.pack(), at.app.engine.zone());
    let rules = Rules::of(&pack, &zone).ok_or(Error::NotFound)?;
    let body = Link {
        w: words,
        at: at.path(),
        rows: rows(&visit, "", &rules, words),
        seen: Seen::of(&visit).value(),
        meanwhile: told.said == "meanwhile",
        said: (told.said == "moved").then_some(words.link_moved),
        flagged: visit.flagged.is_some(),
        comes: visit.confirmed_at.is_some(),
        call: say::call(&pack.agency),
    };
    page(words.link_title, at.me.as_ref(), words, false).show(&at.app, &body).map(unlisted)
}

/// The customer says that they come (SMS-APPT-2).
pub(super) async fn come(at: At, Form(asked): Form<Asked>) -> Result<Response, Error> {
    let (visit, words) = match at.open(&asked.lang).await? {
        Ok(open) => open,
        Err(gone) => return Ok(gone),
    };
    let command = AppointmentCommand::Confirm { channel: Channel::Page, by: Actor::Customer };
    // What is refused here (the office will be closed then, the visit has begun) the page itself says.
    let said = match at.handle(&visit, command, &asked.seen).await? {
        Outcome::Meanwhile => "&said=meanwhile",
        Outcome::Done | Outcome::Refused(_) => "",
    };
    Ok(go(&at.address("", words, said)))
}

/// The calendar, to choose another time.
pub(super) async fn times(at: At, Query(asked): Query<Asked>) -> Result<Response, Error> {
    match at.open(&asked.lang).await? {
        Ok((visit, words)) => {
            let asked = Asked { start: String::new(), from: String::new(), ..asked.tidy() };
            choose(&at, &visit, words, &asked, Vec::new()).await
        }
        Err(gone) => Ok(gone),
    }
}

/// Moves the visit (SMS-APPT-4).
pub(super) async fn shift(at: At, Form(asked): Form<Asked>) -> Result<Response, Error> {
    let (visit, words) = match at.open(&asked.lang).await? {
        Ok(open) => open,
        Err(gone) => return Ok(gone),
    };
    let asked = Asked { from: "time".to_owned(), ..asked.tidy() };
    let (pack, zone) = (at.app.engine.pack(), at.app.engine.zone());
    let rules = Rules::of(&pack, &zone).ok_or(Error::NotFound)?;
    let around = Around { rules, agency: &pack.agency, now: at.app.engine.now(), words };
    let office = if asked.office.is_empty() { &visit.place.office } else { &asked.office };
    let Some(office) = rules.office(office) else {
        let fault = Fault::new("times", words.fault_office_unknown);
        return choose(&at, &visit, words, &asked, vec![fault]).await;
    };
    let start = match plan::start(&asked, &around, office) {
        (Some(start), _) => start,
        (None, fault) => return choose(&at, &visit, words, &asked, fault.into_iter().collect()).await,
    };
    let command = AppointmentCommand::Move {
        channel: Channel::Page,
        by: Actor::Customer,
        office: office.id.clone(),
        start,
    };
    let refused = match at.handle(&visit, command, &asked.seen).await? {
        Outcome::Meanwhile => return Ok(go(&at.address("", words, "&said=meanwhile"))),
        Outcome::Done => return Ok(go(&at.address("", words, "&said=moved"))),
        Outcome::Refused(refused) => refused,
    };
    let sentence = match &refused.slot {
        Some(slot) => say::refusal(slot, (&office.id, start), &rules, words),
        None if refused.code == "moved_too_often" => say::or_call(words.move_moved_often, &pack.agency),
        // The visit has begun or was cancelled meanwhile: the link says so.
        None => return Ok(go(&at.address("", words, ""))),
    };
    choose(&at, &visit, words, &asked, vec![Fault::new("times", sentence)]).await
}

/// The calendar of the visit's own office, with what was wrong.
async fn choose(
    at: &At,
    visit: &Appointment,
    words: &'static Words,
    asked: &Asked,
    faults: Vec<Fault>,
) -> Result<Response, Error> {
    let (pack, zone) = (at.app.engine.pack(), at.app.engine.zone());
    let rules = Rules::of(&pack, &zone).ok_or(Error::NotFound)?;
    let around = Around { rules, agency: &pack.agency, now: at.app.engine.now(), words };
    let office = rules.office(&visit.place.office).ok_or(Error::NotFound)?;
    let (day, day_fault) = plan::day(asked, &around, Some(office));
    let refused = !faults.is_empty() && !asked.start.is_empty();
    let start = plan::start(asked, &around, office).0;
    let mut faults = faults;
    faults.extend(day_fault.filter(|_| !refused));
    let plan = Plan {
        office: Some(office),
        kind: rules.visit_type(&visit.visit_type),
        start,
        day,
        step: Step::Time,
        faults: faults.clone(),
    };
    let to = format!("{}/time", at.path());
    let kept = vec![("lang", words.language.to_owned())];
    let refused = refused && start.is_some();
    let grid = grid(&at.app, &around, asked, (office, &visit.visit_type), &plan, refused).await?;
    let grid = Grid {
        to: format!("{to}#days"),
        kept: kept.clone(),
        take_to: to,
        take_method: "post",
        take_kept: kept.into_iter().chain([("seen", Seen::of(visit).value())]).collect(),
        button: words.move_button,
        ..grid
    };
    let wrong = !faults.is_empty();
    let rows = rows(visit, "", &rules, words).into_iter().take(2).collect();
    let body = Move { w: words, at: at.path(), rows, faults, grid, call: say::call(&pack.agency) };
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = page(words.move_head, at.me.as_ref(), words, wrong).status(status);
    page.show(&at.app, &body).map(unlisted)
}

/// Asks once more before the visit is cancelled.
pub(super) async fn ask_cancel(at: At, Query(told): Query<Told>) -> Result<Response, Error> {
    match at.open(&told.lang).await? {
        Ok((visit, words)) => cancelling(&at, &visit, words, false),
        Err(gone) => Ok(gone),
    }
}

/// Cancels the visit (SMS-APPT-5). The link opens nothing from then on, so the answer itself says what was cancelled.
pub(super) async fn cancel(at: At, Form(asked): Form<Asked>) -> Result<Response, Error> {
    let (visit, words) = match at.open(&asked.lang).await? {
        Ok(open) => open,
        Err(gone) => return Ok(gone),
    };
    let command = AppointmentCommand::Cancel { channel: Channel::Page, by: Actor::Customer, reason: None };
    match at.handle(&visit, command, &asked.seen).await? {
        Outcome::Meanwhile => Ok(go(&at.address("", words, "&said=meanwhile"))),
        Outcome::Done => cancelling(&at, &visit, words, true),
        Outcome::Refused(_) => Ok(go(&at.address("", words, ""))),
    }
}

fn cancelling(at: &At, visit: &Appointment, words: &'static Words, done: bool) -> Result<Response, Error> {
    let (pack, zone) = (at.app.engine.pack(), at.app.engine.zone());
    let rules = Rules::of(&pack, &zone).ok_or(Error::NotFound)?;
    let body = Cancel {
        w: words,
        at: at.path(),
        rows: rows(visit, "", &rules, words).into_iter().take(3).collect(),
        seen: Seen::of(visit).value(),
        call: say::call(&pack.agency),
        done,
    };
    let title = if done { words.cancelled_head } else { words.cancel_head };
    page(title, at.me.as_ref(), words, false).show(&at.app, &body).map(unlisted)
}

/// The visit as a file for the customer's own calendar. While the link holds, a visit that is cancelled is told as such, so
/// that a calendar takes it out.
pub(super) async fn calendar(at: At, Query(told): Query<Told>) -> Result<Response, Error> {
    match at.app.engine.visit_calendar(&at.secret).await? {
        Some(text) => Ok(calendar_file(text)),
        None => gone(&at.app, at.path(), at.me.as_ref(), at.caller, words(&told.lang, &at.headers)),
    }
}
