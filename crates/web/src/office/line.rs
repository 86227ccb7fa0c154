//! One visit as every staff screen shows it: its time and place in words, its state, what is wrong with it, what may be
//! done with it now, and its history.
//!
//! Pure. What may be done here is a hint for buttons; the decision is the domain's. To add a state: an arm in [`state`].

use std::collections::BTreeMap;

use domain::appointment::{
    Appointment, Change, Channel, Closed, Details, Interpreter, Place, Seen, SlotRefusal, Status, calendar,
    comment_draft, day_words, time_words, wish_words,
};
use domain::event::Actor;
use domain::interaction::Delivery;
use jiff::civil::Date;

use super::book::Book;
use crate::shown;

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: String,
    /// The place as whoever looks sees it: forms send it along, so that nobody changes a visit that was moved meanwhile.
    pub(crate) seen: String,
    /// `9:00 am`.
    pub(crate) time: String,
    /// `Monday, November 23`.
    pub(crate) day: String,
    /// `2026-11-23`.
    pub(crate) date: String,
    pub(crate) office: String,
    pub(crate) office_id: String,
    pub(crate) address: String,
    /// Id of the kind of visit.
    pub(crate) kind: String,
    /// Kind of visit.
    pub(crate) title: String,
    pub(crate) minutes: u16,
    /// The number as people write it; empty for a walk-in who gave none.
    pub(crate) phone: String,
    pub(crate) class: &'static str,
    pub(crate) word: &'static str,
    /// Class and words of what somebody must know.
    pub(crate) flags: Vec<(&'static str, String)>,
    pub(crate) interpreter: Option<String>,
    pub(crate) companions: Option<u16>,
    pub(crate) walk_in: bool,
    pub(crate) comment_owed: bool,
    pub(crate) may: May,
}

impl Line {
    /// The flags that stand where there is little room.
    pub(crate) fn serious(&self) -> impl Iterator<Item = &(&'static str, String)> {
        self.flags.iter().filter(|(class, _)| *class != "badge--quiet")
    }
}

/// What may be done with a visit now, as far as its state says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct May {
    pub(crate) check_in: bool,
    pub(crate) miss: bool,
    /// Move, cancel, and where it is not yet done, confirm.
    pub(crate) change: bool,
    pub(crate) confirm: bool,
}

fn may(visit: &Appointment, book: &Book) -> May {
    let (start, booked) = (visit.place.start, visit.status == Status::Booked);
    let today = calendar::day_of(start, &book.zone) == book.today;
    let ahead = booked && start > book.now;
    May {
        check_in: today && !visit.walk_in && matches!(visit.status, Status::Booked | Status::Missed),
        miss: booked && start <= book.now,
        change: ahead,
        confirm: ahead && visit.confirmed_at.is_none() && visit.flagged.is_none(),
    }
}

fn state(visit: &Appointment, book: &Book) -> (&'static str, &'static str) {
    match visit.status {
        Status::Booked if visit.place.start <= book.now => ("badge--warn", "not checked in"),
        Status::Booked if visit.confirmed_at.is_some() => ("badge--ok", "will come"),
        Status::Booked => ("badge--info", "booked"),
        Status::CheckedIn if visit.walk_in => ("badge--ok", "walked in"),
        Status::CheckedIn => ("badge--ok", "checked in"),
        Status::Missed => ("badge--bad", "did not come"),
        Status::Cancelled => ("badge--quiet", "cancelled"),
    }
}

fn flags(visit: &Appointment, book: &Book) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    if let Some(why) = visit.flagged.as_ref().filter(|_| visit.status == Status::Booked) {
        out.push(("badge--bad", flag_words(why)));
    }
    if visit.wants_another_time && visit.status == Status::Booked {
        out.push(("badge--warn", wish_flag(visit, book)));
    }
    if visit.comment_owed {
        out.push(("badge--warn", "comment owed".to_owned()));
    }
    if !visit.untold.is_empty() {
        let many = visit.untold.len();
        let word = if many == 1 { "line" } else { "lines" };
        out.push(("badge--warn", format!("{many} {word} not told")));
    }
    if let Some(notice) = visit.notices.last() {
        if matches!(notice.delivery, Delivery::Failed { .. }) {
            out.push(("badge--bad", "text not delivered".to_owned()));
        }
    } else if !visit.walk_in && visit.status == Status::Booked && visit.place.start > book.now {
        out.push(("badge--quiet", "no text sent".to_owned()));
    }
    out
}

/// That the customer wants another time, and which one where they named it.
fn wish_flag(visit: &Appointment, book: &Book) -> String {
    match &visit.wish {
        Some(wish) => format!("wants {}", wish_words(wish, book.today, &book.zone, "en")),
        None => "wants another time".to_owned(),
    }
}

