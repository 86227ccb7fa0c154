//! `hearthline doctor`: what was understood, and what is wrong.

use std::path::Path;

use store::Store;
use store::sqlite::SqliteStore;
use store::vault::Vault;

use crate::config::{Carrier, Config};
use crate::{pack, say, wire};

pub(crate) async fn run(path: &Path) -> anyhow::Result<()> {
    let config = Config::read(path)?;
    say(format_args!("settings        {}", path.display()));
    say(format_args!("listens on      {} as {}", config.listen, config.public_url));
    say(format_args!("data file       {}", config.data_file().display()));
    let mut warnings = Vec::new();
    key(&config, &mut warnings);
    let pack = pack::load(config.pack.as_deref())?;
    say(format_args!("agency          {} ({})", pack.agency.name, pack.agency.unit));
    for line in &pack.agency.lines {
        let served = config.carrier.iter().any(|carrier| carrier.name_and_lines().1.contains(&line.id));
        say(format_args!(
            "line            {} {} at {} per second",
            line.id, line.shown, line.pace_per_second
        ));
        if !served {
            warnings
                .push(format!("no [[carrier]] serves the line {}; its texts wait in the outbox", line.id));
        }
    }
    let mut readable = true;
    for carrier in &config.carrier {
        readable &= carrier_facts(carrier, &mut warnings);
    }
    if readable {
        wire::check(&config, &pack)?;
    }
    for role in pack.agency.contact_roles.iter().filter(|role| role.is_unset()) {
        warnings.push(format!("the role mailbox “{}” has no address yet", role.title));
    }
    match &config.mail {
        Some(mail) => say(format_args!("mail            by {}:{}", mail.host, mail.port)),
        None => say("mail            stays in the local outbox"),
    }
    data(&config, &mut warnings).await;
    if warnings.is_empty() {
        say("Nothing is wrong.");
    }
    for warning in warnings {
        say(format_args!("WARNING: {warning}"));
    }
    Ok(())
}

/// Says what a carrier is. Returns whether its secrets can be read.
fn carrier_facts(carrier: &Carrier, warnings: &mut Vec<String>) -> bool {
    let before = warnings.len();
    match carrier {
        Carrier::Twilio { lines, account_sid, auth_token, other_token, .. } => {
            let tail: String =
                account_sid.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
            say(format_args!("carrier         twilio, account …{tail}, for {}", lines.join(", ")));
            for secret in std::iter::once(auth_token).chain(other_token) {
                if let Err(error) = secret.read() {
                    warnings.push(format!("carrier twilio: {error:#}"));
                }
            }
            warnings.len() == before
        }
        Carrier::Handset { lines } => {
            say(format_args!("carrier         handset, for {}", lines.join(", ")));
            warnings
                .push("the handset is for demonstrations only; its page is not served by `serve`".to_owned());
            true
        }
    }
}

fn key(config: &Config, warnings: &mut Vec<String>) {
    let path = config.key_path();
    say(format_args!("key file        {}", path.display()));
    if path.parent() == config.data_file().parent() {
        warnings.push("the key file lies beside the data: whoever copies the folder can read every text; set key_file to another place".to_owned());
    }
}

async fn data(config: &Config, warnings: &mut Vec<String>) {
    if !config.data_file().exists() {
        say("data            none yet; it is made on the first start");
        return;
    }
    let vault = match Vault::open(&config.key_path()) {
        Ok(Some(vault)) => vault,
        Ok(None) => {
            return warnings.push("there is data but no key file: its texts cannot be read".to_owned());
        }
        Err(error) => return warnings.push(error.to_string()),
    };
    let opened = SqliteStore::open_read_only(&config.data_file(), vault);
    let store = match opened {
        Ok(store) => store,
        Err(error) => return warnings.push(error.to_string()),
    };
    match store.check().await {
        Ok(counts) => {
            let list: Vec<String> = counts.iter().map(|(table, n)| format!("{table} {n}")).collect();
            say(format_args!("data            {}", list.join(", ")));
        }
        Err(error) => warnings.push(error.to_string()),
    }
    match store.verify_audit().await {
        Ok(lines) => say(format_args!("audit log       whole, {lines} lines")),
        Err(error) => warnings.push(error.to_string()),
    }
}
