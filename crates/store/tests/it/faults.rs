//! The faults that the memory store can be told to have.

use std::sync::Arc;

use crate::given::*;
use store::memory::MemoryStore;
use store::*;

fn is_unavailable(answer: &Result<Position, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Unavailable(_)))
}

#[tokio::test]
async fn a_failed_commit_writes_nothing() {
    let memory = MemoryStore::new();
    let store: Arc<dyn Store> = Arc::new(memory.clone());
    let empty = reading(&store).await;
    memory.fail_next_commits(2);
    assert!(is_unavailable(&store.commit(everything("a")).await));
    assert!(is_unavailable(&store.commit(everything("a")).await));
    assert_eq!(reading(&store).await, empty);
    assert_eq!(store.commit(everything("a")).await, Ok(1));
}

#[tokio::test]
async fn a_lost_answer_leaves_everything_written() {
    let memory = MemoryStore::new();
    let store: Arc<dyn Store> = Arc::new(memory.clone());
    memory.lose_answer_of_next(1);
    assert!(is_unavailable(&store.commit(everything("a")).await));
    assert_eq!(store.commit(everything("a")).await, Err(StoreError::Duplicate));
    assert_eq!(store.head().await, Ok(1));
}

#[tokio::test]
async fn a_healed_store_has_no_faults_left() {
    let memory = MemoryStore::new();
    memory.fail_next_commits(5);
    memory.lose_answer_of_next(5);
    memory.heal();
    assert_eq!(memory.commit(step("interaction-a", 0)).await, Ok(1));
}

#[tokio::test]
async fn handles_share_one_state_and_outlive_each_other() {
    let first = MemoryStore::new();
    let second = first.clone();
    first.commit(step("interaction-a", 0)).await.unwrap();
    drop(first);
    assert_eq!(second.head().await, Ok(1));
}

#[tokio::test]
async fn memory_has_no_file_to_copy() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy.db");
    assert!(matches!(MemoryStore::new().backup(&to).await, Err(StoreError::Unavailable(_))));
    assert!(!to.exists());
}
