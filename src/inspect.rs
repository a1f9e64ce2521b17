//! Tells in text how a document was understood, table by table.

pub mod page;

use std::fmt::Write as _;

use crate::{
    accounts::{
        disclosure::{Disclosure, Identity},
        figure::Figure,
        gap::{Gap, GapKind},
        statement::Statement,
        table::Meaning,
        tally::Tally,
    },
    decode::{self, Document, Line},
    error::Result,
    extract::{self, Panel, RawTable},
    run::{Knowledge, disclosure},
};

/// Describes a document: what it says of itself, every table with its header paths, columns,
/// rows and repairs, and what was not understood.
pub fn describe(path: &str, bytes: &[u8], knowledge: &Knowledge) -> Result<String> {
    let document = decode::document(path, bytes)?;
    let (tables, _) = extract::tables(&document, &knowledge.forms, &knowledge.classes);
    let disclosure = disclosure(path, bytes, knowledge)?;
    let mut out = String::new();
    head(&mut out, &disclosure);
    pages(&mut out, &document);
    let mut figures = disclosure.figures.as_slice();
    for (raw, presence) in tables.iter().zip(&disclosure.tables) {
        let count = presence.figures as usize;
        let (own, rest) = figures.split_at_checked(count).unwrap_or((figures, &[]));
        figures = rest;
        table(&mut out, raw, own);
    }
    prose(&mut out, &disclosure);
    let Tally { numbers, facts, named, told, unread } = disclosure.tally;
    line(
        &mut out,
        &format!(
            "\nNumbers: {numbers} printed = {facts} facts + {named} names + {told} in stories + \
             {unread} not read"
        ),
    );
    if !disclosure.gaps.is_empty() {
        line(&mut out, &format!("\nNot understood: {}", disclosure.gaps.len()));
        for gap in &disclosure.gaps {
            let table = gap.table.map_or("no table", |table| table.as_str());
            let text = format!(
                "  line {:>5} column {:>4}  {:<16} {table}: {}",
                gap.line,
                gap.column,
                gap.kind.as_str(),
                gap.token
            );
            line(&mut out, &text);
            if gap.kind == GapKind::Unclaimed {
                line(&mut out, &format!("    {}", excerpt(&document, gap)));
            }
        }
    }
    Ok(out)
}

/// Returns the line that a gap stands on, around it.
fn excerpt(document: &Document, gap: &Gap) -> String {
    const SHOWN: usize = 60;
    let lines = document.lines().filter(|line| line.number() == gap.line);
    let cells = lines.flat_map(Line::cells).map(|cell| cell.text).filter(|text| !text.is_empty());
    let text = cells.collect::<Vec<_>>().join("  ");
    let before = text.find(&gap.token).and_then(|at| text.get(..at)).unwrap_or_default();
    let skipped = before.chars().count().saturating_sub(SHOWN / 2);
    text.chars().skip(skipped).take(SHOWN).collect()
}

/// Lists what the prose states, in printed order.
fn prose(out: &mut String, disclosure: &Disclosure) {
    if disclosure.statements.is_empty() {
        return;
    }
    line(out, &format!("\nProse: {} statements", disclosure.statements.len()));
    for Statement { line: number, topic, label, kind, value, unit, fiscal_year, .. } in
        &disclosure.statements
    {
        let year = fiscal_year.map_or_else(String::new, |year| format!(" in {year}"));
        let value = value.normalize();
        line(out, &format!("  line {number:>5} {topic}: {label} {kind} {value} {unit}{year}"));
    }
}

