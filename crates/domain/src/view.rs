//! Screen rows, computed in Rust once, so that no screen and no SQL decides anything.
//!
//! Kinds: `interaction` (one card, group = [`Card::group`]), `message` (one transcript entry, group = interaction id,
//! sort = its place), `staff` (one person's floor line), `notice` (an alert for a person, group = their id), `reading`
//! (who acknowledged what, group = the procedure or memo).
//! Rows hold body keys, never bodies.

use serde::{Deserialize, Serialize};

use crate::appointment::{Appointment, AppointmentFact};
use crate::canned::ReplyKind;
use crate::context::Context;
use crate::disclosure::FindingKind;
use crate::event::{Actor, Event, Fact, InteractionFact, Purpose, StaffFact};
use crate::id::{Address, InteractionId, MessageId, StaffId};
use crate::interaction::{
    Delivery, EndReason, Interaction, Offer, Phase, Safety, SupervisorRequest, Turn, transcript,
};
use crate::scene::Scene;
use crate::sop::Duty;
use crate::staff::{Held, Presence, Staff};
use crate::time::Millis;

/// Kind of the rows that hold [`Card`].
pub const INTERACTION: &str = "interaction";
/// Kind of the rows that hold [`Entry`].
pub const MESSAGE: &str = "message";
/// Kind of the rows that hold [`Person`].
pub const STAFF: &str = "staff";
/// Kind of the rows that hold [`Notice`].
pub const NOTICE: &str = "notice";
/// Kind of the rows that hold [`Reading`].
pub const READING: &str = "reading";
/// Kind of the rows that hold an [`Appointment`], group = its office, sort = its start.
pub const APPOINTMENT: &str = "appointment";
/// Kind of the rows that find the appointments of a phone number (the group), sort = the start; they hold the status.
pub const APPOINTMENT_OF: &str = "appointment_of";
/// Kind of the rows that find an appointment by the digest of a link's secret (the id); they hold its id.
pub const APPOINTMENT_LINK: &str = "appointment_link";
/// Form of these rows. A program that finds rows of another form makes them again from the log when it starts.
pub const FORM: u32 = 3;
/// Kinds that can be made again from the log alone.
pub const DERIVED: [&str; 8] =
    [INTERACTION, MESSAGE, STAFF, NOTICE, READING, APPOINTMENT, APPOINTMENT_OF, APPOINTMENT_LINK];

/// A row as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// Kind.
    pub kind: &'static str,
    /// Id within the kind.
    pub id: String,
    /// What lists it.
    pub group: String,
    /// Order within the group.
    pub sort: i64,
    /// JSON; none removes the row.
    pub data: Option<String>,
}

/// One interaction as desk and floor show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Id.
    pub id: InteractionId,
    /// Channel.
    pub channel: String,
    /// Customer's address.
    pub customer: Address,
    /// Queue.
    pub queue: String,
    /// Language.
    pub language: String,
    /// Phase.
    pub phase: Phase,
    /// Who has it.
    pub owner: Option<StaffId>,
    /// Running offer.
    pub offer: Option<Offer>,
    /// Opened.
    pub opened_at: Millis,
    /// Waiting since.
    pub waiting_since: Option<Millis>,
    /// First acceptance.
    pub accepted_at: Option<Millis>,
    /// Duties, the one that runs out next first.
    pub duties: Vec<Duty>,
    /// Whose turn it is.
    pub turn: Turn,
    /// Texts in since staff last wrote.
    pub unread: u32,
    /// Texts in.
    pub inbound: u32,
    /// Texts by staff.
    pub staff_texts: u32,
    /// Body key of the last text.
    pub last_message: Option<MessageId>,
    /// Whether it is the customer's.
    pub last_is_customer: bool,
    /// Body key of the customer's last text.
    pub last_customer_message: Option<MessageId>,
    /// Last text in.
    pub last_inbound_at: Option<Millis>,
    /// Marked as about the own case.
    pub case_specific: bool,
    /// What the customer asks about, the narrowest topic first.
    pub topics: Vec<crate::intent::Topic>,
    /// How the replies were written, with their counts (SMS-GEN-11).
    pub reply_kinds: std::collections::BTreeMap<String, u32>,
    /// Clarifying questions sent.
    pub clarifying: Vec<String>,
    /// Whether the first staff text was the greeting.
    pub greeted_first: Option<bool>,
    /// Whether Goodbye was the last thing said.
    pub said_goodbye: bool,
    /// Why a referral was needed.
    pub referral_reason: Option<String>,
    /// Ways given.
    pub ways: Vec<crate::canned::CannedKind>,
    /// Suggestion: wants a supervisor.
    pub hint_supervisor: bool,
    /// Suggestion: words of child abuse.
    pub hint_abuse: Option<crate::interaction::SafetyKind>,
    /// Wish for a supervisor.
    pub supervisor: Option<SupervisorRequest>,
    /// Child-abuse contact.
    pub safety: Option<Safety>,
    /// The customer opted out.
    pub opted_out: bool,
    /// More texts than the limit came.
    pub flooded: bool,
    /// Check-ins given.
    pub check_ins: u32,
    /// Check-ins missed.
    pub check_ins_missed: u32,
    /// Refused sends.
    pub refused: u32,
    /// Ended.
    pub ended_at: Option<Millis>,
    /// Why.
    pub end_reason: Option<EndReason>,
    /// Code.
    pub code: Option<String>,
    /// Done.
    pub done_at: Option<Millis>,
    /// Handle time.
    pub handle_ms: Option<Millis>,
    /// Version of the stream, for optimistic forms.
    pub entries: i64,
}

