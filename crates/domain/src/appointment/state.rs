//! The state of one appointment, folded from its facts, and what follows from it: timers and effects.
//!
//! [`evolve`] is total: a fact that does not fit the state leaves it as it is. Timers are derived from the state after
//! every event, so no clock can be forgotten; effects are derived once, when facts are decided.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use super::calendar::{at_minute, day_of, on_the_wall};
use super::claims::{ClaimChange, changes};
use super::fact::{
    Agreed, AppointmentEvent, AppointmentFact, Channel, Interpreter, IssuedLink, Place, Wanted,
};
use super::notice::NoticeKind;
use super::settings::{Reminder, Rules};
use super::slots::SlotRefusal;
use super::wish::WishedTime;
use crate::command::Timers;
use crate::event::Actor;
use crate::id::{Address, AppointmentId, InteractionId, MessageId};
use crate::interaction::Delivery;
use crate::time::Millis;

/// Changes kept in the state; the log holds all.
pub const HISTORY_MAX: usize = 40;
/// Texts kept in the state; the log holds all.
pub const NOTICES_MAX: usize = 40;

/// Links that an appointment keeps open at once: one for every move that the settings may allow, and as many again for
/// reminders and closures.
pub const LINKS_MAX: usize = 200;
/// Most moves that the settings may allow one visit.
pub const MOVES_MAX: u32 = 100;

/// Key of the timer at the end of the office's day.
pub const END_OF_DAY: &str = "end_of_day";
/// What the keys of reminders begin with; the index of the reminder follows.
pub const REMIND: &str = "remind:";

/// A reminder that would come at night goes out in the morning when it is so long before the visit, else the evening before.
pub(super) const LEAST_BEFORE_MS: Millis = 3_600_000;
/// So long before the quiet hours begin.
const EVENING_MS: Millis = 3_600_000;

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Ahead, or its time has come and nobody has said more.
    Booked,
    /// The customer came.
    CheckedIn,
    /// The customer did not come.
    Missed,
    /// Cancelled.
    Cancelled,
}

/// One change as the screens show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: Millis,
    /// Who.
    pub by: Actor,
    /// By which way, where it came by one.
    pub channel: Option<Channel>,
    /// `booked`, `confirmed`, `moved`, `cancelled`, `checked_in`, `missed`, `flagged`, `reopened`, `restored`.
    pub what: String,
    /// Where it was before, when it was moved.
    pub from: Option<Place>,
    /// Where it is afterwards, when it was booked or moved.
    pub to: Option<Place>,
}

/// One text about the visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Key of its body.
    pub id: MessageId,
    /// On which occasion.
    pub kind: NoticeKind,
    /// When it was queued.
    pub at: Millis,
    /// What became of it.
    pub delivery: Delivery,
}

/// The office's task in the other system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Key of its words.
    pub id: MessageId,
    /// The other system's number, once it has one.
    pub number: Option<String>,
    /// Key of the last change that the other system does not have yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<MessageId>,
}

/// The customer has several visits ahead and was asked, in a text of this one, which of them they mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Those they may choose from, in the order of their letters.
    pub visits: Vec<AppointmentId>,
    /// What is to be done with it.
    pub wanted: Wanted,
    /// When it was asked.
    pub at: Millis,
    /// When something else was answered to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside_at: Option<Millis>,
}

/// So long the question which visit is meant waits for its answer: a day.
const QUESTION_MS: Millis = 24 * 3_600_000;
/// So long after something else was answered: half an hour.
const SET_ASIDE_MS: Millis = 30 * 60_000;

