#![doc = include_str!("parent_differs_from_children.md")]

use crate::{
    accounts::{
        table::{Row, Side, Table},
        token::{RowRole, Severity, TableKind},
    },
    reconcile::{
        ledger::{CellAt, EntryId, Ledger, Relation},
        place::{MOST_ROWS, contains, repeats_classes},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "parent-differs-from-children",
    summary: "a row that is not the sum of the rows within it",
    summary_chinese: "上级科目不等于下级科目之和",
    ids: "BI-05 BI-06 BI-13 BI-15 BI-23 BI-26 BI-30 FI-07 FI-10 FI-12 FI-13",
    doc: include_str!("parent_differs_from_children.md"),
    severity: Severity::Error,
    shape: Shape::Rows,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    let mut right: Vec<EntryId> = Vec::new();
    for (table_at, table) in books.tables.iter().enumerate() {
        if matches!(table.kind, TableKind::Performance | TableKind::AppropriationDetail) {
            continue;
        }
        for (side_at, side) in table.sides.iter().enumerate() {
            let repeats = repeats_classes(side);
            for (parent_at, children) in families(table, side_at) {
                let Some(parent) = side.rows.get(parent_at) else { continue };
                let rows: Vec<&Row> = children.iter().filter_map(|at| row(table, *at)).collect();
                let sure = !repeats && certain(parent, &rows);
                let memo = rows.iter().any(|row| row.memo);
                // 其中 names some of the parts, and not all.
                let relation = if memo { Relation::AtLeast } else { Relation::Equal };
                for (column, header) in side.columns.iter().enumerate() {
                    if header.meaning.is_none() {
                        continue;
                    }
                    let id = |(side, row): RowAt| {
                        let at = CellAt { table: table_at, side, row, column };
                        ledger.cell(books.tables, at)
                    };
                    let left = id((side_at, parent_at));
                    right.clear();
                    right.extend(children.iter().filter_map(|at| id(*at)));
                    ledger.owe(&RULE, left.as_slice(), relation, &right, sure);
                }
            }
        }
    }
}

/// A row by its side and its index there.
type RowAt = (usize, usize);

fn row(table: &Table, (side, row): RowAt) -> Option<&Row> {
    table.sides.get(side)?.rows.get(row)
}

/// Returns every row of a side that prints figures and has rows within it, with these.
///
/// A class that its panel has no room for goes on in the next one.
fn families(table: &Table, side_at: usize) -> Vec<(usize, Vec<RowAt>)> {
    let Some(side) = table.sides.get(side_at) else { return Vec::new() };
    let mut children: Vec<Vec<RowAt>> = vec![Vec::new(); side.rows.len()];
    for (at, row) in side.rows.iter().enumerate() {
        if let Some(of) = row.parent.and_then(|parent| children.get_mut(parent)) {
            of.push((side_at, at));
        }
    }
    let others = table.sides.iter().enumerate();
    let beside = |(at, other): &(usize, &Side)| {
        *at != side_at
            && other.flow == side.flow
            && side.rows.len().max(other.rows.len()) <= MOST_ROWS
    };
    for (other_at, other) in others.filter(beside) {
        for (at, row) in other.rows.iter().enumerate().filter(|(_, row)| row.parent.is_none()) {
            let above = side.rows.iter().rposition(|whole| contains(whole, row));
            if let Some(of) = above.and_then(|above| children.get_mut(above)) {
                of.push((other_at, at));
            }
        }
    }
    let printed = |row: &Row| row.cells.iter().any(|cell| !cell.value.is_blank());
    let full = |at: usize| side.rows.get(at).is_some_and(printed);
    children
        .into_iter()
        .enumerate()
        // A heading without figures is no sum.
        .filter(|(at, children)| {
            full(*at) && children.iter().any(|child| row(table, *child).is_some_and(printed))
        })
        .filter(|(at, _)| side.rows.get(*at).is_some_and(|row| row.role != RowRole::Total))
        .collect()
}

/// Returns whether it is known that these rows, and only these, are within the other: by
/// printed codes, by enumerators, by the classification of several of them.
fn certain(parent: &Row, children: &[&Row]) -> bool {
    let coded = |row: &Row| match (&parent.code, &row.code) {
        (Some(outer), Some(inner)) => {
            outer.len() < inner.len() && inner.starts_with(outer.as_str())
        }
        _ => false,
    };
    let levelled = |row: &Row| parent.level.is_some() && row.level.is_some();
    let item = |row: &Row| row.item.is_some();
    let known = |row: &&Row| {
        coded(row)
            || contains(parent, row)
            || levelled(row)
            || item(row)
            || row.label == parent.label
    };
    children.iter().all(known) || 1 < children.len()
}
