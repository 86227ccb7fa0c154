//! The editor: a draft's form with its preview, saving over the version it was read in, and the screen that shows both
//! texts when somebody else was quicker.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Form, Json};
use domain::knowledge::{
    Attachment, Draft, DraftState, Fault, Kind, Library, SettingChange, check, is_slug, visible,
};
use domain::permission::Permission;
use engine::pages::{DRAFT, KnowledgeError};
use knowledge::markup;
use serde_json::json;
use std::collections::BTreeMap;

use super::build::{self, Builder};
use super::compare::{self, Block};
use super::form::{self, Fields};
use super::frame::{frame, name, names, page};
use super::particulars::particulars;
use super::settings::Shown;
use super::{drafts, review};
use crate::admin::diff::Difference;
use crate::admin::form::{Given, Input};
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::page::{go, html};
use crate::session::SignedIn;
use crate::{App, shown};

/// Somebody else was quicker.
pub(super) struct Quicker {
    by: String,
    at: String,
    /// From theirs to mine.
    body: compare::Compared,
    lines: Vec<Difference>,
    /// Whether their draft is still there.
    there: bool,
}

/// A change of settings with the text that keeps it in the form.
struct Kept {
    json: String,
    shown: Shown,
}

struct File {
    json: String,
    file: Attachment,
    picture: bool,
    kilobytes: u64,
}

#[derive(Template)]
#[template(path = "kb_edit/editor.html")]
struct Body {
    frame: Frame,
    draft: Draft,
    version: u64,
    fields: Fields,
    faults: Vec<(String, String, Option<&'static str>)>,
    rest: Vec<Fault>,
    todo: Vec<String>,
    warnings: Vec<drafts::Warning>,
    quicker: Option<Quicker>,
    /// A newer edition than the draft began from.
    newer: Option<u32>,
    state: (&'static str, &'static str),
    sent_back: Option<(String, String)>,
    in_review: bool,
    memo: bool,
    changes: Vec<Kept>,
    builders: Vec<Builder>,
    files: Vec<File>,
    preview: String,
    published: bool,
    may_approve: bool,
    saved_at: String,
}

/// What is to be drawn.
struct View {
    draft: Draft,
    version: u64,
    faults: Vec<Fault>,
    quicker: Option<Quicker>,
    given: Option<Given>,
    query: BTreeMap<String, String>,
}

/// A text as readers will see it, with what an editor should mend below. A text that cannot be read says why instead.
#[derive(Template)]
#[template(path = "kb_edit/preview.html")]
struct Preview {
    html: String,
    marks: Vec<String>,
    fault: Option<String>,
}

/// A text as its readers will see it; a large one is read beside the threads that answer others.
pub(super) async fn render_text(app: &App, body: &str) -> Result<String, Error> {
    let library = app.engine.library();
    let body = app.engine.with_hours(body, "en", app.engine.today()).into_owned();
    compare::aside(app, body.len(), move || rendered(&library, &body)).await?
}

fn rendered(library: &Library, body: &str) -> Result<String, Error> {
    let page = match markup::parse(body) {
        Ok(page) => page,
        Err(error) => {
            let fault = Some(format!("This text cannot be shown: {error}."));
            return Ok(Preview { html: String::new(), marks: Vec::new(), fault }.render()?);
        }
    };
    let address = |slug: &str, anchor: Option<&str>| {
        library.page(slug)?;
        Some(anchor.map_or_else(|| format!("/kb/{slug}"), |anchor| format!("/kb/{slug}#{anchor}")))
    };
    let look = markup::Look {
        page: &address,
        file: &|file| Some(format!("/kb/file/{file}")),
        clause: Some(&|id| format!("/clause/{id}")),
        supervisors: true,
        mark_broken: true,
        ..markup::Look::default()
    };
    let marks =
        markup::lint(&page).into_iter().map(|mark| format!("Line {}: {}.", mark.line, mark.kind)).collect();
    Ok(Preview { html: markup::html(&page, &look), marks, fault: None }.render()?)
}

async fn changes(app: &App, draft: &Draft) -> Result<Vec<Kept>, Error> {
    let all: &[SettingChange] = draft.memo.as_ref().map_or(&[], |memo| &memo.changes);
    let shown = review::preview(app, draft).await?;
    let keep = |(change, shown): (&SettingChange, Shown)| {
        Ok(Kept { json: serde_json::to_string(change).map_err(Error::fault)?, shown })
    };
    all.iter().zip(shown).map(keep).collect()
}

fn files(draft: &Draft) -> Result<Vec<File>, Error> {
    let one = |file: &Attachment| {
        Ok(File {
            json: serde_json::to_string(file).map_err(Error::fault)?,
            picture: file.media.starts_with("image/"),
            kilobytes: file.size.div_ceil(1024),
            file: file.clone(),
        })
    };
    draft.attachments.iter().map(one).collect()
}

/// The groups that make changes of settings, each fault at its field and gone from `rest`.
fn builders(app: &App, draft: &Draft, given: Option<&Given>, rest: &mut Vec<Fault>) -> Vec<Builder> {
    if draft.memo.is_none() {
        return Vec::new();
    }
    let mut builders = build::builders(&app.engine.pack(), app.engine.today());
    if let Some(given) = given {
        for builder in &mut builders {
            if builder.mark(rest, given) {
                rest.retain(|fault| !builder.fields.iter().any(|field| field.name == fault.field));
            }
        }
    }
    builders
}

async fn draw(app: &App, me: &SignedIn, view: View) -> Result<Response, Error> {
    let View { draft, version, faults, quicker, given, query } = view;
    let library = app.engine.library();
    let published = library.page(&draft.slug).map(|(_, page)| page);
    let today = app.engine.today();
    let mut fields = form::fields(app, &draft);
    if let Some(given) = &given {
        fields.give_back(given);
    }
    let mut rest = fields.mark(&faults);
    let newest = published.and_then(|page| page.editions.last()).map_or(0, |edition| edition.number);
    let todo = check(&draft, published, today).into_iter().map(|fault| fault.says).collect::<Vec<_>>();
    let sent_back = match &draft.state {
        DraftState::SentBack { by, reason, .. } => {
            Some((name(&names(&app.engine).await?, by), reason.clone()))
        }
        _ => None,
    };
    let record = app.engine.store().record(DRAFT, &draft.slug).await?;
    let saved_at = record.map(|record| shown::clock(record.at, &app.engine.zone())).unwrap_or_default();
    let status = match (&quicker, faults.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
    };
    let builders = builders(app, &draft, given.as_ref(), &mut rest);
    let title = if draft.title.is_empty() { draft.slug.clone() } else { draft.title.clone() };
    let body = Body {
        frame: frame(me, "/kb/edit", &query),
        version,
        faults: drafts::summary(&faults),
        rest,
        todo: if faults.is_empty() && !matches!(draft.state, DraftState::InReview { .. }) {
            todo
        } else {
            Vec::new()
        },
        warnings: drafts::warnings(app, &draft),
        quicker,
        newer: (newest != draft.base).then_some(newest),
        state: drafts::state(&draft),
        sent_back,
        in_review: matches!(draft.state, DraftState::InReview { .. }),
        memo: draft.kind == Kind::Memo,
        changes: changes(app, &draft).await?,
        builders,
        files: files(&draft)?,
        preview: render_text(app, &draft.body).await?,
        published: published.is_some(),
        may_approve: me.may(Permission::KnowledgeApprove),
        saved_at,
        fields,
        draft,
    };
    page(&format!("{title}, draft"), me).status(status).show(app, &body)
}

/// `GET /kb/edit/draft/{slug}`.
pub(super) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let Some((version, draft)) = app.engine.draft(&slug).await? else {
        // Approved or thrown away since: the page itself says what became of it.
        let there = app.engine.library().page(&slug).is_some();
        return if there { Ok(go(&format!("/kb/edit/versions/{slug}"))) } else { Err(Error::NotFound) };
    };
    draw(&app, &me, View { draft, version, faults: Vec::new(), quicker: None, given: None, query }).await
}

