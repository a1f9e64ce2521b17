//! Finds the columns of figures whose cells were lost, glued or shifted.
//!
//! One mechanism serves all of them. Where a row does not add up as printed, every
//! arrangement that extraction could have torn it from is tried, the likeliest first: other
//! readings of a cell, one run of figures shifted, two runs shifted. The first kind of
//! arrangement in which everything adds up is taken if it has exactly one such member. Then
//! the same is asked of columns: where parents and children do not add up, rows that can
//! stand elsewhere without breaking their own sums are moved if that closes two identities
//! or more, breaks none, and no other move does as well.

use std::{cmp::Reverse, iter};

use rust_decimal::Decimal;

use crate::{
    accounts::{
        table::{Cell, Reading, Row, Side, Table, Value},
        token::{Repair, RowRole},
    },
    reconcile::{
        arrangement::{Arrangement, score, shifted, spread},
        identity::{Closing, Grain, RowIdentity, row_identities, widened},
        packed,
    },
};

/// Rows with more figures than this are tried with one shifted run only.
const MOST_FIGURES: usize = 12;

/// The most readings of one row that are combined.
const MOST_READINGS: usize = 32;

/// The most moves between rows in one side of a table.
const MOST_MOVES: usize = 64;

/// The most rows of a side between which figures are moved; budgets have a few hundred.
const MOST_ROWS: usize = 2_000;

/// Places the figures of a table under the columns that its identities leave.
pub fn place(table: &mut Table) {
    let grain = Grain::of(table);
    for side in &mut table.sides {
        let identities = widened(side, row_identities(&side.columns), grain);
        if side.rows.iter().any(|row| row.packed) {
            // What the order of figures leaves open says nothing of other rows.
            packed::place(side, &identities, grain);
            continue;
        }
        let mut as_printed = Arrangement::new();
        let mut moved: Vec<(usize, Vec<Cell>)> = Vec::new();
        for (at, row) in side.rows.iter_mut().enumerate() {
            if let Some(printed) = place_row(row, &identities, grain, &mut as_printed) {
                moved.push((at, printed));
            }
        }
        keep_where_columns_agree(side, moved, grain);
        place_by_columns(side, &identities, grain);
    }
}

/// How likely an arrangement is: the more identities hold, the fewer printed digits are left
/// out and the fewer figures move, the likelier.
type Rank = (usize, Reverse<usize>, Reverse<usize>);

/// A figure of a row: the column it is printed in and its possible readings.
struct Printed {
    at: usize,
    readings: Vec<Reading>,
}

/// Puts the figures of a row back where they are printed if the sums of their columns say so:
/// a row that does not add up may be wrong, and not shifted.
fn keep_where_columns_agree(side: &mut Side, moved: Vec<(usize, Vec<Cell>)>, grain: Grain) {
    if moved.is_empty() || MOST_ROWS < side.rows.len() {
        return;
    }
    let sums = sums(&side.rows);
    let mut grid = Grid::of(side, grain);
    for (at, printed) in moved {
        let within = |sum: &usize| {
            sums.get(*sum).is_some_and(|(total, parts)| *total == at || parts.contains(&at))
        };
        let touched: Vec<usize> = (0..sums.len()).filter(within).collect();
        let failing = |grid: &Grid| {
            let columns = 0..side.columns.len();
            let all = touched.iter().flat_map(|sum| columns.clone().map(move |c| (*sum, c)));
            all.filter(|(sum, column)| fails(grid, &sums, *sum, *column, grain)).count()
        };
        let now = failing(&grid);
        let placed = grid.row_mut(at).to_vec();
        let amount = |cell: &Cell| cell.value.amount().map(|amount| grain.amount(amount));
        for (place, cell) in grid.row_mut(at).iter_mut().zip(&printed) {
            *place = amount(cell);
        }
        if failing(&grid) < now {
            if let Some(row) = side.rows.get_mut(at) {
                row.cells = printed;
            }
        } else {
            grid.row_mut(at).copy_from_slice(&placed);
        }
    }
}

