//! The panel "Appointment": a customer's visits, and booking, moving, cancelling and confirming one, beside an interaction
//! (SMS-APPT-2 to -5) or by itself for a call.
//!
//! One page that works as a whole page and, asked for by the desk's script, as a fragment beside the transcript. What was
//! typed is part of every answer, so that a refusal loses no word. Which way it is (text, chat, call) follows from the
//! interaction and is never the form's to say.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::appointment::{
    Appointment, AppointmentCommand, Channel, Rules, Seen, Status, guard_done, phone_number,
};
use domain::event::{Actor, appointment_stream};
use domain::id::{AppointmentId, InteractionId};
use domain::permission::Permission;
use engine::{Engine, Nudge};
use serde::Deserialize;

use super::appt_form::Filled;
use super::look::Look;
use super::times::{self, Found};
use crate::App;
use crate::admin::form::Given;
use crate::error::Error;
use crate::live::{Fragment, Params};
use crate::office::book::{self, Book};
use crate::office::line::{Line, Whole, known, last_text, line, whole};
use crate::office::refused::{self, Shown};
use crate::page::{Area, Page, fragment, html};
use crate::permit::Routes;
use crate::request::RequestId;
use crate::session::SignedIn;
use crate::shown;

/// Visits of a number that the panel shows.
const SHOWN_MAX: usize = 8;

/// Routes of the panel.
pub(crate) fn routes() -> Routes {
    let book = Permission::Appointments;
    Routes::new()
        .get("/desk/appointments", book, page)
        .post("/desk/appointments", book, fill)
        .post("/desk/appointments/times", book, search)
        .post("/desk/appointments/{id}/confirm", book, confirm)
        .post("/desk/appointments/{id}/cancel", book, cancel)
        .post("/desk/appointments/{id}/move", book, move_it)
        .post("/desk/appointments/{id}/comment", book, comment)
        .post("/desk/appointments/{id}/done", book, done)
}

/// By which way the customer is spoken with, and in which interaction.
struct Way {
    channel: Channel,
    interaction: Option<InteractionId>,
    phone: String,
    language: String,
}

impl Way {
    /// The interaction must be the person's own; without one it is a call.
    async fn of(app: &App, me: &SignedIn, interaction: &str) -> Result<Self, Error> {
        if interaction.is_empty() {
            let phone = String::new();
            return Ok(Self { channel: Channel::Phone, interaction: None, phone, language: "en".to_owned() });
        }
        let id: InteractionId = interaction.parse().map_err(|_| Error::NotFound)?;
        let look = Look::at(&app.engine, me, Some(id)).await?;
        let card = look.own(id).ok_or(Error::NotFound)?;
        let channel = match card.channel.as_str() {
            "sms" => Channel::Sms,
            "chat" => Channel::Chat,
            _ => Channel::Phone,
        };
        let (phone, language) = (shown::phone(&card.customer), card.language.clone());
        Ok(Self { channel, interaction: Some(id), phone, language })
    }
}

/// A line to tell, with its tick.
struct Tell {
    clause: String,
    words: String,
    exact: bool,
    ticked: bool,
}

/// A booked visit as it is read back to the customer.
struct ReadBack {
    sentence: String,
    visit: Whole,
    /// `appt-text`.
    text: String,
}

/// A visit that is about to be moved.
struct Moving {
    line: Line,
    found: Found,
}

#[derive(Template)]
#[template(path = "desk/appt.html")]
struct Panel<'a> {
    csrf: &'a str,
    interaction: String,
    is_sms: bool,
    way: &'static str,
    book: &'a Book,
    form: &'a Filled,
    found: Found,
    counties: Vec<&'a str>,
    /// The number as people write it, once it is one.
    number: Option<String>,
    visits: Vec<Line>,
    tells: Vec<Tell>,
    said: Option<&'static str>,
    refused: Option<Shown>,
    chosen: Option<String>,
    booked: Option<ReadBack>,
    moving: Option<Moving>,
    open: bool,
    spanish: bool,
}

