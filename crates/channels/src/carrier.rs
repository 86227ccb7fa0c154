//! The neutral words between engine and carriers, and the trait each carrier fills.
//!
//! Owns no carrier's spelling. The sentences of the errors are read by technicians and administrators, so they
//! are plain, and they never repeat a customer's words or number.

use serde::Serialize;
use thiserror::Error;

/// One call of a carrier on us, exactly as it came.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The full public address the carrier called, query included, as configured with the carrier: behind a
    /// proxy that is not the address the socket saw.
    pub url: &'a str,
    /// Names in any case; the first of several equal names counts.
    pub headers: &'a [(String, String)],
    /// The raw bytes.
    pub body: &'a [u8],
}

impl Request<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.headers, name)
    }
}

pub(crate) fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// What a genuine call said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Received {
    /// A customer's text.
    Message(InboundText),
    /// News of a text of ours.
    Status(DeliveryStatus),
}

/// A customer's text. The carrier may call several times with the same one: `provider_id` tells them apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InboundText {
    /// The carrier's identifier of the message; the key for de-duplication.
    pub provider_id: String,
    /// E.164, or a short code.
    pub from: String,
    /// The number texted: E.164, or a short code.
    pub to: String,
    /// As written. NUL, which no phone types and databases dislike, is replaced by U+FFFD; nothing is trimmed.
    pub text: String,
    /// At most [`crate::MAX_MEDIA`].
    pub media: Vec<Media>,
    /// Twilio's `OptOutType` (`STOP`, `START`, `HELP`), when the carrier itself has already acted on the word.
    pub opt_out_type: Option<String>,
}

/// An attachment, held by the carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Media {
    /// `http` or `https` only, so that it can never be a script when shown as a link.
    pub url: String,
    /// For example `image/jpeg`; `application/octet-stream` when the carrier does not say.
    pub content_type: String,
}

/// News of a text of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryStatus {
    /// The identifier given when the carrier accepted the text.
    pub provider_id: String,
    /// Our own key of the text, where the carrier hands it back: with it a report is matched even if the answer
    /// that carried `provider_id` was lost, so that the text is not sent a second time.
    pub idempotency_key: Option<String>,
    /// Where the text is now, according to this report alone; see [`DeliveryState::advance`].
    pub state: DeliveryState,
    /// Why it failed, when it did.
    pub error: Option<CarrierError>,
}

/// How far a text of ours has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// With the carrier, not yet on its way.
    Queued,
    /// Handed to the customer's network.
    Sent,
    /// The network confirms arrival.
    Delivered,
    /// The network says that it did not arrive.
    Undelivered,
    /// The carrier did not send it.
    Failed,
}

impl DeliveryState {
    /// How much a state says, from 0. A confirmation of arrival outranks everything: once seen, it stands.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sent => 1,
            Self::Failed => 2,
            Self::Undelivered => 3,
            Self::Delivered => 4,
        }
    }

    /// The state after a report: the higher of the two, so that late, repeated or reordered reports never turn
    /// a tick back, and the order in which they come does not matter.
    #[must_use]
    pub const fn advance(self, report: Self) -> Self {
        if report.rank() > self.rank() { report } else { self }
    }

    /// Whether the text is known not to have reached the customer.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Undelivered | Self::Failed)
    }
}

/// Why a carrier did not deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarrierError {
    /// The carrier's own code, for its support.
    pub code: String,
    /// One or two sentences for a technician.
    pub reason: String,
    /// Sending the same text to the same number again cannot help.
    pub permanent: bool,
    /// The carrier says that this customer has opted out: nothing more may be sent to them.
    pub means_opted_out: bool,
}

