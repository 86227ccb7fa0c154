//! One command: load, decide, commit; and again when somebody else was quicker, a bounded number of times.

use std::cell::Cell;
use std::collections::BTreeMap;

use domain::appointment::{self, Rules};
use domain::command::{Body, Command, Timers};
use domain::context::{Context, Member};
use domain::customer::Customer;
use domain::decide::{Decision, decide};
use domain::event::{
    Event, FORM, Fact, InteractionFact, appointment_stream, customer_stream, interaction_stream, staff_stream,
};
use domain::id::{Address, AppointmentId, InteractionId, MessageId, StaffId};
use domain::interaction::Interaction;
use domain::refusal::Refusal;
use domain::scene::Scene;
use domain::staff::Staff;
use domain::view::{self, Entry, Projection, ViewRow, What};
use domain::{sop, time::Millis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{
    BodyChange, Claim, Commit, EffectResult, Expect, NewEffect, NewEvent, Position, Row, RowChange, RowQuery,
    Snapshot, StoreError, TimerSet,
};

use crate::{Engine, EngineError, Nudge, hold, settings};

/// Attempts at one command before it is given up as [`EngineError::Busy`].
const ATTEMPTS_MAX: u32 = 12;
/// Our last texts that the disclosure guard sees beside the new one (SMS-GEN-4).
const RECENT_OUTGOING: usize = 6;
/// Events read at once when a state is made again.
const REFOLD_BATCH: usize = 500;
/// Transcript lines looked through for them.
const RECENT_LINES: usize = 24;

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Position of the log after it.
    pub position: Position,
    /// It had been accepted before; nothing was done again.
    pub duplicate: bool,
    /// Events it led to.
    pub events: usize,
}

/// What else goes into the same commit.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beside {
    pub(crate) inbound: Option<String>,
    pub(crate) effect_results: Vec<EffectResult>,
    pub(crate) rows: Vec<RowChange>,
    /// Facts about the customer's number, for commands about visits.
    pub(crate) customer: Vec<Event>,
    pub(crate) bodies: Vec<BodyChange>,
    /// What whoever gives a command about a visit saw of it.
    pub(crate) seen: Option<domain::appointment::Seen>,
}

/// A scene with the versions it was loaded at.
pub(crate) struct Loaded {
    pub(crate) scene: Scene,
    pub(crate) versions: BTreeMap<String, u64>,
}

impl Engine {
    /// Carries a command out. Returns after the commit is durable.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with a sentence for people; [`EngineError::Busy`] after too many lost races; the store's
    /// errors.
    pub async fn handle(&self, command: Command, cause: &str) -> Result<Done, EngineError> {
        self.handle_beside(command, cause, Beside::default()).await
    }

    /// Carries a command out unless the key was seen before; so a double click is one.
    ///
    /// # Errors
    /// As [`Engine::handle`].
    pub async fn handle_once(&self, key: &str, command: Command, cause: &str) -> Result<Done, EngineError> {
        self.handle_beside(command, cause, Beside { inbound: Some(key.to_owned()), ..Beside::default() })
            .await
    }

    pub(crate) async fn handle_beside(
        &self,
        command: Command,
        cause: &str,
        beside: Beside,
    ) -> Result<Done, EngineError> {
        let mut command = command;
        for _ in 0..ATTEMPTS_MAX {
            match Box::pin(self.attempt(&mut command, cause, &beside)).await {
                Err(EngineError::Store(StoreError::Conflict { .. })) => tokio::task::yield_now().await,
                Err(EngineError::Store(StoreError::Duplicate)) => {
                    return Ok(Done { position: self.inner.store.head().await?, duplicate: true, events: 0 });
                }
                Err(EngineError::Store(StoreError::Taken { owner, .. })) => redirect(&mut command, &owner)?,
                // What refuses a second click may be the first one: an offer that was accepted is gone.
                Err(EngineError::Refused(refusal)) if self.was_seen(beside.inbound.as_deref()).await? => {
                    tracing::debug!(code = refusal.code, "a repeated command; the first one counts");
                    return Ok(Done { position: self.inner.store.head().await?, duplicate: true, events: 0 });
                }
                other => return other,
            }
        }
        Err(EngineError::Busy)
    }

