//! Visits at the desk: the form on a call and on a text, the search, refusals with other times, and the office's day.
//!
//! The clock stands on Wednesday, November 18, 2026, 10:00 am at the agency.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::appointment::{Appointment, Channel, Status, calendar};
use domain::command::Command;
use domain::id::{Address, AppointmentId, InteractionId};
use domain::permission::Role;
use jiff::civil::date;

use crate::site::{Answer, Browser, Site, account, hash};

pub(crate) const NUMBER: &str = "(573) 555-0142";
const HOUR: i64 = 60 * 60_000;

/// A time of November 2026 on the agency's wall.
pub(crate) fn at(site: &Site, day: i8, hour: u16, minute: u16) -> i64 {
    calendar::at_minute(date(2026, 11, day), hour * 60 + minute, &site.engine.zone()).unwrap()
}

pub(crate) async fn of_number(site: &Site) -> Vec<Appointment> {
    let mut found = site.engine.appointments_of(&Address::from("+15735550142")).await.unwrap();
    found.sort_by_key(|visit| visit.place.start);
    found
}

/// The form of a call, filled in; what is given last counts.
fn call<'a>(id: &'a str, slot: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("id", id),
        ("phone", NUMBER),
        ("tried", "yes"),
        ("tried_result", "the interview must be in person"),
        ("visit_type", "interview"),
        ("place", "Boone"),
        ("day", "2026-11-19"),
        ("slot", slot),
        ("reason", "Wants to show the lease"),
        ("who", "nobody"),
        ("interpreter", "no"),
        ("language", "en"),
        ("texts", "yes"),
        ("do", "book"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    fields
}

const TOLD: [(&str, &str); 4] =
    [("told", "PHONE-APPT-3"), ("told", "PHONE-APPT-4"), ("told", "PHONE-APPT-5"), ("told", "PHONE-APPT-6")];

fn fresh(site: &Site) -> String {
    AppointmentId(site.engine.fresh()).to_string()
}

/// Books by phone at Boone on a day of November and answers with the visit.
pub(crate) async fn book(site: &Site, desk: &Browser<'_>, start: i64) -> Appointment {
    book_with(site, desk, start, &[]).await
}

/// The same with other fields.
pub(crate) async fn book_with(
    site: &Site,
    desk: &Browser<'_>,
    start: i64,
    more: &[(&str, &str)],
) -> Appointment {
    let (id, slot) = (fresh(site), format!("boone@{start}"));
    let more = [TOLD.as_slice(), more].concat();
    let answer = desk.post("/desk/appointments", &call(&id, &slot, &more)).await;
    assert!(answer.text.contains("Read it back to the customer"), "{}", answer.text);
    site.engine.appointment(id.parse().unwrap()).await.unwrap().unwrap()
}

fn place(text: &str, part: &str) -> usize {
    text.find(part).unwrap_or_else(|| panic!("{part} is missing: {text}"))
}

#[tokio::test]
async fn phone_appt_1_3_4_5_6_the_question_comes_first_and_the_lines_stand_with_their_ticks() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let page = desk.get("/desk/appointments").await;
    assert_eq!(page.status, StatusCode::OK);
    let form = page.text.split("id=\"appt-form\"").nth(1).unwrap();
    let question = place(form, "name=\"tried\"");
    for later in ["name=\"phone\"", "name=\"place\"", "name=\"reason\"", "name=\"interpreter\""] {
        assert!(question < place(form, later), "{later} stands before PHONE-APPT-1");
    }
    for (clause, words) in [
        ("PHONE-APPT-3", "Appointments are not required for customers to visit a Resource Center."),
        (
            "PHONE-APPT-4",
            "online at mydss.mo.gov under the contact us page by selecting the schedule an appointment button",
        ),
        (
            "PHONE-APPT-5",
            "If you need to cancel/reschedule the appointment for any other reason, you will need to call the customer service center.",
        ),
        (
            "PHONE-APPT-6",
            "There may be many safety measures in place that you and the Resource Center staff must follow",
        ),
    ] {
        assert!(
            form.contains(words) && form.contains(&format!("name=\"told\" value=\"{clause}\"")),
            "{clause}"
        );
    }
}

