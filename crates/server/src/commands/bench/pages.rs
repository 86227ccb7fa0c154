//! Article pages opened at a steady rate. The clock of each runs from the moment at which it was due, so that an answer
//! that keeps the others waiting counts against all of them.

use std::time::Duration;

use search::bench::Dice;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::KnowledgeOptions;
use super::figures::Times;
use super::reader::Reader;

/// Pages opened before, for the connections and the menu.
const WARM: usize = 40;
/// The seed of the choice of pages.
const SEED: u64 = 17;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Opened {
    pub(super) times: Times,
    pub(super) failed: usize,
    /// Bytes of all pages.
    pub(super) bytes: u64,
}

/// Opens pages chosen evenly among all of them, most for the first time.
pub(super) async fn open(
    reader: &Reader,
    slugs: &[String],
    options: &KnowledgeOptions,
) -> anyhow::Result<Opened> {
    let mut dice = Dice::new(SEED);
    let mut next = || slugs.get(dice.below(slugs.len())).cloned().unwrap_or_default();
    for _ in 0..WARM {
        reader.page(&next()).await?;
    }
    let mut clock = interval(Duration::from_secs(1) / options.page_rate.max(1));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut tasks = JoinSet::new();
    for _ in 0..options.page_rate.max(1).saturating_mul(options.page_seconds) {
        let due: Instant = clock.tick().await;
        let (reader, slug) = (reader.clone(), next());
        tasks.spawn(async move {
            let page = reader.page(&slug).await;
            (due.elapsed(), page.map(|page| page.len()))
        });
    }
    let mut opened = Opened::default();
    while let Some(done) = tasks.join_next().await {
        let (spent, bytes) = done?;
        opened.times.put(spent.as_secs_f64() * 1e3);
        match bytes {
            Ok(bytes) => opened.bytes += u64::try_from(bytes).unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, "a page failed");
                opened.failed += 1;
            }
        }
    }
    Ok(opened)
}