impl Question {
    /// Whether a letter still answers it.
    #[must_use]
    pub fn is_open(&self, now: Millis) -> bool {
        let recent = |at: Millis, life: Millis| now.saturating_sub(at) < life;
        recent(self.at, QUESTION_MS) && self.set_aside_at.is_none_or(|at| recent(at, SET_ASIDE_MS))
    }
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Which.
    pub id: AppointmentId,
    /// Where it stands.
    pub status: Status,
    /// Office, start and the names it holds.
    pub place: Place,
    /// Visit type id.
    pub visit_type: String,
    /// Length in minutes.
    pub minutes: u16,
    /// The customer's number; a walk-in may have none.
    pub phone: Option<Address>,
    /// Whether texts may go there.
    pub texts: bool,
    /// Language of the texts.
    pub language: String,
    /// True when nothing was booked before the customer came.
    pub walk_in: bool,
    /// Interpreter, where it was asked.
    pub interpreter: Option<Interpreter>,
    /// How many come along, where it was asked.
    pub companions: Option<u16>,
    /// Keys of reasons, notes and names, oldest first.
    pub details: Vec<MessageId>,
    /// The names of those who come along still have to go into the case's comments (PHONE-APPT-19).
    pub comment_owed: bool,
    /// Lines that were due and not ticked when it was booked (PHONE-APPT-5).
    pub untold: Vec<String>,
    /// Since when the customer's word stands that they come, to this time and place.
    pub confirmed_at: Option<Millis>,
    /// Why it cannot take place as agreed.
    pub flagged: Option<SlotRefusal>,
    /// The customer wants another time and has none yet, or wrote that they cannot come.
    pub wants_another_time: bool,
    /// The day or the hour that they named for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<WishedTime>,
    /// The question which of several visits is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Question>,
    /// When it was booked, or moved to this place.
    pub placed_at: Millis,
    /// How often it was moved.
    pub moves: u32,
    /// Reminders dealt with for this time.
    pub reminded: BTreeSet<u8>,
    /// Reminders that wait for the end of the quiet hours, and until when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub put_off: BTreeMap<u8, Millis>,
    /// The office was asked whether the customer came.
    pub attendance_asked: bool,
    /// The links that may open it, the last [`LINKS_MAX`].
    pub links: Vec<IssuedLink>,
    /// Texts, the last [`NOTICES_MAX`].
    pub notices: Vec<Notice>,
    /// The office's task.
    pub task: Option<Task>,
    /// The interaction in which it was booked.
    pub interaction: Option<InteractionId>,
    /// Changes, the last [`HISTORY_MAX`].
    pub history: Vec<Change>,
    /// Counts every change of time, place or status, for calendar feeds.
    pub revision: u32,
}