    /// Whether this key is in the store. Asked by a commit that can never apply: the store looks at the key first.
    async fn was_seen(&self, key: Option<&str>) -> Result<bool, EngineError> {
        let Some(key) = key else { return Ok(false) };
        let probe = Commit {
            inbound: Some(key.to_owned()),
            expected: vec![Expect { stream: "probe-never-written".to_owned(), version: 1 }],
            ..Commit::default()
        };
        match self.inner.store.commit(probe).await {
            Err(StoreError::Duplicate) => Ok(true),
            Err(StoreError::Conflict { .. }) | Ok(_) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn attempt(
        &self,
        command: &mut Command,
        cause: &str,
        beside: &Beside,
    ) -> Result<Done, EngineError> {
        let mut loaded = self.load(command).await?;
        if let Command::ReceiveMessage { id, .. } = command
            && loaded.scene.interaction.as_ref().is_some_and(|i| !i.is_open())
        {
            // It ended while the text was under way: the text opens a contact of its own, and the old one stays whole.
            *id = InteractionId(self.fresh());
            loaded = self.load(command).await?;
        }
        let command = &*command;
        let recent = self.recent_outgoing(command).await?;
        let settings = self.settings();
        let mut floor = self.floor();
        refresh(&mut floor, &loaded.scene);
        let (decision, projection, timers) = {
            let readings = self.readings_for(command);
            let context = Context { readings: &readings, ..self.context(&settings, &floor, &recent) };
            match decide(&loaded.scene, command, &context) {
                Ok(decision) => finish(&loaded, decision, &context, command),
                Err(refusal) => return self.refused(&loaded, refusal, &settings, &floor, cause).await,
            }
        };
        if decision.events.is_empty() && beside.effect_results.is_empty() && timers.is_empty() {
            return Ok(Done { position: self.inner.store.head().await?, duplicate: false, events: 0 });
        }
        let events = decision.events.len();
        let position = self.write(&loaded, decision, projection, timers, cause, beside.clone()).await?;
        Ok(Done { position, duplicate: false, events })
    }

    pub(crate) fn context<'a>(
        &self,
        settings: &'a settings::Settings,
        floor: &'a [Member],
        recent: &'a [String],
    ) -> Context<'a> {
        Context {
            now: self.now(),
            pack: &settings.pack,
            zone: &settings.zone,
            floor,
            recent_outgoing: recent,
            readings: &[],
            seed: self.fresh(),
            taken: Cell::new(0),
        }
    }

    /// What the person has to have read, for the two commands that look at it.
    fn readings_for(&self, command: &Command) -> Vec<domain::knowledge::Owed> {
        match command {
            Command::SetPresence { staff, .. } | Command::Acknowledge { staff, .. } => {
                self.readings_of(staff)
            }
            _ => Vec::new(),
        }
    }

    /// A refusal is answered; what is evidence of it is written (SMS-GEN-4).
    async fn refused(
        &self,
        loaded: &Loaded,
        refusal: Refusal,
        settings: &settings::Settings,
        floor: &[Member],
        cause: &str,
    ) -> Result<Done, EngineError> {
        if !refusal.record.is_empty() {
            let mut scene = loaded.scene.clone();
            for event in &refusal.record {
                scene.apply(event);
            }
            let decision = Decision { events: refusal.record.clone(), bodies: Vec::new(), scene };
            let written = {
                let context = self.context(settings, floor, &[]);
                let projection = view::project(&loaded.scene, &decision.events, &context);
                let timers = timers(&decision, &context);
                (projection, timers)
            };
            self.write(loaded, decision, written.0, written.1, cause, Beside::default()).await?;
        }
        Err(refusal.into())
    }

