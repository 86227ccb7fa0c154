//! Instants and spans as the log holds them: whole milliseconds, given from outside, never read from a clock.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// Milliseconds of so many seconds.
#[must_use]
pub const fn seconds(n: u32) -> Millis {
    n as Millis * 1000
}

/// The instant for the calendar library. Times outside its range (beyond the year 9999) are held at its ends.
#[must_use]
pub fn instant(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// `HH:MM:SS` in the agency's time zone.
#[must_use]
pub fn clock_time(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// `YYYY-MM-DD` in the agency's time zone.
#[must_use]
pub fn date(at: Millis, zone: &TimeZone) -> String {
    instant(at).to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string()
}

/// A span as people read it on a clock: `3:05`, or `1:02:03` from an hour on. Negative spans carry a minus sign.
#[must_use]
pub fn span(ms: Millis) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let total = ms.unsigned_abs() / 1000;
    let (h, m, s) = (total / 3600, total / 60 % 60, total % 60);
    if h > 0 { format!("{sign}{h}:{m:02}:{s:02}") } else { format!("{sign}{m}:{s:02}") }
}
