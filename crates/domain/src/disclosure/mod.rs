//! The disclosure guard: no fact of a person's case leaves by text, and identifiers are masked as they arrive.
//!
//! Owns the judgement of a text (SMS-GEN-4, SMS-SUPV-3, AMB-47, AMB-56); it knows nothing of who sends it or where it
//! goes. A text is folded (`fold`), cut into tagged words (`tokens`, `numbers`, `lexicon`) and clauses (`clauses`);
//! then `identifiers`, `amounts`, `status` and `notices` each say what they see, and `assertion` refuses what is asserted
//! of anybody's matter and is not known to be harmless. `opinion` weighs the text as a whole beside them. To add a kind of
//! fact, add a [`FindingKind`], a file with a `find` function, and its call in [`Screened::rules`].

mod amounts;
mod assertion;
mod births;
mod callbacks;
mod clauses;
mod context;
mod default_rule;
mod facts;
mod fold;
mod identifiers;
mod lexicon;
mod masking;
mod notices;
mod numbers;
pub mod opinion;
mod status;
mod tokens;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// What was found in a text. `start..end` are byte offsets into the text given (the last message).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of fact it is.
    pub kind: FindingKind,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// The kinds of fact that SMS-GEN-4 keeps off the texting channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A Social Security number, whole or in part.
    SocialSecurityNumber,
    /// A departmental client number (8 to 10 digits) or case number.
    Dcn,
    /// The number of an EBT card, whole or in part, or its PIN.
    EbtCard,
    /// A date of birth, or an age.
    BirthDate,
    /// What this person gets, owes or has left.
    BenefitAmount,
    /// What happened or will happen to this person's case.
    CaseStatus,
    /// That a notice went to this person, when, or what it says.
    Notice,
    /// No rule names it, but the text as a whole sounds like a fact of this person's case. It is written down as a case
    /// status, which is what it mostly is: the stored words stay as they are.
    #[serde(rename(serialize = "case_status"), skip_deserializing)]
    SoundsLikeCase,
}

impl FindingKind {
    /// One plain sentence for the technician: what the text looks like and what to do instead.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::SocialSecurityNumber => {
                "This looks like a Social Security number; leave it out and answer with general policy or a clarifying question."
            }
            Self::Dcn => {
                "This looks like a DCN or case number; leave it out, the customer finds it on any letter from the agency."
            }
            Self::EbtCard => {
                "This looks like an EBT card number or PIN; leave it out and point to the number on the back of the card."
            }
            Self::BirthDate => "This looks like somebody's date of birth or age; leave it out.",
            Self::BenefitAmount => {
                "This looks like this person's own amount; give the general rule or point to where the customer can look it up."
            }
            Self::CaseStatus => {
                "This looks like the status of this person's case; ask a clarifying question or explain the process in general."
            }
            Self::Notice => {
                "This looks like news of a notice to this person; ask whether they received one, or explain when notices are mailed."
            }
            Self::SoundsLikeCase => {
                "This sounds like a fact of this person's case; say it as a rule that holds for everybody, or ask a clarifying question."
            }
        }
    }

    /// A number or date that names a person: what the rules see in it stands, whatever the rest of the text sounds like.
    fn is_identifier(self) -> bool {
        matches!(self, Self::SocialSecurityNumber | Self::Dcn | Self::EbtCard | Self::BirthDate)
    }

    /// A short name for lists.
    pub fn title(self) -> &'static str {
        match self {
            Self::SocialSecurityNumber => "Social Security number",
            Self::Dcn => "DCN or case number",
            Self::EbtCard => "EBT card number",
            Self::BirthDate => "Date of birth",
            Self::BenefitAmount => "Benefit amount",
            Self::CaseStatus => "Case status",
            Self::Notice => "Notice",
            Self::SoundsLikeCase => "Sounds like a fact of this case",
        }
    }
}

/// Numbers and strings that the agency publishes and that may always be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// Published telephone numbers in any writing.
    pub phone_numbers: Vec<String>,
    /// Published wording, such as the prescribed scripts; compared without regard to case.
    pub phrases: Vec<String>,
}

