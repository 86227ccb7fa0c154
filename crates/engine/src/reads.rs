//! What screens ask for.

use domain::context::Member;
use domain::customer::Customer;
use domain::event::customer_stream;
use domain::id::{Address, InteractionId, StaffId};
use domain::interaction::Phase;
use domain::routing::ASK_AGAIN_SECONDS;
use domain::time::{Millis, seconds};
use domain::view::{self, Card, Entry, Notice, What};
use serde::de::DeserializeOwned;
use store::{Row, RowQuery};

use crate::{Engine, EngineError, hold};

/// Lines of one transcript that are read at most; a longer one shows its newest.
const TRANSCRIPT_MAX: usize = 2_000;
/// Alerts of one person that are read at most.
const NOTICES_MAX: usize = 100;

impl Engine {
    /// Everyone with an enabled account, as they are now.
    ///
    /// # Errors
    /// Never now; kept so that a store of several nodes may be asked.
    pub async fn members(&self) -> Result<Vec<Member>, EngineError> {
        Ok(self.floor())
    }

    /// Everything that is not done, oldest first.
    ///
    /// # Errors
    /// Never now; see [`Engine::members`].
    pub async fn cards(&self) -> Result<Vec<Card>, EngineError> {
        let mut cards: Vec<Card> =
            hold(&self.inner.cache).open.values().map(|(_, card)| card.clone()).collect();
        cards.sort_by_key(|card| (card.opened_at, card.id));
        Ok(cards)
    }

    /// Since when and until when this person is left in peace with a text that they let pass, the first of them, while nobody
    /// is rung with it and nobody has taken it.
    #[must_use]
    pub fn rings_again(&self, staff: &StaffId) -> Option<(Millis, Millis)> {
        let (now, pause) = (self.now(), seconds(ASK_AGAIN_SECONDS));
        let cache = hold(&self.inner.cache);
        let waiting =
            cache.open.values().map(|(i, _)| i).filter(|i| i.phase == Phase::Waiting && i.offer.is_none());
        waiting
            .flat_map(|i| i.passed.iter())
            .filter(|(who, at)| who == staff && at + pause > now)
            .map(|(_, at)| (*at, at + pause))
            .min()
    }

    /// Whether this number asked for no more texts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn has_opted_out(&self, number: &Address) -> Result<bool, EngineError> {
        let customer = self.state::<Customer>(&customer_stream(number)).await?;
        Ok(customer.is_some_and(|(_, customer)| customer.opted_out_at.is_some()))
    }

    /// One card, open or done.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn card(&self, id: InteractionId) -> Result<Option<Card>, EngineError> {
        if let Some((_, card)) = hold(&self.inner.cache).open.get(&id) {
            return Ok(Some(card.clone()));
        }
        Ok(self.inner.store.row(view::INTERACTION, &id.to_string()).await?.and_then(|row| read(&row)))
    }

    /// What was done, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn done_cards(&self, limit: usize) -> Result<Vec<Card>, EngineError> {
        let query = RowQuery {
            kind: view::INTERACTION.to_owned(),
            group: Some("done".to_owned()),
            after: None,
            descending: true,
            limit,
        };
        Ok(self.inner.store.rows(query).await?.iter().filter_map(read).collect())
    }

    /// A transcript with its texts, oldest line first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn transcript(&self, id: InteractionId) -> Result<Vec<(Entry, Option<String>)>, EngineError> {
        let query = RowQuery {
            kind: view::MESSAGE.to_owned(),
            group: Some(id.to_string()),
            after: None,
            descending: true,
            limit: TRANSCRIPT_MAX,
        };
        let mut entries: Vec<Entry> = self.inner.store.rows(query).await?.iter().filter_map(read).collect();
        entries.reverse();
        let keys: Vec<Option<String>> = entries
            .iter()
            .map(|entry| match &entry.what {
                What::In { message, .. } | What::Out { message, .. } => Some(message.to_string()),
                What::Act { .. } => None,
            })
            .collect();
        let wanted: Vec<String> = keys.iter().flatten().cloned().collect();
        let mut bodies = self.inner.store.bodies(&wanted).await?.into_iter();
        let with = |(entry, key): (Entry, Option<String>)| (entry, key.and_then(|_| bodies.next().flatten()));
        Ok(entries.into_iter().zip(keys).map(with).collect())
    }

    /// The last words of each card, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_words(&self, cards: &[Card]) -> Result<Vec<Option<String>>, EngineError> {
        self.words(cards.iter().map(|card| card.last_message)).await
    }

    /// The customer's last words of each card, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn customer_words(&self, cards: &[Card]) -> Result<Vec<Option<String>>, EngineError> {
        self.words(cards.iter().map(|card| card.last_customer_message)).await
    }

    async fn words(
        &self,
        keys: impl Iterator<Item = Option<domain::id::MessageId>>,
    ) -> Result<Vec<Option<String>>, EngineError> {
        let keys: Vec<Option<String>> = keys.map(|key| key.map(|id| id.to_string())).collect();
        let wanted: Vec<String> = keys.iter().flatten().cloned().collect();
        let mut bodies = self.inner.store.bodies(&wanted).await?.into_iter();
        Ok(keys.into_iter().map(|key| key.and_then(|_| bodies.next().flatten())).collect())
    }

    /// Alerts for a person, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn notices(&self, staff: &StaffId) -> Result<Vec<Notice>, EngineError> {
        let query = RowQuery {
            kind: view::NOTICE.to_owned(),
            group: Some(staff.to_string()),
            after: None,
            descending: false,
            limit: NOTICES_MAX,
        };
        Ok(self.inner.store.rows(query).await?.iter().filter_map(read).collect())
    }

    /// How often each canned response was used.
    #[must_use]
    pub fn usage(&self) -> std::collections::BTreeMap<String, u64> {
        hold(&self.inner.cache).usage.clone()
    }
}

fn read<T: DeserializeOwned>(row: &Row) -> Option<T> {
    serde_json::from_str(&row.data)
        .inspect_err(|error| tracing::error!(row.kind, row.id, %error, "a screen row cannot be read"))
        .ok()
}
