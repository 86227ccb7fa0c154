//! What is decided about one appointment: booking on each channel, confirming, moving, cancelling, the office's day,
//! texts, timers (`SMS-APPT-1` to `-6`, `PHONE-APPT-1` to `-6`, `-17` to `-23`).

use domain::appointment::{
    Appointment, AppointmentCommand as C, AppointmentEffect, AppointmentFact as F, Channel, ClaimChange,
    Closure, Decision, Details, Interpreter, NewLink, NotSent, NoticeKind, Refused, Request, SlotRefusal,
    Status, comment_draft, effects, guard_done, link_opens, phone_number, timers,
};
use domain::disclosure::{Allowed, screen_outgoing};
use domain::event::Actor;
use domain::interaction::Delivery;
use jiff::civil::date;

use crate::appointment::{Book, ana, at, book, by_phone, by_text};

const MONDAY: &str = "2026-11-23T09:00";

/// A link as the engine makes it.
pub(crate) fn link_at(secret: &str, digest: &str) -> NewLink {
    NewLink {
        address: format!("https://book.example/v/{secret}"),
        digest: digest.into(),
        page: "https://book.example/book".into(),
    }
}

fn fresh() -> Book {
    Book::at("2026-11-20T10:00")
}

/// The codes of the fields that are refused, with their clauses.
fn faults(
    book: &mut Book,
    channel: Channel,
    request: Request,
) -> Vec<(&'static str, &'static str, Option<&'static str>)> {
    let refused = book.run(&mut None, &crate::appointment::book(channel, request)).expect_err("refused");
    refused.fields.iter().map(|fault| (fault.field, fault.code, fault.clause)).collect()
}

fn refused(book: &mut Book, state: &mut Option<Appointment>, command: &C) -> Refused {
    book.run(state, command).expect_err("refused")
}

pub(crate) fn text_of(decision: &Decision, kind: NoticeKind) -> Option<String> {
    decision.events.iter().find_map(|event| match &event.fact {
        F::NoticeQueued { notice, kind: found, .. } if *found == kind => {
            decision.bodies.iter().find(|body| body.key == *notice).map(|body| body.text.clone())
        }
        _ => None,
    })
}

fn move_to(channel: Channel, office: &str, start: &str) -> C {
    C::Move { channel, by: ana(), office: office.into(), start: at(start) }
}

fn cancel(channel: Channel) -> C {
    C::Cancel { channel, by: ana(), reason: None }
}

fn reply(text: &str) -> C {
    C::Reply { text: text.into() }
}

#[test]
fn sms_appt_1_one_confirmation_leaves_from_the_texting_line() {
    let (mut world, mut state) = (fresh(), None);
    let decision = world
        .run(&mut state, &book(Channel::Phone, by_phone("boone", "interview", at(MONDAY))))
        .expect("booked");
    let after = state.expect("it exists");
    let sent: Vec<AppointmentEffect> =
        decision.events.iter().flat_map(|event| effects(event, &after)).collect();
    let texts = sent.iter().filter(|one| matches!(one, AppointmentEffect::SendNotice { .. })).count();
    assert_eq!(texts, 1);
    let AppointmentEffect::SendNotice { line, to, .. } =
        sent.iter().find(|one| matches!(one, AppointmentEffect::SendNotice { .. })).expect("a text")
    else {
        unreachable!()
    };
    assert_eq!((line.as_str(), to.0.as_str()), ("sms-main", "+15735550101"));
    assert_eq!(world.pack.agency.line(line).expect("it").shown, "855-684-9242");
    let text = text_of(&decision, NoticeKind::Booked).expect("its words");
    assert!(
        text.contains("Monday, November 23 at 9:00 am") && text.contains("Boone Resource Center"),
        "{text}"
    );
    // PHONE-APPT-5: the confirmation repeats the sentence.
    assert!(text.contains("you will need to call the customer service center"), "{text}");
}

#[test]
fn sms_appt_2_staff_and_customers_confirm_and_the_text_passes_the_guard() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    let confirm = C::Confirm { channel: Channel::Sms, by: ana() };
    let decision = world.run(&mut state, &confirm).expect("confirmed");
    assert!(state.as_ref().expect("it").confirmed_at.is_some());
    let text = text_of(&decision, NoticeKind::Confirmed).expect("a text");
    let allowed = Allowed { phone_numbers: Vec::new(), phrases: Vec::new() };
    assert!(screen_outgoing(&text, &[], &allowed).is_empty(), "SMS-GEN-4 does not stop it: {text}");
    assert!(world.run(&mut state, &confirm).expect("a second click").events.is_empty());
}

#[test]
fn sms_appt_3_staff_book_by_text_under_the_phone_number() {
    let (mut world, mut state) = (fresh(), None);
    let request = by_text("boone", "interview", at(MONDAY));
    let decision = world.run(&mut state, &book(Channel::Sms, request)).expect("booked");
    let F::Booked { channel, agreed } = &decision.events[0].fact else { panic!("{:?}", decision.events) };
    assert_eq!((*channel, agreed.phone.0.as_str()), (Channel::Sms, "+15735550101"));
    assert_eq!(decision.events[0].clause.as_deref(), Some("SMS-APPT-3"));
    assert_eq!(agreed.details, None, "nothing else is kept");
    assert!(agreed.untold.is_empty() && agreed.companions.is_none());
}

