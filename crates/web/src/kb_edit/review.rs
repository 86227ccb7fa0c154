//! The second person's page: what a draft changes, in words and in settings, and the decision (SMS-SCRIPT-1, IM31-HOURS-5).

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::knowledge::{Dated, Draft, DraftState, Fault, check, restore};
use domain::permission::Permission;
use engine::pages::KnowledgeError;

use super::compare::{self, Block};
use super::editor::render_text;
use super::frame::{day, frame, name, names, page};
use super::particulars::particulars;
use super::settings::{self, Shown};
use super::{drafts, links};
use crate::admin::diff::Difference;
use crate::admin::form::Given;
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::kb::readers;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

#[derive(Template)]
#[template(path = "kb_edit/review.html")]
struct Body {
    frame: Frame,
    draft: Draft,
    version: u64,
    state: (&'static str, &'static str),
    asked: Option<(String, String)>,
    authors: String,
    /// Number of the edition in force, if there is one.
    against: Option<u32>,
    lines: Vec<Difference>,
    body: compare::Compared,
    changes: Vec<Shown>,
    broken: Vec<String>,
    warnings: Vec<drafts::Warning>,
    faults: Vec<Fault>,
    from: String,
    until: String,
    preview: String,
    in_review: bool,
    may_approve: bool,
    mine: bool,
    /// Who has to read it, in words.
    readers: String,
}

/// What the changes of a draft would do to the settings, change by change.
pub(super) async fn preview(app: &App, draft: &Draft) -> Result<Vec<Shown>, Error> {
    let Some(memo) = &draft.memo else { return Ok(Vec::new()) };
    // The edition of this memo that stands is replaced by the new one, so it is not laid under it.
    let mut before = app.engine.dated_changes();
    before.retain(|dated| dated.slug != draft.slug);
    let mut out = Vec::new();
    for change in &memo.changes {
        let change = settings::within(change, draft.until);
        let mut after = before.clone();
        after.push(Dated {
            slug: draft.slug.clone(),
            number: memo.number.clone(),
            published_at: app.engine.now(),
            began: change.from,
            change: change.clone(),
        });
        let mut shown = settings::shown(app, std::slice::from_ref(&change), &before, &after).await?;
        out.extend(shown.pop());
        before = after;
    }
    let told = app.engine.preview_changes(draft).await?;
    for preview in told {
        let Err(says) = preview.result else { continue };
        let place = memo.changes.iter().position(|change| *change == preview.change);
        if let Some(one) = place.and_then(|at| out.get_mut(at)) {
            one.fault.get_or_insert(says);
        }
    }
    Ok(out)
}

async fn draw(
    app: &App,
    me: &SignedIn,
    (version, draft): (u64, Draft),
    faults: Vec<Fault>,
    query: &BTreeMap<String, String>,
) -> Result<Response, Error> {
    let (names, library, today) = (names(&app.engine).await?, app.engine.library(), app.engine.today());
    let published = library.page(&draft.slug).map(|(_, page)| page);
    let in_force = published
        .and_then(|page| library.in_force(page, today).or_else(|| page.editions.last()).map(|e| (page, e)));
    let (mut lines, mut was) = (Vec::new(), String::new());
    if let Some((published, edition)) = in_force {
        let text = app.engine.page_text(&draft.slug, edition.number).await?;
        let before = restore(published, edition, &text, "");
        let mut after = draft.clone();
        // The days are said above; the edition in force always has some.
        (after.from, after.until, after.note) = (before.from, before.until, before.note.clone());
        lines = particulars(&before, &after)?;
        was.clone_from(&text.body);
    }
    let body = compare::texts(app, None, &was, &draft.body).await?;
    let asked = match &draft.state {
        DraftState::InReview { by, at } => {
            Some((name(&names, by), shown::date_time(*at, &app.engine.zone())))
        }
        _ => None,
    };
    let authors: Vec<String> = draft.authors.iter().map(|id| name(&names, id)).collect();
    let from =
        draft.from.map_or_else(|| "on the day of the approval".to_owned(), |from| day(from.max(today)));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let faults = if faults.is_empty() { check(&draft, published, today) } else { faults };
    let view = Body {
        frame: frame(me, "/kb/edit", query),
        version,
        state: drafts::state(&draft),
        asked,
        authors: authors.join(", "),
        against: in_force.map(|(_, edition)| edition.number),
        lines,
        body,
        changes: preview(app, &draft).await?,
        broken: links::of_text(app, draft.audience, &draft.body).await?,
        warnings: drafts::warnings(app, &draft),
        faults,
        from,
        until: draft
            .until
            .map_or_else(|| "until further notice".to_owned(), |until| format!("until {}", day(until))),
        preview: render_text(app, &draft.body).await?,
        in_review: matches!(draft.state, DraftState::InReview { .. }),
        may_approve: me.may(Permission::KnowledgeApprove),
        mine: draft.authors.contains(&me.account.id.0),
        readers: draft
            .memo
            .as_ref()
            .and_then(|memo| memo.required.as_ref())
            .map_or_else(|| "nobody in particular".to_owned(), |required| readers(app, required)),
        draft,
    };
    let title = format!("Review of {}", view.draft.title);
    page(&title, me).status(status).show(app, &view)
}

/// `GET /kb/edit/review/{slug}`.
pub(super) async fn page_of(
    app: &App,
    me: &SignedIn,
    slug: &str,
    faults: Vec<Fault>,
    query: &BTreeMap<String, String>,
) -> Result<Response, Error> {
    match app.engine.draft(slug).await? {
        Some(found) => draw(app, me, found, faults, query).await,
        None if app.engine.library().page(slug).is_some() => Ok(go(&format!("/kb/edit/versions/{slug}"))),
        None => Err(Error::NotFound),
    }
}

/// `GET /kb/edit/review/{slug}`.
pub(super) async fn page_handler(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    page_of(&app, &me, &slug, Vec::new(), &query).await
}

/// `POST /kb/edit/review/{slug}/approve`: exactly the version that was read.
pub(super) async fn approve(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    match app.engine.approve_draft(&slug, given.version(), &me.account.id.0).await {
        Ok(_) => Ok(go(&format!("/kb/edit/versions/{slug}?said=approved"))),
        Err(KnowledgeError::Faults(faults)) => page_of(&app, &me, &slug, faults, &BTreeMap::new()).await,
        Err(other) => Err(other.into()),
    }
}

/// `POST /kb/edit/review/{slug}/back`.
pub(super) async fn back(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    match app.engine.send_back_draft(&slug, given.version(), &given.text("reason"), &me.account.id.0).await {
        Ok(_) => Ok(go("/kb/edit?said=back")),
        Err(KnowledgeError::Faults(faults)) => page_of(&app, &me, &slug, faults, &BTreeMap::new()).await,
        Err(other) => Err(other.into()),
    }
}
