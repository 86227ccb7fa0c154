//! The list of drafts, a new page, beginning a draft of a page that is there, and throwing one away.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::knowledge::{Audience, Draft, DraftState, Fault, Kind, Memo, Viewer, is_slug, slug_of};
use engine::pages::KnowledgeError;

use super::form::{kinds, places};
use super::frame::{day, frame, name, names, page};
use crate::admin::form::{Field, Given, Input};
use crate::admin::frame::{Cell, Frame, Listing, Said, Table};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

/// The word and the class of where a draft stands.
pub(super) fn state(draft: &Draft) -> (&'static str, &'static str) {
    match draft.state {
        DraftState::Writing => ("badge--info", "Being written"),
        DraftState::InReview { .. } => ("badge--warn", "Waits for review"),
        DraftState::SentBack { .. } => ("badge--bad", "Sent back"),
    }
}

/// `GET /kb/edit`.
pub(super) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (names, zone) = (names(&app.engine).await?, app.engine.zone());
    let mut drafts = app.engine.drafts().await?;
    drafts.sort_by_key(|(_, at, _)| std::cmp::Reverse(*at));
    let row = |(_, at, draft): &(u64, i64, Draft)| {
        let (class, word) = state(draft);
        let waits = matches!(draft.state, DraftState::InReview { .. });
        let to = if waits { "review" } else { "draft" };
        let authors: Vec<String> = draft.authors.iter().map(|id| name(&names, id)).collect();
        vec![
            Cell::new(if draft.title.is_empty() { "Without a title" } else { &draft.title })
                .sub(format!("{}, {}", draft.kind.title().to_lowercase(), draft.slug))
                .link(format!("/kb/edit/{to}/{}", draft.slug)),
            Cell::new("").badge(class, word),
            Cell::new(if draft.base == 0 {
                "new page".to_owned()
            } else {
                format!("edition {}", draft.base)
            }),
            Cell::new(authors.join(", ")),
            Cell::new(shown::date_time(*at, &zone)),
        ]
    };
    let columns = vec!["Draft", "State", "From", "Written by", "Last change"];
    let (waiting, others): (Vec<_>, Vec<_>) =
        drafts.iter().partition(|(_, _, draft)| matches!(draft.state, DraftState::InReview { .. }));
    let tables = vec![
        Table {
            title: "Waiting for a second person".to_owned(),
            columns: columns.clone(),
            rows: waiting.into_iter().map(row).collect(),
            empty: "Nothing waits for review.",
            new: None,
        },
        Table {
            title: "Being written".to_owned(),
            columns,
            rows: others.into_iter().map(row).collect(),
            empty: "No draft is open. Begin a new page, or open a page and choose Edit.",
            new: Some(("/kb/edit/new", "New page or memo")),
        },
    ];
    let body = Listing {
        frame: frame(&me, "/kb/edit", &query),
        title: "Drafts",
        intro: "What is being written. Readers see a text once a second person has approved it and its first day has come.",
        search: Vec::new(),
        tables,
    };
    page("Drafts", &me).show(&app, &body)
}

#[derive(Template)]
#[template(path = "kb_edit/new.html")]
struct New {
    frame: Frame,
    fields: Vec<Field>,
    errors: Vec<String>,
}

fn new_fields(app: &App, kind: &str) -> Vec<Field> {
    let (library, today) = (app.engine.library(), app.engine.today());
    let usual = usual_place(app, Kind::from_word(kind).unwrap_or_default()).unwrap_or_default();
    vec![
        Field::new("kind", "Kind of page", Input::Select(kinds()), kind),
        Field::new("title", "Title, or subject of a memo", Input::Text, "").required(),
        Field::new("number", "Number, for a memo, a hot tip or a form", Input::Text, "")
            .hint("Such as IM-33. Leave it empty for any other page."),
        Field::new("parent", "Below", Input::Select(places(&library, "", today)), usual)
            .hint("Where it stands in the menu. Readers look there first."),
        Field::new("slug", "Name in the address", Input::Text, "")
            .hint("Lower-case letters, digits and hyphens. Empty: made from the title. It never changes."),
    ]
}

fn show_new(app: &App, me: &SignedIn, fields: Vec<Field>, errors: Vec<String>) -> Result<Response, Error> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let body = New { frame: frame(me, "/kb/edit/new", &BTreeMap::new()), fields, errors };
    page("New page", me).status(status).show(app, &body)
}

