//! Recognises the promise that a supervisor will call the customer back (SMS-SUPV-3).
//!
//! Owns that one promise in English and Spanish. A supervisor who takes over the text is not one, nor is a
//! sentence that says supervisors do not call back. To add a way of saying "call back", extend [`CALLS`] (telephoning) or
//! [`SOFT`] (getting in touch, which is by telephone unless this channel is named); to add a name for a supervisor,
//! extend [`LEADERS`] or [`led_by`].

use super::clauses::{Clause, sentences};
use super::lexicon as lex;
use super::tokens::{Kind, Token, read};

/// Verbs and nouns of telephoning, as they stand in the middle of a promise.
const CALLS: &str = "call calls calling called callback callbacks call-back phone ring ringing buzz dial telephone calle phoning \
    llamar llamara llamarle llamarlo llamarla llama llamada llame llamaran llamarte llaman telefonear telefonazo marcar \
    marcara marcarle";

/// Verbs of getting in touch. Said of a supervisor they mean the telephone, unless the sentence names this channel.
const SOFT: &str = "contact contacts contacting contacted reach reaches reaching touch follow following hearing hear \
    contacto contactar contactara contactarle contacte comunicara comunique comunicarse comunica hablara hablarle hablar";

/// Supervisors by other names and in short.
const LEADERS: &str = "supvr supvrs spvsr spvr supv supvsr suprvisor supe supes sups management mgmt mgr mgrs gerencia gerentes \
    coordinator coordinador coordinadora leadership";

/// Managers who are not the agency's.
const OTHERS: &str = "property case care apartment apartments store bank office's work job building housing employer employer's \
    landlord nurse account project";

/// This channel: whoever follows up here promises no call.
const HERE: &str = "here chat text texts texting message messages messaging thread mensaje mensajes texto aqui medio line conversation";

/// True when the text promises that a supervisor or manager will telephone.
pub(super) fn promised(text: &str) -> bool {
    let reading = read(text);
    let tokens = &reading.tokens;
    let list = sentences(tokens);
    let mut named_before = false;
    for sentence in &list {
        let named = supervisor_at(sentence.tokens).is_some();
        let here = sentence.tokens.iter().any(|t| t.any(HERE));
        for clause in &sentence.clauses {
            let pronoun =
                clause.tokens.iter().any(|t| t.is(lex::P3) || t.any("they one someone el ella alguien"));
            let about = supervisor_at(clause.tokens).is_some() || named || named_before && pronoun;
            if about && promises(clause, sentence.question, here) {
                return true;
            }
        }
        named_before = named || named_before && !sentence.question;
    }
    false
}

/// Where a supervisor of the agency is named. "Your supervisor" is the one at the customer's work.
fn supervisor_at(tokens: &[Token]) -> Option<usize> {
    (0..tokens.len()).find(|&i| {
        let before = i.checked_sub(1).and_then(|p| tokens.get(p));
        let other = before.is_some_and(|t| t.any(OTHERS) || t.any("your ur"));
        let at_work = tokens
            .get(i + 1..)
            .unwrap_or_default()
            .windows(2)
            .take(1)
            .any(|w| matches!(w, [at, whose] if at.any("at de of") && whose.any("your work su the")));
        tokens.get(i).is_some_and(|t| t.is(lex::SUPERVISOR) || t.any(LEADERS) || led_by(tokens, i))
            && !other
            && !at_work
    })
}

/// "Higher up", "in charge", "above me", "super visor".
fn led_by(tokens: &[Token], i: usize) -> bool {
    let word = |n: usize| tokens.get(i + n).map_or("", |t| t.text.as_str());
    let pairs = [
        ("super", "visor"),
        ("super", "vizor"),
        ("higher", "up"),
        ("higher", "ups"),
        ("in", "charge"),
        ("above", "me"),
        ("over", "me"),
        ("team", "lead"),
        ("mas", "arriba"),
        ("a", "cargo"),
    ];
    let hyphened = word(1) == "-" && pairs.iter().any(|(a, b)| word(0) == *a && word(2) == *b);
    hyphened || pairs.iter().any(|(a, b)| word(0) == *a && word(1) == *b)
}

