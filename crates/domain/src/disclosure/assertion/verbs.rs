//! Verbs by their form: what has happened, what is going on, what is to come, in English and Spanish.
//!
//! Owns the recognition of verb forms with an open vocabulary; what follows from them is decided in the parent. To
//! add an irregular verb, add its past form to [`IRREGULAR`].

use crate::disclosure::lexicon as lex;
use crate::disclosure::tokens::{Kind, Token};

/// What a clause says about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Something happened or has happened, or did not.
    Happened,
    /// Something is so or is going on.
    Is,
    /// Something is to come on a day or soon.
    Comes,
}

/// English past forms that do not end in "ed".
const IRREGULAR: &str = "went came got gotten took taken gave given made made_it said told put sent left lost found met paid fell \
    forgot forgotten began begun kept held wrote written saw seen did done had cut set let shut chose chosen withdrew \
    withdrawn sat ran run threw thrown brought knew spent built dropped hit grew drew gone sold quit broke broken read \
    became led stuck swapped redid rejected heard";

/// Words that end like a past form and are none.
const NO_PAST: &str = "need speed feed seed red bed fed med indeed hundred exceed proceed succeed supposed interested worried \
    limited related based allowed disabled certified naked sacred wicked weed breed greed steed kindred united \
    required needed married retired elderly embed bored tired excited expected blessed aged";

/// Spanish words that end like a past form and are none.
const NO_PASADO: &str = "estado lado cuidado mercado sabado pasado resultado privado lado delgado abogado empleado \
    empleados estados significado grado pescado sido ido marido partido pedido sentido vestido apellido contenido \
    sonido ambos vamos podemos tenemos hemos estamos somos queremos damos hablamos debemos gran gracias ano pero \
    como cuando todo numero yo no lo solo correo medio empleo cero";

/// The word says that something happened.
pub(super) fn past(t: &Token) -> bool {
    if t.kind != Kind::Word || t.any(NO_PAST) {
        return false;
    }
    let part = t.text.split('_').next().unwrap_or("");
    let regular = |w: &str| w.len() > 3 && (w.ends_with("ed") || w.ends_with("'d"));
    regular(&t.text)
        || t.any(IRREGULAR)
        || t.text.contains('_') && (regular(part) || crate::disclosure::tokens::listed(IRREGULAR, part))
        || t.is(lex::BEPAST)
}

/// A finite Spanish verb of the past: "negaron", "quedo", "enviamos", "le mande".
pub(super) fn pasado(t: &Token) -> bool {
    if t.kind != Kind::Word || t.any(NO_PASADO) {
        return false;
    }
    let w = t.text.as_str();
    t.is(lex::ESPAST)
        || w.len() > 3
            && (w.ends_with("aron") || w.ends_with("ieron") || w.ends_with("eron"))
        || t.acute && w.len() > 2 && !w.contains('_') && (w.ends_with('o') || w.ends_with("gue") || w.ends_with("que") && w.len() > 3)
        || w.len() > 4 && (w.ends_with("aba") || w.ends_with("aban"))
        || t.any("fue fueron era hizo hicieron puso pusieron dijo dijeron tuvo tuvieron vino estuvo dio dieron hice puse vi mande")
}

/// A participle in either language.
pub(super) fn participle(t: &Token) -> bool {
    let w = t.text.as_str();
    t.kind == Kind::Word
        && !t.any(NO_PAST)
        && !t.any(NO_PASADO)
        && (w.len() > 3 && w.ends_with("ed")
            || t.any(IRREGULAR)
            || t.is(lex::STATE.or(lex::STEP))
            || w.len() > 4
                && ["ado", "ada", "ados", "adas", "ido", "ida", "idos", "idas"]
                    .iter()
                    .any(|e| w.ends_with(e)))
}

/// "Closed captions", "a lost card": a participle that belongs to a noun.
fn attributive(words: &[&Token], i: usize) -> bool {
    let led = i == 0
        || words.get(i - 1).is_some_and(|b| b.is(lex::ANY.or(lex::PREP).or(lex::THE)) || b.any("for most"));
    let noun = words.get(i + 1).is_some_and(|n| {
        n.kind == Kind::Word
            && (n.is(lex::CASE.or(lex::NOTICE).or(lex::EXEMPT).or(lex::GENERIC).or(lex::CARD))
                || n.tags == lex::Tags::NONE && n.text.ends_with('s')
                || n.any("ones one"))
            && !n.is(lex::YOUR.or(lex::ADV))
    });
    led && noun
}

/// The claims of a clause and where their verbs stand.
pub(super) fn claims(words: &[&Token], spanish: bool) -> Vec<(Claim, usize)> {
    (0..words.len()).filter_map(|i| claim_at(words, i, spanish).map(|claim| (claim, i))).take(4).collect()
}

fn claim_at(words: &[&Token], i: usize, spanish: bool) -> Option<Claim> {
    let t = words.get(i)?;
    let next = words.get(i + 1..).unwrap_or_default();
    let before = words.get(i.saturating_sub(3)..i).unwrap_or_default();
    let modal = words.get(..i).unwrap_or_default().iter().rposition(|b| b.is(lex::MAY.or(lex::MUST)));
    let reached = modal.is_some_and(|m| {
        i - m < 8
            && !words
                .get(m + 1..i)
                .unwrap_or_default()
                .iter()
                .any(|b| b.is(lex::IT.or(lex::YOU).or(lex::P3).or(lex::AGENCY)))
    });
    let bound = reached || before.iter().any(|b| b.is(lex::MAY.or(lex::MUST)) || b.text == "to");
    let follows = || next.iter().take(4).any(|n| participle(n));
    let es = pasado(t)
        || t.any("ha han hemos he habia") && next.iter().take(2).any(|n| participle(n))
        || t.any("ya") && next.first().is_some_and(|n| n.is(lex::STATE.or(lex::STEP)));
    if spanish && es {
        return Some(Claim::Happened);
    }
    let travels = t.any("va van") && !next.first().is_some_and(|n| n.text == "a");
    if (t.is(lex::FUT.or(lex::BEFUT))
        || t.text == "should" && next.first().is_some_and(|n| n.any("be have get hear see")))
        && !travels
    {
        return Some(Claim::Comes);
    }
    if bound || t.is(lex::MAY) || t.any("need want") {
        return None;
    }
    if t.is(lex::HAVE) && follows() || t.text == "did" || t.is(lex::BEPAST) && !t.is(lex::BEPRES) {
        return Some(Claim::Happened);
    }
    let third = t.kind == Kind::Word
        && t.text.ends_with('s')
        && t.text.len() > 3
        && before.iter().any(|b| b.any("someone somebody he she it worker"))
        && !t.is(lex::CASE.or(lex::EXEMPT));
    let present = t.is(lex::BEPRES.or(lex::HAVE).or(lex::DO).or(lex::TERMV).or(lex::FACTV).or(lex::LACK))
        || t.any("sits goes comes gets shows says needs owes lists stands falls fall")
        || travels
        || third;
    if present {
        return Some(Claim::Is);
    }
    let passive = before.iter().any(|b| b.is(lex::BEPRES) && !b.is(lex::BEPAST) || b.any("do does"));
    (past(t) && !passive && !(spanish && t.text.len() < 4) && !attributive(words, i))
        .then_some(Claim::Happened)
}
