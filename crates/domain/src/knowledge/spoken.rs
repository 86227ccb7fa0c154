//! Opening hours in words, and the place in a text where they stand: `{hours:customer-service}` becomes the week as it is in
//! force on the reader's day, so that no page goes on printing hours that have changed (IM31-HOURS-3).
//!
//! Also letters that nobody sees and that turn a text round or end it early: they are shown by their number.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::civil::{Date, Weekday};

use crate::pack::{Hours, OpenSpan};

/// What the place of hours begins with.
const PLACE: &str = "{hours:";
const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// The weekday's name, in English with a capital letter.
#[must_use]
pub const fn weekday_word(day: Weekday, spanish: bool) -> &'static str {
    match (day, spanish) {
        (Weekday::Monday, false) => "Monday",
        (Weekday::Tuesday, false) => "Tuesday",
        (Weekday::Wednesday, false) => "Wednesday",
        (Weekday::Thursday, false) => "Thursday",
        (Weekday::Friday, false) => "Friday",
        (Weekday::Saturday, false) => "Saturday",
        (Weekday::Sunday, false) => "Sunday",
        (Weekday::Monday, true) => "lunes",
        (Weekday::Tuesday, true) => "martes",
        (Weekday::Wednesday, true) => "miércoles",
        (Weekday::Thursday, true) => "jueves",
        (Weekday::Friday, true) => "viernes",
        (Weekday::Saturday, true) => "sábado",
        (Weekday::Sunday, true) => "domingo",
    }
}

fn clock(minute: u16, spanish: bool) -> String {
    let (hour, rest) = (minute / 60 % 24, minute % 60);
    let half = match (hour < 12, spanish) {
        (true, false) => "am",
        (false, false) => "pm",
        (true, true) => "a. m.",
        (false, true) => "p. m.",
    };
    if minute >= 24 * 60 {
        return if spanish { "medianoche" } else { "midnight" }.to_owned();
    }
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{twelve}:{rest:02} {half}")
}

