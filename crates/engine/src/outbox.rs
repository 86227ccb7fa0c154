//! Recorded effects are performed: paced per lane, in order per customer, with retries and a visible end.
//!
//! At least once: a crash between the carrier's yes and our commit sends again under the same idempotency key.

use std::collections::{BTreeMap, VecDeque};

use channels::{HttpRequest, OutgoingText, SendResult};
use domain::canned::CannedKind;
use domain::command::Command;
use domain::customer::Customer;
use domain::effect::{Effect, MAIL_LANE, TASK_LANE};
use domain::event::{Purpose, customer_stream, interaction_stream};
use domain::id::{Address, InteractionId, MessageId};
use domain::interaction::{Delivery, Interaction};
use domain::time::{Millis, seconds};
use serde::Serialize;
use store::{Commit, EffectResult, RowChange};

use crate::handle::{Beside, sending_row};
use crate::ports::Mail;
use crate::{Carrier, Engine, EngineError, Nudge, hold};

/// Attempts at one effect before it is given up and shown to an admin.
pub(crate) const ATTEMPTS_MAX: u32 = 8;
/// Longest pause between two attempts, in seconds.
const BACK_OFF_SECONDS_MAX: u32 = 600;
/// Longest pause that a carrier may ask for, in seconds.
const ASKED_SECONDS_MAX: u32 = 3_600;
/// A pause of at least this many seconds is asked for when something is to be set right (a key, a line without a
/// carrier): such texts wait much longer than a faulty connection.
const LASTING_SECONDS: u32 = 60;
/// Attempts then, which is about a day at one in five minutes.
const LASTING_ATTEMPTS_MAX: u32 = 288;
/// How long an effect stays with whoever took it, in seconds.
const LEASE_SECONDS: u32 = 60;
/// Mails, and tasks for the offices, per pass.
const PER_PASS: usize = 8;

/// Sends of the last second by lane, so that no line is driven faster than its carrier takes.
#[derive(Default)]
pub(crate) struct Paces(BTreeMap<String, VecDeque<Millis>>);

impl Paces {
    /// How many more may go now.
    fn room(&mut self, lane: &str, per_second: u32, now: Millis) -> usize {
        let sent = self.0.entry(lane.to_owned()).or_default();
        while sent.front().is_some_and(|at| now - at >= 1000) {
            sent.pop_front();
        }
        usize::try_from(per_second).unwrap_or(usize::MAX).saturating_sub(sent.len())
    }

    fn count(&mut self, lane: &str, now: Millis, n: usize) {
        self.0.entry(lane.to_owned()).or_default().extend(std::iter::repeat_n(now, n));
    }
}

/// How a way out is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CarrierHealth {
    /// Last success.
    pub last_success_at: Option<Millis>,
    /// Last failure.
    pub last_error_at: Option<Millis>,
    /// Why.
    pub last_error: Option<String>,
    /// Texts or mails sent since the start.
    pub sent: u64,
    /// Attempts that failed since the start.
    pub failed: u64,
}

/// The health page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Whether the last write to the store went well.
    pub store_ok: bool,
    /// By carrier, and `mail`.
    pub carriers: BTreeMap<String, CarrierHealth>,
}

impl Default for Health {
    fn default() -> Self {
        Self { store_ok: true, carriers: BTreeMap::new() }
    }
}

/// What one attempt came to.
pub(crate) enum Attempt {
    Accepted(Option<String>),
    Later { after_seconds: Option<u32>, reason: String },
    Never { code: String, reason: String, opted_out: bool },
}

