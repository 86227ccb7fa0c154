//! Offers, transfers, presence, lines and delivery reports: what routing, the floor and the carrier lead to.

use domain::command::{Command, Script};
use domain::event::{Actor, StaffFact};
use domain::id::MessageId;
use domain::interaction::{Delivery, Phase};
use domain::staff::Presence;
use uuid::Uuid;

use crate::support::{World, clock, id, refused};

fn waiting(people: &[&str]) -> World {
    let mut world = World::new();
    world.now = clock("10:00:00");
    for person in people {
        world.on_queue(person);
    }
    world.customer("Hello");
    world
}

fn not_responding(reason: &str) -> Presence {
    Presence::NotResponding { reason: reason.to_owned() }
}

#[test]
fn a_presence_set_from_the_floor_names_who_set_it_until_the_person_sets_it_again() {
    let mut world = World::new();
    world.on_queue("ana");
    let set = |by: &str, to| Command::SetPresence { staff: id("ana"), to, by: Some(id(by)) };
    for (by, to) in [
        ("ben", Presence::OffQueue),
        ("sofia", Presence::OnQueue),
        ("sofia", Presence::NotReady { reason: "meal".to_owned() }),
    ] {
        assert_eq!(refused(world.run(&set(by, to))), ("own_presence", None), "{by}");
    }
    let events = world.run(&set("sofia", Presence::OffQueue)).expect("a supervisor may");
    assert_eq!(events[0].by, Actor::staff(&id("sofia")));
    let shown = |world: &World| {
        let row = domain::view::person_row(&world.person("ana"));
        serde_json::from_str::<domain::view::Person>(&row.data.expect("a row")).expect("reads").set_by
    };
    assert_eq!((world.person("ana").set_by, shown(&world)), (Some(id("sofia")), Some(id("sofia"))));
    world.presence("ana", Presence::OnQueue).expect("on queue again");
    assert_eq!((world.person("ana").set_by, shown(&world)), (None, None));
    // Commands and states from before the field existed.
    let old = r#"{"command":"set_presence","staff":"ana","to":{"state":"off_queue"}}"#;
    let read: Command = serde_json::from_str(old).expect("reads");
    assert_eq!(read, Command::SetPresence { staff: id("ana"), to: Presence::OffQueue, by: None });
    let state = serde_json::to_string(&world.person("ana")).expect("writes");
    assert!(!state.contains("set_by"), "a state without it is written as it always was");
}

#[test]
fn an_offer_takes_capacity_and_its_acceptance_makes_the_contact_theirs() {
    let mut world = waiting(&["ana"]);
    world.offer("ana").expect("offered");
    assert_eq!((world.person("ana").load(), world.i().phase), (1, Phase::Waiting));
    world.accept("ana").expect("accepted");
    assert_eq!(
        (world.person("ana").load(), world.i().phase, world.i().accepted_at),
        (1, Phase::Active, Some(world.now))
    );
}

#[test]
fn an_offer_is_accepted_once_and_only_by_the_person_it_rings_for() {
    let mut world = waiting(&["ana", "ben"]);
    let offer = world.offer("ana").expect("offered");
    assert_eq!(refused(world.accept("ben")), ("offer_gone", None));
    assert_eq!(refused(world.offer("ben")), ("not_waiting", None), "one offer at a time");
    world.accept("ana").expect("accepted");
    let again = |staff: &str| Command::Accept { id: world.id, offer, staff: id(staff) };
    let (ana, ben) = (again("ana"), again("ben"));
    assert_eq!(refused(world.run(&ana)), ("offer_gone", None));
    assert_eq!(refused(world.run(&ben)), ("offer_gone", None));
    assert_eq!((world.person("ana").load(), world.person("ben").load()), (1, 0));
}

#[test]
fn a_declined_offer_frees_the_capacity_and_is_recorded() {
    let mut world = waiting(&["ana"]);
    world.offer("ana").expect("offered");
    world.decline("ana").expect("declined");
    assert_eq!((world.person("ana").load(), world.i().offer.clone()), (0, None));
    assert_eq!(world.i().passed, [(id("ana"), world.now)]);
    assert_eq!(world.happened("declined").len(), 1);
    assert_eq!(world.i().waiting_since, Some(clock("10:00:00")), "it keeps its place");
    assert_eq!(world.person("ana").presence, Presence::OnQueue);
}

#[test]
fn an_offer_runs_out_at_its_second_and_moves_on() {
    let mut world = waiting(&["ana"]);
    let offer = world.offer("ana").expect("offered");
    assert_eq!(world.i().offer.as_ref().map(|offer| offer.until), Some(clock("10:00:20")));
    world.at("10:00:19");
    assert!(world.i().offer.is_some());
    world.at("10:00:20");
    assert!(world.i().offer.is_none() && world.person("ana").load() == 0);
    assert_eq!(world.i().passed, [(id("ana"), clock("10:00:20"))]);
    let late = Command::Accept { id: world.id, offer, staff: id("ana") };
    assert_eq!(refused(world.run(&late)), ("offer_gone", None));
    assert_eq!(world.i().waiting_since, Some(clock("10:00:00")));
}

