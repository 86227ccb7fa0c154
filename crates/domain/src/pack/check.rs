//! Whether a pack makes sense: ranges, references, hours, dates and wordings of the general files.
//!
//! Owns the checks of `agency.toml`, `queues.toml`, `presence.toml`, `wrap_up.toml`, `clauses/` and `demo/`, and the
//! [`Checker`] that the checks of responses and procedures (`super::check_sop`) share. A check that needs a part
//! which could not be read is left out. To add one: write it beside its file's others; each fault says what is wrong
//! in one sentence and points at the line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::check_appointments;
use super::check_sop;
use super::error::PackError;
use super::load::{AGENCY, APPROVALS, DAY, PEOPLE, PRESENCE, Parts, QUEUES, WRAP_UP};
use super::model::{Agency, Office, Queue, Queues, SkillLevel};
use super::source::{Place, Source};
use super::{Hours, PersonRole};
use crate::canned::{CannedKind, CannedStatus};

/// Channels the program knows.
pub(super) const CHANNELS: [&str; 3] = ["sms", "chat", "phone"];
/// The longest text that is sent, in characters.
pub(super) const TEXT_CHARS_MAX: usize = 1600;
const SECONDS_MAX: u32 = 86_400;
const PACE_MAX: u32 = 1000;
const CAPACITY_MAX: u8 = 25;
const LEVEL_MAX: u8 = 5;
const WAITING_MAX: u32 = 100_000;
const PRIORITY_MINUTES_MAX: u32 = 1440;
const AGEING_POINTS_MAX: u32 = 1000;
const IGNORED_OFFERS_MAX: u32 = 100;

/// Runs every check.
pub(super) fn all(parts: &Parts, sources: &BTreeMap<&str, Option<Source<'_>>>, faults: &mut Vec<PackError>) {
    let mut checker = Checker { parts, sources, faults };
    checker.agency();
    checker.queues();
    checker.presence();
    checker.wrap_up();
    checker.catalogue();
    check_sop::canned(&mut checker);
    check_sop::sms(&mut checker);
    checker.people();
    checker.approvals();
    checker.samples();
    check_appointments::all(&mut checker);
}

