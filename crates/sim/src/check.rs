//! What must hold, checked from outside: from the log, the rows, and what reached the carrier's network.
//!
//! [`moment`] holds at any time, [`end`] once everything has settled. To add an invariant: a function that pushes one
//! sentence per violation, called from one of the two.

use std::collections::{BTreeMap, BTreeSet};

use domain::appointment::{Appointment, AppointmentFact};
use domain::event::{CustomerFact, Event, Fact, InteractionFact, Purpose};
use domain::id::AppointmentId;
use domain::interaction::Phase;
use domain::sop::DutyKind;
use domain::staff::Staff;
use domain::view::{self, Card, Person, What};
use store::{RowQuery, Store};

use crate::day::Day;
use crate::world::LINE;

fn query(kind: &str, group: Option<&str>) -> RowQuery {
    RowQuery {
        kind: kind.to_owned(),
        group: group.map(str::to_owned),
        after: None,
        descending: false,
        limit: usize::MAX,
    }
}

async fn read<T: serde::de::DeserializeOwned>(day: &Day, kind: &str, group: Option<&str>) -> Vec<T> {
    let rows = day.world.store.rows(query(kind, group)).await.unwrap_or_default();
    rows.iter().filter_map(|row| serde_json::from_str(&row.data).ok()).collect()
}

/// Holds at any moment.
pub(crate) async fn moment(day: &mut Day) {
    let cards: Vec<Card> = read(day, view::INTERACTION, Some("open")).await;
    let people: Vec<Person> = read(day, view::STAFF, None).await;
    let members = day.world.engine.members().await.unwrap_or_default();
    let mut found = Vec::new();
    for card in &cards {
        owner_or_place(card, &mut found);
        one_clock(card, &mut found);
    }
    let mut held: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for card in &cards {
        let offered = card.offer.iter().map(|offer| &offer.staff);
        for staff in card.owner.iter().chain(offered) {
            held.entry(staff.0.clone()).or_default().insert(card.id.to_string());
        }
    }
    for person in &people {
        let capacity = members.iter().find(|m| m.id == person.id).map_or(0, |m| usize::from(m.sms_capacity));
        if person.held.len() > capacity {
            found.push(format!("{} holds {} at a capacity of {capacity}", person.id, person.held.len()));
        }
        let mine: BTreeSet<String> = person.held.iter().map(|(id, _)| id.to_string()).collect();
        let expected = held.get(&person.id.0).cloned().unwrap_or_default();
        if mine != expected {
            found.push(format!("{} holds {mine:?}, but the contacts say {expected:?}", person.id));
        }
    }
    let mut open = BTreeSet::new();
    for card in cards.iter().filter(|card| matches!(card.phase, Phase::Waiting | Phase::Active)) {
        if !open.insert(card.customer.clone()) {
            found.push(format!("{} has two open contacts", card.customer));
        }
    }
    seats(day, &mut found).await;
    day.found.extend(found);
}

/// No seat is held twice, none without a visit, and no number has more visits ahead of it than the rules allow
/// (PHONE-APPT-10).
async fn seats(day: &Day, found: &mut Vec<String>) {
    let visits: Vec<Appointment> = read(day, view::APPOINTMENT, None).await;
    let mut holders: BTreeMap<String, Vec<AppointmentId>> = BTreeMap::new();
    let mut ahead: BTreeMap<String, u32> = BTreeMap::new();
    for visit in &visits {
        for name in &visit.place.claims {
            holders.entry(name.clone()).or_default().push(visit.id);
        }
        if visit.is_open() && visit.place.start > day.world.now() {
            *ahead.entry(visit.phone.clone().map(|phone| phone.0).unwrap_or_default()).or_default() += 1;
        }
    }
    let held = day.world.store.claims_between("slot:", "slot;").await.unwrap_or_default();
    for name in &held {
        let by = holders.get(name).cloned().unwrap_or_default();
        let owner = day.world.store.claim_owner(name).await.ok().flatten();
        if by.len() != 1 || by.first().map(ToString::to_string) != owner {
            found.push(format!("PHONE-APPT-10: the seat {name} is held by {owner:?}, the visits say {by:?}"));
        }
    }
    for name in holders.keys().filter(|name| !held.contains(name)) {
        found.push(format!("PHONE-APPT-10: a visit says that it has {name}, which nobody holds"));
    }
    let pack = day.world.engine.pack();
    let most = pack.appointments.as_ref().map_or(0, |book| book.rules.open_per_number_max);
    for (number, count) in ahead.iter().filter(|(_, count)| **count > most) {
        found.push(format!("{number} has {count} visits ahead, {most} are allowed"));
    }
    for id in day.visits.promised.iter().filter(|id| !visits.iter().any(|visit| visit.id == **id)) {
        found.push(format!("the visit {id} was promised and does not exist"));
    }
}

