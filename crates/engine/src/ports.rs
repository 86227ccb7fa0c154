//! All that differs between production and the simulator: the clock, fresh identifiers, and the two ways out.

use async_trait::async_trait;
use channels::HttpRequest;
use domain::knowledge::Audience;
use domain::time::Millis;
use uuid::Uuid;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Millis;
}

/// Bytes of a link's secret.
pub const SECRET_BYTES: usize = 18;

/// Where fresh identifiers come from.
pub trait Ids: Send + Sync {
    /// A version 7 UUID, so that rows lie in the order of their making.
    fn fresh(&self) -> Uuid;

    /// Bytes that nobody can guess, for the secrets of links.
    ///
    /// # Errors
    /// A sentence for the log when there are none; then no link is given.
    fn secret(&self) -> Result<[u8; SECRET_BYTES], String>;
}

/// A carrier's answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// The way out to carriers.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request of the named carrier.
    ///
    /// # Errors
    /// A sentence for the carrier's health page when no answer came. The effect is tried again.
    async fn send(&self, carrier: &str, request: HttpRequest) -> Result<HttpAnswer, String>;
}

/// A mail on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Idempotency key; becomes the Message-ID.
    pub id: String,
    /// Mail addresses of role mailboxes.
    pub to: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// The way out for mail. Out of the box this is the local outbox, never a real address.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail.
    ///
    /// # Errors
    /// A sentence for the outbox page. The effect is tried again.
    async fn send(&self, mail: Mail) -> Result<(), String>;
}

/// A task for the offices' system: the agreed time, the customer's number and the reason (PHONE-APPT-17), and nothing more
/// about a case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OfficeTask {
    /// Idempotency key: the same task handed over twice is one.
    pub id: String,
    /// What such a task is called.
    pub title: String,
    /// Name of the office.
    pub office: String,
    /// Day and time in words.
    pub time: String,
    /// Start of the visit, milliseconds since 1970-01-01T00:00:00Z.
    pub start: Millis,
    /// The customer's number.
    pub phone: Option<String>,
    /// Reason for the visit.
    pub reason: String,
}

/// What became of a visit whose task was handed over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaskChange {
    /// Key of the task.
    pub task: String,
    /// What such a task is called.
    pub title: String,
    /// Name of the office.
    pub office: String,
    /// Day and time in words.
    pub time: String,
    /// Start of the visit, milliseconds since 1970-01-01T00:00:00Z.
    pub start: Millis,
    /// It will not take place.
    pub cancelled: bool,
}

/// Why a task was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskFault {
    /// Try again.
    Later(String),
    /// It will never be taken as it is.
    Never(String),
}

/// The way out to the offices' task system.
#[async_trait]
pub trait Tasks: Send + Sync {
    /// Hands one task over and returns its number there.
    ///
    /// # Errors
    /// A sentence for the health page, and whether trying again makes sense.
    async fn submit(&self, task: OfficeTask) -> Result<String, TaskFault>;

    /// Puts the visit as it is now into a task that was handed over. Done twice it is the same.
    ///
    /// # Errors
    /// As [`Tasks::submit`].
    async fn update(&self, change: TaskChange) -> Result<(), TaskFault>;
}

/// A program whose settings name no task system: tasks wait in the outbox until they do, where an admin sees them.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTasks;

#[async_trait]
impl Tasks for NoTasks {
    async fn submit(&self, _: OfficeTask) -> Result<String, TaskFault> {
        Err(TaskFault::Later("No task system is set up for the offices.".to_owned()))
    }

    async fn update(&self, _: TaskChange) -> Result<(), TaskFault> {
        Err(TaskFault::Later("No task system is set up for the offices.".to_owned()))
    }
}

