//! What was made ready for reading once and is kept in memory: pages as HTML, the tree, and which paragraph holds which
//! clause. It can be thrown away at any moment; the engine's library and texts are the truth.
//!
//! A published text never changes, but its links do when other pages come or go. So what is rendered holds only as long
//! as the library and the day are the same; what is read out of one text (clauses, files) holds for good.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::knowledge::{Attachment, Audience, Kind, Library, Text, Viewer, edition_id};
use domain::time::Millis;
use engine::pages::Opened;
use jiff::civil::Date;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::linked::{self, Numbers};
use super::shape::{self, Door, Shown};
use super::tree::Menu;
use crate::error::Error;
use crate::{App, limits};

/// Bytes of rendered pages kept at most.
const SHOWN_BYTES_MAX: usize = 48 * 1024 * 1024;
/// A text from this size on is read beside the threads that answer others.
const LARGE: usize = 64 * 1024;
/// Such texts read at once.
const AT_ONCE: usize = 2;
/// Texts looked through for clauses before others get their turn.
const TURN: usize = 32;
/// Votes, questions and counted searches of one visitor's address within [`WINDOW`].
const WRITES: u32 = 60;
const WINDOW: Millis = 5 * 60_000;
/// Addresses remembered at once.
const ADDRESSES: usize = 20_000;

/// Where a clause stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Page.
    pub(crate) slug: String,
    /// Anchor of the paragraph.
    pub(crate) anchor: String,
    /// Who may read this very paragraph.
    pub(crate) audience: Audience,
    /// How many clauses the page holds: the page that sets a procedure out comes before one that mentions it.
    weight: usize,
}

/// What is read out of one published text.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// Clause, anchor, whether only supervisors see it.
    clauses: Vec<(String, String, bool)>,
    /// Its files, and whether only supervisors see them.
    pub(crate) files: Vec<(Attachment, bool)>,
}

type Key = (String, bool, Door, bool);
/// The day, the language and the narrowest audience for which a tree was made.
type TreeKey = Audience;

#[derive(Default)]
struct Held {
    library: Option<(Arc<Library>, Date)>,
    shown: HashMap<Key, (u64, Arc<Shown>)>,
    bytes: usize,
    turn: u64,
    trees: BTreeMap<TreeKey, Arc<Menu>>,
    numbers: BTreeMap<Audience, Arc<Numbers>>,
    clauses: Option<Arc<BTreeMap<String, Vec<Place>>>>,
    facts: HashMap<String, Arc<Facts>>,
}

/// The shelf. One for the whole program.
pub(crate) struct Shelf {
    held: Mutex<Held>,
    turns: Arc<Semaphore>,
    writes: Mutex<HashMap<IpAddr, (Millis, u32)>>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { held: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)), writes: Mutex::default() }
    }
}

impl Held {
    /// Forgets everything that another library or another day would show differently.
    fn current(&mut self, library: &Arc<Library>, day: Date) {
        let same = self.library.as_ref().is_some_and(|(held, on)| Arc::ptr_eq(held, library) && *on == day);
        if !same {
            self.library = Some((Arc::clone(library), day));
            self.shown.clear();
            self.bytes = 0;
            self.trees.clear();
            self.numbers.clear();
            self.clauses = None;
        }
    }

    fn put(&mut self, key: Key, shown: Arc<Shown>) {
        self.turn += 1;
        self.bytes += shown.bytes();
        if let Some((_, old)) = self.shown.insert(key, (self.turn, shown)) {
            self.bytes = self.bytes.saturating_sub(old.bytes());
        }
        while self.bytes > SHOWN_BYTES_MAX && self.shown.len() > 1 {
            let oldest = self.shown.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone());
            let Some((_, gone)) = oldest.and_then(|key| self.shown.remove(&key)) else { return };
            self.bytes = self.bytes.saturating_sub(gone.bytes());
        }
    }
}

