//! Answers by text that need more than one look at a number: several visits ahead, a cancellation taken back, the task that
//! follows.

use domain::appointment::{AppointmentCommand as C, Channel, Seen, Status};
use domain::event::Actor;
use engine::AppointmentError;
use jiff::civil::date;

use crate::appointments::{DAY, asked, at, book, booked, fresh, handle, visit};
use crate::world::{ANY, MINUTE, World};

#[tokio::test]
async fn of_several_visits_the_customer_is_asked_in_the_thread_and_a_letter_carries_out_what_was_asked() {
    // SMS-APPT-5
    let world = World::staffed(&["ana"]).await;
    let one = booked(&world, ANY, DAY, 10).await;
    let two = booked(&world, ANY, date(2026, 12, 3), 11).await;
    world.settle().await;
    world.text(ANY, "cancel my appointment").await;
    // The line keeps its pace, and the two confirmations go first.
    for _ in 0..4 {
        world.pass(2_000).await;
    }
    let question = world.sent().last().unwrap().text.clone();
    let choices = "A for Wednesday, December 2 at 10:00 am; B for Thursday, December 3 at 11:00 am";
    assert!(question.contains(choices), "{question}");
    assert!(world.cards().await.is_empty(), "nobody is needed yet");
    assert_eq!(visit(&world, one).await.status, Status::Booked);
    let sid = world.sid();
    world.text_as(&sid, ANY, "B").await.unwrap();
    assert_eq!(visit(&world, two).await.status, Status::Cancelled);
    assert_eq!(visit(&world, one).await.status, Status::Booked);
    assert_eq!(visit(&world, one).await.asked, None, "the question is closed");
    assert_eq!(world.text_as(&sid, ANY, "B").await.unwrap(), engine::Received::Duplicate);
    assert!(world.cards().await.is_empty());
    world.sound().await;
}

#[tokio::test]
async fn whatever_is_no_letter_goes_to_a_person_and_so_does_a_visit_that_is_gone() {
    let world = World::staffed(&["ana"]).await;
    let one = booked(&world, ANY, DAY, 10).await;
    booked(&world, ANY, DAY, 11).await;
    world.text(ANY, "1").await;
    assert!(visit(&world, one).await.asked.is_some());
    world.text(ANY, "the one with the lady").await;
    assert_eq!(world.cards().await.len(), 1);
    assert!(visit(&world, one).await.asked.unwrap().set_aside_at.is_some());
    assert!(visit(&world, one).await.confirmed_at.is_none());
    // Another number: the chosen visit was cancelled meanwhile.
    let other = "+15735550188";
    let first = booked(&world, other, DAY, 13).await;
    let second = booked(&world, other, DAY, 14).await;
    world.text(other, "2").await;
    let cancel = C::Cancel { channel: Channel::Page, by: Actor::Customer, reason: None };
    handle(&world, second, cancel).await.unwrap();
    world.text(other, "B").await;
    assert_eq!(world.cards().await.len(), 2);
    assert!(!visit(&world, first).await.wants_another_time);
    world.sound().await;
}

#[tokio::test]
async fn a_one_after_the_cancellation_sets_the_visit_again_while_the_time_is_free() {
    // SMS-APPT-5, PHONE-APPT-10
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    world.text(ANY, "3").await;
    world.pass(2_000).await;
    let text = world.sent().last().unwrap().text.clone();
    assert!(text.contains("reply 1") && text.contains("/visit ."), "{text}");
    let sid = world.sid();
    world.text_as(&sid, ANY, "1").await.unwrap();
    let back = visit(&world, id).await;
    assert!(back.status == Status::Booked && back.confirmed_at.is_some());
    assert!(handle(&world, fresh(&world), book(asked(&world, "573-555-0102", DAY, 9))).await.is_err());
    assert!(world.cards().await.is_empty());
    // Cancelled again, and somebody else takes the time: they hear so, and a person has it (PHONE-APPT-12).
    world.text(ANY, "3").await;
    booked(&world, "5735550103", DAY, 9).await;
    let sid = world.sid();
    world.text_as(&sid, ANY, "1").await.unwrap();
    assert_eq!(visit(&world, id).await.status, Status::Cancelled);
    assert_eq!(world.cards().await.len(), 1);
    for _ in 0..6 {
        world.pass(2_000).await;
    }
    let to_them: Vec<String> =
        world.sent().into_iter().filter(|sent| sent.to == ANY).map(|sent| sent.text).collect();
    let answer = to_them.last().unwrap();
    assert!(answer.contains("cannot be set again. Wednesday, December 2 at 9:00 am at Boone"), "{answer}");
    assert!(answer.contains("is taken.") && answer.contains("/visit ."), "{answer}");
    assert_eq!(world.text_as(&sid, ANY, "1").await.unwrap(), engine::Received::Duplicate);
    world.pass(2_000).await;
    assert_eq!(world.sent().iter().filter(|sent| sent.to == ANY).count(), to_them.len());
    world.sound().await;
}

