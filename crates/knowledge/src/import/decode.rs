//! From bytes to text: UTF-8 with or without a mark, UTF-16 with a mark, Windows-1252 when it is clearly that. Anything
//! else is refused, and so is what is no text at all.

use super::Refusal;
use super::error::Reason;
use super::types::Limits;

/// The text of a file, with line ends as `\n`.
pub(super) fn text(bytes: &[u8], limits: &Limits) -> Result<String, Refusal> {
    if bytes.len() > limits.max_bytes {
        return Err((None, Reason::TooLarge { found: bytes.len(), limit: limits.max_bytes }));
    }
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => utf8(bytes)?,
    };
    if text.trim().is_empty() {
        return Err((None, Reason::Empty));
    }
    if let Some(at) = text.find(is_binary) {
        return Err((
            Some(line_at(text.get(..at).unwrap_or_default())),
            Reason::Binary("data with control characters"),
        ));
    }
    Ok(text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{b}', '\u{c}'], "\n"))
}

/// The line a text ends in.
fn line_at(before: &str) -> usize {
    before.matches('\n').count() + 1
}

fn is_binary(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{80}'..='\u{9f}')
}

/// What files that are no text begin with.
const MAGIC: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
];

fn utf8(bytes: &[u8]) -> Result<String, Refusal> {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err((None, Reason::Binary(what)));
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        let line = bytes.iter().take(at).filter(|&&byte| byte == b'\n').count() + 1;
        return Err((Some(line), Reason::Binary("data with zero bytes")));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            windows_1252(bytes).ok_or((Some(line), Reason::Encoding { offset: error.valid_up_to() }))
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refusal> {
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|&pair| unit(pair)).collect();
    let odd = bytes.len() % 2 == 1;
    String::from_utf16(&units).ok().filter(|_| !odd).ok_or((None, Reason::Encoding { offset: 0 }))
}

/// The letters of the bytes 0x80 to 0x9f; `\0` where there is none.
const HIGH: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“',
    '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// Reads Windows-1252 if the text can hardly be anything else: few letters beyond ASCII, none that is undefined, and
/// no sequence that is good UTF-8 (a file that mixes the two is broken, not Windows-1252).
fn windows_1252(bytes: &[u8]) -> Option<String> {
    let high = bytes.iter().filter(|&&byte| byte >= 0x80).count();
    let control = bytes.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c));
    if control || high * 10 > bytes.len() || bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii()) {
        return None;
    }
    bytes
        .iter()
        .map(|&byte| match byte {
            0x80..=0x9f => HIGH.get(usize::from(byte) - 0x80).copied().filter(|&letter| letter != '\0'),
            _ => Some(char::from(byte)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, Refusal> {
        text(bytes, &Limits::default())
    }

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(read(b"\xef\xbb\xbfcaf\xc3\xa9\r\nx").unwrap(), "café\nx");
        assert_eq!(read(b"\xff\xfec\0a\0f\0\xe9\0").unwrap(), "café");
        assert_eq!(read(b"\xfe\xff\0c\0a\0f\0\xe9").unwrap(), "café");
        assert_eq!(
            read(b"The caf\xe9 said \x93yes\x94 to all of us.").unwrap(),
            "The café said “yes” to all of us."
        );
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(matches!(read(b"PK\x03\x04rest"), Err((None, Reason::Binary(_)))));
        assert!(matches!(read(b"one\ntwo\0three"), Err((Some(2), Reason::Binary(_)))));
        assert!(matches!(read(b"one\ntwo\x1bthree"), Err((Some(2), Reason::Binary(_)))));
        let mixed = "good\ncafé and "
            .as_bytes()
            .iter()
            .chain(b"caf\xe9 and some more words")
            .copied()
            .collect::<Vec<_>>();
        assert!(matches!(read(&mixed), Err((Some(2), Reason::Encoding { .. }))));
        assert!(matches!(read(b"\xff\xfea"), Err((None, Reason::Encoding { .. }))));
        assert!(matches!(read(b" \n\t "), Err((None, Reason::Empty))));
        assert!(read(b"\x81\x8d\x8f some words to make it long enough for all of this").is_err());
        let small = Limits { max_bytes: 3, ..Limits::default() };
        assert!(matches!(text(b"four", &small), Err((None, Reason::TooLarge { found: 4, limit: 3 }))));
    }
}
