//! Finds the entries of a place in the accounts: a table, a side, a row, a column.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::{
    accounts::{
        table::{Meaning, Row, Side, Table},
        token::{Flow, Fund, Item, Nature, Period, RowRole, Stage, TableKind, Unchecked},
    },
    extract::words::Words,
    normalise::cube::fund_of,
    reconcile::{
        ledger::{CellAt, EntryId, Ledger, flow_of},
        rule::Books,
    },
};

/// The most rows of a table in which places are looked up; a budget has a few hundred.
pub(super) const MOST_ROWS: usize = 5_000;

/// What a row of a 收支总表 or of another table with items is to the sums of its side.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Part {
    /// An item of the year, or a row of a table without such sums.
    Item,
    /// 本年收入合计, 本年支出合计: the sum of the items.
    Year,
    /// 收入总计, 支出总计, 合计: everything.
    Total,
    /// What came over, or is left over: 上年结转, 年初结转和结余, 结余分配, 年末结转和结余.
    Carried,
    /// A part of a carried amount, or a row that repeats money (其中).
    Within,
}

/// What the rows of a side are.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    /// The part of each row; empty for a table that is not of items.
    pub(super) parts: Vec<Part>,
    /// The fund that each row names; empty for a table that is not of items.
    pub(super) funds: Vec<Option<Fund>>,
    /// The rows that have a class, in the order of their classes.
    classes: Vec<usize>,
}

impl Outline {
    /// That of a side without rows.
    pub(super) const NONE: Outline =
        Outline { parts: Vec::new(), funds: Vec::new(), classes: Vec::new() };

    fn of(table: &Table, side: &Side, words: &Words) -> Outline {
        let class = |row: &usize| class_of(side, *row);
        let mut classes: Vec<usize> = (0..side.rows.len()).filter(|r| class(r).is_some()).collect();
        classes.sort_by(|a, b| class(a).cmp(&class(b)));
        if !two_sided(table.kind) {
            return Outline { classes, ..Outline::default() };
        }
        let funds: Vec<Option<Fund>> =
            side.rows.iter().map(|row| fund_of(&row.label, words)).collect();
        Outline { parts: parts(side, &funds), funds, classes }
    }

    /// Returns the rows of a class, from top to bottom.
    fn of_class(&self, side: &Side, code: &str) -> &[usize] {
        let from = self.classes.partition_point(|row| class_of(side, *row) < Some(code));
        let rest = self.classes.get(from..).unwrap_or_default();
        let count = rest.iter().take_while(|row| class_of(side, **row) == Some(code)).count();
        rest.get(..count).unwrap_or_default()
    }
}

fn class_of(side: &Side, row: usize) -> Option<&str> {
    side.rows.get(row)?.class_code.as_deref()
}

/// Outlines every side of every table.
pub(super) fn outlines(tables: &[Table], words: &Words) -> Vec<Vec<Outline>> {
    let sides =
        |table: &Table| table.sides.iter().map(|side| Outline::of(table, side, words)).collect();
    tables.iter().map(sides).collect()
}

/// Says of every row of a side which part it has; the rows are those of tables of items.
fn parts(side: &Side, funds: &[Option<Fund>]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::with_capacity(side.rows.len());
    // A row of totals before the last one is that of the year: 收入合计 before 收入总计.
    let last = side.rows.iter().rposition(is_grand);
    // One 小计 is the sum of the year; of several each is the sum of a part.
    let subtotals = side.rows.iter().filter(|row| row.label == "小计").count();
    let mut carried: Option<usize> = None;
    for (at, (row, fund)) in side.rows.iter().zip(funds).enumerate() {
        let label = row.label.as_str();
        let summed = row.role == RowRole::Total || is_year(label) || label.ends_with("总计");
        let part = if row.memo || label == "小计" && 1 < subtotals {
            Part::Within
        } else if summed {
            carried = None;
            if last == Some(at) || !is_year(label) && !is_sum_of_year(label) {
                Part::Total
            } else {
                Part::Year
            }
        } else if is_carried(label) {
            let within = carried.is_some() && row.parent == carried;
            carried = carried.filter(|_| within).or(Some(at));
            if within { Part::Within } else { Part::Carried }
        } else if carried.is_some() && (row.parent == carried || fund.is_some()) {
            // 年初财政拨款结转和结余, and below it the funds that it is of.
            Part::Within
        } else {
            carried = None;
            Part::Item
        };
        parts.push(part);
    }
    parts
}

