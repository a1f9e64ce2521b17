#![doc = include_str!("total_differs_from_items.md")]

use crate::{
    accounts::{
        table::{Side, Table},
        token::{RowRole, Severity, TableKind, Unchecked},
    },
    reconcile::{
        ledger::{CellAt, EntryId, Ledger, Relation},
        place::{Outline, Part, outermost, repeats_classes, two_sided},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "total-differs-from-items",
    summary: "a total that is not the sum of its items",
    summary_chinese: "合计不等于各项之和",
    ids: "BI-02 BI-03 BI-04 BI-07 BI-13 BI-15 BI-17 BI-19 BI-23 BI-25 BI-30 BI-31 FI-02 FI-03 FI-04 FI-07 FI-09 FI-12 FI-13",
    doc: include_str!("total_differs_from_items.md"),
    severity: Severity::Error,
    shape: Shape::Rows,
    looks: Looks::Document(check),
};

/// The most rows that the totals of one side add up, all totals together: no budget has a tenth.
const MOST_TERMS: usize = 100_000;

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    let mut right: Vec<EntryId> = Vec::new();
    for (table_at, table) in books.tables.iter().enumerate() {
        if matches!(table.kind, TableKind::Performance | TableKind::AppropriationDetail) {
            continue;
        }
        for (side_at, side) in table.sides.iter().enumerate() {
            let sums = if two_sided(table.kind) {
                sums_of_items(side, ledger.outline(table_at, side_at))
            } else {
                sums_of_outermost(table, side_at)
            };
            let terms: usize = sums.iter().map(|sum| sum.items.len()).sum();
            if MOST_TERMS < terms {
                ledger.miss(&RULE, Some(table.kind), table.line, &table.title, Unchecked::TooLarge);
                continue;
            }
            for sum in sums {
                for column in 0..side.columns.len() {
                    if side.columns.get(column).is_some_and(|c| c.meaning.is_none()) {
                        continue;
                    }
                    let id = |row: &usize| {
                        let at = CellAt { table: table_at, side: side_at, row: *row, column };
                        ledger.cell(books.tables, at)
                    };
                    let left = id(&sum.row);
                    right.clear();
                    right.extend(sum.items.iter().filter_map(id));
                    ledger.owe(&RULE, left.as_slice(), Relation::Equal, &right, sum.certain);
                }
            }
        }
    }
}

/// A row of totals with the rows that add up to it.
struct Total {
    row: usize,
    items: Vec<usize>,
    certain: bool,
}

/// Returns the sums of one side of a table of items: that of the year, and everything.
fn sums_of_items(side: &Side, outline: &Outline) -> Vec<Total> {
    let of = |wanted: Part| {
        let rows = side.rows.iter().zip(&outline.parts).enumerate();
        let mine = rows.filter(move |(_, (_, part))| **part == wanted);
        mine.map(|(at, (row, _))| (at, row)).collect::<Vec<_>>()
    };
    let items: Vec<usize> =
        of(Part::Item).iter().filter(|(_, row)| row.parent.is_none()).map(|(at, _)| *at).collect();
    let carried: Vec<usize> = of(Part::Carried).iter().map(|(at, _)| *at).collect();
    let years = of(Part::Year);
    let mut sums = Vec::new();
    let few = MOST_TERMS / items.len().max(1) + 1;
    for (year, row) in years.iter().take(few + 1) {
        // 一、本年收入 with its own items below it is a row with children.
        if row.role != RowRole::Subtotal {
            sums.push(Total { row: *year, items: items.clone(), certain: true });
        }
    }
    let year = years.first().map(|(at, _)| *at);
    let few = MOST_TERMS / (items.len() + carried.len()).max(1) + 1;
    for (total, _) in of(Part::Total).into_iter().take(few + 1) {
        let mut of_total = match year {
            Some(year) => vec![year],
            None => items.clone(),
        };
        of_total.extend(&carried);
        sums.push(Total { row: total, items: of_total, certain: true });
    }
    sums
}

/// Returns the sums of one side of any other table: each row of totals.
fn sums_of_outermost(table: &Table, side_at: usize) -> Vec<Total> {
    let Some(side) = table.sides.get(side_at) else { return Vec::new() };
    let mut items = outermost(table, side_at);
    // Where units stand among classes, the classes alone add up.
    let classed = |at: &usize| side.rows.get(*at).is_some_and(|row| row.class_code.is_some());
    let coded =
        |at: &usize| classed(at) && side.rows.get(*at).is_some_and(|row| row.code.is_some());
    if items.iter().any(coded) {
        items.retain(classed);
    }
    if items.is_empty() {
        // The items of the “三公” are columns, or the table is a single row.
        return Vec::new();
    }
    let totals = side.rows.iter().enumerate().filter(|(_, row)| row.role == RowRole::Total);
    let grand: Vec<usize> =
        totals.filter(|(_, row)| row.label == "合计").map(|(at, _)| at).collect();
    let certain =
        !repeats_classes(side) && !has_subtotal(side, &items) && !is_unfolded(side, &grand, &items);
    // As many totals as items: this is no table of items.
    let few = MOST_TERMS / items.len().max(1) + 1;
    let one = |row: usize| Total { row, items: items.clone(), certain };
    grand.into_iter().take(few + 1).map(one).collect()
}

/// Returns whether one of several rows is already the total in every column: that of the
/// department, whose units could not be told from it.
fn is_unfolded(side: &Side, grand: &[usize], items: &[usize]) -> bool {
    let amounts = |at: usize| {
        let cells = side.rows.get(at).map(|row| row.cells.as_slice()).unwrap_or_default();
        cells.iter().map(|cell| cell.value.amount().filter(|a| !a.is_zero())).collect::<Vec<_>>()
    };
    let total = grand.first().map(|at| amounts(*at)).unwrap_or_default();
    1 < items.len() && items.iter().any(|at| amounts(*at) == total)
}

/// Returns whether a row among the items is itself a sum of some (小计).
fn has_subtotal(side: &Side, items: &[usize]) -> bool {
    items.iter().filter_map(|at| side.rows.get(*at)).any(|row| row.label.ends_with("小计"))
}
