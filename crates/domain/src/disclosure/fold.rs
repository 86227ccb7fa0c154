//! Folds a text into plain lower-case characters that the rest of the guard can read, and remembers where each came from.
//!
//! Owns: accents, full-width and mathematical letters, look-alike letters of other scripts, digits of any
//! script, invisible characters, emoji that mean yes or no. It does not know words. To add a look-alike, add a
//! line to [`look_alike`]; to add a digit row, add its zero to [`DIGIT_ZEROS`].

/// One folded character and the bytes of the text it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded {
    pub(super) ch: char,
    pub(super) start: usize,
    pub(super) end: usize,
    /// An acute accent was written on it: Spanish tells "sí" (yes) from "si" (if) by it.
    pub(super) acute: bool,
}

/// Stands for an emoji that says "granted".
pub(super) const YES_MARK: char = '\u{2705}';
/// Stands for an emoji that says "refused".
pub(super) const NO_MARK: char = '\u{274C}';

/// The zero of every row of decimal digits that telephones offer.
const DIGIT_ZEROS: [u32; 12] =
    [0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0BE6, 0x0C66, 0x0E50, 0x0ED0, 0x17E0];

/// Folds a whole text. Never fails; what it does not know it keeps as it is.
pub(super) fn fold(text: &str) -> Vec<Folded> {
    let mut out: Vec<Folded> = Vec::with_capacity(text.len());
    for (start, original) in text.char_indices() {
        let end = start + original.len_utf8();
        if original == '\u{0301}' {
            if let Some(last) = out.last_mut() {
                last.acute = true;
                last.end = end;
            }
            continue;
        }
        if invisible(original) {
            continue;
        }
        let acute = matches!(original, 'á' | 'é' | 'í' | 'ó' | 'ú' | 'Á' | 'É' | 'Í' | 'Ó' | 'Ú');
        let mut put = |ch: char| out.push(Folded { ch, start, end, acute });
        match fold_char(original) {
            Fold::One(ch) => put(ch),
            Fold::Many(chars) => chars.chars().for_each(put),
        }
    }
    out
}

