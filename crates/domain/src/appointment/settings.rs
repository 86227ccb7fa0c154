//! The settings of the appointment book: the pack's `appointments.toml` as types.
//!
//! Owns the shapes and the look-ups by id. Reading and checking the file is `crate::pack`; what follows from the
//! settings is [`super::calendar`] and [`super::slots`]. Offices, hours and lengths of visits are the agency's to supply
//! (AMB-64); those that ship with the program carry `demo = true`.
//!
//! To add a setting: a field here with its unit and clause, a value in the file, a check beside the others.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::notice::NoticeKind;
use crate::pack::{Cited, Holiday, Hours, OpenSpan, Pack, Queues};

/// `appointments.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppointmentBook {
    /// Numbers that hold for every office.
    pub rules: BookRules,
    /// What staff tell the customer while they book (PHONE-APPT-3 to -6).
    #[serde(rename = "tell")]
    pub tells: Vec<Tell>,
    /// Texts about a visit.
    #[serde(rename = "text")]
    pub texts: Vec<NoticeText>,
    /// What people come for.
    #[serde(rename = "visit_type")]
    pub visit_types: Vec<VisitType>,
    /// Opening hours of offices; an office may refer to those of `queues.toml` too.
    #[serde(default, rename = "hours")]
    pub hours: Vec<Hours>,
    /// Resource centres.
    #[serde(rename = "office")]
    pub offices: Vec<ResourceCenter>,
}

/// Numbers that hold for every office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookRules {
    /// A request strictly after this time of the office's day is a late one (PHONE-APPT-22, AMB-5).
    pub cutoff: Cited<Time>,
    /// A late request gets nothing before this time of the next business day; this time itself is allowed.
    pub late_not_before: Cited<Time>,
    /// Days ahead, today not counted, for which slots are offered.
    pub horizon_days: u16,
    /// Visits that one phone number may have ahead of it at once.
    pub open_per_number_max: u32,
    /// Times that one visit may be moved.
    pub moves_max: u32,
    /// When a customer is reminded, in any order.
    #[serde(rename = "reminder")]
    pub reminders: Vec<Reminder>,
    /// From this time of the day on no reminder goes out. The same as `quiet_to` means that they go out at any time.
    #[serde(default = "quiet_from")]
    pub quiet_from: Time,
    /// From this time on they go out again.
    #[serde(default = "quiet_to")]
    pub quiet_to: Time,
    /// Hours that the link in a text can be used; never beyond the visit's start.
    pub link_hours: u16,
    /// Line from which every text about a visit leaves (SMS-APPT-1).
    pub line: Cited<String>,
    /// Names of people who come along.
    pub companions_max: u16,
    /// Slots named at each step of the alternatives (PHONE-APPT-9).
    pub alternatives_max: u8,
    /// Opening hours, here or in `queues.toml`, whose holidays close every office.
    pub holidays_from: String,
    /// What a task for the office is called in the agency's words (AMB-42).
    pub task_title: Cited<String>,
}

const fn quiet_from() -> Time {
    Time::constant(21, 0, 0, 0)
}

const fn quiet_to() -> Time {
    Time::constant(8, 0, 0, 0)
}

/// How long before a visit a reminder goes out. Days are counted on the calendar, so the reminder keeps the wall-clock
/// time of the visit across a change of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// Calendar days.
    #[serde(default)]
    pub days: u16,
    /// Hours besides.
    #[serde(default)]
    pub hours: u16,
}

/// A line to tell the customer, with the days on which it holds. An expired one is not shown (AMB-31).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// Clause it comes from.
    pub clause: String,
    /// Words by language.
    pub text: BTreeMap<String, String>,
    /// True when the English wording must be the clause's script to the letter.
    pub exact: bool,
    /// First day.
    pub in_force_from: Date,
    /// Last day; none for good.
    #[serde(default)]
    pub in_force_until: Option<Date>,
}

impl Tell {
    /// Whether it is told on this day.
    #[must_use]
    pub fn is_in_force(&self, day: Date) -> bool {
        self.in_force_from <= day && self.in_force_until.is_none_or(|until| day <= until)
    }
}

/// The wording of a text about a visit, by language. Its slots are `{office}`, `{address}`, `{day}`, `{time}`, `{link}`,
/// `{page}`, `{wish}`, `{visits}` and `{notice}`; there is none for the reason, which is never texted (AMB-56).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeText {
    /// On which occasion.
    pub kind: NoticeKind,
    /// Words by language.
    pub text: BTreeMap<String, String>,
}

/// At which minutes a visit may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartRule {
    /// On the hour (PHONE-APPT-13).
    Hour,
    /// On the half hour (PHONE-APPT-14).
    HalfHour,
    /// Either (AMB-64).
    Both,
}

impl StartRule {
    /// Whether a visit may start at this minute of the hour.
    #[must_use]
    pub const fn allows(self, minute: u16) -> bool {
        match self {
            Self::Hour => minute == 0,
            Self::HalfHour => minute == 30,
            Self::Both => minute == 0 || minute == 30,
        }
    }

    /// The clause that demands it.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Hour => "PHONE-APPT-13",
            Self::HalfHour => "PHONE-APPT-14",
            Self::Both => "AMB-64",
        }
    }
}

