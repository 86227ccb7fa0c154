//! Finds statements about the state of this person's case (SMS-GEN-4): approved, pending, missing, received, due.
//!
//! Owns the rules that join a person, a case word and an assertion. Grammar comes from `clauses`, words from
//! `lexicon`. To add a rule, write a function from a clause to the index of the telling token and list it in
//! [`RULES`].

use super::clauses::{Clause, Sentence, sentences};
use super::lexicon as lex;
use super::lexicon::Tags;
use super::tokens::{Kind, Reading, Token};
use super::{Finding, FindingKind, default_rule, facts};

/// What a rule looks at.
pub(super) struct View<'a> {
    pub(super) clause: &'a Clause<'a>,
    pub(super) sentence: &'a Sentence<'a>,
    /// The whole exchange so far has named a case, or the worker said that they looked it up.
    pub(super) context: bool,
    pub(super) spanish: bool,
}

type Rule = fn(&View<'_>) -> Option<usize>;

const RULES: &[Rule] = &[state, step, spanish_past, fact_verb, deed, term, lack, possession, evidence, whereabouts, knowing, cheer, household, enrolled, reason, affirmed];

/// All statements about a case.
pub(super) fn find(reading: &Reading, context: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    let context = context || has_context(reading);
    for sentence in sentences(&reading.tokens) {
        for clause in &sentence.clauses {
            let view = View { clause, sentence: &sentence, context, spanish: reading.spanish };
            let hit = RULES.iter().chain(facts::RULES).chain(default_rule::RULES).find_map(|rule| rule(&view)).and_then(|i| clause.tokens.get(i));
            if let Some(t) = hit {
                out.push(Finding {
                    kind: FindingKind::CaseStatus,
                    start: clause.tokens.first().map_or(t.start, |first| first.start),
                    end: clause.tokens.last().map_or(t.end, |last| last.end),
                });
            }
        }
    }
    out
}

/// A case, or looking one up, is what the exchange is about.
pub(super) fn has_context(reading: &Reading) -> bool {
    reading.tokens.iter().any(|t| t.is(lex::CASE) || t.is(lex::STATE) && t.is(lex::ALONE))
}

/// Whom a predicate speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Person,
    Pronoun,
    Definite,
    Bare,
    General,
    Exempt,
    Agency,
    Nobody,
}

/// Finds the subject to the left of `at`.
fn subject(tokens: &[Token], at: usize) -> Subject {
    let left = tokens.get(..at).unwrap_or_default();
    let mut noun: Option<Subject> = None;
    for (i, t) in left.iter().enumerate().rev() {
        if t.is(lex::KIN) && !kin_of_somebody(left, i) {
            return Subject::General;
        }
        if t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS)) || t.is(lex::P3.or(lex::KIN)) {
            let exempt = noun == Some(Subject::Exempt);
            return if exempt { Subject::Exempt } else { Subject::Person };
        }
        if t.is(lex::EXEMPT) && noun.is_none() {
            noun = Some(Subject::Exempt);
        } else if t.is(lex::GENERIC) {
            let definite = left.get(i.saturating_sub(2)..i).unwrap_or_default().iter().any(|d| d.is(lex::YOUR.or(lex::P3POSS)));
            if !definite {
                return Subject::General;
            }
        } else if noun.is_none() && matches!(t.text.as_str(), "this" | "that") && left.get(i + 1).is_some_and(|n| n.kind == Kind::Word && n.tags == Tags::NONE) {
            noun = Some(Subject::Exempt);
        } else if t.is(lex::THE) && noun.is_none() && left.get(i + 1).is_some_and(|n| n.kind == Kind::Word && n.tags == Tags::NONE) {
            noun = Some(Subject::Exempt);
        } else if t.is(lex::ANY) {
            return Subject::General;
        } else if t.is(lex::CASE.or(lex::NOTICE)) && noun.is_none() {
            noun = Some(Subject::Bare);
        } else if noun.is_none() && matches!(t.text.as_str(), "this" | "that") && left.get(i + 1).is_some_and(|n| n.kind == Kind::Word && n.tags == Tags::NONE) {
            noun = Some(Subject::Exempt);
        } else if t.is(lex::THE) && noun == Some(Subject::Bare) {
            noun = Some(Subject::Definite);
        } else if (t.is(lex::AGENCY) || t.text == "they" && !left.get(i..).unwrap_or_default().iter().any(|b| b.is(lex::BEPRES.or(lex::BEPAST)))) && noun.is_none() {
            return Subject::Agency;
        } else if t.is(lex::IT) && noun.is_none() && i + 1 <= at {
            noun = Some(Subject::Pronoun);
        }
    }
    noun.unwrap_or(Subject::Nobody)
}

