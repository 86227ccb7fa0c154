//! Live fragments: `GET /live?screen=desk` is a stream of server-sent events that keeps an open screen true.
//!
//! Each screen gets whole fragments: everything afresh when it connects, then, after each nudge, those whose inputs were
//! touched. The log is the delivery and a nudge is only a hint, so a stream that lagged, or a browser that comes back,
//! is given everything afresh. Fragments that did not change since they were last sent on a stream are left out.
//!
//! To add a screen: implement [`Screen`] in its folder and add it to [`screens`].

mod stream;

use std::collections::BTreeMap;

use async_trait::async_trait;
use axum::extract::{Query, State};
use axum::response::Response;
use engine::{Engine, Nudge};

use crate::error::Error;
use crate::permit::{Access, Routes};
use crate::session::SignedIn;
use crate::{App, desk, floor, office};

pub(crate) use stream::{Source, open};

/// What the address of the stream says besides the screen, such as `interaction`.
pub type Params = BTreeMap<String, String>;

/// A piece of a screen: the element with this id, whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fragment {
    /// DOM id of the element that it replaces. The element must carry it too.
    pub id: String,
    /// The element, whole.
    pub html: String,
}

impl Fragment {
    /// The element with this id.
    #[must_use]
    pub fn new(id: impl Into<String>, html: impl Into<String>) -> Self {
        Self { id: id.into(), html: html.into() }
    }
}

/// A screen that lives.
#[async_trait]
pub trait Screen: Send + Sync + 'static {
    /// Its name in the address: `desk`.
    fn name(&self) -> &'static str;

    /// Who may watch it.
    fn access(&self) -> Access;

    /// Whether an open stream means that the person is there: it must then show what rings for them. When the last such
    /// stream closes, they lose the line.
    fn holds_line(&self) -> bool {
        false
    }

    /// The fragments whose inputs the nudge touched; all of them when there is no nudge.
    ///
    /// # Errors
    /// When the store cannot be read; the stream then says so and tries again.
    async fn fragments(
        &self,
        engine: &Engine,
        me: &SignedIn,
        params: &Params,
        nudge: Option<&Nudge>,
    ) -> Result<Vec<Fragment>, Error>;
}

/// Every live screen.
#[must_use]
pub fn screens() -> Vec<Box<dyn Screen>> {
    vec![Box::new(desk::Live), Box::new(floor::Live), Box::new(office::Live)]
}

pub(crate) fn routes() -> Routes {
    Routes::new().get("/live", Access::SignedIn, live)
}

async fn live(State(app): State<App>, me: SignedIn, Query(params): Query<Params>) -> Result<Response, Error> {
    let wanted = params.get("screen").map(String::as_str).unwrap_or_default();
    let screen = screens().into_iter().find(|screen| screen.name() == wanted).ok_or(Error::NotFound)?;
    if !screen.access().allows(&me.account.roles) {
        return Err(Error::Forbidden);
    }
    let line = screen.holds_line().then(|| app.engine.lines().opened(&me.account.id));
    let source = Watched { screen, me, params };
    Ok(open(app, source, line))
}

/// A screen as one person watches it.
struct Watched {
    screen: Box<dyn Screen>,
    me: SignedIn,
    params: Params,
}

#[async_trait]
impl Source for Watched {
    async fn fragments(&self, app: &App, nudge: Option<&Nudge>) -> Result<Vec<Fragment>, Error> {
        self.screen.fragments(&app.engine, &self.me, &self.params, nudge).await
    }

    async fn may_go_on(&self, app: &App) -> bool {
        crate::session::is_alive(app, &self.me).await
    }
}
