//! What pages ask of the appointment book. Free times are computed from the rules and the seats held at this moment, never
//! stored.

use std::ops::Range;

use domain::appointment::{
    Alternatives, Appointment, Claim, Closed, Details, Notice, Rules, Slot, SlotRefusal, StartState, Status,
    Taken, Wish, link_opens,
};
use domain::event::appointment_stream;
use domain::id::{Address, AppointmentId};
use domain::permission::{Permission, Role};
use domain::time::{Millis, instant};
use domain::view;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{Look, Row, RowQuery};

use super::{NEXT_DAYS, digest, rules, without_secret};
use crate::{Engine, EngineError};

/// Days that one look at an office holds at most.
const DAYS_MAX: u16 = 31;
/// Visits of one number that are read.
const OF_NUMBER_MAX: usize = 50;
/// Visits read at once for an office; doubled while a look needs more.
const OFFICE_BATCH: usize = 256;
/// Visits of an office that one look holds at most.
const OFFICE_MAX: usize = 200_000;

/// One day of an office.
#[derive(Debug, Clone, PartialEq)]
pub struct OfficeDay {
    /// Which.
    pub day: Date,
    /// Why it is closed the whole day.
    pub closed: Option<Closed>,
    /// Visits by their start, cancelled ones included.
    pub visits: Vec<Appointment>,
}

/// How one day of an office is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayUse {
    /// Which.
    pub day: Date,
    /// Why it is closed the whole day.
    pub closed: Option<Closed>,
    /// Visits that the day can take.
    pub seats: u32,
    /// Booked visits that were not cancelled, whatever came of them.
    pub booked: u32,
    /// Booked visits whose customer came.
    pub checked_in: u32,
    /// Customers who came without an appointment.
    pub walk_ins: u32,
    /// Booked visits whose customer did not come.
    pub missed: u32,
    /// Cancelled visits.
    pub cancelled: u32,
}

impl Engine {
    /// The free times of an office for a kind of visit, in order; nothing when either is unknown.
    ///
    /// # Errors
    /// When the pack has no appointment book, or the store cannot be read.
    pub async fn free_slots(
        &self,
        office: &str,
        visit_type: &str,
        from: Date,
        days: u16,
    ) -> Result<Vec<Slot>, EngineError> {
        let settings = self.settings();
        let (rules, now) = (rules(&settings)?, self.now());
        let span = days_of(from, days, &settings.zone);
        let taken = self.seats(&[office.to_owned()], span.start.max(now - DAY_MS), span.end).await?;
        Ok(rules.free_slots(&Wish { office, visit_type, now, taken: &taken }, from, days))
    }

    /// Every start of one day with its state, free or why not (PHONE-APPT-7).
    ///
    /// # Errors
    /// As [`Engine::free_slots`].
    pub async fn day_view(
        &self,
        office: &str,
        visit_type: &str,
        day: Date,
    ) -> Result<Vec<StartState>, EngineError> {
        let settings = self.settings();
        let span = days_of(day, 1, &settings.zone);
        let taken = self.seats(&[office.to_owned()], span.start, span.end).await?;
        Ok(rules(&settings)?.day_view(&Wish { office, visit_type, now: self.now(), taken: &taken }, day))
    }

    /// Other times where a wished-for one cannot be had (PHONE-APPT-9).
    ///
    /// # Errors
    /// As [`Engine::free_slots`].
    pub async fn alternatives(
        &self,
        office: &str,
        visit_type: &str,
        wanted: Millis,
    ) -> Result<Alternatives, EngineError> {
        let settings = self.settings();
        let (rules, now) = (rules(&settings)?, self.now());
        let most = usize::from(rules.book.rules.alternatives_max);
        let mut found = Alternatives::default();
        for days in [NEXT_DAYS, u16::MAX] {
            let taken = self.seats_for_alternatives(&rules, office, wanted, days).await?;
            found = rules.alternatives(&Wish { office, visit_type, now, taken: &taken }, wanted);
            if found.later_days.len() >= most {
                break;
            }
        }
        Ok(found)
    }

    /// Why a time cannot be had at this moment; none when it can.
    ///
    /// # Errors
    /// As [`Engine::free_slots`].
    pub async fn check_slot(
        &self,
        office: &str,
        visit_type: &str,
        start: Millis,
    ) -> Result<Option<SlotRefusal>, EngineError> {
        let settings = self.settings();
        let around = start.saturating_sub(HOUR_MS)..start.saturating_add(HOUR_MS);
        let taken = self.seats(&[office.to_owned()], around.start, around.end).await?;
        let wish = Wish { office, visit_type, now: self.now(), taken: &taken };
        Ok(rules(&settings)?.check_slot(&wish, start).err())
    }

    /// The seats held at these offices between two instants.
    pub(super) async fn seats(
        &self,
        offices: &[String],
        from: Millis,
        to: Millis,
    ) -> Result<Taken, EngineError> {
        self.seats_in(offices.iter().map(|office| (office.as_str(), from, to))).await
    }

