//! Finds numbers that identify a person: Social Security number, DCN, EBT card, date of birth (SMS-GEN-4).
//!
//! Owns the shapes of these numbers, whole or in part, and the words that name them. Telephone numbers, ZIP
//! codes, dates of other things and amounts are told apart here. To add an identifier, add a label to the
//! lexicon and a branch to [`whole`] and [`part`].

use super::clauses::is_date;
use super::lexicon as lex;
use super::lexicon::Tags;
use super::tokens::{Kind, Reading, Token};
use super::{Allowed, Finding, FindingKind, births};

/// Digits that follow one another.
#[derive(Debug, Clone)]
struct Run {
    digits: String,
    groups: Vec<usize>,
    first: usize,
    last: usize,
}

/// All identifiers of a reading.
pub(super) fn find(reading: &Reading, allowed: &Allowed) -> Vec<Finding> {
    let tokens = &reading.tokens;
    let mut out = Vec::new();
    for run in runs(tokens) {
        if is_allowed(&run.digits, allowed) {
            continue;
        }
        if let Some(kind) = whole(tokens, &run).or_else(|| part(tokens, &run)) {
            out.push(finding(tokens, kind, run.first, run.last));
        }
    }
    for (i, t) in tokens.iter().enumerate() {
        let labelled = t.kind == Kind::Phone
            && !is_allowed(&t.digits(), allowed)
            && near(tokens, i, i, lex::DCNLABEL, 3)
            && !near(tokens, i, i, lex::CALL.without(lex::DCNLABEL), 2);
        if labelled {
            out.push(finding(tokens, FindingKind::Dcn, i, i));
        }
    }
    out.extend(ends(tokens, allowed));
    births::find(tokens, &mut out);
    out
}

/// "Mine shows 4471 at the end", "starts with 512, right": a part of some number, whichever it is.
fn ends(tokens: &[Token], allowed: &Allowed) -> Vec<Finding> {
    const WHERE: &str = "end ends ending last final start starts starting begins first termina terminan acaba empieza ultimos \
        ultimas comienza";
    let published = tokens.iter().any(|t| {
        matches!(t.kind, Kind::Phone | Kind::Name | Kind::Money | Kind::Zip)
            || t.is(lex::CALL.without(lex::PREP).or(lex::MONTH).or(lex::BENEFIT).or(lex::APPT))
                && !t.any("at number numero")
            || t.any("digit digits code form forms page pages")
    });
    if published {
        return Vec::new();
    }
    // Three digits of nobody in particular are harmless by themselves; the pieces after them are judged together.
    let owned = tokens.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)) || t.any("yours mine"));
    tokens
        .iter()
        .enumerate()
        .filter(|(i, t)| {
            let around = tokens.get(i.saturating_sub(4)..(i + 5).min(tokens.len())).unwrap_or_default();
            let year = t.text.parse::<u32>().is_ok_and(|n| (1900..=2040).contains(&n));
            let unit = tokens.get(i + 1).is_some_and(|n| {
                n.is(lex::UNIT) || n.kind == Kind::Word && n.text.len() > 4 && !n.is(lex::ADV.or(lex::YESNO))
            });
            t.kind == Kind::Number
                && ((4..=5).contains(&t.text.len()) || t.text.len() == 3 && owned)
                && !t.text.contains(['.', ','])
                && !year
                && !unit
                && !is_allowed(&t.text, allowed)
                && around.iter().any(|w| w.any(WHERE) || w.is(lex::ENDING))
        })
        .map(|(i, _)| finding(tokens, FindingKind::SocialSecurityNumber, i, i))
        .collect()
}

fn finding(tokens: &[Token], kind: FindingKind, first: usize, last: usize) -> Finding {
    Finding {
        kind,
        start: tokens.get(first).map_or(0, |t| t.start),
        end: tokens.get(last).map_or(0, |t| t.end),
    }
}

fn is_allowed(digits: &str, allowed: &Allowed) -> bool {
    let bare = |text: &str| {
        let all: String = text.chars().filter(char::is_ascii_digit).collect();
        if all.len() == 11 { all.trim_start_matches('1').to_owned() } else { all }
    };
    allowed.phone_numbers.iter().any(|number| !number.is_empty() && bare(number) == bare(digits))
}

fn digit_token(t: &Token) -> bool {
    matches!(t.kind, Kind::Number | Kind::Spoken) && !t.text.contains(['.', ','])
}

