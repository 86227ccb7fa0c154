//! The office's task in the other system (PHONE-APPT-17, AMB-42): handed over when a visit is booked, and told of every
//! change of its time afterwards, so that no office keeps an old one.

use super::decide::Act;
use super::fact::AppointmentFact;
use super::notice::{day_words_from, time_words};
use super::request::Request;
use super::settings::Rules;
use super::state::{Appointment, Status};
use crate::event::Actor;
use crate::id::MessageId;

/// Characters of a number in another system.
const NUMBER_CHARS_MAX: usize = 100;

/// The three data of the task: agreed time, phone number, reason (PHONE-APPT-17). By text no reason is asked, so the
/// visit type stands for it (AMB-43).
pub(super) fn submit(act: &mut Act<'_, '_>, request: &Request) {
    let Some(now) = act.done.after.clone() else { return };
    let rules = act.world.rules;
    let title = rules.visit_type(&now.visit_type).map_or("", |visit| Rules::wording(&visit.title, "en"));
    let reason = request.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let mut words = place_words(act, &now);
    if let Some(words) = words.as_object_mut() {
        words.insert("phone".to_owned(), serde_json::json!(now.phone));
        words.insert("reason".to_owned(), serde_json::json!(reason.unwrap_or(title)));
    }
    let task = act.keep(words.to_string());
    act.emit(&Actor::System, Some("PHONE-APPT-17"), AppointmentFact::TaskQueued { task });
}

/// Title, office and time as they are now.
fn place_words(act: &Act<'_, '_>, now: &Appointment) -> serde_json::Value {
    let rules = act.world.rules;
    let name = rules.office(&now.place.office).map_or("", |office| office.name.as_str());
    let start = now.place.start;
    let (day, time) = (day_words_from(start, act.world.now, rules.zone, "en"), time_words(start, rules.zone));
    serde_json::json!({
        "title": rules.book.rules.task_title.value,
        "office": name,
        "time": format!("{day} at {time}"),
        "start": start,
    })
}

/// The visit was moved, cancelled or set again: the task that was handed over follows. Nothing where there is none.
pub(super) fn change(act: &mut Act<'_, '_>) {
    let Some(now) = act.done.after.clone() else { return };
    let Some(task) = now.task.as_ref().map(|task| task.id) else { return };
    let mut words = place_words(act, &now);
    if let Some(words) = words.as_object_mut() {
        words.insert("cancelled".to_owned(), serde_json::json!(now.status == Status::Cancelled));
    }
    let change = act.keep(words.to_string());
    act.emit(&Actor::System, Some("PHONE-APPT-17"), AppointmentFact::TaskChangeQueued { task, change });
}

pub(super) fn report(act: &mut Act<'_, '_>, task: MessageId, number: &str) {
    let open =
        |now: &Appointment| now.task.as_ref().is_some_and(|one| one.id == task && one.number.is_none());
    if act.done.after.as_ref().is_some_and(open) {
        let number = number.chars().take(NUMBER_CHARS_MAX).collect();
        act.emit(&Actor::System, Some("PHONE-APPT-17"), AppointmentFact::TaskAccepted { task, number });
    }
}

pub(super) fn report_change(act: &mut Act<'_, '_>, change: MessageId) {
    let waits = |now: &Appointment| now.task.as_ref().is_some_and(|one| one.change == Some(change));
    if act.done.after.as_ref().is_some_and(waits) {
        act.emit(&Actor::System, Some("PHONE-APPT-17"), AppointmentFact::TaskChanged { change });
    }
}
