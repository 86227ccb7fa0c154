//! What customers text about their visit. What is understood is carried out at once; everything else goes to a person, in
//! the same thread, whose interaction shows the visits of its number (SMS-APPT-1).

use domain::appointment::calendar::on_the_wall;
use domain::appointment::{
    Appointment, AppointmentCommand, Channel, NoticeKind, Place, Question, Status, Understood, Wanted,
    chosen, is_bare_wish, is_digit, is_full_yes, is_letter, is_one_alone, language_of, listed, notice_words,
    said, understand, wanted,
};
use domain::command::VisitWord;
use domain::customer::Customer;
use domain::event::{Actor, customer_stream, interaction_stream};
use domain::id::{Address, InteractionId};
use domain::interaction::Interaction;
use domain::opt_out::Wish;
use domain::segments::{self, Encoding};
use domain::time::Millis;

use super::{AppointmentError, rules};
use crate::handle::Beside;
use crate::settings::Settings;
use crate::{Engine, EngineError, ReceiveError};

impl Engine {
    /// What the appointment book has to do with a text that came in: an answer is carried out here, before the text itself is
    /// kept. Both can be done again after a crash between them: the answer has a key of its own.
    pub(crate) async fn visit_word(
        &self,
        customer: &Address,
        open: Option<InteractionId>,
        text: &str,
        key: &str,
        cause: &str,
    ) -> Result<VisitWord, ReceiveError> {
        match self.find_visit_word(customer, open, text, key, cause).await {
            Ok(word) => Ok(word),
            Err(EngineError::Store(error)) => Err(ReceiveError::Store(error)),
            // Whatever else went wrong, the text is for a person.
            Err(error) => {
                tracing::warn!(%error, "an answer about a visit could not be carried out; a person has it");
                Ok(VisitWord::default())
            }
        }
    }

    async fn find_visit_word(
        &self,
        customer: &Address,
        open: Option<InteractionId>,
        text: &str,
        key: &str,
        cause: &str,
    ) -> Result<VisitWord, EngineError> {
        if self.settings().pack.appointments.is_none() {
            return Ok(VisitWord::default());
        }
        let understood = understand(text);
        let said = Said { customer, open, text, key, cause };
        let ahead = self.appointments_ahead(customer).await?;
        if ahead.is_empty() && !is_one_alone(text) {
            return Ok(VisitWord::default());
        }
        let thread = self.thread(&said).await?;
        // Whoever speaks with a staff member answers them, but for an answer to a text about a visit that came after their
        // words.
        let answers_us = !thread.held || thread.about_visit;
        if is_one_alone(text)
            && answers_us
            && let Some(word) = self.restored(&said).await?
        {
            return Ok(word);
        }
        match understood {
            Understood::Keyword(Wish::Stop) => return self.still_set(text, &ahead),
            Understood::Keyword(_) => return Ok(VisitWord::default()),
            _ => {}
        }
        if answers_us && let Some(word) = self.answer_to_which(&said, &ahead).await? {
            return Ok(word);
        }
        let wanted = self.meaning(understood, text, &thread, &ahead)?;
        if thread.held && !thread.carries_out(understood, text) {
            return self.noted(&said, wanted, &thread, &ahead).await;
        }
        let Some(wanted) = wanted.filter(|_| !ahead.is_empty()) else {
            self.set_aside(&said, &ahead).await?;
            return Ok(VisitWord::default());
        };
        let Some(meant) = meant(text, &ahead) else { return self.ask_which(&said, wanted, &ahead).await };
        // A day alone is a wish only by what went before, which the visit itself does not know.
        let command = if understood == Understood::Person {
            AppointmentCommand::CarryOut { wanted }
        } else {
            AppointmentCommand::Reply { text: text.to_owned() }
        };
        let done = self.handle_appointment_beside(meant.id, &command, cause, said.once("visit")).await?;
        Ok(word(is_settled(wanted, done.appointment.as_ref())))
    }

