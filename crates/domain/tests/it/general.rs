//! General Guidelines, SMS-GEN-1 to SMS-GEN-12, and the ambiguities AMB-16, AMB-47, AMB-54, AMB-56.

use domain::canned::{CannedKind, CannedStatus, suggest};
use domain::command::{Command, Reply};
use domain::disclosure::FindingKind;
use domain::effect::Effect;
use domain::event::InteractionFact;
use domain::id::Address;
use domain::interaction::{Delivery, Phase};
use domain::refusal::Instead;
use domain::routing::{Waiting, assign};
use domain::sop::{clarify, library, ways};
use domain::staff::Presence;
use domain::time::clock_time;
use uuid::Uuid;

use crate::support::{CUSTOMER, LINE, Sent, World, clock, id, refused, shipped};

fn referral(text: String, reason: Option<&str>) -> Reply {
    Reply {
        text,
        canned: Some("referral-customer-service".to_owned()),
        referral_reason: reason.map(str::to_owned),
        confirmed: false,
    }
}

#[test]
fn sms_gen_1_a_text_waits_in_the_queue_of_its_line_and_every_reply_leaves_from_the_lines_number() {
    let mut world = World::contact("ana", "Hello");
    assert_eq!((world.i().queue.as_str(), world.i().our_address.0.as_str()), ("sms-general", LINE));
    world.says("ana", "Which program do you ask about?").expect("sent");
    world.report(
        world.sent()[0].message,
        Delivery::Failed { code: "1".into(), reason: "busy".into() },
        false,
    );
    let message = world.sent()[0].message;
    world.run(&Command::SendAgain { id: world.id, staff: id("ana"), message }).expect("sent again");
    assert_eq!(world.effects.len(), 2);
    for planned in &world.effects {
        let Effect::SendText { from, to, line, .. } = &planned.effect else { panic!("a text") };
        assert_eq!((from.0.as_str(), to.0.as_str(), line.as_str()), ("+18556849242", CUSTOMER, "sms-main"));
        assert_eq!((planned.lane.as_str(), planned.order_key.as_str()), ("sms-main", CUSTOMER));
    }
    assert_ne!(world.effects[0].id, world.effects[1].id, "sending again is a sending of its own");
}

#[test]
fn sms_gen_1_spanish_goes_to_the_queue_of_its_language_on_the_same_line() {
    let mut world = World::new();
    world.customer("¿Cuándo recibiré mis beneficios de SNAP?");
    assert_eq!((world.i().queue.as_str(), world.i().language.as_str()), ("sms-spanish", "es"));
    assert_eq!(world.i().our_address, Address::from(LINE));
}

#[test]
fn sms_gen_2_going_on_queue_waits_for_the_acknowledgement_of_the_version_in_force() {
    let mut world = World::new();
    let refusal = world.presence("ana", Presence::OnQueue).expect_err("not acknowledged");
    assert_eq!((refusal.code, refusal.clause), ("acknowledgement", Some("SMS-GEN-2")));
    assert_eq!(refusal.instead, [Instead::Acknowledge]);

    let old =
        Command::Acknowledge { staff: id("ana"), procedure: "sms".into(), version: "2024-01-01".into() };
    assert_eq!(refused(world.run(&old)), ("old_version", Some("SMS-GEN-2")));
    world.on_queue("ana");
    let stored =
        world.log.iter().find(|event| event.kind() == "acknowledged").expect("it is stored with its time");
    assert_eq!((stored.at, stored.clause.as_deref()), (world.now, Some("SMS-GEN-2")));
    assert_eq!(world.person("ana").acknowledged["sms"], "2025-04-22");
}

#[test]
fn sms_gen_2_a_new_version_asks_again() {
    let mut world = World::new();
    world.on_queue("ana");
    world.presence("ana", Presence::OffQueue).expect("off");
    world.pack.sop_sms[0].version = "2027-01-01".to_owned();
    assert_eq!(refused(world.presence("ana", Presence::OnQueue)), ("acknowledgement", Some("SMS-GEN-2")));
}

#[test]
fn sms_gen_3_a_person_whose_skill_was_withdrawn_is_not_offered_the_very_next_text() {
    let mut world = World::new();
    world.on_queue("ana");
    world.customer("Hello");
    let offers = |world: &World| {
        let waiting = Waiting {
            id: world.id,
            queue: world.i().queue.clone(),
            since: world.now,
            sticky: None,
            passed: vec![],
        };
        assign(&[waiting], &world.floor(), &world.pack, world.now, |_| true).len()
    };
    assert_eq!(offers(&world), 1);
    let ana = world.members.iter_mut().find(|member| member.id == id("ana")).expect("ana");
    ana.skills.clear();
    assert_eq!(offers(&world), 0);
    world.presence("ana", Presence::OffQueue).expect("off");
    assert_eq!(refused(world.presence("ana", Presence::OnQueue)), ("no_skill", Some("SMS-GEN-3")));
}

