//! General Guidelines, first part: whoever takes texts has read the procedure and knows that departing from it can lead
//! to disciplinary action (SMS-GEN-2) and to losing the assignment (SMS-GEN-3, which is a change of skills).

use crate::context::Context;
use crate::refusal::{Instead, Refusal};
use crate::staff::Staff;

/// The procedure's name in acknowledgements.
pub const PROCEDURE: &str = "sms";

/// Whether this person still has to read and acknowledge the version in force (SMS-GEN-2).
#[must_use]
pub fn is_due(staff: &Staff, context: &Context<'_>) -> bool {
    let takes_texts = context.member(&staff.id).is_some_and(|member| member.skills.contains_key(PROCEDURE));
    let Some(sop) = context.sop() else { return false };
    takes_texts && staff.acknowledged.get(PROCEDURE) != Some(&sop.version)
}

/// Refuses going on queue before the version in force is acknowledged (SMS-GEN-2).
///
/// # Errors
/// A refusal that offers the page to read.
pub fn guard(staff: &Staff, context: &Context<'_>) -> Result<(), Refusal> {
    if is_due(staff, context) {
        return Err(Refusal::clause(
            "acknowledgement",
            "SMS-GEN-2",
            "Read and acknowledge the SMS Text SOP in its present version before you go on queue for texts.",
        )
        .or(Instead::Acknowledge));
    }
    Ok(())
}
