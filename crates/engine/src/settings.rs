//! The settings in force and the people with accounts, read from records, changed only with an audit line.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::StaffId;
use domain::knowledge::Dated;
use domain::pack::Pack;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{AuditLine, Commit, Record, RecordChange};

use crate::records::{self, ACCOUNT, Account, Change, SETTINGS};
use crate::{Engine, EngineError, Nudge};

/// What decisions are made under.
pub(crate) struct Settings {
    pub(crate) pack: Arc<Pack>,
    pub(crate) zone: TimeZone,
    /// With the version of each record.
    pub(crate) accounts: Vec<(u64, Account)>,
    /// The day for which the changes of memos were laid over.
    pub(crate) day: Date,
}

impl Engine {
    /// Writes the pack's first values for records that nobody has touched yet. A record of an earlier pack that no person
    /// changed is brought to the new pack's value.
    pub(crate) async fn seed(&self) -> Result<(), EngineError> {
        let mut wanted = records::seeds(&self.inner.base, self.now(), self.inner.demo);
        let mut known = BTreeMap::new();
        for kind in SETTINGS {
            for record in self.inner.store.records(kind).await? {
                known.insert((kind.to_owned(), record.id.clone()), record);
            }
        }
        let fresh = known.is_empty();
        let mut changes = Vec::new();
        for mut seed in wanted.drain(..) {
            match known.get(&(seed.kind.clone(), seed.id.clone())) {
                Some(record) if record.actor != records::PACK || Some(&record.data) == seed.data.as_ref() => {
                }
                Some(record) => {
                    seed.expected = Some(record.version);
                    changes.push(seed);
                }
                // Deleted by a person: the history says so, and it stays deleted.
                None if !fresh
                    && !self.inner.store.record_history(&seed.kind, &seed.id, 1).await?.is_empty() => {}
                None => changes.push(seed),
            }
        }
        if !changes.is_empty() {
            let of_visits = changes.iter().any(|change| records::OF_VISITS.contains(&change.kind.as_str()));
            let rows = of_visits.then(|| self.review_row(None)).into_iter().collect();
            self.commit(Commit { records: changes, rows, ..Commit::default() }).await?;
        }
        Ok(())
    }

    pub(crate) async fn reload_settings(&self) -> Result<(), EngineError> {
        let day = self.today();
        let pack = self.pack_with(&self.dated_changes(), day).await?;
        let zone = pack.agency.zone().map_err(|e| EngineError::Invalid(format!("time zone: {e}")))?;
        let mut accounts = Vec::new();
        for record in self.inner.store.records(ACCOUNT).await? {
            let account: Account = serde_json::from_str(&record.data).map_err(|e| {
                EngineError::Invalid(format!("the account {} cannot be read: {e}", record.id))
            })?;
            accounts.push((record.version, account));
        }
        let settings = Arc::new(Settings { pack: Arc::new(pack), zone, accounts, day });
        match self.inner.settings.write() {
            Ok(mut held) => *held = settings,
            Err(poisoned) => *poisoned.into_inner() = settings,
        }
        Ok(())
    }

