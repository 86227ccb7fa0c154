//! Customer Delay.
//!
//! 3:00 after our last text without an answer the customer is in delay (SMS-DELAY-1): the fixed notice is sent
//! (SMS-DELAY-2) and a fresh 5:00 runs (SMS-DELAY-3). If that passes in silence, the fixed wrap-up text goes
//! (SMS-DELAY-4), followed by Goodbye (SMS-DELAY-5); only then may the contact be ended for no response. Any word of the
//! customer ends all of it (SMS-DELAY-8). Meanwhile the technician is led to their other interaction (SMS-DELAY-6).
//! One click each, or by itself where the queue is set so (AMB-44).

use crate::command::Script;
use crate::interaction::{Delay, Interaction, Turn};
use crate::pack::SmsSopVersion;
use crate::refusal::{Instead, Refusal};
use crate::sop::{Duty, DutyKind};
use crate::time::{Millis, seconds};

/// Key of the timer that makes a customer delay.
pub const SILENT: &str = "silent";
/// Key of the timer that ends the wait after the notice.
pub const REPLY: &str = "delay_reply";

/// The clock of the customer's silence, or what is to be sent now.
#[must_use]
pub fn duty(i: &Interaction, sop: &SmsSopVersion) -> Option<Duty> {
    let Turn::Customer { since, delay } = &i.turn else { return None };
    let silent = seconds(sop.customer_silent_seconds.value);
    let reply = seconds(sop.delay_reply_seconds.value);
    let make = |kind, title: &str, clause: &str, started: Millis, due: Millis, script| {
        Some(Duty {
            key: key(delay).to_owned(),
            kind,
            title: title.to_owned(),
            clause: clause.to_owned(),
            started,
            due,
            script,
        })
    };
    match *delay {
        Delay::None => {
            make(DutyKind::Silence, "Customer silent", "SMS-DELAY-1", *since, since + silent, None)
        }
        Delay::Flagged { at } => make(
            DutyKind::DelayNotice,
            "Send the delay notice",
            "SMS-DELAY-2",
            *since,
            at,
            Some(Script::DelayNotice),
        ),
        Delay::NoticeSent { at } => {
            make(DutyKind::DelayReply, "Customer may reply", "SMS-DELAY-3", at, at + reply, None)
        }
        Delay::RanOut { at } => make(
            DutyKind::DelayWrapUp,
            "Send wrap-up and Goodbye",
            "SMS-DELAY-4",
            at - reply,
            at,
            Some(Script::DelayWrapUpAndGoodbye),
        ),
        Delay::WrapUpSent { at } => {
            make(DutyKind::DelayWrapUp, "Send Goodbye", "SMS-DELAY-5", at, at, Some(Script::Goodbye))
        }
        Delay::GoodbyeSent { at } => make(DutyKind::DelayEnd, "End it", "SMS-DELAY-5", at, at, None),
    }
}

const fn key(delay: &Delay) -> &'static str {
    match delay {
        Delay::None | Delay::Flagged { .. } => SILENT,
        Delay::NoticeSent { .. } | Delay::RanOut { .. } => REPLY,
        Delay::WrapUpSent { .. } | Delay::GoodbyeSent { .. } => "delay_end",
    }
}

/// The live timer, if one runs.
#[must_use]
pub fn timer(i: &Interaction, sop: &SmsSopVersion) -> Option<(String, Millis)> {
    let Turn::Customer { since, delay } = &i.turn else { return None };
    match delay {
        Delay::None => Some((SILENT.to_owned(), since + seconds(sop.customer_silent_seconds.value))),
        Delay::NoticeSent { at } => Some((REPLY.to_owned(), at + seconds(sop.delay_reply_seconds.value))),
        Delay::Flagged { .. }
        | Delay::RanOut { .. }
        | Delay::WrapUpSent { .. }
        | Delay::GoodbyeSent { .. } => None,
    }
}

/// Whether the contact may be ended, as far as the customer's silence goes (SMS-DELAY-3 to SMS-DELAY-5).
///
/// # Errors
/// A refusal with the text that is due, or with the time still to wait.
pub fn guard_end(i: &Interaction, sop: &SmsSopVersion, now: Millis) -> Result<(), Refusal> {
    let Turn::Customer { delay, .. } = &i.turn else { return Ok(()) };
    match *delay {
        Delay::GoodbyeSent { .. } => Ok(()),
        Delay::None => Err(Refusal::clause(
            "customer_may_answer",
            "SMS-DELAY-3",
            "The customer may still answer your last text. If the matter is settled, send Goodbye first.",
        )
        .or(Instead::SendGoodbye)),
        Delay::Flagged { .. } => Err(Refusal::clause(
            "delay_notice_first",
            "SMS-DELAY-3",
            "The customer is in delay: send the delay notice and give them the time it names before you end.",
        )
        .or(Instead::SendDelayNotice)),
        Delay::NoticeSent { at } => {
            let left = (at + seconds(sop.delay_reply_seconds.value) - now).max(0);
            Err(Refusal::clause(
                "delay_running",
                "SMS-DELAY-3",
                format!(
                    "The customer has {} left to reply; then send the wrap-up text and Goodbye.",
                    crate::time::span(left)
                ),
            ))
        }
        Delay::RanOut { .. } => Err(Refusal::clause(
            "wrap_up_text_first",
            "SMS-DELAY-4",
            "Send the wrap-up text and Goodbye, then end it for no response.",
        )
        .or(Instead::SendWrapUpAndGoodbye)),
        Delay::WrapUpSent { .. } => Err(Refusal::clause(
            "goodbye_first",
            "SMS-DELAY-5",
            "Send Goodbye after the wrap-up text, then end it.",
        )
        .or(Instead::SendGoodbye)),
    }
}

/// Whether the script may go now: the notice only in delay, the wrap-up text only after the wait (SMS-DELAY-2 to -4).
///
/// # Errors
/// A refusal that says what is to be waited for.
pub fn guard_script(
    i: &Interaction,
    script: Script,
    sop: &SmsSopVersion,
    now: Millis,
) -> Result<(), Refusal> {
    let delay = if let Turn::Customer { delay, .. } = &i.turn { *delay } else { Delay::None };
    match (script, delay) {
        (Script::DelayNotice, Delay::Flagged { .. })
        | (Script::DelayWrapUpAndGoodbye, Delay::RanOut { .. }) => Ok(()),
        (Script::DelayNotice, Delay::None) => Err(Refusal::clause(
            "not_in_delay",
            "SMS-DELAY-1",
            format!(
                "The customer is in delay after {} of silence.",
                crate::time::span(seconds(sop.customer_silent_seconds.value))
            ),
        )),
        (Script::DelayNotice, _) => {
            Err(Refusal::clause("sent_before", "SMS-DELAY-2", "The delay notice was sent; it goes once."))
        }
        (Script::DelayWrapUpAndGoodbye, Delay::NoticeSent { .. }) => guard_end(i, sop, now),
        (Script::DelayWrapUpAndGoodbye, Delay::WrapUpSent { .. } | Delay::GoodbyeSent { .. }) => {
            Err(Refusal::clause("sent_before", "SMS-DELAY-4", "The wrap-up text was sent; it goes once."))
        }
        (Script::DelayWrapUpAndGoodbye, _) => Err(Refusal::clause(
            "delay_notice_first",
            "SMS-DELAY-3",
            "First comes the delay notice, and then the customer has time to reply.",
        )),
        _ => Ok(()),
    }
}
