//! Kinds of visits with their start rule and length, and the rules of the book.

use std::collections::BTreeMap;

use askama::Template as _;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::appointment::{AppointmentBook, BookRules, Reminder, StartRule, VisitType};
use domain::permission::Permission;
use engine::records::{BOOK_RULES, VISIT_TYPE};
use jiff::civil::Time;

use super::codes::{NEW, id_field, id_of};
use super::form::{Field, Given, Input};
use super::frame::{Edit, Frame, Said};
use super::offices::{BACK, confirm_words, hours_options, touched};
use super::{free_times, record};
use crate::App;
use crate::error::Error;
use crate::office::book::Book;
use crate::page::go;
use crate::session::SignedIn;

/// Words of the button that shows what a change would do.
const TRY: &str = "What would change?";
/// Id of the one record of rules.
const RULES: &str = "rules";
/// Characters of a sentence about a kind of visit.
const ABOUT_MAX: usize = 400;
/// Clauses that prescribe a start.
const PRESCRIBED: [&str; 2] = ["PHONE-APPT-13", "PHONE-APPT-14"];

fn start_options() -> Vec<(String, String)> {
    [("hour", "on the hour"), ("half_hour", "on the half hour"), ("both", "on either")]
        .iter()
        .map(|(value, words)| ((*value).to_owned(), (*words).to_owned()))
        .collect()
}

const fn start_value(rule: StartRule) -> &'static str {
    match rule {
        StartRule::Hour => "hour",
        StartRule::HalfHour => "half_hour",
        StartRule::Both => "both",
    }
}

fn start_of(value: &str) -> Option<StartRule> {
    [StartRule::Hour, StartRule::HalfHour, StartRule::Both]
        .into_iter()
        .find(|rule| start_value(*rule) == value)
}

fn fields(visit: &VisitType) -> Vec<Field> {
    let title = |language: &str| visit.title.get(language).cloned().unwrap_or_default();
    let words = |field: &str, label: &str, texts: &BTreeMap<String, String>, language: &str| {
        Field::new(field, label, Input::Area(2, false), texts.get(language).cloned().unwrap_or_default())
    };
    let start = Field::new("start", "Starts", Input::Select(start_options()), start_value(visit.start))
        .clause(visit.clause.clone());
    let start = if PRESCRIBED.contains(&visit.clause.as_str()) { start.fixed() } else { start };
    vec![
        Field::new("title_en", "Name, English", Input::Text, title("en")).required(),
        Field::new("title_es", "Name, Spanish", Input::Text, title("es")).required(),
        Field::new("minutes", "Length in minutes", Input::Number, visit.minutes)
            .hint("It must end within the opening hours."),
        start,
        Field::new(
            "public",
            "Customers can choose it by themselves",
            Input::Check,
            if visit.public { "yes" } else { "" },
        ),
        words("about_en", "What it is for, English", &visit.about, "en")
            .hint("Customers read it before they choose."),
        words("about_es", "What it is for, Spanish", &visit.about, "es"),
        words("bring_en", "What to bring, English", &visit.bring, "en"),
        words("bring_es", "What to bring, Spanish", &visit.bring, "es"),
    ]
}

/// Words in both languages, or in none: half a pair would leave somebody without.
fn pair(given: &Given, field: &str, label: &str, errors: &mut Vec<String>) -> BTreeMap<String, String> {
    let words = [("en", given.text(&format!("{field}_en"))), ("es", given.text(&format!("{field}_es")))];
    if words.iter().any(|(_, text)| text.chars().count() > ABOUT_MAX) {
        errors.push(format!("{label}: at most {ABOUT_MAX} characters."));
    }
    if words.iter().filter(|(_, text)| text.is_empty()).count() == 1 {
        errors.push(format!("{label}: give it in English and in Spanish, or in neither."));
    }
    let filled = words.into_iter().filter(|(_, text)| !text.is_empty());
    filled.map(|(language, text)| (language.to_owned(), text)).collect()
}

