//! Slots: computed from the rules and the seats taken, never stored; and the judgement of one wished-for time.
//!
//! One judgement serves both ways: [`Rules::free_slots`] offers exactly the times that [`Rules::check_slot`] accepts. A
//! refusal is typed and cites its clause, so that a screen can say it in the customer's language and offer another time
//! (PHONE-APPT-8, PHONE-APPT-9).

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use super::calendar::{Closed, Earliest, at_minute, day_of, on_the_wall};
use super::claims::{Claim, Taken};
use super::settings::{ResourceCenter, Rules, StartRule, VisitType};
use crate::pack::OpenSpan;
use crate::time::Millis;

/// Minutes between two starts of any kind.
const GRID_MINUTES: u16 = 30;
const MINUTES_PER_DAY: u16 = 24 * 60;
/// Days that one search looks at, whatever it is asked for.
const SEARCH_DAYS_MAX: u16 = 400;

/// A time at an office.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    /// Office id.
    pub office: String,
    /// Start.
    pub start: Millis,
}

/// What is wished for.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Office id.
    pub office: &'a str,
    /// Visit type id.
    pub visit_type: &'a str,
    /// When the request is made.
    pub now: Millis,
    /// Seats taken at the office.
    pub taken: &'a Taken,
}

/// Why a time cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "slot", rename_all = "snake_case")]
pub enum SlotRefusal {
    /// There is no such office.
    UnknownOffice,
    /// There is no such visit type.
    UnknownVisitType,
    /// It is over.
    Past,
    /// It lies beyond the days that are offered.
    BeyondHorizon {
        /// The last day.
        until: Date,
    },
    /// The wall clock never shows this time: the clocks are put forward over it.
    NoSuchHour,
    /// The hour comes twice that night; only its first coming is offered.
    SecondHour,
    /// It is no start of this kind of visit (PHONE-APPT-13, PHONE-APPT-14, AMB-64).
    NotAStart {
        /// What would be one.
        rule: StartRule,
    },
    /// The office is closed that day, or that part of it (PHONE-APPT-11).
    Closed {
        /// Why.
        why: Closed,
    },
    /// The visit would not lie within the opening hours (PHONE-APPT-11).
    OutsideHours,
    /// The request comes after the cut-off (PHONE-APPT-22).
    TooSoon {
        /// The first instant that is allowed; none when the office has no business day within a year.
        earliest: Option<Millis>,
    },
    /// Every seat is taken (PHONE-APPT-10).
    Taken,
}

impl SlotRefusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownOffice => "unknown_office",
            Self::UnknownVisitType => "unknown_visit_type",
            Self::Past => "past",
            Self::BeyondHorizon { .. } => "beyond_horizon",
            Self::NoSuchHour => "no_such_hour",
            Self::SecondHour => "second_hour",
            Self::NotAStart { .. } => "not_a_start",
            Self::Closed { .. } => "closed",
            Self::OutsideHours => "outside_hours",
            Self::TooSoon { .. } => "too_soon",
            Self::Taken => "taken",
        }
    }

    /// The clause it rests on. Every time that is not really available is one of PHONE-APPT-11 at least.
    #[must_use]
    pub const fn clause(&self) -> &'static str {
        match self {
            Self::NotAStart { rule } => rule.clause(),
            Self::TooSoon { .. } => "PHONE-APPT-22",
            Self::Taken => "PHONE-APPT-10",
            Self::UnknownOffice
            | Self::UnknownVisitType
            | Self::Past
            | Self::BeyondHorizon { .. }
            | Self::NoSuchHour
            | Self::SecondHour
            | Self::Closed { .. }
            | Self::OutsideHours => "PHONE-APPT-11",
        }
    }
}

/// One start of an office's day with its state, for the view by county and time (PHONE-APPT-7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartState {
    /// Start.
    pub start: Millis,
    /// Why it cannot be had; none when it is free.
    pub refusal: Option<SlotRefusal>,
}

