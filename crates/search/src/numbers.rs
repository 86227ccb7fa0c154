//! Numbers, form names, manual sections, telephone numbers, times and dates in any writing.
//!
//! Owns the one spelling ("code") that every writing of a number is brought to: `IM-6EVS`, `im6evs` and `IM 6 EVS`
//! are all `im6evs`; `0110.060.05` is `011006005`; 6 am, 6:00 a.m. and 6am are `t0600`; April 5, 2021 and 4/5/2021
//! are `d20210405`. It decides nothing about rank. A new writing gets a rule in [`specials`] when it needs a
//! spelling of its own, or in [`codes`] when putting its pieces together is enough.

use std::ops::Range;

use crate::words::{Word, words};

/// Pieces a number may be broken into by spaces, hyphens, points ("1-800-392-3738" has four).
pub(crate) const LONGEST_NUMBER: usize = 6;
/// Codes longer than this are not numbers that people look for.
const LONGEST_CODE: usize = 32;

/// What stands between a piece and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Nothing but a mark that joins: `-`, `.`, `/`, `,`, `:`, or brackets of a telephone number.
    Joined(char),
    /// A space.
    Space,
    /// Anything else: the pieces do not belong together.
    Apart,
}

/// A word seen as part of a number.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
    pub(crate) gap: Gap,
    capitals: bool,
}

impl Piece {
    pub(crate) fn has_digit(&self) -> bool {
        self.text.bytes().any(|b| b.is_ascii_digit())
    }

    fn is_digits(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|b| b.is_ascii_digit())
    }
}

/// The pieces of a text.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut end = None;
    words(text)
        .into_iter()
        .map(|Word { text: folded, range }| {
            let gap = end.map_or(Gap::Apart, |end| gap(text.get(end..range.start).unwrap_or_default()));
            end = Some(range.end);
            let capitals = text
                .get(range.clone())
                .is_some_and(|raw| raw.chars().all(|c| !c.is_alphabetic() || c.is_uppercase()));
            Piece { text: folded, range, gap, capitals }
        })
        .collect()
}

fn gap(between: &str) -> Gap {
    let mut chars = between.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '_'), None, _) => Gap::Joined('-'),
        (Some(c @ ('.' | '/' | ',' | ':')), None, _) => Gap::Joined(c),
        (Some(c), None, _) if c.is_whitespace() => Gap::Space,
        (Some(')'), Some(c), None) if c.is_whitespace() => Gap::Joined(')'),
        (Some(c), Some('('), None) if c.is_whitespace() => Gap::Space,
        (Some(')' | '('), None, _) => Gap::Joined(')'),
        (Some(c), Some('#'), None) if c.is_whitespace() => Gap::Space,
        _ => Gap::Apart,
    }
}

/// A number with a spelling of its own, and the pieces it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Special {
    pub(crate) pieces: Range<usize>,
    pub(crate) code: String,
}

