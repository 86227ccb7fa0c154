//! The browser handset's carrier: JSON in both directions, under the same limits and errors as a real carrier.
//!
//! **Owns** the handset's wire form. **Does not own** the page, the deliveries to it, or the decision that it
//! exists in demo data only. It takes no short cut: its calls bear a shared key in [`KEY_HEADER`], its texts
//! are accepted, then receipted, like any other carrier's.
//!
//! - Phone to us: `{"id","from","to","text","media":[{"url","content_type"}]}`, `media` optional; or a receipt,
//!   `{"id","receipt":"queued|sent|delivered|undelivered|failed"}`, whose `id` is the one the text was accepted
//!   under, with `"key"` optional.
//! - Us to the phone: `{"id","from","to","text"}`, where `id` is our key of the text; the phone answers
//!   `{"id"}` with 2xx, or a JSON `{"reason"}` with 4xx.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::twilio::{check_media, is_id};
use crate::{
    Answer, CarrierError, DecodeError, DeliveryState, DeliveryStatus, EncodeError, HttpRequest, InboundText,
    MAX_INBOUND_CHARS, MAX_MEDIA, MAX_REQUEST_BYTES, OutgoingText, Received, Request, SendResult, SmsCodec,
    number,
};

/// The header with the shared key, in both directions.
pub const KEY_HEADER: &str = "X-Handset-Key";
const JSON: &str = "application/json";

/// The codec of the handset.
#[derive(Clone)]
pub struct Handset {
    deliver_url: String,
    key: String,
}

impl std::fmt::Debug for Handset {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handset").field("deliver_url", &self.deliver_url).finish_non_exhaustive()
    }
}

/// A text as the phone receives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Our key: the same text delivered twice is shown once.
    pub id: String,
    /// Our number.
    pub from: String,
    /// The phone's number.
    pub to: String,
    /// The words.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    id: Option<String>,
    from: Option<String>,
    to: Option<String>,
    text: Option<String>,
    #[serde(default)]
    media: Vec<IncomingMedia>,
    receipt: Option<String>,
    key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IncomingMedia {
    url: String,
    #[serde(default)]
    content_type: String,
}

#[derive(Default, Deserialize)]
struct PhoneAnswer {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

impl Handset {
    /// `deliver_url`: where texts for the phone are posted. `key`: shared between page and server; an empty one
    /// lets nothing in.
    #[must_use]
    pub fn new(deliver_url: impl Into<String>, key: impl Into<String>) -> Self {
        Self { deliver_url: deliver_url.into(), key: key.into() }
    }

    /// What the phone posts to us for a text of its own: for the simulator, tests and the page's server side.
    #[must_use]
    pub fn text_body(text: &InboundText) -> Vec<u8> {
        serde_json::json!({
            "id": text.provider_id, "from": text.from, "to": text.to, "text": text.text, "media": text.media,
        })
        .to_string()
        .into_bytes()
    }

    /// What the phone posts to us as a receipt.
    #[must_use]
    pub fn receipt_body(provider_id: &str, state: DeliveryState) -> Vec<u8> {
        serde_json::json!({ "id": provider_id, "receipt": state }).to_string().into_bytes()
    }

    /// Reads, on the phone's side, what [`SmsCodec::encode`] made.
    ///
    /// # Errors
    /// As for incoming texts.
    pub fn read_delivery(&self, request: &Request<'_>) -> Result<Delivery, DecodeError> {
        self.open(request)?;
        serde_json::from_slice(request.body).map_err(|fault| unreadable(&fault))
    }

    fn open(&self, request: &Request<'_>) -> Result<(), DecodeError> {
        if request.body.len() > MAX_REQUEST_BYTES {
            return Err(DecodeError::TooLarge);
        }
        let media_type = request.header("content-type").unwrap_or_default();
        if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(JSON) {
            return Err(DecodeError::NotForm);
        }
        let given = request.header(KEY_HEADER).unwrap_or_default();
        let genuine: bool = given.as_bytes().ct_eq(self.key.as_bytes()).into();
        if genuine && !self.key.is_empty() { Ok(()) } else { Err(DecodeError::BadSignature) }
    }
}

/// Says where, not what: the parser's own words could quote the customer.
fn unreadable(fault: &serde_json::Error) -> DecodeError {
    DecodeError::BadEncoding(format!(
        "the JSON is not as agreed at line {}, column {}",
        fault.line(),
        fault.column()
    ))
}

impl SmsCodec for Handset {
    fn name(&self) -> &'static str {
        "handset"
    }