/// Every open interaction has an owner or a place in a queue.
fn owner_or_place(card: &Card, found: &mut Vec<String>) {
    let sound = match card.phase {
        Phase::Waiting => card.owner.is_none() && card.waiting_since.is_some() && !card.queue.is_empty(),
        Phase::Active | Phase::WrapUp => card.owner.is_some() && card.waiting_since.is_none(),
        Phase::Done => true,
    };
    if !sound {
        found.push(format!("{} has neither an owner nor a place in a queue: {card:?}", card.id));
    }
}

/// AMB-28: the clock of silence and the clock of check-ins never run side by side.
fn one_clock(card: &Card, found: &mut Vec<String>) {
    let clocks = card.duties.iter().filter(|duty| {
        matches!(
            duty.kind,
            DutyKind::Silence
                | DutyKind::DelayNotice
                | DutyKind::DelayReply
                | DutyKind::DelayWrapUp
                | DutyKind::DelayEnd
                | DutyKind::CheckIn
        )
    });
    let count = clocks.count();
    if count > 1 {
        found.push(format!("AMB-28: {count} clocks run in {}", card.id));
    }
}

/// Holds once everything has settled.
pub(crate) async fn end(day: &mut Day) {
    moment(day).await;
    let log = day.world.store.read_log(0, usize::MAX).await.unwrap_or_default();
    let mut events = Vec::new();
    for stored in &log {
        match Event::read(stored.form, &stored.data) {
            Ok(event) => events.push((stored.position, event)),
            Err(error) => day.found.push(format!("event {}: {error}", stored.position)),
        }
    }
    texts_once(day, &events).await;
    texts_out(day, &events);
    order_kept(day, &events);
    clocks_fired(day).await;
    same_as_log(day).await;
    people_are_free(day).await;
}

/// Every accepted text is in exactly one transcript exactly once.
async fn texts_once(day: &mut Day, events: &[(i64, Event)]) {
    let mut seen: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for (_, event) in events {
        if let Fact::Interaction {
            fact: InteractionFact::MessageReceived { provider_id, message, .. }, ..
        } = &event.fact
        {
            let entry = seen.entry(provider_id.clone()).or_insert((0, message.to_string()));
            entry.0 += 1;
        }
    }
    let rows: Vec<view::Entry> = read(day, view::MESSAGE, None).await;
    let mut lines: BTreeMap<String, u32> = BTreeMap::new();
    for entry in rows {
        if let What::In { message, .. } = entry.what {
            *lines.entry(message.to_string()).or_default() += 1;
        }
    }
    let mut found = Vec::new();
    for (sid, (number, words)) in &day.accepted {
        let Some((times, message)) = seen.get(sid) else {
            found.push(format!("lost: {number} wrote “{words}” ({sid})"));
            continue;
        };
        if *times != 1 || lines.get(message) != Some(&1) {
            found.push(format!(
                "{sid} of {number} stands {times} times in the log, {:?} times in transcripts",
                lines.get(message)
            ));
        }
        let body = day
            .world
            .store
            .bodies(std::slice::from_ref(message))
            .await
            .ok()
            .and_then(|b| b.into_iter().next().flatten());
        let kept = body
            .is_some_and(|body| &body == words || words.contains("123-45-6789") && !body.contains("6789"));
        if !kept {
            found.push(format!("the words of {sid} are not as written"));
        }
    }
    if seen.len() != day.accepted.len() {
        found.push(format!("{} texts in the log, {} were accepted", seen.len(), day.accepted.len()));
    }
    day.found.extend(found);
}

