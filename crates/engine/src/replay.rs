//! Every state and screen row can be made again from the log alone. This module makes them and compares.

use std::cell::Cell;
use std::collections::BTreeMap;

use domain::context::Context;
use domain::event::{Event, Fact, customer_stream, interaction_stream, staff_stream};
use domain::scene::Scene;
use domain::view;
use serde::Serialize;
use store::{Commit, Row, RowChange, RowQuery};
use uuid::Uuid;

use crate::handle::row_change;
use crate::{Engine, EngineError};

/// Events read at once.
const BATCH: usize = 1_000;
/// Differences that are listed; the count goes on.
const LISTED_MAX: usize = 50;
/// Rows of one kind that are compared.
const ROWS_MAX: usize = 10_000_000;

/// What a replay found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// Events read.
    pub events: u64,
    /// Rows made.
    pub rows: u64,
    /// Streams made.
    pub streams: u64,
    /// Rows and states that differ.
    pub different: u64,
    /// The first of them, in words.
    pub listed: Vec<String>,
}

impl Differences {
    fn add(&mut self, what: String) {
        self.different += 1;
        if self.listed.len() < LISTED_MAX {
            self.listed.push(what);
        }
    }
}

#[derive(Default)]
struct Rebuilt {
    interactions: BTreeMap<String, Scene>,
    staff: BTreeMap<String, Scene>,
    customers: BTreeMap<String, Scene>,
    rows: BTreeMap<(String, String), Row>,
}

impl Engine {
    /// Rows of another form than this program's are made again from the log, once.
    pub(crate) async fn renew_rows(&self) -> Result<(), EngineError> {
        let form = view::FORM.to_string();
        let known = self.inner.store.row("meta", "view_form").await?.map(|row| row.data);
        if known.as_ref() == Some(&form) {
            return Ok(());
        }
        if known.is_some() {
            tracing::info!("screen rows of another form are made again from the log");
            self.replay(true).await?;
        }
        let row = Row {
            kind: "meta".to_owned(),
            id: "view_form".to_owned(),
            group: String::new(),
            sort: 0,
            data: form,
        };
        self.commit(Commit { rows: vec![RowChange::Put(row)], ..Commit::default() }).await?;
        Ok(())
    }

    /// Folds the whole log, makes every derived row and state, and compares them with what is stored; with `write`, puts
    /// the rows that differ right. Touches nobody outside.
    ///
    /// # Errors
    /// When the log cannot be read, or an event in it cannot be understood.
    pub async fn replay(&self, write: bool) -> Result<Differences, EngineError> {
        let mut out = Differences::default();
        let mut rebuilt = Rebuilt::default();
        let mut after = 0;
        loop {
            let batch = self.inner.store.read_log(after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = last.position;
            for stored in &batch {
                let event = Event::read(stored.form, &stored.data)
                    .map_err(|e| EngineError::Invalid(format!("event {}: {e}", stored.position)))?;
                self.fold(&mut rebuilt, &event);
                out.events += 1;
            }
        }
        self.compare_states(&rebuilt, &mut out).await?;
        self.compare_rows(&rebuilt, &mut out, write).await?;
        Ok(out)
    }

    fn fold(&self, rebuilt: &mut Rebuilt, event: &Event) {
        let settings = self.settings();
        let floor = self.floor();
        let context = Context {
            now: event.at,
            pack: &settings.pack,
            zone: &settings.zone,
            floor: &floor,
            recent_outgoing: &[],
            readings: &[],
            seed: Uuid::nil(),
            taken: Cell::new(0),
        };
        let scenes = match &event.fact {
            Fact::Interaction { .. } => &mut rebuilt.interactions,
            Fact::Staff { .. } => &mut rebuilt.staff,
            Fact::Customer { .. } => &mut rebuilt.customers,
        };
        let scene = scenes.entry(event.stream()).or_default();
        let projection = view::project(scene, std::slice::from_ref(event), &context);
        *scene = projection.scene;
        for row in projection.rows {
            let key = (row.kind.to_owned(), row.id.clone());
            match row_change(&row) {
                RowChange::Put(row) => rebuilt.rows.insert(key, row),
                RowChange::Delete { .. } => rebuilt.rows.remove(&key),
            };
        }
    }

    async fn compare_states(&self, rebuilt: &Rebuilt, out: &mut Differences) -> Result<(), EngineError> {
        let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        let mut states: Vec<(String, String)> = Vec::new();
        for scene in rebuilt.interactions.values() {
            if let Some(i) = &scene.interaction {
                states.push((interaction_stream(i.id), json(serde_json::to_string(i))));
            }
        }
        for scene in rebuilt.staff.values() {
            states
                .extend(scene.staff.iter().map(|(id, s)| (staff_stream(id), json(serde_json::to_string(s)))));
        }
        for scene in rebuilt.customers.values() {
            if let Some(c) = &scene.customer {
                states.push((customer_stream(&c.address), json(serde_json::to_string(c))));
            }
        }
        out.streams = u64::try_from(states.len()).unwrap_or(u64::MAX);
        for chunk in states.chunks(BATCH) {
            let names: Vec<String> = chunk.iter().map(|(name, _)| name.clone()).collect();
            let stored = self.inner.store.load(&names).await?;
            for ((name, made), stored) in chunk.iter().zip(stored) {
                if stored.is_none_or(|snapshot| &snapshot.state != made) {
                    out.add(format!("the state of {name} differs from its events"));
                }
            }
        }
        Ok(())
    }

    async fn compare_rows(
        &self,
        rebuilt: &Rebuilt,
        out: &mut Differences,
        write: bool,
    ) -> Result<(), EngineError> {
        out.rows = u64::try_from(rebuilt.rows.len()).unwrap_or(u64::MAX);
        let mut stored = BTreeMap::new();
        for kind in view::DERIVED {
            let query = RowQuery {
                kind: kind.to_owned(),
                group: None,
                after: None,
                descending: false,
                limit: ROWS_MAX,
            };
            for row in self.inner.store.rows(query).await? {
                stored.insert((row.kind.clone(), row.id.clone()), row);
            }
        }
        let mut changes = Vec::new();
        for (key, made) in &rebuilt.rows {
            if stored.remove(key).is_none_or(|row| !same(&row, made)) {
                out.add(format!("the {} row {} differs from its events", key.0, key.1));
                changes.push(RowChange::Put(made.clone()));
            }
        }
        for (kind, id) in stored.into_keys() {
            out.add(format!("the {kind} row {id} has no events"));
            changes.push(RowChange::Delete { kind, id });
        }
        if write && !changes.is_empty() {
            self.commit(Commit { rows: changes, ..Commit::default() }).await?;
        }
        Ok(())
    }
}

/// Duties rest on the settings of their time, which may have changed since; everything else must be equal.
fn same(a: &Row, b: &Row) -> bool {
    fn plain(data: &str) -> Option<serde_json::Value> {
        let mut value: serde_json::Value = serde_json::from_str(data).ok()?;
        value.as_object_mut()?.remove("duties");
        Some(value)
    }
    a.group == b.group && a.sort == b.sort && (a.data == b.data || plain(&a.data) == plain(&b.data))
}
