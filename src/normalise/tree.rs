//! Finds which row is part of which: by code, by column, by enumerator, by the standard
//! classification, by sums.

use rust_decimal::Decimal;

use crate::{
    accounts::{
        classification::{Classification, Classifications},
        table::{Row, Side},
        token::{Fund, Item, RowRole},
    },
    extract::{publisher::is_name, spec::RowKind, words::Words},
    normalise::cube::fund_of,
};

/// Sets the parent, the role and the classification code of every row of a side.
pub(super) fn build(side: &mut Side, kind: RowKind, classes: &Classifications, words: &Words) {
    match kind {
        RowKind::Function if !is_economic(&side.rows) => {
            classify(&mut side.rows, &classes.functional, &[3, 5, 7], &["2"]);
        }
        RowKind::Function | RowKind::Economy => {
            classify(&mut side.rows, &classes.economic, &[3, 5], &["3", "5"]);
        }
        RowKind::Item => {
            name_classes(&mut side.rows, &classes.functional);
            by_level(&mut side.rows);
            if side.rows.iter().all(|row| row.level.is_none()) {
                by_fund(&mut side.rows, words);
            }
        }
        RowKind::ThreePublic => by_item(&mut side.rows),
        RowKind::Unit | RowKind::Project => {
            let levels = side.rows.iter().filter(|row| row.level.is_some()).count();
            if 2 * levels > side.rows.len() {
                by_level(&mut side.rows);
            } else {
                by_code(&mut side.rows);
                by_sums(&mut side.rows);
            }
        }
    }
    let mut has_children = vec![false; side.rows.len()];
    for parent in side.rows.iter().filter_map(|row| row.parent) {
        if let Some(has) = has_children.get_mut(parent) {
            *has = true;
        }
    }
    for (row, has_children) in side.rows.iter_mut().zip(has_children) {
        row.role = match row.role {
            RowRole::Total => RowRole::Total,
            _ if has_children => RowRole::Subtotal,
            _ if row.memo => RowRole::Memo,
            _ => RowRole::Leaf,
        };
    }
}

/// Returns whether most printed codes are of the economic classification: 项目支出表 by 经济科目.
fn is_economic(rows: &[Row]) -> bool {
    let codes = rows.iter().filter_map(|row| row.code.as_deref());
    let classes: Vec<&str> = codes.filter(|code| matches!(code.len(), 3 | 5 | 7)).collect();
    let economic = classes.iter().filter(|code| code.len() < 7 && code.starts_with(['3', '5']));
    classes.len() < 2 * economic.count()
}

/// Gives every row its place in a classification.
///
/// A printed code decides; a name is looked up among the classes that can follow the row
/// above: an 项 under the open 款, a 款 under the open 类, another 类. A name that the
/// classification does not know is part of the innermost open class. Codes of another length,
/// or that begin otherwise than all codes of the classification do, are those of units.
fn classify(rows: &mut [Row], classes: &Classification, lengths: &[usize], begin: &[&str]) {
    // The open classes from the outermost: their codes and rows.
    let mut open: Vec<(String, usize)> = Vec::new();
    for index in 0..rows.len() {
        let Some(row) = rows.get_mut(index) else { break };
        if row.role == RowRole::Total {
            continue;
        }
        let of_class = |code: &&str| {
            lengths.contains(&code.len()) && begin.iter().any(|digit| code.starts_with(digit))
        };
        // 217 is that of a department as often as that of 金融支出.
        let of_body = row.code.as_ref().is_some_and(|code| code.len() == 3)
            && classes.codes(&row.label).is_empty()
            && is_name(&row.label);
        let printed = row.code.as_deref().filter(of_class).filter(|_| !of_body);
        let class = match printed {
            Some(code) => Some(code.to_owned()),
            None if row.code.is_none() => {
                lookup(classes.codes(&row.label), &open, lengths).map(str::to_owned)
            }
            None => None,
        };
        if let Some(code) = class {
            open.retain(|(outer, _)| outer.len() < code.len() && code.starts_with(outer.as_str()));
            row.parent = open.last().map(|(_, at)| *at);
            row.class_code = Some(code.clone());
            open.push((code, index));
        } else {
            let inner = lengths.len().saturating_sub(1);
            row.parent = open.get(..open.len().min(inner)).and_then(<[_]>::last).map(|(_, at)| *at);
        }
    }
}