impl Card {
    /// `open` until it is done, then `done`.
    #[must_use]
    pub fn group(&self) -> &'static str {
        if self.phase == Phase::Done { "done" } else { "open" }
    }

    /// The clock that runs out next.
    #[must_use]
    pub fn next_duty(&self) -> Option<&Duty> {
        self.duties.first()
    }
}

/// One line of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Interaction.
    pub interaction: InteractionId,
    /// Place in the transcript, from 1.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// Who.
    pub by: Actor,
    /// Clause that governs it.
    pub clause: Option<String>,
    /// What.
    pub what: What,
}

/// What a transcript line is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// A text of the customer.
    In {
        /// Body key.
        message: MessageId,
        /// Kinds masked on arrival.
        masked: Vec<FindingKind>,
        /// Attachments refused.
        media: u32,
    },
    /// A text to the customer.
    Out {
        /// Body key.
        message: MessageId,
        /// Purpose.
        purpose: Purpose,
        /// Canned response it came from.
        canned: Option<String>,
        /// How it was written.
        reply_kind: ReplyKind,
        /// Segments.
        segments: u32,
        /// Delivery.
        delivery: Delivery,
    },
    /// An act of a person or of the program.
    Act {
        /// In plain words.
        sentence: String,
        /// Worth standing out: refusals, misses, alerts.
        strong: bool,
    },
}

/// One person as the floor shows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Account name.
    pub id: StaffId,
    /// Presence.
    pub presence: Presence,
    /// Since when.
    pub since: Millis,
    /// Who set it, where that was neither the person nor the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<StaffId>,
    /// Interactions that take capacity, with why.
    pub held: Vec<(InteractionId, Held)>,
    /// Free since.
    pub idle_since: Millis,
    /// In a child-abuse contact.
    pub in_safety: bool,
    /// Line lost since.
    pub line_lost_at: Option<Millis>,
    /// Versions acknowledged.
    pub acknowledged: std::collections::BTreeMap<String, String>,
    /// Time in each presence, milliseconds, without the current stretch.
    pub spent_ms: std::collections::BTreeMap<String, Millis>,
}

/// An alert that must not be missed; it stays until its reason is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// For whom.
    pub staff: StaffId,
    /// Since.
    pub at: Millis,
    /// About.
    pub interaction: InteractionId,
    /// In plain words.
    pub sentence: String,
    /// Clause.
    pub clause: String,
}

/// An acknowledgement: who read which version of what, and when (SMS-GEN-2, the clauses `*-ACK-*`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Who.
    pub staff: StaffId,
    /// What: `sms`, or `memo:` and a page.
    pub procedure: String,
    /// Version or edition.
    pub version: String,
    /// When.
    pub at: Millis,
}

