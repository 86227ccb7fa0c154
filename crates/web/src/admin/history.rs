//! Every version of a record, what changed from one to the next, and the way back to an earlier one.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engine::Account;
use engine::records::ACCOUNT;
use serde_json::Value;
use store::Record;

use super::diff::{self, Difference};
use super::form::Given;
use super::frame::{self, Frame};
use super::record::{self, HISTORY_MAX, Kind};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

struct Version {
    number: u64,
    by: String,
    at: String,
    deleted: bool,
    newest: bool,
    first: bool,
    lines: Vec<Difference>,
}

#[derive(Template)]
#[template(path = "admin/history.html")]
struct Body {
    frame: Frame,
    kind: Kind,
    id: String,
    versions: Vec<Version>,
    newest: u64,
    may: bool,
}

fn value(record: &Record) -> Value {
    serde_json::from_str(&record.data).unwrap_or(Value::Null)
}

/// `GET /admin/.../{id}/history`.
pub(crate) async fn page(
    kind: &'static str,
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Error> {
    let kind = record::of(kind)?;
    let history = app.engine.store().record_history(kind.kind, &id, HISTORY_MAX).await?;
    let newest = history.first().map(|record| record.version).ok_or(Error::NotFound)?;
    let zone = app.engine.zone();
    let versions = history
        .iter()
        .enumerate()
        .map(|(place, record)| {
            let before = history.get(place + 1);
            Version {
                number: record.version,
                by: if record.actor == engine::records::PACK {
                    "the agency's data pack".to_owned()
                } else {
                    record.actor.clone()
                },
                at: shown::date_time(record.at, &zone),
                deleted: value(record).is_null(),
                newest: record.version == newest,
                first: before.is_none(),
                lines: before
                    .map(|before| diff::differences(&value(before), &value(record)))
                    .unwrap_or_default(),
            }
        })
        .collect();
    let frame = Frame::new(&me, kind.list, &query);
    // A version of a procedure that was in force is evidence; a new one is made instead.
    let may = me.may(kind.permission) && kind.kind != engine::records::SOP_SMS;
    let body = Body { frame, kind, versions, newest, may, id };
    frame::page("History", &me).show(&app, &body)
}

/// `POST /admin/.../{id}/restore`.
pub(crate) async fn restore(
    kind: &'static str,
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let kind = record::of(kind)?;
    let wanted: u64 = given.text("restore").parse().map_err(|_| Error::NotFound)?;
    let history = app.engine.store().record_history(kind.kind, &id, HISTORY_MAX).await?;
    let mut data =
        history.iter().find(|record| record.version == wanted).map(value).ok_or(Error::NotFound)?;
    if data.is_null() {
        return Err(Error::Invalid("That version is the deletion; restore one before it.".to_owned()));
    }
    if kind.kind == ACCOUNT {
        data = with_secrets(&app, &me, &id, data).await?;
    }
    if kind.kind == engine::records::CANNED {
        super::canned::guard_restore(&app, &me, &id, &data).await?;
    }
    let there = record::is_there(&app, kind.kind, &id).await?;
    let expected = if there { given.version() } else { 0 };
    let reason = match given.reason() {
        reason if reason.is_empty() => format!("version {wanted} restored"),
        reason => format!("version {wanted} restored: {reason}"),
    };
    match record::save(&app, &me, kind.kind, &id, expected, &data, reason).await? {
        None => Ok(go(&format!("{}/{id}?said=restored", kind.path))),
        Some(_) => Err(Error::Changed),
    }
}

/// An account's earlier version never brings an old password, old locks or roles back.
async fn with_secrets(app: &App, me: &SignedIn, id: &str, data: Value) -> Result<Value, Error> {
    let (_, now): (u64, Account) = record::read(app, ACCOUNT, id).await?;
    let before: Account = serde_json::from_value(data).map_err(Error::fault)?;
    let account = Account {
        password_hash: now.password_hash.clone(),
        failed_sign_ins: now.failed_sign_ins,
        locked_until: now.locked_until,
        ..before
    };
    let mut errors = Vec::new();
    super::people::guard(app, me, Some(&now), &account, &mut errors).await?;
    match errors.into_iter().next() {
        Some(error) => Err(Error::Invalid(error)),
        None => serde_json::to_value(account).map_err(Error::fault),
    }
}
