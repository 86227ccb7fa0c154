//! End Message, SMS-END-1 to SMS-END-4, and AMB-62.

use domain::command::{Command, Script};
use domain::event::{CustomerFact, Fact, InteractionFact};
use domain::interaction::{EndReason, Phase, Turn};
use domain::refusal::Instead;
use domain::sop::DutyKind;
use domain::staff::Held;

use crate::support::{CUSTOMER, World, clock, id, refused};

/// Ended at 10:00:30, after it was accepted at 10:00:00.
fn ended() -> World {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.begin("ana", "Hello");
    world.at("10:00:30").script("ana", Script::Goodbye).expect("goodbye");
    world.end("ana").expect("ended");
    world
}

#[test]
fn sms_end_1_ending_disconnects_the_contact_and_wrap_up_begins() {
    let mut world = ended();
    assert_eq!((world.i().phase, world.i().end_reason), (Phase::WrapUp, Some(EndReason::Finished)));
    let event = world.happened("ended")[0];
    assert_eq!((event.at, event.clause.as_deref()), (clock("10:00:30"), Some("SMS-END-1")));
    assert_eq!(world.i().turn, Turn::Nobody);
    assert!(world.timers().is_empty());
    let sent = world.sent().len();
    assert_eq!(refused(world.says("ana", "One more thing")), ("ended", None));
    assert_eq!(refused(world.script("ana", Script::Goodbye)), ("ended", None));
    assert_eq!(world.sent().len(), sent, "nothing is said any more");
    assert!(world.end("ana").expect("a double click").is_empty());
}

#[test]
fn sms_end_1_only_the_person_who_has_it_ends_it() {
    let mut world = World::contact("ana", "Hello");
    world.on_queue("ben");
    assert_eq!(refused(world.end("ben")), ("not_yours", None));
    world.customer_from("+15735550102", "Hello");
    assert_eq!(refused(world.end("ana")), ("not_accepted", None));
}

#[test]
fn sms_end_2_the_codes_open_with_the_end_and_are_the_administered_list() {
    let mut world = ended();
    let duty = world.duty(DutyKind::WrapUp).expect("the list opens");
    assert_eq!((duty.started, duty.clause.as_str()), (clock("10:00:30"), "SMS-END-3"));
    assert_eq!(world.person("ana").held.get(&world.id), Some(&Held::WrapUp));
    let list = |channel: &'static str| {
        world.pack.wrap_up.on_channel(channel).map(|code| code.id.clone()).collect::<Vec<_>>()
    };
    let (sms, phone) = (list("sms"), list("phone"));
    assert!(phone.iter().all(|code| sms.contains(code)), "one list serves every channel");
    assert!(
        world.pack.wrap_up.codes.iter().all(|code| code.draft),
        "AMB-62: drafts until the agency confirms them"
    );
    world.pack.wrap_up.codes.retain(|code| code.id != "general");
    assert_eq!(
        refused(world.finish("ana", "general")),
        ("wrap_up_code", Some("SMS-END-3")),
        "no code is built in"
    );
}

#[test]
fn sms_end_3_done_without_exactly_one_known_code_is_refused() {
    let mut world = ended();
    for code in ["", "no-such-code", "general documents"] {
        let refusal = world.finish("ana", code).expect_err(code);
        assert_eq!((refusal.code, refusal.clause), ("wrap_up_code", Some("SMS-END-3")));
        assert_eq!(refusal.instead, [Instead::ChooseWrapUp]);
    }
    world
        .pack
        .wrap_up
        .codes
        .iter_mut()
        .filter(|code| code.id == "website")
        .for_each(|code| code.channels = vec!["phone".into()]);
    assert_eq!(
        refused(world.finish("ana", "website")),
        ("wrap_up_code", Some("SMS-END-3")),
        "not of this channel"
    );
    assert_eq!(world.i().phase, Phase::WrapUp);
    world.finish("ana", "general").expect("with one it succeeds");
    assert_eq!(world.i().code.as_deref(), Some("general"));
}

#[test]
fn sms_end_4_done_stores_code_end_and_handle_time_and_frees_the_capacity() {
    let mut world = ended();
    assert_eq!(world.person("ana").load(), 1, "wrap-up still takes capacity");
    world.at("10:01:10").finish("ana", "documents").expect("done");
    let i = world.i();
    assert_eq!(
        (i.phase, i.code.as_deref(), i.done_at),
        (Phase::Done, Some("documents"), Some(clock("10:01:10")))
    );
    assert_eq!((i.ended_at, i.handle_ms), (Some(clock("10:00:30")), Some(70_000)));
    let facts = world.facts_of(world.id);
    let expected = InteractionFact::Finished { code: "documents".into(), referral: false, handle_ms: 70_000 };
    assert_eq!(facts.last(), Some(&&expected));
    assert_eq!((world.person("ana").load(), world.person("ana").idle_since), (0, clock("10:01:10")));
    assert_eq!(refused(world.finish("ana", "general")), ("done", Some("SMS-END-4")), "once only");
    assert_eq!(world.i().code.as_deref(), Some("documents"));
}

