//! The full-text index in the data folder.
//!
//! It can always be made again from the store, so a damaged or missing folder is no fault of the data: the index begins
//! anew, empty, and the engine fills it while pages can be read. Until everything is in, nothing is searched in it: what
//! is not in yet would read as what does not exist. A mark beside the index says so to the next start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use async_trait::async_trait;
use domain::knowledge::Audience;
use engine::ports::{FindAnswer, FindError, FindQuery, Finder, Found, Indexed};
use search::{Index, Lexicon, NoTexts, Passage, Query, SearchError};

/// See the module.
pub(crate) struct Folder {
    place: PathBuf,
    lexicon: Lexicon,
    held: RwLock<Held>,
}

/// The index that answers, and the one that is written.
#[derive(Default)]
struct Held {
    /// What searches are answered from; it may be an older one whose folder is lost, as all of it is in memory.
    answering: Option<Arc<Index>>,
    /// What pages are put into; none when no index could be made in the folder.
    filling: Option<Arc<Index>>,
}

/// Lies in the folder while an index is filled for the first time. Its ending keeps it when an index is begun anew, so
/// that there is no moment in which a new index stands without it.
const PARTIAL: &str = "partial.lock";

/// Begins an index that is not searched yet.
fn begin(place: &Path, lexicon: Lexicon) -> Result<Index, SearchError> {
    std::fs::create_dir_all(place)?;
    std::fs::File::create(place.join(PARTIAL))?;
    Index::create(place, lexicon)
}

impl Folder {
    /// Opens the index, or begins a new one where there is none that can be read.
    pub(crate) fn open(place: PathBuf, lexicon: Lexicon) -> Self {
        let index = Index::open(&place, lexicon.clone())
            .or_else(|error| {
                if error.needs_rebuild() {
                    tracing::info!(%error, "the search index begins anew");
                    begin(&place, lexicon.clone())
                } else {
                    Err(error)
                }
            })
            .inspect_err(|error| tracing::error!(%error, "pages can be read, but not searched until the folder of the index can be written"))
            .ok()
            .map(Arc::new);
        let whole = !place.join(PARTIAL).exists();
        let answering = index.clone().filter(|_| whole);
        Self { place, lexicon, held: RwLock::new(Held { answering, filling: index }) }
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn answering(&self) -> Result<Arc<Index>, FindError> {
        let none =
            || FindError::Unavailable("it is made from the pages; it answers when all are in".to_owned());
        self.held().answering.clone().ok_or_else(none)
    }

    fn filling(&self) -> Result<Arc<Index>, FindError> {
        let none = || FindError::Unavailable("no index could be made in its folder".to_owned());
        self.held().filling.clone().ok_or_else(none)
    }
}

/// Puts a page in, as far as an index holds it.
fn put(index: &Index, (page, stamp, passages): Indexed) -> Result<(), SearchError> {
    let passages = passages.into_iter().map(|one| Passage {
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
        bare: one.bare,
    });
    let mut passages: Vec<Passage> =
        passages.filter(|one| one.text.len() <= search::MAX_PASSAGE_BYTES).collect();
    if passages.len() > search::MAX_PASSAGES {
        let found = passages.len();
        tracing::warn!(
            page,
            found,
            "only the first {} paragraphs of this page are found",
            search::MAX_PASSAGES
        );
        passages.truncate(search::MAX_PASSAGES);
    }
    index.replace(&page, stamp, &passages)
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
        Ok(self.filling()?.stamps())
    }

    async fn update(&self, put_in: Vec<Indexed>, remove: Vec<String>) -> Result<(), FindError> {
        let index = self.filling()?;
        aside(move || {
            for page in &remove {
                index.remove(page)?;
            }
            for page in put_in {
                put(&index, page)?;
            }
            index.commit()
        })
        .await
    }

    async fn settle(&self, many: bool) -> Result<(), FindError> {
        let index = self.filling()?;
        if many {
            let index = Arc::clone(&index);
            aside(move || index.optimize()).await?;
        }
        match std::fs::remove_file(self.place.join(PARTIAL)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the next start takes the search index for a part of one, and looks through it again");
            }
            _ => {}
        }
        self.change().answering = Some(index);
        Ok(())
    }

    async fn reset(&self) -> Result<(), FindError> {
        // The folder must be let go of before a new index is made in it.
        let before = self.change().filling.take();
        let (place, lexicon) = (self.place.clone(), self.lexicon.clone());
        let index = aside(move || {
            before.iter().for_each(|index| index.give_up());
            begin(&place, lexicon)
        });
        self.change().filling = Some(Arc::new(index.await?));
        Ok(())
    }

    async fn search(&self, asked: &FindQuery) -> Result<FindAnswer, FindError> {
        let (index, query) = (self.answering()?, query(asked));
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
        self.answering().map_or_else(|_| unmarked(), |index| index.snippets(&query(asked), texts))
    }
}

#[cfg(test)]
mod tests {
    use engine::ports::FindPassage;

    use super::*;

