//! Static files: scripts, style sheets, fonts and icons, all within the program.
//!
//! Every file has an ETag from its content. An address made by [`url`] carries the content's mark, so that browsers may
//! keep the file for good and still see a new version at once. To add a file: put it into `static/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::Embed;
use tower_http::compression::CompressionLayer;

use crate::App;
use crate::error::Error;

#[derive(Embed)]
#[folder = "static/"]
struct Files;

/// Path of a file within `static/`, and the mark of its content.
static MARKS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mark = |path: &str| Files::get(path).map(|file| URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    Files::iter().filter_map(|path| Some((path.to_string(), mark(&path)?.get(..16)?.to_owned()))).collect()
});

/// The address of a file of `static/`, with the mark of its content.
#[must_use]
pub fn url(path: &str) -> String {
    match MARKS.get(path) {
        Some(mark) => format!("/static/{path}?v={mark}"),
        None => format!("/static/{path}"),
    }
}

/// Serves `/static/...`, without any session.
pub(crate) fn router() -> Router<App> {
    Router::new().route("/static/{*path}", get(serve)).layer(CompressionLayer::new())
}

async fn serve(Path(path): Path<String>, uri: axum::http::Uri, headers: HeaderMap) -> Response {
    let (Some(mark), Some(file)) = (MARKS.get(&path), Files::get(&path)) else {
        return Error::NotFound.into_response();
    };
    let tag = format!("\"{mark}\"");
    let for_good = uri.query().is_some_and(|query| query == format!("v={mark}"));
    let keep = if for_good { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    let about = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, keep.to_owned())];
    let seen = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if seen.is_some_and(|seen| seen.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(header::CONTENT_TYPE, content_type(&path))], file.data.into_owned()).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
