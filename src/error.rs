//! Defines the one error type of the crate.

use std::{fmt, io, path::PathBuf};

/// A `Result` whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// A reason why a document, or the whole run, could not be carried on.
///
/// A cell that cannot be read is no error but a gap; numbers that disagree are none either,
/// but outcomes.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// What went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or folder could not be read or written.
    Io {
        /// What was tried, as in "read".
        verb: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A document holds no byte.
    Empty {
        /// The document.
        path: String,
    },
    /// A document is in a format that is not decoded.
    UnknownFormat {
        /// The document.
        path: String,
        /// What its first bytes look like.
        looks_like: &'static str,
    },
    /// A document is of Word before 2007, which is read only where a job has a command for it.
    OldWord {
        /// The document.
        path: String,
    },
    /// The command of a job could not turn a document into one that is read.
    Unconverted {
        /// The document.
        path: String,
        /// What the document is, and what went wrong.
        problem: String,
    },
    /// A document breaks off, breaks the rules of its format, or asks for more than it may.
    Damaged {
        /// The document.
        path: String,
        /// Where in it: a part of an archive, a sheet, a page.
        place: String,
        /// What is wrong there.
        problem: String,
    },
    /// A document can be opened only with a password.
    Protected {
        /// The document.
        path: String,
    },
    /// A document consists of pictures of pages.
    Scanned {
        /// The document.
        path: String,
        /// The number of pages.
        pages: usize,
    },
    /// A page of a document was asked for that it does not have.
    NoSuchPage {
        /// The document.
        path: String,
        /// The page that was asked for.
        page: usize,
        /// How many it has.
        pages: usize,
    },
    /// The picture of a page was asked for of a document that draws no pages.
    NoPicture {
        /// The document.
        path: String,
    },
    /// A document is larger than can be addressed.
    TooLarge {
        /// The document.
        path: String,
        /// Its size in bytes.
        bytes: usize,
    },
    /// Something in a folder of documents can be no document.
    Irregular {
        /// What was found.
        path: PathBuf,
        /// What it is.
        is: &'static str,
    },
    /// A document was written while it was read; the next run reads it again.
    Changed {
        /// The document.
        path: PathBuf,
    },
    /// A document is more than a job lets one be.
    Limit {
        /// The document.
        path: String,
        /// The limit, as a job file calls it.
        limit: &'static str,
        /// What the document has, as far as it was counted.
        is: u64,
        /// What it may have.
        most: u64,
    },
    /// Another run is writing the same warehouse.
    Busy {
        /// The warehouse.
        path: PathBuf,
        /// Who is writing, as the other run said it.
        holder: String,
    },
    /// A run did not publish what it made, because too much went wrong.
    Withheld {
        /// The threshold, and how it was passed.
        reason: String,
    },
    /// A snapshot that a warehouse does not have was asked for.
    NoSuchSnapshot {
        /// The name that was given.
        name: String,
        /// Those there are.
        snapshots: Vec<String>,
    },
    /// Reading a document failed inside this program.
    Defect {
        /// The document.
        path: String,
        /// What the failed stage said.
        message: String,
    },
    /// A folder or pattern leads to no document.
    NoDocuments {
        /// The folder or file.
        path: PathBuf,
    },
    /// A file under `pipelines` or a job file does not say what it must.
    Pipeline {
        /// The file.
        path: String,
        /// The key and what is wrong with it.
        problem: String,
    },
    /// Arrow or Parquet refused a table.
    Store {
        /// The file.
        path: PathBuf,
        /// What it said.
        problem: String,
    },
    /// A query or an analysis could not be carried out.
    Query {
        /// The query's or the analysis' name.
        name: String,
        /// What the engine said.
        problem: String,
    },
    /// A rule that there is none of was asked for.
    UnknownRule {
        /// The name that was given.
        name: String,
        /// The rule that it may stand for.
        nearest: Option<&'static str>,
        /// Every rule there is.
        rules: Vec<&'static str>,
    },
    /// A line that a document does not have was asked for, or none.
    NoSuchLine {
        /// The document, with the line as it was given.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A snapshot was written to another contract than this program reads.
    OtherContract {
        /// The snapshot.
        path: PathBuf,
        /// Its version of the contract.
        contract: String,
        /// The version of the program that wrote it.
        program: String,
        /// A dataset that it should have and has not.
        missing: Option<&'static str>,
    },
    /// A warehouse holds no snapshot yet.
    NoSnapshot {
        /// The warehouse.
        path: PathBuf,
    },
}

impl Error {
    /// Returns what went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Makes the error of a file operation.
    pub fn io(verb: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Error {
        ErrorKind::Io { verb, path: path.into(), source }.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Io { verb, path, .. } => write!(f, "{}: cannot {verb}", path.display()),
            ErrorKind::Empty { path } => write!(f, "{path}: the file is empty"),
            ErrorKind::UnknownFormat { path, looks_like } => {
                write!(f, "{path}: this is {looks_like}, which is not read")
            }
            ErrorKind::OldWord { path } => write!(
                f,
                "{path}: this is an old Word document (doc), which is only read through the \
                 `doc-command` of a job"
            ),
            ErrorKind::Damaged { path, place, problem } => write!(f, "{path}: {place}: {problem}"),
            ErrorKind::Protected { path } => {
                write!(f, "{path}: the file is protected by a password")
            }
            ErrorKind::Scanned { path, pages } => {
                write!(
                    f,
                    "{path}: {pages} scanned pages without a layer of text; `ocr-command` of a job reads them"
                )
            }
            ErrorKind::NoSuchPage { path, page, pages: 1 } => {
                write!(f, "{path}: there is no page {page}; the document has one page")
            }
            ErrorKind::NoSuchPage { path, page, pages } => {
                write!(f, "{path}: there is no page {page}; the document has pages 1 to {pages}")
            }
            ErrorKind::NoPicture { path } => write!(
                f,
                "{path}: this is no PDF file, and only those have pages that can be drawn; \
                 `fisc inspect` without `--page` tells how it was understood"
            ),
            ErrorKind::TooLarge { path, bytes } => {
                write!(f, "{path}: {bytes} bytes are more than one document may have (2 GiB)")
            }
            ErrorKind::Irregular { path, is } => {
                write!(f, "{}: this is {is}, which is not read", path.display())
            }
            ErrorKind::Changed { path } => {
                write!(f, "{}: it was written while it was read", path.display())
            }
            ErrorKind::Limit { path, limit, is, most } => {
                write!(f, "{path}: {is} {limit} are more than the job allows ({most})")
            }
            ErrorKind::Busy { path, holder } => {
                write!(f, "{}: another run is writing here: {holder}", path.display())
            }
            ErrorKind::Withheld { reason } => write!(
                f,
                "nothing was published, the snapshot before stays: {reason}; `--force` publishes"
            ),
            ErrorKind::NoSuchSnapshot { name, snapshots } => {
                write!(f, "{name}: there is no such snapshot; there are {}", snapshots.join(", "))
            }
            ErrorKind::Defect { path, message } => {
                write!(f, "{path}: a defect in fisc stopped this document: {message}")
            }
            ErrorKind::NoDocuments { path } => {
                write!(f, "{}: no document found here", path.display())
            }
            ErrorKind::Unconverted { path, problem } | ErrorKind::Pipeline { path, problem } => {
                write!(f, "{path}: {problem}")
            }
            ErrorKind::Store { path, problem } => write!(f, "{}: {problem}", path.display()),
            ErrorKind::Query { name, problem } => write!(f, "{name}: {problem}"),
            ErrorKind::UnknownRule { name, nearest, rules } => {
                write!(f, "{name}: there is no such rule")?;
                if let Some(nearest) = nearest {
                    write!(f, "; did you mean `{nearest}`?")?;
                }
                write!(f, "\n  rules: {}", rules.join(", "))?;
                write!(f, "\n  a figure is asked for by its place: fisc explain FILE:LINE")
            }
            ErrorKind::NoSuchLine { place, problem } => write!(f, "{place}: {problem}"),
            ErrorKind::OtherContract { path, contract, program, missing } => {
                write!(
                    f,
                    "{}: fisc {program} wrote this snapshot to version {contract} of the contract",
                    path.display()
                )?;
                if let Some(missing) = missing {
                    write!(f, ", without the dataset `{missing}`")?;
                }
                write!(
                    f,
                    "; this is fisc {}\n  `fisc run` with the same warehouse writes a new snapshot, \
                     or use the fisc that wrote this one",
                    env!("CARGO_PKG_VERSION")
                )
            }
            ErrorKind::NoSnapshot { path } => write!(
                f,
                "{}: no snapshot here yet; `fisc run --warehouse {0}` makes one",
                path.display()
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
