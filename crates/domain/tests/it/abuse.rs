//! Child Abuse Claims via Text, SMS-ABUSE-1 to SMS-ABUSE-8, AMB-24 to AMB-26.

use domain::command::{Reply, Script};
use domain::effect::{Effect, MAIL_LANE};
use domain::interaction::{CallOutcome, SafetyAnswer, SafetyKind, SafetyStep, Turn};
use domain::refusal::Instead;
use domain::sop::DutyKind;
use domain::sop::safety::{Step, next, steps};

use crate::support::{CUSTOMER, World, clock, id, refused};

const HOTLINE: &str = "1-800-392-3738";

fn checked() -> SafetyStep {
    SafetyStep::SafetyChecked { answer: SafetyAnswer::Safe }
}

fn called(outcome: CallOutcome) -> SafetyStep {
    SafetyStep::Called { outcome }
}

fn filed(world: &World) -> SafetyStep {
    SafetyStep::ReportFiled { filed_at: world.now, reference: "CAN-2026-118".into() }
}

/// A victim's text, taken at 10:00:00; the steps are open.
fn victim() -> World {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.begin("ana", "my stepfather hits me and I am scared");
    world.open_safety("ana", SafetyKind::Victim).expect("opened");
    world
}

/// Everything is done but the report.
fn report_is_due() -> World {
    let mut world = victim();
    world.step("ana", checked(), None).expect("checked");
    world.script("ana", Script::Hotline).expect("hotline");
    world.script("ana", Script::CallNotice).expect("notice");
    world.step("ana", called(CallOutcome::Reached), Some("Lives with her stepfather")).expect("called");
    world
}

fn mails(world: &World) -> Vec<&Effect> {
    let mail = |effect: &&Effect| matches!(effect, Effect::SendSafetyNotice { .. });
    world.effects.iter().map(|planned| &planned.effect).filter(mail).collect()
}

#[test]
fn sms_abuse_1_the_words_of_a_victim_suggest_the_steps() {
    let world = World::contact("ana", "my stepfather hits me and I am scared");
    assert_eq!(world.i().hint_abuse, Some(SafetyKind::Victim));
}

#[test]
fn sms_abuse_1_the_first_step_is_the_safety_check_and_later_ones_wait_for_it() {
    let mut world = victim();
    let opened = world.happened("safety_opened")[0];
    assert_eq!(opened.clause.as_deref(), Some("SMS-ABUSE-1"));
    assert_eq!(world.duty(DutyKind::Safety).expect("a duty").clause, "SMS-ABUSE-1");
    assert_eq!(refused(world.script("ana", Script::Hotline)), ("step_before", Some("SMS-ABUSE-1")));
    for later in [called(CallOutcome::Reached), filed(&world)] {
        assert_eq!(refused(world.step("ana", later, None)), ("step_before", Some("SMS-ABUSE-1")));
    }
    world.script("ana", Script::SafetyCheck).expect("the question may be sent");
    world.at("10:01:00").step("ana", checked(), Some("Is at a friend's house")).expect("answered");
    let done = world.i().safety.as_ref().expect("open").done.clone();
    assert_eq!(done, [(clock("10:01:00"), checked())], "answer and time are kept");
    assert_eq!(refused(world.step("ana", checked(), None)), ("step_done", None));
}

#[test]
fn sms_abuse_1_what_is_written_down_lies_beside_the_log() {
    let mut world = victim();
    world.step("ana", checked(), Some("  Is at a friend's house  ")).expect("answered");
    assert!(world.bodies.values().any(|body| body == "Is at a friend's house"));
    assert!(!serde_json::to_string(&world.log).expect("json").contains("friend"));
    assert_eq!(refused(world.step("ana", checked(), Some(&"x".repeat(20_001)))).0, "step_done");
    let long = "x".repeat(20_001);
    let mut fresh = victim();
    assert_eq!(refused(fresh.step("ana", checked(), Some(&long))), ("too_long", None));
}

