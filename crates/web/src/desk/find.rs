//! Search from the top bar (Ctrl+K): interactions by the customer's number, canned responses by keyword, paragraphs of the
//! knowledge base.

use askama::Template;
use domain::id::StaffId;
use domain::knowledge::Audience;
use domain::view::Card;
use engine::ports::FindQuery;

use super::fragments;
use super::hints::{self, Item};
use super::look::{self, Look};
use super::words;
use crate::App;
use crate::error::Error;
use crate::kb::Door;
use crate::kb::search::{self, Asked, Hit, Outcome};
use crate::shown;

/// Digits of a number from which on it is searched for.
const DIGITS_MIN: usize = 3;
/// Interactions and responses listed, each.
const FOUND_MAX: usize = 8;
/// Finished interactions that are looked through, the newest first.
const DONE_MAX: usize = 500;

struct Found {
    id: String,
    customer: String,
    phase: &'static str,
    when: String,
    owner: Option<String>,
    /// Mine, so that it opens here.
    own: bool,
    address: String,
}

#[derive(Template)]
#[template(path = "desk/found.html")]
struct FoundList {
    cards: Vec<Found>,
    items: Vec<Item>,
    pages: Vec<Hit>,
    /// The knowledge base cannot be searched at this moment.
    preparing: bool,
    /// Paragraphs found in all; none where the search is not to be counted.
    total: Option<usize>,
}

/// Whether a card's number holds these digits.
pub(crate) fn matches(card: &Card, digits: &str) -> bool {
    digits.len() >= DIGITS_MIN
        && card.customer.0.chars().filter(char::is_ascii_digit).collect::<String>().contains(digits)
}

/// What the search found, as a list.
pub(crate) async fn found(
    app: &App,
    look: &Look,
    query: &str,
    (supervisor, audience): (bool, Audience),
) -> Result<String, Error> {
    let query = query.trim();
    if query.is_empty() {
        return Ok(String::new());
    }
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let mut cards = Vec::new();
    if digits.len() >= DIGITS_MIN {
        cards = app.engine.cards().await?;
        cards.extend(app.engine.done_cards(DONE_MAX).await?);
        // Others' contacts are read on the floor, by those who may; the desk shows one's own.
        cards.retain(|card| matches(card, &digits) && (supervisor || card.owner.as_ref() == Some(&look.me)));
        cards.truncate(FOUND_MAX);
    }
    let names = look::names(&app.engine).await?;
    let name = |id: &StaffId| fragments::name(&names, id);
    let cards = cards
        .iter()
        .map(|card| {
            let own = card.owner.as_ref() == Some(&look.me);
            Found {
                id: card.id.to_string(),
                customer: shown::phone(&card.customer),
                phase: words::phase(card.phase),
                when: shown::date_time(card.opened_at, &look.zone),
                owner: card.owner.as_ref().filter(|_| !own).map(name),
                own,
                address: if own {
                    format!("/desk?interaction={}", card.id)
                } else {
                    format!("/floor/interactions/{}", card.id)
                },
            }
        })
        .collect();
    let language = look.pack.agency.languages.first().map_or("en", String::as_str);
    let mut items =
        if digits.len() == query.len() { Vec::new() } else { hints::library(look, query, "sms", language) };
    items.truncate(FOUND_MAX);
    let (pages, preparing, total) = knowledge(app, query, audience).await;
    // Digits alone may be a customer's number, and those are kept nowhere else than with the contact.
    let total = total.filter(|_| query.chars().any(char::is_alphabetic));
    Ok(FoundList { cards, items, pages, preparing, total }.render()?)
}

/// Paragraphs of the knowledge base, the best first, whether they wait for the search to be ready, and how many there are.
async fn knowledge(app: &App, query: &str, audience: Audience) -> (Vec<Hit>, bool, Option<usize>) {
    let asked = Asked { q: query.to_owned(), ..Asked::default() };
    let query = FindQuery { limit: FOUND_MAX, ..asked.query(audience) };
    match search::outcome(app, &asked, query, Door::Staff).await {
        Outcome::Found(results) => (results.hits, false, Some(results.total)),
        Outcome::Preparing => (Vec::new(), true, None),
        Outcome::Nothing | Outcome::TooLong(_) => (Vec::new(), false, None),
    }
}
