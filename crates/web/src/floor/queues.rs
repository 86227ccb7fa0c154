//! Queues now: who waits, since when, whether the queue is open, who could take it.

use domain::context::Member;
use domain::interaction::Phase;
use domain::pack::Queue;
use domain::staff::Presence;
use domain::time::{Millis, instant};

use super::look::Look;
use super::words;

/// One queue as the floor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) title: String,
    pub(crate) open: bool,
    /// When it opens, while it is closed.
    pub(crate) opens: Option<String>,
    pub(crate) waiting: usize,
    pub(crate) offered: usize,
    pub(crate) full: bool,
    /// Clock of the longest wait.
    pub(crate) longest: Option<String>,
    /// On queue with the skills.
    pub(crate) staff: usize,
    /// Of those, with a free place.
    pub(crate) free: usize,
    pub(crate) nobody: bool,
}

/// Whether this person may be offered this queue's interactions, at the latest once its levels are relaxed.
pub(crate) fn serves(member: &Member, queue: &Queue) -> bool {
    queue
        .required_after(u64::MAX)
        .iter()
        .all(|need| member.skills.get(&need.skill).is_some_and(|level| *level >= need.level))
}

pub(crate) fn on_queue(look: &Look, queue: &Queue) -> Vec<Member> {
    look.members.iter().filter(|m| m.presence == Presence::OnQueue && serves(m, queue)).cloned().collect()
}

pub(crate) fn lines(look: &Look) -> Vec<Line> {
    look.pack.queues.queues.iter().map(|queue| line(look, queue)).collect()
}

fn line(look: &Look, queue: &Queue) -> Line {
    let waiting: Vec<_> =
        look.cards.iter().filter(|c| c.phase == Phase::Waiting && c.queue == queue.id).collect();
    let since: Option<Millis> = waiting.iter().map(|card| card.waiting_since.unwrap_or(card.opened_at)).min();
    let staff = on_queue(look, queue);
    let free = staff.iter().filter(|m| m.load < m.sms_capacity && !m.in_safety).count();
    let open = look.is_open(&queue.id);
    let hours = look.pack.queues.hours_of(&queue.id).filter(|_| !open);
    let opens = hours.and_then(|hours| hours.next_opening(instant(look.now), &look.zone));
    Line {
        title: queue.title.clone(),
        open,
        opens: opens.map(|at| at.to_zoned(look.zone.clone()).strftime("%a, %b %-d, %-I:%M %p").to_string()),
        waiting: waiting.len(),
        offered: waiting.iter().filter(|card| card.offer.is_some()).count(),
        full: u32::try_from(waiting.len()).unwrap_or(u32::MAX) >= queue.waiting_max,
        longest: since.map(|since| words::elapsed(since, &look.zone)),
        nobody: open && !waiting.is_empty() && staff.is_empty(),
        staff: staff.len(),
        free,
    }
}
