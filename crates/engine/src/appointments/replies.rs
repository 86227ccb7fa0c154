//! What customers text about their visit. What is understood is carried out at once; everything else goes to a person, in
//! the same thread, whose interaction shows the visits of its number (SMS-APPT-1).

use domain::appointment::{
    Appointment, AppointmentCommand, NoticeKind, Status, Understood, notice_words, understand,
};
use domain::command::VisitWord;
use domain::event::interaction_stream;
use domain::id::{Address, InteractionId};
use domain::interaction::Interaction;
use domain::opt_out::Wish;

use super::rules;
use crate::handle::Beside;
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
        let ahead = self.appointments_ahead(customer).await?;
        let Some(first) = ahead.first() else { return Ok(VisitWord::default()) };
        match understand(text) {
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
        // Of several visits nobody can tell which one is meant; and whoever speaks with a staff member answers them.
        if ahead.len() > 1 || self.is_spoken_with(open).await? {
            return Ok(VisitWord::default());
        }
        let command = AppointmentCommand::Reply { text: text.to_owned() };
        let beside = Beside { inbound: Some(format!("{key}:visit")), ..Beside::default() };
        let done = self.handle_appointment_beside(first.id, &command, cause, beside).await?;
        Ok(VisitWord {
            settled: is_settled(text, done.appointment.as_ref()),
            still_set: None,
            language: None,
        })
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

/// Whether nothing is left to do for a person, judged by the visit as it stands now: so a text that comes twice is judged
/// the same.
fn is_settled(text: &str, visit: Option<&Appointment>) -> bool {
    let Some(visit) = visit else { return false };
    match understand(text) {
        Understood::Confirm => visit.status == Status::Booked && visit.confirmed_at.is_some(),
        Understood::Cancel => visit.status == Status::Cancelled,
        _ => false,
    }
}
