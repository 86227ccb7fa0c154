//! The lines that staff tell while they book (PHONE-APPT-3 to -6), each with its days, and the wording of the texts about
//! a visit.
//!
//! A line that is changed from a day on is a new line with that first day; the old one ends the day before. So the words of
//! a day can still be read later.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::appointment::{NoticeKind, NoticeText, SLOTS, Tell};
use domain::permission::Permission;
use engine::records::{NOTICE_TEXT, TELL, tell_id};
use jiff::civil::Date;

use super::codes::NEW;
use super::form::{Field, Given, Input};
use super::frame::{Cell, Edit, Frame, Said, Table};
use super::offices::BACK;
use super::record;
use crate::App;
use crate::error::Error;
use crate::office::book::Book;
use crate::page::go;
use crate::session::SignedIn;

/// Characters of a line or a text.
const WORDS_MAX: usize = 900;

fn days(tell: &Tell) -> String {
    let day = |day: Date| day.strftime("%b %-d, %Y").to_string();
    match tell.in_force_until {
        Some(until) => format!("{} to {}", day(tell.in_force_from), day(until)),
        None => format!("since {}", day(tell.in_force_from)),
    }
}

/// What a text about a visit is sent for.
pub(crate) const fn occasion(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Booked => "Booked",
        NoticeKind::Confirmed => "The customer will come",
        NoticeKind::Moved => "Moved",
        NoticeKind::Cancelled => "Cancelled",
        NoticeKind::Reminder => "Reminder",
        NoticeKind::OfficeClosed => "The office will be closed",
        NoticeKind::OfficeOpen => "The office is open after all",
        NoticeKind::WishNoted => "The customer names a day for another time",
        NoticeKind::WhichVisit => "Which of several visits is meant",
        NoticeKind::AnotherTime => "The customer wants another time",
        NoticeKind::CannotCome => "The customer cannot come",
        NoticeKind::OptedOut => "With the one confirmation of an opt-out",
        NoticeKind::OptedOutSeveral => "With the one confirmation of an opt-out, several visits",
        NoticeKind::WishRefused => "The customer names a day that cannot be",
        NoticeKind::WishKnown => "The customer asks for another time once more",
        NoticeKind::NotSetAgain => "A cancelled visit cannot be set again",
    }
}

