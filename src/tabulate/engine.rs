//! Runs SQL over the Parquet files of a snapshot, with Polars.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    io, panic,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use polars::{
    io::HiveOptions,
    prelude::{
        Column, DataFrame, DataType,
        Engine::{InMemory, Streaming},
        Field, IntoLazy, LazyFrame, PlRefPath, PolarsError, ScanArgsParquet, Schema, col,
    },
    sql::SQLContext,
};

use crate::{
    accounts::schema::{AMOUNT_PRECISION, AMOUNT_SCALE, Dataset},
    error::{Error, ErrorKind, Result},
    store::{
        counts::{self, Counted},
        layout,
    },
    tabulate::{arrays, troubles::explained},
};

/// The stack of a query: Polars goes down a plan by recursion, and one with many joins is deep.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// The datasets and marts of one snapshot, as SQL tables.
pub struct Engine {
    context: SQLContext,
    snapshot: PathBuf,
    counted: BTreeMap<Dataset, Counted>,
    /// Whether units were asked for.
    asked: bool,
}

impl Engine {
    /// Opens a snapshot: its datasets, and the marts that it has already.
    pub fn open(snapshot: &Path) -> Result<Engine> {
        layout::check_contract(snapshot)?;
        let engine = Engine::empty(snapshot);
        for dataset in Dataset::ALL {
            let pattern = snapshot.join(layout::pattern(*dataset));
            engine.scan(dataset.as_str(), &[pattern], options(*dataset, 0))?;
        }
        for (name, dataset) in layout::BETWEEN {
            let path = snapshot.join(layout::part_across(dataset));
            if path.exists() {
                engine.scan(name, &[path], ScanArgsParquet::default())?;
            } else {
                engine.context.register(name, arrays::empty(&dataset.schema()).lazy());
            }
        }
        for (name, pattern) in layout::marts(snapshot)? {
            engine.add(&name, &pattern)?;
        }
        Ok(engine)
    }

    /// Opens some files of a snapshot that is being made, by their paths in it: the datasets of
    /// documents, of which one may have no file.
    pub fn over(snapshot: &Path, files: &[&str]) -> Result<Engine> {
        let engine = Engine::empty(snapshot);
        let start = snapshot.as_os_str().len();
        for dataset in Dataset::ALL.iter().filter(|dataset| dataset.is_of_documents()) {
            let own = |file: &&&str| {
                file.strip_prefix(dataset.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            let paths: Vec<PathBuf> =
                files.iter().filter(own).map(|file| snapshot.join(file)).collect();
            if paths.is_empty() {
                let none = arrays::empty(&dataset.schema()).lazy();
                engine.context.register(dataset.as_str(), none);
            } else {
                engine.scan(dataset.as_str(), &paths, options(*dataset, start))?;
            }
        }
        Ok(engine)
    }

    fn empty(snapshot: &Path) -> Engine {
        Engine {
            context: SQLContext::new(),
            snapshot: snapshot.to_owned(),
            counted: BTreeMap::new(),
            asked: false,
        }
    }

    /// Runs one query; `name` is what its errors call it.
    ///
    /// Amounts are decimals of yuan in the result as in the tables. Rows pass through in pieces,
    /// so that a table larger than the memory can be asked; without `ORDER BY`, or where that
    /// leaves ties, they come in no certain order.
    pub fn run(&mut self, name: &str, sql: &str) -> Result<DataFrame> {
        // Not as a query of its own: Polars 0.55 cannot plan one with this union in it.
        if !self.asked && sql.contains(layout::UNITS_ASKED) {
            let every = self.units()?;
            self.ask(&every);
        }
        let mut answered = self.answer(sql, engine_for(sql));
        if let Ok(Err(_)) = answered {
            // What Polars cannot do in pieces it may be able to do at once.
            answered = self.answer(sql, InMemory);
        }
        match answered {
            Ok(Ok(frame)) => frame.map_err(|error| {
                let problem = explained(&error.to_string(), &self.context.get_tables());
                ErrorKind::Query { name: name.to_owned(), problem }.into()
            }),
            Ok(Err(panic)) => panic::resume_unwind(panic),
            Err(error) => Err(Error::io("begin", "a thread for a query", error)),
        }
    }

    fn answer(&self, sql: &str, engine: polars::prelude::Engine) -> io::Result<Answer> {
        // Of its own: a query that fails leaves the other names of its tables behind.
        let mut context = self.context.clone();
        let answer = || {
            let frame = context.execute(sql)?;
            // There are several results where several queries are collected at once.
            narrowed(frame.collect_with_engine(engine)?.unwrap_single())
        };
        thread::scope(|scope| {
            let worker = thread::Builder::new().stack_size(STACK_BYTES);
            worker.spawn_scoped(scope, answer).map(thread::ScopedJoinHandle::join)
        })
    }

    /// Returns how many checks there are of each rule and outcome.
    pub fn checks(&mut self) -> Result<&Counted> {
        self.counted(Dataset::Checks, ["rule", "outcome"])
    }

    /// Returns how many findings there are of each rule and severity.
    pub fn findings(&mut self) -> Result<&Counted> {
        self.counted(Dataset::Findings, ["rule", "severity"])
    }

    /// Counts the rows of a dataset, once.
    fn counted(&mut self, dataset: Dataset, columns: [&str; 2]) -> Result<&Counted> {
        match self.counted.entry(dataset) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                Ok(place.insert(counts::counted(&self.snapshot, dataset, columns)?))
            }
        }
    }

