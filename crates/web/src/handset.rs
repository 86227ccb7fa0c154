//! The handset: a phone in the browser that texts and receives as a made-up customer. It exists with demo data only.
//!
//! It is one more carrier, never a short cut: what it sends is posted in the form of its codec, with the carrier's key,
//! through the same function that answers `POST /hooks/sms/handset`; what it receives was put into rows of kind
//! `handset` by that carrier's transport, from the outbox. It keeps its own sent texts in rows of kind `handset_own`,
//! as a phone does, because the agency's transcript is not a customer's to read.

use askama::Template;
use async_trait::async_trait;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use channels::handset::{Handset, KEY_HEADER};
use channels::{InboundText, Media, is_e164};
use domain::time::Millis;
use engine::Nudge;
use serde::{Deserialize, Serialize};
use store::{Commit, Row, RowChange, RowQuery};

use crate::error::Error;
use crate::live::{Fragment, Source, open};
use crate::page::{Area, Page, fragment};
use crate::permit::{Access, Routes};
use crate::{App, hooks, shown};

/// Rows that the carrier's transport writes: texts to a phone, grouped by its number.
const RECEIVED: &str = "handset";
/// Rows that the phone writes: its own texts, grouped by its number.
const OWN: &str = "handset_own";
/// Texts shown on one phone.
const SHOWN: usize = 200;
/// Characters of one text, as on a real phone with long texts.
const LONGEST: usize = 1_600;
/// Made-up customers; numbers of this range are never given to anybody.
const CUSTOMERS: [(&str, &str); 6] = [
    ("Demo customer 1", "+15735550101"),
    ("Demo customer 2", "+15735550102"),
    ("Demo customer 3", "+13145550103"),
    ("Demo customer 4", "+18165550104"),
    ("Cliente de prueba 5", "+14175550105"),
    ("Demo customer 6", "+16605550106"),
];

pub(crate) fn routes() -> Routes {
    Routes::new().get("/demo/handset", Access::Demo, page).get("/demo/handset/live", Access::Demo, live).post(
        "/demo/handset/send",
        Access::Demo,
        send,
    )
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    n: Option<String>,
    a: Option<String>,
    b: Option<String>,
}

impl Wanted {
    /// The phones side by side: their place on the page and their number.
    fn phones(&self) -> Vec<(&'static str, String)> {
        let [(_, first), (_, second), ..] = CUSTOMERS;
        let of = |given: &Option<String>, or: &str| {
            given.as_deref().and_then(number).unwrap_or_else(|| or.to_owned())
        };
        let mut phones = vec![("a", of(&self.a, first))];
        if self.n.as_deref() == Some("2") {
            phones.push(("b", of(&self.b, second)));
        }
        phones
    }

    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let phones = self.phones();
        query.append_pair("n", &phones.len().to_string());
        for (slot, number) in &phones {
            query.append_pair(slot, number);
        }
        query.finish()
    }
}

/// A number as a person types it, in the form of the network.
fn number(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let full = match (typed.trim_start().starts_with('+'), digits.len()) {
        (true, _) | (false, 11) => format!("+{digits}"),
        (false, 10) => format!("+1{digits}"),
        (false, _) => return None,
    };
    is_e164(&full).then_some(full)
}

/// One bubble.
struct Bubble {
    own: bool,
    at: Millis,
    time: String,
    text: String,
    /// The text in pieces, links and what stands between them.
    pieces: Vec<Piece>,
    picture: bool,
    failed: Option<String>,
}

/// A piece of a text; one with an address is a link.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    address: Option<String>,
}

/// Cuts a text at the links to visits under our own public address. Any other address stays plain text, as on a phone
/// that does not trust its sender.
fn pieces(text: &str, public_url: &str) -> Vec<Piece> {
    let start = format!("{}/visit/", public_url.trim_end_matches('/'));
    let plain = |text: &str| Piece { text: text.to_owned(), address: None };
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once(&start) {
        let end =
            after.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).unwrap_or(after.len());
        let (secret, behind) = after.split_at(end);
        if !before.is_empty() {
            out.push(plain(before));
        }
        let address = (!secret.is_empty()).then(|| format!("/visit/{secret}"));
        out.push(Piece { text: format!("{start}{secret}"), address });
        rest = behind;
    }
    if !rest.is_empty() {
        out.push(plain(rest));
    }
    out
}

#[derive(Template)]
#[template(path = "handset_thread.html")]
struct Thread {
    slot: &'static str,
    bubbles: Vec<Bubble>,
}

struct Phone {
    slot: &'static str,
    number: String,
    shown: String,
    thread: String,
}

