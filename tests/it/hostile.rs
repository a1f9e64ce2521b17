//! Documents made to hurt: each is refused by name and place, or read, in bounded time and memory.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use fisc::{
    decode,
    error::ErrorKind,
    run::{self, Knowledge},
};

use crate::{
    decoding::{docx, xlsx, xlsx_of, zipped},
    metamorphic::check::KNOWLEDGE,
    program::{Folder, files, repository},
    workbooks::{compound, number, record, shared, xls},
};

/// What a process may take for one hostile document.
const MOST_SECONDS: u64 = 30;
const MOST_MEGABYTES: u64 = 1024;

/// Reads a document with the real program, and returns what it prints of its lines or says is
/// wrong; it may take neither long nor much memory.
#[track_caller]
fn bounded(name: &str, bytes: &[u8]) -> String {
    let folder = Folder::new(name);
    folder.write(name, bytes);
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fisc"))
        .args(["extract", name, "--dataset", "documents", "--format", "jsonl"])
        .current_dir(folder.path(""))
        .stdout(fs::File::create(folder.path("out")).unwrap())
        .stderr(fs::File::create(folder.path("err")).unwrap())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        let said = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let own = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = own.and_then(|text| text.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0) / 1024);
        if begun.elapsed().as_secs() > MOST_SECONDS || peak > MOST_MEGABYTES {
            child.kill().unwrap();
            panic!("{name}: {:?}, {peak} MiB", begun.elapsed());
        }
        thread::sleep(Duration::from_millis(2));
    };
    let print = |file: &str| fs::read_to_string(folder.path(file)).unwrap();
    let (out, err) = (print("out"), print("err"));
    assert!(status.code().is_some_and(|code| code < 3), "{name}: {status}: {err}");
    if out.is_empty() { err } else { out }
}

/// Asserts that the program refuses a document and says where and why.
#[track_caller]
fn refuses(name: &str, bytes: &[u8], place: &str, reason: &str) {
    let said = bounded(name, bytes);
    assert!(said.contains(name), "{said}");
    assert!(said.contains(place) && said.contains(reason), "{said}");
}

/// Asserts that the program reads a document.
#[track_caller]
fn reads(name: &str, bytes: &[u8]) {
    let read = bounded(name, bytes);
    assert!(read.starts_with('{'), "{read}");
}

/// Returns why a document cannot be decoded.
fn refused(bytes: &[u8]) -> String {
    decode::document("fixture", bytes).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn cut_files_of_every_format_are_refused_by_name() {
    for path in files(&repository().join("tests/rendered")) {
        let bytes = fs::read(&path).unwrap();
        let text = path.extension().unwrap() == "html";
        if !path.to_string_lossy().contains("2021") {
            continue;
        }
        for part in 1..16 {
            let cut = &bytes[..bytes.len() * part / 16];
            match decode::document("fixture", cut) {
                // A page that breaks off is a page; an old workbook ends in what nobody needs.
                Ok(_) => assert!(text || part == 15, "{}: {part} of 16", path.display()),
                Err(error) => assert!(error.to_string().starts_with("fixture: "), "{error}"),
            }
        }
    }
}

#[test]
fn what_needs_a_password_is_said_to() {
    let package = compound(&[("EncryptionInfo", b"x"), ("EncryptedPackage", b"x")]);
    let old = xls(&record(0x002F, &[0; 6]), &[("Sheet1", 0, number(0, 0, 0, "1"))]);
    let mut word = vec![0; 512];
    word[11] = 1;
    let word = compound(&[("WordDocument", &word)]);
    for bytes in [package, old, word] {
        assert_eq!(refused(&bytes), "fixture: the file is protected by a password");
    }
}

#[test]
fn one_encrypted_document_of_an_archive_is_one() {
    let mut archive = zipped(&[("a.txt", "单位：万元".as_bytes()), ("b.txt", b"x")]);
    for (mark, flags) in [(&b"PK\x03\x04"[..], 6), (&b"PK\x01\x02"[..], 8)] {
        let at = archive.windows(4).position(|part| part == mark).unwrap();
        archive[at + flags] |= 1;
    }
    let read = run::members("公开.zip", &archive, &KNOWLEDGE);
    let first = read[0].as_ref().unwrap_err().to_string();
    assert_eq!(first, "公开.zip!/a.txt: the file is protected by a password");
    assert_eq!(read.len(), 2);
    assert!(read[1].is_ok());
}

#[test]
fn what_is_no_document_in_a_compound_file_is_named() {
    assert!(refused(&compound(&[("Contents", b"x")])).contains("compound file"));
    assert!(refused(&compound(&[("Book", b"x")])).contains("Excel before 97"));
    assert!(refused(&compound(&[("WordDocument", &[0; 64])])).contains("old Word document"));
    assert!(refused(&compound(&[("Workbook", b"")])).contains("the workbook: byte 0"));
    assert!(refused(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains("the list of streams"));
    let whole = xls(&[], &[("Sheet1", 0, number(0, 0, 0, "1"))]);
    let broken = xls(&[], &[("预算", 0, record(0x0203, &[0, 0, 0]))]);
    assert!(refused(&broken).starts_with("fixture: 预算: byte "), "{}", refused(&broken));
    assert!(decode::document("fixture", &whole).is_ok());
}

/// What is no text, so that what unpacks to it is not read any further.
fn ballast(megabytes: usize) -> Vec<u8> {
    [&b"\x89PNG"[..], &vec![0; megabytes << 20]].concat()
}

#[test]
fn archives_in_archives_unpack_to_no_more_than_one_may() {
    // 6 archives of 90 MiB each: together they are over the 256 MiB of one.
    let inner = zipped(&[("a.png", &ballast(90))]);
    let names: Vec<String> = (0..6).map(|at| format!("{at}.zip")).collect();
    let parts: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), inner.as_slice())).collect();
    let read = run::members("bomb.zip", &zipped(&parts), &KNOWLEDGE);
    let reasons: Vec<String> = read.into_iter().map(|r| r.unwrap_err().to_string()).collect();
    let unpacked = reasons.iter().filter(|reason| reason.contains("PNG")).count();
    assert_eq!((reasons.len(), unpacked), (6, 2), "{reasons:?}");
    assert!(reasons[5].starts_with("bomb.zip!/5.zip"), "{reasons:?}");
    assert!(reasons[5].contains("it unpacks to more than it may"), "{reasons:?}");
}

