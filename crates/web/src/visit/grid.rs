//! The calendar of an office at a glance: the days of a month with their free times, the times of the chosen day, and what
//! else can be had when nothing is free. Pure: it is given the free times.

use std::collections::BTreeMap;

use domain::appointment::calendar::on_the_wall;
use domain::appointment::{Closed, ResourceCenter, Rules, Slot, day_words, time_words};
use domain::time::Millis;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::asked::{Kept, written};
use super::say;
use super::words::Words;

/// A day of the month's table.
pub(super) struct Cell {
    pub(super) iso: String,
    pub(super) number: i8,
    /// The day in words.
    pub(super) words: String,
    /// How many times are free.
    pub(super) free: usize,
    /// Closed, and not merely full.
    pub(super) closed: bool,
    pub(super) today: bool,
    pub(super) chosen: bool,
}

/// A day on which the office is closed besides its weekends.
pub(super) struct Shut {
    pub(super) day: String,
    /// Why, in the page's language. Reasons of closures are typed in English: a Spanish page says the day only.
    pub(super) why: Option<String>,
}

/// A start to choose.
pub(super) struct Time {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) chosen: bool,
}

/// A part of the chosen day.
pub(super) struct Part {
    pub(super) title: &'static str,
    pub(super) times: Vec<Time>,
}

/// Other times of one kind.
pub(super) struct Others {
    pub(super) title: &'static str,
    /// What the button sends, and its words.
    pub(super) picks: Vec<(String, String)>,
}

/// Everything that the template of the calendar shows.
pub(super) struct Grid {
    /// Where the choice of a day leads.
    pub(super) to: String,
    pub(super) method: &'static str,
    pub(super) kept: Vec<Kept>,
    /// Where the choice of a time leads.
    pub(super) take_to: String,
    pub(super) take_method: &'static str,
    pub(super) take_kept: Vec<Kept>,
    pub(super) button: &'static str,
    pub(super) month: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) weeks: Vec<Vec<Option<Cell>>>,
    /// Days of this month on which the office is closed for a reason, in words.
    pub(super) closed_days: Vec<Shut>,
    pub(super) day: String,
    /// The same day as the forms write it: the choice of a time carries it, so that a choice left out does not lose it.
    pub(super) day_value: String,
    pub(super) parts: Vec<Part>,
    pub(super) others: Vec<Others>,
    /// No day at all has a free time.
    pub(super) nothing: bool,
    /// What stands in the field for a date.
    pub(super) typed: String,
    pub(super) day_fault: Option<String>,
    pub(super) start_fault: Option<String>,
    /// The rule about late requests, when it holds now.
    pub(super) late: Option<String>,
}

/// What the calendar is made from.
pub(super) struct Made<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) office: &'a ResourceCenter,
    pub(super) now: Millis,
    /// Every free time up to the last day.
    pub(super) free: &'a [Slot],
    /// The day asked for, if one was.
    pub(super) day: Option<Date>,
    /// The month asked for, if one was.
    pub(super) month: Option<Date>,
    /// The start that was chosen before.
    pub(super) start: Option<Millis>,
    pub(super) words: &'static Words,
}

/// Free times by day.
type ByDay = BTreeMap<Date, Vec<Millis>>;

