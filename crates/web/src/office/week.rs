//! `GET /office/week`: the week of an office as a table, where a visit can be dragged to another time.
//!
//! Dragging is a short cut only: each visit leads to its own page of times, which works with keys and screen readers.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::appointment::{Appointment, ResourceCenter};
use domain::id::AppointmentId;
use engine::Engine;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::book::Book;
use super::day::Query_;
use super::line::{Back, back_to, date_words, line};
use super::shape::{self, Week};
use super::{Tab, asked, filled, only_looks, refused, remembering, tabs};
use crate::App;
use crate::error::Error;
use crate::live::Fragment;
use crate::page::{Area, Page};
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "office/week_table.html")]
struct Table<'a> {
    week: Week,
    /// Who looks neither acts nor opens a visit.
    looks: bool,
    office: &'a ResourceCenter,
    today: Date,
}

impl Table<'_> {
    fn booked(&self) -> usize {
        self.week.days.iter().map(|day| day.counts.booked).sum()
    }
}

/// `office-week`.
pub(crate) async fn fragment(
    engine: &Engine,
    me: &SignedIn,
    book: &Book,
    office: &ResourceCenter,
    day: Date,
) -> Result<Fragment, Error> {
    let monday = shape::monday(day);
    let days = engine.office_days(&office.id, monday, 7).await?;
    let visits: Vec<Appointment> = days.into_iter().flat_map(|day| day.visits).collect();
    let (week, looks) = (shape::week(book, office, monday, &visits), only_looks(me));
    let table = Table { week: if looks { week.only_seen() } else { week }, looks, office, today: book.today };
    Ok(Fragment::new("office-week", table.render()?))
}

#[derive(Template)]
#[template(path = "office/week.html")]
struct Body<'a> {
    csrf: &'a str,
    tabs: Vec<Tab>,
    book: &'a Book,
    office: &'a ResourceCenter,
    looks: bool,
    date: String,
    title: String,
    before: String,
    after: String,
    today: String,
    table: &'a str,
    /// Why a move was refused, with other times; nothing when none was.
    refusal: &'a str,
    /// What was just moved here.
    moved: Option<Moved>,
}

/// A visit's id, the place that is seen, its time in words, and where it came from.
type Moved = (String, String, String, Back);

/// The visit of the address, when the last thing that happened to it was a move that can be taken back.
async fn moved(app: &App, book: &Book, visit: &str) -> Result<Option<Moved>, Error> {
    let Ok(id) = visit.parse::<AppointmentId>() else { return Ok(None) };
    let Some(visit) = app.engine.appointment(id).await? else { return Ok(None) };
    let line = line(&visit, book);
    let now = format!("{}, {} at {}", line.title, line.day, line.time);
    Ok(back_to(&visit, book).map(|back| (line.id, line.seen, now, back)))
}

/// `GET /office/week`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    Query(query): Query_,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let query = filled(&book, &headers, query);
    let answer = show(&app, &me, &query, None).await?;
    remembering(&app, &book, &query, answer)
}

/// The page, with a refusal above the week where a move was refused: what was refused and where it would have gone.
pub(crate) async fn show(
    app: &App,
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    refusal: Option<(&refused::Shown, &str)>,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let (office, day) = asked(&book, of("office"), of("day"))?;
    let table = fragment(&app.engine, me, &book, office, day).await?;
    let monday = shape::monday(day);
    let date = day.to_string();
    let block = match refusal {
        Some((shown, action)) => {
            let (csrf, office) = (me.csrf.as_str(), office.id.as_str());
            refused::Block { shown, action, csrf, office, day: &date, view: "week" }.render()?
        }
        None => String::new(),
    };
    let body = Body {
        csrf: &me.csrf,
        tabs: tabs(me, "Week", &office.id, day),
        book: &book,
        office,
        looks: only_looks(me),
        date,
        title: format!("Week of {}", date_words(monday)),
        before: monday.saturating_sub(7.days()).to_string(),
        after: monday.saturating_add(7.days()).to_string(),
        today: book.today.to_string(),
        table: &table.html,
        refusal: &block,
        moved: if refusal.is_none() { moved(app, &book, of("visit")).await? } else { None },
    };
    let page = Page::new(format!("{}, week of {}", office.name, date_words(monday)), Area::Office)
        .me(me)
        .live(format!("screen=office&view=week&office={}&day={day}", office.id))
        .script("visits.js")
        .style("visits.css")
        .style("visits_dark.css");
    let page = if refusal.is_some() { page.status(StatusCode::UNPROCESSABLE_ENTITY) } else { page };
    page.show(app, &body)
}
