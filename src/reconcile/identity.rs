//! Derives from the meanings of columns which of them must add up in every row.

use rust_decimal::Decimal;

use crate::accounts::{
    table::{Column, Meaning, Reading, Row, Side, Table, Value},
    token::{Period, Stage},
};

/// A column that is the sum of others in every row of its table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowIdentity {
    /// The column of sums.
    pub total: usize,
    /// The columns that add up to it.
    pub parts: Vec<usize>,
}

/// What becomes of an identity in a row or a column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    /// Neither the sum nor a part is printed.
    Idle,
    /// It adds up within the rounding of the printed places.
    Holds,
    /// It does not.
    Fails,
}

/// Finds every identity between the columns of a side (`identities.md` BI-08 to BI-12, BI-14,
/// BI-18, BI-20 to BI-22, BI-25, BI-26, BI-28, BI-29, FI-05, FI-06, FI-11, FI-13, FI-15).
///
/// They follow from the meanings alone: a column is the sum of the widest columns that lie
/// within it, if these exclude each other; where they do not, as 本年 and 一般公共预算, there is
/// an identity for each way to part it.
pub fn row_identities(columns: &[Column]) -> Vec<RowIdentity> {
    let meanings: Vec<(usize, Meaning)> = compared(columns)
        .into_iter()
        .enumerate()
        .filter_map(|(at, meaning)| Some((at, meaning?)))
        .collect();
    let mut identities = Vec::new();
    for (total, whole) in &meanings {
        let inside = |(_, part): &&(usize, Meaning)| part != whole && whole.covers(part);
        let within: Vec<(usize, Meaning)> = meanings.iter().filter(inside).copied().collect();
        if within.is_empty() {
            continue;
        }
        let total = *total;
        let widest: Vec<(usize, Meaning)> = within
            .iter()
            .filter(|(_, part)| {
                !within.iter().any(|(_, wider)| wider != part && wider.covers(part))
            })
            .copied()
            .collect();
        if widest.is_empty() {
            continue;
        }
        if disjoint(&widest) {
            let parts = widest.iter().map(|(at, _)| *at).collect();
            identities.push(RowIdentity { total, parts });
            continue;
        }
        for dimension in [by_period as Dimension, by_fund, by_nature, by_item] {
            let parts: Vec<(usize, Meaning)> =
                widest.iter().filter(|(_, part)| dimension(whole, part)).copied().collect();
            if 1 < parts.len() && disjoint(&parts) && !leaves_out(dimension, whole, &widest) {
                let parts = parts.iter().map(|(at, _)| *at).collect();
                identities.push(RowIdentity { total, parts });
            }
        }
    }
    identities
}

/// Returns an identity over funds with the column of what came over among its parts; nothing where
/// there is no such column, or it is one of them.
pub(super) fn with_carryover(side: &Side, identity: &RowIdentity) -> Option<RowIdentity> {
    let meanings = compared(&side.columns);
    let meaning = |column: usize| meanings.get(column).copied().flatten();
    let carried = Meaning { period: Period::Carryover, ..meaning(identity.total)? };
    let beside = (0..side.columns.len()).find(|column| meaning(*column) == Some(carried));
    let beside = beside.filter(|column| !identity.parts.contains(column))?;
    let mut wider = identity.clone();
    wider.parts.push(beside);
    Some(wider)
}

/// Adds the column of what came over to identities over funds in which more rows close with it,
/// as they are printed: some tables put 上年结转 beside the funds of the year.
pub(super) fn widened(side: &Side, identities: Vec<RowIdentity>, grain: Grain) -> Vec<RowIdentity> {
    let meanings = compared(&side.columns);
    let meaning = |column: usize| meanings.get(column).copied().flatten();
    let widen = |identity: RowIdentity| {
        // Beside the sum of the year alone it would be what another head is of.
        let all = meaning(identity.total).is_some_and(|whole| whole.period == Period::All);
        let Some(wider) = with_carryover(side, &identity).filter(|_| all) else { return identity };
        let closing = |identity: &RowIdentity| {
            let closes = |row: &&Row| {
                let cell = |at: usize| row.cells.get(at)?.value.amount();
                let amount = |at: usize| cell(at).map(|amount| grain.amount(amount));
                let parts = identity.parts.iter().map(|part| amount(*part));
                grain.close(amount(identity.total), parts) == Closing::Holds
            };
            side.rows.iter().filter(closes).count()
        };
        if closing(&identity) < closing(&wider) { wider } else { identity }
    };
    identities.into_iter().map(widen).collect()
}

