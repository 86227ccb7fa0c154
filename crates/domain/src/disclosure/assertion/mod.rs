//! The open-vocabulary judgement of a clause (SMS-GEN-4): whatever is asserted to have happened, to be so or to come about a
//! person's matter is a disclosure, unless it is one of the things that may be said on this line.
//!
//! Owns the default that refuses and the harmless predicates that it lets pass. It knows verb forms, not verbs. To let
//! something pass, extend [`harmless`] or the lists of the rule that took it.

mod signs;
mod taken;
mod verbs;

use super::clauses::{Clause, Sentence};
use super::lexicon as lex;
use super::status::{View, kin_of_somebody};
use super::tokens::{Kind, Reading, Token};
use signs::{
    announced, compared, done_with, letter_says, not_found, nothing_needed, occasion, on_its_way, pays_out,
    presupposed, seen, tried, yours,
};
use taken::{counted, sent_before, telegram_answer, verdict_in_mail};
use verbs::{Claim, claims, participle, past};

pub(super) const RULES: &[fn(&View<'_>) -> Option<usize>] = &[
    told,
    verdict_in_mail,
    sent_before,
    telegram_answer,
    counted,
    presupposed,
    announced,
    letter_says,
    tried,
    compared,
    seen,
    not_found,
    on_its_way,
    pays_out,
    yours,
    nothing_needed,
    occasion,
    done_with,
];

/// Things of a case that are no case words by themselves.
const THINGS: &str = "fax faxes email upload uploads stuff papers paper form forms pages page grant hours income job address \
    provider file files record records system queue pile list desk worker caseworker household budget coverage check \
    checks months clock exemption category packet bill wages lease spouse doctor record mid cert abawd judge officer \
    decision denial approval closure increase cut mistake error replacement pin balance money car vehicle savings \
    deadline disability citizenship number papeles papel hoja forma formas fax correo trabajo ingreso ingresos decision \
    trabajadora trabajador lista cola dinero saldo cuenta direccion error ventanilla registro hogar";

/// What a person does in this exchange of texts, which is no fact of the case.
const TALK: &str = "asked mentioned wanted texted called reached needed selected stated indicated messaged tried said told meant \
    replied responded answered noticed liked described typed shared helped started thought waited hoped \
    picked booked chose understood apologized heard disconnected lost_you dropped_you dijo menciono pregunto escribio comento llamo \
    quiso saw found_out explained connected dropped happened asked_about looked salir irse desconectarse";

/// "Your case is safe": what may be said of anybody's thing.
const FREE: &str = "on at private confidential secure safe important available based free protected how what where \
    located welcome up same different gratuita gratis usually determined calculated from about like online \
    everyone anyone shared considered treated arriba segun igual privado confidencial basado good why hidden";

/// Words of booking, beside those of the lexicon.
const BOOKING: &str =
    "oclock o'clock rescheduled reschedule reserve agende agendada agendado aparto aparte mediodia noon";

/// The text speaks of an appointment or a time of day.
pub(super) fn appointment(reading: &Reading) -> bool {
    reading.tokens.iter().any(|t| t.is(lex::APPT) || t.kind == Kind::Time || t.any(BOOKING))
        || reading.tokens.windows(3).any(|w| {
            matches!(w, [a, b, c]
            if a.any("a") && b.any("la las") && (numeral(c) || c.any("una"))
                || a.any("at a @ las") && (numeral(b) || b.any("la las") && numeral(c))
                && c.kind != Kind::Money && !c.any("years anos dollars dolares"))
        })
}

fn numeral(t: &Token) -> bool {
    matches!(t.kind, Kind::Number | Kind::Spoken) && t.text.len() <= 2
}

/// Things that everybody uses, in whatever state they are.
const SHARED: &str = "page pagina site sitio website portal computer computers computadora internet link enlace office oficina \
    building picture pictures photo photos foto fotos message mensaje text statewide shutdown veterans veteranos thanksgiving christmas navidad weather freezing cold raining snow snowing degrees outside bus holiday feriado phones \
    phone_system upload_page system_is_down network app_store down caida caido outage pandemic storm flood";

/// The text speaks of a thing that everybody uses.
pub(super) fn shared(reading: &Reading) -> bool {
    reading.tokens.iter().any(|t| t.any(SHARED))
        || reading.tokens.iter().any(|t| matches!(t.kind, Kind::Phone | Kind::Name))
            && reading.tokens.iter().any(|t| t.any("open abierto abierta"))
}

/// Places where a customer sees things for themselves.
const SELF_SERVICE: &str =
    "portal app ebtedge connectebt edge famis click pagina section seccion tab log my_cases avisos cuenta";

/// Everybody, at large.
const EVERYBODY: &str = "everyone everybody todos everyone's everybody's anybody's statewide";

/// The clause is free of any case, whatever words it holds: it tells where things are to be seen, or what holds for everybody.
pub(super) fn exonerated(clause: &Clause<'_>, sentence: &Sentence<'_>, reading: &Reading) -> bool {
    let words: Vec<&Token> = clause.tokens.iter().filter(|t| t.punct().is_none()).collect();
    let any = |list: &str| sentence.tokens.iter().any(|t| t.any(list));
    if general_talk(&words, sentence) {
        return true;
    }
    let happened = matches!(claims(&words, reading.spanish).first(), Some((Claim::Happened, _)))
        || words.iter().any(|t| t.is(lex::EVIDENCE.or(lex::STILL)) && !t.any("aparece me_sale sale le_sale"));
    let opens =
        sentence.tokens.iter().take(5).any(|t| t.any("look go click log check sign entre vea busque revise"));
    let directed = (opens || sentence.clauses.iter().any(|c| c.direction))
        && words.iter().any(|t| t.any("it there alli ahi"))
        && words.iter().any(|t| t.any("tells shows says lists estan esta dice will le"));
    let receipt = sentence.tokens.windows(3).any(|w| matches!(w, [a, b, c] if a.any("en on") && b.any("el the your su last") && c.any("recibo receipt")));
    let there = any(SELF_SERVICE) && claims(&words, reading.spanish).is_empty()
        || (any(SELF_SERVICE) || receipt)
            && words.iter().any(|t| {
                t.is(lex::BEPRES) || t.any("in under tells shows le ve sale see en donde will says")
            })
        || directed;
    let everybody = any(EVERYBODY) && !sentence.has(lex::YOUR.or(lex::YOU));
    let booked =
        appointment(reading) || words.first().is_some_and(|t| t.any("done listo i")) && words.len() <= 4;
    let visit = booked
        && !words.iter().any(|t| t.is(lex::CASE.or(lex::NOTICE).or(lex::PROG)))
        && words.iter().any(|t| {
            t.any("canceled cancelled cancele cancelada moved rescheduled all_set set confirmed open booked")
        });
    (there && !happened || everybody || visit) && !clause.has(lex::P3POSS)
}

/// Rules, possibilities and questions without a mark.
fn general_talk(words: &[&Token], sentence: &Sentence<'_>) -> bool {
    let any = |list: &str| sentence.tokens.iter().any(|t| t.any(list));
    let pair = |left: &str, right: &str| {
        words.windows(2).any(|w| matches!(w, [a, b] if a.any(left) && b.any(right)))
    };
    let own = sentence.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS));
    let ruled = any("law rule ley regla act h.r hr bill missouri")
        && !own
        && !sentence.has(lex::CASE.without(lex::BENEFIT).or(lex::EVIDENCE));
    let any_case = words.iter().any(|t| t.any("any cualquier"))
        || sentence
            .tokens
            .windows(2)
            .any(|w| matches!(w, [a, b] if a.any("any cualquier") && b.is(lex::CASE)));
    let event = words.iter().any(|t| past(t) || t.is(lex::STATE.or(lex::STEP)));
    let possible = words.iter().any(|t| t.any("can may could puede pueden podria would"))
        && !event
        && !sentence.has(lex::EVIDENCE)
        || words.first().is_some_and(|t| t.any("aunque even")) && sentence.has(lex::MAY);
    let aim = words.first().is_some_and(|t| t.any("to para")) && sentence.has(lex::MAY.or(lex::MUST));
    let digits = words.iter().any(|t| t.any("digit digits digitos"))
        && words.iter().any(|t| t.is(lex::CARD) || t.any("number numero dcn"))
        && !words.iter().any(|t| matches!(t.kind, Kind::Number | Kind::Spoken) && t.text.len() > 2);
    let open_question = sentence.tokens.len() > 3
        && sentence.tokens.iter().rev().filter(|t| t.punct().is_none()).take(3).any(|t| t.any("o"));
    let given_back = sentence.question
        && sentence.tokens.iter().filter(|t| t.punct().is_none()).take(3).any(|t| t.is(lex::YOU))
        && sentence
            .tokens
            .iter()
            .take(6)
            .any(|t| t.any("called said told mentioned texted wrote tried applied uploaded sent faxed"));
    let apply = pair("eligible elegible", "to para") && any("apply solicitar aplicar");
    let got_it = words.len() <= 2 && words.first().is_some_and(|t| t.any("got"))
        || words.len() <= 3 && words.iter().any(|t| t.text == "i") && words.iter().any(|t| t.text == "got");
    got_it || any_case && !own || ruled || possible || aim || digits || open_question || given_back || apply
}

