//! The index: opening, writing, searching.
//!
//! Owns the life of the folder and the order of things: what is written counts after [`Index::commit`], which is
//! durable first and visible after. Anything wrong with the folder is reported and never repaired here: the pages
//! are the truth, and whoever holds them builds the index again.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::directory::{Directory, RamDirectory};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{DocAddress, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument};

use crate::document::{self, FORMAT, Fields};
use crate::evaluate::{self, Candidate, Scratch};
use crate::folder::Folder;
use crate::lexicon::Lexicon;
use crate::plan::{Plan, Planner};
use crate::snapshot::{Kept, Snapshot};
use crate::snippet::{self, Marks};
use crate::types::{Answer, Hit, Passage, Query, SearchError, Texts};
use crate::{MAX_LIMIT, MAX_OFFSET, MAX_PASSAGE_BYTES, MAX_PASSAGES, MAX_QUERY_CHARS};

/// Memory that writing may take before it goes to the folder.
const WRITE_BUFFER: usize = 48 << 20;
/// So many small segments are merged into one, in the background; each costs every search a little.
const SEGMENTS_BEFORE_MERGE: usize = 6;

/// A full-text index of passages. Share it; searching goes on while another thread writes.
pub struct Index {
    inner: tantivy::Index,
    fields: Fields,
    lexicon: Lexicon,
    folder: Option<PathBuf>,
    reader: IndexReader,
    /// None once the index was given up for another.
    writer: Mutex<Option<Writer>>,
    now: RwLock<Arc<Snapshot>>,
    pool: Mutex<Vec<Scratch>>,
}

struct Writer {
    inner: IndexWriter,
    kept: Kept,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn given_up() -> SearchError {
    SearchError::Folder("it was given up for another".to_owned())
}

/// Reading damaged files may end in a panic inside the library; here it becomes what it means.
fn guarded<T>(read: impl FnOnce() -> Result<T, SearchError>) -> Result<T, SearchError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(SearchError::Corrupt("a file does not hold what it should".to_owned())))
}

impl Index {
    /// Opens the index in a folder, after checking every byte of it.
    ///
    /// # Errors
    /// [`SearchError::Missing`], [`SearchError::Outdated`] or [`SearchError::Corrupt`] when it has to be built
    /// again; [`SearchError::Busy`] when another process writes to it.
    pub fn open(folder: &Path, lexicon: Lexicon) -> Result<Self, SearchError> {
        if !folder.join("meta.json").is_file() {
            return Err(SearchError::Missing);
        }
        guarded(|| {
            let inner = tantivy::Index::open(Folder::new(folder)).map_err(damaged)?;
            let (schema, _) = document::schema();
            if inner.schema() != schema
                || inner.load_metas().map_err(damaged)?.payload.as_deref() != Some(FORMAT)
            {
                return Err(SearchError::Outdated);
            }
            check(&inner, folder)?;
            Self::over(inner, lexicon, Some(folder.to_path_buf())).map_err(|error| match error {
                SearchError::Folder(reason) => SearchError::Corrupt(reason),
                other => other,
            })
        })
    }

