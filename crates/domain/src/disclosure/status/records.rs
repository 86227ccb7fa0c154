//! What the records show: what is lacking, what a person has, what the worker sees there.
//!
//! Owns statements that tell of a case without a status word. To add a rule, list it in the parent's `RULES`.

use super::subject::{Subject, Tense, subject, tense};
use super::{View, neutral, still};
use crate::disclosure::lexicon as lex;
use crate::disclosure::tokens::Kind;

/// "We still need proof of your rent", "le falta la entrevista".
pub(super) fn lack(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    (0..tokens.len())
        .find(|&i| {
            tokens.get(i).is_some_and(|t| t.is(lex::LACK)) && {
                let word = tokens.get(i).map_or("", |t| t.text.as_str());
                let left = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
                let negated = left.iter().any(|t| t.is(lex::NEG))
                    && !still(view.clause)
                    && word != "falta"
                    && word != "require";
                let who = subject(tokens, i);
                let object_owned = tokens.iter().skip(i + 1).any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
                let to_sign =
                    matches!(word, "falta" | "faltan") && tokens.get(i + 1).is_some_and(|t| t.text == "que");
                let document = to_sign
                    || view.spanish && view.clause.has(lex::MONEYATTR)
                    || view.clause.has(lex::DOC)
                    || view.clause.word("interview entrevista signature form page pagina hoja something letter receipt receipts carta copy forma");
                let stilled = view.clause.has(lex::STILL);
                let possible = left.iter().any(|t| t.is(lex::MAY.or(lex::FUT)) || t.text == "must");
                let strong = view.clause.word("more from mas")
                    && view.clause.has(lex::DOC)
                    && view.clause.has(lex::YOU)
                    || !matches!(
                        word,
                        "need" | "needing" | "require" | "requires" | "necesitamos" | "requested"
                    );
                if neutral(view, Tense::Past)
                    || negated
                    || possible
                    || view.clause.time
                    || view.sentence.timed
                {
                    return false;
                }
                match who {
                    Subject::Agency => document && (object_owned || stilled || strong),
                    Subject::Person => {
                        document && (strong || stilled)
                            || stilled && !view.clause.has(lex::EXEMPT) && view.clause.has(lex::CASE)
                    }
                    Subject::Nobody | Subject::Pronoun => {
                        document
                            && (object_owned
                                || stilled
                                || view.clause.word("only lo_unico only_thing only_thing_left thing_left all_you_have_left")
                                || view.spanish
                                    && (view.clause.has(lex::YOU)
                                        || word.starts_with("falta") && !view.clause.has(lex::ANY)
                                        || word == "necesitamos" && object_owned))
                    }
                    Subject::Definite | Subject::Bare if word == "needs" => document && object_owned,
                    Subject::Definite | Subject::Bare => strong && (stilled || view.clause.has(lex::BEPRES)),
                    Subject::General | Subject::Exempt => false,
                }
            }
        })
        .or_else(|| still_needed(view))
}

/// "Your interview is still needed".
pub(super) fn still_needed(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.any("needed required due outstanding necesaria necesario"))?;
    let owned = subject(tokens, i) == Subject::Person && view.clause.has(lex::CASE);
    (owned
        && view.clause.asserted()
        && !view.sentence.conditional
        && !view.sentence.habitual
        && !tokens.iter().any(|t| t.is(lex::MAY)))
    .then_some(i)
}

