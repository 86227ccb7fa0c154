//! Visits: the appointment book between the domain's rules and the store.
//!
//! It owns the loading around one decision ([`Engine::handle_appointment`]), the reads of pages ([`reads`]), the limits on
//! public bookings ([`limits`]) and the secrets of links. It owns no rule: what a time may be, what a form must hold and
//! what follows is `domain::appointment`.
//!
//! A double booking is impossible because the seat's name is claimed in the commit that books; whoever comes second is
//! decided again, on what is taken by then, and is told so (PHONE-APPT-10, PHONE-APPT-12).

pub mod crowded;
mod feeds;
pub mod limits;
mod outside;
pub mod reads;
mod replies;
pub mod review;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::appointment::{
    self, Appointment, AppointmentCommand, AppointmentEvent, AppointmentFact, Claim, ClaimChange, Decision,
    NewLink, Refused, Request, Rules, Seen, Status, Taken, World, phone_number,
};
use domain::command::Timers;
use domain::customer::Customer;
use domain::event::{Event, Fact, appointment_stream, customer_stream};
use domain::id::{Address, AppointmentId};
use domain::refusal::Refusal;
use domain::scene::Scene;
use domain::time::Millis;
use domain::view;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use store::{Commit, Look, Position, Row, RowChange, RowQuery, StoreError};

use crate::handle::{Beside, Loaded, commit_of, notice_row, nudge_of};
use crate::{Engine, EngineError, settings};

/// Attempts at one command after somebody else changed the same stream.
const CONFLICTS_MAX: u32 = 12;
/// Attempts after a seat was lost. Every lost seat is one that another visit holds, and an office has at most 255 at once.
const SEATS_LOST_MAX: u32 = 256;
/// Visits of one number that are looked at when the open ones are counted.
const OPEN_LOOKED_AT: usize = 500;
/// Around a wished-for start, this much of the seats is read before a decision: a clock hour at least (AMB-3).
const AROUND_MS: Millis = 3_600_000;
/// Days whose seats are read first when other times are looked for.
const NEXT_DAYS: u16 = 14;

/// What became of a command about a visit.
#[derive(Debug, Clone, PartialEq)]
pub struct AppointmentDone {
    /// Position of the log after it.
    pub position: Position,
    /// Events it led to; 0 when nothing changed, as after a second click.
    pub events: usize,
    /// The same input had been taken before.
    pub duplicate: bool,
    /// The visit afterwards.
    pub appointment: Option<Appointment>,
    /// The customer's words need a person.
    pub needs_person: bool,
    /// The whole address of the link in the text that was queued, if one was.
    pub link: Option<String>,
}

/// Why a command about a visit was not carried out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AppointmentError {
    /// A rule said no, with other times to offer.
    #[error("{}", .0.sentence)]
    Refused(Box<Refused>),
    /// Anything else.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for AppointmentError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<AppointmentError> for EngineError {
    fn from(error: AppointmentError) -> Self {
        match error {
            AppointmentError::Refused(refused) => Refusal::from(*refused).into(),
            AppointmentError::Engine(error) => error,
        }
    }
}

/// One visit as it was loaded for a decision.
struct Around {
    loaded: Loaded,
    opted_out: bool,
    open_of_number: u32,
    /// What lies beside the log of the booking that the same form made already.
    kept: Option<String>,
    /// What whoever gives the command saw of the visit.
    seen: Option<Seen>,
    /// The seats that decide whether the wished-for time can be had, and no others.
    taken: Taken,
}

impl Engine {
    /// Carries out a command about a visit. Returns after the commit is durable.
    ///
    /// # Errors
    /// [`AppointmentError::Refused`] with a sentence, the fields and other times; [`EngineError::Busy`] after too many lost
    /// races; [`EngineError::NotFound`] when the pack has no appointment book; the store's errors.
    pub async fn handle_appointment(
        &self,
        id: AppointmentId,
        command: AppointmentCommand,
        cause: &str,
    ) -> Result<AppointmentDone, AppointmentError> {
        self.handle_appointment_beside(id, &command, cause, Beside::default()).await
    }

