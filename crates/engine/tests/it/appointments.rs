//! Visits through the engine: booked, moved, cancelled, texted about, answered, reminded of, handed over to the offices.

use std::sync::Arc;

use domain::appointment::{
    Appointment, AppointmentCommand as C, Channel, Interpreter, NoticeKind, Request, SlotRefusal, Status,
};
use domain::event::{Actor, appointment_stream};
use domain::id::{Address, AppointmentId};
use domain::interaction::{Delivery, EndReason, Phase};
use domain::permission::Role;
use domain::time::Millis;
use engine::{AppointmentDone, AppointmentError, Engine, EngineError};
use jiff::civil::{Date, date};
use store::Store;

use crate::world::{ANY, LINE, MINUTE, Say, World};

const HOUR: Millis = 60 * MINUTE;
/// A Wednesday nine days after the world begins.
pub(crate) const DAY: Date = date(2026, 12, 2);

pub(crate) fn at(world: &World, day: Date, hour: i8, minute: i8) -> Millis {
    day.at(hour, minute, 0, 0).to_zoned(world.engine.zone()).unwrap().timestamp().as_millisecond()
}

pub(crate) fn asked(world: &World, phone: &str, day: Date, hour: i8) -> Request {
    Request {
        office: "boone".to_owned(),
        visit_type: "interview".to_owned(),
        start: at(world, day, hour, 0),
        phone: phone.to_owned(),
        texts: true,
        language: "en".to_owned(),
        ..Request::default()
    }
}

pub(crate) fn book(request: Request) -> C {
    C::Book { channel: Channel::Page, by: Actor::Customer, request: Box::new(request) }
}

pub(crate) fn fresh(world: &World) -> AppointmentId {
    AppointmentId(world.engine.fresh())
}

pub(crate) async fn handle(
    world: &World,
    id: AppointmentId,
    command: C,
) -> Result<AppointmentDone, AppointmentError> {
    world.engine.handle_appointment(id, command, "test").await
}

pub(crate) async fn booked(world: &World, phone: &str, day: Date, hour: i8) -> AppointmentId {
    let id = fresh(world);
    handle(world, id, book(asked(world, phone, day, hour))).await.expect("booked");
    id
}

pub(crate) async fn visit(world: &World, id: AppointmentId) -> Appointment {
    world.engine.appointment(id).await.unwrap().expect("a visit")
}

