//! Writes a snapshot aside and puts it in the place of the one before, all or nothing.
//!
//! Until [`SnapshotWriter::publish`] has renamed the finished folder and swapped the link,
//! readers see the snapshot before; a writer that is dropped leaves nothing behind, and what
//! a killed one leaves is removed by the next. Files that did not change are those of the
//! snapshot before, under a second name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
};

use serde_json::{Map, Value, json};

use crate::{
    accounts::{disclosure::Disclosure, excerpt::Across, schema::CONTRACT_VERSION},
    error::{Error, ErrorKind, Result},
    store::{
        chunk::{Place, by_dataset},
        files::{Files, Syncer},
        layout,
        lock::Lock,
        manifest::{Chunk, Manifest, Part},
        views::views,
    },
};

/// How many snapshots stay readable unless a job says otherwise, the newest included.
pub const KEEP: usize = 3;

/// A warehouse that nobody else writes.
#[derive(Debug)]
pub struct Warehouse {
    folder: PathBuf,
    files: Files,
    lock: Lock,
}

/// A snapshot in the making.
#[derive(Debug)]
pub struct SnapshotWriter<'a> {
    warehouse: &'a Warehouse,
    name: String,
    place: Place,
    syncer: Option<Syncer>,
    parts: Vec<Part>,
    others: BTreeSet<String>,
    notes: Map<String, Value>,
    published: bool,
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

impl Warehouse {
    /// Opens a warehouse for writing, and makes it where there is none; what a killed run left
    /// of a snapshot is removed.
    ///
    /// Fails where another run is writing it.
    pub fn open(folder: &Path, files: Files) -> Result<Warehouse> {
        files.create_folder(&layout::snapshots(folder))?;
        let lock = Lock::take(folder)?;
        let (_, leftovers) = listed(&layout::snapshots(folder))?;
        leftovers.iter().try_for_each(|leftover| files.remove_folder(leftover))?;
        Ok(Warehouse { folder: folder.to_owned(), files, lock })
    }

    /// Returns its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the file system that it is on.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Returns what a killed run said of itself; nothing where the last one ended.
    pub fn abandoned(&self) -> Option<&str> {
        self.lock.abandoned.as_deref()
    }

    /// Begins the next snapshot.
    pub fn begin(&self) -> Result<SnapshotWriter<'_>> {
        let snapshots = layout::snapshots(&self.folder);
        let (numbers, _) = listed(&snapshots)?;
        let name = layout::snapshot_name(numbers.last().map_or(1, |last| last + 1));
        let folder = aside(&snapshots, &name);
        self.files.create_folder(&folder)?;
        let syncer = Syncer::start();
        let place = Place { files: self.files.clone(), folder, queue: syncer.queue() };
        Ok(SnapshotWriter {
            warehouse: self,
            name,
            place,
            syncer: Some(syncer),
            parts: Vec::new(),
            others: BTreeSet::new(),
            notes: Map::new(),
            published: false,
        })
    }

    /// Shows readers another snapshot that is still there.
    ///
    /// Without a name it is the last one before the current one.
    pub fn roll_back(&self, to: Option<&str>) -> Result<String> {
        let current = layout::current_snapshot(&self.folder)?;
        let (numbers, _) = listed(&layout::snapshots(&self.folder))?;
        let names: Vec<String> = numbers.into_iter().map(layout::snapshot_name).collect();
        let now = current.file_name().map(|name| name.to_string_lossy().into_owned());
        let before = names.iter().rev().find(|name| Some(*name) < now.as_ref());
        let wanted = match to {
            Some(to) => {
                names.iter().find(|name| name.trim_start_matches('0') == to.trim_start_matches('0'))
            }
            None => before,
        };
        let Some(wanted) = wanted else {
            let name = to.unwrap_or("the snapshot before").to_owned();
            return Err(ErrorKind::NoSuchSnapshot { name, snapshots: names }.into());
        };
        self.swap(wanted)?;
        Ok(wanted.clone())
    }

    /// Points `current` at a snapshot: a new link is renamed over the old one.
    fn swap(&self, name: &str) -> Result<()> {
        let link = self.folder.join(".current");
        self.files.remove(&link)?;
        self.files.point(&link, &Path::new("snapshots").join(name))?;
        let current = layout::current(&self.folder);
        self.files.rename(&link, &current)?;
        self.files.sync_folder(&self.folder)
    }

    /// Removes all but the last snapshots and the current one. Each is renamed first, so that
    /// none is seen in part.
    ///
    /// What cannot be listed or removed now, the next publishing removes.
    fn prune(&self, keep: usize) {
        let snapshots = layout::snapshots(&self.folder);
        let (Ok((numbers, _)), Ok(current)) =
            (listed(&snapshots), layout::current_snapshot(&self.folder))
        else {
            return;
        };
        for number in numbers.iter().rev().skip(keep.max(1)) {
            let name = layout::snapshot_name(*number);
            let doomed = aside(&snapshots, &name);
            if !current.ends_with(&name)
                && self.files.rename(&snapshots.join(&name), &doomed).is_ok()
            {
                drop(self.files.remove_folder(&doomed));
            }
        }
    }
}

