//! What every page of the administration stands in: the list of its parts, good news after a form, and the two bodies
//! that most pages are made of, a list and a form.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::permission::Permission;

use super::diff::Difference;
use super::form::{Field, Input};
use crate::App;
use crate::error::Error;
use crate::page::{Area, Page};
use crate::session::SignedIn;

/// What a page's address may say after a form.
pub(crate) type Said = Query<BTreeMap<String, String>>;

pub(crate) struct Entry {
    pub(crate) title: &'static str,
    pub(crate) address: &'static str,
    pub(crate) active: bool,
}

/// A group of the list of parts.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) entries: Vec<Entry>,
}

/// What surrounds a body.
pub(crate) struct Frame {
    /// Name of the list of parts, for those who hear it.
    pub(crate) label: &'static str,
    pub(crate) groups: Vec<Group>,
    pub(crate) csrf: String,
    /// Good news after a form.
    pub(crate) said: Option<&'static str>,
}

type Part = (&'static str, &'static str, Permission);

const PARTS: [(&str, &[Part]); 3] = [
    (
        "Settings",
        &[
            ("People", "/admin/people", Permission::AdminRead),
            ("Queues and hours", "/admin/queues", Permission::AdminRead),
            ("Codes and reasons", "/admin/codes", Permission::AdminRead),
            ("Offices and visits", "/admin/offices", Permission::AdminRead),
            ("Procedure settings", "/admin/sop", Permission::AdminRead),
        ],
    ),
    (
        "Content",
        &[
            ("Canned responses", "/admin/canned", Permission::AdminRead),
            ("Clauses", "/admin/clauses", Permission::AdminRead),
        ],
    ),
    (
        "Operation",
        &[
            ("Carriers", "/admin/carriers", Permission::Operate),
            ("Outbox", "/admin/outbox", Permission::Operate),
            ("Dead letters", "/admin/letters", Permission::Operate),
            ("Mail outbox", "/admin/mail", Permission::Operate),
            ("Audit log", "/admin/audit", Permission::Audit),
        ],
    ),
];

/// The sentence for what `?said=` names; anything else says nothing.
fn said(word: Option<&str>) -> Option<&'static str> {
    Some(match word? {
        "saved" => "Saved. It takes force at once.",
        "created" => "Created. It takes force at once.",
        "restored" => "Restored. The versions in between stay in the history.",
        "deleted" => "Deleted. The history keeps it, and it can be restored from there.",
        "password" => "The password is changed. Every session of this person has ended.",
        "again" => "It waits in the outbox again and goes out shortly.",
        "aside" => "Set aside. Its bytes are kept.",
        "closed" => "Closed. Who is told by text, and who has to be called, stands below.",
        "opened" => {
            "Taken back. Customers who were told of the closure are told that the office is open after all."
        }
        "revoked" => "Revoked. The address shows nothing any more.",
        "verified" => "The chain is intact.",
        _ => return None,
    })
}

impl Frame {
    pub(crate) fn new(me: &SignedIn, at: &str, query: &BTreeMap<String, String>) -> Self {
        let group = |(title, parts): &(&'static str, &[Part])| Group {
            title,
            entries: parts
                .iter()
                .filter(|(_, _, permission)| me.may(*permission))
                .map(|(title, address, _)| Entry { title, address, active: *address == at })
                .collect(),
        };
        let groups = PARTS.iter().map(group).filter(|group| !group.entries.is_empty()).collect();
        let label = "Administration";
        Self { label, groups, csrf: me.csrf.clone(), said: said(query.get("said").map(String::as_str)) }
    }
}

/// A whole page of the administration.
pub(crate) fn page<'a>(title: &str, me: &'a SignedIn) -> Page<'a> {
    Page::new(format!("{title} · Admin"), Area::Admin)
        .me(me)
        .style("admin.css")
        .script("admin.js")
        .script("visits.js")
}

#[derive(Template)]
#[template(path = "admin/start.html")]
struct Start {
    frame: Frame,
}

/// `GET /admin`.
pub(crate) async fn start(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    page("Start", &me).show(&app, &Start { frame: Frame::new(&me, "/admin", &query) })
}

