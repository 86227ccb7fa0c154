//! Whether the library Canned Response and the procedures make sense: wordings, slots, prescribed scripts, periods in
//! force, and the responses that a procedure names.
//!
//! Owns the checks of `canned/` and `sop/`. The shared [`Checker`] and all other files are `super::check`.

use std::collections::BTreeSet;

use super::check::{Checker, TEXT_CHARS_MAX};
use super::load::SOP_SMS;
use super::model::{Cited, SmsSopVersion};
use super::source::Place;
use crate::canned::{CannedKind, CannedResponse, CannedStatus};

/// The slot of a response that becomes the staff member's first name (AMB-17).
pub const NAME_SLOT: &str = "{worker_first_name}";
/// The slot of a response that becomes the hours in force (IM31-HOURS-5).
pub const HOURS_SLOT: &str = "{hours}";

/// Reactions that one commit may hold at most.
const REACTIONS_MAX: u8 = 16;

const SELF_SERVICE: [CannedKind; 3] =
    [CannedKind::SelfServiceOnline, CannedKind::SelfServiceMail, CannedKind::SelfServiceEmail];

/// The library Canned Response (SMS-SCRIPT-1).
pub(super) fn canned(checker: &mut Checker<'_>) {
    let parts = checker.parts;
    let Some(canned) = &parts.canned else { return };
    let mut seen = BTreeSet::new();
    for (place, response) in canned {
        let id = response.id.as_str();
        let well_written = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        let sound = !id.is_empty() && id.chars().all(well_written);
        checker.demand(
            sound,
            &place.key("id"),
            format!("`{id}` is no id: use small letters, digits and `-`"),
        );
        checker.demand(seen.insert(id), &place.key("id"), format!("`{id}` is used twice"));
        checker.filled(&place.key("title"), &response.title);
        checker.demand(response.version > 0, &place.key("version"), "versions count from 1");
        checker.demand(!response.channels.is_empty(), &place.key("channels"), "name at least one channel");
        for channel in &response.channels {
            checker.channel(&place.key("channels"), channel);
        }
        let found = response.keywords.iter().any(|keyword| !keyword.trim().is_empty());
        checker.demand(found, &place.key("keywords"), "without a keyword nobody finds it (SMS-SCRIPT-2)");
        let explained = response.status != CannedStatus::Draft || !response.note.trim().is_empty();
        checker.demand(explained, &place.key("note"), "a draft needs a note that says who must approve it");
        wording(checker, place, response);
    }
}

/// The texts of a response.
fn wording(checker: &mut Checker<'_>, place: &Place, response: &CannedResponse) {
    checker.demand(!response.text.is_empty(), &place.key("text"), "there is no text in any language");
    for (language, text) in &response.text {
        let at = place.key("text").key(language.clone());
        checker.language(&at, language);
        checker.filled(&at, text);
        let length = text.chars().count();
        let message = format!("the text has {length} characters; at most {TEXT_CHARS_MAX} are sent");
        checker.demand(length <= TEXT_CHARS_MAX, &at, message);
        let rest = text.replace(NAME_SLOT, "").replace(HOURS_SLOT, "");
        let message =
            format!("the only slots are {NAME_SLOT} and {HOURS_SLOT}; no other brace may stand in a text");
        checker.demand(!rest.contains(['{', '}']), &at, message);
    }
    let Some(clause) = &response.clause else { return };
    checker.clause(&place.key("clause"), clause);
    if response.editable || response.status != CannedStatus::Approved {
        return;
    }
    let parts = checker.parts;
    let script =
        parts.clauses.as_ref().and_then(|clauses| clauses.get(clause)).and_then(|it| it.script.as_ref());
    let (Some(script), Some(text)) = (script, response.text.get("en")) else { return };
    let plain = text.replace(&format!(" {NAME_SLOT}"), "");
    let exact = plain == *script || script.lines().any(|line| line == plain);
    checker.demand(exact, &place.key("text"), format!("the wording is not the one that {clause} prescribes"));
}

