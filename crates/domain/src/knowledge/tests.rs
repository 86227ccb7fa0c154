//! Publishing, days in force, changes of settings and readings, without a store.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::pack::Hours;
use crate::permission::Role;

const TODAY: Date = date(2026, 11, 23);
const NOW: i64 = 1_795_440_000_000;

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").expect("the zone")
}

fn draft(slug: &str) -> Draft {
    Draft {
        slug: slug.to_owned(),
        language: "en".to_owned(),
        title: "Lost cards".to_owned(),
        body: "Call the number on the back.".to_owned(),
        authors: vec!["erin".to_owned()],
        ..Draft::default()
    }
}

fn memo() -> Memo {
    Memo {
        number: "IM-31".to_owned(),
        issuing_role: "Director".to_owned(),
        kind: "hours".to_owned(),
        actions: vec!["Review this memorandum with appropriate staff.".to_owned()],
        ..Memo::default()
    }
}

fn memo_draft(slug: &str, memo: Memo) -> Draft {
    Draft { kind: Kind::Memo, memo: Some(memo), ..draft(slug) }
}

fn published(page: Option<&Page>, draft: Draft) -> Page {
    let base = page.and_then(|page| page.editions.last()).map_or(0, |edition| edition.number);
    let draft = Draft { base, ..draft };
    let draft = submit(draft, page, "erin", NOW, TODAY).expect("complete");
    approve(page, &draft, "morgan", NOW, TODAY).expect("approved").page
}

fn viewer(audience: Audience, day: Date) -> Viewer {
    Viewer { audience, day }
}

#[test]
fn a_second_person_approves_and_the_author_cannot() {
    let ready = submit(draft("lost-cards"), None, "erin", NOW, TODAY).expect("complete");
    let own = approve(None, &ready, "erin", NOW, TODAY).expect_err("the author");
    assert_eq!(own[0].field, "approver");
    let made = approve(None, &ready, "morgan", NOW, TODAY).expect("a second person");
    assert_eq!(made.page.editions[0].number, 1);
    assert_eq!(made.page.editions[0].approver.as_deref(), Some("morgan"));
    assert_eq!(made.text.body, ready.body);
    let early =
        approve(None, &draft("lost-cards"), "morgan", NOW, TODAY).expect_err("nobody asked for review");
    assert_eq!(early[0].field, "state");
}

#[test]
fn an_edition_published_meanwhile_is_never_overwritten() {
    let page = published(None, draft("lost-cards"));
    let late = submit(draft("lost-cards"), Some(&page), "erin", NOW, TODAY).expect("complete");
    let refused = approve(Some(&page), &late, "morgan", NOW, TODAY).expect_err("it began from nothing");
    assert_eq!(refused[0].field, "base");
}

#[test]
fn im33_memo_1_a_memo_needs_its_structured_fields() {
    let bare = memo_draft("im-33", Memo::default());
    let fields: Vec<_> = check(&bare, None, TODAY).iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["number", "issuing_role", "memo_kind", "actions"]);
    assert!(check(&bare, None, TODAY).iter().all(|fault| fault.clause == Some("IM33-MEMO-1")));
    assert_eq!(check(&memo_draft("im-33", memo()), None, TODAY), []);
    let public = Draft { audience: Audience::Public, ..memo_draft("im-33", memo()) };
    assert_eq!(check(&public, None, TODAY)[0].field, "audience");
}

#[test]
fn what_was_in_force_on_a_day_is_answered() {
    let from = |day| Draft { from: Some(day), ..draft("lost-cards") };
    let page = published(None, from(date(2021, 1, 1)));
    let page = published(Some(&page), Draft { title: "Newer".to_owned(), ..from(date(2021, 3, 1)) });
    let page = published(Some(&page), Draft { title: "Next".to_owned(), ..from(date(2027, 1, 1)) });
    let library = Library::new([(1, page.clone())]);
    let title = |day| library.in_force(&page, day).map(|edition| edition.title.clone());
    assert_eq!(title(date(2020, 12, 31)), None);
    assert_eq!(title(date(2021, 2, 3)).as_deref(), Some("Lost cards"));
    assert_eq!(title(TODAY).as_deref(), Some("Newer"));
    let standing: Vec<_> =
        page.editions.iter().map(|edition| library.standing(&page, edition, TODAY)).collect();
    assert_eq!(standing, [Standing::Replaced { by: 2 }, Standing::InForce, Standing::Scheduled]);
}

