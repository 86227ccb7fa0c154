//! The state of the memory store, and how a commit changes it.
//!
//! It owns the order "all checks first, then changes that cannot fail", which is what makes a commit atomic here.
//! To add a part to `Commit`: check it in `refuse`, change the state in `apply`.

use std::collections::{BTreeMap, BTreeSet};

use super::effects::Effects;
use super::rows::Rows;
use crate::chain;
use crate::{
    AuditLine, BodyChange, Claim, Commit, DeadLetter, DeadLetterChange, Millis, NewEvent, Position, Record,
    RecordChange, RowChange, Snapshot, StoreError, StoredAudit, StoredEvent, TimerSet,
};

/// One version of a record; `data` is `None` where it was deleted.
#[derive(Debug, Clone)]
struct Version {
    data: Option<String>,
    at: Millis,
    actor: String,
}

/// Everything stored.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) events: Vec<StoredEvent>,
    streams: BTreeMap<String, Vec<usize>>,
    pub(super) snapshots: BTreeMap<String, Snapshot>,
    pub(super) effects: Effects,
    timers: BTreeMap<String, Vec<(String, Millis)>>,
    pub(super) timers_by_due: BTreeSet<(Millis, String, String)>,
    pub(super) rows: Rows,
    pub(super) bodies: BTreeMap<String, String>,
    inbound: BTreeSet<String>,
    pub(super) claims: BTreeMap<String, String>,
    records: BTreeMap<(String, String), Vec<Version>>,
    pub(super) audit: Vec<StoredAudit>,
    /// With the order in which they came.
    pub(super) dead_letters: BTreeMap<String, (u64, DeadLetter)>,
    last_letter: u64,
}

impl State {
    pub(super) fn commit(&mut self, commit: Commit) -> Result<Position, StoreError> {
        self.refuse(&commit)?;
        self.apply(commit);
        Ok(self.head())
    }

    /// Finds any reason not to write, and changes nothing.
    fn refuse(&self, commit: &Commit) -> Result<(), StoreError> {
        crate::commit::check_form(commit)?;
        if commit.inbound.as_ref().is_some_and(|key| self.inbound.contains(key)) {
            return Err(StoreError::Duplicate);
        }
        for expect in &commit.expected {
            if self.version(&expect.stream) != expect.version {
                return Err(StoreError::Conflict { stream: expect.stream.clone() });
            }
        }
        self.refuse_claims(&commit.claims)?;
        self.refuse_records(&commit.records)?;
        self.refuse_snapshots(commit)?;
        if let Some(effect) = commit.effects.iter().find(|effect| self.effects.contains(&effect.id)) {
            return Err(StoreError::Invalid(format!("there is an effect {} already", effect.id)));
        }
        for change in &commit.dead_letters {
            if let DeadLetterChange::Put(letter) = change
                && self.dead_letters.contains_key(&letter.id)
            {
                return Err(StoreError::Invalid(format!("there is a dead letter {} already", letter.id)));
            }
        }
        Ok(())
    }

    fn refuse_claims(&self, claims: &[Claim]) -> Result<(), StoreError> {
        // Claims apply in the order given, so a name released above may be taken below.
        let mut changed: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for claim in claims {
            let (Claim::Take { name, owner } | Claim::Release { name, owner }) = claim;
            let holder = match changed.get(name.as_str()) {
                Some(holder) => *holder,
                None => self.claims.get(name).map(String::as_str),
            };
            match (claim, holder) {
                (Claim::Take { .. }, Some(holder)) if holder != owner => {
                    return Err(StoreError::Taken { name: name.clone(), owner: holder.to_owned() });
                }
                (Claim::Take { .. }, _) => {
                    changed.insert(name, Some(owner));
                }
                (Claim::Release { .. }, Some(holder)) if holder == owner => {
                    changed.insert(name, None);
                }
                (Claim::Release { .. }, _) => {}
            }
        }
        Ok(())
    }

