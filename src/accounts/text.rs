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
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    text.nfkc().filter(|c| !c.is_whitespace() && !is_invisible(*c)).collect()
}

/// Returns the form in which titles and headers are compared: that of [`label`] without
/// quotation marks.
pub fn key(text: &str) -> String {
    let mut key = label(text);
    key.retain(|c| !matches!(c, '“' | '”' | '"' | '\'' | '‘' | '’' | '「' | '」' | '＂'));
    key
}

/// Characters that NFKC and the removal of white space leave as they are.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '!'..='~' | '“' | '”' | '、' | '。' | '《' | '》')
}

/// Characters without a shape that converters leave behind.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}' | '\u{2060}')
}