/// Times, dates, and sections of manuals whose zeros people leave out.
pub(crate) fn specials(pieces: &[Piece]) -> Vec<Special> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let rest = pieces.get(at..).unwrap_or_default();
        match time(rest).or_else(|| date(rest)).or_else(|| section(rest)) {
            Some((taken, codes)) => {
                found.extend(codes.into_iter().map(|code| Special { pieces: at..at + taken, code }));
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

/// Reads "6 am", "6am", "6:00 am", "8:05 a.m."; hours 1 to 12.
fn time(rest: &[Piece]) -> Option<(usize, Vec<String>)> {
    let first = rest.first()?;
    let (digits, stuck) = match first.text.find(|c: char| !c.is_ascii_digit()) {
        None => (first.text.as_str(), ""),
        Some(at) => first.text.split_at(at),
    };
    let hour: u32 = digits.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let mut taken = 1;
    let mut minute = 0;
    let mut half = stuck.to_owned();
    if half.is_empty()
        && let Some(next) = rest.get(taken).filter(|next| next.gap == Gap::Joined(':'))
    {
        let (digits, stuck) = match next.text.find(|c: char| !c.is_ascii_digit()) {
            None => (next.text.as_str(), ""),
            Some(at) => next.text.split_at(at),
        };
        minute = digits.parse().ok().filter(|minute| *minute < 60)?;
        half = stuck.to_owned();
        taken += 1;
    }
    if half.is_empty() {
        let next = rest.get(taken).filter(|next| next.gap != Gap::Apart)?;
        half.clone_from(&next.text);
        taken += 1;
    }
    if matches!(half.as_str(), "a" | "p")
        && rest.get(taken).is_some_and(|next| next.text == "m" && next.gap == Gap::Joined('.'))
    {
        half.push('m');
        taken += 1;
    }
    let hour = match half.as_str() {
        "am" => hour % 12,
        "pm" => hour % 12 + 12,
        _ => return None,
    };
    Some((taken, vec![format!("t{hour:02}{minute:02}")]))
}

fn month(word: &str) -> Option<u32> {
    const MONTHS: [[&str; 3]; 12] = [
        ["january", "jan", "enero"],
        ["february", "feb", "febrero"],
        ["march", "mar", "marzo"],
        ["april", "apr", "abril"],
        ["may", "may", "mayo"],
        ["june", "jun", "junio"],
        ["july", "jul", "julio"],
        ["august", "aug", "agosto"],
        ["september", "sep", "septiembre"],
        ["october", "oct", "octubre"],
        ["november", "nov", "noviembre"],
        ["december", "dec", "diciembre"],
    ];
    MONTHS.iter().position(|names| names.contains(&word)).and_then(|at| u32::try_from(at + 1).ok())
}

fn day(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year(text: &str) -> Option<u32> {
    let year: u32 = text.parse().ok()?;
    match text.len() {
        4 if (1900..2200).contains(&year) => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// Reads "April 5, 2021", "5 April 2021", "5 de abril de 2021", "4/5/2021", "2021-04-05". A date also answers to its
/// day and month alone.
fn date(rest: &[Piece]) -> Option<(usize, Vec<String>)> {
    let text = |at: usize| rest.get(at).map(|piece| piece.text.as_str());
    let joined = |at: usize, with: char| rest.get(at).is_some_and(|piece| piece.gap == Gap::Joined(with));
    let of = |at: usize| usize::from(text(at) == Some("de"));
    if joined(1, '/') && joined(2, '/') {
        let (month, day, year) = (text(0)?.parse().ok()?, day(text(1)?)?, year(text(2)?)?);
        return dated(3, month, day, Some(year));
    }
    if joined(1, '-') && joined(2, '-') && text(0)?.len() == 4 {
        return dated(3, text(1)?.parse().ok()?, day(text(2)?)?, Some(year(text(0)?)?));
    }
    if let Some(month) = text(0).and_then(month) {
        let day = day(text(1)?)?;
        let year = text(2).filter(|year| year.len() == 4).and_then(year);
        return dated(2 + usize::from(year.is_some()), month, day, year);
    }
    let first = day(text(0)?)?;
    let month_at = 1 + of(1);
    let month = text(month_at).and_then(month)?;
    let year_at = month_at + 1 + of(month_at + 1);
    let year = text(year_at).filter(|year| year.len() == 4).and_then(year);
    dated(if year.is_some() { year_at + 1 } else { month_at + 1 }, month, first, year)
}

fn dated(taken: usize, month: u32, day: u32, year: Option<u32>) -> Option<(usize, Vec<String>)> {
    if !(1..=12).contains(&month) {
        return None;
    }
    let mut codes = Vec::new();
    if let Some(year) = year {
        codes.push(format!("d{year:04}{month:02}{day:02}"));
    }
    codes.push(format!("d{month:02}{day:02}"));
    Some((taken, codes))
}

/// Reads "0110.060.05" as groups whose leading zeros may be left out: "110.60.5".
fn section(rest: &[Piece]) -> Option<(usize, Vec<String>)> {
    let mut groups = vec![rest.first()?.text.parse::<u32>().ok()?];
    for piece in rest.iter().skip(1).take(LONGEST_NUMBER).take_while(|piece| piece.gap == Gap::Joined('.')) {
        groups.push(piece.text.parse().ok()?);
    }
    if groups.len() < 3 {
        return None;
    }
    let code: Vec<String> = groups.iter().map(u32::to_string).collect();
    Some((groups.len(), vec![format!("s{}", code.join("."))]))
}

/// Every code a text answers to, sorted, each once.
pub(crate) fn codes(text: &str) -> Vec<String> {
    let pieces = pieces(text);
    let mut found: Vec<String> = specials(&pieces).into_iter().map(|special| special.code).collect();
    for (at, piece) in pieces.iter().enumerate() {
        if piece.has_digit() {
            single(piece, &mut found);
        }
        runs_from(pieces.get(at..).unwrap_or_default(), &mut found);
    }
    let unpadded: Vec<String> = found.iter().filter_map(|code| without_zeros(code)).collect();
    found.extend(unpadded);
    found.retain(|code| code.len() <= LONGEST_CODE);
    found.sort_unstable();
    found.dedup();
    found
}

/// "im09" also answers to "im9".
fn without_zeros(code: &str) -> Option<String> {
    let at = code.find(|c: char| c.is_ascii_digit()).filter(|at| *at >= 2)?;
    let (name, number) = code.split_at(at);
    let bare = number.trim_start_matches('0');
    (bare.len() < number.len() && !bare.is_empty()).then(|| format!("{name}{bare}"))
}

/// "im31a" also answers to "31a".
fn single(piece: &Piece, found: &mut Vec<String>) {
    if let Some(at) = piece.text.find(|c: char| c.is_ascii_digit())
        && at > 0
        && let Some(tail) = piece.text.get(at..)
    {
        found.push(tail.to_owned());
    }
    found.push(piece.text.clone());
}

/// The run of joined pieces that starts here, as far as it goes. Every piece starts a run of its own, so that a
/// telephone number is also found without its area code.
fn runs_from(rest: &[Piece], found: &mut Vec<String>) {
    let Some(first) = rest.first() else { return };
    if !first.has_digit() && first.text.len() > 5 {
        return;
    }
    let mut code = first.text.clone();
    let mut digits = first.has_digit();
    for (taken, piece) in rest.iter().enumerate().skip(1).take(LONGEST_NUMBER) {
        let before = rest.get(taken - 1);
        if !belongs(before, piece) {
            break;
        }
        code.push_str(&piece.text);
        digits |= piece.has_digit();
        let next_belongs = rest.get(taken + 1).is_some_and(|next| belongs(Some(piece), next));
        // "600.00" is also 600; "IM-110/ESB" is also IM-110.
        let cents = rest.get(taken + 1).is_some_and(|next| next.text == "00" && next.gap == Gap::Joined('.'));
        let form = rest.get(taken + 1).is_some_and(|next| next.gap != Gap::Joined('-') || !next.has_digit());
        if digits && (!next_belongs || cents || (form && !first.has_digit())) {
            found.push(code.clone());
        }
    }
}

/// Whether a piece continues the number before it.
fn belongs(before: Option<&Piece>, piece: &Piece) -> bool {
    let Some(before) = before else { return false };
    let either = piece.has_digit() || before.has_digit();
    match piece.gap {
        Gap::Joined(',') => before.is_digits() && piece.is_digits() && piece.text.len() == 3,
        Gap::Joined(_) => either && piece.text.len() <= 10 || piece.is_digits(),
        // Letters in capitals and a number that follows ("IM 33", "DSS 3-301"), a short tail ("6 EVS"), and the
        // groups of a telephone number.
        Gap::Space => {
            let name = !before.has_digit() && before.capitals && before.text.len() <= 4 && piece.has_digit();
            let tail = before.has_digit() && !piece.has_digit() && piece.capitals && piece.text.len() <= 3;
            let telephone = before.is_digits()
                && piece.is_digits()
                && matches!((before.text.len(), piece.text.len()), (1 | 3, 3) | (3, 4));
            name || tail || telephone
        }
        Gap::Apart => false,
    }
}

/// Pieces put together.
pub(crate) fn join(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, code: &str) {
        let found = codes(text);
        assert!(found.iter().any(|c| c == code), "{text}: {code} not in {found:?}");
    }

    #[test]
    fn forms_in_any_writing() {
        for text in ["IM-6EVS", "sign the (IM-6EVS) form", "IM 6 EVS", "im6evs", "im-6-evs", "IM–6EVS"] {
            has(text, "im6evs");
        }
        has("IM-6EVS", "6evs");
        has("CS-201", "201");
        has("IM-110/ESB", "im110");
        has("IM-09 REVISION", "im9");
        has("IM-31a for cases", "im31a");
        has("DSS Policy 3-301", "3301");
    }

    #[test]
    fn telephone_numbers_with_and_without_what_comes_before() {
        for text in ["855-684-9242", "(855) 684-9242", "855 684 9242", "855.684.9242"] {
            has(text, "8556849242");
            has(text, "6849242");
        }
        has("1-800-392-3738", "8003923738");
        has("1-800-392-3738", "18003923738");
    }

    #[test]
    fn sections_money_times_dates() {
        has("0110.060.05 Electronic", "011006005");
        has("0110.060.05", "s110.60.5");
        has("110.60.5", "s110.60.5");
        has("$75,000 for", "75000");
        has("$600.00", "600");
        for text in ["6:00 am", "6 am", "6am", "6:00a.m.", "6:00 a.m."] {
            has(text, "t0600");
        }
        has("5:30pm", "t1730");
        for text in
            ["April 5, 2021", "4/5/2021", "5 April 2021", "2021-04-05", "5 de abril de 2021", "04/05/21"]
        {
            has(text, "d20210405");
            has(text, "d0405");
        }
    }

    #[test]
    fn no_codes_in_plain_words() {
        assert!(codes("Staff should check in with the customer, and e-mail the self-employed.").is_empty());
    }
}
