//! Dead letters: input that could not be understood. Its bytes are kept, can be read, tried again, or set aside.
//!
//! Bytes may hold a customer's words, so looking at one leaves an audit line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use store::{Commit, DeadLetterChange};

use super::form::Given;
use super::frame::{Cell, Frame, Listing, Said, Table, page as whole};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

/// Letters shown.
const MOST: usize = 200;
/// Bytes shown of one letter.
const BYTES_MOST: usize = 16 * 1024;

/// `GET /admin/letters`.
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let zone = app.engine.zone();
    let (open, closed): (Vec<_>, Vec<_>) = app
        .engine
        .store()
        .dead_letters(MOST)
        .await?
        .into_iter()
        .partition(|letter| letter.resolved_at.is_none());
    let row = |letter: &store::DeadLetter| {
        let became = letter.resolution.clone().unwrap_or_default();
        vec![
            Cell::new(shown::date_time(letter.at, &zone)).link(format!("/admin/letters/{}", letter.id)),
            Cell::new(&letter.source),
            Cell::new(&letter.reason).sub(became),
            Cell::new(format!("{} bytes", letter.bytes.len())),
        ]
    };
    let table = |title: &str, letters: &[store::DeadLetter], empty| Table {
        title: format!("{title} ({})", letters.len()),
        columns: vec!["Came in", "From", "Why", "Size"],
        rows: letters.iter().map(row).collect(),
        empty,
        new: None,
    };
    let body = Listing {
        frame: Frame::new(&me, "/admin/letters", &query),
        title: "Dead letters",
        intro: "Input that could not be understood. Nothing is dropped: try one again after its reason is mended, or set it aside.",
        search: Vec::new(),
        tables: vec![
            table("Open", &open, "Everything that came in was understood."),
            table("Taken care of", &closed, "None yet."),
        ],
    };
    whole("Dead letters", &me).show(&app, &body)
}

/// Sixteen bytes a line: place, hexadecimal, and what of it can be read.
fn dump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (place, line) in bytes.chunks(16).enumerate() {
        let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let text: String = line
            .iter()
            .map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '·' })
            .collect();
        let _written = writeln!(out, "{:06x}  {:<47}  {text}", place * 16, hex.join(" "));
    }
    out
}

/// The bytes as text, with every control character and direction mark made visible.
fn readable(bytes: &[u8]) -> String {
    let shown = |c: char| {
        let hidden = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if hidden && c != '\n' { format!("\\u{{{:x}}}", u32::from(c)) } else { c.to_string() }
    };
    String::from_utf8_lossy(bytes).chars().map(shown).collect()
}

#[derive(Template)]
#[template(path = "admin/letter.html")]
struct Body {
    frame: Frame,
    id: String,
    at: String,
    source: String,
    reason: String,
    meta: Vec<(String, String)>,
    text: String,
    dump: String,
    cut: bool,
    resolution: Option<(String, String)>,
    /// What became of a try just now.
    tried: String,
}

/// `GET /admin/letters/{id}`.
pub(crate) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Error> {
    one(&app, &me, &id, &query, String::new()).await
}

async fn one(
    app: &App,
    me: &SignedIn,
    id: &str,
    query: &BTreeMap<String, String>,
    tried: String,
) -> Result<Response, Error> {
    let letter = app.engine.store().dead_letter(id).await?.ok_or(Error::NotFound)?;
    let by = me.account.id.to_string();
    app.engine.note(&by, "read_dead_letter", id, serde_json::json!({ "source": letter.source })).await?;
    let zone = app.engine.zone();
    let meta: BTreeMap<String, serde_json::Value> = serde_json::from_str(&letter.meta).unwrap_or_default();
    let head = letter.bytes.get(..BYTES_MOST).unwrap_or(&letter.bytes);
    let body = Body {
        frame: Frame::new(me, "/admin/letters", query),
        id: id.to_owned(),
        at: shown::date_time(letter.at, &zone),
        source: letter.source.clone(),
        reason: letter.reason.clone(),
        meta: meta
            .into_iter()
            .map(|(key, value)| (key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect(),
        text: readable(head),
        dump: dump(head),
        cut: letter.bytes.len() > head.len(),
        resolution: letter
            .resolved_at
            .map(|at| (shown::date_time(at, &zone), letter.resolution.unwrap_or_default())),
        tried,
    };
    whole("Dead letter", me).show(app, &body)
}

/// `POST /admin/letters/{id}/replay`.
pub(crate) async fn replay(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let became = app.engine.replay_dead_letter(&id, &me.account.id.to_string()).await?;
    one(&app, &me, &id, &BTreeMap::new(), became).await
}

/// `POST /admin/letters/{id}/aside`.
pub(crate) async fn aside(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let reason = given.reason();
    if reason.is_empty() {
        return Err(Error::Invalid("Say why it is set aside.".to_owned()));
    }
    app.engine.store().dead_letter(&id).await?.ok_or(Error::NotFound)?;
    let by = me.account.id.to_string();
    let resolution = format!("set aside by {by}: {reason}");
    let change = DeadLetterChange::Resolve { id: id.clone(), at: app.engine.now(), resolution };
    app.engine.store().commit(Commit { dead_letters: vec![change], ..Commit::default() }).await?;
    app.engine.note(&by, "set_aside_dead_letter", &id, serde_json::json!({ "reason": reason })).await?;
    Ok(go(&format!("/admin/letters/{id}?said=aside")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_without_doing_anything() {
        assert_eq!(
            dump(b"From=%2B1\x00\xff"),
            "000000  46 72 6f 6d 3d 25 32 42 31 00 ff                 From=%2B1··\n"
        );
        assert_eq!(readable("a\u{202e}b\u{0}".as_bytes()), "a\\u{202e}b\\u{0}");
    }
}
