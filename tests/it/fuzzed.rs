//! A short run of the targets of `fuzz/`, on the documents that the fuzzer begins with.
//!
//! The fuzzer itself needs another toolchain and a quarter of an hour to be built; here the same
//! functions read the same documents, and a few hundred changes of them.

use std::{
    fs,
    io::{Cursor, Read},
    path::PathBuf,
};

use zip::ZipArchive;

use crate::program::{disclosures, files, repository};

#[expect(unreachable_pub, reason = "it is a crate of its own for the fuzzer")]
#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// How many changes of each document are read.
const CHANGES: usize = 12;

/// Returns the rendered documents with an ending.
fn rendered(ending: &str) -> Vec<PathBuf> {
    let all = files(&repository().join("tests/rendered"));
    all.into_iter().filter(|path| path.extension().is_some_and(|e| e == ending)).collect()
}

/// Puts the parts of an archive together as the targets take them.
fn joined(path: &PathBuf, names: &[&str]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let mut part = |name: &&str| {
        let mut bytes = Vec::new();
        if let Ok(mut part) = archive.by_name(name) {
            part.read_to_end(&mut bytes).unwrap();
        }
        bytes
    };
    names.iter().map(&mut part).collect::<Vec<_>>().join(&0)
}

/// Gives a target documents and changes of them, the same ones every time.
fn run(target: fn(&[u8]), documents: impl IntoIterator<Item = Vec<u8>>) {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = move |limit: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % limit.max(1) as u64).unwrap()
    };
    let mut count = 0;
    for document in documents {
        target(&document);
        for _ in 0..CHANGES {
            let mut bytes = document.clone();
            for _ in 0..=below(8) {
                let at = below(bytes.len());
                let to = (at + below(64)).min(bytes.len());
                match below(5) {
                    0 => bytes.truncate(at.max(1)),
                    1 => drop(bytes.drain(at..to)),
                    2 => {
                        let again = bytes[at..to].to_vec();
                        let place = below(bytes.len());
                        bytes.splice(place..place, again.repeat(1 + below(40)));
                    }
                    3 => bytes[at] = u8::try_from(below(256)).unwrap(),
                    _ => bytes[at] ^= 1 << below(8),
                }
                bytes.push(0);
            }
            target(&bytes);
        }
        count += 1;
    }
    assert!(3 < count, "only {count} documents");
}

#[test]
fn pdf_files_are_read_or_refused_whatever_is_in_them() {
    run(targets::pdf, rendered("pdf").iter().map(|path| fs::read(path).unwrap()));
}

#[test]
fn pages_are_drawn_or_refused_whatever_is_on_them() {
    let pages = files(&repository().join("tests/pitfalls"));
    run(targets::page, pages.iter().map(|path| fs::read(path).unwrap()));
}

#[test]
fn word_documents_are_read_or_refused_whatever_is_in_them() {
    run(targets::docx, rendered("docx").iter().map(|path| joined(path, targets::DOCX)));
}

#[test]
fn workbooks_are_read_or_refused_whatever_is_in_them() {
    run(targets::xlsx, rendered("xlsx").iter().map(|path| joined(path, targets::XLSX)));
}

#[test]
fn old_workbooks_are_read_or_refused_whatever_is_in_them() {
    let stream = |path: &PathBuf| {
        let mut bytes = Vec::new();
        let mut file = cfb::open(path).unwrap();
        file.open_stream("Workbook").unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    run(targets::xls, rendered("xls").iter().map(stream));
    run(targets::xls, rendered("xls").iter().map(|path| fs::read(path).unwrap()));
}

#[test]
fn web_pages_are_read_or_refused_whatever_is_in_them() {
    run(targets::html, rendered("html").iter().map(|path| fs::read(path).unwrap()));
}

#[test]
fn texts_are_read_or_refused_whatever_is_in_them() {
    run(targets::text, disclosures().iter().map(|path| fs::read(path).unwrap()));
}
