//! The knowledge base between the store and the screens: pages and editions as records, drafts and their review, readings
//! that are owed, and the index.
//!
//! It owns no rule of publishing (`domain::knowledge`), no markup (the `knowledge` crate) and no ranking (the index behind
//! [`crate::ports::Finder`]). Everything is written with an audit line in one commit. To add something that people do with
//! a page: a function in the file of its kind, which ends in [`Engine::write_pages`] or a commit of its own.

mod bring;
mod feedback;
mod files;
mod index;
mod manual;
mod publish;
mod review;
mod search;
mod shipped;
mod within;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::StaffId;
use domain::knowledge::{
    Audience, Dated, Draft, DraftState, Edition, Fault, Library, Owed, Page, Text, Viewer, edition_id,
};
use domain::permission::Role;
use domain::time::instant;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use store::{AuditLine, Commit, RecordChange};

pub use bring::Brought;
pub use feedback::{Feedback, Question, QuestionState, Route, Searched, VOTE_COMMENT_MAX};
pub use files::{FILE_MAX, FileFault};
pub use manual::{FormPlace, FormRevision, Manual, ShippedForm, ShippedTip};
pub use publish::{Installed, Preview, Saved};
pub use review::{Confirmed, Reader, UnitReview};
pub(crate) use search::Kept;
pub use search::SearchAnswer;
pub use shipped::{Mailbox, QuestionRoute, Shipped, UNDATED};
pub use within::Within;

use crate::{Engine, EngineError, Nudge};

/// Records that hold [`Page`].
pub const PAGE: &str = "kb_page";
/// Records that hold [`Text`]; the id is the page, `@` and the edition.
pub const EDITION: &str = "kb_edition";
/// Records that hold [`Draft`]; the id is the page.
pub const DRAFT: &str = "kb_draft";
/// What nudges call a change of the knowledge base.
pub const STREAM: &str = "knowledge";

/// Why something could not be done with a page.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// What is missing or wrong, for the form.
    #[error("{}", .0.first().map_or("nothing", |fault| fault.says.as_str()))]
    Faults(Vec<Fault>),
    /// Somebody else was quicker; nothing was overwritten.
    #[error("somebody changed this page meanwhile")]
    Conflict,
    /// There is no such page, edition or draft.
    #[error("there is no {0}")]
    NotFound(String),
    /// The engine's own errors.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<store::StoreError> for KnowledgeError {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::RecordConflict { .. } => Self::Conflict,
            other => Self::Engine(other.into()),
        }
    }
}

impl From<Fault> for KnowledgeError {
    fn from(fault: Fault) -> Self {
        Self::Faults(vec![fault])
    }
}

/// A page to show: what it is, the edition and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The page.
    pub page: Page,
    /// The edition that was asked for.
    pub edition: Edition,
    /// Its words, with the hours in force on the reader's day where the text asks for them.
    pub text: Arc<Text>,
    /// Whether settings decide some of the words, so that they may differ tomorrow.
    pub live: bool,
}

/// A draft that waits for a second person, or for its authors after it was sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The page.
    pub slug: String,
    /// Who wrote in it, and may not approve it.
    pub authors: Vec<String>,
    /// Whether the second person sent it back.
    pub sent_back: bool,
}

impl Waiting {
    fn of(slug: &str, draft: &Draft) -> Option<Self> {
        let sent_back = match draft.state {
            DraftState::InReview { .. } => false,
            DraftState::SentBack { .. } => true,
            DraftState::Writing => return None,
        };
        Some(Self { slug: slug.to_owned(), authors: draft.authors.clone(), sent_back })
    }
}

