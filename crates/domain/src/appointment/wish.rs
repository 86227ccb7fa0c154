//! The day and the hour that a customer names when they want another time, in English and Spanish: "can we move it to
//! Friday?", "el viernes a las 2", "next Tuesday", "on the 30th", "mañana por la tarde".
//!
//! It reads words and knows no visit: [`said`] is what was said, and [`Said::on`] looks it up on the calendar. Of several
//! days the one that is wished for counts, not the one that does not suit: what stands behind "instead of", "from" or in
//! a clause that says "I can't" is left out. To teach it a form: a row in `tests/it/appointment_wishes.rs`, then the words.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::intent;

/// A day as it was said, seen from the day on which it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WishedDay {
    /// The same day.
    Today,
    /// The day after.
    Tomorrow,
    /// Two days later.
    AfterTomorrow,
    /// Monday 1 to Sunday 7, the next to come.
    Weekday(i8),
    /// Monday 1 to Sunday 7 of the week after this one.
    OfNextWeek(i8),
    /// Some day of the week after this one.
    NextWeek,
    /// A day of a month, the next to come.
    DayOfMonth(i8),
    /// A month and its day, the next to come.
    Calendar(i8, i8),
    /// Year, month and day.
    Exact(i16, i8, i8),
    /// So many days later.
    InDays(i16),
    /// Some day of the week that is so many weeks later.
    InWeeks(i16),
}

impl WishedDay {
    /// The first day it can mean, seen from today; none when the calendar has no such day.
    #[must_use]
    pub fn from(self, today: Date) -> Option<Date> {
        let monday = || {
            let ahead = 8 - i64::from(today.weekday().to_monday_one_offset());
            today.saturating_add(ahead.days())
        };
        match self {
            Self::Today => Some(today),
            Self::Tomorrow => Some(today.saturating_add(1.day())),
            Self::AfterTomorrow => Some(today.saturating_add(2.days())),
            Self::Weekday(day) => {
                let ahead =
                    (i64::from(day) - i64::from(today.weekday().to_monday_one_offset())).rem_euclid(7);
                Some(today.saturating_add((if ahead == 0 { 7 } else { ahead }).days()))
            }
            Self::OfNextWeek(day) => Some(monday().saturating_add((i64::from(day) - 1).days())),
            Self::NextWeek => Some(monday()),
            Self::DayOfMonth(day) => (0..=12).find_map(|months| {
                let month = today.first_of_month().saturating_add(i64::from(months).months());
                Date::new(month.year(), month.month(), day).ok().filter(|found| *found > today)
            }),
            Self::Exact(year, month, day) => Date::new(year, month, day).ok(),
            Self::InDays(days) => Some(today.saturating_add(i64::from(days).days())),
            Self::InWeeks(weeks) => Some(monday().saturating_add((7 * (i64::from(weeks) - 1)).days())),
            Self::Calendar(month, day) => (0..=8).find_map(|years| {
                let year = today.year().saturating_add(years);
                Date::new(year, month, day).ok().filter(|found| *found >= today)
            }),
        }
    }
}

/// Which half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayPart {
    /// Before noon.
    Morning,
    /// From noon on.
    Afternoon,
}

/// What was said and no calendar or clock has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Odd {
    /// "April 31".
    Day,
    /// "25:00".
    Hour,
}

/// What was said of another time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<WishedDay>,
    /// The minute of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<u16>,
    /// The half of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<DayPart>,
    /// What of it does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd: Option<Odd>,
}

/// A wish of the customer that nobody has met yet: a day, or the week that begins with it, and perhaps an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishedTime {
    /// The day, or the first one of the week.
    pub day: Date,
    /// Any day of that week will do.
    #[serde(default, skip_serializing_if = "is_false")]
    pub week: bool,
    /// The minute of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minute: Option<u16>,
    /// The half of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<DayPart>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_false(yes: &bool) -> bool {
    !*yes
}