    fn refuse_records(&self, records: &[RecordChange]) -> Result<(), StoreError> {
        let mut changed: BTreeMap<(&str, &str), (u64, bool)> = BTreeMap::new();
        for change in records {
            let newest = match changed.get(&(change.kind.as_str(), change.id.as_str())) {
                Some(newest) => *newest,
                None => self.newest_version(&change.kind, &change.id),
            };
            let after = change.next_version(newest.0, newest.1)?;
            if let Some(version) = after {
                changed.insert((&change.kind, &change.id), (version, change.data.is_some()));
            }
        }
        Ok(())
    }

    fn refuse_snapshots(&self, commit: &Commit) -> Result<(), StoreError> {
        for snapshot in &commit.snapshots {
            let new = commit.events.iter().filter(|event| event.stream == snapshot.stream).count();
            let version = self.version(&snapshot.stream) + u64::try_from(new).unwrap_or(u64::MAX);
            snapshot.must_be_at(version)?;
        }
        Ok(())
    }

    /// Writes; nothing here can fail.
    fn apply(&mut self, commit: Commit) {
        self.inbound.extend(commit.inbound);
        for claim in commit.claims {
            self.claim(claim);
        }
        for change in commit.records {
            self.change_record(change);
        }
        for event in commit.events {
            self.append(event);
        }
        for snapshot in commit.snapshots {
            self.snapshots.insert(snapshot.stream.clone(), snapshot);
        }
        for effect in commit.effects {
            self.effects.add(effect);
        }
        for result in commit.effect_results {
            self.effects.finish(result);
        }
        for set in commit.timers {
            self.set_timers(set);
        }
        for change in commit.rows {
            match change {
                RowChange::Put(row) => self.rows.put(row),
                RowChange::Delete { kind, id } => self.rows.delete(&kind, &id),
            }
        }
        for change in commit.bodies {
            match change {
                BodyChange::Put { key, text } => self.bodies.insert(key, text),
                BodyChange::Erase { key } => self.bodies.remove(&key),
            };
        }
        for line in commit.audit {
            self.append_audit(&line);
        }
        for change in commit.dead_letters {
            self.change_letter(change);
        }
    }

    fn claim(&mut self, claim: Claim) {
        match claim {
            Claim::Take { name, owner } => {
                self.claims.insert(name, owner);
            }
            Claim::Release { name, owner } => {
                if self.claims.get(&name) == Some(&owner) {
                    self.claims.remove(&name);
                }
            }
        }
    }

    fn change_record(&mut self, change: RecordChange) {
        let (newest, live) = self.newest_version(&change.kind, &change.id);
        // `refuse` has asked the same question before, so only `Ok(None)` (nothing to delete) leaves here.
        let Ok(Some(_)) = change.next_version(newest, live) else { return };
        let versions = self.records.entry((change.kind, change.id)).or_default();
        versions.push(Version { data: change.data, at: change.at, actor: change.actor });
    }

    fn append(&mut self, event: NewEvent) {
        let versions = self.streams.entry(event.stream.clone()).or_default();
        versions.push(self.events.len());
        let version = u64::try_from(versions.len()).unwrap_or(u64::MAX);
        self.events.push(StoredEvent {
            position: self.head() + 1,
            stream: event.stream,
            version,
            kind: event.kind,
            form: event.form,
            data: event.data,
            at: event.at,
            actor: event.actor,
            clause: event.clause,
            cause: event.cause,
        });
    }

    fn set_timers(&mut self, set: TimerSet) {
        for (key, due) in self.timers.remove(&set.stream).unwrap_or_default() {
            self.timers_by_due.remove(&(due, set.stream.clone(), key));
        }
        for (key, due) in &set.timers {
            self.timers_by_due.insert((*due, set.stream.clone(), key.clone()));
        }
        if !set.timers.is_empty() {
            self.timers.insert(set.stream, set.timers);
        }
    }

    fn append_audit(&mut self, line: &AuditLine) {
        let (previous, seq) =
            self.audit.last().map_or((chain::START, 1), |last| (last.hash.as_str(), last.seq + 1));
        let sealed = chain::seal(previous, seq, line);
        self.audit.push(sealed);
    }

