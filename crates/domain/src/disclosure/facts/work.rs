//! What the agency did, does or will do on a case, and what it waits for: "we added the baby", "you have until the 30th".
//!
//! Owns the agency as the one who acts. To add a rule, list it in the parent's `RULES`.

use super::{OWN, TALK, permitted};
use crate::disclosure::clauses::Clause;
use crate::disclosure::lexicon as lex;
use crate::disclosure::status::View;
use crate::disclosure::tokens::{Kind, Token};

/// "The worker called your employer", "we added the baby to your case".
pub(super) fn agency_did(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view)
        || view.sentence.has(lex::APPT)
        || tokens.iter().any(|t| t.kind == Kind::Time)
        || tokens.iter().any(|t| t.is(lex::MAY.or(lex::FUT)))
    {
        return None;
    }
    let who = tokens
        .iter()
        .position(|t| t.is(lex::AGENCY) && t.text != "us" || t.any("they officer employer somebody judge"))?;
    let verb = (who + 1..(who + 5).min(tokens.len())).find(|&i| {
        tokens.get(i).is_some_and(|t| {
            t.text.ends_with("ed")
                && t.text.len() > 4
                && (!t.any(TALK) || t.any("tried called told") && view.clause.has(lex::CASE))
                || t.any("notified took put cut made called gave got found ruled have has told turned")
        })
    })?;
    let first_person = tokens.get(who).is_some_and(|t| t.text == "i");
    let rest = tokens.get(verb + 1..).unwrap_or_default();
    let object = rest.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS).or(lex::KIN).or(lex::P3)))
        || rest.iter().any(|t| t.is(lex::YOU));
    let content =
        rest.iter().any(|t| t.is(lex::CASE.or(lex::KIN).or(lex::MONEYATTR).or(lex::P3)) || t.any(OWN))
            || rest.iter().any(|t| t.any("down against everything"));
    let exempt = rest.iter().any(|t| t.is(lex::EXEMPT) && t.text != "address")
        && !rest.iter().any(|t| t.is(lex::CASE.or(lex::KIN)));
    let linked = first_person && rest.iter().any(|t| t.is(lex::EXEMPT))
        || rest.iter().any(|t| t.any("link links enlace question questions"));
    let notified = tokens.get(verb).is_some_and(|t| t.text == "notified");
    (object
        && (content || notified)
        && !exempt
        && !linked
        && (!first_person || view.clause.has(lex::CASE.or(lex::KIN))))
    .then_some(verb)
}

/// "A worker is reviewing your documents", "están revisando sus papeles".
pub(super) fn at_work(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let doing = tokens.windows(2).position(|w| matches!(w, [a, b] if a.is(lex::BEPRES.or(lex::BEPAST)) && (b.text.ends_with("ing") || b.text.ends_with("ando") || b.text.ends_with("iendo"))))?;
    let object = tokens.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS))) && view.clause.has(lex::CASE)
        || view.clause.word("lo la") && view.clause.has(lex::AGENCY) && view.spanish;
    let own = tokens.get(..=doing).unwrap_or_default().iter().any(|t| t.text == "i" || t.is(lex::YOU))
        || matches!(tokens.get(doing).map_or("", |t| t.text.as_str()), "am" | "estoy");
    (object && !own && !view.clause.has(lex::EXEMPT)).then_some(doing)
}

/// Acts of the agency on a case, as they stand after "will" or "va a".
pub(super) const ACTS: &str = "close deny approve cut stop terminate suspend reinstate reopen end reduce lose cerrar aprobar negar \
    quitar cortar cancelar suspender dar bajar perder denegar sancionar terminar reabrir rechazar \
    calificar qualify";

/// "They will close your case", "le van a cerrar el caso".
pub(super) fn will_act(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) || view.sentence.timed {
        return None;
    }
    let act = tokens.iter().position(|t| t.any(ACTS))?;
    let left = tokens.get(..act).unwrap_or_default();
    let future = left.iter().any(|t| t.is(lex::FUT));
    let aimed = view.spanish && tokens.iter().any(|t| t.is(lex::NEG))
        || tokens.iter().any(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS)) || t.text == "it");
    (future && aimed && !view.clause.has(lex::EXEMPT) && !left.iter().any(|t| t.is(lex::MAY))).then_some(act)
}

/// "You need to renew by December 15".
pub(super) fn due_by(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.habitual || view.sentence.has(lex::APPT) {
        return None;
    }
    let left = tokens.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::UNIT) && b.text == "left"))
        || tokens.windows(2).any(|w| {
            matches!(w, [a, b] if b.is(lex::UNIT) && a.kind == Kind::Number)
                && view.clause.word("quedan queda")
        });
    if left && view.clause.has(lex::YOU) {
        return Some(0);
    }
    let mine = tokens.windows(3).any(|w| matches!(w, [a, b, c] if a.any("para for") && b.is(lex::YOU) && (c.is(lex::BEPRES) || c.text == "it")));
    if mine && view.clause.dated() && !view.clause.has(lex::EXEMPT) {
        return Some(0);
    }
    let you = tokens.iter().position(|t| {
        t.is(lex::YOU.or(lex::YOUR).or(lex::P3)) || view.spanish && t.text.starts_with("tiene")
    })?;
    let must = tokens.iter().any(|t| t.is(lex::MUST) || t.any("have toca gave tiene dieron"))
        || tokens.iter().any(|t| t.any("deadline limite"));
    let by = tokens.iter().any(|t| t.any("by before until till antes antes_de hasta toca deadline limite"));
    let thing = view.clause.has(lex::CASE.or(lex::NOTICE))
        || tokens.iter().any(|t| {
            t.any(
            "renew renovar reapply send return recertify turn_in interview till deadline limite proof mandar",
        )
        });
    (must && by && thing && view.clause.dated()).then_some(you)
}

/// "There is no application under your name", "we have nothing from you".
pub(super) fn nothing_there(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let held = |t: &Token| t.any("for para under from of de bajo a");
    let yours = tokens
        .windows(2)
        .position(|w| matches!(w, [a, b] if held(a) && b.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS))))?;
    let amount = tokens.get(..yours).unwrap_or_default().iter().any(|t| {
        t.any("nothing anything everything nada todo ninguna ningun") || t.text == "no" && !view.spanish
    });
    let have = has_record(view.clause) && !view.clause.word("nothing_to_do");
    (amount && have && !view.clause.has(lex::EXEMPT)).then_some(yours)
}

pub(super) fn has_record(clause: &Clause<'_>) -> bool {
    clause.has(lex::HAVE.or(lex::CASE).or(lex::EVIDENCE)) || clause.word("got see is hay")
}
