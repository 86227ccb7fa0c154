//! What comes in: texts of customers and the carrier's reports.

use crate::canned::CannedKind;
use crate::command::Inbound;
use crate::customer::HELP_AGAIN_MS;
use crate::disclosure::mask_incoming;
use crate::event::{Actor, CustomerFact, InteractionFact};
use crate::id::{InteractionId, MessageId};
use crate::intent;
use crate::interaction::{Delivery, EndReason, Phase, SafetyKind};
use crate::opt_out::{self, Wish};
use crate::refusal::Refusal;
use crate::time::seconds;

use super::act::{Act, send_system, send_system_with};
use super::outcome::{SYSTEM_CODE, close_by_system};

/// Longest text that is taken from a customer, in characters; carriers join at most ten segments.
pub(super) const INBOUND_CHARACTERS_MAX: usize = 10_000;

/// A text came in (design, section 5): opened or found, masked, recorded, and whatever follows by itself.
pub(super) fn receive(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    message: MessageId,
    inbound: &Inbound,
) -> Result<(), Refusal> {
    if inbound.text.chars().count() > INBOUND_CHARACTERS_MAX {
        return Err(Refusal::plain(
            "too_long",
            format!("The text is longer than {INBOUND_CHARACTERS_MAX} characters."),
        ));
    }
    let opens = !act.current().is_some_and(crate::interaction::Interaction::is_open);
    let hints = intent::hints(&inbound.text);
    let language = if hints.spanish { "es" } else { "en" };
    let flood = act.done.scene.customer(&inbound.customer).floods(act.context.now);
    if opens {
        open(act, id, inbound, language);
    }
    record(act, id, message, inbound, &hints, flood);
    act.customer_fact(
        Actor::Customer,
        None,
        &inbound.customer,
        CustomerFact::Texted { language: language.to_owned() },
    );
    follow(act, id, inbound, opens, language)
}

fn open(act: &mut Act<'_, '_>, id: InteractionId, inbound: &Inbound, language: &str) {
    let pack = act.context.pack;
    let line_queue = pack.agency.line(&inbound.line).map(|line| line.queue.clone());
    // A line's own queue takes its first language; another language has a queue of its own where the agency keeps one.
    let queue = pack
        .queues
        .queues
        .iter()
        .find(|queue| queue.line == inbound.line && queue.language == language)
        .map(|queue| queue.id.clone())
        .or(line_queue)
        .unwrap_or_default();
    let customer = act.done.scene.customer(&inbound.customer);
    let sticky_ms = act.context.queue(&queue).map_or(0, |queue| seconds(queue.sticky_seconds));
    let recent = customer.last_ended_at.is_some_and(|at| act.context.now - at <= sticky_ms);
    let fact = InteractionFact::Opened {
        channel: "sms".to_owned(),
        line: inbound.line.clone(),
        our_address: inbound.our_address.clone(),
        customer: inbound.customer.clone(),
        open_hours: act.context.is_open(&queue),
        queue,
        language: language.to_owned(),
        sticky: customer.last_staff.filter(|_| recent),
    };
    act.interaction_fact(Actor::Customer, Some("SMS-GEN-1"), id, fact);
}

fn record(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    message: MessageId,
    inbound: &Inbound,
    hints: &intent::Hints,
    flood: bool,
) {
    let masked = mask_incoming(&inbound.text);
    let abuse = if hints.abuse_victim {
        Some(SafetyKind::Victim)
    } else if hints.abuse_report {
        Some(SafetyKind::Reporting)
    } else {
        None
    };
    let mut kinds = masked.kinds;
    kinds.sort_unstable();
    kinds.dedup();
    let clause = if kinds.is_empty() { None } else { Some("SMS-GEN-4") };
    let fact = InteractionFact::MessageReceived {
        message,
        provider_id: inbound.provider_id.clone(),
        masked: kinds,
        media: u32::try_from(inbound.media.len()).unwrap_or(u32::MAX),
        characters: u32::try_from(inbound.text.chars().count()).unwrap_or(u32::MAX),
        flood,
        case_specific: hints.case_specific,
        topics: hints.topics.clone(),
        wants_supervisor: hints.supervisor,
        abuse,
    };
    act.done.bodies.push(crate::command::Body { key: message, text: masked.text });
    act.interaction_fact(Actor::Customer, clause, id, fact);
}