#[test]
fn an_offer_whose_time_is_over_cannot_be_accepted_even_before_its_timer_fires() {
    let mut world = waiting(&["ana"]);
    world.offer("ana").expect("offered");
    world.sleep_until("10:00:21");
    assert_eq!(refused(world.accept("ana")), ("offer_gone", None));
}

#[test]
fn two_offers_ignored_in_a_row_put_the_person_not_responding() {
    let mut world = waiting(&["ana"]);
    world.offer("ana").expect("offered");
    world.advance(20);
    assert_eq!(world.person("ana").presence, Presence::OnQueue);
    world.offer("ana").expect("offered");
    world.advance(20);
    assert_eq!(world.person("ana").presence, not_responding("offers_ignored"));
    assert_eq!(refused(world.offer("ana")), ("not_present", None));
    let set = world.presence("ana", not_responding("offers_ignored"));
    assert_eq!(refused(set), ("set_by_program", None));
    world.presence("ana", Presence::OnQueue).expect("back");
    world.offer("ana").expect("offered");
    world.advance(20);
    assert_eq!(world.person("ana").presence, Presence::OnQueue, "the count began anew");
}

#[test]
fn an_acceptance_between_two_ignored_offers_breaks_the_row() {
    let mut world = waiting(&["ana"]);
    world.offer("ana").expect("offered");
    world.advance(20);
    world.take("ana");
    world.customer_from("+15735550102", "Hello");
    world.offer("ana").expect("offered");
    world.advance(20);
    assert_eq!(world.person("ana").presence, Presence::OnQueue);
}

#[test]
fn an_offer_is_withdrawn_with_its_reason_and_the_contact_keeps_its_place() {
    let mut world = waiting(&["ana"]);
    world.offer("ana").expect("offered");
    let command = Command::WithdrawOffer { id: world.id, reason: "ana is no longer on queue.".into() };
    world.advance(5).run(&command).expect("withdrawn");
    assert!(world.i().offer.is_none() && world.person("ana").load() == 0 && world.i().passed.is_empty());
    assert_eq!(world.i().waiting_since, Some(clock("10:00:00")));
    assert!(world.run(&command).expect("there is none any more").is_empty());
}

#[test]
fn a_person_off_queue_is_offered_nothing() {
    let mut world = waiting(&[]);
    assert_eq!(refused(world.offer("ana")), ("not_present", None));
    assert_eq!(refused(world.offer("nobody")), ("unknown_staff", None));
}

#[test]
fn a_transfer_to_a_person_stays_with_the_owner_until_it_is_accepted() {
    let mut world = World::contact("ana", "Hello");
    world.on_queue("ben").transfer_to("ana", "ben").expect("offered");
    assert_eq!((world.person("ana").load(), world.person("ben").load()), (1, 1));
    world.says("ana", "I am handing you to a colleague.").expect("still hers");
    world.decline("ben").expect("declined");
    assert!(world.i().is_with(&id("ana")) && world.person("ben").load() == 0 && world.i().passed.is_empty());
    world.transfer_to("ana", "ben").expect("again");
    world.accept("ben").expect("accepted");
    assert!(world.i().is_with(&id("ben")));
    assert_eq!((world.person("ana").load(), world.person("ben").load()), (0, 1));
    assert_eq!(refused(world.says("ana", "One more thing")), ("not_yours", None));
}

#[test]
fn a_transfer_goes_only_to_someone_present_and_only_by_the_owner_or_the_floor() {
    let mut world = World::contact("ana", "Hello");
    assert_eq!(refused(world.transfer_to("ana", "ben")), ("not_present", None));
    world.on_queue("ben").on_queue("carla");
    assert_eq!(refused(world.transfer_to("ben", "carla")), ("not_yours", None));
    assert_eq!(refused(world.transfer_to("ana", "ana")), ("has_it", None));
    assert_eq!(refused(world.transfer_to("ana", "nobody")), ("unknown_staff", None));
    world.transfer_to("sofia", "ben").expect("a supervisor may, from the floor");
    world.transfer_to("sofia", "carla").expect("and somebody else instead");
    assert_eq!((world.person("ben").load(), world.person("carla").load()), (0, 1));
}

#[test]
fn a_transfer_to_a_queue_keeps_the_waiting_time_and_frees_the_owner() {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.begin("ana", "Hello");
    world.at("10:02:00").transfer_to_queue("ana", "sms-spanish").expect("handed over");
    assert_eq!((world.i().phase, world.i().queue.as_str()), (Phase::Waiting, "sms-spanish"));
    assert_eq!(world.i().waiting_since, Some(clock("10:00:00")));
    assert_eq!((world.i().owner.clone(), world.person("ana").load()), (None, 0));
    assert_eq!(refused(world.transfer_to_queue("sofia", "no-such-queue")), ("unknown_queue", None));
    world.transfer_to_queue("sofia", "sms-general").expect("from the floor, while it waits");
    assert_eq!(refused(world.transfer_to_queue("ana", "sms-spanish")), ("not_accepted", None));
}

