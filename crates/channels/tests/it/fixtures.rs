//! Reads every fixture; see `fixtures/README.md`.

use std::path::{Path, PathBuf};

use channels::{DecodeError, SmsCodec};
use serde_json::{Value, json};

use crate::{codec, decode_signed, headers};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/twilio").join(name)
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    all.sort();
    all
}

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_webhook_fixture_decodes_as_it_says() {
    let folder = folder("webhooks");
    let forms = files(&folder, "form");
    assert_eq!(forms.len(), files(&folder, "json").len(), "each fixture needs both files");
    assert!(forms.len() >= 50, "fixtures have gone missing");
    let codec = codec();
    let mut wrong = Vec::new();
    for path in forms {
        let expected = json_of(&path.with_extension("json"));
        let url = expected["url"].as_str().unwrap();
        let body = std::fs::read(&path).unwrap();
        let (found, wanted) = match decode_signed(&codec, url, &body) {
            Ok(received) => (serde_json::to_value(&received).unwrap(), expected["ok"].clone()),
            Err(fault) => {
                assert!(fault.keep(), "{}: genuine bytes are kept", path.display());
                assert_eq!(fault.http_status(), 200, "{}", path.display());
                (json!(fault.name()), expected["error"].clone())
            }
        };
        if found != wanted {
            wrong.push(format!("{}: found {found}, wanted {wanted}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_fixtures_unsigned_are_refused_and_not_kept() {
    let codec = codec();
    for path in files(&folder("webhooks"), "form") {
        let body = std::fs::read(&path).unwrap();
        let headers = headers(&[("Content-Type", channels::twilio::FORM)]);
        let url = crate::URL;
        let fault = codec.decode(&channels::Request { url, headers: &headers, body: &body }).unwrap_err();
        assert_eq!(fault, DecodeError::BadSignature, "{}", path.display());
        assert!(!fault.keep() && fault.http_status() == 403);
    }
}

#[test]
fn every_answer_fixture_is_read_as_it_says() {
    let answers = files(&folder("answers"), "json");
    assert!(answers.len() >= 15, "fixtures have gone missing");
    for path in answers {
        let case = json_of(&path);
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let headers: Vec<(String, String)> = serde_json::from_value(case["headers"].clone()).unwrap();
        let found = codec().read_answer(status, &headers, case["body"].as_str().unwrap().as_bytes());
        assert_eq!(serde_json::to_value(&found).unwrap(), case["expect"], "{}", path.display());
    }
}

#[test]
fn the_answer_to_a_call_is_empty_twiml() {
    let answer = codec().answer();
    assert_eq!(answer.content_type, "text/xml");
    assert_eq!(answer.body, r#"<?xml version="1.0" encoding="UTF-8"?><Response></Response>"#);
}
