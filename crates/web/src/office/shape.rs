//! The day, the week and the use of an office, from its rules and its visits.
//!
//! Pure. A start stands in the grid when it lies in the office's hours; what was agreed for a time that is closed now
//! stands among the others with its flag, so that nobody's visit can vanish from the screen.

use std::collections::{BTreeMap, BTreeSet};

use domain::appointment::{
    Appointment, Claim, ResourceCenter, SlotRefusal, Status, Taken, VisitType, Wish, calendar, time_words,
};
use domain::time::Millis;
use engine::appointments::reads::DayUse;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::book::Book;
use super::line::{Line, May, closed_words, line};
use crate::desk::times;

/// Minutes between two starts.
const GRID: u16 = 30;

/// One start of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Start {
    pub(crate) at: Millis,
    pub(crate) time: String,
    pub(crate) lines: Vec<Line>,
    /// Seats that somebody can be given now; none where no kind of visit can be booked.
    pub(crate) free: usize,
    /// Ids of the kinds of visits that can be booked then (PHONE-APPT-13, PHONE-APPT-14).
    pub(crate) kinds: Vec<String>,
    /// Their names, where it is not all that start at this time of the hour.
    pub(crate) only: String,
    /// Why none can, in a word.
    pub(crate) none: &'static str,
    /// Why the office is closed then, when it is.
    pub(crate) closed: Option<String>,
    pub(crate) past: bool,
}

impl Start {
    /// Whether a visit can be booked or moved here.
    pub(crate) fn is_open(&self) -> bool {
        self.free > 0 && self.closed.is_none()
    }

    /// The kinds that can be dropped here, as the page's script reads them.
    pub(crate) fn drops(&self) -> String {
        self.kinds.join(" ")
    }
}

/// One day of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: Date,
    pub(crate) closed: Option<String>,
    pub(crate) starts: Vec<Start>,
    pub(crate) walk_ins: Vec<Line>,
    pub(crate) cancelled: Vec<Line>,
    pub(crate) counts: Counts,
}

impl Day {
    /// With what lies beside the log: which interpreters are needed, by visit (PHONE-APPT-21).
    pub(crate) fn with_interpreters(mut self, tongues: &BTreeMap<String, String>) -> Self {
        let starts = self.starts.iter_mut().flat_map(|start| start.lines.iter_mut());
        for line in starts.chain(&mut self.walk_ins).chain(&mut self.cancelled) {
            if let (Some(said), Some(tongue)) = (&mut line.interpreter, tongues.get(&line.id)) {
                said.clone_from(tongue);
            }
        }
        self
    }

    /// For somebody who only looks: nothing may be done with any visit.
    pub(crate) fn only_seen(mut self) -> Self {
        let starts = self.starts.iter_mut().flat_map(|start| start.lines.iter_mut());
        for line in starts.chain(&mut self.walk_ins).chain(&mut self.cancelled) {
            line.may = May::default();
        }
        self
    }
}

/// What became of the visits of a day, or of several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Visits that were booked and not cancelled.
    pub(crate) booked: usize,
    pub(crate) came: usize,
    pub(crate) missed: usize,
    /// Booked, their time has come, and nobody has said more.
    pub(crate) open: usize,
    pub(crate) walk_ins: usize,
    pub(crate) cancelled: usize,
}

impl Counts {
    /// Counts visits.
    pub(crate) fn of(visits: &[Appointment], now: Millis) -> Self {
        let many = |fits: &dyn Fn(&Appointment) -> bool| visits.iter().filter(|visit| fits(visit)).count();
        let booked = |visit: &Appointment| !visit.walk_in && visit.status != Status::Cancelled;
        Self {
            booked: many(&|visit| booked(visit)),
            came: many(&|visit| booked(visit) && visit.status == Status::CheckedIn),
            missed: many(&|visit| visit.status == Status::Missed),
            open: many(&|visit| visit.status == Status::Booked && visit.place.start <= now),
            walk_ins: many(&|visit| visit.walk_in),
            cancelled: many(&|visit| visit.status == Status::Cancelled),
        }
    }
}

/// Seats taken by start.
fn seats(visits: &[Appointment]) -> BTreeMap<Millis, BTreeSet<u8>> {
    let mut seats: BTreeMap<Millis, BTreeSet<u8>> = BTreeMap::new();
    let names = visits.iter().flat_map(|visit| &visit.place.claims);
    for claim in names.filter_map(|name| Claim::parse(name)) {
        seats.entry(claim.start).or_default().insert(claim.seat);
    }
    seats
}

