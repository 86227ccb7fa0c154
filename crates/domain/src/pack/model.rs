//! The typed settings of an agency's data pack: who the agency is, its queues, presence reasons, wrap-up codes and
//! the dated settings of its SMS procedure.
//!
//! Owns the shapes only. Reading them from files and checking them is [`super::load`] and `super::check`; opening
//! hours are [`super::hours`]; the clause catalogue is [`super::catalogue`]; demo people are [`super::demo`].
//!
//! To add a setting: add the field here with its unit and clause, give it a value in the pack's file, and check its
//! range and its references in `super::check`. Unknown keys are refused, so the file and this page cannot drift apart.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::catalogue::ClauseCatalogue;
use super::demo::Demo;
use super::hours::Hours;
use crate::appointment::AppointmentBook;
use crate::canned::{CannedKind, CannedResponse};
use crate::intent::Topic;

/// Everything one agency gives the program. Built by [`super::parse`], which checks it as a whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pack {
    /// The agency, its lines, offices, numbers and addresses.
    pub agency: Agency,
    /// Queues, skills, opening hours and capacity.
    pub queues: Queues,
    /// Not Ready reasons and the limits that take a person off the queue.
    pub presence: Presence,
    /// Wrap-up codes.
    pub wrap_up: WrapUp,
    /// Every version of the SMS procedure, oldest first; their in-force periods never overlap.
    pub sop_sms: Vec<SmsSopVersion>,
    /// The library “Canned Response” (SMS-SCRIPT-1), drafts included, in file order.
    pub canned: Vec<CannedResponse>,
    /// The clauses and open questions the procedures cite.
    pub clauses: ClauseCatalogue,
    /// Demonstration people, approvals and sample texts; absent in a pack for real use.
    pub demo: Option<Demo>,
    /// The appointment book; absent where the agency books no visits here.
    pub appointments: Option<AppointmentBook>,
}

/// A setting together with the clause it comes from, so that a screen can answer "why".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited<T> {
    /// The setting itself; the field that holds it names the unit.
    pub value: T,
    /// Id of a clause in the catalogue, such as `SMS-DELAY-1`.
    pub clause: String,
}

/// `agency.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Short id, such as `missouri-fsd`.
    pub id: String,
    /// Name that customers know.
    pub name: String,
    /// The unit that runs the contact centre.
    pub unit: String,
    /// IANA time zone of every date and hour in the pack.
    pub time_zone: String,
    /// Languages offered to customers, as two-letter codes; the first is the default.
    pub languages: Vec<String>,
    /// The agency's own lines (SMS-GEN-1).
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
    /// Offices and their local procedures.
    #[serde(rename = "office")]
    pub offices: Vec<Office>,
    /// Numbers that the agency itself gives out and that may therefore stand in any text.
    #[serde(rename = "phone_number")]
    pub phone_numbers: Vec<PhoneNumber>,
    /// Role mailboxes.
    #[serde(rename = "contact_role")]
    pub contact_roles: Vec<ContactRole>,
    /// Web addresses that the agency's documents name.
    #[serde(rename = "link")]
    pub links: Vec<Link>,
    /// Who is written to on which occasion.
    pub notices: Notices,
}

impl Agency {
    /// The agency's time zone.
    ///
    /// # Errors
    /// When the name is not in the time zone database; a pack that was loaded has been checked for this.
    pub fn zone(&self) -> Result<TimeZone, jiff::Error> {
        TimeZone::get(&self.time_zone)
    }

    /// The line with this id.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// The office with this id.
    #[must_use]
    pub fn office(&self, id: &str) -> Option<&Office> {
        self.offices.iter().find(|office| office.id == id)
    }

    /// The role mailbox with this id.
    #[must_use]
    pub fn contact_role(&self, id: &str) -> Option<&ContactRole> {
        self.contact_roles.iter().find(|role| role.id == id)
    }

