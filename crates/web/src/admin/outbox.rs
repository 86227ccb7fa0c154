//! The outbox: what waits to go out, and what was given up and can be sent again.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::pack::Pack;
use jiff::tz::TimeZone;
use store::{Effect, EffectState};

use super::frame::{Frame, Said, page as whole};
use crate::error::Error;
use crate::page::go;
use crate::session::SignedIn;
use crate::{App, shown};

/// Effects shown of each state.
const MOST: usize = 200;

struct Line {
    id: String,
    what: String,
    lane: String,
    to: String,
    interaction: Option<String>,
    attempts: u32,
    not_before: String,
    error: String,
}

#[derive(Template)]
#[template(path = "admin/outbox.html")]
struct Body {
    frame: Frame,
    waiting: Vec<Line>,
    dead: Vec<Line>,
    most: usize,
}

fn line(effect: &Effect, pack: &Pack, zone: &TimeZone) -> Line {
    let data: serde_json::Value = serde_json::from_str(&effect.data).unwrap_or_default();
    let text = |key: &str| data.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let recipients = data.get("recipients").and_then(|value| value.as_array()).map(|list| {
        let titles = list.iter().filter_map(|id| pack.agency.contact_role(id.as_str()?));
        titles.map(|role| role.title.clone()).collect::<Vec<_>>().join(", ")
    });
    let what = match effect.kind.as_str() {
        "send_text" => "Text".to_owned(),
        "send_safety_notice" => "Notice after a mandated report".to_owned(),
        other => other.replace('_', " "),
    };
    let interaction = text("interaction").and_then(|id| id.parse::<domain::id::InteractionId>().ok());
    Line {
        id: effect.id.clone(),
        what,
        lane: effect.lane.clone(),
        to: text("to").map(shown::phone).or(recipients).unwrap_or_default(),
        interaction: interaction.map(|id| id.to_string()),
        attempts: effect.attempts,
        not_before: shown::date_time(effect.not_before, zone),
        error: effect.last_error.clone().unwrap_or_default(),
    }
}

/// `GET /admin/outbox`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(query): Said,
) -> Result<Response, Error> {
    let (pack, zone) = (app.engine.pack(), app.engine.zone());
    let store = app.engine.store();
    let waiting = store.effects(EffectState::Waiting, MOST).await?;
    let dead = store.effects(EffectState::Dead, MOST).await?;
    let lines = |effects: &[Effect]| effects.iter().map(|effect| line(effect, &pack, &zone)).collect();
    let frame = Frame::new(&me, "/admin/outbox", &query);
    let body = Body { frame, waiting: lines(&waiting), dead: lines(&dead), most: MOST };
    whole("Outbox", &me).show(&app, &body)
}

/// `POST /admin/outbox/{id}/again`.
pub(crate) async fn again(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    app.engine.requeue_effect(&id, &me.account.id.to_string()).await?;
    Ok(go("/admin/outbox?said=again"))
}
