//! The provider's own published library against our codec: as signer of calls on us, as judge of our
//! signatures, and as client whose request ours must equal.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use channels::twilio::{FORM, SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER, Settings, Twilio};
use channels::{OutgoingText, Received, Request, SendResult, SmsCodec};
use serde_json::{Value, json};

use crate::{ACCOUNT, KEY, TOKEN, URL, codec, headers, settings};

#[expect(clippy::disallowed_methods, reason = "the test runner names the peers' folder in the environment")]
fn python() -> PathBuf {
    let Ok(folder) = std::env::var("HEARTHLINE_PEERS") else {
        panic!("HEARTHLINE_PEERS is not set; run `cargo xtask test`, which installs the peers and sets it");
    };
    let python = Path::new(&folder).join("bin/python");
    assert!(python.exists(), "{} is not there; run `cargo xtask test`", python.display());
    python
}

/// Runs one of the peer programs with a job on standard input.
fn peer(program: &str, job: &Value) -> Value {
    run(&format!("twilio/{program}"), job)
}

/// The same for the peers of every part.
pub(crate) fn run(program: &str, job: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/peers").join(program);
    let mut child = Command::new(python())
        .arg("-B")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(job.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn params(sid: &str, body: &str) -> Value {
    json!({
        "AccountSid": ACCOUNT, "MessageSid": sid, "SmsSid": sid, "From": "+15735550100", "To": "+18556849242",
        "Body": body, "NumMedia": "0", "FromCity": "JEFFERSON CITY", "ApiVersion": "2010-04-01", "ToZip": "",
    })
}

fn form(params: &Value) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in params.as_object().unwrap() {
        form.append_pair(name, value.as_str().unwrap());
    }
    form.finish().into_bytes()
}

#[test]
fn the_providers_library_signs_and_we_accept() {
    for (url, body) in [
        (URL, "What do I need to bring?"),
        (URL, "Ma\u{f1}ana \u{1F600} & + = % \"quoted\"\nsecond line "),
        ("https://texts.example.org:8443/hooks/twilio?key=a%20b&x=1", "\u{645}\u{62a}\u{649}"),
        ("http://localhost:8080/hooks/twilio", ""),
    ] {
        let params = params("SM1", body);
        let signed = peer("sign.py", &json!({ "url": url, "params": params, "token": TOKEN }));
        let signature = signed["signature"].as_str().unwrap();
        assert_eq!(codec().sign(url, &form(&params)), signature, "{url} {body:?}");
        let headers = headers(&[("Content-Type", FORM), (SIGNATURE_HEADER, signature)]);
        let received = codec().decode(&Request { url, headers: &headers, body: &form(&params) });
        assert!(matches!(received, Ok(Received::Message(message)) if message.text == body), "{url} {body:?}");
    }
}

#[test]
fn the_providers_library_signs_with_a_shared_key_and_we_accept() {
    let params = params("SM1", "hello");
    let job = json!({ "url": URL, "params": params, "token": TOKEN, "algorithm": "HMAC_SHA256" });
    let signed = peer("sign.py", &job);
    let signature = signed["signature"].as_str().unwrap();
    let named = [
        ("Content-Type", FORM),
        (SIGNATURE_HEADER, signature),
        (SIGNATURE_SETTINGS_HEADER, "key=k1,algorithm=HMAC_SHA256"),
    ];
    let body = form(&params);
    assert!(codec().decode(&Request { url: URL, headers: &headers(&named), body: &body }).is_ok());
    // Without the header the same signature is one of the wrong kind.
    assert!(codec().decode(&Request { url: URL, headers: &headers(&named[..2]), body: &body }).is_err());
}

#[test]
fn repeated_fields_are_signed_as_the_library_signs_them() {
    let job = json!({ "url": URL, "params": { "b": ["2", "1", "2"], "a": "x", "B": "y" }, "token": TOKEN });
    let signed = peer("sign.py", &job);
    assert_eq!(codec().sign(URL, b"b=2&a=x&b=1&B=y&b=2"), signed["signature"].as_str().unwrap());
}

#[test]
fn we_sign_and_the_providers_library_accepts_with_and_without_the_port() {
    let body = form(&params("SM1", "hello \u{2713}"));
    let text = String::from_utf8(body.clone()).unwrap();
    let validate = |url: &str, signature: &str| {
        let job = json!({ "url": url, "body": text, "signature": signature, "token": TOKEN });
        peer("validate.py", &job)["valid"].as_bool().unwrap()
    };
    let ported = "https://texts.example.org:443/hooks/twilio";
    let accepted_by_us = |url: &str, signature: &str| {
        let headers = headers(&[("Content-Type", FORM), (SIGNATURE_HEADER, signature)]);
        codec().decode(&Request { url, headers: &headers, body: &body }).is_ok()
    };
    for signed_url in [URL, ported] {
        let signature = codec().sign(signed_url, &body);
        for called_url in [URL, ported] {
            assert!(validate(called_url, &signature), "{signed_url} called as {called_url}");
            assert!(accepted_by_us(called_url, &signature), "{signed_url} called as {called_url}");
        }
        let elsewhere = "https://texts.example.org/hooks/other";
        assert!(!validate(elsewhere, &signature) && !accepted_by_us(elsewhere, &signature));
    }
}

#[test]
fn a_call_of_the_providers_library_over_a_socket_is_read_and_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let post_to = format!("http://{}/hooks/twilio", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            lines.push(line.trim().to_owned());
        }
        let pairs: Vec<(&str, &str)> =
            lines.iter().skip(1).filter_map(|line| line.split_once(": ")).collect();
        let headers = headers(&pairs);
        let length = pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length")).unwrap().1;
        let mut body = vec![0; length.parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        let received = codec().decode(&Request { url: URL, headers: &headers, body: &body });
        let answer = codec().answer();
        let reply = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
            answer.content_type,
            answer.body.len(),
            answer.body
        );
        reader.get_mut().write_all(reply.as_bytes()).unwrap();
        (lines.first().cloned(), received)
    });
    let words = "\u{bf}D\u{f3}nde? \u{1F600} + &";
    let job =
        json!({ "post_to": post_to, "public_url": URL, "params": params("SM9", words), "token": TOKEN });
    let answer = peer("inbound.py", &job);
    let (request_line, received) = server.join().unwrap();
    assert_eq!(request_line.as_deref(), Some("POST /hooks/twilio HTTP/1.1"));
    assert!(matches!(received, Ok(Received::Message(m)) if m.text == words && m.provider_id == "SM9"));
    assert_eq!(answer["status"], 200);
    assert_eq!(answer["content_type"], "text/xml");
    assert_eq!(answer["body"], codec().answer().body);
}