    /// Makes a new, empty index in a folder, in place of what is there. An [`Index`] that is open on a folder that
    /// still exists must be dropped first.
    ///
    /// # Errors
    /// [`SearchError::Folder`] when the folder cannot be written, [`SearchError::Busy`] when an index is open on it.
    pub fn create(folder: &Path, lexicon: Lexicon) -> Result<Self, SearchError> {
        std::fs::create_dir_all(folder)?;
        let directory = Folder::new(folder);
        // Holding the writer's lock tells that nobody else is using what is about to be deleted.
        let held = directory
            .acquire_lock(&tantivy::directory::INDEX_WRITER_LOCK)
            .map_err(|error| SearchError::from(tantivy::TantivyError::LockFailure(error, None)))?;
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let lock = path.extension().is_some_and(|extension| extension == "lock");
            if path.is_file() && !lock {
                std::fs::remove_file(path)?;
            }
        }
        drop(held);
        Self::fresh(directory, lexicon, Some(folder.to_path_buf()))
    }

    /// An index that lives in memory only.
    ///
    /// # Errors
    /// None that depend on the caller.
    pub fn in_memory(lexicon: Lexicon) -> Result<Self, SearchError> {
        Self::fresh(RamDirectory::create(), lexicon, None)
    }

    fn fresh(
        directory: impl Into<Box<dyn Directory>>,
        lexicon: Lexicon,
        folder: Option<PathBuf>,
    ) -> Result<Self, SearchError> {
        let (schema, _) = document::schema();
        let settings =
            IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let inner = tantivy::Index::create(directory, schema, settings)?;
        let index = Self::over(inner, lexicon, folder)?;
        index.commit()?;
        Ok(index)
    }

    fn over(inner: tantivy::Index, lexicon: Lexicon, folder: Option<PathBuf>) -> Result<Self, SearchError> {
        let (_, fields) = document::schema();
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(WRITE_BUFFER)
            .build();
        let writer: IndexWriter = inner.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(SEGMENTS_BEFORE_MERGE);
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let mut kept = Kept::new();
        let now = Snapshot::read(reader.searcher(), fields, &mut kept)?;
        Ok(Index {
            inner,
            fields,
            lexicon,
            folder,
            reader,
            writer: Mutex::new(Some(Writer { inner: writer, kept })),
            now: RwLock::new(Arc::new(now)),
            pool: Mutex::default(),
        })
    }

    /// Puts the passages of a page in place of those it had; counts after [`Index::commit`]. The stamp is given
    /// back by [`Index::stamps`].
    ///
    /// # Errors
    /// [`SearchError::Refused`] over [`MAX_PASSAGES`] or [`MAX_PASSAGE_BYTES`]; [`SearchError::Folder`].
    pub fn replace(&self, page: &str, stamp: u64, passages: &[Passage]) -> Result<(), SearchError> {
        let refused = |reason: String| SearchError::Refused { page: page.to_owned(), reason };
        if passages.len() > MAX_PASSAGES {
            return Err(refused(format!("{} passages; at most {MAX_PASSAGES} are indexed", passages.len())));
        }
        if let Some(long) = passages.iter().find(|passage| passage.text.len() > MAX_PASSAGE_BYTES) {
            let length = long.text.len();
            return Err(refused(format!(
                "a passage of {length} bytes; at most {MAX_PASSAGE_BYTES} are indexed"
            )));
        }
        let documents = document::documents(self.fields, page, stamp, passages);
        let mut writer = lock(&self.writer);
        let writer = writer.as_mut().ok_or_else(given_up)?;
        writer.inner.delete_term(document::term(self.fields.page, page));
        for document in documents {
            writer.inner.add_document(document)?;
        }
        Ok(())
    }

    /// Takes a page out; counts after [`Index::commit`].
    ///
    /// # Errors
    /// [`SearchError::Folder`] after [`Index::give_up`].
    pub fn remove(&self, page: &str) -> Result<(), SearchError> {
        let mut writer = lock(&self.writer);
        let writer = writer.as_mut().ok_or_else(given_up)?;
        writer.inner.delete_term(document::term(self.fields.page, page));
        Ok(())
    }

    /// Makes what was written durable, then visible to the next search. A crash before this returns leaves either
    /// the state before or the state after, never a mixture.
    ///
    /// # Errors
    /// [`SearchError::Folder`] when the folder cannot be written (or is gone); searches go on with the last state.
    pub fn commit(&self) -> Result<(), SearchError> {
        let mut writer = lock(&self.writer);
        let writer = writer.as_mut().ok_or_else(given_up)?;
        let mut prepared = writer.inner.prepare_commit()?;
        prepared.set_payload(FORMAT);
        prepared.commit()?;
        self.refresh(writer)
    }

    /// Lets go of the folder, so that a new index can be made in its place. What was committed is in memory and is still
    /// searched; nothing can be written any more.
    pub fn give_up(&self) {
        drop(lock(&self.writer).take());
    }

    /// Merges everything into one segment and frees what deleted passages held. Worth doing after building the
    /// index; never needed for right answers.
    ///
    /// # Errors
    /// As [`Index::commit`].
    pub fn optimize(&self) -> Result<(), SearchError> {
        self.commit()?;
        let mut writer = lock(&self.writer);
        let writer = writer.as_mut().ok_or_else(given_up)?;
        let segments = self.inner.searchable_segment_metas()?;
        let worth_it = segments.len() > 1 || segments.iter().any(|segment| segment.num_deleted_docs() > 0);
        let ids: Vec<_> = segments.iter().map(tantivy::SegmentMeta::id).collect();
        // The library keeps the files of every segment that somebody still holds.
        drop(segments);
        if worth_it {
            drop(writer.inner.merge(&ids).wait()?);
        }
        self.refresh(writer)?;
        writer.inner.garbage_collect_files().wait()?;
        Ok(())
    }

    fn refresh(&self, writer: &mut Writer) -> Result<(), SearchError> {
        let kept = &mut writer.kept;
        let snapshot = guarded(|| {
            self.reader.reload()?;
            Snapshot::read(self.reader.searcher(), self.fields, kept)
        })?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }

    fn planner<'a>(&'a self, snapshot: &'a Snapshot, query: &Query) -> Planner<'a> {
        Planner {
            vocabulary: &snapshot.vocabulary,
            lexicon: &self.lexicon,
            audience: query.audience,
            spanish: query.language.as_deref().map(|language| language == "es"),
        }
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The pages of the last commit and the stamp each was written with.
    #[must_use]
    pub fn stamps(&self) -> BTreeMap<String, u64> {
        self.snapshot().stamps.clone()
    }

    /// Passages in force that this audience may see.
    #[must_use]
    pub fn passages(&self, audience: crate::Audience) -> u32 {
        self.snapshot().measures(audience).passages
    }

    /// Bytes of the folder; 0 in memory or when it is gone.
    #[must_use]
    pub fn size(&self) -> u64 {
        let Some(folder) = &self.folder else { return 0 };
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    /// Answers a question. An empty one, or one of punctuation only, has an empty answer.
    ///
    /// # Errors
    /// [`SearchError::TooLong`] and [`SearchError::TooMany`] over the bounds; [`SearchError::Corrupt`] when what was
    /// read does not fit together.
    pub fn search(&self, query: &Query, texts: &dyn Texts) -> Result<Answer, SearchError> {
        let length = query.text.chars().take(4 * MAX_QUERY_CHARS).count();
        if length > MAX_QUERY_CHARS {
            return Err(SearchError::TooLong { length: query.text.chars().count(), limit: MAX_QUERY_CHARS });
        }
        if query.limit > MAX_LIMIT || query.offset > MAX_OFFSET {
            return Err(SearchError::TooMany { limit: MAX_LIMIT, offset: MAX_OFFSET });
        }
        let snapshot = self.snapshot();
        let planner = self.planner(&snapshot, query);
        let plan = planner.plan(&query.text);
        let found = evaluate::find(&snapshot, &plan, query, &self.pool)?;
        let mut per_page: Vec<u32> = vec![0; snapshot.pages.len()];
        for candidate in &found.candidates {
            if let Some(count) = per_page.get_mut(usize::try_from(candidate.page).unwrap_or(usize::MAX)) {
                *count += 1;
            }
        }
        let pages = per_page.iter().filter(|count| **count > 0).count();
        let (total, pages) = found.counts.unwrap_or((found.candidates.len(), pages));
        let listed = list(found.candidates, query);
        let mut hits = read(&snapshot, &listed, texts, &plan)?;
        note_more(&mut hits, &listed, &per_page);
        Ok(Answer { hits, total, pages, corrected: plan.corrected, loosened: found.loosened })
    }

    /// The piece of each text that is shown with a hit, and what of it is marked: for callers whose texts come from
    /// where [`Texts`] cannot wait for them.
    #[must_use]
    pub fn snippets(&self, query: &Query, texts: &[String]) -> Vec<Vec<(String, bool)>> {
        let snapshot = self.snapshot();
        let planner = self.planner(&snapshot, query);
        let marks = Marks::of(&planner.plan(&query.text));
        texts.iter().map(|text| snippet::snippet(text, &marks)).collect()
    }
}

impl Index {
    /// Marks in texts what the question looks for, and cuts each to the piece to show; for callers that fetch the
    /// texts of the hits themselves.
    #[must_use]
    pub fn mark(&self, query: &Query, texts: &[String]) -> Vec<Vec<(String, bool)>> {
        if query.text.chars().take(MAX_QUERY_CHARS + 1).count() > MAX_QUERY_CHARS {
            return texts.iter().map(|text| vec![(text.clone(), false)]).collect();
        }
        let snapshot = self.snapshot();
        let planner = self.planner(&snapshot, query);
        let marks = Marks::of(&planner.plan(&query.text));
        texts.iter().map(|text| snippet::snippet(text, &marks)).collect()
    }
}

/// Errors while opening mean damage, unless somebody else holds the folder.
fn damaged(error: tantivy::TantivyError) -> SearchError {
    match SearchError::from(error) {
        SearchError::Folder(reason) => SearchError::Corrupt(reason),
        other => other,
    }
}

/// Compares every file of the commit with its checksum.
fn check(index: &tantivy::Index, folder: &Path) -> Result<(), SearchError> {
    let segments: Vec<String> = index
        .searchable_segment_ids()
        .map_err(damaged)?
        .into_iter()
        .map(|segment| segment.uuid_string())
        .collect();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !segments.iter().any(|segment| name.starts_with(segment.as_str())) {
            continue;
        }
        let whole = index.directory().validate_checksum(Path::new(&*name));
        if !whole.map_err(|error| SearchError::Corrupt(error.to_string()))? {
            return Err(SearchError::Corrupt(format!("{name} has changed")));
        }
    }
    Ok(())
}