/// What can be booked at one start, by the judgement that books: the day shows as free what can be had, and nothing else.
#[derive(Default)]
struct Bookable {
    kinds: Vec<String>,
    none: Option<SlotRefusal>,
}

fn bookable(
    book: &Book,
    office: &ResourceCenter,
    date: Date,
    visits: &[Appointment],
) -> BTreeMap<Millis, Bookable> {
    let names = visits.iter().flat_map(|visit| visit.place.claims.iter().map(String::as_str));
    let (taken, rules) = (Taken::from_names(names), book.rules());
    let mut starts: BTreeMap<Millis, Bookable> = BTreeMap::new();
    for kind in book.visit_types() {
        let wish = Wish { office: &office.id, visit_type: &kind.id, now: book.now, taken: &taken };
        for state in rules.day_view(&wish, date) {
            let start = starts.entry(state.start).or_default();
            match state.refusal {
                None => start.kinds.push(kind.id.clone()),
                Some(refusal) => start.none = Some(refusal),
            }
        }
    }
    starts
}

/// The minutes at which something may start on a day, or why nothing does.
fn grid(book: &Book, office: &ResourceCenter, date: Date) -> Result<Vec<u16>, String> {
    let rules = book.rules();
    let spans = rules.open_spans(office, date).map_err(|why| closed_words(&why))?;
    let steps = (0..24 * 60 / GRID).map(|step| step * GRID);
    Ok(steps
        .filter(|minute| {
            spans.iter().any(|span| span.from_minute() <= *minute && *minute < span.until_minute())
        })
        .collect())
}