fn refused<T: std::fmt::Debug>(answer: Result<T, AppointmentError>) -> domain::appointment::Refused {
    match answer {
        Err(AppointmentError::Refused(refused)) => *refused,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn staff() -> Actor {
    Actor::staff(&"ana".into())
}

/// The secret of the link in a text.
fn secret(text: &str) -> String {
    let from = text.split("/visit/").nth(1).expect("a link");
    from.split(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_booking_sends_one_confirmation_from_the_line_that_receives_texts() {
    // SMS-APPT-1
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    let sent = world.sent();
    assert_eq!(sent.len(), 1, "{sent:#?}");
    assert_eq!((sent[0].from.as_str(), sent[0].to.as_str()), (LINE, ANY));
    for part in ["Wednesday, December 2", "9:00 am", "Boone Resource Center", "2 Example Street"] {
        assert!(sent[0].text.contains(part), "{part} in {}", sent[0].text);
    }
    assert!(!sent[0].text.contains("interview"), "AMB-56: the reason is never texted");
    let notice = visit(&world, id).await.notices[0].clone();
    assert!(matches!(notice.delivery, Delivery::Accepted { .. }), "{notice:?}");
    world.report(&sent[0], "delivered", "").await;
    let notice = visit(&world, id).await.notices[0].clone();
    assert_eq!((notice.kind, notice.delivery), (NoticeKind::Booked, Delivery::Delivered));
    world.report(&sent[0], "sent", "").await;
    assert_eq!(visit(&world, id).await.notices[0].delivery, Delivery::Delivered, "a late report");
    world.sound().await;
}

#[tokio::test]
async fn a_second_click_books_nothing_twice_also_when_the_first_answer_was_lost() {
    let world = World::new().await;
    let id = fresh(&world);
    let form = asked(&world, ANY, DAY, 9);
    world.store.lose_answer_of_next(1);
    assert!(handle(&world, id, book(form.clone())).await.is_err());
    let done = handle(&world, id, book(form)).await.unwrap();
    assert_eq!((done.events, done.appointment.unwrap().status), (0, Status::Booked));
    world.settle().await;
    assert_eq!(world.sent().len(), 1);
    assert_eq!(world.out.tasks.lock().unwrap().len(), 1);
    world.sound().await;
}

#[tokio::test]
async fn who_comes_second_is_told_which_slot_of_which_office_and_what_is_free() {
    // PHONE-APPT-10, PHONE-APPT-12, PHONE-APPT-9
    let world = World::new().await;
    booked(&world, ANY, DAY, 9).await;
    let answer = refused(handle(&world, fresh(&world), book(asked(&world, "573-555-0102", DAY, 9))).await);
    assert_eq!((answer.code, answer.clause), ("taken", Some("PHONE-APPT-10")));
    assert_eq!(answer.slot, Some(SlotRefusal::Taken));
    for part in ["Boone Resource Center", "December 2", "9:00 am"] {
        assert!(answer.sentence.contains(part), "{part} in {}", answer.sentence);
    }
    let starts: Vec<Millis> = answer.alternatives.same_day.iter().map(|slot| slot.start).collect();
    assert!(starts.contains(&at(&world, DAY, 10, 0)), "10:00 is free: {starts:?}");
    assert!(!starts.contains(&at(&world, DAY, 9, 30)), "an interview starts on the hour (PHONE-APPT-13)");
    assert!(answer.alternatives.nearby.iter().any(|slot| slot.office == "cole"));
    assert!(!answer.alternatives.later_days.is_empty());
}

/// 64 bookers through the whole engine, for one seat after the other. The same race against the stores alone, 1,000 times,
/// is in their contract.
async fn race(world: &World, engine: &Engine, rounds: usize) {
    let free = engine.free_slots("boone", "interview", DAY, 30).await.unwrap();
    assert!(free.len() >= rounds);
    for (round, slot) in free.iter().take(rounds).enumerate() {
        let mut race = tokio::task::JoinSet::new();
        for n in 0..64 {
            let (engine, id) = (engine.clone(), fresh(world));
            let number = format!("573{:03}{:04}", 200 + round, 1000 + n);
            let request = Request { start: slot.start, ..asked(world, &number, DAY, 9) };
            race.spawn(async move { engine.handle_appointment(id, book(request), "race").await });
        }
        let answers = race.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "round {round}");
        for answer in answers.into_iter().filter(Result::is_err) {
            let answer = refused(answer);
            assert_eq!((answer.code, answer.clause), ("taken", Some("PHONE-APPT-10")));
            assert!(!answer.alternatives.is_empty());
        }
    }
    let left = engine.free_slots("boone", "interview", DAY, 30).await.unwrap();
    assert_eq!(left.len(), free.len() - rounds);
    assert_eq!(engine.replay(false).await.unwrap().different, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_bookers_at_once_exactly_one_has_the_seat_and_all_others_a_clear_answer() {
    // PHONE-APPT-10
    let world = World::new().await;
    race(&world, &world.engine, 20).await;
}

#[tokio::test]
async fn bookings_of_one_number_at_once_never_pass_the_limit_per_number() {
    let world = Arc::new(World::new().await);
    let mut race = tokio::task::JoinSet::new();
    for n in 0..8 {
        let world = Arc::clone(&world);
        race.spawn(async move {
            let request = asked(&world, ANY, DAY, 8 + n);
            handle(&world, fresh(&world), book(request)).await
        });
    }
    let answers = race.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3, "open_per_number_max");
    let codes: Vec<_> =
        answers.into_iter().filter(Result::is_err).map(|answer| refused(answer).code).collect();
    assert_eq!(codes.iter().filter(|code| **code == "too_many_open").count(), 5, "{codes:?}");
}

#[tokio::test]
async fn a_time_is_judged_again_when_it_is_submitted() {
    // PHONE-APPT-11, PHONE-APPT-13, PHONE-APPT-14, PHONE-APPT-22
    let world = World::new().await;
    let code = async |change: &dyn Fn(&mut Request)| {
        let mut request = asked(&world, ANY, DAY, 9);
        change(&mut request);
        refused(handle(&world, fresh(&world), book(request)).await).code
    };
    assert_eq!(code(&|r| r.start = at(&world, date(2026, 11, 26), 9, 0)).await, "closed", "Thanksgiving");
    assert_eq!(code(&|r| r.start += 30 * MINUTE).await, "not_a_start");
    assert_eq!(code(&|r| r.visit_type = "ebt-card".to_owned()).await, "not_a_start");
    assert_eq!(code(&|r| r.start = at(&world, DAY, 17, 0)).await, "outside_hours");
    assert_eq!(code(&|r| r.start = world.now() - HOUR).await, "past");
    assert_eq!(code(&|r| r.start = i64::MAX).await, "beyond_horizon");
    assert_eq!(code(&|r| r.start = i64::MIN).await, "past");
    assert_eq!(code(&|r| r.office = "atlantis:999".to_owned()).await, "missing");
    assert_eq!(code(&|r| r.phone = "+49 30 901820".to_owned()).await, "bad_number");
    assert_eq!(code(&|r| r.phone = LINE.to_owned()).await, "own_number");
    // Monday, a second after half past three: not before noon of Tuesday.
    let late = at(&world, date(2026, 11, 23), 15, 30) + 1_000 - world.now();
    world.advance(late);
    let tuesday = date(2026, 11, 24);
    assert_eq!(code(&|r| r.start = at(&world, tuesday, 11, 0)).await, "too_soon");
    booked(&world, ANY, tuesday, 12).await;
}

#[tokio::test]
async fn the_task_goes_to_the_offices_system_with_its_three_data_and_keeps_its_number() {
    // PHONE-APPT-17
    let world = World::new().await;
    let later = || engine::ports::TaskFault::Later("closed for the night".to_owned());
    world.out.task_faults.lock().unwrap().extend([later(), later()]);
    let request = Request {
        reason: Some("Lost my papers in a flood".to_owned()),
        companions: Some(vec!["A. Neighbour".to_owned()]),
        interpreter: Some(Interpreter::Needed { kind: "Bosnian".to_owned() }),
        ..asked(&world, ANY, DAY, 9)
    };
    let id = fresh(&world);
    let command = C::Book { channel: Channel::Phone, by: staff(), request: Box::new(request) };
    handle(&world, id, command).await.unwrap();
    world.settle().await;
    assert_eq!(visit(&world, id).await.task.unwrap().number, None, "the system did not answer");
    for _ in 0..3 {
        world.pass(6 * MINUTE).await;
    }
    let tasks = world.out.tasks.lock().unwrap().clone();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].time, "Wednesday, December 2 at 9:00 am");
    assert_eq!(tasks[0].phone.as_deref(), Some(ANY));
    assert_eq!(tasks[0].reason, "Lost my papers in a flood");
    let visit = visit(&world, id).await;
    assert_eq!(visit.task.clone().unwrap().number.as_deref(), Some("T-1"));
    // PHONE-APPT-18, PHONE-APPT-21: who comes along and which interpreter, for those who may see it.
    assert_eq!(visit.interpreter, Some(Interpreter::Needed { kind: String::new() }), "its words are sealed");
    let seen =
        world.engine.appointment_details(std::slice::from_ref(&visit), &[Role::Technician]).await.unwrap();
    assert_eq!(seen[0].as_ref().unwrap().companions, ["A. Neighbour"]);
    assert_eq!(seen[0].as_ref().unwrap().interpreter, "Bosnian");
    let hidden = world.engine.appointment_details(&[visit], &[Role::Editor, Role::Admin]).await.unwrap();
    assert_eq!(hidden, [None]);
    world.sound().await;
}

#[tokio::test]
async fn moving_frees_the_old_slot_takes_the_new_one_and_keeps_both_in_the_history() {
    // SMS-APPT-4
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    let to = |hour| C::Move {
        channel: Channel::Sms,
        by: staff(),
        office: "boone".to_owned(),
        start: at(&world, DAY, hour, 0),
    };
    booked(&world, "5735550102", DAY, 11).await;
    assert_eq!(refused(handle(&world, id, to(11)).await).code, "taken");
    handle(&world, id, to(10)).await.unwrap();
    let moved = visit(&world, id).await;
    let last = moved.history.last().unwrap();
    assert_eq!(last.from.as_ref().unwrap().start, at(&world, DAY, 9, 0));
    assert_eq!(last.to.as_ref().unwrap().start, at(&world, DAY, 10, 0));
    let free = world.engine.free_slots("boone", "interview", DAY, 1).await.unwrap();
    let starts: Vec<Millis> = free.iter().map(|slot| slot.start).collect();
    assert!(starts.contains(&at(&world, DAY, 9, 0)));
    assert!(!starts.contains(&at(&world, DAY, 10, 0)));
    booked(&world, "5735550103", DAY, 9).await;
    world.settle().await;
    world.pass(1_000).await;
    assert!(world.sent().iter().any(|text| text.to == ANY && text.text.contains("now on Wednesday")));
    world.sound().await;
}

#[tokio::test]
async fn cancelling_from_a_text_frees_the_slot_and_records_channel_and_person() {
    // SMS-APPT-5
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    handle(&world, id, C::Cancel { channel: Channel::Sms, by: staff(), reason: Some("ill".to_owned()) })
        .await
        .unwrap();
    let cancelled = visit(&world, id).await;
    let last = cancelled.history.last().unwrap();
    assert_eq!(
        (last.what.as_str(), last.channel, last.by.clone()),
        ("cancelled", Some(Channel::Sms), staff())
    );
    booked(&world, "5735550102", DAY, 9).await;
    world.settle().await;
    let texts: Vec<String> = world.sent().into_iter().map(|text| text.text).collect();
    assert!(!texts.iter().any(|text| text.contains("ill.") || text.contains("because ill")), "{texts:?}");
    world.sound().await;
}

#[tokio::test]
async fn a_one_in_reply_confirms_the_visit_in_the_same_thread_and_needs_nobody() {
    // SMS-APPT-2, SMS-APPT-1
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    world.text(ANY, "1").await;
    world.settle().await;
    assert!(visit(&world, id).await.confirmed_at.is_some());
    assert!(world.cards().await.is_empty(), "nobody is asked");
    let done = world.engine.done_cards(5).await.unwrap();
    assert_eq!((done[0].phase, done[0].end_reason), (Phase::Done, Some(EndReason::Visit)));
    assert_eq!(done[0].customer.0, ANY);
    assert_eq!(world.words_in(done[0].id).await, ["1"]);
    assert_eq!(world.engine.appointments_of(&Address::from(ANY)).await.unwrap()[0].id, id);
    let last = world.sent().last().unwrap().clone();
    assert!(last.text.starts_with("Thank you."), "{}", last.text);
    world.sound().await;
}

#[tokio::test]
async fn a_three_or_a_plain_sentence_cancels_the_visit_and_is_never_an_opt_out() {
    // SMS-APPT-5
    for words in ["3", "please cancel my appointment", "quiero cancelar mi cita"] {
        let world = World::staffed(&["ana"]).await;
        let id = booked(&world, ANY, DAY, 9).await;
        world.settle().await;
        world.text(ANY, words).await;
        world.settle().await;
        assert_eq!(visit(&world, id).await.status, Status::Cancelled, "{words}");
        assert!(world.cards().await.is_empty(), "{words}");
        assert_eq!(world.sent().len(), 2, "{words}: a text about it went out, so nobody was opted out");
        world.sound().await;
    }
}

#[tokio::test]
async fn the_confirmation_of_an_opt_out_speaks_the_language_of_the_visit_it_names() {
    let world = World::staffed(&["ana"]).await;
    let request = Request { language: "es".to_owned(), ..asked(&world, ANY, DAY, 9) };
    handle(&world, fresh(&world), book(request)).await.expect("booked");
    world.settle().await;
    world.text(ANY, "STOP").await;
    world.settle().await;
    let last = world.sent().last().unwrap().text.clone();
    assert!(last.contains("sigue en pie"), "{last}");
    for english in ["You ", "you ", "texts", "Reply"] {
        assert!(!last.contains(english), "{english}: {last}");
    }
}

#[tokio::test]
async fn the_bare_word_stays_an_opt_out_and_its_one_confirmation_says_how_to_cancel_the_visit() {
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    world.text(ANY, "CANCEL").await;
    world.settle().await;
    let sent = world.sent();
    assert_eq!(sent.len(), 2, "one confirmation: {sent:#?}");
    let last = &sent[1].text;
    assert!(last.contains("Wednesday, December 2 at 9:00 am is still set"), "{last}");
    assert!(last.contains("855-373-4636"), "{last}");
    assert!(!domain::appointment::suggests_opt_out(last), "{last}");
    assert_eq!(visit(&world, id).await.status, Status::Booked);
    // Nothing more goes out, not even a reminder.
    world.pass(7 * 24 * HOUR).await;
    world.pass(2 * 24 * HOUR).await;
    assert_eq!(world.sent().len(), 2);
    world.sound().await;
}

#[tokio::test]
async fn another_time_is_answered_at_once_and_goes_to_a_person_who_sees_the_visit() {
    // SMS-APPT-1, SMS-APPT-4
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    world.text(ANY, "can we move it to Friday?").await;
    world.settle().await;
    let answer = world.sent().last().unwrap().text.clone();
    assert!(answer.contains("will look for Friday, November 27 and text you"), "{answer}");
    // Nobody has taken it yet: the next text changes the wish.
    world.text(ANY, "the 30th at 2 pm").await;
    world.settle().await;
    world.pass(1_000).await;
    let answer = world.sent().last().unwrap().text.clone();
    assert!(answer.contains("will look for Monday, November 30 at 2:00 pm"), "{answer}");
    let wish = visit(&world, id).await.wish.unwrap();
    assert_eq!((wish.day, wish.minute), (date(2026, 11, 30), Some(840)));
    let (card, ana) = world.accepted(ANY).await;
    assert_eq!(world.words_in(card).await, ["can we move it to Friday?", "the 30th at 2 pm"]);
    assert!(visit(&world, id).await.wants_another_time);
    // Whoever speaks with a person answers the person.
    world.reply(card, &ana, "How many are you? Write the number, please.").await.unwrap();
    world.text(ANY, "1").await;
    assert!(visit(&world, id).await.confirmed_at.is_none());
    assert_eq!(world.words_in(card).await.len(), 3);
    world.sound().await;
}

#[tokio::test]
async fn what_is_not_understood_and_what_needs_help_goes_to_a_person() {
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    world.text(ANY, "what papers do I need?").await;
    world.settle().await;
    assert_eq!(world.cards().await.len(), 1);
    assert_eq!(visit(&world, id).await.history.len(), 1, "nothing changed");
    // A cancellation in the same breath as a cry for help is for a person too.
    let third = "+15735550189";
    let visit_of_third = booked(&world, third, DAY, 12).await;
    world.text(third, "cancel my appointment, my stepdad hits me").await;
    assert_eq!(visit(&world, visit_of_third).await.status, Status::Cancelled);
    assert!(world.cards().await.iter().any(|card| card.customer.0 == third), "somebody is asked");
    world.sound().await;
}

#[tokio::test]
async fn a_reply_that_the_carrier_brings_twice_is_carried_out_once() {
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    let sid = world.sid();
    world.text_as(&sid, ANY, "1").await.unwrap();
    let before = visit(&world, id).await;
    assert_eq!(world.text_as(&sid, ANY, "1").await.unwrap(), engine::Received::Duplicate);
    assert_eq!(visit(&world, id).await, before);
    // The process dies between the answer and the text: the carrier comes again, and the text is there once.
    let sid = world.sid();
    world.store.lose_answer_of_next(1);
    assert!(world.text_as(&sid, ANY, "3").await.is_err());
    world.text_as(&sid, ANY, "3").await.unwrap();
    assert_eq!(visit(&world, id).await.status, Status::Cancelled);
    let read: usize = world.engine.done_cards(9).await.unwrap().len() + world.cards().await.len();
    assert_eq!(read, 2, "both texts can be read");
    world.sound().await;
}

#[tokio::test]
async fn reminders_go_out_two_days_and_two_hours_before_and_the_office_is_asked_at_the_days_end() {
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    let start = at(&world, DAY, 9, 0);
    let reminders = || world.sent().iter().filter(|text| text.text.contains("a reminder")).count();
    world.pass(start - 48 * HOUR - 1 - world.now()).await;
    assert_eq!(reminders(), 0);
    world.pass(1).await;
    assert_eq!(reminders(), 1);
    // Two hours before would be seven o'clock: eight, when the quiet hours end.
    world.pass(start - HOUR - 1 - world.now()).await;
    assert_eq!(reminders(), 1);
    world.pass(1).await;
    assert_eq!(reminders(), 2);
    world.pass(12 * HOUR).await;
    assert_eq!(reminders(), 2);
    assert!(visit(&world, id).await.attendance_asked);
    assert_eq!(world.store.due_timers(i64::MAX, 9).await.unwrap(), [], "no clock is left");
    world.sound().await;
}

#[tokio::test]
async fn after_a_standstill_one_reminder_is_enough_and_a_restart_forgets_none() {
    let mut world = World::new().await;
    booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    world.restart().await;
    world.advance(at(&world, DAY, 8, 0) - world.now());
    world.settle().await;
    let texts: Vec<String> = world.sent().into_iter().map(|text| text.text).collect();
    assert_eq!(texts.iter().filter(|text| text.contains("a reminder")).count(), 1, "{texts:#?}");
    world.sound().await;
}

#[tokio::test]
async fn a_link_opens_its_own_visit_only_as_long_as_it_may_and_only_its_digest_is_kept() {
    let world = World::new().await;
    let id = fresh(&world);
    let done = handle(&world, id, book(asked(&world, ANY, DAY, 9))).await.unwrap();
    world.settle().await;
    let text = world.sent()[0].text.clone();
    let key = secret(&text);
    assert!(key.len() >= 22, "16 random bytes or more: {key}");
    assert_eq!(done.link.unwrap(), format!("https://texts.example/visit/{key}"));
    assert_eq!(world.engine.appointment_by_link(&key).await.unwrap().unwrap().id, id);
    for guess in ["", "nothing", "AAAAAAAAAAAAAAAAAAAAAAAA", &key[1..], &format!("{key}A")] {
        assert_eq!(world.engine.appointment_by_link(guess).await.unwrap(), None, "{guess}");
    }
    // Once the text has left, nothing in the store holds the secret.
    let notice = visit(&world, id).await.notices[0].id;
    let body = world.store.bodies(&[notice.to_string()]).await.unwrap()[0].clone().unwrap();
    assert!(body.contains("/visit/… ."), "{body}");
    let log = world.store.read_log(0, 10_000).await.unwrap();
    assert!(log.iter().all(|event| !event.data.contains(&key)));
    assert!(world.engine.appointment_texts(&visit(&world, id).await).await.unwrap()[0].1.is_some());
    world.pass(72 * HOUR).await;
    assert_eq!(world.engine.appointment_by_link(&key).await.unwrap(), None, "it has run out");
    // A later text has a new one; it closes when the visit is cancelled.
    world.pass(at(&world, DAY, 8, 0) - world.now()).await;
    let key = secret(&world.sent().last().unwrap().text);
    assert!(world.engine.appointment_by_link(&key).await.unwrap().is_some());
    handle(&world, id, C::Cancel { channel: Channel::Page, by: Actor::Customer, reason: None })
        .await
        .unwrap();
    assert_eq!(world.engine.appointment_by_link(&key).await.unwrap(), None);
    world.sound().await;
}

#[tokio::test]
async fn texts_about_visits_keep_the_lines_pace_and_their_order_with_other_texts() {
    let world = World::new().await;
    for n in 0..5 {
        booked(&world, &format!("+1573555020{n}"), DAY, 8 + n).await;
    }
    assert_eq!(
        world.engine.perform_effects().await.unwrap(),
        3 + 5,
        "three texts in a second, and the tasks"
    );
    world.advance(1_000);
    world.settle().await;
    assert_eq!(world.sent().len(), 5);
    world.says([Say::No(500, 0)]);
    let number = "+15735550200";
    let id = world.engine.appointments_of(&Address::from(number)).await.unwrap()[0].id;
    handle(&world, id, C::Cancel { channel: Channel::Phone, by: staff(), reason: None }).await.unwrap();
    world.advance(2_000);
    world.text(number, "HELP").await;
    for _ in 0..6 {
        world.pass(2_000).await;
    }
    let to: Vec<String> =
        world.sent().into_iter().filter(|s| s.to == number && s.sid.is_some()).map(|s| s.text).collect();
    assert_eq!(to.len(), 3);
    assert!(
        to[1].contains("will not take place"),
        "the cancellation first, though it was tried twice: {to:#?}"
    );
    world.sound().await;
}

#[tokio::test]
async fn an_answer_to_a_customer_does_not_wait_behind_a_flood_of_texts_about_visits() {
    let world = World::new().await;
    for n in 0..9 {
        let day = if n < 5 { DAY } else { date(2026, 12, 3) };
        booked(&world, &format!("+1573555020{n}"), day, 8 + n % 5).await;
    }
    // One who waits for nothing else, and one whose own confirmation is still to come: that one keeps its order.
    world.text("+15735550301", "HELP").await;
    world.text("+15735550208", "HELP").await;
    world.engine.perform_effects().await.unwrap();
    let to = |world: &World| world.sent().into_iter().map(|sent| sent.to).collect::<Vec<_>>();
    let first = to(&world);
    assert_eq!(first.len(), 3, "{first:?}");
    assert!(first.contains(&"+15735550301".to_owned()) && first.contains(&"+15735550208".to_owned()));
    world.pass(1_000).await;
    let texts: Vec<String> =
        world.sent().into_iter().filter(|sent| sent.to == "+15735550208").map(|sent| sent.text).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].contains("your visit is set"), "{texts:?}");
    for _ in 0..4 {
        world.pass(1_000).await;
    }
    assert_eq!(to(&world).len(), 11, "nothing is forgotten");
    world.sound().await;
}

