//! Offers, acceptance, transfer: an interaction and the people it touches change in one commit.

use crate::command::Target;
use crate::context::Context;
use crate::event::{Actor, InteractionFact, StaffFact};
use crate::id::{OfferId, StaffId};
use crate::interaction::{Interaction, Offer, OfferKind, Phase};
use crate::permission::Role;
use crate::refusal::{Instead, Refusal};
use crate::staff::Presence;
use crate::time::seconds;

use super::act::{Act, free, withdraw};

/// Seconds during which a second supervisor does not take what another has just taken; two hands reach for it at once.
const JUST_TAKEN_SECONDS: u32 = 15;
/// Seconds to accept where the queue says nothing.
const OFFER_SECONDS: u32 = 20;

fn offer_until(i: &Interaction, context: &Context<'_>) -> i64 {
    context.now + seconds(context.queue(&i.queue).map_or(OFFER_SECONDS, |queue| queue.offer_timeout_seconds))
}

/// Whether this person has room and may be rung now.
fn guard_free(act: &Act<'_, '_>, staff: &StaffId) -> Result<(), Refusal> {
    let state = act.done.scene.staff(staff);
    let member = act
        .context
        .member(staff)
        .ok_or_else(|| Refusal::plain("unknown_staff", "There is no such account."))?;
    if state.presence != Presence::OnQueue {
        return Err(Refusal::plain("not_present", format!("{} is not on queue.", member.name)));
    }
    if !state.in_safety.is_empty() {
        return Err(Refusal::clause(
            "in_safety",
            "SMS-ABUSE-1",
            format!("{} is in a child-abuse contact and is not interrupted.", member.name),
        ));
    }
    if state.load() >= member.sms_capacity {
        return Err(Refusal::clause(
            "no_capacity",
            "SMS-DELAY-7",
            format!("{} has no free place.", member.name),
        ));
    }
    Ok(())
}

pub(super) fn offer(act: &mut Act<'_, '_>, staff: &StaffId) -> Result<(), Refusal> {
    let i = act.interaction()?;
    if i.phase != Phase::Waiting || i.offer.is_some() {
        return Err(Refusal::plain("not_waiting", "This interaction does not wait any more."));
    }
    guard_free(act, staff)?;
    make(act, &i, staff, OfferKind::Queue, Actor::System, "SMS-DELAY-7");
    Ok(())
}

fn make(act: &mut Act<'_, '_>, i: &Interaction, staff: &StaffId, kind: OfferKind, by: Actor, clause: &str) {
    let offer = act.context.offer_id();
    let until = offer_until(i, act.context);
    let fact = InteractionFact::Offered { offer, staff: staff.clone(), until, kind };
    act.interaction_fact(by, Some(clause), i.id, fact);
    act.staff_fact(
        Actor::System,
        Some("SMS-DELAY-7"),
        staff,
        StaffFact::CapacityReserved { interaction: i.id, offer },
    );
}

fn running(act: &Act<'_, '_>, offer: OfferId, staff: &StaffId) -> Result<(Interaction, Offer), Refusal> {
    let i = act.interaction()?;
    match i.offer.clone() {
        Some(current) if current.id == offer && &current.staff == staff => Ok((i, current)),
        _ => Err(Refusal::plain("offer_gone", "This offer is no longer yours; it has moved on.")),
    }
}

pub(super) fn accept(act: &mut Act<'_, '_>, offer: OfferId, staff: &StaffId) -> Result<(), Refusal> {
    let (i, offer) = running(act, offer, staff)?;
    if act.context.now > offer.until {
        return Err(Refusal::plain("offer_gone", "The time of this offer has run out; it moves on."));
    }
    take(act, &i, offer.id, staff, &offer.kind);
    Ok(())
}