    /// The mailboxes that are written to after a child-abuse report from the SMS channel (SMS-ABUSE-6, AMB-24).
    #[must_use]
    pub fn child_abuse_sms_contacts(&self) -> Vec<&ContactRole> {
        self.notices.child_abuse.sms.iter().filter_map(|id| self.contact_role(id)).collect()
    }
}

/// A number of the agency on which customers reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Short id.
    pub id: String,
    /// `sms`.
    pub channel: String,
    /// E.164 number, such as `+18556849242`.
    pub number: String,
    /// The number as people write it, such as `855-684-9242`.
    pub shown: String,
    /// Queue that takes what arrives here in the default language.
    pub queue: String,
    /// Texts the carrier accepts per second.
    pub pace_per_second: u32,
    /// Clause that names the line.
    pub clause: String,
}

/// An office and its local supervisor procedure (SMS-SUPV-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Short id.
    pub id: String,
    /// Name on the screen.
    pub name: String,
    /// How a supervisor is found when a customer asks for one.
    pub supervisor: SupervisorProcedure,
}

/// The local procedure for a customer's wish to speak with a supervisor (SMS-SUPV-1, AMB-21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupervisorProcedure {
    /// Who is alerted, one step after the other.
    pub alert: Vec<SupervisorStep>,
    /// By what means.
    pub means: Vec<AlertMeans>,
    /// Seconds a step has to accept before the next step is alerted.
    pub accept_seconds: u32,
    /// The procedure in words, shown to staff.
    pub procedure: String,
    /// Clause that demands it.
    pub clause: String,
}

/// Who is alerted to a wish for a supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupervisorStep {
    /// The supervisor of the staff member who holds the interaction.
    ImmediateSupervisor,
    /// Every supervisor of the office who is available.
    AvailableSupervisors,
    /// The programme coordinator (AMB-22).
    Coordinator,
    /// The manager of the contact centre (AMB-22).
    Manager,
}

/// How an alert reaches a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertMeans {
    /// A notice on the desk that rings until it is answered.
    DesktopAlert,
    /// A mail to the person's mailbox.
    Email,
}

/// A number that the agency gives out. It is no case fact, so the disclosure guard lets it pass (SMS-GEN-4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneNumber {
    /// Short id.
    pub id: String,
    /// What answers there.
    pub title: String,
    /// The same in Spanish, for visitors who read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_es: Option<String>,
    /// E.164 number.
    pub number: String,
    /// As people write it.
    pub shown: String,
    /// The document that names it, or why it is here.
    pub source: String,
}

/// A mailbox that belongs to a role, never to a person by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactRole {
    /// Short id.
    pub id: String,
    /// The role in words.
    pub title: String,
    /// Mail address. Addresses under `agency.invalid` are not set yet and are never written to.
    pub address: String,
}

impl ContactRole {
    /// True when the agency has not given this mailbox an address of its own.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.address.ends_with(".invalid")
    }
}

/// A web address that the agency's documents name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Short id.
    pub id: String,
    /// What is found there.
    pub title: String,
    /// The same in Spanish, for visitors who read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_es: Option<String>,
    /// The address, with `https://`.
    pub address: String,
    /// The document that names it.
    pub source: String,
}

/// Recipients by occasion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// After a mandated child-abuse report.
    pub child_abuse: ChildAbuseNotice,
}

/// Recipients of the notice after a mandated report (SMS-ABUSE-6, AMB-24).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildAbuseNotice {
    /// Contact roles for interactions on the SMS channel.
    pub sms: Vec<String>,
    /// Clause that demands the notice.
    pub clause: String,
}

/// `queues.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queues {
    /// How much a staff member handles at once unless their own setting says otherwise (SMS-DELAY-7).
    pub capacity: Capacity,
    /// Skills that queues require and people have.
    #[serde(rename = "skill")]
    pub skills: Vec<Skill>,
    /// Opening hours that queues refer to.
    #[serde(rename = "hours")]
    pub hours: Vec<Hours>,
    /// The queues.
    #[serde(rename = "queue")]
    pub queues: Vec<Queue>,
}

