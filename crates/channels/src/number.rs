//! Telephone numbers as carriers write them: E.164, and short codes. Owns the shapes only; which numbers are
//! ours, or may be texted, is the engine's to say.

use crate::DecodeError;

/// A plus sign and 8 to 15 digits, the first of them not a zero (ITU-T E.164).
#[must_use]
pub fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    (8..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

/// 3 to 6 digits without a plus sign: a carrier's short code.
#[must_use]
pub fn is_short_code(number: &str) -> bool {
    (3..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Passes an incoming number through, or says which field has none.
pub(crate) fn inbound(field: &'static str, number: String) -> Result<String, DecodeError> {
    if is_e164(&number) || is_short_code(&number) { Ok(number) } else { Err(DecodeError::BadNumber(field)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_the_edges_of_the_allowed_lengths() {
        for (number, e164, short) in [
            ("+18556849242", true, false),
            ("+12345678", true, false),
            ("+123456789012345", true, false),
            ("+1234567", false, false),
            ("+1234567890123456", false, false),
            ("+05556849242", false, false),
            ("18556849242", false, false),
            (" 18556849242", false, false),
            ("+1855684924x", false, false),
            ("+1855684924\u{0664}", false, false),
            ("whatsapp:+18556849242", false, false),
            ("733", false, true),
            ("733733", false, true),
            ("73", false, false),
            ("7337337", false, false),
            ("", false, false),
            ("+", false, false),
        ] {
            assert_eq!(is_e164(number), e164, "{number:?} as E.164");
            assert_eq!(is_short_code(number), short, "{number:?} as a short code");
        }
    }
}
