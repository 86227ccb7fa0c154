//! `application/x-www-form-urlencoded`, read so that authenticity can be judged before correctness.
//!
//! Values stay bytes until a field is asked for: the signature is computed over what the carrier meant, even
//! when that is not UTF-8, and only then do faults of the fields that matter become errors. A fault in a field
//! nobody reads (a city name in Latin-1) never costs a customer's text.

use crate::DecodeError;

/// One decoded name or value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    bytes: Vec<u8>,
    /// A percent sign that is not followed by two hexadecimal digits was kept as it stood.
    bad_percent: bool,
}

/// A parsed body: pairs in the order in which they came.
#[derive(Debug)]
pub(crate) struct Form {
    pairs: Vec<(Piece, Piece)>,
}

impl Form {
    /// Never fails: what cannot be decoded is marked, and reported by [`Form::text`] when asked for.
    pub(crate) fn parse(body: &[u8]) -> Self {
        let pairs = body
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let mut halves = pair.splitn(2, |byte| *byte == b'=');
                let name = decode(halves.next().unwrap_or_default());
                let value = decode(halves.next().unwrap_or_default());
                (name, value)
            })
            .collect();
        Self { pairs }
    }

    /// Names and values sorted by name, then value, each distinct pair once: the order in which they are signed.
    pub(crate) fn signed_order(&self) -> Vec<(&[u8], &[u8])> {
        let mut pairs: Vec<(&[u8], &[u8])> =
            self.pairs.iter().map(|(name, value)| (name.bytes.as_slice(), value.bytes.as_slice())).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// The text of a field, or `None` when it is absent. The same field twice with the same value counts once.
    ///
    /// # Errors
    /// [`DecodeError::Repeated`] for two different values, [`DecodeError::BadEncoding`] for a broken percent
    /// escape or bytes that are not UTF-8 (lone surrogates are not UTF-8).
    pub(crate) fn text(&self, field: &str) -> Result<Option<String>, DecodeError> {
        let mut values =
            self.pairs.iter().filter(|(name, _)| name.bytes == field.as_bytes()).map(|pair| &pair.1);
        let Some(first) = values.next() else { return Ok(None) };
        if values.any(|other| other != first) {
            return Err(DecodeError::Repeated(field.to_owned()));
        }
        if first.bad_percent {
            return Err(DecodeError::BadEncoding(format!("the percent escapes of {field} are broken")));
        }
        match std::str::from_utf8(&first.bytes) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(fault) => Err(DecodeError::BadEncoding(format!(
                "{field} is not UTF-8 from byte {} on",
                fault.valid_up_to()
            ))),
        }
    }

    /// As [`Form::text`], with an absent or empty field as an error.
    pub(crate) fn required(&self, field: &'static str) -> Result<String, DecodeError> {
        self.text(field)?.filter(|text| !text.is_empty()).ok_or(DecodeError::Missing(field))
    }
}

fn decode(raw: &[u8]) -> Piece {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut bad_percent = false;
    let mut rest = raw;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => match tail {
                [high, low, after @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                    bytes.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                    rest = after;
                }
                _ => {
                    bad_percent = true;
                    bytes.push(b'%');
                }
            },
            other => bytes.push(*other),
        }
    }
    Piece { bytes, bad_percent }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn faults_are_reported_for_the_field_asked_for_and_no_other() {
        let form =
            Form::parse(b"Body=hello+%E2%9C%93&FromCity=S%E3o&Rate=100%&To=1&To=2&Same=x&Same=x&Empty=&Bare");
        assert_eq!(form.text("Body"), Ok(Some("hello \u{2713}".to_owned())));
        assert!(matches!(form.text("FromCity"), Err(DecodeError::BadEncoding(_))));
        assert!(matches!(form.text("Rate"), Err(DecodeError::BadEncoding(_))));
        assert_eq!(form.text("To"), Err(DecodeError::Repeated("To".to_owned())));
        assert_eq!(form.text("Same"), Ok(Some("x".to_owned())));
        assert_eq!(form.text("Absent"), Ok(None));
        assert_eq!(form.text("Bare"), Ok(Some(String::new())));
        assert_eq!(form.required("Empty"), Err(DecodeError::Missing("Empty")));
    }

    #[test]
    fn a_lone_surrogate_is_not_utf8() {
        assert!(matches!(Form::parse(b"Body=%ED%A0%80").text("Body"), Err(DecodeError::BadEncoding(_))));
    }

    proptest! {
        #[test]
        fn reads_back_what_the_usual_encoder_writes(value in any::<String>(), other in any::<String>()) {
            let body = form_urlencoded::Serializer::new(String::new())
                .append_pair("Body", &value)
                .append_pair("Other", &other)
                .finish();
            let form = Form::parse(body.as_bytes());
            prop_assert_eq!(form.text("Body"), Ok(Some(value)));
            prop_assert_eq!(form.text("Other"), Ok(Some(other)));
        }
    }
}