fn take(act: &mut Act<'_, '_>, i: &Interaction, offer: OfferId, staff: &StaffId, kind: &OfferKind) {
    let from = i.owner.clone();
    let fact = InteractionFact::Accepted { offer, staff: staff.clone(), from: from.clone() };
    act.interaction_fact(Actor::staff(staff), None, i.id, fact);
    act.staff_fact(Actor::staff(staff), None, staff, StaffFact::CapacityTaken { interaction: i.id });
    if let Some(from) = from.filter(|from| from != staff) {
        free(act, &from, i.id);
    }
    if i.in_safety() {
        act.staff_fact(
            Actor::System,
            Some("SMS-ABUSE-1"),
            staff,
            StaffFact::SafetyHeld { interaction: i.id },
        );
    }
    let supervisor = act.context.member(staff).is_some_and(|member| member.is(Role::Supervisor));
    let open_request = i.supervisor.as_ref().is_some_and(|request| request.met_at.is_none());
    if open_request && (supervisor || matches!(kind, OfferKind::Transfer { supervisor: true, .. })) {
        let fact = InteractionFact::SupervisorRequestMet { staff: staff.clone() };
        act.interaction_fact(Actor::staff(staff), Some("SMS-SUPV-2"), i.id, fact);
    }
}

pub(super) fn decline(act: &mut Act<'_, '_>, offer: OfferId, staff: &StaffId) -> Result<(), Refusal> {
    let (i, offer) = running(act, offer, staff)?;
    act.interaction_fact(
        Actor::staff(staff),
        None,
        i.id,
        InteractionFact::Declined { offer: offer.id, staff: staff.clone() },
    );
    act.staff_fact(Actor::staff(staff), None, staff, StaffFact::OfferDeclined { offer: offer.id });
    act.staff_fact(Actor::staff(staff), None, staff, StaffFact::CapacityReleased { interaction: i.id });
    Ok(())
}

/// The offer ran out: it moves on, and two in a row take the person off the queue (presence settings).
pub(super) fn ignore(act: &mut Act<'_, '_>) {
    let Some(i) = act.current().cloned() else { return };
    let Some(offer) = i.offer.clone().filter(|offer| offer.until <= act.context.now) else { return };
    let staff = offer.staff.clone();
    act.interaction_fact(
        Actor::System,
        None,
        i.id,
        InteractionFact::Ignored { offer: offer.id, staff: staff.clone() },
    );
    act.staff_fact(Actor::System, None, &staff, StaffFact::CapacityReleased { interaction: i.id });
    act.staff_fact(Actor::System, None, &staff, StaffFact::OfferIgnored { offer: offer.id });
    let state = act.done.scene.staff(&staff);
    if state.presence == Presence::OnQueue
        && state.ignored_in_row >= act.context.pack.presence.ignored_offers_max
    {
        let to = Presence::NotResponding { reason: "offers_ignored".to_owned() };
        let lasted_ms = act.context.now - state.since;
        act.staff_fact(Actor::System, None, &staff, StaffFact::PresenceChanged { to, lasted_ms });
    }
}

/// Hands over: to a queue at once, to a person as an offer that they accept; until then the owner keeps it.
pub(super) fn transfer(act: &mut Act<'_, '_>, staff: &StaffId, target: &Target) -> Result<(), Refusal> {
    let i = act.interaction()?;
    let from_floor = act.context.member(staff).is_some_and(|m| m.is(Role::Supervisor) || m.is(Role::Manager));
    match i.phase {
        Phase::Active if i.is_with(staff) || from_floor => {}
        Phase::Waiting if from_floor => {}
        Phase::Active => {
            return Err(Refusal::plain(
                "not_yours",
                "Only the person who has it, or a supervisor, can hand it over.",
            ));
        }
        Phase::Waiting => {
            return Err(Refusal::plain("not_accepted", "Accept the interaction before you hand it over."));
        }
        Phase::WrapUp | Phase::Done => {
            return Err(Refusal::plain(
                "ended",
                "This interaction has ended; it can no longer be handed over.",
            ));
        }
    }
    if i.in_safety() {
        return Err(Refusal::clause(
            "in_safety",
            "SMS-ABUSE-4",
            "A child-abuse contact stays with the person who opened the steps until they are done.",
        ));
    }
    match target {
        Target::Queue { id } => to_queue(act, &i, staff, id),
        Target::Staff { id } => to_person(act, &i, staff, id),
    }
}

