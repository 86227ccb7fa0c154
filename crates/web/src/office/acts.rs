//! What staff do at the office's screen: each form becomes one command of the book.
//!
//! An act that went leads back to the day with a word about it; one that was refused shows the day again with the refusal
//! above it, its clause, and other times where there are any.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::appointment::{Appointment, AppointmentCommand, Channel, Seen, calendar, guard_done};
use domain::event::Actor;
use domain::id::AppointmentId;

use super::book::{self, Book};
use super::{day, moving, refused, week};
use crate::App;
use crate::admin::form::Given;
use crate::error::Error;
use crate::page::go;
use crate::request::RequestId;
use crate::session::SignedIn;

fn by(me: &SignedIn) -> Actor {
    Actor::Staff { id: me.account.id.clone() }
}

fn id(text: &str) -> Result<AppointmentId, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Where a form stood: the day to lead back to.
struct Stood<'a> {
    app: &'a App,
    me: &'a SignedIn,
    cause: &'a str,
    given: &'a Given,
}

impl Stood<'_> {
    /// Carries a command out and leads back to the day.
    async fn act(
        &self,
        id: AppointmentId,
        command: AppointmentCommand,
        said: &str,
    ) -> Result<Response, Error> {
        let (engine, seen) = (&self.app.engine, Seen::read(&self.given.text("seen")));
        match engine.handle_appointment_seen(id, command, seen, self.cause).await {
            Ok(done) => Ok(self.back(done.appointment.as_ref(), id, said)),
            Err(error) => {
                let book = Book::of(engine)?;
                self.refuse(id, &refused::of_change(engine, id, error, &book).await?).await
            }
        }
    }

    fn back(&self, after: Option<&Appointment>, id: AppointmentId, said: &str) -> Response {
        let zone = self.app.engine.zone();
        let place =
            after.map(|visit| (visit.place.office.clone(), calendar::day_of(visit.place.start, &zone)));
        let (office, day) = match place {
            Some((office, day)) => (office, day.to_string()),
            None => (self.given.text("office"), self.given.text("day")),
        };
        if self.given.text("view") == "week" {
            return go(&format!("/office/week?office={office}&day={day}&visit={id}#visit-{id}"));
        }
        go(&format!("/office?office={office}&day={day}&visit={id}&said={said}"))
    }

    async fn refuse(&self, id: AppointmentId, shown: &refused::Shown) -> Result<Response, Error> {
        let query = BTreeMap::from([
            ("office".to_owned(), self.given.text("office")),
            ("day".to_owned(), self.given.text("day")),
            ("visit".to_owned(), id.to_string()),
        ]);
        let action = format!("/office/{id}/move");
        let mut shown = shown.clone();
        // The time that the visit has is no other time.
        if let Some(visit) = self.app.engine.appointment(id).await? {
            let own = format!("{}@{}", visit.place.office, visit.place.start);
            shown.others.retain(|other| other.value != own);
            shown.seen = own;
        }
        if self.given.text("view") == "week" {
            // Who dragged a visit has no customer to speak to.
            shown.say = None;
            return week::show(self.app, self.me, &query, Some((&shown, &action))).await;
        }
        day::show(self.app, self.me, &query, Some((&shown, &action))).await
    }
}

/// `POST /office/walk-in`: nobody needs an appointment (PHONE-APPT-3).
pub(crate) async fn walk_in(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let from = Stood { app: &app, me: &me, cause: &cause, given: &given };
    let new = given.text("id").parse().unwrap_or_else(|_| AppointmentId(app.engine.fresh()));
    let phone = Some(given.text("phone")).filter(|phone| !phone.is_empty());
    let command = AppointmentCommand::WalkIn {
        by: by(&me),
        office: given.text("office"),
        visit_type: given.text("visit_type"),
        phone,
    };
    from.act(new, command, "walked_in").await
}

/// One of the acts that need nothing but the visit.
async fn plain(
    app: &App,
    me: &SignedIn,
    (cause, visit): (&str, &str),
    given: &Given,
    command: AppointmentCommand,
    said: &str,
) -> Result<Response, Error> {
    let from = Stood { app, me, cause, given };
    from.act(id(visit)?, command, said).await
}

/// `POST /office/{id}/check-in`.
pub(crate) async fn check_in(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let command = AppointmentCommand::CheckIn { by: by(&me) };
    plain(&app, &me, (&cause, &visit), &given, command, "checked_in").await
}

/// `POST /office/{id}/missed`.
pub(crate) async fn missed(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let command = AppointmentCommand::MarkMissed { by: by(&me) };
    plain(&app, &me, (&cause, &visit), &given, command, "missed").await
}

/// `POST /office/{id}/confirm` (SMS-APPT-2).
pub(crate) async fn confirm(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let command = AppointmentCommand::Confirm { channel: Channel::Office, by: by(&me) };
    plain(&app, &me, (&cause, &visit), &given, command, "confirmed").await
}

/// `POST /office/{id}/cancel`; any reason will do, and none (AMB-2).
pub(crate) async fn cancel(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let reason = Some(given.text("reason")).filter(|reason| !reason.is_empty());
    let command = AppointmentCommand::Cancel { channel: Channel::Office, by: by(&me), reason };
    plain(&app, &me, (&cause, &visit), &given, command, "cancelled").await
}

/// `POST /office/{id}/move`: by drag, by the page of times, and to take a move back.
pub(crate) async fn move_it(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let Some((office, start)) = refused::slot(&given.text("slot")) else {
        return Ok(go(&moving::again(&visit, &given.text("at_office"), &given.text("at_day"))));
    };
    let command = AppointmentCommand::Move { channel: Channel::Office, by: by(&me), office, start };
    plain(&app, &me, (&cause, &visit), &given, command, "moved").await
}

/// `POST /office/{id}/companions`: what was not asked by text is asked at check-in (AMB-43).
pub(crate) async fn companions(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let names = names(&given.text("names"));
    let command = AppointmentCommand::CompleteCompanions { by: by(&me), names };
    plain(&app, &me, (&cause, &visit), &given, command, "companions").await
}

/// Names, one a line or with commas between.
pub(crate) fn names(text: &str) -> Vec<String> {
    let all = text.split(['\n', ',', ';']).map(str::trim).filter(|name| !name.is_empty());
    all.map(str::to_owned).collect()
}

/// `POST /office/{id}/comment` (PHONE-APPT-19).
pub(crate) async fn comment(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let command = AppointmentCommand::WriteComment { by: by(&me) };
    plain(&app, &me, (&cause, &visit), &given, command, "comment").await
}

/// `POST /office/{id}/done`: refused until the names stand in the case's comments (PHONE-APPT-19).
pub(crate) async fn done(
    State(app): State<App>,
    me: SignedIn,
    RequestId(cause): RequestId,
    Path(visit): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Error> {
    let from = Stood { app: &app, me: &me, cause: &cause, given: &given };
    let book = Book::of(&app.engine)?;
    let found = book::visit(&app.engine, id(&visit)?).await?;
    if let Err(refused) = guard_done(&found) {
        return from.refuse(found.id, &refused::shown(&refused, &book)).await;
    }
    let (office, day) = (&found.place.office, calendar::day_of(found.place.start, &book.zone));
    Ok(go(&format!("/office?office={office}&day={day}&said=done")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_line_and_by_comma() {
        assert_eq!(
            names(" Child one,\nChild two ;; Grandmother \n"),
            ["Child one", "Child two", "Grandmother"]
        );
        assert!(names(" \n, ").is_empty(), "nobody is an answer");
    }
}
