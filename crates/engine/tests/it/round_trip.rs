//! The way of one text, there and back (design, section 5).

use domain::command::Command;
use domain::id::MessageId;
use domain::interaction::{Delivery, EndReason, Phase};
use domain::view::What;
use engine::Received;
use engine::ports::Ids;
use store::Store;

use crate::world::{ANY, LINE, World, refusal};

#[tokio::test]
async fn a_text_is_received_offered_answered_sent_and_ticked() {
    let world = World::staffed(&["ana"]).await;
    assert_eq!(world.text(ANY, "When will I get my SNAP benefits?").await, Received::Stored);
    assert_eq!(world.engine.distribute().await.unwrap(), 1);
    let card = world.card_of(ANY).await;
    let (staff, offer) = world.offer_of(card.id).await;
    assert_eq!(staff.0, "ana");
    assert_eq!(world.member("ana").await.load, 1, "an offer takes capacity in the same commit");

    world.act(Command::Accept { id: card.id, offer, staff: staff.clone() }).await.unwrap();
    let message = world.reply(card.id, &staff, "Have you already applied?").await.unwrap();
    assert_eq!(world.delivery(card.id, message).await, Delivery::Pending);
    assert_eq!(world.engine.perform_effects().await.unwrap(), 1);
    let sent = world.sent();
    assert_eq!(sent.len(), 1);
    // SMS-GEN-1: texts come to 855-684-9242 and the answer leaves from it.
    assert_eq!((sent[0].from.as_str(), sent[0].to.as_str()), (LINE, ANY));
    assert_eq!(sent[0].text, "Have you already applied?");
    let sid = sent[0].sid.clone().unwrap();
    assert_eq!(world.delivery(card.id, message).await, Delivery::Accepted { provider_id: sid });

    world.report(&sent[0], "sent", "").await;
    assert_eq!(world.delivery(card.id, message).await, Delivery::Sent);
    world.report(&sent[0], "delivered", "").await;
    assert_eq!(world.delivery(card.id, message).await, Delivery::Delivered);
    // A late report never turns the tick back.
    world.report(&sent[0], "sent", "").await;
    assert_eq!(world.delivery(card.id, message).await, Delivery::Delivered);

    assert_eq!(world.text(ANY, "Yes, last week").await, Received::Stored);
    assert_eq!(world.words_in(card.id).await, ["When will I get my SNAP benefits?", "Yes, last week"]);
    world.finish(card.id, &staff).await;
    let done = world.card(card.id).await;
    assert_eq!((done.phase, done.code.as_deref()), (Phase::Done, Some("general")));
    assert_eq!(world.member("ana").await.load, 0, "capacity returns with done");
    world.settle().await;
    world.sound().await;
}

#[tokio::test]
async fn sms_gen_1_the_sender_of_every_text_is_the_lines_number() {
    // SMS-GEN-1: whatever sends it: a person, a script, the program itself.
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "HELP").await;
    world.text("+15735550102", "How do I apply?").await;
    let (id, staff) = world.accepted("+15735550102").await;
    world.script(id, &staff, domain::command::Script::Greeting).await.unwrap();
    world.settle().await;
    world.text("+15735550102", "stop").await;
    world.settle().await;
    let sent = world.sent();
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|text| text.from == LINE), "{sent:#?}");
}

#[tokio::test]
async fn a_text_after_the_end_opens_a_new_contact_and_leaves_the_old_one_whole() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "first question").await;
    let (old, staff) = world.accepted(ANY).await;
    world.reply(old, &staff, "An answer.").await.unwrap();
    world.script(old, &staff, domain::command::Script::Goodbye).await.unwrap();
    world
        .act(Command::End { id: old, staff: staff.clone(), reason: EndReason::Finished, confirmed: false })
        .await
        .unwrap();
    let before = world.transcript(old).await;
    // The carrier's call was under way when the contact ended: it names the contact that has just closed.
    let command = Command::ReceiveMessage {
        id: old,
        message: MessageId(world.ids.fresh()),
        inbound: domain::command::Inbound {
            line: "sms-main".to_owned(),
            our_address: LINE.into(),
            customer: ANY.into(),
            text: "one more thing".to_owned(),
            provider_id: world.sid(),
            media: Vec::new(),
            carrier_handled_keyword: false,
            visit: domain::command::VisitWord::default(),
        },
    };
    world.act(command).await.unwrap();
    assert_eq!(world.transcript(old).await, before, "the old transcript is untouched");
    let fresh = world.card_of(ANY).await;
    assert_ne!(fresh.id, old);
    assert_eq!(world.words_in(fresh.id).await, ["one more thing"]);
    world.finish(old, &staff).await;
    world.sound().await;
}

#[tokio::test]
async fn a_reply_after_the_end_is_refused_and_a_second_end_is_none() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "hello").await;
    let (id, staff) = world.accepted(ANY).await;
    world.script(id, &staff, domain::command::Script::Goodbye).await.unwrap();
    let end = Command::End { id, staff: staff.clone(), reason: EndReason::Finished, confirmed: false };
    world.act(end.clone()).await.unwrap();
    assert_eq!(world.act(end).await.unwrap().events, 0);
    assert_eq!(refusal(world.reply(id, &staff, "too late").await).code, "ended");
    world.finish(id, &staff).await;
    assert_eq!(refusal(world.reply(id, &staff, "too late").await).code, "ended");
}

#[tokio::test]
async fn sms_gen_4_a_case_fact_is_refused_recorded_without_its_text_and_never_sent() {
    // SMS-GEN-4
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "what is on my card").await;
    let (id, staff) = world.accepted(ANY).await;
    let no = refusal(world.reply(id, &staff, "Your SNAP benefit is $291 and your case was approved.").await);
    assert_eq!((no.code, no.clause), ("case_fact", Some("SMS-GEN-4")));
    let lines = world.transcript(id).await;
    let last = lines.last().unwrap();
    assert!(
        matches!(&last.0.what, What::Act { sentence, strong: true } if sentence.starts_with("A text was refused"))
    );
    assert_eq!(last.0.clause.as_deref(), Some("SMS-GEN-4"));
    assert!(lines.iter().all(|(_, text)| !text.as_deref().unwrap_or_default().contains("291")));
    world.settle().await;
    assert!(world.sent().is_empty());
    let log = world.store.read_log(0, 1000).await.unwrap();
    assert!(log.iter().all(|event| !event.data.contains("291")), "the refused text is nowhere in the log");
    // Spread over several texts it is seen as well.
    world.reply(id, &staff, "The amount comes in the next text.").await.unwrap();
    assert_eq!(world.card(id).await.refused, 1);
    world.sound().await;
}

#[tokio::test]
async fn a_double_click_is_one_text() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "hello").await;
    let (id, staff) = world.accepted(ANY).await;
    let message = MessageId(world.ids.fresh());
    let reply = domain::command::Reply { text: "Hello!".to_owned(), confirmed: true, ..Default::default() };
    let command = Command::Reply { id, staff, message, reply };
    let key = format!("reply:{message}");
    let (one, two) = tokio::join!(
        world.engine.handle_once(&key, command.clone(), "first click"),
        world.engine.handle_once(&key, command, "second click")
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.events.min(two.events), 0, "one of them did nothing: {one:?} {two:?}");
    world.settle().await;
    assert_eq!(world.sent().len(), 1);
    world.sound().await;
}
