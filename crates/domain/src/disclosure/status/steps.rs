//! Steps and deeds: what was received, mailed, processed, applied for, missed, and what ends when.
//!
//! Owns the verbs that are no statuses. To add one, add it to the row of its tag in the lexicon.

use super::subject::{Subject, Tense, specific_object, subject, tense, to_you};
use super::{View, neutral, still};
use crate::disclosure::lexicon as lex;
use crate::disclosure::tokens::{Token, listed};

/// "We received your paystubs", "your application is being processed", "nothing has come in from you".
pub(super) fn step(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len())
        .find(|&i| tokens.get(i).is_some_and(|t| t.is(lex::STEP) || came_in(tokens, i)) && step_at(view, i))
}

pub(super) fn came_in(tokens: &[Token], i: usize) -> bool {
    let word = |n: usize| tokens.get(n).map_or("", |t| t.text.as_str());
    matches!(word(i), "come_in" | "came_in" | "coming_in")
        || matches!((word(i), word(i + 1)), ("came" | "come" | "coming" | "came_back", "in" | "back"))
        || matches!(word(i), "got" | "have" | "gotten" | "tenemos" | "see" | "get" | "worked" | "looking")
            && tokens.iter().take(i).any(|t| t.is(lex::AGENCY) || t.text == "they")
            && !tokens.iter().any(|t| t.is(lex::MAY))
}

pub(super) fn step_at(view: &View<'_>, i: usize) -> bool {
    let tokens = view.clause.tokens;
    let tense = tense(tokens, i);
    if neutral(view, tense) || view.sentence.habitual && !view.clause.has(lex::YOUR.or(lex::YOU)) {
        return false;
    }
    let clause = view.clause;
    let who = subject(tokens, i);
    let content = clause.has(lex::CASE) || clause.has(lex::NOTICE);
    let dated = clause.dated();
    let progressive = i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|t| t.is(lex::BEPROG));
    let habitual = tense == Tense::Present && !progressive && !still(clause) && !dated
        || tense == Tense::Future && !dated;
    let word = tokens.get(i).map_or("", |t| t.text.as_str());
    match who {
        Subject::General => to_you(tokens) && content && matches!(tense, Tense::Past | Tense::Perfect),
        Subject::Exempt => false,
        Subject::Person => {
            let agency_first = tokens.iter().take(i).any(|t| t.is(lex::AGENCY));
            !habitual
                && (content || agency_first && specific_object(tokens, i))
                && (tense != Tense::None || still(clause) || dated || agency_first || view.spanish)
        }
        Subject::Agency => {
            tense != Tense::Future
                && tense != Tense::Present
                && content
                && !tokens.iter().take(i).any(|t| t.is(lex::MAY))
                && (specific_object(tokens, i) || clause.has(lex::DOC) && !clause.has(lex::ANY))
        }
        Subject::Pronoun => {
            let they = tokens.iter().take(i).any(|t| t.text == "they");
            if they {
                return specific_object(tokens, i) && content;
            }
            !habitual
                && tense != Tense::None
                && (view.context
                    || listed(
                        "processed received reviewed delivered returned issued scanned loaded deposited worked",
                        word,
                    ))
                && !clause.has(lex::EXEMPT)
        }
        Subject::Definite | Subject::Bare => {
            !habitual
                && (matches!(tense, Tense::Past | Tense::Perfect | Tense::Future)
                    || still(clause)
                    || progressive
                    || tense == Tense::None && dated && tokens.len() <= 6)
        }
        Subject::Nobody => headless(view, i, tense, habitual),
    }
}

/// A step without a subject: "nothing has come in from you", "ya fue procesada".
fn headless(view: &View<'_>, i: usize, tense: Tense, habitual: bool) -> bool {
    let clause = view.clause;
    let tokens = clause.tokens;
    let content = clause.has(lex::CASE) || clause.has(lex::NOTICE);
    let from_you = tokens.windows(2).any(|w| matches!(w, [a, b] if a.any("from de") && b.is(lex::YOU)));
    let free = !view.sentence.has(lex::EXEMPT);
    let past = matches!(tense, Tense::Past | Tense::Perfect);
    from_you && clause.word("nothing anything nada")
        || view.context && content && specific_object(tokens, i) && (tense == Tense::None || view.spanish)
        || view.spanish && clause.has(lex::STILL) && past && free && !clause.word("he")
        || view.context && !habitual && past && free
}