fn json<T: Serialize>(value: &T) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// The card of an interaction.
#[must_use]
pub fn card(i: &Interaction, duties: Vec<Duty>) -> Card {
    Card {
        id: i.id,
        channel: i.channel.clone(),
        customer: i.customer.clone(),
        queue: i.queue.clone(),
        language: i.language.clone(),
        phase: i.phase,
        owner: i.owner.clone(),
        offer: i.offer.clone(),
        opened_at: i.opened_at,
        waiting_since: i.waiting_since,
        accepted_at: i.accepted_at,
        duties,
        turn: i.turn.clone(),
        unread: i.unread,
        inbound: i.inbound,
        staff_texts: i.staff_texts,
        last_message: i.last_message,
        last_is_customer: i.last_is_customer,
        last_customer_message: i.last_customer_message,
        last_inbound_at: i.last_inbound_at,
        case_specific: i.case_specific,
        topics: i.topics.clone(),
        reply_kinds: i.reply_kinds.clone(),
        clarifying: i.clarifying.clone(),
        greeted_first: i.greeted_first,
        said_goodbye: i.said_goodbye,
        referral_reason: i.referral_reason.clone(),
        ways: i.ways.clone(),
        hint_supervisor: i.hint_supervisor,
        hint_abuse: i.hint_abuse,
        supervisor: i.supervisor.clone(),
        safety: i.safety.clone(),
        opted_out: i.opted_out,
        flooded: i.flooded,
        check_ins: i.check_ins,
        check_ins_missed: i.check_ins_missed,
        refused: i.refused,
        ended_at: i.ended_at,
        end_reason: i.end_reason,
        code: i.code.clone(),
        done_at: i.done_at,
        handle_ms: i.handle_ms,
        entries: i.entries,
    }
}

/// The card as a row. Open ones sort by opening, done ones by their end.
#[must_use]
pub fn card_row(card: &Card) -> ViewRow {
    ViewRow {
        kind: INTERACTION,
        id: card.id.to_string(),
        group: card.group().to_owned(),
        sort: card.done_at.unwrap_or(card.opened_at),
        data: json(card),
    }
}

/// A person as a row.
#[must_use]
pub fn person_row(staff: &Staff) -> ViewRow {
    let person = Person {
        id: staff.id.clone(),
        presence: staff.presence.clone(),
        since: staff.since,
        set_by: staff.set_by.clone(),
        held: staff.held.iter().map(|(id, held)| (*id, held.clone())).collect(),
        idle_since: staff.idle_since,
        in_safety: !staff.in_safety.is_empty(),
        line_lost_at: staff.line_lost_at,
        acknowledged: staff.acknowledged.clone(),
        spent_ms: staff.spent_ms.clone(),
    };
    ViewRow { kind: STAFF, id: staff.id.to_string(), group: "all".to_owned(), sort: 0, data: json(&person) }
}

/// The rows of notices that an event raises or removes.
#[must_use]
pub fn notice_rows(event: &Event, after: &Interaction) -> Vec<ViewRow> {
    let Fact::Interaction { id, fact } = &event.fact else { return Vec::new() };
    let row = |staff: &StaffId, data: Option<String>| ViewRow {
        kind: NOTICE,
        id: format!("{id}:{staff}"),
        group: staff.to_string(),
        sort: event.at,
        data,
    };
    match fact {
        InteractionFact::SupervisorRequested { alerted, .. }
        | InteractionFact::SupervisorAlertWidened { alerted, .. } => {
            let notice = |staff: &StaffId| Notice {
                staff: staff.clone(),
                at: event.at,
                interaction: *id,
                sentence: format!("The customer {} asks for a supervisor.", after.customer),
                clause: "SMS-SUPV-1".to_owned(),
            };
            alerted.iter().map(|staff| row(staff, json(&notice(staff)))).collect()
        }
        InteractionFact::SupervisorRequestMet { .. }
        | InteractionFact::SupervisorRequestUnmet
        | InteractionFact::Finished { .. } => after
            .supervisor
            .iter()
            .flat_map(|request| request.alerted.iter())
            .map(|staff| row(staff, None))
            .collect(),
        _ => Vec::new(),
    }
}

/// The row of an acknowledgement; the newest version that somebody read stands.
#[must_use]
pub fn reading_row(event: &Event) -> Option<ViewRow> {
    let Fact::Staff { id, fact: StaffFact::Acknowledged { procedure, version } } = &event.fact else {
        return None;
    };
    let reading =
        Reading { staff: id.clone(), procedure: procedure.clone(), version: version.clone(), at: event.at };
    Some(ViewRow {
        kind: READING,
        id: format!("{procedure}:{id}"),
        group: procedure.clone(),
        sort: event.at,
        data: json(&reading),
    })
}