/// "Your son", "the baby", "wife": one family's, not "kids" or "a child" at large.
pub(super) fn kin_of_somebody(tokens: &[Token], i: usize) -> bool {
    let before = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let plural = tokens.get(i).is_some_and(|t| t.text.ends_with('s') || matches!(t.text.as_str(), "children"));
    let owned = before.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
    owned || !before.iter().any(|t| t.is(lex::ANY) || matches!(t.kind, Kind::Number | Kind::Spoken)) && (!plural || before.iter().any(|t| t.is(lex::THE.or(lex::YOU)) || t.text == "both"))
}

/// Tense of the verb that leads to a participle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tense {
    Present,
    Past,
    Perfect,
    Future,
    Expected,
    Possible,
    None,
}

fn tense(tokens: &[Token], at: usize) -> Tense {
    let left = tokens.get(at.saturating_sub(7)..at).unwrap_or_default();
    let mut found = Tense::None;
    for t in left.iter().rev() {
        if t.is(lex::MAY.or(lex::MUST)) {
            return if found == Tense::Perfect && t.is(lex::MUST) { Tense::Past } else { Tense::Possible };
        }
        if t.is(lex::SHOULD) {
            return Tense::Expected;
        }
        if t.is(lex::FUT.or(lex::BEFUT)) {
            return Tense::Future;
        }
        let nominal = t.is(lex::YOUR.or(lex::P3POSS).or(lex::CASE).or(lex::KIN).or(lex::AGENCY).or(lex::NOTICE)) || t.is(lex::YOU) && !matches!(t.text.as_str(), "le" | "te" | "les") || t.text == "it";
        if matches!(t.text.as_str(), "que" | "that") || nominal && !t.is(lex::STATE.or(lex::STEP)) {
            return found;
        }
        if t.text == "to" {
            return if found == Tense::None { Tense::None } else { Tense::Possible };
        }
        if found == Tense::None || found == Tense::Present && t.is(lex::HAVE) {
            if t.is(lex::HAVE) || t.text == "been" {
                found = Tense::Perfect;
            } else if t.is(lex::BEPAST) && !t.is(lex::BEPRES) {
                found = Tense::Past;
            } else if t.is(lex::BEPRES) {
                found = Tense::Present;
            } else if t.is(lex::DO) {
                found = Tense::Past;
            }
        }
    }
    found
}

/// Neutral for a statement in the given tense.
fn neutral(view: &View<'_>, tense: Tense) -> bool {
    if !view.clause.asserted() || view.sentence.conditional {
        return true;
    }
    if tense == Tense::Possible {
        return true;
    }
    if view.sentence.has(lex::GENERIC) && !view.sentence.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS).or(lex::EVIDENCE)) {
        return true;
    }
    let past = matches!(tense, Tense::Past);
    (view.clause.time || view.sentence.timed) && !past
}

fn still(clause: &Clause<'_>) -> bool {
    clause.has(lex::STILL.or(lex::YESNO).or(lex::EVIDENCE)) || clause.word(&["yet"])
}

/// "Your case is closed", "we approved it", "approved!".
fn state(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| tokens.get(i).is_some_and(|t| t.is(lex::STATE)) && state_at(view, i))
}

