//! What a disk, a key file and a second process can do to the store.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::given::*;
use store::sqlite::{Options, SqliteStore};
use store::vault::Vault;
use store::*;

fn folder() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hearthline.db");
    (folder, path)
}

/// The bytes of the data file and of everything SQLite keeps beside it.
fn all_bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    bytes
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn everything_is_there_after_opening_again() {
    let (_folder, path) = folder();
    let store: Arc<dyn Store> = Arc::new(open(&path));
    store.commit(everything("a")).await.unwrap();
    let before = reading(&store).await;
    drop(store);
    let store: Arc<dyn Store> = Arc::new(open(&path));
    assert_eq!(reading(&store).await, before);
    assert_eq!(store.commit(step("interaction-a", 1)).await.unwrap(), 2, "the numbers go on");
}

#[tokio::test]
async fn what_a_process_that_died_had_taken_up_is_free_at_once() {
    let (_folder, path) = folder();
    let store: Arc<dyn Store> = Arc::new(open(&path));
    store.commit(everything("a")).await.unwrap();
    let taken = store.claim_effects("line-1", 10, 60_000, 9).await.unwrap();
    assert!(!taken.is_empty());
    assert!(store.claim_effects("line-1", 11, 60_000, 9).await.unwrap().is_empty(), "it is leased");
    drop(store);
    let store: Arc<dyn Store> = Arc::new(open(&path));
    let again = store.claim_effects("line-1", 12, 60_000, 9).await.unwrap();
    assert_eq!(again.len(), taken.len());
    assert_eq!(again[0].attempts, taken[0].attempts + 1);
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_killed_process() {
    let (_folder, path) = folder();
    let store: Arc<dyn Store> = Arc::new(open(&path));
    store.commit(everything("a")).await.unwrap();
    let before = reading(&store).await;
    // A killed process leaves the files as they are at that moment: no log folded in, no connection closed.
    let (_other, copy) = folder_with_the_files_of(&path);
    assert!(fs::metadata(copy.with_extension("db-wal")).unwrap().len() > 0, "the commit is in the log only");
    let revived: Arc<dyn Store> = Arc::new(open(&copy));
    assert_eq!(reading(&revived).await, before);
}

#[tokio::test]
async fn a_write_torn_by_a_lost_power_supply_takes_only_the_last_commit() {
    let (_folder, path) = folder();
    let store: Arc<dyn Store> = Arc::new(open(&path));
    store.commit(everything("a")).await.unwrap();
    let before = reading(&store).await;
    let length = fs::metadata(path.with_extension("db-wal")).unwrap().len();
    store.commit(everything("b")).await.unwrap();
    let (_other, copy) = folder_with_the_files_of(&path);
    let log = fs::OpenOptions::new().write(true).open(copy.with_extension("db-wal")).unwrap();
    assert!(log.metadata().unwrap().len() > length);
    log.set_len(log.metadata().unwrap().len() - 100).unwrap();
    fs::remove_file(copy.with_extension("db-shm")).unwrap();
    let revived: Arc<dyn Store> = Arc::new(open(&copy));
    assert_eq!(reading(&revived).await, before);
}

fn folder_with_the_files_of(path: &Path) -> (TempDir, std::path::PathBuf) {
    let (folder, copy) = folder();
    for extension in ["db", "db-wal", "db-shm"] {
        fs::copy(path.with_extension(extension), copy.with_extension(extension)).unwrap();
    }
    (folder, copy)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_writes_nothing_of_the_group_and_says_so_to_all_of_it() {
    let (_folder, path) = folder();
    let options = Options { max_pages: Some(120), ..Options::default() };
    let store = Arc::new(SqliteStore::open(&path, vault(), &options).unwrap());
    let seen: Arc<dyn Store> = Arc::<SqliteStore>::clone(&store);
    store.commit(everything("a")).await.unwrap();
    let before = reading(&seen).await;
    let huge = Commit { bodies: vec![body("message-b", &"x".repeat(1 << 20))], ..everything("b") };
    assert_eq!(store.commit(huge.clone()).await, Err(StoreError::Full));
    assert_eq!(reading(&seen).await, before);
    // Small commits and the huge one reach the writer together; whoever shares its group is told the same, and what
    // was told is true.
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..32 {
        let (store, huge) = (Arc::clone(&store), huge.clone());
        tasks.spawn(async move {
            if number % 8 == 3 {
                assert_eq!(store.commit(huge).await, Err(StoreError::Full));
                return None;
            }
            let stream = format!("small-{number}");
            let answer = store.commit(step(&stream, 0)).await;
            assert!(answer.is_ok() || answer == Err(StoreError::Full), "{answer:?}");
            Some((stream, answer.is_ok()))
        });
    }
    for (stream, written) in tasks.join_all().await.into_iter().flatten() {
        assert_eq!(store.read_stream(&stream, 0, 9).await.unwrap().len(), usize::from(written), "{stream}");
    }
    assert_eq!(store.row("interaction", "b").await.unwrap(), None);
    store.commit(everything("c")).await.unwrap();
    assert!(store.check().await.is_ok());
}

#[tokio::test]
async fn a_wrong_key_file_is_refused_at_once_with_a_sentence() {
    let (folder, path) = folder();
    let key = folder.path().join("vault.key");
    drop(SqliteStore::open(&path, Vault::open_or_create(&key).unwrap(), &Options::default()).unwrap());
    fs::remove_file(&key).unwrap();
    let other = Vault::open_or_create(&key).unwrap();
    let refused = SqliteStore::open(&path, other.clone(), &Options::default()).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }));
    assert!(refused.to_string().contains("not the one the data was sealed with"), "{refused}");
    assert!(SqliteStore::open_read_only(&path, other).is_err());
}

