//! What opens over the desk: acknowledgement, transfer, where to send, the referral's reason, end, child abuse.
//!
//! All are read afresh when they open, so that the people shown are present at that moment.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::context::Member;
use domain::id::InteractionId;
use domain::pack::{AcknowledgementSection, SmsSopVersion};
use domain::permission::Role;
use domain::sop::ending;
use domain::staff::Presence;
use domain::view::Card;

use super::look::{self, Look};
use super::{fragments, ways, words};
use crate::App;
use crate::error::Error;
use crate::page::{fragment, html};
use crate::session::SignedIn;
use crate::shown;

/// After the acknowledgement: the page's script sees the mark, goes on queue and closes the dialog.
pub(crate) const ACKNOWLEDGED: &str = r#"<p id="desk-dialog-title" data-acknowledged>Acknowledged.</p>"#;

#[derive(Template)]
#[template(path = "desk/dialog_ack.html")]
struct Acknowledge<'a> {
    title: &'a str,
    version: &'a str,
    notice: &'a str,
    notice_clause: &'a str,
    sections: &'a [AcknowledgementSection],
}

/// The acknowledgement of a procedure's version (SMS-GEN-2).
pub(crate) fn acknowledgement(sop: &SmsSopVersion) -> Result<String, Error> {
    let text = &sop.acknowledgement;
    let dialog = Acknowledge {
        title: &sop.title,
        version: &sop.version,
        notice: &text.notice.value,
        notice_clause: &text.notice.clause,
        sections: &text.sections,
    };
    Ok(dialog.render()?)
}

/// `GET /desk/acknowledge`.
pub(crate) async fn acknowledge(State(app): State<App>, me: SignedIn) -> Result<Response, Error> {
    let look = Look::at(&app.engine, &me, None).await?;
    let sop = look.sop().ok_or(Error::NotFound)?;
    Ok(html(acknowledgement(sop)?))
}

/// `GET /desk/{id}/dialog/{name}`.
pub(crate) async fn show(
    State(app): State<App>,
    me: SignedIn,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Error> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    if name == "end" {
        return end(&app, &me, id).await;
    }
    let look = Look::at(&app.engine, &me, None).await?;
    let card = look.own(id).ok_or(Error::NotFound)?;
    match name.as_str() {
        "transfer" => transfer(&app, &look, card, false).await,
        "transfer-supervisor" => transfer(&app, &look, card, true).await,
        "ways" => where_to_send(&app, &look, card).await,
        "reason" => fragment(&Reason { reasons: ways::REASONS.to_vec() }),
        "safety" => fragment(&Safety { id: id.to_string() }),
        "supervisor" => supervisor(&app, &look, card).await,
        _ => Err(Error::NotFound),
    }
}

struct Present {
    id: String,
    name: String,
    state: String,
}

#[derive(Template)]
#[template(path = "desk/dialog_transfer.html")]
struct Transfer {
    id: String,
    customer: String,
    supervisors_only: bool,
    supervisors: Vec<Present>,
    colleagues: Vec<Present>,
    queues: Vec<(String, String)>,
}

/// Supervisors who could take it this second (SMS-SUPV-2), and colleagues of whom the same holds.
pub(crate) fn present<'a>(floor: &'a [Member], look: &Look) -> (Vec<&'a Member>, Vec<&'a Member>) {
    let others = floor.iter().filter(|member| member.id != look.me);
    let free = |member: &&Member| {
        member.presence == Presence::OnQueue && member.load < member.sms_capacity && !member.in_safety
    };
    let supervisors = others.clone().filter(|member| member.can_take_transfer()).collect();
    let colleagues = others
        .filter(|member| member.is(Role::Technician) && !member.is(Role::Supervisor))
        .filter(free)
        .collect();
    (supervisors, colleagues)
}

async fn transfer(app: &App, look: &Look, card: &Card, supervisors_only: bool) -> Result<Response, Error> {
    let floor = app.engine.members().await?;
    let (supervisors, colleagues) = present(&floor, look);
    let line = |member: &&Member| Present {
        id: member.id.to_string(),
        name: member.name.clone(),
        state: format!(
            "on queue, {} of {} places free",
            member.sms_capacity.saturating_sub(member.load),
            member.sms_capacity
        ),
    };
    fragment(&Transfer {
        id: card.id.to_string(),
        customer: shown::phone(&card.customer),
        supervisors_only,
        supervisors: supervisors.iter().map(line).collect(),
        colleagues: colleagues.iter().map(line).collect(),
        queues: look
            .pack
            .queues
            .queues
            .iter()
            .filter(|queue| queue.channel == card.channel)
            .map(|queue| (queue.id.clone(), queue.title.clone()))
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "desk/dialog_ways.html")]
struct WaysBox {
    id: String,
    ways: Vec<ways::Way>,
    reasons: Vec<&'static str>,
    referral_reason: Option<String>,
}

async fn where_to_send(app: &App, look: &Look, card: &Card) -> Result<Response, Error> {
    let words = look::customer_words(&app.engine, card).await?;
    fragment(&WaysBox {
        id: card.id.to_string(),
        ways: ways::ways(look, card, &words),
        reasons: ways::REASONS.to_vec(),
        referral_reason: card.referral_reason.clone(),
    })
}

#[derive(Template)]
#[template(path = "desk/dialog_reason.html")]
struct Reason {
    reasons: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "desk/dialog_safety.html")]
struct Safety {
    id: String,
}

#[derive(Template)]
#[template(path = "desk/dialog_supervisor.html")]
struct Supervisor {
    id: String,
    procedure: String,
    requested: bool,
    alerted: Vec<String>,
}

async fn supervisor(app: &App, look: &Look, card: &Card) -> Result<Response, Error> {
    let names = look::names(&app.engine).await?;
    let office = look.pack.agency.office(&look.account.office);
    let request = card.supervisor.as_ref();
    fragment(&Supervisor {
        id: card.id.to_string(),
        procedure: office.map(|office| office.supervisor.procedure.trim().to_owned()).unwrap_or_default(),
        requested: request.is_some(),
        alerted: request
            .map(|request| request.alerted.iter().map(|id| fragments::name(&names, id)).collect())
            .unwrap_or_default(),
    })
}

#[derive(Template)]
#[template(path = "desk/dialog_end.html")]
struct End {
    id: String,
    customer: String,
    said_goodbye: bool,
    opted_out: bool,
    /// The customer's last words, where they have no answer (SMS-HOLD-1).
    unanswered: Option<String>,
    goodbye: String,
}

/// Ending: Goodbye is offered first, where it has not been said (SMS-KEY-2, SMS-END-1).
pub(crate) async fn end(app: &App, me: &SignedIn, id: InteractionId) -> Result<Response, Error> {
    let look = Look::at(&app.engine, me, None).await?;
    let card = look.own(id).ok_or(Error::NotFound)?;
    let goodbye = look
        .sop()
        .and_then(|sop| look.response_in(&sop.responses.goodbye, &card.language))
        .and_then(|response| look.wording(response, &card.language))
        .unwrap_or_default();
    let unanswered = if !card.opted_out && ending::is_unanswered(&card.turn, card.said_goodbye) {
        let said = look::customer_words(&app.engine, card).await?;
        Some(if said.is_empty() {
            "No words, an attachment only".to_owned()
        } else {
            words::short(&said, 200)
        })
    } else {
        None
    };
    fragment(&End {
        id: card.id.to_string(),
        customer: shown::phone(&card.customer),
        said_goodbye: card.said_goodbye,
        opted_out: card.opted_out,
        unanswered,
        goodbye,
    })
}
