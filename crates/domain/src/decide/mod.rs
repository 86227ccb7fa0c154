//! The decisions: one command, one scene, one context; events and texts, or a refusal.
//!
//! It owns the order of things for every command. What the agency's documents demand stands in [`crate::sop`]; this
//! module asks the guards and carries out what follows. Total, synchronous, deterministic.
//!
//! To add a command: a function in the file of its kind and a line in [`decide`].

mod act;
mod inbound;
mod outcome;
mod people;
mod reply;
mod routing;
mod safety;
mod timer;

use crate::command::{Body, Command};
use crate::context::Context;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::scene::Scene;

use act::Act;

/// Events that one command may lead to, its reactions included. A chain that wants more is cut and reported.
pub const EVENTS_MAX: usize = 48;

/// What follows from a command: events, and the texts that go beside the log under the keys that the events name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// In order.
    pub events: Vec<Event>,
    /// Texts.
    pub bodies: Vec<Body>,
    /// The scene after them.
    pub scene: Scene,
}

/// Decides. Nothing happens when the command has no effect any more (a late timer, a repeated report): no events.
///
/// # Errors
/// A [`Refusal`] with a sentence for people. Never anything else.
pub fn decide(scene: &Scene, command: &Command, context: &Context<'_>) -> Result<Decision, Refusal> {
    let mut act = Act::new(scene.clone(), context);
    match command {
        Command::ReceiveMessage { id, message, inbound } => {
            inbound::receive(&mut act, *id, *message, inbound)?
        }
        Command::ReportDelivery { id, message, delivery, opted_out } => {
            inbound::delivery(&mut act, *id, *message, delivery, *opted_out);
        }
        Command::Requeue { id, message } => inbound::requeue(&mut act, *id, *message),
        Command::Offer { staff, .. } => routing::offer(&mut act, staff)?,
        Command::WithdrawOffer { reason, .. } => act::withdraw(&mut act, reason),
        Command::Accept { offer, staff, .. } => routing::accept(&mut act, *offer, staff)?,
        Command::Decline { offer, staff, .. } => routing::decline(&mut act, *offer, staff)?,
        Command::Transfer { staff, target, .. } => routing::transfer(&mut act, staff, target)?,
        Command::TakeOver { staff, .. } => routing::take_over(&mut act, staff)?,
        Command::Reply { staff, message, reply, .. } => reply::reply(&mut act, staff, *message, reply)?,
        Command::SendScript { staff, script, .. } => reply::script(&mut act, staff, *script)?,
        Command::SendAgain { staff, message, .. } => reply::again(&mut act, staff, *message)?,
        Command::Research { staff, on, .. } => reply::research(&mut act, staff, *on)?,
        Command::MarkCaseSpecific { staff, yes, .. } => reply::mark(&mut act, staff, *yes)?,
        Command::SelectWay { staff, response, way, reason, .. } => {
            reply::way(&mut act, staff, response, *way, reason.as_deref())?;
        }
        Command::RequestSupervisor { staff, .. } => people::request_supervisor(&mut act, staff)?,
        Command::OpenSafety { staff, kind, .. } => safety::open(&mut act, staff, *kind)?,
        Command::DoSafetyStep { staff, step, note, .. } => {
            safety::step(&mut act, staff, step, note.as_deref())?
        }
        Command::End { staff, confirmed, .. } => outcome::end(&mut act, staff, *confirmed)?,
        Command::Finish { staff, code, .. } => outcome::finish(&mut act, staff, code)?,
        Command::InteractionTimer { key, .. } => timer::interaction(&mut act, key)?,
        Command::SetPresence { staff, to, by } => {
            people::set_presence(&mut act, staff, to, by.as_ref().unwrap_or(staff))?;
        }
        Command::LoseLine { staff } => people::lose_line(&mut act, staff),
        Command::RegainLine { staff } => people::regain_line(&mut act, staff),
        Command::Acknowledge { staff, procedure, version } => {
            people::acknowledge(&mut act, staff, procedure, version)?
        }
        Command::StaffTimer { staff, key } => people::timer(&mut act, staff, key),
    }
    Ok(act.done)
}
