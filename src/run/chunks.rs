//! Reads the chunks of a plan with several threads and writes their files.
//!
//! A few chunks are in memory at once, so a hundred thousand documents need no more than a
//! thousand; what each comes to depends on its own documents, so the order in which threads
//! get on does not matter.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    accounts::{disclosure::Disclosure, excerpt::Excerpt, file::Stat, token::Severity},
    acquire::{self, listing},
    error::{Error, ErrorKind, Result},
    reconcile,
    run::{
        self, Knowledge,
        crew::{Crew, Outcome},
        failure,
        plan::{Action, Content, File, Plan},
    },
    store::{
        chunk::Place,
        manifest::{self, Chunk, Counts, Entry, Failure, Versions},
    },
};

/// What a thread did.
#[derive(Debug)]
pub(super) enum Done {
    /// The hash of a file was found.
    Hashed(Content),
    /// A file was read.
    Read(Box<Read>),
    /// The files of a chunk were written.
    Wrote(Box<Result<(Chunk, Vec<Excerpt>)>>),
    /// The excerpts of a chunk that stays were read.
    Loaded(Result<Vec<Excerpt>>),
}

/// What a file came to.
#[derive(Debug, Default)]
pub(super) struct Read {
    hash: Option<String>,
    bytes: u64,
    disclosures: Vec<Disclosure>,
    failures: Vec<Failure>,
    /// Whether reading it again may end otherwise.
    passing: bool,
}

/// What reads chunks.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    /// What is known before any document is read.
    pub(super) knowledge: &'a Arc<Knowledge>,
    /// With what documents are read.
    pub(super) versions: &'a Versions,
    /// The threads.
    pub(super) crew: &'a mut Crew<Done>,
    /// How many of them there are.
    pub(super) threads: usize,
}

/// A chunk that is being read.
struct Open<'a> {
    files: &'a [File],
    read: Vec<Option<Read>>,
    missing: usize,
}

