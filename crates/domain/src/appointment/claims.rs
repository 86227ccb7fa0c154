//! Claims: what makes a double booking impossible (PHONE-APPT-10).
//!
//! A claim is a name, `slot:<office>:<start>:<seat>`, that at most one appointment holds. A decision says which names it
//! takes and which it lets go; the store keeps each name once and refuses the commit that takes a name twice. The start
//! is written in UTC and sorts by time, so that the names of an office and a stretch of days are one range of keys.
//!
//! Where an office takes one visit per clock hour (AMB-3), a visit claims its seat at both starts of that hour. So the
//! switch can be turned while visits are booked, and old and new claims still exclude each other.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::calendar::{at_minute, on_the_wall};
use super::settings::ResourceCenter;
use crate::time::{Millis, instant};

/// Begins every name.
pub const PREFIX: &str = "slot";

/// One seat at one start of one office.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// Office id.
    pub office: String,
    /// Start.
    pub start: Millis,
    /// Seat, from 0.
    pub seat: u8,
}

impl Claim {
    /// `slot:<office>:<start>:<seat>`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}{:03}", Self::start_prefix(&self.office, self.start), self.seat)
    }

    /// The claim with this name; none for any other text.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (office, start, seat) = read(name)?;
        Some(Self { office: office.to_owned(), start, seat })
    }

    /// What the names of every seat of a start begin with; also the lower end of a range of keys from that start on.
    #[must_use]
    pub fn start_prefix(office: &str, start: Millis) -> String {
        format!("{PREFIX}:{office}:{}:", instant(start).strftime("%Y%m%dT%H%MZ"))
    }
}

/// The parts of a name.
fn read(name: &str) -> Option<(&str, Millis, u8)> {
    let rest = name.strip_prefix(PREFIX)?.strip_prefix(':')?;
    let (rest, seat) = rest.rsplit_once(':')?;
    let (office, start) = rest.rsplit_once(':')?;
    Some((office, read_start(start)?, seat.parse().ok()?))
}

/// `20261202T1500Z`, digit by digit: thousands of names are read for one look at an office. Years before 0 have no such form,
/// and no visit.
fn read_start(start: &str) -> Option<Millis> {
    let number = |from: usize, to: usize| -> Option<i16> {
        let digits = start.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let small = |from: usize, to: usize| number(from, to).and_then(|number| i8::try_from(number).ok());
    let plain = start.len() == 14 && start.get(8..9) == Some("T") && start.get(13..) == Some("Z");
    if !plain {
        return None;
    }
    let time = Time::new(small(9, 11)?, small(11, 13)?, 0, 0).ok()?;
    let wall = Date::new(number(0, 4)?, small(4, 6)?, small(6, 8)?).ok()?.to_datetime(time);
    Some(TimeZone::UTC.to_timestamp(wall).ok()?.as_millisecond())
}

/// What a decision does with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", content = "name", rename_all = "snake_case")]
pub enum ClaimChange {
    /// Lets it go.
    Release(String),
    /// Takes it; the commit fails when somebody has it.
    Take(String),
}

/// The changes that lead from one set of names to another. Names in both stay untouched; releases come first.
#[must_use]
pub fn changes(before: &[String], after: &[String]) -> Vec<ClaimChange> {
    let gone = before.iter().filter(|name| !after.contains(name)).cloned().map(ClaimChange::Release);
    let new = after.iter().filter(|name| !before.contains(name)).cloned().map(ClaimChange::Take);
    gone.chain(new).collect()
}

/// The seats that are taken, of as many offices and days as the caller has read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    seats: BTreeMap<String, BTreeMap<Millis, Seats>>,
    /// The first day of which nothing was read; none when everything was.
    unread_from: Option<Date>,
}

/// The seats of one start: a bit for each of 256.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seats([u64; 4]);

impl Seats {
    fn place(seat: u8) -> (usize, u64) {
        (usize::from(seat / 64), 1 << (seat % 64))
    }

    fn has(&self, seat: u8) -> bool {
        let (word, bit) = Self::place(seat);
        self.0.get(word).is_some_and(|held| held & bit != 0)
    }

    /// False when it was there already.
    fn insert(&mut self, seat: u8) -> bool {
        let fresh = !self.has(seat);
        let (word, bit) = Self::place(seat);
        if let Some(held) = self.0.get_mut(word) {
            *held |= bit;
        }
        fresh
    }

    fn remove(&mut self, seat: u8) {
        let (word, bit) = Self::place(seat);
        if let Some(held) = self.0.get_mut(word) {
            *held &= !bit;
        }
    }
}

