//! The imperative shell around the domain: it loads, asks for a decision, commits, and performs what was decided.
//!
//! It owns no rule, no SQL, no HTTP and no vendor's name. What comes in from carriers passes [`Engine::receive`], what
//! people do passes [`Engine::handle`]; [`run`] holds the only loops and the only sleeps. Everything that wakes a loop
//! is a nudge: losing it costs a moment, never truth.
//!
//! To add work that must happen outside: an effect in the domain, its performing in [`outbox`].

pub mod appointments;
mod cache;
mod distribute;
mod error;
mod handle;
mod lines;
mod outbox;
pub mod pages;
pub mod ports;
mod reads;
mod receive;
pub mod records;
mod replay;
pub mod run;
mod settings;
mod timers;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use channels::SmsCodec;
use domain::id::{InteractionId, StaffId};
use domain::knowledge::Library;
use domain::pack::Pack;
use domain::time::Millis;
use jiff::tz::TimeZone;
use store::{Store, StoreError};
use tokio::sync::{Notify, broadcast, mpsc};
use uuid::Uuid;

pub use appointments::{AppointmentDone, AppointmentError};
pub use error::{EngineError, ReceiveError};
pub use handle::Done;
pub use lines::{LineGuard, LineTracker};
pub use outbox::{CarrierHealth, Health};
pub use receive::Received;
pub use records::{Account, Change};
pub use replay::Differences;

/// Nudges kept for a slow screen before it has to render everything afresh.
const NUDGES_KEPT: usize = 1024;

/// Locks among which senders are spread.
const SENDERS: usize = 256;

/// A carrier and the lines it serves.
pub struct Carrier {
    /// Name in addresses and settings.
    pub name: String,
    /// Its language.
    pub codec: Box<dyn SmsCodec>,
    /// Ids of the lines whose texts leave by it.
    pub lines: Vec<String>,
}

/// "Something was committed": what a screen may have to draw again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nudge {
    /// Position of the log after the commit.
    pub position: i64,
    /// Streams touched; `settings` for records.
    pub streams: Vec<String>,
    /// Interactions touched.
    pub interactions: Vec<InteractionId>,
    /// Staff touched.
    pub staff: Vec<StaffId>,
}

/// What the engine is built from.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn ports::Clock>,
    /// Identifiers.
    pub ids: Arc<dyn ports::Ids>,
    /// The way out to carriers.
    pub transport: Arc<dyn ports::Transport>,
    /// The way out for mail.
    pub mailer: Arc<dyn ports::Mailer>,
    /// The way out to the offices' task system.
    pub tasks: Arc<dyn ports::Tasks>,
    /// What the program's own addresses begin with, without a slash at the end; links in texts lead there.
    pub public_url: String,
    /// Carriers.
    pub carriers: Vec<Carrier>,
    /// The agency's pack.
    pub pack: Pack,
    /// The pack's articles and memos.
    pub shipped: pages::Shipped,
    /// The full-text index.
    pub finder: Arc<dyn ports::Finder>,
    /// Whether demo people and approvals are wanted.
    pub demo: bool,
}

/// The engine. Cloning is cheap and gives the same one.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn ports::Clock>,
    ids: Arc<dyn ports::Ids>,
    transport: Arc<dyn ports::Transport>,
    mailer: Arc<dyn ports::Mailer>,
    tasks: Arc<dyn ports::Tasks>,
    public_url: String,
    limits: Mutex<appointments::limits::Windows>,
    carriers: Vec<Carrier>,
    base: Pack,
    shipped: pages::Shipped,
    finder: Arc<dyn ports::Finder>,
    library: RwLock<Arc<Library>>,
    texts: Mutex<pages::Texts>,
    paragraphs: Mutex<pages::Kept>,
    /// A very large text is read by one at a time.
    reading: Arc<tokio::sync::Mutex<()>>,
    waiting: Mutex<Vec<pages::Waiting>>,
    demo: bool,
    settings: RwLock<Arc<settings::Settings>>,
    cache: Mutex<cache::Cache>,
    nudges: broadcast::Sender<Nudge>,
    lines: LineTracker,
    line_changes: tokio::sync::Mutex<mpsc::UnboundedReceiver<lines::LineChange>>,
    wake: Wakes,
    paces: Mutex<outbox::Paces>,
    health: Mutex<outbox::Health>,
    /// A commit's answer was lost: memory may lag behind the store.
    /// One sender's texts come in one after the other; a flood then queues here instead of racing for its streams.
    senders: Vec<tokio::sync::Mutex<()>>,
    doubtful: AtomicBool,
}

#[derive(Default)]
struct Wakes {
    timers: Notify,
    outbox: Notify,
    distribute: Notify,
    index: Notify,
}

