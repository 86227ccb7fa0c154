//! Drafts, their review, editions, taking back, and whole imports.

use std::borrow::Cow;

use domain::knowledge::{
    Approved, Dated, Difference, Draft, DraftState, Edition, Fault, SettingChange, Source, apply_changes,
    approve, differences, edition_id, install, restore, send_back, submit, visible, withdraw,
};
use jiff::civil::Date;
use serde_json::{Value, json};
use store::Commit;

use super::{DRAFT, EDITION, KnowledgeError, audit, record};
use crate::records::{self, SETTINGS};
use crate::{Engine, EngineError};

/// Who wrote what came with the pack.
pub(super) const PACK: &str = "pack";

/// A draft that was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The version to give with the next save.
    pub version: u64,
}

/// What a change of settings would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The change.
    pub change: SettingChange,
    /// The record it changes.
    pub id: String,
    /// What differs, or why it cannot be.
    pub result: Result<Vec<Difference>, String>,
}

/// What an import or a pack made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installed {
    /// Pages that were not there.
    pub added: Vec<String>,
    /// Pages with a new edition.
    pub updated: Vec<String>,
    /// Pages whose text was there already.
    pub unchanged: usize,
    /// Pages that people have changed since, which were left alone.
    pub kept: Vec<String>,
    /// Sentences for whoever imports, such as pages that got another address.
    pub notes: Vec<String>,
}

impl Engine {
    /// Saves a draft over the version it was read in; 0 for a new one.
    ///
    /// # Errors
    /// [`KnowledgeError::Conflict`] when somebody saved meanwhile; a fault when the page is too long or has no address.
    pub async fn save_draft(
        &self,
        expected: u64,
        mut draft: Draft,
        by: &str,
    ) -> Result<Saved, KnowledgeError> {
        shown_whole(&mut draft);
        let blocking = ["slug", "body"];
        let page = self.library().page(&draft.slug).map(|(_, page)| page.clone());
        let faults: Vec<_> = domain::knowledge::check(&draft, page.as_ref(), self.today())
            .into_iter()
            .filter(|fault| blocking.contains(&fault.field) && !draft.body.is_empty())
            .collect();
        if !faults.is_empty() {
            return Err(KnowledgeError::Faults(faults));
        }
        self.own_files(&mut draft).await?;
        if !draft.authors.iter().any(|author| author == by) {
            draft.authors.push(by.to_owned());
        }
        draft.state = DraftState::Writing;
        self.put_draft(expected, &draft, by, "save_draft").await
    }

