//! Booking by the customer alone: the five steps without a script, both languages, what is wrong with a form, the second
//! click, the time that is taken meanwhile.
//!
//! The clock stands on Wednesday, November 18, 2026, 10:00 am at the agency.

use axum::body::Body;
use axum::http::StatusCode;
use domain::appointment::{Appointment, Channel, Interpreter, Status};
use domain::id::Address;

use crate::kb_reading::{between, open, plain};
use crate::site::{Answer, Site, request};
use crate::visits::at;

const NUMBER: &str = "+15735550101";
const HOUR: i64 = 60 * 60_000;

/// The choices up to the contact.
pub(crate) fn choices<'a>(kind: &'a str, start: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("lang", "en"), ("near", "Boone"), ("office", "boone"), ("kind", kind), ("start", start)]
}

/// The whole form, as the last step sends it.
pub(crate) fn whole<'a>(id: &'a str, start: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = choices("interview", start);
    fields.extend([
        ("phone", "573 555 0101"),
        ("texts", "yes"),
        ("speak", "en"),
        ("id", id),
        ("act", "book"),
    ]);
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    fields
}

fn query(fields: &[(&str, &str)]) -> String {
    let mut encoded = form_urlencoded::Serializer::new("/visit?".to_owned());
    encoded.extend_pairs(fields);
    encoded.finish().replacen("?&", "?", 1)
}

/// The id that a form carries.
pub(crate) fn id_of(page: &str) -> String {
    between(page, "name=\"id\" value=\"", "\"").to_owned()
}

fn heading(page: &str) -> String {
    plain(between(page, "<h1 id=\"visit-title\" tabindex=\"-1\">", "</h1>"))
}

/// An id as a form gets it. Its time is one that no test books.
pub(crate) async fn fresh(site: &Site) -> String {
    let id = domain::id::AppointmentId(site.engine.fresh());
    let page = site.get(&query(&choices("interview", "2026-12-15T16:00"))).await;
    // Where that time is over, the form is another one.
    if page.status == StatusCode::OK { id_of(&page.text) } else { id.to_string() }
}

pub(crate) async fn visits(site: &Site, number: &str) -> Vec<Appointment> {
    site.engine.appointments_of(&Address::from(number)).await.unwrap()
}