#[test]
fn im05_memo_1_an_expired_memo_is_still_shown_to_staff_and_never_to_the_public() {
    let past =
        Draft { from: Some(date(2021, 2, 21)), until: Some(date(2021, 3, 6)), ..memo_draft("im-05", memo()) };
    let page = install(None, &past, (Source::Pack, None, String::new()), NOW, TODAY).page;
    let library = Library::new([(1, page.clone())]);
    assert!(library.in_force(&page, TODAY).is_none());
    assert_eq!(library.standing(&page, &page.editions[0], TODAY), Standing::Expired);
    assert!(library.readable("im-05", viewer(Audience::Staff, TODAY)).is_some());
    assert!(library.readable("im-05", viewer(Audience::Public, TODAY)).is_none());
    assert!(library.readable("im-05", viewer(Audience::Staff, date(2021, 2, 20))).is_none(), "not yet");
}

#[test]
fn im04_memo_2_the_sections_that_a_memo_revised_are_listed_with_it() {
    let revises = ["0205.005.30.10", "0210.015.35.40"].map(str::to_owned).to_vec();
    let forms_introduced = vec!["IM-7A".to_owned()];
    let page = published(None, memo_draft("im-04", Memo { revises, forms_introduced, ..memo() }));
    let library = Library::new([(1, page)]);
    let staff = viewer(Audience::Staff, TODAY);
    let sections: Vec<_> = library.manual_index(staff).into_keys().collect();
    assert_eq!(sections, ["0205.005.30.10", "0210.015.35.40"]);
    // IM179-ACK-2: a form is there from the day of its memo.
    assert_eq!(library.forms_index(staff).keys().collect::<Vec<_>>(), ["IM-7A"]);
    assert!(library.forms_index(viewer(Audience::Staff, date(2020, 1, 1))).is_empty());
}

#[test]
fn taking_an_edition_back_brings_the_one_before_into_force() {
    let page = published(None, draft("lost-cards"));
    let page = published(Some(&page), Draft { title: "Wrong".to_owned(), ..draft("lost-cards") });
    assert_eq!(withdraw(page.clone(), 2, "morgan", NOW, " ").expect_err("why?").field, "reason");
    let page = withdraw(page, 2, "morgan", NOW, "it was wrong").expect("taken back");
    let library = Library::new([(1, page.clone())]);
    assert_eq!(library.in_force(&page, TODAY).map(|edition| edition.number), Some(1));
    assert_eq!(withdraw(page, 2, "morgan", NOW, "again").expect_err("once").field, "edition");
}

#[test]
fn a_later_memo_supersedes_an_earlier_one_only_while_it_is_in_force() {
    let old = published(None, memo_draft("im-30", memo()));
    let newer = Memo { supersedes: vec!["im-30".to_owned()], number: "IM-35".to_owned(), ..memo() };
    let from = Some(date(2026, 12, 1));
    let new = published(None, Draft { from, ..memo_draft("im-35", newer) });
    let library = Library::new([(1, old.clone()), (1, new)]);
    assert_eq!(library.standing(&old, &old.editions[0], TODAY), Standing::InForce);
    let later = library.standing(&old, &old.editions[0], date(2026, 12, 1));
    assert_eq!(later, Standing::Superseded { by: "im-35".to_owned() });
}

#[test]
fn supervisors_pages_are_not_there_for_others() {
    let secret = Draft { audience: Audience::Supervisors, ..draft("im14") };
    let open = Draft { audience: Audience::Public, ..draft("open") };
    let library = Library::new([(1, published(None, secret)), (1, published(None, open))]);
    let seen = |audience| library.tree(viewer(audience, TODAY)).len();
    assert_eq!((seen(Audience::Public), seen(Audience::Staff), seen(Audience::Supervisors)), (1, 1, 2));
    assert!(library.readable("im14", viewer(Audience::Staff, TODAY)).is_none());
    assert_eq!(Audience::of(&[Role::Technician]), Audience::Staff);
    assert_eq!(Audience::of(&[Role::Technician, Role::Supervisor]), Audience::Supervisors);
    assert_eq!(Audience::of(&[]), Audience::Public);
}