#[test]
fn sms_gen_4_a_text_with_a_case_fact_is_refused_and_recorded_without_its_words() {
    for (text, kind) in [
        ("Your SSN is 489-36-8350.", FindingKind::SocialSecurityNumber),
        ("Your DCN is 0512345678.", FindingKind::Dcn),
        ("Your SNAP benefit is $291 a month.", FindingKind::BenefitAmount),
        ("Your application was approved.", FindingKind::CaseStatus),
    ] {
        let mut world = World::contact("ana", "When will I get my SNAP benefits?");
        let refusal = world.says("ana", text).expect_err(text);
        assert_eq!((refusal.code, refusal.clause), ("case_fact", Some("SMS-GEN-4")), "{text}");
        let questions: Vec<&Instead> = refusal.instead.iter().collect();
        assert!(matches!(
            questions[..],
            [Instead::Insert { .. }, Instead::Insert { .. }, Instead::Insert { .. }]
        ));
        assert!(world.sent().is_empty() && world.effects.is_empty(), "nothing leaves the platform");
        let InteractionFact::SendRefused { code, found } =
            world.facts_of(world.id).pop().expect("a log entry")
        else {
            panic!("a log entry about the refusal")
        };
        assert!(code == "case_fact" && found.contains(&kind), "{text}: {found:?}");
        assert_eq!(world.i().refused, 1);
        let log = serde_json::to_string(&world.log).expect("json");
        assert!(
            !log.contains(text) && !world.bodies.values().any(|body| body == text),
            "the words are not kept"
        );
    }
}

#[test]
fn sms_gen_4_a_fact_spread_over_two_texts_is_refused_too() {
    let mut world = World::contact("ana", "What is my number?");
    world.says("ana", "It begins with 489").expect("harmless by itself");
    assert_eq!(refused(world.says("ana", "and goes on 36 8350")), ("case_fact", Some("SMS-GEN-4")));
}

#[test]
fn sms_gen_4_general_policy_and_the_agencys_numbers_pass() {
    for text in [
        "SNAP is paid between the 1st and the 22nd of the month.",
        "You can text us at 855-684-9242 at any time.",
        "When did you apply?",
    ] {
        World::contact("ana", "When is SNAP paid?").says("ana", text).expect(text);
    }
}

#[test]
fn amb_47_identifiers_of_the_customer_are_masked_on_arrival() {
    let mut world = World::new();
    let events = world.customer("My SSN is 489-36-8350, born 04/12/1988, when do I get SNAP?");
    let received = events.iter().find(|event| event.kind() == "message_received").expect("received");
    assert_eq!(received.clause.as_deref(), Some("SMS-GEN-4"));
    let InteractionFact::MessageReceived { message, masked, .. } = world.facts_of(world.id)[1] else {
        panic!("received")
    };
    assert_eq!(masked, &[FindingKind::SocialSecurityNumber, FindingKind::BirthDate]);
    let kept = &world.bodies[message];
    assert!(
        !kept.contains("8350") && !kept.contains("1988") && kept.contains("when do I get SNAP?"),
        "{kept}"
    );
    assert!(!world.bodies.values().any(|body| body.contains("8350")));
}

#[test]
fn amb_56_receiving_facts_is_allowed() {
    let mut world = World::contact("ana", "When will I get SNAP?");
    world.inserts("ana", "clarify-applied-when").expect("asked");
    world.customer("I applied on October 3 and had my interview on the 9th");
    assert_eq!(world.i().inbound, 2);
}

#[test]
fn sms_gen_5_a_case_specific_text_suggests_clarifying_questions_and_the_record_shows_which_were_sent() {
    let mut world = World::contact("ana", "Was my application approved?");
    assert!(world.i().case_specific);
    let words = "Was my application approved?";
    let suggested: Vec<String> = world.in_context(Uuid::nil(), &[], |context| {
        clarify::suggested(words, context).iter().map(|s| (*s).to_owned()).collect()
    });
    assert!(suggested.len() >= 3, "{suggested:?}");
    world.inserts("ana", &suggested[0]).expect("sent");
    assert_eq!(world.i().clarifying, [suggested[0].clone()]);
    assert_eq!(
        world.sent()[0].clause.as_deref(),
        world.pack.response(&suggested[0]).and_then(|r| r.clause.as_deref())
    );
    let refusal = world.says("ana", "Your application was approved.").expect_err("a case fact");
    assert!(
        !format!("{:?}", refusal.instead).contains(&suggested[0]),
        "a question that was asked is not offered again"
    );
}

