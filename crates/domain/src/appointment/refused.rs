//! Why a command about an appointment was not carried out: a typed answer with its clause, a sentence for people, and
//! other times to offer.

use serde::Serialize;

use super::calendar::Closed;
use super::notice::{day_words, day_words_with_year, time_words};
use super::request::FieldFault;
use super::settings::{Rules, StartRule};
use super::slots::{Alternatives, SlotRefusal};
use crate::refusal::Refusal;
use crate::time::Millis;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Stable code.
    pub code: &'static str,
    /// Clause it rests on, where one does.
    pub clause: Option<&'static str>,
    /// One sentence in English, for staff.
    pub sentence: String,
    /// The fields that are wrong.
    pub fields: Vec<FieldFault>,
    /// Why the time cannot be had.
    pub slot: Option<SlotRefusal>,
    /// Other times to offer (PHONE-APPT-9).
    pub alternatives: Box<Alternatives>,
}

impl Refused {
    pub(super) fn plain(
        code: &'static str,
        clause: Option<&'static str>,
        sentence: impl Into<String>,
    ) -> Self {
        Self {
            code,
            clause,
            sentence: sentence.into(),
            fields: Vec::new(),
            slot: None,
            alternatives: Box::default(),
        }
    }

    pub(super) fn fields(fields: Vec<FieldFault>) -> Self {
        let first = fields.first();
        let sentences: Vec<&str> = fields.iter().map(|field| field.sentence).collect();
        let (code, clause) = (first.map_or("fields", |one| one.code), first.and_then(|one| one.clause));
        Self { fields: fields.clone(), ..Self::plain(code, clause, sentences.join(" ")) }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self {
            code: refused.code,
            clause: refused.clause,
            sentence: refused.sentence,
            instead: Vec::new(),
            record: Vec::new(),
        }
    }
}

impl SlotRefusal {
    /// One sentence that names slot and office (PHONE-APPT-12), in English or Spanish.
    #[must_use]
    pub fn sentence(&self, office: &str, start: Millis, rules: &Rules<'_>, language: &str) -> String {
        let name = rules.office(office).map_or(office, |office| office.name.as_str());
        let when = |at: Millis| {
            // What lies beyond the days that are offered may be a year ahead.
            let far = matches!(self, Self::Past | Self::BeyondHorizon { .. });
            let words = if far { day_words_with_year } else { day_words };
            let (day, time) = (words(at, rules.zone, language), time_words(at, rules.zone));
            if language == "es" { format!("{day}, {time}") } else { format!("{day} at {time}") }
        };
        // The last day of the book may be one on which the office is closed.
        let said = match self {
            Self::BeyondHorizon { until } => {
                let last = rules.office(office).and_then(|office| rules.last_open_day(office, *until));
                Self::BeyondHorizon { until: last.unwrap_or(*until) }
            }
            other => other.clone(),
        };
        if language == "es" {
            said.spanish(name, &when(start), when)
        } else {
            said.english(name, &when(start), when)
        }
    }

    fn english(&self, name: &str, asked: &str, when: impl Fn(Millis) -> String) -> String {
        match self {
            Self::UnknownOffice => "There is no such office.".to_owned(),
            Self::UnknownVisitType => "There is no such kind of visit.".to_owned(),
            Self::Past => format!("{asked} is over; choose a time ahead."),
            Self::BeyondHorizon { until } => {
                format!("{asked} is too far ahead; times are given up to {}.", until.strftime("%B %-d, %Y"))
            }
            Self::NoSuchHour => format!("{name}: the clocks are put forward that night and skip this hour."),
            Self::SecondHour => format!("{name}: {asked} comes twice that night; take the first."),
            Self::NotAStart { rule } => {
                let starts = match rule {
                    StartRule::Hour => "on the hour",
                    StartRule::HalfHour => "on the half hour",
                    StartRule::Both => "on the hour or the half hour",
                };
                format!("{asked} at {name} cannot be given: this kind of visit starts {starts}.")
            }
            Self::Closed { why } => match why {
                Closed::Weekday => format!("{name} is closed on that day ({asked})."),
                Closed::Holiday { name: day } => format!("{name} is closed on {asked}: {day}."),
                Closed::Closure { reason } => format!("{name} is closed on {asked}: {reason}."),
            },
            Self::OutsideHours => format!("{name} is not open for the whole visit at {asked}."),
            Self::TooSoon { earliest: Some(at) } => format!(
                "{asked} at {name} cannot be given: a request made after 3:30 pm starts at {} at the earliest.",
                when(*at)
            ),
            Self::TooSoon { earliest: None } => format!("{name} has no business day ahead."),
            Self::Taken => format!("{asked} at {name} is taken."),
        }
    }

    fn spanish(&self, name: &str, asked: &str, when: impl Fn(Millis) -> String) -> String {
        match self {
            Self::UnknownOffice => "Esa oficina no existe.".to_owned(),
            Self::UnknownVisitType => "Ese tipo de visita no existe.".to_owned(),
            Self::Past => format!("{asked} ya pasó; elija otra hora."),
            Self::BeyondHorizon { until } => {
                format!("{asked} está muy lejos; hay horas hasta el {}.", until.strftime("%d/%m/%Y"))
            }
            Self::NoSuchHour => format!("{name}: esa noche se adelanta el reloj y esa hora no existe."),
            Self::SecondHour => format!("{name}: {asked} ocurre dos veces esa noche; elija la primera."),
            Self::NotAStart { rule } => {
                let starts = match rule {
                    StartRule::Hour => "a la hora en punto",
                    StartRule::HalfHour => "a la media hora",
                    StartRule::Both => "a la hora en punto o a la media hora",
                };
                format!("{name}: este tipo de visita empieza {starts}.")
            }
            Self::Closed { why } => match why {
                Closed::Weekday => format!("{name} está cerrada ese día ({asked})."),
                Closed::Holiday { name: day } => format!("{name} está cerrada el {asked}: {day}."),
                Closed::Closure { reason } => format!("{name} está cerrada el {asked}: {reason}."),
            },
            Self::OutsideHours => format!("{name} no está abierta durante toda la visita ({asked})."),
            Self::TooSoon { earliest: Some(at) } => format!(
                "{name}: si la pide después de las 3:30 pm, la visita empieza a partir del {}.",
                when(*at)
            ),
            Self::TooSoon { earliest: None } => format!("{name} no tiene días hábiles próximos."),
            Self::Taken => format!("{name}: la hora del {asked} ya está ocupada."),
        }
    }
}
