//! One interaction read along live, or afterwards: the transcript, its duties, and which clause governed each act.
//!
//! Opening it leaves the audit line `read_transcript`. What was written down under restricted access in a child-abuse
//! contact is not part of the transcript and is not shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::canned::ReplyKind;
use domain::event::Actor;
use domain::id::InteractionId;
use domain::interaction::Phase;
use domain::pack::Pack;
use domain::permission::{Permission, Role};
use domain::staff::Presence;
use domain::view::{Card, Entry, What};
use engine::{Engine, Nudge};

use super::acts::Take;
use super::look::Look;
use super::{figures, open, ringing, words};
use crate::error::Error;
use crate::live::Fragment;
use crate::page::{Area, Page};
use crate::session::SignedIn;
use crate::{App, shown};

/// A line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) seq: i64,
    pub(crate) time: String,
    /// The day, where it is another than that of the line before.
    pub(crate) day: Option<String>,
    pub(crate) who: String,
    /// `in`, `out` or `act`.
    pub(crate) side: &'static str,
    pub(crate) text: String,
    pub(crate) strong: bool,
    pub(crate) clause: Option<Clause>,
    pub(crate) masked: String,
    pub(crate) media: u32,
    /// How it was written and what became of it.
    pub(crate) state: Option<(String, String)>,
}

/// A clause beside the act that it governed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) id: String,
    pub(crate) says: String,
    pub(crate) source: String,
    /// Lines that it governed.
    pub(crate) times: usize,
}

fn clause(pack: &Pack, id: &str) -> Clause {
    let found = pack.clauses.get(id).map(|clause| (clause.says.clone(), clause.source.clone()));
    let (says, source) =
        found.unwrap_or_else(|| ("The catalogue has no text for it.".to_owned(), String::new()));
    Clause { id: id.to_owned(), says, source, times: 1 }
}

/// A sentence with people's names in place of their account names, which is what the log keeps.
fn named(look: &Look, sentence: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let known = look.members.iter().find(|member| member.id.0 == bare && !bare.is_empty());
        known.map_or_else(|| word.to_owned(), |member| word.replacen(bare, &member.name, 1))
    };
    sentence.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn line(look: &Look, entry: &Entry, body: Option<&String>) -> Line {
    let text = body.cloned().unwrap_or_else(|| "The text has been erased.".to_owned());
    let who = match &entry.by {
        Actor::Customer => "Customer".to_owned(),
        Actor::Staff { id } => look.name(id),
        Actor::System => "Hearthline".to_owned(),
        Actor::Carrier => "Carrier".to_owned(),
    };
    let mut line = Line {
        seq: entry.seq,
        time: words::time_of_day(entry.at, &look.zone),
        day: None,
        who,
        side: "act",
        text,
        strong: false,
        clause: entry.clause.as_deref().map(|id| clause(&look.pack, id)),
        masked: String::new(),
        media: 0,
        state: None,
    };
    match &entry.what {
        What::In { masked, media, .. } => {
            line.side = "in";
            line.media = *media;
            line.masked = masked.iter().map(|kind| kind.title()).collect::<Vec<_>>().join(", ");
        }
        What::Out { reply_kind, canned, segments, delivery, .. } => {
            line.side = "out";
            let kind = match reply_kind {
                ReplyKind::Canned => "Canned response",
                ReplyKind::CannedEdited => "Canned response, edited",
                ReplyKind::FreeText => "Free text",
            };
            let title =
                canned.as_ref().and_then(|id| look.pack.response(id)).map(|response| response.title.as_str());
            let written = title.map_or_else(|| kind.to_owned(), |title| format!("{kind}: {title}"));
            let (word, reason) = words::delivery(delivery);
            let word = reason.map_or_else(|| word.to_owned(), |reason| format!("{word}: {reason}"));
            let plural = if *segments == 1 { "" } else { "s" };
            line.state = Some((written, format!("{word}, {segments} segment{plural}")));
        }
        What::Act { sentence, strong } => {
            line.text = named(look, sentence);
            line.strong = *strong;
        }
    }
    line
}

/// The lines, and the clauses that governed them, in the order of their first appearance.
pub(crate) fn lines(look: &Look, entries: &[(Entry, Option<String>)]) -> (Vec<Line>, Vec<Clause>) {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut out: Vec<Line> = Vec::new();
    let mut day = String::new();
    for (entry, body) in entries {
        let mut next = line(look, entry, body.as_ref());
        let this = words::day(entry.at, &look.zone);
        if this != day {
            next.day = Some(this.clone());
            day = this;
        }
        if let Some(found) = &next.clause {
            match clauses.iter_mut().find(|known| known.id == found.id) {
                Some(known) => known.times += 1,
                None => clauses.push(found.clone()),
            }
        }
        out.push(next);
    }
    (out, clauses)
}

#[derive(Template)]
#[template(path = "floor/read_transcript.html")]
struct Transcript {
    customer: String,
    lines: Vec<Line>,
    done: bool,
}

#[derive(Template)]
#[template(path = "floor/read_clauses.html")]
struct Clauses {
    clauses: Vec<Clause>,
}

