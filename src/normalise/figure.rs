//! Turns the cells of typed tables into figures in yuan.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    accounts::{
        disclosure::Identity,
        figure::Figure,
        gap::{Gap, GapKind},
        money::Unit,
        table::{Cell, Column, Meaning, Row, Table, Value},
        token::{Item, Period, RowRole, Source, Stage, TableKind},
    },
    normalise::number::has_blank_thousands,
};

/// The largest amount that is believed, in yuan: ten trillion, a third of all public spending
/// of a year.
pub(super) const LARGEST_YUAN: i64 = 10_000_000_000_000;

/// The figures of a table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Figures {
    /// The figures, in printed order: row by row, the sides from left to right.
    pub figures: Vec<Figure>,
    /// The side, row and column of each, as indices into the table.
    pub cells: Vec<(usize, usize, usize)>,
    /// What became none.
    pub gaps: Vec<Gap>,
}

/// Makes the figures of a table.
///
/// A cell whose column was not understood, whose readings nothing decides between, or whose
/// unit is unknown becomes a gap.
pub fn figures(table: &Table, identity: &Identity) -> Figures {
    let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.value.is_blank()).count();
    let filled = table.sides.iter().flat_map(|side| &side.rows).map(filled).sum();
    let mut figures = Vec::with_capacity(filled);
    let mut cells = Vec::with_capacity(filled);
    let mut gaps = Vec::new();
    let years = printed_years(table);
    let mut order: Vec<(u32, usize, usize)> = Vec::new();
    for (side_at, side) in table.sides.iter().enumerate() {
        order.extend(
            side.rows.iter().enumerate().map(|(row_at, row)| (row.number, side_at, row_at)),
        );
    }
    order.sort_unstable();
    for (_, side_at, row_at) in order {
        let Some(side) = table.sides.get(side_at) else { continue };
        let Some(row) = side.rows.get(row_at) else { continue };
        for (column_at, (cell, column)) in row.cells.iter().zip(&side.columns).enumerate() {
            if cell.value.is_blank() || cell.value == Value::Unread {
                continue;
            }
            let gap = |kind| Gap {
                line: row.line,
                column: cell.column,
                token: cell.raw.clone(),
                kind,
                table: Some(table.kind),
            };
            let Some(meaning) = column.meaning else {
                gaps.push(gap(GapKind::UnknownColumn));
                continue;
            };
            match amount_yuan(table, column, cell, identity.money_unit) {
                Ok((amount_yuan, repairs)) => {
                    let stage = meaning.stage.or(table.stage).or(identity.stage);
                    let stage = stage.unwrap_or(Stage::Budget);
                    let item = meaning.item.or(row.item);
                    let across = table.kind == TableKind::ThreePublic && meaning.item.is_some();
                    cells.push((side_at, row_at, column_at));
                    figures.push(Figure {
                        table: table.kind,
                        line: row.line,
                        column: cell.column,
                        row: row.number,
                        flow: meaning.ledger.unwrap_or(side.flow),
                        code: match item {
                            Some(item) if table.kind == TableKind::ThreePublic => {
                                Some(item.as_str().to_owned())
                            }
                            _ => row.code.clone(),
                        },
                        class_code: row.class_code.clone(),
                        label: if across { item_label(meaning, column) } else { row.label.clone() },
                        label_raw: if across {
                            column.path.join(" ")
                        } else {
                            row.label_raw.clone()
                        },
                        row_unit: if across
                            && row.role != RowRole::Total
                            && row_year(&row.label).is_none()
                        {
                            Some(row.label.clone())
                        } else {
                            row.row_unit.clone()
                        },
                        fund: meaning.fund,
                        period: match meaning.period {
                            // An account's year is one: only what came over is apart.
                            Period::Current if stage == Stage::Final => Period::All,
                            period => period,
                        },
                        nature: meaning.nature,
                        stage,
                        fiscal_year: row_year(&row.label)
                            .or_else(|| year(meaning, &years, identity.fiscal_year)),
                        amount_yuan,
                        raw: cell.raw.clone(),
                        source: Source::Table,
                        repairs,
                        role: row.role,
                        parent_row: row.parent.and_then(|at| side.rows.get(at)).map(|p| p.number),
                        is_leaf: is_leaf(row, meaning),
                        verified_by: 0,
                    });
                }
                Err(kind) => gaps.push(gap(kind)),
            }
        }
    }
    Figures { figures, cells, gaps }
}

/// Returns whether a figure counts money that no other figure of its column counts.
fn is_leaf(row: &Row, meaning: Meaning) -> bool {
    match meaning.item {
        Some(item) => {
            // Every part that another item covers is counted by that one's leaves.
            let whole = matches!(item, Item::Total | Item::Vehicles);
            !whole && item.whole().is_some()
        }
        None => row.role == RowRole::Leaf,
    }
}

