#![doc = include_str!("prose_differs_from_table.md")]

use std::collections::BTreeMap;

use crate::{
    accounts::{
        statement::Statement,
        token::{Fund, Item, Period, RowRole, Severity, TableKind, Unchecked},
    },
    normalise::cube::{fund_of, place::Place},
    reconcile::{
        ledger::{EntryId, Ledger, Relation},
        place::{RowKey, Wanted, find},
        rule::{Books, Looks, Noted, Rule, Shape},
    },
};

pub(in crate::reconcile) static RULE: Rule = Rule {
    name: "prose-differs-from-table",
    summary: "a figure that the prose states otherwise than its table prints it",
    summary_chinese: "文字说明与表格数字不一致",
    ids: "TX-01 TX-02 TX-03 TX-04 TX-05 TX-06 TX-07 TX-08 TX-09",
    doc: include_str!("prose_differs_from_table.md"),
    severity: Severity::Error,
    shape: Shape::Prose,
    looks: Looks::Document(check),
};

/// The most statements that are looked up; a document has a few hundred.
const MOST_STATED: usize = 5_000;

fn check(books: &Books<'_>, ledger: &mut Ledger, _: &mut Vec<Noted>) {
    let mut places: BTreeMap<usize, Vec<&Place>> = BTreeMap::new();
    for (at, place) in books.placed {
        places.entry(*at).or_default().push(place);
    }
    for (at, places) in places.into_iter().take(MOST_STATED) {
        let Some(statement) = books.statements.get(at) else { continue };
        let stated = ledger.statement(at);
        let mut found: Vec<EntryId> = Vec::new();
        let mut last = Unchecked::NoSuchTable;
        for place in places {
            match printed(books, ledger, place, statement) {
                Ok(ids) => found.extend(ids),
                Err(reason) => last = reason,
            }
        }
        let agrees = |id: &EntryId| close(ledger, stated, *id);
        let (same, other): (Vec<EntryId>, Vec<EntryId>) = found.into_iter().partition(agrees);
        match (same.as_slice(), other.as_slice()) {
            ([], []) => ledger.miss(&RULE, None, statement.line, &statement.label, last),
            ([], [first, rest @ ..]) => {
                // Tables that contradict each other are accused where they do.
                let one = rest.iter().all(|id| close(ledger, *first, *id));
                for id in &other {
                    ledger.owe(&RULE, &[stated], Relation::Equal, &[*id], one);
                }
            }
            // One of several that could be meant suffices.
            (same, _) => {
                for id in same {
                    ledger.owe(&RULE, &[stated], Relation::Equal, &[*id], true);
                }
            }
        }
    }
}

/// Returns whether two entries print one amount, but for the rounding of the coarser; some
/// authors cut instead (TC).
fn close(ledger: &Ledger, a: EntryId, b: EntryId) -> bool {
    let (Some(x), Some(y)) = (ledger.entry(a), ledger.entry(b)) else { return false };
    let (Some(left), Some(right)) = (x.amount(), y.amount()) else { return false };
    // A zero without decimals is still exactly nothing.
    let half = if left == 0 { x.half().min(y.half()) } else { x.half().max(y.half()) };
    left.saturating_sub(right).saturating_abs() <= half.saturating_mul(2)
}

/// Finds the entries that print what a statement is of.
fn printed(
    books: &Books<'_>,
    ledger: &Ledger,
    place: &Place,
    statement: &Statement,
) -> Result<Vec<EntryId>, Unchecked> {
    let wanted = Wanted {
        table: place.table,
        flow: place.flow,
        row: RowKey::Total,
        fund: place.fund,
        period: place.period,
        nature: place.nature,
        stage: statement.stage,
    };
    let row = match (place.role, place.code.as_deref().and_then(Item::parse)) {
        (_, Some(item)) => RowKey::Item(item),
        (RowRole::Total, None) if place.label.starts_with("本年") => RowKey::Year,
        (RowRole::Total, None) => RowKey::Total,
        (_, None) => {
            if let Some(code) = &statement.class_code {
                return classes(books, ledger, &wanted, statement, code);
            }
            let fund = fund_of(&place.label, &books.forms.words);
            RowKey::Fund(fund.ok_or(Unchecked::NoSuchFigure)?)
        }
    };
    let with =
        |fund: Fund, period: Period| find(books, ledger, &Wanted { row, fund, period, ..wanted });
    let found = with(place.fund, place.period).or_else(|reason| match place.table {
        // The title of a “三公” table does not always say which money it is.
        TableKind::ThreePublic => {
            with(Fund::General, place.period).or_else(|_| with(Fund::Fiscal, place.period))
        }
        TableKind::Income if place.period == Period::All => with(place.fund, Period::Current),
        _ => Err(reason),
    })?;
    // Figures that add up to what is meant are no figure of it.
    if found.len() == 1 { Ok(found) } else { Err(Unchecked::NoSuchFigure) }
}

/// Finds the entries of a class: those of its code, and of rows of the same name, which may
/// stand for another level of the classification.
fn classes(
    books: &Books<'_>,
    ledger: &Ledger,
    wanted: &Wanted<'_>,
    statement: &Statement,
    code: &str,
) -> Result<Vec<EntryId>, Unchecked> {
    let at = ledger.table(wanted.table)?;
    let sides = books.tables.get(at).into_iter().flat_map(|table| &table.sides);
    let rows = sides.filter(|side| side.flow == wanted.flow).flat_map(|side| &side.rows);
    let named = rows.filter(|row| row.label == statement.label);
    let mut codes: Vec<&str> = named.filter_map(|row| row.class_code.as_deref()).collect();
    codes.push(code);
    codes.sort_unstable();
    codes.dedup();
    let mut found = Vec::new();
    for code in codes {
        let of_code = find(books, ledger, &Wanted { row: RowKey::Class(code), ..*wanted });
        found.extend(of_code.unwrap_or_default());
    }
    if found.is_empty() { Err(Unchecked::NoSuchFigure) } else { Ok(found) }
}
