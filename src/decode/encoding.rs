//! Turns bytes into text: UTF-8, UTF-16 and GB18030, told by content.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memchr;

/// Decodes text and names its encoding; nothing where the bytes are no text.
///
/// A byte order mark decides. Without one, bytes that are valid UTF-8 are UTF-8; what is
/// left is asked of a detector that expects Chinese, and GBK is read as GB18030, which
/// contains it. A character that its encoding does not know becomes U+FFFD, so that a
/// truncated document still gives what it holds.
pub(super) fn decode(bytes: &[u8]) -> Option<(String, &'static str)> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes.get(mark..)?);
        return Some((text.into_owned(), encoding.name()));
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return Some((text.into_owned(), encoding.name()));
    }
    if memchr(0, bytes).is_some() {
        return None;
    }
    // This looks at Chinese text faster than the standard library does.
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        return Some((text.into_owned(), UTF_8.name()));
    }
    let error = std::str::from_utf8(bytes).err()?;
    // A file that was cut inside a character is still UTF-8.
    let valid = error.valid_up_to();
    let encoding =
        if error.error_len().is_none() || mostly_utf_8(bytes) { UTF_8 } else { guess(bytes) };
    if encoding == UTF_8 && valid == 0 && bytes.len() > 4 && !mostly_utf_8(bytes) {
        return None;
    }
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let broken = text.chars().filter(|c| *c == '\u{FFFD}').count();
    // More than one unreadable character in four: this is no text.
    (broken * 4 <= text.chars().count()).then(|| (text.into_owned(), encoding.name()))
}

/// Decodes a name in an archive, which does not say its encoding, or says the wrong one.
pub(super) fn name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// Returns the character of a code of GBK.
pub(super) fn gbk(code: u32) -> Option<char> {
    let bytes = code.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0)?;
    let (text, broken) = GB18030.decode_without_bom_handling(bytes.get(first..)?);
    text.chars().next().filter(|_| !broken)
}

/// Tells UTF-16 without a mark: one of its byte orders gives nothing but characters that
/// documents have.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(4096) & !1)?;
    memchr(0, sample)?;
    [UTF_16LE, UTF_16BE].into_iter().find(|encoding| {
        let (text, _) = encoding.decode_without_bom_handling(sample);
        let usual = |c: char| {
            matches!(c, '\t' | '\n' | '\r' | '\u{C}' | ' '..='~' | '\u{A0}')
                || matches!(c, '\u{2000}'..='\u{206F}' | '\u{2E80}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
        };
        let count = text.chars().count();
        3 < count
            && text.chars().filter(|c| usual(*c)).count() * 50 >= count * 49
            && text.chars().any(|c| matches!(c, '\n' | ' ' | '\t' | '0'..='9'))
    })
}

/// Returns whether at most one broken sequence comes on a thousand bytes.
fn mostly_utf_8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut broken = 0;
    while let Err(error) = std::str::from_utf8(rest) {
        broken += 1;
        if broken * 1000 > bytes.len() + 1000 {
            return false;
        }
        let next = error.valid_up_to() + error.error_len().unwrap_or(rest.len());
        rest = rest.get(next.min(rest.len())..).unwrap_or_default();
    }
    true
}

/// Asks the detector, telling it that the document is Chinese.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..bytes.len().min(1 << 16)).unwrap_or(bytes), true);
    let encoding = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Deny);
    if encoding == encoding_rs::GBK { GB18030 } else { encoding }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "收支总表\r\n一、财政拨款收入\t1,234.50\n";

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf_16 = |big: bool| {
            PRINTED
                .encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect::<Vec<u8>>()
        };
        let gb18030 = GB18030.encode(PRINTED).0.into_owned();
        let with_mark = [b"\xEF\xBB\xBF".as_slice(), PRINTED.as_bytes()].concat();
        let marked_16 = [b"\xFF\xFE".as_slice(), &utf_16(false)].concat();
        for bytes in [
            PRINTED.as_bytes().to_vec(),
            with_mark,
            gb18030,
            utf_16(true),
            utf_16(false),
            marked_16,
        ] {
            assert_eq!(decode(&bytes).map(|(text, _)| text).as_deref(), Some(PRINTED));
        }
    }

    #[test]
    fn binary_data_is_no_text() {
        assert_eq!(decode(&[0, 1, 2, 3, 0, 255, 254, 7, 9]), None);
    }
}
