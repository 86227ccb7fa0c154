//! What holds after every command, whatever came before (design, sections 3 and 8).

use std::collections::BTreeMap;

use domain::event::{Fact, InteractionFact};
use domain::id::{Address, StaffId};
use domain::interaction::{Interaction, Phase, Turn};
use domain::staff::Staff;

use super::World;

/// What holds after every command, whatever came before (design, sections 3 and 8).
pub(crate) fn always_holds(world: &World) {
    for i in world.interactions.values() {
        one_owner_or_queue(world, i);
        one_clock(i);
    }
    for staff in world.staff.values() {
        capacity(world, staff);
    }
    quiet_after_opt_out(world);
}

fn one_owner_or_queue(world: &World, i: &Interaction) {
    let holds = |staff: &StaffId| world.staff.get(staff).is_some_and(|staff| staff.held.contains_key(&i.id));
    match i.phase {
        Phase::Waiting => {
            assert_eq!(i.owner, None, "who waits has no owner");
            assert!(
                i.waiting_since.is_some() && world.pack.queues.queue(&i.queue).is_some(),
                "it waits in a queue"
            );
        }
        Phase::Active | Phase::WrapUp => {
            let owner = i.owner.as_ref().expect("an owner");
            assert!(holds(owner), "its owner's capacity is taken by it");
        }
        Phase::Done => assert!(i.code.is_some() && i.done_at.is_some(), "done with exactly one code"),
    }
    if let Some(offer) = &i.offer {
        assert!(i.is_open() && holds(&offer.staff), "an offer takes capacity");
    }
}

/// AMB-28. No clock runs only where the procedure wants none.
fn one_clock(i: &Interaction) {
    let quiet = i.said_goodbye || i.opted_out || i.safety.is_some();
    match (&i.turn, i.phase) {
        (Turn::Nobody, Phase::Active) => assert!(quiet, "exactly one of the two clocks runs: {i:?}"),
        (Turn::Staff { .. } | Turn::Customer { .. }, Phase::Active) => {
            assert!(!i.opted_out, "no clock after an opt-out")
        }
        (turn, _) => assert_eq!(turn, &Turn::Nobody, "no clock runs before acceptance or after the end"),
    }
    if i.in_safety() {
        assert!(
            !matches!(i.turn, Turn::Customer { .. }),
            "nobody chases the customer of a child-abuse contact"
        );
    }
}

fn capacity(world: &World, staff: &Staff) {
    let member = world.members.iter().find(|member| member.id == staff.id).expect("a member");
    assert!(
        staff.held.len() <= usize::from(member.sms_capacity),
        "{} holds more than their capacity",
        staff.id
    );
    for id in staff.held.keys() {
        let i = &world.interactions[id];
        let offered = i.offer.as_ref().is_some_and(|offer| offer.staff == staff.id);
        assert!(
            offered || (i.is_with(&staff.id) && i.phase != Phase::Done),
            "{} holds nothing that is not theirs",
            staff.id
        );
    }
    for id in &staff.in_safety {
        assert!(world.interactions[id].in_safety() && world.interactions[id].is_with(&staff.id));
    }
}

/// After an opt-out only its one confirmation and answers to HELP leave, until the customer opts in again.
fn quiet_after_opt_out(world: &World) {
    use domain::canned::CannedKind::{Help, OptInConfirmation, OptOutConfirmation};
    use domain::event::{CustomerFact, Purpose};
    let mut out: BTreeMap<Address, u32> = BTreeMap::new();
    for event in &world.log {
        match &event.fact {
            Fact::Customer { address, fact: CustomerFact::OptedOut } => {
                out.entry(address.clone()).or_default();
            }
            Fact::Customer { address, fact: CustomerFact::OptedIn } => {
                out.remove(address);
            }
            Fact::Interaction { id, fact: InteractionFact::MessageSent { purpose, .. } } => {
                let Some(count) = out.get_mut(&world.interactions[id].customer) else { continue };
                match purpose {
                    Purpose::Scripted(OptOutConfirmation) => *count += 1,
                    Purpose::Scripted(Help | OptInConfirmation) => {}
                    other => panic!("{other:?} was sent after an opt-out"),
                }
                assert!(*count <= 1, "one confirmation only");
            }
            _ => {}
        }
    }
}
