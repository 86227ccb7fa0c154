//! Opening hours in the few words of a text message: what `{hours}` of a canned response becomes, so that no text goes on
//! telling hours that a memo has changed (IM31-HOURS-1 to IM31-HOURS-5).
//!
//! Owns the short wording and which days it speaks of. The long wording of pages is `spoken`; the arithmetic is
//! `pack::hours`.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::spoken::{days_words, weekday_word};
use crate::pack::{Hours, OpenSpan};
use crate::time::{Millis, instant};

/// How far ahead a closed day is announced.
const ANNOUNCED_DAYS: usize = 7;
/// Closed days that one text names at most.
const CLOSED_MAX: usize = 3;
const FULL_DAY: u16 = 24 * 60;
const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// `6 am`, `6:30 pm`; without accents, so that a Spanish text stays in the cheap alphabet (3GPP TS 23.038).
fn clock(minute: u16) -> String {
    let (hour, rest) = (minute / 60 % 24, minute % 60);
    let half = if hour < 12 { "am" } else { "pm" };
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    if rest == 0 { format!("{twelve} {half}") } else { format!("{twelve}:{rest:02} {half}") }
}

fn spans_short(spans: &[OpenSpan], spanish: bool) -> String {
    let word = |span: &OpenSpan| {
        let (from, until) = (span.from_minute(), span.until_minute());
        match (from == 0 && until >= FULL_DAY, spanish) {
            (true, false) => "all day".to_owned(),
            (true, true) => "a toda hora".to_owned(),
            (false, false) => format!("{} to {}", clock(from), clock(until)),
            (false, true) => format!("de {} a {}", clock(from), clock(until)),
        }
    };
    spans.iter().map(word).collect::<Vec<_>>().join(if spanish { " y " } else { " and " })
}

/// The days that are open: `Monday to Friday, 6 am to 6 pm`.
fn week_short(week: &Hours, spanish: bool) -> String {
    let mut groups: Vec<(Vec<Weekday>, &[OpenSpan])> = Vec::new();
    for weekday in WEEK {
        let spans = week.on_weekday(weekday);
        match groups.last_mut().filter(|(_, same)| *same == spans) {
            Some((days, _)) => days.push(weekday),
            None => groups.push((vec![weekday], spans)),
        }
    }
    let open = groups.iter().filter(|(_, spans)| !spans.is_empty());
    let part = |(days, spans): &(Vec<Weekday>, &[OpenSpan])| {
        format!("{}, {}", days_words(days, spanish), spans_short(spans, spanish))
    };
    open.map(part).collect::<Vec<_>>().join("; ")
}

/// `Saturday, April 3`, or `el 3 de abril`: Spanish without the weekday, since á would double the price of the text.
fn date_short(day: Date, spanish: bool) -> String {
    const MESES: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    if spanish {
        let month = usize::try_from(day.month()).ok().and_then(|month| MESES.get(month.checked_sub(1)?));
        return format!("el {} de {}", day.day(), month.copied().unwrap_or_default());
    }
    format!("{}, {}", weekday_word(day.weekday(), false), day.strftime("%B %-d"))
}

