//! Where carriers call: `POST /hooks/sms/{carrier}` with a text, `POST /hooks/sms/{carrier}/status` with news of one.
//!
//! The bytes go to the engine as they came, with the public address that the carrier called, because signatures cover
//! both. The carrier gets its answer only after the commit is durable. Owns the limits and the answers, knows no carrier.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use channels::{DecodeError, MAX_REQUEST_BYTES, Request};
use engine::{ReceiveError, Received};

use crate::App;
use crate::permit::{Access, Routes};

pub(crate) fn routes() -> Routes {
    Routes::new().post("/hooks/sms/{carrier}", Access::Machine, receive).post(
        "/hooks/sms/{carrier}/status",
        Access::Machine,
        receive,
    )
}

async fn receive(
    State(app): State<App>,
    Path(carrier): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Ok(bytes) = to_bytes(body, MAX_REQUEST_BYTES).await else {
        count(&carrier, &Err(ReceiveError::Refused(DecodeError::TooLarge)));
        return too_large();
    };
    let called = uri.path_and_query().map_or("/", |whole| whole.as_str());
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    take(&app, &carrier, called, &headers, &bytes).await
}

/// One call of a carrier. The browser handset's page calls it too, with the same bytes that a carrier would post.
pub(crate) async fn take(
    app: &App,
    carrier: &str,
    called: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Response {
    let url = format!("{}{called}", app.settings.public_url);
    let received = app.engine.receive(carrier, Request { url: &url, headers, body }).await;
    count(carrier, &received);
    match received {
        Ok(_) => match app.engine.carrier_answer(carrier) {
            Some(answer) => ([(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response(),
            None => StatusCode::NO_CONTENT.into_response(),
        },
        Err(ReceiveError::NoSuchCarrier) => {
            said(StatusCode::NOT_FOUND, "No carrier of this name is set up here.")
        }
        Err(ReceiveError::Refused(error)) => said(status_of(&error), &error.to_string()),
        Err(error @ (ReceiveError::Store(_) | ReceiveError::Busy)) => {
            tracing::error!(%error, carrier, "a carrier's call could not be kept; it is asked to call again");
            let mut answer = said(StatusCode::SERVICE_UNAVAILABLE, "This cannot be stored now. Call again.");
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
            answer
        }
    }
}

/// The answer to a call over the limit, also where the outermost limit on a request's size stopped it before this route.
/// It promises nothing: the call is not kept, because anybody could fill the disk with calls of this size.
pub(crate) fn too_large() -> Response {
    said(StatusCode::PAYLOAD_TOO_LARGE, &DecodeError::TooLarge.to_string())
}

fn said(status: StatusCode, sentence: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{sentence}\n")).into_response()
}

fn status_of(error: &DecodeError) -> StatusCode {
    match error {
        DecodeError::BadSignature | DecodeError::WrongAccount => StatusCode::FORBIDDEN,
        DecodeError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        DecodeError::NotForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn count(carrier: &str, received: &Result<Received, ReceiveError>) {
    let outcome = match received {
        Ok(Received::Stored) => "stored",
        Ok(Received::Duplicate) => "duplicate",
        Ok(Received::UnknownNumber) => "unknown_number",
        Ok(Received::DeadLetter(_)) => "dead_letter",
        Err(ReceiveError::Refused(error)) => error.name(),
        // Names that strangers invent must not become labels without end.
        Err(ReceiveError::NoSuchCarrier) => {
            metrics::counter!("hooks_total", "carrier" => "unknown", "outcome" => "no_such_carrier")
                .increment(1);
            return;
        }
        Err(ReceiveError::Store(_)) => "store_failed",
        Err(ReceiveError::Busy) => "busy",
    };
    metrics::counter!("hooks_total", "carrier" => carrier.to_owned(), "outcome" => outcome).increment(1);
}