#[test]
fn deep_and_wide_archives_are_refused() {
    let mut deep = zipped(&[("a.txt", b"1")]);
    for _ in 0..40 {
        deep = zipped(&[("deeper.zip", &deep)]);
    }
    refuses("deep.zip", &deep, "deeper.zip!/deeper.zip", "a zip archive, which is not read");

    let names: Vec<String> = (0..3_000).map(|at| format!("{at}.txt")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"1"[..])).collect();
    refuses("wide.zip", &zipped(&parts), "wide.zip", "3000 members are more than the job allows");

    // As many entries as there is room for, all of them of the same part.
    let one = zipped(&[("a", b"1")]);
    let list = one.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    let end = one.windows(4).position(|part| part == b"PK\x05\x06").unwrap();
    let mut flood = one[..list].to_vec();
    for _ in 0..1_200_000 {
        flood.extend(&one[list..end]);
    }
    let size = u32::try_from(flood.len() - list).unwrap();
    flood.extend(&one[end..end + 8]);
    flood.extend([0xFF; 4]);
    flood.extend(size.to_le_bytes());
    flood.extend(&one[end + 16..]);
    refuses("flood.zip", &flood, "the list of parts", "more than 1048576 parts");
}

#[test]
fn members_that_lie_over_each_other_are_unpacked_to_a_limit() {
    let one = zipped(&[("a.png", &ballast(200))]);
    let list = one.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    let end = one.windows(4).position(|part| part == b"PK\x05\x06").unwrap();
    let mut bytes = one[..list].to_vec();
    for letter in b"abcdefgh" {
        let mut entry = one[list..end].to_vec();
        entry[46] = *letter;
        bytes.extend(entry);
    }
    let size = u32::try_from(bytes.len() - list).unwrap();
    bytes.extend(&one[end..end + 8]);
    bytes.extend([8, 0, 8, 0]);
    bytes.extend(size.to_le_bytes());
    bytes.extend(&one[end + 16..]);
    let said = bounded("over.zip", &bytes);
    assert!(said.contains("over.zip"), "{said}");
}

