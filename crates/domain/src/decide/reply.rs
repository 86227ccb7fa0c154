//! What staff say and note: answers, the procedure's scripts, research, ways.

use crate::canned::{CannedKind, CannedResponse, ReplyKind, reply_kind};
use crate::command::{Reply, Script};
use crate::event::{Actor, InteractionFact, Purpose};
use crate::id::{MessageId, StaffId};
use crate::interaction::{Delay, Delivery, Interaction, SafetyStep, Turn};
use crate::refusal::Refusal;
use crate::segments;
use crate::sop::{self, GUARDS, Outgoing, delay, library, ways};

use super::act::{Act, purpose, send};

/// A staff member's answer, through every guard in order (design, section 5, step 9).
pub(super) fn reply(
    act: &mut Act<'_, '_>,
    staff: &StaffId,
    message: MessageId,
    reply: &Reply,
) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    if i.in_flight.contains_key(&message) {
        // The form was sent twice; the first one counts (SMS-SCRIPT-4).
        return Ok(());
    }
    guard_length(&reply.text)?;
    let named = reply.canned.as_deref().and_then(|id| act.context.pack.response(id));
    // Whoever types an approved wording to the letter has used it, whichever way it came into the box (SMS-GEN-11).
    let canned = named.or_else(|| library::to_the_letter(&reply.text, &i.channel, staff, act.context));
    let inserted = match canned {
        Some(response) => Some(library::wording(response, &i.language, Some(staff), act.context)?),
        None => None,
    };
    // Any language of the response counts as its wording, since staff may answer in either.
    let other = canned.and_then(|response| {
        response
            .text
            .keys()
            .filter_map(|language| library::wording(response, language, Some(staff), act.context).ok())
            .find(|text| text == &reply.text)
    });
    let kind = reply_kind(&reply.text, other.as_deref().or(inserted.as_deref()));
    if let Some(response) = canned
        && !response.editable
        && kind != ReplyKind::Canned
    {
        // An edited prescribed script is no longer that script; it is judged as free text.
        return send_checked(act, &i, staff, message, reply, None, ReplyKind::FreeText);
    }
    send_checked(act, &i, staff, message, reply, canned, kind)
}

fn guard_length(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::plain("empty", "There is nothing to send yet."));
    }
    let length = text.chars().count();
    if length > segments::TEXT_LENGTH_MAX {
        return Err(Refusal::plain(
            "too_long",
            format!(
                "{length} characters are too many for one text; at most {} go out. Send it in parts.",
                segments::TEXT_LENGTH_MAX
            ),
        ));
    }
    Ok(())
}

fn send_checked(
    act: &mut Act<'_, '_>,
    i: &Interaction,
    staff: &StaffId,
    message: MessageId,
    reply: &Reply,
    canned: Option<&CannedResponse>,
    kind: ReplyKind,
) -> Result<(), Refusal> {
    let customer = act.done.scene.customer(&i.customer);
    let outgoing = Outgoing { reply, canned, kind };
    for (_, guard) in GUARDS {
        guard(i, &customer, &outgoing, act.context)?;
    }
    let referral = ways::is_referral(&outgoing, act.context);
    let why = canned.map_or(Purpose::Reply, |response| purpose(response.kind));
    guard_scripted(why, act)?;
    send(act, i.id, message, &reply.text, why, canned, kind, Actor::staff(staff));
    let way = if referral {
        Some(CannedKind::Referral)
    } else {
        canned.map(|r| r.kind).filter(|k| ways::is_way(*k))
    };
    if let Some(way) = way {
        let response = canned.map_or_else(String::new, |r| r.id.clone());
        let clause = if referral { "SMS-GEN-10" } else { "SMS-GEN-9" };
        let reason = reply.referral_reason.clone().filter(|reason| referral && ways::is_reason(reason));
        let fact = InteractionFact::WaySelected { way, response, reason };
        act.interaction_fact(Actor::staff(staff), Some(clause), i.id, fact);
    }
    safety_by_text(act, staff, &reply.text, why);
    Ok(())
}

