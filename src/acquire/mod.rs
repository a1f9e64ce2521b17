//! Finds the published files and reads their bytes.
//!
//! This is the only stage that reads documents; it looks at names and never at content.

pub mod command;
pub mod listing;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::error::{Error, ErrorKind, Result};

/// Lists the documents that paths lead to, in the order of their names.
///
/// A file is itself. A folder is every file below it whose name does not begin with a dot,
/// except `README.md`; links to folders are not followed, so a loop cannot be entered.
/// A path that leads nowhere, or a folder without documents, is an error.
pub fn documents(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|source| Error::io("read", path, source))?;
        if metadata.is_dir() {
            let before = found.len();
            walk(path, &mut found)?;
            if found.len() == before {
                return Err(ErrorKind::NoDocuments { path: path.clone() }.into());
            }
        } else {
            found.push(path.clone());
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Lists documents as [`documents`] does, but carries on where a path leads nowhere: the
/// errors are returned beside what was found.
pub fn each_document(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<Error>) {
    let mut found = Vec::new();
    let mut failures = Vec::new();
    for path in paths {
        match documents(std::slice::from_ref(path)) {
            Ok(below) => found.extend(below),
            Err(error) => failures.push(error),
        }
    }
    (found, failures)
}

/// Adds every document below a folder.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|source| Error::io("list", folder, source))?;
    for entry in entries {
        let entry = entry.map_err(|source| Error::io("list", folder, source))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_left_out(&name) {
            continue;
        }
        let kind = entry.file_type().map_err(|source| Error::io("list", entry.path(), source))?;
        if kind.is_dir() {
            walk(&entry.path(), found)?;
        } else if entry.path().is_file() {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// Returns whether a name in a folder is none of a document.
fn is_left_out(name: &str) -> bool {
    name.starts_with('.') || name.eq_ignore_ascii_case("README.md")
}

/// Reads one document.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| Error::io("read", path, source))
}

/// Reads one file of settings as text.
pub fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Error::io("read", path, source))
}

/// Reads every file below a folder that replaces or extends `pipelines/`, by relative path.
pub fn folder(root: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    walk(root, &mut found)?;
    found.sort();
    found
        .iter()
        .map(|path| {
            let relative = path.strip_prefix(root).unwrap_or(path);
            Ok((relative.to_string_lossy().replace('\\', "/"), text(path)?))
        })
        .collect()
}

/// Returns a number that is the same for a name wherever and whenever, and else as random.
pub fn mark(name: &str) -> u64 {
    let hash = blake3::hash(name.as_bytes());
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Returns the content hash that identifies a document: BLAKE3 in hexadecimal.
pub fn identity(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
