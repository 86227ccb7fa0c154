//! The desk of a technician: presence, offers, interactions ordered by whose clock runs out next, transcript and reply
//! box, and the procedure beside it.
//!
//! It decides nothing. [`look`] reads what concerns one person, [`fragments`] draws the pieces that live, [`acts`] turns
//! each form into one command, [`dialogs`] are what opens over the page. What may be said, what is due and what is
//! refused is the domain's. To add a piece: [`fragments`]. To add an act: a function in [`acts`] and a line in [`routes`].

mod acts;
pub(crate) mod appointments;
mod appt_form;
mod beside;
mod count;
mod dialogs;
mod find;
mod fragments;
mod gone;
mod hints;
mod list;
mod look;
mod panel;
mod presence;
mod safety;
pub(crate) mod times;
mod transcript;
mod ways;
mod words;

#[cfg(test)]
mod view_test;

use askama::Template;
use async_trait::async_trait;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::InteractionId;
use domain::interaction::Phase;
use domain::knowledge::Audience;
use domain::pack::NotReadyReason;
use domain::permission::Permission;
use engine::{Engine, Nudge};
use serde::Deserialize;

use self::look::Look;
use crate::App;
use crate::error::Error;
use crate::live::{Fragment, Params, Screen};
use crate::page::{Area, Page, fragment, html};
use crate::permit::{Access, Routes};
use crate::session::SignedIn;

/// Routes of the desk.
#[must_use]
pub fn routes() -> Routes {
    let desk = Permission::Desk;
    Routes::new()
        .merge(appointments::routes())
        .get("/desk", desk, page)
        .get("/desk/acknowledge", desk, dialogs::acknowledge)
        .get("/desk/find", desk, find_anything)
        .get("/desk/{id}/open", desk, open)
        .get("/desk/{id}/library", desk, library)
        .get("/desk/{id}/wording", desk, wording)
        .get("/desk/{id}/dialog/{name}", desk, dialogs::show)
        .post("/desk/count", desk, show_count)
        .post("/desk/presence", desk, acts::set_presence)
        .post("/desk/acknowledge", desk, acts::acknowledge)
        .post("/desk/{id}/accept", desk, acts::accept)
        .post("/desk/{id}/decline", desk, acts::decline)
        .post("/desk/{id}/reply", desk, acts::reply)
        .post("/desk/{id}/script", desk, acts::script)
        .post("/desk/{id}/again", desk, acts::again)
        .post("/desk/{id}/research", desk, acts::research)
        .post("/desk/{id}/case", desk, acts::case)
        .post("/desk/{id}/way", desk, acts::way)
        .post("/desk/{id}/supervisor", desk, acts::supervisor)
        .post("/desk/{id}/transfer", desk, acts::transfer)
        .post("/desk/{id}/take", desk, acts::take)
        .post("/desk/{id}/safety", desk, acts::open_safety)
        .post("/desk/{id}/step", desk, acts::step)
        .post("/desk/{id}/end", desk, acts::end)
        .post("/desk/{id}/finish", desk, acts::finish)
}

/// Which interaction is open, and whether its whole transcript is wanted.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    interaction: Option<String>,
    #[serde(default)]
    all: Option<String>,
}

fn asked(text: Option<&String>) -> Option<InteractionId> {
    text.and_then(|text| text.parse().ok())
}

#[derive(Template)]
#[template(path = "desk/page.html")]
struct Body<'a> {
    me: &'a str,
    presence: &'a str,
    reasons: &'a [NotReadyReason],
    notices: &'a str,
    gone: &'a str,
    offers: &'a str,
    list: &'a str,
    centre: &'a str,
    side: &'a str,
    live_params: String,
}

/// `GET /desk`.
async fn page(State(app): State<App>, me: SignedIn, Query(query): Query<Asked>) -> Result<Response, Error> {
    let engine = &app.engine;
    let wanted = asked(query.interaction.as_ref());
    let look = Look::at(engine, &me, wanted).await?;
    let selected = list::selected(&look.mine(), wanted).or(wanted.filter(|id| look.seen(*id).is_some()));
    let selected = wanted.filter(|id| look.seen(*id).is_some()).or(selected);
    let names = look::names(engine).await?;
    let presence = fragments::presence_bar(engine, &look).await?;
    let notices = fragments::notices(engine, &look).await?;
    let gone = fragments::gone_box(engine, &look, &names).await?;
    let left = fragments::left(engine, &look, &names, selected).await?;
    let card = selected.and_then(|id| look.seen(id));
    note_reading(&app, &look, selected).await?;
    let (centre, side) = fragments::opened(engine, &look, card, &names, query.all.is_some()).await?;
    let piece = |id: &str| left.iter().find(|piece| piece.id == id).map_or("", |piece| piece.html.as_str());
    let body = Body {
        me: &me.account.id.0,
        presence: &presence.html,
        reasons: &look.pack.presence.reasons,
        notices: &notices.html,
        gone: &gone.html,
        offers: piece("desk-offers"),
        list: piece("desk-list"),
        centre: &centre,
        side: &side,
        live_params: selected.map(|id| format!("interaction={id}")).unwrap_or_default(),
    };
    Page::new("Desk", Area::Desk)
        .me(&me)
        .live("screen=desk")
        .script("kb.js")
        .script("desk.js")
        .script("visits.js")
        .style("kb.css")
        .style("desk.css")
        .style("visits.css")
        .show(&app, &body)
}