/// What every check works with.
pub(super) struct Checker<'a> {
    pub(super) parts: &'a Parts,
    sources: &'a BTreeMap<&'a str, Option<Source<'a>>>,
    faults: &'a mut Vec<PackError>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        parts: &'a Parts,
        sources: &'a BTreeMap<&'a str, Option<Source<'a>>>,
        faults: &'a mut Vec<PackError>,
    ) -> Self {
        Self { parts, sources, faults }
    }

    /// Adds a fault at a place.
    pub(super) fn fault(&mut self, place: &Place, message: impl Into<String>) {
        let source = self.sources.get(place.file.as_str()).and_then(Option::as_ref);
        let line = source.map(|source| source.line_of(place));
        self.faults.push(PackError { file: place.file.clone(), line, message: message.into() });
    }

    /// Adds a fault unless it holds.
    pub(super) fn demand(&mut self, holds: bool, place: &Place, message: impl Into<String>) {
        if !holds {
            self.fault(place, message);
        }
    }

    /// From 1 second to a day.
    pub(super) fn seconds(&mut self, place: &Place, value: u32) {
        let message = format!("{value} seconds is out of range; give 1 to {SECONDS_MAX}");
        self.demand((1..=SECONDS_MAX).contains(&value), place, message);
    }

    /// A name that must be there.
    pub(super) fn filled(&mut self, place: &Place, value: &str) {
        self.demand(!value.trim().is_empty(), place, "this must not be empty");
    }

    /// Ids that are written well and are there once.
    pub(super) fn ids<'i>(&mut self, list: &Place, key: &'static str, ids: impl Iterator<Item = &'i str>) {
        let mut seen = BTreeSet::new();
        for (index, id) in ids.enumerate() {
            let place = list.index(index).key(key);
            let well_written = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
            if id.is_empty() || !id.chars().all(well_written) {
                self.fault(&place, format!("`{id}` is no id: use small letters, digits, `-`, `_` and `.`"));
            }
            if !seen.insert(id) {
                self.fault(&place, format!("`{id}` is used twice"));
            }
        }
    }

    /// A clause or an open question of the catalogue.
    pub(super) fn clause(&mut self, place: &Place, id: &str) {
        let known = self.parts.clauses.as_ref().is_none_or(|clauses| clauses.is_citable(id));
        self.demand(known, place, format!("the catalogue has no clause `{id}`"));
    }

    /// A channel the program knows.
    pub(super) fn channel(&mut self, place: &Place, channel: &str) {
        let message = format!("`{channel}` is no channel; the channels are {}", CHANNELS.join(", "));
        self.demand(CHANNELS.contains(&channel), place, message);
    }

    /// A language the agency offers.
    pub(super) fn language(&mut self, place: &Place, language: &str) {
        let offered = self
            .parts
            .agency
            .as_ref()
            .is_none_or(|agency| agency.languages.iter().any(|has| has == language));
        self.demand(offered, place, format!("the agency does not offer the language `{language}`"));
    }

    fn skills(&mut self, list: &Place, skills: &[SkillLevel]) {
        for (index, wanted) in skills.iter().enumerate() {
            let place = list.index(index);
            let parts = self.parts;
            if let Some(queues) = &parts.queues {
                let known = queues.skills.iter().any(|skill| skill.id == wanted.skill);
                self.demand(known, &place.key("skill"), format!("there is no skill `{}`", wanted.skill));
            }
            self.level(&place.key("level"), wanted.level);
        }
    }

    fn level(&mut self, place: &Place, level: u8) {
        let message = format!("level {level} is out of range; give 1 to {LEVEL_MAX}");
        self.demand((1..=LEVEL_MAX).contains(&level), place, message);
    }

    fn capacity(&mut self, place: &Place, capacity: u8) {
        let message = format!("a capacity of {capacity} is out of range; give 0 to {CAPACITY_MAX}");
        self.demand(capacity <= CAPACITY_MAX, place, message);
    }

    /// An E.164 number and the way it is written for people, which must be the same number.
    fn number(&mut self, place: &Place, number: &str, shown: &str) {
        let digits = number.strip_prefix('+').unwrap_or_default();
        let e164 = (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        self.demand(e164, &place.key("number"), format!("`{number}` is no number such as `+18556849242`"));
        let written: String = shown.chars().filter(char::is_ascii_digit).collect();
        let same = written.len() >= 7 && digits.ends_with(&written);
        self.demand(same, &place.key("shown"), format!("`{shown}` is not the number `{number}`"));
    }

    fn agency(&mut self) {
        let Some(agency) = &self.parts.agency else { return };
        let file = Place::in_file(AGENCY);
        self.filled(&file.key("name"), &agency.name);
        self.filled(&file.key("unit"), &agency.unit);
        let zone_known = TimeZone::get(&agency.time_zone).is_ok();
        self.demand(
            zone_known,
            &file.key("time_zone"),
            format!("there is no time zone `{}`", agency.time_zone),
        );
        self.demand(!agency.languages.is_empty(), &file.key("languages"), "name at least one language");
        for language in &agency.languages {
            let two_letters = language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
            self.demand(two_letters, &file.key("languages"), format!("`{language}` is no two-letter code"));
        }
        self.lines(agency);
        self.ids(&file.key("office"), "id", agency.offices.iter().map(|office| office.id.as_str()));
        self.demand(!agency.offices.is_empty(), &file.key("office"), "name at least one office");
        for (index, office) in agency.offices.iter().enumerate() {
            self.office(&file.key("office").index(index), office);
        }
        self.contacts(agency);
    }

    fn lines(&mut self, agency: &Agency) {
        let list = Place::in_file(AGENCY).key("line");
        self.ids(&list, "id", agency.lines.iter().map(|line| line.id.as_str()));
        self.demand(!agency.lines.is_empty(), &list, "name at least one line");
        for (index, line) in agency.lines.iter().enumerate() {
            let place = list.index(index);
            self.number(&place, &line.number, &line.shown);
            self.channel(&place.key("channel"), &line.channel);
            self.clause(&place.key("clause"), &line.clause);
            let pace = line.pace_per_second;
            let message = format!("a pace of {pace} texts per second is out of range; give 1 to {PACE_MAX}");
            self.demand((1..=PACE_MAX).contains(&pace), &place.key("pace_per_second"), message);
            let parts = self.parts;
            let Some(queues) = &parts.queues else { continue };
            match queues.queue(&line.queue) {
                None => self.fault(&place.key("queue"), format!("there is no queue `{}`", line.queue)),
                Some(queue) => {
                    let agrees = queue.channel == line.channel && queue.line == line.id;
                    let message = format!("the queue `{}` has another line or channel", line.queue);
                    self.demand(agrees, &place.key("queue"), message);
                }
            }
        }
    }

    fn office(&mut self, place: &Place, office: &Office) {
        self.filled(&place.key("name"), &office.name);
        let place = place.key("supervisor");
        let procedure = &office.supervisor;
        self.seconds(&place.key("accept_seconds"), procedure.accept_seconds);
        self.clause(&place.key("clause"), &procedure.clause);
        self.filled(&place.key("procedure"), &procedure.procedure);
        self.demand(!procedure.alert.is_empty(), &place.key("alert"), "name who is alerted");
        self.demand(!procedure.means.is_empty(), &place.key("means"), "name at least one means");
    }

    fn contacts(&mut self, agency: &Agency) {
        let file = Place::in_file(AGENCY);
        let (numbers, roles, links) = (file.key("phone_number"), file.key("contact_role"), file.key("link"));
        self.ids(&numbers, "id", agency.phone_numbers.iter().map(|number| number.id.as_str()));
        for (index, number) in agency.phone_numbers.iter().enumerate() {
            self.number(&numbers.index(index), &number.number, &number.shown);
        }
        self.ids(&roles, "id", agency.contact_roles.iter().map(|role| role.id.as_str()));
        for (index, role) in agency.contact_roles.iter().enumerate() {
            let parts = role.address.split_once('@');
            let mailbox = parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
            let message = format!("`{}` is no mail address", role.address);
            self.demand(mailbox && !role.address.contains(' '), &roles.index(index).key("address"), message);
        }
        self.ids(&links, "id", agency.links.iter().map(|link| link.id.as_str()));
        for (index, link) in agency.links.iter().enumerate() {
            let secure = link.address.starts_with("https://") && !link.address.contains(' ');
            let message = format!("`{}` does not begin with https://", link.address);
            self.demand(secure, &links.index(index).key("address"), message);
        }
        let notice = file.key("notices").key("child_abuse");
        self.clause(&notice.key("clause"), &agency.notices.child_abuse.clause);
        self.demand(!agency.notices.child_abuse.sms.is_empty(), &notice.key("sms"), "name who is written to");
        for id in &agency.notices.child_abuse.sms {
            let known = agency.contact_role(id).is_some();
            self.demand(known, &notice.key("sms"), format!("there is no contact role `{id}`"));
        }
    }

    fn queues(&mut self) {
        let Some(queues) = &self.parts.queues else { return };
        let file = Place::in_file(QUEUES);
        self.capacity(&file.key("capacity").key("sms"), queues.capacity.sms);
        self.ids(&file.key("skill"), "id", queues.skills.iter().map(|skill| skill.id.as_str()));
        self.ids(&file.key("hours"), "id", queues.hours.iter().map(|hours| hours.id.as_str()));
        for (index, hours) in queues.hours.iter().enumerate() {
            self.hours(&file.key("hours").index(index), hours);
        }
        self.ids(&file.key("queue"), "id", queues.queues.iter().map(|queue| queue.id.as_str()));
        self.demand(!queues.queues.is_empty(), &file.key("queue"), "name at least one queue");
        for (index, queue) in queues.queues.iter().enumerate() {
            let place = file.key("queue").index(index);
            self.queue(&place, queue, queues);
            self.queue_references(&place, queue);
        }
    }

    pub(super) fn hours(&mut self, place: &Place, hours: &Hours) {
        let week = [
            ("monday", &hours.monday),
            ("tuesday", &hours.tuesday),
            ("wednesday", &hours.wednesday),
            ("thursday", &hours.thursday),
            ("friday", &hours.friday),
            ("saturday", &hours.saturday),
            ("sunday", &hours.sunday),
        ];
        let never_open = week.iter().all(|(_, spans)| spans.is_empty());
        self.demand(!never_open, place, "these hours never open");
        for (day, spans) in week {
            let later = |pair: &[super::OpenSpan]| match pair {
                [first, second] => first.until_minute() <= second.from_minute(),
                _ => true,
            };
            let message = format!("the spans of {day} overlap or are out of order");
            self.demand(spans.windows(2).all(later), &place.key(day), message);
        }
        let mut seen = BTreeSet::new();
        for (index, holiday) in hours.holidays.iter().enumerate() {
            let message = format!("{} is a holiday twice", holiday.date);
            self.demand(seen.insert(holiday.date), &place.key("holidays").index(index).key("date"), message);
        }
    }

    fn queue(&mut self, place: &Place, queue: &Queue, queues: &Queues) {
        self.channel(&place.key("channel"), &queue.channel);
        self.language(&place.key("language"), &queue.language);
        self.seconds(&place.key("offer_timeout_seconds"), queue.offer_timeout_seconds);
        let sticky = queue.sticky_seconds;
        let message = format!("{sticky} seconds is out of range; give 0 to {SECONDS_MAX}");
        self.demand(sticky <= SECONDS_MAX, &place.key("sticky_seconds"), message);
        let in_range = (1..=WAITING_MAX).contains(&queue.waiting_max);
        self.demand(in_range, &place.key("waiting_max"), format!("give 1 to {WAITING_MAX}"));
        let in_range = queue.priority <= PRIORITY_MINUTES_MAX;
        self.demand(in_range, &place.key("priority"), format!("give 0 to {PRIORITY_MINUTES_MAX} minutes"));
        let in_range = queue.ageing_points_per_minute <= AGEING_POINTS_MAX;
        let message = format!("give 0 to {AGEING_POINTS_MAX} points");
        self.demand(in_range, &place.key("ageing_points_per_minute"), message);
        self.skills(&place.key("required"), &queue.required);
        let (mut seconds_before, mut level_before) = (0, u8::MAX);
        for (index, step) in queue.relax.iter().enumerate() {
            let at = place.key("relax").index(index);
            self.seconds(&at.key("after_seconds"), step.after_seconds);
            self.level(&at.key("level"), step.level);
            let falls = step.after_seconds > seconds_before && step.level < level_before;
            self.demand(falls, &at, "each step must come later and ask for less than the one before");
            (seconds_before, level_before) = (step.after_seconds, step.level);
        }
        let known = queues.hours.iter().any(|hours| hours.id == queue.hours);
        self.demand(known, &place.key("hours"), format!("there are no hours `{}`", queue.hours));
    }

    fn queue_references(&mut self, place: &Place, queue: &Queue) {
        let parts = self.parts;
        if let Some(agency) = &parts.agency {
            match agency.line(&queue.line) {
                None => self.fault(&place.key("line"), format!("there is no line `{}`", queue.line)),
                Some(line) => {
                    let message = format!("the line `{}` is on another channel", queue.line);
                    self.demand(line.channel == queue.channel, &place.key("line"), message);
                }
            }
        }
        let at = place.key("auto_reply");
        check_sop::response(self, &at, &queue.auto_reply, Some(CannedKind::AutoReply), Some(&queue.language));
    }

    fn presence(&mut self) {
        let Some(presence) = &self.parts.presence else { return };
        let file = Place::in_file(PRESENCE);
        self.seconds(&file.key("not_responding_grace_seconds"), presence.not_responding_grace_seconds);
        let in_range = (1..=IGNORED_OFFERS_MAX).contains(&presence.ignored_offers_max);
        self.demand(in_range, &file.key("ignored_offers_max"), format!("give 1 to {IGNORED_OFFERS_MAX}"));
        self.ids(&file.key("reason"), "id", presence.reasons.iter().map(|reason| reason.id.as_str()));
        self.demand(!presence.reasons.is_empty(), &file.key("reason"), "name at least one reason");
        for (index, reason) in presence.reasons.iter().enumerate() {
            self.filled(&file.key("reason").index(index).key("title"), &reason.title);
        }
    }

    fn wrap_up(&mut self) {
        let Some(wrap_up) = &self.parts.wrap_up else { return };
        let list = Place::in_file(WRAP_UP).key("code");
        self.ids(&list, "id", wrap_up.codes.iter().map(|code| code.id.as_str()));
        self.demand(!wrap_up.codes.is_empty(), &list, "name at least one code");
        for (index, code) in wrap_up.codes.iter().enumerate() {
            let place = list.index(index);
            self.filled(&place.key("title"), &code.title);
            self.demand(!code.channels.is_empty(), &place, "name at least one channel");
            for channel in &code.channels {
                self.channel(&place.key("channels"), channel);
            }
        }
    }

    /// Every question names clauses that exist.
    fn catalogue(&mut self) {
        let Some(catalogue) = &self.parts.clauses else { return };
        let file = Place::in_file("clauses/");
        for ambiguity in catalogue.ambiguities.values() {
            for id in &ambiguity.clauses {
                let message =
                    format!("`{}` concerns `{id}`, which the catalogue does not have", ambiguity.id);
                self.demand(catalogue.get(id).is_some(), &file, message);
            }
        }
        for clause in catalogue.clauses.values() {
            for id in &clause.ambiguity {
                let message = format!("`{}` depends on `{id}`, which the catalogue does not have", clause.id);
                self.demand(catalogue.ambiguity(id).is_some(), &file, message);
            }
        }
    }

    fn people(&mut self) {
        let parts = self.parts;
        let Some(demo) = &parts.demo else { return };
        let list = Place::in_file(PEOPLE).key("person");
        self.ids(&list, "user_name", demo.people.iter().map(|person| person.user_name.as_str()));
        for (index, person) in demo.people.iter().enumerate() {
            let place = list.index(index);
            let marked = person.name.starts_with("Demo ");
            self.demand(marked, &place.key("name"), "the name of a demonstration person begins with `Demo `");
            self.filled(&place.key("first_name"), &person.first_name);
            self.skills(&place.key("skills"), &person.skills);
            self.capacity(&place.key("capacity_sms"), person.capacity_sms.unwrap_or_default());
            if let Some(agency) = &parts.agency {
                let known = agency.office(&person.office).is_some();
                self.demand(known, &place.key("office"), format!("there is no office `{}`", person.office));
            }
            let Some(user_name) = &person.supervisor else { continue };
            let supervises = demo
                .people
                .iter()
                .any(|other| other.user_name == *user_name && other.role == PersonRole::Supervisor);
            self.demand(supervises, &place.key("supervisor"), format!("`{user_name}` is no supervisor"));
        }
    }

    fn approvals(&mut self) {
        let parts = self.parts;
        let (Some(demo), Some(canned)) = (&parts.demo, &parts.canned) else { return };
        let list = Place::in_file(APPROVALS).key("responses");
        let mut seen = BTreeSet::new();
        for (index, id) in demo.approvals.responses.iter().enumerate() {
            let place = list.index(index);
            self.demand(seen.insert(id), &place, format!("`{id}` is approved twice"));
            match canned.iter().find(|(_, response)| response.id == *id) {
                None => self.fault(&place, format!("there is no response `{id}`")),
                Some((_, response)) => {
                    let draft = response.status == CannedStatus::Draft;
                    self.demand(draft, &place, format!("`{id}` is no draft, so there is nothing to approve"));
                }
            }
        }
    }

    fn samples(&mut self) {
        let Some(demo) = &self.parts.demo else { return };
        let list = Place::in_file(DAY).key("sample");
        self.ids(&list, "id", demo.samples.iter().map(|sample| sample.id.as_str()));
        for (index, sample) in demo.samples.iter().enumerate() {
            let place = list.index(index);
            self.filled(&place.key("text"), &sample.text);
            self.language(&place.key("language"), &sample.language);
            let fits = sample.text.chars().count() <= TEXT_CHARS_MAX;
            self.demand(
                fits,
                &place.key("text"),
                format!("the text is longer than {TEXT_CHARS_MAX} characters"),
            );
        }
    }
}
