//! What somebody saw of a visit before they changed it. Two people who look at the same visit must not undo each other
//! unawares: the later one is told where it stands now.

use super::decide::{Act, AppointmentCommand};
use super::notice::{day_words_from, time_words};
use super::refused::Refused;
use super::state::Appointment;
use crate::time::Millis;

/// The office and the start that a form showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Office id.
    pub office: String,
    /// Start.
    pub start: Millis,
}

impl Seen {
    /// The visit as it stands.
    #[must_use]
    pub fn of(visit: &Appointment) -> Self {
        Self { office: visit.place.office.clone(), start: visit.place.start }
    }

    /// As a form carries it: the office, `@`, and the start in milliseconds.
    #[must_use]
    pub fn value(&self) -> String {
        format!("{}@{}", self.office, self.start)
    }

    /// From a form; none for any other text.
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        let (office, start) = value.rsplit_once('@')?;
        Some(Self { office: office.to_owned(), start: start.parse().ok()? })
    }
}

/// Refuses a change of a visit that was moved since it was seen (PHONE-APPT-11). A second click, which asks for the place that
/// the visit has by now, changes nothing and is not refused.
pub(super) fn guard(act: &Act<'_, '_>, command: &AppointmentCommand) -> Result<(), Refused> {
    use AppointmentCommand as C;
    let (Some(seen), Some(now)) = (act.world.seen, act.done.after.as_ref()) else { return Ok(()) };
    let asks_for_it = match command {
        C::Move { office, start, .. } => now.place.office == *office && now.place.start == *start,
        C::Confirm { .. } | C::Cancel { .. } | C::CheckIn { .. } | C::MarkMissed { .. } => false,
        _ => true,
    };
    if asks_for_it || !now.is_open() || *seen == Seen::of(now) {
        return Ok(());
    }
    let rules = &act.world.rules;
    let name = rules.office(&now.place.office).map_or(now.place.office.as_str(), |office| &office.name);
    let day = day_words_from(now.place.start, act.world.now, rules.zone, "en");
    let time = time_words(now.place.start, rules.zone);
    let sentence = format!(
        "This visit was moved meanwhile, to {day} at {time}, {name}. Nothing was changed now; look at it again first."
    );
    Err(Refused::plain(MOVED_MEANWHILE, Some("PHONE-APPT-11"), sentence))
}

/// The code of that refusal.
pub const MOVED_MEANWHILE: &str = "moved_meanwhile";
