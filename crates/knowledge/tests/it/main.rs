//! The tests of the crate as its users see it: the markup, the imports, the differences, and what must hold for any
//! text. To add a test: the module of its concern; [`safe`] judges HTML, whoever made it.
//!
//! The modules are marked as tests, so that the lints know that a helper here may unwrap as a test may.

#[cfg(test)]
mod diff;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod html;
#[cfg(test)]
mod import;
#[cfg(test)]
mod markup;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod safe;
