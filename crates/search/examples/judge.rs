//! Measures the ranking on judged questions: nDCG@10 overall and by class.
//!
//! `judge [--corpus PASSAGES.tsv] [--documents FOLDER] [--both] [--queries QUERIES.tsv...] [--synonyms FILE]
//! [--show CLASS|all]`
//! Without `--corpus` and `--documents` the pages of the pack are searched; with `--documents` an agency's own pages, read as
//! an import reads them; with `--both` these beside those of the pack. The form of the questions is described in
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
    let mut documents = None;
    let mut both = false;
    let mut flag = String::new();
    for argument in std::env::args().skip(1) {
        if argument.starts_with("--") {
            both |= argument == "--both";
            flag = argument;
            continue;
        }
        match flag.as_str() {
            "--corpus" => corpus = Some(PathBuf::from(argument)),
            "--documents" => documents = Some(PathBuf::from(argument)),
            "--queries" => queries.push(PathBuf::from(argument)),
            "--synonyms" => synonyms = Some(PathBuf::from(argument)),
            "--show" => show = Some(argument),
            _ => return Err(format!("unknown argument {argument}").into()),
        }
    }
    if queries.is_empty() {
        queries.push(judging::judged());
    }
    let mut passages = match (corpus, &documents) {
        (Some(corpus), _) => corpus_pages(&corpus)?,
        (None, Some(_)) if !both => BTreeMap::new(),
        (None, _) => judging::pack_pages()?,
    };
    if let Some(folder) = &documents {
        passages.extend(document_pages(folder)?);
    }
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
        bare: false,
    })
}

/// An agency's own pages as an import reads them, by the ids of the judged set: `doc-` and `memo-` with its number, or the
/// first of the words below that the title has.
fn document_pages(folder: &Path) -> Result<BTreeMap<String, Vec<Passage>>, Box<dyn Error>> {
    let mut pages = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let limits = knowledge::import::Limits::default();
        let roles = knowledge::import::RoleMap::new();
        let found = knowledge::import::read(&name, &std::fs::read(&path)?, &limits, &roles)?;
        for document in found.documents {
            let topic = |title: &str| {
                let known = [("sms", "sms"), ("chat", "chat"), ("phone", "phone"), ("medical", "medsup")];
                let title = title.to_lowercase();
                known.into_iter().find(|(word, _)| title.contains(word)).map(|(_, id)| id.to_owned())
            };
            let id = match &document.memo {
                Some(_) => document.slug.clone(),
                None => topic(&document.title).unwrap_or_else(|| document.slug.clone()),
            };
            let id = format!("doc-{id}");
            pages.insert(id.clone(), document_passages(&id, &document)?);
        }
    }
    Ok(pages)
}

fn document_passages(
    id: &str,
    document: &knowledge::import::Document,
) -> Result<Vec<Passage>, Box<dyn Error>> {
    let passage = |anchor: &str, heading: String, text: String, supervisors: bool| Passage {
        page: id.to_owned(),
        anchor: anchor.to_owned(),
        title: document.title.clone(),
        heading,
        text,
        kind: if document.memo.is_some() { "memo" } else { "article" }.to_owned(),
        language: "en".to_owned(),
        audience: if supervisors { Audience::Supervisors } else { Audience::Staff },
        current: true,
        ..Passage::default()
    };
    let head = document.memo.as_ref().map(|memo| format!("Memo {} {}", memo.number, memo.actions.join(" ")));
    let mut passages = vec![passage("", String::new(), head.unwrap_or_default(), false)];
    for one in knowledge::markup::passages(&knowledge::markup::parse(&document.markdown)?, true) {
        passages.push(passage(&one.anchor, one.heading.join(" › "), one.text, one.supervisors));
    }
    Ok(passages)
}