fn state_at(view: &View<'_>, i: usize) -> bool {
    let tokens = view.clause.tokens;
    let Some(t) = tokens.get(i) else { return false };
    let tense = tense(tokens, i);
    if neutral(view, tense) || view.sentence.habitual && tense != Tense::Past && !view.clause.has(lex::YOU.or(lex::YOUR)) {
        return false;
    }
    let appointment = view.sentence.has(lex::APPT) || view.sentence.tokens.iter().any(|t| t.kind == Kind::Time);
    let alone = t.is(lex::ALONE);
    let next = tokens.get(i + 1);
    let before = i.checked_sub(1).and_then(|p| tokens.get(p));
    let attributive = tense == Tense::None && next.is_some_and(|n| n.is(lex::CASE.or(lex::GENERIC).or(lex::NOTICE)))
        || tense == Tense::None && view.spanish && before.is_some_and(|b| b.is(lex::CASE) && !b.is(lex::YOUR)) && !view.clause.has(lex::YOUR.or(lex::YOU));
    let who = subject(tokens, i);
    let about_case = view.clause.has(lex::CASE.or(lex::NOTICE)) || view.context;
    if appointment && !(view.clause.has(lex::CASE) && who == Subject::Person) {
        return false;
    }
    match who {
        Subject::General => to_you(tokens) && (matches!(tense, Tense::Past | Tense::Perfect) || t.text.ends_with("_way")),
        Subject::Exempt => false,
        Subject::Person if attributive => !next.is_some_and(|n| n.is(lex::GENERIC)),
        Subject::Person if weak(t) => view.clause.has(lex::CASE) || view.context || view.sentence.has(lex::CASE),
        Subject::Person => alone || about_case || tense == Tense::Present || view.clause.has(lex::P3POSS.or(lex::YOU)),
        _ if attributive && next.is_some_and(|n| n.is(lex::GENERIC)) => false,
        Subject::Agency => {
            let active = !matches!(tense, Tense::Present | Tense::Future) || before.is_some_and(|b| b.is(lex::ADV));
            active && (t.text.contains("_it_") || t.text.contains("_that_") || specific_object(tokens, i) || next.is_some_and(|n| n.is(lex::IT) && !n.is(lex::THE) || n.text == "it" || n.text == "that"))
        }
        Subject::Pronoun | Subject::Definite => {
            let ended = t.text.ends_with("ed") && before.is_some_and(|b| b.text == "it");
            let firm = strong(t) && (ended || matches!(tense, Tense::Past | Tense::Perfect) || still(view.clause) || view.clause.has(lex::NEG)) && !view.sentence.has(lex::EXEMPT);
            let about_case = about_case || firm;
            let tense = if ended { Tense::Past } else { tense };
            let concrete = alone || firm || view.context && !weak(t) || still(view.clause) || matches!(tense, Tense::Past | Tense::Perfect) || view.clause.has(lex::CASE);
            !attributive && about_or_alone(alone, about_case) && (tense != Tense::None || alone || specific_object(tokens, i)) && concrete
        }
        Subject::Bare if tense == Tense::Present && matches!(t.text.as_str(), "accepted" | "excluded" | "counted" | "held" | "certified" | "enrolled" | "eligible" | "verified" | "covered" | "open" | "cut" | "changed") => false,
        Subject::Bare if view.sentence.tokens.iter().any(|t| t.kind == Kind::Number && t.text.len() == 4 && t.text.starts_with("20")) => false,
        Subject::Bare if tense == Tense::Present && plural_at_large(tokens, i) => false,
        Subject::Bare if attributive && tokens.len() <= 4 && view.clause.dated() => true,
        Subject::Bare => !attributive && (tense != Tense::None || tokens.len() <= 8),
        Subject::Nobody => nobody(view, i, tense, attributive, about_case),
    }
}

/// Words that are said of many things besides a case.
fn weak(t: &Token) -> bool {
    matches!(t.text.as_str(), "all_set" | "on_hold" | "good_to_go" | "ready" | "done" | "set_up" | "current" | "late" | "open" | "changed" | "finished" | "listed" | "listo" | "lista" | "lost" | "added" | "removed" | "up_to_date" | "a_yes" | "a_no")
}

/// "Interviews are waived": a plural that speaks of all of them.
fn plural_at_large(tokens: &[Token], i: usize) -> bool {
    tokens.get(..i).unwrap_or_default().iter().find(|t| t.is(lex::CASE)).is_some_and(|t| t.text.ends_with('s') && !t.is(lex::DOC.or(lex::BENEFIT)) && !matches!(t.text.as_str(), "status" | "estatus"))
}

/// Words that, said of "it" in the past, mean a case rather than an office.
fn strong(t: &Token) -> bool {
    matches!(t.text.as_str(), "closed" | "active" | "inactive" | "suspended" | "stopped" | "cancelled" | "canceled" | "covered" | "ended" | "reduced" | "activo" | "activa" | "cerrado" | "cerrada" | "abierto" | "abierta" | "terminado" | "activated" | "received")
}

fn to_you(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "to" | "for" | "de" | "a" | "para") && b.is(lex::YOU.or(lex::YOUR))))
}

fn about_or_alone(alone: bool, about_case: bool) -> bool {
    alone || about_case
}

