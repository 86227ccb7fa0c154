//! Finds amounts of this person's benefits, debts and shares (SMS-GEN-4); table figures and fees pass.
//!
//! Owns what counts as an amount and whose it is. To add a way of writing an amount, extend [`amount_at`].

use super::clauses::{Clause, Sentence, sentences};
use super::lexicon as lex;
use super::status;
use super::tokens::{Kind, Reading, Token};
use super::{Finding, FindingKind};

/// How surely a token is a sum of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    Sure,
    Likely,
}

/// All amounts of this person.
pub(super) fn find(reading: &Reading, context: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    let context = context || status::has_context(reading);
    for sentence in sentences(&reading.tokens) {
        for clause in &sentence.clauses {
            for (i, t) in clause.tokens.iter().enumerate() {
                let Some(sum) = amount_at(clause.tokens, i) else { continue };
                if told(clause, &sentence, i, sum, context, reading.spanish) {
                    out.push(Finding { kind: FindingKind::BenefitAmount, start: t.start, end: t.end });
                }
            }
            if let Some(t) = emptied(clause, &sentence) {
                out.push(Finding { kind: FindingKind::BenefitAmount, start: t.start, end: t.end });
            }
        }
    }
    out
}

fn amount_at(tokens: &[Token], i: usize) -> Option<Sum> {
    let t = tokens.get(i)?;
    let next = tokens.get(i + 1);
    let previous = i.checked_sub(1).and_then(|p| tokens.get(p));
    if t.kind == Kind::Money {
        return Some(Sum::Sure);
    }
    if !matches!(t.kind, Kind::Number | Kind::Spoken) {
        return None;
    }
    let word = |o: Option<&Token>, any: &[&str]| o.is_some_and(|t| any.contains(&t.text.as_str()));
    if next.is_some_and(|n| n.is(lex::MONEYWORD)) || previous.is_some_and(|p| p.punct() == Some('$')) || previous.is_some_and(|p| p.punct() == Some(':')) && i.checked_sub(2).and_then(|p| tokens.get(p)).is_some_and(|p| p.punct() == Some('$')) {
        return Some(Sum::Sure);
    }
    let monthly = word(next, &["/", "monthly", "mensuales"]) && word(tokens.get(i + 2), &["month", "mes", "mo"])
        || word(next, &["monthly", "mensuales", "mensual"])
        || word(next, &["a", "per", "al", "each", "every", "por", "this", "este", "un"]) && word(tokens.get(i + 2), &["month", "mes", "hour", "week", "hora", "semana", "this_month"]);
    if monthly || t.text.contains('.') {
        return Some(Sum::Sure);
    }
    let plain = digits_said(tokens, i);
    let value: u32 = plain.parse().ok()?;
    if previous.is_some_and(|p| p.punct() == Some('=')) && i.checked_sub(2).and_then(|p| tokens.get(p)).is_some_and(|p| p.kind == Kind::Number) {
        return None;
    }
    let monthly_sum = previous.is_some_and(|p| p.is(lex::MONTH)) && (32..1900).contains(&value) && !next.is_some_and(|n| n.is(lex::UNIT));
    if monthly_sum {
        return Some(Sum::Sure);
    }
    let place = next.is_some_and(|n| n.is(lex::EXEMPT.or(lex::GENERIC))) || next.is_some_and(|n| n.is(lex::UNIT) || n.kind == Kind::Percent)
        || value <= 31 && word(previous, &["on", "the", "el", "dia", "del", "of"])
        || word(previous, &["suite", "box", "room", "im", "option", "opcion", "press", "step", "age", "edad", "under", "over", "#", "between", "press", "with", "con", "starts"])
        || previous.is_some_and(|p| p.is(lex::MONTH)) && value <= 31 || next.is_some_and(|n| n.is(lex::MONTH) || n.text == "de" && tokens.get(i + 2).is_some_and(|m| m.is(lex::MONTH)));
    let place = place || word(previous, &["of"]);
    let place = place && !(word(previous, &["of", "de"]) && i.checked_sub(2).and_then(|p| tokens.get(p)).is_some_and(|p| p.is(lex::BENEFIT) || matches!(p.text.as_str(), "deposit" | "amount" | "total" | "balance" | "saldo" | "spend_down" | "claim")));
    let street = tokens.get(i + 1..).unwrap_or_default().iter().take(4).any(|n| matches!(n.text.as_str(), "st" | "street" | "ave" | "avenue" | "dr" | "drive" | "rd" | "road" | "blvd" | "ln" | "hwy" | "highway" | "pkwy" | "calle" | "way" | "plaza"));
    let year = (1990..=2040).contains(&value) && plain.len() == 4;
    let likely = (10..=20_000).contains(&value) && !place && !year && !(street && value > 99) || value == 0 && word(previous, &["at", "en"]);
    likely.then_some(Sum::Likely)
}

