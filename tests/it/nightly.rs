//! Runs that come again: what they read, what they leave, and what they do with what is bad.
//!
//! `tests/night/check.py` kills runs and compares random sequences of them at length.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::{self, Write},
    os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fisc::{
    accounts::sources::BUILT_IN,
    run::{
        job::Job,
        night::{self, How},
    },
    store::{files::Files, snapshot::Warehouse},
};

use crate::program::{Folder, SAMPLE, repository};

/// Stands for every analysis, where the time of a run matters.
const QUICK: &str = "-- title: Quick\n-- grain: doc_id, path\n-- sums: none\n-- description: Stands for an \
                     analysis.\n-- chart: none\nSELECT doc_id, path FROM documents\n\
                     ORDER BY doc_id, path\n";

/// Of so many file operations one is let fail; the variable `FISC_FAULTS` says another number.
const STRIDE: usize = 11;

/// Options of a run with [`QUICK`] analyses, which has no summary.
pub(crate) const QUICKLY: [&str; 6] =
    ["run", "--input", "in", "--pipelines", "pipelines", "--log=json"];

#[test]
fn what_is_new_is_read_and_nothing_else() {
    let folder = many("incremental");
    quickly(&folder, &[], 0);
    let first = state(&folder, "warehouse");
    let parts = |state: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        state.keys().filter(|path| path.starts_with("documents/")).cloned().collect()
    };
    assert!(2 < parts(&first).len(), "{:?}", parts(&first));

    // Nothing is new: nothing is written.
    let again = quickly(&folder, &[], 0);
    assert!(again.contains("\"outcome\":\"nothing new\""), "{again}");
    assert_eq!(
        fs::read_link(folder.path("warehouse/current")).unwrap().file_name().unwrap(),
        "000001"
    );

    // One document touches the files of one group.
    folder.write("in/0300x.txt", text(9_999).as_bytes());
    quickly(&folder, &[], 0);
    let second = state(&folder, "warehouse");
    let kept = parts(&second).iter().filter(|part| first.contains_key(*part)).count();
    assert!(parts(&first).len() <= kept + 2, "{:?} {:?}", parts(&first), parts(&second));
    let inode = |snapshot: &str, part: &String| {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(folder.path(&format!("warehouse/snapshots/{snapshot}/{part}"))).unwrap().ino()
    };
    let same = parts(&second).into_iter().find(|part| first.contains_key(part)).unwrap();
    assert_eq!(inode("000001", &same), inode("000002", &same), "{same} is not linked");

    // Changed, renamed, gone, published again, bad, and another form.
    folder.write("in/0010.txt", text(1).replace("合计", "总计").as_bytes());
    fs::rename(folder.path("in/0020.txt"), folder.path("in/0020-renamed.txt")).unwrap();
    fs::remove_file(folder.path("in/0599.txt")).unwrap();
    fs::copy(folder.path("in/0030.txt"), folder.path("in/0031-again.txt")).unwrap();
    folder.write("in/bad.pdf", b"%PDF-1.7\n");
    let dry = folder.fisc(&[&QUICKLY[..], &["--dry-run"]].concat());
    assert!(dry.out.contains("new      in/0031-again.txt\n"), "{dry:?}");
    assert!(dry.out.contains("changed  in/0010.txt\n"), "{dry:?}");
    assert!(dry.out.contains("gone     in/0599.txt\n"), "{dry:?}");
    quickly(&folder, &[], 1);
    quickly(&folder, &["--full", "--warehouse", "full"], 1);
    assert!(state(&folder, "warehouse") == state(&folder, "full"), "not as from nothing");
    let income = fs::read_to_string(repository().join("pipelines/forms/income.toml")).unwrap();
    folder.write("pipelines/forms/income.toml", format!("# Another.\n{income}").as_bytes());
    let other = quickly(&folder, &[], 1);
    assert!(other.contains("\"read\":602"), "all are read by other rules: {other}");
    quickly(&folder, &["--full", "--warehouse", "full"], 1);
    assert!(state(&folder, "warehouse") == state(&folder, "full"), "not as from nothing");
}

