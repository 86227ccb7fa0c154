//! The browser handset's codec.

use channels::handset::{Delivery, Handset, KEY_HEADER};
use channels::{
    DecodeError, DeliveryState, InboundText, Media, OutgoingText, Received, Request, SendResult, SmsCodec,
};
use proptest::prelude::*;

use crate::headers;

const URL: &str = "http://localhost:8080/hooks/handset";

fn codec() -> Handset {
    Handset::new("http://localhost:8080/demo/handset/deliver", "shared")
}

fn decode(body: &[u8]) -> Result<Received, DecodeError> {
    let headers = headers(&[("content-type", "application/json"), (KEY_HEADER, "shared")]);
    codec().decode(&Request { url: URL, headers: &headers, body })
}

fn text(words: &str) -> InboundText {
    InboundText {
        provider_id: "hs-1".to_owned(),
        from: "+15735550100".to_owned(),
        to: "+18556849242".to_owned(),
        text: words.to_owned(),
        media: vec![Media {
            url: "https://x.example/a.jpg".to_owned(),
            content_type: "image/jpeg".to_owned(),
        }],
        opt_out_type: None,
    }
}

#[test]
fn without_the_key_nothing_gets_in() {
    let body = Handset::text_body(&text("hi"));
    for pairs in [
        vec![("Content-Type", "application/json")],
        vec![("Content-Type", "application/json"), (KEY_HEADER, "guess")],
        vec![("Content-Type", "application/json"), (KEY_HEADER, "")],
    ] {
        let request = Request { url: URL, headers: &headers(&pairs), body: &body };
        assert_eq!(codec().decode(&request), Err(DecodeError::BadSignature));
        assert_eq!(Handset::new("", "").decode(&request), Err(DecodeError::BadSignature));
    }
    let wrong_type = headers(&[("Content-Type", "text/plain"), (KEY_HEADER, "shared")]);
    assert_eq!(
        codec().decode(&Request { url: URL, headers: &wrong_type, body: &body }),
        Err(DecodeError::NotForm)
    );
}

#[test]
fn limits_are_those_of_a_real_carrier() {
    assert!(decode(&Handset::text_body(&text(&"x".repeat(10_000)))).is_ok());
    assert_eq!(decode(&Handset::text_body(&text(&"x".repeat(10_001)))).unwrap_err().name(), "too_long");
    assert_eq!(decode(&vec![b' '; 64 * 1024 + 1]), Err(DecodeError::TooLarge));
    let mut many = text("hi");
    many.media = vec![many.media[0].clone(); 11];
    assert_eq!(decode(&Handset::text_body(&many)).unwrap_err().name(), "too_long");
    let mut script = text("hi");
    script.media[0].url = "javascript:alert(1)".to_owned();
    assert_eq!(decode(&Handset::text_body(&script)).unwrap_err().name(), "unknown");
}

#[test]
fn nul_is_replaced_and_nothing_else_is_touched() {
    let Ok(Received::Message(read)) = decode(&Handset::text_body(&text(" a\0b\u{202b} "))) else {
        panic!("not a text")
    };
    assert_eq!(read.text, " a\u{FFFD}b\u{202b} ");
}

#[test]
fn faults_have_their_names() {
    for (body, name) in [
        (&b"{"[..], "bad_encoding"),
        (br#"{"id":"a","from":"+15735550100","to":"733","text":"\ud800"}"#, "bad_encoding"),
        (b"{\"id\":\"a\",\"from\":\"+15735550100\",\"to\":\"733\",\"text\":\"\xE3\"}", "bad_encoding"),
        (br#"{"id":"a","id":"b","from":"+15735550100","to":"733","text":"x"}"#, "bad_encoding"),
        (br#"{"id":"a","extra":1}"#, "bad_encoding"),
        (br#"{"from":"+15735550100","to":"733","text":"x"}"#, "missing"),
        (br#"{"id":"","from":"+15735550100","to":"733","text":"x"}"#, "missing"),
        (br#"{"id":"a","to":"733","text":"x"}"#, "missing"),
        (br#"{"id":"a","from":"+15735550100","to":"733"}"#, "missing"),
        (br#"{"id":"a/b","from":"+15735550100","to":"733","text":"x"}"#, "unknown"),
        (br#"{"id":"a","from":"573","to":"us","text":"x"}"#, "bad_number"),
        (br#"{"id":"a","receipt":"eaten"}"#, "unknown"),
    ] {
        let fault = decode(body).unwrap_err();
        assert_eq!(fault.name(), name, "{}", String::from_utf8_lossy(body));
        assert!(fault.keep());
    }
}

#[test]
fn receipts_move_the_tick() {
    for state in [
        DeliveryState::Queued,
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Undelivered,
        DeliveryState::Failed,
    ] {
        let Ok(Received::Status(status)) = decode(&Handset::receipt_body("hs-7", state)) else {
            panic!("not a receipt")
        };
        assert_eq!((status.provider_id.as_str(), status.state), ("hs-7", state));
        assert_eq!(status.error.is_some(), state.is_failure());
    }
}

#[test]
fn a_text_for_the_phone_is_read_back_whole() {
    let out = OutgoingText {
        from: "+18556849242",
        to: "+15735550100",
        text: "Hola \u{1F600}\n\"x\"",
        idempotency_key: "k-1",
    };
    let request = codec().encode(&out).unwrap();
    assert_eq!(request.url, "http://localhost:8080/demo/handset/deliver");
    let read = Request { url: &request.url, headers: &request.headers, body: &request.body };
    let expected = Delivery {
        id: "k-1".to_owned(),
        from: out.from.to_owned(),
        to: out.to.to_owned(),
        text: out.text.to_owned(),
    };
    assert_eq!(codec().read_delivery(&read), Ok(expected));
    let stranger = Handset::new("", "other");
    assert_eq!(stranger.read_delivery(&read), Err(DecodeError::BadSignature));
}

#[test]
fn answers_of_the_phone() {
    let read = |status, body: &[u8]| codec().read_answer(status, &[], body);
    assert_eq!(read(200, br#"{"id":"k-1"}"#), SendResult::Accepted { provider_id: "k-1".to_owned() });
    assert!(matches!(read(200, b"ok"), SendResult::Rejected(_)));
    assert!(matches!(read(503, b""), SendResult::TryAgain { after_seconds: Some(1), .. }));
    let SendResult::Rejected(error) = read(404, br#"{"reason":"No such handset."}"#) else { panic!("taken") };
    assert_eq!(error.reason, "No such handset.");
}

proptest! {
    #[test]
    fn rubbish_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Err(fault) = decode(&body) {
            prop_assert!(fault.keep());
        }
    }

    #[test]
    fn any_text_of_the_phone_arrives_as_typed(words in "[^\0]{0,300}") {
        let sent = text(&words);
        prop_assert_eq!(decode(&Handset::text_body(&sent)), Ok(Received::Message(sent)));
    }
}
