//! What is known of a customer's address on a channel: opt-out, the last technician, how fast it writes.
//!
//! It owns no name and no case: by text nobody is looked up (SMS-GEN-4).

use serde::{Deserialize, Serialize};

use crate::id::{Address, StaffId};
use crate::time::Millis;

/// Texts from one address within [`FLOOD_WINDOW_MS`] that still ring; beyond it they are kept but no longer alert.
pub const FLOOD_TEXTS_MAX: u32 = 20;
/// The window of the limit, in milliseconds.
pub const FLOOD_WINDOW_MS: Millis = 60_000;

/// HELP is answered once in this time, so that two answering machines do not write to each other for ever.
pub const HELP_AGAIN_MS: Millis = 10 * 60_000;

/// State of one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The address.
    pub address: Address,
    /// When they opted out, while they are.
    pub opted_out_at: Option<Millis>,
    /// When HELP was last answered; see [`HELP_AGAIN_MS`].
    #[serde(default)]
    pub help_answered_at: Option<Millis>,
    /// Who handled them last.
    pub last_staff: Option<StaffId>,
    /// When that contact ended.
    pub last_ended_at: Option<Millis>,
    /// When a contact ended in which a staff member spoke with them.
    pub last_spoken_at: Option<Millis>,
    /// Language they write.
    pub language: Option<String>,
    /// Start of the current flood window.
    pub window_started_at: Millis,
    /// Texts in the current flood window.
    pub window_texts: u32,
}

impl Customer {
    /// An address never heard of.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self {
            address,
            opted_out_at: None,
            help_answered_at: None,
            last_staff: None,
            last_ended_at: None,
            last_spoken_at: None,
            language: None,
            window_started_at: 0,
            window_texts: 0,
        }
    }

    /// Whether one more text at `now` is over the limit.
    #[must_use]
    pub fn floods(&self, now: Millis) -> bool {
        now - self.window_started_at < FLOOD_WINDOW_MS && self.window_texts >= FLOOD_TEXTS_MAX
    }

    pub(crate) fn count_text(&mut self, at: Millis) {
        if at - self.window_started_at < FLOOD_WINDOW_MS {
            self.window_texts = self.window_texts.saturating_add(1);
        } else {
            self.window_started_at = at;
            self.window_texts = 1;
        }
    }
}
