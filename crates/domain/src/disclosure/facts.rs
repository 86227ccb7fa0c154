//! Finds what is said of this person's own things and doings without a status word (SMS-GEN-4).
//!
//! `status` knows the closed vocabulary of statuses; here the grammar alone tells: "your card is in the mail", "you never
//! sent the receipt", "the worker called your employer". To add a rule, list it in [`RULES`].

use super::clauses::Clause;
use super::lexicon as lex;
use super::status::View;
use super::tokens::{Kind, Token};

pub(super) const RULES: &[fn(&View<'_>) -> Option<usize>] = &[own_thing, you_did, you_shall_get, agency_did, due_by, spanish_to_you, nothing_there, arrived, spanish_did, at_work, will_act, recorded, short_answer, undecided, nobody_yet, verdict, until_month, well, no_more, barred_by, telegram, switched, could_not, third_party, about_to];

/// Things of a person that are no case words by themselves.
const OWN: &[&str] = &[
    "address", "job", "worker", "caseworker", "employer", "months", "household", "dob", "plan", "tax", "refund", "spouse", "income", "rent", "wages", "hours", "direccion",
    "stuff", "replacement", "things", "file", "trabajo", "ingreso", "ingresos", "renta", "hogar", "trabajador", "trabajadora", "plan", "account", "information", "paycheck", "landlord",
];

/// What may be said of anybody's thing: where it is to be found, that it is private, how a rule fixes it.
const FREE: &[&str] = &[
    "on", "at", "private", "confidential", "secure", "safe", "important", "available", "based", "free", "protected", "how", "what", "where", "located", "welcome", "the", "up", "same", "different",
    "gratuita", "gratis", "usually", "determined", "calculated", "from", "about", "your", "only", "like", "online", "everyone", "anyone", "whoever", "counted", "shared", "considered", "treated", "todos", "arriba", "segun", "igual", "privado", "confidencial", "basado", "for", "good",
];

/// Present verbs by which a record tells something.
const TELLING: &[&str] = &["says", "shows", "has", "needs", "lists", "reflects", "went", "came", "got", "lacks", "put", "puts", "dropped", "gets", "lost", "made", "makes", "owes", "earns", "have", "show", "say", "need", "tiene", "tienen", "dice", "muestra", "gana"];

fn permitted(view: &View<'_>) -> bool {
    !view.clause.asserted() || view.sentence.conditional || view.clause.time || view.sentence.has(lex::MEANS)
}

fn noun_at(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| (t.is(lex::CASE.or(lex::ATTR).or(lex::MONEYATTR).or(lex::KIN).or(lex::NOTICE).or(lex::DOBLABEL)) || OWN.contains(&t.text.as_str())) && !t.is(lex::APPT))
}

/// "Your card is in the mail", "your file has two jobs listed", "sus beneficios llegan el 8".
fn own_thing(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let owner = tokens.iter().take(6).position(|t| t.is(lex::YOUR.or(lex::P3POSS)))?;
    let introduced = tokens.get(..owner).unwrap_or_default().iter().any(|t| t.is(lex::PREP) || t.is(lex::MAY.or(lex::MUST).or(lex::FUT)) || t.is(lex::YOU));
    if introduced {
        return None;
    }
    let noun = (owner..(owner + 5).min(tokens.len())).rev().find(|&i| noun_at(tokens, i))?;
    if tokens.get(owner..noun).unwrap_or_default().iter().any(|t| t.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE).or(lex::MAY).or(lex::MUST).or(lex::FUT).or(lex::PREP)) && t.text != "de") {
        return own_before(view, tokens, owner);
    }
    let skip = lex::ADV.or(lex::NEG).or(lex::CASE).or(lex::P3POSS);
    let verb = (noun + 1..tokens.len()).find(|&i| tokens.get(i).is_some_and(|t| t.punct().is_none() && (!t.is(skip) || t.is(lex::STATE.or(lex::STEP)))))?;
    judge_verb(view, tokens, noun, verb).then_some(noun)
}

/// The noun nearest to its owner when a verb stands between it and a later one ("your docs are in the case").
fn own_before(view: &View<'_>, tokens: &[Token], owner: usize) -> Option<usize> {
    let noun = (owner + 1..(owner + 4).min(tokens.len())).find(|&i| noun_at(tokens, i))?;
    let verb = noun + 1;
    tokens.get(verb).filter(|t| !t.is(lex::PREP))?;
    let verb = (verb..tokens.len()).find(|&i| tokens.get(i).is_some_and(|t| !t.is(lex::ADV.or(lex::NEG).or(lex::CASE))))?;
    judge_verb(view, tokens, noun, verb).then_some(noun)
}

