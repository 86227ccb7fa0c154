//! The inbox of the data folder: how a command hands pages to a server that runs.
//!
//! One process owns the data at a time. A command that finds it owned lays a parcel into `inbox/` (written whole, then
//! renamed), and the server takes it, brings it in, and lays the answer beside it. Who may write into the data folder may
//! do this, and nobody else.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use engine::Engine;
use engine::pages::Installed;
use serde::{Deserialize, Serialize};

use tokio::sync::watch;

use crate::commands::import;

const FOLDER: &str = "inbox";
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Files as they were read, with what names become.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Parcel {
    /// Name and bytes in base64.
    pub(crate) files: Vec<(String, String)>,
    /// Names of persons and their roles.
    pub(crate) roles: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    added: Vec<String>,
    updated: Vec<String>,
    unchanged: usize,
    kept: Vec<String>,
    #[serde(default)]
    notes: Vec<String>,
    error: Option<String>,
}

/// Whether a process owns the data at this moment.
pub(crate) fn is_served(data_file: &Path) -> bool {
    let mut name = data_file.as_os_str().to_owned();
    name.push(".lock");
    let Ok(file) = std::fs::File::open(PathBuf::from(name)) else { return false };
    matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock))
}

/// Lays a parcel down. Answers with the place of the answer to come.
pub(crate) fn lay(data: &Path, parcel: &Parcel) -> anyhow::Result<PathBuf> {
    let folder = data.join(FOLDER);
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name = crate::drivers::random_hex(8)?;
    let (partial, whole) = (folder.join(format!("{name}.part")), folder.join(format!("{name}.parcel")));
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
    serde_json::to_writer(&file, parcel)?;
    file.sync_all()?;
    std::fs::rename(&partial, &whole)?;
    Ok(folder.join(format!("{name}.answer")))
}

/// The answer, once it is there; it is taken away.
pub(crate) fn answer(place: &Path) -> anyhow::Result<Option<Result<Installed, String>>> {
    if !place.exists() {
        return Ok(None);
    }
    let found: Answer = serde_json::from_slice(&std::fs::read(place)?)?;
    std::fs::remove_file(place)?;
    Ok(Some(match found.error {
        Some(error) => Err(error),
        None => Ok(Installed {
            added: found.added,
            updated: found.updated,
            unchanged: found.unchanged,
            kept: found.kept,
            notes: found.notes,
        }),
    }))
}

/// Takes parcels until the server stops.
pub(crate) async fn watch(data: PathBuf, engine: Engine, mut stop: watch::Receiver<bool>) {
    let folder = data.join(FOLDER);
    while !*stop.borrow() {
        for path in parcels(&folder) {
            if let Err(error) = take(&path, &engine).await {
                tracing::error!(path = %path.display(), %error, "a parcel of the inbox could not be answered");
            }
        }
        tokio::select! {
            () = engine::run::pause(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

fn parcels(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut out: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "parcel"))
        .collect();
    out.sort();
    out
}

async fn take(path: &Path, engine: &Engine) -> anyhow::Result<()> {
    let made = async {
        // A parcel may hold thousands of files; the server answers others while they are read.
        let place = path.to_owned();
        let read = tokio::task::spawn_blocking(move || {
            let parcel: Parcel = serde_json::from_slice(&std::fs::read(place)?)?;
            import::understand(&parcel)
        });
        import::bring(engine, read.await??).await
    };
    let answer = match made.await {
        Ok(made) => Answer {
            added: made.added,
            updated: made.updated,
            unchanged: made.unchanged,
            kept: made.kept,
            notes: made.notes,
            error: None,
        },
        Err(error) => Answer {
            added: Vec::new(),
            updated: Vec::new(),
            unchanged: 0,
            kept: Vec::new(),
            notes: Vec::new(),
            error: Some(format!("{error:#}")),
        },
    };
    let partial = path.with_extension("answering");
    std::fs::write(&partial, serde_json::to_vec(&answer)?)?;
    std::fs::rename(&partial, path.with_extension("answer"))?;
    std::fs::remove_file(path)?;
    Ok(())
}