/// The sender is the line's (SMS-GEN-1); nothing refused leaves (SMS-GEN-4); nobody who opted out is written to, but for
/// one confirmation and the answer to HELP.
fn texts_out(day: &mut Day, events: &[(i64, Event)]) {
    let mut purposes = BTreeMap::new();
    let mut notices = BTreeSet::new();
    for (_, event) in events {
        if let Fact::Interaction { fact: InteractionFact::MessageSent { message, purpose, .. }, .. } =
            &event.fact
        {
            purposes.insert(message.to_string(), *purpose);
        }
        if let Fact::Appointment { fact, .. } = &event.fact
            && let AppointmentFact::NoticeQueued { notice, .. } = fact.as_ref()
        {
            notices.insert(notice.to_string());
        }
    }
    let mut found = Vec::new();
    for text in day.world.net.delivered() {
        if text.from != LINE {
            found.push(format!("SMS-GEN-1: a text left from {}", text.from));
        }
        if day.refused.contains(&text.text) {
            found.push(format!("SMS-GEN-4: a refused text left: {}", text.text));
        }
        let opted_out = events
            .iter()
            .filter(|(position, _)| *position <= text.head)
            .filter_map(|(_, event)| match &event.fact {
                Fact::Customer { address, fact } if address.0 == text.to => Some(fact),
                _ => None,
            })
            .fold(false, |out, fact| match fact {
                CustomerFact::OptedOut => true,
                CustomerFact::OptedIn => false,
                _ => out,
            });
        let message = text.key.split('-').next().unwrap_or_default();
        let purpose = purposes.get(message).copied();
        let allowed = matches!(
            purpose,
            Some(Purpose::Scripted(
                domain::canned::CannedKind::OptOutConfirmation | domain::canned::CannedKind::Help
            ))
        );
        if opted_out && !allowed {
            found.push(format!("{} opted out and was sent “{}”", text.to, text.text));
        }
        if purpose.is_none() && !notices.contains(message) {
            found.push(format!("a text without an event left: {}", text.text));
        }
    }
    day.found.extend(found);
}

/// First arrivals per customer come in the order in which they were written.
fn order_kept(day: &mut Day, events: &[(i64, Event)]) {
    let mut written: BTreeMap<String, i64> = BTreeMap::new();
    for (place, (_, event)) in events.iter().enumerate() {
        if let Fact::Interaction { fact: InteractionFact::MessageSent { message, .. }, .. } = &event.fact {
            written.insert(message.to_string(), i64::try_from(place).unwrap_or(i64::MAX));
        }
    }
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for text in day.world.net.delivered() {
        let again = text.key.contains('-') || !seen.insert(text.key.clone());
        let Some(place) = written.get(&text.key).filter(|_| !again) else { continue };
        let before = last.insert(text.to.clone(), *place);
        if before.is_some_and(|before| before > *place) {
            found.push(format!("out of order to {}: “{}”", text.to, text.text));
        }
    }
    day.found.extend(found);
}

/// No clock lies in the past.
async fn clocks_fired(day: &mut Day) {
    let due = day.world.store.due_timers(day.world.now(), 10).await.unwrap_or_default();
    for timer in due {
        day.found.push(format!(
            "the clock {} of {} was due at {} and has not fired",
            timer.key, timer.stream, timer.due
        ));
    }
}

