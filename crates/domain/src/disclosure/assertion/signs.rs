//! Single signs of a disclosure that no verb of a case shows: "nothing else from you", "yours", "less than before".
//!
//! Owns one rule a sign. To add one, write a function from a clause to the index of the telling token and list it in the
//! parent's `RULES`.

use super::verbs::past;
use crate::disclosure::lexicon as lex;
use crate::disclosure::status::View;
use crate::disclosure::tokens::{Kind, Token};

/// "I can tell you that you are eligible", "what you got is saying that it renews".
pub(super) fn announced(view: &View<'_>) -> Option<usize> {
    let tokens = view.sentence.tokens;
    if view.sentence.conditional
        || view.clause.question
        || tokens.iter().any(|t| t.is(lex::NEG) || t.any("whether only"))
    {
        return None;
    }
    let at = tokens.windows(2).position(|w| matches!(w, [a, b] if a.any("tell telling confirm inform decirle confirmarle know say") && (b.is(lex::YOU) || b.any("that que"))))?;
    let rest = tokens.get(at + 1..).unwrap_or_default();
    let said = rest.windows(2).any(|w| matches!(w, [a, b] if (a.is(lex::YOU) || a.is(lex::CASE)) && (b.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE)))))
        && rest.iter().any(|t| t.is(lex::STATE.or(lex::STEP).or(lex::FACTV)));
    let own = view.clause.tokens.iter().any(|t| t.is(lex::STATE.or(lex::STEP).or(lex::FACTV)));
    (said && own).then_some(0)
}

/// "The letter gives you till the 30th", "the one dated the 5th is the denial".
pub(super) fn letter_says(view: &View<'_>) -> Option<usize> {
    const FREE_TALK: &str = "how why where deadline what always usually explains_how";
    let tokens = view.clause.tokens;
    if !view.clause.asserted()
        || view.sentence.conditional
        || view.clause.time
        || view.sentence.habitual
        || view.appointment
        || tokens.iter().any(|t| t.is(lex::MAY.or(lex::GENERIC)) || t.any(FREE_TALK))
    {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let at = words
        .iter()
        .take(5)
        .position(|t| t.is(lex::NOTICE) || t.any("paper papel papers one envelope sobre"))?;
    let one = words
        .get(..at)
        .unwrap_or_default()
        .iter()
        .any(|t| t.is(lex::THE.or(lex::YOUR)) || t.any("that this esa ese another otra"));
    let verb = words.iter().skip(at + 1).position(|t| {
        t.is(lex::SAYS) || t.any("gives is has means covers asking asks wants tells da pide es trae explica")
    })?;
    let rest = words.get(at + verb + 2..).unwrap_or_default();
    let fact = rest.iter().any(|t| {
        t.is(lex::YOU.or(lex::CASE).or(lex::STATE).or(lex::MONTH).or(lex::DAY))
            || matches!(t.kind, Kind::Date | Kind::Ordinal | Kind::Money)
            || t.any("wrong about because owe closed amount")
    });
    (one && fact).then_some(0)
}

/// "They couldn't read the picture", "they tried to call you twice".
pub(super) fn tried(view: &View<'_>) -> Option<usize> {
    if !view.clause.asserted()
        || view.sentence.conditional
        || view.appointment
        || view.shared && !view.clause.has(lex::YOU.or(lex::YOUR))
    {
        return None;
    }
    let words: Vec<&Token> = view.clause.tokens.iter().filter(|t| t.punct().is_none()).collect();
    words.windows(3).position(|w| matches!(w, [a, b, c]
        if (a.is(lex::AGENCY) || a.any("they nobody")) && !a.any("i")
            && (b.any("could") && c.is(lex::NEG) || b.any("tried intentaron trataron") || a.any("nobody nadie") && (past(b) || b.text == "could"))))
}

/// "You only get the minimum", "100 less than before": an amount without its figure.
pub(super) fn compared(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let s = view.sentence;
    if view.clause.question
        || view.clause.withheld
        || view.clause.direction
        || s.conditional
        || s.habitual
        || view.appointment
        || tokens
            .iter()
            .any(|t| t.is(lex::MAY.or(lex::GENERIC).or(lex::MUST)) || t.is(lex::ANY) && !t.any("a an"))
    {
        return None;
    }
    let at = tokens.iter().position(|t| t.any("max maximum minimum less half same lower higher mitad menos igual mismo minimo maximo less_than more_than more"))?;
    let before = tokens
        .iter()
        .any(|t| t.any("before last last_month antes pasado last_year had previous pasada anterior"));
    let gets = tokens.windows(3).any(|w| matches!(w, [a, b, c] if a.is(lex::YOU) && (b.any("only just still") || b.is(lex::BEPRES) || b.is(lex::PAY)) && (c.is(lex::PAY) || c.any("at getting get the"))));
    let short = tokens.len() <= 10;
    let shared = tokens.iter().any(|t| t.is(lex::EXEMPT) || t.any("address direccion place"));
    (short && !shared && (before && !tokens.iter().any(|t| t.is(lex::EXEMPT)) || gets)).then_some(at)
}

/// "I can see the pictures you uploaded".
pub(super) fn seen(view: &View<'_>) -> Option<usize> {
    let words: Vec<&Token> = view.clause.tokens.iter().filter(|t| t.punct().is_none()).collect();
    if !view.clause.asserted() || view.sentence.conditional || view.appointment {
        return None;
    }
    let at = words.iter().position(|t| t.is(lex::EVIDENCE) && t.text.contains("see") || t.any("veo"))?;
    words
        .get(at..)
        .unwrap_or_default()
        .windows(2)
        .any(|w| matches!(w, [a, b] if a.is(lex::YOU.or(lex::AGENCY)) && past(b)))
        .then_some(0)
}

/// "I do not see any case under this number", "there is nothing under that name".
pub(super) fn not_found(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if view.clause.question || view.sentence.conditional || view.appointment {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV)).collect();
    let looked = words.windows(3).any(|w| matches!(w, [a, b, c]
        if (a.is(lex::NEG) && b.any("see find show have finding showing seeing") && c.any("any a an anything record one nothing"))
            || a.is(lex::EVIDENCE) && b.any("no nothing")
            || (a.any("no") && b.any("encuentro veo tenemos aparece sale")) && !c.any("forma manera")));
    let nothing = words.windows(3).any(|w| matches!(w, [a, b, c] if a.any("there hay nothing") && (b.is(lex::BEPRES) || b.any("nada")) && (c.is(lex::NEG) || c.any("nothing no under nada"))))
        && words.iter().any(|t| t.any("under name nombre yet for you"));
    let thing =
        words.iter().any(|t| t.is(lex::CASE.or(lex::NOTICE)) || t.any("anything nada nothing name number"));
    let mine = words.iter().any(|t| t.any("access acceso way manera information informacion"));
    ((looked || nothing) && thing && !mine).then_some(0)
}