impl Engine {
    /// One pass over every lane. Returns how many effects were taken up.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn perform_effects(&self) -> Result<usize, EngineError> {
        let mut taken = 0;
        for (lane, _) in self.inner.store.lanes().await? {
            taken += self.perform_lane(&lane).await?;
        }
        Ok(taken)
    }

    async fn perform_lane(&self, lane: &str) -> Result<usize, EngineError> {
        let now = self.now();
        let paced = lane != MAIL_LANE && lane != TASK_LANE;
        let room = if paced { self.room(lane, now) } else { PER_PASS };
        if room == 0 {
            return Ok(0);
        }
        let effects = self.inner.store.claim_effects(lane, now, now + seconds(LEASE_SECONDS), room).await?;
        if paced {
            hold(&self.inner.paces).count(lane, now, effects.len());
        }
        let count = effects.len();
        // Side by side within the pace: a slow answer to one text must not hold up the others.
        let mut running = tokio::task::JoinSet::new();
        for effect in effects {
            let engine = self.clone();
            running.spawn(async move { engine.perform(effect).await });
        }
        // All of them are seen through even when one fails: cutting one off between the carrier's yes and our commit
        // would send it twice.
        let mut first = None;
        while let Some(done) = running.join_next().await {
            match done {
                Ok(Ok(())) => {}
                Ok(Err(error)) => first = first.or(Some(error)),
                Err(error) => {
                    tracing::error!(%error, "performing an effect did not end well; it is tried again")
                }
            }
        }
        first.map_or(Ok(count), Err)
    }

    fn room(&self, lane: &str, now: Millis) -> usize {
        let per_second = self.pack().agency.line(lane).map_or(1, |line| line.pace_per_second);
        hold(&self.inner.paces).room(lane, per_second, now)
    }

    async fn perform(&self, effect: store::Effect) -> Result<(), EngineError> {
        match serde_json::from_str::<Effect>(&effect.data) {
            Ok(Effect::SendText { interaction, message, line, from, to }) => {
                let attempt = self.send_text(&effect, interaction, message, &line, &from, &to).await?;
                self.settle_text(&effect, interaction, message, &line, attempt).await
            }
            Ok(Effect::SendSafetyNotice { recipients, date, time, phone, .. }) => {
                let attempt = self.send_notice(&effect, &recipients, &date, &time, &phone).await;
                self.settle(&effect, attempt).await
            }
            Ok(Effect::SendMail { to, subject, text }) => {
                let attempt = self.mail(Mail { id: effect.id.clone(), to, subject, text }).await;
                self.settle(&effect, attempt).await
            }
            Ok(Effect::SendNotice { appointment, notice, line, from, to }) => {
                let attempt = self.send_visit_text(&effect, notice, &line, &from, &to).await?;
                self.settle_visit_text(&effect, appointment, notice, &line, &to, attempt).await
            }
            Ok(Effect::SubmitTask { appointment, task }) => self.hand_over(&effect, appointment, task).await,
            Ok(Effect::UpdateTask { appointment, task, change }) => {
                self.update_task(&effect, appointment, task, change).await
            }
            Err(error) => {
                let reason = format!("This effect cannot be read: {error}");
                self.settle(
                    &effect,
                    Attempt::Never { code: "unreadable".to_owned(), reason, opted_out: false },
                )
                .await
            }
        }
    }

    async fn send_text(
        &self,
        effect: &store::Effect,
        interaction: InteractionId,
        message: MessageId,
        line: &str,
        from: &Address,
        to: &Address,
    ) -> Result<Attempt, EngineError> {
        if self.is_forbidden(interaction, message, to).await? {
            let reason =
                "The customer asked for no more texts before this one left. It was not sent.".to_owned();
            return Ok(Attempt::Never { code: "opted_out".to_owned(), reason, opted_out: false });
        }
        let body = self.inner.store.bodies(&[message.to_string()]).await?.into_iter().next().flatten();
        let Some(text) = body else {
            let reason = "The text has been erased and cannot be sent.".to_owned();
            return Ok(Attempt::Never { code: "erased".to_owned(), reason, opted_out: false });
        };
        let Some(carrier) = self.carrier_of(line) else {
            let reason = format!("No carrier is set up for the line {line}.");
            return Ok(Attempt::Later { after_seconds: Some(300), reason });
        };
        let outgoing = OutgoingText { from: &from.0, to: &to.0, text: &text, idempotency_key: &effect.id };
        let request = match carrier.codec.encode(&outgoing) {
            Ok(request) => request,
            Err(fault) => {
                let error = channels::CarrierError::from(fault);
                return Ok(Attempt::Never { code: error.code, reason: error.reason, opted_out: false });
            }
        };
        Ok(self.call(carrier, request).await)
    }

    pub(crate) fn carrier_of(&self, line: &str) -> Option<&Carrier> {
        self.inner.carriers.iter().find(|carrier| carrier.lines.iter().any(|l| l == line))
    }

    pub(crate) async fn call(&self, carrier: &Carrier, request: HttpRequest) -> Attempt {
        match self.inner.transport.send(&carrier.name, request).await {
            Ok(answer) => match carrier.codec.read_answer(answer.status, &answer.headers, &answer.body) {
                SendResult::Accepted { provider_id } => Attempt::Accepted(Some(provider_id)),
                SendResult::Rejected(error) => Attempt::Never {
                    code: error.code,
                    reason: error.reason,
                    opted_out: error.means_opted_out,
                },
                SendResult::TryAgain { after_seconds, reason } => Attempt::Later { after_seconds, reason },
            },
            Err(reason) => Attempt::Later { after_seconds: None, reason },
        }
    }

    /// Whether the customer opted out after this text was written. Only the one confirmation still goes.
    async fn is_forbidden(
        &self,
        id: InteractionId,
        message: MessageId,
        to: &Address,
    ) -> Result<bool, EngineError> {
        let customer = self.state::<Customer>(&customer_stream(to)).await?;
        if customer.is_none_or(|(_, customer)| customer.opted_out_at.is_none()) {
            return Ok(false);
        }
        let interaction = self.state::<Interaction>(&interaction_stream(id)).await?;
        let purpose = interaction.and_then(|(_, i)| i.in_flight.get(&message).map(|flight| flight.purpose));
        Ok(!matches!(purpose, Some(Purpose::Scripted(CannedKind::OptOutConfirmation | CannedKind::Help))))
    }

    /// What became of a text goes into its interaction, in the same commit as the effect's end.
    async fn settle_text(
        &self,
        effect: &store::Effect,
        id: InteractionId,
        message: MessageId,
        line: &str,
        attempt: Attempt,
    ) -> Result<(), EngineError> {
        let carrier = self.carrier_of(line).map_or_else(|| line.to_owned(), |c| c.name.clone());
        self.record_health(&carrier, &attempt);
        let attempt = give_up(effect, attempt);
        let (delivery, opted_out, mut beside) = match &attempt {
            Attempt::Later { .. } => return self.settle(effect, attempt).await,
            Attempt::Accepted(provider_id) => {
                let provider_id = provider_id.clone().unwrap_or_default();
                let row = sending_row(id, message, &format!("{carrier}:{provider_id}"), self.now());
                let beside = Beside { rows: vec![RowChange::Put(row)], ..Beside::default() };
                (Delivery::Accepted { provider_id }, false, beside)
            }
            Attempt::Never { code, reason, opted_out } => {
                let delivery = Delivery::Failed { code: code.clone(), reason: reason.clone() };
                (delivery, *opted_out, Beside::default())
            }
        };
        beside.effect_results.push(result(effect, &attempt, self.now()));
        let command = Command::ReportDelivery { id, message, delivery, opted_out };
        self.handle_beside(command, &format!("outbox:{}", effect.id), beside).await?;
        Ok(())
    }

    pub(crate) async fn settle(&self, effect: &store::Effect, attempt: Attempt) -> Result<(), EngineError> {
        let attempt = give_up(effect, attempt);
        let commit =
            Commit { effect_results: vec![result(effect, &attempt, self.now())], ..Commit::default() };
        let position = self.commit(commit).await?;
        if !matches!(attempt, Attempt::Later { .. }) {
            let streams = vec!["outbox".to_owned()];
            self.nudge(Nudge { position, streams, interactions: Vec::new(), staff: Vec::new() });
        }
        Ok(())
    }

    /// Date, time and phone number of the interaction, and nothing more about the case (SMS-ABUSE-7).
    async fn send_notice(
        &self,
        effect: &store::Effect,
        roles: &[String],
        date: &str,
        time: &str,
        phone: &Address,
    ) -> Attempt {
        let pack = self.pack();
        let to: Vec<String> = roles
            .iter()
            .filter_map(|role| pack.agency.contact_role(role))
            .map(|role| role.address.clone())
            .collect();
        let mail = Mail {
            id: effect.id.clone(),
            to,
            subject: "Child abuse contact by text: report filed".to_owned(),
            text: format!("Date: {date}\nTime: {time}\nPhone number: {phone}\n"),
        };
        self.mail(mail).await
    }

    async fn mail(&self, mail: Mail) -> Attempt {
        let attempt = match self.inner.mailer.send(mail).await {
            Ok(()) => Attempt::Accepted(None),
            Err(reason) => Attempt::Later { after_seconds: None, reason },
        };
        self.record_health(MAIL_LANE, &attempt);
        attempt
    }

    pub(crate) fn record_health(&self, carrier: &str, attempt: &Attempt) {
        let now = self.now();
        let mut health = hold(&self.inner.health);
        let entry = health.carriers.entry(carrier.to_owned()).or_default();
        match attempt {
            Attempt::Accepted(_) => {
                entry.last_success_at = Some(now);
                entry.sent += 1;
            }
            Attempt::Later { reason, .. } | Attempt::Never { reason, .. } => {
                entry.last_error_at = Some(now);
                entry.last_error = Some(reason.clone());
                entry.failed += 1;
            }
        }
    }

    /// How the ways out are doing.
    #[must_use]
    pub fn health(&self) -> Health {
        hold(&self.inner.health).clone()
    }

    /// Names of the carriers with the lines they serve.
    #[must_use]
    pub fn carriers(&self) -> Vec<(String, Vec<String>)> {
        self.inner.carriers.iter().map(|c| (c.name.clone(), c.lines.clone())).collect()
    }

    /// An admin sends a dead effect again.
    ///
    /// # Errors
    /// When it does not exist or is not dead.
    pub async fn requeue_effect(&self, id: &str, by: &str) -> Result<(), EngineError> {
        let effect = self
            .inner
            .store
            .effect(id)
            .await?
            .ok_or_else(|| EngineError::NotFound("this effect".to_owned()))?;
        if effect.state != store::EffectState::Dead {
            return Err(EngineError::Invalid("Only what was given up can be sent again.".to_owned()));
        }
        let at = self.now();
        self.note(by, "requeue_effect", id, serde_json::json!({})).await?;
        let again = EffectResult::Requeue { id: id.to_owned(), not_before: at };
        if let Ok(Effect::SendText { interaction, message, .. }) =
            serde_json::from_str::<Effect>(&effect.data)
        {
            let beside = Beside { effect_results: vec![again], ..Beside::default() };
            self.handle_beside(Command::Requeue { id: interaction, message }, "requeue", beside).await?;
            return Ok(());
        }
        if let Ok(Effect::SendNotice { appointment, notice, .. }) = serde_json::from_str(&effect.data) {
            return self.requeue_visit_text(appointment, notice, again).await;
        }
        let commit = Commit { effect_results: vec![again], ..Commit::default() };
        let position = self.commit(commit).await?;
        let streams = vec!["outbox".to_owned()];
        self.nudge(Nudge { position, streams, interactions: Vec::new(), staff: Vec::new() });
        Ok(())
    }
}

