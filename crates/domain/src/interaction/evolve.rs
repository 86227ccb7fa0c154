//! How facts change an interaction. Total and without judgement: whatever the log holds can be folded in.

use crate::canned::{CannedKind, ReplyKind};
use crate::event::{Actor, Event, InteractionFact, Purpose};
use crate::id::{InteractionId, MessageId, StaffId};
use crate::time::Millis;

use super::{
    Delay, Delivery, IN_FLIGHT_MAX, InFlight, Interaction, Offer, OfferKind, Phase, Safety,
    SupervisorRequest, Turn,
};

/// Folds `fact` in. Facts about an interaction that was never opened are ignored.
#[must_use]
pub fn evolve(
    state: Option<Interaction>,
    id: InteractionId,
    fact: &InteractionFact,
    event: &Event,
) -> Option<Interaction> {
    if let InteractionFact::Opened { .. } = fact {
        return open(id, fact, event.at);
    }
    let mut i = state?;
    if super::transcript::is_entry(fact) {
        i.entries += 1;
    }
    texts(&mut i, fact, event);
    routing(&mut i, fact, event);
    clocks(&mut i, fact, event);
    duties_of_people(&mut i, fact, event);
    Some(i)
}

fn open(id: InteractionId, fact: &InteractionFact, at: Millis) -> Option<Interaction> {
    let InteractionFact::Opened { channel, line, our_address, customer, queue, language, open_hours, sticky } =
        fact
    else {
        return None;
    };
    Some(Interaction {
        id,
        channel: channel.clone(),
        line: line.clone(),
        our_address: our_address.clone(),
        customer: customer.clone(),
        queue: queue.clone(),
        language: language.clone(),
        opened_at: at,
        open_hours: *open_hours,
        phase: Phase::Waiting,
        owner: None,
        accepted_at: None,
        offer: None,
        waiting_since: Some(at),
        passed: Vec::new(),
        sticky: sticky.clone(),
        turn: Turn::Nobody,
        inbound: 0,
        outbound: 0,
        staff_texts: 0,
        unread: 0,
        last_inbound_at: None,
        last_outbound_at: None,
        last_message: None,
        last_is_customer: false,
        last_customer_message: None,
        greeted_first: None,
        said_goodbye: false,
        case_specific: false,
        topics: Vec::new(),
        clarifying: Vec::new(),
        ways: Vec::new(),
        referral_reason: None,
        reply_kinds: std::collections::BTreeMap::new(),
        check_ins: 0,
        check_ins_missed: 0,
        refused: 0,
        hint_supervisor: false,
        hint_abuse: None,
        supervisor: None,
        safety: None,
        opted_out: false,
        flooded: false,
        in_flight: std::collections::BTreeMap::new(),
        ended_at: None,
        end_reason: None,
        code: None,
        done_at: None,
        handle_ms: None,
        entries: 0,
    })
}

fn texts(i: &mut Interaction, fact: &InteractionFact, event: &Event) {
    match fact {
        InteractionFact::MessageReceived {
            message,
            flood,
            case_specific,
            topics,
            wants_supervisor,
            abuse,
            ..
        } => {
            i.inbound += 1;
            i.unread += 1;
            i.last_inbound_at = Some(event.at);
            i.last_message = Some(*message);
            i.last_customer_message = Some(*message);
            i.last_is_customer = true;
            i.said_goodbye = false;
            i.case_specific |= case_specific;
            if !topics.is_empty() {
                i.topics.clone_from(topics);
            }
            i.hint_supervisor |= wants_supervisor;
            i.flooded |= flood;
            if abuse.is_some() {
                i.hint_abuse = *abuse;
            }
        }
        InteractionFact::MessageSent { message, purpose, canned, reply_kind, segments, .. } => {
            let by = if let Actor::Staff { id } = &event.by { Some(id.clone()) } else { None };
            i.last_outbound_at = Some(event.at);
            count_sent(i, *purpose, canned.as_deref(), *reply_kind, by.as_ref());
            if !leaves_word_open(&i.turn, *purpose) {
                i.last_message = Some(*message);
                i.last_is_customer = false;
            }
            let flight = InFlight {
                seq: i.entries,
                at: event.at,
                by,
                purpose: *purpose,
                canned: canned.clone(),
                reply_kind: *reply_kind,
                segments: *segments,
                clause: event.clause.clone(),
                delivery: Delivery::Pending,
            };
            keep_flight(i, *message, flight);
        }
        InteractionFact::DeliveryChanged { message, delivery } => {
            if let Some(flight) = i.in_flight.get_mut(message) {
                flight.delivery = delivery.clone();
            }
        }
        InteractionFact::SentAgain { message } => {
            if let Some(flight) = i.in_flight.get_mut(message) {
                flight.delivery = Delivery::Pending;
            }
        }
        _ => {}
    }
}

