//! HTTP: desk, floor, admin, handset, carriers' hooks, live fragments.
//!
//! Owns the shell that every screen stands in: sessions, who may use a route, pages and fragments, errors, limits, static
//! files, the live stream. `desk/`, `floor/` and `admin/` own their screens. It decides nothing about interactions: it
//! turns forms into commands for the engine and rows into HTML.
//!
//! To add a screen: a folder with `routes()`, one line in [`routes`], a template, and, if it lives, an entry in
//! [`live::screens`].

#![cfg_attr(test, recursion_limit = "256")]

mod account;
pub mod admin;
mod api;
pub mod assets;
pub mod desk;
pub mod error;
pub mod floor;
mod forgery;
mod handset;
mod health;
mod help;
mod hooks;
mod kb;
mod kb_edit;
mod limits;
pub mod live;
pub mod office;
pub mod page;
pub mod password;
pub mod permit;
mod random;
pub mod request;
pub mod session;
pub mod shown;
mod sign_in;
mod visit;

use std::sync::{Arc, Mutex};

use axum::Router;
use domain::time::Millis;
use engine::Engine;

pub use error::Error;
pub use live::{Fragment, Params, Screen};
pub use page::{Area, Page};
pub use permit::{Access, Routes};
pub use request::RequestId;
pub use session::SignedIn;

/// What the web needs to know besides the engine; read from the settings file by the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How browsers and carriers reach this server, without a slash at the end, such as `https://texts.example.gov`.
    /// Signatures of carriers are checked against it.
    pub public_url: String,
    /// Whether demo data is loaded; the handset exists only then.
    pub demo: bool,
    /// One-time code that lets the first administrator be made while there is no account.
    pub first_start_code: Option<String>,
    /// Minutes without any request until a session ends.
    pub session_idle_minutes: i64,
    /// Minutes after which a session ends in any case.
    pub session_absolute_minutes: i64,
    /// Whether a proxy in front names the client in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// The key that the browser handset's carrier shares with its codec; empty without demo data.
    pub handset_key: String,
    /// Version of the program, for `/healthz`.
    pub version: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:8080".to_owned(),
            demo: false,
            first_start_code: None,
            session_idle_minutes: 8 * 60,
            session_absolute_minutes: 12 * 60,
            behind_proxy: false,
            handset_key: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Everything a handler can reach. Cloning is cheap.
#[derive(Clone)]
pub struct App {
    /// The engine.
    pub engine: Engine,
    /// The settings.
    pub settings: Arc<Settings>,
    metrics: Arc<dyn Fn() -> String + Send + Sync>,
    attempts: Arc<limits::Attempts>,
    ready: Arc<Mutex<Option<(Millis, bool)>>>,
    stop: Arc<tokio::sync::watch::Sender<bool>>,
    shelf: Arc<kb::Shelf>,
    compared: Arc<kb_edit::Comparisons>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("settings", &self.settings.public_url).finish_non_exhaustive()
    }
}

impl App {
    /// `metrics` answers `/metrics` with text in the Prometheus form.
    #[must_use]
    pub fn new(
        engine: Engine,
        settings: Settings,
        metrics: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            engine,
            settings: Arc::new(settings),
            metrics: Arc::new(metrics),
            attempts: Arc::default(),
            ready: Arc::default(),
            stop: Arc::new(tokio::sync::watch::Sender::new(false)),
            shelf: Arc::default(),
            compared: Arc::default(),
        }
    }

    /// Ends every live stream, so that a server that stops need not wait for open screens.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(crate) fn stopping(&self) -> tokio::sync::watch::Receiver<bool> {
        self.stop.subscribe()
    }
}

/// Every route with who may use it. `demo` adds the handset.
#[must_use]
pub fn routes(demo: bool) -> Routes {
    let all = Routes::new()
        .merge(sign_in::routes())
        .merge(account::routes())
        .merge(live::routes())
        .merge(hooks::routes())
        .merge(health::routes())
        .merge(api::routes())
        .merge(kb::routes())
        .merge(help::routes())
        .merge(visit::routes())
        .merge(desk::routes())
        .merge(floor::routes())
        .merge(office::routes())
        .merge(kb_edit::routes())
        .merge(admin::routes());
    if demo { all.merge(handset::routes()) } else { all }
}

/// The whole web as one service.
pub fn router(app: App) -> Router {
    request::around(routes(app.settings.demo).into_router(), app)
}