#[test]
fn sms_appt_4_a_move_frees_the_old_time_and_takes_the_new_one_at_once() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    let decision = world.run(&mut state, &move_to(Channel::Sms, "boone", "2026-11-23T10:00")).expect("moved");
    assert_eq!(
        decision.claims,
        [
            ClaimChange::Release("slot:boone:20261123T1500Z:000".into()),
            ClaimChange::Take("slot:boone:20261123T1600Z:000".into())
        ]
    );
    assert!(world.check("boone", "interview", MONDAY).is_ok(), "9:00 is free again");
    assert_eq!(world.check("boone", "interview", "2026-11-23T10:00"), Err(SlotRefusal::Taken));
    let history = &state.as_ref().expect("it").history;
    let moved = history.last().expect("a change");
    assert_eq!((moved.what.as_str(), moved.channel), ("moved", Some(Channel::Sms)));
    assert_eq!(moved.from.as_ref().map(|place| place.start), Some(at(MONDAY)));
    assert_eq!(moved.to.as_ref().map(|place| place.start), Some(at("2026-11-23T10:00")));
    assert!(text_of(&decision, NoticeKind::Moved).expect("a text").contains("10:00 am"));
    // The rules hold for a move as for a booking.
    let half = refused(&mut world, &mut state, &move_to(Channel::Sms, "boone", "2026-11-23T10:30"));
    assert_eq!(half.clause, Some("PHONE-APPT-13"));
    assert_eq!(state.as_ref().expect("it").place.start, at("2026-11-23T10:00"), "nothing is lost");
}

#[test]
fn a_move_within_the_clock_hour_does_not_stand_in_its_own_way() {
    let (mut world, mut state) = (fresh(), None);
    let request = by_phone("cole", "other", at(MONDAY));
    world.run(&mut state, &book(Channel::Phone, request)).expect("booked");
    let decision =
        world.run(&mut state, &move_to(Channel::Phone, "cole", "2026-11-23T09:30")).expect("moved");
    assert!(decision.claims.is_empty(), "AMB-3: the same clock hour, the same names: {:?}", decision.claims);
}

#[test]
fn sms_appt_5_a_cancelled_visit_frees_its_time_and_names_channel_and_worker() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    let decision = world.run(&mut state, &cancel(Channel::Sms)).expect("cancelled");
    assert!(world.check("boone", "interview", MONDAY).is_ok());
    let now = state.clone().expect("it");
    assert_eq!(now.status, Status::Cancelled);
    let last = now.history.last().expect("a change");
    assert_eq!((last.channel, &last.by), (Some(Channel::Sms), &ana()));
    assert_eq!(decision.events[0].clause.as_deref(), Some("SMS-APPT-5"));
    assert!(timers(&now, &world.rules()).is_empty());
    assert!(world.run(&mut state, &cancel(Channel::Sms)).expect("again").events.is_empty());
    // AMB-1: on the phone as well, with its own channel; any reason will do (AMB-2).
    let mut state = world.booked("interview", MONDAY);
    let by_call = C::Cancel { channel: Channel::Phone, by: ana(), reason: Some("I am ill".into()) };
    let decision = world.run(&mut state, &by_call).expect("cancelled");
    assert_eq!(decision.bodies[0].text, "I am ill");
    assert!(!format!("{:?}", decision.events).contains("ill"), "the reason lies beside the log");
}

#[test]
fn sms_appt_6_by_text_and_on_the_page_only_the_phone_number_is_asked() {
    let mut world = fresh();
    for channel in [Channel::Sms, Channel::Page] {
        let clean = by_text("boone", "interview", at(MONDAY));
        let asked =
            Request { reason: Some("x".into()), companions: Some(vec!["Ana".into()]), ..clean.clone() };
        let found = faults(&mut world, channel, asked);
        assert_eq!(
            found,
            [("reason", "not_asked", Some("SMS-APPT-6")), ("companions", "not_asked", Some("SMS-APPT-6"))]
        );
        for note in ["my ssn is 489-36-8350", "489368350", "born 03/14/1985"] {
            let found = faults(&mut world, channel, Request { note: note.into(), ..clean.clone() });
            assert_eq!(found, [("note", "identifier", Some("SMS-APPT-6"))], "{note}");
        }
        // AMB-43: visit type and interpreter are a choice, not case data.
        let interpreter = Some(Interpreter::Needed { kind: "American Sign Language".into() });
        let request = Request { note: "Uses a wheelchair".into(), interpreter, ..clean };
        world.run(&mut None, &book(channel, request)).expect("booked");
        world.taken = domain::appointment::Taken::default();
    }
}

#[test]
fn amb_47_identifiers_in_the_note_are_refused_on_a_call_too() {
    let mut world = fresh();
    for channel in [Channel::Phone, Channel::Chat, Channel::Office] {
        let whole = by_phone("boone", "interview", at(MONDAY));
        let note = Request { note: "SSN 123-45-6789".into(), ..whole.clone() };
        assert_eq!(faults(&mut world, channel, note), [("note", "identifier", Some("AMB-47"))]);
        let plain = Request { note: "Uses a wheelchair; call 573-555-0142 at the door".into(), ..whole };
        world.run(&mut None, &book(channel, plain)).expect("a telephone number is no identifier");
        world.taken = domain::appointment::Taken::default();
    }
}