    async fn seats_in<'o>(
        &self,
        stretches: impl Iterator<Item = (&'o str, Millis, Millis)>,
    ) -> Result<Taken, EngineError> {
        let range = |(office, from, to)| (Claim::start_prefix(office, from), Claim::start_prefix(office, to));
        let look = Look { claims: stretches.map(range).collect(), ..Look::default() };
        let seen = self.inner.store.look(look).await?;
        Ok(Taken::from_names(seen.claims.iter().map(String::as_str)))
    }

    /// The seats among which other times than the wanted one are looked for: of the offices named beside this one on the
    /// wanted day, and of this one on so many days from then on, at most those that are offered at all.
    pub(super) async fn seats_for_alternatives(
        &self,
        rules: &Rules<'_>,
        office: &str,
        wanted: Millis,
        days: u16,
    ) -> Result<Taken, EngineError> {
        let day = instant(wanted.max(self.now())).to_zoned(rules.zone.clone()).date();
        let days = days.min(rules.book.rules.horizon_days.saturating_add(2));
        let (own, beside) = (days_of(day, days, rules.zone), days_of(day, 1, rules.zone));
        let offices = rules.offices_named_for(office);
        let stretches = offices.iter().map(|one| {
            let span = if one.id == office { &own } else { &beside };
            (one.id.as_str(), span.start, span.end)
        });
        let taken = self.seats_in(stretches).await?;
        Ok(taken.read_before(day.saturating_add(i64::from(days).days())))
    }

    /// One visit.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn appointment(&self, id: AppointmentId) -> Result<Option<Appointment>, EngineError> {
        let found = self.state::<Option<Appointment>>(&appointment_stream(id)).await?;
        Ok(found.and_then(|(_, state)| state))
    }

    /// The visits of a number, past and ahead, the last start first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn appointments_of(&self, number: &Address) -> Result<Vec<Appointment>, EngineError> {
        self.of_number(number, None, true).await
    }

    /// The open visits that lie ahead of a number, the nearest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn appointments_ahead(&self, number: &Address) -> Result<Vec<Appointment>, EngineError> {
        let found = self.of_number(number, Some(self.now()), false).await?;
        Ok(found.into_iter().filter(Appointment::is_open).collect())
    }

    async fn of_number(
        &self,
        number: &Address,
        after: Option<Millis>,
        descending: bool,
    ) -> Result<Vec<Appointment>, EngineError> {
        let query = RowQuery {
            kind: view::APPOINTMENT_OF.to_owned(),
            group: Some(number.0.clone()),
            after,
            descending,
            limit: OF_NUMBER_MAX,
        };
        let mut found = Vec::new();
        for row in self.inner.store.rows(query).await? {
            let visit = self.inner.store.row(view::APPOINTMENT, &row.id).await?;
            found.extend(visit.as_ref().and_then(read));
        }
        Ok(found)
    }

    /// The visit that a link opens now. A guessed secret, one that ran out, and one of a visit that has begun or was
    /// cancelled open nothing, and nobody can tell which it was.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn appointment_by_link(&self, secret: &str) -> Result<Option<Appointment>, EngineError> {
        let digest = digest(secret);
        let Some(row) = self.inner.store.row(view::APPOINTMENT_LINK, &digest).await? else {
            return Ok(None);
        };
        let Ok(id) = serde_json::from_str::<AppointmentId>(&row.data) else { return Ok(None) };
        let found = self.appointment(id).await?;
        Ok(found.filter(|visit| link_opens(visit, &digest, self.now())))
    }

    /// Days of an office with their visits.
    ///
    /// # Errors
    /// When there is no such office, or the store cannot be read.
    pub async fn office_days(
        &self,
        office: &str,
        from: Date,
        days: u16,
    ) -> Result<Vec<OfficeDay>, EngineError> {
        let settings = self.settings();
        let rules = rules(&settings)?;
        let known = rules.office(office).ok_or_else(|| EngineError::NotFound("this office".to_owned()))?;
        let days = days.clamp(1, DAYS_MAX);
        let span = days_of(from, days, &settings.zone);
        let mut visits = self.visits_between(office, span).await?.into_iter().peekable();
        let mut out = Vec::new();
        for day in from.series(1.day()).take(usize::from(days)) {
            let end = days_of(day, 1, &settings.zone).end;
            let mut today = Vec::new();
            while let Some(visit) = visits.next_if(|visit| visit.place.start < end) {
                today.push(visit);
            }
            out.push(OfficeDay { day, closed: rules.open_spans(known, day).err(), visits: today });
        }
        Ok(out)
    }

    /// How days of an office are used.
    ///
    /// # Errors
    /// As [`Engine::office_days`].
    pub async fn utilisation(&self, office: &str, from: Date, days: u16) -> Result<Vec<DayUse>, EngineError> {
        let settings = self.settings();
        let rules = rules(&settings)?;
        let seats = |day: Date| rules.office(office).map_or(0, |known| rules.seats_of_day(known, day));
        let days = self.office_days(office, from, days).await?;
        Ok(days.into_iter().map(|day| day_use(&day, seats(day.day))).collect())
    }

    /// The visits of an office that start within a stretch, by their start.
    pub(super) async fn visits_between(
        &self,
        office: &str,
        span: Range<Millis>,
    ) -> Result<Vec<Appointment>, EngineError> {
        let mut limit = OFFICE_BATCH;
        loop {
            let query = RowQuery {
                kind: view::APPOINTMENT.to_owned(),
                group: Some(office.to_owned()),
                after: Some(span.start.saturating_sub(1)),
                descending: false,
                limit,
            };
            let rows = self.inner.store.rows(query).await?;
            let all = rows.len() < limit || rows.last().is_some_and(|row| row.sort >= span.end);
            if all || limit >= OFFICE_MAX {
                return Ok(rows.iter().filter(|row| row.sort < span.end).filter_map(read).collect());
            }
            limit = limit.saturating_mul(2);
        }
    }

    /// Reason, names and note of visits, in the order given; none for whoever may not see them. Of several bodies of one visit
    /// the newest names count.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn appointment_details(
        &self,
        visits: &[Appointment],
        roles: &[Role],
    ) -> Result<Vec<Option<Details>>, EngineError> {
        if !Permission::Appointments.allows(roles) {
            return Ok(visits.iter().map(|_| None).collect());
        }
        let keys: Vec<String> =
            visits.iter().flat_map(|visit| visit.details.iter().map(ToString::to_string)).collect();
        let mut bodies = self.inner.store.bodies(&keys).await?.into_iter();
        Ok(visits
            .iter()
            .map(|visit| {
                let texts = bodies.by_ref().take(visit.details.len()).flatten();
                Some(merged(visit, texts.map(|text| Details::read(&text))))
            })
            .collect())
    }

    /// Which interpreter was asked for, in the words of whoever booked the visit; empty where none was. For the page that they
    /// see right after booking; staff read it with the other details.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn interpreter_of(&self, visit: &Appointment) -> Result<String, EngineError> {
        let keys: Vec<String> = visit.details.iter().map(ToString::to_string).collect();
        let bodies = self.inner.store.bodies(&keys).await?;
        Ok(merged(visit, bodies.into_iter().flatten().map(|text| Details::read(&text))).interpreter)
    }

    /// The texts about a visit with their words, oldest first. The secret of a link is its receiver's alone and left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn appointment_texts(
        &self,
        visit: &Appointment,
    ) -> Result<Vec<(Notice, Option<String>)>, EngineError> {
        let keys: Vec<String> = visit.notices.iter().map(|notice| notice.id.to_string()).collect();
        let bodies = self.inner.store.bodies(&keys).await?;
        let shown = bodies.into_iter().map(|body| body.map(|text| without_secret(&text)));
        Ok(visit.notices.iter().cloned().zip(shown).collect())
    }
}

