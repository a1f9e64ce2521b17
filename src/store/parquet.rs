//! Writes batches as Parquet that every reader of the last years understands.
//!
//! The same batches give the same bytes: no clock, no thread count, no version but ours.

use std::{io::Write, path::PathBuf, sync::Arc};

use arrow::{array::RecordBatch, datatypes::Schema};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
    },
};

use crate::{
    accounts::schema::{CONTRACT_KEY, CONTRACT_VERSION},
    error::{Error, ErrorKind, Result},
    store::batch::BATCH_ROWS,
};

/// The level of compression: 9 and 19 gain 2 to 6 % in size and cost far more time.
const ZSTD_LEVEL: i32 = 1;

/// One Parquet file in the making.
pub struct Writer<W: Write + Send> {
    inner: ArrowWriter<W>,
    path: PathBuf,
    rows: u64,
}

impl<W: Write + Send> Writer<W> {
    /// Begins a file; `path` is only what errors call it.
    pub fn begin(sink: W, schema: &Arc<Schema>, path: impl Into<PathBuf>) -> Result<Writer<W>> {
        let path = path.into();
        let begun = properties().and_then(|properties| {
            ArrowWriter::try_new(sink, Arc::clone(schema), Some(properties))
        });
        let inner = begun.map_err(|error| refused(&path, &error))?;
        Ok(Writer { inner, path, rows: 0 })
    }

    /// Adds a batch.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.inner.write(batch).map_err(|error| refused(&self.path, &error))?;
        self.rows += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Writes the footer; returns the sink and the number of rows.
    pub fn finish(self) -> Result<(W, u64)> {
        let sink = self.inner.into_inner().map_err(|error| refused(&self.path, &error))?;
        Ok((sink, self.rows))
    }
}

fn refused(path: &std::path::Path, error: &ParquetError) -> Error {
    ErrorKind::Store { path: path.to_owned(), problem: error.to_string() }.into()
}

/// Returns the settings of every file.
///
/// Statistics go down to pages, which makes the page index. There are no bloom filters and no
/// delta encodings: on sorted rows both cost and neither gains.
fn properties() -> std::result::Result<WriterProperties, ParquetError> {
    let version = KeyValue::new(CONTRACT_KEY.to_owned(), CONTRACT_VERSION.to_owned());
    Ok(WriterProperties::builder()
        .set_created_by(concat!("fisc ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![version]))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_dictionary_enabled(true)
        .set_max_row_group_row_count(Some(BATCH_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .build())
}