    async fn load(&self, command: &Command) -> Result<Loaded, EngineError> {
        let mut versions = BTreeMap::new();
        let mut scene = Scene::default();
        let mut staff = command.staff();
        let mut customer = if let Command::ReceiveMessage { inbound, .. } = command {
            Some(inbound.customer.clone())
        } else {
            None
        };
        if let Some(id) = command.interaction() {
            let stream = interaction_stream(id);
            if let Some((version, state)) = self.state::<Interaction>(&stream).await? {
                versions.insert(stream, version);
                staff.extend(state.owner.clone());
                staff.extend(state.offer.as_ref().map(|offer| offer.staff.clone()));
                customer = Some(state.customer.clone());
                scene.interaction = Some(state);
            } else if matches!(command, Command::ReceiveMessage { .. }) {
                versions.insert(stream, 0);
            } else {
                return Err(EngineError::NotFound("this interaction".to_owned()));
            }
        }
        staff.sort();
        staff.dedup();
        for id in staff {
            let stream = staff_stream(&id);
            if let Some((version, state)) = self.state::<Staff>(&stream).await? {
                versions.insert(stream, version);
                scene.staff.insert(id, state);
            } else {
                versions.insert(stream, 0);
            }
        }
        if let Some(address) = customer {
            let stream = customer_stream(&address);
            if let Some((version, state)) = self.state::<Customer>(&stream).await? {
                versions.insert(stream, version);
                scene.customer = Some(state);
            } else {
                versions.insert(stream, 0);
            }
        }
        Ok(Loaded { scene, versions })
    }

    pub(crate) async fn state<T: DeserializeOwned>(
        &self,
        stream: &str,
    ) -> Result<Option<(u64, T)>, EngineError> {
        let found = self.inner.store.load(&[stream.to_owned()]).await?.into_iter().next().flatten();
        let Some(snapshot) = found else { return Ok(None) };
        Ok(Some((snapshot.version, self.state_of(&snapshot).await?)))
    }

    pub(crate) async fn state_of<T: DeserializeOwned>(&self, snapshot: &Snapshot) -> Result<T, EngineError> {
        match serde_json::from_str(&snapshot.state) {
            Ok(state) => Ok(state),
            // A snapshot of an earlier program: the log has what it was made from.
            Err(error) => {
                let stream = &snapshot.stream;
                tracing::info!(stream, %error, "a snapshot of another form is made again from the log");
                self.refold(stream).await
            }
        }
    }

