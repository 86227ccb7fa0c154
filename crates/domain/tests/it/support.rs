//! A small world around the decisions: the shipped pack with the demonstration's approvals, its people, a clock that
//! stands until it is moved, and the timers that fire on the way.
//!
//! It goes through `decide` and `Scene::apply` only. It does what the engine does around a decision (load the scene, fold
//! the events in, collect texts and effects) and checks after every command what must always hold.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use domain::canned::CannedStatus;
use domain::command::{Command, Inbound, Reply, Script, Target};
use domain::context::{Context, Member};
use domain::customer::Customer;
use domain::decide::{Decision, EVENTS_MAX, decide};
use domain::effect::Planned;
use domain::event::{Actor, Event, Fact, InteractionFact, StaffFact};
use domain::id::{Address, InteractionId, MessageId, OfferId, StaffId};
use domain::interaction::{Delivery, EndReason, Interaction, Phase, SafetyKind, SafetyStep, Turn};
use domain::knowledge::Owed;
use domain::pack::{Pack, PersonRole, parse};
use domain::permission::Role;
use domain::refusal::Refusal;
use domain::scene::Scene;
use domain::sop::{self, Duty, DutyKind};
use domain::staff::{Presence, Staff};
use domain::time::Millis;
use domain::view;
use jiff::tz::TimeZone;
use uuid::Uuid;

/// The customer of most scenarios.
pub(crate) const CUSTOMER: &str = "+15735550101";
/// The agency's number (SMS-GEN-1).
pub(crate) const LINE: &str = "+18556849242";
/// The day of the scenarios: a Wednesday on which the queues are open.
const DAY: &str = "2026-11-18";

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name =
                    path.strip_prefix(&root).expect("within the pack").to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    parse(&files).expect("the shipped pack has no faults")
});

/// The shipped pack, with nothing approved but what the SOP prescribes.
pub(crate) fn shipped() -> Pack {
    PACK.clone()
}

/// The shipped pack with the demonstration's approvals.
pub(crate) fn approved() -> Pack {
    let mut pack = shipped();
    let approvals = pack.demo.as_ref().expect("demo data").approvals.responses.clone();
    for response in pack.canned.iter_mut().filter(|response| approvals.contains(&response.id)) {
        response.status = CannedStatus::Approved;
    }
    pack
}

pub(crate) fn id(name: &str) -> StaffId {
    StaffId::from(name)
}

/// The people of the demonstration as the floor shows them before anybody signs in.
pub(crate) fn people(pack: &Pack) -> Vec<Member> {
    let demo = pack.demo.as_ref().expect("demo data");
    let role = |role| match role {
        PersonRole::Technician => Role::Technician,
        PersonRole::Supervisor => Role::Supervisor,
        PersonRole::Coordinator => Role::Coordinator,
        PersonRole::Manager => Role::Manager,
        PersonRole::Editor => Role::Editor,
        PersonRole::Admin => Role::Admin,
    };
    let member = |person: &domain::pack::DemoPerson| Member {
        id: id(&person.user_name),
        name: person.name.clone(),
        first_name: person.first_name.clone(),
        roles: vec![role(person.role)],
        office: person.office.clone(),
        supervisor: person.supervisor.as_deref().map(StaffId::from),
        skills: person.skills.iter().map(|skill| (skill.skill.clone(), skill.level)).collect(),
        sms_capacity: person.capacity_sms.unwrap_or(pack.queues.capacity.sms),
        presence: Presence::OffQueue,
        since: 0,
        load: 0,
        in_safety: false,
        idle_since: 0,
    };
    demo.people.iter().map(member).collect()
}

/// Milliseconds of a time of day on [`DAY`] in the agency's zone, or of a full `2026-11-18T10:00:00`.
pub(crate) fn clock(time: &str) -> Millis {
    let full = if time.contains('T') { time.to_owned() } else { format!("{DAY}T{time}") };
    let civil: jiff::civil::DateTime = full.parse().expect("a time of day");
    let zone = PACK.agency.zone().expect("the zone");
    civil.to_zoned(zone).expect("a time that exists").timestamp().as_millisecond()
}

/// A text that left, as the carrier would be given it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub(crate) at: Millis,
    pub(crate) by: Actor,
    pub(crate) text: String,
    pub(crate) clause: Option<String>,
    pub(crate) message: MessageId,
}

