//! The decisions about one appointment: one command, its state, the world around it; facts, bodies and claims, or a
//! refusal. Total, synchronous, deterministic.
//!
//! It owns the order of things. What a time may be is [`super::slots`]; what a form must hold is [`super::request`]. To
//! add a command: a variant, a function here, its facts in [`super::fact`], and a case in the properties.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::calendar::day_of;
use super::claims::{ClaimChange, Taken};
use super::fact::{
    Agreed, AppointmentEvent, AppointmentFact, Channel, Interpreter, IssuedLink, NotSent, Place, Wanted,
};
use super::notice::{self, NoticeKind};
use super::office;
use super::refused::Refused;
use super::request::{Details, Request, phone_number};
use super::seen::{self, Seen};
use super::settings::Rules;
use super::slots::{SlotRefusal, Wish};
use super::state::{Appointment, Status, claim_changes, evolve};
use super::{answers, task, timer};
use crate::command::Body;
use crate::event::Actor;
use crate::id::{Address, AppointmentId, MessageId};
use crate::interaction::Delivery;
use crate::pack::Agency;
use crate::segments;
use crate::time::Millis;

/// A command about one appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum AppointmentCommand {
    /// Book.
    Book {
        /// By which way.
        channel: Channel,
        /// By whom.
        by: Actor,
        /// What is asked for.
        request: Box<Request>,
    },
    /// Somebody came without an appointment (PHONE-APPT-3).
    WalkIn {
        /// By whom.
        by: Actor,
        /// Office id.
        office: String,
        /// Visit type id.
        visit_type: String,
        /// Phone number, if they give one.
        phone: Option<String>,
    },
    /// The customer will come (SMS-APPT-2).
    Confirm {
        /// By which way.
        channel: Channel,
        /// By whom.
        by: Actor,
    },
    /// Another time or office (SMS-APPT-4).
    Move {
        /// By which way.
        channel: Channel,
        /// By whom.
        by: Actor,
        /// Office id.
        office: String,
        /// Start.
        start: Millis,
    },
    /// Cancel (SMS-APPT-5).
    Cancel {
        /// By which way.
        channel: Channel,
        /// By whom.
        by: Actor,
        /// Why, if it was said; any reason will do (AMB-2).
        reason: Option<String>,
    },
    /// The customer answered a text about the visit.
    Reply {
        /// The text.
        text: String,
    },
    /// The customer chose this visit among several, for what they had asked before.
    CarryOut {
        /// It.
        wanted: Wanted,
    },
    /// The customer said to a staff member what they want with this visit: noted, and not answered over their head.
    Note {
        /// It.
        wanted: Wanted,
    },
    /// The cancellation could not be taken back: the customer is told why.
    NotSetAgain {
        /// Why.
        why: SlotRefusal,
    },
    /// The customer asked for something and has several visits ahead: which one is meant?
    AskWhich {
        /// What they asked for.
        wanted: Wanted,
        /// The language of their words; that of the visit's texts where these do not tell.
        language: Option<String>,
        /// Those that they may choose from, this one among them.
        visits: Vec<(AppointmentId, Place)>,
    },
    /// That question is answered, or given up.
    CloseQuestion {
        /// What they chose.
        chosen: Option<AppointmentId>,
    },
    /// A cancellation is taken back, if the seat is still free (SMS-APPT-5).
    Restore {
        /// By which way.
        channel: Channel,
        /// By whom.
        by: Actor,
        /// Office id of the visit.
        office: String,
        /// Start of the visit.
        start: Millis,
    },
    /// The customer is there.
    CheckIn {
        /// By whom.
        by: Actor,
    },
    /// The customer did not come.
    MarkMissed {
        /// By whom.
        by: Actor,
    },
    /// The office completes who came along (AMB-43).
    CompleteCompanions {
        /// By whom.
        by: Actor,
        /// Names.
        names: Vec<String>,
    },
    /// The names stand in the case's comments (PHONE-APPT-19).
    WriteComment {
        /// By whom.
        by: Actor,
    },
    /// Look again whether the office is open then: a holiday or a closure was declared or taken back.
    Review,
    /// The carrier reports on a text.
    ReportNotice {
        /// The text.
        notice: MessageId,
        /// What became of it.
        delivery: Delivery,
    },
    /// The other system took the task.
    ReportTask {
        /// Key.
        task: MessageId,
        /// Its number there.
        number: String,
    },
    /// The other system took a change of the task.
    ReportTaskChange {
        /// Key of the change.
        change: MessageId,
    },
    /// A timer is due.
    Timer {
        /// Its key.
        key: String,
    },
}

