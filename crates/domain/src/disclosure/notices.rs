//! Finds statements that a notice went to this person, when, or what it says (SMS-GEN-4).
//!
//! Owns the rules about notices only. "A notice is mailed when ..." and "did you get a letter?" pass. To add a
//! kind of notice, add its noun to the lexicon.

use super::clauses::{Clause, Sentence, sentences};
use super::lexicon as lex;
use super::tokens::{Reading, Token};
use super::{Finding, FindingKind};

/// All statements about notices to this person.
pub(super) fn find(reading: &Reading, earlier: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    for sentence in sentences(&reading.tokens) {
        for (n, clause) in sentence.clauses.iter().enumerate() {
            if clause.question || clause.condition || clause.withheld || clause.direction && !mailed(clause) || sentence.conditional || clause.time {
                continue;
            }
            if told(clause, &sentence, n, earlier, reading.spanish) {
                out.push(Finding {
                    kind: FindingKind::Notice,
                    start: clause.tokens.first().map_or(0, |t| t.start),
                    end: clause.tokens.last().map_or(0, |t| t.end),
                });
            }
        }
    }
    out
}

fn told(clause: &Clause<'_>, sentence: &Sentence<'_>, n: usize, earlier: bool, spanish: bool) -> bool {
    let tokens = clause.tokens;
    let notified = tokens.iter().any(|t| matches!(t.text.as_str(), "notified" | "notificado" | "notificada" | "notificaron" | "notifico" | "notificamos"));
    if notified && tokens.iter().any(|t| t.is(lex::BEPAST.or(lex::HAVE).or(lex::YOU))) && !tokens.iter().any(|t| t.is(lex::FUT.or(lex::MAY).or(lex::GENERIC))) {
        return true;
    }
    let posted = tokens.windows(3).any(|w| matches!(w, [a, b, c] if (a.is(lex::AGENCY) || a.text == "they") && b.is(lex::SEND) && matches!(c.text.as_str(), "it" | "that")));
    if posted && (clause.dated() || clause.word(&["twice", "already", "again"])) && !tokens.iter().any(|t| t.is(lex::EXEMPT)) {
        return true;
    }
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    let headless = words <= 6 && clause.dated() && !tokens.iter().any(|t| t.is(lex::EXEMPT.or(lex::GENERIC).or(lex::FUT).or(lex::MAY)))
        && tokens.iter().find(|t| t.punct().is_none() && !t.is(lex::ADV)).is_some_and(|t| t.is(lex::SEND) && !matches!(t.text.as_str(), "send" | "mail") || matches!(t.text.as_str(), "dated" | "fechada" | "fechado" | "se_mando" | "se_envio"));
    let stamped = clause.dated() && !tokens.iter().any(|t| t.kind == super::tokens::Kind::Name) && tokens.iter().any(|t| matches!(t.text.as_str(), "dated" | "fechada" | "fechado")) && !tokens.iter().any(|t| t.is(lex::ANY.or(lex::EXEMPT)));
    let form_out = tokens.iter().any(|t| t.kind == super::tokens::Kind::Name && t.text.contains('-') && t.text.len() < 9) && tokens.iter().any(|t| t.is(lex::SEND)) && tokens.iter().any(|t| t.is(lex::BEPAST)) && tokens.iter().any(|t| t.is(lex::YOU.or(lex::YOUR)));
    if headless || stamped || form_out {
        return true;
    }
    let wrote = tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "wrote" | "written") && (b.is(lex::YOU) || b.text == "to"))) || spanish && clause.word(&["escribimos", "escribieron"])
        || clause.word(&["contacted"]) && clause.word(&["mail"]);
    if wrote && tokens.iter().any(|t| t.is(lex::YOU)) && (clause.dated() || tokens.iter().any(|t| t.is(lex::YOUR))) && !tokens.first().is_some_and(|t| t.is(lex::YOU) && !matches!(t.text.as_str(), "le" | "te")) {
        return true;
    }
    let Some(at) = tokens.iter().position(notice) else { return false };
    let has = |any| tokens.iter().any(|t: &Token| t.is(any));
    let before = tokens.get(at.saturating_sub(4)..at).unwrap_or_default();
    let owned = before.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
    let any = before.iter().any(|t| t.is(lex::ANY)) && !owned;
    let definite = before.iter().any(|t| t.is(lex::THE.or(lex::YOUR)));
    let possible = has(lex::MAY.or(lex::MUST)) && !has(lex::SHOULD);
    let future = has(lex::FUT);
    let person = has(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS).or(lex::KIN));
    let agency = has(lex::AGENCY) || clause.word(&["they"]) || spanish && clause.word(&["mandamos", "enviamos", "mande", "envie", "mandaron", "enviaron"]);
    let sent = tokens.iter().any(|t| t.is(lex::SEND) && !matches!(t.text.as_str(), "send" | "mail")) || clause.word(&["went", "llego", "go", "got", "gotten", "received", "get", "recibio", "went_out"]);
    let dated = clause.dated() || sentence.clauses.iter().skip(n + 1).any(|c| c.dated());
    let says = tokens.iter().skip(at).any(|t| t.is(lex::SAYS) && t.text != "about" && t.text != "sobre") || clause.word(&["piden", "pide", "asked", "asks"]);
    let be = tokens.iter().skip(at + 1).any(|t| t.is(lex::BEPRES.or(lex::BEPAST))) || clause.word(&["went", "tiene"]);
    let formal = tokens.get(at).is_some_and(|t| t.is(lex::NOTICE));
    let brief = words <= 6 && dated && !clause.word(&["any"]);
    let under_way = tokens.iter().any(|t| matches!(t.text.as_str(), "on_it_is_way" | "on_the_way"));
    if formal && (brief || under_way) && !possible && !has(lex::GENERIC) && !sentence.habitual {
        return true;
    }
    let arriving = (has(lex::SHOULD) || clause.word(&["debe"]) && dated) && (owned || definite) && (dated || clause.word(&["now", "arrive", "llegar", "there"]));
    if arriving || mailed(clause) && definite && dated {
        return true;
    }
    let numbered = before.iter().any(|t| matches!(t.kind, super::tokens::Kind::Spoken | super::tokens::Kind::Number));
    if agency && sent && numbered {
        return true;
    }
    let asked = tokens.windows(3).any(|w| matches!(w, [a, b, c] if a.is(lex::SAYS) && (b.is(lex::WH) || c.is(lex::WH) && b.is(lex::YOU)))) || tokens.get(..at).unwrap_or_default().iter().any(|t| t.text == "what");
    let told = !asked && clause.has(lex::SAYS) && definite && !any && tokens.iter().any(|t| t.is(lex::YOU)) && !future;
    let due = clause.word(&["debio", "debieron"]) || clause.has(lex::SHOULD) && has(lex::HAVE);
    if told || due && clause.word(&["recibir", "received", "gotten", "got", "llegar", "get"]) {
        return true;
    }
    if future || possible || sentence.habitual || sentence.timed && !dated {
        return false;
    }
    let form = tokens.get(at).is_some_and(|t| !t.is(lex::NOTICE) && !matches!(t.text.as_str(), "mail" | "papel" | "paper" | "denial" | "approval" | "negacion" | "aprobacion"));
    let outcome = agency && tokens.get(at).is_some_and(|t| matches!(t.text.as_str(), "approval" | "denial" | "negacion" | "aprobacion")) && tokens.iter().any(|t| t.text == "sent" || t.text == "mailed" || t.text == "mandaron");
    if outcome && !has(lex::FUT.or(lex::MAY).or(lex::MEANS)) {
        return true;
    }
    if form && (!dated || clause.word(&["link", "enlace"])) {
        return false;
    }
    let published = clause.word(&["portal", "all"]) && !dated;
    let general = has(lex::GENERIC) || any && !person && !dated || published;
    if general && !(sent && dated && has(lex::YOU)) {
        return false;
    }
    let for_you = tokens.windows(2).any(|w| matches!(w, [a, b] if matches!(a.text.as_str(), "for" | "to" | "para" | "a") && b.is(lex::YOU)));
    let on_file = has(lex::EVIDENCE) || clause.word(&["file", "account", "record"]);
    let past_be = tokens.iter().any(|t| t.is(lex::BEPAST)) || has(lex::HAVE);
    agency && sent && (person || definite)
        || sent && person && (past_be || dated || spanish || clause.word(&["went", "went_out"]))
        || sent && dated && !(before.iter().any(|t| t.text == "all"))
        || definite && says && !asked && (person || dated || agency || sentence.has(lex::YOU))
        || definite && be && dated
        || owned && (be || dated) && !clause.word(&["at", "portal", "any"])
        || sent && person && tokens.iter().any(|t| t.is(lex::CASE)) && !before.iter().any(|t| t.text == "any")
        || (for_you || on_file) && (has(lex::BEPRES) || dated)
        || has(lex::SHOULD) && has(lex::HAVE) && person && clause.word(&["us"])
        || earlier && clause.word(&["it", "es", "era"]) && (dated || clause.has(lex::BEPAST)) && sentence.tokens.len() < 12
}

/// "Look for the letter we mailed": a direction that tells of a notice.
fn mailed(clause: &Clause<'_>) -> bool {
    clause.tokens.windows(2).any(|w| matches!(w, [a, b] if (a.is(lex::AGENCY) || a.text == "they") && b.is(lex::SEND) && b.text != "send" && b.text != "mail"))
}

/// A letter, or a form or request that went out as one.
fn notice(t: &Token) -> bool {
    t.is(lex::NOTICE) || matches!(t.text.as_str(), "packet" | "paquete" | "form" | "formulario" | "forma" | "mail" | "papel" | "paper" | "denial" | "approval" | "negacion" | "aprobacion")
}
