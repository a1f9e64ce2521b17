//! Makes the sections of the report that look at all units together.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::{
    error::Result,
    store::counts::Counted,
    tabulate::{
        SUMMARY,
        engine::Engine,
        report::{
            crossed::{by_season, crossed, single},
            drawing::{Drawing, MOST_SERIES},
            grid::{Column, Grid, Row, literal},
            links::Links,
            quantity::Quantity,
            table::{amount, brief, source, table, unit, unit_key},
        },
    },
};

/// The most bars of a ranking.
const RANKED: usize = 15;
/// What is shown of a rank, as far as its mart has it.
const RANKING: [&str; 7] =
    ["unit_id", "unit_name", "project", "carryover", "doc_id", "path", "line"];
/// The most regions of the matrix.
const REGIONS: usize = 60;
/// The most columns of the matrix: years by stages, the newest.
const YEARS: usize = 12;

/// A year and a stage, in which units can be compared.
#[derive(Clone, Debug)]
pub struct Season {
    year: String,
    stage: String,
}

impl Season {
    /// Returns the year and stage of which the most documents are counted, the newest of those.
    pub fn fullest(engine: &mut Engine) -> Result<Option<Season>> {
        let sql = "SELECT fiscal_year, stage, COUNT(*) AS documents FROM filings \
                   WHERE counted AND fiscal_year IS NOT NULL AND stage IS NOT NULL \
                   GROUP BY fiscal_year, stage \
                   ORDER BY documents DESC, fiscal_year DESC, stage LIMIT 1";
        let grid = Grid::ask(engine, "season", sql)?;
        let season =
            |row: Row<'_>| Season { year: row.text("fiscal_year"), stage: row.text("stage") };
        Ok(grid.rows().next().map(season))
    }

    /// Returns the condition that holds for its rows in a mart of such columns.
    fn holds(&self, columns: &[Column]) -> String {
        let counted = Grid::first(columns, &["counted"]).map_or("", |_| "counted AND ");
        format!("{counted}fiscal_year = {} AND stage = {}", self.year, literal(&self.stage))
    }

    fn name(&self) -> String {
        format!("{} {}", self.year, stage(&self.stage))
    }
}

/// Returns a stage in the words of the documents.
pub fn stage(token: &str) -> &str {
    match token {
        "budget" => "预算",
        "adjusted_budget" => "调整预算",
        "final" => "决算",
        other => other,
    }
}

/// How much was read, and the money by year and stage.
pub fn overview(engine: &mut Engine, _links: &Links) -> Result<Markup> {
    let documents = Grid::ask(
        engine,
        "documents",
        "SELECT COUNT(*) AS documents, COUNT(DISTINCT region) AS regions, \
         SUM(amounts) AS figures, SUM(numbers) AS numbers, SUM(numbers_unread) AS unread \
         FROM documents",
    )?;
    let units =
        Grid::ask(engine, "units", "SELECT COUNT(DISTINCT unit_name) AS units FROM filings")?;
    let checks = by_second(engine.checks()?);
    let findings = by_second(engine.findings()?);
    let money = Grid::ask(engine, "summary", SUMMARY)?;
    let of = |grid: &Grid, name: &str| {
        grid.rows().next().and_then(|row| row.number(name)).unwrap_or_default()
    };
    let count =
        |map: &BTreeMap<String, Quantity>, name: &str| map.get(name).copied().unwrap_or_default();
    let held = count(&checks, "exact").plus(count(&checks, "rounding"));
    let checked = held.plus(count(&checks, "fails"));
    let percent = |part: Quantity, whole| match Quantity::percent_of(part, whole) {
        Some(share) => format!("{share} %", share = share.percent()),
        None => "—".to_owned(),
    };
    let read = of(&documents, "numbers");
    let unread = of(&documents, "unread");
    let tiles = [
        ("documents", of(&documents, "documents").plain(), "that were read".to_owned()),
        (
            "units",
            of(&units, "units").plain(),
            format!("in {} regions", of(&documents, "regions").plain()),
        ),
        ("figures", of(&documents, "figures").plain(), "of statutory tables".to_owned()),
        (
            "identities that hold",
            percent(held, checked),
            format!("{} of {}", held.plain(), checked.plain()),
        ),
        (
            "errors",
            count(&findings, "error").plain(),
            format!("and {} notices", count(&findings, "notice").plain()),
        ),
        (
            "printed numbers unread",
            percent(unread, read),
            format!("{} of {}", unread.plain(), read.plain()),
        ),
    ];
    Ok(html! {
        ul class="tiles" {
            @for (name, value, beside) in tiles {
                li { b { (value) } span { (name) } small { (beside) } }
            }
        }
        div class="cards" {
            section class="card" {
                (by_season(&money, "expenditure", "Expenditure by year, as counted").bars())
            }
            section class="card" {
                h3 { "By year and stage" }
                p {
                    "A department and its units are counted once: " code { "counted" }
                    " is the number of documents whose money is in the sums. Budgets (预算) and "
                    "final accounts (决算) are never added together."
                }
                (table(&money, &Links::default(), &[], &[], usize::MAX))
            }
        }
    })
}

