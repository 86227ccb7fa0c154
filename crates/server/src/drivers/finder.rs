//! The full-text index in the data folder.
//!
//! It can always be made again from the store, so a damaged or missing folder is no fault of the data: the index begins
//! anew, empty, and the engine fills it while pages can be read.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use async_trait::async_trait;
use domain::knowledge::Audience;
use engine::ports::{FindAnswer, FindError, FindQuery, Finder, Found, Indexed};
use search::{Index, Lexicon, NoTexts, Passage, Query, SearchError};

/// Updates after which the index is merged, so that it stays small and quick.
const MERGE_FROM: usize = 64;

/// See the module.
pub(crate) struct Folder {
    place: PathBuf,
    lexicon: Lexicon,
    index: Arc<RwLock<Option<Arc<Index>>>>,
}

impl Folder {
    /// Opens the index, or begins a new one where there is none that can be read.
    pub(crate) fn open(place: PathBuf, lexicon: Lexicon) -> Self {
        let index = Index::open(&place, lexicon.clone())
            .or_else(|error| {
                if error.needs_rebuild() {
                    tracing::info!(%error, "the search index begins anew");
                    Index::create(&place, lexicon.clone())
                } else {
                    Err(error)
                }
            })
            .inspect_err(|error| tracing::error!(%error, "there is no search for now"))
            .ok()
            .map(Arc::new);
        Self { place, lexicon, index: Arc::new(RwLock::new(index)) }
    }

    fn index(&self) -> Result<Arc<Index>, FindError> {
        let held = self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        held.clone().ok_or_else(|| FindError::Unavailable("it is not open".to_owned()))
    }

    fn hold(&self, index: Option<Arc<Index>>) {
        *self.index.write().unwrap_or_else(std::sync::PoisonError::into_inner) = index;
    }
}

fn fault(error: SearchError) -> FindError {
    match error {
        SearchError::TooLong { limit, .. } => FindError::TooLong(limit),
        other => FindError::Unavailable(other.to_string()),
    }
}

const fn audience(audience: Audience) -> search::Audience {
    match audience {
        Audience::Public => search::Audience::Public,
        Audience::Staff => search::Audience::Staff,
        Audience::Supervisors => search::Audience::Supervisors,
    }
}

fn query(asked: &FindQuery) -> Query {
    Query {
        limit: asked.limit.min(search::MAX_LIMIT),
        offset: asked.offset.min(search::MAX_OFFSET),
        per_page: 1,
        kind: asked.kind.clone(),
        programme: asked.programme.clone(),
        language: asked.language.clone(),
        ..Query::new(asked.text.clone(), audience(asked.audience))
    }
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, FindError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| FindError::Unavailable(e.to_string()))?.map_err(fault)
}

#[async_trait]
impl Finder for Folder {
    async fn stamps(&self) -> Result<BTreeMap<String, u64>, FindError> {
        if !self.place.is_dir() {
            return Err(FindError::Unavailable("its folder is gone".to_owned()));
        }
        Ok(self.index()?.stamps())
    }

    async fn update(&self, put: Vec<Indexed>, remove: Vec<String>) -> Result<(), FindError> {
        let index = self.index()?;
        aside(move || {
            let many = put.len() + remove.len() >= MERGE_FROM;
            for page in &remove {
                index.remove(page)?;
            }
            for (page, stamp, passages) in put {
                let passages: Vec<Passage> = passages
                    .into_iter()
                    .map(|one| Passage {
                        page: one.page,
                        anchor: one.anchor,
                        title: one.title,
                        heading: one.heading,
                        text: one.text,
                        kind: one.kind,
                        programmes: one.programmes,
                        language: one.language,
                        audience: audience(one.audience),
                        current: true,
                    })
                    .collect();
                index.replace(&page, stamp, &passages)?;
            }
            index.commit()?;
            if many { index.optimize() } else { Ok(()) }
        })
        .await
    }

    async fn reset(&self) -> Result<(), FindError> {
        // The open one must be let go before a new one is made in its place.
        self.hold(None);
        let (place, lexicon) = (self.place.clone(), self.lexicon.clone());
        let index = aside(move || Index::create(&place, lexicon)).await?;
        self.hold(Some(Arc::new(index)));
        Ok(())
    }

    async fn search(&self, asked: &FindQuery) -> Result<FindAnswer, FindError> {
        let (index, query) = (self.index()?, query(asked));
        let found = aside(move || index.search(&query, &NoTexts)).await?;
        let hits = found.hits.into_iter().map(|hit| Found {
            page: hit.page,
            anchor: hit.anchor,
            title: hit.title,
            heading: hit.heading,
            kind: hit.kind,
            more: hit.more,
            snippet: hit.snippet,
        });
        Ok(FindAnswer { hits: hits.collect(), total: found.pages, corrected: found.corrected })
    }

    fn mark(&self, asked: &FindQuery, texts: &[String]) -> Vec<Vec<(String, bool)>> {
        let unmarked = || texts.iter().map(|text| vec![(text.clone(), false)]).collect();
        self.index().map_or_else(|_| unmarked(), |index| index.snippets(&query(asked), texts))
    }
}
