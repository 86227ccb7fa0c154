//! Writes as data. A [`Commit`] is applied whole or not at all; nothing else changes a store.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Millis, Position, StoreError};

/// The version a stream must have for the commit to apply; 0 means that it must not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// Stream name, for example `interaction-0190…`.
    pub stream: String,
    /// Version of its last event.
    pub version: u64,
}

/// An event to append. Its version is the stream's last version plus one, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Stream it belongs to.
    pub stream: String,
    /// Name of the event, for example `message_received`.
    pub kind: String,
    /// Form of the data; a new form is a new number with an upcaster.
    pub form: u16,
    /// JSON.
    pub data: String,
    /// When it happened.
    pub at: Millis,
    /// Who caused it: `staff:ana`, `customer`, `system`, `carrier`.
    pub actor: String,
    /// Clause it rests on, where one governs it.
    pub clause: Option<String>,
    /// Request or timer that caused it, to follow one cause through the log.
    pub cause: String,
}

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Place in the whole log.
    pub position: Position,
    /// Stream it belongs to.
    pub stream: String,
    /// Place in its stream, from 1.
    pub version: u64,
    /// Name of the event.
    pub kind: String,
    /// Form of the data.
    pub form: u16,
    /// JSON.
    pub data: String,
    /// When it happened.
    pub at: Millis,
    /// Who caused it.
    pub actor: String,
    /// Clause it rests on.
    pub clause: Option<String>,
    /// What caused it.
    pub cause: String,
}

/// The state of a stream after its event `version`, so that loading needs no replay. It can always be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Stream.
    pub stream: String,
    /// Version of the last event folded in.
    pub version: u64,
    /// JSON.
    pub state: String,
}

/// Something to be done outside, once the commit is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEffect {
    /// Unique id, which is also the idempotency key towards the outside.
    pub id: String,
    /// What may run side by side: one lane per line, one for mail.
    pub lane: String,
    /// Effects of one lane with the same key run strictly in order; usually the customer's address.
    pub order_key: String,
    /// Name of the effect.
    pub kind: String,
    /// JSON. Holds body keys, never bodies.
    pub data: String,
    /// Not before this time.
    pub not_before: Millis,
}

/// Kind of the effects that let others of their lane go first: texts about visits, of which a closure writes hundreds at
/// once while somebody waits for an answer. Their own key keeps its order, so one that something waits behind does not.
pub const YIELDING_KIND: &str = "send_notice";
/// After so many milliseconds past its time, such an effect goes in its turn, so that none starves.
pub const YIELDS_MS: Millis = 600_000;

/// State of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectState {
    /// Waits, or is leased.
    Waiting,
    /// Performed.
    Done,
    /// Given up; an admin can see it and send it again.
    Dead,
}

/// An effect as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Order of creation.
    pub seq: i64,
    /// Unique id.
    pub id: String,
    /// Lane.
    pub lane: String,
    /// Ordering key.
    pub order_key: String,
    /// Name.
    pub kind: String,
    /// JSON.
    pub data: String,
    /// Not before this time.
    pub not_before: Millis,
    /// How often it was claimed.
    pub attempts: u32,
    /// State.
    pub state: EffectState,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// What became of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EffectResult {
    /// Performed. Unknown or already finished ids are ignored, since performing is at-least-once.
    Done {
        /// Id of the effect.
        id: String,
    },
    /// Try again from `not_before` on; the lease ends.
    Retry {
        /// Id of the effect.
        id: String,
        /// Next try.
        not_before: Millis,
        /// Why it failed.
        error: String,
    },
    /// Give up.
    Dead {
        /// Id of the effect.
        id: String,
        /// Why it failed.
        error: String,
    },
    /// An admin sends a dead one again: waiting, attempts back to 0.
    Requeue {
        /// Id of the effect.
        id: String,
        /// First try.
        not_before: Millis,
    },
}