/// The transcript row of a text of ours in its present state.
#[must_use]
pub fn out_row(i: &Interaction, message: MessageId) -> Option<ViewRow> {
    let flight = i.in_flight.get(&message)?;
    let entry = Entry {
        interaction: i.id,
        seq: flight.seq,
        at: flight.at,
        by: flight.by.as_ref().map_or(Actor::System, Actor::staff),
        clause: flight.clause.clone(),
        what: What::Out {
            message,
            purpose: flight.purpose,
            canned: flight.canned.clone(),
            reply_kind: flight.reply_kind,
            segments: flight.segments,
            delivery: flight.delivery.clone(),
        },
    };
    Some(entry_row(&entry))
}

/// A transcript entry as a row.
#[must_use]
pub fn entry_row(entry: &Entry) -> ViewRow {
    ViewRow {
        kind: MESSAGE,
        id: format!("{}-{:06}", entry.interaction, entry.seq),
        group: entry.interaction.to_string(),
        sort: entry.seq,
        data: json(entry),
    }
}

/// Rows and effects of a decision, event by event, and the scene after it.
///
/// Live commits and `hearthline replay` both come through here, so a screen row can always be made again from the log;
/// replay drops the effects.
#[must_use]
pub fn project(before: &Scene, events: &[Event], context: &Context<'_>) -> Projection {
    let mut scene = before.clone();
    let mut rows = Vec::new();
    let mut effects = Vec::new();
    for event in events {
        scene.apply(event);
        rows.extend(reading_row(event));
        if let Some(after) = scene.appointment.as_ref().filter(|_| is_of_appointment(event)) {
            effects.extend(crate::effect::of_appointment(event, after, context));
            rows.extend(link_row(event));
        }
        let Some(after) = &scene.interaction else { continue };
        match &event.fact {
            Fact::Interaction { fact: InteractionFact::MessageSent { message, .. }, .. }
            | Fact::Interaction { fact: InteractionFact::DeliveryChanged { message, .. }, .. } => {
                rows.extend(out_row(after, *message));
            }
            Fact::Interaction { fact: InteractionFact::SentAgain { message }, .. } => {
                rows.extend(out_row(after, *message));
                rows.extend(transcript::entry(after, event).as_ref().map(entry_row));
            }
            Fact::Interaction { .. } => rows.extend(transcript::entry(after, event).as_ref().map(entry_row)),
            Fact::Staff { .. } | Fact::Customer { .. } | Fact::Appointment { .. } => {}
        }
        rows.extend(notice_rows(event, after));
        effects.extend(crate::effect::effects(event, after, context));
    }
    if let Some(after) = scene.appointment.as_ref().filter(|_| events.iter().any(is_of_appointment)) {
        rows.extend(appointment_rows(after));
    }
    if let Some(after) = &scene.interaction {
        rows.push(card_row(&card(after, crate::sop::duties(after, context))));
    }
    let mut touched: Vec<&StaffId> = events
        .iter()
        .filter_map(|event| if let Fact::Staff { id, .. } = &event.fact { Some(id) } else { None })
        .collect();
    touched.sort();
    touched.dedup();
    rows.extend(touched.into_iter().filter_map(|id| scene.staff.get(id)).map(person_row));
    Projection { scene, rows, effects }
}

/// See [`project`].
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// The scene after the events.
    pub scene: Scene,
    /// Rows to put or remove.
    pub rows: Vec<ViewRow>,
    /// Work outside.
    pub effects: Vec<crate::effect::Planned>,
}

fn is_of_appointment(event: &Event) -> bool {
    matches!(&event.fact, Fact::Appointment { .. })
}

/// The row by which the link in a text finds its appointment.
fn link_row(event: &Event) -> Option<ViewRow> {
    let Fact::Appointment { id, fact } = &event.fact else { return None };
    let AppointmentFact::NoticeQueued { link: Some(link), .. } = fact.as_ref() else { return None };
    Some(ViewRow {
        kind: APPOINTMENT_LINK,
        id: link.digest.clone(),
        group: id.to_string(),
        sort: link.until,
        data: json(id),
    })
}

/// The rows of an appointment: one for its office's day, one for the customer's number.
#[must_use]
pub fn appointment_rows(after: &Appointment) -> Vec<ViewRow> {
    let (id, sort) = (after.id.to_string(), after.place.start);
    let office = after.place.office.clone();
    let mut rows =
        vec![ViewRow { kind: APPOINTMENT, id: id.clone(), group: office, sort, data: json(after) }];
    if let Some(phone) = &after.phone {
        rows.push(ViewRow {
            kind: APPOINTMENT_OF,
            id,
            group: phone.0.clone(),
            sort,
            data: json(&after.status),
        });
    }
    rows
}
