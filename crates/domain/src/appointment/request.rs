//! What is asked for when a visit is booked, and which of it each channel must or must not hold.
//!
//! By phone, in a chat and at the office: phone number, reason, who comes along, interpreter (PHONE-APPT-17 to -21). By
//! text and on the public page: the phone number is the only thing asked of the customer (SMS-APPT-6); they choose a
//! visit type and may name an interpreter (AMB-43), and an identifier in the note is refused.

use serde::{Deserialize, Serialize};

use super::fact::{Channel, Interpreter};
use super::settings::Rules;
use crate::disclosure::mask_incoming;
use crate::id::{Address, InteractionId};
use crate::pack::Agency;
use crate::time::Millis;

/// Characters of a reason, a note or an interpreter's language.
pub(super) const TEXT_CHARS_MAX: usize = 500;
/// Characters of a name.
const NAME_CHARS_MAX: usize = 120;

/// A booking as the form holds it. What was not asked is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Request {
    /// Office id.
    pub office: String,
    /// Visit type id.
    pub visit_type: String,
    /// Start.
    pub start: Millis,
    /// Phone number as it was typed.
    pub phone: String,
    /// Whether texts may go there.
    pub texts: bool,
    /// Language of the texts.
    pub language: String,
    /// Reason in the customer's words; every reason is accepted (PHONE-APPT-2).
    pub reason: Option<String>,
    /// Names of those who come along; an empty list is "nobody" (PHONE-APPT-18).
    pub companions: Option<Vec<String>>,
    /// Interpreter (PHONE-APPT-20, PHONE-APPT-21).
    pub interpreter: Option<Interpreter>,
    /// A note for the office.
    pub note: String,
    /// Whether a settlement by phone was tried first, and what came of it (PHONE-APPT-1).
    pub tried_by_phone: Option<Tried>,
    /// Clauses whose line is ticked as told (PHONE-APPT-3 to -6).
    pub told: Vec<String>,
    /// The interaction in which it is booked.
    pub interaction: Option<InteractionId>,
}

/// The answer to PHONE-APPT-1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Whether it was tried.
    pub tried: bool,
    /// What came of it, or why not.
    pub result: String,
}

/// What lies beside the log under the key of the details.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Details {
    /// Reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Names of those who come along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<String>,
    /// Note for the office.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What came of the attempt to settle it by phone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tried_by_phone: String,
    /// Which interpreter is needed, in the words of whoever asked for one (PHONE-APPT-21).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub interpreter: String,
}

impl Details {
    /// As it is kept.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From what is kept; empty when it is something else.
    #[must_use]
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// A field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// Name of the field in [`Request`].
    pub field: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// Clause it rests on.
    pub clause: Option<&'static str>,
    /// One sentence in English.
    pub sentence: &'static str,
}

const fn fault(
    field: &'static str,
    code: &'static str,
    clause: Option<&'static str>,
    sentence: &'static str,
) -> FieldFault {
    FieldFault { field, code, clause, sentence }
}

impl Request {
    /// Everything that is wrong with the fields on this channel, in the order of the form.
    #[must_use]
    pub fn faults(&self, channel: Channel, rules: &Rules<'_>, agency: &Agency) -> Vec<FieldFault> {
        let mut found = Vec::new();
        match rules.visit_type(&self.visit_type) {
            None => found.push(fault(
                "visit_type",
                "missing",
                Some("PHONE-APPT-17"),
                "Choose what the visit is for.",
            )),
            Some(visit) if channel == Channel::Page && !visit.public => {
                found.push(fault("visit_type", "not_public", None, "This kind of visit is booked by staff."));
            }
            Some(_) => {}
        }
        if rules.office(&self.office).is_none() {
            found.push(fault("office", "missing", Some("PHONE-APPT-11"), "Choose an office."));
        }
        found.extend(phone_fault(&self.phone, channel, agency));
        self.interpreter_faults(channel, &mut found);
        if channel.asks_phone_only() {
            self.too_much(&mut found);
        } else {
            self.too_little(rules, &mut found);
        }
        if !mask_incoming(&self.note).kinds.is_empty() {
            // By text and on the page nothing but the number is asked; by phone, what masks texts holds for what staff type.
            let clause = if channel.asks_phone_only() { "SMS-APPT-6" } else { "AMB-47" };
            found.push(identifier("note", clause));
        }
        self.hidden(&mut found);
        let tried = self.tried_by_phone.as_ref().map_or("", |tried| tried.result.as_str());
        if tried.chars().count() > TEXT_CHARS_MAX {
            let sentence = "What came of the attempt by phone is too long; keep it under 500 characters.";
            found.push(fault("tried_by_phone", "too_long", Some("PHONE-APPT-1"), sentence));
        }
        if self.note.chars().count() > TEXT_CHARS_MAX {
            found.push(fault(
                "note",
                "too_long",
                None,
                "The note is too long; keep it under 500 characters.",
            ));
        }
        found
    }

