//! Finds amounts of this person's benefits, debts and shares (SMS-GEN-4); table figures and fees pass.
//!
//! Owns what counts as an amount and whose it is. To add a way of writing an amount, extend [`amount_at`].

use super::clauses::{Clause, Sentence, sentences};
use super::lexicon as lex;
use super::tokens::{Kind, Reading, Token};
use super::{Finding, FindingKind};
use super::{assertion, status};

/// How surely a token is a sum of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    Sure,
    Likely,
}

/// All amounts of this person.
pub(super) fn find(reading: &Reading, context: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    let context = context || status::has_context(reading);
    let short = reading.tokens.iter().filter(|t| t.punct().is_none()).count() <= 9;
    let visit = assertion::appointment(reading);
    for sentence in sentences(&reading.tokens) {
        for clause in &sentence.clauses {
            for (i, t) in clause.tokens.iter().enumerate() {
                let Some(sum) = amount_at(clause.tokens, i) else { continue };
                let told = Told::new(clause, &sentence, i, context, reading.spanish);
                let found = match sum {
                    Sum::Sure => told.sure() || told.own_sum(true) || short && told.bare_sum(true),
                    Sum::Likely if visit => told.likely() && clause.has(lex::BENEFIT.or(lex::PROG)),
                    Sum::Likely => {
                        told.plain() || told.likely() || told.own_sum(false) || short && told.bare_sum(false)
                    }
                };
                if found && !told.barred() || told.held() {
                    out.push(Finding { kind: FindingKind::BenefitAmount, start: t.start, end: t.end });
                }
            }
            if let Some(t) = emptied(clause, &sentence) {
                out.push(Finding { kind: FindingKind::BenefitAmount, start: t.start, end: t.end });
            }
        }
    }
    out
}

fn amount_at(tokens: &[Token], i: usize) -> Option<Sum> {
    let t = tokens.get(i)?;
    let next = tokens.get(i + 1);
    let previous = i.checked_sub(1).and_then(|p| tokens.get(p));
    if t.kind == Kind::Money {
        return Some(Sum::Sure);
    }
    if !matches!(t.kind, Kind::Number | Kind::Spoken) {
        return None;
    }
    let word = |o: Option<&Token>, any: &[&str]| o.is_some_and(|t| any.contains(&t.text.as_str()));
    if next.is_some_and(|n| n.is(lex::MONEYWORD))
        || previous.is_some_and(|p| p.punct() == Some('$'))
        || previous.is_some_and(|p| p.punct() == Some(':'))
            && i.checked_sub(2).and_then(|p| tokens.get(p)).is_some_and(|p| p.punct() == Some('$'))
    {
        return Some(Sum::Sure);
    }
    let monthly = word(next, &["/", "monthly", "mensuales"])
        && word(tokens.get(i + 2), &["month", "mes", "mo"])
        || word(next, &["monthly", "mensuales", "mensual"])
        || word(next, &["a", "per", "al", "each", "every", "por", "this", "este", "un"])
            && word(tokens.get(i + 2), &["month", "mes", "hour", "week", "hora", "semana", "this_month"]);
    if monthly || t.text.contains('.') {
        return Some(Sum::Sure);
    }
    let plain = digits_said(tokens, i);
    let value: u32 = plain.parse().ok()?;
    if previous.is_some_and(|p| p.punct() == Some('='))
        && i.checked_sub(2).and_then(|p| tokens.get(p)).is_some_and(|p| p.kind == Kind::Number)
    {
        return None;
    }
    let monthly_sum = previous.is_some_and(|p| p.is(lex::MONTH))
        && (32..1900).contains(&value)
        && !next.is_some_and(|n| n.is(lex::UNIT));
    if monthly_sum {
        return Some(Sum::Sure);
    }
    let place = next.is_some_and(|n| n.is(lex::EXEMPT.or(lex::GENERIC)))
        || next.is_some_and(|n| n.is(lex::UNIT) || n.kind == Kind::Percent)
        || value <= 31 && word(previous, &["on", "the", "el", "dia", "del", "of", "al"])
        || value <= 31 && previous.is_some_and(|p| p.is(lex::DAY))
        || word(
            previous,
            &[
                "suite", "box", "room", "im", "option", "opcion", "press", "step", "age", "edad", "under",
                "over", "#", "between", "press", "with", "con", "starts",
            ],
        )
        || previous.is_some_and(|p| p.is(lex::MONTH)) && value <= 31
        || next.is_some_and(|n| {
            n.is(lex::MONTH) || n.text == "de" && tokens.get(i + 2).is_some_and(|m| m.is(lex::MONTH))
        });
    let place = place || word(previous, &["of"]);
    let place = place
        && !(word(previous, &["of", "de"])
            && i.checked_sub(2).and_then(|p| tokens.get(p)).is_some_and(|p| {
                p.is(lex::BENEFIT) || p.any("deposit amount total balance saldo spend_down claim")
            }));
    let street = tokens
        .get(i + 1..)
        .unwrap_or_default()
        .iter()
        .take(4)
        .any(|n| n.any("st street ave avenue dr drive rd road blvd ln hwy highway pkwy calle way plaza"));
    let year = (1990..=2040).contains(&value) && plain.len() == 4;
    let house = street && value > 99;
    let likely = (10..=20_000).contains(&value) && !place && !year && !house
        || value == 0 && word(previous, &["at", "en"]);
    likely.then_some(Sum::Likely)
}

