//! The pieces of the desk that live, each the whole element of its id.
//!
//! To add one: a template with the element, a struct here, a line in [`all`], and its place in `page.html` or
//! `centre.html`.

use std::collections::BTreeMap;

use askama::Template;
use domain::id::{InteractionId, StaffId};
use domain::interaction::{Phase, Turn};
use domain::sop;
use domain::staff::Presence;
use domain::view::Card;
use engine::{Engine, Nudge};

use super::look::{self, Look};
use super::{appointments, beside, gone, hints, list, panel, presence, transcript, words};
use crate::error::Error;
use crate::live::Fragment;
use crate::shown;

/// A running duty, with its clock as markup of the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duty {
    pub(crate) title: String,
    pub(crate) countdown: String,
}

/// The first duty of a card.
pub(crate) fn duty(card: &Card, now: i64) -> Option<Duty> {
    card.next_duty().map(|duty| Duty { title: duty.title.clone(), countdown: countdown(duty, now) })
}

/// The clock of a duty; what is due from its very beginning has none, it is due now.
pub(crate) fn countdown(duty: &sop::Duty, now: i64) -> String {
    if duty.due > duty.started {
        return shown::countdown(duty.due, duty.started, now);
    }
    r#"<span class="badge badge--warn">now</span>"#.to_owned()
}

#[derive(Template)]
#[template(path = "desk/presence.html")]
struct PresenceBar {
    class: &'static str,
    word: String,
    elapsed: String,
    since: i64,
    lost: bool,
    /// Who set it, where that was neither the person nor the program.
    set_by: Option<String>,
    safety: bool,
    spent: Vec<presence::Spent>,
}

/// `desk-presence`.
pub(crate) async fn presence_bar(engine: &Engine, look: &Look) -> Result<Fragment, Error> {
    let person = &look.person;
    let bar = PresenceBar {
        class: words::presence_class(&person.presence),
        word: words::presence(&person.presence, &look.pack),
        elapsed: shown::elapsed(person.since, look.now),
        since: person.since.max(presence::midnight(look.now, &look.zone)),
        lost: matches!(person.presence, Presence::NotResponding { .. }),
        set_by: match &person.set_by {
            Some(by) => Some(name(&look::names(engine).await?, by)),
            None => None,
        },
        safety: person.in_safety,
        spent: look::spent_today(engine, look).await?,
    };
    Ok(Fragment::new("desk-presence", bar.render()?))
}

struct NoticeLine {
    id: String,
    sentence: String,
    clause: String,
}

#[derive(Template)]
#[template(path = "desk/notices.html")]
struct Notices {
    notices: Vec<NoticeLine>,
    /// When a text that this person let pass comes back to them.
    rings_again: Option<String>,
}

/// `desk-notices`.
pub(crate) async fn notices(engine: &Engine, look: &Look) -> Result<Fragment, Error> {
    let notices = look::notices(engine, look)
        .await?
        .into_iter()
        .filter(|notice| look.own(notice.interaction).is_none())
        .map(|notice| NoticeLine {
            id: notice.interaction.to_string(),
            sentence: with_phones(&notice.sentence),
            clause: notice.clause,
        })
        .collect();
    let rings_again = rings_again(engine, look);
    Ok(Fragment::new("desk-notices", Notices { notices, rings_again }.render()?))
}

/// The clock of the pause after a missed or declined offer, for somebody who could take it now.
fn rings_again(engine: &Engine, look: &Look) -> Option<String> {
    let person = &look.person;
    let free = person.presence == Presence::OnQueue
        && !person.in_safety
        && person.held.len() < usize::from(look.account.sms_capacity);
    let (from, at) = engine.rings_again(&look.me).filter(|_| free)?;
    Some(shown::countdown(at, from, look.now))
}

#[derive(Template)]
#[template(path = "desk/gone.html")]
struct GoneBox {
    gone: Vec<gone::Gone>,
}

/// `desk-gone`: what somebody else took from this desk in the last minute.
pub(crate) async fn gone_box(
    engine: &Engine,
    look: &Look,
    names: &BTreeMap<StaffId, String>,
) -> Result<Fragment, Error> {
    let gone = gone::gone(engine, look, names).await?;
    Ok(Fragment::new("desk-gone", GoneBox { gone }.render()?))
}