impl Appointment {
    /// Whether it still lies ahead of the customer: counted against the limit per number.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == Status::Booked && !self.attendance_asked
    }

    /// Whether a text of this kind went out for the time and place as they are now.
    pub(super) fn was_told(&self, kind: NoticeKind) -> bool {
        self.notices.iter().any(|one| one.kind == kind && one.at >= self.placed_at)
    }

    /// Whether the last word that went out about the office's day is that it will be closed.
    #[must_use]
    pub fn was_told_closed(&self) -> bool {
        let about = |kind| matches!(kind, NoticeKind::OfficeClosed | NoticeKind::OfficeOpen);
        let last =
            self.notices.iter().rev().filter(|one| one.at >= self.placed_at).find(|one| about(one.kind));
        last.is_some_and(|last| last.kind == NoticeKind::OfficeClosed)
    }

    fn booked(id: AppointmentId, agreed: &Agreed, at: Millis) -> Self {
        Self {
            id,
            status: Status::Booked,
            place: agreed.place.clone(),
            visit_type: agreed.visit_type.clone(),
            minutes: agreed.minutes,
            phone: Some(agreed.phone.clone()),
            texts: agreed.texts,
            language: agreed.language.clone(),
            walk_in: false,
            interpreter: agreed.interpreter.clone(),
            companions: agreed.companions,
            details: agreed.details.into_iter().collect(),
            comment_owed: agreed.companions.is_some_and(|count| count > 0),
            untold: agreed.untold.clone(),
            confirmed_at: None,
            flagged: None,
            wants_another_time: false,
            wish: None,
            asked: None,
            placed_at: at,
            moves: 0,
            reminded: BTreeSet::new(),
            put_off: BTreeMap::new(),
            attendance_asked: false,
            links: Vec::new(),
            notices: Vec::new(),
            task: None,
            interaction: agreed.interaction,
            history: Vec::new(),
            revision: 0,
        }
    }

    fn walked_in(
        id: AppointmentId,
        office: &str,
        visit_type: &str,
        phone: Option<&Address>,
        at: Millis,
    ) -> Self {
        let agreed = Agreed {
            place: Place { office: office.to_owned(), start: at, claims: Vec::new() },
            visit_type: visit_type.to_owned(),
            minutes: 0,
            phone: phone.cloned().unwrap_or_else(|| Address(String::new())),
            texts: false,
            language: String::new(),
            interpreter: None,
            companions: None,
            details: None,
            tried_by_phone: None,
            told: Vec::new(),
            untold: Vec::new(),
            interaction: None,
        };
        let booked = Self::booked(id, &agreed, at);
        Self { status: Status::CheckedIn, walk_in: true, phone: phone.cloned(), ..booked }
    }

    fn note(&mut self, event: &AppointmentEvent, what: &str, channel: Option<Channel>, from: Option<Place>) {
        let to = matches!(what, "booked" | "moved").then(|| self.place.clone());
        let (at, by) = (event.at, event.by.clone());
        self.history.push(Change { at, by, channel, what: what.to_owned(), from, to });
        if self.history.len() > HISTORY_MAX {
            self.history.remove(0);
        }
        self.revision = self.revision.saturating_add(1);
    }

    fn moved(&mut self, event: &AppointmentEvent, channel: Channel, from: &Place, to: &Place) {
        self.place = to.clone();
        self.confirmed_at = None;
        self.flagged = None;
        self.wants_another_time = false;
        self.wish = None;
        self.asked = None;
        self.placed_at = event.at;
        self.moves = self.moves.saturating_add(1);
        self.reminded.clear();
        self.put_off.clear();
        self.attendance_asked = false;
        self.note(event, "moved", Some(channel), Some(from.clone()));
    }

    fn restored(&mut self, event: &AppointmentEvent, channel: Channel, place: &Place) {
        self.status = Status::Booked;
        self.place = place.clone();
        self.wants_another_time = false;
        self.placed_at = event.at;
        self.put_off.clear();
        self.attendance_asked = false;
        self.note(event, "restored", Some(channel), None);
    }

    /// What became of texts, reminders and the office's task.
    fn of_texts_and_tasks(&mut self, at: Millis, fact: &AppointmentFact) {
        use AppointmentFact as F;
        let now = self;
        match fact {
            F::ReminderPutOff { reminder, until } => {
                now.put_off.insert(*reminder, *until);
            }
            F::NoticeQueued { notice, kind, link, .. } => {
                let queued = Notice { id: *notice, kind: *kind, at, delivery: Delivery::Pending };
                now.queued(queued, link.as_ref());
            }
            F::NoticeDelivery { notice, delivery } => {
                if let Some(found) = now.notices.iter_mut().find(|one| one.id == *notice) {
                    found.delivery = delivery.clone();
                }
            }
            F::Reminded { reminder } => {
                now.reminded.insert(*reminder);
            }
            F::TaskQueued { task } => now.task = Some(Task { id: *task, number: None, change: None }),
            F::TaskAccepted { task, number } => {
                if let Some(found) = now.task.as_mut().filter(|found| found.id == *task) {
                    found.number = Some(number.clone());
                }
            }
            F::TaskChangeQueued { task, change } => {
                if let Some(found) = now.task.as_mut().filter(|found| found.id == *task) {
                    found.change = Some(*change);
                }
            }
            F::TaskChanged { change } => {
                if let Some(found) = now.task.as_mut().filter(|found| found.change == Some(*change)) {
                    found.change = None;
                }
            }
            // Every other fact is folded by [`evolve`] itself.
            _ => {}
        }
    }

    fn queued(&mut self, notice: Notice, link: Option<&IssuedLink>) {
        let at = notice.at;
        self.notices.push(notice);
        if self.notices.len() > NOTICES_MAX {
            self.notices.remove(0);
        }
        // A link in use is never pushed out by the links of the texts that its use leads to; those that ran out go first.
        if let Some(link) = link {
            self.links.retain(|old| old.until > at);
            self.links.push(link.clone());
        }
        if self.links.len() > LINKS_MAX {
            self.links.remove(0);
        }
    }
}

