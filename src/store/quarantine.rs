//! Keeps a file for each document that could not be read: what it is, where it failed and why.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    store::{
        files::Files,
        layout,
        manifest::{Failure, Manifest},
    },
};

/// A file that holds documents that could not be read.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Quarantined {
    /// The file.
    pub path: String,
    /// The hash of its bytes; nothing where they could not be had.
    pub hash: Option<String>,
    /// What could not be read; several in an archive.
    pub failures: Vec<Failure>,
    /// What to do when the cause is gone.
    pub replay: String,
}

/// Makes the quarantine of a warehouse that of a snapshot: files come and go.
///
/// A file is named by the hash of the document's bytes, or of its path where these could not be
/// had; `identity` makes a hash. Documents of the same bytes share one.
pub fn keep(
    warehouse: &Path,
    manifest: &Manifest,
    identity: fn(&[u8]) -> String,
    files: &Files,
) -> Result<()> {
    let folder = layout::quarantine(warehouse);
    let mut wanted: BTreeMap<String, Vec<Quarantined>> = BTreeMap::new();
    for entry in manifest.chunks.iter().flat_map(|chunk| &chunk.entries) {
        if entry.failures.is_empty() {
            continue;
        }
        let name = entry.hash.clone().unwrap_or_else(|| identity(entry.path.as_bytes()));
        wanted.entry(format!("{name}.json")).or_default().push(Quarantined {
            path: entry.path.clone(),
            hash: entry.hash.clone(),
            failures: entry.failures.clone(),
            replay: "fisc retry".to_owned(),
        });
    }
    let mut there = BTreeMap::new();
    if let Ok(entries) = fs::read_dir(&folder) {
        for entry in entries.flatten() {
            let bytes = fs::read(entry.path()).unwrap_or_default();
            there.insert(entry.file_name().to_string_lossy().into_owned(), bytes);
        }
    }
    if !wanted.is_empty() {
        files.create_folder(&folder)?;
    }
    for (name, documents) in &wanted {
        let path = folder.join(name);
        let unwritten = |e: serde_json::Error| Error::io("write", &path, e.into());
        let mut text = serde_json::to_vec_pretty(documents).map_err(unwritten)?;
        text.push(b'\n');
        if there.get(name) != Some(&text) {
            files.replace(&path, &text)?;
        }
    }
    let gone = there.keys().filter(|name| !wanted.contains_key(*name));
    gone.map(|name| folder.join(name)).try_for_each(|path| files.remove(&path))
}