/// Texts that answer nobody: the program's own notices, and a check-in while the customer waits. The customer's word
/// stays the last one that counts (AMB-28).
const fn leaves_word_open(turn: &Turn, purpose: Purpose) -> bool {
    let Purpose::Scripted(kind) = purpose else { return false };
    is_notice(kind) || (matches!(kind, CannedKind::CheckIn) && matches!(turn, Turn::Staff { .. }))
}

/// Texts that the program sends in its own name; they are nobody's turn.
const fn is_notice(kind: CannedKind) -> bool {
    matches!(
        kind,
        CannedKind::AutoReply
            | CannedKind::OptOutConfirmation
            | CannedKind::OptInConfirmation
            | CannedKind::Help
            | CannedKind::MediaRefused
    )
}

fn count_sent(
    i: &mut Interaction,
    purpose: Purpose,
    canned: Option<&str>,
    kind: ReplyKind,
    by: Option<&StaffId>,
) {
    i.outbound += 1;
    i.said_goodbye = purpose == Purpose::Scripted(CannedKind::Goodbye);
    if by.is_none() {
        return;
    }
    if i.staff_texts == 0 {
        i.greeted_first = Some(purpose == Purpose::Scripted(CannedKind::Greeting));
    }
    i.staff_texts += 1;
    i.unread = 0;
    let word = match kind {
        ReplyKind::Canned => "canned",
        ReplyKind::CannedEdited => "canned_edited",
        ReplyKind::FreeText => "free_text",
    };
    *i.reply_kinds.entry(word.to_owned()).or_default() += 1;
    if purpose == Purpose::Scripted(CannedKind::Clarify)
        && let Some(id) = canned
        && !i.clarifying.iter().any(|sent| sent == id)
    {
        i.clarifying.push(id.to_owned());
    }
}

/// Delivered texts are let go first, then the oldest, so that the state stays small under a flood.
fn keep_flight(i: &mut Interaction, message: MessageId, flight: InFlight) {
    i.in_flight.insert(message, flight);
    while i.in_flight.len() > IN_FLIGHT_MAX {
        let oldest = i
            .in_flight
            .iter()
            .min_by_key(|(_, f)| (f.delivery != Delivery::Delivered, f.seq))
            .map(|(id, _)| *id);
        if let Some(oldest) = oldest {
            i.in_flight.remove(&oldest);
        }
    }
}

fn routing(i: &mut Interaction, fact: &InteractionFact, event: &Event) {
    match fact {
        InteractionFact::Queued { queue, waiting_since } => {
            i.queue.clone_from(queue);
            i.phase = Phase::Waiting;
            i.waiting_since = Some(*waiting_since);
            i.owner = None;
            i.offer = None;
            i.turn = Turn::Nobody;
        }
        InteractionFact::Offered { offer, staff, until, kind } => {
            i.offer = Some(Offer {
                id: *offer,
                staff: staff.clone(),
                at: event.at,
                until: *until,
                kind: kind.clone(),
            });
        }
        InteractionFact::Accepted { staff, .. } => {
            i.offer = None;
            i.owner = Some(staff.clone());
            i.phase = Phase::Active;
            i.waiting_since = None;
            i.passed.clear();
            i.sticky = None;
            i.accepted_at.get_or_insert(event.at);
        }
        InteractionFact::Declined { staff, .. } | InteractionFact::Ignored { staff, .. } => {
            if matches!(&i.offer, Some(Offer { kind: OfferKind::Queue, .. })) {
                i.passed.retain(|(who, _)| who != staff);
                i.passed.push((staff.clone(), event.at));
            }
            if i.sticky.as_ref() == Some(staff) {
                i.sticky = None;
            }
            i.offer = None;
        }
        InteractionFact::Withdrawn { .. } => i.offer = None,
        _ => {}
    }
}