/// Somebody, who in a statement of what happened is one in particular.
const INDEFINITE: &str = "somebody someone nobody no_one alguien nadie person quien anybody";

/// The clause is no assertion about anybody's matter.
fn harmless(view: &View<'_>, words: &[&Token]) -> bool {
    let (c, s) = (view.clause, view.sentence);
    let has = |any| words.iter().any(|t| t.is(any));
    let content = has(lex::CASE.or(lex::NOTICE));
    let place = words.iter().any(|t| matches!(t.kind, Kind::Name | Kind::Phone | Kind::Time | Kind::Zip));
    let general = words.iter().any(|t| t.is(lex::GENERIC) && !t.any(INDEFINITE))
        && !has(lex::YOUR.or(lex::P3POSS).or(lex::EVIDENCE));
    let ours = words
        .iter()
        .any(|t| t.any("our nuestra nuestro nuestros nuestras law congress legislature voters rule"));
    !c.asserted()
        || s.conditional
        || c.time
        || s.has(lex::MEANS)
        || view.appointment && !(content || has(lex::P3POSS))
        || view.shared && !content && !has(lex::YOUR)
        || place && !content
        || words.iter().any(|t| t.any("glad happy hope trouble thing bien contento table tabla lol haha jaja swamped slammed busy heard sabido oido great nice perfect perfecto favor chat conversacion wait espera demora")
            || somebody_who(words)
        || words.iter().any(|t| t.any("others otros")))
        || general
        || ours && !has(lex::YOU.or(lex::YOUR))
        || has(lex::REPORT)
}