    /// Where the talk with this number stands.
    async fn thread(&self, said: &Said<'_>) -> Result<Thread, EngineError> {
        let (mut held, mut other) = (false, None);
        if let Some(id) = said.open
            && let Some((_, interaction)) = self.state::<Interaction>(&interaction_stream(id)).await?
        {
            held = interaction.is_open() && interaction.owner.is_some();
            other = interaction.last_outbound_at;
        }
        let customer = self.state::<Customer>(&customer_stream(said.customer)).await?;
        other = other.max(customer.and_then(|(_, customer)| customer.last_spoken_at));
        let visits = self.appointments_of(said.customer).await?;
        let ours = visits.iter().filter_map(|visit| visit.notices.last()).map(|notice| notice.at).max();
        Ok(Thread { held, about_visit: ours.is_some_and(|ours| other.is_none_or(|other| other <= ours)) })
    }

    /// What the words want with a visit. A day alone says it only in answer to a text about a visit, or where another time is
    /// wished for; the visit's own day says nothing new.
    fn meaning(
        &self,
        understood: Understood,
        text: &str,
        thread: &Thread,
        ahead: &[Appointment],
    ) -> Result<Option<Wanted>, EngineError> {
        if understood != Understood::Person || !is_bare_wish(text) {
            return Ok(wanted(understood));
        }
        let now = self.now();
        let asked = |visit: &Appointment| visit.asked.as_ref().is_some_and(|asked| asked.is_open(now));
        let waits = ahead.iter().any(|visit| visit.wants_another_time || asked(visit));
        let (named, settings) = (said(text), self.settings());
        let zone = rules(&settings)?.zone;
        let today = on_the_wall(now, zone).0;
        let own = |visit: &Appointment| {
            let (day, minute, _) = on_the_wall(visit.place.start, zone);
            let same_day = named.day.is_none_or(|named| named.from(today) == Some(day));
            same_day && named.minute.is_none_or(|named| named == minute) && named.odd.is_none()
        };
        let meant = waits || (thread.about_visit && !ahead.iter().any(own));
        Ok(meant.then_some(Wanted::Move { said: named }))
    }

    /// What a customer says of a visit to the staff member who has them in hand stands on the visit, and nothing is answered.
    async fn noted(
        &self,
        said: &Said<'_>,
        wanted: Option<Wanted>,
        thread: &Thread,
        ahead: &[Appointment],
    ) -> Result<VisitWord, EngineError> {
        let wish = wanted.filter(|wanted| match wanted {
            Wanted::Move { .. } => !is_digit(said.text),
            Wanted::CannotCome => thread.about_visit,
            Wanted::Confirm | Wanted::Cancel => false,
        });
        if let (Some(wanted), Some(meant)) = (wish, meant(said.text, ahead)) {
            let command = AppointmentCommand::Note { wanted };
            self.handle_appointment_beside(meant.id, &command, said.cause, said.once("visit")).await?;
        }
        Ok(VisitWord::default())
    }

    /// A cancellation that was the last word to this number, taken back with the digit that our text names. None when there is
    /// no such cancellation. Where it cannot be, as when the time has gone to somebody else, the customer hears why, and a person
    /// has it (PHONE-APPT-12).
    async fn restored(&self, said: &Said<'_>) -> Result<Option<VisitWord>, EngineError> {
        let visits = self.appointments_of(said.customer).await?;
        let last_word = |visit: &&Appointment| visit.notices.last().map(|notice| notice.at);
        let Some(last) = visits.iter().max_by_key(last_word) else { return Ok(None) };
        let cancelled = last.notices.last().is_some_and(|one| one.kind == NoticeKind::Cancelled);
        if !cancelled || last.status != Status::Cancelled || last.place.start <= self.now() {
            return Ok(None);
        }
        let ahead = self.appointments_ahead(said.customer).await?.len();
        let most = rules(&self.settings())?.book.rules.open_per_number_max;
        if u32::try_from(ahead).unwrap_or(u32::MAX) >= most {
            return Ok(Some(VisitWord::default()));
        }
        let command = AppointmentCommand::Restore {
            channel: Channel::Sms,
            by: Actor::Customer,
            office: last.place.office.clone(),
            start: last.place.start,
        };
        match self.handle_appointment_beside(last.id, &command, said.cause, said.once("visit")).await {
            Ok(done) => Ok(Some(word(is_settled(Wanted::Confirm, done.appointment.as_ref())))),
            Err(AppointmentError::Refused(refused)) => {
                if let Some(why) = refused.slot {
                    let command = AppointmentCommand::NotSetAgain { why };
                    let beside = said.once("visit");
                    self.handle_appointment_beside(last.id, &command, said.cause, beside).await?;
                }
                Ok(Some(VisitWord::default()))
            }
            Err(AppointmentError::Engine(error)) => Err(error),
        }
    }