#[test]
fn sheets_that_ask_for_too_much_are_refused() {
    // One long text, and cells that all show it.
    let text = "长".repeat(1 << 20);
    let strings = format!("<sst><si><t>{text}</t></si></sst>");
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(100_000);
    let sheet = format!("<sheetData><row r=\"1\">{cells}</row></sheetData>");
    refuses("shared.xlsx", &xlsx_of(&[("预算", "", &sheet)], &strings), "预算", "too much text");
    let blank = format!("<sst><si><t>{}</t></si></sst>", " ".repeat(3 << 20));
    reads("blank.xlsx", &xlsx_of(&[("预算", "", &sheet)], &blank));

    // The same in many sheets, of which none is too large.
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(30);
    let sheet = format!("<sheetData><row r=\"1\">{cells}</row></sheetData>");
    let names: Vec<String> = (0..40).map(|at| format!("表{at}")).collect();
    let sheets: Vec<_> = names.iter().map(|name| (name.as_str(), "", sheet.as_str())).collect();
    refuses("sheets.xlsx", &xlsx_of(&sheets, &strings), "表1", "too much text");

    let formats = "<xf/>".repeat(70_000);
    let styles = format!("<styleSheet><cellXfs>{formats}</cellXfs></styleSheet>");
    let book = zipped(&[
        ("[Content_Types].xml", b""),
        ("xl/workbook.xml", b"<workbook/>"),
        (
            "xl/_rels/workbook.xml.rels",
            b"<Relationships><Relationship Id=\"f\" Target=\"styles.xml\"/></Relationships>",
        ),
        ("xl/styles.xml", styles.as_bytes()),
    ]);
    refuses("formats.xlsx", &book, "xl/styles.xml", "more formats than a workbook may have");
}

/// Puts together what is made for each number.
fn many(range: std::ops::Range<u32>, make: impl Fn(u32) -> String) -> String {
    range.map(make).collect::<Vec<_>>().concat()
}

#[test]
fn millions_of_merged_and_hidden_cells_cost_little() {
    let merged = many(1..400_000, |row| format!("<mergeCell ref=\"A{row}:XFD1048576\"/>"));
    let rows = many(1..300_000, |row| format!("<row r=\"{row}\"><c><v>1</v></c></row>"));
    let hidden = many(1..300_000, |at| format!("<col min=\"{at}\" max=\"{at}\" hidden=\"1\"/>"));
    let last = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let sheet = |middle: &str, rows: &str, end: &str| {
        xlsx(&format!("<cols>{middle}</cols><sheetData>{rows}{last}</sheetData>{end}"))
    };
    reads("merged.xlsx", &sheet("", &rows, &format!("<mergeCells>{merged}</mergeCells>")));
    reads("hidden.xlsx", &sheet(&hidden, &rows, ""));
    let wide: String = rows.replace("<c>", "<c r=\"B1\">").replace("r=\"B1\"", "");
    reads("rows.xlsx", &sheet("<col min=\"1\" max=\"9\" hidden=\"1\"/>", &wide, ""));
}

#[test]
fn cells_that_are_repeated_are_counted() {
    let ods = |tables: &str| {
        let content = format!(
            "<office:document-content><office:automatic-styles><style:style style:name=\"h\">\
             <style:table-properties table:display=\"false\"/></style:style>\
             </office:automatic-styles><office:body><office:spreadsheet>{tables}\
             </office:spreadsheet></office:body></office:document-content>"
        );
        zipped(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content.as_bytes()),
        ])
    };
    let row = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
               table:number-columns-repeated=\"16384\"><text:p>1</text:p></table:table-cell>\
               </table:table-row>";
    let table = |style: &str, rows: &str| {
        format!(
            "<table:table table:name=\"预算\" table:style-name=\"{style}\">{rows}</table:table>"
        )
    };
    refuses("repeated.ods", &ods(&table("", row)), "预算", "cells, or too much text");
    reads("hidden.ods", &ods(&table("h", row).repeat(5_000)));
    let covered = row.replace("<text:p>1</text:p>", "").repeat(20_000);
    reads("empty.ods", &ods(&table("", &covered)));
    let long = format!("<text:p>{}</text:p>", "长".repeat(1 << 20));
    let long = row.replace("<text:p>1</text:p>", &long);
    refuses("long.ods", &ods(&table("", &long)), "预算", "cells, or too much text");
}

#[test]
fn old_sheets_that_ask_for_too_much_are_refused() {
    // Sheets that are one and the same, and one with texts that are not there.
    let far = number(65_535, 255, 0, "1");
    let many: Vec<(&str, u8, Vec<u8>)> = vec![("表", 0, far.repeat(200_000)); 1];
    reads("far.xls", &xls(&[], &many));
    let missing: Vec<u8> = (0..u16::MAX).flat_map(|row| shared(row, 0, u32::MAX)).collect();
    reads("missing.xls", &xls(&[], &[("表", 0, missing)]));

    let texts = [&[0xFF; 8][..], &vec![0; 8_000]].concat();
    refuses("texts.xls", &xls(&record(0x00FC, &texts), &[]), "the workbook", "breaks off");
    let merged = [&1_000_u16.to_le_bytes()[..], &[0xFF; 8_000]].concat();
    reads(
        "merged.xls",
        &xls(&[], &[("表", 0, [record(0x00E5, &merged).repeat(1_000), far].concat())]),
    );

    // A list of a hundred thousand sheets that begin at the same byte.
    let whole = xls(&[], &[("表", 0, number(0, 0, 0, "1").repeat(20_000))]);
    let listed = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'a']].concat());
    let begin = record(0x0809, &[0, 6, 5, 0]);
    let sheet = [record(0x0809, &[0, 6, 0x10, 0]), number(0, 0, 0, "1").repeat(20_000)].concat();
    let end = record(0x000A, &[]);
    let count = 50_000;
    let at = u32::try_from(begin.len() + listed(0).len() * count + end.len()).unwrap();
    let stream = [begin, listed(at).repeat(count), end.clone(), sheet, end].concat();
    refuses("same.xls", &compound(&[("Workbook", &stream)]), "a", "stands inside of another");
    assert!(decode::document("fixture", &whole).is_ok());
}