impl Said {
    /// Whether nothing was said that a person could look for.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.day.is_none() && self.minute.is_none() && self.part.is_none() && self.odd.is_none()
    }

    /// The same with its day by month and day, so that it can be read on a later day.
    #[must_use]
    pub fn fixed(self, today: Date) -> Self {
        let day = match self.day {
            Some(WishedDay::NextWeek | WishedDay::InWeeks(_) | WishedDay::Exact(..)) | None => self.day,
            Some(day) => day.from(today).map(|day| WishedDay::Calendar(day.month(), day.day())),
        };
        Self { day, ..self }
    }

    /// The wish on the calendar. An hour alone is meant for the day that was wished for before, or for that of the visit
    /// itself (`own`); a day alone is a new wish, for any hour. None when nothing of it differs from the visit's own day.
    #[must_use]
    pub fn on(self, today: Date, own: Date, before: Option<WishedTime>) -> Option<WishedTime> {
        let named = self.day.and_then(|day| day.from(today));
        let timed = self.minute.is_some() || self.part.is_some();
        if (named.is_none() || named == Some(own)) && !timed {
            return None;
        }
        let week = match self.day {
            Some(day) => matches!(day, WishedDay::NextWeek | WishedDay::InWeeks(_)),
            None => before.is_some_and(|wish| wish.week),
        };
        let day = named.or_else(|| before.map(|wish| wish.day)).unwrap_or(own);
        Some(WishedTime { day, week, minute: self.minute, part: self.part })
    }
}

/// What a text says of another time.
#[must_use]
pub fn said(text: &str) -> Said {
    let clauses: Vec<String> =
        clauses(text).into_iter().filter(|clause| !UNSUITED.is_match(clause)).collect();
    // The last day that was said is the wish, but for one that is only another choice.
    let days: Vec<(Option<WishedDay>, bool)> = clauses.iter().flat_map(|clause| days(clause)).collect();
    let sound = days.iter().filter_map(|(day, or)| day.map(|day| (day, *or)));
    let day = sound.fold(None, |kept, (day, or)| if or && kept.is_some() { kept } else { Some(day) });
    let part = clauses.iter().rev().find_map(|clause| part(clause));
    let hours: Vec<Option<u16>> = clauses.iter().flat_map(|clause| hours(clause, part)).collect();
    let minute = hours.iter().rev().find_map(|hour| *hour);
    let no_day = day.is_none() && !days.is_empty();
    let no_hour = minute.is_none() && !hours.is_empty();
    let odd = if no_day { Some(Odd::Day) } else { no_hour.then_some(Odd::Hour) };
    // "2 pm" says the half of the day already.
    Said { day, minute, part: part.filter(|_| minute.is_none()), odd }
}

/// Whether a text is nothing but a day or an hour: an answer to "when?", and no sentence of its own.
#[must_use]
pub fn is_bare(text: &str) -> bool {
    !said(text).is_empty() && clauses(text).iter().all(|clause| BARE.is_match(clause))
}