#[test]
fn sms_gen_5_staff_mark_a_question_as_case_specific_or_not() {
    let mut world = World::contact("ana", "Hello there");
    assert!(!world.i().case_specific);
    let mark = |yes| Command::MarkCaseSpecific { id: world.id, staff: id("ana"), yes };
    let (yes, no) = (mark(true), mark(false));
    world.run(&yes).expect("marked");
    assert!(world.i().case_specific);
    assert!(world.run(&yes).expect("marked already").is_empty());
    world.run(&no).expect("unmarked");
    assert!(!world.i().case_specific);
}

#[test]
fn sms_gen_6_cannot_answer_waits_for_a_clarifying_question() {
    let mut world = World::contact("ana", "When will I get my SNAP benefits?");
    let refusal = world.inserts("ana", "cannot-answer").expect_err("no question was asked");
    assert_eq!((refusal.code, refusal.clause), ("clarify_first", Some("SMS-GEN-6")));
    let first = Instead::Insert {
        response: "clarify-applied-when".into(),
        label: "Clarify: when did you apply".into(),
    };
    assert_eq!(refusal.instead.first(), Some(&first));
    world.inserts("ana", "clarify-applied-when").expect("asked");
    world.inserts("ana", "cannot-answer").expect("unlocked");
    assert_eq!(world.sent()[1].clause.as_deref(), Some("SMS-GEN-6"));
}

#[test]
fn sms_gen_7_the_three_questions_about_snap_are_suggested_in_the_sops_words() {
    let world = World::new();
    let words = "When will I get my SNAP benefits?";
    let found: Vec<&str> = world.in_context(Uuid::nil(), &[], |context| {
        clarify::suggested(words, context)
            .iter()
            .map(|id| world.pack.response(id).expect("there").text["en"].as_str())
            .collect()
    });
    assert_eq!(found.join("\n"), world.prescribed("SMS-GEN-7"));
    let listed: Vec<&str> =
        suggest(&world.pack.canned, words, "sms", "en", 3).iter().map(|r| r.id.as_str()).collect();
    assert_eq!(listed, ["clarify-applied-when", "clarify-interview-when", "clarify-ebt-card-already"]);
}

#[test]
fn sms_gen_8_every_finished_contact_says_whether_it_ended_with_a_referral() {
    let finished = |send: bool, code: &str| {
        let mut world = World::contact("ana", "I need help");
        if send {
            let text = world.wording("referral-customer-service", "ana");
            world.reply("ana", referral(text, Some("no internet and no mailbox"))).expect("sent");
        }
        world.script("ana", domain::command::Script::Goodbye).expect("goodbye");
        world.end("ana").expect("ended");
        world.finish("ana", code).expect("done");
        let facts = world.facts_of(world.id);
        let Some(InteractionFact::Finished { referral, .. }) = facts.last() else { panic!("finished") };
        *referral
    };
    assert!(!finished(false, "general"));
    assert!(finished(true, "general"), "the response that was sent counts");
    assert!(finished(false, "referred-csc"), "the code that was chosen counts");
}

#[test]
fn sms_gen_9_online_mail_and_email_come_first_and_the_choice_is_saved() {
    let world = World::new();
    let order = &world.pack.sop_sms[0].self_service_order;
    assert_eq!(order.clause, "SMS-GEN-9");
    assert_eq!(
        order.value,
        [CannedKind::SelfServiceOnline, CannedKind::SelfServiceMail, CannedKind::SelfServiceEmail]
    );
    let mut world = World::contact("ana", "How do I send a document?");
    let choose = Command::SelectWay {
        id: world.id,
        staff: id("ana"),
        response: "self-mail-documents".into(),
        way: CannedKind::SelfServiceMail,
        reason: None,
    };
    let events = world.run(&choose).expect("chosen");
    assert_eq!(events[0].clause.as_deref(), Some("SMS-GEN-9"));
    assert_eq!(world.i().ways, [CannedKind::SelfServiceMail]);
    world.inserts("ana", "self-online-documents").expect("sent");
    assert_eq!(
        world.i().ways,
        [CannedKind::SelfServiceMail, CannedKind::SelfServiceOnline],
        "what is sent is a choice too"
    );
    let none = Command::SelectWay {
        id: world.id,
        staff: id("ana"),
        response: "x".into(),
        way: CannedKind::General,
        reason: None,
    };
    assert_eq!(refused(world.run(&none)), ("no_way", Some("SMS-GEN-9")));
}

