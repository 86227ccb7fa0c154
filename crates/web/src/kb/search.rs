//! Searching: a whole page without a script, a fragment while one types, and JSON for integrators.
//!
//! It owns what is asked and how the answer looks; finding is the engine's. What people look for is counted once they have
//! stopped typing or opened a result, never letter by letter, and never with who they are.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use domain::knowledge::{Audience, Edition, Kind, Library, Page, Viewer, visible};
use engine::pages::Within;
use engine::ports::{FindAnswer, FindError, FindQuery, Found};
use serde::Deserialize;
use serde_json::{Value, json};

use super::around::{self, Around};
use super::article::page_of;
use super::shape::Door;
use super::view::{Card, origin};
use crate::App;
use crate::error::Error;
use crate::page::{done, html};
use crate::session::SignedIn;

/// Pages on one page of results.
pub(crate) const PER_PAGE: usize = 15;
/// Most results of one question of the API.
const API_MAX: usize = 100;
/// Editions of another day that are looked through, and editions to come that are listed.
const OLDER_MAX: usize = 400;
const COMING_MAX: usize = 4;
/// Pages of results that can be leafed through.
const LEAVES_MAX: usize = 60;

/// What the address of a search says.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub(crate) q: String,
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) programme: String,
    #[serde(default)]
    pub(crate) language: String,
    #[serde(default)]
    pub(crate) leaf: Option<usize>,
    /// Set by the page's script when this very search was counted while it was typed.
    #[serde(default)]
    pub(crate) counted: String,
    /// The language of the help centre.
    #[serde(default)]
    pub(crate) lang: String,
    /// Another day than today.
    #[serde(default)]
    pub(crate) on: String,
    /// One page, all of whose paragraphs are looked through.
    #[serde(default)]
    pub(crate) page: String,
}

fn some(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl Asked {
    /// The question for a reader of this audience.
    pub(crate) fn query(&self, audience: Audience) -> FindQuery {
        FindQuery {
            text: self.q.clone(),
            limit: PER_PAGE,
            offset: self.leaf().saturating_mul(PER_PAGE),
            kind: some(&self.kind),
            programme: some(&self.programme),
            audience,
            language: some(&self.language),
        }
    }

    fn leaf(&self) -> usize {
        self.leaf.unwrap_or_default().min(LEAVES_MAX)
    }

    /// The address of another page of the same results.
    fn address(&self, base: &str, leaf: usize) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.append_pair("q", &self.q);
        let rest = [
            ("kind", &self.kind),
            ("programme", &self.programme),
            ("language", &self.language),
            ("lang", &self.lang),
            ("on", &self.on),
        ];
        for (name, value) in rest.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.append_pair(name, value);
        }
        out.append_pair("leaf", &leaf.to_string());
        format!("{base}?{}", out.finish())
    }

    /// The address of all hits within the page that is asked for.
    fn address_of_page(&self, base: &str) -> String {
        let page: String = form_urlencoded::byte_serialize(self.page.as_bytes()).collect();
        format!("{}&page={page}", self.address(base, 0))
    }
}

/// A choice of a filter.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) title: String,
    pub(crate) chosen: bool,
}

/// The filters above the results.
pub(crate) struct Filters {
    pub(crate) kinds: Vec<Choice>,
    pub(crate) programmes: Vec<Choice>,
    pub(crate) languages: Vec<Choice>,
}

impl Filters {
    /// With nothing chosen.
    pub(crate) fn empty(library: &Library) -> Self {
        Self::of(library, &Asked::default())
    }

    pub(crate) fn of(library: &Library, asked: &Asked) -> Self {
        let choice = |value: &str, title: &str, chosen: &str| Choice {
            value: value.to_owned(),
            title: title.to_owned(),
            chosen: value == chosen,
        };
        let programmes: BTreeSet<&str> = library
            .pages()
            .filter_map(|page| page.editions.last())
            .flat_map(|edition| edition.programmes.iter().map(String::as_str))
            .collect();
        Self {
            kinds: Kind::ALL.iter().map(|kind| choice(kind.word(), kind.title(), &asked.kind)).collect(),
            programmes: programmes.into_iter().map(|one| choice(one, one, &asked.programme)).collect(),
            languages: [("en", "English"), ("es", "Spanish")]
                .map(|(value, title)| choice(value, title, &asked.language))
                .into(),
        }
    }
}

/// One paragraph that was found.
pub(crate) struct Hit {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) heading: String,
    /// What the page is, where it is no plain article.
    pub(crate) kind: &'static str,
    /// Only named by the documents: there is nothing to read.
    pub(crate) named_only: bool,
    /// Whose wording it is, where another page has the same title.
    pub(crate) origin: Option<&'static str>,
    pub(crate) snippet: Vec<(String, bool)>,
    pub(crate) more: usize,
    /// Where the further paragraphs of the page are listed.
    pub(crate) all: String,
    /// A further paragraph of the page listed just before.
    pub(crate) same: bool,
}