    /// The answer to the question which of several visits is meant. A letter carries out what was asked before; a letter that
    /// was not offered is answered with the choices once more. None when nothing was asked, or something else is said.
    async fn answer_to_which(
        &self,
        said: &Said<'_>,
        ahead: &[Appointment],
    ) -> Result<Option<VisitWord>, EngineError> {
        let Some((asker, asked)) = self.question(ahead) else { return Ok(None) };
        let Some(place) = chosen(said.text, asked.visits.len()) else {
            if ahead.len() < 2 || !is_letter(said.text) {
                return Ok(None);
            }
            return self.ask_which(said, asked.wanted, ahead).await.map(Some);
        };
        let picked = asked.visits.get(place).copied();
        let target = ahead.iter().find(|visit| Some(visit.id) == picked);
        let mut settled = false;
        if let Some(target) = target {
            let command = AppointmentCommand::CarryOut { wanted: asked.wanted };
            let done =
                self.handle_appointment_beside(target.id, &command, said.cause, said.once("visit")).await?;
            settled = is_settled(asked.wanted, done.appointment.as_ref());
        }
        let command = AppointmentCommand::CloseQuestion { chosen: target.map(|visit| visit.id) };
        self.handle_appointment_beside(asker.id, &command, said.cause, said.once("which")).await?;
        Ok(Some(word(settled)))
    }

    /// The newest question that still waits for a letter.
    fn question<'v>(&self, ahead: &'v [Appointment]) -> Option<(&'v Appointment, &'v Question)> {
        let now = self.now();
        let asked = ahead.iter().filter_map(|visit| Some((visit, visit.asked.as_ref()?)));
        asked.filter(|(_, asked)| asked.is_open(now)).max_by_key(|(_, asked)| asked.at)
    }

    /// Something else was said than the question asked for: a person has that, and a letter answers it only for a while.
    async fn set_aside(&self, said: &Said<'_>, ahead: &[Appointment]) -> Result<(), EngineError> {
        if let Some((asker, _)) = self.question(ahead) {
            let command = AppointmentCommand::CloseQuestion { chosen: None };
            self.handle_appointment_beside(asker.id, &command, said.cause, said.once("which")).await?;
        }
        Ok(())
    }

    async fn ask_which(
        &self,
        said: &Said<'_>,
        wanted: Wanted,
        ahead: &[Appointment],
    ) -> Result<VisitWord, EngineError> {
        let Some(first) = ahead.first() else { return Ok(VisitWord::default()) };
        let visits = ahead.iter().map(|visit| (visit.id, visit.place.clone())).collect();
        let language = language_of(said.text).map(str::to_owned);
        let command = AppointmentCommand::AskWhich { wanted, language, visits };
        let done = self.handle_appointment_beside(first.id, &command, said.cause, said.once("visit")).await?;
        let asked = done.appointment.is_some_and(|visit| visit.asked.is_some());
        Ok(word(asked && !done.needs_person))
    }

    /// The sentence behind the one confirmation of an opt-out, in the language of the customer's words, else in that of the
    /// visits. Several visits are named as long as the whole keeps to two segments; with the letters of Spanish it never can,
    /// and who is told less saves nothing.
    fn still_set(&self, text: &str, ahead: &[Appointment]) -> Result<VisitWord, EngineError> {
        let Some(first) = ahead.first() else { return Ok(VisitWord::default()) };
        let (settings, now) = (self.settings(), self.now());
        let rules = rules(&settings)?;
        let language = language_of(text).unwrap_or(&first.language);
        let still_set = if ahead.len() == 1 {
            let visit = Appointment { language: language.to_owned(), ..first.clone() };
            notice_words(NoticeKind::OptedOut, &visit, None, now, &rules)
        } else {
            let visits: Vec<Place> = ahead.iter().map(|visit| visit.place.clone()).collect();
            let before = confirmation(&settings, now, language);
            let named = listed(&visits, true, now, &rules, language);
            let count = named.as_ref().map(|named| segments::count(&format!("{before} {named}")));
            let short = count.is_some_and(|count| count.segments <= 2 || count.encoding == Encoding::Ucs2);
            if short { named } else { listed(&visits, false, now, &rules, language) }
        };
        Ok(VisitWord { settled: false, still_set, language: Some(language.to_owned()) })
    }
}