impl Panel<'_> {
    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.refused.as_ref().and_then(|refused| refused.of(field))
    }
}

/// What happened, for the next picture of the panel.
#[derive(Default)]
struct After {
    said: Option<&'static str>,
    refused: Option<Shown>,
    booked: Option<Appointment>,
    moving: Option<AppointmentId>,
    /// The booking form is open.
    open: bool,
}

/// The asked-for day, never before today.
fn day_of(form: &Filled, book: &Book) -> jiff::civil::Date {
    form.day.parse().unwrap_or(book.today).max(book.today)
}

async fn picture(app: &App, me: &SignedIn, way: &Way, form: &Filled, after: After) -> Result<String, Error> {
    let (engine, book) = (&app.engine, Book::of(&app.engine)?);
    let number = phone_number(&form.phone);
    let visits = match &number {
        Some(number) => of_number(app, me, engine.appointments_of(number).await?, &book).await?,
        None => Vec::new(),
    };
    let moving = match after.moving {
        Some(id) => Some(moving(app, &book, form, id).await?),
        None => None,
    };
    let asked = (form.place.as_str(), form.visit_type.as_str());
    let found = times::search(engine, &book, asked, day_of(form, &book), &form.slot).await?;
    let rules = book.rules();
    let ticked = |clause: &String| form.told.contains(clause);
    let tell = |tell: &domain::appointment::Tell| Tell {
        clause: tell.clause.clone(),
        words: Rules::wording(&tell.text, &form.language).to_owned(),
        exact: tell.exact,
        ticked: ticked(&tell.clause),
    };
    let booked = match &after.booked {
        Some(visit) => Some(read_back(app, me, &book, visit).await?),
        None => None,
    };
    let chosen = form.chosen().map(|(office, start)| place_words(&book, &office, start, "en"));
    let panel = Panel {
        csrf: &me.csrf,
        interaction: way.interaction.map(|id| id.to_string()).unwrap_or_default(),
        is_sms: way.channel == Channel::Sms,
        way: crate::office::line::way(way.channel),
        counties: rules.counties(),
        number: number.as_ref().map(shown::phone),
        open: after.open || visits.iter().all(|line| !line.may.change) && after.booked.is_none(),
        visits,
        tells: rules.tells(book.today).map(tell).collect(),
        said: after.said,
        chosen,
        refused: after.refused,
        booked,
        moving,
        found,
        spanish: form.language == "es",
        book: &book,
        form,
    };
    Ok(panel.render()?)
}

/// Visits ahead first in order of time, then the others, the latest first.
async fn of_number(
    app: &App,
    me: &SignedIn,
    mut visits: Vec<Appointment>,
    book: &Book,
) -> Result<Vec<Line>, Error> {
    let ahead = |visit: &Appointment| visit.status == Status::Booked && visit.place.start > book.now;
    visits.sort_by_key(|visit| {
        let start = visit.place.start;
        (!ahead(visit), if ahead(visit) { start } else { -start })
    });
    visits.truncate(SHOWN_MAX);
    let details = app.engine.appointment_details(&visits, &me.account.roles).await?;
    let shown = visits.iter().zip(details);
    Ok(shown.map(|(visit, details)| known(line(visit, book), &details.unwrap_or_default())).collect())
}

async fn moving(app: &App, book: &Book, form: &Filled, id: AppointmentId) -> Result<Moving, Error> {
    let visit = book::visit(&app.engine, id).await?;
    let county = book.office(&visit.place.office).map(|office| office.county.clone()).unwrap_or_default();
    let place = if form.place.is_empty() { &county } else { &form.place };
    let asked = (place.as_str(), visit.visit_type.as_str());
    let (day, slot) = wished(app, book, form, &visit).await?;
    let mut found = times::search(&app.engine, book, asked, day, &slot).await?;
    times::mark_now(&mut found.offices, &visit.place.office, visit.place.start);
    Ok(Moving { line: line(&visit, book), found })
}

