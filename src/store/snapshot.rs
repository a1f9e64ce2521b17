//! Writes a snapshot aside and puts it in the place of the one before, all or nothing.
//!
//! Until [`SnapshotWriter::publish`] has renamed the finished folder and swapped the link,
//! readers see the snapshot before; a writer that is dropped leaves nothing behind, and what
//! a killed one leaves is removed by the next.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use arrow::array::RecordBatch;
use serde_json::{Map, Value, json};

use crate::{
    accounts::{
        disclosure::Disclosure,
        excerpt::Across,
        schema::{CONTRACT_VERSION, Dataset},
        token::Stage,
    },
    error::{Error, Result},
    store::{
        batch::{self, BATCH_ROWS, amounts, batches, in_order, partitions},
        layout, parquet,
        views::views,
    },
};

/// How many snapshots stay readable unless a job says otherwise, the newest included.
pub const KEEP: usize = 3;

/// A snapshot in the making.
#[derive(Debug)]
pub struct SnapshotWriter {
    warehouse: PathBuf,
    name: String,
    folder: PathBuf,
    files: BTreeSet<String>,
    rows: BTreeMap<&'static str, u64>,
    notes: Map<String, Value>,
    published: bool,
    /// Held until the writer goes: two runs must not write one warehouse.
    _lock: File,
}

/// What [`SnapshotWriter::publish`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Published {
    /// The name of the snapshot, as `000042`.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// How many files it has.
    pub files: usize,
    /// How many rows each dataset has.
    pub rows: BTreeMap<&'static str, u64>,
}

impl SnapshotWriter {
    /// Begins the next snapshot of a warehouse, which is made where there is none.
    ///
    /// Fails where another run is writing the same warehouse.
    pub fn begin(warehouse: &Path) -> Result<SnapshotWriter> {
        let snapshots = layout::snapshots(warehouse);
        fs::create_dir_all(&snapshots).map_err(|e| Error::io("create", &snapshots, e))?;
        let path = warehouse.join(".lock");
        let lock = File::create(&path).map_err(|e| Error::io("create", &path, e))?;
        if let Err(error) = lock.try_lock() {
            return Err(Error::io("lock (is another run writing here?)", path, error.into()));
        }
        let (numbers, leftovers) = listed(&snapshots)?;
        for leftover in leftovers {
            fs::remove_dir_all(&leftover).map_err(|e| Error::io("remove", &leftover, e))?;
        }
        let name = layout::snapshot_name(numbers.last().map_or(1, |last| last + 1));
        let folder = aside(&snapshots, &name);
        fs::create_dir(&folder).map_err(|e| Error::io("create", &folder, e))?;
        Ok(SnapshotWriter {
            warehouse: warehouse.to_owned(),
            name,
            folder,
            files: BTreeSet::new(),
            rows: BTreeMap::new(),
            notes: Map::new(),
            published: false,
            _lock: lock,
        })
    }

    /// Returns the folder in which the snapshot is made.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes every dataset of the disclosures; to be called once, with all of them.
    ///
    /// The order of the disclosures does not matter. There is a partition of `amounts` even
    /// where there is no figure, so that readers find its columns.
    pub fn write(&mut self, disclosures: &[Disclosure]) -> Result<()> {
        let ordered = in_order(disclosures);
        let mut folders = partitions(&ordered);
        if folders.is_empty() {
            folders.insert((None, Stage::Budget), Vec::new());
        }
        let schema = Arc::new(Dataset::Amounts.stored_schema());
        for (partition, rows) in &folders {
            let whole = rows.chunks(BATCH_ROWS).map(|chunk| amounts(&schema, chunk));
            self.write_part(Dataset::Amounts, &layout::amounts_part(*partition), whole)?;
        }
        let whole = |one: &Dataset| one.partitions().is_empty() && one.is_of_documents();
        for dataset in Dataset::ALL.iter().copied().filter(whole) {
            let schema = Arc::new(dataset.stored_schema());
            let made = batches(dataset, &schema, &ordered);
            self.write_part(dataset, &layout::part(dataset), made)?;
        }
        Ok(())
    }

    /// Writes what the documents came to together: files of their own in the datasets, because
    /// any document may change them.
    pub fn write_across(&mut self, across: &Across<'_>) -> Result<()> {
        for dataset in Dataset::ALL.iter().copied() {
            let schema = Arc::new(dataset.stored_schema());
            if let Some(made) = batch::across(dataset, &schema, across) {
                self.write_part(dataset, &layout::part_across(dataset), made)?;
            }
        }
        Ok(())
    }

