//! Short statements and answers: "not mailed yet", "SNAP yes, Medicaid no", "it's back on".
//!
//! Owns what is said in telegram style. To add a rule, list it in the parent's `RULES`.

use super::permitted;
use crate::disclosure::lexicon as lex;
use crate::disclosure::status::View;
use crate::disclosure::tokens::{Kind, Token};

/// "Yes we have it", "yes ma'am you are", "yes they did approve it".
pub(super) fn short_answer(view: &View<'_>) -> Option<usize> {
    let tokens = view.sentence.tokens;
    let first = view.clause.tokens.iter().position(|t| t.punct().is_none())?;
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    let answer = tokens.iter().take(2).any(|t| t.is(lex::YESNO) || t.text == "no");
    let text: Vec<&str> = tokens.iter().filter(|t| t.punct().is_none()).map(|t| t.text.as_str()).collect();
    let joined = text.join(" ");
    let holds = [
        "we have it",
        "we got it",
        "they have it",
        "they got it",
        "did approve",
        "did deny",
        "did close",
        "you are",
        "you were",
        "you do qualify",
        "they did",
        "we did receive",
        "lo tenemos",
        "la tenemos",
        "si salio",
        "ya salio",
    ]
    .iter()
    .any(|phrase| joined.ends_with(phrase) || joined.contains(phrase) && phrase.contains("did "));
    let own: Vec<&str> =
        view.clause.tokens.iter().filter(|t| t.punct().is_none()).map(|t| t.text.as_str()).collect();
    let holds = holds
        || ["we have it", "we got it", "they have it", "they got it", "lo tenemos"]
            .iter()
            .any(|phrase| own.join(" ").ends_with(phrase));
    (answer && holds && words <= 12 && view.clause.asserted()).then_some(first)
}

/// "No decision has been made on your application", "nothing has been decided on yours".
pub(super) fn undecided(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) {
        return None;
    }
    let i = tokens.iter().position(|t| {
        t.any(
            "decision decided denial approval closing closure decidido negacion cierre reason determination",
        )
    })?;
    let negated =
        tokens.iter().any(|t| t.is(lex::NEG)) && tokens.iter().any(|t| t.is(lex::YOUR.or(lex::YOU)));
    let past = tokens.get(i + 1).is_some_and(|t| t.is(lex::BEPAST))
        && !view.sentence.has(lex::WHEN)
        && tokens
            .get(..i)
            .unwrap_or_default()
            .iter()
            .any(|t| t.is(lex::THE.or(lex::YOUR)) || view.clause.dated() && t.is(lex::ANY));
    let possible = tokens.iter().any(|t| t.is(lex::MAY.or(lex::FUT)));
    ((negated || past) && !possible).then_some(i)
}

/// "Paperwork is in", "it is with a worker".
pub(super) fn arrived(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::EXEMPT) && !view.clause.word("line queue") {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let inside = words.len() <= 5
        && words.last().is_some_and(|t| t.text == "in")
        && words.iter().any(|t| t.is(lex::BEPRES))
        && words.iter().any(|t| t.is(lex::CASE.or(lex::YOU)) || t.text == "yours");
    let with = words.windows(4).any(|w| matches!(w, [a, b, c, d] if (a.is(lex::IT.or(lex::YOUR))) && b.is(lex::BEPRES) && c.any("with in") && (d.is(lex::ANY.or(lex::THE).or(lex::AGENCY)))))
        && words.iter().any(|t| t.is(lex::AGENCY) || t.text == "unit");
    let held = words.windows(3).any(|w| matches!(w, [a, b, c] if a.is(lex::AGENCY) && a.text != "i" && b.any("has have got") && c.text == "it"));
    let line = words
        .windows(2)
        .any(|w| matches!(w, [a, b] if a.any("in la the") && b.any("line fila queue pile cola")))
        && words.iter().take(2).any(|t| t.any("yours suya suyo it hers"));
    let belongs = words.first().is_some_and(|t| t.any("yours suya suyo hers"))
        && words.get(1).is_some_and(|t| t.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE)));
    (inside || with || held || line || belongs).then_some(0)
}

/// "Not mailed yet", "hasn't been worked", "no paystubs yet", "nobody has looked at your case".
pub(super) fn nobody_yet(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view)
        || view.sentence.has(lex::EXEMPT)
        || tokens.iter().any(|t| t.is(lex::MAY.or(lex::FUT).or(lex::MUST)) || t.text == "i")
    {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let first = words.first()?;
    let negated = words.iter().take(4).any(|t| t.is(lex::NEG));
    let waiting = view.clause.has(lex::STILL) || words.iter().any(|t| t.any("yet been has have"));
    let headless = first.is(lex::NEG.or(lex::HAVE).or(lex::STILL)) || first.any("it has no");
    let done = words.iter().any(|t| t.is(lex::STEP) || t.any("worked touched looked seen tocado visto pile"));
    let unseen = headless
        && (negated && done && waiting || first.is(lex::STILL) && words.iter().any(|t| t.text == "pile"));
    let empty = first.any("no there hay")
        && negated
        && words.iter().any(|t| t.is(lex::CASE) || t.text == "nada")
        && words.iter().any(|t| {
            t.is(lex::EVIDENCE)
                || t.any("yet noted recorded came_in come_in in registrada registrado hay record")
        });
    let neglected = first.any("nobody nadie no_one")
        && words.iter().any(|t| t.is(lex::HAVE))
        && words.iter().any(|t| t.is(lex::YOUR) || t.text == "it");
    (unseen || empty || neglected).then_some(0)
}

