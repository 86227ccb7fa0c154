//! Contacts that are done: a list with filters, the figures over it per worker and day, and the same list as CSV.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::id::StaffId;
use domain::pack::Pack;
use domain::view::Card;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::figures::{self, FORMULA, Figures};
use super::look::{self, Look};
use super::words;
use crate::error::Error;
use crate::page::{Area, Page};
use crate::session::SignedIn;
use crate::{App, shown};

/// Contacts on one page.
const PAGE: usize = 50;

/// What is wanted, as the address says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) staff: String,
    pub(crate) queue: String,
    pub(crate) code: String,
    /// `yes` or `no`; everything otherwise.
    pub(crate) referral: String,
    /// Digits of the customer's number.
    pub(crate) number: String,
    pub(crate) page: usize,
}

impl Filter {
    pub(crate) fn read(query: &BTreeMap<String, String>, today: Date) -> Self {
        let get = |name: &str| query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        let day = |name: &str| get(name).parse::<Date>().ok();
        let to = day("to").unwrap_or(today);
        let from = day("from").unwrap_or(to).min(to);
        let number = get("number").chars().filter(char::is_ascii_digit).take(15).collect();
        Self {
            from,
            to,
            staff: get("staff"),
            queue: get("queue"),
            code: get("code"),
            referral: get("referral"),
            number,
            page: get("page").parse().unwrap_or(1).max(1),
        }
    }

    pub(crate) fn fits(&self, card: &Card, pack: &Pack) -> bool {
        let is = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        let referral = match self.referral.as_str() {
            "yes" => figures::is_referral(card, pack),
            "no" => !figures::is_referral(card, pack),
            _ => true,
        };
        referral
            && is(&self.staff, card.owner.as_ref().map_or("", |id| id.0.as_str()))
            && is(&self.queue, &card.queue)
            && is(&self.code, card.code.as_deref().unwrap_or_default())
            && (self.number.is_empty() || card.customer.to_string().contains(&self.number))
    }

    /// As a query, without the page.
    pub(crate) fn query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.append_pair("from", &self.from.to_string()).append_pair("to", &self.to.to_string());
        let rest = [
            ("staff", &self.staff),
            ("queue", &self.queue),
            ("code", &self.code),
            ("referral", &self.referral),
            ("number", &self.number),
        ];
        for (name, value) in rest.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.append_pair(name, value);
        }
        out.finish()
    }
}

/// The contacts that fit, the newest first, and whether there were more than can be read.
pub(crate) async fn found(
    app: &App,
    filter: &Filter,
    pack: &Pack,
    zone: &TimeZone,
) -> Result<(Vec<Card>, bool), Error> {
    let since = words::start_of(filter.from, zone);
    let until = filter.to.tomorrow().map_or(i64::MAX, |day| words::start_of(day, zone));
    let mut cards = look::done_since(&app.engine, since).await?;
    let capped = cards.len() >= look::DONE_MAX;
    cards.retain(|card| card.done_at.is_some_and(|at| at < until) && filter.fits(card, pack));
    cards.reverse();
    Ok((cards, capped))
}

struct Line {
    id: String,
    day: String,
    time: String,
    customer: String,
    worker: String,
    queue: String,
    code: String,
    referral: bool,
    ended: &'static str,
    handle: String,
    texts: String,
    marks: Vec<String>,
}

fn line(look: &Look, card: &Card) -> Line {
    let mut marks = Vec::new();
    if card.check_ins_missed > 0 {
        marks.push(format!(
            "{} check-in{} missed",
            card.check_ins_missed,
            if card.check_ins_missed == 1 { "" } else { "s" }
        ));
    }
    if card.refused > 0 {
        marks.push(format!("{} refused", card.refused));
    }
    if card.supervisor.as_ref().is_some_and(|request| request.met_at.is_none()) {
        marks.push("supervisor request unmet".to_owned());
    }
    if card.greeted_first == Some(false) {
        marks.push("no greeting first".to_owned());
    }
    let at = card.done_at.unwrap_or_default();
    let title = |id: &String| {
        look.pack
            .wrap_up
            .codes
            .iter()
            .find(|code| &code.id == id)
            .map_or_else(|| id.clone(), |code| code.title.clone())
    };
    Line {
        id: card.id.to_string(),
        day: words::day(at, &look.zone),
        time: shown::clock(at, &look.zone),
        customer: shown::phone(&card.customer),
        worker: card.owner.as_ref().map_or_else(|| "Nobody".to_owned(), |id| look.name(id)),
        queue: words::queue(&look.pack, &card.queue),
        code: card.code.as_ref().map(title).unwrap_or_default(),
        referral: figures::is_referral(card, &look.pack),
        ended: card.end_reason.map(words::end_reason).unwrap_or_default(),
        handle: card.handle_ms.map(shown::span).unwrap_or_default(),
        texts: format!("{} in, {} out", card.inbound, card.staff_texts),
        marks,
    }
}

