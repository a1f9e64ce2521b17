//! Takes markup out of text: bookmarks, inline HTML tags, entities, whole HTML tables.

use html5gum::{DefaultEmitter, Span, Token, Tokenizer};
use memchr::{memchr2, memchr2_iter, memchr3};

use crate::decode::{Document, document::to_u32};

/// Returns a line without its markup; nothing where there is none.
///
/// Taken out are `[bookmark: …]` marks, HTML tags, Markdown headings (`#`) and bold marks
/// (`**` around words; a lone `**` is a table's filler and stays). A `<` that begins no tag,
/// as in `<=40`, stays.
pub(super) fn clean(line: &str) -> Option<String> {
    if !line.starts_with('#') && !may_hold_marks(line.as_bytes()) {
        return None;
    }
    let mut found = false;
    let mut at = 0;
    let mut out = String::new();
    let mut copied = 0;
    let bytes = line.as_bytes();
    if line.starts_with('#') {
        copied = line.len() - line.trim_start_matches('#').len();
        at = copied;
        found = true;
    }
    while let Some(byte) = bytes.get(at) {
        let skipped = match byte {
            b'[' => bookmark(line.get(at..).unwrap_or_default()).map(|end| (end, "")),
            b'<' => tag(line.get(at..).unwrap_or_default()),
            b'&' => entity(line.get(at..).unwrap_or_default()),
            b'*' if line.get(at..at + 2) == Some("**") => bold(line, at).map(|end| (end, "")),
            b'\x0C' => Some((1, " ")),
            b'\xEF' if line.get(at..at + 3) == Some("\u{FEFF}") => Some((3, "")),
            b'\xE2'
                if matches!(line.get(at..at + 3), Some("\u{200B}" | "\u{200C}" | "\u{200D}")) =>
            {
                Some((3, ""))
            }
            _ => None,
        };
        if let Some((length, replacement)) = skipped {
            found = true;
            out.push_str(line.get(copied..at).unwrap_or_default());
            out.push_str(replacement);
            at += length;
            copied = at;
        } else {
            at += 1;
        }
    }
    if !found {
        return None;
    }
    out.push_str(line.get(copied..).unwrap_or_default());
    Some(out)
}

/// Returns whether a byte of a line can begin markup, or a character without a shape.
fn may_hold_marks(line: &[u8]) -> bool {
    // U+FEFF and U+200B to U+200D; many marks of Chinese begin with the same byte.
    let shapeless = |at: usize| {
        matches!(line.get(at..at + 3), Some([0xEF, 0xBB, 0xBF] | [0xE2, 0x80, 0x8B..=0x8D]))
    };
    memchr3(b'[', b'<', b'&', line).is_some()
        || memchr2(b'*', b'\x0C', line).is_some()
        || memchr2_iter(0xE2, 0xEF, line).any(shapeless)
}

/// Returns the length of a `[bookmark: …]` mark at the start of a text.
fn bookmark(text: &str) -> Option<usize> {
    text.strip_prefix("[bookmark:")?;
    end_of(text, b']')
}

/// The longest mark or tag, in bytes: an opening one without an end is text.
const LONGEST_MARK: usize = 1024;

/// Returns the length of a mark up to and with its last byte.
fn end_of(text: &str, last: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let near = bytes.get(..bytes.len().min(LONGEST_MARK))?;
    near.iter().position(|byte| *byte == last).map(|end| end + 1)
}

/// Returns the length of an HTML tag at the start of a text and what stands for it.
fn tag(text: &str) -> Option<(usize, &'static str)> {
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let ascii = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if ascii == 0 || !name.starts_with(|c: char| c.is_ascii_alphabetic()) || 10 < ascii {
        return None;
    }
    let rest = name.get(ascii..)?;
    if !rest.starts_with([' ', '>', '/', '\t']) {
        return None;
    }
    let end = end_of(text, b'>')? - 1;
    let breaks = ["p", "br", "div", "li", "tr"]
        .iter()
        .any(|word| name.get(..ascii).is_some_and(|n| n.eq_ignore_ascii_case(word)));
    Some((end + 1, if breaks { " " } else { "" }))
}

/// Returns the length of an entity at the start of a text and what it stands for.
fn entity(text: &str) -> Option<(usize, &'static str)> {
    const ENTITIES: [(&str, &str); 9] = [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&quot;", "\""),
        ("&ldquo;", "“"),
        ("&rdquo;", "”"),
        ("&emsp;", " "),
        ("&ensp;", " "),
    ];
    ENTITIES.iter().find(|(name, _)| text.starts_with(name)).map(|(name, to)| (name.len(), *to))
}

/// Returns the length of a bold mark, which touches a word on one side at least.
fn bold(line: &str, at: usize) -> Option<usize> {
    let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && c != '*' && c != '|');
    let before = line.get(..at).and_then(|text| text.chars().next_back());
    let after = line.get(at + 2..).and_then(|text| text.chars().next());
    (touches(before) || touches(after)).then_some(2)
}

/// Returns whether an HTML table begins in a line.
pub(super) fn begins_table(line: &str) -> bool {
    line.match_indices('<')
        .any(|(at, _)| line.get(at..at + 6).is_some_and(|tag| tag.eq_ignore_ascii_case("<table")))
}

/// A cell of an HTML table while it is read.
#[derive(Default)]
struct OpenCell {
    text: String,
    /// Byte offset of its first text in the source.
    origin: Option<usize>,
    columns: usize,
    rows: usize,
}

/// Spans fill a row up to this many columns.
const MOST_COLUMNS: usize = 512;

/// The most columns or rows that one cell may span: pages lie about it.
const LARGEST_SPAN: usize = 256;

