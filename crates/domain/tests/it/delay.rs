//! Customer Delay, SMS-DELAY-1 to SMS-DELAY-8, and AMB-44.

use domain::command::{Command, Reply, Script};
use domain::event::{Actor, Fact, InteractionFact};
use domain::id::StaffId;
use domain::interaction::{EndReason, Phase, Turn};
use domain::refusal::Instead;
use domain::sop::DutyKind;
use domain::staff::Held;

use crate::support::{World, clock, id, refused};

/// The customer was silent, the notice went out at 10:03:00.
fn notice_sent() -> World {
    let mut world = World::new().silent_since_ten();
    world.at("10:03:00").script("ana", Script::DelayNotice).expect("sent");
    world
}

#[test]
fn sms_delay_1_the_flag_comes_at_three_minutes_and_not_a_second_before() {
    let mut world = World::new().silent_since_ten();
    world.at("10:02:59");
    assert!(!world.in_delay() && world.happened("customer_delayed").is_empty());
    let duty = world.duty(DutyKind::Silence).expect("its clock shows");
    assert_eq!(
        (duty.started, duty.due, duty.clause.as_str()),
        (clock("10:00:00"), clock("10:03:00"), "SMS-DELAY-1")
    );
    world.at("10:03:00");
    assert!(world.in_delay());
    let flagged = world.happened("customer_delayed")[0];
    assert_eq!((flagged.at, flagged.clause.as_deref()), (clock("10:03:00"), Some("SMS-DELAY-1")));
}

#[test]
fn sms_delay_1_the_clock_starts_with_the_last_staff_text() {
    let mut world = World::new().silent_since_ten();
    world.at("10:02:00").says("ana", "Take your time.").expect("sent");
    world.at("10:04:59");
    assert!(!world.in_delay());
    world.at("10:05:00");
    assert!(world.in_delay());
}

#[test]
fn sms_delay_2_the_exact_notice_is_offered_in_delay_and_goes_once() {
    let mut world = World::new().silent_since_ten();
    world.at("10:02:59");
    assert_eq!(refused(world.script("ana", Script::DelayNotice)), ("not_in_delay", Some("SMS-DELAY-1")));
    assert_eq!(
        refused(world.inserts("ana", "delay-notice")),
        ("not_in_delay", Some("SMS-DELAY-1")),
        "nor by hand"
    );
    world.at("10:03:00");
    let duty = world.duty(DutyKind::DelayNotice).expect("offered");
    assert_eq!((duty.script, duty.clause.as_str()), (Some(Script::DelayNotice), "SMS-DELAY-2"));
    world.at("10:03:07").script("ana", Script::DelayNotice).expect("sent");
    let sent = world.sent().pop().expect("a text");
    assert_eq!(sent.text, world.prescribed("SMS-DELAY-2"));
    assert_eq!(
        sent.text,
        "It seems like you’ve had to leave our chat. I’ll wait another 5 minutes for you to come back."
    );
    assert_eq!(
        (sent.at, sent.by, sent.clause.as_deref()),
        (clock("10:03:07"), Actor::staff(&"ana".into()), Some("SMS-DELAY-2"))
    );
    assert_eq!(refused(world.script("ana", Script::DelayNotice)), ("sent_before", Some("SMS-DELAY-2")));
}

#[test]
fn sms_delay_2_a_press_in_the_due_second_counts_before_the_timer_fires() {
    let mut world = World::new().silent_since_ten();
    world.sleep_until("10:03:00").script("ana", Script::DelayNotice).expect("three minutes are over");
    assert_eq!(world.happened("customer_delayed").len(), 1);
    world
        .sleep_until("10:08:00")
        .script("ana", Script::DelayWrapUpAndGoodbye)
        .expect("five minutes are over");
    assert_eq!(world.happened("delay_ran_out").len(), 1);
    world.advance(1);
    assert_eq!((world.happened("customer_delayed").len(), world.happened("delay_ran_out").len()), (1, 1));
}

#[test]
fn sms_delay_3_ending_for_no_response_is_refused_until_five_minutes_after_the_notice() {
    let mut world = notice_sent();
    world.at("10:07:59");
    let refusal = world.end_for_no_response("ana").expect_err("one second is left");
    assert_eq!((refusal.code, refusal.clause), ("delay_running", Some("SMS-DELAY-3")));
    assert!(refusal.sentence.contains("0:01"), "{}", refusal.sentence);
    assert_eq!(
        refused(world.script("ana", Script::DelayWrapUpAndGoodbye)),
        ("delay_running", Some("SMS-DELAY-3"))
    );
    assert_eq!(refused(world.inserts("ana", "delay-wrap-up")), ("delay_running", Some("SMS-DELAY-3")));
    world.at("10:08:00").script("ana", Script::DelayWrapUpAndGoodbye).expect("time is up");
    world.end_for_no_response("ana").expect("allowed at 10:08:00");
    assert_eq!(world.i().end_reason, Some(EndReason::NoResponse));
}

