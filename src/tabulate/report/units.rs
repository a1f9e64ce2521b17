//! Shows what is known of single units: one after the other in the report, the others on pages
//! of their own.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::{
    error::Result,
    tabulate::{
        engine::Engine,
        report::{
            crossed::crossed,
            drawing::{Drawing, shortened},
            grid::{Grid, literal},
            links::{Links, encoded},
            sections::stage,
            table::{source, table},
        },
    },
};

/// The most units that have a page.
pub const PAGES: usize = 300;
/// The most units in the table of the report.
const LISTED: usize = 60;
/// The most units that are shown within the report.
const SHOWN: usize = 8;
/// The most projects, figures and findings of one unit.
const PROJECTS: usize = 25;
const FIGURES: usize = 40;
const FINDINGS: usize = 25;
const SERIES: usize = 120;

/// Columns that are the same in every row of a unit, or say what its heading says.
const SAME: [&str; 14] = [
    "unit_key",
    "unit_id",
    "unit_name",
    "unit_code",
    "parent_name",
    "parent_id",
    "region",
    "region_code",
    "level",
    "scope",
    "publisher_id",
    "publisher_name",
    "place",
    "counted",
];

/// A unit with what its documents say.
#[derive(Clone, Debug)]
pub struct Unit {
    /// What calls it: its number in the registry, or its name.
    pub key: String,
    /// Its name.
    pub name: String,
    about: String,
    years: Grid,
    series: Grid,
    three_public: Grid,
    projects: Grid,
    figures: Grid,
    findings: Grid,
}

impl Unit {
    /// Returns the file of its page, in the folder of units.
    pub fn file(&self) -> String {
        let name: String =
            self.key.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(60).collect();
        format!("{name}.html")
    }

    /// Returns the address of its page, seen from that folder.
    pub fn address(&self) -> String {
        encoded(&self.file())
    }
}

/// The units of a report.
#[derive(Clone, Debug, Default)]
pub struct Units {
    /// Those that have a page, those that spend most first.
    pub paged: Vec<Unit>,
    /// How many there are.
    pub count: usize,
    newest: Grid,
}

