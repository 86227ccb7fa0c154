//! What editors look after: pages that nobody has looked at for long, what readers said, what they searched for.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engine::pages::{Feedback, Searched};
use jiff::ToSpan as _;

use super::frame::{frame, name, names, page as whole, short};
use crate::admin::form::{Field, Given, Input};
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

/// Rows shown at once.
const MOST: usize = 200;

struct Stale {
    slug: String,
    title: String,
    kind: &'static str,
    looked: String,
    months: u16,
}

#[derive(Template)]
#[template(path = "kb_edit/stale.html")]
struct StaleBody {
    frame: Frame,
    months: Option<u16>,
    rows: Vec<Stale>,
    all: usize,
}

/// `GET /kb/edit/stale?months=`: without a number, each page by its own months.
pub(super) async fn stale(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (library, today) = (app.engine.library(), app.engine.today());
    let months = query
        .get("months")
        .and_then(|text| text.parse::<u16>().ok())
        .filter(|months| (1..=240).contains(months));
    let limit = months.and_then(|months| today.checked_sub(i64::from(months).months()).ok());
    let looked = |page: &domain::knowledge::Page| {
        page.reviewed_on.or_else(|| page.editions.last().map(|edition| edition.from))
    };
    let mut found: Vec<&domain::knowledge::Page> = match limit {
        Some(limit) => library
            .pages()
            .filter(|page| page.described && library.in_force(page, today).is_some())
            .filter(|page| looked(page).is_none_or(|on| on <= limit))
            .collect(),
        None => library.unreviewed(today),
    };
    found.sort_by_key(|page| looked(page));
    let all = found.len();
    let rows = found
        .into_iter()
        .take(MOST)
        .map(|page| Stale {
            slug: page.slug.clone(),
            title: page.editions.last().map(|edition| edition.title.clone()).unwrap_or_default(),
            kind: page.kind.title(),
            looked: looked(page).map_or_else(|| "never".to_owned(), short),
            months: page.review_months,
        })
        .collect();
    let body = StaleBody { frame: frame(&me, "/kb/edit/stale", &query), months, rows, all };
    whole("Not looked at for long", &me).show(&app, &body)
}

/// `POST /kb/edit/reviewed/{slug}`: somebody looked and found it still right.
pub(super) async fn reviewed(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    app.engine.mark_reviewed(&slug, &me.account.id.0).await?;
    // Back to where the button stood; nothing else of the form is taken as an address.
    let to = if given.text("from") == "versions" {
        format!("/kb/edit/versions/{slug}")
    } else {
        "/kb/edit/stale".to_owned()
    };
    Ok(go(&format!("{to}?said=reviewed")))
}

struct Tally {
    slug: String,
    title: String,
    yes: usize,
    no: usize,
    share: usize,
}

struct Comment {
    slug: String,
    title: String,
    edition: u32,
    reader: String,
    role: String,
    who: String,
    helpful: bool,
    comment: String,
    at: String,
    settled: bool,
}

#[derive(Template)]
#[template(path = "kb_edit/feedback.html")]
struct FeedbackBody {
    frame: Frame,
    tallies: Vec<Tally>,
    comments: Vec<Comment>,
    all: bool,
    open: usize,
}

/// `GET /kb/edit/feedback`: the pages that helped least on top, and what readers wrote (KB-PAGE-7, MEDSUP-PAGE-2).
pub(super) async fn feedback(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (library, names, zone) = (app.engine.library(), names(&app.engine).await?, app.engine.zone());
    let mut votes = app.engine.votes().await?;
    votes.sort_by_key(|vote| std::cmp::Reverse(vote.at));
    let title = |slug: &str| {
        let page = library.page(slug).and_then(|(_, page)| page.editions.last());
        page.map_or_else(|| slug.to_owned(), |edition| edition.title.clone())
    };
    let mut counted: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for vote in &votes {
        let count = counted.entry(&vote.slug).or_default();
        if vote.helpful { count.0 += 1 } else { count.1 += 1 }
    }
    let mut tallies: Vec<Tally> = counted
        .into_iter()
        .map(|(slug, (yes, no))| Tally {
            slug: slug.to_owned(),
            title: title(slug),
            yes,
            no,
            share: (yes * 100).checked_div(yes + no).unwrap_or(0),
        })
        .collect();
    tallies.sort_by(|a, b| (b.no, a.share, &a.title).cmp(&(a.no, b.share, &b.title)));
    tallies.truncate(MOST);
    let all = query.get("all").is_some_and(|text| text == "yes");
    let open = votes.iter().filter(|vote| !vote.comment.is_empty() && !vote.settled).count();
    let comments = votes
        .iter()
        .filter(|vote| !vote.comment.is_empty() && (all || !vote.settled))
        .take(MOST)
        .map(|vote| Comment {
            slug: vote.slug.clone(),
            title: title(&vote.slug),
            edition: vote.edition,
            who: if vote.role == "public" { "a visitor".to_owned() } else { name(&names, &vote.reader) },
            reader: vote.reader.clone(),
            role: vote.role.clone(),
            helpful: vote.helpful,
            comment: vote.comment.clone(),
            at: shown::date_time(vote.at, &zone),
            settled: vote.settled,
        })
        .collect();
    let body = FeedbackBody { frame: frame(&me, "/kb/edit/feedback", &query), tallies, comments, all, open };
    whole("Feedback", &me).show(&app, &body)
}