/// An incoming text without its identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// The text with a readable mark in place of each identifier.
    pub text: String,
    /// What was removed, in the order of the text.
    pub kinds: Vec<FindingKind>,
}

/// How many earlier texts are read together with the one to be sent.
const EARLIER: usize = 6;

/// A text longer than this many characters is judged by its beginning.
const LONG: usize = 1_600;

/// How many characters of a long text are judged, so that hostile input costs a few milliseconds. Whoever sends must
/// not let a longer text leave, since its end is not read.
const READ: usize = 4_000;

/// The part of a text that is judged: all of it, or the beginning of a very long one.
fn judged(text: &str) -> &str {
    if text.len() <= LONG {
        return text;
    }
    text.char_indices().nth(READ).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// What the guard says to an outgoing text (SMS-GEN-4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Why the text may not leave; empty when it may.
    pub findings: Vec<Finding>,
    /// The text may leave and yet may tell a fact of this person's case: whoever sends it should be asked.
    pub doubtful: bool,
}

/// Judges an outgoing text (SMS-GEN-4). `earlier` holds the recent outgoing texts of this interaction, oldest first, so that a
/// fact handed over in pieces is refused at its last piece.
#[must_use]
pub fn judge_outgoing(text: &str, earlier: &[&str], allowed: &Allowed) -> Judgement {
    let screened = Screened::read(text, earlier, allowed);
    match screened.verdict() {
        Verdict::Refused => Judgement { findings: screened.found, doubtful: false },
        Verdict::Suspected => {
            let whole = Finding { kind: FindingKind::SoundsLikeCase, start: 0, end: judged(text).len() };
            Judgement { findings: vec![whole], doubtful: false }
        }
        Verdict::Doubtful => Judgement { findings: Vec::new(), doubtful: true },
        Verdict::Free => Judgement::default(),
    }
}

/// The findings of [`judge_outgoing`] alone. An empty answer means that the text may leave.
#[must_use]
pub fn screen_outgoing(text: &str, earlier: &[&str], allowed: &Allowed) -> Vec<Finding> {
    judge_outgoing(text, earlier, allowed).findings
}

/// What the second opinion weighs in a text: for the learner of its table and for the test that the table is current.
#[must_use]
pub fn features(text: &str, earlier: &[&str], allowed: &Allowed) -> opinion::Features {
    Screened::read(text, earlier, allowed).features()
}

/// Whether the rules find something, and whether the second opinion may not take it back: for the learner of its table.
#[must_use]
pub fn rules_found(text: &str, earlier: &[&str], allowed: &Allowed) -> (bool, bool) {
    let screened = Screened::read(text, earlier, allowed);
    (!screened.found.is_empty(), screened.firm)
}

/// A text of so many words may be the last piece of a fact; a longer one says enough to be weighed by itself.
const A_PIECE: usize = 3;

/// How the rules and the second opinion judge a text together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The rules found something, and it stands.
    Refused,
    /// The rules found nothing, and the second opinion refuses.
    Suspected,
    /// Nobody refuses, and the second opinion is not at ease.
    Doubtful,
    Free,
}

/// A text with the texts before it, read once for all who judge.
struct Screened {
    reading: tokens::Reading,
    before: Vec<tokens::Reading>,
    found: Vec<Finding>,
    /// Something was found that the second opinion may not take back: an identifier, or a fact handed over in pieces.
    firm: bool,
    /// A text that is refused elsewhere (SMS-SUPV-3) or says nothing beside published wording.
    beside_the_point: bool,
}

impl Screened {
    fn read(text: &str, earlier: &[&str], allowed: &Allowed) -> Self {
        let text = judged(text);
        let recent: Vec<&str> =
            earlier.iter().skip(earlier.len().saturating_sub(EARLIER)).map(|t| judged(t)).collect();
        let mut screened = Self {
            reading: tokens::read(text),
            before: recent.iter().map(|t| tokens::read(t)).collect(),
            found: Vec::new(),
            firm: false,
            beside_the_point: callbacks::promised(text),
        };
        screened.rules(text, &recent, allowed);
        screened
    }