fn judge_verb(view: &View<'_>, tokens: &[Token], noun: usize, verb: usize) -> bool {
    let Some(v) = tokens.get(verb) else { return false };
    let between = tokens.get(noun..verb).unwrap_or_default();
    let clause = view.clause;
    let dated = clause.dated() && !view.sentence.habitual;
    if v.is(lex::MAY.or(lex::MUST)) || v.text == "se" && view.sentence.habitual {
        return false;
    }
    if v.is(lex::SHOULD) {
        return dated;
    }
    let spanish_future = view.spanish && v.acute && (v.text.ends_with("ra") || v.text.ends_with("ran"));
    if matches!(v.text.as_str(), "va" | "van") && tokens.get(verb + 1).is_some_and(|n| n.is(lex::SEND.or(lex::PREP)) && n.text != "a") {
        return true;
    }
    if v.is(lex::FUT) || spanish_future || v.text == "se" && tokens.get(verb + 1).is_some_and(|n| n.acute && n.text.ends_with("ra")) {
        return dated || tokens.get(verb + 1).is_some_and(|n| n.is(lex::NEG) || n.is(lex::TERMV));
    }
    if v.is(lex::BEPRES) && !v.is(lex::BEPAST) {
        let Some(p) = (verb + 1..tokens.len()).filter_map(|i| tokens.get(i)).find(|t| !t.is(lex::ADV.or(lex::NEG))) else { return false };
        let still = clause.has(lex::STILL);
        let free = FREE.contains(&p.text.as_str()) && !(p.text == "good" && dated) || p.kind == Kind::Name || p.is(lex::EXEMPT) || p.is(lex::MAY) || p.is(lex::STEP) && !still && !dated || p.text == "in" && clause.has(lex::EXEMPT);
        return !free && !view.sentence.habitual;
    }
    if v.is(lex::BEPAST) || v.is(lex::HAVE) {
        return !view.sentence.habitual;
    }
    if TELLING.contains(&v.text.as_str()) {
        if tokens.get(verb + 1..).unwrap_or_default().iter().take(2).any(|t| t.is(lex::WH) || t.text == "which" || t.text == "que" && !view.sentence.has(lex::ESPAST.or(lex::STATE))) {
            return false;
        }
        return !view.sentence.habitual;
    }
    let past = v.text.ends_with("ed") && v.text.len() > 4;
    let spanish = view.spanish && (dated || v.acute && v.text.ends_with('o') || v.is(lex::STATE.or(lex::ESPAST)) || matches!(v.text.as_str(), "ya" | "lo" | "la"));
    past && !view.sentence.habitual || spanish || between.iter().any(|t| t.is(lex::NEG)) && v.is(lex::DO)
}

/// Verbs of talking: what a person says in this exchange is no fact of the case.
const TALK: &[&str] = &[
    "asked", "mentioned", "wanted", "texted", "called", "contacted", "reached", "needed", "selected", "stated", "indicated", "messaged", "tried", "said", "told", "meant", "replied", "responded",
    "answered", "noticed", "liked", "described", "explained", "typed", "shared", "helped", "started", "entered", "ask", "say", "tell", "mention", "want", "mean", "respond", "reply", "answer",
    "know", "need", "hear", "like", "worry", "heard", "understand", "disconnected", "stopped", "read", "see", "waited", "hoped", "confirmed", "picked", "booked", "chose", "scheduled", "interested", "worried", "supposed",
];
const IRREGULAR: &[&str] = &["made", "went", "lost", "took", "gave", "forgot", "met", "put", "did", "sent", "left", "turned_in", "sent_in", "dropped_off", "got", "withdrew", "had", "quit", "moved", "paid", "fell", "became", "brought", "missed", "used_up"];

