//! Where a visitor stands: what of their choices holds, which step comes next, and what is wrong with it.
//!
//! One judgement for every way in: an address that somebody changed, a form without a choice, a time that was taken
//! meanwhile. The engine is asked again when the visit is booked.

use domain::appointment::{Channel, FieldFault, ResourceCenter, Rules, SlotRefusal, VisitType};
use domain::pack::Agency;
use domain::time::Millis;
use jiff::civil::Date;

use super::asked::{Asked, Wall, read_day, wall};
use super::grid::{civil_words, reach};
use super::say;
use super::words::Words;

/// The five steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Office,
    Kind,
    Time,
    Contact,
    Confirm,
}

impl Step {
    pub(super) const ALL: [Self; 5] = [Self::Office, Self::Kind, Self::Time, Self::Contact, Self::Confirm];

    /// From 1.
    pub(super) const fn number(self) -> usize {
        self as usize + 1
    }

    pub(super) fn title(self, words: &Words) -> &'static str {
        match self {
            Self::Office => words.step_office,
            Self::Kind => words.step_kind,
            Self::Time => words.step_time,
            Self::Contact => words.step_contact,
            Self::Confirm => words.step_confirm,
        }
    }

    fn asked(text: &str) -> Option<Self> {
        let number: usize = text.parse().ok()?;
        Self::ALL.into_iter().find(|step| step.number() == number)
    }
}

/// Something to put right, and the field that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Id of the field on the page.
    pub(super) field: &'static str,
    pub(super) sentence: String,
}

impl Fault {
    pub(super) fn new(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { field, sentence: sentence.into() }
    }
}

/// See the module.
pub(super) struct Plan<'a> {
    pub(super) office: Option<&'a ResourceCenter>,
    pub(super) kind: Option<&'a VisitType>,
    /// The start that was chosen, whether it can be had or not.
    pub(super) start: Option<Millis>,
    /// The day to look at.
    pub(super) day: Option<Date>,
    pub(super) step: Step,
    /// What is wrong, all of it with the step to be shown.
    pub(super) faults: Vec<Fault>,
}

/// What the settings, the clock and the language say.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) agency: &'a Agency,
    pub(super) now: Millis,
    pub(super) words: &'static Words,
}

impl<'a> Plan<'a> {
    /// As far as it can be said without knowing which times are free.
    pub(super) fn of(asked: &Asked, around: &Around<'a>) -> Self {
        let (office, office_fault) = office(asked, around);
        let (kind, kind_fault) = kind(asked, around);
        let (start, start_fault) = match office.zip(kind) {
            Some((office, _)) => start(asked, around, office),
            None => (None, None),
        };
        let (day, day_fault) = day(asked, around, office);
        let contact = contact(asked, around);
        let step = if office.is_none() {
            Step::Office
        } else if kind.is_none() {
            Step::Kind
        } else if start.is_none() {
            Step::Time
        } else if contact.as_ref().is_none_or(|faults| !faults.is_empty()) {
            Step::Contact
        } else {
            Step::Confirm
        };
        let step = Step::asked(&asked.step).map_or(step, |wanted| wanted.min(step));
        let faults: Vec<Fault> = match step {
            Step::Office => office_fault.into_iter().collect(),
            Step::Kind => kind_fault.into_iter().collect(),
            // A date that cannot be shown matters before the time that was not chosen.
            Step::Time => day_fault.or(start_fault).into_iter().collect(),
            Step::Contact => contact.unwrap_or_default(),
            Step::Confirm => Vec::new(),
        };
        Self { office, kind, start, day, step, faults }
    }

    /// The time cannot be had: back to the times, unless the visitor is at an earlier step anyway.
    pub(super) fn refuse(&mut self, refusal: &SlotRefusal, around: &Around<'a>) {
        if self.step < Step::Time {
            return;
        }
        let (Some(office), Some(start)) = (self.office, self.start) else { return };
        self.step = Step::Time;
        let sentence = say::refusal(refusal, (&office.id, start), &around.rules, around.words);
        self.faults = vec![Fault::new("times", sentence)];
    }
}

/// A sentence that begins with the name of a day.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn office<'a>(asked: &Asked, around: &Around<'a>) -> (Option<&'a ResourceCenter>, Option<Fault>) {
    let words = around.words;
    if asked.office.is_empty() {
        let fault = (asked.from == "office").then(|| Fault::new("offices", words.fault_office));
        return (None, fault);
    }
    match around.rules.office(&asked.office) {
        Some(office) => (Some(office), None),
        None => (None, Some(Fault::new("near", words.fault_office_unknown))),
    }
}

