//! What is asked of the domain, by customers, staff, carriers, clocks and routing.
//!
//! To add one: a variant here, its rule in [`crate::decide`], its events in [`crate::event`].

use serde::{Deserialize, Serialize};

use crate::canned::CannedKind;
use crate::id::{Address, InteractionId, MessageId, OfferId, StaffId};
use crate::interaction::{Delivery, EndReason, SafetyKind, SafetyStep};
use crate::staff::Presence;
use crate::time::Millis;

/// A text as the channel decoded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// Line it arrived on.
    pub line: String,
    /// The agency's number.
    pub our_address: Address,
    /// The customer's number.
    pub customer: Address,
    /// The text.
    pub text: String,
    /// The carrier's id, unique per carrier.
    pub provider_id: String,
    /// Content types of attachments.
    pub media: Vec<String>,
    /// The carrier has already acted on an opt-out or opt-in keyword and answered it itself.
    pub carrier_handled_keyword: bool,
    /// What the appointment book has to do with it.
    #[serde(default)]
    pub visit: VisitWord,
}

/// What the appointment book has to do with a text, found out before it is received.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VisitWord {
    /// It was understood as an answer about a visit and carried out (SMS-APPT-2, SMS-APPT-5): nobody is needed.
    pub settled: bool,
    /// Goes behind the one confirmation of an opt-out: the visit still stands, and how to cancel it.
    pub still_set: Option<String>,
    /// The language of that sentence, so that the confirmation before it speaks the same.
    #[serde(default)]
    pub language: Option<String>,
}

/// Which of the procedure's own scripts to send with one click.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// SMS-KEY-1.
    Greeting,
    /// SMS-KEY-2.
    Goodbye,
    /// SMS-DELAY-2.
    DelayNotice,
    /// SMS-DELAY-4 followed by SMS-DELAY-5.
    DelayWrapUpAndGoodbye,
    /// SMS-HOLD-1.
    CheckIn,
    /// SMS-ABUSE-1: asks whether they are safe.
    SafetyCheck,
    /// SMS-ABUSE-2, SMS-ABUSE-8.
    Hotline,
    /// SMS-ABUSE-3.
    CallNotice,
}

/// A staff member's answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reply {
    /// The text.
    pub text: String,
    /// The canned response it came from, if any.
    pub canned: Option<String>,
    /// Why nothing but the service centre serves (SMS-GEN-10).
    pub referral_reason: Option<String>,
    /// A prompt was seen and the text is to go as it is (SMS-GEN-11).
    pub confirmed: bool,
}

/// To whom an interaction is handed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Target {
    /// A person who is present.
    Staff {
        /// Who.
        id: StaffId,
    },
    /// A queue; it keeps its waiting time.
    Queue {
        /// Which.
        id: String,
    },
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// A text came in. `id` is the open interaction of this address, or a fresh id.
    ReceiveMessage {
        /// Interaction.
        id: InteractionId,
        /// Id for the text.
        message: MessageId,
        /// The text.
        inbound: Inbound,
    },
    /// The carrier reports on a text.
    ReportDelivery {
        /// Interaction.
        id: InteractionId,
        /// Text.
        message: MessageId,
        /// What became of it.
        delivery: Delivery,
        /// The carrier says that the customer opted out there.
        opted_out: bool,
    },
    /// Routing offers it.
    Offer {
        /// Interaction.
        id: InteractionId,
        /// To whom.
        staff: StaffId,
    },
    /// Take an offer back because its person is no longer on queue.
    WithdrawOffer {
        /// Interaction.
        id: InteractionId,
        /// Why, in plain words.
        reason: String,
    },
    /// A staff member accepts.
    Accept {
        /// Interaction.
        id: InteractionId,
        /// Offer.
        offer: OfferId,
        /// Who.
        staff: StaffId,
    },
    /// A staff member declines.
    Decline {
        /// Interaction.
        id: InteractionId,
        /// Offer.
        offer: OfferId,
        /// Who.
        staff: StaffId,
    },
    /// A staff member answers. `message` is made with the form, so a double click is seen as one.
    Reply {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Id for the text.
        message: MessageId,
        /// The answer.
        reply: Reply,
    },
    /// One click sends the procedure's script.
    SendScript {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Which.
        script: Script,
    },
    /// Send a failed text again.
    SendAgain {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Text.
        message: MessageId,
    },
    /// An administrator puts a text that was given up into the outbox again.
    Requeue {
        /// Interaction.
        id: InteractionId,
        /// Text.
        message: MessageId,
    },
    /// Looks something up, or is done with it (SMS-HOLD-1).
    Research {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// On or off.
        on: bool,
    },
    /// Marks the question as about the own case (SMS-GEN-5).
    MarkCaseSpecific {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Yes or no.
        yes: bool,
    },
    /// Notes where the customer is sent (SMS-GEN-9, SMS-GEN-10).
    SelectWay {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// The response that names the way.
        response: String,
        /// Kind of the way.
        way: CannedKind,
        /// Reason, for a referral.
        reason: Option<String>,
    },
    /// The customer wants a supervisor (SMS-SUPV-1).
    RequestSupervisor {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
    },
    /// Hand over.
    Transfer {
        /// Interaction.
        id: InteractionId,
        /// Who hands over: its owner, or a supervisor from the floor.
        staff: StaffId,
        /// To whom.
        target: Target,
    },
    /// A supervisor takes an interaction that a request or transfer made available (SMS-SUPV-2).
    TakeOver {
        /// Interaction.
        id: InteractionId,
        /// The supervisor.
        staff: StaffId,
    },
    /// Opens the steps for a child-abuse contact (SMS-ABUSE-1, SMS-ABUSE-8).
    OpenSafety {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Kind.
        kind: SafetyKind,
    },
    /// A step is done.
    DoSafetyStep {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Step.
        step: SafetyStep,
        /// What is written down under restricted access.
        note: Option<String>,
    },
    /// Ends it; the wrap-up code follows (SMS-END-1).
    End {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Why.
        reason: EndReason,
        /// It was said a second time that the customer's last words stay without an answer.
        #[serde(default)]
        confirmed: bool,
    },
    /// Exactly one wrap-up code, then done (SMS-END-3, SMS-END-4).
    Finish {
        /// Interaction.
        id: InteractionId,
        /// Who.
        staff: StaffId,
        /// Code.
        code: String,
    },
    /// A timer of this interaction is due.
    InteractionTimer {
        /// Interaction.
        id: InteractionId,
        /// Its key.
        key: String,
    },
    /// A person sets their presence, or a supervisor sets it for them.
    SetPresence {
        /// Whose.
        staff: StaffId,
        /// To what.
        to: Presence,
        /// Who sets it, where it is not the person.
        #[serde(default)]
        by: Option<StaffId>,
    },
    /// Their last screen is gone.
    LoseLine {
        /// Who.
        staff: StaffId,
    },
    /// A screen is back.
    RegainLine {
        /// Who.
        staff: StaffId,
    },
    /// They acknowledge a procedure (SMS-GEN-2).
    Acknowledge {
        /// Who.
        staff: StaffId,
        /// Procedure, `sms`.
        procedure: String,
        /// Version they read.
        version: String,
    },
    /// A timer of this staff member is due.
    StaffTimer {
        /// Who.
        staff: StaffId,
        /// Its key.
        key: String,
    },
}