    fn change_letter(&mut self, change: DeadLetterChange) {
        match change {
            DeadLetterChange::Put(letter) => {
                self.last_letter += 1;
                self.dead_letters.insert(letter.id.clone(), (self.last_letter, letter));
            }
            DeadLetterChange::Resolve { id, at, resolution } => {
                if let Some((_, letter)) = self.dead_letters.get_mut(&id) {
                    letter.resolved_at = Some(at);
                    letter.resolution = Some(resolution);
                }
            }
        }
    }

    fn version(&self, stream: &str) -> u64 {
        self.streams.get(stream).map_or(0, |events| u64::try_from(events.len()).unwrap_or(u64::MAX))
    }

    /// The names held from the first on and below the second. A range whose ends are the wrong way round is empty, not a
    /// panic.
    pub(super) fn claims_between(&self, from: &str, to: &str) -> Vec<String> {
        if from >= to {
            return Vec::new();
        }
        self.claims.range(from.to_owned()..to.to_owned()).map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn head(&self) -> Position {
        self.events.last().map_or(0, |event| event.position)
    }

    pub(super) fn stream(&self, stream: &str, after_version: u64, limit: usize) -> Vec<StoredEvent> {
        let Some(places) = self.streams.get(stream) else { return Vec::new() };
        let skip = usize::try_from(after_version).unwrap_or(usize::MAX);
        let wanted = places.iter().skip(skip).take(limit);
        wanted.filter_map(|place| self.events.get(*place).cloned()).collect()
    }

    /// The newest version of a record, and whether it is there (not deleted).
    fn newest_version(&self, kind: &str, id: &str) -> (u64, bool) {
        let versions = self.records.get(&(kind.to_owned(), id.to_owned()));
        versions.map_or((0, false), |versions| {
            let live = versions.last().is_some_and(|version| version.data.is_some());
            (u64::try_from(versions.len()).unwrap_or(u64::MAX), live)
        })
    }

    pub(super) fn record(&self, kind: &str, id: &str) -> Option<Record> {
        let newest = self.record_history(kind, id, 1).pop()?;
        self.newest_version(kind, id).1.then_some(newest)
    }

    pub(super) fn records_of(&self, kind: &str) -> Vec<Record> {
        let ids = self.records.range((kind.to_owned(), String::new())..).take_while(|((k, _), _)| k == kind);
        ids.filter_map(|((kind, id), _)| self.record(kind, id)).collect()
    }

    pub(super) fn record_history(&self, kind: &str, id: &str, limit: usize) -> Vec<Record> {
        let Some(versions) = self.records.get(&(kind.to_owned(), id.to_owned())) else { return Vec::new() };
        let numbered = (1_u64..).zip(versions).collect::<Vec<_>>();
        let newest_first = numbered.into_iter().rev().take(limit);
        newest_first
            .map(|(version, stored)| Record {
                kind: kind.to_owned(),
                id: id.to_owned(),
                version,
                data: stored.data.clone().unwrap_or_else(|| "null".to_owned()),
                at: stored.at,
                actor: stored.actor.clone(),
            })
            .collect()
    }

    pub(super) fn dead_letters_newest_first(&self, limit: usize) -> Vec<DeadLetter> {
        let mut letters: Vec<_> = self.dead_letters.values().collect();
        letters.sort_by_key(|(order, letter)| std::cmp::Reverse((letter.at, *order)));
        letters.into_iter().take(limit).map(|(_, letter)| letter.clone()).collect()
    }

    pub(super) fn counts(&self) -> Vec<(String, u64)> {
        let live = self.records.values().filter(|versions| versions.last().is_some_and(|v| v.data.is_some()));
        [
            ("events", self.events.len()),
            ("snapshots", self.snapshots.len()),
            ("effects", self.effects.count()),
            ("timers", self.timers_by_due.len()),
            ("rows", self.rows.count()),
            ("bodies", self.bodies.len()),
            ("inbound", self.inbound.len()),
            ("claims", self.claims.len()),
            ("records", live.count()),
            ("record_versions", self.records.values().map(Vec::len).sum()),
            ("audit", self.audit.len()),
            ("dead_letters", self.dead_letters.len()),
        ]
        .into_iter()
        .map(|(table, count)| (table.to_owned(), u64::try_from(count).unwrap_or(u64::MAX)))
        .collect()
    }
}
