//! The search as its users meet it: finding, ranking, hiding, damage, and all of it at once.

#![cfg(test)]

mod damage;
mod finding;
mod judged;
mod judging;
mod properties;
mod together;

use std::collections::BTreeMap;

use search::{Answer, Audience, Index, Lexicon, Passage, Query};

/// Texts by page and anchor.
pub(crate) type Texts = BTreeMap<(String, String), String>;

/// The agency's words.
pub(crate) fn lexicon() -> Lexicon {
    let text = std::fs::read_to_string(judging::pack().join("synonyms.toml")).unwrap();
    Lexicon::from_toml(&text).unwrap()
}

pub(crate) fn passage(page: &str, anchor: &str, title: &str, text: &str) -> Passage {
    Passage {
        page: page.to_owned(),
        anchor: anchor.to_owned(),
        title: title.to_owned(),
        text: text.to_owned(),
        kind: "article".to_owned(),
        language: "en".to_owned(),
        audience: Audience::Staff,
        current: true,
        ..Passage::default()
    }
}

/// An index in memory with these passages, and their texts.
pub(crate) fn index(passages: Vec<Passage>) -> (Index, Texts) {
    let index = Index::in_memory(lexicon()).unwrap();
    let texts = fill(&index, passages);
    (index, texts)
}

pub(crate) fn fill(index: &Index, passages: Vec<Passage>) -> Texts {
    let mut pages: BTreeMap<String, Vec<Passage>> = BTreeMap::new();
    let mut texts = Texts::new();
    for passage in passages {
        texts.insert((passage.page.clone(), passage.anchor.clone()), passage.text.clone());
        pages.entry(passage.page.clone()).or_default().push(passage);
    }
    for (page, passages) in pages {
        index.replace(&page, 7, &passages).unwrap();
    }
    index.commit().unwrap();
    texts
}

pub(crate) fn ask(index: &Index, texts: &Texts, text: &str) -> Answer {
    index.search(&Query::new(text, Audience::Supervisors), texts).unwrap()
}

/// The hits as `page#anchor`.
pub(crate) fn ids(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| format!("{}#{}", hit.page, hit.anchor)).collect()
}
