//! The part of the world that one decision touches: an interaction, the staff it names, the customer's address.
//!
//! A scene is loaded from snapshots, judged by [`crate::decide`], and moved on by [`Scene::apply`]. Replaying the log
//! through the same function gives the same states.

use std::collections::BTreeMap;

use crate::appointment::{Appointment, AppointmentEvent, evolve};
use crate::customer::Customer;
use crate::event::{Actor, CustomerFact, Event, Fact, InteractionFact, StaffFact};
use crate::id::{Address, StaffId};
use crate::interaction::{self, Interaction};
use crate::staff::{Held, Presence, Staff};

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// The interaction, if it exists.
    pub interaction: Option<Interaction>,
    /// Staff members who have a stream, or who are named by the command.
    pub staff: BTreeMap<StaffId, Staff>,
    /// The customer's address.
    pub customer: Option<Customer>,
    /// The appointment, if the stream is one.
    pub appointment: Option<Appointment>,
}

impl Scene {
    /// A staff member's state; someone without a stream yet is off queue with nothing in hand.
    #[must_use]
    pub fn staff(&self, id: &StaffId) -> Staff {
        self.staff.get(id).cloned().unwrap_or_else(|| Staff::new(id.clone()))
    }

    /// The customer's state.
    #[must_use]
    pub fn customer(&self, address: &Address) -> Customer {
        self.customer.clone().unwrap_or_else(|| Customer::new(address.clone()))
    }

    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) {
        match &event.fact {
            Fact::Interaction { id, fact } => {
                self.interaction = interaction::evolve(self.interaction.take(), *id, fact, event)
            }
            Fact::Staff { id, fact } => {
                let staff = self.staff.entry(id.clone()).or_insert_with(|| Staff::new(id.clone()));
                apply_staff(staff, fact, event);
            }
            Fact::Customer { address, fact } => {
                let customer = self.customer.get_or_insert_with(|| Customer::new(address.clone()));
                apply_customer(customer, fact, event);
            }
            Fact::Appointment { .. } => {
                if let Some((id, event)) = AppointmentEvent::of(event) {
                    self.appointment = evolve(self.appointment.take(), id, &event);
                }
            }
        }
    }

    /// Whether this event opens the interaction.
    #[must_use]
    pub fn opens(event: &Event) -> bool {
        matches!(&event.fact, Fact::Interaction { fact: InteractionFact::Opened { .. }, .. })
    }
}

fn presence_key(presence: &Presence) -> String {
    match presence {
        Presence::OffQueue => "off_queue".to_owned(),
        Presence::OnQueue => "on_queue".to_owned(),
        Presence::NotReady { reason } => format!("not_ready:{reason}"),
        Presence::NotResponding { reason } => format!("not_responding:{reason}"),
    }
}

fn apply_staff(staff: &mut Staff, fact: &StaffFact, event: &Event) {
    match fact {
        StaffFact::PresenceChanged { to, lasted_ms } => {
            *staff.spent_ms.entry(presence_key(&staff.presence)).or_default() += lasted_ms;
            if *to == Presence::OnQueue {
                staff.ignored_in_row = 0;
                staff.idle_since = event.at;
            }
            if matches!(to, Presence::NotResponding { .. }) {
                staff.line_lost_at = None;
            }
            staff.presence = to.clone();
            staff.since = event.at;
            staff.set_by = match &event.by {
                Actor::Staff { id } if *id != staff.id => Some(id.clone()),
                _ => None,
            };
        }
        StaffFact::CapacityReserved { interaction, offer } => {
            staff.held.insert(*interaction, Held::Offer { offer: *offer });
        }
        StaffFact::CapacityTaken { interaction } => {
            staff.held.insert(*interaction, Held::Active);
            staff.ignored_in_row = 0;
        }
        StaffFact::WrapUpBegan { interaction } => {
            staff.held.insert(*interaction, Held::WrapUp);
        }
        StaffFact::CapacityReleased { interaction } => {
            staff.held.remove(interaction);
            if staff.held.is_empty() {
                staff.idle_since = event.at;
            }
        }
        StaffFact::OfferIgnored { .. } => staff.ignored_in_row = staff.ignored_in_row.saturating_add(1),
        StaffFact::LineLost => staff.line_lost_at = Some(event.at),
        StaffFact::LineBack => staff.line_lost_at = None,
        StaffFact::Acknowledged { procedure, version } => {
            staff.acknowledged.insert(procedure.clone(), version.clone());
        }
        StaffFact::SafetyHeld { interaction } => {
            staff.in_safety.insert(*interaction);
        }
        StaffFact::SafetyReleased { interaction } => {
            staff.in_safety.remove(interaction);
        }
        StaffFact::OfferDeclined { .. } => staff.ignored_in_row = 0,
    }
}

fn apply_customer(customer: &mut Customer, fact: &CustomerFact, event: &Event) {
    match fact {
        CustomerFact::Texted { language } => {
            customer.count_text(event.at);
            customer.language = Some(language.clone());
        }
        CustomerFact::HelpAnswered => customer.help_answered_at = Some(event.at),
        CustomerFact::OptedOut => customer.opted_out_at = Some(event.at),
        CustomerFact::OptedIn => customer.opted_out_at = None,
        CustomerFact::ContactEnded { staff } => {
            if staff.is_some() {
                customer.last_spoken_at = Some(event.at);
                customer.last_staff.clone_from(staff);
            }
            customer.last_ended_at = Some(event.at);
        }
    }
}