/// A reference to a response: it exists, is not retired, is of the kind expected and has a text in the language.
pub(super) fn response(
    checker: &mut Checker<'_>,
    place: &Place,
    id: &str,
    kind: Option<CannedKind>,
    language: Option<&str>,
) {
    let parts = checker.parts;
    let Some(canned) = &parts.canned else { return };
    let Some((_, found)) = canned.iter().find(|(_, response)| response.id == id) else {
        return checker.fault(place, format!("there is no response `{id}`"));
    };
    let in_use = found.status != CannedStatus::Retired;
    checker.demand(in_use, place, format!("the response `{id}` is retired"));
    let fits = kind.is_none_or(|kind| found.kind == kind);
    checker.demand(fits, place, format!("the response `{id}` is of another kind"));
    if let Some(language) = language {
        let has = found.text.contains_key(language);
        checker.demand(has, place, format!("the response `{id}` has no text in the language `{language}`"));
    }
}

/// `sop/sms.toml`.
pub(super) fn sms(checker: &mut Checker<'_>) {
    let Some(versions) = &checker.parts.sop_sms else { return };
    let list = Place::in_file(SOP_SMS).key("version");
    checker.demand(!versions.is_empty(), &list, "there is no version of the procedure");
    let mut names = BTreeSet::new();
    for (index, version) in versions.iter().enumerate() {
        let place = list.index(index);
        let message = format!("the version `{}` is there twice", version.version);
        checker.demand(names.insert(&version.version), &place.key("version"), message);
        checker.filled(&place.key("version"), &version.version);
        checker.filled(&place.key("title"), &version.title);
        let ordered = version.in_force_until.is_none_or(|until| version.in_force_from <= until);
        checker.demand(ordered, &place.key("in_force_until"), "the version ends before it begins");
        for earlier in versions.iter().take(index).filter(|earlier| overlap(earlier, version)) {
            let message = format!("its days in force overlap those of version `{}`", earlier.version);
            checker.fault(&place.key("in_force_from"), message);
        }
        settings(checker, &place, version);
        steps(checker, &place, version);
        acknowledgement(checker, &place.key("acknowledgement"), version);
    }
}

fn overlap(one: &SmsSopVersion, other: &SmsSopVersion) -> bool {
    let ends_before =
        |a: &SmsSopVersion, b: &SmsSopVersion| a.in_force_until.is_some_and(|end| end < b.in_force_from);
    !ends_before(one, other) && !ends_before(other, one)
}

fn settings(checker: &mut Checker<'_>, place: &Place, version: &SmsSopVersion) {
    let timed = [
        ("customer_silent_seconds", &version.customer_silent_seconds),
        ("delay_reply_seconds", &version.delay_reply_seconds),
        ("check_in_seconds", &version.check_in_seconds),
    ];
    for (key, setting) in timed {
        checker.seconds(&place.key(key).key("value"), setting.value);
        checker.clause(&place.key(key).key("clause"), &setting.clause);
    }
    let in_range = (1..=REACTIONS_MAX).contains(&version.reactions_max);
    checker.demand(in_range, &place.key("reactions_max"), format!("give 1 to {REACTIONS_MAX}"));
    let hotline = place.key("hotline");
    checker.clause(&hotline.key("clause"), &version.hotline.clause);
    checker.clause(&place.key("report_address").key("clause"), &version.report_address.clause);
    let parts = checker.parts;
    if let Some(agency) = &parts.agency {
        let number = &version.hotline.number;
        let known = agency.phone_numbers.iter().any(|listed| listed.shown == *number);
        checker.demand(
            known,
            &hotline.key("number"),
            format!("`{number}` is not among the agency's numbers"),
        );
        let address = &version.report_address.value;
        let known = agency.links.iter().any(|link| link.address == *address);
        let message = format!("`{address}` is not among the agency's links");
        checker.demand(known, &place.key("report_address").key("value"), message);
    }
    let order = &version.self_service_order;
    let at = place.key("self_service_order");
    checker.clause(&at.key("clause"), &order.clause);
    let complete =
        SELF_SERVICE.iter().all(|kind| order.value.contains(kind)) && order.value.len() == SELF_SERVICE.len();
    checker.demand(complete, &at.key("value"), "name each of the three self-service kinds once");
}

