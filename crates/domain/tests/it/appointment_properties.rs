//! What holds for the book after any sequence of commands: no panic, replay equals state, never two visits in one seat,
//! and the times offered are exactly the times accepted.

use std::collections::{BTreeMap, BTreeSet};

use domain::appointment::{
    Appointment, AppointmentCommand as C, AppointmentEvent, Channel, Interpreter, Request, SlotRefusal,
    Status, Wanted, Wish, decide, evolve, said, timers,
};
use domain::event::{Actor, Event, FORM};
use domain::id::{AppointmentId, MessageId};
use domain::interaction::Delivery;
use domain::scene::Scene;
use domain::time::Millis;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use crate::appointment::{Book, ana, at, by_phone, by_text};

const OFFICES: [&str; 4] = ["boone", "cole", "greene", "nowhere"];
const VISITS: [&str; 5] = ["literacy", "interview", "ebt-card", "other", "unheard-of"];
const TEXTS: [&str; 9] = [
    "1",
    "2",
    "3",
    "STOP",
    "no puedo ir",
    "cancel my appointment",
    "when do I get my card?",
    "can we move it to Friday?",
    "el martes a las 2",
];
const KEYS: [&str; 5] = ["remind:0", "remind:1", "remind:9", "end_of_day", "nonsense"];

/// One move of a random day at the book. The numbers choose among what there is.
#[derive(Debug, Clone)]
struct Move {
    who: usize,
    act: usize,
    office: usize,
    visit: usize,
    channel: usize,
    half_hours: i64,
    forward_minutes: i64,
    odd: bool,
}

fn moves() -> impl Strategy<Value = Move> {
    (
        (0..6usize, 0..20usize, 0..4usize, 0..5usize, 0..5usize),
        (-4..260i64, 0..900i64, prop::bool::weighted(0.1)),
    )
        .prop_map(|((who, act, office, visit, channel), (half_hours, forward_minutes, odd))| Move {
            who,
            act,
            office,
            visit,
            channel,
            half_hours,
            forward_minutes,
            odd,
        })
}

fn start(book: &Book, step: &Move) -> Millis {
    let hour = book.now.div_euclid(1_800_000) * 1_800_000;
    hour + step.half_hours * 1_800_000 + i64::from(step.odd) * 60_000
}

fn request(book: &Book, step: &Move) -> Request {
    let (office, visit) = (OFFICES[step.office], VISITS[step.visit]);
    let whole = match Channel::ALL[step.channel].asks_phone_only() {
        true => by_text(office, visit, start(book, step)),
        false => by_phone(office, visit, start(book, step)),
    };
    match step.half_hours % 7 {
        0 => Request { companions: Some(vec!["Rosa Muster".into()]), ..whole },
        1 => Request { interpreter: Some(Interpreter::Needed { kind: "Spanish".into() }), ..whole },
        2 if step.odd => Request { phone: "none".into(), ..whole },
        _ => whole,
    }
}

fn command(book: &Book, step: &Move, state: Option<&Appointment>) -> C {
    let (channel, by) = (Channel::ALL[step.channel], ana());
    let text = TEXTS[step.half_hours.unsigned_abs() as usize % TEXTS.len()];
    let notice = state.and_then(|now| now.notices.last()).map_or(MessageId(Uuid::nil()), |notice| notice.id);
    let task = state.and_then(|now| now.task.as_ref()).map_or(MessageId(Uuid::nil()), |task| task.id);
    match step.act {
        0..=4 => C::Book { channel, by, request: Box::new(request(book, step)) },
        5 | 6 => C::Move { channel, by, office: OFFICES[step.office].into(), start: start(book, step) },
        7 => C::Cancel { channel, by: Actor::Customer, reason: step.odd.then(|| "ill".to_owned()) },
        8 => C::Confirm { channel, by },
        9 => C::Reply { text: text.into() },
        10 => C::CheckIn { by },
        11 => C::MarkMissed { by },
        12 => C::Review,
        13 => C::Timer { key: KEYS[step.half_hours.unsigned_abs() as usize % KEYS.len()].into() },
        14 if step.odd => C::ReportTask { task, number: "7".into() },
        14 => C::ReportNotice { notice, delivery: Delivery::Sent },
        15 => C::AskWhich {
            wanted: Wanted::Cancel,
            language: step.odd.then(|| "es".to_owned()),
            visits: state.iter().map(|now| (now.id, now.place.clone())).collect(),
        },
        16 if step.odd => C::CloseQuestion { chosen: None },
        16 if step.half_hours % 3 == 0 => C::Note { wanted: Wanted::Move { said: said(text) } },
        16 if step.half_hours % 3 == 1 => C::NotSetAgain { why: SlotRefusal::Taken },
        16 => C::CarryOut { wanted: Wanted::Move { said: said(text) } },
        17 | 18 => C::Restore {
            channel,
            by,
            office: state.map(|now| now.place.office.clone()).unwrap_or_default(),
            start: state.map_or(0, |now| now.place.start),
        },
        _ if step.odd => C::WalkIn {
            by,
            office: OFFICES[step.office].into(),
            visit_type: VISITS[step.visit].into(),
            phone: None,
        },
        _ => C::CompleteCompanions { by, names: vec!["Rosa Muster".into()] },
    }
}

