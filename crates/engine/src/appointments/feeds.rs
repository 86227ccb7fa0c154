//! Calendar feeds: an office's visits behind a secret that an admin can revoke, and one visit behind the link in its text.
//!
//! A feed never holds the reason for a visit, no name and no whole number (AMB-56): calendars are copied to phones and to
//! other companies' machines.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use channels::ical::{self, Entry};
use domain::appointment::{Appointment, Interpreter, Rules, Status};
use domain::id::AppointmentId;
use domain::time::Millis;
use domain::view;
use serde::{Deserialize, Serialize};
use store::{AuditLine, Commit, RecordChange};

use super::{digest, rules};
use crate::{Engine, EngineError};

/// Kind of the records that hold the digests of offices' feeds.
const FEED: &str = "office_feed";
/// How far back an office's feed goes.
const BACK_MS: Millis = 30 * 24 * 3_600_000;
/// Last digits of a number that are shown.
const DIGITS_SHOWN: usize = 4;

/// The record of a feed.
#[derive(Debug, Serialize, Deserialize)]
struct Feed {
    digest: String,
    since: Millis,
}

impl Engine {
    /// The calendar of an office as `text/calendar`; none when nothing has this secret.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn office_feed(&self, secret: &str) -> Result<Option<String>, EngineError> {
        let wanted = digest(secret);
        let records = self.inner.store.records(FEED).await?;
        let fits = |data: &str| serde_json::from_str::<Feed>(data).is_ok_and(|feed| feed.digest == wanted);
        let Some(record) = records.iter().find(|record| fits(&record.data)) else { return Ok(None) };
        let settings = self.settings();
        let rules = rules(&settings)?;
        let Some(office) = rules.office(&record.id) else { return Ok(None) };
        let visits = self.visits_between(&office.id, self.now() - BACK_MS..Millis::MAX).await?;
        let entries: Vec<Entry> =
            visits.iter().filter(|visit| !visit.walk_in).map(|visit| for_office(visit, &rules)).collect();
        Ok(Some(ical::calendar(&office.name, &entries)))
    }

    /// The calendar of one visit by the secret of a link in its texts, as long as the link may be used; a cancelled visit is
    /// still told, so that calendars take it out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn visit_calendar(&self, secret: &str) -> Result<Option<String>, EngineError> {
        let wanted = digest(secret);
        let row = self.inner.store.row(view::APPOINTMENT_LINK, &wanted).await?;
        let id = row.and_then(|row| serde_json::from_str::<AppointmentId>(&row.data).ok());
        let Some(id) = id else { return Ok(None) };
        let now = self.now();
        let found = self.appointment(id).await?;
        let opens =
            |visit: &Appointment| visit.links.iter().any(|link| link.digest == wanted && now < link.until);
        found.filter(opens).map(|visit| self.calendar_of(&visit)).transpose()
    }

    /// The calendar of one visit for its customer, such as the page after booking hands out.
    ///
    /// # Errors
    /// When the settings have no appointment book.
    pub fn calendar_of(&self, visit: &Appointment) -> Result<String, EngineError> {
        let settings = self.settings();
        let rules = rules(&settings)?;
        let name = if visit.language == "es" { "Mi visita" } else { "My visit" };
        Ok(ical::calendar(name, &[for_customer(visit, &rules)]))
    }

    /// Makes an office's feed and returns its whole address, which is shown this once. An earlier one opens nothing any more.
    ///
    /// # Errors
    /// When there is no such office, no random bytes, or the store cannot write.
    pub async fn new_feed_token(&self, office: &str, by: &str) -> Result<String, EngineError> {
        let known = rules(&self.settings())?.office(office).is_some();
        if !known {
            return Err(EngineError::NotFound("this office".to_owned()));
        }
        let secret = self.inner.ids.secret().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let secret = secret.map_err(EngineError::Invalid)?;
        let feed = Feed { digest: digest(&secret), since: self.now() };
        let data = serde_json::to_string(&feed).map_err(|e| EngineError::Invalid(e.to_string()))?;
        self.write_feed(office, Some(data), "make_office_feed", by).await?;
        Ok(format!("{}/calendar/office/{secret}.ics", self.inner.public_url))
    }

    /// Revokes an office's feed.
    ///
    /// # Errors
    /// When the store cannot write.
    pub async fn revoke_feed_token(&self, office: &str, by: &str) -> Result<(), EngineError> {
        self.write_feed(office, None, "revoke_office_feed", by).await
    }

    /// Since when an office has a feed; none when it has none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn feed_since(&self, office: &str) -> Result<Option<Millis>, EngineError> {
        let record = self.inner.store.record(FEED, office).await?;
        Ok(record.and_then(|record| serde_json::from_str::<Feed>(&record.data).ok()).map(|feed| feed.since))
    }

    async fn write_feed(
        &self,
        office: &str,
        data: Option<String>,
        action: &str,
        by: &str,
    ) -> Result<(), EngineError> {
        let at = self.now();
        let record = RecordChange {
            kind: FEED.to_owned(),
            id: office.to_owned(),
            expected: None,
            data,
            at,
            actor: by.to_owned(),
        };
        let line = AuditLine {
            at,
            actor: by.to_owned(),
            action: action.to_owned(),
            subject: office.to_owned(),
            detail: "{}".to_owned(),
        };
        self.commit(Commit { records: vec![record], audit: vec![line], ..Commit::default() }).await?;
        Ok(())
    }
}

fn entry(visit: &Appointment, summary: String, location: String, description: String) -> Entry {
    Entry {
        uid: format!("{}@hearthline", visit.id),
        sequence: visit.revision,
        changed_at: visit.history.last().map_or(visit.placed_at, |change| change.at),
        start: visit.place.start,
        end: visit.place.start.saturating_add(i64::from(visit.minutes) * 60_000),
        summary,
        description,
        location,
        status: match (visit.status, &visit.flagged) {
            (Status::Cancelled, _) => ical::Status::Cancelled,
            (_, Some(_)) => ical::Status::Tentative,
            _ => ical::Status::Confirmed,
        },
    }
}

fn for_office(visit: &Appointment, rules: &Rules<'_>) -> Entry {
    let digits: Vec<char> = visit.phone.iter().flat_map(|phone| phone.0.chars()).collect();
    let last: String = digits.iter().skip(digits.len().saturating_sub(DIGITS_SHOWN)).collect();
    let summary =
        if last.is_empty() { "Visit".to_owned() } else { format!("Visit, phone number ending in {last}") };
    let description = match &visit.interpreter {
        // Which one is free text of a public form; the office's day says it to those who may see it.
        Some(Interpreter::Needed { .. }) => "Interpreter needed".to_owned(),
        _ => String::new(),
    };
    entry(visit, summary, place(visit, rules).1, description)
}

fn for_customer(visit: &Appointment, rules: &Rules<'_>) -> Entry {
    let (name, address) = place(visit, rules);
    let summary = if visit.language == "es" { format!("Visita: {name}") } else { format!("Visit: {name}") };
    entry(visit, summary, address, String::new())
}

/// Name and address of the office.
fn place(visit: &Appointment, rules: &Rules<'_>) -> (String, String) {
    rules
        .office(&visit.place.office)
        .map(|office| (office.name.clone(), office.address.clone()))
        .unwrap_or_default()
}