#[tokio::test]
async fn the_offices_task_learns_of_a_move_and_a_cancellation_also_when_it_was_closed_for_the_night() {
    // PHONE-APPT-17
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    let later = || engine::ports::TaskFault::Later("closed for the night".to_owned());
    world.out.task_faults.lock().unwrap().extend([later(), later()]);
    let staff = || Actor::staff(&"ana".into());
    let start = at(&world, DAY, 10, 0);
    let to = C::Move { channel: Channel::Phone, by: staff(), office: "boone".to_owned(), start };
    handle(&world, id, to).await.unwrap();
    let cancel = C::Cancel { channel: Channel::Phone, by: staff(), reason: Some("ill".to_owned()) };
    handle(&world, id, cancel).await.unwrap();
    for _ in 0..8 {
        world.pass(6 * MINUTE).await;
    }
    assert_eq!(world.out.tasks.lock().unwrap().len(), 1);
    let changes = world.out.task_changes.lock().unwrap().clone();
    let seen: Vec<(&str, bool)> = changes.iter().map(|one| (one.time.as_str(), one.cancelled)).collect();
    let ten = "Wednesday, December 2 at 10:00 am";
    assert_eq!(seen, [(ten, false), (ten, true)], "in order, after the task itself");
    let task = visit(&world, id).await.task.unwrap();
    assert_eq!((task.number.as_deref(), task.change), (Some("T-1"), None));
    world.sound().await;
}

#[tokio::test]
async fn of_two_who_move_one_visit_at_once_the_later_is_told_where_it_stands_now() {
    // PHONE-APPT-11
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    let seen = Seen::of(&visit(&world, id).await);
    assert_eq!(Seen::read(&seen.value()), Some(seen.clone()));
    let to = |hour| C::Move {
        channel: Channel::Phone,
        by: Actor::staff(&"ana".into()),
        office: "boone".to_owned(),
        start: at(&world, DAY, hour, 0),
    };
    let cancel = || C::Cancel { channel: Channel::Page, by: Actor::Customer, reason: None };
    let act = |command: C| world.engine.handle_appointment_seen(id, command, Some(seen.clone()), "test");
    // Both run at the same moment: the store lets one through, and the other is decided again on what it finds.
    let both = futures_pair(act(to(10)), act(to(11))).await;
    let refusals: Vec<_> = both.into_iter().filter_map(Result::err).collect();
    let [AppointmentError::Refused(refused)] = refusals.as_slice() else { panic!("{refusals:?}") };
    assert_eq!(refused.code, domain::appointment::MOVED_MEANWHILE);
    let now = visit(&world, id).await;
    let hour = if now.place.start == at(&world, DAY, 10, 0) { 10 } else { 11 };
    let there = format!("Wednesday, December 2 at {hour}:00 am, Boone Resource Center");
    assert!(refused.sentence.contains(&there), "{}", refused.sentence);
    assert!(act(cancel()).await.is_err(), "what they cancelled is not what they saw");
    let again = act(to(hour)).await.expect("a second click of the one who came first");
    assert_eq!(again.events, 0);
    world.settle().await;
    world.pass(4_000).await;
    let told = world.sent().iter().filter(|text| text.text.contains("is now on")).count();
    assert_eq!(told, 1, "one text about the new time");
    // Whoever looks again may.
    let seen = Seen::of(&visit(&world, id).await);
    world.engine.handle_appointment_seen(id, cancel(), Some(seen), "test").await.expect("cancelled");
    world.sound().await;
}

/// Two at once.
async fn futures_pair<T, O>(one: T, two: T) -> [O; 2]
where
    T: std::future::Future<Output = O>,
{
    let (one, two) = tokio::join!(one, two);
    [one, two]
}
