//! What the domain decides, tested from outside: commands in, events out.
//!
//! `support` holds the world that the scenarios play in. One module per section of the SMS Text SOP; the properties and
//! the complete enumeration stand in `properties` and `enumeration`, the stored forms in `golden`. The modules are marked
//! as tests, so that the lints know that a helper here may unwrap as a test may.

#[cfg(test)]
mod abuse;
#[cfg(test)]
mod appointment;
#[cfg(test)]
mod appointment_decide;
#[cfg(test)]
mod appointment_follow;
#[cfg(test)]
mod appointment_properties;
#[cfg(test)]
mod appointment_replies;
#[cfg(test)]
mod appointment_wishes;
#[cfg(test)]
mod delay;
#[cfg(test)]
mod disclosure;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod enumeration;
#[cfg(test)]
mod floor;
#[cfg(test)]
mod general;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod hold;
#[cfg(test)]
mod keywords;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod routing;
#[cfg(test)]
mod supervisors;
#[cfg(test)]
mod support;