/// The folded clauses of a text. Colons and slashes between digits stay.
fn clauses(text: &str) -> Vec<String> {
    let folded = intent::fold(text).replace("a.m.", "am").replace("p.m.", "pm");
    let folded = folded.replace("a.m", "am").replace("p.m", "pm");
    let folded = YEAR_FIRST.replace_all(&folded, "$2/$3/$1");
    let folded = YEAR_LAST.replace_all(&folded, "$1 $2");
    let parted = SPLIT.replace_all(&folded, "|$0");
    let plain = |clause: &str| {
        let kept = |c: char| if c.is_alphanumeric() || c == ':' || c == '/' { c } else { ' ' };
        let marked: String = clause.chars().map(kept).collect();
        let words = marked.split_whitespace().map(|word| word.trim_matches([':', '/']));
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    parted
        .split(['|', ',', ';', '!', '?', '\n', '.'])
        .map(plain)
        .filter(|clause| !clause.is_empty())
        .collect()
}

/// The days of a clause in order, none for one that no calendar has, each with whether it is only another choice.
fn days(clause: &str) -> Vec<(Option<WishedDay>, bool)> {
    let next_week = NEXT_WEEK.is_match(clause);
    let mut found = Vec::new();
    for hit in DAYS.captures_iter(clause) {
        let Some(whole) = hit.get(0) else { continue };
        let before = clause.get(..whole.start()).unwrap_or_default();
        let after = clause.get(whole.end()..).unwrap_or_default();
        if NOT_THIS.is_match(before) || ITS_OWN.is_match(after) {
            continue;
        }
        let group = |name: &str| hit.name(name).map(|found| found.as_str());
        let number = |name: &str| group(name).and_then(|digits| digits.parse::<i8>().ok());
        let year = ["year", "named_year", "del_ano"].into_iter().find_map(group);
        let year = year.and_then(|digits| digits.parse::<i16>().ok());
        let day = if let Some(word) = group("weekday") {
            let next = before.ends_with("next ") || next_week;
            weekday(word).map(|day| if next { WishedDay::OfNextWeek(day) } else { WishedDay::Weekday(day) })
        } else if let (Some(first), Some(second)) = (number("month"), number("of")) {
            // 13/3 can only be the day first, as Spanish writes it.
            let day_first = first > 12 && second <= 12;
            Some(if day_first { dated(year, second, first) } else { dated(year, first, second) })
        } else if let Some(name) = group("named").or_else(|| group("nombre")) {
            let day = number("named_day").or_else(|| number("dia_de"));
            month(name).zip(day).map(|(month, day)| dated(year, month, day))
        } else if let Some(unit) = group("unit") {
            group("ahead").and_then(counted).map(|count| {
                if unit.starts_with('d') { WishedDay::InDays(count) } else { WishedDay::InWeeks(count) }
            })
        } else if let Some(day) = number("nth").or_else(|| number("el")) {
            Some(WishedDay::DayOfMonth(day))
        } else {
            match near(group("near").unwrap_or_default(), before) {
                Some(day) => Some(day),
                None => continue,
            }
        };
        let sound = |day: &WishedDay| day.from(jiff::civil::date(2027, 12, 31)).is_some();
        found.push((day.filter(sound), OR.is_match(before)));
    }
    if found.is_empty() && next_week {
        found.push((Some(WishedDay::NextWeek), false));
    }
    found
}

fn dated(year: Option<i16>, month: i8, day: i8) -> WishedDay {
    match year {
        Some(year) if year < 100 => WishedDay::Exact(2000 + year, month, day),
        Some(year) => WishedDay::Exact(year, month, day),
        None => WishedDay::Calendar(month, day),
    }
}

/// A small number in digits or in a word.
fn counted(word: &str) -> Option<i16> {
    const WORDS: [&[&str]; 8] = [
        &["a", "an", "one", "un", "una"],
        &["two", "couple of", "a couple of", "dos"],
        &["three", "tres"],
        &["four", "cuatro"],
        &["five", "cinco"],
        &["six", "seis"],
        &["seven", "siete"],
        &["eight", "ocho"],
    ];
    let spelled = || (1i16..).zip(WORDS).find(|(_, words)| words.contains(&word)).map(|(number, _)| number);
    word.parse::<i16>().ok().or_else(spelled).filter(|count| *count > 0)
}

fn near(word: &str, before: &str) -> Option<WishedDay> {
    match word {
        "today" | "hoy" => Some(WishedDay::Today),
        "day after tomorrow" | "pasado manana" => Some(WishedDay::AfterTomorrow),
        "tomorrow" => Some(WishedDay::Tomorrow),
        // "Por la mañana" is the morning.
        "manana" => (!before.ends_with("la ")).then_some(WishedDay::Tomorrow),
        _ => None,
    }
}

fn weekday(word: &str) -> Option<i8> {
    let day = match word {
        "monday" | "mon" | "lunes" => Weekday::Monday,
        "tuesday" | "tue" | "tues" | "martes" => Weekday::Tuesday,
        "wednesday" | "wed" | "miercoles" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" | "jueves" => Weekday::Thursday,
        "friday" | "fri" | "viernes" => Weekday::Friday,
        "saturday" | "sabado" => Weekday::Saturday,
        "sunday" | "domingo" => Weekday::Sunday,
        _ => return None,
    };
    Some(day.to_monday_one_offset())
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [(&str, &str); 12] = [
        ("jan", "ene"),
        ("feb", "feb"),
        ("mar", "mar"),
        ("apr", "abr"),
        ("may", "may"),
        ("jun", "jun"),
        ("jul", "jul"),
        ("aug", "ago"),
        ("sep", "sep"),
        ("oct", "oct"),
        ("nov", "nov"),
        ("dec", "dic"),
    ];
    let begins = |(english, spanish): &(&str, &str)| word.starts_with(english) || word.starts_with(spanish);
    (1i8..).zip(MONTHS).find(|(_, names)| begins(names)).map(|(number, _)| number)
}

fn part(clause: &str) -> Option<DayPart> {
    if AFTERNOON.is_match(clause) {
        return Some(DayPart::Afternoon);
    }
    MORNING.is_match(clause).then_some(DayPart::Morning)
}

/// The minutes of the day that a clause names, none for an hour that no clock shows. An hour without its half of the day is
/// one at which offices are open.
fn hours(clause: &str, part: Option<DayPart>) -> Vec<Option<u16>> {
    let mut found = Vec::new();
    for hit in HOURS.captures_iter(clause) {
        let Some(whole) = hit.get(0) else { continue };
        let before = clause.get(..whole.start()).unwrap_or_default();
        let after = clause.get(whole.end()..).unwrap_or_default();
        if NOT_THIS.is_match(before) || ITS_OWN.is_match(after) {
            continue;
        }
        let group = |name: &str| hit.name(name).map(|found| found.as_str());
        if group("noon").is_some() {
            found.push(Some(12 * 60));
            continue;
        }
        let number = |names: [&str; 3]| names.into_iter().find_map(group).and_then(|d| d.parse::<u16>().ok());
        let (hour, minutes) = (number(["h1", "h2", "h3"]), number(["m1", "m2", "m3"]).unwrap_or(0));
        let half = [group("half1"), group("half2"), group("half3")].into_iter().flatten().next();
        let written = half.is_some() || group("m1").or(group("m2")).or(group("m3")).is_some();
        let least = u16::from(!written);
        let Some(hour) = hour.filter(|hour| (least..=23).contains(hour) && minutes < 60) else {
            // "At 45 Main Street" is no hour; "25:00" was meant as one.
            found.extend(written.then_some(None));
            continue;
        };
        let later = match (half, part) {
            (Some(half), _) => half == "pm",
            (None, Some(DayPart::Afternoon)) => true,
            (None, Some(DayPart::Morning)) => false,
            (None, None) => (1..7).contains(&hour),
        };
        let hour = match (hour, later) {
            (12, false) if half.is_some() => 0,
            (1..12, true) => hour + 12,
            _ => hour,
        };
        found.push(Some(hour * 60 + minutes));
    }
    found
}

#[expect(clippy::expect_used, reason = "literal patterns, each compiled by a test")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern compiles")
}

