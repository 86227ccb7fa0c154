//! Due timers. Each one looks at the state first: a late, early or repeated firing changes nothing.

use crate::canned::CannedKind;
use crate::context::Context;
use crate::event::{Actor, InteractionFact};
use crate::id::InteractionId;
use crate::interaction::{Delay, EndReason, Interaction, Phase, Turn};
use crate::refusal::Refusal;
use crate::sop::{check_in, delay, supervisor, timers};

use super::act::{Act, finish_talk, send_system};
use super::{people, routing};

pub(super) fn interaction(act: &mut Act<'_, '_>, key: &str) -> Result<(), Refusal> {
    let Some(i) = act.current().cloned() else { return Ok(()) };
    let is_due = timers(&i, act.context).iter().any(|(live, due)| live == key && *due <= act.context.now);
    if !is_due {
        return Ok(());
    }
    match key {
        "offer" => routing::ignore(act),
        delay::SILENT => silent(act, &i)?,
        delay::REPLY => reply_time_over(act, &i)?,
        check_in::KEY => missed_check_in(act, &i),
        supervisor::KEY => people::widen(act),
        _ => {}
    }
    Ok(())
}

/// What the customer's silence has led to by now, for a person who acts in the very second or before the timer fires.
/// Where the queue sends by itself, the timer alone does.
pub(super) fn catch_up(act: &mut Act<'_, '_>) -> Result<(), Refusal> {
    if act.current().is_some_and(|i| is_automatic(i, act.context)) {
        return Ok(());
    }
    interaction(act, delay::SILENT)?;
    interaction(act, delay::REPLY)
}

fn is_automatic(i: &Interaction, context: &Context<'_>) -> bool {
    context.queue(&i.queue).is_some_and(|queue| queue.delay_automatic)
}

/// 3:00 of silence: customer delay (SMS-DELAY-1); the technician is led to their other interaction (SMS-DELAY-6); the
/// notice goes by itself where the queue is set so (SMS-DELAY-2, AMB-44).
fn silent(act: &mut Act<'_, '_>, i: &Interaction) -> Result<(), Refusal> {
    let Turn::Customer { since, .. } = &i.turn else { return Ok(()) };
    let fact = InteractionFact::CustomerDelayed { silent_since: *since };
    act.interaction_fact(Actor::System, Some("SMS-DELAY-1"), i.id, fact);
    lead_on(act, i);
    if is_automatic(i, act.context)
        && let Some(sop) = act.context.sop()
    {
        let response = sop.responses.delay_notice.clone();
        send_system(act, i.id, &response, CannedKind::DelayNotice, i.owner.as_ref(), &i.language)?;
    }
    Ok(())
}

fn lead_on(act: &mut Act<'_, '_>, i: &Interaction) {
    let Some(owner) = &i.owner else { return };
    let state = act.done.scene.staff(owner);
    let other: Option<InteractionId> = state
        .held
        .iter()
        .find(|(id, held)| **id != i.id && matches!(held, crate::staff::Held::Active))
        .map(|(id, _)| *id);
    if let Some(to) = other {
        let fact = InteractionFact::FocusMoved { staff: owner.clone(), to };
        act.interaction_fact(Actor::System, Some("SMS-DELAY-6"), i.id, fact);
    }
}

/// The fresh 5:00 after the notice passed in silence (SMS-DELAY-3); wrap-up text, Goodbye and the end go by themselves
/// where the queue is set so (SMS-DELAY-4, SMS-DELAY-5). The wrap-up code stays a person's choice (SMS-END-3).
fn reply_time_over(act: &mut Act<'_, '_>, i: &Interaction) -> Result<(), Refusal> {
    act.interaction_fact(Actor::System, Some("SMS-DELAY-3"), i.id, InteractionFact::DelayRanOut);
    if !is_automatic(i, act.context) {
        return Ok(());
    }
    let Some(sop) = act.context.sop() else { return Ok(()) };
    let (wrap_up, goodbye) = (sop.responses.delay_wrap_up.clone(), sop.responses.goodbye.clone());
    send_system(act, i.id, &wrap_up, CannedKind::DelayWrapUp, i.owner.as_ref(), &i.language)?;
    send_system(act, i.id, &goodbye, CannedKind::Goodbye, i.owner.as_ref(), &i.language)?;
    let ready = act.current().is_some_and(|now| {
        now.phase == Phase::Active
            && matches!(&now.turn, Turn::Customer { delay: Delay::GoodbyeSent { .. }, .. })
    });
    if ready {
        finish_talk(act, i.id, EndReason::NoResponse, Actor::System);
    }
    Ok(())
}

/// No sign of life within the interval: recorded, and the next interval runs (SMS-HOLD-1).
fn missed_check_in(act: &mut Act<'_, '_>, i: &Interaction) {
    let Turn::Staff { missed, .. } = &i.turn else { return };
    let fact = InteractionFact::CheckInMissed { number: missed + 1 };
    act.interaction_fact(Actor::System, Some("SMS-HOLD-1"), i.id, fact);
}
