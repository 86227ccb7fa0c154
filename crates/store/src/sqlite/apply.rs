//! One commit, written.
//!
//! It owns the order in which the parts of a commit are written and refused (the same as in the memory store). It does
//! not own transactions: the caller takes everything back when it returns an error.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Params, params};

use super::error::sort;
use super::{as_int, as_unsigned, sql};
use crate::vault::Vault;
use crate::{
    AuditLine, BodyChange, Claim, Commit, DeadLetterChange, Effect, EffectResult, EffectState, Millis,
    NewEffect, NewEvent, Position, RecordChange, RowChange, StoreError, TimerSet, YIELDING_KIND, YIELDS_MS,
    chain, commit::check_form,
};

/// Writes a commit through one connection.
pub(super) struct Apply<'a> {
    conn: &'a Connection,
    vault: &'a Vault,
    /// Versions of the streams met so far, with what was appended.
    versions: HashMap<String, u64>,
}

impl<'a> Apply<'a> {
    pub(super) fn new(conn: &'a Connection, vault: &'a Vault) -> Self {
        Self { conn, vault, versions: HashMap::new() }
    }

    /// Writes all of it, or returns why not; then the caller must roll back. What is refused often (a repeated input, a
    /// stream that moved on, a name that is taken) is refused before anything is written, which spares the caller that.
    pub(super) fn run(mut self, commit: &Commit) -> Result<Position, StoreError> {
        check_form(commit)?;
        if let Some(key) = &commit.inbound
            && self.is_known(key)?
        {
            return Err(StoreError::Duplicate);
        }
        for expect in &commit.expected {
            if self.version(&expect.stream)? != expect.version {
                return Err(StoreError::Conflict { stream: expect.stream.clone() });
            }
        }
        commit.claims.iter().try_for_each(|claim| self.claim(claim))?;
        if let Some(key) = &commit.inbound {
            self.write(sql::ADD_INBOUND, params![key])?;
        }
        commit.records.iter().try_for_each(|change| self.record(change))?;
        commit.events.iter().try_for_each(|event| self.event(event))?;
        for snapshot in &commit.snapshots {
            snapshot.must_be_at(self.version(&snapshot.stream)?)?;
            self.write(
                sql::PUT_SNAPSHOT,
                params![snapshot.stream, as_int(snapshot.version), snapshot.state],
            )?;
        }
        commit.effects.iter().try_for_each(|effect| self.effect(effect))?;
        commit.effect_results.iter().try_for_each(|result| self.effect_result(result))?;
        commit.timers.iter().try_for_each(|set| self.timers(set))?;
        commit.rows.iter().try_for_each(|change| self.row(change))?;
        commit.bodies.iter().try_for_each(|change| self.body(change))?;
        commit.audit.iter().try_for_each(|line| self.audit(line))?;
        commit.dead_letters.iter().try_for_each(|change| self.dead_letter(change))?;
        self.number(sql::HEAD, [])
    }

    fn write(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        self.conn.prepare_cached(sql).and_then(|mut statement| statement.execute(params)).map_err(sort)
    }

    fn number(&self, sql: &str, params: impl Params) -> Result<i64, StoreError> {
        let mut statement = self.conn.prepare_cached(sql).map_err(sort)?;
        statement.query_row(params, |row| row.get(0)).map_err(sort)
    }

