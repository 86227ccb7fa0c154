//! Rules about clauses: a cited clause exists, and a clause that the program carries has a test that names it.

use super::Finding;
use crate::catalogue::Catalogue;
use crate::generate::Evidence;
use crate::scan::{Source, patterns};

/// What the tests' own little packs call their clauses.
const MADE_UP: &str = "SMS-T-";

/// Citations of clauses or ambiguities that the catalogue does not have.
pub(super) fn unknown(catalogue: &Catalogue, sources: &[Source]) -> Vec<Finding> {
    let is_catalogue = |path: &str| path.contains("/clauses/");
    let ours = ["crates/", "e2e/", "agency/", "docs/", "README.md", "ARCHITECTURE.md", "CHANGELOG.md"];
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| ours.iter().any(|start| source.path.starts_with(start))) {
        if is_catalogue(&source.path) {
            continue;
        }
        for (at, line) in source.text.lines().enumerate() {
            let cited = CITATION.find_iter(line).map(|found| found.as_str());
            for id in cited.filter(|id| !catalogue.knows(id) && !id.starts_with(MADE_UP)) {
                let what = format!("{id} is not in the catalogue");
                found.push(Finding::new(
                    &source.path,
                    at + 1,
                    what,
                    "cite a clause of agency/missouri-fsd/clauses",
                ));
            }
        }
    }
    found
}

/// Clauses that could lose their behaviour without any test noticing.
pub(super) fn untested(catalogue: &Catalogue, sources: &[Source]) -> Vec<Finding> {
    let evidence = Evidence::gather(catalogue, sources);
    let mend = "write a test that fails without the behaviour and name the clause in it";
    let untested = evidence.untested(catalogue).into_iter();
    untested
        .map(|clause| {
            let what = format!("{} ({}) has no test", clause.id, clause.enforce);
            Finding::new("agency/missouri-fsd/clauses", 0, what, mend)
        })
        .collect()
}

patterns! {
    CITATION = r"\b(?:(?:SMS|CHAT|PHONE|KB|IM[0-9]+|MEDSUP)-[A-Z0-9]+-[0-9]+|AMB-(?:[A-Z]+-)?[0-9]+(?:-[A-Z]+)*)\b";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Clause;

    fn catalogue() -> Catalogue {
        Catalogue::of(vec![Clause {
            id: "SMS-GEN-4".into(),
            source: "S".into(),
            says: String::new(),
            enforce: "blocked".into(),
            how: String::new(),
            script: None,
        }])
    }

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn an_unknown_clause_is_told() {
        let found =
            unknown(&catalogue(), &[source("crates/domain/src/a.rs", "// SMS-GEN-4\n// SMS-GEN-44\n")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].to_string().starts_with("crates/domain/src/a.rs:2: SMS-GEN-44"));
    }

    #[test]
    fn a_clause_without_a_test_is_told() {
        let cited = "//! SMS-GEN-4\nfn guard() {}\n";
        assert_eq!(untested(&catalogue(), &[source("crates/domain/src/a.rs", cited)]).len(), 1);
        let tested = "#[test]\nfn sms_gen_4_is_refused() {\n    go();\n}\n";
        assert!(untested(&catalogue(), &[source("crates/domain/tests/it/a.rs", tested)]).is_empty());
    }
}
