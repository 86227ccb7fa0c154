//! Offices that people visit, the kinds of visits and the book's rules: their list and the form of an office.
//!
//! A change that touches visits that are booked is shown with everybody it touches before it is saved; after that the
//! engine flags those visits and tells the customers. Closures are [`super::closures`], kinds and rules [`super::visits`].

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::appointment::{ResourceCenter, Rules, StartRule, VisitType, day_words, time_words};
use domain::permission::Permission;
use engine::Change;
use engine::appointments::crowded::Crowded;
use engine::records::OFFICE;
use serde::Serialize;

use super::codes::{NEW, id_field, id_of};
use super::form::{Field, Given, Input};
use super::frame::{Cell, Edit, Frame, Listing, Said, Table, page};
use super::reached::Reach;
use super::{free_times, record};
use crate::App;
use crate::error::Error;
use crate::office::book::Book;
use crate::office::line::{Line, line};
use crate::page::go;
use crate::session::SignedIn;

pub(crate) const BACK: (&str, &str) = ("/admin/offices", "Offices and visits");
/// Visits that a preview names; the number of all is told besides.
const TOUCHED_SHOWN: usize = 60;
/// Starts with too many visits that a preview names.
const CROWDED_SHOWN: usize = 30;

/// Who would be touched by a change of the settings.
#[derive(Template, Default)]
#[template(path = "admin/touched.html")]
pub(crate) struct TouchedBox {
    /// Visits that could no longer take place, with why, and whether a text reaches the customer.
    pub(crate) no_longer: Vec<(Line, String, Reach)>,
    pub(crate) all: usize,
    /// How many of them get a text.
    pub(crate) told: usize,
    /// Visits that are flagged now and could take place again.
    pub(crate) again: Vec<(Line, bool)>,
    /// How many could.
    pub(crate) again_all: usize,
    /// How many of them were told of the closure, and are told that it is off.
    pub(crate) again_told: usize,
    /// Starts at which more is booked than the office would take.
    pub(crate) crowded: Vec<Full>,
    /// Visits that are over at all of them.
    pub(crate) over_all: usize,
}

/// One start, or one clock hour, with more visits than places.
pub(crate) struct Full {
    pub(crate) when: String,
    pub(crate) places: u8,
    /// The visits, and whether each is over.
    pub(crate) visits: Vec<(Line, bool)>,
}

impl Full {
    fn of(crowded: &Crowded, per_hour: bool, book: &Book) -> Self {
        let fits = usize::from(crowded.places);
        let visits = crowded.visits.iter().enumerate();
        let (day, time) = (day_words(crowded.start, &book.zone, "en"), time_words(crowded.start, &book.zone));
        Self {
            when: if per_hour { format!("{day}, the hour from {time}") } else { format!("{day}, {time}") },
            places: crowded.places,
            visits: visits.map(|(place, visit)| (line(visit, book), place >= fits)).collect(),
        }
    }
}

impl TouchedBox {
    /// Whether somebody is touched.
    pub(crate) fn any(&self) -> bool {
        self.all > 0 || !self.again.is_empty() || self.over_all > 0
    }

    /// Those over at the starts that are named.
    fn over_shown(&self) -> usize {
        self.crowded.iter().flat_map(|full| &full.visits).filter(|(_, over)| *over).count()
    }
}

/// Asks the engine what a change would do to the visits that are booked. Nothing is written.
pub(crate) async fn touched<T: Serialize>(
    app: &App,
    (kind, id): (&'static str, &str),
    value: &T,
) -> Result<TouchedBox, Error> {
    let data = Some(serde_json::to_value(value).map_err(Error::fault)?);
    let change = Change { kind, id: id.to_owned(), expected: None, data, reason: String::new() };
    let found = app.engine.touched_by(&change).await?;
    let Ok(book) = Book::of(&app.engine) else { return Ok(TouchedBox::default()) };
    let rules = book.rules();
    let tells_again = |visit: &domain::appointment::Appointment| {
        visit.texts && visit.phone.is_some() && visit.was_told_closed()
    };
    let again = found.again.iter().take(TOUCHED_SHOWN).map(|visit| (line(visit, &book), tells_again(visit)));
    let per_hour = change.data.as_ref().is_some_and(|data| data["one_per_clock_hour"] == true);
    let (mut no_longer, mut told) = (Vec::new(), 0);
    for (visit, why) in &found.no_longer {
        let reach = Reach::of(&app.engine, visit).await?;
        told += usize::from(reach == Reach::Text);
        if no_longer.len() < TOUCHED_SHOWN {
            let sentence = why.sentence(&visit.place.office, visit.place.start, &rules, "en");
            no_longer.push((line(visit, &book), sentence, reach));
        }
    }
    Ok(TouchedBox {
        no_longer,
        all: found.no_longer.len(),
        told,
        again: again.collect(),
        again_all: found.again.len(),
        again_told: found.again.iter().filter(|visit| tells_again(visit)).count(),
        over_all: found.crowded.iter().map(Crowded::over).sum(),
        crowded: found.crowded.iter().take(CROWDED_SHOWN).map(|one| Full::of(one, per_hour, &book)).collect(),
    })
}

fn starts(rule: StartRule) -> &'static str {
    match rule {
        StartRule::Hour => "on the hour",
        StartRule::HalfHour => "on the half hour",
        StartRule::Both => "on the hour and the half hour",
    }
}

