//! Proof that a form came from a page of this site: the browser's own word (`Sec-Fetch-Site`, `Origin`), and, where it
//! acts for somebody, the token of their session in the header `X-CSRF-Token` or the form field `csrf`.
//!
//! Reading needs no proof. Carriers prove themselves by signature instead and never come here.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};

use crate::error::Error;
use crate::limits::form_bytes;
use crate::random;
use crate::session::SignedIn;

const TOKEN: &str = "x-csrf-token";
const FIELD: &str = "csrf";

/// Lets the request through or says that it is forged. The body comes back unread by anyone else.
pub(crate) async fn check(request: Request, me: Option<&SignedIn>) -> Result<Request, Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(request);
    }
    if !is_from_here(request.headers()) {
        return Err(Error::Forged);
    }
    let Some(me) = me else { return Ok(request) };
    if let Some(token) = request.headers().get(TOKEN).and_then(|value| value.to_str().ok()) {
        return if random::same(token, &me.csrf) { Ok(request) } else { Err(Error::Forged) };
    }
    in_form(request, &me.csrf).await
}

async fn in_form(request: Request, wanted: &str) -> Result<Request, Error> {
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::Forged);
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, form_bytes(parts.uri.path())).await.map_err(|_| Error::TooLarge)?;
    let given =
        form_urlencoded::parse(&bytes).find(|(name, _)| name == FIELD).map(|(_, value)| value.into_owned());
    if given.is_some_and(|token| random::same(&token, wanted)) {
        Ok(Request::from_parts(parts, Body::from(bytes)))
    } else {
        Err(Error::Forged)
    }
}

/// Browsers say where a form comes from; programs that are no browsers say nothing and carry no cookies of others.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    match (text("origin"), text("host")) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        assert!(is_from_here(&headers(&[])));
        assert!(is_from_here(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_from_here(&headers(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")])));
        assert!(!is_from_here(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_from_here(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!is_from_here(&headers(&[
            ("origin", "https://elsewhere.example"),
            ("host", "localhost:8080")
        ])));
        assert!(!is_from_here(&headers(&[("origin", "null"), ("host", "localhost:8080")])));
    }
}
