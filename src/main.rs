//! The command-line program. Everything else is in the library.
#![expect(clippy::print_stderr, reason = "the one place that speaks to the terminal")]

use std::{
    env,
    error::Error as _,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::OnceLock,
    time::Duration,
};

use clap::Parser;
use fisc::{
    ErrorKind, Result, acquire,
    args::{Args, Request, Wanted},
    check::{self, Checked, Options},
    explain::{self, Subject},
    inspect, reconcile,
    run::{self, Job, Knowledge, Reading, Report},
    store::export::export,
    tabulate,
};
use indicatif::{ProgressBar, ProgressStyle};

fn main() -> ExitCode {
    match carry_out(Args::parse().into()) {
        Ok(code) => code,
        Err(error) => {
            if is_closed_pipe(&error) {
                return ExitCode::SUCCESS;
            }
            complain(&error);
            ExitCode::from(2)
        }
    }
}

/// Whoever reads our output has stopped, as `head` does: that is no failure.
fn is_closed_pipe(error: &fisc::Error) -> bool {
    matches!(error.kind(), ErrorKind::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints an error and its causes.
fn complain(error: &fisc::Error) {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprintln!("  because: {inner}");
        cause = inner.source();
    }
}

fn carry_out(request: Request) -> Result<ExitCode> {
    let pipelines = request.pipelines;
    match request.command {
        Wanted::Run { job, input, warehouse, threads } => {
            let mut wanted = Job::read(job.as_deref())?;
            if !input.is_empty() {
                wanted.input = input;
            }
            wanted.warehouse = warehouse.unwrap_or(wanted.warehouse);
            wanted.threads = threads.unwrap_or(wanted.threads);
            wanted.pipelines = pipelines.or(wanted.pipelines);
            work(&wanted)
        }
        Wanted::Extract { files, dataset, format } => {
            let sources = run::sources(pipelines.as_deref())?;
            let knowledge = Knowledge::read(&sources)?;
            let (paths, missing) = acquire::each_document(&files);
            let Reading { disclosures, excerpts, failures } =
                run::documents(&paths, &knowledge, 0, &|_| ());
            let across = reconcile::across(&excerpts, &knowledge.units, &knowledge.classes.regions);
            let mut out = io::BufWriter::new(io::stdout().lock());
            export(dataset, format, &disclosures, &across, &mut out)?;
            out.flush().map_err(|source| fisc::Error::io("write", "standard output", source))?;
            missing.iter().chain(&failures).for_each(complain);
            Ok(code(missing.len() + failures.len(), disclosures.len()))
        }
        Wanted::Check { files, format, least, language, summary } => {
            let knowledge = Knowledge::read(&run::sources(pipelines.as_deref())?)?;
            let (paths, missing) = acquire::each_document(&files);
            let (checked, failures) =
                run::each_document(&paths, &knowledge, 0, &|_| (), &Checked::of);
            let mut out = io::BufWriter::new(io::stdout().lock());
            if checked.is_empty() {
                // Nothing could be read: there is nothing to say of it.
            } else if summary {
                check::summary(&checked, &mut out)?;
            } else {
                let options = Options { least, language, colour: is_coloured() };
                check::write(&checked, format, options, &mut out)?;
            }
            out.flush().map_err(|source| fisc::Error::io("write", "standard output", source))?;
            missing.iter().chain(&failures).for_each(complain);
            Ok(match code(missing.len() + failures.len(), checked.len()) {
                ExitCode::SUCCESS if checked.iter().any(Checked::has_errors) => ExitCode::from(1),
                code => code,
            })
        }
        Wanted::Explain { what } => {
            let text = match Subject::of(what.as_deref())? {
                Subject::Rules => explain::rules(),
                Subject::Rule(rule) => explain::page(rule),
                Subject::Line { path, line } => {
                    let knowledge = Knowledge::read(&run::sources(pipelines.as_deref())?)?;
                    let bytes = acquire::bytes(Path::new(&path))?;
                    explain::place(&path, line, &bytes, &knowledge)?
                }
            };
            say(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Inspect { file } => {
            let sources = run::sources(pipelines.as_deref())?;
            let knowledge = Knowledge::read(&sources)?;
            let bytes = acquire::bytes(&file)?;
            let text = inspect::describe(&file.to_string_lossy(), &bytes, &knowledge)?;
            say(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Query { sql, warehouse, format } => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            tabulate::query(&warehouse, &sql, format, &mut out)?;
            out.flush().map_err(|source| fisc::Error::io("write", "standard output", source))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Returns the exit code where some documents could not be read and others could.
fn code(failed: usize, read: usize) -> ExitCode {
    match (failed, read) {
        (0, _) => ExitCode::SUCCESS,
        (_, 0) => ExitCode::from(2),
        _ => ExitCode::from(1),
    }
}

/// Returns whether someone is watching who likes colours (<https://no-color.org>).
fn is_coloured() -> bool {
    io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Carries a job out, with a progress bar where someone is watching.
fn work(job: &Job) -> Result<ExitCode> {
    let bar = OnceLock::new();
    let begun = |documents: usize| {
        let bar = bar.get_or_init(|| progress_bar(documents));
        bar.enable_steady_tick(Duration::from_millis(200));
    };
    let progress = |done: usize| {
        if let Some(bar) = bar.get() {
            bar.set_position(done as u64);
        }
    };
    let report = run::job(job, &begun, &progress);
    if let Some(bar) = bar.get() {
        bar.finish_and_clear();
    }
    let report = report?;
    report.failures.iter().for_each(complain);
    let mut text = Vec::new();
    tabulate::summary(&job.warehouse, &mut text)?;
    say(&String::from_utf8_lossy(&text))?;
    say(&closing(&report, &job.warehouse))?;
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Makes a bar that shows count, rate and the time left; off a terminal it stays silent.
fn progress_bar(documents: usize) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "reading {bar:30} {human_pos}/{human_len} documents, {per_sec}, {eta} left";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(documents as u64).with_style(style)
}

/// Says what a run did and where to look next.
fn closing(report: &Report, warehouse: &Path) -> String {
    let failed = match report.failures.len() {
        0 => String::new(),
        count => format!(", {count} could not be read"),
    };
    format!(
        "\n{} documents{failed}; {} figures, {} statements in prose, {} performance \
         indicators; {} analyses.\n\
         Of {} printed numbers {} became no data; the dataset `gaps` says which and why.\n\
         Snapshot {} is current in {}.\n\n\
         Next:\n  \
         fisc query \"SELECT * FROM unit_year_overview\" --warehouse {}\n  \
         fisc inspect FILE\n",
        report.documents,
        report.figures,
        report.statements,
        report.indicators,
        report.marts,
        report.numbers,
        report.unread,
        report.published.name,
        warehouse.display(),
        warehouse.display(),
    )
}

/// Prints to standard output.
fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|source| fisc::Error::io("write", "standard output", source))
}
