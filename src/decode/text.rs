//! Reads plain text in its dialects, line by line.
//!
//! A line is a row of cells where it holds tabs or pipes, where it is part of an HTML
//! table, or where blanks align it with its neighbours ([`super::aligned`]).

use crate::{
    decode::{
        Decoder, Document, aligned, document::to_u32, encoding, markup, segments::SourceLine,
    },
    error::{ErrorKind, Result},
};

/// The largest text that is read: cells are addressed with 32 bits.
const LARGEST_BYTES: usize = 1 << 31;

/// Text in any encoding and dialect.
pub(super) struct Text;

impl Decoder for Text {
    fn accepts(&self, _: &[u8]) -> bool {
        true
    }

    fn decode(&self, path: &str, bytes: &[u8]) -> Result<Document> {
        if bytes.len() > LARGEST_BYTES {
            return Err(ErrorKind::TooLarge { path: path.to_owned(), bytes: bytes.len() }.into());
        }
        let Some((text, encoding)) = encoding::decode(bytes) else {
            let looks_like = "binary data";
            return Err(ErrorKind::UnknownFormat { path: path.to_owned(), looks_like }.into());
        };
        Ok(lines(encoding, text))
    }
}

/// What kind of line a source line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Dialect {
    Plain,
    Tabs,
    Pipes,
}

/// Cuts a text into lines and cells.
fn lines(encoding: &'static str, text: String) -> Document {
    let sources = source_lines(&text);
    let mut document = Document::new(encoding, text);
    document.line_count = to_u32(sources.len());
    let mut index = 0;
    let mut outer_pipes: Option<bool> = None;
    // Lines without cells of their own since the last line that has some.
    let mut block: Vec<SourceLine> = Vec::new();
    while let Some(&(start, end)) = sources.get(index) {
        let number = to_u32(index + 1);
        let line = document.text().get(start..end).unwrap_or_default();
        let marks = Marks::of(line);
        if marks.has(Marks::ANGLE) && markup::begins_table(line) {
            aligned::flush(&mut document, &mut block);
            index = markup::table(&mut document, &sources, index);
            continue;
        }
        index += 1;
        let clean = if marks.has(Marks::MARKUP) { markup::clean(line) } else { None };
        let (start, end, marks, rewritten) = match clean {
            Some(clean) => {
                let start = document.add_text(&clean);
                (start, start + clean.len(), Marks::of(&clean), true)
            }
            None => (start, end, marks, false),
        };
        let line = document.text().get(start..end).unwrap_or_default();
        let dialect = dialect(line, marks);
        if dialect == Dialect::Plain && !line.trim().is_empty() {
            outer_pipes = None;
        }
        match dialect {
            Dialect::Plain => {
                block.push(SourceLine { number, start, end });
            }
            Dialect::Tabs => {
                aligned::flush(&mut document, &mut block);
                split(&mut document, start, end, b'\t', rewritten);
                // A lone cell between tabs is text that a converter indented.
                let row = true;
                document.end_line(number, row);
            }
            Dialect::Pipes => {
                aligned::flush(&mut document, &mut block);
                let line = document.text().get(start..end).unwrap_or_default();
                let inner = line.trim();
                // Whether rows have outer pipes is told by the first row of their table.
                let outer = *outer_pipes.get_or_insert(line.starts_with('|'));
                let (from, to) = if outer {
                    let left = start + (line.len() - line.trim_start().len());
                    let from = left + usize::from(inner.starts_with('|'));
                    let last = usize::from(1 < inner.len() && inner.ends_with('|'));
                    (from, (left + inner.len() - last).max(from))
                } else {
                    (start, end)
                };
                split(&mut document, from, to, b'|', rewritten);
                document.end_line(number, true);
            }
        }
    }
    aligned::flush(&mut document, &mut block);
    document
}

/// Returns the byte ranges of the lines; `\n`, `\r\n` and a lone `\r` end one.
pub(super) fn source_lines(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity(bytes.len() / 32);
    let mut start = 0;
    let next = |start: usize| memchr::memchr2(b'\n', b'\r', bytes.get(start..)?);
    while let Some(length) = next(start) {
        let end = start + length;
        lines.push((start, end));
        let both = bytes.get(end..end + 2) == Some(b"\r\n");
        start = end + 1 + usize::from(both);
    }
    if start < bytes.len() {
        lines.push((start, bytes.len()));
    }
    lines
}

/// Which of the characters that separate cells or belong to markup a line may hold.
#[derive(Clone, Copy, Debug)]
struct Marks(u8);

impl Marks {
    const TAB: u8 = 1;
    const PIPE: u8 = 2;
    const ANGLE: u8 = 4;
    /// What [`markup::clean`] looks for.
    const MARKUP: u8 = 8;

    /// What each byte is.
    #[expect(clippy::indexing_slicing, reason = "checked when the program is built")]
    const BYTES: [u8; 256] = {
        let mut marks = [0; 256];
        marks[b'\t' as usize] = Marks::TAB;
        marks[b'|' as usize] = Marks::PIPE;
        marks[b'<' as usize] = Marks::ANGLE | Marks::MARKUP;
        marks[b'#' as usize] = Marks::MARKUP;
        marks[b'[' as usize] = Marks::MARKUP;
        marks[b'&' as usize] = Marks::MARKUP;
        marks[b'*' as usize] = Marks::MARKUP;
        marks[b'\x0C' as usize] = Marks::MARKUP;
        // These begin, among others, characters without a shape.
        marks[0xE2] = Marks::MARKUP;
        marks[0xEF] = Marks::MARKUP;
        marks
    };

    /// Finds them in one pass over the bytes.
    fn of(line: &str) -> Marks {
        let mark = |byte: u8| Marks::BYTES.get(usize::from(byte)).copied().unwrap_or(0);
        Marks(line.bytes().fold(0, |marks, byte| marks | mark(byte)))
    }

    fn has(self, mark: u8) -> bool {
        self.0 & mark != 0
    }
}

/// Tells how a line's cells are separated.
fn dialect(line: &str, marks: Marks) -> Dialect {
    if marks.has(Marks::TAB) {
        return Dialect::Tabs;
    }
    if !marks.has(Marks::PIPE) {
        return Dialect::Plain;
    }
    let pipes = line.bytes().filter(|byte| *byte == b'|').count();
    if 2 <= pipes || line.trim_matches(['\n', ' ', '\u{C}']).contains(" | ") {
        Dialect::Pipes
    } else {
        Dialect::Plain
    }
}

/// Adds the cells of a line that a character separates.
fn split(document: &mut Document, start: usize, end: usize, separator: u8, rewritten: bool) {
    let line = document.text().get(start..end).unwrap_or_default();
    let rule = separator == b'|' || line.starts_with('-');
    if !(rule && is_rule(line, char::from(separator))) {
        document.add_cells(start..end, separator, rewritten);
    }
}

/// Returns whether a line is the rule between the header and the body of a Markdown table.
fn is_rule(line: &str, separator: char) -> bool {
    line.contains("--")
        && line.chars().all(|c| c == separator || matches!(c, '-' | ':' | ' ' | '|' | '\t' | '+'))
}