impl Queues {
    /// The queue with this id.
    #[must_use]
    pub fn queue(&self, id: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.id == id)
    }

    /// The opening hours of the queue with this id.
    #[must_use]
    pub fn hours_of(&self, queue_id: &str) -> Option<&Hours> {
        let queue = self.queue(queue_id)?;
        self.hours.iter().find(|hours| hours.id == queue.hours)
    }

    /// The queue that takes this channel and language, or the channel's queue in any language.
    #[must_use]
    pub fn for_language(&self, channel: &str, language: &str) -> Option<&Queue> {
        let mut on_channel = self.queues.iter().filter(|queue| queue.channel == channel);
        on_channel.clone().find(|queue| queue.language == language).or_else(|| on_channel.next())
    }
}

/// Interactions at once, by channel (AMB-27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Text messages.
    pub sms: u8,
}

/// Something a person is able to do, in levels from 1 (learning) to 5.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// Short id.
    pub id: String,
    /// Name on the screen.
    pub title: String,
}

/// A skill with a level: what a queue requires or a person has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillLevel {
    /// Id of a skill.
    pub skill: String,
    /// From 1 to 5.
    pub level: u8,
}

/// After a wait the required level falls, so that nobody waits for the perfect person for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relax {
    /// Seconds the interaction has waited.
    pub after_seconds: u32,
    /// Highest level that is still required of each skill from then on.
    pub level: u8,
}

/// A queue: who may take what, in which order, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Short id.
    pub id: String,
    /// Name on the screen.
    pub title: String,
    /// `sms`.
    pub channel: String,
    /// Line on which its interactions arrive and replies leave (SMS-GEN-1).
    pub line: String,
    /// Two-letter code of the language its customers write.
    pub language: String,
    /// Head start over other queues, in minutes of waiting.
    pub priority: u32,
    /// Points a waiting interaction gains for each minute.
    pub ageing_points_per_minute: u32,
    /// Seconds a staff member has to accept an offer.
    pub offer_timeout_seconds: u32,
    /// Seconds during which a returning customer is kept for the staff member who had them.
    pub sticky_seconds: u32,
    /// What a staff member must be able to do.
    pub required: Vec<SkillLevel>,
    /// How the required levels fall with the wait, in growing order of time.
    #[serde(default)]
    pub relax: Vec<Relax>,
    /// Interactions that may wait before the queue counts as full.
    pub waiting_max: u32,
    /// Id of the opening hours (AMB-54).
    pub hours: String,
    /// Whether the delay texts go out by themselves (AMB-44); otherwise staff send them with one key.
    pub delay_automatic: bool,
    /// Response that goes out when a text arrives outside of the opening hours (AMB-54).
    pub auto_reply: String,
}

impl Queue {
    /// The level of each required skill for an interaction that has waited this many seconds.
    #[must_use]
    pub fn required_after(&self, waited_seconds: u64) -> Vec<SkillLevel> {
        let cap = self
            .relax
            .iter()
            .filter(|step| u64::from(step.after_seconds) <= waited_seconds)
            .map(|step| step.level)
            .min();
        let relaxed = |required: &SkillLevel| SkillLevel {
            skill: required.skill.clone(),
            level: cap.map_or(required.level, |cap| cap.min(required.level)),
        };
        self.required.iter().map(relaxed).collect()
    }
}

/// `presence.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// Seconds after the last screen of a person is lost until they count as not responding.
    pub not_responding_grace_seconds: u32,
    /// Offers in a row that may run out before the person is taken off the queue.
    pub ignored_offers_max: u32,
    /// Reasons for Not Ready.
    #[serde(rename = "reason")]
    pub reasons: Vec<NotReadyReason>,
}