    /// Characters that nobody sees and that turn a line around, in what staff read on screens and in the office's system.
    fn hidden(&self, found: &mut Vec<FieldFault>) {
        let kind = match &self.interpreter {
            Some(Interpreter::Needed { kind }) => kind.as_str(),
            _ => "",
        };
        let tried = self.tried_by_phone.as_ref().map_or("", |tried| tried.result.as_str());
        let texts = [
            ("interpreter", kind, false),
            ("reason", self.reason.as_deref().unwrap_or(""), true),
            ("tried_by_phone", tried, true),
            ("note", self.note.as_str(), true),
        ];
        let bad = texts.into_iter().filter(|(_, text, lines)| hides(text, *lines));
        found.extend(bad.map(|(field, _, _)| fault(field, "hidden_characters", None, HIDDEN)));
    }

    fn interpreter_faults(&self, channel: Channel, found: &mut Vec<FieldFault>) {
        match &self.interpreter {
            None if !channel.asks_phone_only() => found.push(fault(
                "interpreter",
                "unanswered",
                Some("PHONE-APPT-20"),
                "Ask whether an interpreter is needed.",
            )),
            Some(Interpreter::Needed { kind }) if kind.trim().is_empty() => found.push(fault(
                "interpreter",
                "kind_missing",
                Some("PHONE-APPT-21"),
                "Say which interpreter is needed, such as a language or sign language.",
            )),
            Some(Interpreter::Needed { kind }) if kind.chars().count() > NAME_CHARS_MAX => {
                found.push(fault("interpreter", "too_long", None, "The interpreter's language is too long."));
            }
            Some(Interpreter::Needed { kind })
                if channel.asks_phone_only() && !mask_incoming(kind).kinds.is_empty() =>
            {
                found.push(identifier("interpreter", "SMS-APPT-6"));
            }
            _ => {}
        }
    }

    /// SMS-APPT-6: what must not be there where the phone number is all that is asked.
    fn too_much(&self, found: &mut Vec<FieldFault>) {
        let clause = Some("SMS-APPT-6");
        if self.reason.is_some() {
            let sentence = "By text no reason is asked; the visit type is enough.";
            found.push(fault("reason", "not_asked", clause, sentence));
        }
        if self.companions.is_some() {
            let sentence = "By text nobody is asked who comes along; the office does at check-in.";
            found.push(fault("companions", "not_asked", clause, sentence));
        }
    }

    /// PHONE-APPT-17, PHONE-APPT-18: what must be there otherwise.
    fn too_little(&self, rules: &Rules<'_>, found: &mut Vec<FieldFault>) {
        match self.reason.as_deref().map(str::trim) {
            None | Some("") => {
                let sentence = "Write down the reason for the visit; any reason will do.";
                found.push(fault("reason", "missing", Some("PHONE-APPT-17"), sentence));
            }
            Some(reason) if reason.chars().count() > TEXT_CHARS_MAX => {
                found.push(fault("reason", "too_long", None, "The reason is too long."));
            }
            Some(_) => {}
        }
        match &self.companions {
            None => found.push(fault(
                "companions",
                "unanswered",
                Some("PHONE-APPT-18"),
                "Ask who will come along; nobody is an answer.",
            )),
            Some(names) => found.extend(companion_fault(names, rules)),
        }
    }

    /// What lies beside the log, if anything is to.
    #[must_use]
    pub fn details(&self) -> Option<Details> {
        let trimmed = |text: &str| text.trim().to_owned();
        let details = Details {
            reason: self.reason.as_deref().map(trimmed).filter(|reason| !reason.is_empty()),
            companions: self.companions.iter().flatten().map(|name| trimmed(name)).collect(),
            note: trimmed(&self.note),
            tried_by_phone: self
                .tried_by_phone
                .as_ref()
                .map(|tried| trimmed(&tried.result))
                .unwrap_or_default(),
            interpreter: match &self.interpreter {
                Some(Interpreter::Needed { kind }) => trimmed(kind),
                Some(Interpreter::NotNeeded) | None => String::new(),
            },
        };
        (details != Details::default()).then_some(details)
    }
}

