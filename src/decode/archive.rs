//! Takes the documents out of zip archives, whose names are mostly in GBK.

use crate::{
    decode::{
        encoding,
        package::{self, Allowance, Package},
    },
    error::{ErrorKind, Result},
};

/// What only archives that are one document hold: those of Office, open documents, OFD.
const OF_ONE_DOCUMENT: [&str; 3] = ["[Content_Types].xml", "mimetype", "OFD.xml"];

/// An archive of documents.
pub struct Archive<'a> {
    package: Package<'a>,
}

impl std::fmt::Debug for Archive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("path", &self.package.path()).finish_non_exhaustive()
    }
}

impl<'a> Archive<'a> {
    /// Opens an archive; nothing where the bytes are none, or one document.
    pub fn open(path: &'a str, bytes: &'a [u8]) -> Result<Option<Archive<'a>>> {
        if !bytes.starts_with(package::ZIP) {
            return Ok(None);
        }
        let package = Package::open(path, bytes)?;
        if OF_ONE_DOCUMENT.iter().any(|part| package.has(part)) {
            return Ok(None);
        }
        Ok(Some(Archive { package }))
    }

    /// Lists the documents in it, in the order of their names: where each is, and its path as
    /// `archive.zip!/folder/name`.
    ///
    /// As in a folder, names that begin with a dot are left out, and so is what Macs add.
    pub fn members(&self) -> Vec<(usize, String)> {
        let named = |index| Some((index, encoding::name(&self.package.raw_name(index)?)));
        let mut members: Vec<(usize, String)> = (0..self.package.len())
            .filter_map(named)
            .map(|(index, name)| (index, name.replace('\\', "/")))
            .filter(|(_, name)| {
                let own = name.rsplit('/').next().unwrap_or_default();
                !own.is_empty() && !own.starts_with('.') && !name.starts_with("__MACOSX/")
            })
            .map(|(index, name)| (index, format!("{}!/{name}", self.package.path())))
            .collect();
        members.sort_by(|(_, a), (_, b)| a.cmp(b));
        members
    }

    /// Unpacks a document to no more than is allowed; `path` is only for the error.
    pub fn unpack(
        &mut self,
        index: usize,
        path: &str,
        allowance: &mut Allowance,
    ) -> Result<Vec<u8>> {
        let name = path.rsplit("!/").next().unwrap_or_default();
        self.package.unpack(index, name, allowance).map_err(|error| match error.kind() {
            // Others of the archive may have no password.
            ErrorKind::Protected { .. } => ErrorKind::Protected { path: path.to_owned() }.into(),
            _ => error,
        })
    }
}