/// An appointment begins with a booking or a walk-in and with nothing else.
fn first(id: AppointmentId, event: &AppointmentEvent) -> Option<Appointment> {
    match &event.fact {
        AppointmentFact::Booked { channel, agreed } => {
            let mut booked = Appointment::booked(id, agreed, event.at);
            booked.note(event, "booked", Some(*channel), None);
            Some(booked)
        }
        AppointmentFact::WalkedIn { office, visit_type, phone } => {
            let mut there = Appointment::walked_in(id, office, visit_type, phone.as_ref(), event.at);
            there.note(event, "checked_in", Some(Channel::Office), None);
            Some(there)
        }
        _ => None,
    }
}

/// Folds one event in.
#[must_use]
pub fn evolve(
    state: Option<Appointment>,
    id: AppointmentId,
    event: &AppointmentEvent,
) -> Option<Appointment> {
    use AppointmentFact as F;
    let Some(mut now) = state else { return first(id, event) };
    match &event.fact {
        F::Booked { .. } | F::WalkedIn { .. } | F::NoticeSkipped { .. } => {}
        F::Confirmed { channel } => {
            now.confirmed_at = Some(event.at);
            now.wants_another_time = false;
            now.wish = None;
            now.asked = None;
            now.note(event, "confirmed", Some(*channel), None);
        }
        F::Moved { channel, from, to } => now.moved(event, *channel, from, to),
        F::Cancelled { channel, reason } => {
            now.status = Status::Cancelled;
            now.place.claims.clear();
            now.flagged = None;
            now.wish = None;
            now.asked = None;
            now.details.extend(*reason);
            now.note(event, "cancelled", Some(*channel), None);
        }
        F::CheckedIn => {
            now.status = Status::CheckedIn;
            now.note(event, "checked_in", Some(Channel::Office), None);
        }
        F::Missed => {
            now.status = Status::Missed;
            now.note(event, "missed", Some(Channel::Office), None);
        }
        F::AttendanceAsked => now.attendance_asked = true,
        F::Flagged { why } => {
            now.flagged = Some(why.clone());
            // Whoever said that they come said it of a visit that cannot take place now.
            now.confirmed_at = None;
            now.note(event, "flagged", None, None);
        }
        F::FlagCleared => {
            now.flagged = None;
            now.note(event, "reopened", None, None);
        }
        F::CompanionsCompleted { companions, details } => {
            now.companions = Some(*companions);
            now.details.push(*details);
            now.comment_owed = *companions > 0;
        }
        F::CommentWritten => now.comment_owed = false,
        F::AnotherTimeWished => {
            now.wants_another_time = true;
            now.confirmed_at = None;
        }
        F::DayWished { wish } => {
            now.wants_another_time = true;
            now.wish = Some(*wish);
            now.confirmed_at = None;
            now.asked = None;
        }
        F::WhichAsked { visits, wanted } => {
            let (visits, wanted, at) = (visits.clone(), *wanted, event.at);
            now.asked = Some(Question { visits, wanted, at, set_aside_at: None });
        }
        F::WhichAnswered { .. } => now.asked = None,
        F::WhichSetAside => {
            if let Some(asked) = now.asked.as_mut() {
                asked.set_aside_at = Some(event.at);
            }
        }
        F::Restored { channel, place } => now.restored(event, *channel, place),
        fact => now.of_texts_and_tasks(event.at, fact),
    }
    Some(now)
}

/// When a reminder of a visit is due: so many days earlier at the same time on the wall, and so many hours before that. One
/// that would come in the quiet hours comes when they end, or, where that is less than an hour before the visit, an hour
/// before they begin.
#[must_use]
pub fn reminder_due(reminder: Reminder, start: Millis, rules: &Rules<'_>) -> Millis {
    let due = by_day(reminder, start, rules);
    let morning = rules.quiet_until(due);
    if morning == due || morning.saturating_add(LEAST_BEFORE_MS) <= start {
        return morning;
    }
    rules.quiet_since(due).saturating_sub(EVENING_MS)
}