fn steps(checker: &mut Checker<'_>, place: &Place, version: &SmsSopVersion) {
    for (step, id) in version.responses.all() {
        response(checker, &place.key("responses").key(step), id, kind_of(step), Some("en"));
    }
    referrals(checker, &place.key("referrals"), &version.referrals);
    let mut topics = Vec::new();
    for (index, set) in version.clarify.iter().enumerate() {
        let at = place.key("clarify").index(index);
        checker.demand(!topics.contains(&set.topic), &at.key("topic"), "this topic is there twice");
        topics.push(set.topic);
        checker.demand(!set.questions.is_empty(), &at.key("questions"), "name at least one question");
        questions(checker, &at.key("questions"), &set.questions);
    }
    let other = place.key("clarify_other");
    checker.clause(&other.key("clause"), &version.clarify_other.clause);
    let some = !version.clarify_other.value.is_empty();
    checker.demand(some, &other.key("value"), "name at least one question (SMS-GEN-5)");
    questions(checker, &other.key("value"), &version.clarify_other.value);
    for (language, pairs) in &version.translations {
        let at = place.key("translations").key(language.clone());
        checker.language(&at, language);
        for (id, translated) in pairs {
            let at = at.key(id.clone());
            response(checker, &at, id, None, None);
            response(checker, &at, translated, None, Some(language));
        }
    }
}

fn questions(checker: &mut Checker<'_>, place: &Place, ids: &[String]) {
    for (index, id) in ids.iter().enumerate() {
        response(checker, &place.index(index), id, Some(CannedKind::Clarify), Some("en"));
    }
}

fn referrals(checker: &mut Checker<'_>, place: &Place, referrals: &Cited<Vec<String>>) {
    checker.clause(&place.key("clause"), &referrals.clause);
    for (index, id) in referrals.value.iter().enumerate() {
        response(checker, &place.key("value").index(index), id, Some(CannedKind::Referral), Some("en"));
    }
}

/// The kind that a step's response must have. The safety check is an ordinary text.
fn kind_of(step: &str) -> Option<CannedKind> {
    Some(match step {
        "greeting" => CannedKind::Greeting,
        "goodbye" => CannedKind::Goodbye,
        "delay_notice" => CannedKind::DelayNotice,
        "delay_wrap_up" => CannedKind::DelayWrapUp,
        "cannot_answer" => CannedKind::CannotAnswer,
        "check_in" => CannedKind::CheckIn,
        "opt_out_confirmation" => CannedKind::OptOutConfirmation,
        "opt_in_confirmation" => CannedKind::OptInConfirmation,
        "help" => CannedKind::Help,
        "media_refused" => CannedKind::MediaRefused,
        "hotline" => CannedKind::Hotline,
        "call_notice" => CannedKind::CallNotice,
        _ => return None,
    })
}

fn acknowledgement(checker: &mut Checker<'_>, place: &Place, version: &SmsSopVersion) {
    let text = &version.acknowledgement;
    checker.filled(&place.key("notice").key("value"), &text.notice.value);
    checker.clause(&place.key("notice").key("clause"), &text.notice.clause);
    checker.demand(!text.sections.is_empty(), place, "there is nothing to read and acknowledge (SMS-GEN-2)");
    for (index, section) in text.sections.iter().enumerate() {
        let at = place.key("section").index(index);
        checker.filled(&at.key("title"), &section.title);
        checker.demand(!section.sentences.is_empty(), &at, "the section is empty");
        for (position, sentence) in section.sentences.iter().enumerate() {
            let at = at.key("sentences").index(position);
            checker.filled(&at.key("value"), &sentence.value);
            checker.clause(&at.key("clause"), &sentence.clause);
        }
    }
}
