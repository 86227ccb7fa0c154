//! General Guidelines, first part: whoever takes texts has read the procedure and knows that departing from it can lead
//! to disciplinary action (SMS-GEN-2) and to losing the assignment (SMS-GEN-3, which is a change of skills). Memos that
//! have to be read (the clauses `*-ACK-*`) are kept the same way.

use crate::context::Context;
use crate::knowledge::{Owed, procedure_of};
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

/// Whether this person has read the edition in force.
#[must_use]
pub fn has_read(staff: &Staff, reading: &Owed) -> bool {
    staff.acknowledged.get(&procedure_of(&reading.slug)) == Some(&reading.number.to_string())
}

/// Refuses going on queue while a memo waits whose editor made the queue wait for it. Before its grace time is over
/// nobody is kept off the queue, so that the floor never empties at once; who is on queue already stays.
///
/// # Errors
/// A refusal that offers the memo to read, the oldest one first.
pub fn guard_memos(staff: &Staff, context: &Context<'_>) -> Result<(), Refusal> {
    let waits = |reading: &&Owed| {
        reading.gate_at.is_some_and(|gate| gate <= context.now) && !has_read(staff, reading)
    };
    let Some(reading) = context.readings.iter().find(waits) else { return Ok(()) };
    let more = context.readings.iter().filter(waits).count().saturating_sub(1);
    let rest = if more == 0 { String::new() } else { format!(" {more} more wait behind it.") };
    let sentence = format!(
        "Read and acknowledge memo {} before you go on queue: {}.{rest}",
        reading.memo, reading.title
    );
    Err(Refusal::clause("memo_unread", "IM33-ACK-1", sentence)
        .or(Instead::ReadMemo { slug: reading.slug.clone(), label: format!("Read memo {}", reading.memo) }))
}
