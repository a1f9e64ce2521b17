//! The command line, and what it comes to.

use std::path::PathBuf;

use clap::{Parser, Subcommand, builder::PossibleValuesParser};

use crate::{
    accounts::{schema::Dataset, token::Severity},
    check::{self, Language},
    run::{
        night::{How, What},
        only::Chosen,
    },
    store::{files::Files, render::Format},
};

/// Turn published Chinese government budgets and final accounts into checked Parquet
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    arg_required_else_help = true,
    after_help = "Begin with:\n  fisc run                                   the sample disclosures to a warehouse\n  fisc query \"SELECT * FROM unit_year_overview\"\n  fisc check FILE                            what does not add up in a document\n  fisc inspect FILE                          how a document was understood\n\nExit codes: 0 clean, 1 done but something failed, 2 could not run."
)]
pub struct Args {
    /// A folder whose files replace or extend the built-in forms and analyses
    #[arg(long, global = true, value_name = "DIR")]
    pipelines: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read what is new and write a snapshot of the warehouse
    #[command(
        after_help = "Documents that cannot be read go to quarantine and do not stop the others; the exit code is then 1. Where nothing is new nothing is written. Where a threshold of the job is passed, or nothing can be done, the exit code is 2 and the snapshot before stays."
    )]
    Run {
        #[command(flatten)]
        job: JobArgs,
        /// Read every document, whatever is known of it
        #[arg(long, conflicts_with_all = ["path", "year", "region"])]
        full: bool,
        /// Say what would be read and why, and do nothing
        #[arg(long)]
        dry_run: bool,
        /// Publish although a threshold of the job is passed
        #[arg(long)]
        force: bool,
        /// Read only documents of these paths, again; `*` is any text
        #[arg(long, value_name = "PATTERN", num_args = 1..)]
        path: Vec<String>,
        /// Read only known documents of these fiscal years, again
        #[arg(long, value_name = "YEAR", num_args = 1..)]
        year: Vec<i32>,
        /// Read only known documents of these regions, again
        #[arg(long, value_name = "REGION", num_args = 1..)]
        region: Vec<String>,
        /// Run again and again, so many seconds after the run before
        #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10")]
        watch: Option<u64>,
    },
    /// Read the documents in quarantine again
    Retry {
        #[command(flatten)]
        job: JobArgs,
    },
    /// Show the last runs, what is in quarantine and what to look at
    Status {
        /// The warehouse
        #[arg(long, value_name = "DIR", default_value = "warehouse")]
        warehouse: PathBuf,
    },
    /// List the snapshots that can be gone back to
    Snapshots {
        /// The warehouse
        #[arg(long, value_name = "DIR", default_value = "warehouse")]
        warehouse: PathBuf,
    },
    /// Show readers a snapshot from before
    #[command(
        after_help = "The next run starts from that snapshot, and publishes what the documents then say."
    )]
    Rollback {
        /// Its number [default: the one before the current one]
        snapshot: Option<String>,
        /// The warehouse
        #[arg(long, value_name = "DIR", default_value = "warehouse")]
        warehouse: PathBuf,
    },
    /// Show a job with its defaults, or check it
    Config {
        /// A job file [default: the built-in pipelines/nightly.toml]
        job: Option<PathBuf>,
        /// Only say what is wrong, in the job file and in the files of its pipelines
        #[arg(long)]
        check: bool,
    },
    /// Print one dataset of some documents
    #[command(
        after_help = "Example:\n  fisc extract data/disclosures/*.txt --dataset amounts --format table"
    )]
    Extract {
        /// Documents, or folders of them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Which dataset
        #[arg(long, default_value = "amounts", value_parser = PossibleValuesParser::new(datasets()))]
        dataset: String,
        /// How to print it
        #[arg(long, default_value = "jsonl", value_parser = PossibleValuesParser::new(formats()))]
        format: String,
    },
    /// Show what does not add up, drawn in the source
    #[command(
        after_help = "`fisc explain RULE` says what a rule checks, `fisc explain FILE:LINE` what is known of a line.\n\nExit codes: 0 no error, 1 errors or unread documents, 2 nothing could be read."
    )]
    Check {
        /// Documents, or folders of them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// How to print the findings
        #[arg(long, default_value = "text", value_parser = PossibleValuesParser::new(reports()))]
        format: String,
        /// The least severity to show
        #[arg(long, default_value = "notice", value_parser = PossibleValuesParser::new(SEVERITIES))]
        severity: String,
        /// The language of messages
        #[arg(long, default_value = "en", value_parser = PossibleValuesParser::new(languages()))]
        lang: String,
        /// Show instead how far each document is proved
        #[arg(long, conflicts_with_all = ["format", "severity", "lang"])]
        summary: bool,
    },
    /// Explain a rule, or every figure of a line
    #[command(
        after_help = "Examples:\n  fisc explain row-differs-from-columns\n  fisc explain budget.txt:47"
    )]
    Explain {
        /// The name of a rule, or `FILE:LINE` [default: list the rules]
        what: Option<String>,
    },
    /// Show how a document was understood, table by table
    #[command(
        after_help = "Examples:\n  fisc inspect budget.pdf                            in words\n  fisc inspect budget.pdf --page 4 --png page.png    a page of a PDF file, with tables, cells and findings drawn over it"
    )]
    Inspect {
        /// The document
        file: PathBuf,
        /// Draw this page of a PDF file instead, counted from 1
        #[arg(long, value_name = "N", requires = "png", value_parser = clap::value_parser!(u32).range(1..))]
        page: Option<u32>,
        /// Write the picture of the page here
        #[arg(long, value_name = "OUT", requires = "page", value_parser = picture)]
        png: Option<PathBuf>,
    },
    /// Run SQL on the warehouse
    #[command(
        after_help = "Tables: every dataset and every analysis by its name; `fisc analyses` lists these.\n\nExamples:\n  fisc query \"SELECT unit_name, fiscal_year, expenditure FROM unit_year_overview\"\n  fisc query --chart \"SELECT project, amount FROM project_register ORDER BY amount DESC LIMIT 10\""
    )]
    Query {
        /// The query, in the SQL of Polars
        // It may begin with a comment: `-- title: …`, as the files of the analyses do.
        #[arg(allow_hyphen_values = true)]
        sql: String,
        /// The warehouse
        #[arg(long, value_name = "DIR", default_value = "warehouse")]
        warehouse: PathBuf,
        /// How to print the result
        #[arg(long, default_value = "table", value_parser = PossibleValuesParser::new(texts()))]
        format: String,
        /// Draw the result as bars: two columns, a name and a number
        #[arg(long, conflicts_with = "format")]
        chart: bool,
    },
    /// List the analyses, or show what one is and its SQL
    #[command(
        after_help = "Each is a table for `fisc query`. An SQL file in a folder `analyses` of --pipelines adds one."
    )]
    Analyses {
        /// The name of one [default: list them]
        name: Option<String>,
        /// The warehouse whose rows are counted
        #[arg(long, value_name = "DIR", default_value = "warehouse")]
        warehouse: PathBuf,
    },
    /// Write the report of the warehouse as one page of HTML
    #[command(
        after_help = "`fisc run` writes it too, with a page a unit: open WAREHOUSE/current/report/index.html"
    )]
    Report {
        /// The warehouse
        #[arg(long, value_name = "DIR", default_value = "warehouse")]
        warehouse: PathBuf,
        /// Where to write it [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct JobArgs {
    /// A job file [default: the built-in pipelines/nightly.toml]
    job: Option<PathBuf>,
    /// Folders and files to read, instead of the job's
    #[arg(long, value_name = "PATH", num_args = 1..)]
    input: Vec<PathBuf>,
    /// Where to write, instead of the job's
    #[arg(long, value_name = "DIR")]
    warehouse: Option<PathBuf>,
    /// How many documents to read at once [default: one per core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// How to say what happens, on standard error
    #[arg(long, default_value = "text", value_parser = PossibleValuesParser::new(["text", "json"]))]
    log: String,
}

