//! Writes the rows of a query as a table that sorts, with figures that lead to their documents.

use maud::{Markup, html};

use crate::tabulate::report::{
    drawing::shortened,
    grid::{Grid, Kind, Row, Value},
    links::Links,
    quantity::Quantity,
};

/// The columns that say where a row comes from; they become one link.
const SOURCE: [&str; 4] = ["doc_id", "path", "line", "position"];

/// The most places of a text in a cell; the rest is in its `title`.
const PLACES: usize = 64;

/// Writes a table of at most `most` rows, without the columns of `hidden`.
///
/// The columns of `first` come first, then the numbers, then the rest.
pub fn table(grid: &Grid, links: &Links, first: &[String], hidden: &[&str], most: usize) -> Markup {
    let is_shown = |name: &str| !SOURCE.contains(&name) && !hidden.contains(&name);
    // A column of nothing takes room and says nothing.
    let says = |at: usize| {
        grid.rows().take(most).any(|row| !matches!(row.cells.get(at), None | Some(Value::Absent)))
    };
    let mut shown: Vec<usize> = Vec::new();
    for (at, column) in grid.columns.iter().enumerate() {
        if is_shown(&column.name) && says(at) {
            shown.push(at);
        }
    }
    if !first.is_empty() {
        shown.sort_by_key(|at| {
            let column = grid.columns.get(*at);
            let place = first.iter().position(|name| column.is_some_and(|c| c.name == *name));
            let is_text = column.is_some_and(|column| column.kind == Kind::Text);
            (place.unwrap_or(usize::MAX), is_text)
        });
    }
    let columns = || shown.iter().filter_map(|at| grid.columns.get(*at));
    let has_source = grid.place("path").is_some();
    html! {
        div class="box" {
            table {
                thead {
                    tr {
                        @for column in columns() {
                            th class=[(column.kind != Kind::Text).then_some("n")] { (column.name) }
                        }
                        @if has_source { th { "source" } }
                    }
                }
                tbody {
                    @for row in grid.rows().take(most) {
                        tr {
                            @for (at, column) in shown.iter().zip(columns()) {
                                (cell(&row, *at, &column.name, column.kind, links))
                            }
                            @if has_source { td { (source(&row, links)) } }
                        }
                    }
                }
            }
        }
    }
}

fn cell(row: &Row<'_>, at: usize, name: &str, kind: Kind, links: &Links) -> Markup {
    match row.cells.get(at) {
        None | Some(Value::Absent) => html! { td {} },
        Some(Value::Number(number)) if kind == Kind::Money => amount(*number),
        Some(Value::Number(number)) => html! { td class="n" { (number.plain()) } },
        Some(Value::Text(text)) if name == "unit_name" => {
            html! { td { (unit(text, &unit_key(row), links)) } }
        }
        Some(Value::Text(text)) => html! { td { (brief(text)) } },
    }
}

/// Writes the cell of an amount: short for people, exact in its title, by which it sorts.
pub fn amount(number: Quantity) -> Markup {
    html! { td class="n" title=(number.yuan()) { (number.money()) } }
}

/// Writes a text, shortened where it is long.
pub fn brief(text: &str) -> Markup {
    let short = shortened(text, PLACES);
    html! { @if short == text { (short) } @else { span title=(text) { (short) } } }
}

/// Writes a text in which code stands between backticks.
pub fn prose(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Writes the name of a unit, with a link where it has a page.
pub fn unit(name: &str, key: &str, links: &Links) -> Markup {
    html! {
        @if let Some(address) = links.units.get(key) {
            a href=(address) { (brief(name)) }
        } @else { (brief(name)) }
    }
}

/// Returns what a row calls its unit: its number in the registry, or its name.
pub fn unit_key(row: &Row<'_>) -> String {
    let number = row.text("unit_id");
    if number.is_empty() { row.text("unit_name") } else { number }
}

/// Writes where a row is printed: a link to the document, with the line.
pub fn source(row: &Row<'_>, links: &Links) -> Markup {
    let path = row.text("path");
    let line = row.number("line").map(|line| format!(":{}", line.plain().replace(',', "")));
    let line = line.unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let shown = shortened(name, 30) + &line;
    let full = format!("{path}{line}");
    html! {
        @if let Some(address) = links.document(&path) {
            a class="source" href=(address) title=(full) { (shown) }
        } @else { span class="source" title=(full) { (shown) } }
    }
}