fn told(clause: &Clause<'_>, sentence: &Sentence<'_>, i: usize, sum: Sum, context: bool, spanish: bool) -> bool {
    let tokens = clause.tokens;
    if clause.question || sentence.conditional || clause.withheld || sentence.has(lex::MEANS) {
        return false;
    }
    let dictated = sentence.tokens.iter().filter(|t| t.kind == Kind::Spoken).count() >= 6;
    let phone = dictated || tokens.iter().any(|t| matches!(t.kind, Kind::Phone | Kind::Time)) || sentence.has(lex::APPT) || clause.word(&["dial", "marque", "press", "oprima", "text", "call", "llame", "relay"]);
    let owner = (0..tokens.len()).any(|n| tokens.get(n).is_some_and(|t| status::owned(t.tags)) && !(tokens.get(n).is_some_and(|t| t.is(lex::KIN)) && tokens.get(n.saturating_sub(2)..n).unwrap_or_default().iter().any(|b| b.is(lex::ANY) || matches!(b.kind, Kind::Number | Kind::Spoken))));
    let pays = clause.has(lex::MONEYATTR) && owner || clause.word(&["claim", "overpayment", "sobrepago"]) || clause.has(lex::PAY) || clause.has(lex::BENEFIT.or(lex::CARD).or(lex::PROG)) || clause.has(lex::FACTV);
    let own_max = tokens.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::YOUR) && matches!(b.text.as_str(), "max" | "maximum" | "maximo")));
    let limited = !own_max && (clause.has(lex::LIMIT) || clause.has(lex::FEE) && !clause.has(lex::YOUR.or(lex::YOU))) && !strong_owner(clause, i, spanish);
    let general = clause.has(lex::GENERIC) && !clause.has(lex::YOU.or(lex::YOUR)) || clause.tokens.iter().any(|t| t.text == "personas" || t.text == "people") && !clause.has(lex::YOUR);
    let possible = clause.word(&["fine", "penalty", "possible"]) || tokens.iter().any(|t| t.is(lex::MAY) && t.text != "would") || tokens.iter().take(i).any(|t| t.is(lex::MUST) && t.text != "would" && t.text != "debe" && t.text != "debes" && t.text != "deben") && !clause.word(&["regresar", "devolver", "pagar", "pay", "repay", "back"]);
    if limited || general || possible || clause.direction && !owner && !clause.word(&["expect", "espere"]) {
        return false;
    }
    let agency_paid = clause.tokens.iter().any(|t| matches!(t.text.as_str(), "they" | "we" | "i")) && clause.has(lex::PAY.or(lex::STATE));
    let it = clause.has(lex::IT) || clause.word(&["came_out", "total"]);
    let paid_before = sentence.has(lex::PAY) && sentence.has(lex::YOU.or(lex::YOUR));
    let short = tokens.iter().filter(|t| t.kind == Kind::Word).count() <= 6;
    let general_sentence = !own_max && sentence.has(lex::LIMIT) && !sentence.has(lex::YOU.or(lex::YOUR));
    if general_sentence {
        return false;
    }
    let figure = tokens.get(i).is_some_and(|_| digits_said(tokens, i).parse::<u32>().is_ok_and(|n| (20..=5000).contains(&n) && n != 211 && n != 711 && n != 988 && n != 911));
    let plain = figure && !phone && (own_max || !sentence.has(lex::LIMIT)) && !sentence.has(lex::FEE.or(lex::GENERIC).or(lex::EXEMPT).or(lex::CALL)) && !addressed(sentence, tokens, i)
        && (owner || pays || tokens.get(i + 1).is_some_and(|n| n.text == "on") && tokens.get(i + 3).is_some_and(|n| n.kind == Kind::Ordinal) || clause.has(lex::BEPRES.or(lex::BEPAST).or(lex::FUT).or(lex::EVIDENCE)) || tokens.iter().all(|t| t.is(lex::ADV) || t.punct().is_some() || t.kind == Kind::Number) && tokens.len() > 1 || paid_before || sentence.tokens.iter().any(|t| matches!(t.text.as_str(), "expect" | "espere" | "half" | "mitad" | "instead" | "plus")) || tokens.len() <= 2 && sentence.has(lex::MONEYATTR.or(lex::BENEFIT)))
        && !clause.has(lex::ATTR);
    match sum {
        Sum::Likely if plain => true,
        Sum::Sure if table(sentence) => false,
        Sum::Sure => {
            owner || agency_paid
                || clause.has(lex::EVIDENCE)
                || it && !sentence.has(lex::LIMIT.or(lex::FEE)) && (context || sentence.has(lex::YESNO) || short || clause.word(&["out"]))
                || spanish && pays && !clause.has(lex::ANY) && !sentence.has(lex::LIMIT.or(lex::FEE))
                || short && !sentence.has(lex::LIMIT.or(lex::FEE).or(lex::EXEMPT))
        }
        Sum::Likely => !phone && (owner && pays || agency_paid && (context || clause.word(&["cut", "raised", "lowered", "dropped", "reduced", "increased"])) || paid_before && tokens.len() <= 3 || (clause.has(lex::EVIDENCE) || clause.word(&["screen", "system", "sistema", "pantalla"])) && (pays || clause.has(lex::SAYS)) || pays && spanish && !sentence.has(lex::LIMIT) && clause.has(lex::PAY)
            || clause.has(lex::BENEFIT) && clause.dated() && clause.has(lex::PAY)
            || spanish && clause.word(&["regresar", "devolver"])
            || tokens.len() <= 2 && sentence.tokens.iter().any(|t| t.punct() == Some('$'))
            || tokens.len() == 1 && tokens.first().is_some_and(|t| t.kind == Kind::Spoken && t.text.len() == 3) && sentence.tokens.len() <= 2
            || tokens.len() <= 5 && pays && !sentence.has(lex::LIMIT)
            || pays && clause.has(lex::CARD) && tokens.iter().any(|t| t.text == "your")
            || tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "for" | "para" | "of" | "de") && b.is(lex::YOU)))),
    }
}

