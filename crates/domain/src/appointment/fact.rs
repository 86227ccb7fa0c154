//! What happened to one appointment: its stream of facts. A stored fact never changes its form.
//!
//! Texts, reasons, notes and the names of those who come along lie beside the log under the keys named here; the facts
//! hold what decisions need.

use serde::{Deserialize, Serialize};

use super::notice::NoticeKind;
use super::slots::SlotRefusal;
use super::wish::{Said, WishedTime};
use crate::event::{Actor, Event, Fact};
use crate::id::{Address, AppointmentId, InteractionId, MessageId};
use crate::interaction::Delivery;
use crate::segments::Encoding;
use crate::time::Millis;

/// By which way a change came (SMS-APPT-3, AMB-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The public page, by the customer alone.
    Page,
    /// Texts.
    Sms,
    /// Chat.
    Chat,
    /// A call.
    Phone,
    /// The office itself.
    Office,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 5] = [Self::Page, Self::Sms, Self::Chat, Self::Phone, Self::Office];

    /// Whether nothing but the phone number is asked (SMS-APPT-6, AMB-43); the public page keeps to the same.
    #[must_use]
    pub const fn asks_phone_only(self) -> bool {
        matches!(self, Self::Sms | Self::Page)
    }

    /// Word on screens and in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Sms => "sms",
            Self::Chat => "chat",
            Self::Phone => "phone",
            Self::Office => "office",
        }
    }
}

/// Whether an interpreter is needed (PHONE-APPT-20), and which (PHONE-APPT-21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "interpreter", rename_all = "snake_case")]
pub enum Interpreter {
    /// None.
    NotNeeded,
    /// One is.
    Needed {
        /// A spoken language or a sign language, as the form says it. In the log it is empty: the words of a public form lie
        /// beside it, with the reason ([`super::Details::interpreter`]). Visits booked before that was so hold it.
        kind: String,
    },
}

impl Interpreter {
    /// The same without the words.
    #[must_use]
    pub(super) fn sealed(&self) -> Self {
        match self {
            Self::NotNeeded => Self::NotNeeded,
            Self::Needed { .. } => Self::Needed { kind: String::new() },
        }
    }
}

/// A link by which the customer changes or cancels without an account. Only its digest is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedLink {
    /// Digest of the secret in the link.
    pub digest: String,
    /// From then on it opens nothing.
    pub until: Millis,
}

/// An office and a start with the names claimed for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Office id.
    pub office: String,
    /// Start.
    pub start: Millis,
    /// Names of its claims.
    pub claims: Vec<String>,
}

/// What is agreed when a visit is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Where and when.
    pub place: Place,
    /// Visit type id.
    pub visit_type: String,
    /// Length in minutes.
    pub minutes: u16,
    /// The customer's number (PHONE-APPT-17).
    pub phone: Address,
    /// Whether texts may go to that number.
    pub texts: bool,
    /// Language of the texts.
    pub language: String,
    /// Interpreter, where it was asked.
    pub interpreter: Option<Interpreter>,
    /// How many come along, where it was asked (PHONE-APPT-18).
    pub companions: Option<u16>,
    /// Key of the reason, the note and the names, where there are any.
    pub details: Option<MessageId>,
    /// Whether a settlement by phone was tried first, where it was asked (PHONE-APPT-1).
    pub tried_by_phone: Option<bool>,
    /// Clauses whose line the customer was told (PHONE-APPT-3 to -6).
    pub told: Vec<String>,
    /// Clauses whose line was due and not ticked: the booking carries a flag (PHONE-APPT-5).
    pub untold: Vec<String>,
    /// The interaction in which it was booked.
    pub interaction: Option<InteractionId>,
}

/// Why a text about a visit did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSent {
    /// The customer opted out of texts.
    OptedOut,
    /// The number takes no texts.
    NoTexts,
    /// Its time had passed.
    TooLate,
    /// The settings have no wording for it.
    NoWording,
}

/// What a customer wants with one of several visits, kept until they say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wanted", rename_all = "snake_case")]
pub enum Wanted {
    /// To come.
    Confirm,
    /// Another time.
    Move {
        /// What they named of it, seen from the day on which they did.
        said: Said,
    },
    /// They cannot come.
    CannotCome,
    /// No visit.
    Cancel,
}

