//! `cargo xtask bench`: measures a release build on this machine and keeps the report.
//!
//! What is measured belongs to `hearthline bench`, the other engines to examples; this builds all of them and
//! adds the machine, the toolchain and the commit, without which a number means little.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{shell, system, vendor};

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `hearthline bench`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Builds, measures, writes `target/bench/report.md`.
///
/// # Errors
/// When the build or a measurement fails; no report is written then.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    system::for_building(root)?;
    vendor::prepare(root)?;
    println!("building the release binary ...");
    let packages = ["--package", "server", "--package", "search", "--package", "store"];
    let parts = ["--bin", "hearthline", "--example", "compare", "--example", "bookings"];
    shell::check(shell::cargo(root).args(["build", "--release", "--locked"]).args(packages).args(parts))?;
    let watch = shell::Watch::start();
    let release = shell::target(root).join("release");
    let mut bench = Command::new(release.join("hearthline"));
    bench.current_dir(root).arg("bench").arg("--compare").arg(release.join("examples/compare"));
    bench.arg("--rival").arg(release.join("examples/bookings"));
    // What the program tells its operator besides would stand within the report.
    let shown = shell::show(bench.env("HEARTHLINE_LOG", "warn").args(&options.rest))?;
    if !shown.success {
        bail!("`hearthline bench` failed");
    }
    let report = shell::target(root).join("bench/report.md");
    fs::create_dir_all(report.parent().unwrap_or(root))?;
    fs::write(&report, format!("{}\n{}", heading(root), shown.text)).context("cannot write the report")?;
    println!("measured in {}; the report is {}", shell::spell_time(watch.spent()), report.display());
    Ok(())
}

fn heading(root: &Path) -> String {
    let or_unknown = |found: Result<String>| found.unwrap_or_else(|_| "unknown".to_owned());
    let commit = or_unknown(shell::read("git", &["describe", "--always", "--dirty"], root));
    let rust = or_unknown(shell::read("rustc", &["--version"], root));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    let processor = processor.trim_start_matches([' ', '\t', ':']);
    format!(
        "# Measurements\n\n- commit: {commit}\n- toolchain: {rust}\n- machine: {cores} cores, {processor}\n"
    )
}
