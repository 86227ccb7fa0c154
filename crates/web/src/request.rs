//! What surrounds every request: its id, its line in the log, limits, security headers, and the dressing of errors as a
//! page, a toast or JSON, whichever was asked for.
//!
//! Owns no route. To give a new error its words: [`crate::error`].

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use askama::Template;
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument as _;

use crate::error::{Error, Plain, SEARCH_RESTS, refusal_block};
use crate::page::{Area, Page};
use crate::session::SignedIn;
use crate::{App, Settings, assets, limits, session};

/// The request's id: in the log, on error pages, in the header `X-Request-Id`, and the cause of every command.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::fault("a request without an id"))
    }
}

/// The address of whoever calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller(pub(crate) IpAddr);

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // Only the last entry was written by our own proxy; those before it are the client's own claim.
        let told = parts
            .headers
            .get("x-forwarded-for")
            .filter(|_| app.settings.behind_proxy)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|value| value.trim().parse().ok());
        Ok(Self(told.or(socket).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// Whether browsers reach this server by `https`.
pub(crate) fn is_encrypted(settings: &Settings) -> bool {
    settings.public_url.starts_with("https://")
}

/// Whether a session may be used on this request: always by `https`; without it only on the machine itself, where nobody
/// can listen.
pub(crate) fn may_sign_in(settings: &Settings, headers: &HeaderMap) -> bool {
    is_encrypted(settings)
        || headers.get(header::HOST).and_then(|value| value.to_str().ok()).is_some_and(|host| {
            let name = match host.strip_prefix('[') {
                Some(six) => six.split(']').next().unwrap_or_default(),
                None => host.split(':').next().unwrap_or_default(),
            };
            name == "localhost"
                || name.ends_with(".localhost")
                || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        })
}

/// Puts everything around the routes.
pub(crate) fn around(routes: Router<App>, app: App) -> Router {
    routes
        .method_not_allowed_fallback(not_allowed)
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(limits::FORM_BYTES))
        .layer(RequestBodyLimitLayer::new(limits::PAGE_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits::REQUEST_TIME))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), dress))
        .layer(from_fn_with_state(app.clone(), session::resolve))
        .merge(assets::router().layer(from_fn_with_state(app.clone(), dress)))
        .layer(from_fn_with_state(app.clone(), identify))
        .layer(from_fn_with_state(app.clone(), guard_headers))
        // Outermost: a fault around a handler is answered too. A connection that ends without a word tells nobody anything.
        .layer(CatchPanicLayer::custom(panicked_outside))
        .with_state(app)
}

async fn nothing() -> Error {
    Error::NotFound
}

async fn not_allowed() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic's payload over")]
fn panicked(payload: Box<dyn std::any::Any + Send>) -> Response {
    let said = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Error::fault(format!("a handler panicked: {said}")).into_response()
}

/// The plainest answer: what would have dressed a better one has failed.
fn panicked_outside(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a layer around the handlers panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here. Try again in a moment.\n").into_response()
}

/// Gives the request its id and its line in the log.
async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.engine.fresh().simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", %id, %method, path);
    async move {
        let began = app.engine.now();
        let mut response = next.run(request).await;
        let (status, took) = (response.status(), app.engine.now().saturating_sub(began));
        metrics::counter!("http_requests_total", "status" => status.as_str().to_owned()).increment(1);
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), milliseconds = took, "answered");
        } else {
            tracing::debug!(status = status.as_u16(), milliseconds = took, "answered");
        }
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
        }
        response
    }
    .instrument(span)
    .await
}

/// What browsers may do with our pages: run our own files and nothing else.
const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

async fn guard_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A file that people attached has a stricter policy of its own.
    let own = headers.remove(header::CONTENT_SECURITY_POLICY);
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some(own) = own {
        headers.insert(header::CONTENT_SECURITY_POLICY, own);
    }
    if is_encrypted(&app.settings) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
    response
}

/// Who asked, so that an error can be answered in kind.
struct Asked {
    id: String,
    path: String,
    htmx: bool,
    json: bool,
    reads: bool,
    me: Option<SignedIn>,
    /// A visitor of the help centre who reads Spanish.
    spanish: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let path = request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
        Self {
            id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            htmx: text("hx-request").is_some(),
            json: path.starts_with("/api/")
                || text("accept").is_some_and(|accept| accept.contains("application/json")),
            reads: request.method().is_safe(),
            me: request.extensions().get::<SignedIn>().cloned(),
            spanish: crate::help::reads_spanish(request.uri(), request.headers()),
            path,
        }
    }

    fn is_carrier(&self) -> bool {
        self.path.starts_with("/hooks/")
    }

    /// Carriers and monitors get the bare answer of their route.
    fn is_machine(&self) -> bool {
        ["/hooks/", "/healthz", "/readyz", "/metrics"].iter().any(|start| self.path.starts_with(start))
    }
}

async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let mut response = next.run(request).await;
    if asked.htmx && response.status() == StatusCode::SEE_OTHER {
        return lead_on(response);
    }
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let mut plain = match response.extensions_mut().remove::<Plain>() {
        Some(plain) => plain,
        None if asked.is_carrier() && is_framework_limit(&response) => return crate::hooks::too_large(),
        None if asked.is_machine() || has_body_for_people(&response) => return response,
        None => of_status(response.status()),
    };
    if let Some(detail) = &plain.detail {
        tracing::error!(code = plain.code, detail, "the request failed");
    }
    if asked.spanish && plain.refusal.is_none() {
        plain = plain.in_spanish();
    }
    let retry_after = plain.retry_after;
    let mut dressed = write(&app, &asked, response.status(), &plain).unwrap_or_else(|error| {
        tracing::error!(%error, "the error page cannot be rendered");
        (response.status(), plain.sentence.clone()).into_response()
    });
    if let Some(seconds) = retry_after {
        dressed.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    dressed
}