/// The day on which the times of a move open, and the time that is marked: those that the customer wished for, when the
/// move begins; of a day that has nothing free, the nearest that has (SMS-APPT-4).
async fn wished(
    app: &App,
    book: &Book,
    form: &Filled,
    visit: &Appointment,
) -> Result<(jiff::civil::Date, String), Error> {
    use domain::appointment::calendar;
    let Some(wish) = visit.wish.filter(|_| form.place.is_empty()) else {
        return Ok((day_of(form, book), form.slot.clone()));
    };
    let (office, kind) = (&visit.place.office, &visit.visit_type);
    let days = book.rules().book.rules.horizon_days.saturating_add(1);
    let free = app.engine.free_slots(office, kind, book.today, days).await?;
    let on = |start: i64| calendar::day_of(start, &book.zone);
    let wanted = calendar::at_minute(wish.day, wish.minute.unwrap_or(0), &book.zone);
    let away = |start: i64| {
        let day = calendar::at_minute(on(start), 0, &book.zone).unwrap_or(start);
        let aim = calendar::at_minute(wish.day, 0, &book.zone).unwrap_or(start);
        // Of two days equally near, the later one.
        (day.abs_diff(aim), day < aim)
    };
    let day = free.iter().map(|slot| slot.start).min_by_key(|start| away(*start)).map_or(wish.day, on);
    let exact = free.iter().find(|slot| wish.minute.is_some() && Some(slot.start) == wanted);
    let slot = exact.map_or_else(|| form.slot.clone(), |slot| format!("{office}@{}", slot.start));
    Ok((day.max(book.today), slot))
}

fn place_words(book: &Book, office: &str, start: i64, language: &str) -> String {
    use domain::appointment::{day_words, time_words};
    let (day, time) = (day_words(start, &book.zone, language), time_words(start, &book.zone));
    let at = if language == "es" { format!("{day} a las {time}") } else { format!("{day} at {time}") };
    let address = book.office(office).map(|office| office.address.as_str()).unwrap_or_default();
    format!("{at}, {}, {address}", book.office_name(office))
}

/// The sentence that is said to the customer, in their language, with all that stands in the visit.
async fn read_back(app: &App, me: &SignedIn, book: &Book, visit: &Appointment) -> Result<ReadBack, Error> {
    let details = book::details(&app.engine, me, visit).await?;
    let names = book::names(&app.engine).await?;
    let place = place_words(book, &visit.place.office, visit.place.start, &visit.language);
    let sentence = if visit.language == "es" {
        format!("Su visita es el {place}.")
    } else {
        format!("Your visit is on {place}.")
    };
    let text = TextState::of(visit, book).render()?;
    Ok(ReadBack { sentence, text, visit: whole(visit, &details, book, &names) })
}

/// The state of the last text about a visit, which changes while somebody looks at it.
#[derive(Template)]
#[template(source = "<span id=\"appt-text\" data-appt-text=\"{{ id }}\">{{ words }}</span>", ext = "html")]
struct TextState {
    id: AppointmentId,
    words: String,
}

impl TextState {
    fn of(visit: &Appointment, book: &Book) -> Self {
        let words = visit.notices.last().map(|notice| last_text(notice, book).words);
        Self { id: visit.id, words: words.unwrap_or_else(|| "none goes to this number".to_owned()) }
    }
}

/// `appt-text`, for the screens on which the address of the stream names a visit.
pub(crate) async fn text_state(
    engine: &Engine,
    me: &SignedIn,
    params: &Params,
    nudge: Option<&Nudge>,
) -> Result<Option<Fragment>, Error> {
    let visit = params.get("visit").and_then(|id| id.parse::<AppointmentId>().ok());
    let Some(id) = visit.filter(|_| me.may(Permission::Appointments)) else { return Ok(None) };
    let stream = appointment_stream(id);
    if nudge.is_some_and(|nudge| !nudge.streams.contains(&stream)) {
        return Ok(None);
    }
    let Some(visit) = engine.appointment(id).await? else { return Ok(None) };
    let html = TextState::of(&visit, &Book::of(engine)?).render()?;
    Ok(Some(Fragment::new("appt-text", html)))
}

