//! Who is offered what: priority with ageing, skills relaxed by steps, capacity, longest idle, sticky, who passed.

use domain::context::Member;
use domain::id::InteractionId;
use domain::pack::Pack;
use domain::routing::{Waiting, assign, can_take, score};
use domain::staff::Presence;
use domain::time::{Millis, instant};
use uuid::Uuid;

use crate::support::{World, approved, clock, id, people};

const NOW: Millis = 1_000_000_000;

fn waiting(n: u128, queue: &str, waited_seconds: i64) -> Waiting {
    Waiting {
        id: InteractionId(Uuid::from_u128(n)),
        queue: queue.to_owned(),
        since: NOW - waited_seconds * 1000,
        sticky: None,
        passed: Vec::new(),
    }
}

/// These people on queue, idle since the second given.
fn present(pack: &Pack, who: &[(&str, i64)]) -> Vec<Member> {
    let ready = |(name, idle): &(&str, i64)| {
        let member = people(pack).into_iter().find(|member| member.id == id(name)).expect("a person");
        Member { presence: Presence::OnQueue, idle_since: idle * 1000, ..member }
    };
    who.iter().map(ready).collect()
}

fn offers(waiting: &[Waiting], members: &[Member], pack: &Pack) -> Vec<(u128, String)> {
    let made = assign(waiting, members, pack, NOW, |_| true);
    made.into_iter().map(|offer| (offer.interaction.0.as_u128(), offer.staff.0)).collect()
}

fn pairs(list: &[(u128, &str)]) -> Vec<(u128, String)> {
    list.iter().map(|(n, who)| (*n, (*who).to_owned())).collect()
}

#[test]
fn one_point_is_one_minute_waited_and_priority_is_a_head_start() {
    let pack = approved();
    assert_eq!(score(&waiting(1, "sms-general", 60), &pack, NOW), 1000);
    assert_eq!(score(&waiting(1, "sms-general", 90), &pack, NOW), 1500);
    assert_eq!(score(&waiting(1, "sms-spanish", 0), &pack, NOW), 2000, "two minutes of head start");
    assert_eq!(
        score(&waiting(1, "sms-general", -5), &pack, NOW),
        0,
        "a clock that stepped back gives no minus"
    );
}

#[test]
fn who_waits_longest_goes_first_and_a_head_start_is_caught_up_with() {
    let pack = approved();
    let one = present(&pack, &[("ana", 0)]);
    let all = |english: i64| [waiting(1, "sms-general", english), waiting(2, "sms-spanish", 10)];
    assert_eq!(offers(&all(129), &one, &pack), pairs(&[(2, "ana")]));
    assert_eq!(offers(&all(131), &one, &pack), pairs(&[(1, "ana")]), "120 seconds and one more");
    assert_eq!(
        offers(&[waiting(1, "sms-general", 5), waiting(2, "sms-general", 6)], &one, &pack),
        pairs(&[(2, "ana")])
    );
}

#[test]
fn skills_are_relaxed_by_steps_of_the_wait() {
    let pack = approved();
    let dan = present(&pack, &[("dan", 0)]);
    assert!(!can_take(&dan[0], &waiting(1, "sms-general", 59), &pack, NOW), "level 3 is asked, he has 2");
    assert!(can_take(&dan[0], &waiting(1, "sms-general", 60), &pack, NOW));
    let mut beginner = dan[0].clone();
    beginner.skills.insert("sms".into(), 1);
    assert!(!can_take(&beginner, &waiting(1, "sms-general", 179), &pack, NOW));
    assert!(can_take(&beginner, &waiting(1, "sms-general", 180), &pack, NOW));
    assert!(
        !can_take(&dan[0], &waiting(1, "sms-spanish", 9999), &pack, NOW),
        "a skill one does not have at all stays asked for"
    );
}

#[test]
fn sms_delay_7_only_a_person_with_a_free_place_is_chosen() {
    let pack = approved();
    let mut members = present(&pack, &[("ben", 0), ("carla", 500)]);
    members[0].load = 2;
    assert_eq!(offers(&[waiting(1, "sms-general", 5)], &members, &pack), pairs(&[(1, "carla")]));
    members[1].load = 3;
    assert!(offers(&[waiting(1, "sms-general", 5)], &members, &pack).is_empty());
    members[1].load = 2;
    assert_eq!(
        offers(&[waiting(1, "sms-general", 5)], &members, &pack),
        pairs(&[(1, "carla")]),
        "her capacity is 3"
    );
}

