//! Twilio's documented messaging protocol: signed form-encoded webhooks in, REST calls out.
//!
//! **Owns** the reading of incoming messages and delivery reports, the request that sends a text, the reading
//! of its answer, and (in [`errors`]) what the provider's codes mean to a technician.
//!
//! **Does not own** fetching attachments, retries, or the word list of opt-outs.
//!
//! Sources (provider's documentation): "Twilio's request to your incoming message Webhook URL"
//! (docs/messaging/guides/webhook-request), "Outbound Message Status in Status Callbacks"
//! (docs/messaging/guides/outbound-message-status-in-status-callbacks), "Messages resource"
//! (docs/messaging/api/message-resource), "Secure webhooks" (docs/usage/webhooks/webhooks-security).
//!
//! The REST interface has no idempotency key. So that a text is not sent twice when an answer is lost, our key
//! travels in the query of the status callback address, which the provider calls unchanged and signs: a report
//! that bears the key proves that the attempt was accepted.

pub mod errors;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use thiserror::Error;

use crate::carrier::header;
use crate::form::Form;
use crate::signature::{self, Algorithm};
use crate::{
    Answer, CarrierError, DecodeError, DeliveryState, DeliveryStatus, EncodeError, HttpRequest, InboundText,
    MAX_ID_BYTES, MAX_INBOUND_CHARS, MAX_MEDIA, MAX_MEDIA_URL_BYTES, MAX_REQUEST_BYTES, Media, OutgoingText,
    Received, Request, SendResult, SmsCodec, number,
};

/// The provider's public interface.
pub const API_BASE: &str = "https://api.twilio.com";
/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";
/// The header that names another algorithm than HMAC-SHA1.
pub const SIGNATURE_SETTINGS_HEADER: &str = "X-Twilio-Webhooks-Signature-Settings";
/// The content type of its calls and of ours.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// The query parameter of the status callback that carries our key.
const KEY_PARAMETER: &str = "key";
/// The longest wait a `Retry-After` may ask of us, in seconds.
const MAX_RETRY_AFTER: u32 = 3_600;

/// An account with the provider.
#[derive(Clone)]
pub struct Settings {
    /// `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// Signs their calls and authenticates ours.
    pub auth_token: String,
    /// During a rotation, a second token with which their calls may also be signed. Never used for ours.
    pub other_token: Option<String>,
    /// [`API_BASE`], or a regional one, or a loopback address in tests. Without a slash at the end.
    pub api_base: String,
    /// Our public address for delivery reports, or `None` to do without ticks.
    pub status_callback: Option<String>,
}

impl std::fmt::Debug for Settings {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("account_sid", &self.account_sid)
            .field("api_base", &self.api_base)
            .field("status_callback", &self.status_callback)
            .finish_non_exhaustive()
    }
}

/// A setting that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsFault {
    /// Not of the form `AC` and 32 hexadecimal digits.
    #[error("The account SID must be \"AC\" followed by 32 hexadecimal digits.")]
    AccountSid,
    /// An empty token would let anyone sign.
    #[error("The auth token is empty.")]
    AuthToken,
    /// Neither `https://` nor a loopback address.
    #[error("The carrier's address must begin with https:// (http:// is allowed for this machine only).")]
    ApiBase,
    /// Neither `http://` nor `https://`.
    #[error("The address for delivery reports must begin with https:// or http://.")]
    StatusCallback,
}

/// The codec for one account.
#[derive(Debug, Clone)]
pub struct Twilio {
    settings: Settings,
}

impl Twilio {
    /// Checks and takes the settings.
    ///
    /// # Errors
    /// [`SettingsFault`] for the first setting that cannot work.
    pub fn new(mut settings: Settings) -> Result<Self, SettingsFault> {
        let hexadecimal = settings
            .account_sid
            .strip_prefix("AC")
            .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !hexadecimal {
            return Err(SettingsFault::AccountSid);
        }
        if settings.auth_token.trim().is_empty() {
            return Err(SettingsFault::AuthToken);
        }
        settings.api_base.truncate(settings.api_base.trim_end_matches('/').len());
        if !(settings.api_base.starts_with("https://") || is_loopback(&settings.api_base)) {
            return Err(SettingsFault::ApiBase);
        }
        if settings.status_callback.as_deref().is_some_and(|url| !is_http(url)) {
            return Err(SettingsFault::StatusCallback);
        }
        Ok(Self { settings })
    }