/// How a search ended.
pub(crate) enum Outcome {
    /// Nothing was asked.
    Nothing,
    /// The answer.
    Found(Box<Results>),
    /// It cannot be searched at this moment.
    Preparing,
    /// More characters than can be looked for.
    TooLong(usize),
}

/// What was found.
#[derive(Default)]
pub(crate) struct Results {
    pub(crate) hits: Vec<Hit>,
    pub(crate) total: usize,
    pub(crate) corrected: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// Editions that take force on a later day and have the words, too.
    pub(crate) coming: Vec<Card>,
    /// The one page that was looked through, and the way back to all pages.
    pub(crate) only: Option<(String, String)>,
}

/// Asks the engine.
///
/// # Errors
/// None of its own; what cannot be searched is an outcome.
pub(crate) async fn outcome(app: &App, asked: &Asked, query: FindQuery, door: Door) -> Outcome {
    let viewer = Viewer { audience: query.audience, day: app.engine.today() };
    outcome_on(app, asked, query, (door, viewer)).await
}

/// The same on the viewer's day.
async fn outcome_on(app: &App, asked: &Asked, query: FindQuery, (door, viewer): (Door, Viewer)) -> Outcome {
    if query.text.trim().is_empty() {
        return Outcome::Nothing;
    }
    if !asked.page.is_empty() {
        return within(app, asked, &query, (door, viewer)).await;
    }
    if viewer.day != app.engine.today() {
        return then(app, asked, query, viewer).await;
    }
    match app.engine.search(&query).await {
        Ok(answer) => Outcome::Found(Box::new(results(&app.engine.library(), asked, answer, door))),
        Err(FindError::TooLong(most)) => Outcome::TooLong(most),
        Err(FindError::Unavailable(why)) => {
            tracing::debug!(why, "search is being prepared");
            Outcome::Preparing
        }
    }
}

/// The paragraphs of one page that have the words.
async fn within(app: &App, asked: &Asked, query: &FindQuery, (door, viewer): (Door, Viewer)) -> Outcome {
    let library = app.engine.library();
    let Some((page, edition)) = library.readable(&asked.page, viewer) else { return Outcome::Nothing };
    let found = app.engine.search_within(query, &page.slug, (viewer, None)).await.unwrap_or_default();
    let base = format!("{}/search", door.base());
    let hits: Vec<Hit> = found
        .into_iter()
        .enumerate()
        .map(|(at, one)| paragraph(&library, (page, edition), door, one, at > 0))
        .collect();
    Outcome::Found(Box::new(Results {
        total: hits.len(),
        hits,
        only: Some((edition.title.clone(), Asked { page: String::new(), ..asked.clone() }.address(&base, 0))),
        ..Results::default()
    }))
}

fn paragraph(
    library: &Library,
    (page, edition): (&Page, &Edition),
    door: Door,
    one: Within,
    same: bool,
) -> Hit {
    Hit {
        named_only: false,
        origin: origin(library, page, &edition.title),
        href: door.place(&page.slug, &one.anchor),
        title: edition.title.clone(),
        heading: one.heading,
        kind: Some(page.kind).filter(|kind| *kind != Kind::Article).map_or("", Kind::title),
        snippet: one.snippet,
        more: 0,
        all: String::new(),
        same,
    }
}

/// What there was on another day. The index knows today's editions; those that were in force then and are not today are
/// looked through one by one.
async fn then(app: &App, asked: &Asked, query: FindQuery, viewer: Viewer) -> Outcome {
    let (library, today) = (app.engine.library(), Viewer { day: app.engine.today(), ..viewer });
    let wide = FindQuery { limit: API_MAX, offset: 0, ..query.clone() };
    let mut found = match app.engine.search(&wide).await {
        Ok(answer) => answer,
        Err(FindError::TooLong(most)) => return Outcome::TooLong(most),
        Err(FindError::Unavailable(_)) => return Outcome::Preparing,
    };
    let same = |slug: &str| {
        let number = |viewer| library.readable(slug, viewer).map(|(_, edition)| edition.number);
        number(viewer).is_some() && number(viewer) == number(today)
    };
    found.hits.retain(|hit| same(&hit.page));
    let mut out = results(&library, asked, found, Door::Staff);
    let mut older = Vec::new();
    let other = library.pages().filter(|page| !same(&page.slug));
    let fits = |page: &&Page, edition: &Edition| {
        query.kind.as_deref().is_none_or(|kind| page.kind.word() == kind)
            && query.language.as_deref().is_none_or(|language| page.language == language)
            && query.programme.as_ref().is_none_or(|one| edition.programmes.contains(one))
    };
    let other = other.filter_map(|page| library.readable(&page.slug, viewer));
    for (page, edition) in other.filter(|(page, edition)| fits(page, edition)).take(OLDER_MAX) {
        let found = app.engine.search_within(&query, &page.slug, (viewer, None)).await.unwrap_or_default();
        if let Some(best) = found.into_iter().next() {
            older.push((best.marks, paragraph(&library, (page, edition), Door::Staff, best, false)));
        }
        tokio::task::yield_now().await;
    }
    older.sort_by_key(|(marks, _)| std::cmp::Reverse(*marks));
    let older = older.into_iter().map(|(_, hit)| hit);
    out.hits = older.chain(out.hits).collect();
    out.total = out.hits.len();
    (out.before, out.after) = (None, None);
    Outcome::Found(Box::new(out))
}

