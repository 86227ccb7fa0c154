//! A seeded working day: customers with habits, staff with moods, a carrier and a disk with faults, and a process that
//! dies now and then. Afterwards the faults stop and everything must settle.
//!
//! It owns who does what when. What must hold is [`crate::check`]. To add a habit: a line in [`Day::customer_says`]; an act
//! of staff: a line in `staff.rs`.

use std::collections::BTreeMap;

use domain::command::Command;
use domain::id::StaffId;
use domain::interaction::Phase;
use domain::time::Millis;
use engine::{ReceiveError, Received};
use store::Store;

use crate::check;
use crate::peers::{Call, Faults};
use crate::rng::{Rng, Trace};
use crate::visits::Visits;
use crate::world::World;

/// Mondays of 2026-11-23 in the agency's time zone, at midnight.
const MONDAY: Millis = 1_795_413_600_000;
const HOUR: Millis = 3_600_000;
/// Passes that settling may take at most.
const SETTLE_MAX: u32 = 4_000;

/// A customer's phone.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) number: String,
    habit: u64,
    next_at: Millis,
    unanswered: u32,
}

/// What a day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Hash over all that happened.
    pub trace: Trace,
    /// Customers' texts that were accepted.
    pub texts: usize,
    /// Texts that reached the carrier's network.
    pub sent: usize,
    /// Times the process died.
    pub crashes: u32,
    /// Contacts that were done.
    pub done: usize,
    /// What did not hold.
    pub faults: Vec<String>,
}

/// See the module.
pub struct Day {
    pub(crate) world: World,
    pub(crate) rng: Rng,
    pub(crate) trace: Trace,
    pub(crate) customers: Vec<Customer>,
    pub(crate) staff: Vec<StaffId>,
    calls: Vec<Call>,
    /// Accepted texts: provider id to number and words.
    pub(crate) accepted: BTreeMap<String, (String, String)>,
    /// Words that were refused and must never be seen outside.
    pub(crate) refused: Vec<String>,
    read: usize,
    texts: u64,
    pub(crate) written: u64,
    crashes: u32,
    quiet: bool,
    pub(crate) found: Vec<String>,
    pub(crate) visits: Visits,
}

/// What customers write; the number is added, so that every text is one of a kind.
const WORDS: &[&str] = &[
    "when will i get my snap",
    "how do i renew my food stamps",
    "i lost my ebt card 😢",
    "hola, necesito ayuda con mi caso",
    "¿dónde envío mis documentos?",
    "my ssn is 123-45-6789 can you check",
    "i want to talk to a supervisor",
    "cancel my appointment please",
    "what are your hours",
    "ok thanks 👍",
    "my stepdad hits me and i am scared",
    "i think my neighbor is abusing his kids",
    "مرحبا",
];
const WISHES: &[&str] = &[
    "STOP",
    "START",
    "HELP",
    "please stop texting me",
    "no more messages",
    "alto",
    "unsubscribe",
    "1",
    "2",
    "3",
];

impl Day {
    /// Runs one seed for so many steps, then settles and checks.
    ///
    /// # Errors
    /// When the world cannot be built; what did not hold is in [`Outcome::faults`].
    pub async fn run(seed: u64, steps: u32) -> anyhow::Result<Outcome> {
        let mut day = Self::new(seed).await?;
        for step in 0..steps {
            day.step().await?;
            if step % 25 == 0 {
                check::moment(&mut day).await;
            }
            if !day.found.is_empty() {
                break;
            }
        }
        if day.found.is_empty() {
            day.settle().await?;
            check::end(&mut day).await;
        }
        day.outcome().await
    }

    pub(crate) async fn new(seed: u64) -> anyhow::Result<Self> {
        let mut rng = Rng::new(seed);
        // Some days begin before opening, some run into the evening.
        let at = MONDAY + rng.between(5, 17) * HOUR + rng.between(0, HOUR);
        let world = World::new(at, rng.split(1), Faults::BAD).await?;
        let customers = (0..rng.between(8, 40))
            .map(|n| Customer {
                number: format!("+1573555{n:04}"),
                habit: rng.below(8),
                next_at: at + rng.between(0, 10 * 60_000),
                unanswered: 0,
            })
            .collect();
        let staff = ["ana", "ben", "carla", "dan", "ella", "sofia", "theo"].map(StaffId::from).to_vec();
        Ok(Self {
            world,
            rng,
            trace: Trace::default(),
            customers,
            staff,
            calls: Vec::new(),
            accepted: BTreeMap::new(),
            refused: Vec::new(),
            read: 0,
            texts: 0,
            written: 0,
            crashes: 0,
            quiet: false,
            found: Vec::new(),
            visits: Visits::new(Rng::new(seed ^ 0x5EA7)),
        })
    }

