//! What left a desk without its person's doing: somebody took it over, or put it back into a queue from the floor. It is
//! told for a minute, because a card that vanishes silently looks like a fault; the transcript keeps it for ever.
//!
//! Pure but for reading two streams. Owns no act and no clock.

use std::collections::{BTreeMap, BTreeSet};

use domain::event::{Actor, Event, Fact, InteractionFact, StaffFact, interaction_stream};
use domain::id::{InteractionId, StaffId};
use domain::time::Millis;
use engine::Engine;

use super::fragments::name;
use super::look::{self, Look};
use crate::error::Error;
use crate::shown;

/// For so long it is told, in milliseconds.
const TOLD_FOR: Millis = 60_000;
/// Events of an interaction that are looked through for the one that took it away.
const EVENTS_MAX: usize = 40;

/// One interaction that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) id: String,
    pub(crate) sentence: String,
}

/// What left this desk in the last minute, the latest first.
pub(crate) async fn gone(
    engine: &Engine,
    look: &Look,
    names: &BTreeMap<StaffId, String>,
) -> Result<Vec<Gone>, Error> {
    let mut out = Vec::new();
    for (id, at) in released(&look::own_events(engine, look).await?, look.now - TOLD_FOR) {
        let stream = interaction_stream(id);
        let events = look::last_events(engine, &stream, EVENTS_MAX).await?;
        let Some(card) = engine.card(id).await? else { continue };
        if let Some(how) = how(&events, &look.me, at, &|id| name(names, id)) {
            let sentence = how.replace("{customer}", &shown::phone(&card.customer));
            out.push(Gone { id: format!("{id}-{at}"), sentence });
        }
    }
    out.reverse();
    Ok(out)
}

/// Interactions that were in this person's hands and were released since `since`, from the events of their own stream.
fn released(events: &[Event], since: Millis) -> Vec<(InteractionId, Millis)> {
    let mut held = BTreeSet::new();
    let mut out = Vec::new();
    for event in events {
        match &event.fact {
            Fact::Staff { fact: StaffFact::CapacityTaken { interaction }, .. } => {
                held.insert(*interaction);
            }
            Fact::Staff { fact: StaffFact::CapacityReleased { interaction }, .. }
                if held.remove(interaction) && event.at >= since =>
            {
                out.push((*interaction, event.at));
            }
            _ => {}
        }
    }
    out
}

/// How it left `me` at `at`, by the interaction's own events; none when they did it themselves or it was finished.
fn how(events: &[Event], me: &StaffId, at: Millis, name: &dyn Fn(&StaffId) -> String) -> Option<String> {
    events.iter().rev().filter(|event| event.at == at).find_map(|event| {
        let Fact::Interaction { fact, .. } = &event.fact else { return None };
        match (fact, &event.by) {
            (InteractionFact::Accepted { staff, from: Some(from), .. }, _) if from == me && staff != me => {
                Some(format!("{} took over {{customer}}.", name(staff)))
            }
            (InteractionFact::Queued { .. }, Actor::Staff { id }) if id != me => {
                Some(format!("{} handed {{customer}} to a queue.", name(id)))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use domain::id::OfferId;
    use uuid::Uuid;

    use super::*;

    fn contact(n: u128) -> InteractionId {
        InteractionId(Uuid::from_u128(n))
    }

    fn mine(at: Millis, fact: StaffFact) -> Event {
        let id = StaffId::from("ana");
        Event { at, by: Actor::System, clause: None, fact: Fact::Staff { id, fact } }
    }

    fn its(at: Millis, by: &str, fact: InteractionFact) -> Event {
        let by = Actor::staff(&StaffId::from(by));
        Event { at, by, clause: None, fact: Fact::Interaction { id: contact(1), fact } }
    }

    #[test]
    fn only_what_was_in_hand_and_left_just_now_is_told() {
        let taken = |n| StaffFact::CapacityTaken { interaction: contact(n) };
        let left = |n| StaffFact::CapacityReleased { interaction: contact(n) };
        // 1 was in hand and left long ago, 2 was only offered, 3 was in hand and left now.
        let events = [
            mine(10, taken(1)),
            mine(20, left(1)),
            mine(30, taken(3)),
            mine(90, left(2)),
            mine(100, left(3)),
        ];
        assert_eq!(released(&events, 50), [(contact(3), 100)]);
    }

    #[test]
    fn it_is_told_who_took_it_and_not_what_one_did_oneself() {
        let name = |id: &StaffId| format!("Demo {id}");
        let told = |event: Event| how(&[event], &StaffId::from("ana"), 100, &name);
        let accepted = |from: &str| InteractionFact::Accepted {
            offer: OfferId(Uuid::nil()),
            staff: StaffId::from("sofia"),
            from: Some(StaffId::from(from)),
        };
        let queued = InteractionFact::Queued { queue: "sms-general".to_owned(), waiting_since: 0 };
        let over = told(its(100, "sofia", accepted("ana")));
        assert_eq!(over.as_deref(), Some("Demo sofia took over {customer}."));
        let back = told(its(100, "sofia", queued.clone()));
        assert_eq!(back.as_deref(), Some("Demo sofia handed {customer} to a queue."));
        assert_eq!(told(its(100, "ana", queued)), None, "their own act");
        assert_eq!(told(its(100, "sofia", accepted("ben"))), None, "from somebody else");
        assert_eq!(told(its(99, "sofia", accepted("ana"))), None, "another time");
    }
}