/// Every state and row can be made again from the log.
async fn same_as_log(day: &mut Day) {
    match day.world.engine.replay(false).await {
        Ok(differences) if differences.different == 0 => {}
        Ok(differences) => day.found.push(format!("replay differs: {:?}", differences.listed)),
        Err(error) => day.found.push(format!("replay failed: {error}")),
    }
}

/// Nothing is held by anybody any more, and nobody is left in a child-abuse contact.
async fn people_are_free(day: &mut Day) {
    let mut found = Vec::new();
    for staff in &day.staff {
        let stream = domain::event::staff_stream(staff);
        let snapshot = day.world.store.load(&[stream]).await.ok().and_then(|mut list| list.pop().flatten());
        let state = snapshot.and_then(|snapshot| serde_json::from_str::<Staff>(&snapshot.state).ok());
        if let Some(state) = state.filter(|state| state.load() > 0 || !state.in_safety.is_empty()) {
            found.push(format!("{staff} still holds {:?}, safety {:?}", state.held, state.in_safety));
        }
    }
    let cached = day.world.engine.members().await.unwrap_or_default();
    found.extend(
        cached
            .iter()
            .filter(|m| m.load > 0)
            .map(|m| format!("the floor shows {} with a load of {}", m.id, m.load)),
    );
    day.found.extend(found);
}

#[cfg(test)]
mod tests {
    //! Every checker finds what it is there for: a sound day is damaged in one place each time.

    use domain::time::Millis;
    use store::{Commit, RowChange, TimerSet};

    use super::*;

    async fn a_sound_day() -> Day {
        let mut day = Day::new(5).await.expect("a world");
        let mut opted_out = false;
        for step in 0..1_000 {
            day.step().await.expect("a step");
            let log = day.world.store.read_log(0, usize::MAX).await.expect("the log");
            opted_out = log.iter().any(|event| event.kind == "opted_out");
            if step >= 60 && opted_out {
                break;
            }
        }
        assert!(opted_out, "a day without an opt-out");
        day.settle().await.expect("settled");
        end(&mut day).await;
        assert_eq!(day.found, Vec::<String>::new());
        day
    }

    async fn found(day: &mut Day, words: &str) {
        end(day).await;
        assert!(
            day.found.iter().any(|found| found.contains(words)),
            "“{words}” was not found: {:#?}",
            day.found
        );
        day.found.clear();
    }

    async fn change(day: &Day, commit: Commit) {
        day.world.store.commit(commit).await.expect("written");
    }

    #[tokio::test]
    async fn every_checker_finds_its_damage() {
        let mut day = a_sound_day().await;
        day.accepted.insert("SMnever".to_owned(), ("+15735550000".to_owned(), "hello".to_owned()));
        found(&mut day, "lost: +15735550000").await;
        day.accepted.remove("SMnever");

        let sent = day.world.net.delivered();
        day.refused.push(sent.last().expect("texts were sent").text.clone());
        found(&mut day, "a refused text left").await;
        day.refused.clear();

        assert!(!day.visits.promised.is_empty(), "nobody booked a visit");
        let stray = "slot:boone:20261202T150000Z:009".to_owned();
        let seat = |claim| Commit { claims: vec![claim], ..Commit::default() };
        let (name, owner) = (stray.clone(), "nobody".to_owned());
        change(&day, seat(store::Claim::Take { name, owner: owner.clone() })).await;
        found(&mut day, "PHONE-APPT-10: the seat").await;
        change(&day, seat(store::Claim::Release { name: stray, owner })).await;
        let held = day.world.store.claims_between("slot:", "slot;").await.expect("names");
        let name = held.first().expect("a seat is held").clone();
        let owner = day.world.store.claim_owner(&name).await.expect("read").expect("an owner");
        change(&day, seat(store::Claim::Release { name: name.clone(), owner: owner.clone() })).await;
        found(&mut day, "which nobody holds").await;
        change(&day, seat(store::Claim::Take { name, owner })).await;
        let never = AppointmentId(uuid::Uuid::nil());
        day.visits.promised.insert(never);
        found(&mut day, "was promised and does not exist").await;
        day.visits.promised.remove(&never);

        let timers = vec![("silent".to_owned(), 1 as Millis)];
        change(
            &day,
            Commit {
                timers: vec![TimerSet { stream: "interaction-0".to_owned(), timers }],
                ..Commit::default()
            },
        )
        .await;
        found(&mut day, "has not fired").await;
        change(
            &day,
            Commit {
                timers: vec![TimerSet { stream: "interaction-0".to_owned(), timers: Vec::new() }],
                ..Commit::default()
            },
        )
        .await;

        let rows = day.world.store.rows(query(view::MESSAGE, None)).await.expect("rows");
        let line = rows.iter().find(|row| row.data.contains("\"what\":\"in\"")).expect("a line").clone();
        let gone = RowChange::Delete { kind: line.kind.clone(), id: line.id.clone() };
        change(&day, Commit { rows: vec![gone], ..Commit::default() }).await;
        found(&mut day, "times in transcripts").await;
        change(&day, Commit { rows: vec![RowChange::Put(line)], ..Commit::default() }).await;
        found_nothing(&mut day).await;
    }