/// Numbers in a sentence as people write them.
fn with_phones(sentence: &str) -> String {
    sentence.split(' ').map(shown::phone).collect::<Vec<_>>().join(" ")
}

#[derive(Template)]
#[template(path = "desk/offers.html")]
struct Offers {
    rings: Vec<list::Ring>,
}

#[derive(Template)]
#[template(path = "desk/list.html")]
struct List {
    lines: Vec<list::Line>,
    empty_title: &'static str,
    empty_advice: &'static str,
}

/// `desk-offers` and `desk-list`.
pub(crate) async fn left(
    engine: &Engine,
    look: &Look,
    names: &BTreeMap<StaffId, String>,
    selected: Option<InteractionId>,
) -> Result<Vec<Fragment>, Error> {
    let ringing = list::ringing(&look.cards, &look.me);
    let last = last_words(engine, &ringing).await?;
    let rings = list::rings(&ringing, &last, &look.pack, look.now, &|id| name(names, id));
    let mine = look.mine();
    let last = last_words(engine, &mine).await?;
    let lines = list::lines(&mine, &last, selected, look.now);
    let (empty_title, empty_advice) = empty(&look.person.presence);
    Ok(vec![
        Fragment::new("desk-offers", Offers { rings }.render()?),
        Fragment::new("desk-list", List { lines, empty_title, empty_advice }.render()?),
    ])
}

/// What an empty list says.
const fn empty(presence: &Presence) -> (&'static str, &'static str) {
    match presence {
        Presence::OnQueue => (
            "You are on queue",
            "The next text rings here. Stay on this page; it rings in a hidden tab, too.",
        ),
        Presence::NotReady { .. } => ("You are not ready", "Go on queue at the top when you can take texts."),
        Presence::NotResponding { .. } => {
            ("You are not responding", "Go on queue at the top to get texts again.")
        }
        Presence::OffQueue => ("You are off queue", "Go on queue at the top (Alt+Q) to take texts."),
    }
}

async fn last_words(engine: &Engine, cards: &[&Card]) -> Result<Vec<Option<String>>, Error> {
    let owned: Vec<Card> = cards.iter().map(|card| (*card).clone()).collect();
    Ok(engine.last_words(&owned).await?)
}

/// A person's name, or the account's where the account is gone.
pub(crate) fn name(names: &BTreeMap<StaffId, String>, id: &StaffId) -> String {
    names.get(id).cloned().unwrap_or_else(|| id.to_string())
}

#[derive(Template)]
#[template(path = "desk/head.html")]
struct Head {
    id: String,
    customer: String,
    queue: String,
    delay: Option<&'static str>,
    opted_out: bool,
    flooded: bool,
    offered: Option<String>,
    duty: Option<Duty>,
    active: bool,
    researching: bool,
    case_specific: bool,
}

/// `desk-head-<interaction>`.
fn head(look: &Look, card: &Card, names: &BTreeMap<StaffId, String>) -> Result<Fragment, Error> {
    let head = Head {
        id: card.id.to_string(),
        customer: shown::phone(&card.customer),
        queue: list::queue_title(&look.pack, &card.queue),
        delay: words::delay(&card.turn),
        opted_out: card.opted_out,
        flooded: card.flooded,
        offered: card.offer.as_ref().map(|offer| name(names, &offer.staff)),
        duty: duty(card, look.now),
        active: card.phase == Phase::Active,
        researching: matches!(card.turn, Turn::Staff { researching: true, .. }),
        case_specific: card.case_specific,
    };
    Ok(Fragment::new(format!("desk-head-{}", card.id), head.render()?))
}

#[derive(Template)]
#[template(path = "desk/transcript.html")]
struct Transcript {
    id: String,
    customer: String,
    open: bool,
    earlier: usize,
    last: i64,
    lines: Vec<transcript::Line>,
}

