//! All that differs between production and the simulator: the clock, fresh identifiers, and the two ways out.

use async_trait::async_trait;
use channels::HttpRequest;
use domain::time::Millis;
use uuid::Uuid;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Millis;
}

/// Where fresh identifiers come from.
pub trait Ids: Send + Sync {
    /// A version 7 UUID, so that rows lie in the order of their making.
    fn fresh(&self) -> Uuid;
}

/// A carrier's answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// The way out to carriers.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request of the named carrier.
    ///
    /// # Errors
    /// A sentence for the carrier's health page when no answer came. The effect is tried again.
    async fn send(&self, carrier: &str, request: HttpRequest) -> Result<HttpAnswer, String>;
}

/// A mail on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Idempotency key; becomes the Message-ID.
    pub id: String,
    /// Mail addresses of role mailboxes.
    pub to: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// The way out for mail. Out of the box this is the local outbox, never a real address.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail.
    ///
    /// # Errors
    /// A sentence for the outbox page. The effect is tried again.
    async fn send(&self, mail: Mail) -> Result<(), String>;
}
