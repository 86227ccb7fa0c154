//! Short ways to say what a test stores, and one reading of everything a store can show.

use std::path::Path;
use std::sync::Arc;

use store::sqlite::{Options, SqliteStore};
use store::vault::Vault;
use store::*;

/// The key of all test vaults.
pub(crate) const KEY: [u8; 32] = [7; 32];

pub(crate) fn vault() -> Vault {
    Vault::from_bytes(KEY)
}

pub(crate) fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, vault(), &Options::default()).unwrap()
}

pub(crate) fn event(stream: &str, kind: &str) -> NewEvent {
    NewEvent {
        stream: stream.to_owned(),
        kind: kind.to_owned(),
        form: 1,
        data: format!("{{\"kind\":\"{kind}\"}}"),
        at: 1_000,
        actor: "staff:1".to_owned(),
        clause: Some("SMS-GEN-4".to_owned()),
        cause: "request-1".to_owned(),
    }
}

pub(crate) fn expect(stream: &str, version: u64) -> Expect {
    Expect { stream: stream.to_owned(), version }
}

pub(crate) fn snapshot(stream: &str, version: u64) -> Snapshot {
    Snapshot { stream: stream.to_owned(), version, state: format!("{{\"at\":{version}}}") }
}

/// One event with the snapshot after it, on a stream that is at `version`.
pub(crate) fn step(stream: &str, version: u64) -> Commit {
    Commit {
        expected: vec![expect(stream, version)],
        events: vec![event(stream, "step")],
        snapshots: vec![snapshot(stream, version + 1)],
        ..Commit::default()
    }
}

pub(crate) fn effect(id: &str, lane: &str, order_key: &str, not_before: Millis) -> NewEffect {
    NewEffect {
        id: id.to_owned(),
        lane: lane.to_owned(),
        order_key: order_key.to_owned(),
        kind: "send_text".to_owned(),
        data: "{\"body\":\"m1\"}".to_owned(),
        not_before,
    }
}

pub(crate) fn timers(stream: &str, timers: &[(&str, Millis)]) -> TimerSet {
    TimerSet {
        stream: stream.to_owned(),
        timers: timers.iter().map(|(key, due)| ((*key).to_owned(), *due)).collect(),
    }
}

pub(crate) fn row(kind: &str, id: &str, group: &str, sort: i64) -> Row {
    Row {
        kind: kind.to_owned(),
        id: id.to_owned(),
        group: group.to_owned(),
        sort,
        data: format!("{{\"sort\":{sort}}}"),
    }
}

pub(crate) fn body(key: &str, text: &str) -> BodyChange {
    BodyChange::Put { key: key.to_owned(), text: text.to_owned() }
}

pub(crate) fn take(name: &str, owner: &str) -> Claim {
    Claim::Take { name: name.to_owned(), owner: owner.to_owned() }
}

pub(crate) fn release(name: &str, owner: &str) -> Claim {
    Claim::Release { name: name.to_owned(), owner: owner.to_owned() }
}

pub(crate) fn record(kind: &str, id: &str, expected: Option<u64>, data: Option<&str>) -> RecordChange {
    RecordChange {
        kind: kind.to_owned(),
        id: id.to_owned(),
        expected,
        data: data.map(str::to_owned),
        at: 2_000,
        actor: "staff:2".to_owned(),
    }
}

pub(crate) fn audit_line(action: &str, subject: &str) -> AuditLine {
    AuditLine {
        at: 3_000,
        actor: "staff:3".to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: "{}".to_owned(),
    }
}

pub(crate) fn letter(id: &str, at: Millis) -> DeadLetter {
    DeadLetter {
        id: id.to_owned(),
        at,
        source: "hooks/sms/http".to_owned(),
        reason: "the bytes are no UTF-8".to_owned(),
        meta: "{}".to_owned(),
        bytes: vec![0, 159, 146, 150],
        resolved_at: None,
        resolution: None,
    }
}

/// A commit with something in each of its parts. `tag` keeps two of them apart.
pub(crate) fn everything(tag: &str) -> Commit {
    let stream = format!("interaction-{tag}");
    Commit {
        effects: vec![effect(&format!("effect-{tag}"), "line-1", tag, 10)],
        effect_results: vec![EffectResult::Done { id: "effect-before".to_owned() }],
        timers: vec![timers(&stream, &[("duty", 500), ("idle", 900)])],
        rows: vec![
            RowChange::Put(row("interaction", tag, "open", 1)),
            RowChange::Delete { kind: "interaction".to_owned(), id: "before".to_owned() },
        ],
        bodies: vec![
            body(&format!("message-{tag}"), "my case number"),
            BodyChange::Erase { key: "message-before".to_owned() },
        ],
        inbound: Some(format!("carrier-{tag}")),
        claims: vec![take(&format!("sms:{tag}"), &stream), release("sms:before", "interaction-before")],
        records: vec![record("queue", tag, Some(0), Some("{}"))],
        audit: vec![audit_line("open", &stream)],
        dead_letters: vec![
            DeadLetterChange::Put(letter(&format!("letter-{tag}"), 4_000)),
            DeadLetterChange::Resolve {
                id: "letter-before".to_owned(),
                at: 5_000,
                resolution: "replayed".to_owned(),
            },
        ],
        ..step(&stream, 0)
    }
}

/// Everything that a store shows, as text, to compare two moments or two stores.
pub(crate) async fn reading(store: &Arc<dyn Store>) -> String {
    let mut parts = Vec::new();
    let log = store.read_log(0, usize::MAX).await.unwrap();
    let mut streams: Vec<String> = log.iter().map(|event| event.stream.clone()).collect();
    streams.sort_unstable();
    streams.dedup();
    for stream in &streams {
        parts.push(format!("{stream}: {:?}", store.read_stream(stream, 0, usize::MAX).await.unwrap()));
    }
    parts.push(format!("log: {log:?}, head {}", store.head().await.unwrap()));
    parts.push(format!("snapshots: {:?}", store.load(&streams).await.unwrap()));
    for state in [EffectState::Waiting, EffectState::Done, EffectState::Dead] {
        parts.push(format!("{state:?}: {:?}", store.effects(state, usize::MAX).await.unwrap()));
    }
    parts.push(format!("lanes: {:?}", store.lanes().await.unwrap()));
    parts.push(format!("timers: {:?}", store.due_timers(Millis::MAX, usize::MAX).await.unwrap()));
    parts.push(format!("next due: {:?}", store.next_due().await.unwrap()));
    for descending in [false, true] {
        let query = RowQuery {
            kind: "interaction".to_owned(),
            group: None,
            after: None,
            descending,
            limit: usize::MAX,
        };
        parts.push(format!("rows: {:?}", store.rows(query).await.unwrap()));
    }
    let names = ["before", "0", "1", "2", "a", "b", "c"];
    for name in names {
        let bodies = store.bodies(&[format!("message-{name}")]).await.unwrap();
        let owner = store.claim_owner(&format!("sms:{name}")).await.unwrap();
        let history = store.record_history("queue", name, usize::MAX).await.unwrap();
        let newest = store.record("queue", name).await.unwrap();
        parts.push(format!("{name}: {bodies:?} {owner:?} {newest:?} {history:?}"));
    }
    parts.push(format!("records: {:?}", store.records("queue").await.unwrap()));
    parts.push(format!("audit: {:?}", store.audit(0, usize::MAX).await.unwrap()));
    parts.push(format!("letters: {:?}", store.dead_letters(usize::MAX).await.unwrap()));
    parts.push(format!("counts: {:?}", store.check().await.unwrap()));
    parts.join("\n")
}
