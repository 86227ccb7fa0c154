//! Policy questions: whom somebody may ask, with the mailbox shown before anything is sent; the supervisor's inbox, and the
//! editors' (IM33-Q-1 to IM33-Q-6).

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::permission::{Permission, Role};
use engine::pages::{KnowledgeError, Question, QuestionState, Route};

use super::frame::{frame, name, names, page as whole};
use crate::admin::form::{Field, Given, Input};
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

/// Questions shown at once.
const MOST: usize = 200;
/// Longest case number.
const CASE_MAX: usize = 40;

/// A way a question can go.
struct Way {
    word: &'static str,
    title: String,
    says: String,
    clause: &'static str,
    open: bool,
}

/// A question with its answer, for screens.
struct Asked {
    id: String,
    by: String,
    at: String,
    to: String,
    programme: String,
    page: Option<(String, String)>,
    text: String,
    answer: Option<(String, String, String)>,
    may_answer: bool,
    /// Whether the answer is somebody else's, which the asker writes down.
    records: bool,
    /// Who sent it on, and when.
    forwarded: Option<(String, String)>,
    /// Mailboxes that this person may send it on to: programme, address, whether it is the question's own.
    forward: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "kb_edit/ask.html")]
struct Body {
    frame: Frame,
    fields: Vec<Field>,
    ways: Vec<Way>,
    chosen: String,
    about: Option<(String, String)>,
    mailboxes: Vec<(String, String)>,
    fault: Option<(String, Option<&'static str>)>,
    asked: Vec<Asked>,
}

fn is(me: &SignedIn, roles: &[Role]) -> bool {
    me.account.roles.iter().any(|role| roles.contains(role))
}

const ABOVE: [Role; 3] = [Role::Supervisor, Role::Coordinator, Role::Manager];

fn ways(me: &SignedIn, names: &BTreeMap<String, String>) -> Vec<Way> {
    let supervisor = me.account.supervisor.as_ref().map(|id| name(names, &id.0));
    let (manager, above) = (is(me, &[Role::Manager]), is(me, &ABOVE));
    vec![
        Way {
            word: "supervisor",
            title: supervisor
                .as_ref()
                .map_or_else(|| "A supervisor".to_owned(), |name| format!("Your supervisor, {name}")),
            says: if supervisor.is_some() {
                "A question about a memo goes to your supervisor first.".to_owned()
            } else {
                "Nobody is set as your supervisor, so every supervisor sees it.".to_owned()
            },
            clause: "IM33-Q-1",
            open: true,
        },
        Way {
            word: "policy",
            title: "The policy unit, by e-mail".to_owned(),
            says: if manager {
                "The programme chooses the mailbox; it is named below.".to_owned()
            } else {
                "Only managers write to the policy unit. Ask your supervisor, who can have it sent on."
                    .to_owned()
            },
            clause: "IM33-Q-2",
            open: manager,
        },
        Way {
            word: "im14",
            title: "Request for Interpretation of Policy (IM-14)".to_owned(),
            says: if above {
                "For a clearance about one particular case. No e-mail leaves.".to_owned()
            } else {
                "IM-14 requests are for supervisors and above. Ask your supervisor.".to_owned()
            },
            clause: "IM33-Q-6",
            open: above,
        },
    ]
}

fn fields(app: &App) -> Vec<Field> {
    let programmes =
        app.engine.policy_programmes().into_iter().map(|(programme, _)| (programme.clone(), programme));
    let options =
        std::iter::once((String::new(), "No programme in particular".to_owned())).chain(programmes).collect();
    vec![
        Field::new("programme", "Programme", Input::Select(options), ""),
        Field::new("case", "Case number (DCN), if it is about one case", Input::Text, "")
            .hint("With a case number it becomes an IM-14 request, or a question to your supervisor; it is never mailed.")
            .clause("IM33-Q-6"),
        Field::new("text", "Your question", Input::Area(5, false), "").required(),
    ]
}

async fn show(
    app: &App,
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    given: Option<&Given>,
    fault: Option<(String, Option<&'static str>)>,
    status: StatusCode,
) -> Result<Response, Error> {
    let names = names(&app.engine).await?;
    let about = given.map(|given| given.text("page")).or_else(|| query.get("page").cloned());
    let viewer = app.engine.viewer(&me.account.roles);
    let library = app.engine.library();
    let about = about.and_then(|slug| {
        library.readable(&slug, viewer).map(|(page, edition)| (page.slug.clone(), edition.title.clone()))
    });
    let mut fields = fields(app);
    if let Some(given) = given {
        given.back_into(&mut fields);
    }
    let mine = app.engine.questions().await?.into_iter().filter(|question| question.by == me.account.id.0);
    let body = Body {
        frame: frame(me, "/kb/ask", query),
        fields,
        ways: ways(me, &names),
        chosen: given
            .map(|given| given.text("route"))
            .filter(|word| !word.is_empty())
            .unwrap_or_else(|| "supervisor".to_owned()),
        about,
        mailboxes: app
            .engine
            .policy_programmes()
            .into_iter()
            .map(|(programme, mailbox)| (programme, mailbox.address))
            .collect(),
        fault,
        asked: mine.take(MOST).map(|question| asked(app, me, &names, question)).collect(),
    };
    whole("Ask a policy question", me).status(status).show(app, &body)
}

/// `GET /kb/ask?page=`.
pub(super) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    show(&app, &me, &query, None, None, StatusCode::OK).await
}

/// The way the question goes. One that names a case is never mailed (IM33-Q-6).
fn route(app: &App, me: &SignedIn, given: &Given) -> Result<Route, (String, Option<&'static str>)> {
    let supervisor = || Route::Supervisor { staff: me.account.supervisor.clone() };
    if !given.text("case").is_empty() {
        return Ok(if is(me, &ABOVE) { Route::Im14 } else { supervisor() });
    }
    match given.text("route").as_str() {
        "policy" => {
            let programme = given.text("programme");
            match app.engine.policy_mailbox(&programme) {
                Some(mailbox) => Ok(Route::PolicyUnit { mailbox: mailbox.id, address: mailbox.address }),
                // The engine says no to whoever may not write to a policy unit, before any mailbox matters.
                None if !is(me, &[Role::Manager]) => {
                    Ok(Route::PolicyUnit { mailbox: String::new(), address: String::new() })
                }
                None => Err((
                    "Choose the programme; it chooses the mailbox of the policy unit.".to_owned(),
                    Some("IM33-Q-3"),
                )),
            }
        }
        "im14" => Ok(Route::Im14),
        _ => Ok(supervisor()),
    }
}

/// `POST /kb/ask`.
pub(super) async fn send(
    State(app): State<App>,
    me: SignedIn,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let none = BTreeMap::new();
    let case: String = given.text("case").chars().take(CASE_MAX).collect();
    let route = match route(&app, &me, &given) {
        Ok(route) => route,
        Err(fault) => return show(&app, &me, &none, Some(&given), Some(fault), unfit).await,
    };
    let words = given.text("text");
    let slug = Some(given.text("page")).filter(|slug| app.engine.library().page(slug).is_some());
    let edition = slug.as_ref().and_then(|slug| {
        let library = app.engine.library();
        let (_, page) = library.page(slug)?;
        library.in_force(page, app.engine.today()).map(|edition| edition.number)
    });
    let question = Question {
        id: String::new(),
        slug,
        edition,
        by: me.account.id.0.clone(),
        programme: given.text("programme"),
        text: if case.is_empty() || words.is_empty() {
            words
        } else {
            format!("{words}\n\nCase number: {case}")
        },
        route,
        at: 0,
        state: QuestionState::Open,
        forwarded: None,
    };
    match app.engine.ask(question, &me.account.roles).await {
        Ok(_) => Ok(go("/kb/ask?said=asked")),
        Err(KnowledgeError::Faults(faults)) => {
            let Some(fault) = faults.into_iter().next() else { return Err(Error::NotFound) };
            // Writing to a policy unit, or an IM-14 request, without the role for it is not a slip of the pen (IM33-Q-2).
            let status =
                if fault.field == "route" && fault.clause.is_some() { StatusCode::FORBIDDEN } else { unfit };
            show(&app, &me, &none, Some(&given), Some((fault.says, fault.clause)), status).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Whether this person may answer it. What went to a mailbox is answered there; whoever asked writes the answer down and
/// closes the question, so that it does not stay open for ever.
fn may_answer(me: &SignedIn, question: &Question) -> bool {
    let own = question.by == me.account.id.0;
    match &question.route {
        Route::Im14 if own => is(me, &ABOVE),
        Route::Editors | Route::Supervisor { .. } if own => false,
        Route::Editors => me.may(Permission::KnowledgeWrite),
        Route::Supervisor { staff: Some(staff) } => *staff == me.account.id || is(me, &[Role::Manager]),
        Route::Supervisor { staff: None } => is(me, &ABOVE),
        Route::PolicyUnit { .. } | Route::Im14 => is(me, &[Role::Manager]),
    }
}

fn asked(app: &App, me: &SignedIn, names: &BTreeMap<String, String>, question: Question) -> Asked {
    let (zone, library) = (app.engine.zone(), app.engine.library());
    let open = question.state == QuestionState::Open;
    let sent_on = is(me, &[Role::Manager]) && open && matches!(question.route, Route::Supervisor { .. });
    let mailboxes = if sent_on { app.engine.policy_programmes() } else { Vec::new() };
    let forward = mailboxes
        .into_iter()
        .map(|(programme, mailbox)| {
            let chosen = programme.eq_ignore_ascii_case(&question.programme);
            (programme, mailbox.address, chosen)
        })
        .collect();
    let may = may_answer(me, &question);
    let to = match &question.route {
        Route::Editors => "the editors".to_owned(),
        Route::Supervisor { staff: Some(staff) } => format!("the supervisor, {}", name(names, &staff.0)),
        Route::Supervisor { staff: None } => "every supervisor".to_owned(),
        Route::PolicyUnit { address, .. } => format!("the policy unit, {address}"),
        Route::Im14 => "an IM-14 request".to_owned(),
    };
    let page = question.slug.and_then(|slug| {
        let viewer = app.engine.viewer(&me.account.roles);
        let title = library.readable(&slug, viewer).map(|(_, edition)| edition.title.clone())?;
        Some((slug, title))
    });
    Asked {
        by: if question.by.is_empty() {
            "a visitor of the help centre".to_owned()
        } else {
            name(names, &question.by)
        },
        at: shown::date_time(question.at, &zone),
        to,
        programme: question.programme,
        page,
        text: question.text,
        may_answer: may && open,
        records: question.by == me.account.id.0 || question.forwarded.is_some(),
        forwarded: question.forwarded.map(|one| (name(names, &one.by), shown::date_time(one.at, &zone))),
        forward,
        answer: match question.state {
            QuestionState::Open => None,
            QuestionState::Answered { by, at, answer } => {
                Some((name(names, &by), shown::date_time(at, &zone), answer))
            }
        },
        id: question.id,
    }
}

#[derive(Template)]
#[template(path = "kb_edit/questions.html")]
struct List {
    frame: Frame,
    title: &'static str,
    intro: &'static str,
    open: Vec<Asked>,
    answered: Vec<Asked>,
    back: &'static str,
}

async fn listed(
    app: &App,
    me: &SignedIn,
    wanted: impl Fn(&Question) -> bool,
) -> Result<(Vec<Asked>, Vec<Asked>), Error> {
    let names = names(&app.engine).await?;
    let all = app.engine.questions().await?.into_iter().filter(wanted).take(MOST);
    Ok(all.map(|question| asked(app, me, &names, question)).partition(|question| question.answer.is_none()))
}

/// `GET /kb/inbox`: what one's people ask; for managers the IM-14 requests as well.
pub(super) async fn inbox(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let wanted = |question: &Question| !matches!(question.route, Route::Editors) && may_answer(&me, question);
    let (open, answered) = listed(&app, &me, wanted).await?;
    let body = List {
        frame: frame(&me, "/kb/inbox", &query),
        title: "Questions of my people",
        intro: "Questions about memos come to the supervisor first (IM33-Q-1). Managers see every question and the IM-14 requests.",
        open,
        answered,
        back: "/kb/inbox",
    };
    whole(body.title, &me).show(&app, &body)
}

/// `GET /kb/edit/questions`: what readers ask the editors ("Still stuck?", KB-PAGE-8).
pub(super) async fn editors(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (open, answered) = listed(&app, &me, |question| matches!(question.route, Route::Editors)).await?;
    let body = List {
        frame: frame(&me, "/kb/edit/questions", &query),
        title: "Questions to editors",
        intro: "“Still stuck? How can we help?”: what readers asked from a page. Staff see your answer under their questions.",
        open,
        answered,
        back: "/kb/edit/questions",
    };
    whole(body.title, &me).show(&app, &body)
}

/// `POST /kb/inbox/{id}/answer`.
pub(super) async fn answer(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let all = app.engine.questions().await?;
    let question = all.iter().find(|question| question.id == id).ok_or(Error::NotFound)?;
    if !may_answer(&me, question) {
        return Err(Error::Invalid("This question went to somebody else. They answer it.".to_owned()));
    }
    app.engine.answer(&id, &given.text("answer"), &me.account.id.0).await?;
    if question.by == me.account.id.0 {
        return Ok(go("/kb/ask?said=recorded"));
    }
    let back = if matches!(question.route, Route::Editors) { "/kb/edit/questions" } else { "/kb/inbox" };
    Ok(go(&format!("{back}?said=answered")))
}

/// `POST /kb/inbox/{id}/forward`: on to the policy unit's mailbox of a programme (IM33-Q-2).
pub(super) async fn forward(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let who = (me.account.id.0.as_str(), me.account.roles.as_slice());
    match app.engine.forward(&id, &given.text("programme"), who).await {
        Ok(()) => Ok(go("/kb/inbox?said=forwarded")),
        Err(KnowledgeError::Faults(faults)) => {
            Err(faults.into_iter().next().map_or(Error::NotFound, |fault| Error::Invalid(fault.says)))
        }
        Err(other) => Err(other.into()),
    }
}
