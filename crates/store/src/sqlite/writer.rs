//! The one writer.
//!
//! It owns the only connection that writes, on a thread of its own, and the groups: everything that waits when the
//! writer is free goes into one transaction, so that many commits share one sync of the disk. A refused one does not hurt
//! its neighbours; nobody is answered before the whole group is durable; and when the disk fails, nothing of the group is
//! written and everyone in it hears so, the refused ones too, since what they were refused for may have gone with it.
//! It does not know what a commit holds. To add a kind of write: a variant of [`Job`], and an arm in `perform`.

use std::panic::{AssertUnwindSafe, catch_unwind};
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
    /// Begin to write, and panic.
    #[cfg(test)]
    Fault(Answer<()>),
}

impl Job {
    /// Whoever asked may be gone by now; then nobody hears the answer, and the work stands.
    fn answer(self, performed: Option<Performed>, failed: Option<&StoreError>) {
        match self {
            Job::Commit(_, answer) => drop(answer.send(said(performed, failed, |done| match done {
                Performed::Commit(position) => Some(position),
                _ => None,
            }))),
            Job::Claim { answer, .. } => drop(answer.send(said(performed, failed, |done| match done {
                Performed::Claim(effects) => Some(effects),
                _ => None,
            }))),
            Job::ClearRows(_, answer) => drop(answer.send(said(performed, failed, |done| match done {
                Performed::ClearRows => Some(()),
                _ => None,
            }))),
            #[cfg(test)]
            Job::Fault(answer) => drop(answer.send(said(performed, failed, |_| None))),
        }
    }
}

/// What became of a job; not durable before its group is.
enum Performed {
    Commit(Position),
    Claim(Vec<Effect>),
    ClearRows,
    /// It changed nothing.
    Refused(StoreError),
    /// It was refused after it had written something, and there is no savepoint to go back to.
    MustBeTakenBack,
}

impl Performed {
    fn error(&self) -> Option<&StoreError> {
        match self {
            Performed::Refused(error) => Some(error),
            _ => None,
        }
    }
}

/// Whether every job of a group can be taken back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Savepoints {
    None,
    Each,
}

/// Refusals that are seen without writing. An insert that came to nothing may still have used up a number.
fn is_common(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Duplicate
            | StoreError::Conflict { .. }
            | StoreError::Taken { .. }
            | StoreError::RecordConflict { .. }
    )
}

