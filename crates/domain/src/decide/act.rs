//! A decision in the making, and the steps that several commands share: sending, freeing a person, taking an offer back,
//! ending the talk.
//!
//! It owns no rule: the guards of [`crate::sop`] have been asked before anything here is called.

use crate::canned::{CannedKind, CannedResponse, ReplyKind};
use crate::command::Body;
use crate::context::Context;
use crate::event::{Actor, CustomerFact, Event, Fact, InteractionFact, Purpose, StaffFact};
use crate::id::{Address, InteractionId, MessageId, StaffId};
use crate::interaction::{EndReason, Interaction, Phase, Turn};
use crate::refusal::Refusal;
use crate::scene::Scene;
use crate::segments;
use crate::sop::library;

use super::{Decision, EVENTS_MAX};

/// A decision in the making: every event is folded in at once, so that what follows sees it.
pub(super) struct Act<'a, 'c> {
    pub(super) context: &'a Context<'c>,
    pub(super) done: Decision,
}

impl<'a, 'c> Act<'a, 'c> {
    pub(super) fn new(scene: Scene, context: &'a Context<'c>) -> Self {
        Self { context, done: Decision { events: Vec::new(), bodies: Vec::new(), scene } }
    }

    pub(super) fn emit(&mut self, by: Actor, clause: Option<&str>, fact: Fact) {
        if self.done.events.len() >= EVENTS_MAX {
            return;
        }
        let event = Event { at: self.context.now, by, clause: clause.map(str::to_owned), fact };
        self.done.scene.apply(&event);
        self.done.events.push(event);
    }

    pub(super) fn interaction_fact(
        &mut self,
        by: Actor,
        clause: Option<&str>,
        id: InteractionId,
        fact: InteractionFact,
    ) {
        self.emit(by, clause, Fact::Interaction { id, fact });
    }

    pub(super) fn staff_fact(&mut self, by: Actor, clause: Option<&str>, id: &StaffId, fact: StaffFact) {
        self.emit(by, clause, Fact::Staff { id: id.clone(), fact });
    }

    pub(super) fn customer_fact(
        &mut self,
        by: Actor,
        clause: Option<&str>,
        address: &Address,
        fact: CustomerFact,
    ) {
        self.emit(by, clause, Fact::Customer { address: address.clone(), fact });
    }

    pub(super) fn current(&self) -> Option<&Interaction> {
        self.done.scene.interaction.as_ref()
    }

    /// The interaction, which must exist.
    pub(super) fn interaction(&self) -> Result<Interaction, Refusal> {
        self.current().cloned().ok_or_else(|| Refusal::plain("unknown", "This interaction does not exist."))
    }

    /// The interaction, which must be open and with this person.
    pub(super) fn active(&self, staff: &StaffId) -> Result<Interaction, Refusal> {
        let i = self.interaction()?;
        match i.phase {
            Phase::Active if i.is_with(staff) => Ok(i),
            Phase::Active => Err(Refusal::plain(
                "not_yours",
                match &i.owner {
                    Some(owner) => format!("This interaction is with {owner} now."),
                    None => "This interaction is with nobody now.".to_owned(),
                },
            )),
            Phase::Waiting => {
                Err(Refusal::plain("not_accepted", "Accept the interaction before you act in it."))
            }
            Phase::WrapUp | Phase::Done => {
                Err(Refusal::plain("ended", "This interaction has ended; nothing more can be sent in it."))
            }
        }
    }
}

/// Frees a person of an interaction, and of the quiet that a child-abuse contact gave them.
pub(super) fn free(act: &mut Act<'_, '_>, staff: &StaffId, id: InteractionId) {
    let state = act.done.scene.staff(staff);
    if state.held.contains_key(&id) {
        act.staff_fact(Actor::System, None, staff, StaffFact::CapacityReleased { interaction: id });
    }
    if state.in_safety.contains(&id) {
        act.staff_fact(Actor::System, None, staff, StaffFact::SafetyReleased { interaction: id });
    }
}

/// The purpose under which a response of this kind is sent.
pub(super) const fn purpose(kind: CannedKind) -> Purpose {
    match kind {
        CannedKind::General => Purpose::Reply,
        other => Purpose::Scripted(other),
    }
}

/// Takes a running offer back.
pub(super) fn withdraw(act: &mut Act<'_, '_>, reason: &str) {
    let Some(i) = act.current().cloned() else { return };
    let Some(offer) = i.offer.clone() else { return };
    let fact =
        InteractionFact::Withdrawn { offer: offer.id, staff: offer.staff.clone(), reason: reason.to_owned() };
    act.interaction_fact(Actor::System, None, i.id, fact);
    act.staff_fact(Actor::System, None, &offer.staff, StaffFact::CapacityReleased { interaction: i.id });
}

