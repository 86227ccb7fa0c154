//! U.S. rules for texts (47 CFR 64.1200, in force since 11 April 2025): any reasonable wish to stop is honoured at once,
//! one confirmation goes out, and nothing after it until the customer opts in again. START and HELP are answered.
//!
//! The recognition of wishes is [`crate::opt_out`]; this file refuses replies to those who opted out.

use crate::context::Context;
use crate::customer::Customer;
use crate::interaction::Interaction;
use crate::refusal::Refusal;
use crate::sop::{Outgoing, case_facts};

/// Refuses every reply to a customer who opted out. The attempt stands in the transcript, without its words.
///
/// # Errors
/// A refusal that says when they opted out and what would lift it.
pub fn guard(
    i: &Interaction,
    customer: &Customer,
    _: &Outgoing<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let Some(at) = customer.opted_out_at else { return Ok(()) };
    let when = crate::time::instant(at).to_zoned(context.zone.clone()).strftime("%B %-d, %H:%M").to_string();
    Err(Refusal::plain(
        "opted_out",
        format!(
            "The customer asked on {when} for no more texts. Nothing can be sent until they text START. End the contact."
        ),
    )
    .recording(case_facts::refused(i, "opted_out", None, Vec::new(), context)))
}