/// Which regions published what for which year.
pub fn coverage(engine: &mut Engine, _links: &Links) -> Result<Markup> {
    const SQL: &str = "SELECT region, fiscal_year, stage, COUNT(*) AS documents FROM filings \
                       GROUP BY region, fiscal_year, stage ORDER BY region, fiscal_year, stage";
    let grid = Grid::ask(engine, "coverage", SQL)?;
    let mut columns: BTreeSet<(String, String)> = BTreeSet::new();
    let mut regions: BTreeMap<String, BTreeMap<(String, String), Quantity>> = BTreeMap::new();
    for row in grid.rows() {
        let column = (row.text("fiscal_year"), row.text("stage"));
        columns.insert(column.clone());
        let documents = row.number("documents").unwrap_or_default();
        regions.entry(row.text("region")).or_default().insert(column, documents);
    }
    let columns: Vec<_> = columns.into_iter().rev().take(YEARS).collect();
    let total =
        |cells: &BTreeMap<_, Quantity>| cells.values().fold(Quantity::ZERO, |a, b| a.plus(*b));
    let most = regions.values().flat_map(BTreeMap::values).max().copied().unwrap_or_default();
    let mut rows: Vec<_> = regions.iter().collect();
    rows.sort_by_key(|(name, cells)| (std::cmp::Reverse(total(cells)), *name));
    let more = rows.len().saturating_sub(REGIONS);
    Ok(html! {
        p { "Documents by region, year and stage; a region is told from the name of the unit." }
        div class="box" {
            table class="matrix" {
                thead { tr {
                    th { "region" }
                    @for (year, kind) in &columns {
                        th class="n" { (or(year, "no year")) br; (stage(kind)) }
                    }
                    th class="n" { "all" }
                } }
                tbody {
                    @for (name, cells) in rows.into_iter().take(REGIONS) {
                        tr {
                            td { (brief(or(name, "not shown"))) }
                            @for column in &columns {
                                @if let Some(documents) = cells.get(column) {
                                    td class={ "n h" (heat(*documents, most)) } {
                                        (documents.plain())
                                    }
                                } @else { td class="n" {} }
                            }
                            td class="n" { b { (total(cells).plain()) } }
                        }
                    }
                }
            }
        }
        (and_more(more, "regions", SQL))
    })
}

