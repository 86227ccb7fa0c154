//! `cargo xtask gen`: writes `docs/sop.md`, the way from each clause to how it is enforced, where, and by which tests.
//!
//! It owns that page whole. Nothing in it is written by hand: the sentences come from the clause catalogue, the places
//! from what the code and the tests cite. A clause id counts wherever it stands, as `SMS-GEN-4` or as `sms_gen_4`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::catalogue::{Catalogue, Clause};
use crate::scan::{self, Source};

const PAGE: &str = "docs/sop.md";

/// Which files carry a clause and which tests name it, by clause id.
#[derive(Default)]
pub(crate) struct Evidence {
    pub(crate) places: BTreeMap<String, BTreeSet<String>>,
    /// Test names by file.
    pub(crate) tests: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl Evidence {
    pub(crate) fn gather(catalogue: &Catalogue, sources: &[Source]) -> Self {
        let mut all = Self::default();
        for source in sources.iter().filter(|source| is_ours(&source.path)) {
            if !source.is_test_file() {
                for clause in catalogue.cited(source.without_tests()) {
                    all.places.entry(clause.id.clone()).or_default().insert(source.path.clone());
                }
            }
            for test in scan::tests(source) {
                for clause in catalogue.cited(&test.text) {
                    let files = all.tests.entry(clause.id.clone()).or_default();
                    files.entry(source.path.clone()).or_default().insert(test.name.clone());
                }
            }
        }
        all
    }

    /// Clauses that need a test and have none.
    pub(crate) fn untested<'c>(&self, catalogue: &'c Catalogue) -> Vec<&'c Clause> {
        let without = |clause: &&Clause| clause.needs_test() && !self.tests.contains_key(&clause.id);
        catalogue.clauses.iter().filter(without).collect()
    }
}

/// The program and its journeys; this toolbox names clauses only as examples.
fn is_ours(path: &str) -> bool {
    path.starts_with("crates/") || path.starts_with("e2e/")
}

/// Writes the page.
///
/// # Errors
/// When the catalogue cannot be read or the page not written.
pub(crate) fn write(root: &Path) -> Result<()> {
    let page = page(root)?;
    fs::create_dir_all(root.join("docs"))?;
    fs::write(root.join(PAGE), page).with_context(|| format!("cannot write {PAGE}"))?;
    println!("wrote {PAGE}");
    Ok(())
}

/// Holds the page on disk against what would be written.
///
/// # Errors
/// When they differ.
pub(crate) fn check(root: &Path) -> Result<()> {
    if fs::read_to_string(root.join(PAGE)).unwrap_or_default() != page(root)? {
        bail!("{PAGE} is not current; run `cargo xtask gen` and commit it");
    }
    println!("{PAGE} is current");
    Ok(())
}

fn page(root: &Path) -> Result<String> {
    let catalogue = Catalogue::load(root)?;
    let evidence = Evidence::gather(&catalogue, &scan::sources(root)?);
    render(&catalogue, &evidence).context("cannot write the page")
}

fn render(catalogue: &Catalogue, evidence: &Evidence) -> Result<String> {
    let built: Vec<&Clause> = catalogue.clauses.iter().filter(|clause| clause.is_built()).collect();
    let mut out = String::from(
        "# The agency's procedures, clause by clause\n\n\
         Written by `cargo xtask gen` from the clause catalogue and from what the code and the tests cite. Do not edit it.\n\n\
         How a clause is enforced: **automatic**, the program does it by itself; **blocked**, the program refuses the \
         violation; **prompted**, the program shows it at the right moment and records what was done; **documented**, \
         only a page can hold it.\n\n",
    );
    summary(&mut out, &built, evidence)?;
    let mut section = "";
    for clause in &built {
        if clause.source != section {
            section = &clause.source;
            write!(out, "\n## {section}\n")?;
        }
        entry(&mut out, clause, evidence)?;
    }
    ambiguities(&mut out, catalogue)?;
    gaps(&mut out, catalogue, evidence)?;
    later(&mut out, catalogue)?;
    Ok(out)
}

fn summary(out: &mut String, built: &[&Clause], evidence: &Evidence) -> Result<()> {
    out.push_str("| enforced | clauses | with a test |\n|---|---|---|\n");
    for kind in ["automatic", "blocked", "prompted", "documented"] {
        let of_kind = built.iter().filter(|clause| clause.enforce == kind);
        let tested = of_kind.clone().filter(|clause| evidence.tests.contains_key(&clause.id)).count();
        writeln!(out, "| {kind} | {} | {tested} |", of_kind.count())?;
    }
    Ok(())
}