/// A paragraph for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindPassage {
    /// Page.
    pub page: String,
    /// Anchor within the page; empty for its beginning.
    pub anchor: String,
    /// Title of the page.
    pub title: String,
    /// Headings above it.
    pub heading: String,
    /// Its words.
    pub text: String,
    /// Kind of the page.
    pub kind: String,
    /// Programmes.
    pub programmes: Vec<String>,
    /// `en` or `es`.
    pub language: String,
    /// Who may find it.
    pub audience: Audience,
    /// The page has a name and nothing to read or to go to: it stands behind all pages that have.
    pub bare: bool,
}

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindQuery {
    /// As typed.
    pub text: String,
    /// Pages at most.
    pub limit: usize,
    /// Pages to skip.
    pub offset: usize,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this programme.
    pub programme: Option<String>,
    /// The narrowest audience of the person.
    pub audience: Audience,
    /// Only this language.
    pub language: Option<String>,
}

/// A page that was found, by its best paragraph.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Page.
    pub page: String,
    /// Anchor of the paragraph.
    pub anchor: String,
    /// Title.
    pub title: String,
    /// Headings above.
    pub heading: String,
    /// Kind.
    pub kind: String,
    /// Further paragraphs of the page that fit.
    pub more: usize,
    /// Words around the hit; the marked ones are what was looked for.
    pub snippet: Vec<(String, bool)>,
}

/// The answer to a search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FindAnswer {
    /// Best first.
    pub hits: Vec<Found>,
    /// Pages in all.
    pub total: usize,
    /// The words that were looked for instead, when nothing had those typed.
    pub corrected: Option<String>,
}

/// Why a search has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// More characters than this.
    #[error("the search may have {0} characters at most")]
    TooLong(usize),
    /// The index cannot be read at this moment; it is made again.
    #[error("the search index cannot be read: {0}")]
    Unavailable(String),
}

/// What a page has in the index: the page, the stamp of its state, its paragraphs.
pub type Indexed = (String, u64, Vec<FindPassage>);

/// The full-text index. It can always be made again from the store, so it is never the truth.
#[async_trait]
pub trait Finder: Send + Sync {
    /// The stamp of every page in the index.
    ///
    /// # Errors
    /// When the index cannot be read; the engine then asks for [`Finder::reset`].
    async fn stamps(&self) -> Result<std::collections::BTreeMap<String, u64>, FindError>;
    /// Puts and removes pages, and makes both visible to searches at once.
    ///
    /// # Errors
    /// When the index cannot be written.
    async fn update(&self, put: Vec<Indexed>, remove: Vec<String>) -> Result<(), FindError>;
    /// Everything is in: what was begun anew answers from here on, and after many changes the index tidies itself up.
    ///
    /// # Errors
    /// When the index cannot be written.
    async fn settle(&self, _many: bool) -> Result<(), FindError> {
        Ok(())
    }
    /// Begins anew with nothing. Searches are answered from what was there, if it can be read, until [`Finder::settle`].
    ///
    /// # Errors
    /// When the place cannot be written; searches are still answered from what was there.
    async fn reset(&self) -> Result<(), FindError>;
    /// Searches. Snippets come by [`Finder::mark`].
    ///
    /// # Errors
    /// See [`FindError`].
    async fn search(&self, query: &FindQuery) -> Result<FindAnswer, FindError>;
    /// The words around the hit of each text, with what was looked for marked.
    fn mark(&self, query: &FindQuery, texts: &[String]) -> Vec<Vec<(String, bool)>>;
}

/// A program without an index: the knowledge base is read by its tree alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFinder;

#[async_trait]
impl Finder for NoFinder {
    async fn stamps(&self) -> Result<std::collections::BTreeMap<String, u64>, FindError> {
        Ok(std::collections::BTreeMap::new())
    }
    async fn update(&self, _: Vec<Indexed>, _: Vec<String>) -> Result<(), FindError> {
        Ok(())
    }
    async fn reset(&self) -> Result<(), FindError> {
        Ok(())
    }
    async fn search(&self, _: &FindQuery) -> Result<FindAnswer, FindError> {
        Err(FindError::Unavailable("this program was started without one".to_owned()))
    }
    fn mark(&self, _: &FindQuery, texts: &[String]) -> Vec<Vec<(String, bool)>> {
        texts.iter().map(|text| vec![(text.clone(), false)]).collect()
    }
}
