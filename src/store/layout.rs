//! Says where everything lies in a warehouse.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    accounts::schema::{CONTRACT_VERSION, Dataset},
    error::{Error, ErrorKind, Result},
    store::batch::Partition,
};

/// The folder of the marts in a snapshot.
pub const MARTS: &str = "marts";

/// What a snapshot was made from.
pub const MANIFEST: &str = "state/manifest.jsonl";

/// The folder of the report in a snapshot.
pub const REPORT: &str = "report";

/// The folder name of a missing value, as Hive and everyone after it writes it.
const MISSING: &str = "__HIVE_DEFAULT_PARTITION__";

/// Returns the file of the excerpts of some documents in a snapshot.
pub fn excerpts(name: &str) -> String {
    format!("state/excerpts-{name}.jsonl")
}

/// Returns the file that is locked while a run writes.
pub fn lock(warehouse: &Path) -> PathBuf {
    warehouse.join(".lock")
}

/// Returns the file that says what is known of files without reading them.
pub fn index(warehouse: &Path) -> PathBuf {
    warehouse.join("index.jsonl")
}

/// Returns the file with a line for each run.
pub fn history(warehouse: &Path) -> PathBuf {
    warehouse.join("history.jsonl")
}

/// Returns the folder of what is known of each document that could not be read.
pub fn quarantine(warehouse: &Path) -> PathBuf {
    warehouse.join("quarantine")
}

/// Returns the folder of all snapshots.
pub fn snapshots(warehouse: &Path) -> PathBuf {
    warehouse.join("snapshots")
}

/// Returns the link that readers follow.
pub fn current(warehouse: &Path) -> PathBuf {
    warehouse.join("current")
}

/// Returns the folder of the snapshot that readers see now.
///
/// The link is followed once, so that who reads several files of the folder stays in one
/// snapshot while another is published. Fails where nothing was published yet.
pub fn current_snapshot(warehouse: &Path) -> Result<PathBuf> {
    let link = current(warehouse);
    match fs::read_link(&link) {
        Ok(target) => Ok(warehouse.join(target)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(ErrorKind::NoSnapshot { path: warehouse.to_owned() }.into())
        }
        Err(error) => Err(Error::io("read the link", link, error)),
    }
}

/// Refuses a snapshot that another version of this program wrote to another contract.
///
/// One that is being made has no `run.json` yet, and is of this version.
pub fn check_contract(snapshot: &Path) -> Result<()> {
    let path = snapshot.join("run.json");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io("read", path, error)),
    };
    let run: Value = serde_json::from_str(&text).unwrap_or_default();
    let said = |key: &str| run.get(key).and_then(Value::as_str).unwrap_or("unknown").to_owned();
    let contract = said("contract_version");
    let missing = Dataset::ALL
        .iter()
        .map(|dataset| dataset.as_str())
        .find(|dataset| !snapshot.join(dataset).is_dir());
    if contract == CONTRACT_VERSION && missing.is_none() {
        return Ok(());
    }
    let program = said("fisc_version");
    Err(ErrorKind::OtherContract { path: snapshot.to_owned(), contract, program, missing }.into())
}

/// Returns the folder name of a snapshot.
pub fn snapshot_name(number: u64) -> String {
    format!("{number:06}")
}

/// Returns the file of some documents' rows of a dataset in a snapshot; `amounts` has one a
/// partition.
pub fn part(dataset: Dataset, name: &str) -> String {
    format!("{}/part-{name}.parquet", dataset.as_str())
}

/// The tables of what documents owe each other alone: rows of a dataset that one file has.
pub const BETWEEN: [(&str, Dataset); 2] =
    [("checks_between", Dataset::Checks), ("findings_between", Dataset::Findings)];

/// The table of the units that are asked for: an analysis that joins it, and whose grain begins
/// with the unit, is carried out for some units after the other.
pub const UNITS_ASKED: &str = "units_asked";

/// What is in it where all units are asked for: every unit, and every document of nobody known,
/// which is a unit of its own in the analysis named first.
pub const EVERY_UNIT: (&str, &str) =
    ("filings", "SELECT unit_id FROM filings UNION SELECT unit_id FROM units");

/// Returns the file of what documents owe each other in a snapshot.
pub fn part_across(dataset: Dataset) -> String {
    format!("{}/across.parquet", dataset.as_str())
}

/// Returns the file of some documents' figures in a partition of `amounts` in a snapshot.
pub fn amounts_part((fiscal_year, stage): Partition, name: &str) -> String {
    let year = fiscal_year.map_or_else(|| MISSING.to_owned(), |year| year.to_string());
    let folder = Dataset::Amounts.as_str();
    format!("{folder}/fiscal_year={year}/stage={stage}/part-{name}.parquet")
}

/// Returns the pattern of a dataset's files in a snapshot.
pub fn pattern(dataset: Dataset) -> String {
    let folders = "*/".repeat(dataset.partitions().len());
    format!("{}/{folders}*.parquet", dataset.as_str())
}

/// Returns the file of a mart in a snapshot.
pub fn mart(name: &str) -> String {
    format!("{MARTS}/{name}.parquet")
}

/// Returns the file of some documents' rows of a mart that is made by document.
pub fn mart_part(name: &str, key: &str) -> String {
    format!("{MARTS}/{name}/part-{key}.parquet")
}

/// Returns the pattern of the files of a mart, and its name, for one of its files.
pub fn mart_of(file: &str) -> Option<(&str, String)> {
    let path = file.strip_prefix(MARTS)?.strip_prefix('/')?;
    match path.split_once('/') {
        Some((name, _)) => Some((name, format!("{MARTS}/{name}/*.parquet"))),
        None => path.strip_suffix(".parquet").map(|name| (name, file.to_owned())),
    }
}

/// Returns the files of a dataset that a snapshot has, relative to it, in order.
pub fn parts(snapshot: &Path, dataset: Dataset) -> Result<Vec<String>> {
    files(snapshot, dataset.as_str().to_owned())
}

/// Returns the Parquet files below a folder of a snapshot, relative to the snapshot, in order.
fn files(snapshot: &Path, folder: String) -> Result<Vec<String>> {
    let mut folders = vec![folder];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let path = snapshot.join(&folder);
        let unread = |e| Error::io("read", &path, e);
        for entry in fs::read_dir(&path).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(name);
            } else if name.ends_with(".parquet") {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Returns the marts that a snapshot has, by name: the pattern of the files of each.
pub fn marts(snapshot: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let folder = snapshot.join(MARTS);
    let mut found = BTreeMap::new();
    if folder.is_dir() {
        let unread = |e| Error::io("read", &folder, e);
        for entry in fs::read_dir(&folder).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            if let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) {
                let files = if path.is_dir() { path.join("*.parquet") } else { path.clone() };
                found.insert(name.to_owned(), files);
            }
        }
    }
    Ok(found)
}

/// Returns the files of a mart that is made by document, relative to the snapshot, in order.
pub fn mart_parts(snapshot: &Path, name: &str) -> Result<Vec<String>> {
    files(snapshot, format!("{MARTS}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::token::Stage;

    #[test]
    fn a_figure_without_a_year_has_a_folder() {
        assert_eq!(
            amounts_part((Some(2024), Stage::Final), "0"),
            "amounts/fiscal_year=2024/stage=final/part-0.parquet"
        );
        assert_eq!(
            amounts_part((None, Stage::Budget), "0"),
            "amounts/fiscal_year=__HIVE_DEFAULT_PARTITION__/stage=budget/part-0.parquet"
        );
        assert_eq!(pattern(Dataset::Amounts), "amounts/*/*/*.parquet");
    }
}