#[test]
fn the_longest_idle_comes_first_among_the_equally_busy() {
    let pack = approved();
    let mut members = present(&pack, &[("ana", 300), ("ben", 100), ("carla", 200)]);
    assert_eq!(offers(&[waiting(1, "sms-general", 5)], &members, &pack), pairs(&[(1, "ben")]));
    members[1].load = 1;
    assert_eq!(offers(&[waiting(1, "sms-general", 5)], &members, &pack), pairs(&[(1, "carla")]));
}

#[test]
fn each_person_gets_one_offer_in_a_pass_and_nobody_waits_behind_a_free_one() {
    let pack = approved();
    let members = present(&pack, &[("ana", 300), ("ben", 100)]);
    let three = [waiting(1, "sms-general", 30), waiting(2, "sms-general", 20), waiting(3, "sms-general", 10)];
    assert_eq!(offers(&three, &members, &pack), pairs(&[(1, "ben"), (2, "ana")]));
}

#[test]
fn the_last_technician_comes_first_when_free() {
    let pack = approved();
    let mut members = present(&pack, &[("ana", 300), ("ben", 100)]);
    let mut returning = waiting(1, "sms-general", 5);
    returning.sticky = Some(id("ana"));
    assert_eq!(offers(std::slice::from_ref(&returning), &members, &pack), pairs(&[(1, "ana")]));
    members[0].load = 2;
    assert_eq!(offers(&[returning], &members, &pack), pairs(&[(1, "ben")]), "it does not wait for them");
}

#[test]
fn sticky_holds_for_the_queues_seconds_and_until_they_let_it_pass() {
    let mut world = World::new();
    world.now = clock("10:00:00");
    world.begin("ana", "Hello");
    world.script("ana", domain::command::Script::Goodbye).expect("goodbye");
    world.end("ana").expect("ended");
    world.customer("One more question");
    assert_eq!(world.i().sticky, Some(id("ana")));
    world.offer("ana").expect("offered");
    world.decline("ana").expect("declined");
    assert_eq!(world.i().sticky, None);
}

#[test]
fn who_let_it_pass_is_asked_last_and_left_in_peace_for_a_while() {
    let pack = approved();
    let members = present(&pack, &[("ana", 100), ("ben", 200)]);
    let passed = |seconds: i64| {
        let mut w = waiting(1, "sms-general", 600);
        w.passed = vec![(id("ana"), NOW - seconds * 1000)];
        w
    };
    assert_eq!(
        offers(&[passed(300)], &members, &pack),
        pairs(&[(1, "ben")]),
        "though ana is idle for longer"
    );
    assert_eq!(
        offers(&[passed(30)], &members[..1], &pack),
        pairs(&[(1, "ana")]),
        "asked again when nobody else is there"
    );
    assert!(offers(&[passed(29)], &members[..1], &pack).is_empty());
    let mut both = passed(300);
    both.passed.push((id("ben"), NOW - 400_000));
    assert_eq!(
        offers(&[both], &members, &pack),
        pairs(&[(1, "ben")]),
        "who passed longest ago is asked first"
    );
}

#[test]
fn nobody_in_a_child_abuse_contact_and_nobody_away_is_chosen() {
    // SMS-ABUSE-1
    let pack = approved();
    let mut members = present(&pack, &[("ana", 0)]);
    members[0].in_safety = true;
    assert!(offers(&[waiting(1, "sms-general", 5)], &members, &pack).is_empty());
    members[0].in_safety = false;
    for presence in [
        Presence::OffQueue,
        Presence::NotReady { reason: "break".into() },
        Presence::NotResponding { reason: "line_lost".into() },
    ] {
        members[0].presence = presence;
        assert!(offers(&[waiting(1, "sms-general", 5)], &members, &pack).is_empty());
    }
}

#[test]
fn a_closed_queue_waits_until_it_opens() {
    // AMB-54
    let pack = approved();
    let members = present(&pack, &[("ana", 0)]);
    let zone = pack.agency.zone().expect("the zone");
    let at = |time: &str| {
        let now = clock(time);
        let mut w = waiting(1, "sms-general", 0);
        w.since = clock("2026-11-17T20:00:00");
        let open = |queue: &str| pack.queues.hours_of(queue).expect("hours").is_open(instant(now), &zone);
        assign(&[w], &members, &pack, now, open).len()
    };
    assert_eq!((at("2026-11-18T05:59:59"), at("2026-11-18T06:00:00")), (0, 1));
}

#[test]
fn a_queue_that_is_gone_from_the_settings_offers_nothing() {
    let pack = approved();
    let members = present(&pack, &[("ana", 0)]);
    assert!(offers(&[waiting(1, "no-such-queue", 5)], &members, &pack).is_empty());
}
