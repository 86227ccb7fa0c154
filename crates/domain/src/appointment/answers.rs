//! What a customer texts about a visit, carried out: the digits of our texts, plain sentences, the day that they wish for,
//! the choice among several visits, and a cancellation taken back.
//!
//! What is not understood, or comes too late, is for a person; it is never refused. No answer is given over and over: two
//! machines must not write to each other for ever.

use super::calendar::day_of;
use super::decide::{Act, cancel, confirm};
use super::fact::{AppointmentFact, Channel, Place, Wanted};
use super::notice::{Given, NoticeKind, choices};
use super::refused::Refused;
use super::reply::{Understood, understand};
use super::slots::SlotRefusal;
use super::state::{Appointment, Notice, Status};
use super::task;
use super::wish::{self, Said, WishedTime};
use super::wish_fault::{WishFault, fault_of};
use crate::event::Actor;
use crate::id::AppointmentId;

/// Answers to changed wishes for one time and place.
const WISHES_TOLD_MAX: usize = 5;
/// Answers to a wish that is known already, for one time and place.
const KNOWN_TOLD_MAX: usize = 2;
/// Questions which visit is meant, from one visit.
const QUESTIONS_MAX: usize = 3;
/// Visits that a customer may choose from; one letter each.
pub(super) const CHOICES_MAX: usize = 8;

/// What is to be done with a visit, where the words say so.
#[must_use]
pub const fn wanted(understood: Understood) -> Option<Wanted> {
    match understood {
        Understood::Confirm => Some(Wanted::Confirm),
        Understood::Move { said } => Some(Wanted::Move { said }),
        Understood::CannotCome => Some(Wanted::CannotCome),
        Understood::Cancel => Some(Wanted::Cancel),
        Understood::Keyword(_) | Understood::Person => None,
    }
}

/// A text about this visit.
pub(super) fn reply(act: &mut Act<'_, '_>, text: &str) -> Result<(), Refused> {
    let Ok(now) = act.ahead() else {
        act.done.needs_person = true;
        return Ok(());
    };
    let understood = match understand(text) {
        // Asked for another time, they answer with a day alone.
        Understood::Person if now.wants_another_time && wish::is_bare(text) => {
            Understood::Move { said: wish::said(text) }
        }
        understood => understood,
    };
    if understood == Understood::Person {
        act.done.needs_person = true;
    }
    match wanted(understood) {
        Some(wanted) => carry_out(act, wanted),
        None => Ok(()),
    }
}

/// Does what the customer wants with this visit.
pub(super) fn carry_out(act: &mut Act<'_, '_>, wanted: Wanted) -> Result<(), Refused> {
    let Ok(now) = act.ahead() else {
        act.done.needs_person = true;
        return Ok(());
    };
    match wanted {
        Wanted::Confirm if now.flagged.is_some() => {
            let told = now.notices.iter().rev().take(2).all(|one| one.kind == NoticeKind::OfficeClosed)
                && now.notices.len() > 1;
            if !told {
                act.tell(NoticeKind::OfficeClosed);
            }
            act.done.needs_person = true;
        }
        Wanted::Confirm => confirm(act, Channel::Sms, &Actor::Customer)?,
        Wanted::Cancel => cancel(act, Channel::Sms, &Actor::Customer, None)?,
        Wanted::Move { said } => another_time(act, said)?,
        Wanted::CannotCome => {
            let said = now.notices.last().is_some_and(|last| last.kind == NoticeKind::CannotCome);
            if !now.wants_another_time {
                act.emit(&Actor::Customer, Some("SMS-APPT-4"), AppointmentFact::AnotherTimeWished);
            }
            if !said {
                act.tell(NoticeKind::CannotCome);
            }
            act.done.needs_person = true;
        }
    }
    Ok(())
}