    fn decode(&self, request: &Request<'_>) -> Result<Received, DecodeError> {
        self.open(request)?;
        let incoming: Incoming = serde_json::from_slice(request.body).map_err(|fault| unreadable(&fault))?;
        let provider_id = incoming.id.filter(|id| !id.is_empty()).ok_or(DecodeError::Missing("id"))?;
        if !is_id(&provider_id) {
            return Err(DecodeError::Unknown("id"));
        }
        if let Some(receipt) = incoming.receipt {
            let state = read_receipt(&receipt)?;
            let error = state.is_failure().then(|| failure("The handset did not receive the text."));
            return Ok(Received::Status(DeliveryStatus {
                provider_id,
                idempotency_key: incoming.key,
                state,
                error,
            }));
        }
        let from = number::inbound("from", incoming.from.ok_or(DecodeError::Missing("from"))?)?;
        let to = number::inbound("to", incoming.to.ok_or(DecodeError::Missing("to"))?)?;
        let text = incoming.text.ok_or(DecodeError::Missing("text"))?;
        let found = text.chars().count();
        if found > MAX_INBOUND_CHARS {
            return Err(DecodeError::TooLong { field: "text", limit: MAX_INBOUND_CHARS, found });
        }
        if incoming.media.len() > MAX_MEDIA {
            return Err(DecodeError::TooLong {
                field: "media",
                limit: MAX_MEDIA,
                found: incoming.media.len(),
            });
        }
        let media = incoming
            .media
            .into_iter()
            .map(|media| check_media(media.url, media.content_type))
            .collect::<Result<_, _>>()?;
        let text = text.replace('\0', "\u{FFFD}");
        Ok(Received::Message(InboundText { provider_id, from, to, text, media, opt_out_type: None }))
    }

    fn answer(&self) -> Answer {
        Answer { content_type: JSON, body: r#"{"ok":true}"# }
    }

    fn encode(&self, text: &OutgoingText<'_>) -> Result<HttpRequest, EncodeError> {
        text.check()?;
        let body = serde_json::json!({
            "id": text.idempotency_key, "from": text.from, "to": text.to, "text": text.text,
        });
        Ok(HttpRequest {
            method: "POST",
            url: self.deliver_url.clone(),
            headers: vec![
                (KEY_HEADER.to_owned(), self.key.clone()),
                ("Content-Type".to_owned(), JSON.to_owned()),
                ("Accept".to_owned(), JSON.to_owned()),
            ],
            body: body.to_string().into_bytes(),
        })
    }

    fn read_answer(&self, status: u16, _headers: &[(String, String)], body: &[u8]) -> SendResult {
        let answer = serde_json::from_slice::<PhoneAnswer>(body).unwrap_or_default();
        match (status, answer.id) {
            (200..=299, Some(provider_id)) if is_id(&provider_id) => SendResult::Accepted { provider_id },
            (200..=299, _) => {
                SendResult::Rejected(failure("The handset took the text but did not say under which id."))
            }
            (408 | 429 | 500..=599, _) => SendResult::TryAgain {
                after_seconds: Some(1),
                reason: format!("The handset is busy (HTTP {status})."),
            },
            _ => SendResult::Rejected(failure(
                answer.reason.as_deref().unwrap_or("The handset refused the text."),
            )),
        }
    }
}

fn failure(reason: &str) -> CarrierError {
    let reason = reason.chars().take(200).collect();
    CarrierError { code: "handset".to_owned(), reason, permanent: true, means_opted_out: false }
}

fn read_receipt(word: &str) -> Result<DeliveryState, DecodeError> {
    Ok(match word {
        "queued" => DeliveryState::Queued,
        "sent" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "undelivered" => DeliveryState::Undelivered,
        "failed" => DeliveryState::Failed,
        _ => return Err(DecodeError::Unknown("receipt")),
    })
}