    async fn put_draft(
        &self,
        expected: u64,
        draft: &Draft,
        by: &str,
        action: &str,
    ) -> Result<Saved, KnowledgeError> {
        let at = self.now();
        let commit = Commit {
            records: vec![record(DRAFT, &draft.slug, Some(expected), draft, at, by)?],
            audit: vec![audit(
                at,
                by,
                action,
                &draft.slug,
                json!({"title": draft.title, "base": draft.base}),
            )],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        self.note_draft(&draft.slug, Some(draft));
        self.told(position, false);
        let version = self.draft(&draft.slug).await?.map_or(expected + 1, |(version, _)| version);
        Ok(Saved { version })
    }

    /// Begins a draft of a page, from the edition in force or an older one.
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`]; [`KnowledgeError::Conflict`] when a draft is there already.
    pub async fn begin_draft(
        &self,
        slug: &str,
        edition: Option<u32>,
        by: &str,
    ) -> Result<Saved, KnowledgeError> {
        let library = self.library();
        let missing = || KnowledgeError::NotFound("page of this name".to_owned());
        let (_, page) = library.page(slug).ok_or_else(missing)?;
        let edition = match edition {
            Some(number) => page.editions.iter().find(|edition| edition.number == number),
            None => library.in_force(page, self.today()).or_else(|| page.editions.last()),
        };
        let edition = edition.ok_or_else(missing)?;
        let text = self.page_text(slug, edition.number).await?;
        let draft = restore(page, edition, &text, by);
        let expected = 0;
        self.put_draft(expected, &draft, by, "begin_draft").await
    }

    /// Throws a draft away; its history stays.
    ///
    /// # Errors
    /// [`KnowledgeError::Conflict`] when somebody saved meanwhile.
    pub async fn discard_draft(&self, slug: &str, expected: u64, by: &str) -> Result<(), KnowledgeError> {
        let at = self.now();
        let mut gone = record(DRAFT, slug, Some(expected), &Value::Null, at, by)?;
        gone.data = None;
        let commit = Commit {
            records: vec![gone],
            audit: vec![audit(at, by, "discard_draft", slug, json!({}))],
            ..Commit::default()
        };
        let position = self.commit(commit).await?;
        self.note_draft(slug, None);
        self.told(position, false);
        Ok(())
    }

    /// Asks a second person for review.
    ///
    /// # Errors
    /// What is missing; [`KnowledgeError::Conflict`].
    pub async fn submit_draft(&self, slug: &str, expected: u64, by: &str) -> Result<Saved, KnowledgeError> {
        let draft = self.draft_at(slug, expected).await?;
        let page = self.library().page(slug).map(|(_, page)| page.clone());
        let draft =
            submit(draft, page.as_ref(), by, self.now(), self.today()).map_err(KnowledgeError::Faults)?;
        self.number_is_free(&draft)?;
        self.placed_and_readable(&draft).await?;
        self.sound_changes(&draft).await?;
        self.put_draft(expected, &draft, by, "submit_draft").await
    }

    /// The second person wants something changed.
    ///
    /// # Errors
    /// Without a reason; [`KnowledgeError::Conflict`].
    pub async fn send_back_draft(
        &self,
        slug: &str,
        expected: u64,
        reason: &str,
        by: &str,
    ) -> Result<Saved, KnowledgeError> {
        let draft = send_back(self.draft_at(slug, expected).await?, by, self.now(), reason)?;
        self.put_draft(expected, &draft, by, "send_back_draft").await
    }

    /// The second person approves; the edition takes force on its day.
    ///
    /// # Errors
    /// What is missing, who may not approve, or a newer edition; [`KnowledgeError::Conflict`].
    pub async fn approve_draft(
        &self,
        slug: &str,
        expected: u64,
        by: &str,
    ) -> Result<Edition, KnowledgeError> {
        let draft = self.draft_at(slug, expected).await?;
        let library = self.library();
        let before = library.page(slug);
        let at = self.now();
        let made = approve(before.map(|(_, page)| page), &draft, by, at, self.today())
            .map_err(KnowledgeError::Faults)?;
        self.number_is_free(&draft)?;
        self.placed_and_readable(&draft).await?;
        self.sound_changes(&draft).await?;
        let edition = made.page.editions.last().cloned();
        let edition = edition.ok_or_else(|| KnowledgeError::NotFound("edition".to_owned()))?;
        let mut gone = record(DRAFT, slug, Some(expected), &Value::Null, at, by)?;
        gone.data = None;
        let detail = json!({
            "edition": edition.number, "from": edition.from, "until": edition.until,
            "authors": draft.authors, "note": draft.note,
        });
        let commit = Commit {
            records: vec![
                gone,
                record(EDITION, &edition_id(slug, edition.number), Some(0), &made.text, at, by)?,
            ],
            audit: vec![audit(at, by, "publish_page", slug, detail)],
            ..Commit::default()
        };
        self.write_pages(vec![(before.map_or(0, |(version, _)| version), made.page)], commit, by).await?;
        self.note_draft(slug, None);
        Ok(edition)
    }

    /// Takes an edition back, and with it the changes of settings that it brought.
    ///
    /// # Errors
    /// Without a reason; [`KnowledgeError::NotFound`].
    pub async fn withdraw_edition(
        &self,
        slug: &str,
        number: u32,
        reason: &str,
        by: &str,
    ) -> Result<(), KnowledgeError> {
        let library = self.library();
        let found =
            library.page(slug).ok_or_else(|| KnowledgeError::NotFound("page of this name".to_owned()))?;
        let (version, page) = found;
        let at = self.now();
        let page = withdraw(page.clone(), number, by, at, reason)?;
        let detail = json!({"edition": number, "reason": reason.trim()});
        let commit =
            Commit { audit: vec![audit(at, by, "withdraw_edition", slug, detail)], ..Commit::default() };
        self.write_pages(vec![(version, page)], commit, by).await
    }

    /// Notes that somebody looked at a page and found it still right.
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`], [`KnowledgeError::Conflict`].
    pub async fn mark_reviewed(&self, slug: &str, by: &str) -> Result<(), KnowledgeError> {
        let library = self.library();
        let found =
            library.page(slug).ok_or_else(|| KnowledgeError::NotFound("page of this name".to_owned()))?;
        let (version, mut page) = (found.0, found.1.clone());
        page.reviewed_on = Some(self.today());
        let commit = Commit {
            audit: vec![audit(self.now(), by, "review_page", slug, json!({}))],
            ..Commit::default()
        };
        self.write_pages(vec![(version, page)], commit, by).await
    }

