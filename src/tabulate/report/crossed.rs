//! Turns the rows of a query into what is drawn: places along an axis, and series.

use std::collections::BTreeMap;

use crate::tabulate::report::{
    drawing::Drawing,
    grid::{Grid, Row},
    quantity::Quantity,
    sections::{or, stage},
};

/// Draws a column of money by year, a series a stage.
pub fn by_season(money: &Grid, column: &str, caption: &str) -> Drawing {
    crossed(money, caption, true, |row| {
        let year = row.text("fiscal_year");
        let kind = row.text("stage");
        (
            or(&year, "no year").to_owned(),
            or(stage(&kind), "no stage").to_owned(),
            row.number(column),
        )
    })
}

/// Makes a drawing of one amount a row.
pub fn single(grid: &Grid, caption: String, name: &str, column: &str) -> Drawing {
    let places = grid.rows().map(|row| (row.text(name), vec![row.number(column)])).collect();
    Drawing { caption, money: true, series: vec![String::new()], places }
}

/// Makes a drawing of rows that say place, series and value each; of two values of one place and
/// series the larger is drawn.
pub fn crossed(
    grid: &Grid,
    caption: &str,
    money: bool,
    each: impl Fn(&Row<'_>) -> (String, String, Option<Quantity>),
) -> Drawing {
    let mut series: Vec<String> = Vec::new();
    let mut places: Vec<(String, Vec<Option<Quantity>>)> = Vec::new();
    // Where each is: of a chart by units there can be some hundred thousand.
    let mut series_known: BTreeMap<String, usize> = BTreeMap::new();
    let mut places_known: BTreeMap<String, usize> = BTreeMap::new();
    for row in grid.rows() {
        let (place, name, value) = each(&row);
        let Some(value) = value else { continue };
        let at = series_known.get(&name).copied().unwrap_or_else(|| {
            series_known.insert(name.clone(), series.len());
            series.push(name);
            series.len() - 1
        });
        let index = places_known.get(&place).copied().unwrap_or_else(|| {
            places_known.insert(place.clone(), places.len());
            places.push((place, Vec::new()));
            places.len() - 1
        });
        if let Some((_, values)) = places.get_mut(index) {
            if values.len() <= at {
                values.resize(at + 1, None);
            }
            if let Some(there) = values.get_mut(at) {
                *there = Some(there.map_or(value, |before| before.max(value)));
            }
        }
    }
    for (_, values) in &mut places {
        values.resize(series.len(), None);
    }
    Drawing { caption: caption.to_owned(), money, series, places }
}
