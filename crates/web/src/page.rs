//! Pages and fragments: how a screen's template becomes an answer.
//!
//! A whole page is `Page::new("Desk", Area::Desk).me(&me).live("screen=desk").script("desk.js").style("desk.css")
//! .show(&app, &Body { .. })`. A fragment is `fragment(&Body { .. })`. After a form, [`go`] leads on to another page, for
//! htmx and plain forms alike. A small good news is [`toast`], added behind a fragment's HTML.
//! It does not own what stands in a screen.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::permission::Permission;

use crate::error::Error;
use crate::session::SignedIn;
use crate::{App, assets};

/// Which part of the site a page belongs to; the navigation marks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Start, sign-in, errors.
    Outside,
    /// The desk.
    Desk,
    /// The floor.
    Floor,
    /// Visits: the office's day and booking for a caller.
    Office,
    /// The knowledge base.
    Knowledge,
    /// The public help centre.
    Help,
    /// Administration.
    Admin,
    /// The own account, help.
    Account,
    /// The browser handset.
    Handset,
}

/// One entry of the navigation.
struct Nav {
    title: &'static str,
    address: &'static str,
    active: bool,
}

/// A whole page around a body.
#[derive(Debug)]
pub struct Page<'a> {
    title: String,
    area: Area,
    me: Option<&'a SignedIn>,
    live: Option<String>,
    scripts: Vec<&'static str>,
    styles: Vec<&'static str>,
    status: StatusCode,
    spanish: bool,
    skip: Option<(&'a str, &'a str)>,
    foot: Option<String>,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    title: &'a str,
    spanish: bool,
    skip: (&'a str, &'a str),
    foot: Option<&'a str>,
    wide: bool,
    bare: bool,
    me: Option<&'a SignedIn>,
    csrf: &'a str,
    live: Option<&'a str>,
    now: i64,
    nav: Vec<Nav>,
    reminder: Reminder,
    /// Drafts that wait for this person's approval.
    waiting: usize,
    /// Drafts of this person that a second person sent back.
    sent_back: usize,
    agency: &'a str,
    demo: bool,
    styles: Vec<String>,
    scripts: Vec<String>,
    body: &'a str,
}

impl<'a> Page<'a> {
    /// A page with this title.
    #[must_use]
    pub fn new(title: impl Into<String>, area: Area) -> Self {
        Self {
            title: title.into(),
            area,
            me: None,
            live: None,
            scripts: Vec::new(),
            styles: Vec::new(),
            status: StatusCode::OK,
            spanish: false,
            skip: None,
            foot: None,
        }
    }

    /// The page's own language, `en` or `es`; what surrounds it speaks the same.
    #[must_use]
    pub fn language(mut self, language: &str) -> Self {
        self.spanish = language == "es";
        self
    }

    /// Another first link: the id it leads to and its words (KB-PAGE-1).
    #[must_use]
    pub fn skip_to(mut self, id: &'a str, words: &'a str) -> Self {
        self.skip = Some((id, words));
        self
    }

    /// Another line at the foot (KB-PAGE-11).
    #[must_use]
    pub fn foot(mut self, words: impl Into<String>) -> Self {
        self.foot = Some(words.into());
        self
    }

    /// For whom. Without it the page has no navigation and no forms of its own.
    #[must_use]
    pub fn me(mut self, me: &'a SignedIn) -> Self {
        self.me = Some(me);
        self
    }

    /// The page lives: the query of its stream, such as `screen=desk`.
    #[must_use]
    pub fn live(mut self, query: impl Into<String>) -> Self {
        self.live = Some(format!("/live?{}", query.into()));
        self
    }

    /// Another address for the stream.
    #[must_use]
    pub(crate) fn live_at(mut self, address: String) -> Self {
        self.live = Some(address);
        self
    }

    /// A script of `static/`, such as `desk.js`.
    #[must_use]
    pub fn script(mut self, file: &'static str) -> Self {
        self.scripts.push(file);
        self
    }

    /// A style sheet of `static/`, such as `desk.css`.
    #[must_use]
    pub fn style(mut self, file: &'static str) -> Self {
        self.styles.push(file);
        self
    }

    /// Another status than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The answer, with this body.
    ///
    /// # Errors
    /// When a template cannot be rendered.
    pub fn show(self, app: &App, body: &impl Template) -> Result<Response, Error> {
        let body = body.render()?;
        self.show_html(app, &body)
    }

