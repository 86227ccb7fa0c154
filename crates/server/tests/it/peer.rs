//! The provider's own published library, run as programs from `e2e/peers/twilio`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::{ACCOUNT, LINE, PUBLIC_URL, TOKEN};

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
pub(crate) fn peer(program: &str, job: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/peers/twilio").join(program);
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

/// What the provider sends along with an incoming text.
pub(crate) fn text(sid: &str, from: &str, body: &str) -> Value {
    json!({
        "AccountSid": ACCOUNT, "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "From": from, "To": LINE,
        "Body": body, "NumMedia": "0", "NumSegments": "1", "FromCity": "JEFFERSON CITY", "FromState": "MO",
        "ApiVersion": "2010-04-01", "ToZip": "",
    })
}

/// Lets the library sign and post to a path of the program.
pub(crate) fn post(port: u16, path: &str, params: &Value, token: &str) -> Value {
    let job = json!({
        "post_to": format!("http://127.0.0.1:{port}{path}"), "public_url": format!("{PUBLIC_URL}{path}"),
        "params": params, "token": token,
    });
    peer("inbound.py", &job)
}

/// As [`post`], to the webhook, with the right token.
pub(crate) fn post_text(port: u16, params: &Value) -> Value {
    post(port, "/hooks/sms/twilio", params, TOKEN)
}
