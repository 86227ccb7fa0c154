//! Signing in and out, and the first administrator.
//!
//! The answer to a wrong name, a wrong password and a locked account is the same, in words and in time, so that nobody
//! can find out names. After five wrong passwords an account waits, longer each time. An address that tries many names is
//! slowed and never shut, because a whole office may stand behind it ([`crate::limits`]). Owns no session ([`crate::session`]) and no hashing ([`crate::password`]).

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::id::StaffId;
use domain::permission::{Permission, Role};
use domain::time::Millis;
use engine::Change;
use engine::records::{ACCOUNT, Account};
use serde::Deserialize;

use crate::App;
use crate::error::Error;
use crate::page::{Area, Page, go};
use crate::permit::{Access, Routes};
use crate::request::{Caller, may_sign_in};
use crate::session::{self, SignedIn};
use crate::{password, random};

/// Wrong passwords in a row before the account waits.
const FREE_TRIES: u32 = 5;
/// The first wait; it doubles with each further wrong password.
const FIRST_WAIT: Millis = 30_000;
/// The longest wait.
const LONGEST_WAIT: Millis = 15 * 60_000;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/sign-in", Access::Public, form)
        .post("/sign-in", Access::Public, sign_in)
        .post("/sign-out", Access::SignedIn, sign_out)
        .get("/first-start", Access::Public, first_form)
        .post("/first-start", Access::Public, first_start)
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    next: &'a str,
    name: &'a str,
    wrong: Option<&'a str>,
    unsafe_place: bool,
    demo: bool,
    people: &'a [Demo],
}