/// A link made for one decision: the engine makes the secret, the domain keeps the digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// The whole address, as it stands in the text.
    pub address: String,
    /// Digest of its secret.
    pub digest: String,
    /// The public page on which anybody books.
    pub page: String,
}

/// The world around one decision. All of it is given.
#[derive(Debug)]
pub struct World<'a> {
    /// The time of the decision.
    pub now: Millis,
    /// Settings and calendar.
    pub rules: Rules<'a>,
    /// The agency, for its own numbers.
    pub agency: &'a Agency,
    /// Seats taken: of the office asked for and of those that could be named instead.
    pub taken: &'a Taken,
    /// Open appointments of the phone number, this one not counted.
    pub open_of_number: u32,
    /// The number opted out of texts.
    pub opted_out: bool,
    /// What lies beside the log of the booking that this form made already; none when it made none or nothing lies there.
    pub kept: Option<&'a str>,
    /// What whoever gives the command saw of the visit, where they say so.
    pub seen: Option<&'a Seen>,
    /// A link for the text of this decision, if links are given.
    pub link: Option<&'a NewLink>,
    /// A fresh identifier; further ones are counted up from it.
    pub seed: Uuid,
    /// How many identifiers were taken.
    pub ids: Cell<u16>,
}

impl World<'_> {
    /// A fresh key.
    #[must_use]
    pub fn key(&self) -> MessageId {
        let n = self.ids.get();
        self.ids.set(n.wrapping_add(1));
        MessageId(Uuid::from_u128(self.seed.as_u128() ^ (u128::from(n) << 16)))
    }
}

/// What follows from a command.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// Facts, in order.
    pub events: Vec<AppointmentEvent>,
    /// Texts that lie beside the log.
    pub bodies: Vec<Body>,
    /// Names to be taken and let go in the same commit.
    pub claims: Vec<ClaimChange>,
    /// The appointment afterwards.
    pub after: Option<Appointment>,
    /// The customer's words need a person.
    pub needs_person: bool,
}

/// Decides. Nothing happens when the command has no effect any more (a late timer, a second click): no events.
///
/// # Errors
/// A [`Refused`] with its clause. Never anything else.
pub fn decide(
    id: AppointmentId,
    state: Option<&Appointment>,
    command: &AppointmentCommand,
    world: &World<'_>,
) -> Result<Decision, Refused> {
    use AppointmentCommand as C;
    let mut act = Act {
        id,
        world,
        before: state.cloned(),
        done: Decision { after: state.cloned(), ..Decision::default() },
    };
    seen::guard(&act, command)?;
    match command {
        C::Book { channel, by, request } => book(&mut act, *channel, by, request)?,
        C::WalkIn { by, office, visit_type, phone } => {
            office::walk_in(&mut act, by, office, visit_type, phone.as_deref())?;
        }
        C::Confirm { channel, by } => confirm(&mut act, *channel, by)?,
        C::Move { channel, by, office, start } => shift(&mut act, *channel, by, office, *start)?,
        C::Cancel { channel, by, reason } => cancel(&mut act, *channel, by, reason.as_deref())?,
        C::Reply { text } => answers::reply(&mut act, text)?,
        C::CarryOut { wanted } => answers::carry_out(&mut act, *wanted)?,
        C::Note { wanted } => answers::note(&mut act, *wanted),
        C::NotSetAgain { why } => answers::not_set_again(&mut act, why)?,
        C::AskWhich { wanted, language, visits } => {
            answers::ask_which(&mut act, *wanted, language.as_deref(), visits)?;
        }
        C::CloseQuestion { chosen } => answers::close_question(&mut act, *chosen)?,
        C::Restore { channel, by, .. } => answers::restore(&mut act, *channel, by)?,
        C::CheckIn { by } => office::check_in(&mut act, by)?,
        C::MarkMissed { by } => office::mark_missed(&mut act, by)?,
        C::CompleteCompanions { by, names } => office::complete_companions(&mut act, by, names)?,
        C::WriteComment { by } => office::write_comment(&mut act, by)?,
        C::Review => office::review(&mut act),
        C::ReportNotice { notice, delivery } => office::report_notice(&mut act, *notice, delivery),
        C::ReportTask { task, number } => task::report(&mut act, *task, number),
        C::ReportTaskChange { change } => task::report_change(&mut act, *change),
        C::Timer { key } => timer::fire(&mut act, key),
    }
    let Act { before, mut done, .. } = act;
    done.claims = claim_changes(before.as_ref(), done.after.as_ref());
    Ok(done)
}

