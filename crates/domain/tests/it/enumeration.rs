//! Every sequence of up to five commands out of a small set, with one technician and one customer, from an empty floor and
//! from a contact that was just answered: complete, where the properties only sample. Sequences that led to the same state
//! go on as one.

use std::collections::BTreeMap;

use domain::command::{Command, Reply, Script};
use domain::id::{InteractionId, MessageId, OfferId};
use domain::interaction::{EndReason, Phase};
use domain::staff::Presence;
use uuid::Uuid;

use crate::support::{CUSTOMER, World, always_holds, id};

const DEPTH: u32 = 5;

/// The commands, and two steps of the clock that fire what is due.
fn branches(world: &World, depth: u32) -> Vec<(&'static str, Option<Command>)> {
    let contact = world.id;
    let ana = id("ana");
    let offer = world
        .interactions
        .get(&contact)
        .and_then(|i| i.offer.as_ref())
        .map_or(OfferId(Uuid::nil()), |offer| offer.id);
    let message = MessageId(Uuid::from_u128(0xffff_0000 + u128::from(depth)));
    let inbound = |text: &str| World::inbound(CUSTOMER, text);
    let open = world.interactions.get(&contact).is_some_and(|i| i.is_open());
    let target = if open { contact } else { InteractionId(Uuid::from_u128(u128::from(depth) + 1)) };
    let receive = |text: &str| Command::ReceiveMessage { id: target, message, inbound: inbound(text) };
    let reply = Reply { text: "Which program?".into(), confirmed: true, ..Reply::default() };
    let script = |script| Command::SendScript { id: contact, staff: ana.clone(), script };
    vec![
        ("text", Some(receive("ok"))),
        ("stop", Some(receive("STOP"))),
        ("offer", Some(Command::Offer { id: contact, staff: ana.clone() })),
        ("accept", Some(Command::Accept { id: contact, offer, staff: ana.clone() })),
        ("decline", Some(Command::Decline { id: contact, offer, staff: ana.clone() })),
        ("reply", Some(Command::Reply { id: contact, staff: ana.clone(), message, reply })),
        ("goodbye", Some(script(Script::Goodbye))),
        ("notice", Some(script(Script::DelayNotice))),
        ("wrap up", Some(script(Script::DelayWrapUpAndGoodbye))),
        ("research", Some(Command::Research { id: contact, staff: ana.clone(), on: true })),
        (
            "end",
            Some(Command::End {
                id: contact,
                staff: ana.clone(),
                reason: EndReason::NoResponse,
                confirmed: false,
            }),
        ),
        ("finish", Some(Command::Finish { id: contact, staff: ana.clone(), code: "general".into() })),
        ("off queue", Some(Command::SetPresence { staff: ana, to: Presence::OffQueue, by: None })),
        ("three minutes", None),
    ]
}

/// What the future depends on.
fn key(world: &World) -> String {
    let states = (&world.interactions, &world.staff, &world.customers, world.now, world.id);
    serde_json::to_string(&(
        states.0.values().collect::<Vec<_>>(),
        states.1.values().collect::<Vec<_>>(),
        states.2.values().collect::<Vec<_>>(),
        states.3,
        states.4,
    ))
    .expect("json")
}

#[test]
fn every_short_sequence_keeps_every_promise() {
    let mut start = World::new();
    start.on_queue("ana");
    let mut answered = World::contact("ana", "Hello");
    answered.says("ana", "Which program?").expect("sent");
    let mut states: BTreeMap<String, World> =
        BTreeMap::from([(key(&start), start), (key(&answered), answered)]);
    for world in states.values_mut() {
        world.doubted = false;
        world.members.retain(|member| member.id == id("ana"));
    }
    let mut done = false;
    let mut reached: BTreeMap<&'static str, u32> = BTreeMap::new();
    for depth in 0..DEPTH {
        let mut next = BTreeMap::new();
        for world in states.values() {
            for (name, command) in branches(world, depth) {
                let mut world = world.clone();
                let carried_out = match &command {
                    Some(command) => world.run(command).is_ok(),
                    None => {
                        world.advance(180);
                        true
                    }
                };
                if let Some(Command::ReceiveMessage { id, .. }) = &command {
                    world.id = *id;
                }
                if carried_out {
                    *reached.entry(name).or_default() += 1;
                }
                always_holds(&world);
                done |= world.interactions.values().any(|i| i.phase == Phase::Done);
                if depth + 1 < DEPTH {
                    next.entry(key(&world)).or_insert(world);
                }
            }
        }
        states = next;
    }
    for (name, _) in branches(&World::new(), 0) {
        assert!(reached.contains_key(name), "{name} is never carried out");
    }
    assert!(done, "some sequences finish a contact");
}