impl SnapshotWriter<'_> {
    /// Returns the folder in which the snapshot is made.
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }

    /// Returns where the files of chunks are written.
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    /// Writes every dataset of the disclosures; to be called once, with all of them.
    ///
    /// The order of the disclosures does not matter.
    pub fn write(&mut self, disclosures: &[Disclosure]) -> Result<()> {
        let parts = self.place.write("0", disclosures, &[])?;
        self.others.insert(layout::excerpts("0"));
        self.parts.extend(parts);
        self.complete()
    }

    /// Adds the files of a chunk, which are written already.
    pub fn add(&mut self, chunk: &Chunk) {
        self.others.insert(layout::excerpts(&chunk.key));
        self.parts.extend(chunk.parts.iter().cloned());
    }

    /// Adds the files of a chunk as they are in the snapshot before.
    pub fn keep(&mut self, chunk: &Chunk, before: &Path) -> Result<()> {
        let excerpts = layout::excerpts(&chunk.key);
        let files = chunk.parts.iter().map(|part| part.file.as_str()).chain([excerpts.as_str()]);
        files.into_iter().try_for_each(|file| self.link(file, before))?;
        self.add(chunk);
        Ok(())
    }

    /// Adds a file as it is in the snapshot before; the path is relative to either.
    pub fn keep_file(&mut self, relative: &str, before: &Path) -> Result<()> {
        self.link(relative, before)?;
        self.others.insert(relative.to_owned());
        Ok(())
    }

    fn link(&self, relative: &str, before: &Path) -> Result<()> {
        let path = self.place.folder.join(relative);
        if let Some(parent) = path.parent() {
            self.place.files.create_folder(parent)?;
        }
        self.place.files.link(&before.join(relative), &path)
    }

    /// Writes what the documents came to together.
    pub fn write_across(&mut self, across: &Across<'_>) -> Result<()> {
        self.parts.extend(self.place.write_across(across)?);
        Ok(())
    }

    /// Gives every dataset a file, so that readers find its columns; to be called when all rows
    /// are written and before anyone reads them.
    pub fn complete(&mut self) -> Result<()> {
        self.parts.extend(self.place.write_empty(&self.parts)?);
        Ok(())
    }

    /// Adds a file, such as a mart or a report; the path is relative to the snapshot.
    pub fn add_file(&mut self, relative: &str, bytes: &[u8]) -> Result<()> {
        let inside = Path::new(relative).components().all(|c| matches!(c, Component::Normal(_)));
        if !inside {
            let outside = io::Error::new(io::ErrorKind::InvalidInput, "not inside the snapshot");
            return Err(Error::io("create", relative, outside));
        }
        self.others.insert(relative.to_owned());
        self.place.file(relative, bytes)
    }

    /// Returns the files of the datasets, relative to the snapshot.
    pub fn parts(&self) -> Vec<&str> {
        self.parts.iter().map(|part| part.file.as_str()).collect()
    }

    /// Adds an entry to `run.json`, such as how many documents were put aside.
    pub fn note(&mut self, key: &str, value: impl Into<Value>) {
        self.notes.insert(key.to_owned(), value.into());
    }

    /// Adds the manifest, from which the next run starts.
    pub fn add_manifest(&mut self, manifest: &Manifest) -> Result<()> {
        self.add_file(layout::MANIFEST, &manifest.written()?)
    }

    /// Returns the name that the snapshot will have.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Shows the snapshot to readers and removes all but the last `keep`.
    ///
    /// Where an old snapshot cannot be removed, the next publishing tries again.
    pub fn publish(mut self, keep: usize) -> Result<Published> {
        let sql = views(self.others.iter().map(String::as_str));
        self.add_file("views.sql", sql.as_bytes())?;
        let run = format!("{:#}\n", self.run());
        self.add_file("run.json", run.as_bytes())?;
        self.place.queue = None;
        self.syncer.take().map_or(Ok(()), Syncer::finish)?;
        self.sync_folders()?;

        let files = &self.warehouse.files;
        let snapshots = layout::snapshots(&self.warehouse.folder);
        let folder = snapshots.join(&self.name);
        files.rename(&self.place.folder, &folder)?;
        self.place.folder.clone_from(&folder);
        files.sync_folder(&snapshots)?;
        let swapped = self.warehouse.swap(&self.name);
        // Readers may see it although the swap failed at its end: then it must stay.
        let current = layout::current_snapshot(&self.warehouse.folder);
        self.published = current.is_ok_and(|current| current.ends_with(&self.name));
        swapped?;
        self.warehouse.prune(keep);
        Ok(Published {
            name: self.name.clone(),
            folder,
            files: self.parts.len() + self.others.len(),
            rows: self.rows(),
        })
    }

    fn rows(&self) -> BTreeMap<&'static str, u64> {
        by_dataset(&self.parts).into_iter().map(|(name, (rows, _))| (name, rows)).collect()
    }

    /// Makes `run.json`: what is in the snapshot. No clock and no number: the same documents
    /// make the same text.
    fn run(&self) -> Value {
        let files: BTreeMap<&str, u64> =
            by_dataset(&self.parts).into_iter().map(|(name, (_, files))| (name, files)).collect();
        let mut run = Map::new();
        run.insert("contract_version".to_owned(), json!(CONTRACT_VERSION));
        run.insert("fisc_version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        run.insert("rows".to_owned(), json!(self.rows()));
        run.insert("files".to_owned(), json!(files));
        run.extend(self.notes.clone());
        Value::Object(run)
    }

    fn sync_folders(&self) -> Result<()> {
        let parts = self.parts.iter().map(|part| part.file.as_str());
        let files = parts.chain(self.others.iter().map(String::as_str));
        let within = files.flat_map(|file| Path::new(file).ancestors().skip(1));
        let folders: BTreeSet<&Path> = within.collect();
        let folder = &self.place.folder;
        folders.into_iter().try_for_each(|f| self.warehouse.files.sync_folder(&folder.join(f)))
    }
}

