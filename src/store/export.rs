//! Writes the datasets of some disclosures to one output: what `fisc extract` prints.

use std::{borrow::Cow, io::Write, path::Path, sync::Arc};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, Schema},
};

use crate::{
    accounts::{
        disclosure::Disclosure,
        excerpt::Across,
        schema::{Dataset, VALUE_SCALE},
    },
    error::{Error, Result},
    store::{
        batch::{self, batches, in_order},
        parquet,
        render::{self, Cell, Format},
    },
};

/// Writes one dataset of the disclosures, every column in the order of the contract.
///
/// Unlike in a snapshot, the partition columns of `amounts` are columns here. Documents come
/// in the order of a snapshot, by unit; figures as printed. What documents came to
/// together comes last.
pub fn export(
    dataset: Dataset,
    format: Format,
    disclosures: &[Disclosure],
    across: &Across<'_>,
    out: &mut dyn Write,
) -> Result<()> {
    let ordered = in_order(disclosures);
    let schema = Arc::new(dataset.schema());
    let between = batch::across(dataset, &schema, across).into_iter().flatten();
    let made = batches(dataset, &schema, &ordered).chain(between);
    if format == Format::Parquet {
        let mut writer = parquet::Writer::begin(Vec::new(), &schema, dataset.as_str())?;
        for batch in made {
            writer.write(&batch?)?;
        }
        let (bytes, _) = writer.finish()?;
        return out.write_all(&bytes).map_err(render::unwritten);
    }
    let made = made.collect::<Result<Vec<RecordBatch>>>()?;
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let rows = made.iter().flat_map(|batch| {
        (0..batch.num_rows())
            .map(move |row| batch.columns().iter().map(|column| cell(column, row)).collect())
    });
    match format {
        Format::Csv => render::csv(&columns, rows, out),
        Format::Table => render::table(&columns, rows, out),
        Format::Jsonl | Format::Parquet => render::jsonl(&columns, rows, out),
    }
}

/// Writes a file, such as a report, where the command line asks for it.
pub fn file(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|source| Error::io("write", path, source))
}

fn cell(column: &dyn Array, row: usize) -> Cell<'_> {
    if column.is_null(row) {
        return Cell::Absent;
    }
    match column.data_type() {
        DataType::Utf8 => Cell::Text(Cow::Borrowed(column.as_string::<i32>().value(row))),
        DataType::Boolean => Cell::Flag(column.as_boolean().value(row)),
        DataType::Int32 => Cell::Number(column.as_primitive::<Int32Type>().value(row).to_string()),
        DataType::Int64 => Cell::Number(column.as_primitive::<Int64Type>().value(row).to_string()),
        DataType::Decimal128(_, scale) => {
            let text = column.as_primitive::<Decimal128Type>().value_as_string(row);
            Cell::Decimal(if *scale == VALUE_SCALE { without_zeros(text) } else { text })
        }
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            Date32Type::to_naive_date_opt(days)
                .map_or(Cell::Absent, |day| Cell::Text(Cow::Owned(day.to_string())))
        }
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            let texts: Vec<String> = if items.data_type() == &DataType::Utf8 {
                items.as_string::<i32>().iter().flatten().map(render::quoted).collect()
            } else {
                let numbers = items.as_primitive::<Int32Type>().values();
                numbers.iter().map(ToString::to_string).collect()
            };
            Cell::List(format!("[{}]", texts.join(",")))
        }
        // The schemas have no other type; a test writes every column of every dataset.
        _ => Cell::Absent,
    }
}

/// Takes the zeros off the end of a value that is no amount of money: 95 %, 5 辆.
fn without_zeros(text: String) -> String {
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Makes the Parquet bytes of batches of any columns, at least one; `name` is what errors call
/// them. Returns the number of rows too.
pub fn written(
    name: &str,
    mut batches: impl Iterator<Item = Result<RecordBatch>>,
) -> Result<(Vec<u8>, u64)> {
    let first =
        batches.next().unwrap_or_else(|| Ok(RecordBatch::new_empty(Arc::new(Schema::empty()))))?;
    let mut writer = parquet::Writer::begin(Vec::new(), &first.schema(), name)?;
    writer.write(&first)?;
    batches.try_for_each(|batch| writer.write(&batch?))?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples;

    fn exported(dataset: Dataset, format: Format) -> Vec<u8> {
        let mut out = Vec::new();
        export(dataset, format, &samples::disclosures(), &samples::across(), &mut out)
            .expect("a vector takes all");
        out
    }

    #[test]
    fn every_dataset_has_every_format() {
        for dataset in Dataset::ALL {
            for format in Format::ALL {
                assert!(!exported(*dataset, *format).is_empty());
            }
        }
        assert!(exported(Dataset::Amounts, Format::Parquet).starts_with(b"PAR1"));
    }

    #[test]
    fn json_lines_have_the_keys_of_the_contract() {
        let text = String::from_utf8(exported(Dataset::Amounts, Format::Jsonl)).expect("text");
        assert_eq!(
            text.lines().next().expect("a line"),
            "{\"doc_id\":\"b2\",\"path\":\"b2.txt\",\"table\":\"income\",\"line\":101,\"row\":1,\
             \"flow\":\"income\",\"code\":null,\"class_code\":null,\"label\":\"合计\",\
             \"label_raw\":\" 合计\",\"row_unit\":null,\"fund\":\"all\",\"period\":\"all\",\
             \"nature\":\"all\",\"stage\":\"budget\",\"fiscal_year\":null,\
             \"amount\":\"10707900.00\",\"raw\":\"10707900.00\",\"source\":\"table\",\
             \"repair\":\"moved+split_number\",\"row_role\":\"total\",\"parent_row\":null,\
             \"is_leaf\":false,\"column\":8,\"page\":null,\"verified_by\":2}"
        );
        let text = String::from_utf8(exported(Dataset::Documents, Format::Jsonl)).expect("text");
        assert!(text.contains("\"published\":\"2024-03-14\",\"region\":null"), "{text}");
        assert!(text.contains("\"bytes\":25000"), "{text}");
    }
}