impl Engine {
    /// Builds the engine: first values of the settings are written, settings and screens' caches are read.
    ///
    /// # Errors
    /// When the store cannot be read, or a settings record does not have the form this program knows.
    pub async fn start(parts: Parts) -> Result<Self, EngineError> {
        Self::build(parts, true).await
    }

    /// The same over a store that is open for reading only: nothing is written, not even first values.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub async fn read(parts: Parts) -> Result<Self, EngineError> {
        Self::build(parts, false).await
    }

    async fn build(parts: Parts, seed: bool) -> Result<Self, EngineError> {
        let (nudges, _) = broadcast::channel(NUDGES_KEPT);
        let (lines, changes) = LineTracker::new();
        let zone = parts.pack.agency.zone().map_err(|e| EngineError::Invalid(format!("time zone: {e}")))?;
        let settings = settings::Settings {
            pack: Arc::new(parts.pack.clone()),
            zone,
            accounts: Vec::new(),
            day: jiff::civil::Date::MIN,
        };
        let mut health = outbox::Health::default();
        health
            .carriers
            .extend(parts.carriers.iter().map(|carrier| (carrier.name.clone(), CarrierHealth::default())));
        let engine = Self {
            inner: Arc::new(Inner {
                store: parts.store,
                clock: parts.clock,
                ids: parts.ids,
                transport: parts.transport,
                mailer: parts.mailer,
                tasks: parts.tasks,
                public_url: parts.public_url,
                limits: Mutex::default(),
                carriers: parts.carriers,
                base: parts.pack,
                shipped: parts.shipped,
                finder: parts.finder,
                library: RwLock::default(),
                texts: Mutex::default(),
                paragraphs: Mutex::default(),
                reading: Arc::default(),
                waiting: Mutex::default(),
                demo: parts.demo,
                settings: RwLock::new(Arc::new(settings)),
                cache: Mutex::new(cache::Cache::default()),
                nudges,
                lines,
                line_changes: tokio::sync::Mutex::new(changes),
                wake: Wakes::default(),
                paces: Mutex::new(outbox::Paces::default()),
                health: Mutex::new(health),
                doubtful: AtomicBool::new(false),
                senders: std::iter::repeat_with(tokio::sync::Mutex::default).take(SENDERS).collect(),
            }),
        };
        engine.reload_library().await?;
        engine.recount_waiting().await?;
        if seed {
            engine.seed().await?;
            // Before the pages, because their changes are judged by the settings.
            engine.reload_settings().await?;
            engine.seed_pages().await?;
        }
        engine.reload_settings().await?;
        if seed {
            engine.renew_rows().await?;
        }
        engine.fill_cache().await?;
        Ok(engine)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.inner.clock.now()
    }

    /// A fresh identifier.
    #[must_use]
    pub fn fresh(&self) -> Uuid {
        self.inner.ids.fresh()
    }

    /// The settings in force.
    #[must_use]
    pub fn pack(&self) -> Arc<Pack> {
        Arc::clone(&self.settings().pack)
    }

    /// The agency's time zone.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        self.settings().zone.clone()
    }

    /// The store, for the reads of screens.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// Nudges from now on. A receiver that lags has to draw everything afresh.
    #[must_use]
    pub fn nudges(&self) -> broadcast::Receiver<Nudge> {
        self.inner.nudges.subscribe()
    }

    /// The tracker of staff screens.
    #[must_use]
    pub fn lines(&self) -> &LineTracker {
        &self.inner.lines
    }

    fn settings(&self) -> Arc<settings::Settings> {
        match self.inner.settings.read() {
            Ok(settings) => Arc::clone(&settings),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }

    /// Writes, and remembers for the health page whether the store could.
    async fn commit(&self, commit: store::Commit) -> Result<i64, StoreError> {
        let written = self.inner.store.commit(commit).await;
        let ok = !matches!(
            &written,
            Err(StoreError::Full | StoreError::Unavailable(_) | StoreError::Corrupt { .. })
        );
        hold(&self.inner.health).store_ok = ok;
        if !ok {
            // Without an answer it may have been carried out all the same.
            self.inner.doubtful.store(true, Ordering::SeqCst);
        }
        written
    }

    fn nudge(&self, nudge: Nudge) {
        // Nobody listening is no fault: the log is the delivery.
        let _ = self.inner.nudges.send(nudge);
        self.inner.wake.timers.notify_one();
        self.inner.wake.outbox.notify_one();
        self.inner.wake.distribute.notify_one();
    }
}

/// Takes a lock whose holder never panics while holding it; a poisoned one is used as it stands.
fn hold<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