impl Reader<'_> {
    /// Finds the hashes of the files of chunks that are kept if these are the old ones.
    pub(super) fn compare(&mut self, plan: &mut Plan, manifest: &manifest::Manifest) {
        let mut waiting = BTreeMap::new();
        let most = self.knowledge.limits.bytes;
        for (at, chunk) in plan.chunks.iter().enumerate() {
            if !matches!(chunk.action, Action::Compare(_)) {
                continue;
            }
            for (index, file) in chunk.files.iter().enumerate() {
                let Content::Unknown(stat) = file.content else { continue };
                let (name, path) = (file.name.clone(), file.path.clone());
                let limit = Some(self.knowledge.limits.time());
                let task = self.crew.add(limit, move || {
                    Done::Hashed(match listing::read(&path, &stat, most) {
                        Ok(bytes) => Content::Known(stat, acquire::identity(&bytes)),
                        Err(error) => Content::Refused(failure::of(&error, &name)),
                    })
                });
                waiting.insert(task, (at, index));
            }
        }
        while !waiting.is_empty() {
            let (task, outcome) = self.crew.next();
            let Some((at, index)) = waiting.remove(&task) else { continue };
            let file = plan.chunks.get_mut(at).and_then(|chunk| chunk.files.get_mut(index));
            if let (Some(file), Outcome::Done(Done::Hashed(content))) = (file, outcome) {
                file.content = content;
            }
        }
        plan.chunks.iter_mut().for_each(|chunk| chunk.decide(manifest));
    }

    /// Reads the chunks of a plan that must be; returns each by its index in the plan.
    ///
    /// `progress` is called with the number of files done.
    pub(super) fn read(
        &mut self,
        plan: &Plan,
        place: &Place,
        progress: &dyn Fn(u64),
    ) -> Result<BTreeMap<usize, (Chunk, Vec<Excerpt>)>> {
        let mut wanted = plan
            .chunks
            .iter()
            .enumerate()
            .filter(|(_, chunk)| matches!(chunk.action, Action::Read(_)));
        let mut open: BTreeMap<usize, Open<'_>> = BTreeMap::new();
        let mut reading: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
        let mut writing: BTreeMap<u64, usize> = BTreeMap::new();
        let mut ready = BTreeMap::new();
        let mut first = Ok(());
        let mut done = 0;
        loop {
            // While one chunk is written the others are read.
            while first.is_ok() && open.len() + writing.len() <= self.threads {
                let Some((at, chunk)) = wanted.next() else { break };
                for (index, file) in chunk.files.iter().enumerate() {
                    reading.insert(self.start(file), (at, index));
                }
                let read = chunk.files.iter().map(|_| None).collect();
                open.insert(at, Open { files: &chunk.files, read, missing: chunk.files.len() });
            }
            if reading.is_empty() && writing.is_empty() {
                break;
            }
            let (task, outcome) = self.crew.next();
            if let Some((at, index)) = reading.remove(&task) {
                done += 1;
                progress(done);
                let Some(chunk) = open.get_mut(&at) else { continue };
                let read = match outcome {
                    Outcome::Done(Done::Read(read)) => *read,
                    Outcome::Late => self.stopped(chunk.files.get(index), true),
                    _ => self.stopped(chunk.files.get(index), false),
                };
                if let Some(slot) = chunk.read.get_mut(index) {
                    *slot = Some(read);
                }
                chunk.missing -= 1;
                if chunk.missing == 0
                    && let Some(whole) = open.remove(&at)
                    && first.is_ok()
                {
                    writing.insert(self.write(whole, place.clone()), at);
                }
            } else if let Some(at) = writing.remove(&task) {
                match outcome {
                    Outcome::Done(Done::Wrote(wrote)) => match *wrote {
                        Ok(wrote) => drop(ready.insert(at, wrote)),
                        Err(error) => first = first.and(Err(error)),
                    },
                    _ => first = first.and(Err(defect("writing"))),
                }
            }
        }
        first.map(|()| ready)
    }

    /// Reads the excerpts of the chunks of a snapshot that stay, by their indices in the plan.
    pub(super) fn excerpts(
        &mut self,
        kept: &BTreeMap<usize, &Chunk>,
        snapshot: &std::path::Path,
    ) -> Result<BTreeMap<usize, Vec<Excerpt>>> {
        let mut waiting = BTreeMap::new();
        for (at, chunk) in kept {
            let (snapshot, key) = (snapshot.to_owned(), chunk.key.clone());
            let task =
                self.crew.add(None, move || Done::Loaded(manifest::excerpts(&snapshot, &key)));
            waiting.insert(task, *at);
        }
        let mut loaded = BTreeMap::new();
        while !waiting.is_empty() {
            let (task, outcome) = self.crew.next();
            let Some(at) = waiting.remove(&task) else { continue };
            let Outcome::Done(Done::Loaded(excerpts)) = outcome else {
                return Err(defect("reading excerpts"));
            };
            loaded.insert(at, excerpts?);
        }
        Ok(loaded)
    }

    /// Starts reading a file.
    fn start(&mut self, file: &File) -> u64 {
        let (name, path) = (file.name.clone(), file.path.clone());
        let knowledge = Arc::clone(self.knowledge);
        let content = file.content.clone();
        self.crew.add(Some(self.knowledge.time()), move || {
            Done::Read(Box::new(match content {
                Content::Refused(failure) => Read { failures: vec![failure], ..Read::default() },
                Content::Known(stat, _) | Content::Unknown(stat) => {
                    read(&name, &path, &stat, &knowledge)
                }
            }))
        })
    }

    /// Returns what is known of a file whose thread did not come back, or panicked.
    fn stopped(&self, file: Option<&File>, late: bool) -> Read {
        let name = file.map(|file| file.name.clone()).unwrap_or_default();
        let most = self.knowledge.limits.seconds;
        let kind = if late {
            ErrorKind::Limit { path: name.clone(), limit: "seconds", is: most, most }
        } else {
            ErrorKind::Defect { path: name.clone(), message: "no message".to_owned() }
        };
        let failures = vec![failure::of(&Error::from(kind), &name)];
        let hash = match file.map(|file| &file.content) {
            Some(Content::Known(_, hash)) => Some(hash.clone()),
            _ => None,
        };
        Read { hash, failures, ..Read::default() }
    }

    /// Starts writing a chunk that was read.
    fn write(&mut self, open: Open<'_>, place: Place) -> u64 {
        let names: Vec<String> = open.files.iter().map(|file| file.name.clone()).collect();
        let versions = self.versions.clone();
        let read: Vec<Read> = open.read.into_iter().flatten().collect();
        self.crew.add(None, move || Done::Wrote(Box::new(write(names, read, versions, &place))))
    }
}

