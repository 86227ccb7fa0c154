//! The clause catalogue as the tools read it: `agency/missouri-fsd/clauses/*.toml`.
//!
//! It knows which procedures are built so far. The program has its own, stricter reading in the domain; the tools
//! stand apart from it so that they still work while the program does not compile.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::scan::patterns;

const FOLDER: &str = "agency/missouri-fsd/clauses";

/// Documents, and sections of documents, whose clauses the program carries; a clause's id begins with its short name.
const BUILT: &[&str] =
    &["SMS-", "PHONE-APPT-", "KB-", "MEDSUP-NAV-", "MEDSUP-PAGE-", "IM31-HOURS-", "IM10-", "IM33-Q-"];

/// What every memo says of itself and asks of its readers, whatever its number.
const BUILT_IN_EVERY_MEMO: &[&str] = &["-MEMO-", "-ACK-"];

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Clause {
    pub(crate) id: String,
    /// Document and section, as `SMS Text SOP / General Guidelines`.
    pub(crate) source: String,
    pub(crate) says: String,
    pub(crate) enforce: String,
    pub(crate) how: String,
    #[serde(default)]
    pub(crate) script: Option<String>,
}

impl Clause {
    /// Whether the program carries this clause already.
    pub(crate) fn is_built(&self) -> bool {
        BUILT.iter().any(|beginning| self.id.starts_with(beginning))
            || BUILT_IN_EVERY_MEMO.iter().any(|part| self.id.contains(part))
    }

    /// Whether a test must name this clause: all but those that only a page can hold.
    pub(crate) fn needs_test(&self) -> bool {
        self.is_built() && self.enforce != "documented"
    }
}

/// A place where the document can be read in two ways, and what the program does.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Ambiguity {
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) proposed_resolution: String,
    #[serde(default)]
    pub(crate) clauses: Vec<String>,
}

#[derive(Default, Deserialize)]
struct File {
    #[serde(default)]
    clause: Vec<Clause>,
    #[serde(default)]
    ambiguity: Vec<Ambiguity>,
}

#[derive(Default)]
pub(crate) struct Catalogue {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) ambiguities: Vec<Ambiguity>,
    by_id: BTreeMap<String, usize>,
}

impl Catalogue {
    /// Reads every file of the folder, in name order.
    ///
    /// # Errors
    /// When the folder or a file cannot be read, or two clauses share an id.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let folder = root.join(FOLDER);
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {FOLDER}"))?;
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        let mut all = Self::default();
        for path in files.iter().filter(|path| path.extension().is_some_and(|ext| ext == "toml")) {
            let file: File =
                toml::from_str(&fs::read_to_string(path)?).with_context(|| path.display().to_string())?;
            all.clauses.extend(file.clause);
            all.ambiguities.extend(file.ambiguity);
        }
        all.index()
    }

    fn index(mut self) -> Result<Self> {
        for (at, clause) in self.clauses.iter().enumerate() {
            if self.by_id.insert(clause.id.clone(), at).is_some() {
                bail!("the catalogue has {} twice", clause.id);
            }
        }
        Ok(self)
    }

    #[cfg(test)]
    pub(crate) fn of(clauses: Vec<Clause>) -> Self {
        Self { clauses, ..Self::default() }.index().expect("ids are unique")
    }

    /// Whether a clause or an ambiguity has this id.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.ambiguities.iter().any(|entry| entry.id == id)
    }

    /// Every clause of the catalogue that `text` cites: as `SMS-GEN-4`, or within a name as `sms_gen_4`.
    pub(crate) fn cited<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t Clause> + 't {
        CITATION.find_iter(text).filter_map(|found| {
            let id = found.as_str().to_uppercase().replace('_', "-");
            self.by_id.get(&id).and_then(|at| self.clauses.get(*at))
        })
    }
}

patterns! {
    CITATION = r"(?i)(?:SMS|CHAT|PHONE|KB|IM[0-9]+|MEDSUP)[-_][A-Z0-9]+[-_][0-9]+";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(id: &str, enforce: &str) -> Clause {
        Clause {
            id: id.into(),
            source: "S".into(),
            says: String::new(),
            enforce: enforce.into(),
            how: String::new(),
            script: None,
        }
    }

    #[test]
    fn citations_are_found_in_prose_and_in_names() {
        let catalogue = Catalogue::of(vec![clause("SMS-GEN-4", "blocked"), clause("SMS-GEN-40", "blocked")]);
        let ids = |text| catalogue.cited(text).map(|clause| clause.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids("// SMS-GEN-4 and more"), ["SMS-GEN-4"]);
        assert_eq!(ids("fn refuses_sms_gen_40_always()"), ["SMS-GEN-40"]);
        assert_eq!(ids("const SMS_GEN_4: Id"), ["SMS-GEN-4"]);
        assert!(ids("SMS-GEN-5").is_empty());
    }

    #[test]
    fn only_built_and_enforced_clauses_need_a_test() {
        assert!(clause("SMS-GEN-4", "blocked").needs_test());
        assert!(!clause("SMS-GEN-9", "documented").needs_test());
        assert!(clause("SMS-APPT-1", "automatic").needs_test());
        assert!(clause("PHONE-APPT-10", "blocked").needs_test());
        assert!(
            clause("IM05-MEMO-1", "automatic").needs_test() && clause("KB-PAGE-1", "automatic").needs_test()
        );
        assert!(!clause("PHONE-HOLD-1", "blocked").needs_test());
        assert!(!clause("CHAT-OVER-1", "automatic").needs_test());
    }
}
