//! The own account: who one is here, the own password. Help on keys. Also the page that shows what a clause says.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use domain::pack::Pack;
use serde::Deserialize;

use crate::App;
use crate::error::Error;
use crate::page::{Area, Page, fragment, go};
use crate::permit::{Access, Routes};
use crate::request::Caller;
use crate::session::{self, SignedIn};
use crate::{password, sign_in};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/account", Access::SignedIn, show)
        .post("/account/password", Access::SignedIn, change_password)
        .get("/help/keys", Access::SignedIn, keys)
        .get("/clause/{id}", Access::SignedIn, clause)
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    me: &'a SignedIn,
    roles: String,
    skills: Vec<(String, u8)>,
    office: String,
    shortest: usize,
    wrong: Option<&'a str>,
    changed: bool,
}

async fn show(State(app): State<App>, me: SignedIn, uri: axum::http::Uri) -> Result<Response, Error> {
    page(&app, &me, None, uri.query() == Some("changed"))
}

fn page(app: &App, me: &SignedIn, wrong: Option<&str>, changed: bool) -> Result<Response, Error> {
    let pack = app.engine.pack();
    let account = &me.account;
    let title = |id: &String| {
        pack.queues
            .skills
            .iter()
            .find(|skill| &skill.id == id)
            .map_or(id.clone(), |skill| skill.title.clone())
    };
    let body = AccountPage {
        me,
        roles: account.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", "),
        skills: account.skills.iter().map(|(id, level)| (title(id), *level)).collect(),
        office: pack
            .agency
            .office(&account.office)
            .map_or(account.office.clone(), |office| office.name.clone()),
        shortest: password::SHORTEST,
        wrong,
        changed,
    };
    Page::new("My account", Area::Account).me(me).show(app, &body)
}

#[derive(Debug, Deserialize)]
struct Passwords {
    current: String,
    new: String,
    again: String,
}

async fn change_password(
    State(app): State<App>,
    me: SignedIn,
    Caller(address): Caller,
    Form(given): Form<Passwords>,
) -> Result<Response, Error> {
    let now = app.engine.now();
    app.attempts.check(address, now)?;
    if !password::fits(given.current, Some(me.account.password_hash.clone())).await? {
        app.attempts.failed(address, &me.account.id.0, now);
        return page(&app, &me, Some("The current password is not right."), false);
    }
    if given.new != given.again {
        return page(&app, &me, Some("The new password and its repetition differ."), false);
    }
    if let Err(Error::Invalid(sentence)) = password::check(&given.new, &me.account.id) {
        return page(&app, &me, Some(&sentence), false);
    }
    let (version, mut account) = app.engine.account(&me.account.id).await?.ok_or(Error::NotFound)?;
    account.password_hash = password::hash(given.new).await?;
    account.failed_sign_ins = 0;
    account.locked_until = 0;
    sign_in::save_account(&app, version, &account, "own password changed").await?;
    // Every session made with the old password ends; this browser gets a new one.
    session::end_all(&app, &account.id).await?;
    let cookie = session::begin(&app, &account, None).await?;
    let mut answer = go("/account?changed");
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

#[derive(Template)]
#[template(path = "keys.html")]
struct Keys;

async fn keys(State(app): State<App>, me: SignedIn, headers: HeaderMap) -> Result<Response, Error> {
    if headers.contains_key("hx-request") {
        return fragment(&Keys);
    }
    Page::new("Keyboard shortcuts", Area::Account).me(&me).show(&app, &Keys)
}

#[derive(Template)]
#[template(path = "clause.html")]
struct ClausePage<'a> {
    id: &'a str,
    says: &'a str,
    script: Option<&'a str>,
    source: String,
    enforced: String,
    how: &'a str,
    open: Vec<(&'a str, &'a str, &'a str)>,
    /// Where the paragraph is read in the knowledge base.
    reading: Option<String>,
}

async fn clause(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let pack = app.engine.pack();
    let mut body = explain(&pack, &id).ok_or(Error::NotFound)?;
    body.reading = crate::kb::reading_place(&app, &me, &id).await?;
    if headers.contains_key("hx-request") {
        return fragment(&body);
    }
    Page::new(id.clone(), Area::Account).me(&me).style("visits_dark.css").show(&app, &body)
}

fn explain<'a>(pack: &'a Pack, id: &'a str) -> Option<ClausePage<'a>> {
    let catalogue = &pack.clauses;
    if let Some(clause) = catalogue.get(id) {
        let lines = if clause.lines.is_empty() { String::new() } else { format!(", lines {}", clause.lines) };
        return Some(ClausePage {
            id,
            says: &clause.says,
            script: clause.script.as_deref(),
            source: format!("{}{lines}", clause.source),
            enforced: serde_json::to_value(clause.enforce).ok()?.as_str().unwrap_or_default().to_owned(),
            how: &clause.how,
            open: catalogue
                .ambiguities_of(id)
                .map(|one| (one.id.as_str(), one.what.as_str(), one.proposed_resolution.as_str()))
                .collect(),
            reading: None,
        });
    }
    let one = catalogue.ambiguity(id)?;
    Some(ClausePage {
        id,
        says: &one.what,
        script: None,
        source: "A point that the agency's documents leave open".to_owned(),
        enforced: String::new(),
        how: &one.proposed_resolution,
        open: Vec::new(),
        reading: None,
    })
}
