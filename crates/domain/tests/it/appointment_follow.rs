//! What follows a booking: the office that opens after all, quiet hours and the days on which clocks change, the office's
//! task, a cancellation taken back, several visits of one number.

use domain::appointment::{
    Appointment, AppointmentCommand as C, AppointmentEffect, AppointmentFact as F, Channel, Closure,
    Decision, NotSent, NoticeKind, Request, Status, Wanted, chosen, effects, timers,
};
use domain::event::Actor;
use domain::id::AppointmentId;
use jiff::civil::{Time, date};
use uuid::Uuid;

use crate::appointment::{Book, ID, ana, at, book, by_phone};
use crate::appointment_decide::{link_at, text_of};

const MONDAY: &str = "2026-11-23T09:00";

fn fresh() -> Book {
    Book::at("2026-11-20T10:00")
}

fn close(world: &mut Book) {
    let day = date(2026, 11, 23);
    world.office("boone").closures.push(Closure { from: day, until: day, at: None, reason: "Ice".into() });
}

fn has(decision: &Decision, fact: &F) -> bool {
    decision.events.iter().any(|event| event.fact == *fact)
}

#[test]
fn phone_appt_11_a_closure_taken_back_is_told_to_whoever_heard_of_it_in_both_languages() {
    for (language, words) in [("en", "is open after all"), ("es", "abierta después de todo")] {
        let (mut world, mut state) = (fresh(), None);
        let request = Request { language: language.into(), ..by_phone("boone", "interview", at(MONDAY)) };
        world.link = Some(link_at("abc", "d"));
        world.run(&mut state, &book(Channel::Phone, request)).expect("booked");
        close(&mut world);
        world.run(&mut state, &C::Review).expect("flagged");
        assert!(state.as_ref().expect("it").was_told_closed());
        let flagged = state.clone().expect("it");
        world.now += 60_000;
        world.office("boone").closures.clear();
        let decision = world.run(&mut state, &C::Review).expect("open");
        let text = text_of(&decision, NoticeKind::OfficeOpen).expect("a text");
        assert!(text.contains(words) && text.contains("23") && text.contains("/v/abc"), "{text}");
        let now = state.clone().expect("it");
        assert!(now.flagged.is_none() && !now.was_told_closed());
        // Calendars see a later change under a higher number.
        let (before, after) = (flagged.history.last().expect("one"), now.history.last().expect("one"));
        assert!(now.revision > flagged.revision && after.at > before.at && after.what == "reopened");
        assert!(world.run(&mut state, &C::Review).expect("again").events.is_empty());
        // Closed and opened once more: told once more.
        close(&mut world);
        let decision = world.run(&mut state, &C::Review).expect("closed");
        assert!(text_of(&decision, NoticeKind::OfficeClosed).is_some());
    }
}

#[test]
fn phone_appt_11_who_heard_nothing_of_a_closure_is_not_told_that_it_is_off() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    close(&mut world);
    world.opted_out = true;
    world.run(&mut state, &C::Review).expect("flagged");
    world.opted_out = false;
    world.office("boone").closures.clear();
    let decision = world.run(&mut state, &C::Review).expect("open");
    assert_eq!(decision.events.iter().map(|event| event.fact.clone()).collect::<Vec<_>>(), [F::FlagCleared]);
}

fn reminders(world: &Book, state: &Option<Appointment>) -> Vec<i64> {
    let due = timers(state.as_ref().expect("it"), &world.rules());
    due.into_iter().filter(|(key, _)| key.starts_with("remind")).map(|(_, at)| at).collect()
}

#[test]
fn sms_t_quiet_1_a_reminder_of_the_night_comes_in_the_morning_or_the_evening_before() {
    let mut world = Book::at("2026-11-16T10:00");
    // Two hours before 9:00 is 7:00: in the morning, an hour before the visit.
    let state = world.booked("interview", MONDAY);
    assert_eq!(reminders(&world, &state), [at("2026-11-21T09:00"), at("2026-11-23T08:00")]);
    // Before 8:00 and 8:30 no morning is left: the evening before.
    let state = world.booked("interview", "2026-11-24T08:00");
    assert_eq!(reminders(&world, &state), [at("2026-11-22T08:00"), at("2026-11-23T20:00")]);
    let state = world.booked("ebt-card", "2026-11-25T08:30");
    assert_eq!(reminders(&world, &state), [at("2026-11-23T08:30"), at("2026-11-24T20:00")]);
    let state = world.booked("interview", "2026-11-23T10:00");
    assert_eq!(reminders(&world, &state)[1], at("2026-11-23T08:00"), "8:00 itself is no night");
    // The same time in both settings: no quiet hours.
    let rules = &mut world.pack.appointments.as_mut().expect("a book").rules;
    rules.quiet_from = rules.quiet_to;
    let state = world.booked("interview", "2026-11-25T09:00");
    assert_eq!(reminders(&world, &state)[1], at("2026-11-25T07:00"));
}

