//! `GET /kb/{slug}/panel`: a page beside the desk's transcript, at one paragraph, without leaving the contact.
//!
//! From the panel something of a page can go into the reply box: a link to it, or the words of a paragraph. Both only from
//! what is public (SMS-GEN-4 forbids much else): the page itself, or the public page that is anchored to the same clause.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::knowledge::{Audience, Kind, Viewer};
use domain::segments::count;
use serde::Deserialize;

use super::leaf::Leaf;
use super::memo::{self, MemoView, Reader};
use super::shape::{self, Door, INSERT_MAX, Part, Shown};
use super::view::{self, Article};
use super::{error, shelf};
use crate::App;
use crate::error::Error;
use crate::page::fragment;
use crate::session::SignedIn;

/// Which paragraph.
#[derive(Debug, Default, Deserialize)]
pub(super) struct At {
    #[serde(default)]
    at: String,
}

/// A piece of a public page that may go to a customer.
pub(super) struct Insert {
    anchor: String,
    /// Words that may be sent.
    text: String,
    /// How many segments they are by themselves.
    size: String,
    /// Address that may be sent.
    link: String,
    /// The public page they come from, where it is another one.
    from: Option<String>,
    /// Several paragraphs.
    whole: bool,
}

impl Insert {
    fn new(app: &App, (slug, anchor): (&str, &str), text: &str, from: Option<String>, whole: bool) -> Self {
        let segments = count(text).segments;
        Self {
            anchor: anchor.to_owned(),
            text: text.to_owned(),
            size: format!("{segments} segment{}", if segments == 1 { "" } else { "s" }),
            link: public_link(app, slug, anchor),
            from,
            whole,
        }
    }
}

#[derive(Template)]
#[template(path = "kb/panel.html")]
struct Panel<'a> {
    article: &'a Article,
    leaf: Leaf<'a>,
    memo: Option<MemoView>,
    reader: Reader,
    at: &'a str,
    inserts: Vec<Insert>,
    /// The paragraphs around the place that was opened, all at once.
    answer: Option<Insert>,
    link: Option<String>,
    csrf: &'a str,
    href: String,
}

impl Panel<'_> {
    fn kind_word(&self) -> Option<&'static str> {
        Some(self.article.kind).filter(|kind| *kind != Kind::Article).map(Kind::title)
    }
}

/// What can be inserted of the part that is shown.
fn within(leaf: &Leaf<'_>, mut all: Vec<Insert>) -> Vec<Insert> {
    if leaf.is_part() {
        let here = shape::ids(leaf.html);
        all.retain(|one| here.contains(one.anchor.as_str()));
    }
    all
}

pub(super) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(At { at }): Query<At>,
) -> Result<Response, Error> {
    panel(&app, &me, &slug, &at).await
}

/// The panel as a fragment.
pub(super) async fn panel(app: &App, me: &SignedIn, slug: &str, at: &str) -> Result<Response, Error> {
    let viewer = app.engine.viewer(&me.account.roles);
    let opened = app.engine.open_page(slug, viewer, None).await.map_err(error)?;
    let library = app.engine.library();
    let (page, edition) = (&opened.page, &opened.edition);
    let shown = shelf::shown(app, &opened, viewer, Door::Staff, false).await?;
    let article = view::article(app, &library, &opened, viewer, (Door::Staff, None, false)).await?;
    let reader = match &edition.memo {
        Some(_) => memo::reader(app, me, page, edition).await?,
        None => Reader::NotAsked,
    };
    let known = shown.parts.iter().any(|part| part.anchor == at)
        || shown.contents.iter().any(|line| line.anchor == at);
    let public = edition.audience == Audience::Public;
    let place = if known { at } else { "" };
    let answer = answer(app, slug, (&shown, public), place).await?;
    let leaf = shown.leaf(shown.leaf_of(place), String::new(), false);
    let body = Panel {
        inserts: within(&leaf, inserts(app, slug, &shown, public).await?),
        leaf,
        link: match public {
            true => Some(public_link(app, slug, place)),
            false => answer.as_ref().map(|one| one.link.clone()),
        },
        answer: answer.filter(|one| one.whole),
        memo: memo::view(app, &library, viewer, page, edition).await?,
        reader,
        at: place,
        csrf: &me.csrf,
        href: Door::Staff.place(slug, at),
        article: &article,
    };
    fragment(&body)
}

/// The address that customers open.
fn public_link(app: &App, slug: &str, anchor: &str) -> String {
    format!("{}{}", app.settings.public_url, Door::Public.place(slug, anchor))
}

/// The paragraphs around a place: of the page itself where it is public, or else of the public page that says the same.
async fn answer(
    app: &App,
    slug: &str,
    (shown, public): (&Shown, bool),
    at: &str,
) -> Result<Option<Insert>, Error> {
    if public {
        let whole = shown.whole_at(at);
        return Ok(whole.map(|one| Insert::new(app, (slug, &one.anchor), &one.text, None, true)));
    }
    let part = shown.parts.iter().find(|part| part.anchor == at && !part.supervisors);
    let Some(there) = (match part {
        Some(part) => counterpart(app, part).await?,
        None => None,
    }) else {
        return Ok(None);
    };
    let title = Some(there.title.clone());
    Ok(Some(match there.shown.whole_at(&there.anchor) {
        Some(one) => Insert::new(app, (&there.slug, &one.anchor), &one.text, title, true),
        None => Insert::new(app, (&there.slug, &there.anchor), "", title, false),
    }))
}

async fn inserts(app: &App, slug: &str, shown: &Shown, public: bool) -> Result<Vec<Insert>, Error> {
    let mut out: Vec<Insert> = Vec::new();
    if public {
        let below = shown.wholes.iter().filter(|one| !one.anchor.is_empty());
        out.extend(below.map(|one| Insert::new(app, (slug, &one.anchor), &one.text, None, true)));
    }
    let mut seen = BTreeSet::new();
    for part in shown.parts.iter().filter(|part| !part.supervisors) {
        if !seen.insert(part.anchor.as_str()) {
            continue;
        }
        let found = if public {
            Some(Insert::new(app, (slug, &part.anchor), &part.text, None, false))
        } else {
            let there = counterpart(app, part).await?;
            there.map(|there| Insert {
                anchor: part.anchor.clone(),
                ..Insert::new(app, (&there.slug, &there.anchor), &there.text, Some(there.title), false)
            })
        };
        out.extend(found.filter(|one| !one.text.trim().is_empty() && one.text.chars().count() <= INSERT_MAX));
    }
    Ok(out)
}

/// A paragraph of a public page.
struct There {
    slug: String,
    title: String,
    anchor: String,
    text: String,
    shown: Arc<Shown>,
}

/// The public paragraph of the same clause.
async fn counterpart(app: &App, part: &Part) -> Result<Option<There>, Error> {
    for clause in &part.clauses {
        let Some(place) = shelf::public_place(app, clause).await? else { continue };
        let viewer = Viewer { audience: Audience::Public, day: app.engine.today() };
        let opened = app.engine.open_page(&place.slug, viewer, None).await.map_err(error)?;
        let shown = shelf::shown(app, &opened, viewer, Door::Public, false).await?;
        let Some(text) =
            shown.parts.iter().find(|one| one.anchor == place.anchor).map(|one| one.text.clone())
        else {
            continue;
        };
        let title = opened.edition.title.clone();
        return Ok(Some(There { slug: place.slug, title, anchor: place.anchor, text, shown }));
    }
    Ok(None)
}