/// The settings of a world: shared with its copies until one of them changes something.
#[derive(Clone)]
pub(crate) struct Settings(Arc<Pack>);

impl Deref for Settings {
    type Target = Pack;
    fn deref(&self) -> &Pack {
        &self.0
    }
}

impl DerefMut for Settings {
    fn deref_mut(&mut self) -> &mut Pack {
        Arc::make_mut(&mut self.0)
    }
}

/// Everything there is.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) pack: Settings,
    pub(crate) members: Vec<Member>,
    /// Memos that people have to read.
    pub(crate) readings: Vec<Owed>,
    pub(crate) now: Millis,
    pub(crate) interactions: BTreeMap<InteractionId, Interaction>,
    pub(crate) staff: BTreeMap<StaffId, Staff>,
    pub(crate) customers: BTreeMap<Address, Customer>,
    pub(crate) log: Vec<Event>,
    pub(crate) bodies: BTreeMap<MessageId, String>,
    pub(crate) effects: Vec<Planned>,
    /// The interaction that the short forms speak of: the last one that a customer wrote into.
    pub(crate) id: InteractionId,
    /// Whether each decision is made twice and compared.
    pub(crate) doubted: bool,
    counter: u32,
    zone: TimeZone,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_pack(approved())
    }

    pub(crate) fn with_pack(pack: Pack) -> Self {
        Self {
            members: people(&pack),
            readings: Vec::new(),
            zone: pack.agency.zone().expect("the zone"),
            pack: Settings(Arc::new(pack)),
            now: clock("09:00:00"),
            interactions: BTreeMap::new(),
            staff: BTreeMap::new(),
            customers: BTreeMap::new(),
            log: Vec::new(),
            bodies: BTreeMap::new(),
            effects: Vec::new(),
            id: InteractionId(Uuid::nil()),
            doubted: true,
            counter: 0,
        }
    }

    /// A world whose queues send the delay texts by themselves (AMB-44).
    pub(crate) fn automatic() -> Self {
        let mut pack = approved();
        pack.queues.queues.iter_mut().for_each(|queue| queue.delay_automatic = true);
        Self::with_pack(pack)
    }

    pub(crate) fn fresh(&mut self) -> Uuid {
        self.counter += 1;
        Uuid::from_u128(u128::from(self.counter) << 64)
    }

    // ---- what the engine does around a decision

    fn scene(&self, command: &Command) -> Scene {
        let interaction = command.interaction().and_then(|id| self.interactions.get(&id)).cloned();
        let mut staff = command.staff();
        staff.extend(interaction.iter().filter_map(|i| i.owner.clone()));
        staff.extend(interaction.iter().filter_map(|i| i.offer.as_ref().map(|offer| offer.staff.clone())));
        let address = match command {
            Command::ReceiveMessage { inbound, .. } => Some(inbound.customer.clone()),
            _ => interaction.as_ref().map(|i| i.customer.clone()),
        };
        Scene {
            staff: staff.into_iter().filter_map(|id| self.staff.get(&id).map(|s| (id, s.clone()))).collect(),
            customer: address.and_then(|address| self.customers.get(&address).cloned()),
            interaction,
        }
    }

    /// Everyone as they are now.
    pub(crate) fn floor(&self) -> Vec<Member> {
        let now = |member: &Member| {
            let mut member = member.clone();
            if let Some(state) = self.staff.get(&member.id) {
                member.presence = state.presence.clone();
                member.since = state.since;
                member.load = state.load();
                member.in_safety = !state.in_safety.is_empty();
                member.idle_since = state.idle_since;
            }
            member
        };
        self.members.iter().map(now).collect()
    }

    /// Runs `f` with the context of this moment.
    pub(crate) fn in_context<T>(
        &self,
        seed: Uuid,
        recent: &[String],
        f: impl FnOnce(&Context<'_>) -> T,
    ) -> T {
        let floor = self.floor();
        let context = Context {
            now: self.now,
            pack: &self.pack,
            zone: &self.zone,
            floor: &floor,
            recent_outgoing: recent,
            readings: &self.readings,
            seed,
            taken: Cell::new(0),
        };
        f(&context)
    }

    /// Decides, and folds what follows in. What a refusal wants recorded is recorded.
    pub(crate) fn run(&mut self, command: &Command) -> Result<Vec<Event>, Refusal> {
        let scene = self.scene(command);
        let seed = self.fresh();
        let recent = self.recent(command);
        let (result, projection) = self.in_context(seed, &recent, |context| {
            let result = decide(&scene, command, context);
            if self.doubted {
                let again = Context { taken: Cell::new(0), ..*context };
                assert_eq!(result, decide(&scene, command, &again), "a decision is deterministic");
            }
            let events = match &result {
                Ok(decision) => decision.events.clone(),
                Err(refusal) => refusal.record.clone(),
            };
            (result, view::project(&scene, &events, context))
        });
        let events = match &result {
            Ok(Decision { events, scene, bodies }) => {
                assert!(events.len() < EVENTS_MAX, "{} events for {command:?}", events.len());
                assert_eq!(scene, &projection.scene, "the scene is the fold of its events");
                self.bodies.extend(bodies.iter().map(|body| (body.key, body.text.clone())));
                events.clone()
            }
            Err(refusal) => refusal.record.clone(),
        };
        self.fold(&projection.scene);
        self.effects.extend(projection.effects);
        self.log.extend(events.iter().cloned());
        result.map(|_| events)
    }

    fn fold(&mut self, scene: &Scene) {
        if let Some(i) = &scene.interaction {
            self.interactions.insert(i.id, i.clone());
        }
        self.staff.extend(scene.staff.iter().map(|(id, staff)| (id.clone(), staff.clone())));
        if let Some(customer) = &scene.customer {
            self.customers.insert(customer.address.clone(), customer.clone());
        }
    }

    fn recent(&self, command: &Command) -> Vec<String> {
        let Command::Reply { id, .. } = command else { return Vec::new() };
        self.sent_in(*id).into_iter().map(|sent| sent.text).collect()
    }

    /// The live timers of everything, with the command that each becomes.
    pub(crate) fn timers(&self) -> Vec<(Millis, Command)> {
        self.in_context(Uuid::nil(), &[], |context| {
            let mut out = Vec::new();
            for i in self.interactions.values() {
                for (key, due) in sop::timers(i, context) {
                    out.push((due, Command::InteractionTimer { id: i.id, key }));
                }
            }
            for staff in self.staff.values() {
                for (key, due) in sop::staff_timers(staff, context) {
                    out.push((due, Command::StaffTimer { staff: staff.id.clone(), key }));
                }
            }
            out
        })
    }

    /// Moves the clock on to `to`; every timer on the way fires at its second.
    pub(crate) fn advance_to(&mut self, to: Millis) {
        for _ in 0..10_000 {
            let Some((due, command)) =
                self.timers().into_iter().filter(|(due, _)| *due <= to).min_by_key(|(due, _)| *due)
            else {
                self.now = self.now.max(to);
                return;
            };
            self.now = self.now.max(due);
            let before = self.timers();
            self.run(&command).expect("a timer is never refused");
            assert_ne!(before, self.timers(), "a timer that fired is gone or moved on: {command:?}");
        }
        panic!("timers fire without end");
    }

    pub(crate) fn at(&mut self, time: &str) -> &mut Self {
        let to = clock(time);
        assert!(to >= self.now, "the clock runs forward");
        self.advance_to(to);
        self
    }

    pub(crate) fn advance(&mut self, seconds: i64) -> &mut Self {
        self.advance_to(self.now + seconds * 1000);
        self
    }

    /// Moves the clock without firing anything, as when the program was away.
    pub(crate) fn sleep_until(&mut self, time: &str) -> &mut Self {
        self.now = clock(time);
        self
    }

    // ---- customers

    pub(crate) fn inbound(customer: &str, text: &str) -> Inbound {
        Inbound {
            line: "sms-main".to_owned(),
            our_address: Address::from(LINE),
            customer: Address::from(customer),
            text: text.to_owned(),
            provider_id: "provider-1".to_owned(),
            media: Vec::new(),
            carrier_handled_keyword: false,
        }
    }

    /// The open interaction of an address, or a fresh id, as the engine finds it.
    fn open_or_fresh(&mut self, customer: &Address) -> InteractionId {
        let open = self.interactions.values().find(|i| i.is_open() && &i.customer == customer).map(|i| i.id);
        open.unwrap_or_else(|| InteractionId(self.fresh()))
    }

    pub(crate) fn receive(&mut self, inbound: Inbound) -> Result<Vec<Event>, Refusal> {
        let id = self.open_or_fresh(&inbound.customer);
        let message = MessageId(self.fresh());
        let events = self.run(&Command::ReceiveMessage { id, message, inbound })?;
        self.id = id;
        Ok(events)
    }

    pub(crate) fn customer(&mut self, text: &str) -> Vec<Event> {
        self.customer_from(CUSTOMER, text)
    }

    pub(crate) fn customer_from(&mut self, customer: &str, text: &str) -> Vec<Event> {
        self.receive(Self::inbound(customer, text)).expect("a text is taken")
    }

    // ---- staff

    pub(crate) fn acknowledge(&mut self, staff: &str) -> &mut Self {
        let version = self.pack.sop_sms[0].version.clone();
        let command = Command::Acknowledge { staff: id(staff), procedure: "sms".to_owned(), version };
        self.run(&command).expect("the present version can be acknowledged");
        self
    }

    pub(crate) fn presence(&mut self, staff: &str, to: Presence) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::SetPresence { staff: id(staff), to })
    }

    pub(crate) fn on_queue(&mut self, staff: &str) -> &mut Self {
        self.acknowledge(staff);
        self.presence(staff, Presence::OnQueue).expect("may go on queue");
        self
    }

    pub(crate) fn offer(&mut self, staff: &str) -> Result<OfferId, Refusal> {
        let command = Command::Offer { id: self.id, staff: id(staff) };
        self.run(&command)?;
        Ok(self.offer_id())
    }

    pub(crate) fn offer_id(&self) -> OfferId {
        self.i().offer.as_ref().expect("a running offer").id
    }

    pub(crate) fn accept(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        let offer = self.offer_id();
        self.run(&Command::Accept { id: self.id, offer, staff: id(staff) })
    }

    pub(crate) fn decline(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        let offer = self.offer_id();
        self.run(&Command::Decline { id: self.id, offer, staff: id(staff) })
    }

    /// Offers the interaction at hand to a person on queue, who accepts.
    pub(crate) fn take(&mut self, staff: &str) -> &mut Self {
        self.offer(staff).expect("an offer");
        self.accept(staff).expect("accepted");
        self
    }

    /// A customer's text that a technician has accepted.
    pub(crate) fn contact(staff: &str, text: &str) -> Self {
        let mut world = Self::new();
        world.begin(staff, text);
        world
    }

    pub(crate) fn begin(&mut self, staff: &str, text: &str) -> &mut Self {
        self.on_queue(staff);
        self.customer(text);
        self.take(staff)
    }

    /// A contact in which the customer has been silent since ana wrote at 10:00:00.
    pub(crate) fn silent_since_ten(mut self) -> Self {
        self.now = clock("09:59:50");
        self.begin("ana", "When will I get my SNAP benefits?");
        self.at("10:00:00").says("ana", "Which program do you ask about?").expect("sent");
        self
    }

    pub(crate) fn reply(&mut self, staff: &str, reply: Reply) -> Result<Vec<Event>, Refusal> {
        let message = MessageId(self.fresh());
        self.run(&Command::Reply { id: self.id, staff: id(staff), message, reply })
    }

    /// Free text, with the prompt for the matching response already seen.
    pub(crate) fn says(&mut self, staff: &str, text: &str) -> Result<Vec<Event>, Refusal> {
        self.reply(staff, Reply { text: text.to_owned(), confirmed: true, ..Reply::default() })
    }

    /// A canned response inserted as it is.
    pub(crate) fn inserts(&mut self, staff: &str, response: &str) -> Result<Vec<Event>, Refusal> {
        let text = self.wording(response, staff);
        self.reply(staff, Reply { text, canned: Some(response.to_owned()), ..Reply::default() })
    }

    /// The wording of a response in the language of the interaction at hand.
    pub(crate) fn wording(&self, response: &str, staff: &str) -> String {
        let found = self.pack.response(response).expect("the response");
        let language = self.interactions.get(&self.id).map_or("en", |i| i.language.as_str());
        self.in_context(Uuid::nil(), &[], |context| {
            sop::library::wording(found, language, Some(&id(staff)), context).expect("its slots are filled")
        })
    }

    pub(crate) fn script(&mut self, staff: &str, script: Script) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::SendScript { id: self.id, staff: id(staff), script })
    }

    pub(crate) fn research(&mut self, staff: &str, on: bool) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Research { id: self.id, staff: id(staff), on })
    }

    pub(crate) fn request_supervisor(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::RequestSupervisor { id: self.id, staff: id(staff) })
    }

    pub(crate) fn transfer_to(&mut self, staff: &str, to: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Transfer { id: self.id, staff: id(staff), target: Target::Staff { id: id(to) } })
    }

    pub(crate) fn transfer_to_queue(&mut self, staff: &str, queue: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Transfer {
            id: self.id,
            staff: id(staff),
            target: Target::Queue { id: queue.to_owned() },
        })
    }

    pub(crate) fn take_over(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::TakeOver { id: self.id, staff: id(staff) })
    }

    pub(crate) fn open_safety(&mut self, staff: &str, kind: SafetyKind) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::OpenSafety { id: self.id, staff: id(staff), kind })
    }

    pub(crate) fn step(
        &mut self,
        staff: &str,
        step: SafetyStep,
        note: Option<&str>,
    ) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::DoSafetyStep {
            id: self.id,
            staff: id(staff),
            step,
            note: note.map(str::to_owned),
        })
    }

    pub(crate) fn end(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::End { id: self.id, staff: id(staff), reason: EndReason::Finished })
    }

    pub(crate) fn end_for_no_response(&mut self, staff: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::End { id: self.id, staff: id(staff), reason: EndReason::NoResponse })
    }

    pub(crate) fn finish(&mut self, staff: &str, code: &str) -> Result<Vec<Event>, Refusal> {
        self.run(&Command::Finish { id: self.id, staff: id(staff), code: code.to_owned() })
    }

    pub(crate) fn report(&mut self, message: MessageId, delivery: Delivery, opted_out: bool) -> Vec<Event> {
        self.run(&Command::ReportDelivery { id: self.id, message, delivery, opted_out })
            .expect("a report is taken")
    }

    // ---- looking

    pub(crate) fn i(&self) -> &Interaction {
        &self.interactions[&self.id]
    }

    pub(crate) fn person(&self, staff: &str) -> Staff {
        self.staff.get(&id(staff)).cloned().unwrap_or_else(|| Staff::new(id(staff)))
    }

    pub(crate) fn duties(&self) -> Vec<Duty> {
        self.in_context(Uuid::nil(), &[], |context| sop::duties(self.i(), context))
    }

    pub(crate) fn duty(&self, kind: DutyKind) -> Option<Duty> {
        self.duties().into_iter().find(|duty| duty.kind == kind)
    }

    /// The facts of an interaction, in order.
    pub(crate) fn facts_of(&self, wanted: InteractionId) -> Vec<&InteractionFact> {
        let fact = |event: &'_ Event| matches!(&event.fact, Fact::Interaction { id, .. } if *id == wanted);
        self.log
            .iter()
            .filter(|event| fact(event))
            .map(|event| if let Fact::Interaction { fact, .. } = &event.fact { fact } else { unreachable!() })
            .collect()
    }

    /// Events of the interaction at hand with this name.
    pub(crate) fn happened(&self, kind: &str) -> Vec<&Event> {
        let stream = domain::event::interaction_stream(self.id);
        self.log.iter().filter(|event| event.stream() == stream && event.kind() == kind).collect()
    }

    pub(crate) fn staff_facts(&self, staff: &str) -> Vec<&StaffFact> {
        self.log
            .iter()
            .filter_map(|event| match &event.fact {
                Fact::Staff { id: who, fact } if who == &id(staff) => Some(fact),
                _ => None,
            })
            .collect()
    }

    /// The texts that left in the interaction at hand.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent_in(self.id)
    }

    pub(crate) fn sent_in(&self, wanted: InteractionId) -> Vec<Sent> {
        self.log
            .iter()
            .filter_map(|event| match &event.fact {
                Fact::Interaction { id, fact: InteractionFact::MessageSent { message, .. } }
                    if *id == wanted =>
                {
                    Some(Sent {
                        at: event.at,
                        by: event.by.clone(),
                        text: self.bodies[message].clone(),
                        clause: event.clause.clone(),
                        message: *message,
                    })
                }
                _ => None,
            })
            .collect()
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.text).collect()
    }

    /// The wording of a clause, from the catalogue.
    pub(crate) fn prescribed(&self, clause: &str) -> String {
        self.pack
            .clauses
            .get(clause)
            .and_then(|clause| clause.script.clone())
            .expect("the clause has a script")
    }

    pub(crate) fn in_delay(&self) -> bool {
        self.i().in_delay()
    }
}