/// The panel as a page of its own.
#[derive(Template)]
#[template(path = "desk/appt_page.html")]
struct Alone<'a> {
    panel: &'a str,
}

/// As a fragment for the desk's script, or as a page of its own.
async fn show(
    app: &App,
    me: &SignedIn,
    headers: &HeaderMap,
    (way, form): (&Way, &Filled),
    after: After,
) -> Result<Response, Error> {
    let status = match &after.refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let panel = picture(app, me, way, form, after).await?;
    if headers.contains_key("hx-request") {
        // The script takes a refusal as it takes any other picture of the panel.
        return Ok(html(panel));
    }
    let body = Alone { panel: &panel };
    Page::new("Appointment", Area::Office)
        .me(me)
        .status(status)
        .live("screen=office&view=text")
        .script("visits.js")
        .style("visits.css")
        .style("visits_dark.css")
        .show(app, &body)
}

/// Which interaction it is about.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    interaction: String,
}

/// `GET /desk/appointments`.
async fn page(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let way = Way::of(&app, &me, &asked.interaction).await?;
    let book = Book::of(&app.engine)?;
    let form = Filled::fresh(&app.engine, &book, &way.phone, &way.language);
    show(&app, &me, &headers, (&way, &form), After::default()).await
}

/// `POST /desk/appointments`: looks a number up, searches, asks for another time of a visit, or books, by its button.
async fn fill(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    RequestId(cause): RequestId,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let way = Way::of(&app, &me, &given.text("interaction")).await?;
    let book = Book::of(&app.engine)?;
    let mut form = Filled::read(&given, &app.engine, &book);
    if let Some(other) = Some(given.text("other")).filter(|other| !other.is_empty()) {
        form.slot = other;
    }
    let (what, day) = (given.text("do"), given.text("to_day"));
    if !day.is_empty() {
        form.day = day;
    }
    let after = if let Some(id) = what.strip_prefix("move:") {
        After { moving: Some(id.parse().map_err(|_| Error::NotFound)?), ..After::default() }
    } else if what == "book" {
        book_it(&app, &me, &way, &form, &cause).await?
    } else if what == "look" {
        looked_up(&form)
    } else {
        After { open: true, refused: not_to_be_had(&app, &book, &form).await?, ..After::default() }
    };
    if after.booked.is_some() {
        form = Filled::fresh(&app.engine, &book, &form.phone, &form.language);
    }
    show(&app, &me, &headers, (&way, &form), after).await
}

/// A number that is none is said at once.
fn looked_up(form: &Filled) -> After {
    if form.phone.is_empty() || phone_number(&form.phone).is_some() {
        return After::default();
    }
    let sentence = "This is no phone number of the United States: three digits of area code and seven more.";
    let fields = vec![("phone".to_owned(), sentence.to_owned(), None)];
    After {
        refused: Some(Shown { sentence: sentence.to_owned(), fields, ..Shown::default() }),
        ..After::default()
    }
}

/// Why the time that was chosen cannot be had, with other times (PHONE-APPT-8, PHONE-APPT-9).
async fn not_to_be_had(app: &App, book: &Book, form: &Filled) -> Result<Option<Shown>, Error> {
    let Some((office, start)) = form.chosen() else { return Ok(None) };
    let Some(why) = app.engine.check_slot(&office, &form.visit_type, start).await? else { return Ok(None) };
    let others = app.engine.alternatives(&office, &form.visit_type, start).await?;
    Ok(Some(refused::of_slot(&why, (&office, start), &others, book)))
}

