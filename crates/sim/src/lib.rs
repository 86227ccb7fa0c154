//! The production engine under a simulated clock: whole days in seconds, seeded, with everything going wrong that goes
//! wrong in life.
//!
//! It owns the world around the engine (carrier, customers, staff, disk faults, crashes), the checkers of what must hold,
//! and the scenarios that a supervisor can read. It owns no rule and imports neither web nor sockets. One seed is one
//! day, to the last bit: time, chance and identifiers come from the seed alone.
//!
//! To add an invariant: [`check`]. To add a way to fail: [`peers`]. A seed that fails is kept in `seeds.txt` with a
//! sentence on what it found; `sim --seed N --steps M` runs it again.

mod check;
pub mod day;
pub mod peers;
pub mod rng;
pub mod scenario;
mod staff;
mod visits;
pub mod world;