/// A figure within its clause and sentence.
struct Told<'c> {
    clause: &'c Clause<'c>,
    sentence: &'c Sentence<'c>,
    i: usize,
    context: bool,
    spanish: bool,
    /// Somebody in particular is named.
    owner: bool,
    /// Getting, owing or benefits are named.
    pays: bool,
    /// "Your max": a limit that is this person's own.
    own_max: bool,
}

impl<'c> Told<'c> {
    fn new(
        clause: &'c Clause<'c>,
        sentence: &'c Sentence<'c>,
        i: usize,
        context: bool,
        spanish: bool,
    ) -> Self {
        let tokens = clause.tokens;
        let owner = (0..tokens.len()).any(|n| tokens.get(n).is_some_and(|t| names_owner(tokens, n, t)));
        let pays = clause.has(lex::MONEYATTR) && owner
            || clause.word("claim overpayment sobrepago")
            || clause.has(lex::PAY.or(lex::BENEFIT).or(lex::CARD).or(lex::PROG).or(lex::FACTV));
        let own_max =
            tokens.windows(2).any(|w| matches!(w, [a, b] if a.is(lex::YOUR) && b.any("max maximum maximo")));
        Told { clause, sentence, i, context, spanish, owner, pays, own_max }
    }

    /// Told of nobody: a question, a condition, a table, a limit, a possibility.
    fn barred(&self) -> bool {
        let (c, s) = (self.clause, self.sentence);
        let limited = !self.own_max
            && (c.has(lex::LIMIT) || c.has(lex::FEE) && !c.has(lex::YOUR.or(lex::YOU)))
            && !strong_owner(c, self.i, self.spanish);
        let general = s.has(lex::GENERIC) && !s.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS).or(lex::EVIDENCE))
            || c.has(lex::GENERIC) && !c.has(lex::YOU.or(lex::YOUR))
            || c.word("personas people") && !c.has(lex::YOUR);
        let must = |t: &Token| t.is(lex::MUST) && !t.any("debe debes deben");
        let possible = c.word("fine penalty possible")
            || c.tokens.iter().any(|t| t.is(lex::MAY) && t.text != "would")
            || c.tokens.iter().take(self.i).any(must) && !c.word("regresar devolver pagar pay repay back");
        let directed = c.direction && !self.owner && !c.word("expect espere");
        let rule = !self.own_max && s.has(lex::LIMIT) && !s.has(lex::YOU.or(lex::YOUR));
        c.question
            || c.withheld
            || s.conditional
            || s.has(lex::MEANS)
            || limited
            || general
            || possible
            || directed
            || rule
    }

    /// The figure may be a telephone number, a time or a key to press.
    fn phone(&self) -> bool {
        self.sentence.tokens.iter().filter(|t| t.kind == Kind::Spoken).count() >= 6
            || self.clause.tokens.iter().any(|t| matches!(t.kind, Kind::Phone | Kind::Time))
            || self.sentence.has(lex::APPT)
            || self.clause.word("dial marque press oprima text call llame relay")
    }

    /// A sum beside this person's name, where no limit, fee or possibility is spoken of.
    fn own_sum(&self, sure: bool) -> bool {
        let s = self.sentence;
        let own = s.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS));
        let money = self.clause.has(lex::PAY.or(lex::BENEFIT).or(lex::PROG).or(lex::MONEYATTR))
            || self.sentence_word("have having spenddown spend_down see ver");
        let limits = s
            .tokens
            .iter()
            .any(|t| t.is(lex::LIMIT) && !t.any("minimum more_than spend_down hasta max minimo maximo"));
        let guarded = limits
            || s.has(lex::FEE.or(lex::MAY).or(lex::MUST).or(lex::APPT).or(lex::CALL).or(lex::UNIT))
            || s.tokens.iter().any(|t| matches!(t.kind, Kind::Name | Kind::Phone | Kind::Zip | Kind::Time));
        let close = self.clause.word("for para of de") || money;
        own && (sure || money) && close && !guarded && !self.phone() && !table(s)
    }

    /// A sum by itself: "about two hundred", "$0 this month, back up to 291 in January".
    fn bare_sum(&self, sure: bool) -> bool {
        let s = self.sentence;
        let roughly = s.tokens.iter().any(|t| t.any("about around roughly like only just little right almost close now then after starting ahora antes como casi solo nomas unos prorated instead back"));
        let at_large = s.tokens.iter().any(|t| t.is(lex::UNIT) && !t.any("month mes"))
            || s.has(
                lex::GENERIC
                    .or(lex::FEE)
                    .or(lex::MAY)
                    .or(lex::MUST)
                    .or(lex::EXEMPT)
                    .or(lex::CALL)
                    .or(lex::HABIT),
            )
            || s.tokens.iter().any(|t| t.is(lex::LIMIT) && !t.any("up_to under"))
            || self.sentence_word("per each cada por personas apply");
        let place =
            s.tokens.iter().any(|t| matches!(t.kind, Kind::Name | Kind::Phone | Kind::Zip | Kind::Time));
        (sure || roughly) && !at_large && !place && !self.phone() && !table(s)
    }

    /// "Your $291", "the 45 you have left": whose sum it is goes without saying, in a question or a condition too.
    fn held(&self) -> bool {
        let tokens = self.clause.tokens;
        let Some(t) = tokens.get(self.i) else { return false };
        let figure = t.kind == Kind::Money
            || t.text.len() >= 2
                && !t.text.starts_with("20")
                && t.text.parse::<u32>().is_ok_and(|n| (20..=5000).contains(&n));
        let before = self.i.checked_sub(1).and_then(|p| tokens.get(p));
        let after = tokens.get(self.i + 1..).unwrap_or_default();
        let money = t.kind == Kind::Money || after.first().is_some_and(|n| n.is(lex::MONEYWORD));
        let yours = before.is_some_and(|b| b.is(lex::YOUR)) && money;
        let have = after.iter().take(4).collect::<Vec<_>>().windows(2).any(|w| {
            matches!(w, [a, b] if a.is(lex::YOU) && b.any("have had got") || a.is(lex::AGENCY) && b.any("loaded deposited issued sent paid") || a.any("on en") && (b.is(lex::YOUR) || b.any("it there la")))
        });
        let the = before.is_some_and(|b| b.is(lex::THE) || b.any("is are has still only"));
        figure
            && !self.phone()
            && (yours || have && the)
            && !self.sentence.has(lex::UNIT.or(lex::EXEMPT).or(lex::FEE).or(lex::GENERIC))
    }

    fn agency_paid(&self) -> bool {
        self.clause.word("they we i") && self.clause.has(lex::PAY.or(lex::STATE))
    }

    fn paid_before(&self) -> bool {
        self.sentence.has(lex::PAY) && self.sentence.has(lex::YOU.or(lex::YOUR))
    }

    fn sentence_word(&self, list: &str) -> bool {
        self.sentence.tokens.iter().any(|t| t.any(list))
    }

    /// With a sign or word of money.
    fn sure(&self) -> bool {
        let (c, s) = (self.clause, self.sentence);
        let short = c.tokens.iter().filter(|t| t.kind == Kind::Word).count() <= 6;
        let bounded = s.has(lex::LIMIT.or(lex::FEE));
        let it = (c.has(lex::IT) || c.word("came_out total"))
            && (self.context || s.has(lex::YESNO) || short || c.word("out"));
        let it = it && !s.tokens.iter().any(|t| t.kind == Kind::Phone);
        let loose = it || self.spanish && self.pays && !c.has(lex::ANY) || short && !s.has(lex::EXEMPT);
        !table(s) && (self.owner || self.agency_paid() || c.has(lex::EVIDENCE) || loose && !bounded)
    }

    /// A bare figure of the size of a benefit where nothing else explains it.
    fn plain(&self) -> bool {
        let (c, s) = (self.clause, self.sentence);
        let tokens = c.tokens;
        let codes = [211, 711, 911, 988];
        let figure = digits_said(tokens, self.i)
            .parse::<u32>()
            .is_ok_and(|n| (20..=5000).contains(&n) && !codes.contains(&n));
        let told_on = tokens.get(self.i + 1).is_some_and(|n| n.text == "on")
            && tokens.get(self.i + 3).is_some_and(|n| n.kind == Kind::Ordinal);
        let bare = tokens.len() > 1
            && tokens.iter().all(|t| t.is(lex::ADV) || t.punct().is_some() || t.kind == Kind::Number);
        let said = self.owner
            || self.pays
            || told_on
            || bare
            || c.has(lex::BEPRES.or(lex::BEPAST).or(lex::FUT).or(lex::EVIDENCE))
            || self.paid_before()
            || self.sentence_word("expect espere half mitad instead plus")
            || tokens.len() <= 2 && s.has(lex::MONEYATTR.or(lex::BENEFIT));
        figure
            && said
            && !self.phone()
            && (self.own_max || !s.has(lex::LIMIT))
            && !s.has(lex::FEE.or(lex::GENERIC).or(lex::EXEMPT).or(lex::CALL))
            && !addressed(s, tokens, self.i)
            && !c.has(lex::ATTR)
    }

    /// A figure that money words around it explain.
    fn likely(&self) -> bool {
        let (c, s) = (self.clause, self.sentence);
        let tokens = c.tokens;
        let length = tokens.len();
        let spoken = tokens.get(self.i).is_some_and(|t| t.kind == Kind::Spoken && t.text.len() == 3);
        let cut =
            self.agency_paid() && (self.context || c.word("cut raised lowered dropped reduced increased"));
        let seen = (c.has(lex::EVIDENCE) || c.word("screen system sistema pantalla"))
            && (self.pays || c.has(lex::SAYS));
        let short = length <= 3
            && (self.paid_before() || spoken && s.tokens.len() <= 4 && !s.has(lex::EXEMPT))
            || length <= 2 && s.tokens.iter().any(|t| t.punct() == Some('$'))
            || length == 1 && self.sentence_word("same igual mismo still before change")
            || length <= 5 && self.pays && !s.has(lex::LIMIT);
        let spanish = self.spanish
            && (self.pays && !s.has(lex::LIMIT) && c.has(lex::PAY) || c.word("regresar devolver"));
        let dated = c.has(lex::BENEFIT) && c.dated() && c.has(lex::PAY);
        let card = self.pays && c.has(lex::CARD) && c.word("your");
        let for_you =
            tokens.windows(2).any(|w| matches!(w, [a, b] if a.any("for para of de") && b.is(lex::YOU)));
        !self.phone()
            && (self.owner && self.pays || cut || seen || short || spanish || dated || card || for_you)
    }
}

