//! Compares what is in the input folders with what a snapshot was made from.
//!
//! Documents are cut into chunks of neighbours in the order of their paths, and where a chunk
//! ends is told by a path alone: a document that comes or goes touches the chunk that it lies
//! in and no other. A chunk whose documents did not change is kept as it is, files and all.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use crate::{
    accounts::file::Stat,
    acquire::{self, listing::Found},
    error::{Error, ErrorKind},
    run::{failure, job::Limits, only::Only},
    store::{
        index::Index,
        manifest::{Chunk, Entry, Failure, Manifest, Versions},
    },
};

/// One in so many paths ends a chunk: so few documents are read again because of a neighbour,
/// and so few files a snapshot has at a hundred thousand documents (some thousands).
const ONE_IN: u64 = 128;

/// The most files of a chunk, whose rows are in memory together.
const MOST_FILES: usize = 256;

/// The most bytes of the files of a chunk, but for one that is larger alone: the rows of a
/// document take some twenty times its bytes, and each thread has a chunk, and one is written.
const MOST_BYTES: u64 = 8 << 20;

/// The most files that are listed by name.
const LISTED: usize = 100;

/// What a run must do.
#[derive(Debug)]
pub struct Plan {
    /// The chunks, in the order of the paths.
    pub chunks: Vec<Planned>,
    /// The files that the snapshot before had, and that are not there any more.
    pub gone: Vec<String>,
}

/// What becomes of a chunk.
#[derive(Debug)]
pub struct Planned {
    /// Its files, at least one.
    pub files: Vec<File>,
    /// Whether it is read.
    pub action: Action,
}

/// Whether a chunk is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// It is that of the snapshot before at an index.
    Keep(usize),
    /// It is, if the files whose hashes are not known have those they had.
    Compare(usize),
    /// It is read.
    Read(Why),
}

/// Why a chunk is read.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Why {
    /// Files came, changed or went.
    Files,
    /// The program, the files of `pipelines/` or the limits are others.
    Versions,
    /// Everything, or these documents, were asked for.
    Asked,
    /// A file was being written the last time.
    Unsettled,
}

impl Why {
    /// Returns the reason in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Why::Files => "files came, changed or went; their neighbours are read with them",
            Why::Versions => "the program, its pipelines or the limits are others",
            Why::Asked => "they were asked for",
            Why::Unsettled => "a file was being written the last time",
        }
    }
}

/// A file of an input folder.
#[derive(Debug)]
pub struct File {
    /// The name by which it is known.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What is known of its content.
    pub content: Content,
    /// How it stands to the snapshot before.
    pub change: Change,
    /// Whether what is known of its content is what is there now; not of a file that nobody
    /// asked for, which stays as it was.
    pub is_current: bool,
}

/// What is known of the content of a file before it is read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// It has a hash.
    Known(Stat, String),
    /// It must be read for its hash.
    Unknown(Stat),
    /// It cannot be read, or may not.
    Refused(Failure),
}

/// How a file stands to the snapshot before.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Change {
    /// It was not there.
    New,
    /// It has other bytes, or may have.
    Changed,
    /// It is as it was.
    Same,
}

impl Change {
    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Changed => "changed",
            Change::Same => "same",
        }
    }
}

/// What a plan is made from, besides the files.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// What the snapshot before was made from.
    pub manifest: &'a Manifest,
    /// The hashes that are known.
    pub index: &'a Index,
    /// With what documents are read now.
    pub versions: &'a Versions,
    /// What one document may be.
    pub limits: &'a Limits,
    /// Which documents are read; nothing stands for those that need it.
    pub only: Option<&'a Only>,
    /// Whether everything is read.
    pub everything: bool,
}