    pub(crate) async fn step(&mut self) -> anyhow::Result<()> {
        let jump =
            if self.rng.chance(15) { self.rng.between(30_000, 320_000) } else { self.rng.between(50, 4_000) };
        self.world.clock.advance(jump);
        self.disk_trouble();
        self.customers_write();
        self.customers_read();
        self.carrier_calls().await?;
        for staff in self.staff.clone() {
            if self.rng.chance(350) {
                self.staff_acts(&staff).await;
            }
        }
        self.visits_act().await;
        self.world.passes().await;
        self.crash_if_due().await
    }

    fn disk_trouble(&mut self) {
        match self.rng.below(100) {
            0 => self.world.store.fail_next_commits(1 + u32::try_from(self.rng.below(3)).unwrap_or(0)),
            1 => self.world.store.lose_answer_of_next(1),
            _ => {}
        }
    }

    async fn crash_if_due(&mut self) -> anyhow::Result<()> {
        let ordered = self.world.net.take_crash();
        if !ordered && (self.quiet || !self.rng.chance(10)) {
            return Ok(());
        }
        self.crashes += 1;
        self.trace.line("crash");
        self.world.crash().await
    }

    fn customers_write(&mut self) {
        let now = self.world.now();
        for at in 0..self.customers.len() {
            let due = self.customers.get(at).is_some_and(|customer| customer.next_at <= now);
            if due {
                self.customer_says(at, now);
            }
        }
    }

    /// Habits: 0 talkative, 1 falls silent, 2 opts out at times, 3 sends in doubles, 4 floods, 5 and up ordinary.
    fn customer_says(&mut self, at: usize, now: Millis) {
        let Some(customer) = self.customers.get_mut(at) else { return };
        let (number, habit) = (customer.number.clone(), customer.habit);
        customer.unanswered += 1;
        let patience = if habit == 0 { 8 } else { 2 };
        let pause = match habit {
            0 => self.rng.between(10_000, 60_000),
            1 => self.rng.between(700_000, 1_500_000),
            _ if customer.unanswered > patience => self.rng.between(300_000, 900_000),
            _ => self.rng.between(30_000, 240_000),
        };
        customer.next_at = now + pause;
        let count = if habit == 4 && self.rng.chance(100) { 30 } else { 1 };
        for _ in 0..count {
            let wish = habit == 2 && self.rng.chance(400) || self.rng.chance(15);
            let words = if wish { self.rng.pick(WISHES) } else { self.rng.pick(WORDS) };
            let words = words.copied().unwrap_or("hello");
            self.texts += 1;
            let words = if wish { words.to_owned() } else { format!("{words} ({})", self.texts) };
            self.send_text(&number, &words, habit == 3);
        }
    }

    /// The carrier takes the text and calls us, at times late, at times twice.
    fn send_text(&mut self, number: &str, words: &str, doubles: bool) {
        let sid = format!("SM{:032x}", 0xC000_0000_0000 + self.texts * 64 + self.rng.below(64));
        let media = self.rng.chance(20);
        let body = World::text_form(&sid, number, words, media);
        let late =
            if self.rng.chance(50) { self.rng.between(1_000, 60_000) } else { self.rng.between(20, 900) };
        let due = self.world.now() + late;
        let call = Call { due, url: World::hook().to_owned(), body, text: Some(sid.clone()) };
        self.accepted.insert(sid, (number.to_owned(), words.to_owned()));
        if doubles || self.rng.chance(30) {
            let due = due + self.rng.between(0, 20_000);
            self.calls.push(Call { due, ..call.clone() });
        }
        self.calls.push(call);
    }

    /// A customer changes their mind.
    pub(crate) fn wants_texts_again(&mut self, number: &str) {
        if self.calls.iter().all(|call| call.text.is_none()) {
            self.texts += 1;
            self.send_text(number, "START", false);
        }
    }