/// A person is named at `n`, not a child or a mother at large.
fn names_owner(tokens: &[Token], n: usize, t: &Token) -> bool {
    let before = tokens.get(n.saturating_sub(2)..n).unwrap_or_default();
    let at_large = before.iter().any(|b| b.is(lex::ANY) || matches!(b.kind, Kind::Number | Kind::Spoken));
    status::owned(t.tags) && !(t.is(lex::KIN) && at_large)
}

/// The digits at `i`, together with those said after it one by one ("two oh four").
fn digits_said(tokens: &[Token], i: usize) -> String {
    let single = tokens.get(i).is_some_and(|t| t.kind == Kind::Number && t.text.len() == 1);
    let spoken = |t: &&Token| t.kind == Kind::Spoken || single && t.kind == Kind::Number && t.text.len() == 1;
    let own = tokens.get(i).map(|t| t.text.replace(',', "")).unwrap_or_default();
    let alone = own.len() > 2
        || !single && !tokens.get(i).is_some_and(|t| t.kind == Kind::Spoken)
        || i.checked_sub(1)
            .and_then(|p| tokens.get(p))
            .is_some_and(|t| t.kind == Kind::Spoken || single && t.kind == Kind::Number);
    if alone {
        return own;
    }
    tokens.get(i..).unwrap_or_default().iter().take_while(spoken).map(|t| t.text.as_str()).take(4).collect()
}

