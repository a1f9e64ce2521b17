//! Runs the real program in a folder that is removed when the test ends.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The sample document with a code on every row and the most figures.
pub(crate) const SAMPLE: &str = "2023-budget-zengdu-medical-insurance-information-centre.txt";

/// A folder of one test, in which the program is started.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

/// What a program did.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; nothing where a signal ended the program.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Folder {
    /// Makes an empty folder; `name` is unique to the test.
    pub(crate) fn new(name: &str) -> Folder {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// Makes a folder that holds a copy of `data/`, as the program expects it by default.
    pub(crate) fn with_data(name: &str) -> Folder {
        let folder = Folder::new(name);
        for path in disclosures() {
            let name = path.file_name().unwrap().to_str().unwrap();
            folder.write(&format!("data/disclosures/{name}"), &fs::read(&path).unwrap());
        }
        folder
    }

    /// Returns a path in the folder.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.0.join(relative)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, relative: &str, bytes: &[u8]) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Runs `fisc` in the folder.
    pub(crate) fn fisc(&self, arguments: &[&str]) -> Output {
        self.run(Command::new(env!("CARGO_BIN_EXE_fisc")).args(arguments))
    }

    /// Runs any program in the folder.
    pub(crate) fn run(&self, command: &mut Command) -> Output {
        let done = command.current_dir(&self.0).stdin(Stdio::null()).output().unwrap();
        Output {
            code: done.status.code(),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
        }
    }

    /// Returns the bytes of every file below a path, links followed, by relative path.
    pub(crate) fn files(&self, relative: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(relative);
        let within = |path: &PathBuf| path.strip_prefix(&root).unwrap().display().to_string();
        files(&root).iter().map(|path| (within(path), fs::read(path).unwrap())).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies under `target` and does no harm.
        drop(fs::remove_dir_all(&self.0));
    }
}

impl Output {
    /// Asserts the exit code and returns what was printed to standard error.
    #[track_caller]
    pub(crate) fn ended(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:#?}");
        &self.err
    }
}

/// Lists the sample documents.
pub(crate) fn disclosures() -> Vec<PathBuf> {
    let found = files(&repository().join("data/disclosures"));
    assert!(!found.is_empty(), "there are no sample documents");
    found
}

/// Lists every file below a folder, in the order of their paths.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Returns the folder of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
