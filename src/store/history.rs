//! Keeps a line for each run: when it was, what it found and did, and how long it took.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    store::{files::Files, layout, manifest::Counts},
};

/// What a run did; the only thing in a warehouse that knows the clock.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Record {
    /// When it began, in UTC.
    pub begun: String,
    /// When it ended.
    pub ended: String,
    /// What became of it: `published`, `nothing new`, `withheld` or `failed`.
    pub outcome: String,
    /// The snapshot that is current after it; nothing where there is none.
    pub snapshot: Option<String>,
    /// Why it was withheld or failed.
    pub reason: Option<String>,
    /// The folders and files that it looked at.
    pub inputs: Vec<String>,
    /// How many files came, changed and went, by what became of them.
    pub files: BTreeMap<String, u64>,
    /// What all documents of the snapshot came to.
    pub counts: Counts,
    /// How long each stage took, in milliseconds.
    pub milliseconds: BTreeMap<String, u64>,
}

impl Record {
    /// Returns the record as one line of JSON.
    pub fn line(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::io("write", "the history", e.into()))
    }

    /// Adds the record to the history of a warehouse.
    pub fn append(&self, warehouse: &Path, files: &Files) -> Result<()> {
        files.append(&layout::history(warehouse), &self.line()?)
    }
}

/// Returns the runs of a warehouse, the oldest first; lines that a killed run left are none.
pub fn history(warehouse: &Path) -> Vec<Record> {
    let text = fs::read_to_string(layout::history(warehouse)).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}
