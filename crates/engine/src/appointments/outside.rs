//! What leaves for the outside about visits: texts by the line that receives texts (SMS-APPT-1), and the offices' tasks
//! (PHONE-APPT-17). Both go through the one outbox, with its order, pace and retries.

use channels::OutgoingText;
use domain::appointment::AppointmentCommand;
use domain::customer::Customer;
use domain::effect::TASK_LANE;
use domain::event::{Actor, CustomerFact, Event, Fact, customer_stream};
use domain::id::{Address, AppointmentId, MessageId};
use domain::interaction::Delivery;
use serde::Deserialize;
use store::{BodyChange, EffectResult, RowChange};

use super::without_secret;
use crate::handle::{Beside, notice_row};
use crate::outbox::{Attempt, give_up, result};
use crate::ports::{OfficeTask, TaskChange, TaskFault};
use crate::{Engine, EngineError};

/// Seconds until a task is tried again: the offices' system may be closed for hours, and a task is no text that somebody
/// waits for.
const TASK_PAUSE_SECONDS: u32 = 300;

/// The words of a change of a task as the domain writes them.
#[derive(Deserialize)]
struct ChangeWords {
    title: String,
    office: String,
    time: String,
    start: i64,
    cancelled: bool,
}

/// The words of a task as the domain writes them.
#[derive(Deserialize)]
struct Words {
    title: String,
    office: String,
    time: String,
    start: i64,
    phone: Option<String>,
    reason: String,
}

impl Engine {
    pub(crate) async fn send_visit_text(
        &self,
        effect: &store::Effect,
        notice: MessageId,
        line: &str,
        from: &Address,
        to: &Address,
    ) -> Result<Attempt, EngineError> {
        let never = |code: &str, reason: &str| Attempt::Never {
            code: code.to_owned(),
            reason: reason.to_owned(),
            opted_out: false,
        };
        let customer = self.state::<Customer>(&customer_stream(to)).await?;
        if customer.is_some_and(|(_, customer)| customer.opted_out_at.is_some()) {
            let reason = "The customer asked for no more texts before this one left. It was not sent.";
            return Ok(never("opted_out", reason));
        }
        let body = self.inner.store.bodies(&[notice.to_string()]).await?.into_iter().next().flatten();
        let Some(text) = body else {
            return Ok(never("erased", "The text has been erased and cannot be sent."));
        };
        let Some(carrier) = self.carrier_of(line) else {
            let reason = format!("No carrier is set up for the line {line}.");
            return Ok(Attempt::Later { after_seconds: Some(300), reason });
        };
        let outgoing = OutgoingText { from: &from.0, to: &to.0, text: &text, idempotency_key: &effect.id };
        match carrier.codec.encode(&outgoing) {
            Ok(request) => Ok(self.call(carrier, request).await),
            Err(fault) => {
                let error = channels::CarrierError::from(fault);
                Ok(never(&error.code, &error.reason))
            }
        }
    }

    /// What became of a text goes into its visit, in the same commit as the effect's end.
    pub(crate) async fn settle_visit_text(
        &self,
        effect: &store::Effect,
        id: AppointmentId,
        notice: MessageId,
        line: &str,
        to: &Address,
        attempt: Attempt,
    ) -> Result<(), EngineError> {
        let carrier = self.carrier_of(line).map_or_else(|| line.to_owned(), |c| c.name.clone());
        self.record_health(&carrier, &attempt);
        let attempt = give_up(effect, attempt);
        let mut beside = Beside::default();
        let (delivery, opted_out) = match &attempt {
            Attempt::Later { .. } => return self.settle(effect, attempt).await,
            Attempt::Accepted(provider_id) => {
                let provider_id = provider_id.clone().unwrap_or_default();
                let key = format!("{carrier}:{provider_id}");
                beside.rows.push(RowChange::Put(notice_row(id, notice, &key, self.now())));
                beside.bodies.extend(self.masked(notice).await?);
                (Delivery::Accepted { provider_id }, false)
            }
            Attempt::Never { code, reason, opted_out } => {
                (Delivery::Failed { code: code.clone(), reason: reason.clone() }, *opted_out)
            }
        };
        beside.effect_results.push(result(effect, &attempt, self.now()));
        beside.customer.extend(opted_out.then(|| self.carrier_says_stop(to)));
        let command = AppointmentCommand::ReportNotice { notice, delivery };
        self.handle_appointment_beside(id, &command, &format!("outbox:{}", effect.id), beside).await?;
        Ok(())
    }

    /// A carrier's report on a text about a visit.
    pub(crate) async fn report_notice(
        &self,
        id: AppointmentId,
        notice: MessageId,
        delivery: Delivery,
        opted_out: bool,
        cause: &str,
        mut beside: Beside,
    ) -> Result<(), EngineError> {
        if opted_out && let Some(number) = self.appointment(id).await?.and_then(|visit| visit.phone) {
            beside.customer.push(self.carrier_says_stop(&number));
        }
        // A report that proves the sending ends it, as the outbox's own commit would have.
        if !beside.effect_results.is_empty() {
            beside.bodies.extend(self.masked(notice).await?);
        }
        let command = AppointmentCommand::ReportNotice { notice, delivery };
        self.handle_appointment_beside(id, &command, cause, beside).await?;
        Ok(())
    }

