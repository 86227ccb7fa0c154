//! The live count under the reply box, by the domain's own rules, so that it cannot drift from what is sent.

use domain::segments::{self, Encoding, TEXT_LENGTH_MAX};

/// The count in words: length, segments, what forces the dearer encoding, and whether it is too long.
pub(crate) fn sentence(text: &str) -> String {
    let length = text.chars().count();
    if length > TEXT_LENGTH_MAX {
        let over = length - TEXT_LENGTH_MAX;
        return format!("{length} characters: {over} more than the {TEXT_LENGTH_MAX} that a text may have");
    }
    let measured = segments::count(text);
    let plural = if measured.segments == 1 { "" } else { "s" };
    let mut out = format!("{length}/{TEXT_LENGTH_MAX} · {} segment{plural}", measured.segments);
    if length == 0 {
        return out;
    }
    match measured.encoding {
        Encoding::Gsm7 => out.push_str(&format!(" · {} left · GSM-7", measured.left_in_segment)),
        Encoding::Ucs2 => {
            let named: Vec<String> = measured.offenders.iter().map(char::to_string).collect();
            out.push_str(&format!(
                " · {} left · UCS-2 because of {}",
                measured.left_in_segment,
                named.join(" ")
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_outside_gsm_7_is_named() {
        assert_eq!(sentence("Hello"), "5/1600 · 1 segment · 155 left · GSM-7");
        let dear = sentence("I’ll wait");
        assert!(dear.ends_with("UCS-2 because of ’"), "{dear}");
        assert_eq!(sentence(""), "0/1600 · 0 segments");
    }

    #[test]
    fn a_text_over_the_limit_says_by_how_much() {
        assert!(sentence(&"a".repeat(1603)).contains("3 more than the 1600"));
    }
}
