//! `GET /kb/{slug}/panel`: a page beside the desk's transcript, at one paragraph, without leaving the contact.
//!
//! From the panel something of a page can go into the reply box: a link to it, or the words of a paragraph. Both only from
//! what is public (SMS-GEN-4 forbids much else): the page itself, or the public page that is anchored to the same clause.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::knowledge::{Audience, Kind, Viewer};
use serde::Deserialize;

use super::memo::{self, MemoView, Reader};
use super::shape::{Door, Part, Shown};
use super::view::{self, Article};
use super::{error, shelf};
use crate::App;
use crate::error::Error;
use crate::page::fragment;
use crate::session::SignedIn;

/// The longest paragraph that is offered for a reply, in characters: a text message of ten parts.
const INSERT_MAX: usize = 1_530;

/// Which paragraph.
#[derive(Debug, Default, Deserialize)]
pub(super) struct At {
    #[serde(default)]
    at: String,
}

/// A paragraph that may go to a customer.
pub(super) struct Insert {
    anchor: String,
    /// Words that may be sent.
    text: String,
    /// Address that may be sent.
    link: String,
    /// The public page they come from, where it is another one.
    from: Option<String>,
}

#[derive(Template)]
#[template(path = "kb/panel.html")]
struct Panel<'a> {
    article: &'a Article,
    shown: &'a Shown,
    memo: Option<MemoView>,
    reader: Reader,
    at: &'a str,
    inserts: Vec<Insert>,
    link: Option<String>,
    csrf: &'a str,
    href: String,
}

impl Panel<'_> {
    fn kind_word(&self) -> Option<&'static str> {
        Some(self.article.kind).filter(|kind| *kind != Kind::Article).map(Kind::title)
    }
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
    let body = Panel {
        inserts: inserts(app, slug, &shown, public).await?,
        link: public.then(|| public_link(app, slug, if known { at } else { "" })),
        memo: memo::view(app, &library, viewer, page, edition).await?,
        reader,
        at: if known { at } else { "" },
        csrf: &me.csrf,
        href: Door::Staff.place(slug, at),
        article: &article,
        shown: &shown,
    };
    fragment(&body)
}

/// The address that customers open.
fn public_link(app: &App, slug: &str, anchor: &str) -> String {
    format!("{}{}", app.settings.public_url, Door::Public.place(slug, anchor))
}

async fn inserts(app: &App, slug: &str, shown: &Shown, public: bool) -> Result<Vec<Insert>, Error> {
    let mut out: Vec<Insert> = Vec::new();
    for part in shown.parts.iter().filter(|part| !part.supervisors) {
        if out.iter().any(|known| known.anchor == part.anchor) {
            continue;
        }
        let found = if public { Some(own(app, slug, part)) } else { counterpart(app, part).await? };
        out.extend(found.filter(|one| !one.text.trim().is_empty() && one.text.chars().count() <= INSERT_MAX));
    }
    Ok(out)
}

fn own(app: &App, slug: &str, part: &Part) -> Insert {
    Insert {
        anchor: part.anchor.clone(),
        text: part.text.clone(),
        link: public_link(app, slug, &part.anchor),
        from: None,
    }
}

/// The public paragraph of the same clause.
async fn counterpart(app: &App, part: &Part) -> Result<Option<Insert>, Error> {
    for clause in &part.clauses {
        let Some(place) = shelf::public_place(app, clause).await? else { continue };
        let viewer = Viewer { audience: Audience::Public, day: app.engine.today() };
        let opened = app.engine.open_page(&place.slug, viewer, None).await.map_err(error)?;
        let shown = shelf::shown(app, &opened, viewer, Door::Public, false).await?;
        let Some(there) = shown.parts.iter().find(|one| one.anchor == place.anchor) else { continue };
        return Ok(Some(Insert {
            anchor: part.anchor.clone(),
            text: there.text.clone(),
            link: public_link(app, &place.slug, &place.anchor),
            from: Some(opened.edition.title.clone()),
        }));
    }
    Ok(None)
}
