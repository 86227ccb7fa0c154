//! Effects and timers: what runs when, and in which order.

use std::sync::Arc;

use crate::given::*;
use store::*;

async fn add(store: &Arc<dyn Store>, effects: Vec<NewEffect>) {
    store.commit(Commit { effects, ..Commit::default() }).await.unwrap();
}

async fn finish(store: &Arc<dyn Store>, result: EffectResult) {
    store.commit(Commit { effect_results: vec![result], ..Commit::default() }).await.unwrap();
}

async fn claim(store: &Arc<dyn Store>, lane: &str, now: Millis, limit: usize) -> Vec<String> {
    let claimed = store.claim_effects(lane, now, now + 100, limit).await.unwrap();
    claimed.into_iter().map(|effect| effect.id).collect()
}

fn done(id: &str) -> EffectResult {
    EffectResult::Done { id: id.to_owned() }
}

fn retry(id: &str, not_before: Millis) -> EffectResult {
    EffectResult::Retry { id: id.to_owned(), not_before, error: "busy".to_owned() }
}

fn dead(id: &str) -> EffectResult {
    EffectResult::Dead { id: id.to_owned(), error: "no such number".to_owned() }
}

pub(super) async fn effects_are_leased_oldest_first_and_once(store: Arc<dyn Store>) {
    let new = vec![
        effect("e1", "line-1", "a", 10),
        effect("e2", "line-1", "b", 0),
        effect("m1", "mail", "a", 0),
        effect("e3", "line-1", "c", 0),
        effect("e4", "line-1", "d", 0),
    ];
    add(&store, new).await;
    assert_eq!(claim(&store, "line-1", 9, 2).await, ["e2", "e3"]);
    assert_eq!(claim(&store, "line-1", 10, 9).await, ["e1", "e4"]);
    assert_eq!(claim(&store, "line-1", 11, 9).await, [""; 0]);
    assert_eq!(store.lanes().await.unwrap(), [("line-1".to_owned(), 4), ("mail".to_owned(), 1)]);
    finish(&store, done("e2")).await;
    finish(&store, done("m1")).await;
    assert_eq!(store.lanes().await.unwrap(), [("line-1".to_owned(), 3)]);
    let finished = store.effects(EffectState::Done, 9).await.unwrap();
    assert_eq!(finished.iter().map(|effect| effect.id.as_str()).collect::<Vec<_>>(), ["m1", "e2"]);
    assert_eq!(store.effects(EffectState::Waiting, 2).await.unwrap().len(), 2);
}

pub(super) async fn texts_about_visits_let_others_go_first_until_they_are_old(store: Arc<dyn Store>) {
    let notice =
        |id, key, from| NewEffect { kind: YIELDING_KIND.to_owned(), ..effect(id, "line-1", key, from) };
    let new = vec![
        notice("n1", "a", 0),
        notice("n2", "b", 0),
        notice("n3", "c", 0),
        effect("t1", "line-1", "d", 5),
        effect("t2", "line-1", "b", 5),
    ];
    add(&store, new).await;
    // What waits behind a text about a visit pulls it forward: the order of one number stays.
    assert_eq!(claim(&store, "line-1", 5, 2).await, ["n2", "t1"]);
    finish(&store, done("n2")).await;
    assert_eq!(claim(&store, "line-1", 6, 1).await, ["t2"]);
    assert_eq!(claim(&store, "line-1", 7, 1).await, ["n1"], "alone they go at once, oldest first");
    // An old one goes in its turn, whatever else is due.
    for id in ["n1", "t1", "t2"] {
        finish(&store, done(id)).await;
    }
    add(&store, vec![effect("t3", "line-1", "e", 8), effect("t4", "line-1", "f", 8)]).await;
    assert_eq!(claim(&store, "line-1", YIELDS_MS - 1, 1).await, ["t3"]);
    assert_eq!(claim(&store, "line-1", YIELDS_MS, 1).await, ["n3"]);
}

pub(super) async fn a_lease_that_ran_out_is_given_again(store: Arc<dyn Store>) {
    add(&store, vec![effect("e1", "line-1", "a", 0)]).await;
    assert_eq!(store.claim_effects("line-1", 5, 50, 9).await.unwrap()[0].attempts, 1);
    assert_eq!(store.next_due().await.unwrap(), Some(50));
    assert!(store.claim_effects("line-1", 49, 99, 9).await.unwrap().is_empty());
    assert_eq!(store.claim_effects("line-1", 50, 99, 9).await.unwrap()[0].attempts, 2);
}

pub(super) async fn an_older_unfinished_effect_holds_back_its_key_only(store: Arc<dyn Store>) {
    let new = vec![
        effect("a1", "line-1", "a", 0),
        effect("a2", "line-1", "a", 0),
        effect("b1", "line-1", "b", 0),
        effect("x1", "line-2", "a", 0),
    ];
    add(&store, new).await;
    assert_eq!(claim(&store, "line-1", 1, 9).await, ["a1", "b1"]);
    assert_eq!(claim(&store, "line-2", 1, 9).await, ["x1"], "another lane is another order");
    finish(&store, retry("a1", 20)).await;
    assert_eq!(claim(&store, "line-1", 10, 9).await, [""; 0], "a2 waits while a1 is to be tried again");
    assert_eq!(claim(&store, "line-1", 20, 9).await, ["a1"]);
    finish(&store, done("a1")).await;
    assert_eq!(claim(&store, "line-1", 20, 9).await, ["a2"]);
}

