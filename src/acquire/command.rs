//! Has another program turn a document into one that is read here.
//!
//! The program is not trusted to end, to be brief or to print anything: it works in a folder of
//! its own, which is gone afterwards, with a limit on its time and on what it writes.

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::{fs::DirBuilderExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{self, Child, ExitStatus, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};
#[cfg(target_os = "linux")]
use rustix::process::{Resource, Rlimit, prlimit};

/// What stands in a command for the file that it reads, and for the one that it writes.
pub const INPUT: &str = "{input}";
const OUTPUT: &str = "{output}";

/// How often it is looked how far a command is.
const LOOK: Duration = Duration::from_millis(10);

/// The files that a command leaves while it works may be so many times as large as its result.
const MOST_SCRATCH: u64 = 16;

/// The most files that a command may leave while it works.
const MOST_FILES: usize = 100_000;

/// So much is told of what a command says is wrong.
const LONGEST: usize = 300;

/// What one command is given.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// The program and its arguments.
    pub command: &'a [String],
    /// The bytes of the document.
    pub bytes: &'a [u8],
    /// The ending that the name of the file gets.
    pub ending: &'a str,
    /// The most bytes of the result.
    pub most: u64,
    /// How long the command may take.
    pub time: Duration,
}

/// Runs a command on a document and returns what it wrote into the file `{output}`, or the one
/// file in the folder of this name; where no argument is that, what it printed. The error says
/// what went wrong.
///
/// There is no shell: an argument is an argument, whatever is in it.
pub fn convert(task: &Task<'_>) -> Result<Vec<u8>, String> {
    let scratch = Scratch::new().map_err(|problem| format!("no folder to work in: {problem}"))?;
    let paths = Paths {
        input: scratch.0.join(format!("input.{}", task.ending)),
        output: scratch.0.join("output"),
        printed: scratch.0.join("printed"),
        said: scratch.0.join("said"),
    };
    let failed = |problem: io::Error| format!("it cannot be run: {problem}");
    fs::write(&paths.input, task.bytes).map_err(failed)?;
    let mut child = start(task.command, &scratch.0, &paths).map_err(failed)?;
    bound(&child, task);
    let ended = wait(&mut child, task, &scratch.0, &paths);
    // Nobody of its own is left, whatever became of it.
    stop(&mut child);
    let status = ended?;
    if !status.success() {
        let said = fs::read(&paths.said).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let said: String = said.trim().chars().take(LONGEST).collect();
        return Err(if said.is_empty() { status.to_string() } else { format!("{status}: {said}") });
    }
    let whole = if is_written(task.command) { paths.output } else { paths.printed };
    result(&whole, task.most)
}

/// The files of a command.
struct Paths {
    input: PathBuf,
    output: PathBuf,
    printed: PathBuf,
    said: PathBuf,
}

/// Returns whether a command writes a file, and does not print its result.
fn is_written(command: &[String]) -> bool {
    command.iter().any(|argument| argument.contains(OUTPUT))
}

/// Starts a command.
fn start(command: &[String], folder: &Path, paths: &Paths) -> io::Result<Child> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::Error::from(io::ErrorKind::NotFound));
    };
    // It is started elsewhere, but named from here.
    let program =
        if program.contains('/') { std::path::absolute(program)? } else { program.into() };
    let filled = |argument: &String| {
        let path = |path: &Path| path.to_string_lossy().into_owned();
        argument.replace(INPUT, &path(&paths.input)).replace(OUTPUT, &path(&paths.output))
    };
    process::Command::new(program)
        .args(arguments.iter().map(filled))
        .current_dir(folder)
        // Several at once share neither settings nor scratch files.
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(File::create(&paths.printed)?)
        .stderr(File::create(&paths.said)?)
        // Whom it starts is in the same group, to be stopped with it.
        .process_group(0)
        .spawn()
}

/// Has the system bound what a command takes, for the case that this program is killed first
/// and nobody looks any more.
#[cfg(target_os = "linux")]
fn bound(child: &Child, task: &Task<'_>) {
    let limit = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    let seconds = task.time.as_secs().saturating_add(1);
    let file = task.most.saturating_mul(MOST_SCRATCH);
    // One that has ended already needs no limits.
    for (of, most) in [(Resource::Cpu, seconds), (Resource::Fsize, file)] {
        prlimit(Some(Pid::from_child(child)), of, limit(most)).ok();
    }
}

/// Elsewhere a command that outlives this program is not bounded.
#[cfg(not(target_os = "linux"))]
fn bound(_: &Child, _: &Task<'_>) {}

/// Waits until a command ends, or has taken more than it may.
fn wait(
    child: &mut Child,
    task: &Task<'_>,
    folder: &Path,
    paths: &Paths,
) -> Result<ExitStatus, String> {
    let begun = Instant::now();
    loop {
        let status = child.try_wait().map_err(|problem| problem.to_string())?;
        let result = size(&paths.output).0.max(size(&paths.printed).0);
        if task.most < result {
            return Err(format!("it writes over {} bytes", task.most));
        }
        let (all, files) = size(folder);
        if task.most.saturating_mul(MOST_SCRATCH) < all || MOST_FILES < files {
            return Err("its scratch files are more than they may be".to_owned());
        }
        if let Some(status) = status {
            return Ok(status);
        }
        if task.time <= begun.elapsed() {
            return Err(format!("it takes over {} seconds", task.time.as_secs()));
        }
        thread::sleep(LOOK);
    }
}

/// Returns how large a file or all files of a folder are, and how many.
fn size(path: &Path) -> (u64, usize) {
    let (mut bytes, mut files) = (0_u64, 0);
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        // What is gone again has no size.
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        files += 1;
        if files > MOST_FILES {
            break;
        }
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            waiting.extend(entries.take(MOST_FILES + 1).map(|entry| entry.path()));
        } else {
            bytes = bytes.saturating_add(metadata.len());
        }
    }
    (bytes, files)
}