#[test]
fn a_bad_document_is_in_quarantine_until_it_is_good() {
    let folder = few("quarantine");
    folder.write("in/bad.txt", b"%PDF-1.7\n");
    let run = quickly(&folder, &[], 1);
    assert!(run.contains("\"quarantined\":1"), "{run}");
    let hash = fisc::acquire::identity(b"%PDF-1.7\n");
    let kept =
        fs::read_to_string(folder.path(&format!("warehouse/quarantine/{hash}.json"))).unwrap();
    for said in ["in/bad.txt", "\"stage\": \"decode\"", "the list of objects", "fisc retry"] {
        assert!(kept.contains(said), "{kept}");
    }
    let status = folder.fisc(&["retry", "--input", "in", "--pipelines", "pipelines", "--log=json"]);
    status.ended(1);
    // The rules that could not read it are mended: here the document is.
    let good = fs::read(folder.path(&format!("in/{SAMPLE}"))).unwrap();
    folder.write("in/bad.txt", &good);
    let retry = folder.fisc(&["retry", "--input", "in", "--pipelines", "pipelines", "--log=json"]);
    assert!(retry.ended(0).contains("\"quarantined\":0"), "{retry:?}");
    assert_eq!(fs::read_dir(folder.path("warehouse/quarantine")).unwrap().count(), 0);
}

#[test]
fn too_much_that_went_wrong_is_not_published() {
    let folder = few("thresholds");
    let job = "input = [\"in\"]\nwarehouse = \"warehouse\"\npipelines = \"pipelines\"\n\
               metrics = \"fisc.prom\"\n[publish]\nmin-documents = 2\nmax-quarantined = 40\n";
    folder.write("job.toml", job.as_bytes());
    let run =
        |options: &[&str]| folder.fisc(&[&["run", "job.toml", "--log=json"], options].concat());
    run(&[]).ended(0);
    let metrics = fs::read_to_string(folder.path("fisc.prom")).unwrap();
    assert!(metrics.contains("\nfisc_documents 5\n"), "{metrics}");

    let withheld = |reason: &str| {
        let run = run(&[]);
        assert!(run.ended(2).contains(reason), "{run:?}");
        let current = fs::read_link(folder.path("warehouse/current")).unwrap();
        assert_eq!(current.file_name().unwrap(), "000001");
    };
    (0..4).for_each(|n| folder.write(&format!("in/bad-{n}"), b"%PDF-1.7\n"));
    withheld("4 of 9 documents are in quarantine, max-quarantined is 40 %");
    (0..4).for_each(|n| fs::remove_file(folder.path(&format!("in/bad-{n}"))).unwrap());
    let samples: Vec<_> =
        fs::read_dir(folder.path("in")).unwrap().map(|e| e.unwrap().path()).collect();
    samples.iter().skip(2).for_each(|path| fs::remove_file(path).unwrap());
    withheld("2 documents are there, 5 were before, max-drop is 50 %");
    fs::remove_file(&samples[1]).unwrap();
    withheld("1 documents were read, min-documents is 2");
    fs::rename(folder.path("in"), folder.path("away")).unwrap();
    withheld("in: cannot read");
    fs::rename(folder.path("away"), folder.path("in")).unwrap();
    let forced = run(&["--force"]);
    assert!(forced.ended(0).contains("\"documents\":1"), "{forced:?}");

    // Of several inputs one that is gone is told from documents that were taken away.
    folder.write("more/a.txt", &fs::read(&samples[0]).unwrap());
    let both = ["run", "job.toml", "--log=json", "--force", "--input", "in", "more"];
    folder.fisc(&both).ended(0);
    fs::rename(folder.path("more"), folder.path("away")).unwrap();
    let both = ["run", "job.toml", "--log=json", "--input", "in", "more"];
    let gone = folder.fisc(&both);
    assert!(gone.ended(2).contains("more, with 1 documents, cannot be read"), "{gone:?}");

    let status = fs::read_to_string(folder.path("warehouse/history.jsonl")).unwrap();
    assert_eq!(status.matches("\"outcome\":\"withheld\"").count(), 4, "{status}");
}

#[test]
fn one_run_works_and_the_other_says_who_does() {
    let folder = few("two-at-once");
    let held = Warehouse::open(&folder.path("warehouse"), Files::default()).unwrap();
    let other = folder.fisc(&QUICKLY);
    let said = format!("another run is writing here: process {} on ", std::process::id());
    assert!(other.ended(2).contains(&said), "{other:?}");
    drop(held);
    quickly(&folder, &[], 0);
}