fn sorted_fields(body: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<_> = form_urlencoded::parse(body).into_owned().collect();
    fields.sort();
    fields
}

fn library_sends(text: &str, callback: Option<&str>, answer: &Value) -> Value {
    let mut create = json!({ "to": "+15735550100", "from_": "+18556849242", "body": text });
    if let Some(callback) = callback {
        create["status_callback"] = json!(callback);
    }
    let job = json!({ "account_sid": ACCOUNT, "auth_token": TOKEN, "create": create, "answer": answer });
    peer("client.py", &job)
}

fn answer_fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/twilio/answers/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn our_request_equals_the_one_the_providers_client_sends() {
    let created = answer_fixture("created");
    for (text, with_callback) in [
        ("Hello, this is the Family Support Division.", true),
        ("Ma\u{f1}ana \u{1F600} & + = % \"quoted\"\nsecond line", true),
        ("No reports wanted", false),
    ] {
        let status_callback = with_callback.then(|| URL.to_owned());
        let codec = Twilio::new(Settings { status_callback, ..settings() }).unwrap();
        let out = OutgoingText { from: "+18556849242", to: "+15735550100", text, idempotency_key: KEY };
        let ours = codec.encode(&out).unwrap();
        let callback = with_callback.then(|| format!("{URL}?key={KEY}"));
        let theirs = library_sends(text, callback.as_deref(), &created)["request"].clone();

        assert_eq!(ours.method, theirs["method"].as_str().unwrap());
        let their_url = format!("{}{}", theirs["host"].as_str().unwrap(), theirs["path"].as_str().unwrap());
        assert_eq!(ours.url, their_url);
        assert_eq!(sorted_fields(&ours.body), sorted_fields(theirs["body"].as_str().unwrap().as_bytes()));
        let their_headers: Vec<(String, String)> = serde_json::from_value(theirs["headers"].clone()).unwrap();
        for (name, value) in &ours.headers {
            let matching = their_headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
            assert_eq!(matching.map(|(_, value)| value), Some(value), "{name}");
        }
    }
}

#[test]
fn we_read_answers_as_the_providers_client_does() {
    for name in
        ["created", "invalid_to", "opted_out", "too_long", "unknown_code", "queue_full", "unauthorised"]
    {
        let fixture = answer_fixture(name);
        let theirs = library_sends("Hello", None, &fixture)["outcome"].clone();
        let status = u16::try_from(fixture["status"].as_u64().unwrap()).unwrap();
        match codec().read_answer(status, &[], fixture["body"].as_str().unwrap().as_bytes()) {
            SendResult::Accepted { provider_id } => assert_eq!(theirs["sid"], json!(provider_id), "{name}"),
            SendResult::Rejected(error) => assert_eq!(theirs["code"].to_string(), error.code, "{name}"),
            SendResult::TryAgain { reason, .. } => {
                assert!(reason.contains(&theirs["code"].to_string()), "{name}: {reason}");
            }
        }
    }
}
