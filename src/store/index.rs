//! Remembers the content hashes of files, so that a file that was not touched is not read.
//!
//! It is a cache: it says nothing of any snapshot, and a run without it is only slower.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::{
    accounts::file::Stat,
    error::{Error, Result},
    store::{files::Files, layout},
};

/// How coarse the clocks of file systems are, in nanoseconds: that of FAT ticks every 2 s.
const TICK: i128 = 2_000_000_000;

/// The content hashes of files.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Index(BTreeMap<String, Known>);

/// What is known of a file.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Known {
    stat: Stat,
    hash: String,
}

impl Index {
    /// Reads the index of a warehouse; what cannot be read of it is not known.
    pub fn read(warehouse: &Path) -> Index {
        let Ok(file) = File::open(layout::index(warehouse)) else { return Index::default() };
        let lines = BufReader::with_capacity(1 << 20, file).lines().map_while(io::Result::ok);
        Index(lines.filter_map(|line| serde_json::from_str(&line).ok()).collect())
    }

    /// Returns the hash of a file that is as it was when it was read.
    pub fn hash(&self, path: &str, stat: &Stat) -> Option<&str> {
        let known = self.0.get(path)?;
        (known.stat == *stat).then_some(known.hash.as_str())
    }

    /// Remembers the hash of a file that was read after `begun`, in nanoseconds since 1970.
    ///
    /// A file that was written so shortly before could have been written again since, and no
    /// clock would show it: such a file is read again the next time.
    pub fn learn(&mut self, path: &str, stat: Stat, hash: &str, begun: i128) {
        let latest = stat.modified.max(stat.changed);
        if latest < begun - TICK {
            self.0.insert(path.to_owned(), Known { stat, hash: hash.to_owned() });
        } else {
            self.0.remove(path);
        }
    }

    /// Forgets every file but those that `is_there` says are.
    pub fn keep(&mut self, is_there: impl Fn(&str) -> bool) {
        self.0.retain(|path, _| is_there(path));
    }

    /// Writes the index of a warehouse.
    pub fn write(&self, warehouse: &Path, files: &Files) -> Result<()> {
        let path = layout::index(warehouse);
        let mut bytes = Vec::new();
        for entry in &self.0 {
            let unwritten = |e: serde_json::Error| Error::io("write", &path, e.into());
            serde_json::to_writer(&mut bytes, &entry).map_err(unwritten)?;
            bytes.push(b'\n');
        }
        files.replace(&path, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_while_its_stat_stays_and_was_not_written_just_now() {
        let stat = Stat { size: 3, modified: 10 * TICK, changed: 10 * TICK, inode: 7 };
        let mut index = Index::default();
        index.learn("a", stat, "h", 11 * TICK);
        assert_eq!(index.hash("a", &stat), None, "it may be written again in the same tick");
        index.learn("a", stat, "h", 11 * TICK + 1);
        assert_eq!(index.hash("a", &stat), Some("h"));
        for other in
            [Stat { size: 4, ..stat }, Stat { changed: 1, ..stat }, Stat { inode: 1, ..stat }]
        {
            assert_eq!(index.hash("a", &other), None);
        }
        index.keep(|path| path == "b");
        assert_eq!(index.hash("a", &stat), None);
    }
}
