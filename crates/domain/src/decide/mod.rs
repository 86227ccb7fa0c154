//! The decisions: one command, one scene, one context; events and texts, or a refusal.
//!
//! It owns the order of things for every command. What the agency's documents demand stands in [`crate::sop`]; this
//! module asks the guards and carries out what follows. Total, synchronous, deterministic.
//!
//! To add a command: a function in the file of its kind and a line in [`decide`].

mod inbound;
mod outcome;
mod people;
mod reply;
mod routing;
mod safety;
mod timer;

use crate::command::{Body, Command};
use crate::context::Context;
use crate::event::{Actor, CustomerFact, Event, Fact, InteractionFact, StaffFact};
use crate::id::{Address, InteractionId, StaffId};
use crate::interaction::{Interaction, Phase};
use crate::refusal::Refusal;
use crate::scene::Scene;

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
        Command::ReceiveMessage { id, message, inbound } => inbound::receive(&mut act, *id, *message, inbound)?,
        Command::ReportDelivery { id, message, delivery, opted_out } => {
            inbound::delivery(&mut act, *id, *message, delivery, *opted_out);
        }
        Command::Offer { staff, .. } => routing::offer(&mut act, staff)?,
        Command::WithdrawOffer { reason, .. } => routing::withdraw(&mut act, reason),
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
        Command::DoSafetyStep { staff, step, note, .. } => safety::step(&mut act, staff, step, note.as_deref())?,
        Command::End { staff, .. } => outcome::end(&mut act, staff)?,
        Command::Finish { staff, code, .. } => outcome::finish(&mut act, staff, code)?,
        Command::InteractionTimer { key, .. } => timer::interaction(&mut act, key)?,
        Command::SetPresence { staff, to } => people::set_presence(&mut act, staff, to)?,
        Command::LoseLine { staff } => people::lose_line(&mut act, staff),
        Command::RegainLine { staff } => people::regain_line(&mut act, staff),
        Command::Acknowledge { staff, procedure, version } => people::acknowledge(&mut act, staff, procedure, version)?,
        Command::StaffTimer { staff, key } => people::timer(&mut act, staff, key),
    }
    Ok(act.done)
}

/// A decision in the making: every event is folded in at once, so that what follows sees it.
struct Act<'a, 'c> {
    context: &'a Context<'c>,
    done: Decision,
}

impl<'a, 'c> Act<'a, 'c> {
    fn new(scene: Scene, context: &'a Context<'c>) -> Self {
        Self { context, done: Decision { events: Vec::new(), bodies: Vec::new(), scene } }
    }

    fn emit(&mut self, by: Actor, clause: Option<&str>, fact: Fact) {
        if self.done.events.len() >= EVENTS_MAX {
            return;
        }
        let event = Event { at: self.context.now, by, clause: clause.map(str::to_owned), fact };
        self.done.scene.apply(&event);
        self.done.events.push(event);
    }

    fn interaction_fact(&mut self, by: Actor, clause: Option<&str>, id: InteractionId, fact: InteractionFact) {
        self.emit(by, clause, Fact::Interaction { id, fact });
    }

    fn staff_fact(&mut self, by: Actor, clause: Option<&str>, id: &StaffId, fact: StaffFact) {
        self.emit(by, clause, Fact::Staff { id: id.clone(), fact });
    }

    fn customer_fact(&mut self, by: Actor, clause: Option<&str>, address: &Address, fact: CustomerFact) {
        self.emit(by, clause, Fact::Customer { address: address.clone(), fact });
    }

    fn current(&self) -> Option<&Interaction> {
        self.done.scene.interaction.as_ref()
    }

    /// The interaction, which must exist.
    fn interaction(&self) -> Result<Interaction, Refusal> {
        self.current().cloned().ok_or_else(|| Refusal::plain("unknown", "This interaction does not exist."))
    }

    /// The interaction, which must be open and with this person.
    fn active(&self, staff: &StaffId) -> Result<Interaction, Refusal> {
        let i = self.interaction()?;
        match i.phase {
            Phase::Active if i.is_with(staff) => Ok(i),
            Phase::Active => Err(Refusal::plain("not_yours", match &i.owner {
                Some(owner) => format!("This interaction is with {owner} now."),
                None => "This interaction is with nobody now.".to_owned(),
            })),
            Phase::Waiting => Err(Refusal::plain("not_accepted", "Accept the interaction before you act in it.")),
            Phase::WrapUp | Phase::Done => {
                Err(Refusal::plain("ended", "This interaction has ended; nothing more can be sent in it."))
            }
        }
    }
}
