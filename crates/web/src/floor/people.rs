//! Staff on the floor: presence with its clock and reason, load, what they handle.

use domain::context::Member;
use domain::staff::Presence;

use super::look::Look;
use super::words;
use crate::shown;

/// One person as the floor shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: &'static str,
    pub(crate) class: &'static str,
    pub(crate) presence: &'static str,
    pub(crate) reason: Option<String>,
    /// Who set it, where that was neither the person nor the program.
    pub(crate) set_by: Option<String>,
    /// Clock; none for those who never were on queue.
    pub(crate) since: Option<String>,
    pub(crate) load: u8,
    pub(crate) capacity: u8,
    pub(crate) skills: Vec<String>,
    pub(crate) handles: Vec<Held>,
    /// In a child-abuse contact (SMS-ABUSE-1).
    pub(crate) in_safety: bool,
    pub(crate) lost: bool,
    /// Could be taken off the queue.
    pub(crate) on: bool,
}

/// An interaction in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) phase: &'static str,
}

/// Those who are there and those who are off queue, each in the order in which they need a look.
pub(crate) fn lines(look: &Look) -> (Vec<Line>, Vec<Line>) {
    let mut members: Vec<&Member> = look.members.iter().filter(|m| takes_texts(m)).collect();
    members.sort_by_key(|m| (rank(m), m.name.clone()));
    let busy = |m: &Member| m.presence != Presence::OffQueue || look.held_by(&m.id).next().is_some();
    let (there, off): (Vec<&Member>, Vec<&Member>) = members.into_iter().partition(|m| busy(m));
    let all = |list: Vec<&Member>| list.into_iter().map(|m| line(look, m)).collect();
    (all(there), all(off))
}

fn takes_texts(member: &Member) -> bool {
    domain::permission::Permission::Desk.allows(&member.roles)
}

/// Not responding first, then those in a child-abuse contact, on queue, not ready, off queue.
fn rank(member: &Member) -> u8 {
    match &member.presence {
        Presence::NotResponding { .. } => 0,
        _ if member.in_safety => 1,
        Presence::OnQueue => 2,
        Presence::NotReady { .. } => 3,
        Presence::OffQueue => 4,
    }
}

fn line(look: &Look, member: &Member) -> Line {
    let title = |id: &str| {
        let known = look.pack.queues.skills.iter().find(|skill| skill.id == id);
        known.map_or_else(|| id.to_owned(), |skill| skill.title.clone())
    };
    let held = look.held_by(&member.id);
    Line {
        id: member.id.to_string(),
        name: member.name.clone(),
        role: if member.is(domain::permission::Role::Supervisor) { "Supervisor" } else { "Technician" },
        class: words::presence_class(&member.presence),
        presence: member.presence.word(),
        reason: words::presence_reason(&member.presence, &look.pack),
        set_by: member.set_by.as_ref().map(|id| look.name(id)),
        since: (member.since > 0).then(|| words::elapsed(member.since, &look.zone)),
        load: member.load,
        capacity: member.sms_capacity,
        skills: member.skills.iter().map(|(id, level)| format!("{} {level}", title(id))).collect(),
        handles: held
            .map(|card| Held {
                id: card.id.to_string(),
                customer: shown::phone(&card.customer),
                phase: words::phase(card.phase),
            })
            .collect(),
        in_safety: member.in_safety,
        lost: matches!(member.presence, Presence::NotResponding { .. }),
        on: member.presence != Presence::OffQueue,
    }
}
