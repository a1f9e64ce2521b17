//! Opens zip archives, and takes parts out of them without trusting what they say of themselves.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use crate::error::{Error, ErrorKind, Result};

/// What every zip archive begins with, but for empty ones.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// The most bytes that the parts of one file may unpack to, all together.
const MOST_UNPACKED: u64 = 256 << 20;

/// The parts of an archive of documents may unpack to so many times its size; texts shrink to
/// a tenth.
const MOST_EXPANDED: u64 = 64;

/// An archive from which parts are read.
pub(super) struct Package<'a> {
    path: &'a str,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// How many more bytes may be unpacked.
    allowance: u64,
}

impl<'a> Package<'a> {
    /// Opens an archive; an error says that its list of parts is damaged or cut off.
    pub(super) fn open(path: &'a str, bytes: &'a [u8]) -> Result<Package<'a>> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|problem| damaged(path, "the list of parts", &problem.to_string()))?;
        Ok(Package { path, archive, allowance: MOST_UNPACKED })
    }

    /// Lets the parts unpack to as much as those of an archive of documents may.
    pub(super) fn allow_documents(&mut self, bytes: usize) {
        self.allowance = self.allowance.max(MOST_EXPANDED * bytes as u64);
    }

    /// Returns the document that the archive is.
    pub(super) fn path(&self) -> &'a str {
        self.path
    }

    /// Returns the number of parts.
    pub(super) fn len(&self) -> usize {
        self.archive.len()
    }

    /// Returns whether the archive has a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name_raw(name.as_bytes()).is_some()
    }

    /// Unpacks the part of a name, if there is one.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.archive.index_for_name_raw(name.as_bytes()) {
            Some(index) => self.unpack(index, name).map(Some),
            None => Ok(None),
        }
    }

    /// Unpacks the part of a name, without which the archive is no document.
    pub(super) fn needed(&mut self, name: &str) -> Result<Vec<u8>> {
        self.part(name)?.ok_or_else(|| damaged(self.path, name, "this part is missing"))
    }

    /// Returns the name of a part as it is stored, in whatever encoding; nothing for a folder.
    pub(super) fn raw_name(&self, index: usize) -> Option<Vec<u8>> {
        let entry = self.archive.by_index_data(index).ok()?;
        (!entry.is_dir()).then(|| entry.name_raw().to_vec())
    }

    /// Unpacks the part at an index; `name` is for the error.
    pub(super) fn unpack(&mut self, index: usize, name: &str) -> Result<Vec<u8>> {
        let path = self.path;
        let wrong = |problem: &str| damaged(path, name, problem);
        let entry = match self.archive.by_index(index) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(ErrorKind::Protected { path: path.to_owned() }.into());
            }
            Err(problem) => return Err(wrong(&problem.to_string())),
        };
        // What the archive says of the size is only a hint.
        let hint = entry.size().min(self.allowance).min(1 << 20);
        let mut unpacked = Vec::with_capacity(usize::try_from(hint).unwrap_or(0));
        let most = self.allowance.min(MOST_UNPACKED);
        let read = entry.take(most + 1).read_to_end(&mut unpacked);
        read.map_err(|problem| wrong(&problem.to_string()))?;
        let size = unpacked.len() as u64;
        if most < size {
            let most = MOST_UNPACKED >> 20;
            return Err(wrong(&format!("it unpacks to more than it may (at most {most} MiB)")));
        }
        self.allowance -= size;
        Ok(unpacked)
    }
}

/// Returns whether bytes are an archive with a part of this name.
pub(super) fn holds(bytes: &[u8], name: &str) -> bool {
    bytes.starts_with(ZIP) && Package::open("", bytes).is_ok_and(|package| package.has(name))
}

/// Makes the error of a damaged part.
pub(super) fn damaged(path: &str, place: &str, problem: &str) -> Error {
    let (path, place) = (path.to_owned(), place.to_owned());
    ErrorKind::Damaged { path, place, problem: problem.to_owned() }.into()
}