/// Books and answers with the visit.
pub(crate) async fn booked(site: &Site, start: &str, more: &[(&str, &str)]) -> Appointment {
    let id = fresh(site).await;
    let answer = site.post_form("/visit", &whole(&id, start, more)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", plain(&answer.text));
    let id = domain::id::AppointmentId(id.parse().unwrap());
    site.engine.appointment(id).await.unwrap().unwrap()
}

fn faults(answer: &Answer) -> String {
    plain(between(&answer.text, "id=\"visit-faults\"", "</div>"))
}

#[tokio::test]
async fn phone_appt_23_the_contact_page_leads_to_the_form_in_both_languages() {
    let site = Site::new().await;
    let english = open(&site, "/help?lang=en").await;
    assert!(english.contains("href=\"/visit?lang=en\">Schedule an appointment</a>"));
    assert!(open(&site, "/help?lang=es").await.contains("href=\"/visit?lang=es\">Pedir una cita</a>"));
    assert!(open(&site, "/visit").await.contains("<html lang=\"en\">"));
    let spanish = request("GET", "/visit").header("accept-language", "es-MX,es;q=0.9").body(Body::empty());
    let spanish = site.ask(spanish.unwrap()).await.text;
    assert!(spanish.contains("<html lang=\"es\">") && heading(&spanish) == "Busque una oficina");
}

#[tokio::test]
async fn phone_appt_23_five_steps_without_a_script_lead_to_a_visit_that_the_office_sees() {
    let site = Site::new().await;
    let first = open(&site, "/visit?lang=en").await;
    assert!(heading(&first) == "Find an office" && first.contains("Step 1 of 5"));
    // PHONE-APPT-3
    assert!(
        plain(&first).contains("Appointments are not required for customers to visit a Resource Center.")
    );
    let found = plain(&open(&site, "/visit?lang=en&near=65201").await);
    for said in
        ["Boone Resource Center", "2 Example Street", "Monday to Friday 8:00 am to 5:00 pm", "Cole Resource"]
    {
        assert!(found.contains(said), "{said}: {found}");
    }
    let kinds = open(&site, "/visit?lang=en&near=65201&office=boone&from=office").await;
    assert!(heading(&kinds) == "What is the visit for?" && plain(&kinds).contains("Bring: "));
    let times = open(&site, "/visit?lang=en&office=boone&kind=interview&from=kind").await;
    assert!(heading(&times) == "Choose a day and a time" && times.contains("value=\"2026-11-18T11:00\""));
    let contact = open(&site, &query(&choices("interview", "2026-11-19T09:00"))).await;
    assert_eq!(heading(&contact), "How can we reach you?");
    let id = id_of(&contact);
    let mut fields = choices("interview", "2026-11-19T09:00");
    fields.extend([
        ("phone", "(573) 555-0101"),
        ("texts", "yes"),
        ("speak", "es"),
        ("id", &id),
        ("from", "contact"),
    ]);
    fields.extend([("interpreter", "yes"), ("tongue", "Bosnian")]);
    let confirm = site.post_form("/visit", &fields).await;
    assert_eq!((confirm.status, heading(&confirm.text).as_str()), (StatusCode::OK, "Check and book"));
    let said = plain(&confirm.text);
    for line in [
        "Boone Resource",
        "Thursday, November 19 at 9:00 am",
        "(573) 555-0101",
        "Yes, in Spanish",
        "Yes, Bosnian",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(visits(&site, NUMBER).await.is_empty(), "only the last button books");
    fields.push(("act", "book"));
    let done = site.post_form("/visit", &fields).await;
    assert_eq!(done.header("location"), format!("/visit/done/{id}?lang=en"));
    let page = site.get(done.header("location")).await;
    assert!(plain(&page.text).contains("Your visit is booked") && plain(&page.text).contains("ends in 0101"));
    assert!(!page.text.contains("555-0101"), "the page after booking shows no whole number");
    // Which interpreter comes, and how long the link in the text opens the visit.
    assert!(plain(&page.text).contains("Yes, Bosnian"), "{}", plain(&page.text));
    assert!(plain(&page.text).contains("It opens your visit for 3 days"), "{}", plain(&page.text));
    let spanish = plain(&open(&site, &format!("/visit/done/{id}?lang=es")).await);
    assert!(spanish.contains("Sí, bosnio") && spanish.contains("Abre su visita por 3 días"), "{spanish}");
    assert!(spanish.contains("Boone Resource Center (demostración)"), "{spanish}");
    assert_eq!(
        (page.header("cache-control"), page.header("x-robots-tag")),
        ("no-store", "noindex, nofollow, noarchive")
    );
    let visit = visits(&site, NUMBER).await.remove(0);
    assert_eq!(
        (visit.status, visit.place.start, visit.language.as_str()),
        (Status::Booked, at(&site, 19, 9, 0), "es")
    );
    assert_eq!(visit.interpreter, Some(Interpreter::Needed { kind: String::new() }), "its words are sealed");
    assert_eq!(
        (visit.history[0].channel, visit.companions, visit.details.len()),
        (Some(Channel::Page), None, 1)
    );
}

#[tokio::test]
async fn phone_appt_5_the_page_says_what_customers_are_told_in_the_very_words() {
    let site = Site::new().await;
    let id = fresh(&site).await;
    let mut fields = whole(&id, "2026-11-19T09:00", &[]);
    fields.retain(|(name, _)| *name != "act");
    let said = plain(&site.post_form("/visit", &fields).await.text);
    let pack = site.engine.pack();
    let book = pack.appointments.as_ref().unwrap();
    assert!(book.tells.len() >= 4);
    // Nobody who is booking online is told that it can be done online.
    let shown = |clause: &str| clause != "PHONE-APPT-4";
    for tell in &book.tells {
        assert_eq!(said.contains(&tell.text["en"]), shown(&tell.clause), "{}", tell.clause);
    }
    let by_text = said.find("Open the link in our text").unwrap();
    assert!(by_text < said.find("for any other reason").unwrap(), "the other ways stand first: {said}");
    fields.iter_mut().filter(|(name, _)| *name == "lang").for_each(|field| field.1 = "es");
    let said = plain(&site.post_form("/visit", &fields).await.text);
    assert!(book.tells.iter().all(|tell| said.contains(&tell.text["es"]) == shown(&tell.clause)));
    let visit = booked(&site, "2026-11-19T09:00", &[]).await;
    assert!(visit.untold.is_empty(), "what the page shows is told");
}

#[tokio::test]
async fn sms_appt_6_the_phone_number_is_the_only_thing_of_the_customers_that_is_asked() {
    let site = Site::new().await;
    let contact = open(&site, &query(&choices("interview", "2026-11-19T09:00"))).await;
    let mut asked: Vec<&str> = contact
        .split("<input ")
        .skip(1)
        .filter(|field| !field.contains("type=\"hidden\""))
        .map(|field| between(field, "name=\"", "\""))
        .collect();
    asked.dedup();
    assert_eq!(asked, ["phone", "texts", "speak", "interpreter", "tongue"]);
    assert!(!contact.contains("<textarea"));
    let id = id_of(&contact);
    let sent = [("interpreter", "yes"), ("tongue", "Spanish, 123-45-6789")];
    let answer = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &sent)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faults(&answer).contains("Leave out numbers") && answer.text.contains("href=\"#tongue\""));
    // What no form asks for is not taken: not the reason, not five hundred companions.
    let many = (0..500).map(|n| format!("Person {n}")).collect::<Vec<_>>().join(",");
    let more = [("reason", "I lost my job"), ("companions", many.as_str()), ("note", "123-45-6789")];
    let visit = booked(&site, "2026-11-19T09:00", &more).await;
    assert!(visit.details.is_empty() && visit.companions.is_none());
    // No phone number is taken from an address, where proxies and browsers would keep it.
    let by_address = open(&site, &query(&whole(&id, "2026-11-19T10:00", &[]))).await;
    assert!(heading(&by_address) == "How can we reach you?" && !by_address.contains("573 555 0101"));
}

