//! How numbers and times look on every screen. Templates call these; countdowns tick in the browser (`live.js`).

use domain::time::{Millis, instant};
use jiff::tz::TimeZone;

/// A North American number as people write it, `(573) 555-0142`; any other as it is.
#[must_use]
pub fn phone(address: impl std::fmt::Display) -> String {
    let text = address.to_string();
    let digits =
        text.strip_prefix("+1").filter(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()));
    let parts = digits.and_then(|d| Some((d.get(..3)?, d.get(3..6)?, d.get(6..)?)));
    match parts {
        Some((area, exchange, line)) => format!("({area}) {exchange}-{line}"),
        None => text,
    }
}

/// `3:07 PM` in the agency's time zone.
#[must_use]
pub fn clock(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%-I:%M %p").to_string()
}

/// `Nov 21, 2026, 3:07:09 PM` in the agency's time zone.
#[must_use]
pub fn date_time(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
}

/// A length of time: `0:42`, `12:05`, `1:03:20`.
#[must_use]
pub fn span(milliseconds: Millis) -> String {
    let seconds = milliseconds.max(0) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// For so long after its time a clock says `now` and is not `overdue` yet: nobody acts in the very second. The same number
/// stands in `live.js`.
pub const NOW_FOR: Millis = 10_000;

/// A clock that counts down to `due` and ticks in the browser. It turns `soon` in its last minute (or last third, when
/// that is shorter), says `now` for the first [`NOW_FOR`], and `overdue` afterwards, with words, never by colour alone.
#[must_use]
pub fn countdown(due: Millis, from: Millis, now: Millis) -> String {
    let left = due.saturating_sub(now);
    let soon = (due.saturating_sub(from) / 3).clamp(0, 60_000);
    let (class, words) = match left {
        left if left <= -NOW_FOR => ("clock overdue", format!("overdue {}", span(left.saturating_neg()))),
        left if left <= 0 => ("clock soon", "now".to_owned()),
        left if left <= soon => ("clock soon", span(left)),
        left => ("clock", span(left)),
    };
    format!(r#"<time class="{class}" data-due="{due}" data-from="{from}" role="timer">{words}</time>"#)
}

/// A clock that counts up from `since`.
#[must_use]
pub fn elapsed(since: Millis, now: Millis) -> String {
    // Nothing has begun yet: who has never been on queue has no time to show.
    if since <= 0 {
        return String::new();
    }
    let words = span(now.saturating_sub(since));
    format!(r#"<time class="clock" data-since="{since}" role="timer">{words}</time>"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_not_begun_shows_no_clock() {
        assert_eq!(elapsed(0, 1_804_000_000_000), "");
        assert!(elapsed(1_804_000_000_000, 1_804_000_061_000).contains(">1:01<"));
    }

    #[test]
    fn numbers_look_as_people_write_them() {
        assert_eq!(phone("+15735550142"), "(573) 555-0142");
        assert_eq!(phone("733733"), "733733");
        assert_eq!(phone("+442079460000"), "+442079460000");
        assert_eq!(phone("+1573555014é"), "+1573555014é");
    }

    #[test]
    fn clocks_say_in_words_when_time_is_up() {
        assert_eq!(span(3_723_000), "1:02:03");
        assert!(countdown(180_000, 0, 0).contains(r#"class="clock""#));
        assert!(countdown(180_000, 0, 125_000).contains("clock soon"));
        for just in [180_000, 189_999] {
            let now = countdown(180_000, 0, just);
            assert!(now.contains(r#"class="clock soon""#) && now.contains(">now<"), "{now}");
        }
        let late = countdown(180_000, 0, 195_000);
        assert!(late.contains("clock overdue") && late.contains("overdue 0:15"));
    }

    #[test]
    fn times_are_the_agencys() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        assert_eq!(clock(1_795_296_429_000, &zone), "3:27 PM");
    }
}
