//! What stands around the engine: a clock, identifiers, and a carrier that behaves like a real one on a bad day.
//!
//! It owns the faults of the way out (requests dropped before or after the carrier took them, 429, 500, permanent
//! refusals) and the reports that come back (late, repeated, out of order). It does not own the customers: they read what
//! was [`Delivered`] and answer in [`crate::day`]. To add a fault: a rate in [`Faults`] and its place in [`Network::send`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use channels::HttpRequest;
use channels::twilio::{Settings, Twilio};
use domain::time::Millis;
use engine::ports::{
    Clock, HttpAnswer, Ids, Mail, Mailer, OfficeTask, SECRET_BYTES, TaskChange, TaskFault, Tasks, Transport,
};
use store::Store;
use store::memory::MemoryStore;
use uuid::Uuid;

use crate::rng::Rng;

/// Account with the carrier.
pub const ACCOUNT_SID: &str = "AC00112233445566778899aabbccddeeff";
/// Where the carrier calls.
pub const HOOK: &str = "https://texts.example/hooks/sms/twilio";

/// Simulated time.
#[derive(Debug, Default)]
pub struct SimClock(AtomicI64);

impl SimClock {
    /// Sets it.
    pub fn set(&self, at: Millis) {
        self.0.store(at, Ordering::SeqCst);
    }

    /// Moves it on.
    pub fn advance(&self, by: Millis) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

/// Version 7 identifiers, counted up; the same in every run.
#[derive(Debug, Default)]
pub struct SimIds(AtomicU64);

impl Ids for SimIds {
    fn fresh(&self) -> Uuid {
        let n = u128::from(self.0.fetch_add(1, Ordering::SeqCst) + 1);
        Uuid::from_u128((0x0190_0000_0000 << 80) | (7 << 76) | (2 << 62) | (n << 32))
    }

    fn secret(&self) -> Result<[u8; SECRET_BYTES], String> {
        let n = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        let mut bytes = [0_u8; SECRET_BYTES];
        for (byte, from) in bytes.iter_mut().zip(n) {
            *byte = from;
        }
        Ok(bytes)
    }
}

/// How often what goes wrong, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// The request never arrives.
    pub dropped: u64,
    /// The carrier took it, its answer never arrives.
    pub answer_lost: u64,
    /// 500 and 429.
    pub busy: u64,
    /// A permanent refusal.
    pub refused: u64,
    /// The process dies right after the carrier's yes.
    pub crash_after_yes: u64,
    /// A report comes twice.
    pub report_twice: u64,
    /// Longest delay of a report.
    pub report_delay: Millis,
}

impl Faults {
    /// A bad day.
    pub const BAD: Self = Self {
        dropped: 40,
        answer_lost: 25,
        busy: 60,
        refused: 15,
        crash_after_yes: 8,
        report_twice: 100,
        report_delay: 90_000,
    };
}

/// A text that reached the carrier's network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// When.
    pub at: Millis,
    /// Position of the log then.
    pub head: i64,
    /// Sender.
    pub from: String,
    /// Customer.
    pub to: String,
    /// Words.
    pub text: String,
    /// Our key.
    pub key: String,
}

/// A call of the carrier on us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When it is made.
    pub due: Millis,
    /// Address.
    pub url: String,
    /// Form.
    pub body: Vec<u8>,
    /// Provider id of a customer's text; none for a report.
    pub text: Option<String>,
}

#[derive(Debug)]
struct State {
    rng: Rng,
    faults: Faults,
    delivered: Vec<Delivered>,
    mails: Vec<Mail>,
    tasks: BTreeMap<String, usize>,
    calls: Vec<Call>,
    crash: bool,
    numbered: u64,
}

/// The carrier and the post office.
pub struct Network {
    clock: std::sync::Arc<SimClock>,
    store: MemoryStore,
    state: Mutex<State>,
}

impl Network {
    /// A network with its own dice.
    #[must_use]
    pub fn new(clock: std::sync::Arc<SimClock>, store: MemoryStore, rng: Rng, faults: Faults) -> Self {
        let state = State {
            rng,
            faults,
            delivered: Vec::new(),
            mails: Vec::new(),
            tasks: BTreeMap::new(),
            calls: Vec::new(),
            crash: false,
            numbered: 0,
        };
        Self { clock, store, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on everything works.
    pub fn mend(&self) {
        self.state().faults = Faults::default();
    }

    /// Whether the process is to die now.
    pub fn take_crash(&self) -> bool {
        std::mem::take(&mut self.state().crash)
    }

    /// All texts that reached the network so far.
    #[must_use]
    pub fn delivered(&self) -> Vec<Delivered> {
        self.state().delivered.clone()
    }

    /// Texts that reached the network after the first `known` ones.
    #[must_use]
    pub fn delivered_since(&self, known: usize) -> Vec<Delivered> {
        self.state().delivered.iter().skip(known).cloned().collect()
    }

    /// Damages what was written down, to see that the checkers notice.
    #[cfg(test)]
    pub(crate) fn tamper(&self, with: impl FnOnce(&mut Vec<Delivered>)) {
        with(&mut self.state().delivered);
    }

    /// Mails sent.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.state().mails.clone()
    }

    /// Reports that the carrier has to bring, taken out.
    #[must_use]
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }
}

