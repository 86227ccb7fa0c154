//! The office's screens: check-in, no-show, walk-in, moving and taking a move back, the week, the use, who may see what.

use axum::http::StatusCode;
use domain::appointment::Status;
use store::Store as _;

use crate::site::Site;
use crate::visits::{at, book, book_with, of_number};

const HOUR: i64 = 60 * 60_000;

fn day(visit: &str) -> Vec<(&str, &str)> {
    vec![("office", "boone"), ("day", visit)]
}

#[tokio::test]
async fn a_visit_is_checked_in_on_its_day_and_companions_are_asked_then() {
    // PHONE-APPT-18, PHONE-APPT-19, AMB-43
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let visit = book(&site, &desk, at(&site, 18, 13, 0)).await;
    let page = desk.get("/office?office=boone&day=2026-11-18").await.text;
    assert!(
        page.contains("Face to face interview")
            && page.contains("1:00 pm")
            && page.contains("(573) 555-0142"),
        "{page}"
    );
    let path = |act: &str| format!("/office/{}/{act}", visit.id);
    let early = desk.post(&path("missed"), &day("2026-11-18")).await;
    assert!(early.text.contains("This visit is still ahead."), "{}", early.text);
    let done = desk.post(&path("check-in"), &day("2026-11-18")).await;
    assert!(
        done.header("hx-redirect").contains("said=checked_in") || done.status == StatusCode::OK,
        "{}",
        done.text
    );
    assert_eq!(of_number(&site).await[0].status, Status::CheckedIn);
    let whole = desk.get(&format!("/office?office=boone&day=2026-11-18&visit={}", visit.id)).await.text;
    assert!(whole.contains("checked in") && whole.contains("Wants to show the lease"), "{whole}");

    let mut names = day("2026-11-18");
    names.push(("names", "Grandmother"));
    desk.post(&path("companions"), &names).await;
    let refused = desk.post_plain(&path("done"), &with_csrf(&desk.csrf)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("PHONE-APPT-19") && refused.text.contains("Coming along: Grandmother"),
        "{}",
        refused.text
    );
    desk.post(&path("comment"), &day("2026-11-18")).await;
    let done = desk.post_plain(&path("done"), &with_csrf(&desk.csrf)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

fn with_csrf(csrf: &str) -> Vec<(&str, &str)> {
    vec![("csrf", csrf), ("office", "boone"), ("day", "2026-11-18")]
}

#[tokio::test]
async fn phone_appt_21_the_list_of_a_day_says_which_interpreter_is_needed() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let start = at(&site, 19, 9, 0);
    book_with(&site, &desk, start, &[("interpreter", "yes"), ("kind", "Bosnian")]).await;
    let page = desk.get("/office?office=boone&day=2026-11-19").await.text;
    assert!(page.contains("interpreter: Bosnian") && !page.contains("interpreter: needed"), "{page}");
    // Who only closes offices reads nothing of what lies beside the visit.
    let looks = site.sign_in("admin").await.get("/office?office=boone&day=2026-11-19").await.text;
    assert!(!looks.contains("Bosnian"), "{looks}");
}

#[tokio::test]
async fn phone_appt_3_somebody_without_an_appointment_is_taken_in() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let page = desk.get("/office?office=boone").await.text;
    assert!(
        page.contains("Nobody is booked on this day yet. Walk-ins are welcome.")
            && page.contains("Check in without an appointment")
    );
    let mut fields = with_csrf(&desk.csrf);
    fields.extend([("visit_type", "ebt-card"), ("phone", "")]);
    let answer = desk.post_plain("/office/walk-in", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let after = desk.get(answer.header("location")).await.text;
    assert!(
        after.contains("Walked in") && after.contains("walked in") && after.contains("Nobody needs one."),
        "{after}"
    );
}

#[tokio::test]
async fn sms_appt_4_a_visit_is_moved_and_moved_back_and_a_taken_time_names_others() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let (nine, ten) = (at(&site, 19, 9, 0), at(&site, 19, 10, 0));
    let visit = book(&site, &desk, nine).await;
    let path = format!("/office/{}/move", visit.id);
    let times = desk.get(&path).await.text;
    assert!(
        times.contains("Now: Thursday, November 19 at 9:00 am")
            && times.contains(&format!("value=\"boone@{ten}\"")),
        "{times}"
    );
    let to = |slot: String| {
        vec![
            ("csrf", desk.csrf.clone()),
            ("office", "boone".to_owned()),
            ("day", "2026-11-19".to_owned()),
            ("slot", slot),
        ]
    };
    let post = async |slot: String| {
        let fields = to(slot);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.post_plain(&path, &fields).await
    };
    // Without a time the same day of the same office comes again.
    let fields = [("csrf", desk.csrf.as_str()), ("at_office", "cole"), ("at_day", "2026-11-20")];
    let again = desk.post_plain(&path, &fields).await;
    let again = desk.get(again.header("location")).await.text;
    assert!(
        again.contains("Choose one of the times.") && again.contains("Friday, November 20, 2026"),
        "{again}"
    );
    let asked = [("phone", crate::visits::NUMBER), ("place", "Boone"), ("day", "2026-11-20")];
    let panel = desk.post(&format!("/desk/appointments/{}/move", visit.id), &asked).await.text;
    assert!(
        panel.contains("Choose one of the times.") && panel.contains("name=\"day\" value=\"2026-11-20\""),
        "{panel}"
    );
    let moved = post(format!("boone@{ten}")).await;
    let page = desk.get(moved.header("location")).await.text;
    assert!(
        page.contains("Undo: move it back") && page.contains(&format!("value=\"boone@{nine}\"")),
        "{page}"
    );
    post(format!("boone@{nine}")).await;
    assert_eq!(of_number(&site).await[0].place.start, nine);

    let other = book(&site, &desk, ten).await;
    assert_ne!(other.id, visit.id);
    let refused = post(format!("boone@{ten}")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("is taken.") && refused.text.contains("Free instead:"), "{}", refused.text);
    let own = format!("name=\"slot\" value=\"boone@{nine}\"");
    assert!(!refused.text.contains(&own), "its own time is no other time: {}", refused.text);
    let slot = format!("boone@{ten}");
    let fields = [
        ("csrf", desk.csrf.as_str()),
        ("view", "week"),
        ("office", "boone"),
        ("day", "2026-11-19"),
        ("slot", &slot),
    ];
    let dragged = desk.post_plain(&path, &fields).await;
    assert_eq!(dragged.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["id=\"office-week\"", "is taken.", "Free instead:", "name=\"view\" value=\"week\""] {
        assert!(dragged.text.contains(part), "{part}: {}", dragged.text);
    }
    assert!(!dragged.text.contains("Tell the customer:") && !dragged.text.contains(&own), "{}", dragged.text);
    let half = post(format!("boone@{}", at(&site, 19, 9, 30))).await;
    assert!(half.text.contains("PHONE-APPT-13"), "{}", half.text);
}

/// The place that a form of this page holds as seen.
fn seen(page: &str) -> String {
    let rest = page.split("name=\"seen\" value=\"").nth(1).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn sms_appt_4_who_changes_a_visit_that_was_moved_meanwhile_is_told_where_it_is_and_by_whom() {
    let site = Site::new().await;
    let (desk, other) = (site.sign_in("technician").await, site.sign_in("supervisor").await);
    let (nine, ten, eleven) = (at(&site, 19, 9, 0), at(&site, 19, 10, 0), at(&site, 20, 11, 0));
    let visit = book(&site, &desk, nine).await;
    let path = format!("/office/{}/move", visit.id);
    let old = seen(&other.get(&path).await.text);
    let week = other.get("/office/week?office=boone&day=2026-11-19").await.text;
    assert!(week.contains(&format!("data-drag-seen=\"{old}\"")), "{week}");
    let asked = [("phone", crate::visits::NUMBER), ("do", &*format!("move:{}", visit.id))];
    let panel = other.post("/desk/appointments", &asked).await.text;
    let form = panel.split(&format!("/desk/appointments/{}/move\"", visit.id)).nth(1).unwrap();
    assert_eq!(seen(form), old, "the panel's form says what it shows");

    // A colleague moves it; then the others press on what they saw.
    let slot = format!("boone@{eleven}");
    let moved = desk.post_plain(&path, &[("csrf", &desk.csrf), ("seen", &old), ("slot", &slot)]).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
    let slot = format!("boone@{ten}");
    let said =
        "This visit was moved meanwhile, to Friday, November 20 at 11:00 am, Boone Resource Center (demo).";
    for view in ["", "week"] {
        let fields = [
            ("csrf", other.csrf.as_str()),
            ("view", view),
            ("office", "boone"),
            ("day", "2026-11-19"),
            ("seen", &old),
            ("slot", &slot),
        ];
        let refused = other.post_plain(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in [said, "It was moved by Demo technician, at the office."] {
            assert!(refused.text.contains(words), "{view}: {words} in {}", refused.text);
        }
    }
    let fields = [("phone", crate::visits::NUMBER), ("seen", &*old), ("slot", &slot)];
    let panel = other.post(&format!("/desk/appointments/{}/move", visit.id), &fields).await.text;
    assert!(panel.contains(said) && panel.contains("It was moved by Demo technician"), "{panel}");
    // The form stands there afresh, with where the visit is now.
    let form = panel.split(&format!("/desk/appointments/{}/move\"", visit.id)).nth(1).unwrap();
    assert!(panel.contains("Move the visit of Friday, November 20, 11:00 am"), "{panel}");
    assert_eq!(seen(form), format!("boone@{eleven}"));
    for act in ["cancel", "confirm"] {
        let fields = [("phone", crate::visits::NUMBER), ("seen", &*old)];
        let refused = other.post(&format!("/desk/appointments/{}/{act}", visit.id), &fields).await.text;
        assert!(refused.contains(said), "{act}: {refused}");
    }
    let now = &of_number(&site).await[0];
    assert_eq!((now.place.start, now.status, now.confirmed_at), (eleven, Status::Booked, None));
}

#[tokio::test]
async fn the_week_shows_each_day_and_a_holiday_by_its_name() {
    // PHONE-APPT-11
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let visit = book(&site, &desk, at(&site, 25, 9, 0)).await;
    let week = desk.get("/office/week?office=boone&day=2026-11-25").await.text;
    for part in ["Week of Monday, November 23, 2026", "Thanksgiving", "data-drop=\"boone@", "Wed, Nov 25"] {
        assert!(week.contains(part), "{part}: {week}");
    }
    assert!(week.contains(&format!("data-drag=\"{}\" data-drag-kind=\"interview\"", visit.id)));
    // PHONE-APPT-13: an interview can be dropped on a whole hour, and not on a half one.
    for (minute, kinds) in [(0, "literacy interview other"), (30, "ebt-card other")] {
        let cell = format!("data-drop=\"boone@{}\" data-drop-kinds=\"{kinds}\"", at(&site, 24, 10, minute));
        assert!(week.contains(&cell), "{cell}: {week}");
    }
    let empty = desk.get("/office/week?office=adair&day=2026-11-25").await.text;
    assert!(empty.contains("Nobody is booked in this week."));
    let odd = desk.get("/office?office=nowhere&day=2026-02-30").await;
    assert!(
        odd.status == StatusCode::OK && odd.text.contains("Wednesday, November 18, 2026"),
        "{}",
        odd.text
    );
}

#[tokio::test]
async fn the_office_opens_on_its_next_open_day_and_is_remembered() {
    let site = Site::new().await;
    // Saturday, November 21: the next open day is Monday.
    site.pass(3 * 24 * HOUR);
    let desk = site.sign_in("technician").await;
    let first = desk.get("/office?office=boone").await;
    assert!(first.text.contains("Monday, November 23, 2026"), "{}", first.text);
    assert!(first.header("set-cookie").starts_with("office=boone; Path=/office; HttpOnly"));
    let cookie = format!("{}; office=boone", desk.cookie);
    let again = crate::site::request("GET", "/office/week").header("cookie", cookie);
    let again = site.ask(again.body(axum::body::Body::empty()).unwrap()).await.text;
    assert!(again.contains("The week of Boone Resource Center") && again.contains("Nov 23"), "{again}");
    let today = desk.get("/office?office=boone&day=2026-11-21").await.text;
    assert!(today.contains("Saturday, November 21, 2026"), "a day that is asked for is shown: {today}");
    let nowhere = desk.get("/office?office=nowhere").await;
    assert!(!nowhere.header("set-cookie").contains("office="), "only offices that there are are kept");
}

#[tokio::test]
async fn the_use_of_the_offices_is_for_supervisors_and_above() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    book(&site, &desk, at(&site, 19, 9, 0)).await;
    assert_eq!(desk.get("/office/use").await.status, StatusCode::FORBIDDEN);
    assert!(!desk.get("/office").await.text.contains("/office/use"));
    let supervisor = site.sign_in("supervisor").await;
    assert!(supervisor.get("/office").await.text.contains("/office/use"));
    let page = supervisor.get("/office/use?day=2026-11-19").await;
    assert!(page.status == StatusCode::OK && page.text.contains("Boone Resource Center"), "{}", page.text);
    // 18 starts a day at one counter, five days.
    assert!(page.text.contains("<td data-label=\"Places\" class=\"right\">90</td>"), "{}", page.text);
}

#[tokio::test]
async fn the_navigation_leads_to_visits_only_where_the_role_may() {
    let site = Site::new().await;
    for (role, may) in [
        ("technician", true),
        ("supervisor", true),
        ("coordinator", true),
        ("manager", true),
        ("editor", false),
        ("admin", true),
    ] {
        let person = site.sign_in(role).await;
        let page = person.get("/account").await.text;
        assert_eq!(page.contains("<a href=\"/office\""), may, "{role}");
    }
    // A coordinator reads the day and books; taking people in is the office's.
    let coordinator = site.sign_in("coordinator").await;
    let page = coordinator.get("/office").await.text;
    assert!(!page.contains("Check in without an appointment"), "{page}");
    assert_eq!(coordinator.post("/office/walk-in", &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_closes_offices_sees_their_days_and_touches_no_visit() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let visit = book(&site, &desk, at(&site, 18, 13, 0)).await;
    let admin = site.sign_in("admin").await;
    for path in ["/office?office=boone&day=2026-11-18", "/office/week?office=boone&day=2026-11-18"] {
        let page = admin.get(&format!("{path}&visit={}", visit.id)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text.contains("Face to face interview") && page.text.contains("Closures of this office")
        );
        for hidden in [
            "Wants to show the lease",
            "/move\"",
            "data-drag=",
            "Check in<",
            "/desk/appointments",
            "&amp;visit=",
        ] {
            assert!(!page.text.contains(hidden), "{hidden}: {}", page.text);
        }
    }
    for act in ["check-in", "missed", "confirm", "cancel", "move", "done"] {
        let refused = admin.post(&format!("/office/{}/{act}", visit.id), &day("2026-11-18")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{act}");
    }
    let editor = site.sign_in("editor").await;
    assert_eq!(editor.get("/office").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn phone_appt_11_the_day_calls_free_what_can_be_booked_and_nothing_else() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    book(&site, &desk, at(&site, 20, 10, 0)).await;
    let page = desk.get("/office?office=boone&day=2026-11-20").await.text;
    let start = |time: &str| {
        let item = page.split("<li class=\"visits-start").find(|item| item.contains(&format!(">{time}<")));
        item.unwrap_or_else(|| panic!("{time}: {page}")).to_owned()
    };
    assert!(!start("10:00 am").contains("1 free"), "the only seat is taken");
    let half = start("10:30 am");
    assert!(half.contains("1 free") && !half.contains("only for"), "{half}");
    assert!(page.contains("On the half hour: EBT card pick-up, Something else."), "PHONE-APPT-14: {page}");
    for (time, minute) in [("9:00 am", 0), ("9:30 am", 30)] {
        let shown =
            start(time).split("data-drop-kinds=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for kind in ["literacy", "interview", "ebt-card", "other"] {
            let can =
                site.engine.check_slot("boone", kind, at(&site, 20, 9, minute)).await.unwrap().is_none();
            assert_eq!(shown.split(' ').any(|one| one == kind), can, "{kind} at {time}");
        }
    }
    // PHONE-APPT-22: after half past three nothing of tomorrow's morning can be had any more.
    site.pass(6 * HOUR);
    let desk = site.sign_in("technician").await;
    let morrow = desk.get("/office?office=boone&day=2026-11-19").await.text;
    let nine = morrow.split("<li class=\"visits-start").find(|item| item.contains(">9:00 am<")).unwrap();
    assert!(nine.contains("too soon") && !nine.contains("1 free") && !nine.contains("data-drop"), "{nine}");
}

#[tokio::test]
async fn who_did_not_come_is_noted_and_may_still_come_that_day() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let visit = book(&site, &desk, at(&site, 18, 11, 0)).await;
    site.pass(HOUR + 60_000);
    let desk = site.sign_in("technician").await;
    let page = desk.get("/office?office=boone").await.text;
    assert!(page.contains("1 not checked in") && page.contains("Did not come"), "{page}");
    desk.post(&format!("/office/{}/missed", visit.id), &day("2026-11-18")).await;
    assert_eq!(of_number(&site).await[0].status, Status::Missed);
    desk.post(&format!("/office/{}/check-in", visit.id), &day("2026-11-18")).await;
    assert_eq!(of_number(&site).await[0].status, Status::CheckedIn);
}

#[tokio::test]
async fn who_reads_a_visit_of_a_day_that_is_over_stands_in_the_audit_log() {
    let site = Site::new().await;
    let desk = site.sign_in("technician").await;
    let visit = book(&site, &desk, at(&site, 18, 13, 0)).await;
    let page = format!("/office?office=boone&day=2026-11-18&visit={}", visit.id);
    let lines = async || {
        let latest = site.store.audit_latest(200).await.unwrap();
        latest.iter().filter(|line| line.action == "read_visit").count()
    };
    assert!(desk.get(&page).await.text.contains("Wants to show the lease"));
    assert_eq!(lines().await, 0, "the day's own work is no looking back");
    site.pass(24 * HOUR);
    let desk = site.sign_in("technician").await;
    assert!(desk.get(&page).await.text.contains("Wants to show the lease"));
    assert_eq!(lines().await, 1);
}
