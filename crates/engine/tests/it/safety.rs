//! Child-abuse contacts: the steps, the quiet, and the one notice.

use domain::command::{Command, Script};
use domain::interaction::{CallOutcome, SafetyAnswer, SafetyKind, SafetyStep};
use store::Store;

use crate::world::{ANY, MINUTE, World, refusal};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn sms_abuse_1_to_7_a_victim_is_led_through_and_the_roles_are_told_once() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "my stepdad hits me and i am scared").await;
    let opened_at = world.now();
    let (id, staff) = world.accepted(ANY).await;
    assert_eq!(world.card(id).await.hint_abuse, Some(SafetyKind::Victim));
    world.act(Command::OpenSafety { id, staff: staff.clone(), kind: SafetyKind::Victim }).await.unwrap();
    let step = |step, note: Option<&str>| Command::DoSafetyStep {
        id,
        staff: staff.clone(),
        step,
        note: note.map(str::to_owned),
    };
    // SMS-ABUSE-1 comes first.
    let early = step(SafetyStep::Called { outcome: CallOutcome::Reached }, None);
    assert_eq!(refusal(world.act(early).await).clause, Some("SMS-ABUSE-1"));
    world.script(id, &staff, Script::SafetyCheck).await.unwrap();
    world.act(step(SafetyStep::SafetyChecked { answer: SafetyAnswer::Safe }, None)).await.unwrap();
    // SMS-ABUSE-2, SMS-ABUSE-3: done by the texts themselves.
    world.script(id, &staff, Script::Hotline).await.unwrap();
    world.script(id, &staff, Script::CallNotice).await.unwrap();
    world
        .act(step(SafetyStep::Called { outcome: CallOutcome::Reached }, Some("what was said")))
        .await
        .unwrap();
    world.pass(MINUTE).await;
    assert!(world.out.mails.lock().unwrap().is_empty());
    let filed = SafetyStep::ReportFiled { filed_at: world.now(), reference: "R-1".to_owned() };
    world.act(step(filed, None)).await.unwrap();
    // The post office is closed twice; it is tried again and still goes once.
    world.out.mail_fails.store(2, Ordering::SeqCst);
    for _ in 0..30 {
        world.pass(1000).await;
    }
    let mails = world.out.mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 1, "once");
    // SMS-ABUSE-6: the configured roles. SMS-ABUSE-7: date, time and phone number of the contact, and nothing more.
    assert_eq!(mails[0].to, ["child-abuse-primary@agency.invalid", "home-visit@agency.invalid"]);
    let at = (
        domain::time::date(opened_at, &world.engine.zone()),
        domain::time::clock_time(opened_at, &world.engine.zone()),
    );
    assert_eq!(at, ("2026-11-23".to_owned(), "10:00:00".to_owned()));
    assert_eq!(mails[0].text, format!("Date: {}\nTime: {}\nPhone number: {ANY}\n", at.0, at.1));
    assert!(!mails[0].subject.contains(ANY));
    let log = world.store.read_log(0, 1000).await.unwrap();
    assert!(log.iter().all(|event| !event.data.contains("what was said")), "the note lies beside the log");
    world.sound().await;
}

#[tokio::test]
async fn nobody_is_interrupted_while_the_steps_are_open() {
    // SMS-ABUSE-1
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "my stepdad hits me").await;
    let (id, staff) = world.accepted(ANY).await;
    world.text("+15735550102", "hello").await;
    world.engine.distribute().await.unwrap();
    assert!(world.card_of("+15735550102").await.offer.is_some(), "it rings already");
    world.act(Command::OpenSafety { id, staff, kind: SafetyKind::Victim }).await.unwrap();
    world.engine.distribute().await.unwrap();
    let other = world.card_of("+15735550102").await;
    assert!(other.offer.is_none(), "what rang is taken back");
    world.pass(10 * MINUTE).await;
    assert!(world.card(other.id).await.offer.is_none());
    world.on_queue("ben").await;
    world.settle().await;
    assert_eq!(world.offer_of(other.id).await.0.0, "ben");
}

#[tokio::test]
async fn sms_abuse_8_someone_reporting_is_referred_to_the_hotline_and_no_notice_goes_out() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "i think my neighbor is abusing his kids").await;
    let (id, staff) = world.accepted(ANY).await;
    assert_eq!(world.card(id).await.hint_abuse, Some(SafetyKind::Reporting));
    world.act(Command::OpenSafety { id, staff: staff.clone(), kind: SafetyKind::Reporting }).await.unwrap();
    let end = Command::End {
        id,
        staff: staff.clone(),
        reason: domain::interaction::EndReason::Finished,
        confirmed: false,
    };
    assert_eq!(refusal(world.act(end).await).clause, Some("SMS-ABUSE-8"));
    world.script(id, &staff, Script::Hotline).await.unwrap();
    assert!(world.card(id).await.safety.unwrap().completed_at.is_some());
    world.settle().await;
    assert!(world.sent().last().unwrap().text.contains("1-800-392-3738"));
    assert!(world.out.mails.lock().unwrap().is_empty());
    world.finish(id, &staff).await;
}
