//! A store that lives in memory, with the same behaviour as the one on disk.
//!
//! It owns the simulator's "disk" and the fast tests of the engine: handles are cheap clones of one state, so a
//! process can be "killed" (its handle dropped) and started again on what it had committed. It also owns the two
//! faults that a real disk shows: a commit that fails with nothing written, and one that is written though its
//! answer is lost. It does not encrypt and does not survive the end of the process.
//!
//! To add something: extend `state.rs` (checks first, then changes that cannot fail), then this file's trait
//! methods, and let the contract suite hold both stores to it.

mod effects;
mod rows;
mod state;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::chain;
use crate::{
    Commit, DeadLetter, Effect, EffectState, Look, Millis, Position, Record, Row, RowQuery, Seen, Snapshot,
    Store, StoreError, StoredAudit, StoredEvent, Timer,
};
use state::State;

/// A [`Store`] in memory. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    state: State,
    fail_before: u32,
    lose_answer: u32,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next `n` commits return [`StoreError::Unavailable`] and write nothing: a disk that does not answer, or a
    /// process that died before its commit.
    pub fn fail_next_commits(&self, n: u32) {
        self.lock().fail_before = n;
    }

    /// The next `n` commits are carried out as usual, but return [`StoreError::Unavailable`]: a process that died,
    /// or lost its disk, right after its commit. Whoever asked must find out by asking again.
    pub fn lose_answer_of_next(&self, n: u32) {
        self.lock().lose_answer = n;
    }

    /// Ends all faults asked for and not used up yet.
    pub fn heal(&self) {
        let mut inner = self.lock();
        inner.fail_before = 0;
        inner.lose_answer = 0;
    }

    /// A panic elsewhere cannot leave the state half changed, since changes are made only after all checks and
    /// cannot fail; so a poisoned lock is taken as it is.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn took_place(counter: &mut u32) -> bool {
    let due = *counter > 0;
    *counter = counter.saturating_sub(1);
    due
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, commit: Commit) -> Result<Position, StoreError> {
        let mut inner = self.lock();
        if took_place(&mut inner.fail_before) {
            return Err(StoreError::Unavailable("the disk did not answer; nothing was written".to_owned()));
        }
        let answer = inner.state.commit(commit);
        if took_place(&mut inner.lose_answer) {
            return Err(StoreError::Unavailable("the answer of the disk was lost".to_owned()));
        }
        answer
    }

    async fn load(&self, streams: &[String]) -> Result<Vec<Option<Snapshot>>, StoreError> {
        let inner = self.lock();
        Ok(streams.iter().map(|stream| inner.state.snapshots.get(stream).cloned()).collect())
    }

    async fn read_log(&self, after: Position, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let inner = self.lock();
        let skip = usize::try_from(after.max(0)).unwrap_or(usize::MAX);
        Ok(inner.state.events.iter().skip(skip).take(limit).cloned().collect())
    }

    async fn read_stream(
        &self,
        stream: &str,
        after_version: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.lock().state.stream(stream, after_version, limit))
    }

    async fn head(&self) -> Result<Position, StoreError> {
        Ok(self.lock().state.head())
    }

    async fn rows(&self, query: RowQuery) -> Result<Vec<Row>, StoreError> {
        Ok(self.lock().state.rows.query(&query))
    }

    async fn row(&self, kind: &str, id: &str) -> Result<Option<Row>, StoreError> {
        Ok(self.lock().state.rows.get(kind, id))
    }

    async fn bodies(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let inner = self.lock();
        Ok(keys.iter().map(|key| inner.state.bodies.get(key).cloned()).collect())
    }

    async fn claim_owner(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.lock().state.claims.get(name).cloned())
    }

    async fn claims_between(&self, from: &str, to: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.lock().state.claims_between(from, to))
    }

    async fn look(&self, at: Look) -> Result<Seen, StoreError> {
        let inner = self.lock();
        let between = |(from, to): &(String, String)| inner.state.claims_between(from, to);
        Ok(Seen {
            snapshots: at.streams.iter().map(|stream| inner.state.snapshots.get(stream).cloned()).collect(),
            rows: at.rows.map(|query| inner.state.rows.query(&query)).unwrap_or_default(),
            claims: at.claims.iter().flat_map(between).collect(),
        })
    }

    async fn due_timers(&self, now: Millis, limit: usize) -> Result<Vec<Timer>, StoreError> {
        let inner = self.lock();
        Ok(inner
            .state
            .timers_by_due
            .iter()
            .take_while(|(due, _, _)| *due <= now)
            .take(limit)
            .map(|(due, stream, key)| Timer { stream: stream.clone(), key: key.clone(), due: *due })
            .collect())
    }

    async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        let inner = self.lock();
        let timer = inner.state.timers_by_due.first().map(|(due, _, _)| *due);
        Ok(timer.into_iter().chain(inner.state.effects.next_due()).min())
    }

    async fn claim_effects(
        &self,
        lane: &str,
        now: Millis,
        lease_until: Millis,
        limit: usize,
    ) -> Result<Vec<Effect>, StoreError> {
        Ok(self.lock().state.effects.claim(lane, now, lease_until, limit))
    }

    async fn lanes(&self) -> Result<Vec<(String, u64)>, StoreError> {
        Ok(self.lock().state.effects.lanes())
    }

    async fn effects(&self, state: EffectState, limit: usize) -> Result<Vec<Effect>, StoreError> {
        Ok(self.lock().state.effects.by_state(state, limit))
    }

    async fn effect(&self, id: &str) -> Result<Option<Effect>, StoreError> {
        Ok(self.lock().state.effects.get(id))
    }

    async fn records(&self, kind: &str) -> Result<Vec<Record>, StoreError> {
        Ok(self.lock().state.records_of(kind))
    }

    async fn record(&self, kind: &str, id: &str) -> Result<Option<Record>, StoreError> {
        Ok(self.lock().state.record(kind, id))
    }

    async fn record_history(&self, kind: &str, id: &str, limit: usize) -> Result<Vec<Record>, StoreError> {
        Ok(self.lock().state.record_history(kind, id, limit))
    }

    async fn audit(&self, after: i64, limit: usize) -> Result<Vec<StoredAudit>, StoreError> {
        let inner = self.lock();
        let skip = usize::try_from(after.max(0)).unwrap_or(usize::MAX);
        Ok(inner.state.audit.iter().skip(skip).take(limit).cloned().collect())
    }

    async fn audit_latest(&self, limit: usize) -> Result<Vec<StoredAudit>, StoreError> {
        Ok(self.lock().state.audit.iter().rev().take(limit).cloned().collect())
    }

    async fn verify_audit(&self) -> Result<u64, StoreError> {
        let inner = self.lock();
        let mut walk = chain::Walk::new();
        for line in &inner.state.audit {
            walk.step(line)?;
        }
        walk.finish(inner.state.audit.last().map_or(0, |line| line.seq))
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
        Ok(self.lock().state.dead_letters_newest_first(limit))
    }

    async fn dead_letter(&self, id: &str) -> Result<Option<DeadLetter>, StoreError> {
        Ok(self.lock().state.dead_letters.get(id).map(|(_, letter)| letter.clone()))
    }

    async fn clear_rows(&self, kinds: &[String]) -> Result<(), StoreError> {
        let mut inner = self.lock();
        for kind in kinds {
            inner.state.rows.clear(kind);
        }
        Ok(())
    }

    async fn backup(&self, _to: &Path) -> Result<(), StoreError> {
        Err(StoreError::Unavailable("a store in memory has no file to copy".to_owned()))
    }

    async fn check(&self) -> Result<Vec<(String, u64)>, StoreError> {
        Ok(self.lock().state.counts())
    }
}
