//! `GET /calendar/office/{secret}.ics`: an office's visits for a calendar program that knows the secret address.
//!
//! An address that was never given, one that was revoked and one that is mistyped look the same.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::App;
use crate::error::Error;

/// See the module.
pub(crate) async fn office(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Error> {
    let secret = file.strip_suffix(".ics").ok_or(Error::NotFound)?;
    let calendar = app.engine.office_feed(secret).await?.ok_or(Error::NotFound)?;
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((kind, calendar).into_response())
}
