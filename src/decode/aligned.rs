//! Finds the columns of tables that are aligned by blanks, as PDF converters print them.
//!
//! Two or more blanks part the segments of a line. Where the figures of neighbouring lines
//! stand under each other, they are a column; empty cells, which such a line does not show,
//! become visible that way. Lines that form no table stay text.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::decode::{Document, document::to_u32};

/// A line that may belong to an aligned table.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceLine {
    pub(super) number: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A run of text between wide blanks: where it is printed and where it is in the text.
#[derive(Clone, Debug)]
struct Segment {
    /// The columns of the terminal that it covers.
    extent: Range<usize>,
    /// The bytes of the document's text.
    bytes: Range<usize>,
    /// The first character in its line, counted from 1.
    column: u32,
    number: bool,
    /// A number of one or two digits, as those of columns are.
    short: bool,
}

/// The fewest lines with figures beside text that make a table.
const FEWEST_ROWS: usize = 2;

/// A line with more segments than this is in no table.
const MOST_SEGMENTS: usize = 128;

/// A single line makes a table where it has this many segments.
const FEWEST_FIGURES: usize = 3;

/// The longest line, in characters, that can be a wrapped label or a title in a table.
const LONGEST_LABEL: usize = 40;

/// Returns whether a line can belong to an aligned table: it has wide blanks inside, or it is
/// short and no sentence, as a wrapped label is.
pub(super) fn may_align(line: &str) -> bool {
    let trimmed = line.trim();
    if trimmed.contains("  ") || trimmed.contains('\u{3000}') {
        return true;
    }
    let begins_table = |text: &str| text.ends_with('表') || text.contains("单位");
    trimmed.chars().count() <= LONGEST_LABEL
        && line.starts_with([' ', '\u{3000}'])
        && !trimmed.contains(['。', '；', '：', ':'])
        && !begins_table(trimmed)
}

/// Adds the lines of a block to the document, as rows where they form a table.
pub(super) fn flush(document: &mut Document, block: &mut Vec<SourceLine>) {
    let wide = |line: &SourceLine| {
        has_wide_blank(document.text().get(line.start..line.end).unwrap_or_default())
    };
    if !block.iter().any(wide) {
        for line in block.drain(..) {
            document.add_cell(line.start..line.end, 1);
            document.end_line(line.number, false);
        }
        return;
    }
    let lines: Vec<SourceLine> = std::mem::take(block);
    let segments: Vec<Vec<Segment>> =
        lines.iter().map(|line| segments(document.text(), *line)).collect();
    let rows = segments.iter().filter(|line| is_body(line)).count();
    let figures = segments.iter().filter(|line| is_body(line)).map(Vec::len).max().unwrap_or(0);
    let fewest = rows < FEWEST_ROWS && !(rows == 1 && FEWEST_FIGURES <= figures);
    if fewest || segments.iter().any(|line| MOST_SEGMENTS < line.len()) {
        for line in lines {
            document.add_cell(line.start..line.end, 1);
            document.end_line(line.number, false);
        }
        return;
    }
    let columns = columns(&segments);
    let first = segments.iter().position(|line| 2 <= line.len()).unwrap_or(0);
    let last = segments.iter().rposition(|line| 2 <= line.len()).unwrap_or(0);
    for (index, (line, segments)) in lines.iter().zip(&segments).enumerate() {
        let outside = index < first || last + 1 < index;
        if outside || segments.is_empty() || is_page_number(document.text(), segments) {
            document.add_cell(line.start..line.end, 1);
            document.end_line(line.number, false);
            continue;
        }
        if numbers_columns(document.text(), segments) {
            // These are centred where figures are not: their order is what counts.
            for segment in segments {
                document.add_cell(segment.bytes.clone(), segment.column);
            }
            document.end_line(line.number, true);
            continue;
        }
        let mut cells: Vec<Option<(Range<usize>, u32)>> = vec![None; columns.len()];
        let mut from = 0;
        for segment in segments {
            let at = best_column(&columns, segment).max(from).min(columns.len().saturating_sub(1));
            match cells.get_mut(at) {
                Some(Some((bytes, _))) => bytes.end = segment.bytes.end,
                Some(free) => *free = Some((segment.bytes.clone(), segment.column)),
                None => (),
            }
            from = at;
        }
        for cell in cells {
            let (bytes, column) = cell.unwrap_or((line.start..line.start, 1));
            document.add_cell(bytes, column);
        }
        document.end_line(line.number, true);
    }
}

/// Returns whether a line has blanks inside that part segments.
fn has_wide_blank(line: &str) -> bool {
    let mut blanks = 0;
    line.trim().chars().any(|c| {
        blanks = if c.is_whitespace() { blanks + c.width().unwrap_or(0) } else { 0 };
        2 <= blanks
    })
}

/// Cuts a line at runs of two or more blanks.
fn segments(text: &str, line: SourceLine) -> Vec<Segment> {
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
                segments.push(Segment {
                    extent: from..end_extent,
                    bytes,
                    column: to_u32(character + 1),
                    number: is_number(printed),
                    short: printed.len() <= 2 && printed != "0" && printed.parse::<u8>().is_ok(),
                });
            }
        };
    for (character, (byte, c)) in source.char_indices().enumerate() {
        let wide = c.width().unwrap_or(0);
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

/// Returns whether a segment is a printed number or a dash.
fn is_number(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit() || matches!(c, '-' | '—' | '０'..='９'))
        && text.chars().all(|c| {
            c.is_ascii_digit()
                || c == ' '
                || matches!(c, '-' | '—' | '.' | ',' | '(' | ')' | '%' | '０'..='９' | '．' | '，')
        })
}

