//! Commands of a job: what they make is read, and when they fail that is the reason.

use std::{fmt::Write, fs, time::Instant};

use crate::{
    nightly::with_quick_analyses,
    program::{Folder, Output, SAMPLE, repository},
    workbooks::compound,
};

/// The disclosure whose renderings stand for what commands make.
const RENDERED: &str = "tests/rendered/2021-final-panzhihua-health-big-data-centre";

/// An old Word document that nobody can read but the commands of the tests.
fn doc() -> Vec<u8> {
    compound(&[("WordDocument", &[0; 512])])
}

/// A PDF file of one page with a picture on it.
fn scan() -> Vec<u8> {
    let content = "q 500 0 0 700 0 0 cm /I Do Q";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
         /Resources<</XObject<</I 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8\
         /Length 1>>stream\n0\nendstream"
            .to_owned(),
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(format!("{:010} 00000 n \n", file.len()));
        write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
    }
    let start = file.len();
    write!(file, "xref\n0 6\n0000000000 65535 f \n{}", places.concat()).unwrap();
    write!(file, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    file.into_bytes()
}

/// Makes a folder with a document and a job that has some more lines.
fn folder(name: &str, document: &str, bytes: &[u8], lines: &str) -> Folder {
    let folder = with_quick_analyses(name);
    folder.write(&format!("in/{document}"), bytes);
    folder.write(
        "in/sample.txt",
        &fs::read(repository().join("data/disclosures").join(SAMPLE)).unwrap(),
    );
    let rendered =
        |ending: &str| fs::read(repository().join(format!("{RENDERED}.{ending}"))).unwrap();
    folder.write("made.docx", &rendered("docx"));
    folder.write("made.pdf", &rendered("typst-ruled-portrait.pdf"));
    let job = format!(
        "input = [\"in\"]\nwarehouse = \"warehouse\"\npipelines = \"pipelines\"\n{lines}\n"
    );
    folder.write("job.toml", job.as_bytes());
    folder
}

fn run(folder: &Folder) -> Output {
    folder.fisc(&["run", "job.toml", "--log=json"])
}

/// Returns what the quarantine says of the only document in it.
fn quarantined(folder: &Folder) -> String {
    let kept: Vec<_> = folder.files("warehouse/quarantine").into_values().collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    String::from_utf8(kept.concat()).unwrap()
}

#[test]
fn old_word_documents_are_read_by_way_of_a_command() {
    let folder = folder("doc", "old.doc", &doc(), "");
    let first = run(&folder);
    assert!(first.ended(1).contains("\"quarantined\":1"), "{first:?}");
    assert!(quarantined(&folder).contains("old Word document (doc)"), "{}", quarantined(&folder));

    // A job that gets a command reads again what it could not.
    let made = folder.path("made.docx");
    let script = format!("#!/bin/sh\ncp '{}' \"$2\"\n", made.display());
    folder.write("convert.sh", script.as_bytes());
    let job = fs::read_to_string(folder.path("job.toml")).unwrap();
    let command = "doc-command = [\"sh\", \"CONVERT\", \"{input}\", \"{output}\"]\n";
    let command = command.replace("CONVERT", &folder.path("convert.sh").display().to_string());
    folder.write("job.toml", format!("{job}{command}").as_bytes());
    let second = run(&folder);
    assert!(second.ended(0).contains("\"quarantined\":0"), "{second:?}");
    let query = "SELECT path, encoding, bytes, doc_id FROM documents WHERE encoding = 'doc'";
    let read = folder.fisc(&["query", query, "--format", "csv", "--warehouse", "warehouse"]);
    let expected = format!("in/old.doc,doc,{},{}", doc().len(), fisc::acquire::identity(&doc()));
    assert!(read.out.contains(&expected), "{read:?}");
    let amounts = "SELECT COUNT(*) AS n FROM amounts WHERE path = 'in/old.doc'";
    let read = folder.fisc(&["query", amounts, "--format", "csv", "--warehouse", "warehouse"]);
    assert_eq!(read.out, "n\n82\n", "{read:?}");
}