const HIDDEN: &str = "Leave out invisible control characters; letters, digits and punctuation are enough.";

/// Whether a text holds control characters, line ends aside where there may be lines, or marks that turn the direction of
/// writing.
fn hides(text: &str, lines: bool) -> bool {
    text.chars().any(|c| match c {
        '\n' | '\r' | '\t' => !lines,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    })
}

const fn identifier(field: &'static str, clause: &'static str) -> FieldFault {
    let sentence = "Leave out Social Security numbers, case numbers, card numbers and dates of birth.";
    fault(field, "identifier", Some(clause), sentence)
}

/// Names of those who come along: filled, short enough, and not more than the settings allow.
#[must_use]
pub(super) fn companion_fault(names: &[String], rules: &Rules<'_>) -> Option<FieldFault> {
    if names.len() > usize::from(rules.book.rules.companions_max) {
        let sentence = "These are more people than a visit can hold; name those who must be there.";
        return Some(fault("companions", "too_many", Some("PHONE-APPT-18"), sentence));
    }
    if names.iter().any(|name| hides(name, false)) {
        return Some(fault("companions", "hidden_characters", None, HIDDEN));
    }
    let bad = |name: &String| name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX;
    names
        .iter()
        .any(bad)
        .then(|| fault("companions", "bad_name", Some("PHONE-APPT-18"), "A name is empty or too long."))
}

fn phone_fault(phone: &str, channel: Channel, agency: &Agency) -> Option<FieldFault> {
    if phone.trim().is_empty() {
        let sentence = "Write down the customer's phone number.";
        return Some(fault("phone", "missing", Some("PHONE-APPT-17"), sentence));
    }
    // On the public page nobody is there to ask: texts to islands and premium services cost the agency dearly. Staff may
    // book for whoever really has such a number.
    let abroad = |number: &Address| channel == Channel::Page && !of_the_united_states(number);
    let Some(number) = phone_number(phone).filter(|number| !abroad(number)) else {
        let sentence =
            "This is no phone number of the United States: three digits of area code and seven more.";
        return Some(fault("phone", "bad_number", Some("PHONE-APPT-17"), sentence));
    };
    let ours = agency.lines.iter().map(|line| &line.number);
    let ours = ours.chain(agency.phone_numbers.iter().map(|number| &number.number));
    ours.clone().any(|own| *own == number.0).then(|| {
        let sentence = "This number is the agency's own; write down the customer's.";
        fault("phone", "own_number", Some("PHONE-APPT-17"), sentence)
    })
}

/// Area codes of the North American plan outside the United States: Canada, then the islands (NANPA's list of 2025).
const ABROAD: [&str; 76] = [
    "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367", "368", "382",
    "403", "416", "418", "428", "431", "437", "438", "450", "468", "474", "506", "514", "519", "548", "579",
    "581", "584", "587", "604", "613", "639", "647", "672", "683", "705", "709", "742", "753", "778", "780",
    "782", "807", "819", "825", "867", "873", "879", "902", "905", "942", "242", "246", "264", "268", "284",
    "345", "441", "473", "649", "658", "664", "721", "758", "767", "784", "809", "829", "849", "868", "869",
    "876",
];

/// Whether a number of the plan belongs to a person in the United States: no other country, no premium or personal
/// service (area codes 5xx with two equal last digits, 700, 900), and no code with two equal last digits but toll-free.
fn of_the_united_states(number: &Address) -> bool {
    let Some(area) = number.0.get(2..5) else { return false };
    let service = matches!(area.as_bytes(), [b'2'..=b'7' | b'9', one, two] if one == two);
    !service && !matches!(area, "700" | "900") && !ABROAD.contains(&area)
}

/// A number of the North American plan as people write it, in the form that the lines know. None for anything else.
#[must_use]
pub fn phone_number(typed: &str) -> Option<Address> {
    let marks = |c: char| c.is_ascii_digit() || " ().-+/\u{a0}".contains(c);
    if typed.len() > 40 || !typed.trim().chars().all(marks) {
        return None;
    }
    let foreign = typed.trim().starts_with('+') && !typed.trim().starts_with("+1");
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let ten = if digits.len() == 11 { digits.strip_prefix('1')? } else { digits.as_str() };
    let leads = |at: usize| ten.as_bytes().get(at).is_some_and(|digit| (b'2'..=b'9').contains(digit));
    let sound = ten.len() == 10 && leads(0) && leads(3) && ten.get(1..3) != Some("11");
    (sound && !foreign).then(|| Address(format!("+1{ten}")))
}
