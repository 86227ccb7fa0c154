//! Limits on what comes in: sizes, times, and wrong sign-ins per address.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::time::Millis;

use crate::error::Error;

/// The most bytes a form may have.
pub(crate) const FORM_BYTES: usize = 256 * 1024;
/// The most bytes a form of the knowledge base's editor may have: a text of 5 MB, written out for a form, or a file.
pub(crate) const PAGE_BYTES: usize = 16 * 1024 * 1024;
/// Where such forms are sent.
const PAGE_FORMS: &str = "/kb/edit/";

/// The most bytes that a form sent to this path may have.
pub(crate) fn form_bytes(path: &str) -> usize {
    if path.starts_with(PAGE_FORMS) { PAGE_BYTES } else { FORM_BYTES }
}

/// The longest a request may take; streams count until their first byte.
pub(crate) const REQUEST_TIME: Duration = Duration::from_secs(30);

/// Wrong sign-ins from one address within [`WINDOW`] before it is slowed. An office of hundreds behind one address never
/// gets there by mistyping.
const TRIES: u32 = 300;
/// Wrong sign-ins with one name that count towards [`TRIES`]: a single person, or a machine with an old password, cannot use
/// up what a whole office shares. Their account has its own wait.
const TRIES_OF_ONE_NAME: u32 = 10;
const WINDOW: Millis = 5 * 60_000;
/// Milliseconds between two tries from an address that is slowed. It is never shut.
const SLOWED: Millis = 2_000;
/// Addresses remembered at once, so that many of them cannot fill the memory.
const ADDRESSES: usize = 20_000;

/// Wrong sign-ins by address, in memory: after a restart everybody starts anew, and accounts have their own lock.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    by_address: Mutex<HashMap<IpAddr, Wrong>>,
}

/// What went wrong from one address.
#[derive(Debug)]
struct Wrong {
    since: Millis,
    count: u32,
    /// By name, as a short hash: the names that strangers type are not kept.
    by_name: HashMap<u64, u32>,
    /// When a slowed address may try next.
    next: Millis,
}

impl Wrong {
    fn new(since: Millis) -> Self {
        Self { since, count: 0, by_name: HashMap::new(), next: since }
    }
}

impl Attempts {
    /// Whether a try is allowed now. A slowed address gets one every two seconds, and this takes it.
    ///
    /// # Errors
    /// [`Error::TooMany`] with the seconds to wait.
    pub(crate) fn check(&self, address: IpAddr, now: Millis) -> Result<(), Error> {
        let mut all = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wrong) = all.get_mut(&network(address)) else { return Ok(()) };
        if now >= wrong.since + WINDOW || wrong.count < TRIES {
            return Ok(());
        }
        if now < wrong.next {
            return Err(Error::TooMany(u64::try_from((wrong.next - now - 1) / 1_000 + 1).unwrap_or(1)));
        }
        wrong.next = now + SLOWED;
        Ok(())
    }

    /// Counts a wrong one with this name.
    pub(crate) fn failed(&self, address: IpAddr, name: &str, now: Millis) {
        let mut all = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES {
            all.retain(|_, wrong| now < wrong.since + WINDOW);
        }
        if all.len() >= ADDRESSES {
            all.clear();
        }
        let wrong = all.entry(network(address)).or_insert_with(|| Wrong::new(now));
        if now >= wrong.since + WINDOW {
            *wrong = Wrong::new(now);
        }
        if wrong.count >= TRIES {
            return;
        }
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let of_name = wrong.by_name.entry(hasher.finish()).or_default();
        if *of_name < TRIES_OF_ONE_NAME {
            *of_name += 1;
            wrong.count += 1;
        }
    }
}

/// One household or company has a whole /64 of the newer addresses.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_person_never_slows_the_others_of_their_address() {
        let (attempts, office) = (Attempts::default(), address("192.0.2.1"));
        for n in 0..10_000 {
            attempts.failed(office, "ana", n);
        }
        for now in 10_000..10_100 {
            attempts.check(office, now).unwrap();
        }
    }

    #[test]
    fn many_names_slow_their_address_and_never_shut_it() {
        let attempts = Attempts::default();
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        for n in 0..TRIES {
            attempts.check(one, 0).unwrap();
            attempts.failed(one, &format!("guess{n}"), 0);
        }
        attempts.check(one, 1_000).unwrap();
        assert!(matches!(attempts.check(one, 1_000), Err(Error::TooMany(2))));
        assert!(matches!(attempts.check(one, 2_500), Err(Error::TooMany(1))));
        attempts.check(one, 3_000).unwrap();
        assert!(attempts.check(one, 3_000).is_err());
        attempts.check(other, 3_000).unwrap();
        for _ in 0..3 {
            attempts.check(one, WINDOW).unwrap();
        }
    }

    #[test]
    fn neighbours_in_one_network_share_their_tries() {
        let attempts = Attempts::default();
        for n in 0..TRIES {
            attempts.failed(address(&format!("2001:db8::{n:x}")), &format!("guess{n}"), 0);
        }
        attempts.check(address("2001:db8::ffff"), 0).unwrap();
        assert!(attempts.check(address("2001:db8::fffe"), 0).is_err());
        attempts.check(address("2001:db8:0:1::1"), 0).unwrap();
    }
}
