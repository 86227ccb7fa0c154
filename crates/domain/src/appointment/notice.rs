//! The texts about a visit: occasions, wording, and how a time reads in English and Spanish.
//!
//! Place, day and time may stand in a text; the reason never does (AMB-56), and there is no slot for it. No text suggests
//! the bare word that carriers take as an opt-out: [`suggests_opt_out`] is the check the pack's loader makes.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::calendar::{at_minute, day_of};
use super::fact::Place;
use super::settings::Rules;
use super::state::Appointment;
use super::wish::{DayPart, WishedTime};
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
    /// The office is open then after all.
    OfficeOpen,
    /// The customer asked for another time.
    AnotherTime,
    /// The customer asked for another time and named a day or an hour.
    WishNoted,
    /// The customer has several visits ahead: which one is meant?
    WhichVisit,
    /// The customer wrote that they cannot come, and not what they want instead.
    CannotCome,
    /// Goes with the one confirmation of an opt-out while a visit is booked.
    OptedOut,
    /// The same while several are.
    OptedOutSeveral,
    /// The day or the hour that they named for another time cannot be.
    WishRefused,
    /// They said once more that they want another time.
    WishKnown,
    /// The cancellation could not be taken back.
    NotSetAgain,
}

impl NoticeKind {
    /// Every occasion.
    pub const ALL: [Self; 16] = [
        Self::Booked,
        Self::Confirmed,
        Self::Moved,
        Self::Cancelled,
        Self::Reminder,
        Self::OfficeClosed,
        Self::AnotherTime,
        Self::CannotCome,
        Self::OptedOut,
        Self::OfficeOpen,
        Self::WishNoted,
        Self::WhichVisit,
        Self::OptedOutSeveral,
        Self::WishRefused,
        Self::WishKnown,
        Self::NotSetAgain,
    ];

    /// The clause it comes from, where a document has one.
    #[must_use]
    pub const fn clause(self) -> Option<&'static str> {
        match self {
            Self::Booked | Self::Reminder => Some("SMS-APPT-1"),
            Self::Confirmed => Some("SMS-APPT-2"),
            Self::Moved
            | Self::AnotherTime
            | Self::WishNoted
            | Self::WishRefused
            | Self::WishKnown
            | Self::CannotCome => Some("SMS-APPT-4"),
            Self::NotSetAgain => Some("PHONE-APPT-12"),
            Self::Cancelled => Some("SMS-APPT-5"),
            Self::OfficeClosed | Self::OfficeOpen => Some("PHONE-APPT-11"),
            Self::WhichVisit | Self::OptedOut | Self::OptedOutSeveral => None,
        }
    }
}

/// The slots that a wording may hold.
pub const SLOTS: [&str; 11] = [
    "{office}",
    "{address}",
    "{day}",
    "{time}",
    "{link}",
    "{page}",
    "{wish}",
    "{visits}",
    "{count}",
    "{why}",
    "{notice}",
];

/// What stands in a text besides the visit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Given<'a> {
    /// The link that opens the visit.
    pub(super) link: Option<&'a str>,
    /// The public page on which anybody books.
    pub(super) page: Option<&'a str>,
    /// The visits to choose from, each with its letter.
    pub(super) visits: &'a str,
    /// How many visits, where several are named.
    pub(super) count: usize,
    /// Why a wish cannot be met: a sentence, whose full stop stands in the wording.
    pub(super) why: &'a str,
    /// Another language than that of the visit's texts.
    pub(super) language: Option<&'a str>,
}

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
    filled(kind, appointment, &Given { link, ..Given::default() }, now, rules)
}

