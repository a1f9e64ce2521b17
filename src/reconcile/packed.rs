//! Places the figures of rows that left empty cells out, where the identities of the columns
//! leave one way only.

use crate::{
    accounts::table::{Cell, Row, Side, Value},
    reconcile::{
        arrangement::{Arrangement, score},
        identity::{Closing, Grain, RowIdentity},
        placement::sums,
    },
};

/// The most ways to place the figures of one row.
const MOST_WAYS: usize = 4_096;

/// The most ways of one row that are weighed against those of others.
const MOST_KEPT: usize = 32;

/// The most rows of a side that are weighed against each other; budgets have a few hundred.
const MOST_ROWS: usize = 2_000;

/// The most amounts of one side that are looked at to weigh rows against each other.
const MOST_STEPS: usize = 2_000_000;

/// The most rounds in which rows that were placed say where others stand.
const MOST_ROUNDS: usize = 8;

/// Where the figures of a row can stand: the columns of each, and the row that this makes.
type Way = (Vec<usize>, Arrangement);

/// Places the figures of packed rows: those that add up in one way only, then those that only
/// one way lets their columns add up. What can stand in several ways is left undecided.
pub(super) fn place(side: &mut Side, identities: &[RowIdentity], grain: Grain) {
    let few = side.rows.len() <= MOST_ROWS;
    let most = if few { MOST_KEPT } else { 1 };
    let mut open: Vec<Vec<Way>> =
        side.rows.iter().map(|row| ways(row, identities, grain, most)).collect();
    let sums = if few { sums(&side.rows) } else { Vec::new() };
    let mut steps = 0;
    for _ in 0..MOST_ROUNDS {
        let mut settled = false;
        for (total, parts) in &sums {
            settled |= settle(&mut open, *total, parts, grain, &mut steps);
        }
        if !settled {
            break;
        }
    }
    for (row, ways) in side.rows.iter_mut().zip(open) {
        match ways.as_slice() {
            _ if !row.packed => (),
            [(way, _)] => arrange(row, way),
            _ => undecided(row),
        }
    }
}

/// Leaves only those ways of the rows of a sum in which every column adds up; tells whether
/// fewer are left. Either the sum or all of its parts must be known.
fn settle(
    open: &mut [Vec<Way>],
    total: usize,
    parts: &[usize],
    grain: Grain,
    steps: &mut usize,
) -> bool {
    let count = |at: &usize| open.get(*at).map_or(0, Vec::len);
    let rows: Vec<usize> = parts.iter().copied().chain([total]).collect();
    let unknown = rows.iter().any(|at| count(at) == 0);
    if unknown || 1 < count(&total) && parts.iter().any(|at| 1 < count(at)) {
        return false;
    }
    if rows.iter().all(|at| count(at) == 1) {
        return false;
    }
    let mut search = Search { open, rows: &rows, grain, steps, way: Vec::new(), found: None };
    if search.only(0).is_none() {
        return false;
    }
    let Some(found) = search.found else { return false };
    for (at, way) in rows.iter().zip(found) {
        if let Some(ways) = open.get_mut(*at)
            && way < ways.len()
        {
            ways.swap(0, way);
            ways.truncate(1);
        }
    }
    true
}

/// Looks for the one choice of ways in which all columns of a sum add up.
struct Search<'s> {
    open: &'s [Vec<Way>],
    /// The rows that add up, the sum last.
    rows: &'s [usize],
    grain: Grain,
    /// How many amounts were looked at in the whole side.
    steps: &'s mut usize,
    way: Vec<usize>,
    found: Option<Vec<usize>>,
}