struct Choice {
    name: &'static str,
    shown: String,
}

#[derive(Template)]
#[template(path = "handset.html")]
struct HandsetPage<'a> {
    agency: &'a str,
    line: &'a str,
    phones: Vec<Phone>,
    customers: Vec<Choice>,
    samples: Vec<(&'a str, &'a str, &'a str)>,
    longest: usize,
    two: bool,
    time: String,
    /// Name of the agency's time zone, for the clock that goes on in the browser.
    zone: String,
}

async fn page(State(app): State<App>, Query(wanted): Query<Wanted>) -> Result<Response, Error> {
    let pack = app.engine.pack();
    let mut phones = Vec::new();
    for (slot, number) in wanted.phones() {
        let thread = thread(&app, slot, &number).await?.render()?;
        phones.push(Phone { slot, shown: shown::phone(&number), number, thread });
    }
    let samples = pack.demo.iter().flat_map(|demo| &demo.samples);
    let body = HandsetPage {
        agency: &pack.agency.name,
        line: pack
            .agency
            .lines
            .iter()
            .find(|line| line.channel == "sms")
            .map_or("", |line| line.shown.as_str()),
        two: phones.len() == 2,
        phones,
        customers: CUSTOMERS.map(|(name, number)| Choice { name, shown: shown::phone(number) }).into(),
        samples: samples.map(|one| (one.label.as_str(), one.text.as_str(), one.language.as_str())).collect(),
        longest: LONGEST,
        time: shown::clock(app.engine.now(), &app.engine.zone()),
        zone: pack.agency.time_zone.clone(),
    };
    Page::new("Demo handset", Area::Handset)
        .live_at(format!("/demo/handset/live?{}", wanted.query()))
        .script("handset.js")
        .style("handset.css")
        .show(&app, &body)
}

/// Everything on one phone, oldest first.
async fn thread(app: &App, slot: &'static str, number: &str) -> Result<Thread, Error> {
    let zone = app.engine.zone();
    let time = |at| shown::clock(at, &zone);
    let mut bubbles: Vec<Bubble> = Vec::new();
    for row in rows(app, RECEIVED, number).await? {
        if let Ok(text) = serde_json::from_str::<Incoming>(&row.data) {
            let (own, picture, failed) = (false, false, None);
            let (at, pieces) = (text.at, pieces(&text.text, &app.settings.public_url));
            bubbles.push(Bubble { own, at, time: time(at), text: text.text, pieces, picture, failed });
        }
    }
    for row in rows(app, OWN, number).await? {
        if let Ok(text) = serde_json::from_str::<Outgoing>(&row.data) {
            let (own, picture, failed) = (true, text.picture, text.failed);
            let (at, pieces) = (text.at, vec![Piece { text: text.text.clone(), address: None }]);
            bubbles.push(Bubble { own, at, time: time(at), text: text.text, pieces, picture, failed });
        }
    }
    bubbles.sort_by_key(|bubble| bubble.at);
    Ok(Thread { slot, bubbles })
}

async fn rows(app: &App, kind: &str, number: &str) -> Result<Vec<Row>, Error> {
    let query = RowQuery {
        kind: kind.to_owned(),
        group: Some(number.to_owned()),
        after: None,
        descending: true,
        limit: SHOWN,
    };
    Ok(app.engine.store().rows(query).await?)
}

/// A text to the phone, as the carrier's transport keeps it.
#[derive(Deserialize)]
struct Incoming {
    text: String,
    at: Millis,
}