#[test]
fn sms_t_quiet_2_after_a_standstill_in_the_night_a_reminder_waits_for_the_morning() {
    let mut world = Book::at("2026-11-16T10:00");
    let mut state = world.booked("interview", "2026-11-24T13:00");
    world.now = at("2026-11-22T23:10");
    let fire = |key: &str| C::Timer { key: key.into() };
    let decision = world.run(&mut state, &fire("remind:0")).expect("put off");
    let until = at("2026-11-23T08:00");
    assert!(has(&decision, &F::ReminderPutOff { reminder: 0, until }), "{:?}", decision.events);
    assert_eq!(reminders(&world, &state)[0], until);
    assert!(world.run(&mut state, &fire("remind:0")).expect("not due").events.is_empty());
    world.now = until;
    let decision = world.run(&mut state, &fire("remind:0")).expect("sent");
    assert!(text_of(&decision, NoticeKind::Reminder).is_some());
    // Before an early visit no morning is left, and nobody is woken.
    let mut early = world.booked("interview", "2026-11-25T08:00");
    world.now = at("2026-11-25T05:00");
    let decision = world.run(&mut early, &fire("remind:1")).expect("too late");
    let skipped = F::NoticeSkipped { kind: NoticeKind::Reminder, why: NotSent::TooLate };
    assert!(has(&decision, &skipped), "{:?}", decision.events);
}

#[test]
fn sms_t_quiet_3_two_days_before_keeps_the_wall_clock_across_both_changes_of_the_clocks() {
    // November 1, 2026: the clocks go back; March 14, 2027: they go forward. Offices open on Saturday and Sunday here.
    for (booked, start, two_days, two_hours) in [
        ("2026-10-28T10:00", "2026-11-02T13:00", "2026-10-31T13:00", "2026-11-02T11:00"),
        ("2026-10-28T10:00", "2026-11-02T08:00", "2026-10-31T08:00", "2026-11-01T20:00"),
        ("2026-10-28T10:00", "2026-11-01T08:00", "2026-10-30T08:00", "2026-10-31T20:00"),
        ("2027-03-08T10:00", "2027-03-15T13:00", "2027-03-13T13:00", "2027-03-15T11:00"),
        ("2027-03-08T10:00", "2027-03-14T08:00", "2027-03-12T08:00", "2027-03-13T20:00"),
        ("2027-03-08T10:00", "2027-03-14T10:00", "2027-03-12T10:00", "2027-03-14T08:00"),
    ] {
        let mut world = Book::at(booked);
        let hours = world.pack.appointments.as_mut().expect("a book").hours.first_mut().expect("hours");
        hours.sunday = vec!["00:00-24:00".to_owned().try_into().expect("a span")];
        let state = world.booked("interview", start);
        assert_eq!(reminders(&world, &state), [at(two_days), at(two_hours)], "{start}");
    }
    // The quiet hours themselves may begin or end in the hour that is skipped or comes twice.
    for (booked, start) in
        [("2026-10-28T10:00", "2026-11-01T03:00"), ("2027-03-08T10:00", "2027-03-14T04:00")]
    {
        let mut world = Book::at(booked);
        let set = world.pack.appointments.as_mut().expect("a book");
        set.rules.quiet_to = Time::constant(2, 30, 0, 0);
        set.hours.first_mut().expect("hours").sunday =
            vec!["00:00-24:00".to_owned().try_into().expect("a span")];
        let state = world.booked("interview", start);
        let last = reminders(&world, &state)[1];
        assert!(last < at(start) && !world.rules().is_quiet(last), "{start}: {last}");
    }
}

#[test]
fn phone_appt_11_slots_of_the_days_on_which_clocks_change_are_each_offered_once() {
    for (now, day, hours) in
        [("2026-10-28T10:00", date(2026, 11, 1), 24), ("2027-03-08T10:00", date(2027, 3, 14), 23)]
    {
        let mut world = Book::at(now);
        let set = world.pack.appointments.as_mut().expect("a book").hours.first_mut().expect("hours");
        set.sunday = vec!["00:00-24:00".to_owned().try_into().expect("a span")];
        let free = world.free("boone", "interview", day);
        assert_eq!(
            free.len(),
            hours,
            "an hour that comes twice is offered once, one that is skipped not at all"
        );
        assert_eq!(free.iter().filter(|time| *time == "2:00 am").count(), usize::from(hours == 24));
    }
}

