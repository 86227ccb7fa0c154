//! `hearthline bench`: what the machine at hand does, as Markdown. Ratios within one run are what counts.
//!
//! One file per part. To add a part: a variant of [`Part`] and a file with a `run`.

mod bookings;
mod commits;
mod corpus;
mod figures;
mod knowledge;
mod pages;
mod reader;
mod rivals;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Commits per second of the store.
    Commits,
    /// Search and pages of the knowledge base.
    Knowledge,
    /// Free times and booking attempts of the appointment book.
    Bookings,
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What to measure; everything when absent.
    #[arg(long)]
    part: Vec<Part>,
    /// Seconds per measurement of commits.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    #[command(flatten)]
    knowledge: KnowledgeOptions,
    #[command(flatten)]
    bookings: BookingOptions,
}

#[derive(Debug, Args)]
struct BookingOptions {
    /// Visits booked while free times are searched.
    #[arg(long, default_value_t = 100_000)]
    visits: usize,
    /// Searches for free times.
    #[arg(long, default_value_t = 2_000)]
    searches: usize,
    /// Attempts to book.
    #[arg(long, default_value_t = 12_000)]
    attempts: usize,
    /// The program that books in PostgreSQL (`cargo xtask bench` builds it); without it only this program is measured.
    #[arg(long)]
    rival: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct KnowledgeOptions {
    /// Articles made by machine.
    #[arg(long, default_value_t = 20_000)]
    articles: usize,
    /// Sections of the menu that they lie in.
    #[arg(long, default_value_t = 20)]
    sections: usize,
    /// Questions put to every engine.
    #[arg(long, default_value_t = 3_000)]
    questions: usize,
    /// Pages opened per second.
    #[arg(long, default_value_t = 200)]
    page_rate: u32,
    /// Seconds for which pages are opened.
    #[arg(long, default_value_t = 20)]
    page_seconds: u32,
    /// The program that puts the same questions to other engines (`cargo xtask bench` builds it); without it only
    /// this program is measured.
    #[arg(long)]
    compare: Option<PathBuf>,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let wanted = |part| options.part.is_empty() || options.part.contains(&part);
    let folder = std::env::temp_dir().join(format!("hearthline-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = async {
        if wanted(Part::Commits) {
            commits::run(&folder, options.seconds).await?;
        }
        if wanted(Part::Knowledge) {
            Box::pin(knowledge::run(&folder, &options.knowledge)).await?;
        }
        if wanted(Part::Bookings) {
            Box::pin(bookings::run(&folder, &options.bookings)).await?;
        }
        Ok(())
    }
    .await;
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}
