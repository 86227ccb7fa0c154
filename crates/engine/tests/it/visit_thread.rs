//! Answers about visits in a thread in which more is said: a staff member has it in hand, a day alone comes first, a letter
//! is mistyped, texts are wanted no more.

use domain::appointment::{AppointmentCommand as C, Channel, NoticeKind, Request, Status, WishedTime};
use domain::event::Actor;
use jiff::civil::date;

use crate::appointments::{DAY, asked, at, book, booked, fresh, handle, visit};
use crate::world::{ANY, MINUTE, World};

async fn settled(world: &World) {
    // The line keeps its pace.
    for _ in 0..6 {
        world.pass(2_000).await;
    }
}

/// What went to the number, oldest first.
fn told(world: &World) -> Vec<String> {
    world.sent().into_iter().filter(|sent| sent.to == ANY).map(|sent| sent.text).collect()
}

fn moved(world: &World, hour: i8) -> C {
    C::Move {
        channel: Channel::Phone,
        by: Actor::staff(&"ana".into()),
        office: "boone".to_owned(),
        start: at(world, DAY, hour, 0),
    }
}

#[tokio::test]
async fn sms_appt_2_a_digit_answers_our_text_about_the_visit_while_a_staff_member_has_the_talk_in_hand() {
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    settled(&world).await;
    world.text(ANY, "what papers do I need?").await;
    let (card, ana) = world.accepted(ANY).await;
    world.reply(card, &ana, "How many people will come?").await.unwrap();
    settled(&world).await;
    world.text(ANY, "2").await;
    assert!(!visit(&world, id).await.wants_another_time, "they answered the staff member");
    // Moved at the desk meanwhile: the text about it asks for the digit.
    world.pass(MINUTE).await;
    handle(&world, id, moved(&world, 10)).await.unwrap();
    settled(&world).await;
    world.text(ANY, "yes").await;
    assert!(visit(&world, id).await.confirmed_at.is_none(), "a yes alone may be for the staff member");
    world.text(ANY, "1").await;
    settled(&world).await;
    assert!(visit(&world, id).await.confirmed_at.is_some());
    assert!(told(&world).last().unwrap().contains("We will see you on Wednesday, December 2 at 10:00 am"));
    assert_eq!(world.words_in(card).await.last().unwrap(), "1", "the staff member reads it too");
    world.text(ANY, "3").await;
    assert_eq!(visit(&world, id).await.status, Status::Cancelled);
    world.text(ANY, "1").await;
    assert_eq!(visit(&world, id).await.status, Status::Booked, "and taken back");
    // The staff member asks something: the next digit is theirs again.
    world.pass(MINUTE).await;
    world.reply(card, &ana, "Which one of the two letters? 1 or 2?").await.unwrap();
    world.text(ANY, "2").await;
    assert!(!visit(&world, id).await.wants_another_time);
    assert_eq!(world.cards().await.len(), 1);
    world.sound().await;
}

#[tokio::test]
async fn phone_appt_11_a_closure_that_asks_for_a_2_hears_it_beside_a_staff_member() {
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    settled(&world).await;
    world.text(ANY, "is there parking").await;
    let (card, ana) = world.accepted(ANY).await;
    world.reply(card, &ana, "What else can I do for you?").await.unwrap();
    world.pass(MINUTE).await;
    handle(&world, id, moved(&world, 11)).await.unwrap();
    world.text(ANY, "2").await;
    settled(&world).await;
    assert!(visit(&world, id).await.wants_another_time);
    assert!(told(&world).last().unwrap().contains("We will find another time for you"));
    // A wish in words stands on the visit, and nobody talks over the staff member's head.
    let before = told(&world).len();
    world.text(ANY, "can we move it to Friday at 2?").await;
    let friday = WishedTime { day: date(2026, 11, 27), week: false, minute: Some(840), part: None };
    assert_eq!(visit(&world, id).await.wish, Some(friday));
    world.reply(card, &ana, "Let me look.").await.unwrap();
    settled(&world).await;
    world.pass(MINUTE).await;
    world.text(ANY, "could we do Monday instead?").await;
    settled(&world).await;
    assert_eq!(visit(&world, id).await.wish.unwrap().day, date(2026, 11, 30));
    assert_eq!(told(&world).len(), before + 1, "only what the staff member wrote: {:#?}", told(&world));
    world.sound().await;
}