#[test]
fn sms_delay_3_the_five_minutes_are_fresh_from_the_sending_of_the_notice() {
    let mut world = World::new().silent_since_ten();
    world.at("10:04:30").script("ana", Script::DelayNotice).expect("sent late");
    assert_eq!(world.duty(DutyKind::DelayReply).expect("its clock").due, clock("10:09:30"));
    world.at("10:09:29");
    assert!(world.happened("delay_ran_out").is_empty());
    world.at("10:09:30");
    assert_eq!(world.happened("delay_ran_out").len(), 1);
}

#[test]
fn sms_delay_3_before_the_notice_nothing_can_be_ended_for_no_response() {
    let mut world = World::new().silent_since_ten();
    assert_eq!(refused(world.end_for_no_response("ana")), ("customer_may_answer", Some("SMS-DELAY-3")));
    world.at("10:03:00");
    let refusal = world.end_for_no_response("ana").expect_err("the notice comes first");
    assert_eq!((refusal.code, refusal.clause), ("delay_notice_first", Some("SMS-DELAY-3")));
    assert_eq!(refusal.instead, [Instead::SendDelayNotice]);
    assert_eq!(
        refused(world.script("ana", Script::DelayWrapUpAndGoodbye)),
        ("delay_notice_first", Some("SMS-DELAY-3"))
    );
}

#[test]
fn sms_delay_4_the_exact_wrap_up_text_is_offered_and_nothing_ends_without_it() {
    let mut world = notice_sent();
    world.at("10:08:00");
    let duty = world.duty(DutyKind::DelayWrapUp).expect("offered");
    assert_eq!((duty.script, duty.clause.as_str()), (Some(Script::DelayWrapUpAndGoodbye), "SMS-DELAY-4"));
    let refusal = world.end_for_no_response("ana").expect_err("the wrap-up text was not sent");
    assert_eq!((refusal.code, refusal.clause), ("wrap_up_text_first", Some("SMS-DELAY-4")));
    assert_eq!(refusal.instead, [Instead::SendWrapUpAndGoodbye]);
    world.script("ana", Script::Goodbye).expect("a Goodbye alone may be sent");
    assert_eq!(
        refused(world.end_for_no_response("ana")),
        ("wrap_up_text_first", Some("SMS-DELAY-4")),
        "but it is not enough"
    );
    world.script("ana", Script::DelayWrapUpAndGoodbye).expect("sent");
    let texts = world.texts();
    let [.., wrap_up, goodbye] = &texts[..] else { panic!("two texts") };
    assert_eq!(wrap_up, "I haven’t heard from you in 5 minutes, so I’m going to wrap up our chat now.");
    assert_eq!(wrap_up, &world.prescribed("SMS-DELAY-4"));
    assert_eq!(goodbye, &world.prescribed("SMS-KEY-2"));
    assert_eq!(
        refused(world.script("ana", Script::DelayWrapUpAndGoodbye)),
        ("sent_before", Some("SMS-DELAY-4"))
    );
}

#[test]
fn sms_delay_5_the_end_unlocks_only_after_both_texts_in_that_order() {
    let mut world = notice_sent();
    world.at("10:08:00").inserts("ana", "delay-wrap-up").expect("the wrap-up text alone, by hand");
    let refusal = world.end("ana").expect_err("Goodbye is missing");
    assert_eq!((refusal.code, refusal.clause), ("goodbye_first", Some("SMS-DELAY-5")));
    assert_eq!(refusal.instead, [Instead::SendGoodbye]);
    assert_eq!(world.duty(DutyKind::DelayWrapUp).and_then(|duty| duty.script), Some(Script::Goodbye));
    world.script("ana", Script::Goodbye).expect("sent");
    world.end_for_no_response("ana").expect("both are out");
    assert_eq!((world.i().phase, world.i().end_reason), (Phase::WrapUp, Some(EndReason::NoResponse)));
    assert_eq!(world.happened("ended")[0].clause.as_deref(), Some("SMS-DELAY-5"));
    assert!(world.duty(DutyKind::WrapUp).is_some(), "it proceeds to the wrap-up codes");
}

