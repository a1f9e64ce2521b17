//! Reads job files: what to read, where to write it, and when not to publish it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use crate::{
    accounts::sources::Sources,
    acquire::{self, command::INPUT},
    error::{ErrorKind, Result},
    run::convert::Commands,
    store::snapshot::KEEP,
};

/// A job file: what to read, and where to write it. `pipelines/nightly.toml` says what each key
/// means, and has its default.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Job {
    /// Folders and files to read.
    pub input: Vec<PathBuf>,
    /// Where snapshots are written.
    pub warehouse: PathBuf,
    /// How many documents are read at once; 0 is one per core.
    #[serde(default)]
    pub threads: usize,
    /// How many snapshots stay readable.
    #[serde(default = "keep")]
    pub keep_snapshots: usize,
    /// A folder laid over the built-in files.
    pub pipelines: Option<PathBuf>,
    /// A file for the node exporter of Prometheus.
    pub metrics: Option<PathBuf>,
    /// The program, with its arguments, that turns old Word documents into what is read.
    #[serde(default)]
    pub doc_command: Vec<String>,
    /// The program, with its arguments, that gives scanned PDF files a layer of text.
    #[serde(default)]
    pub ocr_command: Vec<String>,
    /// What one document may be.
    #[serde(default)]
    pub limits: Limits,
    /// When nothing is published.
    #[serde(default)]
    pub publish: Thresholds,
}

/// What one document may be: what is more goes to quarantine.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// The bytes of a file.
    pub bytes: u64,
    /// The lines of a document.
    pub lines: u64,
    /// The cells of a document.
    pub cells: u64,
    /// The documents of an archive.
    pub members: u64,
    /// The seconds that reading a file takes.
    pub seconds: u64,
    /// The seconds that the commands of the job take for a file, beside these.
    pub command_seconds: u64,
}

/// When a run keeps what it made to itself, because too much went wrong.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Thresholds {
    /// The per cent of documents that may be in quarantine.
    pub max_quarantined: u64,
    /// The documents that must be read.
    pub min_documents: u64,
    /// The per cent of the documents of the snapshot before that may be gone.
    pub max_drop: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: 256 << 20,
            lines: 1_000_000,
            cells: 10_000_000,
            members: 2_000,
            seconds: 120,
            command_seconds: 900,
        }
    }
}

impl Limits {
    /// Returns how long reading a file may take.
    pub fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Returns how long the commands of the job may take for a file.
    pub fn command_time(&self) -> Duration {
        Duration::from_secs(self.command_seconds)
    }
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds { max_quarantined: 100, min_documents: 1, max_drop: 50 }
    }
}

fn keep() -> usize {
    KEEP
}

/// The built-in job.
pub(super) const NIGHTLY: &str = "nightly.toml";

impl Job {
    /// Reads a job file, or the built-in one; an error shows the line and the key.
    pub fn read(path: Option<&Path>) -> Result<Job> {
        let (name, text) = if let Some(path) = path {
            (path.display().to_string(), acquire::text(path)?)
        } else {
            let built_in = Sources::built_in();
            (NIGHTLY.to_owned(), built_in.get(NIGHTLY).unwrap_or_default().to_owned())
        };
        let wrong = |problem: String| ErrorKind::Pipeline { path: name.clone(), problem };
        let job: Job = toml::from_str(&text).map_err(|problem| wrong(problem.to_string()))?;
        match job.problem() {
            // The key is found again for its line.
            Some((key, problem)) => {
                let is_key = |line: &str| line.trim_start().starts_with(key);
                let line = text.lines().position(is_key).map_or(1, |at| at + 1);
                Err(wrong(format!("line {line}, {key}: {problem}")).into())
            }
            None => Ok(job),
        }
    }

    /// Returns the commands of the job.
    pub fn commands(&self) -> Commands {
        Commands { doc: self.doc_command.clone(), ocr: self.ocr_command.clone() }
    }

    /// Returns the first key whose value makes no sense, and why.
    fn problem(&self) -> Option<(&'static str, &'static str)> {
        let Job { limits, publish, .. } = self;
        let nothing = "0 would put every document into quarantine";
        let per_cent = "it is a per cent, at most 100";
        let no_input = "no argument has `{input}` in it, the file to read";
        let lacks_input = |command: &[String]| {
            !command.is_empty() && !command.iter().skip(1).any(|part| part.contains(INPUT))
        };
        [
            (self.input.is_empty(), "input", "at least one folder or file is needed"),
            (self.keep_snapshots == 0, "keep-snapshots", "at least the new snapshot must stay"),
            (limits.bytes == 0, "bytes", nothing),
            (limits.lines == 0, "lines", nothing),
            (limits.cells == 0, "cells", nothing),
            (limits.members == 0, "members", nothing),
            (limits.seconds == 0, "seconds", nothing),
            (limits.command_seconds == 0, "command-seconds", "no command would come to its end"),
            (lacks_input(&self.doc_command), "doc-command", no_input),
            (lacks_input(&self.ocr_command), "ocr-command", no_input),
            (100 < publish.max_quarantined, "max-quarantined", per_cent),
            (100 < publish.max_drop, "max-drop", per_cent),
        ]
        .into_iter()
        .find_map(|(wrong, key, problem)| wrong.then_some((key, problem)))
    }
}
