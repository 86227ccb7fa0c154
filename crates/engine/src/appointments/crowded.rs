//! Starts at which more is booked than a changed office would take, and the visits ahead that cannot take place: what the
//! administration shows before and after a change (PHONE-APPT-10, PHONE-APPT-11).
//!
//! Reads only. A visit that was agreed keeps its time; nobody is told and nothing is cancelled here.

use std::collections::BTreeMap;

use domain::appointment::{Appointment, ResourceCenter, Rules, SlotRefusal, Status, calendar};
use domain::time::Millis;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::rules;
use crate::{Engine, EngineError};

/// One start, or one clock hour where the office counts so (AMB-3), with more visits than places.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowded {
    /// Places that there would be.
    pub places: u8,
    /// The first start of the visits.
    pub start: Millis,
    /// The visits in the order in which they were agreed: those beyond the places are over.
    pub visits: Vec<Appointment>,
}

impl Crowded {
    /// How many visits are over.
    #[must_use]
    pub fn over(&self) -> usize {
        self.visits.len().saturating_sub(usize::from(self.places))
    }
}

/// What shares the places of an office: a start, or a clock hour.
fn unit(visit: &Appointment, office: &ResourceCenter, zone: &TimeZone) -> (Date, u16) {
    let (day, minute, _) = calendar::on_the_wall(visit.place.start, zone);
    (day, if office.one_per_clock_hour { minute / 60 } else { minute })
}

fn excess<'v>(
    visits: impl Iterator<Item = &'v Appointment>,
    office: &ResourceCenter,
    zone: &TimeZone,
) -> usize {
    let mut units: BTreeMap<(Date, u16), usize> = BTreeMap::new();
    for visit in visits {
        *units.entry(unit(visit, office, zone)).or_default() += 1;
    }
    units.values().map(|held| held.saturating_sub(usize::from(office.capacity))).sum()
}

/// Where more is booked than the office would take, and fewer were too many before. `visits` are those that could still take
/// place.
pub(super) fn crowded(
    visits: &[Appointment],
    before: &ResourceCenter,
    after: &ResourceCenter,
    zone: &TimeZone,
) -> Vec<Crowded> {
    let mut units: BTreeMap<(Date, u16), Vec<Appointment>> = BTreeMap::new();
    for visit in visits {
        units.entry(unit(visit, after, zone)).or_default().push(visit.clone());
    }
    let mut out = Vec::new();
    for mut held in units.into_values() {
        let was = excess(held.iter(), before, zone);
        let start = held.iter().map(|visit| visit.place.start).min().unwrap_or_default();
        held.sort_by_key(|visit| (visit.placed_at, visit.id));
        let found = Crowded { places: after.capacity, start, visits: held };
        if found.over() > was {
            out.push(found);
        }
    }
    out
}

impl Engine {
    /// The booked visits ahead that cannot take place as agreed, of one office or of all, by their start: a holiday, a closure
    /// or other hours were declared after they were booked.
    ///
    /// # Errors
    /// When the pack has no appointment book, or the store cannot be read.
    pub async fn cannot_take_place(
        &self,
        office: Option<&str>,
    ) -> Result<Vec<(Appointment, SlotRefusal)>, EngineError> {
        let settings = self.settings();
        let rules: Rules<'_> = rules(&settings)?;
        let mut found = Vec::new();
        for one in rules.book.offices.iter().filter(|one| office.is_none_or(|id| id == one.id)) {
            let ahead = self.visits_between(&one.id, self.now().saturating_add(1)..Millis::MAX).await?;
            found.extend(ahead.into_iter().filter(|visit| visit.status == Status::Booked).filter_map(
                |visit| {
                    let why =
                        rules.still_open(&visit.place.office, &visit.visit_type, visit.place.start).err();
                    why.map(|why| (visit, why))
                },
            ));
        }
        found.sort_by_key(|(visit, _)| (visit.place.start, visit.id));
        Ok(found)
    }
}