#[tokio::test]
async fn phone_appt_13_and_14_interviews_start_on_the_hour_and_cards_are_picked_up_on_the_half_hour() {
    let site = Site::new().await;
    let starts = async |kind: &str| {
        let page = open(&site, &format!("/visit?office=boone&kind={kind}&day=2026-11-19")).await;
        page.split("name=\"start\" value=\"").skip(1).map(|rest| rest[..16].to_owned()).collect::<Vec<_>>()
    };
    for (kind, minutes) in [("literacy", vec![":00"]), ("interview", vec![":00"]), ("ebt-card", vec![":30"])]
    {
        let found = starts(kind).await;
        assert!(
            found.len() > 7 && found.iter().all(|start| minutes.contains(&&start[13..])),
            "{kind}: {found:?}"
        );
    }
    assert!(starts("other").await.len() > 15);
    let wrong = open_fault(&site, &choices("ebt-card", "2026-11-19T09:00")).await;
    assert!(faults(&wrong).contains("starts on the half hour"), "{}", faults(&wrong));
}

async fn open_fault(site: &Site, fields: &[(&str, &str)]) -> Answer {
    let answer = site.get(&query(fields)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", plain(&answer.text));
    answer
}

#[tokio::test]
async fn phone_appt_22_after_half_past_three_nothing_before_noon_of_the_next_business_day() {
    let site = Site::new().await;
    let day = "/visit?lang=en&office=boone&kind=interview&day=2026-11-19";
    assert!(open(&site, day).await.contains("value=\"2026-11-19T11:00\""));
    site.pass(5 * HOUR + 31 * 60_000);
    let late = open(&site, day).await;
    assert!(!late.contains("value=\"2026-11-19T11:00\"") && late.contains("value=\"2026-11-19T12:00\""));
    assert!(plain(&late).contains(
        "It is after 3:30 pm. The first visit you can book is on Thursday, November 19 at 12:00 pm or later."
    ));
    let wrong = open_fault(&site, &choices("interview", "2026-11-19T11:00")).await;
    assert!(faults(&wrong).contains("3:30 pm"));
    let id = fresh(&site).await;
    let answer = site.post_form("/visit", &whole(&id, "2026-11-19T11:00", &[])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(visits(&site, NUMBER).await.is_empty());
    booked_with(&site, &id, "2026-11-19T12:00").await;
}

async fn booked_with(site: &Site, id: &str, start: &str) {
    let answer = site.post_form("/visit", &whole(id, start, &[])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", plain(&answer.text));
}

#[tokio::test]
async fn an_office_is_found_by_county_and_zip_and_when_none_is_the_page_says_what_to_do() {
    let site = Site::new().await;
    let shown = async |near: &str| plain(&open(&site, &query(&[("lang", "en"), ("near", near)])).await);
    for near in ["Boone", "boone county", " 65203 ", "65203-1234", "Columbia"] {
        assert!(shown(near).await.contains("Boone Resource Center"), "{near}");
    }
    assert!(shown("Saint Louis").await.contains("St. Louis County South"));
    let area = shown("65299").await;
    assert!(area.contains("in the same area") && area.contains("Boone Resource Center"));
    let none = shown("99999").await;
    assert!(none.contains("We found no office for “99999”") && none.contains("855-373-4636"));
    assert!(none.contains("Cape Girardeau") && !none.contains("in the same area"));
    let hostile = open(&site, &query(&[("lang", "en"), ("near", "<script>alert(1)</script>")])).await;
    assert!(!hostile.contains("<script>alert"));
    let empty = open_fault(&site, &[("lang", "en"), ("near", ""), ("from", "near")]).await;
    assert!(empty.text.contains("href=\"#near\"") && faults(&empty).contains("Type your county"));
    let unsaid = open_fault(&site, &[("lang", "es"), ("near", "Boone"), ("from", "office")]).await;
    assert!(faults(&unsaid).contains("Elija una oficina."));
    let gone = open_fault(&site, &[("lang", "en"), ("office", "atlantis")]).await;
    assert!(faults(&gone).contains("not in our list any more"));
}

#[tokio::test]
async fn days_and_hours_that_do_not_exist_are_past_or_too_far_are_said_at_their_field() {
    let site = Site::new().await;
    let base = [("lang", "en"), ("office", "boone"), ("kind", "interview")];
    for (day, said) in [
        ("02/29/2027", "This day does not exist"),
        ("2026-11-31", "This day does not exist"),
        ("soon", "cannot be read"),
        ("11/17/2026", "This day is over"),
        ("2027-06-01", "The last day you can book is Friday, January 15"),
    ] {
        let mut fields = base.to_vec();
        fields.push(("day", day));
        let answer = open_fault(&site, &fields).await;
        assert!(faults(&answer).contains(said), "{day}: {}", faults(&answer));
        let field = between(&answer.text, "id=\"day\"", ">");
        assert!(
            field.contains(&format!("value=\"{day}\"")) && field.contains("aria-invalid=\"true\""),
            "{field}"
        );
        assert!(answer.text.contains("href=\"#day\"") && answer.text.contains("<title>Problem:"));
    }
    for (start, said) in [
        ("2027-02-29T09:00", "This day does not exist"),
        ("2027-03-14T02:00", "the clocks are put forward that night and skip this hour"),
        ("2026-11-17T09:00", "is over"),
        ("2027-06-01T09:00", "too far ahead"),
        ("2026-11-21T09:00", "closed"),
        ("2026-11-19T17:00", "not open for the whole visit"),
        ("nine", "cannot be read"),
    ] {
        let answer = open_fault(&site, &choices("interview", start)).await;
        assert!(faults(&answer).contains(said), "{start}: {}", faults(&answer));
        assert!(answer.text.contains("href=\"#times\"") && answer.text.contains("id=\"times\""));
    }
    // The form of the times carries its day: a press without a time leaves the customer on the day they chose.
    let day = open(&site, "/visit?office=boone&kind=interview&day=2026-11-24").await;
    let form = between(&day, "id=\"times-title\"", "</form>");
    assert!(form.contains("name=\"day\" value=\"2026-11-24\""), "{form}");
    let sent = [("office", "boone"), ("kind", "interview"), ("from", "time"), ("day", "2026-11-24")];
    let kept = open_fault(&site, &sent).await;
    assert!(faults(&kept).contains("Choose a time.") && kept.text.contains("value=\"2026-11-24T10:00\""));
    let unsaid = open_fault(&site, &[("office", "boone"), ("kind", "interview"), ("from", "time")]).await;
    assert!(faults(&unsaid).contains("Choose a time."));
    let kind = open_fault(&site, &[("office", "boone"), ("from", "kind")]).await;
    assert!(faults(&kind).contains("Choose what the visit is for."));
}

#[tokio::test]
async fn wrong_and_foreign_numbers_are_said_in_both_languages_and_nothing_typed_is_lost() {
    let site = Site::new().await;
    let id = fresh(&site).await;
    for (phone, english, spanish) in [
        ("", "Type your phone number.", "Escriba su número de teléfono."),
        (
            "+44 20 7946 0958",
            "not a United States phone number",
            "No es un número de teléfono de Estados Unidos",
        ),
        ("555-0101", "not a United States phone number", "No es un número"),
        ("(011) 555-0101", "not a United States phone number", "No es un número"),
        ("call me", "not a United States phone number", "No es un número"),
        ("855-684-9242", "our own number", "nuestro propio número"),
    ] {
        for (lang, said) in [("en", english), ("es", spanish)] {
            let more = [
                ("phone", phone),
                ("lang", lang),
                ("from", "contact"),
                ("interpreter", "yes"),
                ("tongue", "Dari"),
            ];
            let answer = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &more)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{phone}");
            assert!(faults(&answer).contains(said), "{phone}: {}", faults(&answer));
            let page = &answer.text;
            assert!(
                page.contains("href=\"#phone\"")
                    && between(page, "id=\"phone\"", ">").contains("aria-invalid")
            );
            let kept = between(page, "id=\"phone\"", ">");
            assert!(kept.contains(&format!("value=\"{phone}\"")), "{kept}");
            assert!(
                page.contains("value=\"Dari\"")
                    && page.contains("value=\"yes\" aria-describedby=\"texts-hint\" checked")
            );
            assert_eq!(id_of(page), id, "the form keeps its id");
        }
    }
    let more = [("interpreter", "yes"), ("tongue", " "), ("from", "contact")];
    let answer = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &more)).await;
    assert!(faults(&answer).contains("Say which language or sign language"));
    for (lang, said) in [("en", "Something here cannot be seen."), ("es", "Aquí hay algo que no se ve.")] {
        let more = [("interpreter", "yes"), ("tongue", "Da\u{202e}ri"), ("from", "contact"), ("lang", lang)];
        let hidden = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &more)).await;
        assert!(faults(&hidden).contains(said), "{}", faults(&hidden));
    }
    // Who has no such number is told the one to call.
    let more = [("phone", "+44 20 7946 0958"), ("from", "contact")];
    let foreign = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &more)).await;
    assert!(faults(&foreign).contains("or call us: 855-373-4636."), "{}", faults(&foreign));
    assert!(visits(&site, NUMBER).await.is_empty());
}

