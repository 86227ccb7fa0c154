//! Sessions of staff members: who is signed in on this request.
//!
//! A session is a row of kind `session`, whose id is the SHA-256 of the cookie's token, so that a copy of the store lets
//! nobody in. It ends after a time without requests, after a time in any case, at sign-out, when its account is disabled
//! or when its password changes (the row carries a mark of the password it was made with). Owns the cookie. Does not own
//! the sign-in page ([`crate::sign_in`]) or the proof against forged forms ([`crate::forgery`]).

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::id::StaffId;
use domain::permission::Permission;
use domain::time::Millis;
use engine::records::Account;
use serde::{Deserialize, Serialize};
use store::{Commit, Row, RowChange, RowQuery};

use crate::error::Error;
use crate::{App, random, request};

/// Kind of the rows.
pub const SESSION: &str = "session";
/// Sessions of one account that may be open at once; the oldest ends first.
const PER_ACCOUNT: usize = 20;
const MINUTE: Millis = 60_000;

/// Somebody is signed in. As an extractor it answers 401 otherwise; `Option<SignedIn>` does not.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account, as it is now.
    pub account: Account,
    /// Id of the session's row; never the token.
    pub session: String,
    /// Goes into every form as the field `csrf`, or into the header `X-CSRF-Token`.
    pub csrf: String,
}

impl SignedIn {
    /// Whether their roles have the permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        permission.allows(&self.account.roles)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or(Error::SignInNeeded)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Error> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// What the row holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Session {
    staff: StaffId,
    created: Millis,
    last_seen: Millis,
    expires: Millis,
    csrf: String,
    password: String,
}

/// Finds the session of a request and puts [`SignedIn`] into its extensions.
pub(crate) async fn resolve(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match find(&app, request.headers()).await {
        Ok(Some(me)) => {
            request.extensions_mut().insert(me);
        }
        Ok(None) => {}
        // Pages that need no session still work; those that do answer that one must sign in.
        Err(error) => tracing::error!(%error, "sessions cannot be read"),
    }
    next.run(request).await
}

async fn find(app: &App, headers: &HeaderMap) -> Result<Option<SignedIn>, Error> {
    let Some(token) = token(app, headers) else { return Ok(None) };
    let id = random::digest(token);
    let Some((mut session, account)) = alive(app, &id).await? else { return Ok(None) };
    let now = app.engine.now();
    if now.saturating_sub(session.last_seen) >= MINUTE {
        session.last_seen = now;
        write(app, &id, &session).await?;
    }
    Ok(Some(SignedIn { account, session: id, csrf: session.csrf }))
}

/// The session with this id, if it and its account still hold.
async fn alive(app: &App, id: &str) -> Result<Option<(Session, Account)>, Error> {
    let Some(row) = app.engine.store().row(SESSION, id).await? else { return Ok(None) };
    let Ok(session) = serde_json::from_str::<Session>(&row.data) else { return Ok(None) };
    let now = app.engine.now();
    let idle = app.settings.session_idle_minutes.saturating_mul(MINUTE);
    if now >= session.expires || now.saturating_sub(session.last_seen) >= idle {
        remove(app, &[id.to_owned()]).await?;
        return Ok(None);
    }
    let Some((_, account)) = app.engine.account(&session.staff).await? else { return Ok(None) };
    let holds = !account.disabled && session.password == random::digest(&account.password_hash);
    Ok(holds.then_some((session, account)))
}

/// Whether the session still holds; asked by streams that stay open for hours.
pub(crate) async fn is_alive(app: &App, me: &SignedIn) -> bool {
    matches!(alive(app, &me.session).await, Ok(Some(_)))
}

/// Begins a session and ends the one that the browser had before. The answer is the cookie to set.
///
/// # Errors
/// When the store cannot write.
pub(crate) async fn begin(
    app: &App,
    account: &Account,
    before: Option<&SignedIn>,
) -> Result<HeaderValue, Error> {
    let token = random::token()?;
    let now = app.engine.now();
    let session = Session {
        staff: account.id.clone(),
        created: now,
        last_seen: now,
        expires: now.saturating_add(app.settings.session_absolute_minutes.saturating_mul(MINUTE)),
        csrf: random::token()?,
        password: random::digest(&account.password_hash),
    };
    let mut gone: Vec<String> = before.map(|me| me.session.clone()).into_iter().collect();
    let mut kept = of(app, &account.id).await?;
    kept.retain(|row| !gone.contains(&row.id));
    let too_many = (kept.len() + 1).saturating_sub(PER_ACCOUNT);
    gone.extend(kept.into_iter().take(too_many).map(|row| row.id));
    remove(app, &gone).await?;
    write(app, &random::digest(&token), &session).await?;
    cookie(app, &token, app.settings.session_absolute_minutes.saturating_mul(60))
}

/// Ends one session. The answer is the cookie that clears the browser's.
///
/// # Errors
/// When the store cannot write.
pub(crate) async fn end(app: &App, me: &SignedIn) -> Result<HeaderValue, Error> {
    remove(app, std::slice::from_ref(&me.session)).await?;
    cookie(app, "", 0)
}

/// Ends every session of an account.
///
/// # Errors
/// When the store cannot write.
pub async fn end_all(app: &App, staff: &StaffId) -> Result<(), Error> {
    let ids: Vec<String> = of(app, staff).await?.into_iter().map(|row| row.id).collect();
    remove(app, &ids).await
}

async fn of(app: &App, staff: &StaffId) -> Result<Vec<Row>, Error> {
    let query = RowQuery {
        kind: SESSION.to_owned(),
        group: Some(staff.to_string()),
        after: None,
        descending: false,
        limit: 1_000,
    };
    Ok(app.engine.store().rows(query).await?)
}

async fn write(app: &App, id: &str, session: &Session) -> Result<(), Error> {
    let row = Row {
        kind: SESSION.to_owned(),
        id: id.to_owned(),
        group: session.staff.to_string(),
        sort: session.created,
        data: serde_json::to_string(session).map_err(Error::fault)?,
    };
    app.engine.store().commit(Commit { rows: vec![RowChange::Put(row)], ..Commit::default() }).await?;
    Ok(())
}

async fn remove(app: &App, ids: &[String]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = ids.iter().map(|id| RowChange::Delete { kind: SESSION.to_owned(), id: id.clone() }).collect();
    app.engine.store().commit(Commit { rows, ..Commit::default() }).await?;
    Ok(())
}

/// The cookie's name: with `https` the browser itself then holds it to this host and to encrypted connections.
fn name(app: &App) -> &'static str {
    if request::is_encrypted(&app.settings) { "__Host-session" } else { "session" }
}

fn cookie(app: &App, token: &str, seconds: i64) -> Result<HeaderValue, Error> {
    let secure = if request::is_encrypted(&app.settings) { "; Secure" } else { "" };
    let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", name(app));
    HeaderValue::from_str(&text).map_err(Error::fault)
}

/// The token of the request's cookie. Over an unencrypted connection it counts only on this machine itself.
fn token<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    if !request::may_sign_in(&app.settings, headers) {
        return None;
    }
    let wanted = name(app);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}
