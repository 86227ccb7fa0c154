//! Scripts and Keywords (SMS-SCRIPT-*, SMS-KEY-*, AMB-17), and the U.S. rules for STOP, START and HELP.

use domain::canned::search;
use domain::command::{Command, Reply, Script};
use domain::customer::FLOOD_TEXTS_MAX;
use domain::event::{Actor, InteractionFact};
use domain::id::{Address, MessageId};
use domain::interaction::{Delivery, EndReason, Phase, Turn};

use crate::support::{CUSTOMER, World, id, refused, shipped};

fn found(world: &World, query: &str) -> Vec<String> {
    search(&world.pack.canned, query, "sms", "en", false).iter().map(|response| response.id.clone()).collect()
}

fn opted_out(world: &World) -> bool {
    world.customers[&Address::from(CUSTOMER)].opted_out_at.is_some()
}

fn english(world: &World, id: &str) -> String {
    world.pack.response(id).expect("the response").text["en"].clone()
}

#[test]
fn sms_script_1_only_approved_responses_are_shown() {
    let world = World::with_pack(shipped());
    assert!(found(&world, "anything else").is_empty(), "a draft is not listed");
    assert_eq!(found(&World::new(), "anything else"), ["anything-else"], "once approved it is");
}

#[test]
fn sms_script_2_search_is_by_keyword_and_an_unknown_one_lists_nothing() {
    let world = World::new();
    assert_eq!(found(&world, "greet").first().map(String::as_str), Some("greeting"));
    assert!(found(&world, "zeppelin").is_empty());
}

#[test]
fn sms_script_4_sending_twice_with_the_same_form_sends_once() {
    let mut world = World::contact("ana", "Hello");
    let message = MessageId(world.fresh());
    let reply = Reply { text: "Which program do you ask about?".into(), confirmed: true, ..Reply::default() };
    let send = Command::Reply { id: world.id, staff: id("ana"), message, reply };
    assert_eq!(world.run(&send).expect("sent").len(), 1);
    assert!(world.run(&send).expect("a double click").is_empty());
    assert_eq!((world.sent().len(), world.effects.len(), world.i().staff_texts), (1, 1, 1));
}

#[test]
fn sms_script_4_all_send_checks_apply_first() {
    let mut world = World::contact("ana", "Hello");
    assert_eq!(refused(world.says("ana", " \n ")), ("empty", None));
    assert_eq!(refused(world.says("ana", &"x".repeat(1601))), ("too_long", None));
    world.says("ana", &"x".repeat(1600)).expect("the longest");
    world.on_queue("ben");
    assert_eq!(refused(world.says("ben", "Hello")), ("not_yours", None));
}

#[test]
fn sms_key_1_amb_17_the_greeting_holds_the_workers_first_name_and_nothing_else_changes() {
    let mut world = World::contact("ana", "Hello");
    assert_eq!(found(&world, "Greeting").first().map(String::as_str), Some("greeting"));
    world.script("ana", Script::Greeting).expect("sent");
    let text = &world.texts()[0];
    assert_eq!(
        text,
        "Hello, Thank you for contacting the Family Support Division. My name is Ana. I will be happy to assist with your question."
    );
    assert_eq!(text.replace("My name is Ana.", "My name is."), world.prescribed("SMS-KEY-1"));
    assert_eq!(world.i().greeted_first, Some(true));
    assert_eq!(world.sent()[0].clause.as_deref(), Some("SMS-KEY-1"));
}

#[test]
fn sms_key_1_the_record_shows_whether_the_contact_began_with_it() {
    let mut world = World::contact("ana", "Hello");
    assert_eq!(world.i().greeted_first, None);
    world.says("ana", "Which program do you ask about?").expect("sent");
    world.script("ana", Script::Greeting).expect("sent late");
    assert_eq!(world.i().greeted_first, Some(false));
}

#[test]
fn sms_key_2_amb_17_goodbye_is_found_by_both_spellings_and_sent_as_written() {
    let mut world = World::contact("ana", "Hello");
    for query in ["Goodbye", "Good bye", "goodbye", "good bye"] {
        assert_eq!(found(&world, query).first().map(String::as_str), Some("goodbye"), "{query}");
    }
    world.script("ana", Script::Goodbye).expect("sent");
    assert_eq!(
        world.texts(),
        ["Thank you for contacting the Family Support Division. Have a great day, Good bye."]
    );
    assert_eq!(world.texts()[0], world.prescribed("SMS-KEY-2"));
    assert!(world.i().said_goodbye);
    world.customer("Thank you");
    assert!(!world.i().said_goodbye);
}