async fn book_it(app: &App, me: &SignedIn, way: &Way, form: &Filled, cause: &str) -> Result<After, Error> {
    let Some(chosen) = form.chosen() else {
        let sentence = "Choose an office and a time.".to_owned();
        let fields = vec![("slot".to_owned(), sentence.clone(), Some("PHONE-APPT-7".to_owned()))];
        let refused =
            Some(Shown { sentence, clause: Some("PHONE-APPT-7".to_owned()), fields, ..Shown::default() });
        return Ok(After { refused, open: true, ..After::default() });
    };
    let id: AppointmentId = form.id.parse().map_err(|_| Error::NotFound)?;
    let request = Box::new(form.request(way.channel, chosen, way.interaction));
    let by = Actor::Staff { id: me.account.id.clone() };
    let command = AppointmentCommand::Book { channel: way.channel, by, request };
    match app.engine.handle_appointment(id, command, cause).await {
        Ok(done) => Ok(After { booked: done.appointment, ..After::default() }),
        Err(error) => {
            let book = Book::of(&app.engine)?;
            Ok(After { refused: Some(refused::or_error(error, &book)?), open: true, ..After::default() })
        }
    }
}

#[derive(Template)]
#[template(path = "desk/appt_times.html")]
struct Times {
    found: Found,
    refused: Option<Shown>,
    chosen: Option<String>,
}

/// `POST /desk/appointments/times`: the times afresh, and what is to be said of the one that was chosen. A form, so that no
/// number stands in an address.
async fn search(State(app): State<App>, me: SignedIn, Form(given): Form<Given>) -> Result<Response, Error> {
    Way::of(&app, &me, &given.text("interaction")).await?;
    let book = Book::of(&app.engine)?;
    let mut form = Filled::read(&given, &app.engine, &book);
    let day = given.text("to_day");
    if !day.is_empty() {
        form.day = day;
    }
    let asked = (form.place.as_str(), form.visit_type.as_str());
    let found = times::search(&app.engine, &book, asked, day_of(&form, &book), &form.slot).await?;
    let refused = not_to_be_had(&app, &book, &form).await?;
    let chosen = form.chosen().filter(|_| refused.is_none());
    let chosen = chosen.map(|(office, start)| place_words(&book, &office, start, "en"));
    fragment(&Times { found, refused, chosen })
}

/// Carries out one command about a visit of the panel's number and shows the panel again.
async fn act(
    app: &App,
    me: &SignedIn,
    headers: &HeaderMap,
    (id, cause, given): (&str, &str, &Given),
    command: impl FnOnce(Channel, Actor) -> AppointmentCommand,
    said: &'static str,
) -> Result<Response, Error> {
    let id: AppointmentId = id.parse().map_err(|_| Error::NotFound)?;
    let way = Way::of(app, me, &given.text("interaction")).await?;
    let book = Book::of(&app.engine)?;
    let form = Filled::read(given, &app.engine, &book);
    let command = command(way.channel, Actor::Staff { id: me.account.id.clone() });
    let moves = matches!(command, AppointmentCommand::Move { .. });
    let seen = Seen::read(&given.text("seen"));
    let after = match app.engine.handle_appointment_seen(id, command, seen, cause).await {
        Ok(done) => {
            After { said: Some(said), booked: done.appointment.filter(|_| moves), ..After::default() }
        }
        Err(error) => {
            let refused = Some(refused::of_change(&app.engine, id, error, &book).await?);
            After { refused, moving: moves.then_some(id), ..After::default() }
        }
    };
    let form = if after.refused.is_some() {
        form
    } else {
        Filled::fresh(&app.engine, &book, &form.phone, &way.language)
    };
    show(app, me, headers, (&way, &form), after).await
}

/// `POST /desk/appointments/{id}/confirm` (SMS-APPT-2).
async fn confirm(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let command = |channel, by| AppointmentCommand::Confirm { channel, by };
    act(&app, &me, &headers, (&id, &cause, &given), command, "Confirmed: they will come.").await
}

