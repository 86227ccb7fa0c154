//! Sentences and clauses, and what takes the assertion out of a clause: a question, a condition, a report, a general subject.
//!
//! Owns grammar only; it does not decide what is a disclosure. To add a neutraliser, add a field to [`Clause`]
//! and set it in [`sentences`].

use super::lexicon as lex;
use super::lexicon::Tags;
use super::tokens::{Kind, Token};

/// One clause of a sentence.
#[derive(Debug, Clone)]
pub(super) struct Clause<'t> {
    pub(super) tokens: &'t [Token],
    /// The tags of all its tokens together.
    tags: Tags,
    /// Asked, not said.
    pub(super) question: bool,
    /// Holds only under a condition ("if", "unless").
    pub(super) condition: bool,
    /// Holds at a time that need not have come ("once", "when").
    pub(super) time: bool,
    /// Gives back what the customer said, or says that the speaker cannot tell.
    pub(super) withheld: bool,
    /// Tells what somebody is to do.
    pub(super) direction: bool,
}

/// One sentence.
#[derive(Debug, Clone)]
pub(super) struct Sentence<'t> {
    pub(super) tokens: &'t [Token],
    /// The tags of all its tokens together.
    tags: Tags,
    pub(super) clauses: Vec<Clause<'t>>,
    pub(super) question: bool,
    /// Some clause is a condition.
    pub(super) conditional: bool,
    /// Some clause is a condition in time.
    pub(super) timed: bool,
    /// Speaks of a rule: usually, for example, means.
    pub(super) habitual: bool,
}

impl Sentence<'_> {
    pub(super) fn has(&self, any: Tags) -> bool {
        self.tags.has(any)
    }
}

impl Clause<'_> {
    pub(super) fn has(&self, any: Tags) -> bool {
        self.tags.has(any)
    }

    /// Holds one of a space-separated list of words.
    pub(super) fn word(&self, list: &str) -> bool {
        self.tokens.iter().any(|t| t.any(list))
    }

    /// How many words it has.
    pub(super) fn words(&self) -> usize {
        self.tokens.iter().filter(|t| t.punct().is_none()).count()
    }

    /// A day or date is named.
    pub(super) fn dated(&self) -> bool {
        self.tokens.iter().any(is_date)
            || self.tokens.windows(3).any(|w| matches!(w, [a, b, c] if a.any("el on dia del") && (b.kind == Kind::Number && !c.is(lex::UNIT) || b.text == "dia")))
            || self.tokens.windows(2).last().is_some_and(|w| matches!(w, [a, b] if a.any("el dia del") && b.kind == Kind::Number))
    }

    pub(super) fn asserted(&self) -> bool {
        !(self.question || self.condition || self.withheld || self.direction)
    }
}

pub(super) fn is_date(t: &Token) -> bool {
    matches!(t.kind, Kind::Date | Kind::Ordinal) || t.is(lex::DAY.or(lex::MONTH))
}

/// The verbs that open a direction to the customer.
const DIRECTIONS: &str = "please check use send upload call write mail log click never visit print apply email fax go see text \
    dial ask bring include put keep make report contact try look let give download sign select choose \
    favor por_favor llame mande suba vaya envie escriba revise visite puede marque haga lleve traiga \
    incluya take scan remember submit return complete enter type tap open wait thank thanks gracias \
    share set toggle refer fill follow save reset link tell add attach answer ensure don't firme llene \
    guarde pida busque oprima escoja elija espere deje avise explique diganos reporte presente descargue \
    imprima tome solicite regrese devuelva vuelva siga verifique confirme consulte pregunte hable \
    comuniquese agregue abra cree inicie acuda recuerde digame ensenel baje borre comparta diga entre \
    ponga lea conserve";

/// A sentence is cut after so many tokens, so that the work grows with the text and not with its square.
const LONGEST: usize = 80;

/// Reads tokens into sentences.
pub(super) fn sentences(tokens: &[Token]) -> Vec<Sentence<'_>> {
    let mut out = Vec::new();
    let mut from = 0;
    for (i, t) in tokens.iter().enumerate() {
        if matches!(t.punct(), Some('.' | '!' | '?' | ';' | '\n')) || i >= from + LONGEST {
            out.push(tokens.get(from..=i).unwrap_or_default());
            from = i + 1;
        }
    }
    out.push(tokens.get(from..).unwrap_or_default());
    out.into_iter()
        .filter(|s| s.iter().any(|t| t.punct().is_none() || t.is(lex::STATE)))
        .map(sentence)
        .collect()
}

