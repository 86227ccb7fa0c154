//! A refusal is not an error: it is a typed answer with a sentence for people and the right next act.
//!
//! To add one: build it where the rule stands, with the clause it rests on. Codes are stable; tests and the API use them.

use serde::{Deserialize, Serialize};

use crate::event::Event;

/// Why a command was not carried out, and what to do instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Stable code, such as `case_fact`.
    pub code: &'static str,
    /// Clause it rests on, where one does.
    pub clause: Option<&'static str>,
    /// One sentence for the person who tried.
    pub sentence: String,
    /// Buttons that lead on, in order.
    pub instead: Vec<Instead>,
    /// Written to the log although the command was refused (a blocked disclosure is evidence, SMS-GEN-4).
    pub record: Vec<Event>,
}

/// The act that a refusal offers in place of the one refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Instead {
    /// Put this canned response into the reply box.
    Insert {
        /// Id of the canned response.
        response: String,
        /// Words on the button.
        label: String,
    },
    /// Send the same text again, confirmed (only where the rule is a prompt).
    SendAnyway,
    /// Choose a reason for the referral (SMS-GEN-10).
    GiveReferralReason,
    /// Transfer to a supervisor who is present (SMS-SUPV-2).
    TransferToSupervisor,
    /// Read and acknowledge the procedure (SMS-GEN-2).
    Acknowledge,
    /// Read and acknowledge a memo (the clauses `*-ACK-*`).
    ReadMemo {
        /// Its page.
        slug: String,
        /// Words on the button.
        label: String,
    },
    /// Send the texts that end a silent contact (SMS-DELAY-4, SMS-DELAY-5).
    SendWrapUpAndGoodbye,
    /// Send the first delay text (SMS-DELAY-2).
    SendDelayNotice,
    /// Send Goodbye (SMS-KEY-2).
    SendGoodbye,
    /// End it although the customer's last words have no answer (SMS-HOLD-1).
    EndUnanswered,
    /// Open the safety steps (SMS-ABUSE-5).
    OpenSafety,
    /// Choose a wrap-up code (SMS-END-3).
    ChooseWrapUp,
}

impl Refusal {
    /// A refusal without a clause of the agency behind it: the order of things, or a limit of the program.
    #[must_use]
    pub fn plain(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, clause: None, sentence: sentence.into(), instead: Vec::new(), record: Vec::new() }
    }

    /// A refusal that rests on a clause.
    #[must_use]
    pub fn clause(code: &'static str, clause: &'static str, sentence: impl Into<String>) -> Self {
        Self { clause: Some(clause), ..Self::plain(code, sentence) }
    }

    /// Adds a button.
    #[must_use]
    pub fn or(mut self, instead: Instead) -> Self {
        self.instead.push(instead);
        self
    }

    /// Adds an event that is kept although the command is refused.
    #[must_use]
    pub fn recording(mut self, event: Event) -> Self {
        self.record.push(event);
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.clause {
            Some(clause) => write!(f, "{} ({clause})", self.sentence),
            None => f.write_str(&self.sentence),
        }
    }
}
