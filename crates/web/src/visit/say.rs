//! Small sentences that are put together: hours of an office, months, moments, and the phone number to call.

use domain::appointment::{
    Closed, Earliest, Interpreter, Reminder, ResourceCenter, Rules, SlotRefusal, day_words, time_words,
};
use domain::pack::{Agency, OpenSpan};
use domain::time::Millis;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::words::Words;

const MONTHS: [&str; 12] = [
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

/// `November 2026`, `noviembre de 2026`.
pub(super) fn month(day: Date, spanish: bool) -> String {
    if !spanish {
        return day.strftime("%B %Y").to_string();
    }
    let name = usize::try_from(day.month()).ok().and_then(|at| MONTHS.get(at.saturating_sub(1)));
    format!("{} de {}", name.copied().unwrap_or_default(), day.year())
}

/// `Monday, November 23 at 9:00 am`.
pub(super) fn moment(at: Millis, rules: &Rules<'_>, words: &Words) -> String {
    let (day, time) = (day_words(at, rules.zone, words.language), time_words(at, rules.zone));
    format!("{day} {} {time}", if time.starts_with("1:") && words.is_spanish() { "a la" } else { words.at })
}

/// The rule about late requests as it holds now (PHONE-APPT-22); nothing while any time ahead may be had.
pub(super) fn late(rules: &Rules<'_>, office: &ResourceCenter, now: Millis, words: &Words) -> Option<String> {
    match rules.earliest(office, now) {
        Earliest::From(at) => {
            let cutoff = rules.book.rules.cutoff.value;
            let minute =
                u16::from(cutoff.hour().unsigned_abs()) * 60 + u16::from(cutoff.minute().unsigned_abs());
            let (after, first) = (words.late_after, moment(at, rules, words));
            Some(format!("{after} {}. {} {first} {}", clock(minute), words.late, words.late_end))
        }
        Earliest::Any | Earliest::Never => None,
    }
}

/// What the texts about a visit are, with the reminders as they are set.
pub(super) fn texts(reminders: &[Reminder], words: &Words) -> String {
    let some = |count: u16, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        _ => Some(format!("{count} {many}")),
    };
    let one = |reminder: &Reminder| {
        let days = some(reminder.days, words.day_one, words.days);
        let hours = some(reminder.hours, words.hour_one, words.hours);
        [days, hours].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let all: Vec<String> = reminders.iter().map(one).filter(|said| !said.is_empty()).collect();
    let when = match all.split_last() {
        None => String::new(),
        Some((last, [])) => format!("{} {last} {}", words.texts_reminders, words.before),
        Some((last, rest)) => {
            format!("{} {} {} {last} {}", words.texts_reminders, rest.join(", "), words.and, words.before)
        }
    };
    format!("{}{when}{}", words.texts_hint, words.texts_law)
}

/// How long a link in a text opens a visit: `3 days`, `36 hours`.
pub(super) fn link_life(rules: &Rules<'_>, words: &Words) -> String {
    match rules.book.rules.link_hours {
        24 => words.day_one.to_owned(),
        1 => words.hour_one.to_owned(),
        hours if hours % 24 == 0 => format!("{} {}", hours / 24, words.days),
        hours => format!("{hours} {}", words.hours),
    }
}

/// The name of an office. That it is there for demonstration is said in the page's language.
pub(super) fn office(office: &ResourceCenter, words: &Words) -> String {
    match office.name.strip_suffix(" (demo)") {
        Some(name) if office.demo && words.is_spanish() => format!("{name} (demostración)"),
        _ => office.name.clone(),
    }
}

fn weekday(day: Weekday, spanish: bool) -> &'static str {
    let (english, in_spanish) = match day {
        Weekday::Monday => ("Monday", "lunes"),
        Weekday::Tuesday => ("Tuesday", "martes"),
        Weekday::Wednesday => ("Wednesday", "miércoles"),
        Weekday::Thursday => ("Thursday", "jueves"),
        Weekday::Friday => ("Friday", "viernes"),
        Weekday::Saturday => ("Saturday", "sábado"),
        Weekday::Sunday => ("Sunday", "domingo"),
    };
    if spanish { in_spanish } else { english }
}