/// A script of the delay inserted by hand obeys the same clocks as the button.
fn guard_scripted(why: Purpose, act: &mut Act<'_, '_>) -> Result<(), Refusal> {
    match why {
        Purpose::Scripted(CannedKind::DelayNotice) => guard_delay(act, Script::DelayNotice),
        Purpose::Scripted(CannedKind::DelayWrapUp) => guard_delay(act, Script::DelayWrapUpAndGoodbye),
        Purpose::Scripted(_) | Purpose::Reply => Ok(()),
    }
}

/// A due clock counts from its second, also when its timer has not fired yet (SMS-DELAY-1, SMS-DELAY-3).
fn guard_delay(act: &mut Act<'_, '_>, script: Script) -> Result<(), Refusal> {
    if matches!(script, Script::DelayNotice | Script::DelayWrapUpAndGoodbye) {
        super::timer::catch_up(act)?;
    }
    let i = act.interaction()?;
    let Some(sop) = act.context.sop() else { return Ok(()) };
    delay::guard_script(&i, script, sop, act.context.now)
}

/// One click sends a script of the procedure, under the same guards as any other text.
pub(super) fn script(act: &mut Act<'_, '_>, staff: &StaffId, script: Script) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    let Some(sop) = act.context.sop() else {
        return Err(Refusal::plain("no_procedure", "No procedure is in force."));
    };
    let customer = act.done.scene.customer(&i.customer);
    guard_delay(act, script)?;
    if script == Script::Goodbye && i.said_goodbye {
        return Err(Refusal::clause(
            "sent_before",
            "SMS-KEY-2",
            "Goodbye is the last thing you said; it goes once.",
        ));
    }
    if script == Script::Hotline
        && let Some(safety) = &i.safety
        && sop::safety::next(safety) == Some(sop::safety::Step::SafetyChecked)
    {
        sop::safety::guard_step(safety, sop::safety::Step::HotlineGiven)?;
    }
    let responses = &sop.responses;
    let plan: Vec<(&str, CannedKind)> = match script {
        Script::Greeting => vec![(&responses.greeting, CannedKind::Greeting)],
        Script::Goodbye => vec![(&responses.goodbye, CannedKind::Goodbye)],
        Script::DelayNotice => vec![(&responses.delay_notice, CannedKind::DelayNotice)],
        Script::DelayWrapUpAndGoodbye => {
            vec![
                (&responses.delay_wrap_up, CannedKind::DelayWrapUp),
                (&responses.goodbye, CannedKind::Goodbye),
            ]
        }
        Script::CheckIn => vec![(&responses.check_in, CannedKind::CheckIn)],
        Script::SafetyCheck => vec![(&responses.safety_check, CannedKind::General)],
        Script::Hotline => vec![(&responses.hotline, CannedKind::Hotline)],
        Script::CallNotice => vec![(&responses.call_notice, CannedKind::CallNotice)],
    };
    for (id, kind) in plan {
        let Some(response) = library::script(id, &i.language, act.context) else {
            return Err(Refusal::plain(
                "no_response",
                format!("The response {id} is missing in the library."),
            ));
        };
        let text = library::wording(response, &i.language, Some(staff), act.context)?;
        let reply = Reply { text, canned: Some(response.id.clone()), confirmed: true, ..Reply::default() };
        let outgoing = Outgoing { reply: &reply, canned: Some(response), kind: ReplyKind::Canned };
        sop::keywords::guard(&i, &customer, &outgoing, act.context)?;
        sop::case_facts::guard(&i, &customer, &outgoing, act.context)?;
        library::guard(&i, &customer, &outgoing, act.context)?;
        let message = act.context.message_id();
        let why = Purpose::Scripted(kind);
        send(act, i.id, message, &reply.text, why, Some(response), ReplyKind::Canned, Actor::staff(staff));
        safety_by_text(act, staff, &reply.text, why);
    }
    Ok(())
}