/// A demonstration person on the sign-in page. Their password is printed by the server, not shown here.
struct Demo {
    name: String,
    id: String,
    roles: String,
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn form(
    State(app): State<App>,
    me: Option<SignedIn>,
    headers: HeaderMap,
    Query(query): Query<Next>,
) -> Result<Response, Error> {
    if let Some(me) = me {
        return Ok(go(safe_next(&query.next).unwrap_or_else(|| home(&me))));
    }
    if app.engine.accounts().await?.is_empty() {
        return Ok(go("/first-start"));
    }
    show(&app, &headers, &query.next, "", None, StatusCode::OK).await
}

async fn show(
    app: &App,
    headers: &HeaderMap,
    next: &str,
    name: &str,
    wrong: Option<&str>,
    status: StatusCode,
) -> Result<Response, Error> {
    let mut people = Vec::new();
    if app.settings.demo {
        for (_, account) in
            app.engine.accounts().await?.into_iter().filter(|(_, one)| one.demo && !one.disabled)
        {
            let roles = account.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
            people.push(Demo { name: account.name, id: account.id.to_string(), roles });
        }
    }
    let unsafe_place = !may_sign_in(&app.settings, headers);
    let body = SignInPage { next, name, wrong, unsafe_place, demo: app.settings.demo, people: &people };
    Page::new("Sign in", Area::Outside).status(status).show(app, &body)
}

#[derive(Debug, Deserialize)]
struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(app): State<App>,
    Caller(address): Caller,
    before: Option<SignedIn>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, Error> {
    if !may_sign_in(&app.settings, &headers) {
        return Err(Error::Invalid(
            "Signing in needs https, or the address localhost on this machine.".to_owned(),
        ));
    }
    let now = app.engine.now();
    let name = StaffId(given.name.trim().to_lowercase());
    if let Err(slowed) = app.attempts.check(address, now) {
        return slow_down(&app, &headers, &given, slowed).await;
    }
    let known = app.engine.account(&name).await?;
    let hash = known.as_ref().map(|(_, account)| account.password_hash.clone());
    let fits = password::fits(given.password, hash).await?;
    let account = match known {
        Some((_, account)) if fits && !account.disabled && account.locked_until <= now => account,
        known => {
            app.attempts.failed(address, &name.0, now);
            if let Some((version, account)) = known {
                wrong_password(&app, version, account, now).await?;
            }
            let wrong = "The name or the password is not right, or the account is locked for a while: after five wrong passwords it waits 30 seconds, and longer with each further one. Others at your office are not held up by it.";
            return show(&app, &headers, &given.next, name.0.as_str(), Some(wrong), StatusCode::UNAUTHORIZED)
                .await;
        }
    };
    if account.failed_sign_ins > 0 {
        clear_failures(&app, &account.id).await?;
    }
    app.engine
        .note(&account.id.0, "signed_in", &account.id.0, serde_json::json!({ "from": address }))
        .await?;
    let cookie = session::begin(&app, &account, before.as_ref()).await?;
    let me = SignedIn { account, session: String::new(), csrf: String::new() };
    let mut answer = go(safe_next(&given.next).unwrap_or_else(|| home(&me)));
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// Says on the page that the address is slowed, and for how long, with the name still in its field.
async fn slow_down(
    app: &App,
    headers: &HeaderMap,
    given: &Credentials,
    slowed: Error,
) -> Result<Response, Error> {
    let Error::TooMany(seconds) = slowed else { return Err(slowed) };
    let many = if seconds == 1 { "second" } else { "seconds" };
    let words = format!(
        "Many wrong passwords with many names came from your network, so sign-ins from it go one at a time for some minutes. \
         Wait {seconds} {many} and sign in again. This says nothing about your account; it is not locked by it."
    );
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut answer = show(app, headers, &given.next, given.name.trim(), Some(&words), status).await?;
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    Ok(answer)
}

/// Counts a wrong password on the account. Two at the same moment may count as one; the address's own limit holds then.
async fn wrong_password(app: &App, version: u64, account: Account, now: Millis) -> Result<(), Error> {
    if account.locked_until > now {
        return Ok(());
    }
    let failed = account.failed_sign_ins.saturating_add(1);
    let changed = Account { failed_sign_ins: failed, locked_until: locked_until(failed, now), ..account };
    match save_account(app, version, &changed, "wrong password").await {
        Err(Error::Changed) => Ok(()),
        other => other,
    }
}

fn locked_until(failed: u32, now: Millis) -> Millis {
    match failed.checked_sub(FREE_TRIES) {
        Some(more) => now.saturating_add(FIRST_WAIT.saturating_mul(1 << more.min(10)).min(LONGEST_WAIT)),
        None => 0,
    }
}

async fn clear_failures(app: &App, id: &StaffId) -> Result<(), Error> {
    let Some((version, account)) = app.engine.account(id).await? else { return Ok(()) };
    let changed = Account { failed_sign_ins: 0, locked_until: 0, ..account };
    match save_account(app, version, &changed, "signed in after wrong passwords").await {
        Err(Error::Changed) => Ok(()),
        other => other,
    }
}

pub(crate) async fn save_account(
    app: &App,
    version: u64,
    account: &Account,
    reason: &str,
) -> Result<(), Error> {
    let change = Change {
        kind: ACCOUNT,
        id: account.id.to_string(),
        expected: Some(version),
        data: Some(serde_json::to_value(account).map_err(Error::fault)?),
        reason: reason.to_owned(),
    };
    Ok(app.engine.save(change, &account.id.0).await?)
}

async fn sign_out(State(app): State<App>, me: SignedIn) -> Result<Response, Error> {
    let cookie = session::end(&app, &me).await?;
    app.engine.note(&me.account.id.0, "signed_out", &me.account.id.0, serde_json::Value::Null).await?;
    let mut answer = go("/");
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}

/// Where somebody's work is.
pub(crate) fn home(me: &SignedIn) -> &'static str {
    let technician = me.account.roles.contains(&Role::Technician);
    if technician && me.may(Permission::Desk) {
        "/desk"
    } else if me.may(Permission::Floor) {
        "/floor"
    } else if me.may(Permission::AdminRead) {
        "/admin"
    } else {
        "/account"
    }
}

/// Only addresses of this site: a link must not lead a person who has just signed in to somebody else's page.
fn safe_next(next: &str) -> Option<&str> {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    (local && !next.starts_with("/sign-")).then_some(next)
}

#[derive(Template)]
#[template(path = "first_start.html")]
struct FirstPage<'a> {
    shortest: usize,
    wrong: Option<&'a str>,
}

