//! The index follows the store: after every change, at every change of day, and from nothing when it is lost.

use std::collections::BTreeMap;

use domain::knowledge::{Audience, Page, Viewer};
use jiff::civil::Date;
use knowledge::markup;

use super::KnowledgeError;
use crate::ports::{FindAnswer, FindError, FindPassage, FindQuery};
use crate::{Engine, EngineError};

/// Pages put into the index in one go.
const BATCH: usize = 256;

/// The answer to a search, ready for a screen.
pub type SearchAnswer = FindAnswer;

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
        for chunk in stale.chunks(BATCH) {
            let mut put = Vec::new();
            for (slug, stamp) in chunk {
                let passages = match self.passages(slug, day).await {
                    Ok(passages) => passages,
                    Err(error) => {
                        tracing::error!(slug, %error, "a page is not in the index");
                        Vec::new()
                    }
                };
                put.push((slug.clone(), *stamp, passages));
            }
            finder.update(put, Vec::new()).await.map_err(unusable)?;
        }
        Ok(changed)
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
        let parsed = markup::parse(&opened.text.body)
            .map_err(|e| EngineError::Invalid(format!("the page {slug}: {e}")))?;
        let (page, edition) = (&opened.page, &opened.edition);
        let passage = |anchor: &str, heading: String, text: String, audience: Audience| FindPassage {
            page: slug.to_owned(),
            anchor: anchor.to_owned(),
            title: edition.title.clone(),
            heading,
            text,
            kind: page.kind.word().to_owned(),
            programmes: edition.programmes.clone(),
            language: page.language.clone(),
            audience,
        };
        let mut head = edition.summary.clone();
        if let Some(memo) = &edition.memo {
            head = format!("{head} Memo {} {}", memo.number, memo.actions.join(" "));
        }
        let mut out = vec![passage("", String::new(), head.trim().to_owned(), edition.audience)];
        for one in markup::passages(&parsed, true) {
            let audience = if one.supervisors { Audience::Supervisors } else { edition.audience };
            out.push(passage(&one.anchor, one.heading.join(" › "), one.text, audience));
        }
        Ok(out)
    }

    /// Searches what this person may read, with the words around each hit.
    ///
    /// # Errors
    /// See [`FindError`].
    pub async fn search(&self, query: &FindQuery) -> Result<SearchAnswer, FindError> {
        let mut answer = self.inner.finder.search(query).await?;
        // An index that lags, or is damaged, must not name what this person may not read.
        let (library, viewer) = (self.library(), Viewer { audience: query.audience, day: self.today() });
        answer.hits.retain(|hit| library.readable(&hit.page, viewer).is_some());
        let mut texts = Vec::new();
        for hit in &answer.hits {
            texts.push(self.passage_text(&hit.page, &hit.anchor, query.audience).await);
        }
        let marked = self.inner.finder.mark(query, &texts);
        for (hit, snippet) in answer.hits.iter_mut().zip(marked) {
            hit.snippet = snippet;
        }
        Ok(answer)
    }

    /// The words of one paragraph as this audience may read them.
    async fn passage_text(&self, slug: &str, anchor: &str, audience: Audience) -> String {
        let viewer = Viewer { audience, day: self.today() };
        let Ok(opened) = self.open_page(slug, viewer, None).await else { return String::new() };
        if anchor.is_empty() {
            return opened.edition.summary.clone();
        }
        let Ok(parsed) = markup::parse(&opened.text.body) else { return String::new() };
        let supervisors = audience >= Audience::Supervisors;
        let mut all = markup::passages(&parsed, supervisors).into_iter();
        all.find(|one| one.anchor == anchor).map_or_else(String::new, |one| one.text)
    }
}
