//! One contact with one customer address: its state and how facts change it.
//!
//! It owns what decisions need to know and nothing else: no message bodies, no names. What the screens show is computed
//! from it in [`crate::view`].

mod evolve;
pub mod transcript;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::canned::{CannedKind, ReplyKind};
use crate::event::Purpose;
use crate::id::{Address, InteractionId, MessageId, OfferId, StaffId};
use crate::time::Millis;

pub use evolve::evolve;

/// Texts kept in the state while their delivery is open; the oldest is let go beyond this.
pub const IN_FLIGHT_MAX: usize = 64;

/// Where an interaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// In the queue, or offered to somebody.
    Waiting,
    /// With a staff member.
    Active,
    /// Ended; the wrap-up code is open.
    WrapUp,
    /// Done.
    Done,
}

/// What kind of offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "offer", rename_all = "snake_case")]
pub enum OfferKind {
    /// From the queue.
    Queue,
    /// A colleague hands it over and keeps it until it is accepted.
    Transfer {
        /// Who.
        from: StaffId,
        /// Whether it meets a supervisor request.
        supervisor: bool,
    },
}

/// A running offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Id.
    pub id: OfferId,
    /// To whom.
    pub staff: StaffId,
    /// Since.
    pub at: Millis,
    /// Until.
    pub until: Millis,
    /// Kind.
    pub kind: OfferKind,
}

/// What became of a text, as far as is known. Later reports never turn it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    /// In our outbox.
    Pending,
    /// The carrier took it.
    Accepted {
        /// The carrier's id.
        provider_id: String,
    },
    /// On its way to the handset.
    Sent,
    /// On the handset.
    Delivered,
    /// It will not arrive.
    Failed {
        /// The carrier's code.
        code: String,
        /// Why, in plain words.
        reason: String,
    },
}

impl Delivery {
    /// Order of certainty; a report with a lower rank is late and changes nothing.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Accepted { .. } => 1,
            Self::Sent => 2,
            Self::Failed { .. } => 3,
            Self::Delivered => 4,
        }
    }
}

/// A text of ours whose delivery is still open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// Place in the transcript.
    pub seq: i64,
    /// When it was sent.
    pub at: Millis,
    /// By whom; none when by the program.
    pub by: Option<StaffId>,
    /// Purpose.
    pub purpose: Purpose,
    /// Canned response it came from.
    pub canned: Option<String>,
    /// How it was written.
    pub reply_kind: ReplyKind,
    /// Segments.
    pub segments: u32,
    /// Clause.
    pub clause: Option<String>,
    /// State.
    pub delivery: Delivery,
}

/// Whose turn it is. Exactly one of the two clocks runs (AMB-28).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "turn", rename_all = "snake_case")]
pub enum Turn {
    /// Nobody waits for anybody: before the first text is taken, or after Goodbye.
    Nobody,
    /// The customer's word is open; staff owe a sign of life at intervals (SMS-HOLD-1).
    Staff {
        /// Start of the present interval's count.
        since: Millis,
        /// Check-ins missed in a row.
        missed: u32,
        /// Whether staff said that they look something up.
        researching: bool,
    },
    /// The customer is to answer (SMS-DELAY-1).
    Customer {
        /// Our last text.
        since: Millis,
        /// How far the delay has gone.
        delay: Delay,
    },
}

/// Steps of the customer delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Delay {
    /// Not yet.
    None,
    /// Silent for the first time span; the notice is due (SMS-DELAY-2).
    Flagged {
        /// When.
        at: Millis,
    },
    /// The notice is out; a fresh time span runs (SMS-DELAY-3).
    NoticeSent {
        /// When.
        at: Millis,
    },
    /// That has run out too; wrap-up text and Goodbye are due (SMS-DELAY-4, SMS-DELAY-5).
    RanOut {
        /// When.
        at: Millis,
    },
    /// The wrap-up text is out; Goodbye is due (SMS-DELAY-5).
    WrapUpSent {
        /// When.
        at: Millis,
    },
    /// Both are out; it may be ended.
    GoodbyeSent {
        /// When.
        at: Millis,
    },
}

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The matter was dealt with.
    Finished,
    /// The customer fell silent (SMS-DELAY-3 to SMS-DELAY-5).
    NoResponse,
    /// The customer wants no more texts.
    OptedOut,
    /// Only a keyword came; nobody was needed.
    Keyword,
    /// Only an answer about a visit came, which was understood and carried out; nobody was needed.
    Visit,
}

/// Kind of child-abuse contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SafetyKind {
    /// The person texting is the victim.
    Victim,
    /// Someone reports about others.
    Reporting,
}

/// Steps of a child-abuse contact, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SafetyStep {
    /// Made sure that the victim is safe (SMS-ABUSE-1).
    SafetyChecked {
        /// Safe now, in danger, or no answer.
        answer: SafetyAnswer,
    },
    /// Referred to the hotline (SMS-ABUSE-2, SMS-ABUSE-8).
    HotlineGiven,
    /// Told that staff will call (SMS-ABUSE-3).
    CallAnnounced,
    /// Called (SMS-ABUSE-4, AMB-26).
    Called {
        /// Whether the call was possible.
        outcome: CallOutcome,
    },
    /// The mandated report was filed online (SMS-ABUSE-5).
    ReportFiled {
        /// When it was filed, by the worker's own word.
        filed_at: Millis,
        /// Reference given by the online report.
        reference: String,
    },
}

/// Whether the victim is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SafetyAnswer {
    /// Safe at the moment.
    Safe,
    /// In danger now: emergency services first.
    InDanger,
    /// Did not say.
    Unknown,
}

/// What became of the call to a victim (AMB-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Spoke with the victim.
    Reached,
    /// Nobody answered; no voicemail is left.
    NotReached,
    /// The victim cannot safely take a call.
    NotSafe,
}

