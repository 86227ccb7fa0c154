//! Questions to a connection that reads, and how their lines become values.
//!
//! It owns nothing but the mapping. To add a question: a statement in `sql.rs`, a function here.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row as Line, params};

use super::apply::state_number;
use super::error::sort;
use super::{as_int, as_limit, as_unsigned, sql};
use crate::vault::Vault;
use crate::{
    DeadLetter, Effect, EffectState, Look, Millis, Record, Row, RowQuery, Seen, Snapshot, StoreError,
    StoredAudit, StoredEvent, Timer, chain,
};

type Mapped<T> = rusqlite::Result<T>;

/// All answers.
pub(super) fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    map: impl FnMut(&Line<'_>) -> Mapped<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql).map_err(sort)?;
    let lines = statement.query_map(params, map).map_err(sort)?;
    lines.collect::<Result<Vec<_>, _>>().map_err(sort)
}

/// The first answer, if there is one.
pub(super) fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    map: impl FnOnce(&Line<'_>) -> Mapped<T>,
) -> Result<Option<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql).map_err(sort)?;
    statement.query_row(params, map).optional().map_err(sort)
}

pub(super) fn load(conn: &Connection, streams: &[String]) -> Result<Vec<Option<Snapshot>>, StoreError> {
    streams.iter().map(|stream| one(conn, sql::LOAD, params![stream], snapshot_of)).collect()
}

pub(super) fn read_log(conn: &Connection, after: i64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
    all(conn, sql::READ_LOG, params![after, as_limit(limit)], event_of)
}

pub(super) fn read_stream(
    conn: &Connection,
    stream: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    all(conn, sql::READ_STREAM, params![stream, as_int(after), as_limit(limit)], event_of)
}

/// One number; 0 where there is none.
pub(super) fn number(conn: &Connection, sql: &str) -> Result<i64, StoreError> {
    Ok(one(conn, sql, [], |line| line.get(0))?.unwrap_or_default())
}

pub(super) fn rows(conn: &Connection, query: &RowQuery) -> Result<Vec<Row>, StoreError> {
    // "Greater than n" is asked as "n + 1 or greater", so that asking without a bound needs no other statement.
    let bound = match (query.after, query.descending) {
        (None, false) => Some(i64::MIN),
        (None, true) => Some(i64::MAX),
        (Some(sort), false) => sort.checked_add(1),
        (Some(sort), true) => sort.checked_sub(1),
    };
    let Some(bound) = bound else { return Ok(Vec::new()) };
    let limit = as_limit(query.limit);
    match &query.group {
        None => {
            let sql = if query.descending { sql::ROWS_DOWN } else { sql::ROWS_UP };
            all(conn, sql, params![query.kind, bound, limit], row_of)
        }
        Some(group) => {
            let sql = if query.descending { sql::GROUP_DOWN } else { sql::GROUP_UP };
            all(conn, sql, params![query.kind, bound, limit, group], row_of)
        }
    }
}

pub(super) fn row(conn: &Connection, kind: &str, id: &str) -> Result<Option<Row>, StoreError> {
    one(conn, sql::ROW, params![kind, id], row_of)
}

pub(super) fn bodies(
    conn: &Connection,
    vault: &Vault,
    keys: &[String],
) -> Result<Vec<Option<String>>, StoreError> {
    let read = |key: &String| {
        let sealed: Option<Vec<u8>> = one(conn, sql::BODY, params![key], |line| line.get(0))?;
        sealed.map(|sealed| vault.unseal_text("bodies", key, &sealed)).transpose()
    };
    keys.iter().map(read).collect()
}

pub(super) fn claim_owner(conn: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    one(conn, sql::CLAIM_OWNER, params![name], |line| line.get(0))
}

pub(super) fn claims_between(conn: &Connection, from: &str, to: &str) -> Result<Vec<String>, StoreError> {
    all(conn, sql::CLAIMS_BETWEEN, params![from, to], |line| line.get(0))
}

pub(super) fn look(conn: &Connection, at: &Look) -> Result<Seen, StoreError> {
    let mut claims = Vec::new();
    for (from, to) in &at.claims {
        claims.append(&mut claims_between(conn, from, to)?);
    }
    Ok(Seen {
        snapshots: load(conn, &at.streams)?,
        rows: at.rows.as_ref().map(|query| rows(conn, query)).transpose()?.unwrap_or_default(),
        claims,
    })
}

pub(super) fn due_timers(conn: &Connection, now: Millis, limit: usize) -> Result<Vec<Timer>, StoreError> {
    all(conn, sql::DUE_TIMERS, params![now, as_limit(limit)], |line| {
        Ok(Timer { stream: line.get(0)?, key: line.get(1)?, due: line.get(2)? })
    })
}

pub(super) fn next_due(conn: &Connection) -> Result<Option<Millis>, StoreError> {
    let timer: Option<Millis> = one(conn, sql::NEXT_TIMER, [], |line| line.get(0))?.flatten();
    let effect: Option<Millis> = one(conn, sql::NEXT_EFFECT, [], |line| line.get(0))?.flatten();
    Ok(timer.into_iter().chain(effect).min())
}

pub(super) fn lanes(conn: &Connection) -> Result<Vec<(String, u64)>, StoreError> {
    all(conn, sql::LANES, [], |line| Ok((line.get(0)?, as_unsigned(line.get(1)?))))
}

pub(super) fn effects(
    conn: &Connection,
    state: EffectState,
    limit: usize,
) -> Result<Vec<Effect>, StoreError> {
    all(conn, sql::EFFECTS, params![state_number(state), as_limit(limit)], effect_of)
}