/// The code and the clause of what must have been a refusal.
pub(crate) fn refused<T: std::fmt::Debug>(
    result: Result<T, Refusal>,
) -> (&'static str, Option<&'static str>) {
    let refusal = result.expect_err("this must be refused");
    assert!(refusal.sentence.len() > 8, "a refusal explains itself");
    (refusal.code, refusal.clause)
}

/// What holds after every command, whatever came before (design, sections 3 and 8).
pub(crate) fn always_holds(world: &World) {
    for i in world.interactions.values() {
        one_owner_or_queue(world, i);
        one_clock(i);
    }
    for staff in world.staff.values() {
        capacity(world, staff);
    }
    quiet_after_opt_out(world);
}

fn one_owner_or_queue(world: &World, i: &Interaction) {
    let holds = |staff: &StaffId| world.staff.get(staff).is_some_and(|staff| staff.held.contains_key(&i.id));
    match i.phase {
        Phase::Waiting => {
            assert_eq!(i.owner, None, "who waits has no owner");
            assert!(
                i.waiting_since.is_some() && world.pack.queues.queue(&i.queue).is_some(),
                "it waits in a queue"
            );
        }
        Phase::Active | Phase::WrapUp => {
            let owner = i.owner.as_ref().expect("an owner");
            assert!(holds(owner), "its owner's capacity is taken by it");
        }
        Phase::Done => assert!(i.code.is_some() && i.done_at.is_some(), "done with exactly one code"),
    }
    if let Some(offer) = &i.offer {
        assert!(i.is_open() && holds(&offer.staff), "an offer takes capacity");
    }
}

