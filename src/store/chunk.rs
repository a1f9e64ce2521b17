//! Writes the rows of some documents as files of their own in every dataset.
//!
//! The files depend on these documents alone: they stay as they are when others come and go.

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{Arc, mpsc::SyncSender},
};

use arrow::array::RecordBatch;

use crate::{
    accounts::{
        disclosure::Disclosure,
        excerpt::{Across, Excerpt},
        schema::Dataset,
        token::Stage,
    },
    error::{Error, Result},
    store::{
        batch::{self, BATCH_ROWS, amounts, batches, in_order, partitions},
        files::{Files, Sink},
        layout,
        manifest::{self, Part},
        parquet,
    },
};

/// Where files are written.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file system.
    pub files: Files,
    /// The folder of the snapshot.
    pub folder: std::path::PathBuf,
    /// Who brings files to the disk; nothing where each is waited for.
    pub queue: Option<SyncSender<Sink>>,
}

impl Place {
    /// Writes every dataset of some documents that has rows, and their excerpts.
    ///
    /// The order of the disclosures does not matter. `name` is unique in the snapshot.
    pub fn write(
        &self,
        name: &str,
        disclosures: &[Disclosure],
        excerpts: &[Excerpt],
    ) -> Result<Vec<Part>> {
        let ordered = in_order(disclosures);
        let mut parts = Vec::new();
        let schema = Arc::new(Dataset::Amounts.stored_schema());
        for (partition, rows) in &partitions(&ordered) {
            let file = layout::amounts_part(*partition, name);
            let whole = rows.chunks(BATCH_ROWS).map(|chunk| amounts(&schema, chunk));
            parts.extend(self.part(Dataset::Amounts, file, whole, false)?);
        }
        for dataset in Dataset::ALL.iter().copied().filter(|one| one.partitions().is_empty()) {
            let schema = Arc::new(dataset.stored_schema());
            let made = batches(dataset, &schema, &ordered);
            parts.extend(self.part(dataset, layout::part(dataset, name), made, false)?);
        }
        self.file(&layout::excerpts(name), &manifest::excerpts_written(excerpts)?)?;
        Ok(parts)
    }

    /// Writes what documents came to together: files of their own in the datasets, because any
    /// document may change them, and there even where they have no row.
    pub fn write_across(&self, across: &Across<'_>) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for dataset in Dataset::ALL.iter().copied() {
            let schema = Arc::new(dataset.stored_schema());
            if let Some(made) = batch::across(dataset, &schema, across) {
                let file = layout::part_across(dataset);
                parts.extend(self.part(dataset, file, made, true)?);
            }
        }
        Ok(parts)
    }

    /// Writes a file without rows for each dataset that has no file, so that readers find its
    /// columns.
    pub fn write_empty(&self, parts: &[Part]) -> Result<Vec<Part>> {
        let mut empty = Vec::new();
        for dataset in Dataset::ALL.iter().copied() {
            let folder = format!("{}/", dataset.as_str());
            if parts.iter().any(|part| part.file.starts_with(&folder)) {
                continue;
            }
            let file = match dataset {
                Dataset::Amounts => layout::amounts_part((None, Stage::Budget), "empty"),
                _ => layout::part(dataset, "empty"),
            };
            let schema = Arc::new(dataset.stored_schema());
            let nothing = RecordBatch::new_empty(schema);
            empty.extend(self.part(dataset, file, [Ok(nothing)].into_iter(), true)?);
        }
        Ok(empty)
    }

    /// Writes a file; the path is relative to the folder.
    pub fn file(&self, relative: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(relative);
        let mut sink = self.create(&path)?;
        sink.write_all(bytes).map_err(|e| Error::io("write", &path, e))?;
        self.sync(sink)
    }

    fn part(
        &self,
        dataset: Dataset,
        file: String,
        batches: impl Iterator<Item = Result<RecordBatch>>,
        even_empty: bool,
    ) -> Result<Option<Part>> {
        let mut batches = batches.peekable();
        let rows = |batch: &Result<RecordBatch>| batch.as_ref().map_or(1, RecordBatch::num_rows);
        if !even_empty && batches.peek().is_none_or(|first| rows(first) == 0) {
            return Ok(None);
        }
        let path = self.folder.join(&file);
        let sink = BufWriter::with_capacity(1 << 18, self.create(&path)?);
        let schema = Arc::new(dataset.stored_schema());
        let mut writer = parquet::Writer::begin(sink, &schema, &path)?;
        for batch in batches {
            writer.write(&batch?)?;
        }
        let (sink, rows) = writer.finish()?;
        let sink = sink
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .map_err(|e| Error::io("write", &path, e))?;
        self.sync(sink)?;
        Ok(Some(Part { file, rows }))
    }

    fn create(&self, path: &Path) -> Result<Sink> {
        if let Some(parent) = path.parent() {
            self.files.create_folder(parent)?;
        }
        self.files.create(path)
    }

    fn sync(&self, sink: Sink) -> Result<()> {
        let Some(queue) = &self.queue else { return sink.sync() };
        // Where nobody takes it, it is waited for here.
        queue.send(sink).or_else(|unsent| unsent.0.sync())
    }
}

/// Returns how many rows each dataset has in some files, and in how many files they are.
pub fn by_dataset(parts: &[Part]) -> BTreeMap<&'static str, (u64, u64)> {
    let mut found: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
    for dataset in Dataset::ALL {
        let folder = format!("{}/", dataset.as_str());
        let (rows, files) = found.entry(dataset.as_str()).or_default();
        for part in parts.iter().filter(|part| part.file.starts_with(&folder)) {
            *rows += part.rows;
            *files += 1;
        }
    }
    found
}