/// Other times, nearest first (PHONE-APPT-9).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternatives {
    /// The same office on the same day.
    pub same_day: Vec<Slot>,
    /// Other offices of the county, then those named as near, on the same day.
    pub nearby: Vec<Slot>,
    /// The same office on later days.
    pub later_days: Vec<Slot>,
}

impl Alternatives {
    /// All of them in the order in which they are named.
    pub fn all(&self) -> impl Iterator<Item = &Slot> {
        self.same_day.iter().chain(&self.nearby).chain(&self.later_days)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }
}

/// What stays the same for every time of one wish.
struct Judge<'a> {
    rules: &'a Rules<'a>,
    office: &'a ResourceCenter,
    visit: &'a VisitType,
    now: Millis,
    today: Date,
    last_day: Date,
    earliest: Earliest,
    taken: &'a Taken,
}

impl<'a> Judge<'a> {
    fn new(rules: &'a Rules<'a>, wish: &Wish<'a>) -> Result<Self, SlotRefusal> {
        let office = rules.office(wish.office).ok_or(SlotRefusal::UnknownOffice)?;
        let visit = rules.visit_type(wish.visit_type).ok_or(SlotRefusal::UnknownVisitType)?;
        let today = day_of(wish.now, rules.zone);
        Ok(Self {
            rules,
            office,
            visit,
            now: wish.now,
            today,
            last_day: today.saturating_add(Span::new().days(i64::from(rules.book.rules.horizon_days))),
            earliest: rules.earliest(office, wish.now),
            taken: wish.taken,
        })
    }

    /// What the wall clock alone decides: the start rule, the office's day and its hours.
    fn on_wall(&self, day: Date, minute: u16) -> Result<(), SlotRefusal> {
        if !self.visit.start.allows(minute % 60) {
            return Err(SlotRefusal::NotAStart { rule: self.visit.start });
        }
        let spans = self.rules.open_spans(self.office, day).map_err(|why| SlotRefusal::Closed { why })?;
        self.within(spans, day, minute)
    }

    /// Whether a visit from this minute on lies within these hours of the day, and in no closed part of them.
    fn within(&self, spans: &[OpenSpan], day: Date, minute: u16) -> Result<(), SlotRefusal> {
        let end = minute.saturating_add(self.visit.minutes);
        if !spans.iter().any(|span| span.from_minute() <= minute && end <= span.until_minute()) {
            return Err(SlotRefusal::OutsideHours);
        }
        match self.rules.closed_part(self.office, day, minute, self.visit.minutes) {
            Some(why) => Err(SlotRefusal::Closed { why }),
            None => Ok(()),
        }
    }

    /// The days that are offered at all.
    fn in_reach(&self, day: Date, start: Millis) -> Result<(), SlotRefusal> {
        if start <= self.now {
            return Err(SlotRefusal::Past);
        }
        if day > self.last_day {
            return Err(SlotRefusal::BeyondHorizon { until: self.last_day });
        }
        Ok(())
    }

    /// The late rule and the seats.
    fn seat(&self, start: Millis) -> Result<Vec<Claim>, SlotRefusal> {
        match self.earliest {
            Earliest::From(from) if start < from => {
                return Err(SlotRefusal::TooSoon { earliest: Some(from) });
            }
            Earliest::Never => return Err(SlotRefusal::TooSoon { earliest: None }),
            Earliest::From(_) | Earliest::Any => {}
        }
        self.taken.free_seat(self.office, start, self.rules.zone).ok_or(SlotRefusal::Taken)
    }

    fn check(&self, start: Millis) -> Result<Vec<Claim>, SlotRefusal> {
        let (day, minute, rest) = on_the_wall(start, self.rules.zone);
        self.in_reach(day, start)?;
        if rest != 0 {
            return Err(SlotRefusal::NotAStart { rule: self.visit.start });
        }
        if at_minute(day, minute, self.rules.zone) != Some(start) {
            return Err(SlotRefusal::SecondHour);
        }
        self.on_wall(day, minute)?;
        self.seat(start)
    }