fn runs(tokens: &[Token]) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let mut open: Option<Run> = None;
    let mut gap = 0;
    for (i, t) in tokens.iter().enumerate() {
        let counted = digit_token(t)
            && !tokens.get(i + 1).is_some_and(|n| {
                n.is(lex::UNIT.or(lex::MONEYWORD)) && n.text != "digits" && n.text != "digitos"
            });
        if counted {
            let comma = gap > 0
                && i.checked_sub(1).and_then(|p| tokens.get(p)).is_some_and(|p| p.punct() == Some(','));
            let run = open.get_or_insert_with(|| Run {
                digits: String::new(),
                groups: Vec::new(),
                first: i,
                last: i,
            });
            let listed = comma
                && t.kind == Kind::Number
                && (t.text.len() > 2 && t.text.len() < 9 && run.groups.last().is_some_and(|g| *g > 2));
            if listed {
                out.extend(open.take());
                open = Some(Run { digits: t.text.clone(), groups: vec![t.text.len()], first: i, last: i });
            } else {
                run.digits.push_str(&t.text);
                run.groups.push(t.text.len());
                run.last = i;
            }
            gap = 0;
            continue;
        }
        let bridge =
            matches!(t.punct(), Some('.' | '-' | '/' | ',' | ':' | '_' | '*' | '(' | ')' | '\n' | '#'))
                || t.any("dash guion punto dot slash hyphen espacio then luego and_then");
        gap += 1;
        if !bridge || gap > 3 {
            out.extend(open.take());
        }
    }
    out.extend(open);
    out
}

fn near(tokens: &[Token], first: usize, last: usize, any: Tags, reach: usize) -> bool {
    let from = first.saturating_sub(reach);
    tokens.get(from..(last + reach + 1).min(tokens.len())).unwrap_or_default().iter().any(|t| t.is(any))
}

/// Labels lie before the number more often than after it: the closer one counts.
fn labelled(tokens: &[Token], run: &Run, any: Tags) -> bool {
    let before = tokens.get(run.first.saturating_sub(9)..run.first).unwrap_or_default();
    let after = tokens.get(run.last + 1..(run.last + 8).min(tokens.len())).unwrap_or_default();
    let offset = run.first.saturating_sub(9);
    before.iter().enumerate().any(|(n, t)| t.is(any) && !is_office(tokens.get(offset + n + 1)))
        || after.iter().enumerate().any(|(n, t)| t.is(any) && !is_office(after.get(n + 1)))
}

/// "Social Security office", "social worker": the agency of that name, not the number.
fn is_office(next: Option<&Token>) -> bool {
    next.is_some_and(|next| {
        next.any("office services worker media administration benefits income disability at card")
    })
}

fn phone_like(tokens: &[Token], run: &Run) -> bool {
    let d = run.digits.as_str();
    let ten = if d.len() == 11 { d.strip_prefix('1').unwrap_or(d) } else { d };
    if ten.len() != 10 {
        return ten.len() == 7 && near(tokens, run.first, run.last, lex::CALL, 4);
    }
    let exchange = |at: usize| ten.as_bytes().get(at).is_some_and(|b| (b'2'..=b'9').contains(b));
    if !exchange(0) || !exchange(3) {
        return false;
    }
    let toll_free =
        ["800", "833", "844", "855", "866", "877", "888"].iter().any(|code| ten.starts_with(code));
    let spaced_as_phone =
        run.groups.ends_with(&[3, 3, 4]) || run.groups.ends_with(&[3, 7]) || run.groups.ends_with(&[6, 4]);
    toll_free || spaced_as_phone || near(tokens, run.first, run.last, lex::CALL, 6)
}

fn address_before(tokens: &[Token], run: &Run) -> bool {
    run.first.checked_sub(1).and_then(|i| tokens.get(i)).is_some_and(|t| {
        t.any("suite ste room rm apt unit box zip confirmation tracking section manual seccion memo")
    })
}

/// A number whose length alone shows what it is.
fn whole(tokens: &[Token], run: &Run) -> Option<FindingKind> {
    let length = run.digits.len();
    let dcn_label = labelled(tokens, run, lex::DCNLABEL);
    let ssn_label = labelled(tokens, run, lex::SSNLABEL);
    let years = run.groups.iter().all(|g| *g == 4)
        && run.digits.len() == 8
        && run.digits.starts_with("20")
        && run.digits.get(4..6) == Some("20");
    match length {
        15..=19 => Some(FindingKind::EbtCard),
        11 if run.digits.starts_with('1') && phone_like(tokens, run) => None,
        _ if dcn_label && (5..=12).contains(&length) && !phone_like(tokens, run) => Some(FindingKind::Dcn),
        9 if address_before(tokens, run) && !ssn_label => None,
        9 if run.digits.bytes().all(|b| Some(&b) == run.digits.as_bytes().first()) => None,
        9 => Some(if dcn_label && !ssn_label { FindingKind::Dcn } else { FindingKind::SocialSecurityNumber }),
        8 | 10 if years || address_before(tokens, run) => None,
        10 if phone_like(tokens, run) && !dcn_label => None,
        8 | 10 => Some(FindingKind::Dcn),
        _ => None,
    }
}

