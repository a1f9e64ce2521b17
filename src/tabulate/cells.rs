//! Turns the rows of a data frame into cells of text.

use std::borrow::Cow;

use polars::prelude::{AnyValue, DataFrame};

use crate::store::render::{self, Cell};

/// Returns the cells of every row, in the order of the columns.
pub fn rows(frame: &DataFrame) -> impl Iterator<Item = Vec<Cell<'_>>> {
    (0..frame.height()).map(|row| {
        frame
            .columns()
            .iter()
            .map(|column| column.get(row).map_or(Cell::Absent, |value| cell(&value)))
            .collect()
    })
}

fn cell<'a>(value: &AnyValue<'a>) -> Cell<'a> {
    match value {
        AnyValue::Null => Cell::Absent,
        AnyValue::Boolean(flag) => Cell::Flag(*flag),
        AnyValue::String(text) => Cell::Text(Cow::Borrowed(text)),
        AnyValue::Decimal(..) => Cell::Decimal(value.to_string()),
        _ if value.dtype().is_integer() => Cell::Number(value.to_string()),
        AnyValue::List(items) => {
            let text = |item: AnyValue<'_>| match item {
                AnyValue::String(text) => render::quoted(text),
                other => other.to_string(),
            };
            let texts: Vec<String> = items.iter().map(text).collect();
            Cell::List(format!("[{}]", texts.join(",")))
        }
        // JSON has no number for infinity and for no number at all.
        AnyValue::Float64(number) if !number.is_finite() => Cell::Text(number.to_string().into()),
        AnyValue::Float64(number) => Cell::Number(number.to_string()),
        // Of the rest, `to_string` would put text in quotation marks.
        _ => {
            let text = value.get_str().map_or_else(|| value.to_string(), str::to_owned);
            Cell::Text(Cow::Owned(text))
        }
    }
}