#[derive(Template)]
#[template(path = "floor/done.html")]
struct Body<'a> {
    filter: &'a Filter,
    query: String,
    staff: Vec<(String, String)>,
    queues: Vec<(String, String)>,
    codes: Vec<(String, String)>,
    lines: Vec<Line>,
    all: usize,
    pages: usize,
    capped: bool,
    total: Figures,
    rows: Vec<(String, String, Figures)>,
    formula: &'a str,
}

/// `GET /floor/done`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response, Error> {
    let look = Look::take(&app.engine).await?;
    let filter = Filter::read(&query, words::date(look.now, &look.zone));
    let (cards, capped) = found(&app, &filter, &look.pack, &look.zone).await?;
    let named = |who: Option<StaffId>| who.map_or_else(|| "Nobody".to_owned(), |id| look.name(&id));
    let rows = figures::by_worker_and_day(&cards, &look.pack, &look.zone)
        .into_iter()
        .map(|(day, who, figures)| (day.to_string(), named(who), figures))
        .collect();
    let body = Body {
        query: filter.query(),
        staff: look.members.iter().map(|m| (m.id.to_string(), m.name.clone())).collect(),
        queues: look.pack.queues.queues.iter().map(|q| (q.id.clone(), q.title.clone())).collect(),
        codes: look.pack.wrap_up.codes.iter().map(|c| (c.id.clone(), c.title.clone())).collect(),
        lines: cards.iter().skip((filter.page - 1) * PAGE).take(PAGE).map(|card| line(&look, card)).collect(),
        all: cards.len(),
        pages: cards.len().div_ceil(PAGE).max(1),
        capped,
        total: figures::total(&cards, &look.pack),
        rows,
        formula: FORMULA,
        filter: &filter,
    };
    Page::new("Done contacts", Area::Floor).me(&me).style("floor.css").show(&app, &body)
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::{done, pack};
    use super::*;

    fn filter(pairs: &[(&str, &str)]) -> Filter {
        let query = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Filter::read(&query, jiff::civil::date(2026, 11, 21))
    }

    #[test]
    fn a_filter_is_read_from_the_address_and_written_back() {
        let read =
            filter(&[("to", "2026-11-20"), ("from", "2026-12-01"), ("number", "(573) 555"), ("page", "0")]);
        assert_eq!((read.from, read.to), (jiff::civil::date(2026, 11, 20), jiff::civil::date(2026, 11, 20)));
        assert_eq!((read.number.as_str(), read.page), ("573555", 1));
        assert_eq!(read.query(), "from=2026-11-20&to=2026-11-20&number=573555");
    }

    #[test]
    fn contacts_are_found_by_worker_code_number_and_referral() {
        let pack = pack();
        let (plain, referred) = (done(1, 0, "general"), done(2, 0, "referred-csc"));
        let both = |pairs: &[(&str, &str)]| {
            let filter = filter(pairs);
            (filter.fits(&plain, &pack), filter.fits(&referred, &pack))
        };
        assert_eq!(both(&[]), (true, true));
        assert_eq!(both(&[("referral", "yes")]), (false, true));
        assert_eq!(both(&[("referral", "no")]), (true, false));
        assert_eq!(both(&[("code", "general")]), (true, false));
        assert_eq!(both(&[("staff", "ben")]), (false, false));
        assert_eq!(both(&[("number", "555-0142")]), (true, true));
    }
}
