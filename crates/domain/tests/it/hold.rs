//! Hold Procedures, SMS-HOLD-1, and AMB-28: exactly one of the two clocks runs.

use domain::command::Script;
use domain::event::{Fact, InteractionFact};
use domain::interaction::Turn;
use domain::sop::DutyKind;

use crate::support::{World, clock, refused};

/// The customer's question was taken at 10:00:00 and is being looked up.
fn researching() -> World {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.begin("ana", "Can I get SNAP as a student?");
    world.research("ana", true).expect("research");
    world
}

fn missed(world: &World) -> Vec<(i64, u32)> {
    let number = |event: &domain::event::Event| match &event.fact {
        Fact::Interaction { fact: InteractionFact::CheckInMissed { number }, .. } => (event.at, *number),
        other => panic!("{other:?}"),
    };
    world.happened("check_in_missed").into_iter().map(number).collect()
}

#[test]
fn sms_hold_1_a_reminder_comes_every_three_minutes_and_misses_are_recorded() {
    let mut world = researching();
    world.at("10:02:59");
    assert!(missed(&world).is_empty());
    let duty = world.duty(DutyKind::CheckIn).expect("its clock");
    assert_eq!(
        (duty.due, duty.script, duty.clause.as_str()),
        (clock("10:03:00"), Some(Script::CheckIn), "SMS-HOLD-1")
    );
    world.at("10:03:00");
    assert_eq!(missed(&world), [(clock("10:03:00"), 1)]);
    assert_eq!(world.duty(DutyKind::CheckIn).expect("overdue").due, clock("10:03:00"));
    world.at("10:06:00");
    assert_eq!(missed(&world), [(clock("10:03:00"), 1), (clock("10:06:00"), 2)]);
    assert_eq!(world.i().check_ins_missed, 2);
}

#[test]
fn sms_hold_1_a_check_in_is_recorded_and_counts_the_interval_anew() {
    let mut world = researching();
    world.at("10:02:30").script("ana", Script::CheckIn).expect("sent");
    assert_eq!(world.texts(), [world.pack.response("check-in").expect("there").text["en"].clone()]);
    assert_eq!((world.happened("checked_in").len(), world.i().check_ins), (1, 1));
    assert_eq!(world.happened("checked_in")[0].clause.as_deref(), Some("SMS-HOLD-1"));
    world.at("10:05:29");
    assert!(missed(&world).is_empty());
    world.at("10:05:30");
    assert_eq!(missed(&world), [(clock("10:05:30"), 1)]);
    world.says("ana", "Still looking into the student rules for you.").expect("sent");
    assert_eq!(world.i().check_ins, 2, "while researching any text of staff is a sign of life");
}

#[test]
fn sms_hold_1_the_clock_runs_by_itself_while_the_customers_word_is_open() {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.begin("ana", "Can I get SNAP as a student?");
    world.at("10:03:00");
    assert_eq!(missed(&world).len(), 1);
    world.script("ana", Script::CheckIn).expect("sent");
    assert!(
        matches!(world.i().turn, Turn::Staff { missed: 0, .. }),
        "a check-in answers nothing; the word stays open"
    );
    world.at("10:04:00").customer("Are you there?");
    world.at("10:06:00");
    assert_eq!(missed(&world).len(), 2, "another word of the customer does not give staff more time");
    world.says("ana", "Students may get SNAP if they meet a work rule.").expect("answered");
    world.at("10:08:59");
    assert_eq!(missed(&world).len(), 2, "an answer ends it");
}

#[test]
fn sms_hold_1_a_notice_of_the_program_is_no_check_in() {
    let mut world = researching();
    world.at("10:01:00");
    let mut picture = World::inbound(crate::support::CUSTOMER, "here is my letter");
    picture.media = vec!["image/jpeg".to_owned()];
    world.receive(picture).expect("taken");
    assert_eq!(world.texts().len(), 1, "the picture is answered by the program");
    assert_eq!(world.i().check_ins, 0);
    world.at("10:03:00");
    assert_eq!(missed(&world).len(), 1);
}

#[test]
fn amb_28_after_our_word_only_the_customers_clock_runs() {
    let mut world = World::new().silent_since_ten();
    let kinds: Vec<DutyKind> = world.duties().iter().map(|duty| duty.kind).collect();
    assert_eq!(kinds, [DutyKind::Silence]);
    assert_eq!(world.timers().len(), 1);
    world.customer("In October");
    let kinds: Vec<DutyKind> = world.duties().iter().map(|duty| duty.kind).collect();
    assert_eq!(kinds, [DutyKind::CheckIn]);
    assert_eq!(world.timers().len(), 1);
}

#[test]
fn amb_28_research_stops_the_customers_clock_and_its_end_starts_it() {
    let mut world = World::new().silent_since_ten();
    world.at("10:01:00").research("ana", true).expect("research");
    world.at("10:03:30");
    assert!(!world.in_delay());
    world.research("ana", false).expect("done looking");
    assert!(matches!(world.i().turn, Turn::Customer { since, .. } if since == clock("10:03:30")));
    world.at("10:06:30");
    assert!(world.in_delay());
    assert_eq!(
        refused(world.research("ana", true)),
        ("in_delay", Some("SMS-DELAY-3")),
        "not while the customer is in delay"
    );
}

#[test]
fn amb_28_after_research_the_open_word_is_still_owed_an_answer() {
    let mut world = researching();
    world.at("10:01:00").script("ana", Script::CheckIn).expect("sent");
    world.at("10:02:00").research("ana", false).expect("done looking");
    assert!(
        matches!(world.i().turn, Turn::Staff { since, .. } if since == clock("10:02:00")),
        "{:?}",
        world.i().turn
    );
    assert!(
        world
            .run(&domain::command::Command::Research { id: world.id, staff: "ana".into(), on: false })
            .expect("again")
            .is_empty()
    );
}

#[test]
fn amb_28_the_programs_notice_does_not_take_the_customers_turn() {
    let mut world = researching();
    let mut picture = World::inbound(crate::support::CUSTOMER, "and this");
    picture.media = vec!["image/jpeg".to_owned()];
    world.receive(picture).expect("taken");
    world.research("ana", false).expect("done looking");
    assert!(
        matches!(world.i().turn, Turn::Staff { .. }),
        "the customer's word is open: {:?}",
        world.i().turn
    );
}

#[test]
fn amb_28_out_of_a_queue_exactly_one_clock_runs_again() {
    let mut world = World::new().silent_since_ten();
    world.on_queue("ben");
    world.at("10:01:00").transfer_to_queue("ana", "sms-general").expect("back to the queue");
    assert_eq!(world.i().turn, Turn::Nobody);
    world.at("10:05:00").take("ben");
    assert!(
        matches!(world.i().turn, Turn::Customer { since, .. } if since == clock("10:05:00")),
        "{:?}",
        world.i().turn
    );
    world.at("10:08:00");
    assert!(world.in_delay());
}

#[test]
fn amb_28_after_goodbye_no_clock_chases_the_customer() {
    let mut world = World::new().silent_since_ten();
    world.script("ana", Script::Goodbye).expect("sent");
    assert_eq!(world.i().turn, Turn::Nobody);
    world.research("ana", true).expect("research");
    world.research("ana", false).expect("done");
    assert_eq!(world.i().turn, Turn::Nobody);
    world.at("10:30:00");
    assert!(world.happened("customer_delayed").is_empty());
}
