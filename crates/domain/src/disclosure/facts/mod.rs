//! Finds what is said of this person's own things and doings without a status word (SMS-GEN-4).
//!
//! `status` knows the closed vocabulary of statuses; here the grammar alone tells: "your card is in the mail", "you never
//! sent the receipt", "the worker called your employer". To add a rule, list it in [`RULES`].

mod brief;
mod records;
mod spanish;
mod work;

use crate::disclosure::lexicon as lex;
use crate::disclosure::status::View;
use crate::disclosure::tokens::{Kind, Token, listed};

use brief::{
    arrived, it_was, no_more, nobody_yet, only_some, remaining, short_answer, switched, telegram, undecided,
    until_month, verdict, well,
};
use records::{barred_by, cause, composition, could_not, kept_on_you, recorded, third_party};
use spanish::{about_to, spanish_did, spanish_to_you};
use work::{agency_did, at_work, due_by, nothing_there, will_act};

pub(super) const RULES: &[fn(&View<'_>) -> Option<usize>] = &[
    own_thing,
    you_did,
    you_shall_get,
    agency_did,
    due_by,
    spanish_to_you,
    nothing_there,
    arrived,
    spanish_did,
    at_work,
    will_act,
    recorded,
    short_answer,
    undecided,
    nobody_yet,
    verdict,
    until_month,
    well,
    no_more,
    barred_by,
    telegram,
    switched,
    could_not,
    third_party,
    about_to,
    cause,
    composition,
    kept_on_you,
    it_was,
    only_some,
    remaining,
];

/// Things of a person that are no case words by themselves.
const OWN: &str = "fax address job worker caseworker employer months household dob plan tax refund spouse income rent wages \
    hours direccion stuff replacement things file trabajo ingreso ingresos renta hogar trabajador \
    trabajadora account information paycheck landlord";

/// What may be said of anybody's thing: where it is to be found, that it is private, how a rule fixes it.
const FREE: &str = "on at private confidential secure safe important available based free protected how what where \
    located welcome the up same different gratuita gratis usually determined calculated from about your \
    only like online everyone anyone whoever counted shared considered treated todos arriba segun igual \
    privado confidencial basado for good";

/// Present verbs by which a record tells something.
const TELLING: &str = "says shows has needs lists reflects went came got lacks put puts dropped gets lost made makes owes \
    earns have show say need tiene tienen dice muestra gana";

fn permitted(view: &View<'_>) -> bool {
    !view.clause.asserted() || view.sentence.conditional || view.clause.time || view.sentence.has(lex::MEANS)
}

fn noun_at(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_some_and(|t| {
        (t.is(lex::CASE.or(lex::ATTR).or(lex::MONEYATTR).or(lex::KIN).or(lex::NOTICE).or(lex::DOBLABEL))
            || t.any(OWN))
            && !t.is(lex::APPT)
    })
}

/// "Your card is in the mail", "your file has two jobs listed", "sus beneficios llegan el 8".
fn own_thing(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) || view.sentence.has(lex::APPT) {
        return None;
    }
    let owner = tokens.iter().take(6).position(|t| t.is(lex::YOUR.or(lex::P3POSS)))?;
    let introduced = tokens
        .get(..owner)
        .unwrap_or_default()
        .iter()
        .any(|t| t.is(lex::PREP) || t.is(lex::MAY.or(lex::MUST).or(lex::FUT)) || t.is(lex::YOU));
    if introduced {
        return None;
    }
    let noun = (owner..(owner + 5).min(tokens.len())).rev().find(|&i| noun_at(tokens, i))?;
    if tokens.get(owner..noun).unwrap_or_default().iter().any(|t| {
        t.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE).or(lex::MAY).or(lex::MUST).or(lex::FUT).or(lex::PREP))
            && t.text != "de"
    }) {
        return own_before(view, tokens, owner);
    }
    let skip = lex::ADV.or(lex::NEG).or(lex::CASE).or(lex::P3POSS);
    let verb = (noun + 1..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.punct().is_none() && (!t.is(skip) || t.is(lex::STATE.or(lex::STEP))))
    })?;
    judge_verb(view, tokens, noun, verb).then_some(noun)
}

/// The noun nearest to its owner when a verb stands between it and a later one ("your docs are in the case").
fn own_before(view: &View<'_>, tokens: &[Token], owner: usize) -> Option<usize> {
    let noun = (owner + 1..(owner + 4).min(tokens.len())).find(|&i| noun_at(tokens, i))?;
    let verb = noun + 1;
    tokens.get(verb).filter(|t| !t.is(lex::PREP))?;
    let verb = (verb..tokens.len())
        .find(|&i| tokens.get(i).is_some_and(|t| !t.is(lex::ADV.or(lex::NEG).or(lex::CASE))))?;
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
    if v.any("va van") && tokens.get(verb + 1).is_some_and(|n| n.is(lex::SEND.or(lex::PREP)) && n.text != "a")
    {
        return true;
    }
    if v.is(lex::FUT)
        || spanish_future
        || v.text == "se" && tokens.get(verb + 1).is_some_and(|n| n.acute && n.text.ends_with("ra"))
    {
        return dated || tokens.get(verb + 1).is_some_and(|n| n.is(lex::NEG) || n.is(lex::TERMV));
    }
    if v.is(lex::BEPRES) && !v.is(lex::BEPAST) {
        let Some(p) =
            (verb + 1..tokens.len()).filter_map(|i| tokens.get(i)).find(|t| !t.is(lex::ADV.or(lex::NEG)))
        else {
            return false;
        };
        let still = clause.has(lex::STILL);
        let free = p.any(FREE) && !(p.text == "good" && dated)
            || p.kind == Kind::Name
            || p.is(lex::EXEMPT)
            || p.is(lex::MAY)
            || p.is(lex::STEP) && !still && !dated
            || p.text == "in" && clause.has(lex::EXEMPT);
        return !free && !view.sentence.habitual;
    }
    if v.is(lex::BEPAST) || v.is(lex::HAVE) {
        return !view.sentence.habitual;
    }
    if v.any(TELLING) {
        if tokens.get(verb + 1..).unwrap_or_default().iter().take(2).any(|t| {
            t.is(lex::WH)
                || t.text == "which"
                || t.text == "que" && !view.sentence.has(lex::ESPAST.or(lex::STATE))
        }) {
            return false;
        }
        return !view.sentence.habitual;
    }
    let past = v.text.ends_with("ed") && v.text.len() > 4;
    let spanish = view.spanish
        && (dated
            || v.acute && v.text.ends_with('o')
            || v.is(lex::STATE.or(lex::ESPAST))
            || v.any("ya lo la"));
    past && !view.sentence.habitual || spanish || between.iter().any(|t| t.is(lex::NEG)) && v.is(lex::DO)
}