#[tokio::test]
async fn texts_cannot_be_read_in_the_raw_files() {
    let (_folder, path) = folder();
    let store = open(&path);
    let secret = "my case number is 8812345";
    let bytes = b"broken bytes with 8812345 in them".to_vec();
    let commit = Commit {
        bodies: vec![body("m1", secret)],
        dead_letters: vec![DeadLetterChange::Put(DeadLetter { bytes: bytes.clone(), ..letter("l1", 1) })],
        rows: vec![RowChange::Put(row("interaction", "row-in-the-open", "open", 1))],
        ..Commit::default()
    };
    store.commit(commit).await.unwrap();
    assert_eq!(store.bodies(&["m1".to_owned()]).await.unwrap(), [Some(secret.to_owned())]);
    assert_eq!(store.dead_letter("l1").await.unwrap().unwrap().bytes, bytes);
    let while_open = all_bytes(&path);
    drop(store);
    assert!(!path.with_extension("db-wal").exists(), "closing folds the log into the file");
    for raw in [while_open, all_bytes(&path)] {
        assert!(holds(&raw, b"row-in-the-open"), "the search finds what is not sealed");
        assert!(!holds(&raw, b"8812345"));
    }
}

#[tokio::test]
async fn an_erased_text_leaves_not_even_its_sealed_form_in_the_data_file() {
    let (_folder, path) = folder();
    drop({
        let store = open(&path);
        store
            .commit(Commit { bodies: vec![body("m1", &"x".repeat(9_000))], ..Commit::default() })
            .await
            .unwrap();
        store
    });
    let conn = Connection::open(&path).unwrap();
    let sealed: Vec<u8> = conn.query_row("SELECT sealed FROM bodies", [], |line| line.get(0)).unwrap();
    drop(conn);
    let (first, last) = (&sealed[..32], &sealed[sealed.len() - 32..]);
    assert!(holds(&all_bytes(&path), first) && holds(&all_bytes(&path), last));
    let store = open(&path);
    let erase = vec![BodyChange::Erase { key: "m1".to_owned() }];
    store.commit(Commit { bodies: erase, ..Commit::default() }).await.unwrap();
    drop(store);
    assert!(!holds(&all_bytes(&path), first) && !holds(&all_bytes(&path), last));
}

#[tokio::test]
async fn a_sealed_text_moved_to_another_row_does_not_open() {
    let (_folder, path) = folder();
    let store = open(&path);
    store
        .commit(Commit { bodies: vec![body("m1", "yes"), body("m2", "no")], ..Commit::default() })
        .await
        .unwrap();
    let conn = Connection::open(&path).unwrap();
    conn.execute(
        "UPDATE bodies SET sealed = (SELECT sealed FROM bodies WHERE key = 'm1') WHERE key = 'm2'",
        [],
    )
    .unwrap();
    assert_eq!(store.bodies(&["m1".to_owned()]).await.unwrap(), [Some("yes".to_owned())]);
    let error = store.bodies(&["m2".to_owned()]).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { ref key, .. } if key == "m2"), "{error}");
}

