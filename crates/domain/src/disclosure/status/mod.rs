//! Finds statements about the state of this person's case (SMS-GEN-4): approved, pending, missing, received, due.
//!
//! Owns the rules that join a person, a case word and an assertion. Grammar comes from `clauses`, words from
//! `lexicon`. To add a rule, write a function from a clause to the index of the telling token and list it in
//! [`RULES`].

mod records;
mod state;
mod steps;
mod subject;

use crate::disclosure::clauses::{Clause, Sentence, sentences};
use crate::disclosure::lexicon as lex;
use crate::disclosure::lexicon::Tags;
use crate::disclosure::tokens::Reading;
use crate::disclosure::{Finding, FindingKind, assertion, default_rule, facts};

use records::{
    affirmed, cheer, enrolled, evidence, household, knowing, lack, possession, reason, whereabouts,
};
use state::state;
use steps::{deed, fact_verb, spanish_past, step, term};
use subject::Tense;
pub(super) use subject::kin_of_somebody;

/// What a rule looks at.
pub(super) struct View<'a> {
    pub(super) clause: &'a Clause<'a>,
    pub(super) sentence: &'a Sentence<'a>,
    /// The whole exchange so far has named a case, or the worker said that they looked it up.
    pub(super) context: bool,
    pub(super) spanish: bool,
    /// The whole text speaks of an appointment.
    pub(super) appointment: bool,
    /// The whole text speaks of a thing that everybody uses: a page, a telephone system, an office.
    pub(super) shared: bool,
}

type Rule = fn(&View<'_>) -> Option<usize>;

const RULES: &[Rule] = &[
    state,
    step,
    spanish_past,
    fact_verb,
    deed,
    term,
    lack,
    possession,
    evidence,
    whereabouts,
    knowing,
    cheer,
    household,
    enrolled,
    reason,
    affirmed,
];

/// All statements about a case.
pub(super) fn find(reading: &Reading, context: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    let context = context || has_context(reading);
    let (appointment, shared) = (assertion::appointment(reading), assertion::shared(reading));
    for sentence in sentences(&reading.tokens) {
        for clause in &sentence.clauses {
            let view =
                View { clause, sentence: &sentence, context, spanish: reading.spanish, appointment, shared };
            if assertion::exonerated(clause, &sentence, reading) {
                continue;
            }
            let hit = RULES
                .iter()
                .chain(facts::RULES)
                .chain(default_rule::RULES)
                .chain(assertion::RULES)
                .find_map(|rule| rule(&view))
                .and_then(|i| clause.tokens.get(i));
            if let Some(t) = hit {
                out.push(Finding {
                    kind: FindingKind::CaseStatus,
                    start: clause.tokens.first().map_or(t.start, |first| first.start),
                    end: clause.tokens.last().map_or(t.end, |last| last.end),
                });
            }
        }
    }
    out
}

/// A case, or looking one up, is what the exchange is about.
pub(super) fn has_context(reading: &Reading) -> bool {
    reading.tokens.iter().any(|t| t.is(lex::CASE) || t.is(lex::STATE) && t.is(lex::ALONE))
}

/// Neutral for a statement in the given tense.
fn neutral(view: &View<'_>, tense: Tense) -> bool {
    if !view.clause.asserted() || view.sentence.conditional {
        return true;
    }
    if tense == Tense::Possible {
        return true;
    }
    if view.sentence.has(lex::GENERIC)
        && !view.sentence.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS).or(lex::EVIDENCE))
    {
        return true;
    }
    let past = matches!(tense, Tense::Past);
    (view.clause.time || view.sentence.timed) && !past
}

fn still(clause: &Clause<'_>) -> bool {
    clause.has(lex::STILL.or(lex::YESNO).or(lex::EVIDENCE)) || clause.word("yet")
}

/// Words that a rule of another file shares.
pub(super) fn owned(tags: Tags) -> bool {
    tags.has(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS).or(lex::KIN))
}
