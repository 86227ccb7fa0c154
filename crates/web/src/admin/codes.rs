//! Wrap-up codes (SMS-END-2, SMS-END-3) and reasons for Not Ready (AMB-62).

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::pack::{NotReadyReason, WrapUpCode};
use domain::permission::Permission;
use engine::records::{REASON, WRAP_UP_CODE};

use super::form::{Field, Given, Input, check_id, plain};
use super::frame::{Cell, Edit, Frame, Listing, Said, Table, page};
use super::record;
use crate::App;
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;

const BACK: (&str, &str) = ("/admin/codes", "Codes and reasons");
/// Channels that the settings know.
const CHANNELS: [&str; 3] = ["sms", "chat", "phone"];
/// The id in the address of one that is to be made.
pub(crate) const NEW: &str = "new";

/// `GET /admin/codes`.
pub(crate) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let pack = app.engine.pack();
    let may = me.may(Permission::Settings);
    let code = |code: &WrapUpCode| {
        vec![
            Cell::new(&code.title).sub(code.id.clone()).link(format!("/admin/codes/{}", code.id)).badge_if(
                code.draft,
                "badge--warn",
                "Agency to confirm",
            ),
            Cell::new(if code.channels.is_empty() {
                "not offered".to_owned()
            } else {
                code.channels.join(", ")
            }),
            Cell::new(if code.referral { "yes" } else { "no" }),
        ]
    };
    let reason = |reason: &NotReadyReason| {
        vec![
            Cell::new(&reason.title)
                .sub(reason.id.clone())
                .link(format!("/admin/reasons/{}", reason.id))
                .badge_if(reason.draft, "badge--warn", "Agency to confirm"),
            Cell::new(&reason.note),
        ]
    };
    let codes = Table {
        title: "Wrap-up codes".to_owned(),
        columns: vec!["Code", "Channels", "Counts as a referral"],
        rows: pack.wrap_up.codes.iter().map(code).collect(),
        empty: "There is no code: no contact can be completed.",
        new: may.then_some(("/admin/codes/new", "Add a code")),
    };
    let reasons = Table {
        title: "Reasons for Not ready".to_owned(),
        columns: vec!["Reason", "Note"],
        rows: pack.presence.reasons.iter().map(reason).collect(),
        empty: "There is no reason: nobody can be Not ready.",
        new: may.then_some(("/admin/reasons/new", "Add a reason")),
    };
    let body = Listing {
        frame: Frame::new(&me, "/admin/codes", &query),
        title: "Codes and reasons",
        intro: "Exactly one wrap-up code is chosen at the end of each contact; a reason says why somebody is not ready.",
        search: Vec::new(),
        tables: vec![codes, reasons],
    };
    page("Codes and reasons", &me).show(&app, &body)
}

fn check(yes: bool) -> &'static str {
    if yes { "yes" } else { "" }
}

fn code_fields(code: &WrapUpCode) -> Vec<Field> {
    vec![
        Field::new("title", "Name on screens", Input::Text, &code.title).clause("SMS-END-2").required(),
        Field::new("channels", "Offered on", Input::Checks(plain(&CHANNELS)), code.channels.join(" "))
            .hint("On no channel: it is kept for old contacts and offered no more."),
        Field::new(
            "referral",
            "The customer was sent on to the Customer Service Center",
            Input::Check,
            check(code.referral),
        )
        .clause("SMS-GEN-8"),
        Field::new("draft", "The agency has still to confirm it", Input::Check, check(code.draft))
            .clause("AMB-62"),
    ]
}

fn reason_fields(reason: &NotReadyReason) -> Vec<Field> {
    vec![
        Field::new("title", "Name on screens", Input::Text, &reason.title).required(),
        Field::new("draft", "The agency has still to confirm it", Input::Check, check(reason.draft))
            .clause("AMB-62"),
        Field::new("note", "Why it is here", Input::Text, &reason.note),
    ]
}

pub(crate) fn id_field(given: &str) -> Field {
    Field::new("id", "Id", Input::Text, given)
        .hint("Small letters, digits, “-”, “_” and “.”; it never changes.")
        .required()
}

/// The form of a code or a reason, new or not.
fn form(
    me: &SignedIn,
    query: &BTreeMap<String, String>,
    path: &str,
    id: &str,
    title: &str,
    fields: Vec<Field>,
) -> Edit {
    let new = id == NEW;
    let title = if new {
        title.to_owned()
    } else {
        fields.first().map(|field| field.value.clone()).unwrap_or_default()
    };
    let mut edit = Edit::new(Frame::new(me, "/admin/codes", query), title, BACK, format!("{path}/{id}"));
    edit.fields = fields;
    if new {
        edit.fields.insert(0, id_field(""));
    } else {
        edit.history = Some(format!("{path}/{id}/history"));
    }
    edit.may = me.may(Permission::Settings);
    edit
}

fn no_code() -> WrapUpCode {
    WrapUpCode {
        id: String::new(),
        title: String::new(),
        channels: vec!["sms".to_owned()],
        referral: false,
        draft: false,
    }
}

