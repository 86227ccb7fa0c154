//! Every open interaction with its duties, the clock that runs out next first.
//!
//! No words of the customer stand here: whoever wants to read opens the transcript, which leaves an audit line.

use domain::interaction::Phase;
use domain::sop::Duty;
use domain::time::{Millis, seconds};
use domain::view::Card;

use super::look::Look;
use super::words;
use crate::shown::{self, NOW_FOR};

/// One open interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) customer: String,
    pub(crate) queue: String,
    /// The customer's language, where it is not the queue's.
    pub(crate) language: Option<String>,
    pub(crate) phase: &'static str,
    pub(crate) owner: Option<String>,
    /// To whom it is offered, with the clock.
    pub(crate) offer: Option<(String, String)>,
    pub(crate) waits: Option<String>,
    pub(crate) duties: Vec<Clock>,
    pub(crate) delay: Option<&'static str>,
    pub(crate) unread: u32,
    pub(crate) safety: bool,
    pub(crate) supervisor: bool,
    pub(crate) opted_out: bool,
    pub(crate) flooded: bool,
    pub(crate) overdue: bool,
}

/// A duty with its clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) title: String,
    pub(crate) clause: String,
    pub(crate) clock: String,
    pub(crate) overdue: bool,
}

/// The moment that orders a card: its next duty, the end of its offer, or, while it waits, the end of the time within
/// which it should be accepted.
pub(crate) fn runs_out(card: &Card, threshold: u32) -> Millis {
    let duty = card.next_duty().map(|duty| duty.due);
    let offer = card.offer.as_ref().map(|offer| offer.until);
    let wait = (card.phase == Phase::Waiting)
        .then(|| card.waiting_since.unwrap_or(card.opened_at) + seconds(threshold));
    [duty, offer, wait].into_iter().flatten().min().unwrap_or(Millis::MAX)
}

/// The cards in the order of their clocks.
pub(crate) fn ordered(cards: &[Card], threshold: u32) -> Vec<&Card> {
    let mut out: Vec<&Card> = cards.iter().collect();
    out.sort_by_key(|card| (runs_out(card, threshold), card.opened_at, card.id));
    out
}

pub(crate) fn lines(look: &Look, threshold: u32) -> Vec<Line> {
    ordered(&look.cards, threshold).into_iter().map(|card| line(look, card)).collect()
}

/// A duty as a clock.
pub(crate) fn clock(look: &Look, duty: &Duty) -> Clock {
    Clock {
        title: duty.title.clone(),
        clause: duty.clause.clone(),
        clock: words::countdown(duty.due, duty.started, look.now, &look.zone),
        overdue: duty.due + NOW_FOR <= look.now,
    }
}

pub(crate) fn line(look: &Look, card: &Card) -> Line {
    let waits = card.waiting_since.filter(|_| card.phase == Phase::Waiting);
    Line {
        id: card.id.to_string(),
        customer: shown::phone(&card.customer),
        queue: words::queue(&look.pack, &card.queue),
        language: look
            .pack
            .queues
            .queue(&card.queue)
            .is_none_or(|queue| queue.language != card.language)
            .then(|| words::language(&card.language)),
        phase: words::phase(card.phase),
        owner: card.owner.as_ref().map(|id| look.name(id)),
        offer: card.offer.as_ref().map(|offer| {
            (look.name(&offer.staff), words::countdown(offer.until, offer.at, look.now, &look.zone))
        }),
        waits: waits.map(|since| words::elapsed(since, &look.zone)),
        duties: card.duties.iter().map(|duty| clock(look, duty)).collect(),
        delay: words::delay(&card.turn),
        unread: card.unread,
        safety: card.safety.as_ref().is_some_and(|safety| safety.completed_at.is_none()),
        supervisor: card.supervisor.as_ref().is_some_and(|request| request.met_at.is_none()),
        opted_out: card.opted_out,
        flooded: card.flooded,
        overdue: card.duties.iter().any(|duty| duty.due + NOW_FOR <= look.now),
    }
}

#[cfg(test)]
mod tests {
    use domain::sop::DutyKind;

    use super::super::figures::tests::card;
    use super::*;

    fn duty(due: Millis) -> Duty {
        Duty {
            key: "check_in".to_owned(),
            kind: DutyKind::CheckIn,
            title: "Answer or check in".to_owned(),
            clause: "SMS-HOLD-1".to_owned(),
            started: 0,
            due,
            script: None,
        }
    }

    #[test]
    fn the_clock_that_runs_out_next_comes_first() {
        let mut late = card(1, 0);
        late.duties = vec![duty(300_000)];
        let mut soon = card(2, 10);
        soon.duties = vec![duty(100_000), duty(400_000)];
        let without = card(3, 0);
        let mut waiting = card(4, 0);
        (waiting.phase, waiting.owner, waiting.waiting_since) = (Phase::Waiting, None, Some(50_000));
        let cards = [late.clone(), without.clone(), soon.clone(), waiting.clone()];
        let ids: Vec<_> = ordered(&cards, 60).iter().map(|card| card.id).collect();
        assert_eq!(ids, [soon.id, waiting.id, late.id, without.id]);
    }
}