#[test]
fn sms_gen_10_a_referral_without_a_reason_is_refused_and_with_one_it_is_sent_and_stored() {
    let mut world = World::contact("ana", "I need help");
    let text = world.wording("referral-customer-service", "ana");
    for reason in [None, Some(""), Some("  x ")] {
        let refusal = world.reply("ana", referral(text.clone(), reason)).expect_err("no reason");
        assert_eq!((refusal.code, refusal.clause), ("referral_reason", Some("SMS-GEN-10")));
        assert_eq!(refusal.instead, [Instead::GiveReferralReason]);
    }
    assert!(world.sent().is_empty());
    world.reply("ana", referral(text.clone(), Some("no internet and no mailbox"))).expect("sent");
    assert_eq!(world.texts(), std::slice::from_ref(&text));
    assert_eq!(world.i().referral_reason.as_deref(), Some("no internet and no mailbox"));
    let facts = world.facts_of(world.id);
    assert!(matches!(
        facts.last(),
        Some(InteractionFact::WaySelected { way: CannedKind::Referral, reason: Some(_), .. })
    ));
    world.reply("ana", referral(text, None)).expect("the reason holds for this contact");
    assert_eq!(world.i().referral_reason.as_deref(), Some("no internet and no mailbox"));
}

#[test]
fn sms_gen_10_the_service_centres_number_in_free_text_is_a_referral_too() {
    let mut world = World::contact("ana", "I need help");
    let text = "Call 855 373 4636, they can help.";
    assert_eq!(refused(world.says("ana", text)), ("referral_reason", Some("SMS-GEN-10")));
    let reply = Reply {
        text: text.into(),
        canned: None,
        referral_reason: Some("needs a hearing form".into()),
        confirmed: true,
    };
    world.reply("ana", reply).expect("with a reason");
    assert_eq!(world.i().ways, [CannedKind::Referral]);
}

#[test]
fn sms_gen_10_naming_the_number_an_interview_call_comes_from_is_no_referral() {
    let mut world = World::contact("ana", "Which number calls me for the interview?");
    world.inserts("ana", "interview-call-number").expect("an approved answer that sends nobody anywhere");
    assert!(world.i().ways.is_empty());
    let bare = "Please call 855-823-4908 instead.";
    assert_eq!(refused(world.says("ana", bare)), ("referral_reason", Some("SMS-GEN-10")));
    assert!(!ways::is_reason("abc") && ways::is_reason("abcd"));
    assert!(ways::is_reason(&"x".repeat(300)) && !ways::is_reason(&"x".repeat(301)));
}

#[test]
fn sms_gen_10_a_way_to_the_service_centre_asks_for_its_reason_as_well() {
    let mut world = World::contact("ana", "I need help");
    let way = |reason: Option<&str>| Command::SelectWay {
        id: world.id,
        staff: id("ana"),
        response: "referral-customer-service".into(),
        way: CannedKind::Referral,
        reason: reason.map(str::to_owned),
    };
    let (without, with) = (way(None), way(Some("no other way")));
    assert_eq!(refused(world.run(&without)), ("referral_reason", Some("SMS-GEN-10")));
    world.run(&with).expect("with a reason");
}

#[test]
fn sms_gen_11_a_retelling_is_shown_the_approved_wording_first_and_the_record_keeps_the_kind() {
    let mut world = World::contact("ana", "Hello");
    let retold = "Is there anything else I can help you with";
    let free = |text: &str, confirmed| Reply { text: text.into(), confirmed, ..Reply::default() };
    let refusal = world.reply("ana", free(retold, false)).expect_err("there is a response for this");
    assert_eq!((refusal.code, refusal.clause), ("approved_wording", Some("SMS-GEN-11")));
    assert!(matches!(&refusal.instead[0], Instead::Insert { response, .. } if response == "anything-else"));
    assert_eq!(refusal.instead[1], Instead::SendAnyway, "it is a prompt, not a ban");
    world.reply("ana", free(retold, true)).expect("confirmed");
    world
        .reply("ana", free("The sky over Jefferson City looks purple", false))
        .expect("nothing like it is in the library");
    world.inserts("ana", "anything-else").expect("inserted");
    let edited = Reply {
        canned: Some("anything-else".into()),
        ..free("Is there anything else I can help you with today?", false)
    };
    world.reply("ana", edited).expect("edited");
    let counts: Vec<(&str, u32)> =
        world.i().reply_kinds.iter().map(|(kind, n)| (kind.as_str(), *n)).collect();
    assert_eq!(counts, [("canned", 1), ("canned_edited", 1), ("free_text", 2)]);
}

