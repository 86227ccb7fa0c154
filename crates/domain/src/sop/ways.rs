//! General Guidelines: customers are sent to online resources, mail or e-mail first (SMS-GEN-9); the Customer Service
//! Center only when nothing else serves, with a reason (SMS-GEN-10). From what was chosen comes the share of texts
//! answered without a referral (SMS-GEN-8).

use crate::canned::CannedKind;
use crate::context::Context;
use crate::customer::Customer;
use crate::interaction::Interaction;
use crate::refusal::{Instead, Refusal};
use crate::sop::Outgoing;

/// A reason has at least this many characters, so that a single key does not pass for one.
pub const REASON_CHARACTERS_MIN: usize = 4;
/// And at most this many.
pub const REASON_CHARACTERS_MAX: usize = 300;

/// Whether a response points somewhere, and where to.
#[must_use]
pub const fn is_way(kind: CannedKind) -> bool {
    matches!(
        kind,
        CannedKind::SelfServiceOnline
            | CannedKind::SelfServiceMail
            | CannedKind::SelfServiceEmail
            | CannedKind::Referral
    )
}

/// Whether a reason is one.
#[must_use]
pub fn is_reason(reason: &str) -> bool {
    let length = reason.trim().chars().count();
    (REASON_CHARACTERS_MIN..=REASON_CHARACTERS_MAX).contains(&length)
}

/// Refuses a referral to the Customer Service Center without a reason (SMS-GEN-10).
///
/// # Errors
/// A refusal that asks for the reason.
pub fn guard(
    i: &Interaction,
    _: &Customer,
    outgoing: &Outgoing<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if !is_referral(outgoing, context) || i.referral_reason.is_some() || i.in_safety() {
        return Ok(());
    }
    if outgoing.reply.referral_reason.as_deref().is_some_and(is_reason) {
        return Ok(());
    }
    Err(Refusal::clause(
        "referral_reason",
        "SMS-GEN-10",
        "Online, mail or e-mail come first. Say in a word why none of them serves this customer, then it is sent.",
    )
    .or(Instead::GiveReferralReason))
}

/// A referral by the library's response, or free text that gives out the service centre's number.
#[must_use]
pub fn is_referral(outgoing: &Outgoing<'_>, context: &Context<'_>) -> bool {
    if let Some(response) = outgoing.canned
        && response.kind == CannedKind::Referral
    {
        return true;
    }
    let digits = digits_of(&outgoing.reply.text);
    // A response may name such a number for another reason, such as which number an interview call comes from.
    let own = |number: &str| {
        outgoing.canned.is_some_and(|r| r.text.values().any(|text| digits_of(text).contains(number)))
    };
    referral_numbers(context).iter().any(|number| digits.contains(number.as_str()) && !own(number))
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The phone numbers that the referral responses give out: a free text with one of them is a referral too.
fn referral_numbers(context: &Context<'_>) -> Vec<String> {
    let Some(sop) = context.sop() else { return Vec::new() };
    let texts =
        sop.referrals.value.iter().filter_map(|id| context.pack.response(id)).flat_map(|r| r.text.values());
    let mut numbers: Vec<String> = context
        .pack
        .agency
        .phone_numbers
        .iter()
        .map(|number| {
            (number.shown.clone(), number.shown.chars().filter(char::is_ascii_digit).collect::<String>())
        })
        .filter(|(shown, digits)| {
            digits.len() >= 10 && texts.clone().any(|text| text.contains(shown.as_str()))
        })
        .map(|(_, digits)| digits)
        .collect();
    numbers.sort();
    numbers.dedup();
    numbers
}