fn sentence(tokens: &[Token]) -> Sentence<'_> {
    let mut clauses: Vec<Clause<'_>> = split(tokens).into_iter().map(clause).collect();
    let marked = tokens.iter().any(|t| matches!(t.punct(), Some('?' | '¿')));
    mark_questions(&mut clauses, tokens, marked);
    spread_withheld(&mut clauses);
    let scam = tokens.iter().any(|t| t.any("scam scams fake phishing estafa falso falsa falsos false"));
    let conditional = scam || clauses.iter().any(|c| c.condition);
    let timed = clauses.iter().any(|c| {
        c.time && !c.tokens.first().is_some_and(|t| t.any("until till hasta hasta_que while mientras"))
    });
    let habitual = tokens.iter().any(|t| t.is(lex::MEANS.or(lex::HABIT)));
    Sentence { tokens, tags: union(tokens), question: marked, conditional, timed, habitual, clauses }
}

fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut out = Vec::new();
    let mut from = 0;
    for (i, t) in tokens.iter().enumerate() {
        let breaks_after = matches!(t.punct(), Some(',' | ':' | '(' | ')' | '"' | '¿'));
        let dash = t.punct() == Some('-')
            && tokens
                .get(i + 1)
                .zip(i.checked_sub(1).and_then(|p| tokens.get(p)))
                .is_some_and(|(next, prev)| next.start > t.end && prev.end < t.start);
        let opens = i > from
            && (t.is(lex::CONJ) && subject_soon(tokens, i + 1)
                || t.is(lex::IF) && !t.is(lex::YESNO)
                || t.is(lex::WHEN) && !dated_after(tokens, i));
        if opens {
            out.push(tokens.get(from..i).unwrap_or_default());
            from = i;
        }
        if breaks_after || dash {
            out.push(tokens.get(from..i).unwrap_or_default());
            from = i + 1;
        }
    }
    out.push(tokens.get(from..).unwrap_or_default());
    out.retain(|part| part.iter().any(|t| t.punct().is_none() || t.is(lex::STATE)));
    out
}

/// "and your case ...": a conjunction opens a clause when a subject follows.
fn subject_soon(tokens: &[Token], from: usize) -> bool {
    let subject = lex::YOU
        .or(lex::YOUR)
        .or(lex::P3)
        .or(lex::P3POSS)
        .or(lex::IT)
        .or(lex::THE)
        .or(lex::AGENCY)
        .or(lex::ESPAST)
        .or(lex::ANY)
        .or(lex::MAY)
        .or(lex::WH)
        .or(lex::DO);
    tokens.get(from..).unwrap_or_default().iter().take(2).any(|t| t.is(subject) && !t.is(lex::KIN))
}

/// "until June 3": a word of time before a date is no condition.
fn dated_after(tokens: &[Token], i: usize) -> bool {
    tokens.get(i + 1..).unwrap_or_default().iter().take(2).any(|t| is_date(t) || t.kind == Kind::Number)
}

fn union(tokens: &[Token]) -> Tags {
    tokens.iter().fold(Tags::NONE, |all, t| all.or(t.tags))
}

fn clause(tokens: &[Token]) -> Clause<'_> {
    let meta = tokens.iter().any(|t| t.is(lex::META));
    let has_if = tokens
        .iter()
        .enumerate()
        .any(|(i, t)| t.is(lex::IF) && !(t.text == "si" && followed_by_comma_or_alone(tokens, i)));
    let has_when = tokens.iter().enumerate().any(|(i, t)| t.is(lex::WHEN) && !dated_after(tokens, i));
    let looked = tokens.iter().any(|t| t.any("i_checked i_looked i_pulled checked looked revise pulled"));
    let i_cannot = tokens.windows(3).any(|w| match w {
        [a, b, c] => {
            a.is(lex::AGENCY) && b.is(lex::MAY) && c.is(lex::NEG)
                || a.is(lex::NEG) && b.any("able allowed puedo podemos permitted")
                || b.any("puedo podemos") && a.is(lex::NEG)
                || a.any("unable")
                || a.is(lex::BEPRES) && b.is(lex::NEG) && c.any("able allowed")
        }
        _ => false,
    }) || tokens.iter().any(|t| t.any("unable tratando"))
        || tokens.iter().any(|t| t.is(lex::NEG)) && tokens.iter().any(|t| t.any("access acceso"))
        || tokens.iter().any(|t| t.any("nobody nadie no_one"))
            && tokens.iter().any(|t| t.is(lex::MAY.or(lex::FUT)));
    let word = |any: &[&str]| tokens.iter().any(|t| any.contains(&t.text.as_str()));
    let closed_channel = tokens.iter().any(|t| t.is(lex::NEG))
        && word(&[
            "info",
            "information",
            "details",
            "detalles",
            "discuss",
            "discussed",
            "informacion",
            "datos",
        ])
        || tokens.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::NEG) && b.any("text say mean")))
        || word(&["hidden", "masked", "blocked", "erased", "deleted", "oculto", "borro", "borre"])
            && tokens.iter().any(|t| t.is(lex::EXEMPT));
    let i_cannot = i_cannot || closed_channel;
    let first = tokens.iter().find(|t| {
        t.punct().is_none() && !t.is(lex::ADV.or(lex::CONJ).or(lex::YESNO).or(lex::NEG).or(lex::DO))
    });
    let direction = first.is_some_and(|t| t.any(DIRECTIONS) && !t.is(lex::YESNO));
    let direction = direction && !looked
        || tokens
            .windows(2)
            .any(|w| matches!(w, [a, b] if a.text == "let" && (b.text == "me" || b.text == "us")));
    let direction = direction || first.is_some_and(|t| t.any("what whatever anything lo_que cualquier"));
    Clause {
        tokens,
        tags: union(tokens),
        question: false,
        condition: has_if && !meta,
        time: has_when && !looked && !meta,
        withheld: i_cannot || report(tokens),
        direction,
    }
}

