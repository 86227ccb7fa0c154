//! Searching: what the index finds, held against the library, and shown with the page's own words.
//!
//! The index may lag, be damaged, or be an older one that still answers while a new one is made. So nothing of it is shown
//! that the library does not confirm for this reader, and the words around a hit come from the page's text. Reading the
//! paragraphs out of a text takes long for a very large one; they are kept, in bounded memory, and a large text is read
//! beside the threads that answer others.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use domain::knowledge::{Audience, Viewer, edition_id};
use knowledge::markup;

use super::Opened;
use crate::Engine;
use crate::ports::{FindAnswer, FindError, FindQuery, Found};

/// The answer to a search, ready for a screen.
pub type SearchAnswer = FindAnswer;

/// A text from this size on is read beside the threads that answer others.
pub(super) const LARGE: usize = 64 * 1024;
/// Paragraphs of so many bytes together are marked there, too.
const LONG: usize = 256 * 1024;
/// Bytes of paragraphs kept.
const KEPT_BYTES_MAX: usize = 48 * 1024 * 1024;
/// What a paragraph costs beside its words.
const EACH: usize = 96;

/// The words of an edition's paragraphs by the place that a link leads to.
#[derive(Debug, Default)]
struct Paragraphs {
    words: HashMap<String, String>,
    bytes: usize,
}

impl Paragraphs {
    /// Reads them out of a text, without those for supervisors unless they are asked for.
    fn read(body: &str, supervisors: bool) -> Self {
        let mut out = Self::default();
        let Ok(parsed) = markup::parse(body) else { return out };
        for one in markup::passages(&parsed, supervisors) {
            // The first paragraph of a place is the one that a link leads to.
            if !one.anchor.is_empty() && !out.words.contains_key(&one.anchor) {
                out.bytes += one.anchor.len() + one.text.len() + EACH;
                out.words.insert(one.anchor, one.text);
            }
        }
        out
    }
}

/// By edition, whether the paragraphs for supervisors are among them, and the words themselves, some of which settings
/// may decide.
type Key = (String, bool, u64);

fn fingerprint(body: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

/// Paragraphs that were shown last.
#[derive(Default)]
pub(crate) struct Kept {
    held: BTreeMap<Key, (u64, Arc<Paragraphs>)>,
    bytes: usize,
    turn: u64,
}

impl Kept {
    fn get(&mut self, key: &Key) -> Option<Arc<Paragraphs>> {
        self.turn += 1;
        let (used, found) = self.held.get_mut(key)?;
        *used = self.turn;
        Some(Arc::clone(found))
    }

    fn put(&mut self, key: Key, found: Arc<Paragraphs>) {
        self.turn += 1;
        self.bytes += found.bytes;
        if let Some((_, old)) = self.held.insert(key, (self.turn, found)) {
            self.bytes -= old.bytes;
        }
        if self.bytes <= KEPT_BYTES_MAX {
            return;
        }
        // A good part goes at once, so that a full memory is not looked through at every search.
        let mut all: Vec<(u64, Key)> =
            self.held.iter().map(|(key, (used, _))| (*used, key.clone())).collect();
        all.sort_unstable();
        // The one that was just read stays, however large it is.
        all.pop();
        for (_, key) in all {
            if self.bytes <= KEPT_BYTES_MAX / 4 * 3 {
                return;
            }
            if let Some((_, gone)) = self.held.remove(&key) {
                self.bytes -= gone.bytes;
            }
        }
    }
}

impl Engine {
    /// Searches what this person may read, with the words around each hit.
    ///
    /// # Errors
    /// See [`FindError`].
    pub async fn search(&self, query: &FindQuery) -> Result<SearchAnswer, FindError> {
        let mut answer = self.inner.finder.search(query).await?;
        let viewer = Viewer { audience: query.audience, day: self.today() };
        let library = self.library();
        answer.hits.retain(|hit| library.readable(&hit.page, viewer).is_some());
        let mut texts = Vec::with_capacity(answer.hits.len());
        for hit in &mut answer.hits {
            texts.push(self.words_of(hit, viewer).await);
        }
        let marked = self.marked(query, texts).await;
        for (hit, snippet) in answer.hits.iter_mut().zip(marked) {
            hit.snippet = snippet;
        }
        Ok(answer)
    }

    async fn marked(&self, query: &FindQuery, texts: Vec<String>) -> Vec<Vec<(String, bool)>> {
        if texts.iter().map(String::len).sum::<usize>() < LONG {
            return self.inner.finder.mark(query, &texts);
        }
        let (finder, query) = (Arc::clone(&self.inner.finder), query.clone());
        let marked = tokio::task::spawn_blocking(move || finder.mark(&query, &texts)).await;
        marked.unwrap_or_default()
    }

    /// The words of the paragraph that was found, as this person may read them. Where the page has no such paragraph for
    /// them, the hit leads to the page, and says nothing of what the index knew.
    async fn words_of(&self, hit: &mut Found, viewer: Viewer) -> String {
        let Ok(opened) = self.open_page(&hit.page, viewer, None).await else { return String::new() };
        if !hit.anchor.is_empty() {
            let paragraphs = self.paragraphs(&opened, viewer.audience >= Audience::Supervisors).await;
            if let Some(words) = paragraphs.words.get(&hit.anchor) {
                return words.clone();
            }
            hit.anchor.clear();
            hit.heading.clear();
        }
        hit.title.clone_from(&opened.edition.title);
        opened.edition.summary.clone()
    }

    async fn paragraphs(&self, opened: &Opened, supervisors: bool) -> Arc<Paragraphs> {
        let id = edition_id(&opened.page.slug, opened.edition.number);
        let key = (id, supervisors, fingerprint(&opened.text.body));
        if let Some(found) = crate::hold(&self.inner.paragraphs).get(&key) {
            return found;
        }
        let found = if opened.text.body.len() < LARGE {
            Paragraphs::read(&opened.text.body, supervisors)
        } else {
            // One at a time, and whoever waited for the same text finds it read.
            let _turn = self.inner.reading.lock().await;
            if let Some(found) = crate::hold(&self.inner.paragraphs).get(&key) {
                return found;
            }
            let text = Arc::clone(&opened.text);
            let read = tokio::task::spawn_blocking(move || Paragraphs::read(&text.body, supervisors)).await;
            read.unwrap_or_default()
        };
        let found = Arc::new(found);
        crate::hold(&self.inner.paragraphs).put(key, Arc::clone(&found));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_kept_in_bounded_memory_and_the_least_used_go_first() {
        let mut kept = Kept::default();
        let large = |bytes: usize| Arc::new(Paragraphs { words: HashMap::new(), bytes });
        let key = |n: usize| (format!("page-{n}@1"), false, 0);
        for n in 0..20 {
            kept.put(key(n), large(KEPT_BYTES_MAX / 8));
            assert!(kept.get(&key(0)).is_some(), "what is used again and again stays");
            assert!(kept.bytes <= KEPT_BYTES_MAX);
        }
        assert!(kept.get(&key(1)).is_none() && kept.get(&key(19)).is_some());
        kept.put(key(99), large(2 * KEPT_BYTES_MAX));
        assert!(kept.get(&key(99)).is_some() && kept.held.len() == 1);
    }

    #[test]
    fn what_only_supervisors_read_is_not_among_the_paragraphs_of_others() {
        let body = "# One\n\nFor all.\n\n> [!SUPERVISORS]\n> Not for all. {#closed}\n";
        assert!(Paragraphs::read(body, true).words.contains_key("closed"));
        let open = Paragraphs::read(body, false);
        assert!(!open.words.contains_key("closed") && open.bytes > 0);
    }
}
