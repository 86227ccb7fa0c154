//! Spanish statements that name the person by the verb or a pronoun alone: "le depositan el 12", "no contestó".
//!
//! Owns what Spanish grammar says without a subject. To add a rule, list it in the parent's `RULES`.

use super::permitted;
use super::work::ACTS;
use crate::disclosure::lexicon as lex;
use crate::disclosure::status::View;

/// "Le depositan el dia 12", "le llega la tarjeta el viernes", "le toca renovar".
pub(super) fn spanish_to_you(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.spanish || permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let paid = tokens.iter().position(|t| t.any("recibe cobra cae"));
    if let Some(i) = paid.filter(|_| {
        view.clause.dated()
            && !view.sentence.habitual
            && !view.clause.has(lex::EXEMPT.or(lex::GENERIC).or(lex::ANY))
    }) {
        return Some(i);
    }
    let le = tokens.iter().position(|t| t.any("le te les"))?;
    let verb = tokens.get(le + 1)?;
    let free = verb.is(lex::FUT.or(lex::MAY))
        || tokens.get(..le).unwrap_or_default().iter().any(|t| t.is(lex::FUT.or(lex::MAY)));
    let telling = verb.any("cae entra toca tocan depositan deposita corresponde cayeron cayo quedan cancelan cierran quitan bajan cortan");
    let dated = view.clause.dated() && view.clause.has(lex::CASE);
    (!free && (telling || dated) && !view.clause.has(lex::EXEMPT)).then_some(le)
}

/// "No contesto la llamada de la entrevista", "no lo han procesado".
pub(super) fn spanish_did(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.spanish || permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let lost = tokens.windows(3).position(|w| matches!(w, [a, b, c] if a.text == "ya" && b.is(lex::NEG) && c.any("recibe tiene aparece esta califica")));
    if let Some(i) = lost.filter(|_| !view.clause.has(lex::EXEMPT)) {
        return Some(i);
    }
    let clitic = tokens.iter().position(|t| t.any("lo la los las"));
    let worked = clitic.filter(|&i| {
        tokens
            .get(i + 1..)
            .unwrap_or_default()
            .iter()
            .take(2)
            .any(|t| t.is(lex::STEP) || t.any("procesan aprueban revisan deciden procesado"))
            && tokens.get(i + 1).is_some_and(|t| t.is(lex::HAVE.or(lex::STEP)) || t.text.ends_with("an"))
    });
    if let Some(i) = worked.filter(|_| !view.clause.has(lex::EXEMPT)) {
        return Some(i);
    }
    let lead: Vec<usize> = (0..tokens.len())
        .filter(|&i| {
            tokens.get(i).is_some_and(|t| {
                t.punct().is_none() && !t.is(lex::ADV.or(lex::NEG).or(lex::CONJ)) && !t.any("se le me")
            })
        })
        .collect();
    let first = *lead.first()?;
    let verb = tokens.get(first)?;
    let handed = verb.acute
        && verb.text.ends_with('e')
        && verb.text.len() > 3
        && tokens.iter().any(|t| t.is(lex::YOUR))
        && view.clause.has(lex::CASE)
        && !view.clause.has(lex::EXEMPT);
    let all = tokens.windows(2).any(|w| matches!(w, [a, b] if a.any("tenemos tienen") && b.text == "todo"));
    if handed || all {
        return Some(first);
    }
    let past = verb.acute
        && verb.text.ends_with('o')
        && verb.tags.without(lex::DEED.or(lex::ESPAST).or(lex::PAY).or(lex::STEP).or(lex::TERMV))
            == lex::Tags::NONE;
    (past
        && (view.clause.has(lex::CASE) || view.clause.word("nunca") || view.clause.word("nada"))
        && !view.clause.has(lex::ANY))
    .then_some(first)
}

/// "Acaban de cerrarlo", "está por cerrarse", "it is about to close".
pub(super) fn about_to(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::EXEMPT.or(lex::APPT)) {
        return None;
    }
    let just = tokens.windows(3).position(|w| match w {
        [a, b, c] => {
            a.any("acaba se_acaba acaban esta acabamos")
                && b.any("de por")
                && ACTS.split(' ').any(|act| c.text.starts_with(act))
                || a.text == "about" && b.text == "to" && (c.is(lex::TERMV) || c.any(ACTS))
        }
        _ => false,
    });
    just.or_else(|| {
        tokens
            .iter()
            .position(|t| t.text == "going_to" && !view.spanish)
            .filter(|&i| tokens.get(i + 1).is_some_and(|t| t.text == "close") && view.clause.has(lex::IT))
    })
}
