//! What a sentence takes for granted, in whatever mood it stands: a question, a direction or a condition tells as much by it.
//!
//! Owns presuppositions and telegram answers. To add one, write a rule and list it in the parent's `RULES`.

use super::SELF_SERVICE;
use crate::disclosure::lexicon as lex;
use crate::disclosure::status::View;
use crate::disclosure::tokens::{Kind, Token};

/// Verdicts as nouns that a letter carries.
const VERDICT: &str = "denial closing closure approval aprobacion negacion cierre suspension sanction";

fn words(tokens: &[Token]) -> Vec<&Token> {
    tokens.iter().filter(|t| t.punct().is_none()).collect()
}

/// "Check your mail for the denial", "a letter coming about the closing".
pub(super) fn verdict_in_mail(view: &View<'_>) -> Option<usize> {
    let c = view.clause;
    let tokens = view.sentence.tokens;
    let any = |list: &str| tokens.iter().any(|t| t.any(list));
    if view.sentence.question
        || view.sentence.conditional
        || view.sentence.habitual
        || c.withheld
        || c.time
        || view.sentence.timed
        || any("or o hearing appeal audiencia any if si portal notices avisos what means")
        || any(SELF_SERVICE)
        || tokens.iter().any(|t| t.is(lex::GENERIC.or(lex::MAY)))
    {
        return None;
    }
    let mail = any("mail mailbox correo buzon coming camino") || tokens.iter().any(|t| t.is(lex::NOTICE));
    let at = c.tokens.windows(2).position(
        |w| matches!(w, [a, b] if (a.is(lex::THE.or(lex::YOUR)) || a.any("de la")) && b.any(VERDICT)),
    )?;
    mail.then_some(at)
}

/// "Did you see the form that went out to you on the 9th".
pub(super) fn sent_before(view: &View<'_>) -> Option<usize> {
    let c = view.clause;
    if !c.question || view.sentence.conditional {
        return None;
    }
    let w = words(c.tokens);
    let at = w.iter().position(|t| t.any("that which que"))?;
    let rest = w.get(at + 1..).unwrap_or_default();
    let sent = rest.first().is_some_and(|t| t.is(lex::SEND) || t.any("went was came le se"));
    let you = rest.windows(2).any(|p| matches!(p, [a, b] if a.any("to a") && b.is(lex::YOU)))
        || rest.iter().any(|t| t.any("le")) && c.dated();
    let out = rest.iter().any(|t| t.is(lex::SEND) || t.any("out mailed sent"));
    (sent && you && out).then_some(at)
}

/// "Yes, since March", "not yet, but soon": an answer that has no subject.
pub(super) fn telegram_answer(view: &View<'_>) -> Option<usize> {
    let s = view.sentence;
    let w = words(s.tokens);
    if s.question || view.appointment || view.shared || w.len() > 6 {
        return None;
    }
    let first = w.first()?;
    let answer = first.is(lex::YESNO) || first.any("no nope yep yup");
    let span = w.windows(2).any(|p| {
        matches!(p, [a, b] if a.any("since until till through thru desde hasta") && b.is(lex::MONTH.or(lex::DAY)))
    });
    let not_yet = first.any("todavia_no aun_no")
        || matches!(w.as_slice(), [a, b, ..] if a.any("not todavia aun") && b.any("yet no"));
    let carries = span
        && w.iter().take(2).any(|t| t.is(lex::IT) || t.any("it"))
        && w.iter().any(|t| t.any("carries lasts runs goes dura sigue through good"));
    (answer && span || not_yet && w.len() <= 5 || carries).then_some(0)
}

/// "We show four in the home".
pub(super) fn counted(view: &View<'_>) -> Option<usize> {
    if !view.clause.asserted() || view.sentence.conditional || view.appointment {
        return None;
    }
    let w = words(view.clause.tokens);
    w.windows(3).position(|p| {
        matches!(p, [a, b, c] if (a.is(lex::EVIDENCE) || a.any("show list count"))
            && matches!(b.kind, Kind::Number | Kind::Spoken) && (c.any("in on en people adults kids personas") || c.is(lex::KIN)))
    })
}
