//! Any sequence of writes leaves both stores with the same answers and the same content.
//!
//! The names are few, so that commits meet each other often.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::given::*;
use store::memory::MemoryStore;
use store::*;

#[derive(Debug, Clone)]
enum Act {
    Commit(Box<Commit>),
    Claim { now: Millis, limit: usize },
    Clear,
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("0"), Just("1"), Just("2")].prop_map(str::to_owned)
}

fn effect_result() -> impl Strategy<Value = EffectResult> {
    (0..4, 0..8_u8, 0..60_i64).prop_map(|(what, id, not_before)| {
        let (id, error) = (format!("e{id}"), "failed".to_owned());
        match what {
            0 => EffectResult::Done { id },
            1 => EffectResult::Retry { id, not_before, error },
            2 => EffectResult::Dead { id, error },
            _ => EffectResult::Requeue { id, not_before },
        }
    })
}

fn written() -> impl Strategy<Value = Commit> {
    let streams = vec((name(), 0..3_u64), 0..2);
    let effects = vec((0..8_u8, name(), name(), 0..60_i64), 0..3);
    let timer_sets = vec((name(), vec((name(), 0..60_i64), 0..3)), 0..2);
    (streams, effects, vec(effect_result(), 0..3), timer_sets).prop_map(
        |(streams, effects, results, sets)| Commit {
            expected: streams
                .iter()
                .map(|(name, version)| expect(&format!("interaction-{name}"), *version))
                .collect(),
            events: streams.iter().map(|(name, _)| event(&format!("interaction-{name}"), "step")).collect(),
            snapshots: streams
                .iter()
                .map(|(name, version)| snapshot(&format!("interaction-{name}"), version + 1))
                .collect(),
            effects: effects
                .iter()
                .map(|(id, lane, key, at)| effect(&format!("e{id}"), lane, key, *at))
                .collect(),
            effect_results: results,
            timers: sets
                .iter()
                .map(|(stream, set)| {
                    let set: Vec<_> = set.iter().map(|(key, due)| (key.as_str(), *due)).collect();
                    timers(stream, &set)
                })
                .collect(),
            ..Commit::default()
        },
    )
}

fn beside() -> impl Strategy<Value = Commit> {
    let rows = vec((any::<bool>(), name(), name(), -2..3_i64), 0..3);
    let bodies = vec((any::<bool>(), name()), 0..2);
    let claims = vec((any::<bool>(), name(), name()), 0..2);
    let records = vec((name(), proptest::option::of(0..3_u64), any::<bool>()), 0..2);
    let inbound = proptest::option::weighted(0.3, 0..6_u8);
    let letters = vec((any::<bool>(), name(), 0..9_i64), 0..2);
    (rows, bodies, claims, records, inbound, letters, 0..2_usize).prop_map(
        |(rows, bodies, claims, records, inbound, letters, audit)| Commit {
            rows: rows
                .into_iter()
                .map(|(put, id, group, sort)| match put {
                    true => RowChange::Put(row("interaction", &id, &group, sort)),
                    false => RowChange::Delete { kind: "interaction".to_owned(), id },
                })
                .collect(),
            bodies: bodies
                .into_iter()
                .map(|(put, key)| match put {
                    true => body(&format!("message-{key}"), "hello"),
                    false => BodyChange::Erase { key: format!("message-{key}") },
                })
                .collect(),
            claims: claims
                .into_iter()
                .map(|(taken, name, owner)| {
                    let name = format!("sms:{name}");
                    if taken { take(&name, &owner) } else { release(&name, &owner) }
                })
                .collect(),
            records: records
                .into_iter()
                .map(|(id, expected, kept)| record("queue", &id, expected, kept.then_some("{}")))
                .collect(),
            inbound: inbound.map(|key| format!("carrier-{key}")),
            dead_letters: letters
                .into_iter()
                .map(|(put, id, at)| match put {
                    true => DeadLetterChange::Put(letter(&id, at)),
                    false => DeadLetterChange::Resolve { id, at, resolution: "done".to_owned() },
                })
                .collect(),
            audit: vec![audit_line("write", "x"); audit],
            ..Commit::default()
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let whole = (written(), beside()).prop_map(|(first, second)| Commit {
        expected: first.expected,
        events: first.events,
        snapshots: first.snapshots,
        effects: first.effects,
        effect_results: first.effect_results,
        timers: first.timers,
        ..second
    });
    prop_oneof![
        4 => written().prop_map(|commit| Act::Commit(Box::new(commit))),
        4 => beside().prop_map(|commit| Act::Commit(Box::new(commit))),
        4 => whole.prop_map(|commit| Act::Commit(Box::new(commit))),
        3 => (0..60_i64, 1..4_usize).prop_map(|(now, limit)| Act::Claim { now, limit }),
        1 => Just(Act::Clear),
    ]
}

async fn perform(store: &Arc<dyn Store>, act: &Act) -> String {
    match act {
        Act::Commit(commit) => format!("{:?}", store.commit((**commit).clone()).await),
        Act::Claim { now, limit } => {
            let mut answers = Vec::new();
            for lane in ["0", "1", "2"] {
                answers.push(store.claim_effects(lane, *now, now + 20, *limit).await);
            }
            format!("{answers:?}")
        }
        Act::Clear => format!("{:?}", store.clear_rows(&["interaction".to_owned()]).await),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_alike(acts in vec(act(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let disk: Arc<dyn Store> = Arc::new(open(&folder.path().join("hearthline.db")));
        runtime.block_on(async {
            for act in &acts {
                assert_eq!(perform(&disk, act).await, perform(&memory, act).await, "{act:?}");
                assert_eq!(disk.next_due().await, memory.next_due().await, "{act:?}");
            }
            assert_eq!(reading(&disk).await, reading(&memory).await);
            assert_eq!(disk.verify_audit().await, memory.verify_audit().await);
        });
    }
}