#[test]
fn sms_abuse_2_the_hotline_step_is_done_by_the_text_with_its_number() {
    let mut world = victim();
    world.step("ana", checked(), None).expect("checked");
    let click = world.step("ana", SafetyStep::HotlineGiven, None);
    assert_eq!(
        refused(click),
        ("send_hotline", Some("SMS-ABUSE-2")),
        "a tick without the text does not count"
    );
    world.at("10:02:00").script("ana", Script::Hotline).expect("sent");
    assert!(world.texts()[0].contains(HOTLINE));
    let safety = world.i().safety.clone().expect("open");
    assert_eq!(safety.done[1], (clock("10:02:00"), SafetyStep::HotlineGiven));
    assert_eq!(next(&safety), Some(Step::CallAnnounced));
    assert_eq!(world.happened("safety_step_done")[1].clause.as_deref(), Some("SMS-ABUSE-2"));
}

#[test]
fn sms_abuse_2_the_number_in_the_technicians_own_words_counts_as_well() {
    let mut world = victim();
    world.step("ana", checked(), None).expect("checked");
    world.says("ana", "Please call 1 800 392 3738 now, they help day and night.").expect("sent");
    assert_eq!(next(world.i().safety.as_ref().expect("open")), Some(Step::CallAnnounced));
}

#[test]
fn sms_abuse_3_the_call_waits_for_the_notice_of_the_call() {
    let mut world = victim();
    world.step("ana", checked(), None).expect("checked");
    world.script("ana", Script::Hotline).expect("hotline");
    assert_eq!(
        refused(world.step("ana", called(CallOutcome::Reached), None)),
        ("step_before", Some("SMS-ABUSE-3"))
    );
    assert_eq!(
        refused(world.step("ana", SafetyStep::CallAnnounced, None)),
        ("send_call_notice", Some("SMS-ABUSE-3"))
    );
    world.script("ana", Script::CallNotice).expect("sent");
    world.step("ana", called(CallOutcome::Reached), None).expect("now");
    let order: Vec<&str> =
        world.happened("safety_step_done").iter().filter_map(|e| e.clause.as_deref()).collect();
    assert_eq!(order, ["SMS-ABUSE-1", "SMS-ABUSE-2", "SMS-ABUSE-3", "SMS-ABUSE-4"], "the order is recorded");
}

#[test]
fn sms_abuse_3_an_edited_notice_of_the_call_announces_it_too() {
    let mut world = victim();
    world.step("ana", checked(), None).expect("checked");
    world.script("ana", Script::Hotline).expect("hotline");
    let text = format!("{} Or tell me a better time.", world.wording("call-notice", "ana"));
    world.reply("ana", Reply { text, canned: Some("call-notice".into()), ..Reply::default() }).expect("sent");
    assert_eq!(next(world.i().safety.as_ref().expect("open")), Some(Step::Called));
}

#[test]
fn sms_abuse_4_amb_26_a_call_that_is_not_possible_is_recorded_and_the_report_is_still_owed() {
    for outcome in [CallOutcome::NotReached, CallOutcome::NotSafe] {
        let mut world = victim();
        world.step("ana", checked(), None).expect("checked");
        world.script("ana", Script::Hotline).expect("hotline");
        world.script("ana", Script::CallNotice).expect("notice");
        world.step("ana", called(outcome), None).expect("recorded");
        let safety = world.i().safety.clone().expect("open");
        assert_eq!(safety.done.last().map(|(_, step)| step.clone()), Some(called(outcome)));
        assert_eq!(next(&safety), Some(Step::ReportFiled));
        assert_eq!(refused(world.end("ana")), ("safety_open", Some("SMS-ABUSE-5")));
    }
}

#[test]
fn sms_abuse_4_the_worksheet_is_kept_under_a_key_of_its_own() {
    let world = report_is_due();
    assert!(world.bodies.values().any(|body| body == "Lives with her stepfather"));
    assert!(!serde_json::to_string(&world.log).expect("json").contains("stepfather"));
    assert!(world.texts().iter().all(|text| !text.contains("stepfather")), "and never sent");
}

