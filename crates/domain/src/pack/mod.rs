//! The agency's data pack: everything that makes the program one agency's own, as typed and checked settings.
//!
//! Owns the shapes of the settings ([`model`], [`hours`], [`catalogue`], [`demo`]) and turns the pack's files into
//! them ([`parse`]). It reads no disk: the caller hands over names and texts. It holds no procedure: `crate::sop`
//! reads its numbers, scripts and recipients from here.
//!
//! To add a file: give it a shape beside the others, read it in [`load`], check its references in `check`, and say
//! in its header what it holds, in which units, and which clause each number comes from.

pub mod catalogue;
mod check;
mod check_appointments;
mod check_sop;
pub mod demo;
mod error;
pub mod hours;
pub mod load;
pub mod model;
mod source;

#[cfg(test)]
mod appointments_test;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod load_test;
#[cfg(test)]
mod shipped_test;

pub use catalogue::{Ambiguity, Clause, ClauseCatalogue, Enforce, System};
pub use check_appointments::book_faults;
pub use check_sop::{HOURS_SLOT, NAME_SLOT};
pub use demo::{Approvals, Demo, DemoPerson, PersonRole, SampleText};
pub use error::PackError;
pub use hours::{ByHand, Day, Holiday, Hours, OpenSpan, Pattern};
pub use load::parse;
pub use model::{
    Acknowledgement, AcknowledgementSection, Agency, AlertMeans, Capacity, ChildAbuseNotice, Cited,
    ClarifySet, ContactRole, Hotline, Line, Link, NotReadyReason, Notices, Office, Pack, PhoneNumber,
    Presence, Queue, Queues, Relax, Skill, SkillLevel, SmsResponses, SmsSopVersion, SupervisorProcedure,
    SupervisorStep, WrapUp, WrapUpCode,
};