    /// Every settings record as people left it.
    pub(crate) async fn settings_records(&self) -> Result<BTreeMap<&'static str, Vec<Record>>, EngineError> {
        let mut found = BTreeMap::new();
        for kind in SETTINGS {
            found.insert(kind, self.inner.store.records(kind).await?);
        }
        Ok(found)
    }

    /// The settings of a day: the pack, the records over it, and over them what memos change (IM31-HOURS-3).
    pub(crate) async fn pack_with(&self, dated: &[Dated], day: Date) -> Result<Pack, EngineError> {
        let zone =
            self.inner.base.agency.zone().map_err(|e| EngineError::Invalid(format!("time zone: {e}")))?;
        let mut found = self.settings_records().await?;
        records::lay_over(&mut found, dated, day, &zone).map_err(EngineError::Invalid)?;
        records::apply(&self.inner.base, &found).map_err(EngineError::Invalid)
    }

    /// A record of the settings as it is in force, with what memos change today.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn setting_in_force(
        &self,
        kind: &'static str,
        id: &str,
    ) -> Result<Option<Record>, EngineError> {
        let Some(record) = self.inner.store.record(kind, id).await? else { return Ok(None) };
        let mut found = BTreeMap::from([(kind, vec![record])]);
        let zone = self.zone();
        records::lay_over(&mut found, &self.dated_changes(), self.today(), &zone)
            .map_err(EngineError::Invalid)?;
        Ok(found.remove(kind).and_then(|mut list| list.pop()))
    }

    /// At a change of day, what memos bring takes force or ends.
    pub(crate) async fn follow_day(&self) -> Result<bool, EngineError> {
        if self.settings().day == self.today() {
            return Ok(false);
        }
        let before = self.pack();
        self.reload_settings().await?;
        if before.queues.hours != self.pack().queues.hours || before.appointments != self.pack().appointments
        {
            // A memo that takes force today may close an office.
            self.commit(Commit { rows: vec![self.review_row(None)], ..Commit::default() }).await?;
        }
        let position = self.inner.store.head().await?;
        self.told(position, true);
        Ok(true)
    }

    /// Changes an administered record, with its audit line in the same commit; it takes force at once.
    ///
    /// # Errors
    /// [`store::StoreError::RecordConflict`] when somebody changed it meanwhile, [`EngineError::Invalid`] when the new
    /// settings would not hold together; then nothing was written.
    pub async fn save(&self, change: Change, by: &str) -> Result<(), EngineError> {
        self.check(&change).await?;
        let before = self.inner.store.record(change.kind, &change.id).await?;
        let at = self.now();
        let data = change.data.as_ref().map(ToString::to_string);
        let detail = serde_json::json!({
            "before": before.as_ref().and_then(|r| hide(&r.data)),
            "after": data.as_deref().and_then(hide),
            "reason": change.reason,
        });
        let action = if data.is_none() {
            "delete"
        } else if before.is_none() {
            "create"
        } else {
            "change"
        };
        let review = records::OF_VISITS.contains(&change.kind);
        let office = (change.kind == records::OFFICE).then(|| change.id.clone());
        let commit = Commit {
            rows: review.then(|| self.review_row(office)).into_iter().collect(),
            records: vec![RecordChange {
                kind: change.kind.to_owned(),
                id: change.id.clone(),
                expected: change.expected,
                data,
                at,
                actor: by.to_owned(),
            }],
            audit: vec![AuditLine {
                at,
                actor: by.to_owned(),
                action: format!("{action}_{}", change.kind),
                subject: change.id.clone(),
                detail: detail.to_string(),
            }],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        self.reload_settings().await?;
        self.nudge(Nudge {
            position,
            streams: vec!["settings".to_owned()],
            interactions: Vec::new(),
            staff: Vec::new(),
        });
        Ok(())
    }

    /// A change that would leave settings that cannot be read is refused before anything is written.
    async fn check(&self, change: &Change) -> Result<(), EngineError> {
        if change.kind == ACCOUNT {
            let Some(data) = &change.data else { return Ok(()) };
            let account: Account =
                serde_json::from_value(data.clone()).map_err(|e| EngineError::Invalid(e.to_string()))?;
            if account.id.0 != change.id {
                return Err(EngineError::Invalid("the account's name cannot be changed".to_owned()));
            }
            return Ok(());
        }
        let pack = self.pack_after(change).await?;
        records::sound(&pack).map_err(EngineError::Invalid)?;
        self.check_office(change).await
    }

    /// The settings of today as they would be after a change.
    pub(crate) async fn pack_after(&self, change: &Change) -> Result<Pack, EngineError> {
        let mut found = BTreeMap::new();
        for kind in SETTINGS {
            let mut list = self.inner.store.records(kind).await?;
            if kind == change.kind {
                list.retain(|record| record.id != change.id);
                list.extend(change.data.as_ref().map(|data| store::Record {
                    kind: kind.to_owned(),
                    id: change.id.clone(),
                    version: 1,
                    data: data.to_string(),
                    at: self.now(),
                    actor: String::new(),
                }));
            }
            found.insert(kind, list);
        }
        let zone = self.zone();
        records::lay_over(&mut found, &self.dated_changes(), self.today(), &zone)
            .map_err(EngineError::Invalid)?;
        records::apply(&self.inner.base, &found).map_err(EngineError::Invalid)
    }

    /// Adds a line to the audit log: who looked at or did what.
    ///
    /// # Errors
    /// When the store cannot write.
    pub async fn note(
        &self,
        by: &str,
        action: &str,
        subject: &str,
        detail: serde_json::Value,
    ) -> Result<(), EngineError> {
        let line = AuditLine {
            at: self.now(),
            actor: by.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_string(),
        };
        self.commit(Commit { audit: vec![line], ..Commit::default() }).await?;
        Ok(())
    }

    /// Everyone with an account, with the version of the record.
    ///
    /// # Errors
    /// Never now; kept so that a store of several nodes may be asked.
    pub async fn accounts(&self) -> Result<Vec<(u64, Account)>, EngineError> {
        Ok(self.settings().accounts.clone())
    }

    /// One account with its version.
    ///
    /// # Errors
    /// Never now; see [`Engine::accounts`].
    pub async fn account(&self, id: &StaffId) -> Result<Option<(u64, Account)>, EngineError> {
        Ok(self.settings().accounts.iter().find(|(_, account)| &account.id == id).cloned())
    }
}

/// Password hashes never reach the audit log.
fn hide(data: &str) -> Option<serde_json::Value> {
    let mut value: serde_json::Value = serde_json::from_str(data).ok()?;
    if let Some(object) = value.as_object_mut()
        && object.contains_key("password_hash")
    {
        object.insert("password_hash".to_owned(), serde_json::Value::String("(hidden)".to_owned()));
    }
    Some(value)
}
