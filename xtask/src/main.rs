//! The toolbox: `cargo xtask demo`, `test`, `bench`, `gen`, `tidy`, `vendor`.
//!
//! It owns what a person types to build, try and check the project, and the rules that no compiler knows (`tidy`).
//! It owns nothing that runs in production. To add a command: one module, one variant of `Command` below.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks on its output")]

mod bench;
mod catalogue;
mod demo;
mod generate;
mod scan;
mod shell;
mod system;
mod test;
mod tidy;
mod vendor;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Build, try and check Hearthline.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the program and serve it with the Missouri pack and marked demo people.
    Demo(demo::Options),
    /// Run every check and every test, with all they need; one summary line at the end.
    Test(test::Options),
    /// Measure a release build and write target/bench/report.md.
    Bench(bench::Options),
    /// Write docs/sop.md from the clause catalogue and from what the code and the tests cite.
    Gen {
        /// Change nothing; fail when the file on disk is not what would be written.
        #[arg(long)]
        check: bool,
    },
    /// Check the house rules that the compiler cannot: rooms, vocabulary, sizes, clauses without a test.
    Tidy,
    /// Fetch the pinned front-end packages and lay out what the program embeds.
    Vendor,
}

fn main() -> ExitCode {
    let root = shell::root();
    match run(&root, Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &std::path::Path, command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(options) => demo::run(root, &options),
        Command::Test(options) => test::run(root, &options),
        Command::Bench(options) => bench::run(root, &options).map(|()| ExitCode::SUCCESS),
        Command::Gen { check: true } => generate::check(root).map(|()| ExitCode::SUCCESS),
        Command::Gen { check: false } => generate::write(root).map(|()| ExitCode::SUCCESS),
        Command::Tidy => tidy::run(root),
        Command::Vendor => vendor::prepare(root).map(|()| ExitCode::SUCCESS),
    }
}