/// "There's a denial in the mail to you", "you have one in your mailbox".
pub(super) fn on_its_way(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.clause.asserted()
        || view.sentence.conditional
        || view.appointment
        || view.clause.time
        || tokens.iter().any(|t| t.is(lex::MAY.or(lex::MUST)) || t.any("podemos puedo"))
    {
        return None;
    }
    let there = tokens.windows(2).any(|w| matches!(w, [a, b] if (a.any("there") || a.is(lex::YOU)) && (b.is(lex::BEPRES) || b.is(lex::HAVE))))
        || tokens.first().is_some_and(|t| t.any("hay tiene va le"));
    let mail = tokens.iter().any(|t| t.any("mail mailbox correo buzon ur inbox"));
    let yours = tokens.iter().any(|t| t.is(lex::YOUR.or(lex::YOU)));
    let thing = tokens
        .iter()
        .any(|t| t.is(lex::NOTICE.or(lex::CASE)) || t.any("one something denial una request negacion form"));
    (there && mail && yours && thing).then_some(0)
}

/// "Your benefits load on the 12th every month".
pub(super) fn pays_out(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.clause.asserted()
        || view.sentence.conditional
        || view.clause.time
        || tokens.iter().any(|t| t.is(lex::MAY.or(lex::LIMIT)))
    {
        return None;
    }
    let own = tokens.windows(3).position(|w| matches!(w, [a, b, c] if a.is(lex::YOUR) && (b.is(lex::BENEFIT.or(lex::PROG).or(lex::CARD)) || c.is(lex::BENEFIT.or(lex::PROG).or(lex::CARD)))))?;
    let day = tokens.windows(3).any(|w| matches!(w, [a, b, c]
        if a.any("on the dia day el by") && (b.kind == Kind::Ordinal || c.kind == Kind::Ordinal || b.kind == Kind::Number && b.text.len() <= 2)));
    day.then_some(own)
}

