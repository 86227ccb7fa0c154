//! The store on disk: one SQLite file in WAL mode, one writer, a few readers.
//!
//! It owns the data file, its lock, and everything in it. What was answered survives a killed process and a lost power
//! supply, since every group of commits is synced before its answers go out (`synchronous = FULL`). A backup or a command
//! that only reads may run beside a server; a second server is refused.
//!
//! The parts: `setup` opens, `writer` groups and `apply` writes one commit, `readers` and `read` answer questions,
//! `copies` backs up and restores, and `sql` holds every statement.

mod apply;
mod copies;
mod error;
mod read;
mod readers;
mod setup;
mod sql;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::Connection;

pub use copies::restore;

use crate::vault::Vault;
use crate::{
    Commit, DeadLetter, Effect, EffectState, Look, Millis, Position, Record, Row, RowQuery, Seen, Snapshot,
    Store, StoreError, StoredAudit, StoredEvent, Timer,
};
use readers::Readers;
use writer::{Job, Writer};

/// Sizes that an operator may set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Threads that read, each with a connection of its own.
    pub readers: usize,
    /// Most commits that share one sync of the disk.
    pub group_max: usize,
    /// Most pages (of 4096 bytes) the data file may have; no limit but the disk when `None`.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, group_max: 256, max_pages: None }
    }
}

/// A [`Store`] in one SQLite file. Dropping it finishes what was asked of it and gives the file free.
pub struct SqliteStore {
    // The order matters: the writer is the last connection to close, and folds the write-ahead log into the file;
    // then the lock ends.
    readers: Readers,
    writer: Option<Writer>,
    path: PathBuf,
    vault: Arc<Vault>,
    _lock: Option<File>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the data file, or makes it, and brings its schema up to date. Blocks while it does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when another process serves the same file, or when the file cannot be used or comes
    /// from a newer version; [`StoreError::Corrupt`] when the key is not the one the data was sealed with, or the file
    /// is damaged.
    pub fn open(path: &Path, vault: Vault, options: &Options) -> Result<Self, StoreError> {
        let lock = setup::lock(path)?;
        let conn = setup::open_writer(path, &vault, options)?;
        let readers = start_readers(path, options.readers)?;
        let writer = Writer::start(conn, vault.clone(), options.group_max)?;
        Ok(Self {
            readers,
            writer: Some(writer),
            path: path.to_owned(),
            vault: Arc::new(vault),
            _lock: Some(lock),
        })
    }

    /// Opens an existing data file for reading only, which may be done while a server runs on it. Whatever writes is
    /// refused with [`StoreError::Unavailable`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and when the file is not there or comes from an older version.
    pub fn open_read_only(path: &Path, vault: Vault) -> Result<Self, StoreError> {
        let conn = setup::open_reader(path)?;
        setup::must_be_current(&conn)?;
        setup::must_fit_key(&conn, &vault)?;
        let readers = start_readers(path, 1)?;
        Ok(Self { readers, writer: None, path: path.to_owned(), vault: Arc::new(vault), _lock: None })
    }

    async fn write<T>(&self, make: impl FnOnce(writer::Answer<T>) -> Job) -> Result<T, StoreError> {
        match &self.writer {
            Some(writer) => writer.send(make).await,
            None => Err(StoreError::Unavailable("it was opened for reading only".to_owned())),
        }
    }

    /// For long work, which gets a thread and a connection of its own, so that no reader is kept from its questions.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || work(&path))
            .await
            .map_err(|error| StoreError::Unavailable(format!("the work was broken off: {error}")))?
    }
}

fn start_readers(path: &Path, count: usize) -> Result<Readers, StoreError> {
    let open = |_| {
        let conn = setup::open_reader(path)?;
        setup::prepare(&conn, sql::READS)?;
        Ok(conn)
    };
    let connections = (0..count.max(1)).map(open).collect::<Result<Vec<Connection>, StoreError>>()?;
    Readers::start(connections)
}

