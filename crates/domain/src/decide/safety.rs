//! The steps of a child-abuse contact; their order stands in [`crate::sop::safety`].

use crate::command::Body;
use crate::event::{Actor, InteractionFact, StaffFact};
use crate::id::StaffId;
use crate::interaction::{Interaction, SafetyKind, SafetyStep};
use crate::refusal::Refusal;
use crate::sop::safety::{Step, guard_step, next, step_of};

use super::act::{Act, withdraw};

/// Longest note of a step, in characters.
const NOTE_CHARACTERS_MAX: usize = 20_000;
/// Longest reference of the online report, in characters.
const REFERENCE_CHARACTERS_MAX: usize = 200;

pub(super) fn open(act: &mut Act<'_, '_>, staff: &StaffId, kind: SafetyKind) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    if i.safety.as_ref().is_some_and(|safety| {
        safety.completed_at.is_none() && (safety.kind == kind || !safety.done.is_empty())
    }) {
        return Err(Refusal::plain("safety_open", "The steps are open already."));
    }
    let clause = match kind {
        SafetyKind::Victim => "SMS-ABUSE-1",
        SafetyKind::Reporting => "SMS-ABUSE-8",
    };
    // It stays with the person who opened the steps, so a hand-over under way is called off.
    withdraw(act, "a child-abuse contact began.");
    act.interaction_fact(Actor::staff(staff), Some(clause), i.id, InteractionFact::SafetyOpened { kind });
    act.staff_fact(Actor::System, Some(clause), staff, StaffFact::SafetyHeld { interaction: i.id });
    settle(act);
    Ok(())
}

pub(super) fn step(
    act: &mut Act<'_, '_>,
    staff: &StaffId,
    step: &SafetyStep,
    note: Option<&str>,
) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    let Some(safety) = i.safety.as_ref().filter(|safety| safety.completed_at.is_none()) else {
        return Err(Refusal::plain("safety_closed", "Open the steps for a child-abuse contact first."));
    };
    guard_step(safety, step_of(step))?;
    if note.is_some_and(|text| text.chars().count() > NOTE_CHARACTERS_MAX) {
        return Err(Refusal::plain(
            "too_long",
            format!("At most {NOTE_CHARACTERS_MAX} characters fit into the worksheet."),
        ));
    }
    match step {
        SafetyStep::HotlineGiven => {
            let clause = Step::HotlineGiven.clause(safety.kind);
            return Err(Refusal::clause(
                "send_hotline",
                clause,
                "This step is done by the text itself: send the hotline's number.",
            ));
        }
        SafetyStep::CallAnnounced => {
            return Err(Refusal::clause(
                "send_call_notice",
                "SMS-ABUSE-3",
                "This step is done by the text itself: send the notice of the call.",
            ));
        }
        SafetyStep::ReportFiled { filed_at, reference } => {
            let length = reference.trim().chars().count();
            if length == 0 || length > REFERENCE_CHARACTERS_MAX {
                return Err(Refusal::clause(
                    "reference",
                    "SMS-ABUSE-5",
                    "Write down the reference that the online report gave you.",
                ));
            }
            if *filed_at > act.context.now || *filed_at < safety.opened_at - 24 * 3_600_000 {
                return Err(Refusal::clause(
                    "filed_at",
                    "SMS-ABUSE-5",
                    "Give the date and time at which the report was filed; it cannot lie ahead.",
                ));
            }
        }
        SafetyStep::SafetyChecked { .. } | SafetyStep::Called { .. } => {}
    }
    done(act, &i, staff, step.clone(), note);
    Ok(())
}

/// Records a step, and completes the contact after the last one.
pub(super) fn done(
    act: &mut Act<'_, '_>,
    i: &Interaction,
    staff: &StaffId,
    step: SafetyStep,
    note: Option<&str>,
) {
    let Some(kind) = i.safety.as_ref().map(|safety| safety.kind) else { return };
    let key = note.map(str::trim).filter(|text| !text.is_empty()).map(|text| {
        let key = act.context.message_id();
        act.done.bodies.push(Body { key, text: text.to_owned() });
        key
    });
    let clause = step_of(&step).clause(kind);
    act.interaction_fact(
        Actor::staff(staff),
        Some(clause),
        i.id,
        InteractionFact::SafetyStepDone { step, note: key },
    );
    settle(act);
}

/// Completes the contact once no step is open: after the last one, or when the customer opted out and nothing but texts
/// was left to do.
pub(super) fn settle(act: &mut Act<'_, '_>) {
    let Some(i) = act.current().cloned() else { return };
    let Some(safety) = i.safety.as_ref().filter(|safety| safety.completed_at.is_none()) else { return };
    if next(safety).is_some() {
        return;
    }
    let recipients = match safety.kind {
        SafetyKind::Victim => act.context.pack.agency.notices.child_abuse.sms.clone(),
        SafetyKind::Reporting => Vec::new(),
    };
    let clause = if safety.kind == SafetyKind::Victim { "SMS-ABUSE-6" } else { "SMS-ABUSE-8" };
    let notice = act.context.message_id();
    let fact = InteractionFact::SafetyCompleted { notice, recipients };
    act.interaction_fact(Actor::System, Some(clause), i.id, fact);
    let Some(owner) = &i.owner else { return };
    if act.done.scene.staff(owner).in_safety.contains(&i.id) {
        act.staff_fact(Actor::System, Some(clause), owner, StaffFact::SafetyReleased { interaction: i.id });
    }
}
