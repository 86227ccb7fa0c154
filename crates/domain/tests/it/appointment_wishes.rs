//! The day and the hour that a customer names for another time, in English and Spanish (SMS-APPT-4). Each line: what is
//! read of it, seen from Friday, November 20, 2026, for a visit on Wednesday, November 25 at 9:00; then texts parted by `|`.

use domain::appointment::{
    AppointmentCommand as C, DayPart, NoticeKind, Odd, Understood, Wanted, WishedTime, is_bare_wish,
    language_of, said, understand, wish_words,
};
use jiff::civil::{Date, date};

use crate::appointment::Book;
use crate::appointment_decide::text_of;

const TODAY: Date = date(2026, 11, 20);
const OWN: Date = date(2026, 11, 25);

const WISHES: &str = "\
2026-11-27: can we move it to Friday? | ¿se puede mover al viernes? | I'd rather come on Friday | can't come Wednesday, can I do Friday instead
2026-11-27: I cant make it Wednesday can we do Friday | No puedo ir, ¿la podemos cambiar para el viernes? | move it from Wednesday to Friday
2026-11-27: Can we do Friday instead of Wednesday | cambiar mi cita del miércoles al viernes | 2, Friday | move my Wednesday appointment to Friday please
2026-11-24: could we do next Tuesday | ¿puedo ir el martes? | can I come Tuesday? | how about Tuesday or Thursday
2026-11-27 14:00: can we do Friday at 2 | quiero cambiarla para el viernes a las 2 | prefiero el viernes a las 2 de la tarde | Friday 2pm works better
2026-11-25 14:00: 2 pm works better | can we make it 2 pm instead? | could we change it to 2:00 p.m. | a las 2 me queda mejor
2026-11-25 10:30: can we move it to 10:30 | could you make it 10:30 instead of 9
2026-11-30: can we move it to the 30th? | ¿la podemos cambiar para el 30? | can I come on Monday, November 30? | could I come on 11/30
2026-11-30: can we do Monday Nov 30th | ¿puede cambiar la cita para el 30 de noviembre? | reschedule for the 30th please
2026-12-03: can we reschedule to December 3 | quiero cambiar la cita para el 3 de diciembre | could I come 12/3
2026-11-21 afternoon: ¿puedo ir mañana por la tarde? | can I come tomorrow afternoon | ¿se puede cambiar para mañana en la tarde?
2026-11-21 morning: could we do tomorrow morning? | quisiera cambiar la cita para mañana por la mañana
2026-11-22: can we do the day after tomorrow | ¿la podemos mover para pasado mañana?
2026-11-25 afternoon: could I come in the afternoon instead | can it be moved to the afternoon?
2026-11-23 week: could we change my appointment to next week | ¿se puede cambiar para la próxima semana?
2026-11-26: can we do Thursday next week? | can I come next week on Thursday
2026-11-27 12:00: can we move it to Friday at noon | ¿puedo ir el viernes al mediodía?
2028-03-05: can we move it to March 5, 2028? | ¿la podemos cambiar para el 5 de marzo de 2028? | reschedule for 3/5/28 please
2027-03-15: could we do 2027-03-15 | reschedule for 3/15/2027 | ¿puede cambiar la cita para el 15 de marzo del 2027?
2027-03-13: can we move it to 13/3
9999-12-31: reschedule for 12/31/9999
2026-12-07 week: Can we do it in 3 weeks instead? | ¿puedo ir en tres semanas?
2026-11-23: could we do it in 3 days | ¿podemos ir dentro de tres días?
2026-11-23: cancel my appointment on Friday and move to Monday | cancele mi cita del viernes y cámbiela para el lunes
2026-11-23: cancel my visit on Wednesday and reschedule it for Monday
none: 2 | reschedule | another time please | otro día por favor | can I come at a better time | reschedule my Wednesday appointment | I need to change the day";

fn written(wish: Option<WishedTime>) -> String {
    let Some(wish) = wish else { return "none".to_owned() };
    let mut out = wish.day.to_string();
    if wish.week {
        out.push_str(" week");
    }
    if let Some(minute) = wish.minute {
        out.push_str(&format!(" {:02}:{:02}", minute / 60, minute % 60));
    }
    match wish.part {
        Some(DayPart::Morning) => out.push_str(" morning"),
        Some(DayPart::Afternoon) => out.push_str(" afternoon"),
        None => {}
    }
    out
}

