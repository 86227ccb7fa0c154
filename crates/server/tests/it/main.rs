//! The real program as operators and carriers meet it: started as a process, called over sockets, killed, restarted.
//!
//! Owns the proof that the wiring holds as a whole: nothing accepted is lost by a crash, the provider's own library and
//! the program understand each other, every command does what its help says. Rules and screens are tested where they live.
//! Every test has a folder, a data file and ports of its own. To add one: a [`place::Place`], a [`program::Server`].

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "the helpers of a test binary fail the test when what they prepare is not there, and say what was done"
)]

mod carrier;
mod commands;
mod crash;
mod door;
mod http;
mod import;
mod peer;
mod place;
mod program;
mod reading;
mod robot;
mod twilio;

use std::sync::mpsc;
use std::time::Duration;

/// The account of the tests with the carrier.
pub(crate) const ACCOUNT: &str = "AC7e577e577e577e577e577e577e577e57";
/// Its token, which lies in a file of the test's folder.
pub(crate) const TOKEN: &str = "test-token-7e57";
/// What the settings name as the way in from outside; signatures cover it, whatever the port is.
pub(crate) const PUBLIC_URL: &str = "http://localhost:8080";
/// The agency's line in the shipped pack.
pub(crate) const LINE: &str = "+18556849242";

/// Time between two looks at something that takes its time.
const LOOK: Duration = Duration::from_millis(25);

/// Lets a moment pass before the next look. Nothing is ever taken for done because time has passed.
pub(crate) fn a_moment(looks: u32) {
    let (keep, never) = mpsc::channel::<()>();
    assert!(never.recv_timeout(LOOK * looks).is_err());
    drop(keep);
}

/// Looks until there is an answer.
///
/// # Panics
/// When there is none after about `seconds`.
pub(crate) fn wait_for<T>(what: &str, seconds: u32, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..seconds * 40 {
        if let Some(found) = look() {
            return found;
        }
        a_moment(1);
    }
    panic!("waited in vain for {what}");
}
