//! The agency's pack: the one embedded in the program, or a folder that the settings name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use domain::pack::{Pack, parse};
use engine::pages::Shipped;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../agency/missouri-fsd"]
struct Embedded;

/// Folder of articles and memos.
const KNOWLEDGE: &str = "knowledge/";

/// Largest file of a pack, in bytes.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Deepest folder of a pack.
const DEPTH_MAX: usize = 4;

/// Reads and checks the pack.
pub(crate) fn load(folder: Option<&Path>) -> anyhow::Result<Pack> {
    let files = texts(folder)?;
    let rules: BTreeMap<String, String> =
        files.into_iter().filter(|(name, _)| !name.starts_with(KNOWLEDGE)).collect();
    parse(&rules).map_err(|errors| {
        let list: Vec<String> = errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the agency's pack has {} fault(s):\n{}", list.len(), list.join("\n"))
    })
}

/// Reads and checks the pack's articles and memos.
pub(crate) fn knowledge(folder: Option<&Path>) -> anyhow::Result<Shipped> {
    Shipped::read(&texts(folder)?).map_err(|faults| {
        anyhow::anyhow!("the pack's knowledge has {} fault(s):\n{}", faults.len(), faults.join("\n"))
    })
}

/// The pack's words that mean the same, for the search.
pub(crate) fn synonyms(folder: Option<&Path>) -> anyhow::Result<String> {
    Ok(texts(folder)?.remove("knowledge/synonyms.toml").unwrap_or_default())
}

fn texts(folder: Option<&Path>) -> anyhow::Result<BTreeMap<String, String>> {
    match folder {
        Some(folder) => from_folder(folder),
        None => Ok(embedded()),
    }
}

fn is_text(name: &str) -> bool {
    name.ends_with(".toml")
        || ([".md", ".csv"].iter().any(|end| name.ends_with(end)) && name.starts_with(KNOWLEDGE))
}

fn embedded() -> BTreeMap<String, String> {
    Embedded::iter()
        .filter(|name| is_text(name))
        .filter_map(|name| {
            let file = Embedded::get(&name)?;
            Some((name.to_string(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect()
}

fn from_folder(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    walk(folder, folder, 0, &mut files)?;
    if files.is_empty() {
        bail!("the folder {} holds no pack", folder.display());
    }
    Ok(files)
}

fn walk(
    root: &Path,
    folder: &Path,
    depth: usize,
    files: &mut BTreeMap<String, String>,
) -> anyhow::Result<()> {
    if depth > DEPTH_MAX {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("the pack's folder {} cannot be read", folder.display()))?;
    for entry in entries {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            walk(root, &path, depth + 1, files)?;
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if is_text(&name) {
            if path.metadata()?.len() > FILE_BYTES_MAX {
                bail!("{} is larger than {FILE_BYTES_MAX} bytes", path.display());
            }
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            files.insert(name, text);
        }
    }
    Ok(())
}