fn read(given: &Given, before: &VisitType, errors: &mut Vec<String>) -> VisitType {
    let titles = [("en", "title_en", "Name, English"), ("es", "title_es", "Name, Spanish")];
    let mut title = before.title.clone();
    for (language, field, label) in titles {
        title.insert(language.to_owned(), given.filled(field, label, 80, errors));
    }
    let asked = given.text("start");
    let start = if PRESCRIBED.contains(&before.clause.as_str()) {
        if !asked.is_empty() && start_of(&asked) != Some(before.start) {
            errors.push(format!("Starts: {} prescribes it; it cannot be changed here.", before.clause));
        }
        before.start
    } else {
        start_of(&asked).unwrap_or_else(|| {
            errors.push("Starts: choose one of the list.".to_owned());
            before.start
        })
    };
    VisitType {
        title,
        about: pair(given, "about", "What it is for", errors),
        bring: pair(given, "bring", "What to bring", errors),
        minutes: given.number("minutes", "Length in minutes", 5..=480, errors),
        start,
        public: given.checked("public"),
        ..before.clone()
    }
}

async fn load(app: &App, me: &SignedIn, id: &str) -> Result<(u64, VisitType), Error> {
    if id != NEW {
        return record::read(app, VISIT_TYPE, id).await;
    }
    if !me.may(Permission::AppointmentsAdmin) {
        return Err(Error::Forbidden);
    }
    let fresh = VisitType {
        id: String::new(),
        title: BTreeMap::new(),
        about: BTreeMap::new(),
        bring: BTreeMap::new(),
        minutes: 30,
        start: StartRule::Both,
        clause: "AMB-64".to_owned(),
        public: false,
    };
    Ok((0, fresh))
}

fn form(me: &SignedIn, query: &BTreeMap<String, String>, version: u64, visit: &VisitType) -> Edit {
    let new = version == 0;
    let title = visit.title.get("en").cloned().unwrap_or_default();
    let (title, id) = if new { ("New kind of visit".to_owned(), NEW) } else { (title, visit.id.as_str()) };
    let mut edit =
        Edit::new(Frame::new(me, "/admin/offices", query), title, BACK, format!("/admin/visits/{id}"));
    edit.version = version;
    edit.fields = fields(visit);
    edit.may = me.may(Permission::AppointmentsAdmin);
    edit.preview = Some(TRY);
    if new {
        edit.fields.insert(0, id_field(""));
    } else {
        edit.history = Some(format!("/admin/visits/{id}/history"));
    }
    edit
}

/// `GET /admin/visits/{id}`; the id `new` is an empty form.
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let (version, visit) = load(&app, &me, &id).await?;
    form(&me, &query, version, &visit).show(&app, &me)
}

/// `POST /admin/visits/{id}`.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(address): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (version, before) = load(&app, &me, &address).await?;
    let mut errors = Vec::new();
    let id = id_of(&app, VISIT_TYPE, &address, &given, &mut errors).await?;
    let after = VisitType { id: id.clone(), ..read(&given, &before, &mut errors) };
    let mut conflict = None;
    let mut tried = Tried::default();
    if errors.is_empty() {
        tried = Tried::of(&app, (VISIT_TYPE, &id), &after, &given).await?;
        if !tried.holds {
            conflict = record::save_sound(&app, &me, (VISIT_TYPE, &id), &given, &after, &mut errors).await?;
            if conflict.is_none() && errors.is_empty() {
                return Ok(go(&format!("/admin/visits/{id}?said=saved")));
            }
        } else {
            let book = Book::of(&app.engine)?;
            let mut whole = book.whole().clone();
            whole.visit_types.retain(|kind| kind.id != id);
            whole.visit_types.push(after);
            tried.html += &free_times::preview(&app.engine, &book, &whole, (&[id], None)).await?;
        }
    }
    let mut edit = form(&me, &BTreeMap::new(), version, &before);
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    tried.into_form(&mut edit, errors.is_empty() && conflict.is_none());
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

/// A change that is shown before it is saved: because it was asked for, or because it touches visits that are booked.
#[derive(Default)]
struct Tried {
    html: String,
    /// It is to be shown and not saved yet.
    holds: bool,
    /// Words of the button that saves it although somebody is touched.
    confirm: Option<String>,
}

