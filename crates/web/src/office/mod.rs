//! The office's screens: the day with check-in, no-show and walk-in, the week, the use of every office, and the public
//! contact page that leads to booking.
//!
//! They decide nothing: [`acts`] turns each form into one command. [`line`] and [`shape`] are what visits look like on every
//! staff screen; the desk uses them too. To add an act: a function in [`acts`] and a line in [`routes`].

pub(crate) mod acts;
pub(crate) mod book;
mod contact;
mod day;
mod feed;
pub(crate) mod line;
mod moving;
pub(crate) mod refused;
pub(crate) mod shape;
mod usage;
mod week;

use std::collections::BTreeMap;

use async_trait::async_trait;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use domain::permission::Permission;
use engine::{Engine, Nudge};
use jiff::ToSpan as _;
use jiff::civil::Date;

use self::book::Book;
use crate::App;
use crate::error::Error;
use crate::live::{Fragment, Params, Screen};
use crate::permit::{Access, Routes};
use crate::session::SignedIn;

/// Routes of the office.
#[must_use]
pub fn routes() -> Routes {
    let (book, office) = (Permission::Appointments, Permission::AppointmentsOffice);
    Routes::new()
        .get("/contact", Access::Public, contact::page)
        .get("/calendar/office/{file}", Access::Public, feed::office)
        .get("/office", LOOKS, day::page)
        .get("/office/week", LOOKS, week::page)
        .get("/office/use", Permission::Floor, usage::page)
        .post("/office/walk-in", office, acts::walk_in)
        .get("/office/{id}/move", book, moving::page)
        .post("/office/{id}/move", book, acts::move_it)
        .post("/office/{id}/cancel", book, acts::cancel)
        .post("/office/{id}/confirm", book, acts::confirm)
        .post("/office/{id}/check-in", office, acts::check_in)
        .post("/office/{id}/missed", office, acts::missed)
        .post("/office/{id}/companions", office, acts::companions)
        .post("/office/{id}/comment", office, acts::comment)
        .post("/office/{id}/done", office, acts::done)
}

/// Who sees an office's day and week: those who book, and those who close offices and set their rules, because nobody should
/// change a day without seeing it. The latter only look: they neither act on a visit nor read why somebody comes.
const LOOKS: Access = Access::NeedsOne(&[Permission::Appointments, Permission::AppointmentsAdmin]);

/// Whether this person only looks.
fn only_looks(me: &SignedIn) -> bool {
    !me.may(Permission::Appointments)
}

/// The tabs above every screen of the office.
pub(crate) struct Tab {
    pub(crate) title: &'static str,
    pub(crate) address: String,
    pub(crate) active: bool,
}

/// `active` is the title of the screen that is open.
pub(crate) fn tabs(me: &SignedIn, active: &str, office: &str, day: Date) -> Vec<Tab> {
    let at = |path: &str| format!("{path}?office={office}&day={day}");
    let mut all = vec![("Day", at("/office")), ("Week", at("/office/week"))];
    if me.may(Permission::Floor) {
        all.push(("Use of the offices", format!("/office/use?day={day}")));
    }
    if !only_looks(me) {
        all.push(("Book for a caller", "/desk/appointments".to_owned()));
    }
    all.into_iter().map(|(title, address)| Tab { title, address, active: title == active }).collect()
}

/// Which office and day an address asks for, with sound values for what it leaves out or gets wrong.
pub(crate) fn asked<'a>(
    book: &'a Book,
    office: &str,
    day: &str,
) -> Result<(&'a domain::appointment::ResourceCenter, Date), Error> {
    let found = book.office(office).or_else(|| book.offices().first()).ok_or(Error::NotFound)?;
    let least = book.today.saturating_sub(jiff::Span::new().days(YEAR_DAYS));
    let most = book.today.saturating_add(jiff::Span::new().days(YEAR_DAYS));
    let day = day.parse::<Date>().unwrap_or(book.today).clamp(least, most);
    Ok((found, day))
}

/// The cookie that holds the office which was last looked at. It holds nothing else, and only the office's screens get it.
const LAST: &str = "office";

/// What an address leaves out: the office that this browser looked at last, and the next day on which it is open.
fn filled(book: &Book, headers: &HeaderMap, mut query: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let given =
        |query: &BTreeMap<String, String>, name: &str| query.get(name).is_some_and(|text| !text.is_empty());
    if !given(&query, "office") {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        if let Some((_, last)) = pairs.find(|(name, last)| *name == LAST && book.office(last).is_some()) {
            query.insert("office".to_owned(), last.to_owned());
        }
    }
    if !given(&query, "day") {
        let wanted = query.get("office").map(String::as_str).unwrap_or_default();
        if let Ok((office, today)) = asked(book, wanted, "") {
            let open = |day: &Date| book.rules().open_spans(office, *day).is_ok();
            let next = today.series(1.day()).take(OPEN_WITHIN_DAYS).find(open);
            query.insert("day".to_owned(), next.unwrap_or(today).to_string());
        }
    }
    query
}

/// The same answer, and the browser remembers the office that the address named.
fn remembering(
    app: &App,
    book: &Book,
    query: &BTreeMap<String, String>,
    mut answer: Response,
) -> Result<Response, Error> {
    if let Some(office) = query.get("office").and_then(|id| book.office(id)) {
        let secure = if crate::request::is_encrypted(&app.settings) { "; Secure" } else { "" };
        let id = &office.id;
        let text = format!("{LAST}={id}; Path=/office; HttpOnly; SameSite=Lax; Max-Age=31536000{secure}");
        let cookie = HeaderValue::from_str(&text).map_err(Error::fault)?;
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// Days ahead among which the next open one is looked for.
const OPEN_WITHIN_DAYS: usize = 14;

/// How far back and ahead the office looks.
const YEAR_DAYS: i64 = 400;

/// The office's day and week as live screens.
#[derive(Debug)]
pub struct Live;

#[async_trait]
impl Screen for Live {
    fn name(&self) -> &'static str {
        "office"
    }

    fn access(&self) -> Access {
        LOOKS
    }

    async fn fragments(
        &self,
        engine: &Engine,
        me: &SignedIn,
        params: &Params,
        nudge: Option<&Nudge>,
    ) -> Result<Vec<Fragment>, Error> {
        if params.get("view").is_some_and(|view| view == "text") {
            let text = crate::desk::appointments::text_state(engine, me, params, nudge).await?;
            return Ok(text.into_iter().collect());
        }
        let book = Book::of(engine)?;
        let of = |name: &str| params.get(name).map(String::as_str).unwrap_or_default();
        let (office, day) = asked(&book, of("office"), of("day"))?;
        let stream = format!("office-{}", office.id);
        let touched = |nudge: &Nudge| nudge.streams.iter().any(|one| *one == stream || one == "settings");
        if nudge.is_some_and(|nudge| !touched(nudge)) {
            return Ok(Vec::new());
        }
        let fragment = match of("view") {
            "week" => week::fragment(engine, me, &book, office, day).await?,
            _ => day::fragment(engine, me, &book, office, day, of("visit")).await?,
        };
        Ok(vec![fragment])
    }
}