#[test]
fn snapshots_are_listed_and_gone_back_to() {
    let folder = Folder::with_data("snapshots");
    folder.fisc(&["run"]).ended(0);
    folder.write("data/disclosures/bad.pdf", b"%PDF-1.7\n");
    folder.fisc(&["run"]).ended(1);
    let listed = folder.fisc(&["snapshots"]);
    assert!(listed.out.contains("000001") && listed.out.contains("000002"), "{listed:?}");
    let status = folder.fisc(&["status"]);
    for said in ["Snapshot 000002", "published", "1 in quarantine (decode): the list of objects"] {
        assert!(status.out.contains(said), "{status:?}");
    }
    let back = folder.fisc(&["rollback"]);
    assert_eq!(back.out, "Snapshot 000001 is current in warehouse.\n");
    assert!(folder.fisc(&["rollback", "7"]).ended(2).contains("there are 000001, 000002"));
    assert!(folder.fisc(&["rollback", "--warehouse", "none"]).ended(2).contains("cannot read"));
    // The next run starts from there.
    folder.fisc(&["run"]).ended(1);
    let ends = fs::read_link(folder.path("warehouse/current")).unwrap();
    assert_eq!(ends.file_name().unwrap(), "000003");
    let chosen = folder.fisc(&["run", "--dry-run", "--year", "2024", "--region", "吉林省"]);
    assert!(chosen.out.contains("they were asked for"), "{chosen:?}");
    // What was not asked for is read when it is.
    let changed = folder.path(&format!("data/disclosures/{SAMPLE}"));
    fs::write(&changed, fs::read_to_string(&changed).unwrap().replace("合计", "总计")).unwrap();
    folder.fisc(&["run", "--path", "*none*"]).ended(1);
    let all = folder.fisc(&["run", "--dry-run"]);
    assert!(all.out.contains(&format!("changed  data/disclosures/{SAMPLE}")), "{all:?}");
    let none = folder.fisc(&["run", "--dry-run", "--path", "*none*"]);
    assert!(none.out.contains("0 would be read"), "{none:?}");
}

#[test]
fn a_killed_run_leaves_a_whole_snapshot() {
    let folder = few("killed");
    quickly(&folder, &[], 0);
    let before = state(&folder, "warehouse");
    folder.write("in/new.txt", text(7).as_bytes());
    quickly(&folder, &["--warehouse", "calm"], 0);
    let after = state(&folder, "calm");
    for kill in 0..6 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fisc"))
            .args(QUICKLY)
            .current_dir(folder.path(""))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(25 * kill));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = state(&folder, "warehouse");
        assert!(left == before || left == after, "killed after {} ms", 25 * kill);
    }
    quickly(&folder, &[], 0);
    assert!(state(&folder, "warehouse") == after);
}

#[test]
fn whichever_file_operation_fails_a_whole_snapshot_is_left() {
    let folder = few("faults");
    quickly(&folder, &[], 0);
    let before = state(&folder, "warehouse");
    folder.write("in/new.txt", text(7).as_bytes());
    folder.write("in/bad.pdf", b"%PDF-1.7\n");
    let job = Job {
        input: vec![folder.path("in")],
        warehouse: folder.path("warehouse"),
        pipelines: Some(folder.path("pipelines")),
        keep_snapshots: 1_000,
        ..Job::read(None).unwrap()
    };
    // Paths are part of the bytes: this library call has absolute ones.
    night::job(
        &Job { warehouse: folder.path("absolute"), ..job.clone() },
        &How::default(),
        &|_| (),
    )
    .unwrap();
    let absolute = state(&folder, "absolute");
    let mut failed = 0;
    let stride = std::env::var("FISC_FAULTS").map_or(STRIDE, |text| text.parse().unwrap());
    for at in (0..).step_by(stride) {
        let done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&done);
        // ENOSPC and EIO by turns.
        let error = if at % 2 == 0 { 28 } else { 5 };
        let fault = move |_, _: &Path| match counter.fetch_add(1, Ordering::Relaxed) {
            n if n == at => Err(io::Error::from_raw_os_error(error)),
            _ => Ok(()),
        };
        let how = How { files: Files::failing(Arc::new(fault)), force: true, ..How::default() };
        let outcome = night::job(&job, &how, &|_| ());
        let left = state(&folder, "warehouse");
        assert!(left == before || left == absolute, "operation {at} failed: a part is left");
        if outcome.is_err() {
            failed += 1;
        }
        if left == absolute {
            // It went so far; from the beginning again, until no operation is left to fail.
            if done.load(Ordering::Relaxed) <= at {
                break;
            }
            folder.fisc(&["rollback", "1"]).ended(0);
        }
    }
    assert!(4 < failed, "only {failed} operations failed");
}

