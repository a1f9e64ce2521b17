//! Rejoins labels that extraction tore over two rows.

use crate::{
    accounts::{classification::Classifications, text},
    extract::{RawRow, RawTable, enumerator, looks_like_amount, spec::Role, words::Words},
};

/// The longest label, in characters, that is put together from rows.
const LONGEST_LABEL: usize = 80;

/// The most lines of a label above, or below, the row of its figures.
const MOST_LINES: usize = 3;

/// What labels end with that is no label of its own.
const ENDS: [&str; 5] = ["收入", "支出", "结转", "结余", "资金"];

/// Rejoins labels that go on in the row below or began in the row above.
///
/// A row whose only texts are in columns of labels is a part of its neighbour where each joined
/// label is the name of a class, has a word across the break, or closes a bracket that the
/// neighbour left open.
pub(super) fn rejoin(table: &mut RawTable<'_>, classes: &Classifications, words: &Words) {
    let columns: Vec<usize> = table
        .panels
        .iter()
        .flat_map(|panel| &panel.texts)
        .filter(|(_, role)| {
            !matches!(role, Role::Code | Role::UnitCode | Role::Ordinal | Role::Memo)
        })
        .map(|(at, _)| *at)
        .collect();
    centred(&mut table.rows, &columns, classes, words);
    let mut rejoined: Vec<RawRow<'_>> = Vec::with_capacity(table.rows.len());
    for mut row in std::mem::take(&mut table.rows) {
        let Some(above) = rejoined.last_mut() else {
            rejoined.push(row);
            continue;
        };
        let wholes = |labels: Vec<usize>| -> Option<Vec<(usize, String)>> {
            let whole = |at: usize| Some((at, whole(above, &row, at, classes, words)?));
            labels.into_iter().map(whole).collect()
        };
        if let Some(labels) = lone_labels(&row, &columns).and_then(wholes) {
            above.labels.retain(|(column, _)| labels.iter().all(|(at, _)| at != column));
            above.labels.extend(labels);
            continue;
        }
        if let Some(labels) = lone_labels(above, &columns).and_then(wholes)
            && row.cells.iter().any(|cell| looks_like_amount(cell.text))
        {
            row.labels.extend(labels);
            rejoined.pop();
        }
        rejoined.push(row);
    }
    table.rows = rejoined;
}

/// Rejoins labels of three lines and more, whose figures stand on one in the middle: lines above
/// and below a row with figures are parts of its label where all together are a name.
fn centred(
    rows: &mut Vec<RawRow<'_>>,
    columns: &[usize],
    classes: &Classifications,
    words: &Words,
) {
    let lone: Vec<bool> = rows.iter().map(|row| lone_labels(row, columns).is_some()).collect();
    let is_lone = |at: usize| lone.get(at) == Some(&true);
    for at in 0..rows.len() {
        if is_lone(at) {
            continue;
        }
        let above = (0..at).rev().take(MOST_LINES).take_while(|at| is_lone(*at)).count();
        let below = (at + 1..rows.len()).take(MOST_LINES).take_while(|at| is_lone(*at)).count();
        for column in columns.iter().copied() {
            if let Some((lines, label)) =
                centred_label(rows, at, (above, below), column, classes, words)
            {
                for line in lines {
                    if let Some(cell) = rows.get_mut(line).and_then(|row| row.cells.get_mut(column))
                        && line != at
                    {
                        cell.text = "";
                    }
                }
                if let Some(row) = rows.get_mut(at) {
                    row.labels.push((column, label));
                }
            }
        }
    }
    let mut at = 0;
    rows.retain(|row| {
        at += 1;
        !is_lone(at - 1) || row.cells.iter().any(|cell| !cell.text.is_empty())
    });
}

/// Returns the lines of the label of a row that is centred on it, and the label.
fn centred_label(
    rows: &[RawRow<'_>],
    at: usize,
    (above, below): (usize, usize),
    column: usize,
    classes: &Classifications,
    words: &Words,
) -> Option<(std::ops::Range<usize>, String)> {
    let text = |row: usize| rows.get(row).map_or("", |row| printed(row, column));
    if text(at).is_empty() {
        return None;
    }
    // The most lines first; the row is the middle one or, of an even number, the one before.
    for before in (0..=above).rev() {
        for after in [before + 1, before] {
            if below < after || before + after < 2 {
                continue;
            }
            let lines = at - before..at + after + 1;
            let begins = |row: usize| enumerator(&text::label(text(row))).is_some();
            if lines.clone().any(|row| text(row).is_empty()) || lines.clone().skip(1).any(begins) {
                continue;
            }
            let label: String = lines.clone().map(text).collect();
            if label.chars().count() <= LONGEST_LABEL && is_known(&label, classes, words) {
                return Some((lines, label));
            }
        }
    }
    None
}

/// Returns whether a label is a name: of a class, a source of money, or a row of sums.
fn is_known(label: &str, classes: &Classifications, words: &Words) -> bool {
    let bare = name(label);
    let key = text::key(&bare);
    let source = ENDS.iter().find_map(|end| key.strip_suffix(end));
    classes.knows(&bare) || words.is_word(&key) || source.is_some_and(|name| words.is_word(name))
}

/// Returns the columns of a row's texts, if all are columns of labels.
fn lone_labels(row: &RawRow<'_>, labels: &[usize]) -> Option<Vec<usize>> {
    let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty());
    let columns: Vec<usize> = filled.map(|(at, _)| at).take(labels.len() + 1).collect();
    (!columns.is_empty() && columns.iter().all(|at| labels.contains(at))).then_some(columns)
}

/// Returns the label that two rows make together; nothing where they are two labels.
fn whole(
    above: &RawRow<'_>,
    below: &RawRow<'_>,
    at: usize,
    classes: &Classifications,
    words: &Words,
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
    let rest = text::key(second);
    let named = classes.knows(&name(&joined))
        && (!classes.knows(&name(first)) || !classes.knows(&name(second)));
    let sum = matches!(rest.as_ref(), "合计" | "总计" | "小计");
    let torn = !sum && words.spans(&text::key(first), &rest)
        || ENDS.contains(&rest.as_ref()) && !name(first).ends_with(rest.as_ref());
    let bracket = is_open(first) && !is_open(&joined) && !classes.knows(&name(second));
    (named || torn || bracket).then_some(joined)
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
