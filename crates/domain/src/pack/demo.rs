//! Demonstration data: plainly marked people, the responses their content owner has approved, and sample texts for
//! the handset.
//!
//! Owns the shapes. Nothing here is loaded unless the server runs with demo data; passwords are never part of a pack.

use serde::{Deserialize, Serialize};

use super::model::SkillLevel;

/// The folder `demo/` of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// `demo/people.toml`.
    pub people: Vec<DemoPerson>,
    /// `demo/approvals.toml`.
    pub approvals: Approvals,
    /// `demo/day.toml`.
    pub samples: Vec<SampleText>,
}

/// Roles a person can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonRole {
    /// Answers customers.
    Technician,
    /// Watches the floor and takes transfers.
    Supervisor,
    /// Program coordinator.
    Coordinator,
    /// Manager of the contact centre.
    Manager,
    /// Publishes responses and settings.
    Editor,
    /// Manages accounts and lines.
    Admin,
}

/// A person who exists for demonstration only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPerson {
    /// Name to sign in with.
    pub user_name: String,
    /// Name on the screen; begins with `Demo`.
    pub name: String,
    /// First name, merged into the greeting (AMB-17).
    pub first_name: String,
    /// Role.
    pub role: PersonRole,
    /// Office id.
    pub office: String,
    /// User name of the immediate supervisor (SMS-SUPV-1).
    #[serde(default)]
    pub supervisor: Option<String>,
    /// Skills with levels.
    #[serde(default)]
    pub skills: Vec<SkillLevel>,
    /// Texts at once; the pack's capacity when absent (SMS-DELAY-7).
    #[serde(default)]
    pub capacity_sms: Option<u8>,
}

/// The responses that the demonstration's content owner has approved, so that the desk is not empty (AMB-16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// Shown wherever the approval is shown.
    pub note: String,
    /// Response ids.
    pub responses: Vec<String>,
}

/// A text that a demonstration customer sends with one press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleText {
    /// Short id.
    pub id: String,
    /// Words on the button.
    pub label: String,
    /// Two-letter language code.
    pub language: String,
    /// The text.
    pub text: String,
}
