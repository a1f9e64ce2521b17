//! Defines `Table`: a statutory table as this program understands it.

use rust_decimal::Decimal;

use crate::accounts::{
    money::Unit,
    token::{Flow, Fund, Item, Nature, Period, Repair, RowRole, Stage, TableKind},
};

/// What the figures of a column are, as far as the column says it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Meaning {
    /// The line of the “三公” table, where its items are columns.
    pub item: Option<Item>,
    /// Where the money comes from.
    pub fund: Fund,
    /// Whether it is this year's.
    pub period: Period,
    /// What kind of spending it is.
    pub nature: Nature,
    /// Budget or final account, where the column says so.
    pub stage: Option<Stage>,
    /// The year, where the column prints one; 0 and below is counted from the document's.
    pub year: Option<i32>,
    /// The side of the ledger, in a table that has both in one row (年初结转, 本年支出).
    pub ledger: Option<Flow>,
}

impl Meaning {
    /// The meaning of a column that says nothing.
    pub const ALL: Meaning = Meaning {
        item: None,
        fund: Fund::All,
        period: Period::All,
        nature: Nature::All,
        stage: None,
        year: None,
        ledger: None,
    };

    /// Returns whether money in `other` is also money in `self`.
    pub fn covers(&self, other: &Meaning) -> bool {
        let item = match (self.item, other.item) {
            (None, None) => true,
            (Some(whole), Some(part)) => reaches(part, whole, Item::whole),
            _ => false,
        };
        item && self.stage == other.stage
            && self.year == other.year
            && self.ledger == other.ledger
            && reaches(other.fund, self.fund, Fund::whole)
            && reaches(other.period, self.period, Period::whole)
            && reaches(other.nature, self.nature, Nature::whole)
    }

    /// Returns whether money in `other` is never money in `self`: one of the things that both
    /// say is another in each, and neither is part of the other.
    pub fn excludes(&self, other: &Meaning) -> bool {
        let items = match (self.item, other.item) {
            (Some(item), Some(other)) => apart(item, other, Item::whole),
            _ => false,
        };
        items
            || apart(self.fund, other.fund, Fund::whole)
            || apart(self.period, other.period, Period::whole)
            || apart(self.nature, other.nature, Nature::whole)
    }
}

/// Returns whether `part` is `whole` or lies, over any number of steps, within it.
fn reaches<T: Copy + PartialEq>(part: T, whole: T, step: fn(T) -> Option<T>) -> bool {
    let mut at = Some(part);
    while let Some(token) = at {
        if token == whole {
            return true;
        }
        at = step(token);
    }
    false
}

/// Returns whether neither of two tokens lies within the other.
fn apart<T: Copy + PartialEq>(a: T, b: T, step: fn(T) -> Option<T>) -> bool {
    !reaches(a, b, step) && !reaches(b, a, step)
}

/// A column of figures.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Column {
    /// The printed header from top to bottom.
    pub path: Vec<String>,
    /// What the figures are; nothing where the header was not understood.
    pub meaning: Option<Meaning>,
    /// The unit of money, where the header names one of its own.
    pub unit: Option<Unit>,
}

/// A way to read a cell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The amount in the printed unit.
    pub amount: Decimal,
    /// The number of printed decimals.
    pub places: u32,
    /// What had to be mended for this reading.
    pub repair: Option<Repair>,
}

/// What a cell of an amount column says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Blank,
    /// A dash, which is not zero.
    Dash,
    /// A number.
    Number(Reading),
    /// A number that can be read in several ways, the most natural first.
    Choice(Vec<Reading>),
    /// Something else.
    Unread,
}

impl Value {
    /// Returns the amount in the printed unit, where the cell holds one and only one.
    pub fn amount(&self) -> Option<Decimal> {
        match self {
            Value::Number(reading) => Some(reading.amount),
            Value::Blank | Value::Dash | Value::Choice(_) | Value::Unread => None,
        }
    }

    /// Returns whether nothing is printed that could be a figure.
    pub fn is_blank(&self) -> bool {
        matches!(self, Value::Blank | Value::Dash)
    }
}

/// A cell of an amount column.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cell {
    /// What it says.
    pub value: Value,
    /// The text as printed; empty for a blank cell.
    pub raw: String,
    /// The first character in its line, counted from 1.
    pub column: u32,
    /// The unit of money, where the number names one of its own.
    pub unit: Option<Unit>,
    /// What was mended to bring the figure here.
    pub repairs: Vec<Repair>,
}

/// One row of one side of a table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The line of its first line, counted from 1.
    pub line: u32,
    /// Its order in the table, counted from 1.
    pub number: u32,
    /// The label as published.
    pub label: String,
    /// The label as printed.
    pub label_raw: String,
    /// How deep the enumerator or the label's column puts it; nothing where neither does.
    pub level: Option<u8>,
    /// The code as printed, without blanks.
    pub code: Option<String>,
    /// The standard classification code.
    pub class_code: Option<String>,
    /// The unit that it names beside its label.
    pub row_unit: Option<String>,
    /// The line of the “三公” table.
    pub item: Option<Item>,
    /// Whether it is part of a row above by its words (其中).
    pub memo: bool,
    /// The part it plays.
    pub role: RowRole,
    /// Whether only the order of its figures is known, and not their columns.
    pub packed: bool,
    /// The index, in the same side, of the row that it is part of.
    pub parent: Option<usize>,
    /// The cells, one for each column of the side.
    pub cells: Vec<Cell>,
}

/// One side of a table: 收入 or 支出, or one of several panels printed side by side.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Side {
    /// The side of the ledger.
    pub flow: Flow,
    /// The columns of figures from left to right.
    pub columns: Vec<Column>,
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
}

/// A statutory table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    /// Which table.
    pub kind: TableKind,
    /// The title as printed, without white space; empty where there is none.
    pub title: String,
    /// The line of the title, or of the header.
    pub line: u32,
    /// The unit of money that it declares.
    pub unit: Option<Unit>,
    /// Budget or final account, where the title says so.
    pub stage: Option<Stage>,
    /// Its sides; one for most tables.
    pub sides: Vec<Side>,
    /// The most decimals that any of its figures prints.
    pub places: u32,
}