    /// Adds a file, such as a mart or a report; the path is relative to the snapshot.
    pub fn add_file(&mut self, relative: &str, bytes: &[u8]) -> Result<()> {
        let (path, file) = self.create(relative)?;
        let mut file = file;
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(|e| Error::io("write", path, e))
    }

    /// Adds an entry to `run.json`, such as how many documents were put aside.
    pub fn note(&mut self, key: &str, value: impl Into<Value>) {
        self.notes.insert(key.to_owned(), value.into());
    }

    /// Shows the snapshot to readers and removes all but the last `keep`.
    ///
    /// Where an old snapshot cannot be removed, the next publishing tries again.
    pub fn publish(mut self, keep: usize) -> Result<Published> {
        let sql = views(self.files.iter().map(String::as_str));
        self.add_file("views.sql", sql.as_bytes())?;
        let run = format!("{:#}\n", self.run());
        self.add_file("run.json", run.as_bytes())?;
        self.sync_folders()?;

        let snapshots = layout::snapshots(&self.warehouse);
        let folder = snapshots.join(&self.name);
        fs::rename(&self.folder, &folder).map_err(|e| Error::io("rename", &self.folder, e))?;
        self.folder.clone_from(&folder);
        sync(&snapshots)?;
        swap(&self.warehouse, &self.name)?;
        self.published = true;
        sync(&self.warehouse)?;
        prune(&snapshots, keep);
        Ok(Published {
            name: self.name.clone(),
            folder,
            files: self.files.len(),
            rows: self.rows.clone(),
        })
    }

    fn write_part(
        &mut self,
        dataset: Dataset,
        relative: &str,
        batches: impl Iterator<Item = Result<RecordBatch>>,
    ) -> Result<()> {
        let (path, file) = self.create(relative)?;
        let schema = Arc::new(dataset.stored_schema());
        let mut writer = parquet::Writer::begin(BufWriter::new(file), &schema, &path)?;
        for batch in batches {
            writer.write(&batch?)?;
        }
        let (sink, rows) = writer.finish()?;
        sink.into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .map_err(|e| Error::io("write", path, e))?;
        *self.rows.entry(dataset.as_str()).or_default() += rows;
        Ok(())
    }

    fn create(&mut self, relative: &str) -> Result<(PathBuf, File)> {
        let path = self.folder.join(relative);
        let inside = Path::new(relative).components().all(|c| matches!(c, Component::Normal(_)));
        if !inside {
            let outside = io::Error::new(io::ErrorKind::InvalidInput, "not inside the snapshot");
            return Err(Error::io("create", relative, outside));
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
        }
        let file = File::create(&path).map_err(|e| Error::io("create", &path, e))?;
        self.files.insert(relative.to_owned());
        Ok((path, file))
    }

