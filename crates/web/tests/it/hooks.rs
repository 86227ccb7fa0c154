//! Carriers' calls: what is kept, what is refused, and what the carrier is told.

use axum::body::Body;
use axum::http::StatusCode;
use channels::InboundText;
use channels::handset::{Handset, KEY_HEADER};

use crate::site::{Answer, KEY, Site, request, twilio};

const US: &str = "+18556849242";
const CUSTOMER: &str = "+15735550101";

fn text(id: &str, to: &str, words: &str) -> Vec<u8> {
    Handset::text_body(&InboundText {
        provider_id: id.to_owned(),
        from: CUSTOMER.to_owned(),
        to: to.to_owned(),
        text: words.to_owned(),
        media: Vec::new(),
        opt_out_type: None,
    })
}

async fn call(site: &Site, key: &str, body: Vec<u8>) -> Answer {
    let request = request("POST", "/hooks/sms/handset")
        .header(KEY_HEADER, key)
        .header("content-type", "application/json");
    site.ask(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_text_is_kept_once_however_often_it_comes_and_always_answered_as_success() {
    let site = Site::new().await;
    for _ in 0..3 {
        let answer = call(&site, KEY, text("HS1", US, "Hello")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    }
    let cards = site.engine.cards().await.unwrap();
    assert_eq!((cards.len(), cards[0].inbound), (1, 1));
}

#[tokio::test]
async fn forged_calls_leave_nothing_behind() {
    let site = Site::new().await;
    for key in ["", "guess"] {
        assert_eq!(call(&site, key, text("HS1", US, "Hello")).await.status, StatusCode::FORBIDDEN);
    }
    assert!(site.engine.cards().await.unwrap().is_empty());
    assert!(site.engine.store().dead_letters(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn bytes_that_cannot_be_read_and_texts_to_unknown_numbers_are_kept_as_dead_letters() {
    let site = Site::new().await;
    assert_eq!(call(&site, KEY, b"{ not json".to_vec()).await.status, StatusCode::OK);
    assert_eq!(call(&site, KEY, text("HS2", "+15735550199", "Hello")).await.status, StatusCode::OK);
    assert_eq!(site.engine.store().dead_letters(10).await.unwrap().len(), 2);
    assert!(site.engine.cards().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_call_over_the_limit_is_answered_with_our_own_sentence_at_every_size() {
    let site = Site::new().await;
    for size in [64 * 1024 + 1, 256 * 1024 + 1, 2 << 20] {
        for told in [true, false] {
            let body = vec![b'x'; size];
            let mut request = request("POST", "/hooks/sms/handset").header(KEY_HEADER, KEY);
            if told {
                request = request.header("content-length", size);
            }
            let answer = site.ask(request.body(Body::from(body)).unwrap()).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{size} {told}");
            assert_eq!(
                answer.text,
                "The call has more than 65536 bytes. It was not read and is not kept; calling again with the same \
                 changes nothing.\n",
                "{size} {told}"
            );
            assert!(answer.header("content-type").starts_with("text/plain"), "{answer:?}");
        }
    }
    assert!(site.engine.store().dead_letters(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn oversized_and_misaddressed_calls_are_told_apart() {
    let site = Site::new().await;
    assert_eq!(call(&site, KEY, vec![b'x'; 64 * 1024 + 1]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let nobody = request("POST", "/hooks/sms/nobody").body(Body::empty()).unwrap();
    assert_eq!(site.ask(nobody).await.status, StatusCode::NOT_FOUND);
    let form =
        request("POST", "/hooks/sms/handset").header(KEY_HEADER, KEY).header("content-type", "text/plain");
    assert_eq!(
        site.ask(form.body(Body::from("x")).unwrap()).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let reading = site.get("/hooks/sms/handset").await;
    assert_eq!(reading.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn when_nothing_can_be_stored_the_carrier_is_asked_to_call_again_and_then_it_is_stored() {
    let site = Site::new().await;
    site.store.fail_next_commits(1_000);
    let answer = call(&site, KEY, text("HS3", US, "Hello")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(site.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
    site.store.heal();
    site.pass(5_000);
    assert_eq!(site.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(call(&site, KEY, text("HS3", US, "Hello")).await.status, StatusCode::OK);
    assert_eq!(site.engine.cards().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_provider_gets_its_empty_document_and_its_signature_covers_the_public_address() {
    let site = Site::new().await;
    let body = format!(
        "AccountSid=AC{}&MessageSid=SM{}&From=%2B15735550101&To=%2B18556849242&Body=Hello&NumMedia=0",
        "0".repeat(32),
        "1".repeat(32)
    );
    let send = async |called: &str| {
        let signature = twilio().sign(called, body.as_bytes());
        let request = request("POST", "/hooks/sms/twilio?line=main")
            .header("X-Twilio-Signature", signature)
            .header("content-type", "application/x-www-form-urlencoded");
        site.ask(request.body(Body::from(body.clone())).unwrap()).await
    };
    assert_eq!(send("http://localhost:8080/hooks/sms/twilio").await.status, StatusCode::FORBIDDEN);
    let answer = send("http://localhost:8080/hooks/sms/twilio?line=main").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(
        answer.header("content-type").starts_with("text/xml") && answer.text.contains("<Response"),
        "{answer:?}"
    );
    assert_eq!(site.engine.cards().await.unwrap().len(), 1);
}