#[derive(Template)]
#[template(path = "floor/read_head.html")]
struct Head {
    line: open::Line,
    facts: Vec<(&'static str, String)>,
    done: bool,
    may_act: bool,
    take: Option<Take>,
    mine: bool,
    ended: bool,
    queues: Vec<(String, String)>,
    people: Vec<(String, String)>,
}

fn facts(look: &Look, card: &Card) -> Vec<(&'static str, String)> {
    let time = |at| format!("{}, {}", words::day(at, &look.zone), words::time_of_day(at, &look.zone));
    let mut out = vec![("Opened", time(card.opened_at))];
    let mut add = |label, value: Option<String>| out.extend(value.map(|value| (label, value)));
    add("First accepted", card.accepted_at.map(time));
    add("Done", card.done_at.map(time));
    add("Handle time", card.handle_ms.map(shown::span));
    add("Ended because", card.end_reason.map(|reason| words::end_reason(reason).to_owned()));
    let title = |id: &String| {
        let known = look.pack.wrap_up.codes.iter().find(|code| &code.id == id);
        known.map_or_else(|| id.clone(), |code| code.title.clone())
    };
    add("Wrap-up code", card.code.as_ref().map(title));
    add(
        "Referred to the service centre",
        figures::is_referral(card, &look.pack)
            .then(|| card.referral_reason.clone().unwrap_or_else(|| "yes".to_owned())),
    );
    add("Began with the greeting", card.greeted_first.map(|yes| if yes { "yes" } else { "no" }.to_owned()));
    add("Texts", Some(format!("{} in, {} by staff", card.inbound, card.staff_texts)));
    add("Check-ins", Some(format!("{} given, {} missed", card.check_ins, card.check_ins_missed)));
    add("Refused sends", Some(card.refused.to_string()));
    out
}

fn head(look: &Look, me: &SignedIn, card: &Card) -> Head {
    let supervised = card.supervisor.as_ref().is_some_and(|request| request.met_at.is_none());
    let can_take = |m: &&domain::context::Member| {
        m.presence == Presence::OnQueue
            && m.load < m.sms_capacity
            && !m.in_safety
            && card.owner.as_ref() != Some(&m.id)
            && (!supervised || m.is(Role::Supervisor))
    };
    let of_channel =
        look.pack.queues.queues.iter().filter(|queue| queue.channel == card.channel && !supervised);
    Head {
        line: open::line(look, card),
        facts: facts(look, card),
        done: card.phase == Phase::Done,
        may_act: me.may(Permission::FloorAct),
        take: Take::of(me, look),
        mine: card.owner.as_ref() == Some(&me.account.id),
        ended: matches!(card.phase, Phase::WrapUp | Phase::Done),
        queues: of_channel.map(|queue| (queue.id.clone(), queue.title.clone())).collect(),
        people: look
            .members
            .iter()
            .filter(can_take)
            .map(|m| (m.id.to_string(), format!("{} ({} of {})", m.name, m.load, m.sms_capacity)))
            .collect(),
    }
}

async fn parts(engine: &Engine, me: &SignedIn, card: &Card) -> Result<Vec<Fragment>, Error> {
    let look = Look::take(engine).await?;
    let entries = engine.transcript(card.id).await?;
    let (lines, clauses) = lines(&look, &entries);
    let customer = shown::phone(&card.customer);
    let transcript = Transcript { customer, lines, done: card.phase == Phase::Done };
    Ok(vec![
        ringing::fragment(&look, me)?,
        Fragment::new("read-head", head(&look, me, card).render()?),
        Fragment::new("read-transcript", transcript.render()?),
        Fragment::new("read-clauses", Clauses { clauses }.render()?),
    ])
}

/// The fragments of the transcript, when the nudge touched it or the people it might go to.
pub(crate) async fn fragments(
    engine: &Engine,
    me: &SignedIn,
    id: &str,
    nudge: Option<&Nudge>,
) -> Result<Vec<Fragment>, Error> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let touched = nudge.is_none_or(|nudge| nudge.interactions.contains(&id) || !nudge.staff.is_empty());
    if !touched {
        return Ok(Vec::new());
    }
    let card = engine.card(id).await?.ok_or(Error::NotFound)?;
    parts(engine, me, &card).await
}

#[derive(Template)]
#[template(path = "floor/read.html")]
struct Body<'a> {
    customer: String,
    offers: &'a str,
    head: &'a str,
    transcript: &'a str,
    clauses: &'a str,
    done: bool,
}

/// `GET /floor/interactions/{id}`.
pub(crate) async fn page(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let parsed: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let card = app.engine.card(parsed).await?.ok_or(Error::NotFound)?;
    let by = me.account.id.to_string();
    let detail = serde_json::json!({ "phase": words::phase(card.phase) });
    app.engine.note(&by, "read_transcript", &parsed.to_string(), detail).await?;
    let parts: BTreeMap<String, String> = parts(&app.engine, &me, &card)
        .await?
        .into_iter()
        .map(|fragment| (fragment.id, fragment.html))
        .collect();
    let part = |id: &str| parts.get(id).map_or("", String::as_str);
    let body = Body {
        customer: shown::phone(&card.customer),
        offers: part("floor-offers"),
        head: part("read-head"),
        transcript: part("read-transcript"),
        clauses: part("read-clauses"),
        done: card.phase == Phase::Done,
    };
    let page = Page::new(format!("Text with {}", body.customer), Area::Floor).me(&me).style("floor.css");
    let page = if body.done { page } else { page.live(format!("screen=floor&interaction={parsed}")) };
    page.show(&app, &body)
}