impl Shelf {
    /// What was rendered for this key, if it still holds.
    fn kept(&self, key: &Key, library: &Arc<Library>, day: Date) -> Option<Arc<Shown>> {
        let mut held = self.held();
        held.current(library, day);
        held.turn += 1;
        let turn = held.turn;
        let (used, shown) = held.shown.get_mut(key)?;
        *used = turn;
        Some(Arc::clone(shown))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a visitor's address may write once more; a vote, a question or a counted search.
    pub(crate) fn may_write(&self, address: IpAddr, now: Millis) -> bool {
        let address = limits::network(address);
        let mut all = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= ADDRESSES {
            all.retain(|_, (since, _)| now < *since + WINDOW);
        }
        // So many networks at once do not shut everybody else out: the one that is furthest back begins anew.
        if all.len() >= ADDRESSES
            && !all.contains_key(&address)
            && let Some(oldest) = all.iter().min_by_key(|(_, (since, _))| *since).map(|(address, _)| *address)
        {
            all.remove(&oldest);
        }
        let entry = all.entry(address).or_insert((now, 0));
        if now >= entry.0 + WINDOW {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
        entry.1 <= WRITES
    }
}

/// Whose turn it is to read a text of so many bytes; none where it is so small that nobody has to wait for it.
async fn turn(app: &App, bytes: usize) -> Result<Option<OwnedSemaphorePermit>, Error> {
    if bytes < LARGE {
        return Ok(None);
    }
    Ok(Some(Arc::clone(&app.shelf.turns).acquire_owned().await.map_err(Error::fault)?))
}

/// Does work on the spot, or with a turn beside the threads that answer others.
async fn aside<T: Send + 'static>(
    turn: Option<OwnedSemaphorePermit>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let Some(turn) = turn else { return Ok(work()) };
    let done = tokio::task::spawn_blocking(move || {
        // The work goes on when nobody waits for it any more, and so does its turn.
        let _turn = turn;
        work()
    });
    done.await.map_err(Error::fault)
}

/// An edition as HTML for this door.
///
/// # Errors
/// When the work could not be done; a text whose markup cannot be read is shown as it was typed.
pub(crate) async fn shown(
    app: &App,
    opened: &Opened,
    viewer: Viewer,
    door: Door,
    print: bool,
) -> Result<Arc<Shown>, Error> {
    let (page, edition, text) = (&opened.page, &opened.edition, &opened.text);
    let (library, today) = (app.engine.library(), app.engine.today());
    // Another day has other links, and settings may change what the text says: neither is kept.
    let kept = viewer.day == today && !opened.live;
    let supervisors = viewer.audience >= Audience::Supervisors;
    let key = (edition_id(&page.slug, edition.number), supervisors, door, print);
    let found = || app.shelf.kept(&key, &library, today).filter(|_| kept);
    if let Some(shown) = found() {
        return Ok(shown);
    }
    let work = {
        let (library, text, language) = (Arc::clone(&library), Arc::clone(text), page.language.clone());
        let numbers = numbers(app, viewer.audience);
        let own = door.page(&page.slug);
        move || {
            let finish = |html: String| linked::numbers(&html, &numbers, &own);
            shape::shape(&library, &text, &language, viewer, (door, print), finish)
        }
    };
    let turn = turn(app, text.body.len()).await?;
    // Several people may have asked for the same large page at once.
    if let Some(shown) = turn.as_ref().and_then(|_| found()) {
        return Ok(shown);
    }
    let made = Arc::new(aside(turn, work).await?);
    if !kept {
        return Ok(made);
    }
    let mut held = app.shelf.held();
    held.current(&library, today);
    held.put(key, Arc::clone(&made));
    Ok(made)
}

/// The tree as this audience sees it today.
pub(crate) fn tree(app: &App, audience: Audience) -> Arc<Menu> {
    let (library, day) = (app.engine.library(), app.engine.today());
    let mut held = app.shelf.held();
    held.current(&library, day);
    if let Some(tree) = held.trees.get(&audience) {
        return Arc::clone(tree);
    }
    let tree = Arc::new(Menu::of(library.tree(Viewer { audience, day })));
    held.trees.insert(audience, Arc::clone(&tree));
    tree
}

/// Where numbers within texts lead, for this audience today.
fn numbers(app: &App, audience: Audience) -> Arc<Numbers> {
    let (library, day) = (app.engine.library(), app.engine.today());
    let mut held = app.shelf.held();
    held.current(&library, day);
    if let Some(numbers) = held.numbers.get(&audience) {
        return Arc::clone(numbers);
    }
    let forms = app.engine.forms_manual().iter().map(|form| form.number.as_str());
    let numbers = Arc::new(Numbers::of(&library, Viewer { audience, day }, forms));
    held.numbers.insert(audience, Arc::clone(&numbers));
    numbers
}

/// What one published text says about itself.
pub(crate) async fn facts(app: &App, slug: &str, number: u32) -> Result<Arc<Facts>, Error> {
    let id = edition_id(slug, number);
    if let Some(facts) = app.shelf.held().facts.get(&id) {
        return Ok(Arc::clone(facts));
    }
    let text = app.engine.page_text(slug, number).await.map_err(super::error)?;
    let turn = turn(app, text.body.len()).await?;
    let facts = Arc::new(aside(turn, move || read_facts(&text)).await?);
    app.shelf.held().facts.insert(id, Arc::clone(&facts));
    Ok(facts)
}

fn read_facts(text: &Text) -> Facts {
    // Most texts have neither, and then need not be read at all.
    if text.attachments.is_empty() && !text.body.contains("{#") {
        return Facts::default();
    }
    let Ok(parsed) = knowledge::markup::parse(&text.body) else {
        return Facts {
            clauses: Vec::new(),
            files: text.attachments.iter().map(|one| (one.clone(), false)).collect(),
        };
    };
    let passages = knowledge::markup::passages(&parsed, true);
    let clauses = passages
        .iter()
        .flat_map(|one| {
            let own = one.clauses.iter().filter(|_| !one.anchor.is_empty());
            own.map(|clause| (clause.clone(), one.anchor.clone(), one.supervisors))
        })
        .collect();
    Facts { clauses, files: shape::files(&parsed, &text.attachments) }
}

/// Where each clause stands in what is in force today: the pages that set it out before those that mention it.
pub(crate) async fn clauses(app: &App) -> Result<Arc<BTreeMap<String, Vec<Place>>>, Error> {
    let (library, day) = (app.engine.library(), app.engine.today());
    {
        let mut held = app.shelf.held();
        held.current(&library, day);
        if let Some(map) = &held.clauses {
            return Ok(Arc::clone(map));
        }
    }
    let mut map: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    let viewer = Viewer { audience: Audience::Supervisors, day };
    for (at, page) in library.pages().enumerate() {
        let Some(edition) =
            library.shown(page, viewer).filter(|_| page.kind != Kind::Section || page.described)
        else {
            continue;
        };
        // What has expired is still shown to staff, and to nobody else.
        let in_force = library.in_force(page, day).is_some();
        let audience = if in_force { edition.audience } else { edition.audience.max(Audience::Staff) };
        let facts = facts(app, &page.slug, edition.number).await?;
        for (clause, anchor, supervisors) in &facts.clauses {
            let places = map.entry(clause.clone()).or_default();
            // The first paragraph of a page that names a clause is the one that says it.
            if places.iter().any(|place| place.slug == page.slug) {
                continue;
            }
            places.push(Place {
                slug: page.slug.clone(),
                anchor: anchor.clone(),
                audience: if *supervisors { Audience::Supervisors } else { audience },
                weight: facts.clauses.len(),
            });
        }
        if at % TURN == TURN - 1 {
            tokio::task::yield_now().await;
        }
    }
    for places in map.values_mut() {
        places.sort_by(|a, b| (b.weight, &a.slug).cmp(&(a.weight, &b.slug)));
    }
    let map = Arc::new(map);
    let mut held = app.shelf.held();
    held.current(&library, day);
    held.clauses = Some(Arc::clone(&map));
    Ok(map)
}

/// The paragraph of a clause that this audience may read.
pub(crate) async fn place_of(app: &App, clause: &str, audience: Audience) -> Result<Option<Place>, Error> {
    let map = clauses(app).await?;
    let mut places = map.get(clause).into_iter().flatten();
    Ok(places.find(|place| place.audience <= audience).cloned())
}

/// The paragraph of a clause in a public page, such as may go to a customer.
pub(crate) async fn public_place(app: &App, clause: &str) -> Result<Option<Place>, Error> {
    let map = clauses(app).await?;
    Ok(map.get(clause).into_iter().flatten().find(|place| place.audience == Audience::Public).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_writes_a_while_and_then_waits() {
        let shelf = Shelf::default();
        let (one, other): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..WRITES {
            assert!(shelf.may_write(one, 0));
        }
        assert!(!shelf.may_write(one, 1) && shelf.may_write(other, 1) && shelf.may_write(one, WINDOW));
        // A home has a whole network of IPv6 addresses, and counts once.
        let of = |text: &str| text.parse::<IpAddr>().unwrap();
        for n in 0..WRITES {
            assert!(shelf.may_write(of(&format!("2001:db8:1:2::{n:x}")), 0));
        }
        assert!(!shelf.may_write(of("2001:db8:1:2:ffff::1"), 1) && shelf.may_write(of("2001:db8:1:3::1"), 1));
    }

    #[test]
    fn what_is_kept_has_a_bound_and_the_least_used_goes_first() {
        let mut held = Held::default();
        let page =
            |letter: &str| Arc::new(Shown { html: letter.repeat(SHOWN_BYTES_MAX / 3), ..Shown::default() });
        let key = |name: &str| (name.to_owned(), false, Door::Staff, false);
        for name in ["a", "b", "c", "d"] {
            held.put(key(name), page(name));
            let turn = held.turn + 1;
            held.turn = turn;
            if let Some((used, _)) = held.shown.get_mut(&key("a")) {
                *used = turn;
            }
        }
        assert!(held.bytes <= SHOWN_BYTES_MAX);
        assert!(held.shown.contains_key(&key("a")) && !held.shown.contains_key(&key("b")));
    }

    #[test]
    fn clauses_are_read_out_of_a_text_with_their_paragraphs() {
        let body = "# One\n\nSay this. {#SMS-GEN-1}\n\n> [!SUPERVISORS]\n> Not for all. {#SMS-GEN-2}\n";
        let facts = read_facts(&Text { body: body.to_owned(), ..Text::default() });
        assert_eq!(
            facts.clauses,
            [
                ("SMS-GEN-1".to_owned(), "SMS-GEN-1".to_owned(), false),
                ("SMS-GEN-2".to_owned(), "SMS-GEN-2".to_owned(), true)
            ]
        );
    }
}
