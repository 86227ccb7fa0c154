//! Due timers become commands. The state decides what a firing means, so a late or double firing changes nothing.

use domain::appointment::AppointmentCommand;
use domain::command::Command;
use domain::id::{InteractionId, StaffId};
use store::Timer;

use crate::{Engine, EngineError};

/// Timers handled in one pass.
const BATCH: usize = 256;

impl Engine {
    /// Fires what is due now. Returns how many there were.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn fire_timers(&self) -> Result<usize, EngineError> {
        self.follow_day().await?;
        self.review_visits().await?;
        let due = self.inner.store.due_timers(self.now(), BATCH).await?;
        let count = due.len();
        for timer in due {
            if let Some(id) = timer.stream.strip_prefix("appointment-").and_then(|id| id.parse().ok()) {
                let command = AppointmentCommand::Timer { key: timer.key.clone() };
                if let Err(error) =
                    self.handle_appointment(id, command, &format!("timer:{}", timer.key)).await
                {
                    tracing::warn!(stream = timer.stream, key = timer.key, %error, "a timer of a visit could not be handled; it fires again");
                }
                continue;
            }
            let Some(command) = command(&timer) else {
                tracing::error!(stream = timer.stream, "a timer belongs to no stream of this program");
                continue;
            };
            if let Err(error) = self.handle(command, &format!("timer:{}", timer.key)).await {
                tracing::warn!(stream = timer.stream, key = timer.key, %error, "a timer could not be handled; it fires again");
            }
        }
        Ok(count)
    }
}

fn command(timer: &Timer) -> Option<Command> {
    if let Some(id) = timer.stream.strip_prefix("interaction-") {
        let id: InteractionId = id.parse().ok()?;
        return Some(Command::InteractionTimer { id, key: timer.key.clone() });
    }
    let staff = timer.stream.strip_prefix("staff-")?;
    Some(Command::StaffTimer { staff: StaffId(staff.to_owned()), key: timer.key.clone() })
}
