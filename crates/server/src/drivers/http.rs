//! The way out to carriers over HTTP. The handset's carrier stays inside, behind the same port.

use std::time::Duration;

use async_trait::async_trait;
use channels::HttpRequest;
use engine::ports::{HttpAnswer, Transport};

use super::HandsetLink;

/// How long a carrier may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Carriers, by name.
pub(crate) struct Outside {
    client: reqwest::Client,
    handset: Option<HandsetLink>,
}

impl Outside {
    pub(crate) fn new(handset: Option<HandsetLink>) -> anyhow::Result<Self> {
        // Another part may have installed it already; either way there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("hearthline/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, handset })
    }
}

#[async_trait]
impl Transport for Outside {
    async fn send(&self, carrier: &str, request: HttpRequest) -> Result<HttpAnswer, String> {
        if let Some(handset) = self.handset.as_ref().filter(|_| carrier == "handset") {
            return handset.deliver(&request).await;
        }
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|e| e.to_string())?;
        let mut call = self.client.request(method, &request.url).body(request.body);
        for (name, value) in &request.headers {
            call = call.header(name, value);
        }
        let mut answer = call.send().await.map_err(|e| reason(&e))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| reason(&e))? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES_MAX {
                return Err("The carrier's answer is too long.".to_owned());
            }
        }
        Ok(HttpAnswer { status, headers, body })
    }
}

/// Without the address, which may hold account numbers.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "The carrier did not answer in time.".to_owned()
    } else if error.is_connect() {
        "The carrier could not be reached.".to_owned()
    } else {
        "The connection to the carrier broke.".to_owned()
    }
}