/// AMB-28. No clock runs only where the procedure wants none.
fn one_clock(i: &Interaction) {
    let quiet = i.said_goodbye || i.opted_out || i.safety.is_some();
    match (&i.turn, i.phase) {
        (Turn::Nobody, Phase::Active) => assert!(quiet, "exactly one of the two clocks runs: {i:?}"),
        (Turn::Staff { .. } | Turn::Customer { .. }, Phase::Active) => {
            assert!(!i.opted_out, "no clock after an opt-out")
        }
        (turn, _) => assert_eq!(turn, &Turn::Nobody, "no clock runs before acceptance or after the end"),
    }
    if i.in_safety() {
        assert!(
            !matches!(i.turn, Turn::Customer { .. }),
            "nobody chases the customer of a child-abuse contact"
        );
    }
}

fn capacity(world: &World, staff: &Staff) {
    let member = world.members.iter().find(|member| member.id == staff.id).expect("a member");
    assert!(
        staff.held.len() <= usize::from(member.sms_capacity),
        "{} holds more than their capacity",
        staff.id
    );
    for id in staff.held.keys() {
        let i = &world.interactions[id];
        let offered = i.offer.as_ref().is_some_and(|offer| offer.staff == staff.id);
        assert!(
            offered || (i.is_with(&staff.id) && i.phase != Phase::Done),
            "{} holds nothing that is not theirs",
            staff.id
        );
    }
    for id in &staff.in_safety {
        assert!(world.interactions[id].in_safety() && world.interactions[id].is_with(&staff.id));
    }
}

/// After an opt-out only its one confirmation and answers to HELP leave, until the customer opts in again.
fn quiet_after_opt_out(world: &World) {
    use domain::canned::CannedKind::{Help, OptInConfirmation, OptOutConfirmation};
    use domain::event::{CustomerFact, Purpose};
    let mut out: BTreeMap<Address, u32> = BTreeMap::new();
    for event in &world.log {
        match &event.fact {
            Fact::Customer { address, fact: CustomerFact::OptedOut } => {
                out.entry(address.clone()).or_default();
            }
            Fact::Customer { address, fact: CustomerFact::OptedIn } => {
                out.remove(address);
            }
            Fact::Interaction { id, fact: InteractionFact::MessageSent { purpose, .. } } => {
                let Some(count) = out.get_mut(&world.interactions[id].customer) else { continue };
                match purpose {
                    Purpose::Scripted(OptOutConfirmation) => *count += 1,
                    Purpose::Scripted(Help | OptInConfirmation) => {}
                    other => panic!("{other:?} was sent after an opt-out"),
                }
                assert!(*count <= 1, "one confirmation only");
            }
            _ => {}
        }
    }
}