/// The digits at `i`, together with those said after it one by one ("two oh four").
fn digits_said(tokens: &[Token], i: usize) -> String {
    let spoken = |t: &&Token| t.kind == Kind::Spoken;
    let own = tokens.get(i).map(|t| t.text.replace(',', "")).unwrap_or_default();
    let alone = own.len() > 2 || !tokens.get(i).is_some_and(|t| t.kind == Kind::Spoken) || i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|t| t.kind == Kind::Spoken);
    if alone {
        return own;
    }
    tokens.get(i..).unwrap_or_default().iter().take_while(spoken).map(|t| t.text.as_str()).take(4).collect()
}

/// A house number, a ZIP code or a room: numbers in a sentence that gives an address.
fn addressed(sentence: &Sentence<'_>, tokens: &[Token], i: usize) -> bool {
    let room = i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|p| matches!(p.text.as_str(), "cuarto" | "room" | "suite" | "piso" | "floor" | "exit" | "salida" | "bus" | "hwy" | "highway"));
    let row = tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "for" | "para") && (matches!(b.kind, Kind::Number | Kind::Spoken) && b.text.len() == 1 || matches!(b.text.as_str(), "one" | "uno"))));
    if room || row && !sentence.has(lex::YOU.or(lex::YOUR)) {
        return true;
    }
    let zip = sentence.tokens.iter().any(|t| t.kind == Kind::Zip || t.kind == Kind::Number && t.text.len() == 5 && !t.text.contains([',', '.']));
    let place = sentence.tokens.iter().any(|t| matches!(t.text.as_str(), "mo" | "st" | "rd" | "dr" | "ave" | "office" | "oficina" | "city" | "springfield" | "columbia" | "joplin" | "louis"));
    let large = tokens.get(i).is_some_and(|t| t.text.len() >= 3);
    let worded = large && tokens.get(i + 1).is_some_and(|n| n.kind == Kind::Word && n.tags == lex::Tags::NONE && n.text.len() > 3) && tokens.get(i + 2).is_some_and(|n| n.kind == Kind::Word && n.tags == lex::Tags::NONE);
    zip || place || worded
}