/// Where a new clause begins without a mark.
static SPLIT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(but|pero|can i|can we|could i|could we|may i|may we|how about|what about|que tal|se puede|la podemos|lo podemos|podemos|puede ser)\b",
    )
});

/// A clause about what does not suit.
static UNSUITED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(cant|cannot|can not|wont|will not|unable|not able|not going|couldnt|no (me |nos )?(puedo|podemos|podre|podria|voy|vamos|es posible)|(doesnt|does not|dont|wont|will not|isnt|is not) (work|good|suit)|no (me |nos )?(sirve|conviene|queda))\b",
    )
});

/// Stands before a day or an hour that is left behind.
static NOT_THIS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(instead of|rather than|not|from|except|any day but|en vez de|en vez del|en lugar de|en lugar del|menos|excepto|(cancel|cancell?ing|cancelar|cancele|cancelen|anular|anule) (my |the |mi |la )?(appointment|appt|apt|visit|cita|visita))( (for|of|this|para|de|del|the|el|la|las|los|on|at|a|my|mi|next))*( (early|late))? $",
    )
});

/// Stands behind a day or an hour that the visit has now, or that does not suit.
static ITS_OWN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^ (appointment|appt|apt|visit|cita|visita|slot|(is|es) (too|muy|demasiado)\b)"));