/// `POST /desk/appointments/{id}/cancel` (SMS-APPT-5, AMB-1); any reason will do, and none (AMB-2).
async fn cancel(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let reason = Some(given.text("why")).filter(|why| !why.is_empty());
    let command = |channel, by| AppointmentCommand::Cancel { channel, by, reason };
    act(&app, &me, &headers, (&id, &cause, &given), command, "Cancelled. The time is free again.").await
}

/// `POST /desk/appointments/{id}/move` (SMS-APPT-4).
async fn move_it(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let other = Some(given.text("other")).filter(|other| !other.is_empty());
    let Some((office, start)) = refused::slot(&other.unwrap_or_else(|| given.text("slot"))) else {
        return unchosen(&app, &me, &headers, &id, &given).await;
    };
    let command = |channel, by| AppointmentCommand::Move { channel, by, office, start };
    act(&app, &me, &headers, (&id, &cause, &given), command, "Moved. The old time is free again.").await
}

/// The times again, of the same place and day, when none was chosen.
async fn unchosen(
    app: &App,
    me: &SignedIn,
    headers: &HeaderMap,
    id: &str,
    given: &Given,
) -> Result<Response, Error> {
    let moving = Some(id.parse().map_err(|_| Error::NotFound)?);
    let way = Way::of(app, me, &given.text("interaction")).await?;
    let form = Filled::read(given, &app.engine, &Book::of(&app.engine)?);
    let refused = Some(Shown { sentence: "Choose one of the times.".to_owned(), ..Shown::default() });
    show(app, me, headers, (&way, &form), After { refused, moving, ..After::default() }).await
}

/// `POST /desk/appointments/{id}/comment` (PHONE-APPT-19).
async fn comment(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let command = |_, by| AppointmentCommand::WriteComment { by };
    act(&app, &me, &headers, (&id, &cause, &given), command, "Noted: the names stand in the comments.").await
}

/// `POST /desk/appointments/{id}/done`: refused while the comment is owed (PHONE-APPT-19).
async fn done(
    State(app): State<App>,
    me: SignedIn,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let id: AppointmentId = id.parse().map_err(|_| Error::NotFound)?;
    let way = Way::of(&app, &me, &given.text("interaction")).await?;
    let book = Book::of(&app.engine)?;
    let visit = book::visit(&app.engine, id).await?;
    let form = Filled::fresh(&app.engine, &book, &given.text("phone"), &way.language);
    let after = match guard_done(&visit) {
        Ok(()) => After { said: Some("Done with this visit."), ..After::default() },
        Err(refused) => {
            After { refused: Some(refused::shown(&refused, &book)), booked: Some(visit), ..After::default() }
        }
    };
    show(&app, &me, &headers, (&way, &form), after).await
}

/// The visits that stand above a transcript (SMS-APPT-1): those ahead, and one whose time has just passed.
#[derive(Template)]
#[template(path = "desk/appt_strip.html")]
struct Strip {
    id: String,
    lines: Vec<Line>,
    open: bool,
}

/// Visits above a transcript at most, and for how long a past one stays there.
const STRIP_MAX: usize = 2;
const STRIP_PAST_MS: i64 = 24 * 60 * 60_000;

/// The HTML of `desk-visit-<interaction>`; empty where the agency has no appointment book.
pub(crate) async fn strip(app: &Engine, card: &domain::view::Card) -> Result<String, Error> {
    let mut strip = Strip {
        id: card.id.to_string(),
        lines: Vec::new(),
        open: card.phase == domain::interaction::Phase::Active,
    };
    if let Ok(book) = Book::of(app) {
        let mut visits = app.appointments_of(&card.customer).await?;
        visits.retain(|visit| {
            matches!(visit.status, Status::Booked | Status::Missed)
                && visit.place.start > book.now.saturating_sub(STRIP_PAST_MS)
        });
        visits.sort_by_key(|visit| visit.place.start);
        strip.lines = visits.iter().take(STRIP_MAX).map(|visit| line(visit, &book)).collect();
    }
    Ok(strip.render()?)
}
