//! One type per identifier, so that a message can never be taken for an offer.
//!
//! Identifiers that the program makes are UUIDs (version 7, made by the engine's port). Those that people choose in
//! settings (staff, queues, codes) are short texts. To add one: a line in the macro calls below.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! made {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0.simple())
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(s).map(Self)
            }
        }
    )+};
}

macro_rules! chosen {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(s: &str) -> Self {
                Self(s.to_owned())
            }
        }
    )+};
}

made! {
    /// One contact with one customer address on one channel.
    InteractionId,
    /// One text, in or out. Also the key of its body beside the log, and the idempotency key of its sending.
    MessageId,
    /// One alerting of one staff member for one interaction.
    OfferId,
    /// One visit to an office, booked or walked in.
    AppointmentId,
}

chosen! {
    /// A staff member's account name.
    StaffId,
    /// A customer's address on a channel; for texts an E.164 number.
    Address,
}
