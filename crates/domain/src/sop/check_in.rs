//! Hold Procedures: while staff look up an answer, the customer hears from them every 3 minutes (SMS-HOLD-1).
//!
//! The clock runs while the customer's word is open, or while staff have said that they are researching. It never runs
//! beside the clock of the customer's silence (AMB-28); [`crate::interaction::Turn`] holds exactly one of them.

use crate::command::Script;
use crate::interaction::{Interaction, Turn};
use crate::pack::SmsSopVersion;
use crate::sop::{Duty, DutyKind};
use crate::time::{Millis, seconds};

/// Key of the timer.
pub const KEY: &str = "check_in";

fn due(i: &Interaction, sop: &SmsSopVersion) -> Option<(Millis, Millis)> {
    let Turn::Staff { since, missed, .. } = &i.turn else { return None };
    let every = seconds(sop.check_in_seconds.value);
    Some((*since, since + every * (i64::from(*missed) + 1)))
}

/// The running interval.
#[must_use]
pub fn duty(i: &Interaction, sop: &SmsSopVersion) -> Option<Duty> {
    let (since, next) = due(i, sop)?;
    let Turn::Staff { missed, researching, .. } = &i.turn else { return None };
    // Once missed, the duty stays overdue at its first due time until somebody writes.
    let first = since + seconds(sop.check_in_seconds.value);
    let title = if *researching { "Check in: researching" } else { "Answer or check in" };
    Some(Duty {
        key: KEY.to_owned(),
        kind: DutyKind::CheckIn,
        title: title.to_owned(),
        clause: "SMS-HOLD-1".to_owned(),
        started: since,
        due: if *missed > 0 { first } else { next },
        script: Some(Script::CheckIn),
    })
}

/// The live timer.
#[must_use]
pub fn timer(i: &Interaction, sop: &SmsSopVersion) -> Option<(String, Millis)> {
    due(i, sop).map(|(_, next)| (KEY.to_owned(), next))
}