#[tokio::test]
async fn phone_appt_1_2_5_17_a_booking_stores_what_was_asked_and_flags_what_was_not_ticked() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let (id, slot) = (fresh(&site), format!("boone@{}", at(&site, 19, 9, 0)));
    let ticks = [("told", "PHONE-APPT-3"), ("reason", "A reason that stands on no list: thé für ☕")];
    let answer = desk.post("/desk/appointments", &call(&id, &slot, &ticks)).await;
    assert_eq!(answer.status, StatusCode::OK);
    for part in [
        "Your visit is on Thursday, November 19 at 9:00 am, Boone Resource Center",
        "were not ticked as told",
        "thé für ☕",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
    let visit = site.engine.appointment(id.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(visit.untold, ["PHONE-APPT-4", "PHONE-APPT-5", "PHONE-APPT-6"]);
    assert_eq!(visit.phone, Some(Address::from("+15735550142")));
    assert_eq!(visit.history[0].channel, Some(Channel::Phone));
    let details =
        site.engine.appointment_details(std::slice::from_ref(&visit), &[Role::Technician]).await.unwrap();
    let details = details[0].clone().unwrap();
    assert_eq!(details.tried_by_phone, "the interview must be in person");
    assert_eq!(details.reason.as_deref(), Some("A reason that stands on no list: thé für ☕"));
    assert!(visit.task.is_some(), "PHONE-APPT-17: the task goes out");

    // A second click changes nothing.
    desk.post("/desk/appointments", &call(&id, &slot, &ticks)).await;
    assert_eq!(of_number(&site).await.len(), 1);
}

#[tokio::test]
async fn phone_appt_17_18_20_21_what_was_not_answered_is_asked_for_and_no_word_is_lost() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let slot = format!("boone@{}", at(&site, 19, 9, 0));
    for (more, sentence) in [
        ([("phone", ""), ("note", "keep me")], "Write down the customer&#39;s phone number."),
        ([("phone", "12345"), ("note", "keep me")], "This is no phone number of the United States"),
        ([("reason", " "), ("note", "keep me")], "Write down the reason for the visit"),
        ([("who", ""), ("note", "keep me")], "Ask who will come along; nobody is an answer."),
        ([("interpreter", ""), ("note", "keep me")], "Ask whether an interpreter is needed."),
        ([("interpreter", "yes"), ("note", "keep me")], "Say which interpreter is needed"),
        ([("slot", ""), ("note", "keep me")], "Choose an office and a time."),
    ] {
        let answer = desk.post("/desk/appointments", &call(&fresh(&site), &slot, &more)).await;
        assert!(
            answer.text.contains("Not booked yet:") && answer.text.contains(sentence),
            "{sentence}: {}",
            answer.text
        );
        assert!(
            answer.text.contains("keep me") && answer.text.contains("id=\"appt-new\" open"),
            "{sentence}"
        );
    }
    assert!(of_number(&site).await.is_empty());
}

#[tokio::test]
async fn phone_appt_7_8_9_10_12_a_county_shows_its_times_and_a_taken_one_names_others() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let nine = at(&site, 19, 9, 0);
    book(&site, &desk, nine).await;
    let asked = [("place", "boone county"), ("visit_type", "interview"), ("day", "2026-11-19")];
    let times = desk.post("/desk/appointments/times", &asked).await.text;
    assert!(
        times.contains("Boone Resource Center (demo)") && times.contains(&format!("boone@{nine}")),
        "{times}"
    );
    assert!(times.contains("<span>9:00 am</span> <span class=\"appt-pill__why\">taken</span>"), "{times}");

    let mut chosen = asked.to_vec();
    let slot = format!("boone@{nine}");
    chosen.push(("slot", &slot));
    let answer = desk.post("/desk/appointments/times", &chosen).await.text;
    for part in ["is taken.", "PHONE-APPT-10", "I am sorry, that time is not available.", "PHONE-APPT-8"] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let others = answer.split("appt-others").nth(1).unwrap().split("appt-office").next().unwrap();
    assert!(others.contains("10:00 am") && !others.contains("9:30 am"), "{others}");

    // Somebody was quicker between the search and the click.
    let late =
        desk.post("/desk/appointments", &call(&fresh(&site), &slot, &[("phone", "573-555-0199")])).await;
    assert!(
        late.text.contains("Thursday, November 19 at 9:00 am at Boone Resource Center (demo) is taken."),
        "{}",
        late.text
    );
    assert!(late.text.contains("Wants to show the lease"), "what was typed stands there still");
}

#[tokio::test]
async fn phone_appt_7_a_zip_finds_its_office_and_an_unknown_place_says_so() {
    let site = Site::new().await;
    let desk = site.sign_in("coordinator").await;
    let times = |place: &'static str| [("place", place), ("visit_type", "other"), ("day", "2026-11-19")];
    let found = desk.post("/desk/appointments/times", &times("64108")).await.text;
    assert!(found.contains("Jackson Midtown") && !found.contains("Independence"), "{found}");
    let both = desk.post("/desk/appointments/times", &times("Jackson")).await.text;
    assert!(both.contains("Jackson Midtown") && both.contains("Independence"));
    let none = desk.post("/desk/appointments/times", &times("<b>Atlantis")).await.text;
    assert!(none.contains("No office for “&#60;b&#62;Atlantis”"), "{none}");
}