/// "You never sent the rent receipt", "you passed the income test".
fn you_did(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) {
        return None;
    }
    let words: Vec<usize> = (0..tokens.len()).filter(|&i| tokens.get(i).is_some_and(|t| t.punct().is_none())).collect();
    let lead = words.iter().position(|&i| tokens.get(i).is_some_and(|t| t.is(lex::YOU.or(lex::P3)) && !matches!(t.text.as_str(), "le" | "te" | "les")))?;
    let opened = words.iter().take(lead).all(|&i| tokens.get(i).is_some_and(|t| t.is(lex::ADV.or(lex::CONJ).or(lex::YESNO).or(lex::IT).or(lex::YOUR).or(lex::P3POSS).or(lex::NEG)) || matches!(t.text.as_str(), "that" | "says" | "ok" | "hi" | "like" | "well" | "it")));
    let after: Vec<&Token> = words.iter().skip(lead + 1).filter_map(|&i| tokens.get(i)).filter(|t| !t.is(lex::ADV) && t.text != "never" && t.text != "all").collect();
    let verb = after.first()?;
    let exempt = !matches!(verb.text.as_str(), "failed" | "passed") && tokens.iter().any(|t| t.is(lex::EXEMPT) && !matches!(t.text.as_str(), "form" | "forms" | "address" | "hours")) && !view.clause.has(lex::CASE);
    if !opened || exempt || view.sentence.has(lex::APPT) || tokens.iter().any(|t| t.kind == Kind::Time) {
        return None;
    }
    let second = after.get(1).map_or("", |t| t.text.as_str());
    let auxiliary = verb.is(lex::DO.or(lex::HAVE)) && verb.text != "had";
    let negated = auxiliary && after.get(1).is_some_and(|t| t.is(lex::NEG));
    let third = after.get(2).map_or("", |t| t.text.as_str());
    let denied = negated && !third.is_empty() && !TALK.contains(&third) && !matches!(third, "to" | "any" | "worry" | "have") && verb.text != "do"
        || negated && matches!(third, "meet" | "qualify" | "get" | "receive" | "have") && (view.clause.has(lex::CASE) || third == "meet" || third == "qualify");
    let text = verb.text.as_str();
    let past = (text.ends_with("ed") && text.len() >= 4 || IRREGULAR.contains(&text)) && !TALK.contains(&text) && !(text == "had" && second == "to") && !(text == "got" && second == "it" && after.len() <= 2) && !(text == "need") && (!matches!(text, "made" | "did" | "put" | "took" | "gave" | "left" | "went" | "brought" | "became") || view.clause.has(lex::CASE.or(lex::NOTICE)));
    let spanish = view.spanish && (verb.acute && text.ends_with('o') || matches!(text, "hizo" | "fue" | "mando") || view.spanish && text == "no" && after.get(1).is_some_and(|t| t.acute && t.text.ends_with('o') || matches!(t.text.as_str(), "hizo" | "fue" | "mando"))) && view.clause.has(lex::CASE.or(lex::NOTICE));
    (denied || past && !view.spanish || spanish).then_some(*words.get(lead)?)
}

/// "You will get your benefits on Friday", "you get your stamps on the 7th", "you will lose your Medicaid".
fn you_shall_get(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || tokens.iter().any(|t| t.is(lex::MAY)) || view.sentence.has(lex::APPT) {
        return None;
    }
    let you = tokens.iter().position(|t| t.is(lex::YOU.or(lex::P3)))?;
    let rest = tokens.get(you + 1..).unwrap_or_default();
    let gets = rest.iter().position(|t| t.is(lex::PAY) || matches!(t.text.as_str(), "have" | "see" | "getting" | "lose" | "losing" | "keep"))?;
    let thing = tokens.iter().any(|t| t.is(lex::BENEFIT.or(lex::PROG).or(lex::CARD)) || matches!(t.text.as_str(), "them" | "it"));
    let denied = rest.get(..gets).unwrap_or_default().iter().any(|t| t.is(lex::NEG)) && rest.iter().any(|t| t.is(lex::FUT.or(lex::BEPRES)));
    let loses = rest.get(gets).is_some_and(|t| matches!(t.text.as_str(), "lose" | "losing"));
    let dated = view.clause.dated() && !(view.sentence.habitual && !view.clause.has(lex::YOUR));
    let for_you = tokens.get(you.saturating_sub(1)..you).unwrap_or_default().iter().any(|t| t.text == "for");
    (thing && (dated || denied || loses) && !(for_you && !dated)).then_some(you)
}

/// "The worker called your employer", "we added the baby to your case".
fn agency_did(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) || tokens.iter().any(|t| t.kind == Kind::Time) || tokens.iter().any(|t| t.is(lex::MAY.or(lex::FUT))) {
        return None;
    }
    let who = tokens.iter().position(|t| t.is(lex::AGENCY) && t.text != "us" || matches!(t.text.as_str(), "they" | "officer" | "employer" | "somebody" | "judge"))?;
    let verb = (who + 1..(who + 5).min(tokens.len())).find(|&i| {
        tokens.get(i).is_some_and(|t| {
            t.text.ends_with("ed") && t.text.len() > 4 && (!TALK.contains(&t.text.as_str()) || matches!(t.text.as_str(), "tried" | "called" | "told") && view.clause.has(lex::CASE)) || matches!(t.text.as_str(), "notified" | "took" | "put" | "cut" | "made" | "called" | "gave" | "got" | "found" | "ruled" | "have" | "has" | "told" | "turned")
        })
    })?;
    let first_person = tokens.get(who).is_some_and(|t| t.text == "i");
    let rest = tokens.get(verb + 1..).unwrap_or_default();
    let object = rest.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS).or(lex::KIN).or(lex::P3))) || rest.iter().any(|t| t.is(lex::YOU));
    let content = rest.iter().any(|t| t.is(lex::CASE.or(lex::KIN).or(lex::MONEYATTR).or(lex::P3)) || OWN.contains(&t.text.as_str())) || rest.iter().any(|t| matches!(t.text.as_str(), "down" | "against" | "everything"));
    let exempt = rest.iter().any(|t| t.is(lex::EXEMPT) && t.text != "address") && !rest.iter().any(|t| t.is(lex::CASE.or(lex::KIN)));
    let linked = first_person && rest.iter().any(|t| t.is(lex::EXEMPT)) || rest.iter().any(|t| matches!(t.text.as_str(), "link" | "links" | "enlace" | "question" | "questions"));
    let notified = tokens.get(verb).is_some_and(|t| t.text == "notified");
    (object && (content || notified) && !exempt && !linked && !(first_person && !view.clause.has(lex::CASE.or(lex::KIN)))).then_some(verb)
}