fn kind_word(kind: NoticeKind) -> String {
    serde_json::to_value(kind).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The tables of lines and texts, for the page of offices and visits.
pub(crate) fn tables(book: &Book, may: bool) -> [Table; 2] {
    let rules = book.rules();
    let line = |tell: &Tell| {
        vec![
            Cell::new(tell.text.get("en").cloned().unwrap_or_default())
                .link(format!("/admin/visit-lines/{}", tell_id(tell)))
                .badge_if(!tell.is_in_force(book.today), "badge--quiet", "not in force")
                .clause(Some(tell.clause.clone())),
            Cell::new(days(tell)),
            Cell::new(if tell.exact { "to the letter" } else { "in these words or like them" }),
        ]
    };
    let text = |text: &NoticeText| {
        vec![
            Cell::new(occasion(text.kind))
                .link(format!("/admin/visit-texts/{}", kind_word(text.kind)))
                .clause(text.kind.clause().map(str::to_owned)),
            Cell::new(text.text.get("en").cloned().unwrap_or_default()),
        ]
    };
    [
        Table {
            title: "What the customer is told while a visit is booked".to_owned(),
            columns: vec!["Line", "In force", "Wording"],
            rows: rules.book.tells.iter().map(line).collect(),
            empty: "There is no line: nothing is asked to be told.",
            new: may.then_some(("/admin/visit-lines/new", "New line")),
        },
        Table {
            title: "Texts about a visit".to_owned(),
            columns: vec!["Occasion", "Words"],
            rows: rules.book.texts.iter().map(text).collect(),
            empty: "There is no text: no customer is told anything by text.",
            new: None,
        },
    ]
}

fn clauses(book: &Book) -> Vec<(String, String)> {
    let mut known: Vec<String> = book.rules().book.tells.iter().map(|tell| tell.clause.clone()).collect();
    known.sort_unstable();
    known.dedup();
    known.into_iter().map(|clause| (clause.clone(), clause)).collect()
}

fn fields(tell: &Tell, new: bool, book: &Book) -> Vec<Field> {
    let words = |language: &str| tell.text.get(language).cloned().unwrap_or_default();
    let until = tell.in_force_until.map(|day| day.to_string()).unwrap_or_default();
    let clause = Field::new("clause", "Clause", Input::Select(clauses(book)), &tell.clause);
    let from = Field::new("from", "First day", Input::Date, tell.in_force_from);
    vec![
        if new { clause } else { clause.fixed() },
        if new {
            from.hint("The line of this clause before it ends the day before.")
        } else {
            from.fixed().hint("Other words from a day on are a new line.")
        },
        Field::new("until", "Last day", Input::Date, until)
            .hint("Empty: for good. A line that is over is not shown (AMB-31)."),
        Field::new(
            "exact",
            "The English words are the clause's script to the letter",
            Input::Check,
            if tell.exact { "yes" } else { "" },
        ),
        Field::new("en", "Words, English", Input::Area(4, false), words("en")).required(),
        Field::new("es", "Words, Spanish", Input::Area(4, false), words("es")),
    ]
}

fn words(
    given: &Given,
    before: &BTreeMap<String, String>,
    errors: &mut Vec<String>,
) -> BTreeMap<String, String> {
    let mut text = before.clone();
    text.insert("en".to_owned(), given.filled("en", "Words, English", WORDS_MAX, errors));
    text.insert("es".to_owned(), given.filled("es", "Words, Spanish", WORDS_MAX, errors));
    text
}

fn read(given: &Given, before: &Tell, new: bool, book: &Book, errors: &mut Vec<String>) -> Tell {
    let mut tell = before.clone();
    if new {
        tell.clause = given.choice("clause", "Clause", &clauses(book), errors);
        match given.text("from").parse::<Date>() {
            Ok(day) if day >= book.today => tell.in_force_from = day,
            Ok(_) => errors.push("First day: a new line begins today or later.".to_owned()),
            Err(_) => errors.push("First day: give a day that the calendar has.".to_owned()),
        }
    }
    tell.in_force_until = match given.text("until").as_str() {
        "" => None,
        day => match day.parse::<Date>() {
            Ok(day) if day < tell.in_force_from => {
                errors.push("Last day: it lies before the first.".to_owned());
                None
            }
            Ok(day) => Some(day),
            Err(_) => {
                errors.push("Last day: give a day that the calendar has.".to_owned());
                None
            }
        },
    };
    tell.exact = given.checked("exact");
    tell.text = words(given, &before.text, errors);
    tell
}

async fn load(app: &App, me: &SignedIn, book: &Book, id: &str) -> Result<(u64, Tell), Error> {
    if id != NEW {
        return record::read(app, TELL, id).await;
    }
    if !me.may(Permission::AppointmentsAdmin) {
        return Err(Error::Forbidden);
    }
    let fresh = Tell {
        clause: clauses(book).into_iter().next().map(|(clause, _)| clause).unwrap_or_default(),
        text: BTreeMap::new(),
        exact: false,
        in_force_from: book.today,
        in_force_until: None,
    };
    Ok((0, fresh))
}

fn form(
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    book: &Book,
    (version, id): (u64, &str),
    tell: &Tell,
) -> Edit {
    let new = version == 0;
    let title = if new { "New line to tell".to_owned() } else { format!("{}, {}", tell.clause, days(tell)) };
    let mut edit =
        Edit::new(Frame::new(me, "/admin/offices", query), title, BACK, format!("/admin/visit-lines/{id}"));
    edit.version = version;
    edit.fields = fields(tell, new, book);
    edit.may = me.may(Permission::AppointmentsAdmin);
    edit.history = (!new).then(|| format!("/admin/visit-lines/{id}/history"));
    edit
}

/// `GET /admin/visit-lines/{id}`; the id `new` is an empty form.
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let (version, tell) = load(&app, &me, &book, &id).await?;
    form(&me, &query, &book, (version, &id), &tell).show(&app, &me)
}

