//! What happened. Facts in the past tense, kept for ever in this form.
//!
//! A stored event never changes: a new form gets a new `FORM` number and an upcaster in [`Event::read`], and the golden
//! files in `tests/golden` keep the old ones readable. Texts of customers and staff are not in here; they lie beside the log
//! under the message's id.

use serde::{Deserialize, Serialize};

use crate::appointment::AppointmentFact;
use crate::canned::{CannedKind, ReplyKind};
use crate::disclosure::FindingKind;
use crate::id::{Address, AppointmentId, InteractionId, MessageId, OfferId, StaffId};
use crate::intent::Topic;
use crate::interaction::{Delivery, EndReason, OfferKind, SafetyKind, SafetyStep};
use crate::segments::Encoding;
use crate::staff::Presence;
use crate::time::Millis;

/// The form number of events written now.
pub const FORM: u16 = 1;

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Actor {
    /// The customer.
    Customer,
    /// A staff member.
    Staff {
        /// Account name.
        id: StaffId,
    },
    /// The program itself.
    System,
    /// The carrier's report.
    Carrier,
}

impl Actor {
    /// For the log's column: `customer`, `staff:ana`, `system`, `carrier`.
    #[must_use]
    pub fn column(&self) -> String {
        match self {
            Self::Customer => "customer".to_owned(),
            Self::Staff { id } => format!("staff:{id}"),
            Self::System => "system".to_owned(),
            Self::Carrier => "carrier".to_owned(),
        }
    }

    /// A staff member.
    #[must_use]
    pub fn staff(id: &StaffId) -> Self {
        Self::Staff { id: id.clone() }
    }
}

/// A fact with its time, its author and the clause it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Millis,
    /// Who.
    pub by: Actor,
    /// Clause that governs it, where one does.
    pub clause: Option<String>,
    /// What.
    pub fact: Fact,
}

/// What happened, by the stream it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stream", rename_all = "snake_case")]
pub enum Fact {
    /// To an interaction.
    Interaction {
        /// Which.
        id: InteractionId,
        /// What.
        fact: InteractionFact,
    },
    /// To a staff member.
    Staff {
        /// Which.
        id: StaffId,
        /// What.
        fact: StaffFact,
    },
    /// To a customer's address.
    Customer {
        /// Which.
        address: Address,
        /// What.
        fact: CustomerFact,
    },
    /// To an appointment.
    Appointment {
        /// Which.
        id: AppointmentId,
        /// What.
        fact: Box<AppointmentFact>,
    },
}

/// Why a text was sent; the procedures tell their own scripts apart by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A staff member's answer.
    Reply,
    /// A canned response with a part in the procedure.
    Scripted(CannedKind),
}

