//! Replaces identifiers in a customer's text by readable marks as the text arrives (AMB-47).
//!
//! Owns the marks. Customers write dates, amounts, addresses and telephone numbers that staff need, so only the
//! shapes that identify a person go. To add a mark, add it to [`mark`].

use super::tokens::read;
use super::{Allowed, FindingKind, Masked, identifiers};

/// Masks Social Security numbers, DCNs, EBT card numbers and dates of birth.
pub(super) fn mask(text: &str) -> Masked {
    let nothing = Allowed { phone_numbers: Vec::new(), phrases: Vec::new() };
    let mut found = identifiers::find(&read(text), &nothing);
    found.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end)));
    let mut out = String::with_capacity(text.len());
    let mut kinds = Vec::new();
    let mut done = 0;
    for finding in found {
        if finding.start < done {
            if finding.end > done {
                done = finding.end;
            }
            continue;
        }
        out.push_str(text.get(done..finding.start).unwrap_or_default());
        out.push_str(mark(finding.kind));
        done = finding.end;
        kinds.push(finding.kind);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Masked { text: out, kinds }
}

fn mark(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::SocialSecurityNumber => "[SSN removed]",
        FindingKind::Dcn => "[DCN removed]",
        FindingKind::EbtCard => "[EBT card number removed]",
        FindingKind::BirthDate => "[date of birth removed]",
        FindingKind::BenefitAmount
        | FindingKind::CaseStatus
        | FindingKind::Notice
        | FindingKind::SoundsLikeCase => "[removed]",
    }
}
