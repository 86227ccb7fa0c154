//! The web as browsers and carriers meet it: the real router over a store in memory.
//!
//! [`site`] is what the modules share. To add a test: a module for its concern, marked as a test so that the lints know
//! that its helpers may unwrap.

#[cfg(test)]
mod booking;
#[cfg(test)]
mod booking_link;
#[cfg(test)]
mod circle;
#[cfg(test)]
mod finder;
#[cfg(test)]
mod handset;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod kb_days;
#[cfg(test)]
mod kb_edit;
#[cfg(test)]
mod kb_help;
#[cfg(test)]
mod kb_large;
#[cfg(test)]
mod kb_memos;
#[cfg(test)]
mod kb_reading;
#[cfg(test)]
mod kb_review;
#[cfg(test)]
mod live;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod present;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod site;
#[cfg(test)]
mod visits;
#[cfg(test)]
mod visits_admin;
#[cfg(test)]
mod visits_office;
