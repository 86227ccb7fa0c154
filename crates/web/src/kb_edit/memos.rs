//! The memoranda as lists: for everybody, and for those who work on them (the clauses `*-MEMO-*`).

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use domain::knowledge::{Edition, Kind, Library, Memo, Page, Standing, Viewer};
use engine::pages::UNDATED;

use super::frame::{frame, page as whole, short, standing};
use super::readers;
use crate::App;
use crate::admin::form::{Field, Input};
use crate::admin::frame::{Cell, Listing, Said, Table};
use crate::error::Error;
use crate::kb::{asked_day, origin};
use crate::session::SignedIn;

/// A memo with the edition that speaks for it: the one in force, else the newest.
struct Entry<'a> {
    page: &'a Page,
    edition: &'a Edition,
    memo: &'a Memo,
    standing: Standing,
}

fn entries<'a>(library: &'a Library, viewer: Viewer) -> Vec<Entry<'a>> {
    let mut out: Vec<Entry<'a>> = library
        .pages()
        .filter(|page| page.kind == Kind::Memo)
        .filter_map(|page| {
            let edition = library
                .in_force(page, viewer.day)
                .or_else(|| page.editions.iter().rev().find(|edition| edition.withdrawn.is_none()))
                .or_else(|| page.editions.last())?;
            let memo = edition.memo.as_ref()?;
            let standing = library.standing(page, edition, viewer.day);
            Some(Entry { page, edition, memo, standing })
        })
        .filter(|entry| entry.edition.audience <= viewer.audience)
        .collect();
    // Dated ones first, the newest on top; those that print no date by their number.
    out.sort_by(|a, b| {
        (b.edition.from, digits(&b.memo.number), &a.page.slug).cmp(&(
            a.edition.from,
            digits(&a.memo.number),
            &b.page.slug,
        ))
    });
    out
}

