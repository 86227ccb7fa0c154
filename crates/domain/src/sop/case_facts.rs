//! General Guidelines: for security reasons no case-specific information leaves by text (SMS-GEN-4).
//!
//! The judgement itself is [`crate::disclosure`]; this file says what follows from it: the send is refused, the refusal is
//! recorded without the text, and the clarifying questions are offered instead.

use crate::canned::CannedKind;
use crate::context::Context;
use crate::customer::Customer;
use crate::disclosure::{Allowed, FindingKind, judge_outgoing};
use crate::event::{Actor, Event, Fact, InteractionFact};
use crate::interaction::Interaction;
use crate::refusal::{Instead, Refusal};
use crate::sop::Outgoing;

/// Refuses a text that states a fact about this person's case (SMS-GEN-4).
///
/// # Errors
/// A refusal that names what was found and offers the clarifying questions.
pub fn guard(
    i: &Interaction,
    _: &Customer,
    outgoing: &Outgoing<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let earlier: Vec<&str> = context.recent_outgoing.iter().map(String::as_str).collect();
    let judgement = judge_outgoing(&outgoing.reply.text, &earlier, &allowed(context));
    if judgement.doubtful && !outgoing.reply.confirmed {
        return Err(doubt(i, context));
    }
    let mut kinds: Vec<FindingKind> = judgement.findings.iter().map(|finding| finding.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let Some(first) = kinds.first() else { return Ok(()) };
    let sentence =
        format!("Not sent: by text no case-specific information may be given out. {}", first.sentence());
    let mut refusal = Refusal::clause("case_fact", "SMS-GEN-4", sentence);
    for question in questions(i, context) {
        refusal = refusal.or(question);
    }
    Err(refusal.recording(refused(i, "case_fact", Some("SMS-GEN-4"), kinds.clone(), context)))
}

/// The guard is not sure: whoever sends it is asked once, and the asking is recorded without the text.
fn doubt(i: &Interaction, context: &Context<'_>) -> Refusal {
    let sentence = "Not sent yet: this may tell something about the customer's own case. If it holds for anybody, send it \
                    as it is.";
    let mut refusal = Refusal::clause("case_fact_doubt", "SMS-GEN-4", sentence).or(Instead::SendAnyway);
    for question in questions(i, context) {
        refusal = refusal.or(question);
    }
    refusal.recording(refused(i, "case_fact_doubt", Some("SMS-GEN-4"), Vec::new(), context))
}

/// The agency's own numbers, which are no case facts.
#[must_use]
pub fn allowed(context: &Context<'_>) -> Allowed {
    let agency = &context.pack.agency;
    let numbers = agency.phone_numbers.iter().flat_map(|n| [n.number.clone(), n.shown.clone()]);
    let lines = agency.lines.iter().flat_map(|l| [l.number.clone(), l.shown.clone()]);
    Allowed { phone_numbers: numbers.chain(lines).collect(), phrases: Vec::new() }
}

/// The record of a refused text: what was found, never the text.
#[must_use]
pub fn refused(
    i: &Interaction,
    code: &str,
    clause: Option<&str>,
    found: Vec<FindingKind>,
    context: &Context<'_>,
) -> Event {
    Event {
        at: context.now,
        by: i.owner.as_ref().map_or(Actor::System, Actor::staff),
        clause: clause.map(str::to_owned),
        fact: Fact::Interaction {
            id: i.id,
            fact: InteractionFact::SendRefused { code: code.to_owned(), found },
        },
    }
}

/// Buttons with the clarifying questions not sent yet (SMS-GEN-5).
fn questions(i: &Interaction, context: &Context<'_>) -> Vec<Instead> {
    let Some(sop) = context.sop() else { return Vec::new() };
    sop.clarify_for(&i.topics)
        .iter()
        .filter(|id| !i.clarifying.contains(id))
        .filter_map(|id| context.pack.response(id))
        .filter(|response| response.kind == CannedKind::Clarify)
        .take(3)
        .map(|response| Instead::Insert { response: response.id.clone(), label: response.title.clone() })
        .collect()
}