#[test]
fn sms_appt_4_the_day_and_the_hour_that_are_wished_for_are_found() {
    let mut wrong = Vec::new();
    for (wanted, texts) in WISHES.lines().filter_map(|line| line.split_once(": ")) {
        for text in texts.split(" | ") {
            let read = match understand(text) {
                Understood::Move { said } => written(said.on(TODAY, OWN, None)),
                other => format!("{other:?}"),
            };
            if read != wanted {
                wrong.push(format!("{text:?} is {wanted}, read as {read}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_day_alone_is_an_answer_and_a_sentence_is_not() {
    for bare in
        ["Friday", "el viernes a las 2", "Monday at 10?", "mañana por la tarde", "the 30th", "3:30 pm"]
    {
        assert!(is_bare_wish(bare), "{bare}");
    }
    for sentence in ["Friday is my birthday", "my card came on Monday", "what about my case", "ok", "9", ""] {
        assert!(!is_bare_wish(sentence), "{sentence}");
    }
}

#[test]
fn days_that_no_calendar_has_are_no_wish_and_any_text_has_an_answer() {
    for text in ["can we move it to 13/45", "can we move it to the 99th", "move it to November 31"] {
        let Understood::Move { said } = understand(text) else { panic!("{text}") };
        assert_eq!((said.on(TODAY, OWN, None), said.odd), (None, Some(Odd::Day)), "{text}");
    }
    assert_eq!(said("Friday at 25:00").odd, Some(Odd::Hour));
    assert_eq!((said("at 45 Main Street").odd, said("mañana por la mañana").odd), (None, None));
    // The 31st is the next month's that has one; 29 February the next leap year's.
    let on = |text: &str| said(text).on(TODAY, OWN, None).map(|wish| wish.day);
    assert_eq!(on("the 31st"), Some(date(2026, 12, 31)));
    assert_eq!(on("February 29"), Some(date(2028, 2, 29)));
    for text in ["", "👽", "at at at", "12:99 pm", "25:00", "next next", "\u{0}", "el el 5 5 5", "0 am"] {
        let _ = said(text);
    }
}

#[test]
fn sms_appt_4_the_wish_is_kept_named_in_the_answer_and_changed_by_the_next_text() {
    for (language, named, first, then) in [
        ("en", "look for Friday, November 27 at 2:00 pm and", "can we do Friday at 2?", "the 30th"),
        ("es", "para el viernes 27 de noviembre a las 2:00 pm y", "¿se puede el viernes a las 2?", "el 30"),
    ] {
        let mut world = Book::at("2026-11-20T10:00");
        let mut state = world.booked("interview", "2026-11-25T09:00");
        if let Some(now) = state.as_mut() {
            now.language = language.to_owned();
        }
        let reply = |text: &str| C::Reply { text: text.into() };
        // A day alone says nothing before another time is wished for.
        let decision = world.run(&mut state, &reply(then)).expect("taken");
        assert!(decision.needs_person && decision.events.is_empty());
        let decision = world.run(&mut state, &reply(first)).expect("taken");
        let text = text_of(&decision, NoticeKind::WishNoted).expect("an answer");
        assert!(text.contains(named), "{text}");
        assert!(decision.needs_person);
        let friday = WishedTime { day: date(2026, 11, 27), week: false, minute: Some(840), part: None };
        assert_eq!(state.as_ref().expect("it").wish, Some(friday));
        let decision = world.run(&mut state, &reply(then)).expect("taken");
        let monday = WishedTime { day: date(2026, 11, 30), minute: None, ..friday };
        assert_eq!(state.as_ref().expect("it").wish, Some(monday), "another day is a new wish");
        assert!(text_of(&decision, NoticeKind::WishNoted).expect("an answer").contains("30"));
        // Said again, it is noted already; two answers of that kind, and no more.
        let mut known = || {
            let decision = world.run(&mut state, &reply(then)).expect("again");
            text_of(&decision, NoticeKind::WishKnown)
        };
        let heard = known().expect("an answer");
        assert!(heard.contains("30") && heard.contains(if language == "es" { "anotamos" } else { "noted" }));
        assert!(known().is_some() && known().is_none());
        let hour = world.run(&mut state, &reply("3:30 pm")).expect("taken");
        let later = WishedTime { minute: Some(930), ..monday };
        assert_eq!(state.as_ref().expect("it").wish, Some(later), "an hour alone is for the day wished for");
        assert!(hour.needs_person);
        // No more than a handful of answers, whoever writes there.
        let told = |text: &str, world: &mut Book, state: &mut _| {
            let decision = world.run(state, &reply(text)).expect("taken");
            u32::from(text_of(&decision, NoticeKind::WishNoted).is_some())
        };
        let more: u32 =
            (1..=9).map(|hour| told(&format!("Tuesday at {hour}:30 pm"), &mut world, &mut state)).sum();
        assert_eq!(more, 2);
        world.run(&mut state, &reply("1")).expect("they come");
        assert_eq!(state.as_ref().expect("it").wish, None, "who comes after all wishes for nothing");
    }
}

#[test]
fn a_wish_is_said_in_both_languages_and_with_the_year_when_it_is_another_one() {
    let zone = Book::at("2026-11-20T10:00").zone;
    let wish = WishedTime { day: date(2027, 1, 4), week: true, minute: None, part: None };
    assert_eq!(wish_words(&wish, TODAY, &zone, "en"), "the week of Monday, January 4, 2027");
    assert_eq!(wish_words(&wish, TODAY, &zone, "es"), "la semana del lunes 4 de enero de 2027");
    let wish = WishedTime { week: false, part: Some(DayPart::Afternoon), ..wish };
    assert_eq!(wish_words(&wish, date(2027, 1, 2), &zone, "en"), "Monday, January 4 in the afternoon");
    assert_eq!(wish_words(&wish, date(2027, 1, 2), &zone, "es"), "el lunes 4 de enero por la tarde");
}

#[test]
fn sms_appt_4_a_day_or_an_hour_that_cannot_be_is_answered_plainly_and_flagged() {
    for (language, text, words) in [
        (
            "en",
            "can we move it to March 5, 2028?",
            "Sunday, March 5, 2028 is too far ahead: times are given up to",
        ),
        ("en", "reschedule for 12/31/9999", "Friday, December 31, 9999 is too far ahead"),
        ("en", "could we do February 29?", "Tuesday, February 29, 2028 is too far ahead"),
        ("en", "can we move it to April 31", "That day is not on the calendar."),
        ("en", "can we do Saturday?", "Boone Resource Center (demo) is closed on Saturday, November 21."),
        ("en", "can we do Thanksgiving? can we do November 26", "is closed on Thursday, November 26:"),
        ("en", "can we do Friday at 25:00", "There is no such hour."),
        ("en", "can we do Friday at 7 pm", "is not open on Friday, November 27 at 7:00 pm."),
        ("en", "can we move it to 11/19/2026", "Thursday, November 19 is over."),
        ("es", "¿se puede el sábado?", "está cerrada el sábado 21 de noviembre."),
        (
            "es",
            "¿la podemos cambiar para el 5 de marzo de 2028?",
            "El domingo 5 de marzo de 2028 está muy lejos: hay",
        ),
        ("es", "¿la podemos cambiar para el 31 de abril?", "Ese día no existe"),
    ] {
        let mut world = Book::at("2026-11-20T10:00");
        let mut state = world.booked("interview", "2026-11-25T09:00");
        if let Some(now) = state.as_mut() {
            now.language = language.to_owned();
        }
        let reply = C::Reply { text: text.into() };
        let decision = world.run(&mut state, &reply).expect("taken");
        let answer = text_of(&decision, NoticeKind::WishRefused).unwrap_or_default();
        assert!(answer.contains(words), "{text}: {answer}");
        let now = state.as_ref().expect("it");
        assert!(decision.needs_person && now.wants_another_time && now.wish.is_none(), "{text}");
        let more = (0..9).filter(|_| {
            let decision = world.run(&mut state, &reply).expect("taken");
            text_of(&decision, NoticeKind::WishRefused).is_some()
        });
        assert_eq!(more.count(), 4, "no answer is given for ever");
    }
}

#[test]
fn sms_appt_4_two_who_say_2_hear_once_more_that_it_is_noted() {
    let mut world = Book::at("2026-11-20T10:00");
    let mut state = world.booked("interview", "2026-11-25T09:00");
    let two = C::Reply { text: "2".into() };
    let first = world.run(&mut state, &two).expect("taken");
    assert!(text_of(&first, NoticeKind::AnotherTime).is_some());
    let second = world.run(&mut state, &two).expect("taken");
    let answer = text_of(&second, NoticeKind::WishKnown).expect("an answer");
    assert!(answer.contains("noted that you want another time. A staff"), "{answer}");
    world.run(&mut state, &two).expect("taken");
    assert!(world.run(&mut state, &two).expect("taken").events.is_empty(), "then silence");
}

#[test]
fn a_note_for_a_staff_member_stands_on_the_visit_and_answers_nobody() {
    let mut world = Book::at("2026-11-20T10:00");
    let mut state = world.booked("interview", "2026-11-25T09:00");
    let note = |text: &str| C::Note { wanted: Wanted::Move { said: said(text) } };
    let decision = world.run(&mut state, &note("Friday at 2")).expect("noted");
    assert!(decision.needs_person && decision.bodies.is_empty() && decision.events.len() == 1);
    let friday = WishedTime { day: date(2026, 11, 27), week: false, minute: Some(840), part: None };
    assert_eq!(state.as_ref().expect("it").wish, Some(friday));
    assert!(world.run(&mut state, &note("Friday at 2")).expect("again").events.is_empty());
    assert!(
        world.run(&mut state, &note("April 31")).expect("odd").events.is_empty(),
        "it is flagged already"
    );
}

#[test]
fn the_language_of_words_is_told_where_they_tell_it() {
    for (text, language) in [
        ("cancelar mi cita", Some("es")),
        ("ALTO", Some("es")),
        ("no me manden mensajes", Some("es")),
        ("cancel my appointment", Some("en")),
        ("please stop texting me", Some("en")),
        ("STOP", None),
        ("cancel", None),
        ("1", None),
        ("", None),
    ] {
        assert_eq!(language_of(text), language, "{text}");
    }
}