/// "You need to renew by December 15".
fn due_by(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.habitual || view.sentence.has(lex::APPT) {
        return None;
    }
    let left = tokens.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::UNIT) && b.text == "left")) || tokens.windows(2).any(|w| matches!(w, [a, b] if b.is(lex::UNIT) && a.kind == Kind::Number) && view.clause.word(&["quedan", "queda"]));
    if left && view.clause.has(lex::YOU) {
        return Some(0);
    }
    let mine = tokens.windows(3).any(|w| matches!(w, [a, b, c] if matches!(a.text.as_str(), "para" | "for") && b.is(lex::YOU) && (c.is(lex::BEPRES) || c.text == "it")));
    if mine && view.clause.dated() && !view.clause.has(lex::EXEMPT) {
        return Some(0);
    }
    let you = tokens.iter().position(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3)) || view.spanish && t.text.starts_with("tiene"))?;
    let must = tokens.iter().any(|t| t.is(lex::MUST) || matches!(t.text.as_str(), "have" | "toca" | "gave" | "tiene" | "dieron")) || tokens.iter().any(|t| matches!(t.text.as_str(), "deadline" | "limite"));
    let by = tokens.iter().any(|t| matches!(t.text.as_str(), "by" | "before" | "until" | "till" | "antes" | "antes_de" | "hasta" | "toca" | "deadline" | "limite"));
    let thing = view.clause.has(lex::CASE.or(lex::NOTICE)) || tokens.iter().any(|t| matches!(t.text.as_str(), "renew" | "renovar" | "reapply" | "send" | "return" | "recertify" | "turn_in" | "interview" | "till" | "deadline" | "limite" | "proof" | "mandar"));
    (must && by && thing && view.clause.dated()).then_some(you)
}

/// "Le depositan el dia 12", "le llega la tarjeta el viernes", "le toca renovar".
fn spanish_to_you(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.spanish || permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let paid = tokens.iter().position(|t| matches!(t.text.as_str(), "recibe" | "cobra" | "cae"));
    if let Some(i) = paid.filter(|_| view.clause.dated() && !view.sentence.habitual && !view.clause.has(lex::EXEMPT.or(lex::GENERIC).or(lex::ANY))) {
        return Some(i);
    }
    let le = tokens.iter().position(|t| matches!(t.text.as_str(), "le" | "te" | "les"))?;
    let verb = tokens.get(le + 1)?;
    let free = verb.is(lex::FUT.or(lex::MAY)) || tokens.get(..le).unwrap_or_default().iter().any(|t| t.is(lex::FUT.or(lex::MAY)));
    let telling = matches!(verb.text.as_str(), "cae" | "entra" | "toca" | "tocan" | "depositan" | "deposita" | "corresponde" | "cayeron" | "cayo" | "quedan" | "cancelan" | "cierran" | "quitan" | "bajan" | "cortan");
    let dated = view.clause.dated() && view.clause.has(lex::CASE);
    (!free && (telling || dated) && !view.clause.has(lex::EXEMPT)).then_some(le)
}

/// "There is no application under your name", "we have nothing from you".
fn nothing_there(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let held = |t: &Token| matches!(t.text.as_str(), "for" | "para" | "under" | "from" | "of" | "de" | "bajo" | "a");
    let yours = tokens.windows(2).position(|w| matches!(w, [a, b] if held(a) && b.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS))))?;
    let amount = tokens.get(..yours).unwrap_or_default().iter().any(|t| matches!(t.text.as_str(), "nothing" | "anything" | "everything" | "nada" | "todo" | "ninguna" | "ningun") || t.text == "no" && !view.spanish);
    let have = has_record(view.clause) && !view.clause.word(&["nothing_to_do"]);
    (amount && have && !view.clause.has(lex::EXEMPT)).then_some(yours)
}

fn has_record(clause: &Clause<'_>) -> bool {
    clause.has(lex::HAVE.or(lex::CASE).or(lex::EVIDENCE)) || clause.word(&["got", "see", "is", "hay"])
}

/// "A worker is reviewing your documents", "están revisando sus papeles".
fn at_work(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let doing = tokens.windows(2).position(|w| matches!(w, [a, b] if a.is(lex::BEPRES.or(lex::BEPAST)) && (b.text.ends_with("ing") || b.text.ends_with("ando") || b.text.ends_with("iendo"))))?;
    let object = tokens.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS))) && view.clause.has(lex::CASE) || view.clause.word(&["lo", "la"]) && view.clause.has(lex::AGENCY) && view.spanish;
    let own = tokens.get(..=doing).unwrap_or_default().iter().any(|t| t.text == "i" || t.is(lex::YOU)) || matches!(tokens.get(doing).map_or("", |t| t.text.as_str()), "am" | "estoy");
    (object && !own && !view.clause.has(lex::EXEMPT)).then_some(doing)
}