impl Taken {
    /// From names. What is no claim's name is left out.
    #[must_use]
    pub fn from_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut taken = Self::default();
        for (office, start, seat) in names.into_iter().filter_map(read) {
            taken.insert(office, start, seat);
        }
        taken
    }

    /// The same with the first day of which the caller has read nothing: no time is offered from there on.
    #[must_use]
    pub fn read_before(self, day: Date) -> Self {
        Self { unread_from: Some(day), ..self }
    }

    /// Whether the seats of this day were read.
    pub(super) fn knows(&self, day: Date) -> bool {
        self.unread_from.is_none_or(|from| day < from)
    }

    fn insert(&mut self, office: &str, start: Millis, seat: u8) -> bool {
        if let Some(starts) = self.seats.get_mut(office) {
            return starts.entry(start).or_default().insert(seat);
        }
        self.seats.entry(office.to_owned()).or_default().entry(start).or_default().insert(seat)
    }

    /// Adds one claim; false when it was taken already.
    pub fn take(&mut self, claim: Claim) -> bool {
        self.insert(&claim.office, claim.start, claim.seat)
    }

    /// Lets one claim go.
    pub fn release(&mut self, claim: &Claim) {
        let starts = self.seats.get_mut(&claim.office);
        if let Some(seats) = starts.and_then(|starts| starts.get_mut(&claim.start)) {
            seats.remove(claim.seat);
        }
    }

    /// The same without the names that an appointment holds itself.
    #[must_use]
    pub fn without(&self, names: &[String]) -> Self {
        let mut rest = self.clone();
        for claim in names.iter().filter_map(|name| Claim::parse(name)) {
            rest.release(&claim);
        }
        rest
    }

    /// Carries out the changes of a decision; false when a name to be taken was taken already.
    pub fn apply(&mut self, changes: &[ClaimChange]) -> bool {
        let mut sound = true;
        for change in changes {
            match change {
                ClaimChange::Release(name) => {
                    if let Some(claim) = Claim::parse(name) {
                        self.release(&claim);
                    }
                }
                ClaimChange::Take(name) => sound &= Claim::parse(name).is_some_and(|claim| self.take(claim)),
            }
        }
        sound
    }

    fn is_free(&self, office: &str, start: Millis, seat: u8) -> bool {
        let seats = self.seats.get(office).and_then(|starts| starts.get(&start));
        seats.is_none_or(|seats| !seats.has(seat))
    }

    /// The claims of the first free seat at a start, or none when every seat is taken.
    #[must_use]
    pub fn free_seat(&self, office: &ResourceCenter, start: Millis, zone: &TimeZone) -> Option<Vec<Claim>> {
        let starts = starts_claimed(office, start, zone);
        let seat = (0..office.capacity)
            .find(|seat| starts.iter().all(|start| self.is_free(&office.id, *start, *seat)))?;
        let claim = |start: &Millis| Claim { office: office.id.clone(), start: *start, seat };
        Some(starts.iter().map(claim).collect())
    }
}

/// The starts whose seat a visit takes: its own, and where the clock hour counts, both of that hour (AMB-3).
fn starts_claimed(office: &ResourceCenter, start: Millis, zone: &TimeZone) -> Vec<Millis> {
    if !office.one_per_clock_hour {
        return vec![start];
    }
    let (day, minute, _) = on_the_wall(start, zone);
    let hour = minute / 60 * 60;
    let mut starts: Vec<Millis> =
        [hour, hour + 30].into_iter().filter_map(|minute| at_minute(day, minute, zone)).collect();
    if !starts.contains(&start) {
        starts.push(start);
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_to_its_claim_and_nothing_else_does() {
        for start in [0, 1_796_223_600_000, -62_135_596_800_000, 253_402_207_200_000] {
            for (office, seat) in [("boone", 0), ("st-louis-city", 255), ("a:b", 63), ("", 64)] {
                let claim = Claim { office: office.to_owned(), start: start / 60_000 * 60_000, seat };
                assert_eq!(Claim::parse(&claim.name()), Some(claim.clone()), "{}", claim.name());
            }
        }
        for name in [
            "",
            "slot:boone",
            "slot:boone:20261302T1500Z:000",
            "slot:boone:20261202T2500Z:000",
            "slot:boone:20261202X1500Z:000",
            "slot:boone:20261202T1500Z:256",
            "slot:boone:+0261202T1500Z:000",
            "slot:boone:-2491015T1934Z:000",
            "slot:boone:2026\u{e9}1202T150Z:000",
            "sms:boone:20261202T1500Z:000",
        ] {
            assert_eq!(Claim::parse(name), None, "{name}");
        }
    }

    #[test]
    fn every_seat_of_a_start_is_its_own() {
        let mut taken = Taken::default();
        for seat in 0..=u8::MAX {
            let claim = Claim { office: "boone".to_owned(), start: 60_000, seat };
            assert!(taken.is_free("boone", 60_000, seat));
            assert!(taken.take(claim.clone()));
            assert!(!taken.take(claim.clone()));
            assert!(!taken.is_free("boone", 60_000, seat) && taken.is_free("boone", 0, seat));
            if seat % 3 == 0 {
                taken.release(&claim);
                assert!(taken.is_free("boone", 60_000, seat));
            }
        }
    }
}