/// In a child-abuse contact the text itself does the step: the hotline is given once its number was sent
/// (SMS-ABUSE-2, SMS-ABUSE-8), the call is announced once the notice was sent, as it stands or edited (SMS-ABUSE-3).
fn safety_by_text(act: &mut Act<'_, '_>, staff: &StaffId, text: &str, why: Purpose) {
    let Some(i) = act.current().cloned() else { return };
    let Some(safety) = i.safety.as_ref().filter(|s| s.completed_at.is_none()) else { return };
    let Some(sop) = act.context.sop() else { return };
    let digits = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
    let hotline = digits(text).contains(&digits(&sop.hotline.number));
    let by_wording = [i.language.as_str(), "en"]
        .into_iter()
        .filter_map(|language| library::script(&sop.responses.call_notice, language, act.context))
        .any(|response| response.text.values().any(|wording| wording == text));
    let announced = by_wording || why == Purpose::Scripted(CannedKind::CallNotice);
    let step = match sop::safety::next(safety) {
        Some(sop::safety::Step::HotlineGiven) if hotline => SafetyStep::HotlineGiven,
        Some(sop::safety::Step::CallAnnounced) if announced => SafetyStep::CallAnnounced,
        _ => return,
    };
    super::safety::done(act, &i, staff, step, None);
}

/// A failed text is sent again as it was.
pub(super) fn again(act: &mut Act<'_, '_>, staff: &StaffId, message: MessageId) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    let customer = act.done.scene.customer(&i.customer);
    let reply = Reply::default();
    sop::keywords::guard(
        &i,
        &customer,
        &Outgoing { reply: &reply, canned: None, kind: ReplyKind::FreeText },
        act.context,
    )?;
    match i.in_flight.get(&message).map(|flight| &flight.delivery) {
        Some(Delivery::Failed { .. }) => {
            act.interaction_fact(Actor::staff(staff), None, i.id, InteractionFact::SentAgain { message });
            Ok(())
        }
        _ => Err(Refusal::plain("not_failed", "Only a text that failed can be sent again.")),
    }
}

/// Staff look something up; the check-in clock runs and not the other one (SMS-HOLD-1, AMB-28).
pub(super) fn research(act: &mut Act<'_, '_>, staff: &StaffId, on: bool) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    let is_on = matches!(&i.turn, Turn::Staff { researching: true, .. });
    if on && i.opted_out {
        return Err(Refusal::plain(
            "opted_out",
            "The customer wants no more texts; end the contact instead.",
        ));
    }
    if let Turn::Customer { delay, .. } = &i.turn
        && *delay != Delay::None
        && on
    {
        return Err(Refusal::clause(
            "in_delay",
            "SMS-DELAY-3",
            "The customer is in delay; research begins when they answer.",
        ));
    }
    if on != is_on {
        let fact = if on { InteractionFact::ResearchStarted } else { InteractionFact::ResearchEnded };
        act.interaction_fact(Actor::staff(staff), Some("SMS-HOLD-1"), i.id, fact);
    }
    Ok(())
}

/// The question is about the own case, or is not (SMS-GEN-5).
pub(super) fn mark(act: &mut Act<'_, '_>, staff: &StaffId, yes: bool) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    if i.case_specific != yes {
        act.interaction_fact(
            Actor::staff(staff),
            Some("SMS-GEN-5"),
            i.id,
            InteractionFact::CaseSpecificMarked { yes },
        );
    }
    Ok(())
}

/// Where the customer is sent (SMS-GEN-9); a referral wants its reason (SMS-GEN-10).
pub(super) fn way(
    act: &mut Act<'_, '_>,
    staff: &StaffId,
    response: &str,
    way: CannedKind,
    reason: Option<&str>,
) -> Result<(), Refusal> {
    let i = act.active(staff)?;
    if !ways::is_way(way) {
        return Err(Refusal::clause(
            "no_way",
            "SMS-GEN-9",
            "Choose online, mail, e-mail or the Customer Service Center.",
        ));
    }
    if way == CannedKind::Referral && !reason.is_some_and(ways::is_reason) {
        return Err(Refusal::clause(
            "referral_reason",
            "SMS-GEN-10",
            "Say in a word why online, mail and e-mail cannot serve.",
        )
        .or(crate::refusal::Instead::GiveReferralReason));
    }
    let clause = if way == CannedKind::Referral { "SMS-GEN-10" } else { "SMS-GEN-9" };
    let fact = InteractionFact::WaySelected {
        way,
        response: response.to_owned(),
        reason: reason.map(str::to_owned),
    };
    act.interaction_fact(Actor::staff(staff), Some(clause), i.id, fact);
    Ok(())
}