/// Three sums and nobody's name: a row of a table.
fn table(sentence: &Sentence<'_>) -> bool {
    sentence.tokens.iter().filter(|t| t.kind == Kind::Money).count() >= 3 && !sentence.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS))
}

/// "You will get $291": the sum is the object of what this person gets or owes, whatever else is said.
fn strong_owner(clause: &Clause<'_>, i: usize, spanish: bool) -> bool {
    let left = clause.tokens.get(i.saturating_sub(5)..i).unwrap_or_default();
    let you = left.iter().any(|t| t.is(lex::YOU));
    let gets = left.iter().any(|t| t.is(lex::PAY) && !t.is(lex::LIMIT));
    let from_you = left.iter().position(|t| t.is(lex::YOU)).unwrap_or(0);
    let bounded = left.get(from_you..).unwrap_or_default().iter().any(|t| t.is(lex::LIMIT.or(lex::FEE).or(lex::MAY)));
    you && gets && !bounded && !(spanish && left.iter().any(|t| t.is(lex::MAY)))
}

/// "Nothing left on the card", "your balance is zero".
fn emptied<'t>(clause: &Clause<'t>, sentence: &Sentence<'_>) -> Option<&'t Token> {
    if !clause.asserted() || sentence.conditional {
        return None;
    }
    let holder = clause.has(lex::CARD.or(lex::BENEFIT)) || clause.word(&["balance", "saldo", "account", "cuenta"]);
    let at = clause.tokens.iter().position(|t| {
        matches!(t.text.as_str(), "nothing" | "saldo" | "empty" | "nada" | "vacia") || matches!(t.kind, Kind::Spoken | Kind::Number) && t.text == "0"
    })?;
    let month = clause.has(lex::DAY.or(lex::MONTH)) && (clause.has(lex::YOU) || clause.has(lex::YOUR)) && clause.has(lex::PAY.or(lex::BENEFIT)) || clause.word(&["toco"]);
    if month {
        return clause.tokens.get(at);
    }
    let left = clause.word(&["left", "remaining", "queda", "quedan", "empty", "vacia"]) || clause.word(&["saldo"]) && clause.has(lex::NEG) && clause.word(&["tiene", "hay"]) || clause.tokens.get(at).is_some_and(|t| t.text == "0");
    (holder && left || clause.has(lex::YOU) && clause.tokens.get(at).is_some_and(|t| t.text == "0")).then(|| clause.tokens.get(at)).flatten()
}