/// "SNAP yes, Medicaid no", "they said no", "yes to both", "a su hija sí".
pub(super) fn verdict(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if !view.clause.asserted() || view.sentence.conditional {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let answer = |t: &Token| t.any("yes no") || t.text == "si" && t.is(lex::YESNO);
    let last = words.last()?;
    let first = words.first()?;
    let about = words.iter().any(|t| t.is(lex::PROG.or(lex::BENEFIT).or(lex::KIN).or(lex::YOU)));
    let short = words.len() <= 5 && words.len() >= 2;
    let said = words.iter().any(|t| t.any("said dijeron answer respuesta decision salio")) && answer(last);
    let both = words.windows(2).any(|w| matches!(w, [a, b] if answer(a) && b.any("to a")))
        && words.iter().any(|t| t.any("both dos 2") || t.is(lex::PROG));
    let paired = short && about && answer(last) && !view.clause.word("say text means");
    let bare = first.text == "a" && words.get(1).is_some_and(|t| answer(t))
        || first.text == "a_no"
        || first.text == "a_yes";
    ((said && !view.clause.has(lex::YOU)) || both || paired || bare).then_some(0)
}

/// "You're good through March", "it renews in March", "se le acaba en marzo".
pub(super) fn until_month(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let c = view.clause;
    let year = tokens.iter().any(|t| t.kind == Kind::Number && t.text.len() == 4);
    if permitted(view)
        || year
        || view.sentence.habitual
        || view.sentence.has(lex::APPT)
        || c.has(lex::GENERIC.or(lex::MAY).or(lex::EXEMPT))
        || tokens.iter().any(|t| matches!(t.kind, Kind::Time | Kind::Name))
    {
        return None;
    }
    let month = tokens.iter().position(|t| t.is(lex::MONTH))?;
    let placed = tokens
        .get(month.checked_sub(1)?)
        .is_some_and(|t| t.any("in through until of till thru en hasta since desde por"));
    let words: Vec<&Token> =
        tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV.or(lex::CONJ))).collect();
    let subject = words
        .first()
        .is_some_and(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3)) || t.any("it se le se_le esta yours"));
    (placed && subject).then_some(month)
}

/// "Everything is fine with your case", "nothing is missing".
pub(super) fn well(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || tokens.iter().any(|t| t.is(lex::MAY)) {
        return None;
    }
    let state =
        tokens.iter().position(|t| t.any("wrong fine problem problems bien ok issue issues good missing"))?;
    let yours = tokens
        .windows(3)
        .any(|w| matches!(w, [a, b, c] if a.any("with on con en in") && b.is(lex::YOUR) && c.is(lex::CASE)));
    let lacking = view.clause.word("missing") && view.clause.word("nothing anything");
    (yours && !view.clause.word("luck suerte trouble") || lacking).then_some(state)
}

/// "You do not need to send anything else", "no hace falta nada más".
pub(super) fn no_more(view: &View<'_>) -> Option<usize> {
    let c = view.clause;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let need =
        c.tokens.iter().position(|t| t.any("need needed required necesita falta hace_falta necesario"))?;
    let negated = c.has(lex::NEG) || c.word("nothing nada");
    let more = c.word("else more mas nada further");
    let left = c.word("left") && c.word("days dias");
    (negated && more && (c.has(lex::YOU.or(lex::YOUR).or(lex::DOC)) || view.spanish) || left).then_some(need)
}

/// "Rcvd lease", "need lease", "verif needed": a note in telegram style.
pub(super) fn telegram(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let document = words.iter().any(|t| t.is(lex::DOC));
    let needs = words.iter().find(|t| !t.is(lex::ADV)).is_some_and(|t| t.any("needs necesita"))
        && words.len() <= 5
        && words.iter().any(|t| t.is(lex::YOUR) || t.text == "signature" || t.text == "firma");
    if document && needs && !view.sentence.has(lex::APPT) {
        return Some(0);
    }
    let told = words.first().is_some_and(|t| t.is(lex::STEP.or(lex::LACK)))
        || words.last().is_some_and(|t| t.any("needed required received missing in"));
    (words.len() <= 3
        && words.len() >= 2
        && document
        && told
        && !words.iter().any(|t| t.is(lex::ANY.or(lex::MAY))))
    .then_some(0)
}

