//! Opening hours: the weekly pattern, the holidays, and the questions "open now?" and "open when?".
//!
//! Owns the arithmetic of hours in the agency's time zone, daylight-saving changes included. It reads no clock: the
//! instant comes in. AMB-54 leaves the hours of the SMS line to a setting; this is that setting.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// How far ahead the next opening is looked for. A year of closed days means a fault in the settings.
const DAYS_AHEAD_MAX: u32 = 400;

const MINUTES_PER_DAY: u16 = 24 * 60;

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Weekly opening hours with their holidays. A weekday without spans is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Short id that queues refer to.
    pub id: String,
    /// Name on the screen.
    pub title: String,
    /// True while the agency has not confirmed them (AMB-54).
    pub draft: bool,
    /// The document they come from, or why they are what they are.
    pub source: String,
    /// Spans on Mondays, such as `06:00-18:00`; the same for each day below.
    #[serde(default)]
    pub monday: Vec<OpenSpan>,
    /// Tuesdays.
    #[serde(default)]
    pub tuesday: Vec<OpenSpan>,
    /// Wednesdays.
    #[serde(default)]
    pub wednesday: Vec<OpenSpan>,
    /// Thursdays.
    #[serde(default)]
    pub thursday: Vec<OpenSpan>,
    /// Fridays.
    #[serde(default)]
    pub friday: Vec<OpenSpan>,
    /// Saturdays.
    #[serde(default)]
    pub saturday: Vec<OpenSpan>,
    /// Sundays.
    #[serde(default)]
    pub sunday: Vec<OpenSpan>,
    /// Days that are closed whatever their weekday.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Weekly hours that replace those above on their days, such as a memo brings them (IM31-HOURS-3). Where two cover a
    /// day, the later in the list counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<Pattern>,
    /// What people changed by hand while memos change these hours too; none where nobody saved them so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<ByHand>,
}

/// What of the hours people set by hand, and when: there, a memo that had begun by then counts no more. Everything else
/// stays the memo's, ends on its last day and goes back with it (IM31-HOURS-5).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByHand {
    /// Memos that had begun by then are part of the weekdays above.
    pub since: Millis,
    /// Weekdays by their name and closed days by their date, each with the moment it was set.
    pub places: BTreeMap<String, Millis>,
}

/// Weekly hours for a stretch of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// First day.
    pub from: Date,
    /// Last day; none for good.
    #[serde(default)]
    pub until: Option<Date>,
    /// The memo or document they come from.
    pub source: String,
    /// The weekdays that differ.
    pub days: BTreeMap<Day, Vec<OpenSpan>>,
}

/// A weekday by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names of the week say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// Its name as it stands in a record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// A closed day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day in the agency's calendar.
    pub date: Date,
    /// Its name.
    pub name: String,
}

/// A stretch of one day, written `06:00-18:00`. `24:00` is the end of the day. It never crosses midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OpenSpan {
    from_minute: u16,
    until_minute: u16,
}

impl OpenSpan {
    /// First minute of the day that is open, from 0.
    #[must_use]
    pub fn from_minute(self) -> u16 {
        self.from_minute
    }

    /// First minute that is closed again, up to 1440.
    #[must_use]
    pub fn until_minute(self) -> u16 {
        self.until_minute
    }
}

impl TryFrom<String> for OpenSpan {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || format!("`{text}` is not a span of hours such as `06:00-18:00`");
        let (from, until) = text.split_once('-').ok_or_else(wrong)?;
        let from_minute = minute_of_day(from).ok_or_else(wrong)?;
        let until_minute = minute_of_day(until).ok_or_else(wrong)?;
        if from_minute >= until_minute {
            return Err(format!("`{text}` ends before it begins"));
        }
        Ok(Self { from_minute, until_minute })
    }
}

impl From<OpenSpan> for String {
    fn from(span: OpenSpan) -> Self {
        span.to_string()
    }
}

impl fmt::Display for OpenSpan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, until) = (self.from_minute, self.until_minute);
        write!(out, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

/// Reads exactly `HH:MM`, up to `24:00`.
fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_PER_DAY).then_some(total)
}

