//! Reading a corpus and judged questions, and nDCG@10 over them.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use search::{Audience, Index, Lexicon, NoTexts, Passage, Query};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How many hits count.
const DEPTH: usize = 10;

/// The folder of the pack's knowledge files.
pub(crate) fn pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agency/missouri-fsd/knowledge")
}

/// The judged questions.
pub(crate) fn judged() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judged/queries.tsv")
}

/// One judged question.
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) class: String,
    /// Pages, with a grade from 1 to 3.
    pub(crate) relevant: HashMap<String, u32>,
}

pub(crate) struct Judged {
    pub(crate) passages: BTreeMap<String, Vec<Passage>>,
    pub(crate) questions: Vec<Question>,
}

/// What one question scored, and what it found.
pub(crate) struct Scored {
    pub(crate) class: String,
    pub(crate) text: String,
    pub(crate) ndcg: f64,
    pub(crate) corrected: Option<String>,
    pub(crate) found: Vec<(String, u32)>,
    pub(crate) missed: Vec<String>,
}

pub(crate) struct Report {
    pub(crate) scored: Vec<Scored>,
}

/// Rows of a TSV file by the names in its first line.
pub(crate) fn rows(path: &Path) -> Outcome<Vec<HashMap<String, String>>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with("# "));
    let names: Vec<String> =
        lines.next().map(|(_, line)| line.split('\t').map(str::to_owned).collect()).unwrap_or_default();
    lines
        .map(|(at, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            if cells.len() != names.len() {
                return Err(format!(
                    "{}:{}: {} cells, not {}",
                    path.display(),
                    at + 1,
                    cells.len(),
                    names.len()
                )
                .into());
            }
            Ok(names.iter().cloned().zip(cells.iter().map(|cell| unescape(cell))).collect())
        })
        .collect()
}

fn unescape(cell: &str) -> String {
    cell.replace("\\n", "\n").replace("\\t", "\t")
}

/// `page:grade` items, without the pages of other collections.
fn graded(cell: &str, known: impl Fn(&str) -> bool) -> Outcome<HashMap<String, u32>> {
    let mut graded = HashMap::new();
    for item in cell.split_whitespace() {
        let (id, grade) = item.rsplit_once(':').ok_or_else(|| format!("{item} has no grade"))?;
        if known(id) {
            graded.insert(id.to_owned(), grade.parse()?);
        }
    }
    Ok(graded)
}

/// The pages of the pack, cut into passages as the engine does it.
pub(crate) fn pack_pages() -> Outcome<BTreeMap<String, Vec<Passage>>> {
    let mut pages = BTreeMap::new();
    for folder in ["articles", "memos"] {
        for entry in std::fs::read_dir(pack().join(folder))? {
            let path = entry?.path();
            let slug = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path)?;
            pages.insert(slug.clone(), page(&slug, &text).map_err(|error| format!("{slug}: {error}"))?);
        }
    }
    Ok(pages)
}

fn page(slug: &str, text: &str) -> Outcome<Vec<Passage>> {
    let (front, body) = text
        .strip_prefix("+++")
        .and_then(|rest| rest.split_once("\n+++"))
        .ok_or("there is no front matter")?;
    let front: toml::Table = toml::from_str(front)?;
    let word = |name: &str| front.get(name).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let list = |table: &toml::Table, name: &str| -> Vec<String> {
        let items = table.get(name).and_then(toml::Value::as_array);
        items.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect()
    };
    let audience = match word("audience").as_str() {
        "public" => Audience::Public,
        "supervisors" => Audience::Supervisors,
        _ => Audience::Staff,
    };
    let mut head = word("summary");
    if let Some(memo) = front.get("memo").and_then(toml::Value::as_table) {
        let number = memo.get("number").and_then(toml::Value::as_str).unwrap_or_default();
        head = format!("{head} Memo {number} {}", list(memo, "action").join(" "));
    }
    let passage = |anchor: &str, heading: String, text: String, audience: Audience| Passage {
        page: slug.to_owned(),
        anchor: anchor.to_owned(),
        title: word("title"),
        heading,
        text,
        kind: word("kind"),
        programmes: list(&front, "programmes"),
        language: word("language"),
        audience,
        current: true,
        bare: false,
    };
    let mut passages = vec![passage("", String::new(), head, audience)];
    for one in knowledge::markup::passages(&knowledge::markup::parse(body)?, true) {
        let audience = if one.supervisors { Audience::Supervisors } else { audience };
        passages.push(passage(&one.anchor, one.heading.join(" › "), one.text, audience));
    }
    Ok(passages)
}