#[tokio::test]
async fn the_same_form_is_refused_when_the_reason_alone_differs_or_the_visit_is_cancelled() {
    let world = World::new().await;
    let id = fresh(&world);
    let of = |reason: &str| Request {
        reason: Some(reason.to_owned()),
        companions: Some(Vec::new()),
        interpreter: Some(Interpreter::NotNeeded),
        ..asked(&world, ANY, DAY, 9)
    };
    let by_call = |request| C::Book { channel: Channel::Phone, by: staff(), request: Box::new(request) };
    handle(&world, id, by_call(of("A flood"))).await.unwrap();
    assert_eq!(handle(&world, id, by_call(of("A flood"))).await.unwrap().events, 0);
    assert_eq!(refused(handle(&world, id, by_call(of("A fire"))).await).code, "exists");
    handle(&world, id, C::Cancel { channel: Channel::Phone, by: staff(), reason: None }).await.unwrap();
    let gone = refused(handle(&world, id, by_call(of("A flood"))).await);
    assert_eq!(gone.code, "exists");
    assert!(gone.sentence.contains("cancelled"), "{}", gone.sentence);
}

#[tokio::test]
async fn a_carrier_that_says_the_number_stopped_texts_ends_them_and_a_dead_one_can_be_sent_again() {
    let world = World::new().await;
    world.says([Say::No(400, 21610)]);
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    assert!(matches!(visit(&world, id).await.notices[0].delivery, Delivery::Failed { .. }));
    handle(&world, id, C::Confirm { channel: Channel::Phone, by: staff() }).await.unwrap();
    world.settle().await;
    assert_eq!(world.sent().len(), 1, "opted out at the carrier");
    // Another number's text is refused for another reason, and an admin sends it again.
    let other = "+15735550144";
    world.says([Say::No(400, 30006)]);
    let id = booked(&world, other, DAY, 10).await;
    world.pass(2_000).await;
    let dead = world.store.effects(store::EffectState::Dead, 9).await.unwrap();
    let dead = dead.iter().find(|effect| effect.order_key == other).expect("given up visibly");
    world.engine.requeue_effect(&dead.id, "admin").await.unwrap();
    assert_eq!(visit(&world, id).await.notices[0].delivery, Delivery::Pending);
    world.pass(2_000).await;
    assert!(matches!(visit(&world, id).await.notices[0].delivery, Delivery::Accepted { .. }));
    world.sound().await;
}

