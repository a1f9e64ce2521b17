//! Opens compound files (OLE), in which the programs of Office kept their documents until 2007.

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use crate::{
    decode::package::damaged,
    error::{ErrorKind, Result},
};

/// What every compound file begins with.
pub(super) const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// The stream of a document of today's Office that is encrypted as a whole.
const ENCRYPTED: &str = "EncryptedPackage";

/// The stream of a Word document.
const WORD: &str = "WordDocument";

/// The bit of the first bytes of a Word document that says that it is encrypted, and where
/// these two bytes are.
const WORD_ENCRYPTED: (u8, usize) = (1, 11);

/// A file of named streams.
pub(super) struct Compound<'a> {
    path: &'a str,
    file: CompoundFile<Cursor<&'a [u8]>>,
    size: u64,
}

impl<'a> Compound<'a> {
    /// Opens a file; an error says that its list of streams is damaged or cut off.
    pub(super) fn open(path: &'a str, bytes: &'a [u8]) -> Result<Compound<'a>> {
        let file = CompoundFile::open(Cursor::new(bytes))
            .map_err(|problem| damaged(path, "the list of streams", &problem.to_string()))?;
        Ok(Compound { path, file, size: bytes.len() as u64 })
    }

    /// Returns whether there is a stream of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.file.is_stream(name)
    }

    /// Reads the stream of a name.
    pub(super) fn stream(&mut self, name: &str) -> Result<Vec<u8>> {
        let path = self.path;
        let wrong = |problem: std::io::Error| damaged(path, name, &problem.to_string());
        let mut bytes = Vec::new();
        let stream = self.file.open_stream(name).map_err(wrong)?;
        // What the file says of its length is only a hint.
        stream.take(self.size).read_to_end(&mut bytes).map_err(wrong)?;
        Ok(bytes)
    }

    /// Refuses what is in no format that is read from here: what is encrypted, and old Word
    /// documents.
    pub(super) fn refuse(&mut self) -> Result<()> {
        let protected = || ErrorKind::Protected { path: self.path.to_owned() };
        if self.has(ENCRYPTED) {
            return Err(protected().into());
        }
        if !self.has(WORD) {
            return Ok(());
        }
        let head = self.stream(WORD)?;
        let (bit, at) = WORD_ENCRYPTED;
        if head.get(at).is_some_and(|byte| byte & bit != 0) {
            return Err(protected().into());
        }
        Err(ErrorKind::OldWord { path: self.path.to_owned() }.into())
    }
}

/// Returns whether bytes are a compound file with a stream of this name.
pub(super) fn holds(bytes: &[u8], name: &str) -> bool {
    bytes.starts_with(COMPOUND) && Compound::open("", bytes).is_ok_and(|file| file.has(name))
}