/// A status without a subject: "approved!", "fue aprobado", "ya esta cerrado".
fn nobody(view: &View<'_>, i: usize, tense: Tense, attributive: bool, about_case: bool) -> bool {
    let tokens = view.clause.tokens;
    let Some(t) = tokens.get(i) else { return false };
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    let dated = view.clause.tokens.iter().any(|t| matches!(t.kind, Kind::Date | Kind::Ordinal) || t.is(lex::MONTH));
    let headline = !weak(t) && (words == 1 && view.sentence.tokens.len() <= 2 && t.kind == Kind::Word || words <= 5 && dated || t.text == "missing" && words <= 3 && tokens.iter().any(|t| matches!(t.kind, Kind::Number | Kind::Spoken)) || words == 2 && tokens.iter().any(|t| t.is(lex::DOC)));
    if headline && !view.sentence.has(lex::EXEMPT.or(lex::GENERIC)) {
        return true;
    }
    if attributive || view.sentence.has(lex::MEANS) {
        let mark = matches!(t.kind, Kind::Punct(_));
        return mark && view.clause.has(lex::YOUR);
    }
    let at_large = tense == Tense::Present && tokens.get(..i).unwrap_or_default().iter().any(|t| t.kind == Kind::Word && t.tags == Tags::NONE && t.text.ends_with('s') && t.text.len() > 4);
    if at_large {
        return false;
    }
    let object = specific_object(tokens, i);
    if matches!(t.kind, Kind::Punct(_)) {
        return view.clause.has(lex::YOUR) && view.clause.has(lex::CASE) && words <= 4;
    }
    if view.sentence.has(lex::EXEMPT) && tense == Tense::None && !object {
        return false;
    }
    if t.is(lex::ALONE) {
        return tense != Tense::None || words <= 6 || object;
    }
    if view.clause.has(lex::EVIDENCE) && tense == Tense::None && !weak(t) && !view.sentence.has(lex::EXEMPT) {
        return true;
    }
    if (view.sentence.has(lex::YESNO) || view.clause.has(lex::EVIDENCE) || view.spanish && view.clause.has(lex::STILL) || matches!(tokens.first().map_or("", |f| f.text.as_str()), "sigue" | "siguen") || view.spanish && tokens.iter().find(|f| !f.is(lex::ADV)).is_some_and(|f| f.is(lex::BEPRES)) && !matches!(t.text.as_str(), "cerrado" | "cerrada" | "cerrados" | "abierto" | "abierta" | "cancelada" | "cancelado" | "completo")) && tense == Tense::Present && (!weak(t) || view.clause.word(&["sigue"])) && !view.sentence.has(lex::EXEMPT) {
        return true;
    }
    object || about_case && (tense != Tense::None || still(view.clause) || view.sentence.has(lex::YESNO)) && !view.sentence.has(lex::EXEMPT)
        || words <= 2 && about_case && view.sentence.tokens.len() <= 4 && !view.sentence.has(lex::EXEMPT)
}

/// Something of this person's stands to the right.
fn specific_object(tokens: &[Token], at: usize) -> bool {
    let right = tokens.get(at + 1..).unwrap_or_default();
    for (i, t) in right.iter().take(7).enumerate() {
        if t.is(lex::EXEMPT) {
            return false;
        }
        if t.is(lex::YOUR.or(lex::P3POSS)) {
            return !right.get(i + 1..).unwrap_or_default().iter().take(2).any(|n| n.is(lex::EXEMPT));
        }
        if t.is(lex::YOU.or(lex::P3)) {
            return right.get(i + 1).is_none_or(|n| !n.is(lex::EXEMPT)) && !right.iter().any(|n| n.is(lex::EXEMPT));
        }
    }
    false
}

/// "We received your paystubs", "your application is being processed", "nothing has come in from you".
fn step(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| tokens.get(i).is_some_and(|t| t.is(lex::STEP) || came_in(tokens, i)) && step_at(view, i))
}

fn came_in(tokens: &[Token], i: usize) -> bool {
    let word = |n: usize| tokens.get(n).map_or("", |t| t.text.as_str());
    matches!(word(i), "come_in" | "came_in" | "coming_in")
        || matches!((word(i), word(i + 1)), ("came" | "come" | "coming" | "came_back", "in" | "back"))
        || matches!(word(i), "got" | "have" | "gotten" | "tenemos" | "see" | "get" | "worked" | "looking") && tokens.iter().take(i).any(|t| t.is(lex::AGENCY) || t.text == "they") && !tokens.iter().any(|t| t.is(lex::MAY))
}