fn kind<'a>(asked: &Asked, around: &Around<'a>) -> (Option<&'a VisitType>, Option<Fault>) {
    let words = around.words;
    let fault = |sentence: &str| Some(Fault::new("kinds", sentence));
    let by_staff = || say::or_call(words.fault_kind_staff, around.agency);
    if asked.kind.is_empty() {
        return (None, fault(words.fault_kind).filter(|_| asked.from == "kind"));
    }
    match around.rules.visit_type(&asked.kind) {
        Some(kind) if kind.public => (Some(kind), None),
        Some(_) => (None, fault(&by_staff())),
        None => (None, fault(words.fault_kind)),
    }
}

/// The instant of the chosen start.
pub(super) fn start(
    asked: &Asked,
    around: &Around<'_>,
    office: &ResourceCenter,
) -> (Option<Millis>, Option<Fault>) {
    let words = around.words;
    let fault = |sentence: &str| (None, Some(Fault::new("times", sentence)));
    if asked.start.is_empty() {
        return if asked.from == "time" { fault(words.fault_start) } else { (None, None) };
    }
    match wall(&asked.start) {
        Wall::Unreadable => fault(words.fault_start_bad),
        Wall::NoSuchDay => fault(words.fault_day_none),
        Wall::At(day, minute) => match around.rules.start_at(day, minute) {
            Ok(start) => (Some(start), None),
            Err(refusal) => {
                let sentence = say::refusal(&refusal, (&office.id, around.now), &around.rules, words);
                (None, Some(Fault::new("times", sentence)))
            }
        },
    }
}

/// The day that shall be looked at; one that cannot be is a fault of its own field.
pub(super) fn day(
    asked: &Asked,
    around: &Around<'_>,
    office: Option<&ResourceCenter>,
) -> (Option<Date>, Option<Fault>) {
    let words = around.words;
    if asked.day.is_empty() {
        return (None, None);
    }
    let fault = |sentence: String| (None, Some(Fault::new("day", sentence)));
    let (first, last) = reach(&around.rules, around.now);
    match read_day(&asked.day) {
        Err(true) => fault(words.fault_day_none.to_owned()),
        Err(false) => fault(words.fault_day_bad.to_owned()),
        Ok(day) if day < first => fault(words.fault_day_past.to_owned()),
        Ok(day) if day > last => {
            // The last day of the book may be one on which the office is closed.
            let last = office.and_then(|office| around.rules.last_open_day(office, last)).unwrap_or(last);
            let until = civil_words(last, around.rules.zone, words);
            fault(format!("{} {until}.", words.fault_day_far))
        }
        Ok(day) => (Some(day), None),
    }
}

/// What is wrong with the contact; none while nothing was given.
fn contact(asked: &Asked, around: &Around<'_>) -> Option<Vec<Fault>> {
    if asked.from != "contact" && asked.phone.is_empty() {
        return None;
    }
    let today = reach(&around.rules, around.now).0;
    let request = asked.request(around.now, &around.rules, today, around.words);
    let found = request.faults(Channel::Page, &around.rules, around.agency);
    Some(found.iter().filter_map(|fault| contact_fault(fault, around)).collect())
}

/// A field's fault in the page's language; those of other steps are judged there.
fn contact_fault(fault: &FieldFault, around: &Around<'_>) -> Option<Fault> {
    let words = around.words;
    let (field, sentence) = match (fault.field, fault.code) {
        ("phone", "missing" | "own_number") | ("interpreter", _) => named(fault, words)?,
        ("phone", _) => {
            // Who has no such number is told the one to call.
            return Some(Fault::new("phone", say::or_call(words.fault_phone_bad, around.agency)));
        }
        _ => return None,
    };
    Some(Fault::new(field, sentence))
}

/// The field and the sentence of a fault.
fn named(fault: &FieldFault, words: &Words) -> Option<(&'static str, &'static str)> {
    Some(match (fault.field, fault.code) {
        ("phone", "missing") => ("phone", words.fault_phone),
        ("phone", "own_number") => ("phone", words.fault_phone_own),
        ("interpreter", "kind_missing") => ("tongue", words.fault_tongue),
        ("interpreter", "too_long") => ("tongue", words.fault_tongue_long),
        ("interpreter", "hidden_characters") => ("tongue", words.fault_tongue_hidden),
        ("interpreter", _) => ("tongue", words.fault_tongue_number),
        _ => return None,
    })
}