pub(super) fn effect(conn: &Connection, id: &str) -> Result<Option<Effect>, StoreError> {
    one(conn, sql::EFFECT, params![id], effect_of)
}

pub(super) fn records(conn: &Connection, kind: &str) -> Result<Vec<Record>, StoreError> {
    all(conn, sql::RECORDS, params![kind], record_of)
}

pub(super) fn record(conn: &Connection, kind: &str, id: &str) -> Result<Option<Record>, StoreError> {
    one(conn, sql::RECORD, params![kind, id], record_of)
}

pub(super) fn record_history(
    conn: &Connection,
    kind: &str,
    id: &str,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    all(conn, sql::RECORD_HISTORY, params![kind, id, as_limit(limit)], record_of)
}

pub(super) fn audit(conn: &Connection, after: i64, limit: usize) -> Result<Vec<StoredAudit>, StoreError> {
    all(conn, sql::AUDIT, params![after, as_limit(limit)], audit_of)
}

pub(super) fn audit_latest(conn: &Connection, limit: usize) -> Result<Vec<StoredAudit>, StoreError> {
    all(conn, sql::AUDIT_LATEST, params![as_limit(limit)], audit_of)
}

/// Walks the whole chain line by line, without holding it in memory.
pub(super) fn verify_audit(conn: &Connection) -> Result<u64, StoreError> {
    let mut walk = chain::Walk::new();
    let mut statement = conn.prepare_cached(sql::AUDIT).map_err(sort)?;
    let mut lines = statement.query(params![i64::MIN, i64::MAX]).map_err(sort)?;
    while let Some(line) = lines.next().map_err(sort)? {
        walk.step(&audit_of(line).map_err(sort)?)?;
    }
    walk.finish(number(conn, sql::AUDIT_NEWEST)?)
}

pub(super) fn dead_letters(
    conn: &Connection,
    vault: &Vault,
    limit: usize,
) -> Result<Vec<DeadLetter>, StoreError> {
    let letters = all(conn, sql::DEAD_LETTERS, params![as_limit(limit)], letter_of)?;
    letters.into_iter().map(|letter| opened(vault, letter)).collect()
}

pub(super) fn dead_letter(
    conn: &Connection,
    vault: &Vault,
    id: &str,
) -> Result<Option<DeadLetter>, StoreError> {
    one(conn, sql::DEAD_LETTER, params![id], letter_of)?.map(|letter| opened(vault, letter)).transpose()
}

pub(super) fn counts(conn: &Connection) -> Result<Vec<(String, u64)>, StoreError> {
    all(conn, sql::COUNTS, [], |line| Ok((line.get(0)?, as_unsigned(line.get(1)?))))
}

fn opened(vault: &Vault, mut letter: DeadLetter) -> Result<DeadLetter, StoreError> {
    letter.bytes = vault.unseal("dead_letters", &letter.id, &letter.bytes)?;
    Ok(letter)
}

fn snapshot_of(line: &Line<'_>) -> Mapped<Snapshot> {
    Ok(Snapshot { stream: line.get(0)?, version: as_unsigned(line.get(1)?), state: line.get(2)? })
}

fn event_of(line: &Line<'_>) -> Mapped<StoredEvent> {
    Ok(StoredEvent {
        position: line.get(0)?,
        stream: line.get(1)?,
        version: as_unsigned(line.get(2)?),
        kind: line.get(3)?,
        form: line.get(4)?,
        data: line.get(5)?,
        at: line.get(6)?,
        actor: line.get(7)?,
        clause: line.get(8)?,
        cause: line.get(9)?,
    })
}

fn row_of(line: &Line<'_>) -> Mapped<Row> {
    Ok(Row {
        kind: line.get(0)?,
        id: line.get(1)?,
        group: line.get(2)?,
        sort: line.get(3)?,
        data: line.get(4)?,
    })
}

pub(super) fn effect_of(line: &Line<'_>) -> Mapped<Effect> {
    let state = match line.get::<_, i64>(8)? {
        0 => EffectState::Waiting,
        1 => EffectState::Done,
        2 => EffectState::Dead,
        _ => return Err(rusqlite::Error::InvalidColumnType(8, "state".to_owned(), Type::Integer)),
    };
    Ok(Effect {
        seq: line.get(0)?,
        id: line.get(1)?,
        lane: line.get(2)?,
        order_key: line.get(3)?,
        kind: line.get(4)?,
        data: line.get(5)?,
        not_before: line.get(6)?,
        attempts: line.get(7)?,
        state,
        last_error: line.get(9)?,
    })
}

fn record_of(line: &Line<'_>) -> Mapped<Record> {
    Ok(Record {
        kind: line.get(0)?,
        id: line.get(1)?,
        version: as_unsigned(line.get(2)?),
        data: line.get(3)?,
        at: line.get(4)?,
        actor: line.get(5)?,
    })
}

fn audit_of(line: &Line<'_>) -> Mapped<StoredAudit> {
    Ok(StoredAudit {
        seq: line.get(0)?,
        at: line.get(1)?,
        actor: line.get(2)?,
        action: line.get(3)?,
        subject: line.get(4)?,
        detail: line.get(5)?,
        hash: line.get(6)?,
    })
}

/// With the bytes still sealed.
fn letter_of(line: &Line<'_>) -> Mapped<DeadLetter> {
    Ok(DeadLetter {
        id: line.get(0)?,
        at: line.get(1)?,
        source: line.get(2)?,
        reason: line.get(3)?,
        meta: line.get(4)?,
        bytes: line.get(5)?,
        resolved_at: line.get(6)?,
        resolution: line.get(7)?,
    })
}
