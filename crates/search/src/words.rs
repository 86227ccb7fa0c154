//! Cutting a text into words.
//!
//! Owns folding (case, accents, typographic marks), what counts as one word, and the words too common to index.
//! It knows nothing of numbers in several writings (`numbers.rs`) or of stems (`vocabulary.rs`).

use std::ops::Range;

/// Longer runs of letters are not words and would bloat the dictionary.
const LONGEST_WORD: usize = 48;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Folded: lower case, without accents.
    pub(crate) text: String,
    /// Bytes of the text it came from.
    pub(crate) range: Range<usize>,
}

/// One letter without its accent and in lower case. Letters of other scripts stay as they are.
fn fold_char(c: char, out: &mut String) {
    let folded = match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        // Combining accents (a letter typed in two parts) and the soft hyphen fall away.
        '\u{300}'..='\u{36f}' | '\u{ad}' => return,
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        _ => {
            out.extend(c.to_lowercase());
            return;
        }
    };
    out.push(folded);
}

/// Folds a whole string.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, &mut out);
    }
    out
}

pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' | '`' | '\u{b4}')
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}')
}

/// The words of a text in order. "customer's" is "customer", "don't" is "dont", "wrap-up" is two words.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !is_word_char(c) {
            continue;
        }
        let mut folded = String::new();
        fold_char(c, &mut folded);
        let mut end = start + c.len_utf8();
        let mut cut = None;
        while let Some(&(at, next)) = chars.peek() {
            if is_word_char(next) {
                fold_char(next, &mut folded);
            } else if is_apostrophe(next) && text.get(at + next.len_utf8()..).is_some_and(starts_with_letter)
            {
                cut = Some(folded.len());
            } else {
                break;
            }
            end = at + next.len_utf8();
            chars.next();
        }
        contract(&mut folded, cut);
        if !folded.is_empty() && folded.len() <= LONGEST_WORD {
            found.push(Word { text: folded, range: start..end });
        }
    }
    found
}

fn starts_with_letter(rest: &str) -> bool {
    rest.chars().next().is_some_and(char::is_alphabetic)
}

/// Takes the English endings after an apostrophe away, so that "customer's" finds "customer" and "I'm" is not
/// taken for the abbreviation IM.
fn contract(folded: &mut String, cut: Option<usize>) {
    if let Some(at) = cut
        && matches!(folded.get(at..), Some("s" | "m" | "ll" | "ve" | "re" | "d"))
    {
        folded.truncate(at);
    }
}

/// Words that stand in nearly every passage: not indexed (their places are kept, so phrases still fit).
pub(crate) fn is_common(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "of"
            | "to"
            | "and"
            | "or"
            | "in"
            | "is"
            | "are"
            | "be"
            | "for"
            | "on"
            | "with"
            | "that"
            | "this"
            | "it"
            | "as"
            | "at"
            | "by"
            | "from"
            | "el"
            | "la"
            | "los"
            | "las"
            | "de"
            | "del"
            | "y"
            | "en"
            | "un"
            | "una"
            | "que"
            | "se"
            | "es"
            | "por"
            | "con"
            | "para"
            | "su"
            | "al"
    )
}

/// Words of a question that carry none of its sense. They are indexed, and dropped from questions that have others.
pub(crate) fn is_filler(word: &str) -> bool {
    is_common(word)
        || matches!(
            word,
            "how" | "what" | "whats" | "when" | "where" | "who" | "whom" | "whose" | "why" | "which" | "do" | "does"
                | "did" | "doing" | "done" | "i" | "me" | "my" | "we" | "us" | "our" | "you" | "your" | "they" | "them"
                | "their" | "he" | "she" | "his" | "her" | "him" | "its" | "should" | "can" | "could" | "would"
                | "will" | "shall" | "may" | "might" | "must" | "if" | "then" | "than" | "there" | "here" | "have"
                | "has" | "had" | "was" | "were" | "am" | "been" | "being" | "not" | "no" | "dont" | "doesnt"
                | "didnt" | "cant" | "cannot" | "wont" | "isnt" | "arent" | "but" | "so" | "about" | "into" | "any"
                | "some" | "please" | "tell" | "these" | "those" | "get" | "gets" | "got" | "someone" | "somebody"
                | "happens" | "happen" | "want" | "wants" | "need" | "needs" | "ok" | "also" | "just" | "like"
                // Spanish
                | "como" | "cual" | "cuales" | "cuando" | "donde" | "quien" | "quienes" | "porque" | "si" | "yo" | "mi"
                | "mis" | "te" | "tu" | "le" | "les" | "lo" | "nos" | "ella" | "ellos" | "usted" | "ustedes"
                | "esta" | "este" | "esto" | "estan" | "estoy" | "ser" | "son" | "soy" | "hay" | "ha" | "han"
                | "puedo" | "puede" | "pueden" | "debo" | "debe" | "deben" | "tengo" | "tiene" | "tienen" | "hacer"
                | "hago" | "hace" | "hacen" | "sobre" | "sin" | "o" | "u" | "e" | "ni" | "mas" | "muy" | "ya"
                | "sus" | "unos" | "unas" | "ese" | "esa" | "eso" | "fue" | "era" | "necesito" | "necesita"
                | "necesitan" | "quiero" | "quiere" | "desde" | "hasta" | "entre" | "otro" | "otra"
        )
}

/// Small words that only Spanish has.
pub(crate) fn is_spanish_filler(word: &str) -> bool {
    matches!(
        word,
        "el" | "la"
            | "los"
            | "las"
            | "del"
            | "de"
            | "una"
            | "que"
            | "por"
            | "con"
            | "para"
            | "como"
            | "cual"
            | "cuando"
            | "donde"
            | "quien"
            | "mis"
            | "usted"
            | "puedo"
            | "puede"
            | "necesito"
            | "tengo"
            | "tiene"
            | "esta"
            | "estan"
            | "hay"
            | "cuanto"
            | "cuantos"
            | "cuantas"
            | "cuanta"
            | "hago"
            | "hacer"
            | "muy"
            | "mas"
            | "hasta"
            | "desde"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn folds_accents_case_and_typographic_marks() {
        assert_eq!(texts("“Renovación” — Café\u{301}"), ["renovacion", "cafe"]);
        assert_eq!(texts("The customer’s wrap-up"), ["the", "customer", "wrap", "up"]);
        assert_eq!(texts("I’m sure they don't"), ["i", "sure", "they", "dont"]);
    }

    #[test]
    fn ranges_are_those_of_the_text() {
        let text = "Año  Nuevo";
        let found: Vec<_> = words(text).into_iter().map(|w| &text[w.range]).collect();
        assert_eq!(found, ["Año", "Nuevo"]);
    }
}