/// Reads a file.
fn read(name: &str, path: &std::path::Path, stat: &Stat, knowledge: &Knowledge) -> Read {
    let bytes = match listing::read(path, stat, knowledge.limits.bytes) {
        Ok(bytes) => bytes,
        Err(error) => {
            let failures = vec![failure::of(&error, name)];
            return Read { failures, passing: failure::is_passing(&error), ..Read::default() };
        }
    };
    let mut read = Read {
        hash: Some(acquire::identity(&bytes)),
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        ..Read::default()
    };
    for result in run::members(name, &bytes, knowledge) {
        match result {
            Ok(disclosure) => read.disclosures.push(disclosure),
            Err(error) => read.failures.push(failure::of(&error, name)),
        }
    }
    read
}

/// Writes the files of a chunk.
fn write(
    names: Vec<String>,
    read: Vec<Read>,
    versions: Versions,
    place: &Place,
) -> Result<(Chunk, Vec<Excerpt>)> {
    let mut chunk = Chunk { versions, settled: true, ..Chunk::default() };
    let mut disclosures = Vec::new();
    for (path, mut read) in names.into_iter().zip(read) {
        chunk.settled &= !read.passing;
        chunk.counts.add(&Counts { bytes: read.bytes, ..counts(&read) });
        let documents = u32::try_from(read.disclosures.len()).unwrap_or(u32::MAX);
        disclosures.append(&mut read.disclosures);
        chunk.entries.push(Entry { path, hash: read.hash, documents, failures: read.failures });
    }
    chunk.key = key(&chunk);
    let excerpts: Vec<Excerpt> = disclosures.iter().map(reconcile::excerpt).collect();
    chunk.parts = place.write(&chunk.key, &disclosures, &excerpts)?;
    Ok((chunk, excerpts))
}

fn counts(read: &Read) -> Counts {
    let mut counts = Counts { quarantined: read.failures.len() as u64, ..Counts::default() };
    for disclosure in &read.disclosures {
        counts.documents += 1;
        counts.figures += disclosure.figures.len() as u64;
        counts.statements += disclosure.statements.len() as u64;
        counts.indicators += disclosure.indicators.len() as u64;
        counts.numbers += u64::from(disclosure.tally.numbers);
        counts.unread += u64::from(disclosure.tally.unread);
        for finding in &disclosure.findings {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Notice => counts.notices += 1,
                Severity::Rounding => (),
            }
        }
    }
    counts
}

/// Returns the name of a chunk's files: other documents, other results of them or other
/// versions have another.
fn key(chunk: &Chunk) -> String {
    let Versions { fisc, contract, reading, .. } = &chunk.versions;
    let mut text = format!("{fisc}\0{contract}\0{reading}\0{}\0", chunk.settled);
    for entry in &chunk.entries {
        text.push_str(&entry.path);
        text.push('\0');
        text.push_str(entry.hash.as_deref().unwrap_or_default());
        for failure in &entry.failures {
            text.extend([format!("\0{} {}", failure.path, failure.reason)]);
        }
        text.push_str("\0\0");
    }
    acquire::identity(text.as_bytes()).chars().take(16).collect()
}

fn defect(what: &str) -> Error {
    let message = format!("{what} a chunk panicked");
    ErrorKind::Defect { path: "the run".to_owned(), message }.into()
}
