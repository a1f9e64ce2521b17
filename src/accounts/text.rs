//! Brings printed text into the forms in which it is compared and published.

use unicode_normalization::UnicodeNormalization;

/// Returns a text without white space and in NFKC: the form in which labels are published.
///
/// Full-width digits and brackets become ASCII, CJK radicals the characters they look like.
///
/// ```
/// use fisc::accounts::text::label;
///
/// assert_eq!(label("　本 年 收 入　合计（２）"), "本年收入合计(2)");
/// ```
pub fn label(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if is_plain(c) => label.push(c),
            // The full-width forms of ASCII.
            '\u{FF01}'..='\u{FF5E}' => {
                label.push(char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c));
            }
            _ if c.is_whitespace() || is_invisible(c) => (),
            // Anything rarer goes through the tables of Unicode.
            _ => return text.nfkc().filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect(),
        }
    }
    label
}

/// Returns the form in which titles and headers are compared: that of [`label`] without
/// quotation marks.
pub fn key(text: &str) -> String {
    let mut key = label(text);
    key.retain(|c| !matches!(c, '“' | '”' | '"' | '\'' | '‘' | '’' | '「' | '」' | '＂'));
    key
}

/// Returns the half-width form of a character, and the character that a radical looks like.
///
/// Unlike in [`label`] one character stays one, so that its place is not lost.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2E80}'..='\u{2FDF}' | '\u{F900}'..='\u{FAFF}' => c.nfkc().next().unwrap_or(c),
        '―' | '–' => '-',
        _ => c,
    }
}

/// Characters that NFKC and the removal of white space leave as they are.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '!'..='~' | '“' | '”' | '、' | '。' | '《' | '》')
}

/// Returns whether a character has no shape: converters leave such behind.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}' | '\u{2060}')
}
