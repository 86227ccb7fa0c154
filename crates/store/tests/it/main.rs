//! Holds every store to one contract, and the one on disk to what a disk can do to it.
//!
//! To add a case for all stores: a function in `contract/`, and its name in the list of `contract/mod.rs`.
//! The modules are marked as tests, so that the lints know that a helper here may unwrap as a test may.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod copies;
#[cfg(test)]
mod disk;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod given;
#[cfg(test)]
mod model;