/// The hits of the list asked for: best first, no more of one page than wanted.
fn list(mut candidates: Vec<Candidate>, query: &Query) -> Vec<Candidate> {
    let wanted = query.offset + query.limit;
    let mut reach = (4 * wanted).max(128);
    loop {
        let sorted = reach.min(candidates.len());
        if sorted < candidates.len() {
            candidates.select_nth_unstable_by(sorted, order);
        }
        let best = candidates.get_mut(..sorted).unwrap_or_default();
        best.sort_unstable_by(order);
        let mut of_page: std::collections::HashMap<u32, usize> = std::collections::HashMap::new();
        let mut listed = Vec::with_capacity(wanted);
        for candidate in best.iter() {
            let shown = of_page.entry(candidate.page).or_default();
            if query.per_page == 0 || *shown < query.per_page {
                *shown += 1;
                listed.push(*candidate);
            }
            if listed.len() == wanted {
                break;
            }
        }
        if listed.len() == wanted || sorted == candidates.len() {
            return listed.split_off(query.offset.min(listed.len()));
        }
        reach = reach.saturating_mul(4);
    }
}

fn order(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    a.behind
        .cmp(&b.behind)
        .then(b.score.total_cmp(&a.score))
        .then(a.page.cmp(&b.page))
        .then(a.segment.cmp(&b.segment))
        .then(a.doc.cmp(&b.doc))
}

