//! The log, and that a commit is one.

use std::sync::Arc;

use crate::given::*;
use store::*;

pub(super) async fn an_empty_store_shows_nothing(store: Arc<dyn Store>) {
    assert_eq!(store.head().await.unwrap(), 0);
    assert_eq!(store.read_log(0, 10).await.unwrap(), []);
    assert_eq!(store.load(&["interaction-a".to_owned()]).await.unwrap(), [None]);
    assert_eq!(store.next_due().await.unwrap(), None);
    assert_eq!(store.verify_audit().await.unwrap(), 0);
    assert_eq!(store.commit(Commit::default()).await.unwrap(), 0);
    assert!(store.check().await.unwrap().iter().all(|(_, count)| *count == 0));
}

pub(super) async fn events_are_numbered_in_the_log_and_in_their_stream(store: Arc<dyn Store>) {
    let both = Commit {
        expected: vec![expect("interaction-a", 0), expect("interaction-b", 0)],
        events: vec![
            event("interaction-a", "one"),
            event("interaction-b", "one"),
            event("interaction-a", "two"),
        ],
        snapshots: vec![snapshot("interaction-a", 2), snapshot("interaction-b", 1)],
        ..Commit::default()
    };
    assert_eq!(store.commit(both).await.unwrap(), 3);
    assert_eq!(store.commit(step("interaction-b", 1)).await.unwrap(), 4);
    assert_eq!(store.commit(Commit::default()).await.unwrap(), 4, "no events, no new position");
    let log = store.read_log(0, 10).await.unwrap();
    let seen: Vec<_> =
        log.iter().map(|event| (event.position, event.stream.as_str(), event.version)).collect();
    let expected =
        [(1, "interaction-a", 1), (2, "interaction-b", 1), (3, "interaction-a", 2), (4, "interaction-b", 2)];
    assert_eq!(seen, expected);
    let first = &log[0];
    assert_eq!((first.kind.as_str(), first.form, first.at), ("one", 1, 1_000));
    assert_eq!((first.data.as_str(), first.actor.as_str()), ("{\"kind\":\"one\"}", "staff:1"));
    assert_eq!((first.clause.as_deref(), first.cause.as_str()), (Some("SMS-GEN-4"), "request-1"));
    assert_eq!(store.read_log(1, 2).await.unwrap(), log[1..3]);
    assert_eq!(store.read_log(4, 2).await.unwrap(), []);
    assert_eq!(store.read_stream("interaction-a", 1, 10).await.unwrap(), log[2..3]);
    assert_eq!(store.read_stream("interaction-b", 0, 1).await.unwrap(), log[1..2]);
    let asked = ["interaction-b".to_owned(), "interaction-x".to_owned(), "interaction-a".to_owned()];
    let expected = [Some(snapshot("interaction-b", 2)), None, Some(snapshot("interaction-a", 2))];
    assert_eq!(store.load(&asked).await.unwrap(), expected);
}

pub(super) async fn a_stream_at_another_version_is_a_conflict(store: Arc<dyn Store>) {
    let conflict = Err(StoreError::Conflict { stream: "interaction-a".to_owned() });
    assert_eq!(store.commit(step("interaction-a", 1)).await, conflict);
    store.commit(step("interaction-a", 0)).await.unwrap();
    assert_eq!(store.commit(step("interaction-a", 0)).await, conflict);
    assert_eq!(store.commit(step("interaction-a", 2)).await, conflict);
    assert_eq!(store.commit(step("interaction-a", 1)).await.unwrap(), 2);
}

pub(super) async fn two_streams_are_written_together_or_not_at_all(store: Arc<dyn Store>) {
    store.commit(step("staff-1", 0)).await.unwrap();
    let both = |version| Commit {
        expected: vec![expect("interaction-a", 0), expect("staff-1", version)],
        events: vec![event("interaction-a", "accepted"), event("staff-1", "accepted")],
        ..Commit::default()
    };
    assert_eq!(store.commit(both(0)).await, Err(StoreError::Conflict { stream: "staff-1".to_owned() }));
    assert_eq!(store.read_stream("interaction-a", 0, 10).await.unwrap(), []);
    assert_eq!(store.commit(both(1)).await.unwrap(), 3);
}

pub(super) async fn the_same_input_is_accepted_once(store: Arc<dyn Store>) {
    let with_key =
        |version| Commit { inbound: Some("carrier-1".to_owned()), ..step("interaction-a", version) };
    store.commit(with_key(0)).await.unwrap();
    assert_eq!(store.commit(with_key(1)).await, Err(StoreError::Duplicate));
    // Whoever raced and lost is told that the input is known, not that it must decide again.
    assert_eq!(store.commit(with_key(0)).await, Err(StoreError::Duplicate));
    assert_eq!(store.head().await.unwrap(), 1);
    // A refused commit does not use its key up.
    let refused = Commit { inbound: Some("carrier-2".to_owned()), ..step("interaction-a", 9) };
    assert!(matches!(store.commit(refused).await, Err(StoreError::Conflict { .. })));
    let again = Commit { inbound: Some("carrier-2".to_owned()), ..step("interaction-a", 1) };
    assert_eq!(store.commit(again).await.unwrap(), 2);
}

