//! A second opinion beside the rules: how much the words of a text weigh towards a fact of somebody's case (SMS-GEN-4).
//!
//! It is a fixed sum. Words, pairs and triples of words and pieces of words each have a weight in a table, learned once from
//! the labelled texts in `tests/disclosure` by `cargo run -p domain --example weigh`; the same text has the same sum on
//! every machine. The rules name what they see; this names nothing and only raises its hand for wordings that no rule
//! foresaw. To change it, add labelled texts and learn the table anew.

/// Places in the table. Features share a place when their hashes meet; with so many places few do.
pub const PLACES: usize = 1 << 16;
/// The table: one signed byte a place, then the scale and the start of the sum (two little-endian floats).
const TABLE: &[u8; PLACES + 8] = include_bytes!("weights.bin");
/// Odds (natural logarithm) from which the hand goes up. Lower catches more and refuses more honest texts; see the
/// figures in `tests/disclosure/README.md`.
pub const HAND_UP: f32 = 0.4;
/// Characters that are weighed; what follows is more of the same.
const CHARACTERS_MAX: usize = 1_600;

/// The places of a text's features: whole words first, then pieces of words.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// Words, pairs and triples.
    pub words: Vec<usize>,
    /// Pieces of 2 to 5 characters within a word.
    pub pieces: Vec<usize>,
}

/// The features of a text read after the earlier ones.
#[must_use]
pub fn features(text: &str, earlier: &[&str]) -> Features {
    let mut whole = String::new();
    for before in earlier {
        whole.push_str(before);
        whole.push_str(" | ");
    }
    whole.push_str(text);
    let words = words(&whole);
    let mut out = Features::default();
    for size in 1..=3 {
        out.words.extend(words.windows(size).map(|run| place(size, &run.join(" "))));
    }
    for word in &words {
        let padded: Vec<char> =
            std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
        for size in 2..=5 {
            out.pieces
                .extend(padded.windows(size).map(|run| place(size + 8, &run.iter().collect::<String>())));
        }
    }
    for list in [&mut out.words, &mut out.pieces] {
        list.sort_unstable();
        list.dedup();
    }
    out
}

/// Lower case, accents kept, every digit alike; a question mark and a dollar sign are words of their own.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    for ch in text.chars().take(CHARACTERS_MAX).flat_map(char::to_lowercase) {
        if ch.is_alphanumeric() || ch == '\'' || ch == '’' {
            word.push(if ch.is_numeric() {
                '0'
            } else if ch == '’' {
                '\''
            } else {
                ch
            });
            continue;
        }
        if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if matches!(ch, '?' | '$' | '|') {
            out.push(ch.to_string());
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// FNV-1a, so that the table means the same on every machine and in every version.
fn place(kind: usize, feature: &str) -> usize {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325 ^ kind as u64;
    for byte in feature.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    usize::try_from((hash ^ (hash >> 32)) & (PLACES as u64 - 1)).unwrap_or_default()
}

/// The share of one feature in the sum: each group counts the same, however long the text is.
#[must_use]
pub fn share(count: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a text has far fewer features than 2^23")]
    let count = count.max(1) as f32;
    1.0 / count.sqrt()
}

/// The odds that a text states a fact of a case, as a natural logarithm.
#[must_use]
pub fn odds(text: &str, earlier: &[&str]) -> f32 {
    // The table is read in place: one byte a place, two floats behind them.
    let float = |at: usize| {
        let bytes = TABLE.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).unwrap_or_default();
        f32::from_le_bytes(bytes)
    };
    let (scale, start) = (float(PLACES), float(PLACES + 4));
    // A number or a single word alone weighs nothing; the rules know what to make of those.
    if text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() < 2 {
        return f32::MIN;
    }
    let features = features(text, earlier);
    let sum = |list: &[usize]| {
        let total: i32 =
            list.iter().filter_map(|at| TABLE.get(*at)).map(|byte| i32::from(byte.cast_signed())).sum();
        #[expect(clippy::cast_precision_loss, reason = "a sum of some thousand signed bytes is exact")]
        let total = total as f32;
        total * share(list.len())
    };
    start + scale * (sum(&features.words) + sum(&features.pieces))
}