    /// The state of a stream from its events alone.
    async fn refold<T: DeserializeOwned>(&self, stream: &str) -> Result<T, EngineError> {
        let corrupt = |detail: String| {
            EngineError::Store(StoreError::Corrupt {
                table: "events".to_owned(),
                key: stream.to_owned(),
                detail,
            })
        };
        let mut scene = Scene::default();
        let mut after = 0;
        loop {
            let batch = self.inner.store.read_stream(stream, after, REFOLD_BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = last.version;
            for stored in &batch {
                scene.apply(&Event::read(stored.form, &stored.data).map_err(|e| corrupt(e.to_string()))?);
            }
        }
        serde_json::from_str(&state_json(stream, &scene)?).map_err(|e| corrupt(e.to_string()))
    }

    /// Our last texts of this interaction, for facts that are spread over several texts (SMS-GEN-4).
    async fn recent_outgoing(&self, command: &Command) -> Result<Vec<String>, EngineError> {
        let Command::Reply { id, .. } = command else { return Ok(Vec::new()) };
        let query = RowQuery {
            kind: view::MESSAGE.to_owned(),
            group: Some(id.to_string()),
            after: None,
            descending: true,
            limit: RECENT_LINES,
        };
        let rows = self.inner.store.rows(query).await?;
        let mut keys: Vec<String> = rows
            .iter()
            .filter_map(|row| serde_json::from_str::<Entry>(&row.data).ok())
            .filter_map(|entry| {
                if let What::Out { message, .. } = entry.what { Some(message.to_string()) } else { None }
            })
            .take(RECENT_OUTGOING)
            .collect();
        keys.reverse();
        Ok(self.inner.store.bodies(&keys).await?.into_iter().flatten().collect())
    }

    async fn write(
        &self,
        loaded: &Loaded,
        decision: Decision,
        projection: Projection,
        timers: Vec<(String, Timers)>,
        cause: &str,
        beside: Beside,
    ) -> Result<Position, EngineError> {
        let mut commit = commit_of(loaded, &decision.events, &decision.bodies, &projection, timers, cause)?;
        commit.inbound = beside.inbound;
        commit.effect_results = beside.effect_results;
        commit.rows.extend(beside.rows);
        let used = used(&decision.events);
        commit.rows.extend(self.count_usage(&used));
        let versions: Vec<(String, u64)> =
            commit.snapshots.iter().map(|s| (s.stream.clone(), s.version)).collect();
        let position = self.commit(commit).await.inspect_err(|_| self.forget_usage(&used))?;
        self.remember(&projection, &versions);
        self.nudge(nudge_of(position, &decision.events));
        Ok(position)
    }

    /// How often each canned response was used, counted as it is sent.
    fn count_usage(&self, used: &[String]) -> Vec<RowChange> {
        let mut cache = hold(&self.inner.cache);
        used.iter()
            .map(|id| {
                let count = cache.usage.entry(id.clone()).or_default();
                *count += 1;
                RowChange::Put(Row {
                    kind: "usage".to_owned(),
                    id: id.clone(),
                    group: "canned".to_owned(),
                    sort: i64::try_from(*count).unwrap_or(i64::MAX),
                    data: count.to_string(),
                })
            })
            .collect()
    }

    /// A commit that did not apply used nothing.
    fn forget_usage(&self, used: &[String]) {
        let mut cache = hold(&self.inner.cache);
        for id in used {
            if let Some(count) = cache.usage.get_mut(id) {
                *count = count.saturating_sub(1);
            }
        }
    }

    fn remember(&self, projection: &Projection, versions: &[(String, u64)]) {
        let mut cache = hold(&self.inner.cache);
        for (stream, version) in versions {
            if !cache.is_newer(stream, *version) {
                continue;
            }
            if let Some(id) = stream.strip_prefix("staff-") {
                let staff = projection.scene.staff.get(&StaffId(id.to_owned()));
                cache.people.extend(staff.map(|staff| (staff.id.clone(), staff.clone())));
            } else if let Some(interaction) = &projection.scene.interaction
                && stream == &interaction_stream(interaction.id)
                && let Some(card) = projection.rows.iter().rev().find(|row| row.kind == view::INTERACTION)
                && let Some(card) = card.data.as_deref().and_then(|data| serde_json::from_str(data).ok())
            {
                cache.put(interaction, card);
            }
        }
    }
}

/// Canned responses that these events send.
fn used(events: &[Event]) -> Vec<String> {
    let sent = events.iter().filter_map(|event| match &event.fact {
        Fact::Interaction { fact: InteractionFact::MessageSent { canned: Some(id), .. }, .. } => {
            Some(id.clone())
        }
        _ => None,
    });
    sent.collect()
}

/// The people a decision is about are taken from their streams, not from the cache.
fn refresh(floor: &mut [Member], scene: &Scene) {
    for member in floor {
        if let Some(staff) = scene.staff.get(&member.id) {
            member.presence = staff.presence.clone();
            member.since = staff.since;
            member.set_by.clone_from(&staff.set_by);
            member.load = staff.load();
            member.in_safety = !staff.in_safety.is_empty();
            member.idle_since = staff.idle_since;
        }
    }
}

/// The open interaction of this address has another id: the text goes there.
fn redirect(command: &mut Command, owner: &str) -> Result<(), EngineError> {
    match command {
        Command::ReceiveMessage { id, .. } => {
            *id = owner
                .parse()
                .map_err(|_| EngineError::Invalid("the open interaction has a damaged id".to_owned()))?;
            Ok(())
        }
        _ => Err(EngineError::Busy),
    }
}

fn finish(
    loaded: &Loaded,
    decision: Decision,
    context: &Context<'_>,
    command: &Command,
) -> (Decision, Projection, Vec<(String, Timers)>) {
    let projection = view::project(&loaded.scene, &decision.events, context);
    let mut timers = timers(&decision, context);
    // A timer that fired is put right even when it meant nothing, or it would fire for ever.
    if decision.events.is_empty() {
        match command {
            Command::InteractionTimer { id, .. } => {
                let live =
                    decision.scene.interaction.as_ref().map(|i| sop::timers(i, context)).unwrap_or_default();
                timers.push((interaction_stream(*id), live));
            }
            Command::StaffTimer { staff, .. } => {
                timers.push((staff_stream(staff), sop::staff_timers(&decision.scene.staff(staff), context)));
            }
            _ => {}
        }
    }
    (decision, projection, timers)
}

fn timers(decision: &Decision, context: &Context<'_>) -> Vec<(String, Timers)> {
    let mut out: BTreeMap<String, Timers> = BTreeMap::new();
    for event in &decision.events {
        match &event.fact {
            Fact::Interaction { id, .. } => {
                let live =
                    decision.scene.interaction.as_ref().map(|i| sop::timers(i, context)).unwrap_or_default();
                out.insert(interaction_stream(*id), live);
            }
            Fact::Staff { id, .. } => {
                out.insert(staff_stream(id), sop::staff_timers(&decision.scene.staff(id), context));
            }
            Fact::Appointment { id, .. } => {
                let rules = Rules::of(context.pack, context.zone);
                let live = decision.scene.appointment.as_ref().zip(rules);
                let live = live.map(|(one, rules)| appointment::timers(one, &rules)).unwrap_or_default();
                out.insert(appointment_stream(*id), live);
            }
            Fact::Customer { .. } => {}
        }
    }
    out.into_iter().collect()
}

pub(crate) fn commit_of(
    loaded: &Loaded,
    events: &[Event],
    bodies: &[Body],
    projection: &Projection,
    timers: Vec<(String, Timers)>,
    cause: &str,
) -> Result<Commit, EngineError> {
    let mut commit = Commit::default();
    let mut touched: BTreeMap<String, u64> = BTreeMap::new();
    for event in events {
        let stream = event.stream();
        *touched.entry(stream.clone()).or_default() += 1;
        commit.events.push(stored(event, stream, cause)?);
        commit.claims.extend(claims(event, projection));
    }
    for stream in loaded.versions.keys().filter(|stream| touched.contains_key(*stream) || relied_on(stream)) {
        let version = loaded.versions.get(stream).copied().unwrap_or_default();
        commit.expected.push(Expect { stream: stream.clone(), version });
    }
    for (stream, timers) in &timers {
        if let Some(version) = loaded.versions.get(stream).filter(|_| !touched.contains_key(stream)) {
            commit.expected.retain(|expect| &expect.stream != stream);
            commit.expected.push(Expect { stream: stream.clone(), version: *version });
        }
        commit.timers.push(TimerSet { stream: stream.clone(), timers: timers.clone() });
    }
    for (stream, added) in touched {
        let version = loaded.versions.get(&stream).copied().unwrap_or_default() + added;
        let state = state_json(&stream, &projection.scene)?;
        commit.snapshots.push(Snapshot { stream, version, state });
    }
    commit.rows = projection.rows.iter().map(row_change).collect();
    commit.effects = effects(projection)?;
    commit.rows.extend(sending_rows(events));
    commit.bodies = bodies
        .iter()
        .map(|body| BodyChange::Put { key: body.key.to_string(), text: body.text.clone() })
        .collect();
    Ok(commit)
}

/// What was judged by must not have changed meanwhile, even where nothing is written to it: an opt-out that comes in
/// beside a reply makes the reply decide again.
fn relied_on(stream: &str) -> bool {
    stream.starts_with("interaction-") || stream.starts_with("customer-")
}

fn stored(event: &Event, stream: String, cause: &str) -> Result<NewEvent, EngineError> {
    Ok(NewEvent {
        stream,
        kind: event.kind(),
        form: FORM,
        data: event.write().map_err(|e| EngineError::Invalid(e.to_string()))?,
        at: event.at,
        actor: event.by.column(),
        clause: event.clause.clone(),
        cause: cause.to_owned(),
    })
}

fn claims(event: &Event, projection: &Projection) -> Option<Claim> {
    let Fact::Interaction { id, fact } = &event.fact else { return None };
    let owner = id.to_string();
    match fact {
        InteractionFact::Opened { channel, our_address, customer, .. } => {
            Some(Claim::Take { name: Interaction::claim(channel, our_address, customer), owner })
        }
        InteractionFact::Ended { .. } => {
            let i = projection.scene.interaction.as_ref()?;
            Some(Claim::Release { name: Interaction::claim(&i.channel, &i.our_address, &i.customer), owner })
        }
        _ => None,
    }
}

fn state_json(stream: &str, scene: &Scene) -> Result<String, EngineError> {
    fn json<T: Serialize>(value: &T) -> Result<String, EngineError> {
        serde_json::to_string(value).map_err(|e| EngineError::Invalid(e.to_string()))
    }
    if let Some(id) = stream.strip_prefix("staff-") {
        return json(&scene.staff(&StaffId(id.to_owned())));
    }
    if stream.starts_with("appointment-") {
        return json(&scene.appointment);
    }
    if let Some(address) = stream.strip_prefix("customer-") {
        return json(&scene.customer(&Address(address.to_owned())));
    }
    json(&scene.interaction)
}

pub(crate) fn row_change(row: &ViewRow) -> RowChange {
    match &row.data {
        Some(data) => RowChange::Put(Row {
            kind: row.kind.to_owned(),
            id: row.id.clone(),
            group: row.group.clone(),
            sort: row.sort,
            data: data.clone(),
        }),
        None => RowChange::Delete { kind: row.kind.to_owned(), id: row.id.clone() },
    }
}

fn effects(projection: &Projection) -> Result<Vec<NewEffect>, EngineError> {
    projection
        .effects
        .iter()
        .map(|planned| {
            Ok(NewEffect {
                id: planned.id.clone(),
                lane: planned.lane.clone(),
                order_key: planned.order_key.clone(),
                kind: match &planned.effect {
                    domain::effect::Effect::SendText { .. } => "send_text",
                    domain::effect::Effect::SendSafetyNotice { .. } => "send_safety_notice",
                    domain::effect::Effect::SendMail { .. } => "send_mail",
                    domain::effect::Effect::SendNotice { .. } => store::YIELDING_KIND,
                    domain::effect::Effect::SubmitTask { .. } => "submit_task",
                    domain::effect::Effect::UpdateTask { .. } => "update_task",
                }
                .to_owned(),
                data: serde_json::to_string(&planned.effect)
                    .map_err(|e| EngineError::Invalid(e.to_string()))?,
                not_before: planned.not_before,
            })
        })
        .collect()
}

/// Which interaction a text of ours belongs to, so that a carrier's report finds it by our own key.
fn sending_rows(events: &[Event]) -> Vec<RowChange> {
    let sent = events.iter().filter_map(|event| match &event.fact {
        Fact::Interaction { id, fact: InteractionFact::MessageSent { message, .. } } => {
            Some((*id, *message, event.at))
        }
        _ => None,
    });
    sent.map(|(id, message, at)| RowChange::Put(sending_row(id, message, &message.to_string(), at))).collect()
}

pub(crate) fn sending_row(id: InteractionId, message: MessageId, key: &str, at: Millis) -> Row {
    Row {
        kind: "sending".to_owned(),
        id: key.to_owned(),
        group: "sms".to_owned(),
        sort: at,
        data: serde_json::json!({ "interaction": id, "message": message }).to_string(),
    }
}

/// The same for a text about a visit.
pub(crate) fn notice_row(id: AppointmentId, notice: MessageId, key: &str, at: Millis) -> Row {
    Row {
        kind: "sending".to_owned(),
        id: key.to_owned(),
        group: "sms".to_owned(),
        sort: at,
        data: serde_json::json!({ "appointment": id, "notice": notice }).to_string(),
    }
}

pub(crate) fn nudge_of(position: Position, events: &[Event]) -> Nudge {
    let mut nudge = Nudge { position, streams: Vec::new(), interactions: Vec::new(), staff: Vec::new() };
    for event in events {
        nudge.streams.push(event.stream());
        match &event.fact {
            Fact::Interaction { id, .. } => nudge.interactions.push(*id),
            Fact::Staff { id, .. } => nudge.staff.push(id.clone()),
            Fact::Customer { .. } | Fact::Appointment { .. } => {}
        }
    }
    nudge.streams.sort();
    nudge.streams.dedup();
    nudge.interactions.sort();
    nudge.interactions.dedup();
    nudge.staff.sort();
    nudge.staff.dedup();
    nudge
}