fn another_time(act: &mut Act<'_, '_>, said: Said) -> Result<(), Refused> {
    let now = act.ahead()?;
    act.done.needs_person = true;
    let told = |kinds: &[NoticeKind]| {
        let counts = |one: &&Notice| kinds.contains(&one.kind) && one.at >= now.placed_at;
        now.notices.iter().filter(counts).count()
    };
    let answered = told(&[NoticeKind::WishNoted, NoticeKind::WishRefused]) < WISHES_TOLD_MAX;
    let wish = match wish_of(act, &now, said) {
        Ok(wish) => wish,
        Err(fault) => {
            act.emit(&Actor::Customer, Some("SMS-APPT-4"), AppointmentFact::AnotherTimeWished);
            let why = fault.sentence(&now, act.world.now, &act.world.rules, &now.language);
            if answered {
                act.tell_given(NoticeKind::WishRefused, Given { why: &why, ..Given::default() });
            }
            return Ok(());
        }
    };
    let known = now.wants_another_time && (wish.is_none() || wish == now.wish);
    if known && (now.was_told(NoticeKind::AnotherTime) || now.was_told(NoticeKind::WishNoted)) {
        if told(&[NoticeKind::WishKnown]) < KNOWN_TOLD_MAX {
            act.tell(NoticeKind::WishKnown);
        }
        return Ok(());
    }
    match wish {
        Some(wish) => {
            act.emit(&Actor::Customer, Some("SMS-APPT-4"), AppointmentFact::DayWished { wish });
            if answered {
                act.tell(NoticeKind::WishNoted);
            }
        }
        None => {
            act.emit(&Actor::Customer, Some("SMS-APPT-4"), AppointmentFact::AnotherTimeWished);
            act.tell(NoticeKind::AnotherTime);
        }
    }
    Ok(())
}

/// The wish on the calendar, if a day or an hour was named that is not the visit's own; or why it cannot be.
fn wish_of(act: &Act<'_, '_>, now: &Appointment, said: Said) -> Result<Option<WishedTime>, WishFault> {
    let zone = act.world.rules.zone;
    let (today, own) = (day_of(act.world.now, zone), day_of(now.place.start, zone));
    if let Some(odd) = said.odd {
        return Err(WishFault::Odd(odd));
    }
    let Some(wish) = said.on(today, own, now.wish) else { return Ok(None) };
    match fault_of(&wish, now, act.world.now, &act.world.rules) {
        Some(fault) => Err(fault),
        None => Ok(Some(wish)),
    }
}

/// What the customer says of the visit to a staff member: it stands on the visit for them, and nothing is answered.
pub(super) fn note(act: &mut Act<'_, '_>, wanted: Wanted) {
    act.done.needs_person = true;
    let Ok(now) = act.ahead() else { return };
    let fact = match wanted {
        Wanted::Move { said } => match wish_of(act, &now, said) {
            Ok(Some(wish)) if now.wish != Some(wish) => Some(AppointmentFact::DayWished { wish }),
            Ok(Some(_)) => None,
            Ok(None) | Err(_) => (!now.wants_another_time).then_some(AppointmentFact::AnotherTimeWished),
        },
        Wanted::CannotCome => (!now.wants_another_time).then_some(AppointmentFact::AnotherTimeWished),
        Wanted::Confirm | Wanted::Cancel => None,
    };
    if let Some(fact) = fact {
        act.emit(&Actor::Customer, Some("SMS-APPT-4"), fact);
    }
}

/// The customer wanted a cancelled visit back and cannot have it: they hear why, and a person has it (PHONE-APPT-12).
pub(super) fn not_set_again(act: &mut Act<'_, '_>, why: &SlotRefusal) -> Result<(), Refused> {
    let now = act.appointment()?;
    act.done.needs_person = true;
    if now.status == Status::Cancelled {
        let rules = &act.world.rules;
        let sentence = why.sentence(&now.place.office, now.place.start, rules, &now.language);
        act.tell_given(NoticeKind::NotSetAgain, Given { why: &sentence, ..Given::default() });
    }
    Ok(())
}