    async fn found_nothing(day: &mut Day) {
        end(day).await;
        assert_eq!(day.found, Vec::<String>::new());
    }

    #[tokio::test]
    async fn an_order_turned_round_and_a_text_after_an_opt_out_are_found() {
        let mut day = a_sound_day().await;
        day.world.net.tamper(|delivered| {
            let to = delivered
                .iter()
                .find(|one| delivered.iter().filter(|two| two.to == one.to).count() > 2)
                .map(|one| one.to.clone());
            let to = to.expect("somebody got three texts");
            let places: Vec<usize> = (0..delivered.len()).filter(|at| delivered[*at].to == to).collect();
            delivered.swap(places[0], places[places.len() - 1]);
        });
        found(&mut day, "out of order").await;

        let log = day.world.store.read_log(0, usize::MAX).await.expect("the log");
        let out = log.iter().find(|event| event.kind == "opted_out").expect("somebody opted out");
        let (number, position) = (out.stream.trim_start_matches("customer-").to_owned(), out.position);
        day.world.net.tamper(|delivered| {
            let ordinary = delivered
                .iter()
                .find(|text| text.text.starts_with("Hello, Thank you"))
                .expect("a greeting")
                .clone();
            delivered.push(crate::peers::Delivered {
                to: number,
                head: position,
                from: "+15550000000".to_owned(),
                ..ordinary
            });
        });
        end(&mut day).await;
        for words in ["opted out and was sent", "SMS-GEN-1: a text left from +15550000000"] {
            assert!(day.found.iter().any(|found| found.contains(words)), "{words}: {:#?}", day.found);
        }
    }

    #[tokio::test]
    async fn capacity_owner_and_clocks_are_checked_at_any_moment() {
        let mut day = Day::new(5).await.expect("a world");
        let mut open = Vec::new();
        while open.len() < 2 {
            day.step().await.expect("a step");
            open = day.world.store.rows(query(view::INTERACTION, Some("open"))).await.expect("rows");
            open.retain(|row| row.data.contains("\"phase\":\"active\""));
        }
        day.world.store.heal();
        moment(&mut day).await;
        assert_eq!(day.found, Vec::<String>::new());
        let mut card: Card = serde_json::from_str(&open[0].data).expect("a card");
        card.owner = None;
        card.duties = vec![card.duties[0].clone(), card.duties[0].clone()];
        let row = store::Row { data: serde_json::to_string(&card).expect("json"), ..open[0].clone() };
        change(&day, Commit { rows: vec![RowChange::Put(row)], ..Commit::default() }).await;
        moment(&mut day).await;
        for words in ["neither an owner", "AMB-28", "but the contacts say"] {
            assert!(day.found.iter().any(|found| found.contains(words)), "{words}: {:#?}", day.found);
        }
    }
}
