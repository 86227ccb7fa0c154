//! All SQL of the SQLite store, by name.
//!
//! It owns the statements and nothing else. Every statement is prepared when the store opens, so one that does not fit
//! the schema stops the start and not a customer. To add one: a line in `reads!` or `writes!`.

/// Makes a constant of each statement, and one list of all of them.
macro_rules! statements {
    ($all:ident: $($(#[$meta:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$meta])* pub(super) const $name: &str = $sql;)+
        /// Every statement above, to be prepared at the start.
        pub(super) const $all: &[&str] = &[$($name),+];
    };
}

statements! { READS:
    LOAD = "SELECT stream, version, state FROM snapshots WHERE stream = ?1";
    READ_LOG = "SELECT position, stream, version, kind, form, data, at, actor, clause, cause FROM events
        WHERE position > ?1 ORDER BY position LIMIT ?2";
    READ_STREAM = "SELECT position, stream, version, kind, form, data, at, actor, clause, cause FROM events
        WHERE stream = ?1 AND version > ?2 ORDER BY version LIMIT ?3";
    HEAD = "SELECT coalesce(max(position), 0) FROM events";
    ROWS_UP = "SELECT kind, id, grp, sort, data FROM screen_rows
        WHERE kind = ?1 AND sort >= ?2 ORDER BY sort, id LIMIT ?3";
    ROWS_DOWN = "SELECT kind, id, grp, sort, data FROM screen_rows
        WHERE kind = ?1 AND sort <= ?2 ORDER BY sort DESC, id DESC LIMIT ?3";
    GROUP_UP = "SELECT kind, id, grp, sort, data FROM screen_rows
        WHERE kind = ?1 AND grp = ?4 AND sort >= ?2 ORDER BY sort, id LIMIT ?3";
    GROUP_DOWN = "SELECT kind, id, grp, sort, data FROM screen_rows
        WHERE kind = ?1 AND grp = ?4 AND sort <= ?2 ORDER BY sort DESC, id DESC LIMIT ?3";
    ROW = "SELECT kind, id, grp, sort, data FROM screen_rows WHERE kind = ?1 AND id = ?2";
    BODY = "SELECT sealed FROM bodies WHERE key = ?1";
    CLAIM_OWNER = "SELECT owner FROM claims WHERE name = ?1";
    CLAIMS_BETWEEN = "SELECT name FROM claims WHERE name >= ?1 AND name < ?2 ORDER BY name";
    DUE_TIMERS = "SELECT stream, key, due FROM timers WHERE due <= ?1 ORDER BY due, stream, key LIMIT ?2";
    NEXT_TIMER = "SELECT min(due) FROM timers";
    /// Only the oldest waiting effect of each lane and key may run.
    NEXT_EFFECT = "SELECT min(max(e.not_before, coalesce(e.leased_until, e.not_before))) FROM effects e
        WHERE e.state = 0 AND NOT EXISTS (SELECT 1 FROM effects o WHERE o.state = 0 AND o.lane = e.lane
            AND o.order_key = e.order_key AND o.seq < e.seq)";
    LANES = "SELECT lane, count(*) FROM effects WHERE state = 0 GROUP BY lane ORDER BY lane";
    EFFECTS = "SELECT seq, id, lane, order_key, kind, data, not_before, attempts, state, last_error FROM effects
        WHERE state = ?1 ORDER BY seq DESC LIMIT ?2";
    EFFECT = "SELECT seq, id, lane, order_key, kind, data, not_before, attempts, state, last_error FROM effects
        WHERE id = ?1";
    RECORDS = "SELECT kind, id, version, data, at, actor FROM records
        WHERE kind = ?1 AND data IS NOT NULL ORDER BY id";
    RECORD = "SELECT kind, id, version, data, at, actor FROM records
        WHERE kind = ?1 AND id = ?2 AND data IS NOT NULL";
    RECORD_HISTORY = "SELECT kind, id, version, coalesce(data, 'null'), at, actor FROM record_versions
        WHERE kind = ?1 AND id = ?2 ORDER BY version DESC LIMIT ?3";
    AUDIT = "SELECT seq, at, actor, action, subject, detail, hash FROM audit
        WHERE seq > ?1 ORDER BY seq LIMIT ?2";
    AUDIT_LATEST = "SELECT seq, at, actor, action, subject, detail, hash FROM audit ORDER BY seq DESC LIMIT ?1";
    /// The number of the last line ever written, kept by SQLite even when the line itself is gone.
    AUDIT_NEWEST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'audit'";
    DEAD_LETTERS = "SELECT id, at, source, reason, meta, sealed, resolved_at, resolution FROM dead_letters
        ORDER BY at DESC, number DESC LIMIT ?1";
    DEAD_LETTER = "SELECT id, at, source, reason, meta, sealed, resolved_at, resolution FROM dead_letters
        WHERE id = ?1";
    META = "SELECT value FROM meta WHERE name = ?1";
    ALL_BODIES = "SELECT key, sealed FROM bodies";
    ALL_DEAD_LETTERS = "SELECT id, sealed FROM dead_letters";
    /// Snapshots that leave out events of their stream, or tell of events that are not there.
    STALE_SNAPSHOT = "SELECT stream FROM snapshots s WHERE version <>
        (SELECT coalesce(max(version), 0) FROM events e WHERE e.stream = s.stream) LIMIT 1";
    COUNTS = "SELECT 'events', count(*) FROM events
        UNION ALL SELECT 'snapshots', count(*) FROM snapshots
        UNION ALL SELECT 'effects', count(*) FROM effects
        UNION ALL SELECT 'timers', count(*) FROM timers
        UNION ALL SELECT 'rows', count(*) FROM screen_rows
        UNION ALL SELECT 'bodies', count(*) FROM bodies
        UNION ALL SELECT 'inbound', count(*) FROM inbound
        UNION ALL SELECT 'claims', count(*) FROM claims
        UNION ALL SELECT 'records', count(*) FROM records WHERE data IS NOT NULL
        UNION ALL SELECT 'record_versions', count(*) FROM record_versions
        UNION ALL SELECT 'audit', count(*) FROM audit
        UNION ALL SELECT 'dead_letters', count(*) FROM dead_letters";
}

statements! { WRITES:
    STREAM_VERSION = "SELECT coalesce(max(version), 0) FROM events WHERE stream = ?1";
    ADD_EVENT = "INSERT INTO events (stream, version, kind, form, data, at, actor, clause, cause)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    PUT_SNAPSHOT = "INSERT INTO snapshots (stream, version, state) VALUES (?1, ?2, ?3)
        ON CONFLICT (stream) DO UPDATE SET version = excluded.version, state = excluded.state";
    ADD_EFFECT = "INSERT INTO effects (id, lane, order_key, kind, data, not_before) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (id) DO NOTHING";
    END_EFFECT = "UPDATE effects SET state = ?2, leased_until = NULL, last_error = coalesce(?3, last_error)
        WHERE id = ?1 AND state = 0";
    RETRY_EFFECT = "UPDATE effects SET leased_until = NULL, not_before = ?2, last_error = ?3
        WHERE id = ?1 AND state = 0";
    REQUEUE_EFFECT = "UPDATE effects SET state = 0, attempts = 0, not_before = ?2 WHERE id = ?1 AND state = 2";
    END_LEASES = "UPDATE effects SET leased_until = NULL WHERE leased_until IS NOT NULL";
    CLAIM_EFFECTS = "UPDATE effects SET attempts = attempts + 1, leased_until = ?3 WHERE seq IN (
            SELECT e.seq FROM effects e WHERE e.state = 0 AND e.lane = ?1 AND e.not_before <= ?2
                AND (e.leased_until IS NULL OR e.leased_until <= ?2)
                AND NOT EXISTS (SELECT 1 FROM effects o WHERE o.state = 0 AND o.lane = e.lane
                    AND o.order_key = e.order_key AND o.seq < e.seq)
            ORDER BY e.not_before > ?5 AND NOT EXISTS (SELECT 1 FROM effects k WHERE k.state = 0 AND k.lane = e.lane
                AND k.order_key = e.order_key AND k.kind <> ?6), e.seq LIMIT ?4)
        RETURNING seq, id, lane, order_key, kind, data, not_before, attempts, state, last_error";
    CLEAR_TIMERS = "DELETE FROM timers WHERE stream = ?1";
    ADD_TIMER = "INSERT INTO timers (stream, key, due) VALUES (?1, ?2, ?3)";
    PUT_ROW = "INSERT INTO screen_rows (kind, id, grp, sort, data) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (kind, id) DO UPDATE SET grp = excluded.grp, sort = excluded.sort, data = excluded.data";
    DELETE_ROW = "DELETE FROM screen_rows WHERE kind = ?1 AND id = ?2";
    CLEAR_ROWS = "DELETE FROM screen_rows WHERE kind = ?1";
    PUT_BODY = "INSERT INTO bodies (key, sealed) VALUES (?1, ?2)
        ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed";
    ERASE_BODY = "DELETE FROM bodies WHERE key = ?1";
    INBOUND = "SELECT 1 FROM inbound WHERE key = ?1";
    ADD_INBOUND = "INSERT INTO inbound (key, position) VALUES (?1, (SELECT coalesce(max(position), 0) FROM events))
        ON CONFLICT (key) DO NOTHING";
    TAKE_CLAIM = "INSERT INTO claims (name, owner) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
    RELEASE_CLAIM = "DELETE FROM claims WHERE name = ?1 AND owner = ?2";
    NEWEST_RECORD = "SELECT version, data IS NOT NULL FROM records WHERE kind = ?1 AND id = ?2";
    PUT_RECORD = "INSERT INTO records (kind, id, version, data, at, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (kind, id) DO UPDATE
        SET version = excluded.version, data = excluded.data, at = excluded.at, actor = excluded.actor";
    ADD_RECORD_VERSION = "INSERT INTO record_versions (kind, id, version, data, at, actor)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    LAST_AUDIT_HASH = "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1";
    ADD_AUDIT = "INSERT INTO audit (seq, at, actor, action, subject, detail, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    ADD_DEAD_LETTER = "INSERT INTO dead_letters (id, at, source, reason, meta, sealed, resolved_at, resolution)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING";
    RESOLVE_DEAD_LETTER = "UPDATE dead_letters SET resolved_at = ?2, resolution = ?3 WHERE id = ?1";
    ADD_META = "INSERT INTO meta (name, value) VALUES (?1, ?2)";
    /// Starts one job within a group.
    SAVEPOINT = "SAVEPOINT job";
    /// Keeps what the job wrote.
    RELEASE = "RELEASE job";
}

/// Takes the write lock at once, so that a group never has to start over half way.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";
/// Makes the group durable: one sync for all of it.
pub(super) const COMMIT: &str = "COMMIT";
/// Gives up the group.
pub(super) const ROLLBACK: &str = "ROLLBACK";
/// Takes back what the job wrote, and only that.
pub(super) const UNDO: &str = "ROLLBACK TO job; RELEASE job";
/// Reads every page.
pub(super) const INTEGRITY: &str = "PRAGMA integrity_check(20)";
/// For connections that write. `secure_delete` overwrites what is erased; `FULL` syncs at every commit. What a savepoint
/// may have to take back is kept in memory and not in a temporary file. The write-ahead log is folded into the file every
/// 16 MB (4,096 pages), since pages that every commit touches are then copied once for many; 16 MB of pages are kept.
pub(super) const WRITER_PRAGMAS: &str = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
    PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096;
    PRAGMA journal_size_limit = 16777216;";
/// For connections that only read.
pub(super) const READER_PRAGMAS: &str = "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;";
/// Whether the migration runner has been here, and what it has done.
pub(super) const HAS_MIGRATIONS: &str =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'refinery_schema_history'";
/// Numbers and checksums of what was applied.
pub(super) const MIGRATIONS: &str =
    "SELECT version, name, checksum FROM refinery_schema_history ORDER BY version";
