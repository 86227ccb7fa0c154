//! A whole site for one test: the shipped pack, one account for each role, a clock that the test moves.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use channels::HttpRequest;
use domain::id::StaffId;
use domain::pack::Pack;
use domain::permission::Role;
use engine::ports::{Clock, HttpAnswer, Ids, Mail, Mailer, SECRET_BYTES, Transport};
use engine::records::{ACCOUNT, Account};
use engine::{Carrier, Change, Engine, Parts};
use store::memory::MemoryStore;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "a river under stones";
pub(crate) const KEY: &str = "the key of the demo handset";
/// A Wednesday morning at the agency, within the hours of its queues.
pub(crate) const START: i64 = 1_795_017_600_000;
static HASH: OnceCell<String> = OnceCell::const_new();

/// Everything of one site.
pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) engine: Engine,
    pub(crate) store: MemoryStore,
    pub(crate) app: web::App,
    now: Arc<AtomicI64>,
}

struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

struct Counted(AtomicU64);

impl Ids for Counted {
    fn fresh(&self) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        Uuid::from_u128((0x0190_0000_0000_7000_8000_u128 << 48) | u128::from(n) << 20)
    }

    fn secret(&self) -> Result<[u8; SECRET_BYTES], String> {
        let n = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        let mut bytes = [0_u8; SECRET_BYTES];
        for (byte, from) in bytes.iter_mut().zip(n) {
            *byte = from;
        }
        Ok(bytes)
    }
}

struct NoWayOut;

#[async_trait]
impl Transport for NoWayOut {
    async fn send(&self, _carrier: &str, _request: HttpRequest) -> Result<HttpAnswer, String> {
        Err("no carrier in this test".to_owned())
    }
}

#[async_trait]
impl Mailer for NoWayOut {
    async fn send(&self, _mail: Mail) -> Result<(), String> {
        Err("no mail in this test".to_owned())
    }
}

