//! Puts the cells of a body row under the columns of a form, also where extraction lost cells.

use std::cell::OnceCell;

use crate::{
    accounts::{table::Value, text},
    extract::performance::{
        Columns,
        words::{Field, PerformanceWords},
    },
    normalise::{indicator::target, number},
};

/// The most cells and columns of a row that is realigned.
const MOST_CELLS: usize = 32;

/// The longest label of a level, in bytes.
const LONGEST_LEVEL: usize = 300;

/// A filled cell of a row: where it stands and what it looks like.
#[expect(clippy::struct_excessive_bools, reason = "a text can look like several things at once")]
pub(super) struct Filled<'t> {
    /// Its place among all cells of the row.
    at: usize,
    text: &'t str,
    level1: bool,
    level2: bool,
    /// 数量指标 is never an indicator itself, 服务对象满意度 can be one.
    level_only: bool,
    value: bool,
    /// What few columns ask for, once it is known.
    points: OnceCell<bool>,
    figure: OnceCell<bool>,
}

impl<'t> Filled<'t> {
    pub(super) fn read(words: &PerformanceWords, at: usize, text: &'t str) -> Filled<'t> {
        let (level1, level2) = words.levels(text);
        Filled {
            at,
            text,
            level1,
            level2,
            level_only: (level1 || level2) && text::key(text).contains("指标"),
            value: target::is_value(words, text),
            points: OnceCell::new(),
            figure: OnceCell::new(),
        }
    }

    /// Returns whether it is a weight or a score.
    fn is_points(&self) -> bool {
        *self.points.get_or_init(|| target::weight(self.text).is_some())
    }

    /// Returns whether it is a number.
    fn is_figure(&self) -> bool {
        let read = || matches!(number::value(self.text).0, Value::Number(_) | Value::Choice(_));
        *self.figure.get_or_init(read)
    }

    /// Returns whether it is short enough for a label that is filled down, and no value.
    fn is_short(&self) -> bool {
        self.text.len() <= LONGEST_LEVEL && !self.value
    }

    /// Returns whether it can stand where it does: only what contradicts the column counts.
    fn may_stay(&self, words: &PerformanceWords, field: Field) -> bool {
        match field {
            Field::Level1 => self.is_short() && (self.level1 || !self.level2),
            Field::Level2 => self.is_short() && (self.level2 || !self.level1),
            Field::Level3 | Field::Explanation => !self.value && !self.level_only,
            Field::Target
            | Field::Actual
            | Field::Project
            | Field::Unit
            | Field::Goal
            | Field::Department => !self.level_only,
            Field::Amount => self.is_figure() || is_dash(self.text),
            Field::Weight | Field::Score => self.is_points() || is_dash(self.text),
            Field::Comparator => !self.value || target::comparator(words, self.text).is_some(),
            Field::TargetUnit => !self.is_points() && !self.level_only,
            Field::Other => true,
        }
    }

    /// Returns whether it belongs there by its looks, which is asked where places say nothing.
    fn belongs(&self, words: &PerformanceWords, field: Field) -> bool {
        match field {
            Field::Level1 => self.level1,
            Field::Level2 => self.level2,
            Field::Level3
            | Field::Explanation
            | Field::Project
            | Field::Unit
            | Field::Goal
            | Field::Department => !self.value && !self.level_only,
            Field::Target | Field::Actual => !self.level_only,
            Field::Amount => self.is_figure(),
            Field::Weight | Field::Score => self.is_points(),
            Field::Comparator => target::comparator(words, self.text).is_some(),
            Field::TargetUnit => words.units.iter().any(|unit| unit == self.text),
            Field::Other => false,
        }
    }
}

fn is_dash(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '-' | '—' | '–' | '/' | '－'))
}

/// The columns of the filled cells of a row, cell by cell; nothing for one beside the table.
pub(super) type Placing = Vec<Option<usize>>;