/// The day of an office with these visits, all of that day.
pub(crate) fn day(book: &Book, office: &ResourceCenter, date: Date, visits: &[Appointment]) -> Day {
    let (taken, rules) = (seats(visits), book.rules());
    let (minutes, closed) = match grid(book, office, date) {
        Ok(minutes) => (minutes, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let mut can = bookable(book, office, date, visits);
    let mut starts: BTreeMap<Millis, Start> = BTreeMap::new();
    for minute in minutes {
        let Some(at) = calendar::at_minute(date, minute, &book.zone) else { continue };
        let shut = rules.closed_part(office, date, minute, GRID).map(|why| closed_words(&why));
        let used = taken.get(&at).map_or(0, BTreeSet::len);
        let free = usize::from(office.capacity).saturating_sub(used);
        let mut shown = start(book, at, shut);
        offer(&mut shown, book, free, can.remove(&at).unwrap_or_default());
        starts.insert(at, shown);
    }
    let seated = |visit: &&Appointment| !visit.walk_in && visit.status != Status::Cancelled;
    for visit in visits.iter().filter(seated) {
        let at = visit.place.start;
        let shut = closed.clone().unwrap_or_else(|| "outside the hours".to_owned());
        let place = starts.entry(at).or_insert_with(|| start(book, at, Some(shut)));
        place.lines.push(line(visit, book));
    }
    let some = |fits: &dyn Fn(&Appointment) -> bool| {
        visits.iter().filter(|visit| fits(visit)).map(|visit| line(visit, book)).collect()
    };
    Day {
        date,
        closed,
        starts: starts.into_values().collect(),
        walk_ins: some(&|visit| visit.walk_in),
        cancelled: some(&|visit| visit.status == Status::Cancelled),
        counts: Counts::of(visits, book.now),
    }
}

fn start(book: &Book, at: Millis, closed: Option<String>) -> Start {
    Start {
        at,
        time: time_words(at, &book.zone),
        lines: Vec::new(),
        free: 0,
        kinds: Vec::new(),
        only: String::new(),
        none: "",
        closed,
        past: at <= book.now,
    }
}

/// The kinds of visits that start at this minute of the hour.
fn kinds_at(book: &Book, minute: u16) -> impl Iterator<Item = &VisitType> {
    book.visit_types().iter().filter(move |kind| kind.start.allows(minute % 60))
}

/// What can start when, said once above the starts: on the hour and on the half hour (PHONE-APPT-13, PHONE-APPT-14).
pub(crate) fn legend(book: &Book) -> [(&'static str, String); 2] {
    let names = |minute| {
        let names: Vec<&str> = kinds_at(book, minute).map(|kind| book.visit_title(&kind.id)).collect();
        names.join(", ")
    };
    [("On the hour", names(0)), ("On the half hour", names(30))]
}

/// Puts down what can be booked at a start.
fn offer(start: &mut Start, book: &Book, free: usize, can: Bookable) {
    if can.kinds.is_empty() {
        start.none = can.none.as_ref().map_or("nothing can be booked then", times::why);
        return;
    }
    let minute = calendar::on_the_wall(start.at, &book.zone).1;
    if can.kinds.len() < kinds_at(book, minute).count() {
        let names: Vec<&str> = can.kinds.iter().map(|kind| book.visit_title(kind)).collect();
        start.only = names.join(", ");
    }
    (start.free, start.kinds) = (free, can.kinds);
}

/// One row of a week: the same time of day on every day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) time: String,
    /// One for each day; none where nothing starts then.
    pub(crate) cells: Vec<Option<Start>>,
}

/// A week of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Week {
    pub(crate) days: Vec<Day>,
    pub(crate) rows: Vec<Row>,
}

impl Week {
    /// As [`Day::only_seen`].
    pub(crate) fn only_seen(mut self) -> Self {
        let starts = self.rows.iter_mut().flat_map(|row| row.cells.iter_mut().flatten());
        for line in starts.flat_map(|start| start.lines.iter_mut()) {
            line.may = May::default();
        }
        self.days = self.days.into_iter().map(Day::only_seen).collect();
        self
    }
}

/// The Monday of a day's week.
pub(crate) fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

/// The week that begins on `from`, of seven days; a weekend on which nothing is open and nobody booked is left out.
pub(crate) fn week(book: &Book, office: &ResourceCenter, from: Date, visits: &[Appointment]) -> Week {
    let mut days: Vec<Day> = Vec::new();
    for offset in 0..7_i64 {
        let date = from.saturating_add(offset.days());
        let of_day: Vec<Appointment> = visits
            .iter()
            .filter(|visit| calendar::day_of(visit.place.start, &book.zone) == date)
            .cloned()
            .collect();
        let shaped = day(book, office, date, &of_day);
        if offset < 5 || !shaped.starts.is_empty() || !shaped.walk_ins.is_empty() {
            days.push(shaped);
        }
    }
    let minute = |start: &Start| calendar::on_the_wall(start.at, &book.zone).1;
    let minutes: BTreeSet<u16> = days.iter().flat_map(|day| day.starts.iter().map(minute)).collect();
    let rows = minutes
        .into_iter()
        .map(|at| {
            let cells: Vec<Option<Start>> =
                days.iter().map(|day| day.starts.iter().find(|start| minute(start) == at).cloned()).collect();
            let time = cells.iter().flatten().next().map(|start| start.time.clone()).unwrap_or_default();
            Row { time, cells }
        })
        .collect();
    Week { days, rows }
}

/// How an office was used over some days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) office: String,
    pub(crate) id: String,
    /// Places that could be given.
    pub(crate) seats: u32,
    pub(crate) booked: u32,
    pub(crate) came: u32,
    pub(crate) missed: u32,
    pub(crate) walk_ins: u32,
    pub(crate) cancelled: u32,
}

impl Use {
    /// Booked of the places there are, in percent; none where there is no place.
    pub(crate) fn percent(&self) -> Option<u32> {
        (self.seats > 0).then(|| (self.booked * 100 + self.seats / 2) / self.seats)
    }

    /// Those who came of those of whom it is known, in percent.
    pub(crate) fn kept(&self) -> Option<u32> {
        let known = self.came + self.missed;
        (known > 0).then(|| (self.came * 100 + known / 2) / known)
    }

    /// Adds another office, for the sum.
    pub(crate) fn add(&mut self, other: &Self) {
        self.seats += other.seats;
        self.booked += other.booked;
        self.came += other.came;
        self.missed += other.missed;
        self.walk_ins += other.walk_ins;
        self.cancelled += other.cancelled;
    }
}

/// The use of an office over the days that were counted.
pub(crate) fn usage(office: &ResourceCenter, days: &[DayUse]) -> Use {
    let mut whole = Use { office: office.name.clone(), id: office.id.clone(), ..Use::default() };
    for day in days {
        whole.add(&Use {
            seats: day.seats,
            booked: day.booked,
            came: day.checked_in,
            missed: day.missed,
            walk_ins: day.walk_ins,
            cancelled: day.cancelled,
            ..Use::default()
        });
    }
    whole
}