#[test]
fn kb_page_10_neighbours_follow_the_order_of_the_category_and_circles_end() {
    let at = |slug: &str, parent: Option<&str>, position| {
        let place = Draft { parent: parent.map(str::to_owned), position, ..draft(slug) };
        (1, published(None, place))
    };
    let all = [
        at("sops", None, 1),
        at("chat", Some("sops"), 2),
        at("sms", Some("sops"), 1),
        at("phone", Some("sops"), 3),
    ];
    let library = Library::new(all);
    let staff = viewer(Audience::Staff, TODAY);
    let [before, after] = library.neighbours("chat", staff);
    assert_eq!(before.map(|(page, _)| page.slug.as_str()), Some("sms"));
    assert_eq!(after.map(|(page, _)| page.slug.as_str()), Some("phone"));
    // KB-PAGE-4
    assert_eq!(
        library.breadcrumb("chat", staff).iter().map(|(page, _)| page.slug.as_str()).collect::<Vec<_>>(),
        ["sops"]
    );
    let circle = Library::new([at("a", Some("b"), 1), at("b", Some("a"), 1)]);
    assert_eq!(circle.breadcrumb("a", staff).len(), 1);
    assert!(circle.tree(staff).is_empty());
}

fn hours() -> serde_json::Value {
    json!({
        "id": "customer-service", "title": "Customer service", "draft": false, "source": "test",
        "monday": ["08:00-17:00"], "tuesday": ["08:00-17:00"], "wednesday": ["08:00-17:00"],
        "thursday": ["08:00-17:00"], "friday": ["08:00-17:00"], "saturday": ["08:00-12:00"], "sunday": [],
        "holidays": [],
    })
}

fn im31() -> Memo {
    let week = ["/monday", "/tuesday", "/wednesday", "/thursday", "/friday"]
        .map(|day| (day.to_owned(), json!(["06:00-18:00"])));
    let mut set = BTreeMap::from(week);
    set.insert("/saturday".to_owned(), json!([]));
    let closed = json!({"date": "2021-04-03", "name": "Closed"});
    let change = |from, set| SettingChange {
        kind: "hours".to_owned(),
        id: "customer-service".to_owned(),
        from,
        until: None,
        set,
    };
    let changes = vec![
        change(date(2021, 4, 5), set),
        change(date(2021, 4, 3), BTreeMap::from([("/holidays/-".to_owned(), closed)])),
    ];
    Memo { changes, ..memo() }
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("an instant")
}

#[test]
fn im31_hours_1_to_5_the_memo_changes_the_hours_on_its_days_and_leaves_when_taken_back() {
    let published_at = at("2021-04-01T12:00:00-05:00").as_millisecond();
    let today = date(2021, 4, 1);
    let ready = submit(memo_draft("im-31", im31()), None, "erin", published_at, today).expect("complete");
    let page = approve(None, &ready, "morgan", published_at, today).expect("approved").page;
    let zone = zone();
    let hours_of = |page: &Page, day: Date, edited_at: i64| -> Hours {
        let dated = Dated::all(std::iter::once(page));
        let laid = apply_changes(&dated, "hours", "customer-service", &hours(), edited_at, (day, &zone))
            .expect("it fits");
        serde_json::from_value(laid.unwrap_or_else(hours)).expect("hours")
    };
    let now = hours_of(&page, today, 0);
    assert!(now.is_open(at("2021-04-02T16:59:00-05:00"), &zone), "Friday as before");
    assert!(!now.is_open(at("2021-04-02T06:30:00-05:00"), &zone), "Friday not yet by the new hours");
    assert!(!now.is_open(at("2021-04-03T09:00:00-05:00"), &zone), "IM31-HOURS-1: closed on the third");
    let friday = at("2021-04-02T17:30:00-05:00");
    assert_eq!(now.next_opening(friday, &zone), Some(at("2021-04-05T06:00:00-05:00")), "IM31-HOURS-2");
    assert!(now.is_open(at("2021-04-05T06:00:00-05:00"), &zone), "IM31-HOURS-3");
    assert!(!now.is_open(at("2021-04-05T18:00:00-05:00"), &zone), "IM31-HOURS-3");
    assert!(!now.is_open(at("2021-04-10T09:00:00-05:00"), &zone), "IM31-HOURS-4: no Saturday any more");
    // Whoever edits the hours after that edits what is in force, and the edit stands.
    let by_hand = hours_of(&page, date(2021, 5, 1), at("2021-04-20T00:00:00-05:00").as_millisecond());
    assert!(by_hand.patterns.is_empty());
    let back =
        withdraw(page, 1, "morgan", published_at + 1, "the director took it back").expect("taken back");
    assert_eq!(hours_of(&back, today, 0), serde_json::from_value::<Hours>(hours()).expect("hours"));
}

