//! What is done with the bytes of a fuzzer: a document is made of them and read to its figures.
//!
//! Archives and compound files are put together here: else nearly every change would only
//! break a checksum, and what reads the parts would never see it.

use std::{
    io::{Cursor, Write},
    sync::LazyLock,
};

use fisc::{
    accounts::sources::Sources,
    error::ErrorKind,
    inspect,
    run::{self, Knowledge},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The parts of a Word document, in the order in which they stand in the bytes.
pub const DOCX: &[&str] = &[
    "word/document.xml",
    "word/numbering.xml",
    "word/styles.xml",
    "word/charts/chart1.xml",
    "word/_rels/document.xml.rels",
];

/// The parts of an Excel workbook, in the order in which they stand in the bytes.
pub const XLSX: &[&str] = &[
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
];

/// How many pages of a file are drawn.
const DRAWN: u32 = 2;

/// What every compound file begins with.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0";

static KNOWLEDGE: LazyLock<Knowledge> =
    LazyLock::new(|| Knowledge::read(&Sources::built_in()).expect("the built-in files"));

/// Reads a document, or those of an archive. An error is as good as a result, a panic is not.
fn read(bytes: &[u8]) {
    for result in run::members("fuzzed", bytes, &KNOWLEDGE) {
        if let Err(error) = result {
            assert!(!matches!(error.kind(), ErrorKind::Defect { .. }), "{error}");
            assert!(error.to_string().starts_with("fuzzed"), "no document is named: {error}");
        }
    }
}

/// Reads a PDF file.
pub fn pdf(bytes: &[u8]) {
    read(bytes);
}

/// Draws the first pages of a PDF file, with what was understood of them.
pub fn page(bytes: &[u8]) {
    for number in 1..=DRAWN {
        if let Err(error) = inspect::page::page("fuzzed", bytes, number, &KNOWLEDGE) {
            assert!(!matches!(error.kind(), ErrorKind::Defect { .. }), "{error}");
            assert!(error.to_string().starts_with("fuzzed"), "no document is named: {error}");
        }
    }
}

/// Reads a web page.
pub fn html(bytes: &[u8]) {
    read(bytes);
}

/// Reads a text.
pub fn text(bytes: &[u8]) {
    read(bytes);
}

/// Reads a Word document of parts with a zero between them.
pub fn docx(bytes: &[u8]) {
    read(&zipped(DOCX, bytes));
}

/// Reads an Excel workbook of parts with a zero between them.
pub fn xlsx(bytes: &[u8]) {
    read(&zipped(XLSX, bytes));
}

/// Reads a compound file, or the stream of a workbook.
pub fn xls(bytes: &[u8]) {
    if bytes.starts_with(COMPOUND) {
        return read(bytes);
    }
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    file.create_stream("Workbook").and_then(|mut s| s.write_all(bytes)).expect("memory");
    read(&file.into_inner().into_inner());
}

/// Packs parts into an archive; the names of those that are not there are left out.
fn zipped(names: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let parts = std::iter::once(("[Content_Types].xml", b"".as_slice()))
        .chain(names.iter().copied().zip(bytes.split(|byte| *byte == 0)));
    for (name, part) in parts {
        archive.start_file(name, stored).expect("memory");
        archive.write_all(part).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}