static OR: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(or|o|u|and|y)( (on|the|el|maybe|next))* $"));

static NEXT_WEEK: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(next week|(la )?(proxima semana|semana proxima|semana que viene|siguiente semana|semana siguiente))\b",
    )
});

const MONTH: &str = r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const MES: &str =
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|sept?iembre|octubre|noviembre|diciembre";

static DAYS: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"\b(?:(?P<weekday>monday|mon|tuesday|tues|tue|wednesday|wed|thursday|thurs|thur|thu|friday|fri|saturday|sunday|lunes|martes|miercoles|jueves|viernes|sabado|domingo)|(?P<month>\d{{1,2}})/(?P<of>\d{{1,2}})(?:/(?P<year>\d{{4}}|\d{{2}}))?|(?P<named>{MONTH}) (?:the )?(?P<named_day>\d{{1,2}})(?:st|nd|rd|th)?(?: (?P<named_year>\d{{4}}))?|(?:on the |the |el dia |el |dia )?(?P<dia_de>\d{{1,2}})(?:st|nd|rd|th)? (?:de|of) (?P<nombre>{MES}|{MONTH})(?: (?:de |del )?(?P<del_ano>\d{{4}}))?|(?:in|en|dentro de) (?:about |like |como )?(?P<ahead>\d{{1,2}}|an?|one|two|(?:a )?couple of|three|four|five|six|seven|eight|una?|dos|tres|cuatro|cinco|seis|siete|ocho) (?P<unit>weeks?|days?|semanas?|dias?)|(?P<nth>\d{{1,2}})(?:st|nd|rd|th)|(?:on the|el dia|dia|el) (?P<el>\d{{1,2}})|(?P<near>day after tomorrow|pasado manana|tomorrow|manana|today|hoy))\b"
    ))
});

/// 2027-03-15, as machines and careful people write it.
static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(\d{4})[-/](\d{1,2})[-/](\d{1,2})\b"));

/// "March 5, 2028": the comma parts nothing.
static YEAR_LAST: LazyLock<Regex> =
    LazyLock::new(|| regex(&format!(r"\b((?:{MONTH}) (?:the )?\d{{1,2}}(?:st|nd|rd|th)?), ?(\d{{4}})\b")));

static AFTERNOON: LazyLock<Regex> =
    LazyLock::new(|| regex(r"\b(afternoon|after lunch|(por|en|de) la tarde|despues del almuerzo)\b"));

static MORNING: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(morning|(por|en|de) la manana)\b"));

static HOURS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:(?P<h1>\d{1,2})(?::(?P<m1>\d{2}))? ?(?P<half1>am|pm)|(?P<h2>\d{1,2}):(?P<m2>\d{2})(?: ?(?P<half2>am|pm))?|(?:at|around|about|make it|by|after|a las|a la|las|como a las)(?: around| about)? (?P<h3>\d{1,2})(?::(?P<m3>\d{2}))?(?: ?(?P<half3>am|pm)\b)?|(?P<noon>noon|mediodia|medio dia))\b",
    )
});

/// A clause of nothing but days, hours and the small words around them.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:(?:\d{1,2}(?::\d{2})?(?:am|pm|st|nd|rd|th)?|\d{4}|\d{1,2}/\d{1,2}(?:/\d{2,4})?|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|saturday|sunday|lunes|martes|miercoles|jueves|viernes|sabado|domingo|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|days?|weeks|semanas|dias|dentro|an|one|two|couple|three|four|una?|dos|tres|cuatro|after|today|tomorrow|hoy|pasado|manana|tarde|morning|afternoon|noon|mediodia|week|semana|next|this|proxim[oa]|siguiente|que|viene|am|pm|at|on|the|of|in|or|and|for|around|about|maybe|by|el|la|las|los|a|de|del|por|en|para|o|u|y|como|dia|mejor|better|best|please|pls|favor|thanks|thank|you|gracias|ok|okay|yes|si|is|would|be|good|fine|great|works|work|me|then|how|what|puede|ser|seria|bien|instead|either|any|time|sometime) ?)+$",
    )
});
