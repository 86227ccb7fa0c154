//! Above the reply box: what the customer's last words call for, as responses that one click puts into the box.
//!
//! Greeting comes first while nothing was said (SMS-KEY-1), clarifying questions next on a question about the own case
//! (SMS-GEN-5, SMS-GEN-7), "cannot answer" once one was asked (SMS-GEN-6), then the three best of the library.

use domain::canned::{self, CannedKind, CannedResponse, CannedStatus};
use domain::intent::Topic;
use domain::view::Card;

use super::look::Look;

/// Suggestions from the library besides those the procedure calls for.
const BEST: usize = 3;
/// Suggestions altogether, so that they never fill the screen.
const CHIPS_MAX: usize = 7;

/// A response within one click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chip {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The exact wording, slots filled.
    pub(crate) text: String,
    /// What stands on the button: the words themselves where they are short.
    pub(crate) label: String,
    /// Why it is here: `first`, `clarify`, `suggest`.
    pub(crate) group: &'static str,
    /// First of its kind, so that the reason is written before it once.
    pub(crate) leads: bool,
    /// The reason in words, for the label.
    pub(crate) why: &'static str,
    pub(crate) clause: Option<&'static str>,
}

/// The chips for a card, given the customer's last words.
pub(crate) fn chips(look: &Look, card: &Card, words: &str) -> Vec<Chip> {
    let mut out: Vec<Chip> = Vec::new();
    let Some(sop) = look.sop() else { return out };
    let language = card.language.as_str();
    // A contact about child abuse follows its own steps; benefit answers have no place beside them (SMS-ABUSE-1).
    if card.hint_abuse.is_some() || card.safety.as_ref().is_some_and(|safety| safety.completed_at.is_none()) {
        push(
            &mut out,
            look,
            language,
            &sop.responses.safety_check,
            "first",
            "Safety first",
            Some("SMS-ABUSE-1"),
        );
        push(&mut out, look, language, &sop.responses.hotline, "clarify", "Then", Some("SMS-ABUSE-2"));
        return out;
    }
    if card.staff_texts == 0 {
        push(&mut out, look, language, &sop.responses.greeting, "first", "Begin with", Some("SMS-KEY-1"));
    }
    if card.case_specific {
        for id in sop.clarify_for(&card.topics).iter().filter(|id| !card.clarifying.contains(id)) {
            let clause = if card.topics.contains(&Topic::SnapTiming) { "SMS-GEN-7" } else { "SMS-GEN-5" };
            push(&mut out, look, language, id, "clarify", "Ask first", Some(clause));
        }
        if !card.clarifying.is_empty() {
            let id = &sop.responses.cannot_answer;
            push(&mut out, look, language, id, "clarify", "If it stays open", Some("SMS-GEN-6"));
        }
    }
    let asked = |response: &&CannedResponse| !card.clarifying.contains(&response.id);
    let best = canned::suggest(&look.pack.canned, words, &card.channel, language, usize::MAX);
    for response in best.into_iter().filter(asked).take(BEST) {
        push(&mut out, look, language, &response.id, "suggest", "Suggested", None);
    }
    out.truncate(CHIPS_MAX);
    out
}

fn push(
    out: &mut Vec<Chip>,
    look: &Look,
    language: &str,
    id: &str,
    group: &'static str,
    why: &'static str,
    clause: Option<&'static str>,
) {
    let Some(response) = look.response_in(id, language).filter(|response| is_offered(response)) else {
        return;
    };
    let Some(text) = look.wording(response, language) else { return };
    if out.iter().any(|chip| chip.id == response.id || chip.text == text) {
        return;
    }
    let leads = out.last().is_none_or(|chip| chip.why != why);
    let label = if group == "clarify" { super::words::short(&text, 60) } else { response.title.clone() };
    out.push(Chip {
        id: response.id.clone(),
        title: response.title.clone(),
        text,
        label,
        group,
        leads,
        why,
        clause,
    });
}

/// Staff see approved responses only (SMS-SCRIPT-1).
pub(crate) fn is_offered(response: &CannedResponse) -> bool {
    response.status == CannedStatus::Approved
}

/// One response in the library's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) keywords: String,
    pub(crate) language: String,
    pub(crate) usage: u64,
    pub(crate) clause: Option<String>,
    /// The wording is prescribed and stays as it is.
    pub(crate) fixed: bool,
}

/// Responses listed at once.
const LISTED_MAX: usize = 60;

/// What the library lists for a search (SMS-SCRIPT-1, SMS-SCRIPT-2).
pub(crate) fn library(look: &Look, query: &str, channel: &str, language: &str) -> Vec<Item> {
    canned::search(&look.pack.canned, query, channel, language, false)
        .into_iter()
        .filter(|response| !is_sent_by_the_line(response.kind))
        .filter_map(|response| {
            let own = response.text.contains_key(language);
            Some(Item {
                id: response.id.clone(),
                title: response.title.clone(),
                text: look.wording(response, language)?,
                keywords: response.keywords.join(", "),
                language: super::words::language(if own { language } else { canned::FALLBACK_LANGUAGE }),
                usage: look.usage.get(&response.id).copied().unwrap_or(response.usage),
                clause: response.clause.clone(),
                fixed: !response.editable,
            })
        })
        .take(LISTED_MAX)
        .collect()
}

/// Texts that only the line itself sends are no answers of staff.
const fn is_sent_by_the_line(kind: CannedKind) -> bool {
    matches!(
        kind,
        CannedKind::AutoReply
            | CannedKind::OptOutConfirmation
            | CannedKind::OptInConfirmation
            | CannedKind::Help
    )
}