/// "You have an open case", "we have you down as ...", "there is no application on file".
pub(super) fn possession(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::HAVE))?;
    let who = subject(tokens, i);
    let modal = tokens
        .get(i.saturating_sub(3)..i)
        .unwrap_or_default()
        .iter()
        .any(|t| t.is(lex::MAY.or(lex::MUST).or(lex::SHOULD).or(lex::FUT)));
    let next_to = tokens.get(i + 1).is_some_and(|t| t.text == "to" || t.text == "que" || t.is(lex::WH));
    if neutral(view, Tense::Present) || modal || next_to || view.sentence.habitual {
        return None;
    }
    let right = tokens.get(i + 1..).unwrap_or_default();
    let free = right.iter().any(|t| t.is(lex::EXEMPT) || t.any("right rights derecho questions time until"));
    let thing = right.iter().take(6).position(|t| t.is(lex::CASE.or(lex::NOTICE)) || t.is(lex::STATE));
    let held = match who {
        Subject::Person => thing.is_some() && !free && !view.clause.word("days"),
        Subject::Agency => {
            right.first().is_some_and(|t| t.is(lex::YOU) || t.is(lex::P3)) && !free && right.len() > 1
                || right.first().is_some_and(|t| t.is(lex::YOUR)) && thing.is_some() && !free
        }
        Subject::Nobody if view.spanish => {
            thing.is_some_and(|n| n <= 3)
                && !free
                && tokens.get(i).is_some_and(|t| t.any("tiene tienes tenemos ha"))
        }
        _ => false,
    };
    held.then_some(i)
}

/// "I see your application", "no record of a case", "según el sistema".
pub(super) fn evidence(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::EVIDENCE))?;
    let left = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let barred = left.iter().any(|t| t.is(lex::MAY.or(lex::IF)))
        || view.clause.has(lex::FUT)
            && tokens.get(i).is_some_and(|t| t.text.ends_with("sistema") || t.text.ends_with("system"));
    if barred || !view.clause.asserted() || view.sentence.conditional {
        return None;
    }
    let rest = view.sentence.tokens.iter().filter(|t| t.start >= tokens.get(i).map_or(0, |t| t.start));
    let (mut person, mut content, mut exempt, mut determined) = (false, false, false, false);
    for t in rest {
        person |= t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS).or(lex::P3).or(lex::KIN))
            || determined && t.is(lex::CASE.or(lex::NOTICE).or(lex::STATE));
        determined = t.any("no any an a the un una el la ningun ninguna two 2 new active adverse")
            || t.kind == Kind::Spoken;
        let spanish_act = view.spanish && t.acute && t.text.ends_with('o') && t.text.len() > 3;
        person |= spanish_act;
        content |= spanish_act
            || t.is(lex::CASE.or(lex::NOTICE).or(lex::STATE).or(lex::MONEYATTR).or(lex::ATTR).or(lex::DEED))
            || t.text.ends_with("household");
        exempt |= t.is(lex::EXEMPT);
    }
    let quoted = tokens.get(i).is_some_and(|t| t.text.starts_with("per_") || t.text.starts_with("segun"));
    person |= quoted && view.sentence.has(lex::YOU) && content;
    let nowhere = view.clause.has(lex::NEG)
        && (view.clause.has(lex::YOU) || view.clause.word("lo la"))
        && tokens.iter().any(|t| {
            t.text.contains("sistema")
                || t.text.contains("system")
                || t.text.contains("on_file")
                || t.text.contains("record")
        });
    if nowhere {
        return Some(i);
    }
    (person && content && (!exempt || view.sentence.has(lex::CASE))).then_some(i)
}

/// "Your application is in line to be worked": whatever is said to be so of a person's case.
pub(super) fn whereabouts(view: &View<'_>) -> Option<usize> {
    const CORE: &str = "application app case renewal recertification recert claim hearing appeal review solicitud caso \
        renovacion aplicacion certification sanction overpayment audiencia";
    const FREE: &str = "on at private confidential secure safe important available based about free usually number protected \
        how what where the through";
    let tokens = view.clause.tokens;
    let noun = (1..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| t.any(CORE))
            && tokens
                .get(i.saturating_sub(3)..i)
                .unwrap_or_default()
                .iter()
                .any(|t| t.is(lex::YOUR.or(lex::P3POSS)))
    })?;
    let verb = tokens.get(noun + 1)?;
    let next = tokens.get(noun + 2);
    let plain = verb.is(lex::BEPRES.or(lex::BEPAST)) && !verb.is(lex::NEG)
        || verb.is(lex::HAVE)
        || verb.any("shows needs got");
    let free = next.is_none_or(|n| n.any(FREE) || n.kind == Kind::Name || n.is(lex::STEP));
    (plain && !free && !neutral(view, Tense::Present) && !view.sentence.habitual).then_some(noun)
}

