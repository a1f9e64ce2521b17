//! Turns the sheets of a workbook into rows, whatever file they came from.
//!
//! What is shown counts: hidden sheets, rows and columns are left out, and of cells that are
//! merged only the first is shown.

mod format;

use std::{collections::BTreeMap, ops::RangeInclusive};

use crate::{
    decode::{builder::Builder, document::to_u32, package::damaged},
    error::Result,
};

pub(super) use format::Format;

/// Sheets of more columns are printed without those that nothing stands in.
const MOST_COLUMNS: usize = 512;

/// The most cells, empty ones included, that one workbook may come to; the most that are read
/// of one, shown or not; and the most cells that are merged in one sheet.
pub(super) const MOST_CELLS: usize = 1 << 22;

/// The most formats of one workbook, and the most sheets.
pub(super) const MOST_OTHERS: usize = 1 << 16;

/// Of more empty rows above each other only so many are kept.
const MOST_BLANK_ROWS: u32 = 4;

/// The most bytes of text in one workbook: cells may all share the longest.
const MOST_TEXT: usize = 1 << 27;

/// Dates of workbooks from old Macs begin so many days later.
pub(super) const MAC_DAYS: i64 = 1462;

/// What the sheets of a workbook came to so far.
#[derive(Debug, Default)]
pub(super) struct Spent {
    read: usize,
    cells: usize,
    text: usize,
}

/// A sheet while it is read: the cells that something stands in, from top to bottom.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// The name on its tab.
    pub(super) name: String,
    /// The texts of all cells, one behind the other.
    text: String,
    cells: Vec<Cell>,
    /// Whether there were more cells than a sheet may have.
    overflows: bool,
    /// The ranges of cells that are merged into one; when they are printed, from top to bottom.
    merged: Vec<Merged>,
    /// The columns that are not shown; when they are printed, apart from each other and in order.
    hidden_columns: Vec<RangeInclusive<u32>>,
}

/// A cell that something stands in.
#[derive(Clone, Copy, Debug)]
struct Cell {
    row: u32,
    column: u32,
    /// Where its text ends in the sheet's; it begins where that of the cell before it ends.
    start: u32,
    end: u32,
}

/// A rectangle of cells that are merged into one, with both ends of its rows and columns.
#[derive(Clone, Debug)]
struct Merged {
    rows: RangeInclusive<u32>,
    columns: RangeInclusive<u32>,
}

impl Sheet {
    /// Adds a cell; what is blank is left out.
    pub(super) fn add(&mut self, row: u32, column: u32, text: &str) {
        let text = text.trim();
        if MOST_CELLS < self.cells.len() || MOST_TEXT < self.text.len() + text.len() {
            self.overflows = true;
        } else if !text.is_empty() {
            let start = to_u32(self.text.len());
            self.text.push_str(text);
            self.cells.push(Cell { row, column, start, end: to_u32(self.text.len()) });
        }
    }

    /// Merges the cells of some rows and columns into one.
    pub(super) fn merge(&mut self, rows: RangeInclusive<u32>, columns: RangeInclusive<u32>) {
        self.merged.push(Merged { rows, columns });
        self.overflows |= MOST_CELLS < self.merged.len();
    }

    /// Hides columns.
    pub(super) fn hide(&mut self, columns: RangeInclusive<u32>) {
        self.hidden_columns.push(columns);
        self.overflows |= MOST_CELLS < self.hidden_columns.len();
    }

    /// Returns whether there was more than a sheet may have, so that the rest need not be read.
    pub(super) fn overflows(&self) -> bool {
        self.overflows
    }

    /// Adds the sheet to a document, as a page of rows; nothing where it is empty. `spent`
    /// counts what the whole workbook comes to, and nothing is returned where that is too much.
    pub(super) fn print(mut self, to: &mut Builder, spent: &mut Spent) -> Option<()> {
        spent.text += self.text.len();
        spent.read += self.cells.len();
        if self.overflows || MOST_TEXT < spent.text || MOST_CELLS < spent.read {
            return None;
        }
        self.cells.sort_by_key(|cell| (cell.row, cell.column));
        self.leave_out_what_is_not_shown();
        if self.cells.is_empty() {
            return Some(());
        }
        to.begin_page(0);
        to.blank();
        if self.has_telling_name() {
            to.text(&self.name);
        }
        let columns = self.columns();
        let mut row: Vec<&str> = Vec::new();
        let mut last: Option<u32> = None;
        let mut head = true;
        for cells in self.cells.chunk_by(|a, b| a.row == b.row) {
            let Some(first) = cells.first() else { continue };
            let skipped = first.row.saturating_sub(last.unwrap_or(0)).saturating_sub(1);
            (0..skipped.min(MOST_BLANK_ROWS)).for_each(|_| to.blank());
            last = Some(first.row);
            spent.cells += columns.len();
            if MOST_CELLS < spent.cells {
                return None;
            }
            let text = |cell: &Cell| {
                self.text.get(cell.start as usize..cell.end as usize).unwrap_or_default()
            };
            // What stands alone above the first row is a title, a heading, the unit of money.
            if let [only] = cells
                && (head || self.is_paragraph(only, text(only), &columns))
            {
                to.text(text(only));
                continue;
            }
            head = false;
            row.clear();
            row.resize(columns.len(), "");
            for cell in cells {
                let at = columns.partition_point(|column| *column < cell.column);
                if let Some(place) = row.get_mut(at) {
                    *place = text(cell);
                }
            }
            to.row(row.iter().copied());
        }
        Some(())
    }

