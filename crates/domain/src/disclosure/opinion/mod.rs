//! A second opinion beside the rules: how much a text as a whole sounds like a fact of somebody's case (SMS-GEN-4).
//!
//! Owns one sum of learned weights and the three bars it is held against; it names nothing and has no words of its own.
//! What is weighed stands in `features`, among it what the rules found. The table is learned from the labelled texts in
//! `tests/disclosure` by `cargo run --release -p domain --example learn_guard`; it holds integers only, so the same text has
//! the same sum on every machine. To change what it says, add labelled texts or a feature and learn the table anew.

mod features;

pub(super) use features::of;
pub use features::{Features, GROUPS};

/// Places in the table. Features share a place when their hashes meet; with so many places few do.
pub const PLACES: usize = 1 << 17;

/// Bytes before the weights: the start of the sum, the fingerprint of the texts and the fingerprint of the features.
pub const HEAD: usize = 24;

/// The table: the head, then two little-endian bytes a place.
const TABLE: &[u8; HEAD + 2 * PLACES] = include_bytes!("table.bin");

/// Of so many texts one lends its features to the fingerprint.
pub const SAMPLED: usize = 7;

/// One in the learner's measure, in the units of the table and of the sum.
pub const ONE: i64 = 4_096;

/// From here on a text is refused although no rule found anything. It was chosen on texts of writers who were left out of the
/// learning one at a time: recall stays at 0.98 and precision above 0.95 on texts as they come.
pub const REFUSES: i64 = -ONE * 20 / 100;

/// Below this a finding of the rules that is no identifier is taken back.
pub const TAKES_BACK: i64 = -ONE * 20 / 100;

/// From here on a text that is not refused is in doubt: whoever sends it should be asked.
pub const DOUBTS: i64 = -ONE * 40 / 100;

/// The share of one feature in the sum, in 65,536ths, when its group has so many: each group counts the same, however
/// long the text is.
#[must_use]
pub fn share(count: usize) -> i64 {
    let count = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    i64::try_from(((1_u64 << 32) / count).isqrt()).unwrap_or_default()
}

/// What the features weigh together, in units of [`ONE`].
#[must_use]
pub fn weigh(features: &Features) -> i64 {
    let mut sum = head(0) << 16;
    for (group, places) in GROUPS.iter().zip(&features.groups) {
        let total: i64 = places.iter().map(|at| weight(*at)).sum();
        sum += total * share(places.len()) * group.times / 2;
    }
    sum >> 16
}

fn weight(place: u32) -> i64 {
    let at = usize::try_from(place).unwrap_or_default() * 2 + HEAD;
    let bytes = TABLE.get(at..at + 2).and_then(|two| <[u8; 2]>::try_from(two).ok()).unwrap_or_default();
    i64::from(i16::from_le_bytes(bytes))
}

/// One of the three numbers at the beginning of the table.
fn head(index: usize) -> i64 {
    let at = index * 8;
    let bytes = TABLE.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()).unwrap_or_default();
    i64::from_le_bytes(bytes)
}

/// The fingerprint of the texts that the table was learned from, and that of their features.
#[must_use]
pub fn learned_from() -> (i64, i64) {
    (head(1), head(2))
}

/// FNV-1a over bytes, going on from an earlier sum: the same on every machine and in every version.
#[must_use]
pub fn fingerprint(so_far: i64, bytes: &[u8]) -> i64 {
    let start = if so_far == 0 { 0xcbf2_9ce4_8422_2325 } else { so_far.cast_unsigned() };
    bytes
        .iter()
        .fold(start, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
        .cast_signed()
}
