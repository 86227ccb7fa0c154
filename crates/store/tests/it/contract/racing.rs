//! Many at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::given::*;
use store::*;

const TASKS: usize = 64;

/// Runs one task per number at the same time, and gives all answers.
async fn at_once<T, F>(make: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(tokio::sync::Barrier::new(TASKS));
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        let (barrier, work) = (Arc::clone(&barrier), make(number));
        tasks.spawn(async move {
            barrier.wait().await;
            work.await
        });
    }
    tasks.join_all().await
}

pub(super) async fn one_of_many_takes_a_claim(store: Arc<dyn Store>) {
    for round in 0..25 {
        let name = format!("sms:{round}");
        let answers = at_once(|number| {
            let (store, name) = (Arc::clone(&store), name.clone());
            let owner = format!("i{number}");
            async move {
                let stream = format!("interaction-{name}-{number}");
                let commit = Commit { claims: vec![take(&name, &owner)], ..step(&stream, 0) };
                (owner, store.commit(commit).await)
            }
        })
        .await;
        let winners: Vec<_> = answers.iter().filter(|(_, answer)| answer.is_ok()).collect();
        assert_eq!(winners.len(), 1, "round {round}");
        let winner = winners[0].0.clone();
        assert_eq!(store.claim_owner(&name).await.unwrap(), Some(winner.clone()));
        for (owner, answer) in &answers {
            if *owner != winner {
                let taken = StoreError::Taken { name: name.clone(), owner: winner.clone() };
                assert_eq!(*answer, Err(taken), "round {round}");
            }
        }
        assert_eq!(store.head().await.unwrap(), round + 1, "the others wrote nothing");
    }
}

/// PHONE-APPT-10: 64 bookers for one slot, 1,000 times. Each commit is shaped as a booking is: its stream must not exist, an
/// event, the state, a screen row, a text and the name of the seat. All 64 reach the store together; the one on disk syncs
/// as always, since those that come together share a sync.
pub(super) async fn of_sixty_four_bookers_one_has_the_seat_a_thousand_times(store: Arc<dyn Store>) {
    for round in 0..1_000_usize {
        let name = format!("slot:boone:{round:06}:000");
        let answers = at_once(|number| {
            let (store, name) = (Arc::clone(&store), name.clone());
            async move {
                let stream = format!("appointment-{round}-{number}");
                let booking = Commit {
                    claims: vec![take(&name, &stream)],
                    rows: vec![RowChange::Put(row("appointment", &stream, "boone", 1))],
                    bodies: vec![body(&stream, "a reason")],
                    ..step(&stream, 0)
                };
                store.commit(booking).await.map(|_| stream)
            }
        })
        .await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, TASKS - 1), "round {round}");
        let winner = won.into_iter().next().unwrap().unwrap();
        for answer in lost {
            assert_eq!(answer, Err(StoreError::Taken { name: name.clone(), owner: winner.clone() }));
        }
        assert_eq!(store.claim_owner(&name).await.unwrap(), Some(winner));
    }
    // Whoever lost has left nothing: one event, one row and one name for each round.
    assert_eq!(store.head().await.unwrap(), 1_000);
    assert_eq!(store.claims_between("slot:boone:", "slot:boone;").await.unwrap().len(), 1_000);
    let counts = store.check().await.unwrap();
    for what in ["events", "snapshots", "rows", "bodies", "claims"] {
        assert!(counts.contains(&(what.to_owned(), 1_000)), "{what}: {counts:?}");
    }
}

pub(super) async fn one_of_many_moves_a_stream(store: Arc<dyn Store>) {
    for version in 0..10 {
        let answers = at_once(|_| {
            let store = Arc::clone(&store);
            async move { store.commit(step("interaction-a", version)).await }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let conflicts = answers.iter().filter(|answer| matches!(answer, Err(StoreError::Conflict { .. })));
        assert_eq!(conflicts.count(), TASKS - 1);
    }
    assert_eq!(store.head().await.unwrap(), 10);
}

pub(super) async fn followers_of_the_log_miss_nothing(store: Arc<dyn Store>) {
    const COMMITS: u64 = 12;
    let total = TASKS * usize::try_from(COMMITS).unwrap() * 2;
    let follower = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let mut seen: Vec<StoredEvent> = Vec::new();
            while seen.len() < total {
                let after = seen.last().map_or(0, |event| event.position);
                seen.extend(store.read_log(after, 50).await.unwrap());
                tokio::task::yield_now().await;
            }
            seen
        }
    });
    let positions = at_once(|number| {
        let store = Arc::clone(&store);
        async move {
            let (mine, mut last) = (format!("staff-{number}"), 0);
            for version in 0..COMMITS {
                let mut commit = step(&mine, version);
                commit.events.push(event(&format!("{mine}-b"), "with_it"));
                let position = store.commit(commit).await.unwrap();
                assert!(position > last, "what was committed later stands later");
                last = position;
                let log = store.read_log(position - 2, 2).await.unwrap();
                assert_eq!(log[0].stream, mine, "the position is that of the commit's last event");
                assert_eq!(
                    (log[0].version, log[1].stream.as_str()),
                    (version + 1, format!("{mine}-b").as_str())
                );
            }
            last
        }
    })
    .await;
    let seen = follower.await.unwrap();
    assert_eq!(seen, store.read_log(0, usize::MAX).await.unwrap());
    let numbers: Vec<Position> = seen.iter().map(|event| event.position).collect();
    assert_eq!(numbers, (1..=Position::try_from(total).unwrap()).collect::<Vec<_>>(), "no gap, no turn");
    assert_eq!(positions.into_iter().max(), numbers.last().copied());
}

pub(super) async fn no_effect_is_leased_twice(store: Arc<dyn Store>) {
    let effects: Vec<_> =
        (0..200).map(|n| effect(&format!("e{n}"), "line-1", &format!("customer-{n}"), 0)).collect();
    store.commit(Commit { effects, ..Commit::default() }).await.unwrap();
    let leased = at_once(|_| {
        let store = Arc::clone(&store);
        async move { store.claim_effects("line-1", 1, 1_000, 5).await.unwrap() }
    })
    .await;
    let ids: Vec<String> = leased.into_iter().flatten().map(|effect| effect.id).collect();
    assert_eq!(ids.len(), 200);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 200);
}

pub(super) async fn the_audit_chain_holds_with_many_writers(store: Arc<dyn Store>) {
    at_once(|number| {
        let store = Arc::clone(&store);
        async move {
            for _ in 0..5 {
                let audit = vec![audit_line("read_transcript", &format!("i{number}"))];
                // Half of them are refused, so that lines are taken back in the middle of groups.
                let expected = if number % 2 == 0 { vec![expect("none", 7)] } else { Vec::new() };
                let _ = store.commit(Commit { expected, audit, ..Commit::default() }).await;
            }
        }
    })
    .await;
    assert_eq!(store.verify_audit().await.unwrap(), 160);
}
