//! What carriers bring: decoded, found or opened, committed; only then is the carrier answered.

use channels::{DecodeError, DeliveryState, DeliveryStatus, InboundText, Request};
use domain::command::{Command, Inbound};
use domain::id::{Address, AppointmentId, InteractionId, MessageId};
use domain::interaction::{Delivery, Interaction};
use serde::Deserialize;
use store::{Commit, DeadLetter, DeadLetterChange, EffectResult, RowChange, StoreError};

use crate::handle::{Beside, notice_row, sending_row};
use crate::{Carrier, Engine, EngineError, Nudge, ReceiveError};

/// Bytes of a dead letter that are kept; carriers' calls are far smaller.
const DEAD_LETTER_BYTES_MAX: usize = 256 * 1024;

/// What became of a carrier's call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is durable.
    Stored,
    /// It was there already; stored once.
    Duplicate,
    /// No line of ours has this number; kept as a dead letter.
    UnknownNumber,
    /// Kept as a dead letter; the sentence says why.
    DeadLetter(String),
}

/// Where a text of ours is to be found again.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Sending {
    /// In an interaction.
    Text { interaction: InteractionId, message: MessageId },
    /// About a visit.
    Notice { appointment: AppointmentId, notice: MessageId },
}

impl Engine {
    /// Takes a carrier's call. The answer to the carrier follows the result, and never comes before the commit.
    ///
    /// # Errors
    /// [`ReceiveError::Refused`] when the call is not genuine or not of the form; [`ReceiveError::Store`] when it could not
    /// be kept, so that the carrier calls again.
    pub async fn receive(&self, carrier: &str, request: Request<'_>) -> Result<Received, ReceiveError> {
        let carrier =
            self.inner.carriers.iter().find(|c| c.name == carrier).ok_or(ReceiveError::NoSuchCarrier)?;
        match carrier.codec.decode(&request) {
            Ok(channels::Received::Message(text)) => self.receive_text(carrier, text, &request, None).await,
            Ok(channels::Received::Status(status)) => {
                self.receive_status(carrier, status, &request, None).await
            }
            Err(error) if error.keep() => {
                self.bury(carrier, &request, &error.to_string(), None).await?;
                Ok(Received::DeadLetter(error.to_string()))
            }
            Err(error) => {
                tracing::warn!(carrier = carrier.name, reason = error.name(), "a call was refused");
                Err(ReceiveError::Refused(error))
            }
        }
    }

    async fn receive_text(
        &self,
        carrier: &Carrier,
        text: InboundText,
        request: &Request<'_>,
        letter: Option<&str>,
    ) -> Result<Received, ReceiveError> {
        let pack = self.pack();
        let line =
            pack.agency.lines.iter().find(|line| line.number == text.to && carrier.lines.contains(&line.id));
        let Some(line) = line else {
            if letter.is_none() {
                let reason = format!("No line of the agency has the number {}.", text.to);
                self.bury(carrier, request, &reason, Some(&text.provider_id)).await?;
            }
            return Ok(Received::UnknownNumber);
        };
        let _turn = self.turn_of(&text.from).await;
        let key = format!("{}:in:{}", carrier.name, text.provider_id);
        let our_address = Address(line.number.clone());
        let customer = Address(text.from.clone());
        let claim = Interaction::claim("sms", &our_address, &customer);
        let open = self.inner.store.claim_owner(&claim).await?.and_then(|owner| owner.parse().ok());
        let cause = format!("{}:{}", carrier.name, text.provider_id);
        let visit = self.visit_word(&customer, open, &text.text, &key, &cause).await?;
        let inbound = Inbound {
            visit,
            line: line.id.clone(),
            our_address,
            customer,
            provider_id: text.provider_id.clone(),
            media: text.media.iter().map(|media| media.content_type.clone()).collect(),
            carrier_handled_keyword: text.opt_out_type.is_some(),
            text: text.text,
        };
        let command = Command::ReceiveMessage {
            id: open.unwrap_or_else(|| InteractionId(self.fresh())),
            message: MessageId(self.fresh()),
            inbound,
        };
        let beside = Beside { inbound: Some(key), ..Beside::default() };
        match self.handle_beside(command, &cause, beside).await {
            Ok(done) if done.duplicate => Ok(Received::Duplicate),
            Ok(_) => Ok(Received::Stored),
            Err(EngineError::Refused(refusal)) => {
                if letter.is_none() {
                    self.bury(carrier, request, &refusal.sentence, Some(&text.provider_id)).await?;
                }
                Ok(Received::DeadLetter(refusal.sentence.clone()))
            }
            Err(EngineError::Store(error)) => Err(ReceiveError::Store(error)),
            Err(EngineError::Busy | EngineError::NotFound(_) | EngineError::Invalid(_))
                if letter.is_some() =>
            {
                Err(ReceiveError::Busy)
            }
            // Carriers do not always call again: what could not be sorted in is kept, and can be replayed.
            Err(EngineError::Busy | EngineError::NotFound(_) | EngineError::Invalid(_)) => {
                let reason = "Too much happened at once to sort this text in. Replay it.".to_owned();
                self.bury(carrier, request, &reason, Some(&text.provider_id)).await?;
                Ok(Received::DeadLetter(reason))
            }
        }
    }

