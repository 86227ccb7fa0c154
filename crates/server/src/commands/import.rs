//! `hearthline import knowledge`: pages of an agency's own site into the knowledge base, all of them or none.
//!
//! One process owns the data at a time. While the server runs, the command lays what it has read into the data folder's
//! inbox, and the server brings it in; otherwise it does so itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use domain::knowledge::Source;
use engine::Engine;
use engine::pages::Installed;
use knowledge::import::{Among, Imported, Limits, RoleMap, merge_navigation, read_among};

use crate::config::Config;
use crate::inbox::Parcel;
use crate::{inbox, pack, say, wire};

/// Files read in one go.
const FILES_MAX: usize = 10_000;
/// Bytes read in one go: all of it is held in memory at once.
const TOTAL_MAX: u64 = 512 * 1024 * 1024;
/// Deepest folder.
const DEPTH_MAX: usize = 16;
/// Faults listed.
const FAULTS_SHOWN: usize = 50;
/// How often, and how many times, the running server's answer is looked for: two minutes in all.
const LOOK_EVERY: Duration = Duration::from_millis(200);
const LOOKS_MAX: u32 = 600;
/// Endings of files that are looked at in a folder.
const ENDINGS: [&str; 5] = ["txt", "html", "htm", "md", "markdown"];

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files, or folders with files: plain-text exports, saved HTML, Markdown.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print what was understood; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// A TOML file that maps names of persons to roles: `"A Name" = "role"`.
    #[arg(long)]
    roles: Option<PathBuf>,
    /// The settings file.
    #[arg(long, default_value = "hearthline.toml")]
    config: PathBuf,
    /// A data folder in place of the settings file, such as the demo's.
    #[arg(long)]
    data: Option<PathBuf>,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let config = match &options.data {
        Some(folder) if !folder.is_dir() => bail!("there is no data folder {}", folder.display()),
        Some(folder) => Config::of_folder(folder),
        None => Config::read(&options.config)?,
    };
    let parcel = collect_files(&options)?;
    let imported = understand(&parcel)?;
    describe(&imported);
    if options.dry_run {
        say("Nothing was written (--dry-run).");
        return Ok(());
    }
    let made = if inbox::is_served(&config.data_file()) {
        hand_over(&config, &parcel).await?
    } else {
        let pack = pack::load(config.pack.as_deref())?;
        let built = wire::build(&config, pack, false).await?;
        bring(&built.engine, imported).await?
    };
    for note in &made.notes {
        say(format_args!("  note: {note}"));
    }
    say(format_args!(
        "{} pages added, {} with a new edition, {} unchanged.",
        made.added.len(),
        made.updated.len(),
        made.unchanged
    ));
    Ok(())
}

/// Brings in what was read, in one commit.
pub(crate) async fn bring(engine: &Engine, imported: Imported) -> anyhow::Result<Installed> {
    let brought = engine.brought(imported);
    let made = engine.install_pages(brought.drafts, Source::Import, "import", false).await;
    let made = made.map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(Installed { notes: brought.notes, ..made })
}

async fn hand_over(config: &Config, parcel: &Parcel) -> anyhow::Result<Installed> {
    say("The server runs and owns the data; it brings the pages in.");
    let place = inbox::lay(&config.data, parcel)?;
    for _ in 0..LOOKS_MAX {
        if let Some(answer) = inbox::answer(&place)? {
            return answer.map_err(|reason| anyhow::anyhow!("the server refused: {reason}"));
        }
        engine::run::pause(LOOK_EVERY).await;
    }
    bail!("the server has not answered yet; it will bring the pages in when it can")
}

fn collect_files(options: &Options) -> anyhow::Result<Parcel> {
    let mut paths = Vec::new();
    for path in &options.files {
        collect(path, 0, true, &mut paths)?;
    }
    if paths.is_empty() {
        bail!("there is no .txt, .html or .md file among them");
    }
    let limit = Limits::default().max_bytes as u64;
    let mut parcel = Parcel { files: Vec::new(), roles: role_map(options.roles.as_deref())? };
    let mut total = 0_u64;
    for path in &paths {
        let name = path.display().to_string();
        let size = path.metadata().with_context(|| format!("{name} cannot be read"))?.len();
        if size > limit {
            bail!("nothing was brought in: {name} has {size} bytes; at most {limit} are read");
        }
        total = total.saturating_add(size);
        if total > TOTAL_MAX {
            bail!(
                "nothing was brought in: the files have more than {TOTAL_MAX} bytes together; bring them in by parts"
            );
        }
        let bytes = std::fs::read(path).with_context(|| format!("{name} cannot be read"))?;
        parcel.files.push((name, STANDARD.encode(bytes)));
    }
    Ok(parcel)
}

