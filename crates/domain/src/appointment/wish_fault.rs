//! Why no person can look for a wish: no calendar or clock has it, it is over, the book does not reach so far, or the office
//! is closed then. Said at once in the customer's language, so that nobody waits for a time that cannot be.
//!
//! Whether a seat is free is not asked here: the wish names no office's start to the minute, and a person finds one near it.

use jiff::ToSpan;
use jiff::civil::Date;

use super::calendar::{Closed, at_minute, day_of};
use super::notice::{date_words, time_words};
use super::settings::Rules;
use super::state::Appointment;
use super::wish::{Odd, WishedTime};
use crate::time::Millis;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WishFault {
    /// No calendar or clock has it.
    Odd(Odd),
    /// It is over.
    Past(Date),
    /// The book does not reach so far.
    TooFar {
        /// The day.
        day: Date,
        /// The last day.
        until: Date,
    },
    /// The office is closed that day.
    Closed {
        /// The day.
        day: Date,
        /// Why.
        why: Closed,
    },
    /// The office is not open for the whole visit at that hour.
    Hour {
        /// The instant.
        at: Millis,
    },
}

/// What stands against a wish at the visit's own office.
pub(super) fn fault_of(
    wish: &WishedTime,
    visit: &Appointment,
    now: Millis,
    rules: &Rules<'_>,
) -> Option<WishFault> {
    let today = day_of(now, rules.zone);
    let until = today.saturating_add(i64::from(rules.book.rules.horizon_days).days());
    let day = wish.day;
    // Of a week its last business day counts: it may have begun.
    let last = if wish.week { day.saturating_add(4.days()) } else { day };
    if last < today {
        return Some(WishFault::Past(day));
    }
    if day > until {
        return Some(WishFault::TooFar { day, until });
    }
    let office = rules.office(&visit.place.office).filter(|_| !wish.week)?;
    let spans = match rules.open_spans(office, day) {
        Ok(spans) => spans,
        Err(why) => return Some(WishFault::Closed { day, why }),
    };
    let minute = wish.minute?;
    let Some(at) = at_minute(day, minute, rules.zone) else { return Some(WishFault::Odd(Odd::Hour)) };
    if at <= now {
        return Some(WishFault::Past(day));
    }
    let end = minute.saturating_add(visit.minutes);
    let open = spans.iter().any(|span| span.from_minute() <= minute && end <= span.until_minute());
    let closed = rules.closed_part(office, day, minute, visit.minutes).is_some();
    (!open || closed).then_some(WishFault::Hour { at })
}

impl WishFault {
    /// One sentence in English or Spanish.
    pub(super) fn sentence(
        &self,
        visit: &Appointment,
        now: Millis,
        rules: &Rules<'_>,
        language: &str,
    ) -> String {
        let name = rules.office(&visit.place.office).map_or("", |office| office.name.as_str());
        let year = day_of(now, rules.zone).year();
        let words = |day: Date| date_words(day, day.year() != year, language);
        let spanish = language == "es";
        match self {
            Self::Odd(Odd::Day) if spanish => "Ese día no existe en el calendario.".to_owned(),
            Self::Odd(Odd::Day) => "That day is not on the calendar.".to_owned(),
            Self::Odd(Odd::Hour) if spanish => "Esa hora no existe.".to_owned(),
            Self::Odd(Odd::Hour) => "There is no such hour.".to_owned(),
            Self::Past(day) if spanish => format!("El {} ya pasó.", words(*day)),
            Self::Past(day) => format!("{} is over.", words(*day)),
            Self::TooFar { day, until } if spanish => {
                format!("El {} está muy lejos: hay horas hasta el {}.", words(*day), words(*until))
            }
            Self::TooFar { day, until } => {
                format!("{} is too far ahead: times are given up to {}.", words(*day), words(*until))
            }
            Self::Closed { day, why } => {
                let because = match why {
                    Closed::Weekday => String::new(),
                    Closed::Holiday { name } => format!(": {name}"),
                    Closed::Closure { reason } => format!(": {reason}"),
                };
                if spanish {
                    format!("{name} está cerrada el {}{because}.", words(*day))
                } else {
                    format!("{name} is closed on {}{because}.", words(*day))
                }
            }
            Self::Hour { at } => {
                let (day, time) = (words(day_of(*at, rules.zone)), time_words(*at, rules.zone));
                if spanish {
                    format!("{name} no está abierta el {day} a las {time}.")
                } else {
                    format!("{name} is not open on {day} at {time}.")
                }
            }
        }
    }
}
