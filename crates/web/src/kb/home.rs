//! `/kb`: search, memos to read, what is new, the menu; and the overview of categories (KB-PAGE-5).

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::knowledge::{Edition, Kind, Library, Node, Page, Viewer};
use domain::permission::Permission;
use engine::pages::UNDATED;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;

use super::around::{self, Around};
use super::article::page_of;
use super::days::{day_of, day_words};
use super::search::Filters;
use super::shape::Door;
use super::tree;
use super::view::{Card, card};
use crate::App;
use crate::error::Error;
use crate::session::SignedIn;

/// Pages listed as new, and as coming.
const NEW_MAX: usize = 8;
/// How long a memo that was taken back is named on the first page: two weeks.
const TAKEN_BACK_MS: i64 = 14 * 24 * 60 * 60_000;
/// Days within which something takes force soon, seen from another day than today.
const SOON_DAYS: i64 = 60;

/// A memo that the reader owes.
struct Owes {
    title: String,
    href: String,
    due: String,
    late: bool,
    gate: bool,
}

#[derive(Template)]
#[template(path = "kb/home.html")]
struct Home<'a> {
    around: &'a Around,
    filters: Filters,
    owes: Vec<Owes>,
    new: Vec<Card>,
    coming: Vec<Card>,
    /// Memos that were taken back lately, with the reason.
    taken: Vec<Card>,
    groups: Vec<Group>,
    may_write: bool,
    said: bool,
    number: String,
}

/// A heading with its direct entries.
struct Group {
    title: String,
    href: String,
    entries: usize,
}

/// What a form said before.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    said: Option<String>,
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    on: Option<String>,
}

pub(super) async fn home(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<Said>,
) -> Result<Response, Error> {
    let viewer = on_day(&app, &me, query.on.as_deref())?;
    let library = app.engine.library();
    let nodes = around::nodes(&app, viewer);
    let around = Around::of(&app, viewer, "/kb", &[]);
    let (now, zone) = (app.engine.now(), app.engine.zone());
    let mut unread = app.engine.unread_of(&me.account.id);
    // What is due first comes first, as on the list of what is to be read.
    unread.sort_by_key(|one| one.due_at);
    let owes = unread.into_iter().map(|one| Owes {
        href: Door::Staff.page(&one.slug),
        due: day_words(day_of(one.due_at.saturating_sub(1), &zone), false),
        late: one.due_at <= now,
        gate: one.gate_at.is_some(),
        title: one.title,
    });
    let number = query.number.unwrap_or_default();
    let body = Home {
        around: &around,
        filters: Filters::empty(&library),
        owes: owes.collect(),
        new: newest(&library, viewer),
        coming: coming(&library, viewer)
            .into_iter()
            // On an earlier day nobody knew of what came years later.
            .filter(|(_, edition)| around.on.is_none() || edition.from <= soon(viewer.day))
            .take(NEW_MAX)
            .map(|(page, edition)| coming_card(&library, page, edition))
            .collect(),
        taken: if around.on.is_none() { taken_back(&app, &library, viewer) } else { Vec::new() },
        groups: groups(&nodes),
        may_write: me.may(Permission::KnowledgeWrite),
        said: query.said.is_some(),
        number: number.chars().filter(char::is_ascii_alphanumeric).take(12).collect(),
    };
    page_of("Home", &me).show_html(&app, &around.carry(body.render()?))
}

/// The last day of what may be called soon.
fn soon(day: Date) -> Date {
    day.checked_add(SOON_DAYS.days()).unwrap_or(day)
}

/// The reader on the day that the address asks for.
fn on_day(app: &App, me: &SignedIn, on: Option<&str>) -> Result<Viewer, Error> {
    let viewer = app.engine.viewer(&me.account.roles);
    Ok(Viewer { day: around::day(on, viewer.day)?.unwrap_or(viewer.day), ..viewer })
}

/// What took force last, by its own date; pages without a printed date are not news.
fn newest(library: &Library, viewer: Viewer) -> Vec<Card> {
    let mut all: Vec<(&Page, &Edition)> = library
        .pages()
        .filter(|page| page.described)
        .filter_map(|page| library.readable(&page.slug, viewer))
        .filter(|(_, edition)| edition.from != UNDATED || edition.approver.is_some())
        .collect();
    all.sort_by(|(a, x), (b, y)| (y.from, y.published_at, &a.slug).cmp(&(x.from, x.published_at, &b.slug)));
    let newest = all.into_iter().take(NEW_MAX);
    newest.map(|(page, edition)| card(page, edition, Door::Staff).told_apart(library, page)).collect()
}