    /// No two hot tips, and no two forms, share a number.
    fn number_is_free(&self, draft: &Draft) -> Result<(), KnowledgeError> {
        let Some(number) = draft.own_number.as_deref().filter(|_| draft.kind.has_own_number()) else {
            return Ok(());
        };
        let library = self.library();
        let Some((_, other)) = library.numbered(draft.kind, number, &draft.slug) else { return Ok(()) };
        let says = format!(
            "The number {number} belongs to another {}: “{}”. Give this one its own.",
            draft.kind.title().to_lowercase(),
            other.title
        );
        Err(Fault { field: "own_number", says, clause: None }.into())
    }

    /// A text that the markup cannot read is never published: its closed parts could not be told from the open ones. A
    /// place in the tree is below a page that is there, and never below itself.
    async fn placed_and_readable(&self, draft: &Draft) -> Result<(), KnowledgeError> {
        let fault = |field, says: String| Fault { field, says, clause: None };
        let body = draft.body.clone();
        let read = self.aside(body.len(), move || knowledge::markup::parse(&body).map(drop)).await?;
        if let Err(error) = read {
            return Err(fault("body", format!("This text cannot be shown: {error}.")).into());
        }
        let library = self.library();
        let mut above = draft.parent.as_deref();
        let mut seen = std::collections::BTreeSet::from([draft.slug.as_str()]);
        while let Some(slug) = above {
            if !seen.insert(slug) {
                return Err(fault(
                    "parent",
                    "A page cannot lie below itself. Choose another place.".to_owned(),
                )
                .into());
            }
            let Some((_, page)) = library.page(slug) else {
                return Err(fault("parent", format!("There is no page {slug} to put it below.")).into());
            };
            above = page.parent.as_deref();
        }
        Ok(())
    }

    /// Attachments as the store has them: what a form says of a file is never believed.
    async fn own_files(&self, draft: &mut Draft) -> Result<(), KnowledgeError> {
        for file in &mut draft.attachments {
            let bytes = self.file(&file.hash).await?;
            *file = super::files::described(&file.name, &bytes)?;
        }
        Ok(())
    }

    async fn draft_at(&self, slug: &str, expected: u64) -> Result<Draft, KnowledgeError> {
        let found = self.draft(slug).await?;
        let (version, draft) =
            found.ok_or_else(|| KnowledgeError::NotFound("draft of this page".to_owned()))?;
        if version != expected {
            return Err(KnowledgeError::Conflict);
        }
        Ok(draft)
    }

