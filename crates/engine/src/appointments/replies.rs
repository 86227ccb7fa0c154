//! What customers text about their visit. What is understood is carried out at once; everything else goes to a person, in
//! the same thread, whose interaction shows the visits of its number (SMS-APPT-1).

use domain::appointment::{
    Appointment, AppointmentCommand, Channel, NoticeKind, Status, Understood, Wanted, chosen, is_bare_wish,
    is_one_alone, notice_words, understand, wanted,
};
use domain::command::VisitWord;
use domain::event::{Actor, interaction_stream};
use domain::id::{Address, InteractionId};
use domain::interaction::Interaction;
use domain::opt_out::Wish;

use super::{AppointmentError, rules};
use crate::handle::Beside;
use crate::{Engine, EngineError, ReceiveError};

/// So long the question which visit is meant waits for its answer: a day.
const QUESTION_MS: domain::time::Millis = 24 * 3_600_000;

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
        if is_one_alone(text)
            && let Some(word) = self.restored(&said).await?
        {
            return Ok(word);
        }
        let ahead = self.appointments_ahead(customer).await?;
        let Some(first) = ahead.first() else { return Ok(VisitWord::default()) };
        match understood {
            Understood::Keyword(Wish::Stop) => {
                return Ok(VisitWord {
                    settled: false,
                    still_set: self.still_set(first)?,
                    language: Some(first.language.clone()),
                });
            }
            Understood::Keyword(_) => return Ok(VisitWord::default()),
            _ => {}
        }
        // Whoever speaks with a staff member answers them.
        if self.is_spoken_with(open).await? {
            return Ok(VisitWord::default());
        }
        if let Some(word) = self.answer_to_which(&said, &ahead).await? {
            return Ok(word);
        }
        // A day alone answers the visit that waits for another time.
        let waits: Vec<&Appointment> = ahead.iter().filter(|visit| visit.wants_another_time).collect();
        let meant = match (ahead.as_slice(), waits.as_slice()) {
            ([only], _) => only,
            (_, [one]) if understood == Understood::Person && is_bare_wish(text) => one,
            _ => return self.ask_which(&said, understood, &ahead).await,
        };
        let command = AppointmentCommand::Reply { text: text.to_owned() };
        let done = self.handle_appointment_beside(meant.id, &command, cause, said.once("visit")).await?;
        Ok(word(wanted(understood).is_some_and(|wanted| is_settled(wanted, done.appointment.as_ref()))))
    }

    /// A cancellation that was the last word to this number, taken back with the digit that our text names. None when there is
    /// no such cancellation, or the time has gone to somebody else: then a person helps.
    async fn restored(&self, said: &Said<'_>) -> Result<Option<VisitWord>, EngineError> {
        if self.is_spoken_with(said.open).await? {
            return Ok(None);
        }
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
            Err(AppointmentError::Refused(_)) => Ok(Some(VisitWord::default())),
            Err(AppointmentError::Engine(error)) => Err(error),
        }
    }

    /// The answer to the question which of several visits is meant. A letter carries out what was asked before; whatever else
    /// comes while there are several is for a person. None when nothing was asked.
    async fn answer_to_which(
        &self,
        said: &Said<'_>,
        ahead: &[Appointment],
    ) -> Result<Option<VisitWord>, EngineError> {
        let since = self.now().saturating_sub(QUESTION_MS);
        let open = |visit: &&Appointment| visit.asked.as_ref().is_some_and(|asked| asked.at > since);
        let Some(asker) = ahead.iter().find(open) else { return Ok(None) };
        let Some(asked) = asker.asked.clone() else { return Ok(None) };
        let place = chosen(said.text, asked.visits.len());
        let picked = place.and_then(|place| asked.visits.get(place)).copied();
        let target = ahead.iter().find(|visit| Some(visit.id) == picked);
        if place.is_none() && ahead.len() < 2 {
            return Ok(None);
        }
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

    async fn ask_which(
        &self,
        said: &Said<'_>,
        understood: Understood,
        ahead: &[Appointment],
    ) -> Result<VisitWord, EngineError> {
        let (Some(wanted), Some(first)) = (wanted(understood), ahead.first()) else {
            return Ok(VisitWord::default());
        };
        let visits = ahead.iter().map(|visit| (visit.id, visit.place.clone())).collect();
        let command = AppointmentCommand::AskWhich { wanted, visits };
        let done = self.handle_appointment_beside(first.id, &command, said.cause, said.once("visit")).await?;
        let asked = done.appointment.is_some_and(|visit| visit.asked.is_some());
        Ok(word(asked && !done.needs_person))
    }

    /// The sentence behind the one confirmation of an opt-out.
    fn still_set(&self, visit: &Appointment) -> Result<Option<String>, EngineError> {
        let settings = self.settings();
        Ok(notice_words(NoticeKind::OptedOut, visit, None, self.now(), &rules(&settings)?))
    }

    /// Whether a staff member has the open interaction of this number in hand.
    async fn is_spoken_with(&self, open: Option<InteractionId>) -> Result<bool, EngineError> {
        let Some(id) = open else { return Ok(false) };
        let found = self.state::<Interaction>(&interaction_stream(id)).await?;
        Ok(found.is_some_and(|(_, interaction)| interaction.is_open() && interaction.owner.is_some()))
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