impl Tried {
    async fn of<T: serde::Serialize>(
        app: &App,
        record: (&'static str, &str),
        after: &T,
        given: &Given,
    ) -> Result<Self, Error> {
        let found = touched(app, record, after).await?;
        let holds = given.checked("preview") || (found.any() && !given.checked("confirmed"));
        let html = if found.any() { found.render()? } else { String::new() };
        Ok(Self { html, holds, confirm: found.any().then(|| confirm_words(found.told)) })
    }

    fn into_form(self, edit: &mut Edit, sound: bool) {
        if sound && self.holds {
            (edit.before, edit.confirm) = (self.html, self.confirm);
        }
    }
}

fn reminder_words(reminder: &Reminder) -> String {
    match (reminder.days, reminder.hours) {
        (days, 0) => format!("{days} days"),
        (0, hours) => format!("{hours} hours"),
        (days, hours) => format!("{days} days {hours} hours"),
    }
}

/// `2 days`, `2 hours`, `1 day 12 hours`.
fn reminder(line: &str) -> Option<Reminder> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut found = Reminder { days: 0, hours: 0 };
    for pair in words.chunks(2) {
        let [number, unit] = pair else { return None };
        let number: u16 = number.parse().ok()?;
        match unit.trim_end_matches('s') {
            "day" => found.days = number,
            "hour" => found.hours = number,
            _ => return None,
        }
    }
    let hours = u32::from(found.days) * 24 + u32::from(found.hours);
    (1..=31 * 24).contains(&hours).then_some(found)
}

fn time(given: &Given, name: &str, label: &str, before: Time, errors: &mut Vec<String>) -> Time {
    let text = given.text(name);
    let whole = if text.len() == 5 { format!("{text}:00") } else { text };
    whole.parse::<Time>().unwrap_or_else(|_| {
        errors.push(format!("{label}: give a time such as 15:30."));
        before
    })
}

fn rule_fields(rules: &BookRules, book: &Book) -> Vec<Field> {
    let reminders: Vec<String> = rules.reminders.iter().map(reminder_words).collect();
    let clock = |time: Time| time.strftime("%H:%M").to_string();
    vec![
        Field::new(
            "cutoff",
            "A request after this time is a late one",
            Input::Text,
            clock(rules.cutoff.value),
        )
        .clause(rules.cutoff.clause.clone()),
        Field::new(
            "late_not_before",
            "It is given nothing before this time of the next business day",
            Input::Text,
            clock(rules.late_not_before.value),
        )
        .clause(rules.late_not_before.clause.clone()),
        Field::new("horizon_days", "Days ahead that are offered", Input::Number, rules.horizon_days),
        Field::new(
            "open_per_number_max",
            "Open visits of one number",
            Input::Number,
            rules.open_per_number_max,
        ),
        Field::new("moves_max", "Times that one visit may be moved", Input::Number, rules.moves_max),
        Field::new("alternatives_max", "Other times that are named", Input::Number, rules.alternatives_max)
            .clause("PHONE-APPT-9"),
        Field::new("companions_max", "Names of those who come along", Input::Number, rules.companions_max),
        Field::new("link_hours", "Hours that a link in a text can be used", Input::Number, rules.link_hours),
        Field::new(
            "holidays_from",
            "Holidays of every office",
            Input::Select(hours_options(book)),
            &rules.holidays_from,
        )
        .hint("The holidays of these hours close every office."),
        Field::new("reminders", "Reminders before a visit", Input::Area(3, false), reminders.join("\n"))
            .hint("One a line: 2 days, or 2 hours."),
        Field::new("quiet_from", "No reminders from", Input::Text, clock(rules.quiet_from)).hint(
            "One that would come later goes out when reminders begin again, or, where that is less than an hour before \
             the visit, an hour earlier than this.",
        ),
        Field::new("quiet_to", "Reminders again from", Input::Text, clock(rules.quiet_to))
            .hint("The same time in both: reminders go out at any hour."),
        Field::new("task_title", "Name of the office's task", Input::Text, &rules.task_title.value)
            .clause(rules.task_title.clause.clone())
            .required(),
    ]
}

fn read_rules(given: &Given, before: &BookRules, book: &Book, errors: &mut Vec<String>) -> BookRules {
    let mut rules = before.clone();
    rules.cutoff.value = time(given, "cutoff", "Late request", before.cutoff.value, errors);
    rules.late_not_before.value =
        time(given, "late_not_before", "Not before", before.late_not_before.value, errors);
    rules.horizon_days = given.number("horizon_days", "Days ahead", 1..=366, errors);
    rules.open_per_number_max =
        given.number("open_per_number_max", "Open visits of one number", 1..=100, errors);
    rules.moves_max = given.number("moves_max", "Times moved", 1..=100, errors);
    rules.alternatives_max = given.number("alternatives_max", "Other times", 1..=20, errors);
    rules.companions_max = given.number("companions_max", "Names", 1..=100, errors);
    rules.link_hours = given.number("link_hours", "Hours of a link", 1..=744, errors);
    rules.holidays_from = given.choice("holidays_from", "Holidays", &hours_options(book), errors);
    rules.quiet_from = time(given, "quiet_from", "No reminders from", before.quiet_from, errors);
    rules.quiet_to = time(given, "quiet_to", "Reminders again from", before.quiet_to, errors);
    rules.task_title.value = given.filled("task_title", "Name of the task", 120, errors);
    let mut reminders = Vec::new();
    for line in given.text("reminders").lines().map(str::trim).filter(|line| !line.is_empty()) {
        match reminder(line) {
            Some(one) => reminders.push(one),
            None => errors.push(format!("Reminders: “{line}” is none; write “2 days” or “2 hours”.")),
        }
    }
    if reminders.len() > 8 {
        errors.push("Reminders: at most 8.".to_owned());
    }
    rules.reminders = reminders;
    rules
}

