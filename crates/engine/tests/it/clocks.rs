//! Due timers under a clock that jumps: the customer's silence, research, offers, lost lines; and all of it across a
//! restart.

use domain::command::{Command, Script};
use domain::id::{InteractionId, StaffId};
use domain::interaction::{Delay, EndReason, Phase, Turn};
use domain::pack::Queue;
use domain::sop::DutyKind;
use engine::Change;
use engine::records::QUEUE;
use store::Store;

use crate::world::{ANY, MINUTE, World, refusal};

async fn answered() -> (World, InteractionId, StaffId) {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "how do i apply").await;
    let (id, staff) = world.accepted(ANY).await;
    world.reply(id, &staff, "What do you want to apply for?").await.unwrap();
    world.settle().await;
    (world, id, staff)
}

fn script(world: &World, id: &str) -> String {
    world.engine.pack().response(id).unwrap().text["en"].clone()
}

#[tokio::test]
async fn sms_delay_1_to_5_the_silent_customer_by_one_click_each() {
    let (world, id, staff) = answered().await;
    // SMS-DELAY-1: 3:00, not a second earlier.
    world.pass(3 * MINUTE - 1000).await;
    assert!(matches!(world.card(id).await.turn, Turn::Customer { delay: Delay::None, .. }));
    assert_eq!(refusal(world.script(id, &staff, Script::DelayNotice).await).code, "not_in_delay");
    world.pass(1000).await;
    let card = world.card(id).await;
    assert!(matches!(card.turn, Turn::Customer { delay: Delay::Flagged { .. }, .. }));
    assert_eq!(
        card.next_duty().map(|duty| (duty.kind, duty.clause.as_str())),
        Some((DutyKind::DelayNotice, "SMS-DELAY-2"))
    );
    // SMS-DELAY-2: the exact words.
    world.script(id, &staff, Script::DelayNotice).await.unwrap();
    world.settle().await;
    assert_eq!(world.sent().last().unwrap().text, script(&world, "delay-notice"));
    // SMS-DELAY-3: a fresh 5:00; ending before is refused.
    world.pass(5 * MINUTE - 1000).await;
    let end = Command::End { id, staff: staff.clone(), reason: EndReason::NoResponse, confirmed: false };
    assert_eq!(refusal(world.act(end.clone()).await).clause, Some("SMS-DELAY-3"));
    world.pass(1000).await;
    assert!(matches!(world.card(id).await.turn, Turn::Customer { delay: Delay::RanOut { .. }, .. }));
    assert_eq!(refusal(world.act(end.clone()).await).clause, Some("SMS-DELAY-4"));
    // SMS-DELAY-4, SMS-DELAY-5: wrap-up text, then Goodbye, then the end.
    world.script(id, &staff, Script::DelayWrapUpAndGoodbye).await.unwrap();
    world.pass(1000).await;
    world.pass(1000).await;
    let texts: Vec<String> = world.sent().into_iter().rev().take(2).map(|sent| sent.text).collect();
    assert_eq!(texts, [script(&world, "goodbye"), script(&world, "delay-wrap-up")]);
    world.act(end).await.unwrap();
    let card = world.card(id).await;
    assert_eq!((card.phase, card.end_reason), (Phase::WrapUp, Some(EndReason::NoResponse)));
    world.sound().await;
}

#[tokio::test]
async fn sms_delay_by_itself_where_the_queue_is_set_so() {
    let (world, id, staff) = answered().await;
    let queue: Queue = world.engine.pack().queues.queue("sms-general").unwrap().clone();
    let data = serde_json::to_value(Queue { delay_automatic: true, ..queue }).unwrap();
    let change = Change {
        kind: QUEUE,
        id: "sms-general".to_owned(),
        expected: Some(1),
        data: Some(data),
        reason: String::new(),
    };
    world.engine.save(change, "morgan").await.unwrap();
    // AMB-44: notice, wrap-up text, Goodbye and the end go by themselves; the wrap-up code stays a person's choice.
    for _ in 0..9 * 60 {
        world.pass(1000).await;
    }
    let texts: Vec<String> = world.sent().into_iter().skip(1).map(|sent| sent.text).collect();
    assert_eq!(
        texts,
        [script(&world, "delay-notice"), script(&world, "delay-wrap-up"), script(&world, "goodbye")]
    );
    assert_eq!(world.card(id).await.phase, Phase::WrapUp);
    assert_eq!(world.member("ana").await.load, 1);
    world.finish(id, &staff).await;
    assert_eq!(world.member("ana").await.load, 0);
    world.sound().await;
}

#[tokio::test]
async fn sms_delay_8_any_word_of_the_customer_cancels_the_delay() {
    let (world, id, _) = answered().await;
    world.pass(3 * MINUTE).await;
    assert!(world.card(id).await.duties.iter().any(|duty| duty.kind == DutyKind::DelayNotice));
    world.text(ANY, "sorry, here again").await;
    let card = world.card(id).await;
    assert!(matches!(card.turn, Turn::Staff { .. }));
    assert!(card.duties.iter().all(|duty| duty.clause.starts_with("SMS-HOLD")));
}