impl Search<'_> {
    /// Tries the ways of the rows from one on; nothing where several do, or too many are there.
    fn only(&mut self, from: usize) -> Option<()> {
        *self.steps += 1;
        if MOST_STEPS < *self.steps {
            return None;
        }
        let Some(row) = self.rows.get(from) else {
            if self.adds_up() && self.found.replace(self.way.clone()).is_some() {
                return None;
            }
            return Some(());
        };
        let count = self.open.get(*row).map_or(0, Vec::len);
        for way in 0..count {
            self.way.push(way);
            *self.steps += self.chosen(from).map_or(0, Vec::len);
            if self.fits() {
                self.only(from + 1)?;
            }
            self.way.pop();
        }
        Some(())
    }

    /// Returns the row that the choice makes of the row at a place.
    fn chosen(&self, at: usize) -> Option<&Arrangement> {
        let ways = self.open.get(*self.rows.get(at)?)?;
        ways.get(*self.way.get(at)?).map(|(_, row)| row)
    }

    /// Returns whether the last part can stand below a sum that is known: not where the sum is
    /// blank.
    fn fits(&self) -> bool {
        let last = self.rows.len() - 1;
        let sums = self.rows.get(last).and_then(|row| self.open.get(*row));
        let Some([(_, sum)]) = sums.map(Vec::as_slice) else { return true };
        let Some(part) = self.chosen(self.way.len() - 1) else { return true };
        let blank = |amount: &Option<i128>| amount.is_none_or(|amount| amount == 0);
        part.iter()
            .zip(sum)
            .all(|(part, sum)| blank(part) || !blank(sum) || part.is_some_and(|amount| amount < 0))
    }

    fn adds_up(&mut self) -> bool {
        let last = self.rows.len() - 1;
        let width = self.chosen(last).map_or(0, Vec::len);
        *self.steps += width * self.rows.len();
        (0..width).all(|column| {
            let amount = |at: usize| self.chosen(at)?.get(column).copied().flatten();
            self.grain.close(amount(last), (0..last).map(amount)) != Closing::Fails
        })
    }
}

/// Returns the columns in which the figures of a row can stand, in order, so that it adds up.
/// Nothing where there are more than `most` ways.
fn ways(row: &Row, identities: &[RowIdentity], grain: Grain, most: usize) -> Vec<Way> {
    let width = row.cells.len();
    let mut amounts: Vec<Option<i128>> = Vec::new();
    let mut printed: Vec<usize> = Vec::new();
    for (at, cell) in row.cells.iter().enumerate() {
        match &cell.value {
            Value::Number(reading) => amounts.push(Some(grain.amount(reading.amount))),
            Value::Dash => amounts.push(None),
            Value::Blank => continue,
            Value::Choice(_) | Value::Unread => return Vec::new(),
        }
        printed.push(at);
    }
    let laid = |way: &[usize]| {
        let mut values: Arrangement = vec![None; width];
        for (at, amount) in way.iter().zip(&amounts) {
            if let Some(value) = values.get_mut(*at) {
                *value = *amount;
            }
        }
        values
    };
    if !row.packed || amounts.is_empty() {
        let values = laid(&printed);
        return vec![(printed, values)];
    }
    let mut found = Vec::new();
    let mut way: Vec<usize> = (0..amounts.len()).collect();
    for _ in 0..MOST_WAYS {
        let values = laid(&way);
        let score = score(&values, identities, grain);
        if score.fails == 0 && 0 < score.holds {
            if found.len() == most {
                return Vec::new();
            }
            found.push((way.clone(), values));
        }
        if !advance(&mut way, width) {
            return found;
        }
    }
    Vec::new()
}

/// Moves on to the next choice of columns in order; false where it was the last.
fn advance(way: &mut [usize], width: usize) -> bool {
    for index in (0..way.len()).rev() {
        let room = width - (way.len() - index);
        let Some(at) = way.get_mut(index).filter(|at| **at < room) else { continue };
        let first = *at + 1;
        for (place, column) in way.iter_mut().skip(index).zip(first..) {
            *place = column;
        }
        return true;
    }
    false
}

/// Puts the figures of a row into their columns.
fn arrange(row: &mut Row, way: &[usize]) {
    let mut cells = vec![Cell::default(); row.cells.len()];
    let printed = std::mem::take(&mut row.cells).into_iter();
    for (cell, at) in printed.filter(|cell| cell.value != Value::Blank).zip(way) {
        if let Some(place) = cells.get_mut(*at) {
            *place = cell;
        }
    }
    row.cells = cells;
}

/// Takes the figures of a row for undecided, which makes them gaps.
fn undecided(row: &mut Row) {
    let filled = row.cells.iter().any(|cell| cell.value != Value::Blank);
    for cell in &mut row.cells {
        if let Value::Number(reading) = cell.value {
            cell.value = Value::Choice(vec![reading]);
        } else if filled && cell.value == Value::Blank {
            // Nor is it known that nothing stands here.
            cell.value = Value::Unread;
        }
    }
}