/// The week that counts for whoever reads a text sent now, with the closed days of the next seven that would be open
/// otherwise: `Monday to Friday, 6 am to 6 pm (closed Thursday, November 26)`. While it is closed that is the week of the
/// next opening, because only then somebody answers.
#[must_use]
pub fn text_hours(hours: &Hours, now: Millis, zone: &TimeZone, spanish: bool) -> String {
    let now = instant(now);
    let today = now.to_zoned(zone.clone()).date();
    let opens = hours.next_opening(now, zone).map(|at| at.to_zoned(zone.clone()).date());
    let Some(opens) = opens else {
        return if spanish { "cerrado hasta nuevo aviso" } else { "closed until further notice" }.to_owned();
    };
    let week = hours.week_of(opens);
    let closed = |day: &Date| hours.holiday(*day).is_some() || hours.on_date(*day).is_empty();
    let days: Vec<String> = std::iter::successors(Some(today), |day| day.tomorrow().ok())
        .take(ANNOUNCED_DAYS + 1)
        .filter(|day| closed(day) && !week.on_weekday(day.weekday()).is_empty())
        .take(CLOSED_MAX)
        .map(|day| date_short(day, spanish))
        .collect();
    let words = week_short(&week, spanish);
    match (days.as_slice(), spanish) {
        ([], _) => words,
        (days, false) => format!("{words} (closed {})", days.join(" and ")),
        (days, true) => format!("{words} (cerrado {})", days.join(" y ")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::pack::Holiday;

    fn at(text: &str) -> Millis {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    /// Closed on Saturday April 3, from six on Monday April 5 on (IM31-HOURS-1, IM31-HOURS-3).
    fn april() -> Hours {
        let text = serde_json::json!({"id": "office", "title": "Office", "draft": false, "source": "test",
            "monday": ["08:00-17:00"], "tuesday": ["08:00-17:00"], "wednesday": ["08:00-17:00"],
            "thursday": ["08:00-17:00"], "friday": ["08:00-17:00"], "saturday": ["09:00-12:30"],
            "holidays": [{"date": "2021-04-03", "name": "Closed"}],
            "patterns": [{"from": "2021-04-05", "until": null, "source": "IM-31", "days": {
                "monday": ["06:00-18:00"], "tuesday": ["06:00-18:00"], "wednesday": ["06:00-18:00"],
                "thursday": ["06:00-18:00"], "friday": ["06:00-18:00"], "saturday": []}}]});
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn im31_hours_1_to_5_a_text_tells_the_hours_in_force_and_the_closed_day_that_comes() {
        let (hours, zone) = (april(), TimeZone::get("America/Chicago").unwrap());
        let said = |when: &str, spanish| text_hours(&hours, at(when), &zone, spanish);
        assert_eq!(
            said("2021-03-22T10:00:00-05:00", false),
            "Monday to Friday, 8 am to 5 pm; Saturday, 9 am to 12:30 pm"
        );
        let before = "2021-03-30T10:00:00-05:00";
        assert_eq!(
            said(before, false),
            "Monday to Friday, 8 am to 5 pm; Saturday, 9 am to 12:30 pm (closed Saturday, April 3)"
        );
        assert!(said(before, true).ends_with("(cerrado el 3 de abril)"), "{}", said(before, true));
        // On Friday evening only Monday's hours help; there are no Saturdays in them any more.
        for after in ["2021-04-02T18:00:00-05:00", "2021-04-06T10:00:00-05:00"] {
            assert_eq!(said(after, false), "Monday to Friday, 6 am to 6 pm");
            assert_eq!(said(after, true), "de lunes a viernes, de 6 am a 6 pm");
        }
    }

    #[test]
    fn days_around_the_clock_and_none_at_all_are_said() {
        let zone = TimeZone::UTC;
        let mut hours = april();
        hours.patterns.clear();
        let all = vec![OpenSpan::try_from("00:00-24:00".to_owned()).unwrap()];
        for day in [
            &mut hours.monday,
            &mut hours.tuesday,
            &mut hours.wednesday,
            &mut hours.thursday,
            &mut hours.friday,
            &mut hours.saturday,
            &mut hours.sunday,
        ] {
            day.clone_from(&all);
        }
        let now = at("2021-05-01T00:00:00Z");
        assert_eq!(text_hours(&hours, now, &zone, false), "every day, all day");
        let closed: Vec<Holiday> =
            (1..=9).map(|day| Holiday { date: date(2021, 5, day), name: "Flood".to_owned() }).collect();
        let flood = Hours { holidays: closed, ..hours.clone() };
        assert_eq!(
            text_hours(&flood, now, &zone, false),
            "every day, all day (closed Saturday, May 1 and Sunday, May 2 and Monday, May 3)"
        );
        let never: Hours = serde_json::from_value(
            serde_json::json!({"id": "x", "title": "X", "draft": false, "source": "test"}),
        )
        .unwrap();
        assert_eq!(text_hours(&never, now, &zone, true), "cerrado hasta nuevo aviso");
    }
}