impl Engine {
    /// All pages as they are now.
    #[must_use]
    pub fn library(&self) -> Arc<Library> {
        match self.inner.library.read() {
            Ok(library) => Arc::clone(&library),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }

    /// Today in the agency's time zone.
    #[must_use]
    pub fn today(&self) -> Date {
        instant(self.now()).to_zoned(self.zone()).date()
    }

    /// Someone with these roles, reading what is in force today.
    #[must_use]
    pub fn viewer(&self, roles: &[Role]) -> Viewer {
        Viewer { audience: Audience::of(roles), day: self.today() }
    }

    /// The page as it is in force on the viewer's day, or an edition of it by number (older ones for staff only).
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`] when there is none, or this viewer may not read it.
    pub async fn open_page(
        &self,
        slug: &str,
        viewer: Viewer,
        edition: Option<u32>,
    ) -> Result<Opened, KnowledgeError> {
        let library = self.library();
        let missing = || KnowledgeError::NotFound("page of this name".to_owned());
        let (page, edition) = match edition {
            None => library.readable(slug, viewer).ok_or_else(missing)?,
            Some(number) => {
                let (_, page) = library.page(slug).ok_or_else(missing)?;
                let found = page.editions.iter().find(|edition| edition.number == number);
                let found =
                    found.filter(|e| e.audience <= viewer.audience && viewer.audience > Audience::Public);
                (page, found.ok_or_else(missing)?)
            }
        };
        let text = self.page_text(slug, edition.number).await?;
        let filled = match self.with_hours(&text.body, &page.language, viewer.day) {
            Cow::Owned(body) => Some(Arc::new(Text { body, ..Text::clone(&text) })),
            Cow::Borrowed(_) => None,
        };
        let live = filled.is_some();
        Ok(Opened { page: page.clone(), edition: edition.clone(), text: filled.unwrap_or(text), live })
    }

    /// A text with the hours that are in force on the day, where it asks for them: `{hours:customer-service}`, or
    /// `{hours:sms}` for the calendar of the line that customers text.
    #[must_use]
    pub fn with_hours<'a>(&self, body: &'a str, language: &str, day: Date) -> Cow<'a, str> {
        let pack = self.pack();
        domain::knowledge::with_hours(body, |id| {
            let line = pack.agency.lines.iter().find(|line| line.channel == id);
            let queue = line.and_then(|line| pack.queues.queue(&line.queue));
            let id = queue.map_or(id, |queue| queue.hours.as_str());
            let hours = pack.queues.hours.iter().find(|hours| hours.id == id)?;
            Some(domain::knowledge::week_words(hours, day, language == "es"))
        })
    }

    /// Drafts that wait for a second person who may be this one: nobody approves what they wrote in.
    #[must_use]
    pub fn waiting_for(&self, staff: &StaffId) -> usize {
        let waiting = crate::hold(&self.inner.waiting);
        waiting.iter().filter(|one| !one.sent_back && !one.authors.contains(&staff.0)).count()
    }

    /// Drafts that this person wrote in and that were sent back to them.
    #[must_use]
    pub fn sent_back_to(&self, staff: &StaffId) -> usize {
        let waiting = crate::hold(&self.inner.waiting);
        waiting.iter().filter(|one| one.sent_back && one.authors.contains(&staff.0)).count()
    }

    /// Reads so many bytes of text: on the spot, or, where there are many, beside the threads that answer others, one such
    /// text at a time.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        if bytes < search::LARGE {
            return Ok(work());
        }
        let turn = Arc::clone(&self.inner.reading).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            // The work goes on when nobody waits for it any more, and so does its turn.
            let _turn = turn;
            work()
        });
        done.await.map_err(|e| EngineError::Invalid(e.to_string()))
    }

    /// Counts anew what waits for review.
    pub(crate) async fn recount_waiting(&self) -> Result<(), EngineError> {
        let mut out = Vec::new();
        for record in self.inner.store.records(DRAFT).await? {
            let draft: Draft = parse(&record.data, DRAFT, &record.id)?;
            out.extend(Waiting::of(&draft.slug, &draft));
        }
        *crate::hold(&self.inner.waiting) = out;
        Ok(())
    }

    /// What became of one draft, for the count.
    fn note_draft(&self, slug: &str, draft: Option<&Draft>) {
        let mut waiting = crate::hold(&self.inner.waiting);
        waiting.retain(|one| one.slug != slug);
        waiting.extend(draft.and_then(|draft| Waiting::of(slug, draft)));
    }

    /// The words of an edition.
    ///
    /// # Errors
    /// When there is none, or the store cannot be read.
    pub async fn page_text(&self, slug: &str, number: u32) -> Result<Arc<Text>, KnowledgeError> {
        let id = edition_id(slug, number);
        if let Some(text) = crate::hold(&self.inner.texts).get(&id) {
            return Ok(text);
        }
        let record = self.inner.store.record(EDITION, &id).await?;
        let record = record.ok_or_else(|| KnowledgeError::NotFound("edition of this number".to_owned()))?;
        let text: Arc<Text> = Arc::new(parse(&record.data, EDITION, &id)?);
        crate::hold(&self.inner.texts).put(id, Arc::clone(&text));
        Ok(text)
    }

    /// The draft of a page with the version of its record.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn draft(&self, slug: &str) -> Result<Option<(u64, Draft)>, KnowledgeError> {
        let record = self.inner.store.record(DRAFT, slug).await?;
        record.map(|record| Ok((record.version, parse(&record.data, DRAFT, slug)?))).transpose()
    }

    /// Every draft with the version of its record and the time of its last change.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn drafts(&self) -> Result<Vec<(u64, i64, Draft)>, KnowledgeError> {
        let records = self.inner.store.records(DRAFT).await?;
        records
            .into_iter()
            .map(|record| Ok((record.version, record.at, parse(&record.data, DRAFT, &record.id)?)))
            .collect()
    }

    /// The memos in force that this person has to read, read or not (the clauses `*-ACK-*`).
    #[must_use]
    pub fn readings_of(&self, staff: &StaffId) -> Vec<Owed> {
        let settings = self.settings();
        let Some((_, account)) = settings.accounts.iter().find(|(_, account)| &account.id == staff) else {
            return Vec::new();
        };
        let who = (account.roles.as_slice(), account.office.as_str(), account.programmes.as_slice());
        self.library().owed_by(who, self.now(), &settings.zone)
    }

    /// Those of [`Engine::readings_of`] that are not acknowledged yet.
    #[must_use]
    pub fn unread_of(&self, staff: &StaffId) -> Vec<Owed> {
        let readings = self.readings_of(staff);
        let cache = crate::hold(&self.inner.cache);
        let read = |one: &Owed| {
            let known = cache.people.get(staff);
            known.is_some_and(|state| domain::sop::acknowledgement::has_read(state, one))
        };
        readings.into_iter().filter(|one| !read(one)).collect()
    }

    pub(crate) async fn reload_library(&self) -> Result<(), EngineError> {
        let mut pages = Vec::new();
        for record in self.inner.store.records(PAGE).await? {
            let page: Page = serde_json::from_str(&record.data)
                .map_err(|e| EngineError::Invalid(format!("the page {} cannot be read: {e}", record.id)))?;
            pages.push((record.version, page));
        }
        self.set_library(Library::new(pages));
        Ok(())
    }

    fn set_library(&self, library: Library) {
        let library = Arc::new(library);
        match self.inner.library.write() {
            Ok(mut held) => *held = library,
            Err(poisoned) => *poisoned.into_inner() = library,
        }
    }

    /// Writes pages and what belongs to them in one commit, and takes them into memory.
    async fn write_pages(
        &self,
        pages: Vec<(u64, Page)>,
        mut commit: Commit,
        by: &str,
    ) -> Result<(), KnowledgeError> {
        let at = self.now();
        for (expected, page) in &pages {
            commit.records.push(record(PAGE, &page.slug, Some(*expected), page, at, by)?);
        }
        let changes_settings = pages.iter().any(|(_, page)| {
            page.editions.iter().any(|e| e.memo.as_ref().is_some_and(|m| !m.changes.is_empty()))
        });
        let position = self.commit(commit).await?;
        let mut library = Library::clone(&self.library());
        library.put_all(pages.into_iter().map(|(expected, page)| (expected + 1, page)));
        self.set_library(library);
        if changes_settings {
            self.reload_settings().await?;
        }
        self.told(position, changes_settings);
        Ok(())
    }

    pub(crate) fn told(&self, position: i64, settings: bool) {
        let mut streams = vec![STREAM.to_owned()];
        if settings {
            streams.push("settings".to_owned());
        }
        self.nudge(Nudge { position, streams, interactions: Vec::new(), staff: Vec::new() });
        self.inner.wake.index.notify_one();
    }

    /// Changes of settings that memos bring, in the order in which they take force.
    #[must_use]
    pub fn dated_changes(&self) -> Vec<Dated> {
        Dated::all(self.library().pages())
    }
}

/// Texts that were read last, so that a page that many people open is read once.
#[derive(Default)]
pub(crate) struct Texts {
    held: BTreeMap<String, (u64, Arc<Text>)>,
    bytes: usize,
    turn: u64,
}

/// Bytes of texts held at most.
const TEXTS_BYTES_MAX: usize = 64 * 1024 * 1024;

impl Texts {
    fn get(&mut self, id: &str) -> Option<Arc<Text>> {
        self.turn += 1;
        let (used, text) = self.held.get_mut(id)?;
        *used = self.turn;
        Some(Arc::clone(text))
    }

    fn put(&mut self, id: String, text: Arc<Text>) {
        self.turn += 1;
        self.bytes += text.body.len();
        if let Some((_, old)) = self.held.insert(id, (self.turn, text)) {
            self.bytes -= old.body.len();
        }
        if self.bytes <= TEXTS_BYTES_MAX {
            return;
        }
        // A good part goes at once, so that a full memory is not looked through for every text that is read.
        let mut all: Vec<(u64, String)> =
            self.held.iter().map(|(id, (used, _))| (*used, id.clone())).collect();
        all.sort_unstable();
        // The one that was just read stays, however large it is.
        all.pop();
        for (_, id) in all {
            if self.bytes <= TEXTS_BYTES_MAX / 4 * 3 {
                return;
            }
            if let Some((_, gone)) = self.held.remove(&id) {
                self.bytes -= gone.body.len();
            }
        }
    }
}

fn parse<T: DeserializeOwned>(data: &str, kind: &str, id: &str) -> Result<T, EngineError> {
    serde_json::from_str(data)
        .map_err(|e| EngineError::Invalid(format!("the {kind} {id} cannot be read: {e}")))
}

fn record<T: serde::Serialize>(
    kind: &str,
    id: &str,
    expected: Option<u64>,
    value: &T,
    at: i64,
    by: &str,
) -> Result<RecordChange, EngineError> {
    let data = serde_json::to_string(value).map_err(|e| EngineError::Invalid(e.to_string()))?;
    Ok(RecordChange {
        kind: kind.to_owned(),
        id: id.to_owned(),
        expected,
        data: Some(data),
        at,
        actor: by.to_owned(),
    })
}

fn audit(at: i64, by: &str, action: &str, subject: &str, detail: serde_json::Value) -> AuditLine {
    AuditLine {
        at,
        actor: by.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_in_bounded_memory_and_the_least_used_go_first() {
        let mut texts = Texts::default();
        let text = |n: u32, bytes: usize| {
            let (slug, body) = (format!("page-{n}"), "a".repeat(bytes));
            let none = Vec::new();
            Arc::new(Text {
                slug,
                number: 1,
                body,
                forms: none.clone(),
                manual: none,
                attachments: Vec::new(),
            })
        };
        for n in 0..30 {
            texts.put(format!("page-{n}@1"), text(n, TEXTS_BYTES_MAX / 8));
            assert!(texts.get("page-0@1").is_some(), "what is used again and again stays");
            assert!(texts.bytes <= TEXTS_BYTES_MAX);
        }
        assert!(texts.get("page-1@1").is_none() && texts.get("page-29@1").is_some());
        texts.put("large@1".to_owned(), text(99, TEXTS_BYTES_MAX + 1));
        assert!(texts.get("large@1").is_some() && texts.held.len() == 1);
    }
}