impl Made<'_> {
    /// The first and the last day that can be booked.
    pub(super) fn reach(&self) -> (Date, Date) {
        reach(&self.rules, self.now)
    }

    fn by_day(&self) -> ByDay {
        let mut days = ByDay::new();
        for slot in self.free {
            days.entry(on_the_wall(slot.start, self.rules.zone).0).or_default().push(slot.start);
        }
        days
    }

    /// The day to be shown: the one asked for, that of the time chosen before, or the first with a free time in the month
    /// asked for or at all.
    pub(super) fn chosen_day(&self) -> Date {
        let (first, last) = self.reach();
        let within = |day: &Date| (first..=last).contains(day);
        let start = self.start.map(|at| on_the_wall(at, self.rules.zone).0);
        if let Some(day) = self.day.filter(within) {
            return day;
        }
        let days = self.by_day();
        if let Some(month) = self.month {
            let there = |day: &&Date| (day.year(), day.month()) == (month.year(), month.month());
            let fallback = month.clamp(first, last);
            return days.keys().find(there).copied().unwrap_or(fallback);
        }
        start.filter(within).or_else(|| days.keys().next().copied()).unwrap_or(first)
    }

    fn cell(&self, day: Date, chosen: Date, days: &ByDay) -> Cell {
        let free = days.get(&day).map_or(0, Vec::len);
        let closed = self.rules.open_spans(self.office, day).is_err();
        let (first, _) = self.reach();
        let words = civil_words(day, self.rules.zone, self.words);
        let (today, chosen) = (day == first, day == chosen);
        Cell { iso: day.to_string(), number: day.day(), words, free, closed, today, chosen }
    }

    /// Weeks begin on Sunday. Days out of reach are left empty.
    fn weeks(&self, chosen: Date, days: &ByDay) -> Vec<Vec<Option<Cell>>> {
        let (first, last) = self.reach();
        let mut day = chosen.first_of_month();
        let mut week: Vec<Option<Cell>> = Vec::new();
        let lead = usize::try_from(day.weekday().to_sunday_zero_offset()).unwrap_or_default();
        week.resize_with(lead, || None);
        let mut weeks = Vec::new();
        while day.month() == chosen.month() {
            week.push((first..=last).contains(&day).then(|| self.cell(day, chosen, days)));
            if week.len() == 7 {
                weeks.push(std::mem::take(&mut week));
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        if !week.is_empty() {
            week.resize_with(7, || None);
            weeks.push(week);
        }
        // A week that lies wholly before today or after the last day says nothing.
        weeks.retain(|week| week.iter().any(Option::is_some));
        weeks
    }

    fn parts(&self, times: &[Millis]) -> Vec<Part> {
        let time = |at: &Millis| Time {
            value: wall_value(*at, self.rules.zone),
            words: time_words(*at, self.rules.zone),
            chosen: self.start == Some(*at),
        };
        let noon = 12 * 60;
        let (early, late): (Vec<_>, Vec<_>) =
            times.iter().partition(|at| on_the_wall(**at, self.rules.zone).1 < noon);
        let part = |title, times: Vec<&Millis>| {
            (!times.is_empty()).then(|| Part { title, times: times.into_iter().map(time).collect() })
        };
        let words = self.words;
        [part(words.morning, early), part(words.afternoon, late)].into_iter().flatten().collect()
    }

    /// Holidays and closures of the month, so that nobody wonders.
    fn closed_days(&self, chosen: Date) -> Vec<Shut> {
        let (first, last) = self.reach();
        let days = chosen.first_of_month().series(1.day()).take_while(|day| day.month() == chosen.month());
        days.filter(|day| (first..=last).contains(day))
            .filter_map(|day| {
                let english = match self.rules.open_spans(self.office, day).err()? {
                    Closed::Weekday => return None,
                    Closed::Holiday { name } => name,
                    Closed::Closure { reason } => reason,
                };
                let why = if self.words.is_spanish() { say::holiday(&english) } else { Some(english) };
                Some(Shut { day: civil_words(day, self.rules.zone, self.words), why })
            })
            .collect()
    }

    /// The calendar. Where its forms lead is the caller's to fill in.
    pub(super) fn grid(&self) -> Grid {
        let days = self.by_day();
        let chosen = self.chosen_day();
        let (first, last) = self.reach();
        let month_of = |day: Date| (day.year(), day.month());
        let to_month = |day: Date| day.strftime("%Y-%m").to_string();
        let before = (month_of(chosen) > month_of(first))
            .then(|| to_month(chosen.first_of_month().saturating_sub(1.day())));
        let after = (month_of(chosen) < month_of(last))
            .then(|| to_month(chosen.last_of_month().saturating_add(1.day())));
        Grid {
            to: String::new(),
            method: "get",
            kept: Vec::new(),
            take_to: String::new(),
            take_method: "get",
            take_kept: Vec::new(),
            button: self.words.next,
            month: say::month(chosen, self.words.is_spanish()),
            before,
            after,
            weeks: self.weeks(chosen, &days),
            closed_days: self.closed_days(chosen),
            day: civil_words(chosen, self.rules.zone, self.words),
            day_value: chosen.to_string(),
            parts: self.parts(days.get(&chosen).map_or(&[], Vec::as_slice)),
            others: Vec::new(),
            nothing: days.is_empty(),
            typed: chosen.strftime("%m/%d/%Y").to_string(),
            day_fault: None,
            start_fault: None,
            late: say::late(&self.rules, self.office, self.now, self.words),
        }
    }
}

/// The first and the last day that can be booked now.
pub(super) fn reach(rules: &Rules<'_>, now: Millis) -> (Date, Date) {
    let today = on_the_wall(now, rules.zone).0;
    (today, today.saturating_add(i64::from(rules.book.rules.horizon_days).days()))
}

/// A day in words. Noon stands on every wall clock, whatever the clocks do that night.
pub(super) fn civil_words(day: Date, zone: &TimeZone, words: &Words) -> String {
    day.at(12, 0, 0, 0)
        .to_zoned(zone.clone())
        .map(|noon| day_words(noon.timestamp().as_millisecond(), zone, words.language))
        .unwrap_or_default()
}

/// A start as the forms write it.
pub(super) fn wall_value(at: Millis, zone: &TimeZone) -> String {
    written(domain::time::instant(at).to_zoned(zone.clone()).datetime())
}