/// Editions that take force on a later day and whose title, summary or number has every word (IM31-HOURS-3: staff know of
/// new hours before they begin).
fn coming(library: &Library, viewer: Viewer, text: &str) -> Vec<Card> {
    let plain = |text: &str| {
        let letters = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' });
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let wanted = plain(text);
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let has = |edition: &Edition| {
        let number = edition.memo.as_ref().map_or("", |memo| memo.number.as_str());
        let all = plain(&format!("{} {} {number}", edition.title, edition.summary));
        words.iter().all(|word| all.split_whitespace().any(|known| known.starts_with(word)))
    };
    let found = super::home::coming(library, viewer).into_iter().filter(|(_, edition)| has(edition));
    found.take(COMING_MAX).map(|(page, edition)| super::home::coming_card(library, page, edition)).collect()
}

fn results(library: &Library, asked: &Asked, answer: FindAnswer, door: Door) -> Results {
    let leaf = asked.leaf();
    let base = format!("{}/search", door.base());
    let shown = leaf.saturating_mul(PER_PAGE) + answer.hits.len();
    let after = (!answer.hits.is_empty() && shown < answer.total && leaf < LEAVES_MAX)
        .then(|| asked.address(&base, leaf + 1));
    let mut last = String::new();
    let hits = answer.hits.into_iter().map(|found| {
        let same = found.page == last;
        last.clone_from(&found.page);
        let one = Asked { page: found.page.clone(), leaf: None, ..asked.clone() };
        let all = one.address_of_page(&base);
        hit(library, found, door, (same, all))
    });
    Results {
        hits: hits.collect(),
        total: answer.total,
        corrected: answer.corrected,
        before: (leaf > 0).then(|| asked.address(&base, leaf - 1)),
        after,
        ..Results::default()
    }
}

fn hit(library: &Library, found: Found, door: Door, (same, all): (bool, String)) -> Hit {
    let page = library.page(&found.page).map(|(_, page)| page);
    Hit {
        named_only: page.is_some_and(|page| !page.described && page.kind != Kind::Section),
        origin: page.and_then(|page| origin(library, page, &found.title)),
        href: door.place(&found.page, &found.anchor),
        title: found.title,
        heading: found.heading,
        kind: Kind::from_word(&found.kind).filter(|kind| *kind != Kind::Article).map_or("", Kind::title),
        snippet: found.snippet,
        more: found.more,
        all,
        same,
    }
}

#[derive(Template)]
#[template(path = "kb/hits.html")]
struct Hits<'a> {
    outcome: &'a Outcome,
    q: &'a str,
    csrf: &'a str,
}

#[derive(Template)]
#[template(path = "kb/search.html")]
struct SearchPage<'a> {
    around: &'a Around,
    filters: Filters,
    q: &'a str,
    hits: String,
}

/// `GET /kb/search`.
pub(super) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let today = app.engine.viewer(&me.account.roles);
    let viewer = Viewer { day: around::day(Some(&asked.on), today.day)?.unwrap_or(today.day), ..today };
    let mut outcome = outcome_on(&app, &asked, asked.query(viewer.audience), (Door::Staff, viewer)).await;
    if let Outcome::Found(found) = &mut outcome
        && asked.leaf() == 0
        && asked.page.is_empty()
        && viewer.day == today.day
    {
        found.coming = coming(&app.engine.library(), viewer, &asked.q);
    }
    let around = Around { q: asked.q.clone(), ..Around::bare(&app, viewer, "/kb/search") };
    let hits = Hits { outcome: &outcome, q: &visible(&asked.q), csrf: &me.csrf }.render()?;
    if headers.contains_key("hx-request") {
        return Ok(html(around.carry(hits)));
    }
    count_outcome(&app, &asked, &outcome).await?;
    let around = Around { q: asked.q.clone(), ..Around::of(&app, viewer, "/kb/search", &[]) };
    let filters = Filters::of(&app.engine.library(), &asked);
    let body = SearchPage { around: &around, filters, q: &asked.q, hits };
    page_of("Search", &me).show_html(&app, &around.carry(body.render()?))
}

