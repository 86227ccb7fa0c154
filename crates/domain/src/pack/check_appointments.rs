//! Whether the appointment book makes sense: its numbers, lines to tell, texts, visit types, hours and offices.
//!
//! Owns the checks of `appointments.toml`. The shared [`Checker`] and all other files are `super::check`.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Checker, TEXT_CHARS_MAX};
use super::load::{APPOINTMENTS, Parts};
use super::model::Pack;
use super::source::Place;
use crate::appointment::{AppointmentBook, MOVES_MAX, NoticeKind, ResourceCenter, SLOTS, suggests_opt_out};

const HORIZON_DAYS_MAX: u16 = 366;
const OPEN_MAX: u32 = 100;
const REMINDERS_MAX: usize = 8;
const REMINDER_HOURS_MAX: u32 = 31 * 24;
const VISIT_MINUTES_MAX: u16 = 8 * 60;
const SEATS_MAX: u8 = 100;
const COMPANIONS_MAX: u16 = 100;
const ALTERNATIVES_MAX: u8 = 20;

/// Checks the book, where a pack has one.
pub(super) fn all(checker: &mut Checker<'_>) {
    let parts = checker.parts;
    let Some(book) = &parts.appointments else { return };
    rules(checker, book);
    tells(checker, book);
    texts(checker, book);
    visit_types(checker, book);
    let file = Place::in_file(APPOINTMENTS);
    checker.ids(&file.key("hours"), "id", book.hours.iter().map(|hours| hours.id.as_str()));
    for (index, hours) in book.hours.iter().enumerate() {
        checker.hours(&file.key("hours").index(index), hours);
    }
    offices(checker, book);
}

/// What is wrong with the book of a pack that people have changed while the program runs, each fault in a sentence. Nothing
/// when the pack has no book.
#[must_use]
pub fn book_faults(pack: &Pack) -> Vec<String> {
    let parts = Parts {
        agency: Some(pack.agency.clone()),
        queues: Some(pack.queues.clone()),
        clauses: Some(pack.clauses.clone()),
        appointments: pack.appointments.clone(),
        ..Parts::default()
    };
    let (sources, mut faults) = (BTreeMap::new(), Vec::new());
    all(&mut Checker::new(&parts, &sources, &mut faults));
    faults.into_iter().map(|fault| fault.message).collect()
}

fn rules(checker: &mut Checker<'_>, book: &AppointmentBook) {
    let place = Place::in_file(APPOINTMENTS).key("rules");
    let rules = &book.rules;
    let mut within = |key: &'static str, value: u32, least: u32, most: u32| {
        let message = format!("{value} is out of range; give {least} to {most}");
        checker.demand((least..=most).contains(&value), &place.key(key), message);
    };
    within("horizon_days", u32::from(rules.horizon_days), 1, u32::from(HORIZON_DAYS_MAX));
    within("open_per_number_max", rules.open_per_number_max, 1, OPEN_MAX);
    within("moves_max", rules.moves_max, 1, MOVES_MAX);
    within("link_hours", u32::from(rules.link_hours), 1, REMINDER_HOURS_MAX);
    within("companions_max", u32::from(rules.companions_max), 1, u32::from(COMPANIONS_MAX));
    within("alternatives_max", u32::from(rules.alternatives_max), 1, u32::from(ALTERNATIVES_MAX));
    let cited = [
        ("cutoff", &rules.cutoff.clause),
        ("late_not_before", &rules.late_not_before.clause),
        ("line", &rules.line.clause),
        ("task_title", &rules.task_title.clause),
    ];
    for (key, clause) in cited {
        checker.clause(&place.key(key).key("clause"), clause);
    }
    checker.filled(&place.key("task_title").key("value"), &rules.task_title.value);
    let reminders = place.key("reminder");
    let few = rules.reminders.len() <= REMINDERS_MAX;
    checker.demand(few, &reminders, format!("give at most {REMINDERS_MAX} reminders"));
    for (index, reminder) in rules.reminders.iter().enumerate() {
        let hours = u32::from(reminder.days) * 24 + u32::from(reminder.hours);
        let message =
            format!("a reminder {hours} hours before is out of range; give 1 to {REMINDER_HOURS_MAX}");
        checker.demand((1..=REMINDER_HOURS_MAX).contains(&hours), &reminders.index(index), message);
    }
    let parts = checker.parts;
    if let Some(agency) = &parts.agency {
        let id = &rules.line.value;
        let texting = agency.line(id).is_some_and(|line| line.channel == "sms");
        checker.demand(texting, &place.key("line").key("value"), format!("there is no texting line `{id}`"));
    }
    known_hours(checker, book, &place.key("holidays_from"), &rules.holidays_from);
}

/// A reference to opening hours of the book or of `queues.toml`.
fn known_hours(checker: &mut Checker<'_>, book: &AppointmentBook, place: &Place, id: &str) {
    let parts = checker.parts;
    let Some(queues) = &parts.queues else { return };
    let known = book.hours.iter().chain(&queues.hours).any(|hours| hours.id == id);
    checker.demand(known, place, format!("there are no hours `{id}`"));
}

/// Words by language: those that the agency offers, each of them there when `complete`.
fn words(checker: &mut Checker<'_>, place: &Place, texts: &BTreeMap<String, String>, complete: bool) {
    for (language, text) in texts {
        checker.language(&place.key(language.clone()), language);
        checker.filled(&place.key(language.clone()), text);
        let length = text.chars().count();
        let message = format!("the text has {length} characters; at most {TEXT_CHARS_MAX} are sent");
        checker.demand(length <= TEXT_CHARS_MAX, &place.key(language.clone()), message);
    }
    let parts = checker.parts;
    let languages = parts.agency.iter().flat_map(|agency| &agency.languages);
    for language in languages.filter(|_| complete) {
        let there = texts.contains_key(language);
        checker.demand(there, place, format!("the wording in `{language}` is missing"));
    }
}