/// Stops a command and all that it started.
fn stop(child: &mut Child) {
    // Both fail where it ended by itself, which is as well.
    kill_process_group(Pid::from_child(child), Signal::KILL).ok();
    child.wait().ok();
}

/// Reads the result of a command.
fn result(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let nothing = || "it wrote nothing".to_owned();
    let metadata = fs::symlink_metadata(path).map_err(|_| nothing())?;
    if metadata.is_dir() {
        let mut files = fs::read_dir(path).into_iter().flatten().flatten();
        let (Some(only), None) = (files.next(), files.next()) else {
            return Err("it wrote none or several files".to_owned());
        };
        return if only.path().is_dir() { Err(nothing()) } else { result(&only.path(), most) };
    }
    if !metadata.is_file() {
        return Err("what it wrote is no file".to_owned());
    }
    if most < metadata.len() {
        return Err(format!("it writes over {most} bytes"));
    }
    match fs::read(path) {
        Ok(bytes) if bytes.is_empty() => Err(nothing()),
        Ok(bytes) => Ok(bytes),
        Err(problem) => Err(format!("what it wrote cannot be read: {problem}")),
    }
}

/// A folder for one command, which is gone when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Scratch> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("fisc-{}-command-{number}", process::id());
            let folder = std::env::temp_dir().join(name);
            // Nobody else reads what is in it, or has made it before.
            match DirBuilder::new().mode(0o700).create(&folder) {
                Err(there) if there.kind() == io::ErrorKind::AlreadyExists => (),
                made => return made.map(|()| Scratch(folder)),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which clears this folder.
        fs::remove_dir_all(&self.0).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(command: &[&str], time: u64) -> Result<Vec<u8>, String> {
        let command: Vec<String> = command.iter().map(|text| (*text).to_owned()).collect();
        convert(&Task {
            command: &command,
            bytes: b"whole",
            ending: "doc",
            most: 1 << 16,
            time: Duration::from_millis(time),
        })
    }

    #[test]
    fn a_command_prints_its_result_or_writes_it() {
        assert_eq!(run(&["cat", "{input}"], 9000).unwrap(), b"whole");
        assert_eq!(run(&["cp", "{input}", "{output}"], 9000).unwrap(), b"whole");
        let folder = "mkdir \"$2\" && cp \"$1\" \"$2/a.docx\"";
        assert_eq!(run(&["sh", "-c", folder, "x", "{input}", "{output}"], 9000).unwrap(), b"whole");
        // No shell reads what looks as if it were for one.
        assert_eq!(run(&["echo", "$HOME;{}"], 9000).unwrap(), b"$HOME;{}\n");
        // It works in a folder of its own.
        assert_eq!(run(&["ls"], 9000).unwrap(), b"input.doc\nprinted\nsaid\n");
    }

    #[test]
    fn a_command_that_fails_says_why() {
        let failed = |command: &[&str]| run(command, 9000).unwrap_err();
        assert!(failed(&["fisc-has-no-such-program"]).starts_with("it cannot be run: "));
        assert!(failed(&["./none"]).starts_with("it cannot be run: "));
        assert_eq!(failed(&["false"]), "exit status: 1");
        assert_eq!(failed(&["sh", "-c", "echo why >&2; exit 3"]), "exit status: 3: why");
        assert_eq!(failed(&["true"]), "it wrote nothing");
        assert_eq!(failed(&["true", "{output}"]), "it wrote nothing");
        assert_eq!(failed(&["mkdir", "{output}"]), "it wrote none or several files");
        assert_eq!(failed(&["ln", "-s", "{input}", "{output}"]), "what it wrote is no file");
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped_with_all_it_started() {
        let begun = Instant::now();
        let hanging = ["sh", "-c", "sleep 600 & sleep 600"];
        assert_eq!(run(&hanging, 200).unwrap_err(), "it takes over 0 seconds");
        for writes in
            ["cat /dev/zero", "cat /dev/zero > \"$1\"", "truncate -s 500K \"$1\"; sleep 600"]
        {
            let refused = run(&["sh", "-c", writes, "x", "{output}"], 60_000).unwrap_err();
            assert_eq!(refused, "it writes over 65536 bytes");
        }
        let many = "while true; do n=$((n + 1)); head -c 100000 /dev/zero > other$n; done";
        let refused = run(&["sh", "-c", many], 60_000).unwrap_err();
        assert_eq!(refused, "its scratch files are more than they may be");
        assert!(begun.elapsed() < Duration::from_mins(1));
    }
}
