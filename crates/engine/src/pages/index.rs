//! The index follows the store: after every change, at every change of day, and from nothing when it is lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::knowledge::{Audience, Page, Text, Viewer};
use jiff::civil::Date;
use knowledge::markup;

use super::KnowledgeError;
use crate::ports::{FindError, FindPassage};
use crate::{Engine, EngineError};

/// Pages put into the index in one go, unless their texts are long.
const BATCH: usize = 2_000;
/// Bytes of texts put into the index in one go.
const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// So many changed pages are worth tidying the index up after.
const TIDY_FROM: usize = 64;

impl Engine {
    /// Brings the index to the state of the pages. Returns how many were put or removed. An index that cannot be read is
    /// made again from nothing; reading pages goes on meanwhile.
    ///
    /// # Errors
    /// When the store or the index cannot be used; the next pass tries again.
    pub async fn follow_index(&self) -> Result<usize, EngineError> {
        match self.follow_once().await {
            Err(error) => {
                // Damage shows itself only when something is written. What is known by heart may be wrong, too.
                tracing::warn!(%error, "the search index is made again from the store");
                let reset = self.inner.finder.reset().await;
                reset.map_err(|e| EngineError::Invalid(e.to_string()))?;
                self.follow_once().await
            }
            done => done,
        }
    }

    async fn follow_once(&self) -> Result<usize, EngineError> {
        let finder = &self.inner.finder;
        let unusable = |error: FindError| EngineError::Invalid(error.to_string());
        let known = match finder.stamps().await {
            Ok(known) => known,
            Err(error) => {
                tracing::warn!(%error, "the search index is made again from the store");
                finder.reset().await.map_err(unusable)?;
                BTreeMap::new()
            }
        };
        let (library, day) = (self.library(), self.today());
        let mut wanted = BTreeMap::new();
        for page in library.pages() {
            if let Some(stamp) = self.stamp(page, day) {
                wanted.insert(page.slug.clone(), stamp);
            }
        }
        let gone: Vec<String> = known.keys().filter(|slug| !wanted.contains_key(*slug)).cloned().collect();
        let stale: Vec<(String, u64)> =
            wanted.into_iter().filter(|(slug, stamp)| known.get(slug) != Some(stamp)).collect();
        let changed = gone.len() + stale.len();
        if !gone.is_empty() {
            finder.update(Vec::new(), gone).await.map_err(unusable)?;
        }
        self.fill(stale, day).await.map_err(unusable)?;
        finder.settle(changed >= TIDY_FROM).await.map_err(unusable)?;
        Ok(changed)
    }

    /// Puts pages into the index, several at once: each time is written to the disk.
    async fn fill(&self, stale: Vec<(String, u64)>, day: Date) -> Result<(), FindError> {
        let (mut put, mut bytes) = (Vec::new(), 0);
        for (slug, stamp) in stale {
            let passages = match self.passages(&slug, day).await {
                Ok(passages) => passages,
                Err(error) => {
                    tracing::error!(slug, %error, "a page is not in the index");
                    Vec::new()
                }
            };
            bytes += passages.iter().map(|one| one.text.len()).sum::<usize>();
            put.push((slug, stamp, passages));
            if put.len() >= BATCH || bytes >= BATCH_BYTES {
                self.inner.finder.update(std::mem::take(&mut put), Vec::new()).await?;
                bytes = 0;
            }
        }
        if put.is_empty() { Ok(()) } else { self.inner.finder.update(put, Vec::new()).await }
    }

    /// A number that differs whenever the index would hold something else for this page.
    fn stamp(&self, page: &Page, day: Date) -> Option<u64> {
        let library = self.library();
        let edition = library.shown(page, Viewer { audience: Audience::Supervisors, day })?;
        let (version, _) = library.page(&page.slug)?;
        Some((version << 24) | u64::from(edition.number & 0x00ff_ffff))
    }

    /// The paragraphs of a page as it is in force.
    async fn passages(&self, slug: &str, day: Date) -> Result<Vec<FindPassage>, KnowledgeError> {
        let opened = self.open_page(slug, Viewer { audience: Audience::Supervisors, day }, None).await?;
        let text = Arc::clone(&opened.text);
        let found = self.aside(text.body.len(), move || read(&text)).await?;
        let found = found.map_err(|e| EngineError::Invalid(format!("the page {slug}: {e}")))?;
        let (page, edition) = (&opened.page, &opened.edition);
        let passage = |anchor: &str, heading: String, text: String, audience: Audience| FindPassage {
            page: slug.to_owned(),
            anchor: anchor.to_owned(),
            title: edition.called(),
            heading,
            text,
            kind: page.kind.word().to_owned(),
            programmes: edition.programmes.clone(),
            language: page.language.clone(),
            audience,
            bare: page.is_bare(),
        };
        let mut head = edition.summary.clone();
        if let Some(memo) = &edition.memo {
            head = format!("{head} Memo {} {}", memo.number, memo.actions.join(" "));
        }
        let mut out = vec![passage("", String::new(), head.trim().to_owned(), edition.audience)];
        for one in found {
            let audience = if one.supervisors { Audience::Supervisors } else { edition.audience };
            out.push(passage(&one.anchor, one.heading.join(" › "), one.text, audience));
        }
        Ok(out)
    }
}

/// Every paragraph of a text.
fn read(text: &Text) -> Result<Vec<markup::Passage>, markup::MarkupError> {
    Ok(markup::passages(&markup::parse(&text.body)?, true))
}
