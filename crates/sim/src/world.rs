//! One process over one disk: the production engine, started, crashed and started again on the same store.
//!
//! It owns building, crashing, posting the carrier's calls and running the passes that production's loops run. It decides
//! nothing about people; see [`crate::day`] and [`crate::scenario`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use channels::Request;
use channels::twilio::{FORM, SIGNATURE_HEADER, Twilio};
use domain::command::Command;
use domain::id::StaffId;
use domain::pack::{Pack, PersonRole, parse};
use domain::permission::Role;
use domain::staff::Presence;
use domain::time::Millis;
use engine::ports::Clock;
use engine::records::{ACCOUNT, Account};
use engine::{Carrier, Change, Engine, Parts, ReceiveError, Received};
use store::memory::MemoryStore;

use crate::peers::{Faults, HOOK, Network, SimClock, SimIds, codec, form};
use crate::rng::Rng;

/// The line's number (SMS-GEN-1).
pub const LINE: &str = "+18556849242";

/// See the module.
pub struct World {
    /// The process.
    pub engine: Engine,
    /// Its disk.
    pub store: MemoryStore,
    /// Time.
    pub clock: Arc<SimClock>,
    /// Identifiers.
    pub ids: Arc<SimIds>,
    /// The carrier.
    pub net: Arc<Network>,
    twilio: Twilio,
    pack: Pack,
}

/// The shipped pack, read from the source tree.
///
/// # Errors
/// When it cannot be read, or has faults.
pub fn shipped_pack() -> anyhow::Result<Pack> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path)?);
            }
        }
    }
    parse(&found).map_err(|faults| anyhow::anyhow!("the pack has {} faults", faults.len()))
}

const fn role(role: PersonRole) -> Role {
    match role {
        PersonRole::Technician => Role::Technician,
        PersonRole::Supervisor => Role::Supervisor,
        PersonRole::Coordinator => Role::Coordinator,
        PersonRole::Manager => Role::Manager,
        PersonRole::Editor => Role::Editor,
        PersonRole::Admin => Role::Admin,
    }
}

fn accounts(pack: &Pack) -> Vec<Account> {
    let people = pack.demo.iter().flat_map(|demo| demo.people.iter());
    people
        .map(|person| Account {
            id: StaffId(person.user_name.clone()),
            name: person.name.clone(),
            first_name: person.first_name.clone(),
            roles: vec![role(person.role)],
            office: person.office.clone(),
            programmes: Vec::new(),
            supervisor: person.supervisor.clone().map(StaffId),
            skills: person.skills.iter().map(|s| (s.skill.clone(), s.level)).collect(),
            sms_capacity: person.capacity_sms.unwrap_or(pack.queues.capacity.sms),
            password_hash: String::new(),
            disabled: false,
            demo: true,
            failed_sign_ins: 0,
            locked_until: 0,
        })
        .collect()
}

async fn start(
    pack: &Pack,
    store: &MemoryStore,
    clock: &Arc<SimClock>,
    ids: &Arc<SimIds>,
    net: &Arc<Network>,
) -> anyhow::Result<Engine> {
    let lines = pack.agency.lines.iter().map(|line| line.id.clone()).collect();
    let engine = Engine::start(Parts {
        store: Arc::new(store.clone()),
        clock: clock.clone(),
        ids: ids.clone(),
        transport: net.clone(),
        mailer: net.clone(),
        tasks: net.clone(),
        public_url: "https://texts.example".to_owned(),
        carriers: vec![Carrier { name: "twilio".to_owned(), codec: Box::new(codec()?), lines }],
        pack: pack.clone(),
        shipped: engine::pages::Shipped::default(),
        finder: Arc::new(engine::ports::NoFinder),
        demo: true,
    });
    engine.await.context("the engine does not start")
}

impl World {
    /// An empty disk with the shipped pack and all its demo people, at this time.
    ///
    /// # Errors
    /// When the pack is damaged or the engine does not start.
    pub async fn new(at: Millis, rng: Rng, faults: Faults) -> anyhow::Result<Self> {
        let pack = shipped_pack()?;
        let clock = Arc::new(SimClock::default());
        clock.set(at);
        let ids = Arc::new(SimIds::default());
        let store = MemoryStore::new();
        let net = Arc::new(Network::new(clock.clone(), store.clone(), rng, faults));
        let engine = start(&pack, &store, &clock, &ids, &net).await?;
        for account in accounts(&pack) {
            let id = account.id.0.clone();
            let data = Some(serde_json::to_value(account)?);
            engine
                .save(Change { kind: ACCOUNT, id, expected: None, data, reason: String::new() }, "sim")
                .await?;
        }
        Ok(Self { engine, store, clock, ids, net, twilio: codec()?, pack })
    }

    /// The process dies where it stands and another one starts on the same disk.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn crash(&mut self) -> anyhow::Result<()> {
        self.store.heal();
        self.engine = start(&self.pack, &self.store, &self.clock, &self.ids, &self.net).await?;
        engine::run::after_restart(&self.engine).await;
        Ok(())
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// One call of the carrier, properly signed.
    ///
    /// # Errors
    /// As the engine's; the carrier calls again.
    pub async fn post(&self, url: &str, body: &[u8]) -> Result<Received, ReceiveError> {
        let headers = vec![
            ("Content-Type".to_owned(), FORM.to_owned()),
            (SIGNATURE_HEADER.to_owned(), self.twilio.sign(url, body)),
        ];
        self.engine.receive("twilio", Request { url, headers: &headers, body }).await
    }

    /// The form of a customer's text.
    #[must_use]
    pub fn text_form(sid: &str, from: &str, words: &str, media: bool) -> Vec<u8> {
        let mut fields = vec![("MessageSid", sid), ("From", from), ("To", LINE), ("Body", words)];
        if media {
            fields.extend([
                ("NumMedia", "1"),
                ("MediaUrl0", "https://media.example/1"),
                ("MediaContentType0", "image/jpeg"),
            ]);
        } else {
            fields.push(("NumMedia", "0"));
        }
        form(&fields)
    }

    /// What the loops do when they are woken. Failures are tried again by the next pass, as there.
    pub async fn passes(&self) -> bool {
        let timers = self.engine.fire_timers().await;
        let offers = self.engine.distribute().await;
        let outbox = self.engine.perform_effects().await;
        timers.is_ok() && offers.is_ok() && outbox.is_ok()
    }

    /// Reads the procedure and goes on queue.
    ///
    /// # Errors
    /// The engine's.
    pub async fn on_queue(&self, staff: &StaffId) -> Result<(), engine::EngineError> {
        let version = self.engine.pack().sop_sms.last().map(|v| v.version.clone()).unwrap_or_default();
        let read = Command::Acknowledge { staff: staff.clone(), procedure: "sms".to_owned(), version };
        self.engine.handle(read, "sim").await?;
        self.engine
            .handle(Command::SetPresence { staff: staff.clone(), to: Presence::OnQueue, by: None }, "sim")
            .await?;
        Ok(())
    }

    /// Where the carrier calls.
    #[must_use]
    pub const fn hook() -> &'static str {
        HOOK
    }
}