#[test]
fn phone_appt_1_whether_the_phone_settled_it_is_kept() {
    let (mut world, mut state) = (fresh(), None);
    let decision = world
        .run(&mut state, &book(Channel::Phone, by_phone("boone", "interview", at(MONDAY))))
        .expect("booked");
    let F::Booked { agreed, .. } = &decision.events[0].fact else { panic!() };
    assert_eq!(agreed.tried_by_phone, Some(true));
    let details = Details::read(&decision.bodies[0].text);
    assert_eq!(details.tried_by_phone, "needs papers");
}

#[test]
fn phone_appt_2_every_reason_is_accepted() {
    let mut world = fresh();
    let reason = Some("I just want to see a person 🙂".to_owned());
    let request = Request { reason, ..by_phone("boone", "other", at(MONDAY)) };
    world.run(&mut None, &book(Channel::Phone, request)).expect("booked");
}

#[test]
fn phone_appt_3_a_walk_in_needs_no_booking() {
    let (mut world, mut state) = (fresh(), None);
    let walk_in = C::WalkIn { by: ana(), office: "boone".into(), visit_type: "other".into(), phone: None };
    let decision = world.run(&mut state, &walk_in).expect("accepted");
    let now = state.expect("it");
    assert_eq!((now.status, now.walk_in), (Status::CheckedIn, true));
    assert!(decision.claims.is_empty(), "no seat of the book is taken");
    assert!(timers(&now, &world.rules()).is_empty());
}

#[test]
fn phone_appt_4_5_6_what_was_not_told_is_flagged() {
    let (mut world, mut state) = (fresh(), None);
    let told = vec!["PHONE-APPT-3".to_owned(), "PHONE-APPT-6".to_owned(), "SMS-T-99".to_owned()];
    let request = Request { told, ..by_phone("boone", "interview", at(MONDAY)) };
    let decision = world.run(&mut state, &book(Channel::Phone, request)).expect("never blocked");
    let F::Booked { agreed, .. } = &decision.events[0].fact else { panic!() };
    assert_eq!(agreed.told, ["PHONE-APPT-3", "PHONE-APPT-6"], "only lines that exist");
    assert_eq!(agreed.untold, ["PHONE-APPT-4", "PHONE-APPT-5"]);
    assert_eq!(state.expect("it").untold, agreed.untold);
}

#[test]
fn phone_appt_8_9_10_a_taken_time_is_refused_with_others_to_offer() {
    let mut world = fresh();
    world.booked("interview", MONDAY);
    let second = book(Channel::Phone, by_phone("boone", "interview", at(MONDAY)));
    let refused = refused(&mut world, &mut None, &second);
    assert_eq!((refused.code, refused.clause), ("taken", Some("PHONE-APPT-10")));
    assert!(refused.sentence.contains("9:00 am") && refused.sentence.contains("Boone"), "PHONE-APPT-12");
    assert_eq!(refused.alternatives.same_day[0].start, at("2026-11-23T10:00"));
}

#[test]
fn phone_appt_11_availability_is_looked_at_again_when_it_is_submitted() {
    let mut world = fresh();
    let request = by_text("boone", "interview", at(MONDAY));
    assert!(world.check("boone", "interview", MONDAY).is_ok(), "free when the page was opened");
    let day = date(2026, 11, 23);
    let closure = Closure { from: day, until: day, at: None, reason: "Burst pipe".into() };
    world.office("boone").closures.push(closure);
    let refused = refused(&mut world, &mut None, &book(Channel::Page, request));
    assert_eq!((refused.code, refused.clause), ("closed", Some("PHONE-APPT-11")));
    assert!(!refused.alternatives.is_empty(), "nothing is lost: other times are named");
}

#[test]
fn phone_appt_17_time_phone_number_and_reason_make_the_task() {
    let mut world = fresh();
    let whole = by_phone("boone", "interview", at(MONDAY));
    let found = faults(&mut world, Channel::Phone, Request { phone: String::new(), ..whole.clone() });
    assert_eq!(found, [("phone", "missing", Some("PHONE-APPT-17"))]);
    let found = faults(&mut world, Channel::Phone, Request { reason: Some("  ".into()), ..whole.clone() });
    assert_eq!(found, [("reason", "missing", Some("PHONE-APPT-17"))]);
    let mut state = None;
    let decision = world.run(&mut state, &book(Channel::Phone, whole)).expect("booked");
    let task = state.as_ref().and_then(|now| now.task.clone()).expect("a task").id;
    let body = decision.bodies.iter().find(|body| body.key == task).expect("its words");
    let words: serde_json::Value = serde_json::from_str(&body.text).expect("JSON");
    assert_eq!(words["time"], "Monday, November 23 at 9:00 am");
    assert_eq!(words["phone"], "+15735550101");
    assert_eq!(words["reason"], "My roof leaks and I want to ask about it");
    world.run(&mut state, &C::ReportTask { task, number: "4711".into() }).expect("kept");
    assert_eq!(state.expect("it").task.and_then(|task| task.number).as_deref(), Some("4711"));
}