#[test]
fn sms_delay_6_the_technician_is_led_to_the_other_interaction_with_the_clock_in_view() {
    let mut world = World::new();
    world.now = clock("09:59:00");
    world.on_queue("ana");
    world.customer_from("+15735550102", "Where is the office?");
    world.take("ana");
    let other = world.id;
    world.customer("Hello");
    world.take("ana");
    world.at("10:00:00").says("ana", "Which program do you ask about?").expect("sent");
    world.at("10:03:00");
    let focus = world.happened("focus_moved");
    assert_eq!(focus.len(), 1);
    assert_eq!(focus[0].clause.as_deref(), Some("SMS-DELAY-6"));
    let expected = InteractionFact::FocusMoved { staff: "ana".into(), to: other };
    assert!(matches!(&focus[0].fact, Fact::Interaction { fact, .. } if fact == &expected));
    assert!(world.duty(DutyKind::DelayNotice).is_some(), "its own clock stays in view");
}

#[test]
fn sms_delay_6_with_no_other_interaction_nobody_is_led_anywhere() {
    let mut world = World::new().silent_since_ten();
    world.at("10:03:00");
    assert!(world.in_delay() && world.happened("focus_moved").is_empty());
}

#[test]
fn sms_delay_7_amb_27_two_texts_are_taken_and_a_third_is_not() {
    let mut world = World::new();
    world.on_queue("ben");
    for customer in ["+15735550102", "+15735550103"] {
        world.customer_from(customer, "Hello");
        world.take("ben");
    }
    world.customer("Hello");
    assert_eq!(refused(world.offer("ben")), ("no_capacity", Some("SMS-DELAY-7")));
    assert_eq!(world.person("ben").held.values().filter(|held| **held == Held::Active).count(), 2);
}

#[test]
fn sms_delay_7_capacity_is_a_setting_of_the_person_and_an_offer_takes_it() {
    let mut world = World::new();
    world.on_queue("dan").on_queue("carla");
    world.customer_from("+15735550102", "Hello");
    world.offer("dan").expect("his one place");
    world.customer("Hello");
    assert_eq!(refused(world.offer("dan")), ("no_capacity", Some("SMS-DELAY-7")), "a running offer counts");
    for customer in ["+15735550103", "+15735550104", "+15735550105"] {
        world.customer_from(customer, "Hello");
        world.take("carla");
    }
    assert_eq!(world.person("carla").load(), 3);
}

#[test]
fn sms_delay_7_each_interaction_has_its_own_clocks() {
    let mut world = World::new().silent_since_ten();
    let first = world.id;
    world.at("10:01:00");
    world.customer_from("+15735550102", "Hello");
    world.take("ana").says("ana", "Which program do you ask about?").expect("sent");
    world.at("10:03:30");
    assert!(world.interactions[&first].in_delay() && !world.in_delay());
    world.at("10:04:00");
    assert!(world.in_delay());
}

#[test]
fn sms_delay_8_a_word_of_the_customer_ends_the_delay_and_no_wrap_up_text_comes() {
    let mut world = notice_sent();
    world.at("10:06:00").customer("I am back");
    assert!(!world.in_delay());
    assert!(matches!(world.i().turn, Turn::Staff { since, .. } if since == clock("10:06:00")));
    world.at("10:08:00");
    assert!(world.happened("delay_ran_out").is_empty() && world.duty(DutyKind::DelayWrapUp).is_none());
    assert_eq!(
        refused(world.script("ana", Script::DelayWrapUpAndGoodbye)),
        ("delay_notice_first", Some("SMS-DELAY-3"))
    );
}

#[test]
fn sms_delay_8_a_word_between_goodbye_and_end_goes_on_with_the_contact_too() {
    let mut world = notice_sent();
    world.at("10:08:00").script("ana", Script::DelayWrapUpAndGoodbye).expect("sent");
    world.customer("Wait, I am here");
    assert!(!world.in_delay() && !world.i().said_goodbye);
    let again =
        Command::End { id: world.id, staff: id("ana"), reason: EndReason::NoResponse, confirmed: true };
    world.run(&again).expect("it may be ended, with a second word over theirs");
    assert_eq!(world.i().end_reason, Some(EndReason::Finished), "but not for no response");
}

#[test]
fn sms_delay_8_after_the_word_a_new_silence_counts_from_the_beginning() {
    let mut world = notice_sent();
    world.at("10:06:00").customer("I am back");
    world.at("10:07:00").says("ana", "Welcome back.").expect("sent");
    world.at("10:09:59");
    assert!(!world.in_delay());
    world.at("10:10:00").script("ana", Script::DelayNotice).expect("the notice goes again in a new delay");
}

