//! Reads the data file beside or after the program, as `backup` and `replay` do.

use std::collections::BTreeMap;

use domain::id::{InteractionId, MessageId};
use domain::view::{self, Card, Entry, What};
use store::sqlite::SqliteStore;
use store::{RowQuery, Store as _};

use crate::place::Place;

/// More than any test makes.
const ALL: usize = 1_000_000;

/// Runs one answer to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The data file, for reading.
pub(crate) fn open(place: &Place) -> SqliteStore {
    SqliteStore::open_read_only(&place.data_file(), place.vault()).unwrap()
}

fn rows<T: serde::de::DeserializeOwned>(store: &SqliteStore, kind: &str) -> Vec<T> {
    let query = RowQuery { kind: kind.to_owned(), group: None, after: None, descending: false, limit: ALL };
    let rows = block_on(store.rows(query)).unwrap();
    rows.iter().map(|row| serde_json::from_str(&row.data).unwrap()).collect()
}

/// Every interaction, oldest first.
pub(crate) fn cards(store: &SqliteStore) -> Vec<Card> {
    let mut cards: Vec<Card> = rows(store, view::INTERACTION);
    cards.sort_by_key(|card| (card.opened_at, card.id));
    cards
}

/// A line of a transcript with its text.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) entry: Entry,
    pub(crate) text: Option<String>,
}

/// Every transcript, in its order.
pub(crate) fn transcripts(store: &SqliteStore) -> BTreeMap<InteractionId, Vec<Line>> {
    let mut entries: Vec<Entry> = rows(store, view::MESSAGE);
    entries.sort_by_key(|entry| (entry.interaction, entry.seq));
    let keys: Vec<MessageId> = entries.iter().filter_map(message).collect();
    let named: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let texts = block_on(store.bodies(&named)).unwrap();
    let mut texts: BTreeMap<MessageId, Option<String>> = keys.into_iter().zip(texts).collect();
    let mut all: BTreeMap<InteractionId, Vec<Line>> = BTreeMap::new();
    for entry in entries {
        let text = message(&entry).and_then(|key| texts.remove(&key).flatten());
        all.entry(entry.interaction).or_default().push(Line { entry, text });
    }
    all
}

/// The text that a line shows.
pub(crate) fn message(entry: &Entry) -> Option<MessageId> {
    match &entry.what {
        What::In { message, .. } | What::Out { message, .. } => Some(*message),
        What::Act { .. } => None,
    }
}