/// `POST /kb/edit/feedback/settle`.
pub(super) async fn settle(
    State(app): State<App>,
    me: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let vote = Feedback {
        slug: given.text("slug"),
        edition: given.text("edition").parse().unwrap_or_default(),
        reader: given.text("reader"),
        role: String::new(),
        helpful: false,
        comment: String::new(),
        at: 0,
        settled: true,
    };
    app.engine.settle_vote(&vote, &me.account.id.0).await?;
    Ok(go("/kb/edit/feedback?said=settled"))
}

struct Words {
    text: String,
    times: u32,
    empty: u32,
    opened: u32,
}

struct Day {
    day: String,
    times: u32,
    empty: u32,
    rate: u32,
}

#[derive(Template)]
#[template(path = "kb_edit/searches.html")]
struct SearchesBody {
    frame: Frame,
    search: Vec<Field>,
    times: u32,
    empty: u32,
    rate: String,
    days: Vec<Day>,
    top: Vec<Words>,
    nothing: Vec<Words>,
}

fn rate(part: u32, whole: u32) -> u32 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(0)
}

fn sum(list: &[Searched]) -> BTreeMap<&str, Words> {
    let mut out: BTreeMap<&str, Words> = BTreeMap::new();
    for one in list {
        let words = out.entry(&one.text).or_insert_with(|| Words {
            text: one.text.clone(),
            times: 0,
            empty: 0,
            opened: 0,
        });
        words.times += one.times;
        words.empty += one.empty;
        words.opened += one.opened;
    }
    out
}

/// `GET /kb/edit/searches?days=`: what was searched for, how often, and how often nothing was found.
pub(super) async fn searches(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let wanted = query.get("days").and_then(|text| text.parse::<i64>().ok()).unwrap_or(30).clamp(1, 400);
    let today = app.engine.today();
    let first = today.checked_sub((wanted - 1).days()).unwrap_or(today);
    let mut list = app.engine.searches().await?;
    list.retain(|one| one.day >= first);
    let mut by_day: BTreeMap<jiff::civil::Date, (u32, u32)> = BTreeMap::new();
    for one in &list {
        let day = by_day.entry(one.day).or_default();
        *day = (day.0 + one.times, day.1 + one.empty);
    }
    let (times, empty) = by_day.values().fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
    let days = by_day.into_iter().rev().map(|(day, (times, empty))| Day {
        day: short(day),
        times,
        empty,
        rate: rate(empty, times),
    });
    let mut top: Vec<Words> = sum(&list).into_values().collect();
    top.sort_by(|a, b| (b.times, &a.text).cmp(&(a.times, &b.text)));
    let mut nothing: Vec<Words> = sum(&list).into_values().filter(|one| one.empty > 0).collect();
    nothing.sort_by(|a, b| (b.empty, &a.text).cmp(&(a.empty, &b.text)));
    top.truncate(50);
    nothing.truncate(50);
    let spans = [("1", "Today"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "A year")];
    let spans = spans.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect();
    let body = SearchesBody {
        frame: frame(&me, "/kb/edit/searches", &query),
        search: vec![Field::new("days", "Time", Input::Select(spans), wanted)],
        times,
        empty,
        rate: format!("{} %", rate(empty, times)),
        days: days.collect(),
        top,
        nothing,
    };
    whole("Searches", &me).show(&app, &body)
}