pub(super) fn filled(
    kind: NoticeKind,
    appointment: &Appointment,
    given: &Given<'_>,
    now: Millis,
    rules: &Rules<'_>,
) -> Option<String> {
    let language = given.language.unwrap_or(&appointment.language);
    let text = rules.book.texts.iter().find(|text| text.kind == kind)?;
    let office = rules.office(&appointment.place.office)?;
    let mut wording = Rules::wording(&text.text, language).to_owned();
    let known = [
        ("{link}", given.link.is_some()),
        ("{page}", given.page.is_some()),
        ("{wish}", appointment.wish.is_some()),
    ];
    for (slot, known) in known {
        if !known {
            wording = without(&wording, slot);
        }
    }
    // A visit that cannot take place does not stay on its day until there is another time.
    let of_wish = matches!(kind, NoticeKind::AnotherTime | NoticeKind::WishNoted | NoticeKind::WishRefused);
    if of_wish && appointment.flagged.is_some() {
        wording = without(&wording, "{day}");
    }
    let today = day_of(now, rules.zone);
    let notice = rules
        .tells(today)
        .find(|tell| tell.clause == CHANGES_BY_PHONE)
        .map_or("", |tell| Rules::wording(&tell.text, language));
    let start = appointment.place.start;
    let wish = appointment.wish.map(|wish| wish_words(&wish, today, rules.zone, language));
    let filled = wording
        .replace("{office}", &office.name)
        .replace("{address}", &office.address)
        .replace("{day}", &day_words_from(start, now, rules.zone, language))
        .replace("{time}", &time_words(start, rules.zone))
        .replace("{link}", given.link.unwrap_or_default())
        .replace("{page}", given.page.unwrap_or_default())
        .replace("{wish}", &wish.unwrap_or_default())
        .replace("{visits}", given.visits)
        .replace("{count}", &given.count.to_string())
        .replace("{why}", given.why.trim_end_matches('.'))
        .replace("{notice}", notice);
    Some(filled.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The visits to choose from with their letters: `A for Tuesday, November 24 at 9:00 am, B for …`. Offices are named when
/// they are not all the same.
pub(super) fn choices(visits: &[Place], now: Millis, rules: &Rules<'_>, language: &str) -> String {
    let apart = visits.iter().any(|one| visits.first().is_some_and(|first| first.office != one.office));
    let line = |(letter, place): (char, &Place)| {
        let (day, time) =
            (day_words_from(place.start, now, rules.zone, language), time_words(place.start, rules.zone));
        let name = rules.office(&place.office).filter(|_| apart);
        let office = name.map(|office| format!(", {}", office.name)).unwrap_or_default();
        match language {
            "es" => format!("{letter} para el {day} a las {time}{office}"),
            _ => format!("{letter} for {day} at {time}{office}"),
        }
    };
    let lines: Vec<String> = ('A'..='H').zip(visits).map(line).collect();
    lines.join("; ")
}

/// What goes with the one confirmation of an opt-out while several visits are booked: each of them by its day and time, or,
/// without their names, how many there are. None when the settings have no wording.
#[must_use]
pub fn listed(
    visits: &[Place],
    named: bool,
    now: Millis,
    rules: &Rules<'_>,
    language: &str,
) -> Option<String> {
    let text = rules.book.texts.iter().find(|text| text.kind == NoticeKind::OptedOutSeveral)?;
    let wording = Rules::wording(&text.text, language);
    let wording = if named { wording.to_owned() } else { without(wording, "{visits}") };
    let line = |place: &Place| {
        let (day, time) =
            (day_words_from(place.start, now, rules.zone, language), time_words(place.start, rules.zone));
        if language == "es" { format!("{day} a las {time}") } else { format!("{day} at {time}") }
    };
    let lines: Vec<String> = visits.iter().map(line).collect();
    let filled = wording.replace("{count}", &visits.len().to_string()).replace("{visits}", &lines.join("; "));
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
    date_words(day_of(at, zone), false, language)
}

/// The same for a date, with its year or without.
pub(super) fn date_words(day: Date, year: bool, language: &str) -> String {
    if language != "es" {
        let form = if year { "%A, %B %-d, %Y" } else { "%A, %B %-d" };
        return day.strftime(form).to_string();
    }
    let weekday = match day.weekday() {
        Weekday::Monday => "lunes",
        Weekday::Tuesday => "martes",
        Weekday::Wednesday => "miércoles",
        Weekday::Thursday => "jueves",
        Weekday::Friday => "viernes",
        Weekday::Saturday => "sábado",
        Weekday::Sunday => "domingo",
    };
    let month = match day.month() {
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
    let short = format!("{weekday} {} de {month}", day.day());
    if year { format!("{short} de {}", day.year()) } else { short }
}

/// The same, with the year when it is another one than now.
#[must_use]
pub fn day_words_from(at: Millis, now: Millis, zone: &TimeZone, language: &str) -> String {
    let (year, present) = (day_of(at, zone).year(), day_of(now, zone).year());
    if year == present { day_words(at, zone, language) } else { day_words_with_year(at, zone, language) }
}

/// `Monday, January 4, 2027` or `lunes 4 de enero de 2027`.
pub(super) fn day_words_with_year(at: Millis, zone: &TimeZone, language: &str) -> String {
    date_words(day_of(at, zone), true, language)
}

/// A wish in words: `Friday, November 27 at 2:00 pm`, `the week of Monday, November 30`.
#[must_use]
pub fn wish_words(wish: &WishedTime, today: Date, zone: &TimeZone, language: &str) -> String {
    let spanish = language == "es";
    let day = date_words(wish.day, wish.day.year() != today.year(), language);
    let day = match (wish.week, spanish) {
        (true, true) => format!("la semana del {day}"),
        (true, false) => format!("the week of {day}"),
        (false, true) => format!("el {day}"),
        (false, false) => day,
    };
    let at = wish.minute.and_then(|minute| at_minute(wish.day, minute, zone));
    match (at, wish.part, spanish) {
        (Some(at), _, true) => format!("{day} a las {}", time_words(at, zone)),
        (Some(at), _, false) => format!("{day} at {}", time_words(at, zone)),
        (None, Some(DayPart::Morning), true) => format!("{day} por la mañana"),
        (None, Some(DayPart::Morning), false) => format!("{day} in the morning"),
        (None, Some(DayPart::Afternoon), true) => format!("{day} por la tarde"),
        (None, Some(DayPart::Afternoon), false) => format!("{day} in the afternoon"),
        (None, None, _) => day,
    }
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