/// `POST /admin/visit-lines/{id}`.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(address): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let book = Book::of(&app.engine)?;
    let (version, before) = load(&app, &me, &book, &address).await?;
    let new = version == 0;
    let mut errors = Vec::new();
    let after = read(&given, &before, new, &book, &mut errors);
    let id = if new { tell_id(&after) } else { address.clone() };
    if new && record::is_there(&app, TELL, &id).await? {
        errors.push("A line of this clause begins on that day already; change that one.".to_owned());
    }
    let mut conflict = None;
    if errors.is_empty() {
        // Two lines of one clause never hold on one day, so the earlier one ends first; it is put back when the new one is not taken.
        let ended = if new { end_earlier(&app, &me, &book, &after).await? } else { Vec::new() };
        conflict = record::save_sound(&app, &me, (TELL, &id), &given, &after, &mut errors).await?;
        if conflict.is_some() || !errors.is_empty() {
            put_back(&app, &me, ended).await?;
        } else {
            return Ok(go(&format!("/admin/visit-lines/{id}?said=saved")));
        }
    }
    let mut edit = form(&me, &BTreeMap::new(), &book, (version, &address), &before);
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

/// The lines of the same clause that would still hold when a new one begins end the day before. Answers with what they
/// were.
async fn end_earlier(app: &App, me: &SignedIn, book: &Book, new: &Tell) -> Result<Vec<Tell>, Error> {
    let Ok(last) = new.in_force_from.yesterday() else { return Ok(Vec::new()) };
    let holds = |tell: &&Tell| {
        tell.clause == new.clause
            && tell.in_force_from < new.in_force_from
            && tell.in_force_until.is_none_or(|until| until > last)
    };
    let mut ended = Vec::new();
    for tell in book.rules().book.tells.iter().filter(holds) {
        let shorter = Tell { in_force_until: Some(last), ..tell.clone() };
        write(app, me, &shorter, format!("a new line begins on {}", new.in_force_from)).await?;
        ended.push(tell.clone());
    }
    Ok(ended)
}

async fn put_back(app: &App, me: &SignedIn, ended: Vec<Tell>) -> Result<(), Error> {
    for tell in ended {
        write(app, me, &tell, "the new line was not taken".to_owned()).await?;
    }
    Ok(())
}

async fn write(app: &App, me: &SignedIn, tell: &Tell, reason: String) -> Result<(), Error> {
    let id = tell_id(tell);
    let (version, _): (u64, Tell) = record::read(app, TELL, &id).await?;
    match record::save(app, me, TELL, &id, version, tell, reason).await? {
        None => Ok(()),
        Some(_) => Err(Error::Changed),
    }
}

/// `GET /admin/visit-texts/{id}`.
pub(crate) async fn edit_text(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let (version, text): (u64, NoticeText) = record::read(&app, NOTICE_TEXT, &id).await?;
    text_form(&me, &query, (version, &id), &text).show(&app, &me)
}

fn text_form(
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    (version, id): (u64, &str),
    text: &NoticeText,
) -> Edit {
    let title = format!("Text: {}", occasion(text.kind));
    let mut edit =
        Edit::new(Frame::new(me, "/admin/offices", query), title, BACK, format!("/admin/visit-texts/{id}"));
    let words = |language: &str| text.text.get(language).cloned().unwrap_or_default();
    let slots = format!(
        "Slots: {}. The reason is never texted, and no text asks for the bare word that opts out.",
        SLOTS.join(", ")
    );
    edit.version = version;
    edit.fields = vec![
        Field::new("en", "Words, English", Input::Area(5, true), words("en"))
            .hint(slots)
            .clause("AMB-56")
            .required(),
        Field::new("es", "Words, Spanish", Input::Area(5, true), words("es")).required(),
    ];
    edit.may = me.may(Permission::AppointmentsAdmin);
    edit.history = Some(format!("/admin/visit-texts/{id}/history"));
    edit
}

/// `POST /admin/visit-texts/{id}`.
pub(crate) async fn save_text(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (version, before): (u64, NoticeText) = record::read(&app, NOTICE_TEXT, &id).await?;
    let mut errors = Vec::new();
    let after = NoticeText { text: words(&given, &before.text, &mut errors), ..before.clone() };
    let mut conflict = None;
    if errors.is_empty() {
        conflict = record::save_sound(&app, &me, (NOTICE_TEXT, &id), &given, &after, &mut errors).await?;
        if conflict.is_none() && errors.is_empty() {
            return Ok(go(&format!("/admin/visit-texts/{id}?said=saved")));
        }
    }
    let mut edit = text_form(&me, &BTreeMap::new(), (version, &id), &before);
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}
