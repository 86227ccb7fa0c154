//! `hearthline doctor`: what was understood, and what is wrong, in two levels. A fault would keep the program from working
//! and ends the command with 1, for scripts and service managers; a warning is something to look at and ends with 0.

use std::path::Path;

use anyhow::bail;
use store::Store;
use store::sqlite::SqliteStore;
use store::vault::Vault;

use crate::config::{Carrier, Config};
use crate::{pack, say, wire};

/// What was found.
#[derive(Debug, Default)]
struct Findings {
    /// Would keep the program from starting, or from reading what it holds.
    faults: Vec<String>,
    /// It works, and somebody should look at it.
    warnings: Vec<String>,
}

impl Findings {
    fn fault(&mut self, words: impl Into<String>) {
        self.faults.push(words.into());
    }

    fn warn(&mut self, words: impl Into<String>) {
        self.warnings.push(words.into());
    }

    /// Says all of it, and fails when there is a fault.
    fn say(self) -> anyhow::Result<()> {
        for warning in &self.warnings {
            say(format_args!("WARNING: {warning}"));
        }
        for fault in &self.faults {
            say(format_args!("FAULT: {fault}"));
        }
        match self.faults.len() {
            0 if self.warnings.is_empty() => say("Nothing is wrong."),
            0 => say("Nothing would keep it from working."),
            1 => bail!("one fault would keep the program from working; it is listed above"),
            many => bail!("{many} faults would keep the program from working; they are listed above"),
        }
        Ok(())
    }
}

pub(crate) async fn run(path: &Path) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    say(format_args!("settings        {}", path.display()));
    say(format_args!("listens on      {} as {}", config.listen, config.public_url));
    say(format_args!("data file       {}", config.data_file().display()));
    let mut found = Findings::default();
    key(&config, &mut found);
    let pack = pack::load(config.pack.as_deref())?;
    say(format_args!("agency          {} ({})", pack.agency.name, pack.agency.unit));
    for line in &pack.agency.lines {
        let served = config.carrier.iter().any(|carrier| carrier.name_and_lines().1.contains(&line.id));
        say(format_args!(
            "line            {} {} at {} per second",
            line.id, line.shown, line.pace_per_second
        ));
        if !served {
            found.warn(format!("no [[carrier]] serves the line {}; its texts wait in the outbox", line.id));
        }
    }
    let mut readable = true;
    for carrier in &config.carrier {
        readable &= carrier_facts(carrier, &mut found);
    }
    if readable {
        wire::check(&config, &pack)?;
    }
    for role in pack.agency.contact_roles.iter().filter(|role| role.is_unset()) {
        found.warn(format!("the role mailbox “{}” has no address yet", role.title));
    }
    match &config.tasks {
        Some(tasks) => say(format_args!("office tasks    to {}", tasks.list_url)),
        None => say("office tasks    wait in the outbox: no [tasks] section"),
    }
    match &config.mail {
        Some(mail) => say(format_args!("mail            by {}:{}", mail.host, mail.port)),
        None => say("mail            stays in the local outbox"),
    }
    data(&config, &mut found).await;
    found.say()
}

/// Says what a carrier is. Returns whether its secrets can be read.
fn carrier_facts(carrier: &Carrier, found: &mut Findings) -> bool {
    let before = found.faults.len();
    match carrier {
        Carrier::Twilio { lines, account_sid, auth_token, other_token, .. } => {
            let tail: String =
                account_sid.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
            say(format_args!("carrier         twilio, account …{tail}, for {}", lines.join(", ")));
            for secret in std::iter::once(auth_token).chain(other_token) {
                if let Err(error) = secret.read() {
                    found.fault(format!("carrier twilio: {error:#}"));
                }
            }
            found.faults.len() == before
        }
        Carrier::Handset { lines } => {
            say(format_args!("carrier         handset, for {}", lines.join(", ")));
            found.warn("the handset is for demonstrations only; its page is not served by `serve`");
            true
        }
    }
}

fn key(config: &Config, found: &mut Findings) {
    let path = config.key_path();
    say(format_args!("key file        {}", path.display()));
    if path.parent() == config.data_file().parent() {
        found.warn("the key file lies beside the data: whoever copies the folder can read every text; set key_file to another place");
    }
}

async fn data(config: &Config, found: &mut Findings) {
    if !config.data_file().exists() {
        say("data            none yet; it is made on the first start");
        return;
    }
    let vault = match Vault::open(&config.key_path()) {
        Ok(Some(vault)) => vault,
        Ok(None) => {
            return found.fault("there is data but no key file: its texts cannot be read");
        }
        Err(error) => return found.fault(error.to_string()),
    };
    let opened = SqliteStore::open_read_only(&config.data_file(), vault);
    let store = match opened {
        Ok(store) => store,
        Err(error) => return found.fault(error.to_string()),
    };
    match store.check().await {
        Ok(counts) => {
            let list: Vec<String> = counts.iter().map(|(table, n)| format!("{table} {n}")).collect();
            say(format_args!("data            {}", list.join(", ")));
        }
        Err(error) => found.fault(error.to_string()),
    }
    match store.verify_audit().await {
        Ok(lines) => say(format_args!("audit log       whole, {lines} lines")),
        Err(error) => found.fault(error.to_string()),
    }
}
