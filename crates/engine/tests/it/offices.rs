//! Offices, hours and closures changed while the program runs, the visits that such a change touches, and calendar feeds.

use domain::appointment::{
    AppointmentCommand as C, Channel, Closed, Closure, Interpreter, NoticeKind, Request, ResourceCenter,
    SlotRefusal, Status,
};
use domain::event::Actor;
use domain::pack::Hours;
use engine::records::{BOOK_RULES, HOURS, NOTICE_TEXT, OFFICE, RULES, TELL, VISIT_TYPE};
use engine::{Change, EngineError};
use jiff::civil::date;
use store::{Commit, RecordChange, Row, RowChange, Store};

use crate::appointments::{DAY, asked, at, book, booked, fresh, handle, visit};
use crate::world::{ANY, World};

fn change(kind: &'static str, id: &str, data: Option<serde_json::Value>) -> Change {
    Change { kind, id: id.to_owned(), expected: None, data, reason: String::new() }
}

fn office(world: &World, id: &str) -> ResourceCenter {
    let pack = world.engine.pack();
    let offices = &pack.appointments.as_ref().unwrap().offices;
    offices.iter().find(|office| office.id == id).unwrap().clone()
}

fn closed(world: &World, id: &str, day: jiff::civil::Date) -> Change {
    let mut office = office(world, id);
    office.closures.push(Closure { from: day, until: day, at: None, reason: "burst pipe".to_owned() });
    change(OFFICE, id, Some(serde_json::to_value(&office).unwrap()))
}

#[tokio::test]
async fn a_closure_declared_later_is_previewed_then_flags_the_booked_and_tells_them_and_can_be_taken_back() {
    // PHONE-APPT-11
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    let other = booked(&world, "5735550102", date(2026, 12, 3), 9).await;
    world.settle().await;
    let change = closed(&world, "boone", DAY);
    let touched = world.engine.touched_by(&change).await.unwrap();
    let why = SlotRefusal::Closed { why: Closed::Closure { reason: "burst pipe".to_owned() } };
    assert_eq!(touched.no_longer.iter().map(|(one, why)| (one.id, why)).collect::<Vec<_>>(), [(id, &why)]);
    assert!(touched.again.is_empty());
    assert_eq!(visit(&world, id).await.flagged, None, "a preview changes nothing");
    world.engine.save(change, "morgan").await.unwrap();
    world.pass(2_000).await;
    assert_eq!(visit(&world, id).await.flagged, Some(why));
    assert_eq!(visit(&world, other).await.flagged, None);
    let texts: Vec<String> = world.sent().into_iter().filter(|t| t.to == ANY).map(|t| t.text).collect();
    assert!(texts[1].contains("will be closed at the time of your visit"), "{texts:?}");
    // The page does not offer the day any more, and a booking for it is refused.
    assert!(world.engine.free_slots("boone", "interview", DAY, 1).await.unwrap().is_empty());
    assert!(handle(&world, fresh(&world), book(asked(&world, "5735550103", DAY, 10))).await.is_err());
    let told = visit(&world, id).await;
    // Taken back: the flag goes, and whoever was told is told that the office is open after all.
    let mut back = office(&world, "boone");
    back.closures.clear();
    let back = self::change(OFFICE, "boone", Some(serde_json::to_value(&back).unwrap()));
    assert_eq!(world.engine.touched_by(&back).await.unwrap().again[0].id, id);
    world.engine.save(back, "morgan").await.unwrap();
    world.pass(2_000).await;
    assert_eq!(visit(&world, id).await.flagged, None);
    assert_eq!(
        visit(&world, id).await.notices.iter().filter(|n| n.kind == NoticeKind::OfficeClosed).count(),
        1
    );
    let texts: Vec<String> = world.sent().into_iter().filter(|t| t.to == ANY).map(|t| t.text).collect();
    assert!(texts.len() == 3 && texts[2].contains("is open after all"), "{texts:?}");
    // A calendar takes what was changed later, under a higher number, and in the feed both are.
    let now = visit(&world, id).await;
    assert!(now.revision > told.revision && now.history.last().unwrap().at > told.history.last().unwrap().at);
    let feed = world.engine.calendar_of(&now).unwrap();
    let before = world.engine.calendar_of(&told).unwrap();
    let value = |feed: &str, name: &str| {
        let line = feed.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_once(':').unwrap().1.to_owned()
    };
    assert!(value(&feed, "LAST-MODIFIED") > value(&before, "LAST-MODIFIED"), "{feed}");
    let number = |feed: &str| value(feed, "SEQUENCE").parse::<u32>().unwrap();
    assert!(number(&feed) > number(&before));
    assert_eq!((value(&before, "STATUS"), value(&feed, "STATUS")), ("TENTATIVE".into(), "CONFIRMED".into()));
    world.sound().await;
}