/// `desk-transcript-<interaction>`, and the customer's last words for what is suggested.
async fn transcript(
    engine: &Engine,
    look: &Look,
    card: &Card,
    names: &BTreeMap<StaffId, String>,
    all: bool,
) -> Result<Fragment, Error> {
    let entries = engine.transcript(card.id).await?;
    let entries = transcript::with_visits(entries, beside::texts(engine, card).await?, card.id);
    let earlier = if all { 0 } else { entries.len().saturating_sub(transcript::LINES_MAX) };
    let shown_entries = entries.get(earlier..).unwrap_or_default();
    let name = |id: &StaffId| name(names, id);
    let eyes = transcript::Look { me: &look.me, pack: &look.pack, zone: &look.zone, name: &name };
    let body = Transcript {
        id: card.id.to_string(),
        customer: shown::phone(&card.customer),
        open: card.phase == Phase::Active && !card.opted_out,
        earlier,
        last: entries.last().map_or(0, |(entry, _)| entry.seq),
        lines: transcript::lines(shown_entries, card.unread, &eyes),
    };
    Ok(Fragment::new(format!("desk-transcript-{}", card.id), body.render()?))
}

#[derive(Template)]
#[template(path = "desk/hints.html")]
struct Hints {
    id: String,
    chips: Vec<hints::Chip>,
}

/// `desk-reply-hints-<interaction>`.
fn reply_hints(look: &Look, card: &Card, words: &str) -> Result<Fragment, Error> {
    let writable = card.phase == Phase::Active && !card.opted_out;
    let chips = if writable { hints::chips(look, card, words) } else { Vec::new() };
    Ok(Fragment::new(
        format!("desk-reply-hints-{}", card.id),
        Hints { id: card.id.to_string(), chips }.render()?,
    ))
}

struct Code {
    id: String,
    title: String,
    referral: bool,
}

#[derive(Template)]
#[template(path = "desk/composer.html")]
struct Composer {
    id: String,
    customer: String,
    wrap_up: bool,
    closed: Option<&'static str>,
    codes: Vec<Code>,
    message: String,
    language: String,
    languages: Vec<(String, String)>,
}

/// `desk-composer-<interaction>`: reply box, wrap-up codes, or why neither. The page leaves a form of the same id alone, so that
/// typing is never disturbed.
fn composer(engine: &Engine, look: &Look, card: &Card) -> Result<Fragment, Error> {
    let closed = match card.phase {
        Phase::Done => Some("This interaction is done. It is kept as it is; nothing can be added."),
        Phase::Active if card.opted_out => Some(
            "The customer wants no more texts, so nothing can be sent. End the message and choose a wrap-up code.",
        ),
        Phase::Waiting => Some("It waits in a queue. Accept it to answer."),
        Phase::Active | Phase::WrapUp => None,
    };
    let codes = look
        .pack
        .wrap_up
        .on_channel(&card.channel)
        .map(|code| Code { id: code.id.clone(), title: code.title.clone(), referral: code.referral })
        .collect();
    let languages =
        look.pack.agency.languages.iter().map(|code| (code.clone(), words::language(code))).collect();
    let composer = Composer {
        id: card.id.to_string(),
        customer: shown::phone(&card.customer),
        wrap_up: card.phase == Phase::WrapUp,
        closed,
        codes,
        message: engine.fresh().simple().to_string(),
        language: card.language.clone(),
        languages,
    };
    Ok(Fragment::new(format!("desk-composer-{}", card.id), composer.render()?))
}

#[derive(Template)]
#[template(path = "desk/side.html")]
struct SideBox {
    id: String,
    side: Option<panel::Side>,
}

/// `desk-side-<interaction>`.
async fn side(engine: &Engine, look: &Look, card: Option<&Card>) -> Result<Fragment, Error> {
    let side = match card {
        Some(card) => {
            let earlier = look::earlier_contacts(engine, card).await?;
            Some(panel::side(look, card, &sop::panel(card, &look.pack, look.sop()), earlier))
        }
        None => None,
    };
    let id = card.map_or_else(|| "none".to_owned(), |card| card.id.to_string());
    Ok(Fragment::new(format!("desk-side-{id}"), SideBox { id, side }.render()?))
}

/// `desk-visit-<interaction>`: the visits of the customer's number (SMS-APPT-1).
async fn visits(engine: &Engine, card: &Card) -> Result<Fragment, Error> {
    Ok(Fragment::new(format!("desk-visit-{}", card.id), appointments::strip(engine, card).await?))
}

