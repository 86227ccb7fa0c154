//! The appointment book: visits to resource centres, booked by the customer, by text, by chat or by staff (`SMS-APPT-*`,
//! `PHONE-APPT-*`).
//!
//! Owns the settings ([`settings`]), the offices' calendar ([`calendar`]), the times that can be had ([`slots`]) and the
//! names that keep a seat from being given twice ([`claims`]), what a form must hold ([`request`]), the stream of one
//! appointment ([`fact`], [`state`], [`decide`]), its texts ([`notice`]) and what customers answer to them ([`reply`]).
//! Slots are computed, never stored. It does not own texting, tasks of other systems, links or the store: it says what
//! must be done ([`effects`]) and which names to take ([`claim_changes`]).
//!
//! To add a rule: put it where its kind stands, with its clause, and a test that names the clause.

mod answers;
pub mod calendar;
pub mod claims;
mod decide;
mod fact;
mod notice;
mod office;
mod refused;
mod reply;
mod request;
mod seen;
pub mod settings;
mod slots;
mod state;
mod task;
mod timer;
mod wish;
mod wish_fault;

pub use answers::wanted;
pub use calendar::{Closed, Earliest};
pub use claims::{Claim, ClaimChange, Taken};
pub use decide::{AppointmentCommand, Decision, NewLink, World, decide};
pub use fact::{
    Agreed, AppointmentEvent, AppointmentFact, Channel, Interpreter, IssuedLink, NotSent, Place, Wanted,
};
pub use notice::{
    NoticeKind, SLOTS, day_words, day_words_from, listed, suggests_opt_out, time_words, wish_words,
    words as notice_words,
};
pub use office::{comment_draft, guard_done};
pub use refused::Refused;
pub use reply::{
    Understood, chosen, is_digit, is_full_yes, is_letter, is_one_alone, language_of, understand,
};
pub use request::{Details, FieldFault, Request, Tried, phone_number};
pub use seen::{MOVED_MEANWHILE, Seen};
pub use settings::{
    AppointmentBook, BookRules, Closure, NoticeText, Reminder, ResourceCenter, Rules, StartRule, Tell,
    VisitType,
};
pub use slots::{Alternatives, Slot, SlotRefusal, StartState, Wish};
pub use state::{
    Appointment, AppointmentEffect, Change, END_OF_DAY, HISTORY_MAX, LINKS_MAX, MOVES_MAX, NOTICES_MAX,
    Notice, Question, REMIND, Status, Task, claim_changes, effects, evolve, link_opens, reminder_due, timers,
};
pub use wish::{DayPart, Odd, Said, WishedDay, WishedTime, is_bare as is_bare_wish, said};