impl Drop for SnapshotWriter<'_> {
    fn drop(&mut self) {
        if !self.published {
            self.place.queue = None;
            // Files that are still waited for must not be written after their folder went.
            drop(self.syncer.take().map(Syncer::finish));
            // The next writer removes what cannot be removed now.
            drop(fs::remove_dir_all(&self.place.folder));
        }
    }
}

/// Returns the names of the snapshots of a warehouse, the oldest first.
pub fn names(warehouse: &Path) -> Result<Vec<String>> {
    let (numbers, _) = listed(&layout::snapshots(warehouse))?;
    Ok(numbers.into_iter().map(layout::snapshot_name).collect())
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
                let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
                let mut writer = open.begin().expect("a writer");
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
            let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
            let mut writer = open.begin().expect("a writer");
            writer.write(&samples::disclosures()).expect("written");
            let before = writer.publish(KEEP).expect("published");

            let mut writer = open.begin().expect("a writer");
            let busy = Warehouse::open(warehouse, Files::default()).expect_err("one is writing");
            assert!(matches!(busy.kind(), ErrorKind::Busy { .. }), "{busy}");
            assert!(busy.to_string().contains(&format!("process {}", std::process::id())));
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
    fn a_killed_run_is_told_of_and_in_nobodys_way() {
        samples::in_a_warehouse("killed", |warehouse| {
            drop(Warehouse::open(warehouse, Files::default()).expect("a warehouse"));
            let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
            assert_eq!(open.abandoned(), None);
            drop(open);
            fs::write(layout::lock(warehouse), "process 7 on night, since then\n").unwrap();
            let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
            assert_eq!(open.abandoned(), Some("process 7 on night, since then"));
        });
    }

    #[test]
    fn rolling_back_shows_the_snapshot_before_and_pruning_spares_it() {
        samples::in_a_warehouse("rolled-back", |warehouse| {
            let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
            let publish = |keep| {
                let mut writer = open.begin().expect("a writer");
                writer.write(&samples::disclosures()).expect("written");
                writer.publish(keep).expect("published").name
            };
            (0..3).for_each(|_| drop(publish(3)));
            assert_eq!(open.roll_back(None).expect("rolled back"), "000002");
            assert_eq!(open.roll_back(Some("1")).expect("rolled back"), "000001");
            let none = open.roll_back(None).expect_err("there is none before");
            assert!(none.to_string().contains("000001, 000002, 000003"), "{none}");
            open.prune(1);
            assert_eq!(names(warehouse).expect("listed"), ["000001", "000003"]);
            assert_eq!(publish(1), "000004");
            assert_eq!(names(warehouse).expect("listed"), ["000004"]);
        });
    }

    #[test]
    fn the_order_of_the_documents_does_not_reach_the_bytes() {
        let written = |name: &str, disclosures: &[Disclosure]| {
            let mut bytes = BTreeMap::new();
            samples::in_a_warehouse(name, |warehouse| {
                let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
                let mut writer = open.begin().expect("a writer");
                writer.write(disclosures).expect("written");
                let parts = writer.parts.iter().map(|part| part.file.clone());
                let files: Vec<String> = parts.collect();
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
        assert_eq!(forwards.len(), 11);
        assert_eq!(forwards, written("backwards", &disclosures));
    }
}