#[test]
fn sms_end_4_nobody_else_finishes_it_and_not_before_its_end() {
    let mut world = World::contact("ana", "Hello");
    assert_eq!(refused(world.finish("ana", "general")), ("end_first", Some("SMS-END-1")));
    world.script("ana", Script::Goodbye).expect("goodbye");
    world.end("ana").expect("ended");
    assert_eq!(refused(world.finish("ben", "general")), ("not_yours", None));
}

#[test]
fn a_text_after_the_end_opens_a_new_contact_and_remembers_whom_they_had() {
    let mut world = ended();
    let first = world.id;
    assert!(world.log.iter().any(|event| matches!(&event.fact,
        Fact::Customer { address, fact: CustomerFact::ContactEnded { staff: Some(staff) } } if address.0 == CUSTOMER && staff == &id("ana"))));
    world.at("10:05:30").customer("One more question");
    assert_ne!(world.id, first);
    assert_eq!(
        (world.i().phase, world.i().sticky.clone()),
        (Phase::Waiting, Some(id("ana"))),
        "300 seconds later still"
    );
    assert_eq!(world.interactions[&first].phase, Phase::WrapUp);
    let mut later = ended();
    later.sleep_until("10:05:31").customer("One more question");
    assert_eq!(later.i().sticky, None);
}

#[test]
fn what_was_asked_for_does_not_make_the_reason_anything_else() {
    for reason in [EndReason::NoResponse, EndReason::OptedOut, EndReason::Keyword, EndReason::Visit] {
        let mut world = World::contact("ana", "Hello");
        world.script("ana", Script::Goodbye).expect("goodbye");
        world.run(&Command::End { id: world.id, staff: id("ana"), reason, confirmed: false }).expect("ended");
        assert_eq!((world.i().end_reason, world.i().opted_out), (Some(EndReason::Finished), false));
    }
}

#[test]
fn sms_hold_1_an_end_over_unanswered_words_takes_a_second_confirmation_that_is_recorded() {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.begin("ana", "When is SNAP paid?");
    let refusal = world.end("ana").expect_err("the customer waits");
    assert_eq!((refusal.code, refusal.clause), ("unanswered", Some("SMS-HOLD-1")));
    assert_eq!(refusal.instead, [Instead::SendGoodbye, Instead::EndUnanswered]);
    assert_eq!(world.i().phase, Phase::Active);
    // A check-in is a sign of life and no answer.
    world.script("ana", Script::CheckIn).expect("a check-in");
    assert_eq!(refused(world.end("ana")), ("unanswered", Some("SMS-HOLD-1")));

    let (contact, staff) = (world.id, id("ana"));
    let again = Command::End { id: contact, staff, reason: EndReason::Finished, confirmed: true };
    world.at("10:01:00").run(&again).expect("said twice");
    assert_eq!((world.i().phase, world.i().end_reason), (Phase::WrapUp, Some(EndReason::Finished)));
    let recorded = world.happened("ended_unanswered")[0];
    assert_eq!(recorded.by, domain::event::Actor::staff(&id("ana")));
    assert_eq!(recorded.clause.as_deref(), Some("SMS-HOLD-1"));
    let Fact::Interaction { fact: InteractionFact::EndedUnanswered { last_inbound_at }, .. } = &recorded.fact
    else {
        panic!("{recorded:?}")
    };
    assert_eq!(*last_inbound_at, Some(clock("10:00:00")));
    let entry =
        domain::interaction::transcript::entry(world.i(), recorded).expect("a line of the transcript");
    let domain::view::What::Act { sentence, strong: true } = entry.what else { panic!("it stands out") };
    assert_eq!(sentence, "ana confirmed to end it without an answer to the customer's last words.");
}

#[test]
fn nobody_is_asked_twice_after_an_answer_or_goodbye() {
    let mut answered = World::contact("ana", "thanks");
    answered.script("ana", Script::Goodbye).expect("goodbye");
    let confirmed =
        Command::End { id: answered.id, staff: id("ana"), reason: EndReason::Finished, confirmed: true };
    answered.run(&confirmed).expect("ended");
    assert!(answered.happened("ended_unanswered").is_empty(), "there was nothing to confirm");
    let mut stopped = World::contact("ana", "hello");
    stopped.customer("STOP");
    stopped.end("ana").expect("who wants no more texts waits for none");
}

#[test]
fn an_end_takes_back_the_offer_of_a_transfer() {
    let mut world = World::contact("ana", "Hello");
    world.on_queue("ben").transfer_to("ana", "ben").expect("offered");
    world.script("ana", Script::Goodbye).expect("goodbye");
    world.end("ana").expect("ended");
    assert_eq!((world.person("ben").load(), world.i().offer.clone()), (0, None));
}