#[test]
fn an_old_memo_of_the_pack_is_part_of_the_hours_that_the_pack_brings() {
    let page =
        install(None, &memo_draft("im-31", im31()), (Source::Pack, None, String::new()), NOW, TODAY).page;
    let dated = Dated::all(std::iter::once(&page));
    let zone = zone();
    let laid = apply_changes(&dated, "hours", "customer-service", &hours(), NOW, (TODAY, &zone));
    assert_eq!(laid, Ok(None), "the pack's hours of today stand");
    let before = at("2021-03-01T00:00:00-06:00").as_millisecond();
    let laid =
        apply_changes(&dated, "hours", "customer-service", &hours(), before, (date(2021, 3, 1), &zone));
    assert!(laid.is_ok_and(|laid| laid.is_some()), "hours from before the memo are changed by it");
}

#[test]
fn a_change_of_settings_never_takes_force_in_the_past_unless_it_was_published_before() {
    let late = memo_draft("im-31", im31());
    assert!(check(&late, None, TODAY).iter().any(|fault| fault.field == "changes"));
    let page = install(None, &late, (Source::Pack, None, String::new()), NOW, TODAY).page;
    assert_eq!(check(&late, Some(&page), TODAY), [], "a correction of the memo keeps what it brought");
}

#[test]
fn a_pointer_that_leads_nowhere_is_told() {
    let mut value = hours();
    let set = |pointer: &str| BTreeMap::from([(pointer.to_owned(), json!("x"))]);
    for wrong in ["/mondy", "monday", "/monday/9", "/holidays/0/name", "/title/-"] {
        assert!(patch(&mut value, &set(wrong)).is_err(), "{wrong}");
    }
    assert_eq!(value, hours(), "nothing was changed");
    patch(&mut value, &set("/title")).expect("it is there");
    let found = differences(&hours(), &value);
    assert_eq!(
        found,
        [Difference {
            place: "/title".to_owned(),
            before: "Customer service".to_owned(),
            after: "x".to_owned()
        }]
    );
}

#[test]
fn im33_ack_1_a_reading_reaches_whom_it_names_and_is_due_by_the_end_of_its_day() {
    let required = Required {
        roles: vec![Role::Technician],
        offices: vec!["csc-central".to_owned()],
        programmes: vec!["SNAP".to_owned()],
        due_days: 3,
        gate: true,
        grace_hours: 24,
    };
    let page = published(None, memo_draft("im-33", Memo { required: Some(required.clone()), ..memo() }));
    let library = Library::new([(1, page)]);
    let zone = zone();
    let snap = ["SNAP".to_owned()];
    let owed = library.owed_by((&[Role::Technician], "csc-central", &snap), NOW, &zone);
    assert_eq!(owed.len(), 1);
    assert_eq!(owed[0].gate_at, Some(NOW + 24 * 3_600_000));
    let due = crate::time::instant(owed[0].due_at).to_zoned(zone.clone());
    assert_eq!(due.time(), jiff::civil::time(0, 0, 0, 0), "the end of a day");
    assert!(reaches(&required, &[Role::Technician], "csc-central", &[]), "no programmes means all of them");
    for (roles, office, programmes) in [
        (vec![Role::Manager], "csc-central", vec!["SNAP".to_owned()]),
        (vec![Role::Technician], "elsewhere", vec!["SNAP".to_owned()]),
        (vec![Role::Technician], "csc-central", vec!["TA".to_owned()]),
    ] {
        assert!(!reaches(&required, &roles, office, &programmes));
    }
}

#[test]
fn slugs_are_addresses() {
    assert_eq!(slug_of("Delay in Response"), "delay-in-response");
    assert_eq!(slug_of("¿Cómo reporto cambios?"), "como-reporto-cambios");
    assert_eq!(slug_of("Director’s memo"), "directors-memo");
    for good in ["a", "im-31", "x9"] {
        assert!(is_slug(good), "{good}");
    }
    for bad in ["", "-a", "a-", "a--b", "A", "a/b", "..", "a b", &"x".repeat(81)] {
        assert!(!is_slug(bad), "{bad}");
    }
}
