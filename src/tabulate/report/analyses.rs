//! Shows every analysis: what its head says, its chart, and the first of its rows.

use maud::{Markup, html};

use crate::{
    error::Result,
    tabulate::{
        analysis::{Analysis, Chart},
        engine::Engine,
        report::{
            crossed::crossed,
            drawing::{Drawing, MOST_SERIES},
            grid::{Column, Grid, Kind, literal, quoted},
            links::Links,
            quantity::Quantity,
            sections::{and_more, stage},
            table::{prose, table},
        },
    },
};

/// The most rows of an analysis.
const ROWS: usize = 12;
/// The most bars of a chart, and the most points of a line.
const BARS: usize = 12;
const POINTS: usize = 40;

/// Shows one analysis.
pub fn section(engine: &mut Engine, analysis: &Analysis, links: &Links) -> Result<Markup> {
    let name = &analysis.name;
    let from = quoted(name);
    // They lie in the order of the grain: to order them again would take all into memory.
    let first = format!("SELECT * FROM {from} LIMIT {ROWS}");
    let rows = Grid::ask(engine, name, &first)?;
    let count = Grid::ask(engine, name, &format!("SELECT COUNT(*) AS n FROM {from}"))?;
    let count = count.rows().next().and_then(|row| row.number("n")).unwrap_or_default();
    let drawing = match &analysis.chart {
        Some(chart) => {
            Some((chart.kind.as_str(), drawing(engine, analysis, chart, &rows.columns)?))
        }
        None => None,
    };
    let more = count.plain().replace(',', "").parse::<usize>().unwrap_or(usize::MAX);
    Ok(html! {
        section class="card analysis" id={ "analysis-" (name) } {
            div class="says" {
                h3 { (analysis.title) }
                p { (prose(&analysis.description)) }
                p class="meta" {
                    code { (name) } " · " (count.plain())
                    @if more == 1 { " row" } @else { " rows" }
                    " · one for each " (analysis.grain.join(", "))
                }
            }
            @if let Some((kind, drawing)) = drawing {
                @if kind == "line" { (drawing.lines()) } @else { (drawing.bars()) }
            }
            @if more == 0 {
                p class="nothing" {
                    "No row: none of the documents has what this analysis is made of."
                }
            } @else {
                (table(&rows, links, &analysis.grain, &[], ROWS))
            }
            (and_more(more.saturating_sub(ROWS), "rows", &format!("SELECT * FROM {name}")))
        }
    })
}

