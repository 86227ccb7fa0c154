//! The forms manual and the hot tips: numbers, the version that is current, and which memos brought or changed them.
//!
//! What the pack lists, what pages of these kinds say, and what memos introduce or revise are joined by number. A form's
//! number is no memo's number, even where they look alike (AMB-NUMBER-COLLISION).

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::knowledge::{Kind, Library, Viewer, number_key};
use engine::pages::{ShippedForm, UNDATED};
use jiff::civil::Date;

use super::frame::{frame, page as whole, short};
use crate::App;
use crate::admin::form::{Field, Input};
use crate::admin::frame::{Frame, Said};
use crate::error::Error;
use crate::session::SignedIn;

/// A memo that introduced or changed a form.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Revision {
    memo: String,
    /// Page of the memo, where there is one.
    slug: Option<String>,
    what: String,
    when: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Form {
    number: String,
    title: String,
    /// What the menu or a memo calls it besides.
    aliases: Vec<String>,
    status: String,
    version: String,
    text: String,
    note: String,
    sender: String,
    /// Page of the form itself.
    slug: Option<String>,
    places: Vec<(String, String)>,
    revisions: Vec<Revision>,
}

#[derive(Template)]
#[template(path = "kb_edit/forms.html")]
struct FormsBody {
    frame: Frame,
    search: Vec<Field>,
    forms: Vec<Form>,
    all: usize,
}

/// What a form is found by: its number however it is written (AMB-IM31A-CASE), or its title where it has none.
fn key(number: &str) -> String {
    number_key(number)
}

/// Since when an edition holds.
fn since(from: Date) -> String {
    if from == UNDATED { "no date printed".to_owned() } else { format!("from {}", short(from)) }
}

fn memo_page(library: &Library, viewer: Viewer, number: &str) -> Option<String> {
    let fits = |page: &&domain::knowledge::Page| {
        library
            .readable(&page.slug, viewer)
            .and_then(|(_, edition)| edition.memo.as_ref())
            .is_some_and(|memo| memo.number.eq_ignore_ascii_case(number))
    };
    library.pages().filter(|page| page.kind == Kind::Memo).find(fits).map(|page| page.slug.clone())
}

fn of_pack(library: &Library, viewer: Viewer, form: &ShippedForm) -> Form {
    let places = form.places.iter().filter_map(|place| {
        let (page, edition) = library.readable(&place.page, viewer)?;
        Some((format!("{}#{}", page.slug, place.anchor), edition.title.clone()))
    });
    let mut seen: Vec<(String, String)> = Vec::new();
    for (address, title) in places {
        if !seen.iter().any(|(_, known)| *known == title) {
            seen.push((address, title));
        }
    }
    Form {
        number: if form.number.is_empty() { form.title.clone() } else { form.number.clone() },
        title: form.title.clone(),
        aliases: form.aliases.clone(),
        status: form.status.clone(),
        version: form.version.clone(),
        text: form.text.clone(),
        note: form.note.clone(),
        sender: form.sender.clone(),
        slug: None,
        places: seen,
        revisions: form
            .revisions
            .iter()
            .map(|revision| Revision {
                slug: memo_page(library, viewer, &revision.memo),
                memo: revision.memo.clone(),
                what: revision.change.clone(),
                when: String::new(),
            })
            .collect(),
    }
}

/// Everything known of every form, by its number.
fn all_forms(library: &Library, viewer: Viewer, shipped: &[ShippedForm]) -> Vec<Form> {
    let mut forms: BTreeMap<String, Form> = BTreeMap::new();
    // The menu and the memos call some forms otherwise than the manual does; they are one form all the same.
    let mut aliases: BTreeMap<String, String> = BTreeMap::new();
    for form in shipped {
        let name = if form.number.is_empty() { &form.title } else { &form.number };
        forms.insert(key(name), of_pack(library, viewer, form));
        aliases.extend(form.aliases.iter().map(|alias| (key(alias), key(name))));
    }
    let known = |name: &str| {
        let own = key(name);
        aliases.get(&own).cloned().unwrap_or(own)
    };
    for page in library.pages().filter(|page| page.kind == Kind::Form) {
        let Some((_, edition)) = library.readable(&page.slug, viewer) else { continue };
        let printed = || edition.title.split([':', ',']).next().unwrap_or_default().trim();
        let number = edition.own_number.as_deref().unwrap_or_else(printed).to_owned();
        let form = forms.entry(known(&number)).or_insert_with(|| Form {
            number,
            title: edition.title.clone(),
            status: "in use".to_owned(),
            ..Form::default()
        });
        form.slug = Some(page.slug.clone());
        // A page that the menu only names tells no version.
        if page.described {
            form.version = format!("edition {}, {}", edition.number, since(edition.from));
        }
    }
    for page in library.pages().filter(|page| page.kind == Kind::Memo) {
        let Some((_, edition)) = library.readable(&page.slug, viewer) else { continue };
        let Some(memo) = &edition.memo else { continue };
        for (list, what) in [(&memo.forms_introduced, "introduced"), (&memo.forms_revised, "revised")] {
            for number in list {
                let form = forms.entry(known(number)).or_insert_with(|| Form {
                    number: number.clone(),
                    title: number.clone(),
                    status: what.to_owned(),
                    ..Form::default()
                });
                let when = since(edition.from);
                match form.revisions.iter_mut().find(|known| known.memo == memo.number) {
                    Some(known) => (known.slug, known.when) = (Some(page.slug.clone()), when),
                    None => form.revisions.push(Revision {
                        memo: memo.number.clone(),
                        slug: Some(page.slug.clone()),
                        what: what.to_owned(),
                        when,
                    }),
                }
            }
        }
    }
    forms.into_values().collect()
}