/// Collects the units that spend most in their newest year, and what is known of them.
pub fn collect(engine: &mut Engine) -> Result<Units> {
    let key = key(engine, "unit_year_overview");
    let columns = Grid::columns(engine, "unit_year_overview");
    let spent = Grid::first(&columns, &["printed_expenditure"]).unwrap_or("expenditure");
    let own = key.replace("unit_", "o.unit_");
    // Of all units the few columns that rank them, of the first of them all columns.
    let newest = format!(
        "WITH ranked AS (SELECT {key} AS unit_key, doc_id, path, {spent} AS spent, \
           ROW_NUMBER() OVER (PARTITION BY {key} \
           ORDER BY COALESCE(fiscal_year, 0) * -1, stage, doc_id, path) AS place \
           FROM unit_year_overview), \
         leading AS (SELECT unit_key, doc_id, path, spent FROM ranked WHERE place = 1 \
           ORDER BY COALESCE(spent, -1) DESC, unit_key LIMIT {PAGES}) \
         SELECT o.*, l.unit_key FROM unit_year_overview o \
         JOIN leading l ON o.doc_id = l.doc_id AND o.path = l.path AND {own} = l.unit_key \
         ORDER BY COALESCE(l.spent, -1) DESC, l.unit_key"
    );
    let newest = Grid::ask(engine, "units", &newest)?;
    let count = format!("SELECT COUNT(DISTINCT {key}) AS n FROM unit_year_overview");
    let count = Grid::ask(engine, "units", &count)?;
    let count = count.rows().next().map(|row| row.text("n").replace(',', "")).unwrap_or_default();
    let keys: Vec<String> = newest.rows().map(|row| row.text("unit_key")).collect();
    if keys.is_empty() {
        return Ok(Units::default());
    }
    let within = keys.iter().map(|key| literal(key)).collect::<Vec<_>>().join(", ");
    let of = |engine: &mut Engine, mart: &str, order: &str, most: usize| {
        let key = self::key(engine, mart);
        let sql = format!(
            "WITH ranked AS (SELECT *, {key} AS unit_key, ROW_NUMBER() OVER (PARTITION BY {key} \
               ORDER BY {order}) AS place FROM {mart} WHERE {key} IN ({within})) \
             SELECT * FROM ranked WHERE place <= {most} ORDER BY unit_key, place"
        );
        Grid::ask(engine, mart, &sql).map(|grid| grid.by("unit_key"))
    };
    let season = "COALESCE(fiscal_year, 0) * -1, stage, doc_id, path";
    let mut years = of(engine, "unit_year_overview", season, FIGURES)?;
    let has_series = !Grid::columns(engine, "unit_series").is_empty();
    let mut series = if has_series {
        of(engine, "unit_series", "measure, scope, fiscal_year, stage", SERIES)?
    } else {
        BTreeMap::new()
    };
    let mut three_public = of(engine, "three_public_by_unit_year", season, FIGURES)?;
    let largest = "COALESCE(fiscal_year, 0) * -1, stage, COALESCE(amount, -1) * -1, \
                   doc_id, path, line, position";
    let mut projects = of(engine, "project_register", largest, PROJECTS)?;
    let filed = key_in_filings(engine);
    let own = format!(
        "SELECT DISTINCT f.doc_id FROM filings f WHERE {filed} IN ({within}) ORDER BY f.doc_id"
    );
    let own = Grid::ask(engine, "filings", &own)?;
    let own: Vec<String> = own.rows().map(|row| literal(&row.text("doc_id"))).collect();
    let own = if own.is_empty() { "''".to_owned() } else { own.join(", ") };
    let mut printed = |table: &str, columns: &str, which: &str, order: &str, most: usize| {
        let sql = format!(
            "WITH ranked AS (SELECT {filed} AS unit_key, {columns}, t.doc_id, t.path, t.line, \
               ROW_NUMBER() OVER (PARTITION BY {filed} ORDER BY {order}) AS place \
               FROM {table} t JOIN filings f ON t.doc_id = f.doc_id AND t.path = f.path \
               WHERE t.doc_id IN ({own}) AND {filed} IN ({within}) AND {which}) \
             SELECT * FROM ranked WHERE place <= {most} ORDER BY unit_key, place"
        );
        Grid::ask(engine, table, &sql).map(|grid| grid.by("unit_key"))
    };
    // Of all amounts, which are twenty times as many, a report of many documents would take half
    // a minute to find the totals.
    let mut figures = printed(
        "document_measures",
        "t.fiscal_year, t.stage, t.measure, t.amount",
        "t.amount IS NOT NULL",
        "COALESCE(t.fiscal_year, 0) * -1, t.stage, t.path, t.measure, t.line, t.doc_id",
        FIGURES,
    )?;
    let mut findings = printed(
        "findings",
        "t.severity, t.rule, t.message, t.message_chinese",
        "t.severity <> 'rounding'",
        "t.severity, t.path, t.line, t.rule, t.message, t.doc_id",
        FINDINGS,
    )?;
    let mut paged = Vec::new();
    for row in newest.rows() {
        let key = row.text("unit_key");
        if paged.iter().any(|unit: &Unit| unit.key == key) {
            continue;
        }
        let about = ["parent_name", "region"].map(|column| row.text(column));
        let take = |map: &mut BTreeMap<String, Grid>| map.remove(&key).unwrap_or_default();
        paged.push(Unit {
            name: row.text("unit_name"),
            about: about
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            years: take(&mut years),
            series: take(&mut series),
            three_public: take(&mut three_public),
            projects: take(&mut projects),
            figures: take(&mut figures),
            findings: take(&mut findings),
            key,
        });
    }
    Ok(Units { paged, count: count.parse().unwrap_or_default(), newest })
}

