//! The driver: one document through every stage, many at once.
//!
//! This is the only file that knows how many stages there are; those below it do what a run
//! does around them.

#[cfg(feature = "tabulate")]
mod chunks;
pub mod convert;
#[cfg(feature = "tabulate")]
mod crew;
#[cfg(feature = "tabulate")]
mod failure;
#[cfg(feature = "tabulate")]
mod groups;
pub mod job;
#[cfg(feature = "tabulate")]
pub mod night;
#[cfg(feature = "tabulate")]
pub mod only;
#[cfg(feature = "tabulate")]
pub mod plan;
#[cfg(feature = "tabulate")]
pub mod status;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use rayon::prelude::*;

use crate::{
    accounts::{
        classification::Classifications,
        disclosure::{Disclosure, TablePresence},
        excerpt::Excerpt,
        figure::Figure,
        gap::{Gap, GapKind},
        sources::Sources,
        tally::Fate,
    },
    acquire,
    decode::{self, Allowance, Archive, Document},
    error::{Error, ErrorKind, Result},
    extract::{
        self,
        performance::{self, words::PerformanceWords},
        prose::{Taken, passages, wording::Wording},
        spec::Forms,
    },
    normalise::{self, prose::names_only, tally},
    reconcile::{
        self, between::Between, outcome::Reconciliation, registry::UnitWords, rule::Books,
    },
    run::{convert::Commands, job::Limits},
};

/// What is known before any document is read: the parsed files of `pipelines/`.
#[derive(Debug)]
pub struct Knowledge {
    /// The statutory tables.
    pub forms: Forms,
    /// The standard classifications.
    pub classes: Classifications,
    /// The words of the prose.
    pub wording: Wording,
    /// The words of performance forms.
    pub performance: PerformanceWords,
    /// The identities between tables.
    pub between: Between,
    /// The words of names of units.
    pub units: UnitWords,
    /// What one document may be.
    pub limits: Limits,
    /// What reads documents that are not read here.
    pub commands: Commands,
}

impl Knowledge {
    /// Parses the files of `pipelines/`; an error names the file and the key.
    pub fn read(sources: &Sources) -> Result<Knowledge> {
        Ok(Knowledge {
            forms: Forms::read(sources)?,
            classes: Classifications::read(sources)?,
            wording: Wording::read(sources)?,
            performance: PerformanceWords::read(sources)?,
            between: Between::read(sources)?,
            units: UnitWords::read(sources)?,
            limits: Limits::default(),
            commands: Commands::default(),
        })
    }

    /// Returns how long reading a file may take, with its commands.
    pub fn time(&self) -> Duration {
        let commands =
            if self.commands.any() { self.limits.command_time() } else { Duration::ZERO };
        self.limits.time() + commands
    }
}

/// Returns the built-in files of `pipelines/`, overlaid by a folder where one is given.
pub fn sources(folder: Option<&Path>) -> Result<Sources> {
    let mut sources = Sources::built_in();
    for (path, text) in folder.map(acquire::folder).transpose()?.unwrap_or_default() {
        sources.overlay(path, text);
    }
    Ok(sources)
}

/// Takes one document through the stages from bytes to figures.
///
/// It depends on nothing but its arguments: no clock, no disk, no order of documents.
pub fn disclosure(path: &str, bytes: &[u8], knowledge: &Knowledge) -> Result<Disclosure> {
    read(path, bytes, knowledge, reconcile::check)
}

/// Takes one document as far as [`disclosure`] does, and leaves its accounts unchecked: what
/// checking costs is the difference.
pub fn unchecked(path: &str, bytes: &[u8], knowledge: &Knowledge) -> Result<Disclosure> {
    read(path, bytes, knowledge, |_, _| Reconciliation::default())
}

