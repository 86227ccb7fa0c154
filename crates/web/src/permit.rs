//! How a route names who may use it. Routes are data: [`Routes::table`] lists every one, so that a test can walk every
//! route times every role.
//!
//! Owns the check at the door (signed in, allowed, and for everything but reading the proof against forged forms). Does
//! not own the table of permissions, which is [`domain::permission`]. To add a route: one line in the `routes()` of its
//! folder, such as `Routes::new().get("/desk", Permission::Desk, page)`; a route without an access does not compile.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use domain::permission::Permission;

use crate::App;
use crate::error::Error;
use crate::forgery;
use crate::limits;
use crate::session::SignedIn;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody; forms are still checked for their origin.
    Public,
    /// Carriers and monitors: everybody, and no browser is expected.
    Machine,
    /// Everybody, but only where the server runs with demo data.
    Demo,
    /// Anybody who is signed in.
    SignedIn,
    /// Those whose roles have the permission.
    Needs(Permission),
    /// Those whose roles have one of the permissions.
    NeedsOne(&'static [Permission]),
}

impl From<Permission> for Access {
    fn from(permission: Permission) -> Self {
        Self::Needs(permission)
    }
}

impl Access {
    /// Whether one must be signed in.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::SignedIn | Self::Needs(_) | Self::NeedsOne(_))
    }

    /// Whether somebody with these roles, signed in, may pass.
    #[must_use]
    pub fn allows(self, roles: &[domain::permission::Role]) -> bool {
        match self {
            Self::Public | Self::Machine | Self::Demo | Self::SignedIn => true,
            Self::Needs(permission) => permission.allows(roles),
            Self::NeedsOne(permissions) => permissions.iter().any(|permission| permission.allows(roles)),
        }
    }
}

/// One route as the table lists it.
#[derive(Debug, Clone)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path with its parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// Routes of one folder, with who may use them.
#[derive(Debug, Default)]
pub struct Routes {
    table: Vec<Route>,
    router: Router<App>,
}

impl Routes {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A route that reads.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, access: impl Into<Access>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::GET, path, access.into(), get(handler))
    }

    /// A route that acts.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, access: impl Into<Access>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::POST, path, access.into(), post(handler))
    }

    /// A route that acts and takes long texts or files: its path must begin with the editor's.
    #[must_use]
    pub(crate) fn post_large<H, T>(self, path: &'static str, access: impl Into<Access>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let wide = DefaultBodyLimit::max(limits::form_bytes(path));
        self.add(Method::POST, path, access.into(), post(handler).layer(wide))
    }

    /// A route that replaces.
    #[must_use]
    pub fn put<H, T>(self, path: &'static str, access: impl Into<Access>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::PUT, path, access.into(), put(handler))
    }

    /// A route that removes.
    #[must_use]
    pub fn delete<H, T>(self, path: &'static str, access: impl Into<Access>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add(Method::DELETE, path, access.into(), delete(handler))
    }

    /// All routes of another folder as well.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.table.extend(other.table);
        self.router = self.router.merge(other.router);
        self
    }

    /// Every route.
    #[must_use]
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }

    fn add(mut self, method: Method, path: &'static str, access: Access, handler: MethodRouter<App>) -> Self {
        let door = from_fn(move |request: Request, next: Next| pass(access, request, next));
        self.table.push(Route { method, path, access });
        self.router = self.router.route(path, handler.route_layer(door));
        self
    }
}

/// The door of a route.
async fn pass(access: Access, request: Request, next: Next) -> Response {
    match admit(access, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn admit(access: Access, request: Request) -> Result<Request, Error> {
    if access == Access::Machine {
        return Ok(request);
    }
    let signed_in = request.extensions().get::<SignedIn>().cloned();
    if access.is_closed() {
        let Some(me) = &signed_in else {
            return Err(Error::SignInNeeded);
        };
        if !access.allows(&me.account.roles) {
            return Err(Error::Forbidden);
        }
    }
    // An open form acts for nobody: a page that was loaded before somebody signed in must still work.
    forgery::check(request, signed_in.as_ref().filter(|_| access.is_closed())).await
}