/// "They are finishing yours", "lo suyo sigue en la fila".
pub(super) fn yours(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let s = view.sentence;
    let barred = view.clause.question
        || view.clause.withheld
        || s.conditional
        || s.habitual
        || view.appointment
        || view.clause.direction
        || tokens.iter().any(|t| t.is(lex::MAY) || t.any("like"));
    let verb = tokens.iter().any(|t| {
        t.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE).or(lex::FUT).or(lex::PAY))
            || past(t)
            || t.kind == Kind::Money
    }) || view.spanish;
    let at = tokens.iter().position(|t| t.any("yours hers suyo suya suyos suyas"))?;
    (!barred && verb).then_some(at)
}

/// "No action needed", "nothing else from you", "no tiene que hacer nada mas".
pub(super) fn nothing_needed(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let s = view.sentence;
    if view.clause.question
        || view.clause.withheld
        || s.conditional
        || s.timed
        || s.habitual
        || view.appointment
    {
        return None;
    }
    let none = tokens.iter().position(|t| t.is(lex::NEG) || t.any("nothing nada no"))?;
    let word = |list: &str| tokens.iter().any(|t| t.any(list));
    let needed = word("needed need necesario required hacer missing do left owe outstanding pendiente")
        && (word("action else more further mas other nothing nada changes")
            && !word("interview interviews photo"));
    let unchanged = word("changed changes cambios cambio") && word("nothing no nada");
    (needed && !word("any if") || unchanged && tokens.len() <= 10).then_some(none)
}

/// "See you Thursday to go over your fraud referral": the reason of a visit.
pub(super) fn occasion(view: &View<'_>) -> Option<usize> {
    if !view.appointment
        || view.clause.question
        || view.clause.tokens.iter().any(|t| t.is(lex::MAY))
        || view.sentence.conditional
    {
        return None;
    }
    let tokens = view.clause.tokens;
    let at = tokens.windows(2).position(|w| {
        matches!(w, [a, b] if a.any("to para for about") && (b.any("go discuss talk review hablar revisar ver platicar do hacer about its it finish complete sign") || b.is(lex::YOUR)))
    })?;
    tokens
        .get(at + 1..)
        .unwrap_or_default()
        .iter()
        .any(|t| t.is(lex::CASE.or(lex::NOTICE)) || t.any("fraud fraude referral"))
        .then_some(at)
}

/// "You are good now", "you're in", "we are good", "congrats on the approval".
pub(super) fn done_with(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if view.clause.question
        || view.clause.withheld
        || view.sentence.conditional
        || view.appointment
        || view.clause.condition
    {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV)).collect();
    let good = words.windows(3).any(|w| matches!(w, [a, b, c]
        if (a.is(lex::YOU) || a.any("we should")) && b.is(lex::BEPRES) && c.any("good fine done in set covered clear all_set")))
        && !words.iter().any(|t| t.is(lex::EXEMPT) || t.any("to place hands trouble right upload next line"));
    let cheer = words.iter().any(|t| t.any("congrats congratulations felicidades felicitaciones"))
        && (words
            .iter()
            .any(|t| t.is(lex::CASE.or(lex::STATE).or(lex::CARD)) || t.any("approval aprobacion"))
            || view.sentence.tokens.iter().any(|t| t.is(lex::CARD.or(lex::STATE))));
    (good && words.len() <= 9 || cheer).then_some(0)
}

/// "Did you get the letter we sent you": the question takes the sending for granted.
pub(super) fn presupposed(view: &View<'_>) -> Option<usize> {
    let words: Vec<&Token> = view.clause.tokens.iter().filter(|t| t.punct().is_none()).collect();
    if !view.clause.question || view.sentence.conditional {
        return None;
    }
    (1..words.len()).find(|&i| {
        let sent = words.get(i).is_some_and(|t| t.any("sent mailed denied closed approved mandamos enviamos issued asked_for requested cerramos negamos"));
        let we = words.get(i - 1).is_some_and(|t| t.any("we they nosotros")) || words.get(i).is_some_and(|t| t.text.ends_with("mos"));
        let asked = words.get(..i).unwrap_or_default().iter().rev().take(3).any(|t| t.is(lex::DO.or(lex::HAVE)));
        let got = words.get(..i).unwrap_or_default().iter().any(|t| t.any("get receive see got received recibio llego vio seen read"));
        we && sent && !asked && got
    })
}
