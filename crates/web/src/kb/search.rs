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
use domain::knowledge::{Audience, Kind, Library};
use engine::ports::{FindAnswer, FindError, FindQuery, Found};
use serde::Deserialize;
use serde_json::{Value, json};

use super::article::page_of;
use super::shape::Door;
use super::view::origin;
use super::{shelf, tree};
use crate::App;
use crate::error::Error;
use crate::page::{done, fragment};
use crate::session::SignedIn;

/// Pages on one page of results.
pub(crate) const PER_PAGE: usize = 15;
/// Most results of one question of the API.
const API_MAX: usize = 100;
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
        ];
        for (name, value) in rest.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.append_pair(name, value);
        }
        out.append_pair("leaf", &leaf.to_string());
        format!("{base}?{}", out.finish())
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
    /// Whose wording it is, where another page has the same title.
    pub(crate) origin: Option<&'static str>,
    pub(crate) snippet: Vec<(String, bool)>,
    pub(crate) more: usize,
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
pub(crate) struct Results {
    pub(crate) hits: Vec<Hit>,
    pub(crate) total: usize,
    pub(crate) corrected: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// Asks the engine.
///
/// # Errors
/// None of its own; what cannot be searched is an outcome.
pub(crate) async fn outcome(app: &App, asked: &Asked, query: FindQuery, door: Door) -> Outcome {
    if query.text.trim().is_empty() {
        return Outcome::Nothing;
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
        hit(library, found, door, same)
    });
    Results {
        hits: hits.collect(),
        total: answer.total,
        corrected: answer.corrected,
        before: (leaf > 0).then(|| asked.address(&base, leaf - 1)),
        after,
    }
}

fn hit(library: &Library, found: Found, door: Door, same: bool) -> Hit {
    let page = library.page(&found.page).map(|(_, page)| page);
    Hit {
        origin: page.and_then(|page| origin(library, page, &found.title)),
        href: door.place(&found.page, &found.anchor),
        title: found.title,
        heading: found.heading,
        kind: Kind::from_word(&found.kind).filter(|kind| *kind != Kind::Article).map_or("", Kind::title),
        snippet: found.snippet,
        more: found.more,
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
    tree: &'a str,
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
    let viewer = app.engine.viewer(&me.account.roles);
    let outcome = outcome(&app, &asked, asked.query(viewer.audience), Door::Staff).await;
    let hits = Hits { outcome: &outcome, q: &asked.q, csrf: &me.csrf };
    if headers.contains_key("hx-request") {
        return fragment(&hits);
    }
    count_outcome(&app, &asked, &outcome).await?;
    let menu = tree::html(&shelf::tree(&app, viewer.audience), &[]);
    let filters = Filters::of(&app.engine.library(), &asked);
    let body = SearchPage { tree: &menu, filters, q: &asked.q, hits: hits.render()? };
    page_of("Search", &me).show(&app, &body)
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
        Err(FindError::Unavailable(why)) => Err(Error::Unavailable(why)),
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
                "content": { "application/json": { "schema": { "type": "object", "required": ["total", "hits"],
                    "properties": { "total": { "type": "integer" }, "corrected": { "type": ["string", "null"] },
                        "hits": { "type": "array", "items": hit } } } } } },
            "401": error, "422": error, "503": error } } })
}
