//! Opening: connections, migrations, the lock that keeps a second server out, and the key check.
//!
//! It owns what must hold before the first commit. It does not read or write anything of the engine's.
//! To change the schema: a new file `migrations/V<n>__<name>.sql` and a line in [`migrations`]; never an old file.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use refinery::{Migration, Runner};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};

use super::error::{damaged, sort};
use super::{Options, read, sql};
use crate::StoreError;
use crate::vault::{Vault, private};

const BUSY: Duration = Duration::from_secs(5);
/// More than there are statements, so that none is ever prepared twice.
const CACHED_STATEMENTS: usize = 96;
const KEY_CHECK: &str = "key_check";
const KEY_CHECK_TEXT: &[u8] = b"hearthline";

/// All migrations this program knows, oldest first.
pub(super) fn migrations() -> Result<Vec<Migration>, StoreError> {
    let listed = [("V1__start", include_str!("../../migrations/V1__start.sql"))];
    listed.into_iter().map(|(name, sql)| Migration::unapplied(name, sql).map_err(unfit)).collect()
}

/// Refuses to go on while another process serves the same data. The lock ends with the process, however it ends.
pub(super) fn lock(data: &Path) -> Result<File, StoreError> {
    let path = beside(data, ".lock");
    let unavailable = |why: String| StoreError::Unavailable(format!("lock {}: {why}", path.display()));
    let file =
        private().create(true).truncate(false).open(&path).map_err(|error| unavailable(error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
            "another process serves the data in {}; stop it first, or give this one a data folder of its own",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(unavailable(error.to_string())),
    }
}

/// The path with `suffix` behind its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The connection that writes, with the schema brought up to date and every statement prepared.
pub(super) fn open_writer(path: &Path, vault: &Vault, options: &Options) -> Result<Connection, StoreError> {
    // SQLite would make the file readable for the group and others; its two companions get the mode of the file.
    private()
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| StoreError::Unavailable(format!("data file {}: {error}", path.display())))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(sort)?;
    conn.busy_timeout(BUSY).map_err(sort)?;
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |line| line.get(0)).map_err(sort)?;
    if mode != "wal" {
        return Err(StoreError::Unavailable(format!(
            "the file system of {} cannot hold a write-ahead log (journal mode {mode})",
            path.display()
        )));
    }
    conn.execute_batch(sql::WRITER_PRAGMAS).map_err(sort)?;
    migrate(&mut conn)?;
    match stored_key_check(&conn)? {
        Some(sealed) => check_key(vault, &sealed)?,
        None => {
            let sealed = vault.seal("meta", KEY_CHECK, KEY_CHECK_TEXT)?;
            conn.execute(sql::ADD_META, params![KEY_CHECK, sealed]).map_err(sort)?;
        }
    }
    // The lock of the data file proves that nobody else works on it: whatever a process that died had taken up is free,
    // and the texts behind it need not wait for its lease to end.
    conn.execute(sql::END_LEASES, []).map_err(sort)?;
    if let Some(pages) = options.max_pages {
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).map_err(sort)?;
    }
    prepare(&conn, sql::READS)?;
    prepare(&conn, sql::WRITES)?;
    Ok(conn)
}

/// A connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::Unavailable(format!("data file {}: {error}", path.display())))?;
    conn.busy_timeout(BUSY).map_err(sort)?;
    conn.execute_batch(sql::READER_PRAGMAS).map_err(sort)?;
    Ok(conn)
}

/// Prepares statements, and keeps them. Their plans stay as they are whatever is bound to them; else SQLite makes some of
/// them anew at every run.
pub(super) fn prepare(conn: &Connection, statements: &[&str]) -> Result<(), StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(sort)?;
    conn.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    for sql in statements {
        conn.prepare_cached(sql).map_err(|error| unfit(format!("{error} in {sql}")))?;
    }
    Ok(())
}

fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    known_migrations(conn)?;
    // Grouped: the new tables and the record of them are one transaction, so a crash between them cannot happen.
    let report = Runner::new(&migrations()?).set_grouped(true).run(conn).map_err(unfit)?;
    for migration in report.applied_migrations() {
        tracing::info!(%migration, "schema changed");
    }
    Ok(())
}

/// How many migrations the data has seen, all of which this program must know by number, name and content.
pub(super) fn known_migrations(conn: &Connection) -> Result<usize, StoreError> {
    let known = migrations()?;
    if read::number(conn, sql::HAS_MIGRATIONS)? == 0 {
        return Ok(0);
    }
    let applied = read::all(conn, sql::MIGRATIONS, [], |line| {
        Ok((line.get::<_, i64>(0)?, line.get::<_, String>(1)?, line.get::<_, String>(2)?))
    })?;
    for (place, (version, name, checksum)) in applied.iter().enumerate() {
        match known.get(place) {
            Some(known) if i64::from(known.version()) == *version => {
                if known.checksum().to_string() != *checksum {
                    return Err(unfit(format!(
                        "migration {version} {name} is not the one this program knows"
                    )));
                }
            }
            _ => {
                return Err(unfit(format!(
                    "it was written by a newer version of this program (migration {version} {name}); start that one"
                )));
            }
        }
    }
    Ok(applied.len())
}

/// Refuses data that this program could read only after changing its schema.
pub(super) fn must_be_current(conn: &Connection) -> Result<(), StoreError> {
    if known_migrations(conn)? == migrations()?.len() {
        return Ok(());
    }
    Err(unfit("it comes from an older version of this program; start the server on it once"))
}

/// Refuses a key that is not the one the data was sealed with.
pub(super) fn must_fit_key(conn: &Connection, vault: &Vault) -> Result<(), StoreError> {
    let sealed = stored_key_check(conn)?.ok_or_else(|| damaged("the check of its key is missing"))?;
    check_key(vault, &sealed)
}

fn stored_key_check(conn: &Connection) -> Result<Option<Vec<u8>>, StoreError> {
    read::one(conn, sql::META, params![KEY_CHECK], |line| line.get(0))
}

fn check_key(vault: &Vault, sealed: &[u8]) -> Result<(), StoreError> {
    vault.unseal("meta", KEY_CHECK, sealed).map(drop).map_err(|_| StoreError::Corrupt {
        table: "meta".to_owned(),
        key: KEY_CHECK.to_owned(),
        detail: "this key file is not the one the data was sealed with; put that one back".to_owned(),
    })
}

fn unfit(why: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("the data does not fit this program: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_in_the_folder_of_migrations_is_listed_in_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort_by_key(|name| name[1..].split("__").next().unwrap().parse::<u32>().unwrap());
        let listed: Vec<String> = migrations().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(listed, names);
    }

    #[test]
    fn data_of_a_newer_or_changed_program_is_refused_with_a_sentence() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        assert_eq!(known_migrations(&conn).unwrap(), 1);
        conn.execute_batch("INSERT INTO refinery_schema_history SELECT 999, 'later', applied_on, checksum FROM refinery_schema_history")
            .unwrap();
        assert!(migrate(&mut conn).unwrap_err().to_string().contains("newer version"));
        conn.execute_batch(
            "DELETE FROM refinery_schema_history WHERE version = 999; UPDATE refinery_schema_history SET checksum = '1'",
        )
        .unwrap();
        assert!(migrate(&mut conn).unwrap_err().to_string().contains("not the one this program knows"));
    }

    #[test]
    fn what_is_bound_to_a_statement_does_not_make_its_plan_anew() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::from_bytes([7; 32]);
        let conn = open_writer(&folder.path().join("a.db"), &vault, &Options::default()).unwrap();
        for stream in ["a", "b", "c"] {
            let mut statement = conn.prepare_cached(sql::STREAM_VERSION).unwrap();
            let version: i64 = statement.query_row(params![stream], |line| line.get(0)).unwrap();
            assert_eq!((version, statement.get_status(rusqlite::StatementStatus::RePrepare)), (0, 0));
        }
    }
}
