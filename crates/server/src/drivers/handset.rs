//! The phone's side of the browser handset: takes what the outbox sends, shows it, and reports it delivered through the
//! same door as every carrier's reports.

use std::sync::{Arc, OnceLock};

use channels::handset::{Handset, KEY_HEADER};
use channels::{DeliveryState, HttpRequest, Request};
use engine::Engine;
use engine::ports::HttpAnswer;
use store::{Commit, Row, RowChange, Store};

/// Rows that the phone's page reads, grouped by its number.
const RECEIVED: &str = "handset";

/// Connects the outbox with the phones in browsers.
#[derive(Clone)]
pub(crate) struct HandsetLink {
    codec: Handset,
    key: String,
    store: Arc<dyn Store>,
    engine: Arc<OnceLock<Engine>>,
}

impl HandsetLink {
    pub(crate) fn new(codec: Handset, key: String, store: Arc<dyn Store>) -> Self {
        Self { codec, key, store, engine: Arc::default() }
    }

    /// The engine is built after its parts; reports can go once it is known.
    pub(crate) fn attach(&self, engine: Engine) {
        let _ = self.engine.set(engine);
    }

    pub(crate) async fn deliver(&self, request: &HttpRequest) -> Result<HttpAnswer, String> {
        let seen = Request { url: &request.url, headers: &request.headers, body: &request.body };
        let text = self.codec.read_delivery(&seen).map_err(|e| e.to_string())?;
        let Some(engine) = self.engine.get().cloned() else {
            return Err("The handset is not ready.".to_owned());
        };
        let at = engine.now();
        let data =
            serde_json::json!({ "id": text.id, "from": text.from, "text": text.text, "at": at }).to_string();
        let row =
            Row { kind: RECEIVED.to_owned(), id: text.id.clone(), group: text.to.clone(), sort: at, data };
        let commit = Commit { rows: vec![RowChange::Put(row)], ..Commit::default() };
        self.store.commit(commit).await.map_err(|e| e.to_string())?;
        self.report_later(engine, text.id.clone());
        let body = serde_json::json!({ "id": text.id }).to_string().into_bytes();
        Ok(HttpAnswer {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body,
        })
    }

    /// The receipt follows the answer, as with a real phone.
    fn report_later(&self, engine: Engine, id: String) {
        let key = self.key.clone();
        tokio::spawn(async move {
            let headers = vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                (KEY_HEADER.to_owned(), key),
            ];
            // Our own key goes with it, since the report may come before the outbox has written the carrier's id down.
            let receipt = serde_json::json!({ "id": id, "receipt": DeliveryState::Delivered, "key": id });
            let body = receipt.to_string().into_bytes();
            let request = Request { url: "/hooks/sms/handset", headers: &headers, body: &body };
            if let Err(error) = engine.receive("handset", request).await {
                tracing::warn!(%error, "a handset's receipt was not taken");
            }
        });
    }
}
