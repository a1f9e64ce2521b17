//! Lets one run at a time write a warehouse, and says which.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, ErrorKind, Result},
    store::{clock, layout},
};

/// The right to write a warehouse, held until it goes.
///
/// The system lets go of it when its process ends, however it ends: a lock of a killed run is
/// never in the way, and only the words that it left tell of it.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// Who held the lock before and did not end as it should; nothing where it did.
    pub abandoned: Option<String>,
}

impl Lock {
    /// Takes the lock of a warehouse, whose folder is there; an error names who has it.
    pub fn take(warehouse: &Path) -> Result<Lock> {
        let path = layout::lock(warehouse);
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(|e| Error::io("create", &path, e))?;
        let mut said = String::new();
        match file.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => {
                // It may be writing who it is.
                drop(file.read_to_string(&mut said));
                let holder = Some(said.trim()).filter(|said| !said.is_empty());
                let holder = holder.unwrap_or("it does not say who it is").to_owned();
                return Err(ErrorKind::Busy { path: warehouse.to_owned(), holder }.into());
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", path, error)),
        }
        let unwritten = |e| Error::io("write", &path, e);
        file.read_to_string(&mut said).map_err(unwritten)?;
        file.rewind().and_then(|()| file.set_len(0)).map_err(unwritten)?;
        let process = std::process::id();
        let since = clock::now();
        writeln!(file, "process {process} on {}, since {since}", host()).map_err(unwritten)?;
        let abandoned = Some(said.trim().to_owned()).filter(|said| !said.is_empty());
        Ok(Lock { file, abandoned })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Words that stay would only be taken for those of a killed run.
        drop(self.file.set_len(0));
    }
}

/// Returns the name of this machine.
fn host() -> String {
    let path = PathBuf::from("/proc/sys/kernel/hostname");
    let name = fs::read_to_string(path).or_else(|_| fs::read_to_string("/etc/hostname"));
    name.map_or_else(|_| "this machine".to_owned(), |name| name.trim().to_owned())
}
