//! A staff member's own stream: presence, what takes their capacity, acknowledgements.
//!
//! Names, roles and skills are administered records, not events; they come in by the context.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{InteractionId, OfferId, StaffId};
use crate::time::Millis;

/// Whether a person can be offered interactions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Presence {
    /// Signed out or not working the queue.
    #[default]
    OffQueue,
    /// Takes offers.
    OnQueue,
    /// Busy with something else, with a reason code.
    NotReady {
        /// Reason code of the settings.
        reason: String,
    },
    /// Set by the program: lost the line, or let offers run out.
    NotResponding {
        /// `line_lost` or `offers_ignored`.
        reason: String,
    },
}

impl Presence {
    /// Word on screens.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::OffQueue => "Off queue",
            Self::OnQueue => "On queue",
            Self::NotReady { .. } => "Not ready",
            Self::NotResponding { .. } => "Not responding",
        }
    }
}

/// Why an interaction takes capacity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "held", rename_all = "snake_case")]
pub enum Held {
    /// Being offered.
    Offer {
        /// The offer.
        offer: OfferId,
    },
    /// Being handled.
    Active,
    /// In wrap-up.
    WrapUp,
}

/// State of a staff member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Account name.
    pub id: StaffId,
    /// Presence.
    pub presence: Presence,
    /// Since when.
    pub since: Millis,
    /// Who set it, where that was neither the person nor the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<StaffId>,
    /// What takes capacity.
    pub held: BTreeMap<InteractionId, Held>,
    /// Offers that ran out in a row.
    pub ignored_in_row: u32,
    /// When the last screen was lost, while it is.
    pub line_lost_at: Option<Millis>,
    /// Versions of procedures read and acknowledged (SMS-GEN-2).
    pub acknowledged: BTreeMap<String, String>,
    /// When they last became free.
    pub idle_since: Millis,
    /// Interactions with open steps of a child-abuse contact, which nobody interrupts.
    pub in_safety: BTreeSet<InteractionId>,
    /// Milliseconds spent in each presence word since the beginning, without the current stretch.
    pub spent_ms: BTreeMap<String, Millis>,
}

impl Staff {
    /// Someone who has never signed in.
    #[must_use]
    pub fn new(id: StaffId) -> Self {
        Self {
            id,
            presence: Presence::OffQueue,
            since: 0,
            set_by: None,
            held: BTreeMap::new(),
            ignored_in_row: 0,
            line_lost_at: None,
            acknowledged: BTreeMap::new(),
            idle_since: 0,
            in_safety: BTreeSet::new(),
            spent_ms: BTreeMap::new(),
        }
    }

    /// How much capacity is taken.
    #[must_use]
    pub fn load(&self) -> u8 {
        u8::try_from(self.held.len()).unwrap_or(u8::MAX)
    }
}
