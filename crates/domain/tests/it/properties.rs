//! What holds after any sequence of commands (design, section 8): no panic, replay equals state, capacity within its
//! bounds, an owner or a queue for every open contact, one clock, no text after an opt-out, no timer left behind.

use std::collections::BTreeMap;

use domain::canned::CannedKind;
use domain::command::{Command, Reply, Script, Target};
use domain::event::{Event, FORM, Fact};
use domain::id::{InteractionId, MessageId, OfferId, StaffId};
use domain::interaction::{CallOutcome, Delivery, EndReason, SafetyAnswer, SafetyKind, SafetyStep};
use domain::scene::Scene;
use domain::staff::Presence;
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::{World, always_holds, id};

const STAFF: [&str; 4] = ["ana", "ben", "dan", "sofia"];
const CUSTOMERS: [&str; 3] = ["+15735550101", "+15735550102", "+15735550103"];
const TEXTS: [&str; 9] = [
    "When will I get my SNAP benefits?",
    "STOP",
    "START",
    "HELP",
    "ok thanks",
    "my stepfather hits me",
    "Let me talk to a supervisor",
    "¿Cuándo recibiré mis beneficios?",
    "My SSN is 489-36-8350",
];
const REPLIES: [(&str, Option<&str>); 6] = [
    ("Which program do you ask about?", None),
    ("Your SNAP benefit is $291.", None),
    ("A supervisor will call you back.", None),
    ("Please call 855-373-4636", Some("referral-customer-service")),
    ("When did you apply?", Some("clarify-applied-when")),
    (
        "It seems like you’ve had to leave our chat. I’ll wait another 5 minutes for you to come back.",
        Some("delay-notice"),
    ),
];
const SCRIPTS: [Script; 8] = [
    Script::Greeting,
    Script::Goodbye,
    Script::DelayNotice,
    Script::DelayWrapUpAndGoodbye,
    Script::CheckIn,
    Script::SafetyCheck,
    Script::Hotline,
    Script::CallNotice,
];

/// One move of a random day. The numbers choose among what there is at that moment.
#[derive(Debug, Clone)]
enum Move {
    Text { customer: usize, text: usize, media: bool, carrier: bool },
    Staff { who: usize, contact: usize, act: usize, choice: usize },
    Line { who: usize, lost: bool },
    Presence { who: usize, to: usize },
    Report { contact: usize, text: usize, delivery: usize, opted_out: bool },
    StrayTimer { contact: usize, key: usize },
    Advance { seconds: i64 },
    Away { seconds: i64 },
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (0..3usize, 0..9usize, prop::bool::weighted(0.1), prop::bool::weighted(0.2))
            .prop_map(|(customer, text, media, carrier)| Move::Text { customer, text, media, carrier }),
        14 => (0..4usize, 0..4usize, 0..16usize, 0..24usize)
            .prop_map(|(who, contact, act, choice)| Move::Staff { who, contact, act, choice }),
        1 => (0..4usize, any::<bool>()).prop_map(|(who, lost)| Move::Line { who, lost }),
        3 => (0..4usize, 0..5usize).prop_map(|(who, to)| Move::Presence { who, to }),
        2 => (0..4usize, 0..4usize, 0..4usize, prop::bool::weighted(0.1))
            .prop_map(|(contact, text, delivery, opted_out)| Move::Report { contact, text, delivery, opted_out }),
        1 => (0..4usize, 0..6usize).prop_map(|(contact, key)| Move::StrayTimer { contact, key }),
        4 => (1..400i64).prop_map(|seconds| Move::Advance { seconds }),
        1 => (1..4000i64).prop_map(|seconds| Move::Away { seconds }),
    ]
}

fn contact(world: &World, n: usize) -> InteractionId {
    let open: Vec<InteractionId> = world.interactions.keys().copied().collect();
    open.get(n % open.len().max(1)).copied().unwrap_or(InteractionId(Uuid::nil()))
}