fn is_grand(row: &Row) -> bool {
    row.role == RowRole::Total && !is_year(&row.label) || row.label.ends_with("总计")
}

/// Returns whether a label is that of the sum of the year.
fn is_year(label: &str) -> bool {
    let rest = label.strip_prefix("本年").or_else(|| label.strip_prefix("当年"));
    rest.is_some_and(|rest| {
        let rest = rest.trim_start_matches("财政拨款").trim_start_matches("预算");
        matches!(
            rest,
            "收入合计"
                | "支出合计"
                | "收入"
                | "支出"
                | "收入小计"
                | "支出小计"
                | "收入总计"
                | "支出总计"
                | "合计"
                | "小计"
        )
    })
}

fn is_sum_of_year(label: &str) -> bool {
    matches!(label, "收入合计" | "支出合计" | "收入小计" | "支出小计" | "小计")
}

/// Returns whether a label is that of money of other years.
fn is_carried(label: &str) -> bool {
    ["结转", "结余", "弥补", "滚存"].iter().any(|word| label.contains(word))
}

/// Whose row it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum RowKey<'a> {
    /// The row of everything: 收入总计, 支出总计, 合计.
    Total,
    /// The row of the year: 本年收入合计, 本年支出合计; in other tables the total.
    Year,
    /// A class of the functional or economic classification.
    Class(&'a str),
    /// A line of the “三公” table.
    Item(Item),
    /// A source of money.
    Fund(Fund),
}

/// A place in the accounts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) table: TableKind,
    pub(super) flow: Flow,
    pub(super) row: RowKey<'a>,
    pub(super) fund: Fund,
    pub(super) period: Period,
    pub(super) nature: Nature,
    pub(super) stage: Option<Stage>,
}

/// Finds the table of each kind that the document prints figures of; of several none is meant.
pub(super) fn tables_by_kind(tables: &[Table]) -> BTreeMap<TableKind, Result<usize, Unchecked>> {
    let printed = |table: &Table| {
        let rows = table.sides.iter().flat_map(|side| &side.rows);
        rows.flat_map(|row| &row.cells).any(|cell| !cell.value.is_blank())
    };
    let mut found = BTreeMap::new();
    for (at, table) in tables.iter().enumerate().filter(|(_, table)| printed(table)) {
        let large = table.sides.iter().any(|side| MOST_ROWS < side.rows.len());
        let one = if large { Err(Unchecked::TooLarge) } else { Ok(at) };
        match found.entry(table.kind) {
            Entry::Vacant(first) => {
                first.insert(one);
            }
            Entry::Occupied(mut first) => {
                *first.get_mut() = first.get().and(Err(Unchecked::Ambiguous));
            }
        }
    }
    found
}

/// The columns of a table, one at most of each side, in which a place is.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// The index of the table.
    pub(super) table: usize,
    /// The sides and their columns.
    at: Vec<(usize, usize)>,
}

/// Finds the entries of a place. Where the total is not printed these are the outermost rows,
/// which add up to it.
pub(super) fn find(
    books: &Books<'_>,
    ledger: &Ledger,
    wanted: &Wanted<'_>,
) -> Result<Vec<EntryId>, Unchecked> {
    find_in(books, ledger, &columns(books, ledger, wanted)?, wanted.row)
}

/// Finds the columns of a place; that its row is a line of the “三公” table is all that matters
/// of it.
pub(super) fn columns(
    books: &Books<'_>,
    ledger: &Ledger,
    wanted: &Wanted<'_>,
) -> Result<Columns, Unchecked> {
    let at = ledger.table(wanted.table)?;
    let table = books.tables.get(at).ok_or(Unchecked::NoSuchTable)?;
    let mut columns = Columns { table: at, at: Vec::new() };
    for side in 0..table.sides.len() {
        if let Some(column) = column(books, table, side, wanted)? {
            columns.at.push((side, column));
        }
    }
    if columns.at.is_empty() { Err(Unchecked::NoSuchFigure) } else { Ok(columns) }
}

