//! Every state and screen row can be made again from the log alone. This module makes them and compares.

use std::cell::Cell;
use std::collections::BTreeMap;

use domain::appointment::{self, Rules};
use domain::command::Timers;
use domain::context::Context;
use domain::event::{Event, Fact, appointment_stream, customer_stream, interaction_stream, staff_stream};
use domain::scene::Scene;
use domain::{sop, view};
use serde::Serialize;
use store::{Commit, Expect, Row, RowChange, RowQuery, Snapshot, TimerSet};
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
    appointments: BTreeMap<String, Scene>,
    /// Version of each stream: how many events it has.
    versions: BTreeMap<String, u64>,
    rows: BTreeMap<(String, String), Row>,
}

/// A state as the events make it, with the clocks that follow from it.
struct Made {
    stream: String,
    state: String,
    timers: Timers,
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
    /// the rows and states that differ right, and the clocks of those states. Touches nobody outside.
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
                rebuilt.versions.insert(stored.stream.clone(), stored.version);
                out.events += 1;
            }
        }
        self.compare_states(&rebuilt, &mut out, write).await?;
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
            Fact::Appointment { .. } => &mut rebuilt.appointments,
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

    /// Every state that the events make.
    fn states(&self, rebuilt: &Rebuilt) -> Vec<Made> {
        let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
        let settings = self.settings();
        let floor = self.floor();
        let context = self.context(&settings, &floor, &[]);
        let interactions = rebuilt.interactions.values().filter_map(|scene| scene.interaction.as_ref());
        let staff = rebuilt.staff.values().flat_map(|scene| scene.staff.values());
        let customers = rebuilt.customers.values().filter_map(|scene| scene.customer.as_ref());
        let interactions = interactions.map(|i| Made {
            stream: interaction_stream(i.id),
            state: json(serde_json::to_string(i)),
            timers: sop::timers(i, &context),
        });
        let staff = staff.map(|one| Made {
            stream: staff_stream(&one.id),
            state: json(serde_json::to_string(one)),
            timers: sop::staff_timers(one, &context),
        });
        let customers = customers.map(|c| Made {
            stream: customer_stream(&c.address),
            state: json(serde_json::to_string(c)),
            timers: Timers::new(),
        });
        let rules = Rules::of(&settings.pack, &settings.zone);
        let appointments = rebuilt.appointments.values().filter_map(|scene| scene.appointment.as_ref());
        let appointments = appointments.map(|one| Made {
            stream: appointment_stream(one.id),
            state: json(serde_json::to_string(one)),
            timers: rules.map(|rules| appointment::timers(one, &rules)).unwrap_or_default(),
        });
        interactions.chain(staff).chain(customers).chain(appointments).collect()
    }

    async fn compare_states(
        &self,
        rebuilt: &Rebuilt,
        out: &mut Differences,
        write: bool,
    ) -> Result<(), EngineError> {
        let states = self.states(rebuilt);
        out.streams = u64::try_from(states.len()).unwrap_or(u64::MAX);
        for chunk in states.chunks(BATCH) {
            let names: Vec<String> = chunk.iter().map(|made| made.stream.clone()).collect();
            let stored = self.inner.store.load(&names).await?;
            let mut mended = Commit::default();
            for (made, stored) in chunk.iter().zip(stored) {
                if stored.is_some_and(|snapshot| snapshot.state == made.state) {
                    continue;
                }
                out.add(format!("the state of {} differs from its events", made.stream));
                let stream = made.stream.clone();
                let version = rebuilt.versions.get(&stream).copied().unwrap_or_default();
                mended.expected.push(Expect { stream: stream.clone(), version });
                mended.timers.push(TimerSet { stream: stream.clone(), timers: made.timers.clone() });
                mended.snapshots.push(Snapshot { stream, version, state: made.state.clone() });
            }
            if write && !mended.snapshots.is_empty() {
                self.commit(mended).await?;
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
