//! What readers say: whether a page was helpful (KB-PAGE-7, MEDSUP-PAGE-2), what they are still stuck with (KB-PAGE-8,
//! MEDSUP-PAGE-3), and that they have read a memo (`*-ACK-*`).
//!
//! Who may write where is the engine's rule; the form shows what is open to the person and says why the rest is not.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use domain::command::Command;
use domain::knowledge::{Audience, Edition, Kind, Page, procedure_of};
use domain::permission::Role;
use engine::pages::{Feedback, Question, QuestionState, Route};
use serde::Deserialize;

use super::error;
use crate::error::Error;
use crate::page::{go, html, toast};
use crate::request::{Caller, RequestId};
use crate::session::SignedIn;
use crate::{App, random, request};

/// Characters of a question's number as people read it.
const NUMBER: usize = 8;

/// Where a question may go, as the form offers it.
pub(super) struct Way {
    pub(super) value: &'static str,
    pub(super) title: &'static str,
    /// Why it is not open to this person.
    pub(super) shut: Option<&'static str>,
    pub(super) clause: Option<&'static str>,
    pub(super) first: bool,
}

/// The ways for this person from a page of this kind. Questions on memos go up the supervisory chain first (IM33-Q-1).
pub(super) fn ways(me: &SignedIn, kind: Kind) -> Vec<Way> {
    let is = |wanted: &[Role]| me.account.roles.iter().any(|role| wanted.contains(role));
    let memo = kind == Kind::Memo;
    let way = |value, title, clause, shut| Way { value, title, clause, shut, first: false };
    let mut out = vec![
        way("editors", "The editors of this site", None, None),
        way("supervisor", "My supervisor", Some("IM33-Q-1"), None),
        way(
            "policy_unit",
            "The policy unit, by its programme's mailbox",
            Some("IM33-Q-2"),
            (!is(&[Role::Manager])).then_some("Only managers write to the policy unit."),
        ),
        way(
            "im14",
            "An IM-14 request about one case",
            Some("IM33-Q-6"),
            (!is(&[Role::Supervisor, Role::Coordinator, Role::Manager]))
                .then_some("IM-14 requests are for supervisors and above."),
        ),
    ];
    let first = usize::from(memo);
    if let Some(way) = out.get_mut(first) {
        way.first = true;
    }
    out
}

/// The programmes that choose the policy unit's mailbox (IM33-Q-3 to IM33-Q-5).
pub(super) fn programmes(app: &App) -> Vec<String> {
    app.engine.policy_programmes().into_iter().map(|(programme, _)| programme).collect()
}

/// A vote.
#[derive(Debug, Deserialize)]
pub(crate) struct Voting {
    pub(crate) edition: u32,
    pub(crate) helpful: String,
    #[serde(default)]
    pub(crate) comment: String,
}

impl Voting {
    fn answer(&self) -> Result<bool, Error> {
        match self.helpful.as_str() {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(Error::Invalid("Choose yes or no.".to_owned())),
        }
    }

    fn of(self, slug: &str, reader: String, role: String) -> Result<Feedback, Error> {
        Ok(Feedback {
            slug: slug.to_owned(),
            edition: self.edition,
            helpful: self.answer()?,
            reader,
            role,
            comment: self.comment.trim().to_owned(),
            at: 0,
            settled: false,
        })
    }
}

/// An edition of a page that this person may read.
fn readable(app: &App, me: &SignedIn, slug: &str, number: u32) -> Result<(), Error> {
    let library = app.engine.library();
    let audience = Audience::of(&me.account.roles);
    let (_, page) = library.page(slug).ok_or(Error::NotFound)?;
    let found = page.editions.iter().find(|edition| edition.number == number && edition.audience <= audience);
    found.map(|_| ()).ok_or(Error::NotFound)
}

pub(super) async fn vote(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Voting>,
) -> Result<Response, Error> {
    readable(&app, &me, &slug, form.edition)?;
    let roles: Vec<&str> = me.account.roles.iter().map(|role| role.word()).collect();
    let vote = form.of(&slug, me.account.id.to_string(), roles.join(", "))?;
    app.engine.vote(vote).await.map_err(error)?;
    if headers.contains_key("hx-request") {
        return Ok(html(toast("ok", "Thank you. The editors see your answer.")?));
    }
    Ok(go(&format!("/kb/{slug}?said=vote#kb-said")))
}

/// A question.
#[derive(Debug, Deserialize)]
pub(crate) struct Asking {
    #[serde(default)]
    pub(crate) edition: Option<u32>,
    pub(crate) text: String,
    #[serde(default)]
    route: String,
    #[serde(default)]
    programme: String,
    /// The language of the help centre.
    #[serde(default)]
    pub(crate) lang: String,
}

/// The last part of a question's id, which is enough to find it again.
fn number_of(id: &str) -> String {
    let plain: Vec<char> = id.chars().filter(char::is_ascii_alphanumeric).collect();
    plain
        .get(plain.len().saturating_sub(NUMBER)..)
        .unwrap_or_default()
        .iter()
        .collect::<String>()
        .to_uppercase()
}

fn route(app: &App, me: &SignedIn, form: &Asking) -> Result<Route, Error> {
    Ok(match form.route.as_str() {
        "" | "editors" => Route::Editors,
        "supervisor" => Route::Supervisor { staff: me.account.supervisor.clone() },
        "im14" => Route::Im14,
        "policy_unit" => {
            let found = app.engine.policy_mailbox(&form.programme);
            let boxed = found.ok_or_else(|| {
                Error::Invalid(
                    "Choose the programme of the question: it decides which mailbox it goes to.".to_owned(),
                )
            })?;
            Route::PolicyUnit { mailbox: boxed.id, address: boxed.address }
        }
        _ => return Err(Error::Invalid("Choose where the question shall go.".to_owned())),
    })
}