#[test]
fn sms_abuse_5_nothing_is_done_before_the_report_is_filed() {
    let mut world = report_is_due();
    let refusal = world.end("ana").expect_err("the report is open");
    assert_eq!((refusal.code, refusal.clause), ("safety_open", Some("SMS-ABUSE-5")));
    assert_eq!(refusal.instead, [Instead::OpenSafety]);
    assert_eq!(refused(world.finish("ana", "child-abuse")).0, "end_first");
    for (filed_at, reference, code) in [
        (world.now, "  ".to_owned(), "reference"),
        (world.now, "x".repeat(201), "reference"),
        (world.now + 1, "CAN-1".to_owned(), "filed_at"),
        (world.now - 25 * 3_600_000, "CAN-1".to_owned(), "filed_at"),
    ] {
        let step = SafetyStep::ReportFiled { filed_at, reference };
        assert_eq!(refused(world.step("ana", step, None)), (code, Some("SMS-ABUSE-5")));
    }
    let step = filed(&world);
    world.step("ana", step, None).expect("filed");
    world.script("ana", Script::Goodbye).expect("goodbye");
    world.end("ana").expect("ended");
    world.finish("ana", "child-abuse").expect("done");
    let address = &world.pack.sop_sms[0].report_address;
    assert_eq!(address.value, "https://apps.dss.mo.gov/OnlineCanReporting/default.aspx");
}

#[test]
fn sms_abuse_6_amb_24_exactly_one_notice_goes_to_both_roles_on_completion() {
    let mut world = report_is_due();
    assert!(mails(&world).is_empty(), "none before completion");
    let step = filed(&world);
    world.step("ana", step.clone(), None).expect("filed");
    let [Effect::SendSafetyNotice { recipients, .. }] = mails(&world)[..] else { panic!("exactly one") };
    assert_eq!(recipients, &["child-abuse-primary", "home-visit"]);
    assert_eq!(world.effects.last().map(|planned| planned.lane.as_str()), Some(MAIL_LANE));
    assert_eq!(world.happened("safety_completed")[0].clause.as_deref(), Some("SMS-ABUSE-6"));
    assert_eq!(refused(world.step("ana", step, None)).0, "safety_closed");
    assert_eq!(mails(&world).len(), 1);
}

#[test]
fn sms_abuse_7_the_notice_holds_date_time_and_phone_number_and_nothing_more() {
    let mut world = report_is_due();
    world.at("10:20:00");
    let step = filed(&world);
    world.step("ana", step, None).expect("filed");
    let json = serde_json::to_value(mails(&world)[0]).expect("json");
    assert_eq!(
        (json["date"].as_str(), json["time"].as_str()),
        (Some("2026-11-18"), Some("10:00:00")),
        "of the interaction"
    );
    assert_eq!(json["phone"].as_str(), Some(CUSTOMER));
    let keys: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["date", "effect", "interaction", "notice", "phone", "recipients", "time"]);
}

#[test]
fn sms_abuse_8_amb_25_someone_reporting_about_others_gets_the_referral_and_no_report_steps() {
    let mut world = World::contact("ana", "my neighbor beats his kids, how do I report it");
    assert_eq!(world.i().hint_abuse, Some(SafetyKind::Reporting));
    world.open_safety("ana", SafetyKind::Reporting).expect("opened");
    assert_eq!(steps(SafetyKind::Reporting), [Step::HotlineGiven]);
    assert_eq!(world.happened("safety_opened")[0].clause.as_deref(), Some("SMS-ABUSE-8"));
    assert!(world.step("ana", called(CallOutcome::Reached), None).is_err());
    assert_eq!(
        refused(world.step("ana", SafetyStep::HotlineGiven, None)),
        ("send_hotline", Some("SMS-ABUSE-8"))
    );
    assert_eq!(refused(world.end("ana")), ("safety_open", Some("SMS-ABUSE-8")));
    world.script("ana", Script::Hotline).expect("sent");
    assert!(world.texts()[0].contains(HOTLINE));
    assert!(!world.i().in_safety() && mails(&world).is_empty(), "recorded, and no notice is owed");
    world.end("ana").expect("it may be ended");
}

