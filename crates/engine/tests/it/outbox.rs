//! What leaves: paced, in order per customer, tried again, given up visibly, and never to somebody who opted out.

use domain::command::{Command, Script};
use domain::interaction::Delivery;
use engine::Received;
use store::{EffectState, Store};

use crate::world::{ANY, MINUTE, Say, World, refusal};

/// A contact that ana has accepted.
async fn accepted() -> (World, domain::id::InteractionId, domain::id::StaffId) {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "hello").await;
    let (id, staff) = world.accepted(ANY).await;
    (world, id, staff)
}

#[tokio::test]
async fn the_lines_pace_holds_and_the_excess_waits_visibly() {
    let world = World::new().await;
    for n in 0..7 {
        world.text(&format!("+1573555020{n}"), "HELP").await;
    }
    assert_eq!(world.store.lanes().await.unwrap(), [("sms-main".to_owned(), 7)]);
    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.push(world.engine.perform_effects().await.unwrap());
        world.advance(500);
    }
    // Three in the first second, three in the second, the last one in the third.
    assert_eq!(taken, [3, 0, 3, 0]);
    assert_eq!(world.store.lanes().await.unwrap(), [("sms-main".to_owned(), 1)]);
    assert_eq!(world.store.effects(EffectState::Waiting, 10).await.unwrap().len(), 1);
    assert_eq!(world.engine.perform_effects().await.unwrap(), 1);
    let sent = world.sent();
    for text in &sent {
        let within = sent.iter().filter(|other| (0..1000).contains(&(other.at - text.at))).count();
        assert!(within <= 3, "more than three in one second");
    }
}

#[tokio::test]
async fn texts_to_one_customer_keep_their_order_also_when_the_first_is_tried_again() {
    // SMS-DELAY-5: the wrap-up text is followed by Goodbye.
    let (world, id, staff) = accepted().await;
    world.reply(id, &staff, "An answer.").await.unwrap();
    world.settle().await;
    world.pass(3 * MINUTE).await;
    world.script(id, &staff, Script::DelayNotice).await.unwrap();
    world.settle().await;
    world.pass(5 * MINUTE).await;
    world.script(id, &staff, Script::DelayWrapUpAndGoodbye).await.unwrap();
    world.says([Say::No(500, 0)]);
    world.engine.perform_effects().await.unwrap();
    for _ in 0..6 {
        world.pass(1000).await;
    }
    let texts: Vec<(bool, String)> =
        world.sent().into_iter().skip(2).map(|s| (s.sid.is_some(), s.text)).collect();
    assert_eq!(texts.len(), 3, "{texts:#?}");
    assert_eq!(texts[0].1, texts[1].1, "the wrap-up text again");
    assert!(!texts[0].0 && texts[1].0 && texts[2].0);
    assert_ne!(texts[2].1, texts[1].1);
    let goodbye = world.engine.pack().response("goodbye").unwrap().text["en"].clone();
    assert_eq!(texts[2].1, goodbye);
}

#[tokio::test]
async fn retries_back_off_and_give_up_where_everybody_sees_it() {
    let (world, id, staff) = accepted().await;
    world.says_always(Some(Say::Nothing));
    let message = world.reply(id, &staff, "Are you there?").await.unwrap();
    for _ in 0..600 {
        world.engine.perform_effects().await.unwrap();
        world.advance(1000);
    }
    let at: Vec<i64> = world.sent().iter().map(|sent| sent.at).collect();
    assert_eq!(at.len(), 8, "eight attempts and no more");
    let pauses: Vec<i64> = at.windows(2).map(|two| (two[1] - two[0]) / 1000).collect();
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128]);
    let dead = world.store.effects(EffectState::Dead, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].last_error.as_deref().unwrap().contains("no answer within the time"));
    assert!(matches!(world.delivery(id, message).await, Delivery::Failed { code, .. } if code == "attempts"));
    assert!(world.engine.health().carriers["twilio"].failed >= 8);

    // An admin sends it again.
    world.says_always(None);
    world.engine.requeue_effect(&dead[0].id, "alex").await.unwrap();
    assert!(world.engine.requeue_effect(&dead[0].id, "alex").await.is_err(), "it is no longer given up");
    world.settle().await;
    let last = world.sent().pop().unwrap();
    assert!(last.sid.is_some());
    world.report(&last, "delivered", "").await;
    assert_eq!(world.delivery(id, message).await, Delivery::Delivered);
    world.sound().await;
}

#[tokio::test]
async fn the_carriers_own_wait_is_kept() {
    let (world, id, staff) = accepted().await;
    world.reply(id, &staff, "An answer.").await.unwrap();
    world.says([Say::Header(429, "Retry-After", "30")]);
    world.settle().await;
    world.pass(29_000).await;
    assert_eq!(world.sent().len(), 1);
    world.pass(1_000).await;
    assert_eq!(world.sent().len(), 2);
}

#[tokio::test]
async fn a_permanent_error_is_not_tried_again_and_can_be_sent_again_by_hand() {
    let (world, id, staff) = accepted().await;
    let message = world.reply(id, &staff, "An answer.").await.unwrap();
    world.says([Say::No(400, 21211)]);
    world.settle().await;
    world.pass(20 * MINUTE).await;
    assert_eq!(world.sent().len(), 1);
    assert!(matches!(world.delivery(id, message).await, Delivery::Failed { code, .. } if code == "21211"));
    world.act(Command::SendAgain { id, staff: staff.clone(), message }).await.unwrap();
    world.settle().await;
    assert_eq!(world.sent().len(), 2);
    assert!(matches!(world.delivery(id, message).await, Delivery::Accepted { .. }));
    assert_eq!(refusal(world.act(Command::SendAgain { id, staff, message }).await).code, "not_failed");
    world.sound().await;
}

