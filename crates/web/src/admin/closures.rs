//! `/admin/offices/{id}/closures`: days on which an office is closed besides its calendar. Who is touched is shown before
//! anything is saved (PHONE-APPT-11).

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::appointment::{Closure, ResourceCenter};
use domain::pack::OpenSpan;
use domain::permission::Permission;
use engine::records::OFFICE;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::form::Given;
use super::frame::{Frame, Said, page};
use super::offices::{TouchedBox, touched};
use super::{reached, record};
use crate::App;
use crate::error::Error;
use crate::office::book::Book;
use crate::office::line::date_words;
use crate::page::go;
use crate::session::SignedIn;

/// How far ahead a closure may begin, in days.
const AHEAD_MAX: i64 = 730;
/// Closures that one office may have ahead.
const CLOSURES_MAX: usize = 100;
/// Characters of a reason.
const REASON_MAX: usize = 120;

/// Names a closure by its own days, as nothing else does: its place in the list changes when somebody adds another.
fn key(closure: &Closure) -> String {
    let part = closure.at.map(|at| format!("@{at}")).unwrap_or_default();
    format!("{}..{}{part}", closure.from, closure.until)
}

/// One closure as it is listed.
struct Row {
    /// What the form that takes it back sends.
    key: String,
    when: String,
    part: Option<String>,
    reason: String,
    over: bool,
}

#[derive(Template)]
#[template(path = "admin/closures.html")]
struct Body<'a> {
    frame: Frame,
    office: &'a ResourceCenter,
    version: u64,
    rows: Vec<Row>,
    given: &'a Given,
    errors: Vec<String>,
    today: String,
    may: bool,
    /// Who is touched, once it was asked.
    preview: Option<TouchedBox>,
    /// The closure that is about to be taken back.
    back: Option<Row>,
    /// Who was told of the closures that stand, and who has to be called.
    reached: String,
}

impl Body<'_> {
    fn value(&self, name: &str) -> String {
        self.given.text(name)
    }

    fn tell(&self) -> usize {
        self.preview.as_ref().map_or(0, |preview| preview.told)
    }

    fn tell_again(&self) -> usize {
        self.preview.as_ref().map_or(0, |preview| preview.again_told)
    }
}

fn rows(office: &ResourceCenter, today: Date) -> Vec<Row> {
    let row = |closure: &Closure| Row {
        key: key(closure),
        when: if closure.from == closure.until {
            date_words(closure.from)
        } else {
            format!("{} to {}", date_words(closure.from), date_words(closure.until))
        },
        part: closure.at.map(|at| at.to_string()),
        reason: closure.reason.clone(),
        over: closure.until < today,
    };
    office.closures.iter().map(row).collect()
}

/// Reads a closure; whatever makes no sense is told.
fn read(given: &Given, today: Date, errors: &mut Vec<String>) -> Option<Closure> {
    let day = |name: &str, label: &str, errors: &mut Vec<String>| match given.text(name).parse::<Date>() {
        Ok(day) => Some(day),
        Err(_) => {
            errors.push(format!("{label}: give a day that the calendar has."));
            None
        }
    };
    let from = day("from", "First day", errors);
    let until = if given.text("until").is_empty() { from } else { day("until", "Last day", errors) };
    let reason = given.filled("why", "Why", REASON_MAX, errors);
    let at = part(&given.text("at_from"), &given.text("at_until"), errors);
    let (from, until) = (from?, until?);
    if until < from {
        errors.push("The last day lies before the first.".to_owned());
    }
    if until < today {
        errors.push("These days are over.".to_owned());
    }
    if from > today.saturating_add(AHEAD_MAX.days()) {
        errors.push("That is more than two years ahead.".to_owned());
    }
    errors.is_empty().then_some(Closure { from, until, at, reason })
}

/// The part of the day, when one was given.
fn part(from: &str, until: &str, errors: &mut Vec<String>) -> Option<OpenSpan> {
    if from.is_empty() && until.is_empty() {
        return None;
    }
    let short = |time: &str| time.get(..5).unwrap_or(time).to_owned();
    match OpenSpan::try_from(format!("{}-{}", short(from), short(until))) {
        Ok(span) => Some(span),
        Err(_) => {
            errors.push("Part of the day: give both times, the earlier first, or neither.".to_owned());
            None
        }
    }
}

struct Shown<'a> {
    given: &'a Given,
    errors: Vec<String>,
    preview: Option<TouchedBox>,
    /// The closure that is about to be taken back.
    back: Option<String>,
}

async fn show(
    app: &App,
    me: &SignedIn,
    query: &std::collections::BTreeMap<String, String>,
    (version, office): (u64, &ResourceCenter),
    shown: Shown<'_>,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let reached = reached::section(&app.engine, &book, &office.id).await?;
    let status = if shown.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut rows = rows(office, book.today);
    let place = shown.back.and_then(|back| rows.iter().position(|row| row.key == back));
    let back = place.map(|place| rows.remove(place));
    let body = Body {
        back,
        frame: Frame::new(me, "/admin/offices", query),
        office,
        version,
        rows,
        given: shown.given,
        errors: shown.errors,
        today: book.today.to_string(),
        may: me.may(Permission::AppointmentsAdmin),
        preview: shown.preview,
        reached,
    };
    page(&format!("Closures of {}", office.name), me).style("visits.css").status(status).show(app, &body)
}

