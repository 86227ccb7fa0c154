//! The one writer.
//!
//! It owns the only connection that writes, on a thread of its own, and the groups: everything that waits when the
//! writer is free goes into one transaction, so that many commits share one sync of the disk. Each job stands in a
//! savepoint, so a refused one does not hurt its neighbours; nobody is answered before the whole group is durable; and
//! when the disk fails, nothing of the group is written and everyone in it hears so, the refused ones too, since what
//! they were refused for may have gone with it.
//! It does not know what a commit holds. To add a kind of write: a variant of [`Job`], and an arm in `perform`.

use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::apply::{Apply, claim_effects, clear_rows};
use super::error::{concerns_everyone, sort};
use super::sql;
use crate::vault::Vault;
use crate::{Commit, Effect, Millis, Position, StoreError};

/// How many jobs may wait for the writer before those who bring more have to wait themselves.
const QUEUE: usize = 1024;

/// Where an answer goes.
pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something to write.
pub(super) enum Job {
    /// Write a commit.
    Commit(Box<Commit>, Answer<Position>),
    /// Lease effects.
    Claim { lane: String, now: Millis, lease_until: Millis, limit: i64, answer: Answer<Vec<Effect>> },
    /// Remove rows.
    ClearRows(Vec<String>, Answer<()>),
}

/// A job that was performed but is not durable yet, with what to say once it is.
enum Performed {
    Commit(Result<Position, StoreError>, Answer<Position>),
    Claim(Result<Vec<Effect>, StoreError>, Answer<Vec<Effect>>),
    ClearRows(Result<(), StoreError>, Answer<()>),
}

impl Performed {
    fn error(&self) -> Option<&StoreError> {
        match self {
            Performed::Commit(result, _) => result.as_ref().err(),
            Performed::Claim(result, _) => result.as_ref().err(),
            Performed::ClearRows(result, _) => result.as_ref().err(),
        }
    }

    /// Whoever asked may be gone by now; then nobody hears the answer, and the work stands.
    fn answer(self, failed: Option<&StoreError>) {
        match self {
            Performed::Commit(result, answer) => drop(answer.send(overruled(result, failed))),
            Performed::Claim(result, answer) => drop(answer.send(overruled(result, failed))),
            Performed::ClearRows(result, answer) => drop(answer.send(overruled(result, failed))),
        }
    }
}

fn overruled<T>(result: Result<T, StoreError>, failed: Option<&StoreError>) -> Result<T, StoreError> {
    match failed {
        Some(error) => Err(error.clone()),
        None => result,
    }
}

/// The way to the writer's thread. Dropping it lets the writer finish what waits, and waits for that.
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(conn: Connection, vault: Vault, group_max: usize) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let work = Work { conn, vault, group_max: group_max.max(1) };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || work.run(waiting))
            .map_err(|error| StoreError::Unavailable(format!("no thread for the writer: {error}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) async fn send<T>(&self, make: impl FnOnce(Answer<T>) -> Job) -> Result<T, StoreError> {
        let stopped = || StoreError::Unavailable("the writer has stopped".to_owned());
        let (answer, answered) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(make(answer)).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer of the store ended by a panic");
        }
    }
}

struct Work {
    conn: Connection,
    vault: Vault,
    group_max: usize,
}

impl Work {
    fn run(self, mut waiting: mpsc::Receiver<Job>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut group = vec![first];
            while group.len() < self.group_max
                && let Ok(job) = waiting.try_recv()
            {
                group.push(job);
            }
            self.write(group);
        }
    }

    fn write(&self, group: Vec<Job>) {
        let mut failed = self.conn.execute_batch(sql::BEGIN).map_err(sort).err();
        let mut performed = Vec::with_capacity(group.len());
        for job in group {
            let done = self.perform(job, failed.as_ref());
            if failed.is_none() {
                failed = done.error().filter(|error| concerns_everyone(error)).cloned();
            }
            performed.push(done);
        }
        if failed.is_none() {
            failed = self.conn.execute_batch(sql::COMMIT).map_err(sort).err();
        }
        if let Some(error) = &failed {
            tracing::error!(%error, jobs = performed.len(), "a group of writes failed; nothing of it was written");
            // SQLite takes the transaction back by itself after some errors; then there is nothing left to do.
            if !self.conn.is_autocommit()
                && let Err(error) = self.conn.execute_batch(sql::ROLLBACK)
            {
                tracing::error!(%error, "the failed group could not be rolled back");
            }
        }
        for done in performed {
            done.answer(failed.as_ref());
        }
    }

    /// Performs one job, unless the group has failed before.
    fn perform(&self, job: Job, failed: Option<&StoreError>) -> Performed {
        match job {
            Job::Commit(commit, answer) => {
                let result = self.within(failed, |conn| Apply::new(conn, &self.vault).run(&commit));
                Performed::Commit(result, answer)
            }
            Job::Claim { lane, now, lease_until, limit, answer } => {
                let result = self.within(failed, |conn| claim_effects(conn, &lane, now, lease_until, limit));
                Performed::Claim(result, answer)
            }
            Job::ClearRows(kinds, answer) => {
                Performed::ClearRows(self.within(failed, |conn| clear_rows(conn, &kinds)), answer)
            }
        }
    }

    fn within<T>(
        &self,
        failed: Option<&StoreError>,
        job: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(error) = failed {
            return Err(error.clone());
        }
        self.conn.execute_batch(sql::SAVEPOINT).map_err(sort)?;
        match job(&self.conn) {
            Ok(value) => {
                self.conn.execute_batch(sql::RELEASE).map_err(sort)?;
                Ok(value)
            }
            // The whole group is taken back anyway, and the savepoint may be gone already.
            Err(error) if concerns_everyone(&error) => Err(error),
            Err(refused) => {
                self.conn.execute_batch(sql::UNDO).map_err(sort)?;
                Err(refused)
            }
        }
    }
}