/// Reading a finished interaction is looked at later by the audit: who read what, and when.
async fn note_reading(app: &App, look: &Look, selected: Option<InteractionId>) -> Result<(), Error> {
    if let Some(card) = selected.and_then(|id| look.seen(id)).filter(|card| card.phase == Phase::Done) {
        let detail = serde_json::json!({ "customer": card.customer });
        app.engine.note(&look.me.0, "read_interaction", &card.id.to_string(), detail).await?;
    }
    Ok(())
}

/// `GET /desk/{id}/open`: centre and side of another interaction, or of none, for the page's script.
async fn open(State(app): State<App>, me: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    let wanted = if id == "none" { None } else { Some(id.parse().map_err(|_| Error::NotFound)?) };
    let look = Look::at(&app.engine, &me, wanted).await?;
    let card = wanted.and_then(|id| look.seen(id));
    if wanted.is_some() && card.is_none() {
        return Err(Error::NotFound);
    }
    note_reading(&app, &look, wanted).await?;
    let names = look::names(&app.engine).await?;
    let (centre, side) = fragments::opened(&app.engine, &look, card, &names, false).await?;
    Ok(html(format!("{centre}{side}")))
}

/// Keywords and language.
#[derive(Debug, Deserialize)]
struct LibraryQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    lang: String,
}

#[derive(Template)]
#[template(path = "desk/library.html")]
struct Library {
    items: Vec<hints::Item>,
}

/// `GET /desk/{id}/library`: the Canned Response library (SMS-SCRIPT-1, SMS-SCRIPT-2).
async fn library(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<LibraryQuery>,
) -> Result<Response, Error> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let look = Look::at(&app.engine, &me, None).await?;
    let card = look.own(id).ok_or(Error::NotFound)?;
    let language = if query.lang.is_empty() { card.language.as_str() } else { query.lang.as_str() };
    fragment(&Library { items: hints::library(&look, &query.q, &card.channel, language) })
}

/// Which response.
#[derive(Debug, Deserialize)]
struct WordingQuery {
    response: String,
}

/// `GET /desk/{id}/wording`: one response as it would go out, for buttons that know its name only.
async fn wording(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<WordingQuery>,
) -> Result<Response, Error> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let look = Look::at(&app.engine, &me, None).await?;
    let card = look.own(id).ok_or(Error::NotFound)?;
    let response = look
        .response_in(&query.response, &card.language)
        .filter(|response| hints::is_offered(response))
        .ok_or(Error::NotFound)?;
    let text = look.wording(response, &card.language).ok_or(Error::NotFound)?;
    Ok(axum::response::IntoResponse::into_response(axum::Json(
        serde_json::json!({ "id": response.id, "title": response.title, "text": text }),
    )))
}

/// A text that is being written.
#[derive(Debug, Deserialize)]
struct CountForm {
    #[serde(default)]
    text: String,
}

#[derive(Template)]
#[template(source = "{{ sentence }}", ext = "html")]
struct CountLine {
    sentence: String,
}

/// `POST /desk/count`. It is a form so that no text of a customer's contact stands in an address or a log.
async fn show_count(Form(form): Form<CountForm>) -> Result<Response, Error> {
    fragment(&CountLine { sentence: count::sentence(&form.text.replace("\r\n", "\n")) })
}

/// Words of a search.
#[derive(Debug, Deserialize)]
struct FindQuery {
    #[serde(default)]
    q: String,
}

/// `GET /desk/find`.
async fn find_anything(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Query<FindQuery>,
) -> Result<Response, Error> {
    let look = Look::at(&app.engine, &me, None).await?;
    Ok(html(
        find::found(&app, &look, &query.q, (me.may(Permission::Floor), Audience::of(&me.account.roles)))
            .await?,
    ))
}

/// The desk as a live screen. Its open stream means that the person is at their desk.
#[derive(Debug)]
pub struct Live;

#[async_trait]
impl Screen for Live {
    fn name(&self) -> &'static str {
        "desk"
    }

    fn access(&self) -> Access {
        Access::Needs(Permission::Desk)
    }

    fn holds_line(&self) -> bool {
        true
    }

    async fn fragments(
        &self,
        engine: &Engine,
        me: &SignedIn,
        params: &Params,
        nudge: Option<&Nudge>,
    ) -> Result<Vec<Fragment>, Error> {
        let open = asked(params.get("interaction"));
        let look = Look::at(engine, me, open).await?;
        let mut pieces = fragments::live(engine, &look, open, nudge).await?;
        pieces.extend(appointments::text_state(engine, me, params, nudge).await?);
        Ok(pieces)
    }
}
