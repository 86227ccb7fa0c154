//! Limits on what comes in: sizes, times, and wrong sign-ins per address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::time::Millis;

use crate::error::Error;

/// The most bytes a form may have.
pub(crate) const FORM_BYTES: usize = 256 * 1024;
/// The longest a request may take; streams count until their first byte.
pub(crate) const REQUEST_TIME: Duration = Duration::from_secs(30);

/// Wrong sign-ins from one address within [`WINDOW`].
const TRIES: u32 = 30;
const WINDOW: Millis = 5 * 60_000;
/// Addresses remembered at once, so that many of them cannot fill the memory.
const ADDRESSES: usize = 20_000;

/// Wrong sign-ins by address, in memory: after a restart everybody starts anew, and accounts have their own lock.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    by_address: Mutex<HashMap<IpAddr, (Millis, u32)>>,
}

impl Attempts {
    /// Whether another try is allowed.
    ///
    /// # Errors
    /// [`Error::TooMany`] with the seconds to wait.
    pub(crate) fn check(&self, address: IpAddr, now: Millis) -> Result<(), Error> {
        let all = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get(&network(address)) {
            Some((since, count)) if now < since + WINDOW && *count >= TRIES => {
                Err(Error::TooMany(u64::try_from((since + WINDOW - now) / 1_000 + 1).unwrap_or(1)))
            }
            _ => Ok(()),
        }
    }

    /// Counts a wrong one.
    pub(crate) fn failed(&self, address: IpAddr, now: Millis) {
        let mut all = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES {
            all.retain(|_, (since, _)| now < *since + WINDOW);
        }
        if all.len() >= ADDRESSES {
            all.clear();
        }
        let entry = all.entry(network(address)).or_insert((now, 0));
        if now >= entry.0 + WINDOW {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }
}

/// One household or company has a whole /64 of the newer addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_after_too_many_wrong_tries_and_another_does_not() {
        let attempts = Attempts::default();
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..TRIES {
            attempts.check(one, 0).unwrap();
            attempts.failed(one, 0);
        }
        assert!(matches!(attempts.check(one, 1_000), Err(Error::TooMany(300))));
        attempts.check(other, 1_000).unwrap();
        attempts.check(one, WINDOW).unwrap();
    }

    #[test]
    fn neighbours_in_one_network_share_their_tries() {
        let attempts = Attempts::default();
        for n in 0..TRIES {
            attempts.failed(format!("2001:db8::{n:x}").parse().unwrap(), 0);
        }
        assert!(attempts.check("2001:db8::ffff".parse().unwrap(), 0).is_err());
        attempts.check("2001:db8:0:1::1".parse().unwrap(), 0).unwrap();
    }
}
