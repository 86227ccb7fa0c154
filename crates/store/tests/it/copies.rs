//! Backup and restore.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::given::*;
use store::sqlite::restore;
use store::vault::Vault;
use store::*;

/// A folder with a good backup in it.
async fn backed_up() -> (TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(open(&folder.path().join("hearthline.db")));
    store.commit(everything("a")).await.unwrap();
    store.commit(everything("b")).await.unwrap();
    let copy = folder.path().join("copy.db");
    store.backup(&copy).await.unwrap();
    let shown = reading(&store).await;
    (folder, copy, shown)
}

fn tampered(copy: &Path, sql: &str) {
    let conn = Connection::open(copy).unwrap();
    conn.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn a_restored_copy_shows_what_the_store_showed() {
    let (folder, copy, shown) = backed_up().await;
    let place = folder.path().join("again.db");
    let counts = restore(&copy, &place, &vault(), true).unwrap();
    assert!(!place.exists(), "proving writes nothing");
    assert!(counts.contains(&("events".to_owned(), 2)));
    assert_eq!(restore(&copy, &place, &vault(), false).unwrap(), counts);
    let again: Arc<dyn Store> = Arc::new(open(&place));
    assert_eq!(reading(&again).await, shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_many_write_is_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&folder.path().join("hearthline.db")));
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..8 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for version in 0..40 {
                let stream = format!("interaction-{number}");
                let commit = Commit {
                    bodies: vec![body(&format!("{stream}-{version}"), "hello")],
                    audit: vec![audit_line("step", &stream)],
                    ..step(&stream, version)
                };
                store.commit(commit).await.unwrap();
            }
        });
    }
    let mut heads = Vec::new();
    for number in 0..5 {
        let copy = folder.path().join(format!("copy-{number}.db"));
        let before = store.head().await.unwrap();
        store.backup(&copy).await.unwrap();
        let after = store.head().await.unwrap();
        let counts = restore(&copy, &folder.path().join("unused.db"), &vault(), true).unwrap();
        let count = |table: &str| counts.iter().find(|(name, _)| name == table).unwrap().1;
        let events = i64::try_from(count("events")).unwrap();
        assert!((before..=after).contains(&events), "{before} {events} {after}");
        assert_eq!(count("events"), count("bodies"), "a commit is in the copy whole or not at all");
        assert_eq!(count("events"), count("audit"));
        heads.push(events);
    }
    writers.join_all().await;
    assert!(heads.is_sorted());
    assert_eq!(store.head().await.unwrap(), 320);
}

#[tokio::test]
async fn a_copy_never_replaces_a_file() {
    let (folder, copy, _) = backed_up().await;
    let bytes = fs::read(&copy).unwrap();
    let store = open(&folder.path().join("hearthline.db"));
    let refused = store.backup(&copy).await.unwrap_err();
    assert!(refused.to_string().contains("there already"), "{refused}");
    let place = folder.path().join("hearthline.db");
    assert!(restore(&copy, &place, &vault(), false).is_err(), "a server runs there");
    drop(store);
    let refused = restore(&copy, &place, &vault(), false).unwrap_err();
    assert!(refused.to_string().contains("there already"), "{refused}");
    assert_eq!(fs::read(&copy).unwrap(), bytes);
}

#[tokio::test]
async fn a_log_left_by_earlier_data_is_not_played_into_a_restored_file() {
    let (folder, copy, _) = backed_up().await;
    let place = folder.path().join("again.db");
    fs::write(folder.path().join("again.db-wal"), b"left").unwrap();
    let refused = restore(&copy, &place, &vault(), false).unwrap_err();
    assert!(refused.to_string().contains("again.db-wal"), "{refused}");
    assert!(!place.exists());
}

#[tokio::test]
async fn a_copy_that_is_not_whole_is_refused_and_says_why() {
    let drop_triggers = "DROP TRIGGER audit_never_changes; DROP TRIGGER events_never_go;";
    for (sql, table, key) in [
        ("UPDATE audit SET actor = 'x' WHERE seq = 2", "audit", "2"),
        ("UPDATE snapshots SET version = 9 WHERE stream = 'interaction-b'", "snapshots", "interaction-b"),
        ("DELETE FROM events WHERE stream = 'interaction-a'", "snapshots", "interaction-a"),
        ("UPDATE bodies SET sealed = x'01' WHERE key = 'message-a'", "bodies", "message-a"),
        ("UPDATE dead_letters SET sealed = x'01' WHERE id = 'letter-a'", "dead_letters", "letter-a"),
        ("DELETE FROM meta", "data", "file"),
    ] {
        let (folder, copy, _) = backed_up().await;
        tampered(&copy, &format!("{drop_triggers} {sql}"));
        let place = folder.path().join("again.db");
        let error = restore(&copy, &place, &vault(), false).unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { table: t, key: k, .. } if t == table && k == key),
            "{sql}: {error}"
        );
        assert!(!place.exists(), "{sql}");
    }
}

#[tokio::test]
async fn a_damaged_page_is_found() {
    let (folder, copy, _) = backed_up().await;
    let mut bytes = fs::read(&copy).unwrap();
    // The root page of an index, somewhere in the middle of its cells.
    let page: i64 = Connection::open(&copy)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_master WHERE name = 'effects_by_state'", [], |line| {
            line.get(0)
        })
        .unwrap();
    let start = usize::try_from(page - 1).unwrap() * 4096;
    bytes[start..start + 64].fill(0xAA);
    fs::write(&copy, bytes).unwrap();
    let error = restore(&copy, &folder.path().join("again.db"), &vault(), true).unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { table, .. } if table == "data"), "{error}");
}

#[tokio::test]
async fn a_copy_needs_the_key_it_was_sealed_with() {
    let (folder, copy, _) = backed_up().await;
    let other = Vault::from_bytes([9; 32]);
    let error = restore(&copy, &folder.path().join("again.db"), &other, true).unwrap_err();
    assert!(error.to_string().contains("put that one back"), "{error}");
}

#[tokio::test]
async fn something_else_is_no_copy() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("again.db");
    let (text, empty) = (folder.path().join("notes.txt"), folder.path().join("other.db"));
    fs::write(&text, "notes about the data, long enough to be looked at. ".repeat(50)).unwrap();
    tampered(&empty, "CREATE TABLE other (id INTEGER)");
    for from in [&text, &empty, &folder.path().join("none.db")] {
        assert!(restore(from, &place, &vault(), false).is_err(), "{}", from.display());
        assert!(!place.exists());
    }
}