/// SQLite's numbers are signed; ours that count never come near the end.
fn as_int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn as_unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn as_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, commit: Commit) -> Result<Position, StoreError> {
        self.write(|answer| Job::Commit(Box::new(commit), answer)).await
    }

    async fn load(&self, streams: &[String]) -> Result<Vec<Option<Snapshot>>, StoreError> {
        let streams = streams.to_vec();
        self.readers.read(move |conn| read::load(conn, &streams)).await
    }

    async fn read_log(&self, after: Position, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.readers.read(move |conn| read::read_log(conn, after, limit)).await
    }

    async fn read_stream(
        &self,
        stream: &str,
        after_version: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let stream = stream.to_owned();
        self.readers.read(move |conn| read::read_stream(conn, &stream, after_version, limit)).await
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.readers.read(|conn| read::number(conn, sql::HEAD)).await
    }

    async fn rows(&self, query: RowQuery) -> Result<Vec<Row>, StoreError> {
        self.readers.read(move |conn| read::rows(conn, &query)).await
    }

    async fn row(&self, kind: &str, id: &str) -> Result<Option<Row>, StoreError> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.readers.read(move |conn| read::row(conn, &kind, &id)).await
    }

    async fn bodies(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let (keys, vault) = (keys.to_vec(), Arc::clone(&self.vault));
        self.readers.read(move |conn| read::bodies(conn, &vault, &keys)).await
    }

    async fn claim_owner(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.readers.read(move |conn| read::claim_owner(conn, &name)).await
    }

    async fn claims_between(&self, from: &str, to: &str) -> Result<Vec<String>, StoreError> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.readers.read(move |conn| read::claims_between(conn, &from, &to)).await
    }

    async fn look(&self, at: Look) -> Result<Seen, StoreError> {
        self.readers.read(move |conn| read::look(conn, &at)).await
    }

    async fn due_timers(&self, now: Millis, limit: usize) -> Result<Vec<Timer>, StoreError> {
        self.readers.read(move |conn| read::due_timers(conn, now, limit)).await
    }

    async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        self.readers.read(read::next_due).await
    }

    async fn claim_effects(
        &self,
        lane: &str,
        now: Millis,
        lease_until: Millis,
        limit: usize,
    ) -> Result<Vec<Effect>, StoreError> {
        let (lane, limit) = (lane.to_owned(), as_limit(limit));
        self.write(|answer| Job::Claim { lane, now, lease_until, limit, answer }).await
    }

    async fn lanes(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.readers.read(read::lanes).await
    }

    async fn effects(&self, state: EffectState, limit: usize) -> Result<Vec<Effect>, StoreError> {
        self.readers.read(move |conn| read::effects(conn, state, limit)).await
    }

    async fn effect(&self, id: &str) -> Result<Option<Effect>, StoreError> {
        let id = id.to_owned();
        self.readers.read(move |conn| read::effect(conn, &id)).await
    }

    async fn records(&self, kind: &str) -> Result<Vec<Record>, StoreError> {
        let kind = kind.to_owned();
        self.readers.read(move |conn| read::records(conn, &kind)).await
    }

    async fn record(&self, kind: &str, id: &str) -> Result<Option<Record>, StoreError> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.readers.read(move |conn| read::record(conn, &kind, &id)).await
    }

    async fn record_history(&self, kind: &str, id: &str, limit: usize) -> Result<Vec<Record>, StoreError> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.readers.read(move |conn| read::record_history(conn, &kind, &id, limit)).await
    }

    async fn audit(&self, after: i64, limit: usize) -> Result<Vec<StoredAudit>, StoreError> {
        self.readers.read(move |conn| read::audit(conn, after, limit)).await
    }

    async fn audit_latest(&self, limit: usize) -> Result<Vec<StoredAudit>, StoreError> {
        self.readers.read(move |conn| read::audit_latest(conn, limit)).await
    }

    async fn verify_audit(&self) -> Result<u64, StoreError> {
        self.aside(copies::verify_audit).await
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
        let vault = Arc::clone(&self.vault);
        self.readers.read(move |conn| read::dead_letters(conn, &vault, limit)).await
    }

    async fn dead_letter(&self, id: &str) -> Result<Option<DeadLetter>, StoreError> {
        let (id, vault) = (id.to_owned(), Arc::clone(&self.vault));
        self.readers.read(move |conn| read::dead_letter(conn, &vault, &id)).await
    }

    async fn clear_rows(&self, kinds: &[String]) -> Result<(), StoreError> {
        let kinds = kinds.to_vec();
        self.write(|answer| Job::ClearRows(kinds, answer)).await
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_owned();
        self.aside(move |from| copies::copy(from, &to)).await
    }

    async fn check(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.aside(copies::check).await
    }
}
