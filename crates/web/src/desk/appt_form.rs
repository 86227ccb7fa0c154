//! What stands in the desk's form of a visit, and the request it becomes.
//!
//! On a text only the number, the kind of visit, an interpreter and a note exist (SMS-APPT-6, AMB-43); whatever else such a
//! form is made to hold reaches the domain and is refused there.

use domain::appointment::{Channel, Interpreter, Request, Tried};
use domain::id::{AppointmentId, InteractionId};
use engine::Engine;

use crate::admin::form::Given;
use crate::office::book::Book;
use crate::office::refused::slot;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filled {
    /// The visit's id, made with the form: a second click changes nothing.
    pub(crate) id: String,
    pub(crate) phone: String,
    pub(crate) tried: String,
    pub(crate) tried_result: String,
    pub(crate) place: String,
    pub(crate) visit_type: String,
    pub(crate) day: String,
    pub(crate) slot: String,
    pub(crate) language: String,
    pub(crate) reason: String,
    pub(crate) who: String,
    pub(crate) names: String,
    pub(crate) interpreter: String,
    pub(crate) kind: String,
    pub(crate) note: String,
    pub(crate) texts: bool,
    pub(crate) told: Vec<String>,
}

impl Filled {
    /// The empty form for a number.
    pub(crate) fn fresh(engine: &Engine, book: &Book, phone: &str, language: &str) -> Self {
        Self {
            id: AppointmentId(engine.fresh()).to_string(),
            phone: phone.to_owned(),
            visit_type: book.visit_types().first().map(|visit| visit.id.clone()).unwrap_or_default(),
            day: book.today.to_string(),
            language: language.to_owned(),
            texts: true,
            ..Self::default()
        }
    }

    /// What was typed.
    pub(crate) fn read(given: &Given, engine: &Engine, book: &Book) -> Self {
        let id = given.text("id");
        let id =
            if id.parse::<AppointmentId>().is_ok() { id } else { AppointmentId(engine.fresh()).to_string() };
        let day = given.text("day");
        let known = book.visit_types().iter().any(|visit| visit.id == given.text("visit_type"));
        let first = book.visit_types().first().map(|visit| visit.id.clone()).unwrap_or_default();
        Self {
            id,
            phone: given.text("phone"),
            tried: given.text("tried"),
            tried_result: given.text("tried_result"),
            place: given.text("place"),
            visit_type: if known { given.text("visit_type") } else { first },
            day: if day.is_empty() { book.today.to_string() } else { day },
            slot: given.text("slot"),
            language: given.text("language"),
            reason: given.text("reason"),
            who: given.text("who"),
            names: given.text("names"),
            interpreter: given.text("interpreter"),
            kind: given.text("kind"),
            note: given.text("note"),
            texts: given.checked("texts"),
            told: given.all("told"),
        }
    }

    /// Office and start that were chosen.
    pub(crate) fn chosen(&self) -> Option<(String, i64)> {
        slot(&self.slot)
    }

    /// The request, as the channel has it. A time must have been chosen.
    pub(crate) fn request(
        &self,
        channel: Channel,
        (office, start): (String, i64),
        interaction: Option<InteractionId>,
    ) -> Request {
        let phone_only = channel.asks_phone_only();
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let names = crate::office::acts::names(&self.names);
        let companions = match self.who.as_str() {
            "nobody" => Some(Vec::new()),
            "names" if names.is_empty() => None,
            "names" => Some(names),
            _ => None,
        };
        Request {
            office,
            start,
            visit_type: self.visit_type.clone(),
            phone: self.phone.clone(),
            texts: self.texts,
            language: self.language.clone(),
            reason: if phone_only { some(&self.reason) } else { Some(self.reason.clone()) },
            companions,
            interpreter: match self.interpreter.as_str() {
                "yes" => Some(Interpreter::Needed { kind: self.kind.clone() }),
                "no" => Some(Interpreter::NotNeeded),
                _ => None,
            },
            note: self.note.clone(),
            tried_by_phone: match self.tried.as_str() {
                "" => None,
                word => Some(Tried { tried: word == "yes", result: self.tried_result.clone() }),
            },
            told: self.told.clone(),
            interaction,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Filled {
        Filled {
            phone: "573 555 0142".to_owned(),
            visit_type: "interview".to_owned(),
            tried: "no".to_owned(),
            reason: "bring papers".to_owned(),
            who: "names".to_owned(),
            names: "Child one\nChild two".to_owned(),
            interpreter: "yes".to_owned(),
            kind: "Spanish".to_owned(),
            ..Filled::default()
        }
    }

    #[test]
    fn phone_appt_17_18_20_what_was_asked_becomes_the_request() {
        let request = filled().request(Channel::Phone, ("boone".to_owned(), 9), None);
        assert_eq!((request.office.as_str(), request.start), ("boone", 9));
        assert_eq!(request.companions, Some(vec!["Child one".to_owned(), "Child two".to_owned()]));
        assert_eq!(request.interpreter, Some(Interpreter::Needed { kind: "Spanish".to_owned() }));
        assert_eq!(request.reason.as_deref(), Some("bring papers"));
        assert!(request.tried_by_phone.is_some_and(|tried| !tried.tried));
        let nobody = Filled { who: "nobody".to_owned(), ..filled() };
        assert_eq!(nobody.request(Channel::Phone, (String::new(), 0), None).companions, Some(Vec::new()));
    }

    #[test]
    fn phone_appt_18_names_without_a_name_are_no_answer() {
        let empty = Filled { names: " \n".to_owned(), ..filled() };
        assert_eq!(empty.request(Channel::Phone, (String::new(), 0), None).companions, None);
        let unasked =
            Filled { who: String::new(), interpreter: String::new(), tried: String::new(), ..filled() };
        let request = unasked.request(Channel::Phone, (String::new(), 0), None);
        assert!(request.companions.is_none() && request.interpreter.is_none());
        assert!(request.tried_by_phone.is_none());
    }
}
