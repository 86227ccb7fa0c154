//! "Why": the clause behind an act, in its own words. Owns the little page and the pop-over's contents.

use domain::pack::{Enforce, Pack};

/// What a person reads who asks why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Why {
    /// Clause or open question.
    pub(crate) id: String,
    /// What it demands.
    pub(crate) says: String,
    /// Document and section.
    pub(crate) source: String,
    /// How the program does it.
    pub(crate) how: String,
    /// How strongly.
    pub(crate) strength: &'static str,
    /// Prescribed wording.
    pub(crate) script: Option<String>,
    /// Open questions that touch it, with what is done about each.
    pub(crate) questions: Vec<(String, String)>,
}

impl Why {
    /// Looks the id up among clauses, then among open questions.
    pub(crate) fn of(pack: &Pack, id: &str) -> Option<Self> {
        if let Some(clause) = pack.clauses.get(id) {
            return Some(Self {
                id: clause.id.clone(),
                says: clause.says.clone(),
                source: clause.source.clone(),
                how: clause.how.clone(),
                strength: strength(clause.enforce),
                script: clause.script.clone(),
                questions: pack
                    .clauses
                    .ambiguities_of(id)
                    .map(|open| (open.id.clone(), open.proposed_resolution.clone()))
                    .collect(),
            });
        }
        pack.clauses.ambiguity(id).map(|open| Self {
            id: open.id.clone(),
            says: open.what.clone(),
            source: "Open question to the agency".to_owned(),
            how: open.proposed_resolution.clone(),
            strength: "Resolved by us until the agency answers",
            script: None,
            questions: Vec::new(),
        })
    }
}

fn strength(enforce: Enforce) -> &'static str {
    match enforce {
        Enforce::Automatic => "Done by the program",
        Enforce::Blocked => "A violation is refused",
        Enforce::Prompted => "Shown at the right moment and recorded",
        Enforce::Documented => "Held by people; written down here",
    }
}