#[test]
fn sms_abuse_1_a_kind_chosen_wrongly_can_be_put_right_until_something_was_done() {
    let mut world = World::contact("ana", "I need to ask you something");
    world.open_safety("ana", SafetyKind::Reporting).expect("opened");
    assert_eq!(refused(world.open_safety("ana", SafetyKind::Reporting)), ("safety_open", None));
    world.open_safety("ana", SafetyKind::Victim).expect("put right");
    world.step("ana", checked(), None).expect("checked");
    assert_eq!(refused(world.open_safety("ana", SafetyKind::Reporting)), ("safety_open", None));
}

#[test]
fn sms_abuse_1_nobody_is_interrupted_meanwhile() {
    let mut world = victim();
    let contact = world.id;
    assert_eq!(world.person("ana").in_safety, std::collections::BTreeSet::from([contact]));
    world.customer_from("+15735550102", "Hello");
    assert_eq!(refused(world.offer("ana")), ("in_safety", Some("SMS-ABUSE-1")));
    world.on_queue("ben");
    world.take("ben");
    assert_eq!(refused(world.transfer_to("ben", "ana")), ("in_safety", Some("SMS-ABUSE-1")));
    world.id = contact;
    let step = checked();
    world.step("ana", step, None).expect("checked");
    world.script("ana", Script::Hotline).expect("hotline");
    world.script("ana", Script::CallNotice).expect("notice");
    world.step("ana", called(CallOutcome::Reached), None).expect("called");
    let step = filed(&world);
    world.step("ana", step, None).expect("filed");
    assert!(world.person("ana").in_safety.is_empty());
    world.customer_from("+15735550103", "Hello");
    world.offer("ana").expect("offers come again");
}

#[test]
fn sms_abuse_4_the_contact_stays_with_the_person_who_opened_the_steps() {
    let mut world = World::contact("ana", "my stepfather hits me");
    world.on_queue("sofia").on_queue("ben");
    world.transfer_to("ana", "ben").expect("a hand-over begins");
    world.open_safety("ana", SafetyKind::Victim).expect("opened");
    assert!(world.i().offer.is_none() && world.person("ben").load() == 0, "the hand-over is called off");
    assert_eq!(refused(world.transfer_to("ana", "ben")), ("in_safety", Some("SMS-ABUSE-4")));
    assert_eq!(refused(world.transfer_to_queue("ana", "sms-general")), ("in_safety", Some("SMS-ABUSE-4")));
    assert_eq!(refused(world.take_over("sofia")), ("in_safety", Some("SMS-ABUSE-4")));
    assert!(world.i().is_with(&id("ana")));
}

#[test]
fn sms_abuse_1_no_delay_clock_chases_a_victim() {
    let mut world = victim();
    world.says("ana", "Are you safe right now?").expect("sent");
    assert_eq!(world.i().turn, Turn::Nobody);
    world.script("ana", Script::SafetyCheck).expect("sent");
    world.inserts("ana", "safety-check").expect("sent by hand");
    world.at("11:00:00");
    assert!(world.happened("customer_delayed").is_empty());
}

#[test]
fn sms_abuse_5_amb_26_after_stop_nothing_is_texted_and_call_and_report_stay_owed() {
    let mut world = victim();
    world.customer("STOP");
    assert_eq!(world.i().safety.as_ref().and_then(next), Some(Step::SafetyChecked));
    world.step("ana", checked(), None).expect("checked");
    assert_eq!(refused(world.step("ana", filed(&world), None)), ("step_before", Some("SMS-ABUSE-4")));
    world.step("ana", called(CallOutcome::NotReached), None).expect("the call comes next");
    assert!(world.end("ana").is_err(), "the report is owed");
    let step = filed(&world);
    world.step("ana", step, None).expect("filed");
    assert_eq!(mails(&world).len(), 1, "the notice goes");
    world.end("ana").expect("it may be ended");
}

#[test]
fn sms_abuse_8_after_stop_a_report_about_others_leaves_nothing_to_do() {
    let mut world = World::contact("ana", "I need to ask you something");
    world.open_safety("ana", SafetyKind::Reporting).expect("opened");
    world.customer("STOP");
    assert!(!world.i().in_safety() && world.person("ana").in_safety.is_empty());
    world.end("ana").expect("it may be ended");
}
