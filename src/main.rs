//! The command-line program. Everything else is in the library.
#![expect(clippy::print_stderr, reason = "the one place that speaks to the terminal")]

use std::{
    cell::Cell,
    env,
    error::Error as _,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use clap::Parser;
use fisc::{
    ErrorKind, Result, acquire,
    args::{Args, Request, Wanted, WantedJob},
    check::{self, Checked, Options},
    explain::{self, Subject},
    inspect, reconcile,
    run::{
        self, Knowledge, Reading,
        job::Job,
        night::{self, Event, How, Report},
        status,
    },
    store::{
        export::{self, export},
        files::Files,
        snapshot::{self, Warehouse},
    },
    tabulate::{self, analysis::Analysis, catalogue},
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
        Wanted::Run { job: wanted, how, watch } => {
            let mut job = wanted_job(&wanted)?;
            job.pipelines = pipelines.or(job.pipelines);
            loop {
                let code = work(&job, &how, wanted.log_json);
                let Some(seconds) = watch else { return code };
                // Whoever watches wants the next run, whatever became of this one.
                if let Err(error) = code {
                    complain(&error);
                }
                thread::sleep(Duration::from_secs(seconds));
            }
        }
        Wanted::Status { warehouse } => {
            say(&status::status(&warehouse)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Snapshots { warehouse } => {
            say(&status::snapshots(&warehouse)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Rollback { snapshot, warehouse } => {
            // What is not there must not be made by going back.
            snapshot::names(&warehouse)?;
            let open = Warehouse::open(&warehouse, Files::default())?;
            let name = open.roll_back(snapshot.as_deref())?;
            say(&format!("Snapshot {name} is current in {}.\n", warehouse.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Config { job, check } => {
            let job = Job::read(job.as_deref())?;
            let sources = run::sources(pipelines.as_deref().or(job.pipelines.as_deref()))?;
            Knowledge::read(&sources)?;
            Analysis::all(&sources)?;
            say(&if check { "The job is in order.\n".to_owned() } else { format!("{job:#?}\n") })?;
            Ok(ExitCode::SUCCESS)
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
            if summary || format == check::Format::Json {
                // These have no place for it.
                let unread = checked.iter().filter_map(|document| document.unread(language));
                unread.for_each(|text| eprintln!("note: {text}"));
            }
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
        Wanted::Inspect { file, drawn: Some((number, out)) } => {
            let knowledge = Knowledge::read(&run::sources(pipelines.as_deref())?)?;
            let bytes = acquire::bytes(&file)?;
            let page = inspect::page::page(&file.to_string_lossy(), &bytes, number, &knowledge)?;
            export::file(&out, &page.png)?;
            say(&page.told)?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Inspect { file, drawn: None } => {
            let sources = run::sources(pipelines.as_deref())?;
            let knowledge = Knowledge::read(&sources)?;
            let bytes = acquire::bytes(&file)?;
            let text = inspect::describe(&file.to_string_lossy(), &bytes, &knowledge)?;
            say(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Query { sql, warehouse, format } => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            match format {
                Some(format) => tabulate::query(&warehouse, &sql, format, &mut out)?,
                None => tabulate::chart(&warehouse, &sql, width(), &mut out)?,
            }
            out.flush().map_err(|source| fisc::Error::io("write", "standard output", source))?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Analyses { name, warehouse } => {
            let sources = run::sources(pipelines.as_deref())?;
            let mut text = Vec::new();
            match name {
                Some(name) => catalogue::show(&name, &sources, &mut text)?,
                None => catalogue::list(&warehouse, &sources, &mut text)?,
            }
            say(&String::from_utf8_lossy(&text))?;
            Ok(ExitCode::SUCCESS)
        }
        Wanted::Report { warehouse, out } => {
            let sources = run::sources(pipelines.as_deref())?;
            // The folder of a bare file name is the one that we are in, and an empty path here.
            let folder = out.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            let page = tabulate::report::single(&warehouse, &folder.join("."), &sources)?;
            match out {
                Some(path) => export::file(&path, page.as_bytes())?,
                None => say(&page)?,
            }
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

/// Returns how wide the terminal is; off a terminal, as wide as one used to be.
fn width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}

/// Reads a job file and replaces what the command line says.
fn wanted_job(wanted: &WantedJob) -> Result<Job> {
    let mut job = Job::read(wanted.file.as_deref())?;
    if !wanted.input.is_empty() {
        job.input.clone_from(&wanted.input);
    }
    if let Some(warehouse) = &wanted.warehouse {
        job.warehouse.clone_from(warehouse);
    }
    job.threads = wanted.threads.unwrap_or(job.threads);
    Ok(job)
}

/// Carries a job out, with a progress bar where someone is watching.
fn work(job: &Job, how: &How, log_json: bool) -> Result<ExitCode> {
    let bar = progress_bar(log_json);
    let said = Cell::new(Instant::now());
    let tell = |event: Event<'_>| {
        let often = matches!(event, Event::Progress(_)) && said.get().elapsed().as_secs() < 1;
        if log_json && !often {
            said.set(Instant::now());
            eprintln!("{}", event.line());
        }
        match event {
            Event::Stage(name, things) => {
                bar.set_message(name.to_owned());
                bar.set_length(things);
                bar.reset();
            }
            Event::Progress(done) => bar.set_position(done),
            Event::Notice(_) if log_json => (),
            Event::Notice(text) => bar.suspend(|| eprintln!("note: {text}")),
        }
    };
    let report = night::job(job, how, &tell);
    bar.finish_and_clear();
    let report = report?;
    if log_json {
        eprintln!("{}", report.record.line()?);
    } else {
        report.missing.iter().for_each(complain);
        report.failures.iter().for_each(|(path, reason)| eprintln!("error: {path}: {reason}"));
    }
    if let Some(plan) = &report.plan {
        say(&plan.described())?;
        return Ok(ExitCode::SUCCESS);
    }
    if report.published.is_some() && !log_json {
        let mut text = Vec::new();
        tabulate::summary(&job.warehouse, &mut text)?;
        say(&String::from_utf8_lossy(&text))?;
    }
    if !log_json {
        say(&closing(&report, &job.warehouse))?;
    }
    let clean = report.missing.is_empty() && report.record.counts.quarantined == 0;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Makes a bar that shows stage, count, rate and the time left; off a terminal, and where
/// machines read, it stays silent.
fn progress_bar(log_json: bool) -> ProgressBar {
    if log_json || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "{msg} {bar:30} {human_pos}/{human_len} files, {per_sec}, {eta} left";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Says what a run did and where to look next.
fn closing(report: &Report, warehouse: &Path) -> String {
    let counts = &report.record.counts;
    let Some(published) = &report.published else {
        let quarantined = match counts.quarantined {
            0 => String::new(),
            count => format!(", {count} in quarantine"),
        };
        let documents = counts.documents;
        return format!("Nothing is new: {documents} documents{quarantined}.\n");
    };
    let failed = match counts.quarantined {
        0 => String::new(),
        count => format!(", {count} could not be read"),
    };
    format!(
        "\n{} documents{failed}; {} figures, {} statements in prose, {} performance \
         indicators; {} analyses.\n\
         Of {} printed numbers {} became no data; the dataset `gaps` says which and why.\n\
         Snapshot {} is current in {}.\n\n\
         Next:\n  \
         open {}/current/report/index.html in a browser\n  \
         fisc query \"SELECT * FROM unit_year_overview\" --warehouse {}\n  \
         fisc inspect FILE\n",
        counts.documents,
        counts.figures,
        counts.statements,
        counts.indicators,
        report.marts,
        counts.numbers,
        counts.unread,
        published.name,
        warehouse.display(),
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
