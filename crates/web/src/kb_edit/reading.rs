//! What a person has still to read, and what they have acknowledged in which edition (the clauses `*-ACK-*`). The button
//! that acknowledges stands at the memo itself.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::knowledge::{Owed, procedure_of, reaches};
use domain::view::{READING, Reading};
use jiff::civil::Date;

use super::frame::{day, due, frame, named, page as whole};
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::kb::origin;
use crate::session::SignedIn;
use crate::{App, shown};

/// A memo that this person will have to read once it is in force.
struct Coming {
    title: String,
    href: String,
    from: String,
}

struct Item {
    owed: Owed,
    origin: Option<&'static str>,
    title: String,
    due: String,
    overdue: bool,
    soon: bool,
    gate: Option<String>,
    gate_shut: bool,
    read: Option<String>,
}

#[derive(Template)]
#[template(path = "kb_edit/reading.html")]
struct Body {
    frame: Frame,
    unread: Vec<Item>,
    read: Vec<Item>,
    coming: Vec<Coming>,
}

/// Memos that take force on a later day and reach this person, so that nobody learns of new hours on the day they change.
fn coming(app: &App, me: &SignedIn) -> Vec<Coming> {
    let (library, viewer) = (app.engine.library(), app.engine.viewer(&me.account.roles));
    let mut found: Vec<(Date, Coming)> = Vec::new();
    for page in library.pages() {
        let later = page.editions.iter().filter(|one| one.from > viewer.day && one.withdrawn.is_none());
        for edition in later.filter(|one| one.audience <= viewer.audience) {
            let Some(memo) = &edition.memo else { continue };
            let asked = memo.required.as_ref().is_some_and(|required| {
                reaches(required, &me.account.roles, &me.account.office, &me.account.programmes)
            });
            if asked {
                let href = format!("/kb/{}?edition={}", page.slug, edition.number);
                let title = named(&memo.number, &edition.title);
                found.push((edition.from, Coming { title, href, from: day(edition.from) }));
            }
        }
    }
    found.sort_by_key(|(from, _)| *from);
    found.into_iter().map(|(_, one)| one).collect()
}

/// Milliseconds.
const DAY: i64 = 24 * 60 * 60_000;

/// When this person last acknowledged the page, and in which edition.
async fn reading(app: &App, me: &SignedIn, slug: &str) -> Result<Option<Reading>, Error> {
    let id = format!("{}:{}", procedure_of(slug), me.account.id);
    let row = app.engine.store().row(READING, &id).await?;
    row.map(|row| serde_json::from_str(&row.data).map_err(Error::fault)).transpose()
}

async fn items(app: &App, me: &SignedIn) -> Result<(Vec<Item>, Vec<Item>), Error> {
    let (all, unread, zone) =
        (app.engine.readings_of(&me.account.id), app.engine.unread_of(&me.account.id), app.engine.zone());
    let now = app.engine.now();
    let library = app.engine.library();
    let (mut waiting, mut done) = (Vec::new(), Vec::new());
    for owed in all {
        let open = unread.iter().any(|one| one.slug == owed.slug);
        let read = match reading(app, me, &owed.slug).await?.filter(|_| !open) {
            Some(reading) => {
                Some(format!("edition {}, {}", reading.version, shown::date_time(reading.at, &zone)))
            }
            None => None,
        };
        let item = Item {
            origin: library.page(&owed.slug).and_then(|(_, page)| origin(&library, page, &owed.title)),
            title: named(&owed.memo, &owed.title),
            due: due(owed.due_at, &zone),
            overdue: owed.due_at <= now,
            soon: owed.due_at <= now.saturating_add(DAY),
            gate: owed.gate_at.map(|at| shown::date_time(at, &zone)),
            gate_shut: owed.gate_at.is_some_and(|at| at <= now),
            read,
            owed,
        };
        if open { &mut waiting } else { &mut done }.push(item);
    }
    waiting.sort_by_key(|item| item.owed.due_at);
    Ok((waiting, done))
}

/// `GET /kb/reading`.
pub(super) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (unread, read) = items(&app, &me).await?;
    let coming = coming(&app, &me);
    let body = Body { frame: frame(&me, "/kb/reading", &query), unread, read, coming };
    whole("To read", &me).show(&app, &body)
}
