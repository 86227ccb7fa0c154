//! Recognises the promise that a supervisor will call the customer back (SMS-SUPV-3).
//!
//! Owns that one promise in English and Spanish. A supervisor who takes over the text is not one, nor is a
//! sentence that says supervisors do not call back. To add a way of saying "call back", extend [`CALLS`].

use super::clauses::{Clause, sentences};
use super::lexicon as lex;
use super::tokens::{Token, read};

/// Verbs and nouns of telephoning, as they stand in the middle of a promise.
const CALLS: &str = "call calls calling callback call-back phone ring ringing buzz dial telephone calle phoning contact \
    reach contacting reaching llamar llamara llamarle llamarlo llamarla llama llamada llame llamaran \
    llaman telefonear telefonazo marcar marcara marcarle llamarte contactara contactarle contactar \
    comunicara hablara hablarle";

/// True when the text promises that a supervisor or manager will telephone.
pub(super) fn promised(text: &str) -> bool {
    let reading = read(text);
    let tokens = &reading.tokens;
    let list = sentences(tokens);
    let mut named_before = false;
    for sentence in &list {
        let named = sentence.has(lex::SUPERVISOR);
        for clause in &sentence.clauses {
            let pronoun =
                clause.tokens.iter().any(|t| t.is(lex::P3) || t.any("they one someone el ella alguien"));
            let about = clause.has(lex::SUPERVISOR) || named || named_before && pronoun;
            if about && promises(clause, sentence.question) {
                return true;
            }
        }
        named_before = named || named_before && !sentence.question;
    }
    false
}

fn promises(clause: &Clause<'_>, question: bool) -> bool {
    let tokens = clause.tokens;
    let call = tokens.iter().position(|t| t.any(CALLS));
    let Some(at) = call else { return false };
    if clause.question && question || clause.condition && !clause.has(lex::FUT) {
        return false;
    }
    let weak = tokens.get(at).is_some_and(|t| {
        t.any(
            "contact reach contacting reaching contactar contactara contactarle comunicara hablara hablarle",
        )
    });
    if weak && !tokens.iter().any(|t| t.any("phone telefono call back out")) {
        return false;
    }
    // "You can call a supervisor": the customer, not the supervisor, does the calling.
    let caller = tokens.get(..at).unwrap_or_default();
    let customer_calls = caller
        .iter()
        .rev()
        .find(|t| t.is(lex::YOU.or(lex::SUPERVISOR).or(lex::P3).or(lex::AGENCY)))
        .is_some_and(|t| t.is(lex::YOU) && !t.any("le te les"))
        && !caller.iter().any(|t| t.is(lex::SUPERVISOR));
    // "You will get a call from a supervisor": the call comes to the customer.
    let received = tokens.iter().any(|t| t.any("get receive expect recibira getting hear"))
        && tokens.get(at..).unwrap_or_default().iter().any(|t| t.any("from de"));
    let customer_calls = customer_calls && !received;
    let denied = denied(tokens, at);
    let happened = tokens.get(at).is_some_and(|t| t.text == "llamada" || t.text == "call")
        && tokens.get(at.saturating_sub(2)..at).unwrap_or_default().iter().any(|t| t.text == "on");
    let aimed = tokens.iter().any(|t| t.is(lex::YOU.or(lex::YOUR))) || tokens.iter().any(|t| {
        t.any("back callback call-back regresara devolvera llamada llamarle llamarlo llamarla llamarte lo la")
    });
    (aimed || received) && !customer_calls && !denied && !happened
}

fn denied(tokens: &[Token], at: usize) -> bool {
    tokens.get(..=at).unwrap_or_default().iter().any(|t| t.is(lex::NEG) || t.any("unable instead"))
}