/// Why a visit cannot take place as agreed, short enough for a badge.
pub(crate) fn flag_words(why: &SlotRefusal) -> String {
    match why {
        SlotRefusal::Closed { why } => format!("office closed: {}", closed_words(why)),
        SlotRefusal::OutsideHours => "outside the office's hours".to_owned(),
        SlotRefusal::UnknownOffice => "office no longer there".to_owned(),
        _ => "cannot take place then".to_owned(),
    }
}

/// Why an office is closed, for people.
pub(crate) fn closed_words(why: &Closed) -> String {
    match why {
        Closed::Weekday => "no hours on this weekday".to_owned(),
        Closed::Holiday { name } => name.clone(),
        Closed::Closure { reason } => reason.clone(),
    }
}

/// `Spanish`; none when nobody is needed or it was not asked.
pub(crate) fn interpreter(visit: &Appointment) -> Option<String> {
    match &visit.interpreter {
        // Which one lies beside the log; where it was not read, that one is needed is enough.
        Some(Interpreter::Needed { kind }) if kind.is_empty() => Some("needed".to_owned()),
        Some(Interpreter::Needed { kind }) => Some(kind.clone()),
        Some(Interpreter::NotNeeded) | None => None,
    }
}

/// The line of a visit.
pub(crate) fn line(visit: &Appointment, book: &Book) -> Line {
    let (class, word) = state(visit, book);
    let office = book.offices().iter().find(|office| office.id == visit.place.office);
    Line {
        id: visit.id.to_string(),
        seen: Seen::of(visit).value(),
        time: time_words(visit.place.start, &book.zone),
        day: day_words(visit.place.start, &book.zone, "en"),
        date: calendar::day_of(visit.place.start, &book.zone).to_string(),
        office: book.office_name(&visit.place.office).to_owned(),
        office_id: visit.place.office.clone(),
        address: office.map(|office| office.address.clone()).unwrap_or_default(),
        kind: visit.visit_type.clone(),
        title: book.visit_title(&visit.visit_type).to_owned(),
        minutes: visit.minutes,
        phone: visit.phone.as_ref().map(shown::phone).unwrap_or_default(),
        class,
        word,
        flags: flags(visit, book),
        interpreter: interpreter(visit),
        companions: visit.companions,
        walk_in: visit.walk_in,
        comment_owed: visit.comment_owed,
        may: may(visit, book),
    }
}

/// The line with what lies beside the log: which interpreter is needed (PHONE-APPT-21).
pub(crate) fn known(line: Line, details: &Details) -> Line {
    let kind = Some(details.interpreter.clone()).filter(|kind| !kind.is_empty());
    Line { interpreter: line.interpreter.map(|said| kind.unwrap_or(said)), ..line }
}

/// One step of a visit's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) at: String,
    pub(crate) words: String,
}

/// Everything about one visit, for the panel beside the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) line: Line,
    pub(crate) reason: String,
    pub(crate) note: String,
    pub(crate) tried_by_phone: String,
    pub(crate) companions: Vec<String>,
    /// Whether it was asked who comes along.
    pub(crate) companions_asked: bool,
    /// Whether it was asked if an interpreter is needed.
    pub(crate) interpreter_asked: bool,
    /// The case comment with all names (PHONE-APPT-19).
    pub(crate) draft: String,
    /// Lines that were due and not ticked when it was booked: clause and words.
    pub(crate) untold: Vec<(String, String)>,
    pub(crate) task: Option<String>,
    pub(crate) texts: Vec<Step>,
    pub(crate) history: Vec<Step>,
    /// Where it was before the last move, when that was the last thing that happened to it.
    pub(crate) back_to: Option<Back>,
    pub(crate) language: String,
}

/// The place that a move can be taken back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Back {
    pub(crate) words: String,
    pub(crate) office: String,
    pub(crate) start: i64,
}

/// The whole of a visit. `names` are the staff's by account.
pub(crate) fn whole(
    visit: &Appointment,
    details: &Details,
    book: &Book,
    names: &BTreeMap<String, String>,
) -> Whole {
    let rules = book.rules();
    let told = |clause: &String| {
        let words = rules.book.tells.iter().find(|tell| tell.clause == *clause);
        let words = words.and_then(|tell| tell.text.get("en")).cloned().unwrap_or_default();
        (clause.clone(), words)
    };
    Whole {
        line: known(line(visit, book), details),
        reason: details.reason.clone().unwrap_or_default(),
        note: details.note.clone(),
        tried_by_phone: details.tried_by_phone.clone(),
        companions: details.companions.clone(),
        companions_asked: visit.companions.is_some(),
        interpreter_asked: visit.interpreter.is_some(),
        draft: comment_draft(visit, details, &rules),
        untold: visit.untold.iter().map(told).collect(),
        task: visit.task.as_ref().map(|task| match (&task.number, task.change) {
            (Some(number), None) => format!("The office has task {number}"),
            (Some(number), Some(_)) => {
                format!("The office has task {number}; the change is on its way there")
            }
            (None, _) => "The office's task waits for its number".to_owned(),
        }),
        texts: visit.notices.iter().rev().map(|notice| last_text(notice, book)).collect(),
        history: visit.history.iter().rev().map(|change| step(change, book, names)).collect(),
        back_to: back_to(visit, book),
        language: if visit.language == "es" { "Spanish" } else { "English" }.to_owned(),
    }
}