#[tokio::test]
async fn a_review_that_is_seen_before_the_settings_are_read_again_tells_the_booked_all_the_same() {
    // PHONE-APPT-11: the change and the wish for a review are one commit; the loop may come before whoever saved it.
    let world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    let change = closed(&world, "boone", DAY);
    let record = RecordChange {
        kind: OFFICE.to_owned(),
        id: "boone".to_owned(),
        expected: None,
        data: change.data.map(|data| data.to_string()),
        at: world.engine.now(),
        actor: "morgan".to_owned(),
    };
    let row = Row {
        kind: "review_visits".to_owned(),
        id: "1".to_owned(),
        group: String::new(),
        sort: world.engine.now(),
        data: r#"{"office":"boone"}"#.to_owned(),
    };
    let rows = vec![RowChange::Put(row)];
    world.store.commit(Commit { records: vec![record], rows, ..Commit::default() }).await.unwrap();
    world.engine.fire_timers().await.unwrap();
    assert!(visit(&world, id).await.flagged.is_some());
}

#[tokio::test]
async fn a_holiday_declared_later_touches_every_office_and_a_crash_before_the_review_forgets_none() {
    // PHONE-APPT-11
    let mut world = World::new().await;
    let id = booked(&world, ANY, DAY, 9).await;
    world.settle().await;
    let pack = world.engine.pack();
    let rules = &pack.appointments.as_ref().unwrap().rules;
    let mut hours: Hours =
        pack.queues.hours.iter().find(|hours| hours.id == rules.holidays_from).unwrap().clone();
    let holiday = serde_json::json!({ "date": "2026-12-02", "name": "Day of mourning" });
    hours.holidays.push(serde_json::from_value(holiday).unwrap());
    let change = change(HOURS, &hours.id, Some(serde_json::to_value(&hours).unwrap()));
    assert_eq!(world.engine.touched_by(&change).await.unwrap().no_longer.len(), 1);
    world.engine.save(change, "morgan").await.unwrap();
    // The process ends between the change and the review.
    world.restart().await;
    world.pass(2_000).await;
    let why = Closed::Holiday { name: "Day of mourning".to_owned() };
    assert_eq!(visit(&world, id).await.flagged, Some(SlotRefusal::Closed { why }));
    world.sound().await;
}

#[tokio::test]
async fn the_office_closes_while_somebody_is_on_the_last_step_and_gets_a_clear_answer() {
    // PHONE-APPT-11, PHONE-APPT-12
    let world = World::new().await;
    assert_eq!(
        world.engine.check_slot("boone", "interview", at(&world, DAY, 9, 0)).await.unwrap(),
        None,
        "free when the page was drawn"
    );
    world.engine.save(closed(&world, "boone", DAY), "morgan").await.unwrap();
    let answer = handle(&world, fresh(&world), book(asked(&world, ANY, DAY, 9))).await;
    let engine::AppointmentError::Refused(refused) = answer.unwrap_err() else { panic!() };
    assert_eq!(refused.code, "closed");
    assert!(refused.sentence.contains("burst pipe"), "{}", refused.sentence);
    assert!(!refused.alternatives.is_empty(), "nothing is lost: other times are named");
}

