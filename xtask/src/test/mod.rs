//! `cargo xtask test`: every check and every test, stage by stage, with one summary line at the end.
//!
//! A stage is a row in [`STAGES`]: cheap checks first, so that a slip is told in seconds, then what must be compiled,
//! then the browser. A failing stage does not stop the next one, unless nothing can be built. To add a stage: one
//! function that returns [`Count`], one row.

mod count;
mod stages;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use clap::Args;

use crate::shell;
use count::Count;

#[derive(Args)]
pub(crate) struct Options {
    /// Run this stage alone (may be given more than once): fmt, tidy, gen, clippy, rust, browser.
    #[arg(long)]
    only: Vec<String>,
}

type Stage = fn(&Path) -> Result<Count>;

/// Name, what it does, and the work.
const STAGES: &[(&str, &str, Stage)] = &[
    ("fmt", "formatting", stages::fmt),
    ("tidy", "house rules", stages::tidy),
    ("gen", "generated files are current", stages::generated),
    ("clippy", "lints, warnings are errors", stages::clippy),
    ("rust", "unit, contract, simulation, crash and peer tests", stages::rust),
    ("browser", "browser journeys", stages::browser),
];

/// Runs the stages and prints `N passed, N failed, N skipped` alone on the last line.
///
/// # Errors
/// When a stage's name is unknown or the machine lacks something that cannot be installed.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let watch = shell::Watch::start();
    if let Some(unknown) = options.only.iter().find(|name| STAGES.iter().all(|(known, ..)| known != *name)) {
        let known: Vec<_> = STAGES.iter().map(|(name, ..)| *name).collect();
        bail!("no stage is named `{unknown}`; there are: {}", known.join(", "));
    }
    stages::prepare(root)?;
    println!("{}", room(root));
    let mut total = Count::default();
    let mut failed = Vec::new();
    for (name, what, stage) in STAGES {
        if !options.only.is_empty() && !options.only.iter().any(|only| only == name) {
            continue;
        }
        println!("\n=== {name}: {what}");
        let stage_watch = shell::Watch::start();
        let count = stage(root).unwrap_or_else(|error| {
            println!("error: {error:#}");
            Count::one(false)
        });
        println!("=== {name}: {} in {}", count.words(), shell::spell_time(stage_watch.spent()));
        if count.failed > 0 {
            println!("{}", room(root));
            failed.push(*name);
        }
        total = total + count;
    }
    println!("\nall stages took {}", shell::spell_time(watch.spent()));
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    println!("{}", total.line());
    Ok(if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How much room the disks have on which is built and tested: a full one makes odd failures.
fn room(root: &Path) -> String {
    let asked = Command::new("df").arg("-Ph").arg(root).arg(std::env::temp_dir()).output();
    let told = asked.map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned()).unwrap_or_default();
    let free: Vec<String> = told
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            Some(format!("{} free on {}", columns.get(3)?, columns.get(5)?))
        })
        .collect();
    format!(
        "disk: {} (project), {} (temporary files)",
        free.first().map_or("?", |f| f),
        free.last().map_or("?", |f| f)
    )
}
