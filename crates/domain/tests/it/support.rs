//! A small world around the decisions: the shipped pack with the demonstration's approvals, its people, a clock that
//! stands until it is moved, and the timers that fire on the way.
//!
//! It goes through `decide` and `Scene::apply` only. It does what the engine does around a decision (load the scene, fold
//! the events in, collect texts and effects) and checks after every command what must always hold
//! ([`holds`]). The short forms of commands stand in [`acts`], what a scenario looks at in [`looks`].

mod acts;
mod holds;
mod looks;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use domain::canned::CannedStatus;
use domain::command::Command;
use domain::context::{Context, Member};
use domain::customer::Customer;
use domain::decide::{Decision, EVENTS_MAX, decide};
use domain::effect::Planned;
use domain::event::{Actor, Event};
use domain::id::{Address, InteractionId, MessageId, StaffId};
use domain::interaction::Interaction;
use domain::knowledge::Owed;
use domain::pack::{Pack, PersonRole, parse};
use domain::permission::Role;
use domain::refusal::Refusal;
use domain::scene::Scene;
use domain::sop;
use domain::staff::{Presence, Staff};
use domain::time::Millis;
use domain::view;
use jiff::tz::TimeZone;
use uuid::Uuid;

pub(crate) use holds::always_holds;

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
        set_by: None,
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
            appointment: None,
        }
    }

    /// Everyone as they are now.
    pub(crate) fn floor(&self) -> Vec<Member> {
        let now = |member: &Member| {
            let mut member = member.clone();
            if let Some(state) = self.staff.get(&member.id) {
                member.presence = state.presence.clone();
                member.since = state.since;
                member.set_by.clone_from(&state.set_by);
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
}

/// The code and the clause of what must have been a refusal.
pub(crate) fn refused<T: std::fmt::Debug>(
    result: Result<T, Refusal>,
) -> (&'static str, Option<&'static str>) {
    let refusal = result.expect_err("this must be refused");
    assert!(refusal.sentence.len() > 8, "a refusal explains itself");
    (refusal.code, refusal.clause)
}
