//! Attachments of drafts, and the search for a page to link to.

use askama::Template;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use engine::pages::KnowledgeError;
use serde_json::json;

use crate::App;
use crate::admin::frame::Said;
use crate::error::Error;
use crate::page::fragment;
use crate::session::SignedIn;

/// Pages shown at once.
const MOST: usize = 20;

/// `POST /kb/edit/files?name=`: the bytes of one file. What it is comes from its bytes, never from its name.
pub(super) async fn put(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
    bytes: Bytes,
) -> Result<Response, Error> {
    let name = query.get("name").map_or("file", String::as_str);
    match app.engine.put_file(name, &bytes, &me.account.id.0).await {
        Ok(file) => {
            let kept = serde_json::to_string(&file).map_err(Error::fault)?;
            let picture = file.media.starts_with("image/");
            let answer = json!({
                "hash": file.hash, "name": file.name, "media": file.media, "size": file.size,
                "picture": picture, "json": kept,
            });
            Ok(Json(answer).into_response())
        }
        Err(KnowledgeError::Faults(faults)) => {
            let says = faults.into_iter().next().map(|fault| fault.says).unwrap_or_default();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"says": says}))).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

struct Found {
    slug: String,
    title: String,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "kb_edit/pages.html")]
struct Pages {
    found: Vec<Found>,
    asked: bool,
}

/// `GET /kb/edit/pages?q=`: pages whose title, number or address has every word.
pub(super) async fn pages(
    State(app): State<App>,
    _me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let words = query.get("q").map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let library = app.engine.library();
    let mut found: Vec<Found> = library
        .pages()
        .filter_map(|page| {
            let edition = page.editions.iter().rev().find(|edition| edition.withdrawn.is_none())?;
            let number = edition.memo.as_ref().map(|memo| memo.number.as_str()).unwrap_or_default();
            let all = format!("{} {} {number}", edition.title, page.slug).to_lowercase();
            let fits = !words.is_empty() && words.split_whitespace().all(|word| all.contains(word));
            fits.then(|| Found {
                slug: page.slug.clone(),
                title: edition.title.clone(),
                kind: page.kind.title(),
            })
        })
        .collect();
    found.sort_by(|a, b| (a.title.len(), &a.title).cmp(&(b.title.len(), &b.title)));
    found.truncate(MOST);
    fragment(&Pages { found, asked: !words.is_empty() })
}
