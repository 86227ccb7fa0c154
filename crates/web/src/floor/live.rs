//! The live floor: its page and the fragments that keep it true. With `interaction` in the address of the stream it is
//! the transcript read along ([`super::read`]).

use std::collections::BTreeMap;

use askama::Template;
use async_trait::async_trait;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::interaction::Phase;
use domain::permission::Permission;
use domain::view::Card;
use engine::{Engine, Nudge};
use store::EffectState;

use super::acts::Take;
use super::figures::{self, FORMULA, Figures};
use super::look::{self, Look};
use super::{alerts, offers, open, people, queues, read, ringing, today, words};
use crate::App;
use crate::error::Error;
use crate::live::{Fragment, Params, Screen};
use crate::page::{Area, Page};
use crate::permit::Access;
use crate::session::SignedIn;

/// Dead letters and dead effects that are counted; more are shown as this many.
const TROUBLES_MAX: usize = 100;

/// The floor as a live screen.
#[derive(Debug, Clone, Copy)]
pub struct Live;

#[async_trait]
impl Screen for Live {
    fn name(&self) -> &'static str {
        "floor"
    }

    fn access(&self) -> Access {
        Access::Needs(Permission::Floor)
    }

    /// A supervisor who is on queue and watches the floor is there: the floor shows what rings for them.
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
        if let Some(id) = params.get("interaction") {
            return read::fragments(engine, me, id, nudge).await;
        }
        let threshold = today::threshold(params.get("within").map(String::as_str));
        let look = Look::take(engine).await?;
        let mut out = now_parts(engine, me, &look, threshold).await?;
        if moved(engine, &look, nudge).await? {
            out.extend(day_parts(engine, &look, threshold).await?);
        }
        Ok(out)
    }
}

/// Whether the figures of the day have to be counted again: at the beginning, every so often, and when the nudge touched
/// a contact that was just accepted or done.
async fn moved(engine: &Engine, look: &Look, nudge: Option<&Nudge>) -> Result<bool, Error> {
    let Some(nudge) = nudge else { return Ok(true) };
    for id in &nudge.interactions {
        let open = look.cards.iter().find(|card| &card.id == id);
        match open {
            Some(card) if card.accepted_at.is_some_and(|at| look.now - at < 5_000) => return Ok(true),
            Some(_) => {}
            None => {
                if engine.card(*id).await?.is_some_and(|card| card.phase == Phase::Done) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

#[derive(Template)]
#[template(path = "floor/alerts.html")]
struct Alerts {
    alerts: Vec<alerts::Alert>,
    ringing: bool,
    take: Option<Take>,
}

#[derive(Template)]
#[template(path = "floor/queues.html")]
struct Queues {
    lines: Vec<queues::Line>,
}

#[derive(Template)]
#[template(path = "floor/people.html")]
struct People<'a> {
    there: Vec<people::Line>,
    off: Vec<people::Line>,
    may_act: bool,
    me: &'a str,
}

#[derive(Template)]
#[template(path = "floor/open.html")]
struct Open {
    lines: Vec<open::Line>,
    take: Option<Take>,
}

#[derive(Template)]
#[template(path = "floor/today.html")]
struct Today {
    days: Vec<today::Day>,
    words: String,
    capped: bool,
}

#[derive(Template)]
#[template(path = "floor/figures.html")]
struct Shares<'a> {
    total: Figures,
    rows: Vec<(String, Figures)>,
    formula: &'a str,
    capped: bool,
}

async fn troubles(engine: &Engine, me: &SignedIn) -> Result<alerts::Troubles, Error> {
    let health = engine.health();
    let letters = engine.store().dead_letters(TROUBLES_MAX).await?;
    let dead = engine.store().effects(EffectState::Dead, TROUBLES_MAX).await?;
    Ok(alerts::Troubles {
        letters: letters.iter().filter(|letter| letter.resolved_at.is_none()).count(),
        dead: dead.len(),
        store: (!health.store_ok).then(|| "the last write failed".to_owned()),
        operator: me.may(Permission::Operate),
    })
}

/// What changes from second to second.
async fn now_parts(
    engine: &Engine,
    me: &SignedIn,
    look: &Look,
    threshold: u32,
) -> Result<Vec<Fragment>, Error> {
    let take = Take::of(me, look);
    let alerts = alerts::alerts(look, &troubles(engine, me).await?);
    let ringing = alerts.iter().any(|alert| alert.bad);
    let (there, off) = people::lines(look);
    let mine = me.account.id.to_string();
    let people = People { there, off, may_act: me.may(Permission::FloorAct), me: &mine };
    Ok(vec![
        ringing::fragment(look, me)?,
        Fragment::new("floor-alerts", Alerts { alerts, ringing, take }.render()?),
        Fragment::new("floor-queues", Queues { lines: queues::lines(look) }.render()?),
        Fragment::new("floor-open", Open { lines: open::lines(look, threshold), take }.render()?),
        Fragment::new("floor-people", people.render()?),
    ])
}

/// The figures of the day.
async fn day_parts(engine: &Engine, look: &Look, threshold: u32) -> Result<Vec<Fragment>, Error> {
    let done = look::done_since(engine, look.today()).await?;
    let capped = done.len() >= look::DONE_MAX;
    let offers = offers::since(engine, look.today()).await?;
    let all: Vec<&Card> = look.cards.iter().chain(&done).collect();
    let days = today::days(&all, &offers, &look.pack, &look.zone, (look.today(), look.now), threshold);
    let rows = figures::by_worker_and_day(&done, &look.pack, &look.zone);
    let named =
        |who: Option<domain::id::StaffId>| who.map_or_else(|| "Nobody".to_owned(), |id| look.name(&id));
    let rows = rows.into_iter().map(|(_, who, figures)| (named(who), figures)).collect();
    let today = Today { days, words: words::seconds(threshold), capped };
    let shares = Shares { total: figures::total(&done, &look.pack), rows, formula: FORMULA, capped };
    Ok(vec![Fragment::new("floor-today", today.render()?), Fragment::new("floor-figures", shares.render()?)])
}

#[derive(Template)]
#[template(path = "floor/page.html")]
struct Body<'a> {
    offers: &'a str,
    alerts: &'a str,
    queues: &'a str,
    open: &'a str,
    people: &'a str,
    today: &'a str,
    figures: &'a str,
    threshold: u32,
    thresholds: Vec<(u32, String)>,
}

/// `GET /floor`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Query(params): Query<BTreeMap<String, String>>,
) -> Result<Response, Error> {
    let threshold = today::threshold(params.get("within").map(String::as_str));
    let look = Look::take(&app.engine).await?;
    let mut parts = now_parts(&app.engine, &me, &look, threshold).await?;
    parts.extend(day_parts(&app.engine, &look, threshold).await?);
    let part = |id: &str| {
        parts.iter().find(|fragment| fragment.id == id).map_or("", |fragment| fragment.html.as_str())
    };
    let body = Body {
        offers: part("floor-offers"),
        alerts: part("floor-alerts"),
        queues: part("floor-queues"),
        open: part("floor-open"),
        people: part("floor-people"),
        today: part("floor-today"),
        figures: part("floor-figures"),
        threshold,
        thresholds: today::THRESHOLDS.iter().map(|seconds| (*seconds, words::seconds(*seconds))).collect(),
    };
    Page::new("Floor", Area::Floor)
        .me(&me)
        .live(format!("screen=floor&within={threshold}"))
        .style("floor.css")
        .script("floor.js")
        .show(&app, &body)
}