fn promises(clause: &Clause<'_>, question: bool, here: bool) -> bool {
    let tokens = clause.tokens;
    if clause.question && question || clause.condition && !clause.has(lex::FUT) {
        return false;
    }
    let strong = (0..tokens.len()).find(|&i| {
        // "By phone" says how, not who.
        let how = i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|t| t.any("by over"));
        !how && tokens.get(i).is_some_and(|t| t.any(CALLS))
    });
    let soft = || (!here).then(|| soft_at(tokens)).flatten();
    let Some(at) = strong.or_else(soft) else { return false };
    let caller = tokens.get(..at).unwrap_or_default();
    let after = tokens.get(at + 1..).unwrap_or_default();
    // "You will get a call from a supervisor", "be contacted by a supervisor": the call comes to the customer.
    let received = tokens.iter().any(|t| t.any("get receive expect recibira getting hear hearing be"))
        && tokens.get(at..).unwrap_or_default().iter().any(|t| t.any("from by de"));
    let by_leader = after.iter().take(1).any(|t| t.any("by from")) && supervisor_at(after).is_some();
    let ours = after.iter().take(1).any(|t| t.any("us me our nos nuestra"));
    let happened = tokens.get(at).is_some_and(|t| t.text == "llamada" || t.text == "call")
        && caller.iter().rev().take(2).any(|t| t.text == "on");
    let aimed = strong.is_none() || aimed(tokens, at);
    (aimed || received || by_leader)
        && !(customer_calls(caller) && !received)
        && !ours
        && !denied(tokens, at)
        && !happened
        && !directed(tokens, at)
}

/// Getting in touch, seen from the supervisor; "get back to you" has no verb of its own for it.
fn soft_at(tokens: &[Token]) -> Option<usize> {
    let single = tokens.iter().position(|t| t.any(SOFT));
    let back = || {
        tokens.windows(3).position(
            |w| matches!(w, [a, b, c] if a.any("get getting gets") && b.text == "back" && c.any("to with")),
        )
    };
    single.or_else(back).filter(|at| {
        let close =
            |t: &Token| t.is(lex::FUT) || t.any("have get ask asked let pedir pido pedire haga se has");
        tokens.get(..*at).unwrap_or_default().iter().any(close)
            || tokens.iter().any(|t| t.any("should would puede can may wants"))
                && tokens.get(at + 1).is_some_and(|t| t.is(lex::YOU) || t.text == "out")
    })
}

/// The call goes to the customer.
fn aimed(tokens: &[Token], at: usize) -> bool {
    tokens.iter().any(|t| t.is(lex::YOU.or(lex::YOUR)))
        || tokens.iter().any(|t| {
            t.any(
                "back callback callbacks call-back regresara devolvera llamada llamarle llamarlo llamarla llamarte lo la",
            )
        })
        || tokens.get(..at).unwrap_or_default().iter().any(|t| t.is(lex::FUT)) && tokens.len() <= at + 3
}

/// "You can call a supervisor", "to speak to a supervisor you can call": the customer does the calling.
fn customer_calls(caller: &[Token]) -> bool {
    let whose = lex::YOU.or(lex::SUPERVISOR).or(lex::P3).or(lex::AGENCY);
    let Some(nearest) = caller.iter().rposition(|t| t.is(whose)) else { return false };
    let given =
        nearest.checked_sub(1).and_then(|p| caller.get(p)).is_some_and(|t| t.any("give gives giving gave"));
    let you = !given && caller.get(nearest).is_some_and(|t| t.is(lex::YOU) && !t.any("le te les"));
    let able = caller.get(nearest + 1..).unwrap_or_default().iter().any(|t| t.is(lex::MAY.or(lex::MUST)));
    you && (able || supervisor_at(caller).is_none())
}

/// "Contact your property manager", "have your boss call": what somebody is told to do.
fn directed(tokens: &[Token], at: usize) -> bool {
    let first = tokens.iter().position(|t| t.punct().is_none() && !t.any("please favor por_favor and or so"));
    first == Some(at)
        && !tokens.get(at).is_some_and(|t| t.any("callback callbacks"))
        && !tokens.get(at + 1).is_some_and(|t| t.any("back"))
        || tokens.iter().any(|t| matches!(t.kind, Kind::Phone)) && customer_first(tokens, at)
}

fn customer_first(tokens: &[Token], at: usize) -> bool {
    tokens
        .get(..at)
        .is_some_and(|before| before.iter().any(|t| t.is(lex::YOU)) && supervisor_at(before).is_none())
}

fn denied(tokens: &[Token], at: usize) -> bool {
    tokens.get(..=at).unwrap_or_default().iter().any(|t| t.is(lex::NEG) || t.any("unable instead"))
}
