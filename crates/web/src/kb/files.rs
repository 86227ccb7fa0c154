//! Files of pages. A file is served only to those who may read a page that holds it, and never as something a browser would
//! run: no sniffing, a name of its own, and a policy that lets it load and do nothing.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::knowledge::{Attachment, Audience};
use domain::permission::Permission;

use super::{error, shelf};
use crate::App;
use crate::error::Error;
use crate::session::SignedIn;

pub(super) async fn file(
    State(app): State<App>,
    me: SignedIn,
    Path(hash): Path<String>,
) -> Result<Response, Error> {
    let audience = Audience::of(&me.account.roles);
    let mut found = find(&app, &hash, audience, false).await?;
    if found.is_none() && me.may(Permission::KnowledgeWrite) {
        // Those who write see the files of drafts as well.
        let drafts = app.engine.drafts().await.map_err(error)?;
        found = drafts.into_iter().flat_map(|(_, _, draft)| draft.attachments).find(|one| one.hash == hash);
    }
    serve(&app, found.ok_or(Error::NotFound)?, "private, max-age=3600").await
}

/// A file of a public page in force.
pub(crate) async fn public_file(State(app): State<App>, Path(hash): Path<String>) -> Result<Response, Error> {
    let found = find(&app, &hash, Audience::Public, true).await?.ok_or(Error::NotFound)?;
    serve(&app, found, "public, max-age=300").await
}

/// The file with this hash on a page that this audience may read; `in_force` leaves older editions out.
async fn find(
    app: &App,
    hash: &str,
    audience: Audience,
    in_force: bool,
) -> Result<Option<Attachment>, Error> {
    if hash.len() != 64 {
        return Ok(None);
    }
    let (library, day) = (app.engine.library(), app.engine.today());
    for (at, page) in library.pages().enumerate() {
        let now = library.in_force(page, day).map(|edition| edition.number);
        let editions = page.editions.iter().rev().filter(|edition| edition.audience <= audience);
        for edition in editions.filter(|edition| !in_force || Some(edition.number) == now) {
            let facts = shelf::facts(app, &page.slug, edition.number).await?;
            let open = |closed: bool| !closed || audience >= Audience::Supervisors;
            let found = facts.files.iter().find(|(file, closed)| file.hash == hash && open(*closed));
            if let Some((file, _)) = found {
                return Ok(Some(file.clone()));
            }
        }
        if at % 64 == 63 {
            tokio::task::yield_now().await;
        }
    }
    Ok(None)
}

async fn serve(app: &App, file: Attachment, keep: &'static str) -> Result<Response, Error> {
    let bytes = app.engine.file(&file.hash).await.map_err(error)?;
    // Pictures and PDF are shown in the page; anything else is only saved.
    let shown = file.media.starts_with("image/") || file.media == "application/pdf";
    let way = if shown { "inline" } else { "attachment" };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let text = |value: &str| HeaderValue::from_str(value).map_err(Error::fault);
    headers.insert(header::CONTENT_TYPE, text(&content_type(&file.media))?);
    headers.insert(header::CONTENT_DISPOSITION, text(&name_header(way, &file.name))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    Ok(response)
}

/// Only the media types that are taken in; whatever else a record might say is bytes.
fn content_type(media: &str) -> String {
    match media {
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf" => media.to_owned(),
        "text/plain" | "text/csv" => format!("{media}; charset=utf-8"),
        _ => "application/octet-stream".to_owned(),
    }
}

/// The name twice: in plain letters for old browsers, and whole, as the standard asks for.
fn name_header(way: &str, name: &str) -> String {
    use std::fmt::Write as _;
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_".contains(c) { c } else { '_' }).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_header() {
        assert_eq!(
            name_header("inline", "Gebühr\"; x=\r\n.pdf"),
            "inline; filename=\"Geb_hr__ x___.pdf\"; filename*=UTF-8''Geb%C3%BChr%22%3B%20x%3D%0D%0A.pdf"
        );
    }

    #[test]
    fn what_a_browser_could_run_is_only_bytes() {
        for media in ["text/html", "image/svg+xml", "application/javascript", ""] {
            assert_eq!(content_type(media), "application/octet-stream");
        }
        assert_eq!(content_type("image/png"), "image/png");
    }
}
