//! How a text is cut up on the air: encoding, units and segments, for the live counter in the reply box
//! and in the canned response editor.
//!
//! Owns the GSM 7-bit alphabet (3GPP TS 23.038, section 6.2.1, default alphabet and extension table) and the
//! cutting rules for joined messages (3GPP TS 23.040, section 9.2.3.24). Does not own a carrier's price, pace or
//! length limit beyond the one constant below, and never changes a text by itself: [`smarten_down`] is an
//! operator's switch, the prescribed script stays as written in the record.
//!
//! To add a likeness for a character that costs segments, add an arm to [`likeness`] and a row to its test.

use serde::{Deserialize, Serialize};

/// The longest text that may be sent, in characters. The provider protocol that `channels` speaks refuses a longer
/// body (its documented errors 21617 and 21658: "up to 1,600 characters"); other carriers cut off or refuse
/// earlier or later, so a line may be set lower, never higher.
pub const TEXT_LENGTH_MAX: usize = 1600;

/// Septets of a GSM-7 text that fits one segment, and of each part of a joined one (the joining header takes 7).
const GSM7: Limits = Limits { alone: 160, joined: 153 };
/// 16-bit units of a UCS-2 text that fits one segment, and of each part of a joined one (the header takes 3).
const UCS2: Limits = Limits { alone: 70, joined: 67 };
/// How many offending characters are named; more would not help the person who edits the text.
const OFFENDERS_MAX: usize = 8;

/// The default alphabet, without the escape itself. Every character costs one septet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ\
                     ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table: an escape and a character, so two septets, which may not be parted.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

struct Limits {
    alone: u32,
    joined: u32,
}

/// How a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Seven bits a character (two septets for the ten of the extension table).
    Gsm7,
    /// Sixteen bits a unit (two units for emoji and other characters beyond U+FFFF).
    Ucs2,
}

/// A text measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segments {
    /// The encoding the whole text needs: one character outside GSM-7 makes all of it UCS-2.
    pub encoding: Encoding,
    /// Length in units of that encoding: septets for GSM-7, 16-bit units for UCS-2.
    pub units: u32,
    /// Segments a carrier will send and charge; 0 for an empty text.
    pub segments: u32,
    /// Units that still fit into the last segment. A character of two units needs two.
    pub left_in_segment: u32,
    /// The first few different characters that force UCS-2, in the order they appear; empty for GSM-7.
    pub offenders: Vec<char>,
}

/// Measures `text`. Total: every string has an answer.
pub fn count(text: &str) -> Segments {
    let mut offenders = Vec::new();
    for c in text.chars() {
        if septets(c).is_none() && !offenders.contains(&c) {
            offenders.push(c);
            if offenders.len() == OFFENDERS_MAX {
                break;
            }
        }
    }
    if offenders.is_empty() {
        cut(Encoding::Gsm7, offenders, &GSM7, text.chars().map(|c| septets(c).unwrap_or(1)))
    } else {
        cut(Encoding::Ucs2, offenders, &UCS2, text.chars().map(|c| if c > '\u{ffff}' { 2 } else { 1 }))
    }
}

/// The text with quotes, dashes, ellipses and spaces that only look better replaced by their GSM-7
/// likenesses. Letters are never changed: "á" and "a" are different words in Spanish.
///
/// One "’" makes a text UCS-2 and more than halves the room in a segment; the SOP's own delay scripts
/// (SMS-DELAY-2, SMS-DELAY-4) hold it. A line that turns this switch on sends the likeness; the record
/// keeps the script.
pub fn smarten_down(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match likeness(c) {
            Some(plain) => out.push_str(plain),
            None => out.push(c),
        }
    }
    out
}

