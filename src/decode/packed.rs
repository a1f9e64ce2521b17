//! Reads tables whose cells are parted by single blanks, as converters print them that keep
//! no places: empty cells leave no trace, and only the order of the others is known.

use std::ops::Range;

use crate::decode::{
    Document,
    document::to_u32,
    segments::{SourceLine, is_title},
};

/// How many lines of text may stand between the title and the first figures.
const MOST_LINES_ABOVE: usize = 8;

/// The most lines of a header.
const MOST_HEADER_LINES: usize = 4;

/// A line with more cells than this is in no table.
const MOST_CELLS: usize = 64;

/// The longest line, in characters, that can be a title.
const LONGEST_TITLE: usize = 48;

/// What a line is to a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Names, then figures.
    Figures,
    /// Figures only, as below the header of a table of one row.
    Amounts,
    /// Names only, as in a header.
    Names,
    /// A title of a table.
    Title,
    /// Nothing, the number of a page, one text.
    Other,
    /// A sentence, or what is no table.
    Prose,
}

/// Tells which lines are rows of tables: figures under a title, and the header above them.
/// Nothing where there is no table.
pub(super) fn rows(text: &str, lines: &[SourceLine]) -> Option<Vec<bool>> {
    let printed = |line: &SourceLine| text.get(line.start..line.end).unwrap_or_default();
    // Without a line that ends in an amount there is no table.
    let figures = |line| {
        let printed = printed(line).trim_end();
        let last = || printed.trim_start().rsplit_once(' ').map(|(_, last)| last);
        printed.ends_with(is_of_amount) && last().is_some_and(is_amount)
    };
    if !lines.iter().any(figures) {
        return None;
    }
    let mut rows = vec![false; lines.len()];
    let kinds: Vec<Kind> = lines.iter().map(|line| kind(printed(line))).collect();
    // The lines of names since the title or, within the table, those of its first header.
    let mut header: Vec<usize> = Vec::new();
    // Lines since the title; nothing where there is none, or no more.
    let mut above: Option<usize> = None;
    let mut inside = false;
    for (at, kind) in kinds.iter().enumerate() {
        match kind {
            Kind::Title => {
                (above, inside) = (Some(0), false);
                header.clear();
            }
            Kind::Prose => (above, inside) = (None, false),
            Kind::Names if inside => {
                let again =
                    |first: &usize| lines.get(*first).map(printed) == lines.get(at).map(printed);
                if let Some(row) = rows.get_mut(at) {
                    *row = header.iter().any(again);
                }
            }
            Kind::Names => {
                above = above.map(|lines| lines + 1);
                header.push(at);
            }
            Kind::Other if inside => (),
            Kind::Other => {
                // A line of one text between them parts a header from what is above it.
                let blank = lines.get(at).is_none_or(|line| printed(line).trim().is_empty());
                if !blank {
                    above = above.map(|lines| lines + 1);
                    header.clear();
                }
            }
            Kind::Amounts if !inside && header.is_empty() => (),
            Kind::Figures | Kind::Amounts => {
                if !inside && above.is_none_or(|lines| MOST_LINES_ABOVE < lines) {
                    continue;
                }
                if !inside {
                    let skipped = header.len().saturating_sub(MOST_HEADER_LINES);
                    header.drain(..skipped);
                    for first in &header {
                        if let Some(row) = rows.get_mut(*first) {
                            *row = true;
                        }
                    }
                }
                inside = true;
                if let Some(row) = rows.get_mut(at) {
                    *row = true;
                }
            }
        }
    }
    Some(rows)
}

/// Adds a row to the document.
pub(super) fn add(document: &mut Document, line: SourceLine) {
    let printed = document.text().get(line.start..line.end).unwrap_or_default();
    let cells: Vec<(Range<usize>, u32)> = cells(printed)
        .into_iter()
        .map(|cell| {
            let before = printed.get(..cell.start).map_or(0, |text| text.chars().count());
            (line.start + cell.start..line.start + cell.end, to_u32(before + 1))
        })
        .collect();
    for (cell, column) in cells {
        document.add_cell(cell, column);
    }
    document.end_packed_row(line.number);
}

/// Tells what a line is to a table.
fn kind(line: &str) -> Kind {
    let trimmed = line.trim();
    if is_title(trimmed) && !trimmed.contains(' ') && trimmed.chars().count() <= LONGEST_TITLE {
        return Kind::Title;
    }
    if trimmed.contains(['。', '；', '|', '\t']) {
        return Kind::Prose;
    }
    if !trimmed.contains(' ') {
        return Kind::Other;
    }
    let cells: Vec<&str> =
        cells(trimmed).into_iter().filter_map(|cell| trimmed.get(cell)).collect();
    let named = |cell: &&str| cell.contains(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
    let declares = || trimmed.contains("单位：") || trimmed.contains("单位:");
    match cells.as_slice() {
        [] | [_] => Kind::Other,
        _ if MOST_CELLS < cells.len() => Kind::Prose,
        [first, .., last] if is_amount(last) && !is_amount(first) && cells.iter().any(named) => {
            Kind::Figures
        }
        [_, _, ..] if cells.iter().all(|cell| is_amount(cell)) => Kind::Amounts,
        [first, .., last] if !is_amount(first) && is_item(last) && few_amounts(&cells) => {
            Kind::Figures
        }
        _ if cells.iter().all(|cell| !is_amount(cell)) && !declares() => Kind::Names,
        _ => Kind::Other,
    }
}

/// Returns whether few amounts stand between names: the right side of the row is blank.
fn few_amounts(cells: &[&str]) -> bool {
    let amounts = cells.iter().filter(|cell| is_amount(cell)).count();
    (1..=3).contains(&amounts)
}

/// Returns whether a cell names an item of a table of two sides: 三、教育支出, 结转下年.
fn is_item(cell: &str) -> bool {
    let numbered = |end: char| {
        let (mark, rest) = cell.split_once(end).unwrap_or_default();
        let mark = mark.trim_start_matches(['（', '(']);
        let digits = |c: char| "一二三四五六七八九十廿".contains(c);
        !mark.is_empty() && !rest.is_empty() && mark.chars().all(digits)
    };
    let named = cell.contains(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
    let ends = ["支出", "合计", "总计", "结转下年", "年终结转结余", "年末结转和结余", "结余分配"];
    named && (numbered('、') || numbered('）') || ends.iter().any(|end| cell.ends_with(end)))
}

/// Cuts a line at its blanks; single characters that follow each other are one text (合 计).
fn cells(line: &str) -> Vec<Range<usize>> {
    let mut cells: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    let mut single = false;
    for piece in line.split(' ') {
        let range = at..at + piece.len();
        at = range.end + 1;
        if piece.trim().is_empty() {
            continue;
        }
        let lone = piece.chars().count() == 1
            && piece.starts_with(|c| matches!(c, '\u{4E00}'..='\u{9FFF}'));
        match cells.last_mut() {
            Some(last) if lone && single => last.end = range.end,
            _ => cells.push(range),
        }
        single = lone;
    }
    cells
}

/// Returns whether a cell is an amount: a number with decimals or separators.
fn is_amount(cell: &str) -> bool {
    cell.contains(['.', ',', '．', '，'])
        && cell.contains(|c: char| c.is_ascii_digit() || matches!(c, '０'..='９'))
        && cell.chars().all(is_of_amount)
}

/// Returns whether amounts are printed with a character.
fn is_of_amount(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '-' | '.' | ',' | '(' | ')' | '０'..='９' | '．' | '，' | '－')
}
