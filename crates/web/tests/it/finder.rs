//! A search for tests: paragraphs that hold every word as it was typed, in the order of pages, those without a text last. How well the real index ranks
//! is tested where it lives; here only what screens do with an answer.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use engine::ports::{FindAnswer, FindError, FindPassage, FindQuery, Finder, Found, Indexed};

#[derive(Default)]
pub(crate) struct Words(Mutex<BTreeMap<String, (u64, Vec<FindPassage>)>>);

fn words(text: &str) -> Vec<String> {
    text.to_lowercase().split_whitespace().map(str::to_owned).collect()
}

fn fits(query: &FindQuery, passage: &FindPassage) -> bool {
    let text = format!("{} {}", passage.title, passage.text).to_lowercase();
    words(&query.text).iter().all(|word| text.contains(word))
        && passage.audience <= query.audience
        && query.kind.as_ref().is_none_or(|kind| *kind == passage.kind)
        && query.language.as_ref().is_none_or(|language| *language == passage.language)
        && query.programme.as_ref().is_none_or(|programme| passage.programmes.contains(programme))
}

#[async_trait]
impl Finder for Words {
    async fn stamps(&self) -> Result<BTreeMap<String, u64>, FindError> {
        Ok(self.0.lock().unwrap().iter().map(|(page, (stamp, _))| (page.clone(), *stamp)).collect())
    }

    async fn update(&self, put: Vec<Indexed>, remove: Vec<String>) -> Result<(), FindError> {
        let mut held = self.0.lock().unwrap();
        remove.iter().for_each(|page| drop(held.remove(page)));
        held.extend(put.into_iter().map(|(page, stamp, passages)| (page, (stamp, passages))));
        Ok(())
    }

    async fn reset(&self) -> Result<(), FindError> {
        self.0.lock().unwrap().clear();
        Ok(())
    }

    async fn search(&self, query: &FindQuery) -> Result<FindAnswer, FindError> {
        if query.text.chars().count() > 2_000 {
            return Err(FindError::TooLong(2_000));
        }
        let held = self.0.lock().unwrap();
        let mut hits = Vec::new();
        for (_, passages) in held.values() {
            let found: Vec<&FindPassage> = passages.iter().filter(|one| fits(query, one)).collect();
            hits.extend(found.first().map(|one| {
                let behind = one.bare && words(&one.title) != words(&query.text);
                let hit = Found {
                    page: one.page.clone(),
                    anchor: one.anchor.clone(),
                    title: one.title.clone(),
                    heading: one.heading.clone(),
                    kind: one.kind.clone(),
                    more: found.len() - 1,
                    snippet: Vec::new(),
                };
                (behind, hit)
            }));
        }
        hits.sort_by_key(|(behind, _)| *behind);
        let total = hits.len();
        let hits = hits.into_iter().map(|(_, hit)| hit).skip(query.offset).take(query.limit).collect();
        Ok(FindAnswer { hits, total, corrected: None })
    }

    fn mark(&self, query: &FindQuery, texts: &[String]) -> Vec<Vec<(String, bool)>> {
        let wanted = words(&query.text);
        let mark = |text: &String| {
            text.split_inclusive(' ')
                .map(|piece| {
                    (piece.to_owned(), wanted.iter().any(|word| piece.to_lowercase().contains(word)))
                })
                .collect()
        };
        texts.iter().map(mark).collect()
    }
}
