//! Screen rows in memory, with the orders in which they are asked for.
//!
//! It owns the indexes; it does not know what a row means.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::{Row, RowQuery};

type Order = BTreeSet<(i64, String)>;

#[derive(Debug, Default)]
struct Kind {
    by_id: BTreeMap<String, Row>,
    all: Order,
    groups: BTreeMap<String, Order>,
}

/// All rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    kinds: BTreeMap<String, Kind>,
}

impl Rows {
    pub(super) fn put(&mut self, row: Row) {
        let kind = self.kinds.entry(row.kind.clone()).or_default();
        kind.remove(&row.id);
        kind.all.insert((row.sort, row.id.clone()));
        kind.groups.entry(row.group.clone()).or_default().insert((row.sort, row.id.clone()));
        kind.by_id.insert(row.id.clone(), row);
    }

    pub(super) fn delete(&mut self, kind: &str, id: &str) {
        if let Some(kind) = self.kinds.get_mut(kind) {
            kind.remove(id);
        }
    }

    pub(super) fn clear(&mut self, kind: &str) {
        self.kinds.remove(kind);
    }

    pub(super) fn get(&self, kind: &str, id: &str) -> Option<Row> {
        self.kinds.get(kind)?.by_id.get(id).cloned()
    }

    pub(super) fn query(&self, query: &RowQuery) -> Vec<Row> {
        let Some(kind) = self.kinds.get(&query.kind) else { return Vec::new() };
        let order = match &query.group {
            None => Some(&kind.all),
            Some(group) => kind.groups.get(group),
        };
        let Some(order) = order else { return Vec::new() };
        let found = |(_, id): &(i64, String)| kind.by_id.get(id).cloned();
        if query.descending {
            // (n, "") is the smallest key with sort n, so excluding it and all above leaves the smaller sorts.
            let end = query.after.map_or(Bound::Unbounded, |sort| Bound::Excluded((sort, String::new())));
            order.range((Bound::Unbounded, end)).rev().take(query.limit).filter_map(found).collect()
        } else {
            let start = match query.after {
                None => Bound::Unbounded,
                Some(i64::MAX) => return Vec::new(),
                Some(sort) => Bound::Included((sort + 1, String::new())),
            };
            order.range((start, Bound::Unbounded)).take(query.limit).filter_map(found).collect()
        }
    }

    pub(super) fn count(&self) -> usize {
        self.kinds.values().map(|kind| kind.by_id.len()).sum()
    }
}

impl Kind {
    fn remove(&mut self, id: &str) {
        let Some(old) = self.by_id.remove(id) else { return };
        let place = (old.sort, old.id);
        self.all.remove(&place);
        if let Some(group) = self.groups.get_mut(&old.group) {
            group.remove(&place);
            if group.is_empty() {
                self.groups.remove(&old.group);
            }
        }
    }
}