#[test]
fn word_documents_that_ask_for_too_much_are_refused() {
    let place = "word/document.xml";
    let cell = "<w:tc><w:tcPr><w:gridSpan w:val=\"99999\"/></w:tcPr></w:tc>";
    let row = |cells: &str| docx(&format!("<w:tbl><w:tr>{cells}</w:tr></w:tbl>"));
    refuses("span.docx", &row(&cell.repeat(200_000)), place, "the tables come to over");
    let before = "<w:trPr><w:gridBefore w:val=\"99999\"/></w:trPr>";
    refuses("before.docx", &row(&before.repeat(400_000)), place, "the tables come to over");
    let ragged = format!(
        "<w:tbl><w:tr>{}</w:tr>{}</w:tbl>",
        cell.repeat(40),
        "<w:tr><w:tc/></w:tr>".repeat(1_000_000)
    );
    refuses("ragged.docx", &docx(&ragged), place, "the tables come to over");
    let deep = "<w:tbl><w:tr><w:tc>".repeat(10_000) + &"</w:tc></w:tr></w:tbl>".repeat(10_000);
    refuses("deep.docx", &docx(&deep), place, "tables stand inside each other");
    let deep = "<w:x>".repeat(1_000_000);
    refuses("open.docx", &docx(&deep), place, "");

    let level = format!(
        "<w:numbering><w:abstractNum w:abstractNumId=\"3\"><w:lvl w:ilvl=\"0\">\
         <w:lvlText w:val=\"{}\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\">\
         <w:abstractNumId w:val=\"3\"/></w:num></w:numbering>",
        "长".repeat(1 << 20)
    );
    let listed = "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>\
                  </w:pPr><w:r><w:t>x</w:t></w:r></w:p>"
        .repeat(20_000);
    let body = format!("<w:document><w:body>{listed}</w:body></w:document>");
    let book = zipped(&[
        ("[Content_Types].xml", b""),
        ("word/numbering.xml", level.as_bytes()),
        ("word/document.xml", body.as_bytes()),
    ]);
    reads("lists.docx", &book);
    let tabs =
        format!("<w:p><w:r><w:t>1</w:t>{}</w:r></w:p>", "<w:tab/><w:t>1</w:t>".repeat(500_000));
    reads("tabs.docx", &docx(&tabs));
}

#[test]
fn pages_that_ask_for_too_much_are_refused() {
    let page = |body: &str| format!("<html><body>{body}</body></html>").into_bytes();
    refuses("tags.html", &page(&"<b>".repeat(10_000_000)), "the page", "too many elements");
    let spans = "<tr><td colspan=999999999 rowspan=999999999>1<td>2</tr>".repeat(20_000);
    let spans = page(&format!("<table>{spans}</table>"));
    refuses("spans.html", &spans, "the page", "too many cells");
    reads("deep.html", &page(&"<table><tr><td>".repeat(10_000)));
    reads("open.html", &page(&"<div><p><span>1".repeat(300_000)));
    let attributes = many(0..300_000, |at| format!(" a{at}=1"));
    reads("attributes.html", &page(&format!("<table{attributes}><tr><td>1</table>")));
    reads("entities.html", &page(&"&amp;&#x4e00;&nosuchentity".repeat(300_000)));
}

/// Only here so that a limit that is taken out of the job is missed.
#[test]
fn the_limits_of_a_job_hold_for_every_format() {
    let mut knowledge = Knowledge::read(&run::sources(None).unwrap()).unwrap();
    knowledge.limits.cells = 10;
    for path in files(&repository().join("tests/rendered")) {
        if !path.to_string_lossy().contains("2023") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let error = run::disclosure("fixture", &bytes, &knowledge).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: "cells", .. }), "{error}");
    }
}