#[tokio::test]
async fn the_carriers_word_that_the_customer_opted_out_counts_as_an_opt_out() {
    let (world, id, staff) = accepted().await;
    world.reply(id, &staff, "An answer.").await.unwrap();
    world.says([Say::No(400, 21610)]);
    world.settle().await;
    assert!(world.card(id).await.opted_out);
    assert_eq!(refusal(world.reply(id, &staff, "And another.").await).code, "opted_out");
    world.pass(MINUTE).await;
    assert_eq!(world.sent().len(), 1, "no confirmation either: the carrier would refuse it");
}

#[tokio::test]
async fn a_failed_report_from_the_carrier_says_why() {
    let (world, id, staff) = accepted().await;
    let message = world.reply(id, &staff, "An answer.").await.unwrap();
    world.settle().await;
    world.report(&world.sent()[0], "undelivered", "30005").await;
    let Delivery::Failed { code, reason } = world.delivery(id, message).await else { panic!("failed") };
    assert_eq!(code, "30005");
    assert!(reason.ends_with('.') && reason.len() > 20);
}

#[tokio::test]
async fn an_opt_out_between_reply_and_sending_stops_the_text_and_only_the_confirmation_leaves() {
    let (world, id, staff) = accepted().await;
    let message = world.reply(id, &staff, "An answer.").await.unwrap();
    assert_eq!(world.text(ANY, "STOP").await, Received::Stored);
    for _ in 0..5 {
        world.pass(1000).await;
    }
    let confirmation = world.engine.pack().response("opt-out-confirmation").unwrap().text["en"].clone();
    let texts: Vec<String> = world.sent().into_iter().map(|sent| sent.text).collect();
    assert_eq!(texts, [confirmation]);
    assert!(
        matches!(world.delivery(id, message).await, Delivery::Failed { code, .. } if code == "opted_out")
    );
    world.text(ANY, "Please stop texting me").await;
    world.pass(1000).await;
    assert_eq!(world.sent().len(), 1, "one confirmation and no more");
    assert_eq!(refusal(world.reply(id, &staff, "But...").await).code, "opted_out");
    world.text(ANY, "START").await;
    world.reply(id, &staff, "Welcome back.").await.unwrap();
    world.pass(1000).await;
    world.pass(1000).await;
    assert_eq!(world.sent().len(), 3);
    world.sound().await;
}

#[tokio::test]
async fn cancel_my_appointment_is_no_opt_out() {
    let world = World::new().await;
    world.text(ANY, "cancel my appointment please").await;
    assert!(!world.card_of(ANY).await.opted_out);
    world.text(ANY, "por favor dejen de mandarme mensajes").await;
    assert!(world.card_of(ANY).await.opted_out);
}

#[tokio::test]
async fn a_crash_between_the_carriers_yes_and_our_commit_is_healed_by_its_report() {
    let (world, id, staff) = accepted().await;
    let message = world.reply(id, &staff, "An answer.").await.unwrap();
    world.store.fail_next_commits(1);
    assert!(world.engine.perform_effects().await.is_err());
    assert_eq!(world.delivery(id, message).await, Delivery::Pending);
    // The report bears our key: it proves that the text was taken, so it is not sent a second time.
    world.report(&world.sent()[0], "delivered", "").await;
    assert_eq!(world.delivery(id, message).await, Delivery::Delivered);
    world.pass(2 * MINUTE).await;
    assert_eq!(world.sent().len(), 1);
    assert!(world.store.lanes().await.unwrap().is_empty());
}

#[tokio::test]
async fn without_a_report_it_is_sent_again_under_the_same_key_after_the_lease() {
    let (world, id, staff) = accepted().await;
    world.reply(id, &staff, "An answer.").await.unwrap();
    world.store.fail_next_commits(1);
    assert!(world.engine.perform_effects().await.is_err());
    world.pass(59_000).await;
    assert_eq!(world.sent().len(), 1, "whoever took it has a minute");
    world.pass(1_000).await;
    let sent = world.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].callback, sent[1].callback, "the same idempotency key");
}

#[tokio::test]
async fn one_text_that_cannot_be_recorded_does_not_cut_off_the_others() {
    let world = World::new().await;
    for n in 0..3 {
        world.text(&format!("+1573555030{n}"), "HELP").await;
    }
    world.store.fail_next_commits(1);
    assert!(world.engine.perform_effects().await.is_err());
    assert_eq!(world.sent().len(), 3);
    let waiting = world.store.effects(EffectState::Waiting, 10).await.unwrap();
    assert_eq!(waiting.len(), 1, "two were recorded as done although the third failed");
}

#[tokio::test]
async fn what_waits_survives_a_restart() {
    let (mut world, id, staff) = accepted().await;
    let message = world.reply(id, &staff, "An answer.").await.unwrap();
    world.restart().await;
    world.settle().await;
    assert_eq!(world.sent().len(), 1);
    assert!(matches!(world.delivery(id, message).await, Delivery::Accepted { .. }));
}
