//! The circle with the carrier: its own published library signs what comes in and reports, and its client shows what our
//! requests must look like. The program is the real one, the REST interface is on this machine.

use std::time::Duration;

use channels::twilio::{API_BASE, FORM, SIGNATURE_HEADER, Settings, Twilio};
use domain::event::customer_stream;
use domain::id::Address;
use domain::interaction::{Delivery, EndReason};
use domain::view::What;
use serde_json::{Value, json};
use store::Store as _;

use crate::carrier::{Call, Carrier, Say};
use crate::http::{Answer, call, fields, header};
use crate::peer::{peer, post, post_text, text};
use crate::place::Place;
use crate::program::Server;
use crate::reading::{self, Line, block_on};
use crate::{ACCOUNT, LINE, PUBLIC_URL, TOKEN, wait_for};

const HOOK: &str = "/hooks/sms/twilio";
const CUSTOMER: &str = "+15735550100";

/// A carrier, the settings for it, and the program.
struct Circle {
    carrier: Carrier,
    place: Place,
    server: Server,
}

impl Circle {
    fn with(carrier: Carrier) -> Self {
        let place = Place::with_carrier(carrier.port);
        let server = Server::start(&place);
        Self { carrier, place, server }
    }

    fn willing() -> Self {
        Self::with(Carrier::willing())
    }

    /// What the customer's interactions hold, in order.
    fn lines(&self) -> Vec<Line> {
        reading::transcripts(&reading::open(&self.place)).into_values().flatten().collect()
    }

    fn incoming(&self) -> Vec<String> {
        let lines = self.lines().into_iter().filter(|line| matches!(line.entry.what, What::In { .. }));
        lines.filter_map(|line| line.text).collect()
    }

    fn deliveries(&self) -> Vec<Delivery> {
        let lines = self.lines().into_iter();
        lines
            .filter_map(|l| if let What::Out { delivery, .. } = l.entry.what { Some(delivery) } else { None })
            .collect()
    }

    /// Waits until the carrier was asked so many times.
    fn asked(&self, times: usize) -> Vec<Call> {
        wait_for("the carrier to be asked", 30, || {
            Some(self.carrier.calls()).filter(|calls| calls.len() >= times)
        })
    }

    fn has_opted_out(&self) -> bool {
        let stream = customer_stream(&Address::from(CUSTOMER));
        let found =
            block_on(reading::open(&self.place).load(&[stream])).unwrap().into_iter().next().flatten();
        found.is_some_and(|snapshot| {
            let state: Value = serde_json::from_str(&snapshot.state).unwrap();
            !state["opted_out_at"].is_null()
        })
    }

    fn dead_letters(&self) -> Vec<(String, Vec<u8>)> {
        let store = reading::open(&self.place);
        let listed = block_on(store.dead_letters(10)).unwrap();
        let whole = listed.iter().map(|letter| block_on(store.dead_letter(&letter.id)).unwrap().unwrap());
        whole.map(|letter| (letter.reason, letter.bytes)).collect()
    }

    /// Posts bytes that the library cannot make, signed by our own codec, which the library was held against.
    fn post_bytes(&self, body: &[u8]) -> Answer {
        let signature = codec().sign(&format!("{PUBLIC_URL}{HOOK}"), body);
        let headers = [("Content-Type", FORM), (SIGNATURE_HEADER, signature.as_str())];
        call(self.server.port, "POST", HOOK, &headers, body).unwrap()
    }
}

fn codec() -> Twilio {
    let settings = Settings {
        account_sid: ACCOUNT.to_owned(),
        auth_token: TOKEN.to_owned(),
        other_token: None,
        api_base: API_BASE.to_owned(),
        status_callback: None,
    };
    Twilio::new(settings).unwrap()
}

#[test]
fn a_text_signed_by_the_providers_library_is_stored_once_and_answered_with_twiml() {
    let circle = Circle::willing();
    let words = "\u{bf}D\u{f3}nde mando la carta? \u{1F600} + & %";
    for _ in 0..2 {
        // The second call is the carrier's retry of an answer that it did not hear.
        let answer = post_text(circle.server.port, &text("SM1", CUSTOMER, words));
        assert_eq!(answer["status"], 200);
        assert!(answer["content_type"].as_str().unwrap().starts_with("text/xml"), "{answer}");
        assert!(answer["body"].as_str().unwrap().contains("<Response>"), "{answer}");
    }
    assert_eq!(circle.incoming(), [words]);
    assert!(circle.dead_letters().is_empty());
}

