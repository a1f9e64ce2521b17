//! Brings printed text into the forms in which it is compared and published.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Returns a text without white space and in NFKC: the form in which labels are published.
///
/// Full-width digits and brackets become ASCII, CJK radicals the characters they look like.
/// A text that is in this form already is returned as it is.
///
/// ```
/// use fisc::accounts::text::label;
///
/// assert_eq!(label("　本 年 收 入　合计（２）"), "本年收入合计(2)");
/// ```
pub fn label(text: &str) -> Cow<'_, str> {
    folded(text, true)
}

/// Returns the form in which titles and headers are compared: that of [`label`] without
/// quotation marks.
pub fn key(text: &str) -> Cow<'_, str> {
    folded(text, false)
}

/// Brings a text into the form of labels, with or without its quotation marks.
fn folded(text: &str, quotes: bool) -> Cow<'_, str> {
    let wanted =
        |c: char| quotes || !matches!(c, '“' | '”' | '"' | '\'' | '‘' | '’' | '「' | '」' | '＂');
    let mut folded = String::new();
    let mut rest = text;
    loop {
        let (run, tail) = rest.split_at_checked(unchanged(rest, quotes)).unwrap_or_default();
        if tail.is_empty() {
            break;
        }
        if folded.is_empty() {
            folded.reserve(text.len());
        }
        folded.push_str(run);
        let mut tail = tail.chars();
        let c = tail.next().unwrap_or_default();
        rest = tail.as_str();
        match c {
            // Plain, and not wanted.
            _ if is_plain(c) => (),
            // The full-width forms of ASCII.
            '\u{FF01}'..='\u{FF5E}' => {
                let narrow = char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c);
                if wanted(narrow) {
                    folded.push(narrow);
                }
            }
            _ if c.is_whitespace() || is_invisible(c) => (),
            // Anything rarer goes through the tables of Unicode.
            _ => {
                let stays = |c: &char| !c.is_whitespace() && !is_invisible(*c) && wanted(*c);
                return Cow::Owned(text.nfkc().filter(stays).collect());
            }
        }
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    folded.push_str(rest);
    Cow::Owned(folded)
}

/// Returns how many bytes at the start of a text are characters that stay as they are: those
/// of [`is_plain`], which are told by their first bytes.
fn unchanged(text: &str, quotes: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        let length = bytes.get(at).and_then(|first| UNCHANGED.get(usize::from(*first)));
        at += match length.copied().unwrap_or(0) {
            0 => match bytes.get(at..).unwrap_or_default() {
                [b'"' | b'\'', ..] if quotes => 1,
                // U+4E00 to U+4FFF; 、 。 《 》
                [0xE4, 0xB8..=0xFF, ..] | [0xE3, 0x80, 0x81 | 0x82 | 0x8A | 0x8B, ..] => 3,
                // “ ”
                [0xE2, 0x80, 0x9C | 0x9D, ..] if quotes => 3,
                _ => return at,
            },
            length => usize::from(length),
        };
    }
}

/// How many bytes a character has that stays as it is, by its first byte; 0 where that alone
/// does not tell.
#[expect(clippy::indexing_slicing, reason = "checked when the program is built")]
const UNCHANGED: [u8; 256] = {
    let mut lengths = [0; 256];
    let mut first = b'!';
    while first <= b'~' {
        lengths[first as usize] = 1;
        first += 1;
    }
    lengths[b'"' as usize] = 0;
    lengths[b'\'' as usize] = 0;
    // U+5000 to U+9FFF
    let mut first = 0xE5;
    while first <= 0xE9 {
        lengths[first] = 3;
        first += 1;
    }
    lengths
};

/// Returns the half-width form of a character, and the character that a radical looks like.
///
/// Unlike in [`label`] one character stays one, so that its place is not lost.
#[inline]
pub fn half_width(c: char) -> char {
    if is_common(c) || c.is_ascii() { c } else { narrow(c) }
}

/// Returns the half-width form of a character that is neither common nor ASCII.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2E80}'..='\u{2FDF}' | '\u{F900}'..='\u{FAFF}' => c.nfkc().next().unwrap_or(c),
        '―' | '–' => '-',
        _ => c,
    }
}

/// The characters of which nearly all labels are made.
fn is_common(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Characters that NFKC and the removal of white space leave as they are.
fn is_plain(c: char) -> bool {
    is_common(c) || matches!(c, '!'..='~' | '“' | '”' | '、' | '。' | '《' | '》')
}

/// Returns whether a character has no shape: converters leave such behind.
#[inline]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}' | '\u{2060}')
}
