//! What can go wrong when something is handled. A refusal is not one of them in spirit; it travels the same road.

use domain::refusal::Refusal;
use store::StoreError;

/// Answers other than success.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// A rule said no; shown to the person as it is.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The store could not do it.
    #[error("the store could not do it")]
    Store(#[from] StoreError),
    /// It does not exist.
    #[error("{0} does not exist")]
    NotFound(String),
    /// Every attempt met a conflict; trying again is right.
    #[error("too much happened at once; please try again")]
    Busy,
    /// The request makes no sense.
    #[error("{0}")]
    Invalid(String),
}

impl From<Refusal> for EngineError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// Why a carrier's call was not taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReceiveError {
    /// It was not genuine, too large, or not of the form; nothing was kept.
    #[error("the call was refused")]
    Refused(#[from] channels::DecodeError),
    /// There is no such carrier.
    #[error("there is no carrier of that name")]
    NoSuchCarrier,
    /// The store could not take it; the carrier should call again.
    #[error("the call could not be kept")]
    Store(#[from] StoreError),
    /// Too much at once; the carrier should call again.
    #[error("the call could not be kept now")]
    Busy,
}