/// Acts of the agency on a case, as they stand after "will" or "va a".
const ACTS: &[&str] = &[
    "close", "deny", "approve", "cut", "stop", "terminate", "suspend", "reinstate", "reopen", "end", "reduce", "lose", "cerrar", "aprobar", "negar", "quitar", "cortar", "cancelar", "suspender", "dar",
    "bajar", "perder", "denegar", "sancionar", "terminar", "reabrir", "rechazar", "calificar", "qualify",
];

/// "They will close your case", "le van a cerrar el caso".
fn will_act(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) || view.sentence.timed {
        return None;
    }
    let act = tokens.iter().position(|t| ACTS.contains(&t.text.as_str()))?;
    let left = tokens.get(..act).unwrap_or_default();
    let future = left.iter().any(|t| t.is(lex::FUT));
    let aimed = view.spanish && tokens.iter().any(|t| t.is(lex::NEG)) || tokens.iter().any(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS)) || t.text == "it");
    (future && aimed && !view.clause.has(lex::EXEMPT) && !left.iter().any(|t| t.is(lex::MAY))).then_some(act)
}

/// "The system has you as unemployed", "it says you live with your mother".
fn recorded(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let kept = tokens.windows(2).position(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "tienen" | "tenemos" | "tengo" | "aparece") && b.text == "como"));
    if kept.is_some() {
        return kept;
    }
    let told = tokens.windows(2).position(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "has" | "have" | "says" | "shows" | "it_says" | "it_shows" | "lists" | "say" | "tienen" | "aparece" | "dice" | "system_says" | "notes_say" | "shows_that" | "has_it") && (b.is(lex::YOU.or(lex::YOUR)) || b.text == "que")))?;
    let source = tokens.get(..=told).unwrap_or_default().iter().any(|t| t.is(lex::EVIDENCE.or(lex::CASE).or(lex::AGENCY).or(lex::P3)) || matches!(t.text.as_str(), "it" | "system" | "file" | "they" | "notes" | "sistema" | "account"));
    let more = tokens.len() > told + 3;
    (source && more && !view.clause.has(lex::EXEMPT) && !tokens.iter().any(|t| t.is(lex::MAY.or(lex::ANY)) && t.text != "a" && t.text != "an")).then_some(told)
}

/// "Yes we have it", "yes ma'am you are", "yes they did approve it".
fn short_answer(view: &View<'_>) -> Option<usize> {
    let tokens = view.sentence.tokens;
    let first = view.clause.tokens.iter().position(|t| t.punct().is_none())?;
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    let answer = tokens.iter().take(2).any(|t| t.is(lex::YESNO) || t.text == "no");
    let text: Vec<&str> = tokens.iter().filter(|t| t.punct().is_none()).map(|t| t.text.as_str()).collect();
    let joined = text.join(" ");
    let holds = ["we have it", "we got it", "they have it", "they got it", "did approve", "did deny", "did close", "you are", "you were", "you do qualify", "they did", "we did receive", "lo tenemos", "la tenemos", "si salio", "ya salio"]
        .iter()
        .any(|phrase| joined.ends_with(phrase) || joined.contains(phrase) && phrase.contains("did "));
    let own: Vec<&str> = view.clause.tokens.iter().filter(|t| t.punct().is_none()).map(|t| t.text.as_str()).collect();
    let holds = holds || ["we have it", "we got it", "they have it", "they got it", "lo tenemos"].iter().any(|phrase| own.join(" ").ends_with(phrase));
    (answer && holds && words <= 12 && view.clause.asserted()).then_some(first)
}

/// "No decision has been made on your application", "nothing has been decided on yours".
fn undecided(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) {
        return None;
    }
    let i = tokens.iter().position(|t| matches!(t.text.as_str(), "decision" | "decided" | "denial" | "approval" | "closing" | "closure" | "decidido" | "negacion" | "cierre" | "reason" | "determination"))?;
    let negated = tokens.iter().any(|t| t.is(lex::NEG)) && tokens.iter().any(|t| t.is(lex::YOUR.or(lex::YOU)));
    let past = tokens.get(i + 1).is_some_and(|t| t.is(lex::BEPAST)) && !view.sentence.has(lex::WHEN) && tokens.get(..i).unwrap_or_default().iter().any(|t| t.is(lex::THE.or(lex::YOUR)) || view.clause.dated() && t.is(lex::ANY));
    let possible = tokens.iter().any(|t| t.is(lex::MAY.or(lex::FUT)));
    ((negated || past) && !possible).then_some(i)
}

