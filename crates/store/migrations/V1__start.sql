-- What was there from the start. Migrations only go forward and never change once released: a checksum of each is kept
-- beside the data, and a store whose past differs from this folder is refused.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    form INTEGER NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    clause TEXT,
    cause TEXT NOT NULL,
    UNIQUE (stream, version)
) STRICT;

CREATE TRIGGER events_never_change BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;

CREATE TRIGGER events_never_go BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

CREATE TABLE snapshots (
    stream TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;

-- state: 0 waiting, 1 done, 2 dead.
CREATE TABLE effects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    order_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER,
    last_error TEXT
) STRICT;

-- Finished effects stay for the record; these two hold only the few that wait.
CREATE INDEX effects_waiting_by_key ON effects (lane, order_key, seq) WHERE state = 0;
CREATE INDEX effects_waiting_by_lane ON effects (lane, seq) WHERE state = 0;
CREATE INDEX effects_by_state ON effects (state, seq);

CREATE TABLE timers (
    stream TEXT NOT NULL,
    key TEXT NOT NULL,
    due INTEGER NOT NULL,
    PRIMARY KEY (stream, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX timers_by_due ON timers (due, stream, key);

CREATE TABLE screen_rows (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    grp TEXT NOT NULL,
    sort INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE INDEX screen_rows_by_group ON screen_rows (kind, grp, sort, id);
CREATE INDEX screen_rows_by_sort ON screen_rows (kind, sort, id);

-- The text is sealed: see vault.rs.
CREATE TABLE bodies (
    key TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- The position tells how old a key is.
CREATE TABLE inbound (
    key TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest version of each; data is NULL where it was deleted.
CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    data TEXT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE record_versions (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    data TEXT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (kind, id, version)
) STRICT;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;

CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never deleted'); END;

-- The bytes are sealed: see vault.rs.
CREATE TABLE dead_letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    meta TEXT NOT NULL,
    sealed BLOB NOT NULL,
    resolved_at INTEGER,
    resolution TEXT
) STRICT;

CREATE INDEX dead_letters_by_age ON dead_letters (at, number);
