//! The one binary: reads the settings, builds the parts, runs them, stops them. No logic lives here.
//!
//! To add a command: a variant below and a file in `commands/`.

mod commands;
mod config;
mod door;
mod drivers;
mod inbox;
mod pack;
mod wire;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Hearthline: a contact centre for public-benefits agencies.
#[derive(Debug, Parser)]
#[command(name = "hearthline", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve, with the settings of a file.
    Serve {
        /// The settings file.
        #[arg(long, default_value = "hearthline.toml")]
        config: PathBuf,
    },
    /// Serve with marked demo people and the browser handset.
    Demo(commands::demo::Options),
    /// Say what was understood of the settings, and what is wrong. Ends with 1 when something would keep the program from
    /// working (FAULT), with 0 when there is only something to look at (WARNING).
    Doctor {
        /// The settings file.
        #[arg(long, default_value = "hearthline.toml")]
        config: PathBuf,
    },
    /// Copy all data to a new file, while the server runs.
    Backup {
        /// The settings file.
        #[arg(long, default_value = "hearthline.toml")]
        config: PathBuf,
        /// The new file.
        #[arg(long)]
        to: PathBuf,
    },
    /// Put a backup in place, or only prove it good.
    Restore {
        /// The settings file.
        #[arg(long, default_value = "hearthline.toml")]
        config: PathBuf,
        /// The backup.
        #[arg(long)]
        from: PathBuf,
        /// Only prove it good; touch nothing.
        #[arg(long)]
        verify: bool,
    },
    /// Make every state and screen row again from the log, and compare.
    Replay {
        /// The settings file.
        #[arg(long, default_value = "hearthline.toml")]
        config: PathBuf,
        /// Put right the rows, states and clocks that differ. The server must be stopped.
        #[arg(long)]
        write: bool,
    },
    /// Walk the hash chain of the audit log.
    VerifyAudit {
        /// The settings file.
        #[arg(long, default_value = "hearthline.toml")]
        config: PathBuf,
    },
    /// Bring pages of an agency's own site in.
    Import {
        #[command(subcommand)]
        what: Import,
    },
    /// Measure, on a store in a temporary folder; prints Markdown.
    Bench(commands::bench::Options),
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Pages and memos: plain-text exports, saved HTML, Markdown, and folders of them.
    Knowledge(commands::import::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    drivers::logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error).context("the runtime could not be started")),
    };
    let outcome = runtime.block_on(async {
        match arguments.command {
            Command::Serve { config } => commands::serve::run(&config).await,
            Command::Demo(options) => commands::demo::run(options).await,
            Command::Doctor { config } => commands::doctor::run(&config).await,
            Command::Backup { config, to } => commands::data::backup(&config, &to).await,
            Command::Restore { config, from, verify } => commands::data::restore(&config, &from, verify),
            Command::Replay { config, write } => commands::data::replay(&config, write).await,
            Command::VerifyAudit { config } => commands::data::verify_audit(&config).await,
            Command::Import { what: Import::Knowledge(options) } => commands::import::run(options).await,
            Command::Bench(options) => commands::bench::run(options).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the last word of a command goes to the operator")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("hearthline: {error:#}");
    ExitCode::FAILURE
}

/// Prints one line to the operator.
fn say(line: impl std::fmt::Display) {
    // Whoever reads may stop reading, as `head` does; the work goes on.
    writeln!(std::io::stdout(), "{line}").ok();
}
