//! Every edition of a page: where each stands, what differs between any two, bringing an old one back, and taking one
//! back together with the settings that it brought.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::knowledge::{Dated, Edition, Kind, Page, restore, withdraw as taken_back};
use domain::permission::Permission;
use engine::pages::{KnowledgeError, UNDATED};

use super::compare::{self, Block};
use super::drafts;
use super::frame::{day, frame, name, names, page as whole, short, standing};
use super::particulars::particulars;
use super::settings::{self, Shown};
use crate::admin::diff::Difference;
use crate::admin::form::Given;
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

struct Version {
    number: u32,
    title: String,
    badge: (&'static str, String),
    days: String,
    by: String,
    approver: Option<String>,
    at: String,
    note: String,
    withdrawn: Option<(String, String, String)>,
    standing_yet: bool,
    /// What readers see once it is taken back.
    then: String,
    /// Settings that go back when it is taken back.
    goes_back: Vec<Shown>,
}

struct Compared {
    old: u32,
    new: u32,
    lines: Vec<Difference>,
    body: compare::Compared,
}

#[derive(Template)]
#[template(path = "kb_edit/versions.html")]
struct Body {
    frame: Frame,
    slug: String,
    title: String,
    kind: &'static str,
    versions: Vec<Version>,
    compared: Option<Compared>,
    draft: Option<(&'static str, &'static str)>,
    memo_read: bool,
    readable: bool,
    review: String,
    fault: Option<String>,
    may_approve: bool,
    may_readers: bool,
}

fn edition(page: &Page, number: u32) -> Option<&Edition> {
    page.editions.iter().find(|edition| edition.number == number)
}

async fn compared(
    app: &App,
    page: &Page,
    query: &BTreeMap<String, String>,
) -> Result<Option<Compared>, Error> {
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u32>().ok());
    let (Some(a), Some(b)) = (number("a"), number("b")) else { return Ok(None) };
    let (old, new) = (a.min(b), a.max(b));
    let (Some(before), Some(after)) = (edition(page, old), edition(page, new)) else { return Ok(None) };
    let (was, is) =
        (app.engine.page_text(&page.slug, old).await?, app.engine.page_text(&page.slug, new).await?);
    let draft = |edition: &Edition, text| {
        let mut draft = restore(page, edition, text, "");
        (draft.from, draft.until) = (Some(edition.from), edition.until);
        draft.note.clone_from(&edition.note);
        draft
    };
    let lines = particulars(&draft(before, &was), &draft(after, &is))?;
    let name = format!("{}@{old}..{new}", page.slug);
    let body = compare::texts(app, Some(name), &was.body, &is.body).await?;
    Ok(Some(Compared { old, new, lines, body }))
}

/// What the settings become when this edition is taken back, against what they are with it.
async fn goes_back(app: &App, page: &Page, edition: &Edition) -> Result<Vec<Shown>, Error> {
    if edition.memo.as_ref().is_none_or(|memo| memo.changes.is_empty()) {
        return Ok(Vec::new());
    }
    let Ok(after) = taken_back(page.clone(), edition.number, "", app.engine.now(), "a reason") else {
        return Ok(Vec::new());
    };
    let library = app.engine.library();
    let others = library.pages().filter(|other| other.slug != page.slug);
    let after = Dated::all(others.chain(std::iter::once(&after)));
    let now = app.engine.dated_changes();
    let same = |a: &Dated, b: &Dated| a.slug == b.slug && a.change == b.change;
    let gone: Vec<Dated> =
        now.iter().filter(|one| !after.iter().any(|other| same(one, other))).cloned().collect();
    let back: Vec<Dated> =
        after.into_iter().filter(|one| !now.iter().any(|other| same(one, other))).collect();
    // One after the other, so that each line says what its own change undoes.
    let (mut list, mut out) = (now, Vec::new());
    for dated in gone {
        let next: Vec<Dated> = list.iter().filter(|one| !same(one, &dated)).cloned().collect();
        out.extend(settings::shown(app, &[dated.change], &list, &next).await?);
        list = next;
    }
    for dated in back {
        let next: Vec<Dated> = list.iter().cloned().chain(std::iter::once(dated.clone())).collect();
        out.extend(settings::shown(app, &[dated.change], &list, &next).await?);
        list = next;
    }
    out.retain(|one| !one.lines.is_empty());
    Ok(out)
}