/// Takes one document through the stages; `check` is the last.
fn read(
    path: &str,
    bytes: &[u8],
    knowledge: &Knowledge,
    check: fn(&Books<'_>, &[reconcile::Cell]) -> Reconciliation,
) -> Result<Disclosure> {
    let document = decode::document(path, bytes)?;
    limited(path, &document, &knowledge.limits)?;
    let (raw, mut gaps) = extract::tables(&document, &knowledge.forms, &knowledge.classes);
    let identity = extract::identity::identity(&document, &raw, &knowledge.classes);
    let mut tables = Vec::with_capacity(raw.len());
    let mut typed = Vec::with_capacity(raw.len());
    // Each table's figures, put together when their number is known.
    let mut printed_figures = Vec::with_capacity(raw.len());
    let mut cells = Vec::new();
    let printed_cells = raw.iter().flat_map(|raw| &raw.rows).map(|row| row.cells.len()).sum();
    let mut claims = Vec::with_capacity(printed_cells);
    for raw in &raw {
        let (mut table, unread) = normalise::table(raw, &knowledge.forms.words, &knowledge.classes);
        reconcile::place(&mut table);
        let printed = normalise::figure::figures(&table, &identity);
        let missed: Vec<_> = unread.into_iter().chain(printed.gaps).collect();
        tally::table_claims(raw, &printed.figures, &missed, &mut claims);
        let at = typed.len();
        cells.extend(printed.cells.iter().map(|(side, row, column)| (at, *side, *row, *column)));
        gaps.extend(missed);
        tables.push(TablePresence {
            table: table.kind,
            line: table.line,
            figures: u32::try_from(printed.figures.len()).unwrap_or(u32::MAX),
        });
        printed_figures.push(printed.figures);
        typed.push(table);
    }
    let forms = performance::forms(&document, &raw, &knowledge.performance);
    let taken = Taken::by(&raw, &forms);
    let mut prose =
        normalise::prose::Reader::new(&knowledge.wording, &knowledge.classes, &identity);
    passages(&document, &knowledge.wording, &taken, |passage| prose.read(passage));
    let performance = normalise::indicator::indicators(&forms, &knowledge.performance, &identity);
    gaps.retain(|gap| !performance.reads(gap));
    claims.extend(performance.tally_claims());
    gaps.extend(performance.gaps);
    claims.append(&mut prose.claims);
    let charts = extract::chart::charts(&document, &knowledge.wording, &taken);
    let charted = prose.charted(&charts.data, &identity);
    let untabled = normalise::cube::untabled(
        &prose.statements,
        &charted,
        &tables,
        &identity,
        &knowledge.forms,
        &knowledge.wording,
    );
    gaps.retain(|gap| !untabled.reads(gap));
    claims.extend(untabled.claims());
    claims.extend(charts.names.iter().map(|name| tally::claim(*name, Fate::Named)));
    let placed = untabled.placed;
    printed_figures.push(untabled.figures);
    let count = printed_figures.iter().map(Vec::len).sum();
    let mut figures: Vec<Figure> = Vec::with_capacity(count);
    for printed in printed_figures {
        figures.extend(printed);
    }
    let tally = tally::tally(&document, claims, &mut gaps, |cell| {
        names_only(cell.text, &knowledge.wording)
    });
    gaps.extend(document.scanned.iter().map(|line| Gap {
        line: *line,
        column: 1,
        token: String::new(),
        kind: GapKind::ScannedPage,
        table: None,
    }));
    gaps.sort_by_key(|gap| (gap.line, gap.column));
    let books = Books {
        document: &document,
        identity: &identity,
        tables: &typed,
        statements: &prose.statements,
        placed: &placed,
        charted: &charted,
        indicators: &performance.indicators,
        figures: &figures,
        forms: &knowledge.forms,
        wording: &knowledge.wording,
        classes: &knowledge.classes,
        between: &knowledge.between,
    };
    let reconciled = check(&books, &cells);
    for (figure, verified_by) in figures.iter_mut().zip(reconciled.verified_by) {
        figure.verified_by = verified_by;
    }
    Ok(Disclosure {
        doc_id: acquire::identity(bytes),
        path: path.to_owned(),
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        encoding: document.encoding,
        lines: document.line_count,
        pages: document.pages.clone(),
        identity,
        tables,
        figures,
        statements: prose.statements,
        indicators: performance.indicators,
        checks: reconciled.checks,
        findings: reconciled.findings,
        gaps,
        tally,
    })
}

/// Refuses a document of more lines or cells than it may have.
fn limited(path: &str, document: &Document, limits: &Limits) -> Result<()> {
    let cells: usize = document.lines().map(decode::Line::len).sum();
    let counted = [
        ("lines", u64::from(document.line_count), limits.lines),
        ("cells", u64::try_from(cells).unwrap_or(u64::MAX), limits.cells),
    ];
    match counted.into_iter().find(|(_, is, most)| most < is) {
        Some((limit, is, most)) => {
            Err(ErrorKind::Limit { path: path.to_owned(), limit, is, most }.into())
        }
        None => Ok(()),
    }
}

/// Some documents read, and why others could not be.
#[derive(Debug, Default)]
pub struct Reading {
    /// The documents, in the order of their paths.
    pub disclosures: Vec<Disclosure>,
    /// What each may be asked of by the others, in the same order.
    pub excerpts: Vec<Excerpt>,
    /// What went wrong with the others, in the order of their paths.
    pub failures: Vec<Error>,
}

/// Reads many documents at once, `threads` of them (0: one per core).
///
/// One document is one document: what cannot be read, or trips a defect of this program,
/// becomes a failure and stops no other. `progress` is called with the number done so far.
pub fn documents(
    paths: &[PathBuf],
    knowledge: &Knowledge,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Reading {
    let (disclosures, failures) =
        each_document(paths, knowledge, threads, progress, &|disclosure, _| disclosure);
    let excerpts = disclosures.iter().map(reconcile::excerpt).collect();
    Reading { disclosures, excerpts, failures }
}

/// What is kept of a document and of its bytes.
type Keep<'a, Kept> = &'a (dyn Fn(Disclosure, &[u8]) -> Kept + Sync);

/// Reads many documents as [`documents`] does, and keeps of each what `keep` makes of it and of
/// its bytes.
pub fn each_document<Kept: Send>(
    paths: &[PathBuf],
    knowledge: &Knowledge,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
    keep: Keep<'_, Kept>,
) -> (Vec<Kept>, Vec<Error>) {
    let done = AtomicUsize::new(0);
    let one = |path: &PathBuf| {
        let result = document(path, knowledge, keep);
        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        result
    };
    let all = || paths.par_iter().flat_map_iter(one).collect::<Vec<_>>();
    let results = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(all),
        Err(_) => all(),
    };
    let (mut kept, mut failures) = (Vec::with_capacity(results.len()), Vec::new());
    for result in results {
        match result {
            Ok(one) => kept.push(one),
            Err(error) => failures.push(error),
        }
    }
    (kept, failures)
}

/// Archives in archives in archives: what is deeper is not read.
const DEEPEST_ARCHIVE: usize = 3;

/// Reads one document from the disk, or those of an archive.
fn document<Kept>(path: &Path, knowledge: &Knowledge, keep: Keep<'_, Kept>) -> Vec<Result<Kept>> {
    let mut results = Vec::new();
    match acquire::bytes(path) {
        Ok(bytes) => {
            let mut within = Within::of(&bytes, knowledge);
            let name = acquire::listing::name(path);
            each(&name, &bytes, knowledge, keep, &mut within, &mut results);
        }
        Err(error) => results.push(Err(error)),
    }
    results
}

/// Reads a document, or those of an archive, each by itself, from its bytes.
pub fn members(path: &str, bytes: &[u8], knowledge: &Knowledge) -> Vec<Result<Disclosure>> {
    let mut results = Vec::new();
    let mut within = Within::of(bytes, knowledge);
    each(path, bytes, knowledge, &|disclosure, _| disclosure, &mut within, &mut results);
    results
}

/// What is left for the documents of one file, which may be an archive of archives.
struct Within {
    depth: usize,
    allowance: Allowance,
    /// How long commands may take.
    time: Duration,
}

impl Within {
    fn of(bytes: &[u8], knowledge: &Knowledge) -> Within {
        let time = knowledge.limits.command_time();
        Within { depth: 0, allowance: Allowance::of(bytes.len()), time }
    }
}

/// Reads a document, or those of an archive, each by itself.
fn each<Kept>(
    path: &str,
    bytes: &[u8],
    knowledge: &Knowledge,
    keep: Keep<'_, Kept>,
    within: &mut Within,
    results: &mut Vec<Result<Kept>>,
) {
    let opened = if within.depth < DEEPEST_ARCHIVE { Archive::open(path, bytes) } else { Ok(None) };
    match opened {
        Ok(None) => results.push(guarded(path, || {
            let read = convert::converted(path, bytes, knowledge, &mut within.time)?;
            Ok(keep(read, bytes))
        })),
        Ok(Some(mut archive)) => {
            let before = results.len();
            let members = archive.members();
            let (is, most) = (members.len() as u64, knowledge.limits.members);
            if most < is {
                let path = path.to_owned();
                results.push(Err(ErrorKind::Limit { path, limit: "members", is, most }.into()));
                return;
            }
            within.depth += 1;
            for (index, name) in members {
                match guarded(path, || archive.unpack(index, &name, &mut within.allowance)) {
                    Ok(bytes) => each(&name, &bytes, knowledge, keep, within, results),
                    Err(error) => results.push(Err(error)),
                }
            }
            within.depth -= 1;
            if results.len() == before {
                results.push(Err(ErrorKind::NoDocuments { path: path.into() }.into()));
            }
        }
        Err(error) => results.push(Err(error)),
    }
}

/// Turns a panic, which is a defect of this program, into the error of one document.
fn guarded<T>(path: &str, read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(ErrorKind::Defect { path: path.to_owned(), message: message.to_owned() }.into())
    })
}