    /// The same for a form that showed the visit: when it was moved since, the command is refused and says where the visit
    /// stands now ([`appointment::MOVED_MEANWHILE`]).
    ///
    /// # Errors
    /// As [`Engine::handle_appointment`].
    pub async fn handle_appointment_seen(
        &self,
        id: AppointmentId,
        command: AppointmentCommand,
        seen: Option<Seen>,
        cause: &str,
    ) -> Result<AppointmentDone, AppointmentError> {
        self.handle_appointment_beside(id, &command, cause, Beside { seen, ..Beside::default() }).await
    }

    pub(crate) async fn handle_appointment_beside(
        &self,
        id: AppointmentId,
        command: &AppointmentCommand,
        cause: &str,
        beside: Beside,
    ) -> Result<AppointmentDone, AppointmentError> {
        // Two bookings of one number come one after the other, so that neither overlooks the other in the count of open
        // visits. One process writes to a store.
        let _turn = match command {
            AppointmentCommand::Book { request, .. } => match phone_number(&request.phone) {
                Some(number) => self.turn_of(&number.0).await,
                None => None,
            },
            _ => None,
        };
        let (mut conflicts, mut seats) = (0, 0);
        while conflicts < CONFLICTS_MAX && seats < SEATS_LOST_MAX {
            match Box::pin(self.attempt_appointment(id, command, cause, &beside)).await {
                Err(AppointmentError::Engine(EngineError::Store(StoreError::Conflict { .. }))) => {
                    conflicts += 1;
                }
                Err(AppointmentError::Engine(EngineError::Store(StoreError::Taken { .. }))) => seats += 1,
                Err(AppointmentError::Engine(EngineError::Store(StoreError::Duplicate))) => {
                    return Ok(AppointmentDone {
                        position: self.inner.store.head().await?,
                        events: 0,
                        duplicate: true,
                        appointment: self.appointment(id).await?,
                        needs_person: false,
                        link: None,
                    });
                }
                other => return other,
            }
            tokio::task::yield_now().await;
        }
        Err(EngineError::Busy.into())
    }

    async fn attempt_appointment(
        &self,
        id: AppointmentId,
        command: &AppointmentCommand,
        cause: &str,
        beside: &Beside,
    ) -> Result<AppointmentDone, AppointmentError> {
        let settings = self.settings();
        let mut around = self.load_appointment(id, command, &settings).await?;
        around.seen.clone_from(&beside.seen);
        let link = self.link_for(command);
        let mut judged = self.judge(&settings, &around, id, command, link.as_ref(), &around.taken)?;
        // Other times to offer need more seats than the wished-for one: first those of the next days, and where these are
        // nearly full, all that are offered.
        for days in [NEXT_DAYS, u16::MAX] {
            let Err(refused) = &judged else { break };
            if refused.slot.is_none() || enough(refused, &rules(&settings)?) {
                break;
            }
            let taken = self.seats_of_refused(&settings, &around, command, days).await?;
            judged = self.judge(&settings, &around, id, command, link.as_ref(), &taken)?;
        }
        let decision = judged.map_err(|refused| AppointmentError::Refused(Box::new(refused)))?;
        self.write_appointment(id, command, &settings, around, decision, link.as_ref(), (cause, beside)).await
    }

    fn judge(
        &self,
        settings: &settings::Settings,
        around: &Around,
        id: AppointmentId,
        command: &AppointmentCommand,
        link: Option<&NewLink>,
        taken: &Taken,
    ) -> Result<Result<Decision, Refused>, EngineError> {
        let world = World {
            now: self.now(),
            rules: rules(settings)?,
            agency: &settings.pack.agency,
            taken,
            open_of_number: around.open_of_number,
            opted_out: around.opted_out,
            seen: around.seen.as_ref(),
            kept: around.kept.as_deref(),
            link,
            seed: self.fresh(),
            ids: std::cell::Cell::new(0),
        };
        Ok(appointment::decide(id, around.loaded.scene.appointment.as_ref(), command, &world))
    }