#[expect(clippy::too_many_arguments, reason = "one text with all that is recorded of it")]
pub(super) fn send(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    message: MessageId,
    text: &str,
    purpose: Purpose,
    canned: Option<&CannedResponse>,
    kind: ReplyKind,
    by: Actor,
) {
    let count = segments::count(text);
    let clause =
        canned.and_then(|response| response.clause.clone()).or_else(|| clause_of(purpose).map(str::to_owned));
    // Only a person's word is a sign of life; a notice of the program is none (SMS-HOLD-1).
    let is_check_in = by != Actor::System
        && (purpose == Purpose::Scripted(CannedKind::CheckIn)
            || matches!(act.current().map(|i| &i.turn), Some(Turn::Staff { researching: true, .. })));
    act.done.bodies.push(Body { key: message, text: text.to_owned() });
    let fact = InteractionFact::MessageSent {
        message,
        purpose,
        canned: canned.map(|response| response.id.clone()),
        reply_kind: kind,
        segments: count.segments,
        encoding: count.encoding,
    };
    act.interaction_fact(by.clone(), clause.as_deref(), id, fact);
    if is_check_in {
        act.interaction_fact(by, Some("SMS-HOLD-1"), id, InteractionFact::CheckedIn);
    }
}

const fn clause_of(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Reply => None,
        Purpose::Scripted(kind) => match kind {
            CannedKind::Greeting => Some("SMS-KEY-1"),
            CannedKind::Goodbye => Some("SMS-KEY-2"),
            CannedKind::DelayNotice => Some("SMS-DELAY-2"),
            CannedKind::DelayWrapUp => Some("SMS-DELAY-4"),
            CannedKind::CheckIn => Some("SMS-HOLD-1"),
            CannedKind::Clarify => Some("SMS-GEN-5"),
            CannedKind::CannotAnswer => Some("SMS-GEN-6"),
            CannedKind::SelfServiceOnline | CannedKind::SelfServiceMail | CannedKind::SelfServiceEmail => {
                Some("SMS-GEN-9")
            }
            CannedKind::Referral => Some("SMS-GEN-10"),
            CannedKind::Hotline => Some("SMS-ABUSE-2"),
            CannedKind::CallNotice => Some("SMS-ABUSE-3"),
            _ => None,
        },
    }
}

/// Sends a response of the settings in the program's own name. To someone who opted out nothing goes but the answers to
/// STOP, START and HELP.
pub(super) fn send_system(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    response: &str,
    kind: CannedKind,
    staff: Option<&StaffId>,
    language: &str,
) -> Result<(), Refusal> {
    send_system_with(act, id, response, kind, staff, language, None)
}

/// The same with a sentence behind it.
pub(super) fn send_system_with(
    act: &mut Act<'_, '_>,
    id: InteractionId,
    response: &str,
    kind: CannedKind,
    staff: Option<&StaffId>,
    language: &str,
    behind: Option<&str>,
) -> Result<(), Refusal> {
    let Some(found) = library::script(response, language, act.context) else { return Ok(()) };
    let answers_keyword =
        matches!(kind, CannedKind::OptOutConfirmation | CannedKind::OptInConfirmation | CannedKind::Help);
    let customer = act.current().map(|i| act.done.scene.customer(&i.customer));
    if !answers_keyword && customer.is_some_and(|customer| customer.opted_out_at.is_some()) {
        return Ok(());
    }
    if act.done.events.iter().filter(|event| is_own_text(event)).count() >= reactions_max(act) {
        return Ok(());
    }
    // A wording that cannot be filled is left to a person; a timer must not fire for ever because of it.
    let Ok(text) = library::wording(found, language, staff, act.context) else { return Ok(()) };
    let text = behind.map_or_else(|| text.clone(), |behind| format!("{text} {behind}"));
    let message = act.context.message_id();
    send(act, id, message, &text, Purpose::Scripted(kind), Some(found), ReplyKind::Canned, Actor::System);
    Ok(())
}

/// Texts that the program may send by itself in one commit, from the settings of the procedure.
fn reactions_max(act: &Act<'_, '_>) -> usize {
    act.context.sop().map_or(0, |sop| usize::from(sop.reactions_max))
}

fn is_own_text(event: &Event) -> bool {
    event.by == Actor::System
        && matches!(&event.fact, Fact::Interaction { fact: InteractionFact::MessageSent { .. }, .. })
}

/// Nothing more is said: the offer of a transfer is taken back, an unmet wish for a supervisor is kept for review, the
/// address is free for a new contact, and the wrap-up begins.
pub(super) fn finish_talk(act: &mut Act<'_, '_>, id: InteractionId, reason: EndReason, by: Actor) {
    withdraw(act, "the interaction ended.");
    let Some(i) = act.current().cloned() else { return };
    if i.supervisor.as_ref().is_some_and(|request| request.met_at.is_none()) {
        act.interaction_fact(Actor::System, Some("SMS-SUPV-2"), id, InteractionFact::SupervisorRequestUnmet);
    }
    let clause = if reason == EndReason::NoResponse { "SMS-DELAY-5" } else { "SMS-END-1" };
    act.interaction_fact(by, Some(clause), id, InteractionFact::Ended { reason });
    if let Some(owner) = &i.owner {
        act.staff_fact(Actor::System, Some("SMS-END-2"), owner, StaffFact::WrapUpBegan { interaction: id });
    }
    act.customer_fact(
        Actor::System,
        None,
        &i.customer,
        CustomerFact::ContactEnded { staff: i.owner.clone() },
    );
}
