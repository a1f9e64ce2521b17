//! Rejoins labels that extraction tore over two rows.

use crate::{
    accounts::{classification::Classifications, text},
    extract::{RawRow, RawTable, enumerator, looks_like_amount, spec::Role},
};

/// The longest label, in characters, that is put together from rows.
const LONGEST_LABEL: usize = 80;

/// Rejoins labels that go on in the row below or began in the row above.
///
/// A row whose only text is in a column of labels is a part of its neighbour where the
/// joined label is the name of a class, or closes a bracket that the neighbour left open.
pub(super) fn rejoin(table: &mut RawTable<'_>, classes: &Classifications) {
    let labels: Vec<usize> = table
        .panels
        .iter()
        .flat_map(|panel| &panel.texts)
        .filter(|(_, role)| {
            !matches!(role, Role::Code | Role::UnitCode | Role::Ordinal | Role::Memo)
        })
        .map(|(at, _)| *at)
        .collect();
    let mut rejoined: Vec<RawRow<'_>> = Vec::with_capacity(table.rows.len());
    for mut row in std::mem::take(&mut table.rows) {
        let Some(above) = rejoined.last_mut() else {
            rejoined.push(row);
            continue;
        };
        let goes_on =
            lone_label(&row, &labels).and_then(|at| Some((at, whole(above, &row, at, classes)?)));
        if let Some((at, label)) = goes_on {
            above.labels.retain(|(column, _)| *column != at);
            above.labels.push((at, label));
            continue;
        }
        let began =
            lone_label(above, &labels).and_then(|at| Some((at, whole(above, &row, at, classes)?)));
        if let Some((at, label)) = began
            && row.cells.iter().any(|cell| looks_like_amount(cell.text))
        {
            row.labels.push((at, label));
            rejoined.pop();
        }
        rejoined.push(row);
    }
    table.rows = rejoined;
}

/// Returns the column of a row's only text, if it is a column of labels.
fn lone_label(row: &RawRow<'_>, labels: &[usize]) -> Option<usize> {
    let mut filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty());
    match (filled.next(), filled.next()) {
        (Some((at, _)), None) if labels.contains(&at) => Some(at),
        _ => None,
    }
}

/// Returns the label that two rows make together; nothing where they are two labels.
fn whole(
    above: &RawRow<'_>,
    below: &RawRow<'_>,
    at: usize,
    classes: &Classifications,
) -> Option<String> {
    let (first, second) = (printed(above, at), printed(below, at));
    let length = first.chars().count() + second.chars().count();
    if first.is_empty() || second.is_empty() || LONGEST_LABEL < length {
        return None;
    }
    if enumerator(&text::label(second)).is_some() {
        return None;
    }
    let joined = format!("{first}{second}");
    let named = classes.knows(&name(&joined)) && !classes.knows(&name(first));
    let bracket = is_open(first) && !is_open(&joined) && !classes.knows(&name(second));
    (named || bracket).then_some(joined)
}

/// Returns what a row prints in a column, with what was rejoined to it.
fn printed<'a>(row: &'a RawRow<'_>, at: usize) -> &'a str {
    let joined = row.labels.iter().find(|(column, _)| *column == at);
    joined.map_or_else(|| row.cells.get(at).map_or("", |cell| cell.text), |(_, text)| text.as_str())
}

/// Returns a label as a classification names it: without white space and enumerator.
fn name(text: &str) -> String {
    let label = text::label(text);
    enumerator(&label).map_or_else(|| label.to_string(), |(_, rest)| rest.to_owned())
}

/// Returns whether a text leaves a bracket open.
fn is_open(text: &str) -> bool {
    let count = |set: [char; 2]| text.matches(set).count();
    count([')', '）']) < count(['(', '（'])
}
