//! Offices, kinds of visits, rules and closures in the administration: who is touched is shown before anything is saved.

use axum::http::StatusCode;
use domain::appointment::SlotRefusal;

use crate::site::{Browser, Site};
use crate::visits::{at, book, book_with, of_number};

/// The version of a record as its form holds it.
async fn version(browser: &Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await.text;
    let rest = page.split("name=\"expected\" value=\"").nth(1).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn phone_appt_11_a_closure_shows_who_is_touched_before_it_is_saved() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    book(&site, &desk, at(&site, 20, 9, 0)).await;
    let admin = site.sign_in("admin").await;
    let path = "/admin/offices/boone/closures";
    let expected = version(&admin, path).await;
    let form = |more: &[(&'static str, &'static str)]| {
        let mut fields = vec![("csrf", admin.csrf.clone()), ("expected", expected.clone())];
        fields.extend([
            ("from", "2026-11-20".to_owned()),
            ("until", String::new()),
            ("why", "Floor repair".to_owned()),
        ]);
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        fields
    };
    let post = async |more: &[(&'static str, &'static str)]| {
        let fields = form(more);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admin.post_plain(path, &fields).await
    };
    let preview = post(&[]).await;
    assert_eq!(preview.status, StatusCode::OK);
    for part in [
        "1 visit could no longer take place",
        "gets a text",
        "Friday, November 20, 9:00 am",
        "(573) 555-0142",
        "Close it, and tell 1 customer",
    ] {
        assert!(preview.text.contains(part), "{part}: {}", preview.text);
    }
    let closures = || {
        site.engine
            .pack()
            .appointments
            .clone()
            .unwrap()
            .offices
            .iter()
            .find(|office| office.id == "boone")
            .unwrap()
            .closures
            .clone()
    };
    assert!(closures().is_empty(), "the preview saves nothing");

    let saved = post(&[("confirmed", "yes")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(closures().len(), 1);
    let gone = site.engine.check_slot("boone", "interview", at(&site, 20, 10, 0)).await.unwrap();
    assert!(matches!(gone, Some(SlotRefusal::Closed { .. })), "{gone:?}");

    // Somebody had the page open from before.
    let stale = post(&[("confirmed", "yes"), ("at_from", "09:00"), ("at_until", "12:00")]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text.contains("Somebody changed this office meanwhile"), "{}", stale.text);

    let page = admin.get(path).await.text;
    assert!(page.contains("Friday, November 20, 2026") && page.contains("Take it back"), "{page}");
    assert!(page.contains("1 visit cannot take place") && page.contains("1 told by text"), "{page}");
    let now = version(&admin, path).await;
    let take =
        [("csrf", admin.csrf.as_str()), ("expected", now.as_str()), ("take_back", "2026-11-20..2026-11-20")];
    let preview = admin.post_plain(path, &take).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    for words in ["Take back: Friday, November 20, 2026", "Leave it closed", "There is no other."] {
        assert!(preview.text.contains(words), "{words} in {}", preview.text);
    }
    assert_eq!(closures().len(), 1, "a preview changes nothing");
    let back = admin.post_plain(path, &[take.as_slice(), &[("confirmed", "yes")]].concat()).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert!(closures().is_empty());
    assert_eq!(of_number(&site).await.len(), 1);
}

#[tokio::test]
async fn phone_appt_11_who_cannot_be_reached_is_said_before_and_after() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    book(&site, &desk, at(&site, 20, 9, 0)).await;
    // The number asks for no more texts.
    let stop = [("slot", "a"), ("number", crate::visits::NUMBER), ("text", "STOP")];
    site.post_form("/demo/handset/send", &stop).await;
    let admin = site.sign_in("admin").await;
    let path = "/admin/offices/boone/closures";
    let expected = version(&admin, path).await;
    let fields = [
        ("csrf", admin.csrf.as_str()),
        ("expected", expected.as_str()),
        ("from", "2026-11-20"),
        ("until", ""),
        ("why", "Floor repair"),
    ];
    let preview = admin.post_plain(path, &fields).await.text;
    assert!(
        preview.contains("opted out of texts: call") && preview.contains(">Close the office<"),
        "{preview}"
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_at_the_edge_and_stands_there_still() {
    let site = Site::new().await;
    let admin = site.sign_in("manager").await;
    let path = "/admin/offices/boone/closures";
    for (from, until, why, sentence) in [
        ("2026-02-29", "", "Snow", "a day that the calendar has"),
        ("2026-11-20", "2026-11-19", "Snow", "The last day lies before the first."),
        ("2026-11-02", "", "Snow", "These days are over."),
        ("2026-11-20", "", "", "Why: this must not be empty."),
    ] {
        let fields = [
            ("csrf", admin.csrf.as_str()),
            ("expected", "1"),
            ("from", from),
            ("until", until),
            ("why", why),
        ];
        let answer = admin.post_plain(path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(sentence), "{sentence}: {}", answer.text);
    }
    let fields = [
        ("csrf", admin.csrf.as_str()),
        ("expected", "1"),
        ("name", "Boone"),
        ("county", ""),
        ("zips", "6520, 65201"),
        ("address", "2 Example Street"),
        ("hours", "nowhere"),
        ("capacity", "0"),
    ];
    let answer = admin.post_plain("/admin/offices/boone", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for sentence in [
        "County: this must not be empty.",
        "“6520” is no ZIP code",
        "Opening hours: choose one of the list.",
        "give a number from 1 to 100",
    ] {
        assert!(answer.text.contains(sentence), "{sentence}: {}", answer.text);
    }
}

#[tokio::test]
async fn phone_appt_10_the_switch_per_clock_hour_and_the_capacity_are_settings_of_an_office() {
    // AMB-3
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let page = admin.get("/admin/offices/boone").await.text;
    assert!(
        page.contains("name=\"one_per_clock_hour\"")
            && page.contains("AMB-3")
            && page.contains("PHONE-APPT-10")
    );
    let expected = version(&admin, "/admin/offices/boone").await;
    let fields = [
        ("csrf", admin.csrf.as_str()),
        ("expected", expected.as_str()),
        ("name", "Boone Resource Center (demo)"),
        ("county", "Boone"),
        ("zips", "65201 65202, 65203"),
        ("address", "2 Example Street, Columbia"),
        ("hours", "resource-center"),
        ("capacity", "2"),
        ("one_per_clock_hour", "yes"),
        ("interpreter_languages", "Spanish, Bosnian"),
        ("nearby", "cole"),
        ("reason", "a second counter"),
    ];
    let saved = admin.post_plain("/admin/offices/boone", &fields).await;
    assert_eq!(saved.header("location"), "/admin/offices/boone?said=saved", "{}", saved.text);
    let pack = site.engine.pack();
    let boone =
        pack.appointments.as_ref().unwrap().offices.iter().find(|office| office.id == "boone").unwrap();
    assert_eq!((boone.capacity, boone.one_per_clock_hour, boone.demo), (2, true, false));
    assert_eq!(boone.zips, ["65201", "65202", "65203"]);
    assert_eq!(boone.interpreter_languages, ["Spanish", "Bosnian"]);
    let history = admin.get("/admin/offices/boone/history").await;
    assert!(
        history.status == StatusCode::OK && history.text.contains("one per clock hour"),
        "{}",
        history.text
    );
}

#[tokio::test]
async fn phone_appt_11_a_closure_is_taken_back_by_its_own_days_also_from_an_old_page() {
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let path = "/admin/offices/boone/closures";
    let close = async |day: &str| {
        let expected = version(&admin, path).await;
        let fields = [
            ("csrf", admin.csrf.as_str()),
            ("expected", expected.as_str()),
            ("from", day),
            ("why", "Floor repair"),
            ("confirmed", "yes"),
        ];
        assert_eq!(admin.post_plain(path, &fields).await.status, StatusCode::SEE_OTHER);
    };
    close("2026-11-24").await;
    let old = admin.get(path).await.text;
    let back = old.split("name=\"take_back\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let expected = version(&admin, path).await;
    // Somebody adds one that stands before it in the list.
    close("2026-11-20").await;
    let take = async |more: &[(&str, &str)]| {
        let fields =
            [("csrf", admin.csrf.as_str()), ("expected", expected.as_str()), ("take_back", back.as_str())];
        admin.post_plain(path, &[fields.as_slice(), more].concat()).await
    };
    let preview = take(&[]).await;
    assert!(preview.text.contains("Take back: Tuesday, November 24, 2026"), "{}", preview.text);
    // And somebody else takes that one back meanwhile.
    let now = version(&admin, path).await;
    let fields = [
        ("csrf", admin.csrf.as_str()),
        ("expected", now.as_str()),
        ("take_back", back.as_str()),
        ("confirmed", "yes"),
    ];
    assert_eq!(admin.post_plain(path, &fields).await.status, StatusCode::SEE_OTHER);
    let gone = take(&[]).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(gone.text.contains("Somebody changed the closures meanwhile"), "{}", gone.text);
    assert!(gone.text.contains("Friday, November 20, 2026"), "the other one stands: {}", gone.text);
}

#[tokio::test]
async fn phone_appt_10_fewer_places_show_who_is_over_and_what_becomes_of_the_free_times() {
    // AMB-3
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let admin = site.sign_in("admin").await;
    let save = async |more: &[(&str, &str)]| {
        let expected = version(&admin, "/admin/offices/boone").await;
        let fields = [
            ("csrf", admin.csrf.as_str()),
            ("expected", expected.as_str()),
            ("name", "Boone Resource Center"),
            ("county", "Boone"),
            ("zips", "65201"),
            ("address", "2 Example Street, Columbia"),
            ("hours", "resource-center"),
        ];
        admin.post_plain("/admin/offices/boone", &[fields.as_slice(), more].concat()).await
    };
    assert_eq!(save(&[("capacity", "2")]).await.status, StatusCode::SEE_OTHER);
    book(&site, &desk, at(&site, 20, 10, 0)).await;
    let second = book(&site, &desk, at(&site, 20, 10, 0)).await;
    assert_eq!(site.engine.appointments_of(second.phone.as_ref().unwrap()).await.unwrap().len(), 2);

    // Two places become one: the later booking is over, and the tenth hour is not free any more.
    let tried = save(&[("capacity", "1"), ("preview", "yes")]).await.text;
    for words in [
        "1 visit is more than the office would take",
        "Friday, November 20, 10:00 am: 2 booked, 1 place",
        "badge--warn\">over<",
        "What becomes of the free times",
    ] {
        assert!(tried.contains(words), "{words} in {tried}");
    }
    assert!(!tried.contains("Nobody is touched"), "{tried}");
    assert_eq!(tried.matches("badge--warn\">over<").count(), 1, "{tried}");
    // It is shown before it is saved, also when nobody asked; the second press saves.
    let held = save(&[("capacity", "1")]).await;
    assert!(held.status == StatusCode::OK && held.text.contains("name=\"confirmed\""), "{}", held.text);
    // More places leave nobody over, and what is as it was is no news.
    let more = save(&[("capacity", "3"), ("preview", "yes")]).await.text;
    assert!(more.contains("Nobody is touched") && more.contains("What becomes of the free times"), "{more}");
    // Eighteen starts of a day with two visits each, and with three.
    assert!(more.contains("<td class=\"right num\">36</td><td class=\"right num\">54</td>"), "{more}");

    // One place per clock hour, with 10:00 and 10:30 both held.
    book_with(&site, &desk, at(&site, 20, 10, 30), &[("visit_type", "ebt-card")]).await;
    let hour = save(&[("capacity", "2"), ("one_per_clock_hour", "yes"), ("preview", "yes")]).await.text;
    for words in ["1 visit is more than", "the hour from 10:00 am: 3 booked, 2 places", "no longer 10:30 am"]
    {
        assert!(hour.contains(words), "{words} in {hour}");
    }
}

#[tokio::test]
async fn a_holiday_that_is_declared_later_shows_who_is_booked_then() {
    // PHONE-APPT-11
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    book(&site, &desk, at(&site, 20, 9, 0)).await;
    let admin = site.sign_in("admin").await;
    let page = admin.get("/admin/hours/customer-service").await.text;
    let expected = version(&admin, "/admin/hours/customer-service").await;
    let area = page.split("name=\"holidays\"").nth(1).unwrap();
    let known =
        area.split('>').nth(1).unwrap().split("</textarea").next().unwrap().trim().replace("&#39;", "'");
    let holidays = format!("{known}\n2026-11-20 Day of mourning");
    let hours =
        site.engine.pack().queues.hours.iter().find(|hours| hours.id == "customer-service").unwrap().clone();
    let spans =
        |list: &[domain::pack::OpenSpan]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let days = [
        ("monday", spans(&hours.monday)),
        ("tuesday", spans(&hours.tuesday)),
        ("wednesday", spans(&hours.wednesday)),
        ("thursday", spans(&hours.thursday)),
        ("friday", spans(&hours.friday)),
    ];
    let mut fields = vec![
        ("csrf", admin.csrf.as_str()),
        ("expected", expected.as_str()),
        ("title", hours.title.as_str()),
        ("source", "Governor's order"),
        ("holidays", holidays.as_str()),
    ];
    fields.extend(days.iter().map(|(name, value)| (*name, value.as_str())));
    let first = admin.post_plain("/admin/hours/customer-service", &fields).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert!(
        first.text.contains("1 visit could no longer take place")
            && first.text.contains("Save, and tell 1 customer"),
        "{}",
        first.text
    );
    fields.push(("confirmed", "yes"));
    let saved = admin.post_plain("/admin/hours/customer-service", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let gone = site.engine.check_slot("boone", "interview", at(&site, 20, 10, 0)).await.unwrap();
    assert!(matches!(gone, Some(SlotRefusal::Closed { .. })), "{gone:?}");

    // Who was told and whom to call stands at the calendar, at the office, and in the list over all offices.
    let after = admin.get(saved.header("location")).await.text;
    assert!(after.contains("cannot take place") && after.contains("1 told by text"), "{after}");
    assert!(after.contains("/admin/whom-to-call?hours=customer-service"), "{after}");
    for path in ["/admin/whom-to-call", "/admin/whom-to-call?hours=customer-service"] {
        let list = admin.get(path).await.text;
        for words in ["Told by text: 1", "Friday, November 20, 9:00 am", "Day of mourning", "(573) 555-0142"]
        {
            assert!(list.contains(words), "{words} in {list}");
        }
    }
    let closures = admin.get("/admin/offices/boone/closures").await.text;
    assert!(closures.contains("1 visit cannot take place"), "{closures}");
    assert!(admin.get("/admin/offices").await.text.contains("Visits that cannot take place"));
    let other = admin.get("/admin/whom-to-call?hours=nobody").await.text;
    assert!(other.contains("Nobody has to be called"), "no office keeps those hours: {other}");
    assert_eq!(desk.get("/admin/whom-to-call").await.status, StatusCode::FORBIDDEN);
    // Whoever asked for no more texts is to be called.
    let stop = [("slot", "a"), ("number", crate::visits::NUMBER), ("text", "STOP")];
    site.post_form("/demo/handset/send", &stop).await;
    let list = admin.get("/admin/whom-to-call").await.text;
    assert!(list.contains("To be called or met at the door: 1") && list.contains("opted out of texts: call"));
}

#[tokio::test]
async fn the_calendars_secret_address_is_shown_once_and_can_be_revoked() {
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let page = admin.get("/admin/offices/boone").await.text;
    assert!(page.contains("There is none.") && !page.contains("Revoke it"), "{page}");
    let made = admin.post_plain("/admin/offices/boone/feed", &[("csrf", &admin.csrf), ("do", "new")]).await;
    let address =
        made.text.split("id=\"feed-address\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(address.contains("/calendar/office/"), "{address}");
    assert!(made.text.contains("the last four digits of each number"), "the words say what the feed holds");
    let later = admin.get("/admin/offices/boone").await.text;
    assert!(!later.contains(&address) && later.contains("There is an address since"), "{later}");
    let token = address.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let calendar = site.get(&format!("/calendar/office/{token}.ics")).await;
    assert_eq!(
        (calendar.status, calendar.header("content-type")),
        (StatusCode::OK, "text/calendar; charset=utf-8")
    );
    assert!(calendar.text.starts_with("BEGIN:VCALENDAR"), "{}", calendar.text);
    assert_eq!(site.get(&format!("/calendar/office/{token}")).await.status, StatusCode::NOT_FOUND);
    admin.post_plain("/admin/offices/boone/feed", &[("csrf", &admin.csrf), ("do", "revoke")]).await;
    assert_eq!(site.get(&format!("/calendar/office/{token}.ics")).await.status, StatusCode::NOT_FOUND);
    let manager = site.sign_in("supervisor").await;
    let refused =
        manager.post_plain("/admin/offices/boone/feed", &[("csrf", &manager.csrf), ("do", "new")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn phone_appt_13_22_kinds_and_rules_keep_what_a_clause_prescribes() {
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let page = admin.get("/admin/visits/interview").await.text;
    assert!(
        page.contains("PHONE-APPT-13") && !page.contains("<select class=\"input\" id=\"f-start\""),
        "{page}"
    );
    let expected = version(&admin, "/admin/visits/other").await;
    let visit = [
        ("csrf", admin.csrf.as_str()),
        ("expected", expected.as_str()),
        ("title_en", "Something else"),
        ("title_es", "Otro asunto"),
        ("minutes", "45"),
        ("start", "hour"),
        ("public", "yes"),
    ];
    let mut tried = visit.to_vec();
    tried.push(("preview", "yes"));
    let tried = admin.post_plain("/admin/visits/other", &tried).await.text;
    for part in
        ["What becomes of the free times", "no longer 8:30 am, 9:30 am", "Adair Resource Center (demo)"]
    {
        assert!(tried.contains(part), "{part}: {tried}");
    }
    let still = site.engine.pack();
    let other = still.appointments.as_ref().unwrap().visit_types.iter().find(|visit| visit.id == "other");
    assert_eq!(other.unwrap().minutes, 30, "a look saves nothing");
    let saved = admin.post_plain("/admin/visits/other", &visit).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let rules = admin.get("/admin/visit-rules").await.text;
    assert!(rules.contains("PHONE-APPT-22") && rules.contains("value=\"15:30\""), "{rules}");
    let expected = version(&admin, "/admin/visit-rules").await;
    let mut fields = vec![
        ("csrf", admin.csrf.as_str()),
        ("expected", expected.as_str()),
        ("cutoff", "15:30"),
        ("late_not_before", "12:00"),
        ("horizon_days", "30"),
        ("open_per_number_max", "2"),
        ("moves_max", "10"),
        ("alternatives_max", "3"),
        ("companions_max", "20"),
        ("link_hours", "72"),
        ("holidays_from", "customer-service"),
        ("reminders", "2 days\n2 hours"),
        ("quiet_from", "20:30"),
        ("quiet_to", "09:00"),
        ("task_title", "SharePoint task"),
    ];
    fields.push(("preview", "yes"));
    let tried = admin.post_plain("/admin/visit-rules", &fields).await.text;
    let last = "<strong>Friday, December 18, 2026</strong> instead of Sunday, January 17, 2027";
    assert!(
        tried.contains(last) && tried.contains("The free times of the next days stay as they are."),
        "{tried}"
    );
    fields.pop();
    let saved = admin.post_plain("/admin/visit-rules", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let pack = site.engine.pack();
    let book = pack.appointments.as_ref().unwrap();
    assert_eq!(book.rules.quiet_to, jiff::civil::Time::constant(9, 0, 0, 0));
    assert_eq!((book.rules.horizon_days, book.rules.open_per_number_max), (30, 2));
    assert_eq!(book.visit_types.iter().find(|visit| visit.id == "other").unwrap().minutes, 45);
    fields.retain(|(name, _)| *name != "cutoff" && *name != "reminders");
    fields.extend([("cutoff", "half past three"), ("reminders", "soon")]);
    let wrong = admin.post_plain("/admin/visit-rules", &fields).await.text;
    assert!(wrong.contains("give a time such as 15:30") && wrong.contains("“soon” is none"), "{wrong}");
}

#[tokio::test]
async fn whoever_only_reads_settings_can_change_none_of_the_book() {
    let site = Site::new().await;
    let reader = site.sign_in("coordinator").await;
    let list = reader.get("/admin/offices").await;
    assert!(list.status == StatusCode::OK && !list.text.contains("/admin/offices/new"), "{}", list.text);
    assert!(reader.get("/admin/offices/boone").await.text.contains("Your role can see this, not change it."));
    for path in
        ["/admin/offices/boone", "/admin/offices/boone/closures", "/admin/visits/other", "/admin/visit-rules"]
    {
        let refused = reader.post_plain(path, &[("csrf", &reader.csrf)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn phone_appt_5_6_a_line_is_edited_with_its_days_and_an_exact_one_stays_the_script() {
    // AMB-31
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let list = admin.get("/admin/offices").await.text;
    assert!(
        list.contains("/admin/visit-lines/PHONE-APPT-6@2025-04-22")
            && list.contains("/admin/visit-texts/booked"),
        "{list}"
    );
    let new = [
        ("csrf", admin.csrf.as_str()),
        ("expected", "0"),
        ("clause", "PHONE-APPT-3"),
        ("from", "2026-11-19"),
        ("until", ""),
        ("en", "You may also come without an appointment."),
        ("es", "También puede venir sin cita."),
    ];
    let made = admin.post_plain("/admin/visit-lines/new", &new).await;
    assert_eq!(
        made.header("location"),
        "/admin/visit-lines/PHONE-APPT-3@2026-11-19?said=saved",
        "{}",
        made.text
    );
    let told = async || site.sign_in("technician").await.get("/desk/appointments").await.text;
    assert!(told().await.contains("Appointments are not required for customers to visit a Resource Center."));
    site.pass(24 * 60 * 60_000);
    let tomorrow = told().await;
    assert!(tomorrow.contains("You may also come without an appointment."), "{tomorrow}");
    assert!(!tomorrow.contains("Appointments are not required"), "the old line ended the day before");

    let admin = site.sign_in("admin").await;
    let path = "/admin/visit-lines/PHONE-APPT-5@2025-04-22";
    let expected = version(&admin, path).await;
    let other = [
        ("csrf", admin.csrf.as_str()),
        ("expected", expected.as_str()),
        ("exact", "yes"),
        ("until", ""),
        ("en", "Call us if you need another time."),
        ("es", "Llame si necesita otra hora."),
    ];
    let refused = admin.post_plain(path, &other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let wrong = [
        ("csrf", admin.csrf.as_str()),
        ("expected", expected.as_str()),
        ("until", "2020-01-01"),
        ("en", "x"),
        ("es", "x"),
    ];
    let wrong = admin.post_plain(path, &wrong).await.text;
    assert!(wrong.contains("Last day: it lies before the first."), "{wrong}");
}

#[tokio::test]
async fn amb_56_no_text_about_a_visit_can_be_saved_that_asks_for_the_bare_word() {
    let site = Site::new().await;
    let admin = site.sign_in("admin").await;
    let path = "/admin/visit-texts/booked";
    let expected = version(&admin, path).await;
    let text = |en: &'static str| {
        [
            ("csrf", admin.csrf.as_str()),
            ("expected", expected.as_str()),
            ("en", en),
            ("es", "Su visita: {day}, {time}."),
        ]
    };
    let refused = admin.post_plain(path, &text("Your visit: {day}. Reply CANCEL to cancel.")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let saved = admin.post_plain(path, &text("Your visit: {day}, {time}, {office}, {address}.")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
}
