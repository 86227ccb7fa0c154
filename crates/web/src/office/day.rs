//! `GET /office`: one day of one office, each start with its state, and beside it one visit or the form of a walk-in.
//!
//! The list lives; what is typed stands beside it, outside the fragment, so that a change of the list loses no word.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::appointment::{Appointment, Interpreter, ResourceCenter, calendar};
use domain::id::AppointmentId;
use domain::permission::Permission;
use engine::Engine;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::book::{self, Book};
use super::line::{Whole, date_words, whole};
use super::shape::{self, Day};
use super::{Tab, asked, filled, only_looks, refused, remembering, tabs};
use crate::App;
use crate::error::Error;
use crate::live::Fragment;
use crate::page::{Area, Page};
use crate::session::SignedIn;

/// What the address of a day says.
pub(crate) type Query_ = Query<BTreeMap<String, String>>;

/// The sentence for what `?said=` names; anything else says nothing.
fn said(word: &str) -> Option<&'static str> {
    Some(match word {
        "checked_in" => "Checked in.",
        "missed" => "Noted: the customer did not come.",
        "walked_in" => "Checked in without an appointment. Nobody needs one.",
        "moved" => "Moved. The old time is free again, and the customer is told.",
        "cancelled" => "Cancelled. The time is free again.",
        "confirmed" => "Noted: the customer will come.",
        "companions" => "Written down who came along.",
        "comment" => "Noted: the names stand in the EUMEMROL comments.",
        "done" => "Done with this visit.",
        _ => return None,
    })
}

/// What the list needs besides the day: who looks, and where its forms lead back to.
#[derive(Template)]
#[template(path = "office/list.html")]
struct List<'a> {
    day: Day,
    /// What can start on the hour and on the half hour.
    legend: [(&'static str, String); 2],
    office: &'a ResourceCenter,
    csrf: &'a str,
    /// Check in, no-show.
    acts: bool,
    /// Who looks neither acts nor opens a visit.
    looks: bool,
    chosen: &'a str,
}

/// `office-day`.
pub(crate) async fn fragment(
    engine: &Engine,
    me: &SignedIn,
    book: &Book,
    office: &ResourceCenter,
    date: Date,
    chosen: &str,
) -> Result<Fragment, Error> {
    let days = engine.office_days(&office.id, date, 1).await?;
    let visits = days.into_iter().next().map(|day| day.visits).unwrap_or_default();
    let looks = only_looks(me);
    let day = shape::day(book, office, date, &visits);
    let day = if looks { day } else { day.with_interpreters(&tongues(engine, me, visits).await?) };
    let list = List {
        day: if looks { day.only_seen() } else { day },
        looks,
        legend: shape::legend(book),
        office,
        csrf: &me.csrf,
        acts: me.may(Permission::AppointmentsOffice),
        chosen,
    };
    Ok(Fragment::new("office-day", list.render()?))
}

/// Which interpreters are needed, by visit, as far as this person may read it.
async fn tongues(
    engine: &Engine,
    me: &SignedIn,
    mut visits: Vec<Appointment>,
) -> Result<BTreeMap<String, String>, Error> {
    visits.retain(|visit| matches!(visit.interpreter, Some(Interpreter::Needed { .. })));
    let details = engine.appointment_details(&visits, &me.account.roles).await?;
    let said = visits.iter().zip(details).filter_map(|(visit, details)| {
        let tongue = details?.interpreter;
        (!tongue.is_empty()).then(|| (visit.id.to_string(), tongue))
    });
    Ok(said.collect())
}

#[derive(Template)]
#[template(path = "office/day.html")]
struct Body<'a> {
    csrf: &'a str,
    tabs: Vec<Tab>,
    book: &'a Book,
    office: &'a ResourceCenter,
    date: String,
    title: String,
    before: String,
    after: String,
    today: String,
    is_today: bool,
    said: Option<&'static str>,
    refusal: &'a str,
    list: &'a str,
    /// The visit beside the list.
    visit: Option<Whole>,
    acts: bool,
    looks: bool,
    may_walk_in: bool,
}

/// `GET /office`.
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

/// The page, with a refusal above the list where an act was refused: what was refused and where it would have gone.
pub(crate) async fn show(
    app: &App,
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    refusal: Option<(&refused::Shown, &str)>,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let (office, date) = asked(&book, of("office"), of("day"))?;
    let chosen = of("visit");
    let visit = match chosen.parse::<AppointmentId>() {
        Ok(id) if !only_looks(me) => beside(app, me, &book, id).await?,
        _ => None,
    };
    let list = fragment(&app.engine, me, &book, office, date, chosen).await?;
    let (csrf, day) = (me.csrf.as_str(), date.to_string());
    let block = match refusal {
        Some((shown, action)) => {
            refused::Block { shown, action, csrf, office: &office.id, day: &day, view: "" }.render()?
        }
        None => String::new(),
    };
    let acts = me.may(Permission::AppointmentsOffice);
    let body = Body {
        csrf,
        tabs: tabs(me, "Day", &office.id, date),
        book: &book,
        office,
        title: date_words(date),
        before: date.saturating_sub(1.day()).to_string(),
        after: date.saturating_add(1.day()).to_string(),
        today: book.today.to_string(),
        is_today: date == book.today,
        said: said(of("said")),
        refusal: &block,
        list: &list.html,
        visit,
        acts,
        looks: only_looks(me),
        may_walk_in: acts && date == book.today,
        date: day.clone(),
    };
    let live = format!("screen=office&view=day&office={}&day={day}&visit={chosen}", office.id);
    let page = Page::new(format!("{}, {}", office.name, date_words(date)), Area::Office);
    let page = page.me(me).live(live).script("visits.js").style("visits.css").style("visits_dark.css");
    let page =
        if refusal.is_some() { page.status(axum::http::StatusCode::UNPROCESSABLE_ENTITY) } else { page };
    page.show(app, &body)
}

/// The visit that was chosen; none when it does not exist any more.
async fn beside(app: &App, me: &SignedIn, book: &Book, id: AppointmentId) -> Result<Option<Whole>, Error> {
    let Some(visit) = app.engine.appointment(id).await? else { return Ok(None) };
    // Who looks at a visit of a day that is over is asked about later, as with a finished interaction.
    if calendar::day_of(visit.place.start, &book.zone) < book.today {
        let detail = serde_json::json!({ "office": visit.place.office, "customer": visit.phone });
        app.engine.note(&me.account.id.to_string(), "read_visit", &id.to_string(), detail).await?;
    }
    let details = book::details(&app.engine, me, &visit).await?;
    let names = book::names(&app.engine).await?;
    Ok(Some(whole(&visit, &details, book, &names)))
}