#[test]
fn scans_are_read_by_way_of_a_command() {
    let lines = "ocr-command = [\"sh\", \"-c\", \"cat MADE\", \"{input}\"]";
    let folder = folder("ocr", "scan.pdf", &scan(), "");
    let job = fs::read_to_string(folder.path("job.toml")).unwrap();
    run(&folder).ended(1);
    let reason = quarantined(&folder);
    assert!(reason.contains("scanned pages without a layer of text"), "{reason}");
    let made = folder.path("made.pdf").display().to_string();
    folder.write("job.toml", format!("{job}{}\n", lines.replace("MADE", &made)).as_bytes());
    run(&folder).ended(0);
    let query = "SELECT path FROM documents WHERE encoding = 'scanned pdf'";
    let read = folder.fisc(&["query", query, "--format", "csv", "--warehouse", "warehouse"]);
    assert_eq!(read.out, "path\nin/scan.pdf\n", "{read:?}");
}

/// A file of which one page is scanned is read without it, and with it by way of the command.
#[test]
fn scanned_pages_are_read_by_way_of_a_command() {
    let part = fs::read(repository().join("tests/pitfalls/part-scanned.pdf")).unwrap();
    let folder = folder("ocr-part", "part.pdf", &part, "");
    let job = fs::read_to_string(folder.path("job.toml")).unwrap();
    run(&folder).ended(0);
    let query = "SELECT line, reason FROM gaps WHERE kind = 'scanned_page'";
    let gaps = || folder.fisc(&["query", query, "--format", "csv", "--warehouse", "warehouse"]);
    assert_eq!(gaps().out, "line,reason\n2,the page is a picture without a layer of text\n");
    let command = "ocr-command = [\"sh\", \"-c\", \"exit 6\", \"{input}\"]\n";
    folder.write("job.toml", format!("{job}{command}").as_bytes());
    run(&folder).ended(1);
    let reason = quarantined(&folder);
    assert!(reason.contains("page 2 without a layer of text; `ocr-command` failed"), "{reason}");
    let whole = repository().join("tests/pitfalls/ruled.pdf").display().to_string();
    folder.write(
        "job.toml",
        format!("{job}{}", command.replace("exit 6", &format!("cat {whole}"))).as_bytes(),
    );
    run(&folder).ended(0);
    assert_eq!(gaps().out, "line,reason\n");
}

/// Asserts the reason that a scan is in quarantine for, with a command and limits.
#[track_caller]
fn fails(name: &str, command: &str, limits: &str, reason: &str) {
    let lines = format!("ocr-command = [{command}]\n[limits]\n{limits}");
    let folder = folder(name, "scan.pdf", &scan(), &lines);
    let begun = Instant::now();
    let done = run(&folder);
    assert!(done.ended(1).contains("\"documents\":1"), "the others are read: {done:?}");
    let kept = quarantined(&folder);
    assert!(kept.contains(reason) && kept.contains("scanned pages"), "{kept}");
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn a_command_that_does_not_do_its_work_is_the_reason() {
    let shell =
        |script: &str| format!("\"sh\", \"-c\", \"{script}\", \"{{input}}\", \"{{output}}\"");
    fails(
        "fails",
        &shell("echo no such language >&2; exit 2"),
        "",
        "exit status: 2: no such language",
    );
    fails("hangs", &shell("sleep 600"), "command-seconds = 1", "it takes over 1 seconds");
    fails("mute", "\"true\", \"{input}\"", "", "it wrote nothing");
    fails(
        "wordy",
        &shell("cat /dev/zero > $1"),
        "bytes = 1_000_000",
        "it writes over 1000000 bytes",
    );
    fails("missing", "\"fisc-no-such-program\", \"{input}\"", "", "it cannot be run");
    fails("useless", &shell("cp $0 $1"), "", "what it made is not read");
}

#[test]
fn a_command_without_a_file_to_read_is_refused() {
    let folder = Folder::new("refused-command");
    let job = "input = [\"in\"]\nwarehouse = \"w\"\nocr-command = [\"ocrmypdf\", \"in.pdf\"]\n";
    folder.write("job.toml", job.as_bytes());
    let checked = folder.fisc(&["config", "--check", "job.toml"]);
    let said = "line 3, ocr-command: no argument has `{input}` in it";
    assert!(checked.ended(2).contains(said), "{checked:?}");
}