fn step_at(view: &View<'_>, i: usize) -> bool {
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
    let habitual = tense == Tense::Present && !progressive && !still(clause) && !dated || tense == Tense::Future && !dated;
    let word = tokens.get(i).map_or("", |t| t.text.as_str());
    match who {
        Subject::General => {
            to_you(tokens) && content && matches!(tense, Tense::Past | Tense::Perfect)
        }
        Subject::Exempt => false,
        Subject::Person => {
            let agency_first = tokens.iter().take(i).any(|t| t.is(lex::AGENCY));
            !habitual && (content || agency_first && specific_object(tokens, i)) && (tense != Tense::None || still(clause) || dated || agency_first || view.spanish)
        }
        Subject::Agency => tense != Tense::Future && tense != Tense::Present && content && !tokens.iter().take(i).any(|t| t.is(lex::MAY)) && (specific_object(tokens, i) || clause.has(lex::DOC) && !clause.has(lex::ANY)),
        Subject::Pronoun => {
            let they = tokens.iter().take(i).any(|t| t.text == "they");
            if they {
                return specific_object(tokens, i) && content;
            }
            !habitual && tense != Tense::None && (view.context || matches!(word, "processed" | "received" | "reviewed" | "delivered" | "returned" | "issued" | "scanned" | "loaded" | "deposited" | "worked")) && !clause.has(lex::EXEMPT)
        }
        Subject::Definite | Subject::Bare => !habitual && (matches!(tense, Tense::Past | Tense::Perfect | Tense::Future) || still(clause) || progressive || tense == Tense::None && dated && tokens.len() <= 6),
        Subject::Nobody => {
            let from_you = tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "from" | "de") && b.is(lex::YOU)));
            let nothing = clause.word(&["nothing", "anything", "nada"]);
            from_you && nothing || view.context && content && specific_object(tokens, i) && (tense == Tense::None || view.spanish)
                || view.spanish && view.clause.has(lex::STILL) && matches!(tense, Tense::Past | Tense::Perfect) && !view.sentence.has(lex::EXEMPT) && !tokens.iter().any(|t| t.text == "he")
                || view.context && !habitual && matches!(tense, Tense::Past | Tense::Perfect) && !view.sentence.has(lex::EXEMPT)
        }
    }
}

/// "Le aprobaron", "cerramos su caso", "ya se vencio".
fn spanish_past(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.is(lex::ESPAST.or(lex::ESFORM))) && !neutral(view, Tense::Past) && {
            let word = tokens.get(i).map_or("", |t| t.text.as_str());
            let who = subject(tokens, i);
            let weak = tokens.get(i).is_some_and(|t| t.is(lex::ESFORM)) || matches!(word, "llego" | "llegaron" | "salio" | "salieron" | "recibimos" | "recibieron" | "recibi" | "quedo" | "perdieron" | "falto" | "cambio" | "paso_su" | "revise" | "cancele" | "cancelamos" | "cancelo" | "cerramos" | "subieron" | "bajaron" | "mandamos" | "enviamos" | "mandaron" | "enviaron" | "se_envio" | "se_mando");
            let clitic = |n: usize| i.checked_sub(n).and_then(|p| tokens.get(p)).map_or("", |t| t.text.as_str());
            let aimed = matches!(clitic(1), "lo" | "la") && (clitic(2) == "se" || tokens.get(i).is_some_and(|t| t.is(lex::ESPAST)));
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
fn fact_verb(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.is(lex::FACTV)) && {
            let tense = tense(tokens, i);
            let who = subject(tokens, i);
            !neutral(view, tense)
                && !(view.sentence.habitual && !view.clause.has(lex::YOU.or(lex::YOUR)))
                && !view.clause.word(&["to"])
                && (who == Subject::Person || matches!(who, Subject::Nobody | Subject::Pronoun | Subject::Definite | Subject::Bare) && (view.spanish || view.clause.has(lex::YOU)))
        }
    })
}

/// "You missed your interview", "you did not turn in the form".
fn deed(view: &View<'_>) -> Option<usize> {
    const BASE: &[&str] = &["complete", "turn_in", "submit", "return", "send_in", "provide", "sign", "show_up", "send", "renew", "report", "come", "finish", "do", "attend", "mail"];
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        let Some(t) = tokens.get(i) else { return false };
        let base = BASE.contains(&t.text.as_str());
        let did_not = tokens.get(i.saturating_sub(3)..i).unwrap_or_default().windows(2).any(|w| matches!(w, [a, b] if a.is(lex::DO.or(lex::HAVE)) && b.is(lex::NEG)));
        if !(t.is(lex::DEED) && !base || base && did_not || matches!(t.text.as_str(), "did" | "done" | "turned" | "sent") && t.is(lex::DEED.or(lex::STEP))) || neutral(view, Tense::Past) {
            return false;
        }
        let tense = tense(tokens, i);
        if tense == Tense::Possible || tense == Tense::Future {
            return false;
        }
        let who = subject(tokens, i);
        let content = view.clause.has(lex::CASE.or(lex::NOTICE)) || view.clause.word(&["forma", "formulario"]) || view.spanish && view.clause.has(lex::NEG) || view.clause.dated() || did_not || t.text == "no-showed";
        let exempt = view.clause.has(lex::EXEMPT) && !view.clause.has(lex::CASE) && !view.clause.word(&["form", "forms", "formulario"]);
        !exempt && content && (who == Subject::Person || who == Subject::Nobody && view.spanish && t.is(lex::DEED) && t.acute && !base)
    })
}

