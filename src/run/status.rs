//! Says how a warehouse is: its snapshots, the last runs, and what someone should look at.

use std::{collections::BTreeMap, path::Path};

use crate::{
    error::Result,
    store::{
        history::{Record, history},
        layout,
        manifest::Manifest,
        render::{self, Cell},
        snapshot,
    },
    tabulate,
};

/// How many runs are shown.
const RUNS: usize = 10;

/// How many reasons of the quarantine are shown.
const REASONS: usize = 10;

/// Returns the snapshots of a warehouse as a table; the current one is marked.
pub fn snapshots(warehouse: &Path) -> Result<String> {
    let current = layout::current_snapshot(warehouse)?;
    let runs = history(warehouse);
    let mut rows = Vec::new();
    for name in snapshot::names(warehouse)? {
        let folder = layout::snapshots(warehouse).join(&name);
        let counts = Manifest::read(&folder)?.unwrap_or_default().counts();
        let run = runs
            .iter()
            .rev()
            .find(|run| run.outcome == "published" && run.snapshot.as_ref() == Some(&name));
        let mark = if current.ends_with(&name) { "current" } else { "" };
        rows.push(vec![
            Cell::Text(name.into()),
            Cell::Text(run.map(|run| run.ended.clone()).unwrap_or_default().into()),
            Cell::Number(counts.documents.to_string()),
            Cell::Number(counts.quarantined.to_string()),
            Cell::Number(counts.figures.to_string()),
            Cell::Text(mark.into()),
        ]);
    }
    table(&["snapshot", "published", "documents", "quarantined", "figures", ""], rows)
}

/// Returns the last runs, the documents by year, the quarantine, and what to look at.
pub fn status(warehouse: &Path) -> Result<String> {
    let current = layout::current_snapshot(warehouse)?;
    let manifest = Manifest::read(&current)?.unwrap_or_default();
    let counts = manifest.counts();
    let runs = history(warehouse);
    let name = current.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut text = format!(
        "Snapshot {} of {}: {} documents, {} figures, {} findings that are errors.\n\n",
        name.unwrap_or_default(),
        warehouse.display(),
        counts.documents,
        counts.figures,
        counts.errors,
    );
    let mut years = Vec::new();
    tabulate::summary(warehouse, &mut years)?;
    text.push_str(&String::from_utf8_lossy(&years));
    text.push('\n');
    let last = runs.get(runs.len().saturating_sub(RUNS)..).unwrap_or_default();
    text.push_str(&table(
        &["run", "outcome", "new", "changed", "gone", "documents", "quarantined", "seconds"],
        last.iter().map(row).collect(),
    )?);
    let look = to_look_at(&manifest, &runs);
    text.push_str("\nTo look at:\n");
    if look.is_empty() {
        text.push_str("  nothing\n");
    }
    text.extend(look.iter().map(|line| format!("  {line}\n")));
    Ok(text)
}

/// Returns a run as a row.
fn row(run: &Record) -> Vec<Cell<'_>> {
    let files = |key: &str| Cell::Number(run.files.get(key).copied().unwrap_or(0).to_string());
    let took: u64 = run.milliseconds.values().sum();
    vec![
        Cell::Text(run.begun.as_str().into()),
        Cell::Text(run.outcome.as_str().into()),
        files("new"),
        files("changed"),
        files("gone"),
        Cell::Number(run.counts.documents.to_string()),
        Cell::Number(run.counts.quarantined.to_string()),
        Cell::Number(format!("{}.{}", took / 1_000, took / 100 % 10)),
    ]
}

/// Returns what someone should look at, the most urgent first.
fn to_look_at(manifest: &Manifest, runs: &[Record]) -> Vec<String> {
    let mut look = Vec::new();
    if let Some(last) = runs.last()
        && let Some(reason) = &last.reason
    {
        look.push(format!("the last run {}: {reason}", last.outcome));
    }
    let published: Vec<&Record> = runs.iter().filter(|run| run.outcome == "published").collect();
    if let [.., before, last] = published.as_slice() {
        let (now, then) = (last.counts, before.counts);
        if now.documents < then.documents {
            look.push(format!("{} documents fewer than before", then.documents - now.documents));
        }
        if then.errors < now.errors {
            look.push(format!("{} findings that are errors are new", now.errors - then.errors));
        }
    }
    let mut reasons: BTreeMap<(&str, &str), (usize, &str)> = BTreeMap::new();
    for (_, failure) in manifest.failures() {
        let key = (failure.stage.as_str(), failure.reason.as_str());
        reasons.entry(key).or_insert((0, &failure.path)).0 += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(key, (count, _))| (std::cmp::Reverse(*count), *key));
    for ((stage, reason), (count, path)) in reasons.into_iter().take(REASONS) {
        let path = path.escape_debug();
        look.push(format!("{count} in quarantine ({stage}): {reason}, as {path}"));
    }
    if manifest.failures().next().is_some() {
        look.push("`fisc retry` reads them again when the cause is gone".to_owned());
    }
    look
}

fn table(columns: &[&str], rows: Vec<Vec<Cell<'_>>>) -> Result<String> {
    let mut out = Vec::new();
    render::table(columns, rows, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