fn office_row(office: &ResourceCenter, book: &Book) -> Vec<Cell> {
    let rules = book.rules();
    let all_demo = book.offices().iter().all(|office| office.demo);
    let hours = rules.hours(&office.hours).map_or(office.hours.as_str(), |hours| hours.title.as_str());
    let ahead = office.closures.iter().filter(|closure| closure.until >= book.today).count();
    let seats = if office.one_per_clock_hour {
        format!("{} per clock hour", office.capacity)
    } else {
        format!("{} per start", office.capacity)
    };
    let closures = match ahead {
        0 => "none ahead".to_owned(),
        1 => "1 ahead".to_owned(),
        many => format!("{many} ahead"),
    };
    vec![
        Cell::new(&office.name)
            .sub(office.address.clone())
            .link(format!("/admin/offices/{}", office.id))
            .badge_if(office.demo && !all_demo, "badge--warn", "Agency to supply"),
        Cell::new(&office.county),
        Cell::new(hours),
        Cell::new(seats),
        Cell::new(closures).link(format!("/admin/offices/{}/closures", office.id)),
    ]
}

fn visit_row(visit: &VisitType) -> Vec<Cell> {
    vec![
        Cell::new(Rules::wording(&visit.title, "en"))
            .sub(Rules::wording(&visit.title, "es").to_owned())
            .link(format!("/admin/visits/{}", visit.id)),
        Cell::new(format!("{} min", visit.minutes)),
        Cell::new(starts(visit.start)).clause(Some(visit.clause.clone())),
        Cell::new(if visit.public { "customers and staff" } else { "staff only" }),
    ]
}

/// `GET /admin/offices`.
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let may = me.may(Permission::AppointmentsAdmin);
    let rules = &book.rules().book.rules;
    let holidays = &rules.holidays_from;
    let offices = Table {
        title: "Offices".to_owned(),
        columns: vec!["Office", "County", "Hours", "Visits", "Closures"],
        rows: book.offices().iter().map(|office| office_row(office, &book)).collect(),
        empty: "There is no office: nobody can be booked.",
        new: may.then_some(("/admin/offices/new", "Add an office")),
    };
    let kinds = Table {
        title: "Kinds of visits".to_owned(),
        columns: vec!["Kind", "Length", "Starts", "Booked by"],
        rows: book.visit_types().iter().map(visit_row).collect(),
        empty: "There is no kind of visit: nobody can be booked.",
        new: may.then_some(("/admin/visits/new", "Add a kind")),
    };
    let facts = Table {
        title: "Rules of the book".to_owned(),
        columns: vec!["Rule", "Value"],
        rows: vec![
            vec![
                Cell::new("Late requests")
                    .link("/admin/visit-rules")
                    .clause(Some(rules.cutoff.clause.clone())),
                Cell::new(format!(
                    "after {} not before {} of the next business day",
                    rules.cutoff.value.strftime("%-I:%M %p"),
                    rules.late_not_before.value.strftime("%-I:%M %p")
                )),
            ],
            vec![Cell::new("Days ahead"), Cell::new(rules.horizon_days.to_string())],
            vec![Cell::new("Open visits of one number"), Cell::new(rules.open_per_number_max.to_string())],
            vec![
                Cell::new("Holidays of every office").link(format!("/admin/hours/{holidays}")),
                Cell::new(book.rules().hours(holidays).map_or(0, |hours| hours.holidays.len()).to_string()),
            ],
        ],
        empty: "",
        new: may.then_some(("/admin/visit-rules", "Change")),
    };
    let called = super::reached::table(&app.engine, &book).await?;
    let [lines, texts] = super::lines::tables(&book, may);
    let body = Listing {
        frame: Frame::new(&me, "/admin/offices", &query),
        title: "Offices and visits",
        intro: if book.offices().iter().all(|office| office.demo) {
            "Where people can come, what for, and under which rules. Before a change is saved, everybody whose visit it touches is shown. Every office here is for demonstration: the agency has still to supply its own (AMB-64)."
        } else {
            "Where people can come, what for, and under which rules. Before a change is saved, everybody whose visit it touches is shown."
        },
        search: Vec::new(),
        tables: called.into_iter().chain([offices, kinds, facts, lines, texts]).collect(),
    };
    page("Offices and visits", &me).show(&app, &body)
}