/// "Paperwork is in", "it is with a worker".
fn arrived(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::EXEMPT) && !view.clause.word(&["line", "queue"]) {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let inside = words.len() <= 5 && words.last().is_some_and(|t| t.text == "in") && words.iter().any(|t| t.is(lex::BEPRES)) && words.iter().any(|t| t.is(lex::CASE.or(lex::YOU)) || t.text == "yours");
    let with = words.windows(4).any(|w| matches!(w, [a, b, c, d] if (a.is(lex::IT.or(lex::YOUR))) && b.is(lex::BEPRES) && matches!(c.text.as_str(), "with" | "in") && (d.is(lex::ANY.or(lex::THE).or(lex::AGENCY)))))
        && words.iter().any(|t| t.is(lex::AGENCY) || t.text == "unit");
    let held = words.windows(3).any(|w| matches!(w, [a, b, c] if a.is(lex::AGENCY) && a.text != "i" && matches!(b.text.as_str(), "has" | "have" | "got") && c.text == "it"));
    let line = words.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "in" | "la" | "the") && matches!(b.text.as_str(), "line" | "fila" | "queue" | "pile" | "cola"))) && words.iter().take(2).any(|t| matches!(t.text.as_str(), "yours" | "suya" | "suyo" | "it" | "hers"));
    let belongs = words.first().is_some_and(|t| matches!(t.text.as_str(), "yours" | "suya" | "suyo" | "hers")) && words.get(1).is_some_and(|t| t.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE)));
    (inside || with || held || line || belongs).then_some(0)
}

/// "No contesto la llamada de la entrevista", "no lo han procesado".
fn spanish_did(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.spanish || permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let lost = tokens.windows(3).position(|w| matches!(w, [a, b, c] if a.text == "ya" && b.is(lex::NEG) && matches!(c.text.as_str(), "recibe" | "tiene" | "aparece" | "esta" | "califica")));
    if let Some(i) = lost.filter(|_| !view.clause.has(lex::EXEMPT)) {
        return Some(i);
    }
    let clitic = tokens.iter().position(|t| matches!(t.text.as_str(), "lo" | "la" | "los" | "las"));
    let worked = clitic.filter(|&i| {
        tokens.get(i + 1..).unwrap_or_default().iter().take(2).any(|t| t.is(lex::STEP) || matches!(t.text.as_str(), "procesan" | "aprueban" | "revisan" | "deciden" | "procesado"))
            && tokens.get(i + 1).is_some_and(|t| t.is(lex::HAVE.or(lex::STEP)) || t.text.ends_with("an"))
    });
    if let Some(i) = worked.filter(|_| !view.clause.has(lex::EXEMPT)) {
        return Some(i);
    }
    let lead: Vec<usize> = (0..tokens.len())
        .filter(|&i| tokens.get(i).is_some_and(|t| t.punct().is_none() && !t.is(lex::ADV.or(lex::NEG).or(lex::CONJ)) && !matches!(t.text.as_str(), "se" | "le" | "me")))
        .collect();
    let first = *lead.first()?;
    let verb = tokens.get(first)?;
    let handed = verb.acute && verb.text.ends_with('e') && verb.text.len() > 3 && tokens.iter().any(|t| t.is(lex::YOUR)) && view.clause.has(lex::CASE) && !view.clause.has(lex::EXEMPT);
    let all = tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "tenemos" | "tienen") && b.text == "todo"));
    if handed || all {
        return Some(first);
    }
    let past = verb.acute && verb.text.ends_with('o') && verb.tags.without(lex::DEED.or(lex::ESPAST).or(lex::PAY).or(lex::STEP).or(lex::TERMV)) == lex::Tags::NONE;
    (past && (view.clause.has(lex::CASE) || view.clause.word(&["nada"])) && !view.clause.has(lex::ANY)).then_some(first)
}

/// "Not mailed yet", "hasn't been worked", "no paystubs yet", "nobody has looked at your case".
fn nobody_yet(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::EXEMPT) || tokens.iter().any(|t| t.is(lex::MAY.or(lex::FUT).or(lex::MUST)) || t.text == "i") {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let first = words.first()?;
    let negated = words.iter().take(4).any(|t| t.is(lex::NEG));
    let waiting = view.clause.has(lex::STILL) || words.iter().any(|t| matches!(t.text.as_str(), "yet" | "been" | "has" | "have"));
    let headless = first.is(lex::NEG.or(lex::HAVE).or(lex::STILL)) || matches!(first.text.as_str(), "it" | "has" | "no");
    let done = words.iter().any(|t| t.is(lex::STEP) || matches!(t.text.as_str(), "worked" | "touched" | "looked" | "seen" | "tocado" | "visto" | "pile"));
    let unseen = headless && (negated && done && waiting || first.is(lex::STILL) && words.iter().any(|t| t.text == "pile"));
    let empty = matches!(first.text.as_str(), "no" | "there" | "hay") && negated
        && words.iter().any(|t| t.is(lex::CASE) || t.text == "nada")
        && words.iter().any(|t| t.is(lex::EVIDENCE) || matches!(t.text.as_str(), "yet" | "noted" | "recorded" | "came_in" | "come_in" | "in" | "registrada" | "registrado" | "hay" | "record"));
    let neglected = matches!(first.text.as_str(), "nobody" | "nadie" | "no_one") && words.iter().any(|t| t.is(lex::HAVE)) && words.iter().any(|t| t.is(lex::YOUR) || t.text == "it");
    (unseen || empty || neglected).then_some(0)
}