    /// What the changes of a draft would do to the settings in force, for people to read before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn preview_changes(&self, draft: &Draft) -> Result<Vec<Preview>, KnowledgeError> {
        let mut out = Vec::new();
        for change in draft.memo.iter().flat_map(|memo| &memo.changes) {
            if !SETTINGS.contains(&change.kind.as_str()) {
                let result = Err(format!("there is no setting of the kind `{}`", change.kind));
                out.push(Preview { change: change.clone(), id: change.id.clone(), result });
                continue;
            }
            let records = self.settings_records().await?;
            let list = records.get(change.kind.as_str()).cloned().unwrap_or_default();
            let meant: Vec<_> = list.into_iter().filter(|r| change.id == "*" || r.id == change.id).collect();
            if meant.is_empty() {
                let result = Err(format!("there is no {} `{}`", change.kind, change.id));
                out.push(Preview { change: change.clone(), id: change.id.clone(), result });
            }
            for record in meant {
                let result = self.difference(change, &record);
                out.push(Preview { change: change.clone(), id: record.id, result });
            }
        }
        Ok(out)
    }

    fn difference(&self, change: &SettingChange, record: &store::Record) -> Result<Vec<Difference>, String> {
        let before: Value = serde_json::from_str(&record.data).map_err(|e| e.to_string())?;
        let dated = Dated {
            slug: String::new(),
            number: "this memo".to_owned(),
            published_at: i64::MAX - 1,
            began: change.from,
            change: change.clone(),
        };
        let zone = self.zone();
        let after = apply_changes(&[dated], &change.kind, &record.id, &before, 0, (change.from, &zone))?
            .unwrap_or_else(|| before.clone());
        records::readable(&change.kind, &after)?;
        Ok(differences(&before, &after))
    }

    /// A memo whose changes would leave settings that do not hold together is not published.
    async fn sound_changes(&self, draft: &Draft) -> Result<(), KnowledgeError> {
        let Some(memo) = &draft.memo else { return Ok(()) };
        for preview in self.preview_changes(draft).await? {
            if let Err(says) = preview.result {
                return Err(change_fault(says));
            }
        }
        for change in &memo.changes {
            self.may_change(change).await?;
            let added = Dated {
                slug: draft.slug.clone(),
                number: memo.number.clone(),
                published_at: self.now(),
                began: change.from,
                change: change.clone(),
            };
            let mut dated = self.dated_changes();
            dated.push(added);
            let pack = self.pack_with(&dated, change.from).await.map_err(|e| change_fault(e.to_string()))?;
            records::sound(&pack).map_err(change_fault)?;
        }
        Ok(())
    }

    /// What a memo may not touch: prescribed scripts (SMS-SCRIPT-1), and names by which records are found.
    async fn may_change(&self, change: &SettingChange) -> Result<(), KnowledgeError> {
        let names = ["/id", "/version", "/kind", "/editable", "/status"];
        if let Some(pointer) = change.set.keys().find(|pointer| names.contains(&pointer.as_str())) {
            return Err(change_fault(format!("a memo cannot change `{pointer}` of a setting")));
        }
        if change.kind == records::CANNED {
            for (_, id) in self.meant(change).await? {
                if self.pack().response(&id).is_some_and(|response| !response.editable) {
                    return Err(change_fault(format!(
                        "the wording of {id} is prescribed and cannot be changed by a memo"
                    )));
                }
            }
        }
        let longest = 24 * 60 * 60;
        let seconds = change.set.iter().filter(|(pointer, _)| pointer.contains("_seconds"));
        for (pointer, value) in seconds {
            if value.as_i64().is_some_and(|value| !(1..=longest).contains(&value)) {
                return Err(change_fault(format!("`{pointer}` must lie between 1 second and a day")));
            }
        }
        Ok(())
    }

    /// Kind and id of every record that a change is about.
    async fn meant(&self, change: &SettingChange) -> Result<Vec<(String, String)>, KnowledgeError> {
        let records = self.settings_records().await?;
        let list = records.get(change.kind.as_str()).into_iter().flatten();
        let meant = list.filter(|record| change.id == "*" || record.id == change.id);
        Ok(meant.map(|record| (record.kind.clone(), record.id.clone())).collect())
    }

    /// Installs pages that come with the pack or an import: all in one commit, or none. A page that people changed at the
    /// editor is left alone by the pack, and gets a new edition from an import.
    ///
    /// # Errors
    /// What is wrong with one of them; then nothing was written.
    pub async fn install_pages(
        &self,
        drafts: Vec<(Draft, Option<Date>)>,
        source: Source,
        by: &str,
        dry_run: bool,
    ) -> Result<Installed, KnowledgeError> {
        let library = self.library();
        let (at, today) = (self.now(), self.today());
        let mut out = Installed::default();
        let mut pages = Vec::new();
        let mut commit = Commit::default();
        for (mut draft, updated) in drafts {
            shown_whole(&mut draft);
            let hash = fingerprint(&draft, updated);
            let before = library.page(&draft.slug);
            let newest = before.and_then(|(_, page)| page.editions.last());
            if newest.is_some_and(|edition| edition.hash == hash) {
                out.unchanged += 1;
                continue;
            }
            // What somebody wrote or brought in stands, whatever a newer pack says under its name.
            let theirs = before.is_some_and(|(_, page)| page.source != Source::Pack);
            if theirs && source == Source::Pack {
                out.kept.push(draft.slug.clone());
                continue;
            }
            if before.is_some() { &mut out.updated } else { &mut out.added }.push(draft.slug.clone());
            let Approved { page, text } =
                install(before.map(|(_, page)| page), &draft, (source, updated, hash), at, today);
            commit.records.push(record(
                EDITION,
                &edition_id(&page.slug, text.number),
                Some(0),
                &text,
                at,
                by,
            )?);
            pages.push((before.map_or(0, |(version, _)| version), page));
        }
        if dry_run || pages.is_empty() {
            return Ok(out);
        }
        let detail = json!({"added": out.added, "updated": out.updated, "unchanged": out.unchanged});
        commit.audit.push(audit(at, by, "install_pages", source_word(source), detail));
        self.write_pages(pages, commit, by).await?;
        Ok(out)
    }

    /// Puts the pack's pages in, when the program starts.
    pub(crate) async fn seed_pages(&self) -> Result<(), EngineError> {
        let mut drafts = self.inner.shipped.drafts.clone();
        for (slug, name, bytes) in &self.inner.shipped.files {
            let kept = self.put_file(name, bytes, PACK).await;
            let kept = kept.map_err(|e| EngineError::Invalid(format!("the file {name} of the pack: {e}")))?;
            if let Some((draft, _)) = drafts.iter_mut().find(|(draft, _)| &draft.slug == slug) {
                draft.attachments.push(kept);
            }
        }
        match self.install_pages(drafts, Source::Pack, PACK, false).await {
            Ok(made) => {
                if !made.added.is_empty() || !made.updated.is_empty() {
                    tracing::info!(
                        added = made.added.len(),
                        updated = made.updated.len(),
                        "pages of the pack"
                    );
                }
                Ok(())
            }
            Err(KnowledgeError::Engine(error)) => Err(error),
            Err(error) => Err(EngineError::Invalid(error.to_string())),
        }
    }
}

