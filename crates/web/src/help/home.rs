//! `/` and `/help`: what to do now, then the pages by topic. Somebody who is signed in is led from `/` to their own screen.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::knowledge::{Audience, Kind, Viewer};
use domain::pack::Pack;
use domain::time::instant;
use serde::Deserialize;

use super::is_spanish;
use super::words::Words;
use crate::App;
use crate::error::Error;
use crate::kb::{Card, Door, card, clock_words};
use crate::page::{Area, Page, go};
use crate::session::SignedIn;
use crate::sign_in::home;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    number: String,
}

/// The line that customers text, and whether somebody answers now.
pub(crate) struct Line {
    pub(crate) shown: String,
    pub(crate) address: String,
    pub(crate) open: bool,
    /// Open from midnight to midnight today, so that no closing hour is told.
    pub(crate) all_day: bool,
    /// Until when, or from when again.
    pub(crate) when: Option<String>,
}

/// A number for people in danger.
pub(crate) struct Phone {
    pub(crate) title: String,
    pub(crate) address: String,
    pub(crate) shown: String,
}

/// The texting line with its hours as they are now.
pub(crate) fn line(app: &App, spanish: bool) -> Option<Line> {
    let pack = app.engine.pack();
    let line = pack.agency.lines.iter().find(|line| line.channel == "sms")?;
    let queue = pack.queues.queues.iter().find(|queue| queue.id == line.queue);
    let hours = queue.and_then(|queue| pack.queues.hours.iter().find(|hours| hours.id == queue.hours));
    let (now, zone) = (app.engine.now(), app.engine.zone());
    let at = instant(now);
    let open = hours.is_none_or(|hours| hours.is_open(at, &zone));
    let all_day = open
        && hours.is_some_and(|hours| {
            let today = at.to_zoned(zone.clone()).date();
            hours.on_date(today).iter().any(|span| span.from_minute() == 0 && span.until_minute() >= 24 * 60)
        });
    let when = hours.and_then(|hours| {
        if !open {
            let next = hours.next_opening(at, &zone)?;
            return Some(clock_words(next, now, &zone, spanish));
        }
        // The end of the stretch that is open now.
        let local = at.to_zoned(zone.clone());
        let minute = u16::try_from(local.hour()).ok()? * 60 + u16::try_from(local.minute()).ok()?;
        let span = hours
            .on_date(local.date())
            .iter()
            .find(|span| (span.from_minute()..span.until_minute()).contains(&minute))?;
        let until = span.until_minute();
        // Hours that go on after midnight have no end to tell.
        if until >= 24 * 60 {
            return None;
        }
        let (hour, minute) = (i8::try_from(until / 60).ok()?, i8::try_from(until % 60).ok()?);
        let end = local.date().at(hour, minute, 0, 0).to_zoned(zone.clone()).ok()?;
        let words = clock_words(end.timestamp(), now, &zone, spanish);
        Some(words.trim_start_matches("today at ").trim_start_matches("hoy a ").to_owned())
    });
    Some(Line { shown: line.shown.clone(), address: line.number.clone(), open, all_day, when })
}

/// The agency's numbers: those for danger, and the others.
pub(crate) fn phones(pack: &Pack, spanish: bool) -> (Vec<Phone>, Vec<Phone>) {
    let all = pack.agency.phone_numbers.iter();
    all.map(|phone| {
        let title = phone.title_es.as_ref().filter(|_| spanish).unwrap_or(&phone.title);
        let view = Phone { title: title.clone(), address: phone.number.clone(), shown: phone.shown.clone() };
        (phone.id.ends_with("hotline"), view)
    })
    .fold((Vec::new(), Vec::new()), |(mut danger, mut rest), (is, phone)| {
        if is {
            danger.push(phone)
        } else {
            rest.push(phone)
        }
        (danger, rest)
    })
}

/// Pages of one heading.
pub(crate) struct Topic {
    pub(crate) title: Option<String>,
    pub(crate) pages: Vec<Card>,
}

