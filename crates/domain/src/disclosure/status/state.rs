//! Status words: "your case is closed", "we approved it", "approved!".
//!
//! Owns the rule that joins a status word of the lexicon with its subject and tense. To let a word count less, add it to
//! [`weak`]; to let it count with "it", to [`strong`].

use super::subject::{Subject, Tense, specific_object, subject, tense, to_you};
use super::{View, neutral, still};
use crate::disclosure::lexicon as lex;
use crate::disclosure::lexicon::Tags;
use crate::disclosure::tokens::{Kind, Token};

/// "Your case is closed", "we approved it", "approved!".
pub(super) fn state(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| tokens.get(i).is_some_and(|t| t.is(lex::STATE)) && state_at(view, i))
}

pub(super) fn state_at(view: &View<'_>, i: usize) -> bool {
    let tokens = view.clause.tokens;
    let Some(t) = tokens.get(i) else { return false };
    let tense = tense(tokens, i);
    if neutral(view, tense)
        || view.sentence.habitual && tense != Tense::Past && !view.clause.has(lex::YOU.or(lex::YOUR))
    {
        return false;
    }
    let appointment =
        view.sentence.has(lex::APPT) || view.sentence.tokens.iter().any(|t| t.kind == Kind::Time);
    let alone = t.is(lex::ALONE);
    let next = tokens.get(i + 1);
    let before = i.checked_sub(1).and_then(|p| tokens.get(p));
    let attributive = tense == Tense::None
        && next.is_some_and(|n| n.is(lex::CASE.or(lex::GENERIC).or(lex::NOTICE)))
        || tense == Tense::None
            && view.spanish
            && before.is_some_and(|b| b.is(lex::CASE) && !b.is(lex::YOUR))
            && !view.clause.has(lex::YOUR.or(lex::YOU));
    let who = subject(tokens, i);
    let about_case = view.clause.has(lex::CASE.or(lex::NOTICE)) || view.context;
    if appointment && !(view.clause.has(lex::CASE) && who == Subject::Person) {
        return false;
    }
    match who {
        Subject::General => {
            to_you(tokens) && (matches!(tense, Tense::Past | Tense::Perfect) || t.text.ends_with("_way"))
        }
        Subject::Exempt => false,
        Subject::Person if attributive => !next.is_some_and(|n| n.is(lex::GENERIC)),
        Subject::Person if weak(t) => {
            view.clause.has(lex::CASE) || view.context || view.sentence.has(lex::CASE)
        }
        Subject::Person => {
            alone || about_case || tense == Tense::Present || view.clause.has(lex::P3POSS.or(lex::YOU))
        }
        _ if attributive && next.is_some_and(|n| n.is(lex::GENERIC)) => false,
        Subject::Agency => {
            let active =
                !matches!(tense, Tense::Present | Tense::Future) || before.is_some_and(|b| b.is(lex::ADV));
            active
                && (t.text.contains("_it_")
                    || t.text.contains("_that_")
                    || t.any("put_a_hold")
                    || specific_object(tokens, i)
                    || next.is_some_and(|n| {
                        n.is(lex::IT) && !n.is(lex::THE) || n.text == "it" || n.text == "that"
                    }))
        }
        Subject::Pronoun | Subject::Definite => !attributive && pronoun(view, i, tense, about_case),
        Subject::Bare => bare(view, i, tense, attributive),
        Subject::Nobody => nobody(view, i, tense, attributive, about_case),
    }
}

/// "It was closed", "the case is pending".
fn pronoun(view: &View<'_>, i: usize, tense: Tense, about_case: bool) -> bool {
    let tokens = view.clause.tokens;
    let Some(t) = tokens.get(i) else { return false };
    let before = i.checked_sub(1).and_then(|p| tokens.get(p));
    let alone = t.is(lex::ALONE);
    let ended = t.text.ends_with("ed") && before.is_some_and(|b| b.text == "it");
    let past = ended || matches!(tense, Tense::Past | Tense::Perfect);
    let firm = strong(t)
        && (past || still(view.clause) || view.clause.has(lex::NEG))
        && !view.sentence.has(lex::EXEMPT);
    let concrete =
        alone || firm || past || view.context && !weak(t) || still(view.clause) || view.clause.has(lex::CASE);
    let asserted = ended || tense != Tense::None || alone || specific_object(tokens, i);
    (alone || about_case || firm) && asserted && concrete
}

