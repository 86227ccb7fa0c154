//! The seeds of `seeds.txt`, and the scenarios.

#![expect(clippy::expect_used, reason = "helpers of tests fail by panicking, as the tests themselves do")]

mod scenarios;
mod seeds;