/// "Someone who missed an interview".
fn somebody_who(words: &[&Token]) -> bool {
    words.windows(2).enumerate().any(|(i, w)| {
        let the = i.checked_sub(1).and_then(|p| words.get(p)).is_some_and(|t| t.is(lex::THE));
        matches!(w, [a, b] if a.is(lex::GENERIC) && b.any("who que with con whose"))
            && (!the || words.iter().any(|t| t.is(lex::MAY)))
    })
}

/// The clause speaks of a case, a thing kept on one, or a person's household.
fn matter(t: &Token) -> bool {
    t.is(lex::CASE
        .or(lex::NOTICE)
        .or(lex::ATTR)
        .or(lex::MONEYATTR)
        .or(lex::STATE)
        .or(lex::STEP)
        .or(lex::LACK)
        .or(lex::FACTV)
        .or(lex::KIN))
        || t.any(THINGS)
}

/// Who does what to whose matter, asserted.
fn told(view: &View<'_>) -> Option<usize> {
    let words: Vec<&Token> = view.clause.tokens.iter().filter(|t| t.punct().is_none()).collect();
    if words.is_empty() || harmless(view, &words) {
        return None;
    }
    let exempt = |at: usize| {
        let free = |t: &&Token| t.is(lex::EXEMPT) && !t.any(THINGS);
        let telling =
            words.get(at..).unwrap_or_default().iter().take(4).any(|t| t.is(lex::STATE.or(lex::STEP)));
        let subject = words
            .get(..at)
            .unwrap_or_default()
            .iter()
            .any(|t| t.is(lex::IT.or(lex::YOU).or(lex::P3).or(lex::YOUR)));
        let reach = if telling && subject { words.get(..at).unwrap_or_default() } else { words.as_slice() };
        reach.iter().any(free) && !words.iter().any(|t| t.is(lex::CASE.or(lex::NOTICE).or(lex::P3POSS)))
    };
    let hit = claims(&words, view.spanish).into_iter().any(|(claim, at)| {
        let possible = words.get(..at).unwrap_or_default().iter().any(|t| t.is(lex::MAY) && !t.any("could"));
        !exempt(at)
            && !possible
            && match claim {
                Claim::Happened => happened(view, &words, at),
                Claim::Is => is_so(view, &words, at),
                Claim::Comes => comes(view, &words),
            }
    });
    hit.then_some(0)
}

/// A person's own: you, your, his, a relative.
fn person(words: &[&Token], tokens: &[Token]) -> bool {
    words.iter().any(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS)) || t.is(lex::P3) && !t.is(lex::KIN))
        || (0..tokens.len())
            .any(|i| tokens.get(i).is_some_and(|t| t.is(lex::KIN)) && kin_of_somebody(tokens, i))
}