/// The files of the shipped pack with one of these endings, by their path within it.
fn files(endings: &[&str]) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
    let (mut files, mut folders) = (BTreeMap::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn pack() -> Pack {
    domain::pack::parse(&files(&["toml"])).unwrap()
}

/// The knowledge that comes with the pack.
fn shipped() -> engine::pages::Shipped {
    engine::pages::Shipped::read(&files(&["toml", "md", "txt", "csv"])).unwrap()
}

/// One account: `technician`, `supervisor` and so on, with the role of its name.
pub(crate) fn account(id: &str, roles: &[Role], hash: &str) -> Account {
    Account {
        id: StaffId::from(id),
        name: format!("Demo {id}"),
        first_name: id.to_owned(),
        roles: roles.to_vec(),
        office: "csc".to_owned(),
        programmes: Vec::new(),
        supervisor: None,
        skills: BTreeMap::new(),
        sms_capacity: 2,
        password_hash: hash.to_owned(),
        disabled: false,
        demo: true,
        failed_sign_ins: 0,
        locked_until: 0,
    }
}

pub(crate) async fn hash() -> String {
    HASH.get_or_init(|| async { web::password::hash(PASSWORD.to_owned()).await.unwrap() }).await.clone()
}

impl Site {
    /// With an account for every role.
    pub(crate) async fn new() -> Self {
        let site = Self::with(web::Settings { demo: true, ..web::Settings::default() }).await;
        site.staff().await;
        site
    }

    /// With an account for every role, the pack's knowledge, and a search over it.
    pub(crate) async fn reading() -> Self {
        let settings = web::Settings { demo: true, ..web::Settings::default() };
        let site = Self::made(settings, shipped(), Arc::new(crate::finder::Words::default())).await;
        site.staff().await;
        site.engine.follow_index().await.unwrap();
        site
    }

    async fn staff(&self) {
        let hash = hash().await;
        for role in Role::ALL {
            self.save(&account(role.word(), &[role], &hash)).await;
        }
    }

    /// With other settings, and nobody.
    pub(crate) async fn with(settings: web::Settings) -> Self {
        Self::made(settings, engine::pages::Shipped::default(), Arc::new(engine::ports::NoFinder)).await
    }

    async fn made(
        settings: web::Settings,
        shipped: engine::pages::Shipped,
        finder: Arc<dyn engine::ports::Finder>,
    ) -> Self {
        let (store, now) = (MemoryStore::new(), Arc::new(AtomicI64::new(START)));
        let codec = channels::handset::Handset::new("handset:", KEY);
        let parts = Parts {
            store: Arc::new(store.clone()),
            clock: Arc::new(TestClock(Arc::clone(&now))),
            ids: Arc::new(Counted(AtomicU64::new(1))),
            transport: Arc::new(NoWayOut),
            mailer: Arc::new(NoWayOut),
            tasks: Arc::new(engine::ports::NoTasks),
            public_url: "http://localhost:8080".to_owned(),
            carriers: vec![
                Carrier {
                    name: "handset".to_owned(),
                    codec: Box::new(codec),
                    lines: vec!["sms-main".to_owned()],
                },
                Carrier {
                    name: "twilio".to_owned(),
                    codec: Box::new(twilio()),
                    lines: vec!["sms-main".to_owned()],
                },
            ],
            pack: pack(),
            shipped,
            finder,
            demo: true,
        };
        let engine = Engine::start(parts).await.unwrap();
        let settings = web::Settings { handset_key: KEY.to_owned(), ..settings };
        let app = web::App::new(engine.clone(), settings, || "# figures\n".to_owned());
        Self { router: web::router(app.clone()), engine, store, app, now }
    }

    pub(crate) async fn save(&self, account: &Account) {
        let change = Change {
            kind: ACCOUNT,
            id: account.id.to_string(),
            expected: None,
            data: Some(serde_json::to_value(account).unwrap()),
            reason: "test".to_owned(),
        };
        self.engine.save(change, "test").await.unwrap();
    }

    pub(crate) fn pass(&self, milliseconds: i64) {
        self.now.fetch_add(milliseconds, Ordering::SeqCst);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Status, headers and text of the answer.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.send(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes: Bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// Signs in through the form and returns what a browser keeps.
    pub(crate) async fn sign_in(&self, name: &str) -> Browser<'_> {
        let answer = self.post_form("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = answer.cookie().unwrap();
        let session = self
            .ask(request("GET", "/api/v1/session").header("cookie", &cookie).body(Body::empty()).unwrap());
        let session: serde_json::Value = serde_json::from_str(&session.await.text).unwrap();
        Browser { site: self, cookie, csrf: session["csrf"].as_str().unwrap().to_owned() }
    }

    /// A form without a session.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(form(path, fields).body(body(fields)).unwrap()).await
    }
}

/// The demo carrier of the provider whose protocol the pack's line speaks.
pub(crate) fn twilio() -> channels::twilio::Twilio {
    let settings = channels::twilio::Settings {
        account_sid: format!("AC{}", "0".repeat(32)),
        auth_token: "0123456789abcdef0123456789abcdef".to_owned(),
        other_token: None,
        api_base: channels::twilio::API_BASE.to_owned(),
        status_callback: None,
    };
    channels::twilio::Twilio::new(settings).unwrap()
}

pub(crate) fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080")
}

fn form(path: &str, _fields: &[(&str, &str)]) -> axum::http::request::Builder {
    request("POST", path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
}

fn body(fields: &[(&str, &str)]) -> Body {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(fields);
    Body::from(encoded.finish())
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// `name=value` of the cookie that it sets.
    pub(crate) fn cookie(&self) -> Option<String> {
        let whole = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        whole.split(';').next().map(str::to_owned)
    }
}

/// Somebody's browser.
pub(crate) struct Browser<'a> {
    pub(crate) site: &'a Site,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.site.ask(request("GET", path).header("cookie", &self.cookie).body(Body::empty()).unwrap()).await
    }

    /// As htmx posts: with the token in the header.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = form(path, fields)
            .header("cookie", &self.cookie)
            .header("x-csrf-token", &self.csrf)
            .header("hx-request", "true");
        self.site.ask(request.body(body(fields)).unwrap()).await
    }

    /// As a plain form posts, with exactly these fields.
    pub(crate) async fn post_plain(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.site.ask(form(path, fields).header("cookie", &self.cookie).body(body(fields)).unwrap()).await
    }
}