fn to_queue(act: &mut Act<'_, '_>, i: &Interaction, staff: &StaffId, queue: &str) -> Result<(), Refusal> {
    let found = act.context.queue(queue).filter(|q| q.channel == i.channel);
    if found.is_none() {
        return Err(Refusal::plain("unknown_queue", "There is no such queue for this channel."));
    }
    if i.supervisor.as_ref().is_some_and(|request| request.met_at.is_none()) {
        return Err(Refusal::clause(
            "supervisor_first",
            "SMS-SUPV-2",
            "A supervisor is asked for: transfer to one who is present.",
        )
        .or(Instead::TransferToSupervisor));
    }
    withdraw(act, "it was handed to another queue.");
    let fact = InteractionFact::Queued { queue: queue.to_owned(), waiting_since: i.opened_at };
    act.interaction_fact(Actor::staff(staff), None, i.id, fact);
    if let Some(owner) = i.owner.clone() {
        free(act, &owner, i.id);
    }
    Ok(())
}

fn to_person(act: &mut Act<'_, '_>, i: &Interaction, staff: &StaffId, to: &StaffId) -> Result<(), Refusal> {
    if i.is_with(to) {
        return Err(Refusal::plain("has_it", "They have it already."));
    }
    let request = i.supervisor.as_ref().is_some_and(|request| request.met_at.is_none());
    let member =
        act.context.member(to).ok_or_else(|| Refusal::plain("unknown_staff", "There is no such account."))?;
    let supervisor = member.is(Role::Supervisor);
    if request && !supervisor {
        return Err(Refusal::clause(
            "supervisor_first",
            "SMS-SUPV-2",
            "The customer asks for a supervisor: transfer to one who is present.",
        )
        .or(Instead::TransferToSupervisor));
    }
    if let Err(refusal) = guard_free(act, to) {
        return Err(if supervisor { Refusal { clause: Some("SMS-SUPV-2"), ..refusal } } else { refusal });
    }
    withdraw(act, "it was handed to somebody else.");
    let from = i.owner.clone().unwrap_or_else(|| staff.clone());
    let clause = if request { "SMS-SUPV-2" } else { "SMS-DELAY-7" };
    make(act, i, to, OfferKind::Transfer { from, supervisor }, Actor::staff(staff), clause);
    Ok(())
}

/// A supervisor takes it at once, from a request, from the queue or from the floor (SMS-SUPV-2).
pub(super) fn take_over(act: &mut Act<'_, '_>, staff: &StaffId) -> Result<(), Refusal> {
    let i = act.interaction()?;
    if !act.context.member(staff).is_some_and(|member| member.is(Role::Supervisor)) {
        return Err(Refusal::clause(
            "supervisors_only",
            "SMS-SUPV-2",
            "Only a supervisor can take an interaction over.",
        ));
    }
    if !i.is_open() {
        return Err(Refusal::plain("ended", "This interaction has ended; there is nothing to take over."));
    }
    if i.is_with(staff) {
        return Err(Refusal::plain("has_it", "You have it already."));
    }
    if i.in_safety() {
        return Err(Refusal::clause(
            "in_safety",
            "SMS-ABUSE-4",
            "A child-abuse contact stays with the person who opened the steps until they are done.",
        ));
    }
    let just_met = i.supervisor.as_ref().and_then(|request| request.met_at);
    if just_met.is_some_and(|at| act.context.now - at < seconds(JUST_TAKEN_SECONDS)) {
        let who = i.owner.as_ref().map_or("somebody", |owner| owner.0.as_str());
        return Err(Refusal::clause("just_taken", "SMS-SUPV-2", format!("{who} has just taken it.")));
    }
    let mine = i.offer.as_ref().is_some_and(|offer| &offer.staff == staff);
    if !mine {
        guard_free(act, staff)?;
        withdraw(act, "a supervisor took it over.");
    }
    let offer = i.offer.as_ref().filter(|_| mine).map_or_else(|| act.context.offer_id(), |offer| offer.id);
    let from = i.owner.clone().unwrap_or_else(|| staff.clone());
    take(act, &i, offer, staff, &OfferKind::Transfer { from, supervisor: true });
    Ok(())
}