/// The public pages in this language, by the heading they stand below.
pub(crate) fn topics(app: &App, words: &Words) -> Vec<Topic> {
    let library = app.engine.library();
    let viewer = Viewer { audience: Audience::Public, day: app.engine.today() };
    let mut pages: Vec<_> = library
        .pages()
        .filter(|page| page.language == words.language && page.kind != Kind::Section && page.described)
        .filter_map(|page| library.readable(&page.slug, viewer))
        .collect();
    pages.sort_by(|(a, _), (b, _)| (&a.parent, a.position, &a.slug).cmp(&(&b.parent, b.position, &b.slug)));
    let mut out: Vec<(Option<String>, Topic)> = Vec::new();
    for (page, edition) in pages {
        let shown = card(page, edition, Door::Public);
        match out.last_mut().filter(|(parent, _)| *parent == page.parent) {
            Some((_, topic)) => topic.pages.push(shown),
            None => {
                let head = page.parent.as_deref().and_then(|parent| library.readable(parent, viewer));
                // The root of the help centre is this very page, and its name is English.
                let title = head.filter(|(head, _)| head.parent.is_some() && head.language == words.language);
                let title = title.map(|(_, edition)| edition.title.clone());
                out.push((page.parent.clone(), Topic { title, pages: vec![shown] }));
            }
        }
    }
    out.into_iter().map(|(_, topic)| topic).collect()
}

#[derive(Template)]
#[template(path = "help/home.html")]
struct Home<'a> {
    words: &'static Words,
    agency: &'a str,
    unit: &'a str,
    line: Option<Line>,
    /// Whether visits can be booked (PHONE-APPT-23).
    visits: bool,
    danger: Vec<Phone>,
    phones: Vec<Phone>,
    links: Vec<(&'a str, &'a str)>,
    topics: Vec<Topic>,
    demo: bool,
    signed_in: bool,
    number: String,
}

pub(super) async fn start(
    State(app): State<App>,
    me: Option<SignedIn>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if let Some(me) = &me {
        return Ok(go(home(me)));
    }
    show(&app, None, &asked, &headers)
}

/// The same for everybody, signed in or not.
pub(super) async fn help(
    State(app): State<App>,
    me: Option<SignedIn>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    show(&app, me.as_ref(), &asked, &headers)
}

fn show(app: &App, me: Option<&SignedIn>, asked: &Asked, headers: &HeaderMap) -> Result<Response, Error> {
    let words = Words::of(is_spanish(&asked.lang, headers));
    let pack = app.engine.pack();
    let (danger, phones) = phones(&pack, words.is_spanish());
    let body = Home {
        words,
        agency: &pack.agency.name,
        unit: &pack.agency.unit,
        line: line(app, words.is_spanish()),
        visits: pack.appointments.is_some(),
        danger,
        phones,
        // Only addresses that browsers open as pages; whatever else an agency notes down is for staff.
        links: pack
            .agency
            .links
            .iter()
            .filter(|link| link.address.starts_with("http"))
            .map(|link| {
                let title = link.title_es.as_ref().filter(|_| words.is_spanish()).unwrap_or(&link.title);
                (title.as_str(), link.address.as_str())
            })
            .collect(),
        topics: topics(app, words),
        demo: app.settings.demo,
        signed_in: me.is_some(),
        number: asked.number.chars().filter(char::is_ascii_alphanumeric).take(12).collect(),
    };
    public(words.title, me, words).show(app, &body)
}

/// A page of the help centre around a body.
pub(super) fn public<'a>(title: &str, me: Option<&'a SignedIn>, words: &'static Words) -> Page<'a> {
    let page = Page::new(title, Area::Help)
        .language(words.language)
        .skip_to("kb-title", words.skip)
        .style("kb.css")
        .style("visits_dark.css")
        .style("kb_dark.css")
        .style("print.css")
        .script("kb.js");
    match me {
        Some(me) => page.me(me),
        None => page,
    }
}