/// Puts cells under columns: where they are printed, if that contradicts no column, else the
/// one way that the looks of all of them allow. Nothing where there are several or none.
///
/// `width` is the number of cells of the row, blank ones included.
pub(super) fn place(
    words: &PerformanceWords,
    columns: &Columns,
    cells: &[Filled<'_>],
    width: usize,
) -> Option<Placing> {
    if let Some(placing) = as_printed(words, columns, cells) {
        return Some(placing);
    }
    if MOST_CELLS < cells.len() || MOST_CELLS < columns.columns.len() {
        return None;
    }
    let mut found: Option<Placing> = None;
    for with_project in [false, true] {
        match realigned(words, columns, cells, with_project) {
            Ways::None => (),
            Ways::One(placing) if found.is_none() => found = Some(placing),
            Ways::One(_) | Ways::Several => return None,
        }
    }
    found.or_else(|| cut_off(words, columns, cells, width))
}

/// Leaves every cell where it is printed.
fn as_printed(
    words: &PerformanceWords,
    columns: &Columns,
    cells: &[Filled<'_>],
) -> Option<Placing> {
    let mut placing = Vec::with_capacity(cells.len());
    let field = |at: usize| columns.columns.get(at).map(|column| column.field);
    for cell in cells {
        if columns.width <= cell.at {
            return None;
        }
        let under = columns.under(cell.at);
        match under.and_then(field) {
            Some(field) if !cell.may_stay(words, field) => return None,
            None if cell.level_only => return None,
            _ => (),
        }
        placing.push(under);
    }
    let filled = |wanted: Field| placing.iter().flatten().any(|at| field(*at) == Some(wanted));
    // Points are those of an indicator; so is a target, unless it goes on from the row above.
    let owed = filled(Field::Weight)
        || (filled(Field::Target)
            && (filled(Field::Level1) || filled(Field::Level2) || filled(Field::Explanation)));
    (!owed || filled(Field::Level3) || !columns.has(Field::Level3)).then_some(placing)
}

/// How many ways there are.
enum Ways {
    None,
    One(Placing),
    Several,
}

/// Finds the ways to put all cells, in their order, under columns that they belong to.
///
/// A row has its indicator, its target and, where the form has weights, its weight. One that
/// begins a project has also the project's name and amount and the first level.
fn realigned(
    words: &PerformanceWords,
    columns: &Columns,
    cells: &[Filled<'_>],
    with_project: bool,
) -> Ways {
    let required = |field: Field| match field {
        Field::Level3 | Field::Target | Field::Weight => true,
        Field::Level1 | Field::Project | Field::Amount => with_project,
        _ => false,
    };
    let allowed = |field: Field| field.is_of_indicator() || with_project;
    let fields: Vec<Field> = columns.columns.iter().map(|column| column.field).collect();
    if with_project && !fields.contains(&Field::Project) {
        return Ways::None;
    }
    // ways[c][f]: how the cells from c on go under the columns from f on; 2 stands for more.
    let mut ways = vec![vec![0_u8; fields.len() + 1]; cells.len() + 1];
    let get = |ways: &[Vec<u8>], c: usize, f: usize| {
        ways.get(c).and_then(|row| row.get(f)).copied().unwrap_or(0)
    };
    for c in (0..=cells.len()).rev() {
        for f in (0..=fields.len()).rev() {
            let count = match (cells.get(c), fields.get(f)) {
                (None, None) => 1,
                (Some(_), None) => 0,
                (cell, Some(field)) => {
                    let skip = if required(*field) { 0 } else { get(&ways, c, f + 1) };
                    let fits = cell.is_some_and(|cell| cell.belongs(words, *field));
                    let take = if fits && allowed(*field) { get(&ways, c + 1, f + 1) } else { 0 };
                    (skip + take).min(2)
                }
            };
            if let Some(slot) = ways.get_mut(c).and_then(|row| row.get_mut(f)) {
                *slot = count;
            }
        }
    }
    match get(&ways, 0, 0) {
        0 => return Ways::None,
        1 => (),
        _ => return Ways::Several,
    }
    let mut placing = Vec::with_capacity(cells.len());
    for (f, field) in fields.iter().enumerate() {
        let c = placing.len();
        let skipped = !required(*field) && 0 < get(&ways, c, f + 1);
        if !skipped {
            placing.push(Some(f));
        }
    }
    Ways::One(placing)
}

/// Moves a whole row back by as many cells as its first level stands too far right, where its
/// last columns fell off the end.
fn cut_off(
    words: &PerformanceWords,
    columns: &Columns,
    cells: &[Filled<'_>],
    width: usize,
) -> Option<Placing> {
    let level1 = columns.columns.iter().find(|column| column.field == Field::Level1)?;
    let anchor = cells.iter().find(|cell| cell.level1)?;
    let shift = anchor.at.checked_sub(level1.at).filter(|shift| 0 < *shift)?;
    let mut placing = Vec::with_capacity(cells.len());
    for cell in cells {
        let at = cell.at.checked_sub(shift)?;
        let under = columns.columns.iter().position(|column| column.at == at)?;
        let field = columns.columns.get(under)?.field;
        if !cell.belongs(words, field) {
            return None;
        }
        placing.push(Some(under));
    }
    let has = |field: Field| columns.columns.iter().position(|column| column.field == field);
    let level3 = has(Field::Level3)?;
    let lost = has(Field::Target)?;
    let fell_off = columns.columns.get(lost).is_some_and(|column| width <= column.at + shift);
    (placing.contains(&Some(level3)) && fell_off).then_some(placing)
}