#[test]
fn amb_44_by_default_nothing_goes_by_itself() {
    let mut world = World::new().silent_since_ten();
    let before = world.sent().len();
    world.at("10:30:00");
    assert_eq!((world.sent().len(), world.i().phase), (before, Phase::Active));
}

#[test]
fn amb_44_where_the_queue_is_set_so_the_texts_and_the_end_go_by_themselves() {
    let mut world = World::automatic().silent_since_ten();
    world.at("10:02:59");
    assert_eq!(world.sent().len(), 1);
    world.at("10:03:00");
    assert_eq!(world.sent().len(), 2);
    world.at("10:07:59");
    assert_eq!((world.sent().len(), world.i().phase), (2, Phase::Active));
    world.at("10:08:00");
    let sent = world.sent();
    let texts: Vec<&str> = sent[1..].iter().map(|sent| sent.text.as_str()).collect();
    let prescribed = ["SMS-DELAY-2", "SMS-DELAY-4", "SMS-KEY-2"].map(|clause| world.prescribed(clause));
    assert_eq!(texts, prescribed);
    assert!(sent[1..].iter().all(|sent| sent.by == Actor::System), "the record names who sent it");
    assert_eq!((world.i().phase, world.i().end_reason), (Phase::WrapUp, Some(EndReason::NoResponse)));
    assert_eq!(
        world.person("ana").held.get(&world.id),
        Some(&Held::WrapUp),
        "the code stays a person's choice (SMS-END-3)"
    );
    world.finish("ana", "no-response").expect("done");
    assert_eq!(world.effects.len(), 4);
}

#[test]
fn amb_44_a_word_of_the_customer_stops_what_would_have_gone_by_itself() {
    let mut world = World::automatic().silent_since_ten();
    world.at("10:03:00").advance(60).customer("Here I am");
    world.at("10:10:00");
    assert_eq!((world.sent().len(), world.i().phase), (2, Phase::Active));
}

#[test]
fn amb_44_the_texts_go_in_the_customers_language() {
    let mut world = World::automatic();
    world.now = clock("09:59:50");
    world.begin("ana", "¿Cuándo recibiré mis beneficios de SNAP?");
    world.at("10:00:00").says("ana", "¿Me puede decir de qué programa se trata?").expect("sent");
    world.at("10:08:00");
    let texts = world.texts();
    let stored = |id: &str| world.pack.response(id).expect("there").text["es"].clone();
    assert_eq!(texts[1..], [stored("delay-notice-es"), stored("delay-wrap-up-es"), stored("goodbye-es")]);
}

#[test]
fn an_approved_script_goes_in_english_while_its_translation_is_a_draft() {
    let mut world = World::automatic();
    world
        .pack
        .canned
        .iter_mut()
        .filter(|r| r.id == "delay-notice-es")
        .for_each(|r| r.status = domain::canned::CannedStatus::Draft);
    world.now = clock("09:59:50");
    world.begin("ana", "¿Cuándo recibiré mis beneficios de SNAP?");
    world.at("10:00:00").says("ana", "¿Me puede decir de qué programa se trata?").expect("sent");
    world.at("10:03:00");
    assert_eq!(world.texts()[1], world.prescribed("SMS-DELAY-2"));
}

#[test]
fn amb_44_a_customer_who_opted_out_at_the_carrier_gets_no_automatic_text() {
    let mut world = World::automatic().silent_since_ten();
    let message = world.sent()[0].message;
    let failed = domain::interaction::Delivery::Failed { code: "21610".into(), reason: "opted out".into() };
    world.report(message, failed, true);
    world.at("11:00:00");
    assert_eq!(world.sent().len(), 1);
    assert!(!world.in_delay());
}

#[test]
fn a_reply_by_hand_in_delay_goes_on_with_the_contact() {
    let mut world = notice_sent();
    let reply = Reply {
        text: "One more thing: which county do you live in?".into(),
        confirmed: true,
        ..Reply::default()
    };
    world.at("10:04:00").reply("ana", reply).expect("sent");
    assert!(!world.in_delay());
    let owner: Option<StaffId> = world.i().owner.clone();
    assert_eq!(owner, Some("ana".into()));
    world.at("10:06:59");
    assert!(!world.in_delay());
    world.at("10:07:00");
    assert!(world.in_delay());
}