    /// The signature the provider would put on a form sent to `url`: for the simulator and tests.
    #[must_use]
    pub fn sign(&self, url: &str, body: &[u8]) -> String {
        signature::compute(Algorithm::Sha1, &self.settings.auth_token, url, &Form::parse(body))
    }

    fn authenticate(&self, request: &Request<'_>, form: &Form) -> Result<(), DecodeError> {
        let given = request.header(SIGNATURE_HEADER).ok_or(DecodeError::BadSignature)?;
        let algorithm = Algorithm::from_settings(request.header(SIGNATURE_SETTINGS_HEADER))
            .ok_or(DecodeError::BadSignature)?;
        let tokens =
            std::iter::once(self.settings.auth_token.as_str()).chain(self.settings.other_token.as_deref());
        if signature::verify(algorithm, tokens, request.url, form, given) {
            Ok(())
        } else {
            Err(DecodeError::BadSignature)
        }
    }

    fn callback_with_key(&self, key: &str) -> Option<String> {
        let base = self.settings.status_callback.as_deref()?;
        let pair = form_urlencoded::Serializer::new(String::new()).append_pair(KEY_PARAMETER, key).finish();
        let joint = if base.contains('?') { '&' } else { '?' };
        Some(format!("{base}{joint}{pair}"))
    }
}

impl SmsCodec for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn decode(&self, request: &Request<'_>) -> Result<Received, DecodeError> {
        if request.body.len() > MAX_REQUEST_BYTES {
            return Err(DecodeError::TooLarge);
        }
        let media_type = request.header("content-type").unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(FORM) {
            return Err(DecodeError::NotForm);
        }
        let form = Form::parse(request.body);
        self.authenticate(request, &form)?;
        // From here on the bytes are the carrier's own, and every error keeps them.
        if form.required("AccountSid")? != self.settings.account_sid {
            return Err(DecodeError::WrongAccount);
        }
        // An incoming message may bear SmsStatus=received; any other status belongs to a text of ours.
        let state = match form.text("MessageStatus")? {
            Some(state) => Some(state),
            None => form.text("SmsStatus")?,
        };
        match state.as_deref() {
            None | Some("" | "received" | "receiving") => read_message(&form).map(Received::Message),
            Some(state) => read_status(&form, state, request.url).map(Received::Status),
        }
    }

    /// Empty TwiML: the text is taken, and nothing is to be sent back on this call.
    fn answer(&self) -> Answer {
        Answer {
            content_type: "text/xml",
            body: r#"<?xml version="1.0" encoding="UTF-8"?><Response></Response>"#,
        }
    }

    fn encode(&self, text: &OutgoingText<'_>) -> Result<HttpRequest, EncodeError> {
        text.check()?;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("To", text.to).append_pair("From", text.from).append_pair("Body", text.text);
        if let Some(callback) = self.callback_with_key(text.idempotency_key) {
            form.append_pair("StatusCallback", &callback);
        }
        let Settings { account_sid, auth_token, api_base, .. } = &self.settings;
        let basic = STANDARD.encode(format!("{account_sid}:{auth_token}"));
        Ok(HttpRequest {
            method: "POST",
            url: format!("{api_base}/2010-04-01/Accounts/{account_sid}/Messages.json"),
            headers: vec![
                ("Authorization".to_owned(), format!("Basic {basic}")),
                ("Content-Type".to_owned(), FORM.to_owned()),
                ("Accept".to_owned(), "application/json".to_owned()),
            ],
            body: form.finish().into_bytes(),
        })
    }

    fn read_answer(&self, status: u16, headers: &[(String, String)], body: &[u8]) -> SendResult {
        let answer = serde_json::from_slice::<RestAnswer>(body).unwrap_or_default();
        match status {
            200..=299 => accepted(answer.sid),
            429 => slow_down(answer.code, headers),
            408 | 500..=599 => SendResult::TryAgain {
                after_seconds: retry_after(headers),
                reason: format!("The carrier has a fault of its own (HTTP {status})."),
            },
            400..=499 => refused(status, answer.code, headers),
            _ => SendResult::TryAgain {
                after_seconds: Some(300),
                reason: format!(
                    "Unexpected answer (HTTP {status}); check the carrier's address in the settings."
                ),
            },
        }
    }
}

