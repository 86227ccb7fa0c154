//! What a person has still to read, and what they have acknowledged in which edition (the clauses `*-ACK-*`). The button
//! that acknowledges stands at the memo itself.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::knowledge::{Owed, procedure_of};
use domain::view::{READING, Reading};

use super::frame::{due, frame, named, page as whole};
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::session::SignedIn;
use crate::{App, shown};

struct Item {
    owed: Owed,
    title: String,
    due: String,
    overdue: bool,
    soon: bool,
    gate: Option<String>,
    gate_shut: bool,
    read: Option<String>,
}

#[derive(Template)]
#[template(path = "kb_edit/reading.html")]
struct Body {
    frame: Frame,
    unread: Vec<Item>,
    read: Vec<Item>,
}

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60_000;

/// When this person last acknowledged the page, and in which edition.
async fn reading(app: &App, me: &SignedIn, slug: &str) -> Result<Option<Reading>, Error> {
    let id = format!("{}:{}", procedure_of(slug), me.account.id);
    let row = app.engine.store().row(READING, &id).await?;
    row.map(|row| serde_json::from_str(&row.data).map_err(Error::fault)).transpose()
}

async fn items(app: &App, me: &SignedIn) -> Result<(Vec<Item>, Vec<Item>), Error> {
    let (all, unread, zone) =
        (app.engine.readings_of(&me.account.id), app.engine.unread_of(&me.account.id), app.engine.zone());
    let now = app.engine.now();
    let (mut waiting, mut done) = (Vec::new(), Vec::new());
    for owed in all {
        let open = unread.iter().any(|one| one.slug == owed.slug);
        let read = match reading(app, me, &owed.slug).await?.filter(|_| !open) {
            Some(reading) => {
                Some(format!("edition {}, {}", reading.version, shown::date_time(reading.at, &zone)))
            }
            None => None,
        };
        let item = Item {
            title: named(&owed.memo, &owed.title),
            due: due(owed.due_at, &zone),
            overdue: owed.due_at <= now,
            soon: owed.due_at <= now.saturating_add(DAY),
            gate: owed.gate_at.map(|at| shown::date_time(at, &zone)),
            gate_shut: owed.gate_at.is_some_and(|at| at <= now),
            read,
            owed,
        };
        if open { &mut waiting } else { &mut done }.push(item);
    }
    waiting.sort_by_key(|item| item.owed.due_at);
    Ok((waiting, done))
}

/// `GET /kb/reading`.
pub(super) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (unread, read) = items(&app, &me).await?;
    let body = Body { frame: frame(&me, "/kb/reading", &query), unread, read };
    whole("To read", &me).show(&app, &body)
}