impl Judged {
    /// The questions of the files over these passages; a question that names nothing of them is left out.
    pub(crate) fn over(passages: BTreeMap<String, Vec<Passage>>, queries: &[PathBuf]) -> Outcome<Self> {
        let mut questions = Vec::new();
        for path in queries {
            for mut row in rows(path)? {
                let relevant =
                    graded(row.get("pages").map_or("", String::as_str), |page| passages.contains_key(page))?;
                if relevant.is_empty() {
                    continue;
                }
                questions.push(Question {
                    text: row.remove("query").unwrap_or_default(),
                    class: row.remove("class").unwrap_or_default(),
                    relevant,
                });
            }
        }
        Ok(Judged { passages, questions })
    }

    pub(crate) fn index(&self, lexicon: Lexicon) -> Outcome<Index> {
        let index = Index::in_memory(lexicon)?;
        for (page, passages) in &self.passages {
            index.replace(page, 1, passages)?;
        }
        index.commit()?;
        Ok(index)
    }

    pub(crate) fn judge(&self, index: &Index) -> Outcome<Report> {
        let mut scored = Vec::new();
        for question in &self.questions {
            scored.push(judge(question, index)?);
        }
        Ok(Report { scored })
    }
}

/// A page counts once, at its first hit.
fn judge(question: &Question, index: &Index) -> Outcome<Scored> {
    let mut query = Query::new(&question.text, Audience::Supervisors);
    query.per_page = 1;
    query.limit = DEPTH;
    let answer = index.search(&query, &NoTexts)?;
    let mut left = question.relevant.clone();
    let found: Vec<(String, u32)> = answer
        .hits
        .iter()
        .map(|hit| (format!("{}#{}", hit.page, hit.anchor), left.remove(&hit.page).unwrap_or(0)))
        .collect();
    let mut ideal: Vec<u32> = question.relevant.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(ideal.into_iter().take(DEPTH));
    Ok(Scored {
        class: question.class.clone(),
        text: question.text.clone(),
        ndcg: gain(found.iter().map(|(_, grade)| *grade)) / best,
        corrected: answer.corrected,
        found,
        missed: left.into_iter().map(|(page, grade)| format!("{page}={grade}")).collect(),
    })
}

fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    grades.enumerate().map(|(at, grade)| (f64::from(grade).exp2() - 1.0) / (at as f64 + 2.0).log2()).sum()
}

impl Report {
    /// Mean nDCG@10 of a class, or of all.
    pub(crate) fn mean(&self, class: Option<&str>) -> Option<f64> {
        let of: Vec<f64> = self
            .scored
            .iter()
            .filter(|scored| class.is_none_or(|class| scored.class == class))
            .map(|scored| scored.ndcg)
            .collect();
        (!of.is_empty()).then(|| of.iter().sum::<f64>() / of.len() as f64)
    }

    pub(crate) fn print(&self, show: Option<&str>, out: &mut impl Write) -> Outcome<()> {
        let mut classes: Vec<&str> = self.scored.iter().map(|scored| scored.class.as_str()).collect();
        classes.sort_unstable();
        classes.dedup();
        if let Some(show) = show {
            for scored in self.scored.iter().filter(|scored| show == "all" || scored.class == show) {
                if scored.ndcg > 0.95 {
                    continue;
                }
                writeln!(out, "{:.2} {} | {}", scored.ndcg, scored.class, scored.text)?;
                if let Some(corrected) = &scored.corrected {
                    writeln!(out, "       taken for: {corrected}")?;
                }
                let found: Vec<String> =
                    scored.found.iter().map(|(id, grade)| format!("{id}={grade}")).collect();
                writeln!(out, "       found: {}", found.join(" "))?;
                writeln!(out, "       missed: {}", scored.missed.join(" "))?;
            }
        }
        for class in classes {
            let count = self.scored.iter().filter(|scored| scored.class == class).count();
            writeln!(
                out,
                "{class:<10} {count:>4} questions  nDCG@10 {:.3}",
                self.mean(Some(class)).unwrap_or(0.0)
            )?;
        }
        writeln!(
            out,
            "{:<10} {:>4} questions  nDCG@10 {:.3}",
            "all",
            self.scored.len(),
            self.mean(None).unwrap_or(0.0)
        )?;
        Ok(())
    }
}