/// A text about a visit and what became of it.
pub(crate) fn last_text(notice: &domain::appointment::Notice, book: &Book) -> Step {
    use domain::appointment::NoticeKind as K;
    let what = match notice.kind {
        K::Booked => "Booking confirmed by text",
        K::Confirmed => "Thanks for the word that they come",
        K::Moved => "New time",
        K::Cancelled => "Cancelled",
        K::Reminder => "Reminder",
        K::OfficeClosed => "The office will be closed",
        K::OfficeOpen => "The office is open after all",
        K::WishNoted => "The wished-for day was noted",
        K::WhichVisit => "Asked which visit is meant",
        K::AnotherTime => "Another time will be found",
        K::CannotCome => "Asked what they want instead",
        K::OptedOut | K::OptedOutSeveral => "No more texts",
        K::WishRefused => "Told why the wished-for day cannot be",
        K::WishKnown => "Told that the wish is noted",
        K::NotSetAgain => "Told why it cannot be set again",
    };
    let state = match &notice.delivery {
        Delivery::Pending => "waiting to go out".to_owned(),
        Delivery::Accepted { .. } => "with the carrier".to_owned(),
        Delivery::Sent => "sent".to_owned(),
        Delivery::Delivered => "delivered".to_owned(),
        Delivery::Failed { reason, .. } => format!("not delivered: {reason}"),
    };
    Step { at: shown::date_time(notice.at, &book.zone), words: format!("{what}: {state}") }
}

fn place(place: &Place, book: &Book) -> String {
    let (day, time) = (day_words(place.start, &book.zone, "en"), time_words(place.start, &book.zone));
    format!("{day} at {time}, {}", book.office_name(&place.office))
}

pub(crate) fn who(by: &Actor, names: &BTreeMap<String, String>) -> String {
    match by {
        Actor::Customer => "the customer".to_owned(),
        Actor::Staff { id } => names.get(&id.to_string()).cloned().unwrap_or_else(|| id.to_string()),
        Actor::System => "the program".to_owned(),
        Actor::Carrier => "the carrier".to_owned(),
    }
}

/// By which way, in words.
pub(crate) const fn way(channel: Channel) -> &'static str {
    match channel {
        Channel::Page => "on the public page",
        Channel::Sms => "by text",
        Channel::Chat => "by chat",
        Channel::Phone => "by phone",
        Channel::Office => "at the office",
    }
}

fn step(change: &Change, book: &Book, names: &BTreeMap<String, String>) -> Step {
    let what = match change.what.as_str() {
        "booked" => "Booked",
        "confirmed" => "Will come",
        "moved" => "Moved",
        "cancelled" => "Cancelled",
        "checked_in" => "Checked in",
        "missed" => "Did not come",
        "flagged" => "Flagged: cannot take place as agreed",
        "reopened" => "Can take place as agreed after all",
        "restored" => "Set again",
        _ => "Changed",
    };
    let mut words = what.to_owned();
    if let Some(from) = &change.from {
        words.push_str(&format!(" from {}", place(from, book)));
    }
    if let Some(to) = &change.to {
        words.push_str(&format!(" to {}", place(to, book)));
    }
    if let Some(channel) = change.channel {
        words.push_str(&format!(", {}", way(channel)));
    }
    words.push_str(&format!(", {}", who(&change.by, names)));
    Step { at: shown::date_time(change.at, &book.zone), words }
}

/// Where the last move came from, when nothing has happened since and the old time still lies ahead.
pub(crate) fn back_to(visit: &Appointment, book: &Book) -> Option<Back> {
    let last = visit.history.last().filter(|change| change.what == "moved")?;
    let from = last.from.as_ref().filter(|from| from.start > book.now)?;
    (visit.status == Status::Booked && visit.place.start > book.now).then(|| Back {
        words: place(from, book),
        office: from.office.clone(),
        start: from.start,
    })
}

/// `Monday, November 23, 2026`.
pub(crate) fn date_words(day: Date) -> String {
    day.strftime("%A, %B %-d, %Y").to_string()
}
