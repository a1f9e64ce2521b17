//! Reads documents that only a command of the job turns into something that is read.

use std::time::{Duration, Instant};

use crate::{
    accounts::{
        disclosure::Disclosure,
        gap::{Gap, GapKind},
    },
    acquire::{
        self,
        command::{self, Task},
    },
    error::{Error, ErrorKind, Result},
    run::{Knowledge, disclosure},
};

/// The commands of a job, each a program with its arguments; none where it has none.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Commands {
    /// Turns an old Word document into something that is read.
    pub doc: Vec<String>,
    /// Turns a scanned PDF file into one with a layer of text.
    pub ocr: Vec<String>,
}

impl Commands {
    /// Returns whether there is any.
    pub fn any(&self) -> bool {
        !(self.doc.is_empty() && self.ocr.is_empty())
    }
}

/// Reads a document, by way of a command where it is in a format that only one reads, or where
/// pages of it are; `left` is how long commands may still take.
///
/// Its hash and its size are those of the document as it was published; `encoding` says what it
/// was.
pub(super) fn converted(
    path: &str,
    bytes: &[u8],
    knowledge: &Knowledge,
    left: &mut Duration,
) -> Result<Disclosure> {
    let unaided = disclosure(path, bytes, knowledge);
    let scanned = unaided.as_ref().map_or(Vec::new(), scanned_pages);
    let (name, command, ending, encoding) = match unaided.as_ref().map_err(Error::kind) {
        Err(ErrorKind::OldWord { .. }) => ("doc-command", &knowledge.commands.doc, "doc", "doc"),
        Err(ErrorKind::Scanned { .. }) => {
            ("ocr-command", &knowledge.commands.ocr, "pdf", "scanned pdf")
        }
        Ok(_) if !scanned.is_empty() => {
            ("ocr-command", &knowledge.commands.ocr, "pdf", "scanned pdf")
        }
        _ => return unaided,
    };
    if command.is_empty() {
        return unaided;
    }
    let failed = |problem: String| {
        let unread = match &unaided {
            Ok(_) => format!("page {} without a layer of text", scanned.join(", ")),
            Err(error) => error.to_string(),
        };
        let problem = format!("{unread}; `{name}` failed: {problem}");
        let problem = problem.strip_prefix(path).unwrap_or(&problem).trim_start_matches(": ");
        ErrorKind::Unconverted { path: path.to_owned(), problem: problem.to_owned() }
    };
    let begun = Instant::now();
    let task = Task { command, bytes, ending, most: knowledge.limits.bytes, time: *left };
    let made = command::convert(&task);
    *left = left.saturating_sub(begun.elapsed());
    let mut read = match made.map(|made| disclosure(path, &made, knowledge)) {
        Ok(Ok(read)) => read,
        Ok(Err(unread)) => return Err(failed(format!("what it made is not read: {unread}")).into()),
        Err(problem) => return Err(failed(problem).into()),
    };
    read.doc_id = acquire::identity(bytes);
    read.bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    read.encoding = encoding;
    Ok(read)
}

/// Returns the numbers of the pages that are pictures.
fn scanned_pages(read: &Disclosure) -> Vec<String> {
    let is_scanned = |gap: &&Gap| gap.kind == GapKind::ScannedPage;
    let pages = read.gaps.iter().filter(is_scanned).filter_map(|gap| read.page_of(gap.line));
    pages.map(|page| page.to_string()).collect()
}