pub(super) async fn a_snapshot_folds_in_every_event_of_its_stream(store: Arc<dyn Store>) {
    let mut early = step("interaction-a", 0);
    early.events.push(event("interaction-a", "more"));
    assert!(matches!(store.commit(early).await, Err(StoreError::Invalid(_))));
    assert_eq!(store.head().await.unwrap(), 0);
    store.commit(step("interaction-a", 0)).await.unwrap();
    let again = Commit {
        snapshots: vec![Snapshot {
            state: "{\"made\":\"again\"}".to_owned(),
            ..snapshot("interaction-a", 1)
        }],
        ..Commit::default()
    };
    store.commit(again).await.unwrap();
    let loaded = store.load(&["interaction-a".to_owned()]).await.unwrap();
    assert_eq!(loaded[0].as_ref().unwrap().state, "{\"made\":\"again\"}");
}

/// What `everything` refers to as being there before.
async fn before(store: &Arc<dyn Store>) {
    let before = Commit {
        effects: vec![effect("effect-before", "line-1", "before", 10)],
        rows: vec![RowChange::Put(row("interaction", "before", "open", 0))],
        bodies: vec![body("message-before", "hello")],
        inbound: Some("carrier-before".to_owned()),
        claims: vec![take("sms:before", "interaction-before")],
        records: vec![record("queue", "before", Some(0), Some("{}"))],
        dead_letters: vec![DeadLetterChange::Put(letter("letter-before", 1))],
        ..step("interaction-before", 0)
    };
    store.commit(before).await.unwrap();
}

pub(super) async fn each_part_is_written(store: Arc<dyn Store>) {
    before(&store).await;
    store.commit(everything("a")).await.unwrap();
    assert_eq!(store.read_stream("interaction-a", 0, 9).await.unwrap().len(), 1);
    assert_eq!(
        store.load(&["interaction-a".to_owned()]).await.unwrap(),
        [Some(snapshot("interaction-a", 1))]
    );
    assert_eq!(store.effect("effect-a").await.unwrap().unwrap().state, EffectState::Waiting);
    assert_eq!(store.effect("effect-before").await.unwrap().unwrap().state, EffectState::Done);
    assert_eq!(store.due_timers(500, 9).await.unwrap().len(), 1);
    assert_eq!(store.row("interaction", "a").await.unwrap(), Some(row("interaction", "a", "open", 1)));
    assert_eq!(store.row("interaction", "before").await.unwrap(), None);
    let bodies = store.bodies(&["message-before".to_owned(), "message-a".to_owned()]).await.unwrap();
    assert_eq!(bodies, [None, Some("my case number".to_owned())]);
    assert_eq!(store.commit(everything("a")).await, Err(StoreError::Duplicate));
    assert_eq!(store.claim_owner("sms:a").await.unwrap().as_deref(), Some("interaction-a"));
    assert_eq!(store.claim_owner("sms:before").await.unwrap(), None);
    assert_eq!(store.record("queue", "a").await.unwrap().unwrap().version, 1);
    assert_eq!(store.audit(0, 9).await.unwrap()[0].subject, "interaction-a");
    assert_eq!(store.dead_letter("letter-a").await.unwrap(), Some(letter("letter-a", 4_000)));
    let resolved = store.dead_letter("letter-before").await.unwrap().unwrap();
    assert_eq!((resolved.resolved_at, resolved.resolution.as_deref()), (Some(5_000), Some("replayed")));
}

pub(super) async fn each_part_goes_back_with_a_refused_commit(store: Arc<dyn Store>) {
    before(&store).await;
    type Spoil = fn(&mut Commit);
    let spoils: [(&str, Spoil); 8] = [
        ("seen before", |c| c.inbound = Some("carrier-before".to_owned())),
        ("version", |c| c.expected.push(expect("interaction-before", 5))),
        ("claim", |c| c.claims.push(take("sms:before-too", "x"))),
        ("record", |c| c.records.push(record("queue", "before", Some(0), Some("{}")))),
        ("snapshot", |c| c.snapshots.push(snapshot("interaction-before", 5))),
        ("effect", |c| c.effects.push(effect("effect-before", "line-1", "x", 0))),
        ("timers", |c| c.timers.push(timers("interaction-before", &[("duty", 1), ("duty", 2)]))),
        ("dead letter", |c| c.dead_letters.push(DeadLetterChange::Put(letter("letter-before", 1)))),
    ];
    let other = Commit { claims: vec![take("sms:before-too", "interaction-other")], ..Commit::default() };
    store.commit(other).await.unwrap();
    let untouched = reading(&store).await;
    for (what, spoil) in spoils {
        let mut commit = everything("a");
        spoil(&mut commit);
        assert!(store.commit(commit).await.is_err(), "{what}");
        assert_eq!(reading(&store).await, untouched, "{what}");
        assert_eq!(store.effect("effect-a").await.unwrap(), None, "{what}");
    }
    store.commit(everything("a")).await.unwrap();
    assert_ne!(reading(&store).await, untouched);
}

pub(super) async fn a_commit_that_contradicts_itself_is_refused(store: Arc<dyn Store>) {
    let double_effect = Commit {
        effects: vec![effect("e", "line-1", "a", 0), effect("e", "line-1", "b", 0)],
        ..Commit::default()
    };
    let double_timer =
        Commit { timers: vec![timers("interaction-a", &[("duty", 1), ("duty", 2)])], ..Commit::default() };
    let put = || DeadLetterChange::Put(letter("l", 1));
    let double_letter = Commit { dead_letters: vec![put(), put()], ..Commit::default() };
    for commit in [double_effect, double_timer, double_letter] {
        assert!(matches!(store.commit(commit).await, Err(StoreError::Invalid(_))));
    }
    assert!(store.check().await.unwrap().iter().all(|(_, count)| *count == 0));
}
