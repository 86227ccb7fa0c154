//! Acts from the floor: hand over, take over, take somebody off the queue. The domain decides whether they are allowed;
//! a form that comes twice acts once.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use domain::command::{Command, Target};
use domain::id::{InteractionId, StaffId};
use domain::permission::{Permission, Role};
use domain::staff::Presence;
use serde::Deserialize;

use super::look::Look;
use crate::App;
use crate::error::Error;
use crate::page::{go, toast};
use crate::request::RequestId;
use crate::session::SignedIn;

/// To whom: `queue:<id>` or `staff:<id>`.
#[derive(Debug, Deserialize)]
pub(crate) struct To {
    to: String,
}

fn target(to: &str) -> Result<Target, Error> {
    match to.split_once(':') {
        Some(("queue", id)) => Ok(Target::Queue { id: id.to_owned() }),
        Some(("staff", id)) => Ok(Target::Staff { id: StaffId::from(id) }),
        _ => Err(Error::Invalid("Choose a queue or a person.".to_owned())),
    }
}

/// `POST /floor/interactions/{id}/transfer`.
pub(crate) async fn transfer(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
    Form(form): Form<To>,
) -> Result<Response, Error> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let target = target(&form.to)?;
    let sentence = match &target {
        Target::Queue { .. } => "Handed to the queue; it keeps its waiting time.",
        Target::Staff { .. } => "Offered to them. It stays where it is until they accept.",
    };
    app.engine.handle(Command::Transfer { id, staff: me.account.id.clone(), target }, &cause).await?;
    Ok(crate::page::html(toast("ok", sentence)?).into_response())
}

/// What the button of a supervisor says and asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Take {
    /// Behind the address.
    pub(crate) query: &'static str,
    pub(crate) label: &'static str,
}

impl Take {
    /// None for those who may not take anything over. Whoever is not on queue goes on queue with the same click, and the
    /// button says so: an interaction is only with somebody who is there (SMS-SUPV-2).
    pub(crate) fn of(me: &SignedIn, look: &Look) -> Option<Self> {
        let may = me.may(Permission::FloorAct) && me.account.roles.contains(&Role::Supervisor);
        let there = look.members.iter().any(|m| m.id == me.account.id && m.presence == Presence::OnQueue);
        may.then_some(if there {
            Self { query: "", label: "Take over" }
        } else {
            Self { query: "?ready=yes", label: "Go on queue and take over" }
        })
    }
}

/// Whether to go on queue first.
#[derive(Debug, Deserialize)]
pub(crate) struct Ready {
    #[serde(default)]
    ready: String,
}

/// `POST /floor/interactions/{id}/take`: a supervisor takes it and goes on at the desk (SMS-SUPV-2).
pub(crate) async fn take(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
    Query(ready): Query<Ready>,
) -> Result<Response, Error> {
    let id: InteractionId = id.parse().map_err(|_| Error::NotFound)?;
    let card = app.engine.card(id).await?.ok_or(Error::NotFound)?;
    // A second click finds it taken; the way to the desk is the same.
    if card.owner.as_ref() != Some(&me.account.id) {
        if ready.ready == "yes" {
            let on = Command::SetPresence { staff: me.account.id.clone(), to: Presence::OnQueue, by: None };
            app.engine.handle(on, &cause).await?;
        }
        app.engine.handle(Command::TakeOver { id, staff: me.account.id.clone() }, &cause).await?;
    }
    Ok(go(&format!("/desk?interaction={id}")))
}

/// `POST /floor/people/{id}/off`. The log and the audit log name who did it.
pub(crate) async fn off_queue(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let staff = StaffId::from(id.as_str());
    let (_, account) = app.engine.account(&staff).await?.ok_or(Error::NotFound)?;
    let by = Some(me.account.id.clone());
    let off = Command::SetPresence { staff: staff.clone(), to: Presence::OffQueue, by };
    app.engine.handle(off, &cause).await?;
    let detail = serde_json::json!({ "to": "off_queue" });
    app.engine.note(&me.account.id.to_string(), "set_presence", &staff.to_string(), detail).await?;
    Ok(crate::page::html(toast("ok", &format!("{} is off queue now.", account.name))?).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_queue_or_a_person() {
        assert_eq!(target("queue:sms-general").unwrap(), Target::Queue { id: "sms-general".to_owned() });
        assert_eq!(target("staff:ana").unwrap(), Target::Staff { id: StaffId::from("ana") });
        assert!(target("").is_err() && target("ana").is_err());
    }
}
