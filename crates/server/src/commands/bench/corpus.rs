//! What is searched and read: articles made by machine beside the pack's own pages, put in as an import does, and the
//! same paragraphs written out for other engines.

use std::fmt::Write as _;
use std::path::Path;

use domain::knowledge::{Audience, Draft, Kind, Source, Viewer, slug_of};
use engine::Engine;
use engine::pages::UNDATED;
use knowledge::markup;
use search::bench::{Article, Asked, Words, articles};

use super::KnowledgeOptions;

/// Articles of one commit.
const COMMIT: usize = 5_000;
/// Letters of a title within a page's name, which may have 80 with the number behind.
const NAME: usize = 64;
/// The seed of the articles: the same ones on every machine.
const SEED: u64 = 11;
/// Author of what is made here.
const BENCH: &str = "bench";

/// Puts the articles in.
pub(super) async fn install(
    engine: &Engine,
    words: &Words,
    options: &KnowledgeOptions,
) -> anyhow::Result<()> {
    let sections = options.sections.max(1);
    let mut drafts: Vec<_> = (0..sections).map(|number| (section(number), None)).collect();
    for (number, article) in articles(words, SEED, options.articles).enumerate() {
        drafts.push((draft(number, sections, &article), None));
        if drafts.len() >= COMMIT {
            engine.install_pages(std::mem::take(&mut drafts), Source::Import, BENCH, false).await?;
        }
    }
    engine.install_pages(drafts, Source::Import, BENCH, false).await?;
    Ok(())
}

fn section_name(number: usize) -> String {
    format!("bench-section-{number}")
}

fn section(number: usize) -> Draft {
    Draft {
        slug: section_name(number),
        kind: Kind::Section,
        title: format!("Section {}", number + 1),
        ..made()
    }
}

fn draft(number: usize, sections: usize, article: &Article) -> Draft {
    let mut name = slug_of(&article.title);
    name.truncate(NAME);
    let mut body = String::new();
    let mut heading = "";
    for passage in &article.passages {
        if passage.heading != heading {
            heading = &passage.heading;
            let _ = writeln!(body, "## {heading}\n");
        }
        let _ = writeln!(body, "{}\n", passage.text);
    }
    Draft {
        slug: format!("{}-{number}", name.trim_end_matches('-')),
        kind: Kind::Article,
        parent: Some(section_name(number % sections)),
        position: i32::try_from(number).unwrap_or(i32::MAX),
        title: article.title.clone(),
        body,
        ..made()
    }
}

fn made() -> Draft {
    Draft {
        language: "en".to_owned(),
        audience: Audience::Staff,
        from: Some(UNDATED),
        authors: vec![BENCH.to_owned()],
        ..Draft::default()
    }
}

/// What lies in the knowledge base.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Names of the pages with a text that staff may read.
    pub(super) readable: Vec<String>,
    pub(super) pages: usize,
    pub(super) passages: usize,
    /// Bytes of all titles, headings and texts, each counted once.
    pub(super) bytes: u64,
}

/// Writes every paragraph as the index has it into `passages.tsv`.
pub(super) async fn write_passages(engine: &Engine, folder: &Path) -> anyhow::Result<Contents> {
    let viewer = Viewer { audience: Audience::Supervisors, day: engine.today() };
    let staff = Viewer { audience: Audience::Staff, ..viewer };
    let library = engine.library();
    let mut contents = Contents::default();
    let mut out = String::new();
    for page in library.pages() {
        if library.shown(page, viewer).is_none() {
            continue;
        }
        let opened = engine.open_page(&page.slug, viewer, None).await?;
        let parsed = markup::parse(&opened.text.body)?;
        let edition = &opened.edition;
        contents.pages += 1;
        contents.bytes += length(&edition.title);
        if page.kind == Kind::Article && library.readable(&page.slug, staff).is_some() {
            contents.readable.push(page.slug.clone());
        }
        let mut head = edition.summary.clone();
        if let Some(memo) = &edition.memo {
            head = format!("{head} Memo {} {}", memo.number, memo.actions.join(" "));
        }
        let mut rows = vec![(String::new(), String::new(), head)];
        let more = markup::passages(&parsed, true).into_iter();
        rows.extend(more.map(|one| (one.anchor, one.heading.join(" › "), one.text)));
        for (anchor, heading, text) in rows {
            // A heading is a paragraph of its own as well; it counts there.
            contents.bytes += length(&text);
            contents.passages += 1;
            let cells = [&page.slug, &anchor, &edition.title, &heading, &text];
            out.push_str(&cells.map(|cell| one_line(cell)).join("\t"));
            out.push('\n');
        }
    }
    std::fs::write(folder.join("passages.tsv"), out)?;
    Ok(contents)
}

/// Writes the questions in the words of the other engines into `questions.tsv`.
pub(super) fn write_questions(asked: &[Asked], folder: &Path) -> std::io::Result<()> {
    let lines = asked.iter().map(|one| format!("{}\t{}\n", one.fts5(), one.tsquery()));
    std::fs::write(folder.join("questions.tsv"), lines.collect::<String>())
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_become_pages_with_sound_names() {
        let words = Words::new(7);
        for (number, article) in articles(&words, SEED, 300).enumerate() {
            let draft = draft(number, 20, &article);
            assert!(domain::knowledge::is_slug(&draft.slug), "{}", draft.slug);
            let parsed = markup::parse(&draft.body).unwrap();
            let kept: usize = markup::passages(&parsed, true).iter().map(|one| one.text.len()).sum();
            let given: usize = article.passages.iter().map(|one| one.text.len()).sum();
            assert!(kept * 100 >= given * 95, "{kept} of {given} bytes of {}", draft.slug);
        }
    }
}