impl Command {
    /// The interaction it concerns.
    #[must_use]
    pub fn interaction(&self) -> Option<InteractionId> {
        match self {
            Self::ReceiveMessage { id, .. }
            | Self::ReportDelivery { id, .. }
            | Self::Offer { id, .. }
            | Self::WithdrawOffer { id, .. }
            | Self::Requeue { id, .. }
            | Self::Accept { id, .. }
            | Self::Decline { id, .. }
            | Self::Reply { id, .. }
            | Self::SendScript { id, .. }
            | Self::SendAgain { id, .. }
            | Self::Research { id, .. }
            | Self::MarkCaseSpecific { id, .. }
            | Self::SelectWay { id, .. }
            | Self::RequestSupervisor { id, .. }
            | Self::Transfer { id, .. }
            | Self::TakeOver { id, .. }
            | Self::OpenSafety { id, .. }
            | Self::DoSafetyStep { id, .. }
            | Self::End { id, .. }
            | Self::Finish { id, .. }
            | Self::InteractionTimer { id, .. } => Some(*id),
            Self::SetPresence { .. }
            | Self::LoseLine { .. }
            | Self::RegainLine { .. }
            | Self::Acknowledge { .. }
            | Self::StaffTimer { .. } => None,
        }
    }

    /// The staff members it names.
    #[must_use]
    pub fn staff(&self) -> Vec<StaffId> {
        match self {
            Self::ReceiveMessage { .. }
            | Self::ReportDelivery { .. }
            | Self::WithdrawOffer { .. }
            | Self::Requeue { .. }
            | Self::InteractionTimer { .. } => Vec::new(),
            Self::Transfer { staff, target: Target::Staff { id }, .. } => vec![staff.clone(), id.clone()],
            Self::Offer { staff, .. }
            | Self::Accept { staff, .. }
            | Self::Decline { staff, .. }
            | Self::Reply { staff, .. }
            | Self::SendScript { staff, .. }
            | Self::SendAgain { staff, .. }
            | Self::Research { staff, .. }
            | Self::MarkCaseSpecific { staff, .. }
            | Self::SelectWay { staff, .. }
            | Self::RequestSupervisor { staff, .. }
            | Self::Transfer { staff, .. }
            | Self::TakeOver { staff, .. }
            | Self::OpenSafety { staff, .. }
            | Self::DoSafetyStep { staff, .. }
            | Self::End { staff, .. }
            | Self::Finish { staff, .. }
            | Self::SetPresence { staff, .. }
            | Self::LoseLine { staff }
            | Self::RegainLine { staff }
            | Self::Acknowledge { staff, .. }
            | Self::StaffTimer { staff, .. } => vec![staff.clone()],
        }
    }
}

/// A text that a decision sends or keeps; it goes beside the log under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Key.
    pub key: MessageId,
    /// Text.
    pub text: String,
}

/// Due times, by key. Derived from state after every event, so that no clock can be forgotten.
pub type Timers = Vec<(String, Millis)>;