/// "Did you know that your case was denied?": what is known is told.
pub(super) fn knowing(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::KNOW))?;
    let before = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let addressed = before.iter().any(|t| t.is(lex::YOU)) || view.spanish;
    let rest = tokens.get(i + 1..).unwrap_or_default();
    let follows =
        rest.first().is_some_and(|t| t.text == "that" || t.text == "que" || t.is(lex::YOUR.or(lex::YOU)))
            || rest.first().is_some_and(|t| t.text == "we");
    let told = rest.iter().any(|t| t.is(lex::STATE.or(lex::ESPAST)))
        && rest.iter().any(|t| t.is(lex::BEPAST.or(lex::BEPRES).or(lex::ESPAST)) || t.text.ends_with("ed"))
        && rest.iter().any(|t| t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS)));
    (addressed && follows && told && view.clause.question && !view.sentence.conditional).then_some(i)
}

/// "Congratulations on your approval".
pub(super) fn cheer(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.any("approval denial aprobacion negacion closure cierre"))?;
    let owned = tokens.get(i.saturating_sub(3)..i).unwrap_or_default().iter().any(|t| t.is(lex::YOUR));
    let glad = view.sentence.has(lex::YESNO)
        || view.clause.word("congratulations congrats because felicidades due after");
    (owned && glad && view.clause.asserted()).then_some(i)
}

/// "You have 3 people on your case", "your household size is 4", "your caseworker is ...".
pub(super) fn household(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.is(lex::ATTR))?;
    let owned = tokens
        .get(i.saturating_sub(2)..i)
        .unwrap_or_default()
        .iter()
        .any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
    let said = tokens.iter().skip(i + 1).any(|t| t.is(lex::BEPRES.or(lex::BEPAST)) || t.any("ends starts"))
        || view.clause.dated();
    (owned && said && !neutral(view, Tense::Present) && !view.sentence.habitual).then_some(i)
}

/// "Your mother is already on Medicaid", "you are not on the case".
pub(super) fn enrolled(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let i = tokens.iter().position(|t| t.any("on in en under"))?;
    let near = tokens.get(i.saturating_sub(3)..i).unwrap_or_default();
    let be = near.iter().any(|t| t.is(lex::BEPRES.or(lex::BEPAST)) && t.text != "be");
    let thing = tokens
        .get(i + 1..)
        .unwrap_or_default()
        .iter()
        .take(3)
        .any(|t| t.is(lex::PROG) || t.any("case caso file coverage"));
    let who = subject(tokens, i);
    (be && thing && who == Subject::Person && !neutral(view, tense(tokens, i)) && !view.sentence.habitual)
        .then_some(i)
}

/// "Your appointment is about your renewal": time and place may be sent, the reason may not (AMB-56).
pub(super) fn reason(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    tokens.iter().position(|t| t.is(lex::APPT) && !t.any("appointments citas"))?;
    let i = tokens.iter().position(|t| t.any("about for regarding re sobre para por because concerning"))?;
    let thing = tokens
        .get(i + 1..)
        .unwrap_or_default()
        .iter()
        .take(5)
        .any(|t| t.is(lex::CASE) || t.any("cierre closing denial"));
    let held = tokens.iter().any(|t| t.is(lex::BEPRES.or(lex::YOUR)));
    (thing && held && !neutral(view, Tense::Present)).then_some(i)
}

/// "Yes it was!" as the answer to what was asked about the case.
pub(super) fn affirmed(view: &View<'_>) -> Option<usize> {
    let tokens = view.sentence.tokens;
    let words = tokens.iter().filter(|t| t.punct().is_none()).count();
    let last = view.clause.tokens.iter().rposition(|t| t.punct().is_none())?;
    let verb = view.clause.tokens.get(last)?;
    let ends =
        verb.is(lex::BEPRES.or(lex::BEPAST).or(lex::DO).or(lex::HAVE)) || verb.is(lex::NEG) && words > 2;
    let speaks = view.clause.has(lex::IT.or(lex::YOU).or(lex::P3)) || view.clause.word("they");
    (view.context && words <= 6 && ends && speaks && view.clause.asserted() && !view.clause.has(lex::MAY))
        .then_some(last)
}
