//! What a scenario looks at: states, duties, facts, texts.

use domain::event::{Event, Fact, InteractionFact, StaffFact};
use domain::id::InteractionId;
use domain::interaction::Interaction;
use domain::sop::{self, Duty, DutyKind};
use domain::staff::Staff;
use uuid::Uuid;

use super::{Sent, World, id};

impl World {
    // ---- looking

    pub(crate) fn i(&self) -> &Interaction {
        &self.interactions[&self.id]
    }

    pub(crate) fn person(&self, staff: &str) -> Staff {
        self.staff.get(&id(staff)).cloned().unwrap_or_else(|| Staff::new(id(staff)))
    }

    pub(crate) fn duties(&self) -> Vec<Duty> {
        self.in_context(Uuid::nil(), &[], |context| sop::duties(self.i(), context))
    }

    pub(crate) fn duty(&self, kind: DutyKind) -> Option<Duty> {
        self.duties().into_iter().find(|duty| duty.kind == kind)
    }

    /// The facts of an interaction, in order.
    pub(crate) fn facts_of(&self, wanted: InteractionId) -> Vec<&InteractionFact> {
        let fact = |event: &'_ Event| matches!(&event.fact, Fact::Interaction { id, .. } if *id == wanted);
        self.log
            .iter()
            .filter(|event| fact(event))
            .map(|event| if let Fact::Interaction { fact, .. } = &event.fact { fact } else { unreachable!() })
            .collect()
    }

    /// Events of the interaction at hand with this name.
    pub(crate) fn happened(&self, kind: &str) -> Vec<&Event> {
        let stream = domain::event::interaction_stream(self.id);
        self.log.iter().filter(|event| event.stream() == stream && event.kind() == kind).collect()
    }

    pub(crate) fn staff_facts(&self, staff: &str) -> Vec<&StaffFact> {
        self.log
            .iter()
            .filter_map(|event| match &event.fact {
                Fact::Staff { id: who, fact } if who == &id(staff) => Some(fact),
                _ => None,
            })
            .collect()
    }

    /// The texts that left in the interaction at hand.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent_in(self.id)
    }

    pub(crate) fn sent_in(&self, wanted: InteractionId) -> Vec<Sent> {
        self.log
            .iter()
            .filter_map(|event| match &event.fact {
                Fact::Interaction { id, fact: InteractionFact::MessageSent { message, .. } }
                    if *id == wanted =>
                {
                    Some(Sent {
                        at: event.at,
                        by: event.by.clone(),
                        text: self.bodies[message].clone(),
                        clause: event.clause.clone(),
                        message: *message,
                    })
                }
                _ => None,
            })
            .collect()
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.text).collect()
    }

    /// The wording of a clause, from the catalogue.
    pub(crate) fn prescribed(&self, clause: &str) -> String {
        self.pack
            .clauses
            .get(clause)
            .and_then(|clause| clause.script.clone())
            .expect("the clause has a script")
    }

    pub(crate) fn in_delay(&self) -> bool {
        self.i().in_delay()
    }
}