#[test]
fn phone_appt_18_who_comes_along_has_to_be_asked() {
    let mut world = fresh();
    let whole = by_phone("boone", "interview", at(MONDAY));
    let found = faults(&mut world, Channel::Phone, Request { companions: None, ..whole.clone() });
    assert_eq!(found, [("companions", "unanswered", Some("PHONE-APPT-18"))]);
    let household = (0..500).map(|n| format!("Person {n}")).collect();
    let found = faults(&mut world, Channel::Office, Request { companions: Some(household), ..whole.clone() });
    assert_eq!(found, [("companions", "too_many", Some("PHONE-APPT-18"))]);
    world.run(&mut None, &book(Channel::Phone, whole)).expect("nobody is an answer");
}

#[test]
fn phone_appt_19_the_names_go_into_the_comment_before_it_is_done() {
    let (mut world, mut state) = (fresh(), None);
    let companions = Some(vec!["Rosa Muster".to_owned(), " Juan Muster ".to_owned()]);
    let request = Request { companions, ..by_phone("boone", "interview", at(MONDAY)) };
    let decision = world.run(&mut state, &book(Channel::Phone, request)).expect("booked");
    assert!(!format!("{:?}", decision.events).contains("Muster"), "names lie beside the log");
    let details = Details::read(&decision.bodies[0].text);
    let draft = comment_draft(state.as_ref().expect("it"), &details, &world.rules());
    assert!(draft.contains("Rosa Muster, Juan Muster"), "{draft}");
    let owed = guard_done(state.as_ref().expect("it")).expect_err("owed");
    assert_eq!(owed.clause, Some("PHONE-APPT-19"));
    world.run(&mut state, &C::WriteComment { by: ana() }).expect("written");
    assert!(guard_done(state.as_ref().expect("it")).is_ok());
}

#[test]
fn phone_appt_20_21_the_interpreter_is_asked_and_its_kind_noted() {
    let mut world = fresh();
    let whole = by_phone("boone", "interview", at(MONDAY));
    let found = faults(&mut world, Channel::Phone, Request { interpreter: None, ..whole.clone() });
    assert_eq!(found, [("interpreter", "unanswered", Some("PHONE-APPT-20"))]);
    let without = Some(Interpreter::Needed { kind: " ".into() });
    for channel in Channel::ALL {
        let request =
            if channel.asks_phone_only() { by_text("boone", "interview", at(MONDAY)) } else { whole.clone() };
        let found = faults(&mut world, channel, Request { interpreter: without.clone(), ..request });
        assert_eq!(found, [("interpreter", "kind_missing", Some("PHONE-APPT-21"))]);
    }
    let kind = Interpreter::Needed { kind: "Bosnian".into() };
    let mut state = None;
    let request = Request { interpreter: Some(kind), ..whole };
    let decision = world.run(&mut state, &book(Channel::Phone, request.clone())).expect("booked");
    // The words of the form lie beside the log with the reason; the log says that one is needed.
    assert_eq!(Details::read(&decision.bodies[0].text).interpreter, "Bosnian");
    assert!(!format!("{:?}", decision.events).contains("Bosnian"), "{:?}", decision.events);
    assert_eq!(state.as_ref().expect("it").interpreter, Some(Interpreter::Needed { kind: String::new() }));
    assert!(
        world
            .run(&mut state, &book(Channel::Phone, request.clone()))
            .expect("a second click")
            .events
            .is_empty()
    );
    let other = Request { interpreter: Some(Interpreter::Needed { kind: "Dari".into() }), ..request.clone() };
    assert_eq!(refused(&mut world, &mut state, &book(Channel::Phone, other)).code, "exists");
    // A visit that was booked when the language still stood in the log.
    if let Some(now) = state.as_mut() {
        now.interpreter = Some(Interpreter::Needed { kind: "Bosnian".into() });
    }
    let kept = Details { interpreter: String::new(), ..Details::read(&decision.bodies[0].text) };
    world.kept = Some(kept.text());
    assert!(world.run(&mut state, &book(Channel::Phone, request)).expect("a second click").events.is_empty());
}

#[test]
fn phone_appt_22_23_the_late_rule_holds_on_every_channel() {
    for channel in Channel::ALL {
        let mut world = Book::at("2026-11-20T15:31");
        let request = |start| match channel {
            Channel::Page | Channel::Sms => by_text("boone", "other", at(start)),
            _ => by_phone("boone", "other", at(start)),
        };
        let early = refused(&mut world, &mut None, &book(channel, request("2026-11-23T11:30")));
        assert_eq!(early.clause, Some("PHONE-APPT-22"), "{channel:?}");
        let decision = world.run(&mut None, &book(channel, request("2026-11-23T12:00"))).expect("noon");
        if channel == Channel::Page {
            assert_eq!(decision.events[0].clause.as_deref(), Some("PHONE-APPT-23"));
            assert_eq!(decision.events[0].by, Actor::Customer);
        }
    }
}

