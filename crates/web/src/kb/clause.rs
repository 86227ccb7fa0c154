//! `GET /kb/by-clause/{id}`: the very paragraph of a clause, in what is in force and what the reader may see.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::shape::Door;
use super::{panel, shelf};
use crate::App;
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;

pub(super) async fn by_clause(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let viewer = app.engine.viewer(&me.account.roles);
    let place = shelf::place_of(&app, &id, viewer.audience).await?.ok_or(Error::NotFound)?;
    if headers.contains_key("hx-request") {
        return panel::panel(&app, &me, &place.slug, &place.anchor).await;
    }
    Ok(go(&Door::Staff.place(&place.slug, &place.anchor)))
}

/// The address at which a clause is read in the knowledge base, for the page that explains the clause.
pub(crate) async fn reading_place(app: &App, me: &SignedIn, clause: &str) -> Result<Option<String>, Error> {
    let viewer = app.engine.viewer(&me.account.roles);
    let place = shelf::place_of(app, clause, viewer.audience).await?;
    Ok(place.map(|_| format!("/kb/by-clause/{clause}")))
}
