//! The pure heart of Hearthline: what was asked, what happened, what is allowed, what follows.
//!
//! Nothing here does input or output, reads a clock, makes an identifier out of nothing, or knows a vendor's name.
//! Time, identifiers, settings and the texts under judgement come in by [`context::Context`].
//!
//! The way through: a [`command::Command`] and the [`scene::Scene`] it concerns go to [`decide::decide`], which answers
//! with a [`decide::Decision`] or a [`refusal::Refusal`]; [`scene::Scene::apply`] folds each event in; [`sop::duties`],
//! [`effect::effects`] and [`view`] derive clocks, outgoing work and screen rows.

#![warn(missing_docs)]

pub mod appointment;
pub mod canned;
pub mod command;
pub mod context;
pub mod customer;
pub mod decide;
pub mod disclosure;
pub mod effect;
pub mod event;
pub mod id;
pub mod intent;
pub mod interaction;
pub mod knowledge;
pub mod opt_out;
pub mod pack;
pub mod permission;
pub mod policy;
pub mod refusal;
pub mod routing;
pub mod scene;
pub mod segments;
pub mod sop;
pub mod staff;
pub mod time;
pub mod view;