/// After the last attempt "later" becomes "never", so that nothing waits for ever unseen.
pub(crate) fn give_up(effect: &store::Effect, attempt: Attempt) -> Attempt {
    match attempt {
        Attempt::Later { reason, after_seconds } if effect.attempts >= attempts_max(after_seconds) => {
            let reason = format!("Given up after {} attempts. The last one: {reason}", effect.attempts);
            Attempt::Never { code: "attempts".to_owned(), reason, opted_out: false }
        }
        other => other,
    }
}

fn attempts_max(after_seconds: Option<u32>) -> u32 {
    if after_seconds.is_some_and(|seconds| seconds >= LASTING_SECONDS) {
        LASTING_ATTEMPTS_MAX
    } else {
        ATTEMPTS_MAX
    }
}

pub(crate) fn result(effect: &store::Effect, attempt: &Attempt, now: Millis) -> EffectResult {
    let id = effect.id.clone();
    match attempt {
        Attempt::Accepted(_) => EffectResult::Done { id },
        Attempt::Later { after_seconds, reason } => {
            let doubled = 1_u32.checked_shl(effect.attempts).unwrap_or(u32::MAX).min(BACK_OFF_SECONDS_MAX);
            let pause = after_seconds.map_or(doubled, |asked| asked.min(ASKED_SECONDS_MAX));
            EffectResult::Retry { id, not_before: now + seconds(pause), error: reason.clone() }
        }
        Attempt::Never { code, reason, .. } => EffectResult::Dead { id, error: format!("{code}: {reason}") },
    }
}
