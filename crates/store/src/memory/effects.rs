//! Effects in memory: who waits, who is leased, and in which order they may run.
//!
//! It owns the ordering rule (an effect is held back by an older unfinished one of its lane and key). It does not
//! perform anything and reads no clock.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Effect, EffectResult, EffectState, Millis, NewEffect, YIELDING_KIND, YIELDS_MS};

#[derive(Debug)]
struct Cell {
    effect: Effect,
    leased_until: Option<Millis>,
}

impl Cell {
    /// The first moment at which it may be claimed, if nothing holds it back.
    fn due(&self) -> Millis {
        self.leased_until.map_or(self.effect.not_before, |lease| lease.max(self.effect.not_before))
    }
}

/// All effects ever recorded.
#[derive(Debug, Default)]
pub(super) struct Effects {
    cells: BTreeMap<i64, Cell>,
    ids: BTreeMap<String, i64>,
    last_seq: i64,
    /// Waiting ones by lane, oldest first.
    lanes: BTreeMap<String, BTreeSet<i64>>,
    /// Waiting ones by lane and ordering key, oldest first. Only the first of each may run.
    keys: BTreeMap<(String, String), BTreeSet<i64>>,
}

impl Effects {
    pub(super) fn contains(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }

    pub(super) fn count(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn add(&mut self, new: NewEffect) {
        self.last_seq += 1;
        let seq = self.last_seq;
        self.ids.insert(new.id.clone(), seq);
        let effect = Effect {
            seq,
            id: new.id,
            lane: new.lane,
            order_key: new.order_key,
            kind: new.kind,
            data: new.data,
            not_before: new.not_before,
            attempts: 0,
            state: EffectState::Waiting,
            last_error: None,
        };
        self.enqueue(&effect);
        self.cells.insert(seq, Cell { effect, leased_until: None });
    }

    fn enqueue(&mut self, effect: &Effect) {
        self.lanes.entry(effect.lane.clone()).or_default().insert(effect.seq);
        self.keys.entry((effect.lane.clone(), effect.order_key.clone())).or_default().insert(effect.seq);
    }

    fn dequeue(&mut self, effect: &Effect) {
        if let Some(lane) = self.lanes.get_mut(&effect.lane) {
            lane.remove(&effect.seq);
            if lane.is_empty() {
                self.lanes.remove(&effect.lane);
            }
        }
        let key = (effect.lane.clone(), effect.order_key.clone());
        if let Some(waiting) = self.keys.get_mut(&key) {
            waiting.remove(&effect.seq);
            if waiting.is_empty() {
                self.keys.remove(&key);
            }
        }
    }

    pub(super) fn finish(&mut self, result: EffectResult) {
        match result {
            EffectResult::Done { id } => self.end(&id, EffectState::Done, None),
            EffectResult::Dead { id, error } => self.end(&id, EffectState::Dead, Some(error)),
            EffectResult::Retry { id, not_before, error } => {
                if let Some(cell) = self.cell(&id, EffectState::Waiting) {
                    cell.leased_until = None;
                    cell.effect.not_before = not_before;
                    cell.effect.last_error = Some(error);
                }
            }
            EffectResult::Requeue { id, not_before } => {
                let Some(cell) = self.cell(&id, EffectState::Dead) else { return };
                cell.effect.state = EffectState::Waiting;
                cell.effect.attempts = 0;
                cell.effect.not_before = not_before;
                let effect = cell.effect.clone();
                self.enqueue(&effect);
            }
        }
    }

    fn end(&mut self, id: &str, state: EffectState, error: Option<String>) {
        let Some(cell) = self.cell(id, EffectState::Waiting) else { return };
        cell.leased_until = None;
        cell.effect.state = state;
        if error.is_some() {
            cell.effect.last_error = error;
        }
        let effect = cell.effect.clone();
        self.dequeue(&effect);
    }

    fn cell(&mut self, id: &str, state: EffectState) -> Option<&mut Cell> {
        let cell = self.cells.get_mut(self.ids.get(id)?)?;
        (cell.effect.state == state).then_some(cell)
    }

    fn heads(&self) -> impl Iterator<Item = &Cell> {
        self.keys.values().filter_map(|waiting| self.cells.get(waiting.first()?))
    }

    pub(super) fn next_due(&self) -> Option<Millis> {
        self.heads().map(Cell::due).min()
    }

    pub(super) fn claim(
        &mut self,
        lane: &str,
        now: Millis,
        lease_until: Millis,
        limit: usize,
    ) -> Vec<Effect> {
        let mut due: Vec<(bool, i64)> = self
            .heads()
            .filter(|cell| cell.effect.lane == lane && cell.due() <= now)
            .map(|cell| (self.yields(&cell.effect, now), cell.effect.seq))
            .collect();
        due.sort_unstable();
        due.truncate(limit);
        let mut due: Vec<i64> = due.into_iter().map(|(_, seq)| seq).collect();
        due.sort_unstable();
        let mut claimed = Vec::with_capacity(due.len());
        for seq in due {
            if let Some(cell) = self.cells.get_mut(&seq) {
                cell.leased_until = Some(lease_until);
                cell.effect.attempts = cell.effect.attempts.saturating_add(1);
                claimed.push(cell.effect.clone());
            }
        }
        claimed
    }

    /// Whether it lets others go first; see [`YIELDING_KIND`].
    fn yields(&self, effect: &Effect, now: Millis) -> bool {
        let young = effect.not_before > now.saturating_sub(YIELDS_MS);
        let key = (effect.lane.clone(), effect.order_key.clone());
        let mut waiting = self.keys.get(&key).into_iter().flatten().filter_map(|seq| self.cells.get(seq));
        young && waiting.all(|cell| cell.effect.kind == YIELDING_KIND)
    }

    pub(super) fn lanes(&self) -> Vec<(String, u64)> {
        self.lanes
            .iter()
            .map(|(lane, waiting)| (lane.clone(), u64::try_from(waiting.len()).unwrap_or(u64::MAX)))
            .collect()
    }

    pub(super) fn by_state(&self, state: EffectState, limit: usize) -> Vec<Effect> {
        let newest_first = self.cells.values().rev().map(|cell| &cell.effect);
        newest_first.filter(|effect| effect.state == state).take(limit).cloned().collect()
    }

    pub(super) fn get(&self, id: &str) -> Option<Effect> {
        Some(self.cells.get(self.ids.get(id)?)?.effect.clone())
    }
}
