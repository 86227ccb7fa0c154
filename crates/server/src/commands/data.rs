//! Backup, restore, replay, and the proof of the audit log.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use store::Store;
use store::sqlite::{SqliteStore, restore as restore_file};
use store::vault::Vault;

use engine::Engine;

use crate::config::Config;
use crate::{pack, say, wire};

fn vault(config: &Config) -> anyhow::Result<Vault> {
    let path = config.key_path();
    Vault::open(&path)?.with_context(|| format!("there is no key file {}", path.display()))
}

fn read_only(config: &Config) -> anyhow::Result<SqliteStore> {
    Ok(SqliteStore::open_read_only(&config.data_file(), vault(config)?)?)
}

fn list(counts: &[(String, u64)]) {
    for (table, count) in counts {
        say(format_args!("  {table:<16} {count}"));
    }
}

pub(crate) async fn backup(config: &Path, to: &Path) -> anyhow::Result<()> {
    let config = Config::read(config)?;
    if to.exists() {
        bail!("{} exists already; a backup never overwrites", to.display());
    }
    let store = read_only(&config)?;
    store.backup(to).await?;
    let counts = restore_file(to, to, &vault(&config)?, true).context("the copy did not prove good")?;
    say(format_args!("Copied to {} and proved good:", to.display()));
    list(&counts);
    say("Keep the key file apart from it: without the key the texts in the copy cannot be read.");
    Ok(())
}

pub(crate) fn restore(config: &Path, from: &Path, verify: bool) -> anyhow::Result<()> {
    let config = Config::read(config)?;
    if !verify {
        // A new machine has no data folder yet.
        std::fs::create_dir_all(&config.data)
            .with_context(|| format!("the data folder {} cannot be made", config.data.display()))?;
    }
    let counts = restore_file(from, &config.data_file(), &vault(&config)?, verify)?;
    let done = if verify { "is good; nothing was changed" } else { "is in place" };
    say(format_args!("{} {done}:", from.display()));
    list(&counts);
    Ok(())
}

pub(crate) async fn replay(config: &Path, write: bool) -> anyhow::Result<()> {
    let config = Config::read(config)?;
    let pack = pack::load(config.pack.as_deref())?;
    let built = if write {
        wire::build(&config, pack, false).await?
    } else {
        let store: Arc<dyn Store> = Arc::new(read_only(&config)?);
        wire::build_on(&config, pack, false, store, Engine::read).await?
    };
    let found = built.engine.replay(write).await?;
    say(format_args!(
        "{} events, {} streams, {} rows; {} differ.",
        found.events, found.streams, found.rows, found.different
    ));
    for line in &found.listed {
        say(format_args!("  {line}"));
    }
    if found.different > 0 && !write {
        bail!("rows or states differ from the log; with the server stopped, --write puts them right");
    }
    Ok(())
}

pub(crate) async fn verify_audit(config: &Path) -> anyhow::Result<()> {
    let config = Config::read(config)?;
    let lines = read_only(&config)?.verify_audit().await?;
    say(format_args!("The audit log is whole: {lines} lines, each chained to the one before."));
    Ok(())
}
