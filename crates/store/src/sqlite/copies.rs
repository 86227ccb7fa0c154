//! Copies of the data: backup while running, restore, and what proves a copy good.
//!
//! It owns what is checked (every page, the audit chain, the key, every sealed text, every snapshot against its
//! stream). It does not own when backups are made or how many are kept.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::error::{damaged, sort};
use super::readers::at_one_moment;
use super::setup::{beside, known_migrations, lock, must_fit_key, open_reader};
use super::{read, sql};
use crate::StoreError;
use crate::vault::{Vault, private, sync_folder_of};

/// Copies the data to a new file and checks every page of the copy. The copy shows one moment, is a single file, and
/// appears under its name only when it is whole.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(unavailable(to, "is there already"));
    }
    let partial = beside(to, ".partial");
    let written = write_copy(from, &partial);
    let finished = written.and_then(|()| finish(&partial, to).map_err(|error| unavailable(to, error)));
    if finished.is_err() && partial.exists() {
        // What was refused must not be taken for a copy; the first error is the one that matters.
        let _ = fs::remove_file(&partial);
    }
    finished
}

fn write_copy(from: &Path, partial: &Path) -> Result<(), StoreError> {
    let source = open_reader(from)?;
    private().create(true).truncate(true).open(partial).map_err(|error| unavailable(partial, error))?;
    let mut target = Connection::open(partial).map_err(sort)?;
    // All pages in one step: a copy in several steps starts over at every commit made meanwhile, and would never end
    // on a busy day. One step holds nobody up, since readers and the writer do not wait for each other.
    let step = Backup::new(&source, &mut target).and_then(|backup| backup.step(-1)).map_err(sort)?;
    if step != StepResult::Done {
        return Err(unavailable(partial, "the copy did not finish"));
    }
    let mode: String =
        target.pragma_update_and_check(None, "journal_mode", "DELETE", |line| line.get(0)).map_err(sort)?;
    if mode != "delete" {
        return Err(unavailable(partial, "the copy could not be made a single file"));
    }
    integrity(&target)?;
    target.close().map_err(|(_, error)| sort(error))
}

fn finish(partial: &Path, to: &Path) -> std::io::Result<()> {
    fs::File::open(partial)?.sync_all()?;
    fs::rename(partial, to)?;
    sync_folder_of(to)
}

/// Proves a backup good and, unless `verify_only`, puts it in place as the data file `to_data_file`, which must not be
/// there yet. Returns the counts by table.
///
/// # Errors
/// [`StoreError::Corrupt`] naming what is wrong with the backup, or [`StoreError::Unavailable`] when the place is taken
/// or a file cannot be read or written. Nothing is left at the place then.
pub fn restore(
    from: &Path,
    to_data_file: &Path,
    vault: &Vault,
    verify_only: bool,
) -> Result<Vec<(String, u64)>, StoreError> {
    let counts = prove(from, vault)?;
    if verify_only {
        return Ok(counts);
    }
    let _lock = lock(to_data_file)?;
    // A log left beside a new file would be played into it.
    for suffix in ["-wal", "-shm", "-journal"] {
        let left = beside(to_data_file, suffix);
        if left.exists() {
            return Err(unavailable(&left, "is left from earlier data; move it away first"));
        }
    }
    copy(from, to_data_file)?;
    Ok(counts)
}

/// Reads a whole copy and everything in it that can be proved. Returns the counts by table.
fn prove(path: &Path, vault: &Vault) -> Result<Vec<(String, u64)>, StoreError> {
    let conn = open_reader(path)?;
    at_one_moment(&conn, |conn| {
        integrity(conn)?;
        if known_migrations(conn)? == 0 {
            return Err(damaged("it holds no data of this program"));
        }
        must_fit_key(conn, vault)?;
        read::verify_audit(conn)?;
        let stale: Option<String> = read::one(conn, sql::STALE_SNAPSHOT, [], |line| line.get(0))?;
        if let Some(stream) = stale {
            return Err(StoreError::Corrupt {
                table: "snapshots".to_owned(),
                key: stream,
                detail: "it is not at the version of its stream's last event".to_owned(),
            });
        }
        every_text_opens(conn, vault)?;
        read::counts(conn)
    })
}

fn every_text_opens(conn: &Connection, vault: &Vault) -> Result<(), StoreError> {
    for (table, sql) in [("bodies", sql::ALL_BODIES), ("dead_letters", sql::ALL_DEAD_LETTERS)] {
        let mut statement = conn.prepare_cached(sql).map_err(sort)?;
        let mut lines = statement.query([]).map_err(sort)?;
        while let Some(line) = lines.next().map_err(sort)? {
            let key: String = line.get(0).map_err(sort)?;
            let sealed: Vec<u8> = line.get(1).map_err(sort)?;
            vault.unseal(table, &key, &sealed)?;
        }
    }
    Ok(())
}

/// SQLite's own check of every page and index, then the counts by table.
pub(super) fn check(path: &Path) -> Result<Vec<(String, u64)>, StoreError> {
    let conn = open_reader(path)?;
    at_one_moment(&conn, |conn| {
        integrity(conn)?;
        read::counts(conn)
    })
}

/// Walks the audit chain.
pub(super) fn verify_audit(path: &Path) -> Result<u64, StoreError> {
    let conn = open_reader(path)?;
    at_one_moment(&conn, read::verify_audit)
}

fn integrity(conn: &Connection) -> Result<(), StoreError> {
    let found: Vec<String> = read::all(conn, sql::INTEGRITY, [], |line| line.get(0))?;
    match found.as_slice() {
        [ok] if ok == "ok" => Ok(()),
        problems => Err(damaged(&problems.join("; "))),
    }
}

fn unavailable(path: &Path, why: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("{}: {why}", path.display()))
}