#[test]
fn a_number_holds_so_many_visits_and_wrong_or_foreign_numbers_are_refused() {
    let mut world = fresh();
    world.open_of_number = 3;
    let whole = by_text("boone", "interview", at(MONDAY));
    assert_eq!(refused(&mut world, &mut None, &book(Channel::Page, whole.clone())).code, "too_many_open");
    world.open_of_number = 2;
    world.run(&mut None, &book(Channel::Page, whole.clone())).expect("the third");
    for phone in
        ["12345", "+52 55 1234 5678", "573-555-0101 ext 9", "abc", "(173) 555-0101", "911", "5731110101x"]
    {
        let found = faults(&mut world, Channel::Page, Request { phone: phone.into(), ..whole.clone() });
        assert_eq!(found, [("phone", "bad_number", Some("PHONE-APPT-17"))], "{phone}");
    }
    // Canada, an island, a premium service, an area code that nobody lives in: not on the public page, where texts to them
    // could be asked for by anybody. Staff book for whoever has such a number.
    for phone in ["416 555 0101", "876-555-0101", "900 555 0101", "222-222-2222"] {
        let request = Request { phone: phone.into(), ..whole.clone() };
        let found = faults(&mut world, Channel::Page, request.clone());
        assert_eq!(found, [("phone", "bad_number", Some("PHONE-APPT-17"))], "{phone}");
        assert!(fresh().run(&mut None, &book(Channel::Sms, request)).is_ok(), "{phone}");
    }
    let found = faults(&mut world, Channel::Page, Request { phone: "855-684-9242".into(), ..whole });
    assert_eq!(found, [("phone", "own_number", Some("PHONE-APPT-17"))]);
    for typed in ["573.555.0101", "+1 573 555 0101", "1-573-555-0101", " (573) 555-0101 "] {
        assert_eq!(phone_number(typed).map(|number| number.0).as_deref(), Some("+15735550101"), "{typed}");
    }
}

#[test]
fn the_reason_is_never_texted_and_no_text_asks_for_the_bare_word() {
    // AMB-56. Every text of the shipped book, both languages, filled for every kind of visit.
    let mut world = fresh();
    world.link = Some(link_at("abc", "d"));
    let kinds = world.rules().book.visit_types.clone();
    for visit in &kinds {
        for language in ["en", "es"] {
            let start = if visit.start == domain::appointment::StartRule::HalfHour {
                "2026-11-23T09:30"
            } else {
                MONDAY
            };
            let request = Request { language: language.into(), ..by_phone("boone", &visit.id, at(start)) };
            let mut state = None;
            world.run(&mut state, &book(Channel::Phone, request)).expect("booked");
            let now = state.clone().expect("it");
            for kind in NoticeKind::ALL {
                let link = Some("https://book.example/v/abc");
                let text = domain::appointment::notice_words(kind, &now, link, world.now, &world.rules())
                    .expect("words");
                assert!(!text.contains(['{', '}']), "{text}");
                assert!(!text.to_lowercase().contains(&visit.title[language].to_lowercase()), "{text}");
                assert!(!text.contains("roof") && !domain::appointment::suggests_opt_out(&text), "{text}");
            }
            world.run(&mut state, &cancel(Channel::Phone)).expect("cancelled");
        }
    }
    for bad in
        ["Reply CANCEL to end it", "reply cancel", "responda cancelar", "Text \"cancel\" to us", "send STOP"]
    {
        assert!(domain::appointment::suggests_opt_out(bad), "{bad}");
    }
    for good in [
        "If you need to cancel/reschedule the appointment",
        "to cancel the visit reply 3",
        "si necesita cancelar la cita",
    ] {
        assert!(!domain::appointment::suggests_opt_out(good), "{good}");
    }
}

#[test]
fn replies_in_the_thread_confirm_cancel_or_reach_a_person() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    let decision = world.run(&mut state, &reply("1")).expect("taken");
    assert!(state.as_ref().expect("it").confirmed_at.is_some() && !decision.needs_person);
    assert_eq!(decision.events[0].by, Actor::Customer);
    let decision = world.run(&mut state, &reply("can we move it to Friday?")).expect("taken");
    assert!(decision.needs_person && state.as_ref().expect("it").wants_another_time);
    assert!(text_of(&decision, NoticeKind::WishNoted).expect("a text").contains("Friday, November 27"));
    let again = world.run(&mut state, &reply("otro día por favor")).expect("taken");
    assert!(text_of(&again, NoticeKind::AnotherTime).is_none(), "said once");
    let decision = world.run(&mut state, &reply("no puedo ir")).expect("taken");
    assert!(text_of(&decision, NoticeKind::CannotCome).is_some() && decision.needs_person);
    assert!(
        world.run(&mut state, &reply("no puedo ir")).expect("taken").events.is_empty(),
        "no endless answers"
    );
    let before = state.clone();
    for text in ["what do I bring?", "STOP", "cancel", "👽"] {
        world.run(&mut state, &reply(text)).expect("taken");
        assert_eq!(state, before, "{text} changes no visit");
    }
    let decision = world.run(&mut state, &reply("cancel my appointment")).expect("taken");
    assert_eq!(state.as_ref().expect("it").status, Status::Cancelled);
    assert!(text_of(&decision, NoticeKind::Cancelled).is_some());
    assert!(world.run(&mut state, &reply("1")).expect("taken").needs_person, "too late: for a person");
}