pub(super) async fn a_failed_effect_waits_and_then_runs_again(store: Arc<dyn Store>) {
    add(&store, vec![effect("e1", "line-1", "a", 0)]).await;
    claim(&store, "line-1", 1, 9).await;
    finish(&store, retry("e1", 30)).await;
    let waiting = store.effect("e1").await.unwrap().unwrap();
    assert_eq!((waiting.state, waiting.not_before, waiting.attempts), (EffectState::Waiting, 30, 1));
    assert_eq!(waiting.last_error.as_deref(), Some("busy"));
    assert_eq!(store.next_due().await.unwrap(), Some(30));
    assert_eq!(claim(&store, "line-1", 29, 9).await, [""; 0]);
    assert_eq!(claim(&store, "line-1", 30, 9).await, ["e1"]);
}

pub(super) async fn a_dead_effect_lets_the_next_go_and_can_be_sent_again(store: Arc<dyn Store>) {
    add(&store, vec![effect("a1", "line-1", "a", 0), effect("a2", "line-1", "a", 0)]).await;
    claim(&store, "line-1", 1, 9).await;
    finish(&store, dead("a1")).await;
    let given_up = store.effects(EffectState::Dead, 9).await.unwrap();
    assert_eq!(given_up.len(), 1);
    assert_eq!(given_up[0].last_error.as_deref(), Some("no such number"));
    assert_eq!(claim(&store, "line-1", 2, 9).await, ["a2"]);
    finish(&store, done("a2")).await;
    assert_eq!(store.lanes().await.unwrap(), []);
    finish(&store, EffectResult::Requeue { id: "a1".to_owned(), not_before: 70 }).await;
    let again = store.effect("a1").await.unwrap().unwrap();
    assert_eq!((again.state, again.attempts, again.not_before), (EffectState::Waiting, 0, 70));
    assert_eq!(claim(&store, "line-1", 69, 9).await, [""; 0]);
    assert_eq!(claim(&store, "line-1", 70, 9).await, ["a1"]);
}

pub(super) async fn results_for_unknown_or_finished_effects_change_nothing(store: Arc<dyn Store>) {
    add(&store, vec![effect("e1", "line-1", "a", 0), effect("e2", "line-1", "b", 0)]).await;
    finish(&store, done("e1")).await;
    let settled = reading(&store).await;
    let requeue = |id: &str| EffectResult::Requeue { id: id.to_owned(), not_before: 1 };
    for result in [done("e1"), retry("e1", 5), dead("e1"), requeue("e1"), requeue("e2")] {
        finish(&store, result).await;
    }
    for result in [done("none"), retry("none", 5), dead("none"), requeue("none")] {
        finish(&store, result).await;
    }
    assert_eq!(reading(&store).await, settled);
}

pub(super) async fn timers_of_a_stream_are_replaced(store: Arc<dyn Store>) {
    let set = |timers| Commit { timers, ..Commit::default() };
    store
        .commit(set(vec![timers("s1", &[("duty", 30), ("idle", 10)]), timers("s2", &[("duty", 20)])]))
        .await
        .unwrap();
    let due = store.due_timers(20, 9).await.unwrap();
    let names: Vec<_> =
        due.iter().map(|timer| (timer.stream.as_str(), timer.key.as_str(), timer.due)).collect();
    assert_eq!(names, [("s1", "idle", 10), ("s2", "duty", 20)]);
    assert_eq!(store.due_timers(99, 1).await.unwrap().len(), 1);
    store.commit(set(vec![timers("s1", &[("duty", 40)])])).await.unwrap();
    let due = store.due_timers(99, 9).await.unwrap();
    let names: Vec<_> =
        due.iter().map(|timer| (timer.stream.as_str(), timer.key.as_str(), timer.due)).collect();
    assert_eq!(names, [("s2", "duty", 20), ("s1", "duty", 40)]);
    store.commit(set(vec![timers("s1", &[]), timers("s2", &[])])).await.unwrap();
    assert_eq!(store.due_timers(Millis::MAX, 9).await.unwrap(), []);
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub(super) async fn next_due_is_the_earliest_that_can_happen(store: Arc<dyn Store>) {
    let commit = Commit {
        timers: vec![timers("s1", &[("duty", 90)])],
        effects: vec![effect("a1", "line-1", "a", 60), effect("a2", "line-1", "a", 5)],
        ..Commit::default()
    };
    store.commit(commit).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(60), "a2 is held back by a1");
    assert_eq!(store.claim_effects("line-1", 60, 200, 9).await.unwrap().len(), 1);
    assert_eq!(store.next_due().await.unwrap(), Some(90), "a1 is leased until 200");
    finish(&store, done("a1")).await;
    assert_eq!(store.next_due().await.unwrap(), Some(5));
}
