//! The clause catalogue: every requirement of the agency's documents by id, the open questions with what we do about
//! them, and the systems the documents name.
//!
//! Owns looking up. The texts are the pack's `clauses/*.toml`. To add a document, add a file there and name it in
//! [`super::load`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All clauses, ambiguities and systems of the pack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClauseCatalogue {
    /// Clauses by id.
    pub clauses: BTreeMap<String, Clause>,
    /// Ambiguities by id.
    pub ambiguities: BTreeMap<String, Ambiguity>,
    /// Systems in the order of the file.
    pub systems: Vec<System>,
}

impl ClauseCatalogue {
    /// The clause with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Clause> {
        self.clauses.get(id)
    }

    /// The ambiguity with this id.
    #[must_use]
    pub fn ambiguity(&self, id: &str) -> Option<&Ambiguity> {
        self.ambiguities.get(id)
    }

    /// Whether the id names a clause or an ambiguity, so that something may cite it.
    #[must_use]
    pub fn is_citable(&self, id: &str) -> bool {
        self.clauses.contains_key(id) || self.ambiguities.contains_key(id)
    }

    /// The ambiguities that concern a clause.
    pub fn ambiguities_of<'a>(&'a self, clause: &'a str) -> impl Iterator<Item = &'a Ambiguity> {
        self.ambiguities.values().filter(move |ambiguity| ambiguity.clauses.iter().any(|id| id == clause))
    }

    /// The clauses whose id begins so, such as `SMS-`.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a Clause> {
        self.clauses.values().filter(move |clause| clause.id.starts_with(prefix))
    }
}

/// How strongly the program stands behind a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforce {
    /// Only a page for people can hold it.
    Documented,
    /// Shown at the right moment, and recorded whether it was done.
    Prompted,
    /// The violation is refused.
    Blocked,
    /// The program does or provides it by itself.
    Automatic,
}

/// One requirement of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Such as `SMS-DELAY-1`.
    pub id: String,
    /// Document and section.
    pub source: String,
    /// Document number and lines it rests on.
    #[serde(default)]
    pub lines: String,
    /// The requirement in our words.
    pub says: String,
    /// Wording that the document prescribes, exactly.
    #[serde(default)]
    pub script: Option<String>,
    /// Such as `timer` or `script`.
    pub kind: String,
    /// Who has to do it.
    pub actor: String,
    /// How strongly it is enforced.
    pub enforce: Enforce,
    /// How the program does it.
    pub how: String,
    /// A test in words.
    pub check: String,
    /// Systems it touches.
    pub systems: Vec<String>,
    /// True where the document implies it without saying it.
    #[serde(default)]
    pub implied: bool,
    /// Sentences of the source it covers; policy clauses only.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Whether the text says it or it is derived; policy clauses only.
    #[serde(default)]
    pub basis: Option<String>,
    /// Ambiguities it depends on; policy clauses only.
    #[serde(default)]
    pub ambiguity: Vec<String>,
}

/// A question that the documents leave open, and what the program does until the agency answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ambiguity {
    /// Such as `AMB-16`.
    pub id: String,
    /// The question.
    pub what: String,
    /// What the program does.
    pub proposed_resolution: String,
    /// Clauses it concerns.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// What it concerns, in words; policy questions only.
    #[serde(default)]
    pub concerns: Option<String>,
}

/// A system, form, site or hand-off that the documents name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its name, as the agency writes it.
    pub name: String,
    /// Named in the body of a procedure, not in menus only.
    pub described: bool,
    /// What it is.
    pub what: String,
    /// Our part: implements, integrates or links to.
    pub role: String,
    /// Sort of system.
    pub category: String,
    /// Menu path.
    #[serde(default)]
    pub menu: Option<String>,
    /// Documents that name it.
    pub named_in: Vec<String>,
    /// Other names.
    #[serde(default)]
    pub also_called: Vec<String>,
}