/// The severities, the worst first.
const SEVERITIES: [&str; 3] =
    [Severity::Error.as_str(), Severity::Notice.as_str(), Severity::Rounding.as_str()];

fn reports() -> Vec<&'static str> {
    check::Format::ALL.iter().map(|format| format.as_str()).collect()
}

fn languages() -> Vec<&'static str> {
    Language::ALL.iter().map(|language| language.as_str()).collect()
}

/// Reads where a picture goes: never over a document.
fn picture(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("png") => Ok(path),
        _ => Err("a picture is a PNG file: end its name in `.png`".to_owned()),
    }
}

fn datasets() -> Vec<&'static str> {
    Dataset::ALL.iter().map(|dataset| dataset.as_str()).collect()
}

fn formats() -> Vec<&'static str> {
    Format::ALL.iter().map(|format| format.as_str()).collect()
}

fn texts() -> Vec<&'static str> {
    formats().into_iter().filter(|format| *format != Format::Parquet.as_str()).collect()
}

/// What the program was asked to do. Nothing after this type knows that there was a command
/// line.
#[derive(Debug)]
pub struct Request {
    /// The folder laid over the built-in files.
    pub pipelines: Option<PathBuf>,
    /// The command.
    pub command: Wanted,
}

/// A job file and what replaces its keys.
#[derive(Debug)]
pub struct WantedJob {
    /// The job file; nothing is the built-in one.
    pub file: Option<PathBuf>,
    /// Replaces the job's inputs where it is not empty.
    pub input: Vec<PathBuf>,
    /// Replaces the job's warehouse.
    pub warehouse: Option<PathBuf>,
    /// Replaces the job's number of threads.
    pub threads: Option<usize>,
    /// Whether machines read what is said.
    pub log_json: bool,
}