/// `GET /kb/edit/new`.
pub(super) async fn new(State(app): State<App>, me: SignedIn, Query(query): Said) -> Result<Response, Error> {
    let kind = query.get("kind").map_or("article", String::as_str);
    show_new(&app, &me, new_fields(&app, kind), Vec::new())
}

/// The name in the address: what was chosen, or made of number and year, or of the title.
fn slug(given: &Given, kind: Kind, year: i16) -> String {
    let chosen = given.text("slug");
    if !chosen.is_empty() {
        return chosen;
    }
    let number = given.text("number");
    if kind.has_own_number() && !number.is_empty() {
        return slug_of(&format!("{} {number}", kind.title()));
    }
    if kind == Kind::Memo && !number.is_empty() {
        // Memo numbers begin anew each year, and forms have numbers of their own (AMB-NUMBER-COLLISION).
        return slug_of(&format!("memo {year} {number}"));
    }
    slug_of(&given.text("title"))
}

/// Where most pages of this kind lie, so that a new memo stands among the memos; articles lie everywhere, and begin below
/// the first heading of the menu, never above it.
fn usual_place(app: &App, kind: Kind) -> Option<String> {
    let library = app.engine.library();
    if !matches!(kind, Kind::Memo | Kind::HotTip | Kind::Form) {
        let viewer = Viewer { audience: Audience::Supervisors, day: app.engine.today() };
        let first = library.children(None, viewer).into_iter().find(|(page, _)| page.kind == Kind::Section);
        return first.map(|(page, _)| page.slug.clone());
    }
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for parent in library.pages().filter(|page| page.kind == kind).filter_map(|page| page.parent.as_deref()) {
        *counted.entry(parent).or_default() += 1;
    }
    counted.into_iter().max_by_key(|(_, count)| *count).map(|(parent, _)| parent.to_owned())
}

/// The place that was chosen. A memo that was begun with the form of an article stands among the memos all the same.
fn place(app: &App, given: &Given, kind: Kind) -> Option<String> {
    let chosen = Some(given.text("parent")).filter(|parent| !parent.is_empty());
    let untouched = chosen.is_none() || chosen == usual_place(app, Kind::Article);
    if untouched && kind != Kind::Article { usual_place(app, kind) } else { chosen }
}

/// `POST /kb/edit/new`.
pub(super) async fn create(
    State(app): State<App>,
    me: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let kind = Kind::from_word(&given.text("kind")).unwrap_or_default();
    let today = app.engine.today();
    let slug = slug(&given, kind, today.year());
    let mut errors = Vec::new();
    if given.text("title").is_empty() {
        errors.push("Title: write one; it can be changed later.".to_owned());
    } else if !is_slug(&slug) || slug == "edit" {
        errors.push(
            "Name in the address: use lower-case letters, digits and single hyphens, at most 80.".to_owned(),
        );
    } else if app.engine.library().page(&slug).is_some() {
        errors.push(format!("Name in the address: there is a page “{slug}” already. Open it and choose Edit, or choose another name."));
    } else if app.engine.draft(&slug).await?.is_some() {
        errors.push(format!("Name in the address: somebody writes a draft “{slug}” already. Look under Drafts, or choose another name."));
    }
    let own_number = Some(given.text("number")).filter(|number| kind.has_own_number() && !number.is_empty());
    if let Some(number) = &own_number
        && let Some((_, other)) = app.engine.library().numbered(kind, number, "")
    {
        // The address is made from the number, so that it is the number that has to be another.
        let kind = kind.title().to_lowercase();
        errors = vec![format!(
            "Number: {number} belongs to another {kind}, “{}”. Give this one its own.",
            other.title
        )];
    }
    if errors.is_empty() {
        let draft = Draft {
            own_number,
            slug: slug.clone(),
            kind,
            title: given.text("title"),
            parent: place(&app, &given, kind),
            language: "en".to_owned(),
            review_months: 12,
            memo: (kind == Kind::Memo).then(|| Memo {
                number: given.text("number"),
                issuing_role: "division director".to_owned(),
                actions: vec!["Review this memorandum with appropriate staff.".to_owned()],
                required: Some(domain::knowledge::Required {
                    due_days: 5,
                    grace_hours: 24,
                    ..Default::default()
                }),
                ..Memo::default()
            }),
            ..Draft::default()
        };
        match app.engine.save_draft(0, draft, &me.account.id.0).await {
            Ok(_) => return Ok(go(&format!("/kb/edit/draft/{slug}?said=begun"))),
            Err(KnowledgeError::Faults(faults)) => errors.extend(faults.into_iter().map(|fault| fault.says)),
            Err(other) => return Err(other.into()),
        }
    }
    let mut fields = new_fields(&app, kind.word());
    given.back_into(&mut fields);
    show_new(&app, &me, fields, errors)
}