/// Facts of an interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InteractionFact {
    /// It was opened by a first text.
    Opened {
        /// Channel, `sms`.
        channel: String,
        /// Line of the agency (SMS-GEN-1).
        line: String,
        /// The agency's number.
        our_address: Address,
        /// The customer's number.
        customer: Address,
        /// Queue.
        queue: String,
        /// Language the customer writes.
        language: String,
        /// Whether the queue was open.
        open_hours: bool,
        /// Whom the customer had shortly before.
        sticky: Option<StaffId>,
    },
    /// A text came in. Its body lies beside the log.
    MessageReceived {
        /// The text.
        message: MessageId,
        /// The carrier's id.
        provider_id: String,
        /// Kinds of identifiers masked on arrival (AMB-47).
        masked: Vec<FindingKind>,
        /// Attachments, which are refused as a way to file documents.
        media: u32,
        /// Characters.
        characters: u32,
        /// Over the limit per minute: kept, no alert.
        flood: bool,
        /// Suggestion: asks about the own case (SMS-GEN-5).
        case_specific: bool,
        /// What it is about, the narrowest topic first.
        topics: Vec<Topic>,
        /// Suggestion: asks for a supervisor (SMS-SUPV-1).
        wants_supervisor: bool,
        /// Suggestion: words of child abuse (SMS-ABUSE-1, SMS-ABUSE-8).
        abuse: Option<SafetyKind>,
    },
    /// The customer wants no more texts; replies are refused from now on.
    CustomerOptedOut,
    /// The customer wants texts again.
    CustomerOptedIn,
    /// It waits in a queue.
    Queued {
        /// Queue.
        queue: String,
        /// Counts as waiting since then; offers that came back keep their place.
        waiting_since: Millis,
    },
    /// It is offered to a staff member.
    Offered {
        /// The offer.
        offer: OfferId,
        /// To whom.
        staff: StaffId,
        /// Until when.
        until: Millis,
        /// From the queue, or a transfer.
        kind: OfferKind,
    },
    /// The offer was accepted.
    Accepted {
        /// The offer.
        offer: OfferId,
        /// By whom.
        staff: StaffId,
        /// Who had it before, on a transfer.
        from: Option<StaffId>,
    },
    /// The offer was declined.
    Declined {
        /// The offer.
        offer: OfferId,
        /// By whom.
        staff: StaffId,
    },
    /// The offer ran out.
    Ignored {
        /// The offer.
        offer: OfferId,
        /// By whom.
        staff: StaffId,
    },
    /// The offer was taken back, because the person left or the interaction ended.
    Withdrawn {
        /// The offer.
        offer: OfferId,
        /// From whom.
        staff: StaffId,
        /// Why, in plain words.
        reason: String,
    },
    /// A text goes out. Its body lies beside the log; the sending is an effect.
    MessageSent {
        /// The text.
        message: MessageId,
        /// Why.
        purpose: Purpose,
        /// The canned response it came from.
        canned: Option<String>,
        /// Canned, canned and edited, or free text (SMS-GEN-11).
        reply_kind: ReplyKind,
        /// Segments it costs.
        segments: u32,
        /// Encoding.
        encoding: Encoding,
    },
    /// The carrier said what became of a text.
    DeliveryChanged {
        /// The text.
        message: MessageId,
        /// The state now.
        delivery: Delivery,
    },
    /// A failed text is sent again.
    SentAgain {
        /// The text.
        message: MessageId,
    },
    /// The customer has been silent for the time of SMS-DELAY-1.
    CustomerDelayed {
        /// Since when nothing came.
        silent_since: Millis,
    },
    /// The time after the delay notice ran out (SMS-DELAY-3).
    DelayRanOut,
    /// The desk led the technician to their other interaction (SMS-DELAY-6).
    FocusMoved {
        /// Whom.
        staff: StaffId,
        /// Where to.
        to: InteractionId,
    },
    /// The staff member looks something up (SMS-HOLD-1).
    ResearchStarted,
    /// They are done looking.
    ResearchEnded,
    /// The customer got a sign of life while staff look something up (SMS-HOLD-1).
    CheckedIn,
    /// A check-in was due and none came (SMS-HOLD-1).
    CheckInMissed {
        /// How many in a row.
        number: u32,
    },
    /// The question is about the customer's own case, or is not (SMS-GEN-5).
    CaseSpecificMarked {
        /// Which.
        yes: bool,
    },
    /// A send was refused; the text itself is not kept (SMS-GEN-4).
    SendRefused {
        /// Code of the refusal.
        code: String,
        /// What was found.
        found: Vec<FindingKind>,
    },
    /// Where the customer was sent to (SMS-GEN-9).
    WaySelected {
        /// `self_service_online`, `self_service_mail`, `self_service_email` or `referral`.
        way: CannedKind,
        /// The response used.
        response: String,
        /// Why nothing else serves, for a referral (SMS-GEN-10).
        reason: Option<String>,
    },
    /// The customer wants a supervisor; these were alerted (SMS-SUPV-1).
    SupervisorRequested {
        /// Whom the office's procedure alerts now.
        alerted: Vec<StaffId>,
        /// Index of the step of the procedure.
        step: u32,
    },
    /// The next people were alerted, since nobody took it (AMB-21, AMB-22).
    SupervisorAlertWidened {
        /// Whom.
        alerted: Vec<StaffId>,
        /// Index of the step.
        step: u32,
    },
    /// No supervisor had taken it when the contact ended (AMB-22).
    SupervisorRequestUnmet,
    /// The request is met: a supervisor has the contact (SMS-SUPV-2).
    SupervisorRequestMet {
        /// Who.
        staff: StaffId,
    },
    /// The steps for a child-abuse contact were opened (SMS-ABUSE-1, SMS-ABUSE-8).
    SafetyOpened {
        /// A victim, or someone reporting about others.
        kind: SafetyKind,
    },
    /// A step was done. What was written down lies beside the log under restricted access.
    SafetyStepDone {
        /// The step.
        step: SafetyStep,
        /// Key of the restricted note, if any.
        note: Option<MessageId>,
    },
    /// Every step is done and the notice goes out (SMS-ABUSE-6).
    SafetyCompleted {
        /// Idempotency key of the notice.
        notice: MessageId,
        /// Contact roles that are written to.
        recipients: Vec<String>,
    },
    /// It was said twice that it is to end although the customer's last words have no answer (SMS-HOLD-1).
    EndedUnanswered {
        /// When those words came.
        last_inbound_at: Option<Millis>,
    },
    /// It was ended: nothing more is said in it (SMS-END-1).
    Ended {
        /// Why.
        reason: EndReason,
    },
    /// Exactly one wrap-up code was chosen and it is done (SMS-END-4).
    Finished {
        /// The code; `system` reasons carry the code's name of the settings.
        code: String,
        /// Whether the customer was sent to the service centre (SMS-GEN-8).
        referral: bool,
        /// From acceptance to done, milliseconds.
        handle_ms: Millis,
    },
}