fn changes(decision: &Decision) -> Vec<serde_json::Value> {
    let words = decision.events.iter().filter_map(|event| match &event.fact {
        F::TaskChangeQueued { change, .. } => decision.bodies.iter().find(|body| body.key == *change),
        _ => None,
    });
    words.map(|body| serde_json::from_str(&body.text).expect("JSON")).collect()
}

#[test]
fn phone_appt_17_the_offices_task_follows_a_move_a_cancellation_and_its_taking_back() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    let task = state.as_ref().and_then(|now| now.task.clone()).expect("a task").id;
    let to =
        C::Move { channel: Channel::Office, by: ana(), office: "cole".into(), start: at("2026-11-24T10:00") };
    let moved = world.run(&mut state, &to).expect("moved");
    let words = changes(&moved);
    assert_eq!(words.len(), 1);
    assert_eq!(words[0]["time"], "Tuesday, November 24 at 10:00 am");
    assert!(
        words[0]["office"].as_str().expect("words").starts_with("Cole") && words[0]["cancelled"] == false
    );
    let after = state.clone().expect("it");
    let sent: Vec<AppointmentEffect> = moved.events.iter().flat_map(|event| effects(event, &after)).collect();
    let change = after.task.as_ref().and_then(|task| task.change).expect("on its way");
    assert!(sent.contains(&AppointmentEffect::UpdateTask { task, change }), "{sent:?}");
    let report = C::ReportTaskChange { change };
    world.run(&mut state, &report).expect("taken");
    assert_eq!(state.as_ref().and_then(|now| now.task.clone()).expect("a task").change, None);
    assert!(world.run(&mut state, &report).expect("twice").events.is_empty());
    let cancel = C::Cancel { channel: Channel::Phone, by: ana(), reason: Some("moved away".into()) };
    let words = changes(&world.run(&mut state, &cancel).expect("cancelled"));
    assert_eq!(words[0]["cancelled"], true);
    assert!(!words[0].to_string().contains("moved away"), "no reason goes along");
    assert!(changes(&world.run(&mut state, &cancel).expect("a second click")).is_empty());
    let restore = C::Restore { channel: Channel::Sms, by: Actor::Customer, office: "cole".into(), start: 0 };
    let words = changes(&world.run(&mut state, &restore).expect("set again"));
    assert_eq!(words[0]["cancelled"], false);
}

#[test]
fn sms_appt_5_a_cancellation_is_taken_back_while_the_seat_is_free_and_no_longer() {
    let mut world = fresh();
    world.link = Some(link_at("abc", "d"));
    let mut state = world.booked("interview", MONDAY);
    let cancelled = world.run(&mut state, &C::Reply { text: "3".into() }).expect("cancelled");
    let text = text_of(&cancelled, NoticeKind::Cancelled).expect("a text");
    assert!(text.contains("reply 1") && text.contains("https://book.example/book ."), "{text}");
    assert!(!text.contains("mydss"), "{text}");
    let restore =
        C::Restore { channel: Channel::Sms, by: Actor::Customer, office: "boone".into(), start: at(MONDAY) };
    // PHONE-APPT-22: it was asked for in time; a late hour now does not matter.
    world.now = at("2026-11-20T16:30");
    let mut back = state.clone();
    let decision = world.run(&mut back, &restore).expect("set again");
    let now = back.clone().expect("it");
    assert!(now.status == Status::Booked && now.confirmed_at.is_some() && now.place.claims.len() == 1);
    assert!(text_of(&decision, NoticeKind::Confirmed).is_some());
    assert!(world.check("boone", "interview", MONDAY).is_err(), "PHONE-APPT-10: the seat is held");
    assert!(timers(&now, &world.rules()).iter().any(|(key, _)| key == "end_of_day"));
    assert!(world.run(&mut back, &restore).expect("a second click").events.is_empty());
    // Somebody else has it by then.
    let refused = world.run(&mut state, &restore).expect_err("taken");
    assert_eq!((refused.code, refused.clause), ("taken", Some("PHONE-APPT-10")));
    world.open_of_number = 3;
    assert_eq!(world.run(&mut state, &restore).expect_err("too many").code, "too_many_open");
    world.now = at(MONDAY);
    assert_eq!(world.run(&mut state, &restore).expect_err("over").code, "past");
}

