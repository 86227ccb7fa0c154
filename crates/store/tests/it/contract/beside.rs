//! What stands beside the log: bodies, claims, records, the audit log, dead letters.

use std::sync::Arc;

use crate::given::*;
use store::*;

pub(super) async fn bodies_are_replaced_and_erased(store: Arc<dyn Store>) {
    let bodies = |bodies| Commit { bodies, ..Commit::default() };
    store.commit(bodies(vec![body("m1", "my number is 5"), body("m2", "¿Sí? 👍")])).await.unwrap();
    let keys = ["m2".to_owned(), "m0".to_owned(), "m1".to_owned()];
    let read = store.bodies(&keys).await.unwrap();
    assert_eq!(read, [Some("¿Sí? 👍".to_owned()), None, Some("my number is 5".to_owned())]);
    store.commit(bodies(vec![body("m1", "my number is *")])).await.unwrap();
    let erase = BodyChange::Erase { key: "m2".to_owned() };
    store.commit(bodies(vec![erase.clone(), erase])).await.unwrap();
    assert_eq!(store.bodies(&keys).await.unwrap(), [None, None, Some("my number is *".to_owned())]);
}

pub(super) async fn a_claim_has_one_owner(store: Arc<dyn Store>) {
    let claims = |claims| Commit { claims, ..Commit::default() };
    store.commit(claims(vec![take("sms:5", "i1")])).await.unwrap();
    store.commit(claims(vec![take("sms:5", "i1")])).await.unwrap();
    let taken = StoreError::Taken { name: "sms:5".to_owned(), owner: "i1".to_owned() };
    assert_eq!(store.commit(claims(vec![take("sms:5", "i2")])).await, Err(taken));
    store.commit(claims(vec![release("sms:5", "i2")])).await.unwrap();
    assert_eq!(
        store.claim_owner("sms:5").await.unwrap().as_deref(),
        Some("i1"),
        "only its owner gives it back"
    );
    store.commit(claims(vec![release("sms:5", "i1")])).await.unwrap();
    assert_eq!(store.claim_owner("sms:5").await.unwrap(), None);
    store.commit(claims(vec![take("sms:5", "i2")])).await.unwrap();
}

pub(super) async fn claims_are_found_by_a_range_of_their_names(store: Arc<dyn Store>) {
    let names = ["slot:a:1:000", "slot:a:2:000", "slot:a:2:001", "slot:ab:1:000", "slot:b:1:000", "sms:5"];
    let claims = names.iter().rev().map(|name| take(name, "i1")).collect();
    store.commit(Commit { claims, ..Commit::default() }).await.unwrap();
    let between = async |from: &str, to: &str| store.claims_between(from, to).await.unwrap();
    assert_eq!(between("slot:a:2:", "slot:a:3:").await, ["slot:a:2:000", "slot:a:2:001"]);
    assert_eq!(between("slot:a:", "slot:a;").await, ["slot:a:1:000", "slot:a:2:000", "slot:a:2:001"]);
    assert_eq!(between("slot:a:1:000", "slot:a:1:000").await, Vec::<String>::new());
    assert_eq!(between("slot:b", "slot:a").await, Vec::<String>::new());
    store.commit(Commit { claims: vec![release("slot:a:2:000", "i1")], ..Commit::default() }).await.unwrap();
    assert_eq!(between("slot:a:2:", "slot:a:3:").await, ["slot:a:2:001"]);
    assert_eq!(between("", "\u{10ffff}").await.len(), 5);
}

