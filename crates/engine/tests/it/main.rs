//! The engine as a whole over the store in memory, with the carrier's real codec, a clock moved by hand and everything
//! that leaves written down.
//!
//! One module per concern; [`world`] is what they share. To add a test: put it where its concern stands, name the
//! clause it proves, and wait for states, never for time.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as the tests themselves do"
)]

mod appointments;
mod bring;
mod clocks;
mod inbound;
mod offices;
mod outbox;
mod pages;
mod people;
mod records;
mod round_trip;
mod safety;
mod shipped;
mod visit_answers;
mod visit_thread;
mod world;