/// Places the figures of one row. Returns its cells as they were if any figure moved.
///
/// `as_printed` is overwritten: the rows of a side share its memory.
fn place_row(
    row: &mut Row,
    identities: &[RowIdentity],
    grain: Grain,
    as_printed: &mut Arrangement,
) -> Option<Vec<Cell>> {
    if identities.is_empty() {
        return None;
    }
    let mut choice = false;
    as_printed.clear();
    for cell in &row.cells {
        as_printed.push(match &cell.value {
            Value::Number(reading) => Some(grain.amount(reading.amount)),
            Value::Choice(readings) => {
                choice = true;
                readings.first().map(|reading| grain.amount(reading.amount))
            }
            Value::Unread => return None,
            Value::Blank | Value::Dash => None,
        });
    }
    if !choice && score(as_printed, identities, grain).fails == 0 {
        return None;
    }
    let printed: Vec<Printed> = row
        .cells
        .iter()
        .enumerate()
        .filter_map(|(at, cell)| {
            let readings = match &cell.value {
                Value::Number(reading) => vec![*reading],
                Value::Choice(readings) => readings.clone(),
                Value::Blank | Value::Dash | Value::Unread => return None,
            };
            Some(Printed { at, readings })
        })
        .collect();
    let width = row.cells.len();
    let readings = combined(&printed);
    let amounts: Vec<Vec<i128>> = readings
        .iter()
        .map(|readings| readings.iter().map(|reading| grain.amount(reading.amount)).collect())
        .collect();
    let mut values: Arrangement = Vec::with_capacity(width);
    let columns: Vec<usize> = printed.iter().map(|figure| figure.at).collect();
    for tier in 0..3 {
        if tier == 2 && MOST_FIGURES < printed.len() {
            break;
        }
        let mut best: Option<(Rank, Vec<usize>, &Vec<Reading>)> = None;
        let mut tied = false;
        shifted(&columns, width, tier, &mut |at: &[usize]| {
            for (readings, amounts) in readings.iter().zip(&amounts) {
                spread(&mut values, width, at, amounts.iter().copied());
                let score = score(&values, identities, grain);
                if 0 < score.fails || score.holds == 0 {
                    continue;
                }
                let moved = at.iter().zip(&columns).filter(|(to, from)| to != from).count();
                let stray = |r: &&Reading| r.repair == Some(Repair::StrayCharacter);
                let left_out = readings.iter().filter(stray).count();
                let rank = (score.holds, Reverse(left_out), Reverse(moved));
                match &best {
                    Some((top, ..)) if rank < *top => (),
                    Some((top, known, amounts)) if rank == *top => {
                        tied |= known != at || *amounts != readings;
                    }
                    _ => {
                        best = Some((rank, at.to_vec(), readings));
                        tied = false;
                    }
                }
            }
        });
        match best {
            Some((_, at, readings)) if !tied => {
                let before = row.cells.clone();
                arrange(row, &printed, &at, readings);
                // Which reading is the printed one is no move.
                return (at != columns && !choice).then_some(before);
            }
            // Several arrangements are equally likely: nothing decides between them here.
            Some(_) => return None,
            None => (),
        }
    }
    None
}

/// Returns every combination of the readings of a row's figures.
fn combined(printed: &[Printed]) -> Vec<Vec<Reading>> {
    let mut combinations: Vec<Vec<Reading>> = vec![Vec::new()];
    for figure in printed {
        let widened = combinations.iter().flat_map(|known| {
            figure.readings.iter().map(|reading| {
                let mut next = known.clone();
                next.push(*reading);
                next
            })
        });
        combinations = widened.take(MOST_READINGS).collect();
    }
    combinations
}

/// Puts the figures of a row where they belong and notes which of them moved.
fn arrange(row: &mut Row, printed: &[Printed], at: &[usize], readings: &[Reading]) {
    let mut cells: Vec<Cell> = row
        .cells
        .iter()
        .map(|cell| {
            let value = if cell.value.is_blank() { cell.value.clone() } else { Value::Blank };
            Cell { value, column: cell.column, ..Cell::default() }
        })
        .collect();
    for ((figure, to), reading) in printed.iter().zip(at).zip(readings) {
        let Some(mut cell) = row.cells.get(figure.at).cloned() else { continue };
        cell.value = Value::Number(*reading);
        if figure.at != *to {
            cell.repairs.push(Repair::Moved);
        }
        if let Some(place) = cells.get_mut(*to) {
            *place = cell;
        }
    }
    row.cells = cells;
}

/// The amounts of a side by row and column, in the table's [`Grain`].
struct Grid {
    width: usize,
    amounts: Vec<Option<i128>>,
}