/// The draft as the form describes it, over the one that stands.
async fn described(app: &App, slug: &str, given: &Given) -> Result<(Draft, Vec<Fault>), Error> {
    if !is_slug(slug) {
        return Err(Error::NotFound);
    }
    let before = match app.engine.draft(slug).await? {
        Some((_, draft)) => draft,
        None => Draft { slug: slug.to_owned(), language: "en".to_owned(), ..Draft::default() },
    };
    let (mut draft, faults) = form::read(given, &before, &app.engine.library());
    draft.body = form::own_links(&draft.body, &app.settings.public_url);
    Ok((draft, faults))
}

/// Buttons of the form that change the draft besides saving it.
fn act(app: &App, word: &str, given: &Given, draft: &mut Draft) -> Result<(), Fault> {
    let (verb, what) = word.split_once(':').unwrap_or((word, ""));
    match verb {
        "add" => {
            let change = build::read(what, given, &app.engine.pack())?;
            if let Some(memo) = draft.memo.as_mut()
                && !memo.changes.contains(&change)
            {
                memo.changes.push(change);
            }
        }
        "remove" => {
            let at: usize = what.parse().unwrap_or(usize::MAX);
            if let Some(memo) = draft.memo.as_mut().filter(|memo| at < memo.changes.len()) {
                memo.changes.remove(at);
            }
        }
        "rebase" => {
            let library = app.engine.library();
            let newest = library.page(&draft.slug).and_then(|(_, page)| page.editions.last());
            draft.base = newest.map_or(0, |edition| edition.number);
        }
        _ => {}
    }
    Ok(())
}

