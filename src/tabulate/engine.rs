//! Runs SQL over the Parquet files of a snapshot, with Polars.

use std::{panic, path::Path, sync::Arc, thread};

use polars::{
    io::HiveOptions,
    polars_utils::compression::ZstdLevel,
    prelude::{
        DataFrame, DataType, Field, IntoLazy, KeyValueMetadata, LazyFrame, ParquetCompression,
        ParquetWriter, PlRefPath, PolarsError, ScanArgsParquet, Schema, StatisticsOptions, col,
    },
    sql::SQLContext,
};

use crate::{
    accounts::schema::{AMOUNT_PRECISION, AMOUNT_SCALE, CONTRACT_KEY, CONTRACT_VERSION, Dataset},
    error::{Error, ErrorKind, Result},
    store::layout,
    tabulate::troubles::explained,
};

/// The stack of a query: Polars goes down a plan by recursion, and one with many joins is deep.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// The rows of a row group, as in the datasets.
const GROUP_ROWS: usize = 128 * 1024;

/// The datasets and marts of one snapshot, as SQL tables.
pub struct Engine {
    context: SQLContext,
}

impl Engine {
    /// Opens a snapshot: its datasets, and the marts that it has already.
    pub fn open(snapshot: &Path) -> Result<Engine> {
        layout::check_contract(snapshot)?;
        let engine = Engine { context: SQLContext::new() };
        for dataset in Dataset::ALL {
            let mut options = ScanArgsParquet::default();
            if !dataset.partitions().is_empty() {
                options.hive_options = hive(*dataset);
            }
            engine.scan(dataset.as_str(), &snapshot.join(layout::pattern(*dataset)), options)?;
        }
        for (name, path) in layout::marts(snapshot)? {
            engine.scan(&name, &path, ScanArgsParquet::default())?;
        }
        Ok(engine)
    }

    /// Runs one query; `name` is what its errors call it.
    ///
    /// Amounts are decimals of yuan in the result as in the tables.
    pub fn run(&mut self, name: &str, sql: &str) -> Result<DataFrame> {
        let context = &mut self.context;
        let answer = || context.execute(sql).and_then(LazyFrame::collect).and_then(narrowed);
        let answered = thread::scope(|scope| {
            let worker = thread::Builder::new().stack_size(STACK_BYTES);
            worker.spawn_scoped(scope, answer).map(thread::ScopedJoinHandle::join)
        });
        match answered {
            Ok(Ok(frame)) => frame.map_err(|error| {
                let problem = explained(&error.to_string(), &self.context.get_tables());
                ErrorKind::Query { name: name.to_owned(), problem }.into()
            }),
            Ok(Err(panic)) => panic::resume_unwind(panic),
            Err(error) => Err(Error::io("begin", "a thread for a query", error)),
        }
    }

    /// Makes a result a table that later queries can name.
    pub fn register(&self, name: &str, frame: DataFrame) {
        self.context.register(name, frame.lazy());
    }

    fn scan(&self, name: &str, path: &Path, options: ScanArgsParquet) -> Result<()> {
        let frame = LazyFrame::scan_parquet(PlRefPath::new(path.to_string_lossy()), options)
            .map_err(|error| refused(name, &error))?;
        self.context.register(name, frame);
        Ok(())
    }
}

/// Makes the Parquet bytes of a result, in settings like those of the datasets.
pub fn parquet(name: &str, frame: &mut DataFrame) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let version = vec![(CONTRACT_KEY.to_owned(), CONTRACT_VERSION.to_owned())];
    // How many pieces a result comes in depends on the threads.
    frame.rechunk_mut();
    ZstdLevel::try_new(1)
        .and_then(|level| {
            ParquetWriter::new(&mut bytes)
                .with_compression(ParquetCompression::Zstd(Some(level)))
                .with_statistics(StatisticsOptions::full())
                .with_row_group_size(Some(GROUP_ROWS))
                .with_key_value_metadata(Some(KeyValueMetadata::from_static(version)))
                .finish(frame)
        })
        .map_err(|error| refused(name, &error))?;
    Ok(bytes)
}

/// Types the partition columns: without this a year of 2024 would be read as a guess.
fn hive(dataset: Dataset) -> HiveOptions {
    let fields = dataset.partitions().iter().map(|name| {
        let integer = dataset
            .schema()
            .field_with_name(name)
            .is_ok_and(|field| field.data_type().is_integer());
        Field::new((*name).into(), if integer { DataType::Int32 } else { DataType::String })
    });
    HiveOptions { schema: Some(Arc::new(fields.collect::<Schema>())), ..HiveOptions::new_enabled() }
}

/// Gives sums of amounts, which Polars widens, the type of an amount again.
fn narrowed(frame: DataFrame) -> std::result::Result<DataFrame, PolarsError> {
    let scale = usize::from(AMOUNT_SCALE.unsigned_abs());
    let amounts: Vec<_> = frame
        .schema()
        .iter()
        .filter(|(_, kind)| matches!(kind, DataType::Decimal(_, s) if *s == scale))
        .map(|(name, _)| {
            col(name.clone()).strict_cast(DataType::Decimal(AMOUNT_PRECISION.into(), scale))
        })
        .collect();
    frame.lazy().with_columns(amounts).collect()
}

fn refused(name: &str, error: &PolarsError) -> Error {
    ErrorKind::Query { name: name.to_owned(), problem: error.to_string() }.into()
}