#[tokio::test]
async fn an_opt_out_before_the_text_left_keeps_it_back() {
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.text(ANY, "STOP").await;
    world.settle().await;
    world.settle().await;
    let sent = world.sent();
    assert_eq!(sent.len(), 1, "the confirmation of the stop and nothing else: {sent:#?}");
    assert!(!sent[0].text.contains("your visit is set"));
    assert!(matches!(visit(&world, id).await.notices[0].delivery, Delivery::Failed { .. }));
}

#[tokio::test]
async fn the_offices_day_shows_who_comes_and_what_became_of_them() {
    // PHONE-APPT-3
    let world = World::new().await;
    let (one, two) = (booked(&world, ANY, DAY, 9).await, booked(&world, "5735550102", DAY, 10).await);
    let three = booked(&world, "5735550103", DAY, 11).await;
    booked(&world, "5735550104", date(2026, 12, 3), 9).await;
    handle(&world, three, C::Cancel { channel: Channel::Phone, by: staff(), reason: None }).await.unwrap();
    world.advance(at(&world, DAY, 9, 5) - world.now());
    handle(&world, one, C::CheckIn { by: staff() }).await.unwrap();
    let walk_in =
        C::WalkIn { by: staff(), office: "boone".to_owned(), visit_type: "other".to_owned(), phone: None };
    handle(&world, fresh(&world), walk_in).await.unwrap();
    world.advance(2 * HOUR);
    handle(&world, two, C::MarkMissed { by: staff() }).await.unwrap();
    let days = world.engine.office_days("boone", DAY, 3).await.unwrap();
    assert_eq!(days.iter().map(|day| day.visits.len()).collect::<Vec<_>>(), [4, 1, 0]);
    assert_eq!(days[0].visits[0].id, one);
    let used = world.engine.utilisation("boone", DAY, 4).await.unwrap();
    assert_eq!((used[0].seats, used[0].booked, used[0].checked_in), (18, 2, 1));
    assert_eq!((used[0].walk_ins, used[0].missed, used[0].cancelled), (1, 1, 1));
    assert!(used[3].closed.is_some() && used[3].seats == 0, "Saturday");
    assert_eq!(
        world.engine.office_days("atlantis", DAY, 1).await,
        Err(EngineError::NotFound("this office".to_owned()))
    );
    world.sound().await;
}

