//! `GET /kb/{slug}`: one page, in force today, on another day (`?on=2021-02-03`), or one of its editions (`?edition=2`).

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::knowledge::{Edition, Kind, Viewer};
use domain::permission::Permission;
use engine::pages::KnowledgeError;
use serde::Deserialize;

use super::around::{self, Around};
use super::days::day_words;
use super::leaf::Leaf;
use super::memo::{self, MemoView, Reader};
use super::say::{self, Way};
use super::shape::{Door, Shown};
use super::view::{self, Article, EditionLine, FileLine};
use super::{FOOT, error, shelf};
use crate::App;
use crate::error::Error;
use crate::page::{Area, Page};
use crate::session::SignedIn;

/// What the address of a page may ask for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    edition: Option<String>,
    #[serde(default)]
    on: Option<String>,
    #[serde(default)]
    print: Option<String>,
    /// A place of a very long page, or the number of one of its parts.
    #[serde(default)]
    at: String,
    #[serde(default)]
    leaf: String,
    #[serde(default)]
    said: Option<String>,
    #[serde(default)]
    number: Option<String>,
}

impl Asked {
    fn number(&self) -> Result<Option<u32>, Error> {
        let Some(text) = self.edition.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Error::NotFound)
    }

    /// What the ways to other parts of the page keep of the address; the day is carried with every link.
    fn kept(&self, number: Option<u32>) -> String {
        number.map_or_else(String::new, |number| format!("edition={number}&"))
    }
}

#[derive(Template)]
#[template(path = "kb/article.html")]
struct Body<'a> {
    article: &'a Article,
    shown: &'a Shown,
    leaf: Leaf<'a>,
    files: Vec<FileLine>,
    memo: Option<MemoView>,
    reader: Reader,
    around: &'a Around,
    ways: Vec<Way>,
    programmes: Vec<String>,
    said: Option<String>,
    csrf: &'a str,
    may_write: bool,
    print: bool,
    current: bool,
}

impl Body<'_> {
    fn is_section(&self) -> bool {
        self.article.kind == Kind::Section
    }

    fn kind_word(&self) -> Option<&'static str> {
        Some(self.article.kind).filter(|kind| *kind != Kind::Article).map(Kind::title)
    }

    fn is_hand_off(&self) -> bool {
        self.article.kind == Kind::HandOff
    }

    fn is_calculator(&self) -> bool {
        self.article.kind == Kind::Calculator
    }
}

pub(super) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let today = app.engine.viewer(&me.account.roles);
    let (on, number) = (around::day(asked.on.as_deref(), today.day)?, asked.number()?);
    let viewer = Viewer { day: on.unwrap_or(today.day), ..today };
    let (opened, number) = match app.engine.open_page(&slug, viewer, number).await {
        Ok(opened) => (opened, number),
        Err(KnowledgeError::NotFound(_)) if number.is_none() => {
            // What takes force on a later day is read at its own address from the day of its approval.
            let Some(coming) = coming(&app, &slug, viewer).filter(|_| on.is_none()) else {
                return not_in_force(&app, &me, &slug, viewer).await;
            };
            (app.engine.open_page(&slug, viewer, Some(coming)).await.map_err(error)?, Some(coming))
        }
        Err(other) => return Err(error(other)),
    };
    let library = app.engine.library();
    let (page, edition) = (&opened.page, &opened.edition);
    let print = asked.print.is_some();
    let shown = shelf::shown(&app, &opened, viewer, Door::Staff, print).await?;
    let article = view::article(&app, &library, &opened, viewer, (Door::Staff, on, number.is_some())).await?;
    let current = library.in_force(page, today.day).is_some_and(|found| found.number == edition.number);
    let reader = match (&edition.memo, current && on.is_none()) {
        (Some(_), true) => memo::reader(&app, &me, page, edition).await?,
        _ => Reader::NotAsked,
    };
    let memo = match &edition.memo {
        Some(_) => memo::view(&app, &library, viewer, page, edition).await?,
        None => None,
    };
    let around = around(&app, &article, viewer);
    let body = Body {
        files: view::file_lines(&shown.files, Door::Staff),
        memo,
        reader,
        around: &around,
        ways: say::ways(&me, page.kind),
        programmes: say::programmes(&app),
        said: said(&asked),
        csrf: &me.csrf,
        may_write: me.may(Permission::KnowledgeWrite),
        print,
        current,
        article: &article,
        leaf: shown.leaf(shown.asked(&asked.at, &asked.leaf), asked.kept(number), false),
        shown: &shown,
    };
    page_of(&article.title, &me).show_html(&app, &around.carry(body.render()?))
}