fn clocks(i: &mut Interaction, fact: &InteractionFact, event: &Event) {
    let at = event.at;
    match fact {
        // Any word of the customer ends a delay (SMS-DELAY-8); a first open word starts the check-in clock (SMS-HOLD-1).
        // After an opt-out nothing may be sent, so nobody is held to a clock.
        InteractionFact::MessageReceived { .. } if i.phase == Phase::Active && !i.opted_out => {
            i.turn = match i.turn.clone() {
                running @ Turn::Staff { .. } => running,
                Turn::Customer { .. } | Turn::Nobody => {
                    Turn::Staff { since: at, missed: 0, researching: false }
                }
            };
        }
        InteractionFact::CustomerOptedOut => i.turn = Turn::Nobody,
        InteractionFact::CustomerOptedIn if i.phase == Phase::Active => {
            i.turn = Turn::Staff { since: at, missed: 0, researching: false };
        }
        // Whoever takes it over finds the clock of our last word running on; everything else counts anew.
        InteractionFact::Accepted { .. }
            if i.last_is_customer || !matches!(i.turn, Turn::Customer { .. }) =>
        {
            i.turn = resting(i, at);
        }
        InteractionFact::MessageSent { purpose, .. } if i.phase == Phase::Active && !i.opted_out => {
            i.turn = after_sending(&i.turn, *purpose, at, i.in_safety());
        }
        InteractionFact::CustomerDelayed { .. } => set_delay(i, Delay::Flagged { at }),
        InteractionFact::DelayRanOut => set_delay(i, Delay::RanOut { at }),
        InteractionFact::ResearchStarted => i.turn = Turn::Staff { since: at, missed: 0, researching: true },
        InteractionFact::ResearchEnded => i.turn = resting(i, at),
        InteractionFact::CheckInMissed { number } => {
            i.check_ins_missed += 1;
            if let Turn::Staff { missed, .. } = &mut i.turn {
                *missed = *number;
            }
        }
        InteractionFact::CheckedIn => i.check_ins += 1,
        InteractionFact::Ended { .. } => i.turn = Turn::Nobody,
        _ => {}
    }
}

/// The one clock that runs by the last word alone (AMB-28): staff's while the customer's word is open, else the
/// customer's; none after Goodbye, after an opt-out, or while a child-abuse contact is open.
fn resting(i: &Interaction, at: Millis) -> Turn {
    if i.opted_out || i.in_safety() {
        Turn::Nobody
    } else if i.last_is_customer || i.staff_texts == 0 {
        Turn::Staff { since: at, missed: 0, researching: false }
    } else if i.said_goodbye {
        Turn::Nobody
    } else {
        Turn::Customer { since: at, delay: Delay::None }
    }
}

fn set_delay(i: &mut Interaction, to: Delay) {
    if let Turn::Customer { delay, .. } = &mut i.turn {
        *delay = to;
    }
}

fn after_sending(turn: &Turn, purpose: Purpose, at: Millis, in_safety: bool) -> Turn {
    let kind = match purpose {
        Purpose::Scripted(kind) => kind,
        // During a child-abuse contact the customer is not chased by delay clocks.
        Purpose::Reply if in_safety => return Turn::Nobody,
        Purpose::Reply => return our_word(turn, at),
    };
    match (kind, turn) {
        (CannedKind::DelayNotice, Turn::Customer { since, .. }) => {
            Turn::Customer { since: *since, delay: Delay::NoticeSent { at } }
        }
        (CannedKind::DelayWrapUp, Turn::Customer { since, .. }) => {
            Turn::Customer { since: *since, delay: Delay::WrapUpSent { at } }
        }
        (CannedKind::Goodbye, Turn::Customer { since, delay: Delay::WrapUpSent { .. } }) => {
            Turn::Customer { since: *since, delay: Delay::GoodbyeSent { at } }
        }
        // A Goodbye out of turn does not end a running delay; SMS-DELAY-4 asks for the wrap-up text first.
        (CannedKind::Goodbye, Turn::Customer { delay, .. }) if *delay != Delay::None => turn.clone(),
        (CannedKind::Goodbye, _) => Turn::Nobody,
        // A sign of life keeps the word open and counts the interval anew (SMS-HOLD-1).
        (CannedKind::CheckIn, Turn::Staff { researching, .. }) => {
            Turn::Staff { since: at, missed: 0, researching: *researching }
        }
        (kind, _) if is_notice(kind) => turn.clone(),
        _ if in_safety => Turn::Nobody,
        _ => our_word(turn, at),
    }
}

