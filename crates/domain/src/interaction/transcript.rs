//! Which facts stand in the transcript, and in what words.
//!
//! A fact without a line here is still in the log; it only is not worth a reader's time.

use crate::canned::CannedKind;
use crate::event::{Actor, Event, Fact, InteractionFact};
use crate::interaction::{
    CallOutcome, EndReason, Interaction, OfferKind, SafetyAnswer, SafetyKind, SafetyStep,
};
use crate::time::span;
use crate::view::{Entry, What};

/// Whether this fact is a line of the transcript.
#[must_use]
pub fn is_entry(fact: &InteractionFact) -> bool {
    matches!(fact, InteractionFact::MessageReceived { .. } | InteractionFact::MessageSent { .. })
        || act(fact).is_some()
}

/// The line that `event` adds, given the interaction after it; texts of ours come from their flight.
#[must_use]
pub fn entry(after: &Interaction, event: &Event) -> Option<Entry> {
    let Fact::Interaction { fact, .. } = &event.fact else { return None };
    let what = match fact {
        InteractionFact::MessageReceived { message, masked, media, .. } => {
            What::In { message: *message, masked: masked.clone(), media: *media }
        }
        _ => {
            let (sentence, strong) = act(fact)?;
            What::Act { sentence: name(event, sentence), strong }
        }
    };
    Some(Entry {
        interaction: after.id,
        seq: after.entries,
        at: event.at,
        by: event.by.clone(),
        clause: event.clause.clone(),
        what,
    })
}

fn name(event: &Event, sentence: String) -> String {
    match &event.by {
        Actor::Staff { id } => sentence.replace("{by}", &id.0),
        Actor::Customer => sentence.replace("{by}", "The customer"),
        Actor::System | Actor::Carrier => sentence.replace("{by}", "Hearthline"),
    }
}

fn act(fact: &InteractionFact) -> Option<(String, bool)> {
    routing(fact).or_else(|| procedure(fact)).or_else(|| people(fact))
}

fn routing(fact: &InteractionFact) -> Option<(String, bool)> {
    Some(match fact {
        InteractionFact::Queued { queue, .. } => {
            (format!("Back in the queue {queue}, keeping its place."), false)
        }
        InteractionFact::Offered { staff, kind: OfferKind::Transfer { from, supervisor }, .. } => {
            let to = if *supervisor { "supervisor " } else { "" };
            (format!("{from} offers it to {to}{staff}."), false)
        }
        InteractionFact::Accepted { staff, from: Some(from), .. } => {
            (format!("{staff} took it over from {from}."), false)
        }
        InteractionFact::Accepted { staff, .. } => (format!("{staff} accepted it."), false),
        InteractionFact::Declined { staff, .. } => (format!("{staff} declined it."), false),
        InteractionFact::Ignored { staff, .. } => (format!("The offer to {staff} ran out."), true),
        InteractionFact::Withdrawn { staff, reason, .. } => {
            (format!("The offer to {staff} was taken back: {reason}"), false)
        }
        InteractionFact::CustomerOptedOut => {
            ("The customer wants no more texts. Replies are refused from now on.".into(), true)
        }
        InteractionFact::EndedUnanswered { .. } => {
            ("{by} confirmed to end it without an answer to the customer's last words.".into(), true)
        }
        InteractionFact::CustomerOptedIn => ("The customer wants texts again.".into(), false),
        InteractionFact::Ended { reason } => (ended(*reason).into(), false),
        InteractionFact::Finished { code, handle_ms, .. } => {
            (format!("Done with the wrap-up code {code}, after {}.", span(*handle_ms)), false)
        }
        InteractionFact::SentAgain { .. } => ("{by} sent a failed text again.".into(), false),
        _ => return None,
    })
}

const fn ended(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Finished => "{by} ended it.",
        EndReason::NoResponse => "Ended, because the customer did not answer.",
        EndReason::OptedOut => "Ended, because the customer wants no more texts.",
        EndReason::Keyword => "Ended by itself: only a keyword came and nobody was needed.",
        EndReason::Visit => {
            "Ended by itself: the answer about the visit was understood and nobody was needed."
        }
    }
}

