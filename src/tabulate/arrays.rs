//! Turns a data frame into an Arrow batch, so that the marts are written as the datasets are.
//!
//! Polars writes Parquet too, but says nothing of what a column holds, and notes types that
//! older readers do not know.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
        ListBuilder, RecordBatch, StringArray, StringBuilder, UInt32Array,
    },
    datatypes::{Field, Schema},
    error::ArrowError,
};
use polars::prelude::{Column, DataFrame, DataType, PolarsError};

use crate::{
    accounts::{columns::YUAN, schema::noted},
    error::{Error, ErrorKind, Result},
    store::batch::BATCH_ROWS,
    tabulate::{
        described::Described,
        report::grid::{Kind, kind},
    },
};

/// Makes one batch of rows of the result of an analysis, with what its columns hold beside them
/// where that is known; `name` is that of the analysis, or what errors call a query.
///
/// A column of a type that not every reader of Parquet knows is refused.
pub fn batch(name: &str, frame: &DataFrame, described: Option<&Described>) -> Result<RecordBatch> {
    let refused =
        |problem: String| Error::from(ErrorKind::Query { name: name.to_owned(), problem });
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for column in frame.columns() {
        let (own, dtype) = (column.name().as_str(), column.dtype());
        let array = array(column).map_err(|error| refused(error.to_string()))?;
        let array = array.ok_or_else(|| {
            refused(format!(
                "the column {own} is {dtype}, which is not written: CAST it to VARCHAR"
            ))
        })?;
        let field = Field::new(own, array.data_type().clone(), true);
        fields.push(match described {
            Some(described) => {
                let unit = (kind(own, dtype) == Kind::Money).then_some(YUAN);
                noted(field, described.of(name, own), unit)
            }
            None => field,
        });
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|error| refused(error.to_string()))
}

/// Makes the batches of a whole result, at least one, as [`batch`] does: texts take several times
/// as much memory in them.
pub fn batches(
    name: &str,
    frame: Result<DataFrame>,
    described: Option<&Described>,
) -> impl Iterator<Item = Result<RecordBatch>> {
    let (frame, error) = match frame {
        Ok(frame) => (frame, None),
        Err(error) => (DataFrame::empty(), Some(Err(error))),
    };
    let height = if error.is_some() { 0 } else { frame.height().max(1) };
    let pieces = (0..height).step_by(BATCH_ROWS).map(move |from| {
        let piece = frame.slice(i64::try_from(from).unwrap_or(i64::MAX), BATCH_ROWS);
        batch(name, &piece, described)
    });
    error.into_iter().chain(pieces)
}

/// Makes a frame without rows of the columns of a dataset.
///
/// A column of a type that no dataset has would be one of nulls.
pub fn empty(schema: &Schema) -> DataFrame {
    let fields = schema.fields().iter().map(|field| {
        polars::prelude::Field::new(field.name().as_str().into(), of_polars(field.data_type()))
    });
    DataFrame::empty_with_schema(&fields.collect::<polars::prelude::Schema>())
}

fn of_polars(kind: &arrow::datatypes::DataType) -> DataType {
    use arrow::datatypes::DataType as Arrow;
    match kind {
        Arrow::Boolean => DataType::Boolean,
        Arrow::Int32 => DataType::Int32,
        Arrow::Int64 => DataType::Int64,
        Arrow::Utf8 => DataType::String,
        Arrow::Date32 => DataType::Date,
        Arrow::Decimal128(precision, scale) => {
            DataType::Decimal(usize::from(*precision), usize::from(scale.unsigned_abs()))
        }
        Arrow::List(item) => DataType::List(Box::new(of_polars(item.data_type()))),
        _ => DataType::Null,
    }
}

/// What goes wrong in either library.
enum Trouble {
    Polars(PolarsError),
    Arrow(ArrowError),
}

/// Returns the values of a column; nothing for a type that is not written.
fn array(column: &Column) -> std::result::Result<Option<ArrayRef>, Trouble> {
    Ok(Some(match column.dtype() {
        DataType::Boolean => Arc::new(column.bool()?.iter().collect::<BooleanArray>()),
        DataType::Int32 => Arc::new(column.i32()?.iter().collect::<Int32Array>()),
        DataType::Int64 => Arc::new(column.i64()?.iter().collect::<Int64Array>()),
        DataType::UInt32 => Arc::new(column.u32()?.iter().collect::<UInt32Array>()),
        DataType::Float64 => {
            let ratios = column.f64()?; // The reason: a query may divide.
            Arc::new(ratios.iter().collect::<Float64Array>())
        }
        DataType::Date => Arc::new(column.date()?.physical().iter().collect::<Date32Array>()),
        DataType::String => Arc::new(column.str()?.iter().collect::<StringArray>()),
        // As SQL makes them of a bare NULL.
        DataType::Null => Arc::new(StringArray::new_null(column.len())),
        DataType::Decimal(precision, scale) => {
            let values = column.decimal()?.physical().iter().collect::<Decimal128Array>();
            let precision = u8::try_from(*precision).unwrap_or(u8::MAX);
            let scale = i8::try_from(*scale).unwrap_or(i8::MAX);
            Arc::new(values.with_precision_and_scale(precision, scale)?)
        }
        DataType::List(of) if **of == DataType::String => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for list in column.list()?.series_iter() {
                if let Some(list) = &list {
                    list.str()?.iter().for_each(|text| lists.values().append_option(text));
                }
                lists.append(list.is_some());
            }
            Arc::new(lists.finish())
        }
        _ => return Ok(None),
    }))
}

impl From<PolarsError> for Trouble {
    fn from(error: PolarsError) -> Trouble {
        Trouble::Polars(error)
    }
}

impl From<ArrowError> for Trouble {
    fn from(error: ArrowError) -> Trouble {
        Trouble::Arrow(error)
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Polars(error) => error.fmt(f),
            Trouble::Arrow(error) => error.fmt(f),
        }
    }
}