/// A search that was sent off is settled: it is counted, unless the page's script has done so before.
pub(crate) async fn count_outcome(app: &App, asked: &Asked, outcome: &Outcome) -> Result<(), Error> {
    if let Outcome::Found(results) = outcome
        && asked.counted.is_empty()
        && asked.leaf() == 0
    {
        app.engine.count_search(&asked.q, results.total > 0, false).await.map_err(super::error)?;
    }
    Ok(())
}

/// A search that has settled: the reader paused, or opened a result.
#[derive(Debug, Deserialize)]
pub(crate) struct Settled {
    pub(crate) q: String,
    #[serde(default)]
    pub(crate) found: String,
    #[serde(default)]
    pub(crate) opened: String,
}

/// `POST /kb/search/count`.
pub(super) async fn count(
    State(app): State<App>,
    _me: SignedIn,
    Form(form): Form<Settled>,
) -> Result<Response, Error> {
    app.engine
        .count_search(&form.q, form.found == "yes", form.opened == "yes")
        .await
        .map_err(super::error)?;
    Ok(done())
}

/// What an integrator asks.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ApiAsked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    programme: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    offset: Option<usize>,
}

/// `GET /api/v1/knowledge/search`. Searches of programs are not counted as readers'.
pub(crate) async fn api(
    State(app): State<App>,
    me: SignedIn,
    Query(asked): Query<ApiAsked>,
) -> Result<Response, Error> {
    let query = FindQuery {
        text: asked.q,
        limit: asked.limit.unwrap_or(10).clamp(1, API_MAX),
        offset: asked.offset.unwrap_or_default(),
        kind: some(&asked.kind),
        programme: some(&asked.programme),
        audience: app.engine.viewer(&me.account.roles).audience,
        language: some(&asked.language),
    };
    if query.text.trim().is_empty() {
        return Ok(Json(as_json(&FindAnswer::default())).into_response());
    }
    match app.engine.search(&query).await {
        Ok(answer) => Ok(Json(as_json(&answer)).into_response()),
        Err(FindError::TooLong(most)) => {
            Err(Error::Invalid(format!("A search may have {most} characters at most.")))
        }
        Err(FindError::Unavailable(why)) => Err(Error::SearchRests(why)),
    }
}

fn as_json(answer: &FindAnswer) -> Value {
    let hit = |found: &Found| {
        let snippet: Vec<Value> =
            found.snippet.iter().map(|(text, mark)| json!({ "text": text, "mark": mark })).collect();
        json!({
            "page": found.page, "anchor": found.anchor, "title": found.title, "heading": found.heading,
            "kind": found.kind, "more": found.more, "snippet": snippet,
            "url": Door::Staff.place(&found.page, &found.anchor),
        })
    };
    json!({
        "total": answer.total,
        "preparing": false,
        "corrected": answer.corrected,
        "hits": answer.hits.iter().map(hit).collect::<Vec<_>>(),
    })
}

/// What the description of the API says about it.
pub(crate) fn description() -> Value {
    let word = |name: &str, says: &str| json!({ "name": name, "in": "query", "description": says, "schema": { "type": "string" } });
    let number = |name: &str, says: &str| json!({ "name": name, "in": "query", "description": says, "schema": { "type": "integer", "minimum": 0 } });
    let hit = json!({ "type": "object", "required": ["page", "anchor", "title", "kind", "snippet", "more", "url"], "properties": {
        "page": { "type": "string" }, "anchor": { "type": "string" }, "title": { "type": "string" },
        "heading": { "type": "string" }, "kind": { "type": "string" }, "more": { "type": "integer" },
        "url": { "type": "string" },
        "snippet": { "type": "array", "items": { "type": "object", "properties": {
            "text": { "type": "string" }, "mark": { "type": "boolean" } } } } } });
    let error = json!({ "description": "Not done; the sentence says why.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Error" } } } });
    json!({ "get": {
        "summary": "Paragraphs of the knowledge base that the signed-in person may read, best first.",
        "parameters": [
            word("q", "What to look for. Words, OR, \"phrases\", -without, numbers in any writing."),
            word("kind", "article, memo, hot_tip, form, link, hand_off, calculator or section."),
            word("programme", "Such as SNAP."), word("language", "en or es."),
            number("limit", "1 to 100; 10 when left out."), number("offset", "Hits to skip."),
        ],
        "responses": {
            "200": { "description": "What was found. `corrected` holds the words that were looked for instead of those typed.",
                "content": { "application/json": { "schema": { "type": "object", "required": ["total", "preparing", "hits"],
                    "properties": { "total": { "type": "integer" }, "preparing": { "type": "boolean" }, "corrected": { "type": ["string", "null"] },
                        "hits": { "type": "array", "items": hit } } } } } },
            "401": error, "422": error, "503": error } } })
}