/// What we read of the provider's JSON, of a message or of an error.
#[derive(Default, Deserialize)]
struct RestAnswer {
    #[serde(default)]
    sid: Option<String>,
    #[serde(default)]
    code: Option<u64>,
}

fn accepted(sid: Option<String>) -> SendResult {
    match sid {
        Some(provider_id) if is_id(&provider_id) => SendResult::Accepted { provider_id },
        // The text is on its way; sending it again would give the customer two.
        _ => SendResult::Rejected(CarrierError {
            code: "answer-unreadable".to_owned(),
            reason: "The carrier took the text, but its answer could not be read; whether it arrives cannot be followed."
                .to_owned(),
            permanent: true,
            means_opted_out: false,
        }),
    }
}

fn refused(status: u16, code: Option<u64>, headers: &[(String, String)]) -> SendResult {
    let code_text = code.map_or_else(|| format!("http-{status}"), |code| code.to_string());
    match (code.and_then(errors::find), status) {
        (Some(known), _) => match known.again_after_seconds {
            Some(seconds) => SendResult::TryAgain {
                after_seconds: Some(retry_after(headers).unwrap_or(seconds)),
                reason: format!("{} ({})", known.reason, known.code),
            },
            None => SendResult::Rejected(errors::explain(&code_text)),
        },
        // The credentials or the address are wrong, which is no fault of this text: it waits to be sent.
        (None, 401 | 403 | 404 | 405) => SendResult::TryAgain {
            after_seconds: Some(300),
            reason: format!(
                "The carrier does not accept our account ({code_text}). An administrator must check the carrier's settings."
            ),
        },
        (None, _) => SendResult::Rejected(CarrierError { permanent: true, ..errors::explain(&code_text) }),
    }
}

/// A daily limit also comes as 429, with a code of its own and a longer wait.
fn slow_down(code: Option<u64>, headers: &[(String, String)]) -> SendResult {
    let known = code.and_then(errors::find).and_then(|known| Some((known, known.again_after_seconds?)));
    let (seconds, reason) = match known {
        Some((known, seconds)) if known.code != 20429 => {
            (seconds, format!("{} ({})", known.reason, known.code))
        }
        _ => (5, "The carrier asks us to send more slowly.".to_owned()),
    };
    SendResult::TryAgain { after_seconds: Some(retry_after(headers).unwrap_or(seconds)), reason }
}

/// Whole seconds only: a date would need a clock. Clamped, so that a wrong header cannot stop the line.
fn retry_after(headers: &[(String, String)]) -> Option<u32> {
    header(headers, "retry-after")?
        .trim()
        .parse::<u32>()
        .ok()
        .map(|seconds| seconds.clamp(1, MAX_RETRY_AFTER))
}

fn read_message(form: &Form) -> Result<InboundText, DecodeError> {
    let provider_id = message_id(form)?;
    let from = number::inbound("From", form.required("From")?)?;
    let to = number::inbound("To", form.required("To")?)?;
    let text = form.text("Body")?.ok_or(DecodeError::Missing("Body"))?;
    let found = text.chars().count();
    if found > MAX_INBOUND_CHARS {
        return Err(DecodeError::TooLong { field: "Body", limit: MAX_INBOUND_CHARS, found });
    }
    let opt_out_type = form.text("OptOutType")?.filter(|kind| !kind.is_empty());
    if opt_out_type.as_deref().is_some_and(|kind| !matches!(kind, "STOP" | "START" | "HELP")) {
        return Err(DecodeError::Unknown("OptOutType"));
    }
    Ok(InboundText {
        provider_id,
        from,
        to,
        text: text.replace('\0', "\u{FFFD}"),
        media: read_media(form)?,
        opt_out_type,
    })
}

