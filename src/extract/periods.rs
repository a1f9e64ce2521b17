//! Takes the periods from columns that they tell nothing of.

use crate::{
    accounts::{
        table::{Column, Meaning},
        token::Period,
    },
    extract::header::{HeaderColumn, same_side},
};

/// Leaves columns the periods alone that tell them apart.
pub(super) fn settle(columns: &mut [HeaderColumn]) {
    one_period(columns);
    lone_periods(columns);
    beside_last_year(columns);
}

/// Takes the period from columns that all have the same: it is the table's and tells none of
/// them apart.
fn one_period(columns: &mut [HeaderColumn]) {
    let mut periods = columns.iter().filter_map(|column| match column {
        HeaderColumn::Value(column, _) => Some(column.meaning?.period),
        HeaderColumn::Text(..) => None,
    });
    let first = periods.next();
    if first.is_none() || periods.any(|period| Some(period) != first) {
        return;
    }
    for column in columns {
        if let HeaderColumn::Value(Column { meaning: Some(meaning), .. }, _) = column {
            meaning.period = Period::All;
        }
    }
}

/// Takes 本年预算 from the only column of its side, where the other side is of all periods.
fn lone_periods(columns: &mut [HeaderColumn]) {
    let value = |columns: &[HeaderColumn], at: usize| match columns.get(at) {
        Some(HeaderColumn::Value(column, _)) => column.meaning,
        _ => None,
    };
    for at in 0..columns.len() {
        let Some(meaning) = value(columns, at) else { continue };
        let lone = (0..columns.len()).all(|other| {
            other == at || value(columns, other).is_none() || !same_side(columns, at, other)
        });
        if meaning.period == Period::Current
            && lone
            && let Some(HeaderColumn::Value(column, _)) = columns.get_mut(at)
        {
            column.meaning = Some(Meaning { period: Period::All, ..meaning });
        }
    }
}

/// Takes 本年 for the year of the document where 上年预算数 stands beside it: it is no part of a year.
fn beside_last_year(columns: &mut [HeaderColumn]) {
    let last = |column: &HeaderColumn| matches!(column, HeaderColumn::Value(Column { meaning: Some(m), .. }, _) if m.year.is_some_and(|year| year < 0));
    if !columns.iter().any(last) {
        return;
    }
    for column in columns {
        if let HeaderColumn::Value(Column { meaning: Some(meaning), .. }, _) = column
            && meaning.period == Period::Current
        {
            meaning.period = Period::All;
        }
    }
}