enum Fold {
    One(char),
    Many(&'static str),
}

fn invisible(ch: char) -> bool {
    matches!(u32::from(ch),
        0x00AD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0x1D173..=0x1D17A
        | 0xE0000..=0xE0FFF | 0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF
        | 0x1F3FB..=0x1F3FF)
        || (ch.is_control() && !matches!(ch, '\n' | '\r' | '\t'))
}

fn fold_char(ch: char) -> Fold {
    if ch.is_ascii() {
        return Fold::One(if ch == '\r' { '\n' } else { ch.to_ascii_lowercase() });
    }
    if let Some(plain) = wide_or_styled(ch) {
        return Fold::One(plain);
    }
    match ch {
        'ß' => return Fold::Many("ss"),
        'æ' | 'Æ' => return Fold::Many("ae"),
        'œ' | 'Œ' => return Fold::Many("oe"),
        'ﬁ' => return Fold::Many("fi"),
        'ﬂ' => return Fold::Many("fl"),
        'ﬀ' => return Fold::Many("ff"),
        '…' => return Fold::Many("."),
        '½' => return Fold::Many("1/2"),
        _ => {}
    }
    Fold::One(look_alike(ch).unwrap_or_else(|| ch.to_lowercase().next().unwrap_or(ch)))
}

/// Full-width forms, mathematical alphabets, circled and superscript signs, and digits of other scripts.
fn wide_or_styled(ch: char) -> Option<char> {
    let code = u32::from(ch);
    let letter = |offset: u32| char::from_u32(u32::from('a') + offset % 26);
    let digit = |offset: u32| char::from_u32(u32::from('0') + offset % 10);
    match code {
        0xFF01..=0xFF5E => char::from_u32(code - 0xFF01 + 0x21).map(|c| c.to_ascii_lowercase()),
        0x1D400..=0x1D6A3 => letter(code - 0x1D400),
        0x1D7CE..=0x1D7FF => digit(code - 0x1D7CE),
        0x24B6..=0x24CF => letter(code - 0x24B6),
        0x24D0..=0x24E9 => letter(code - 0x24D0),
        0x1F130..=0x1F149 => letter(code - 0x1F130),
        0x1F150..=0x1F169 => letter(code - 0x1F150),
        0x1F170..=0x1F189 => letter(code - 0x1F170),
        0x1F1E6..=0x1F1FF => letter(code - 0x1F1E6),
        0x2460..=0x2468 => digit(code - 0x2460 + 1),
        0x24F5..=0x24FD => digit(code - 0x24F5 + 1),
        0x2776..=0x277E => digit(code - 0x2776 + 1),
        0x2780..=0x2788 => digit(code - 0x2780 + 1),
        0x278A..=0x2792 => digit(code - 0x278A + 1),
        0x24EA | 0x24FF | 0x2070 | 0x2080 => Some('0'),
        0x2074..=0x2079 => digit(code - 0x2070),
        0x2081..=0x2089 => digit(code - 0x2080),
        0x00B9 => Some('1'),
        0x00B2 => Some('2'),
        0x00B3 => Some('3'),
        _ => DIGIT_ZEROS
            .iter()
            .find(|zero| (**zero..**zero + 10).contains(&code))
            .and_then(|zero| digit(code - zero)),
    }
}

/// Accented Latin letters, Greek and Cyrillic letters that look Latin, and the many dashes, quotes and spaces.
fn look_alike(ch: char) -> Option<char> {
    Some(match ch {
        'à'..='å' | 'À'..='Å' | 'ā' | 'ă' | 'ą' | 'Ā' | 'α' | 'Α' | 'а' | 'А' | 'ɑ' | 'ª' => {
            'a'
        }
        'β' | 'Β' | 'В' | 'Ь' | 'ь' | 'в' => 'b',
        'ç' | 'Ç' | 'ć' | 'č' | 'с' | 'С' | 'ϲ' | '¢' => 'c',
        'ď' | 'đ' | 'Ð' | 'ð' | 'ԁ' | 'ⅾ' => 'd',
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ε' | 'Ε' | 'е' | 'Е' | 'є' | 'ё' | 'э' => {
            'e'
        }
        'ğ' | 'ģ' | 'ɡ' => 'g',
        'Η' | 'Н' | 'һ' | 'н' => 'h',
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'į' | 'ı' | 'İ' | 'ι' | 'Ι' | 'і' | 'І' | 'ї' | 'ⅰ' => {
            'i'
        }
        'ј' | 'Ј' => 'j',
        'κ' | 'Κ' | 'к' | 'К' => 'k',
        'ł' | 'Ł' | 'ⅼ' | 'ӏ' => 'l',
        'Μ' | 'М' | 'м' | 'ⅿ' => 'm',
        'ñ' | 'Ñ' | 'ń' | 'ň' | 'Ν' | 'п' => 'n',
        'ò'..='ö' | 'ø' | 'Ò'..='Ö' | 'Ø' | 'ō' | 'ő' | 'ο' | 'Ο' | 'о' | 'О' | 'σ' | 'º' => {
            'o'
        }
        'ρ' | 'Ρ' | 'р' | 'Р' => 'p',
        'ԛ' => 'q',
        'ř' | 'ŕ' | 'г' => 'r',
        'š' | 'ś' | 'ş' | 'Š' | 'ѕ' | 'Ѕ' => 's',
        'ť' | 'ţ' | 'τ' | 'Τ' | 'т' | 'Т' => 't',
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'ů' | 'ű' | 'υ' | 'μ' | 'ц' => 'u',
        'ν' | 'ѵ' | 'ⅴ' => 'v',
        'ŵ' | 'ѡ' | 'ω' | 'ш' => 'w',
        'χ' | 'Χ' | 'х' | 'Х' | '×' => 'x',
        'ý' | 'ÿ' | 'Ý' | 'у' | 'У' | 'Υ' | 'γ' => 'y',
        'ž' | 'ź' | 'ż' | 'Ζ' => 'z',
        '‐'..='―' | '−' | '﹘' | '﹣' | '⁃' | '～' => '-',
        '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' | '＇' => '\'',
        '“' | '”' | '„' | '″' | '«' | '»' => '"',
        '·' | '∙' | '․' => '.',
        '•' | '●' | '▪' | '◦' | '|' => '\n',
        '⁄' | '∕' => '/',
        '\u{2028}' | '\u{2029}' | '\u{0085}' => '\n',
        '¡' => '!',
        '\u{1F44D}' | '\u{2714}' | '\u{2705}' | '\u{1F197}' | '\u{2611}' | '\u{1F389}' | '\u{1F7E2}' => {
            YES_MARK
        }
        '\u{1F44E}' | '\u{274C}' | '\u{2716}' | '\u{26D4}' | '\u{1F6AB}' | '\u{274E}' | '\u{1F534}' => {
            NO_MARK
        }
        other if other.is_whitespace() => ' ',
        _ => return None,
    })
}