#[test]
fn forged_unsigned_and_altered_calls_are_refused_and_leave_nothing() {
    let circle = Circle::willing();
    let port = circle.server.port;
    let genuine = text("SM1", CUSTOMER, "Hello");
    assert_eq!(post(port, HOOK, &genuine, "another-token")["status"], 403);
    let unsigned = call(port, "POST", HOOK, &[("Content-Type", FORM)], b"AccountSid=AC&Body=x").unwrap();
    assert_eq!(unsigned.status, 403);
    // Signed for another address of ours: a signature does not move.
    let job = json!({
        "post_to": format!("http://127.0.0.1:{port}{HOOK}"), "public_url": format!("{PUBLIC_URL}{HOOK}/status"),
        "params": genuine, "token": TOKEN,
    });
    assert_eq!(peer("inbound.py", &job)["status"], 403);
    let mut other_account = text("SM1", CUSTOMER, "Hello");
    other_account["AccountSid"] = json!(format!("AC{}", "0".repeat(32)));
    // Signed with our token and yet another account's: nothing of ours, but evidence.
    let strange = post_text(port, &other_account);
    assert!(strange["status"] == 403 || strange["status"] == 200, "{strange}");
    assert!(circle.incoming().is_empty());
    assert!(reading::cards(&reading::open(&circle.place)).is_empty());
}

#[test]
fn an_oversized_call_is_refused_unread() {
    let circle = Circle::willing();
    let body = format!("AccountSid={ACCOUNT}&Body={}", "x".repeat(400_000));
    assert_eq!(circle.post_bytes(body.as_bytes()).status, 413);
    // Within what is read at all, but longer than any call of the carrier.
    let body = format!("AccountSid={ACCOUNT}&Body={}", "x".repeat(channels::MAX_REQUEST_BYTES));
    assert_eq!(circle.post_bytes(body.as_bytes()).status, 413);
    assert!(circle.incoming().is_empty() && circle.dead_letters().is_empty());
}

#[test]
fn a_wrongly_encoded_text_is_kept_as_a_dead_letter_with_its_bytes() {
    let circle = Circle::willing();
    let body = format!(
        "AccountSid={ACCOUNT}&MessageSid=SM1&From=%2B15735550100&To=%2B18556849242&NumMedia=0&Body=caf%E9%FF"
    );
    let answer = circle.post_bytes(body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.body);
    let letters = circle.dead_letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0].1, body.as_bytes());
    assert!(circle.incoming().is_empty());
}

#[test]
fn a_text_to_a_number_that_is_not_ours_becomes_a_dead_letter_once() {
    let circle = Circle::willing();
    let mut stray = text("SM1", CUSTOMER, "Hello");
    stray["To"] = json!("+15735550199");
    for _ in 0..2 {
        assert_eq!(post_text(circle.server.port, &stray)["status"], 200);
    }
    let letters = circle.dead_letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].0.contains("+15735550199"), "{letters:?}");
    assert!(circle.incoming().is_empty());
}

#[test]
fn a_picture_is_named_and_refused_by_a_text() {
    let circle = Circle::willing();
    let mut picture = text("SM1", CUSTOMER, "My letter");
    picture["NumMedia"] = json!("1");
    picture["MediaUrl0"] = json!("https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME");
    picture["MediaContentType0"] = json!("image/jpeg");
    assert_eq!(post_text(circle.server.port, &picture)["status"], 200);
    let sent = circle.asked(1);
    assert_eq!(sent[0].to, CUSTOMER);
    let refusal =
        circle.lines().into_iter().find(|line| matches!(line.entry.what, What::Out { .. })).unwrap();
    assert_eq!(refusal.text.as_deref(), Some(sent[0].text.as_str()));
    assert!(circle.lines().iter().any(|line| matches!(line.entry.what, What::In { media: 1, .. })));
}

