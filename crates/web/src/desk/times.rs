//! The search of the appointment book: offices of a county or ZIP code and the state of every start of a day
//! (PHONE-APPT-7), with the next day that has a free one. The office's page of moving uses it too.

use domain::appointment::{ResourceCenter, Rules, SlotRefusal, StartState, day_words, time_words};
use engine::Engine;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::error::Error;
use crate::office::book::Book;
use crate::office::line::{closed_words, date_words};

/// Offices that one search shows at most.
const OFFICES_MAX: usize = 6;

/// One start as it can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pill {
    /// `office@start`.
    pub(crate) value: String,
    pub(crate) time: String,
    pub(crate) free: bool,
    /// Why it is not free; empty when it is.
    pub(crate) why: &'static str,
    pub(crate) chosen: bool,
}

/// The starts of one office on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfficeTimes {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) interpreters: String,
    pub(crate) pills: Vec<Pill>,
    /// Why there is no start on the day.
    pub(crate) closed: Option<String>,
    /// The next day with a free start: as forms send it, and in words.
    pub(crate) next: Option<(String, String)>,
}

impl OfficeTimes {
    /// Whether anything can be had on the day.
    pub(crate) fn any_free(&self) -> bool {
        self.pills.iter().any(|pill| pill.free)
    }
}

/// Marks the start that a visit has now, so that it is not read as somebody else's.
pub(crate) fn mark_now(times: &mut [OfficeTimes], office: &str, start: i64) {
    let value = format!("{office}@{start}");
    for pill in times.iter_mut().flat_map(|times| times.pills.iter_mut()).filter(|pill| pill.value == value) {
        pill.why = "this visit now";
    }
}

/// Why a start cannot be had, in a word.
pub(crate) const fn why(refusal: &SlotRefusal) -> &'static str {
    match refusal {
        SlotRefusal::Taken => "taken",
        SlotRefusal::Past => "over",
        SlotRefusal::TooSoon { .. } => "too soon",
        SlotRefusal::BeyondHorizon { .. } => "too far ahead",
        _ => "not available",
    }
}

fn pill(office: &str, state: &StartState, book: &Book, chosen: &str) -> Pill {
    let value = format!("{office}@{}", state.start);
    Pill {
        time: time_words(state.start, &book.zone),
        free: state.refusal.is_none(),
        why: state.refusal.as_ref().map_or("", why),
        chosen: value == chosen,
        value,
    }
}

/// The starts of an office on a day, for a kind of visit.
pub(crate) async fn of_office(
    engine: &Engine,
    book: &Book,
    office: &ResourceCenter,
    visit_type: &str,
    day: Date,
    chosen: &str,
) -> Result<OfficeTimes, Error> {
    let states = engine.day_view(&office.id, visit_type, day).await?;
    let pills: Vec<Pill> = states.iter().map(|state| pill(&office.id, state, book, chosen)).collect();
    let none = !pills.iter().any(|pill| pill.free);
    let next = if none {
        let from = day.saturating_add(1.day()).max(book.today);
        let days = book.rules().book.rules.horizon_days;
        engine.free_slots(&office.id, visit_type, from, days).await?.into_iter().next()
    } else {
        None
    };
    let on = |start| domain::appointment::calendar::day_of(start, &book.zone).to_string();
    Ok(OfficeTimes {
        id: office.id.clone(),
        name: office.name.clone(),
        address: office.address.clone(),
        interpreters: office.interpreter_languages.join(", "),
        closed: pills.is_empty().then(|| no_start(book, office, day)),
        pills,
        next: next.map(|slot| {
            let words = format!(
                "{} at {}",
                day_words(slot.start, &book.zone, "en"),
                time_words(slot.start, &book.zone)
            );
            (on(slot.start), words)
        }),
    })
}

fn no_start(book: &Book, office: &ResourceCenter, day: Date) -> String {
    let rules = book.rules();
    let last = book.today.saturating_add(i64::from(rules.book.rules.horizon_days).days());
    match rules.open_spans(office, day) {
        _ if day < book.today => "This day is over.".to_owned(),
        _ if day > last => format!("Times are given up to {}.", date_words(last)),
        Err(why) => format!("Closed: {}.", closed_words(&why)),
        Ok(_) => "No visit of this kind can start on this day.".to_owned(),
    }
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) place: String,
    pub(crate) day: String,
    pub(crate) title: String,
    pub(crate) before: Option<String>,
    pub(crate) after: String,
    pub(crate) offices: Vec<OfficeTimes>,
    /// True when a place was asked for and none has an office.
    pub(crate) nowhere: bool,
}

/// The offices of a county or ZIP code with their starts on a day. Nothing when no place was asked for.
pub(crate) async fn search(
    engine: &Engine,
    book: &Book,
    (place, visit_type): (&str, &str),
    day: Date,
    chosen: &str,
) -> Result<Found, Error> {
    let rules: Rules<'_> = book.rules();
    let found = rules.find_offices(place);
    let mut offices = Vec::new();
    for office in found.iter().take(OFFICES_MAX) {
        offices.push(of_office(engine, book, office, visit_type, day, chosen).await?);
    }
    Ok(Found {
        place: place.to_owned(),
        day: day.to_string(),
        title: date_words(day),
        before: (day > book.today).then(|| day.saturating_sub(1.day()).to_string()),
        after: day.saturating_add(1.day()).to_string(),
        nowhere: offices.is_empty() && !place.trim().is_empty(),
        offices,
    })
}