fn procedure(fact: &InteractionFact) -> Option<(String, bool)> {
    Some(match fact {
        InteractionFact::CustomerDelayed { .. } => {
            ("Customer delay: no answer for the time of the procedure.".into(), true)
        }
        InteractionFact::DelayRanOut => ("The time after the delay notice ran out.".into(), true),
        InteractionFact::FocusMoved { staff, .. } => {
            (format!("{staff} was led to their other interaction."), false)
        }
        InteractionFact::ResearchStarted => ("{by} is looking something up.".into(), false),
        InteractionFact::ResearchEnded => ("{by} is done looking.".into(), false),
        InteractionFact::CheckInMissed { number } => (format!("Check-in missed ({number})."), true),
        InteractionFact::CaseSpecificMarked { yes: true } => {
            ("{by} marked the question as about the own case.".into(), false)
        }
        InteractionFact::CaseSpecificMarked { yes: false } => {
            ("{by} marked the question as general.".into(), false)
        }
        InteractionFact::SendRefused { found, code } => {
            let what = found.iter().map(|kind| kind.title()).collect::<Vec<_>>().join(", ");
            let what = match code.as_str() {
                _ if !what.is_empty() => what,
                "opted_out" => "the customer wants no more texts".to_owned(),
                other => other.replace('_', " "),
            };
            (format!("A text was refused and not sent: {what}."), true)
        }
        InteractionFact::WaySelected { way, reason, .. } => (way_words(*way, reason.as_deref()), false),
        _ => return None,
    })
}

fn way_words(way: CannedKind, reason: Option<&str>) -> String {
    let way = match way {
        CannedKind::SelfServiceOnline => "an online way",
        CannedKind::SelfServiceMail => "postal mail",
        CannedKind::SelfServiceEmail => "e-mail",
        _ => "the Customer Service Center",
    };
    reason.map_or_else(
        || format!("Sent the customer to {way}."),
        |why| format!("Sent the customer to {way}, because: {why}"),
    )
}

fn people(fact: &InteractionFact) -> Option<(String, bool)> {
    Some(match fact {
        InteractionFact::SupervisorRequested { alerted, .. }
        | InteractionFact::SupervisorAlertWidened { alerted, .. } => {
            let who = alerted.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(", ");
            let who = if who.is_empty() {
                "nobody is there to be alerted".to_owned()
            } else {
                format!("alerted: {who}")
            };
            (format!("The customer asks for a supervisor; {who}."), true)
        }
        InteractionFact::SupervisorRequestUnmet => {
            ("Unmet supervisor request, kept for review.".into(), true)
        }
        InteractionFact::SupervisorRequestMet { staff } => {
            (format!("The supervisor request is met by {staff}."), false)
        }
        InteractionFact::SafetyOpened { kind: SafetyKind::Victim } => {
            ("Child abuse, victim: steps opened.".into(), true)
        }
        InteractionFact::SafetyOpened { kind: SafetyKind::Reporting } => {
            ("Child abuse, reporting about others: steps opened.".into(), true)
        }
        InteractionFact::SafetyStepDone { step, .. } => (step_words(step).into(), false),
        InteractionFact::SafetyCompleted { .. } => ("All steps are done.".into(), false),
        _ => return None,
    })
}

const fn step_words(step: &SafetyStep) -> &'static str {
    match step {
        SafetyStep::SafetyChecked { answer: SafetyAnswer::Safe } => "Safety checked: safe at the moment.",
        SafetyStep::SafetyChecked { answer: SafetyAnswer::InDanger } => "Safety checked: in danger now.",
        SafetyStep::SafetyChecked { answer: SafetyAnswer::Unknown } => "Safety checked: no answer.",
        SafetyStep::HotlineGiven => "Referred to the hotline.",
        SafetyStep::CallAnnounced => "Told that staff will call.",
        SafetyStep::Called { outcome: CallOutcome::Reached } => "Called: spoke with the victim.",
        SafetyStep::Called { outcome: CallOutcome::NotReached } => {
            "Called: nobody answered; no voicemail left."
        }
        SafetyStep::Called { outcome: CallOutcome::NotSafe } => "No call: the victim cannot safely take one.",
        SafetyStep::ReportFiled { .. } => "The mandated report was filed.",
    }
}
