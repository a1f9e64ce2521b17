//! Makes marts and answers from the tables that `store` wrote.
//!
//! Sees Parquet and nothing else: no document, no disclosure, and it writes no file itself.

pub mod analysis;
pub mod arrays;
pub mod bars;
pub mod catalogue;
pub mod cells;
pub mod described;
pub mod engine;
pub mod package;
pub mod report;
pub mod troubles;

use std::{io::Write, path::Path};

use crate::{
    accounts::sources::Sources,
    error::Result,
    store::{
        export, layout,
        manifest::Part,
        render::{self, Format},
    },
    tabulate::{analysis::Analysis, described::Described, engine::Engine},
};

/// How many units an analysis that asks for some is carried out for at once; unit tests have few.
const UNITS_AT_ONCE: usize = if cfg!(test) { 1 } else { 20_000 };

/// One row a year and stage: what a run ends with.
const SUMMARY: &str = "
SELECT
  f.fiscal_year, f.stage, COUNT(*) AS documents,
  SUM(CASE WHEN f.counted THEN 1 ELSE 0 END) AS counted,
  SUM(o.income) AS income, SUM(o.expenditure) AS expenditure, SUM(o.three_public) AS three_public
FROM filings f
LEFT JOIN unit_year_overview o ON o.doc_id = f.doc_id AND o.path = f.path
GROUP BY f.fiscal_year, f.stage
ORDER BY fiscal_year, stage";

/// The analyses of a run.
#[derive(Clone, Debug)]
pub struct Analyses {
    /// Each after those that it names.
    all: Vec<Analysis>,
    described: Described,
}

impl Analyses {
    /// Reads them.
    pub fn read(sources: &Sources) -> Result<Analyses> {
        Ok(Analyses { all: Analysis::all(sources)?, described: Described::read(sources)? })
    }

    /// Carries out the analyses by document over some documents: those of files of a snapshot
    /// that is being made, given by their paths in it. Returns the files of the results.
    ///
    /// An analysis may name another as a table: `write` puts each result, a path relative to the
    /// folder and Parquet bytes, there before the next begins. The bytes are the same at any
    /// thread count. `key` is in the names of the results.
    pub fn by_document(
        &self,
        snapshot: &Path,
        files: &[&str],
        key: &str,
        write: &mut dyn FnMut(&str, &[u8]) -> Result<()>,
    ) -> Result<Vec<Part>> {
        let mut engine = Engine::over(snapshot, files)?;
        let mut parts = Vec::new();
        for analysis in self.all.iter().filter(|analysis| analysis.by_document) {
            let file = layout::mart_part(&analysis.name, key);
            let rows = self.mart(&mut engine, analysis, &file, write)?;
            engine.add(&analysis.name, &snapshot.join(&file))?;
            parts.push(Part { file, rows });
        }
        Ok(parts)
    }

    /// Carries out the others over all tables in a snapshot's folder, with what those by document
    /// came to among them; returns how many analyses there are, those by document included. The
    /// rest is as there.
    pub fn marts(
        &self,
        snapshot: &Path,
        write: &mut dyn FnMut(&str, &[u8]) -> Result<()>,
    ) -> Result<usize> {
        let mut engine = Engine::open(snapshot)?;
        for analysis in self.all.iter().filter(|analysis| !analysis.by_document) {
            let file = layout::mart(&analysis.name);
            self.mart(&mut engine, analysis, &file, write)?;
            engine.add(&analysis.name, &snapshot.join(file))?;
        }
        Ok(self.all.len())
    }

    fn mart(
        &self,
        engine: &mut Engine,
        analysis: &Analysis,
        file: &str,
        write: &mut dyn FnMut(&str, &[u8]) -> Result<()>,
    ) -> Result<u64> {
        let units = if analysis.is_by_unit() { engine.units()? } else { Vec::new() };
        // There is a first piece although there is no unit: it says which columns there are.
        let last = units.len().saturating_sub(1) / UNITS_AT_ONCE;
        let mut made = |piece: usize| {
            if analysis.is_by_unit() {
                engine.ask(units.chunks(UNITS_AT_ONCE).nth(piece).unwrap_or_default());
            }
            let frame = engine.run(&analysis.name, &analysis.sql)?;
            analysis.check(&frame)?;
            Ok(frame)
        };
        let pieces = (0..=last)
            .flat_map(|piece| arrays::batches(&analysis.name, made(piece), Some(&self.described)));
        let (bytes, rows) = export::written(&analysis.name, pieces)?;
        write(file, &bytes)?;
        Ok(rows)
    }
}

/// Answers one SQL query over the current snapshot of a warehouse, datasets and marts alike.
pub fn query(warehouse: &Path, sql: &str, format: Format, out: &mut dyn Write) -> Result<()> {
    let mut engine = Engine::open(&layout::current_snapshot(warehouse)?)?;
    write(&mut engine, "query", sql, format, out)
}

/// Draws the answer of a query as bars, in lines of so many places.
pub fn chart(warehouse: &Path, sql: &str, width: usize, out: &mut dyn Write) -> Result<()> {
    let mut engine = Engine::open(&layout::current_snapshot(warehouse)?)?;
    let frame = engine.run("query", sql)?;
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let columns: Vec<&str> = names.iter().map(String::as_str).collect();
    bars::bars(&columns, cells::rows(&frame), width, out)
}

/// Writes a short table of the current snapshot: documents and money by year and stage.
pub fn summary(warehouse: &Path, out: &mut dyn Write) -> Result<()> {
    let mut engine = Engine::open(&layout::current_snapshot(warehouse)?)?;
    write(&mut engine, "summary", SUMMARY, Format::Table, out)
}