#[test]
fn a_contact_that_has_ended_is_handed_to_nobody() {
    let mut world = World::contact("ana", "Hello");
    world.on_queue("ben");
    world.script("ana", Script::Goodbye).expect("goodbye");
    world.end("ana").expect("ended");
    assert_eq!(refused(world.transfer_to("ana", "ben")), ("ended", None));
    assert_eq!(refused(world.offer("ben")), ("not_waiting", None));
}

#[test]
fn presence_needs_a_known_reason_and_the_time_in_each_is_recorded() {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.on_queue("ana");
    let unknown = Presence::NotReady { reason: "gone fishing".into() };
    assert_eq!(
        refused(world.presence("ana", unknown)),
        ("unknown_reason", None),
        "AMB-62: the reasons are a list"
    );
    world.at("10:10:00").presence("ana", Presence::NotReady { reason: "break".into() }).expect("break");
    world.at("10:25:00").presence("ana", Presence::OnQueue).expect("back");
    let spent = world.person("ana").spent_ms;
    assert_eq!((spent["on_queue"], spent["not_ready:break"]), (600_000, 900_000));
    assert!(world.presence("ana", Presence::OnQueue).expect("already").is_empty());
}

#[test]
fn a_lost_line_leads_to_not_responding_after_the_grace_time() {
    let mut world = waiting(&["ana"]);
    world.run(&Command::LoseLine { staff: id("ana") }).expect("lost");
    world.at("10:00:19");
    assert_eq!(world.person("ana").presence, Presence::OnQueue);
    world.at("10:00:20");
    assert_eq!(world.person("ana").presence, not_responding("line_lost"));
    assert!(
        world.run(&Command::RegainLine { staff: id("ana") }).expect("back").is_empty(),
        "they come back by their own hand"
    );
    assert!(world.timers().is_empty());
}

#[test]
fn a_line_that_is_back_within_the_grace_time_changes_nothing() {
    let mut world = waiting(&["ana"]);
    world.run(&Command::LoseLine { staff: id("ana") }).expect("lost");
    assert!(world.run(&Command::LoseLine { staff: id("ana") }).expect("lost").is_empty());
    world.at("10:00:15").run(&Command::RegainLine { staff: id("ana") }).expect("back");
    world.at("10:05:00");
    assert_eq!(world.person("ana").presence, Presence::OnQueue);
    let facts = world.staff_facts("ana");
    assert!(matches!(facts[facts.len() - 2..], [StaffFact::LineLost, StaffFact::LineBack]));
}

#[test]
fn delivery_reports_never_turn_a_delivery_back() {
    let mut world = World::contact("ana", "Hello");
    world.says("ana", "Which program do you ask about?").expect("sent");
    let message = world.sent()[0].message;
    let state = |world: &World| world.i().in_flight[&message].delivery.clone();
    let accepted = Delivery::Accepted { provider_id: "SM1".into() };
    let failed = Delivery::Failed { code: "30003".into(), reason: "The phone is off.".into() };
    assert_eq!(world.report(message, accepted.clone(), false).len(), 1);
    assert!(world.report(message, accepted.clone(), false).is_empty(), "a repeated report");
    assert_eq!(world.report(message, failed.clone(), false).len(), 1);
    assert!(world.report(message, Delivery::Sent, false).is_empty(), "a late report");
    assert_eq!(state(&world), failed);
    world.report(message, Delivery::Delivered, false);
    assert!(world.report(message, failed, false).is_empty());
    assert_eq!(state(&world), Delivery::Delivered);
    assert!(
        world.report(MessageId(Uuid::from_u128(7)), accepted, false).is_empty(),
        "of a text nobody knows"
    );
}

#[test]
fn only_a_failed_text_is_sent_again_and_then_it_is_on_its_way() {
    let mut world = World::contact("ana", "Hello");
    world.says("ana", "Which program do you ask about?").expect("sent");
    let message = world.sent()[0].message;
    let again = Command::SendAgain { id: world.id, staff: id("ana"), message };
    assert_eq!(refused(world.run(&again)), ("not_failed", None));
    world.report(
        message,
        Delivery::Failed { code: "30003".into(), reason: "The phone is off.".into() },
        false,
    );
    world.advance(1).run(&again).expect("sent again");
    assert_eq!(world.i().in_flight[&message].delivery, Delivery::Pending);
    assert_eq!(world.effects.len(), 2);
    assert_eq!(refused(world.run(&again)), ("not_failed", None), "a double click");
}

#[test]
fn a_command_about_an_interaction_that_does_not_exist_is_refused() {
    let mut world = World::new();
    world.on_queue("ana");
    assert_eq!(refused(world.says("ana", "Hello")), ("unknown", None));
    assert_eq!(refused(world.offer("ana")), ("unknown", None));
}
