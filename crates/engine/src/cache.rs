//! What screens and routing ask for all the time, held in memory and renewed with every commit of this process.
//!
//! It is never the truth: decisions load their streams from the store, and expected versions catch what is stale.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

use domain::context::Member;
use domain::event::{interaction_stream, staff_stream};
use domain::id::{InteractionId, StaffId};
use domain::interaction::{Interaction, Phase};
use domain::staff::{Presence, Staff};
use domain::view::{Card, Person};
use store::RowQuery;

use crate::{Engine, EngineError, hold};

/// Rows read at once when the cache is filled.
const FILL_LIMIT: usize = 1_000_000;
/// Done interactions whose versions are still known, so that a commit that is remembered late does not bring them back.
const DONE_KEPT: usize = 4_096;

#[derive(Default)]
pub(crate) struct Cache {
    pub(crate) open: BTreeMap<InteractionId, (Interaction, Card)>,
    pub(crate) people: BTreeMap<StaffId, Staff>,
    pub(crate) usage: BTreeMap<String, u64>,
    /// Version of each stream held above: two commits may be remembered in another order than they were made.
    versions: BTreeMap<String, u64>,
    done: VecDeque<String>,
}

impl Cache {
    /// Notes the version, and says whether it is newer than what is held.
    pub(crate) fn is_newer(&mut self, stream: &str, version: u64) -> bool {
        let held = self.versions.entry(stream.to_owned()).or_default();
        let newer = version > *held;
        *held = version.max(*held);
        newer
    }

    pub(crate) fn put(&mut self, interaction: &Interaction, card: Card) {
        if interaction.phase == Phase::Done {
            self.open.remove(&interaction.id);
            self.done.push_back(interaction_stream(interaction.id));
            while self.done.len() > DONE_KEPT {
                if let Some(oldest) = self.done.pop_front() {
                    self.versions.remove(&oldest);
                }
            }
        } else {
            self.open.insert(interaction.id, (interaction.clone(), card));
        }
    }
}

impl Engine {
    /// Reads what is held in memory anew after a commit whose answer was lost, before routing next looks at it: else a
    /// text that was stored after all would never be offered.
    pub(crate) async fn clear_doubt(&self) -> Result<(), EngineError> {
        if self.inner.doubtful.swap(false, Ordering::SeqCst) {
            let read = async {
                self.reload_settings().await?;
                self.fill_cache().await
            };
            if let Err(error) = read.await {
                self.inner.doubtful.store(true, Ordering::SeqCst);
                return Err(error);
            }
        }
        Ok(())
    }

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
        let mut states = Vec::new();
        let listed: Vec<String> = cards.iter().map(|card| interaction_stream(card.id)).collect();
        for chunk in listed.chunks(500) {
            states.extend(store.load(chunk).await?);
        }
        // What is held as open and is not listed any more was done by a commit whose answer was lost.
        let held: Vec<InteractionId> = hold(&self.inner.cache).open.keys().copied().collect();
        for id in held {
            let stream = interaction_stream(id);
            if !listed.contains(&stream)
                && let Some(Some(snapshot)) = store.load(&[stream]).await?.pop()
                && let Some(row) = store.row(domain::view::INTERACTION, &id.to_string()).await?
                && let Ok(card) = serde_json::from_str::<Card>(&row.data)
            {
                cards.push(card);
                states.push(Some(snapshot));
            }
        }
        let mut people = BTreeMap::new();
        for row in store.rows(query(domain::view::STAFF, "all")).await? {
            let Ok(person) = serde_json::from_str::<Person>(&row.data) else { continue };
            let stream = staff_stream(&person.id);
            if let Some(Some(snapshot)) = store.load(&[stream]).await?.into_iter().next()
                && let Ok(staff) = serde_json::from_str::<Staff>(&snapshot.state)
            {
                people.insert(person.id, (snapshot.version, staff));
            }
        }
        let usage = store.rows(query("usage", "canned")).await?.into_iter();
        let mut cache = hold(&self.inner.cache);
        cache.usage = usage.filter_map(|row| Some((row.id, row.data.parse().ok()?))).collect();
        for (card, snapshot) in cards.into_iter().zip(states) {
            let Some(snapshot) = snapshot else { continue };
            if let Ok(state) = serde_json::from_str::<Interaction>(&snapshot.state)
                && cache.is_newer(&snapshot.stream, snapshot.version)
            {
                cache.put(&state, card);
            }
        }
        for (id, (version, staff)) in people {
            if cache.is_newer(&staff_stream(&id), version) {
                cache.people.insert(id, staff);
            }
        }
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
                    set_by: state.and_then(|s| s.set_by.clone()),
                    load: state.map_or(0, Staff::load),
                    in_safety: state.is_some_and(|s| !s.in_safety.is_empty()),
                    idle_since: state.map_or(0, |s| s.idle_since),
                }
            })
            .collect()
    }
}
