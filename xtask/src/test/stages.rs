//! The stages of `cargo xtask test`: which tool each runs, with what it needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::count::Count;
use crate::{generate, shell, system, tidy, vendor};

/// What every stage needs: compilers, front-end packages, the folder that the web crate embeds.
pub(crate) fn prepare(root: &Path) -> Result<()> {
    system::for_building(root)?;
    vendor::prepare(root)
}

pub(crate) fn fmt(root: &Path) -> Result<Count> {
    let shown = shell::show(shell::cargo(root).args(["fmt", "--all", "--check"]))?;
    Ok(Count::one(shown.success))
}

pub(crate) fn tidy(root: &Path) -> Result<Count> {
    Ok(Count::one(tidy::report(root)? == 0))
}

pub(crate) fn generated(root: &Path) -> Result<Count> {
    generate::check(root)?;
    Ok(Count::one(true))
}

pub(crate) fn clippy(root: &Path) -> Result<Count> {
    let arguments = ["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    let shown = shell::show(shell::cargo(root).args(arguments))?;
    Ok(Count::one(shown.success))
}

/// All tests of all crates, the simulator's seeded days and the crash test among them.
pub(crate) fn rust(root: &Path) -> Result<Count> {
    let peers = peers(root)?;
    let nextest =
        shell::cargo(root).args(["nextest", "--version"]).output().is_ok_and(|out| out.status.success());
    let mut command = shell::cargo(root);
    if nextest {
        command.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]);
    } else {
        command.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    }
    // Colour signs would stand between the numbers that are counted.
    command.env("CARGO_TERM_COLOR", "never").env("HEARTHLINE_PEERS", peers);
    let shown = shell::show(&mut command)?;
    if nextest {
        Count::nextest(&shown.text, shown.success)
    } else {
        Count::cargo(&shown.text, shown.success)
    }
}

/// A Python environment with the libraries that real peers publish, each pinned in its own `requirements.txt`.
/// Tests find its interpreter at `$HEARTHLINE_PEERS/bin/python`.
fn peers(root: &Path) -> Result<PathBuf> {
    let home = shell::target(root).join("peers");
    let lists = requirement_lists(&root.join("e2e/peers"))?;
    if lists.is_empty() {
        return Ok(home);
    }
    let mut wanted = String::new();
    for list in &lists {
        wanted.push_str(&fs::read_to_string(list)?);
    }
    let mark = home.join("installed.txt");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(home);
    }
    println!("preparing the real peers (Python packages) ...");
    system::python(root)?;
    shell::check(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
    let mut pip = Command::new(home.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    for list in &lists {
        pip.arg("-r").arg(list);
    }
    shell::check(&mut pip)?;
    fs::write(&mark, wanted).context("cannot mark the peers as installed")?;
    Ok(home)
}

fn requirement_lists(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut lists = Vec::new();
    for entry in fs::read_dir(folder)? {
        let list = entry?.path().join("requirements.txt");
        if list.is_file() {
            lists.push(list);
        }
    }
    lists.sort();
    Ok(lists)
}

/// The journeys in `e2e/tests`, each against the real program with a data folder of its own.
pub(crate) fn browser(root: &Path) -> Result<Count> {
    let browser = system::browser()?;
    vendor::packages(root)?;
    // The same feature set as the Rust tests use, so that nothing is compiled twice.
    shell::check(shell::cargo(root).args(["build", "--quiet", "--locked", "--workspace", "--bins"]))?;
    let program = shell::target(root).join("debug/hearthline");
    let journeys = journeys(&root.join("e2e/tests"))?;
    if journeys.is_empty() {
        bail!("e2e/tests holds no journey");
    }
    let tap = shell::target(root).join("xtask/browser.tap");
    let mut node = Command::new("node");
    node.current_dir(root).args([
        "--test",
        "--test-concurrency=2",
        "--test-timeout=300000",
        "--test-reporter=spec",
    ]);
    node.args(["--test-reporter-destination=stdout", "--test-reporter=tap"]);
    node.arg(format!("--test-reporter-destination={}", tap.display())).args(journeys);
    let shown = shell::show(node.env("HEARTHLINE_BIN", program).env("HEARTHLINE_CHROMIUM", browser))?;
    Ok(Count::tap(&fs::read_to_string(tap).unwrap_or_default(), shown.success))
}

fn journeys(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).context("e2e/tests")? {
        let file = entry?.path();
        if file.to_string_lossy().ends_with(".test.mjs") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
