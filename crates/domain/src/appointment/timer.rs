//! Due timers of an appointment. Each one looks at the state first: a late, early or repeated firing changes nothing.

use super::decide::Act;
use super::fact::{AppointmentFact, NotSent};
use super::notice::NoticeKind;
use super::state::{END_OF_DAY, LEAST_BEFORE_MS, REMIND, timers};
use crate::event::Actor;

pub(super) fn fire(act: &mut Act<'_, '_>, key: &str) {
    let Some(now) = act.done.after.clone() else { return };
    let live = timers(&now, &act.world.rules);
    let due = |wanted: &str| live.iter().any(|(key, at)| key == wanted && *at <= act.world.now);
    if !due(key) {
        return;
    }
    if key == END_OF_DAY {
        act.emit(&Actor::System, None, AppointmentFact::AttendanceAsked);
        return;
    }
    let Some(reminder) = key.strip_prefix(REMIND).and_then(|number| number.parse::<u8>().ok()) else {
        return;
    };
    // At night nobody is woken, whatever kept the reminder from going out in time.
    if act.world.rules.is_quiet(act.world.now) && act.world.now < now.place.start {
        let until = act.world.rules.quiet_until(act.world.now);
        if until.saturating_add(LEAST_BEFORE_MS) <= now.place.start {
            return act.emit(&Actor::System, None, AppointmentFact::ReminderPutOff { reminder, until });
        }
        act.emit(&Actor::System, None, AppointmentFact::Reminded { reminder });
        let fact = AppointmentFact::NoticeSkipped { kind: NoticeKind::Reminder, why: NotSent::TooLate };
        return act.emit(&Actor::System, None, fact);
    }
    // After a standstill one reminder is enough: the one nearest to the visit.
    let own = live.iter().find(|(one, _)| one == key).map(|(_, at)| *at);
    let nearer = live
        .iter()
        .any(|(one, at)| one.starts_with(REMIND) && one != key && *at <= act.world.now && Some(*at) > own);
    act.emit(&Actor::System, None, AppointmentFact::Reminded { reminder });
    if nearer || act.world.now >= now.place.start {
        let fact = AppointmentFact::NoticeSkipped { kind: NoticeKind::Reminder, why: NotSent::TooLate };
        act.emit(&Actor::System, None, fact);
    } else if now.flagged.is_none() {
        act.tell(NoticeKind::Reminder);
    }
}
