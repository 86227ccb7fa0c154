//! The live stream: everything at first, then what changed, and the line of a desk that is open.

use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use http_body::Body as _;
use serde_json::Value;

use crate::site::{Browser, Site, request};

/// An open stream, read event by event.
struct Stream {
    body: Body,
    rest: String,
}

impl Stream {
    async fn open(browser: &Browser<'_>, query: &str) -> Self {
        let request = request("GET", &format!("/live?{query}")).header("cookie", &browser.cookie);
        let response: Response<Body> = browser.site.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), rest: String::new() }
    }

    /// The next event that brings fragments: its id and its data.
    async fn next(&mut self) -> (i64, Value) {
        loop {
            if let Some((event, rest)) = self.rest.clone().split_once("\n\n") {
                self.rest = rest.to_owned();
                let line = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name).map(|v| v.trim().to_owned()))
                };
                if line("event:").as_deref() == Some("fragments") {
                    let data = serde_json::from_str(&line("data:").unwrap()).unwrap();
                    return (line("id:").unwrap().parse().unwrap(), data);
                }
                continue;
            }
            let read = std::future::poll_fn(|context| Pin::new(&mut self.body).poll_frame(context));
            let frame = tokio::time::timeout(Duration::from_secs(20), read).await.expect("an event in time");
            let bytes = frame.expect("an open stream").unwrap().into_data().unwrap();
            self.rest.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
}

fn ids(data: &Value) -> Vec<&str> {
    data["fragments"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

async fn text_in(site: &Site, number: &str) {
    let fields = [("slot", "a"), ("number", number), ("text", "Hello, a question")];
    assert_eq!(site.post_form("/demo/handset/send", &fields).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_screen_begins_whole_and_then_gets_what_changed_as_whole_elements() {
    let site = Site::new().await;
    let browser = site.sign_in("supervisor").await;
    let mut floor = Stream::open(&browser, "screen=floor").await;
    let (first, all) = floor.next().await;
    assert!(ids(&all).len() > 2, "{all}");
    for fragment in all["fragments"].as_array().unwrap() {
        let (id, html) = (fragment["id"].as_str().unwrap(), fragment["html"].as_str().unwrap());
        assert!(html.contains(&format!("id=\"{id}\"")), "{id} is not the id of its element: {html}");
    }
    text_in(&site, "5735550101").await;
    let (second, changed) = floor.next().await;
    assert!(second > first);
    assert!(!ids(&changed).is_empty() && ids(&changed).len() <= ids(&all).len());
}

#[tokio::test]
async fn a_screen_that_comes_back_after_a_gap_is_given_everything() {
    let site = Site::new().await;
    let browser = site.sign_in("supervisor").await;
    let mut before = Stream::open(&browser, "screen=floor").await;
    let (_, all) = before.next().await;
    drop(before);
    text_in(&site, "5735550101").await;
    let (position, again) = Stream::open(&browser, "screen=floor").await.next().await;
    assert_eq!(ids(&all), ids(&again));
    assert_eq!(position, site.engine.store().head().await.unwrap());
}

#[tokio::test]
async fn an_open_desk_or_floor_holds_the_line_and_a_closed_one_lets_it_go() {
    let site = Site::new().await;
    for (who, screen) in [("technician", "desk"), ("supervisor", "floor")] {
        let browser = site.sign_in(who).await;
        let me = who.into();
        assert!(!site.engine.lines().is_open(&me));
        let mut stream = Stream::open(&browser, &format!("screen={screen}")).await;
        stream.next().await;
        assert!(site.engine.lines().is_open(&me), "{screen}");
        drop(stream);
        let gone = async {
            while site.engine.lines().is_open(&me) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the line is let go");
    }
}

#[tokio::test]
async fn a_stream_is_for_those_who_may_see_the_screen_and_ends_with_the_server() {
    let site = Site::new().await;
    let technician = site.sign_in("technician").await;
    assert_eq!(technician.get("/live?screen=floor").await.status, StatusCode::FORBIDDEN);
    assert_eq!(technician.get("/live?screen=nothing").await.status, StatusCode::NOT_FOUND);
    let mut desk = Stream::open(&technician, "screen=desk").await;
    desk.next().await;
    site.app.stop();
    let end = async {
        while let Some(frame) =
            std::future::poll_fn(|context| Pin::new(&mut desk.body).poll_frame(context)).await
        {
            frame.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), end).await.expect("the stream ends");
}