    fn rules(&mut self, text: &str, recent: &[&str], allowed: &Allowed) {
        let case_named = self.before.iter().any(status::has_context);
        let notice_context = recent.iter().any(|t| t.to_lowercase().contains("mail"));
        let mut found = identifiers::find(&self.reading, allowed);
        found.extend(amounts::find(&self.reading, case_named));
        found.extend(status::find(&self.reading, case_named));
        found.extend(notices::find(&self.reading, notice_context));
        let alone = found.len();
        found.extend(identifiers::across(&self.before, &self.reading, text.len(), allowed));
        found.extend(context::answer(&self.before, &self.reading, text.len()));
        if !recent.is_empty() {
            found.extend(together(text, recent, allowed));
        }
        let free = allowed_spans(text, allowed);
        let inside = |f: &Finding| free.iter().any(|(start, end)| *start <= f.start && f.end <= *end);
        let words = self.reading.tokens.iter().filter(|t| t.kind == tokens::Kind::Word).count();
        let pieces = words <= A_PIECE
            && found.iter().take(alone).all(inside)
            && found.iter().skip(alone).any(|f| !inside(f));
        self.firm = pieces || found.iter().any(|f| f.kind.is_identifier() && !inside(f));
        found.retain(|f| !inside(f));
        found.sort_by_key(|f| (f.start, f.end, f.kind));
        found.dedup();
        self.found = found;
        self.beside_the_point |= !free.is_empty();
    }

    fn features(&self) -> opinion::Features {
        opinion::of(&self.reading, &self.before, &self.found)
    }

    fn verdict(&self) -> Verdict {
        if self.firm {
            return Verdict::Refused;
        }
        // A number or a single word alone weighs nothing; the rules know what to make of those.
        let words = self.reading.tokens.iter().filter(|t| t.kind == tokens::Kind::Word).take(2).count();
        let silent = words < 2 || self.beside_the_point;
        match (self.found.is_empty(), silent) {
            (false, true) => return Verdict::Refused,
            (true, true) => return Verdict::Free,
            _ => {}
        }
        let weight = opinion::weigh(&self.features());
        match self.found.is_empty() {
            false if weight >= opinion::TAKES_BACK => Verdict::Refused,
            true if weight >= opinion::REFUSES => Verdict::Suspected,
            _ if weight >= opinion::DOUBTS => Verdict::Doubtful,
            _ => Verdict::Free,
        }
    }
}

/// Reads the last text as the continuation of those before it and keeps what reaches into it.
fn together(text: &str, earlier: &[&str], allowed: &Allowed) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut joined = String::from(text);
    for before in earlier.iter().rev() {
        let closed = before.trim_end().ends_with(['.', '!', '?']);
        joined = format!("{before}{}{joined}", if closed { "\n" } else { " " });
        let offset = joined.len() - text.len();
        let reading = tokens::read(&joined);
        let mut found = identifiers::find(&reading, allowed);
        found.extend(amounts::find(&reading, false));
        found.extend(status::find(&reading, false));
        found.extend(notices::find(&reading, false));
        out.extend(found.into_iter().filter(|f| f.end > offset).map(|f| Finding {
            kind: f.kind,
            start: f.start.saturating_sub(offset),
            end: f.end - offset,
        }));
        if !out.is_empty() {
            break;
        }
    }
    out
}

/// Where the text holds published wording.
fn allowed_spans(text: &str, allowed: &Allowed) -> Vec<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    allowed
        .phrases
        .iter()
        .map(|phrase| phrase.to_ascii_lowercase())
        .filter(|phrase| !phrase.trim().is_empty())
        .flat_map(|phrase| {
            lower.match_indices(phrase.as_str()).map(|(at, hit)| (at, at + hit.len())).collect::<Vec<_>>()
        })
        .collect()
}

/// Masks the identifiers in a customer's text as it arrives (AMB-47). Telephone numbers, dates of application, amounts,
/// ZIP codes and times stay.
pub fn mask_incoming(text: &str) -> Masked {
    masking::mask(text)
}

/// Tells whether a text promises that a supervisor will call back (SMS-SUPV-3).
pub fn promises_supervisor_callback(text: &str) -> bool {
    callbacks::promised(text)
}