#[test]
fn stop_leads_to_one_confirmation_and_start_takes_it_back() {
    let circle = Circle::willing();
    let port = circle.server.port;
    for sid in ["SM1", "SM2"] {
        assert_eq!(post_text(port, &text(sid, CUSTOMER, "STOP"))["status"], 200);
    }
    let sent = circle.asked(1);
    assert!(sent[0].text.contains("no more texts"), "{}", sent[0].text);
    assert!(circle.has_opted_out());
    assert_eq!(post_text(port, &text("SM3", CUSTOMER, "START"))["status"], 200);
    // In order: had a second confirmation been written, it would have come before this one.
    let sent = circle.asked(2);
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(sent[1].text.contains("texts from the Family Support Division again"), "{}", sent[1].text);
    assert!(!circle.has_opted_out());
    let ended = reading::cards(&reading::open(&circle.place));
    assert!(ended.iter().any(|card| card.end_reason == Some(EndReason::OptedOut)), "{ended:?}");
}

#[test]
fn the_request_to_the_carrier_is_the_one_that_its_own_client_sends() {
    let circle = Circle::willing();
    assert_eq!(post_text(circle.server.port, &text("SM1", CUSTOMER, "HELP"))["status"], 200);
    let ours = circle.asked(1).remove(0);
    assert_eq!((ours.to.as_str(), ours.from.as_str()), (CUSTOMER, LINE));
    assert!(ours.callback.starts_with(&format!("{PUBLIC_URL}{HOOK}/status?key=")), "{}", ours.callback);
    let create = json!({
        "to": ours.to, "from_": ours.from, "body": ours.text, "status_callback": ours.callback,
    });
    let answer = json!({ "status": 201, "headers": [["Content-Type", "application/json"]], "body": "{\"sid\":\"SM1\"}" });
    let job = json!({ "account_sid": ACCOUNT, "auth_token": TOKEN, "create": create, "answer": answer });
    let theirs = peer("client.py", &job)["request"].clone();
    assert_eq!(ours.method, theirs["method"].as_str().unwrap());
    assert_eq!(ours.path, theirs["path"].as_str().unwrap());
    let sorted = |body: &str| {
        let mut all = fields(body.as_bytes());
        all.sort();
        all
    };
    assert_eq!(sorted(&ours.body), sorted(theirs["body"].as_str().unwrap()));
    let their_headers: Vec<(String, String)> = serde_json::from_value(theirs["headers"].clone()).unwrap();
    for name in ["Authorization", "Content-Type", "Accept"] {
        assert_eq!(header(&ours.headers, name), header(&their_headers, name), "{name}");
    }
}

#[test]
fn reports_signed_by_the_providers_library_turn_the_delivery_and_late_ones_do_not() {
    let circle = Circle::willing();
    let port = circle.server.port;
    assert_eq!(post_text(port, &text("SM1", CUSTOMER, "HELP"))["status"], 200);
    let sent = circle.asked(1).remove(0);
    let path = sent.callback.strip_prefix(PUBLIC_URL).unwrap();
    let report = |state: &str| {
        let params = json!({
            "AccountSid": ACCOUNT, "MessageSid": sent.sid, "SmsSid": sent.sid, "MessageStatus": state,
            "SmsStatus": state, "From": LINE, "To": CUSTOMER, "ApiVersion": "2010-04-01",
        });
        let forged = post(port, path, &params, "another-token");
        assert_eq!(forged["status"], 403);
        let answer = post(port, path, &params, TOKEN);
        assert_eq!(answer["status"], 200, "{answer}");
        circle.deliveries()
    };
    assert_eq!(report("sent"), [Delivery::Sent]);
    assert_eq!(report("delivered"), [Delivery::Delivered]);
    assert_eq!(report("sent"), [Delivery::Delivered]);
}

#[test]
fn a_report_of_failure_shows_a_plain_reason() {
    let circle = Circle::willing();
    let port = circle.server.port;
    assert_eq!(post_text(port, &text("SM1", CUSTOMER, "HELP"))["status"], 200);
    let sent = circle.asked(1).remove(0);
    let params = json!({
        "AccountSid": ACCOUNT, "MessageSid": sent.sid, "MessageStatus": "undelivered", "ErrorCode": "30003",
        "From": LINE, "To": CUSTOMER,
    });
    assert_eq!(post(port, sent.callback.strip_prefix(PUBLIC_URL).unwrap(), &params, TOKEN)["status"], 200);
    let deliveries = circle.deliveries();
    let [Delivery::Failed { code, reason }] = deliveries.as_slice() else { panic!("{deliveries:?}") };
    assert_eq!(code, "30003");
    assert!(reason.split(' ').count() > 4, "{reason}");
}

