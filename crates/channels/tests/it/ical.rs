//! Feeds are read back by a calendar library that others wrote.

use channels::ical::{Entry, Status, calendar};
use icalendar::{Calendar, CalendarComponent, CalendarDateTime, Component, DatePerhapsTime, Event};
use proptest::prelude::*;

fn entry(n: u32) -> Entry {
    Entry {
        uid: format!("0190{n:028}@hearthline"),
        sequence: n,
        changed_at: 1_796_000_000_000,
        start: 1_796_223_600_000,
        end: 1_796_227_200_000,
        summary: "Visit, phone number ending in 0101".to_owned(),
        description: "Interpreter: American Sign Language".to_owned(),
        location: "2 Example Street, Columbia; MO 65201 \\ ñ 👋".to_owned(),
        status: Status::Confirmed,
    }
}

fn read(text: &str) -> Vec<Event> {
    let calendar: Calendar = text.parse().unwrap();
    let events = calendar.components.into_iter().filter_map(|component| match component {
        CalendarComponent::Event(event) => Some(event),
        _ => None,
    });
    events.collect()
}

#[test]
fn a_calendar_library_reads_what_was_written() {
    let cancelled = Entry { status: Status::Cancelled, description: String::new(), ..entry(2) };
    let text = calendar("Boone; Resource, Center", &[entry(1), cancelled]);
    let whole: Calendar = text.parse().unwrap();
    assert_eq!(whole.property_value("VERSION"), Some("2.0"));
    assert_eq!(whole.property_value("METHOD"), Some("PUBLISH"));
    let events = read(&text);
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].get_uid(), Some(entry(1).uid.as_str()));
    assert_eq!(events[0].get_sequence(), Some(1));
    assert_eq!(events[0].get_status(), Some(icalendar::EventStatus::Confirmed));
    assert_eq!(events[1].get_status(), Some(icalendar::EventStatus::Cancelled));
    assert_eq!(events[1].get_description(), None);
    let Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(start))) = events[0].get_start() else {
        panic!("{text}")
    };
    assert_eq!(start.timestamp_millis(), entry(1).start);
}

#[test]
fn another_library_in_another_language_reads_the_same() {
    let cancelled = Entry { status: Status::Cancelled, description: String::new(), ..entry(2) };
    let feed = calendar("Boone Resource Center", &[entry(1), cancelled]);
    let read = crate::peers::run("ical/read.py", &serde_json::json!({ "feed": feed }));
    assert_eq!(read["name"], "Boone Resource Center");
    let events = read["events"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    for (found, wanted) in events.iter().zip([entry(1), entry(2)]) {
        assert_eq!(found["uid"], wanted.uid);
        assert_eq!(found["sequence"], wanted.sequence);
        assert_eq!((found["start"].as_i64(), found["end"].as_i64()), (Some(wanted.start), Some(wanted.end)));
        assert_eq!(found["summary"], wanted.summary);
        assert_eq!(found["location"], wanted.location);
        assert_eq!(found["errors"], serde_json::json!([]));
    }
    assert_eq!((&events[0]["status"], &events[1]["status"]), (&"CONFIRMED".into(), &"CANCELLED".into()));
    assert_eq!(events[0]["description"], entry(1).description);
}

#[test]
fn every_line_is_short_and_ends_as_the_standard_says() {
    let long = Entry { summary: "Sprachmittlerin für Ñandú ".repeat(20), ..entry(1) };
    let text = calendar("Boone", &[long]);
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']));
    }
    assert_eq!(read(&text).len(), 1);
}

proptest! {
    /// Whatever the words are, they stay words: the library finds one entry with the same summary, and no other.
    #[test]
    fn hostile_words_stay_words(summary in any::<String>(), location in any::<String>()) {
        let hostile = Entry {
            summary: format!("a{summary}b\r\nEND:VEVENT\r\nBEGIN:VEVENT"),
            location: location.clone(),
            ..entry(1)
        };
        let text = calendar(&summary, &[hostile, entry(2)]);
        prop_assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 2);
        prop_assert_eq!(text.matches("\r\nEND:VEVENT\r\n").count(), 2);
        let events = read(&text);
        prop_assert_eq!(events.len(), 2);
        let second = entry(2).summary;
        prop_assert_eq!(events[1].get_summary(), Some(second.as_str()));
    }
}