#[test]
fn sms_gen_11_an_edited_prescribed_script_is_judged_as_free_text() {
    let mut world = World::contact("ana", "Hello");
    let text = format!("{} Bye bye.", world.prescribed("SMS-KEY-2"));
    let reply = |confirmed| Reply {
        text: text.clone(),
        canned: Some("goodbye".into()),
        confirmed,
        ..Reply::default()
    };
    assert_eq!(refused(world.reply("ana", reply(false))), ("approved_wording", Some("SMS-GEN-11")));
    world.reply("ana", reply(true)).expect("confirmed");
    assert!(!world.i().said_goodbye, "it is no longer the script");
    assert_eq!(world.i().reply_kinds["free_text"], 1);
}

/// The pack's hours as a text tells them.
const HOURS: &str = "Monday to Friday, 6 am to 6 pm";

#[test]
fn sms_gen_12_what_is_inserted_is_the_stored_wording_byte_for_byte() {
    let world = World::contact("ana", "Hello");
    world.in_context(Uuid::nil(), &[], |context| {
        for response in world.pack.canned.iter().filter(|r| r.status == CannedStatus::Approved) {
            for (language, stored) in &response.text {
                let wording =
                    library::wording(response, language, Some(&id("ana")), context).expect("filled");
                let stored = stored.replace("{worker_first_name}", "Ana");
                let hours = if language == "es" { "de lunes a viernes, de 6 am a 6 pm" } else { HOURS };
                assert_eq!(wording, stored.replace("{hours}", hours), "{}", response.id);
            }
        }
    });
    let mut world = world;
    world.inserts("ana", "snap-benefits-where").expect("sent");
    assert_eq!(
        world.texts(),
        [world.pack.response("snap-benefits-where").expect("there").text["en"].clone()]
    );
}

#[test]
fn amb_16_a_draft_is_never_sent_by_staff() {
    let mut world = World::with_pack(shipped());
    world.begin("ana", "Hello");
    assert_eq!(refused(world.inserts("ana", "anything-else")), ("not_approved", Some("SMS-SCRIPT-1")));
    let script = world.script("ana", domain::command::Script::CheckIn);
    assert_eq!(refused(script), ("not_approved", Some("SMS-SCRIPT-1")), "nor by one click");
    assert!(world.sent().is_empty());
    world
        .script("ana", domain::command::Script::Greeting)
        .expect("prescribed wording is approved because the SOP is");
}

#[test]
fn amb_54_out_of_hours_one_automatic_reply_goes_out_and_no_clock_runs() {
    let mut world = World::new();
    world.now = clock("20:00:00");
    world.customer("Are you there?");
    assert!(!world.i().open_hours);
    let [Sent { text, by, .. }] = &world.sent()[..] else { panic!("exactly one text: {:?}", world.sent()) };
    let stored = &world.pack.response("auto-reply-closed").expect("there").text["en"];
    assert_eq!(text, &stored.replace("{hours}", HOURS), "IM31-HOURS-5: the hours of the calendar in force");
    assert_eq!(by, &domain::event::Actor::System);
    world.customer("Hello?");
    assert_eq!(world.sent().len(), 1, "once for each contact");
    assert!(world.timers().is_empty() && world.duties().is_empty());
    world.at("23:59:59");
    assert_eq!(world.i().phase, Phase::Waiting);
    assert!(world.happened("check_in_missed").is_empty() && world.happened("customer_delayed").is_empty());
}

#[test]
fn amb_54_hours_are_the_queues_own_with_holidays_and_in_the_agencys_zone() {
    for (time, open) in [
        ("2026-11-18T05:59:59", false),
        ("2026-11-18T06:00:00", true),
        ("2026-11-18T17:59:59", true),
        ("2026-11-18T18:00:00", false),
        ("2026-11-21T12:00:00", false),
        ("2026-11-26T12:00:00", false),
    ] {
        let mut world = World::new();
        world.now = clock(time);
        world.customer("Hello");
        assert_eq!(world.i().open_hours, open, "{time}");
        assert_eq!(world.sent().is_empty(), open, "{time}");
        assert_eq!(clock_time(world.now, &world.pack.agency.zone().expect("zone")), &time[11..]);
    }
}