#[test]
fn two_reminders_go_out_and_none_whose_time_has_passed() {
    let mut world = Book::at("2026-11-16T10:00");
    let mut state = world.booked("interview", MONDAY);
    let due = |world: &Book, state: &Option<Appointment>| timers(state.as_ref().expect("it"), &world.rules());
    assert_eq!(
        due(&world, &state),
        [
            ("remind:0".to_owned(), at("2026-11-21T09:00")),
            ("remind:1".to_owned(), at("2026-11-23T08:00")),
            ("end_of_day".to_owned(), at("2026-11-23T17:00"))
        ]
    );
    let fire = |world: &mut Book, state: &mut Option<Appointment>, key: &str| {
        world.run(state, &C::Timer { key: key.into() }).expect("never refused")
    };
    assert!(fire(&mut world, &mut state, "remind:0").events.is_empty(), "too early");
    world.now = at("2026-11-21T09:00");
    let decision = fire(&mut world, &mut state, "remind:0");
    assert!(text_of(&decision, NoticeKind::Reminder).is_some());
    assert!(fire(&mut world, &mut state, "remind:0").events.is_empty(), "only once");
    world.now = at("2026-11-23T17:00");
    let decision = fire(&mut world, &mut state, "remind:1");
    assert!(text_of(&decision, NoticeKind::Reminder).is_none(), "the visit is over");
    fire(&mut world, &mut state, "end_of_day");
    assert!(state.as_ref().expect("it").attendance_asked && due(&world, &state).is_empty());
    world.run(&mut state, &C::MarkMissed { by: ana() }).expect("missed");
    assert_eq!(state.expect("it").status, Status::Missed);
    // Booked the day before: the reminder of two days before is none.
    let mut world = Book::at("2026-11-23T10:00");
    let state = world.booked("interview", "2026-11-24T09:00");
    assert_eq!(due(&world, &state).first().map(|one| one.0.clone()).as_deref(), Some("remind:1"));
    // Across the change of the clocks the reminder keeps the time of day.
    let mut world = Book::at("2026-10-28T10:00");
    let state = world.booked("interview", "2026-11-02T09:00");
    assert_eq!(due(&world, &state)[0].1, at("2026-10-31T09:00"));
}

#[test]
fn after_a_standstill_one_reminder_is_enough() {
    let mut world = Book::at("2026-11-16T10:00");
    let mut state = world.booked("interview", MONDAY);
    world.now = at("2026-11-23T08:10");
    let first = world.run(&mut state, &C::Timer { key: "remind:0".into() }).expect("fires");
    assert!(text_of(&first, NoticeKind::Reminder).is_none());
    let second = world.run(&mut state, &C::Timer { key: "remind:1".into() }).expect("fires");
    assert!(text_of(&second, NoticeKind::Reminder).is_some());
}

#[test]
fn an_opted_out_number_gets_no_text_and_the_log_says_so() {
    let (mut world, mut state) = (fresh(), None);
    world.opted_out = true;
    let command = book(Channel::Phone, by_phone("boone", "interview", at(MONDAY)));
    let decision = world.run(&mut state, &command).expect("booked all the same");
    let skipped = F::NoticeSkipped { kind: NoticeKind::Booked, why: NotSent::OptedOut };
    assert!(decision.events.iter().any(|event| event.fact == skipped));
    world.opted_out = false;
    let request = Request { texts: false, ..by_phone("boone", "interview", at("2026-11-23T10:00")) };
    let decision = world.run(&mut None, &book(Channel::Phone, request)).expect("booked");
    let skipped = F::NoticeSkipped { kind: NoticeKind::Booked, why: NotSent::NoTexts };
    assert!(decision.events.iter().any(|event| event.fact == skipped), "a landline");
}

#[test]
fn the_link_lives_for_its_hours_and_never_past_the_visit() {
    let (mut world, mut state) = (Book::at("2026-11-20T10:00"), None);
    world.link = Some(link_at("s3cret", "abcd"));
    let command = book(Channel::Page, by_text("boone", "interview", at(MONDAY)));
    let decision = world.run(&mut state, &command).expect("booked");
    assert!(text_of(&decision, NoticeKind::Booked).expect("a text").contains("s3cret"));
    assert!(!format!("{:?}", decision.events).contains("s3cret"), "the log holds the digest only");
    let now = state.clone().expect("it");
    assert!(link_opens(&now, "abcd", world.now));
    assert!(!link_opens(&now, "abce", world.now), "a guess");
    assert!(!link_opens(&now, "abcd", at(MONDAY)), "the visit has begun");
    world.run(&mut state, &cancel(Channel::Page)).expect("cancelled");
    assert!(!link_opens(state.as_ref().expect("it"), "abcd", world.now), "cancelled");
    // A far visit: the hours of the settings end it.
    let mut far = None;
    world
        .run(&mut far, &book(Channel::Page, by_text("boone", "interview", at("2026-12-21T09:00"))))
        .expect("booked");
    assert!(!link_opens(far.as_ref().expect("it"), "abcd", world.now + 72 * 3_600_000));
    assert!(link_opens(far.as_ref().expect("it"), "abcd", world.now + 72 * 3_600_000 - 1));
}

