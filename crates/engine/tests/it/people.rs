//! People: who is offered what, who lets it pass, who is gone, and who may not take texts any more.

use domain::command::{Command, Target};
use domain::interaction::Phase;
use domain::staff::Presence;
use domain::view;

use crate::world::{ANY, MINUTE, World, account, pack, refusal};

const OTHER: &str = "+15735550102";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_people_accept_at_once_and_exactly_one_has_it() {
    for round in 0..8 {
        let world = std::sync::Arc::new(World::staffed(&["ana", "sofia"]).await);
        world.text(ANY, "hello").await;
        world.engine.distribute().await.unwrap();
        let card = world.card_of(ANY).await;
        let (staff, offer) = world.offer_of(card.id).await;
        // A supervisor takes it from the floor in the same moment in which the person rung accepts.
        let other: domain::id::StaffId = if staff.0 == "ana" { "sofia".into() } else { "ana".into() };
        let accept = Command::Accept { id: card.id, offer, staff: staff.clone() };
        let taken = Command::TakeOver { id: card.id, staff: "sofia".into() };
        let (a, b) = (world.clone(), world.clone());
        let one = tokio::spawn(async move { a.act(accept).await });
        let two = tokio::spawn(async move { b.act(taken).await });
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert!(one.is_ok() || two.is_ok(), "round {round}: {one:?} {two:?}");
        let owner = world.card(card.id).await.owner.expect("somebody has it");
        let loads = (
            world.member(&owner.0).await.load,
            world.member(if owner == staff { &other.0 } else { &staff.0 }).await.load,
        );
        assert_eq!(loads, (1, 0), "round {round}: {one:?} {two:?}");
        world.sound().await;
    }
}

#[tokio::test]
async fn an_accepted_offer_cannot_be_accepted_again_by_somebody_else() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "hello").await;
    world.engine.distribute().await.unwrap();
    let id = world.card_of(ANY).await.id;
    let (staff, offer) = world.offer_of(id).await;
    world.on_queue("ben").await;
    let stranger = world.act(Command::Accept { id, offer, staff: "ben".into() }).await;
    assert_eq!(refusal(stranger).code, "offer_gone");
    let accept = Command::Accept { id, offer, staff };
    let key = format!("accept:{offer}");
    assert!(!world.engine.handle_once(&key, accept.clone(), "click").await.unwrap().duplicate);
    assert!(
        world.engine.handle_once(&key, accept, "click").await.unwrap().duplicate,
        "a double click is no error"
    );
}

#[tokio::test]
async fn capacity_is_never_exceeded_and_longest_idle_goes_first() {
    // SMS-DELAY-7
    let world = World::staffed(&["ana"]).await;
    world.advance(1000);
    world.on_queue("ben").await;
    for n in 0..6 {
        world.text(&format!("+1573555040{n}"), "hello").await;
        world.advance(1000);
    }
    world.engine.distribute().await.unwrap();
    assert_eq!(world.member("ana").await.load, 1, "at most one rings at a time");
    for _ in 0..6 {
        for card in world.cards().await {
            if let Some(offer) = card.offer {
                world
                    .act(Command::Accept { id: card.id, offer: offer.id, staff: offer.staff })
                    .await
                    .unwrap();
            }
        }
        world.engine.distribute().await.unwrap();
    }
    assert_eq!((world.member("ana").await.load, world.member("ben").await.load), (2, 2));
    let waiting = world.cards().await.iter().filter(|card| card.phase == Phase::Waiting).count();
    assert_eq!(waiting, 2);
    world.sound().await;
}

#[tokio::test]
async fn an_ignored_offer_moves_on_and_two_take_the_person_off_the_queue() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "hello").await;
    world.settle().await;
    world.pass(20_000).await;
    assert_eq!(world.member("ana").await.presence, Presence::OnQueue);
    assert!(world.card_of(ANY).await.offer.is_none(), "left in peace with it for half a minute");
    world.pass(30_000).await;
    assert!(world.card_of(ANY).await.offer.is_some(), "asked again, since nobody else is there");
    world.pass(20_000).await;
    assert_eq!(
        world.member("ana").await.presence,
        Presence::NotResponding { reason: "offers_ignored".to_owned() }
    );
    assert_eq!(world.member("ana").await.load, 0);
    assert_eq!(world.card_of(ANY).await.waiting_since, Some(crate::world::MONDAY_TEN), "it keeps its place");
    world.sound().await;
}

