//! What a visitor has said so far: it travels in the address as long as it is about offices and times, and in the form
//! once it holds a phone number, so that no number stands in an address or in a browser's history.

use domain::appointment::{Interpreter, Request, Rules};
use domain::id::AppointmentId;
use domain::time::Millis;
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use super::words::Words;

/// The fields of every form of the booking. All are text as it was typed; reading them is below.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) lang: String,
    /// County or ZIP code.
    pub(super) near: String,
    /// Office id.
    pub(super) office: String,
    /// Visit type id.
    pub(super) kind: String,
    /// A day looked at, `2026-12-01`.
    pub(super) day: String,
    /// A month looked at, `2026-12`.
    pub(super) month: String,
    /// The start that was chosen, on the office's wall clock: `2026-12-01T09:00`.
    pub(super) start: String,
    /// An office and a start at once, `cole@2026-12-01T09:00`: one of the other times that were offered.
    pub(super) pick: String,
    pub(super) phone: String,
    pub(super) texts: String,
    /// Language of the texts.
    pub(super) speak: String,
    /// `yes`, `no` or nothing.
    pub(super) interpreter: String,
    pub(super) tongue: String,
    /// The appointment's id, made with the form: a second click then finds what the first one made.
    pub(super) id: String,
    /// The office and the start that the page of a link showed.
    pub(super) seen: String,
    /// The step to be shown, from 1, when it is asked for by itself.
    pub(super) step: String,
    /// The step whose form was sent: what it did not choose is a fault then.
    pub(super) from: String,
    /// `book` on the last button.
    pub(super) act: String,
}

/// A hidden field.
pub(super) type Kept = (&'static str, String);

/// A start as a person's form writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wall {
    /// A day and the minute of it.
    At(Date, u16),
    /// A day that no calendar has.
    NoSuchDay,
    /// Not a time at all.
    Unreadable,
}

impl Asked {
    /// Blanks do not matter, and one of the other times is an office and a start.
    pub(super) fn tidy(mut self) -> Self {
        for field in [&mut self.near, &mut self.phone, &mut self.tongue, &mut self.day] {
            *field = field.trim().chars().take(200).collect();
        }
        if let Some((office, start)) = self.pick.split_once('@') {
            (self.office, self.start) = (office.to_owned(), start.to_owned());
        }
        self.pick.clear();
        self
    }

    /// Without the words about the customer, which never come by an address.
    pub(super) fn without_contact(mut self) -> Self {
        for field in [
            &mut self.phone,
            &mut self.texts,
            &mut self.speak,
            &mut self.interpreter,
            &mut self.tongue,
            &mut self.id,
            &mut self.act,
        ] {
            field.clear();
        }
        if self.from == "contact" {
            self.from.clear();
        }
        self
    }

    /// Whether the forms must be posted from now on.
    pub(super) fn has_contact(&self) -> bool {
        !self.id.is_empty() || !self.phone.is_empty()
    }