/// All live timers of a stream; replaces the ones before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerSet {
    /// Stream.
    pub stream: String,
    /// Key and due time; a key occurs once.
    pub timers: Vec<(String, Millis)>,
}

/// A timer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Stream.
    pub stream: String,
    /// Key.
    pub key: String,
    /// Due time.
    pub due: Millis,
}

/// A screen row, computed by the domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Kind, for example `interaction` or `message`.
    pub kind: String,
    /// Unique within the kind.
    pub id: String,
    /// What lists it: a state, an interaction, a person.
    pub group: String,
    /// Order within the group.
    pub sort: i64,
    /// JSON.
    pub data: String,
}

/// A change of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// Insert or replace.
    Put(Row),
    /// Remove, if there.
    Delete {
        /// Kind.
        kind: String,
        /// Id.
        id: String,
    },
}

/// Which rows are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowQuery {
    /// Kind.
    pub kind: String,
    /// Only this group; all groups when `None`.
    pub group: Option<String>,
    /// Only rows whose `sort` is greater (ascending) or smaller (descending) than this.
    pub after: Option<i64>,
    /// Highest `sort` first (and highest `id` first among equal ones).
    pub descending: bool,
    /// At most this many.
    pub limit: usize,
}

/// Several questions that one decision rests on, answered at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Streams whose snapshots are wanted, as [`crate::Store::load`] has them.
    pub streams: Vec<String>,
    /// Rows that are wanted.
    pub rows: Option<RowQuery>,
    /// Ranges of unique names, each from its first name on and below its second.
    pub claims: Vec<(String, String)>,
}

/// What a [`Look`] saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The latest snapshot of each stream, in the order asked.
    pub snapshots: Vec<Option<Snapshot>>,
    /// The rows, ordered as [`crate::Store::rows`] has them.
    pub rows: Vec<Row>,
    /// The names held, range by range.
    pub claims: Vec<String>,
}

/// A text kept beside the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyChange {
    /// Keep (encrypted at rest). An existing key is replaced, which is how a text is masked later.
    Put {
        /// Key, usually the message id.
        key: String,
        /// Text.
        text: String,
    },
    /// Erase for good.
    Erase {
        /// Key.
        key: String,
    },
}

/// A name that only one owner may hold at a time, such as the open interaction of a channel and address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Take it; holding it already is fine.
    Take {
        /// Unique name.
        name: String,
        /// Owner.
        owner: String,
    },
    /// Give it back, if this owner holds it.
    Release {
        /// Unique name.
        name: String,
        /// Owner.
        owner: String,
    },
}

/// A change of an administered record (account, queue, canned response, setting).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordChange {
    /// Kind.
    pub kind: String,
    /// Id within the kind.
    pub id: String,
    /// Version that must be the newest now; 0 for one that is not there (never made, or deleted). `None` writes over
    /// whatever is there.
    pub expected: Option<u64>,
    /// JSON, or `None` to delete (which does nothing where there is nothing).
    pub data: Option<String>,
    /// When.
    pub at: Millis,
    /// Who.
    pub actor: String,
}

/// A record as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Kind.
    pub kind: String,
    /// Id.
    pub id: String,
    /// Version, from 1.
    pub version: u64,
    /// JSON (`null` in the history of a deleted one).
    pub data: String,
    /// When this version was written.
    pub at: Millis,
    /// By whom.
    pub actor: String,
}

/// A line for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// When.
    pub at: Millis,
    /// Who.
    pub actor: String,
    /// What was done, for example `read_transcript`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// JSON with before and after, or further facts. Never message bodies.
    pub detail: String,
}

/// An audit line as stored, chained to the one before by SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAudit {
    /// Order, from 1.
    pub seq: i64,
    /// When.
    pub at: Millis,
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// JSON.
    pub detail: String,
    /// Hex SHA-256 over the previous hash and this line's fields.
    pub hash: String,
}