/// Facts of an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AppointmentFact {
    /// It was booked.
    Booked {
        /// By which way.
        channel: Channel,
        /// What is agreed.
        agreed: Agreed,
    },
    /// Somebody came without an appointment; nobody needs one (PHONE-APPT-3).
    WalkedIn {
        /// Office id.
        office: String,
        /// Visit type id.
        visit_type: String,
        /// The customer's number, if they gave one.
        phone: Option<Address>,
    },
    /// The customer will come (SMS-APPT-2).
    Confirmed {
        /// By which way.
        channel: Channel,
    },
    /// It was moved: the old names are let go and the new ones taken together (SMS-APPT-4).
    Moved {
        /// By which way.
        channel: Channel,
        /// From.
        from: Place,
        /// To.
        to: Place,
    },
    /// It was cancelled; its names are let go (SMS-APPT-5).
    Cancelled {
        /// By which way.
        channel: Channel,
        /// Key of the reason, where one was given.
        reason: Option<MessageId>,
    },
    /// The customer is there.
    CheckedIn,
    /// The customer did not come.
    Missed,
    /// The office's day is over and nobody has said whether the customer came.
    AttendanceAsked,
    /// It cannot take place as agreed any more: a holiday or a closure was declared later.
    Flagged {
        /// Why.
        why: SlotRefusal,
    },
    /// What raised the flag was taken back.
    FlagCleared,
    /// The office completed who came along (AMB-43).
    CompanionsCompleted {
        /// How many.
        companions: u16,
        /// Key of the names.
        details: MessageId,
    },
    /// The names of those who come along stand in the case's comments (PHONE-APPT-19).
    CommentWritten,
    /// The customer wrote that they want another time, or that they cannot come; a person goes on.
    AnotherTimeWished,
    /// The customer named the day or the hour that they want instead; a person goes on (SMS-APPT-4).
    DayWished {
        /// It.
        wish: WishedTime,
    },
    /// The customer has several visits ahead and was asked which one they mean.
    WhichAsked {
        /// Those they may choose from, in the order of their letters.
        visits: Vec<AppointmentId>,
        /// What is to be done with the one that they choose.
        wanted: Wanted,
    },
    /// The question is closed.
    WhichAnswered {
        /// The visit they chose; none when they wrote something else.
        chosen: Option<AppointmentId>,
    },
    /// Something else was answered to the question; a letter still answers it for a while.
    WhichSetAside,
    /// The customer took the cancellation back while the seat was free.
    Restored {
        /// By which way.
        channel: Channel,
        /// Where and when, as it was, with the names that are taken again.
        place: Place,
    },
    /// A reminder that came due while no texts go out waits.
    ReminderPutOff {
        /// Index among the settings' reminders.
        reminder: u8,
        /// Until then.
        until: Millis,
    },
    /// The office's task gets the new time, or word that the visit is cancelled. Its words lie beside the log.
    TaskChangeQueued {
        /// Key of the task.
        task: MessageId,
        /// Key of the change.
        change: MessageId,
    },
    /// The other system has the change.
    TaskChanged {
        /// Key of the change.
        change: MessageId,
    },
    /// A text goes out. Its body lies beside the log.
    NoticeQueued {
        /// The text.
        notice: MessageId,
        /// On which occasion.
        kind: NoticeKind,
        /// Line it leaves from (SMS-APPT-1).
        line: String,
        /// Segments it costs.
        segments: u32,
        /// Encoding.
        encoding: Encoding,
        /// The link in it.
        link: Option<IssuedLink>,
    },
    /// A text did not go out.
    NoticeSkipped {
        /// On which occasion.
        kind: NoticeKind,
        /// Why.
        why: NotSent,
    },
    /// The carrier said what became of a text.
    NoticeDelivery {
        /// The text.
        notice: MessageId,
        /// The state now.
        delivery: Delivery,
    },
    /// A reminder is dealt with, sent or not.
    Reminded {
        /// Index among the settings' reminders.
        reminder: u8,
    },
    /// The office's task goes out with time, phone number and reason (PHONE-APPT-17, AMB-42). Its words lie beside the log.
    TaskQueued {
        /// Key.
        task: MessageId,
    },
    /// The task has its number.
    TaskAccepted {
        /// Key.
        task: MessageId,
        /// The other system's number.
        number: String,
    },
}

/// A fact with its time, its author and the clause it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentEvent {
    /// When.
    pub at: Millis,
    /// Who.
    pub by: Actor,
    /// Clause that governs it, where one does.
    pub clause: Option<String>,
    /// What.
    pub fact: AppointmentFact,
}

impl AppointmentEvent {
    /// As the log holds it.
    #[must_use]
    pub fn logged(self, id: AppointmentId) -> Event {
        let fact = Fact::Appointment { id, fact: Box::new(self.fact) };
        Event { at: self.at, by: self.by, clause: self.clause, fact }
    }

    /// From the log: the appointment and what happened to it; none when the event is of another stream.
    #[must_use]
    pub fn of(event: &Event) -> Option<(AppointmentId, Self)> {
        let Fact::Appointment { id, fact } = &event.fact else { return None };
        let fact = fact.as_ref().clone();
        Some((*id, Self { at: event.at, by: event.by.clone(), clause: event.clause.clone(), fact }))
    }
}
