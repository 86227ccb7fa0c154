//! The only room with SQL.
//!
//! It owns the log, and everything that is written in the same commit as the log: effects, timers, screen rows,
//! message bodies (encrypted at rest), de-duplication keys, unique claims, administered records with their history,
//! the hash-chained audit log, and dead letters.
//! It does not decide anything and reads no clock: every time it is given is stored as it came.
//!
//! To add a store: implement [`Store`], and add one line to the contract suite in `tests/it/contract`.

mod chain;
mod commit;
mod error;
pub mod memory;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod vault;

use async_trait::async_trait;

pub use commit::*;
pub use error::StoreError;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;
/// A place in the log; the first event has 1. Number order is commit order.
pub type Position = i64;

/// What the engine needs from a store. One suite (`tests/it/contract`) holds every implementation to it.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Writes everything in `commit`, durably, or nothing. Returns the position of the last event in the log
    /// after this commit (unchanged if the commit holds none).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a stream is not at the expected version, [`StoreError::Duplicate`] when the
    /// inbound key was seen before, [`StoreError::Taken`] when a claim is held by another owner,
    /// [`StoreError::RecordConflict`] when a record was changed meanwhile, [`StoreError::Invalid`] when the commit
    /// contradicts itself, [`StoreError::Full`] when the disk is.
    async fn commit(&self, commit: Commit) -> Result<Position, StoreError>;

    /// The latest snapshot of each stream, in the order asked; `None` for a stream that does not exist.
    async fn load(&self, streams: &[String]) -> Result<Vec<Option<Snapshot>>, StoreError>;
    /// Events of the whole log after `after`, oldest first, at most `limit`.
    async fn read_log(&self, after: Position, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;
    /// Events of one stream after `after_version`, oldest first, at most `limit`.
    async fn read_stream(
        &self,
        stream: &str,
        after_version: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;
    /// The position of the newest event; 0 in an empty store.
    async fn head(&self) -> Result<Position, StoreError>;

    /// Rows that answer the query, ordered by `sort`, then `id`.
    async fn rows(&self, query: RowQuery) -> Result<Vec<Row>, StoreError>;
    /// One row.
    async fn row(&self, kind: &str, id: &str) -> Result<Option<Row>, StoreError>;
    /// The texts kept under these keys, in the order asked; `None` where erased or never written.
    async fn bodies(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError>;
    /// Who holds the unique name now.
    async fn claim_owner(&self, name: &str) -> Result<Option<String>, StoreError>;
    /// The unique names that are held now, from `from` on and below `to`, in the order of their bytes.
    async fn claims_between(&self, from: &str, to: &str) -> Result<Vec<String>, StoreError>;

    /// Snapshots, rows and names of one moment, for a decision that rests on all of them.
    async fn look(&self, at: Look) -> Result<Seen, StoreError>;

    /// Timers due at or before `now`, earliest first.
    async fn due_timers(&self, now: Millis, limit: usize) -> Result<Vec<Timer>, StoreError>;
    /// When the next timer, and the next effect that may be claimed, is due.
    async fn next_due(&self) -> Result<Option<Millis>, StoreError>;

    /// Leases effects of one lane that may run at `now`, oldest first. An effect is held back while an older one
    /// with the same lane and `order_key` is neither done nor dead, so texts to one customer keep their order.
    /// A lease that ran out is given again (at-least-once). Where `limit` leaves no room for all, those of
    /// [`YIELDING_KIND`] let the others go first for [`YIELDS_MS`], unless one of another kind waits behind them.
    async fn claim_effects(
        &self,
        lane: &str,
        now: Millis,
        lease_until: Millis,
        limit: usize,
    ) -> Result<Vec<Effect>, StoreError>;
    /// Lanes that have effects neither done nor dead, with how many wait.
    async fn lanes(&self) -> Result<Vec<(String, u64)>, StoreError>;
    /// Effects by state, newest first.
    async fn effects(&self, state: EffectState, limit: usize) -> Result<Vec<Effect>, StoreError>;
    /// One effect.
    async fn effect(&self, id: &str) -> Result<Option<Effect>, StoreError>;

    /// All records of a kind, ordered by id.
    async fn records(&self, kind: &str) -> Result<Vec<Record>, StoreError>;
    /// One record in its newest version.
    async fn record(&self, kind: &str, id: &str) -> Result<Option<Record>, StoreError>;
    /// All versions of one record, newest first (deleted versions have `data` of `null`).
    async fn record_history(&self, kind: &str, id: &str, limit: usize) -> Result<Vec<Record>, StoreError>;

    /// Audit lines after `after`, oldest first.
    async fn audit(&self, after: i64, limit: usize) -> Result<Vec<StoredAudit>, StoreError>;
    /// The newest audit lines, newest first.
    async fn audit_latest(&self, limit: usize) -> Result<Vec<StoredAudit>, StoreError>;
    /// Walks the whole chain. `Ok(n)` lines are intact, or [`StoreError::Corrupt`] naming the first bad line.
    async fn verify_audit(&self) -> Result<u64, StoreError>;

    /// Dead letters, newest first.
    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, StoreError>;
    /// One dead letter with its bytes.
    async fn dead_letter(&self, id: &str) -> Result<Option<DeadLetter>, StoreError>;

    /// Removes rows of these kinds (used by `hearthline replay --write` before rows are put again).
    async fn clear_rows(&self, kinds: &[String]) -> Result<(), StoreError>;
    /// Copies the whole store to a new file while running. The memory store refuses with `Unavailable`.
    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;
    /// Counts by table. SQLite runs its integrity check first and answers [`StoreError::Corrupt`] when it finds
    /// anything.
    async fn check(&self) -> Result<Vec<(String, u64)>, StoreError>;
}