impl From<JobArgs> for WantedJob {
    fn from(args: JobArgs) -> WantedJob {
        let JobArgs { job: file, input, warehouse, threads, log } = args;
        WantedJob { file, input, warehouse, threads, log_json: log == "json" }
    }
}

/// One command with every default filled in.
#[derive(Debug)]
pub enum Wanted {
    /// Read what is new and write a snapshot.
    Run {
        /// The job.
        job: WantedJob,
        /// How it is carried out this time.
        how: Box<How>,
        /// How many seconds after a run the next one begins; nothing is one run.
        watch: Option<u64>,
    },
    /// Show the last runs.
    Status {
        /// The warehouse.
        warehouse: PathBuf,
    },
    /// List the snapshots.
    Snapshots {
        /// The warehouse.
        warehouse: PathBuf,
    },
    /// Show readers another snapshot.
    Rollback {
        /// Its number; nothing is the one before.
        snapshot: Option<String>,
        /// The warehouse.
        warehouse: PathBuf,
    },
    /// Show or check a job.
    Config {
        /// The job file; nothing is the built-in one.
        job: Option<PathBuf>,
        /// Whether it is only checked.
        check: bool,
    },
    /// Print a dataset.
    Extract {
        /// Documents and folders.
        files: Vec<PathBuf>,
        /// Which dataset.
        dataset: Dataset,
        /// How to print it.
        format: Format,
    },
    /// Show what does not add up.
    Check {
        /// Documents and folders.
        files: Vec<PathBuf>,
        /// How to print it.
        format: check::Format,
        /// The least severity that is shown.
        least: Severity,
        /// The language of messages.
        language: Language,
        /// Whether to show how far each document is proved instead.
        summary: bool,
    },
    /// Explain a rule or a line.
    Explain {
        /// What is asked for; nothing lists the rules.
        what: Option<String>,
    },
    /// Show how a document was understood.
    Inspect {
        /// The document.
        file: PathBuf,
        /// The page to draw, counted from 1, and where to write its picture.
        drawn: Option<(u32, PathBuf)>,
    },
    /// Run SQL.
    Query {
        /// The query.
        sql: String,
        /// The warehouse.
        warehouse: PathBuf,
        /// How to print the result; nothing draws it as bars.
        format: Option<Format>,
    },
    /// List the analyses or show one.
    Analyses {
        /// The one to show.
        name: Option<String>,
        /// The warehouse whose rows are counted.
        warehouse: PathBuf,
    },
    /// Write the report.
    Report {
        /// The warehouse.
        warehouse: PathBuf,
        /// The file; nothing is standard output.
        out: Option<PathBuf>,
    },
}

impl From<Args> for Request {
    fn from(args: Args) -> Request {
        let format = |text: &str| Format::parse(text).unwrap_or(Format::Table);
        let command = match args.command {
            Command::Run { job, full, dry_run, force, path, year, region, watch } => {
                let chosen = Chosen { paths: path, years: year, regions: region };
                let what = match (full, chosen == Chosen::default()) {
                    (true, _) => What::Everything,
                    (false, true) => What::New,
                    (false, false) => What::Chosen(chosen),
                };
                let how = How { what, dry: dry_run, force, files: Files::default() };
                Wanted::Run { job: job.into(), how: Box::new(how), watch }
            }
            Command::Retry { job } => {
                let how = How { what: What::Quarantined, ..How::default() };
                Wanted::Run { job: job.into(), how: Box::new(how), watch: None }
            }
            Command::Status { warehouse } => Wanted::Status { warehouse },
            Command::Snapshots { warehouse } => Wanted::Snapshots { warehouse },
            Command::Rollback { snapshot, warehouse } => Wanted::Rollback { snapshot, warehouse },
            Command::Config { job, check } => Wanted::Config { job, check },
            Command::Extract { files, dataset, format: text } => Wanted::Extract {
                files,
                dataset: Dataset::parse(&dataset).unwrap_or(Dataset::Amounts),
                format: format(&text),
            },
            Command::Check { files, format, severity, lang, summary } => Wanted::Check {
                files,
                format: check::Format::parse(&format).unwrap_or(check::Format::Text),
                least: Severity::parse(&severity).unwrap_or(Severity::Notice),
                language: Language::parse(&lang).unwrap_or(Language::English),
                summary,
            },
            Command::Explain { what } => Wanted::Explain { what },
            Command::Inspect { file, page, png } => Wanted::Inspect { file, drawn: page.zip(png) },
            Command::Query { sql, warehouse, format: text, chart } => {
                Wanted::Query { sql, warehouse, format: (!chart).then(|| format(&text)) }
            }
            Command::Analyses { name, warehouse } => Wanted::Analyses { name, warehouse },
            Command::Report { warehouse, out } => Wanted::Report { warehouse, out },
        };
        Request { pipelines: args.pipelines, command }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }
}
