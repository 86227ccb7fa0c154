//! The signature on a carrier's call: a keyed hash over the address called and the sorted form fields, compared
//! in constant time, with the address tried with and without its port.
//!
//! The protocol signs no time, so a genuine call can be replayed by whoever saw it; that is harmless because the
//! engine takes each message identifier once and a delivery report can only move a tick forward.
//!
//! Source: Twilio, "Secure webhooks" (twilio.com/docs/usage/webhooks/webhooks-security); the port variants and
//! the shared-key algorithm follow the provider's published helper library, which the peer test runs beside us.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::form::Form;

/// Which hash a call was signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// The account's auth token, HMAC-SHA1: the usual case.
    Sha1,
    /// A shared webhook key, HMAC-SHA256, announced by `X-Twilio-Webhooks-Signature-Settings`.
    Sha256,
}

impl Algorithm {
    /// Reads `key=...,algorithm=HMAC_SHA256`. Absent settings mean SHA-1; an algorithm unknown to us is `None`,
    /// which no signature can satisfy.
    pub(crate) fn from_settings(header: Option<&str>) -> Option<Self> {
        let named = header.unwrap_or_default().split(',').find_map(|part| {
            let (name, value) = part.split_once('=')?;
            (name.trim() == "algorithm" && !value.trim().is_empty())
                .then(|| value.trim().to_ascii_uppercase())
        });
        match named.as_deref() {
            None | Some("HMAC_SHA1") => Some(Self::Sha1),
            Some("HMAC_SHA256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }
}

/// The base64 signature of one exact address and form.
pub(crate) fn compute(algorithm: Algorithm, token: &str, url: &str, form: &Form) -> String {
    let mut message = url.as_bytes().to_vec();
    for (name, value) in form.signed_order() {
        message.extend_from_slice(name);
        message.extend_from_slice(value);
    }
    match algorithm {
        Algorithm::Sha1 => keyed::<Hmac<Sha1>>(token, &message),
        Algorithm::Sha256 => keyed::<Hmac<Sha256>>(token, &message),
    }
}

fn keyed<M: Mac + KeyInit>(token: &str, message: &[u8]) -> String {
    // HMAC takes a key of any length; the empty string can therefore never stand for a failure that occurs.
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(token.as_bytes()) else { return String::new() };
    mac.update(message);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Whether one of the tokens, over one of the address's spellings, made this signature. Every combination is
/// computed, so that the time taken does not tell which one came close. Empty tokens never match.
pub(crate) fn verify<'a>(
    algorithm: Algorithm,
    tokens: impl Iterator<Item = &'a str>,
    url: &str,
    form: &Form,
    signature: &str,
) -> bool {
    let spellings = spellings(url);
    let mut genuine = subtle::Choice::from(0);
    for token in tokens.filter(|token| !token.is_empty()) {
        for spelling in &spellings {
            let expected = compute(algorithm, token, spelling, form);
            genuine |= expected.as_bytes().ct_eq(signature.as_bytes());
        }
    }
    genuine.into()
}

/// The address as given, without its port, and with the usual port of its scheme: the provider's servers are
/// not consistent about which of them they sign.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return all };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // A colon inside the brackets of an IPv6 address, or in `user:password@`, is not the port's.
    let host_from = authority.rfind(['@', ']']).map_or(0, |at| at + 1);
    let port_at = authority.get(host_from..).and_then(|tail| tail.find(':')).map(|at| host_from + at);
    match port_at {
        Some(at) => {
            let bare = authority.get(..at).unwrap_or(authority);
            all.push(format!("{scheme}://{bare}{path}"));
        }
        None => {
            let port = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
            all.push(format!("{scheme}://{authority}:{port}{path}"));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_tried_with_and_without_their_port() {
        for (url, other) in [
            ("https://a.example/hooks/sms?x=1:2", "https://a.example:443/hooks/sms?x=1:2"),
            ("http://a.example", "http://a.example:80"),
            ("https://a.example:8443/hooks", "https://a.example/hooks"),
            ("http://[::1]:8080/hooks", "http://[::1]/hooks"),
            ("http://[::1]/hooks", "http://[::1]:80/hooks"),
            ("https://user:secret@a.example/hooks", "https://user:secret@a.example:443/hooks"),
        ] {
            assert_eq!(spellings(url), [url, other]);
        }
        assert_eq!(spellings("not an address"), ["not an address"]);
    }

    #[test]
    fn settings_choose_the_algorithm_and_unknown_ones_match_nothing() {
        assert_eq!(Algorithm::from_settings(None), Some(Algorithm::Sha1));
        assert_eq!(Algorithm::from_settings(Some("")), Some(Algorithm::Sha1));
        assert_eq!(Algorithm::from_settings(Some("key=k1, algorithm=hmac_sha256")), Some(Algorithm::Sha256));
        assert_eq!(Algorithm::from_settings(Some("key=k1,algorithm=NONE")), None);
    }

    #[test]
    fn no_token_and_an_empty_token_verify_nothing() {
        let form = Form::parse(b"a=b");
        let made = compute(Algorithm::Sha1, "", "https://a.example/", &form);
        assert!(!verify(Algorithm::Sha1, std::iter::empty(), "https://a.example/", &form, &made));
        assert!(!verify(Algorithm::Sha1, [""].into_iter(), "https://a.example/", &form, &made));
    }

    fn algorithm() -> impl Strategy<Value = Algorithm> {
        prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256)]
    }

    proptest! {
        #[test]
        fn what_is_signed_verifies_and_any_change_does_not(
            algorithm in algorithm(),
            token in "[a-f0-9]{1,64}",
            path in "[a-z/]{0,20}",
            body in proptest::collection::vec(any::<u8>(), 0..300),
            extra in "[a-z]{1,5}",
        ) {
            let url = format!("https://host.example/{path}");
            let form = Form::parse(&body);
            let made = compute(algorithm, &token, &url, &form);
            let ported = format!("https://host.example:443/{path}");
            prop_assert!(verify(algorithm, [token.as_str()].into_iter(), &url, &form, &made));
            prop_assert!(verify(algorithm, ["other", token.as_str()].into_iter(), &url, &form, &made));
            prop_assert!(verify(algorithm, [token.as_str()].into_iter(), &ported, &form, &made));

            let changed_token = format!("{token}{extra}");
            prop_assert!(!verify(algorithm, [changed_token.as_str()].into_iter(), &url, &form, &made));
            let changed_url = format!("{url}{extra}");
            prop_assert!(!verify(algorithm, [token.as_str()].into_iter(), &changed_url, &form, &made));
            let mut changed_body = body.clone();
            changed_body.extend_from_slice(format!("&zz{extra}=1").as_bytes());
            let changed_form = Form::parse(&changed_body);
            prop_assert!(!verify(algorithm, [token.as_str()].into_iter(), &url, &changed_form, &made));
        }
    }
}