/// Verbs of talking: what a person says in this exchange is no fact of the case.
const TALK: &str = "asked mentioned wanted texted called contacted reached needed selected stated indicated messaged \
    tried said told meant replied responded answered noticed liked described explained typed shared \
    helped started entered ask say tell mention want mean respond reply answer know need hear like worry \
    heard understand disconnected stopped read see waited hoped confirmed picked booked chose scheduled \
    interested worried supposed";

const IRREGULAR: &str = "made went lost took gave forgot met put did sent left turned_in sent_in dropped_off got withdrew had \
    quit moved paid fell became brought missed used_up";

/// "You never sent the rent receipt", "you passed the income test".
fn you_did(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    if permitted(view) {
        return None;
    }
    let words: Vec<usize> =
        (0..tokens.len()).filter(|&i| tokens.get(i).is_some_and(|t| t.punct().is_none())).collect();
    let lead = words
        .iter()
        .position(|&i| tokens.get(i).is_some_and(|t| t.is(lex::YOU.or(lex::P3)) && !t.any("le te les")))?;
    let opened = words.iter().take(lead).all(|&i| {
        tokens.get(i).is_some_and(|t| {
            t.is(lex::ADV.or(lex::CONJ).or(lex::YESNO).or(lex::IT).or(lex::YOUR).or(lex::P3POSS).or(lex::NEG))
                || t.any("that says ok hi like well it")
        })
    });
    let after: Vec<&Token> = words
        .iter()
        .skip(lead + 1)
        .filter_map(|&i| tokens.get(i))
        .filter(|t| !t.is(lex::ADV) && t.text != "never" && t.text != "nunca" && t.text != "all")
        .collect();
    let verb = after.first()?;
    let exempt = !verb.any("failed passed")
        && tokens.iter().any(|t| t.is(lex::EXEMPT) && !t.any("form forms address hours"))
        && !view.clause.has(lex::CASE);
    if !opened || exempt || view.sentence.has(lex::APPT) || tokens.iter().any(|t| t.kind == Kind::Time) {
        return None;
    }
    let second = after.get(1).map_or("", |t| t.text.as_str());
    let auxiliary = verb.is(lex::DO.or(lex::HAVE)) && verb.text != "had";
    let negated = auxiliary && after.get(1).is_some_and(|t| t.is(lex::NEG));
    let third = after.get(2).map_or("", |t| t.text.as_str());
    let denied = negated
        && !third.is_empty()
        && !listed(TALK, third)
        && !matches!(third, "to" | "any" | "worry" | "have")
        && verb.text != "do"
        || negated
            && matches!(third, "meet" | "qualify" | "get" | "receive" | "have")
            && (view.clause.has(lex::CASE) || third == "meet" || third == "qualify");
    let text = verb.text.as_str();
    let past = (text.ends_with("ed") && text.len() >= 4 || listed(IRREGULAR, text))
        && (!listed(TALK, text) || view.clause.word("never") && text != "said")
        && !(text == "had" && second == "to")
        && !(text == "got" && second == "it" && after.len() <= 2)
        && text != "need"
        && (!matches!(
            text,
            "made" | "did" | "put" | "took" | "gave" | "left" | "went" | "brought" | "became"
        ) || view.clause.has(lex::CASE.or(lex::NOTICE)));
    let spanish = view.spanish
        && (verb.acute && text.ends_with('o')
            || matches!(text, "hizo" | "fue" | "mando")
            || view.spanish
                && text == "no"
                && after.get(1).is_some_and(|t| t.acute && t.text.ends_with('o') || t.any("hizo fue mando")))
        && (view.clause.has(lex::CASE.or(lex::NOTICE)) || view.clause.word("nunca"));
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
    let gets = rest.iter().position(|t| t.is(lex::PAY) || t.any("have see getting lose losing keep"))?;
    let thing = tokens.iter().any(|t| t.is(lex::BENEFIT.or(lex::PROG).or(lex::CARD)) || t.any("them it"));
    let denied = rest.get(..gets).unwrap_or_default().iter().any(|t| t.is(lex::NEG))
        && rest.iter().any(|t| t.is(lex::FUT.or(lex::BEPRES)));
    let loses = rest.get(gets).is_some_and(|t| t.any("lose losing"));
    let dated = view.clause.dated() && (!view.sentence.habitual || view.clause.has(lex::YOUR));
    let for_you = tokens.get(you.saturating_sub(1)..you).unwrap_or_default().iter().any(|t| t.text == "for");
    (thing && (dated || denied || loses) && (!for_you || dated)).then_some(you)
}