/// Reads every file of a parcel, or says what is wrong with each that cannot be read.
pub(crate) fn understand(parcel: &Parcel) -> anyhow::Result<Imported> {
    let mut roles = RoleMap::new();
    for (name, role) in &parcel.roles {
        roles.insert(name, role);
    }
    let limits = Limits::default();
    let mut out = Imported::default();
    let mut faults = Vec::new();
    let among = Among::new(parcel.files.iter().map(|(name, _)| name.as_str()));
    for (name, bytes) in &parcel.files {
        let bytes = STANDARD.decode(bytes).with_context(|| format!("{name} was damaged on its way"))?;
        match read_among(name, &bytes, &limits, &roles, &among) {
            Ok(more) => {
                let noted = more.notices.into_iter().map(|notice| (name.clone(), notice));
                for (name, notice) in noted {
                    match notice.line {
                        Some(line) => say(format_args!("  note: {name}, line {line}: {}", notice.kind)),
                        None => say(format_args!("  note: {name}: {}", notice.kind)),
                    }
                }
                out.documents.extend(more.documents);
                merge_navigation(&mut out.navigation, more.navigation);
            }
            Err(error) => faults.push(error.to_string()),
        }
    }
    if !faults.is_empty() {
        let shown = faults.iter().take(FAULTS_SHOWN).cloned().collect::<Vec<_>>().join("\n  ");
        let (wrong, all) = (faults.len(), parcel.files.len());
        bail!("nothing was brought in, because {wrong} of {all} files cannot be read:\n  {shown}");
    }
    Ok(out)
}

fn collect(path: &Path, depth: usize, named: bool, out: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if out.len() >= FILES_MAX {
        bail!("more than {FILES_MAX} files; bring them in by parts");
    }
    let about = path.symlink_metadata().with_context(|| format!("{} cannot be read", path.display()))?;
    // A link within a folder could lead anywhere, or round in a circle.
    if about.is_symlink() && !named {
        return Ok(());
    }
    if path.is_dir() {
        if depth >= DEPTH_MAX {
            bail!("{} lies more than {DEPTH_MAX} folders deep", path.display());
        }
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        entries.sort();
        for entry in entries {
            collect(&entry, depth + 1, false, out)?;
        }
        return Ok(());
    }
    let known = path
        .extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()));
    // A pipe or a device has no end.
    if !path.is_file() {
        if named {
            bail!("{} is no file", path.display());
        }
        return Ok(());
    }
    if named || known {
        out.push(path.to_owned());
    }
    Ok(())
}

fn role_map(path: Option<&Path>) -> anyhow::Result<BTreeMap<String, String>> {
    let Some(path) = path else { return Ok(BTreeMap::new()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no list of names", path.display()))
}

fn describe(imported: &Imported) {
    say(format_args!(
        "{} documents, {} places of the site's menu.",
        imported.documents.len(),
        imported.navigation.len()
    ));
    for document in &imported.documents {
        let words = document.markdown.split_whitespace().count();
        let updated =
            document.updated.map_or_else(|| "no date printed".to_owned(), |day| format!("updated {day}"));
        say(format_args!("  {} ({words} words, {updated})", document.title));
        if !document.breadcrumb.is_empty() {
            say(format_args!("    under {}", document.breadcrumb.join(" / ")));
        }
        if let Some(memo) = &document.memo {
            say(format_args!("    memo {} from {}", memo.number, memo.from_role));
            if !memo.manual_revised.is_empty() {
                say(format_args!("    revises {}", memo.manual_revised.join(", ")));
            }
        }
        if !document.forms.is_empty() {
            say(format_args!("    forms {}", document.forms.join(", ")));
        }
        if !document.manual.is_empty() {
            say(format_args!("    manual sections {}", document.manual.join(", ")));
        }
    }
}