fn entry(out: &mut String, clause: &Clause, evidence: &Evidence) -> Result<()> {
    write!(out, "\n### {}: {}\n\n{}\n", clause.id, clause.enforce, clause.says.trim())?;
    if let Some(script) = &clause.script {
        write!(out, "\n> {}\n", script.trim().replace('\n', "\n> "))?;
    }
    write!(out, "\n- How: {}\n", clause.how.trim().replace('\n', " "))?;
    let places = evidence.places.get(&clause.id).into_iter().flatten();
    let places: Vec<String> = places.map(|path| link(path)).collect();
    if places.is_empty() {
        out.push_str("- Where: not cited in the code\n");
    } else {
        writeln!(out, "- Where: {}", places.join(", "))?;
    }
    match evidence.tests.get(&clause.id) {
        None => out.push_str("- Tests: none\n"),
        Some(files) => {
            out.push_str("- Tests:\n");
            for (path, names) in files {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                writeln!(out, "  - {}: {}", link(path), names.join(", "))?;
            }
        }
    }
    Ok(())
}

fn link(path: &str) -> String {
    let short = path.strip_prefix("crates/").unwrap_or(path).replacen("/src/", "/", 1);
    format!("[{short}](../{path})")
}

fn ambiguities(out: &mut String, catalogue: &Catalogue) -> Result<()> {
    let built: BTreeSet<&str> =
        catalogue.clauses.iter().filter(|one| one.is_built()).map(|one| &*one.id).collect();
    let touching = |ids: &[String]| ids.iter().any(|id| built.contains(id.as_str()));
    out.push_str("\n## Where the documents can be read in two ways\n\n| entry | question | what the program does | clauses |\n|---|---|---|---|\n");
    for entry in catalogue.ambiguities.iter().filter(|entry| touching(&entry.clauses)) {
        let cell = |text: &str| text.trim().replace('\n', " ").replace('|', "\\|");
        let (what, resolution) = (cell(&entry.what), cell(&entry.proposed_resolution));
        writeln!(out, "| {} | {what} | {resolution} | {} |", entry.id, entry.clauses.join(", "))?;
    }
    Ok(())
}

fn gaps(out: &mut String, catalogue: &Catalogue, evidence: &Evidence) -> Result<()> {
    let untested = evidence.untested(catalogue);
    if untested.is_empty() {
        out.push_str("\n## Gaps\n\nNone: every automatic, blocked or prompted clause above has a test that names it.\n");
        return Ok(());
    }
    out.push_str("\n## Gaps\n\nThese clauses have no test that names them:\n\n");
    for clause in untested {
        writeln!(out, "- {} ({}): {}", clause.id, clause.enforce, clause.says.trim())?;
    }
    Ok(())
}

fn later(out: &mut String, catalogue: &Catalogue) -> Result<()> {
    let mut documents: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for clause in catalogue.clauses.iter().filter(|clause| !clause.is_built()) {
        let (document, section) = clause.source.split_once(" / ").unwrap_or((&clause.source, "whole"));
        let (count, sections) = documents.entry(document).or_default();
        *count += 1;
        sections.insert(section.split(" / ").next().unwrap_or(section));
    }
    out.push_str("\n## Not built yet\n\n| document | clauses | sections |\n|---|---|---|\n");
    for (document, (count, sections)) in documents {
        writeln!(out, "| {document} | {count} | {} |", sections.into_iter().collect::<Vec<_>>().join("; "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str) -> Clause {
        Clause {
            id: id.into(),
            source: "SMS Text SOP / General".into(),
            says: "Nothing case-specific leaves.".into(),
            enforce: "blocked".into(),
            how: "A guard.".into(),
            script: None,
        }
    }

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn places_and_tests_are_kept_apart() {
        let catalogue = Catalogue::of(vec![clause("SMS-GEN-4"), clause("SMS-GEN-5")]);
        let code = "//! SMS-GEN-4\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn sms_gen_5_holds() {\n    }\n}\n";
        let sources = [source("crates/domain/src/a.rs", code), source("xtask/src/b.rs", "// SMS-GEN-5")];
        let evidence = Evidence::gather(&catalogue, &sources);
        assert!(evidence.places["SMS-GEN-4"].contains("crates/domain/src/a.rs"));
        assert!(!evidence.places.contains_key("SMS-GEN-5"));
        assert!(evidence.tests["SMS-GEN-5"]["crates/domain/src/a.rs"].contains("sms_gen_5_holds"));
        let untested: Vec<_> = evidence.untested(&catalogue).iter().map(|one| one.id.as_str()).collect();
        assert_eq!(untested, ["SMS-GEN-4"]);
    }

    #[test]
    fn the_page_names_gaps_and_what_is_not_built() {
        let catalogue = Catalogue::of(vec![clause("SMS-GEN-4"), clause("CHAT-OVER-1")]);
        let page = render(&catalogue, &Evidence::default()).unwrap();
        assert!(page.contains("### SMS-GEN-4: blocked") && page.contains("- Tests: none"));
        assert!(page.contains("- SMS-GEN-4 (blocked): Nothing"));
        assert!(page.contains("| SMS Text SOP | 1 | General |"));
    }
}