fn tells(checker: &mut Checker<'_>, book: &AppointmentBook) {
    let list = Place::in_file(APPOINTMENTS).key("tell");
    for (index, tell) in book.tells.iter().enumerate() {
        let place = list.index(index);
        checker.clause(&place.key("clause"), &tell.clause);
        words(checker, &place.key("text"), &tell.text, false);
        let in_order = tell.in_force_until.is_none_or(|until| tell.in_force_from <= until);
        checker.demand(in_order, &place.key("in_force_until"), "it ends before it begins");
        let overlaps = book.tells.iter().take(index).any(|other| {
            let before = |end: Option<jiff::civil::Date>, from| end.is_some_and(|end| end < from);
            other.clause == tell.clause
                && !before(other.in_force_until, tell.in_force_from)
                && !before(tell.in_force_until, other.in_force_from)
        });
        let message = format!("the days of two lines of {} overlap", tell.clause);
        checker.demand(!overlaps, &place.key("in_force_from"), message);
        let parts = checker.parts;
        let script = parts.clauses.as_ref().and_then(|clauses| clauses.get(&tell.clause)?.script.as_deref());
        if let (true, Some(clauses)) = (tell.exact, &parts.clauses) {
            let same = script.is_some() && script == tell.text.get("en").map(String::as_str);
            let message = format!("the wording is not the one that {} prescribes", tell.clause);
            checker.demand(same || clauses.get(&tell.clause).is_none(), &place.key("text"), message);
        }
    }
}

fn texts(checker: &mut Checker<'_>, book: &AppointmentBook) {
    let list = Place::in_file(APPOINTMENTS).key("text");
    let mut seen = BTreeSet::new();
    for (index, text) in book.texts.iter().enumerate() {
        let place = list.index(index);
        checker.demand(seen.insert(text.kind), &place.key("kind"), "this occasion has a text already");
        words(checker, &place.key("text"), &text.text, true);
        for (language, wording) in &text.text {
            let at = place.key("text").key(language.clone());
            let rest = SLOTS.iter().fold(wording.clone(), |rest, slot| rest.replace(slot, ""));
            let message = format!("the slots are {}; no other brace may stand in a text", SLOTS.join(", "));
            checker.demand(!rest.contains(['{', '}']), &at, message);
            let message = "the text asks for a bare word that carriers take as an opt-out";
            checker.demand(!suggests_opt_out(wording), &at, message);
            let small = wording.to_lowercase();
            let mut titles = book.visit_types.iter().flat_map(|visit| visit.title.values());
            let names =
                titles.find(|title| !title.trim().is_empty() && small.contains(&title.to_lowercase()));
            checker.demand(names.is_none(), &at, "the reason for a visit is never texted (AMB-56)");
        }
    }
    for kind in NoticeKind::ALL {
        checker.demand(seen.contains(&kind), &list, format!("the text for {kind:?} is missing"));
    }
}

fn visit_types(checker: &mut Checker<'_>, book: &AppointmentBook) {
    let list = Place::in_file(APPOINTMENTS).key("visit_type");
    checker.ids(&list, "id", book.visit_types.iter().map(|visit| visit.id.as_str()));
    checker.demand(!book.visit_types.is_empty(), &list, "name at least one kind of visit");
    for (index, visit) in book.visit_types.iter().enumerate() {
        let place = list.index(index);
        words(checker, &place.key("title"), &visit.title, true);
        checker.clause(&place.key("clause"), &visit.clause);
        let minutes = visit.minutes;
        let message = format!("{minutes} minutes is out of range; give 5 to {VISIT_MINUTES_MAX}");
        checker.demand((5..=VISIT_MINUTES_MAX).contains(&minutes), &place.key("minutes"), message);
    }
}

fn offices(checker: &mut Checker<'_>, book: &AppointmentBook) {
    let list = Place::in_file(APPOINTMENTS).key("office");
    checker.ids(&list, "id", book.offices.iter().map(|office| office.id.as_str()));
    checker.demand(!book.offices.is_empty(), &list, "name at least one office");
    for (index, office) in book.offices.iter().enumerate() {
        let place = list.index(index);
        checker.filled(&place.key("name"), &office.name);
        checker.filled(&place.key("county"), &office.county);
        checker.filled(&place.key("address"), &office.address);
        known_hours(checker, book, &place.key("hours"), &office.hours);
        let seats = office.capacity;
        let message = format!("{seats} visits at once is out of range; give 1 to {SEATS_MAX}");
        checker.demand((1..=SEATS_MAX).contains(&seats), &place.key("capacity"), message);
        for zip in &office.zips {
            let sound = zip.len() == 5 && zip.bytes().all(|byte| byte.is_ascii_digit());
            checker.demand(sound, &place.key("zips"), format!("`{zip}` is no ZIP code of five digits"));
        }
        for near in &office.nearby {
            let known = *near != office.id && book.offices.iter().any(|other| other.id == *near);
            checker.demand(known, &place.key("nearby"), format!("there is no other office `{near}`"));
        }
        closures(checker, &place, office);
    }
}

fn closures(checker: &mut Checker<'_>, place: &Place, office: &ResourceCenter) {
    for (index, closure) in office.closures.iter().enumerate() {
        let place = place.key("closure").index(index);
        checker.demand(
            closure.from <= closure.until,
            &place.key("until"),
            "the closure ends before it begins",
        );
        checker.filled(&place.key("reason"), &closure.reason);
    }
}