/// Finds the entries of a row in the columns of a place, as [`find`] does.
pub(super) fn find_in(
    books: &Books<'_>,
    ledger: &Ledger,
    columns: &Columns,
    row: RowKey<'_>,
) -> Result<Vec<EntryId>, Unchecked> {
    let at = columns.table;
    let table = books.tables.get(at).ok_or(Unchecked::NoSuchTable)?;
    let mut found = Vec::new();
    for (side_at, column) in columns.at.iter().copied() {
        let Some(side) = table.sides.get(side_at) else { continue };
        let outline = ledger.outline(at, side_at);
        let cell = |row: usize| {
            ledger.cell(books.tables, CellAt { table: at, side: side_at, row, column })
        };
        match row {
            RowKey::Total | RowKey::Year => {
                let rows = sums(side, table.kind, row, outline);
                found.extend(rows.into_iter().filter_map(cell));
            }
            RowKey::Class(code) => {
                found.extend(outline.of_class(side, code).iter().copied().filter_map(cell));
            }
            RowKey::Item(item) => {
                let across = side.columns.get(column).and_then(|c| c.meaning?.item).is_some();
                let rows = side.rows.iter().enumerate();
                let of = |row: &Row| if across { true } else { row.item == Some(item) };
                found.extend(rows.filter(|(_, row)| of(row)).filter_map(|(at, _)| cell(at)));
            }
            RowKey::Fund(fund) => {
                let mut rows = outline.funds.iter().zip(&outline.parts);
                // A second row of the fund is that of what came over.
                let first = rows.position(|of| of == (&Some(fund), &Part::Item));
                found.extend(first.and_then(cell));
            }
        }
    }
    if found.is_empty() && row == RowKey::Total && !two_sided(table.kind) {
        for (side, column) in columns.at.iter().copied() {
            let rows = outermost(table, side).into_iter();
            let cells = rows.map(|row| CellAt { table: at, side, row, column });
            found.extend(cells.filter_map(|at| ledger.cell(books.tables, at)));
        }
        return if found.is_empty() { Err(Unchecked::NoSuchFigure) } else { Ok(found) };
    }
    match found.as_slice() {
        [] => Err(Unchecked::NoSuchFigure),
        [_] => Ok(found),
        // The same figure twice, as in 合计 above and below, is one.
        [first, rest @ ..] => {
            let amount = ledger.amount(*first);
            let same = rest.iter().all(|id| ledger.amount(*id) == amount);
            if same { Ok(vec![*first]) } else { Err(Unchecked::Ambiguous) }
        }
    }
}

/// Returns the rows of a side that are part of no other, but of its total or of a heading that
/// prints no figure. A class whose 类 stands in another panel is part of that.
pub(super) fn outermost(table: &Table, side_at: usize) -> Vec<usize> {
    let Some(side) = table.sides.get(side_at) else { return Vec::new() };
    let silent: Vec<bool> = side
        .rows
        .iter()
        .map(|row| row.role == RowRole::Total || row.cells.iter().all(|cell| cell.value.is_blank()))
        .collect();
    let is_silent = |at: usize| silent.get(at).copied().unwrap_or(true);
    // A heading within a row that prints figures is part of that.
    let outer = |row: &Row| {
        let mut above = row.parent;
        // No tree is deeper than its rows.
        for _ in 0..side.rows.len() {
            match above {
                Some(at) if is_silent(at) => above = side.rows.get(at).and_then(|row| row.parent),
                Some(_) => return false,
                None => break,
            }
        }
        true
    };
    let beside = |row: &Row| {
        let others = table.sides.iter().enumerate();
        let others = others.filter(|(at, other)| *at != side_at && other.flow == side.flow);
        others.flat_map(|(_, other)| &other.rows).any(|other| contains(other, row))
    };
    let item = |row: &Row| {
        table.kind != TableKind::ThreePublic || row.item.and_then(Item::whole) == Some(Item::Total)
    };
    let panels = 1 < table.sides.len() && side.rows.len() <= MOST_ROWS;
    let rows = side.rows.iter().enumerate();
    let found = rows.filter(|(at, row)| {
        !is_silent(*at) && !row.memo && item(row) && outer(row) && !(panels && beside(row))
    });
    found.map(|(at, _)| at).collect()
}