fn digits(number: &str) -> u32 {
    number.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

/// Whether the memo fits the filters. A memo without programmes is about all of them (IM172-MEMO-1).
fn fits(entry: &Entry<'_>, query: &BTreeMap<String, String>) -> bool {
    let get = |name: &str| query.get(name).map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let (words, programme, kind, form) = (get("q"), get("programme"), get("kind"), get("form"));
    let all =
        format!("{} {} {}", entry.memo.number, entry.edition.title, entry.edition.summary).to_lowercase();
    let programmes = &entry.edition.programmes;
    let mut forms = entry.memo.forms_introduced.iter().chain(&entry.memo.forms_revised);
    words.split_whitespace().all(|word| all.contains(word))
        && (programme.is_empty()
            || programmes.is_empty()
            || programmes.iter().any(|one| one.to_lowercase() == programme))
        && (kind.is_empty() || entry.memo.kind.to_lowercase().contains(&kind))
        && (form.is_empty() || forms.any(|one| one.to_lowercase() == form))
}

fn search(entries: &[Entry<'_>], query: &BTreeMap<String, String>) -> Vec<Field> {
    let get = |name: &str| query.get(name).cloned().unwrap_or_default();
    let any = |values: std::collections::BTreeSet<String>| {
        std::iter::once((String::new(), "Any".to_owned()))
            .chain(values.into_iter().map(|one| (one.clone(), one)))
            .collect()
    };
    let kinds = entries.iter().map(|entry| entry.memo.kind.clone()).collect();
    let programmes = entries.iter().flat_map(|entry| entry.edition.programmes.iter().cloned()).collect();
    let forms = entries
        .iter()
        .flat_map(|entry| entry.memo.forms_introduced.iter().chain(&entry.memo.forms_revised).cloned())
        .collect();
    vec![
        Field::new("q", "Number or words", Input::Text, get("q")),
        Field::new("programme", "Programme", Input::Select(any(programmes)), get("programme")),
        Field::new("kind", "Kind", Input::Select(any(kinds)), get("kind")),
        Field::new("form", "Form introduced or revised", Input::Select(any(forms)), get("form")),
    ]
}

/// The day it was issued; most memos of the documents print none, and none is guessed (AMB-MEMO-DATES).
fn dates(entry: &Entry<'_>) -> Cell {
    let from = if entry.edition.from == UNDATED {
        "no date printed".to_owned()
    } else {
        format!("from {}", short(entry.edition.from))
    };
    let mut sub = entry.edition.until.map(|until| format!("until {}", short(until))).unwrap_or_default();
    if let Some(issued) = entry.memo.issued {
        sub = format!("issued {}{}{sub}", short(issued), if sub.is_empty() { "" } else { ", " });
    }
    Cell::new(from).sub(sub)
}

fn subject(library: &Library, entry: &Entry<'_>, to: &str) -> Vec<Cell> {
    let (class, mut word) = standing(&entry.standing);
    if entry.standing == Standing::Scheduled {
        word = format!("{word}, from {}", short(entry.edition.from));
    }
    // Without its number the page is the one in force today, and there is none yet.
    let edition = match entry.standing {
        Standing::Scheduled if to == "/kb" => format!("?edition={}", entry.edition.number),
        _ => String::new(),
    };
    let about = if entry.edition.programmes.is_empty() {
        "all programmes".to_owned()
    } else {
        entry.edition.programmes.join(", ")
    };
    let title = Cell::new(&entry.edition.title)
        .sub(format!("{}; {about}", entry.memo.kind))
        .link(format!("{to}/{}{edition}", entry.page.slug));
    vec![
        Cell::new(&entry.memo.number).sub("memo"),
        match origin(library, entry.page, &entry.edition.title) {
            Some(word) => title.badge("badge--quiet", word),
            None => title,
        },
        Cell::new(&entry.memo.issuing_role),
        dates(entry),
        Cell::new("").badge(class, word),
    ]
}

/// `GET /kb/memos`.
pub(super) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (library, now) = (app.engine.library(), app.engine.viewer(&me.account.roles));
    let on = asked_day(query.get("on").map(String::as_str), now.day)?;
    let viewer = Viewer { day: on.unwrap_or(now.day), ..now };
    let mut all = entries(&library, viewer);
    // Readers see what was superseded, with the way on, what was taken back, with the reason, and what is coming, so that
    // nobody learns of new hours on the day they have changed. On an earlier day nobody knew of what came years later.
    all.retain(|entry| {
        on.is_none_or(|day| entry.standing != Standing::Scheduled && entry.edition.from <= day)
    });
    let mut search = search(&all, &query);
    let picked = Field::new(
        "on",
        "Standing on the day",
        Input::Date,
        on.map(|day| day.to_string()).unwrap_or_default(),
    );
    search.push(picked.hint("Empty: today."));
    let (owed, unread) = (app.engine.readings_of(&me.account.id), app.engine.unread_of(&me.account.id));
    let read = |slug: &str| match (
        owed.iter().any(|one| one.slug == slug),
        unread.iter().find(|one| one.slug == slug),
    ) {
        (_, Some(one)) if one.due_at <= app.engine.now() => {
            Cell::new("").badge("badge--bad", "Overdue to read")
        }
        (_, Some(_)) => Cell::new("").badge("badge--warn", "To read"),
        (true, None) => Cell::new("").badge("badge--ok", "Read"),
        (false, None) => Cell::new("not asked of you"),
    };
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .filter(|entry| fits(entry, &query))
        .map(|entry| {
            let mut cells = subject(&library, entry, "/kb");
            if let Some(day) = on {
                for link in
                    cells.iter_mut().filter_map(|cell| cell.link.as_mut()).filter(|link| !link.contains('?'))
                {
                    link.push_str(&format!("?on={day}"));
                }
            }
            cells.push(match entry.standing {
                // Readings are asked for today, whatever the day of the list.
                _ if on.is_some() => Cell::new(""),
                Standing::Scheduled => Cell::new("not before its first day"),
                Standing::Withdrawn => Cell::new("not asked any more"),
                _ => read(&entry.page.slug),
            });
            cells
        })
        .collect();
    let table = Table {
        title: match on {
            Some(day) => format!("{} of {} memos, as they stood on {}", rows.len(), all.len(), short(day)),
            None => format!("{} of {} memos", rows.len(), all.len()),
        },
        columns: vec!["Number", "Subject", "Issued by", "Dates", "Standing", "You"],
        rows,
        empty: "No memo fits. Take a filter away.",
        new: None,
    };
    let body = Listing {
        frame: frame(&me, "/kb/memos", &query),
        title: "Memos",
        intro: "Memoranda with their standing. Memo numbers and form numbers are different things, even where they look alike.",
        search,
        tables: vec![table],
    };
    whole("Memos", &me).show(&app, &body)
}

/// `GET /kb/edit/memos`: every memo, whatever its standing, with how many have read it.
pub(super) async fn editing(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (library, viewer) = (app.engine.library(), app.engine.viewer(&me.account.roles));
    let all = entries(&library, viewer);
    let mut rows = Vec::new();
    for entry in all.iter().filter(|entry| fits(entry, &query)) {
        let mut cells = subject(&library, entry, "/kb/edit/versions");
        cells.push(match readers::count(&app, entry.page, entry.edition).await? {
            None => Cell::new("nobody is asked"),
            Some(_) if entry.standing == Standing::Scheduled => {
                Cell::new("not before its first day").link(format!("/kb/edit/readers/{}", entry.page.slug))
            }
            Some((done, asked)) => {
                Cell::new(format!("{done} of {asked}")).link(format!("/kb/edit/readers/{}", entry.page.slug))
            }
        });
        cells.push(match entry.memo.changes.len() {
            0 => Cell::new("none"),
            1 => Cell::new("1 setting"),
            count => Cell::new(format!("{count} settings")),
        });
        rows.push(cells);
    }
    let drafts: Vec<Vec<Cell>> = app
        .engine
        .drafts()
        .await?
        .into_iter()
        .filter(|(_, _, draft)| draft.kind == Kind::Memo)
        .map(|(_, _, draft)| {
            let (class, word) = super::drafts::state(&draft);
            let number = draft.memo.as_ref().map(|memo| memo.number.clone()).unwrap_or_default();
            vec![
                Cell::new(number),
                Cell::new(&draft.title).link(format!("/kb/edit/draft/{}", draft.slug)),
                Cell::new("").badge(class, word),
            ]
        })
        .collect();
    let tables = vec![
        Table {
            title: "Drafts of memos".to_owned(),
            columns: vec!["Number", "Subject", "State"],
            rows: drafts,
            empty: "No memo is being written.",
            new: Some(("/kb/edit/new?kind=memo", "New memo")),
        },
        Table {
            title: format!("{} memos", rows.len()),
            columns: vec!["Number", "Subject", "Issued by", "Dates", "Standing", "Read by", "Changes"],
            rows,
            empty: "No memo fits.",
            new: None,
        },
    ];
    let body = Listing {
        frame: frame(&me, "/kb/edit/memos", &query),
        title: "Memos to work on",
        intro: "Every memo with its standing, who has read it, and the settings it brings.",
        search: search(&all, &query),
        tables,
    };
    whole("Memos to work on", &me).show(&app, &body)
}
