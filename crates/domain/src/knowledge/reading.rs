//! Who has to read a memo, and by when ("Review this memorandum with appropriate staff", the clauses `*-ACK-*`).
//!
//! A reading is kept like the acknowledgement of a procedure: in the staff member's own stream, under a name of its own
//! and with the edition as its version. A new edition has to be read anew.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::model::{Edition, Page, Required};
use crate::permission::Role;
use crate::time::Millis;

/// What names of readings begin with among acknowledgements.
pub const PROCEDURE_PREFIX: &str = "memo:";

/// A reading that somebody owes or has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The memo's page.
    pub slug: String,
    /// The edition to read.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// The memo's own number.
    pub memo: String,
    /// When it took force.
    pub since: Millis,
    /// When it is due.
    pub due_at: Millis,
    /// From then on, going on queue waits for it; none when it never does.
    pub gate_at: Option<Millis>,
}

/// The name under which the reading of this page is acknowledged.
#[must_use]
pub fn procedure_of(slug: &str) -> String {
    format!("{PROCEDURE_PREFIX}{slug}")
}

/// Whether someone belongs to those who have to read it. Someone without programmes works on all of them.
#[must_use]
pub fn reaches(required: &Required, roles: &[Role], office: &str, programmes: &[String]) -> bool {
    let role = required.roles.is_empty() || required.roles.iter().any(|role| roles.contains(role));
    let place = required.offices.is_empty() || required.offices.iter().any(|one| one == office);
    let work = required.programmes.is_empty()
        || programmes.is_empty()
        || required.programmes.iter().any(|one| programmes.contains(one));
    role && place && work
}

/// The reading that this edition asks for, or none.
#[must_use]
pub fn owed(page: &Page, edition: &Edition, zone: &TimeZone) -> Option<Owed> {
    let memo = edition.memo.as_ref()?;
    let required = memo.required.as_ref()?;
    let since = start(edition.from, zone)?.max(edition.published_at);
    let first = crate::time::instant(since).to_zoned(zone.clone()).date();
    let due = first.checked_add(Span::new().days(i64::from(required.due_days) + 1)).ok()?;
    let grace = i64::from(required.grace_hours).hours();
    let gate = crate::time::instant(since).checked_add(grace).ok()?.as_millisecond();
    Some(Owed {
        slug: page.slug.clone(),
        number: edition.number,
        title: edition.title.clone(),
        memo: memo.number.clone(),
        since,
        due_at: start(due, zone)?,
        gate_at: required.gate.then_some(gate),
    })
}

fn start(day: Date, zone: &TimeZone) -> Option<Millis> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}
