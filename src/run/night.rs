//! Carries a job out: reads what is new, writes a snapshot of everything, publishes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::json;

use crate::{
    accounts::{excerpt::Excerpt, schema::CONTRACT_VERSION, sources::Sources},
    acquire::{self, listing},
    error::{Error, ErrorKind, Result},
    reconcile,
    run::{
        Knowledge,
        chunks::Reader,
        crew::Crew,
        groups,
        job::{Job, NIGHTLY},
        only::{Chosen, Only},
        plan::{Action, Before, Content, Plan},
        sources,
    },
    store::{
        clock,
        files::Files,
        history::Record,
        index::Index,
        layout,
        manifest::{Chunk, Counts, Manifest, Versions},
        metrics, quarantine,
        snapshot::{Published, SnapshotWriter, Warehouse},
    },
    tabulate::{self, Analyses},
};

/// How a job is carried out this time.
#[derive(Clone, Debug, Default)]
pub struct How {
    /// Which documents are read.
    pub what: What,
    /// Whether it is only said what would be done.
    pub dry: bool,
    /// Whether what was made is published whatever the thresholds say.
    pub force: bool,
    /// The file system of the warehouse.
    pub files: Files,
}

/// Which documents are read.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum What {
    /// Those that are new or changed, or would be read otherwise than before.
    #[default]
    New,
    /// All, whatever is known of them.
    Everything,
    /// Those in quarantine, again, and no others.
    Quarantined,
    /// Some, again, and no others.
    Chosen(Chosen),
}

/// Something that happens during a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event<'a> {
    /// A stage begins, which does so many things; 0 where that is not known.
    Stage(&'a str, u64),
    /// So many things of it are done.
    Progress(u64),
    /// Something that people should know.
    Notice(&'a str),
}

impl Event<'_> {
    /// Returns the event as one line of JSON.
    pub fn line(&self) -> String {
        let event = match self {
            Event::Stage(stage, files) => json!({"event": "stage", "stage": stage, "files": files}),
            Event::Progress(done) => json!({"event": "progress", "done": done}),
            Event::Notice(text) => json!({"event": "notice", "text": text}),
        };
        event.to_string()
    }
}

/// What a run did.
#[derive(Debug)]
pub struct Report {
    /// The snapshot that it published; nothing where nothing was new.
    pub published: Option<Published>,
    /// What is kept of the run.
    pub record: Record,
    /// The documents that could not be read now, each with its reason.
    pub failures: Vec<(String, String)>,
    /// The inputs that are not there.
    pub missing: Vec<Error>,
    /// How many analyses it wrote.
    pub marts: usize,
    /// Which files would be read, and why; of a dry run alone.
    pub plan: Option<Plan>,
}

/// A run at work.
struct Night<'a> {
    job: &'a Job,
    how: &'a How,
    tell: &'a dyn Fn(Event<'_>),
    record: Record,
    stage: Option<(String, Instant)>,
}