/// A subject that speaks of any or all: "a letter", "applications".
fn at_large(view: &View<'_>, words: &[&Token], at: usize) -> bool {
    let left = words.get(..at).unwrap_or_default();
    let any = left.iter().any(|t| t.is(lex::ANY) && !t.any("another other un una all_the"));
    let plural = left.iter().any(|t| t.is(lex::GENERIC) && !t.any(INDEFINITE));
    let moment = view.clause.dated() && words.iter().any(|t| t.is(lex::BEPAST) || past(t)) && !plural;
    let year = words.iter().any(|t| t.kind == Kind::Number && t.text.len() == 4 && t.text.starts_with("20"));
    (any && !moment || plural || year || view.sentence.habitual && !moment)
        && !left.iter().any(|t| t.is(lex::YOUR.or(lex::YOU).or(lex::P3POSS)))
}

/// Who acts or is spoken of left of the verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Actor {
    /// I: the one who writes.
    Speaker,
    /// We, they, the worker, somebody.
    Agency,
    /// You, your case, his card.
    Person,
    /// It, that, one, everything, nothing.
    Pronoun,
    /// The letter, the system.
    Definite,
    /// Nobody is named.
    Silent,
    /// A noun without an article.
    Bare,
}

fn actor(words: &[&Token], at: usize) -> Actor {
    let left = words.get(..at).unwrap_or_default();
    let any = |list: &str| left.iter().any(|t| t.any(list));
    let is = |tags| left.iter().any(|t| t.is(tags));
    let spoken = left.iter().rev().find(|t| {
        t.is(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS).or(lex::AGENCY))
            || t.any("it that one they someone somebody nobody")
    });
    if let Some(t) = spoken {
        return if t.any("i yo") {
            Actor::Speaker
        } else if t.is(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS)) {
            Actor::Person
        } else if t.any("it that one nobody") {
            Actor::Pronoun
        } else {
            Actor::Agency
        };
    }
    if is(lex::IT) || any("these those some none both yours mine other another something somethin") {
        return Actor::Pronoun;
    }
    if is(lex::THE) {
        return Actor::Definite;
    }
    let named =
        left.iter().any(|t| t.tags == lex::Tags::NONE || t.is(lex::CASE.or(lex::NOTICE).or(lex::EXEMPT)));
    if named { Actor::Bare } else { Actor::Silent }
}

/// What the writer may have done to a case, as against to this exchange or an appointment.
const DEEDS: &str = "sent resent mailed remailed pushed reprinted printed added put entered submitted processed approved denied closed \
    reopened fixed updated corrected noted keyed scanned ordered requested removed issued forwarded linked escalated \
    flagged released expedited assigned emailed faxed uploaded agregue mande envie aprobe cerre actualice pedi ordene \
    corregi mandamos enviamos agregamos subi ran finished completed";

/// "They added your boyfriend's income", "it never made it to us", "ur mid cert never got turned in".
fn happened(view: &View<'_>, words: &[&Token], at: usize) -> bool {
    if at_large(view, words, at) {
        return false;
    }
    let verb = words
        .get(at..)
        .unwrap_or_default()
        .iter()
        .find(|t| past(t) && !t.is(lex::BEPAST) || participle(t))
        .or(words.get(at));
    let case = words.iter().any(|t| t.is(lex::CASE.or(lex::NOTICE)));
    let content = words.iter().any(|t| matter(t));
    let own = person(words, view.clause.tokens);
    let spoken = words.get(at..).unwrap_or_default().iter().take(4).any(|t| t.any(TALK));
    let who = actor(words, at);
    let ours =
        matches!(who, Actor::Speaker | Actor::Person | Actor::Pronoun | Actor::Silent | Actor::Definite)
            && !words.iter().any(|t| t.any("nobody nadie no_one"));
    let limits = words.iter().any(|t| t.is(lex::LIMIT)) && !own;
    if limits || spoken && !case && ours || words.get(..at).unwrap_or_default().iter().any(|t| t.any(SHARED))
    {
        return false;
    }
    let right = words.get(at + 1..).unwrap_or_default();
    let object = right.iter().any(|t| t.is(lex::IT.or(lex::YOU).or(lex::YOUR).or(lex::P3).or(lex::P3POSS)));
    match who {
        Actor::Speaker => verb.is_some_and(|t| t.any(DEEDS)) && (object || content) || case && own,
        Actor::Agency | Actor::Person | Actor::Pronoun => true,
        Actor::Silent if at == 0 && words.iter().any(|t| t.is(lex::STILL)) => true,
        Actor::Definite | Actor::Silent => content || object || words.len() <= 6,
        Actor::Bare => case && (own || words.len() <= 5) || own && content,
    }
}