/// After our word the customer is to answer, unless staff said that they look something up (AMB-28).
fn our_word(turn: &Turn, at: Millis) -> Turn {
    match turn {
        Turn::Staff { researching: true, .. } => Turn::Staff { since: at, missed: 0, researching: true },
        Turn::Staff { .. } | Turn::Customer { .. } | Turn::Nobody => {
            Turn::Customer { since: at, delay: Delay::None }
        }
    }
}

fn set_opted_out(i: &mut Interaction, out: bool) {
    i.opted_out = out;
    if let Some(safety) = &mut i.safety {
        safety.texting_stopped = out;
    }
}

fn duties_of_people(i: &mut Interaction, fact: &InteractionFact, event: &Event) {
    match fact {
        InteractionFact::CustomerOptedOut => set_opted_out(i, true),
        InteractionFact::CustomerOptedIn => set_opted_out(i, false),
        InteractionFact::CaseSpecificMarked { yes } => i.case_specific = *yes,
        InteractionFact::SendRefused { .. } => i.refused += 1,
        InteractionFact::WaySelected { way, reason, .. } => {
            if !i.ways.contains(way) {
                i.ways.push(*way);
            }
            if reason.is_some() {
                i.referral_reason.clone_from(reason);
            }
        }
        InteractionFact::SupervisorRequested { alerted, step } => {
            i.hint_supervisor = false;
            i.supervisor = Some(SupervisorRequest {
                at: event.at,
                alerted: alerted.clone(),
                step: *step,
                step_at: event.at,
                met_at: None,
            });
        }
        InteractionFact::SupervisorAlertWidened { alerted, step } => {
            if let Some(request) = &mut i.supervisor {
                request.alerted.extend(alerted.iter().cloned());
                request.step = *step;
                request.step_at = event.at;
            }
        }
        InteractionFact::SupervisorRequestMet { .. } => {
            if let Some(request) = &mut i.supervisor {
                request.met_at = Some(event.at);
            }
        }
        _ => safety(i, fact, event),
    }
}

fn safety(i: &mut Interaction, fact: &InteractionFact, event: &Event) {
    match fact {
        InteractionFact::SafetyOpened { kind } => {
            i.hint_abuse = None;
            i.turn = Turn::Nobody;
            if let Actor::Staff { id } = &event.by {
                i.safety = Some(Safety {
                    kind: *kind,
                    opened_at: event.at,
                    by: id.clone(),
                    done: Vec::new(),
                    texting_stopped: i.opted_out,
                    completed_at: None,
                });
            }
        }
        InteractionFact::SafetyStepDone { step, .. } => {
            if let Some(safety) = &mut i.safety {
                safety.done.push((event.at, step.clone()));
            }
        }
        InteractionFact::SafetyCompleted { .. } => {
            if let Some(safety) = &mut i.safety {
                safety.completed_at = Some(event.at);
            }
        }
        _ => outcome(i, fact, event),
    }
}

fn outcome(i: &mut Interaction, fact: &InteractionFact, event: &Event) {
    match fact {
        InteractionFact::Ended { reason } => {
            i.phase = Phase::WrapUp;
            i.ended_at = Some(event.at);
            i.end_reason = Some(*reason);
            i.offer = None;
            i.waiting_since = None;
            i.opted_out |= matches!(reason, super::EndReason::OptedOut);
        }
        InteractionFact::Finished { code, handle_ms, .. } => {
            i.phase = Phase::Done;
            i.code = Some(code.clone());
            i.done_at = Some(event.at);
            i.handle_ms = Some(*handle_ms);
            i.in_flight.retain(|_, flight| flight.delivery != Delivery::Delivered);
        }
        _ => {}
    }
}