#[test]
fn an_answer_that_names_an_opt_out_marks_the_customer_and_is_not_tried_again() {
    let refusal = r#"{"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}"#;
    let circle = Circle::with(Carrier::start(move |_| Say::No(400, "X-Said: no", refusal), |_| {}));
    assert_eq!(post_text(circle.server.port, &text("SM1", CUSTOMER, "HELP"))["status"], 200);
    circle.asked(1);
    wait_for("the opt-out", 30, || circle.has_opted_out().then_some(()));
    let deliveries = circle.deliveries();
    assert!(
        matches!(deliveries.as_slice(), [Delivery::Failed { code, .. }] if code == "21610"),
        "{deliveries:?}"
    );
    assert!(block_on(reading::open(&circle.place).lanes()).unwrap().is_empty(), "it still waits");
    assert_eq!(circle.carrier.calls().len(), 1);
}

#[test]
fn a_text_that_the_carrier_could_not_take_at_first_goes_out_later_under_the_same_key() {
    let mut times = 0;
    let carrier = Carrier::start(
        move |_| {
            times += 1;
            match times {
                1 => Say::No(503, "X-Said: no", "{}"),
                2 => Say::No(429, "Retry-After: 1", r#"{"code":20429}"#),
                3 => Say::Nothing,
                _ => Say::Yes,
            }
        },
        |_| {},
    );
    let circle = Circle::with(carrier);
    assert_eq!(post_text(circle.server.port, &text("SM1", CUSTOMER, "HELP"))["status"], 200);
    let calls =
        wait_for("the fourth attempt", 60, || Some(circle.carrier.calls()).filter(|calls| calls.len() == 4));
    assert!(calls.iter().all(|request| request.key == calls[0].key && request.text == calls[0].text));
    let accepted = || matches!(circle.deliveries().as_slice(), [Delivery::Accepted { .. }]).then_some(());
    wait_for("the carrier's yes in the transcript", 10, accepted);
}

#[test]
fn the_library_accepts_what_our_own_signer_signs() {
    let body = "AccountSid=AC1&Body=caf%C3%A9+%2B&MessageSid=SM1";
    let url = format!("{PUBLIC_URL}{HOOK}/status?key=0190");
    let signature = codec().sign(&url, body.as_bytes());
    let valid =
        peer("validate.py", &json!({ "url": url, "body": body, "signature": signature, "token": TOKEN }));
    assert_eq!(valid["valid"], true);
}

#[test]
fn a_thousand_texts_from_one_number_are_all_kept() {
    const TEXTS: usize = 1_000;
    let circle = Circle::willing();
    let port = circle.server.port;
    let codec = codec();
    let url = format!("{PUBLIC_URL}{HOOK}");
    std::thread::scope(|scope| {
        for part in 0..4 {
            let (codec, url) = (&codec, &url);
            scope.spawn(move || {
                for n in (part..TEXTS).step_by(4) {
                    let (sid, words) = (format!("SM{n}"), format!("text {n} of many"));
                    let body = crate::http::form(&[
                        ("AccountSid", ACCOUNT),
                        ("MessageSid", &sid),
                        ("From", CUSTOMER),
                        ("To", LINE),
                        ("Body", &words),
                        ("NumMedia", "0"),
                    ]);
                    let signature = codec.sign(url, &body);
                    let headers = [("Content-Type", FORM), (SIGNATURE_HEADER, signature.as_str())];
                    wait_for("200", 60, || {
                        let answer = call(port, "POST", HOOK, &headers, &body).unwrap();
                        assert!(matches!(answer.status, 200 | 503), "{} {}", answer.status, answer.body);
                        (answer.status == 200).then_some(())
                    });
                }
            });
        }
    });
    let mut kept = circle.incoming();
    kept.sort();
    kept.dedup();
    assert_eq!(kept.len(), TEXTS);
    let cards = reading::cards(&reading::open(&circle.place));
    assert!(cards.len() == 1 && cards[0].flooded, "{cards:?}");
    assert!(circle.server.stop(u32::try_from(Duration::from_secs(30).as_secs()).unwrap()).success());
}
