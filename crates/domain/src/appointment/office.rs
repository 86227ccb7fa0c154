//! What the office does and what the carrier reports: check-in, no-show, who came along, the comment, the flag after a later
//! closure.

use super::calendar::day_of;
use super::decide::{Act, why_not};
use super::fact::AppointmentFact;
use super::notice::{NoticeKind, day_words, time_words};
use super::refused::Refused;
use super::request::{Details, companion_fault, phone_number};
use super::settings::Rules;
use super::state::{Appointment, Status};
use crate::event::Actor;
use crate::id::MessageId;
use crate::interaction::Delivery;

/// Nobody needs an appointment (PHONE-APPT-3).
pub(super) fn walk_in(
    act: &mut Act<'_, '_>,
    by: &Actor,
    office: &str,
    visit_type: &str,
    phone: Option<&str>,
) -> Result<(), Refused> {
    if act.done.after.is_some() {
        return Ok(());
    }
    let rules = act.world.rules;
    if rules.office(office).is_none() {
        return Err(Refused::plain("unknown_office", Some("PHONE-APPT-11"), "There is no such office."));
    }
    if rules.visit_type(visit_type).is_none() {
        return Err(Refused::plain("unknown_visit_type", None, "There is no such kind of visit."));
    }
    let fact = AppointmentFact::WalkedIn {
        office: office.to_owned(),
        visit_type: visit_type.to_owned(),
        phone: phone.and_then(phone_number),
    };
    act.emit(by, Some("PHONE-APPT-3"), fact);
    Ok(())
}

pub(super) fn check_in(act: &mut Act<'_, '_>, by: &Actor) -> Result<(), Refused> {
    let now = act.appointment()?;
    match now.status {
        Status::CheckedIn => return Ok(()),
        Status::Cancelled => {
            let sentence = "This visit was cancelled; take the customer as a walk-in.";
            return Err(Refused::plain("cancelled", Some("PHONE-APPT-3"), sentence));
        }
        Status::Booked | Status::Missed => {}
    }
    let zone = act.world.rules.zone;
    if day_of(act.world.now, zone) != day_of(now.place.start, zone) {
        let day = day_words(now.place.start, zone, "en");
        let sentence = format!("This visit is on {day}; take the customer as a walk-in today.");
        return Err(Refused::plain("other_day", Some("PHONE-APPT-3"), sentence));
    }
    act.emit(by, None, AppointmentFact::CheckedIn);
    Ok(())
}

pub(super) fn mark_missed(act: &mut Act<'_, '_>, by: &Actor) -> Result<(), Refused> {
    let now = act.appointment()?;
    match now.status {
        Status::Missed => Ok(()),
        Status::CheckedIn => Err(Refused::plain("checked_in", None, "The customer is checked in.")),
        Status::Cancelled => Err(Refused::plain("cancelled", None, "This visit was cancelled.")),
        Status::Booked if act.world.now < now.place.start => {
            Err(Refused::plain("ahead", None, "This visit is still ahead."))
        }
        Status::Booked => {
            act.emit(by, None, AppointmentFact::Missed);
            Ok(())
        }
    }
}

/// AMB-43: where only the phone number was asked, the office asks the rest.
pub(super) fn complete_companions(
    act: &mut Act<'_, '_>,
    by: &Actor,
    names: &[String],
) -> Result<(), Refused> {
    let now = act.appointment()?;
    if now.status != Status::CheckedIn {
        let sentence = "Check the customer in first; then write down who came along.";
        return Err(Refused::plain("not_checked_in", Some("AMB-43"), sentence));
    }
    if let Some(fault) = companion_fault(names, &act.world.rules) {
        return Err(Refused::fields(vec![fault]));
    }
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    let companions = u16::try_from(names.len()).unwrap_or(u16::MAX);
    let details = act.keep(Details { companions: names, ..Details::default() }.text());
    act.emit(by, Some("PHONE-APPT-18"), AppointmentFact::CompanionsCompleted { companions, details });
    Ok(())
}

pub(super) fn write_comment(act: &mut Act<'_, '_>, by: &Actor) -> Result<(), Refused> {
    if act.appointment()?.comment_owed {
        act.emit(by, Some("PHONE-APPT-19"), AppointmentFact::CommentWritten);
    }
    Ok(())
}

/// The refusal for "done" while the names are not in the case's comments yet (PHONE-APPT-19).
///
/// # Errors
/// While the comment is owed.
pub fn guard_done(appointment: &Appointment) -> Result<(), Refused> {
    if appointment.comment_owed {
        let sentence = "Write the names of those who come along into the EUMEMROL comments first.";
        return Err(Refused::plain("comment_owed", Some("PHONE-APPT-19"), sentence));
    }
    Ok(())
}

/// The draft of the case's comment: the visit and the names of all who come along (PHONE-APPT-19).
#[must_use]
pub fn comment_draft(appointment: &Appointment, details: &Details, rules: &Rules<'_>) -> String {
    let start = appointment.place.start;
    let name = rules.office(&appointment.place.office).map_or("", |office| office.name.as_str());
    let (day, time) = (day_words(start, rules.zone, "en"), time_words(start, rules.zone));
    let who = if details.companions.is_empty() {
        "Nobody comes along".to_owned()
    } else {
        format!("Coming along: {}", details.companions.join(", "))
    };
    format!("Appointment at {name} on {day} at {time}. {who}.")
}

/// A holiday or a closure was declared or taken back: the visit is flagged and the customer told, or the flag goes.
pub(super) fn review(act: &mut Act<'_, '_>) {
    let Some(now) = act.done.after.clone() else { return };
    if now.status != Status::Booked || now.place.start <= act.world.now {
        return;
    }
    match (why_not(&now, &act.world.rules), &now.flagged) {
        (None, None) => {}
        (None, Some(_)) => {
            let told = now.was_told_closed();
            act.emit(&Actor::System, Some("PHONE-APPT-11"), AppointmentFact::FlagCleared);
            // Whoever heard nothing of the closure is not told that it is off.
            if told {
                act.tell(NoticeKind::OfficeOpen);
            }
        }
        (Some(why), Some(before)) if why == *before => {}
        (Some(why), before) => {
            act.emit(&Actor::System, Some("PHONE-APPT-11"), AppointmentFact::Flagged { why });
            if before.is_none() {
                act.tell(NoticeKind::OfficeClosed);
            }
        }
    }
}

/// A late report changes nothing. A text that was given up and goes into the outbox again is pending, as on the first day.
pub(super) fn report_notice(act: &mut Act<'_, '_>, notice: MessageId, delivery: &Delivery) {
    let Some(now) = &act.done.after else { return };
    let failed = |one: &Delivery| matches!(one, Delivery::Failed { .. });
    let news = |one: &Delivery| {
        one.rank() < delivery.rank() || (failed(one) && matches!(delivery, Delivery::Pending))
    };
    if now.notices.iter().any(|one| one.id == notice && news(&one.delivery)) {
        let fact = AppointmentFact::NoticeDelivery { notice, delivery: delivery.clone() };
        act.emit(&Actor::Carrier, None, fact);
    }
}
