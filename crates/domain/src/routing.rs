//! Who is offered what: a pure function of who waits, who is free, and the time.
//!
//! Order of waiting = priority with ageing: one point is one minute waited. A person needs the queue's skills at the
//! level that holds after the wait so far, and a free place of capacity. Among those, the last technician of the
//! customer comes first within the queue's time, then the one who has been idle longest. Nobody is interrupted during a
//! child-abuse contact. Whoever let an interaction pass is asked again only when everybody else has.
//!
//! Nothing here is kept: a lost race is repaired by the next pass.

use std::collections::BTreeMap;

use crate::context::Member;
use crate::id::{InteractionId, StaffId};
use crate::pack::Pack;
use crate::staff::Presence;
use crate::time::{Millis, seconds};

/// An interaction in a queue without a running offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub id: InteractionId,
    /// Queue.
    pub queue: String,
    /// Counts as waiting since.
    pub since: Millis,
    /// The customer's last technician.
    pub sticky: Option<StaffId>,
    /// Who let it pass, and when.
    pub passed: Vec<(StaffId, Millis)>,
}

/// An offer to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Which.
    pub interaction: InteractionId,
    /// To whom.
    pub staff: StaffId,
}

/// Points of a waiting interaction in thousandths: higher goes first.
#[must_use]
pub fn score(waiting: &Waiting, pack: &Pack, now: Millis) -> i64 {
    let Some(queue) = pack.queues.queue(&waiting.queue) else { return 0 };
    let waited_ms = (now - waiting.since).max(0);
    i64::from(queue.priority) * 1000 + waited_ms * i64::from(queue.ageing_points_per_minute) / 60
}

/// The offers to make now. Each person gets at most one new offer in a pass, so that two phones never ring at once.
#[must_use]
pub fn assign(
    waiting: &[Waiting],
    members: &[Member],
    pack: &Pack,
    now: Millis,
    is_open: impl Fn(&str) -> bool,
) -> Vec<Assignment> {
    let mut ordered: Vec<&Waiting> = waiting.iter().filter(|w| is_open(&w.queue)).collect();
    ordered.sort_by_key(|w| (-score(w, pack, now), w.since, w.id));
    let mut offered: BTreeMap<&StaffId, ()> = BTreeMap::new();
    let mut out = Vec::new();
    for w in ordered {
        let able: Vec<&Member> = members
            .iter()
            .filter(|m| {
                !offered.contains_key(&m.id) && !passed_just_now(w, m, now) && can_take(m, w, pack, now)
            })
            .collect();
        let Some(chosen) = choose(w, &able) else { continue };
        offered.insert(&chosen.id, ());
        out.push(Assignment { interaction: w.id, staff: chosen.id.clone() });
    }
    out
}

/// Someone who let it pass is left in peace with it for this long, even when nobody else is there.
pub const ASK_AGAIN_SECONDS: u32 = 30;

fn passed_just_now(waiting: &Waiting, member: &Member, now: Millis) -> bool {
    waiting.passed.iter().any(|(who, at)| who == &member.id && now - at < seconds(ASK_AGAIN_SECONDS))
}

fn choose<'a>(waiting: &Waiting, able: &[&'a Member]) -> Option<&'a Member> {
    if let Some(sticky) = &waiting.sticky
        && let Some(member) = able.iter().find(|m| &m.id == sticky)
    {
        return Some(member);
    }
    let passed_at = |m: &Member| waiting.passed.iter().find(|(who, _)| who == &m.id).map(|(_, at)| *at);
    able.iter().min_by_key(|m| (passed_at(m).unwrap_or(0), m.load, m.idle_since, m.id.clone())).copied()
}

/// Whether this person may be offered this interaction now.
#[must_use]
pub fn can_take(member: &Member, waiting: &Waiting, pack: &Pack, now: Millis) -> bool {
    let Some(queue) = pack.queues.queue(&waiting.queue) else { return false };
    let waited = u64::try_from((now - waiting.since).max(0) / seconds(1)).unwrap_or(0);
    member.presence == Presence::OnQueue
        && !member.in_safety
        && member.load < member.sms_capacity
        && queue
            .required_after(waited)
            .iter()
            .all(|need| member.skills.get(&need.skill).is_some_and(|level| *level >= need.level))
}