#[tokio::test]
async fn the_nudge_names_the_visit_and_both_offices_of_a_move() {
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    let mut nudges = world.engine.nudges();
    let start = at(&world, DAY, 9, 0);
    let there = C::Move { channel: Channel::Phone, by: staff(), office: "cole".to_owned(), start };
    handle(&world, id, there).await.unwrap();
    let nudge = nudges.try_recv().unwrap();
    for name in [appointment_stream(id), "office-boone".to_owned(), "office-cole".to_owned()] {
        assert!(nudge.streams.contains(&name), "{name} in {nudge:?}");
    }
}

#[tokio::test]
async fn a_flood_of_bookings_from_one_address_or_for_one_number_is_held_back() {
    let world = World::new().await;
    let number = Address::from(ANY);
    for _ in 0..8 {
        world.engine.may_book("203.0.113.8", Some(&number)).unwrap();
    }
    for _ in 0..6 {
        // Attempts alone keep nobody's number from booking; what was booked counts.
        world.engine.may_book("203.0.113.9", Some(&number)).unwrap();
        world.engine.has_booked(&number);
    }
    let wait = world.engine.may_book("203.0.113.10", Some(&number)).unwrap_err();
    assert_eq!(wait.retry_after_seconds, 3_600, "the number, whatever the address");
    for _ in 0..54 {
        world.engine.may_book("203.0.113.9", None).unwrap();
    }
    assert!(world.engine.may_book("203.0.113.9", None).is_err());
    world.advance(HOUR);
    world.engine.may_book("203.0.113.9", Some(&number)).unwrap();
}