/// "You are over the limit", "your card is on its way", "they are working on it".
fn is_so(view: &View<'_>, words: &[&Token], at: usize) -> bool {
    if view.sentence.timed || view.sentence.habitual || at_large(view, words, at) {
        return false;
    }
    let right = words.get(at + 1..).unwrap_or_default();
    if words.iter().any(|t| t.is(lex::MAY.or(lex::MUST).or(lex::SHOULD).or(lex::LIMIT))) {
        return false;
    }
    let first = right.iter().find(|t| !t.is(lex::ADV.or(lex::NEG)));
    let verb = words.get(at);
    let right_to = verb.is_some_and(|t| t.is(lex::HAVE))
        && right.iter().any(|t| t.is(lex::UNIT) || t.any("right questions to"));
    let refused = verb.is_some_and(|t| t.is(lex::DO))
        && !right.iter().take(3).any(|t| t.is(lex::FACTV) || t.any("qualify have meet owe need get"));
    let free = first.is_none_or(|t| t.any(FREE)) || right_to || refused;
    let unfinished = right.iter().take(2).any(|t| t.is(lex::NEG))
        && right.iter().any(|t| t.any("yet there in done here attached on ready todavia aun"));
    let wanted = verb.is_some_and(|t| t.is(lex::LACK))
        && right.first().is_some_and(|t| t.is(lex::THE.or(lex::YOUR)) || t.any("more another one other"));
    let verdict =
        right.iter().take(2).any(|t| t.is(lex::ANY)) && right.iter().take(3).any(|t| t.any(VERDICTS));
    let content = words.iter().any(|t| matter(t));
    let telling = right.iter().any(|t| t.is(lex::STATE.or(lex::STEP).or(lex::LACK)));
    let going = first.is_some_and(|t| {
        t.text.len() > 4
            && (t.text.split('_').next().is_some_and(|w| w.ends_with("ing"))
                || t.text.ends_with("ando")
                || t.text.ends_with("iendo"))
            && !t.any(TALKING)
    });
    match actor(words, at) {
        Actor::Person if third_person(words, at) => {
            content && !free || going || right.iter().take(3).any(|t| t.any("on in"))
        }
        Actor::Person => content && !free || going,
        Actor::Pronoun => (telling || verdict) && !free || going || unfinished,
        Actor::Agency => going || wanted && content,
        Actor::Definite => going || telling && !free || unfinished && content,
        Actor::Silent => {
            view.spanish
                && (telling
                    || verb.is_some_and(|t| t.is(lex::BEPRES) && t.text != "es" && t.text != "son")
                        && !free
                        && right.iter().any(|t| matter(t))
                    || going
                    || verb.is_some_and(|t| t.is(lex::FACTV) || t.any("falta faltan sigue siguen sale")))
        }
        Actor::Speaker | Actor::Bare => false,
    }
}

/// He, she.
fn third_person(words: &[&Token], at: usize) -> bool {
    words.get(..at).unwrap_or_default().iter().rev().take(2).any(|t| t.is(lex::P3))
}

/// Verdicts as nouns.
const VERDICTS: &str = "sanction denial closure closing overpayment penalty disqualification hold reduction approval rejection mistake \
    negacion cierre sancion sobrepago";

/// Doings of this exchange.
const TALKING: &str = "asking talking calling texting typing writing trying going looking checking reading helping referring \
    thinking meaning using having being saying wondering doing pasando happening morning evening anything something nothing everything speaking \
    chatting ayudando buscando escribiendo preguntando hablando tratando leyendo according welcoming closing opening";

/// "It should be done within the week", "you will get it Friday".
fn comes(view: &View<'_>, words: &[&Token]) -> bool {
    let soon = view.clause.dated()
        || words.iter().any(|t| t.any("le les"))
            && words.iter().any(|t| t.any("llegar caer depositar llegara caera"))
        || words.iter().any(|t| t.any("soon week today tonight morning shortly pronto semana hoy days dias"));
    let content = words.iter().any(|t| t.is(lex::CASE.or(lex::NOTICE).or(lex::STATE).or(lex::STEP)));
    let own = person(words, view.clause.tokens) || words.iter().any(|t| t.is(lex::IT));
    let guarded = view.sentence.habitual
        || view.sentence.timed
        || words.iter().any(|t| t.is(lex::MAY.or(lex::MUST).or(lex::LIMIT)));
    soon && content && own && !guarded
}