/// The greatest units and projects of one year.
pub fn rankings(engine: &mut Engine, links: &Links) -> Result<Markup> {
    let Some(season) = Season::fullest(engine)? else { return Ok(nothing()) };
    // What a unit prints is its size, also where its sums leave out what others count.
    let ranked = |engine: &mut Engine, from: &str, name: &str, column: &str| {
        let columns = Grid::columns(engine, from);
        let printed = format!("printed_{column}");
        let column = Grid::first(&columns, &[&printed]).unwrap_or(column);
        let shown: Vec<&str> =
            RANKING.into_iter().filter(|name| Grid::first(&columns, &[name]).is_some()).collect();
        let shown = shown.join(", ");
        let sql = format!(
            "SELECT {shown}, {column} AS ranked FROM {from} WHERE {} AND {column} > 0 \
             ORDER BY {column} DESC, {name}, doc_id, path LIMIT {RANKED}",
            season.holds(&columns)
        );
        Grid::ask(engine, "ranking", &sql)
    };
    let spending = ranked(engine, "unit_year_overview", "unit_name", "expenditure")?;
    let public = ranked(engine, "three_public_by_unit_year", "unit_name", "total")?;
    let projects = ranked(engine, "project_register", "project", "amount")?;
    let year = season.name();
    let drawn = |grid: &Grid, caption: &str, name: &str| {
        single(grid, format!("{caption}, {year}"), name, "ranked").bars()
    };
    Ok(html! {
        p { "The year and stage of which the most documents are counted: " b { (year) } "." }
        div class="cards" {
            section class="card" {
                (drawn(&spending, "Units by expenditure", "unit_name"))
            }
            section class="card" {
                (drawn(&public, "Units by “三公” spending", "unit_name"))
            }
            section class="card" {
                (drawn(&projects, "Projects by amount", "project"))
            }
            section class="card" {
                h3 { "Projects, " (year) }
                div class="box" { table {
                    thead { tr {
                        th { "project" } th { "unit" } th class="n" { "amount" }
                        th class="n" { "of it carried over" } th { "source" }
                    } }
                    tbody { @for row in projects.rows() { tr {
                        td { (brief(&row.text("project"))) }
                        td { (unit(&row.text("unit_name"), &unit_key(&row), links)) }
                        (money(&row, "amount"))
                        (money(&row, "carryover"))
                        td { (source(&row, links)) }
                    } } }
                } }
            }
        }
    })
}

/// The money of the years one beside the other.
pub fn trends(engine: &mut Engine, _links: &Links) -> Result<Markup> {
    let money = Grid::ask(engine, "summary", SUMMARY)?;
    let columns = Grid::columns(engine, "unit_year_overview");
    let spent = Grid::first(&columns, &["printed_expenditure"]).unwrap_or("expenditure");
    let sql = format!(
        "WITH longest AS ( \
           SELECT unit_name, COUNT(DISTINCT fiscal_year) AS years, MAX({spent}) AS most \
           FROM unit_year_overview WHERE {spent} IS NOT NULL AND fiscal_year IS NOT NULL \
           GROUP BY unit_name ORDER BY years DESC, most DESC, unit_name LIMIT {MOST_SERIES}) \
         SELECT o.unit_name, o.fiscal_year, o.stage, MAX(o.{spent}) AS expenditure \
         FROM unit_year_overview o JOIN longest l ON o.unit_name = l.unit_name \
         WHERE o.{spent} IS NOT NULL AND o.fiscal_year IS NOT NULL \
         GROUP BY o.unit_name, o.fiscal_year, o.stage \
         ORDER BY o.fiscal_year, o.stage, o.unit_name"
    );
    let units = Grid::ask(engine, "trends", &sql)?;
    let stages: BTreeSet<String> = units.rows().map(|row| row.text("stage")).collect();
    let several = 1 < stages.len();
    let drawing = crossed(&units, "Expenditure of the units with the most years", true, |row| {
        let name = row.text("unit_name");
        let series = if several { format!("{name} {}", stage(&row.text("stage"))) } else { name };
        (row.text("fiscal_year"), series, row.number("expenditure"))
    });
    Ok(html! {
        p { "Of the documents that were read: a year in which more units are read is a larger year." }
        div class="cards" {
            section class="card" {
                (by_season(&money, "expenditure", "Expenditure, as counted").lines())
            }
            section class="card" {
                (by_season(&money, "three_public", "“三公” spending, as counted").lines())
            }
            section class="card" { (drawing.lines()) }
        }
    })
}

