//! What must be done outside after a decision: recorded in the same commit, performed later by the engine's outbox.
//!
//! Effects are derived once, when events are decided, and never again on replay; so replay touches nobody.

use serde::{Deserialize, Serialize};

use crate::appointment::{self, Appointment, AppointmentEffect, AppointmentEvent};
use crate::context::Context;
use crate::event::{Event, Fact, InteractionFact};
use crate::id::{Address, AppointmentId, InteractionId, MessageId};
use crate::interaction::Interaction;
use crate::time::{Millis, clock_time, date};

/// The lane of all mail.
pub const MAIL_LANE: &str = "mail";
/// The lane of tasks for the offices' system.
pub const TASK_LANE: &str = "tasks";

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Send a text. The body lies under `message`.
    SendText {
        /// Interaction.
        interaction: InteractionId,
        /// Text, and idempotency key.
        message: MessageId,
        /// Line of the agency.
        line: String,
        /// Sender: always the line's number (SMS-GEN-1).
        from: Address,
        /// Receiver.
        to: Address,
    },
    /// Write to role mailboxes after a mandated report: date, time and phone number and nothing more (SMS-ABUSE-7).
    SendSafetyNotice {
        /// Interaction.
        interaction: InteractionId,
        /// Idempotency key.
        notice: MessageId,
        /// Contact roles of the settings.
        recipients: Vec<String>,
        /// Date of the interaction, agency time.
        date: String,
        /// Time of the interaction, agency time.
        time: String,
        /// Phone number of the interaction.
        phone: Address,
    },
    /// Write a mail whose words are nothing of a case, such as a policy question (IM33-Q-3).
    SendMail {
        /// Addresses of the settings.
        to: Vec<String>,
        /// Subject.
        subject: String,
        /// Plain text.
        text: String,
    },
    /// Send a text about a visit, from the line that receives texts (SMS-APPT-1). The body lies under `notice`.
    SendNotice {
        /// Visit.
        appointment: AppointmentId,
        /// Text, and idempotency key.
        notice: MessageId,
        /// Line of the agency.
        line: String,
        /// Sender: the line's number.
        from: Address,
        /// Receiver.
        to: Address,
    },
    /// Hand a task to the offices' system (PHONE-APPT-17). Its words lie under `task`.
    SubmitTask {
        /// Visit.
        appointment: AppointmentId,
        /// Task, and idempotency key.
        task: MessageId,
    },
    /// Tell the offices' system of a visit's new time, or that it is cancelled. The words lie under `change`.
    UpdateTask {
        /// Visit.
        appointment: AppointmentId,
        /// Task that was handed over.
        task: MessageId,
        /// Change, and idempotency key.
        change: MessageId,
    },
}

/// An effect with its place in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Unique id.
    pub id: String,
    /// Lane: the line's id, or [`MAIL_LANE`].
    pub lane: String,
    /// Effects with the same key keep their order.
    pub order_key: String,
    /// Not before.
    pub not_before: Millis,
    /// What.
    pub effect: Effect,
}

/// The effects of one event, given the interaction after it.
#[must_use]
pub fn effects(event: &Event, after: &Interaction, context: &Context<'_>) -> Vec<Planned> {
    let Fact::Interaction { id, fact } = &event.fact else { return Vec::new() };
    match fact {
        InteractionFact::MessageSent { message, .. } => {
            vec![send(after, *id, *message, message.to_string(), event.at)]
        }
        InteractionFact::SentAgain { message } => {
            vec![send(after, *id, *message, format!("{message}-{}", event.at), event.at)]
        }
        InteractionFact::SafetyCompleted { notice, recipients } if !recipients.is_empty() => vec![Planned {
            id: notice.to_string(),
            lane: MAIL_LANE.to_owned(),
            order_key: id.to_string(),
            not_before: event.at,
            effect: Effect::SendSafetyNotice {
                interaction: *id,
                notice: *notice,
                recipients: recipients.clone(),
                date: date(after.opened_at, context.zone),
                time: clock_time(after.opened_at, context.zone),
                phone: after.customer.clone(),
            },
        }],
        _ => Vec::new(),
    }
}

/// The effects of one event of a visit, given the visit after it. A line that the settings do not have sends nothing.
#[must_use]
pub fn of_appointment(event: &Event, after: &Appointment, context: &Context<'_>) -> Vec<Planned> {
    let Some((id, event)) = AppointmentEvent::of(event) else { return Vec::new() };
    let planned = |effect: AppointmentEffect| match effect {
        AppointmentEffect::SendNotice { notice, line, to } => {
            let from = Address(context.pack.agency.line(&line)?.number.clone());
            let order_key = to.to_string();
            let effect = Effect::SendNotice { appointment: id, notice, line: line.clone(), from, to };
            Some(Planned { id: notice.to_string(), lane: line, order_key, not_before: event.at, effect })
        }
        AppointmentEffect::SubmitTask { task } => Some(Planned {
            id: task.to_string(),
            lane: TASK_LANE.to_owned(),
            order_key: id.to_string(),
            not_before: event.at,
            effect: Effect::SubmitTask { appointment: id, task },
        }),
        // The same order key: a change never overtakes the task that it changes, nor the change before it.
        AppointmentEffect::UpdateTask { task, change } => Some(Planned {
            id: change.to_string(),
            lane: TASK_LANE.to_owned(),
            order_key: id.to_string(),
            not_before: event.at,
            effect: Effect::UpdateTask { appointment: id, task, change },
        }),
    };
    appointment::effects(&event, after).into_iter().filter_map(planned).collect()
}

fn send(
    after: &Interaction,
    interaction: InteractionId,
    message: MessageId,
    id: String,
    at: Millis,
) -> Planned {
    Planned {
        id,
        lane: after.line.clone(),
        order_key: after.customer.to_string(),
        not_before: at,
        effect: Effect::SendText {
            interaction,
            message,
            line: after.line.clone(),
            from: after.our_address.clone(),
            to: after.customer.clone(),
        },
    }
}
