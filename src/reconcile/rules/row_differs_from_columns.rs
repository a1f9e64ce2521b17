#![doc = include_str!("row_differs_from_columns.md")]

use crate::{
    accounts::{
        table::{Side, Table},
        token::{Severity, Unchecked},
    },
    reconcile::{
        identity::{RowIdentity, row_identities, with_carryover},
        ledger::{CellAt, EntryId, Ledger, Relation, State},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "row-differs-from-columns",
    summary: "a row whose total is not the sum of its other columns",
    summary_chinese: "行内合计不等于各栏之和",
    ids: "BI-08 BI-10 BI-11 BI-12 BI-14 BI-18 BI-20 BI-21 BI-22 BI-25 BI-26 BI-28 BI-29 BI-31 FI-05 FI-06 FI-08 FI-11 FI-13 FI-15 FI-16",
    doc: include_str!("row_differs_from_columns.md"),
    severity: Severity::Error,
    shape: Shape::Columns,
    looks: Looks::Document(check),
};

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    for (table_at, table) in books.tables.iter().enumerate() {
        for (side_at, side) in table.sides.iter().enumerate() {
            check_side(books, ledger, (table_at, table), (side_at, side));
        }
    }
}

fn check_side(
    books: &Books<'_>,
    ledger: &mut Ledger,
    (table_at, table): (usize, &Table),
    (side_at, side): (usize, &Side),
) {
    let mut left = Vec::new();
    let mut right: Vec<EntryId> = Vec::new();
    let widened =
        |identity: RowIdentity| widened(books, ledger, (table_at, side_at, side), identity);
    let identities: Vec<RowIdentity> =
        row_identities(&side.columns).into_iter().map(widened).collect();
    for identity in identities {
        let printed = |row: usize, column: usize| {
            let at = CellAt { table: table_at, side: side_at, row, column };
            let id = ledger.cell(books.tables, at)?;
            Some((id, ledger.entry(id)?.state))
        };
        // Columns that nobody fills are not parts: some tables print the total alone.
        let filled = (0..side.rows.len()).any(|row| {
            let mut parts = identity.parts.iter();
            parts.any(|part| printed(row, *part).is_some_and(|(_, state)| state != State::Blank))
        });
        // A column whose header was not understood may be a part.
        let unknown = side.columns.iter().enumerate().any(|(at, column)| {
            column.meaning.is_none()
                && (0..side.rows.len())
                    .any(|row| printed(row, at).is_some_and(|(_, state)| state != State::Blank))
        });
        if !filled || unknown {
            let reason = if unknown { Unchecked::Ambiguous } else { Unchecked::Incomplete };
            ledger.miss(&RULE, Some(table.kind), table.line, &table.title, reason);
            continue;
        }
        for (row_at, row) in side.rows.iter().enumerate() {
            if row.packed {
                continue;
            }
            let id = |column: usize| {
                ledger.cell(
                    books.tables,
                    CellAt { table: table_at, side: side_at, row: row_at, column },
                )
            };
            left.clear();
            right.clear();
            left.extend(id(identity.total));
            right.extend(identity.parts.iter().filter_map(|part| id(*part)));
            ledger.owe(&RULE, &left, Relation::Equal, &right, true);
        }
    }
}

/// Adds the column of what came over to an identity over funds, where more rows close with it:
/// some tables put 上年结转 beside the funds of the year, without a head for these.
fn widened(
    books: &Books<'_>,
    ledger: &Ledger,
    (table, side_at, side): (usize, usize, &Side),
    identity: RowIdentity,
) -> RowIdentity {
    let Some(wider) = with_carryover(side, &identity) else { return identity };
    let closing = |identity: &RowIdentity| {
        let amount = |row: usize, column: usize| {
            let at = CellAt { table, side: side_at, row, column };
            ledger.cell(books.tables, at).and_then(|id| ledger.amount(id)).unwrap_or(0)
        };
        let closes = |row: &usize| {
            let sum: i64 = identity.parts.iter().map(|part| amount(*row, *part)).sum();
            sum == amount(*row, identity.total)
        };
        (0..side.rows.len()).filter(closes).count()
    };
    if closing(&identity) < closing(&wider) { wider } else { identity }
}