/// A part of an identifier, said to belong to it.
fn part(tokens: &[Token], run: &Run) -> Option<FindingKind> {
    let length = run.digits.len();
    if !(3..=14).contains(&length) || phone_like(tokens, run) || address_before(tokens, run) {
        return None;
    }
    let around =
        tokens.get(run.first.saturating_sub(10)..(run.last + 9).min(tokens.len())).unwrap_or_default();
    let cue = around.iter().any(|t| {
        t.is(lex::ENDING)
            || t.any("starts start begins first last primeros empieza comienza end terminacion middle part digits digitos final ultimo medio finishes ends")
    });
    let before = run.first.checked_sub(1).and_then(|i| tokens.get(i));
    let named = before.is_some_and(|t| {
        t.is(lex::BEPRES.or(lex::SSNLABEL).or(lex::DCNLABEL).or(lex::PINLABEL))
            || matches!(t.punct(), Some(':' | '#' | '='))
            || t.any("as number numero")
    });
    let masked = run.first.checked_sub(2).is_some_and(|i| {
        tokens
            .get(i..run.first)
            .unwrap_or_default()
            .iter()
            .any(|t| t.punct() == Some('*') || t.text.chars().all(|c| c == 'x') && !t.text.is_empty())
    });
    if masked && length == 4 {
        return Some(if labelled(tokens, run, lex::CARD) {
            FindingKind::EbtCard
        } else {
            FindingKind::SocialSecurityNumber
        });
    }
    let year = length == 4 && (run.digits.starts_with("19") || run.digits.starts_with("20"));
    if labelled(tokens, run, lex::PINLABEL) && named && (3..=6).contains(&length) {
        return Some(FindingKind::EbtCard);
    }
    if labelled(tokens, run, lex::SSNLABEL) && (cue || named) {
        return Some(FindingKind::SocialSecurityNumber);
    }
    let id_word = around.iter().any(|t| t.any("id identificacion"));
    if (labelled(tokens, run, lex::DCNLABEL) || id_word) && (cue || named) {
        return Some(FindingKind::Dcn);
    }
    let ends = before.is_some_and(|b| b.is(lex::ENDING))
        || before.is_some_and(|b| b.text == "in" || b.text == "en")
            && run.first.checked_sub(2).and_then(|i| tokens.get(i)).is_some_and(|b| b.is(lex::ENDING));
    let dotted = before.is_some_and(|b| b.punct() == Some('.')) && labelled(tokens, run, lex::CARD);
    if length == 4 && (ends || dotted) {
        return Some(FindingKind::EbtCard);
    }
    let prefix = matches!(run.digits.as_str(), "5076" | "507680" | "50768");
    if prefix && !around.iter().any(|t| t.is(lex::YOUR.or(lex::P3POSS)) || t.any("one first primeros and")) {
        return None;
    }
    let counted = cue
        && around
            .iter()
            .any(|t| t.any("digits digitos numbers numeros number one first last primeros ultimos"));
    if counted && named && length >= 4 {
        return Some(FindingKind::EbtCard);
    }
    let cue = cue || before.is_some_and(|b| b.any("with w con trae"));
    let card = labelled(tokens, run, lex::CARD);
    (card && length >= 4 && (!year || cue) && (cue || run.digits.starts_with("5076")))
        .then_some(FindingKind::EbtCard)
}

/// Digits that were handed over piece by piece in several texts; the last piece is judged.
pub(super) fn across(earlier: &[Reading], last: &Reading, end: usize, allowed: &Allowed) -> Option<Finding> {
    let own = pieces(last)?;
    let mut digits = own;
    for before in earlier.iter().rev().take(6) {
        let Some(piece) = pieces(before) else { break };
        digits = format!("{piece}{digits}");
        let phone = digits.len() == 10
            && ["800", "833", "844", "855", "866", "877", "888", "573", "314", "816", "417", "636", "660"]
                .iter()
                .any(|code| digits.starts_with(code));
        if is_allowed(&digits, allowed) || phone {
            return None;
        }
        let kind = match digits.len() {
            9 => FindingKind::SocialSecurityNumber,
            8 | 10 => FindingKind::Dcn,
            15..=19 => FindingKind::EbtCard,
            _ => continue,
        };
        return Some(Finding { kind, start: 0, end });
    }
    None
}

/// The digits of a text that is little more than digits.
fn pieces(reading: &Reading) -> Option<String> {
    let tokens = &reading.tokens;
    let words = tokens.iter().filter(|t| t.kind == Kind::Word).count();
    let shaped = tokens.iter().any(|t| {
        matches!(
            t.kind,
            Kind::Phone | Kind::Zip | Kind::Time | Kind::Money | Kind::Date | Kind::Name | Kind::Percent
        ) || is_date(t)
    });
    if words > 9 || shaped {
        return None;
    }
    let long = tokens.iter().any(|t| digit_token(t) && t.text.len() >= 4);
    let digits: String = tokens
        .iter()
        .enumerate()
        .filter(|(i, t)| {
            digit_token(t)
                && !(long && t.text.len() == 1)
                && !tokens.get(i + 1).is_some_and(|n| n.is(lex::UNIT))
        })
        .map(|(_, t)| t.text.as_str())
        .collect();
    (!digits.is_empty()).then_some(digits)
}
