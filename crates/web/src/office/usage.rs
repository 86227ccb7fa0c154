//! `GET /office/use`: how the offices were used in a week, for supervisors and above. Every figure says what it counts.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::ToSpan as _;

use super::book::Book;
use super::day::Query_;
use super::line::date_words;
use super::shape::{self, Use, usage};
use super::{Tab, asked, tabs};
use crate::App;
use crate::error::Error;
use crate::page::{Area, Page};
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "office/use.html")]
struct Body {
    tabs: Vec<Tab>,
    monday: String,
    title: String,
    before: String,
    after: String,
    today: String,
    offices: Vec<Use>,
    whole: Use,
}

/// `GET /office/use`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query_,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let (first, day) = asked(&book, of("office"), of("day"))?;
    let monday = shape::monday(day);
    let (mut offices, mut whole) = (Vec::new(), Use::default());
    for office in book.offices() {
        let one = usage(office, &app.engine.utilisation(&office.id, monday, 7).await?);
        whole.add(&one);
        offices.push(one);
    }
    let body = Body {
        tabs: tabs(&me, "Use of the offices", &first.id, day),
        monday: monday.to_string(),
        title: format!("Week of {}", date_words(monday)),
        before: monday.saturating_sub(7.days()).to_string(),
        after: monday.saturating_add(7.days()).to_string(),
        today: book.today.to_string(),
        offices,
        whole,
    };
    Page::new("Use of the offices", Area::Office)
        .me(&me)
        .style("visits.css")
        .style("visits_dark.css")
        .show(&app, &body)
}