#[tokio::test]
async fn phone_appt_13_14_only_the_right_starts_stand_there() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let times = async |kind: &'static str| {
        let asked = [("place", "Boone"), ("visit_type", kind), ("day", "2026-11-19")];
        desk.post("/desk/appointments/times", &asked).await.text
    };
    let (interview, card) = (times("interview").await, times("ebt-card").await);
    assert!(interview.contains(">9:00 am<") && !interview.contains(">9:30 am<"), "{interview}");
    assert!(card.contains(">9:30 am<") && !card.contains(">9:00 am<"), "{card}");
    let slot = format!("boone@{}", at(&site, 19, 9, 30));
    let refused = desk.post("/desk/appointments", &call(&fresh(&site), &slot, &[])).await;
    assert!(
        refused.text.contains("starts on the hour") && refused.text.contains("PHONE-APPT-13"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn phone_appt_11_22_a_closed_day_says_why_and_a_late_request_begins_at_noon() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let asked = |day: &'static str| [("place", "Boone"), ("visit_type", "interview"), ("day", day)];
    let closed = desk.post("/desk/appointments/times", &asked("2026-11-26")).await.text;
    assert!(closed.contains("Thanksgiving") && closed.contains("Next free: Friday, November 27"), "{closed}");

    // 3:31 pm on Wednesday.
    site.pass(5 * HOUR + 31 * 60_000);
    let desk = site.sign_in("technician").await;
    let late = desk.post("/desk/appointments/times", &asked("2026-11-19")).await.text;
    assert!(late.contains("<span>11:00 am</span> <span class=\"appt-pill__why\">too soon</span>"), "{late}");
    assert!(late.contains("<span>12:00 pm</span></label>"), "{late}");
    let slot = format!("boone@{}", at(&site, 19, 11, 0));
    let refused = desk.post("/desk/appointments", &call(&fresh(&site), &slot, &[])).await;
    assert!(refused.text.contains("PHONE-APPT-22") && of_number(&site).await.is_empty(), "{}", refused.text);
}

#[tokio::test]
async fn phone_appt_19_the_names_stand_in_the_draft_and_done_waits_for_the_comment() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let (id, slot) = (fresh(&site), format!("boone@{}", at(&site, 19, 9, 0)));
    let names = [("who", "names"), ("names", "Child one\nChild two")];
    let booked = desk.post("/desk/appointments", &call(&id, &slot, &names)).await.text;
    assert!(booked.contains("Coming along: Child one, Child two"), "{booked}");
    let done = desk.post(&format!("/desk/appointments/{id}/done"), &[("phone", NUMBER)]).await.text;
    assert!(
        done.contains("Write the names of those who come along into the EUMEMROL comments first."),
        "{done}"
    );
    assert!(done.contains("It stands in the comments"), "the way on stands beside the refusal: {done}");
    let written = desk.post(&format!("/desk/appointments/{id}/comment"), &[("phone", NUMBER)]).await.text;
    assert!(written.contains("the names stand in the comments"), "{written}");
    let done = desk.post(&format!("/desk/appointments/{id}/done"), &[("phone", NUMBER)]).await.text;
    assert!(done.contains("Done with this visit."), "{done}");
}

async fn texting() -> (Site, InteractionId) {
    let site = Site::new().await;
    let skills = BTreeMap::from([("sms".to_owned(), 5)]);
    let technician = account("technician", &[Role::Technician], &hash().await);
    site.save(&engine::Account { skills, ..technician }).await;
    let version = site.engine.pack().sop_sms.last().unwrap().version.clone();
    let acknowledge =
        Command::Acknowledge { staff: "technician".into(), procedure: "sms".to_owned(), version };
    site.engine.handle(acknowledge, "test").await.unwrap();
    let desk = site.sign_in("technician").await;
    desk.post("/desk/presence", &[("to", "on_queue")]).await;
    let text = [("slot", "a"), ("number", "5735550142"), ("text", "I would like to come in and talk")];
    site.post_form("/demo/handset/send", &text).await;
    site.engine.distribute().await.unwrap();
    let card = site.engine.cards().await.unwrap().remove(0);
    let offer = card.offer.unwrap().id.to_string();
    desk.post(&format!("/desk/{}/accept", card.id), &[("offer", &offer)]).await;
    drop(desk);
    (site, card.id)
}

