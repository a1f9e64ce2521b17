//! The command line, and what it comes to.

use std::path::PathBuf;

use clap::{Parser, Subcommand, builder::PossibleValuesParser};

use crate::{
    accounts::{schema::Dataset, token::Severity},
    check::{self, Language},
    store::render::Format,
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
    /// Read documents and write a snapshot of the warehouse
    #[command(
        after_help = "Documents that cannot be read are reported and do not stop the others; the exit code is then 1."
    )]
    Run {
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
    Inspect {
        /// The document
        file: PathBuf,
    },
    /// Run SQL on the warehouse
    #[command(
        after_help = "Tables: amounts, documents, tables, gaps, and every analysis by its name.\n\nExample:\n  fisc query \"SELECT unit_name, fiscal_year, expenditure FROM unit_year_overview\""
    )]
    Query {
        /// The query, in the SQL of Polars
        sql: String,
        /// The warehouse
        #[arg(long, value_name = "DIR", default_value = "warehouse")]
        warehouse: PathBuf,
        /// How to print the result
        #[arg(long, default_value = "table", value_parser = PossibleValuesParser::new(texts()))]
        format: String,
    },
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

/// One command with every default filled in.
#[derive(Debug)]
pub enum Wanted {
    /// Read, place and write.
    Run {
        /// The job file; nothing is the built-in one.
        job: Option<PathBuf>,
        /// Replaces the job's inputs where it is not empty.
        input: Vec<PathBuf>,
        /// Replaces the job's warehouse.
        warehouse: Option<PathBuf>,
        /// Replaces the job's number of threads.
        threads: Option<usize>,
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
    },
    /// Run SQL.
    Query {
        /// The query.
        sql: String,
        /// The warehouse.
        warehouse: PathBuf,
        /// How to print the result.
        format: Format,
    },
}

impl From<Args> for Request {
    fn from(args: Args) -> Request {
        let format = |text: &str| Format::parse(text).unwrap_or(Format::Table);
        let command = match args.command {
            Command::Run { job, input, warehouse, threads } => {
                Wanted::Run { job, input, warehouse, threads }
            }
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
            Command::Inspect { file } => Wanted::Inspect { file },
            Command::Query { sql, warehouse, format: text } => {
                Wanted::Query { sql, warehouse, format: format(&text) }
            }
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