/// A house number, a ZIP code or a room: numbers in a sentence that gives an address.
fn addressed(sentence: &Sentence<'_>, tokens: &[Token], i: usize) -> bool {
    let room = i
        .checked_sub(1)
        .and_then(|p| tokens.get(p))
        .is_some_and(|p| p.any("cuarto room suite piso floor exit salida bus hwy highway"));
    let row = tokens.windows(2).any(|w| matches!(w, [a, b] if a.any("for para") && (matches!(b.kind, Kind::Number | Kind::Spoken) && b.text.len() == 1 || b.any("one uno"))));
    if room || row && !sentence.has(lex::YOU.or(lex::YOUR)) {
        return true;
    }
    let zip = sentence.tokens.iter().any(|t| {
        t.kind == Kind::Zip || t.kind == Kind::Number && t.text.len() == 5 && !t.text.contains([',', '.'])
    });
    let place = sentence
        .tokens
        .iter()
        .any(|t| t.any("mo st rd dr ave office oficina city springfield columbia joplin louis"));
    let large = tokens.get(i).is_some_and(|t| t.text.len() >= 3);
    let worded = large
        && tokens
            .get(i + 1)
            .is_some_and(|n| n.kind == Kind::Word && n.tags == lex::Tags::NONE && n.text.len() > 3)
        && tokens.get(i + 2).is_some_and(|n| n.kind == Kind::Word && n.tags == lex::Tags::NONE);
    zip || place || worded
}

