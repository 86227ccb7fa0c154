//! The settings file: one TOML file, unknown keys refused, secrets from files or the environment.
//!
//! What people change while the program runs (queues, hours, scripts, people) is not in here; it lies in the store.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

/// The settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Address to listen on.
    #[serde(default = "default_listen")]
    pub(crate) listen: SocketAddr,
    /// How browsers and carriers reach the server.
    #[serde(default = "default_public_url")]
    pub(crate) public_url: String,
    /// Whether a proxy in front sets `X-Forwarded-For`.
    #[serde(default)]
    pub(crate) behind_proxy: bool,
    /// Folder of all data.
    pub(crate) data: PathBuf,
    /// File with the key that message bodies are encrypted with; made on first start.
    pub(crate) key_file: Option<PathBuf>,
    /// Folder of the agency's pack; the embedded one when absent.
    pub(crate) pack: Option<PathBuf>,
    /// Minutes until an idle session ends.
    #[serde(default = "default_idle")]
    pub(crate) session_idle_minutes: i64,
    /// Minutes until any session ends.
    #[serde(default = "default_absolute")]
    pub(crate) session_absolute_minutes: i64,
    /// Carriers.
    #[serde(default)]
    pub(crate) carrier: Vec<Carrier>,
    /// Mail; without it mails stay in the local outbox.
    pub(crate) mail: Option<Mail>,
    /// The offices' task system; without it tasks wait in the outbox.
    pub(crate) tasks: Option<TaskSystem>,
    /// Milliseconds by which the clock runs ahead, for demonstrations only; no settings file can say it.
    #[serde(skip)]
    pub(crate) clock_ahead_ms: i64,
}

/// A carrier.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Carrier {
    /// An HTTP provider that speaks Twilio's documented protocol.
    Twilio {
        /// Ids of the pack's lines it serves.
        lines: Vec<String>,
        /// `AC` and 32 hexadecimal digits.
        account_sid: String,
        /// Its token.
        auth_token: Secret,
        /// A second token during a rotation.
        other_token: Option<Secret>,
        /// Where its REST interface is; the public one when absent.
        api_base: Option<String>,
    },
    /// The browser handset of demonstrations.
    Handset {
        /// Ids of the pack's lines it serves.
        lines: Vec<String>,
    },
}

impl Carrier {
    /// Its name in addresses, and the lines it serves.
    pub(crate) fn name_and_lines(&self) -> (&'static str, &[String]) {
        match self {
            Self::Twilio { lines, .. } => ("twilio", lines),
            Self::Handset { lines } => ("handset", lines),
        }
    }
}

/// How mail leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// Host of the mail server.
    pub(crate) host: String,
    /// Its port.
    #[serde(default = "default_smtp_port")]
    pub(crate) port: u16,
    /// Sender.
    pub(crate) from: String,
    /// Whether the connection is encrypted; only a server on this machine may do without.
    #[serde(default = "yes")]
    pub(crate) tls: bool,
    /// Name to sign in with.
    pub(crate) user: Option<String>,
    /// Its password.
    pub(crate) password: Option<Secret>,
}

/// Where the tasks for the offices go: a list with SharePoint's REST interface.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskSystem {
    /// Address of the list.
    pub(crate) list_url: String,
    /// Bearer token.
    pub(crate) token: Secret,
}

/// A secret: never in the settings file itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum Secret {
    /// The first line of this file.
    File(PathBuf),
    /// This variable of the environment.
    Env(String),
}