impl Grid {
    fn of(side: &Side, grain: Grain) -> Grid {
        let width = side.columns.len();
        let mut amounts = Vec::with_capacity(width * side.rows.len());
        for row in &side.rows {
            let cells = row.cells.iter().map(|cell| cell.value.amount());
            let amount = |cell: Option<Decimal>| cell.map(|amount| grain.amount(amount));
            amounts.extend(cells.map(amount).chain(iter::repeat(None)).take(width));
        }
        Grid { width, amounts }
    }

    fn row_mut(&mut self, row: usize) -> &mut [Option<i128>] {
        self.amounts.chunks_mut(self.width.max(1)).nth(row).unwrap_or_default()
    }

    fn amount(&self, row: usize, column: usize) -> Option<i128> {
        self.amounts.get(row * self.width + column).copied().flatten()
    }
}

/// Moves rows whose own sums allow it where that closes sums of columns.
fn place_by_columns(side: &mut Side, identities: &[RowIdentity], grain: Grain) {
    if MOST_ROWS < side.rows.len() {
        return;
    }
    let sums = sums(&side.rows);
    if sums.is_empty() {
        return;
    }
    let mut grid = Grid::of(side, grain);
    for _ in 0..MOST_MOVES {
        let failing: Vec<(usize, usize)> = (0..sums.len())
            .flat_map(|sum| (0..side.columns.len()).map(move |column| (sum, column)))
            .filter(|(sum, column)| fails(&grid, &sums, *sum, *column, grain))
            .collect();
        if failing.is_empty() {
            return;
        }
        let Some((block, from, to)) =
            best_move(side, &mut grid, &sums, &failing, identities, grain)
        else {
            return;
        };
        shift(side, &block, &from, &to);
        move_amounts(&mut grid, &block, &from, &to);
    }
}

/// A move: which rows, from which columns, to which.
type Move = (Vec<usize>, Vec<usize>, Vec<usize>);

/// Finds the one move that closes most sums of columns, two at least, and breaks none.
fn best_move(
    side: &Side,
    grid: &mut Grid,
    sums: &[(usize, Vec<usize>)],
    failing: &[(usize, usize)],
    identities: &[RowIdentity],
    grain: Grain,
) -> Option<Move> {
    let mut best: Option<(usize, Move)> = None;
    let mut tied = false;
    for index in 0..side.rows.len() {
        let Some(row) = side.rows.get(index).filter(|row| row.role != RowRole::Total) else {
            continue;
        };
        let from = filled(row);
        // Only a row that stands in a failing column, within a failing sum, can mend it.
        let involved = |(sum, column): &(usize, usize)| {
            from.contains(column)
                && sums
                    .get(*sum)
                    .is_some_and(|(total, parts)| *total == index || parts.contains(&index))
        };
        if !failing.iter().any(involved) {
            continue;
        }
        let block = block(&side.rows, sums, index, &from);
        for to in alternatives(side, &block, &from, identities, grain) {
            move_amounts(grid, &block, &from, &to);
            let (mut closed, mut broken) = (0, false);
            for (sum, (total, parts)) in sums.iter().enumerate() {
                if !block.iter().any(|row| row == total || parts.contains(row)) {
                    continue;
                }
                for column in from.iter().chain(to.iter().filter(|to| !from.contains(to))) {
                    let failed = failing.contains(&(sum, *column));
                    match (failed, fails(grid, sums, sum, *column, grain)) {
                        (true, false) => closed += 1,
                        (false, true) => broken = true,
                        _ => (),
                    }
                }
            }
            move_amounts(grid, &block, &to, &from);
            if broken || closed < 2 {
                continue;
            }
            match &best {
                Some((top, _)) if closed < *top => (),
                Some((top, _)) if closed == *top => tied = true,
                _ => {
                    best = Some((closed, (block.clone(), from.clone(), to)));
                    tied = false;
                }
            }
        }
    }
    best.filter(|_| !tied).map(|(_, found)| found)
}

/// Returns the rows that are sums with the rows that add up to them.
pub(super) fn sums(rows: &[Row]) -> Vec<(usize, Vec<usize>)> {
    let mut parts: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    let mut outermost = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        match row.parent {
            Some(parent) => {
                if let Some(parts) = parts.get_mut(parent) {
                    parts.push(index);
                }
            }
            None if matches!(row.role, RowRole::Total | RowRole::Memo) => (),
            None => outermost.push(index),
        }
    }
    let of = |(index, (row, parts)): (usize, (&Row, Vec<usize>))| match row.role {
        RowRole::Subtotal => Some((index, parts)),
        RowRole::Total if row.label == "合计" => Some((index, outermost.clone())),
        _ => None,
    };
    rows.iter().zip(parts).enumerate().filter_map(of).collect()
}

