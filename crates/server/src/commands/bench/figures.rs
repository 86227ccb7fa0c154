//! Times and what is said of them.

use std::collections::BTreeMap;

use search::bench::Asking;

/// Times in milliseconds.
#[derive(Debug, Clone, Default)]
pub(super) struct Times(Vec<f64>);

impl Times {
    pub(super) fn put(&mut self, milliseconds: f64) {
        self.0.push(milliseconds);
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that this many of a thousand did not exceed; 0 of none.
    pub(super) fn of_thousand(&self, share: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = sorted.len() * share / 1000;
        sorted.get(at).or(sorted.last()).copied().unwrap_or_default()
    }

    pub(super) fn p50(&self) -> f64 {
        self.of_thousand(500)
    }

    pub(super) fn p99(&self) -> f64 {
        self.of_thousand(990)
    }

    pub(super) fn longest(&self) -> f64 {
        self.of_thousand(1000)
    }
}

/// What one engine did with the questions.
#[derive(Debug, Clone, Default)]
pub(super) struct Score {
    /// How it is called in the report.
    pub(super) title: String,
    /// Questions with at least one hit.
    pub(super) answered: usize,
    /// Times per kind of question.
    pub(super) times: BTreeMap<Asking, Times>,
}

impl Score {
    pub(super) fn put(&mut self, asking: Asking, milliseconds: f64) {
        self.times.entry(asking).or_default().put(milliseconds);
    }

    /// Times of every kind together.
    pub(super) fn all(&self) -> Times {
        Times(self.times.values().flat_map(|times| times.0.iter().copied()).collect())
    }
}

/// One figure over another; 0 over nothing.
pub(super) fn ratio(one: f64, other: f64) -> f64 {
    if other > 0.0 { one / other } else { 0.0 }
}

/// A count as a figure.
pub(super) fn figure(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_times_is_counted_from_below() {
        let mut times = Times::default();
        (1..=200).rev().for_each(|time| times.put(f64::from(time)));
        assert_eq!((times.p50(), times.p99(), times.longest()), (101.0, 199.0, 200.0));
        assert_eq!(Times::default().p99(), 0.0);
    }
}