#[test]
fn a_closure_declared_later_flags_the_visit_tells_the_customer_and_goes_with_a_move() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    assert!(world.run(&mut state, &C::Review).expect("looked at").events.is_empty());
    let day = date(2026, 11, 23);
    world.office("boone").closures.push(Closure { from: day, until: day, at: None, reason: "Ice".into() });
    let decision = world.run(&mut state, &C::Review).expect("looked at");
    assert!(matches!(state.as_ref().expect("it").flagged, Some(SlotRefusal::Closed { .. })));
    assert!(text_of(&decision, NoticeKind::OfficeClosed).is_some());
    assert!(world.run(&mut state, &C::Review).expect("again").events.is_empty());
    let confirm = C::Confirm { channel: Channel::Phone, by: ana() };
    assert_eq!(refused(&mut world, &mut state, &confirm).clause, Some("PHONE-APPT-11"));
    world.run(&mut state, &move_to(Channel::Phone, "boone", "2026-11-24T09:00")).expect("moved");
    assert_eq!(state.as_ref().expect("it").flagged, None);
    // Taken back: the flag goes.
    let mut other = None;
    world.run(&mut other, &book(Channel::Phone, by_phone("cole", "interview", at(MONDAY)))).expect("booked");
    world.office("cole").closures.push(Closure { from: day, until: day, at: None, reason: "Ice".into() });
    world.run(&mut other, &C::Review).expect("flagged");
    world.office("cole").closures.clear();
    world.run(&mut other, &C::Review).expect("cleared");
    assert_eq!(other.expect("it").flagged, None);
}

#[test]
fn amb_43_the_office_completes_who_came_along_at_check_in() {
    let (mut world, mut state) = (fresh(), None);
    world.run(&mut state, &book(Channel::Sms, by_text("boone", "interview", at(MONDAY)))).expect("booked");
    let names = C::CompleteCompanions { by: ana(), names: vec!["Rosa Muster".into()] };
    assert_eq!(refused(&mut world, &mut state, &names).clause, Some("AMB-43"));
    let other_day = refused(&mut world, &mut state, &C::CheckIn { by: ana() });
    assert_eq!((other_day.code, other_day.clause), ("other_day", Some("PHONE-APPT-3")));
    world.now = at("2026-11-23T08:50");
    world.run(&mut state, &C::CheckIn { by: ana() }).expect("there");
    world.run(&mut state, &names).expect("completed");
    let now = state.as_ref().expect("it");
    assert_eq!((now.companions, now.comment_owed), (Some(1), true));
    assert_eq!(refused(&mut world, &mut state, &C::MarkMissed { by: ana() }).code, "checked_in");
}

#[test]
fn reports_of_the_carrier_move_forward_only_and_a_second_click_changes_nothing() {
    let (mut world, mut state) = (fresh(), None);
    let command = book(Channel::Phone, by_phone("boone", "interview", at(MONDAY)));
    world.run(&mut state, &command).expect("booked");
    assert!(world.run(&mut state, &command).expect("a second click").events.is_empty());
    let notice = state.as_ref().expect("it").notices[0].id;
    let report = |delivery| C::ReportNotice { notice, delivery };
    world.run(&mut state, &report(Delivery::Delivered)).expect("kept");
    assert!(world.run(&mut state, &report(Delivery::Sent)).expect("late").events.is_empty());
    assert_eq!(state.as_ref().expect("it").notices[0].delivery, Delivery::Delivered);
    world.now = at(MONDAY);
    for command in [cancel(Channel::Phone), move_to(Channel::Phone, "boone", "2026-11-24T09:00")] {
        assert_eq!(refused(&mut world, &mut state, &command).code, "begun");
    }
}

#[test]
fn the_same_form_is_a_success_only_for_the_same_visit_that_still_stands() {
    let mut world = fresh();
    let phone = by_phone("boone", "interview", at(MONDAY));
    let page = by_text("boone", "interview", at(MONDAY));
    for (channel, first) in [(Channel::Phone, phone), (Channel::Page, page)] {
        let mut state = None;
        world.run(&mut state, &book(channel, first.clone())).expect("booked");
        let again = world.run(&mut state, &book(channel, first.clone())).expect("a second click");
        assert!(again.events.is_empty());
        let spoken = channel == Channel::Phone;
        let others = [
            Request { phone: "573-555-0702".into(), ..first.clone() },
            Request { visit_type: "literacy".into(), ..first.clone() },
            Request { language: "es".into(), ..first.clone() },
            Request { texts: false, ..first.clone() },
            Request { interpreter: Some(Interpreter::Needed { kind: "Bosnian".into() }), ..first.clone() },
            Request { note: "Wheelchair".into(), ..first.clone() },
            Request { companions: Some(vec!["A. Neighbour".into()]), ..first.clone() },
            Request { reason: Some("Another reason".into()), ..first.clone() },
            Request { start: at("2026-11-23T10:00"), ..first.clone() },
        ];
        for other in others {
            assert_ne!(other, first);
            assert_eq!(refused(&mut world, &mut state, &book(channel, other)).code, "exists", "{spoken}");
        }
        world.run(&mut state, &cancel(channel)).expect("cancelled");
        let gone = refused(&mut world, &mut state, &book(channel, first));
        assert_eq!(gone.code, "exists");
        assert!(gone.sentence.contains("cancelled"), "{}", gone.sentence);
    }
}

