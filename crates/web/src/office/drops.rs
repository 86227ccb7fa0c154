//! Where a visit that is dragged can be dropped: the starts that its kind can have, so that no drop is offered that the
//! book would refuse (PHONE-APPT-13, PHONE-APPT-14).

use std::collections::{BTreeMap, BTreeSet};

use domain::appointment::{Appointment, ResourceCenter, Status};
use domain::time::Millis;
use engine::Engine;
use jiff::civil::Date;

use super::book::Book;
use crate::error::Error;

/// Free starts by kind of visit.
pub(crate) struct Drops(BTreeMap<String, BTreeSet<Millis>>);

impl Drops {
    /// For the kinds of those of these visits that can still be moved, over some days of an office.
    pub(crate) async fn of(
        engine: &Engine,
        book: &Book,
        office: &ResourceCenter,
        visits: &[Appointment],
        (from, days): (Date, u16),
    ) -> Result<Self, Error> {
        let mut starts = BTreeMap::new();
        let ahead = |visit: &&Appointment| visit.status == Status::Booked && visit.place.start > book.now;
        for visit in visits.iter().filter(ahead) {
            let kind = &visit.visit_type;
            if !starts.contains_key(kind) {
                let free = engine.free_slots(&office.id, kind, from, days).await?;
                starts.insert(kind.clone(), free.iter().map(|slot| slot.start).collect());
            }
        }
        Ok(Self(starts))
    }

    /// The kinds that can be dropped on a start, with blanks between.
    pub(crate) fn kinds(&self, at: &Millis) -> String {
        let can = self.0.iter().filter(|(_, starts)| starts.contains(at));
        can.map(|(kind, _)| kind.as_str()).collect::<Vec<_>>().join(" ")
    }
}