/// Converts a cell to yuan, with what was mended to read it.
fn amount_yuan(
    table: &Table,
    column: &Column,
    cell: &Cell,
    document: Option<Unit>,
) -> Result<(Decimal, Vec<crate::accounts::token::Repair>), GapKind> {
    let reading = match &cell.value {
        Value::Number(reading) => reading,
        // Nothing decides: blanks before three digits are thousands.
        Value::Choice(readings) if has_blank_thousands(&cell.raw) => {
            readings.first().ok_or(GapKind::Ambiguous)?
        }
        _ => return Err(GapKind::Ambiguous),
    };
    let unit = cell.unit.or(column.unit).or(table.unit).or(document).ok_or(GapKind::NoUnit)?;
    let fen = yuan(reading.amount, unit)?;
    let mut repairs = cell.repairs.clone();
    repairs.extend(reading.repair);
    Ok((fen, repairs))
}

/// Turns an amount in a printed unit into yuan; a gap where it cannot be one of a budget.
pub(super) fn yuan(amount: Decimal, unit: Unit) -> Result<Decimal, GapKind> {
    let yuan = amount.checked_mul(unit.yuan()).ok_or(GapKind::TooLarge)?;
    if Decimal::from(LARGEST_YUAN) < yuan.abs() {
        return Err(GapKind::TooLarge);
    }
    let fen = yuan.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    if fen == yuan { Ok(fen) } else { Err(GapKind::TooPrecise) }
}

/// Returns the years that the columns of a table print; 上年 is none.
fn printed_years(table: &Table) -> Vec<i32> {
    let columns = table.sides.iter().flat_map(|side| &side.columns);
    let years = columns.filter_map(|column| column.meaning.and_then(|meaning| meaning.year));
    let mut years: Vec<i32> = years.filter(|year| 0 < *year).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// Returns the year of a figure: the column's where the table compares years, else that of
/// the document; a lone other year in a header is a slip (DQ-02).
fn year(meaning: Meaning, printed: &[i32], document: Option<i32>) -> Option<i32> {
    match (meaning.year, document) {
        (Some(before), document) if before <= 0 => document.map(|year| year + before),
        (Some(year), None) => Some(year),
        (Some(year), Some(_)) if 1 < printed.len() => Some(year),
        _ => document.or(printed.last().copied()),
    }
}

/// Returns the year that a row is labelled with: 2023年 in a table of years.
fn row_year(label: &str) -> Option<i32> {
    let rest = label.get(4..)?.strip_prefix('年')?;
    let year = label.get(..4)?.parse().ok().filter(|year| (1990..2100).contains(year))?;
    let whole = matches!(rest, "" | "度" | "预算" | "决算" | "预算数" | "决算数" | "年初预算");
    whole.then_some(year)
}

/// Returns the label of an item that is printed as a column.
fn item_label(meaning: Meaning, column: &Column) -> String {
    let canonical = match meaning.item {
        Some(Item::Total) | None => return "合计".to_owned(),
        Some(Item::Abroad) => "因公出国(境)费",
        Some(Item::Reception) => "公务接待费",
        Some(Item::Vehicles) => "公务用车购置及运行费",
        Some(Item::VehiclePurchase) => "公务用车购置费",
        Some(Item::VehicleOperation) => "公务用车运行费",
        Some(Item::OperatingCosts) => "机关运行经费",
        Some(Item::Meetings) => "会议费",
        Some(Item::Training) => "培训费",
    };
    let leaf = column.path.last().map_or("", String::as_str);
    let printed = leaf.chars().count() > 2 && leaf.ends_with('费');
    if printed { leaf.to_owned() } else { canonical.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{table::Side, token::Flow};

    #[test]
    fn last_year_is_counted_from_the_document_and_none_is_made_up_without_one() {
        let column = |year| Column {
            path: Vec::new(),
            meaning: Some(Meaning { year, ..Meaning::ALL }),
            unit: None,
        };
        let side = Side {
            flow: Flow::Expenditure,
            columns: vec![column(Some(-1)), column(None)],
            rows: Vec::new(),
        };
        let table = Table {
            kind: TableKind::ThreePublic,
            title: String::new(),
            line: 1,
            unit: None,
            stage: None,
            sides: vec![side],
            places: 0,
        };
        let printed = printed_years(&table);
        let of = |year, document| self::year(Meaning { year, ..Meaning::ALL }, &printed, document);
        assert_eq!((of(Some(-1), Some(2024)), of(None, Some(2024))), (Some(2023), Some(2024)));
        assert_eq!((of(Some(-1), None), of(None, None)), (None, None));
    }
}
