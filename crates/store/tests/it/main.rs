//! Holds every store to one contract, and the one on disk to what a disk can do to it.
//!
//! To add a case for all stores: a function in `contract/`, and its name in the list of `contract/mod.rs`.

mod contract;
mod copies;
mod disk;
mod faults;
mod given;
mod model;
