//! Words, times and lengths as floor and admin write them. No markup but that of clocks, no reading of anything.
//!
//! Clocks are written without the present time, so that a fragment whose facts did not change is not sent again; the
//! page's script counts.

use domain::interaction::{Delay, Delivery, EndReason, Phase, Turn};
use domain::pack::Pack;
use domain::staff::Presence;
use domain::time::{Millis, instant};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// `2:05:33 PM`.
pub(crate) fn time_of_day(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%-I:%M:%S %p").to_string()
}

/// `Mon, Mar 2, 2026`.
pub(crate) fn day(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%a, %b %-d, %Y").to_string()
}

/// The day of the agency's calendar.
pub(crate) fn date(at: Millis, zone: &TimeZone) -> Date {
    instant(at).to_zoned(zone.clone()).date()
}

/// The first millisecond of a day of the agency's calendar; the beginning of time when the calendar has no such day.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Millis {
    day.to_zoned(zone.clone()).map_or(0, |midnight| midnight.timestamp().as_millisecond())
}

/// A clock that counts down to `due` in the browser. Past it, it says so in words.
pub(crate) fn countdown(due: Millis, from: Millis, now: Millis, zone: &TimeZone) -> String {
    let (class, word) = match now - due {
        late if late >= crate::shown::NOW_FOR => ("clock overdue", "overdue since"),
        0.. => ("clock soon", "due now, since"),
        _ => ("clock", "due"),
    };
    let at = time_of_day(due, zone);
    format!(r#"<time class="{class}" data-due="{due}" data-from="{from}" role="timer">{word} {at}</time>"#)
}

/// A clock that counts up from `since` in the browser.
pub(crate) fn elapsed(since: Millis, zone: &TimeZone) -> String {
    let at = time_of_day(since, zone);
    format!(r#"<time class="clock" data-since="{since}" role="timer">since {at}</time>"#)
}

/// The presence without its reason, as a class of the mark beside it.
pub(crate) fn presence_class(presence: &Presence) -> &'static str {
    match presence {
        Presence::OffQueue => "off_queue",
        Presence::OnQueue => "on_queue",
        Presence::NotReady { .. } => "not_ready",
        Presence::NotResponding { .. } => "not_responding",
    }
}

/// The reason of a presence in words, where it has one.
pub(crate) fn presence_reason(presence: &Presence, pack: &Pack) -> Option<String> {
    match presence {
        Presence::OffQueue | Presence::OnQueue => None,
        Presence::NotReady { reason } => {
            let known = pack.presence.reasons.iter().find(|known| &known.id == reason);
            Some(known.map_or_else(|| reason.clone(), |known| known.title.clone()))
        }
        Presence::NotResponding { reason } => Some(match reason.as_str() {
            "line_lost" => "the line to their desk was lost".to_owned(),
            "offers_ignored" => "offers ran out unanswered".to_owned(),
            other => other.replace('_', " "),
        }),
    }
}

/// The phase in a word.
pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Waiting => "Waiting",
        Phase::Active => "Open",
        Phase::WrapUp => "Wrap-up",
        Phase::Done => "Done",
    }
}

/// Why it ended, in words.
pub(crate) fn end_reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Finished => "Dealt with",
        EndReason::NoResponse => "Customer did not answer",
        EndReason::OptedOut => "Customer wants no more texts",
        EndReason::Keyword => "Only a keyword came",
        EndReason::Visit => "Answer about a visit",
    }
}

/// What the delay flag says, while the customer is in delay (SMS-DELAY-1).
pub(crate) fn delay(turn: &Turn) -> Option<&'static str> {
    let Turn::Customer { delay, .. } = turn else { return None };
    match delay {
        Delay::None => None,
        Delay::Flagged { .. } => Some("Customer delay"),
        Delay::NoticeSent { .. } => Some("Customer delay, notice sent"),
        Delay::RanOut { .. } => Some("Customer delay ran out"),
        Delay::WrapUpSent { .. } | Delay::GoodbyeSent { .. } => Some("Customer silent, ending"),
    }
}

/// State of a text of ours in words.
pub(crate) fn delivery(delivery: &Delivery) -> (&'static str, Option<String>) {
    match delivery {
        Delivery::Pending => ("Waiting to go out", None),
        Delivery::Accepted { .. } => ("With the carrier", None),
        Delivery::Sent => ("Sent", None),
        Delivery::Delivered => ("Delivered", None),
        Delivery::Failed { code, reason } => ("Not delivered", Some(format!("{reason} ({code})"))),
    }
}

/// A language in words.
pub(crate) fn language(code: &str) -> String {
    match code {
        "en" => "English".to_owned(),
        "es" => "Spanish".to_owned(),
        other => other.to_uppercase(),
    }
}

/// Seconds as people say them: `45 s`, `3 min`, `3 min 20 s`.
pub(crate) fn seconds(count: u32) -> String {
    match (count / 60, count % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// The queue's name on screens.
pub(crate) fn queue(pack: &Pack, id: &str) -> String {
    pack.queues.queue(id).map_or_else(|| id.to_owned(), |queue| queue.title.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_stay_the_same_until_they_run_out() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        assert_eq!(countdown(180_000, 0, 0, &zone), countdown(180_000, 0, 179_999, &zone));
        assert!(countdown(180_000, 0, 180_000, &zone).contains("clock soon"));
        assert!(countdown(180_000, 0, 190_000, &zone).contains("overdue since"));
    }

    #[test]
    fn a_day_begins_at_the_agencys_midnight() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let start = start_of(jiff::civil::date(2026, 11, 21), &zone);
        assert_eq!(date(start, &zone), jiff::civil::date(2026, 11, 21));
        assert_eq!(date(start - 1, &zone), jiff::civil::date(2026, 11, 20));
    }

    #[test]
    fn seconds_read_as_people_say_them() {
        assert_eq!(
            (seconds(45).as_str(), seconds(180).as_str(), seconds(200).as_str()),
            ("45 s", "3 min", "3 min 20 s")
        );
    }
}