#[tokio::test]
async fn offices_kinds_of_visits_rules_lines_and_texts_are_changed_at_run_time_within_what_makes_sense() {
    let mut world = World::new().await;
    let bad = |world: &World, edit: &dyn Fn(&mut serde_json::Value)| {
        let mut data = serde_json::to_value(office(world, "boone")).unwrap();
        edit(&mut data);
        change(OFFICE, "boone", Some(data))
    };
    for edit in [
        (&|data: &mut serde_json::Value| data["capacity"] = 0.into()) as &dyn Fn(&mut serde_json::Value),
        &|data| data["hours"] = "nobody".into(),
        &|data| data["zips"] = serde_json::json!(["6520"]),
        &|data| data["nearby"] = serde_json::json!(["atlantis"]),
        &|data| {
            data["closure"] =
                serde_json::json!([{ "from": "2026-12-03", "until": "2026-12-02", "reason": "x" }])
        },
        &|data| data["capacity"] = 1_000.into(),
        &|data| data["name"] = "".into(),
    ] {
        let answer = world.engine.save(bad(&world, edit), "morgan").await;
        assert!(matches!(answer, Err(EngineError::Invalid(_))), "{answer:?}");
    }
    // A wording that asks for the bare word is refused; the line of PHONE-APPT-5 keeps its script.
    let text =
        serde_json::json!({ "kind": "reminder", "text": { "en": "Reply CANCEL to cancel.", "es": "x" } });
    assert!(world.engine.save(change(NOTICE_TEXT, "reminder", Some(text)), "morgan").await.is_err());
    // A new office with two seats works at once, and stays after a restart.
    let mut annex = office(&world, "boone");
    annex.id = "boone-annex".to_owned();
    annex.name = "Boone Annex".to_owned();
    annex.capacity = 2;
    let data = serde_json::to_value(&annex).unwrap();
    world.engine.save(change(OFFICE, "boone-annex", Some(data)), "morgan").await.unwrap();
    for n in 0..2 {
        let mut request = asked(&world, &format!("573555020{n}"), DAY, 9);
        request.office = "boone-annex".to_owned();
        handle(&world, fresh(&world), book(request)).await.unwrap();
    }
    world.restart().await;
    assert_eq!(office(&world, "boone-annex").capacity, 2);
    // An office with visits ahead is closed, not deleted.
    let gone = world.engine.save(change(OFFICE, "boone-annex", None), "morgan").await;
    assert!(matches!(&gone, Err(EngineError::Invalid(why)) if why.contains("2 visits")), "{gone:?}");
    world.engine.save(change(OFFICE, "jasper", None), "morgan").await.unwrap();
    // Rules: another limit per number.
    let mut rules = world.engine.pack().appointments.as_ref().unwrap().rules.clone();
    rules.open_per_number_max = 1;
    let data = Some(serde_json::to_value(&rules).unwrap());
    world.engine.save(change(BOOK_RULES, RULES, data), "morgan").await.unwrap();
    booked(&world, ANY, DAY, 9).await;
    assert!(handle(&world, fresh(&world), book(asked(&world, ANY, DAY, 10))).await.is_err());
    assert!(!world.store.records(VISIT_TYPE).await.unwrap().is_empty());
    assert!(!world.store.records(TELL).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_offices_feed_shows_its_visits_without_reason_or_number_and_dies_with_its_secret() {
    let world = World::new().await;
    let one = fresh(&world);
    let tongue = "my husband must not know".to_owned();
    let interpreter = Some(Interpreter::Needed { kind: tongue });
    handle(&world, one, book(Request { interpreter, ..asked(&world, ANY, DAY, 9) })).await.unwrap();
    let two = booked(&world, "5735550102", DAY, 10).await;
    handle(&world, two, C::Cancel { channel: Channel::Phone, by: Actor::System, reason: None })
        .await
        .unwrap();
    let address = world.engine.new_feed_token("boone", "morgan").await.unwrap();
    let secret = address.strip_prefix("https://texts.example/calendar/office/").unwrap();
    let secret = secret.strip_suffix(".ics").unwrap();
    let text = world.engine.office_feed(secret).await.unwrap().unwrap();
    let plain = text.replace("\r\n ", "");
    assert!(plain.contains(&format!("UID:{one}@hearthline\r\n")), "{plain}");
    assert!(plain.contains("DTSTART:20261202T150000Z\r\nDTEND:20261202T160000Z\r\n"), "{plain}");
    assert_eq!(
        (plain.matches("STATUS:CONFIRMED").count(), plain.matches("STATUS:CANCELLED").count()),
        (1, 1)
    );
    assert!(plain.contains("ending in 0101") && !plain.contains("5735550101"), "{plain}");
    assert!(!plain.to_lowercase().contains("interview"), "AMB-56: {plain}");
    assert!(plain.contains("DESCRIPTION:Interpreter needed\r\n") && !plain.contains("husband"), "{plain}");
    // A move raises SEQUENCE and keeps UID.
    let sequence = |text: &str| text.replace("\r\n ", "").matches("SEQUENCE:2\r\n").count();
    assert_eq!(sequence(&text), 1, "the cancelled one");
    let to = C::Move {
        channel: Channel::Phone,
        by: Actor::System,
        office: "boone".to_owned(),
        start: at(&world, DAY, 11, 0),
    };
    handle(&world, one, to).await.unwrap();
    let text = world.engine.office_feed(secret).await.unwrap().unwrap();
    assert_eq!(sequence(&text), 2);
    assert!(world.engine.feed_since("boone").await.unwrap().is_some());
    for record in world.store.records("office_feed").await.unwrap() {
        assert!(!record.data.contains(secret), "only the digest is kept");
    }
    // A new secret ends the old one; revoked, none opens it.
    let fresh_address = world.engine.new_feed_token("boone", "morgan").await.unwrap();
    assert_eq!(world.engine.office_feed(secret).await.unwrap(), None);
    world.engine.revoke_feed_token("boone", "morgan").await.unwrap();
    let fresh_secret = fresh_address.rsplit('/').next().unwrap().strip_suffix(".ics").unwrap();
    assert_eq!(world.engine.office_feed(fresh_secret).await.unwrap(), None);
    assert_eq!(world.engine.office_feed("").await.unwrap(), None);
    assert!(world.engine.new_feed_token("atlantis", "morgan").await.is_err());
}

#[tokio::test]
async fn a_visits_own_calendar_opens_by_its_link_and_tells_of_a_cancellation() {
    let world = World::new().await;
    let id = fresh(&world);
    let done = handle(&world, id, book(asked(&world, ANY, DAY, 9))).await.unwrap();
    let link = done.link.unwrap();
    let secret = link.rsplit('/').next().unwrap();
    let text = world.engine.visit_calendar(secret).await.unwrap().unwrap().replace("\r\n ", "");
    assert!(text.contains("SUMMARY:Visit: Boone Resource Center (demo)"), "{text}");
    assert!(text.contains("STATUS:CONFIRMED"));
    handle(&world, id, C::Cancel { channel: Channel::Page, by: Actor::Customer, reason: None })
        .await
        .unwrap();
    assert_eq!(visit(&world, id).await.status, Status::Cancelled);
    let text = world.engine.visit_calendar(secret).await.unwrap().unwrap();
    assert!(text.contains("STATUS:CANCELLED"));
    assert_eq!(world.engine.visit_calendar("guessed").await.unwrap(), None);
    world.advance(72 * 3_600_000);
    assert_eq!(world.engine.visit_calendar(secret).await.unwrap(), None, "the link has run out");
}