    /// What a form carries on unseen, without the fields that it asks for itself.
    pub(super) fn kept(&self, without: &[&str]) -> Vec<Kept> {
        let fields: [(&'static str, &String); 13] = [
            ("lang", &self.lang),
            ("near", &self.near),
            ("office", &self.office),
            ("kind", &self.kind),
            ("day", &self.day),
            ("month", &self.month),
            ("start", &self.start),
            ("phone", &self.phone),
            ("texts", &self.texts),
            ("speak", &self.speak),
            ("interpreter", &self.interpreter),
            ("tongue", &self.tongue),
            ("id", &self.id),
        ];
        let wanted = |(name, value): &(&'static str, &String)| !value.is_empty() && !without.contains(name);
        fields.into_iter().filter(wanted).map(|(name, value)| (name, value.clone())).collect()
    }

    /// The id that the form carries.
    pub(super) fn appointment(&self) -> Option<AppointmentId> {
        self.id.parse().ok().map(AppointmentId)
    }

    pub(super) fn interpreter(&self) -> Option<Interpreter> {
        match self.interpreter.as_str() {
            "yes" => Some(Interpreter::Needed { kind: self.tongue.clone() }),
            "no" => Some(Interpreter::NotNeeded),
            _ => None,
        }
    }

    /// The booking as the engine takes it. The page itself shows what customers are told (PHONE-APPT-3 to -6; it is
    /// itself the way that PHONE-APPT-4 names), and asks for nothing of theirs but the phone number (SMS-APPT-6).
    pub(super) fn request(&self, start: Millis, rules: &Rules<'_>, today: Date, words: &Words) -> Request {
        Request {
            office: self.office.clone(),
            visit_type: self.kind.clone(),
            start,
            phone: self.phone.clone(),
            texts: self.texts == "yes",
            language: if self.speak.is_empty() { words.language } else { speaks(&self.speak) }.to_owned(),
            interpreter: self.interpreter(),
            told: rules.tells(today).map(|tell| tell.clause.clone()).collect(),
            ..Request::default()
        }
    }
}

/// `es` or else `en`.
pub(super) fn speaks(language: &str) -> &'static str {
    if language == "es" { "es" } else { "en" }
}

/// Reads `2026-12-01T09:00`.
pub(super) fn wall(text: &str) -> Wall {
    let Some((day, clock)) = text.split_once('T') else { return Wall::Unreadable };
    let day = match read_day(day) {
        Ok(day) => day,
        Err(true) => return Wall::NoSuchDay,
        Err(false) => return Wall::Unreadable,
    };
    let two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |text: &str| text.parse::<u16>().ok().filter(|_| two(text));
    let read = clock.split_once(':').and_then(|(hour, minute)| Some((part(hour)?, part(minute)?)));
    match read {
        Some((hour, minute)) if hour < 24 && minute < 60 => Wall::At(day, hour * 60 + minute),
        _ => Wall::Unreadable,
    }
}

/// Reads `2026-12-01` or `12/1/2026`.
///
/// # Errors
/// True when it is written well and there is no such day, as with February 29 of most years.
pub(super) fn read_day(text: &str) -> Result<Date, bool> {
    let number = |part: &str| part.parse::<i16>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let parts = |mark: char| -> Option<(i16, i16, i16)> {
        let mut parts = text.split(mark).map(number);
        let three = (parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(three)
    };
    let (year, month, day) = match (parts('-'), parts('/')) {
        (Some(read), _) => read,
        (None, Some((month, day, year))) => (if year < 100 { year + 2000 } else { year }, month, day),
        (None, None) => return Err(false),
    };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return Err(true) };
    Date::new(year, month, day).map_err(|_| true)
}

/// The first day of a month written `2026-12`.
pub(super) fn read_month(text: &str) -> Option<Date> {
    read_day(&format!("{text}-01")).ok()
}

/// A start as the forms write it.
pub(super) fn written(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_read_as_machines_and_as_people_write_them() {
        assert_eq!(read_day("2026-12-01"), Ok(date(2026, 12, 1)));
        assert_eq!(read_day("12/1/2026"), Ok(date(2026, 12, 1)));
        assert_eq!(read_day("12/1/26"), Ok(date(2026, 12, 1)));
        assert_eq!(read_day("2028-02-29"), Ok(date(2028, 2, 29)));
        for none in ["2027-02-29", "2/30/2027", "13/1/2026", "2026-11-31", "2026-400-1"] {
            assert_eq!(read_day(none), Err(true), "{none}");
        }
        for unreadable in ["", "tomorrow", "2026-12", "2026-12-01-02", "1/2", "+1/2/2026", "²/1/2026"] {
            assert_eq!(read_day(unreadable), Err(false), "{unreadable}");
        }
    }

    #[test]
    fn a_start_is_a_day_and_a_minute_of_the_wall_clock() {
        assert_eq!(wall("2026-12-01T09:30"), Wall::At(date(2026, 12, 1), 570));
        assert_eq!(wall("2027-02-29T09:00"), Wall::NoSuchDay);
        for unreadable in [
            "",
            "2026-12-01",
            "2026-12-01T9:00",
            "2026-12-01T24:00",
            "2026-12-01T+9:00",
            "2026-12-01T09:60",
            "T09:00",
        ] {
            assert_eq!(wall(unreadable), Wall::Unreadable, "{unreadable}");
        }
        assert_eq!(written(date(2026, 12, 1).at(9, 30, 0, 0)), "2026-12-01T09:30");
    }

    #[test]
    fn another_time_is_an_office_and_a_start_at_once() {
        let asked = Asked {
            pick: "cole@2026-12-01T09:00".to_owned(),
            office: "boone".to_owned(),
            ..Asked::default()
        };
        let asked = asked.tidy();
        assert_eq!(
            (asked.office.as_str(), asked.start.as_str(), asked.pick.as_str()),
            ("cole", "2026-12-01T09:00", "")
        );
    }

    #[test]
    fn sms_appt_6_no_phone_number_travels_in_an_address() {
        let asked =
            Asked { phone: "573-555-0101".to_owned(), office: "boone".to_owned(), ..Asked::default() };
        let by_address = asked.without_contact();
        assert!(!by_address.has_contact() && by_address.kept(&[]) == [("office", "boone".to_owned())]);
    }
}
