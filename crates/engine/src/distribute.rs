//! Who waits is offered to who is free. Takes no input: it reads the present and acts, however often it is woken.

use domain::command::Command;
use domain::interaction::{Interaction, OfferKind, Phase};
use domain::routing::{Waiting, assign};
use domain::staff::Presence;

use crate::{Engine, EngineError, hold};

impl Engine {
    /// One pass: offers of people who left or may not be interrupted are taken back, then new offers are made. Returns how many offers were made.
    ///
    /// # Errors
    /// When the store fails; a lost race is no error and is repaired by the next pass.
    pub async fn distribute(&self) -> Result<usize, EngineError> {
        self.clear_doubt().await?;
        self.take_back().await?;
        let settings = self.settings();
        let members = self.floor();
        let waiting: Vec<Waiting> = {
            let cache = hold(&self.inner.cache);
            cache.open.values().filter_map(|(i, _)| waiting(i)).collect()
        };
        let now = self.now();
        let is_open = |queue: &str| {
            settings
                .pack
                .queues
                .hours_of(queue)
                .is_none_or(|hours| hours.is_open(domain::time::instant(now), &settings.zone))
        };
        let mut made = 0;
        for assignment in assign(&waiting, &members, &settings.pack, now, is_open) {
            let command = Command::Offer { id: assignment.interaction, staff: assignment.staff };
            match self.handle(command, "routing").await {
                Ok(_) => made += 1,
                Err(EngineError::Refused(_) | EngineError::Busy | EngineError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }

    async fn take_back(&self) -> Result<(), EngineError> {
        let members = self.floor();
        let stale: Vec<_> = {
            let cache = hold(&self.inner.cache);
            cache
                .open
                .values()
                .filter_map(|(i, _)| i.offer.as_ref().map(|offer| (i.id, offer.staff.clone())))
                // Whoever has opened a child-abuse contact is not interrupted, not even by what rang before (SMS-ABUSE-1).
                .filter(|(_, staff)| {
                    !members.iter().any(|m| &m.id == staff && m.presence == Presence::OnQueue && !m.in_safety)
                })
                .collect()
        };
        for (id, staff) in stale {
            let reason = format!("{staff} is no longer on queue.");
            match self.handle(Command::WithdrawOffer { id, reason }, "routing").await {
                Ok(_) | Err(EngineError::Refused(_) | EngineError::Busy | EngineError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn waiting(i: &Interaction) -> Option<Waiting> {
    let transfer = i.offer.as_ref().is_some_and(|offer| matches!(offer.kind, OfferKind::Transfer { .. }));
    if i.phase != Phase::Waiting || i.offer.is_some() || transfer {
        return None;
    }
    Some(Waiting {
        id: i.id,
        queue: i.queue.clone(),
        since: i.waiting_since.unwrap_or(i.opened_at),
        sticky: i.sticky.clone(),
        passed: i.passed.clone(),
    })
}