fn change_fault(says: String) -> KnowledgeError {
    KnowledgeError::Faults(vec![domain::knowledge::Fault {
        field: "changes",
        says,
        clause: Some("IM31-HOURS-5"),
    }])
}

const fn source_word(source: Source) -> &'static str {
    match source {
        Source::Pack => "pack",
        Source::Import => "import",
        Source::Editor => "editor",
    }
}

/// Letters that nobody sees are shown by their number wherever people wrote, before anything is kept.
fn shown_whole(draft: &mut Draft) {
    let mend = |text: &mut String| {
        if let Cow::Owned(seen) = visible(text) {
            *text = seen;
        }
    };
    [&mut draft.title, &mut draft.summary, &mut draft.body, &mut draft.note].into_iter().for_each(mend);
    draft.own_number.iter_mut().for_each(mend);
    if let Some(memo) = &mut draft.memo {
        [&mut memo.number, &mut memo.issuing_role, &mut memo.kind].into_iter().for_each(mend);
        memo.actions.iter_mut().for_each(mend);
    }
}

/// Everything that readers see, so that any difference makes an edition and sameness none.
fn fingerprint(draft: &Draft, updated: Option<Date>) -> String {
    let mut seen = json!([
        draft.title,
        draft.summary,
        draft.body,
        draft.kind,
        draft.parent,
        draft.position,
        draft.target,
        draft.language,
        draft.translation_of,
        draft.related,
        draft.audience,
        draft.programmes,
        draft.from,
        draft.until,
        draft.memo,
        draft.attachments,
        updated,
    ]);
    if let (Some(printed), Some(all)) = (&draft.printed_title, seen.as_array_mut()) {
        all.push(json!({"printed": printed}));
    }
    // Pages without one keep the fingerprint that they have always had.
    if let (Some(name), Some(all)) = (&draft.trail_name, seen.as_array_mut()) {
        all.push(json!(name));
    }
    super::files::sha256(seen.to_string().as_bytes())
}