/// htmx would follow a redirect by itself and put a whole page into a fragment's place.
fn lead_on(response: Response) -> Response {
    let to = response.headers().get(header::LOCATION).cloned();
    let mut answer = StatusCode::OK.into_response();
    if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie.clone());
    }
    if let Some(to) = to {
        answer.headers_mut().insert(HeaderName::from_static("hx-redirect"), to);
    }
    answer
}

/// Whether the outermost limit on the size stopped it, whose own words are for those who build servers.
fn is_framework_limit(response: &Response) -> bool {
    response.status() == StatusCode::PAYLOAD_TOO_LARGE
}

/// Whether a handler wrote its own HTML or JSON; the framework's own short texts are replaced.
fn has_body_for_people(response: &Response) -> bool {
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    ["text/html", "application/json", "text/xml"].iter().any(|own| kind.starts_with(own))
}

/// Words for answers that the framework itself gave.
fn of_status(status: StatusCode) -> Plain {
    match status {
        StatusCode::NOT_FOUND => Error::NotFound.into(),
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge.into(),
        StatusCode::METHOD_NOT_ALLOWED => Plain::new(
            "method_not_allowed",
            "This address cannot be used in that way.",
            "Go back and use the button or the form of the page.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => Error::Unavailable("the request took too long".to_owned()).into(),
        status if status.is_server_error() => Error::fault(format!("status {status}")).into(),
        _ => Plain::new(
            "invalid",
            "The server cannot read what was sent.",
            "Go back, check the form and try again.",
        ),
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    sentence: &'a str,
    advice: &'a str,
    id: &'a str,
    status: u16,
    spanish: bool,
}

#[derive(Template)]
#[template(path = "error_toast.html")]
struct ErrorToast<'a> {
    block: &'a str,
    sentence: &'a str,
    advice: &'a str,
    id: &'a str,
    serious: bool,
}

fn write(app: &App, asked: &Asked, status: StatusCode, plain: &Plain) -> Result<Response, Error> {
    if asked.json {
        return Ok((status, axum::Json(as_json(asked, plain))).into_response());
    }
    let sign_in = status == StatusCode::UNAUTHORIZED;
    if asked.htmx {
        if sign_in {
            return Ok((status, [("hx-redirect", "/sign-in")]).into_response());
        }
        let block = plain.refusal.as_deref().map(refusal_block).transpose()?.unwrap_or_default();
        let (sentence, advice, id) = (plain.sentence.as_str(), plain.advice, asked.id.as_str());
        let toast =
            ErrorToast { block: &block, sentence, advice, id, serious: status.is_server_error() }.render()?;
        let place = [("hx-retarget", "#toasts"), ("hx-reswap", "beforeend")];
        return Ok((status, place, axum::response::Html(toast)).into_response());
    }
    if sign_in && asked.reads {
        let next = form_urlencoded::byte_serialize(asked.path.as_bytes()).collect::<String>();
        return Ok(axum::response::Redirect::to(&format!("/sign-in?next={next}")).into_response());
    }
    let title = if plain.refusal.is_some() { "Not done" } else { "This did not work" };
    let spanish = asked.spanish;
    let title = if spanish { "Esto no funcionó" } else { title };
    let (sentence, status_number) = (&plain.sentence, status.as_u16());
    let body = ErrorPage { sentence, advice: plain.advice, id: &asked.id, status: status_number, spanish };
    let language = if spanish { "es" } else { "en" };
    let page = Page::new(title, Area::Outside).language(language).status(status);
    match &asked.me {
        Some(me) => page.me(me).show(app, &body),
        None => page.show(app, &body),
    }
}

fn as_json(asked: &Asked, plain: &Plain) -> serde_json::Value {
    serde_json::json!({
        "code": plain.code,
        "sentence": plain.sentence,
        "advice": plain.advice,
        "clause": plain.refusal.as_ref().and_then(|refusal| refusal.clause),
        "instead": plain.refusal.as_ref().map(|refusal| refusal.instead.clone()).unwrap_or_default(),
        "request_id": asked.id,
        "preparing": plain.code == SEARCH_RESTS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_that_goes_to_the_log_and_not_to_the_screen() {
        for payload in [
            Box::new("index 3 of 2") as Box<dyn std::any::Any + Send>,
            Box::new(String::from("index 3 of 2")),
        ] {
            let answer = panicked(payload);
            let plain = answer.extensions().get::<Plain>().unwrap();
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(
                plain.detail.as_ref().unwrap().contains("index 3 of 2") && !plain.sentence.contains("index")
            );
        }
    }

    #[test]
    fn without_encryption_only_this_machine_may_sign_in() {
        let of = |host: &str| HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).unwrap())]);
        let plain = Settings::default();
        for host in ["localhost:8080", "localhost", "127.0.0.1:8080", "[::1]:8080", "texts.localhost"] {
            assert!(may_sign_in(&plain, &of(host)), "{host}");
        }
        for host in ["192.168.1.5:8080", "texts.example.gov", "localhost.example.com", "[2001:db8::1]"] {
            assert!(!may_sign_in(&plain, &of(host)), "{host}");
        }
        assert!(!may_sign_in(&plain, &HeaderMap::new()));
        let encrypted =
            Settings { public_url: "https://texts.example.gov".to_owned(), ..Settings::default() };
        assert!(may_sign_in(&encrypted, &of("texts.example.gov")));
    }
}