/// A decision in the making: every fact is folded in at once.
pub(super) struct Act<'a, 'w> {
    id: AppointmentId,
    pub(super) world: &'a World<'w>,
    before: Option<Appointment>,
    pub(super) done: Decision,
}

impl Act<'_, '_> {
    pub(super) fn emit(&mut self, by: &Actor, clause: Option<&str>, fact: AppointmentFact) {
        let clause = clause.map(str::to_owned);
        let event = AppointmentEvent { at: self.world.now, by: by.clone(), clause, fact };
        self.done.after = evolve(self.done.after.take(), self.id, &event);
        self.done.events.push(event);
    }

    /// Keeps a text beside the log.
    pub(super) fn keep(&mut self, text: String) -> MessageId {
        let key = self.world.key();
        self.done.bodies.push(Body { key, text });
        key
    }

    /// The appointment, which must exist.
    pub(super) fn appointment(&self) -> Result<Appointment, Refused> {
        let unknown = || Refused::plain("unknown", None, "This appointment does not exist.");
        self.done.after.clone().ok_or_else(unknown)
    }

    /// The appointment, which must lie ahead.
    pub(super) fn ahead(&self) -> Result<Appointment, Refused> {
        let found = self.appointment()?;
        match found.status {
            Status::Cancelled => Err(Refused::plain("cancelled", None, "This visit is cancelled already.")),
            Status::CheckedIn => {
                Err(Refused::plain("checked_in", None, "The customer is checked in already."))
            }
            Status::Missed => Err(Refused::plain("missed", None, "This visit was missed; book a new one.")),
            Status::Booked if found.place.start <= self.world.now => {
                Err(Refused::plain("begun", None, "This visit has begun; check in, or mark it as missed."))
            }
            Status::Booked => Ok(found),
        }
    }

    /// Queues a text about the visit, or says why none goes out.
    pub(super) fn tell(&mut self, kind: NoticeKind) {
        self.tell_given(kind, notice::Given::default());
    }

    /// The same with what stands in the text besides the visit; the links are put in here.
    pub(super) fn tell_given(&mut self, kind: NoticeKind, given: notice::Given<'_>) {
        let Some(now) = self.done.after.clone() else { return };
        let world = self.world;
        let none = [NoticeKind::Cancelled, NoticeKind::Confirmed, NoticeKind::NotSetAgain];
        let link = world.link.filter(|_| !none.contains(&kind));
        let skip = |why| AppointmentFact::NoticeSkipped { kind, why };
        if now.phone.is_none() || !now.texts {
            return self.emit(&Actor::System, kind.clause(), skip(NotSent::NoTexts));
        }
        if world.opted_out {
            return self.emit(&Actor::System, kind.clause(), skip(NotSent::OptedOut));
        }
        let given = notice::Given {
            link: link.map(|link| link.address.as_str()),
            page: world.link.map(|link| link.page.as_str()),
            ..given
        };
        let Some(text) = notice::filled(kind, &now, &given, world.now, &world.rules) else {
            return self.emit(&Actor::System, kind.clause(), skip(NotSent::NoWording));
        };
        let life = i64::from(world.rules.book.rules.link_hours) * 3_600_000;
        let until = world.now.saturating_add(life).min(now.place.start);
        let issued = link
            .filter(|link| text.contains(&link.address))
            .map(|link| IssuedLink { digest: link.digest.clone(), until });
        let count = segments::count(&text);
        let notice = self.keep(text);
        let fact = AppointmentFact::NoticeQueued {
            notice,
            kind,
            line: world.rules.book.rules.line.value.clone(),
            segments: count.segments,
            encoding: count.encoding,
            link: issued,
        };
        self.emit(&Actor::System, kind.clause(), fact);
    }