/// Adds a line; writing to a string cannot fail.
fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn head(out: &mut String, disclosure: &Disclosure) {
    let Identity {
        title,
        unit_name,
        unit_code,
        parent_name,
        parent_code,
        scope,
        unit_count,
        fiscal_year,
        stage,
        published,
        region,
        money_unit,
    } = &disclosure.identity;
    line(out, &disclosure.path.clone());
    let unknown = || "unknown".to_owned();
    let coded = |name: &Option<String>, code: &Option<String>| match (name, code) {
        (Some(name), Some(code)) => format!("{name} ({code})"),
        (Some(name), None) => name.clone(),
        (None, Some(code)) => format!("({code})"),
        (None, None) => "unknown".to_owned(),
    };
    let scope = match (scope, unit_count) {
        (Some(scope), Some(count)) => format!("{scope} of {count} units"),
        (Some(scope), None) => scope.to_string(),
        _ => unknown(),
    };
    let rows = [
        ("title", title.clone().unwrap_or_else(unknown)),
        ("publisher", coded(unit_name, unit_code)),
        ("belongs to", coded(parent_name, parent_code)),
        ("scope", scope),
        ("year", fiscal_year.map_or_else(unknown, |year| year.to_string())),
        ("stage", stage.map_or_else(unknown, |stage| stage.to_string())),
        ("published", published.clone().unwrap_or_else(unknown)),
        ("region", region.clone().unwrap_or_else(unknown)),
        ("money unit", money_unit.map_or_else(unknown, |unit| unit.name().to_owned())),
        (
            "encoding",
            format!(
                "{}, {} lines, {} bytes",
                disclosure.encoding, disclosure.lines, disclosure.bytes
            ),
        ),
    ];
    for (name, value) in rows {
        if !(name == "belongs to" && value == "unknown") {
            line(out, &format!("  {name:<11}{value}"));
        }
    }
}

/// Says of pages what is not read of them.
fn pages(out: &mut String, document: &Document) {
    let Document { pages, scanned, hidden, .. } = document;
    let mut parts = vec![format!("{} pages", pages.len())];
    if !scanned.is_empty() {
        parts.push(format!("{} of them scanned, and not read", scanned.len()));
    }
    if 0 < *hidden {
        parts.push(format!("{hidden} characters are drawn where no page shows them"));
    }
    if 1 < parts.len() {
        line(out, &format!("  {:<11}{}", "pages", parts.join("; ")));
    }
}

fn table(out: &mut String, raw: &RawTable<'_>, figures: &[Figure]) {
    let title =
        if raw.title.is_empty() { "without a title, known by its header" } else { &raw.title };
    line(out, &format!("\nline {}  {}  {title}", raw.line, raw.form.table));
    let unit = raw.unit.map_or("that of the document", |unit| unit.name());
    let kind = if raw.form.amounts { "" } else { "; not read into amounts" };
    line(out, &format!("  unit {unit}; {} rows, {} figures{kind}", raw.rows.len(), figures.len()));
    if raw.form.amounts {
        for panel in &raw.panels {
            columns(out, panel);
        }
    }
    let mut repaired = 0;
    for figure in figures.iter().filter(|figure| !figure.repairs.is_empty()) {
        repaired += 1;
        let repairs: Vec<&str> = figure.repairs.iter().map(|repair| repair.as_str()).collect();
        let text = format!(
            "  mended line {} {}: `{}` is {} yuan in {}/{}/{} ({})",
            figure.line,
            figure.label,
            figure.raw,
            figure.amount_yuan,
            figure.fund,
            figure.period,
            figure.nature,
            repairs.join(", "),
        );
        if repaired <= 20 {
            line(out, &text);
        }
    }
    if 20 < repaired {
        line(out, &format!("  … and {} more mended figures", repaired - 20));
    }
}

fn columns(out: &mut String, panel: &Panel) {
    let mut text = format!("  {}:", panel.flow);
    for (at, role) in &panel.texts {
        let written = write!(text, " [{}] {role:?}", at + 1);
        debug_assert!(written.is_ok(), "a string takes any text");
    }
    line(out, &text);
    for (at, column) in &panel.values {
        let path =
            column.path.iter().filter(|label| !label.is_empty()).cloned().collect::<Vec<_>>();
        let path = if path.is_empty() { "(blank)".to_owned() } else { path.join(" › ") };
        let meaning = column.meaning.map_or("NOT UNDERSTOOD".to_owned(), meaning);
        line(out, &format!("    [{}] {path} → {meaning}", at + 1));
    }
}

fn meaning(meaning: Meaning) -> String {
    let mut text = match meaning.item {
        Some(item) => format!("{item} {}", meaning.fund),
        None => format!("{}/{}/{}", meaning.fund, meaning.period, meaning.nature),
    };
    if let Some(stage) = meaning.stage {
        text.extend([" ", stage.as_str()]);
    }
    if let Some(year) = meaning.year {
        // 上年 is counted from the year of the document.
        text.extend([if year <= 0 { " year " } else { " " }, year.to_string().as_str()]);
    }
    text
}