/// Takes over what was written into the groups of the memo's settings without pressing their buttons.
fn take_over(app: &App, word: &str, given: &Given, draft: &mut Draft, faults: &mut Vec<Fault>) {
    let Some(memo) = draft.memo.as_mut() else { return };
    let pressed = word.strip_prefix("add:").unwrap_or_default();
    for found in build::filled(given, &app.engine.pack(), app.engine.today(), pressed) {
        match found {
            Ok(change) if memo.changes.contains(&change) => {}
            Ok(change) => memo.changes.push(change),
            Err(fault) => faults.push(fault),
        }
    }
}

/// `POST /kb/edit/draft/{slug}`: saves, and then does what its button says.
pub(super) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (mut draft, mut faults) = described(&app, &slug, &given).await?;
    let word = given.text("act");
    if let Err(fault) = act(&app, &word, &given, &mut draft) {
        faults.push(fault);
    }
    take_over(&app, &word, &given, &mut draft, &mut faults);
    let mut version = given.version();
    if faults.is_empty() {
        match app.engine.save_draft(version, draft.clone(), &me.account.id.0).await {
            Ok(saved) => version = saved.version,
            Err(KnowledgeError::Conflict) => return conflict(&app, &me, draft, given).await,
            Err(KnowledgeError::Faults(found)) => faults = found,
            Err(other) => return Err(other.into()),
        }
    }
    if faults.is_empty() && word == "submit" {
        match app.engine.submit_draft(&slug, version, &me.account.id.0).await {
            Ok(_) => return Ok(go(&format!("/kb/edit/review/{slug}?said=submitted"))),
            Err(KnowledgeError::Conflict) => return conflict(&app, &me, draft, given).await,
            Err(KnowledgeError::Faults(found)) => faults = found,
            Err(other) => return Err(other.into()),
        }
    }
    if faults.is_empty() {
        let place = match word.split(':').next() {
            Some("add" | "remove") => "#changes",
            Some("preview") => "#preview",
            _ => "",
        };
        return Ok(go(&format!("/kb/edit/draft/{slug}?said=saved{place}")));
    }
    draw(
        &app,
        &me,
        View { draft, version, faults, quicker: None, given: Some(given), query: BTreeMap::new() },
    )
    .await
}

/// Both texts; the form holds mine, and saving it again replaces theirs knowingly.
async fn conflict(app: &App, me: &SignedIn, mine: Draft, given: Given) -> Result<Response, Error> {
    let names = names(&app.engine).await?;
    let record = app.engine.store().record(DRAFT, &mine.slug).await?;
    let theirs = app.engine.draft(&mine.slug).await?;
    let (version, quicker) = match (record, theirs) {
        (Some(record), Some((version, theirs))) => {
            let quicker = Quicker {
                by: name(&names, &record.actor),
                at: shown::date_time(record.at, &app.engine.zone()),
                body: compare::texts(app, None, &theirs.body, &mine.body).await?,
                lines: particulars(&theirs, &mine)?,
                there: true,
            };
            (version, quicker)
        }
        _ => {
            let quicker = Quicker {
                by: String::new(),
                at: String::new(),
                body: compare::Compared::default(),
                lines: Vec::new(),
                there: false,
            };
            (0, quicker)
        }
    };
    let view = View {
        draft: mine,
        version,
        faults: Vec::new(),
        quicker: Some(quicker),
        given: Some(given),
        query: BTreeMap::new(),
    };
    draw(app, me, view).await
}

/// `POST /kb/edit/auto/{slug}`: saves by itself while somebody writes, and answers with JSON.
pub(super) async fn auto(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let (draft, mut faults) = described(&app, &slug, &given).await?;
    if faults.is_empty() {
        match app.engine.save_draft(given.version(), draft, &me.account.id.0).await {
            Ok(saved) => {
                let at = shown::clock(app.engine.now(), &app.engine.zone());
                return Ok(Json(json!({"version": saved.version, "at": at})).into_response());
            }
            Err(KnowledgeError::Conflict) => {
                let says = "Somebody else saved this draft meanwhile. Save yours to see both; nothing is overwritten.";
                return Ok((StatusCode::CONFLICT, Json(json!({"says": says}))).into_response());
            }
            Err(KnowledgeError::Faults(found)) => faults = found,
            Err(other) => return Err(other.into()),
        }
    }
    let says: Vec<&str> = faults.iter().map(|fault| fault.says.as_str()).collect();
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"says": says.join(" ")}))).into_response())
}

/// `POST /kb/edit/preview`: the text as readers will see it.
pub(super) async fn preview(
    State(app): State<App>,
    _me: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let body = form::raw(&given, "body").unwrap_or_default();
    let body = form::own_links(&body, &app.settings.public_url);
    Ok(html(render_text(&app, &visible(&body)).await?))
}