#[test]
fn of_several_visits_the_customer_is_asked_with_letters_and_a_person_has_it_in_the_end() {
    for (language, words) in [
        ("en", "Reply A for Monday, November 23 at 9:00 am; B for Tuesday, November 24 at 10:00 am."),
        ("es", "Responda A para el lunes 23 de noviembre a las 9:00 am; B para el martes 24"),
    ] {
        let mut world = fresh();
        let mut state = world.booked("interview", MONDAY);
        if let Some(now) = state.as_mut() {
            now.language = language.to_owned();
        }
        let other = AppointmentId(Uuid::from_u128(7));
        let mut place = state.as_ref().expect("it").place.clone();
        let first = place.clone();
        place.start = at("2026-11-24T10:00");
        let ask =
            C::AskWhich { wanted: Wanted::Cancel, language: None, visits: vec![(ID, first), (other, place)] };
        let decision = world.run(&mut state, &ask).expect("asked");
        let text = text_of(&decision, NoticeKind::WhichVisit).expect("a question");
        assert!(text.contains(words), "{text}");
        let asked = state.as_ref().and_then(|now| now.asked.clone()).expect("open");
        assert_eq!((asked.visits, asked.wanted), (vec![ID, other], Wanted::Cancel));
        assert_eq!(state.as_ref().expect("it").status, Status::Booked, "nothing is carried out yet");
        world.run(&mut state, &C::CloseQuestion { chosen: Some(other) }).expect("closed");
        assert_eq!(state.as_ref().expect("it").asked, None);
        // Three questions at most; then, and where no text can go, a person has it.
        world.run(&mut state, &ask).expect("asked");
        world.run(&mut state, &ask).expect("asked");
        let decision = world.run(&mut state, &ask).expect("a person");
        assert!(decision.needs_person && decision.events.is_empty());
        world.run(&mut state, &C::CarryOut { wanted: Wanted::Cancel }).expect("cancelled");
        let now = state.expect("it");
        assert!(now.status == Status::Cancelled && now.asked.is_none());
    }
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    let visits = vec![(ID, state.as_ref().expect("it").place.clone())];
    world.opted_out = true;
    let decision = world
        .run(&mut state, &C::AskWhich { wanted: Wanted::Confirm, language: None, visits })
        .expect("a person");
    assert!(decision.needs_person && decision.events.is_empty());
}

#[test]
fn a_letter_chooses_and_the_digits_keep_their_meaning() {
    for (text, place) in
        [("A", 0), ("b", 1), (" B. ", 1), ("a please", 0), ("la B", 1), ("opción a", 0), ("It's C", 2)]
    {
        assert_eq!(chosen(text, 3), Some(place), "{text}");
    }
    for text in ["1", "2", "3", "", "D", "AB", "a day later", "b or c", "cancel", "I will take a"] {
        assert_eq!(chosen(text, 3), None, "{text}");
    }
}

#[test]
fn phone_appt_5_the_confirmation_reads_as_one_whole_and_keeps_the_script() {
    // AMB-1, AMB-2: the digits settle what the day or the time is about, the script is for any other reason.
    let (mut world, mut state) = (fresh(), None);
    world.link = Some(link_at("abc", "d"));
    let decision = world
        .run(&mut state, &book(Channel::Phone, by_phone("boone", "interview", at(MONDAY))))
        .expect("booked");
    let text = text_of(&decision, NoticeKind::Booked).expect("a text");
    let script = "If you need to cancel/reschedule the appointment for any other reason, you will need to call the customer \
                  service center.";
    let (before, after) = text.split_once(script).expect("to the letter");
    assert!(before.contains("If the day or the time does not suit you, reply 2"), "{before}");
    assert!(after.contains("855-373-4636"), "{after}");
}

#[test]
fn a_day_of_another_year_is_said_with_its_year() {
    let (mut world, mut state) = (Book::at("2026-12-15T10:00"), None);
    let request = by_phone("boone", "interview", at("2027-01-05T09:00"));
    let decision = world.run(&mut state, &book(Channel::Phone, request.clone())).expect("booked");
    let text = text_of(&decision, NoticeKind::Booked).expect("a text");
    assert!(text.contains("Tuesday, January 5, 2027 at 9:00 am"), "{text}");
    let far = Request { start: at("2028-02-29T09:00"), ..request };
    let refused = world.run(&mut None, &book(Channel::Phone, far.clone())).expect_err("too far");
    assert!(
        refused.sentence.starts_with("Tuesday, February 29, 2028 at 9:00 am is too far"),
        "{}",
        refused.sentence
    );
    let spanish = refused.slot.expect("why").sentence("boone", far.start, &world.rules(), "es");
    assert!(spanish.starts_with("martes 29 de febrero de 2028, 9:00 am está muy lejos"), "{spanish}");
}
