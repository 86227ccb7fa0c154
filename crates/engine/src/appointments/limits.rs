//! How often one address may try to book, and how often it may try links, so that nobody fills an office's calendar or
//! guesses his way into a visit. Kept in memory: a restart forgives, and a claim still keeps every seat single.
//!
//! The limit of open visits per number is the domain's (`open_per_number_max`); this is about attempts.

use std::collections::{BTreeMap, VecDeque};

use domain::id::Address;
use domain::time::{Millis, seconds};

use crate::{Engine, hold};

/// Attempts to book from one address within [`WINDOW_SECONDS`]. A library, a shelter or the phones of one carrier may share
/// an address.
const BOOKINGS_PER_ADDRESS: usize = 60;
/// Visits booked for one number within [`WINDOW_SECONDS`]: each sends a text. Attempts that book nothing are not counted,
/// or anybody could keep somebody else's number from booking.
const BOOKINGS_PER_NUMBER: usize = 6;
/// Links tried from one address within [`WINDOW_SECONDS`]: one visit needs a handful of page views.
const LINKS_PER_ADDRESS: usize = 60;
/// The stretch that is counted, in seconds.
const WINDOW_SECONDS: u32 = 3_600;
/// Names that are remembered at once; beyond it the oldest go first.
const NAMES_MAX: usize = 50_000;

/// Too many attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; please try again in {retry_after_seconds} seconds")]
pub struct TooMany {
    /// After how many seconds the next attempt is taken.
    pub retry_after_seconds: u32,
}

/// Attempts of the last hour by name.
#[derive(Debug, Default)]
pub(crate) struct Windows(BTreeMap<String, VecDeque<Millis>>);

impl Windows {
    /// Counts an attempt, or says how long to wait. A refused attempt is not counted, or nobody would ever get in again.
    fn count(&mut self, name: String, most: usize, now: Millis) -> Result<(), TooMany> {
        let window = seconds(WINDOW_SECONDS);
        if self.0.len() >= NAMES_MAX && !self.0.contains_key(&name) {
            self.forget(now - window);
        }
        let tried = self.0.entry(name).or_default();
        while tried.front().is_some_and(|at| now - at >= window) {
            tried.pop_front();
        }
        if let Some(oldest) = tried.front().filter(|_| tried.len() >= most) {
            let wait = (oldest + window - now + 999) / 1_000;
            return Err(TooMany { retry_after_seconds: u32::try_from(wait.max(1)).unwrap_or(u32::MAX) });
        }
        tried.push_back(now);
        Ok(())
    }

    /// What [`Windows::count`] would say, without counting.
    fn full(&self, name: &str, most: usize, now: Millis) -> Result<(), TooMany> {
        let window = seconds(WINDOW_SECONDS);
        let tried = self.0.get(name).into_iter().flatten();
        let recent: Vec<Millis> = tried.copied().filter(|at| now - at < window).collect();
        match recent.first().filter(|_| recent.len() >= most) {
            Some(oldest) => {
                let wait = (oldest + window - now + 999) / 1_000;
                Err(TooMany { retry_after_seconds: u32::try_from(wait.max(1)).unwrap_or(u32::MAX) })
            }
            None => Ok(()),
        }
    }

    /// Forgets whoever was quiet since then; when nobody was, the half that tried longest ago.
    fn forget(&mut self, quiet_since: Millis) {
        self.0.retain(|_, tried| tried.back().is_some_and(|at| *at > quiet_since));
        if self.0.len() >= NAMES_MAX {
            let mut last: Vec<Millis> = self.0.values().filter_map(|tried| tried.back().copied()).collect();
            last.sort_unstable();
            let middle = last.get(last.len() / 2).copied().unwrap_or_default();
            self.0.retain(|_, tried| tried.back().is_some_and(|at| *at > middle));
        }
    }
}

impl Engine {
    /// Counts an attempt to book from a public page.
    ///
    /// # Errors
    /// [`TooMany`] when this address has tried too often, or this number was booked for too often, within the hour.
    pub fn may_book(&self, address: &str, number: Option<&Address>) -> Result<(), TooMany> {
        let now = self.now();
        let mut windows = hold(&self.inner.limits);
        windows.count(format!("book:{address}"), BOOKINGS_PER_ADDRESS, now)?;
        match number {
            Some(number) => windows.full(&format!("number:{number}"), BOOKINGS_PER_NUMBER, now),
            None => Ok(()),
        }
    }

    /// Counts a visit that was booked from a public page.
    pub fn has_booked(&self, number: &Address) {
        let now = self.now();
        let _ = hold(&self.inner.limits).count(format!("number:{number}"), BOOKINGS_PER_NUMBER, now);
    }

    /// Counts an attempt to open a visit by its link.
    ///
    /// # Errors
    /// [`TooMany`] when this address has tried too many links within the hour.
    pub fn may_open_link(&self, address: &str) -> Result<(), TooMany> {
        let now = self.now();
        hold(&self.inner.limits).count(format!("link:{address}"), LINKS_PER_ADDRESS, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_lets_in_so_many_and_says_when_the_next_may_come() {
        let mut windows = Windows::default();
        for at in 0..3 {
            assert_eq!(windows.count("a".to_owned(), 3, at * 1_000), Ok(()));
        }
        let refused = windows.count("a".to_owned(), 3, 10_000);
        assert_eq!(refused, Err(TooMany { retry_after_seconds: 3_590 }));
        assert_eq!(windows.count("b".to_owned(), 3, 10_000), Ok(()), "another address is not touched");
        assert_eq!(windows.count("a".to_owned(), 3, 3_600_000), Ok(()), "the first of them is an hour old");
        assert!(windows.count("a".to_owned(), 3, 3_600_000).is_err());
    }

    #[test]
    fn a_flood_of_addresses_does_not_fill_the_memory() {
        let mut windows = Windows::default();
        for n in 0..=NAMES_MAX + 10 {
            let _ = windows.count(format!("book:{n}"), 3, i64::try_from(n).unwrap());
        }
        assert!(windows.0.len() <= NAMES_MAX, "{} names", windows.0.len());
        assert!(windows.0.contains_key(&format!("book:{}", NAMES_MAX + 10)), "the newest are kept");
    }
}
