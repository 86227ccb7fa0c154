//! Everything a decision may look at besides the state: the time, fresh identifiers, the settings in force, who is on
//! the floor, and the texts under judgement. All of it is given; nothing is fetched.

use std::cell::Cell;

use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::id::{MessageId, OfferId, StaffId};
use crate::knowledge::Owed;
use crate::pack::{Pack, Queue, SmsSopVersion};
use crate::permission::Role;
use crate::staff::Presence;
use crate::time::{Millis, instant};

/// A staff member as the settings and the floor show them at this moment.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Member {
    /// Account name.
    pub id: StaffId,
    /// Name on screens.
    pub name: String,
    /// Given to customers (SMS-KEY-1).
    pub first_name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Office.
    pub office: String,
    /// The immediate supervisor, if one is named (AMB-21).
    pub supervisor: Option<StaffId>,
    /// Skills and levels, 1 to 5.
    pub skills: std::collections::BTreeMap<String, u8>,
    /// Texts at once (AMB-27).
    pub sms_capacity: u8,
    /// Presence now.
    pub presence: Presence,
    /// Since when.
    pub since: Millis,
    /// Who set it, where that was neither the person nor the program.
    pub set_by: Option<StaffId>,
    /// Interactions that take capacity now.
    pub load: u8,
    /// True while a child-abuse contact is open with them: nobody interrupts it.
    pub in_safety: bool,
    /// When they last became free, for longest-idle-first.
    pub idle_since: Millis,
}

impl Member {
    /// Whether they hold a role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether a supervisor could take a transfer this second (SMS-SUPV-2).
    #[must_use]
    pub fn can_take_transfer(&self) -> bool {
        self.is(Role::Supervisor)
            && self.presence == Presence::OnQueue
            && self.load < self.sms_capacity
            && !self.in_safety
    }
}

/// The world around one decision.
#[derive(Debug)]
pub struct Context<'a> {
    /// The time of the decision.
    pub now: Millis,
    /// The settings in force, with every administered change applied.
    pub pack: &'a Pack,
    /// The agency's time zone.
    pub zone: &'a TimeZone,
    /// Everyone with an account, as they are now.
    pub floor: &'a [Member],
    /// The last outgoing texts of this interaction, oldest first, for violations spread over several texts.
    pub recent_outgoing: &'a [String],
    /// Memos that the staff member of the command has to read, read or not (the clauses `*-ACK-*`).
    pub readings: &'a [Owed],
    /// A fresh identifier; further ones are counted up from it.
    pub seed: Uuid,
    /// How many identifiers were taken.
    pub taken: Cell<u16>,
}

impl Context<'_> {
    fn fresh(&self) -> Uuid {
        let n = self.taken.get();
        self.taken.set(n.wrapping_add(1));
        Uuid::from_u128(self.seed.as_u128() ^ (u128::from(n) << 16))
    }

    /// A fresh message id.
    #[must_use]
    pub fn message_id(&self) -> MessageId {
        MessageId(self.fresh())
    }

    /// A fresh offer id.
    #[must_use]
    pub fn offer_id(&self) -> OfferId {
        OfferId(self.fresh())
    }

    /// The staff member with this id.
    #[must_use]
    pub fn member(&self, id: &StaffId) -> Option<&Member> {
        self.floor.iter().find(|member| &member.id == id)
    }

    /// The version of the SMS procedure in force now; the last one when none is dated for today.
    #[must_use]
    pub fn sop(&self) -> Option<&SmsSopVersion> {
        let today = instant(self.now).to_zoned(self.zone.clone()).date();
        self.pack.sms_sop(today).or_else(|| self.pack.sop_sms.last())
    }

    /// The queue with this id.
    #[must_use]
    pub fn queue(&self, id: &str) -> Option<&Queue> {
        self.pack.queues.queue(id)
    }

    /// Whether the queue is open now (AMB-54). A queue without hours is open.
    #[must_use]
    pub fn is_open(&self, queue: &str) -> bool {
        self.pack.queues.hours_of(queue).is_none_or(|hours| hours.is_open(instant(self.now), self.zone))
    }

    /// The wording of a response in a language, or in the first language that has it.
    #[must_use]
    pub fn wording(&self, response: &str, language: &str) -> Option<&str> {
        let found = self.pack.response(response)?;
        found.text.get(language).or_else(|| found.text.values().next()).map(String::as_str)
    }
}