async fn send(app: &App, me: &SignedIn, slug: Option<String>, form: Asking) -> Result<String, Error> {
    let question = Question {
        id: String::new(),
        route: route(app, me, &form)?,
        slug,
        edition: form.edition,
        by: me.account.id.to_string(),
        programme: form.programme,
        text: form.text,
        at: 0,
        state: QuestionState::Open,
        forwarded: None,
    };
    let question = app.engine.ask(question, &me.account.roles).await.map_err(error)?;
    Ok(number_of(&question.id))
}

pub(super) async fn question(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Form(form): Form<Asking>,
) -> Result<Response, Error> {
    match form.edition {
        Some(edition) => readable(&app, &me, &slug, edition)?,
        // Without one it is about the page as it is; a page that this person may not read takes no question.
        None => {
            let viewer = app.engine.viewer(&me.account.roles);
            app.engine.library().readable(&slug, viewer).ok_or(Error::NotFound)?;
        }
    }
    let number = send(&app, &me, Some(slug.clone()), form).await?;
    Ok(go(&format!("/kb/{slug}?said=question&number={number}#kb-said")))
}

/// A question that began at no page, such as after a search that found nothing.
pub(super) async fn general_question(
    State(app): State<App>,
    me: SignedIn,
    Form(form): Form<Asking>,
) -> Result<Response, Error> {
    let number = send(&app, &me, None, Asking { edition: None, ..form }).await?;
    Ok(go(&format!("/kb?said=question&number={number}")))
}

/// Which edition was read, and whether the answer goes into the desk's panel.
#[derive(Debug, Deserialize)]
pub(super) struct Acknowledging {
    edition: u32,
    #[serde(default)]
    panel: String,
}

pub(super) async fn acknowledge(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(slug): Path<String>,
    Form(form): Form<Acknowledging>,
) -> Result<Response, Error> {
    let viewer = app.engine.viewer(&me.account.roles);
    app.engine.library().readable(&slug, viewer).ok_or(Error::NotFound)?;
    let command = Command::Acknowledge {
        staff: me.account.id.clone(),
        procedure: procedure_of(&slug),
        version: form.edition.to_string(),
    };
    app.engine.handle(command, &cause).await?;
    if form.panel.is_empty() {
        return Ok(go(&format!("/kb/{slug}?said=acknowledged#kb-said")));
    }
    let words = "Acknowledged. That you have read this edition is recorded with the time.";
    Ok(html(format!(
        "<div id=\"kb-panel-ack\" class=\"notice notice--ok\" role=\"status\" data-kb-acknowledged><p>{words}</p></div>"
    )))
}

/// The cookie that stands for one visitor, made with their first vote, and what the vote is kept under.
fn visitor(app: &App, headers: &HeaderMap) -> Result<(String, Option<HeaderValue>), Error> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    if let Some((_, token)) = pairs.find(|(name, value)| *name == "visitor" && value.len() == 43) {
        return Ok((format!("visitor-{}", random::digest(token)), None));
    }
    let token = random::token()?;
    let secure = if request::is_encrypted(&app.settings) { "; Secure" } else { "" };
    let cookie = format!("visitor={token}; Path=/help; HttpOnly; SameSite=Lax; Max-Age=31536000{secure}");
    Ok((
        format!("visitor-{}", random::digest(&token)),
        Some(HeaderValue::from_str(&cookie).map_err(Error::fault)?),
    ))
}

fn slow_down(app: &App, caller: Caller) -> Result<(), Error> {
    if app.shelf.may_write(caller.0, app.engine.now()) { Ok(()) } else { Err(Error::TooMany(300)) }
}

/// A public page in force.
fn public(app: &App, slug: &str, number: Option<u32>) -> Result<(Page, Edition), Error> {
    let viewer = app.engine.viewer(&[]);
    let library = app.engine.library();
    let (page, edition) = library.readable(slug, viewer).ok_or(Error::NotFound)?;
    if number.is_some_and(|number| number != edition.number) {
        return Err(Error::Changed);
    }
    Ok((page.clone(), edition.clone()))
}

/// A visitor's vote; the answer is the page that they came from.
pub(crate) async fn public_vote(
    app: &App,
    caller: Caller,
    headers: &HeaderMap,
    slug: &str,
    form: Voting,
) -> Result<Option<HeaderValue>, Error> {
    public(app, slug, Some(form.edition))?;
    slow_down(app, caller)?;
    let (reader, cookie) = visitor(app, headers)?;
    app.engine.vote(form.of(slug, reader, "public".to_owned())?).await.map_err(error)?;
    Ok(cookie)
}

/// What a visitor did not find; the editors read it, nobody answers. The answer is its number.
pub(crate) async fn public_question(
    app: &App,
    caller: Caller,
    slug: Option<&str>,
    form: Asking,
) -> Result<String, Error> {
    if let Some(slug) = slug {
        public(app, slug, form.edition)?;
    }
    slow_down(app, caller)?;
    let question = Question {
        id: String::new(),
        slug: slug.map(str::to_owned),
        edition: form.edition,
        by: String::new(),
        programme: String::new(),
        text: form.text,
        route: Route::Editors,
        at: 0,
        state: QuestionState::Open,
        forwarded: None,
    };
    let question = app.engine.ask(question, &[]).await.map_err(error)?;
    Ok(number_of(&question.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_question_is_short_and_readable() {
        assert_eq!(number_of("01900000-0000-7000-8000-0000deadbeef"), "DEADBEEF");
        assert_eq!(number_of("7"), "7");
    }
}
