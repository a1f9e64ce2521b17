//! Bad input, exit codes, streams and snapshots of the real program.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::unix::fs::symlink,
    process::{Command, Stdio},
};

use crate::program::{Folder, Output, SAMPLE, repository};

#[test]
fn each_bad_document_is_named_with_its_reason() {
    let folder = bad_documents("bad-documents");
    let mut text = String::new();
    let bad = [
        "empty.txt",
        "a.pdf",
        "named-as.txt",
        "office.txt",
        "binary.txt",
        "none",
        "missing",
        "dangling",
    ];
    for path in bad {
        let output = folder.fisc(&["extract", path]);
        text.push_str(output.ended(2));
        assert_eq!(output.out, "", "{path}");
    }
    insta::assert_snapshot!(text, @"
    error: empty.txt: the file is empty
    error: a.pdf: the list of objects: it is cut off, or not one of a PDF file
    error: named-as.txt: this is a PNG image, which is not read
    error: office.txt: the list of parts: invalid Zip archive: Could not find EOCD
    error: binary.txt: this is binary data, which is not read
    error: none: no document found here
    error: missing: cannot read
      because: No such file or directory (os error 2)
    error: dangling: cannot read
      because: No such file or directory (os error 2)
    ");
    let folder_as_file = folder.fisc(&["inspect", "none"]);
    assert!(folder_as_file.ended(2).starts_with("error: none: cannot read"), "{folder_as_file:?}");
}

#[test]
fn a_bad_document_stops_no_other() {
    let folder = bad_documents("among-good-ones");
    let alone = folder.fisc(&["extract", SAMPLE]);
    assert_eq!(alone.ended(0), "");
    assert!(100 < alone.out.lines().count());
    let mixed = folder.fisc(&["extract", "a.pdf", SAMPLE, "missing", "empty.txt"]);
    let failures = mixed.ended(1);
    for path in ["a.pdf", "missing", "empty.txt"] {
        assert!(failures.contains(&format!("error: {path}: ")), "{failures}");
    }
    assert_eq!(mixed.out, alone.out);

    fs::remove_dir(folder.path("none")).unwrap();
    let run = folder.fisc(&["run", "--input", "."]);
    let failures = run.ended(1);
    for path in ["a.pdf", "empty.txt", "named-as.txt"] {
        assert!(failures.contains(&format!("error: ./{path}: ")), "{failures}");
    }
    let note = fs::read_to_string(folder.path("warehouse/current/run.json")).unwrap();
    assert!(note.contains("a.pdf: the list of objects: "), "{note}");
    let figures = folder.fisc(&["query", "SELECT COUNT(*) AS n FROM amounts", "--format", "csv"]);
    assert_eq!(figures.out, format!("n\n{}\n", alone.out.lines().count()));
}

#[test]
fn an_input_that_is_not_there_stops_no_other() {
    let folder = Folder::with_data("missing-input");
    let run = folder.fisc(&["run", "--input", "data/disclosures", "missing"]);
    assert!(run.ended(1).starts_with("error: missing: cannot read\n"), "{run:?}");
    assert!(run.out.contains("000001"), "{run:?}");
}

#[test]
fn standard_output_holds_data_and_nothing_else() {
    let folder = Folder::with_data("clean-output");
    for dataset in ["amounts", "documents", "tables", "gaps"] {
        let output = folder.fisc(&["extract", "data/disclosures", "--dataset", dataset]);
        assert_eq!(output.ended(0), "", "{dataset}");
        for line in output.out.lines() {
            let row: BTreeMap<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            assert_eq!(row["doc_id"].as_str().map(str::len), Some(64), "{line}");
            assert!(row.get("amount").is_none_or(serde_json::Value::is_string), "{line}");
        }
    }
}

#[test]
fn an_unknown_dataset_is_refused_with_those_there_are() {
    let folder = Folder::new("unknown-dataset");
    let output = folder.fisc(&["extract", "a.txt", "--dataset", "amount"]);
    assert_eq!(output.out, "");
    insta::assert_snapshot!(output.ended(2), @"
    error: invalid value 'amount' for '--dataset <DATASET>'
      [possible values: amounts, statements, indicators, documents, units, unit_names, tables, checks, findings, gaps]

      tip: a similar value exists: 'amounts'

    For more information, try '--help'.
    ");
}

#[test]
fn a_warehouse_that_cannot_be_written_is_known_before_reading() {
    let folder = Folder::with_data("unwritable");
    folder.write("file", b"not a folder");
    for warehouse in ["file", "file/below", "/dev/null"] {
        let output = folder.fisc(&["run", "--warehouse", warehouse]);
        let expected = format!("error: {warehouse}/snapshots: cannot create\n  because: ");
        assert!(output.ended(2).starts_with(&expected), "{output:?}");
        assert_eq!(output.out, "");
    }
    let disk_full = fs::File::options().write(true).open("/dev/full").unwrap();
    let full = Command::new(env!("CARGO_BIN_EXE_fisc"))
        .args(["extract", "data/disclosures"])
        .current_dir(folder.path(""))
        .stdout(disk_full)
        .output()
        .unwrap();
    assert_eq!(full.status.code(), Some(2));
    let message = String::from_utf8(full.stderr).unwrap();
    assert!(message.starts_with("error: the output: cannot write\n  because: "), "{message}");
}

#[test]
fn a_misspelt_key_of_a_job_is_shown_in_its_line() {
    let folder = Folder::new("misspelt-key");
    let valid = fs::read_to_string(repository().join("tests/specs/valid/job.toml")).unwrap();
    folder.write("nightly.toml", valid.replace("keep-snapshots", "keep-snapshot").as_bytes());
    let output = folder.fisc(&["run", "nightly.toml"]);
    assert_eq!(output.out, "");
    insta::assert_snapshot!(output.ended(2), @"
    error: nightly.toml: TOML parse error at line 4, column 1
      |
    4 | keep-snapshot = 2
      | ^^^^^^^^^^^^^
    unknown field `keep-snapshot`, expected one of `input`, `warehouse`, `threads`, `keep-snapshots`, `pipelines`, `metrics`, `doc-command`, `ocr-command`, `limits`, `publish`
    ");
}

#[test]
fn a_failing_run_leaves_the_snapshot_before_as_it_was() {
    let folder = Folder::with_data("intact");
    folder.fisc(&["run"]).ended(0);
    let before = unclocked(&folder, "warehouse");
    assert!(before.contains_key("current/run.json"), "{:?}", before.keys());

    folder.write("bad/a.pdf", b"%PDF-1.7\n");
    fs::create_dir(folder.path("none")).unwrap();
    folder.write("pipelines/analyses/broken.sql", BROKEN.as_bytes());
    let failing: [&[&str]; 4] = [
        &["run", "--input", "bad"],
        &["run", "--input", "none"],
        &["run", "--input", "missing"],
        &["run", "--pipelines", "pipelines"],
    ];
    for arguments in failing {
        let output = folder.fisc(arguments);
        assert!(output.ended(2).starts_with("error: "), "{output:?}");
        assert_eq!(output.out, "");
        assert!(before == unclocked(&folder, "warehouse"), "{arguments:?} changed the warehouse");
    }
}

const BROKEN: &str = "-- title: Broken\n-- grain: nothing\n-- sums: none\n-- description: Names no table.\n\
                      -- chart: none\nSELECT nothing FROM nowhere ORDER BY nothing\n";

#[test]
fn the_number_of_threads_does_not_reach_the_bytes() {
    let folder = Folder::with_data("threads");
    for (warehouse, threads) in [("one", "1"), ("four", "4"), ("again", "4")] {
        folder.fisc(&["run", "--warehouse", warehouse, "--threads", threads]).ended(0);
    }
    let one = unclocked(&folder, "one");
    assert!(15 < one.len(), "{:?}", one.keys());
    assert!(one == unclocked(&folder, "four"), "one thread and four write other bytes");
    assert!(one == unclocked(&folder, "again"), "two runs write other bytes");

    folder.fisc(&["run", "--full", "--warehouse", "one", "--threads", "2"]).ended(0);
    let again = unclocked(&folder, "one/snapshots/000002");
    assert!(again == unclocked(&folder, "one/snapshots/000001"), "a second run writes other bytes");
    assert_eq!(fs::read_link(folder.path("one/current")).unwrap().file_name().unwrap(), "000002");
}

#[test]
fn a_run_ends_with_a_summary_and_what_to_do_next() {
    let folder = Folder::with_data("summary");
    let output = folder.fisc(&["run"]);
    assert_eq!(output.ended(0), "");
    insta::assert_snapshot!(output.out, @r#"
    fiscal_year  stage   documents  counted          income     expenditure  three_public
    ───────────  ──────  ─────────  ───────  ──────────────  ──────────────  ────────────
           2021  final           1        1    7,058,700.00    7,228,800.00     15,800.00
           2023  budget          1        1      540,700.00      540,700.00      1,200.00
           2024  budget          2        2  157,254,800.00  157,254,800.00    174,800.00
           2026  budget          1        1    8,608,300.00    8,608,300.00

    5 documents; 1522 figures, 489 statements in prose, 92 performance indicators; 29 analyses.
    Of 3014 printed numbers 35 became no data; the dataset `gaps` says which and why.
    Snapshot 000001 is current in warehouse.

    Next:
      open warehouse/current/report/index.html in a browser
      fisc query "SELECT * FROM unit_year_overview" --warehouse warehouse
      fisc inspect FILE
    "#);
    // What it proposes works as it stands.
    let next = output.out.lines().find_map(|line| line.trim().strip_prefix("fisc query \""));
    let (sql, options) = next.unwrap().split_once('"').unwrap();
    let mut arguments = vec!["query", sql];
    arguments.extend(options.split_whitespace());
    let answer = folder.fisc(&arguments);
    assert_eq!(answer.ended(0), "");
    assert!(answer.out.contains("曾都区医疗保障信息中心"), "{answer:?}");
}

#[test]
fn a_query_that_cannot_be_answered_says_why() {
    let folder = Folder::with_data("queries");
    let early = folder.fisc(&["query", "SELECT 1"]);
    assert!(early.ended(2).contains("no snapshot here yet; `fisc run"), "{early:?}");
    folder.fisc(&["run"]).ended(0);
    for (sql, reason) in [
        ("SELEC 1", "this is no SQL: Expected: an SQL statement, found: SELEC"),
        ("SELECT * FROM nowhere", "there is no table `nowhere`\n  tables: amounts, "),
        ("SELECT * FROM amount", "there is no table `amount`; did you mean `amounts`?"),
        ("SELECT labels FROM amounts", "there is no column `labels`; did you mean `label`?"),
    ] {
        let output = folder.fisc(&["query", sql]);
        assert!(output.ended(2).starts_with("error: query: "), "{output:?}");
        assert!(output.err.contains(reason), "{output:?}");
        assert_eq!(output.out, "");
    }
    // A snapshot of another version says so, whatever is asked of it.
    let run = folder.path("warehouse/current/run.json");
    let json = fs::read_to_string(&run).unwrap();
    let old = json.replace("\"contract_version\": \"1\"", "\"contract_version\": \"0\"");
    assert_ne!(json, old);
    fs::write(&run, old).unwrap();
    for command in [&["query", "SELECT 1"], &["report", "--warehouse=warehouse"]] {
        let output = folder.fisc(command);
        assert!(
            output.ended(2).contains("to version 0 of the contract; this is fisc"),
            "{output:?}"
        );
        assert!(output.err.contains("writes a new snapshot"), "{output:?}");
    }
    fs::write(&run, json).unwrap();
    fs::remove_dir_all(folder.path("warehouse/current/gaps")).unwrap();
    let output = folder.fisc(&["query", "SELECT 1"]);
    assert!(output.ended(2).contains("without the dataset `gaps`"), "{output:?}");
}

#[test]
fn a_query_can_be_drawn() {
    let folder = Folder::with_data("drawn");
    folder.fisc(&["run"]).ended(0);
    let sql = "SELECT class_name, amount FROM function_class_by_unit_year \
               WHERE fiscal_year = 2026 ORDER BY amount DESC";
    let output = folder.fisc(&["query", "--chart", sql]);
    assert_eq!(output.ended(0), "");
    insta::assert_snapshot!(output.out, @"
    卫生健康支出        7,757,700.00  ██████████████████████████████████████████████
    社会保障和就业支出    535,400.00  ███▏
    住房保障支出          285,200.00  █▊
    科学技术支出           30,000.00  ▏
    ");
    let output = folder.fisc(&["query", "--chart", "SELECT * FROM documents"]);
    assert!(output.ended(2).contains("bars need two columns, a name and a number"), "{output:?}");
}

#[test]
fn the_analyses_are_listed_and_shown() {
    let folder = Folder::with_data("analyses");
    let line = |output: &Output| {
        let found = output.out.lines().find(|line| line.starts_with("unit_year_overview"));
        found.unwrap_or_else(|| panic!("{output:?}")).to_owned()
    };
    let early = folder.fisc(&["analyses"]);
    assert_eq!(early.ended(0), "");
    assert!(!line(&early).ends_with(" 5"), "{early:?}");
    folder.fisc(&["run"]).ended(0);
    let listed = folder.fisc(&["analyses"]);
    assert!(line(&listed).ends_with(" 5"), "{listed:?}");
    let shown = folder.fisc(&["analyses", "filings"]);
    assert_eq!(shown.ended(0), "");
    assert!(shown.out.starts_with("filings: Which document speaks for whom\n"), "{shown:?}");
    assert!(shown.out.contains("ORDER BY"), "{shown:?}");
    let unknown = folder.fisc(&["analyses", "filing"]);
    assert!(unknown.ended(2).contains("did you mean `filings`?"), "{unknown:?}");
}

#[test]
fn a_reader_that_stops_is_no_failure() {
    let folder = Folder::with_data("closed-pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_fisc"))
        .args(["extract", "data/disclosures"])
        .current_dir(folder.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(&first, b"{");
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "");
    assert_eq!(done.status.code(), Some(0));
}

#[test]
fn a_wrong_command_line_is_told_from_a_failed_document() {
    let folder = Folder::new("usage");
    let wrong: [&[&str]; 5] = [
        &[],
        &["extract"],
        &["tabulate"],
        &["run", "--threads", "many"],
        &["extract", "--fast", "a"],
    ];
    for arguments in wrong {
        let output = folder.fisc(arguments);
        assert!(
            output.ended(2).contains("Usage: fisc") || output.err.contains("--help"),
            "{output:?}"
        );
        assert_eq!(output.out, "");
    }
    let help = folder.fisc(&["--help"]);
    assert_eq!(help.ended(0), "");
    assert!(
        help.out.contains("Exit codes: 0 clean, 1 done but something failed, 2 could not run.")
    );
}

/// Returns the files of a folder, but for those that know the clock and the disk.
fn unclocked(folder: &Folder, relative: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = folder.files(relative);
    files.retain(|path, _| {
        !["log.json", "history.jsonl", "index.jsonl"].iter().any(|name| path.ends_with(name))
    });
    files
}

/// Makes a folder with every kind of bad document, and a good one.
fn bad_documents(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("empty.txt", b"");
    folder.write("a.pdf", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
    folder.write("named-as.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    folder.write("office.txt", b"PK\x03\x04\x14\0\x06\0");
    folder.write("binary.txt", &(0..=u8::MAX).cycle().take(4096).collect::<Vec<u8>>());
    fs::create_dir(folder.path("none")).unwrap();
    symlink("nowhere", folder.path("dangling")).unwrap();
    let good = repository().join("data/disclosures").join(SAMPLE);
    folder.write(SAMPLE, &fs::read(good).unwrap());
    folder
}
