//! The world around an engine under test: a clock moved by hand, counted identifiers, a carrier and a postman that
//! write everything down, and the carrier's real codec between them.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use channels::twilio::{FORM, SIGNATURE_HEADER, Settings, Twilio};
use channels::{HttpRequest, Request};
use domain::command::{Command, Reply, Script};
use domain::context::Member;
use domain::id::{InteractionId, MessageId, OfferId, StaffId};
use domain::interaction::{Delivery, EndReason, Phase};
use domain::pack::{Pack, PersonRole, parse};
use domain::permission::Role;
use domain::staff::Presence;
use domain::time::Millis;
use domain::view::{Card, Entry, What};
use engine::ports::{
    Clock, HttpAnswer, Ids, Mail, Mailer, OfficeTask, SECRET_BYTES, TaskChange, TaskFault, Transport,
};
use engine::records::{ACCOUNT, Account};
use engine::{Carrier, Change, Done, Engine, EngineError, Parts, ReceiveError, Received};
use store::Store;
use store::memory::MemoryStore;
use uuid::Uuid;

/// Monday, 23 November 2026, 10:00 in the agency's time zone: the queues are open.
pub(crate) const MONDAY_TEN: Millis = 1_795_449_600_000;
/// The line's number (SMS-GEN-1).
pub(crate) const LINE: &str = "+18556849242";
/// A customer.
pub(crate) const ANY: &str = "+15735550101";
pub(crate) const MINUTE: Millis = 60_000;
const ACCOUNT_SID: &str = "AC00112233445566778899aabbccddeeff";
const HOOK: &str = "https://texts.example/hooks/sms/twilio";

#[derive(Default)]
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}

/// Version 7 identifiers, counted up.
#[derive(Default)]
pub(crate) struct Counted(AtomicU64);

impl Ids for Counted {
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

/// One request that reached the carrier.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) at: Millis,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) callback: String,
    /// The id given, when the carrier said yes.
    pub(crate) sid: Option<String>,
}

/// What the carrier says next.
#[derive(Debug, Clone)]
pub(crate) enum Say {
    Yes,
    No(u16, u32),
    Header(u16, &'static str, &'static str),
    Nothing,
}

pub(crate) struct Desk {
    clock: Arc<HandClock>,
    pub(crate) sent: Mutex<Vec<Sent>>,
    pub(crate) next: Mutex<VecDeque<Say>>,
    pub(crate) always: Mutex<Option<Say>>,
    pub(crate) mails: Mutex<Vec<Mail>>,
    pub(crate) mail_fails: AtomicU64,
    pub(crate) tasks: Mutex<Vec<OfficeTask>>,
    pub(crate) task_faults: Mutex<Vec<TaskFault>>,
    pub(crate) task_changes: Mutex<Vec<TaskChange>>,
    numbered: AtomicU64,
}