    /// The answer, with a body that is HTML already.
    ///
    /// # Errors
    /// When the layout cannot be rendered.
    pub fn show_html(self, app: &App, body: &str) -> Result<Response, Error> {
        let pack = app.engine.pack();
        let mut styles = vec!["vendor/uswds.min.css", "app.css"];
        styles.extend(&self.styles);
        let mut scripts = vec!["vendor/htmx.min.js", "app.js"];
        if self.live.is_some() {
            scripts.push("live.js");
        }
        scripts.extend(&self.scripts);
        let layout = Layout {
            title: &self.title,
            spanish: self.spanish,
            skip: self.skip.unwrap_or(if self.spanish {
                ("main", "Ir al contenido")
            } else {
                ("main", "Skip to the main part")
            }),
            foot: self.foot.as_deref(),
            wide: matches!(
                self.area,
                Area::Desk
                    | Area::Floor
                    | Area::Office
                    | Area::Admin
                    | Area::Handset
                    | Area::Knowledge
                    | Area::Help
            ),
            bare: self.area == Area::Handset,
            me: self.me,
            csrf: self.me.map_or("", |me| me.csrf.as_str()),
            live: self.live.as_deref(),
            now: app.engine.now(),
            nav: self.me.map(|me| nav(me, self.area)).unwrap_or_default(),
            reminder: self.me.map(|me| Reminder::of(app, me, self.area)).unwrap_or_default(),
            waiting: self.me.map_or(0, |me| waiting(app, me)),
            sent_back: self.me.map_or(0, |me| app.engine.sent_back_to(&me.account.id)),
            agency: &pack.agency.name,
            demo: app.settings.demo,
            styles: styles.into_iter().map(assets::url).collect(),
            scripts: scripts.into_iter().map(assets::url).collect(),
            body,
        };
        Ok((self.status, no_store(), Html(layout.render()?)).into_response())
    }
}

fn nav(me: &SignedIn, area: Area) -> Vec<Nav> {
    let entries = [
        ("Desk", "/desk", Permission::Desk, Area::Desk),
        ("Floor", "/floor", Permission::Floor, Area::Floor),
        ("Visits", "/office", Permission::Appointments, Area::Office),
        // Who closes offices sees their days as well.
        ("Visits", "/office", Permission::AppointmentsAdmin, Area::Office),
        ("Knowledge", "/kb", Permission::Knowledge, Area::Knowledge),
        ("Admin", "/admin", Permission::AdminRead, Area::Admin),
    ];
    let mut shown: Vec<Nav> = entries
        .into_iter()
        .filter(|(_, _, permission, _)| me.may(*permission))
        .map(|(title, address, _, of)| Nav { title, address, active: of == area })
        .collect();
    shown.dedup_by_key(|entry| entry.address);
    shown
}

/// The memos that this person has still to read (the clauses `*-ACK-*`): counted on every page, called to mind at the desk
/// and in the knowledge base when one of them is due within a day.
#[derive(Default)]
struct Reminder {
    count: usize,
    overdue: usize,
    /// The one that is due first, when it shall be called to mind.
    first: Option<(String, String)>,
}

impl Reminder {
    fn of(app: &App, me: &SignedIn, area: Area) -> Self {
        let (unread, now) = (app.engine.unread_of(&me.account.id), app.engine.now());
        let overdue = unread.iter().filter(|one| one.due_at <= now).count();
        let soon =
            unread.iter().filter(|one| one.due_at <= now.saturating_add(DAY)).min_by_key(|one| one.due_at);
        let first = soon
            .filter(|_| matches!(area, Area::Desk | Area::Knowledge))
            .map(|one| (one.slug.clone(), crate::kb_edit::named(&one.memo, &one.title)));
        Self { count: unread.len(), overdue, first }
    }
}

/// Drafts that wait for a second person, for those who may be it.
fn waiting(app: &App, me: &SignedIn) -> usize {
    if me.may(Permission::KnowledgeApprove) { app.engine.waiting_for(&me.account.id) } else { 0 }
}

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60_000;

/// Pages hold customers' words: no cache keeps them.
fn no_store() -> [(header::HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}

/// A piece of a page as the answer.
///
/// # Errors
/// When the template cannot be rendered.
pub fn fragment(body: &impl Template) -> Result<Response, Error> {
    Ok(html(body.render()?))
}

/// HTML as the answer.
#[must_use]
pub fn html(body: String) -> Response {
    (no_store(), Html(body)).into_response()
}

/// Leads on to another page of this site, after a form. [`crate::request`] turns it into what htmx understands.
#[must_use]
pub fn go(to: &str) -> Response {
    axum::response::Redirect::to(to).into_response()
}

/// The answer to a form whose effect reaches the screen by the live stream: nothing to swap.
#[must_use]
pub fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

#[derive(Template)]
#[template(path = "toast.html")]
struct Toast<'a> {
    kind: &'a str,
    sentence: &'a str,
}

/// A short message that goes away by itself, to be put behind a fragment's HTML. `kind` is `ok`, `warn` or `bad`.
///
/// # Errors
/// When the template cannot be rendered.
pub fn toast(kind: &str, sentence: &str) -> Result<String, Error> {
    Ok(Toast { kind, sentence }.render()?)
}
