//! Finds statements that a notice went to this person, when, or what it says (SMS-GEN-4).
//!
//! Owns the rules about notices only. "A notice is mailed when ..." and "did you get a letter?" pass. To add a
//! kind of notice, add its noun to the lexicon.

use super::clauses::{Clause, Sentence, sentences};
use super::lexicon as lex;
use super::tokens::{Kind, Reading, Token};
use super::{Finding, FindingKind, assertion};

/// All statements about notices to this person.
pub(super) fn find(reading: &Reading, earlier: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    for sentence in sentences(&reading.tokens) {
        for (n, clause) in sentence.clauses.iter().enumerate() {
            if clause.question
                || clause.condition
                || clause.withheld
                || clause.direction && !mailed(clause)
                || sentence.conditional
                || clause.time
                || assertion::exonerated(clause, &sentence, reading)
            {
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
    outright(clause, sentence) || wrote(clause, spanish) || {
        let at = clause.tokens.iter().position(notice);
        at.is_some_and(|at| About::new(clause, sentence, n, at, spanish).told(earlier))
    }
}

/// Statements that need no word for a letter: "you were notified", "one went out on the 12th", "mailed on the 4th".
fn outright(clause: &Clause<'_>, sentence: &Sentence<'_>) -> bool {
    let tokens = clause.tokens;
    let has = |any| tokens.iter().any(|t: &Token| t.is(any));
    let notified = clause.word("notified notificado notificada notificaron notifico notificamos")
        && has(lex::BEPAST.or(lex::HAVE).or(lex::YOU))
        && !has(lex::FUT.or(lex::MAY).or(lex::GENERIC));
    let one = tokens.windows(2).any(
        |w| matches!(w, [a, b] if a.text == "one" && (b.is(lex::SEND) || b.any("went_out went mailed from"))),
    ) && clause.dated()
        && !has(lex::EXEMPT.or(lex::MAY))
        && !sentence.has(lex::APPT);
    let posted = tokens.windows(3).any(|w| match w {
        [a, b, c] => (a.is(lex::AGENCY) || a.text == "they") && b.is(lex::SEND) && c.any("it that"),
        _ => false,
    }) && (clause.dated() || clause.word("twice already again"))
        && !has(lex::EXEMPT);
    let headless = clause.words() <= 6
        && clause.dated()
        && !has(lex::EXEMPT.or(lex::GENERIC).or(lex::FUT).or(lex::MAY))
        && tokens.iter().find(|t| t.punct().is_none() && !t.is(lex::ADV)).is_some_and(|t| {
            t.is(lex::SEND) && !t.any("send mail") || t.any("dated fechada fechado se_mando se_envio")
        });
    let named = |t: &Token| t.kind == Kind::Name;
    let stamped = clause.dated()
        && !tokens.iter().any(named)
        && clause.word("dated fechada fechado")
        && !has(lex::ANY.or(lex::EXEMPT));
    let form_out = tokens.iter().any(|t| named(t) && t.text.contains('-') && t.text.len() < 9)
        && has(lex::SEND)
        && has(lex::BEPAST)
        && has(lex::YOU.or(lex::YOUR));
    notified || one || posted || headless || stamped || form_out
}

/// "We wrote to you on the 2nd".
fn wrote(clause: &Clause<'_>, spanish: bool) -> bool {
    let tokens = clause.tokens;
    let written = tokens
        .windows(2)
        .any(|w| matches!(w, [a, b] if a.any("wrote written") && (b.is(lex::YOU) || b.text == "to")))
        || spanish && clause.word("escribimos escribieron")
        || clause.word("contacted") && clause.word("mail");
    let by_customer = tokens.first().is_some_and(|t| t.is(lex::YOU) && !t.any("le te"));
    written && clause.has(lex::YOU) && (clause.dated() || clause.has(lex::YOUR)) && !by_customer
}

/// What a clause says around its word for a letter.
struct About<'c> {
    clause: &'c Clause<'c>,
    sentence: &'c Sentence<'c>,
    at: usize,
    spanish: bool,
    /// The letter is this person's: "your letter".
    owned: bool,
    /// The letter is any letter: "a letter".
    any: bool,
    definite: bool,
    dated: bool,
    person: bool,
    agency: bool,
    sent: bool,
}

impl<'c> About<'c> {
    fn new(clause: &'c Clause<'c>, sentence: &'c Sentence<'c>, n: usize, at: usize, spanish: bool) -> Self {
        let before = clause.tokens.get(at.saturating_sub(4)..at).unwrap_or_default();
        let owned = before.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)));
        About {
            clause,
            sentence,
            at,
            spanish,
            owned,
            any: before.iter().any(|t| t.is(lex::ANY)) && !owned,
            definite: before.iter().any(|t| t.is(lex::THE.or(lex::YOUR))),
            dated: clause.dated() || sentence.clauses.iter().skip(n + 1).any(|c| c.dated()),
            person: clause.has(lex::YOU.or(lex::YOUR).or(lex::P3).or(lex::P3POSS).or(lex::KIN)),
            agency: clause.has(lex::AGENCY)
                || clause.word("they")
                || spanish && clause.word("mandamos enviamos mande envie mandaron enviaron"),
            sent: clause.tokens.iter().any(|t| t.is(lex::SEND) && !t.any("send mail"))
                || clause.word("went llego go got gotten received get recibio went_out"),
        }
    }

    fn before(&self) -> &[Token] {
        self.clause.tokens.get(self.at.saturating_sub(4)..self.at).unwrap_or_default()
    }

    fn has(&self, any: lex::Tags) -> bool {
        self.clause.has(any)
    }

    fn letter(&self) -> Option<&Token> {
        self.clause.tokens.get(self.at)
    }

    fn possible(&self) -> bool {
        self.has(lex::MAY.or(lex::MUST)) && !self.has(lex::SHOULD)
    }

    fn told(&self, earlier: bool) -> bool {
        if self.sure() || self.says() {
            return true;
        }
        let future = self.has(lex::FUT);
        if future || self.possible() || self.sentence.habitual || self.sentence.timed && !self.dated {
            return false;
        }
        let outcome = "approval denial negacion aprobacion";
        let decided = self.agency
            && self.letter().is_some_and(|t| t.any(outcome))
            && self.clause.word("sent mailed mandaron")
            && !self.has(lex::MEANS);
        if decided {
            return true;
        }
        let form = self
            .letter()
            .is_some_and(|t| !t.is(lex::NOTICE) && !t.any("mail papel paper") && !t.any(outcome));
        let published = self.clause.word("portal all") && !self.dated;
        let general = self.has(lex::GENERIC) || self.any && !self.person && !self.dated || published;
        let linked = form && (!self.dated || self.clause.word("link enlace"));
        let excused = general && !(self.sent && self.dated && self.has(lex::YOU));
        !linked && !excused && self.usual(earlier)
    }

    /// A short line with a date, a letter under way or due to have arrived, several letters sent.
    fn sure(&self) -> bool {
        let c = self.clause;
        let formal = self.letter().is_some_and(|t| t.is(lex::NOTICE));
        let brief = c.words() <= 6 && self.dated && !c.word("any");
        let under_way = c.word("on_it_is_way on_the_way");
        let short = formal
            && (brief || under_way)
            && !self.possible()
            && !self.has(lex::GENERIC)
            && !self.sentence.habitual;
        let arriving = (self.has(lex::SHOULD) || c.word("debe") && self.dated)
            && (self.owned || self.definite)
            && (self.dated || c.word("now arrive llegar there"));
        let numbered = self.before().iter().any(|t| matches!(t.kind, Kind::Spoken | Kind::Number));
        short || arriving || mailed(c) && self.definite && self.dated || self.agency && self.sent && numbered
    }

    /// The letter tells what a letter says to rely on: not "your letter tells how to appeal".
    fn asked(&self) -> bool {
        let tokens = self.clause.tokens;
        tokens.windows(3).any(|w| match w {
            [a, b, c] => a.is(lex::SAYS) && (b.is(lex::WH) || c.is(lex::WH) && b.is(lex::YOU)),
            _ => false,
        }) || tokens.get(..self.at).unwrap_or_default().iter().any(|t| t.text == "what")
    }

    fn says(&self) -> bool {
        let c = self.clause;
        let told = !self.asked()
            && c.has(lex::SAYS)
            && self.definite
            && !self.any
            && c.has(lex::YOU)
            && !c.has(lex::FUT);
        let due = c.word("debio debieron") || c.has(lex::SHOULD) && c.has(lex::HAVE);
        told || due && c.word("recibir received gotten got llegar get")
    }

    fn usual(&self, earlier: bool) -> bool {
        let c = self.clause;
        let tokens = c.tokens;
        let says = tokens.iter().skip(self.at).any(|t| t.is(lex::SAYS) && !t.any("about sobre"))
            || c.word("piden pide asked asks");
        let be = tokens.iter().skip(self.at + 1).any(|t| t.is(lex::BEPRES.or(lex::BEPAST)))
            || c.word("went tiene");
        let for_you =
            tokens.windows(2).any(|w| matches!(w, [a, b] if a.any("for to para a") && b.is(lex::YOU)));
        let on_file = c.has(lex::EVIDENCE) || c.word("file account record attached");
        let past = c.has(lex::BEPAST.or(lex::HAVE));
        let before = |word: &str| self.before().iter().any(|t| t.text == word);
        let sent_to = self.person && (past || self.dated || self.spanish || c.word("went went_out"))
            || self.agency && (self.person || self.definite)
            || self.dated && !before("all")
            || self.person && c.has(lex::CASE) && !before("any");
        let said = self.definite
            && says
            && !self.asked()
            && (self.person || self.dated || self.agency || self.sentence.has(lex::YOU));
        let is =
            self.definite && be && self.dated || self.owned && (be || self.dated) && !c.word("at portal any");
        self.sent && sent_to
            || said
            || is
            || (for_you || on_file) && (c.has(lex::BEPRES) || self.dated)
            || c.has(lex::SHOULD) && c.has(lex::HAVE) && self.person && c.word("us")
            || earlier
                && c.word("it es era")
                && (self.dated || c.has(lex::BEPAST))
                && self.sentence.tokens.len() < 12
    }
}

/// "Look for the letter we mailed": a direction that tells of a notice.
fn mailed(clause: &Clause<'_>) -> bool {
    clause.tokens.windows(2).any(|w| matches!(w, [a, b] if (a.is(lex::AGENCY) || a.text == "they") && b.is(lex::SEND) && b.text != "send" && b.text != "mail"))
}

/// A letter, or a form or request that went out as one.
fn notice(t: &Token) -> bool {
    t.is(lex::NOTICE)
        || t.any("packet paquete form formulario forma mail papel paper denial approval negacion aprobacion")
}