/// "Your benefits end on the 30th".
fn term(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.is(lex::TERMV)) && {
            let tense = tense(tokens, i);
            let word = tokens.get(i).map_or("", |t| t.text.as_str());
            let past = word.ends_with("ed") || word.ends_with("ped") || matches!(word, "began" | "ran_out" | "comenzo" | "empezo");
            let who = subject(tokens, i);
            let owned = who == Subject::Person && view.clause.has(lex::CASE);
            let pronoun = who == Subject::Pronoun && past && (view.context || !view.sentence.has(lex::EXEMPT));
            let bare = matches!(who, Subject::Definite | Subject::Bare) && (view.clause.dated() || past) && !view.sentence.habitual && !view.clause.has(lex::GENERIC) && (view.sentence.has(lex::YOU.or(lex::YOUR)));
            !neutral(view, if past { Tense::Past } else { tense }) && !view.sentence.has(lex::APPT) && !view.clause.has(lex::HABIT)
                && (owned && (past || view.clause.dated() || tense == Tense::Future) || pronoun || bare || view.spanish && who == Subject::Nobody && view.clause.has(lex::YOUR) && view.clause.has(lex::CASE))
        }
    })
}

/// "We still need proof of your rent", "le falta la entrevista".
fn lack(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.is(lex::LACK)) && {
            let word = tokens.get(i).map_or("", |t| t.text.as_str());
            let left = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
            let negated = left.iter().any(|t| t.is(lex::NEG)) && !still(view.clause) && word != "falta" && word != "require";
            let who = subject(tokens, i);
            let object_owned = tokens.iter().skip(i + 1).any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
            let to_sign = matches!(word, "falta" | "faltan") && tokens.get(i + 1).is_some_and(|t| t.text == "que");
            let document = to_sign || view.spanish && view.clause.has(lex::MONEYATTR) || view.clause.has(lex::DOC) || view.clause.word(&["interview", "entrevista", "signature", "form", "page", "pagina", "hoja", "something", "letter", "receipt", "receipts", "carta", "copy", "forma"]);
            let stilled = view.clause.has(lex::STILL);
            let possible = left.iter().any(|t| t.is(lex::MAY.or(lex::FUT)) || t.text == "must");
            let strong = view.clause.word(&["more", "from", "mas"]) && view.clause.has(lex::DOC) && view.clause.has(lex::YOU) || !matches!(word, "need" | "needing" | "require" | "requires" | "necesitamos" | "requested");
            if neutral(view, Tense::Past) || negated || possible || view.clause.time || view.sentence.timed {
                return false;
            }
            match who {
                Subject::Agency => document && (object_owned || stilled || strong),
                Subject::Person => document && (strong || stilled) || stilled && !view.clause.has(lex::EXEMPT) && view.clause.has(lex::CASE),
                Subject::Nobody | Subject::Pronoun => document && (object_owned || stilled || view.clause.word(&["only", "lo_unico", "only_thing", "only_thing_left", "thing_left", "all_you_have_left"]) || view.spanish && (view.clause.has(lex::YOU) || word.starts_with("falta") && !view.clause.has(lex::ANY) || word == "necesitamos" && object_owned)),
                Subject::Definite | Subject::Bare if word == "needs" => document && object_owned,
                Subject::Definite | Subject::Bare => strong && (stilled || view.clause.has(lex::BEPRES)),
                Subject::General | Subject::Exempt => false,
            }
        }
    }).or_else(|| still_needed(view))
}

/// "Your interview is still needed".
fn still_needed(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| matches!(t.text.as_str(), "needed" | "required" | "due" | "outstanding" | "necesaria" | "necesario"))?;
    let owned = subject(tokens, i) == Subject::Person && view.clause.has(lex::CASE);
    (owned && view.clause.asserted() && !view.sentence.conditional && !view.sentence.habitual && !tokens.iter().any(|t| t.is(lex::MAY))).then_some(i)
}