/// "It's back on", "it just closed", "only 3 came in".
pub(super) fn switched(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::EXEMPT.or(lex::APPT)) {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV)).collect();
    let first = words.first()?;
    let last = words.last()?;
    let case = first.text == "it" || first.is(lex::PROG.or(lex::CASE)) || first.is(lex::YOUR);
    let flipped = words.len() <= 6
        && case
        && last.any("on off")
        && words.iter().any(|t| t.is(lex::BEPRES.or(lex::BEPAST)));
    let ended = words.len() <= 3
        && first.text == "it"
        && words.get(1).is_some_and(|t| t.is(lex::STATE.or(lex::TERMV)) && t.text.ends_with("ed"));
    let counted = first.kind == Kind::Number || first.kind == Kind::Spoken || first.any("only llegaron");
    let partly = counted
        && words.len() <= 6
        && words.iter().any(|t| t.any("came_in came llegaron"))
        && words.iter().any(|t| matches!(t.kind, Kind::Number | Kind::Spoken));
    (flipped || ended || partly).then_some(0)
}

/// "It got kicked back", "it has been sitting since the 3rd", "it is waiting on a supervisor".
pub(super) fn it_was(view: &View<'_>) -> Option<usize> {
    const OTHER: &str = "hidden removed masked updated changed called used based supposed designed created said erased deleted blocked needed limited required allowed named hard meant reported shared counted included";
    const GOING: &str = "waiting sitting closing ending processing pending going_through";
    let tokens = view.clause.tokens;
    let sentence = view.sentence;
    if permitted(view) || sentence.habitual || sentence.timed {
        return None;
    }
    if sentence.has(lex::EXEMPT.or(lex::APPT).or(lex::GENERIC).or(lex::LIMIT).or(lex::MAY).or(lex::FEE)) {
        return None;
    }
    let year = |t: &Token| t.kind == Kind::Number && t.text.len() == 4;
    let words: Vec<&Token> =
        tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV.or(lex::CONJ))).collect();
    let it = words.first().is_some_and(|t| t.text == "it") && !tokens.iter().any(year);
    let past = words.get(1).is_some_and(|t| {
        t.any("was got has went") || t.is(lex::BEPRES) && words.get(2).is_some_and(|n| n.text == "been")
    });
    let participle = |t: &&&Token| {
        t.text.ends_with("ed") && t.text.len() > 4 && !t.any(OTHER) || t.any(GOING) || t.is(lex::STEP)
    };
    let done = past && words.iter().skip(2).take(3).any(|t| participle(&t));
    let going = words.get(1).is_some_and(|t| t.is(lex::BEPRES)) && words.get(2).is_some_and(|t| t.any(GOING));
    let moved = words.get(1).is_some_and(|t| t.text == "went")
        && words.get(2).is_some_and(|t| t.any("to from into through back"));
    (it && words.len() <= 10 && (done || going || moved)).then_some(0)
}

/// "Just you, not your husband", "only the kids got it", "it's just Medicaid, no SNAP".
pub(super) fn only_some(view: &View<'_>) -> Option<usize> {
    let tokens = view.sentence.tokens;
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    if permitted(view)
        || view.sentence.question
        || words > 9
        || view.sentence.has(lex::EXEMPT.or(lex::MAY).or(lex::APPT))
    {
        return None;
    }
    let only = tokens.iter().position(|t| t.any("only just solo solamente nomas"))?;
    let who = |t: &Token| t.is(lex::YOU.or(lex::YOUR).or(lex::KIN).or(lex::PROG));
    let first = tokens.iter().skip(only + 1).take(3).any(who);
    let other = tokens
        .windows(2)
        .skip(only)
        .any(|w| matches!(w, [a, b] if a.is(lex::NEG) && (who(b) || b.text == "for")));
    let got = tokens.iter().skip(only + 1).any(|t| t.any("got qualify qualified califican recibieron"));
    (first && (other || got)).then_some(0)
}

/// "Outstanding: ID and lease", "only thing missing is the lease", "1 thing left: ID".
pub(super) fn remaining(view: &View<'_>) -> Option<usize> {
    let sentence = view.sentence;
    let words = sentence.tokens.iter().filter(|t| t.punct().is_none()).count();
    if permitted(view)
        || sentence.question
        || words > 8
        || sentence.has(lex::EXEMPT.or(lex::MAY).or(lex::APPT).or(lex::GENERIC).or(lex::ANY))
    {
        return None;
    }
    let left = sentence
        .tokens
        .iter()
        .any(|t| t.any("outstanding missing left lacking falta faltan faltante needed"));
    let document = sentence.has(lex::DOC) || sentence.tokens.iter().any(|t| t.any("interview entrevista"));
    let short = sentence.tokens.iter().any(|t| {
        t.any("only still thing things item items solo outstanding two")
            || t.kind == Kind::Number
            || t.kind == Kind::Spoken
    });
    (left && document && short).then_some(0)
}