    async fn load_appointment(
        &self,
        id: AppointmentId,
        command: &AppointmentCommand,
        settings: &settings::Settings,
    ) -> Result<Around, EngineError> {
        if let AppointmentCommand::Book { request, .. } = command {
            return self.load_booking(id, request, settings).await;
        }
        let stream = appointment_stream(id);
        let mut versions = BTreeMap::new();
        let mut scene = Scene::default();
        let (version, state) =
            self.state::<Option<Appointment>>(&stream).await?.map_or((0, None), |found| found);
        versions.insert(stream, version);
        scene.appointment = state;
        let phone = scene.appointment.as_ref().and_then(|one| one.phone.clone());
        let mut opted_out = false;
        if let Some(number) = phone.as_ref().filter(|_| may_text(command)) {
            // Judged by the opt-out, so the commit rests on it: a stop that comes in beside it decides again.
            let stream = customer_stream(number);
            let (version, customer) =
                self.state::<Customer>(&stream).await?.map_or((0, None), |(v, state)| (v, Some(state)));
            versions.insert(stream, version);
            opted_out = customer.as_ref().is_some_and(|customer| customer.opted_out_at.is_some());
            scene.customer = customer;
        }
        let taken = match command {
            AppointmentCommand::Move { office, start, .. }
            | AppointmentCommand::Restore { office, start, .. }
                if rules(settings)?.office(office).is_some() =>
            {
                let (from, to) = around(*start);
                self.seats(std::slice::from_ref(office), from, to).await?
            }
            _ => Taken::default(),
        };
        let loaded = Loaded { scene, versions };
        Ok(Around {
            loaded,
            opted_out,
            open_of_number: 0,
            kept: None,
            seen: None,
            taken: taken.read_before(Date::MIN),
        })
    }

    /// Everything that a booking is judged by, seen at one moment and in one question to the store.
    async fn load_booking(
        &self,
        id: AppointmentId,
        request: &Request,
        settings: &settings::Settings,
    ) -> Result<Around, EngineError> {
        let number = phone_number(&request.phone);
        let mut streams = vec![appointment_stream(id)];
        streams.extend(number.as_ref().map(customer_stream));
        let (from, to) = around(request.start);
        let known = rules(settings)?.office(&request.office).is_some();
        let seats = || (Claim::start_prefix(&request.office, from), Claim::start_prefix(&request.office, to));
        let look = Look {
            streams: streams.clone(),
            rows: number.as_ref().map(|number| self.ahead_of(number)),
            claims: known.then(seats).into_iter().collect(),
        };
        let seen = self.inner.store.look(look).await?;
        let (mut versions, mut scene) = (BTreeMap::new(), Scene::default());
        let mut snapshots = seen.snapshots.into_iter();
        for (n, stream) in streams.into_iter().enumerate() {
            let found = snapshots.next().flatten();
            versions.insert(stream, found.as_ref().map_or(0, |found| found.version));
            match found {
                Some(found) if n == 0 => scene.appointment = self.state_of(&found).await?,
                Some(found) => scene.customer = Some(self.state_of(&found).await?),
                None => {}
            }
        }
        let kept = match &scene.appointment {
            Some(visit) => self.booking_details(visit).await?,
            None => None,
        };
        Ok(Around {
            opted_out: scene.customer.as_ref().is_some_and(|customer| customer.opted_out_at.is_some()),
            loaded: Loaded { scene, versions },
            open_of_number: open_among(&seen.rows, id),
            kept,
            seen: None,
            taken: Taken::from_names(seen.claims.iter().map(String::as_str)).read_before(Date::MIN),
        })
    }

    /// Reason, names and note as the booking left them.
    async fn booking_details(&self, visit: &Appointment) -> Result<Option<String>, EngineError> {
        let Some(first) = visit.details.first() else { return Ok(None) };
        Ok(self.inner.store.bodies(&[first.to_string()]).await?.into_iter().next().flatten())
    }

    /// The question for the visits of a number ahead of it.
    fn ahead_of(&self, number: &Address) -> RowQuery {
        RowQuery {
            kind: view::APPOINTMENT_OF.to_owned(),
            group: Some(number.0.clone()),
            after: Some(self.now()),
            descending: false,
            limit: OPEN_LOOKED_AT,
        }
    }