#[tokio::test]
async fn a_second_click_books_nothing_more_and_another_time_with_the_same_form_is_refused() {
    let site = Site::new().await;
    let id = fresh(&site).await;
    let fields = whole(&id, "2026-11-19T09:00", &[]);
    let first = site.post_form("/visit", &fields).await;
    let second = site.post_form("/visit", &fields).await;
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(first.header("location"), second.header("location"));
    let found = visits(&site, NUMBER).await;
    assert_eq!((found.len(), found[0].revision), (1, 1));
    let other = site.post_form("/visit", &whole(&id, "2026-11-19T10:00", &[])).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(faults(&other).contains("You have booked a visit with this form already"));
    assert!(other.text.contains(&format!("href=\"/visit/done/{id}?lang=en\"")));
    assert_eq!(visits(&site, NUMBER).await.len(), 1);
}

#[tokio::test]
async fn phone_appt_12_a_time_taken_meanwhile_is_said_with_others_and_nothing_typed_is_lost() {
    let site = Site::new().await;
    let id = fresh(&site).await;
    booked(&site, "2026-11-19T09:00", &[("phone", "573-555-0199")]).await;
    let more = [("interpreter", "yes"), ("tongue", "Dari")];
    for (lang, said) in [
        ("en", "Thursday, November 19 at 9:00 am at Boone Resource Center (demo) is taken."),
        (
            "es",
            "Boone Resource Center (demostración): la hora del jueves 19 de noviembre, 9:00 am ya está ocupada.",
        ),
    ] {
        let mut sent = more.to_vec();
        sent.push(("lang", lang));
        let answer = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &sent)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(faults(&answer).contains(said), "{}", faults(&answer));
        let page = &answer.text;
        assert!(
            !page.contains("value=\"2026-11-19T09:00\"><span>")
                && page.contains("value=\"2026-11-19T10:00\"")
        );
        for other in [
            "name=\"pick\" value=\"cole@2026-11-19T09:00\"",
            "name=\"pick\" value=\"boone@2026-11-20T09:00\"",
        ] {
            assert!(page.contains(other), "{other}");
        }
        for kept in [
            "name=\"phone\" value=\"573 555 0101\"",
            "name=\"tongue\" value=\"Dari\"",
            "name=\"texts\" value=\"yes\"",
        ] {
            assert!(page.contains(kept), "{kept}");
        }
        assert_eq!(id_of(page), id);
        assert_eq!(plain(page).contains("Your contact is kept."), lang == "en");
    }
    // PHONE-APPT-9: another office is one press away, and the contact is still there.
    let mut fields = whole(&id, "2026-11-19T09:00", &more);
    fields.retain(|(name, _)| *name != "act" && *name != "start");
    fields.push(("pick", "cole@2026-11-19T09:00"));
    let confirm = site.post_form("/visit", &fields).await;
    assert_eq!((confirm.status, heading(&confirm.text).as_str()), (StatusCode::OK, "Check and book"));
    assert!(plain(&confirm.text).contains("Cole Resource Center") && confirm.text.contains("value=\"Dari\""));
}

