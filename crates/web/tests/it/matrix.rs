//! Every route times every role, and signed out: the table of `domain::permission` holds at the door.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use domain::permission::Role;
use web::permit::Route;

use crate::site::{Site, request};

/// The route's path with something that does not exist in place of its parameters.
fn path(route: &Route) -> String {
    let part = |part: &str| match part {
        "{id}" => "01900000-0000-7000-8000-00000000dead".to_owned(),
        "{carrier}" => "nobody".to_owned(),
        part if part.starts_with('{') => "nothing".to_owned(),
        part => part.to_owned(),
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Status of a request with this cookie and token, without reading streams to their end.
async fn status(site: &Site, route: &Route, cookie: &str, csrf: &str) -> (StatusCode, String) {
    let request = request(route.method.as_str(), &path(route))
        .header("cookie", cookie)
        .header("x-csrf-token", csrf)
        .header("content-type", "application/x-www-form-urlencoded");
    let response = site.send(request.body(Body::empty()).unwrap()).await;
    let to =
        response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    (response.status(), to)
}

#[tokio::test]
async fn every_route_lets_in_exactly_the_roles_that_the_table_names() {
    let site = Site::new().await;
    let table = web::routes(true);
    assert!(table.table().len() > 40, "the table has {} routes", table.table().len());
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let mut browser = site.sign_in(role.word()).await;
        for route in table.table() {
            let (status, _) = status(&site, route, &browser.cookie, &browser.csrf).await;
            let allowed = route.access.allows(&[role]);
            let refused = status == StatusCode::FORBIDDEN || status == StatusCode::UNAUTHORIZED;
            if allowed == refused || status.is_server_error() {
                wrong.push(format!("{} {} as {}: {status}", route.method, route.path, role.word()));
            }
            if route.path == "/sign-out" {
                browser = site.sign_in(role.word()).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn signed_out_every_closed_page_leads_to_sign_in_and_every_closed_act_is_refused() {
    let site = Site::new().await;
    let mut wrong = Vec::new();
    for route in web::routes(true).table() {
        let (status, to) = status(&site, route, "", "").await;
        let right = match (route.access.is_closed(), &route.method) {
            (false, _) => {
                status != StatusCode::UNAUTHORIZED
                    && status != StatusCode::FORBIDDEN
                    && !status.is_server_error()
            }
            (true, &Method::GET) if route.path.starts_with("/api/") => status == StatusCode::UNAUTHORIZED,
            (true, &Method::GET) => status == StatusCode::SEE_OTHER && to.starts_with("/sign-in?next="),
            (true, _) => status == StatusCode::UNAUTHORIZED,
        };
        if !right {
            wrong.push(format!("{} {}: {status} {to}", route.method, route.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn no_act_passes_without_the_proof_that_it_comes_from_our_page() {
    let site = Site::new().await;
    let acts = web::routes(true);
    for role in [Role::Supervisor, Role::Admin, Role::Manager, Role::Editor] {
        let browser = site.sign_in(role.word()).await;
        for route in acts.table().iter().filter(|route| route.method != Method::GET) {
            if !route.access.is_closed() || !route.access.allows(&[role]) {
                continue;
            }
            let (without, _) = status(&site, route, &browser.cookie, "").await;
            assert_eq!(without, StatusCode::FORBIDDEN, "{} without a token", route.path);
            let (guessed, _) = status(&site, route, &browser.cookie, "guessed").await;
            assert_eq!(guessed, StatusCode::FORBIDDEN, "{} with a guessed token", route.path);
        }
    }
}

#[tokio::test]
async fn no_form_is_taken_from_a_page_of_another_site_signed_in_or_not() {
    let site = Site::new().await;
    let browser = site.sign_in("admin").await;
    let browsers = web::routes(true);
    for route in browsers.table().iter().filter(|route| route.method != Method::GET) {
        if route.access == web::Access::Machine || !route.access.allows(&[Role::Admin]) {
            continue;
        }
        let elsewhere = request(route.method.as_str(), &path(route))
            .header("cookie", &browser.cookie)
            .header("x-csrf-token", &browser.csrf)
            .header("sec-fetch-site", "cross-site");
        let answer = site.ask(elsewhere.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", route.path);
    }
}

#[tokio::test]
async fn without_demo_data_there_is_no_handset() {
    let site = Site::with(web::Settings::default()).await;
    assert_eq!(site.get("/demo/handset").await.status, StatusCode::NOT_FOUND);
    assert!(web::routes(false).table().iter().all(|route| !route.path.starts_with("/demo")));
}