/// Editions that take force on a later day, the nearest first.
pub(super) fn coming(library: &Library, viewer: Viewer) -> Vec<(&Page, &Edition)> {
    let mut all: Vec<(&Page, &Edition)> = library
        .pages()
        .flat_map(|page| page.editions.iter().map(move |edition| (page, edition)))
        .filter(|(_, edition)| edition.from > viewer.day && edition.withdrawn.is_none())
        .filter(|(_, edition)| edition.audience <= viewer.audience)
        .collect();
    all.sort_by_key(|(_, edition)| edition.from);
    all
}

/// Memos that were taken back in the last days and left nothing in force, the newest first: whoever has read one learns
/// that it does not hold any more.
fn taken_back(app: &App, library: &Library, viewer: Viewer) -> Vec<Card> {
    let since = app.engine.now().saturating_sub(TAKEN_BACK_MS);
    let mut all: Vec<(i64, Card)> = library
        .pages()
        .filter(|page| page.kind == Kind::Memo && library.shown(page, viewer).is_none())
        .filter_map(|page| {
            let edition = page.editions.iter().rev().find(|one| one.audience <= viewer.audience)?;
            let gone = edition.withdrawn.as_ref().filter(|gone| gone.at >= since)?;
            let day = day_words(day_of(gone.at, &app.engine.zone()), false);
            let card = Card {
                date: Some(format!("taken back on {day}")),
                summary: gone.reason.clone(),
                ..card(page, edition, Door::Staff).told_apart(library, page)
            };
            Some((gone.at, card))
        })
        .collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().take(NEW_MAX).map(|(_, card)| card).collect()
}

/// Such an edition in a list, with the day on which it takes force.
pub(super) fn coming_card(library: &Library, page: &Page, edition: &Edition) -> Card {
    Card {
        href: format!("/kb/{}?edition={}", page.slug, edition.number),
        date: Some(format!("takes force on {}", day_words(edition.from, false))),
        ..card(page, edition, Door::Staff).told_apart(library, page)
    }
}

/// The headings that a reader begins at: those of the site's own menu.
fn groups(nodes: &[Node]) -> Vec<Group> {
    let mut at = nodes;
    // The roots above the menu lead to nothing else.
    while let Some(first) =
        at.first().filter(|first| first.below.iter().filter(|one| !one.below.is_empty()).count() > 1)
    {
        let deeper = first
            .below
            .first()
            .is_some_and(|one| one.below.iter().filter(|two| !two.below.is_empty()).count() > 1);
        at = &first.below;
        if !deeper {
            break;
        }
    }
    at.iter().filter(|node| !node.below.is_empty()).map(group).collect()
}

fn group(node: &Node) -> Group {
    Group { title: node.title.clone(), href: Door::Staff.page(&node.slug), entries: tree::entries(node) }
}

#[derive(Template)]
#[template(path = "kb/categories.html")]
struct Categories<'a> {
    around: &'a Around,
    groups: Vec<(Group, Vec<Group>)>,
}

pub(super) async fn categories(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<Said>,
) -> Result<Response, Error> {
    let viewer = on_day(&app, &me, query.on.as_deref())?;
    let nodes = around::nodes(&app, viewer);
    let mut groups = Vec::new();
    collect(&nodes, &mut groups);
    let around = Around::of(&app, viewer, "/kb/categories", &[]);
    let body = Categories { around: &around, groups };
    page_of("Categories", &me).show_html(&app, &around.carry(body.render()?))
}

/// Every heading that has headings below it, with those; headings of pages alone stand in their parent's list.
fn collect(nodes: &[Node], out: &mut Vec<(Group, Vec<Group>)>) {
    for node in nodes.iter().filter(|node| !node.below.is_empty() || node.kind == Kind::Section) {
        let below: Vec<Group> = node
            .below
            .iter()
            .filter(|one| !one.below.is_empty() || one.kind == Kind::Section)
            .map(group)
            .collect();
        if !below.is_empty() {
            out.push((group(node), below));
        }
        collect(&node.below, out);
    }
}