/// What stands in for a typographic character, or nothing if it is to stay.
fn likeness(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{00b4}' | '`' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '\u{00ab}' | '\u{00bb}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2026}' => "...",
        '\u{2022}' => "*",
        '\u{00a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\t' => " ",
        '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{00ad}' => "",
        _ => return None,
    })
}

/// Septets a character costs in GSM-7, or nothing if the alphabet lacks it.
fn septets(c: char) -> Option<u32> {
    // Nearly all of a text lies in these two ranges, found without a look through the alphabet.
    if matches!(c, ' '..='Z' | 'a'..='z') || BASIC.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Lays characters of the given widths into segments; a character of two units is never parted, so a joined
/// segment may stay one unit short.
fn cut(
    encoding: Encoding,
    offenders: Vec<char>,
    limits: &Limits,
    widths: impl Iterator<Item = u32> + Clone,
) -> Segments {
    let units = widths.clone().fold(0u32, u32::saturating_add);
    if units <= limits.alone {
        return Segments {
            encoding,
            units,
            segments: u32::from(units > 0),
            left_in_segment: limits.alone - units,
            offenders,
        };
    }
    let (mut segments, mut used) = (1u32, 0u32);
    for width in widths {
        if used + width > limits.joined {
            segments = segments.saturating_add(1);
            used = 0;
        }
        used += width;
    }
    Segments { encoding, units, segments, left_in_segment: limits.joined - used, offenders }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DELAY_1: &str =
        "It seems like you’ve had to leave our chat. I’ll wait another 5 minutes for you to come back.";
    const DELAY_2: &str = "I haven’t heard from you in 5 minutes, so I’m going to wrap up our chat now.";

    #[test]
    fn the_alphabet_has_all_its_characters_once() {
        assert_eq!(BASIC.chars().count(), 127, "128 places less the escape");
        assert_eq!(EXTENSION.chars().count(), 10);
        let mut all: Vec<char> = BASIC.chars().chain(EXTENSION.chars()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 137);
        for c in (' '..='Z').chain('a'..='z') {
            assert!(BASIC.contains(c), "{c} is taken for one septet without a look");
        }
    }

    #[test]
    fn texts_are_measured() {
        use Encoding::{Gsm7, Ucs2};
        let emoji = "👋";
        // text, encoding, units, segments, left
        let cases: Vec<(String, Encoding, u32, u32, u32)> = vec![
            (String::new(), Gsm7, 0, 0, 160),
            ("a".into(), Gsm7, 1, 1, 159),
            ("a".repeat(160), Gsm7, 160, 1, 0),
            ("a".repeat(161), Gsm7, 161, 2, 153 - 8),
            ("a".repeat(306), Gsm7, 306, 2, 0),
            ("a".repeat(307), Gsm7, 307, 3, 152),
            ("a".repeat(1600), Gsm7, 1600, 11, 153 * 11 - 1600),
            ("€".into(), Gsm7, 2, 1, 158),
            ("€".repeat(80), Gsm7, 160, 1, 0),
            (format!("{}€", "a".repeat(159)), Gsm7, 161, 2, 153 - 8),
            // The escape and its character stay together: septet 153 of the first segment is left empty.
            (format!("{}€{}", "a".repeat(152), "a".repeat(10)), Gsm7, 164, 2, 153 - 12),
            // Laid end to end 306 septets would be two segments; each straddle costs one more septet.
            ("€".repeat(153), Gsm7, 306, 3, 151),
            ("¿Cuándo?".into(), Ucs2, 8, 1, 62),
            ("ñ é à ü".into(), Gsm7, 7, 1, 153),
            ("á".repeat(70), Ucs2, 70, 1, 0),
            ("á".repeat(71), Ucs2, 71, 2, 67 - 4),
            ("á".repeat(134), Ucs2, 134, 2, 0),
            ("á".repeat(135), Ucs2, 135, 3, 66),
            (emoji.into(), Ucs2, 2, 1, 68),
            (emoji.repeat(35), Ucs2, 70, 1, 0),
            (format!("{}{emoji}{}", "a".repeat(66), "a".repeat(5)), Ucs2, 73, 2, 67 - 7),
            (emoji.repeat(67), Ucs2, 134, 3, 65),
            ("line\r\nline".into(), Gsm7, 10, 1, 150),
        ];
        for (text, encoding, units, segments, left) in cases {
            let got = count(&text);
            assert_eq!(
                (got.encoding, got.units, got.segments, got.left_in_segment),
                (encoding, units, segments, left),
                "{text:?}"
            );
        }
    }

    #[test]
    fn offenders_are_named_once_in_order_and_few() {
        assert_eq!(count("I’ll say “hi” ’").offenders, vec!['’', '“', '”']);
        assert_eq!(count("plain").offenders, Vec::<char>::new());
        let many: String = ('а'..='я').collect();
        assert_eq!(count(&many).offenders.len(), OFFENDERS_MAX);
    }

    #[test]
    fn the_prescribed_delay_scripts_flip_to_ucs2_and_smarten_down_brings_them_back() {
        // SMS-DELAY-2, SMS-DELAY-4: one typographic apostrophe doubles what the text costs.
        let before = count(DELAY_1);
        assert_eq!((before.encoding, before.segments), (Encoding::Ucs2, 2));
        assert_eq!(before.offenders, vec!['’']);
        for script in [DELAY_1, DELAY_2] {
            let plain = smarten_down(script);
            assert_eq!((count(&plain).encoding, count(&plain).segments), (Encoding::Gsm7, 1), "{plain}");
            assert_eq!(plain, script.replace('’', "'"));
        }
    }

    #[test]
    fn likenesses() {
        for (from, to) in [
            ("“a” ‘b’", "\"a\" 'b'"),
            ("1–2—3", "1-2-3"),
            ("wait…", "wait..."),
            ("a\u{a0}b\u{202f}c", "a b c"),
            ("a\u{200b}b\u{feff}", "ab"),
            ("• one", "* one"),
            ("cuándo está ñ €", "cuándo está ñ €"),
            ("👋", "👋"),
        ] {
            assert_eq!(smarten_down(from), to);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_measured_and_adds_up(text in any::<String>()) {
            let s = count(&text);
            let limits = if s.encoding == Encoding::Gsm7 { GSM7 } else { UCS2 };
            prop_assert_eq!(s.encoding == Encoding::Gsm7, s.offenders.is_empty());
            prop_assert_eq!(s.segments == 0, text.is_empty());
            if s.encoding == Encoding::Ucs2 {
                prop_assert_eq!(s.units as usize, text.encode_utf16().count());
            }
            match s.segments {
                0 | 1 => prop_assert_eq!(s.units + s.left_in_segment, limits.alone),
                n => {
                    // All the room, less what is left, holds the units and at most one lost unit a boundary.
                    let taken = n * limits.joined - s.left_in_segment;
                    prop_assert!(taken >= s.units && taken - s.units < n);
                    prop_assert!(s.units > limits.alone);
                }
            }
        }

        #[test]
        fn one_more_character_never_costs_fewer_segments(text in "[a-z€^{ ]{0,400}", more in "[a-z€]") {
            let longer = format!("{text}{more}");
            prop_assert!(count(&longer).segments >= count(&text).segments);
            prop_assert!(count(&longer).units > count(&text).units);
        }

        #[test]
        fn smartening_down_is_done_after_once(text in any::<String>()) {
            let once = smarten_down(&text);
            prop_assert_eq!(smarten_down(&once), once.clone());
            prop_assert!(count(&once).segments <= count(&text).segments + text.matches('…').count() as u32);
        }
    }
}