/// "Le aprobaron", "cerramos su caso", "ya se vencio".
pub(super) fn spanish_past(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.is(lex::ESPAST.or(lex::ESFORM))) && !neutral(view, Tense::Past) && {
            let word = tokens.get(i).map_or("", |t| t.text.as_str());
            let who = subject(tokens, i);
            let weak = tokens.get(i).is_some_and(|t| t.is(lex::ESFORM))
                || matches!(
                    word,
                    "llego"
                        | "llegaron"
                        | "salio"
                        | "salieron"
                        | "recibimos"
                        | "recibieron"
                        | "recibi"
                        | "quedo"
                        | "perdieron"
                        | "falto"
                        | "cambio"
                        | "paso_su"
                        | "revise"
                        | "cancele"
                        | "cancelamos"
                        | "cancelo"
                        | "cerramos"
                        | "subieron"
                        | "bajaron"
                        | "mandamos"
                        | "enviamos"
                        | "mandaron"
                        | "enviaron"
                        | "se_envio"
                        | "se_mando"
                );
            let clitic =
                |n: usize| i.checked_sub(n).and_then(|p| tokens.get(p)).map_or("", |t| t.text.as_str());
            let aimed = matches!(clitic(1), "lo" | "la")
                && (clitic(2) == "se" || tokens.get(i).is_some_and(|t| t.is(lex::ESPAST.or(lex::ESFORM))));
            let weak = weak && !aimed;
            let exempt = view.clause.has(lex::EXEMPT) && !view.clause.has(lex::CASE) && !aimed;
            let appointment = view.sentence.has(lex::APPT);
            !matches!(who, Subject::General | Subject::Exempt)
                && !exempt
                && !appointment
                && (!weak || view.clause.has(lex::CASE.or(lex::DOC)) || view.clause.has(lex::STATE))
        }
    })
}

/// "You qualify", "usted no califica", "you owe".
pub(super) fn fact_verb(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.is(lex::FACTV)) && {
            let tense = tense(tokens, i);
            let who = subject(tokens, i);
            !neutral(view, tense)
                && (!view.sentence.habitual || view.clause.has(lex::YOU.or(lex::YOUR)))
                && !view.clause.word("to")
                && (who == Subject::Person
                    || matches!(who, Subject::Nobody | Subject::Pronoun | Subject::Definite | Subject::Bare)
                        && (view.spanish || view.clause.has(lex::YOU)))
        }
    })
}

/// "You missed your interview", "you did not turn in the form".
pub(super) fn deed(view: &View<'_>) -> Option<usize> {
    const BASE: &str = "complete turn_in submit return send_in provide sign show_up send renew report come finish do attend \
        mail";
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        let Some(t) = tokens.get(i) else { return false };
        let base = t.any(BASE);
        let did_not = tokens
            .get(i.saturating_sub(3)..i)
            .unwrap_or_default()
            .windows(2)
            .any(|w| matches!(w, [a, b] if a.is(lex::DO.or(lex::HAVE)) && b.is(lex::NEG)));
        if !(t.is(lex::DEED) && !base
            || base && did_not
            || t.any("did done turned sent") && t.is(lex::DEED.or(lex::STEP)))
            || neutral(view, Tense::Past)
        {
            return false;
        }
        let tense = tense(tokens, i);
        if tense == Tense::Possible || tense == Tense::Future {
            return false;
        }
        let who = subject(tokens, i);
        let content = view.clause.has(lex::CASE.or(lex::NOTICE))
            || view.clause.word("forma formulario")
            || view.spanish && view.clause.has(lex::NEG)
            || view.clause.dated()
            || did_not
            || t.text == "no-showed";
        let exempt = view.clause.has(lex::EXEMPT)
            && !view.clause.has(lex::CASE)
            && !view.clause.word("form forms formulario");
        !exempt
            && content
            && (who == Subject::Person
                || who == Subject::Nobody && view.spanish && t.is(lex::DEED) && t.acute && !base)
    })
}

/// "Your benefits end on the 30th".
pub(super) fn term(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.is(lex::TERMV)) && {
            let tense = tense(tokens, i);
            let word = tokens.get(i).map_or("", |t| t.text.as_str());
            let past = word.ends_with("ed")
                || word.ends_with("ped")
                || matches!(word, "began" | "ran_out" | "comenzo" | "empezo");
            let who = subject(tokens, i);
            let owned = who == Subject::Person && view.clause.has(lex::CASE);
            let pronoun =
                who == Subject::Pronoun && past && (view.context || !view.sentence.has(lex::EXEMPT));
            let bare = matches!(who, Subject::Definite | Subject::Bare)
                && (view.clause.dated() || past)
                && !view.sentence.habitual
                && !view.clause.has(lex::GENERIC)
                && (view.sentence.has(lex::YOU.or(lex::YOUR)));
            !neutral(view, if past { Tense::Past } else { tense })
                && !view.sentence.has(lex::APPT)
                && !view.clause.has(lex::HABIT)
                && (owned && (past || view.clause.dated() || tense == Tense::Future)
                    || pronoun
                    || bare
                    || view.spanish
                        && who == Subject::Nobody
                        && view.clause.has(lex::YOUR)
                        && view.clause.has(lex::CASE))
        }
    })
}