fn read(
    snapshot: &Snapshot,
    listed: &[Candidate],
    texts: &dyn Texts,
    plan: &Plan,
) -> Result<Vec<Hit>, SearchError> {
    let mut hits = Vec::with_capacity(listed.len());
    for candidate in listed {
        let segment = u32::try_from(candidate.segment).unwrap_or(u32::MAX);
        let stored: TantivyDocument = snapshot.searcher.doc(DocAddress::new(segment, candidate.doc))?;
        let head = document::head(snapshot.fields, &stored);
        let page = snapshot.pages.get(usize::try_from(candidate.page).unwrap_or(usize::MAX));
        hits.push(Hit {
            page: page.cloned().unwrap_or_default(),
            anchor: head.anchor,
            title: head.title,
            heading: head.heading,
            kind: head.kind,
            snippet: Vec::new(),
            score: candidate.score,
            more: 0,
        });
    }
    let wanted: Vec<(&str, &str)> = hits.iter().map(|hit| (hit.page.as_str(), hit.anchor.as_str())).collect();
    let found = if wanted.is_empty() { Vec::new() } else { texts.texts(&wanted) };
    let marks = Marks::of(plan);
    for (hit, text) in hits.iter_mut().zip(found) {
        if let Some(text) = text {
            hit.snippet = snippet::snippet(&text, &marks);
        }
    }
    Ok(hits)
}

/// Says on the last hit of each page how many further passages of it answer.
fn note_more(hits: &mut [Hit], listed: &[Candidate], per_page: &[u32]) {
    for (at, (hit, candidate)) in hits.iter_mut().zip(listed).enumerate() {
        if listed.iter().skip(at + 1).any(|later| later.page == candidate.page) {
            continue;
        }
        let shown = listed.iter().filter(|other| other.page == candidate.page).count();
        let all = per_page.get(usize::try_from(candidate.page).unwrap_or(usize::MAX)).copied().unwrap_or(0);
        hit.more = usize::try_from(all).unwrap_or(0).saturating_sub(shown);
    }
}
