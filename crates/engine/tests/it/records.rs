//! Settings and accounts, the audit log, and the proof that everything can be made again from the log.

use domain::pack::WrapUpCode;
use domain::view;
use engine::records::{CANNED, WRAP_UP_CODE};
use engine::{Change, EngineError};
use store::{Commit, RowChange, Store, StoreError};

use crate::world::{ANY, MINUTE, World, refusal};

fn code(title: &str) -> serde_json::Value {
    serde_json::to_value(WrapUpCode {
        id: "pets".to_owned(),
        title: title.to_owned(),
        channels: vec!["sms".to_owned()],
        referral: false,
        draft: false,
    })
    .unwrap()
}

fn change(expected: Option<u64>, data: Option<serde_json::Value>) -> Change {
    Change { kind: WRAP_UP_CODE, id: "pets".to_owned(), expected, data, reason: "asked for".to_owned() }
}

#[tokio::test]
async fn a_saved_setting_takes_force_at_once_with_an_audit_line_and_a_conflict_for_the_second() {
    let mut world = World::staffed(&["ana"]).await;
    let lines = world.store.verify_audit().await.unwrap();
    world.engine.save(change(Some(0), Some(code("Pets"))), "morgan").await.unwrap();
    assert!(world.engine.pack().wrap_up.codes.iter().any(|known| known.id == "pets"));
    let second = world.engine.save(change(Some(0), Some(code("Animals"))), "erin").await;
    assert!(matches!(second, Err(EngineError::Store(StoreError::RecordConflict { .. }))), "{second:?}");
    world.engine.save(change(Some(1), Some(code("Animals"))), "erin").await.unwrap();
    assert_eq!(world.store.verify_audit().await.unwrap(), lines + 2);
    let newest = &world.store.audit_latest(1).await.unwrap()[0];
    assert_eq!((newest.actor.as_str(), newest.action.as_str()), ("erin", "change_wrap_up_code"));
    assert!(
        newest.detail.contains("Pets")
            && newest.detail.contains("Animals")
            && newest.detail.contains("asked for")
    );
    // What a person changed stays theirs when the program starts again, and what they deleted stays deleted.
    world.engine.save(change(Some(2), None), "erin").await.unwrap();
    world.restart().await;
    assert!(world.engine.pack().wrap_up.codes.iter().all(|known| known.id != "pets"));
    let gone = Change {
        kind: CANNED,
        id: "wrong-number".to_owned(),
        expected: None,
        data: None,
        reason: String::new(),
    };
    world.engine.save(gone, "erin").await.unwrap();
    world.restart().await;
    assert!(world.engine.pack().response("wrong-number").is_none());
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_before_anything_is_written() {
    let world = World::new().await;
    let before = world.store.verify_audit().await.unwrap();
    let nonsense = world.engine.save(change(Some(0), Some(serde_json::json!({ "id": 7 }))), "morgan").await;
    assert!(matches!(nonsense, Err(EngineError::Invalid(_))));
    assert_eq!(world.store.verify_audit().await.unwrap(), before);
}

#[tokio::test]
async fn password_hashes_never_reach_the_audit_log() {
    let world = World::new().await;
    let mut account = crate::world::account(&crate::world::pack(), "ana");
    account.password_hash = "$argon2id$secret".to_owned();
    world.save_account(account).await;
    let audit = world.store.audit(0, 1000).await.unwrap();
    assert!(audit.iter().all(|line| !line.detail.contains("argon2id")));
}

#[tokio::test]
async fn a_setting_whose_answer_was_lost_is_in_force_after_the_next_pass() {
    let world = World::new().await;
    world.store.lose_answer_of_next(1);
    assert!(world.engine.save(change(Some(0), Some(code("Pets"))), "morgan").await.is_err());
    world.engine.distribute().await.unwrap();
    assert!(world.engine.pack().wrap_up.codes.iter().any(|known| known.id == "pets"));
}

#[tokio::test]
async fn canned_responses_are_counted_once_each_also_when_the_disk_fails() {
    let world = World::staffed(&["ana"]).await;
    world.store.fail_next_commits(1);
    let sid = world.sid();
    assert!(world.text_as(&sid, ANY, "HELP").await.is_err());
    assert_eq!(world.engine.usage().get("help").copied().unwrap_or_default(), 0);
    world.text_as(&sid, ANY, "HELP").await.unwrap();
    assert_eq!(world.engine.usage()["help"], 1);
}

#[tokio::test]
async fn a_long_mixed_run_can_be_made_again_from_the_log_and_a_tampered_row_is_found_and_mended() {
    let mut world = World::staffed(&["ana", "ben", "carla"]).await;
    for n in 0..60_i64 {
        let customer = format!("+157355505{:02}", n % 23);
        let words = [
            "hola, necesito ayuda",
            "stop",
            "START",
            "my ssn is 123-45-6789",
            "HELP",
            "when is my interview",
        ];
        let words = words[usize::try_from(n % 6).unwrap()];
        world.text(&customer, words).await;
        world.settle().await;
        for card in world.cards().await {
            if let Some(offer) = &card.offer {
                let accept = domain::command::Command::Accept {
                    id: card.id,
                    offer: offer.id,
                    staff: offer.staff.clone(),
                };
                if n % 3 > 0 {
                    world.act(accept).await.unwrap();
                }
            }
        }
        for card in world.cards().await {
            let Some(owner) = card.owner.clone() else { continue };
            if n % 4 == 0 {
                let _ = world.reply(card.id, &owner, "Which program do you ask about?").await;
            }
            if n % 7 == 0 && !card.opted_out && card.phase == domain::interaction::Phase::Active {
                let _ = world.script(card.id, &owner, domain::command::Script::Goodbye).await;
                let end = domain::command::Command::End {
                    id: card.id,
                    staff: owner.clone(),
                    reason: domain::interaction::EndReason::Finished,
                    confirmed: false,
                };
                if world.act(end).await.is_ok() {
                    world.finish(card.id, &owner).await;
                }
            }
        }
        world.pass(MINUTE / 2).await;
        if n % 20 == 19 {
            world.restart().await;
        }
    }
    world.sound().await;

    let card = world.cards().await.pop().unwrap();
    let mut row = world.store.row(view::INTERACTION, &card.id.to_string()).await.unwrap().unwrap();
    row.data = row.data.replace("\"inbound\":", "\"inbound\":9");
    let ghost = store::Row { id: "ghost".to_owned(), ..row.clone() };
    let rows = vec![RowChange::Put(row), RowChange::Put(ghost)];
    world.store.commit(Commit { rows, ..Commit::default() }).await.unwrap();
    let found = world.engine.replay(false).await.unwrap();
    assert_eq!(found.different, 2, "{:#?}", found.listed);
    assert_eq!(world.engine.replay(true).await.unwrap().different, 2);
    world.sound().await;
}

#[tokio::test]
async fn replay_puts_a_state_right_with_its_clocks_and_the_next_decision_rests_on_it() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "hello").await;
    let (id, staff) = world.accepted(ANY).await;
    let stream = domain::event::interaction_stream(id);
    let names = [stream.clone()];
    let timers = async || {
        let all = world.store.due_timers(i64::MAX, 100).await.unwrap();
        all.into_iter().filter(|timer| timer.stream == stream).collect::<Vec<_>>()
    };
    let (right, clocks) = (world.store.load(&names).await.unwrap(), timers().await);
    assert!(!clocks.is_empty(), "a clock runs for the customer's word");
    let snapshot = right[0].clone().unwrap();
    let state = snapshot.state.replace("\"phase\":\"active\"", "\"phase\":\"done\"");
    assert_ne!(state, snapshot.state);
    let damage = Commit {
        snapshots: vec![store::Snapshot { state, ..snapshot }],
        timers: vec![store::TimerSet { stream: stream.clone(), timers: Vec::new() }],
        ..Commit::default()
    };
    world.store.commit(damage).await.unwrap();
    refusal(world.reply(id, &staff, "Which program do you ask about?").await);

    let found = world.engine.replay(false).await.unwrap();
    assert_eq!(found.listed, [format!("the state of {stream} differs from its events")]);
    assert_eq!(world.engine.replay(true).await.unwrap().different, 1);
    assert_eq!((world.store.load(&names).await.unwrap(), timers().await), (right, clocks));
    assert_eq!(world.engine.replay(false).await.unwrap().different, 0);
    world.reply(id, &staff, "Which program do you ask about?").await.unwrap();
    world.sound().await;
}

#[tokio::test]
async fn refusals_are_recorded_with_their_clause_and_counted_on_the_card() {
    let world = World::staffed(&["ana"]).await;
    world.text(ANY, "supervisor!").await;
    let (id, staff) = world.accepted(ANY).await;
    for words in ["Your DCN is 12345678.", "A supervisor will call you back today."] {
        refusal(world.reply(id, &staff, words).await);
    }
    assert_eq!(world.card(id).await.refused, 2);
    let log = world.store.read_log(0, 1000).await.unwrap();
    let clauses: Vec<_> =
        log.iter().filter(|e| e.kind == "send_refused").filter_map(|e| e.clause.clone()).collect();
    assert_eq!(clauses, ["SMS-GEN-4", "SMS-SUPV-3"]);
}

#[tokio::test]
async fn nudges_name_what_was_touched() {
    let world = World::new().await;
    let mut nudges = world.engine.nudges();
    world.text(ANY, "hello").await;
    let nudge = nudges.recv().await.unwrap();
    assert_eq!(nudge.position, world.store.head().await.unwrap());
    assert_eq!(nudge.interactions, [world.card_of(ANY).await.id]);
}
