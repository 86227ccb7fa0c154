//! Measures the ranking on judged questions: nDCG@10 overall and by class.
//!
//! `judge [--corpus PASSAGES.tsv] [--queries QUERIES.tsv...] [--synonyms FILE] [--show CLASS|all]`
//! Without `--corpus` the pages of the pack are searched. The form of the questions is described in
//! `tests/judged/README.md`; passages have the columns page, anchor, title, heading, kind, programmes, language,
//! audience, text.

#[path = "../tests/it/judging.rs"]
mod judging;

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::{Path, PathBuf};

use search::{Audience, Passage};

fn main() -> Result<(), Box<dyn Error>> {
    let mut corpus = None;
    let mut queries: Vec<PathBuf> = Vec::new();
    let mut synonyms = None;
    let mut show = None;
    let mut flag = String::new();
    for argument in std::env::args().skip(1) {
        if argument.starts_with("--") {
            flag = argument;
            continue;
        }
        match flag.as_str() {
            "--corpus" => corpus = Some(PathBuf::from(argument)),
            "--queries" => queries.push(PathBuf::from(argument)),
            "--synonyms" => synonyms = Some(PathBuf::from(argument)),
            "--show" => show = Some(argument),
            _ => return Err(format!("unknown argument {argument}").into()),
        }
    }
    if queries.is_empty() {
        queries.push(judging::judged());
    }
    let passages = match corpus {
        Some(corpus) => corpus_pages(&corpus)?,
        None => judging::pack_pages()?,
    };
    let synonyms = synonyms.unwrap_or_else(|| judging::pack().join("synonyms.toml"));
    let lexicon = search::Lexicon::from_toml(&std::fs::read_to_string(synonyms)?)?;
    let judged = judging::Judged::over(passages, &queries)?;
    let index = judged.index(lexicon)?;
    let report = judged.judge(&index)?;
    report.print(show.as_deref(), &mut std::io::stdout().lock())?;
    Ok(())
}

/// The passages of a TSV file, by page.
fn corpus_pages(path: &Path) -> Result<BTreeMap<String, Vec<Passage>>, Box<dyn Error>> {
    let mut pages: BTreeMap<String, Vec<Passage>> = BTreeMap::new();
    for row in judging::rows(path)? {
        let passage = passage(row)?;
        pages.entry(passage.page.clone()).or_default().push(passage);
    }
    Ok(pages)
}

fn passage(mut row: HashMap<String, String>) -> Result<Passage, Box<dyn Error>> {
    let mut take = |name: &str| row.remove(name).unwrap_or_default();
    let audience = match take("audience").as_str() {
        "public" => Audience::Public,
        "staff" | "" => Audience::Staff,
        "supervisors" => Audience::Supervisors,
        other => return Err(format!("unknown audience {other}").into()),
    };
    let programmes =
        take("programmes").split(',').map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect();
    Ok(Passage {
        page: take("page"),
        anchor: take("anchor"),
        title: take("title"),
        heading: take("heading"),
        text: take("text"),
        kind: take("kind"),
        programmes,
        language: take("language"),
        audience,
        current: true,
    })
}
