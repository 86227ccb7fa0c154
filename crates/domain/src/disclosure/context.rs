//! Reads a short text as the answer to what the technician said just before (SMS-GEN-4): "let me see if it was approved", "yes".
//!
//! Owns the few answers that disclose only by what came before them. Pieces of one sentence or number over several
//! texts are not handled here but by reading the texts together. To add an answer, add a branch to [`answer`].

use super::clauses::is_date;
use super::lexicon as lex;
use super::tokens::{Kind, Reading, Token};
use super::{Finding, FindingKind};

/// Words that announce a look into the records.
const LOOKUP: &str = "check checking look looking pull pulling see reading moment momento dejeme revisar revisando \
    revisar_su found ver checar buscando second sec viendo";

/// What the last text answers, if it is an answer that tells something.
pub(super) fn answer(earlier: &[Reading], last: &Reading, end: usize) -> Option<Finding> {
    let tokens = &last.tokens;
    let words: Vec<&Token> = tokens.iter().filter(|t| t.punct().is_none()).collect();
    let plain = !tokens.iter().any(|t| {
        t.is(lex::EXEMPT.or(lex::MAY).or(lex::LIMIT))
            || t.punct() == Some('?')
            || matches!(t.kind, Kind::Time | Kind::Name | Kind::Phone | Kind::Zip)
    });
    let before = || earlier.iter().flat_map(|r| r.tokens.iter());
    let appointment = before().any(|t| t.is(lex::APPT) || matches!(t.kind, Kind::Time | Kind::Phone));
    if words.is_empty() || words.len() > 6 || !plain || appointment {
        return None;
    }
    let looked = before().any(|t| t.any(LOOKUP) || t.is(lex::EVIDENCE));
    let asked = before().any(|t| t.punct() == Some('?'));
    let about = |any| before().any(|t| t.is(any));
    let first = words.first()?;
    let verdict = first.is(lex::YESNO)
        || first.any("no nope not yep yup todavia aun todavia_no aun_no still already ya");
    let number = words.iter().any(|t| {
        t.kind == Kind::Money
            || matches!(t.kind, Kind::Number | Kind::Spoken)
                && t.text.replace(',', "").parse::<f64>().is_ok_and(|n| (20.0..=5000.0).contains(&n))
    });
    let kind = if looked && !asked && verdict && words.len() <= 4 && about(lex::CASE.or(lex::STATE)) {
        FindingKind::CaseStatus
    } else if number
        && words.len() <= 3
        && about(lex::BENEFIT.or(lex::MONEYATTR))
        && before().any(|t| t.is(lex::YOUR.or(lex::YOU)))
        && !asked
    {
        FindingKind::BenefitAmount
    } else if looked && !asked && words.iter().any(|t| is_date(t)) && about(lex::NOTICE) {
        FindingKind::Notice
    } else {
        return None;
    };
    Some(Finding { kind, start: 0, end })
}