fn write(
    engine: &mut Engine,
    name: &str,
    sql: &str,
    format: Format,
    out: &mut dyn Write,
) -> Result<()> {
    let frame = engine.run(name, sql)?;
    if format == Format::Parquet {
        let (bytes, _) = export::written(name, arrays::batches(name, Ok(frame), None))?;
        return out.write_all(&bytes).map_err(render::unwritten);
    }
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let columns: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = cells::rows(&frame);
    match format {
        Format::Csv => render::csv(&columns, rows, out),
        Format::Table => render::table(&columns, rows, out),
        Format::Jsonl | Format::Parquet => render::jsonl(&columns, rows, out),
    }
}

/// Adds every mart to a snapshot whose datasets are written; returns their bytes.
#[cfg(test)]
fn marts(
    writer: &mut crate::store::snapshot::SnapshotWriter<'_>,
    sources: &Sources,
) -> Vec<Vec<u8>> {
    let mut made = Vec::new();
    let folder = writer.folder().to_owned();
    let files: Vec<String> = writer.parts().into_iter().map(str::to_owned).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let mut write = |file: &str, bytes: &[u8]| {
        made.push(bytes.to_vec());
        writer.add_file(file, bytes)
    };
    let analyses = Analyses::read(sources).expect("analyses");
    analyses.by_document(&folder, &files, "0", &mut write).expect("marts by document");
    analyses.marts(&folder, &mut write).expect("marts");
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        files::Files,
        samples,
        snapshot::{KEEP, Warehouse},
    };

    fn answer(warehouse: &Path, sql: &str) -> String {
        let mut out = Vec::new();
        query(warehouse, sql, Format::Csv, &mut out).expect("an answer");
        String::from_utf8(out).expect("text")
    }

    /// Publishes the samples and their marts; returns the bytes of the marts.
    fn publish(warehouse: &Path) -> Vec<Vec<u8>> {
        let open = Warehouse::open(warehouse, Files::default()).expect("a warehouse");
        let mut writer = open.begin().expect("a writer");
        writer.write(&samples::disclosures()).expect("written");
        writer.write_across(&samples::across()).expect("written");
        let made = marts(&mut writer, &Sources::built_in());
        writer.publish(KEEP).expect("published");
        made
    }

    #[test]
    fn decimals_stay_exact_and_partitions_typed() {
        samples::in_a_warehouse("exact", |warehouse| {
            publish(warehouse);
            assert_eq!(
                answer(
                    warehouse,
                    "SELECT fiscal_year, stage, SUM(amount) AS amount FROM amounts \
                     WHERE is_leaf GROUP BY fiscal_year, stage ORDER BY fiscal_year",
                ),
                "fiscal_year,stage,amount\n2024,budget,21415800.00\n,budget,10707900.00\n"
            );
        });
    }

    #[test]
    fn a_department_and_its_unit_are_counted_once() {
        samples::in_a_warehouse("once", |warehouse| {
            publish(warehouse);
            assert_eq!(
                answer(warehouse, "SELECT doc_id, counted FROM filings ORDER BY doc_id"),
                "doc_id,counted\na1,false\nb2,true\nc3,true\n"
            );
            assert_eq!(
                answer(
                    warehouse,
                    "SELECT doc_id, class_code, class_name, amount, printed_amount FROM \
                     function_class_by_unit_year WHERE fiscal_year = 2024",
                ),
                "doc_id,class_code,class_name,amount,printed_amount\n\
                 a1,208,社会保障和就业支出,0.01,0.01\na1,210,,10707899.99,10707899.99\n\
                 c3,208,社会保障和就业支出,0.00,0.01\nc3,210,,0.00,10707899.99\n"
            );
            assert_eq!(
                answer(
                    warehouse,
                    "SELECT statutory, income, government_fund, summary FROM coverage \
                     WHERE doc_id = 'a1'",
                ),
                "statutory,income,government_fund,summary\n2,1,0,\n"
            );
            let mut out = Vec::new();
            summary(warehouse, &mut out).expect("a summary");
            let table = String::from_utf8(out).expect("text");
            assert!(table.contains("2024  budget          2        1  10,707,900.00"), "{table}");
        });
    }

    #[test]
    fn a_mart_made_for_some_units_after_the_other_is_that_of_all() {
        samples::in_a_warehouse("pieces", |warehouse| {
            publish(warehouse);
            let units = answer(warehouse, "SELECT unit_id FROM units_asked ORDER BY unit_id");
            assert!(2 < units.lines().count(), "{units}");
            let analyses = Analysis::all(&Sources::built_in()).expect("analyses");
            let by_unit: Vec<&Analysis> = analyses.iter().filter(|one| one.is_by_unit()).collect();
            assert!(!by_unit.is_empty());
            for analysis in by_unit {
                let mart = format!(
                    "SELECT * FROM {} ORDER BY {}",
                    analysis.name,
                    analysis.grain.join(", ")
                );
                assert_eq!(answer(warehouse, &mart), answer(warehouse, &analysis.sql));
            }
        });
    }

    #[test]
    fn marts_have_the_same_bytes_every_time() {
        let mut first = Vec::new();
        samples::in_a_warehouse("marts", |warehouse| {
            first = publish(warehouse);
            assert_eq!(first, publish(warehouse));
        });
        assert!(first.iter().all(|bytes| bytes.starts_with(b"PAR1")));
    }
}