fn clock(minute: u16) -> String {
    let (hour, half) = (minute / 60 % 24, if minute % (24 * 60) < 12 * 60 { "am" } else { "pm" });
    let shown = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{shown}:{:02} {half}", minute % 60)
}

/// An office's week in words, days with the same hours together: `Monday to Friday 8:00 am to 5:00 pm`.
pub(super) fn hours(rules: &Rules<'_>, office: &ResourceCenter, today: Date, words: &Words) -> String {
    let Some(hours) = rules.hours(&office.hours) else { return String::new() };
    let spanish = words.is_spanish();
    let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let mut runs: Vec<(Weekday, Weekday, &[OpenSpan])> = Vec::new();
    for day in monday.series(1.day()).take(7) {
        let spans = hours.on_date(day);
        match runs.last_mut() {
            Some((_, last, same)) if *same == spans => *last = day.weekday(),
            _ => runs.push((day.weekday(), day.weekday(), spans)),
        }
    }
    let to = if spanish { "a" } else { "to" };
    let span = |one: &OpenSpan| format!("{} {to} {}", clock(one.from_minute()), clock(one.until_minute()));
    let run = |(first, last, spans): &(Weekday, Weekday, &[OpenSpan])| {
        let days = if first == last {
            weekday(*first, spanish).to_owned()
        } else {
            format!("{} {to} {}", weekday(*first, spanish), weekday(*last, spanish))
        };
        format!("{days} {}", spans.iter().map(span).collect::<Vec<_>>().join(", "))
    };
    runs.iter().filter(|(_, _, spans)| !spans.is_empty()).map(run).collect::<Vec<_>>().join("; ")
}

/// The interpreter, as it was asked for.
pub(super) fn interpreter(asked: Option<&Interpreter>, words: &Words) -> String {
    match asked {
        None => words.unanswered.to_owned(),
        Some(Interpreter::NotNeeded) => words.interpreter_no.to_owned(),
        Some(Interpreter::Needed { kind }) if kind.is_empty() => words.interpreter_yes.to_owned(),
        Some(Interpreter::Needed { kind }) => format!("{}, {kind}", words.interpreter_yes),
    }
}

/// The languages that offices have interpreters for are kept in English; those that are known are said in Spanish too.
pub(super) fn language(name: &str, words: &Words) -> String {
    let spanish = match name {
        "Spanish" => "español",
        "American Sign Language" => "lengua de señas americana",
        "Bosnian" => "bosnio",
        "Vietnamese" => "vietnamita",
        "Arabic" => "árabe",
        "Somali" => "somalí",
        "French" => "francés",
        "Swahili" => "suajili",
        "Chinese" => "chino",
        "Russian" => "ruso",
        other => other,
    };
    if words.is_spanish() { spanish } else { name }.to_owned()
}

/// A holiday in Spanish, if it is one of those that agencies keep. The day on which one is observed instead, and a year that
/// tells it from another, stay with it.
pub(super) fn holiday(name: &str) -> Option<String> {
    let (name, observed) = match name.strip_suffix(" (observed)") {
        Some(name) => (name, " (observado)"),
        None => (name, ""),
    };
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let year = name.strip_prefix(bare).filter(|year| !year.is_empty());
    let spanish = match bare.trim_end() {
        "New Year's Day" => "Año Nuevo",
        "Martin Luther King Jr. Day" => "Día de Martin Luther King Jr.",
        "Lincoln's Birthday" => "Natalicio de Lincoln",
        "Washington's Birthday" | "Presidents' Day" => "Natalicio de Washington",
        "Truman Day" => "Día de Truman",
        "Memorial Day" => "Día de los Caídos",
        "Juneteenth" => "Juneteenth (19 de junio)",
        "Independence Day" => "Día de la Independencia",
        "Labor Day" => "Día del Trabajo",
        "Columbus Day" => "Día de Colón",
        "Veterans Day" => "Día de los Veteranos",
        "Thanksgiving Day" => "Día de Acción de Gracias",
        "Christmas Day" => "Navidad",
        _ => return None,
    };
    let year = year.map(|year| format!(" {year}")).unwrap_or_default();
    Some(format!("{spanish}{year}{observed}"))
}

