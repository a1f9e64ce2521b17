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
    folded(text, |_| true)
}

/// Returns the form in which titles and headers are compared: that of [`label`] without
/// quotation marks.
pub fn key(text: &str) -> Cow<'_, str> {
    folded(text, |c| !matches!(c, '“' | '”' | '"' | '\'' | '‘' | '’' | '「' | '」' | '＂'))
}

/// Brings the characters of a text that are `wanted` into the form of labels.
fn folded(text: &str, wanted: impl Fn(char) -> bool) -> Cow<'_, str> {
    let stays = |c: char| is_common(c) || is_plain(c) && wanted(c);
    let mut folded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c| !stays(c)) {
        if folded.is_empty() {
            folded.reserve(text.len());
        }
        let (run, tail) = rest.split_at_checked(at).unwrap_or_default();
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
                folded.extend(wanted(narrow).then_some(narrow));
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

/// The characters of which nearly all labels are made.
fn is_common(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Characters that NFKC and the removal of white space leave as they are.
fn is_plain(c: char) -> bool {
    is_common(c) || matches!(c, '!'..='~' | '“' | '”' | '、' | '。' | '《' | '》')
}

/// Returns whether a character has no shape: converters leave such behind.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}' | '\u{2060}')
}