    /// Every start of a day that the wall clock allows, with its state.
    fn day(&self, day: Date) -> Vec<StartState> {
        if day < self.today || day > self.last_day {
            return Vec::new();
        }
        // The calendar is asked once for the day, not for each of its starts.
        let Ok(spans) = self.rules.open_spans(self.office, day) else { return Vec::new() };
        (0..MINUTES_PER_DAY / GRID_MINUTES)
            .map(|step| step * GRID_MINUTES)
            .filter(|minute| self.visit.start.allows(minute % 60))
            .filter(|minute| self.within(spans, day, *minute).is_ok())
            .filter_map(|minute| at_minute(day, minute, self.rules.zone))
            .map(|start| {
                let refusal = self.in_reach(day, start).and_then(|()| self.seat(start).map(drop)).err();
                StartState { start, refusal }
            })
            .collect()
    }

    fn free(&self, from: Date, days: u16) -> impl Iterator<Item = Slot> + use<'_, 'a> {
        let first = from.max(self.today);
        let end = from.saturating_add(i64::from(days.min(SEARCH_DAYS_MAX)).days());
        first
            .series(1.day())
            .take_while(move |day| *day < end && *day <= self.last_day && self.taken.knows(*day))
            .take(usize::from(SEARCH_DAYS_MAX))
            .flat_map(|day| self.day(day))
            .filter(|state| state.refusal.is_none())
            .map(|state| Slot { office: self.office.id.clone(), start: state.start })
    }
}