#[tokio::test]
async fn a_day_without_free_times_offers_other_days_and_offices_nearby() {
    let site = Site::new().await;
    let day = open(&site, "/visit?lang=en&office=boone&kind=interview&day=2026-11-21").await;
    let said = plain(&day);
    assert!(said.contains("There is no free time on Saturday, November 21"), "{said}");
    assert!(day.contains("name=\"pick\" value=\"boone@2026-11-23T12:00\""), "{said}");
    let closed = plain(&open(&site, "/visit?lang=en&office=boone&kind=interview&day=2026-11-26").await);
    assert!(closed.contains("Closed: Thursday, November 26, Thanksgiving Day"), "{closed}");
    let spanish = plain(&open(&site, "/visit?lang=es&office=boone&kind=interview&day=2026-11-26").await);
    assert!(spanish.contains("Día de Acción de Gracias") && !spanish.contains("Thanksgiving"), "{spanish}");
    let month = open(&site, "/visit?lang=en&office=boone&kind=interview&month=2026-12").await;
    assert!(plain(&month).contains("December 2026") && month.contains("value=\"2026-12-01T08:00\""));
    assert!(
        month.contains("name=\"month\" value=\"2026-11\"")
            && month.contains("name=\"month\" value=\"2027-01\"")
    );
    let last = open(&site, "/visit?lang=en&office=boone&kind=interview&month=2029-01").await;
    assert!(plain(&last).contains("November 2026"), "a month out of reach is none");
}