/// "SNAP approved", "Medicaid is active": a case word without an article.
fn bare(view: &View<'_>, i: usize, tense: Tense, attributive: bool) -> bool {
    const AT_LARGE: &str =
        "accepted excluded counted held certified enrolled eligible verified covered open cut changed";
    let tokens = view.clause.tokens;
    let general = tense == Tense::Present
        && (tokens.get(i).is_some_and(|t| t.any(AT_LARGE)) || plural_at_large(tokens, i));
    let year = |t: &Token| t.kind == Kind::Number && t.text.len() == 4 && t.text.starts_with("20");
    if general || view.sentence.tokens.iter().any(year) {
        return false;
    }
    if attributive {
        return tokens.len() <= 4 && view.clause.dated();
    }
    tense != Tense::None || tokens.len() <= 8
}

/// Words that are said of many things besides a case.
pub(super) fn weak(t: &Token) -> bool {
    t.any("all_set on_hold good_to_go ready done set_up current late open changed finished listed listo lista lost added removed up_to_date a_yes a_no")
}

/// "Interviews are waived": a plural that speaks of all of them.
pub(super) fn plural_at_large(tokens: &[Token], i: usize) -> bool {
    tokens.get(..i).unwrap_or_default().iter().find(|t| t.is(lex::CASE)).is_some_and(|t| {
        t.text.ends_with('s') && !t.is(lex::DOC.or(lex::BENEFIT)) && !t.any("status estatus")
    })
}

/// Words that, said of "it" in the past, mean a case rather than an office.
pub(super) fn strong(t: &Token) -> bool {
    t.any("closed active inactive suspended stopped cancelled canceled covered ended reduced activo activa cerrado cerrada abierto abierta terminado activated received")
}

/// A status without a subject: "approved!", "fue aprobado", "ya esta cerrado".
pub(super) fn nobody(view: &View<'_>, i: usize, tense: Tense, attributive: bool, about_case: bool) -> bool {
    let tokens = view.clause.tokens;
    let Some(t) = tokens.get(i) else { return false };
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    let dated =
        view.clause.tokens.iter().any(|t| matches!(t.kind, Kind::Date | Kind::Ordinal) || t.is(lex::MONTH));
    let headline = !weak(t)
        && (words == 1 && view.sentence.tokens.len() <= 2 && t.kind == Kind::Word
            || words <= 5 && dated
            || t.text == "missing"
                && words <= 3
                && tokens.iter().any(|t| matches!(t.kind, Kind::Number | Kind::Spoken))
            || words == 2 && tokens.iter().any(|t| t.is(lex::DOC)));
    if headline && !view.sentence.has(lex::EXEMPT.or(lex::GENERIC)) {
        return true;
    }
    if attributive || view.sentence.has(lex::MEANS) {
        let mark = matches!(t.kind, Kind::Punct(_));
        return mark && view.clause.has(lex::YOUR);
    }
    let at_large = tense == Tense::Present
        && tokens.get(..i).unwrap_or_default().iter().any(|t| {
            t.kind == Kind::Word && t.tags == Tags::NONE && t.text.ends_with('s') && t.text.len() > 4
        });
    if at_large {
        return false;
    }
    let object = specific_object(tokens, i);
    if matches!(t.kind, Kind::Punct(_)) {
        return view.clause.has(lex::YOUR) && view.clause.has(lex::CASE) && words <= 4;
    }
    if view.sentence.has(lex::EXEMPT) && tense == Tense::None && !object {
        return false;
    }
    if t.is(lex::ALONE) {
        return tense != Tense::None || words <= 6 || object;
    }
    if view.clause.has(lex::EVIDENCE) && tense == Tense::None && !weak(t) && !view.sentence.has(lex::EXEMPT) {
        return true;
    }
    if (view.sentence.has(lex::YESNO)
        || view.clause.has(lex::EVIDENCE)
        || view.spanish && view.clause.has(lex::STILL)
        || matches!(tokens.first().map_or("", |f| f.text.as_str()), "sigue" | "siguen")
        || view.spanish
            && tokens.iter().find(|f| !f.is(lex::ADV)).is_some_and(|f| f.is(lex::BEPRES))
            && !t.any("cerrado cerrada cerrados abierto abierta cancelada cancelado completo"))
        && tense == Tense::Present
        && (!weak(t) || view.clause.word("sigue"))
        && !view.sentence.has(lex::EXEMPT)
    {
        return true;
    }
    object
        || about_case
            && (tense != Tense::None || still(view.clause) || view.sentence.has(lex::YESNO))
            && !view.sentence.has(lex::EXEMPT)
        || words <= 2 && about_case && view.sentence.tokens.len() <= 4 && !view.sentence.has(lex::EXEMPT)
}
