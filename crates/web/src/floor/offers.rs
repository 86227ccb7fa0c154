//! Offers of the present day, counted from the log: offered, accepted, declined, ran out.
//!
//! The log is read once and then only what came since; a store that is not the one counted before, or a new day, starts
//! the count again. Offers of transfers are no offers of a queue and do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use domain::event::{Event, Fact, InteractionFact};
use domain::id::{InteractionId, OfferId};
use domain::interaction::OfferKind;
use domain::time::Millis;
use engine::Engine;
use store::{Position, Store, StoredEvent};
use tokio::sync::Mutex;

use crate::error::Error;

/// Events read at once.
const PAGE: usize = 2_000;

/// What became of offers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) offered: u32,
    pub(crate) accepted: u32,
    pub(crate) declined: u32,
    pub(crate) ignored: u32,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.offered += other.offered;
        self.accepted += other.accepted;
        self.declined += other.declined;
        self.ignored += other.ignored;
    }
}

#[derive(Debug, Default, Clone)]
struct Tally {
    store: usize,
    since: Millis,
    position: Position,
    offers: BTreeSet<OfferId>,
    counts: BTreeMap<InteractionId, Counts>,
}

static TALLY: LazyLock<Mutex<Tally>> = LazyLock::new(Mutex::default);

/// The counts since `since`, by interaction.
pub(crate) async fn since(engine: &Engine, since: Millis) -> Result<BTreeMap<InteractionId, Counts>, Error> {
    let store = engine.store();
    let identity = Arc::as_ptr(store).cast::<()>() as usize;
    let head = store.head().await?;
    let mut tally = TALLY.lock().await;
    if tally.store != identity || tally.since != since || tally.position > head {
        let position = before(store.as_ref(), since, head).await?;
        *tally = Tally { store: identity, since, position, ..Tally::default() };
    }
    loop {
        let events = store.read_log(tally.position, PAGE).await?;
        let Some(last) = events.last() else { break };
        let position = last.position;
        events.iter().for_each(|event| tally.count(event));
        tally.position = position;
    }
    Ok(tally.counts.clone())
}

/// The position of the last event before `since`. Events stand in the log in the order of their time, but for a few
/// that were decided side by side.
async fn before(store: &dyn Store, since: Millis, head: Position) -> Result<Position, Error> {
    let (mut low, mut high) = (0, head);
    while low < high {
        let middle = low + (high - low) / 2;
        let at = store.read_log(middle, 1).await?.first().map(|event| event.at);
        if at.is_some_and(|at| at < since) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

impl Tally {
    fn count(&mut self, stored: &StoredEvent) {
        if stored.at < self.since
            || !matches!(stored.kind.as_str(), "offered" | "accepted" | "declined" | "ignored")
        {
            return;
        }
        let Ok(Event { fact: Fact::Interaction { id, fact }, .. }) = Event::read(stored.form, &stored.data)
        else {
            return;
        };
        let counts = self.counts.entry(id).or_default();
        match fact {
            InteractionFact::Offered { offer, kind: OfferKind::Queue, .. } => {
                self.offers.insert(offer);
                counts.offered += 1;
            }
            InteractionFact::Accepted { offer, .. } if self.offers.contains(&offer) => counts.accepted += 1,
            InteractionFact::Declined { offer, .. } if self.offers.contains(&offer) => counts.declined += 1,
            InteractionFact::Ignored { offer, .. } if self.offers.contains(&offer) => counts.ignored += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::event::Actor;
    use domain::id::StaffId;
    use uuid::Uuid;

    use super::*;

    fn stored(position: i64, at: Millis, fact: InteractionFact) -> StoredEvent {
        let id = InteractionId(Uuid::from_u128(1));
        let event = Event { at, by: Actor::System, clause: None, fact: Fact::Interaction { id, fact } };
        StoredEvent {
            position,
            stream: event.stream(),
            version: 1,
            kind: event.kind(),
            form: domain::event::FORM,
            data: event.write().unwrap(),
            at,
            actor: "system".to_owned(),
            clause: None,
            cause: "test".to_owned(),
        }
    }

    #[test]
    fn only_offers_of_a_queue_and_of_the_day_count() {
        let staff = StaffId::from("ana");
        let offer = |n: u128| OfferId(Uuid::from_u128(n));
        let offered = |n: u128, kind| InteractionFact::Offered {
            offer: offer(n),
            staff: staff.clone(),
            until: 0,
            kind,
        };
        let transfer = OfferKind::Transfer { from: StaffId::from("ben"), supervisor: false };
        let mut tally = Tally { since: 1_000, ..Tally::default() };
        for (at, fact) in [
            (900, offered(1, OfferKind::Queue)),
            (1_000, offered(2, OfferKind::Queue)),
            (1_100, InteractionFact::Ignored { offer: offer(2), staff: staff.clone() }),
            (1_200, offered(3, transfer)),
            (1_300, InteractionFact::Accepted { offer: offer(3), staff: staff.clone(), from: None }),
            (1_400, offered(4, OfferKind::Queue)),
            (1_500, InteractionFact::Declined { offer: offer(4), staff: staff.clone() }),
            (1_600, offered(5, OfferKind::Queue)),
            (1_700, InteractionFact::Accepted { offer: offer(5), staff: staff.clone(), from: None }),
        ] {
            tally.count(&stored(at, at, fact));
        }
        let counts = tally.counts.values().next().copied().unwrap();
        assert_eq!(counts, Counts { offered: 3, accepted: 1, declined: 1, ignored: 1 });
    }
}
