//! Offers to the supervisor who looks at the floor. Whoever is on queue can be rung, and an open floor counts as being
//! there, so what rings at their desk rings here too, with the way to the desk. It is accepted there and nowhere else.

use askama::Template;
use domain::time::Millis;
use domain::view::Card;

use super::look::Look;
use super::words;
use crate::error::Error;
use crate::live::Fragment;
use crate::session::SignedIn;
use crate::shown;

/// An offer to me.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ring {
    offer: String,
    customer: String,
    countdown: String,
}

#[derive(Template)]
#[template(path = "floor/offers.html")]
struct Offers {
    rings: Vec<Ring>,
}

/// `floor-offers`: the offers to `me`, the one that runs out next first.
pub(crate) fn fragment(look: &Look, me: &SignedIn) -> Result<Fragment, Error> {
    let mine = |card: &&Card| card.offer.as_ref().is_some_and(|offer| offer.staff == me.account.id);
    let mut cards: Vec<&Card> = look.cards.iter().filter(mine).collect();
    cards.sort_by_key(|card| card.offer.as_ref().map_or(Millis::MAX, |offer| offer.until));
    let ring = |card: &Card| {
        let offer = card.offer.as_ref()?;
        Some(Ring {
            offer: offer.id.to_string(),
            customer: shown::phone(&card.customer),
            countdown: words::countdown(offer.until, offer.at, look.now, &look.zone),
        })
    };
    let rings = cards.into_iter().filter_map(ring).collect();
    Ok(Fragment::new("floor-offers", Offers { rings }.render()?))
}
