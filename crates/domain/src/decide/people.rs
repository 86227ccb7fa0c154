//! Presence, lines, acknowledgements, and the wish for a supervisor.

use crate::event::{Actor, InteractionFact, StaffFact};
use crate::id::StaffId;
use crate::knowledge::{PROCEDURE_PREFIX, procedure_of};
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::sop::{acknowledgement, supervisor};
use crate::staff::Presence;
use crate::time::seconds;

use super::act::Act;

/// Key of the timer that ends the grace time after a lost line.
pub(super) const LINE: &str = "line";

/// The event names who set it: the person, or a supervisor from the floor, who may only take somebody off the queue.
pub(super) fn set_presence(
    act: &mut Act<'_, '_>,
    staff: &StaffId,
    to: &Presence,
    by: &StaffId,
) -> Result<(), Refusal> {
    let member = act
        .context
        .member(staff)
        .ok_or_else(|| Refusal::plain("unknown_staff", "There is no such account."))?;
    if by != staff {
        let may = act.context.member(by).is_some_and(|one| Permission::FloorAct.allows(&one.roles));
        if !may || *to != Presence::OffQueue {
            return Err(Refusal::plain(
                "own_presence",
                "Only a supervisor or manager sets the presence of somebody else, and only to off queue.",
            ));
        }
    }
    let state = act.done.scene.staff(staff);
    match to {
        Presence::OnQueue => {
            if member.skills.is_empty() {
                return Err(Refusal::clause(
                    "no_skill",
                    "SMS-GEN-3",
                    "You have no skill that a queue asks for. Ask your supervisor.",
                ));
            }
            acknowledgement::guard(&state, act.context)?;
            acknowledgement::guard_memos(&state, act.context)?;
        }
        Presence::NotReady { reason } => {
            if !act.context.pack.presence.reasons.iter().any(|known| &known.id == reason) {
                return Err(Refusal::plain("unknown_reason", "Choose a reason from the list."));
            }
        }
        Presence::OffQueue => {}
        Presence::NotResponding { .. } => {
            return Err(Refusal::plain("set_by_program", "Not responding is set by the program alone."));
        }
    }
    if &state.presence != to {
        let lasted_ms = (act.context.now - state.since).max(0);
        act.staff_fact(
            Actor::staff(by),
            None,
            staff,
            StaffFact::PresenceChanged { to: to.clone(), lasted_ms },
        );
    }
    Ok(())
}

pub(super) fn acknowledge(
    act: &mut Act<'_, '_>,
    staff: &StaffId,
    procedure: &str,
    version: &str,
) -> Result<(), Refusal> {
    if procedure.starts_with(PROCEDURE_PREFIX) {
        return acknowledge_memo(act, staff, procedure, version);
    }
    let current = act.context.sop().map(|sop| sop.version.clone()).unwrap_or_default();
    if procedure != acknowledgement::PROCEDURE || version != current {
        return Err(Refusal::clause(
            "old_version",
            "SMS-GEN-2",
            "The procedure has a newer version. Read that one.",
        ));
    }
    let fact = StaffFact::Acknowledged { procedure: procedure.to_owned(), version: version.to_owned() };
    act.staff_fact(Actor::staff(staff), Some("SMS-GEN-2"), staff, fact);
    Ok(())
}

/// A memo is acknowledged in the edition in force; reading it twice is written once.
fn acknowledge_memo(
    act: &mut Act<'_, '_>,
    staff: &StaffId,
    procedure: &str,
    version: &str,
) -> Result<(), Refusal> {
    let reading = act.context.readings.iter().find(|one| procedure_of(&one.slug) == procedure);
    let Some(reading) = reading else {
        return Err(Refusal::clause(
            "not_asked",
            "IM33-ACK-1",
            "Nobody asks you to acknowledge this memo. Reading it is enough.",
        ));
    };
    if version != reading.number.to_string() {
        return Err(Refusal::clause(
            "old_version",
            "IM33-ACK-1",
            "A newer edition of this memo is in force. Read that one.",
        ));
    }
    if !acknowledgement::has_read(&act.done.scene.staff(staff), reading) {
        let fact = StaffFact::Acknowledged { procedure: procedure.to_owned(), version: version.to_owned() };
        act.staff_fact(Actor::staff(staff), Some("IM33-ACK-1"), staff, fact);
    }
    Ok(())
}

pub(super) fn lose_line(act: &mut Act<'_, '_>, staff: &StaffId) {
    let state = act.done.scene.staff(staff);
    if state.line_lost_at.is_none() && state.presence == Presence::OnQueue {
        act.staff_fact(Actor::System, None, staff, StaffFact::LineLost);
    }
}

pub(super) fn regain_line(act: &mut Act<'_, '_>, staff: &StaffId) {
    if act.done.scene.staff(staff).line_lost_at.is_some() {
        act.staff_fact(Actor::System, None, staff, StaffFact::LineBack);
    }
}

/// The grace time after a lost line is over: not responding, and offers move on (presence settings).
pub(super) fn timer(act: &mut Act<'_, '_>, staff: &StaffId, key: &str) {
    let state = act.done.scene.staff(staff);
    let Some(lost) = state.line_lost_at else { return };
    let grace = seconds(act.context.pack.presence.not_responding_grace_seconds);
    if key == LINE && act.context.now >= lost + grace && state.presence == Presence::OnQueue {
        let to = Presence::NotResponding { reason: "line_lost".to_owned() };
        act.staff_fact(
            Actor::System,
            None,
            staff,
            StaffFact::PresenceChanged { to, lasted_ms: act.context.now - state.since },
        );
    }
}

/// The wish for a supervisor goes out by the office's procedure (SMS-SUPV-1). It never becomes a callback (SMS-SUPV-3).
pub(super) fn request_supervisor(act: &mut Act<'_, '_>, staff: &StaffId) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    if i.supervisor.as_ref().is_some_and(|request| request.met_at.is_none()) {
        return Err(Refusal::clause("requested", "SMS-SUPV-1", "The supervisors are alerted already."));
    }
    let (step, alerted) = supervisor::alerted(staff, 0, &[], act.context).unwrap_or_default();
    let fact = InteractionFact::SupervisorRequested { alerted, step };
    act.interaction_fact(Actor::staff(staff), Some("SMS-SUPV-1"), i.id, fact);
    Ok(())
}

/// Nobody took it in time: the procedure's next people are alerted (AMB-21, AMB-22).
pub(super) fn widen(act: &mut Act<'_, '_>) {
    let Some(i) = act.current().cloned() else { return };
    let Some(request) = i.supervisor.as_ref().filter(|request| request.met_at.is_none()) else { return };
    let Some(owner) = &i.owner else { return };
    if let Some((step, alerted)) = supervisor::alerted(owner, request.step + 1, &request.alerted, act.context)
    {
        let fact = InteractionFact::SupervisorAlertWidened { alerted, step };
        act.interaction_fact(Actor::System, Some("SMS-SUPV-1"), i.id, fact);
    }
}