fn play(world: &mut World, step: &Move) {
    match step {
        Move::Text { customer, text, media, carrier } => {
            let mut inbound = World::inbound(CUSTOMERS[*customer], TEXTS[*text]);
            inbound.carrier_handled_keyword = *carrier;
            inbound.media = if *media { vec!["image/png".to_owned()] } else { Vec::new() };
            world.receive(inbound).expect("a text is always taken");
        }
        Move::Staff { who, contact: n, act, choice } => {
            let command = command(world, STAFF[*who], contact(world, *n), *act, *choice);
            drop(world.run(&command));
        }
        Move::Line { who, lost: true } => drop(world.run(&Command::LoseLine { staff: id(STAFF[*who]) })),
        Move::Line { who, lost: false } => drop(world.run(&Command::RegainLine { staff: id(STAFF[*who]) })),
        Move::Presence { who, to } => {
            let to = match to {
                0..=2 => Presence::OnQueue,
                3 => Presence::NotReady { reason: "break".into() },
                _ => Presence::OffQueue,
            };
            drop(world.presence(STAFF[*who], to));
        }
        Move::Report { contact: n, text, delivery, opted_out } => {
            let id = contact(world, *n);
            let sent = world.sent_in(id);
            let message =
                sent.get(text % sent.len().max(1)).map_or(MessageId(Uuid::nil()), |sent| sent.message);
            let delivery = match delivery {
                0 => Delivery::Accepted { provider_id: "SM1".into() },
                1 => Delivery::Sent,
                2 => Delivery::Delivered,
                _ => Delivery::Failed { code: "30003".into(), reason: "The phone is off.".into() },
            };
            world
                .run(&Command::ReportDelivery { id, message, delivery, opted_out: *opted_out })
                .expect("a report is taken");
        }
        Move::StrayTimer { contact: n, key } => {
            let key = ["offer", "silent", "delay_reply", "check_in", "supervisor", "no such timer"][*key]
                .to_owned();
            world
                .run(&Command::InteractionTimer { id: contact(world, *n), key })
                .expect("a timer is never refused");
        }
        Move::Advance { seconds } => drop(world.advance(*seconds)),
        Move::Away { seconds } => world.now += seconds * 1000,
    }
}

fn command(world: &mut World, who: &str, contact: InteractionId, act: usize, choice: usize) -> Command {
    let staff = id(who);
    let offer = world.interactions.get(&contact).and_then(|i| i.offer.as_ref());
    let (offer, ringing) =
        offer.map_or((OfferId(Uuid::nil()), staff.clone()), |offer| (offer.id, offer.staff.clone()));
    let owner = world.interactions.get(&contact).and_then(|i| i.owner.clone());
    // Mostly the person whose turn it is acts, so that sequences get far; at times anybody does.
    let acting =
        if choice.is_multiple_of(5) { staff.clone() } else { owner.unwrap_or_else(|| staff.clone()) };
    match act {
        0 | 1 => Command::Offer { id: contact, staff },
        2 | 3 => Command::Accept {
            id: contact,
            offer,
            staff: if choice.is_multiple_of(5) { staff } else { ringing },
        },
        4 if choice < 4 => Command::Decline { id: contact, offer, staff: ringing },
        4 => Command::WithdrawOffer { id: contact, reason: "they left.".into() },
        5 | 6 => {
            let (text, canned) = REPLIES[choice % REPLIES.len()];
            let referral_reason = (choice > 12).then(|| "no other way".to_owned());
            let reply = Reply {
                text: text.into(),
                canned: canned.map(str::to_owned),
                referral_reason,
                confirmed: true,
            };
            Command::Reply { id: contact, staff: acting, message: MessageId(world.fresh()), reply }
        }
        7 | 8 => Command::SendScript { id: contact, staff: acting, script: SCRIPTS[choice % SCRIPTS.len()] },
        9 => Command::Research { id: contact, staff: acting, on: choice.is_multiple_of(2) },
        10 => transfer(contact, acting, choice),
        11 if choice < 8 => Command::TakeOver { id: contact, staff },
        11 if choice < 16 => Command::RequestSupervisor { id: contact, staff: acting },
        11 => Command::MarkCaseSpecific { id: contact, staff: acting, yes: choice.is_multiple_of(2) },
        12 => {
            let kind = if choice.is_multiple_of(2) { SafetyKind::Victim } else { SafetyKind::Reporting };
            if choice < 8 {
                Command::OpenSafety { id: contact, staff: acting, kind }
            } else {
                step(world, contact, acting, choice)
            }
        }
        13 => {
            let sent = world.sent_in(contact);
            let message = sent.first().map_or(MessageId(Uuid::nil()), |sent| sent.message);
            match choice {
                0..12 => Command::SendAgain { id: contact, staff: acting, message },
                _ => Command::SelectWay {
                    id: contact,
                    staff: acting,
                    response: "self-mail-documents".into(),
                    way: CannedKind::SelfServiceMail,
                    reason: None,
                },
            }
        }
        14 => Command::End { id: contact, staff: acting, reason: EndReason::NoResponse, confirmed: false },
        _ => Command::Finish {
            id: contact,
            staff: acting,
            code: if choice == 0 { "" } else { "general" }.to_owned(),
        },
    }
}