/// "SNAP yes, Medicaid no", "they said no", "yes to both", "a su hija sí".
fn verdict(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.clause.asserted() || view.sentence.conditional {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let answer = |t: &Token| matches!(t.text.as_str(), "yes" | "no") || t.text == "si" && t.is(lex::YESNO);
    let last = words.last()?;
    let first = words.first()?;
    let about = words.iter().any(|t| t.is(lex::PROG.or(lex::BENEFIT).or(lex::KIN).or(lex::YOU)));
    let short = words.len() <= 5 && words.len() >= 2;
    let said = words.iter().any(|t| matches!(t.text.as_str(), "said" | "dijeron" | "answer" | "respuesta" | "decision" | "salio")) && answer(last);
    let both = words.windows(2).any(|w| matches!(w, [a, b] if answer(a) && matches!(b.text.as_str(), "to" | "a"))) && words.iter().any(|t| matches!(t.text.as_str(), "both" | "dos" | "2") || t.is(lex::PROG));
    let paired = short && about && answer(last) && !view.clause.word(&["say", "text", "means"]);
    let bare = first.text == "a" && words.get(1).is_some_and(|t| answer(t)) || first.text == "a_no" || first.text == "a_yes";
    ((said && !view.clause.has(lex::YOU)) || both || paired || bare).then_some(0)
}

/// "You're good through March", "it renews in March", "se le acaba en marzo".
fn until_month(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let c = view.clause;
    let year = tokens.iter().any(|t| t.kind == Kind::Number && t.text.len() == 4);
    if permitted(view) || year || view.sentence.habitual || view.sentence.has(lex::APPT) || c.has(lex::GENERIC.or(lex::MAY).or(lex::EXEMPT)) || tokens.iter().any(|t| matches!(t.kind, Kind::Time | Kind::Name)) {
        return None;
    }
    let month = tokens.iter().position(|t| t.is(lex::MONTH))?;
    let placed = tokens.get(month.checked_sub(1)?).is_some_and(|t| matches!(t.text.as_str(), "in" | "through" | "until" | "of" | "till" | "thru" | "en" | "hasta" | "since" | "desde" | "por"));
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV.or(lex::CONJ))).collect();
    let subject = words.first().is_some_and(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3)) || matches!(t.text.as_str(), "it" | "se" | "le" | "se_le" | "esta" | "yours"));
    (placed && subject).then_some(month)
}

/// "Everything is fine with your case", "nothing is missing".
fn well(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || tokens.iter().any(|t| t.is(lex::MAY)) {
        return None;
    }
    let state = tokens.iter().position(|t| matches!(t.text.as_str(), "wrong" | "fine" | "problem" | "problems" | "bien" | "ok" | "issue" | "issues" | "good" | "missing"))?;
    let yours = tokens.windows(3).any(|w| matches!(w, [a, b, c] if matches!(a.text.as_str(), "with" | "on" | "con" | "en" | "in") && b.is(lex::YOUR) && c.is(lex::CASE)));
    let lacking = view.clause.word(&["missing"]) && view.clause.word(&["nothing", "anything"]);
    (yours && !view.clause.word(&["luck", "suerte", "trouble"]) || lacking).then_some(state)
}

/// "You do not need to send anything else", "no hace falta nada más".
fn no_more(view: &View<'_>) -> Option<usize> {
    let c = view.clause;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let need = c.tokens.iter().position(|t| matches!(t.text.as_str(), "need" | "needed" | "required" | "necesita" | "falta" | "hace_falta" | "necesario"))?;
    let negated = c.has(lex::NEG) || c.word(&["nothing", "nada"]);
    let more = c.word(&["else", "more", "mas", "nada", "further"]);
    let left = c.word(&["left"]) && c.word(&["days", "dias"]);
    (negated && more && (c.has(lex::YOU.or(lex::YOUR).or(lex::DOC)) || view.spanish) || left).then_some(need)
}

/// "You cannot get SNAP because of your income": a rule applied to this person.
fn barred_by(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if view.clause.question || view.sentence.conditional {
        return None;
    }
    let verb = tokens.iter().position(|t| matches!(t.text.as_str(), "get" | "receive" | "qualify" | "recibir" | "calificar" | "have" | "tener" | "denied" | "approved" | "eligible"))?;
    let left = tokens.get(verb.saturating_sub(3)..verb).unwrap_or_default();
    let cannot = left.iter().any(|t| t.is(lex::MAY)) && tokens.iter().any(|t| t.is(lex::NEG) || t.text == "would");
    let person = tokens.get(..verb).unwrap_or_default().iter().any(|t| t.is(lex::YOU)) || view.spanish;
    let sentence = view.sentence.tokens;
    let cause = sentence.iter().enumerate().any(|(i, t)| {
        matches!(t.text.as_str(), "because" | "since" | "due" | "por" | "porque" | "based" | "with" | "ya_que") && sentence.get(i + 1..).unwrap_or_default().iter().take(3).any(|n| n.is(lex::YOU.or(lex::YOUR)) || n.text == "that")
    });
    (cannot && person && cause).then_some(verb)
}