impl Hours {
    /// The spans of a weekday.
    #[must_use]
    pub fn on_weekday(&self, weekday: Weekday) -> &[OpenSpan] {
        match weekday {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }

    fn weekday_mut(&mut self, weekday: Weekday) -> &mut Vec<OpenSpan> {
        match weekday {
            Weekday::Monday => &mut self.monday,
            Weekday::Tuesday => &mut self.tuesday,
            Weekday::Wednesday => &mut self.wednesday,
            Weekday::Thursday => &mut self.thursday,
            Weekday::Friday => &mut self.friday,
            Weekday::Saturday => &mut self.saturday,
            Weekday::Sunday => &mut self.sunday,
        }
    }

    /// The hours with the week that is in force on the day as their weekdays, and nothing beside it. Of two names of one
    /// closed day the first stays.
    #[must_use]
    pub fn week_of(&self, day: Date) -> Self {
        let mut out = Self { patterns: Vec::new(), holidays: Vec::new(), ..self.clone() };
        let covers = |one: &&Pattern| one.from <= day && one.until.is_none_or(|until| day <= until);
        for weekday in WEEK {
            let replaced = self.patterns.iter().rev().filter(covers);
            if let Some(spans) = replaced.filter_map(|one| one.days.get(&Day::from(weekday))).next() {
                out.weekday_mut(weekday).clone_from(spans);
            }
        }
        for holiday in &self.holidays {
            if out.holiday(holiday.date).is_none() {
                out.holidays.push(holiday.clone());
            }
        }
        out
    }

    /// What to keep when somebody who saw these hours as `seen` saves them as `given`: what they changed is theirs from now
    /// on, and what they left stays as it was, so that a memo's part of it ends on its day (IM31-HOURS-5). `edited_at` is
    /// when they were saved before.
    #[must_use]
    pub fn saved_by_hand(&self, seen: &Self, given: &Self, edited_at: Millis, now: Millis) -> Self {
        let fresh = || ByHand { since: edited_at, places: BTreeMap::new() };
        let mut by_hand = self.by_hand.clone().unwrap_or_else(fresh);
        let (patterns, holidays) = (self.patterns.clone(), self.holidays.clone());
        let mut out = Self { patterns, holidays, by_hand: None, ..given.clone() };
        for weekday in WEEK {
            let day = Day::from(weekday);
            if given.on_weekday(weekday) == seen.on_weekday(weekday) {
                *out.weekday_mut(weekday) = self.on_weekday(weekday).to_vec();
                continue;
            }
            out.patterns.iter_mut().for_each(|one| drop(one.days.remove(&day)));
            by_hand.places.insert(day.word().to_owned(), now);
        }
        out.patterns.retain(|one| !one.days.is_empty());
        let dates: BTreeSet<Date> =
            seen.holidays.iter().chain(&given.holidays).map(|holiday| holiday.date).collect();
        for date in dates.into_iter().filter(|date| seen.holiday(*date) != given.holiday(*date)) {
            out.holidays.retain(|holiday| holiday.date != date);
            out.holidays.extend(given.holiday(date).cloned());
            by_hand.places.insert(date.to_string(), now);
        }
        out.holidays.sort_by_key(|holiday| holiday.date);
        out.by_hand = Some(by_hand);
        out
    }

    /// The spans of a day, whether it is a holiday or not.
    #[must_use]
    pub fn on_date(&self, day: Date) -> &[OpenSpan] {
        let replaced = self
            .patterns
            .iter()
            .rev()
            .filter(|one| one.from <= day && one.until.is_none_or(|until| day <= until))
            .find_map(|one| one.days.get(&Day::from(day.weekday())));
        replaced.map_or_else(|| self.on_weekday(day.weekday()), Vec::as_slice)
    }

    /// The holiday on this day, if it is one.
    #[must_use]
    pub fn holiday(&self, day: Date) -> Option<&Holiday> {
        self.holidays.iter().find(|holiday| holiday.date == day)
    }

    /// Whether it is open at the instant. A span is open from its first minute up to, not with, its last.
    #[must_use]
    pub fn is_open(&self, instant: Timestamp, tz: &TimeZone) -> bool {
        let day = instant.to_zoned(tz.clone()).date();
        self.open_instants(day, tz).any(|(from, until)| from <= instant && instant < until)
    }

    /// The first instant at or after this one at which it is open: this one itself when it is open now. `None` when
    /// nothing opens for more than a year.
    #[must_use]
    pub fn next_opening(&self, instant: Timestamp, tz: &TimeZone) -> Option<Timestamp> {
        let mut day = instant.to_zoned(tz.clone()).date();
        for _ in 0..DAYS_AHEAD_MAX {
            let opens = self
                .open_instants(day, tz)
                .filter(|(_, until)| instant < *until)
                .map(|(from, _)| from.max(instant))
                .min();
            if opens.is_some() {
                return opens;
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The open stretches of a day as instants. Where the clock changes, a wall time that does not exist counts as
    /// the moment after the gap, and one that exists twice counts as the first.
    fn open_instants<'a>(
        &'a self,
        day: Date,
        tz: &'a TimeZone,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'a {
        let spans = if self.holiday(day).is_some() { &[] } else { self.on_date(day) };
        spans.iter().filter_map(move |span| {
            let from = instant_at(day, span.from_minute, tz)?;
            let until = instant_at(day, span.until_minute, tz)?;
            (from < until).then_some((from, until))
        })
    }
}

/// The instant of a minute of a day on the wall clock of the zone.
fn instant_at(day: Date, minute: u16, tz: &TimeZone) -> Option<Timestamp> {
    let midnight = day.at(0, 0, 0, 0);
    let wall = midnight.checked_add(Span::new().minutes(i64::from(minute))).ok()?;
    tz.to_ambiguous_zoned(wall).compatible().ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chicago() -> TimeZone {
        TimeZone::get("America/Chicago").expect("the zone")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn spans(texts: &[&str]) -> Vec<OpenSpan> {
        texts.iter().map(|text| OpenSpan::try_from((*text).to_owned()).expect("a span")).collect()
    }

    /// Monday to Friday 06:00-18:00, closed on Thanksgiving.
    fn office() -> Hours {
        let day = spans(&["06:00-18:00"]);
        Hours {
            id: "office".to_owned(),
            title: "Office".to_owned(),
            draft: false,
            source: "test".to_owned(),
            monday: day.clone(),
            tuesday: day.clone(),
            wednesday: day.clone(),
            thursday: day.clone(),
            friday: day,
            saturday: Vec::new(),
            sunday: Vec::new(),
            holidays: vec![Holiday {
                date: jiff::civil::date(2026, 11, 26),
                name: "Thanksgiving Day".to_owned(),
            }],
            patterns: Vec::new(),
            by_hand: None,
        }
    }

    #[test]
    fn im31_hours_2_the_next_opening_knows_the_pattern_of_the_day_it_looks_at() {
        let tz = chicago();
        let mut hours = office();
        let (eight, six) = (spans(&["08:00-17:00"]), spans(&["06:00-18:00"]));
        hours.monday = eight.clone();
        hours.saturday = eight;
        hours.holidays.push(Holiday { date: jiff::civil::date(2021, 4, 3), name: "Closed".to_owned() });
        hours.patterns.push(Pattern {
            from: jiff::civil::date(2021, 4, 5),
            until: None,
            source: "IM-31".to_owned(),
            days: BTreeMap::from([(Day::Monday, six), (Day::Saturday, Vec::new())]),
        });
        let friday = at("2021-04-02T18:30:00-05:00");
        assert_eq!(hours.next_opening(friday, &tz), Some(at("2021-04-05T06:00:00-05:00")));
        assert!(!hours.is_open(at("2021-04-10T10:00:00-05:00"), &tz), "IM31-HOURS-4: no Saturday any more");
        assert!(hours.is_open(at("2021-03-27T10:00:00-05:00"), &tz), "the Saturday before is untouched");
    }

    #[test]
    fn im31_hours_3_open_from_six_up_to_six() {
        let (hours, tz) = (office(), chicago());
        let open = |text: &str| hours.is_open(at(text), &tz);
        assert!(!open("2021-04-06T05:59:59-05:00"));
        assert!(open("2021-04-06T06:00:00-05:00"));
        assert!(open("2021-04-06T17:59:59-05:00"));
        assert!(!open("2021-04-06T18:00:00-05:00"));
    }

    #[test]
    fn im31_hours_4_weekends_are_closed_until_monday() {
        let (hours, tz) = (office(), chicago());
        for closed in ["2021-04-10T10:00:00-05:00", "2021-04-11T10:00:00-05:00", "2021-04-09T18:00:00-05:00"]
        {
            assert!(!hours.is_open(at(closed), &tz));
            assert_eq!(hours.next_opening(at(closed), &tz), Some(at("2021-04-12T06:00:00-05:00")));
        }
    }

    #[test]
    fn an_open_instant_is_its_own_next_opening() {
        let (hours, tz) = (office(), chicago());
        let now = at("2021-04-06T10:30:00-05:00");
        assert_eq!(hours.next_opening(now, &tz), Some(now));
        let early = at("2021-04-06T04:00:00-05:00");
        assert_eq!(hours.next_opening(early, &tz), Some(at("2021-04-06T06:00:00-05:00")));
    }

    #[test]
    fn holidays_are_closed_and_skipped() {
        let (hours, tz) = (office(), chicago());
        assert!(!hours.is_open(at("2026-11-26T10:00:00-06:00"), &tz));
        assert_eq!(
            hours.next_opening(at("2026-11-25T18:00:00-06:00"), &tz),
            Some(at("2026-11-27T06:00:00-06:00"))
        );
        assert_eq!(
            hours.holiday(jiff::civil::date(2026, 11, 26)).map(|day| day.name.as_str()),
            Some("Thanksgiving Day")
        );
    }

    #[test]
    fn hours_keep_the_wall_clock_when_it_changes() {
        // The clock goes forward on 2026-03-08 and back on 2026-11-01, both Sundays.
        let (hours, tz) = (office(), chicago());
        assert_eq!(
            hours.next_opening(at("2026-03-06T18:00:00-06:00"), &tz),
            Some(at("2026-03-09T06:00:00-05:00")),
            "eleven o'clock UTC after the change, noon before it"
        );
        assert_eq!(
            hours.next_opening(at("2026-10-30T18:00:00-05:00"), &tz),
            Some(at("2026-11-02T06:00:00-06:00"))
        );
        assert!(!hours.is_open(at("2026-11-02T11:30:00Z"), &tz), "half past five on the new clock");
        assert!(hours.is_open(at("2026-03-09T11:00:00Z"), &tz));
    }

    #[test]
    fn spans_in_the_night_of_the_change_are_read_on_the_wall() {
        let mut hours = office();
        hours.sunday = spans(&["01:00-03:30"]);
        let tz = chicago();
        // Forward: 02:00 to 03:00 is not there, so the span has one and a half hours.
        assert!(hours.is_open(at("2026-03-08T07:00:00Z"), &tz));
        assert!(hours.is_open(at("2026-03-08T08:29:59Z"), &tz));
        assert!(!hours.is_open(at("2026-03-08T08:30:00Z"), &tz));
        // Back: 01:00 to 02:00 is there twice, so the span has three and a half hours.
        assert!(hours.is_open(at("2026-11-01T06:00:00Z"), &tz));
        assert!(hours.is_open(at("2026-11-01T09:29:59Z"), &tz));
        assert!(!hours.is_open(at("2026-11-01T09:30:00Z"), &tz));
        // A span that lies in the gap has no time at all that day.
        hours.sunday = spans(&["02:00-03:00"]);
        let opening = hours.next_opening(at("2026-03-07T18:00:00-06:00"), &tz);
        assert_eq!(opening, Some(at("2026-03-09T06:00:00-05:00")));
    }

    #[test]
    fn a_day_may_last_until_midnight() {
        let mut hours = office();
        hours.saturday = spans(&["20:00-24:00"]);
        let tz = chicago();
        assert!(hours.is_open(at("2026-01-10T23:59:59-06:00"), &tz));
        assert!(!hours.is_open(at("2026-01-11T00:00:00-06:00"), &tz));
    }

    #[test]
    fn hours_that_never_open_have_no_next_opening() {
        let mut hours = office();
        for day in [
            &mut hours.monday,
            &mut hours.tuesday,
            &mut hours.wednesday,
            &mut hours.thursday,
            &mut hours.friday,
        ] {
            day.clear();
        }
        assert_eq!(hours.next_opening(at("2026-01-10T00:00:00Z"), &chicago()), None);
    }
}