/// Asks which of several visits is meant, in a text of this one. Where no text can go, or too many were asked, a person
/// has it.
pub(super) fn ask_which(
    act: &mut Act<'_, '_>,
    wanted: Wanted,
    language: Option<&str>,
    visits: &[(AppointmentId, Place)],
) -> Result<(), Refused> {
    let now = act.appointment()?;
    let asked = now.notices.iter().filter(|one| one.kind == NoticeKind::WhichVisit).count();
    let can = now.texts && now.phone.is_some() && !act.world.opted_out;
    if !can || asked >= QUESTIONS_MAX || visits.len() > CHOICES_MAX {
        act.done.needs_person = true;
        return Ok(());
    }
    // What was said of a day is kept as that day: the answer may come tomorrow.
    let today = day_of(act.world.now, act.world.rules.zone);
    let wanted = match wanted {
        Wanted::Move { said } => Wanted::Move { said: said.fixed(today) },
        other => other,
    };
    let of = visits.iter().map(|(id, _)| *id).collect();
    act.emit(&Actor::Customer, Some("SMS-APPT-4"), AppointmentFact::WhichAsked { visits: of, wanted });
    let places: Vec<Place> = visits.iter().map(|(_, place)| place.clone()).collect();
    let choices = choices(&places, act.world.now, &act.world.rules, language.unwrap_or(&now.language));
    act.tell_given(NoticeKind::WhichVisit, Given { visits: &choices, language, ..Given::default() });
    Ok(())
}

/// The question is answered, or something else was said first.
pub(super) fn close_question(act: &mut Act<'_, '_>, chosen: Option<AppointmentId>) -> Result<(), Refused> {
    let Some(asked) = act.appointment()?.asked else { return Ok(()) };
    match chosen {
        Some(_) => act.emit(&Actor::Customer, None, AppointmentFact::WhichAnswered { chosen }),
        None if asked.set_aside_at.is_none() => {
            act.emit(&Actor::Customer, None, AppointmentFact::WhichSetAside);
        }
        None => {}
    }
    Ok(())
}

/// Takes a cancellation back while the seat is free. The time was given when it was asked for, so the rule for late
/// requests does not stand in the way again.
pub(super) fn restore(act: &mut Act<'_, '_>, channel: Channel, by: &Actor) -> Result<(), Refused> {
    let now = act.appointment()?;
    if now.status == Status::Booked {
        return Ok(());
    }
    if now.status != Status::Cancelled {
        return Err(Refused::plain("not_cancelled", None, "This visit is not cancelled."));
    }
    let rules = act.world.rules;
    let (office, start) = (&now.place.office, now.place.start);
    let refused = |why: SlotRefusal| {
        let sentence = why.sentence(office, start, &rules, "en");
        Refused { slot: Some(why.clone()), ..Refused::plain(why.code(), Some(why.clause()), sentence) }
    };
    if start <= act.world.now {
        return Err(refused(SlotRefusal::Past));
    }
    if act.world.open_of_number >= rules.book.rules.open_per_number_max {
        let sentence = "This phone number has other visits ahead of it by now; move or cancel one first.";
        return Err(Refused::plain("too_many_open", None, sentence));
    }
    rules.still_open(office, &now.visit_type, start).map_err(refused)?;
    let known = rules.office(office).ok_or_else(|| refused(SlotRefusal::UnknownOffice))?;
    let seat = act.world.taken.free_seat(known, start, rules.zone);
    let claims = seat.ok_or_else(|| refused(SlotRefusal::Taken))?;
    let claims = claims.iter().map(super::claims::Claim::name).collect();
    let place = Place { claims, ..now.place.clone() };
    act.emit(by, Some("SMS-APPT-5"), AppointmentFact::Restored { channel, place });
    task::change(act);
    act.emit(by, Some("SMS-APPT-2"), AppointmentFact::Confirmed { channel });
    act.tell(NoticeKind::Confirmed);
    Ok(())
}
