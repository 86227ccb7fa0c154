//! What the domain decides, tested from outside: commands in, events out.
//!
//! [`support`] holds the world that the scenarios play in. One module per section of the SMS Text SOP; the properties
//! and the complete enumerations stand in [`properties`] and [`enumeration`], the stored forms in [`golden`].

mod disclosure;

mod abuse;
mod delay;
mod ending;
mod enumeration;
mod floor;
mod general;
mod golden;
mod hold;
mod keywords;
mod properties;
mod routing;
mod scripts;
mod supervisors;
mod support;