/// What the money is spent on.
pub fn structure(engine: &mut Engine, _links: &Links) -> Result<Markup> {
    let Some(season) = Season::fullest(engine)? else { return Ok(nothing()) };
    let mut of = |mart: &str| {
        let columns = Grid::columns(engine, mart);
        let sql = format!(
            "SELECT class_code, MAX(class_name) AS class_name, SUM(amount) AS amount FROM {mart} \
             WHERE {} AND amount IS NOT NULL GROUP BY class_code \
             ORDER BY amount DESC, class_code LIMIT 30",
            season.holds(&columns)
        );
        Grid::ask(engine, mart, &sql)
    };
    let functions = of("function_class_by_unit_year")?;
    let economic = of("economic_class_by_unit_year")?;
    let year = season.name();
    Ok(html! {
        div class="cards" {
            (classes(&functions, &format!("Functional classes (类), {year}")))
            (classes(&economic, &format!("Economic classes (类) of basic expenditure, {year}")))
        }
    })
}

fn classes(grid: &Grid, caption: &str) -> Markup {
    let all =
        grid.rows().filter_map(|row| row.number("amount")).fold(Quantity::ZERO, Quantity::plus);
    let name = |row: &Row<'_>| {
        let (code, name) = (row.text("class_code"), row.text("class_name"));
        format!("{code} {}", or(&name, if code.is_empty() { "without a class" } else { "" }))
            .trim()
            .to_owned()
    };
    let mut drawing = Drawing {
        caption: caption.to_owned(),
        money: true,
        series: vec![String::new()],
        ..Drawing::default()
    };
    for row in grid.rows().take(RANKED) {
        drawing.places.push((name(&row), vec![row.number("amount")]));
    }
    html! {
        section class="card" {
            (drawing.bars())
            div class="box" { table {
                thead { tr { th { "class" } th class="n" { "amount" } th class="n" { "share" } } }
                tbody { @for row in grid.rows() { tr {
                    td { (brief(&name(&row))) }
                    (money(&row, "amount"))
                    td class="n" {
                        @if let Some(share) = row.number("amount").and_then(|n| n.percent_of(all)) {
                            (share.percent()) " %"
                        }
                    }
                } } }
            } }
        }
    }
}

/// Adds up what is counted of each second word.
fn by_second(counted: &Counted) -> BTreeMap<String, Quantity> {
    let mut sums: BTreeMap<String, Quantity> = BTreeMap::new();
    for ((_, second), count) in counted {
        let sum = sums.entry(second.clone()).or_default();
        *sum = sum.plus(Quantity::of(*count));
    }
    sums
}

fn money(row: &Row<'_>, column: &str) -> Markup {
    html! { @if let Some(number) = row.number(column) { (amount(number)) } @else { td {} } }
}

/// Returns one of five shades, by the order of magnitude.
fn heat(value: Quantity, most: Quantity) -> u8 {
    let mut shade = 5;
    let mut limit = most;
    while 1 < shade && value < limit {
        limit = limit.third();
        shade -= 1;
    }
    shade
}

/// Says that there is no row to show.
pub fn nothing() -> Markup {
    html! { p class="nothing" { "Nothing to show: no document is counted with a year and a stage." } }
}

/// Says how many are not shown, and how to get them all.
pub fn and_more(more: usize, what: &str, sql: &str) -> Markup {
    html! {
        @if 0 < more {
            p class="more" { (more) " more " (what) ": " code { "fisc query \"" (sql) "\"" } }
        }
    }
}

/// Returns a text, or another where it is empty.
pub fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}