fn answer(status: u16, body: String) -> HttpAnswer {
    HttpAnswer { status, headers: Vec::new(), body: body.into_bytes() }
}

impl State {
    /// The reports on one text, shuffled and repeated as carriers do.
    fn plan_reports(&mut self, now: Millis, sid: &str, callback: &str) {
        let last =
            if self.rng.chance(self.faults.refused) { ("undelivered", "30005") } else { ("delivered", "") };
        for (status, code) in [("queued", ""), ("sent", ""), last] {
            let times = if self.rng.chance(self.faults.report_twice) { 2 } else { 1 };
            for _ in 0..times {
                let due = now + 200 + self.rng.between(0, self.faults.report_delay);
                let body = form(&[("MessageSid", sid), ("MessageStatus", status), ("ErrorCode", code)]);
                self.calls.push(Call { due, url: callback.to_owned(), body, text: None });
            }
        }
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, _: &str, request: HttpRequest) -> Result<HttpAnswer, String> {
        let head = self.store.head().await.map_err(|error| error.to_string())?;
        let now = self.clock.now();
        let fields: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let callback = field("StatusCallback");
        let mut state = self.state();
        let faults = state.faults;
        if state.rng.chance(faults.dropped) {
            return Err("the line was dead".to_owned());
        }
        if state.rng.chance(faults.busy) {
            let status = if state.rng.chance(500) { 429 } else { 500 };
            return Ok(answer(status, "{}".to_owned()));
        }
        if state.rng.chance(faults.refused) {
            return Ok(answer(400, r#"{"code":21211}"#.to_owned()));
        }
        state.numbered += 1;
        let sid = format!("SM{:032x}", state.numbered);
        let key = callback.split("key=").nth(1).unwrap_or_default().to_owned();
        state.delivered.push(Delivered {
            at: now,
            head,
            from: field("From"),
            to: field("To"),
            text: field("Body"),
            key,
        });
        state.plan_reports(now, &sid, &callback);
        if state.rng.chance(faults.crash_after_yes) {
            // The process dies before it can write down the yes: nothing more is committed by it.
            state.crash = true;
            self.store.fail_next_commits(u32::MAX);
        }
        if state.rng.chance(faults.answer_lost) {
            return Err("no answer within the time".to_owned());
        }
        Ok(answer(201, format!(r#"{{"sid":"{sid}"}}"#)))
    }
}

#[async_trait]
impl Tasks for Network {
    async fn submit(&self, task: OfficeTask) -> Result<String, TaskFault> {
        let mut state = self.state();
        let faults = state.faults;
        if state.rng.chance(faults.dropped) {
            return Err(TaskFault::Later("the task system does not answer".to_owned()));
        }
        // The same key handed over twice is one task.
        let next = state.tasks.len() + 1;
        let number = *state.tasks.entry(task.id).or_insert(next);
        Ok(format!("T-{number}"))
    }

    async fn update(&self, change: TaskChange) -> Result<(), TaskFault> {
        let mut state = self.state();
        let faults = state.faults;
        if state.rng.chance(faults.dropped) {
            return Err(TaskFault::Later("the task system does not answer".to_owned()));
        }
        match state.tasks.contains_key(&change.task) {
            true => Ok(()),
            false => Err(TaskFault::Never("there is no such task".to_owned())),
        }
    }
}

#[async_trait]
impl Mailer for Network {
    async fn send(&self, mail: Mail) -> Result<(), String> {
        let mut state = self.state();
        let faults = state.faults;
        if state.rng.chance(faults.dropped) {
            return Err("the post office is closed".to_owned());
        }
        state.mails.push(mail);
        Ok(())
    }
}

/// A form as the carrier posts it.
#[must_use]
pub fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("AccountSid", ACCOUNT_SID);
    for (name, value) in fields {
        form.append_pair(name, value);
    }
    form.finish().into_bytes()
}

/// The real codec with the simulator's account.
///
/// # Errors
/// Never for these settings.
pub fn codec() -> anyhow::Result<Twilio> {
    Ok(Twilio::new(Settings {
        account_sid: ACCOUNT_SID.to_owned(),
        auth_token: "a token for the simulator".to_owned(),
        other_token: None,
        api_base: "https://api.twilio.com".to_owned(),
        status_callback: Some(HOOK.to_owned()),
    })?)
}
