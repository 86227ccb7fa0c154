//! Pages, errors and headers, as browsers see them.

use axum::body::Body;
use axum::http::StatusCode;

use crate::site::{Site, request};

#[tokio::test]
async fn every_answer_has_a_request_id_and_the_strict_headers() {
    let site = Site::new().await;
    for path in ["/", "/sign-in", "/static/app.css", "/nothing-here", "/healthz"] {
        let answer = site.get(path).await;
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn errors_are_pages_toasts_or_json_and_name_the_request() {
    let site = Site::new().await;
    let page = site.get("/nothing-here").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("<!DOCTYPE html>") && page.text.contains(page.header("x-request-id")));

    let htmx = request("GET", "/nothing-here").header("hx-request", "true").body(Body::empty()).unwrap();
    let toast = site.ask(htmx).await;
    assert_eq!((toast.header("hx-retarget"), toast.header("hx-reswap")), ("#toasts", "beforeend"));
    assert!(toast.text.contains("data-toast") && !toast.text.contains("<html"));

    let json = site.get("/api/v1/nothing").await;
    let error: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(
        (error["code"].as_str(), error["request_id"].as_str()),
        (Some("not_found"), Some(json.header("x-request-id")))
    );

    let wrong_way = site.ask(request("POST", "/").body(Body::empty()).unwrap()).await;
    assert_eq!(wrong_way.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(wrong_way.text.contains("cannot be used in that way"));
}

#[tokio::test]
async fn a_session_that_ended_sends_htmx_to_sign_in_instead_of_a_page_into_a_fragment() {
    let site = Site::new().await;
    let htmx = request("GET", "/account").header("hx-request", "true").body(Body::empty()).unwrap();
    let answer = site.ask(htmx).await;
    assert_eq!((answer.status, answer.header("hx-redirect")), (StatusCode::UNAUTHORIZED, "/sign-in"));
}

#[tokio::test]
async fn forms_over_the_limit_are_refused_with_words() {
    let site = Site::new().await;
    let answer = site.post_form("/sign-in", &[("name", "x"), ("password", &"x".repeat(300 * 1024))]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("more than this form may hold"));
}

#[tokio::test]
async fn static_files_are_kept_by_browsers_and_travel_compressed() {
    let site = Site::new().await;
    let address = web::assets::url("app.css");
    let file = site.get(&address).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(file.header("cache-control").contains("immutable"));
    let seen =
        request("GET", &address).header("if-none-match", file.header("etag")).body(Body::empty()).unwrap();
    assert_eq!(site.ask(seen).await.status, StatusCode::NOT_MODIFIED);
    let small = request("GET", &address).header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    assert_eq!(site.ask(small).await.header("content-encoding"), "gzip");
    assert_eq!(site.get("/static/../Cargo.toml").await.status, StatusCode::NOT_FOUND);
    for front_end in ["vendor/htmx.min.js", "vendor/uswds.min.css", "app.js", "live.js"] {
        assert_eq!(site.get(&web::assets::url(front_end)).await.status, StatusCode::OK, "{front_end}");
    }
}

#[tokio::test]
async fn no_page_holds_a_script_or_a_style_of_its_own() {
    let site = Site::new().await;
    let mut pages =
        vec![site.get("/").await, site.get("/sign-in").await, site.get("/demo/handset?n=2").await];
    for (role, paths) in [
        (
            "supervisor",
            ["/desk", "/floor", "/admin", "/account", "/help/keys", "/clause/SMS-GEN-4"].as_slice(),
        ),
        ("admin", ["/admin"].as_slice()),
    ] {
        let browser = site.sign_in(role).await;
        for path in paths {
            pages.push(browser.get(path).await);
        }
    }
    for page in pages {
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let plain = page.text.to_lowercase();
        assert!(
            !plain.contains("<style") && !plain.contains(" style=") && !plain.contains(" onclick="),
            "{plain}"
        );
        assert!(!plain.contains("hx-on") && !plain.contains("js:"), "{plain}");
        for script in plain.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/static/"), "{script}");
        }
        assert!(!plain.contains("//cdn") && !plain.contains("src=\"http"), "{plain}");
    }
}

#[tokio::test]
async fn a_clause_says_what_it_rests_on_and_an_unknown_one_is_not_found() {
    let site = Site::new().await;
    let browser = site.sign_in("technician").await;
    let page = browser.get("/clause/SMS-GEN-4").await;
    assert!(
        page.status == StatusCode::OK
            && page.text.contains("SMS-GEN-4")
            && page.text.contains("Where it stands")
    );
    assert_eq!(browser.get("/clause/SMS-T-1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_api_describes_itself_and_finds_nothing_that_is_not_there() {
    let site = Site::new().await;
    let document: serde_json::Value =
        serde_json::from_str(&site.get("/api/openapi.json").await.text).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let browser = site.sign_in("technician").await;
    let missing = browser.get("/api/v1/interactions/01900000-0000-7000-8000-00000000dead").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