/// Chooses among the codes of a name the one that can follow the open classes.
fn lookup<'c>(codes: &'c [String], open: &[(String, usize)], lengths: &[usize]) -> Option<&'c str> {
    let fits = |outer: &str, length: usize| {
        codes.iter().find(|code| code.len() == length && code.starts_with(outer))
    };
    for (outer, _) in open.iter().rev() {
        let inner = lengths.iter().find(|length| outer.len() < **length);
        if let Some(code) = inner.and_then(|length| fits(outer, *length)) {
            return Some(code);
        }
    }
    let first = lengths.first().copied().unwrap_or(3);
    if let Some(code) = fits("", first) {
        return Some(code);
    }
    // The 款 or the 类 between is not printed, or nothing is open yet.
    let outermost = open.first().map_or("", |(outer, _)| outer.as_str());
    let mut within = codes.iter().filter(|code| code.starts_with(outermost));
    let only = within.next().or_else(|| codes.first())?;
    (codes.len() == 1 || within.next().is_none()).then_some(only)
}

/// Gives rows that are named after a 类 its code: the expenditure side of summaries.
fn name_classes(rows: &mut [Row], classes: &Classification) {
    for row in rows {
        let class = classes.codes(&row.label).iter().find(|code| code.len() == 3);
        row.class_code = row.code.clone().filter(|code| code.len() == 3).or_else(|| class.cloned());
    }
}

/// Makes a row part of the nearest row above that is less deep. A row without an enumerator
/// below one with an enumerator is one deeper than it.
fn by_level(rows: &mut [Row]) {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut deepest = 0;
    for (index, row) in rows.iter_mut().enumerate() {
        if row.role == RowRole::Total {
            open.clear();
            deepest = 0;
            continue;
        }
        let level = match row.level {
            Some(level) => {
                deepest = level;
                level
            }
            None if 0 < deepest => deepest + 1,
            None => 1,
        };
        open.retain(|(outer, _)| *outer < level);
        row.parent = open.last().map(|(_, at)| *at);
        open.push((level, index));
    }
}

/// Makes the funds below 财政拨款 parts of it, where they are its sum and no enumerator says so.
fn by_fund(rows: &mut [Row], words: &Words) {
    let funds: Vec<Option<Fund>> = rows.iter().map(|row| fund_of(&row.label, words)).collect();
    let of_fiscal = |fund: &Option<Fund>| fund.is_some_and(|f| f.whole() == Some(Fund::Fiscal));
    for (at, fund) in funds.iter().enumerate() {
        let below = funds.get(at + 1..).unwrap_or_default();
        let parts = below.iter().take_while(|fund| of_fiscal(fund)).count();
        if *fund != Some(Fund::Fiscal) || parts == 0 {
            continue;
        }
        let amount = |row: usize, column: usize| {
            rows.get(row)?.cells.get(column)?.value.amount().filter(|amount| !amount.is_zero())
        };
        let width = rows.get(at).map_or(0, |row| row.cells.len());
        let whole = |column: &usize| {
            let parts = (at + 1..=at + parts).filter_map(|row| amount(row, *column));
            amount(at, *column).unwrap_or_default() == parts.sum::<Decimal>()
        };
        if (0..width).all(|column| whole(&column)) {
            for row in rows.iter_mut().skip(at + 1).take(parts) {
                row.parent = Some(at);
            }
        }
    }
}