impl Plan {
    /// Makes the plan for the files that are there.
    pub fn new(found: BTreeMap<String, Found>, before: &Before<'_>) -> Plan {
        let known = before.manifest.by_path();
        let mut files = Vec::with_capacity(found.len());
        for (name, found) in found {
            let old = known.get(name.as_str()).map(|(_, entry)| *entry);
            let asked = before.only.is_none_or(|only| only.is_asked(&name));
            // A file that is not asked for stays as it was, or away.
            let Some(content) = (match (asked, old) {
                (false, None) => None,
                (false, Some(old)) => Some(as_before(old, &found)),
                (true, _) => Some(content(&name, &found, before)),
            }) else {
                continue;
            };
            let change = match old {
                None => Change::New,
                Some(old) if is_same(old, &content) => Change::Same,
                Some(_) => Change::Changed,
            };
            files.push(File { name, path: found.path, content, change, is_current: asked });
        }
        let there: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let gone = known.keys().filter(|path| !there.contains(*path));
        let gone = gone.map(|path| (*path).to_owned()).collect();
        let starts: BTreeMap<&str, usize> = before
            .manifest
            .chunks
            .iter()
            .enumerate()
            .filter_map(|(at, chunk)| Some((chunk.entries.first()?.path.as_str(), at)))
            .collect();
        let chunks = cut(files)
            .into_iter()
            .map(|files| Planned { action: action(&files, &starts, before), files })
            .collect();
        Plan { chunks, gone }
    }

    /// Returns how many files there are of each kind of change, and how many went.
    pub fn changes(&self) -> BTreeMap<String, u64> {
        let mut changes: BTreeMap<String, u64> = BTreeMap::new();
        for change in [Change::New, Change::Changed, Change::Same] {
            changes.insert(change.as_str().to_owned(), 0);
        }
        for file in self.chunks.iter().flat_map(|chunk| &chunk.files) {
            *changes.entry(file.change.as_str().to_owned()).or_default() += 1;
        }
        changes.insert("gone".to_owned(), self.gone.len() as u64);
        let read = self.chunks.iter().filter(|chunk| matches!(chunk.action, Action::Read(_)));
        changes.insert("read".to_owned(), read.map(|chunk| chunk.files.len() as u64).sum());
        changes
    }

    /// Says what would be done and why, file by file where that is short.
    pub fn described(&self) -> String {
        let changes = self.changes();
        let count = |key: &str| changes.get(key).copied().unwrap_or(0);
        let mut text = format!(
            "{} files are new, {} changed, {} gone and {} as they were; {} would be read.\n",
            count("new"),
            count("changed"),
            count("gone"),
            count("same"),
            count("read"),
        );
        let mut why: BTreeMap<Why, (usize, usize)> = BTreeMap::new();
        for chunk in &self.chunks {
            if let Action::Read(reason) = chunk.action {
                let (chunks, files) = why.entry(reason).or_default();
                *chunks += 1;
                *files += chunk.files.len();
            }
        }
        for (why, (chunks, files)) in why {
            text.extend([format!("  {chunks} groups, {files} files: {}\n", why.as_str())]);
        }
        // What is new or gone is known; what was written just now may yet be as it was.
        let of = |change: Change| {
            let files = self.chunks.iter().flat_map(|chunk| &chunk.files);
            let files = files.filter(move |file| file.change == change);
            files.map(move |file| (change.as_str(), &file.name))
        };
        let gone = self.gone.iter().map(|name| ("gone", name));
        let changed = gone.chain(of(Change::New)).chain(of(Change::Changed));
        for (change, name) in changed.take(LISTED) {
            text.extend([format!("{change:8} {}\n", name.escape_debug())]);
        }
        text
    }

    /// Returns whether the snapshot before has these chunks and no other.
    pub fn is_as(&self, manifest: &Manifest) -> bool {
        self.chunks.len() == manifest.chunks.len()
            && self.chunks.iter().all(|chunk| matches!(chunk.action, Action::Keep(_)))
    }
}

impl Planned {
    /// Decides, now that all hashes are known, whether the chunk is that of the snapshot before.
    pub fn decide(&mut self, manifest: &Manifest) {
        let Action::Compare(at) = self.action else { return };
        let old = manifest.chunks.get(at).map(|chunk| chunk.entries.as_slice());
        for (file, old) in self.files.iter_mut().zip(old.unwrap_or_default()) {
            let same = is_same(old, &file.content);
            file.change = if same { Change::Same } else { Change::Changed };
        }
        let same = self.files.iter().all(|file| file.change == Change::Same);
        self.action = if same { Action::Keep(at) } else { Action::Read(Why::Files) };
    }
}