    /// Makes `run.json`: what is in the snapshot, and no clock.
    fn run(&self) -> Value {
        let mut run = Map::new();
        run.insert("contract_version".to_owned(), json!(CONTRACT_VERSION));
        run.insert("fisc_version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        run.insert("snapshot".to_owned(), json!(self.name));
        run.insert("rows".to_owned(), json!(self.rows));
        run.insert("files".to_owned(), json!(self.files));
        run.extend(self.notes.clone());
        Value::Object(run)
    }

    fn sync_folders(&self) -> Result<()> {
        let within = self.files.iter().flat_map(|file| Path::new(file).ancestors().skip(1));
        within.collect::<BTreeSet<_>>().into_iter().try_for_each(|f| sync(&self.folder.join(f)))
    }
}

impl Drop for SnapshotWriter {
    fn drop(&mut self) {
        if !self.published {
            // The next writer removes what cannot be removed now.
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// Points `current` at a snapshot: a new link is renamed over the old one.
fn swap(warehouse: &Path, name: &str) -> Result<()> {
    let link = warehouse.join(".current");
    let gone = fs::remove_file(&link);
    if let Err(error) = gone
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(Error::io("remove", link, error));
    }
    std::os::unix::fs::symlink(Path::new("snapshots").join(name), &link)
        .map_err(|e| Error::io("create", &link, e))?;
    let current = layout::current(warehouse);
    fs::rename(&link, &current).map_err(|e| Error::io("replace", current, e))
}

/// Removes all but the last snapshots. Each is renamed first, so that none is seen in part.
///
/// What cannot be listed or removed now, the next publishing removes.
fn prune(snapshots: &Path, keep: usize) {
    let Ok((numbers, _)) = listed(snapshots) else { return };
    for number in numbers.iter().rev().skip(keep.max(1)) {
        let name = layout::snapshot_name(*number);
        let doomed = aside(snapshots, &name);
        if fs::rename(snapshots.join(&name), &doomed).is_ok() {
            drop(fs::remove_dir_all(doomed));
        }
    }
}

/// Lists the numbers of the snapshots, and the folders that are none yet or no longer.
fn listed(snapshots: &Path) -> Result<(BTreeSet<u64>, BTreeSet<PathBuf>)> {
    let (mut numbers, mut leftovers) = (BTreeSet::new(), BTreeSet::new());
    let unread = |e| Error::io("read", snapshots, e);
    for entry in fs::read_dir(snapshots).map_err(unread)? {
        let name = entry.map_err(unread)?.file_name();
        let name = name.to_string_lossy();
        if let Ok(number) = name.parse() {
            numbers.insert(number);
        } else if name.starts_with('.') && name.ends_with(".partial") {
            leftovers.insert(snapshots.join(name.as_ref()));
        }
    }
    Ok((numbers, leftovers))
}

fn aside(snapshots: &Path, name: &str) -> PathBuf {
    snapshots.join(format!(".{name}.partial"))
}

fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::io("sync", folder, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorKind, store::samples};

    #[test]
    fn a_snapshot_is_seen_only_when_it_is_published() {
        samples::in_a_warehouse("published", |warehouse| {
            let seen = layout::current_snapshot(warehouse).map_err(|e| e.to_string());
            assert!(seen.expect_err("nothing was published").contains("no snapshot here yet"));
            for number in 1..=4 {
                let mut writer = SnapshotWriter::begin(warehouse).expect("a writer");
                writer.write(&samples::disclosures()).expect("written");
                writer.note("failed", 1);
                let published = writer.publish(2).expect("published");
                assert_eq!(published.name, layout::snapshot_name(number));
                assert_eq!(published.rows["amounts"], 18);
                assert_eq!(layout::current_snapshot(warehouse).expect("one"), published.folder);
            }
            let (numbers, leftovers) = listed(&layout::snapshots(warehouse)).expect("listed");
            assert_eq!((numbers, leftovers), ([3, 4].into(), [].into()));
        });
    }

    #[test]
    fn a_failed_write_leaves_the_old_snapshot_and_nothing_else() {
        samples::in_a_warehouse("failed", |warehouse| {
            let mut writer = SnapshotWriter::begin(warehouse).expect("a writer");
            writer.write(&samples::disclosures()).expect("written");
            let before = writer.publish(KEEP).expect("published");

            let mut writer = SnapshotWriter::begin(warehouse).expect("a writer");
            let busy = SnapshotWriter::begin(warehouse).expect_err("another is writing");
            assert!(matches!(busy.kind(), ErrorKind::Io { .. }), "{busy}");
            fs::write(writer.folder().join("documents"), "in the way").expect("written");
            assert!(writer.write(&samples::disclosures()).is_err());
            assert!(writer.add_file("../outside", b"").is_err());
            drop(writer);

            assert_eq!(layout::current_snapshot(warehouse).expect("one"), before.folder);
            let (numbers, leftovers) = listed(&layout::snapshots(warehouse)).expect("listed");
            assert_eq!((numbers, leftovers), ([1].into(), [].into()));
        });
    }

    #[test]
    fn the_order_of_the_documents_does_not_reach_the_bytes() {
        let written = |name: &str, disclosures: &[Disclosure]| {
            let mut bytes = BTreeMap::new();
            samples::in_a_warehouse(name, |warehouse| {
                let mut writer = SnapshotWriter::begin(warehouse).expect("a writer");
                writer.write(disclosures).expect("written");
                let files = writer.files.clone();
                let published = writer.publish(KEEP).expect("published");
                for file in files {
                    bytes
                        .insert(file.clone(), fs::read(published.folder.join(file)).expect("read"));
                }
            });
            bytes
        };
        let mut disclosures = samples::disclosures();
        let forwards = written("forwards", &disclosures);
        disclosures.reverse();
        assert_eq!(forwards.len(), 9);
        assert_eq!(forwards, written("backwards", &disclosures));
    }
}