fn followed_by_comma_or_alone(tokens: &[Token], i: usize) -> bool {
    // Clauses are cut at commas, so a "si" that ends its clause was followed by one: it means yes.
    i + 1 >= tokens.len()
}

fn report(tokens: &[Token]) -> bool {
    tokens.iter().enumerate().any(|(i, t)| t.is(lex::REPORT) && i + 1 < tokens.len())
}

/// What is withheld or reported reaches over the clauses that hang on it, up to a "because" or "but".
fn spread_withheld(clauses: &mut [Clause<'_>]) {
    let mut holding = false;
    for c in clauses.iter_mut() {
        let turns = c.tokens.first().is_some_and(|t| t.any("because but pero porque since however"));
        if c.withheld {
            holding = true;
        } else if turns {
            holding = false;
        }
        c.withheld |= holding;
    }
}

fn mark_questions(clauses: &mut [Clause<'_>], tokens: &[Token], marked: bool) {
    let spanish_mark = tokens.iter().find(|t| t.punct() == Some('¿')).map(|t| t.start);
    let inverted: Vec<bool> = clauses.iter().map(|c| is_inverted(c.tokens, marked)).collect();
    let first_inverted = inverted.iter().position(|yes| *yes);
    let last = clauses.len().saturating_sub(1);
    let tag = clauses.last().is_some_and(|c| {
        let words: Vec<&str> =
            c.tokens.iter().filter(|t| t.punct().is_none()).map(|t| t.text.as_str()).collect();
        c.tokens.len() <= 4
            && words.last().is_some_and(|w| {
                matches!(
                    *w,
                    "right"
                        | "correct"
                        | "correcto"
                        | "verdad"
                        | "cierto"
                        | "ok"
                        | "okay"
                        | "yes"
                        | "no"
                        | "understand"
                        | "si"
                )
            })
    });
    for (i, c) in clauses.iter_mut().enumerate() {
        let from_mark = spanish_mark.is_some_and(|mark| c.tokens.first().is_some_and(|t| t.start > mark));
        c.question = match (marked, spanish_mark, first_inverted) {
            (true, Some(_), _) => from_mark,
            (_, _, Some(k)) => i >= k && !(i > k && !marked && !inverted.get(i).copied().unwrap_or(false)),
            (true, None, None) => !(tag && i < last && last > 0),
            (false, _, None) => false,
        };
    }
}

/// Without a question mark only English word order shows a question: Spanish puts verbs first in statements too.
const ENGLISH_VERBS: &str = "is are was were has have had do does did can could will would should may must";

/// "Did you ...", "Has your case ...", "When did ...".
fn is_inverted(tokens: &[Token], marked: bool) -> bool {
    let skip = lex::ADV.or(lex::CONJ).or(lex::YESNO).or(lex::WH);
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let asked = |t: &Token| t.is(lex::WH) || t.any("when how_long que cuando");
    let lead = words
        .iter()
        .take_while(|t| (t.is(skip) || asked(t)) && !t.is(lex::BEPRES.or(lex::DO).or(lex::HAVE)))
        .count();
    let wh = words.iter().take(lead).any(|t| asked(t));
    let verb =
        lex::BEPRES.or(lex::BEPAST).or(lex::HAVE).or(lex::DO).or(lex::MAY).or(lex::SHOULD).or(lex::FUT);
    let subject = lex::YOU
        .or(lex::YOUR)
        .or(lex::P3)
        .or(lex::P3POSS)
        .or(lex::IT)
        .or(lex::THE)
        .or(lex::ANY)
        .or(lex::GENERIC)
        .or(lex::AGENCY);
    if wh && words.get(lead).is_some_and(|t| t.is(lex::AGENCY)) {
        return false;
    }
    let search = if wh { 4 } else { 1 };
    (lead..lead + search).any(|i| {
        words.get(i).is_some_and(|v| {
            v.is(verb)
                && (marked || v.any(ENGLISH_VERBS))
                && !v.any("esta es fue ha hemos tiene been be being got came remains aparece")
        }) && words.get(i + 1).is_some_and(|s| {
            s.is(subject) || s.is(lex::NEG) && words.get(i + 2).is_some_and(|n| n.is(subject))
        })
    })
}