/// `GET /kb/edit/page/{slug}`: to the draft, or to where one is begun.
pub(super) async fn open(
    State(app): State<App>,
    _me: SignedIn,
    Path(slug): Path<String>,
) -> Result<Response, Error> {
    match app.engine.draft(&slug).await? {
        Some(_) => Ok(go(&format!("/kb/edit/draft/{slug}"))),
        None if app.engine.library().page(&slug).is_some() => Ok(go(&format!("/kb/edit/versions/{slug}"))),
        None => Err(Error::NotFound),
    }
}

/// `POST /kb/edit/begin/{slug}`: from the edition in force, or an older one to bring it back.
pub(super) async fn begin(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let edition = given.text("edition").parse().ok();
    match app.engine.begin_draft(&slug, edition, &me.account.id.0).await {
        Ok(_) => Ok(go(&format!("/kb/edit/draft/{slug}?said=begun"))),
        Err(KnowledgeError::Conflict) => Ok(go(&format!("/kb/edit/draft/{slug}?said=there"))),
        Err(other) => Err(other.into()),
    }
}

/// `POST /kb/edit/discard/{slug}`.
pub(super) async fn discard(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    app.engine.discard_draft(&slug, given.version(), &me.account.id.0).await?;
    Ok(go("/kb/edit?said=discarded"))
}

/// What warns an author without stopping: a number that another memo of the same year has, or a form's number.
pub(super) fn warnings(app: &App, draft: &Draft) -> Vec<Warning> {
    let mut out = same_number(app, draft);
    out.extend(other_days(draft));
    out
}

/// A warning and the clause behind it.
pub(super) type Warning = (String, &'static str);

/// A memo and a change of settings that it brings begin on different days.
fn other_days(draft: &Draft) -> Vec<Warning> {
    let Some(from) = draft.from else { return Vec::new() };
    let changes = draft.memo.iter().flat_map(|memo| &memo.changes);
    changes
        .filter(|change| change.from != from)
        .map(|change| {
            let (memo, setting) = (day(from), day(change.from));
            let says = if change.from < from {
                format!(
                    "The memo takes force on {memo}, but a setting that it changes has the first day {setting}. It does not change before the memo is in force; give both the same day."
                )
            } else {
                format!(
                    "The memo takes force on {memo}, and a setting that it changes only on {setting}. If that is meant, say so in the text; if not, give both the same day."
                )
            };
            (says, "IM31-HOURS-5")
        })
        .collect()
}

fn same_number(app: &App, draft: &Draft) -> Vec<Warning> {
    let Some(memo) = draft.memo.as_ref().filter(|memo| !memo.number.is_empty()) else { return Vec::new() };
    let library = app.engine.library();
    let year = |memo: &Memo, from: Option<jiff::civil::Date>| {
        memo.issued.or(from).filter(|day| *day != engine::pages::UNDATED).map(|day| day.year())
    };
    let mine = year(memo, draft.from.or_else(|| Some(app.engine.today())));
    let mut out = Vec::new();
    for page in library.pages().filter(|page| page.slug != draft.slug) {
        let Some(edition) = page.editions.iter().rev().find(|edition| edition.withdrawn.is_none()) else {
            continue;
        };
        let Some(other) = &edition.memo else { continue };
        let theirs = year(other, Some(edition.from));
        if other.number.eq_ignore_ascii_case(&memo.number) && (theirs.is_none() || theirs == mine) {
            let when = theirs.map_or_else(|| "an unknown year".to_owned(), |year| year.to_string());
            let says = format!(
                "There is a memo {} of {when} already: “{}”. Two memos of one year must not share a number; check yours.",
                other.number, edition.title
            );
            out.push((says, "IM33-MEMO-1"));
        }
    }
    out
}

/// Faults as the summary above a form shows them: the id to jump to, and the sentence.
pub(super) fn summary(faults: &[Fault]) -> Vec<(String, String, Option<&'static str>)> {
    faults.iter().map(|fault| (format!("f-{}", fault.field), fault.says.clone(), fault.clause)).collect()
}
