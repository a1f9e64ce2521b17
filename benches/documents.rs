//! Measures bytes to placed figures on one thread, in bytes a second: the whole path as `all`,
//! and each of its stages alone on what the stages before it made.

use std::hint::black_box;

use divan::{Bencher, counter::BytesCount};
use fisc::{
    accounts::{
        disclosure::{Identity, TablePresence},
        gap::Gap,
        sources::Sources,
        statement::Statement,
        table::Table,
    },
    decode::{self, Document},
    extract::{
        self, RawTable,
        performance::{self, PerformanceForm},
        prose::{Taken, passages},
    },
    normalise::{self, figure::Figures, prose::Reader, tally},
    reconcile,
    run::{Knowledge, disclosure, unchecked},
};

fn main() {
    divan::main();
}

/// The sample documents with their paths, and what is known before they are read.
struct Sample {
    documents: Vec<(String, Vec<u8>)>,
    knowledge: Knowledge,
}

impl Sample {
    #[expect(clippy::disallowed_methods, clippy::expect_used, reason = "a benchmark reads files")]
    fn read() -> Sample {
        let paths = fisc::acquire::documents(&["data/disclosures".into()]).expect("the sample");
        let read = |path: &std::path::PathBuf| {
            (path.display().to_string(), std::fs::read(path).expect("a document"))
        };
        let documents = paths.iter().map(read).collect();
        let knowledge = Knowledge::read(&Sources::built_in()).expect("the built-in files");
        Sample { documents, knowledge }
    }

    fn decoded(&self) -> Vec<Document> {
        self.documents
            .iter()
            .filter_map(|(path, bytes)| decode::document(path, bytes).ok())
            .collect()
    }

    fn size(&self) -> BytesCount {
        BytesCount::new(self.documents.iter().map(|(_, bytes)| bytes.len()).sum::<usize>())
    }

    /// Measures what one stage makes of the documents that the stages before it have read.
    fn measure<T>(
        &self,
        bencher: Bencher<'_, '_>,
        stage: impl Fn(&Extracted<'_>, &Knowledge) -> T + Sync,
    ) {
        let decoded = self.decoded();
        let documents: Vec<Extracted<'_>> =
            decoded.iter().map(|document| Extracted::read(document, &self.knowledge)).collect();
        bencher.counter(self.size()).bench(|| {
            for document in &documents {
                black_box(stage(document, &self.knowledge));
            }
        });
    }
}

/// A document as far as `extract` takes it.
struct Extracted<'d> {
    document: &'d Document,
    tables: Vec<RawTable<'d>>,
    identity: Identity,
    forms: Vec<PerformanceForm<'d>>,
    taken: Taken,
}

impl<'d> Extracted<'d> {
    fn read(document: &'d Document, knowledge: &'d Knowledge) -> Extracted<'d> {
        let (tables, _) = extract::tables(document, &knowledge.forms, &knowledge.classes);
        let identity = extract::identity::identity(document, &tables, &knowledge.classes);
        let forms = performance::forms(document, &tables, &knowledge.performance);
        let taken = Taken::by(&tables, &forms);
        Extracted { document, tables, identity, forms, taken }
    }

    fn stated<'k>(&self, knowledge: &'k Knowledge) -> Reader<'k> {
        let mut prose = Reader::new(&knowledge.wording, &knowledge.classes, &self.identity);
        passages(self.document, &knowledge.wording, &self.taken, |passage| prose.read(passage));
        prose
    }
}

fn typed(read: &Extracted<'_>, knowledge: &Knowledge) -> Vec<(Table, Vec<Gap>)> {
    let typed = |raw| normalise::table(raw, &knowledge.forms.words, &knowledge.classes);
    read.tables.iter().map(typed).collect()
}

fn placed(read: &Extracted<'_>, knowledge: &Knowledge) -> Vec<(Table, Vec<Gap>)> {
    let mut tables = typed(read, knowledge);
    for (table, _) in &mut tables {
        reconcile::place(table);
    }
    tables
}

fn figures(read: &Extracted<'_>, knowledge: &Knowledge) -> Vec<Figures> {
    let tables = placed(read, knowledge);
    let figures = |(table, _): &(Table, _)| normalise::figure::figures(table, &read.identity);
    tables.iter().map(figures).collect()
}

/// The whole path of a document, from its bytes to its checked figures and statements.
#[divan::bench]
fn all(bencher: Bencher<'_, '_>) {
    let sample = Sample::read();
    bencher.counter(sample.size()).bench(|| {
        for (path, bytes) in &sample.documents {
            drop(black_box(disclosure(path, bytes, &sample.knowledge)));
        }
    });
}

/// The whole path but for checking the accounts.
#[divan::bench]
fn all_but_checking(bencher: Bencher<'_, '_>) {
    let sample = Sample::read();
    bencher.counter(sample.size()).bench(|| {
        for (path, bytes) in &sample.documents {
            drop(black_box(unchecked(path, bytes, &sample.knowledge)));
        }
    });
}