/// `GET /admin/offices/{id}/closures`.
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let (version, office): (u64, ResourceCenter) = record::read(&app, OFFICE, &id).await?;
    let given = Given::default();
    let shown = Shown { given: &given, errors: Vec::new(), preview: None, back: None };
    show(&app, &me, &query, (version, &office), shown).await
}

/// Takes the closure with this key out; whoever looked at a page of before is told.
fn take_out(office: &mut ResourceCenter, back: &str, errors: &mut Vec<String>) {
    match office.closures.iter().position(|closure| key(closure) == back) {
        Some(place) => drop(office.closures.remove(place)),
        None => errors.push(
            "Somebody changed the closures meanwhile: this one is not there any more. Nothing was changed; look below."
                .to_owned(),
        ),
    }
}

/// `POST /admin/offices/{id}/closures`: shows who is touched, and at the second press closes, or takes a
/// closure back.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (version, before): (u64, ResourceCenter) = record::read(&app, OFFICE, &id).await?;
    let today = Book::of(&app.engine)?.today;
    let mut errors = Vec::new();
    let mut after = before.clone();
    let taken_back = Some(given.text("take_back")).filter(|back| !back.is_empty());
    if let Some(back) = &taken_back {
        take_out(&mut after, back, &mut errors);
    } else if let Some(closure) = read(&given, today, &mut errors) {
        if after
            .closures
            .iter()
            .any(|one| (one.from, one.until, one.at) == (closure.from, closure.until, closure.at))
        {
            errors.push("This closure is there already.".to_owned());
        }
        after.closures.push(closure);
        after.closures.sort_by_key(|closure| closure.from);
    }
    if after.closures.len() > CLOSURES_MAX {
        errors.push(format!("An office may have {CLOSURES_MAX} closures; take back those that are over."));
    }
    if !errors.is_empty() {
        let query = std::collections::BTreeMap::new();
        let shown = Shown { given: &given, errors, preview: None, back: None };
        return show(&app, &me, &query, (version, &before), shown).await;
    }
    if !given.checked("confirmed") {
        let preview = Some(touched(&app, (OFFICE, &id), &after).await?);
        let query = std::collections::BTreeMap::new();
        let shown = Shown { given: &given, errors, preview, back: taken_back };
        return show(&app, &me, &query, (version, &before), shown).await;
    }
    let conflict = record::save_sound(&app, &me, (OFFICE, &id), &given, &after, &mut errors).await?;
    if conflict.is_some() {
        errors.push(
            "Somebody changed this office meanwhile. Nothing was overwritten; look and press again."
                .to_owned(),
        );
    }
    if errors.is_empty() {
        let said = if taken_back.is_some() { "opened" } else { "closed" };
        return Ok(go(&format!("/admin/offices/{id}/closures?said={said}")));
    }
    let query = std::collections::BTreeMap::new();
    let shown = Shown { given: &given, errors, preview: None, back: None };
    show(&app, &me, &query, (version, &before), shown).await
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        Given(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn wrong(pairs: &[(&str, &str)]) -> String {
        let mut errors = Vec::new();
        assert!(read(&given(pairs), date(2026, 11, 18), &mut errors).is_none());
        errors.join(" ")
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let why = ("why", "Floor repair");
        assert!(wrong(&[("from", "2026-02-29"), why]).contains("a day that the calendar has"));
        assert!(wrong(&[("from", "2026-12-02"), ("until", "2026-12-01"), why]).contains("before the first"));
        assert!(wrong(&[("from", "2026-11-02"), why]).contains("are over"));
        assert!(wrong(&[("from", "2030-11-02"), why]).contains("two years ahead"));
        assert!(wrong(&[("from", "2026-12-02")]).contains("Why"));
        for part in [("at_from", "09:00"), ("at_until", "09:00")] {
            assert!(wrong(&[("from", "2026-12-02"), why, part]).contains("Part of the day"));
        }
        let turned = [("from", "2026-12-02"), why, ("at_from", "12:00"), ("at_until", "09:00")];
        assert!(wrong(&turned).contains("the earlier first"));
    }

    #[test]
    fn a_day_or_a_part_of_it_is_read() {
        let mut errors = Vec::new();
        let whole = read(&given(&[("from", "2026-11-18"), ("why", "Snow")]), date(2026, 11, 18), &mut errors);
        assert_eq!(
            whole.map(|one| (one.from, one.until, one.at)),
            Some((date(2026, 11, 18), date(2026, 11, 18), None))
        );
        let part =
            [("from", "2026-12-02"), ("why", "Training"), ("at_from", "12:00:00"), ("at_until", "17:00")];
        let part = read(&given(&part), date(2026, 11, 18), &mut errors).and_then(|one| one.at);
        assert_eq!(part.map(|at| at.to_string()).as_deref(), Some("12:00-17:00"));
        assert!(errors.is_empty(), "{errors:?}");
    }
}