/// A reason for Not Ready (AMB-62).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotReadyReason {
    /// Short id.
    pub id: String,
    /// Name on the screen.
    pub title: String,
    /// True while the agency has not confirmed it.
    pub draft: bool,
    /// Why it is here.
    #[serde(default)]
    pub note: String,
}

/// `wrap_up.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrapUp {
    /// The codes, in the order of the screen.
    #[serde(rename = "code")]
    pub codes: Vec<WrapUpCode>,
}

impl WrapUp {
    /// The codes offered on a channel.
    pub fn on_channel<'a>(&'a self, channel: &'a str) -> impl Iterator<Item = &'a WrapUpCode> {
        self.codes.iter().filter(move |code| code.channels.iter().any(|has| has == channel))
    }
}

/// What an interaction was about, chosen at its end (SMS-END-2, SMS-END-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrapUpCode {
    /// Short id.
    pub id: String,
    /// Name on the screen.
    pub title: String,
    /// Channels that offer it.
    pub channels: Vec<String>,
    /// True when the customer was sent on to the Customer Service Center (SMS-GEN-8).
    pub referral: bool,
    /// True while the agency has not confirmed it (AMB-62).
    pub draft: bool,
}

/// One version of the SMS Text SOP's settings, in force on the days from `in_force_from` up to and with
/// `in_force_until`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSopVersion {
    /// The SOP's own revision, such as `2025-04-22`. Staff acknowledge it by this name (SMS-GEN-2).
    pub version: String,
    /// Name of the procedure on the screen.
    pub title: String,
    /// First day on which it holds.
    pub in_force_from: Date,
    /// Last day on which it holds; open when absent.
    #[serde(default)]
    pub in_force_until: Option<Date>,
    /// Seconds of the customer's silence after a staff text that make a customer delay (SMS-DELAY-1).
    pub customer_silent_seconds: Cited<u32>,
    /// Seconds the customer has to reply after the delay notice (SMS-DELAY-3).
    pub delay_reply_seconds: Cited<u32>,
    /// Seconds between check-ins while staff look up an answer (SMS-HOLD-1).
    pub check_in_seconds: Cited<u32>,
    /// Commands that reactions may add to one commit.
    pub reactions_max: u8,
    /// Name and number of the hotline (SMS-ABUSE-2, SMS-ABUSE-8).
    pub hotline: Hotline,
    /// Where the mandated report is made (SMS-ABUSE-5).
    pub report_address: Cited<String>,
    /// Kinds of self-service answers in the order in which they are offered (SMS-GEN-9).
    pub self_service_order: Cited<Vec<CannedKind>>,
    /// Referrals to the Customer Service Center; locked until a reason is given (SMS-GEN-10).
    pub referrals: Cited<Vec<String>>,
    /// Which response serves which step.
    pub responses: SmsResponses,
    /// Clarifying questions by topic, in the order in which they are suggested (SMS-GEN-5, SMS-GEN-7).
    pub clarify: Vec<ClarifySet>,
    /// Clarifying questions when the topic has no set of its own, or none was recognised (SMS-GEN-5).
    pub clarify_other: Cited<Vec<String>>,
    /// By language, which response stands in for which. A prescribed script is approved word for word in one language;
    /// its translation is an entry of its own, with its own approval.
    #[serde(default)]
    pub translations: BTreeMap<String, BTreeMap<String, String>>,
    /// What staff read and acknowledge before they take texts (SMS-GEN-2).
    pub acknowledgement: Acknowledgement,
}

impl SmsSopVersion {
    /// Whether this version holds on the day.
    #[must_use]
    pub fn is_in_force(&self, day: Date) -> bool {
        self.in_force_from <= day && self.in_force_until.is_none_or(|until| day <= until)
    }

    /// The response to use for a customer who writes this language: the translation's id, or the id itself.
    #[must_use]
    pub fn response_in<'a>(&'a self, id: &'a str, language: &str) -> &'a str {
        self.translations.get(language).and_then(|pairs| pairs.get(id)).map_or(id, String::as_str)
    }