fn transfer(contact: InteractionId, staff: StaffId, choice: usize) -> Command {
    let target = match choice {
        0..4 => Target::Queue { id: "sms-spanish".into() },
        4 => Target::Queue { id: "nowhere".into() },
        n => Target::Staff { id: id(STAFF[n % STAFF.len()]) },
    };
    Command::Transfer { id: contact, staff, target }
}

fn step(world: &World, contact: InteractionId, staff: StaffId, choice: usize) -> Command {
    let step = match choice % 4 {
        0 => SafetyStep::SafetyChecked { answer: SafetyAnswer::Unknown },
        1 => SafetyStep::HotlineGiven,
        2 => SafetyStep::Called { outcome: CallOutcome::NotSafe },
        _ => SafetyStep::ReportFiled { filed_at: world.now, reference: "CAN-1".into() },
    };
    Command::DoSafetyStep { id: contact, staff, step, note: Some("note".into()) }
}

/// Every state made again from the stored form of the log.
fn replayed(log: &[Event]) -> BTreeMap<String, Scene> {
    let mut scenes: BTreeMap<String, Scene> = BTreeMap::new();
    for event in log {
        let stored = event.write().expect("writes");
        let read = Event::read(FORM, &stored).expect("reads");
        assert_eq!(&read, event, "what is stored reads to the same event");
        scenes.entry(read.stream()).or_default().apply(&read);
    }
    scenes
}

fn replay_equals_state(world: &World) {
    let scenes = replayed(&world.log);
    for (stream, scene) in &scenes {
        if let Some(i) = &scene.interaction {
            assert_eq!(i, &world.interactions[&i.id], "{stream}");
            let json = serde_json::to_string(i).expect("writes");
            assert_eq!(&serde_json::from_str::<domain::interaction::Interaction>(&json).expect("reads"), i);
        }
        for (id, staff) in &scene.staff {
            assert_eq!(staff, &world.staff[id], "{stream}");
            let json = serde_json::to_string(staff).expect("writes");
            assert_eq!(&serde_json::from_str::<domain::staff::Staff>(&json).expect("reads"), staff);
        }
        if let Some(customer) = &scene.customer {
            assert_eq!(customer, &world.customers[&customer.address], "{stream}");
            let json = serde_json::to_string(customer).expect("writes");
            assert_eq!(&serde_json::from_str::<domain::customer::Customer>(&json).expect("reads"), customer);
        }
    }
    let kept = world.interactions.len() + world.staff.len() + world.customers.len();
    assert_eq!(kept, scenes.len(), "every state has its stream");
}

/// Every effect belongs to one event, and none is planned twice.
fn effects_are_unique(world: &World) {
    let mut ids: Vec<&str> = world.effects.iter().map(|planned| planned.id.as_str()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "an effect is planned once");
    let sent = world
        .log
        .iter()
        .filter(|event| matches!(event.kind().as_str(), "message_sent" | "sent_again"))
        .count();
    let texts = world.effects.iter().filter(|planned| planned.lane == "sms-main").count();
    assert_eq!(texts, sent, "each text that was sent has its effect, and nothing else has");
    for event in world.log.iter().filter(|event| event.kind() == "message_sent") {
        let Fact::Interaction { fact: domain::event::InteractionFact::MessageSent { message, .. }, .. } =
            &event.fact
        else {
            panic!("a text")
        };
        assert!(world.bodies.contains_key(message), "and its words lie under its key");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_day_keeps_every_promise(automatic in any::<bool>(), steps in prop::collection::vec(moves(), 1..90)) {
        let mut world = if automatic { World::automatic() } else { World::new() };
        for who in STAFF {
            world.on_queue(who);
        }
        for step in &steps {
            play(&mut world, step);
            always_holds(&world);
        }
        world.advance(3600);
        prop_assert!(world.timers().iter().all(|(due, _)| *due > world.now), "no timer is left in the past");
        always_holds(&world);
        replay_equals_state(&world);
        effects_are_unique(&world);
    }
}