    /// Judges a time again at the moment of booking (PHONE-APPT-11) and claims a seat.
    fn seat(&self, office: &str, visit_type: &str, start: Millis, taken: &Taken) -> Result<Place, Refused> {
        let rules = &self.world.rules;
        let wish = Wish { office, visit_type, now: self.world.now, taken };
        match rules.check_slot(&wish, start) {
            Ok(claims) => {
                let claims = claims.iter().map(super::claims::Claim::name).collect();
                Ok(Place { office: office.to_owned(), start, claims })
            }
            Err(why) => {
                let sentence = why.sentence(office, start, rules, "en");
                let alternatives = rules.alternatives(&wish, start);
                let refused = Refused::plain(why.code(), Some(why.clause()), sentence);
                Err(Refused { slot: Some(why), alternatives: Box::new(alternatives), ..refused })
            }
        }
    }
}

fn book(act: &mut Act<'_, '_>, channel: Channel, by: &Actor, request: &Request) -> Result<(), Refused> {
    let world = act.world;
    if let Some(found) = &act.done.after {
        return second_click(found, channel, request, world.kept);
    }
    let faults = request.faults(channel, &world.rules, world.agency);
    if !faults.is_empty() {
        return Err(Refused::fields(faults));
    }
    let Some(phone) = phone_number(&request.phone) else { return Ok(()) };
    let most = world.rules.book.rules.open_per_number_max;
    if world.open_of_number >= most {
        let sentence = format!("This phone number has {most} visits ahead of it; move or cancel one first.");
        return Err(Refused::plain("too_many_open", None, sentence));
    }
    let place = act.seat(&request.office, &request.visit_type, request.start, world.taken)?;
    let agreed = agreed(act, channel, request, place, phone);
    act.emit(by, Some(booking_clause(channel)), AppointmentFact::Booked { channel, agreed });
    task::submit(act, request);
    act.tell(NoticeKind::Booked);
    Ok(())
}

/// The form carries the id, so a second click finds what the first one made. It is a success only when the visit stands
/// as this form asks for it: else somebody would be told of a visit that is cancelled, or that is another person's.
fn second_click(
    found: &Appointment,
    channel: Channel,
    request: &Request,
    kept: Option<&str>,
) -> Result<(), Refused> {
    if found.status == Status::Cancelled {
        let sentence = "The visit that this form booked is cancelled; begin a new booking.";
        return Err(Refused::plain("exists", None, sentence));
    }
    let came = request.companions.as_ref().map(|names| u16::try_from(names.len()).unwrap_or(u16::MAX));
    let same = found.status == Status::Booked
        && found.place.office == request.office
        && found.place.start == request.start
        && found.visit_type == request.visit_type
        && found.phone == phone_number(&request.phone)
        && found.texts == takes_texts(channel, request)
        && found.language == language(request)
        && found.interpreter.as_ref().map(Interpreter::sealed)
            == request.interpreter.as_ref().map(Interpreter::sealed)
        && found.companions == came
        && found.interaction == request.interaction
        && kept.map(Details::read).map(|kept| with_kind(kept, found)) == request.details();
    if same {
        return Ok(());
    }
    let sentence = "This form booked a visit already, and what it asks for now is not the same; change that visit, or \
                    begin a new booking.";
    Err(Refused::plain("exists", None, sentence))
}

/// Details as they are kept now, of a visit that was booked when the interpreter's language still stood in the log.
fn with_kind(kept: Details, found: &Appointment) -> Details {
    match &found.interpreter {
        Some(Interpreter::Needed { kind }) if kept.interpreter.is_empty() => {
            Details { interpreter: kind.clone(), ..kept }
        }
        _ => kept,
    }
}

fn takes_texts(channel: Channel, request: &Request) -> bool {
    request.texts || channel == Channel::Sms
}

fn language(request: &Request) -> &str {
    if request.language.is_empty() { "en" } else { &request.language }
}

