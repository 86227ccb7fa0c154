//! "Review this memorandum with appropriate staff": one review for each unit, open until everyone has read the edition in
//! force and the unit's manager confirms it (the clauses `*-ACK-*`). A unit is an office.

use std::collections::BTreeMap;

use domain::knowledge::{Edition, Fault, procedure_of, reaches};
use domain::view::{READING, Reading};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Commit, RowQuery};

use super::{KnowledgeError, audit, parse, record};
use crate::{Account, Engine};

/// Records that hold [`Confirmed`].
const REVIEW: &str = "kb_review";
/// Readings of one memo read at once.
const READINGS_MAX: usize = 100_000;

/// A unit's review that its manager closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// By whom.
    pub by: String,
    /// When.
    pub at: i64,
}

/// Somebody who has to read a memo.
#[derive(Debug, Clone, PartialEq)]
pub struct Reader {
    /// Who.
    pub account: Account,
    /// The reading of the edition in force, or of the last one they read.
    pub reading: Option<Reading>,
    /// Whether that is the edition in force.
    pub done: bool,
}

/// The review of one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitReview {
    /// Office.
    pub office: String,
    /// Everyone in it who has to read, those who have not first.
    pub readers: Vec<Reader>,
    /// Closed.
    pub confirmed: Option<Confirmed>,
}

impl UnitReview {
    /// How many have read, of how many.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.readers.iter().filter(|reader| reader.done).count(), self.readers.len())
    }
}

impl Engine {
    /// The reviews of a memo's edition in force, unit by unit.
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`] when the page is no memo that has to be read.
    pub async fn reviews(&self, slug: &str) -> Result<(Edition, Vec<UnitReview>), KnowledgeError> {
        let library = self.library();
        let missing = || KnowledgeError::NotFound("memo that has to be read".to_owned());
        let (_, page) = library.page(slug).ok_or_else(missing)?;
        let edition = library.in_force(page, self.today()).ok_or_else(missing)?;
        let required = edition.memo.as_ref().and_then(|memo| memo.required.as_ref()).ok_or_else(missing)?;
        let readings = self.readings_of_memo(slug).await?;
        let mut units: BTreeMap<String, Vec<Reader>> = BTreeMap::new();
        for (_, account) in self.accounts().await? {
            if account.disabled || !reaches(required, &account.roles, &account.office, &account.programmes) {
                continue;
            }
            let reading = readings.get(&account.id.0).cloned();
            let done = reading.as_ref().is_some_and(|one| one.version == edition.number.to_string());
            units.entry(account.office.clone()).or_default().push(Reader { account, reading, done });
        }
        let mut out = Vec::new();
        for (office, mut readers) in units {
            readers.sort_by(|a, b| (a.done, &a.account.name).cmp(&(b.done, &b.account.name)));
            let id = review_id(slug, edition.number, &office);
            let found = self.inner.store.record(REVIEW, &id).await?;
            let confirmed = found.map(|found| parse(&found.data, REVIEW, &id)).transpose()?;
            out.push(UnitReview { office, readers, confirmed });
        }
        Ok((edition.clone(), out))
    }

    async fn readings_of_memo(&self, slug: &str) -> Result<BTreeMap<String, Reading>, KnowledgeError> {
        let query = RowQuery {
            kind: READING.to_owned(),
            group: Some(procedure_of(slug)),
            after: None,
            descending: false,
            limit: READINGS_MAX,
        };
        let rows = self.inner.store.rows(query).await?;
        let readings = rows.iter().filter_map(|row| serde_json::from_str::<Reading>(&row.data).ok());
        Ok(readings.map(|one| (one.staff.0.clone(), one)).collect())
    }

    /// The unit's manager closes its review, once everyone in it has read the memo (IM33-ACK-1).
    ///
    /// # Errors
    /// A fault that says who is missing; [`KnowledgeError::NotFound`].
    pub async fn confirm_review(&self, slug: &str, office: &str, by: &str) -> Result<(), KnowledgeError> {
        let (edition, units) = self.reviews(slug).await?;
        let unit = units.iter().find(|unit| unit.office == office);
        let unit = unit.ok_or_else(|| KnowledgeError::NotFound("unit that has to read it".to_owned()))?;
        let (read, of) = unit.count();
        if read < of {
            let says = format!("{read} of {of} have read it. The review closes when everyone has.");
            return Err(Fault { field: "review", says, clause: Some("IM33-ACK-1") }.into());
        }
        if unit.confirmed.is_some() {
            return Ok(());
        }
        let at = self.now();
        let id = review_id(slug, edition.number, office);
        let confirmed = Confirmed { by: by.to_owned(), at };
        let detail = json!({"edition": edition.number, "readers": of});
        let commit = Commit {
            records: vec![record(REVIEW, &id, Some(0), &confirmed, at, by)?],
            audit: vec![audit(at, by, "confirm_review", &id, detail)],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        self.told(position, false);
        Ok(())
    }
}

fn review_id(slug: &str, edition: u32, office: &str) -> String {
    format!("{slug}@{edition}:{office}")
}