#[tokio::test]
async fn one_number_has_so_many_visits_ahead_and_is_told_at_its_field() {
    let site = Site::new().await;
    for start in ["2026-11-19T09:00", "2026-11-19T10:00", "2026-11-19T11:00"] {
        booked(&site, start, &[]).await;
    }
    let id = fresh(&site).await;
    let answer = site.post_form("/visit", &whole(&id, "2026-11-19T14:00", &[])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faults(&answer).contains("as many visits ahead") && answer.text.contains("href=\"#phone\""));
    assert!(
        answer.text.contains("value=\"573 555 0101\"") && heading(&answer.text) == "How can we reach you?"
    );
    assert_eq!(visits(&site, NUMBER).await.len(), 3);
}

#[tokio::test]
async fn a_flood_from_one_address_is_slowed_and_nothing_typed_is_lost() {
    let site = Site::new().await;
    let id = fresh(&site).await;
    let fields = whole(&id, "2026-11-19T09:00", &[]);
    let mut last = site.post_form("/visit", &fields).await;
    for _ in 0..70 {
        if last.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        last = site.post_form("/visit", &fields).await;
    }
    assert_eq!((last.status, last.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "3600"));
    assert!(
        faults(&last).contains("Please try again in 60 minutes.") && faults(&last).contains("855-373-4636")
    );
    assert!(last.text.contains("name=\"phone\" value=\"573 555 0101\"") && id_of(&last.text) == id);
    // Looking is not slowed.
    open(&site, "/visit?office=boone&kind=interview").await;
    site.pass(HOUR);
    assert_eq!(site.post_form("/visit", &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn forms_of_other_sites_book_nothing() {
    let site = Site::new().await;
    let id = fresh(&site).await;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(whole(&id, "2026-11-19T09:00", &[]));
    let sent = request("POST", "/visit")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site");
    let answer = site.ask(sent.body(Body::from(form.finish())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(visits(&site, NUMBER).await.is_empty());
}

#[tokio::test]
async fn the_office_that_closes_while_somebody_is_on_the_last_step_is_said_and_nothing_is_lost() {
    let site = Site::new().await;
    let id = fresh(&site).await;
    let pack = site.engine.pack();
    let mut office =
        pack.appointments.as_ref().unwrap().offices.iter().find(|one| one.id == "boone").unwrap().clone();
    let day = jiff::civil::date(2026, 11, 19);
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
    let answer = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &[])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faults(&answer).contains(
        "Boone Resource Center (demo) is closed on Thursday, November 19 at 9:00 am: Water damage."
    ));
    assert!(
        answer.text.contains("value=\"cole@2026-11-19T09:00\"")
            && answer.text.contains("value=\"573 555 0101\"")
    );
    // The reason was typed in English: the Spanish page says that the office is closed, and not why.
    let spanish = site.post_form("/visit", &whole(&id, "2026-11-19T09:00", &[("lang", "es")])).await;
    assert!(faults(&spanish).contains("está cerrada ese día"), "{}", faults(&spanish));
    let month = open(&site, "/visit?lang=es&office=boone&kind=interview&month=2026-11").await;
    let said = plain(&month);
    assert!(
        said.contains("Cerrado: jueves 19 de noviembre;") && said.contains("Acción de Gracias"),
        "{said}"
    );
    assert!(!spanish.text.contains("Water") && !month.contains("Water"), "{said}");
    let far = choices("interview", "2027-06-01T09:00");
    let far: Vec<(&str, &str)> =
        far.into_iter().map(|(name, value)| (name, if name == "lang" { "es" } else { value })).collect();
    let far = open_fault(&site, &far).await;
    assert!(
        faults(&far).contains("El último día que puede pedir es el viernes 15 de enero"),
        "{}",
        faults(&far)
    );
    let holiday = [("lang", "es"), ("office", "boone"), ("kind", "interview"), ("start", "2026-11-26T09:00")];
    let holiday = open_fault(&site, &holiday).await;
    assert!(faults(&holiday).contains(": Día de Acción de Gracias."), "{}", faults(&holiday));
}

#[tokio::test]
async fn a_number_that_asked_for_no_texts_is_told_so_and_how_to_get_them_again() {
    // SMS-APPT-1
    let site = Site::new().await;
    let stop = [("slot", "a"), ("number", "(573) 555-0101"), ("text", "STOP")];
    site.post_form("/demo/handset/send", &stop).await;
    let visit = booked(&site, "2026-11-19T09:00", &[]).await;
    assert!(visit.texts && visit.notices.is_empty(), "{visit:?}");
    let page = plain(&open(&site, &format!("/visit/done/{}?lang=en", visit.id)).await);
    assert!(
        page.contains("asked us not to text it") && page.contains("text START to 855-684-9242"),
        "{page}"
    );
    assert!(!page.contains("555-0101") && !page.contains("use the link in the text"), "{page}");
    let spanish = plain(&open(&site, &format!("/visit/done/{}?lang=es", visit.id)).await);
    assert!(spanish.contains("envíe START al 855-684-9242"), "{spanish}");
}

#[tokio::test]
async fn the_page_after_booking_closes_after_half_an_hour() {
    let site = Site::new().await;
    let visit = booked(&site, "2026-11-19T09:00", &[("texts", "")]).await;
    let path = format!("/visit/done/{}?lang=en", visit.id);
    let page = plain(&open(&site, &path).await);
    assert!(
        page.contains("We send no texts about this visit") && !page.contains("Open the link in our text")
    );
    let file = site.get(&format!("/visit/done/{}/visit.ics", visit.id)).await;
    assert!(
        file.text.starts_with("BEGIN:VCALENDAR") && file.header("content-type").starts_with("text/calendar")
    );
    assert!(
        plain(&open(&site, &format!("/visit/done/{}?lang=es", visit.id)).await)
            .contains("Su visita está confirmada")
    );
    site.pass(HOUR / 2);
    let closed = site.get(&path).await;
    assert!(plain(&closed.text).contains("A link in our texts opens for 3 days."), "{}", closed.text);
    let unknown = site.get("/visit/done/01900000-0000-7000-8000-00000000dead?lang=en").await;
    assert_eq!((closed.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    let own = |text: &str, id: &str| text.replace(id, "");
    let (closed, unknown) = (
        own(&closed.text, &visit.id.to_string()),
        own(&unknown.text, "01900000-0000-7000-8000-00000000dead"),
    );
    assert_eq!(closed, unknown, "nothing tells a visit that exists from one that does not");
    assert_eq!(site.get(&format!("/visit/done/{}/visit.ics", visit.id)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_calendar_knows_leap_days_and_the_days_when_the_clocks_change() {
    let site = Site::new().await;
    let zone = site.engine.zone();
    let to = |day: jiff::civil::Date| {
        let noon = day.at(9, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp().as_millisecond();
        site.pass(noon - site.engine.now());
    };
    // The clocks are put forward on Sunday, March 14, 2027: nine o'clock stays nine o'clock.
    to(jiff::civil::date(2027, 3, 10));
    let page = open(&site, "/visit?lang=en&office=boone&kind=interview&month=2027-03").await;
    let days = page.matches("<button class=\"visit-day\" name=\"day\" value=\"2027-03-").count();
    assert_eq!(days, 16, "the business days of March from the tenth on, today's times among them");
    assert!(!page.contains("value=\"2027-03-09\"") && plain(&page).contains("Sunday, March 14, closed"));
    let visit = booked(&site, "2027-03-15T09:00", &[]).await;
    let wall = domain::time::instant(visit.place.start).to_zoned(zone.clone());
    assert_eq!((wall.date(), wall.hour(), wall.minute()), (jiff::civil::date(2027, 3, 15), 9, 0));
    to(jiff::civil::date(2028, 2, 25));
    let leap = open(&site, "/visit?lang=en&office=boone&kind=interview&day=2/29/2028").await;
    assert!(plain(&leap).contains("Free times on Tuesday, February 29") && leap.contains("2028-02-29T09:00"));
    let id = id_of(&open(&site, &query(&choices("interview", "2028-02-29T09:00"))).await);
    booked_with(&site, &id, "2028-02-29T09:00").await;
}