/// Input that could not be understood, kept with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Unique id.
    pub id: String,
    /// When it came.
    pub at: Millis,
    /// Where it came in, for example `hooks/sms/twilio`.
    pub source: String,
    /// Why it could not be taken, in plain words.
    pub reason: String,
    /// JSON with headers that matter.
    pub meta: String,
    /// The bytes as they came (encrypted at rest).
    pub bytes: Vec<u8>,
    /// When it was taken care of, if it was.
    pub resolved_at: Option<Millis>,
    /// What became of it.
    pub resolution: Option<String>,
}

/// A change of a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeadLetterChange {
    /// Keep a new one.
    Put(DeadLetter),
    /// It was replayed or put aside.
    Resolve {
        /// Id.
        id: String,
        /// When.
        at: Millis,
        /// What became of it.
        resolution: String,
    },
}

/// Everything that one decision writes. Lists apply in the order given, so a name released by one claim may be taken
/// by the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// Versions that must hold.
    pub expected: Vec<Expect>,
    /// Events to append.
    pub events: Vec<NewEvent>,
    /// States after those events.
    pub snapshots: Vec<Snapshot>,
    /// Effects to be performed afterwards.
    pub effects: Vec<NewEffect>,
    /// What became of earlier effects.
    pub effect_results: Vec<EffectResult>,
    /// Live timers of the streams touched.
    pub timers: Vec<TimerSet>,
    /// Screen rows.
    pub rows: Vec<RowChange>,
    /// Texts beside the log.
    pub bodies: Vec<BodyChange>,
    /// De-duplication key of the input that caused this.
    pub inbound: Option<String>,
    /// Unique names.
    pub claims: Vec<Claim>,
    /// Administered records.
    pub records: Vec<RecordChange>,
    /// Audit lines.
    pub audit: Vec<AuditLine>,
    /// Dead letters.
    pub dead_letters: Vec<DeadLetterChange>,
}

impl Snapshot {
    /// A snapshot must fold in all events of its stream, those of its own commit included; otherwise a later load
    /// would decide on an old state.
    pub(crate) fn must_be_at(&self, version: u64) -> Result<(), StoreError> {
        if self.version == version {
            return Ok(());
        }
        Err(StoreError::Invalid(format!(
            "the snapshot of {} is at version {}, its stream at {version}",
            self.stream, self.version
        )))
    }
}

impl RecordChange {
    /// The version this change makes of a record whose newest version is `newest` (0 when it never was) and which
    /// is there (`live`) or deleted. `None` when there is nothing to delete. A deleted record may be made anew with
    /// `expected` 0; its numbers go on.
    pub(crate) fn next_version(&self, newest: u64, live: bool) -> Result<Option<u64>, StoreError> {
        let fits = match self.expected {
            None => true,
            Some(0) => !live,
            Some(version) => version == newest,
        };
        if !fits {
            return Err(StoreError::RecordConflict { kind: self.kind.clone(), id: self.id.clone() });
        }
        Ok((live || self.data.is_some()).then(|| newest.saturating_add(1)))
    }
}

/// Refuses a commit that contradicts itself, whatever is stored: an effect, dead letter or timer key that occurs
/// twice.
pub(crate) fn check_form(commit: &Commit) -> Result<(), StoreError> {
    no_double("effect", commit.effects.iter().map(|effect| effect.id.as_str()))?;
    let letters = commit.dead_letters.iter().filter_map(|change| match change {
        DeadLetterChange::Put(letter) => Some(letter.id.as_str()),
        DeadLetterChange::Resolve { .. } => None,
    });
    no_double("dead letter", letters)?;
    for set in &commit.timers {
        no_double("timer", set.timers.iter().map(|(key, _)| key.as_str()))?;
    }
    Ok(())
}

fn no_double<'a>(what: &str, keys: impl Iterator<Item = &'a str>) -> Result<(), StoreError> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(StoreError::Invalid(format!("{what} {key} occurs twice in one commit")));
        }
    }
    Ok(())
}