impl Rules<'_> {
    /// The free times of an office for a kind of visit on `days` days from `from` on, in order of time. Nothing when the
    /// office or the visit type is unknown.
    #[must_use]
    pub fn free_slots(&self, wish: &Wish<'_>, from: Date, days: u16) -> Vec<Slot> {
        Judge::new(self, wish).map(|judge| judge.free(from, days).collect()).unwrap_or_default()
    }

    /// Every start of one day with its state, free or why not (PHONE-APPT-7).
    #[must_use]
    pub fn day_view(&self, wish: &Wish<'_>, day: Date) -> Vec<StartState> {
        Judge::new(self, wish).map(|judge| judge.day(day)).unwrap_or_default()
    }

    /// Judges one wished-for time; asked again at the moment of booking (PHONE-APPT-11).
    ///
    /// # Errors
    /// Why it cannot be had, with its clause.
    pub fn check_slot(&self, wish: &Wish<'_>, start: Millis) -> Result<Vec<Claim>, SlotRefusal> {
        Judge::new(self, wish)?.check(start)
    }

    /// How many visits an office can take on a day: its starts of any kind that lie within the opening hours, times the
    /// visits per start; one per clock hour where the office counts so (AMB-3).
    #[must_use]
    pub fn seats_of_day(&self, office: &ResourceCenter, day: Date) -> u32 {
        let Ok(spans) = self.open_spans(office, day) else { return 0 };
        let fits = |minute: &u16| {
            let end = minute.saturating_add(GRID_MINUTES);
            spans.iter().any(|span| span.from_minute() <= *minute && end <= span.until_minute())
                && self.closed_part(office, day, *minute, GRID_MINUTES).is_none()
                && at_minute(day, *minute, self.zone).is_some()
        };
        let starts = (0..MINUTES_PER_DAY / GRID_MINUTES).map(|step| step * GRID_MINUTES).filter(fits);
        let mut units: Vec<u16> =
            starts.map(|minute| if office.one_per_clock_hour { minute / 60 } else { minute }).collect();
        units.dedup();
        u32::try_from(units.len()).unwrap_or(u32::MAX).saturating_mul(u32::from(office.capacity))
    }

    /// The offices whose times are named where the wished-for one cannot be had: itself, the others of its county, and those
    /// that it names as near (PHONE-APPT-9).
    #[must_use]
    pub fn offices_named_for(&self, office: &str) -> Vec<&ResourceCenter> {
        let Some(office) = self.office(office) else { return Vec::new() };
        std::iter::once(office).chain(self.neighbours(office)).collect()
    }

    /// The instant of a time as a person writes it.
    ///
    /// # Errors
    /// [`SlotRefusal::NoSuchHour`] when the clocks skip it that night.
    pub fn start_at(&self, day: Date, minute: u16) -> Result<Millis, SlotRefusal> {
        // The calendar's last years hold instants that no clock can name; they lie beyond every horizon, or are over.
        if day.year() >= Date::MAX.year() {
            return Ok(Millis::MAX);
        }
        if day.year() <= Date::MIN.year() {
            return Ok(Millis::MIN);
        }
        at_minute(day, minute, self.zone).ok_or(SlotRefusal::NoSuchHour)
    }

    /// Whether a visit that is booked could still take place: asked after a holiday or a closure was declared. Neither
    /// the seats nor the late rule matter any more.
    ///
    /// # Errors
    /// Why not.
    pub fn still_open(&self, office: &str, visit_type: &str, start: Millis) -> Result<(), SlotRefusal> {
        let nothing = Taken::default();
        let judge = Judge::new(self, &Wish { office, visit_type, now: start, taken: &nothing })?;
        let (day, minute, _) = on_the_wall(start, self.zone);
        match judge.on_wall(day, minute) {
            // A start rule that was changed later does not touch what was agreed before.
            Ok(()) | Err(SlotRefusal::NotAStart { .. }) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    /// Other times of the right kind: the nearest at the same office that day, the nearest at other offices of its
    /// county and those named as near, and the next days (PHONE-APPT-9, PHONE-APPT-15, PHONE-APPT-16). `taken` holds the
    /// seats of the other offices on that day, and those of the office itself from that day on, as far as it says
    /// ([`Taken::read_before`]); nothing is offered beyond. Between two equally near times the later one comes first (AMB-4).
    #[must_use]
    pub fn alternatives(&self, wish: &Wish<'_>, wanted: Millis) -> Alternatives {
        let most = usize::from(self.book.rules.alternatives_max);
        let Ok(judge) = Judge::new(self, wish) else { return Alternatives::default() };
        let day = day_of(wanted.max(wish.now), self.zone);
        let nearest = |judge: &Judge<'_>, most: usize| {
            let itself = |slot: &Slot| slot.start == wanted && slot.office == wish.office;
            let mut free: Vec<Slot> = judge.free(day, 1).filter(|slot| !itself(slot)).collect();
            free.sort_by_key(|slot| (slot.start.abs_diff(wanted), slot.start < wanted));
            free.truncate(most);
            free
        };
        let same_day = nearest(&judge, most);
        let mut nearby: Vec<Slot> = Vec::new();
        for office in self.neighbours(judge.office) {
            let there = Wish { office: &office.id, ..*wish };
            let found = Judge::new(self, &there).map(|judge| nearest(&judge, 1)).unwrap_or_default();
            nearby.extend(found);
        }
        nearby.truncate(most);
        Alternatives { same_day, nearby, later_days: self.later_days(&judge, day, wanted, most) }
    }

    /// On each of the next days with a free time, the one nearest to the wanted time of day.
    fn later_days(&self, judge: &Judge<'_>, day: Date, wanted: Millis, most: usize) -> Vec<Slot> {
        let wall = |at: Millis| on_the_wall(at, self.zone);
        let off = |slot: &Slot| wall(slot.start).1.abs_diff(wall(wanted).1);
        let mut found: Vec<Slot> = Vec::new();
        for slot in judge.free(day.saturating_add(1.day()), SEARCH_DAYS_MAX) {
            let new_day = found.last().is_none_or(|last| wall(last.start).0 != wall(slot.start).0);
            if new_day && found.len() == most {
                break;
            }
            if new_day {
                found.push(slot);
            } else if let Some(last) = found.last_mut()
                && off(&slot) < off(last)
            {
                *last = slot;
            }
        }
        found
    }

    /// Other offices of the county, then those that the office names as near.
    fn neighbours(&self, office: &ResourceCenter) -> Vec<&ResourceCenter> {
        let county =
            self.book.offices.iter().filter(|one| one.county == office.county && one.id != office.id);
        let near = office.nearby.iter().filter_map(|id| self.office(id));
        let near = near.filter(|one| one.county != office.county && one.id != office.id);
        county.chain(near).collect()
    }
}