impl Secret {
    pub(crate) fn read(&self) -> anyhow::Result<String> {
        let value = match self {
            Self::File(path) => std::fs::read_to_string(path)
                .with_context(|| format!("the secret in {} cannot be read", path.display()))?
                .lines()
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
            Self::Env(name) => {
                environment(name).with_context(|| format!("the variable {name} is not set"))?
            }
        };
        if value.is_empty() {
            bail!("the secret {self:?} is empty");
        }
        Ok(value)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_public_url() -> String {
    "http://localhost:8080".to_owned()
}

const fn default_idle() -> i64 {
    8 * 60
}

const fn default_absolute() -> i64 {
    12 * 60
}

const fn default_smtp_port() -> u16 {
    587
}

const fn yes() -> bool {
    true
}

impl Config {
    /// Reads the file and refuses what cannot work.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| {
            format!("the settings file {} cannot be read; --config names another", path.display())
        })?;
        let config: Self = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
        config.check()?;
        Ok(config)
    }

    /// The settings of a data folder by itself: no carrier, no mail, the pack within the program.
    pub(crate) fn of_folder(data: &Path) -> Self {
        Self {
            listen: std::net::SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://localhost:8080".to_owned(),
            behind_proxy: false,
            data: data.to_owned(),
            key_file: None,
            pack: None,
            session_idle_minutes: 30,
            session_absolute_minutes: 12 * 60,
            carrier: Vec::new(),
            mail: None,
            tasks: None,
            clock_ahead_ms: 0,
        }
    }

    fn check(&self) -> anyhow::Result<()> {
        let secure = self.public_url.starts_with("https://");
        if !secure && !self.public_url.starts_with("http://") {
            bail!("public_url must begin with https:// (or http:// on this machine alone)");
        }
        if self.public_url.ends_with('/') {
            bail!("public_url must not end with a slash");
        }
        if !secure && !self.listen.ip().is_loopback() {
            bail!(
                "without https the server listens on loopback only: put a TLS proxy in front and set public_url to its https address"
            );
        }
        if self.session_idle_minutes < 1 || self.session_absolute_minutes < self.session_idle_minutes {
            bail!("session_idle_minutes must be at least 1 and not above session_absolute_minutes");
        }
        let mut names: Vec<&str> = self.carrier.iter().map(|carrier| carrier.name_and_lines().0).collect();
        names.sort_unstable();
        if let Some(twice) =
            names.windows(2).find_map(|pair| pair.first().filter(|first| pair.last() == Some(first)))
        {
            // Carriers call us by this name; a second one could never be reached.
            bail!("there may be at most one [[carrier]] of the kind {twice}");
        }
        if let Some(mail) = &self.mail
            && !mail.tls
            && !matches!(mail.host.as_str(), "localhost" | "127.0.0.1" | "::1")
        {
            bail!("mail without TLS is for a mail server on this machine only");
        }
        Ok(())
    }

    /// The data file.
    pub(crate) fn data_file(&self) -> PathBuf {
        self.data.join("hearthline.sqlite")
    }

    /// The key file.
    pub(crate) fn key_path(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join("hearthline.key"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> anyhow::Result<Config> {
        let config: Config = toml::from_str(text)?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn the_smallest_file_is_a_data_folder() {
        let config = parse("data = \"x\"").unwrap();
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.key_path(), PathBuf::from("x/hearthline.key"));
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(parse("data = \"x\"\nlisten_on = \"1.2.3.4:80\"").is_err());
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert!(parse("data = \"x\"\nlisten = \"0.0.0.0:8080\"").is_err());
        assert!(
            parse("data = \"x\"\nlisten = \"0.0.0.0:8080\"\npublic_url = \"https://texts.example.gov\"")
                .is_ok()
        );
        assert!(parse("data = \"x\"\npublic_url = \"ftp://x\"").is_err());
    }

    #[test]
    fn secrets_are_never_written_in_the_file() {
        let text = "data = \"x\"\n[[carrier]]\nkind = \"twilio\"\nlines = [\"sms-main\"]\naccount_sid = \"AC0\"\nauth_token = \"plain\"";
        assert!(parse(text).is_err());
        let text = "data = \"x\"\n[[carrier]]\nkind = \"twilio\"\nlines = [\"sms-main\"]\naccount_sid = \"AC0\"\nauth_token = { file = \"/run/token\" }";
        assert!(parse(text).is_ok());
    }
}
