//! Places the figures of rows that left empty cells out, where the identities of the columns
//! leave one way only.

use crate::{
    accounts::table::{Cell, Row, Side, Value},
    reconcile::{
        arrangement::{Arrangement, score},
        identity::{Grain, RowIdentity},
    },
};

/// The most ways to place the figures of one row.
const MOST_WAYS: usize = 4_096;

/// Places the figures of packed rows; those that can stand in several ways are left undecided.
pub(super) fn place(side: &mut Side, identities: &[RowIdentity], grain: Grain) {
    for row in side.rows.iter_mut().filter(|row| row.packed) {
        match only_way(row, identities, grain) {
            Some(way) => arrange(row, &way),
            None => undecided(row),
        }
    }
}

/// Returns the columns of a row's figures, in order, if they add up in one way only.
fn only_way(row: &Row, identities: &[RowIdentity], grain: Grain) -> Option<Vec<usize>> {
    let width = row.cells.len();
    let mut amounts: Vec<Option<i128>> = Vec::new();
    for cell in &row.cells {
        match &cell.value {
            Value::Number(reading) => amounts.push(Some(grain.amount(reading.amount))),
            Value::Dash => amounts.push(None),
            Value::Blank => (),
            Value::Choice(_) | Value::Unread => return None,
        }
    }
    let mut only: Option<Vec<usize>> = None;
    let mut way: Vec<usize> = (0..amounts.len()).collect();
    for _ in 0..MOST_WAYS {
        let mut values: Arrangement = vec![None; width];
        for (at, amount) in way.iter().zip(&amounts) {
            *values.get_mut(*at)? = *amount;
        }
        let score = score(&values, identities, grain);
        if score.fails == 0 && 0 < score.holds && only.replace(way.clone()).is_some() {
            return None;
        }
        if !advance(&mut way, width) {
            return only;
        }
    }
    None
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
    for cell in &mut row.cells {
        if let Value::Number(reading) = cell.value {
            cell.value = Value::Choice(vec![reading]);
        }
    }
}
