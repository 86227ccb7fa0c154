//! The agency's procedures as code: what is refused, what is due by when, what follows by itself, what is shown.
//!
//! One file per section of the SMS Text SOP, readable from top to bottom beside the document:
//!
//! | file | section | clauses |
//! |---|---|---|
//! | [`acknowledgement`] | General Guidelines | SMS-GEN-2 |
//! | [`case_facts`] | General Guidelines | SMS-GEN-4, SMS-SUPV-3 |
//! | [`clarify`] | General Guidelines | SMS-GEN-5 to SMS-GEN-7 |
//! | [`ways`] | General Guidelines | SMS-GEN-8 to SMS-GEN-10 |
//! | [`library`] | General Guidelines, Scripts, Keywords | SMS-GEN-11, SMS-GEN-12, SMS-SCRIPT-*, SMS-KEY-* |
//! | [`delay`] | Customer Delay | SMS-DELAY-* |
//! | [`check_in`] | Hold Procedures | SMS-HOLD-1 |
//! | [`supervisor`] | Supervisor Requests | SMS-SUPV-* |
//! | [`safety`] | Child Abuse Claims via Text | SMS-ABUSE-* |
//! | [`ending`] | End Message | SMS-END-* |
//! | [`keywords`] | U.S. rules for texts | opt-out, opt-in, help |
//!
//! The verbs are code; the numbers, scripts and recipients are settings of the pack, dated and versioned. To add a rule:
//! write its file, add it to [`GUARDS`], [`duties`] or [`timers`], and give its clause a test that names it.

pub mod acknowledgement;
pub mod case_facts;
pub mod check_in;
pub mod clarify;
pub mod delay;
pub mod ending;
pub mod keywords;
pub mod library;
pub mod panel;
pub mod safety;
pub mod supervisor;
pub mod ways;

use serde::{Deserialize, Serialize};

use crate::canned::{CannedResponse, ReplyKind};
use crate::command::{Reply, Script, Timers};
use crate::context::Context;
use crate::customer::Customer;
use crate::interaction::{Interaction, Phase};
use crate::refusal::Refusal;
use crate::time::Millis;

pub use panel::{Panel, PanelAct, PanelItem, panel};

/// Something a staff member must do by a time, with the clause that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Key; the timer of the same name fires when it is due.
    pub key: String,
    /// Kind, for its sign on the screen.
    pub kind: DutyKind,
    /// In a few words, as on the clock's label.
    pub title: String,
    /// Clause.
    pub clause: String,
    /// Start of the clock.
    pub started: Millis,
    /// End of the clock; from then on it is overdue.
    pub due: Millis,
    /// The script that answers it with one click.
    pub script: Option<Script>,
}

/// Kinds of duties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// The customer is silent; counting towards customer delay.
    Silence,
    /// The delay notice is to be sent.
    DelayNotice,
    /// The customer has this long to reply after the notice.
    DelayReply,
    /// Wrap-up text and Goodbye are to be sent.
    DelayWrapUp,
    /// The contact may be ended for no response.
    DelayEnd,
    /// The customer waits for a sign of life.
    CheckIn,
    /// A step of a child-abuse contact.
    Safety,
    /// A supervisor is asked for.
    Supervisor,
    /// The wrap-up code is to be chosen.
    WrapUp,
}

/// A text on its way out, as the guards see it.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// What the staff member sends.
    pub reply: &'a Reply,
    /// The canned response it came from.
    pub canned: Option<&'a CannedResponse>,
    /// How it was written.
    pub kind: ReplyKind,
}

/// A guard may refuse a text.
pub type Guard = fn(&Interaction, &Customer, &Outgoing<'_>, &Context<'_>) -> Result<(), Refusal>;

/// The guards in the order in which they are asked; the first refusal is shown.
pub const GUARDS: [(&str, Guard); 6] = [
    ("keywords", keywords::guard),
    ("case_facts", case_facts::guard),
    ("supervisor", supervisor::guard),
    ("clarify", clarify::guard),
    ("ways", ways::guard),
    ("library", library::guard),
];

/// What staff owe now, the one that runs out first at the head.
#[must_use]
pub fn duties(i: &Interaction, context: &Context<'_>) -> Vec<Duty> {
    let Some(sop) = context.sop() else { return Vec::new() };
    let mut out = Vec::new();
    if i.phase == Phase::Active {
        out.extend(delay::duty(i, sop));
        out.extend(check_in::duty(i, sop));
        out.extend(supervisor::duty(i, context));
        out.extend(safety::duty(i));
    }
    out.extend(ending::duty(i));
    out.sort_by_key(|duty| duty.due);
    out
}

/// The live timers of an interaction. Derived after every event, so that none is forgotten and none outlives its reason.
#[must_use]
pub fn timers(i: &Interaction, context: &Context<'_>) -> Timers {
    let Some(sop) = context.sop() else { return Timers::new() };
    let mut out = Timers::new();
    if let Some(offer) = &i.offer {
        out.push(("offer".to_owned(), offer.until));
    }
    if i.phase == Phase::Active {
        out.extend(delay::timer(i, sop));
        out.extend(check_in::timer(i, sop));
        out.extend(supervisor::timer(i, context));
    }
    out
}

/// The live timers of a staff member.
#[must_use]
pub fn staff_timers(staff: &crate::staff::Staff, context: &Context<'_>) -> Timers {
    let grace = crate::time::seconds(context.pack.presence.not_responding_grace_seconds);
    let lost = staff.line_lost_at.filter(|_| staff.presence == crate::staff::Presence::OnQueue);
    lost.map(|at| ("line".to_owned(), at + grace)).into_iter().collect()
}
