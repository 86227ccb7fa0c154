//! Which staff members have a screen open. The last screen to go, and the first to come back, become commands.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use domain::id::StaffId;
use tokio::sync::mpsc;

use crate::hold;

/// A line was lost or is back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LineChange {
    Lost(StaffId),
    Back(StaffId),
}

/// Counts open screens by staff member.
#[derive(Clone)]
pub struct LineTracker {
    open: Arc<Mutex<BTreeMap<StaffId, u32>>>,
    changes: mpsc::UnboundedSender<LineChange>,
}

/// One open screen. Dropping it closes it.
pub struct LineGuard {
    staff: StaffId,
    tracker: LineTracker,
}

impl LineTracker {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<LineChange>) {
        let (changes, receiver) = mpsc::unbounded_channel();
        (Self { open: Arc::default(), changes }, receiver)
    }

    /// A screen of this person opened.
    #[must_use]
    pub fn opened(&self, staff: &StaffId) -> LineGuard {
        let mut open = hold(&self.open);
        let count = open.entry(staff.clone()).or_default();
        *count += 1;
        if *count == 1 {
            let _ = self.changes.send(LineChange::Back(staff.clone()));
        }
        LineGuard { staff: staff.clone(), tracker: self.clone() }
    }

    /// Whether this person has a screen open.
    #[must_use]
    pub fn is_open(&self, staff: &StaffId) -> bool {
        hold(&self.open).contains_key(staff)
    }
}

impl Drop for LineGuard {
    fn drop(&mut self) {
        let mut open = hold(&self.tracker.open);
        if let Some(count) = open.get_mut(&self.staff) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.staff);
                let _ = self.tracker.changes.send(LineChange::Lost(self.staff.clone()));
            }
        }
    }
}
