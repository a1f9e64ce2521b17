//! Cuts lines of plain text at wide blanks and tells what their pieces are.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::decode::document::to_u32;

/// A line of plain text: its number and where it is in the document's text.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceLine {
    pub(super) number: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A run of text between wide blanks: where it is printed and where it is in the text.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The columns of the terminal that it covers.
    pub(super) extent: Range<usize>,
    /// The bytes of the document's text.
    pub(super) bytes: Range<usize>,
    /// The first character in its line, counted from 1.
    pub(super) column: u32,
    /// Whether it is a number or a dash.
    pub(super) number: bool,
    /// Whether it is a number with decimals or separators, which is no code.
    pub(super) amount: bool,
    /// A number of one or two digits, as those of columns are.
    short: Option<u8>,
}

impl Segment {
    /// Returns the text of the segment.
    pub(super) fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.bytes.clone()).unwrap_or_default()
    }
}

/// Returns whether a line may hold a wide blank; a cheap question, which only lines answer no
/// to that [`segments`] leaves whole.
pub(super) fn may_be_cut(line: &str) -> bool {
    let bytes = line.trim().as_bytes();
    let triples = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let triples = triples.zip(bytes.get(2..).unwrap_or_default());
    // Bits instead of branches, so that many bytes are asked at once.
    let wide = triples.fold(0, |wide, ((a, b), c)| {
        let blanks = u8::from(*a == b' ') & u8::from(*b == b' ');
        let ideographic = u8::from(*a == 0xE3) & u8::from(*b == 0x80) & u8::from(*c == 0x80);
        let general = u8::from(*a == 0xE2)
            & (u8::from(*b == 0x81)
                | u8::from(*b == 0x80) & (u8::from(*c <= 0x8A) | u8::from(0xA8 <= *c)));
        let control = u8::from(a.wrapping_sub(b'\t') <= b'\r' - b'\t');
        let rare = u8::from(*a == 0xC2) | u8::from(*a == 0xE1) | control;
        wide | blanks | ideographic | general | rare
    });
    wide != 0
}

/// Cuts a line at runs of two or more blanks.
pub(super) fn segments(text: &str, line: SourceLine) -> Vec<Segment> {
    let source = text.get(line.start..line.end).unwrap_or_default();
    let mut segments: Vec<Segment> = Vec::new();
    // Where the text since the last wide blank begins and ends: terminal column, byte, character.
    let mut open: Option<(usize, usize, usize)> = None;
    let (mut end_extent, mut end_byte) = (0, 0);
    let mut blanks = 2;
    let mut extent = 0;
    let mut close =
        |open: &mut Option<(usize, usize, usize)>, end_extent: usize, end_byte: usize| {
            if let Some((from, byte, character)) = open.take() {
                let bytes = line.start + byte..line.start + end_byte;
                let printed = text.get(bytes.clone()).unwrap_or_default();
                let number = is_number(printed);
                segments.push(Segment {
                    extent: from..end_extent,
                    bytes,
                    column: to_u32(character + 1),
                    number,
                    amount: number && printed.contains(['.', ',', '．', '，']),
                    short: if printed.len() <= 2 { printed.parse().ok() } else { None },
                });
            }
        };
    for (character, (byte, c)) in source.char_indices().enumerate() {
        let wide = width(c);
        if c.is_whitespace() {
            blanks += wide;
        } else {
            if 2 <= blanks {
                close(&mut open, end_extent, end_byte);
                open = Some((extent, byte, character));
            }
            blanks = 0;
            end_extent = extent + wide;
            end_byte = byte + c.len_utf8();
        }
        extent += wide;
    }
    close(&mut open, end_extent, end_byte);
    segments
}

/// Returns how many columns of the terminal a character covers.
fn width(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        '\u{4E00}'..='\u{9FFF}' => 2,
        _ => c.width().unwrap_or(0),
    }
}

/// Returns whether a segment is a printed number or a dash.
pub(super) fn is_number(text: &str) -> bool {
    let mut figure = false;
    for c in text.chars() {
        match c {
            '0'..='9' | '-' | '—' | '０'..='９' => figure = true,
            ' ' | '.' | ',' | '(' | ')' | '%' | '．' | '，' => (),
            _ => return false,
        }
    }
    figure
}

/// Returns whether a line shows where the columns of figures are: figures beside text or
/// other figures, but not the numbers of the columns (栏次 1 2 3 …).
pub(super) fn is_body(line: &[Segment]) -> bool {
    let figures = line.iter().filter(|segment| segment.number).count();
    let mut last = 0;
    let mut ascends = |segment: &Segment| {
        let number = segment.short.filter(|number| last < *number);
        last = number.unwrap_or(0);
        number.is_some()
    };
    let ordinal = 2 <= figures && line.iter().filter(|s| s.number).all(&mut ascends);
    2 <= line.len() && 0 < figures && !ordinal
}

/// Returns whether a line numbers the columns: 栏次 1 2 3 ….
pub(super) fn numbers_columns(text: &str, line: &[Segment]) -> bool {
    let numbers = line.iter().filter(|segment| segment.number);
    let mut next = 1;
    let ascending = numbers.clone().all(|segment| {
        next += 1;
        segment.text(text).parse() == Ok(next - 1)
    });
    3 < next && ascending && line.len() <= numbers.count() + 2
}

/// Returns whether a line is only the number of a page, as `- 7 -`.
pub(super) fn is_page_number(text: &str, line: &[Segment]) -> bool {
    let [segment] = line else { return false };
    let printed = segment.text(text);
    let marks = printed.chars().all(|c| {
        c.is_ascii_digit() || matches!(c, '-' | '—' | ' ' | '第' | '页' | '共' | '/' | '·')
    });
    marks && (1..=6).contains(&printed.bytes().filter(u8::is_ascii_digit).count())
}

/// Returns whether a text ends as titles of tables do: 支出总表, 支出总表（按功能分类）; but
/// 公开04表 only numbers one.
pub(super) fn is_title(text: &str) -> bool {
    let bare = text.trim_end_matches([')', '）']);
    let bracket = bare.len() < text.len();
    let numbered = |name: &str| name.ends_with(|c: char| matches!(c, '0'..='9' | '０'..='９'));
    bare.rsplit_once('表').is_some_and(|(name, after)| {
        (after.is_empty() || bracket) && !name.is_empty() && !numbered(name)
    })
}
