//! `GET /office/{id}/move`: another time for one visit, chosen with keys: office and day, then one of the times.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::AppointmentId;
use jiff::ToSpan as _;

use super::book::{self, Book};
use super::day::Query_;
use super::line::{Line, date_words, line};
use super::{Tab, tabs};
use crate::App;
use crate::desk::times::{self, OfficeTimes};
use crate::error::Error;
use crate::page::{Area, Page};
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "office/move.html")]
struct Body<'a> {
    csrf: &'a str,
    tabs: Vec<Tab>,
    book: &'a Book,
    line: Line,
    /// The office that is looked at.
    office: String,
    date: String,
    title: String,
    before: String,
    after: String,
    times: OfficeTimes,
    /// The form was sent without a time.
    unchosen: bool,
}

/// The address of the same times, with the word that one is to be chosen.
pub(crate) fn again(visit: &str, office: &str, day: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("office", office).append_pair("day", day).append_pair("said", "choose");
    format!("/office/{visit}/move?{}", query.finish())
}

/// `GET /office/{id}/move`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Query_,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let id: AppointmentId = id.parse().map_err(|_| Error::NotFound)?;
    let visit = book::visit(&app.engine, id).await?;
    let line = line(&visit, &book);
    let of = |name: &str| query.get(name).cloned().filter(|text| !text.is_empty());
    let wanted = of("office").unwrap_or_else(|| visit.place.office.clone());
    let (office, day) = super::asked(&book, &wanted, &of("day").unwrap_or_else(|| line.date.clone()))?;
    let mut times = times::of_office(&app.engine, &book, office, &visit.visit_type, day, "").await?;
    times::mark_now(std::slice::from_mut(&mut times), &visit.place.office, visit.place.start);
    let body = Body {
        csrf: &me.csrf,
        tabs: tabs(&me, "", &office.id, day),
        book: &book,
        line,
        office: office.id.clone(),
        date: day.to_string(),
        title: date_words(day),
        before: day.saturating_sub(1.day()).to_string(),
        after: day.saturating_add(1.day()).to_string(),
        times,
        unchosen: query.get("said").is_some_and(|said| said == "choose"),
    };
    Page::new("Move a visit", Area::Office)
        .me(&me)
        .script("visits.js")
        .style("visits.css")
        .style("visits_dark.css")
        .show(&app, &body)
}