/// One cell of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) sub: String,
    /// Class and word.
    pub(crate) badges: Vec<(&'static str, String)>,
    /// Where it leads.
    pub(crate) link: Option<String>,
    pub(crate) clause: Option<String>,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn sub(mut self, text: impl Into<String>) -> Self {
        self.sub = text.into();
        self
    }

    pub(crate) fn link(mut self, to: impl Into<String>) -> Self {
        self.link = Some(to.into());
        self
    }

    pub(crate) fn badge(mut self, class: &'static str, word: impl Into<String>) -> Self {
        self.badges.push((class, word.into()));
        self
    }

    pub(crate) fn badge_if(self, holds: bool, class: &'static str, word: &str) -> Self {
        if holds { self.badge(class, word) } else { self }
    }

    pub(crate) fn clause(mut self, id: Option<String>) -> Self {
        self.clause = id;
        self
    }
}

/// A table with its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Cell>>,
    pub(crate) empty: &'static str,
    /// Address and words of the way to a new one.
    pub(crate) new: Option<(&'static str, &'static str)>,
}

impl Table {
    /// The cells of a row with the names of their columns, for narrow screens.
    pub(crate) fn labelled<'a>(&'a self, row: &'a [Cell]) -> Vec<(&'static str, &'a Cell)> {
        self.columns.iter().copied().zip(row).collect()
    }
}

/// A page that lists.
#[derive(Template)]
#[template(path = "admin/list.html")]
pub(crate) struct Listing {
    pub(crate) frame: Frame,
    pub(crate) title: &'static str,
    pub(crate) intro: &'static str,
    /// Fields of the search above the tables.
    pub(crate) search: Vec<Field>,
    pub(crate) tables: Vec<Table>,
}

/// A page that edits one record.
#[derive(Template)]
#[template(path = "admin/edit.html")]
pub(crate) struct Edit {
    pub(crate) frame: Frame,
    pub(crate) title: String,
    pub(crate) back: (&'static str, &'static str),
    pub(crate) action: String,
    pub(crate) version: u64,
    pub(crate) fields: Vec<Field>,
    pub(crate) errors: Vec<String>,
    pub(crate) conflict: Option<Conflict>,
    /// Whether the reader may change it at all.
    pub(crate) may: bool,
    /// Address of its history.
    pub(crate) history: Option<String>,
    /// Further sections, as HTML that was escaped already.
    pub(crate) before: String,
    pub(crate) after: String,
    /// Words of a second button that tries the form without saving.
    pub(crate) preview: Option<&'static str>,
    /// Words of the button that saves although the page has just said whom it touches.
    pub(crate) confirm: Option<String>,
}

/// Somebody else was quicker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The version that stands now.
    pub(crate) version: u64,
    pub(crate) by: String,
    pub(crate) at: String,
    /// From theirs to mine.
    pub(crate) lines: Vec<Difference>,
}

impl Edit {
    pub(crate) fn new(
        frame: Frame,
        title: String,
        back: (&'static str, &'static str),
        action: String,
    ) -> Self {
        Self {
            frame,
            title,
            back,
            action,
            version: 0,
            fields: Vec::new(),
            errors: Vec::new(),
            conflict: None,
            may: true,
            history: None,
            before: String::new(),
            after: String::new(),
            preview: None,
            confirm: None,
        }
    }

    /// The fields to read only.
    fn fixed(&self) -> Vec<Field> {
        self.fields.iter().cloned().map(Field::fixed).collect()
    }

    /// The page as the answer; 422 or 409 when the form was not taken.
    pub(crate) fn show(mut self, app: &App, me: &SignedIn) -> Result<Response, Error> {
        use axum::http::StatusCode;
        if let Some(conflict) = &self.conflict {
            self.version = conflict.version;
        }
        let status = match (&self.conflict, self.errors.is_empty()) {
            (Some(_), _) => StatusCode::CONFLICT,
            (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
            (None, true) => StatusCode::OK,
        };
        let title = self.title.clone();
        page(&title, me).status(status).show(app, &self)
    }
}
