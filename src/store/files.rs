//! Does every file operation of a warehouse, in one place where tests let each of them fail.

use std::{
    fmt, fs, io,
    io::Write,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use crate::error::{Error, Result};

/// What is about to be done to a file or folder.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    /// Make a file or a folder.
    Create,
    /// Write to a file; where this fails, half of the bytes are written.
    Write,
    /// Bring what was written to the disk.
    Sync,
    /// Give a file of another snapshot a second name.
    Link,
    /// Put something in the place of something else.
    Rename,
    /// Remove a file or a folder.
    Remove,
}

/// Says whether an operation fails.
pub type Fault = dyn Fn(Operation, &Path) -> io::Result<()> + Send + Sync;

/// The file system that a warehouse is on.
#[derive(Clone, Default)]
pub struct Files {
    fault: Option<Arc<Fault>>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("faulty", &self.fault.is_some()).finish()
    }
}

impl Files {
    /// Returns a file system whose operations fail where `fault` says so.
    pub fn failing(fault: Arc<Fault>) -> Files {
        Files { fault: Some(fault) }
    }

    /// Makes a folder and those above it.
    pub fn create_folder(&self, folder: &Path) -> Result<()> {
        self.attempt(Operation::Create, "create", folder, || fs::create_dir_all(folder))
    }

    /// Makes an empty file.
    pub fn create(&self, path: &Path) -> Result<Sink> {
        let file = self.attempt(Operation::Create, "create", path, || fs::File::create(path))?;
        Ok(Sink { files: self.clone(), path: path.to_owned(), file })
    }

    /// Writes a file aside and renames it, so that readers see the old bytes or the new ones.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".partial");
        let aside = path.with_file_name(name);
        let mut sink = self.create(&aside)?;
        sink.write_all(bytes).map_err(|e| Error::io("write", &aside, e))?;
        sink.sync()?;
        self.rename(&aside, path)
    }

    /// Adds a line to a file; what a killed writer left of a line stays one line.
    pub fn append(&self, path: &Path, line: &str) -> Result<()> {
        let whole = fs::read(path).is_ok_and(|bytes| bytes.last().is_some_and(|b| *b != b'\n'));
        let mut text = String::from(if whole { "\n" } else { "" });
        text.push_str(line);
        text.push('\n');
        let open = || fs::OpenOptions::new().create(true).append(true).open(path);
        let file = self.attempt(Operation::Create, "open", path, open)?;
        let mut sink = Sink { files: self.clone(), path: path.to_owned(), file };
        sink.write_all(text.as_bytes()).map_err(|e| Error::io("write", path, e))
    }

    /// Gives a file a second name; where the file system has no such thing, a copy.
    pub fn link(&self, from: &Path, to: &Path) -> Result<()> {
        use io::ErrorKind::{PermissionDenied, TooManyLinks, Unsupported};
        self.attempt(Operation::Link, "link", from, || match fs::hard_link(from, to) {
            Err(e) if matches!(e.kind(), PermissionDenied | TooManyLinks | Unsupported) => {
                fs::copy(from, to).and_then(|_| fs::File::open(to)?.sync_all())
            }
            linked => linked,
        })
    }

    /// Makes a symbolic link.
    pub fn point(&self, link: &Path, target: &Path) -> Result<()> {
        self.attempt(Operation::Create, "create", link, || symlink(target, link))
    }

    /// Renames a file or folder, over another file if there is one.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.attempt(Operation::Rename, "rename", from, || fs::rename(from, to))
    }

    /// Removes a file; it is no failure that there is none.
    pub fn remove(&self, path: &Path) -> Result<()> {
        self.attempt(Operation::Remove, "remove", path, || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }

    /// Removes a folder with all that is in it.
    pub fn remove_folder(&self, folder: &Path) -> Result<()> {
        self.attempt(Operation::Remove, "remove", folder, || fs::remove_dir_all(folder))
    }

    /// Brings the names in a folder to the disk.
    pub fn sync_folder(&self, folder: &Path) -> Result<()> {
        self.attempt(Operation::Sync, "sync", folder, || fs::File::open(folder)?.sync_all())
    }

    fn attempt<T>(
        &self,
        operation: Operation,
        verb: &'static str,
        path: &Path,
        act: impl FnOnce() -> io::Result<T>,
    ) -> Result<T> {
        self.fails(operation, path).and_then(|()| act()).map_err(|e| Error::io(verb, path, e))
    }

    fn fails(&self, operation: Operation, path: &Path) -> io::Result<()> {
        self.fault.as_ref().map_or(Ok(()), |fault| fault(operation, path))
    }
}

/// A file that is being written.
#[derive(Debug)]
pub struct Sink {
    files: Files,
    path: PathBuf,
    file: fs::File,
}

impl Sink {
    /// Brings what was written to the disk.
    pub fn sync(self) -> Result<()> {
        let Sink { files, path, file } = self;
        files.attempt(Operation::Sync, "write", &path, || file.sync_all())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(fault) = self.files.fails(Operation::Write, &self.path) {
            self.file.write_all(bytes.get(..bytes.len() / 2).unwrap_or_default())?;
            return Err(fault);
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// How many files are brought to the disk at once: a disk takes as long for one as for several.
const SYNCING: usize = 4;

/// How many files may wait for it: each is open.
const WAITING: usize = 64;

/// Brings files to the disk while others are written.
#[derive(Debug)]
pub struct Syncer {
    queue: Option<std::sync::mpsc::SyncSender<Sink>>,
    threads: Vec<thread::JoinHandle<Result<()>>>,
}

impl Syncer {
    /// Starts waiting for files.
    pub fn start() -> Syncer {
        let (queue, waiting) = std::sync::mpsc::sync_channel::<Sink>(WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let work = || {
            let waiting = Arc::clone(&waiting);
            thread::spawn(move || {
                let mut first = Ok(());
                loop {
                    let next = waiting.lock().map_or(None, |queue| queue.recv().ok());
                    let Some(sink) = next else { return first };
                    let synced = sink.sync();
                    first = first.and(synced);
                }
            })
        };
        Syncer { queue: Some(queue), threads: (0..SYNCING).map(|_| work()).collect() }
    }

    /// Returns where to send files that are written.
    pub fn queue(&self) -> Option<std::sync::mpsc::SyncSender<Sink>> {
        self.queue.clone()
    }

    /// Waits until all that was sent is on the disk; every sender must be gone.
    pub fn finish(mut self) -> Result<()> {
        self.queue = None;
        let mut first = Ok(());
        for thread in self.threads.drain(..) {
            let stopped = || Error::io("write", "the warehouse", io::Error::other("a thread died"));
            first = first.and(thread.join().unwrap_or_else(|_| Err(stopped())));
        }
        first
    }
}