/// "You have an open case", "we have you down as ...", "there is no application on file".
fn possession(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::HAVE))?;
    let who = subject(tokens, i);
    let modal = tokens.get(i.saturating_sub(3)..i).unwrap_or_default().iter().any(|t| t.is(lex::MAY.or(lex::MUST).or(lex::SHOULD).or(lex::FUT)));
    let next_to = tokens.get(i + 1).is_some_and(|t| t.text == "to" || t.text == "que" || t.is(lex::WH));
    if neutral(view, Tense::Present) || modal || next_to || view.sentence.habitual {
        return None;
    }
    let right = tokens.get(i + 1..).unwrap_or_default();
    let free = right.iter().any(|t| t.is(lex::EXEMPT) || matches!(t.text.as_str(), "right" | "rights" | "derecho" | "questions" | "time" | "until"));
    let thing = right.iter().take(6).position(|t| t.is(lex::CASE.or(lex::NOTICE)) || t.is(lex::STATE));
    let held = match who {
        Subject::Person => thing.is_some() && !free && !view.clause.word(&["days"]),
        Subject::Agency => right.first().is_some_and(|t| t.is(lex::YOU) || t.is(lex::P3)) && !free && right.len() > 1
            || right.first().is_some_and(|t| t.is(lex::YOUR)) && thing.is_some() && !free,
        Subject::Nobody if view.spanish => thing.is_some_and(|n| n <= 3) && !free && tokens.get(i).is_some_and(|t| matches!(t.text.as_str(), "tiene" | "tienes" | "tenemos" | "ha")),
        _ => false,
    };
    held.then_some(i)
}

/// "I see your application", "no record of a case", "según el sistema".
fn evidence(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::EVIDENCE))?;
    let left = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let barred = left.iter().any(|t| t.is(lex::MAY.or(lex::IF))) || view.clause.has(lex::FUT) && tokens.get(i).is_some_and(|t| t.text.ends_with("sistema") || t.text.ends_with("system"));
    if barred || !view.clause.asserted() || view.sentence.conditional {
        return None;
    }
    let rest = view.sentence.tokens.iter().filter(|t| t.start >= tokens.get(i).map_or(0, |t| t.start));
    let (mut person, mut content, mut exempt, mut determined) = (false, false, false, false);
    for t in rest {
        person |= t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS).or(lex::P3).or(lex::KIN)) || determined && t.is(lex::CASE.or(lex::NOTICE).or(lex::STATE));
        determined = matches!(t.text.as_str(), "no" | "any" | "an" | "a" | "the" | "un" | "una" | "el" | "la" | "ningun" | "ninguna" | "two" | "2" | "new" | "active" | "adverse") || t.kind == Kind::Spoken;
        let spanish_act = view.spanish && t.acute && t.text.ends_with('o') && t.text.len() > 3;
        person |= spanish_act;
        content |= spanish_act || t.is(lex::CASE.or(lex::NOTICE).or(lex::STATE).or(lex::MONEYATTR).or(lex::ATTR).or(lex::DEED)) || t.text.ends_with("household");
        exempt |= t.is(lex::EXEMPT);
    }
    let nowhere = view.clause.has(lex::NEG) && (view.clause.has(lex::YOU) || view.clause.word(&["lo", "la"])) && tokens.iter().any(|t| t.text.contains("sistema") || t.text.contains("system") || t.text.contains("on_file") || t.text.contains("record"));
    if nowhere {
        return Some(i);
    }
    (person && content && (!exempt || view.sentence.has(lex::CASE))).then_some(i)
}

/// "Your application is in line to be worked": whatever is said to be so of a person's case.
fn whereabouts(view: &View<'_>) -> Option<usize> {
    const CORE: &[&str] = &["application", "app", "case", "renewal", "recertification", "recert", "claim", "hearing", "appeal", "review", "solicitud", "caso", "renovacion", "aplicacion", "certification", "sanction", "overpayment", "audiencia"];
    const FREE: &[&str] = &["on", "at", "private", "confidential", "secure", "safe", "important", "available", "based", "about", "free", "usually", "number", "protected", "how", "what", "where", "the", "through"];
    let tokens = view.clause.tokens;
    let noun = (1..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| CORE.contains(&t.text.as_str()))
            && tokens.get(i.saturating_sub(3)..i).unwrap_or_default().iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)))
    })?;
    let verb = tokens.get(noun + 1)?;
    let next = tokens.get(noun + 2);
    let plain = verb.is(lex::BEPRES.or(lex::BEPAST)) && !verb.is(lex::NEG) || verb.is(lex::HAVE) || matches!(verb.text.as_str(), "shows" | "needs" | "got");
    let free = next.is_none_or(|n| FREE.contains(&n.text.as_str()) || n.kind == Kind::Name || n.is(lex::STEP));
    (plain && !free && !neutral(view, Tense::Present) && !view.sentence.habitual).then_some(noun)
}