#[tokio::test]
async fn sms_appt_4_a_day_alone_answers_the_text_about_a_booking() {
    for (words, language) in [("Friday at 2", "en"), ("el viernes a las 2", "es")] {
        let world = World::staffed(&["ana"]).await;
        let id = fresh(&world);
        let request = Request { language: language.to_owned(), ..asked(&world, ANY, DAY, 9) };
        handle(&world, id, book(request)).await.unwrap();
        settled(&world).await;
        // The visit's own day and hour say nothing new.
        world.text(ANY, if language == "es" { "el 2 de diciembre" } else { "December 2 at 9" }).await;
        assert!(!visit(&world, id).await.wants_another_time);
        world.text(ANY, words).await;
        settled(&world).await;
        let wish = visit(&world, id).await.wish.expect("a wish");
        assert_eq!((wish.day, wish.minute), (date(2026, 11, 27), Some(840)), "{words}");
        let answer = told(&world).last().unwrap().clone();
        assert!(
            answer.contains("2:00 pm")
                && answer.contains(if language == "es" { "viernes" } else { "Friday" })
        );
        world.sound().await;
    }
    // What a staff member wrote last is what a day alone answers.
    let world = World::staffed(&["ana"]).await;
    let id = booked(&world, ANY, DAY, 9).await;
    settled(&world).await;
    world.text(ANY, "hello").await;
    let (card, ana) = world.accepted(ANY).await;
    world.reply(card, &ana, "When did you send the papers?").await.unwrap();
    settled(&world).await;
    world.text(ANY, "Friday").await;
    world.finish(card, &ana).await;
    world.pass(MINUTE).await;
    world.text(ANY, "Friday").await;
    assert!(!visit(&world, id).await.wants_another_time);
    world.sound().await;
}

#[tokio::test]
async fn a_letter_that_was_not_offered_is_answered_once_more_and_a_right_one_still_counts_for_a_while() {
    let world = World::staffed(&["ana"]).await;
    let one = booked(&world, ANY, DAY, 10).await;
    let two = booked(&world, ANY, date(2026, 12, 3), 11).await;
    settled(&world).await;
    let questions = || told(&world).iter().filter(|text| text.contains("Which one do you mean?")).count();
    world.text(ANY, "cancel my appointment").await;
    settled(&world).await;
    world.text(ANY, "D").await;
    settled(&world).await;
    assert_eq!((questions(), world.cards().await.len()), (2, 0));
    // Something else, and then the letter.
    world.text(ANY, "wait, which one was it").await;
    assert_eq!(world.cards().await.len(), 1);
    world.text(ANY, "b").await;
    assert_eq!(visit(&world, two).await.status, Status::Cancelled);
    assert_eq!(visit(&world, one).await.status, Status::Booked);
    // An hour later a letter is only a letter.
    let three = booked(&world, ANY, date(2026, 12, 4), 11).await;
    world.text(ANY, "3").await;
    settled(&world).await;
    world.text(ANY, "hm").await;
    world.pass(60 * MINUTE).await;
    world.text(ANY, "b").await;
    assert_eq!(visit(&world, three).await.status, Status::Booked);
    world.sound().await;
}

#[tokio::test]
async fn a_wish_while_the_question_is_open_is_asked_about_in_the_language_of_the_words() {
    let world = World::staffed(&["ana"]).await;
    booked(&world, ANY, DAY, 10).await;
    let two = booked(&world, ANY, date(2026, 12, 3), 11).await;
    settled(&world).await;
    world.text(ANY, "1").await;
    settled(&world).await;
    world.text(ANY, "¿se puede mover al viernes?").await;
    settled(&world).await;
    let question = told(&world).last().unwrap().clone();
    assert!(question.contains("¿Cuál es? Responda A para el miércoles 2 de diciembre"), "{question}");
    world.text(ANY, "B").await;
    let now = visit(&world, two).await;
    assert_eq!(now.wish.map(|wish| wish.day), Some(date(2026, 11, 27)));
    assert!(now.notices.iter().any(|notice| notice.kind == NoticeKind::WishNoted));
    world.sound().await;
}

#[tokio::test]
async fn sms_t_visit_stop_the_one_confirmation_names_every_visit_in_the_language_of_the_words() {
    for (words, sure) in [
        (
            "STOP",
            "Your 2 visits are still set. They are on Wednesday, December 2 at 10:00 am; Thursday, December 3 at 11:00 am.",
        ),
        ("cancelar", "Sus 2 visitas siguen en pie. Son el miércoles 2 de diciembre a las 10:00 am; jueves 3"),
    ] {
        let world = World::staffed(&["ana"]).await;
        booked(&world, ANY, DAY, 10).await;
        booked(&world, ANY, date(2026, 12, 3), 11).await;
        settled(&world).await;
        let before = told(&world).len();
        world.text(ANY, words).await;
        settled(&world).await;
        let after = told(&world);
        assert_eq!(after.len(), before + 1, "one confirmation");
        let last = after.last().unwrap();
        assert!(last.contains(sure), "{last}");
        let count = domain::segments::count(last);
        let spanish = words == "cancelar";
        assert!(spanish || count.segments <= 2, "{count:?} {last}");
        assert!(last.starts_with(if spanish { "No recibirá" } else { "You will get no more" }), "{last}");
        world.sound().await;
    }
    // Too many to name in two segments: how many there are.
    let mut pack = crate::world::pack();
    pack.appointments.as_mut().unwrap().rules.open_per_number_max = 9;
    let world = World::with(pack).await;
    for hour in [8, 9, 10, 11, 13, 14] {
        booked(&world, ANY, DAY, hour).await;
        world.pass(61 * MINUTE).await;
    }
    settled(&world).await;
    world.text(ANY, "STOP").await;
    settled(&world).await;
    let last = told(&world).last().unwrap().clone();
    assert!(
        last.contains("Your 6 visits are still set. If you do not") && !last.contains("December"),
        "{last}"
    );
    world.sound().await;
}