#[tokio::test]
async fn sms_appt_1_2_3_4_5_6_beside_a_text_only_the_number_is_asked_and_all_acts_are_by_text() {
    let (site, interaction) = texting().await;
    let desk = site.sign_in("technician").await;
    let interaction = interaction.to_string();
    let panel = desk.get(&format!("/desk/appointments?interaction={interaction}")).await.text;
    assert!(panel.contains("value=\"(573) 555-0142\""), "the number is filled in: {panel}");
    for asked in ["name=\"phone\"", "name=\"visit_type\"", "name=\"interpreter\"", "name=\"note\""] {
        assert!(panel.contains(asked), "{asked}");
    }
    for never in [
        "name=\"reason\"",
        "name=\"names\"",
        "name=\"who\"",
        "name=\"tried\"",
        "name=\"told\"",
        "ssn",
        "dcn",
        "birth",
    ] {
        assert!(!panel.contains(never), "{never} is asked on a text");
    }

    let form = |id: &'static str, slot: String, note: &'static str| {
        [
            ("interaction", interaction.clone()),
            ("id", id.to_owned()),
            ("phone", NUMBER.to_owned()),
            ("visit_type", "interview".to_owned()),
            ("place", "Boone".to_owned()),
            ("day", "2026-11-19".to_owned()),
            ("slot", slot),
            ("note", note.to_owned()),
            ("do", "book".to_owned()),
        ]
    };
    let post = async |path: &str, fields: &[(&str, String)]| -> Answer {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.post(path, &fields).await
    };
    let nine = format!("boone@{}", at(&site, 19, 9, 0));
    let id = "01900000-0000-7000-8000-0000000000aa";
    let refused = post("/desk/appointments", &form(id, nine.clone(), "SSN 123-45-6789")).await.text;
    assert!(
        refused.contains("Leave out Social Security numbers") && refused.contains("SMS-APPT-6"),
        "{refused}"
    );

    post("/desk/appointments", &form(id, nine, "will bring papers")).await;
    let visit = of_number(&site).await.remove(0);
    assert_eq!((visit.history[0].channel, visit.companions), (Some(Channel::Sms), None), "SMS-APPT-3");
    let strip = desk.get(&format!("/desk/{interaction}/open")).await.text;
    assert!(strip.contains("SMS-APPT-1") && strip.contains("Thursday, November 19, 9:00 am"), "{strip}");

    let context = [("interaction", interaction.clone()), ("phone", NUMBER.to_owned())];
    post(&format!("/desk/appointments/{id}/confirm"), &context).await;
    assert!(of_number(&site).await[0].confirmed_at.is_some(), "SMS-APPT-2");

    let mut to_ten = context.to_vec();
    to_ten.push(("slot", format!("boone@{}", at(&site, 19, 10, 0))));
    let moved = post(&format!("/desk/appointments/{id}/move"), &to_ten).await.text;
    assert!(moved.contains("Moved. The old time is free again.") && moved.contains("10:00 am"), "{moved}");
    let visit = of_number(&site).await.remove(0);
    assert_eq!((visit.place.start, visit.moves), (at(&site, 19, 10, 0), 1), "SMS-APPT-4");
    let free = site.engine.check_slot("boone", "interview", at(&site, 19, 9, 0)).await.unwrap();
    assert_eq!(free, None, "9:00 is free again");

    let cancelled = post(&format!("/desk/appointments/{id}/cancel"), &context).await.text;
    assert!(cancelled.contains("Cancelled. The time is free again."), "{cancelled}");
    let visit = of_number(&site).await.remove(0);
    let last = visit.history.last().unwrap();
    assert_eq!((visit.status, last.channel), (Status::Cancelled, Some(Channel::Sms)), "SMS-APPT-5");
    assert_eq!(last.by.column(), "staff:technician");
}

#[tokio::test]
async fn sms_appt_3_nobody_books_beside_an_interaction_that_is_not_theirs() {
    let (site, interaction) = texting().await;
    let other = site.sign_in("supervisor").await;
    let path = format!("/desk/appointments?interaction={interaction}");
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    let fields = [("interaction", interaction.to_string()), ("do", "look".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(other.post("/desk/appointments", &fields).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn phone_appt_23_the_public_contact_page_has_the_button_in_both_languages() {
    let site = Site::new().await;
    let english = site.get("/contact?lang=en").await;
    assert_eq!(english.status, StatusCode::OK);
    assert!(
        english.text.contains("Contact us")
            && english
                .text
                .contains("<a class=\"button contact__button\" href=\"/visit\">Schedule an appointment</a>"),
        "{}",
        english.text
    );
    let spanish = site.get("/contact?lang=es").await.text;
    assert!(
        spanish.contains("<html lang=\"es\">") && spanish.contains("href=\"/visit?lang=es\">Hacer una cita"),
        "{spanish}"
    );
    assert_ne!(
        site.get("/visit").await.status,
        StatusCode::NOT_FOUND,
        "the button leads to the request form"
    );
}
