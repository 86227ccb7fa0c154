//! What the machine must have: a C compiler, Node with npm, and for the tests a browser and Python.
//!
//! Each is looked for first. What is missing is installed from Debian's packages where that is allowed (root, or sudo
//! without a password); elsewhere the exact command is named. To add a need: one constant, one call.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// The oldest Node that the front-end tools and `node --test` run on.
const NODE_AT_LEAST: u32 = 18;

/// Makes sure of what building needs: a Rust new enough, a C compiler (SQLite is C) and Node with npm.
///
/// # Errors
/// Names what is missing and the command that brings it.
pub(crate) fn for_building(root: &Path) -> Result<()> {
    rust(root)?;
    let mut wanted = Vec::new();
    if !["cc", "gcc", "clang"].iter().any(|name| shell::has(name)) {
        wanted.push("build-essential");
    }
    if !shell::has("node") || !shell::has("npm") {
        wanted.extend(["nodejs", "npm"]);
    }
    install(&wanted)?;
    let version = shell::read("node", &["--version"], root)?;
    if major(&version) < NODE_AT_LEAST {
        bail!(
            "Node {version} is too old: at least {NODE_AT_LEAST} is needed (Debian 12: apt-get install nodejs npm)"
        );
    }
    Ok(())
}

fn rust(root: &Path) -> Result<()> {
    let manifest = std::fs::read_to_string(root.join("Cargo.toml"))?;
    let manifest: toml::Table = manifest.parse()?;
    let wanted = manifest
        .get("workspace")
        .and_then(|table| table.get("package"))
        .and_then(|table| table.get("rust-version"))
        .and_then(toml::Value::as_str)
        .unwrap_or("1.92");
    let found = shell::read("rustc", &["--version"], root)?;
    let found = found.split_whitespace().nth(1).unwrap_or_default();
    if numbers(found) < numbers(wanted) {
        bail!("Rust {found} is too old: at least {wanted} is needed (`rustup update stable`)");
    }
    Ok(())
}

/// Makes sure of the browser and returns where it is.
///
/// # Errors
/// Names the command that installs it.
pub(crate) fn browser() -> Result<PathBuf> {
    let known = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(shell::find);
    if let Some(found) = known() {
        return Ok(found);
    }
    install(&["chromium"])?;
    known().ok_or_else(|| anyhow::anyhow!("chromium was installed but is not on PATH"))
}

/// Makes sure that Python can make a virtual environment.
///
/// # Errors
/// Names the command that installs it.
pub(crate) fn python(root: &Path) -> Result<()> {
    if shell::read("python3", &["-c", "import ensurepip, venv"], root).is_err() {
        install(&["python3", "python3-venv"])?;
    }
    Ok(())
}

/// Installs Debian packages, or says how.
fn install(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    let by_hand = format!("sudo apt-get update && sudo apt-get install -y {names}");
    if !shell::has("apt-get") {
        bail!("missing: {names}. Install them with your system's package manager (on Debian: `{by_hand}`)");
    }
    let prefix = if shell::read("id", &["-u"], Path::new("/")).is_ok_and(|id| id == "0") {
        Vec::new()
    } else if shell::read("sudo", &["-n", "true"], Path::new("/")).is_ok() {
        vec!["sudo", "-n"]
    } else {
        bail!("missing: {names}. Run: {by_hand}");
    };
    println!("installing {names} ...");
    for step in [
        vec!["apt-get", "update", "-qq"],
        [vec!["apt-get", "install", "-y", "-qq"], packages.to_vec()].concat(),
    ] {
        let words = [prefix.clone(), step].concat();
        let Some((program, arguments)) = words.split_first() else { continue };
        let mut command = Command::new(program);
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(std::process::Stdio::null());
        if let Err(error) = shell::check(&mut command) {
            bail!("{error}. Run: {by_hand}");
        }
    }
    Ok(())
}

/// `v20.20.2` as 20; anything unreadable as 0.
fn major(version: &str) -> u32 {
    numbers(version.trim_start_matches('v')).first().copied().unwrap_or(0)
}

/// `1.95.0-nightly` as `[1, 95, 0]`.
fn numbers(version: &str) -> Vec<u32> {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    plain.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("1.95.0") > numbers("1.92"));
        assert!(numbers("1.9.0") < numbers("1.92"));
        assert_eq!(major("v20.20.2"), 20);
        assert_eq!(major("nonsense"), 0);
    }
}