/// Opt-out, opt-in and help keywords, the answer outside of hours, the answer to attachments.
fn follow(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    inbound: &Inbound,
    opened: bool,
    language: &str,
) -> Result<(), Refusal> {
    let Some(sop) = act.context.sop() else { return Ok(()) };
    let responses = sop.responses.clone();
    let opted_out = act.done.scene.customer(&inbound.customer).opted_out_at.is_some();
    let answer = !inbound.carrier_handled_keyword;
    match opt_out::classify(&inbound.text) {
        Wish::Stop => {
            if !opted_out {
                act.customer_fact(Actor::Customer, None, &inbound.customer, CustomerFact::OptedOut);
                act.interaction_fact(Actor::Customer, None, id, InteractionFact::CustomerOptedOut);
                super::safety::settle(act);
                if answer {
                    send_system_with(
                        act,
                        id,
                        &responses.opt_out_confirmation,
                        CannedKind::OptOutConfirmation,
                        None,
                        inbound.visit.language.as_deref().unwrap_or(language),
                        inbound.visit.still_set.as_deref(),
                    )?;
                }
            }
            close_if_nobody_needed(act, id, opened, EndReason::OptedOut);
        }
        Wish::Start if opted_out => {
            act.customer_fact(Actor::Customer, None, &inbound.customer, CustomerFact::OptedIn);
            act.interaction_fact(Actor::Customer, None, id, InteractionFact::CustomerOptedIn);
            if answer {
                send_system(
                    act,
                    id,
                    &responses.opt_in_confirmation,
                    CannedKind::OptInConfirmation,
                    None,
                    language,
                )?;
            }
            close_if_nobody_needed(act, id, opened, EndReason::Keyword);
        }
        Wish::Help => {
            let last = act.done.scene.customer(&inbound.customer).help_answered_at;
            let due = last.is_none_or(|at| act.context.now - at >= HELP_AGAIN_MS);
            if answer && due {
                act.customer_fact(Actor::System, None, &inbound.customer, CustomerFact::HelpAnswered);
                send_system(act, id, &responses.help, CannedKind::Help, None, language)?;
            }
            close_if_nobody_needed(act, id, opened, EndReason::Keyword);
        }
        Wish::Start | Wish::Nothing if settled(inbound) => {
            close_if_nobody_needed(act, id, opened, EndReason::Visit);
        }
        Wish::Start | Wish::Nothing if !opted_out => ordinary(act, id, inbound, opened, language)?,
        // Nothing may be answered; whoever takes it is told so at once.
        Wish::Start | Wish::Nothing if opened => {
            act.interaction_fact(Actor::System, None, id, InteractionFact::CustomerOptedOut)
        }
        Wish::Start | Wish::Nothing => {}
    }
    Ok(())
}

/// An answer about a visit that is carried out needs nobody, unless its words ask for somebody all the same.
fn settled(inbound: &Inbound) -> bool {
    let hints = intent::hints(&inbound.text);
    let asks = hints.abuse_victim || hints.abuse_report || hints.supervisor || !inbound.media.is_empty();
    inbound.visit.settled && !asks
}

fn ordinary(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    inbound: &Inbound,
    opened: bool,
    language: &str,
) -> Result<(), Refusal> {
    let Some(sop) = act.context.sop() else { return Ok(()) };
    if !inbound.media.is_empty() {
        send_system(act, id, &sop.responses.media_refused, CannedKind::MediaRefused, None, language)?;
    }
    let Some(i) = act.current().cloned() else { return Ok(()) };
    if opened && !i.open_hours {
        let reply = act.context.queue(&i.queue).map(|queue| queue.auto_reply.clone());
        if let Some(reply) = reply.filter(|id| !id.is_empty()) {
            send_system(act, id, &reply, CannedKind::AutoReply, None, language)?;
        }
    }
    Ok(())
}

/// A keyword, or an answer about a visit, as the first and only text needs no person: the contact is closed at once, its texts stay readable.
fn close_if_nobody_needed(act: &mut Act<'_, '_>, id: InteractionId, opened: bool, reason: EndReason) {
    let untouched = act
        .current()
        .is_some_and(|i| i.id == id && i.phase == Phase::Waiting && i.inbound <= 1 && i.offer.is_none());
    if opened && untouched {
        close_by_system(act, id, reason, SYSTEM_CODE);
    }
}

/// The carrier's report on a text. Late and repeated reports never turn a delivery back.
pub(super) fn delivery(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    message: MessageId,
    delivery: &Delivery,
    opted_out: bool,
) {
    let Some(i) = act.current().cloned() else { return };
    if let Some(flight) = i.in_flight.get(&message)
        && delivery.rank() > flight.delivery.rank()
    {
        let fact = InteractionFact::DeliveryChanged { message, delivery: delivery.clone() };
        act.interaction_fact(Actor::Carrier, None, id, fact);
    }
    if opted_out && act.done.scene.customer(&i.customer).opted_out_at.is_none() {
        act.customer_fact(Actor::Carrier, None, &i.customer, CustomerFact::OptedOut);
        act.interaction_fact(Actor::Carrier, None, id, InteractionFact::CustomerOptedOut);
        super::safety::settle(act);
    }
}

/// A text that was given up goes into the outbox again: it is pending, as on the first day.
pub(super) fn requeue(act: &mut Act<'_, '_>, id: InteractionId, message: MessageId) {
    let failed = act
        .current()
        .and_then(|i| i.in_flight.get(&message))
        .is_some_and(|flight| matches!(flight.delivery, Delivery::Failed { .. }));
    if failed {
        let fact = InteractionFact::DeliveryChanged { message, delivery: Delivery::Pending };
        act.interaction_fact(Actor::System, None, id, fact);
    }
}
