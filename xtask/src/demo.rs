//! `cargo xtask demo`: from a fresh clone to a page in the browser, in one command.
//!
//! It prepares and builds; what the demo holds and who may sign in belongs to `hearthline demo` in the server crate.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use clap::Args;

use crate::{shell, system, vendor};

#[derive(Args)]
pub(crate) struct Options {
    /// Forget the data of earlier starts.
    #[arg(long)]
    fresh: bool,
    /// The port on this machine; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Do not open a browser.
    #[arg(long)]
    no_open: bool,
    /// Build with every optimisation: slower to build, for measuring and for long use.
    #[arg(long)]
    release: bool,
}

/// Builds the program and serves the demo until it is stopped.
///
/// # Errors
/// Names what is missing or what failed to build.
pub(crate) fn run(root: &Path, options: &Options) -> Result<ExitCode> {
    let watch = shell::Watch::start();
    system::for_building(root)?;
    vendor::prepare(root)?;
    println!("building hearthline (the first time takes some minutes, later seconds) ...");
    let mut build = shell::cargo(root);
    build.args(["build", "--quiet", "--locked", "--package", "server"]);
    if options.release {
        build.arg("--release");
    }
    shell::check(&mut build)?;
    println!("built in {}", shell::spell_time(watch.spent()));

    let profile = if options.release { "release" } else { "debug" };
    let mut serve = Command::new(shell::target(root).join(profile).join("hearthline"));
    serve.current_dir(root).args(["demo", "--data", "data/demo", "--port", &options.port.to_string()]);
    if options.fresh {
        serve.arg("--fresh");
    }
    match opener().filter(|_| !options.no_open) {
        Some(program) => serve_and_open(&mut serve, program),
        None => become_the_server(&mut serve),
    }
}

/// Gives way to the server, so that it gets the terminal's signals and nothing stands between.
fn become_the_server(serve: &mut Command) -> Result<ExitCode> {
    let error = std::os::unix::process::CommandExt::exec(serve);
    Err(error).context("cannot start the server")
}

/// Passes the server's lines through and opens the address it announces.
fn serve_and_open(serve: &mut Command, program: &str) -> Result<ExitCode> {
    let mut child = serve.stdout(Stdio::piped()).spawn().context("cannot start the server")?;
    let mut opened = false;
    for line in child.stdout.take().into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
        let line = line.context("lost the server's output")?;
        println!("{line}");
        if let Some(address) = announced(&line).filter(|_| !opened) {
            opened = true;
            let started =
                Command::new(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            if started.is_err() {
                println!("open {address} in a browser");
            }
        }
    }
    let status = child.wait().context("lost the server")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The address in the line `listening on http://127.0.0.1:8080`.
fn announced(line: &str) -> Option<&str> {
    let (_, address) = line.split_once("listening on ")?;
    address.split_whitespace().next().filter(|word| word.starts_with("http://"))
}

/// A program that opens a page for the person, where there is a screen at all.
fn opener() -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        return Some("open");
    }
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    (screen && shell::has("xdg-open")).then_some("xdg-open")
}

#[cfg(test)]
mod tests {
    use super::announced;

    #[test]
    fn the_announced_address_is_found() {
        assert_eq!(announced("listening on http://127.0.0.1:8080"), Some("http://127.0.0.1:8080"));
        assert_eq!(announced("INFO listening on http://127.0.0.1:1 (demo)"), Some("http://127.0.0.1:1"));
        assert_eq!(announced("now listening"), None);
    }
}
