//! Looking for words within one edition of one page: the further hits of a page that was found, and editions that are not
//! in force today and therefore not in the index.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::knowledge::{Audience, Viewer};
use knowledge::markup;

use super::{KnowledgeError, Opened};
use crate::Engine;
use crate::ports::{FindQuery, Finder};

/// Paragraphs of one page listed at most.
const MOST: usize = 100;

/// A paragraph with the words that were looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// Where it stands in the page; empty for its beginning.
    pub anchor: String,
    /// The headings above it.
    pub heading: String,
    /// Its words, those that were looked for marked.
    pub snippet: Vec<(String, bool)>,
    /// How many different words of it were looked for.
    pub marks: usize,
}

impl Engine {
    /// The paragraphs of an edition that have words of the search, those with the most of them first; what this reader may
    /// not see is not looked at.
    ///
    /// # Errors
    /// [`KnowledgeError::NotFound`] when this reader may not read the edition.
    pub async fn search_within(
        &self,
        query: &FindQuery,
        slug: &str,
        (viewer, edition): (Viewer, Option<u32>),
    ) -> Result<Vec<Within>, KnowledgeError> {
        let opened = self.open_page(slug, viewer, edition).await?;
        let supervisors = viewer.audience >= Audience::Supervisors;
        let (finder, query) = (Arc::clone(&self.inner.finder), query.clone());
        let bytes = opened.text.body.len();
        Ok(self.aside(bytes, move || look(&*finder, &query, &opened, supervisors)).await?)
    }
}

fn look(finder: &dyn Finder, query: &FindQuery, opened: &Opened, supervisors: bool) -> Vec<Within> {
    let Ok(parsed) = markup::parse(&opened.text.body) else { return Vec::new() };
    let passages = markup::passages(&parsed, supervisors);
    let mut texts = vec![format!("{} {}", opened.edition.title, opened.edition.summary)];
    texts.extend(passages.iter().map(|one| one.text.clone()));
    let marked = finder.mark(query, &texts);
    let places = std::iter::once((String::new(), String::new()))
        .chain(passages.into_iter().map(|one| (one.anchor, one.heading.join(" › "))));
    let mut out: Vec<Within> = places
        .zip(marked)
        .map(|((anchor, heading), snippet)| {
            let words: BTreeSet<String> =
                snippet.iter().filter(|(_, hit)| *hit).map(|(text, _)| text.to_lowercase()).collect();
            Within { anchor, heading, marks: words.len(), snippet }
        })
        .filter(|one| one.marks > 0)
        .collect();
    out.sort_by_key(|one| std::cmp::Reverse(one.marks));
    out.truncate(MOST);
    out
}
