//! Words and figures as the desk writes them: times, states. No markup, no reading of anything. What every screen writes
//! alike is in [`crate::shown`].
//!
//! To add a word for a state: an arm in the function of that state, so that a new variant cannot be forgotten.

use domain::interaction::{Delay, Delivery, Phase, Turn};
use domain::pack::Pack;
use domain::staff::Presence;
use domain::time::{Millis, instant};
use jiff::tz::TimeZone;

/// `2:05:33 PM` in the agency's zone.
pub(crate) fn time_of_day(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%-I:%M:%S %p").to_string()
}

/// `Monday, March 2, 2026` in the agency's zone.
pub(crate) fn day(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%A, %B %-d, %Y").to_string()
}

/// For the `datetime` attribute.
pub(crate) fn iso(at: Millis) -> String {
    instant(at).to_string()
}

/// `2026-03-02T14:05` in the agency's zone, for a field that asks for date and time.
pub(crate) fn local_field(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Reads what such a field sends back, in the agency's zone.
pub(crate) fn from_local_field(text: &str, zone: &TimeZone) -> Option<Millis> {
    let civil: jiff::civil::DateTime = text.trim().parse().ok()?;
    civil.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp().as_millisecond())
}

/// State of a text of ours: a class for its mark, and the word beside it.
pub(crate) fn delivery(delivery: &Delivery) -> (&'static str, &'static str) {
    match delivery {
        Delivery::Pending => ("pending", "Waiting to go out"),
        Delivery::Accepted { .. } => ("accepted", "With the carrier"),
        Delivery::Sent => ("sent", "Sent"),
        Delivery::Delivered => ("delivered", "Delivered"),
        Delivery::Failed { .. } => ("failed", "Not delivered"),
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
        Delay::WrapUpSent { .. } => Some("Wrap-up text sent, Goodbye due"),
        Delay::GoodbyeSent { .. } => Some("Silent, ready to end"),
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

/// The presence with its reason in words.
pub(crate) fn presence(presence: &Presence, pack: &Pack) -> String {
    match presence {
        Presence::OffQueue | Presence::OnQueue => presence.word().to_owned(),
        Presence::NotReady { reason } => {
            let title = pack
                .presence
                .reasons
                .iter()
                .find(|known| &known.id == reason)
                .map(|known| known.title.as_str());
            format!("Not ready: {}", title.unwrap_or(reason))
        }
        Presence::NotResponding { reason } => {
            let why = match reason.as_str() {
                "line_lost" => "the line to this desk was lost",
                "offers_ignored" => "offers ran out unanswered",
                other => other,
            };
            format!("Not responding: {why}")
        }
    }
}

/// A class for the presence's mark; the word always stands beside it.
pub(crate) fn presence_class(presence: &Presence) -> &'static str {
    match presence {
        Presence::OffQueue => "off_queue",
        Presence::OnQueue => "on_queue",
        Presence::NotReady { .. } => "not_ready",
        Presence::NotResponding { .. } => "not_responding",
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

/// At most so many characters, cut with an ellipsis.
pub(crate) fn short(text: &str, most: usize) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= most {
        return flat;
    }
    let cut: String = flat.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_field_comes_back_as_the_same_minute() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at = from_local_field("2026-03-02T14:05", &zone).unwrap();
        assert_eq!(local_field(at, &zone), "2026-03-02T14:05");
        assert_eq!(from_local_field("yesterday", &zone), None);
    }

    #[test]
    fn last_words_are_one_line_and_short() {
        assert_eq!(short("one\n two", 10), "one two");
        assert_eq!(short("abcdefghij", 5), "abcd…");
    }
}