#[tokio::test]
async fn the_audit_log_and_the_events_refuse_to_be_changed() {
    let (_folder, path) = folder();
    let store = open(&path);
    store.commit(everything("a")).await.unwrap();
    let conn = Connection::open(&path).unwrap();
    for table in ["audit", "events"] {
        let update = conn.execute(&format!("UPDATE {table} SET actor = 'x'"), []).unwrap_err();
        assert!(update.to_string().contains("never changed"), "{update}");
        let delete = conn.execute(&format!("DELETE FROM {table}"), []).unwrap_err();
        assert!(delete.to_string().contains("never deleted"), "{delete}");
    }
}

#[tokio::test]
async fn a_changed_or_missing_audit_line_is_named() {
    for (tamper, first_bad) in [
        ("UPDATE audit SET subject = 'other' WHERE seq = 2", "2"),
        ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 3", "3"),
        ("DELETE FROM audit WHERE seq = 2", "2"),
        ("DELETE FROM audit WHERE seq = 4", "4"),
        ("DELETE FROM audit WHERE seq = 1", "1"),
    ] {
        let (_folder, path) = folder();
        let store = open(&path);
        let audit = ["a", "b", "c", "d"].map(|subject| audit_line("read", subject)).to_vec();
        store.commit(Commit { audit, ..Commit::default() }).await.unwrap();
        assert_eq!(store.verify_audit().await.unwrap(), 4);
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch("DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_goes").unwrap();
        conn.execute(tamper, []).unwrap();
        let error = store.verify_audit().await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt { ref key, .. } if key == first_bad),
            "{tamper}: {error}"
        );
        // A line written afterwards does not cover it up.
        store.commit(Commit { audit: vec![audit_line("read", "e")], ..Commit::default() }).await.unwrap();
        let error = store.verify_audit().await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt { ref key, .. } if key == first_bad),
            "{tamper}: {error}"
        );
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let (_folder, path) = folder();
    let first = open(&path);
    let refused = SqliteStore::open(&path, vault(), &Options::default()).unwrap_err();
    assert!(refused.to_string().contains("another process serves the data"), "{refused}");
    drop(first);
    drop(open(&path));
}

#[tokio::test]
async fn a_command_may_read_beside_the_server_but_not_write() {
    let (_folder, path) = folder();
    assert!(SqliteStore::open_read_only(&path, vault()).is_err(), "there is nothing to read yet");
    assert!(!path.exists(), "and nothing was made");
    let server = open(&path);
    server.commit(everything("a")).await.unwrap();
    let command: Arc<dyn Store> = Arc::new(SqliteStore::open_read_only(&path, vault()).unwrap());
    server.commit(step("interaction-a", 1)).await.unwrap();
    assert_eq!(command.head().await.unwrap(), 2, "it sees what the server wrote since");
    for refused in [
        command.commit(step("interaction-a", 2)).await.map(drop),
        command.clear_rows(&["interaction".to_owned()]).await,
        command.claim_effects("line-1", 99, 100, 1).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    assert_eq!(server.head().await.unwrap(), 2);
}

#[tokio::test]
async fn migrations_are_applied_once() {
    let (_folder, path) = folder();
    let applied = |path: &Path| -> Vec<(i64, String, String)> {
        let conn = Connection::open(path).unwrap();
        let mut statement =
            conn.prepare("SELECT version, applied_on, checksum FROM refinery_schema_history").unwrap();
        let lines = statement.query_map([], |line| Ok((line.get(0)?, line.get(1)?, line.get(2)?))).unwrap();
        lines.map(Result::unwrap).collect()
    };
    let schema = |path: &Path| -> String {
        let conn = Connection::open(path).unwrap();
        conn.query_row("SELECT group_concat(name || sql) FROM sqlite_master", [], |line| line.get(0)).unwrap()
    };
    drop(open(&path));
    let (first, shape) = (applied(&path), schema(&path));
    assert_eq!(first.len(), 1);
    drop(open(&path));
    assert_eq!((applied(&path), schema(&path)), (first, shape));
}

#[tokio::test]
async fn a_damaged_file_is_called_damaged() {
    let (_folder, path) = folder();
    fs::write(&path, "this is no database, but it is long enough to be taken for one".repeat(100)).unwrap();
    let error = SqliteStore::open(&path, vault(), &Options::default()).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    let store = open(&path);
    store.commit(everything("a")).await.unwrap();
    store.backup(&folder.path().join("copy.db")).await.unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}