/// `6:00 am to 6:00 pm`, with commas between several; `closed`, `all day`.
#[must_use]
pub fn spans_words(spans: &[OpenSpan], spanish: bool) -> String {
    if spans.is_empty() {
        return if spanish { "cerrado" } else { "closed" }.to_owned();
    }
    let word = |span: &OpenSpan| {
        if span.from_minute() == 0 && span.until_minute() >= 24 * 60 {
            return if spanish { "todo el día" } else { "all day" }.to_owned();
        }
        let (from, until) = (clock(span.from_minute(), spanish), clock(span.until_minute(), spanish));
        if spanish { format!("de {from} a {until}") } else { format!("{from} to {until}") }
    };
    spans.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// `Monday to Friday`, `Saturday and Sunday`, `every day`.
#[must_use]
pub fn days_words(days: &[Weekday], spanish: bool) -> String {
    let name = |day: &Weekday| weekday_word(*day, spanish);
    match (days, spanish) {
        ([], _) => String::new(),
        ([one], _) => name(one).to_owned(),
        ([one, two], false) => format!("{} and {}", name(one), name(two)),
        ([one, two], true) => format!("{} y {}", name(one), name(two)),
        (all, false) if all.len() == 7 => "every day".to_owned(),
        (all, true) if all.len() == 7 => "todos los días".to_owned(),
        ([first, .., last], false) => format!("{} to {}", name(first), name(last)),
        ([first, .., last], true) => format!("de {} a {}", name(first), name(last)),
    }
}

/// The week as it is in force on the day: `Monday to Friday, 6:00 am to 6:00 pm; closed on Saturday and Sunday`. A change
/// that begins later in that week is not in force yet.
#[must_use]
pub fn week_words(hours: &Hours, day: Date, spanish: bool) -> String {
    let week = hours.week_of(day);
    let mut groups: Vec<(Vec<Weekday>, Vec<OpenSpan>)> = Vec::new();
    for weekday in WEEK {
        let spans = week.on_weekday(weekday).to_vec();
        match groups.last_mut().filter(|(_, same)| *same == spans) {
            Some((days, _)) => days.push(weekday),
            None => groups.push((vec![weekday], spans)),
        }
    }
    let part = |(days, spans): &(Vec<Weekday>, Vec<OpenSpan>)| {
        let (days, words) = (days_words(days, spanish), spans_words(spans, spanish));
        match (spans.is_empty(), spanish) {
            (true, false) => format!("closed on {days}"),
            (true, true) => format!("cerrado {days}"),
            (false, _) => format!("{days}, {words}"),
        }
    };
    groups.iter().map(part).collect::<Vec<_>>().join("; ")
}

/// The text with every place of hours filled; `find` says the words of a calendar. What it does not know stays as it was
/// written.
pub fn with_hours(body: &str, find: impl Fn(&str) -> Option<String>) -> Cow<'_, str> {
    if !body.contains(PLACE) {
        return Cow::Borrowed(body);
    }
    let mut out = String::with_capacity(body.len() + 64);
    let mut rest = body;
    while let Some((before, after)) = rest.split_once(PLACE) {
        out.push_str(before);
        match after.split_once('}').and_then(|(id, behind)| Some((find(id.trim())?, behind))) {
            Some((words, behind)) => {
                out.push_str(&words);
                rest = behind;
            }
            None => {
                out.push_str(PLACE);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether nobody would see this letter, though it turns what follows round or ends a text early.
fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')
}

/// The text with such letters shown by their number, as `[U+202E]`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            let _ = write!(out, "[U+{:04X}]", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

/// Whether a day is one that an agency's paper can mean: from 1900 to 2999.
#[must_use]
pub fn is_usual(day: Date) -> bool {
    (1900..=2999).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn hours() -> Hours {
        let spans = |text: &str| vec![OpenSpan::try_from(text.to_owned()).unwrap()];
        let eight = spans("08:00-17:00");
        Hours {
            id: "office".to_owned(),
            title: "Office".to_owned(),
            draft: false,
            source: "test".to_owned(),
            monday: eight.clone(),
            tuesday: eight.clone(),
            wednesday: eight.clone(),
            thursday: eight.clone(),
            friday: eight,
            saturday: spans("09:00-12:00"),
            sunday: Vec::new(),
            holidays: Vec::new(),
            patterns: Vec::new(),
            by_hand: None,
        }
    }

    #[test]
    fn im31_hours_3_a_week_is_said_as_it_is_in_force_on_the_day() {
        let mut hours = hours();
        let (before, after) = (date(2021, 4, 1), date(2021, 4, 5));
        let days: serde_json::Value = serde_json::json!({"from": "2021-04-05", "until": null, "source": "IM-31", "days": {
            "monday": ["06:00-18:00"], "tuesday": ["06:00-18:00"], "wednesday": ["06:00-18:00"],
            "thursday": ["06:00-18:00"], "friday": ["06:00-18:00"], "saturday": []}});
        hours.patterns.push(serde_json::from_value(days).unwrap());
        assert_eq!(
            week_words(&hours, before, false),
            "Monday to Friday, 8:00 am to 5:00 pm; Saturday, 9:00 am to 12:00 pm; closed on Sunday"
        );
        assert_eq!(
            week_words(&hours, after, false),
            "Monday to Friday, 6:00 am to 6:00 pm; closed on Saturday and Sunday"
        );
        assert_eq!(
            week_words(&hours, after, true),
            "de lunes a viernes, de 6:00 a. m. a 6:00 p. m.; cerrado sábado y domingo"
        );
    }

    #[test]
    fn places_of_hours_are_filled_and_unknown_ones_stay() {
        let find = |id: &str| (id == "office").then(|| "from eight".to_owned());
        assert_eq!(
            with_hours("We open {hours:office}. {hours:x} {hours:", find),
            "We open from eight. {hours:x} {hours:"
        );
        assert!(matches!(with_hours("No place.", find), Cow::Borrowed(_)));
        assert_eq!(
            spans_words(&[OpenSpan::try_from("00:00-24:00".to_owned()).unwrap()], true),
            "todo el día"
        );
        assert_eq!(
            spans_words(&[OpenSpan::try_from("20:30-24:00".to_owned()).unwrap()], false),
            "8:30 pm to midnight"
        );
    }

    #[test]
    fn letters_that_nobody_sees_are_shown_by_their_number() {
        assert_eq!(visible("a\u{202e}b\u{0}c\td\n"), "a[U+202E]b[U+0000]c\td\n");
        assert!(matches!(visible("ordinary, también"), Cow::Borrowed(_)));
        assert!(is_usual(date(1970, 1, 1)) && !is_usual(date(1899, 12, 31)) && !is_usual(date(3000, 1, 1)));
    }
}