const HOUR_MS: Millis = 3_600_000;
const DAY_MS: Millis = 24 * HOUR_MS;

/// The instants from the beginning of a day to the end of the last of so many.
pub(super) fn days_of(from: Date, days: u16, zone: &TimeZone) -> Range<Millis> {
    let start = |day: Date| {
        day.to_zoned(zone.clone()).map_or(Millis::MAX, |begin| begin.timestamp().as_millisecond())
    };
    start(from)..start(from.saturating_add(i64::from(days).days()))
}

fn day_use(day: &OfficeDay, seats: u32) -> DayUse {
    let count = |fits: &dyn Fn(&Appointment) -> bool| {
        u32::try_from(day.visits.iter().filter(|visit| fits(visit)).count()).unwrap_or(u32::MAX)
    };
    DayUse {
        day: day.day,
        closed: day.closed.clone(),
        seats,
        booked: count(&|visit| !visit.walk_in && visit.status != Status::Cancelled),
        checked_in: count(&|visit| !visit.walk_in && visit.status == Status::CheckedIn),
        walk_ins: count(&|visit| visit.walk_in),
        missed: count(&|visit| visit.status == Status::Missed),
        cancelled: count(&|visit| visit.status == Status::Cancelled),
    }
}

fn merged(visit: &Appointment, parts: impl Iterator<Item = Details>) -> Details {
    let mut all = Details::default();
    for part in parts {
        all.reason = part.reason.or(all.reason);
        let pairs = [
            (&mut all.note, part.note),
            (&mut all.tried_by_phone, part.tried_by_phone),
            (&mut all.interpreter, part.interpreter),
        ];
        for (held, new) in pairs {
            if !new.is_empty() {
                *held = new;
            }
        }
        if !part.companions.is_empty() {
            all.companions = part.companions;
        }
    }
    if visit.companions == Some(0) {
        all.companions.clear();
    }
    all
}

fn read(row: &Row) -> Option<Appointment> {
    serde_json::from_str(&row.data)
        .inspect_err(|error| tracing::error!(row.id, %error, "the row of a visit cannot be read"))
        .ok()
}
