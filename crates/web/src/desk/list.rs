//! Left column: offers that ring and the interactions of one person, the one whose clock runs out next first.
//!
//! Pure: cards and last words in, lines out. To add something to a card: a field here and its place in `list.html`.

use domain::id::{InteractionId, StaffId};
use domain::interaction::{OfferKind, Phase};
use domain::pack::Pack;
use domain::time::Millis;
use domain::view::Card;

use super::fragments::Duty;
use super::words;
use crate::shown;

/// One interaction of mine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: String,
    /// Shortcut digit, 1 to 9; none beyond.
    pub(crate) digit: Option<usize>,
    pub(crate) selected: bool,
    pub(crate) customer: String,
    pub(crate) words: String,
    pub(crate) last_is_customer: bool,
    pub(crate) language: String,
    pub(crate) unread: u32,
    /// Words of the delay flag (SMS-DELAY-1).
    pub(crate) delay: Option<&'static str>,
    /// Where the desk turns when this customer enters delay (SMS-DELAY-6).
    pub(crate) turn_to: Option<String>,
    pub(crate) wrap_up: bool,
    pub(crate) safety: bool,
    pub(crate) supervisor: bool,
    pub(crate) duty: Option<Duty>,
}

/// An offer that rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ring {
    pub(crate) interaction: String,
    pub(crate) offer: String,
    pub(crate) customer: String,
    pub(crate) words: String,
    pub(crate) queue: String,
    /// Where it comes from, in words.
    pub(crate) from: String,
    /// The clocks, as markup of the shell.
    pub(crate) countdown: String,
    pub(crate) waiting: String,
}

/// The cards a person has, the clock that runs out next first; those without a clock last, oldest first.
pub(crate) fn mine<'a>(cards: &'a [Card], me: &StaffId) -> Vec<&'a Card> {
    let mut held: Vec<&Card> = cards
        .iter()
        .filter(|card| card.owner.as_ref() == Some(me) && matches!(card.phase, Phase::Active | Phase::WrapUp))
        .collect();
    held.sort_by_key(|card| (card.next_duty().map_or(Millis::MAX, |duty| duty.due), card.opened_at, card.id));
    held
}

/// The cards offered to a person, the offer that runs out next first.
pub(crate) fn ringing<'a>(cards: &'a [Card], me: &StaffId) -> Vec<&'a Card> {
    let mut offered: Vec<&Card> =
        cards.iter().filter(|card| card.offer.as_ref().is_some_and(|offer| &offer.staff == me)).collect();
    offered.sort_by_key(|card| card.offer.as_ref().map_or(Millis::MAX, |offer| offer.until));
    offered
}

/// Which card the desk opens: the one asked for when it is still there, else the first.
pub(crate) fn selected(mine: &[&Card], asked: Option<InteractionId>) -> Option<InteractionId> {
    asked.filter(|id| mine.iter().any(|card| card.id == *id)).or_else(|| mine.first().map(|card| card.id))
}

/// The card to lead a person to when `delayed` entered delay (SMS-DELAY-6): the first of the others that is open and
/// not itself in delay.
pub(crate) fn other_open(mine: &[&Card], delayed: InteractionId) -> Option<InteractionId> {
    mine.iter()
        .find(|card| card.id != delayed && card.phase == Phase::Active && words::delay(&card.turn).is_none())
        .map(|card| card.id)
}

/// The list's lines. `last` holds the last words, in the order of `cards`.
pub(crate) fn lines(
    cards: &[&Card],
    last: &[Option<String>],
    selected: Option<InteractionId>,
    now: Millis,
) -> Vec<Line> {
    cards
        .iter()
        .enumerate()
        .map(|(place, card)| Line {
            id: card.id.to_string(),
            digit: Some(place + 1).filter(|digit| *digit <= 9),
            selected: selected == Some(card.id),
            customer: shown::phone(&card.customer),
            words: last_words(last.get(place)),
            last_is_customer: card.last_is_customer,
            language: words::language(&card.language),
            unread: card.unread,
            delay: words::delay(&card.turn),
            turn_to: words::delay(&card.turn)
                .and_then(|_| other_open(cards, card.id))
                .map(|id| id.to_string()),
            wrap_up: card.phase == Phase::WrapUp,
            safety: card.safety.as_ref().is_some_and(|safety| safety.completed_at.is_none()),
            supervisor: card.supervisor.as_ref().is_some_and(|request| request.met_at.is_none()),
            duty: super::fragments::duty(card, now),
        })
        .collect()
}

/// The rings. `name` turns an account into a person's name.
pub(crate) fn rings(
    cards: &[&Card],
    last: &[Option<String>],
    pack: &Pack,
    now: Millis,
    name: &dyn Fn(&StaffId) -> String,
) -> Vec<Ring> {
    let ring = |(place, card): (usize, &&Card)| {
        let offer = card.offer.as_ref()?;
        let from = match &offer.kind {
            OfferKind::Queue => "From the queue".to_owned(),
            OfferKind::Transfer { from, supervisor: true } => format!("{} asks for a supervisor", name(from)),
            OfferKind::Transfer { from, supervisor: false } => format!("Handed over by {}", name(from)),
        };
        Some(Ring {
            interaction: card.id.to_string(),
            offer: offer.id.to_string(),
            customer: shown::phone(&card.customer),
            words: last_words(last.get(place)),
            queue: queue_title(pack, &card.queue),
            from,
            countdown: shown::countdown(offer.until, offer.at, now),
            waiting: shown::elapsed(card.waiting_since.unwrap_or(card.opened_at), now),
        })
    };
    cards.iter().enumerate().filter_map(ring).collect()
}

fn last_words(body: Option<&Option<String>>) -> String {
    body.and_then(Option::as_deref)
        .map_or_else(|| "No words, an attachment only".to_owned(), |text| words::short(text, 90))
}

/// The queue's name on screens.
pub(crate) fn queue_title(pack: &Pack, id: &str) -> String {
    pack.queues.queue(id).map_or_else(|| id.to_owned(), |queue| queue.title.clone())
}
