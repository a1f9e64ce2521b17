//! Opens zip archives, and takes parts out of them without trusting what they say of themselves.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use crate::error::{Error, ErrorKind, Result};

/// What every zip archive begins with, but for empty ones.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// The most bytes that the parts of one file may unpack to, all together.
pub(super) const MOST_UNPACKED: u64 = 256 << 20;

/// The documents of an archive, and of those in it, may unpack to so many times its size; texts
/// shrink to a tenth.
const MOST_EXPANDED: u64 = 64;

/// What the entry of each part begins with in the list of parts, and how long it is at least.
const ENTRY: &[u8] = b"PK\x01\x02";
const SHORTEST_ENTRY: usize = 46;

/// The most parts of one archive: only to list them takes memory.
const MOST_PARTS: usize = 1 << 20;

/// An archive from which parts are read.
pub(super) struct Package<'a> {
    path: &'a str,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    allowance: Allowance,
}

impl<'a> Package<'a> {
    /// Opens an archive; an error says that its list of parts is damaged or cut off.
    pub(super) fn open(path: &'a str, bytes: &'a [u8]) -> Result<Package<'a>> {
        if MOST_PARTS < bytes.len() / SHORTEST_ENTRY
            && bytes.windows(ENTRY.len()).filter(|part| *part == ENTRY).nth(MOST_PARTS).is_some()
        {
            let problem = format!("there are more than {MOST_PARTS} parts");
            return Err(damaged(path, "the list of parts", &problem));
        }
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|problem| damaged(path, "the list of parts", &problem.to_string()))?;
        Ok(Package { path, archive, allowance: Allowance(MOST_UNPACKED) })
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
            Some(index) => {
                let mut allowance = Allowance(self.allowance.0);
                let unpacked = self.unpack(index, name, &mut allowance)?;
                self.allowance = allowance;
                Ok(Some(unpacked))
            }
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

    /// Unpacks the part at an index to no more than is allowed; `name` is for the error.
    pub(super) fn unpack(
        &mut self,
        index: usize,
        name: &str,
        allowance: &mut Allowance,
    ) -> Result<Vec<u8>> {
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
        let hint = entry.size().min(allowance.0).min(1 << 20);
        let mut unpacked = Vec::with_capacity(usize::try_from(hint).unwrap_or(0));
        let most = allowance.0.min(MOST_UNPACKED);
        let read = entry.take(most + 1).read_to_end(&mut unpacked);
        read.map_err(|problem| wrong(&problem.to_string()))?;
        let size = unpacked.len() as u64;
        if most < size {
            let most = MOST_UNPACKED >> 20;
            return Err(wrong(&format!("it unpacks to more than it may (at most {most} MiB)")));
        }
        allowance.0 -= size;
        Ok(unpacked)
    }
}

/// How many more bytes may be unpacked.
#[derive(Debug)]
pub struct Allowance(u64);

impl Allowance {
    /// Returns what the documents of an archive of so many bytes may unpack to, with those of
    /// the archives in it.
    pub fn of(bytes: usize) -> Allowance {
        Allowance(MOST_UNPACKED.max(MOST_EXPANDED * bytes as u64))
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
