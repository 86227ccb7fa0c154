//! Who was told by text that their visit cannot take place, and who has to be called: the same words before a closure or a
//! holiday is saved and after (PHONE-APPT-11).

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::appointment::{Appointment, NoticeKind, SlotRefusal};
use domain::interaction::Delivery;
use engine::Engine;

use super::frame::{Cell, Frame, Said, Table, page as admin_page};
use crate::App;
use crate::error::Error;
use crate::office::book::Book;
use crate::office::line::{Line, flag_words, last_text, line};
use crate::session::SignedIn;

/// Visits that a section names.
const NAMED_MAX: usize = 60;
/// Visits that the whole list names.
const LISTED_MAX: usize = 500;
/// The whole list.
const LIST: &str = "/admin/whom-to-call";

/// Whether a text reaches a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A text may go.
    Text,
    /// The visit has no number.
    NoNumber,
    /// The customer did not ask for texts about this visit.
    NotAsked,
    /// The number asked for no more texts.
    OptedOut,
}

impl Reach {
    pub(crate) async fn of(engine: &Engine, visit: &Appointment) -> Result<Self, Error> {
        let Some(number) = &visit.phone else { return Ok(Self::NoNumber) };
        if !visit.texts {
            return Ok(Self::NotAsked);
        }
        Ok(if engine.has_opted_out(number).await? { Self::OptedOut } else { Self::Text })
    }

    /// Class and words of the badge.
    pub(crate) const fn badge(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("badge--quiet", "gets a text"),
            Self::NoNumber => ("badge--warn", "no number: cannot be told"),
            Self::NotAsked => ("badge--warn", "asked for no texts: call"),
            Self::OptedOut => ("badge--warn", "opted out of texts: call"),
        }
    }
}

/// One visit that cannot take place, and whether its customer knows.
struct Told {
    line: Line,
    /// Why it cannot.
    why: String,
    class: &'static str,
    words: String,
    /// A text is on its way or arrived.
    reached: bool,
}

/// The visits ahead that cannot take place, by their start, with what became of their texts.
struct All(Vec<Told>);

impl All {
    async fn of(
        engine: &Engine,
        book: &Book,
        visits: Vec<(Appointment, SlotRefusal)>,
    ) -> Result<Self, Error> {
        let mut told = Vec::new();
        for (visit, why) in visits {
            let (class, words, reached) = what_came_of_it(engine, &visit, book).await?;
            told.push(Told { line: line(&visit, book), why: flag_words(&why), class, words, reached });
        }
        Ok(Self(told))
    }

    /// Of every office, or of those that keep this calendar.
    async fn keeping(engine: &Engine, book: &Book, hours: Option<&str>) -> Result<Self, Error> {
        let keeps = |id: &str| {
            hours.is_none_or(|hours| {
                hours == book.rules().book.rules.holidays_from
                    || book.office(id).is_some_and(|office| office.hours == hours)
            })
        };
        let mut visits = engine.cannot_take_place(None).await?;
        visits.retain(|(visit, _)| keeps(&visit.place.office));
        Self::of(engine, book, visits).await
    }

    fn by_text(&self) -> usize {
        self.0.iter().filter(|told| told.reached).count()
    }

    fn to_call(&self) -> usize {
        self.0.len() - self.by_text()
    }
}

#[derive(Template)]
#[template(path = "admin/reached.html")]
struct Body {
    visits: Vec<Told>,
    all: usize,
    /// Those for whom a text is on its way or arrived.
    by_text: usize,
    to_call: usize,
}

/// The section below the closures of an office; empty when every visit can take place.
pub(crate) async fn section(engine: &Engine, book: &Book, office: &str) -> Result<String, Error> {
    let found = All::of(engine, book, engine.cannot_take_place(Some(office)).await?).await?;
    if found.0.is_empty() {
        return Ok(String::new());
    }
    let (all, by_text, to_call) = (found.0.len(), found.by_text(), found.to_call());
    let mut visits = found.0;
    visits.truncate(NAMED_MAX);
    Ok(Body { visits, all, by_text, to_call }.render()?)
}

