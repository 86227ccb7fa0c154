//! The texts about a visit: occasions, wording, and how a time reads in English and Spanish.
//!
//! Place, day and time may stand in a text; the reason never does (AMB-56), and there is no slot for it. No text suggests
//! the bare word that carriers take as an opt-out: [`suggests_opt_out`] is the check the pack's loader makes.

use std::sync::LazyLock;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::calendar::day_of;
use super::settings::Rules;
use super::state::Appointment;
use crate::time::{Millis, instant};

/// The clause whose line the confirmation repeats.
const CHANGES_BY_PHONE: &str = "PHONE-APPT-5";

/// On which occasion a text goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// It is booked (SMS-APPT-1).
    Booked,
    /// It is confirmed (SMS-APPT-2).
    Confirmed,
    /// It is moved (SMS-APPT-4).
    Moved,
    /// It is cancelled (SMS-APPT-5).
    Cancelled,
    /// It comes near.
    Reminder,
    /// The office will be closed then.
    OfficeClosed,
    /// The customer asked for another time.
    AnotherTime,
    /// The customer wrote that they cannot come, and not what they want instead.
    CannotCome,
    /// Goes with the one confirmation of an opt-out while a visit is booked.
    OptedOut,
}

impl NoticeKind {
    /// Every occasion.
    pub const ALL: [Self; 9] = [
        Self::Booked,
        Self::Confirmed,
        Self::Moved,
        Self::Cancelled,
        Self::Reminder,
        Self::OfficeClosed,
        Self::AnotherTime,
        Self::CannotCome,
        Self::OptedOut,
    ];

    /// The clause it comes from, where a document has one.
    #[must_use]
    pub const fn clause(self) -> Option<&'static str> {
        match self {
            Self::Booked | Self::Reminder => Some("SMS-APPT-1"),
            Self::Confirmed => Some("SMS-APPT-2"),
            Self::Moved | Self::AnotherTime | Self::CannotCome => Some("SMS-APPT-4"),
            Self::Cancelled => Some("SMS-APPT-5"),
            Self::OfficeClosed => Some("PHONE-APPT-11"),
            Self::OptedOut => None,
        }
    }
}

/// The slots that a wording may hold.
pub const SLOTS: [&str; 6] = ["{office}", "{address}", "{day}", "{time}", "{link}", "{notice}"];

/// The words of a text, its slots filled. None when the settings have no wording for the occasion or the office is
/// unknown. Without a link, the sentence that holds `{link}` is left out; in the answer to a wish for another time, that
/// with `{day}` as well when the visit cannot take place.
#[must_use]
pub fn words(
    kind: NoticeKind,
    appointment: &Appointment,
    link: Option<&str>,
    now: Millis,
    rules: &Rules<'_>,
) -> Option<String> {
    let language = appointment.language.as_str();
    let text = rules.book.texts.iter().find(|text| text.kind == kind)?;
    let office = rules.office(&appointment.place.office)?;
    let wording = Rules::wording(&text.text, language);
    let wording = if link.is_some() { wording.to_owned() } else { without(wording, "{link}") };
    // A visit that cannot take place does not stay on its day until there is another time.
    let stays = kind != NoticeKind::AnotherTime || appointment.flagged.is_none();
    let wording = if stays { wording } else { without(&wording, "{day}") };
    let notice = rules
        .tells(day_of(now, rules.zone))
        .find(|tell| tell.clause == CHANGES_BY_PHONE)
        .map_or("", |tell| Rules::wording(&tell.text, language));
    let start = appointment.place.start;
    let filled = wording
        .replace("{office}", &office.name)
        .replace("{address}", &office.address)
        .replace("{day}", &day_words(start, rules.zone, language))
        .replace("{time}", &time_words(start, rules.zone))
        .replace("{link}", link.unwrap_or_default())
        .replace("{notice}", notice);
    Some(filled.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Leaves out the sentences that hold a slot.
fn without(wording: &str, slot: &str) -> String {
    let kept: Vec<&str> =
        wording.split_inclusive(['.', '!', '?']).filter(|sentence| !sentence.contains(slot)).collect();
    kept.concat()
}

/// `Monday, November 23` or `lunes 23 de noviembre`.
#[must_use]
pub fn day_words(at: Millis, zone: &TimeZone, language: &str) -> String {
    let local = instant(at).to_zoned(zone.clone());
    if language != "es" {
        return local.strftime("%A, %B %-d").to_string();
    }
    let weekday = match local.weekday() {
        Weekday::Monday => "lunes",
        Weekday::Tuesday => "martes",
        Weekday::Wednesday => "miércoles",
        Weekday::Thursday => "jueves",
        Weekday::Friday => "viernes",
        Weekday::Saturday => "sábado",
        Weekday::Sunday => "domingo",
    };
    let month = match local.month() {
        1 => "enero",
        2 => "febrero",
        3 => "marzo",
        4 => "abril",
        5 => "mayo",
        6 => "junio",
        7 => "julio",
        8 => "agosto",
        9 => "septiembre",
        10 => "octubre",
        11 => "noviembre",
        _ => "diciembre",
    };
    format!("{weekday} {} de {month}", local.day())
}

/// `9:00 am`, `12:00 pm`.
#[must_use]
pub fn time_words(at: Millis, zone: &TimeZone) -> String {
    let local = instant(at).to_zoned(zone.clone());
    let (hour, half) = (local.hour(), if local.hour() < 12 { "am" } else { "pm" });
    let shown = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{shown}:{:02} {half}", local.minute())
}

/// Whether a wording asks for the bare word that the law and carriers take as an opt-out: in capitals, in quotation
/// marks, or after a verb such as "reply".
#[must_use]
pub fn suggests_opt_out(wording: &str) -> bool {
    BARE_WORD.is_match(wording)
}

#[expect(clippy::expect_used, reason = "a literal pattern, compiled by a test")]
static BARE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    let verb = r"reply|text|send|write|type|answer|respond|responda|conteste|envíe|envie|escriba|mande";
    let word = r"cancel|cancelar|cancela|cancele|stop|end|quit|alto|fin";
    let pattern = format!(
        r#"\b(CANCEL|CANCELAR|CANCELA|CANCELE)\b|["“'‘«](?i:{word})["”'’»]|\b(?i:{verb})\s+(?i:with\s+|con\s+|la palabra\s+|the word\s+)?(?i:{word})\b"#
    );
    Regex::new(&pattern).expect("a literal pattern compiles")
});
