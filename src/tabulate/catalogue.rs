//! Lists the analyses, and shows one.

use std::{borrow::Cow, io::Write, path::Path};

use crate::{
    accounts::sources::Sources,
    error::{ErrorKind, Result},
    store::{
        layout,
        render::{self, Cell},
    },
    tabulate::{analysis::Analysis, cells, engine::Engine, troubles::did_you_mean},
};

/// Writes a row an analysis: its name, title and grain, and how many rows it has in the current
/// snapshot of a warehouse, where there is one.
pub fn list(warehouse: &Path, sources: &Sources, out: &mut dyn Write) -> Result<()> {
    let snapshot = layout::current_snapshot(warehouse);
    let mut engine = match &snapshot {
        Ok(snapshot) => Some(Engine::open(snapshot)?),
        Err(error) if matches!(error.kind(), ErrorKind::NoSnapshot { .. }) => None,
        Err(_) => return snapshot.map(|_| ()),
    };
    let mut analyses = Analysis::all(sources)?;
    analyses.sort_by(|a, b| a.name.cmp(&b.name));
    let mut rows = Vec::new();
    for analysis in analyses {
        // An analysis that was added since has no mart yet.
        let count = engine.as_mut().and_then(|engine| count(engine, &analysis.name));
        rows.push(vec![
            Cell::Text(Cow::Owned(analysis.name)),
            Cell::Text(Cow::Owned(analysis.title)),
            Cell::Text(Cow::Owned(analysis.grain.join(", "))),
            count.map_or(Cell::Absent, Cell::Number),
        ]);
    }
    render::table(&["name", "title", "one row for each", "rows"], rows, out)
}

fn count(engine: &mut Engine, name: &str) -> Option<String> {
    let frame = engine.run(name, &format!("SELECT COUNT(*) AS n FROM \"{name}\"")).ok()?;
    let row = cells::rows(&frame).next()?;
    row.first().map(|cell| cell.as_text().to_owned())
}

/// Writes what the head of an analysis says, and its SQL.
pub fn show(name: &str, sources: &Sources, out: &mut dyn Write) -> Result<()> {
    let analyses = Analysis::all(sources)?;
    let Some(analysis) = analyses.iter().find(|analysis| analysis.name == name) else {
        let names: Vec<&str> = analyses.iter().map(|analysis| analysis.name.as_str()).collect();
        let meant = did_you_mean(name, &names);
        let problem = format!("there is no such analysis{meant}\n  `fisc analyses` lists them");
        return Err(ErrorKind::Query { name: name.to_owned(), problem }.into());
    };
    write!(
        out,
        "{}: {}\none row for each {}\n\n{}\n\n{}",
        analysis.name,
        analysis.title,
        analysis.grain.join(", "),
        analysis.description,
        analysis.sql,
    )
    .map_err(render::unwritten)
}
