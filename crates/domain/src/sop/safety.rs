//! Child Abuse Claims via Text.
//!
//! A victim: first make sure that they are safe (SMS-ABUSE-1), refer to the hotline (SMS-ABUSE-2), tell them that staff
//! will call (SMS-ABUSE-3), call and gather what the report needs (SMS-ABUSE-4), file the report online (SMS-ABUSE-5); then
//! the notice goes to the configured roles by itself (SMS-ABUSE-6, SMS-ABUSE-7). Someone reporting about others is
//! referred to the hotline, nothing more (SMS-ABUSE-8). Nobody interrupts the technician meanwhile.
//! If no call is possible, that is recorded, and the report is still owed (AMB-26).

use crate::interaction::{Interaction, Safety, SafetyKind, SafetyStep};
use crate::refusal::{Instead, Refusal};
use crate::sop::{Duty, DutyKind};

/// A step without what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// SMS-ABUSE-1.
    SafetyChecked,
    /// SMS-ABUSE-2, SMS-ABUSE-8.
    HotlineGiven,
    /// SMS-ABUSE-3.
    CallAnnounced,
    /// SMS-ABUSE-4.
    Called,
    /// SMS-ABUSE-5.
    ReportFiled,
}

impl Step {
    /// Clause of the step.
    #[must_use]
    pub const fn clause(self, kind: SafetyKind) -> &'static str {
        match (self, kind) {
            (Self::SafetyChecked, _) => "SMS-ABUSE-1",
            (Self::HotlineGiven, SafetyKind::Victim) => "SMS-ABUSE-2",
            (Self::HotlineGiven, SafetyKind::Reporting) => "SMS-ABUSE-8",
            (Self::CallAnnounced, _) => "SMS-ABUSE-3",
            (Self::Called, _) => "SMS-ABUSE-4",
            (Self::ReportFiled, _) => "SMS-ABUSE-5",
        }
    }

    /// What to do, as a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SafetyChecked => "Make sure that the person is safe.",
            Self::HotlineGiven => "Refer to the child abuse and neglect hotline.",
            Self::CallAnnounced => "Tell the person that you will call to get more information.",
            Self::Called => "Call and get what the report needs. Leave no voicemail.",
            Self::ReportFiled => "File the report online and write down date, time and reference.",
        }
    }
}

/// The steps of a kind, in order.
#[must_use]
pub const fn steps(kind: SafetyKind) -> &'static [Step] {
    match kind {
        SafetyKind::Victim => {
            &[Step::SafetyChecked, Step::HotlineGiven, Step::CallAnnounced, Step::Called, Step::ReportFiled]
        }
        SafetyKind::Reporting => &[Step::HotlineGiven],
    }
}

/// Which step an entry belongs to.
#[must_use]
pub const fn step_of(step: &SafetyStep) -> Step {
    match step {
        SafetyStep::SafetyChecked { .. } => Step::SafetyChecked,
        SafetyStep::HotlineGiven => Step::HotlineGiven,
        SafetyStep::CallAnnounced => Step::CallAnnounced,
        SafetyStep::Called { .. } => Step::Called,
        SafetyStep::ReportFiled { .. } => Step::ReportFiled,
    }
}

/// Whether the step is done by sending a text.
#[must_use]
pub const fn is_by_text(step: Step) -> bool {
    matches!(step, Step::HotlineGiven | Step::CallAnnounced)
}

/// The first step that is open; none when all are done. To someone who opted out nothing can be texted: those steps fall
/// away, the call and the report stay owed with what is known (AMB-26).
#[must_use]
pub fn next(safety: &Safety) -> Option<Step> {
    steps(safety.kind)
        .iter()
        .copied()
        .filter(|step| !(safety.texting_stopped && is_by_text(*step)))
        .find(|step| !safety.done.iter().any(|(_, done)| step_of(done) == *step))
}

/// Refuses a step out of order: later ones wait for the ones before (SMS-ABUSE-1, SMS-ABUSE-3).
///
/// # Errors
/// A refusal that names the step that comes first.
pub fn guard_step(safety: &Safety, step: Step) -> Result<(), Refusal> {
    match next(safety) {
        Some(first) if first == step => Ok(()),
        Some(first) if first < step => Err(Refusal::clause(
            "step_before",
            first.clause(safety.kind),
            format!("First: {}", first.sentence()),
        )),
        _ => Err(Refusal::plain("step_done", "This step is done already.")),
    }
}

/// Refuses ending or finishing while steps are open (SMS-ABUSE-5).
///
/// # Errors
/// A refusal that names the next step.
pub fn guard_end(i: &Interaction) -> Result<(), Refusal> {
    let Some(safety) = i.safety.as_ref().filter(|safety| safety.completed_at.is_none()) else {
        return Ok(());
    };
    let Some(step) = next(safety) else { return Ok(()) };
    Err(Refusal::clause(
        "safety_open",
        step.clause(safety.kind),
        format!("This contact is not done. {}", step.sentence()),
    )
    .or(Instead::OpenSafety))
}

/// The next step, due at once.
#[must_use]
pub fn duty(i: &Interaction) -> Option<Duty> {
    let safety = i.safety.as_ref().filter(|safety| safety.completed_at.is_none())?;
    let step = next(safety)?;
    let started = safety.done.last().map_or(safety.opened_at, |(at, _)| *at);
    Some(Duty {
        key: "safety".to_owned(),
        kind: DutyKind::Safety,
        title: step.sentence().to_owned(),
        clause: step.clause(safety.kind).to_owned(),
        started,
        due: started,
        script: None,
    })
}
