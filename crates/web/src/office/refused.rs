//! A refusal about a visit in its place: the sentence, its clause, what to tell the customer, and other times as buttons
//! (PHONE-APPT-8, PHONE-APPT-9, PHONE-APPT-12).

use askama::Template;
use domain::appointment::{Alternatives, MOVED_MEANWHILE, Refused, SlotRefusal, day_words, time_words};
use domain::id::AppointmentId;
use engine::{AppointmentError, Engine};

use super::book::{self, Book};
use super::line;
use crate::error::Error;

/// Another time that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    /// `office@start`, as the forms send it.
    pub(crate) value: String,
    pub(crate) words: String,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) sentence: String,
    pub(crate) clause: Option<String>,
    /// The line to say to the customer, where a time was asked for that cannot be had (PHONE-APPT-8).
    pub(crate) say: Option<&'static str>,
    pub(crate) others: Vec<Other>,
    /// Fields that are wrong, with a sentence each.
    pub(crate) fields: Vec<(String, String, Option<String>)>,
    /// The visit's place as it is now, for the forms of the other times.
    pub(crate) seen: String,
    /// Somebody moved the visit since the form was shown.
    pub(crate) meanwhile: bool,
}

impl Shown {
    /// What is wrong with a field, if something is.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, ..)| name == field).map(|(_, sentence, _)| sentence.as_str())
    }
}

/// Words for the customer when a time cannot be had.
const SAY: &str = "I am sorry, that time is not available.";

/// Other times in words, the nearest first.
pub(crate) fn others(found: &Alternatives, book: &Book) -> Vec<Other> {
    let words = |office: &str, start: i64| {
        let (day, time) = (day_words(start, &book.zone, "en"), time_words(start, &book.zone));
        format!("{day} at {time}, {}", book.office_name(office))
    };
    found
        .all()
        .map(|slot| Other {
            value: format!("{}@{}", slot.office, slot.start),
            words: words(&slot.office, slot.start),
        })
        .collect()
}

/// A refusal of the book.
pub(crate) fn shown(refused: &Refused, book: &Book) -> Shown {
    let field = |one: &domain::appointment::FieldFault| {
        (one.field.to_owned(), one.sentence.to_owned(), one.clause.map(str::to_owned))
    };
    Shown {
        sentence: refused.sentence.clone(),
        clause: refused.clause.map(str::to_owned),
        say: refused.slot.is_some().then_some(SAY),
        others: others(&refused.alternatives, book),
        fields: refused.fields.iter().map(field).collect(),
        seen: String::new(),
        meanwhile: refused.code == MOVED_MEANWHILE,
    }
}

/// A time that is shown as not to be had was chosen (PHONE-APPT-8).
pub(crate) fn of_slot(
    why: &SlotRefusal,
    (office, start): (&str, i64),
    found: &Alternatives,
    book: &Book,
) -> Shown {
    Shown {
        sentence: why.sentence(office, start, &book.rules(), "en"),
        clause: Some(why.clause().to_owned()),
        say: Some(SAY),
        others: others(found, book),
        ..Shown::default()
    }
}

/// A refusal of a change to a visit, with who moved it meanwhile.
pub(crate) async fn of_change(
    engine: &Engine,
    id: AppointmentId,
    error: AppointmentError,
    book: &Book,
) -> Result<Shown, Error> {
    let mut shown = or_error(error, book)?;
    if shown.meanwhile
        && let Some(visit) = engine.appointment(id).await?
        && let Some(moved) = visit.history.iter().rev().find(|change| change.what == "moved")
    {
        let names = book::names(engine).await?;
        let by = line::who(&moved.by, &names);
        let way = moved.channel.map(|channel| format!(", {}", line::way(channel))).unwrap_or_default();
        shown.sentence.push_str(&format!(" It was moved by {by}{way}."));
    }
    Ok(shown)
}

/// A refusal to be shown; anything else goes on as an error.
pub(crate) fn or_error(error: AppointmentError, book: &Book) -> Result<Shown, Error> {
    match error {
        AppointmentError::Refused(refused) => Ok(shown(&refused, book)),
        AppointmentError::Engine(error) => Err(error.into()),
    }
}

/// The block with a form for each other time. `action` moves the visit there.
#[derive(Template)]
#[template(path = "office/refused.html")]
pub(crate) struct Block<'a> {
    pub(crate) shown: &'a Shown,
    pub(crate) action: &'a str,
    pub(crate) csrf: &'a str,
    pub(crate) office: &'a str,
    pub(crate) day: &'a str,
    /// The screen to come back to: `week`, or nothing for the day.
    pub(crate) view: &'a str,
}

/// `office@start` as the forms send it.
pub(crate) fn slot(text: &str) -> Option<(String, i64)> {
    let (office, start) = text.rsplit_once('@')?;
    Some((office.to_owned(), start.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_the_forms_send_it() {
        assert_eq!(
            slot("st-louis-city@1795017600000"),
            Some(("st-louis-city".to_owned(), 1_795_017_600_000))
        );
        for bad in ["", "boone", "boone@", "boone@nine"] {
            assert_eq!(slot(bad), None, "{bad}");
        }
    }
}
