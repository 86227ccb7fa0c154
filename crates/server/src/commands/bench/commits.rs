//! Commits per second: an event, a snapshot, a text and a row each, by many writers at once.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use store::memory::MemoryStore;
use store::sqlite::{Options as StoreOptions, SqliteStore};
use store::vault::Vault;
use store::{BodyChange, Commit, Expect, NewEvent, Row, RowChange, Snapshot, Store};

use crate::say;

pub(super) async fn run(folder: &Path, seconds: u64) -> anyhow::Result<()> {
    let sqlite = SqliteStore::open(
        &folder.join("bench.sqlite"),
        Vault::from_bytes([7; 32]),
        &StoreOptions::default(),
    )?;
    let sqlite: Arc<dyn Store> = Arc::new(sqlite);
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let time = Duration::from_secs(seconds.clamp(1, 600));
    say("# Commits per second");
    say("");
    say(
        "One commit is an event, a snapshot, a text, a row; SQLite with synchronous=FULL, one sync per group of commits.",
    );
    say("");
    say("| writers | SQLite | memory | SQLite / memory |");
    say("|---|---|---|---|");
    for writers in [1_usize, 16, 64, 256] {
        let on_disk = commits(&sqlite, writers, time).await?;
        let in_memory = commits(&memory, writers, time).await?;
        say(format_args!(
            "| {writers} | {on_disk:.0} | {in_memory:.0} | {:.3} |",
            on_disk / in_memory.max(1.0)
        ));
    }
    say("");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the wall clock")]
async fn commits(store: &Arc<dyn Store>, writers: usize, time: Duration) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            let stream = format!("bench-{writer}-{}", jiff::Timestamp::now().as_nanosecond());
            let mut version = 0;
            while started.elapsed() < time {
                store.commit(one(&stream, version)).await?;
                version += 1;
            }
            Ok::<u64, store::StoreError>(version)
        });
    }
    let mut total = 0;
    while let Some(done) = tasks.join_next().await {
        total += done??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of commits is far below 2^52")]
    let total = total as f64;
    Ok(total / started.elapsed().as_secs_f64())
}

fn one(stream: &str, version: u64) -> Commit {
    let text =
        "It seems like you have had to leave our chat. I will wait another 5 minutes for you to come back.";
    Commit {
        expected: vec![Expect { stream: stream.to_owned(), version }],
        events: vec![NewEvent {
            stream: stream.to_owned(),
            kind: "bench".to_owned(),
            form: 1,
            data: format!("{{\"n\":{version}}}"),
            at: 0,
            actor: "system".to_owned(),
            clause: None,
            cause: "bench".to_owned(),
        }],
        snapshots: vec![Snapshot { stream: stream.to_owned(), version: version + 1, state: "{}".to_owned() }],
        bodies: vec![BodyChange::Put { key: format!("{stream}-{version}"), text: text.to_owned() }],
        rows: vec![RowChange::Put(Row {
            kind: "bench".to_owned(),
            id: format!("{stream}-{version}"),
            group: stream.to_owned(),
            sort: i64::try_from(version).unwrap_or(i64::MAX),
            data: "{}".to_owned(),
        })],
        ..Commit::default()
    }
}