    /// Makes a mart a table that later queries can name; its file is there.
    pub fn add(&self, name: &str, path: &Path) -> Result<()> {
        self.scan(name, &[path.to_owned()], ScanArgsParquet::default())
    }

    /// Returns the id of every unit that can be asked for, in order.
    pub fn units(&mut self) -> Result<Vec<String>> {
        let sql =
            format!("SELECT unit_id FROM ({}) AS every ORDER BY unit_id", layout::EVERY_UNIT.1);
        let frame = self.run(layout::UNITS_ASKED, &sql)?;
        let ids = frame.column("unit_id").and_then(|ids| Ok(ids.str()?.clone()));
        let ids = ids.map_err(|error| refused(layout::UNITS_ASKED, &error))?;
        Ok(ids.iter().flatten().map(str::to_owned).collect())
    }

    /// Asks for these units and no others from now on.
    pub fn ask(&mut self, ids: &[String]) {
        let ids = Column::new("unit_id".into(), ids);
        let asked = DataFrame::new_infer_height(vec![ids]).unwrap_or_default();
        self.context.register(layout::UNITS_ASKED, asked.lazy());
        self.asked = true;
    }

    fn scan(&self, name: &str, paths: &[PathBuf], options: ScanArgsParquet) -> Result<()> {
        let paths = paths.iter().map(|path| PlRefPath::new(path.to_string_lossy())).collect();
        let frame =
            LazyFrame::scan_parquet_files(paths, options).map_err(|error| refused(name, &error))?;
        self.context.register(name, frame);
        Ok(())
    }
}

/// What became of a query: its rows, an error, or what Polars panicked with.
type Answer = thread::Result<std::result::Result<DataFrame, PolarsError>>;

/// Chooses how a query is carried out: in pieces, but where the first rows by some order are
/// taken, which Polars 0.55 cannot do in pieces for an amount.
fn engine_for(sql: &str) -> polars::prelude::Engine {
    let mut words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
    if words.any(|word| word.eq_ignore_ascii_case("limit")) { InMemory } else { Streaming }
}

/// Says how a dataset is read; the folders of its partitions are behind so many bytes of a path.
fn options(dataset: Dataset, start: usize) -> ScanArgsParquet {
    let mut options = ScanArgsParquet::default();
    if !dataset.partitions().is_empty() {
        options.hive_options = HiveOptions { hive_start_idx: start, ..hive(dataset) };
    }
    options
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
        .filter(|(_, kind)| {
            matches!(kind, DataType::Decimal(p, s) if *s == scale && *p != usize::from(AMOUNT_PRECISION))
        })
        .map(|(name, _)| {
            col(name.clone()).strict_cast(DataType::Decimal(AMOUNT_PRECISION.into(), scale))
        })
        .collect();
    frame.lazy().with_columns(amounts).collect()
}

fn refused(name: &str, error: &PolarsError) -> Error {
    ErrorKind::Query { name: name.to_owned(), problem: error.to_string() }.into()
}
