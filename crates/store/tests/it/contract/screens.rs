//! Screen rows.

use std::sync::Arc;

use crate::given::*;
use store::*;

async fn put(store: &Arc<dyn Store>, rows: Vec<Row>) {
    let rows = rows.into_iter().map(RowChange::Put).collect();
    store.commit(Commit { rows, ..Commit::default() }).await.unwrap();
}

fn all(kind: &str) -> RowQuery {
    RowQuery { kind: kind.to_owned(), group: None, after: None, descending: false, limit: 100 }
}

fn group(kind: &str, group: &str) -> RowQuery {
    RowQuery { group: Some(group.to_owned()), ..all(kind) }
}

async fn ids(store: &Arc<dyn Store>, query: RowQuery) -> Vec<String> {
    store.rows(query).await.unwrap().into_iter().map(|row| row.id).collect()
}

pub(super) async fn rows_are_put_moved_and_deleted(store: Arc<dyn Store>) {
    put(&store, vec![row("interaction", "a", "waiting", 1), row("staff", "a", "on_queue", 1)]).await;
    put(&store, vec![row("interaction", "a", "open", 2)]).await;
    assert_eq!(store.row("interaction", "a").await.unwrap(), Some(row("interaction", "a", "open", 2)));
    assert_eq!(ids(&store, group("interaction", "waiting")).await, [""; 0]);
    assert_eq!(ids(&store, group("interaction", "open")).await, ["a"]);
    assert_eq!(store.rows(all("interaction")).await.unwrap().len(), 1);
    let gone = RowChange::Delete { kind: "interaction".to_owned(), id: "a".to_owned() };
    store.commit(Commit { rows: vec![gone.clone(), gone], ..Commit::default() }).await.unwrap();
    assert_eq!(store.row("interaction", "a").await.unwrap(), None);
    assert_eq!(ids(&store, all("interaction")).await, [""; 0]);
    assert_eq!(ids(&store, all("staff")).await, ["a"], "another kind is another row");
}

pub(super) async fn rows_are_asked_for_by_group_order_and_page(store: Arc<dyn Store>) {
    let rows = [("a", "open", 30), ("b", "open", 10), ("c", "closed", 20), ("d", "open", -5)];
    put(&store, rows.map(|(id, group, sort)| row("interaction", id, group, sort)).to_vec()).await;
    assert_eq!(ids(&store, all("interaction")).await, ["d", "b", "c", "a"]);
    assert_eq!(ids(&store, group("interaction", "open")).await, ["d", "b", "a"]);
    let down = |query| RowQuery { descending: true, ..query };
    let after = |query, sort| RowQuery { after: Some(sort), ..query };
    assert_eq!(ids(&store, down(group("interaction", "open"))).await, ["a", "b", "d"]);
    assert_eq!(ids(&store, after(group("interaction", "open"), 10)).await, ["a"]);
    assert_eq!(ids(&store, down(after(group("interaction", "open"), 30))).await, ["b", "d"]);
    assert_eq!(ids(&store, after(all("interaction"), -6)).await, ["d", "b", "c", "a"]);
    assert_eq!(ids(&store, RowQuery { limit: 2, ..after(all("interaction"), -5) }).await, ["b", "c"]);
    assert_eq!(ids(&store, RowQuery { limit: 1, ..down(all("interaction")) }).await, ["a"]);
    assert_eq!(ids(&store, after(all("interaction"), i64::MAX)).await, [""; 0]);
    assert_eq!(ids(&store, down(after(all("interaction"), i64::MIN))).await, [""; 0]);
}

pub(super) async fn equal_sorts_are_ordered_by_id(store: Arc<dyn Store>) {
    put(&store, ["c", "a", "b"].map(|id| row("interaction", id, "open", 1)).to_vec()).await;
    assert_eq!(ids(&store, all("interaction")).await, ["a", "b", "c"]);
    let down = RowQuery { descending: true, ..group("interaction", "open") };
    assert_eq!(ids(&store, down).await, ["c", "b", "a"]);
}

pub(super) async fn rows_of_a_kind_are_cleared(store: Arc<dyn Store>) {
    let rows =
        vec![row("a", "1", "g", 1), row("a", "2", "g", 2), row("b", "1", "g", 1), row("c", "1", "g", 1)];
    put(&store, rows).await;
    store.clear_rows(&["a".to_owned(), "c".to_owned(), "none".to_owned()]).await.unwrap();
    assert_eq!(ids(&store, all("a")).await, [""; 0]);
    assert_eq!(ids(&store, all("b")).await, ["1"]);
    put(&store, vec![row("a", "2", "g", 5)]).await;
    assert_eq!(store.rows(group("a", "g")).await.unwrap(), [row("a", "2", "g", 5)]);
}