/// Makes 购置 and 运行维护 parts of 公务用车 (BI-26).
fn by_item(rows: &mut [Row]) {
    let vehicles = rows.iter().position(|row| row.item == Some(Item::Vehicles));
    for row in rows {
        if row.item.and_then(Item::whole) == Some(Item::Vehicles) {
            row.parent = vehicles;
        }
        if matches!(row.item, Some(Item::OperatingCosts | Item::Meetings | Item::Training)) {
            row.memo = true;
        }
    }
}

/// Makes a row part of the nearest row above whose code begins its own.
fn by_code(rows: &mut [Row]) {
    let mut open: Vec<(String, usize)> = Vec::new();
    for (index, row) in rows.iter_mut().enumerate() {
        let Some(code) = &row.code else { continue };
        open.retain(|(outer, _)| outer.len() < code.len() && code.starts_with(outer.as_str()));
        row.parent = open.last().map(|(_, at)| *at);
        open.push((code.clone(), index));
    }
}

/// The most columns that are asked which rows add up.
const MOST_COLUMNS: usize = 3;

/// The most steps that the search for sums may take in one table.
const MOST_STEPS: usize = 20_000;

/// Makes rows part of the row above them that is their sum.
///
/// One column is asked, the first of those that leave fewest rows outside: a figure that is
/// wrong in one column hides the tree there.
fn by_sums(rows: &mut [Row]) {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let mut best: Option<(usize, Vec<Option<usize>>)> = None;
    let mut printed = 0;
    let mut asked = 0;
    for column in 0..width {
        let values = values(rows, column);
        let filled = values.iter().flatten().filter(|value| **value != 0).count();
        // A column that says less than the first is not asked.
        if filled == 0 || 2 * filled < printed {
            continue;
        }
        printed = printed.max(filled);
        let mut parents: Vec<Option<usize>> = rows.iter().map(|row| row.parent).collect();
        sums_of(&values, half_cent(rows, column), &mut parents);
        let outside = values.iter().zip(&parents);
        let outside = outside
            .filter(|(value, parent)| value.is_some_and(|value| value != 0) && parent.is_none());
        let sum: i128 = values
            .iter()
            .zip(&parents)
            .filter(|(_, parent)| parent.is_none())
            .filter_map(|(value, _)| *value)
            .sum();
        // Rows that the column leaves blank are not known to be outside.
        let outside = outside.count() + printed.saturating_sub(filled);
        let slack =
            half_cent(rows, column).saturating_mul(1 + i128::try_from(outside).unwrap_or(0));
        let whole = total(rows, column).is_some_and(|total| (total - sum).abs() <= slack);
        if best.as_ref().is_none_or(|(least, _)| outside < *least) {
            best = Some((outside, parents));
        }
        asked += 1;
        // The rows outside are the total: nothing is hidden.
        if whole || asked == MOST_COLUMNS {
            break;
        }
    }
    for (row, parent) in rows.iter_mut().zip(best.map(|(_, parents)| parents).unwrap_or_default()) {
        row.parent = parent;
    }
}

/// Returns the amounts of a column as whole numbers, those of totals left out.
fn values(rows: &[Row], column: usize) -> Vec<Option<i128>> {
    let decimals = decimals(rows, column);
    let whole =
        |amount: Decimal| amount.mantissa().saturating_mul(power(decimals - amount.scale()));
    let amount = |row: &Row| row.cells.get(column).and_then(|cell| cell.value.amount());
    rows.iter().map(|row| amount(row).filter(|_| row.role != RowRole::Total).map(whole)).collect()
}

/// Returns the amount of the row of totals in a column.
fn total(rows: &[Row], column: usize) -> Option<i128> {
    let decimals = decimals(rows, column);
    let row = rows.iter().find(|row| row.role == RowRole::Total)?;
    let amount = row.cells.get(column)?.value.amount()?;
    Some(amount.mantissa().saturating_mul(power(decimals - amount.scale())))
}

fn decimals(rows: &[Row], column: usize) -> u32 {
    let cells = rows.iter().filter_map(|row| row.cells.get(column));
    cells.filter_map(|cell| cell.value.amount()).map(|a| a.scale()).max().unwrap_or(0).max(3)
}