/// What people come for. The reason itself is open-ended (PHONE-APPT-2); the type decides the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitType {
    /// Short id.
    pub id: String,
    /// Name on screens, by language.
    pub title: BTreeMap<String, String>,
    /// What it is for, in a sentence that customers read before they choose, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub about: BTreeMap<String, String>,
    /// What to bring along, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bring: BTreeMap<String, String>,
    /// Length in minutes; it must end within the opening hours.
    pub minutes: u16,
    /// Where it may start.
    pub start: StartRule,
    /// Clause or open question that the start rule rests on.
    pub clause: String,
    /// Whether customers can choose it by themselves.
    pub public: bool,
}

/// Days on which an office is closed beyond its calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Only this part of each day; the whole day when absent.
    #[serde(default)]
    pub at: Option<OpenSpan>,
    /// Why, in words that customers may read.
    pub reason: String,
}

/// An office that people visit (Resource Center).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceCenter {
    /// Short id.
    pub id: String,
    /// Name on screens and in texts.
    pub name: String,
    /// County.
    pub county: String,
    /// ZIP codes that it serves.
    pub zips: Vec<String>,
    /// Address on screens and in texts.
    pub address: String,
    /// Id of its opening hours.
    pub hours: String,
    /// Days on which it is closed besides.
    #[serde(default, rename = "closure")]
    pub closures: Vec<Closure>,
    /// Visits per start time (PHONE-APPT-10).
    #[serde(default = "one")]
    pub capacity: u8,
    /// The strict reading of PHONE-APPT-10: visits per clock hour instead of per start time (AMB-3).
    #[serde(default)]
    pub one_per_clock_hour: bool,
    /// Languages and sign languages for which an interpreter is at hand; others are arranged.
    #[serde(default)]
    pub interpreter_languages: Vec<String>,
    /// Offices of other counties that are named as alternatives.
    #[serde(default)]
    pub nearby: Vec<String>,
    /// True when the agency has not supplied this office (AMB-64).
    #[serde(default)]
    pub demo: bool,
}

const fn one() -> u8 {
    1
}

/// The book's settings with the calendar they stand on: what every rule of this module works with.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// `appointments.toml`.
    pub book: &'a AppointmentBook,
    /// `queues.toml`, for hours and holidays that are kept there.
    pub queues: &'a Queues,
    /// The offices' time zone.
    pub zone: &'a TimeZone,
}

impl<'a> Rules<'a> {
    /// The rules of a pack that has an appointment book.
    #[must_use]
    pub fn of(pack: &'a Pack, zone: &'a TimeZone) -> Option<Self> {
        Some(Self { book: pack.appointments.as_ref()?, queues: &pack.queues, zone })
    }

    /// The office with this id.
    #[must_use]
    pub fn office(&self, id: &str) -> Option<&'a ResourceCenter> {
        self.book.offices.iter().find(|office| office.id == id)
    }

    /// The visit type with this id.
    #[must_use]
    pub fn visit_type(&self, id: &str) -> Option<&'a VisitType> {
        self.book.visit_types.iter().find(|visit| visit.id == id)
    }

    /// Opening hours by id: the book's own first, then those of `queues.toml`.
    #[must_use]
    pub fn hours(&self, id: &str) -> Option<&'a Hours> {
        let mut all = self.book.hours.iter().chain(&self.queues.hours);
        all.find(|hours| hours.id == id)
    }

    /// The holiday that closes this office on the day.
    #[must_use]
    pub fn holiday(&self, office: &ResourceCenter, day: Date) -> Option<&'a Holiday> {
        let own = self.hours(&office.hours).and_then(|hours| hours.holiday(day));
        own.or_else(|| self.hours(&self.book.rules.holidays_from).and_then(|hours| hours.holiday(day)))
    }

    /// Offices of a county, or that serve a ZIP code (PHONE-APPT-7). Letter case and blanks do not matter; a word that
    /// names neither finds nothing.
    #[must_use]
    pub fn find_offices(&self, county_or_zip: &str) -> Vec<&'a ResourceCenter> {
        let wanted = plain(county_or_zip);
        let wanted = wanted.strip_suffix(" county").unwrap_or(&wanted);
        let fits = |office: &&ResourceCenter| {
            plain(&office.county) == wanted || office.zips.iter().any(|zip| zip == wanted)
        };
        self.book.offices.iter().filter(fits).collect()
    }

    /// The counties that have an office, each once, in order.
    #[must_use]
    pub fn counties(&self) -> Vec<&'a str> {
        let mut all: Vec<&str> = self.book.offices.iter().map(|office| office.county.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What staff tell the customer on this day (PHONE-APPT-3 to -6), in the order of the file.
    pub fn tells(&self, day: Date) -> impl Iterator<Item = &'a Tell> + use<'a> {
        self.book.tells.iter().filter(move |tell| tell.is_in_force(day))
    }

    /// A wording in a language, or in the first one that has it.
    #[must_use]
    pub fn wording<'t>(texts: &'t BTreeMap<String, String>, language: &str) -> &'t str {
        texts.get(language).or_else(|| texts.values().next()).map_or("", String::as_str)
    }
}

fn plain(text: &str) -> String {
    let small = text.to_lowercase().replace('.', "");
    let words: Vec<&str> =
        small.split_whitespace().map(|word| if word == "saint" { "st" } else { word }).collect();
    words.join(" ")
}
