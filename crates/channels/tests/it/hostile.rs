//! Forged, replayed elsewhere, oversized and random calls.

use channels::twilio::{FORM, SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER, Settings, SettingsFault, Twilio};
use channels::{DecodeError, MAX_REQUEST_BYTES, OutgoingText, Received, Request, SmsCodec};
use proptest::prelude::*;

use crate::{ACCOUNT, KEY, TOKEN, URL, codec, decode_signed, headers, settings};

fn text(sid: &str) -> Vec<u8> {
    format!("AccountSid={ACCOUNT}&MessageSid={sid}&From=%2B15735550100&To=%2B18556849242&Body=hi")
        .into_bytes()
}

fn decode_with(
    codec: &Twilio,
    url: &str,
    pairs: &[(&str, &str)],
    body: &[u8],
) -> Result<Received, DecodeError> {
    codec.decode(&Request { url, headers: &headers(pairs), body })
}

#[test]
fn a_forged_or_moved_signature_is_refused() {
    let codec = codec();
    let body = text("SM1");
    let good = codec.sign(URL, &body);
    let call = |url: &str, signature: &str, body: &[u8]| {
        decode_with(&codec, url, &[("Content-Type", FORM), (SIGNATURE_HEADER, signature)], body)
    };
    assert!(call(URL, &good, &body).is_ok());
    assert!(call("https://texts.example.org:443/hooks/twilio", &good, &body).is_ok());
    for (url, signature, sent) in [
        (URL, "", body.clone()),
        (URL, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", body.clone()),
        (URL, good.trim_end_matches('='), body.clone()),
        (URL, good.to_ascii_lowercase().as_str(), body.clone()),
        ("https://texts.example.org/hooks/other", good.as_str(), body.clone()),
        ("http://texts.example.org/hooks/twilio", good.as_str(), body.clone()),
        (URL, good.as_str(), text("SM2")),
    ] {
        let fault = call(url, signature, &sent).unwrap_err();
        assert_eq!(fault, DecodeError::BadSignature, "{url} {signature}");
        assert!(!fault.keep());
    }
}

#[test]
fn either_token_signs_during_a_rotation_but_only_the_first_sends() {
    let rotated = Settings { other_token: Some("next-token".to_owned()), ..settings() };
    let codec = Twilio::new(rotated).unwrap();
    let body = text("SM1");
    let next = Twilio::new(Settings { auth_token: "next-token".to_owned(), ..settings() }).unwrap();
    let stranger = Twilio::new(Settings { auth_token: "stranger".to_owned(), ..settings() }).unwrap();
    let call = |signature: String| {
        decode_with(&codec, URL, &[("Content-Type", FORM), (SIGNATURE_HEADER, &signature)], &body)
    };
    assert!(call(codec.sign(URL, &body)).is_ok());
    assert!(call(next.sign(URL, &body)).is_ok());
    assert_eq!(call(stranger.sign(URL, &body)), Err(DecodeError::BadSignature));
    let out = OutgoingText { from: "+18556849242", to: "+15735550100", text: "Hello", idempotency_key: KEY };
    let authorisation = |codec: &Twilio| codec.encode(&out).unwrap().headers[0].1.clone();
    assert_eq!(authorisation(&codec), authorisation(&crate::codec()));
    assert_ne!(authorisation(&codec), authorisation(&next));
}

#[test]
fn an_empty_second_token_opens_nothing() {
    let codec = Twilio::new(Settings { other_token: Some(String::new()), ..settings() }).unwrap();
    // Signed with the empty key, as anyone can: base64(HMAC-SHA1("", URL)).
    let forged = "JOhUY4TXiERknVKJLSw3RtXYRQg=";
    let fault =
        decode_with(&codec, URL, &[("Content-Type", FORM), (SIGNATURE_HEADER, forged)], b"").unwrap_err();
    assert_eq!(fault, DecodeError::BadSignature);
}

#[test]
fn an_algorithm_we_do_not_know_is_refused() {
    let codec = codec();
    let body = text("SM1");
    let good = codec.sign(URL, &body);
    for (settings, genuine) in [("key=k,algorithm=HMAC_SHA1", true), ("key=k,algorithm=NONE", false)] {
        let pairs = [
            ("Content-Type", FORM),
            (SIGNATURE_HEADER, good.as_str()),
            (SIGNATURE_SETTINGS_HEADER, settings),
        ];
        assert_eq!(decode_with(&codec, URL, &pairs, &body).is_ok(), genuine, "{settings}");
    }
}

#[test]
fn oversized_calls_are_refused_at_the_byte_and_not_kept() {
    let codec = codec();
    let mut body = text("SM1");
    body.extend_from_slice(b"&Pad=");
    body.resize(MAX_REQUEST_BYTES, b'x');
    assert!(decode_signed(&codec, URL, &body).is_ok());
    body.push(b'x');
    let fault = decode_signed(&codec, URL, &body).unwrap_err();
    assert_eq!(fault, DecodeError::TooLarge);
    assert!(!fault.keep() && fault.http_status() == 413);
}

#[test]
fn another_content_type_is_refused_and_parameters_of_the_right_one_are_not() {
    let codec = codec();
    let body = text("SM1");
    let good = codec.sign(URL, &body);
    for (content_type, taken) in [
        (FORM, true),
        ("Application/X-WWW-Form-Urlencoded; charset=UTF-8", true),
        ("application/json", false),
        ("multipart/form-data; boundary=x", false),
        ("", false),
    ] {
        let result =
            decode_with(&codec, URL, &[("CONTENT-TYPE", content_type), ("x-twilio-signature", &good)], &body);
        assert_eq!(result.is_ok(), taken, "{content_type}");
        if let Err(fault) = result {
            assert_eq!(fault, DecodeError::NotForm);
        }
    }
}

#[test]
fn faults_never_repeat_what_the_customer_wrote() {
    let codec = codec();
    let secret = "my+ssn+is+123";
    let body = format!("AccountSid={ACCOUNT}&MessageSid=SM1&From={secret}&To=1&Body=%E3{secret}");
    let fault = decode_signed(&codec, URL, body.as_bytes()).unwrap_err();
    assert!(!fault.to_string().contains("123") && !format!("{fault:?}").contains("123"));
    let body = format!("AccountSid={ACCOUNT}&MessageSid=SM1&From=%2B15735550100&To=733733&Body=%E3{secret}");
    let fault = decode_signed(&codec, URL, body.as_bytes()).unwrap_err();
    assert_eq!(fault.name(), "bad_encoding");
    assert!(!fault.to_string().contains("123"));
}

#[test]
fn nothing_printed_for_debugging_holds_a_secret() {
    let codec = codec();
    let out = OutgoingText { from: "+18556849242", to: "+15735550100", text: "Hello", idempotency_key: KEY };
    let request = codec.encode(&out).unwrap();
    let printed = format!("{codec:?} {request:?}");
    assert!(!printed.contains(TOKEN) && !printed.contains(&request.headers[0].1));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let fault = |changed: Settings| Twilio::new(changed).unwrap_err();
    let with = settings;
    assert_eq!(fault(Settings { account_sid: "AC1".to_owned(), ..with() }), SettingsFault::AccountSid);
    assert_eq!(
        fault(Settings { account_sid: format!("AC{}", "../".repeat(11)), ..with() }),
        SettingsFault::AccountSid
    );
    assert_eq!(fault(Settings { auth_token: " ".to_owned(), ..with() }), SettingsFault::AuthToken);
    for base in ["http://api.example.org", "http://127.0.0.1.example.org", "ftp://x", ""] {
        assert_eq!(fault(Settings { api_base: base.to_owned(), ..with() }), SettingsFault::ApiBase, "{base}");
    }
    assert!(Twilio::new(Settings { api_base: "http://127.0.0.1:9000/".to_owned(), ..with() }).is_ok());
    assert_eq!(
        fault(Settings { status_callback: Some("texts.example.org".to_owned()), ..with() }),
        SettingsFault::StatusCallback
    );
}

#[test]
fn a_text_over_the_limit_makes_no_request() {
    let long = "x".repeat(1_601);
    let out = OutgoingText { from: "+18556849242", to: "+15735550100", text: &long, idempotency_key: KEY };
    assert_eq!(codec().encode(&out), Err(channels::EncodeError::TooLong(1_601)));
}

proptest! {
    #[test]
    fn decoding_signed_rubbish_never_panics_and_always_keeps_it(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Err(fault) = decode_signed(&codec(), URL, &body) {
            prop_assert!(fault.keep());
        }
    }

    /// Closer to the protocol than random bytes: known fields with hostile values, in any order and number.
    #[test]
    fn decoding_signed_fields_with_hostile_values_never_panics(
        fields in proptest::collection::vec(
            (
                prop::sample::select(vec![
                    "MessageSid", "SmsSid", "From", "To", "Body", "NumMedia", "MediaUrl0", "MediaContentType0",
                    "MessageStatus", "SmsStatus", "ErrorCode", "OptOutType",
                ]),
                prop_oneof![
                    any::<String>(),
                    Just("+15735550100".to_owned()),
                    Just("received".to_owned()),
                    Just("failed".to_owned()),
                    "[0-9]{0,30}",
                ],
            ),
            0..12,
        )
    ) {
        let mut form = form_urlencoded(&[("AccountSid", ACCOUNT)]);
        for (name, value) in &fields {
            form.push('&');
            form.push_str(&form_urlencoded(&[(name, value)]));
        }
        match decode_signed(&codec(), URL, form.as_bytes()) {
            Ok(Received::Message(message)) => {
                prop_assert!(!message.text.contains('\0'));
                prop_assert!(channels::is_e164(&message.from) || channels::is_short_code(&message.from));
                prop_assert!(message.media.iter().all(|media| media.url.starts_with("http")));
            }
            Ok(Received::Status(status)) => prop_assert_eq!(status.error.is_some(), status.state.is_failure()),
            Err(fault) => prop_assert!(fault.keep()),
        }
    }

    #[test]
    fn unsigned_bytes_are_never_kept(
        url in any::<String>(),
        signature in any::<String>(),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let pairs = [("Content-Type", FORM), (SIGNATURE_HEADER, signature.as_str())];
        let fault = decode_with(&codec(), &url, &pairs, &body).unwrap_err();
        prop_assert!(!fault.keep());
    }

    #[test]
    fn reading_any_answer_never_panics(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..200)) {
        codec().read_answer(status, &[], &body);
    }

    /// What goes out as a form field comes back as the same text when the same words come in.
    #[test]
    fn any_text_survives_the_way_through_a_form(text in "[^\0]{1,300}") {
        let out = OutgoingText { from: "+18556849242", to: "+15735550100", text: &text, idempotency_key: KEY };
        prop_assume!(out.check().is_ok());
        let mut body = codec().encode(&out).unwrap().body;
        body.extend_from_slice(format!("&AccountSid={ACCOUNT}&MessageSid=SM1").as_bytes());
        let Ok(Received::Message(back)) = decode_signed(&codec(), URL, &body) else {
            return Err(TestCaseError::fail("not read as a message"));
        };
        prop_assert_eq!(back.text, text);
    }

    #[test]
    fn our_key_comes_back_in_the_report(key in "[!-~ ]{1,60}") {
        let out = OutgoingText { from: "+18556849242", to: "+15735550100", text: "Hello", idempotency_key: &key };
        let request = codec().encode(&out).unwrap();
        let callback = form_field(&request.body, "StatusCallback");
        let body = format!("AccountSid={ACCOUNT}&MessageSid=SM1&MessageStatus=sent");
        let Ok(Received::Status(status)) = decode_signed(&codec(), &callback, body.as_bytes()) else {
            return Err(TestCaseError::fail("not read as a report"));
        };
        prop_assert_eq!(status.idempotency_key.as_deref(), Some(key.as_str()));
    }
}

fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn form_field(body: &[u8], name: &str) -> String {
    form_urlencoded::parse(body).find(|(found, _)| found == name).unwrap().1.into_owned()
}