    /// Once a text has left, the secret of its link is known to its receiver alone; we keep the digest.
    async fn masked(&self, notice: MessageId) -> Result<Option<BodyChange>, EngineError> {
        let key = notice.to_string();
        let body = self.inner.store.bodies(std::slice::from_ref(&key)).await?.into_iter().next().flatten();
        Ok(body
            .map(|text| (without_secret(&text), text))
            .filter(|(shown, text)| shown != text)
            .map(|(text, _)| BodyChange::Put { key, text }))
    }

    /// The carrier refuses texts to this number because its owner stopped them there.
    fn carrier_says_stop(&self, number: &Address) -> Event {
        Event {
            at: self.now(),
            by: Actor::Carrier,
            clause: None,
            fact: Fact::Customer { address: number.clone(), fact: CustomerFact::OptedOut },
        }
    }

    pub(crate) async fn requeue_visit_text(
        &self,
        id: AppointmentId,
        notice: MessageId,
        again: EffectResult,
    ) -> Result<(), EngineError> {
        let beside = Beside { effect_results: vec![again], ..Beside::default() };
        let command = AppointmentCommand::ReportNotice { notice, delivery: Delivery::Pending };
        self.handle_appointment_beside(id, &command, "requeue", beside).await?;
        Ok(())
    }

    /// Hands a task over and keeps the number that it has there.
    pub(crate) async fn hand_over(
        &self,
        effect: &store::Effect,
        id: AppointmentId,
        task: MessageId,
    ) -> Result<(), EngineError> {
        let body = self.inner.store.bodies(&[task.to_string()]).await?.into_iter().next().flatten();
        let words = body.and_then(|text| serde_json::from_str::<Words>(&text).ok());
        let Some(words) = words else {
            let reason = "The words of this task have been erased.".to_owned();
            return self
                .settle(effect, Attempt::Never { code: "erased".to_owned(), reason, opted_out: false })
                .await;
        };
        let sheet = OfficeTask {
            id: effect.id.clone(),
            title: words.title,
            office: words.office,
            time: words.time,
            start: words.start,
            phone: words.phone,
            reason: words.reason,
        };
        let (attempt, number) = match self.inner.tasks.submit(sheet).await {
            Ok(number) => (Attempt::Accepted(None), Some(number)),
            Err(TaskFault::Later(reason)) => {
                (Attempt::Later { after_seconds: Some(TASK_PAUSE_SECONDS), reason }, None)
            }
            Err(TaskFault::Never(reason)) => {
                (Attempt::Never { code: "refused".to_owned(), reason, opted_out: false }, None)
            }
        };
        self.record_health(TASK_LANE, &attempt);
        let Some(number) = number else { return self.settle(effect, attempt).await };
        let done = EffectResult::Done { id: effect.id.clone() };
        let beside = Beside { effect_results: vec![done], ..Beside::default() };
        let command = AppointmentCommand::ReportTask { task, number };
        self.handle_appointment_beside(id, &command, &format!("outbox:{}", effect.id), beside).await?;
        Ok(())
    }

    /// Tells the offices' system of a visit's new time, or that it is cancelled.
    pub(crate) async fn update_task(
        &self,
        effect: &store::Effect,
        id: AppointmentId,
        task: MessageId,
        change: MessageId,
    ) -> Result<(), EngineError> {
        let body = self.inner.store.bodies(&[change.to_string()]).await?.into_iter().next().flatten();
        let words = body.and_then(|text| serde_json::from_str::<ChangeWords>(&text).ok());
        let Some(words) = words else {
            let reason = "The words of this change have been erased.".to_owned();
            return self
                .settle(effect, Attempt::Never { code: "erased".to_owned(), reason, opted_out: false })
                .await;
        };
        let sheet = TaskChange {
            task: task.to_string(),
            title: words.title,
            office: words.office,
            time: words.time,
            start: words.start,
            cancelled: words.cancelled,
        };
        let attempt = match self.inner.tasks.update(sheet).await {
            Ok(()) => Attempt::Accepted(None),
            Err(TaskFault::Later(reason)) => {
                Attempt::Later { after_seconds: Some(TASK_PAUSE_SECONDS), reason }
            }
            Err(TaskFault::Never(reason)) => {
                Attempt::Never { code: "refused".to_owned(), reason, opted_out: false }
            }
        };
        self.record_health(TASK_LANE, &attempt);
        if !matches!(attempt, Attempt::Accepted(_)) {
            return self.settle(effect, attempt).await;
        }
        let done = EffectResult::Done { id: effect.id.clone() };
        let beside = Beside { effect_results: vec![done], ..Beside::default() };
        let command = AppointmentCommand::ReportTaskChange { change };
        self.handle_appointment_beside(id, &command, &format!("outbox:{}", effect.id), beside).await?;
        Ok(())
    }
}
