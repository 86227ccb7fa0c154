//! The seeds of `seeds.txt`, and the scenarios.

mod scenarios;
mod seeds;