/// "Rcvd lease", "need lease", "verif needed": a note in telegram style.
fn telegram(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let document = words.iter().any(|t| t.is(lex::DOC));
    let told = words.first().is_some_and(|t| t.is(lex::STEP.or(lex::LACK))) || words.last().is_some_and(|t| matches!(t.text.as_str(), "needed" | "required" | "received" | "missing" | "in"));
    (words.len() <= 3 && words.len() >= 2 && document && told && !words.iter().any(|t| t.is(lex::ANY.or(lex::MAY)))).then_some(0)
}

/// "It's back on", "it just closed", "only 3 came in".
fn switched(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::EXEMPT.or(lex::APPT)) {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV)).collect();
    let first = words.first()?;
    let last = words.last()?;
    let case = first.text == "it" || first.is(lex::PROG.or(lex::CASE)) || first.is(lex::YOUR);
    let flipped = words.len() <= 6 && case && matches!(last.text.as_str(), "on" | "off") && words.iter().any(|t| t.is(lex::BEPRES.or(lex::BEPAST)));
    let ended = words.len() <= 3 && first.text == "it" && words.get(1).is_some_and(|t| t.is(lex::STATE.or(lex::TERMV)) && t.text.ends_with("ed"));
    let counted = first.kind == Kind::Number || first.kind == Kind::Spoken || matches!(first.text.as_str(), "only" | "llegaron");
    let partly = counted && words.len() <= 6 && words.iter().any(|t| matches!(t.text.as_str(), "came_in" | "came" | "llegaron")) && words.iter().any(|t| matches!(t.kind, Kind::Number | Kind::Spoken));
    (flipped || ended || partly).then_some(0)
}

/// "We could not verify your identity".
fn could_not(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if view.clause.question || view.sentence.conditional || view.sentence.has(lex::APPT) {
        return None;
    }
    let verb = tokens.iter().position(|t| matches!(t.text.as_str(), "could" | "pudimos" | "pudieron"))?;
    let agency = tokens.get(..verb).unwrap_or_default().iter().any(|t| t.is(lex::AGENCY) && t.text != "i" || t.text == "they") || tokens.get(verb).is_some_and(|t| t.text.starts_with("pud"));
    let spoken = view.clause.word(&["see", "look", "open", "share", "tell", "text", "say", "ver", "decir", "hear"]);
    let yours = tokens.iter().skip(verb).any(|t| t.is(lex::YOUR.or(lex::P3POSS).or(lex::DOC)));
    (agency && view.clause.has(lex::NEG) && yours && !spoken && !view.clause.has(lex::EXEMPT)).then_some(verb)
}

/// "Your employer has not answered", "el banco ya contesto": those whom the agency asks about a case.
fn third_party(view: &View<'_>) -> Option<usize> {
    const ASKED: &[&str] = &["employer", "landlord", "bank", "provider", "patron", "banco", "arrendador", "casero", "empleador"];
    let tokens = view.clause.tokens;
    if permitted(view) || view.clause.has(lex::MAY.or(lex::ANY).or(lex::GENERIC).or(lex::FUT)) {
        return None;
    }
    let who = tokens.iter().take(3).position(|t| ASKED.contains(&t.text.as_str()))?;
    let acted = tokens.iter().skip(who + 1).any(|t| matches!(t.text.as_str(), "answered" | "sent" | "said" | "called" | "replied" | "told" | "contesto" | "contestado" | "mando" | "dijo" | "confirmed" | "verified" | "reported" | "has" | "ha"));
    acted.then_some(who)
}

/// "Acaban de cerrarlo", "está por cerrarse", "it is about to close".
fn about_to(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::EXEMPT.or(lex::APPT)) {
        return None;
    }
    let just = tokens.windows(3).position(|w| match w {
        [a, b, c] => {
            matches!(a.text.as_str(), "acaba" | "se_acaba" | "acaban" | "esta" | "acabamos") && matches!(b.text.as_str(), "de" | "por") && ACTS.iter().any(|act| c.text.starts_with(act))
                || a.text == "about" && b.text == "to" && (c.is(lex::TERMV) || ACTS.contains(&c.text.as_str()))
        }
        _ => false,
    });
    just.or_else(|| tokens.iter().position(|t| t.text == "going_to" && !view.spanish).filter(|&i| tokens.get(i + 1).is_some_and(|t| t.text == "close") && view.clause.has(lex::IT)))
}