fn half_cent(rows: &[Row], column: usize) -> i128 {
    5 * power(decimals(rows, column) - 3)
}

fn power(exponent: u32) -> i128 {
    10_i128.saturating_pow(exponent)
}

/// The rows that add up to another, with the row behind the last of them.
type Group = Option<(Vec<usize>, usize)>;

/// Finds the tree of one column.
fn sums_of(values: &[Option<i128>], half: i128, parents: &mut [Option<usize>]) {
    let mut steps = 0;
    // From the bottom, so that what is within a part is known when its whole is looked at.
    let mut groups: Vec<Group> = vec![None; values.len()];
    for at in (0..values.len()).rev() {
        let found = group(values, half, at, &groups, &mut steps);
        if let Some(group) = groups.get_mut(at) {
            *group = found;
        }
    }
    let mut at = 0;
    while at < values.len() {
        let nested = groups.get_mut(at).and_then(Option::take);
        let is_flat = nested.is_none();
        let flat = || flat_group(values, half, at, &mut steps);
        let Some((children, end)) = nested.or_else(flat) else {
            at += 1;
            continue;
        };
        if is_flat {
            // None of these rows is within another.
            for group in groups.get_mut(at..end).unwrap_or_default() {
                *group = None;
            }
        }
        // What is within the rows of this group goes with it.
        let mut rest: Vec<(usize, Vec<usize>)> = vec![(at, children)];
        while let Some((whole, children)) = rest.pop() {
            for child in children {
                if let Some(parent) = parents.get_mut(child) {
                    *parent = Some(whole);
                }
                if let Some((inner, _)) = groups.get_mut(child).and_then(Option::take) {
                    rest.push((child, inner));
                }
            }
        }
        at = end;
    }
}

/// Finds the rows behind `at` whose sum is its value; each takes along what is within it.
fn group(
    values: &[Option<i128>],
    half: i128,
    at: usize,
    groups: &[Group],
    steps: &mut usize,
) -> Group {
    let whole = values.get(at).copied().flatten().filter(|whole| *whole != 0)?;
    let behind = |row: usize| match groups.get(row) {
        Some(Some((_, end))) => *end,
        _ => row + 1,
    };
    let off = |sum: i128| sum.saturating_sub(whole).saturating_abs();
    let mut children = Vec::new();
    let mut sum: i128 = 0;
    // Parts may be rounded: half a cent each.
    let mut slack = half;
    let mut next = at + 1;
    let mut found = false;
    while let Some(Some(value)) = values.get(next).copied() {
        *steps += 1;
        let with = sum.saturating_add(value);
        // Rounding lets a small last part be left out: it belongs here if the sum is no worse
        // with it.
        let over = if found { value <= 0 || off(sum) < off(with) } else { value < 0 };
        if over || MOST_STEPS < *steps {
            break;
        }
        children.push(next);
        sum = with;
        slack = slack.saturating_add(half);
        next = behind(next);
        found |= off(sum) <= slack;
        if !found && whole < sum {
            return None;
        }
    }
    found.then_some((children, next))
}

/// Finds the rows after `at` whose sum is its value where none of them is part of another:
/// two items of one amount look like a whole and its part.
fn flat_group(values: &[Option<i128>], half: i128, at: usize, steps: &mut usize) -> Group {
    let whole = values.get(at).copied().flatten().filter(|whole| *whole != 0)?;
    let mut sum: i128 = 0;
    let mut slack = half;
    let mut next = at + 1;
    while let Some(Some(value)) = values.get(next).copied() {
        *steps += 1;
        if MOST_STEPS < *steps || value < 0 || whole.saturating_add(slack) < sum {
            return None;
        }
        sum = sum.saturating_add(value);
        slack = slack.saturating_add(half);
        next += 1;
        // One part alone would have been found.
        if at + 2 < next && sum.saturating_sub(whole).saturating_abs() <= slack {
            return Some(((at + 1..next).collect(), next));
        }
    }
    None
}
