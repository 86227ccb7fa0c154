//! One look at the floor: everything its parts are drawn from, read once per rendering.

use std::sync::Arc;

use domain::context::Member;
use domain::id::StaffId;
use domain::interaction::Phase;
use domain::pack::Pack;
use domain::time::{Millis, instant};
use domain::view::{Card, INTERACTION};
use engine::Engine;
use jiff::tz::TimeZone;
use store::RowQuery;

use super::words;
use crate::error::Error;

/// Done contacts that are read for one day or one list; beyond it the screen says so.
pub(crate) const DONE_MAX: usize = 5_000;

/// The floor at one moment.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) now: Millis,
    pub(crate) zone: TimeZone,
    pub(crate) pack: Arc<Pack>,
    /// Open interactions, oldest first.
    pub(crate) cards: Vec<Card>,
    pub(crate) members: Vec<Member>,
}

impl Look {
    pub(crate) async fn take(engine: &Engine) -> Result<Self, Error> {
        Ok(Self {
            now: engine.now(),
            zone: engine.zone(),
            pack: engine.pack(),
            cards: engine.cards().await?,
            members: engine.members().await?,
        })
    }

    /// A person's name, or the account's when there is no such account any more.
    pub(crate) fn name(&self, id: &StaffId) -> String {
        self.members
            .iter()
            .find(|member| &member.id == id)
            .map_or_else(|| id.to_string(), |member| member.name.clone())
    }

    /// What this person has in hand.
    pub(crate) fn held_by<'a>(&'a self, id: &'a StaffId) -> impl Iterator<Item = &'a Card> {
        self.cards.iter().filter(move |card| {
            card.owner.as_ref() == Some(id) && matches!(card.phase, Phase::Active | Phase::WrapUp)
        })
    }

    /// Whether the queue is open now (AMB-54). A queue without hours is open.
    pub(crate) fn is_open(&self, queue: &str) -> bool {
        self.pack.queues.hours_of(queue).is_none_or(|hours| hours.is_open(instant(self.now), &self.zone))
    }

    pub(crate) fn today(&self) -> Millis {
        words::start_of(words::date(self.now, &self.zone), &self.zone)
    }
}

/// The contacts done from `since` on, oldest first, at most [`DONE_MAX`].
pub(crate) async fn done_since(engine: &Engine, since: Millis) -> Result<Vec<Card>, Error> {
    let query = RowQuery {
        kind: INTERACTION.to_owned(),
        group: Some("done".to_owned()),
        after: Some(since.saturating_sub(1)),
        descending: false,
        limit: DONE_MAX,
    };
    let rows = engine.store().rows(query).await?;
    rows.iter().map(|row| serde_json::from_str(&row.data).map_err(Error::fault)).collect()
}
