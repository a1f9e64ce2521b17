//! Makes Arrow arrays of one value a row.

use std::{path::PathBuf, sync::Arc};

use arrow::{
    array::{ArrayRef, Decimal128Array, Int32Array, ListArray, StringArray},
    buffer::OffsetBuffer,
    datatypes::{DataType, Field},
};
use rust_decimal::Decimal;

use crate::{
    accounts::schema::{AMOUNT_PRECISION, AMOUNT_SCALE, VALUE_PRECISION, VALUE_SCALE},
    error::{ErrorKind, Result},
};

/// Makes a column of texts.
pub fn text<Row, T: AsRef<str> + ?Sized>(rows: &[Row], value: impl Fn(&Row) -> &T) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(|row| value(row).as_ref())))
}

/// Makes a column of texts that may be absent.
pub fn optional_text<Row>(rows: &[Row], value: impl Fn(&Row) -> Option<&str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

/// Makes a column of counts or places.
///
/// No document is larger than 2 GiB, so a count that the column cannot hold does not occur;
/// it would be stored as the largest that it can.
pub fn integer<Row, N: TryInto<i32>>(rows: &[Row], value: impl Fn(&Row) -> N) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| narrow(value(row)))))
}

/// Makes a column of counts or places that may be absent.
pub fn optional_integer<Row, N: TryInto<i32>>(
    rows: &[Row],
    value: impl Fn(&Row) -> Option<N>,
) -> ArrayRef {
    Arc::new(rows.iter().map(|row| value(row).map(narrow)).collect::<Int32Array>())
}

/// Makes a column of lists of lines.
pub fn lists<Row>(rows: &[Row], value: impl Fn(&Row) -> Vec<u32>) -> ArrayRef {
    let lists: Vec<Vec<u32>> = rows.iter().map(value).collect();
    let offsets = OffsetBuffer::from_lengths(lists.iter().map(Vec::len));
    let values = Int32Array::from_iter_values(lists.into_iter().flatten().map(narrow));
    let field = Arc::new(Field::new("item", DataType::Int32, false));
    Arc::new(ListArray::new(field, offsets, Arc::new(values), None))
}

/// Makes a column of lists of texts.
pub fn text_lists<Row, T: AsRef<str>>(rows: &[Row], value: impl Fn(&Row) -> &[T]) -> ArrayRef {
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(|row| value(row).len()));
    let texts: Vec<&T> = rows.iter().flat_map(&value).collect();
    let values = StringArray::from_iter_values(texts);
    let field = Arc::new(Field::new("item", DataType::Utf8, false));
    Arc::new(ListArray::new(field, offsets, Arc::new(values), None))
}

/// A decimal of a row with the path of the document that it stands in.
pub type Stated<'a> = (&'a str, Option<Decimal>);

/// Makes a column of amounts in yuan.
///
/// An amount that the column cannot hold exactly is an error: one of more digits, or with
/// parts of a fen. `normalise` makes gaps of such cells.
pub fn yuan<'a, Row: 'a>(
    rows: &'a [Row],
    amount: impl Fn(&'a Row) -> Stated<'a>,
) -> Result<ArrayRef> {
    decimals(rows, amount, AMOUNT_PRECISION, AMOUNT_SCALE)
}

/// Makes a column of stated values, which can be yuan, per cent or counts.
///
/// A value of more digits than the column holds is an error; the readers of prose and of
/// performance forms leave such numbers to the gaps.
pub fn values<'a, Row: 'a>(
    rows: &'a [Row],
    value: impl Fn(&'a Row) -> Stated<'a>,
) -> Result<ArrayRef> {
    decimals(rows, value, VALUE_PRECISION, VALUE_SCALE)
}

fn decimals<'a, Row: 'a>(
    rows: &'a [Row],
    value: impl Fn(&'a Row) -> Stated<'a>,
    precision: u8,
    scale: i8,
) -> Result<ArrayRef> {
    let places = u32::from(scale.unsigned_abs());
    let held = |row| {
        let (path, Some(value)) = value(row) else { return Ok(None) };
        let mut scaled = value;
        scaled.rescale(places);
        let limit = 10_u128.pow(precision.into());
        let held =
            scaled == value && scaled.scale() == places && scaled.mantissa().unsigned_abs() < limit;
        if held {
            return Ok(Some(scaled.mantissa()));
        }
        let problem = format!("the amount {value} has more digits than are stored");
        Err(ErrorKind::Store { path: PathBuf::from(path), problem }.into())
    };
    let numbers = rows.iter().map(held).collect::<Result<Vec<Option<i128>>>>()?;
    let array =
        Decimal128Array::from_iter(numbers).with_data_type(DataType::Decimal128(precision, scale));
    Ok(Arc::new(array))
}

fn narrow<N: TryInto<i32>>(number: N) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(printed: &str) -> Option<i128> {
        let amount: Decimal = printed.parse().expect("a decimal");
        let array = yuan(&[amount], |amount| ("a.txt", Some(*amount))).ok()?;
        Some(array.as_any().downcast_ref::<Decimal128Array>()?.value(0))
    }

    #[test]
    fn amounts_are_kept_exactly_or_refused() {
        assert_eq!(check("10707900"), Some(1_070_790_000));
        assert_eq!(check("-0.0150"), None);
        assert_eq!(check("-0.0100"), Some(-1));
        assert_eq!(check("999999999999999999.99"), Some(99_999_999_999_999_999_999));
        assert_eq!(check("1000000000000000000"), None);
        assert_eq!(check("79228162514264337593543950335"), None);
    }
}