/// Returns whether a row is that of a class that the class of another lies in.
pub(super) fn contains(whole: &Row, part: &Row) -> bool {
    match (&whole.class_code, &part.class_code) {
        (Some(whole), Some(part)) => whole.len() < part.len() && part.starts_with(whole.as_str()),
        _ => false,
    }
}

/// Returns whether the same class stands in a side twice, as where it is parted by units: then
/// it is not known what adds up.
pub(super) fn repeats_classes(side: &Side) -> bool {
    let mut classes: Vec<&str> =
        side.rows.iter().filter_map(|row| row.class_code.as_deref()).collect();
    let all = classes.len();
    classes.sort_unstable();
    classes.dedup();
    classes.len() < all
}

/// Returns whether a table has a side for income and one for expenditure.
pub(super) fn two_sided(kind: TableKind) -> bool {
    matches!(kind, TableKind::Summary | TableKind::Appropriation)
}

/// Returns the rows of totals that are meant.
fn sums(side: &Side, kind: TableKind, key: RowKey<'_>, outline: &Outline) -> Vec<usize> {
    let rows = side.rows.iter().enumerate();
    if !two_sided(kind) {
        let sole = |row: &Row| {
            row.role == RowRole::Total && row.label == "合计" || row.item == Some(Item::Total)
        };
        let found: Vec<usize> = rows.filter(|(_, row)| sole(row)).map(|(at, _)| at).collect();
        if !found.is_empty() {
            return found;
        }
        // 人员经费合计 is the total of a part.
        let named = |row: &Row| {
            let of_part = row.label.contains("经费");
            let year = is_year(&row.label) == (key == RowKey::Year);
            row.role == RowRole::Total && !of_part && year
        };
        let rows = side.rows.iter().enumerate();
        return rows.filter(|(_, row)| named(row)).map(|(at, _)| at).collect();
    }
    let of = |wanted: Part| {
        let rows = outline.parts.iter().enumerate();
        rows.filter(move |(_, part)| **part == wanted).map(|(at, _)| at).collect::<Vec<usize>>()
    };
    match key {
        RowKey::Year => {
            let year = of(Part::Year);
            // Without carried money the total is that of the year.
            let carried = outline.parts.contains(&Part::Carried);
            if year.is_empty() && !carried { of(Part::Total) } else { year }
        }
        _ => of(Part::Total),
    }
}

/// Finds the column of a side that a place is in: nothing where there is none.
fn column(
    books: &Books<'_>,
    table: &Table,
    side_at: usize,
    wanted: &Wanted<'_>,
) -> Result<Option<usize>, Unchecked> {
    let Some(side) = table.sides.get(side_at) else { return Ok(None) };
    let item = match wanted.row {
        RowKey::Item(item) => Some(item),
        _ => None,
    };
    let fits = |meaning: &Meaning| {
        (meaning.fund, meaning.period, meaning.nature)
            == (wanted.fund, wanted.period, wanted.nature)
            && (meaning.item == item || meaning.item.is_none())
            && (meaning.stage.is_none() || meaning.stage == wanted.stage)
    };
    let year = books.identity.fiscal_year;
    // Of columns that compare years the one of the document's own counts.
    let (mut own, mut any) = ((0, None), (0, None));
    for (at, column) in side.columns.iter().enumerate() {
        let Some(meaning) = column.meaning.filter(fits) else { continue };
        // 上年预算数 is of no use for the document's own year.
        let before = meaning.year.is_some_and(|year| year < 0);
        if before || flow_of(table, side_at, at) != Some(wanted.flow) {
            continue;
        }
        let found = if meaning.year == year { &mut own } else { &mut any };
        *found = (found.0 + 1, Some(at));
    }
    match (own, any) {
        ((1, at), _) | ((0, _), (1, at)) => Ok(at),
        ((0, _), (0, _)) => Ok(None),
        _ => Err(Unchecked::Ambiguous),
    }
}
