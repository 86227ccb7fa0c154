//! One administered record: reading it with its version, saving it without overwriting anybody, its place on screens.

use domain::permission::Permission;
use engine::records::{
    ACCOUNT, CANNED, HOURS, NOTICE_TEXT, OFFICE, QUEUE, REASON, SOP_SMS, TELL, VISIT_TYPE, WRAP_UP_CODE,
};
use engine::{Change, EngineError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Record, StoreError};

use super::diff;
use super::form::Given;
use super::frame::Conflict;
use crate::error::Error;
use crate::session::SignedIn;
use crate::{App, shown};

/// Versions read at once.
pub(crate) const HISTORY_MAX: usize = 200;

/// A kind of record as the administration shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) kind: &'static str,
    /// In words, such as `canned response`.
    pub(crate) title: &'static str,
    /// Where its records are edited, without the id.
    pub(crate) path: &'static str,
    /// Where they are listed.
    pub(crate) list: &'static str,
    /// Who may restore an earlier version.
    pub(crate) permission: Permission,
}

/// Every kind.
pub(crate) const KINDS: [Kind; 11] = [
    kind(ACCOUNT, "person", "/admin/people", "/admin/people", Permission::Settings),
    kind(QUEUE, "queue", "/admin/queues", "/admin/queues", Permission::Settings),
    kind(HOURS, "opening hours", "/admin/hours", "/admin/queues", Permission::Settings),
    kind(CANNED, "canned response", "/admin/canned", "/admin/canned", Permission::Content),
    kind(WRAP_UP_CODE, "wrap-up code", "/admin/codes", "/admin/codes", Permission::Settings),
    kind(REASON, "presence reason", "/admin/reasons", "/admin/codes", Permission::Settings),
    kind(OFFICE, "office", "/admin/offices", "/admin/offices", Permission::AppointmentsAdmin),
    kind(VISIT_TYPE, "kind of visit", "/admin/visits", "/admin/offices", Permission::AppointmentsAdmin),
    kind(TELL, "line to tell", "/admin/visit-lines", "/admin/offices", Permission::AppointmentsAdmin),
    kind(
        NOTICE_TEXT,
        "text about a visit",
        "/admin/visit-texts",
        "/admin/offices",
        Permission::AppointmentsAdmin,
    ),
    kind(SOP_SMS, "procedure version", "/admin/sop", "/admin/sop", Permission::Settings),
];

const fn kind(
    kind: &'static str,
    title: &'static str,
    path: &'static str,
    list: &'static str,
    permission: Permission,
) -> Kind {
    Kind { kind, title, path, list, permission }
}

pub(crate) fn of(kind: &str) -> Result<Kind, Error> {
    KINDS.into_iter().find(|known| known.kind == kind).ok_or(Error::NotFound)
}

/// The record with its version.
pub(crate) async fn read<T: DeserializeOwned>(app: &App, kind: &str, id: &str) -> Result<(u64, T), Error> {
    let record = app.engine.store().record(kind, id).await?.ok_or(Error::NotFound)?;
    let value = serde_json::from_str(&record.data).map_err(Error::fault)?;
    Ok((record.version, value))
}

/// The version to give when the record is made anew: none of this name may be there.
pub(crate) async fn is_there(app: &App, kind: &str, id: &str) -> Result<bool, Error> {
    Ok(app.engine.store().record(kind, id).await?.is_some())
}

fn json(record: &Record) -> Result<Value, Error> {
    serde_json::from_str(&record.data).map_err(Error::fault)
}

/// Saves, or says who was quicker. `expected` is the version the form was made from; 0 for a new record. A change
/// meanwhile that no reader can see (a failed sign-in, for one) stands in nobody's way.
pub(crate) async fn save<T: Serialize>(
    app: &App,
    me: &SignedIn,
    kind: &'static str,
    id: &str,
    expected: u64,
    value: &T,
    reason: String,
) -> Result<Option<Conflict>, Error> {
    let mine = serde_json::to_value(value).map_err(Error::fault)?;
    let store = app.engine.store();
    let now = store.record(kind, id).await?;
    let mut version = expected;
    if let Some(current) = now.as_ref().filter(|current| current.version != expected) {
        let history = store.record_history(kind, id, HISTORY_MAX).await?;
        let base = history.iter().find(|record| record.version == expected).map(json).transpose()?;
        if !base.is_some_and(|base| json(current).is_ok_and(|current| diff::same(&base, &current))) {
            return conflict(app, current, &mine).map(Some);
        }
        version = current.version;
    }
    let change =
        Change { kind, id: id.to_owned(), expected: Some(version), data: Some(mine.clone()), reason };
    match app.engine.save(change, &me.account.id.to_string()).await {
        Ok(()) => Ok(None),
        Err(EngineError::Store(StoreError::RecordConflict { .. })) => {
            let current = store.record(kind, id).await?.ok_or(Error::Changed)?;
            conflict(app, &current, &mine).map(Some)
        }
        Err(other) => Err(other.into()),
    }
}

/// As [`save`]; what would leave settings that do not hold together becomes a sentence of the form.
pub(crate) async fn save_sound<T: Serialize>(
    app: &App,
    me: &SignedIn,
    (kind, id): (&'static str, &str),
    given: &Given,
    value: &T,
    errors: &mut Vec<String>,
) -> Result<Option<Conflict>, Error> {
    match save(app, me, kind, id, given.version(), value, given.reason()).await {
        Err(Error::Invalid(sentence)) => {
            errors.push(format!("The settings would not hold together: {sentence}."));
            Ok(None)
        }
        other => other,
    }
}

fn conflict(app: &App, current: &Record, mine: &Value) -> Result<Conflict, Error> {
    Ok(Conflict {
        version: current.version,
        by: current.actor.clone(),
        at: shown::date_time(current.at, &app.engine.zone()),
        lines: diff::differences(&json(current)?, mine),
    })
}

/// Deletes the record; its history stays.
pub(crate) async fn delete(
    app: &App,
    me: &SignedIn,
    kind: &'static str,
    id: &str,
    expected: u64,
    reason: String,
) -> Result<(), Error> {
    let change = Change { kind, id: id.to_owned(), expected: Some(expected), data: None, reason };
    Ok(app.engine.save(change, &me.account.id.to_string()).await?)
}
