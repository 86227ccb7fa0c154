//! Whom a predicate speaks about, and in which tense.
//!
//! Owns the reading of one clause around one word. To tell a new kind of subject apart, add it to [`Subject`].

use crate::disclosure::lexicon as lex;
use crate::disclosure::lexicon::Tags;
use crate::disclosure::tokens::{Kind, Token};

/// Whom a predicate speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Person,
    Pronoun,
    Definite,
    Bare,
    General,
    Exempt,
    Agency,
    Nobody,
}

/// Finds the subject to the left of `at`.
pub(super) fn subject(tokens: &[Token], at: usize) -> Subject {
    let left = tokens.get(..at).unwrap_or_default();
    let mut noun: Option<Subject> = None;
    for (i, t) in left.iter().enumerate().rev() {
        if t.is(lex::KIN) && !kin_of_somebody(left, i) {
            return Subject::General;
        }
        if t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS)) || t.is(lex::P3.or(lex::KIN)) {
            let exempt = noun == Some(Subject::Exempt);
            return if exempt { Subject::Exempt } else { Subject::Person };
        }
        if t.is(lex::EXEMPT) && noun.is_none() {
            noun = Some(Subject::Exempt);
        } else if t.is(lex::GENERIC) {
            let definite = left
                .get(i.saturating_sub(2)..i)
                .unwrap_or_default()
                .iter()
                .any(|d| d.is(lex::YOUR.or(lex::P3POSS)));
            if !definite {
                return Subject::General;
            }
        } else if (t.is(lex::THE) || t.any("this that"))
            && noun.is_none()
            && left.get(i + 1).is_some_and(|n| n.kind == Kind::Word && n.tags == Tags::NONE)
        {
            noun = Some(Subject::Exempt);
        } else if t.is(lex::ANY) {
            return Subject::General;
        } else if t.is(lex::CASE.or(lex::NOTICE)) && noun.is_none() {
            noun = Some(Subject::Bare);
        } else if t.is(lex::THE) && noun == Some(Subject::Bare) {
            noun = Some(Subject::Definite);
        } else if (t.is(lex::AGENCY)
            || t.text == "they"
                && !left.get(i..).unwrap_or_default().iter().any(|b| b.is(lex::BEPRES.or(lex::BEPAST))))
            && noun.is_none()
        {
            return Subject::Agency;
        } else if t.is(lex::IT) && noun.is_none() && i < at {
            noun = Some(Subject::Pronoun);
        }
    }
    noun.unwrap_or(Subject::Nobody)
}

/// "Your son", "the baby", "wife": one family's, not "kids" or "a child" at large.
pub(in crate::disclosure) fn kin_of_somebody(tokens: &[Token], i: usize) -> bool {
    let before = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let plural = tokens.get(i).is_some_and(|t| t.text.ends_with('s') || t.any("children"));
    let owned = before.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
    owned
        || !before.iter().any(|t| t.is(lex::ANY) || matches!(t.kind, Kind::Number | Kind::Spoken))
            && (!plural || before.iter().any(|t| t.is(lex::THE.or(lex::YOU)) || t.text == "both"))
}

/// Tense of the verb that leads to a participle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    Present,
    Past,
    Perfect,
    Future,
    Expected,
    Possible,
    None,
}

pub(super) fn tense(tokens: &[Token], at: usize) -> Tense {
    let left = tokens.get(at.saturating_sub(7)..at).unwrap_or_default();
    let mut found = Tense::None;
    for t in left.iter().rev() {
        if t.is(lex::MAY.or(lex::MUST)) {
            return if found == Tense::Perfect && t.is(lex::MUST) { Tense::Past } else { Tense::Possible };
        }
        if t.is(lex::SHOULD) {
            return Tense::Expected;
        }
        if t.is(lex::FUT.or(lex::BEFUT)) {
            return Tense::Future;
        }
        let nominal =
            t.is(lex::YOUR.or(lex::P3POSS).or(lex::CASE).or(lex::KIN).or(lex::AGENCY).or(lex::NOTICE))
                || t.is(lex::YOU) && !t.any("le te les")
                || t.text == "it";
        if t.any("que that") || nominal && !t.is(lex::STATE.or(lex::STEP)) {
            return found;
        }
        if t.text == "to" {
            return if found == Tense::None { Tense::None } else { Tense::Possible };
        }
        if found == Tense::None || found == Tense::Present && t.is(lex::HAVE) {
            if t.is(lex::HAVE) || t.text == "been" {
                found = Tense::Perfect;
            } else if t.is(lex::BEPAST) && !t.is(lex::BEPRES) {
                found = Tense::Past;
            } else if t.is(lex::BEPRES) {
                found = Tense::Present;
            } else if t.is(lex::DO) {
                found = Tense::Past;
            }
        }
    }
    found
}

pub(super) fn to_you(tokens: &[Token]) -> bool {
    tokens
        .windows(2)
        .any(|w| matches!(w, [a, b] if a.any("to for de a para") && b.is(lex::YOU.or(lex::YOUR))))
}

/// Something of this person's stands to the right.
pub(super) fn specific_object(tokens: &[Token], at: usize) -> bool {
    let right = tokens.get(at + 1..).unwrap_or_default();
    for (i, t) in right.iter().take(7).enumerate() {
        if t.is(lex::EXEMPT) {
            return false;
        }
        if t.is(lex::YOUR.or(lex::P3POSS)) {
            return !right.get(i + 1..).unwrap_or_default().iter().take(2).any(|n| n.is(lex::EXEMPT));
        }
        if t.is(lex::YOU.or(lex::P3)) {
            return right.get(i + 1).is_none_or(|n| !n.is(lex::EXEMPT))
                && !right.iter().any(|n| n.is(lex::EXEMPT));
        }
    }
    false
}