#[derive(Template)]
#[template(path = "admin/reached_sum.html")]
struct Sum {
    all: usize,
    by_text: usize,
    to_call: usize,
    list: String,
}

/// What the form of a calendar says of the visits that its holidays and hours touch; empty when every visit can take place.
pub(crate) async fn of_hours(engine: &Engine, hours: &str) -> Result<String, Error> {
    let Ok(book) = Book::of(engine) else { return Ok(String::new()) };
    let found = All::keeping(engine, &book, Some(hours)).await?;
    if found.0.is_empty() {
        return Ok(String::new());
    }
    let list = form_urlencoded::Serializer::new(String::new()).append_pair("hours", hours).finish();
    let (by_text, to_call) = (found.by_text(), found.to_call());
    Ok(Sum { all: found.0.len(), by_text, to_call, list: format!("{LIST}?{list}") }.render()?)
}

/// The way to the whole list from the list of offices; none when every visit can take place.
pub(crate) async fn table(engine: &Engine, book: &Book) -> Result<Option<Table>, Error> {
    let found = All::keeping(engine, book, None).await?;
    let row = vec![
        Cell::new("Whom to call").link(LIST).clause(Some("PHONE-APPT-11".to_owned())),
        Cell::new(found.0.len().to_string()),
        Cell::new(found.by_text().to_string()),
        Cell::new(found.to_call().to_string()),
    ];
    Ok((!found.0.is_empty()).then(|| Table {
        title: "Visits that cannot take place".to_owned(),
        columns: vec!["List", "Visits", "Told by text", "To be called"],
        rows: vec![row],
        ..Table::default()
    }))
}

#[derive(Template)]
#[template(path = "admin/whom_to_call.html")]
struct List {
    frame: Frame,
    /// The calendar that was asked for.
    hours: Option<String>,
    call: Vec<Told>,
    told: Vec<Told>,
    all: usize,
    by_text: usize,
    to_call: usize,
}

/// `GET /admin/whom-to-call`: every visit that a closure, a holiday or other hours touch, of all offices or of those that keep
/// one calendar (`hours`).
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let hours = query.get("hours").map(String::as_str).filter(|hours| !hours.is_empty());
    let found = All::keeping(&app.engine, &book, hours).await?;
    let title = |id: &str| book.rules().hours(id).map_or_else(|| id.to_owned(), |hours| hours.title.clone());
    let (all, by_text, to_call) = (found.0.len(), found.by_text(), found.to_call());
    let (mut told, mut call): (Vec<Told>, Vec<Told>) = found.0.into_iter().partition(|told| told.reached);
    call.truncate(LISTED_MAX);
    told.truncate(LISTED_MAX);
    let body = List {
        frame: Frame::new(&me, "/admin/offices", &BTreeMap::new()),
        hours: hours.map(title),
        call,
        told,
        all,
        by_text,
        to_call,
    };
    admin_page("Whom to call", &me).style("visits.css").show(&app, &body)
}

/// Class, words, and whether a text reaches the customer.
async fn what_came_of_it(
    engine: &Engine,
    visit: &Appointment,
    book: &Book,
) -> Result<(&'static str, String, bool), Error> {
    let notice = visit.notices.iter().rev().find(|notice| notice.kind == NoticeKind::OfficeClosed);
    if let Some(notice) = notice.filter(|_| visit.flagged.is_some()) {
        let failed = matches!(notice.delivery, Delivery::Failed { .. });
        let class = if failed { "badge--bad" } else { "badge--ok" };
        let words = last_text(notice, book).words;
        return Ok((class, if failed { format!("{words}: call") } else { words }, !failed));
    }
    let reach = Reach::of(engine, visit).await?;
    if reach == Reach::Text {
        return Ok(("badge--quiet", "the text is being written".to_owned(), true));
    }
    let (class, words) = reach.badge();
    Ok((class, words.to_owned(), false))
}