/// Returns the extents of the table's columns from left to right.
///
/// Figures found the columns; texts beside figures add theirs where no figure stands, then
/// header texts add theirs where nothing stands.
fn columns(lines: &[Vec<Segment>]) -> Vec<Range<usize>> {
    let body = || lines.iter().filter(|line| is_body(line));
    let figures = |extent: fn(&Segment) -> Range<usize>| {
        merged(body().flatten().filter(|segment| segment.number).map(extent))
    };
    let mut columns = figures(|segment| segment.extent.clone());
    let conflict = body().any(|line| {
        let at: Vec<usize> =
            line.iter().filter(|s| s.number).map(|s| best_column(&columns, s)).collect();
        at.windows(2).any(|pair| pair.first() == pair.last())
    });
    if conflict {
        // Figures of neighbouring columns overlap: their right ends still stand under each other.
        columns = figures(|segment| segment.extent.end.saturating_sub(2)..segment.extent.end);
    }
    for header in [false, true] {
        let apart = |segment: &&Segment| {
            (header || !segment.number)
                && columns.iter().all(|column| overlap(column, &segment.extent) == 0)
        };
        let lines = lines.iter().filter(|line| 2 <= line.len() && is_body(line) != header);
        let added = merged(lines.flatten().filter(apart).map(|segment| segment.extent.clone()));
        columns.extend(added);
        columns.sort_by_key(|column| column.start);
    }
    join_halves(lines, columns)
}

/// Joins a column that only the header fills with a neighbour that only the body fills: a
/// header that is centred over figures that are set to the right.
fn join_halves(lines: &[Vec<Segment>], columns: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut counts = vec![(0_usize, 0_usize); columns.len()];
    for line in lines.iter().filter(|line| 2 <= line.len()) {
        for segment in line {
            if let Some((header, body)) = counts.get_mut(best_column(&columns, segment)) {
                *(if is_body(line) { body } else { header }) += 1;
            }
        }
    }
    let mut joined: Vec<(Range<usize>, (usize, usize))> = Vec::with_capacity(columns.len());
    for (column, (header, body)) in columns.into_iter().zip(counts) {
        match joined.last_mut() {
            Some((last, (above, below)))
                if (*below == 0 && header == 0) || (*above == 0 && body == 0) =>
            {
                last.end = last.end.max(column.end);
                *above += header;
                *below += body;
            }
            _ => joined.push((column, (header, body))),
        }
    }
    joined.into_iter().map(|(column, _)| column).collect()
}

/// Returns whether a line shows where the columns of figures are: figures beside text or
/// other figures, but not the numbers of the columns (栏次 1 2 3 …).
fn is_body(line: &[Segment]) -> bool {
    let figures = line.iter().filter(|segment| segment.number).count();
    let ordinal = 2 <= figures && line.iter().filter(|s| s.number).all(|segment| segment.short);
    2 <= line.len() && 0 < figures && !ordinal
}

/// Returns whether a line numbers the columns: 栏次 1 2 3 ….
fn numbers_columns(text: &str, line: &[Segment]) -> bool {
    let numbers = line.iter().filter(|segment| segment.number);
    let mut next = 1;
    let ascending = numbers.clone().all(|segment| {
        let printed = text.get(segment.bytes.clone()).and_then(|text| text.parse().ok());
        next += 1;
        printed == Some(next - 1)
    });
    3 < next && ascending && line.len() <= numbers.count() + 2
}

/// Returns whether a line is only the number of a page, as `- 7 -`.
fn is_page_number(text: &str, line: &[Segment]) -> bool {
    let [segment] = line else { return false };
    let printed = text.get(segment.bytes.clone()).unwrap_or_default();
    let digits = printed.chars().filter(char::is_ascii_digit).count();
    (1..=6).contains(&digits)
        && !printed.contains('.')
        && printed.chars().all(|c| {
            c.is_ascii_digit() || matches!(c, '-' | '—' | ' ' | '第' | '页' | '共' | '/' | '·')
        })
}

/// Merges extents that overlap.
fn merged(extents: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut sorted: Vec<Range<usize>> = extents.collect();
    sorted.sort_by_key(|extent| (extent.start, extent.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for extent in sorted {
        match merged.last_mut() {
            Some(last) if extent.start < last.end => last.end = last.end.max(extent.end),
            _ => merged.push(extent),
        }
    }
    merged
}

/// Returns by how many terminal columns two extents overlap.
fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// Returns the column that a segment belongs to: a figure's is the one it overlaps most, a
/// text's the first one it overlaps, and without any it is the nearest.
fn best_column(columns: &[Range<usize>], segment: &Segment) -> usize {
    let overlaps = |at: usize| columns.get(at).map_or(0, |column| overlap(column, &segment.extent));
    let touching = (0..columns.len()).filter(|at| 0 < overlaps(*at));
    let best = if segment.number {
        touching.max_by_key(|at| (overlaps(*at), usize::MAX - at))
    } else {
        touching.min()
    };
    best.unwrap_or_else(|| {
        let middle = usize::midpoint(segment.extent.start, segment.extent.end);
        let distance = |column: &Range<usize>| {
            column.start.saturating_sub(middle).max(middle.saturating_sub(column.end))
        };
        (0..columns.len()).min_by_key(|at| columns.get(*at).map(distance)).unwrap_or(0)
    })
}