#[async_trait]
impl Transport for Desk {
    async fn send(&self, _: &str, request: HttpRequest) -> Result<HttpAnswer, String> {
        let form: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
        let say = self
            .next
            .lock()
            .unwrap()
            .pop_front()
            .or_else(|| self.always.lock().unwrap().clone())
            .unwrap_or(Say::Yes);
        let sid = format!("SM{:032x}", self.numbered.fetch_add(1, Ordering::SeqCst) + 1);
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let yes = matches!(say, Say::Yes);
        self.sent.lock().unwrap().push(Sent {
            at: self.clock.now(),
            from: field("From"),
            to: field("To"),
            text: field("Body"),
            callback: field("StatusCallback"),
            sid: yes.then(|| sid.clone()),
        });
        let answer =
            |status, headers, body: String| Ok(HttpAnswer { status, headers, body: body.into_bytes() });
        match say {
            Say::Yes => answer(201, Vec::new(), format!(r#"{{"sid":"{sid}","status":"queued"}}"#)),
            Say::No(status, code) => {
                answer(status, Vec::new(), format!(r#"{{"code":{code},"message":"no"}}"#))
            }
            Say::Header(status, name, value) => {
                answer(status, vec![(name.to_owned(), value.to_owned())], "{}".to_owned())
            }
            Say::Nothing => Err("no answer within the time".to_owned()),
        }
    }
}

#[async_trait]
impl engine::ports::Tasks for Desk {
    async fn submit(&self, task: OfficeTask) -> Result<String, TaskFault> {
        if let Some(fault) = self.task_faults.lock().unwrap().pop() {
            return Err(fault);
        }
        let mut tasks = self.tasks.lock().unwrap();
        if let Some(place) = tasks.iter().position(|one| one.id == task.id) {
            return Ok(format!("T-{}", place + 1));
        }
        tasks.push(task);
        Ok(format!("T-{}", tasks.len()))
    }

    async fn update(&self, change: TaskChange) -> Result<(), TaskFault> {
        if let Some(fault) = self.task_faults.lock().unwrap().pop() {
            return Err(fault);
        }
        assert!(self.tasks.lock().unwrap().iter().any(|task| task.id == change.task), "handed over before");
        self.task_changes.lock().unwrap().push(change);
        Ok(())
    }
}

#[async_trait]
impl Mailer for Desk {
    async fn send(&self, mail: Mail) -> Result<(), String> {
        if self.mail_fails.load(Ordering::SeqCst) > 0 {
            self.mail_fails.fetch_sub(1, Ordering::SeqCst);
            return Err("the post office is closed".to_owned());
        }
        self.mails.lock().unwrap().push(mail);
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) ids: Arc<Counted>,
    pub(crate) out: Arc<Desk>,
    pub(crate) twilio: Twilio,
    sids: AtomicU64,
}

pub(crate) fn pack() -> Pack {
    parse(&files()).expect("the shipped pack parses")
}

/// Every text of the shipped pack.
pub(crate) fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "toml" || extension == "md" || extension == "csv")
            {
                let name = path.strip_prefix(&root).expect("within").to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    found
}

fn twilio() -> Twilio {
    Twilio::new(Settings {
        account_sid: ACCOUNT_SID.to_owned(),
        auth_token: "a token for tests".to_owned(),
        other_token: None,
        api_base: "https://api.twilio.com".to_owned(),
        status_callback: Some(HOOK.to_owned()),
    })
    .expect("settings")
}

async fn build(
    pack: Pack,
    store: Arc<dyn Store>,
    clock: &Arc<HandClock>,
    ids: &Arc<Counted>,
    out: &Arc<Desk>,
) -> Engine {
    let lines = pack.agency.lines.iter().map(|line| line.id.clone()).collect();
    Engine::start(Parts {
        store,
        clock: clock.clone(),
        ids: ids.clone(),
        transport: out.clone(),
        mailer: out.clone(),
        tasks: out.clone(),
        public_url: "https://texts.example".to_owned(),
        carriers: vec![Carrier { name: "twilio".to_owned(), codec: Box::new(twilio()), lines }],
        pack,
        shipped: engine::pages::Shipped::default(),
        finder: Arc::new(engine::ports::NoFinder),
        demo: true,
    })
    .await
    .expect("the engine starts")
}

pub(crate) fn account(pack: &Pack, user: &str) -> Account {
    let demo = pack.demo.as_ref().expect("a demo part");
    let person = demo.people.iter().find(|person| person.user_name == user).expect("a person");
    let role = match person.role {
        PersonRole::Technician => Role::Technician,
        PersonRole::Supervisor => Role::Supervisor,
        PersonRole::Coordinator => Role::Coordinator,
        PersonRole::Manager => Role::Manager,
        PersonRole::Editor => Role::Editor,
        PersonRole::Admin => Role::Admin,
    };
    Account {
        id: StaffId(person.user_name.clone()),
        name: person.name.clone(),
        first_name: person.first_name.clone(),
        roles: vec![role],
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
    }
}

impl World {
    /// The shipped pack and all its demo people, none of them on queue.
    pub(crate) async fn new() -> Self {
        Self::with(pack()).await
    }

    pub(crate) async fn with(pack: Pack) -> Self {
        let clock = Arc::new(HandClock::default());
        clock.0.store(MONDAY_TEN, Ordering::SeqCst);
        let ids = Arc::new(Counted::default());
        let out = Arc::new(Desk {
            clock: clock.clone(),
            sent: Mutex::default(),
            next: Mutex::default(),
            always: Mutex::default(),
            mails: Mutex::default(),
            mail_fails: AtomicU64::default(),
            tasks: Mutex::default(),
            task_faults: Mutex::default(),
            task_changes: Mutex::default(),
            numbered: AtomicU64::default(),
        });
        let store = MemoryStore::new();
        let engine = build(pack.clone(), Arc::new(store.clone()), &clock, &ids, &out).await;
        let world = Self { engine, store, clock, ids, out, twilio: twilio(), sids: AtomicU64::default() };
        for person in &pack.demo.as_ref().expect("a demo part").people {
            world.save_account(account(&pack, &person.user_name)).await;
        }
        world
    }

    /// With these people on queue.
    pub(crate) async fn staffed(people: &[&str]) -> Self {
        let world = Self::new().await;
        for who in people {
            world.on_queue(who).await;
        }
        world
    }

    /// The agency's pack grew: a new process starts with it, and its carrier serves every line.
    pub(crate) async fn grow(&mut self, pack: Pack) {
        self.engine = build(pack, Arc::new(self.store.clone()), &self.clock, &self.ids, &self.out).await;
    }

    /// The process ends and another one starts on the same store.
    pub(crate) async fn restart(&mut self) {
        self.engine = build(pack(), Arc::new(self.store.clone()), &self.clock, &self.ids, &self.out).await;
    }

    pub(crate) async fn save_account(&self, account: Account) {
        let data = Some(serde_json::to_value(&account).expect("json"));
        let change =
            Change { kind: ACCOUNT, id: account.id.0.clone(), expected: None, data, reason: String::new() };
        self.engine.save(change, "test").await.expect("the account is saved");
    }

    pub(crate) async fn on_queue(&self, who: &str) {
        let version = self.engine.pack().sop_sms.last().expect("a version").version.clone();
        let staff = StaffId::from(who);
        let read = Command::Acknowledge { staff: staff.clone(), procedure: "sms".to_owned(), version };
        self.act(read).await.expect("acknowledged");
        self.act(Command::SetPresence { staff, to: Presence::OnQueue, by: None }).await.expect("on queue");
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Moves the clock and does nothing else.
    pub(crate) fn advance(&self, by: Millis) {
        self.clock.0.fetch_add(by, Ordering::SeqCst);
    }

    /// Moves the clock and does what the loops would do then.
    pub(crate) async fn pass(&self, by: Millis) {
        self.advance(by);
        self.settle().await;
    }

    pub(crate) async fn settle(&self) {
        while self.engine.fire_timers().await.expect("timers") > 0 {}
        self.engine.distribute().await.expect("distribution");
        self.engine.perform_effects().await.expect("outbox");
    }

    pub(crate) async fn act(&self, command: Command) -> Result<Done, EngineError> {
        self.engine.handle(command, "test").await
    }

    pub(crate) fn sid(&self) -> String {
        format!("SM{:032x}", 0xA000_0000 + self.sids.fetch_add(1, Ordering::SeqCst))
    }

    pub(crate) fn form(fields: &[(&str, &str)]) -> Vec<u8> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("AccountSid", ACCOUNT_SID);
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        form.finish().into_bytes()
    }

    pub(crate) async fn post(&self, url: &str, body: &[u8]) -> Result<Received, ReceiveError> {
        let headers = vec![
            ("Content-Type".to_owned(), FORM.to_owned()),
            (SIGNATURE_HEADER.to_owned(), self.twilio.sign(url, body)),
        ];
        self.engine.receive("twilio", Request { url, headers: &headers, body }).await
    }

    /// A customer's text with a provider id of its own.
    pub(crate) async fn text(&self, from: &str, words: &str) -> Received {
        self.text_as(&self.sid(), from, words).await.expect("the text is taken")
    }

    pub(crate) async fn text_as(&self, sid: &str, from: &str, words: &str) -> Result<Received, ReceiveError> {
        self.text_to(sid, from, LINE, words).await
    }

    pub(crate) async fn text_to(
        &self,
        sid: &str,
        from: &str,
        to: &str,
        words: &str,
    ) -> Result<Received, ReceiveError> {
        let body = Self::form(&[
            ("MessageSid", sid),
            ("From", from),
            ("To", to),
            ("Body", words),
            ("NumMedia", "0"),
        ]);
        self.post(HOOK, &body).await
    }

    /// The carrier's report on a text of ours.
    pub(crate) async fn report(&self, sent: &Sent, status: &str, code: &str) -> Received {
        let sid = sent.sid.as_deref().unwrap_or("SM0000000000000000000000000000beef");
        let mut fields = vec![("MessageSid", sid), ("MessageStatus", status)];
        if !code.is_empty() {
            fields.push(("ErrorCode", code));
        }
        self.post(&sent.callback, &Self::form(&fields)).await.expect("the report is taken")
    }

    pub(crate) async fn cards(&self) -> Vec<Card> {
        self.engine.cards().await.expect("cards")
    }

    /// The newest card of a customer that is not done.
    pub(crate) async fn card_of(&self, customer: &str) -> Card {
        self.cards().await.into_iter().rev().find(|card| card.customer.0 == customer).expect("an open card")
    }

    pub(crate) async fn card(&self, id: InteractionId) -> Card {
        self.engine.card(id).await.expect("read").expect("a card")
    }

    pub(crate) async fn member(&self, who: &str) -> Member {
        self.engine.members().await.expect("members").into_iter().find(|m| m.id.0 == who).expect("a member")
    }

    pub(crate) async fn offer_of(&self, id: InteractionId) -> (StaffId, OfferId) {
        let offer = self.card(id).await.offer.expect("an offer");
        (offer.staff, offer.id)
    }

    /// The text is offered to somebody, who accepts.
    pub(crate) async fn accepted(&self, customer: &str) -> (InteractionId, StaffId) {
        self.engine.distribute().await.expect("distribution");
        let id = self.card_of(customer).await.id;
        let (staff, offer) = self.offer_of(id).await;
        self.act(Command::Accept { id, offer, staff: staff.clone() }).await.expect("accepted");
        (id, staff)
    }

    pub(crate) async fn reply(
        &self,
        id: InteractionId,
        staff: &StaffId,
        words: &str,
    ) -> Result<MessageId, EngineError> {
        let message = MessageId(self.ids.fresh());
        let reply = Reply { text: words.to_owned(), confirmed: true, ..Reply::default() };
        self.act(Command::Reply { id, staff: staff.clone(), message, reply }).await?;
        Ok(message)
    }

    pub(crate) async fn script(
        &self,
        id: InteractionId,
        staff: &StaffId,
        script: Script,
    ) -> Result<Done, EngineError> {
        self.act(Command::SendScript { id, staff: staff.clone(), script }).await
    }

    pub(crate) async fn finish(&self, id: InteractionId, staff: &StaffId) {
        if self.card(id).await.phase == Phase::Active {
            self.script(id, staff, Script::Goodbye).await.expect("goodbye");
            let end =
                Command::End { id, staff: staff.clone(), reason: EndReason::Finished, confirmed: false };
            self.act(end).await.expect("ended");
        }
        let code = "general".to_owned();
        self.act(Command::Finish { id, staff: staff.clone(), code }).await.expect("done");
    }

    pub(crate) async fn transcript(&self, id: InteractionId) -> Vec<(Entry, Option<String>)> {
        self.engine.transcript(id).await.expect("a transcript")
    }

    /// Texts of the customer in a transcript.
    pub(crate) async fn words_in(&self, id: InteractionId) -> Vec<String> {
        let lines = self.transcript(id).await.into_iter();
        lines.filter(|(e, _)| matches!(e.what, What::In { .. })).filter_map(|(_, text)| text).collect()
    }

    pub(crate) async fn delivery(&self, id: InteractionId, message: MessageId) -> Delivery {
        let lines = self.transcript(id).await.into_iter();
        lines
            .filter_map(|(entry, _)| match entry.what {
                What::Out { message: m, delivery, .. } if m == message => Some(delivery),
                _ => None,
            })
            .next()
            .expect("the text stands in the transcript")
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.out.sent.lock().unwrap().clone()
    }

    pub(crate) fn says(&self, says: impl IntoIterator<Item = Say>) {
        self.out.next.lock().unwrap().extend(says);
    }

    pub(crate) fn says_always(&self, say: Option<Say>) {
        *self.out.always.lock().unwrap() = say;
    }

    pub(crate) async fn letters(&self) -> Vec<store::DeadLetter> {
        self.store.dead_letters(100).await.expect("letters")
    }

    pub(crate) async fn sound(&self) {
        let found = self.engine.replay(false).await.expect("a replay");
        assert_eq!(found.different, 0, "{:#?}", found.listed);
        assert!(found.events > 0);
    }
}

/// The refusal in an answer.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, EngineError>) -> domain::refusal::Refusal {
    match answer {
        Err(EngineError::Refused(refusal)) => *refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
