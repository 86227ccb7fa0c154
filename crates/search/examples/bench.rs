//! Our index beside SQLite's FTS5, in one process, on the same texts, with the same questions.
//!
//! `bench [--articles 20000] [--questions 3000] [--folder DIR]` prints times (p50, p99) per kind of question, and
//! the sizes. FTS5 is measured twice: with a row for each passage, as we have it, and with a row for each article.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rusqlite::{Connection, params};
use search::bench::{Article, Asked, Asking, Words, articles, questions};
use search::{Audience, Index, Lexicon, Query};

type Outcome<T> = Result<T, Box<dyn Error>>;
type Times = BTreeMap<Asking, Vec<f64>>;

struct Settings {
    articles: usize,
    questions: usize,
    folder: PathBuf,
}

fn settings() -> Outcome<Settings> {
    let mut settings =
        Settings { articles: 20_000, questions: 3_000, folder: std::env::temp_dir().join("search-bench") };
    let mut arguments = std::env::args().skip(1);
    while let (Some(flag), Some(value)) = (arguments.next(), arguments.next()) {
        match flag.as_str() {
            "--articles" => settings.articles = value.parse()?,
            "--questions" => settings.questions = value.parse()?,
            "--folder" => settings.folder = PathBuf::from(value),
            _ => return Err(format!("unknown argument {flag}").into()),
        }
    }
    Ok(settings)
}

fn main() -> Outcome<()> {
    let settings = settings()?;
    let mut out = std::io::stdout().lock();
    let words = Words::new(7);
    let all: Vec<Article> = articles(&words, 11, settings.articles).collect();
    let bytes: usize = all.iter().map(Article::bytes).sum();
    let passages: usize = all.iter().map(|article| article.passages.len()).sum();
    writeln!(out, "{} articles, {passages} passages, {:.1} MB of text", all.len(), bytes as f64 / 1e6)?;

    let start = Instant::now();
    let index = ours(&settings.folder.join("index"), &all)?;
    let built = start.elapsed();
    writeln!(
        out,
        "ours: built in {:.1} s, {:.1} MB, {:.3} of the text",
        built.as_secs_f64(),
        index.size() as f64 / 1e6,
        index.size() as f64 / bytes as f64
    )?;
    let start = Instant::now();
    let by_passage = fts5(&settings.folder.join("passages.db"), &all, true)?;
    writeln!(out, "fts5 by passage: built in {:.1} s", start.elapsed().as_secs_f64())?;
    let by_article = fts5(&settings.folder.join("articles.db"), &all, false)?;

    let asked = questions(&words, 13, settings.questions);
    let texts: BTreeMap<(String, String), String> = all
        .iter()
        .flat_map(|article| &article.passages)
        .map(|passage| ((passage.page.clone(), passage.anchor.clone()), passage.text.clone()))
        .collect();
    let mut found = 0;
    let times = measure(&asked, |question| {
        let answer = index.search(&Query::new(question.ours(), Audience::Staff), &texts)?;
        found += answer.hits.len();
        Ok(())
    })?;
    writeln!(out, "ours: {found} hits")?;
    print(&mut out, "ours", times)?;
    for (name, database) in [("fts5 by passage", &by_passage), ("fts5 by article", &by_article)] {
        let mut found = 0;
        let times = measure(&asked, |question| {
            found += ask_fts5(database, question)?;
            Ok(())
        })?;
        writeln!(out, "{name}: {found} hits")?;
        print(&mut out, name, times)?;
    }
    Ok(())
}

fn ours(folder: &Path, all: &[Article]) -> Outcome<Index> {
    let synonyms =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd/knowledge/synonyms.toml");
    let lexicon = Lexicon::from_toml(&std::fs::read_to_string(synonyms)?)?;
    let index = Index::create(folder, lexicon)?;
    for article in all {
        index.replace(&article.page, 1, &article.passages)?;
    }
    index.optimize()?;
    Ok(index)
}

fn fts5(path: &Path, all: &[Article], by_passage: bool) -> Outcome<Connection> {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    let mut database = Connection::open(path)?;
    database.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA mmap_size = 1073741824;
         CREATE VIRTUAL TABLE texts USING fts5(page UNINDEXED, anchor UNINDEXED, title, heading, body, prefix = '2 3');",
    )?;
    let transaction = database.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO texts VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for article in all {
            if by_passage {
                for passage in &article.passages {
                    insert.execute(params![
                        passage.page,
                        passage.anchor,
                        passage.title,
                        passage.heading,
                        passage.text
                    ])?;
                }
            } else {
                let join = |part: fn(&search::Passage) -> &str| {
                    article.passages.iter().map(part).collect::<Vec<_>>().join("\n")
                };
                let headings = join(|passage| &passage.heading);
                let body = join(|passage| &passage.text);
                insert.execute(params![article.page, "", article.title, headings, body])?;
            }
        }
    }
    transaction.commit()?;
    database.execute_batch("INSERT INTO texts(texts) VALUES ('optimize')")?;
    Ok(database)
}

fn ask_fts5(database: &Connection, question: &Asked) -> Outcome<usize> {
    let mut statement = database.prepare_cached(
        "SELECT page, anchor, title, heading, snippet(texts, 4, '[', ']', '...', 32), bm25(texts, 0, 0, 3, 2, 1) AS score
         FROM texts WHERE texts MATCH ?1 ORDER BY score LIMIT 10",
    )?;
    let mut rows = statement.query([question.fts5()])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        let _: (String, String) = (row.get(0)?, row.get(4)?);
        found += 1;
    }
    Ok(found)
}

fn measure(asked: &[Asked], mut ask: impl FnMut(&Asked) -> Outcome<()>) -> Outcome<Times> {
    for question in asked.iter().take(60) {
        ask(question)?;
    }
    let mut times = Times::new();
    for question in asked {
        let start = Instant::now();
        ask(question)?;
        times.entry(question.asking).or_default().push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times)
}

fn print(out: &mut impl Write, name: &str, times: Times) -> Outcome<()> {
    let mut all: Vec<f64> = times.values().flatten().copied().collect();
    for (asking, mut times) in times {
        line(out, name, &format!("{asking:?}"), &mut times)?;
    }
    line(out, name, "all", &mut all)
}

fn line(out: &mut impl Write, name: &str, of: &str, times: &mut [f64]) -> Outcome<()> {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        times.get((times.len() as f64 * share) as usize).or(times.last()).copied().unwrap_or(0.0)
    };
    writeln!(
        out,
        "{name:<16} {of:<7} p50 {:>8.3} ms   p99 {:>8.3} ms   max {:>8.3} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    )?;
    Ok(())
}
