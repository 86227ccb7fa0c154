//! End Message: the contact is ended (SMS-END-1), the wrap-up codes open (SMS-END-2), exactly one is chosen
//! (SMS-END-3), done completes it (SMS-END-4).

use crate::context::Context;
use crate::customer::Customer;
use crate::interaction::{Delay, EndReason, Interaction, Phase, Turn};
use crate::pack::WrapUpCode;
use crate::refusal::{Instead, Refusal};
use crate::sop::{Duty, DutyKind, delay, safety};

/// Seconds of wrap-up after which its clock is overdue on screens.
const WRAP_UP_SECONDS: u32 = 120;

/// Whether and as what it may be ended now. The state says why it ends; what was asked for cannot make it anything else.
///
/// # Errors
/// A refusal with what is to be done first.
pub fn guard_end(
    i: &Interaction,
    customer: &Customer,
    confirmed: bool,
    context: &Context<'_>,
) -> Result<EndReason, Refusal> {
    safety::guard_end(i)?;
    if customer.opted_out_at.is_some() {
        return Ok(EndReason::OptedOut);
    }
    if let Some(sop) = context.sop() {
        delay::guard_end(i, sop, context.now)?;
    }
    // Research does not shorten the customer's time to answer what was said last.
    if matches!(&i.turn, Turn::Staff { researching: true, .. })
        && !i.last_is_customer
        && i.staff_texts > 0
        && !i.said_goodbye
    {
        return Err(Refusal::clause(
            "research_open",
            "SMS-DELAY-3",
            "You are researching and the customer waits. Answer, or send Goodbye if the matter is settled, then end it.",
        )
        .or(Instead::SendGoodbye));
    }
    if is_unanswered(&i.turn, i.said_goodbye) && !confirmed {
        return Err(Refusal::clause(
            "unanswered",
            "SMS-HOLD-1",
            "Not ended: the customer wrote last and waits for you. Answer, or send Goodbye if nothing is open. If it is to end \
             without a word, say so once more; that is recorded with your name.",
        )
        .or(Instead::SendGoodbye)
        .or(Instead::EndUnanswered));
    }
    let silent = matches!(&i.turn, Turn::Customer { delay: Delay::GoodbyeSent { .. }, .. });
    Ok(if silent { EndReason::NoResponse } else { EndReason::Finished })
}

/// Whether staff still owe the customer a word: their text is open, and neither an answer nor Goodbye came after it. A
/// check-in is a sign of life and no answer (SMS-HOLD-1).
#[must_use]
pub const fn is_unanswered(turn: &Turn, said_goodbye: bool) -> bool {
    matches!(turn, Turn::Staff { .. }) && !said_goodbye
}

/// The code chosen, which must be one of the channel's list (SMS-END-2, SMS-END-3).
///
/// # Errors
/// A refusal when none, or an unknown one, was chosen.
pub fn guard_finish<'a>(
    i: &Interaction,
    code: &str,
    context: &Context<'a>,
) -> Result<&'a WrapUpCode, Refusal> {
    safety::guard_end(i)?;
    let found = context
        .pack
        .wrap_up
        .codes
        .iter()
        .find(|c| c.id == code && c.channels.iter().any(|ch| ch == &i.channel));
    found.ok_or_else(|| {
        Refusal::clause("wrap_up_code", "SMS-END-3", "Choose one wrap-up code, then press done.")
            .or(Instead::ChooseWrapUp)
    })
}

/// The open wrap-up code.
#[must_use]
pub fn duty(i: &Interaction) -> Option<Duty> {
    if i.phase != Phase::WrapUp {
        return None;
    }
    let started = i.ended_at?;
    Some(Duty {
        key: "wrap_up".to_owned(),
        kind: DutyKind::WrapUp,
        title: "Choose the wrap-up code".to_owned(),
        clause: "SMS-END-3".to_owned(),
        started,
        due: started + crate::time::seconds(WRAP_UP_SECONDS),
        script: None,
    })
}