/// The edition of a page that takes force next, where none is in force today and this reader may read it.
fn coming(app: &App, slug: &str, viewer: Viewer) -> Option<u32> {
    let library = app.engine.library();
    let (_, page) = library.page(slug)?;
    let later = page.editions.iter().filter(|one| one.from > viewer.day && one.withdrawn.is_none());
    let next = later.filter(|one| one.audience <= viewer.audience).min_by_key(|one| one.from)?;
    Some(next.number)
}

/// A page of the knowledge base around a body.
///
/// The screen around a text speaks English to staff; a Spanish text says so itself.
pub(super) fn page_of<'a>(title: &str, me: &'a SignedIn) -> Page<'a> {
    Page::new(format!("{title} · Knowledge"), Area::Knowledge)
        .me(me)
        .skip_to("kb-title", "Skip to content")
        .foot(FOOT)
        .style("kb.css")
        .style("visits_dark.css")
        .style("kb_dark.css")
        .style("print.css")
        .script("kb.js")
}

/// The menu with the branch of this page open, and the day.
fn around(app: &App, article: &Article, viewer: Viewer) -> Around {
    let mut path: Vec<String> = article.trail.iter().map(|crumb| crumb.slug.clone()).collect();
    path.push(article.slug.clone());
    Around::of(app, viewer, &Door::Staff.page(&article.slug), &path)
}

fn said(asked: &Asked) -> Option<String> {
    match asked.said.as_deref()? {
        "vote" => {
            Some("Thank you. Your answer is kept with this edition, and the editors see it.".to_owned())
        }
        "question" => {
            let number = asked.number.as_deref().unwrap_or_default();
            let number: String = number.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
            Some(format!("Your question {number} is sent. You find the answer under your questions."))
        }
        "acknowledged" => {
            Some("Acknowledged. That you have read this edition is recorded with the time.".to_owned())
        }
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "kb/none.html")]
struct NotInForce<'a> {
    title: &'a str,
    slug: &'a str,
    day: String,
    /// What was taken back and would be in force otherwise.
    gone: Option<memo::Gone>,
    today: bool,
    editions: Vec<EditionLine>,
    around: &'a Around,
}

/// There is such a page, and no edition of it is in force on that day.
async fn not_in_force(app: &App, me: &SignedIn, slug: &str, viewer: Viewer) -> Result<Response, Error> {
    let library = app.engine.library();
    let (_, page) = library.page(slug).ok_or(Error::NotFound)?;
    let newest = page.editions.iter().rev().find(|edition| edition.audience <= viewer.audience);
    let newest: &Edition = newest.ok_or(Error::NotFound)?;
    let (title, nothing) = (newest.called(), Edition { number: 0, ..newest.clone() });
    let around = Around::of(app, viewer, &Door::Staff.page(slug), &[]);
    let now = Viewer { day: app.engine.today(), ..viewer };
    let taken = page.editions.iter().filter(|one| one.audience <= viewer.audience && one.withdrawn.is_some());
    // On a day before its first it was not missing, and nobody looks for it.
    let taken = taken.filter(|one| one.from <= viewer.day || viewer.day == now.day);
    let taken = taken.max_by_key(|one| one.withdrawn.as_ref().map(|gone| gone.at));
    let gone = match taken {
        Some(edition) => memo::gone(app, me, page, edition).await?,
        None => None,
    };
    let body = NotInForce {
        gone,
        today: viewer.day == now.day,
        title: &title,
        slug,
        day: day_words(viewer.day, false),
        editions: view::editions(&library, page, &nothing, now),
        around: &around,
    };
    page_of(&title, me).status(StatusCode::NOT_FOUND).show_html(app, &around.carry(body.render()?))
}
