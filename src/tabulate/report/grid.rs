//! Holds the rows of a query as a report shows them.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType};

use crate::{
    accounts::schema::AMOUNT_SCALE,
    error::Result,
    store::render::Cell,
    tabulate::{cells, engine::Engine, report::quantity::Quantity},
};

/// The rows of a query.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// Its columns.
    pub columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

/// A column of a query.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Text, dates, lists, flags.
    Text,
    /// Yuan: decimals of two places.
    Money,
    /// Whole numbers, which can be counted together.
    Count,
    /// Any other number, as a share, which cannot be added up.
    Ratio,
}

/// A cell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// No value.
    Absent,
    /// Text as it is.
    Text(String),
    /// A number.
    Number(Quantity),
}

/// One row with the names of its columns.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    columns: &'a [Column],
    /// The cells, in the order of the columns.
    pub cells: &'a [Value],
}

impl Grid {
    /// Runs a query; `name` is what its errors call it.
    pub fn ask(engine: &mut Engine, name: &str, sql: &str) -> Result<Grid> {
        Ok(Grid::of(&engine.run(name, sql)?))
    }

    /// Returns the columns of a table; none where there is no such table.
    pub fn columns(engine: &mut Engine, table: &str) -> Vec<Column> {
        let none = format!("SELECT * FROM {} LIMIT 0", quoted(table));
        Grid::ask(engine, table, &none).map(|grid| grid.columns).unwrap_or_default()
    }

    fn of(frame: &DataFrame) -> Grid {
        let columns = frame.columns().iter().map(|column| Column {
            name: column.name().to_string(),
            kind: kind(column.name(), column.dtype()),
        });
        let rows = cells::rows(frame).map(|row| row.iter().map(value).collect());
        Grid { columns: columns.collect(), rows: rows.collect() }
    }

    /// Returns the first of some names that is a column.
    pub fn first<'a>(columns: &[Column], names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| columns.iter().any(|column| column.name == **name))
    }

    /// Returns the rows in which a column has a text.
    #[must_use]
    pub fn only(&self, name: &str, text: &str) -> Grid {
        let place = self.place(name);
        let has = |row: &&Vec<Value>| {
            place.and_then(|at| row.get(at)).is_some_and(|value| value.as_text() == text)
        };
        Grid {
            columns: self.columns.clone(),
            rows: self.rows.iter().filter(has).cloned().collect(),
        }
    }

    /// Returns the rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { columns: &self.columns, cells })
    }

    /// Returns the place of a column.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Divides the rows by the text of a column, keeping their order.
    pub fn by(self, name: &str) -> BTreeMap<String, Grid> {
        let Some(place) = self.place(name) else { return BTreeMap::new() };
        let mut parts: BTreeMap<String, Grid> = BTreeMap::new();
        for row in self.rows {
            let key = row.get(place).map(Value::as_text).unwrap_or_default();
            let empty = || Grid { columns: self.columns.clone(), rows: Vec::new() };
            parts.entry(key).or_insert_with(empty).rows.push(row);
        }
        parts
    }
}

impl Row<'_> {
    /// Returns the text of a column; empty where there is none.
    pub fn text(&self, name: &str) -> String {
        self.value(name).map(Value::as_text).unwrap_or_default()
    }

    /// Returns the number of a column.
    pub fn number(&self, name: &str) -> Option<Quantity> {
        match self.value(name)? {
            Value::Number(number) => Some(*number),
            Value::Absent | Value::Text(_) => None,
        }
    }

    fn value(&self, name: &str) -> Option<&Value> {
        let place = self.columns.iter().position(|column| column.name == name)?;
        self.cells.get(place)
    }
}

impl Value {
    /// Returns the value as text.
    pub fn as_text(&self) -> String {
        match self {
            Value::Absent => String::new(),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.plain(),
        }
    }
}

/// Puts a name into the quotation marks of SQL.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Puts a text into the quotation marks of SQL.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What is no money although it has two places: names of shares, rates and scores end so.
const RATIOS: [&str; 9] = [
    "share",
    "percent",
    "percentile",
    "rate",
    "ratio",
    "execution",
    "contribution",
    "weights",
    "robust_z",
];

/// Returns what a column holds, by its name and type.
pub fn kind(name: &str, dtype: &DataType) -> Kind {
    match dtype {
        DataType::Decimal(..) if RATIOS.iter().any(|end| name.ends_with(end)) => Kind::Ratio,
        DataType::Decimal(_, scale) if *scale == usize::from(AMOUNT_SCALE.unsigned_abs()) => {
            Kind::Money
        }
        DataType::Decimal(..) => Kind::Ratio,
        dtype if dtype.is_integer() => Kind::Count,
        dtype if dtype.is_float() => Kind::Ratio,
        _ => Kind::Text,
    }
}

fn value(cell: &Cell<'_>) -> Value {
    match cell {
        Cell::Absent => Value::Absent,
        Cell::Number(text) | Cell::Decimal(text) => {
            Quantity::parse(text).map_or_else(|| Value::Text(text.clone()), Value::Number)
        }
        Cell::Text(_) | Cell::List(_) | Cell::Flag(_) => Value::Text(cell.as_text().to_owned()),
    }
}