async fn first_form(State(app): State<App>) -> Result<Response, Error> {
    closed_unless_first(&app).await?;
    let body = FirstPage { shortest: password::SHORTEST, wrong: None };
    Page::new("First start", Area::Outside).show(&app, &body)
}

/// Once there is an account, or where the server printed no code, there is no first start.
async fn closed_unless_first(app: &App) -> Result<(), Error> {
    let open = app.settings.first_start_code.is_some() && app.engine.accounts().await?.is_empty();
    if open { Ok(()) } else { Err(Error::NotFound) }
}

#[derive(Debug, Deserialize)]
struct First {
    code: String,
    name: String,
    full_name: String,
    password: String,
}

async fn first_start(
    State(app): State<App>,
    Caller(address): Caller,
    headers: HeaderMap,
    Form(given): Form<First>,
) -> Result<Response, Error> {
    closed_unless_first(&app).await?;
    if !may_sign_in(&app.settings, &headers) {
        return Err(Error::Invalid(
            "The first start needs https, or the address localhost on this machine.".to_owned(),
        ));
    }
    let now = app.engine.now();
    app.attempts.check(address, now)?;
    let code = app.settings.first_start_code.clone().unwrap_or_default();
    if code.is_empty() || !random::same(given.code.trim(), &code) {
        app.attempts.failed(address, &given.name, now);
        let wrong = Some("This is not the code that the server printed at its start.");
        let body = FirstPage { shortest: password::SHORTEST, wrong };
        return Page::new("First start", Area::Outside).status(StatusCode::UNAUTHORIZED).show(&app, &body);
    }
    let account = first_account(&app, &given).await?;
    let change = Change {
        kind: ACCOUNT,
        id: account.id.to_string(),
        expected: Some(0),
        data: Some(serde_json::to_value(&account).map_err(Error::fault)?),
        reason: "first start".to_owned(),
    };
    app.engine.save(change, "first-start").await?;
    let cookie = session::begin(&app, &account, None).await?;
    Ok(([(header::SET_COOKIE, cookie)], go("/admin")).into_response())
}

async fn first_account(app: &App, given: &First) -> Result<Account, Error> {
    let id = StaffId(given.name.trim().to_lowercase());
    let plain = !id.0.is_empty()
        && id.0.len() <= 40
        && id.0.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !plain {
        let sentence = "The name to sign in with has 1 to 40 letters, digits, dots, dashes or underscores.";
        return Err(Error::Invalid(sentence.to_owned()));
    }
    let name = given.full_name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(Error::Invalid("Enter your name, at most 80 characters.".to_owned()));
    }
    password::check(&given.password, &id)?;
    Ok(Account {
        first_name: name.split_whitespace().next().unwrap_or_default().to_owned(),
        id,
        name,
        roles: vec![Role::Admin],
        office: app.engine.pack().agency.offices.first().map(|office| office.id.clone()).unwrap_or_default(),
        programmes: Vec::new(),
        supervisor: None,
        skills: std::collections::BTreeMap::new(),
        sms_capacity: app.engine.pack().queues.capacity.sms,
        password_hash: password::hash(given.password.clone()).await?,
        disabled: false,
        demo: false,
        failed_sign_ins: 0,
        locked_until: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_begins_with_the_fifth_wrong_password_and_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<Millis> = (1..=12).map(|failed| locked_until(failed, 0) / 1_000).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(locked_until(u32::MAX, 0), LONGEST_WAIT);
    }

    #[test]
    fn a_link_never_leads_to_another_site_after_sign_in() {
        assert_eq!(safe_next("/desk?interaction=1"), Some("/desk?interaction=1"));
        for bad in
            ["", "//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "/sign-in", "/a\r\nb"]
        {
            assert_eq!(safe_next(bad), None, "{bad:?}");
        }
    }
}