    fn page(slug: &str, text: &str) -> Indexed {
        let passage = FindPassage {
            page: slug.to_owned(),
            anchor: "a".to_owned(),
            title: "A page".to_owned(),
            heading: String::new(),
            text: text.to_owned(),
            kind: "article".to_owned(),
            programmes: Vec::new(),
            language: "en".to_owned(),
            audience: Audience::Staff,
            bare: false,
        };
        (slug.to_owned(), 1, vec![passage])
    }

    async fn found(folder: &Folder, text: &str) -> Result<usize, FindError> {
        let query = FindQuery {
            text: text.to_owned(),
            limit: 10,
            offset: 0,
            kind: None,
            programme: None,
            audience: Audience::Staff,
            language: None,
        };
        folder.search(&query).await.map(|answer| answer.total)
    }

    /// SMS-T-INDEX-1: an index whose folder cannot be made answers from memory, and a new one takes its place when it is full.
    #[tokio::test]
    async fn searches_go_on_from_memory_while_the_folder_cannot_be_made() {
        let place = tempfile::tempdir().unwrap();
        let at = place.path().join("search");
        let folder = Folder::open(at.clone(), Lexicon::empty());
        folder
            .update(vec![page("one", "overtime hours"), page("two", "overtime pay")], Vec::new())
            .await
            .unwrap();
        folder.settle(false).await.unwrap();
        assert_eq!(found(&folder, "overtime ").await, Ok(2));

        std::fs::remove_dir_all(&at).unwrap();
        std::fs::write(&at, "in the way").unwrap();
        assert!(folder.stamps().await.is_err());
        for _ in 0..2 {
            assert!(folder.reset().await.is_err());
            assert!(folder.update(vec![page("three", "overtime")], Vec::new()).await.is_err());
            assert_eq!(found(&folder, "overtime ").await, Ok(2), "the old one answers");
        }

        std::fs::remove_file(&at).unwrap();
        folder.reset().await.unwrap();
        assert_eq!(folder.stamps().await.unwrap().len(), 0);
        folder.update(vec![page("three", "overtime")], Vec::new()).await.unwrap();
        assert_eq!(found(&folder, "overtime ").await, Ok(2), "until the new one is full");
        folder.settle(false).await.unwrap();
        assert_eq!(found(&folder, "overtime ").await, Ok(1));
    }

    #[tokio::test]
    async fn a_start_without_a_folder_is_mended_by_a_later_pass() {
        let place = tempfile::tempdir().unwrap();
        let at = place.path().join("search");
        std::fs::write(&at, "in the way").unwrap();
        let folder = Folder::open(at.clone(), Lexicon::empty());
        assert!(matches!(found(&folder, "overtime ").await, Err(FindError::Unavailable(_))));
        std::fs::remove_file(&at).unwrap();
        folder.reset().await.unwrap();
        folder.update(vec![page("one", "overtime")], Vec::new()).await.unwrap();
        folder.settle(true).await.unwrap();
        assert_eq!(found(&folder, "overtime ").await, Ok(1));
    }

    /// SMS-T-INDEX-3: while an index is made, a search says so, instead of saying that there is nothing; also after a stop in
    /// the middle of it.
    #[tokio::test]
    async fn an_index_that_is_not_whole_does_not_answer() {
        let place = tempfile::tempdir().unwrap();
        let at = place.path().join("search");
        let resting = |folder: Folder| async move {
            let answer = found(&folder, "overtime ").await;
            assert!(matches!(answer, Err(FindError::Unavailable(_))), "{answer:?}");
            folder
        };
        let folder = resting(Folder::open(at.clone(), Lexicon::empty())).await;
        folder.update(vec![page("one", "overtime")], Vec::new()).await.unwrap();
        drop(resting(folder).await);

        let folder = resting(Folder::open(at.clone(), Lexicon::empty())).await;
        assert_eq!(folder.stamps().await.unwrap().len(), 1, "what was in is kept");
        folder.update(vec![page("two", "overtime")], Vec::new()).await.unwrap();
        folder.settle(false).await.unwrap();
        assert_eq!(found(&folder, "overtime ").await, Ok(2));
        drop(folder);
        let folder = Folder::open(at.clone(), Lexicon::empty());
        assert_eq!(found(&folder, "overtime ").await, Ok(2), "a whole one answers at once");
        drop(folder);

        for file in std::fs::read_dir(&at).unwrap() {
            std::fs::write(file.unwrap().path(), "noise in place of what was there").unwrap();
        }
        let folder = resting(Folder::open(at, Lexicon::empty())).await;
        folder.settle(false).await.unwrap();
        assert_eq!(found(&folder, "overtime ").await, Ok(0), "all that there is was looked through");
    }

    /// A page that is too much for an index must not keep all others out of it.
    #[tokio::test]
    async fn a_page_with_too_many_paragraphs_is_found_by_its_first_ones() {
        let folder_place = tempfile::tempdir().unwrap();
        let folder = Folder::open(folder_place.path().join("search"), Lexicon::empty());
        let (slug, stamp, passages) = page("long", "overtime");
        let many = vec![passages[0].clone(); search::MAX_PASSAGES + 1];
        folder.update(vec![(slug, stamp, many), page("short", "overtime")], Vec::new()).await.unwrap();
        folder.settle(false).await.unwrap();
        assert_eq!(found(&folder, "overtime ").await, Ok(2));
    }
}