    /// A text from us wakes the customer, who may answer.
    fn customers_read(&mut self) {
        let now = self.world.now();
        for text in self.world.net.delivered_since(self.read) {
            self.read += 1;
            let talkative = self.rng.chance(600);
            let pause = self.rng.between(2_000, 90_000);
            if let Some(customer) = self.customers.iter_mut().find(|c| c.number == text.to) {
                customer.unanswered = 0;
                if talkative && customer.habit != 1 {
                    customer.next_at = now + pause;
                }
            }
        }
    }

    async fn carrier_calls(&mut self) -> anyhow::Result<()> {
        self.calls.extend(self.world.net.take_calls());
        let now = self.world.now();
        let (mut due, later): (Vec<Call>, Vec<Call>) =
            std::mem::take(&mut self.calls).into_iter().partition(|c| c.due <= now);
        self.calls = later;
        due.sort_by(|a, b| (a.due, &a.body).cmp(&(b.due, &b.body)));
        for mut call in due {
            let answer = self.world.post(&call.url, &call.body).await;
            self.trace.line(&format!("{} {} {answer:?}", now, call.text.as_deref().unwrap_or("report")));
            match answer {
                Ok(Received::Stored | Received::Duplicate) => {}
                Ok(other) => self.found.push(format!("a call of the carrier was answered with {other:?}")),
                Err(ReceiveError::Store(_) | ReceiveError::Busy) => {
                    // As a real carrier does on a 5xx.
                    call.due = now + self.rng.between(1_000, 15_000);
                    self.calls.push(call);
                }
                Err(other) => self.found.push(format!("a genuine call was refused: {other}")),
            }
        }
        Ok(())
    }

    /// No more faults, no more new texts; willing staff. Everything must come to its end.
    pub(crate) async fn settle(&mut self) -> anyhow::Result<()> {
        self.quiet = true;
        self.world.net.mend();
        self.world.store.heal();
        self.trace.line("settle");
        for round in 0..SETTLE_MAX {
            self.world.clock.advance(2_000);
            self.carrier_calls().await?;
            if round == 60 && !self.is_open() {
                // Everybody comes back in the morning.
                let day = (self.world.now() - MONDAY) / (24 * HOUR) + 1;
                self.world.clock.set(MONDAY + day * 24 * HOUR + 8 * HOUR);
            }
            for staff in self.staff.clone() {
                self.staff_settles(&staff).await;
            }
            if !self.world.passes().await {
                self.found.push("a pass failed although nothing is broken any more".to_owned());
            }
            let answered = self.visits_again().await;
            if answered && self.calls.is_empty() && self.is_settled().await? {
                return Ok(());
            }
        }
        let left = self.world.engine.cards().await?;
        self.found.push(format!(
            "it does not settle: {} open, lanes {:?}, {} calls, first {:#?}",
            left.len(),
            self.world.store.lanes().await?,
            self.calls.len(),
            left.first()
        ));
        Ok(())
    }

    fn is_open(&self) -> bool {
        let pack = self.world.engine.pack();
        let now = domain::time::instant(self.world.now());
        pack.queues.hours_of("sms-general").is_none_or(|hours| hours.is_open(now, &self.world.engine.zone()))
    }

    async fn is_settled(&self) -> anyhow::Result<bool> {
        let open = self.world.engine.cards().await?.iter().any(|card| card.phase != Phase::Done);
        Ok(!open && self.world.store.lanes().await?.is_empty())
    }

    pub(crate) async fn act(&mut self, command: Command) -> bool {
        let what = format!("{command:?}");
        let answer = self.world.engine.handle(command, "sim").await;
        let word = match &answer {
            Ok(done) => format!("ok {}", done.events),
            Err(engine::EngineError::Refused(refusal)) => refusal.code.to_owned(),
            Err(error) => error.to_string(),
        };
        self.trace.line(&format!("{} {what} {word}", self.world.now()));
        answer.is_ok()
    }

    async fn outcome(mut self) -> anyhow::Result<Outcome> {
        let log = self.world.store.read_log(0, usize::MAX).await?;
        for event in &log {
            self.trace.line(&event.data);
        }
        let sent = self.world.net.delivered();
        for text in &sent {
            self.trace.line(&format!("{text:?}"));
        }
        let done = log.iter().filter(|event| event.kind == "finished").count();
        Ok(Outcome {
            trace: self.trace,
            texts: self.accepted.len(),
            sent: sent.len(),
            crashes: self.crashes,
            done,
            faults: self.found,
        })
    }
}
