//! `GET /help/{slug}`: a public page in force, its vote, and what a visitor did not find on it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use domain::knowledge::{Edition, Kind, Page};
use serde::Deserialize;

use super::home::{Line, Phone, line, phones, public};
use super::is_spanish;
use super::words::Words;
use crate::App;
use crate::error::Error;
use crate::kb::{self, Asking, Card, Door, Leaf, Shown, Voting, card, day_words};
use crate::page::go;
use crate::request::Caller;
use crate::session::SignedIn;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    said: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    print: Option<String>,
    /// A place of a very long page, or the number of one of its parts.
    #[serde(default)]
    at: String,
    #[serde(default)]
    leaf: String,
}

#[derive(Template)]
#[template(path = "help/page.html")]
struct Body<'a> {
    words: &'static Words,
    slug: &'a str,
    title: &'a str,
    summary: &'a str,
    edition: u32,
    updated: Option<String>,
    shown: &'a Shown,
    leaf: Leaf<'a>,
    files: Vec<(String, String)>,
    children: Vec<Card>,
    related: Vec<Card>,
    previous: Option<Card>,
    next: Option<Card>,
    translation: Option<Card>,
    target: Option<String>,
    line: Option<Line>,
    danger: Vec<Phone>,
    said: Option<String>,
    print: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    me: Option<SignedIn>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    // A supervisor who looks at the help centre sees what customers see.
    let viewer = app.engine.viewer(&[]);
    let opened = app.engine.open_page(&slug, viewer, None).await.map_err(kb::error)?;
    let library = app.engine.library();
    let (page, edition) = (&opened.page, &opened.edition);
    let print = asked.print.is_some();
    let shown = kb::shown(&app, &opened, viewer, Door::Public, print).await?;
    let words = Words::of(page.language == "es");
    let own =
        |slug: &str| library.readable(slug, viewer).filter(|(other, _)| other.language == page.language);
    let [previous, next] = library.neighbours(&slug, viewer);
    let near = |found: Option<(&Page, &Edition)>| {
        found.filter(|(other, _)| other.language == page.language && other.kind != Kind::Section).map(view)
    };
    let other = if words.is_spanish() { "en" } else { "es" };
    let translation =
        library.translation(&slug, other, viewer).and_then(|found| library.readable(&found.slug, viewer));
    let children = library.children(Some(&slug), viewer).into_iter();
    let pack = app.engine.pack();
    let body = Body {
        words,
        slug: &slug,
        title: &edition.title,
        summary: &edition.summary,
        edition: edition.number,
        updated: edition.updated.map(|day| day_words(day, words.is_spanish())),
        files: shown
            .files
            .iter()
            .map(|file| (file.name.clone(), format!("/help/file/{}", file.hash)))
            .collect(),
        children: children.filter(|(other, _)| other.language == page.language).map(view).collect(),
        related: page.related.iter().filter_map(|slug| own(slug)).map(view).collect(),
        previous: near(previous),
        next: near(next),
        translation: translation.map(view),
        target: page.target.clone().filter(|to| to.starts_with("https://") || to.starts_with("http://")),
        line: line(&app, words.is_spanish()),
        danger: phones(&pack, words.is_spanish()).0,
        said: said(&asked, words),
        leaf: shown.leaf(shown.asked(&asked.at, &asked.leaf), String::new(), words.is_spanish()),
        shown: &shown,
        print,
    };
    public(&edition.title, me.as_ref(), words).show(&app, &body)
}

fn view((page, edition): (&Page, &Edition)) -> Card {
    card(page, edition, Door::Public)
}

fn said(asked: &Asked, words: &Words) -> Option<String> {
    match asked.said.as_str() {
        "vote" => Some(words.thanks_vote.to_owned()),
        "question" => {
            let number: String = asked.number.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
            Some(format!("{} {number}.", words.thanks_question))
        }
        _ => None,
    }
}

pub(super) async fn vote(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Voting>,
) -> Result<Response, Error> {
    let cookie = kb::public_vote(&app, caller, &headers, &slug, form).await?;
    let mut answer = go(&format!("/help/{slug}?said=vote#kb-said"));
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

pub(super) async fn question(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    Form(form): Form<Asking>,
) -> Result<Response, Error> {
    let number = kb::public_question(&app, caller, Some(&slug), form).await?;
    Ok(go(&format!("/help/{slug}?said=question&number={number}#kb-said")))
}

/// After a search that found nothing.
pub(super) async fn general_question(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<Asking>,
) -> Result<Response, Error> {
    let lang = if is_spanish(&form.lang, &headers) { "es" } else { "en" };
    let number = kb::public_question(&app, caller, None, form).await?;
    Ok(go(&format!("/help?lang={lang}&number={number}")))
}
