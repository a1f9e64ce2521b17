//! Measures bytes to placed figures on one thread, in bytes a second.

use divan::{Bencher, counter::BytesCount};
use fisc::{
    accounts::sources::Sources,
    decode, extract,
    run::{Knowledge, disclosure},
};

fn main() {
    divan::main();
}

/// The sample documents with their paths.
#[expect(clippy::disallowed_methods, clippy::expect_used, reason = "a benchmark reads its sample")]
fn sample() -> Vec<(String, Vec<u8>)> {
    let paths = fisc::acquire::documents(&["data/disclosures".into()]).expect("the sample");
    let read = |path: &std::path::PathBuf| {
        (path.display().to_string(), std::fs::read(path).expect("a document"))
    };
    paths.iter().map(read).collect()
}

#[expect(clippy::expect_used, reason = "the built-in files are tested")]
fn knowledge() -> Knowledge {
    Knowledge::read(&Sources::built_in()).expect("the built-in files")
}

fn size(documents: &[(String, Vec<u8>)]) -> BytesCount {
    BytesCount::new(documents.iter().map(|(_, bytes)| bytes.len()).sum::<usize>())
}

/// The whole path of a document, from its bytes to its figures.
#[divan::bench]
fn figures(bencher: Bencher<'_, '_>) {
    let (documents, knowledge) = (sample(), knowledge());
    bencher.counter(size(&documents)).bench(|| {
        documents
            .iter()
            .map(|(path, bytes)| disclosure(path, bytes, &knowledge))
            .collect::<Vec<_>>()
    });
}

/// Decoding alone.
#[divan::bench]
fn decoding(bencher: Bencher<'_, '_>) {
    let documents = sample();
    bencher.counter(size(&documents)).bench(|| {
        documents.iter().map(|(path, bytes)| decode::document(path, bytes)).collect::<Vec<_>>()
    });
}

/// Finding tables and reading their headers in documents that are decoded.
#[divan::bench]
fn extraction(bencher: Bencher<'_, '_>) {
    let (documents, knowledge) = (sample(), knowledge());
    let decoded: Vec<_> =
        documents.iter().filter_map(|(path, bytes)| decode::document(path, bytes).ok()).collect();
    bencher.counter(size(&documents)).bench(|| {
        decoded
            .iter()
            .map(|document| extract::tables(document, &knowledge.forms, &knowledge.classes).0.len())
            .sum::<usize>()
    });
}

/// Finding out who publishes, in documents whose tables were found.
#[divan::bench]
fn identities(bencher: Bencher<'_, '_>) {
    let (documents, knowledge) = (sample(), knowledge());
    let decoded: Vec<_> =
        documents.iter().filter_map(|(path, bytes)| decode::document(path, bytes).ok()).collect();
    let found: Vec<_> = decoded
        .iter()
        .map(|document| {
            (document, extract::tables(document, &knowledge.forms, &knowledge.classes).0)
        })
        .collect();
    bencher.counter(size(&documents)).bench(|| {
        found
            .iter()
            .map(|(document, tables)| {
                extract::identity::identity(document, tables, &knowledge.classes)
            })
            .collect::<Vec<_>>()
    });
}