/// The wording of the one confirmation of an opt-out.
fn confirmation<'s>(settings: &'s Settings, now: Millis, language: &str) -> &'s str {
    let today = on_the_wall(now, &settings.zone).0;
    let sop = settings.pack.sms_sop(today).or_else(|| settings.pack.sop_sms.last());
    let response = sop.and_then(|sop| settings.pack.response(&sop.responses.opt_out_confirmation));
    response.and_then(|response| response.wording(language)).unwrap_or_default()
}

/// The visit that a text is about, where there is no question: the only one, or the only one that waits for another time when
/// a day alone is said.
fn meant<'v>(text: &str, ahead: &'v [Appointment]) -> Option<&'v Appointment> {
    let waits: Vec<&Appointment> = ahead.iter().filter(|visit| visit.wants_another_time).collect();
    match (ahead, waits.as_slice()) {
        ([only], _) => Some(only),
        (_, [one]) if understand(text) == Understood::Person && is_bare_wish(text) => Some(one),
        _ => None,
    }
}

/// How the talk with a number stands when a text comes in.
struct Thread {
    /// A staff member has it in hand.
    held: bool,
    /// The last text to this number, by people or by the program, was about a visit.
    about_visit: bool,
}

impl Thread {
    /// Whether words to a number that a staff member has in hand are carried out like any others: an answer to a text about a
    /// visit that cannot be meant for the staff member. A wish in words is theirs to answer.
    fn carries_out(&self, understood: Understood, text: &str) -> bool {
        self.about_visit
            && match understood {
                Understood::Confirm => is_full_yes(text),
                Understood::Cancel => true,
                Understood::Move { .. } => is_digit(text),
                Understood::CannotCome | Understood::Keyword(_) | Understood::Person => false,
            }
    }
}

/// One text that came in.
struct Said<'a> {
    customer: &'a Address,
    open: Option<InteractionId>,
    text: &'a str,
    key: &'a str,
    cause: &'a str,
}

impl Said<'_> {
    /// What makes a step be done once, however often the carrier brings the text.
    fn once(&self, step: &str) -> Beside {
        Beside { inbound: Some(format!("{}:{step}", self.key)), ..Beside::default() }
    }
}

fn word(settled: bool) -> VisitWord {
    VisitWord { settled, ..VisitWord::default() }
}

/// Whether nothing is left to do for a person, judged by the visit as it stands now: so a text that comes twice is judged
/// the same.
fn is_settled(wanted: Wanted, visit: Option<&Appointment>) -> bool {
    let Some(visit) = visit else { return false };
    match wanted {
        Wanted::Confirm => visit.status == Status::Booked && visit.confirmed_at.is_some(),
        Wanted::Cancel => visit.status == Status::Cancelled,
        Wanted::Move { .. } | Wanted::CannotCome => false,
    }
}
