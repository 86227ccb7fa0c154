//! `/visit`: customers book a visit by themselves, without an account and without a script, and change or cancel it by the
//! link in their text (PHONE-APPT-23, SMS-APPT-6).
//!
//! Owns the five steps ([`book`]), where a visitor stands in them ([`plan`]), the calendar at a glance ([`grid`]), the page
//! after booking ([`done`]) and the page behind a link ([`link`]). It decides nothing about times: the engine does, again
//! and for good when the visit is booked. To add a sentence: a field of [`words::Words`] in both languages.

mod asked;
mod book;
mod done;
mod grid;
mod link;
mod others;
mod plan;
mod say;
mod words;

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use crate::page::{Area, Page};
use crate::permit::{Access, Routes};
use crate::session::SignedIn;
use words::Words;

/// Routes of the public booking.
pub(crate) fn routes() -> Routes {
    let all = Access::Public;
    Routes::new()
        .get("/visit", all, book::show)
        .post("/visit", all, book::step)
        .get("/visit/done/{id}", all, done::show)
        .get("/visit/done/{id}/visit.ics", all, done::calendar)
        .get("/visit/{secret}", all, link::show)
        .post("/visit/{secret}/come", all, link::come)
        .get("/visit/{secret}/time", all, link::times)
        .post("/visit/{secret}/time", all, link::shift)
        .get("/visit/{secret}/cancel", all, link::ask_cancel)
        .post("/visit/{secret}/cancel", all, link::cancel)
        .get("/visit/{secret}/visit.ics", all, link::calendar)
}

/// The words in the visitor's language: what they chose, or else what their browser prefers.
fn words(chosen: &str, headers: &HeaderMap) -> &'static Words {
    Words::of(crate::help::is_spanish(chosen, headers))
}

/// A page of the booking around a body. Its title says first when something is wrong.
fn page<'a>(title: &str, me: Option<&'a SignedIn>, words: &'static Words, wrong: bool) -> Page<'a> {
    let title = if wrong { format!("{} {title}", words.error_before_title) } else { title.to_owned() };
    let page = Page::new(title, Area::Help)
        .language(words.language)
        .skip_to("visit-title", words.skip)
        .style("kb.css")
        .style("print.css")
        .style("visit.css")
        .script("visit.js");
    match me {
        Some(me) => page.me(me),
        None => page,
    }
}

/// A page about one visit: no search engine keeps it. Pages are never cached, and other servers never learn an address of
/// ours, both by the headers of every page. `no-referrer` would go further and not work: browsers then send forms with
/// the origin `null`, and older ones without anything else that proves where the form comes from.
fn unlisted(mut response: Response) -> Response {
    let name = HeaderName::from_static("x-robots-tag");
    response.headers_mut().insert(name, HeaderValue::from_static("noindex, nofollow, noarchive"));
    response
}

/// The same with the seconds after which another try makes sense.
fn slowed(mut response: Response, seconds: u32) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Whose attempts are counted together: one address, or the network that a household has of the newer ones.
fn counted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(six) => {
            let network = u128::from(six) & !u128::from(u64::MAX);
            std::net::Ipv6Addr::from(network).to_string()
        }
    }
}

/// A calendar file.
fn calendar_file(text: String) -> Response {
    use axum::response::IntoResponse as _;
    let about = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"visit.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    unlisted((about, text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_network_are_counted_together() {
        let of = |text: &str| counted(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
    }
}