fn rules_form(
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    book: &Book,
    version: u64,
    rules: &BookRules,
) -> Edit {
    let frame = Frame::new(me, "/admin/offices", query);
    let mut edit = Edit::new(frame, "Rules of the book".to_owned(), BACK, "/admin/visit-rules".to_owned());
    edit.version = version;
    edit.fields = rule_fields(rules, book);
    edit.may = me.may(Permission::AppointmentsAdmin);
    edit.preview = Some(TRY);
    edit
}

/// `GET /admin/visit-rules`.
pub(crate) async fn rules(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let (version, rules) = record::read(&app, BOOK_RULES, RULES).await?;
    rules_form(&me, &query, &book, version, &rules).show(&app, &me)
}

/// `POST /admin/visit-rules`.
pub(crate) async fn save_rules(
    State(app): State<App>,
    me: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let (version, before): (u64, BookRules) = record::read(&app, BOOK_RULES, RULES).await?;
    let mut errors = Vec::new();
    let after = read_rules(&given, &before, &book, &mut errors);
    let mut conflict = None;
    let mut tried = Tried::default();
    if errors.is_empty() {
        tried = Tried::of(&app, (BOOK_RULES, RULES), &after, &given).await?;
        if !tried.holds {
            conflict =
                record::save_sound(&app, &me, (BOOK_RULES, RULES), &given, &after, &mut errors).await?;
            if conflict.is_none() && errors.is_empty() {
                return Ok(go("/admin/visit-rules?said=saved"));
            }
        } else {
            let kinds: Vec<String> = book.visit_types().iter().map(|kind| kind.id.clone()).collect();
            let whole = AppointmentBook { rules: after, ..book.whole().clone() };
            tried.html += &free_times::preview(&app.engine, &book, &whole, (&kinds, None)).await?;
        }
    }
    let mut edit = rules_form(&me, &BTreeMap::new(), &book, version, &before);
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    tried.into_form(&mut edit, errors.is_empty() && conflict.is_none());
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminders_are_read_as_people_write_them() {
        assert_eq!(reminder("2 days"), Some(Reminder { days: 2, hours: 0 }));
        assert_eq!(reminder("1 day 12 hours"), Some(Reminder { days: 1, hours: 12 }));
        assert_eq!(reminder_words(&Reminder { days: 0, hours: 2 }), "2 hours");
        for bad in ["", "0 hours", "2", "two days", "2 weeks", "900 hours", "2 days 3"] {
            assert_eq!(reminder(bad), None, "{bad}");
        }
    }

    #[test]
    fn phone_appt_13_14_a_prescribed_start_cannot_be_changed_here() {
        let literacy = VisitType {
            id: "literacy".to_owned(),
            title: BTreeMap::new(),
            about: BTreeMap::new(),
            bring: BTreeMap::new(),
            minutes: 60,
            start: StartRule::Hour,
            clause: "PHONE-APPT-13".to_owned(),
            public: true,
        };
        let given = |start: &str| {
            let pairs = [("title_en", "Help"), ("title_es", "Ayuda"), ("minutes", "60"), ("start", start)];
            Given(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let mut errors = Vec::new();
        assert_eq!(read(&given("half_hour"), &literacy, &mut errors).start, StartRule::Hour);
        assert!(errors[0].contains("PHONE-APPT-13 prescribes it"), "{errors:?}");
        errors.clear();
        let free = VisitType { clause: "AMB-64".to_owned(), ..literacy };
        assert_eq!(read(&given("half_hour"), &free, &mut errors).start, StartRule::HalfHour);
        assert!(errors.is_empty());
        read(&given("always"), &free, &mut errors);
        assert_eq!(errors.len(), 1);
    }
}