/// The answer to one job: the error of the whole group, its own, or what it brought.
fn said<T>(
    performed: Option<Performed>,
    failed: Option<&StoreError>,
    brought: impl FnOnce(Performed) -> Option<T>,
) -> Result<T, StoreError> {
    if let Some(error) = failed {
        return Err(error.clone());
    }
    let nothing = || StoreError::Unavailable("the writer did not come to it".to_owned());
    match performed.ok_or_else(nothing)? {
        Performed::Refused(error) => Err(error),
        done => brought(done).ok_or_else(nothing),
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
        let stopped = || StoreError::Unavailable("the writer did not answer".to_owned());
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
            // A fault in one group ends neither the thread nor the writing. Those who wait for this group hear that nobody
            // answered, which leaves open, as a crash does, whether it was written.
            if catch_unwind(AssertUnwindSafe(|| self.write(group))).is_err() {
                tracing::error!("a group of writes ended by a panic; the next one begins anew");
                self.take_back();
            }
        }
    }

    /// Most jobs are carried out, and those that are refused have mostly written nothing by then. So a group is first tried
    /// without savepoints, which cost a copy of every page that a job touches; only when something has to be taken back does
    /// it begin anew with them.
    fn write(&self, group: Vec<Job>) {
        let lost = || StoreError::Unavailable("a group of writes could not be taken back".to_owned());
        let (performed, failed) = self
            .attempt(&group, Savepoints::None)
            .or_else(|| self.attempt(&group, Savepoints::Each))
            .unwrap_or_else(|| (Vec::new(), Some(lost())));
        let mut performed = performed.into_iter();
        for job in group {
            job.answer(performed.next(), failed.as_ref());
        }
    }

    /// What became of each job and of the group; none when a job has to be taken back by itself, and then nothing is
    /// written.
    fn attempt(&self, group: &[Job], savepoints: Savepoints) -> Option<(Vec<Performed>, Option<StoreError>)> {
        let mut failed = self.conn.execute_batch(sql::BEGIN).map_err(sort).err();
        let mut performed = Vec::with_capacity(group.len());
        for job in group {
            let done = self.perform(job, failed.as_ref(), savepoints);
            if matches!(done, Performed::MustBeTakenBack) {
                let undone = self.conn.execute_batch(sql::ROLLBACK).map_err(sort);
                return undone.err().map(|error| (performed, Some(error)));
            }
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
            self.take_back();
        }
        Some((performed, failed))
    }

    /// SQLite takes the transaction back by itself after some errors; then there is nothing left to do.
    fn take_back(&self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.execute_batch(sql::ROLLBACK)
        {
            tracing::error!(%error, "the failed group could not be rolled back");
        }
    }

    /// Performs one job, unless the group has failed before.
    fn perform(&self, job: &Job, failed: Option<&StoreError>, savepoints: Savepoints) -> Performed {
        if let Some(error) = failed {
            return Performed::Refused(error.clone());
        }
        let done = match job {
            Job::Commit(commit, _) => self
                .within(savepoints, |conn| Apply::new(conn, &self.vault).run(commit).map(Performed::Commit)),
            Job::Claim { lane, now, lease_until, limit, .. } => self.within(savepoints, |conn| {
                claim_effects(conn, lane, *now, *lease_until, *limit).map(Performed::Claim)
            }),
            Job::ClearRows(kinds, _) => {
                self.within(savepoints, |conn| clear_rows(conn, kinds).map(|()| Performed::ClearRows))
            }
            #[cfg(test)]
            Job::Fault(_) => self.within(savepoints, |conn| {
                clear_rows(conn, &["anything".to_owned()])?;
                std::panic::panic_any("a fault that a test asked for")
            }),
        };
        done.unwrap_or_else(Performed::Refused)
    }

    fn step(&self, sql: &str) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(sort)?;
        statement.execute([]).map(drop).map_err(sort)
    }

    fn within(
        &self,
        savepoints: Savepoints,
        job: impl FnOnce(&Connection) -> Result<Performed, StoreError>,
    ) -> Result<Performed, StoreError> {
        let before = self.conn.total_changes();
        if savepoints == Savepoints::Each {
            self.step(sql::SAVEPOINT)?;
        }
        let done = job(&self.conn);
        match (done, savepoints) {
            // The whole group is taken back anyway, and the savepoint may be gone already.
            (Err(error), _) if concerns_everyone(&error) => Err(error),
            (Ok(done), Savepoints::None) => Ok(done),
            (Err(refused), Savepoints::None)
                if is_common(&refused) && self.conn.total_changes() == before =>
            {
                Err(refused)
            }
            (Err(_), Savepoints::None) => Ok(Performed::MustBeTakenBack),
            (Ok(done), Savepoints::Each) => self.step(sql::RELEASE).map(|()| done),
            (Err(refused), Savepoints::Each) => {
                self.conn.execute_batch(sql::UNDO).map_err(sort)?;
                Err(refused)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::Options;
    use crate::sqlite::setup::open_writer;
    use crate::{Row, RowChange};

    fn row(id: &str) -> Commit {
        let row = Row {
            kind: "note".to_owned(),
            id: id.to_owned(),
            group: "note".to_owned(),
            sort: 0,
            data: "{}".to_owned(),
        };
        Commit { rows: vec![RowChange::Put(row)], ..Commit::default() }
    }

    #[tokio::test]
    async fn a_panic_in_one_group_does_not_end_the_writing() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::from_bytes([7; 32]);
        let conn = open_writer(&folder.path().join("data.sqlite"), &vault, &Options::default()).unwrap();
        let writer = Writer::start(conn, vault, 8).unwrap();
        let commit = |id: &str| {
            let commit = Box::new(row(id));
            writer.send(|answer| Job::Commit(commit, answer))
        };
        commit("before").await.unwrap();
        let fault = writer.send(Job::Fault).await.unwrap_err();
        assert!(matches!(fault, StoreError::Unavailable(_)), "{fault:?}");
        commit("after").await.unwrap();
    }
}