/// State of a child-abuse contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safety {
    /// Kind.
    pub kind: SafetyKind,
    /// Opened when.
    pub opened_at: Millis,
    /// By whom.
    pub by: StaffId,
    /// Steps done, with their time.
    pub done: Vec<(Millis, SafetyStep)>,
    /// The customer opted out meanwhile: what is done by a text cannot be done any more, and the report is still owed.
    #[serde(default)]
    pub texting_stopped: bool,
    /// When it was completed.
    pub completed_at: Option<Millis>,
}

/// A wish for a supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisorRequest {
    /// When.
    pub at: Millis,
    /// Whom the procedure has alerted so far.
    pub alerted: Vec<StaffId>,
    /// Step of the procedure, from 0.
    pub step: u32,
    /// When the present step began.
    pub step_at: Millis,
    /// When a supervisor took it.
    pub met_at: Option<Millis>,
}

/// State of an interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// Id.
    pub id: InteractionId,
    /// `sms`.
    pub channel: String,
    /// Line of the agency.
    pub line: String,
    /// The agency's number; every reply leaves from it (SMS-GEN-1).
    pub our_address: Address,
    /// The customer's number.
    pub customer: Address,
    /// Queue.
    pub queue: String,
    /// Language of the customer.
    pub language: String,
    /// Opened.
    pub opened_at: Millis,
    /// Whether the queue was open then.
    pub open_hours: bool,
    /// Phase.
    pub phase: Phase,
    /// Who has it.
    pub owner: Option<StaffId>,
    /// First acceptance, for the handle time.
    pub accepted_at: Option<Millis>,
    /// Running offer.
    pub offer: Option<Offer>,
    /// Counts as waiting since, while it waits.
    pub waiting_since: Option<Millis>,
    /// Who let it pass in this stretch of waiting, and when.
    pub passed: Vec<(StaffId, Millis)>,
    /// Whom the customer had before, within the queue's time.
    pub sticky: Option<StaffId>,
    /// Whose turn it is.
    pub turn: Turn,
    /// Texts in.
    pub inbound: u32,
    /// Texts out, by people and by the program.
    pub outbound: u32,
    /// Texts by staff.
    pub staff_texts: u32,
    /// Texts in since staff last wrote or opened it.
    pub unread: u32,
    /// Last text in.
    pub last_inbound_at: Option<Millis>,
    /// Last text out, by people and by the program; texts about visits are not among them.
    pub last_outbound_at: Option<Millis>,
    /// Body key of the last text, for the card's last words.
    pub last_message: Option<MessageId>,
    /// Whether the last text is the customer's.
    pub last_is_customer: bool,
    /// Body key of the customer's last text, for suggestions.
    pub last_customer_message: Option<MessageId>,
    /// Whether the first staff text was the greeting (SMS-KEY-1).
    pub greeted_first: Option<bool>,
    /// Whether Goodbye is the last thing that was said to the customer (SMS-KEY-2).
    pub said_goodbye: bool,
    /// Marked or recognised as about the own case (SMS-GEN-5).
    pub case_specific: bool,
    /// What the customer's last text with a topic is about, the narrowest first.
    pub topics: Vec<crate::intent::Topic>,
    /// Clarifying questions sent (SMS-GEN-6).
    pub clarifying: Vec<String>,
    /// Ways the customer was sent (SMS-GEN-9).
    pub ways: Vec<CannedKind>,
    /// Why a referral was needed (SMS-GEN-10).
    pub referral_reason: Option<String>,
    /// How replies were written (SMS-GEN-11).
    pub reply_kinds: BTreeMap<String, u32>,
    /// Check-ins given.
    pub check_ins: u32,
    /// Check-ins missed.
    pub check_ins_missed: u32,
    /// Refused sends (SMS-GEN-4 and others).
    pub refused: u32,
    /// Suggestion open: asks for a supervisor.
    pub hint_supervisor: bool,
    /// Suggestion open: words of child abuse.
    pub hint_abuse: Option<SafetyKind>,
    /// Wish for a supervisor.
    pub supervisor: Option<SupervisorRequest>,
    /// Child-abuse contact.
    pub safety: Option<Safety>,
    /// The customer opted out during it.
    pub opted_out: bool,
    /// More texts than the limit came.
    pub flooded: bool,
    /// Texts whose delivery is open.
    pub in_flight: BTreeMap<MessageId, InFlight>,
    /// Ended.
    pub ended_at: Option<Millis>,
    /// Why.
    pub end_reason: Option<EndReason>,
    /// Wrap-up code.
    pub code: Option<String>,
    /// Done.
    pub done_at: Option<Millis>,
    /// From acceptance to done, milliseconds.
    pub handle_ms: Option<Millis>,
    /// Transcript entries so far.
    pub entries: i64,
}

impl Interaction {
    /// Whether texts may still go in and out.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Active)
    }

    /// Whether this staff member has it.
    #[must_use]
    pub fn is_with(&self, staff: &StaffId) -> bool {
        self.owner.as_ref() == Some(staff)
    }

    /// Whether child-abuse steps are open.
    #[must_use]
    pub fn in_safety(&self) -> bool {
        self.safety.as_ref().is_some_and(|safety| safety.completed_at.is_none())
    }

    /// Whether the customer is in delay (SMS-DELAY-1), at whatever step.
    #[must_use]
    pub fn in_delay(&self) -> bool {
        matches!(&self.turn, Turn::Customer { delay, .. } if !matches!(delay, Delay::None))
    }

    /// The unique name under which the open interaction of an address is held.
    #[must_use]
    pub fn claim(channel: &str, our_address: &Address, customer: &Address) -> String {
        format!("open:{channel}:{our_address}:{customer}")
    }
}
