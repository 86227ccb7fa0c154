//! A fixed number of threads that read, each with a connection of its own.
//!
//! It owns the threads and what happens when all are busy (whoever asks waits). It does not know what is read.
//! In WAL mode readers never wait for the writer, nor it for them.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::error::sort;
use crate::StoreError;

/// How many questions may wait before those who bring more have to wait themselves.
const QUEUE: usize = 1024;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The way to the reading threads. Dropping it ends them.
pub(super) struct Readers {
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(super) fn start(connections: Vec<Connection>) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        let mut threads = Vec::with_capacity(connections.len());
        for conn in connections {
            let waiting = Arc::clone(&waiting);
            let thread = std::thread::Builder::new()
                .name("store-reader".to_owned())
                .spawn(move || run(&conn, &waiting))
                .map_err(|error| StoreError::Unavailable(format!("no thread for a reader: {error}")))?;
            threads.push(thread);
        }
        Ok(Self { jobs: Some(jobs), threads })
    }

    /// Reads within one transaction, so that all that is read belongs to one moment.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = || StoreError::Unavailable("the readers have stopped".to_owned());
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            // Whoever asked may be gone by now.
            drop(answer.send(at_one_moment(conn, question)));
        });
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

/// Runs a question within a read transaction.
pub(super) fn at_one_moment<T>(
    conn: &Connection,
    question: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    // Dropping the transaction ends it; there is nothing to commit.
    let moment = conn.unchecked_transaction().map_err(sort)?;
    question(&moment)
}

fn run(conn: &Connection, waiting: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        // One thread waits for the next question, the others wait for their turn to wait.
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        match job {
            Some(job) => job(conn),
            None => return,
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a reader of the store ended by a panic");
            }
        }
    }
}