#[test]
fn sms_key_1_scripts_go_in_the_customers_language_once_approved() {
    let mut world = World::contact("ana", "¿Cuándo recibiré mis beneficios de SNAP?");
    world.script("ana", Script::Greeting).expect("sent");
    let stored =
        world.pack.response("greeting-es").expect("there").text["es"].replace("{worker_first_name}", "Ana");
    assert_eq!(world.texts(), [stored]);
    assert_eq!(world.i().greeted_first, Some(true));
    let mut draft = World::with_pack(shipped());
    draft.begin("ana", "¿Cuándo recibiré mis beneficios de SNAP?");
    draft.script("ana", Script::Greeting).expect("sent");
    assert!(
        draft.texts()[0].starts_with("Hello, Thank you"),
        "a draft translation is never presented as the SOP's wording"
    );
}

#[test]
fn a_stop_is_honoured_at_once_with_one_confirmation_and_replies_are_refused() {
    for (words, language) in [
        ("STOP", "en"),
        ("unsubscribe", "en"),
        ("Please stop texting me", "en"),
        ("No más mensajes por favor", "es"),
    ] {
        let mut world = World::contact("ana", "Hello");
        world.customer(words);
        assert!(opted_out(&world) && world.i().opted_out, "{words}");
        let [confirmation] = &world.sent()[..] else {
            panic!("one confirmation for {words}: {:?}", world.sent())
        };
        let stored = &world.pack.response("opt-out-confirmation").expect("there").text[language];
        assert_eq!(
            (&confirmation.by, &confirmation.text),
            (&Actor::System, stored),
            "in the language of the wish"
        );
        world.customer("STOP");
        assert_eq!(world.sent().len(), 1, "a second stop is not confirmed again");
        assert_eq!(refused(world.says("ana", "But wait")), ("opted_out", None));
        assert_eq!(refused(world.script("ana", Script::Goodbye)), ("opted_out", None));
        assert_eq!(refused(world.research("ana", true)), ("opted_out", None));
        assert_eq!(world.i().turn, Turn::Nobody, "nobody is held to a clock that cannot be met");
        world.customer("ok");
        assert!(world.timers().is_empty());
        world.end("ana").expect("may be ended without any text");
        assert_eq!(world.i().end_reason, Some(EndReason::OptedOut));
    }
}

#[test]
fn a_stop_as_the_only_text_needs_nobody() {
    let mut world = World::new();
    world.customer("STOP");
    assert_eq!((world.i().phase, world.i().end_reason), (Phase::Done, Some(EndReason::OptedOut)));
    assert_eq!(world.i().code.as_deref(), Some("keyword-only"));
    assert_eq!(world.sent().len(), 1);
    world.customer("stop");
    assert_eq!(world.i().phase, Phase::Done);
    assert!(world.sent().is_empty(), "the one confirmation went out before");
}

#[test]
fn a_keyword_that_the_carrier_answered_gets_no_second_confirmation() {
    for (before, words) in [("", "STOP"), ("", "HELP"), ("STOP", "START")] {
        let mut world = World::new();
        if !before.is_empty() {
            world.customer(before);
        }
        let mut inbound = World::inbound(CUSTOMER, words);
        inbound.carrier_handled_keyword = true;
        world.receive(inbound).expect("taken");
        assert!(world.sent().is_empty(), "{words}");
        assert_eq!(opted_out(&world), words == "STOP", "{words}");
    }
}

#[test]
fn start_lifts_it_and_replies_go_again() {
    let mut world = World::contact("ana", "Hello");
    world.customer("STOP");
    world.customer("START");
    assert!(!opted_out(&world) && !world.i().opted_out);
    assert_eq!(world.texts()[1], english(&world, "opt-in-confirmation"));
    assert!(matches!(world.i().turn, Turn::Staff { .. }), "the clock runs again");
    world.says("ana", "Welcome back.").expect("sent");
    world.customer("STOP");
    assert_eq!(world.sent().len(), 4, "a new stop has its own confirmation");
}

#[test]
fn help_is_answered_and_needs_nobody_as_the_only_text() {
    let mut world = World::new();
    world.customer("HELP");
    let hours = "Monday to Friday, 6 am to 6 pm";
    assert_eq!(world.texts(), [english(&world, "help").replace("{hours}", hours)], "IM31-HOURS-5");
    assert_eq!((world.i().phase, world.i().end_reason), (Phase::Done, Some(EndReason::Keyword)));
    let mut world = World::contact("ana", "Hello");
    world.customer("HELP");
    assert_eq!(world.texts(), [english(&world, "help").replace("{hours}", hours)]);
    assert_eq!(world.i().phase, Phase::Active);
}

