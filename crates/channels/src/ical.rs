//! iCalendar (RFC 5545) feeds: neutral entries become the bytes that calendar programs read.
//!
//! **Owns** the form: lines of at most 75 octets, escaping, UTC times, the properties a program needs to follow changes
//! (`UID`, `SEQUENCE`, `DTSTAMP`, `STATUS`). **Does not own** what an entry says: whoever makes one leaves out what nobody
//! else may read. All times are UTC, so no time zone has to be described and the two days on which clocks change are no
//! special case.

use std::fmt::Write as _;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// Octets of a line without its end (RFC 5545, 3.1).
const LINE_OCTETS_MAX: usize = 75;
/// Instants that four digits of a year can write: the years 0 to 9999.
const FIRST_MS: Millis = -62_167_219_200_000;
const LAST_MS: Millis = 253_402_300_799_000;
const DAY_SECONDS: i64 = 86_400;

/// How certain an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It takes place.
    Confirmed,
    /// It may not take place as it stands.
    Tentative,
    /// It was cancelled; programs take it out.
    Cancelled,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The same for good, whatever changes.
    pub uid: String,
    /// Counts every change.
    pub sequence: u32,
    /// When it was changed last.
    pub changed_at: Millis,
    /// Begin.
    pub start: Millis,
    /// End.
    pub end: Millis,
    /// One line.
    pub summary: String,
    /// Further words; may be empty.
    pub description: String,
    /// Where.
    pub location: String,
    /// How certain it is.
    pub status: Status,
}

/// A calendar as `text/calendar; charset=utf-8`.
#[must_use]
pub fn calendar(name: &str, entries: &[Entry]) -> String {
    let mut out = String::new();
    line(&mut out, "BEGIN", "VCALENDAR");
    line(&mut out, "VERSION", "2.0");
    line(&mut out, "PRODID", "-//Hearthline//Appointments//EN");
    line(&mut out, "CALSCALE", "GREGORIAN");
    line(&mut out, "METHOD", "PUBLISH");
    // Not in RFC 5545, yet what programs show as the calendar's name.
    line(&mut out, "X-WR-CALNAME", &escaped(name));
    // RFC 7986, 5.7; and its elder that older programs read.
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    line(&mut out, "X-PUBLISHED-TTL", "PT15M");
    for entry in entries {
        event(&mut out, entry);
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn event(out: &mut String, entry: &Entry) {
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &escaped(&entry.uid));
    line(out, "DTSTAMP", &utc(entry.changed_at));
    line(out, "LAST-MODIFIED", &utc(entry.changed_at));
    line(out, "SEQUENCE", &entry.sequence.to_string());
    line(out, "DTSTART", &utc(entry.start));
    line(out, "DTEND", &utc(entry.end.max(entry.start)));
    line(out, "SUMMARY", &escaped(&entry.summary));
    if !entry.description.is_empty() {
        line(out, "DESCRIPTION", &escaped(&entry.description));
    }
    if !entry.location.is_empty() {
        line(out, "LOCATION", &escaped(&entry.location));
    }
    let status = match entry.status {
        Status::Confirmed => "CONFIRMED",
        Status::Tentative => "TENTATIVE",
        Status::Cancelled => "CANCELLED",
    };
    line(out, "STATUS", status);
    let takes_time = if entry.status == Status::Cancelled { "TRANSPARENT" } else { "OPAQUE" };
    line(out, "TRANSP", takes_time);
    line(out, "CLASS", "PRIVATE");
    line(out, "END", "VEVENT");
}

/// One content line, folded: what is longer goes on in the next line behind a space. A character is never cut in two.
fn line(out: &mut String, name: &str, value: &str) {
    let mut octets = 0;
    for c in name.chars().chain([':']).chain(value.chars()) {
        if octets + c.len_utf8() > LINE_OCTETS_MAX {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
}

/// A text value (RFC 5545, 3.3.11). Characters that no line may hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push_str("\\n");
                }
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// `20261202T150000Z`.
fn utc(at: Millis) -> String {
    let seconds = at.clamp(FIRST_MS, LAST_MS).div_euclid(1_000);
    let (days, rest) = (seconds.div_euclid(DAY_SECONDS), seconds.rem_euclid(DAY_SECONDS));
    let (year, month, day) = civil(days);
    let mut out = String::with_capacity(16);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    let _ = write!(out, "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z");
    out
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar carried back.
fn civil(days: i64) -> (i64, i64, i64) {
    // Counted from 1 March of the year 0, so that the leap day is the last of its year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_also_on_leap_days_and_far_away() {
        assert_eq!(utc(0), "19700101T000000Z");
        assert_eq!(utc(1_796_223_600_000), "20261202T150000Z");
        assert_eq!(utc(1_835_395_199_999), "20280228T235959Z");
        assert_eq!(utc(1_835_481_599_000), "20280229T235959Z");
        assert_eq!(utc(951_782_400_000), "20000229T000000Z");
        assert_eq!(utc(4_107_542_400_000), "21000301T000000Z");
        assert_eq!(utc(i64::MAX), "99991231T235959Z");
        assert_eq!(utc(i64::MIN), "00000101T000000Z");
    }

    #[test]
    fn long_lines_are_folded_at_seventy_five_octets_and_never_within_a_character() {
        let mut out = String::new();
        line(&mut out, "SUMMARY", &"ñ".repeat(200));
        for part in out.split("\r\n") {
            assert!(part.len() <= 75, "{} octets", part.len());
        }
        assert_eq!(out.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", "ñ".repeat(200)));
    }

    #[test]
    fn a_text_cannot_end_its_line_or_begin_a_property() {
        assert_eq!(escaped("a;b,c\\d\r\nEND:VEVENT\rx\u{0}"), "a\\;b\\,c\\\\d\\nEND:VEVENT\\nx");
    }
}
