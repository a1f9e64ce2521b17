//! Lists what is in folders without opening or following anything, for runs that come again.

use std::{
    collections::BTreeMap,
    fs::{self, File, Metadata, OpenOptions},
    io::Read,
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, MetadataExt, OpenOptionsExt},
    },
    path::{Path, PathBuf},
};

use crate::{
    accounts::file::Stat,
    acquire::is_left_out,
    error::{Error, ErrorKind, Result},
};

/// Something in a folder that may be a document.
#[derive(Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What its file system says of it; an error where it can be no document.
    pub stat: Result<Stat>,
}

/// Lists everything that paths lead to, by [`name`], and the paths that lead nowhere.
///
/// As in [`documents`](crate::acquire::documents) names that begin with a dot and `README.md`
/// are left out. A link is not followed: one whose target is in the same folder is left out,
/// because the target is found by itself, and any other is found with an error. So are pipes,
/// sockets, devices and folders that may not be listed.
pub fn listing(paths: &[PathBuf]) -> (BTreeMap<String, Found>, Vec<Error>) {
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for path in paths {
        // What a person names may be a link.
        match fs::metadata(path) {
            Err(source) => missing.push(Error::io("read", path, source)),
            Ok(metadata) if metadata.is_dir() => walk(path, &mut found),
            Ok(metadata) => {
                let stat = regular(path, &metadata);
                found.insert(name(path), Found { path: path.clone(), stat });
            }
        }
    }
    (found, missing)
}

/// Adds everything below a folder.
fn walk(root: &Path, found: &mut BTreeMap<String, Found>) {
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(source) => {
                let stat = Err(Error::io("list", &folder, source));
                found.insert(name(&folder), Found { path: folder, stat });
                continue;
            }
        };
        for entry in entries {
            let Ok(entry) = entry else { continue };
            if is_left_out(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let path = entry.path();
            let stat = match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => {
                    folders.push(path);
                    continue;
                }
                Ok(metadata) if metadata.is_symlink() => {
                    if leads_inside(&path, root) {
                        continue;
                    }
                    Err(irregular(&path, "a link that leads nowhere, or out of the folder"))
                }
                Ok(metadata) => regular(&path, &metadata),
                // It was removed since the folder was listed.
                Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => continue,
                Err(source) => Err(Error::io("read", &path, source)),
            };
            found.insert(name(&path), Found { path, stat });
        }
    }
}

/// Returns whether a link leads to something below a folder.
fn leads_inside(link: &Path, root: &Path) -> bool {
    let target = fs::canonicalize(link);
    let root = fs::canonicalize(root);
    matches!((target, root), (Ok(target), Ok(root)) if target.starts_with(&root))
}

fn regular(path: &Path, metadata: &Metadata) -> Result<Stat> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return Ok(stat(metadata));
    }
    let is = match kind {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    };
    Err(irregular(path, is))
}

fn irregular(path: &Path, is: &'static str) -> Error {
    ErrorKind::Irregular { path: path.to_owned(), is }.into()
}

fn stat(metadata: &Metadata) -> Stat {
    let time = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    Stat {
        size: metadata.size(),
        modified: time(metadata.mtime(), metadata.mtime_nsec()),
        changed: time(metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
    }
}

/// Returns the text by which a path is known: two paths never have the same.
///
/// Bytes that are no UTF-8 are written as in `\xD6`; so is a backslash, which hardly a name has.
pub fn name(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        name.push_str(&chunk.valid().replace('\\', "\\x5C"));
        for byte in chunk.invalid() {
            name.extend([format!("\\x{byte:02X}")]);
        }
    }
    name
}

/// Opening a pipe waits for its other end, unless this is asked for. The number is that of
/// Linux; elsewhere a file that becomes a pipe after it was listed would be waited for.
#[cfg(target_os = "linux")]
const NO_WAITING: i32 = 0o4000;
#[cfg(not(target_os = "linux"))]
const NO_WAITING: i32 = 0;

/// Reads a document that was listed, of at most `most` bytes.
///
/// What it became since it was listed is not read: a file in whose place there is another
/// thing, or that is written while it is read.
pub fn read(found: &Path, listed: &Stat, most: u64) -> Result<Vec<u8>> {
    let unread = |source| Error::io("read", found, source);
    let changed = || ErrorKind::Changed { path: found.to_owned() };
    if most < listed.size {
        return Err(too_large(found, listed.size, most));
    }
    let mut file: File =
        OpenOptions::new().read(true).custom_flags(NO_WAITING).open(found).map_err(unread)?;
    let before = file.metadata().map_err(unread)?;
    if !before.is_file() || before.ino() != listed.inode {
        return Err(changed().into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.size().min(most)).unwrap_or(0));
    file.by_ref().take(most + 1).read_to_end(&mut bytes).map_err(unread)?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if most < size {
        return Err(too_large(found, size, most));
    }
    let after = file.metadata().map_err(unread)?;
    if stat(&before) != stat(&after) || size != after.size() {
        return Err(changed().into());
    }
    Ok(bytes)
}

fn too_large(path: &Path, is: u64, most: u64) -> Error {
    ErrorKind::Limit { path: name(path), limit: "bytes", is, most }.into()
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn no_two_paths_have_one_name() {
        let shown = |bytes: &[u8]| name(Path::new(OsStr::from_bytes(bytes)));
        assert_eq!(shown("a/预算.txt".as_bytes()), "a/预算.txt");
        assert_eq!(shown(b"a\n\xB2\xBF.txt"), "a\n\\xB2\\xBF.txt");
        assert_ne!(shown(b"\\xB2"), shown(b"\xB2"));
    }

    #[test]
    fn links_are_not_followed_and_what_is_no_file_is_said() {
        let root = std::env::temp_dir().join(format!("fisc-{}-listing", std::process::id()));
        let inside = root.join("inside");
        fs::create_dir_all(&inside).unwrap();
        fs::write(root.join("outside.txt"), "x").unwrap();
        fs::write(inside.join("a.txt"), "x").unwrap();
        symlink("a.txt", inside.join("same")).unwrap();
        symlink("..", inside.join("up")).unwrap();
        symlink(".", inside.join("loop")).unwrap();
        symlink("../outside.txt", inside.join("out")).unwrap();
        symlink("nowhere", inside.join("dangling")).unwrap();
        let (found, missing) = listing(&[inside.clone(), root.join("none")]);
        assert_eq!(missing.len(), 1);
        let shown: Vec<(String, bool)> = found
            .iter()
            .map(|(name, found)| (name.rsplit('/').next().unwrap().to_owned(), found.stat.is_ok()))
            .collect();
        let expected = [("a.txt", true), ("dangling", false), ("out", false), ("up", false)];
        assert_eq!(shown, expected.map(|(name, is_file)| (name.to_owned(), is_file)));

        let stat = *found.values().next().unwrap().stat.as_ref().unwrap();
        let path = inside.join("a.txt");
        assert_eq!(read(&path, &stat, 1).unwrap(), b"x");
        assert!(matches!(read(&path, &stat, 0).unwrap_err().kind(), ErrorKind::Limit { .. }));
        let other = Stat { inode: stat.inode + 1, ..stat };
        assert!(matches!(read(&path, &other, 9).unwrap_err().kind(), ErrorKind::Changed { .. }));
        fs::remove_dir_all(&root).unwrap();
    }
}