/// Reads the HTML table that begins in a line and returns the index of the line after it.
///
/// A cell that spans columns or rows is printed in the first of them; the others are empty,
/// as in every other dialect. A cell's line is where its text begins; a row's, where its
/// first text does.
pub(super) fn table(document: &mut Document, sources: &[(usize, usize)], first: usize) -> usize {
    let lower = |text: &str| text.to_ascii_lowercase();
    let mut depth = 0_usize;
    let mut last = first;
    for (index, (start, end)) in sources.iter().enumerate().skip(first) {
        let line = lower(document.text().get(*start..*end).unwrap_or_default());
        depth += line.matches("<table").count();
        depth = depth.saturating_sub(line.matches("</table").count());
        last = index;
        if depth == 0 {
            break;
        }
    }
    let from = sources.get(first).map_or(0, |range| range.0);
    let to = sources.get(last).map_or(from, |range| range.1);
    let html = document.text().get(from..to).unwrap_or_default().to_owned();
    for row in rows(&html) {
        let origin = row.iter().find_map(|cell| cell.1).unwrap_or(0) + from;
        let at = sources.partition_point(|(start, _)| *start <= origin).saturating_sub(1);
        let line_start = sources.get(at).map_or(0, |range| range.0);
        for (text, cell_origin) in row {
            let offset = cell_origin.map_or(origin, |offset| offset + from);
            let column = document.text().get(line_start..offset).map_or(0, |t| t.chars().count());
            let start = document.add_text(&text);
            document.add_cell(start..start + text.len(), to_u32(column + 1));
        }
        document.end_line(to_u32(at + 1), true);
    }
    last + 1
}

/// Reads the rows of an HTML table: the text of each cell and its offset in the source.
fn rows(html: &str) -> Vec<Vec<(String, Option<usize>)>> {
    let mut rows: Vec<Vec<(String, Option<usize>)>> = Vec::new();
    let mut row: Option<Vec<(String, Option<usize>)>> = None;
    let mut cell: Option<OpenCell> = None;
    // How many more rows a cell from above fills, by column.
    let mut hanging: Vec<usize> = Vec::new();
    let emitter = DefaultEmitter::<usize>::new_with_span();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = tag.name.to_ascii_lowercase();
                match name.as_slice() {
                    b"tr" => {
                        close_row(&mut rows, &mut row, &mut cell, &mut hanging);
                        row = Some(Vec::new());
                    }
                    b"td" | b"th" => {
                        close_cell(row.get_or_insert_default(), &mut cell, &mut hanging);
                        let span = |attribute: &[u8]| {
                            tag.attributes
                                .iter()
                                .find(|(key, _)| key.eq_ignore_ascii_case(attribute))
                                .and_then(|(_, value)| {
                                    std::str::from_utf8(value).ok()?.parse().ok()
                                })
                                .map_or(1, |n: usize| n.clamp(1, LARGEST_SPAN))
                        };
                        cell = Some(OpenCell {
                            columns: span(b"colspan"),
                            rows: span(b"rowspan"),
                            ..OpenCell::default()
                        });
                    }
                    b"br" | b"p" | b"div" | b"li" => {
                        if let Some(open) = &mut cell {
                            open.text.push(' ');
                        }
                    }
                    _ => (),
                }
            }
            Token::EndTag(tag) => match tag.name.to_ascii_lowercase().as_slice() {
                b"td" | b"th" => {
                    close_cell(row.get_or_insert_default(), &mut cell, &mut hanging);
                }
                b"tr" | b"table" => close_row(&mut rows, &mut row, &mut cell, &mut hanging),
                _ => (),
            },
            Token::String(text) => {
                let Span { start, .. } = text.span;
                let text =
                    String::from_utf8_lossy(&text.value).replace(['\n', '\r', '\t', '\u{A0}'], " ");
                if let Some(open) = &mut cell {
                    if open.origin.is_none() && !text.trim().is_empty() {
                        let margin = text.len() - text.trim_start().len();
                        open.origin = Some(start + margin);
                    }
                    open.text.push_str(&text);
                }
            }
            _ => (),
        }
    }
    close_row(&mut rows, &mut row, &mut cell, &mut hanging);
    rows
}

/// Puts the open cell into the row, after the cells that hang down from above.
fn close_cell(
    row: &mut Vec<(String, Option<usize>)>,
    cell: &mut Option<OpenCell>,
    hanging: &mut Vec<usize>,
) {
    let Some(open) = cell.take() else { return };
    fill_hanging(row, hanging);
    for column in 0..open.columns {
        let at = row.len();
        if MOST_COLUMNS <= at && 0 < column {
            break;
        }
        if hanging.len() <= at {
            hanging.resize(at + 1, 0);
        }
        if let Some(rows) = hanging.get_mut(at) {
            *rows = open.rows - 1;
        }
        row.push(if column == 0 {
            (open.text.clone(), open.origin)
        } else {
            (String::new(), None)
        });
    }
}

/// Adds empty cells where a cell from above still hangs.
fn fill_hanging(row: &mut Vec<(String, Option<usize>)>, hanging: &mut [usize]) {
    while row.len() < MOST_COLUMNS
        && let Some(rows) = hanging.get_mut(row.len()).filter(|rows| 0 < **rows)
    {
        *rows -= 1;
        row.push((String::new(), None));
    }
}

/// Ends the open row.
fn close_row(
    rows: &mut Vec<Vec<(String, Option<usize>)>>,
    row: &mut Option<Vec<(String, Option<usize>)>>,
    cell: &mut Option<OpenCell>,
    hanging: &mut Vec<usize>,
) {
    if let Some(mut open) = row.take() {
        close_cell(&mut open, cell, hanging);
        fill_hanging(&mut open, hanging);
        if !open.is_empty() {
            rows.push(open);
        }
    }
}