/// Why a call was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// Unsigned, forged, or signed with a secret that is not ours.
    #[error(
        "The signature is missing or wrong: this call does not come from the carrier, or the carrier's secret or public address in the settings is not the right one."
    )]
    BadSignature,
    /// More than [`crate::MAX_REQUEST_BYTES`].
    #[error(
        "The call has more than {} bytes. It was not read and is not kept; calling again with the same changes nothing.",
        crate::MAX_REQUEST_BYTES
    )]
    TooLarge,
    /// Another content type than the carrier's protocol has.
    #[error(
        "The call does not have the content type of the carrier's protocol; set the carrier's webhook to POST with its standard format."
    )]
    NotForm,
    /// Broken escapes, or bytes that are not UTF-8. Says where, never what.
    #[error("The carrier's call is wrongly encoded: {0}.")]
    BadEncoding(String),
    /// A field the protocol promises is absent or empty.
    #[error("The carrier's call lacks {0}.")]
    Missing(&'static str),
    /// The same field twice with different values.
    #[error("The carrier's call has {0} twice with different values.")]
    Repeated(String),
    /// A field has a value outside the protocol.
    #[error("The carrier's call has a value of {0} that the protocol does not know.")]
    Unknown(&'static str),
    /// Longer than its limit.
    #[error("{field} is too long: {found}, where at most {limit} are allowed.")]
    TooLong {
        /// The carrier's name of the field.
        field: &'static str,
        /// The most allowed.
        limit: usize,
        /// What came.
        found: usize,
    },
    /// Neither E.164 nor a short code. Names the field, not the number.
    #[error("{0} is not a telephone number.")]
    BadNumber(&'static str),
    /// Signed properly, but for another account of the provider.
    #[error("The call is for another account of the carrier than the one in the settings.")]
    WrongAccount,
}

impl DecodeError {
    /// Whether the bytes are kept as a dead letter: yes for genuine calls that could not be read, no for calls
    /// that were never proved genuine, for strangers must not be able to fill the store.
    #[must_use]
    pub const fn keep(&self) -> bool {
        !matches!(self, Self::BadSignature | Self::TooLarge | Self::NotForm)
    }

    /// A short constant name for metrics and the log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BadSignature => "bad_signature",
            Self::TooLarge => "too_large",
            Self::NotForm => "not_form",
            Self::BadEncoding(_) => "bad_encoding",
            Self::Missing(_) => "missing",
            Self::Repeated(_) => "repeated",
            Self::Unknown(_) => "unknown",
            Self::TooLong { .. } => "too_long",
            Self::BadNumber(_) => "bad_number",
            Self::WrongAccount => "wrong_account",
        }
    }

    /// The HTTP status for the carrier. Kept calls are answered with success: they are ours now, and calling
    /// again would only bring the same bytes.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::BadSignature => 403,
            Self::TooLarge => 413,
            Self::NotForm => 415,
            _ => 200,
        }
    }
}

/// A text to send.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingText<'a> {
    /// Our number, E.164 or a short code.
    pub from: &'a str,
    /// The customer's number, E.164.
    pub to: &'a str,
    /// 1 to [`crate::MAX_OUTGOING_UNITS`] UTF-16 units.
    pub text: &'a str,
    /// Ours, the same for every attempt at this text.
    pub idempotency_key: &'a str,
}

impl OutgoingText<'_> {
    /// Whether any carrier would take this text.
    ///
    /// # Errors
    /// [`EncodeError`] with a sentence for the technician.
    pub fn check(&self) -> Result<(), EncodeError> {
        if self.text.trim().is_empty() {
            return Err(EncodeError::Empty);
        }
        let units = self.text.encode_utf16().count();
        if units > crate::MAX_OUTGOING_UNITS {
            return Err(EncodeError::TooLong(units));
        }
        if self.text.contains('\0') {
            return Err(EncodeError::Nul);
        }
        if !crate::is_e164(self.to) {
            return Err(EncodeError::BadTo);
        }
        if !(crate::is_e164(self.from) || crate::is_short_code(self.from)) {
            return Err(EncodeError::BadFrom);
        }
        Ok(())
    }
}

/// Why a text cannot be put into a carrier's form. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// Nothing but white space.
    #[error("The text is empty.")]
    Empty,
    /// Over the limit, counted in UTF-16 units.
    #[error("The text has {0} characters; a text may have at most {limit}. Send it in parts.", limit = crate::MAX_OUTGOING_UNITS)]
    TooLong(usize),
    /// U+0000 within the text.
    #[error("The text contains a character that cannot be sent (NUL).")]
    Nul,
    /// The customer's number is not E.164.
    #[error("The customer's number is not one that can be texted.")]
    BadTo,
    /// Our number is neither E.164 nor a short code.
    #[error("Our own sending number in the settings is not a telephone number.")]
    BadFrom,
}

impl From<EncodeError> for CarrierError {
    /// As a final refusal, so that the outbox shows it like any other.
    fn from(fault: EncodeError) -> Self {
        Self {
            code: "not-sent".to_owned(),
            reason: fault.to_string(),
            permanent: true,
            means_opted_out: false,
        }
    }
}

/// A request for the driver to make, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `POST`.
    pub method: &'static str,
    /// Absolute.
    pub url: String,
    /// In the order to send; lengths and host are the driver's.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HttpRequest {
    /// Without header values and body: they hold our secret and the customer's words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What came of one attempt to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SendResult {
    /// The carrier has it. Not yet delivered.
    Accepted {
        /// The carrier's identifier.
        provider_id: String,
    },
    /// The carrier will not take it; the outbox gives up and shows why.
    Rejected(CarrierError),
    /// Not now; the text waits in the outbox.
    TryAgain {
        /// The least wait, when the carrier or the kind of fault names one.
        after_seconds: Option<u32>,
        /// For the carrier's health page.
        reason: String,
    },
}