/// Why a time cannot be had, as a sentence of the page. In Spanish a holiday is said by its Spanish name, a closure without
/// its reason, which was typed in English, and a day as the page writes days.
pub(super) fn refusal(
    refusal: &SlotRefusal,
    (office, start): (&str, Millis),
    rules: &Rules<'_>,
    words: &Words,
) -> String {
    let closed = |why| SlotRefusal::Closed { why };
    let known = rules.office(office);
    let said = match refusal {
        SlotRefusal::BeyondHorizon { until } => {
            let last = known.and_then(|office| rules.last_open_day(office, *until)).unwrap_or(*until);
            let until = super::grid::civil_words(last, rules.zone, words);
            return format!("{} {until}.", words.fault_day_far);
        }
        SlotRefusal::Closed { why: Closed::Holiday { name } } if words.is_spanish() => {
            closed(holiday(name).map_or(Closed::Weekday, |name| Closed::Holiday { name }))
        }
        SlotRefusal::Closed { why: Closed::Closure { .. } } if words.is_spanish() => closed(Closed::Weekday),
        other => other.clone(),
    };
    let sentence = super::plan::capital(&said.sentence(office, start, rules, words.language));
    known.map_or(sentence.clone(), |known| sentence.replace(&known.name, &self::office(known, words)))
}

/// Several of them in one line.
pub(super) fn languages(names: &[String], words: &Words) -> String {
    names.iter().map(|name| language(name, words)).collect::<Vec<_>>().join(", ")
}

/// How long somebody shall wait, in words.
pub(super) fn wait(seconds: u64, words: &Words) -> String {
    match seconds.div_ceil(60) {
        0 | 1 => words.minute_one.to_owned(),
        minutes => format!("{minutes} {}", words.minute_many),
    }
}

/// A number of the agency that answers calls.
pub(super) struct Call {
    pub(super) number: String,
    pub(super) shown: String,
}

/// The number to call about a visit: the general line of the agency.
pub(super) fn call(agency: &Agency) -> Option<Call> {
    let numbers = &agency.phone_numbers;
    let general = numbers.iter().find(|one| one.id.ends_with("info-line")).or_else(|| {
        numbers.iter().find(|one| ["hotline", "fax", "sms-line"].iter().all(|not| !one.id.ends_with(not)))
    })?;
    Some(Call { number: general.number.clone(), shown: general.shown.clone() })
}

/// A sentence that ends with "call us", with the number.
pub(super) fn or_call(sentence: &str, agency: &Agency) -> String {
    match call(agency) {
        Some(call) => format!("{sentence}: {}.", call.shown),
        None => format!("{sentence}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_are_said_in_spanish_and_a_closure_is_left_as_it_was_typed() {
        assert_eq!(holiday("Thanksgiving Day").as_deref(), Some("Día de Acción de Gracias"));
        assert_eq!(holiday("New Year's Day 2028 (observed)").as_deref(), Some("Año Nuevo 2028 (observado)"));
        assert_eq!(holiday("Staff training"), None);
    }

    #[test]
    fn a_wait_is_said_in_whole_minutes() {
        let english = Words::of(false);
        assert_eq!(wait(1, english), "1 minute.");
        assert_eq!(wait(61, english), "2 minutes.");
        assert_eq!(wait(600, Words::of(true)), "10 minutos.");
    }

    #[test]
    fn reminders_are_said_as_they_are_set() {
        let (two_days, one_hour) = (Reminder { days: 2, hours: 0 }, Reminder { days: 0, hours: 1 });
        let said = |reminders: &[Reminder], spanish| texts(reminders, Words::of(spanish));
        assert!(
            said(&[two_days, one_hour], false).contains(", and reminders 2 days and 1 hour before. We never")
        );
        assert!(said(&[two_days], true).contains(", y recordatorios 2 días antes. Nunca"));
        assert!(said(&[], false).starts_with("You get a text now with a link to change the visit. We never"));
    }

    #[test]
    fn clocks_and_months_read_as_people_say_them() {
        assert_eq!(
            (clock(0), clock(480), clock(720), clock(1440)),
            ("12:00 am".into(), "8:00 am".into(), "12:00 pm".into(), "12:00 am".into())
        );
        let day = jiff::civil::date(2026, 11, 23);
        assert_eq!(
            (month(day, false), month(day, true)),
            ("November 2026".into(), "noviembre de 2026".into())
        );
    }
}
