//! Visits within a seeded day: numbers that race for the same seat, moves, cancellations, closures; commands whose answer
//! was lost are given again, as a customer's second click would.

use std::collections::BTreeSet;

use domain::appointment::{AppointmentCommand, Channel, Closure, Request};
use domain::event::Actor;
use domain::id::{AppointmentId, StaffId};
use domain::time::{Millis, instant};
use engine::records::OFFICE;
use engine::{AppointmentDone, AppointmentError, Change, EngineError};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::day::Day;
use crate::rng::Rng;

/// Where everybody wants to go: two offices near each other, so that seats are short.
const OFFICES: [&str; 2] = ["boone", "cole"];
/// Free times among which a visit is chosen.
const WANTED: usize = 5;

/// What the day knows of visits.
#[derive(Debug)]
pub(crate) struct Visits {
    rng: Rng,
    /// Commands without a clear answer.
    unsure: Vec<(AppointmentId, AppointmentCommand)>,
    /// Bookings that were promised.
    pub(crate) promised: BTreeSet<AppointmentId>,
}

impl Visits {
    pub(crate) fn new(rng: Rng) -> Self {
        Self { rng, unsure: Vec::new(), promised: BTreeSet::new() }
    }
}

impl Day {
    /// What happens to visits in a step.
    pub(crate) async fn visits_act(&mut self) {
        self.visits_again().await;
        if !self.visits.rng.chance(100) {
            return;
        }
        match self.visits.rng.below(12) {
            0..=6 => self.two_want_the_same().await,
            7 | 8 => self.somebody_moves().await,
            9 | 10 => self.somebody_cancels().await,
            _ => self.an_office_closes_or_opens().await,
        }
    }

    /// Gives every command again that had no clear answer; true when none is left.
    pub(crate) async fn visits_again(&mut self) -> bool {
        for (id, command) in std::mem::take(&mut self.visits.unsure) {
            let answer = self.world.engine.handle_appointment(id, command.clone(), "sim").await;
            self.heard(id, command, answer);
        }
        self.visits.unsure.is_empty()
    }

    async fn two_want_the_same(&mut self) {
        let Some((office, start)) = self.wanted().await else { return };
        let mut commands = Vec::new();
        for _ in 0..2 {
            let n = self.visits.rng.below(u64::try_from(self.customers.len()).unwrap_or(1));
            let customer = self.customers.get(usize::try_from(n).unwrap_or_default());
            let Some(phone) = customer.map(|customer| customer.number.clone()) else { return };
            let request = Request {
                office: office.clone(),
                visit_type: "interview".to_owned(),
                start,
                phone,
                texts: true,
                language: "en".to_owned(),
                ..Request::default()
            };
            let request = Box::new(request);
            let command = AppointmentCommand::Book { channel: Channel::Page, by: Actor::Customer, request };
            commands.push((AppointmentId(self.world.engine.fresh()), command));
        }
        let [(one, first), (two, second)] = commands.as_slice() else { return };
        let engine = self.world.engine.clone();
        let answers = tokio::join!(
            engine.handle_appointment(*one, first.clone(), "sim"),
            engine.handle_appointment(*two, second.clone(), "sim"),
        );
        self.heard(*one, first.clone(), answers.0);
        self.heard(*two, second.clone(), answers.1);
    }

    async fn somebody_moves(&mut self) {
        let (Some(id), Some((office, start))) = (self.one_promised(), self.wanted().await) else { return };
        let by = Actor::staff(&StaffId::from("ana"));
        let command = AppointmentCommand::Move { channel: Channel::Phone, by, office, start };
        let answer = self.world.engine.handle_appointment(id, command.clone(), "sim").await;
        self.heard(id, command, answer);
    }

    async fn somebody_cancels(&mut self) {
        let Some(id) = self.one_promised() else { return };
        let command =
            AppointmentCommand::Cancel { channel: Channel::Page, by: Actor::Customer, reason: None };
        let answer = self.world.engine.handle_appointment(id, command.clone(), "sim").await;
        self.heard(id, command, answer);
    }

    async fn an_office_closes_or_opens(&mut self) {
        let pack = self.world.engine.pack();
        let book = pack.appointments.as_ref();
        let Some(mut office) = book.and_then(|book| book.offices.iter().find(|o| o.id == "boone").cloned())
        else {
            return;
        };
        if office.closures.is_empty() {
            let day = self.today().saturating_add(2.days());
            let reason = "burst pipe".to_owned();
            office.closures.push(Closure { from: day, until: day, at: None, reason });
        } else {
            office.closures.clear();
        }
        let data = serde_json::to_value(&office).ok();
        let change = Change { kind: OFFICE, id: office.id, expected: None, data, reason: String::new() };
        let done = self.world.engine.save(change, "sim").await;
        self.trace.line(&format!("{} closures {}", self.world.now(), done.is_ok()));
    }

    fn today(&self) -> Date {
        instant(self.world.now()).to_zoned(self.world.engine.zone()).date()
    }

    fn one_promised(&mut self) -> Option<AppointmentId> {
        let count = u64::try_from(self.visits.promised.len()).unwrap_or_default();
        let n = if count == 0 { 0 } else { self.visits.rng.below(count) };
        self.visits.promised.iter().nth(usize::try_from(n).unwrap_or_default()).copied()
    }

    /// One of the next free times of an office; at times one that is taken already.
    async fn wanted(&mut self) -> Option<(String, Millis)> {
        let office = OFFICES.get(usize::try_from(self.visits.rng.below(2)).unwrap_or_default())?;
        let from = self.today().saturating_add(1.day());
        let free = self.world.engine.free_slots(office, "interview", from, 5).await.ok()?;
        let n = self.visits.rng.below(u64::try_from(WANTED).unwrap_or(1));
        let start = free.get(usize::try_from(n).unwrap_or_default())?.start;
        let late = if self.visits.rng.chance(100) { 24 * 3_600_000 } else { 0 };
        Some(((*office).to_owned(), start - late))
    }

    fn heard(
        &mut self,
        id: AppointmentId,
        command: AppointmentCommand,
        answer: Result<AppointmentDone, AppointmentError>,
    ) {
        let word = match &answer {
            Ok(done) => format!("ok {}", done.events),
            Err(AppointmentError::Refused(refused)) => refused.code.to_owned(),
            Err(error) => error.to_string(),
        };
        self.trace.line(&format!("{} visit {id} {word}", self.world.now()));
        match answer {
            Ok(_) if matches!(command, AppointmentCommand::Book { .. }) => {
                self.visits.promised.insert(id);
            }
            Ok(_) | Err(AppointmentError::Refused(_)) => {}
            Err(AppointmentError::Engine(EngineError::Store(_) | EngineError::Busy)) => {
                self.visits.unsure.push((id, command));
            }
            Err(error) => self.found.push(format!("a command about a visit was answered with {error:?}")),
        }
    }
}