/// "Did you know that your case was denied?": what is known is told.
fn knowing(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::KNOW))?;
    let before = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let addressed = before.iter().any(|t| t.is(lex::YOU)) || view.spanish;
    let rest = tokens.get(i + 1..).unwrap_or_default();
    let follows = rest.first().is_some_and(|t| t.text == "that" || t.text == "que" || t.is(lex::YOUR.or(lex::YOU))) || rest.first().is_some_and(|t| t.text == "we");
    let told = rest.iter().any(|t| t.is(lex::STATE.or(lex::ESPAST))) && rest.iter().any(|t| t.is(lex::BEPAST.or(lex::BEPRES).or(lex::ESPAST)) || t.text.ends_with("ed")) && rest.iter().any(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS)));
    (addressed && follows && told && view.clause.question && !view.sentence.conditional).then_some(i)
}

/// "Congratulations on your approval".
fn cheer(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| matches!(t.text.as_str(), "approval" | "denial" | "aprobacion" | "negacion" | "closure" | "cierre"))?;
    let owned = tokens.get(i.saturating_sub(3)..i).unwrap_or_default().iter().any(|t| t.is(lex::YOUR));
    let glad = view.sentence.has(lex::YESNO) || view.clause.word(&["congratulations", "congrats", "because", "felicidades", "due", "after"]);
    (owned && glad && view.clause.asserted()).then_some(i)
}

/// "You have 3 people on your case", "your household size is 4", "your caseworker is ...".
fn household(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::ATTR))?;
    let owned = tokens.get(i.saturating_sub(2)..i).unwrap_or_default().iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
    let said = tokens.iter().skip(i + 1).any(|t| t.is(lex::BEPRES.or(lex::BEPAST)) || matches!(t.text.as_str(), "ends" | "starts")) || view.clause.dated();
    (owned && said && !neutral(view, Tense::Present) && !view.sentence.habitual).then_some(i)
}

/// "Your mother is already on Medicaid", "you are not on the case".
fn enrolled(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| matches!(t.text.as_str(), "on" | "in" | "en" | "under"))?;
    let near = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let be = near.iter().any(|t| t.is(lex::BEPRES.or(lex::BEPAST)) && t.text != "be");
    let thing = tokens.get(i + 1..).unwrap_or_default().iter().take(3).any(|t| t.is(lex::PROG) || matches!(t.text.as_str(), "case" | "caso" | "file" | "coverage"));
    let who = subject(tokens, i);
    (be && thing && who == Subject::Person && !neutral(view, tense(tokens, i)) && !view.sentence.habitual).then_some(i)
}

/// "Your appointment is about your renewal": time and place may be sent, the reason may not (AMB-56).
fn reason(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    tokens.iter().position(|t| t.is(lex::APPT) && !matches!(t.text.as_str(), "appointments" | "citas"))?;
    let i = tokens.iter().position(|t| matches!(t.text.as_str(), "about" | "for" | "regarding" | "re" | "sobre" | "para" | "por" | "because" | "concerning"))?;
    let thing = tokens.get(i + 1..).unwrap_or_default().iter().take(5).any(|t| t.is(lex::CASE) || matches!(t.text.as_str(), "cierre" | "closing" | "denial"));
    let held = tokens.iter().any(|t| t.is(lex::BEPRES.or(lex::YOUR)));
    (thing && held && !neutral(view, Tense::Present)).then_some(i)
}

/// "Yes it was!" as the answer to what was asked about the case.
fn affirmed(view: &View<'_>) -> Option<usize> {
    let tokens = view.sentence.tokens;
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    let last = view.clause.tokens.iter().rposition(|t| t.punct().is_none())?;
    let verb = view.clause.tokens.get(last)?;
    let ends = verb.is(lex::BEPRES.or(lex::BEPAST).or(lex::DO).or(lex::HAVE)) || verb.is(lex::NEG) && words > 2;
    let speaks = view.clause.has(lex::IT.or(lex::YOU).or(lex::P3)) || view.clause.word(&["they"]);
    (view.context && words <= 6 && ends && speaks && view.clause.asserted() && !view.clause.has(lex::MAY)).then_some(last)
}

/// Words that a rule of another file shares.
pub(super) fn owned(tags: Tags) -> bool {
    tags.has(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS).or(lex::KIN))
}
