//! What screens and routing ask for all the time, held in memory and renewed with every commit of this process.
//!
//! It is never the truth: decisions load their streams from the store, and expected versions catch what is stale.

use std::collections::BTreeMap;

use domain::context::Member;
use domain::id::{InteractionId, StaffId};
use domain::interaction::{Interaction, Phase};
use domain::staff::{Presence, Staff};
use domain::view::{Card, Person};
use store::RowQuery;

use crate::{Engine, EngineError, hold};

/// Rows read at once when the cache is filled.
const FILL_LIMIT: usize = 1_000_000;

#[derive(Default)]
pub(crate) struct Cache {
    pub(crate) open: BTreeMap<InteractionId, (Interaction, Card)>,
    pub(crate) people: BTreeMap<StaffId, Staff>,
    pub(crate) usage: BTreeMap<String, u64>,
}

impl Cache {
    pub(crate) fn put(&mut self, interaction: &Interaction, card: Card) {
        if interaction.phase == Phase::Done {
            self.open.remove(&interaction.id);
        } else {
            self.open.insert(interaction.id, (interaction.clone(), card));
        }
    }
}

impl Engine {
    pub(crate) async fn fill_cache(&self) -> Result<(), EngineError> {
        let store = &self.inner.store;
        let query = |kind: &str, group: &str| RowQuery {
            kind: kind.to_owned(),
            group: Some(group.to_owned()),
            after: None,
            descending: false,
            limit: FILL_LIMIT,
        };
        let mut cards = Vec::new();
        for row in store.rows(query(domain::view::INTERACTION, "open")).await? {
            cards.extend(serde_json::from_str::<Card>(&row.data).ok());
        }
        let streams: Vec<String> = cards.iter().map(|card| domain::event::interaction_stream(card.id)).collect();
        let mut states = Vec::new();
        for chunk in streams.chunks(500) {
            states.extend(store.load(chunk).await?);
        }
        let mut people = BTreeMap::new();
        for row in store.rows(query(domain::view::STAFF, "all")).await? {
            let Ok(person) = serde_json::from_str::<Person>(&row.data) else { continue };
            let stream = domain::event::staff_stream(&person.id);
            if let Some(Some(snapshot)) = store.load(&[stream]).await?.into_iter().next()
                && let Ok(staff) = serde_json::from_str::<Staff>(&snapshot.state)
            {
                people.insert(person.id, staff);
            }
        }
        let usage = store.rows(query("usage", "canned")).await?.into_iter();
        let mut cache = hold(&self.inner.cache);
        cache.usage = usage.filter_map(|row| Some((row.id, row.data.parse().ok()?))).collect();
        for (card, state) in cards.into_iter().zip(states) {
            if let Some(state) = state.and_then(|snapshot| serde_json::from_str::<Interaction>(&snapshot.state).ok()) {
                cache.put(&state, card);
            }
        }
        cache.people = people;
        Ok(())
    }

    /// Everyone with an enabled account, as they are at this moment.
    pub(crate) fn floor(&self) -> Vec<Member> {
        let settings = self.settings();
        let cache = hold(&self.inner.cache);
        settings
            .accounts
            .iter()
            .filter(|(_, account)| !account.disabled)
            .map(|(_, account)| {
                let state = cache.people.get(&account.id);
                Member {
                    id: account.id.clone(),
                    name: account.name.clone(),
                    first_name: account.first_name.clone(),
                    roles: account.roles.clone(),
                    office: account.office.clone(),
                    supervisor: account.supervisor.clone(),
                    skills: account.skills.clone(),
                    sms_capacity: account.sms_capacity,
                    presence: state.map_or(Presence::OffQueue, |s| s.presence.clone()),
                    since: state.map_or(0, |s| s.since),
                    load: state.map_or(0, Staff::load),
                    in_safety: state.is_some_and(|s| s.in_safety.is_some()),
                    idle_since: state.map_or(0, |s| s.idle_since),
                }
            })
            .collect()
    }
}