fn no_reason() -> NotReadyReason {
    NotReadyReason { id: String::new(), title: String::new(), draft: false, note: String::new() }
}

/// `GET /admin/codes/{id}`.
pub(crate) async fn edit(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let (version, code) =
        if id == NEW { (0, no_code()) } else { record::read(&app, WRAP_UP_CODE, &id).await? };
    let mut edit = form(&me, &query, "/admin/codes", &id, "Add a wrap-up code", code_fields(&code));
    edit.version = version;
    edit.after = delete_form(&me, "/admin/codes", &id, version)?;
    edit.show(&app, &me)
}

/// `GET /admin/reasons/{id}`.
pub(crate) async fn edit_reason(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Said,
) -> Result<Response, Error> {
    let (version, reason) =
        if id == NEW { (0, no_reason()) } else { record::read(&app, REASON, &id).await? };
    let mut edit = form(&me, &query, "/admin/reasons", &id, "Add a reason", reason_fields(&reason));
    edit.version = version;
    edit.after = delete_form(&me, "/admin/reasons", &id, version)?;
    edit.show(&app, &me)
}

#[derive(askama::Template)]
#[template(path = "admin/delete.html")]
struct Delete<'a> {
    action: String,
    csrf: &'a str,
    version: u64,
}

fn delete_form(me: &SignedIn, path: &str, id: &str, version: u64) -> Result<String, Error> {
    if id == NEW || !me.may(Permission::Settings) {
        return Ok(String::new());
    }
    Ok(askama::Template::render(&Delete { action: format!("{path}/{id}/delete"), csrf: &me.csrf, version })?)
}

/// The id of the form: that of the address, or the one that was given for a new record.
pub(crate) async fn id_of(
    app: &App,
    kind: &str,
    address: &str,
    given: &Given,
    errors: &mut Vec<String>,
) -> Result<String, Error> {
    if address != NEW {
        return Ok(address.to_owned());
    }
    let id = given.text("id");
    check_id(&id, errors);
    if record::is_there(app, kind, &id).await? {
        errors.push("Id: it is there already.".to_owned());
    }
    Ok(id)
}

/// `POST /admin/codes/{id}`.
pub(crate) async fn save(
    State(app): State<App>,
    me: SignedIn,
    Path(address): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let mut errors = Vec::new();
    let id = id_of(&app, WRAP_UP_CODE, &address, &given, &mut errors).await?;
    let code = WrapUpCode {
        title: given.filled("title", "Name on screens", 80, &mut errors),
        channels: given
            .all("channels")
            .into_iter()
            .filter(|channel| CHANNELS.contains(&channel.as_str()))
            .collect(),
        referral: given.checked("referral"),
        draft: given.checked("draft"),
        id: id.clone(),
    };
    let mut conflict = None;
    if errors.is_empty() {
        conflict = record::save(&app, &me, WRAP_UP_CODE, &id, given.version(), &code, given.reason()).await?;
        if conflict.is_none() {
            return Ok(go(&format!("/admin/codes/{id}?said=saved")));
        }
    }
    let mut edit =
        form(&me, &BTreeMap::new(), "/admin/codes", &address, "Add a wrap-up code", code_fields(&code));
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

/// `POST /admin/reasons/{id}`.
pub(crate) async fn save_reason(
    State(app): State<App>,
    me: SignedIn,
    Path(address): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let mut errors = Vec::new();
    let id = id_of(&app, REASON, &address, &given, &mut errors).await?;
    let reason = NotReadyReason {
        title: given.filled("title", "Name on screens", 80, &mut errors),
        draft: given.checked("draft"),
        note: given.text("note").chars().take(400).collect(),
        id: id.clone(),
    };
    let mut conflict = None;
    if errors.is_empty() {
        conflict = record::save(&app, &me, REASON, &id, given.version(), &reason, given.reason()).await?;
        if conflict.is_none() {
            return Ok(go(&format!("/admin/reasons/{id}?said=saved")));
        }
    }
    let mut edit =
        form(&me, &BTreeMap::new(), "/admin/reasons", &address, "Add a reason", reason_fields(&reason));
    given.back_into(&mut edit.fields);
    edit.version = given.version();
    (edit.errors, edit.conflict) = (errors, conflict);
    edit.show(&app, &me)
}

/// `POST /admin/codes/{id}/delete`.
pub(crate) async fn delete(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    if app.engine.pack().wrap_up.codes.len() < 2 {
        return Err(Error::Invalid(
            "This is the last code; without one no contact can be completed.".to_owned(),
        ));
    }
    record::delete(&app, &me, WRAP_UP_CODE, &id, given.version(), given.reason()).await?;
    Ok(go(&format!("/admin/codes/{id}/history?said=deleted")))
}

/// `POST /admin/reasons/{id}/delete`.
pub(crate) async fn delete_reason(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    record::delete(&app, &me, REASON, &id, given.version(), given.reason()).await?;
    Ok(go(&format!("/admin/reasons/{id}/history?said=deleted")))
}