/// Shows the units that spend most: a table, and the first of them at length.
pub fn section(units: &Units, links: &Links) -> Markup {
    let pages = units.paged.len();
    let hidden = ["unit_key", "place", "doc_id", "counted"];
    html! {
        p {
            "Each with the newest of its documents, those that spend most first: "
            (units.newest.rows().len().min(LISTED)) " of " (units.count) "."
            @if pages < units.count {
                " Pages of their own have the first " (pages) " (at most " (PAGES) "); of the others: "
                code { "fisc query \"SELECT * FROM unit_year_overview WHERE unit_name = '…'\"" } "."
            }
        }
        (table(&units.newest, links, &[], &hidden, LISTED))
        @for unit in units.paged.iter().take(SHOWN) {
            details class="card unit" {
                summary { b { (shortened(&unit.name, 60)) } " " span { (unit.about) } }
                (body(unit, links))
            }
        }
    }
}

/// Shows one unit: its figures by year, “三公”, projects, findings and main figures as printed.
pub fn body(unit: &Unit, links: &Links) -> Markup {
    let hidden = SAME;
    let narrow = [hidden.as_slice(), &["row_unit"]].concat();
    let drawing = by_year(unit);
    html! {
        @if 1 < drawing.places.len() { (drawing.lines()) }
        h4 { "By year" }
        (table(&unit.years, links, &[], &hidden, FIGURES))
        @if unit.series.rows().len() != 0 {
            details {
                summary { "Every measure and year, wherever it is known from" }
                (table(&unit.series, links, &[], &hidden, SERIES))
            }
        }
        @if unit.three_public.rows().len() != 0 {
            h4 { "“三公” spending" }
            (table(&unit.three_public, links, &[], &hidden, FIGURES))
        }
        @if unit.projects.rows().len() != 0 {
            h4 {
                "Projects"
                @if unit.projects.rows().len() == PROJECTS {
                    " (the largest " (PROJECTS) ", the newest year first)"
                }
            }
            (table(&unit.projects, links, &[], &narrow, PROJECTS))
        }
        h4 { "Findings" }
        @if unit.findings.rows().len() == 0 {
            p class="nothing" { "None: whatever could be checked adds up." }
        } @else {
            ul class="findings" {
                @for row in unit.findings.rows() {
                    li {
                        span class={ "tag " (row.text("severity")) } { (row.text("severity")) } " "
                        (shortened(&row.text("message"), 240)) " " (source(&row, links))
                    }
                }
            }
        }
        @if unit.figures.rows().len() != 0 {
            details {
                summary { "Main figures of each document, with their lines" }
                (table(&unit.figures, links, &[], &hidden, FIGURES))
            }
        }
    }
}

/// Draws expenditure by year, from wherever it is known.
fn by_year(unit: &Unit) -> Drawing {
    let known = unit.series.only("measure", "expenditure");
    let grid = if known.rows().len() == 0 { &unit.years } else { &known };
    let mut drawing = crossed(grid, "Expenditure by year", true, |row| {
        let amounts = ["amount", "printed_expenditure", "expenditure"];
        let spent = amounts.iter().find_map(|name| row.number(name));
        (row.text("fiscal_year"), stage(&row.text("stage")).to_owned(), spent)
    });
    drawing.places.sort_by(|a, b| a.0.cmp(&b.0));
    drawing
}

/// Returns what calls a unit in a mart.
fn key(engine: &mut Engine, mart: &str) -> String {
    let numbered = Grid::columns(engine, mart).iter().any(|column| column.name == "unit_id");
    let key = if numbered { "COALESCE(CAST(unit_id AS VARCHAR), unit_name)" } else { "unit_name" };
    key.to_owned()
}

fn key_in_filings(engine: &mut Engine) -> String {
    key(engine, "filings").replace("unit_", "f.unit_")
}
