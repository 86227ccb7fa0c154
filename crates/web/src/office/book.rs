//! The appointment book in force as screens need it: the rules, names of offices and kinds of visits, the day it is.
//!
//! Reads settings only; visits are read by the engine. The desk, the office and the administration share it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::appointment::{
    Appointment, AppointmentBook, Details, ResourceCenter, Rules, VisitType, calendar,
};
use domain::id::AppointmentId;
use domain::pack::Pack;
use domain::time::Millis;
use engine::Engine;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::Error;
use crate::session::SignedIn;

/// The book at one moment.
pub(crate) struct Book {
    pub(crate) pack: Arc<Pack>,
    book: AppointmentBook,
    pub(crate) zone: TimeZone,
    pub(crate) now: Millis,
    pub(crate) today: Date,
}

impl Book {
    /// The book; nothing is found where the agency's pack has none.
    pub(crate) fn of(engine: &Engine) -> Result<Self, Error> {
        let pack = engine.pack();
        let book = pack.appointments.clone().ok_or(Error::NotFound)?;
        let (zone, now) = (engine.zone(), engine.now());
        Ok(Self { today: calendar::day_of(now, &zone), pack, book, zone, now })
    }

    /// The rules.
    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules { book: &self.book, queues: &self.pack.queues, zone: &self.zone }
    }

    /// The whole book, to look at it with a change.
    pub(crate) const fn whole(&self) -> &AppointmentBook {
        &self.book
    }

    /// Every office, in the order of the settings.
    pub(crate) fn offices(&self) -> &[ResourceCenter] {
        &self.book.offices
    }

    /// Every kind of visit, in the order of the settings.
    pub(crate) fn visit_types(&self) -> &[VisitType] {
        &self.book.visit_types
    }

    /// The office with this id.
    pub(crate) fn office(&self, id: &str) -> Option<&ResourceCenter> {
        self.book.offices.iter().find(|office| office.id == id)
    }

    /// Name of an office, or its id where the settings know it no more.
    pub(crate) fn office_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.office(id).map_or(id, |office| office.name.as_str())
    }

    /// Title of a kind of visit, or its id where the settings know it no more.
    pub(crate) fn visit_title<'a>(&'a self, id: &'a str) -> &'a str {
        let found = self.book.visit_types.iter().find(|visit| visit.id == id);
        found.map_or(id, |visit| Rules::wording(&visit.title, "en"))
    }
}

/// One visit.
pub(crate) async fn visit(engine: &Engine, id: AppointmentId) -> Result<Appointment, Error> {
    engine.appointment(id).await?.ok_or(Error::NotFound)
}

/// What lies beside the log about a visit, as far as this person may read it.
pub(crate) async fn details(engine: &Engine, me: &SignedIn, visit: &Appointment) -> Result<Details, Error> {
    let one = std::slice::from_ref(visit);
    let found = engine.appointment_details(one, &me.account.roles).await?;
    Ok(found.into_iter().next().flatten().unwrap_or_default())
}

/// Names of staff by account, for who did what.
pub(crate) async fn names(engine: &Engine) -> Result<BTreeMap<String, String>, Error> {
    let members = engine.members().await?;
    Ok(members.into_iter().map(|member| (member.id.to_string(), member.name)).collect())
}