#[test]
fn the_link_in_use_outlives_every_move_that_the_settings_allow() {
    let (mut world, mut state) = (fresh(), None);
    let link = |n: u32| Some(link_at(&n.to_string(), &n.to_string()));
    world.link = link(0);
    world.run(&mut state, &book(Channel::Page, by_text("boone", "interview", at(MONDAY)))).expect("booked");
    let most = world.rules().book.rules.moves_max;
    for n in 1..=most {
        world.link = link(n);
        let start = if n % 2 == 0 { MONDAY } else { "2026-11-23T10:00" };
        world.run(&mut state, &move_to(Channel::Page, "boone", start)).expect("moved");
        assert!(link_opens(state.as_ref().expect("it"), "0", world.now), "after {n} moves");
    }
    assert!(usize::try_from(domain::appointment::MOVES_MAX).expect("small") < domain::appointment::LINKS_MAX);
}

#[test]
fn control_characters_and_turned_writing_are_refused_by_field() {
    let mut world = fresh();
    let whole = by_phone("boone", "interview", at(MONDAY));
    let code = "hidden_characters";
    for bad in ["a\0b", "a\u{202e}b", "a\u{2066}b", "a\u{1b}[2Jb"] {
        let text = bad.to_owned();
        let needed = Some(Interpreter::Needed { kind: text.clone() });
        let tried = domain::appointment::Tried { tried: true, result: text.clone() };
        for (field, request) in [
            ("interpreter", Request { interpreter: needed, ..whole.clone() }),
            ("reason", Request { reason: Some(text.clone()), ..whole.clone() }),
            ("note", Request { note: text.clone(), ..whole.clone() }),
            ("companions", Request { companions: Some(vec![text.clone()]), ..whole.clone() }),
            ("tried_by_phone", Request { tried_by_phone: Some(tried), ..whole.clone() }),
        ] {
            assert_eq!(faults(&mut world, Channel::Phone, request), [(field, code, None)], "{bad:?}");
        }
    }
    let long = domain::appointment::Tried { tried: true, result: "x".repeat(501) };
    let request = Request { tried_by_phone: Some(long), ..whole.clone() };
    let found = faults(&mut world, Channel::Phone, request);
    assert_eq!(found, [("tried_by_phone", "too_long", Some("PHONE-APPT-1"))]);
    let lines = Request { reason: Some("One line.\r\nMore: ñ, 你好, \u{1F44D}".into()), ..whole };
    world.run(&mut None, &book(Channel::Phone, lines)).expect("line ends are no fault");
}

#[test]
fn answers_to_a_closure_never_say_that_the_visit_stays_and_no_earlier_yes_stands() {
    for language in ["en", "es"] {
        let (mut world, mut state) = (fresh(), None);
        let request = Request { language: language.into(), ..by_phone("boone", "interview", at(MONDAY)) };
        world.link = Some(link_at("abc", "d"));
        world.run(&mut state, &book(Channel::Phone, request)).expect("booked");
        world.run(&mut state, &reply("1")).expect("confirmed");
        let day = date(2026, 11, 23);
        let ice = Closure { from: day, until: day, at: None, reason: "Ice".into() };
        world.office("boone").closures.push(ice);
        world.run(&mut state, &C::Review).expect("flagged");
        assert_eq!(state.as_ref().expect("it").confirmed_at, None, "said of a visit that cannot take place");
        let decision = world.run(&mut state, &reply("1")).expect("taken");
        assert!(decision.needs_person && state.as_ref().expect("it").confirmed_at.is_none());
        let text = text_of(&decision, NoticeKind::OfficeClosed).expect("an answer");
        assert!(text.contains('2') && text.contains("/v/abc"), "how to choose another time: {text}");
        let again = world.run(&mut state, &reply("1")).expect("taken");
        assert!(again.needs_person && again.events.is_empty(), "no endless answers");
        let decision = world.run(&mut state, &reply("2")).expect("taken");
        let text = text_of(&decision, NoticeKind::AnotherTime).expect("an answer");
        assert!(decision.needs_person && text.contains("/v/abc"), "{text}");
        assert!(!text.contains("23") && !text.contains("stays") && !text.contains("sigue"), "{text}");
    }
}

#[test]
fn who_cannot_come_is_marked_and_no_earlier_yes_stands() {
    let mut world = fresh();
    let mut state = world.booked("interview", MONDAY);
    world.run(&mut state, &reply("1")).expect("confirmed");
    let decision = world.run(&mut state, &reply("no puedo ir")).expect("taken");
    assert!(decision.needs_person && text_of(&decision, NoticeKind::CannotCome).is_some());
    let now = state.clone().expect("it");
    assert!(now.wants_another_time && now.confirmed_at.is_none());
    // The text asks for a 2; it is answered, once.
    let decision = world.run(&mut state, &reply("2")).expect("taken");
    assert!(text_of(&decision, NoticeKind::AnotherTime).is_some());
    let again = world.run(&mut state, &reply("2")).expect("taken");
    assert!(text_of(&again, NoticeKind::AnotherTime).is_none());
    // And who comes after all says so.
    let decision = world.run(&mut state, &reply("1")).expect("taken");
    let now = state.expect("it");
    assert!(now.confirmed_at.is_some() && !now.wants_another_time && !decision.needs_person);
}