    async fn seats_of_refused(
        &self,
        settings: &settings::Settings,
        around: &Around,
        command: &AppointmentCommand,
        days: u16,
    ) -> Result<Taken, EngineError> {
        let Some((office, start)) = wished(command) else { return Ok(Taken::default()) };
        let taken = self.seats_for_alternatives(&rules(settings)?, office, start, days).await?;
        // What the visit holds itself is let go in the same commit; the domain leaves it out by itself too.
        let own = around.loaded.scene.appointment.as_ref().map(|one| one.place.claims.clone());
        Ok(taken.without(&own.unwrap_or_default()))
    }

    /// A link for the text of this decision. Only the digest of its secret is ever kept.
    fn link_for(&self, command: &AppointmentCommand) -> Option<NewLink> {
        if !may_text(command) {
            return None;
        }
        let secret = match self.inner.ids.secret() {
            Ok(bytes) => URL_SAFE_NO_PAD.encode(bytes),
            Err(error) => {
                // A text without a link is better than a link that can be guessed.
                tracing::error!(error, "no link is given, because there are no random bytes");
                return None;
            }
        };
        let address = format!("{}{LINK_PATH}{secret}", self.inner.public_url);
        let page = format!("{}{BOOK_PATH}", self.inner.public_url);
        Some(NewLink { address, digest: digest(&secret), page })
    }

    #[expect(clippy::too_many_arguments, reason = "one decision with everything that goes into its commit")]
    async fn write_appointment(
        &self,
        id: AppointmentId,
        command: &AppointmentCommand,
        settings: &settings::Settings,
        around: Around,
        decision: Decision,
        link: Option<&NewLink>,
        (cause, beside): (&str, &Beside),
    ) -> Result<AppointmentDone, AppointmentError> {
        let stream = appointment_stream(id);
        let mut events: Vec<Event> = decision.events.iter().map(|event| event.clone().logged(id)).collect();
        let issued = link.filter(|link| issues(&decision.events, link)).map(|link| link.address.clone());
        let of_customer = beside.customer.iter().filter(|event| is_news(event, &around.loaded.scene));
        events.extend(of_customer.cloned());
        let timers = timers(&stream, command, &decision, &rules(settings)?);
        let mut done = AppointmentDone {
            position: 0,
            events: decision.events.len(),
            duplicate: false,
            appointment: decision.after.clone(),
            needs_person: decision.needs_person,
            link: issued,
        };
        let idle = events.is_empty() && timers.is_empty() && beside.effect_results.is_empty();
        if idle && beside.inbound.is_none() {
            done.position = self.inner.store.head().await?;
            return Ok(done);
        }
        let before = around.loaded.scene.appointment.as_ref().map(|one| one.place.office.clone());
        let commit = {
            let context = self.context(settings, &[], &[]);
            let projection = view::project(&around.loaded.scene, &events, &context);
            let mut commit =
                commit_of(&around.loaded, &events, &decision.bodies, &projection, timers, cause)?;
            commit.claims.extend(decision.claims.iter().map(|change| claim(change, id)));
            finish(&mut commit, &decision.events, id, beside);
            commit
        };
        done.position = self.commit(commit).await?;
        let mut nudge = nudge_of(done.position, &events);
        let offices = before.into_iter().chain(decision.after.iter().map(|one| one.place.office.clone()));
        nudge.streams.extend(offices.map(|office| format!("office-{office}")));
        nudge.streams.dedup();
        nudge.interactions.extend(decision.after.as_ref().and_then(|one| one.interaction));
        self.nudge(nudge);
        Ok(done)
    }
}

/// The rules in force.
pub(crate) fn rules(settings: &settings::Settings) -> Result<Rules<'_>, EngineError> {
    Rules::of(&settings.pack, &settings.zone)
        .ok_or_else(|| EngineError::NotFound("the appointment book".to_owned()))
}

/// The digest of a link's secret, as it is kept.
pub(crate) fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path of links in texts.
const LINK_PATH: &str = "/visit/";
/// The path of the public page on which anybody books.
const BOOK_PATH: &str = "/visit";

