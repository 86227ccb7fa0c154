//! Supervisor Requests: the wish is passed on by the office's own procedure (SMS-SUPV-1), the contact goes to a supervisor
//! who is present (SMS-SUPV-2), and nobody promises a call back (SMS-SUPV-3).
//!
//! There is no supervisor callback in this program: no command makes one. When nobody takes the contact, the procedure's
//! next people are alerted, then coordinator and manager, and an unmet wish is kept for review (AMB-22).

use crate::context::{Context, Member};
use crate::customer::Customer;
use crate::disclosure::promises_supervisor_callback;
use crate::id::StaffId;
use crate::interaction::Interaction;
use crate::pack::SupervisorStep;
use crate::permission::Role;
use crate::refusal::{Instead, Refusal};
use crate::sop::{Duty, DutyKind, Outgoing, case_facts};
use crate::staff::Presence;
use crate::time::{Millis, seconds};

/// Key of the timer that widens the alert.
pub const KEY: &str = "supervisor";

/// Refuses the promise of a supervisor's call back (SMS-SUPV-3), whether or not a request is open.
///
/// # Errors
/// A refusal that offers the transfer.
pub fn guard(
    i: &Interaction,
    _: &Customer,
    outgoing: &Outgoing<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if !promises_supervisor_callback(&outgoing.reply.text) {
        return Ok(());
    }
    Err(Refusal::clause(
        "supervisor_callback",
        "SMS-SUPV-3",
        "Not sent: do not tell the customer that a supervisor will call back. Transfer the text to a supervisor who is present.",
    )
    .or(Instead::TransferToSupervisor)
    .recording(case_facts::refused(i, "supervisor_callback", Some("SMS-SUPV-3"), Vec::new(), context)))
}

/// Steps of the procedure of the owner's office, with coordinator and manager behind them (AMB-21, AMB-22).
fn steps(owner: &Member, context: &Context<'_>) -> (Vec<SupervisorStep>, Millis) {
    let procedure = context.pack.agency.office(&owner.office).map(|office| &office.supervisor);
    let mut steps = procedure
        .map(|p| p.alert.clone())
        .unwrap_or_else(|| vec![SupervisorStep::ImmediateSupervisor, SupervisorStep::AvailableSupervisors]);
    for last in [SupervisorStep::Coordinator, SupervisorStep::Manager] {
        if !steps.contains(&last) {
            steps.push(last);
        }
    }
    (steps, seconds(procedure.map_or(30, |p| p.accept_seconds)))
}

/// Whom a step alerts.
fn people(step: SupervisorStep, owner: &Member, context: &Context<'_>) -> Vec<StaffId> {
    let present = |m: &&Member| matches!(m.presence, Presence::OnQueue | Presence::NotReady { .. });
    match step {
        SupervisorStep::ImmediateSupervisor => owner.supervisor.iter().cloned().collect(),
        SupervisorStep::AvailableSupervisors => context
            .floor
            .iter()
            .filter(|m| m.is(Role::Supervisor) && m.id != owner.id)
            .filter(present)
            .map(|m| m.id.clone())
            .collect(),
        SupervisorStep::Coordinator => with_role(Role::Coordinator, context),
        SupervisorStep::Manager => with_role(Role::Manager, context),
    }
}

fn with_role(role: Role, context: &Context<'_>) -> Vec<StaffId> {
    context.floor.iter().filter(|m| m.is(role)).map(|m| m.id.clone()).collect()
}

/// Whom to alert from step `from` on: the first step that names somebody not alerted before. The immediate supervisor and
/// the available supervisors are alerted together at the start, so that two configured supervisors both see it (SMS-SUPV-1).
#[must_use]
pub fn alerted(
    owner: &StaffId,
    from: u32,
    before: &[StaffId],
    context: &Context<'_>,
) -> Option<(u32, Vec<StaffId>)> {
    let owner = context.member(owner)?;
    let (steps, _) = steps(owner, context);
    let mut step = from;
    loop {
        let kind = *steps.get(usize::try_from(step).ok()?)?;
        let mut who = people(kind, owner, context);
        if kind == SupervisorStep::ImmediateSupervisor
            && let Some(SupervisorStep::AvailableSupervisors) = steps.get(usize::try_from(step + 1).ok()?)
        {
            who.extend(people(SupervisorStep::AvailableSupervisors, owner, context));
            step += 1;
        }
        who.sort();
        who.dedup();
        who.retain(|id| !before.contains(id) && id != &owner.id);
        if !who.is_empty() {
            return Some((step, who));
        }
        step += 1;
    }
}

/// Until when the present step has to be taken up.
fn due(i: &Interaction, context: &Context<'_>) -> Option<(Millis, Millis)> {
    let request = i.supervisor.as_ref().filter(|request| request.met_at.is_none())?;
    let owner = context.member(i.owner.as_ref()?)?;
    let (_, accept) = steps(owner, context);
    Some((request.step_at, request.step_at + accept))
}

/// The open wish as a duty: hand the contact over.
#[must_use]
pub fn duty(i: &Interaction, context: &Context<'_>) -> Option<Duty> {
    let (started, due) = due(i, context)?;
    Some(Duty {
        key: KEY.to_owned(),
        kind: DutyKind::Supervisor,
        title: "Transfer to a supervisor".to_owned(),
        clause: "SMS-SUPV-2".to_owned(),
        started,
        due,
        script: None,
    })
}

/// The live timer: it widens the alert while there is somebody left to alert.
#[must_use]
pub fn timer(i: &Interaction, context: &Context<'_>) -> Option<(String, Millis)> {
    let (_, due) = due(i, context)?;
    let request = i.supervisor.as_ref()?;
    alerted(i.owner.as_ref()?, request.step + 1, &request.alerted, context)?;
    Some((KEY.to_owned(), due))
}
