//! What is kept on a person and why it was decided so: "the system has you as unemployed", "because of your job".
//!
//! Owns statements about the record and its reasons. To add a rule, list it in the parent's `RULES`.

use super::{OWN, permitted};
use crate::disclosure::lexicon as lex;
use crate::disclosure::status::View;
use crate::disclosure::tokens::{Kind, Token};

/// "The system has you as unemployed", "it says you live with your mother".
pub(super) fn recorded(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let kept = tokens
        .windows(2)
        .position(|w| matches!(w, [a, b] if a.any("tienen tenemos tengo aparece") && b.text == "como"));
    if kept.is_some() {
        return kept;
    }
    let told = tokens.windows(2).position(|w| matches!(w, [a, b] if a.any("has have says shows it_says it_shows lists say tienen aparece dice system_says notes_say shows_that has_it") && (b.is(lex::YOU.or(lex::YOUR)) || b.text == "que")))?;
    let source = tokens.get(..=told).unwrap_or_default().iter().any(|t| {
        t.is(lex::EVIDENCE.or(lex::CASE).or(lex::AGENCY).or(lex::P3))
            || t.any("it system file they notes sistema account")
    });
    let more = tokens.len() > told + 3;
    (source
        && more
        && !view.clause.has(lex::EXEMPT)
        && !tokens.iter().any(|t| t.is(lex::MAY.or(lex::ANY)) && t.text != "a" && t.text != "an"))
    .then_some(told)
}

/// "You cannot get SNAP because of your income": a rule applied to this person.
pub(super) fn barred_by(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if view.clause.question || view.sentence.conditional {
        return None;
    }
    let verb = tokens
        .iter()
        .position(|t| t.any("get receive qualify recibir calificar have tener denied approved eligible"))?;
    let left = tokens.get(verb.saturating_sub(3)..verb).unwrap_or_default();
    let cannot =
        left.iter().any(|t| t.is(lex::MAY)) && tokens.iter().any(|t| t.is(lex::NEG) || t.text == "would");
    let person = tokens.get(..verb).unwrap_or_default().iter().any(|t| t.is(lex::YOU)) || view.spanish;
    let sentence = view.sentence.tokens;
    let cause = sentence.iter().enumerate().any(|(i, t)| {
        t.any("because since due por porque based with ya_que")
            && sentence
                .get(i + 1..)
                .unwrap_or_default()
                .iter()
                .take(3)
                .any(|n| n.is(lex::YOU.or(lex::YOUR)) || n.text == "that")
    });
    (cannot && person && cause).then_some(verb)
}

/// "We could not verify your identity".
pub(super) fn could_not(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if view.clause.question || view.sentence.conditional || view.sentence.has(lex::APPT) {
        return None;
    }
    let verb = tokens.iter().position(|t| t.any("could pudimos pudieron"))?;
    let agency = tokens
        .get(..verb)
        .unwrap_or_default()
        .iter()
        .any(|t| t.is(lex::AGENCY) && t.text != "i" || t.text == "they")
        || tokens.get(verb).is_some_and(|t| t.text.starts_with("pud"));
    let spoken = view.clause.word("see look open share tell text say ver decir hear");
    let yours = tokens.iter().skip(verb).any(|t| t.is(lex::YOUR.or(lex::P3POSS).or(lex::DOC)));
    (agency && view.clause.has(lex::NEG) && yours && !spoken && !view.clause.has(lex::EXEMPT)).then_some(verb)
}

/// "Your employer has not answered", "el banco ya contesto": those whom the agency asks about a case.
pub(super) fn third_party(view: &View<'_>) -> Option<usize> {
    const ASKED: &str = "employer landlord bank provider patron banco arrendador casero empleador";
    let tokens = view.clause.tokens;
    if permitted(view) || view.clause.has(lex::MAY.or(lex::ANY).or(lex::GENERIC).or(lex::FUT)) {
        return None;
    }
    let who = tokens.iter().take(3).position(|t| t.any(ASKED))?;
    let acted = tokens.iter().skip(who + 1).any(|t| {
        t.any("answered sent said called replied told contesto contestado mando dijo confirmed verified reported has ha")
    });
    acted.then_some(who)
}

/// "Because of your job", "it is because you are a student", "por sus ingresos": the reason of a decision.
pub(super) fn cause(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view)
        || view.sentence.has(lex::APPT.or(lex::EXEMPT).or(lex::MAY).or(lex::MUST))
        || tokens.iter().any(|t| t.kind == Kind::Time)
    {
        return None;
    }
    let words: Vec<&Token> =
        tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV)).take(6).collect();
    let opened = words.iter().take(2).any(|t| t.any("because due porque por reason razon"));
    let owned = words.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::YOUR.or(lex::P3POSS)) && (b.is(lex::CASE.or(lex::MONEYATTR).or(lex::KIN)) || b.any(OWN) || b.any("bank school student job trabajo"))));
    let being = words.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::YOU) && (b.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE)) || b.any("estudia trabaja gana vive work make live"))));
    let thanked = view.sentence.tokens.iter().any(|t| t.any("thank thanks gracias sorry patience paciencia"));
    (opened && (owned || being) && !thanked).then_some(0)
}

/// "The case has 2 adults and 1 child".
pub(super) fn composition(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.clause.has(lex::LIMIT.or(lex::MAY)) {
        return None;
    }
    let member = |t: &Token| {
        t.any("adults adult kids children child dependents people adultos adulto ninos hijos personas nino")
    };
    let counted = tokens
        .windows(2)
        .position(|w| matches!(w, [a, b] if matches!(a.kind, Kind::Number | Kind::Spoken) && member(b)))?;
    let placed = tokens.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::THE.or(lex::YOUR)) && b.any("case caso file application app solicitud taxes")));
    placed.then_some(counted)
}

/// "The address we have is 123 Oak", "I have you living in Boone County".
pub(super) fn kept_on_you(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    tokens.windows(3).position(|w| match w {
        [a, b, c] => {
            a.any("address phone direccion employer job") && b.is(lex::AGENCY) && c.is(lex::HAVE)
                || a.text == "direccion" && b.text == "que" && c.text == "tenemos"
                || a.any("have has") && b.is(lex::YOU) && c.text.ends_with("ing") && c.text != "coming"
        }
        _ => false,
    }).or_else(|| tokens.windows(2).position(|w| matches!(w, [a, b] if a.any("i_have_you we_have_you") && b.text.ends_with("ing") && b.text != "coming")))
}
