//! The page behind the link in a text: confirm, another time, cancel, the calendar file, and links that open nothing.
//!
//! The clock stands on Wednesday, November 18, 2026, 10:00 am at the agency.

use axum::http::StatusCode;
use domain::appointment::{Appointment, Channel, Status};
use store::Store as _;

use crate::booking::booked;
use crate::kb_reading::{between, open, plain};
use crate::site::Site;
use crate::visits::at;

const HOUR: i64 = 60 * 60_000;

/// A booked visit, and the path of the link in its text.
async fn linked(site: &Site, more: &[(&str, &str)]) -> (Appointment, String) {
    let visit = booked(site, "2026-11-20T09:00", more).await;
    let link = newest(site, &visit).await;
    (visit, link)
}

/// The path of the link in the newest text that has one, as only its receiver reads it.
async fn newest(site: &Site, visit: &Appointment) -> String {
    let keys: Vec<String> =
        now(site, visit).await.notices.iter().map(|notice| notice.id.to_string()).collect();
    let texts = site.store.bodies(&keys).await.unwrap();
    let text = texts.into_iter().rev().flatten().find(|text| text.contains("/visit/")).unwrap();
    format!("/visit/{}", between(&text, "/visit/", " "))
}

async fn now(site: &Site, visit: &Appointment) -> Appointment {
    site.engine.appointment(visit.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn sms_appt_1_the_link_shows_the_visit_and_nothing_else_of_the_customers() {
    let site = Site::new().await;
    let (_, link) = linked(&site, &[]).await;
    let page = site.get(&link).await;
    let said = plain(&page.text);
    for line in [
        "Friday, November 20 at 9:00 am",
        "Boone Resource Center",
        "2 Example Street",
        "Face to face interview",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(!page.text.contains("0101"), "no number stands on it");
    assert_eq!(
        (page.header("cache-control"), page.header("x-robots-tag")),
        ("no-store", "noindex, nofollow, noarchive")
    );
    assert_eq!(page.header("referrer-policy"), "same-origin", "no other server learns the address");
    assert!(open(&site, &format!("{link}?lang=es")).await.contains("<html lang=\"es\">"));
    let spanish = booked(&site, "2026-11-20T10:00", &[("speak", "es"), ("phone", "573 555 0102")]).await;
    let spanish = newest(&site, &spanish).await;
    assert!(open(&site, &spanish).await.contains("¿Qué desea hacer?"), "the visit's own language");
    let file = site.get(&format!("{link}/visit.ics")).await;
    assert!(file.header("content-type").starts_with("text/calendar") && file.text.contains("BEGIN:VEVENT"));
    assert!(!file.text.contains("5550101") && !file.text.to_lowercase().contains("interview"));
}

#[tokio::test]
async fn sms_appt_2_the_customer_says_that_they_come() {
    let site = Site::new().await;
    let (visit, link) = linked(&site, &[]).await;
    let answer = site.post_form(&format!("{link}/come"), &[("lang", "en")]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, format!("{link}?lang=en").as_str())
    );
    let page = open(&site, &link).await;
    assert!(plain(&page).contains("You told us that you will come.") && !page.contains("/come\""));
    let visit = now(&site, &visit).await;
    assert_eq!(
        visit.history.last().map(|one| (one.what.as_str(), one.channel)),
        Some(("confirmed", Some(Channel::Page)))
    );
    site.post_form(&format!("{link}/come"), &[("lang", "en")]).await;
    assert_eq!(now(&site, &visit).await.revision, visit.revision, "a second click says nothing new");
}

#[tokio::test]
async fn sms_appt_4_the_customer_takes_another_time_and_the_link_goes_on_working() {
    let site = Site::new().await;
    let (visit, link) = linked(&site, &[]).await;
    let times = open(&site, &format!("{link}/time?lang=en&day=2026-11-23")).await;
    assert!(times.contains("value=\"2026-11-23T10:00\"") && times.contains("Change to this time"));
    assert!(plain(&times).contains("Friday, November 20 at 9:00 am"), "the visit as it is now");
    let form = between(&times, "id=\"times-title\"", "</form>");
    assert!(
        form.contains("name=\"day\" value=\"2026-11-23\""),
        "the day stays chosen without a time: {form}"
    );
    let unsaid = site.post_form(&format!("{link}/time"), &[("lang", "es")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unsaid.text.contains("href=\"#times\">Elija una hora.</a>"));
    let moved =
        site.post_form(&format!("{link}/time"), &[("lang", "en"), ("start", "2026-11-23T10:00")]).await;
    assert_eq!(moved.header("location"), format!("{link}?lang=en&said=moved"));
    let page = plain(&open(&site, moved.header("location")).await);
    assert!(
        page.contains("Your visit has a new time.") && page.contains("Monday, November 23 at 10:00 am"),
        "{page}"
    );
    let after = now(&site, &visit).await;
    assert_eq!((after.place.start, after.moves), (at(&site, 23, 10, 0), 1));
    assert_eq!(after.history.last().and_then(|one| one.channel), Some(Channel::Page));
    // The old time is free again, and the new one is not.
    let grid = open(&site, "/visit?office=boone&kind=interview&day=2026-11-20").await;
    assert!(grid.contains("value=\"2026-11-20T09:00\""));
    // PHONE-APPT-9: the time of another office.
    let nearby =
        site.post_form(&format!("{link}/time"), &[("lang", "en"), ("pick", "cole@2026-11-24T09:00")]).await;
    assert_eq!(nearby.status, StatusCode::SEE_OTHER);
    assert_eq!(now(&site, &visit).await.place.office, "cole");
}

#[tokio::test]
async fn phone_appt_11_a_page_that_is_out_of_date_changes_nothing_and_shows_where_the_visit_stands() {
    let site = Site::new().await;
    let (visit, link) = linked(&site, &[]).await;
    let seen = |page: &str| between(page, "name=\"seen\" value=\"", "\"").to_owned();
    let (shown, asked) = (open(&site, &link).await, open(&site, &format!("{link}/cancel")).await);
    let times = open(&site, &format!("{link}/time?lang=en&day=2026-11-23")).await;
    let old = seen(&shown);
    assert!(seen(&asked) == old && seen(&times) == old, "every form says what it showed");
    let moved = site
        .post_form(&format!("{link}/time"), &[("lang", "en"), ("seen", &old), ("start", "2026-11-23T10:00")])
        .await;
    assert_eq!(moved.header("location"), format!("{link}?lang=en&said=moved"));
    let before = now(&site, &visit).await;
    for (act, start) in [("/time", "2026-11-24T10:00"), ("/cancel", ""), ("/come", "")] {
        let form = [("lang", "en"), ("seen", old.as_str()), ("start", start)];
        let answer = site.post_form(&format!("{link}{act}"), &form).await;
        assert_eq!(answer.header("location"), format!("{link}?lang=en&said=meanwhile"), "{act}");
    }
    assert_eq!(now(&site, &visit).await, before);
    let page = plain(&open(&site, &format!("{link}?lang=en&said=meanwhile")).await);
    assert!(page.contains("moved meanwhile") && page.contains("Monday, November 23 at 10:00 am"), "{page}");
    // The same time once more is a second click, and the page as it is now may do everything.
    let twice = [("lang", "en"), ("seen", old.as_str()), ("start", "2026-11-23T10:00")];
    let answer = site.post_form(&format!("{link}/time"), &twice).await;
    assert_eq!(answer.header("location"), format!("{link}?lang=en&said=moved"));
    let fresh = seen(&open(&site, &link).await);
    site.post_form(&format!("{link}/come"), &[("lang", "en"), ("seen", &fresh)]).await;
    assert!(now(&site, &visit).await.confirmed_at.is_some());
}

#[tokio::test]
async fn phone_appt_12_a_time_that_is_taken_or_cannot_be_is_said_and_nothing_changes() {
    let site = Site::new().await;
    let (visit, link) = linked(&site, &[]).await;
    booked(&site, "2026-11-23T10:00", &[("phone", "573 555 0102")]).await;
    for (start, said) in [
        ("2026-11-23T10:00", "Monday, November 23 at 10:00 am at Boone Resource Center (demo) is taken."),
        ("2026-11-23T10:30", "starts on the hour"),
        ("2026-11-17T10:00", "is over"),
        ("2027-02-29T10:00", "This day does not exist."),
        ("2027-03-14T02:00", "skip this hour"),
        ("x", "cannot be read"),
    ] {
        let answer = site.post_form(&format!("{link}/time"), &[("lang", "en"), ("start", start)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{start}");
        let faults = plain(between(&answer.text, "id=\"visit-faults\"", "</div>"));
        assert!(faults.contains(said), "{start}: {faults}");
    }
    let taken = site.post_form(&format!("{link}/time"), &[("start", "2026-11-23T10:00")]).await;
    assert!(taken.text.contains("name=\"pick\" value=\"cole@2026-11-23T10:00\""));
    let nowhere = site.post_form(&format!("{link}/time"), &[("pick", "atlantis@2026-11-23T10:00")]).await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    let day = site.get(&format!("{link}/time?lang=en&day=2/29/2027")).await;
    assert!(day.status == StatusCode::UNPROCESSABLE_ENTITY && day.text.contains("href=\"#day\""));
    assert_eq!(now(&site, &visit).await, visit);
}

#[tokio::test]
async fn sms_appt_5_the_customer_cancels_after_being_asked_once_more() {
    let site = Site::new().await;
    let (visit, link) = linked(&site, &[]).await;
    let asked = open(&site, &format!("{link}/cancel?lang=en")).await;
    assert!(asked.contains("Cancel this visit?") && asked.contains("No, keep the visit"));
    assert_eq!(now(&site, &visit).await.status, Status::Booked, "asking cancels nothing");
    let done = site.post_form(&format!("{link}/cancel"), &[("lang", "en")]).await;
    assert!(done.status == StatusCode::OK && plain(&done.text).contains("Your visit is cancelled"));
    assert!(plain(&done.text).contains("Friday, November 20 at 9:00 am"));
    let after = now(&site, &visit).await;
    assert_eq!(
        (after.status, after.history.last().and_then(|one| one.channel)),
        (Status::Cancelled, Some(Channel::Page))
    );
    let again = site.post_form(&format!("{link}/cancel"), &[("lang", "en")]).await;
    assert!(again.status == StatusCode::NOT_FOUND && plain(&again.text).contains("cancelled already"));
    assert!(
        open(&site, "/visit?office=boone&kind=interview&day=2026-11-20").await.contains("2026-11-20T09:00\"")
    );
}

#[tokio::test]
async fn guessed_expired_and_used_up_links_say_the_same_and_what_to_do() {
    let site = Site::new().await;
    let (_, cancelled) = linked(&site, &[]).await;
    site.post_form(&format!("{cancelled}/cancel"), &[("lang", "en")]).await;
    let late = booked(&site, "2026-11-30T09:00", &[("phone", "573 555 0102")]).await;
    let expired = newest(&site, &late).await;
    site.pass(72 * HOUR);
    let guessed = site.get("/visit/AAAAAAAAAAAAAAAAAAAAAAAA?lang=en").await;
    // A page leads to itself in the other language; but for that address, which the asker knows, all are the same.
    let own = |text: &str, link: &str| text.replace(link, "");
    let same = own(&guessed.text, "/visit/AAAAAAAAAAAAAAAAAAAAAAAA");
    let said = plain(&guessed.text);
    assert!(said.contains("This link does not open a visit") && said.contains("855-373-4636"), "{said}");
    for link in [&cancelled, &expired] {
        let answer = site.get(&format!("{link}?lang=en")).await;
        assert_eq!((answer.status, &own(&answer.text, link)), (StatusCode::NOT_FOUND, &same));
    }
    for path in ["/time", "/cancel", "/visit.ics"] {
        let answer = site.get(&format!("{expired}{path}?lang=en")).await;
        assert_eq!(own(&answer.text, &expired), same, "{path}");
    }
    for path in ["/time", "/cancel", "/come"] {
        let answer = site.post_form(&format!("{expired}{path}"), &[("lang", "en")]).await;
        assert_eq!((answer.status, &own(&answer.text, &expired)), (StatusCode::NOT_FOUND, &same), "{path}");
    }
    assert_eq!(now(&site, &late).await.status, Status::Booked);
    assert!(plain(&site.get("/visit/x?lang=es").await.text).contains("Este enlace no abre ninguna visita"));
}

#[tokio::test]
async fn guessing_is_slowed_and_those_with_a_link_are_not() {
    let site = Site::new().await;
    let (_, link) = linked(&site, &[]).await;
    let mut last = site.get("/visit/guess0").await;
    for n in 1..100 {
        if last.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        assert_eq!(last.status, StatusCode::NOT_FOUND);
        last = site.get(&format!("/visit/guess{n}?lang=en")).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!last.header("retry-after").is_empty() && plain(&last.text).contains("Too many tries"));
    open(&site, &link).await;
}

#[tokio::test]
async fn phone_appt_11_an_office_that_closes_asks_for_another_time() {
    let site = Site::new().await;
    let (visit, link) = linked(&site, &[]).await;
    let pack = site.engine.pack();
    let mut office =
        pack.appointments.as_ref().unwrap().offices.iter().find(|one| one.id == "boone").unwrap().clone();
    let day = jiff::civil::date(2026, 11, 20);
    let closure =
        domain::appointment::Closure { from: day, until: day, at: None, reason: "Water damage".to_owned() };
    office.closures.push(closure);
    let change = engine::Change {
        kind: engine::records::OFFICE,
        id: "boone".to_owned(),
        expected: None,
        data: Some(serde_json::to_value(&office).unwrap()),
        reason: "test".to_owned(),
    };
    site.engine.save(change, "test").await.unwrap();
    site.engine
        .handle_appointment(visit.id, domain::appointment::AppointmentCommand::Review, "test")
        .await
        .unwrap();
    let page = open(&site, &link).await;
    assert!(
        plain(&page).contains("The office will be closed at the time of your visit.")
            && !page.contains("/come\"")
    );
    let come = site.post_form(&format!("{link}/come"), &[("lang", "en")]).await;
    assert_eq!(come.status, StatusCode::SEE_OTHER);
    assert!(now(&site, &visit).await.confirmed_at.is_none(), "nobody can promise to come to a closed office");
    let moved = site.post_form(&format!("{link}/time"), &[("start", "2026-11-23T09:00")]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER);
    assert!(now(&site, &visit).await.flagged.is_none());
}
