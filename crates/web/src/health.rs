//! For monitors: alive, ready, figures.

use std::sync::PoisonError;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use domain::time::Millis;
use store::{Commit, Row, RowChange};

use crate::App;
use crate::permit::{Access, Routes};

/// How long a proof of readiness counts.
const PROOF_HOLDS: Millis = 5_000;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/healthz", Access::Machine, alive).get("/readyz", Access::Machine, ready).get(
        "/metrics",
        Access::Machine,
        figures,
    )
}

/// The program runs and answers. Says nothing about the store: a monitor that restarts on this must not restart a
/// program whose disk is full.
async fn alive(State(app): State<App>) -> String {
    format!("ok {}\n", app.settings.version)
}

/// The store takes a write and keeps it. Proved by a write, because a full disk is noticed by nothing else; at most
/// one proof in five seconds, so that strangers cannot wear the disk out.
async fn ready(State(app): State<App>) -> Response {
    let now = app.engine.now();
    let known = app
        .ready
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .filter(|(at, _)| now.saturating_sub(*at) < PROOF_HOLDS);
    let ready = match known {
        Some((_, ready)) => ready,
        None => {
            let ready = prove(&app, now).await;
            *app.ready.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, ready));
            ready
        }
    };
    if ready {
        (StatusCode::OK, "ready\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the store cannot be written\n").into_response()
    }
}

async fn prove(app: &App, now: Millis) -> bool {
    let row = Row {
        kind: "readiness".to_owned(),
        id: "last".to_owned(),
        group: "readiness".to_owned(),
        sort: now,
        data: "{}".to_owned(),
    };
    let commit = Commit { rows: vec![RowChange::Put(row)], ..Commit::default() };
    app.engine.store().commit(commit).await.inspect_err(|error| tracing::error!(%error, "not ready")).is_ok()
}

async fn figures(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (app.metrics)()).into_response()
}