/// What readers see once this edition is taken back.
fn then(app: &App, page: &Page, edition: &Edition) -> String {
    let (library, today) = (app.engine.library(), app.engine.today());
    let now = library.in_force(page, today).map(|one| one.number);
    let left = page.editions.iter().filter(|one| one.withdrawn.is_none() && one.number != edition.number);
    let left: Vec<&Edition> = left.collect();
    let covers = |one: &&&Edition| one.from <= today && one.until.is_none_or(|until| today <= until);
    let next = left.iter().filter(|one| one.from > today).min_by_key(|one| one.from);
    match (now, left.iter().rev().find(covers)) {
        (Some(now), _) if now != edition.number && edition.from > today => {
            format!("It has not taken force yet: edition {now} simply stays in force.")
        }
        (Some(now), _) if now != edition.number => {
            format!("It is not in force: edition {now} is, and stays so.")
        }
        (_, Some(before)) => format!("Edition {} is in force again at once.", before.number),
        (_, None) => match next {
            Some(next) => format!(
                "No other edition is in force, so readers find the page gone until edition {} takes force on {}.",
                next.number,
                day(next.from)
            ),
            None => {
                "There is no other edition, so readers find the page gone; its address says why.".to_owned()
            }
        },
    }
}

async fn versions(app: &App, page: &Page, may_approve: bool) -> Result<Vec<Version>, Error> {
    let (names, library, zone) = (names(&app.engine).await?, app.engine.library(), app.engine.zone());
    let today = app.engine.today();
    let mut out = Vec::new();
    for edition in page.editions.iter().rev() {
        let until = edition
            .until
            .map_or_else(|| "until further notice".to_owned(), |last| format!("until {}", short(last)));
        let stands = edition.withdrawn.is_none();
        out.push(Version {
            number: edition.number,
            title: edition.title.clone(),
            badge: standing(&library.standing(page, edition, today)),
            days: if edition.from == UNDATED {
                format!("No date printed, {until}")
            } else {
                format!("From {}, {until}", short(edition.from))
            },
            by: name(&names, &edition.author),
            approver: edition.approver.as_ref().map(|id| name(&names, id)),
            at: shown::date_time(edition.published_at, &zone),
            note: edition.note.clone(),
            withdrawn: edition
                .withdrawn
                .as_ref()
                .map(|gone| (name(&names, &gone.by), shown::date_time(gone.at, &zone), gone.reason.clone())),
            standing_yet: stands,
            then: then(app, page, edition),
            goes_back: if stands && may_approve { goes_back(app, page, edition).await? } else { Vec::new() },
        });
    }
    Ok(out)
}

async fn draw(
    app: &App,
    me: &SignedIn,
    slug: &str,
    query: &BTreeMap<String, String>,
    fault: Option<String>,
) -> Result<Response, Error> {
    let library = app.engine.library();
    let Some((_, page)) = library.page(slug) else { return Err(Error::NotFound) };
    let newest = page.editions.last().ok_or(Error::NotFound)?;
    let review = match (page.review_months, page.reviewed_on) {
        (0, _) => "Nobody is asked to look at it again.".to_owned(),
        (months, Some(on)) => format!("Looked at on {}; again after {months} months.", short(on)),
        (months, None) => format!("To be looked at every {months} months."),
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let may_approve = me.may(Permission::KnowledgeApprove);
    let body = Body {
        frame: frame(me, if page.kind == Kind::Memo { "/kb/edit/memos" } else { "" }, query),
        slug: slug.to_owned(),
        title: newest.called(),
        kind: page.kind.title(),
        versions: versions(app, page, may_approve).await?,
        compared: compared(app, page, query).await?,
        draft: app.engine.draft(slug).await?.map(|(_, draft)| drafts::state(&draft)),
        memo_read: page.editions.iter().any(|e| e.memo.as_ref().is_some_and(|memo| memo.required.is_some())),
        readable: library.in_force(page, app.engine.today()).is_some(),
        review,
        fault,
        may_approve,
        may_readers: me.may(Permission::KnowledgeReaders),
    };
    whole(&format!("Versions of {}", newest.title), me).status(status).show(app, &body)
}

/// `GET /kb/edit/versions/{slug}?a=&b=`.
pub(super) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    draw(&app, &me, &slug, &query, None).await
}

/// `POST /kb/edit/withdraw/{slug}`: one act, with a reason.
pub(super) async fn withdraw(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let number = given.text("edition").parse().unwrap_or_default();
    match app.engine.withdraw_edition(&slug, number, &given.text("reason"), &me.account.id.0).await {
        Ok(()) => Ok(go(&format!("/kb/edit/versions/{slug}?said=withdrawn"))),
        Err(KnowledgeError::Faults(faults)) => {
            let fault = faults.into_iter().next().map(|fault| fault.says);
            draw(&app, &me, &slug, &BTreeMap::new(), fault).await
        }
        Err(other) => Err(other.into()),
    }
}
