//! General Guidelines: a case-specific question is met with clarifying questions (SMS-GEN-5, SMS-GEN-7); only when they did
//! not help comes the response for questions that cannot be answered by text (SMS-GEN-6).

use crate::canned::CannedKind;
use crate::context::Context;
use crate::customer::Customer;
use crate::intent;
use crate::interaction::Interaction;
use crate::refusal::{Instead, Refusal};
use crate::sop::Outgoing;

/// Refuses "cannot answer by text" while no clarifying question was sent (SMS-GEN-6).
///
/// # Errors
/// A refusal that offers the first clarifying questions.
pub fn guard(
    i: &Interaction,
    _: &Customer,
    outgoing: &Outgoing<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let cannot = outgoing.canned.is_some_and(|response| response.kind == CannedKind::CannotAnswer);
    if !cannot || !i.clarifying.is_empty() {
        return Ok(());
    }
    let mut refusal = Refusal::clause(
        "clarify_first",
        "SMS-GEN-6",
        "Ask a clarifying question first; this response is for questions that stay open after that.",
    );
    for id in context.sop().map(|sop| sop.clarify_for(&i.topics)).unwrap_or_default().iter().take(3) {
        if let Some(response) = context.pack.response(id) {
            refusal = refusal.or(Instead::Insert { response: id.clone(), label: response.title.clone() });
        }
    }
    Err(refusal)
}

/// The clarifying questions that fit the customer's words, best first (SMS-GEN-5, SMS-GEN-7).
#[must_use]
pub fn suggested<'a>(words: &str, context: &Context<'a>) -> Vec<&'a str> {
    let Some(sop) = context.sop() else { return Vec::new() };
    sop.clarify_for(&intent::hints(words).topics)
        .iter()
        .filter_map(|id| context.pack.response(id))
        .map(|response| response.id.as_str())
        .collect()
}
