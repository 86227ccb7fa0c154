//! The stems of words, English and Spanish.
//!
//! Owns the choice of stemmer only. Stems are never indexed: the index holds words as they are written, and a
//! question is widened to all words that share its stem (`vocabulary.rs`).

use frostem::{Algorithm, Stemmer};

/// The English stem of a folded word.
pub(crate) fn english(word: &str) -> String {
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    Stemmer::new(Algorithm::English).stem(word).into_owned()
}

/// The Spanish stem of a folded word.
pub(crate) fn spanish(word: &str) -> String {
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return word.to_owned();
    }
    // Folding took the accent that the stemmer knows this ending by.
    let accented = word.strip_suffix("ion").map(|start| format!("{start}ión"));
    let stem = Stemmer::new(Algorithm::Spanish).stem(accented.as_deref().unwrap_or(word)).into_owned();
    crate::words::fold(&stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_fall_away() {
        assert_eq!(english("applications"), english("application"));
        assert_eq!(english("calling"), english("calls"));
        assert_eq!(spanish("solicitudes"), spanish("solicitud"));
        assert_eq!(spanish("renovaciones"), spanish("renovacion"));
    }
}
