//! The texts about visits that went to a customer's number: whoever answers sees what the customer was told (SMS-APPT-1).
//!
//! Owns which of them are shown. They belong to the visits, not to the interaction, and are only read here.

use domain::appointment::Notice;
use domain::time::Millis;
use domain::view::Card;
use engine::{Engine, EngineError};

/// Texts older than this before the interaction are left to the visit's own page.
const BACK_MS: Millis = 30 * 24 * 3_600_000;
/// Visits whose texts are shown, and texts in all.
const VISITS_MAX: usize = 5;
const TEXTS_MAX: usize = 40;

/// The texts with their words, oldest first; none without an appointment book.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn texts(
    engine: &Engine,
    card: &Card,
) -> Result<Vec<(Notice, Option<String>)>, EngineError> {
    if engine.pack().appointments.is_none() {
        return Ok(Vec::new());
    }
    let mut visits = engine.appointments_of(&card.customer).await?;
    visits.sort_by_key(|visit| std::cmp::Reverse(visit.notices.last().map_or(0, |notice| notice.at)));
    let mut out = Vec::new();
    for visit in visits.iter().take(VISITS_MAX) {
        out.extend(engine.appointment_texts(visit).await?);
    }
    out.retain(|(notice, _)| notice.at >= card.opened_at.saturating_sub(BACK_MS));
    out.sort_by_key(|(notice, _)| notice.at);
    let surplus = out.len().saturating_sub(TEXTS_MAX);
    Ok(out.split_off(surplus))
}
