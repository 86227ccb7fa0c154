//! The offices' calendar: which days and hours are open, which day is the next business day, and how a time on the wall
//! becomes an instant on the days when the clocks change.
//!
//! It knows no appointment. Closed means: no hours that weekday, a holiday, or a closure of the office.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};

use super::settings::{ResourceCenter, Rules};
use crate::pack::OpenSpan;
use crate::time::{Millis, instant};

/// How far ahead a business day is looked for. A year of closed days means a fault in the settings.
const DAYS_AHEAD_MAX: u16 = 400;

/// Why an office is closed (PHONE-APPT-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "closed", rename_all = "snake_case")]
pub enum Closed {
    /// It has no hours on this weekday.
    Weekday,
    /// A holiday.
    Holiday {
        /// Its name.
        name: String,
    },
    /// A closure of this office.
    Closure {
        /// Why, in words that customers may read.
        reason: String,
    },
}

/// From when a request made now may be given a slot (PHONE-APPT-22).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earliest {
    /// Any slot ahead.
    Any,
    /// Not before this instant; the instant itself is allowed.
    From(Millis),
    /// The office has no business day within a year.
    Never,
}

/// The day and the minute of it that the wall clock shows, with the milliseconds since that minute began.
#[must_use]
pub fn on_the_wall(at: Millis, zone: &TimeZone) -> (Date, u16, Millis) {
    let local = instant(at).to_zoned(zone.clone());
    let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
    (local.date(), minute, at.rem_euclid(60_000))
}

/// The day on the wall.
#[must_use]
pub fn day_of(at: Millis, zone: &TimeZone) -> Date {
    on_the_wall(at, zone).0
}

/// The instant at which the wall clock shows this minute of this day. An hour that comes twice counts at its first
/// coming; an hour that the clocks skip is none.
#[must_use]
pub fn at_minute(day: Date, minute: u16, zone: &TimeZone) -> Option<Millis> {
    let (hour, rest) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let wall = day.to_datetime(Time::new(hour, rest, 0, 0).ok()?);
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return None;
    }
    ambiguous.earlier().ok().map(|at| at.as_millisecond())
}

impl Rules<'_> {
    /// The office's open spans on a day, closures of a part of it not yet taken out.
    ///
    /// # Errors
    /// Why it is closed the whole day (PHONE-APPT-11).
    pub fn open_spans(&self, office: &ResourceCenter, day: Date) -> Result<&[OpenSpan], Closed> {
        if let Some(holiday) = self.holiday(office, day) {
            return Err(Closed::Holiday { name: holiday.name.clone() });
        }
        let whole =
            office.closures.iter().find(|one| one.at.is_none() && one.from <= day && day <= one.until);
        if let Some(closure) = whole {
            return Err(Closed::Closure { reason: closure.reason.clone() });
        }
        match self.hours(&office.hours).map(|hours| hours.on_date(day)) {
            Some(spans) if !spans.is_empty() => Ok(spans),
            _ => Err(Closed::Weekday),
        }
    }

    /// The closure of a part of the day that a visit from this minute on would run into.
    #[must_use]
    pub fn closed_part(&self, office: &ResourceCenter, day: Date, from: u16, minutes: u16) -> Option<Closed> {
        let hit = office.closures.iter().find(|one| {
            let touches =
                |at: OpenSpan| from < at.until_minute() && at.from_minute() < from.saturating_add(minutes);
            one.from <= day && day <= one.until && one.at.is_some_and(touches)
        })?;
        Some(Closed::Closure { reason: hit.reason.clone() })
    }

    /// Whether the day is a business day: Monday to Friday, no holiday, and the office open (AMB-5).
    #[must_use]
    pub fn is_business_day(&self, office: &ResourceCenter, day: Date) -> bool {
        day.weekday().to_monday_one_offset() <= 5 && self.open_spans(office, day).is_ok()
    }

    /// The first business day after this one.
    #[must_use]
    pub fn next_business_day(&self, office: &ResourceCenter, after: Date) -> Option<Date> {
        let mut day = after;
        for _ in 0..DAYS_AHEAD_MAX {
            day = day.tomorrow().ok()?;
            if self.is_business_day(office, day) {
                return Some(day);
            }
        }
        None
    }

    /// The last day up to this one on which the office is open; none when it is closed for a year.
    #[must_use]
    pub fn last_open_day(&self, office: &ResourceCenter, until: Date) -> Option<Date> {
        let mut day = until;
        for _ in 0..DAYS_AHEAD_MAX {
            if self.open_spans(office, day).is_ok() {
                return Some(day);
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    /// From when on a request made now may be given a slot (PHONE-APPT-22): strictly after the cut-off, not before noon
    /// of the next business day; else any slot ahead (AMB-5). Every channel alike.
    #[must_use]
    pub fn earliest(&self, office: &ResourceCenter, now: Millis) -> Earliest {
        let local = instant(now).to_zoned(self.zone.clone());
        if local.time() <= self.book.rules.cutoff.value {
            return Earliest::Any;
        }
        let Some(day) = self.next_business_day(office, local.date()) else { return Earliest::Never };
        let time = self.book.rules.late_not_before.value;
        let from = self.zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible();
        from.map_or(Earliest::Never, |from| Earliest::From(from.as_millisecond()))
    }

    /// Whether no reminder goes out at this instant, on the offices' wall clock.
    #[must_use]
    pub fn is_quiet(&self, at: Millis) -> bool {
        let (from, to) = (self.book.rules.quiet_from, self.book.rules.quiet_to);
        let time = instant(at).to_zoned(self.zone.clone()).time();
        if from <= to { from <= time && time < to } else { time >= from || time < to }
    }

    /// From when on reminders go out again; the instant itself when they do.
    #[must_use]
    pub fn quiet_until(&self, at: Millis) -> Millis {
        let local = instant(at).to_zoned(self.zone.clone());
        let to = self.book.rules.quiet_to;
        let day = if local.time() < to { Ok(local.date()) } else { local.date().tomorrow() };
        if self.is_quiet(at) { self.on_day(day.unwrap_or(local.date()), to, at) } else { at }
    }

    /// Since when no reminders go out; the instant itself when they do.
    #[must_use]
    pub fn quiet_since(&self, at: Millis) -> Millis {
        let local = instant(at).to_zoned(self.zone.clone());
        let from = self.book.rules.quiet_from;
        let day = if local.time() >= from { Ok(local.date()) } else { local.date().yesterday() };
        if self.is_quiet(at) { self.on_day(day.unwrap_or(local.date()), from, at) } else { at }
    }

    /// A time of a day; where the clocks skip it, the first one after.
    fn on_day(&self, day: Date, time: Time, otherwise: Millis) -> Millis {
        let there = self.zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible();
        there.map_or(otherwise, |there| there.as_millisecond())
    }

    /// The instant at which the office closes on a day, for the question who did not come.
    #[must_use]
    pub fn closing_time(&self, office: &ResourceCenter, day: Date) -> Option<Millis> {
        let until = self.open_spans(office, day).ok()?.iter().map(|span| span.until_minute()).max()?;
        at_minute(day, until.min(24 * 60 - 1), self.zone)
    }
}