pub(super) async fn a_look_answers_as_the_single_questions_do(store: Arc<dyn Store>) {
    assert_eq!(store.look(Look::default()).await.unwrap(), Seen::default());
    let claims = ["slot:a:1", "slot:a:2", "slot:b:1"].iter().map(|name| take(name, "i1")).collect();
    let rows = vec![RowChange::Put(row("visit", "1", "a", 1)), RowChange::Put(row("visit", "2", "a", 2))];
    store.commit(Commit { claims, rows, ..step("interaction-a", 0) }).await.unwrap();
    let query = RowQuery {
        kind: "visit".to_owned(),
        group: Some("a".to_owned()),
        after: Some(1),
        descending: false,
        limit: 5,
    };
    let streams = ["interaction-x".to_owned(), "interaction-a".to_owned()];
    let range = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let look = Look {
        streams: streams.to_vec(),
        rows: Some(query.clone()),
        claims: vec![range("slot:b", "slot:c"), range("slot:b", "slot:a"), range("slot:a:1", "slot:a:2")],
    };
    let seen = store.look(look).await.unwrap();
    assert_eq!(seen.snapshots, store.load(&streams).await.unwrap());
    assert!(seen.snapshots[0].is_none() && seen.snapshots[1].is_some());
    assert_eq!(seen.rows, store.rows(query).await.unwrap());
    assert_eq!(seen.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(seen.claims, ["slot:b:1", "slot:a:1"]);
}

pub(super) async fn claims_of_one_commit_apply_in_order(store: Arc<dyn Store>) {
    let claims = |claims| Commit { claims, ..Commit::default() };
    store.commit(claims(vec![take("sms:5", "i1")])).await.unwrap();
    store.commit(claims(vec![release("sms:5", "i1"), take("sms:5", "i2")])).await.unwrap();
    assert_eq!(store.claim_owner("sms:5").await.unwrap().as_deref(), Some("i2"));
    let wrong_order = claims(vec![take("sms:5", "i3"), release("sms:5", "i2")]);
    assert!(matches!(store.commit(wrong_order).await, Err(StoreError::Taken { .. })));
    let both = claims(vec![take("sms:6", "i3"), take("sms:6", "i4")]);
    assert!(matches!(store.commit(both).await, Err(StoreError::Taken { .. })));
    assert_eq!(store.claim_owner("sms:6").await.unwrap(), None);
}

async fn change(store: &Arc<dyn Store>, change: RecordChange) -> Result<Position, StoreError> {
    store.commit(Commit { records: vec![change], ..Commit::default() }).await
}

pub(super) async fn a_record_keeps_every_version(store: Arc<dyn Store>) {
    change(&store, record("queue", "b", Some(0), Some("1"))).await.unwrap();
    change(&store, record("queue", "a", None, Some("1"))).await.unwrap();
    change(&store, record("account", "z", Some(0), Some("1"))).await.unwrap();
    change(&store, record("queue", "b", Some(1), Some("2"))).await.unwrap();
    change(&store, record("queue", "b", None, Some("3"))).await.unwrap();
    let newest = store.record("queue", "b").await.unwrap().unwrap();
    assert_eq!((newest.version, newest.data.as_str()), (3, "3"));
    assert_eq!((newest.at, newest.actor.as_str()), (2_000, "staff:2"));
    let listed = store.records("queue").await.unwrap();
    assert_eq!(listed.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let history = store.record_history("queue", "b", 2).await.unwrap();
    let versions: Vec<_> = history.iter().map(|record| (record.version, record.data.as_str())).collect();
    assert_eq!(versions, [(3, "3"), (2, "2")]);
    assert_eq!(store.record_history("queue", "none", 2).await.unwrap(), []);
}

pub(super) async fn a_record_changed_meanwhile_is_a_conflict(store: Arc<dyn Store>) {
    let conflict = Err(StoreError::RecordConflict { kind: "queue".to_owned(), id: "a".to_owned() });
    assert_eq!(change(&store, record("queue", "a", Some(1), Some("1"))).await, conflict);
    change(&store, record("queue", "a", Some(0), Some("1"))).await.unwrap();
    assert_eq!(change(&store, record("queue", "a", Some(0), Some("2"))).await, conflict);
    change(&store, record("queue", "a", Some(1), Some("2"))).await.unwrap();
    assert_eq!(change(&store, record("queue", "a", Some(1), None)).await, conflict);
    assert_eq!(store.record("queue", "a").await.unwrap().unwrap().data, "2");
}

pub(super) async fn a_deleted_record_can_be_made_anew(store: Arc<dyn Store>) {
    change(&store, record("queue", "a", None, None)).await.unwrap();
    assert_eq!(store.record_history("queue", "a", 9).await.unwrap(), [], "there was nothing to delete");
    change(&store, record("queue", "a", Some(0), Some("1"))).await.unwrap();
    change(&store, record("queue", "a", Some(1), None)).await.unwrap();
    change(&store, record("queue", "a", None, None)).await.unwrap();
    assert_eq!(store.record("queue", "a").await.unwrap(), None);
    assert_eq!(store.records("queue").await.unwrap(), []);
    change(&store, record("queue", "a", Some(0), Some("3"))).await.unwrap();
    let history = store.record_history("queue", "a", 9).await.unwrap();
    let versions: Vec<_> = history.iter().map(|record| (record.version, record.data.as_str())).collect();
    assert_eq!(versions, [(3, "3"), (2, "null"), (1, "1")]);
}

pub(super) async fn audit_lines_are_chained_and_verified(store: Arc<dyn Store>) {
    let audit = vec![audit_line("read_transcript", "i1"), audit_line("read_transcript", "i1")];
    store.commit(Commit { audit, ..Commit::default() }).await.unwrap();
    store
        .commit(Commit { audit: vec![audit_line("sign_in", "staff:1")], ..Commit::default() })
        .await
        .unwrap();
    let lines = store.audit(0, 9).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((lines[2].action.as_str(), lines[2].subject.as_str()), ("sign_in", "staff:1"));
    assert_eq!((lines[2].at, lines[2].actor.as_str(), lines[2].detail.as_str()), (3_000, "staff:3", "{}"));
    assert_ne!(lines[0].hash, lines[1].hash, "equal lines differ by their place");
    assert_eq!(lines[0].hash.len(), 64);
    assert_eq!(store.audit(1, 1).await.unwrap(), lines[1..2]);
    assert_eq!(store.audit_latest(2).await.unwrap(), [lines[2].clone(), lines[1].clone()]);
    assert_eq!(store.verify_audit().await.unwrap(), 3);
}

pub(super) async fn dead_letters_keep_their_bytes_until_resolved(store: Arc<dyn Store>) {
    let letters = |changes| Commit { dead_letters: changes, ..Commit::default() };
    let put = |id, at| DeadLetterChange::Put(letter(id, at));
    store.commit(letters(vec![put("l1", 5), put("l2", 9), put("l3", 5)])).await.unwrap();
    let newest = store.dead_letters(9).await.unwrap();
    assert_eq!(newest, [letter("l2", 9), letter("l3", 5), letter("l1", 5)]);
    assert_eq!(store.dead_letters(1).await.unwrap(), [letter("l2", 9)]);
    let resolve = |id: &str| DeadLetterChange::Resolve {
        id: id.to_owned(),
        at: 20,
        resolution: "put aside".to_owned(),
    };
    store.commit(letters(vec![resolve("l3"), resolve("none")])).await.unwrap();
    let resolved = store.dead_letter("l3").await.unwrap().unwrap();
    assert_eq!((resolved.resolved_at, resolved.resolution.as_deref()), (Some(20), Some("put aside")));
    assert_eq!(resolved.bytes, [0, 159, 146, 150]);
    assert_eq!(store.dead_letter("none").await.unwrap(), None);
}
