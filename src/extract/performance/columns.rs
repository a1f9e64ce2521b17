//! Recognises the headers of performance forms by their words.

use crate::{
    accounts::{money::Unit, text},
    extract::performance::{
        FormCell, FormRow,
        words::{Field, PerformanceWords},
    },
};

/// The most columns of a form.
const MOST_COLUMNS: usize = 64;

/// What the columns of a form hold, from left to right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Columns {
    /// The columns.
    pub columns: Vec<Column>,
    /// The number of cells of the header.
    pub width: usize,
}

/// A column of a form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Column {
    /// The first cell under its header.
    pub at: usize,
    /// What it holds.
    pub field: Field,
    /// The unit of money that its header names.
    pub unit: Option<Unit>,
    /// The place of its word among those that say the same.
    rank: usize,
}

impl Column {
    /// Returns whether its header was understood.
    pub fn is_known(self) -> bool {
        self.rank != usize::MAX
    }
}

impl Columns {
    /// Reads a row as the header of indicators; nothing where it is none.
    ///
    /// A header names levels of indicators and what is said of them. The row `above` it heads
    /// the columns that it leaves blank, where it holds nothing but words.
    pub fn read(
        words: &PerformanceWords,
        row: &FormRow<'_>,
        above: Option<&FormRow<'_>>,
    ) -> Option<Columns> {
        if MOST_COLUMNS < row.cells.len() || !may_be_header(words, row) {
            return None;
        }
        let mut columns = columns_of(words, row);
        let has = |field: Field| columns.iter().any(|column| column.field == field);
        let named = columns.iter().filter(|column| column.field.is_of_indicator()).count();
        let level = has(Field::Level3) || has(Field::Level2);
        if !(level && (3 <= named || has(Field::Target))) {
            return None;
        }
        if let Some(above) =
            above.filter(|row| row.cells.len() <= MOST_COLUMNS && has_only_words(words, row))
        {
            let free = |at: usize| row.cells.get(at).is_none_or(FormCell::is_empty);
            let over = columns_of(words, above);
            let first = columns.first().map_or(0, |column| column.at);
            // A word over a column that has its own is that of a group.
            columns.extend(over.into_iter().filter(|column| {
                free(column.at) && (column.at < first || column.field.is_of_indicator())
            }));
            columns.sort_by_key(|column| column.at);
        }
        settle(&mut columns);
        Some(Columns { columns, width: row.cells.len() })
    }

    /// Takes in a second row of the header, which parts a merged column: 预期指标值 and
    /// 实际完成值 under 指标值. Returns whether the row is one.
    pub fn extend(&mut self, words: &PerformanceWords, row: &FormRow<'_>) -> bool {
        if MOST_COLUMNS < row.cells.len() || !has_only_words(words, row) {
            return false;
        }
        let parts = columns_of(words, row);
        if parts.is_empty() || !parts.iter().all(|part| part.field.is_of_indicator()) {
            return false;
        }
        for part in parts {
            self.columns.retain(|column| column.at != part.at);
            self.columns.push(part);
        }
        self.columns.sort_by_key(|column| column.at);
        settle(&mut self.columns);
        self.width = self.width.max(row.cells.len());
        true
    }

    /// Returns the index of the column that a cell stands under.
    pub fn under(&self, at: usize) -> Option<usize> {
        if self.width <= at {
            return None;
        }
        self.columns.iter().rposition(|column| column.at <= at)
    }

    /// Returns whether it has a column of a field.
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|column| column.field == field)
    }
}

/// Returns what each filled cell of a header row heads.
fn columns_of(words: &PerformanceWords, row: &FormRow<'_>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (at, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let text = cell.text();
        let said = words.fields(&text);
        let levels = columns.iter().any(|column| column.field == Field::Level3);
        // 单位 is a unit of measure beside a target, and the one that spends before its projects.
        let fits = |field: Field| field.is_of_indicator() == levels;
        let best = said.iter().find(|(field, _)| fits(*field)).or_else(|| said.first());
        let (field, rank) = best.copied().unwrap_or((Field::Other, usize::MAX));
        columns.push(Column { at, field, unit: unit_in(&text), rank });
    }
    columns
}

/// Cheap test before the words are weighed: a header has few cells that are none.
fn may_be_header(words: &PerformanceWords, row: &FormRow<'_>) -> bool {
    let (mut known, mut unknown) = (0, 0);
    for cell in row.cells.iter().filter(|cell| !cell.is_empty()) {
        if words.is_word(&cell.text()) {
            known += 1;
        } else {
            unknown += 1;
        }
        if known + 2 < unknown {
            return false;
        }
    }
    2 <= known
}

/// Lets the columns that say the same be one: that whose word comes first.
fn settle(columns: &mut [Column]) {
    let best: Vec<(Field, usize, usize)> =
        columns.iter().map(|column| (column.field, column.rank, column.at)).collect();
    for column in columns {
        let ahead = |(field, rank, at): &(Field, usize, usize)| {
            *field == column.field && (*rank, *at) < (column.rank, column.at)
        };
        if best.iter().any(ahead) {
            column.field = Field::Other;
        }
    }
}

/// Returns whether every filled cell of a row is a word, and there are several.
fn has_only_words(words: &PerformanceWords, row: &FormRow<'_>) -> bool {
    let mut count = 0;
    for cell in row.cells.iter().filter(|cell| !cell.is_empty()) {
        if !words.is_word(&cell.text()) {
            return false;
        }
        count += 1;
    }
    2 <= count
}

/// Reads the unit of money from a header such as 年度资金总额(万元).
pub fn unit_in(header: &str) -> Option<Unit> {
    let key = text::key(header);
    let (_, after) = key.rsplit_once(['(', ':'])?;
    Unit::find(after)
}
