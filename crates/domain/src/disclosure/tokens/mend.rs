//! Mends tokens: letters typed apart, words torn in two, Spanish accents left out, phrases.
//!
//! Owns what changes tokens after the text was cut. To add a mending, call it from `read` in the parent.

use super::{Kind, Token, tags_of};
use crate::disclosure::lexicon::{self as lex, lexicon};

/// Joins letters typed one by one ("a p p r o v e d") into a word, and parts it at the words it is made of.
pub(super) fn join_letters(tokens: Vec<Token>) -> Vec<Token> {
    let single = |t: &Token| t.kind == Kind::Word && t.text.chars().count() == 1;
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while let Some(first) = tokens.get(i) {
        let mut j = i;
        let mut word = String::new();
        let mut end = first.end;
        while let Some(next) = tokens.get(j).filter(|t| single(t)) {
            word.push_str(&next.text);
            end = next.end;
            j += 1;
            let sign = tokens.get(j).is_some_and(|t| matches!(t.punct(), Some('.' | '-' | '_' | '*' | '/')));
            if sign && tokens.get(j + 1).is_some_and(single) {
                j += 1;
            }
        }
        let long = word.len() >= 3 && lexicon().get(&word).is_some() || word.len() >= 5;
        if long {
            out.push(Token { text: word, end, ..first.clone() });
            i = j;
        } else {
            out.push(first.clone());
            i += 1;
        }
    }
    out
}

/// Spanish past forms that people type without the accent.
pub(super) const UNACCENTED: &str = " perdio salio recibio volvio sirvio procedio vencio subio pidio cumplio nacio abrio escribio vivio decidio reabrio califico contesto quedo mando aplico uso paso presento gano cambio termino regreso renovo aprobo nego cerro llego entro dejo firmo entrego completo_su reporto olvido proceso_la deposito_le rechazo acepto cancelo reviso termino proceso ";

/// Gives the accent back to a Spanish past form; a noun of the same letters follows an article or a preposition.
pub(super) fn plain_past(tokens: &mut [Token]) {
    for i in 0..tokens.len() {
        let noun = i
            .checked_sub(1)
            .and_then(|p| tokens.get(p))
            .is_some_and(|t| t.any("un el de del en su al este cada por mi yo"));
        if let Some(t) = tokens.get_mut(i).filter(|t| !noun && !t.acute && t.text.len() > 2) {
            t.acute = UNACCENTED.contains(&format!(" {} ", t.text));
        }
    }
}

/// Tells "si" that means yes from "si" that means if, when the accent was left out.
pub(super) fn yes_or_if(tokens: &mut [Token]) {
    const ASKS: &str = "ver saber dice dicen diga indica muestra avisan decir decirle pregunta preguntar revisar checar \
        confirmar se sabe digame depende y o pero solo aun incluso que sabria ve vea viendo preguntarle";
    let ends = |t: &Token| matches!(t.punct(), Some('.' | '!' | '?' | ';' | '\n'));
    for i in 0..tokens.len() {
        if !tokens.get(i).is_some_and(|t| t.text == "si" && t.kind == Kind::Word && !t.acute) {
            continue;
        }
        let before: Vec<&Token> =
            tokens.get(..i).unwrap_or_default().iter().rev().take_while(|t| !ends(t)).collect();
        let after: Vec<&Token> =
            tokens.get(i + 1..).unwrap_or_default().iter().take_while(|t| !ends(t)).take(9).collect();
        let asked = tokens
            .get(i + 1..)
            .unwrap_or_default()
            .iter()
            .take(40)
            .find(|t| ends(t))
            .is_some_and(|t| t.punct() == Some('?'));
        let comma = after.iter().any(|t| t.punct() == Some(','));
        let alone = before.is_empty() && after.len() <= 3 && !comma && !asked;
        let emphatic = before.first().is_some_and(|t| t.punct().is_none() && !t.any(ASKS))
            && before.len() <= 5
            && after.len() <= 5
            && !comma
            && !asked
            && !before.iter().any(|t| {
                t.text.ends_with("remos")
                    || t.text.ends_with("ar")
                    || t.text.ends_with("er")
                    || t.any("puede llame vea mande no")
            });
        // "Los ninos si califican": after a person or a programme the word confirms.
        let confirms = before.first().is_some_and(|t| {
            t.any("ninos nino nina ninas hijo hija hijos hijas usted ustedes ella ellos esposo esposa mama papa medicaid snap bebe")
        }) && after.first().is_some_and(|t| t.kind == Kind::Word)
            && !comma;
        if let Some(t) = tokens.get_mut(i).filter(|_| alone || emphatic || confirms) {
            t.acute = true;
        }
    }
}

/// "May" beside a number is the month.
pub(super) fn name_may(tokens: &mut [Token]) {
    let number =
        |t: Option<&Token>| t.is_some_and(|t| matches!(t.kind, Kind::Number | Kind::Spoken | Kind::Ordinal));
    for i in 0..tokens.len() {
        let beside = number(tokens.get(i + 1)) || number(i.checked_sub(1).and_then(|p| tokens.get(p)));
        let placed = i
            .checked_sub(1)
            .and_then(|p| tokens.get(p))
            .is_some_and(|t| t.any("in until through since of by before after"));
        if let Some(t) = tokens.get_mut(i).filter(|t| t.text == "may" && (beside || placed)) {
            t.tags = lex::MONTH;
        }
    }
}

/// Joins a status that was torn in two ("appro ved", "den-ied").
pub(super) fn join_halves(tokens: &mut Vec<Token>) {
    let unknown = |t: &Token| t.kind == Kind::Word && lexicon().get(&t.text).is_none();
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while let Some(left) = tokens.get(i) {
        let sign = usize::from(
            tokens.get(i + 1).is_some_and(|t| matches!(t.punct(), Some('-' | '.' | '*' | '_' | '\n'))),
        );
        let right = tokens.get(i + 1 + sign).filter(|t| {
            unknown(t) && left.kind == Kind::Word && (2..20).contains(&left.text.len()) && t.text.len() < 20
        });
        let joined = right.and_then(|right| {
            let word = format!("{}{}", left.text, right.text);
            let entry = lexicon().get(&word).filter(|e| e.both.has(lex::STATE.or(lex::STEP)))?;
            Some(Token { text: word, tags: entry.both, end: right.end, ..left.clone() })
        });
        i += if joined.is_some() { 2 + sign } else { 1 };
        out.push(joined.unwrap_or_else(|| left.clone()));
    }
    *tokens = out;
}

pub(super) fn join_phrases(tokens: Vec<Token>, spanish: bool) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while let Some(first) = tokens.get(i) {
        let mut found = None;
        if matches!(first.kind, Kind::Word | Kind::Spoken) {
            let mut phrase = first.text.clone();
            for length in 1..lexicon().longest {
                let Some(next) = tokens.get(i + length).filter(|t| {
                    matches!(t.kind, Kind::Word | Kind::Spoken | Kind::Number | Kind::Punct('#' | '-'))
                }) else {
                    break;
                };
                if next.kind != Kind::Punct('-') {
                    phrase.push('_');
                    phrase.push_str(&next.text);
                }
                if let Some(tags) = tags_of(&phrase, false, spanish) {
                    found = Some((length, phrase.clone(), tags, next.end));
                }
            }
        }
        match found {
            Some((length, text, tags, end)) => {
                out.push(Token { text, tags, end, kind: Kind::Word, ..first.clone() });
                i += length + 1;
            }
            None => {
                out.push(first.clone());
                i += 1;
            }
        }
    }
    out
}