/// Returns the meanings of columns as far as they tell these apart: 2024年预算数 beside 当年预算 is
/// of the same year and stage, though its head alone says so.
pub(super) fn compared(columns: &[Column]) -> Vec<Option<Meaning>> {
    let meanings = || columns.iter().filter_map(|column| column.meaning);
    let mut years: Vec<i32> = meanings().filter_map(|meaning| meaning.year).collect();
    let mut stages: Vec<Stage> = meanings().filter_map(|meaning| meaning.stage).collect();
    years.sort_unstable();
    years.dedup();
    stages.sort_unstable();
    stages.dedup();
    let plain = |meaning: Meaning| Meaning {
        year: meaning.year.filter(|_| 1 < years.len()),
        stage: meaning.stage.filter(|_| 1 < stages.len()),
        ..meaning
    };
    columns.iter().map(|column| column.meaning.map(plain)).collect()
}

/// Returns whether no two columns count the same money.
fn disjoint(parts: &[(usize, Meaning)]) -> bool {
    parts
        .iter()
        .enumerate()
        .all(|(index, (_, a))| parts.iter().skip(index + 1).all(|(_, b)| a.excludes(b)))
}

/// A way to part a column: whether a part differs from the whole in one respect alone.
type Dimension = fn(&Meaning, &Meaning) -> bool;

/// Returns whether a column beside the parts is of less than the whole in this respect too and
/// lies in none of them: 一般公共预算 of this year beside 财政专户 and 单位资金 of all years.
fn leaves_out(dimension: Dimension, whole: &Meaning, widest: &[(usize, Meaning)]) -> bool {
    let alike = |part: &Meaning| {
        // What of the whole is left where the column differs from it in this respect alone.
        let only = [
            Meaning { fund: part.fund, ..*whole },
            Meaning { period: part.period, ..*whole },
            Meaning { nature: part.nature, ..*whole },
            Meaning { item: part.item, ..*whole },
        ];
        only.iter().any(|only| only != whole && dimension(whole, only))
    };
    widest.iter().any(|(_, part)| !dimension(whole, part) && alike(part))
}

fn by_period(whole: &Meaning, part: &Meaning) -> bool {
    (whole.fund, whole.nature, whole.item) == (part.fund, part.nature, part.item)
}

fn by_fund(whole: &Meaning, part: &Meaning) -> bool {
    (whole.period, whole.nature, whole.item) == (part.period, part.nature, part.item)
}

fn by_nature(whole: &Meaning, part: &Meaning) -> bool {
    (whole.period, whole.fund, whole.item) == (part.period, part.fund, part.item)
}

fn by_item(whole: &Meaning, part: &Meaning) -> bool {
    (whole.period, whole.fund, whole.nature) == (part.period, part.fund, part.nature)
}

/// The unit in which the amounts of a table are added up, fine enough for each of them: a tenth
/// of the last place that any reading prints.
#[derive(Clone, Copy, Debug)]
pub struct Grain {
    /// The decimals of this unit.
    decimals: u32,
    /// Half a unit in the last place that the table prints.
    half: i128,
}

impl Grain {
    /// Finds the unit of a table.
    pub fn of(table: &Table) -> Grain {
        let cells = table.sides.iter().flat_map(|side| &side.rows).flat_map(|row| &row.cells);
        let scale = |reading: &Reading| reading.amount.scale();
        let finest = cells.filter_map(|cell| match &cell.value {
            Value::Number(reading) => Some(scale(reading)),
            Value::Choice(readings) => readings.iter().map(scale).max(),
            Value::Blank | Value::Dash | Value::Unread => None,
        });
        let finest = finest.max().unwrap_or(0).max(table.places);
        Grain { decimals: finest + 1, half: power(finest - table.places).saturating_mul(5) }
    }

    /// Returns an amount in this unit.
    pub fn amount(self, amount: Decimal) -> i128 {
        amount.mantissa().saturating_mul(power(self.decimals.saturating_sub(amount.scale())))
    }

    /// Returns how far rounding lets a sum be off: half a unit in the last printed place for
    /// each of the `terms` parts and for the sum (`identities.md` §3, TR).
    fn slack(self, terms: i128) -> i128 {
        self.half.saturating_mul(terms + 1)
    }

    /// Adds up an identity over printed amounts in this unit; blanks add nothing.
    pub fn close(self, total: Option<i128>, parts: impl Iterator<Item = Option<i128>>) -> Closing {
        let mut terms = 0;
        let mut sum: i128 = 0;
        for part in parts.flatten() {
            terms += 1;
            sum = sum.saturating_add(part);
        }
        match total {
            None if sum == 0 => Closing::Idle,
            Some(0) if terms == 0 => Closing::Idle,
            Some(total) if total.saturating_sub(sum).saturating_abs() <= self.slack(terms) => {
                Closing::Holds
            }
            _ => Closing::Fails,
        }
    }
}

/// Returns a power of ten.
fn power(exponent: u32) -> i128 {
    10_i128.saturating_pow(exponent)
}
