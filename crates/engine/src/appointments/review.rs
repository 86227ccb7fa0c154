//! When hours, holidays, closures or offices change, booked visits are looked at again: one that cannot take place is
//! flagged and its customer told, one that can again loses its flag (PHONE-APPT-11). What a change would touch can be seen
//! before it is saved.
//!
//! The need for a review is written in the commit of the change, so that a crash forgets none.

use domain::appointment::{Appointment, AppointmentCommand, Rules, SlotRefusal, Status};
use domain::time::Millis;
use serde::{Deserialize, Serialize};
use store::{Commit, Row, RowChange, RowQuery};

use super::crowded::{Crowded, crowded};
use crate::records::{Change, HOURS, OFFICE};
use crate::{AppointmentError, Engine, EngineError};

/// Kind of the rows that ask for a review.
const REVIEW: &str = "review_visits";
/// Reviews begun in one pass.
const PER_PASS: usize = 16;

/// What a change of the settings would touch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Touched {
    /// Visits ahead that could not take place as agreed, and why, by their start.
    pub no_longer: Vec<(Appointment, SlotRefusal)>,
    /// Visits that are flagged now and could take place again.
    pub again: Vec<Appointment>,
    /// Starts at which more is booked than the office would take (PHONE-APPT-10).
    pub crowded: Vec<Crowded>,
}

/// Which offices are to be looked at.
#[derive(Debug, Serialize, Deserialize)]
struct Wanted {
    /// One, or all.
    office: Option<String>,
}

impl Engine {
    /// A row that asks for a review of one office, or of all.
    pub(crate) fn review_row(&self, office: Option<String>) -> RowChange {
        RowChange::Put(Row {
            kind: REVIEW.to_owned(),
            id: self.fresh().to_string(),
            group: String::new(),
            sort: self.now(),
            data: serde_json::json!({ "office": office }).to_string(),
        })
    }

    /// Reviews what changes of the settings asked for. Done again from the beginning after a crash: a visit that was reviewed
    /// already stays as it is.
    pub(crate) async fn review_visits(&self) -> Result<(), EngineError> {
        let query = RowQuery {
            kind: REVIEW.to_owned(),
            group: None,
            after: None,
            descending: false,
            limit: PER_PASS,
        };
        let asked = self.inner.store.rows(query).await?;
        if !asked.is_empty() {
            // The row is written with the change, and may be seen here before whoever made the change has read it again:
            // judged by the settings of before, nobody would be told.
            self.reload_settings().await?;
        }
        for row in asked {
            let office = serde_json::from_str::<Wanted>(&row.data).ok().and_then(|wanted| wanted.office);
            self.review_offices(office.as_deref()).await?;
            let done = RowChange::Delete { kind: REVIEW.to_owned(), id: row.id };
            self.commit(Commit { rows: vec![done], ..Commit::default() }).await?;
        }
        Ok(())
    }

    async fn review_offices(&self, office: Option<&str>) -> Result<(), EngineError> {
        let settings = self.settings();
        let Some(rules) = Rules::of(&settings.pack, &settings.zone) else { return Ok(()) };
        for office in self.offices_of(office, &rules) {
            for visit in self.visits_between(&office, self.now()..Millis::MAX).await? {
                if !differs(&visit, &rules) {
                    continue;
                }
                match self.handle_appointment(visit.id, AppointmentCommand::Review, "review").await {
                    Ok(_) => {}
                    Err(AppointmentError::Engine(EngineError::Store(error))) => return Err(error.into()),
                    Err(error) => {
                        tracing::error!(visit = %visit.id, %error, "a visit could not be reviewed")
                    }
                }
            }
        }
        Ok(())
    }

    fn offices_of(&self, one: Option<&str>, rules: &Rules<'_>) -> Vec<String> {
        match one {
            Some(office) => vec![office.to_owned()],
            None => rules.book.offices.iter().map(|office| office.id.clone()).collect(),
        }
    }

    /// The booked visits that a change would touch. Nothing is written.
    ///
    /// # Errors
    /// [`EngineError::Invalid`] when the changed settings cannot be read; the store's errors.
    pub async fn touched_by(&self, change: &Change) -> Result<Touched, EngineError> {
        let settings = self.settings();
        let after = self.pack_after(change).await?;
        let (Some(now), Some(then)) =
            (Rules::of(&settings.pack, &settings.zone), Rules::of(&after, &settings.zone))
        else {
            return Ok(Touched::default());
        };
        let mut touched = Touched::default();
        for office in &now.book.offices {
            if !is_touched(change, &office.id, &office.hours, &now) {
                continue;
            }
            let mut ahead = self.visits_between(&office.id, self.now()..Millis::MAX).await?;
            ahead.retain(|visit| visit.status == Status::Booked);
            if let Some(changed) = then.office(&office.id).filter(|changed| *changed != office) {
                let seated: Vec<Appointment> =
                    ahead.iter().filter(|visit| why_not(visit, &then).is_none()).cloned().collect();
                touched.crowded.extend(crowded(&seated, office, changed, then.zone));
            }
            for visit in ahead {
                match why_not(&visit, &then) {
                    Some(why) if why_not(&visit, &now).is_none() => touched.no_longer.push((visit, why)),
                    None if visit.flagged.is_some() => touched.again.push(visit),
                    _ => {}
                }
            }
        }
        touched.no_longer.sort_by_key(|(visit, _)| visit.place.start);
        touched.again.sort_by_key(|visit| visit.place.start);
        Ok(touched)
    }

    /// An office with visits ahead is closed, never deleted: else nobody would see them any more.
    pub(crate) async fn check_office(&self, change: &Change) -> Result<(), EngineError> {
        if change.kind != OFFICE || change.data.is_some() {
            return Ok(());
        }
        let ahead = self.visits_between(&change.id, self.now()..Millis::MAX).await?;
        let booked = ahead.iter().filter(|visit| visit.status == Status::Booked).count();
        if booked > 0 {
            let sentence = format!(
                "{booked} visits are booked at this office; close it with a closure, and move or cancel them first."
            );
            return Err(EngineError::Invalid(sentence));
        }
        Ok(())
    }
}

fn why_not(visit: &Appointment, rules: &Rules<'_>) -> Option<SlotRefusal> {
    rules.still_open(&visit.place.office, &visit.visit_type, visit.place.start).err()
}

/// Whether a review would change anything.
fn differs(visit: &Appointment, rules: &Rules<'_>) -> bool {
    visit.status == Status::Booked && why_not(visit, rules) != visit.flagged
}

fn is_touched(change: &Change, office: &str, hours: &str, rules: &Rules<'_>) -> bool {
    match change.kind {
        OFFICE => change.id == office,
        HOURS => change.id == hours || change.id == rules.book.rules.holidays_from,
        _ => true,
    }
}