    /// The clarifying questions for what a text is about, the narrowest topic first.
    #[must_use]
    pub fn clarify_for(&self, topics: &[Topic]) -> &[String] {
        let set = topics.iter().find_map(|topic| self.clarify.iter().find(|set| set.topic == *topic));
        set.map_or(&self.clarify_other.value, |set| set.questions.as_slice())
    }
}

/// The child-abuse hotline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hotline {
    /// Full name.
    pub name: String,
    /// Number as people write it.
    pub number: String,
    /// Clause that names it.
    pub clause: String,
}

/// Ids of the responses that the procedure itself sends or offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsResponses {
    /// First words (SMS-KEY-1).
    pub greeting: String,
    /// Last words (SMS-KEY-2, SMS-DELAY-5).
    pub goodbye: String,
    /// After the first silence (SMS-DELAY-2).
    pub delay_notice: String,
    /// After the second silence (SMS-DELAY-4).
    pub delay_wrap_up: String,
    /// When clarifying questions did not help (SMS-GEN-6).
    pub cannot_answer: String,
    /// While looking up an answer (SMS-HOLD-1).
    pub check_in: String,
    /// After a customer opts out.
    pub opt_out_confirmation: String,
    /// After a customer opts in again.
    pub opt_in_confirmation: String,
    /// Answer to HELP.
    pub help: String,
    /// Answer to a picture or a file.
    pub media_refused: String,
    /// First step with a victim of child abuse (SMS-ABUSE-1).
    pub safety_check: String,
    /// Referral to the hotline (SMS-ABUSE-2, SMS-ABUSE-8).
    pub hotline: String,
    /// Notice that staff will call (SMS-ABUSE-3).
    pub call_notice: String,
}

impl SmsResponses {
    /// Every step with its response id, for checks and lists.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &str); 13] {
        [
            ("greeting", &self.greeting),
            ("goodbye", &self.goodbye),
            ("delay_notice", &self.delay_notice),
            ("delay_wrap_up", &self.delay_wrap_up),
            ("cannot_answer", &self.cannot_answer),
            ("check_in", &self.check_in),
            ("opt_out_confirmation", &self.opt_out_confirmation),
            ("opt_in_confirmation", &self.opt_in_confirmation),
            ("help", &self.help),
            ("media_refused", &self.media_refused),
            ("safety_check", &self.safety_check),
            ("hotline", &self.hotline),
            ("call_notice", &self.call_notice),
        ]
    }
}

/// Clarifying questions for one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClarifySet {
    /// The topic.
    pub topic: Topic,
    /// Response ids, in the order of suggestion.
    pub questions: Vec<String>,
}

/// What staff read before they take texts, in our own plain words (SMS-GEN-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// The sentence about disciplinary action (SMS-GEN-2, SMS-GEN-3).
    pub notice: Cited<String>,
    /// The summary, section by section.
    #[serde(rename = "section")]
    pub sections: Vec<AcknowledgementSection>,
}

/// A section of the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgementSection {
    /// Heading.
    pub title: String,
    /// Sentences, each with its clause.
    pub sentences: Vec<Cited<String>>,
}

impl Pack {
    /// The version of the SMS procedure in force on a day of the agency's calendar, if any is.
    #[must_use]
    pub fn sms_sop(&self, day: Date) -> Option<&SmsSopVersion> {
        self.sop_sms.iter().find(|version| version.is_in_force(day))
    }

    /// The response with this id, whatever its status.
    #[must_use]
    pub fn response(&self, id: &str) -> Option<&CannedResponse> {
        self.canned.iter().find(|response| response.id == id)
    }

    /// The canned responses by id.
    #[must_use]
    pub fn responses_by_id(&self) -> BTreeMap<&str, &CannedResponse> {
        self.canned.iter().map(|response| (response.id.as_str(), response)).collect()
    }
}