/// Three sums and nobody's name: a row of a table.
fn table(sentence: &Sentence<'_>) -> bool {
    sentence.tokens.iter().filter(|t| t.kind == Kind::Money).count() >= 3
        && !sentence.has(lex::YOU.or(lex::YOUR).or(lex::P3POSS))
}

/// "You will get $291": the sum is the object of what this person gets or owes, whatever else is said.
fn strong_owner(clause: &Clause<'_>, i: usize, spanish: bool) -> bool {
    let left = clause.tokens.get(i.saturating_sub(5)..i).unwrap_or_default();
    let you = left.iter().any(|t| t.is(lex::YOU));
    let gets = left.iter().any(|t| t.is(lex::PAY) && !t.is(lex::LIMIT));
    let from_you = left.iter().position(|t| t.is(lex::YOU)).unwrap_or(0);
    let bounded =
        left.get(from_you..).unwrap_or_default().iter().any(|t| t.is(lex::LIMIT.or(lex::FEE).or(lex::MAY)));
    you && gets && !bounded && !(spanish && left.iter().any(|t| t.is(lex::MAY)))
}

/// "Nothing left on the card", "your balance is zero".
fn emptied<'t>(clause: &Clause<'t>, sentence: &Sentence<'_>) -> Option<&'t Token> {
    if !clause.asserted() || sentence.conditional {
        return None;
    }
    let holder = clause.has(lex::CARD.or(lex::BENEFIT)) || clause.word("balance saldo account cuenta");
    let at = clause.tokens.iter().position(|t| {
        t.any("nothing saldo empty nada vacia")
            || matches!(t.kind, Kind::Spoken | Kind::Number) && t.text == "0"
    })?;
    let month = clause.has(lex::DAY.or(lex::MONTH))
        && (clause.has(lex::YOU) || clause.has(lex::YOUR))
        && clause.has(lex::PAY.or(lex::BENEFIT))
        || clause.word("toco");
    if month {
        return clause.tokens.get(at);
    }
    let left = clause.word("left remaining queda quedan empty vacia")
        || clause.word("saldo") && clause.has(lex::NEG) && clause.word("tiene hay")
        || clause.tokens.get(at).is_some_and(|t| t.text == "0");
    (holder && left || clause.has(lex::YOU) && clause.tokens.get(at).is_some_and(|t| t.text == "0"))
        .then(|| clause.tokens.get(at))
        .flatten()
}
