//! Counts the rows of a dataset by the words in two of its columns.
//!
//! No other column is read and no word is copied: a query that groups every check of a hundred
//! thousand documents takes many times longer.

use std::{collections::BTreeMap, fs::File, path::Path, sync::Arc};

use arrow::{
    array::{Array, AsArray, DictionaryArray, RecordBatch},
    datatypes::{DataType, Field, Int32Type, Schema},
};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    errors::ParquetError,
};

use crate::{
    accounts::schema::Dataset,
    error::{Error, ErrorKind, Result},
    store::layout,
};

/// How many rows have each pair of words.
pub type Counted = BTreeMap<(String, String), u64>;

/// The rows that are in memory at once.
const ROWS: usize = 64 * 1024;

/// Counts the rows of a dataset in a snapshot by two columns of text; a missing word is empty.
pub fn counted(snapshot: &Path, dataset: Dataset, columns: [&str; 2]) -> Result<Counted> {
    // Read as they are stored: the numbers of words, and each word once.
    let word = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |field: &Arc<Field>| {
        let is_asked = columns.contains(&field.name().as_str());
        if is_asked {
            field.as_ref().clone().with_data_type(word.clone())
        } else {
            field.as_ref().clone()
        }
    };
    let stored = dataset.stored_schema();
    let schema = Arc::new(Schema::new(stored.fields().iter().map(field).collect::<Vec<Field>>()));
    let mut counted = Counted::new();
    for file in layout::parts(snapshot, dataset)? {
        let path = snapshot.join(file);
        let opened = File::open(&path).map_err(|error| Error::io("read", &path, error))?;
        count(opened, &schema, columns, &mut counted).map_err(|error| {
            let problem = error.to_string();
            Error::from(ErrorKind::Store { path, problem })
        })?;
    }
    Ok(counted)
}

fn count(
    file: File,
    schema: &Arc<Schema>,
    columns: [&str; 2],
    counted: &mut Counted,
) -> std::result::Result<(), ParquetError> {
    let options = ArrowReaderOptions::new().with_schema(Arc::clone(schema));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)?;
    let asked = ProjectionMask::columns(builder.parquet_schema(), columns);
    for batch in builder.with_projection(asked).with_batch_size(ROWS).build()? {
        let batch = batch?;
        let Some((one, other)) = words(&batch, columns[0]).zip(words(&batch, columns[1])) else {
            continue;
        };
        let mut pairs: BTreeMap<(Option<usize>, Option<usize>), u64> = BTreeMap::new();
        let mut keys = one.keys_iter().zip(other.keys_iter());
        let mut next = keys.next();
        // Rows of a rule stand together.
        while let Some(pair) = next {
            let mut rows = 1;
            next = keys.find(|key| {
                let same = *key == pair;
                rows += u64::from(same);
                !same
            });
            *pairs.entry(pair).or_default() += rows;
        }
        for ((first, second), rows) in pairs {
            let pair = (text(one, first), text(other, second));
            *counted.entry(pair).or_default() += rows;
        }
    }
    Ok(())
}

fn words<'a>(batch: &'a RecordBatch, column: &str) -> Option<&'a DictionaryArray<Int32Type>> {
    batch.column_by_name(column)?.as_dictionary_opt()
}

fn text(words: &DictionaryArray<Int32Type>, key: Option<usize>) -> String {
    let texts = words.values().as_string::<i32>();
    key.filter(|at| *at < texts.len()).map(|at| texts.value(at).to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        files::Files,
        samples,
        snapshot::{KEEP, Warehouse},
    };

    #[test]
    fn every_row_is_counted_once_under_its_words() {
        samples::in_a_warehouse("counted", |warehouse| {
            let disclosures = samples::disclosures();
            let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
            let mut writer = open.begin().expect("a writer");
            writer.write(&disclosures).expect("written");
            let published = writer.publish(KEEP).expect("published");
            let found = counted(&published.folder, Dataset::Checks, ["rule", "outcome"]);
            let mut expected = Counted::new();
            for check in disclosures.iter().flat_map(|one| &one.checks) {
                let pair = (check.rule.to_owned(), check.outcome.as_str().to_owned());
                *expected.entry(pair).or_default() += 1;
            }
            assert!(!expected.is_empty());
            assert_eq!(found.expect("counted"), expected);
        });
    }
}
