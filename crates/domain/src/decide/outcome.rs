//! Ending, the wrap-up code, done.

use crate::canned::CannedKind;
use crate::event::{Actor, InteractionFact};
use crate::id::{InteractionId, StaffId};
use crate::interaction::{EndReason, Phase};
use crate::refusal::Refusal;
use crate::sop::ending;

use super::act::{Act, finish_talk, free};

/// The code of contacts that the program closed by itself because only a keyword came.
pub(super) const SYSTEM_CODE: &str = "keyword-only";

pub(super) fn end(act: &mut Act<'_, '_>, staff: &StaffId, confirmed: bool) -> Result<(), Refusal> {
    let i = act.interaction()?;
    if i.phase == Phase::WrapUp && i.is_with(staff) {
        return Ok(());
    }
    act.active(staff)?;
    super::timer::catch_up(act)?;
    let i = act.interaction()?;
    let customer = act.done.scene.customer(&i.customer);
    let reason = ending::guard_end(&i, &customer, confirmed, act.context)?;
    if reason == EndReason::Finished && ending::is_unanswered(&i.turn, i.said_goodbye) {
        let fact = InteractionFact::EndedUnanswered { last_inbound_at: i.last_inbound_at };
        act.interaction_fact(Actor::staff(staff), Some("SMS-HOLD-1"), i.id, fact);
    }
    finish_talk(act, i.id, reason, Actor::staff(staff));
    Ok(())
}

pub(super) fn finish(act: &mut Act<'_, '_>, staff: &StaffId, code: &str) -> Result<(), Refusal> {
    let i = act.interaction()?;
    match i.phase {
        Phase::WrapUp if i.is_with(staff) => {}
        Phase::Done => return Err(Refusal::clause("done", "SMS-END-4", "This interaction is done already.")),
        Phase::WrapUp => {
            return Err(Refusal::plain("not_yours", "Only the person who handled it can finish it."));
        }
        Phase::Waiting | Phase::Active => {
            return Err(Refusal::clause(
                "end_first",
                "SMS-END-1",
                "End the contact first, then choose the wrap-up code.",
            ));
        }
    }
    let found = ending::guard_finish(&i, code, act.context)?;
    let referral = found.referral || i.ways.contains(&CannedKind::Referral);
    let handle_ms = i.accepted_at.map_or(0, |at| act.context.now - at);
    let fact = InteractionFact::Finished { code: found.id.clone(), referral, handle_ms };
    act.interaction_fact(Actor::staff(staff), Some("SMS-END-4"), i.id, fact);
    free(act, staff, i.id);
    Ok(())
}

/// Closes a contact that needed nobody.
pub(super) fn close_by_system(act: &mut Act<'_, '_>, id: InteractionId, reason: EndReason, code: &str) {
    finish_talk(act, id, reason, Actor::System);
    let fact = InteractionFact::Finished { code: code.to_owned(), referral: false, handle_ms: 0 };
    act.interaction_fact(Actor::System, None, id, fact);
}
