//! JSON for integrators, under `/api/v1`, and the document that describes it. Signed in by the session's cookie; acts
//! carry its token in `X-CSRF-Token`. The same rules hold as at the desk, because the same commands are issued.
//!
//! To add an endpoint: a route here and its entry in [`document`]; a test holds the two to each other.

use axum::Json;
use axum::extract::{Path, State};
use domain::command::Command;
use domain::id::InteractionId;
use domain::permission::Permission;
use domain::view::Card;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::App;
use crate::error::Error;
use crate::permit::{Access, Routes};
use crate::request::RequestId;
use crate::session::SignedIn;

const READERS: Access = Access::NeedsOne(&[Permission::Desk, Permission::Floor]);

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/openapi.json", Access::Public, openapi)
        .get("/api/v1/session", Access::SignedIn, session)
        .get("/api/v1/interactions/{id}", READERS, interaction)
        .post("/api/v1/interactions/{id}/finish", Permission::Desk, finish)
        .get("/api/v1/knowledge/search", Permission::Knowledge, crate::kb::search::api)
}

async fn session(me: SignedIn) -> Json<Value> {
    let roles: Vec<&str> = me.account.roles.iter().map(|role| role.word()).collect();
    Json(json!({ "staff": me.account.id, "name": me.account.name, "roles": roles, "csrf": me.csrf }))
}

async fn card(app: &App, id: &str) -> Result<Card, Error> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    app.engine.card(id).await?.ok_or(Error::NotFound)
}

/// Others' contacts are for the floor's eyes.
async fn visible(app: &App, me: &SignedIn, id: &str) -> Result<Card, Error> {
    let card = card(app, id).await?;
    let mine = card.owner.as_ref() == Some(&me.account.id)
        || card.offer.as_ref().is_some_and(|offer| offer.staff == me.account.id);
    if mine || me.may(Permission::Floor) { Ok(card) } else { Err(Error::NotFound) }
}

async fn interaction(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<Card>, Error> {
    let card = visible(&app, &me, &id).await?;
    app.engine
        .note(&me.account.id.0, "read_interaction", &card.id.to_string(), json!({ "by": "api" }))
        .await?;
    Ok(Json(card))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Finish {
    code: String,
}

async fn finish(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
    body: Result<Json<Finish>, axum::extract::rejection::JsonRejection>,
) -> Result<Json<Card>, Error> {
    let Json(Finish { code }) =
        body.map_err(|_| Error::Invalid("Send JSON with exactly one field, code.".to_owned()))?;
    let id = visible(&app, &me, &id).await?.id;
    app.engine.handle(Command::Finish { id, staff: me.account.id.clone(), code }, &cause).await?;
    Ok(Json(card(&app, &id.to_string()).await?))
}

async fn openapi(State(app): State<App>) -> Json<Value> {
    Json(document(&app.settings.version, &app.settings.public_url))
}

/// The description of everything under `/api/v1`.
fn document(version: &str, server: &str) -> Value {
    let error = json!({ "description": "Not done; the sentence says why and `instead` what leads on.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } });
    let card = json!({ "description": "The interaction.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Interaction" } } } });
    let id = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }]);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Hearthline", "version": version },
        "servers": [{ "url": server }],
        "security": [{ "session": [] }],
        "paths": {
            "/api/v1/session": { "get": { "summary": "Who is signed in, and the token for acts.",
                "responses": { "200": { "description": "The session." }, "401": error } } },
            "/api/v1/interactions/{id}": { "get": { "summary": "One interaction, open or done.", "parameters": id,
                "responses": { "200": card, "401": error, "403": error, "404": error } } },
            "/api/v1/interactions/{id}/finish": { "post": {
                "summary": "Sets the one wrap-up code of an ended interaction and completes it (SMS-END-3).",
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } },
                    { "name": "X-CSRF-Token", "in": "header", "required": true, "schema": { "type": "string" } }
                ],
                "requestBody": { "required": true, "content": { "application/json": { "schema": {
                    "type": "object", "required": ["code"], "additionalProperties": false,
                    "properties": { "code": { "type": "string" } } } } } },
                "responses": { "200": card, "401": error, "403": error, "404": error, "422": error } } },
            "/api/v1/knowledge/search": crate::kb::search::description()
        },
        "components": {
            "securitySchemes": { "session": { "type": "apiKey", "in": "cookie", "name": "session" } },
            "schemas": {
                "Error": { "type": "object", "required": ["code", "sentence", "request_id"], "properties": {
                    "code": { "type": "string" }, "sentence": { "type": "string" }, "advice": { "type": "string" },
                    "clause": { "type": ["string", "null"] }, "instead": { "type": "array", "items": { "type": "object" } },
                    "request_id": { "type": "string" },
                    "preparing": { "type": "boolean", "description": "The search is being prepared; ask again in a few seconds." } } },
                "Interaction": { "type": "object", "required": ["id", "channel", "phase", "queue"], "properties": {
                    "id": { "type": "string", "format": "uuid" }, "channel": { "type": "string" },
                    "phase": { "type": "string", "enum": ["waiting", "active", "wrap_up", "done"] },
                    "queue": { "type": "string" }, "owner": { "type": ["string", "null"] },
                    "code": { "type": ["string", "null"] }, "done_at": { "type": ["integer", "null"] } } }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_describes_every_endpoint_and_no_other() {
        let document = document("1", "http://localhost");
        let mut described: Vec<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(move |m| format!("{} {path}", m.to_uppercase()))
            })
            .collect();
        let table = routes();
        let mut served: Vec<String> = table
            .table()
            .iter()
            .filter(|route| route.path.starts_with("/api/v1"))
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        described.sort();
        served.sort();
        assert_eq!(described, served);
    }
}
