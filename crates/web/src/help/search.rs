//! `/help/search`: searching the public pages, in the visitor's language.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::knowledge::{Audience, visible};

use super::home::{Line, Topic, line, public, topics};
use super::is_spanish;
use super::words::Words;
use crate::App;
use crate::error::Error;
use crate::kb::Door;
use crate::kb::search::{Asked, Outcome, Settled, count_outcome, outcome};
use crate::page::{done, fragment};
use crate::request::Caller;
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "help/hits.html")]
struct Hits<'a> {
    words: &'static Words,
    outcome: &'a Outcome,
    q: &'a str,
    line: Option<Line>,
    /// What was found is in the other language.
    other: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "help/search.html")]
struct SearchPage<'a> {
    words: &'static Words,
    q: &'a str,
    hits: String,
    topics: Vec<Topic>,
}

pub(super) async fn page(
    State(app): State<App>,
    me: Option<SignedIn>,
    caller: Caller,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let words = Words::of(is_spanish(&asked.lang, &headers));
    let mut query = asked.query(Audience::Public);
    query.kind = None;
    query.programme = None;
    query.language = Some(words.language.to_owned());
    let mut found = outcome(&app, &asked, query.clone(), Door::Public).await;
    let nothing = |found: &Outcome| matches!(found, Outcome::Found(results) if results.hits.is_empty());
    let mut other = false;
    if nothing(&found) && asked.leaf.unwrap_or_default() == 0 {
        // Somebody may know the English word for it; a page in the other language is better than none.
        query.language = Some(if words.is_spanish() { "en" } else { "es" }.to_owned());
        let there = outcome(&app, &asked, query, Door::Public).await;
        other = matches!(&there, Outcome::Found(results) if !results.hits.is_empty());
        if other {
            found = there;
        }
    }
    let outcome = found;
    let other = other.then_some(words.other_found);
    // Letters that turn the rest of a line round are said by their number.
    let said = visible(&asked.q);
    let hits = Hits { other, words, outcome: &outcome, q: &said, line: line(&app, words.is_spanish()) };
    if headers.contains_key("hx-request") {
        return fragment(&hits);
    }
    if app.shelf.may_write(caller.0, app.engine.now()) {
        count_outcome(&app, &asked, &outcome).await?;
    }
    let body = SearchPage { words, q: &asked.q, hits: hits.render()?, topics: topics(&app, words) };
    public(words.search, me.as_ref(), words).show(&app, &body)
}

/// `POST /help/search/count`. Over the limit nothing is counted, and the visitor need not know.
pub(super) async fn count(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<Settled>,
) -> Result<Response, Error> {
    if app.shelf.may_write(caller.0, app.engine.now()) {
        let counted = app.engine.count_search(&form.q, form.found == "yes", form.opened == "yes").await;
        counted.map_err(crate::kb::error)?;
    }
    Ok(done())
}
