//! Top bar: presence, time spent in each today, and what must be read before texts are taken.
//!
//! Pure but for nothing: events and settings in, lines out.

use std::collections::BTreeMap;

use domain::event::{Event, Fact, StaffFact};
use domain::pack::{Pack, SmsSopVersion};
use domain::staff::Presence;
use domain::time::{Millis, instant, span};
use domain::view::Person;
use jiff::tz::TimeZone;

/// Time in one presence today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) word: String,
    /// Milliseconds without the current stretch.
    pub(crate) ms: Millis,
    pub(crate) shown: String,
    /// The current stretch is of this presence; the page's script adds it.
    pub(crate) running: bool,
}

/// Start of the day of `now` in the agency's zone.
pub(crate) fn midnight(now: Millis, zone: &TimeZone) -> Millis {
    let day = instant(now).to_zoned(zone.clone());
    day.start_of_day().map_or(now, |start| start.timestamp().as_millisecond())
}

/// Time in each presence since `from`, by word. `events` are those of the person's stream, oldest first; stretches that
/// began before `from` count from there.
pub(crate) fn spent_since(events: &[Event], person: &Person, from: Millis) -> Vec<Spent> {
    let mut sums: BTreeMap<&'static str, Millis> = BTreeMap::new();
    let mut before: Option<&Presence> = None;
    for event in events {
        let Fact::Staff { fact: StaffFact::PresenceChanged { to, lasted_ms }, .. } = &event.fact else {
            continue;
        };
        if let Some(presence) = before {
            let began = (event.at - lasted_ms).max(from);
            if event.at > began {
                *sums.entry(presence.word()).or_default() += event.at - began;
            }
        }
        before = Some(to);
    }
    // The current stretch runs on the screen; what of it lies today is counted from the later of its start and `from`.
    sums.entry(person.presence.word()).or_default();
    sums.into_iter()
        .map(|(word, ms)| Spent {
            word: word.to_owned(),
            ms,
            shown: span(ms),
            running: word == person.presence.word() && person.since > 0,
        })
        .collect()
}

/// The version that the person has yet to acknowledge before going on queue (SMS-GEN-2).
pub(crate) fn unread_procedure<'a>(
    pack: &'a Pack,
    person: &Person,
    now: Millis,
    zone: &TimeZone,
) -> Option<&'a SmsSopVersion> {
    let today = instant(now).to_zoned(zone.clone()).date();
    let sop = pack.sms_sop(today).or_else(|| pack.sop_sms.last())?;
    (person.acknowledged.get("sms") != Some(&sop.version)).then_some(sop)
}

/// Reads the choice of the presence menu: `on_queue`, `off_queue` or `not_ready:<reason>`.
pub(crate) fn choice(text: &str) -> Option<Presence> {
    match text.split_once(':') {
        None if text == "on_queue" => Some(Presence::OnQueue),
        None if text == "off_queue" => Some(Presence::OffQueue),
        Some(("not_ready", reason)) if !reason.is_empty() => {
            Some(Presence::NotReady { reason: reason.to_owned() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::event::Actor;
    use domain::id::StaffId;

    use super::*;

    fn changed(at: Millis, lasted_ms: Millis, to: Presence) -> Event {
        let id = StaffId::from("ana");
        let fact = Fact::Staff { id: id.clone(), fact: StaffFact::PresenceChanged { to, lasted_ms } };
        Event { at, by: Actor::Staff { id }, clause: None, fact }
    }

    fn person(presence: Presence) -> Person {
        Person {
            id: StaffId::from("ana"),
            presence,
            since: 0,
            set_by: None,
            held: Vec::new(),
            idle_since: 0,
            in_safety: false,
            line_lost_at: None,
            acknowledged: BTreeMap::new(),
            spent_ms: BTreeMap::new(),
        }
    }

    #[test]
    fn a_stretch_that_began_yesterday_counts_from_midnight() {
        let events = [
            changed(100, 100, Presence::OnQueue),
            changed(1500, 1400, Presence::NotReady { reason: "meal".to_owned() }),
            changed(1800, 300, Presence::OnQueue),
        ];
        let spent = spent_since(&events, &Person { since: 1800, ..person(Presence::OnQueue) }, 1000);
        let on = spent.iter().find(|line| line.word == "On queue").unwrap();
        assert_eq!((on.ms, on.running), (500, true));
        let meal = spent.iter().find(|line| line.word == "Not ready").unwrap();
        assert_eq!((meal.ms, meal.running), (300, false));
    }

    #[test]
    fn who_has_never_been_on_queue_has_nothing_that_runs() {
        let spent = spent_since(&[], &person(Presence::OffQueue), 1000);
        assert!(spent.iter().all(|line| line.ms == 0 && !line.running));
    }

    #[test]
    fn only_known_choices_are_read() {
        assert_eq!(choice("on_queue"), Some(Presence::OnQueue));
        assert_eq!(choice("not_ready:meal"), Some(Presence::NotReady { reason: "meal".to_owned() }));
        assert_eq!(choice("not_ready:"), None);
        assert_eq!(choice("not_responding:x"), None);
    }
}