#[derive(Default)]
struct Log {
    states: BTreeMap<AppointmentId, Appointment>,
    events: BTreeMap<AppointmentId, Vec<AppointmentEvent>>,
}

fn play(book: &mut Book, log: &mut Log, step: &Move) {
    let id = AppointmentId(Uuid::from_u128(step.who as u128 + 1));
    book.now += step.forward_minutes * 60_000;
    book.opted_out = step.odd && step.act == 9;
    let state = log.states.get(&id).cloned();
    book.open_of_number = u32::try_from(
        log.states
            .values()
            .filter(|other| other.id != id && other.is_open() && other.place.start > book.now)
            .count(),
    )
    .expect("few");
    let Ok(decision) = decide(id, state.as_ref(), &command(book, step, state.as_ref()), &book.world()) else {
        return;
    };
    assert!(book.taken.apply(&decision.claims), "a seat is given twice: {step:?}");
    log.events.entry(id).or_default().extend(decision.events);
    if let Some(after) = decision.after {
        log.states.insert(id, after);
    }
}

fn holds(book: &Book, log: &Log) {
    let mut names = BTreeSet::new();
    let mut open = 0;
    for (id, now) in &log.states {
        let replayed = log.events[id].iter().fold(None, |state, event| evolve(state, *id, event));
        assert_eq!(replayed.as_ref(), Some(now), "replay equals state");
        // The same by way of the log and its scene.
        let mut scene = Scene::default();
        for event in &log.events[id] {
            let stored = event.clone().logged(*id).write().expect("it is written");
            scene.apply(&Event::read(FORM, &stored).expect("it reads back"));
        }
        assert_eq!(scene.appointment.as_ref(), Some(now), "the log gives the same state");
        for name in &now.place.claims {
            assert!(names.insert(name.clone()), "two visits hold {name}");
        }
        let stored = serde_json::to_string(now).expect("it is stored");
        assert_eq!(&serde_json::from_str::<Appointment>(&stored).expect("it reads back"), now);
        let clocks = timers(now, &book.rules());
        match now.status {
            Status::Booked => {
                assert!(now.attendance_asked || clocks.iter().any(|(key, _)| key == "end_of_day"))
            }
            _ => assert!(clocks.is_empty(), "a clock is left behind"),
        }
        assert!(now.status != Status::Cancelled || now.place.claims.is_empty());
        assert!(now.notices.len() <= 40 && now.history.len() <= 40);
        open += u32::from(now.is_open() && now.place.start > book.now);
    }
    assert!(open <= book.rules().book.rules.open_per_number_max, "{open} open visits of one number");
    for events in log.events.values() {
        for event in events {
            let stored = serde_json::to_string(event).expect("it is stored");
            assert_eq!(&serde_json::from_str::<AppointmentEvent>(&stored).expect("it reads back"), event);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_sequence_of_commands_keeps_the_book_sound(steps in prop::collection::vec(moves(), 1..60)) {
        let mut book = Book::at("2026-10-29T08:00");
        let mut log = Log::default();
        for step in &steps {
            play(&mut book, &mut log, step);
        }
        holds(&book, &log);
    }

    #[test]
    fn what_is_offered_is_what_is_accepted(
        now_minutes in 0..(400 * 1440i64),
        ahead_minutes in -2000..(62 * 1440i64),
        grid in prop::bool::weighted(0.8),
        (office, visit) in (0..4usize, 0..5usize),
        taken in prop::collection::vec((0..4usize, 0..200i64), 0..60),
        sundays in any::<bool>(),
    ) {
        let mut book = Book::at("2026-01-01T00:00");
        book.now = at("2026-01-01T00:00") + now_minutes * 60_000;
        if sundays {
            let hours = book.pack.appointments.as_mut().expect("a book").hours.first_mut().expect("hours");
            hours.sunday = vec!["00:00-24:00".to_owned().try_into().expect("a span")];
        }
        for (office, half_hours) in taken {
            let start = (book.now.div_euclid(1_800_000) + half_hours) * 1_800_000;
            if let Ok(claims) = book.check_at(OFFICES[office], "other", start) {
                claims.into_iter().for_each(|claim| assert!(book.taken.take(claim)));
            }
        }
        let start = book.now + ahead_minutes * 60_000;
        let start = if grid { start.div_euclid(1_800_000) * 1_800_000 } else { start };
        let wish = Wish { office: OFFICES[office], visit_type: VISITS[visit], now: book.now, taken: &book.taken };
        let rules = book.rules();
        let free = rules.free_slots(&wish, date(2026, 1, 1), 400);
        let free_now = rules.free_slots(&wish, domain::appointment::calendar::day_of(start, &book.zone), 1);
        let offered = free_now.iter().any(|slot| slot.start == start);
        prop_assert_eq!(rules.check_slot(&wish, start).is_ok(), offered);
        prop_assert!(free.iter().all(|slot| rules.check_slot(&wish, slot.start).is_ok()));
        prop_assert!(free.windows(2).all(|pair| pair[0].start < pair[1].start), "in order, each once");
        let named = rules.alternatives(&wish, start);
        for slot in named.all() {
            let there = Wish { office: &slot.office, ..wish };
            prop_assert!(rules.check_slot(&there, slot.start).is_ok());
        }
    }
}