    fn is_known(&self, inbound: &str) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(sql::INBOUND).map_err(sort)?;
        statement.exists(params![inbound]).map_err(sort)
    }

    fn version(&mut self, stream: &str) -> Result<u64, StoreError> {
        if let Some(version) = self.versions.get(stream) {
            return Ok(*version);
        }
        let version = as_unsigned(self.number(sql::STREAM_VERSION, params![stream])?);
        self.versions.insert(stream.to_owned(), version);
        Ok(version)
    }

    fn claim(&self, claim: &Claim) -> Result<(), StoreError> {
        match claim {
            Claim::Release { name, owner } => {
                self.write(sql::RELEASE_CLAIM, params![name, owner])?;
            }
            Claim::Take { name, owner } => {
                if self.write(sql::TAKE_CLAIM, params![name, owner])? == 0 {
                    let mut statement = self.conn.prepare_cached(sql::CLAIM_OWNER).map_err(sort)?;
                    let holder: String =
                        statement.query_row(params![name], |row| row.get(0)).map_err(sort)?;
                    if holder != *owner {
                        return Err(StoreError::Taken { name: name.clone(), owner: holder });
                    }
                }
            }
        }
        Ok(())
    }

    fn record(&self, change: &RecordChange) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql::NEWEST_RECORD).map_err(sort)?;
        let newest: Option<(i64, bool)> = statement
            .query_row(params![change.kind, change.id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(sort)?;
        let (version, live) = newest.unwrap_or_default();
        let Some(version) = change.next_version(as_unsigned(version), live)? else { return Ok(()) };
        let values = params![change.kind, change.id, as_int(version), change.data, change.at, change.actor];
        self.write(sql::PUT_RECORD, values)?;
        self.write(sql::ADD_RECORD_VERSION, values)?;
        Ok(())
    }

    fn event(&mut self, event: &NewEvent) -> Result<(), StoreError> {
        let version = self.version(&event.stream)? + 1;
        self.write(
            sql::ADD_EVENT,
            params![
                event.stream,
                as_int(version),
                event.kind,
                event.form,
                event.data,
                event.at,
                event.actor,
                event.clause,
                event.cause
            ],
        )?;
        self.versions.insert(event.stream.clone(), version);
        Ok(())
    }

    fn effect(&self, effect: &NewEffect) -> Result<(), StoreError> {
        let values =
            params![effect.id, effect.lane, effect.order_key, effect.kind, effect.data, effect.not_before];
        if self.write(sql::ADD_EFFECT, values)? == 0 {
            return Err(StoreError::Invalid(format!("there is an effect {} already", effect.id)));
        }
        Ok(())
    }

    fn effect_result(&self, result: &EffectResult) -> Result<(), StoreError> {
        match result {
            EffectResult::Done { id } => {
                self.write(sql::END_EFFECT, params![id, state_number(EffectState::Done), None::<String>])?
            }
            EffectResult::Dead { id, error } => {
                self.write(sql::END_EFFECT, params![id, state_number(EffectState::Dead), error])?
            }
            EffectResult::Retry { id, not_before, error } => {
                self.write(sql::RETRY_EFFECT, params![id, not_before, error])?
            }
            EffectResult::Requeue { id, not_before } => {
                self.write(sql::REQUEUE_EFFECT, params![id, not_before])?
            }
        };
        Ok(())
    }

    fn timers(&self, set: &TimerSet) -> Result<(), StoreError> {
        self.write(sql::CLEAR_TIMERS, params![set.stream])?;
        for (key, due) in &set.timers {
            self.write(sql::ADD_TIMER, params![set.stream, key, due])?;
        }
        Ok(())
    }

    fn row(&self, change: &RowChange) -> Result<(), StoreError> {
        match change {
            RowChange::Put(row) => {
                self.write(sql::PUT_ROW, params![row.kind, row.id, row.group, row.sort, row.data])?
            }
            RowChange::Delete { kind, id } => self.write(sql::DELETE_ROW, params![kind, id])?,
        };
        Ok(())
    }

    fn body(&self, change: &BodyChange) -> Result<(), StoreError> {
        match change {
            BodyChange::Put { key, text } => {
                let sealed = self.vault.seal("bodies", key, text.as_bytes())?;
                self.write(sql::PUT_BODY, params![key, sealed])?
            }
            BodyChange::Erase { key } => self.write(sql::ERASE_BODY, params![key])?,
        };
        Ok(())
    }

    fn audit(&self, line: &AuditLine) -> Result<(), StoreError> {
        // The number comes from the highest one ever given, so that lines cut off the end leave a gap that shows.
        let seq = self.number(sql::AUDIT_NEWEST, [])? + 1;
        let mut statement = self.conn.prepare_cached(sql::LAST_AUDIT_HASH).map_err(sort)?;
        let last: Option<String> = statement.query_row([], |row| row.get(0)).optional().map_err(sort)?;
        let sealed = chain::seal(last.as_deref().unwrap_or(chain::START), seq, line);
        self.write(
            sql::ADD_AUDIT,
            params![seq, line.at, line.actor, line.action, line.subject, line.detail, sealed.hash],
        )?;
        Ok(())
    }

    fn dead_letter(&self, change: &DeadLetterChange) -> Result<(), StoreError> {
        match change {
            DeadLetterChange::Put(letter) => {
                let sealed = self.vault.seal("dead_letters", &letter.id, &letter.bytes)?;
                let values = params![
                    letter.id,
                    letter.at,
                    letter.source,
                    letter.reason,
                    letter.meta,
                    sealed,
                    letter.resolved_at,
                    letter.resolution
                ];
                if self.write(sql::ADD_DEAD_LETTER, values)? == 0 {
                    return Err(StoreError::Invalid(format!("there is a dead letter {} already", letter.id)));
                }
            }
            DeadLetterChange::Resolve { id, at, resolution } => {
                self.write(sql::RESOLVE_DEAD_LETTER, params![id, at, resolution])?;
            }
        }
        Ok(())
    }
}

/// How a state is kept in the `effects` table.
pub(super) fn state_number(state: EffectState) -> i64 {
    match state {
        EffectState::Waiting => 0,
        EffectState::Done => 1,
        EffectState::Dead => 2,
    }
}

/// Leases effects; see [`crate::Store::claim_effects`].
pub(super) fn claim_effects(
    conn: &Connection,
    lane: &str,
    now: Millis,
    lease_until: Millis,
    limit: i64,
) -> Result<Vec<Effect>, StoreError> {
    let old = now.saturating_sub(YIELDS_MS);
    let mut statement = conn.prepare_cached(sql::CLAIM_EFFECTS).map_err(sort)?;
    let mut claimed = statement
        .query_map(params![lane, now, lease_until, limit, old, YIELDING_KIND], super::read::effect_of)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(sort)?;
    // RETURNING promises no order.
    claimed.sort_unstable_by_key(|effect| effect.seq);
    Ok(claimed)
}

/// Removes all rows of these kinds.
pub(super) fn clear_rows(conn: &Connection, kinds: &[String]) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(sql::CLEAR_ROWS).map_err(sort)?;
    for kind in kinds {
        statement.execute(params![kind]).map_err(sort)?;
    }
    Ok(())
}
