//! The real clock, identifiers, HTTP, mail and the browser handset's phone side.

mod finder;
mod handset;
mod http;
mod log;
mod mail;
mod stand_in;
mod tasks;

use domain::time::Millis;
use engine::ports::{Clock, Ids, SECRET_BYTES};
use uuid::Uuid;

pub(crate) use finder::Folder;
pub(crate) use handset::HandsetLink;
pub(crate) use http::Outside;
pub(crate) use log::logging;
pub(crate) use mail::{LocalOutbox, Smtp};
pub(crate) use stand_in::TaskStandIn;
pub(crate) use tasks::TaskHandOff;

/// The machine's clock. A demonstration may let it run ahead, or behind, to show another day.
pub(crate) struct SystemClock {
    ahead: Millis,
}

impl SystemClock {
    /// The clock that runs so many milliseconds ahead of the machine's.
    pub(crate) const fn ahead(ahead: Millis) -> Self {
        Self { ahead }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        jiff::Timestamp::now().as_millisecond().saturating_add(self.ahead)
    }
}

/// Version 7 identifiers.
pub(crate) struct SystemIds;

impl Ids for SystemIds {
    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> Result<[u8; SECRET_BYTES], String> {
        let mut bytes = [0_u8; SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(|e| format!("the system gives no random bytes: {e}"))?;
        Ok(bytes)
    }
}

/// Random bytes as hexadecimal digits.
pub(crate) fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut buffer = vec![0_u8; bytes];
    getrandom::fill(&mut buffer).map_err(|e| anyhow::anyhow!("the system gives no random bytes: {e}"))?;
    Ok(buffer.iter().map(|byte| format!("{byte:02x}")).collect())
}
