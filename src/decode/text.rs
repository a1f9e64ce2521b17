//! Reads plain text in its dialects, line by line.
//!
//! A line is a row of cells where it holds tabs or pipes, where it is part of an HTML
//! table, or where blanks align it with its neighbours ([`super::aligned`]).

use crate::{
    decode::{Decoder, Document, aligned, document::to_u32, encoding, markup},
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
    // Consecutive lines that may be aligned: their source indices and cleaned ranges.
    let mut block: Vec<aligned::SourceLine> = Vec::new();
    while let Some(&(start, end)) = sources.get(index) {
        let number = to_u32(index + 1);
        let line = document.text().get(start..end).unwrap_or_default();
        if line.contains('<') && markup::begins_table(line) {
            aligned::flush(&mut document, &mut block);
            index = markup::table(&mut document, &sources, index);
            continue;
        }
        index += 1;
        let (start, end, rewritten) = match markup::clean(line) {
            Some(clean) => {
                let start = document.add_text(&clean);
                (start, start + clean.len(), true)
            }
            None => (start, end, false),
        };
        let line = document.text().get(start..end).unwrap_or_default();
        let dialect = dialect(line);
        if dialect == Dialect::Plain && !line.trim().is_empty() {
            outer_pipes = None;
        }
        match dialect {
            Dialect::Plain => {
                block.push(aligned::SourceLine { number, start, end });
                if !aligned::may_align(line) && !line.trim().is_empty() {
                    aligned::flush(&mut document, &mut block);
                }
            }
            Dialect::Tabs => {
                aligned::flush(&mut document, &mut block);
                split(&mut document, start, end, '\t', rewritten);
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
                split(&mut document, from, to, '|', rewritten);
                document.end_line(number, true);
            }
        }
    }
    aligned::flush(&mut document, &mut block);
    document
}

/// Returns the byte ranges of the lines; `\n`, `\r\n` and a lone `\r` end one.
fn source_lines(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity(bytes.len() / 32);
    let mut start = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => {
                lines.push((start, at));
                start = at + 1;
            }
            b'\r' => {
                lines.push((start, at));
                if bytes.get(at + 1) == Some(&b'\n') {
                    at += 1;
                }
                start = at + 1;
            }
            _ => (),
        }
        at += 1;
    }
    if start < bytes.len() {
        lines.push((start, bytes.len()));
    }
    lines
}

/// Tells how a line's cells are separated.
fn dialect(line: &str) -> Dialect {
    let trimmed = line.trim_matches(['\n', ' ', '\u{C}']);
    if trimmed.contains('\t') {
        return Dialect::Tabs;
    }
    let pipes = trimmed.bytes().filter(|byte| *byte == b'|').count();
    if 2 <= pipes || (pipes == 1 && trimmed.contains(" | ")) {
        Dialect::Pipes
    } else {
        Dialect::Plain
    }
}

/// Adds the cells of a line that a character separates.
fn split(document: &mut Document, start: usize, end: usize, separator: char, rewritten: bool) {
    let line = document.text().get(start..end).unwrap_or_default();
    let mut ranges: Vec<(usize, usize, u32)> = Vec::with_capacity(16);
    let mut from = start;
    // Characters before a pipe table's first cell are at most its margin and the pipe.
    let mut column = 1;
    for piece in line.split(separator) {
        let to = from + piece.len();
        ranges.push((from, to, column));
        if !rewritten {
            column += to_u32(piece.chars().count()) + 1;
        }
        from = to + separator.len_utf8();
    }
    let rule = separator == '|' || line.starts_with('-');
    if rule && is_rule(line, separator) {
        return;
    }
    for (from, to, column) in ranges {
        document.add_cell(from..to, column);
    }
}

/// Returns whether a line is the rule between the header and the body of a Markdown table.
fn is_rule(line: &str, separator: char) -> bool {
    line.contains("--")
        && line.chars().all(|c| c == separator || matches!(c, '-' | ':' | ' ' | '|' | '\t' | '+'))
}