/// Opening hours to choose from: the book's own and those of the queues, each once.
pub(crate) fn hours_options(book: &Book) -> Vec<(String, String)> {
    let all = book.rules().book.hours.iter().chain(&book.pack.queues.hours);
    let mut out: Vec<(String, String)> = Vec::new();
    for hours in all {
        if !out.iter().any(|(id, _)| *id == hours.id) {
            out.push((hours.id.clone(), hours.title.clone()));
        }
    }
    out
}

fn fields(office: &ResourceCenter, book: &Book) -> Vec<Field> {
    let check = |yes: bool| if yes { "yes" } else { "" };
    let near = book.offices().iter().filter(|other| other.id != office.id);
    let near = near.map(|other| (other.id.clone(), other.name.clone())).collect();
    vec![
        Field::new("name", "Name on screens and in texts", Input::Text, &office.name).required().wide(),
        Field::new("county", "County", Input::Text, &office.county).clause("PHONE-APPT-7").required(),
        Field::new("zips", "ZIP codes it serves", Input::Text, office.zips.join(", "))
            .hint("Five digits each, with commas between."),
        Field::new("address", "Address on screens and in texts", Input::Text, &office.address)
            .required()
            .wide(),
        Field::new("hours", "Opening hours", Input::Select(hours_options(book)), &office.hours)
            .hint("Edited under Queues and hours."),
        Field::new("capacity", "Visits at the same time", Input::Number, office.capacity)
            .clause("PHONE-APPT-10")
            .hint("1 is the document's own rule: one appointment per slot."),
        Field::new(
            "one_per_clock_hour",
            "Count per clock hour",
            Input::Check,
            check(office.one_per_clock_hour),
        )
        .clause("AMB-3")
        .hint("Off: one visit for each start, so 9:00 and 9:30 are two places. On: one for each clock hour, the strict reading."),
        Field::new(
            "interpreter_languages",
            "Interpreters at hand",
            Input::Text,
            office.interpreter_languages.join(", "),
        )
        .hint("Languages and sign languages with commas between; others are arranged."),
        Field::new(
            "nearby",
            "Named instead when nothing is free",
            Input::Checks(near),
            office.nearby.join(" "),
        )
        .clause("PHONE-APPT-9"),
        Field::new("demo", "The agency has still to supply this office", Input::Check, check(office.demo))
            .clause("AMB-64"),
    ]
}

