//! Integration tests of the codecs: every fixture, hostile bytes, and the provider's own library as peer.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test binary fail the test when what they prepare is not there"
)]

mod fixtures;
mod handset;
mod hostile;
mod ical;
mod peers;

use channels::twilio::{API_BASE, FORM, SIGNATURE_HEADER, Settings, Twilio};
use channels::{DecodeError, Received, Request, SmsCodec};

pub(crate) const ACCOUNT: &str = "AC7e577e577e577e577e577e577e577e57";
pub(crate) const TOKEN: &str = "test-token-7e57";
pub(crate) const URL: &str = "https://texts.example.org/hooks/twilio";
pub(crate) const KEY: &str = "7e57c0de-0000-4000-8000-000000000001";

pub(crate) fn settings() -> Settings {
    Settings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: TOKEN.to_owned(),
        other_token: None,
        api_base: API_BASE.to_owned(),
        status_callback: Some(URL.to_owned()),
    }
}

pub(crate) fn codec() -> Twilio {
    Twilio::new(settings()).unwrap()
}

pub(crate) fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Signs the bytes as the provider would, then decodes them.
pub(crate) fn decode_signed(codec: &Twilio, url: &str, body: &[u8]) -> Result<Received, DecodeError> {
    let signature = codec.sign(url, body);
    let headers = headers(&[("content-type", FORM), (SIGNATURE_HEADER, &signature)]);
    codec.decode(&Request { url, headers: &headers, body })
}
