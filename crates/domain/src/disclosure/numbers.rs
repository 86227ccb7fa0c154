//! Numbers written as words, in English and Spanish, become digits.
//!
//! Owns the number words and how they add up. It does not know what a number means. "Four thirty one" is kept as
//! the digits a listener would write down (4, 31), "two hundred ninety one" as 291.

use super::tokens::{Kind, Token};

/// Value of one number word: units and tens add up, `hundred` and `thousand` multiply.
fn value(word: &str, spanish: bool) -> Option<u32> {
    english(word).or_else(|| spanish_value(word, spanish))
}

fn english(word: &str) -> Option<u32> {
    Some(match word {
        "zero" | "oh" | "nought" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" | "fore" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" | "fourty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" | "ninty" => 90,
        "hundred" => 100,
        "thousand" => 1000,
        _ => return None,
    })
}

fn spanish_value(word: &str, spanish: bool) -> Option<u32> {
    Some(match word {
        "cero" => 0,
        "uno" => 1,
        "un" if spanish => 1,
        "dos" => 2,
        "tres" => 3,
        "cuatro" => 4,
        "cinco" => 5,
        "seis" => 6,
        "siete" => 7,
        "ocho" => 8,
        "nueve" => 9,
        "diez" => 10,
        "once" if spanish => 11,
        "doce" => 12,
        "trece" => 13,
        "catorce" => 14,
        "quince" => 15,
        "dieciseis" => 16,
        "diecisiete" => 17,
        "dieciocho" => 18,
        "diecinueve" => 19,
        "veinte" => 20,
        "veintiuno" | "veintiun" => 21,
        "veintidos" => 22,
        "veintitres" => 23,
        "veinticuatro" => 24,
        "veinticinco" => 25,
        "veintiseis" => 26,
        "veintisiete" => 27,
        "veintiocho" => 28,
        "veintinueve" => 29,
        "treinta" => 30,
        "cuarenta" => 40,
        "cincuenta" => 50,
        "sesenta" => 60,
        "setenta" => 70,
        "ochenta" => 80,
        "noventa" => 90,
        "cien" | "ciento" => 100,
        "doscientos" => 200,
        "trescientos" => 300,
        "cuatrocientos" => 400,
        "quinientos" => 500,
        "seiscientos" => 600,
        "setecientos" => 700,
        "ochocientos" => 800,
        "novecientos" => 900,
        "mil" => 1000,
        _ => return None,
    })
}

/// Replaces number words by [`Kind::Spoken`] tokens that hold digits. A lone "one" or "un" stays a word.
pub(super) fn spoken(tokens: Vec<Token>, spanish: bool) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while let Some(first) = tokens.get(i) {
        let Some((length, number)) = cardinal(&tokens, i, spanish) else {
            out.push(first.clone());
            i += 1;
            continue;
        };
        let last = i + length;
        let article = length == 1 && first.any("one un oh once uno");
        let beside_number = |t: Option<&Token>| {
            t.is_some_and(|t| {
                matches!(t.kind, Kind::Number | Kind::Spoken) || value(&t.text, spanish).is_some()
            })
        };
        if article
            && !beside_number(tokens.get(last))
            && !beside_number(i.checked_sub(1).and_then(|p| tokens.get(p)))
        {
            out.push(first.clone());
        } else {
            let end = tokens.get(last - 1).map_or(first.end, |t| t.end);
            out.push(Token { text: number, kind: Kind::Spoken, end, ..first.clone() });
        }
        i = last;
    }
    out
}

/// The cardinal that starts at `from`: how many tokens it takes and its digits.
fn cardinal(tokens: &[Token], from: usize, spanish: bool) -> Option<(usize, String)> {
    let word =
        |i: usize| tokens.get(i).filter(|t| t.kind == Kind::Word).and_then(|t| value(&t.text, spanish));
    let figure = |i: usize| {
        tokens
            .get(i)
            .filter(|t| t.kind == Kind::Number)
            .and_then(|t| t.text.parse::<u32>().ok())
            .filter(|n| *n < 100)
    };
    // "3 hundred 8": figures take part when a multiplier follows.
    let start = word(from).or_else(|| figure(from).filter(|_| matches!(word(from + 1), Some(100 | 1000))))?;
    let mut total: u32 = 0;
    let mut current = start;
    let mut last_step = start;
    let mut used = 1;
    if start >= 1000 {
        total = 1000;
        current = 0;
    }
    loop {
        let at = from + used;
        let joiner = tokens.get(at).is_some_and(|t| t.any("and y -"));
        let step_at = at + usize::from(joiner);
        let multiplied = last_step >= 100 || total > 0;
        let Some(next) = word(step_at).or_else(|| figure(step_at).filter(|_| multiplied && !joiner)) else {
            break;
        };
        let fits = match next {
            0 => false,
            100 => (1..100).contains(&current) && !joiner,
            1000 => (1..1000).contains(&current) && total == 0 && !joiner,
            1..=9 => current % 10 == 0 && (current >= 20 || multiplied) && last_step != 0,
            10..=99 => current % 100 == 0 && (current >= 100 || (total > 0 && current == 0)),
            200..=900 => total > 0 && current == 0 && !joiner,
            _ => false,
        };
        if !fits {
            break;
        }
        match next {
            100 => current *= 100,
            1000 => {
                total = current * 1000;
                current = 0;
            }
            _ => current += next,
        }
        last_step = next;
        used += 1 + usize::from(joiner);
    }
    Some((used, (total + current).to_string()))
}
