//! The texts about visits that went to a customer's number: whoever answers sees what the customer was told (SMS-APPT-1).
//!
//! Owns which of them are shown. They belong to the visits, not to the interaction, and are only read here.

use domain::appointment::{Appointment, Channel, Notice, NoticeKind};
use domain::event::Actor;
use domain::time::Millis;
use domain::view::Card;
use engine::{Engine, EngineError};

/// Texts older than this before the interaction are left to the visit's own page.
const BACK_MS: Millis = 30 * 24 * 3_600_000;
/// Visits whose texts are shown, and texts in all.
const VISITS_MAX: usize = 5;
const TEXTS_MAX: usize = 40;

/// One text about a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) notice: Notice,
    /// Its words; none when they are gone.
    pub(crate) words: Option<String>,
    /// It answers a text of the customer.
    pub(crate) answers: bool,
}

/// Whether a text about a visit answers a text of the customer. Some kinds do nothing else; of the others the visit's
/// changes tell, because a change and the text about it are of the same moment.
pub(crate) fn is_answer(visit: &Appointment, notice: &Notice) -> bool {
    let beside = |fits: &dyn Fn(&domain::appointment::Change) -> bool| {
        visit.history.iter().any(|change| change.at == notice.at && fits(change))
    };
    match notice.kind {
        NoticeKind::AnotherTime
        | NoticeKind::WishNoted
        | NoticeKind::WhichVisit
        | NoticeKind::CannotCome
        | NoticeKind::WishRefused
        | NoticeKind::WishKnown
        | NoticeKind::NotSetAgain
        | NoticeKind::OptedOutSeveral
        | NoticeKind::OptedOut => true,
        // Among them a visit that was cancelled and is set again by a text.
        NoticeKind::Booked | NoticeKind::Confirmed | NoticeKind::Cancelled => {
            beside(&|change| change.by == Actor::Customer && change.channel == Some(Channel::Sms))
        }
        // Whoever confirms a visit that lies in a closure reads of the closure once more.
        NoticeKind::OfficeClosed => !beside(&|change| change.what == "flagged"),
        NoticeKind::Moved | NoticeKind::Reminder | NoticeKind::OfficeOpen => false,
    }
}

/// The texts, oldest first; none without an appointment book.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn texts(engine: &Engine, card: &Card) -> Result<Vec<About>, EngineError> {
    if engine.pack().appointments.is_none() {
        return Ok(Vec::new());
    }
    let mut visits = engine.appointments_of(&card.customer).await?;
    visits.sort_by_key(|visit| std::cmp::Reverse(visit.notices.last().map_or(0, |notice| notice.at)));
    let mut out = Vec::new();
    for visit in visits.iter().take(VISITS_MAX) {
        let texts = engine.appointment_texts(visit).await?.into_iter();
        out.extend(texts.map(|(notice, words)| About { answers: is_answer(visit, &notice), notice, words }));
    }
    out.retain(|about| about.notice.at >= card.opened_at.saturating_sub(BACK_MS));
    out.sort_by_key(|about| about.notice.at);
    let surplus = out.len().saturating_sub(TEXTS_MAX);
    Ok(out.split_off(surplus))
}
