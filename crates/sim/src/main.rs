//! `sim --seed N --steps M [--days K]`: runs days and says what did not hold.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use sim::day::Day;

struct Wanted {
    seed: u64,
    steps: u32,
    days: u64,
}

fn wanted(mut args: impl Iterator<Item = String>) -> anyhow::Result<Wanted> {
    let mut wanted = Wanted { seed: 1, steps: 2_000, days: 1 };
    while let Some(name) = args.next() {
        let value = args.next().with_context(|| format!("{name} needs a number"))?;
        match name.as_str() {
            "--seed" => wanted.seed = value.parse().context("--seed")?,
            "--steps" => wanted.steps = value.parse().context("--steps")?,
            "--days" => wanted.days = value.parse().context("--days")?,
            other => bail!("{other} is unknown; there are --seed, --steps and --days"),
        }
    }
    Ok(wanted)
}

fn main() -> anyhow::Result<()> {
    let wanted = wanted(std::env::args().skip(1))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut out = std::io::stdout().lock();
    let mut failed = 0_u64;
    for seed in wanted.seed..wanted.seed.saturating_add(wanted.days) {
        let outcome = runtime.block_on(Box::pin(Day::run(seed, wanted.steps)))?;
        writeln!(
            out,
            "seed {seed}: {} texts in, {} out, {} contacts done, {} crashes, trace {:016x}",
            outcome.texts, outcome.sent, outcome.done, outcome.crashes, outcome.trace.0
        )?;
        for fault in outcome.faults.iter().take(20) {
            writeln!(out, "  {fault}")?;
        }
        failed += u64::from(!outcome.faults.is_empty());
    }
    if failed > 0 {
        bail!("{failed} of {} days did not hold", wanted.days);
    }
    Ok(())
}