    /// Returns whether the one text of a row is no cell of a table but stands across it: a
    /// sentence, or what is merged over all columns.
    fn is_paragraph(&self, cell: &Cell, text: &str, columns: &[u32]) -> bool {
        let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return false };
        let across = |merged: &Merged| {
            merged.rows.start() == merged.rows.end()
                && merged.rows.contains(&cell.row)
                && merged.columns.start() <= first
                && last <= merged.columns.end()
        };
        let from = self.merged.partition_point(|merged| *merged.rows.start() < cell.row);
        let of_row = self.merged.iter().skip(from);
        let mut of_row = of_row.take_while(|merged| *merged.rows.start() == cell.row);
        (cell.column == *first && text.contains('。')) || of_row.any(across)
    }

    /// Returns whether the name of the sheet says what is in it, and no cell does.
    fn has_telling_name(&self) -> bool {
        let telling = self.name.chars().any(|c| !c.is_ascii() && !c.is_numeric());
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let name = bare(&self.name);
        let numbers = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '、' | '_');
        let name = name.trim_start_matches(numbers);
        telling && !name.is_empty() && !bare(&self.text).contains(name)
    }

    /// Returns the columns that are printed, in order.
    fn columns(&self) -> Vec<u32> {
        let mut used: Vec<u32> = self.cells.iter().map(|cell| cell.column).collect();
        used.sort_unstable();
        used.dedup();
        match used.last() {
            Some(last) if *last as usize <= MOST_COLUMNS => {
                (1..=*last).filter(|column| !self.hides(*column)).collect()
            }
            _ => used,
        }
    }

    /// Returns whether a column is hidden.
    fn hides(&self, column: u32) -> bool {
        is_in(&self.hidden_columns, column)
    }

    /// Takes out the cells of hidden columns and those that a merged cell covers.
    fn leave_out_what_is_not_shown(&mut self) {
        let mut merged = std::mem::take(&mut self.merged);
        merged.sort_by_key(|merged| (*merged.rows.start(), *merged.columns.start()));
        // Merged cells that reach down to the row at hand, by their first column. They do not
        // overlap: those that do are no merged cells.
        let mut open: BTreeMap<u32, Merged> = BTreeMap::new();
        let mut coming = merged.into_iter().peekable();
        let mut kept = Vec::new();
        let hidden = joined(std::mem::take(&mut self.hidden_columns));
        self.cells.retain(|cell| {
            while let Some(next) = coming.next_if(|next| *next.rows.start() <= cell.row) {
                let last = *next.columns.end();
                let before = open.range(..=last).next_back().map(|(_, merged)| merged.clone());
                let overlaps = before.is_some_and(|before| {
                    next.columns.start() <= before.columns.end()
                        && next.rows.start() <= before.rows.end()
                });
                if !overlaps {
                    open.insert(*next.columns.start(), next.clone());
                    kept.push(next);
                }
            }
            let over = open.range(..=cell.column).next_back().map(|(_, merged)| merged);
            let covered = over.is_some_and(|merged| {
                merged.rows.contains(&cell.row)
                    && merged.columns.contains(&cell.column)
                    && (*merged.rows.start(), *merged.columns.start()) != (cell.row, cell.column)
            });
            !covered && !is_in(&hidden, cell.column)
        });
        self.merged = kept;
        self.hidden_columns = hidden;
    }
}

/// Puts ranges in order, and those that touch or overlap together.
fn joined(mut ranges: Vec<RangeInclusive<u32>>) -> Vec<RangeInclusive<u32>> {
    ranges.sort_unstable_by_key(|range| *range.start());
    let mut all: Vec<RangeInclusive<u32>> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if *range.start() <= last.end().saturating_add(1) => {
                *last = *last.start()..=*last.end().max(range.end());
            }
            _ => all.push(range),
        }
    }
    all
}

/// Returns whether a number is in one of some ranges, which are apart from each other and in
/// order.
fn is_in(ranges: &[RangeInclusive<u32>], number: u32) -> bool {
    let from = ranges.partition_point(|range| *range.end() < number);
    ranges.get(from).is_some_and(|range| range.contains(&number))
}

/// Makes the error of a workbook with too many cells.
pub(super) fn too_many_cells(path: &str, sheet: &str) -> Result<()> {
    let problem =
        format!("with this sheet the workbook has over {MOST_CELLS} cells, or too much text");
    Err(damaged(path, sheet, &problem))
}