fn read_media(form: &Form) -> Result<Vec<Media>, DecodeError> {
    let count = match form.text("NumMedia")?.as_deref() {
        None | Some("") => 0,
        Some(digits) => digits.parse::<usize>().map_err(|_| DecodeError::Unknown("NumMedia"))?,
    };
    if count > MAX_MEDIA {
        return Err(DecodeError::TooLong { field: "NumMedia", limit: MAX_MEDIA, found: count });
    }
    (0..count)
        .map(|index| {
            let url = form.text(&format!("MediaUrl{index}"))?.ok_or(DecodeError::Missing("MediaUrl"))?;
            let content_type = form.text(&format!("MediaContentType{index}"))?.unwrap_or_default();
            check_media(url, content_type)
        })
        .collect()
}

/// Shared with the handset: an attachment whose address is safe to show as a link.
pub(crate) fn check_media(url: String, content_type: String) -> Result<Media, DecodeError> {
    if url.len() > MAX_MEDIA_URL_BYTES {
        return Err(DecodeError::TooLong { field: "MediaUrl", limit: MAX_MEDIA_URL_BYTES, found: url.len() });
    }
    let printable = url.chars().all(|c| !c.is_control() && !c.is_whitespace());
    if !(is_http(&url) && printable) {
        return Err(DecodeError::Unknown("MediaUrl"));
    }
    let plain = !content_type.is_empty()
        && content_type.len() <= 255
        && content_type.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let content_type = if plain { content_type } else { "application/octet-stream".to_owned() };
    Ok(Media { url, content_type })
}

fn read_status(form: &Form, state: &str, url: &str) -> Result<DeliveryStatus, DecodeError> {
    let provider_id = message_id(form)?;
    let state_read = match state {
        "accepted" | "scheduled" | "queued" | "sending" => DeliveryState::Queued,
        // Of a message in several parts some have arrived: more than nothing, less than delivered.
        "sent" | "partially_delivered" => DeliveryState::Sent,
        "delivered" | "read" => DeliveryState::Delivered,
        "undelivered" => DeliveryState::Undelivered,
        "failed" | "canceled" => DeliveryState::Failed,
        _ => return Err(DecodeError::Unknown("MessageStatus")),
    };
    let code = form.text("ErrorCode")?.filter(|code| !code.is_empty());
    if code.as_deref().is_some_and(|code| code.len() > 9 || !code.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(DecodeError::Unknown("ErrorCode"));
    }
    let error = state_read.is_failure().then(|| match code {
        Some(code) => errors::explain(&code),
        None => errors::without_code(state),
    });
    Ok(DeliveryStatus { provider_id, idempotency_key: key_of(url), state: state_read, error })
}

/// Our key from the address called. The address is covered by the signature, so the key is ours.
fn key_of(url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == KEY_PARAMETER && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

/// `MessageSid`; calls of older applications name it `SmsSid` only.
fn message_id(form: &Form) -> Result<String, DecodeError> {
    let id = match form.text("MessageSid")?.filter(|id| !id.is_empty()) {
        Some(id) => id,
        None => form.required("SmsSid").map_err(|fault| match fault {
            DecodeError::Missing(_) => DecodeError::Missing("MessageSid"),
            other => other,
        })?,
    };
    if is_id(&id) { Ok(id) } else { Err(DecodeError::Unknown("MessageSid")) }
}

/// Letters, digits, hyphen and underscore of ASCII, at most [`MAX_ID_BYTES`].
pub(crate) fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MAX_ID_BYTES
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

pub(crate) fn is_http(url: &str) -> bool {
    let host_follows = |rest: &str| !rest.is_empty() && !rest.starts_with('/');
    ["https://", "http://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(host_follows))
}

fn is_loopback(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|host| authority.strip_prefix(host).is_some_and(|tail| tail.is_empty() || tail.starts_with(':')))
}