fn agreed(
    act: &mut Act<'_, '_>,
    channel: Channel,
    request: &Request,
    place: Place,
    phone: Address,
) -> Agreed {
    let rules = act.world.rules;
    let due: Vec<String> =
        rules.tells(day_of(act.world.now, rules.zone)).map(|tell| tell.clause.clone()).collect();
    // Where nobody speaks with the customer, the page or the text itself shows the lines.
    let spoken = !channel.asks_phone_only();
    let ticked = |clause: &&String| request.told.contains(clause);
    let details = request.details().map(|details| act.keep(details.text()));
    Agreed {
        place,
        visit_type: request.visit_type.clone(),
        minutes: rules.visit_type(&request.visit_type).map_or(0, |visit| visit.minutes),
        phone,
        texts: takes_texts(channel, request),
        language: language(request).to_owned(),
        interpreter: request.interpreter.as_ref().map(Interpreter::sealed),
        companions: request.companions.as_ref().map(|names| u16::try_from(names.len()).unwrap_or(u16::MAX)),
        details,
        tried_by_phone: request.tried_by_phone.as_ref().map(|tried| tried.tried),
        told: due.iter().filter(ticked).cloned().collect(),
        untold: due.iter().filter(|clause| spoken && !ticked(clause)).cloned().collect(),
        interaction: request.interaction,
    }
}

const fn booking_clause(channel: Channel) -> &'static str {
    match channel {
        Channel::Page => "PHONE-APPT-23",
        Channel::Sms => "SMS-APPT-3",
        Channel::Chat | Channel::Phone | Channel::Office => "PHONE-APPT-17",
    }
}

pub(super) fn confirm(act: &mut Act<'_, '_>, channel: Channel, by: &Actor) -> Result<(), Refused> {
    let now = act.ahead()?;
    if now.confirmed_at.is_some() {
        return Ok(());
    }
    if let Some(why) = &now.flagged {
        let sentence = why.sentence(&now.place.office, now.place.start, &act.world.rules, "en");
        return Err(Refused::plain("flagged", Some(why.clause()), sentence));
    }
    act.emit(by, Some("SMS-APPT-2"), AppointmentFact::Confirmed { channel });
    act.tell(NoticeKind::Confirmed);
    Ok(())
}

fn shift(
    act: &mut Act<'_, '_>,
    channel: Channel,
    by: &Actor,
    office: &str,
    start: Millis,
) -> Result<(), Refused> {
    let now = act.ahead()?;
    if now.place.office == office && now.place.start == start {
        return Ok(());
    }
    let most = act.world.rules.book.rules.moves_max;
    if now.moves >= most {
        let sentence = format!("This visit was moved {most} times; cancel it and book a new one.");
        return Err(Refused::plain("moved_too_often", None, sentence));
    }
    let taken = act.world.taken.without(&now.place.claims);
    let to = act.seat(office, &now.visit_type, start, &taken)?;
    let clause = if channel == Channel::Sms { Some("SMS-APPT-4") } else { Some("AMB-1") };
    act.emit(by, clause, AppointmentFact::Moved { channel, from: now.place, to });
    task::change(act);
    act.tell(NoticeKind::Moved);
    Ok(())
}

pub(super) fn cancel(
    act: &mut Act<'_, '_>,
    channel: Channel,
    by: &Actor,
    reason: Option<&str>,
) -> Result<(), Refused> {
    if act.done.after.as_ref().is_some_and(|now| now.status == Status::Cancelled) {
        return Ok(());
    }
    act.ahead()?;
    let reason: Option<String> =
        reason.map(|text| text.trim().chars().take(super::request::TEXT_CHARS_MAX).collect());
    let reason = reason.filter(|text: &String| !text.is_empty()).map(|text| act.keep(text));
    let clause = if channel == Channel::Sms { Some("SMS-APPT-5") } else { Some("AMB-1") };
    act.emit(by, clause, AppointmentFact::Cancelled { channel, reason });
    task::change(act);
    act.tell(NoticeKind::Cancelled);
    Ok(())
}

/// Whether a visit can still take place, for a decision about its flag.
pub(super) fn why_not(now: &Appointment, rules: &Rules<'_>) -> Option<SlotRefusal> {
    rules.still_open(&now.place.office, &now.visit_type, now.place.start).err()
}