#[tokio::test]
async fn sms_delay_6_the_technician_is_led_to_the_other_contact() {
    let (world, id, _) = answered().await;
    world.text("+15735550102", "how do i renew").await;
    let (other, _) = world.accepted("+15735550102").await;
    world.pass(3 * MINUTE).await;
    let log = world.store.read_log(0, 1000).await.unwrap();
    let moved = log.iter().find(|event| event.kind == "focus_moved").expect("led on");
    assert_eq!(moved.clause.as_deref(), Some("SMS-DELAY-6"));
    assert!(moved.stream.contains(&id.to_string()) && moved.data.contains(&other.0.to_string()));
}

#[tokio::test]
async fn sms_hold_1_research_asks_for_a_sign_of_life_every_three_minutes_and_no_other_clock_runs() {
    // SMS-HOLD-1, AMB-28
    let (world, id, staff) = answered().await;
    world.act(Command::Research { id, staff: staff.clone(), on: true }).await.unwrap();
    for round in 1..=3 {
        world.pass(3 * MINUTE - 1000).await;
        let duties = world.card(id).await.duties;
        assert_eq!(duties.len(), 1, "exactly one clock: {duties:#?}");
        assert_eq!(duties[0].clause, "SMS-HOLD-1");
        world.script(id, &staff, Script::CheckIn).await.unwrap();
        world.settle().await;
        assert_eq!(world.card(id).await.check_ins, round);
    }
    world.pass(3 * MINUTE).await;
    world.pass(3 * MINUTE).await;
    assert_eq!(
        world.card(id).await.check_ins_missed,
        2,
        "a missed one is recorded, and the next interval runs"
    );
    assert_eq!(world.sent().len(), 4);
    world.act(Command::Research { id, staff, on: false }).await.unwrap();
    assert!(matches!(world.card(id).await.turn, Turn::Customer { .. }));
    world.sound().await;
}

#[tokio::test]
async fn clocks_and_offers_survive_a_restart_and_a_night() {
    let (mut world, id, _) = answered().await;
    world.text("+15735550102", "hello").await;
    world.engine.distribute().await.unwrap();
    let ringing = world.card_of("+15735550102").await;
    assert!(ringing.offer.is_some());
    world.restart().await;
    assert_eq!(world.card(ringing.id).await, ringing, "the offer still rings");
    // The process was away while both clocks ran out; they fire at once when it is back.
    world.advance(8 * 60 * MINUTE);
    world.restart().await;
    assert_eq!(world.engine.fire_timers().await.unwrap(), 2);
    assert!(matches!(world.card(id).await.turn, Turn::Customer { delay: Delay::Flagged { .. }, .. }));
    assert!(world.card(ringing.id).await.offer.is_none());
    assert_eq!(world.engine.fire_timers().await.unwrap(), 0, "each fires once");
    let next = world.store.next_due().await.unwrap();
    assert!(
        next.is_none_or(|due| due >= world.now() || due < world.now() && next_is_effect(&world)),
        "{next:?}"
    );
    world.sound().await;
}

/// Texts may wait in the outbox; timers may not lie in the past.
fn next_is_effect(world: &World) -> bool {
    world.sent().len() < 2
}

#[tokio::test]
async fn a_timer_that_fires_late_or_twice_changes_nothing() {
    let (world, id, _) = answered().await;
    world.text(ANY, "an answer in time").await;
    let before = world.card(id).await;
    world.act(Command::InteractionTimer { id, key: "silent".to_owned() }).await.unwrap();
    assert_eq!(world.card(id).await, before);
    world.act(Command::StaffTimer { staff: "ana".into(), key: "line".to_owned() }).await.unwrap();
    assert_eq!(world.member("ana").await.load, 1);
}

#[tokio::test]
async fn out_of_hours_the_customer_is_told_once_and_the_text_waits_for_the_morning() {
    // AMB-54
    let world = World::staffed(&["ana"]).await;
    world.advance(10 * 60 * MINUTE);
    world.text(ANY, "anyone there?").await;
    world.text(ANY, "hello??").await;
    world.settle().await;
    let texts: Vec<String> = world.sent().into_iter().map(|sent| sent.text).collect();
    // IM31-HOURS-5: the hours of the calendar, with the holiday of that week.
    let hours = "Monday to Friday, 6 am to 6 pm (closed Thursday, November 26)";
    assert_eq!(texts, [script(&world, "auto-reply-closed").replace("{hours}", hours)]);
    assert_eq!(world.engine.distribute().await.unwrap(), 0);
    world.advance(10 * 60 * MINUTE);
    assert_eq!(world.engine.distribute().await.unwrap(), 1, "at six in the morning it is offered");
}