/// The pieces of one interaction, in this order: head, visits, transcript, hints, composer, side. Their ids carry the
/// interaction's, so that a late fragment of one can never land in another.
pub(crate) async fn interaction(
    engine: &Engine,
    look: &Look,
    card: &Card,
    names: &BTreeMap<StaffId, String>,
    all: bool,
) -> Result<Vec<Fragment>, Error> {
    let words = look::customer_words(engine, card).await?;
    Ok(vec![
        head(look, card, names)?,
        visits(engine, card).await?,
        transcript(engine, look, card, names, all).await?,
        reply_hints(look, card, &words)?,
        composer(engine, look, card)?,
        side(engine, look, Some(card)).await?,
    ])
}

#[derive(Template)]
#[template(path = "desk/centre.html")]
struct Centre {
    id: String,
    head: String,
    visits: String,
    transcript: String,
    hints: String,
    composer: String,
}

#[derive(Template)]
#[template(path = "desk/centre_none.html")]
struct CentreNone;

/// The whole centre and the side, for a page or when another interaction is opened.
pub(crate) async fn opened(
    engine: &Engine,
    look: &Look,
    card: Option<&Card>,
    names: &BTreeMap<StaffId, String>,
    all: bool,
) -> Result<(String, String), Error> {
    let Some(card) = card else {
        return Ok((CentreNone.render()?, side(engine, look, None).await?.html));
    };
    let pieces = interaction(engine, look, card, names, all).await?;
    let mut pieces = pieces.into_iter().map(|piece| piece.html);
    let mut piece = || pieces.next().unwrap_or_default();
    let centre = Centre {
        id: card.id.to_string(),
        head: piece(),
        visits: piece(),
        transcript: piece(),
        hints: piece(),
        composer: piece(),
    };
    Ok((centre.render()?, piece()))
}

/// What a nudge touches of a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Touched {
    /// Presence, offers, alerts.
    pub(crate) me: bool,
    /// The list of interactions.
    pub(crate) list: bool,
    /// The open interaction.
    pub(crate) open: bool,
}

/// Reads it off the nudge; everything when there is none, and when settings changed.
pub(crate) fn touched(look: &Look, open: Option<InteractionId>, nudge: Option<&Nudge>) -> Touched {
    let Some(nudge) = nudge else { return Touched { me: true, list: true, open: true } };
    if nudge.streams.iter().any(|stream| stream == "settings") {
        return Touched { me: true, list: true, open: true };
    }
    let me = nudge.staff.contains(&look.me);
    let list = me || look.cards.iter().any(|card| nudge.interactions.contains(&card.id));
    let open = open.is_some_and(|id| nudge.interactions.contains(&id));
    Touched { me, list: list || open, open }
}

/// The fragments that the nudge touched.
pub(crate) async fn live(
    engine: &Engine,
    look: &Look,
    open: Option<InteractionId>,
    nudge: Option<&Nudge>,
) -> Result<Vec<Fragment>, Error> {
    let touched = touched(look, open, nudge);
    let alerts = touched.me || nudge.is_some_and(|nudge| !nudge.interactions.is_empty());
    let mut out = Vec::new();
    if touched.me {
        out.push(presence_bar(engine, look).await?);
        out.push(gone_box(engine, look, &look::names(engine).await?).await?);
    }
    if alerts {
        out.push(notices(engine, look).await?);
    }
    let booked = nudge.is_some_and(|nudge| nudge.streams.iter().any(|one| one.starts_with("appointment-")));
    if booked
        && !touched.open
        && let Some(card) = open.and_then(|id| look.seen(id))
    {
        out.push(visits(engine, card).await?);
        out.push(transcript(engine, look, card, &look::names(engine).await?, false).await?);
    }
    if !(touched.list || touched.open) {
        return Ok(out);
    }
    let names = look::names(engine).await?;
    if touched.list {
        out.extend(left(engine, look, &names, open).await?);
    }
    if touched.open
        && let Some(card) = open.and_then(|id| look.seen(id))
    {
        out.extend(interaction(engine, look, card, &names, false).await?);
    }
    Ok(out)
}
