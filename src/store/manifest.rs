//! Keeps what a snapshot was made from, so that the next run does only what is new.
//!
//! A manifest is part of its snapshot: it is published, linked, rolled back and removed with
//! it. It depends on the documents alone, and not on when or in which order they came.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::{
    accounts::excerpt::Excerpt,
    error::{Error, ErrorKind, Result},
    store::layout,
};

/// What the rows of a snapshot depend on besides the documents.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Versions {
    /// The version of the program.
    pub fisc: String,
    /// The version of the data contract.
    pub contract: String,
    /// The hash of the files of `pipelines/` that say how documents are read, and of the
    /// limits of the job.
    pub reading: String,
    /// The hash of the analyses.
    pub analyses: String,
}

impl Versions {
    /// Returns whether documents that were read with the one read the same with the other.
    pub fn reads_as(&self, other: &Versions) -> bool {
        (&self.fisc, &self.contract, &self.reading)
            == (&other.fisc, &other.contract, &other.reading)
    }
}

/// Everything that a snapshot was made from.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Manifest {
    /// With what the snapshot was made.
    pub versions: Versions,
    /// What the analyses by document came to.
    pub groups: Vec<Group>,
    /// The documents, in the order of their paths.
    pub chunks: Vec<Chunk>,
}

/// What the analyses by document made of some chunks that are neighbours.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Group {
    /// The name of its files: a hash of the chunks and of the analyses.
    pub key: String,
    /// The files that hold the rows.
    pub parts: Vec<Part>,
}

/// Documents that are neighbours in the order of their paths, and what they came to.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Chunk {
    /// The name of its files: a hash of the documents and of the versions.
    pub key: String,
    /// With what its documents were read.
    pub versions: Versions,
    /// Whether reading the same files again would give the same: not where one of them was
    /// being written, or took too long.
    pub settled: bool,
    /// The documents.
    pub entries: Vec<Entry>,
    /// The files that hold their rows.
    pub parts: Vec<Part>,
    /// How much they came to.
    pub counts: Counts,
}

/// A file in an input folder: a document, an archive of several, or neither.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// The file.
    pub path: String,
    /// The hash of its bytes; nothing where they could not be had.
    pub hash: Option<String>,
    /// How many documents were read from it.
    pub documents: u32,
    /// What could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
}

/// Why a document is in quarantine.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Failure {
    /// The document; in an archive as `archive.zip!/name`.
    pub path: String,
    /// The stage that it did not pass.
    pub stage: String,
    /// Where in the document; nothing where it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What is wrong.
    pub reason: String,
}

/// A file of a dataset.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Part {
    /// Its path in the snapshot.
    pub file: String,
    /// How many rows it has.
    pub rows: u64,
}

/// How much documents came to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Counts {
    /// The bytes of the documents that were read.
    pub bytes: u64,
    /// The documents that were read.
    pub documents: u64,
    /// The documents that were not.
    pub quarantined: u64,
    /// The figures of tables.
    pub figures: u64,
    /// The figures that prose states.
    pub statements: u64,
    /// The performance indicators.
    pub indicators: u64,
    /// The numbers that are printed.
    pub numbers: u64,
    /// The numbers that became no data.
    pub unread: u64,
    /// The findings that are errors.
    pub errors: u64,
    /// The findings that are notices.
    pub notices: u64,
}

impl Counts {
    /// Adds the counts of other documents.
    pub fn add(&mut self, other: &Counts) {
        self.bytes += other.bytes;
        self.documents += other.documents;
        self.quarantined += other.quarantined;
        self.figures += other.figures;
        self.statements += other.statements;
        self.indicators += other.indicators;
        self.numbers += other.numbers;
        self.unread += other.unread;
        self.errors += other.errors;
        self.notices += other.notices;
    }
}

impl Manifest {
    /// Reads the manifest of a snapshot; nothing where it was made without one.
    pub fn read(snapshot: &Path) -> Result<Option<Manifest>> {
        let path = snapshot.join(layout::MANIFEST);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", path, error)),
        };
        let mut lines = BufReader::with_capacity(1 << 20, file).lines();
        let mut next = || lines.next().transpose().map_err(|e| Error::io("read", &path, e));
        let versions = parsed(&path, &next()?.unwrap_or_default())?;
        let (mut groups, mut chunks) = (Vec::new(), Vec::new());
        while let Some(line) = next()? {
            // The groups are one list.
            if line.starts_with('[') {
                groups = parsed(&path, &line)?;
            } else {
                chunks.push(parsed(&path, &line)?);
            }
        }
        Ok(Some(Manifest { versions, groups, chunks }))
    }

    /// Returns the lines of the file.
    pub fn written(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        line(&mut bytes, &self.versions)?;
        line(&mut bytes, &self.groups)?;
        for chunk in &self.chunks {
            line(&mut bytes, chunk)?;
        }
        Ok(bytes)
    }

    /// Returns what all documents came to.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.chunks.iter().for_each(|chunk| counts.add(&chunk.counts));
        counts
    }

    /// Returns every failure with the hash of its file, in the order of the paths.
    pub fn failures(&self) -> impl Iterator<Item = (&Entry, &Failure)> {
        let entries = self.chunks.iter().flat_map(|chunk| &chunk.entries);
        entries.flat_map(|entry| entry.failures.iter().map(move |failure| (entry, failure)))
    }

    /// Returns the files by their paths, each with its chunk.
    pub fn by_path(&self) -> BTreeMap<&str, (&Chunk, &Entry)> {
        self.chunks
            .iter()
            .flat_map(|chunk| chunk.entries.iter().map(move |e| (e.path.as_str(), (chunk, e))))
            .collect()
    }
}

/// Reads the excerpts of a chunk.
pub fn excerpts(snapshot: &Path, key: &str) -> Result<Vec<Excerpt>> {
    let path = snapshot.join(layout::excerpts(key));
    let file = File::open(&path).map_err(|e| Error::io("read", &path, e))?;
    BufReader::new(file)
        .lines()
        .map(|line| parsed(&path, &line.map_err(|e| Error::io("read", &path, e))?))
        .collect()
}

/// Returns the lines of the file of a chunk's excerpts.
pub fn excerpts_written(excerpts: &[Excerpt]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    excerpts.iter().try_for_each(|excerpt| line(&mut bytes, excerpt))?;
    Ok(bytes)
}

fn line(bytes: &mut Vec<u8>, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *bytes, value).map_err(|error| {
        Error::from(ErrorKind::Store { path: "a manifest".into(), problem: error.to_string() })
    })?;
    bytes.push(b'\n');
    Ok(())
}

fn parsed<'a, T: Deserialize<'a>>(path: &Path, line: &'a str) -> Result<T> {
    serde_json::from_str(line).map_err(|error| {
        let problem = format!("{error}; `fisc run --full` makes it anew");
        ErrorKind::Store { path: path.to_owned(), problem }.into()
    })
}
