//! The only loops and the only sleeps. Each loop reads the present, acts, and waits for a nudge or a clock; a nudge that
//! is lost costs at most [`PULSE_MS`].

use std::future::Future;
use std::time::Duration;

use domain::command::Command;
use domain::staff::Presence;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::lines::LineChange;
use crate::{Engine, EngineError};

/// Longest sleep of a loop, in milliseconds.
pub const PULSE_MS: u64 = 1_000;
/// Shortest sleep while something is due but may not run yet (a line's pace), in milliseconds.
const BREATH_MS: i64 = 20;

/// Longest time that the search index may lag behind a lost nudge, in milliseconds.
const INDEX_PULSE_MS: u64 = 60_000;

/// How soon an index that could not be written is tried again, in milliseconds.
const INDEX_AGAIN_MS: u64 = 3_000;

/// Runs the loops until `stop` turns true; what runs at that moment is finished.
pub async fn run(engine: Engine, stop: watch::Receiver<bool>) {
    after_restart(&engine).await;
    let mut loops = JoinSet::new();
    loops.spawn(kept("timers", timers, engine.clone(), stop.clone()));
    loops.spawn(kept("outbox", outbox, engine.clone(), stop.clone()));
    loops.spawn(kept("distribute", distribute, engine.clone(), stop.clone()));
    loops.spawn(kept("index", index, engine.clone(), stop.clone()));
    loops.spawn(kept("lines", lines, engine, stop));
    while loops.join_next().await.is_some() {}
}

/// Begins a loop again that ended by a panic: what it works off is in the store, so the next pass finds it. Without this
/// the program would look well and send nothing.
async fn kept<F, W>(name: &'static str, make: F, engine: Engine, stop: watch::Receiver<bool>)
where
    F: Fn(Engine, watch::Receiver<bool>) -> W,
    W: Future<Output = ()> + Send + 'static,
{
    while let Err(ended) = tokio::spawn(make(engine.clone(), stop.clone())).await {
        if !ended.is_panic() {
            return;
        }
        tracing::error!(name, "a loop ended by a panic; it begins again");
        pause(Duration::from_millis(PULSE_MS)).await;
    }
}

/// No screen survives a restart: everyone on queue has the grace time to come back. [`run`] begins with it; whoever
/// drives the passes by hand calls it once after [`Engine::start`].
pub async fn after_restart(engine: &Engine) {
    let Ok(members) = engine.members().await else { return };
    for member in members {
        if member.presence == Presence::OnQueue && !engine.lines().is_open(&member.id) {
            let command = Command::LoseLine { staff: member.id };
            if let Err(error) = engine.handle(command, "restart").await {
                tracing::warn!(%error, "a lost line could not be recorded");
            }
        }
    }
}

async fn timers(engine: Engine, stop: watch::Receiver<bool>) {
    let wake = engine.clone();
    forever(&wake.inner.wake.timers, stop, || pass("timers", Box::pin(engine.fire_timers()), &engine)).await;
}

async fn outbox(engine: Engine, stop: watch::Receiver<bool>) {
    let wake = engine.clone();
    forever(&wake.inner.wake.outbox, stop, || pass("outbox", Box::pin(engine.perform_effects()), &engine))
        .await;
}

async fn index(engine: Engine, stop: watch::Receiver<bool>) {
    let wake = engine.clone();
    forever(&wake.inner.wake.index, stop, || index_pass(&engine)).await;
}

/// The index has no due times: it follows nudges, and looks by itself every minute in case one was lost.
async fn index_pass(engine: &Engine) -> Duration {
    match engine.follow_index().await {
        Ok(_) => Duration::from_millis(INDEX_PULSE_MS),
        Err(error) => {
            tracing::warn!(%error, "the search index could not follow; it is tried again in a moment");
            Duration::from_millis(INDEX_AGAIN_MS)
        }
    }
}

async fn distribute(engine: Engine, stop: watch::Receiver<bool>) {
    let wake = engine.clone();
    forever(&wake.inner.wake.distribute, stop, || pass("distribute", Box::pin(engine.distribute()), &engine))
        .await;
}

/// One pass, and how long to wait for the next.
async fn pass(
    name: &str,
    work: impl Future<Output = Result<usize, EngineError>>,
    engine: &Engine,
) -> Duration {
    match work.await {
        Ok(0) => until_due(engine).await,
        Ok(_) => Duration::from_millis(BREATH_MS.unsigned_abs()),
        Err(error) => {
            tracing::warn!(name, %error, "a pass failed; the next one tries again");
            Duration::from_millis(PULSE_MS)
        }
    }
}

async fn until_due(engine: &Engine) -> Duration {
    let due = engine.inner.store.next_due().await.ok().flatten();
    let pulse = i64::try_from(PULSE_MS).unwrap_or(i64::MAX);
    let wait = due.map_or(pulse, |due| (due - engine.now()).clamp(BREATH_MS, pulse));
    Duration::from_millis(wait.unsigned_abs())
}

/// Waits, for what has no nudge: a folder, an answer in a file.
#[expect(clippy::disallowed_methods, reason = "this is the one place that sleeps")]
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that sleeps")]
async fn forever<F: Future<Output = Duration>>(
    wake: &Notify,
    mut stop: watch::Receiver<bool>,
    mut once: impl FnMut() -> F,
) {
    loop {
        if *stop.borrow() {
            return;
        }
        let wait = once().await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = wake.notified() => {}
            // Whoever could stop this is gone, so nobody wants it any more.
            told = stop.changed() => if told.is_err() { return },
        }
    }
}

/// Screens that close and open become commands, in their order.
async fn lines(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut changes = tokio::select! {
        changes = engine.inner.line_changes.lock() => changes,
        _ = stop.changed() => return,
    };
    loop {
        let change = tokio::select! {
            change = changes.recv() => change,
            _ = stop.changed() => return,
        };
        let command = match change {
            // A page that is loaded anew closes one line and opens another: what counts is how it stands now.
            Some(LineChange::Lost(staff)) if !engine.lines().is_open(&staff) => Command::LoseLine { staff },
            Some(LineChange::Back(staff)) if engine.lines().is_open(&staff) => Command::RegainLine { staff },
            Some(_) => continue,
            None => return,
        };
        if let Err(error) = engine.handle(command, "line").await {
            tracing::warn!(%error, "a change of line could not be recorded");
        }
    }
}