/// Makes the drawing that the head of an analysis asks for.
///
/// What the head says adds up is added up; of other amounts and counts of one place and series
/// the largest is drawn, and of other numbers the median. What neither axis nor series names but
/// the grain does, the year and the stage, is named beside the place: budgets are not added to
/// accounts, nor one year to another. Of several measures one is drawn.
fn drawing(
    engine: &mut Engine,
    analysis: &Analysis,
    chart: &Chart,
    columns: &[Column],
) -> Result<Drawing> {
    let kind = |name: &str| columns.iter().find(|c| c.name == name).map(|column| column.kind);
    let drawn = kind(&chart.y).unwrap_or(Kind::Text);
    let series = chart.series.as_deref();
    let is_drawn = |name: &str| name == chart.x || Some(name) == series;
    let beside: Vec<&str> = ["fiscal_year", "stage"]
        .into_iter()
        .filter(|name| kind(name).is_some() && !is_drawn(name))
        .collect();
    let mut by: Vec<String> = vec![quoted(&chart.x)];
    by.extend(series.map(quoted));
    by.extend(beside.iter().map(|name| quoted(name)));
    let all = by.join(", ");
    let (function, word) = match drawn {
        Kind::Money | Kind::Count if adds_up(analysis, &chart.y) => ("SUM", "Sum of"),
        Kind::Money | Kind::Count => ("MAX", "Largest"),
        Kind::Ratio => ("MEDIAN", "Median of"),
        Kind::Text => ("COUNT", "Number of"),
    };
    let value = format!("{function}({})", quoted(&chart.y));
    let measure = match analysis.grain.iter().find(|column| *column == "measure") {
        Some(column) if !is_drawn(column) => main_measure(engine, analysis)?,
        _ => None,
    };
    let only = measure.as_ref().map(|measure| format!(" AND measure = {}", literal(measure)));
    let only = only.unwrap_or_default();
    let counted = if kind("counted").is_some() { " AND counted" } else { "" };
    let rows = format!(
        "SELECT {all}, {value} AS drawn FROM {} WHERE {} IS NOT NULL{counted}{only} GROUP BY {all}",
        quoted(&analysis.name),
        quoted(&chart.y),
    );
    // Of lines the greatest series are shown, of bars the greatest places.
    let (leading, most) = match (chart.kind.as_str(), series) {
        ("line", Some(series)) => (series, MOST_SERIES),
        ("line", None) => (chart.x.as_str(), POINTS),
        _ => (chart.x.as_str(), BARS),
    };
    let leading = quoted(leading);
    let within: Vec<String> = by.iter().map(|column| format!("r.{column}")).collect();
    let order = match chart.kind.as_str() {
        "line" => within.join(", "),
        _ => format!("m.most DESC, {}", within.join(", ")),
    };
    let sql = format!(
        "WITH r AS ({rows}), \
         m AS (SELECT {leading}, MAX(drawn) AS most FROM r WHERE {leading} IS NOT NULL \
           GROUP BY {leading} ORDER BY most DESC, {leading} LIMIT {most}) \
         SELECT r.* FROM r JOIN m ON r.{leading} = m.{leading} ORDER BY {order}"
    );
    let grid = Grid::ask(engine, &analysis.name, &sql)?;
    let several = |name: &&str| {
        let mut values: Vec<String> = grid.rows().map(|row| row.text(name)).collect();
        values.sort();
        values.dedup();
        1 < values.len()
    };
    let beside: Vec<&str> = beside.into_iter().filter(several).collect();
    let and = series.map_or_else(String::new, |series| format!(" and {series}"));
    let y = measure.as_ref().unwrap_or(&chart.y);
    let caption = format!("{word} {y} by {}{and}", chart.x);
    let is_line = chart.kind == "line";
    let mut drawing = crossed(&grid, &caption, drawn == Kind::Money, |row| {
        let mut place = row.text(&chart.x);
        let mut name = series.map(|series| row.text(series)).unwrap_or_default();
        for column in &beside {
            let text = row.text(column);
            let text = if *column == "stage" { stage(&text) } else { &text };
            let target = if is_line { &mut name } else { &mut place };
            if !target.is_empty() && !text.is_empty() {
                target.push_str(" · ");
            }
            target.push_str(text);
        }
        (place, name, row.number("drawn"))
    });
    limit(&mut drawing);
    Ok(drawing)
}

/// Returns whether the rows of a year and stage may be added up in a column: where the head
/// lists the columns that may, it is one of them.
fn adds_up(analysis: &Analysis, column: &str) -> bool {
    let list = analysis.sql.lines().find_map(|line| line.strip_prefix("-- sums: "));
    list.is_none_or(|list| list.split(',').any(|name| name.trim() == column))
}

/// Returns the measure that is drawn where rows are of several: expenditure, or the first.
fn main_measure(engine: &mut Engine, analysis: &Analysis) -> Result<Option<String>> {
    let sql = format!(
        "SELECT DISTINCT measure FROM {} WHERE measure IS NOT NULL ORDER BY measure",
        quoted(&analysis.name)
    );
    let grid = Grid::ask(engine, &analysis.name, &sql)?;
    let mut measures: Vec<String> = grid.rows().map(|row| row.text("measure")).collect();
    let at = measures.iter().position(|measure| measure == "expenditure").unwrap_or(0);
    Ok((at < measures.len()).then(|| measures.swap_remove(at)))
}

/// Leaves out what would not be told apart: too many places, and too many series.
fn limit(drawing: &mut Drawing) {
    drawing.places.truncate(POINTS);
    if MOST_SERIES < drawing.series.len() {
        drawing.series.truncate(MOST_SERIES);
        for (_, values) in &mut drawing.places {
            values.truncate(MOST_SERIES);
        }
        drawing.places.retain(|(_, values)| values.iter().any(Option::is_some));
        drawing.caption.push_str(" (the first series only)");
    }
    let sum = drawing.places.iter().flat_map(|(_, values)| values).flatten();
    if sum.fold(Quantity::ZERO, |a, b| a.plus(b.magnitude())) == Quantity::ZERO {
        drawing.places.clear();
    }
}
