//! Links that lead to no page, no paragraph or no file, over everything in force or in one text.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State};
use axum::response::Response;
use domain::knowledge::{Audience, Edition, Library, Page, Viewer};
use engine::pages::KnowledgeError;
use knowledge::markup::{self, Target};

use super::compare;
use super::frame::{frame, page as whole};
use crate::App;
use crate::admin::frame::{Cell, Listing, Said, Table};
use crate::error::Error;
use crate::session::SignedIn;

/// Broken links listed at once.
const MOST: usize = 500;

/// Ids that links can lead to, by page; a page is read once.
struct Anchors<'a> {
    app: &'a App,
    library: &'a Library,
    known: BTreeMap<String, Option<BTreeSet<String>>>,
}

impl<'a> Anchors<'a> {
    fn new(app: &'a App, library: &'a Library) -> Self {
        Self { app, library, known: BTreeMap::new() }
    }

    /// The edition that readers come to, be it one that has expired.
    fn stands(&self, slug: &str) -> Option<&'a Edition> {
        let (_, page) = self.library.page(slug)?;
        let everything = Viewer { audience: Audience::Supervisors, day: self.app.engine.today() };
        self.library.shown(page, everything)
    }

    /// Whether the page in force has the id; none when there is no such page.
    async fn has(&mut self, slug: &str, anchor: &str) -> Result<Option<bool>, Error> {
        if !self.known.contains_key(slug) {
            let ids = match self.stands(slug) {
                None => None,
                Some(edition) => {
                    let text = self.app.engine.page_text(slug, edition.number).await?;
                    let bytes = text.body.len();
                    let read = move || markup::parse(&text.body).map(|page| ids(&page)).unwrap_or_default();
                    Some(compare::aside(self.app, bytes, read).await?)
                }
            };
            self.known.insert(slug.to_owned(), ids);
        }
        Ok(self.known.get(slug).and_then(Option::as_ref).map(|ids| ids.contains(anchor)))
    }
}

/// Every id of a page as it is shown.
fn ids(page: &markup::Page) -> BTreeSet<String> {
    let look = markup::Look { supervisors: true, ..markup::Look::default() };
    let html = markup::html(page, &look);
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Who reads what stands in a supervisors' box.
const fn closed(supervisors: bool) -> Audience {
    if supervisors { Audience::Supervisors } else { Audience::Public }
}

/// What is wrong with the links of a text, one sentence each.
async fn broken(
    app: &App,
    text: &str,
    audience: Audience,
    anchors: &mut Anchors<'_>,
) -> Result<Vec<String>, Error> {
    let own_text = text.to_owned();
    let read = move || {
        let page = markup::parse(&own_text).ok()?;
        let links = markup::links(&page);
        let leads_here = links.iter().any(|link| matches!(link.target, Target::Here(_)));
        let own = if leads_here { ids(&page) } else { BTreeSet::new() };
        Some((links, own))
    };
    let Some((links, own)) = compare::aside(app, text.len(), read).await? else {
        return Ok(vec!["The text cannot be read; open it in the editor to see where.".to_owned()]);
    };
    let mut out = Vec::new();
    for link in links {
        let line = link.line;
        match &link.target {
            Target::Page { slug, anchor } => {
                let stands = anchors.stands(slug);
                if stands.is_none() {
                    out.push(format!("Line {line}: no page “{slug}” is in force."));
                } else if stands
                    .is_some_and(|edition| edition.audience > audience.max(closed(link.supervisors)))
                {
                    out.push(format!("Line {line}: some readers of this page may not read “{slug}”; they see its words only."));
                } else if let Some(anchor) = anchor
                    && anchors.has(slug, anchor).await? == Some(false)
                {
                    out.push(format!("Line {line}: the page “{slug}” has no paragraph “{anchor}”."));
                }
            }
            Target::Here(anchor) => {
                if !own.contains(anchor) {
                    out.push(format!("Line {line}: this page has no paragraph “{anchor}”."));
                }
            }
            Target::File(name) => match app.engine.file(name).await {
                Ok(_) => {}
                Err(KnowledgeError::NotFound(_)) => {
                    out.push(format!("Line {line}: the file of “{}” is not there.", link.words))
                }
                Err(other) => return Err(other.into()),
            },
            Target::Refused { address, why } => {
                out.push(format!("Line {line}: “{address}” is shown as words: {why}."))
            }
            Target::Web(_) | Target::Mail(_) | Target::Phone(_) => {}
        }
    }
    Ok(out)
}

/// The broken links of one text. Links to the page itself are judged by this text.
pub(super) async fn of_text(app: &App, audience: Audience, text: &str) -> Result<Vec<String>, Error> {
    let library = app.engine.library();
    let mut anchors = Anchors::new(app, &library);
    broken(app, text, audience, &mut anchors).await
}

/// Other pages that a page names in its particulars and that are not there.
fn named(page: &Page, library: &Library) -> Vec<String> {
    let missing = |slug: &str| library.page(slug).is_none();
    let memo = page.editions.last().and_then(|edition| edition.memo.as_ref());
    let mut out: Vec<String> = page
        .related
        .iter()
        .filter(|slug| missing(slug))
        .map(|slug| format!("“{slug}” among the pages worth reading next is not there."))
        .collect();
    out.extend(
        memo.iter()
            .flat_map(|memo| memo.supersedes.iter().chain(&memo.related))
            .filter(|slug| missing(slug))
            .map(|slug| format!("The memo “{slug}” that it names is not there.")),
    );
    out.extend(
        page.parent
            .iter()
            .filter(|slug| missing(slug))
            .map(|slug| format!("“{slug}”, below which it stands, is not there.")),
    );
    out
}

/// `GET /kb/edit/links`.
pub(super) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (library, today) = (app.engine.library(), app.engine.today());
    let mut anchors = Anchors::new(&app, &library);
    let (mut rows, mut read) = (Vec::new(), 0_usize);
    for page in library.pages() {
        let Some(edition) = library.in_force(page, today) else { continue };
        read += 1;
        let text = app.engine.page_text(&page.slug, edition.number).await?;
        let mut found = named(page, &library);
        found.extend(broken(&app, &text.body, edition.audience, &mut anchors).await?);
        // Reading thousands of pages must not keep everybody else waiting.
        tokio::task::yield_now().await;
        for says in found {
            if rows.len() < MOST {
                rows.push(vec![
                    Cell::new(&edition.title)
                        .sub(page.slug.clone())
                        .link(format!("/kb/edit/page/{}", page.slug)),
                    Cell::new(says),
                ]);
            }
        }
    }
    let full = if rows.len() == MOST { ", and more" } else { "" };
    let table = Table {
        title: format!("{} broken links on {read} pages{full}", rows.len()),
        columns: vec!["Page", "What is wrong"],
        rows,
        empty: "Every link of every page in force leads somewhere.",
        new: None,
    };
    let body = Listing {
        frame: frame(&me, "/kb/edit/links", &query),
        title: "Broken links",
        intro: "Links on pages in force that lead to no page, paragraph or file. Links to other sites are not called up.",
        search: Vec::new(),
        tables: vec![table],
    };
    whole("Broken links", &me).show(&app, &body)
}
