//! The start page: for customers the number to text, for staff the way to their screen.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::error::Error;
use crate::page::{Area, Page, go};
use crate::permit::{Access, Routes};
use crate::session::SignedIn;
use crate::sign_in::home;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/", Access::Public, start)
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start<'a> {
    agency: &'a str,
    unit: &'a str,
    number: &'a str,
    address: &'a str,
    links: Vec<(&'a str, &'a str)>,
    phones: Vec<(&'a str, &'a str, &'a str)>,
    demo: bool,
}

async fn start(State(app): State<App>, me: Option<SignedIn>) -> Result<Response, Error> {
    if let Some(me) = &me {
        return Ok(go(home(me)));
    }
    let pack = app.engine.pack();
    let line = pack.agency.lines.iter().find(|line| line.channel == "sms");
    let body = Start {
        agency: &pack.agency.name,
        unit: &pack.agency.unit,
        number: line.map_or("", |line| line.shown.as_str()),
        address: line.map_or("", |line| line.number.as_str()),
        // Only addresses that browsers open as pages; whatever else an agency notes down is for staff.
        links: pack
            .agency
            .links
            .iter()
            .filter(|link| link.address.starts_with("http"))
            .map(|link| (link.title.as_str(), link.address.as_str()))
            .collect(),
        phones: pack
            .agency
            .phone_numbers
            .iter()
            .map(|phone| (phone.title.as_str(), phone.number.as_str(), phone.shown.as_str()))
            .collect(),
        demo: app.settings.demo,
    };
    Page::new("Text us", Area::Outside).show(&app, &body)
}
