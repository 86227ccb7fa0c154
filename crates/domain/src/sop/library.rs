//! Scripts and Keywords: answers keep to the canned responses (SMS-GEN-11); the wording is taken over, not retyped
//! (SMS-GEN-12). A free text is not forbidden: the matching response is shown once, and the text goes when confirmed.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::canned::{CannedResponse, CannedStatus, FALLBACK_LANGUAGE, ReplyKind, Unfilled, fill, similar_to};
use crate::context::Context;
use crate::customer::Customer;
use crate::id::StaffId;
use crate::interaction::Interaction;
use crate::knowledge::text_hours;
use crate::pack::{HOURS_SLOT, Pack};
use crate::refusal::{Instead, Refusal};
use crate::sop::Outgoing;
use crate::time::Millis;

/// How alike a free text and a response must be before the response is shown first.
const ALIKE: f32 = 0.6;

/// Shows the matching response before a free text goes (SMS-GEN-11), and holds drafts back (SMS-SCRIPT-1).
///
/// # Errors
/// A refusal; for free text with the response and "send anyway".
pub fn guard(
    i: &Interaction,
    _: &Customer,
    outgoing: &Outgoing<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if let Some(response) = outgoing.canned
        && response.status != CannedStatus::Approved
    {
        return Err(Refusal::clause(
            "not_approved",
            "SMS-SCRIPT-1",
            "This response is not approved. Choose an approved one.",
        ));
    }
    if outgoing.kind != ReplyKind::FreeText || outgoing.reply.confirmed {
        return Ok(());
    }
    let Some((response, likeness)) = similar_to(&context.pack.canned, &outgoing.reply.text, &i.channel)
    else {
        return Ok(());
    };
    if likeness < ALIKE {
        return Ok(());
    }
    let sentence = format!(
        "There is an approved response for this: “{}”. Use its wording, or send yours as it is.",
        response.title
    );
    Err(Refusal::clause("approved_wording", "SMS-GEN-11", sentence)
        .or(Instead::Insert { response: response.id.clone(), label: format!("Use “{}”", response.title) })
        .or(Instead::SendAnyway))
}

/// The approved response whose wording, in any language, these words are.
#[must_use]
pub fn to_the_letter<'a>(
    text: &str,
    channel: &str,
    staff: &StaffId,
    context: &Context<'a>,
) -> Option<&'a CannedResponse> {
    let on_channel = |response: &&CannedResponse| response.channels.iter().any(|known| known == channel);
    context
        .pack
        .canned
        .iter()
        .filter(|response| response.status == CannedStatus::Approved)
        .filter(on_channel)
        .find(|response| {
            let mut languages = response.text.keys();
            languages.any(|language| {
                wording(response, language, Some(staff), context).is_ok_and(|words| words == text.trim())
            })
        })
}

/// The response that serves a step of the procedure in a language: its approved translation, or the prescribed one.
#[must_use]
pub fn script<'a>(id: &str, language: &str, context: &Context<'a>) -> Option<&'a CannedResponse> {
    let translated = context.sop().and_then(|sop| context.pack.response(sop.response_in(id, language)));
    translated
        .filter(|response| response.status == CannedStatus::Approved)
        .or_else(|| context.pack.response(id))
}

/// The exact wording of a response in a language, with its slots filled (SMS-GEN-12, SMS-KEY-1).
///
/// # Errors
/// A sentence naming the slot that cannot be filled.
pub fn wording(
    response: &CannedResponse,
    language: &str,
    staff: Option<&StaffId>,
    context: &Context<'_>,
) -> Result<String, Refusal> {
    let text = response
        .text
        .get(language)
        .or_else(|| response.text.get("en"))
        .or_else(|| response.text.values().next());
    let Some(text) = text else {
        return Err(Refusal::plain(
            "no_wording",
            format!("The response “{}” has no wording.", response.title),
        ));
    };
    let first_name = staff.and_then(|id| context.member(id)).map(|member| member.first_name.as_str());
    filled(text, response, language, first_name, (context.pack, context.now, context.zone)).map_err(|e| {
        Refusal::plain("slot", format!("The response “{}” cannot be filled: {e}.", response.title))
    })
}

/// A wording of the response with its slots filled: the staff member's first name, the agency's name, and the hours of
/// the calendar that this channel and language are answered by (IM31-HOURS-5).
///
/// # Errors
/// [`Unfilled`] names the first slot that has no value.
pub fn filled(
    text: &str,
    response: &CannedResponse,
    language: &str,
    first_name: Option<&str>,
    (pack, now, zone): (&Pack, Millis, &TimeZone),
) -> Result<String, Unfilled> {
    // A wording that stands in for a missing one is filled in its own language.
    let language = if response.text.contains_key(language) { language } else { FALLBACK_LANGUAGE };
    let hours = if text.contains(HOURS_SLOT) {
        let channel = response.channels.first().map_or("sms", String::as_str);
        hours_said(pack, channel, language, now, zone)
    } else {
        String::new()
    };
    let mut slots = BTreeMap::from([("agency_name", pack.agency.name.as_str()), ("hours", hours.as_str())]);
    if let Some(name) = first_name {
        slots.insert("worker_first_name", name);
    }
    fill(text, &slots)
}

/// The hours of a channel in a language as a text tells them; a channel without a calendar is always open.
#[must_use]
pub fn hours_said(pack: &Pack, channel: &str, language: &str, now: Millis, zone: &TimeZone) -> String {
    let spanish = language == "es";
    let queue = pack.queues.for_language(channel, language);
    match queue.and_then(|queue| pack.queues.hours_of(&queue.id)) {
        Some(hours) => text_hours(hours, now, zone, spanish),
        None if spanish => "todos los días, a toda hora".to_owned(),
        None => "every day, all day".to_owned(),
    }
}
