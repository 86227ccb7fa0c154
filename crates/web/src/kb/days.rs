//! Days and times as sentences say them, in English and Spanish.

use domain::time::{Millis, instant};
use engine::pages::UNDATED;
use jiff::civil::Date;
use jiff::tz::TimeZone;

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
const WEEK: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];

/// `April 22, 2025`, or `22 de abril de 2025`.
pub(crate) fn day_words(day: Date, spanish: bool) -> String {
    if !spanish {
        return day.strftime("%B %-d, %Y").to_string();
    }
    let month = usize::try_from(day.month()).ok().and_then(|at| MONTHS.get(at.saturating_sub(1)));
    format!("{} de {} de {}", day.day(), month.copied().unwrap_or_default(), day.year())
}

/// The day, or that the document prints none.
pub(crate) fn printed(day: Date) -> String {
    if day == UNDATED { "no date printed".to_owned() } else { day_words(day, false) }
}

/// The day of an instant.
pub(crate) fn day_of(at: Millis, zone: &TimeZone) -> Date {
    instant(at).to_zoned(zone.clone()).date()
}

/// When something happens, as one says it today: `6:00 am`, `Monday, 6:00 am`.
pub(crate) fn clock_words(at: jiff::Timestamp, now: Millis, zone: &TimeZone, spanish: bool) -> String {
    let (then, today) = (at.to_zoned(zone.clone()), day_of(now, zone));
    let clock = then.strftime("%-I:%M %P").to_string();
    let clock = if spanish { clock.replace("am", "a. m.").replace("pm", "p. m.") } else { clock };
    if then.date() == today {
        return if spanish { format!("hoy a las {clock}") } else { format!("today at {clock}") };
    }
    let soon = today.until(then.date()).is_ok_and(|span| span.get_days() < 7);
    match (spanish, soon) {
        (false, true) => format!("{} at {clock}", then.strftime("%A")),
        (false, false) => format!("{} at {clock}", then.strftime("%A, %B %-d")),
        (true, near) => {
            let at = usize::try_from(then.date().weekday().to_monday_zero_offset()).unwrap_or_default();
            let weekday = WEEK.get(at).copied().unwrap_or_default();
            let day = day_words(then.date(), true);
            if near {
                format!("el {weekday} a las {clock}")
            } else {
                format!("el {weekday} {day} a las {clock}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_said_in_both_languages() {
        assert_eq!(day_words(date(2025, 4, 22), false), "April 22, 2025");
        assert_eq!(day_words(date(2025, 4, 22), true), "22 de abril de 2025");
        assert_eq!(printed(UNDATED), "no date printed");
    }

    #[test]
    fn an_opening_is_said_as_one_would() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let at = |day: Date, hour: i8| day.at(hour, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
        let friday = date(2026, 11, 20);
        let now = at(friday, 19).as_millisecond();
        assert_eq!(clock_words(at(date(2026, 11, 23), 6), now, &zone, false), "Monday at 6:00 am");
        assert_eq!(clock_words(at(date(2026, 11, 23), 6), now, &zone, true), "el lunes a las 6:00 a. m.");
        assert_eq!(clock_words(at(friday, 20), now, &zone, false), "today at 8:00 pm");
        assert_eq!(clock_words(at(date(2026, 12, 7), 6), now, &zone, false), "Monday, December 7 at 6:00 am");
    }
}