/// What the tables alone cost, from bytes to figures in their places: neither prose nor
/// performance forms, and no count of what was left unread.
#[divan::bench]
fn rows(bencher: Bencher<'_, '_>) {
    let sample = Sample::read();
    let Knowledge { forms, classes, .. } = &sample.knowledge;
    bencher.counter(sample.size()).bench(|| {
        for (path, bytes) in &sample.documents {
            let Ok(document) = decode::document(path, bytes) else { continue };
            let (tables, _) = extract::tables(&document, forms, classes);
            let identity = extract::identity::identity(&document, &tables, classes);
            for raw in &tables {
                let (mut table, _) = normalise::table(raw, &forms.words, classes);
                reconcile::place(&mut table);
                black_box(normalise::figure::figures(&table, &identity));
            }
        }
    });
}

/// Decoding bytes to lines and cells.
#[divan::bench]
fn decoding(bencher: Bencher<'_, '_>) {
    let sample = Sample::read();
    bencher.counter(sample.size()).bench(|| sample.decoded());
}

/// Finding tables and reading their headers.
#[divan::bench]
fn extraction(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, |document, knowledge| {
        extract::tables(document.document, &knowledge.forms, &knowledge.classes).0.len()
    });
}

/// Naming a document by its bytes.
#[divan::bench]
fn hashing(bencher: Bencher<'_, '_>) {
    let sample = Sample::read();
    bencher.counter(sample.size()).bench(|| {
        for (_, bytes) in &sample.documents {
            black_box(fisc::acquire::identity(bytes));
        }
    });
}

/// Finding performance forms.
#[divan::bench]
fn performance_forms(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, |document, knowledge| {
        performance::forms(document.document, &document.tables, &knowledge.performance).len()
    });
}

/// Finding the data of charts.
#[divan::bench]
fn charts(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, |document, knowledge| {
        extract::chart::charts(document.document, &knowledge.wording, &document.taken).data.len()
    });
}

/// Finding out who publishes.
#[divan::bench]
fn identities(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, |document, knowledge| {
        extract::identity::identity(document.document, &document.tables, &knowledge.classes)
    });
}

/// Typing the rows of tables.
#[divan::bench]
fn typing(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, typed);
}

/// Typing the rows of tables and placing their figures.
#[divan::bench]
fn typing_and_placement(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, placed);
}

/// Typing, placing, and making figures of the placed cells.
#[divan::bench]
fn typing_to_figures(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, figures);
}

/// Reading what sentences state.
#[divan::bench]
fn prose(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, |document, knowledge| document.stated(knowledge).statements);
}

/// Cutting the prose into passages, without reading them.
#[divan::bench]
fn prose_passages(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, |document, knowledge| {
        let mut glyphs = 0;
        passages(document.document, &knowledge.wording, &document.taken, |passage| {
            glyphs += passage.glyphs.len();
        });
        glyphs
    });
}

/// Reading the indicators of performance forms.
#[divan::bench]
fn indicators(bencher: Bencher<'_, '_>) {
    Sample::read().measure(bencher, |document, knowledge| {
        let words = &knowledge.performance;
        normalise::indicator::indicators(&document.forms, words, &document.identity)
    });
}

/// Putting what is stated and charted into the cube.
#[divan::bench]
fn cube(bencher: Bencher<'_, '_>) {
    let sample = Sample::read();
    let decoded = sample.decoded();
    let knowledge = &sample.knowledge;
    let documents: Vec<(Extracted<'_>, Vec<Statement>, Vec<TablePresence>)> = decoded
        .iter()
        .map(|document| {
            let read = Extracted::read(document, knowledge);
            let statements = read.stated(knowledge).statements;
            let tables = placed(&read, knowledge).into_iter().zip(figures(&read, knowledge));
            let present = |((table, _), printed): ((Table, _), Figures)| {
                let figures = u32::try_from(printed.figures.len()).unwrap_or(u32::MAX);
                TablePresence { table: table.kind, line: table.line, figures }
            };
            let tables = tables.map(present).collect();
            (read, statements, tables)
        })
        .collect();
    bencher.counter(sample.size()).bench(|| {
        for (read, statements, tables) in &documents {
            let charts = extract::chart::charts(read.document, &knowledge.wording, &read.taken);
            let reader = Reader::new(&knowledge.wording, &knowledge.classes, &read.identity);
            black_box(normalise::cube::untabled(
                statements,
                &reader.charted(&charts.data, &read.identity),
                tables,
                &read.identity,
                &knowledge.forms,
                &knowledge.wording,
            ));
        }
    });
}

/// Claiming the cells of tables and counting the numbers of the document.
#[divan::bench]
fn tally(bencher: Bencher<'_, '_>) {
    let sample = Sample::read();
    let decoded = sample.decoded();
    let knowledge = &sample.knowledge;
    let documents: Vec<_> = decoded
        .iter()
        .map(|document| {
            let read = Extracted::read(document, knowledge);
            let (figures, prose) = (figures(&read, knowledge), read.stated(knowledge).claims);
            (read, figures, prose)
        })
        .collect();
    bencher.counter(sample.size()).bench(|| {
        for (read, figures, prose) in &documents {
            let mut claims = prose.clone();
            for (raw, printed) in read.tables.iter().zip(figures) {
                tally::table_claims(raw, &printed.figures, &printed.gaps, &mut claims);
            }
            black_box(tally::tally(read.document, claims, &mut Vec::new(), |_| true));
        }
    });
}
