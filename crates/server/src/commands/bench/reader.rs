//! A staff member's browser, as far as a bench needs one: signed in, one kept connection or more, whole answers.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use domain::id::StaffId;
use domain::permission::Role;
use engine::records::{ACCOUNT, Account};
use engine::{Change, Engine};

use crate::drivers::random_hex;

/// The one account.
const NAME: &str = "bench";

/// See the module.
#[derive(Clone)]
pub(super) struct Reader {
    client: reqwest::Client,
    base: String,
    cookie: String,
}

/// Makes the account; gives its password, which nobody else ever learns.
pub(super) async fn account(engine: &Engine) -> anyhow::Result<String> {
    let password = random_hex(16)?;
    let hash = web::password::hash(password.clone()).await.map_err(|e| anyhow::anyhow!("{e}"))?;
    let account = Account {
        id: StaffId(NAME.to_owned()),
        name: "Bench".to_owned(),
        first_name: "Bench".to_owned(),
        roles: vec![Role::Technician],
        office: String::new(),
        programmes: Vec::new(),
        supervisor: None,
        skills: std::collections::BTreeMap::default(),
        sms_capacity: 1,
        password_hash: hash,
        disabled: false,
        demo: false,
        failed_sign_ins: 0,
        locked_until: 0,
    };
    let change = Change {
        kind: ACCOUNT,
        id: NAME.to_owned(),
        expected: None,
        data: Some(serde_json::to_value(&account)?),
        reason: "a bench reads by it".to_owned(),
    };
    engine.save(change, NAME).await?;
    Ok(password)
}

impl Reader {
    pub(super) async fn sign_in(address: SocketAddr, password: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let base = format!("http://{address}");
        let answer = client
            .post(format!("{base}/sign-in"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(format!("name={NAME}&password={password}"))
            .send()
            .await?;
        let status = answer.status();
        let cookie = answer.headers().get("set-cookie").and_then(|whole| whole.to_str().ok());
        let cookie = cookie.and_then(|whole| whole.split(';').next()).map(str::to_owned);
        let cookie = cookie.with_context(|| format!("signing in was answered with {status}"))?;
        Ok(Self { client, base, cookie })
    }

    /// The whole answer to a question of the search.
    pub(super) async fn search(&self, words: &str) -> anyhow::Result<Vec<u8>> {
        let place = format!("{}/api/v1/knowledge/search", self.base);
        let url = reqwest::Url::parse_with_params(&place, [("q", words)])?;
        self.get(url).await
    }

    /// The whole page of this name.
    pub(super) async fn page(&self, slug: &str) -> anyhow::Result<Vec<u8>> {
        self.get(reqwest::Url::parse(&format!("{}/kb/{slug}", self.base))?).await
    }

    async fn get(&self, url: reqwest::Url) -> anyhow::Result<Vec<u8>> {
        let path = url.path().to_owned();
        let answer = self.client.get(url).header("Cookie", &self.cookie).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if status != reqwest::StatusCode::OK {
            bail!("{path} was answered with {status}");
        }
        Ok(body.to_vec())
    }
}