#[test]
fn cancel_my_appointment_is_no_opt_out() {
    let mut world = World::contact("ana", "Please cancel my appointment");
    assert!(!opted_out(&world));
    world.customer("How do I stop my SNAP benefits?");
    assert!(!opted_out(&world));
    world.says("ana", "Which day is it?").expect("sent");
}

#[test]
fn a_person_who_opted_out_and_writes_again_is_shown_as_such_and_gets_nothing() {
    let mut world = World::new();
    world.customer("STOP");
    world.on_queue("ana").customer("When will I get my SNAP benefits?");
    assert_eq!(world.i().phase, Phase::Waiting);
    assert!(world.i().opted_out, "whoever takes it sees it at once");
    world.take("ana");
    assert_eq!(world.i().turn, Turn::Nobody);
    assert_eq!(refused(world.says("ana", "In October")), ("opted_out", None));
    world.advance(600);
    assert!(world.sent().is_empty() && world.happened("check_in_missed").is_empty());
    world.end("ana").expect("ended");
}

#[test]
fn a_reply_refused_after_an_opt_out_leaves_a_line_in_the_transcript_without_its_words() {
    let mut world = World::contact("ana", "Hello");
    world.customer("STOP");
    for refusal in [world.says("ana", "But wait, about your letter"), world.script("ana", Script::Goodbye)] {
        let refusal = refusal.expect_err("refused");
        let [event] = &refusal.record[..] else { panic!("one record: {refusal:?}") };
        assert_eq!(event.by, domain::event::Actor::staff(&id("ana")));
        let entry = domain::interaction::transcript::entry(world.i(), event).expect("a line");
        let domain::view::What::Act { sentence, strong: true } = entry.what else { panic!("it stands out") };
        assert_eq!(sentence, "A text was refused and not sent: the customer wants no more texts.");
    }
}

#[test]
fn a_person_who_opted_out_gets_no_automatic_text() {
    let mut world = World::new();
    world.customer("STOP");
    world.now = crate::support::clock("20:00:00");
    let mut picture = World::inbound(CUSTOMER, "my letter about housing");
    picture.media = vec!["image/png".to_owned()];
    world.receive(picture).expect("taken");
    assert!(world.sent().is_empty());
}

#[test]
fn an_opt_out_that_the_carrier_reports_counts() {
    let mut world = World::contact("ana", "Hello");
    world.says("ana", "Which program do you ask about?").expect("sent");
    let message = world.sent()[0].message;
    let failed = Delivery::Failed { code: "21610".into(), reason: "The customer opted out.".into() };
    world.report(message, failed.clone(), true);
    assert!(opted_out(&world) && world.i().opted_out);
    assert_eq!(
        refused(world.run(&Command::SendAgain { id: world.id, staff: id("ana"), message })),
        ("opted_out", None)
    );
    assert!(world.report(message, failed, true).is_empty(), "a repeated report changes nothing");
}

#[test]
fn attachments_are_refused_as_a_way_to_file_documents() {
    let mut world = World::contact("ana", "Hello");
    let mut inbound = World::inbound(CUSTOMER, "here is my pay stub");
    inbound.media = vec!["image/jpeg".to_owned(), "application/pdf".to_owned()];
    world.receive(inbound).expect("taken");
    assert_eq!(world.texts(), [english(&world, "media-refused")]);
    let facts = world.facts_of(world.id);
    assert!(facts.iter().any(|fact| matches!(fact, InteractionFact::MessageReceived { media: 2, .. })));
}

#[test]
fn more_texts_than_the_limit_are_kept_and_flagged() {
    let mut world = World::contact("ana", "Hello");
    for n in 1..FLOOD_TEXTS_MAX {
        world.customer(&format!("text {n}"));
        assert!(!world.i().flooded, "{n}");
    }
    world.customer("one too many");
    assert!(world.i().flooded);
    assert_eq!(world.i().inbound, FLOOD_TEXTS_MAX + 1, "nothing is lost");
    let mut slow = World::contact("ana", "Hello");
    for n in 0..2 * FLOOD_TEXTS_MAX {
        slow.advance(4).customer(&format!("text {n}"));
    }
    assert!(!slow.i().flooded, "the limit is per minute");
}

#[test]
fn a_text_beyond_every_limit_is_refused_and_nothing_happens() {
    let mut world = World::new();
    let result = world.receive(World::inbound(CUSTOMER, &"x".repeat(10_001)));
    assert_eq!(refused(result), ("too_long", None));
    assert!(world.log.is_empty());
}