/// `GET /kb/forms?q=`.
pub(super) async fn forms(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (library, viewer) = (app.engine.library(), app.engine.viewer(&me.account.roles));
    let words = query.get("q").map(|text| text.trim().to_owned()).unwrap_or_default();
    let mut forms = all_forms(&library, viewer, app.engine.forms_manual());
    let all = forms.len();
    let fits = |form: &Form| {
        let also = form.aliases.join(" ");
        let text = format!("{} {} {also} {}", form.number, form.title, form.text).to_lowercase();
        words
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word) || key(&form.number) == key(word))
    };
    forms.retain(fits);
    let body = FormsBody {
        frame: frame(&me, "/kb/forms", &query),
        search: vec![Field::new("q", "Number or words", Input::Text, words)],
        forms,
        all,
    };
    whole("Forms manual", &me).show(&app, &body)
}

struct Tip {
    number: String,
    year: String,
    title: String,
    slug: Option<String>,
    status: String,
    current: String,
    cited_by: Vec<(String, Option<String>)>,
    history: Vec<String>,
}

#[derive(Template)]
#[template(path = "kb_edit/hot_tips.html")]
struct TipsBody {
    frame: Frame,
    tips: Vec<Tip>,
    missing: Vec<Tip>,
}

/// `GET /kb/hot-tips`: what is there, and what the documents rely on and did not bring (AMB-MISSING-REFERENCES).
pub(super) async fn hot_tips(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (library, viewer) = (app.engine.library(), app.engine.viewer(&me.account.roles));
    let shipped = |tip: &engine::pages::ShippedTip| Tip {
        number: tip.number.clone(),
        year: tip.year.map(|year| year.to_string()).unwrap_or_default(),
        title: tip.title.clone(),
        slug: None,
        status: tip.status.clone(),
        current: String::new(),
        cited_by: tip.cited_by.iter().map(|memo| (memo.clone(), memo_page(&library, viewer, memo))).collect(),
        history: Vec::new(),
    };
    let mut tips: Vec<Tip> = Vec::new();
    for page in library.pages().filter(|page| page.kind == Kind::HotTip) {
        let Some((_, edition)) = library.readable(&page.slug, viewer) else { continue };
        let stands = page.editions.iter().rev().filter(|one| one.withdrawn.is_none());
        tips.push(Tip {
            number: edition.own_number.clone().unwrap_or_default(),
            year: if edition.from == UNDATED { String::new() } else { edition.from.year().to_string() },
            title: edition.title.clone(),
            slug: Some(page.slug.clone()),
            status: "supplied".to_owned(),
            current: format!("edition {}, {}", edition.number, since(edition.from)),
            cited_by: Vec::new(),
            history: stands
                .map(|one| {
                    format!(
                        "edition {}, {}{}{}",
                        one.number,
                        since(one.from),
                        if one.note.is_empty() { "" } else { ": " },
                        one.note
                    )
                })
                .collect(),
        });
    }
    let (tips_of_pack, memos) = app.engine.hot_tips();
    // A tip that an editor has brought in since takes the place of the one that was only named.
    for tip in tips_of_pack {
        let same = |known: &&mut Tip| {
            known.title.eq_ignore_ascii_case(&tip.title)
                || (!tip.number.is_empty() && key(&known.number) == key(&tip.number))
        };
        match tips.iter_mut().find(same) {
            Some(known) => {
                if known.number.is_empty() {
                    known.number.clone_from(&tip.number);
                }
                known.cited_by = shipped(tip).cited_by;
            }
            None => tips.push(shipped(tip)),
        }
    }
    let known = |number: &str| memo_page(&library, viewer, number).is_some();
    let missing = memos.iter().filter(|memo| !known(&memo.number)).map(shipped).collect();
    let body = TipsBody { frame: frame(&me, "/kb/hot-tips", &query), tips, missing };
    whole("Hot tips", &me).show(&app, &body)
}
