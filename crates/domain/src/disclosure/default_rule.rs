//! The last word on a clause (SMS-GEN-4): a plain statement that joins this person and a case word is taken for a disclosure
//! unless it is one of the things that may be said of anybody.
//!
//! Owns that default and its exceptions. The other files know what a disclosure looks like; this one knows what
//! harmless talk about a customer's things looks like. To let something pass, add it to [`HARMLESS`].

use super::lexicon as lex;
use super::status::{View, kin_of_somebody};
use super::tokens::{Kind, Token};

pub(super) const RULES: &[fn(&View<'_>) -> Option<usize>] = &[person_and_case, case_and_past];

/// Words of directions, courtesy and self-service: a clause that holds one speaks of how things are done.
const HARMLESS: &str = "help assist question questions welcome thank thanks patience online portal website receipt back \
    front top bottom how where what which free depends depend private secure safe works work available \
    based same anywhere anyone protect share security texting text ayudar ayudo pregunta gracias linea \
    depende mismo segun parte arriba atras recibo like want hope see find look check ver revisar quiere \
    right rights derecho wait worry trouble problemas try upload apply send mail fax bring use report \
    call llame mande information mind general name write luck suerte sorry understand comunicarse \
    familia receive llevar traer page step idioma nothing_to_do sure order answer all \
    aplicacion_connectebt connectebt nombre mandar debajo orden transferred takes deductions everyone \
    shared taxes impuestos medico buscar doctor dentista pharmacy escoge llena firma trust address_book \
    ask picture photo early bother";

/// Things that are no case words but may be kept on a case.
const SOFT: &str =
    "address addresses form forms hours account_on account horas formulario change option video";

/// Words of the programmes that are neither a status nor a case noun.
const MATTER: &str = "expedited disabled disability months meses bank resources ssi ssdi unemployment job jobs training \
    waiver county worker caseworker provider household hogar custody citizenship immigration exemption \
    category group unit list lista sistema system income budget countable trabajadora incapacidad \
    discapacitado discapacitada desempleo trabajo banco address file record notes note flag nota bebe \
    baby cambio grant plan months_left";

fn barred(view: &View<'_>) -> bool {
    let c = view.clause;
    !c.asserted()
        || view.sentence.conditional
        || c.time
        || view.sentence.timed
        || view.sentence.habitual
        || c.has(
            lex::MAY
                .or(lex::MUST)
                .or(lex::SHOULD)
                .or(lex::LIMIT)
                .or(lex::GENERIC)
                .or(lex::APPT)
                .or(lex::META)
                .or(lex::REPORT),
        )
        || view.sentence.has(lex::APPT)
        || c.has(lex::FUT) && !c.dated()
        || c.tokens.iter().any(|t| t.is(lex::EXEMPT) && !t.any(SOFT))
        || c.tokens.iter().any(|t| matches!(t.kind, Kind::Name | Kind::Phone | Kind::Time) || t.any(HARMLESS))
        || spanish_future(view) && !c.dated()
}

fn spanish_future(view: &View<'_>) -> bool {
    view.spanish
        && view.clause.tokens.iter().any(|t| t.acute && (t.text.ends_with("ra") || t.text.ends_with("ran")))
}

/// "Your new address is on the case": this person and a case word in one plain statement.
fn person_and_case(view: &View<'_>) -> Option<usize> {
    if barred(view) {
        return None;
    }
    let tokens = view.clause.tokens;
    let person = person_at(view)?;
    let content = tokens.iter().any(|t| {
        t.is(lex::CASE
            .or(lex::NOTICE)
            .or(lex::STATE)
            .or(lex::STEP)
            .or(lex::ATTR)
            .or(lex::MONEYATTR)
            .or(lex::ESPAST))
            || t.any(MATTER)
    });
    let coded = tokens.windows(3).any(|w| matches!(w, [a, b, c] if a.is(lex::YOU) && b.is(lex::BEPRES.or(lex::BEPAST)) && (participle(c) || c.is(lex::ADV))) && tokens.iter().any(participle));
    let content = coded
        || content
            && (!tokens.get(person).is_some_and(|t| t.acute)
                || tokens.iter().any(|t| t.is(lex::CASE.or(lex::NOTICE)) || t.any(MATTER)));
    let said = tokens.iter().filter(|t| t.punct().is_none()).count() >= 3;
    let verb = tokens.iter().any(verbal);
    let counted = tokens.windows(3).any(|w| matches!(w, [a, b, c] if b.any("days dias") && (c.text == "to" || c.text == "para") && a.kind == Kind::Number));
    let planned = view.clause.dated()
        && tokens.iter().any(|t| t.is(lex::YOUR))
        && tokens.iter().any(|t| t.is(lex::CASE));
    let handed = tokens.first().is_some_and(|t| t.text == "i")
        && !tokens.iter().any(|t| t.is(lex::CASE.or(lex::NOTICE)));
    (content && said && (verb || planned) && !counted && !handed && !only_imperative(tokens))
        .then_some(person)
}

/// Where this person is named; a Spanish verb in the past names them by itself.
fn person_at(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let named = (0..tokens.len()).find(|&i| {
        tokens.get(i).is_some_and(|t| {
            t.is(lex::YOU.or(lex::YOUR).or(lex::P3POSS))
                || t.is(lex::P3) && !t.is(lex::KIN)
                || t.is(lex::KIN) && kin_of_somebody(tokens, i)
        })
    });
    let silent = || {
        let first =
            tokens.iter().position(|t| t.punct().is_none() && !t.is(lex::ADV.or(lex::NEG).or(lex::CONJ)))?;
        tokens
            .get(first)
            .filter(|t| view.spanish && t.acute && t.text.ends_with('o') && t.text.len() > 2)
            .map(|_| first)
    };
    named.or_else(silent)
}

fn verbal(t: &Token) -> bool {
    t.is(lex::BEPRES
        .or(lex::BEPAST)
        .or(lex::HAVE)
        .or(lex::DO)
        .or(lex::STEP)
        .or(lex::STATE)
        .or(lex::DEED)
        .or(lex::ESPAST)
        .or(lex::TERMV)
        .or(lex::FACTV)
        .or(lex::PAY)
        .or(lex::LACK)
        .or(lex::SAYS)
        .or(lex::EVIDENCE))
        || t.text.ends_with("ed") && t.text.len() > 3
        || t.acute && t.text.ends_with('o')
        || t.any("went came took put left got made goes changed toca ya hizo")
}

/// A participle that is not about this exchange of texts ("you are connected").
fn participle(t: &Token) -> bool {
    const TALK: &str = "interested worried connected disconnected confirmed booked scheduled asked required allowed \
        encouraged protected invited tired stressed frustrated confused bored blessed supposed concerned \
        pleased excited scared need feed speed indeed prepared expected advised logged signed stuck safe";
    t.text.ends_with("ed") && t.text.len() > 4 && !t.any(TALK)
}

/// A clause that begins with a bare verb ("keep your letters").
fn only_imperative(tokens: &[Token]) -> bool {
    let first = tokens.iter().find(|t| t.punct().is_none());
    first.is_some_and(|t| t.tags == lex::Tags::NONE && t.kind == Kind::Word)
        && !tokens
            .iter()
            .any(|t| t.is(lex::BEPRES.or(lex::BEPAST).or(lex::HAVE).or(lex::ESPAST).or(lex::STATE)))
}

/// "The card was delivered Monday", "benefits posted last night": a case word as subject of an act in the past.
fn case_and_past(view: &View<'_>) -> Option<usize> {
    let tokens = view.clause.tokens;
    let year = view
        .sentence
        .tokens
        .iter()
        .any(|t| matches!(t.kind, Kind::Number) && t.text.len() == 4 && t.text.starts_with("20"));
    if barred(view) || year {
        return None;
    }
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none() && !t.is(lex::ADV)).collect();
    let noun = words.iter().take(3).position(|t| t.is(lex::CASE.or(lex::NOTICE)))?;
    let open = words
        .iter()
        .take(noun)
        .all(|t| t.is(lex::THE.or(lex::YESNO).or(lex::CONJ).or(lex::PROG)) || t.any("new last other old"));
    let verb = words.get(noun + 1)?;
    let past = verb.is(lex::BEPAST) && !verb.is(lex::BEPRES)
        || verb.text.ends_with("ed") && verb.text.len() > 4 && words.len() <= 6
        || verb.any("went came")
        || view.spanish
            && words.iter().any(|t| t.acute && t.text.ends_with('o') && t.text.len() > 3 && !t.is(lex::CASE))
            && words.len() <= 9
        || verb.is(lex::HAVE) && words.iter().any(|t| t.text == "been");
    (open && past && !words.iter().any(|t| t.is(lex::ANY))).then_some(0)
}