fn by_day(reminder: Reminder, start: Millis, rules: &Rules<'_>) -> Millis {
    let (day, minute, _) = on_the_wall(start, rules.zone);
    let earlier = day.saturating_sub(i64::from(reminder.days).days());
    // Where the clocks skip that minute, the same instant of the day before counts.
    let on_day = at_minute(earlier, minute, rules.zone)
        .unwrap_or_else(|| start.saturating_sub(i64::from(reminder.days) * 86_400_000));
    let on_day = if reminder.days == 0 { start } else { on_day };
    on_day.saturating_sub(i64::from(reminder.hours) * 3_600_000)
}

/// The timers of an appointment as it is now. A reminder whose time had come before the visit was placed is none.
#[must_use]
pub fn timers(appointment: &Appointment, rules: &Rules<'_>) -> Timers {
    if appointment.status != Status::Booked {
        return Vec::new();
    }
    let start = appointment.place.start;
    let mut due: Timers = Vec::new();
    for (index, reminder) in (0u8..).zip(&rules.book.rules.reminders) {
        let by_rule = || reminder_due(*reminder, start, rules);
        let at = appointment.put_off.get(&index).copied().unwrap_or_else(by_rule);
        if at > appointment.placed_at && !appointment.reminded.contains(&index) {
            due.push((format!("{REMIND}{index}"), at));
        }
    }
    if !appointment.attendance_asked {
        let end = rules
            .office(&appointment.place.office)
            .and_then(|office| rules.closing_time(office, day_of(start, rules.zone)))
            .filter(|closing| *closing > start)
            .unwrap_or_else(|| start.saturating_add(i64::from(appointment.minutes) * 60_000));
        due.push((END_OF_DAY.to_owned(), end));
    }
    due
}

/// What must be done outside after a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum AppointmentEffect {
    /// Send a text; its body lies under `notice`, which is the idempotency key too.
    SendNotice {
        /// The text.
        notice: MessageId,
        /// Line of the agency.
        line: String,
        /// Receiver.
        to: Address,
    },
    /// Hand the task to the office's system; its words lie under `task`, which is the idempotency key too.
    SubmitTask {
        /// Key.
        task: MessageId,
    },
    /// Tell the office's system what became of a task; the words lie under `change`.
    UpdateTask {
        /// Key of the task.
        task: MessageId,
        /// Key of the change.
        change: MessageId,
    },
}

/// The effects of one event, given the appointment after it.
#[must_use]
pub fn effects(event: &AppointmentEvent, after: &Appointment) -> Vec<AppointmentEffect> {
    match &event.fact {
        AppointmentFact::NoticeQueued { notice, line, .. } => {
            let send = |to: &Address| AppointmentEffect::SendNotice {
                notice: *notice,
                line: line.clone(),
                to: to.clone(),
            };
            after.phone.as_ref().map(send).into_iter().collect()
        }
        AppointmentFact::TaskQueued { task } => vec![AppointmentEffect::SubmitTask { task: *task }],
        AppointmentFact::TaskChangeQueued { task, change } => {
            vec![AppointmentEffect::UpdateTask { task: *task, change: *change }]
        }
        _ => Vec::new(),
    }
}

/// What becomes of the names: to be written in the same commit as the events.
#[must_use]
pub fn claim_changes(before: Option<&Appointment>, after: Option<&Appointment>) -> Vec<ClaimChange> {
    let claims = |state: Option<&Appointment>| state.map(|one| one.place.claims.clone()).unwrap_or_default();
    changes(&claims(before), &claims(after))
}

/// Whether a link opens this appointment now. A guessed or an old one does not, nor any once the visit has begun, is
/// cancelled or is over.
#[must_use]
pub fn link_opens(appointment: &Appointment, digest: &str, now: Millis) -> bool {
    let fits = |link: &IssuedLink| link.digest == digest && now < link.until;
    appointment.is_open() && now < appointment.place.start && appointment.links.iter().any(fits)
}