/// What to answer a carrier's call with, under status 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Media type.
    pub content_type: &'static str,
    /// Body.
    pub body: &'static str,
}

/// One carrier's language. Implementations hold settings only and are free of effects.
pub trait SmsCodec: Send + Sync {
    /// The name in settings, addresses (`/hooks/<name>`) and the log.
    fn name(&self) -> &'static str;

    /// Proves a call genuine and reads it.
    ///
    /// # Errors
    /// [`DecodeError`]; see [`DecodeError::keep`] for what becomes of the bytes.
    fn decode(&self, request: &Request<'_>) -> Result<Received, DecodeError>;

    /// The answer to a call that was taken, kept or recognised as a repetition.
    fn answer(&self) -> Answer;

    /// The request that sends a text.
    ///
    /// # Errors
    /// [`EncodeError`] when no carrier would take the text; nothing is sent.
    fn encode(&self, text: &OutgoingText<'_>) -> Result<HttpRequest, EncodeError>;

    /// Reads the carrier's answer to [`SmsCodec::encode`]'s request. A call that got no answer at all is the
    /// driver's to report.
    fn read_answer(&self, status: u16, headers: &[(String, String)], body: &[u8]) -> SendResult;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn state() -> impl Strategy<Value = DeliveryState> {
        prop_oneof![
            Just(DeliveryState::Queued),
            Just(DeliveryState::Sent),
            Just(DeliveryState::Delivered),
            Just(DeliveryState::Undelivered),
            Just(DeliveryState::Failed),
        ]
    }

    fn settle(reports: &[DeliveryState]) -> DeliveryState {
        reports.iter().fold(DeliveryState::Queued, |at, report| at.advance(*report))
    }

    proptest! {
        #[test]
        fn reports_never_turn_a_tick_back(reports in proptest::collection::vec(state(), 0..12)) {
            let mut at = DeliveryState::Queued;
            for report in reports {
                let next = at.advance(report);
                prop_assert!(next.rank() >= at.rank());
                prop_assert_eq!(next.advance(report), next);
                at = next;
            }
        }

        #[test]
        fn the_order_of_reports_does_not_matter(
            (reports, shuffled) in proptest::collection::vec(state(), 0..8)
                .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
        ) {
            prop_assert_eq!(settle(&reports), settle(&shuffled));
        }
    }

    #[test]
    fn an_arrival_is_never_taken_back_and_a_failure_is_not_hidden_by_sent() {
        use DeliveryState::{Delivered, Failed, Queued, Sent, Undelivered};
        assert_eq!(settle(&[Delivered, Sent, Undelivered, Failed, Queued]), Delivered);
        assert_eq!(settle(&[Sent, Undelivered, Sent, Queued]), Undelivered);
        assert_eq!(settle(&[Sent, Undelivered, Delivered]), Delivered);
        assert!(Undelivered.is_failure() && Failed.is_failure() && !Delivered.is_failure());
    }

    #[test]
    fn texts_no_carrier_would_take_are_refused_with_a_sentence() {
        let good =
            OutgoingText { from: "+18556849242", to: "+15735550100", text: "Hello", idempotency_key: "k" };
        let limit = "a".repeat(crate::MAX_OUTGOING_UNITS);
        let over = format!("{limit}a");
        let emoji = "\u{1F600}".repeat(801);
        assert_eq!(good.check(), Ok(()));
        assert_eq!(OutgoingText { text: &limit, ..good }.check(), Ok(()));
        assert_eq!(OutgoingText { text: &over, ..good }.check(), Err(EncodeError::TooLong(1_601)));
        assert_eq!(OutgoingText { text: &emoji, ..good }.check(), Err(EncodeError::TooLong(1_602)));
        assert_eq!(OutgoingText { text: " \n", ..good }.check(), Err(EncodeError::Empty));
        assert_eq!(OutgoingText { text: "a\0b", ..good }.check(), Err(EncodeError::Nul));
        assert_eq!(OutgoingText { to: "5735550100", ..good }.check(), Err(EncodeError::BadTo));
        assert_eq!(OutgoingText { to: "733733", ..good }.check(), Err(EncodeError::BadTo));
        assert_eq!(OutgoingText { from: "us", ..good }.check(), Err(EncodeError::BadFrom));
        let refusal = CarrierError::from(EncodeError::TooLong(1_601));
        assert!(refusal.permanent && !refusal.means_opted_out && refusal.reason.contains("1600"));
    }
}
