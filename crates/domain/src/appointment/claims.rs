//! Claims: what makes a double booking impossible (PHONE-APPT-10).
//!
//! A claim is a name, `slot:<office>:<start>:<seat>`, that at most one appointment holds. A decision says which names it
//! takes and which it lets go; the store keeps each name once and refuses the commit that takes a name twice. The start
//! is written in UTC and sorts by time, so that the names of an office and a stretch of days are one range of keys.
//!
//! Where an office takes one visit per clock hour (AMB-3), a visit claims its seat at both starts of that hour. So the
//! switch can be turned while visits are booked, and old and new claims still exclude each other.

use std::collections::{BTreeMap, BTreeSet};

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
        let rest = name.strip_prefix(PREFIX)?.strip_prefix(':')?;
        let (rest, seat) = rest.rsplit_once(':')?;
        let (office, start) = rest.rsplit_once(':')?;
        let read = jiff::fmt::strtime::parse("%Y%m%dT%H%MZ", start).ok()?.to_datetime().ok()?;
        let start = read.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
        Some(Self { office: office.to_owned(), start, seat: seat.parse().ok()? })
    }

    /// What the names of every seat of a start begin with; also the lower end of a range of keys from that start on.
    #[must_use]
    pub fn start_prefix(office: &str, start: Millis) -> String {
        format!("{PREFIX}:{office}:{}:", instant(start).strftime("%Y%m%dT%H%MZ"))
    }
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
    seats: BTreeMap<(String, Millis), BTreeSet<u8>>,
}

impl Taken {
    /// From names. What is no claim's name is left out.
    #[must_use]
    pub fn from_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut taken = Self::default();
        for claim in names.into_iter().filter_map(Claim::parse) {
            taken.take(claim);
        }
        taken
    }

    /// Adds one claim; false when it was taken already.
    pub fn take(&mut self, claim: Claim) -> bool {
        self.seats.entry((claim.office, claim.start)).or_default().insert(claim.seat)
    }

    /// Lets one claim go.
    pub fn release(&mut self, claim: &Claim) {
        if let Some(seats) = self.seats.get_mut(&(claim.office.clone(), claim.start)) {
            seats.remove(&claim.seat);
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
        self.seats.get(&(office.to_owned(), start)).is_none_or(|seats| !seats.contains(&seat))
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