#[tokio::test]
async fn a_lost_line_leads_to_not_responding_after_the_grace_and_the_offer_goes_back_to_the_front() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "first").await;
    world.settle().await;
    world.advance(1000);
    world.text(OTHER, "second").await;
    world.act(Command::LoseLine { staff: "ana".into() }).await.unwrap();
    // A page that is loaded anew: back within the grace time, nothing happened.
    world.pass(5_000).await;
    world.act(Command::RegainLine { staff: "ana".into() }).await.unwrap();
    world.pass(13_000).await;
    assert_eq!(world.member("ana").await.presence, Presence::OnQueue);
    let card = world.card_of(ANY).await;
    let offer = card.offer.expect("it still rings");
    world.act(Command::Decline { id: card.id, offer: offer.id, staff: "ana".into() }).await.unwrap();

    world.act(Command::LoseLine { staff: "ana".into() }).await.unwrap();
    world.pass(5_000).await;
    assert!(world.card_of(OTHER).await.offer.is_some(), "within the grace time it is still offered");
    world.pass(14_999).await;
    assert_eq!(world.member("ana").await.presence, Presence::OnQueue);
    world.pass(1).await;
    assert_eq!(
        world.member("ana").await.presence,
        Presence::NotResponding { reason: "line_lost".to_owned() }
    );
    assert!(
        world.cards().await.iter().all(|card| card.offer.is_none()),
        "what rang is taken back before its time"
    );
    assert_eq!(world.member("ana").await.load, 0);

    world.pass(MINUTE).await;
    world.on_queue("ben").await;
    world.settle().await;
    assert!(world.card_of(ANY).await.offer.is_some(), "the one that waited longest is first");
    assert!(world.card_of(OTHER).await.offer.is_none());
    world.sound().await;
}

#[tokio::test]
async fn after_a_restart_everyone_on_queue_has_the_grace_time_to_come_back() {
    let mut world = World::staffed(&["ana", "ben"]).await;
    world.restart().await;
    let line = world.engine.lines().opened(&"ben".into());
    engine::run::after_restart(&world.engine).await;
    world.pass(20_000).await;
    assert_eq!(
        world.member("ana").await.presence,
        Presence::NotResponding { reason: "line_lost".to_owned() }
    );
    assert_eq!(world.member("ben").await.presence, Presence::OnQueue);
    drop(line);
}

#[tokio::test]
async fn sms_gen_3_a_skill_withdrawn_keeps_the_very_next_text_away() {
    // SMS-GEN-3
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "one").await;
    world.accepted(ANY).await;
    let mut changed = account(&pack(), "ana");
    changed.skills.remove("sms");
    world.save_account(changed).await;
    world.text(OTHER, "two").await;
    assert_eq!(world.engine.distribute().await.unwrap(), 0);
    world.pass(10 * MINUTE).await;
    assert!(world.card_of(OTHER).await.offer.is_none());
    let mut back = account(&pack(), "ana");
    back.sms_capacity = 2;
    world.save_account(back).await;
    assert_eq!(world.engine.distribute().await.unwrap(), 1);
}

#[tokio::test]
async fn sms_gen_2_nobody_goes_on_queue_before_the_procedure_is_acknowledged() {
    // SMS-GEN-2
    let world = World::new().await;
    let no = refusal(
        world.act(Command::SetPresence { staff: "ana".into(), to: Presence::OnQueue, by: None }).await,
    );
    assert_eq!(no.clause, Some("SMS-GEN-2"));
    let old =
        Command::Acknowledge { staff: "ana".into(), procedure: "sms".to_owned(), version: "2020".to_owned() };
    assert_eq!(refusal(world.act(old).await).code, "old_version");
    world.on_queue("ana").await;
}

#[tokio::test]
async fn sms_supv_1_and_2_a_request_alerts_at_once_widens_and_goes_only_to_one_who_is_present() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "i want to talk to a supervisor").await;
    let (id, staff) = world.accepted(ANY).await;
    assert!(world.card(id).await.hint_supervisor);
    world.act(Command::RequestSupervisor { id, staff: staff.clone() }).await.unwrap();
    // SMS-SUPV-1: the immediate supervisor is alerted at once; the alert stays.
    let notices = world.engine.notices(&"sofia".into()).await.unwrap();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].clause, "SMS-SUPV-1");
    // SMS-SUPV-2: only to one who is present, and to nobody else meanwhile.
    let to =
        |who: &str| Command::Transfer { id, staff: staff.clone(), target: Target::Staff { id: who.into() } };
    assert_eq!(refusal(world.act(to("sofia")).await).clause, Some("SMS-SUPV-2"));
    world.on_queue("ben").await;
    assert_eq!(refusal(world.act(to("ben")).await).clause, Some("SMS-SUPV-2"));
    // SMS-SUPV-3
    let promise = world.reply(id, &staff, "A supervisor will call you back.").await;
    assert_eq!(refusal(promise).clause, Some("SMS-SUPV-3"));
    world.pass(MINUTE).await;
    assert_eq!(world.engine.notices(&"casey".into()).await.unwrap().len(), 1, "the coordinator is next");
    world.on_queue("sofia").await;
    world.act(to("sofia")).await.unwrap();
    let (who, offer) = world.offer_of(id).await;
    world.act(Command::Accept { id, offer, staff: who }).await.unwrap();
    assert_eq!(world.card(id).await.owner.unwrap().0, "sofia");
    for who in ["sofia", "casey"] {
        assert!(
            world.engine.notices(&who.into()).await.unwrap().is_empty(),
            "the alert goes when its reason is gone"
        );
    }
    assert_eq!(world.member("ana").await.load, 0);
    assert!(view::DERIVED.contains(&"notice"));
    world.sound().await;
}