fn words(text: &str) -> Vec<String> {
    text.split([',', '\n', ';']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn read(given: &Given, before: &ResourceCenter, book: &Book, errors: &mut Vec<String>) -> ResourceCenter {
    let zips: Vec<String> = words(&given.text("zips").replace(' ', ","));
    for zip in zips.iter().filter(|zip| zip.len() != 5 || !zip.bytes().all(|byte| byte.is_ascii_digit())) {
        errors.push(format!("ZIP codes: “{zip}” is no ZIP code; give five digits."));
    }
    let known = |id: &str| book.office(id).map(|office| office.id.clone());
    ResourceCenter {
        name: given.filled("name", "Name", 120, errors),
        county: given.filled("county", "County", 60, errors),
        zips,
        address: given.filled("address", "Address", 200, errors),
        hours: given.choice("hours", "Opening hours", &hours_options(book), errors),
        capacity: given.number("capacity", "Visits at the same time", 1..=100, errors),
        one_per_clock_hour: given.checked("one_per_clock_hour"),
        interpreter_languages: words(&given.text("interpreter_languages")),
        nearby: given.chosen("nearby", &before.nearby, known),
        demo: given.checked("demo"),
        ..before.clone()
    }
}

fn fresh(book: &Book) -> ResourceCenter {
    ResourceCenter {
        id: String::new(),
        name: String::new(),
        county: String::new(),
        zips: Vec::new(),
        address: String::new(),
        hours: hours_options(book).into_iter().next().map(|(id, _)| id).unwrap_or_default(),
        closures: Vec::new(),
        capacity: 1,
        one_per_clock_hour: false,
        interpreter_languages: Vec::new(),
        nearby: Vec::new(),
        demo: false,
    }
}

/// The office of the address with its version; a fresh one and 0 for `new`.
pub(crate) async fn load(
    app: &App,
    me: &SignedIn,
    book: &Book,
    id: &str,
) -> Result<(u64, ResourceCenter), Error> {
    if id != NEW {
        return record::read(app, OFFICE, id).await;
    }
    if !me.may(Permission::AppointmentsAdmin) {
        return Err(Error::Forbidden);
    }
    Ok((0, fresh(book)))
}

/// What stands below the form of an office that is there: closures and the calendar feed.
#[derive(Template)]
#[template(path = "admin/office_more.html")]
struct More {
    id: String,
    csrf: String,
    closures: usize,
    feed_since: Option<String>,
    /// The address, shown once.
    feed: Option<String>,
    may: bool,
}

async fn form(
    app: &App,
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    book: &Book,
    (version, office): (u64, &ResourceCenter),
    feed: Option<String>,
) -> Result<Edit, Error> {
    let new = version == 0;
    let (title, id) = if new { ("New office", NEW) } else { (office.name.as_str(), office.id.as_str()) };
    let frame = Frame::new(me, "/admin/offices", query);
    let mut edit = Edit::new(frame, title.to_owned(), BACK, format!("/admin/offices/{id}"));
    edit.version = version;
    edit.fields = fields(office, book);
    edit.may = me.may(Permission::AppointmentsAdmin);
    edit.preview = Some("Who is touched?");
    if new {
        edit.fields.insert(0, id_field(""));
        return Ok(edit);
    }
    edit.history = Some(format!("/admin/offices/{id}/history"));
    let since = app.engine.feed_since(id).await?;
    let more = More {
        id: id.to_owned(),
        csrf: me.csrf.clone(),
        closures: office.closures.iter().filter(|closure| closure.until >= book.today).count(),
        feed_since: since.map(|at| crate::shown::date_time(at, &book.zone)),
        feed,
        may: edit.may,
    };
    edit.after = more.render()?;
    Ok(edit)
}

/// `GET /admin/offices/{id}`; the id `new` is an empty form.
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let (version, office) = load(&app, &me, &book, &id).await?;
    form(&app, &me, &query, &book, (version, &office), None).await?.show(&app, &me)
}

/// `POST /admin/offices/{id}`: saves; what touches booked visits is shown first and saved at the second press.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(address): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let (version, before) = load(&app, &me, &book, &address).await?;
    let mut errors = Vec::new();
    let id = id_of(&app, OFFICE, &address, &given, &mut errors).await?;
    let after = ResourceCenter { id: id.clone(), ..read(&given, &before, &book, &mut errors) };
    let mut box_ = TouchedBox::default();
    let mut conflict = None;
    let tried = given.checked("preview");
    if errors.is_empty() {
        box_ = touched(&app, (OFFICE, &id), &after).await?;
        let shown_first = box_.any() && !given.checked("confirmed");
        if !tried && !shown_first {
            conflict = record::save_sound(&app, &me, (OFFICE, &id), &given, &after, &mut errors).await?;
            if conflict.is_none() && errors.is_empty() {
                return Ok(go(&format!("/admin/offices/{id}?said=saved")));
            }
        }
    }
    let mut edit = form(&app, &me, &BTreeMap::new(), &book, (version, &before), None).await?;
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    if errors.is_empty() && conflict.is_none() {
        edit.before = format!("{}{}", box_.render()?, effect(&app, &book, (version, &after)).await?);
        edit.confirm = box_.any().then(|| confirm_words(box_.told));
    }
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

/// What becomes of the free times of an office that is there already.
async fn effect(app: &App, book: &Book, (version, after): (u64, &ResourceCenter)) -> Result<String, Error> {
    if version == 0 {
        return Ok(String::new());
    }
    let mut whole = book.whole().clone();
    for office in whole.offices.iter_mut().filter(|office| office.id == after.id) {
        *office = after.clone();
    }
    let kinds: Vec<String> = book.visit_types().iter().map(|kind| kind.id.clone()).collect();
    free_times::preview(&app.engine, book, &whole, (&kinds, Some(&after.id))).await
}

/// Words of the button that saves although somebody is touched.
pub(crate) fn confirm_words(all: usize) -> String {
    match all {
        0 => "Save".to_owned(),
        1 => "Save, and tell 1 customer".to_owned(),
        many => format!("Save, and tell {many} customers"),
    }
}

/// `POST /admin/offices/{id}/feed`: a new secret address of the office's calendar, or none any more.
pub(crate) async fn feed(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let (version, office) = load(&app, &me, &book, &id).await?;
    if version == 0 {
        return Err(Error::NotFound);
    }
    let by = me.account.id.to_string();
    if given.text("do") == "revoke" {
        app.engine.revoke_feed_token(&id, &by).await?;
        return Ok(go(&format!("/admin/offices/{id}?said=revoked#feed")));
    }
    let address = app.engine.new_feed_token(&id, &by).await?;
    form(&app, &me, &BTreeMap::new(), &book, (version, &office), Some(address)).await?.show(&app, &me)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_commas_and_lines() {
        assert_eq!(
            words("Spanish, American Sign Language;\n Bosnian ,"),
            ["Spanish", "American Sign Language", "Bosnian"]
        );
        assert_eq!(confirm_words(1), "Save, and tell 1 customer");
        assert_eq!(confirm_words(12), "Save, and tell 12 customers");
    }
}