/// Returns whether a sum does not add up in a column.
fn fails(
    grid: &Grid,
    sums: &[(usize, Vec<usize>)],
    sum: usize,
    column: usize,
    grain: Grain,
) -> bool {
    let amount = |row: usize| grid.amount(row, column);
    let Some((total, parts)) = sums.get(sum) else { return false };
    grain.close(amount(*total), parts.iter().map(|row| amount(*row))) == Closing::Fails
}

/// Moves the amounts of some rows between columns.
fn move_amounts(grid: &mut Grid, block: &[usize], from: &[usize], to: &[usize]) {
    for index in block {
        let amounts = grid.row_mut(*index);
        let printed = amounts.to_vec();
        for at in from {
            if let Some(amount) = amounts.get_mut(*at) {
                *amount = None;
            }
        }
        for (from, to) in from.iter().zip(to) {
            if let Some(amount) = amounts.get_mut(*to) {
                *amount = printed.get(*from).copied().flatten();
            }
        }
    }
}

/// Returns the columns in which a row has figures.
fn filled(row: &Row) -> Vec<usize> {
    (0..row.cells.len())
        .filter(|at| row.cells.get(*at).is_some_and(|cell| !cell.value.is_blank()))
        .collect()
}

/// Returns a row and all rows within it that have figures in the same columns.
fn block(
    rows: &[Row],
    children: &[(usize, Vec<usize>)],
    index: usize,
    columns: &[usize],
) -> Vec<usize> {
    let mut block = vec![index];
    let mut at = 0;
    while let Some(row) = block.get(at).copied() {
        let parts = children.iter().find(|(total, _)| *total == row).map(|(_, parts)| parts);
        for part in parts.into_iter().flatten() {
            if rows.get(*part).is_some_and(|row| filled(row) == columns) {
                block.push(*part);
            }
        }
        at += 1;
    }
    block
}

/// Returns the other columns in which the rows of a block could stand: one run of their
/// figures shifted, with all of their own sums closing as they do now.
fn alternatives(
    side: &Side,
    block: &[usize],
    from: &[usize],
    identities: &[RowIdentity],
    grain: Grain,
) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    let width = side.columns.len();
    let mut values: Arrangement = Vec::with_capacity(width);
    let amounts = |index: &usize| -> Vec<Option<i128>> {
        let cell = |at: &usize| side.rows.get(*index)?.cells.get(*at)?.value.amount();
        from.iter().map(|at| cell(at).map(|amount| grain.amount(amount))).collect()
    };
    let rows: Vec<Vec<Option<i128>>> = block.iter().map(amounts).collect();
    let mut score_at = |amounts: &[Option<i128>], columns: &[usize]| {
        values.clear();
        values.resize(width, None);
        for (amount, to) in amounts.iter().zip(columns) {
            if let Some(value) = values.get_mut(*to) {
                *value = *amount;
            }
        }
        score(&values, identities, grain)
    };
    let now: Vec<usize> = rows.iter().map(|amounts| score_at(amounts, from).holds).collect();
    shifted(from, width, 1, &mut |to: &[usize]| {
        let holds = rows.iter().zip(&now).all(|(amounts, now)| {
            let then = score_at(amounts, to);
            then.fails == 0 && *now <= then.holds && 0 < then.holds
        });
        if holds && !found.iter().any(|known| known == to) {
            found.push(to.to_vec());
        }
    });
    found
}

/// Moves the figures of a block of rows from some columns to others.
fn shift(side: &mut Side, block: &[usize], from: &[usize], to: &[usize]) {
    for index in block {
        let Some(row) = side.rows.get_mut(*index) else { continue };
        let printed: Vec<Printed> =
            from.iter().map(|at| Printed { at: *at, readings: Vec::new() }).collect();
        let readings: Vec<Reading> = from
            .iter()
            .filter_map(|at| match row.cells.get(*at).map(|cell| &cell.value) {
                Some(Value::Number(reading)) => Some(*reading),
                _ => None,
            })
            .collect();
        if readings.len() == printed.len() {
            arrange(row, &printed, to, &readings);
        }
    }
}