#[test]
fn a_hostile_folder_harms_nobody() {
    let folder = few("hostile");
    let path = |name: &str| folder.path(&format!("in/{name}"));
    folder.write("outside/secret.txt", text(3).as_bytes());
    folder.write("in/binary", &(0..=u8::MAX).cycle().take(4096).collect::<Vec<u8>>());
    folder.write("in/empty.txt", b"");
    folder.write("in/bomb.zip", &bomb());
    fs::File::create(path("sparse.txt")).unwrap().set_len(2 << 30).unwrap();
    folder.run(Command::new("mkfifo").arg("in/pipe")).ended(0);
    let _socket = UnixListener::bind(path("socket")).unwrap();
    symlink(".", path("loop")).unwrap();
    symlink("/", path("root")).unwrap();
    symlink("../outside", path("out")).unwrap();
    symlink("../outside/secret.txt", path("out.txt")).unwrap();
    symlink("/dev/zero", path("zero")).unwrap();
    folder.write("in/tabs.txt", "\t".repeat(1_000_000).as_bytes());
    folder.write("in/deep.html", format!("<html>{}", "<div>".repeat(200_000)).as_bytes());
    folder.write("in/line\nbreak.txt", text(4).as_bytes());
    let gbk = folder.path("in").join(OsStr::from_bytes(b"\xB2\xBF\xC3\xC5.txt"));
    fs::write(gbk, text(5)).unwrap();

    let run = quickly(&folder, &[], 1);
    assert!(run.contains("\"published\""), "{run}");
    let documents =
        folder.fisc(&["query", "SELECT path FROM documents ORDER BY path", "--format", "csv"]);
    let good = documents.out;
    for name in [SAMPLE, "\"in/line\nbreak.txt\"", "in/\\xB2\\xBF\\xC3\\xC5.txt"] {
        assert!(good.contains(name), "{good}");
    }
    for name in ["secret", "zero", "loop", "etc"] {
        assert!(!good.contains(name), "{good}");
    }
    let note = fs::read_to_string(folder.path("warehouse/current/run.json")).unwrap();
    for reason in [
        "in/binary: this is binary data, which is not read",
        "in/empty.txt: the file is empty",
        "in/bomb.zip",
        "in/sparse.txt: 2147483648 bytes are more than the job allows (268435456)",
        "in/pipe: this is a pipe, which is not read",
        "in/socket: this is a socket, which is not read",
        "in/root: this is a link that leads nowhere, or out of the folder, which is not read",
        "in/out: this is a link that leads",
        "in/out.txt: this is a link that leads",
        "in/zero: this is a link that leads",
    ] {
        assert!(note.contains(reason), "{reason}: {note}");
    }
    let again = quickly(&folder, &[], 1);
    assert!(again.contains("nothing new"), "{again}");
}