/// A text with the secrets of its links left out, for everybody but its receiver.
pub(crate) fn without_secret(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(LINK_PATH) {
        out.push_str(before);
        out.push_str(LINK_PATH);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        let (secret, behind) = after.split_at(end.unwrap_or(after.len()));
        out.push_str(if secret.is_empty() { "" } else { "…" });
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Whether a command may lead to a text.
const fn may_text(command: &AppointmentCommand) -> bool {
    matches!(
        command,
        AppointmentCommand::Book { .. }
            | AppointmentCommand::Confirm { .. }
            | AppointmentCommand::Move { .. }
            | AppointmentCommand::Cancel { .. }
            | AppointmentCommand::Reply { .. }
            | AppointmentCommand::CarryOut { .. }
            | AppointmentCommand::AskWhich { .. }
            | AppointmentCommand::Restore { .. }
            | AppointmentCommand::NotSetAgain { .. }
            | AppointmentCommand::Review
            | AppointmentCommand::Timer { .. }
            | AppointmentCommand::ReportNotice { .. }
    )
}

/// The stretch whose seats decide whether a start can be had.
const fn around(start: Millis) -> (Millis, Millis) {
    (start.saturating_sub(AROUND_MS), start.saturating_add(AROUND_MS))
}

/// Open visits among these rows, this one not counted.
fn open_among(rows: &[Row], but: AppointmentId) -> u32 {
    let but = but.to_string();
    let open = rows.iter().filter(|row| {
        row.id != but && matches!(serde_json::from_str::<Status>(&row.data), Ok(Status::Booked))
    });
    u32::try_from(open.count()).unwrap_or(u32::MAX)
}

/// Whether as many other times are named as are ever named.
fn enough(refused: &Refused, rules: &Rules<'_>) -> bool {
    refused.alternatives.later_days.len() >= usize::from(rules.book.rules.alternatives_max)
}

fn wished(command: &AppointmentCommand) -> Option<(&str, Millis)> {
    match command {
        AppointmentCommand::Book { request, .. } => Some((&request.office, request.start)),
        AppointmentCommand::Move { office, start, .. }
        | AppointmentCommand::Restore { office, start, .. } => Some((office, *start)),
        _ => None,
    }
}

fn issues(events: &[AppointmentEvent], new: &NewLink) -> bool {
    events.iter().any(|event| match &event.fact {
        AppointmentFact::NoticeQueued { link: Some(link), .. } => link.digest == new.digest,
        _ => false,
    })
}

/// Whether a fact about the customer says something that the state does not say yet.
fn is_news(event: &Event, scene: &Scene) -> bool {
    let mut after = scene.clone();
    after.apply(event);
    match &event.fact {
        Fact::Customer { .. } => {
            let opted_out = |scene: &Scene| scene.customer.as_ref().and_then(|one| one.opted_out_at);
            opted_out(scene).is_none() && opted_out(&after).is_some()
        }
        _ => false,
    }
}

/// The clocks after a decision. A timer that fired is put right even when it meant nothing, or it would fire for ever.
fn timers(
    stream: &str,
    command: &AppointmentCommand,
    decision: &Decision,
    rules: &Rules<'_>,
) -> Vec<(String, Timers)> {
    let fired = matches!(command, AppointmentCommand::Timer { .. });
    if decision.events.is_empty() && !fired {
        return Vec::new();
    }
    let live = decision.after.as_ref().map(|one| appointment::timers(one, rules)).unwrap_or_default();
    vec![(stream.to_owned(), live)]
}

fn claim(change: &ClaimChange, id: AppointmentId) -> store::Claim {
    let owner = id.to_string();
    match change {
        ClaimChange::Take(name) => store::Claim::Take { name: name.clone(), owner },
        ClaimChange::Release(name) => store::Claim::Release { name: name.clone(), owner },
    }
}

/// What else goes into the commit: what came with the command, and where the carrier's reports find the texts.
fn finish(commit: &mut Commit, events: &[AppointmentEvent], id: AppointmentId, beside: &Beside) {
    commit.inbound.clone_from(&beside.inbound);
    commit.effect_results.clone_from(&beside.effect_results);
    commit.rows.extend(beside.rows.iter().cloned());
    commit.bodies.extend(beside.bodies.iter().cloned());
    commit.rows.extend(events.iter().filter_map(|event| match &event.fact {
        AppointmentFact::NoticeQueued { notice, .. } => {
            Some(RowChange::Put(notice_row(id, *notice, &notice.to_string(), event.at)))
        }
        _ => None,
    }));
}
