//! Today by queue: what became of the offers, and the service level.
//!
//! Pure: cards and counts in, rows out.

use std::collections::BTreeMap;

use domain::id::InteractionId;
use domain::interaction::Phase;
use domain::pack::Pack;
use domain::time::{Millis, instant};
use domain::view::Card;
use jiff::tz::TimeZone;

use super::offers::Counts;

/// Thresholds that can be chosen on the screen, in seconds.
pub(crate) const THRESHOLDS: [u32; 5] = [20, 60, 120, 180, 300];
/// The threshold where nobody chose one, in seconds.
pub(crate) const THRESHOLD: u32 = 60;

/// One queue's day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) queue: String,
    pub(crate) offers: Counts,
    /// Taken for the first time today.
    pub(crate) taken: u32,
    /// Of those, within the threshold.
    pub(crate) within: u32,
    /// Still waiting, past the threshold.
    pub(crate) past: u32,
}

impl Day {
    /// The service level in whole per cent; nothing when nobody was taken and nobody waits too long.
    pub(crate) fn service(&self) -> Option<String> {
        let whole = self.taken + self.past;
        (whole > 0).then(|| {
            format!("{} %", (u64::from(self.within) * 100 + u64::from(whole) / 2) / u64::from(whole))
        })
    }
}

impl Day {
    /// The figures behind the service level, in words: `1 of 1 in time`, `3 of 5 in time, 2 still waiting`.
    pub(crate) fn in_time(&self) -> String {
        let waiting = if self.past > 0 { format!(", {} still waiting", self.past) } else { String::new() };
        format!("{} of {} in time{waiting}", self.within, self.taken + self.past)
    }
}

/// The chosen threshold, if it is one that can be chosen.
pub(crate) fn threshold(asked: Option<&str>) -> u32 {
    asked
        .and_then(|text| text.parse().ok())
        .filter(|seconds| THRESHOLDS.contains(seconds))
        .unwrap_or(THRESHOLD)
}

/// When the wait of a contact begins that was opened at `opened`: out of hours, with the next opening (AMB-54).
pub(crate) fn wait_begins(pack: &Pack, queue: &str, opened: Millis, zone: &TimeZone) -> Millis {
    let hours = pack.queues.hours_of(queue);
    let opening = hours.and_then(|hours| hours.next_opening(instant(opened), zone));
    opening.map_or(opened, |at| at.as_millisecond().max(opened))
}

/// The rows, in the order of the settings. `cards` are the open interactions and those done today.
pub(crate) fn days(
    cards: &[&Card],
    offers: &BTreeMap<InteractionId, Counts>,
    pack: &Pack,
    zone: &TimeZone,
    (today, now): (Millis, Millis),
    threshold: u32,
) -> Vec<Day> {
    let limit = domain::time::seconds(threshold);
    let of_queue = |id: &str, title: &str| {
        let mut day = Day { queue: title.to_owned(), ..Day::default() };
        for card in cards.iter().filter(|card| card.queue == id) {
            day.offers.add(offers.get(&card.id).copied().unwrap_or_default());
            let begins = wait_begins(pack, id, card.opened_at, zone);
            match card.accepted_at {
                Some(at) if at >= today => {
                    day.taken += 1;
                    day.within += u32::from(at - begins <= limit);
                }
                None if card.phase == Phase::Waiting => day.past += u32::from(now - begins > limit),
                _ => {}
            }
        }
        day
    };
    pack.queues.queues.iter().map(|queue| of_queue(&queue.id, &queue.title)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::figures::tests::{card, pack};
    use super::*;

    /// A Tuesday at 10:00 in the agency's zone.
    fn ten_o_clock() -> Millis {
        "2026-03-03T10:00:00-06:00".parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn the_service_level_counts_those_who_still_wait_too_long() {
        let (pack, zone) = (pack(), TimeZone::get("America/Chicago").unwrap());
        let now = ten_o_clock();
        let mut soon = card(1, now - 600_000);
        soon.accepted_at = Some(soon.opened_at + 60_000);
        let mut late = card(2, now - 600_000);
        late.accepted_at = Some(late.opened_at + 60_001);
        let waiting = |n, since: Millis| {
            let mut waiting = card(n, since);
            (waiting.accepted_at, waiting.phase, waiting.owner) = (None, Phase::Waiting, None);
            waiting
        };
        let (too_long, not_yet) = (waiting(3, now - 61_000), waiting(4, now - 10_000));
        let cards = [&soon, &late, &too_long, &not_yet];
        let rows = days(&cards, &BTreeMap::new(), &pack, &zone, (now - 3_600_000, now), 60);
        let english = &rows[0];
        assert_eq!((english.taken, english.within, english.past), (2, 1, 1));
        assert_eq!(english.service().as_deref(), Some("33 %"));
        assert_eq!(english.in_time(), "1 of 3 in time, 1 still waiting");
        assert_eq!(Day { taken: 1, within: 1, ..Day::default() }.in_time(), "1 of 1 in time");
        assert_eq!(rows[1].service(), None);
    }

    #[test]
    fn a_text_of_the_night_begins_to_wait_when_the_queue_opens() {
        let (pack, zone) = (pack(), TimeZone::get("America/Chicago").unwrap());
        let night = "2026-03-03T02:00:00-06:00".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let opening = "2026-03-03T06:00:00-06:00".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        assert_eq!(wait_begins(&pack, "sms-general", night, &zone), opening);
        assert_eq!(wait_begins(&pack, "sms-general", ten_o_clock(), &zone), ten_o_clock());
    }

    #[test]
    fn only_offered_thresholds_are_taken() {
        assert_eq!((threshold(Some("120")), threshold(Some("7")), threshold(None)), (120, 60, 60));
    }
}