#[test]
fn a_file_that_may_not_be_read_is_put_aside() {
    let folder = few("forbidden");
    folder.write("in/forbidden.txt", text(8).as_bytes());
    folder.run(Command::new("chmod").args(["000", "in/forbidden.txt"])).ended(0);
    let user = folder.run(Command::new("id").arg("-u"));
    let mut run = if user.out == "0\n" {
        // Root may read everything, unless it lays the right to do so aside.
        let mut command = Command::new("setpriv");
        command.args(["--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]);
        command.arg(env!("CARGO_BIN_EXE_fisc"));
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_fisc"))
    };
    folder.run(run.args(QUICKLY)).ended(1);
    let note = fs::read_to_string(folder.path("warehouse/current/run.json")).unwrap();
    assert!(note.contains("in/forbidden.txt") && note.contains("Permission denied"), "{note}");
    folder.run(Command::new("chmod").args(["644", "in/forbidden.txt"])).ended(0);
    let retried = quickly(&folder, &[], 0);
    assert!(retried.contains("\"published\""), "{retried}");
}

#[test]
fn a_file_that_grows_is_read_when_it_has_stopped() {
    let folder = few("grows");
    let path = folder.path("in/growing.txt");
    fs::write(&path, text(6).repeat(20)).unwrap();
    let grows = std::sync::atomic::AtomicBool::new(true);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
            while grows.load(Ordering::Relaxed) {
                file.write_all(b"1\n").unwrap();
                std::thread::sleep(Duration::from_micros(100));
            }
        });
        let run = folder.fisc(&QUICKLY);
        grows.store(false, Ordering::Relaxed);
        assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    });
    quickly(&folder, &[], 0);
    quickly(&folder, &["--full", "--warehouse", "full"], 0);
    assert!(state(&folder, "warehouse") == state(&folder, "full"));
}

#[test]
fn the_units_of_the_readme_are_those_that_systemd_takes() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let folder = Folder::new("systemd");
    let mut units = Vec::new();
    for block in readme.split("```ini systemd ").skip(1) {
        let (name, rest) = block.split_once('\n').unwrap();
        let unit = rest.split("```").next().unwrap();
        let there = unit
            .replace("/usr/local/bin/fisc", env!("CARGO_BIN_EXE_fisc"))
            .replace("/srv/fisc", &folder.path("").display().to_string());
        folder.write(name, there.as_bytes());
        units.push(format!("./{name}"));
    }
    assert_eq!(units.len(), 2);
    let verify = Command::new("systemd-analyze")
        .arg("verify")
        .args(&units)
        .current_dir(folder.path(""))
        .output();
    // Not every machine has it.
    if let Ok(verify) = verify {
        let said = String::from_utf8_lossy(&verify.stderr).into_owned();
        let own =
            said.lines().find(|line| line.contains("fisc.service") || line.contains("fisc.timer"));
        assert_eq!(own, None, "{said}");
    }
}

/// Runs quickly and returns what was said; the last line is the record.
#[track_caller]
fn quickly(folder: &Folder, options: &[&str], code: i32) -> String {
    let output = folder.fisc(&[&QUICKLY[..], options].concat());
    output.ended(code).to_owned()
}

/// Returns the files of a warehouse's current snapshot but `log.json`.
fn state(folder: &Folder, warehouse: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = folder.files(&format!("{warehouse}/current/"));
    files.remove("log.json");
    assert!(!files.is_empty());
    files
}

/// Makes a folder with the samples as its input, and quick analyses.
pub(crate) fn few(name: &str) -> Folder {
    let folder = with_quick_analyses(name);
    for path in crate::program::disclosures() {
        let name = path.file_name().unwrap().to_str().unwrap();
        folder.write(&format!("in/{name}"), &fs::read(&path).unwrap());
    }
    folder
}

/// Makes a folder with 600 small documents as its input, which are several groups.
pub(crate) fn many(name: &str) -> Folder {
    let folder = with_quick_analyses(name);
    for number in 0..600 {
        folder.write(&format!("in/{number:04}.txt"), text(number).as_bytes());
    }
    folder
}

pub(crate) fn with_quick_analyses(name: &str) -> Folder {
    let folder = Folder::new(name);
    for (path, _) in BUILT_IN.iter().filter(|(path, _)| path.starts_with("analyses/")) {
        if path.strip_suffix(".sql").is_none() {
            continue;
        }
        folder.write(&format!("pipelines/{path}"), QUICK.as_bytes());
    }
    folder
}

/// Returns a small document.
pub(crate) fn text(number: usize) -> String {
    format!(
        "某县第{number}中学2024年度单位预算\n\n收支总表\n单位：万元\n收入\t预算数\t支出\t预算数\n\
         一般公共预算拨款收入\t{number}.50\t教育支出\t{number}.50\n\
         收入总计\t{number}.50\t支出总计\t{number}.50\n"
    )
}

/// Returns a small archive of one document that is very large.
fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    archive.start_file("a.txt", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    (0..300).for_each(|_| archive.write_all(&zeros).unwrap());
    archive.finish().unwrap().into_inner()
}