    /// Waits until the texts of this sender that came before are in.
    pub(crate) async fn turn_of(&self, sender: &str) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(sender, &mut hasher);
        let place = usize::try_from(std::hash::Hasher::finish(&hasher)).unwrap_or_default() % crate::SENDERS;
        match self.inner.senders.get(place) {
            Some(lock) => Some(lock.lock().await),
            None => None,
        }
    }

    async fn receive_status(
        &self,
        carrier: &Carrier,
        status: DeliveryStatus,
        request: &Request<'_>,
        letter: Option<&str>,
    ) -> Result<Received, ReceiveError> {
        let Some(sending) = self.find_sending(carrier, &status).await? else {
            let reason = "A report on a text that was not sent from here.".to_owned();
            if letter.is_none() {
                self.bury(carrier, request, &reason, None).await?;
            }
            return Ok(Received::DeadLetter(reason));
        };
        let opted_out = status.error.as_ref().is_some_and(|error| error.means_opted_out);
        // A report that bears our key proves that the carrier took the text, even if its answer was lost with a crash:
        // it must not be sent a second time.
        let taken = status.idempotency_key.clone().map(|id| EffectResult::Done { id });
        let accepted = Delivery::Accepted { provider_id: status.provider_id.clone() };
        let delivery = delivery(&status).unwrap_or(accepted);
        let (key, now) = (format!("{}:{}", carrier.name, status.provider_id), self.now());
        let row = match sending {
            Sending::Text { interaction, message } => sending_row(interaction, message, &key, now),
            Sending::Notice { appointment, notice } => notice_row(appointment, notice, &key, now),
        };
        let beside = Beside {
            rows: taken.iter().map(|_| RowChange::Put(row.clone())).collect(),
            effect_results: taken.into_iter().collect(),
            ..Beside::default()
        };
        let cause = format!("{}:status:{}", carrier.name, status.provider_id);
        let done = match sending {
            Sending::Text { interaction: id, message } => {
                let command = Command::ReportDelivery { id, message, delivery, opted_out };
                self.handle_beside(command, &cause, beside).await.map(drop)
            }
            Sending::Notice { appointment, notice } => {
                self.report_notice(appointment, notice, delivery, opted_out, &cause, beside).await
            }
        };
        match done {
            Ok(()) => Ok(Received::Stored),
            Err(EngineError::Store(error)) => Err(ReceiveError::Store(error)),
            Err(_) => Err(ReceiveError::Busy),
        }
    }

    async fn find_sending(
        &self,
        carrier: &Carrier,
        status: &DeliveryStatus,
    ) -> Result<Option<Sending>, StoreError> {
        let by_carrier = format!("{}:{}", carrier.name, status.provider_id);
        // A text that is sent again has our key with its time behind it.
        let ours = status.idempotency_key.as_deref().and_then(|key| key.split('-').next()).map(str::to_owned);
        for key in [Some(by_carrier), ours].into_iter().flatten() {
            if let Some(row) = self.inner.store.row("sending", &key).await? {
                return Ok(serde_json::from_str(&row.data).ok());
            }
        }
        Ok(None)
    }

    /// Keeps a call that could not be taken, with its bytes; the same call again is kept once.
    async fn bury(
        &self,
        carrier: &Carrier,
        request: &Request<'_>,
        reason: &str,
        provider_id: Option<&str>,
    ) -> Result<(), StoreError> {
        let meta =
            serde_json::json!({ "carrier": carrier.name, "url": request.url, "headers": request.headers });
        let letter = DeadLetter {
            id: self.fresh().simple().to_string(),
            at: self.now(),
            source: format!("hooks/sms/{}", carrier.name),
            reason: reason.to_owned(),
            meta: meta.to_string(),
            bytes: request.body.iter().take(DEAD_LETTER_BYTES_MAX).copied().collect(),
            resolved_at: None,
            resolution: None,
        };
        let commit = Commit {
            dead_letters: vec![DeadLetterChange::Put(letter)],
            inbound: provider_id.map(|id| format!("{}:dead:{id}", carrier.name)),
            ..Commit::default()
        };
        match self.commit(commit).await {
            Ok(position) => {
                let streams = vec!["dead_letters".to_owned()];
                self.nudge(Nudge { position, streams, interactions: Vec::new(), staff: Vec::new() });
                Ok(())
            }
            Err(StoreError::Duplicate) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes a dead letter through the front door once more, after what was wrong has been put right.
    ///
    /// # Errors
    /// When it does not exist, is resolved already, or still cannot be taken; it stays then.
    pub async fn replay_dead_letter(&self, id: &str, by: &str) -> Result<String, EngineError> {
        let letter = self
            .inner
            .store
            .dead_letter(id)
            .await?
            .ok_or_else(|| EngineError::NotFound("this dead letter".to_owned()))?;
        if letter.resolved_at.is_some() {
            return Err(EngineError::Invalid("This dead letter has been taken care of already.".to_owned()));
        }
        let meta: Meta = serde_json::from_str(&letter.meta)
            .map_err(|e| EngineError::Invalid(format!("The letter's own facts cannot be read: {e}")))?;
        let carrier = self.inner.carriers.iter().find(|c| c.name == meta.carrier);
        let carrier = carrier
            .ok_or_else(|| EngineError::Invalid(format!("There is no carrier {} any more.", meta.carrier)))?;
        let request = Request { url: &meta.url, headers: &meta.headers, body: &letter.bytes };
        let result = match carrier.codec.decode(&request) {
            Ok(channels::Received::Message(text)) => {
                self.receive_text(carrier, text, &request, Some(id)).await
            }
            Ok(channels::Received::Status(status)) => {
                self.receive_status(carrier, status, &request, Some(id)).await
            }
            Err(error) => Err(ReceiveError::Refused(error)),
        };
        let outcome = match result {
            Ok(Received::Stored) => "Taken: it is stored now.".to_owned(),
            Ok(Received::Duplicate) => "It had been stored already.".to_owned(),
            Ok(Received::UnknownNumber) => {
                return Err(EngineError::Invalid("Still no line of the agency has this number.".to_owned()));
            }
            Ok(Received::DeadLetter(reason)) => {
                return Err(EngineError::Invalid(format!("Still not possible: {reason}")));
            }
            Err(ReceiveError::Store(error)) => return Err(EngineError::Store(error)),
            Err(error) => return Err(EngineError::Invalid(format!("Still not possible: {}", still(&error)))),
        };
        self.resolve_dead_letter(id, &outcome, by).await?;
        Ok(outcome)
    }

    /// Marks a dead letter as taken care of, without taking it in.
    ///
    /// # Errors
    /// When the store cannot write.
    pub async fn resolve_dead_letter(&self, id: &str, outcome: &str, by: &str) -> Result<(), EngineError> {
        let at = self.now();
        let commit = Commit {
            dead_letters: vec![DeadLetterChange::Resolve {
                id: id.to_owned(),
                at,
                resolution: format!("{outcome} ({by})"),
            }],
            audit: vec![store::AuditLine {
                at,
                actor: by.to_owned(),
                action: "resolve_dead_letter".to_owned(),
                subject: id.to_owned(),
                detail: serde_json::json!({ "outcome": outcome }).to_string(),
            }],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        let streams = vec!["dead_letters".to_owned()];
        self.nudge(Nudge { position, streams, interactions: Vec::new(), staff: Vec::new() });
        Ok(())
    }

    /// The answer a carrier expects to a call that was taken.
    #[must_use]
    pub fn carrier_answer(&self, carrier: &str) -> Option<channels::Answer> {
        self.inner.carriers.iter().find(|c| c.name == carrier).map(|c| c.codec.answer())
    }
}

#[derive(Deserialize)]
struct Meta {
    carrier: String,
    url: String,
    headers: Vec<(String, String)>,
}

fn still(error: &ReceiveError) -> String {
    match error {
        ReceiveError::Refused(reason) => DecodeError::to_string(reason),
        other => other.to_string(),
    }
}

fn delivery(status: &DeliveryStatus) -> Option<Delivery> {
    let failed = || {
        let error = status.error.as_ref();
        Delivery::Failed {
            code: error.map_or_else(|| "unknown".to_owned(), |e| e.code.clone()),
            reason: error.map_or_else(
                || "The carrier could not deliver it and gave no reason.".to_owned(),
                |e| e.reason.clone(),
            ),
        }
    };
    match status.state {
        DeliveryState::Queued => None,
        DeliveryState::Sent => Some(Delivery::Sent),
        DeliveryState::Delivered => Some(Delivery::Delivered),
        DeliveryState::Undelivered | DeliveryState::Failed => Some(failed()),
    }
}
