//! Turns disclosures into Arrow batches, column by column, as the schemas say.
//!
//! Rows come in one order whatever the order of the documents was: by unit, document and
//! then as printed.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::Schema,
};

use crate::{
    accounts::{
        disclosure::Disclosure,
        excerpt::{Across, Owed},
        schema::Dataset,
        token::Stage,
    },
    error::{Error, ErrorKind, Result},
    store::columns::{self, FigureRow, Origin},
};

/// The rows of a batch, and of a Parquet row group: larger groups slow reading one unit.
pub const BATCH_ROWS: usize = 128 * 1024;

/// The folder that a figure belongs to: its year and its stage.
pub type Partition = (Option<i32>, Stage);

/// Returns the disclosures in the order in which they are stored.
pub fn in_order(disclosures: &[Disclosure]) -> Vec<&Disclosure> {
    let mut ordered: Vec<&Disclosure> = disclosures.iter().collect();
    ordered.sort_by_key(|disclosure| {
        let unit = disclosure.identity.unit_name.as_ref().unwrap_or(&disclosure.path);
        (unit, &disclosure.doc_id, &disclosure.path)
    });
    ordered
}

/// Divides the figures into the folders of a snapshot, keeping their order.
pub fn partitions<'a>(ordered: &[&'a Disclosure]) -> BTreeMap<Partition, Vec<FigureRow<'a>>> {
    let mut folders: BTreeMap<Partition, Vec<FigureRow<'a>>> = BTreeMap::new();
    for disclosure in ordered {
        for figure in &disclosure.figures {
            let partition = (figure.fiscal_year, figure.stage);
            folders.entry(partition).or_default().push((disclosure, figure));
        }
    }
    folders
}

/// Makes the batches of a dataset, each of at most [`BATCH_ROWS`] rows.
///
/// There is one batch of no rows where there are none, so that a file has its columns.
pub fn batches<'a>(
    dataset: Dataset,
    schema: &'a Arc<Schema>,
    ordered: &'a [&'a Disclosure],
) -> Batches<'a> {
    match dataset {
        Dataset::Amounts => {
            let rows = ordered.iter().flat_map(|d| d.figures.iter().map(move |f| (*d, f)));
            chunked(schema, rows.collect(), columns::amounts)
        }
        Dataset::Statements => {
            let rows = ordered.iter().flat_map(|d| d.statements.iter().map(move |s| (*d, s)));
            chunked(schema, rows.collect(), columns::statements)
        }
        Dataset::Indicators => {
            let rows = ordered.iter().flat_map(|d| d.indicators.iter().map(move |i| (*d, i)));
            chunked(schema, rows.collect(), columns::indicators)
        }
        Dataset::Documents => chunked(schema, ordered.to_vec(), columns::documents),
        Dataset::Units => chunked(schema, Vec::new(), columns::units),
        Dataset::UnitNames => chunked(schema, Vec::new(), columns::unit_names),
        Dataset::Tables => {
            let rows = ordered.iter().flat_map(|d| d.tables.iter().map(move |t| (*d, t)));
            chunked(schema, rows.collect(), columns::tables)
        }
        Dataset::Checks => {
            let of = |d: &&'a Disclosure| Origin::from(*d);
            let rows = ordered.iter().flat_map(|d| d.checks.iter().map(move |c| (of(d), c)));
            chunked(schema, rows.collect(), columns::checks)
        }
        Dataset::Findings => {
            let of = |d: &&'a Disclosure| Origin::from(*d);
            let rows = ordered.iter().flat_map(|d| d.findings.iter().map(move |f| (of(d), f)));
            chunked(schema, rows.collect(), columns::findings)
        }
        Dataset::Gaps => {
            let rows = ordered.iter().flat_map(|d| d.gaps.iter().map(move |g| (*d, g)));
            chunked(schema, rows.collect(), columns::gaps)
        }
    }
}

/// Makes the batches of what documents came to together, for the datasets that have rows of it.
pub fn across<'a>(
    dataset: Dataset,
    schema: &'a Arc<Schema>,
    across: &'a Across<'a>,
) -> Option<Batches<'a>> {
    let Across { owed, registry } = across;
    let origin = |one: &Owed<'a>| Origin::from(one.document);
    match dataset {
        Dataset::Checks => {
            let rows = owed.iter().map(|one| (origin(one), &one.check));
            Some(chunked(schema, rows.collect(), columns::checks))
        }
        Dataset::Findings => {
            let found = |one: &'a Owed<'a>| Some((origin(one), one.finding.as_ref()?));
            Some(chunked(schema, owed.iter().filter_map(found).collect(), columns::findings))
        }
        Dataset::Units => Some(chunked(schema, registry.units.iter().collect(), columns::units)),
        Dataset::UnitNames => {
            Some(chunked(schema, registry.names.iter().collect(), columns::unit_names))
        }
        _ => None,
    }
}

/// Makes one batch of figures, of the columns that the schema asks for.
pub fn amounts(schema: &Arc<Schema>, rows: &[FigureRow<'_>]) -> Result<RecordBatch> {
    batch(schema, rows, columns::amounts)
}

/// The batches of one dataset, one after the other.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch>> + 'a>;

type Column<Row> = fn(&str, &[Row]) -> Result<Option<ArrayRef>>;

fn chunked<'a, Row: 'a>(
    schema: &'a Arc<Schema>,
    rows: Vec<Row>,
    column: Column<Row>,
) -> Batches<'a> {
    let chunks = rows.len().div_ceil(BATCH_ROWS).max(1);
    Box::new((0..chunks).map(move |chunk| {
        let start = chunk * BATCH_ROWS;
        let end = rows.len().min(start + BATCH_ROWS);
        batch(schema, rows.get(start..end).unwrap_or_default(), column)
    }))
}

fn batch<Row>(schema: &Arc<Schema>, rows: &[Row], column: Column<Row>) -> Result<RecordBatch> {
    let refused =
        |problem| Error::from(ErrorKind::Store { path: PathBuf::from("a batch"), problem });
    let columns = schema.fields().iter().map(|field| {
        column(field.name(), rows)?
            .ok_or_else(|| refused(format!("no rule makes the column `{}`", field.name())))
    });
    RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_>>()?)
        .map_err(|error| refused(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples;

    #[test]
    fn every_column_of_the_contract_is_made() {
        let disclosures = samples::disclosures();
        let ordered = in_order(&disclosures);
        let together = samples::across();
        for dataset in Dataset::ALL {
            let schema = Arc::new(dataset.schema());
            let rows: usize = batches(*dataset, &schema, &ordered)
                .chain(across(*dataset, &schema, &together).into_iter().flatten())
                .map(|batch| batch.expect("a batch of the contract's columns").num_rows())
                .sum();
            assert!(0 < rows, "{}", dataset.as_str());
        }
    }

    #[test]
    fn nothing_makes_one_empty_batch() {
        let schema = Arc::new(Dataset::Amounts.schema());
        let empty: Vec<_> = batches(Dataset::Amounts, &schema, &[]).collect();
        assert_eq!(empty.len(), 1);
        assert_eq!(empty[0].as_ref().expect("a batch").num_rows(), 0);
    }
}