/// Facts of a staff member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StaffFact {
    /// Presence changed.
    PresenceChanged {
        /// To what.
        to: Presence,
        /// How long the one before lasted, milliseconds.
        lasted_ms: Millis,
    },
    /// Capacity is taken by an offer.
    CapacityReserved {
        /// For.
        interaction: InteractionId,
        /// By.
        offer: OfferId,
    },
    /// Capacity is taken by an interaction.
    CapacityTaken {
        /// For.
        interaction: InteractionId,
    },
    /// The interaction is in wrap-up; capacity stays taken.
    WrapUpBegan {
        /// For.
        interaction: InteractionId,
    },
    /// Capacity is free again.
    CapacityReleased {
        /// Of.
        interaction: InteractionId,
    },
    /// An offer ran out on them.
    OfferIgnored {
        /// The offer.
        offer: OfferId,
    },
    /// The last screen was closed or lost its line.
    LineLost,
    /// A screen is back.
    LineBack,
    /// They read and acknowledged a version of a procedure (SMS-GEN-2).
    Acknowledged {
        /// Procedure, `sms`.
        procedure: String,
        /// Version.
        version: String,
    },
    /// A child-abuse contact began with them: no offers meanwhile.
    SafetyHeld {
        /// The interaction.
        interaction: InteractionId,
    },
    /// That contact is over for them.
    SafetyReleased {
        /// The interaction.
        interaction: InteractionId,
    },
    /// They declined an offer: they are there, so offers that ran out before no longer count.
    OfferDeclined {
        /// The offer.
        offer: OfferId,
    },
}

/// Facts of a customer's address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CustomerFact {
    /// A text came from it.
    Texted {
        /// Language it was in.
        language: String,
    },
    /// HELP was answered.
    HelpAnswered,
    /// They want no more texts.
    OptedOut,
    /// They want texts again.
    OptedIn,
    /// A contact with them ended.
    ContactEnded {
        /// Who handled it.
        staff: Option<StaffId>,
    },
}

impl Event {
    /// Name of the stream.
    #[must_use]
    pub fn stream(&self) -> String {
        match &self.fact {
            Fact::Interaction { id, .. } => interaction_stream(*id),
            Fact::Staff { id, .. } => staff_stream(id),
            Fact::Customer { address, .. } => customer_stream(address),
            Fact::Appointment { id, .. } => appointment_stream(*id),
        }
    }

    /// Name of the event for the log's column, for example `message_received`.
    #[must_use]
    pub fn kind(&self) -> String {
        let value = match &self.fact {
            Fact::Interaction { fact, .. } => serde_json::to_value(fact),
            Fact::Staff { fact, .. } => serde_json::to_value(fact),
            Fact::Customer { fact, .. } => serde_json::to_value(fact),
            Fact::Appointment { fact, .. } => serde_json::to_value(fact),
        };
        value.ok().and_then(|v| v.get("type").and_then(|t| t.as_str().map(str::to_owned))).unwrap_or_default()
    }

    /// Reads a stored event in whatever form it was written.
    ///
    /// # Errors
    /// When the data is not an event of that form, or the form is newer than this program.
    pub fn read(form: u16, data: &str) -> Result<Self, EventError> {
        match form {
            FORM => serde_json::from_str(data).map_err(|e| EventError::Unreadable(e.to_string())),
            other => Err(EventError::UnknownForm(other)),
        }
    }

    /// The event as it is stored.
    ///
    /// # Errors
    /// Never for the types of this module; the serialiser's answer is passed on.
    pub fn write(&self) -> Result<String, EventError> {
        serde_json::to_string(self).map_err(|e| EventError::Unreadable(e.to_string()))
    }
}

/// A stored event that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The data does not fit its form.
    #[error("the stored event does not have the form it claims: {0}")]
    Unreadable(String),
    /// Written by a newer program.
    #[error("form {0} of this event is newer than this program")]
    UnknownForm(u16),
}

/// Stream of an interaction.
#[must_use]
pub fn interaction_stream(id: InteractionId) -> String {
    format!("interaction-{id}")
}

/// Stream of a staff member.
#[must_use]
pub fn staff_stream(id: &StaffId) -> String {
    format!("staff-{id}")
}

/// Stream of a customer's address.
#[must_use]
pub fn customer_stream(address: &Address) -> String {
    format!("customer-{address}")
}

/// Stream of an appointment.
#[must_use]
pub fn appointment_stream(id: AppointmentId) -> String {
    format!("appointment-{id}")
}