/// Returns what is known of a file without reading it.
fn content(name: &str, found: &Found, before: &Before<'_>) -> Content {
    let stat = match &found.stat {
        Ok(stat) => *stat,
        Err(error) => return Content::Refused(failure::of(error, name)),
    };
    let most = before.limits.bytes;
    if most < stat.size {
        let limit = ErrorKind::Limit { path: name.to_owned(), limit: "bytes", is: stat.size, most };
        return Content::Refused(failure::of(&Error::from(limit), name));
    }
    match before.index.hash(name, &stat) {
        Some(hash) => Content::Known(stat, hash.to_owned()),
        None => Content::Unknown(stat),
    }
}

/// Returns what was known of a file the last time.
fn as_before(old: &Entry, found: &Found) -> Content {
    match (&old.hash, &found.stat, old.failures.first()) {
        (Some(hash), Ok(stat), _) => Content::Known(*stat, hash.clone()),
        (None, Ok(stat), None) => Content::Unknown(*stat),
        (_, _, Some(failure)) => Content::Refused(failure.clone()),
        (_, Err(error), None) => Content::Refused(failure::of(error, &old.path)),
    }
}

/// Returns whether a file is as it was; not where that is not known yet.
fn is_same(old: &Entry, content: &Content) -> bool {
    match content {
        Content::Known(_, hash) => old.hash.as_ref() == Some(hash),
        Content::Unknown(_) => false,
        Content::Refused(failure) => old.hash.is_none() && old.failures.first() == Some(failure),
    }
}

/// Cuts files into chunks.
fn cut(files: Vec<File>) -> Vec<Vec<File>> {
    let mut chunks = Vec::new();
    let mut chunk: Vec<File> = Vec::new();
    let mut size = 0;
    for file in files {
        let bytes = match &file.content {
            Content::Known(stat, _) | Content::Unknown(stat) => stat.size,
            Content::Refused(_) => 0,
        };
        if !chunk.is_empty() && (chunk.len() == MOST_FILES || MOST_BYTES < size + bytes) {
            chunks.push(std::mem::take(&mut chunk));
            size = 0;
        }
        let ends = acquire::mark(&file.name).is_multiple_of(ONE_IN);
        size += bytes;
        chunk.push(file);
        if ends {
            chunks.push(std::mem::take(&mut chunk));
            size = 0;
        }
    }
    if !chunk.is_empty() {
        chunks.push(chunk);
    }
    chunks
}

/// Decides whether a chunk is read; `starts` are the chunks of before by their first files.
fn action(files: &[File], starts: &BTreeMap<&str, usize>, before: &Before<'_>) -> Action {
    let chunk = |at: usize| before.manifest.chunks.get(at);
    let old = files.first().and_then(|file| starts.get(file.name.as_str()).copied());
    let Some((at, old)) = old.and_then(|at| Some((at, chunk(at)?))) else {
        return Action::Read(Why::Files);
    };
    let same_files = old.entries.len() == files.len()
        && old.entries.iter().zip(files).all(|(entry, file)| entry.path == file.name);
    if !same_files {
        return Action::Read(Why::Files);
    }
    let asked = |only: &Only| files.iter().any(|file| only.is_asked(&file.name));
    if before.everything || before.only.is_some_and(asked) {
        return Action::Read(Why::Asked);
    }
    if before.only.is_none() && !old.versions.reads_as(before.versions) {
        return Action::Read(Why::Versions);
    }
    if !old.settled {
        return Action::Read(Why::Unsettled);
    }
    compared(files, old, at)
}

fn compared(files: &[File], old: &Chunk, at: usize) -> Action {
    let mut action = Action::Keep(at);
    for (file, entry) in files.iter().zip(&old.entries) {
        if matches!(file.content, Content::Unknown(_)) {
            action = Action::Compare(at);
        } else if !is_same(entry, &file.content) {
            return Action::Read(Why::Files);
        }
    }
    action
}