/// A text of the phone.
#[derive(Serialize, Deserialize)]
struct Outgoing {
    id: String,
    text: String,
    at: Millis,
    picture: bool,
    failed: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Sent {
    slot: String,
    number: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    picture: Option<String>,
}

/// The phone sends: to the carrier's address, in the carrier's form, and waits for the answer as a carrier does.
async fn send(State(app): State<App>, Form(given): Form<Sent>) -> Result<Response, Error> {
    let slot = if given.slot == "b" { "b" } else { "a" };
    let from =
        number(&given.number).ok_or_else(|| Error::Invalid("This is not a telephone number.".to_owned()))?;
    let picture = given.picture.is_some();
    let text = given.text.trim_end().to_owned();
    if text.trim().is_empty() && !picture {
        return Err(Error::Invalid("Write something first.".to_owned()));
    }
    if text.chars().count() > LONGEST {
        return Err(Error::Invalid(format!("A text may have at most {LONGEST} characters.")));
    }
    let pack = app.engine.pack();
    let line = pack.agency.lines.iter().find(|line| line.channel == "sms").ok_or(Error::NotFound)?;
    let at = app.engine.now();
    let inbound = InboundText {
        provider_id: format!("HS{}", app.engine.fresh().simple()),
        from,
        to: line.number.clone(),
        text,
        media: if picture { vec![sample_picture(&app)] } else { Vec::new() },
        opt_out_type: None,
    };
    let headers = [
        (KEY_HEADER.to_owned(), app.settings.handset_key.clone()),
        ("Content-Type".to_owned(), "application/json".to_owned()),
    ];
    let answer =
        hooks::take(&app, "handset", "/hooks/sms/handset", &headers, &Handset::text_body(&inbound)).await;
    let failed = (!answer.status().is_success()).then(|| why(answer.status()));
    keep(&app, &inbound, at, picture, failed).await?;
    fragment(&thread(&app, slot, &inbound.from).await?)
}

/// A picture that lies on this server, so that the address is real.
fn sample_picture(app: &App) -> Media {
    Media {
        url: format!("{}/static/icon.svg", app.settings.public_url),
        content_type: "image/jpeg".to_owned(),
    }
}

fn why(status: StatusCode) -> String {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            "The agency's server cannot store texts now. Send it again.".to_owned()
        }
        StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => {
            "The handset is not set up on this server.".to_owned()
        }
        other => format!("The agency's server answered {}.", other.as_u16()),
    }
}

async fn keep(
    app: &App,
    sent: &InboundText,
    at: Millis,
    picture: bool,
    failed: Option<String>,
) -> Result<(), Error> {
    let text = Outgoing { id: sent.provider_id.clone(), text: sent.text.clone(), at, picture, failed };
    let row = Row {
        kind: OWN.to_owned(),
        id: text.id.clone(),
        group: sent.from.clone(),
        sort: at,
        data: serde_json::to_string(&text).map_err(Error::fault)?,
    };
    app.engine.store().commit(Commit { rows: vec![RowChange::Put(row)], ..Commit::default() }).await?;
    Ok(())
}

async fn live(State(app): State<App>, Query(wanted): Query<Wanted>) -> Response {
    open(app, Watched { phones: wanted.phones() }, None)
}

struct Watched {
    phones: Vec<(&'static str, String)>,
}

#[async_trait]
impl Source for Watched {
    async fn fragments(&self, app: &App, _nudge: Option<&Nudge>) -> Result<Vec<Fragment>, Error> {
        let mut fragments = Vec::new();
        for (slot, number) in &self.phones {
            fragments
                .push(Fragment::new(format!("thread-{slot}"), thread(app, slot, number).await?.render()?));
        }
        Ok(fragments)
    }

    async fn may_go_on(&self, _app: &App) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for typed in ["+15735550101", "573-555-0101", "(573) 555 0101", "1 573 555 0101"] {
            assert_eq!(number(typed).as_deref(), Some("+15735550101"), "{typed}");
        }
        for typed in ["", "555-0101", "+0", "hello"] {
            assert_eq!(number(typed), None, "{typed}");
        }
    }

    #[test]
    fn only_links_to_visits_under_our_own_address_are_links() {
        let ours = "https://texts.example.gov";
        let addresses = |text: &str| {
            let found = pieces(text, ours);
            assert_eq!(found.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
            found.into_iter().filter_map(|piece| piece.address).collect::<Vec<_>>()
        };
        assert_eq!(addresses("Change it: https://texts.example.gov/visit/a-B_9. Bye"), ["/visit/a-B_9"]);
        assert_eq!(
            addresses("https://texts.example.gov/visit/one https://texts.example.gov/visit/two"),
            ["/visit/one", "/visit/two"]
        );
        for none in [
            "https://texts.example.gov/visit/",
            "https://texts.example.gov/sign-out",
            "https://evil.example/visit/abc",
            "https://texts.example.gov.evil.example/visit/abc",
            "javascript:alert(1)",
        ] {
            assert!(addresses(none).is_empty(), "{none}");
        }
        let hostile = pieces("https://texts.example.gov/visit/a\"><script>", ours);
        assert_eq!(hostile[0].address.as_deref(), Some("/visit/a"), "{hostile:?}");
    }

    #[test]
    fn two_phones_stand_side_by_side_only_when_asked_for() {
        assert_eq!(Wanted::default().query(), "n=1&a=%2B15735550101");
        let two = Wanted { n: Some("2".to_owned()), a: None, b: Some("nonsense".to_owned()) };
        assert_eq!(two.query(), "n=2&a=%2B15735550101&b=%2B15735550102");
    }
}