/// Carries a job out, and keeps what became of it in the history of the warehouse.
///
/// If nothing changed nothing is published; nor if too much went wrong, which is an error.
pub fn job(job: &Job, how: &How, tell: &dyn Fn(Event<'_>)) -> Result<Report> {
    let record = Record {
        begun: clock::now(),
        inputs: job.input.iter().map(|path| listing::name(path)).collect(),
        ..Record::default()
    };
    let mut night = Night { job, how, tell, record, stage: None };
    let warehouse = if how.dry {
        None
    } else {
        // A warehouse that cannot be written is known before hours of reading.
        Some(Warehouse::open(&job.warehouse, how.files.clone())?)
    };
    let outcome = night.work(warehouse.as_ref());
    let Some(warehouse) = warehouse else { return outcome };
    let mut record = match &outcome {
        Ok(report) => report.record.clone(),
        Err(error) => {
            let withheld = matches!(error.kind(), ErrorKind::Withheld { .. });
            let outcome = if withheld { "withheld" } else { "failed" };
            Record { outcome: outcome.to_owned(), reason: Some(error.to_string()), ..night.record }
        }
    };
    record.ended = clock::now();
    if record.snapshot.is_none() {
        let current = layout::current_snapshot(&job.warehouse).ok();
        record.snapshot = current.and_then(|path| Some(path.file_name()?.to_str()?.to_owned()));
    }
    let kept = record.append(&job.warehouse, warehouse.files()).and_then(|()| match &job.metrics {
        Some(path) => how.files.replace(path, metrics::text(&record).as_bytes()),
        None => Ok(()),
    });
    // What went wrong first is what is told.
    outcome.and_then(|report| kept.map(|()| report))
}

impl Night<'_> {
    fn work(&mut self, warehouse: Option<&Warehouse>) -> Result<Report> {
        if let Some(abandoned) = warehouse.and_then(Warehouse::abandoned) {
            let notice = format!("a run before did not end: {abandoned}");
            (self.tell)(Event::Notice(&notice));
        }
        let begun = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let begun = i128::try_from(begun.as_nanos()).unwrap_or(i128::MAX);
        self.stage("looking", 0);
        let sources = sources(self.job.pipelines.as_deref())?;
        let knowledge = Knowledge {
            limits: self.job.limits,
            commands: self.job.commands(),
            ..Knowledge::read(&sources)?
        };
        let knowledge = Arc::new(knowledge);
        let versions = versions(&sources, self.job);
        let (found, mut missing) = listing::listing(&self.job.input);
        if found.is_empty() && !self.how.force {
            let nothing = || ErrorKind::NoDocuments {
                path: self.job.input.first().cloned().unwrap_or_default(),
            };
            return Err(missing.pop().unwrap_or_else(|| nothing().into()));
        }
        let full = self.how.what == What::Everything;
        let current = layout::current_snapshot(&self.job.warehouse).ok();
        let manifest = match current.as_deref().map(Manifest::read) {
            Some(Err(error)) if !full => return Err(error),
            Some(Ok(Some(manifest))) => manifest,
            _ => Manifest::default(),
        };
        self.refuse_vanished(&missing, &manifest)?;
        let mut index = if full { Index::default() } else { Index::read(&self.job.warehouse) };

        let threads = match self.job.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let mut crew = Crew::new(threads);
        let mut reader =
            Reader { knowledge: &knowledge, versions: &versions, crew: &mut crew, threads };
        let only = self.only(&manifest, current.as_deref(), &mut reader)?;
        let mut plan = Plan::new(
            found,
            &Before {
                manifest: &manifest,
                index: &index,
                versions: &versions,
                limits: &self.job.limits,
                only: only.as_ref(),
                everything: full,
            },
        );
        self.stage("comparing", 0);
        reader.compare(&mut plan, &manifest);
        self.record.files = plan.changes();
        if self.how.dry {
            return Ok(self.report(None, Vec::new(), missing, 0, Some(plan)));
        }
        let Some(warehouse) = warehouse else {
            return Ok(self.report(None, Vec::new(), missing, 0, Some(plan)));
        };
        if current.is_some() && plan.is_as(&manifest) && versions == manifest.versions {
            self.record.counts = manifest.counts();
            "nothing new".clone_into(&mut self.record.outcome);
            self.learn(&mut index, &plan, &manifest, begun)?;
            quarantine::keep(warehouse.folder(), &manifest, acquire::identity, warehouse.files())?;
            return Ok(self.report(None, Vec::new(), missing, 0, None));
        }

        let mut snapshot = warehouse.begin()?;
        self.stage("reading", self.record.files.get("read").copied().unwrap_or(0));
        let progress = |done| (self.tell)(Event::Progress(done));
        let mut read = reader.read(&plan, &snapshot.place(), &progress)?;
        self.stage("across", 0);
        let mut kept: BTreeMap<usize, &Chunk> = BTreeMap::new();
        for (at, chunk) in plan.chunks.iter().enumerate() {
            if let Action::Keep(old) = chunk.action
                && let Some(old) = manifest.chunks.get(old)
            {
                kept.insert(at, old);
            }
        }
        let mut made = Manifest { versions: versions.clone(), ..Manifest::default() };
        let before = current.clone().unwrap_or_default();
        let mut loaded = reader.excerpts(&kept, &before)?;
        let mut excerpts: Vec<Excerpt> = Vec::new();
        let mut failures = Vec::new();
        for at in 0..plan.chunks.len() {
            if let Some(chunk) = kept.get(&at) {
                snapshot.keep(chunk, &before)?;
                excerpts.extend(loaded.remove(&at).unwrap_or_default());
                made.chunks.push((*chunk).clone());
            } else if let Some((chunk, mut own)) = read.remove(&at) {
                snapshot.add(&chunk);
                excerpts.append(&mut own);
                let failed = chunk.entries.iter().flat_map(|entry| &entry.failures);
                failures.extend(failed.map(|f| (f.path.clone(), f.reason.clone())));
                made.chunks.push(chunk);
            }
        }
        let counts = made.counts();
        self.record.counts = counts;
        if counts.documents == 0 && !self.how.force {
            let first = made.failures().next();
            let failed = first.map(|(_, failure)| format!("{}: {}", failure.path, failure.reason));
            let reason = failed.unwrap_or_else(|| "no document".to_owned());
            return Err(ErrorKind::Withheld { reason }.into());
        }
        self.refuse_too_bad(&counts, &manifest)?;
        let regions = &knowledge.classes.regions;
        snapshot.write_across(&reconcile::across(&excerpts, &knowledge.units, regions))?;
        drop(excerpts);
        snapshot.complete()?;
        self.stage("analysing", 0);
        let analyses = Analyses::read(&sources)?;
        let known = if full { &[] } else { manifest.groups.as_slice() };
        made.groups = groups::groups(
            &made.chunks,
            groups::Before { groups: known, snapshot: &before },
            &analyses,
            &groups::version(&sources),
            &mut snapshot,
            &progress,
        )?;
        let folder = snapshot.folder().to_owned();
        let mut write = |file: &str, bytes: &[u8]| snapshot.add_file(file, bytes);
        let marts = analyses.marts(&folder, &mut write)?;
        let package = tabulate::package::json(snapshot.folder(), &sources)?;
        snapshot.add_file("datapackage.json", package.as_bytes())?;
        for page in tabulate::report::pages(snapshot.folder(), &self.job.warehouse, &sources)? {
            snapshot.add_file(&page.file, page.html.as_bytes())?;
        }
        self.stage("publishing", 0);
        note(&mut snapshot, &made, &counts);
        snapshot.add_manifest(&made)?;
        "published".clone_into(&mut self.record.outcome);
        self.record.snapshot = Some(snapshot.name().to_owned());
        self.record.ended = clock::now();
        let log = serde_json::to_string_pretty(&self.record);
        snapshot.add_file("log.json", log.unwrap_or_default().as_bytes())?;
        let published = snapshot.publish(self.job.keep_snapshots)?;
        // What follows says again what the snapshot says: the next run mends what fails here.
        self.learn(&mut index, &plan, &made, begun)?;
        quarantine::keep(warehouse.folder(), &made, acquire::identity, warehouse.files())?;
        Ok(self.report(Some(published), failures, missing, marts, None))
    }

    /// Returns which documents are read again, where not those that need it.
    fn only(
        &self,
        manifest: &Manifest,
        current: Option<&Path>,
        reader: &mut Reader<'_>,
    ) -> Result<Option<Only>> {
        let chosen = match &self.how.what {
            What::New | What::Everything => return Ok(None),
            What::Quarantined => {
                let failed = manifest.failures().map(|(entry, _)| entry.path.clone());
                return Ok(Some(Only::files(failed.collect::<BTreeSet<_>>())));
            }
            What::Chosen(chosen) => chosen,
        };
        let chunks: BTreeMap<usize, &Chunk> = manifest.chunks.iter().enumerate().collect();
        let loaded = match current {
            Some(current) if chosen.needs_excerpts() => reader.excerpts(&chunks, current)?,
            _ => BTreeMap::new(),
        };
        Ok(Some(chosen.among(loaded.values().flatten())))
    }

    /// Refuses to go on where an input is gone that documents came from.
    fn refuse_vanished(&self, missing: &[Error], manifest: &Manifest) -> Result<()> {
        for error in missing {
            let ErrorKind::Io { path, source, .. } = error.kind() else { continue };
            let name = listing::name(path);
            let below = |path: &str| {
                path.strip_prefix(&name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let entries = manifest.chunks.iter().flat_map(|chunk| &chunk.entries);
            let count = entries.filter(|entry| below(&entry.path)).count();
            if 0 < count && !self.how.force {
                let reason = format!("{name}, with {count} documents, cannot be read: {source}");
                return Err(ErrorKind::Withheld { reason }.into());
            }
        }
        Ok(())
    }

    /// Refuses to publish where a threshold is passed.
    fn refuse_too_bad(&self, counts: &Counts, manifest: &Manifest) -> Result<()> {
        let limits = &self.job.publish;
        let (read, bad) = (counts.documents, counts.quarantined);
        let before = manifest.counts().documents;
        let reason = if read < limits.min_documents {
            format!("{read} documents were read, min-documents is {}", limits.min_documents)
        } else if (read + bad) * limits.max_quarantined < bad * 100 {
            let most = limits.max_quarantined;
            format!(
                "{bad} of {} documents are in quarantine, max-quarantined is {most} %",
                read + bad
            )
        } else if before * limits.max_drop < before.saturating_sub(read) * 100 {
            let most = limits.max_drop;
            format!("{read} documents are there, {before} were before, max-drop is {most} %")
        } else {
            return Ok(());
        };
        if self.how.force {
            (self.tell)(Event::Notice(&reason));
            return Ok(());
        }
        Err(ErrorKind::Withheld { reason }.into())
    }

    /// Remembers the hashes of files, for the next run to leave them alone.
    fn learn(&self, index: &mut Index, plan: &Plan, made: &Manifest, begun: i128) -> Result<()> {
        let before = index.clone();
        let hashes = made.by_path();
        let files = plan.chunks.iter().flat_map(|chunk| {
            let is_read = matches!(chunk.action, Action::Read(_));
            chunk.files.iter().filter(move |file| is_read || file.is_current)
        });
        for file in files {
            let (Content::Known(stat, _) | Content::Unknown(stat)) = &file.content else {
                continue;
            };
            let hash = hashes.get(file.name.as_str()).and_then(|(_, entry)| entry.hash.as_deref());
            if let Some(hash) = hash
                && index.hash(&file.name, stat) != Some(hash)
            {
                index.learn(&file.name, *stat, hash, begun);
            }
        }
        index.keep(|path| hashes.contains_key(path));
        if *index == before { Ok(()) } else { index.write(&self.job.warehouse, &self.how.files) }
    }

    /// Begins a stage, and keeps how long the one before took.
    fn stage(&mut self, name: &str, things: u64) {
        self.end_stage();
        self.stage = Some((name.to_owned(), Instant::now()));
        (self.tell)(Event::Stage(name, things));
    }

    fn end_stage(&mut self) {
        if let Some((name, begun)) = self.stage.take() {
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.record.milliseconds.insert(name, took);
        }
    }

    fn report(
        &mut self,
        published: Option<Published>,
        failures: Vec<(String, String)>,
        missing: Vec<Error>,
        marts: usize,
        plan: Option<Plan>,
    ) -> Report {
        self.end_stage();
        Report { published, record: self.record.clone(), failures, missing, marts, plan }
    }
}

/// The most failures that `run.json` lists; `quarantine` has them all.
const LISTED: usize = 1_000;

/// Adds to `run.json` what the documents came to.
fn note(snapshot: &mut SnapshotWriter<'_>, made: &Manifest, counts: &Counts) {
    let failed = made.failures().map(|(_, f)| format!("{}: {}", f.path, f.reason));
    snapshot.note("failed", failed.take(LISTED).collect::<Vec<String>>());
    snapshot.note("counts", serde_json::to_value(counts).unwrap_or_default());
    snapshot.note("versions", serde_json::to_value(&made.versions).unwrap_or_default());
}

/// Returns with what documents are read, and what is made of them.
fn versions(sources: &Sources, job: &Job) -> Versions {
    let mut texts = [format!("{:?}{:?}", job.limits, job.commands()), String::new()];
    for (path, text) in sources.all() {
        if path == NIGHTLY {
            continue;
        }
        let [reading, analyses] = &mut texts;
        let of = if path.starts_with("analyses/") { analyses } else { reading };
        of.extend([format!("\0{path}\0{text}")]);
    }
    let [reading, analyses] = texts.map(|text| acquire::identity(text.as_bytes()));
    Versions {
        fisc: env!("CARGO_PKG_VERSION").to_owned(),
        contract: CONTRACT_VERSION.to_owned(),
        reading,
        analyses,
    }
}
