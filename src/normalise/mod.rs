//! Turns the text of cells into typed rows.
//!
//! Nothing here moves a figure to another column: that is for `reconcile`, which has the
//! identities to prove it.

mod cells;
pub mod cube;
pub mod figure;
pub mod indicator;
mod label;
pub mod number;
pub mod prose;
mod standing;
pub mod tally;
mod tree;

use crate::{
    accounts::{
        classification::Classifications,
        gap::{Gap, GapKind},
        table::{Cell, Row, Side, Table, Value},
        text,
        token::{Item, RowRole, Stage, TableKind},
    },
    extract::{
        Panel, RawTable, looks_like_amount,
        spec::{Role, RowKind},
        words::Words,
    },
    normalise::{
        cells::{Printed, printed},
        standing::Standing,
    },
};

/// Types every row of a table.
///
/// A cell that holds no number becomes a gap and is unread, which is neither blank nor zero.
pub fn table(raw: &RawTable<'_>, words: &Words, classes: &Classifications) -> (Table, Vec<Gap>) {
    let mut gaps = Vec::new();
    let mut table = Table {
        kind: raw.form.table,
        title: raw.title.clone(),
        line: raw.line,
        unit: raw.unit,
        stage: stage(&raw.title),
        sides: Vec::with_capacity(raw.panels.len()),
        places: 0,
    };
    if raw.form.table == TableKind::Performance {
        // `indicator` reads these.
        return (table, gaps);
    }
    if !raw.form.amounts {
        let figures = raw.rows.iter().flat_map(|row| &row.cells);
        gaps.extend(figures.filter(|cell| looks_like_amount(cell.text)).map(|cell| Gap {
            line: cell.line,
            column: cell.column,
            token: cell.text.to_owned(),
            kind: GapKind::NotYetRead,
            table: Some(raw.form.table),
        }));
        return (table, gaps);
    }
    let rows: Vec<Printed<'_, '_>> =
        raw.rows.iter().map(|row| printed(raw, row, classes)).collect();
    for panel in &raw.panels {
        let mut side = Side {
            flow: panel.flow,
            columns: panel.values.iter().map(|(_, column)| column.clone()).collect(),
            rows: Vec::with_capacity(rows.len()),
        };
        let mut standing = Standing::default();
        for (number, printed) in (1..).zip(&rows) {
            if let Some(row) = row(raw, panel, printed, number, words, &mut standing, &mut gaps) {
                side.rows.push(row);
            }
        }
        tree::build(&mut side, raw.form.rows, classes, words);
        table.sides.push(side);
    }
    let readings = table.sides.iter().flat_map(|side| &side.rows).flat_map(|row| &row.cells);
    table.places = readings
        .filter_map(|cell| match &cell.value {
            Value::Number(reading) => Some(reading.places),
            _ => None,
        })
        .max()
        .unwrap_or(0);
    (table, gaps)
}

/// Returns whether a title is that of a budget or of a final account.
fn stage(title: &str) -> Option<Stage> {
    match (title.contains("决算"), title.contains("预算")) {
        (true, _) => Some(Stage::Final),
        // 一般公共预算 is a fund and no stage.
        (false, true) if !title.ends_with("执行表") => None,
        (false, _) => None,
    }
}

/// Types one row of one side; nothing where the side is blank in this row.
fn row(
    raw: &RawTable<'_>,
    panel: &Panel,
    printed: &Printed<'_, '_>,
    number: u32,
    words: &Words,
    standing: &mut Standing,
    gaps: &mut Vec<Gap>,
) -> Option<Row> {
    let mut names = names(raw, panel, printed, standing);
    let of_counts = raw.form.rows == RowKind::ThreePublic
        && printed.cells.iter().any(|(cell, _)| label::is_count(cell.text));
    let mut cells: Vec<Cell> = Vec::with_capacity(panel.values.len());
    let mut filled = false;
    for (at, _) in &panel.values {
        let Some((cell, repair)) = printed.cells.get(*at) else {
            cells.push(Cell::default());
            continue;
        };
        let (mut value, unit) = number::value(cell.text);
        if of_counts && value.amount().is_some() {
            value = Value::Unread;
        }
        if value == Value::Unread {
            let printed_number = cell.text.contains(|c: char| c.is_ascii_digit());
            if printed_number {
                gaps.push(Gap {
                    line: cell.line,
                    column: cell.column,
                    token: cell.text.to_owned(),
                    kind: GapKind::NotAnAmount,
                    table: Some(raw.form.table),
                });
            }
        }
        if value.is_blank() || of_counts {
            cells.push(Cell { value, column: cell.column, ..Cell::default() });
            continue;
        }
        filled = true;
        let repairs = repair.iter().copied().collect();
        cells.push(Cell { value, raw: cell.text.to_owned(), column: cell.column, unit, repairs });
    }
    if names.label.is_empty() && names.code.is_none() && filled {
        label_before(panel, printed).clone_into(&mut names.label);
    }
    let mut label = label::read(&names.label);
    let takes_codes = raw.form.rows != RowKind::Project && raw.form.rows != RowKind::ThreePublic;
    if takes_codes && names.code.is_none() {
        label::take_code(&mut label);
    }
    if label.text.is_empty() && names.code.is_none() {
        if !filled {
            return None;
        }
        "合计".clone_into(&mut label.text);
    }
    let mut code = names.code.or(label.code);
    let item = (raw.form.rows == RowKind::ThreePublic).then(|| item(words, &label.text)).flatten();
    if let Some(item) = item {
        code = Some(item.as_str().to_owned());
        if item == Item::Total {
            "合计".clone_into(&mut label.text);
        }
    }
    let of_items = raw.form.rows == RowKind::Item && label.text == "小计";
    let total = label::is_total(&label.text) || of_items;
    Some(Row {
        line: printed.row.line,
        number,
        label_raw: names.label,
        label: label.text,
        level: names.level.or(label.level),
        code,
        class_code: None,
        row_unit: names.unit,
        item,
        memo: label.memo && raw.form.rows != RowKind::ThreePublic,
        role: if total { RowRole::Total } else { RowRole::Leaf },
        packed: printed.row.packed && filled && cells.iter().any(|cell| cell.value == Value::Blank),
        parent: None,
        cells,
    })
}

/// Returns the label that a merged cell left in the panel before: 公用经费合计 under two panels.
fn label_before<'a>(panel: &Panel, printed: &Printed<'_, 'a>) -> &'a str {
    let first = panel.texts.first().map(|(at, _)| *at);
    let first = first.or_else(|| panel.values.first().map(|(at, _)| *at)).unwrap_or(0);
    let before = (0..first).rev().map(|at| printed.text(at)).find(|text| !text.is_empty());
    before.filter(|text| !looks_like_amount(text)).unwrap_or_default()
}

/// Reads the line of the “三公” table that a label names.
fn item(words: &Words, label: &str) -> Option<Item> {
    if matches!(label, "合计" | "支出合计") {
        return Some(Item::Total);
    }
    words.said(&text::key(label)).find_map(|word| word.item)
}

/// What the columns of text say of a row.
struct Names {
    label: String,
    code: Option<String>,
    unit: Option<String>,
    level: Option<u8>,
}

/// Reads the columns of text of one side.
fn names(
    raw: &RawTable<'_>,
    panel: &Panel,
    printed: &Printed<'_, '_>,
    standing: &mut Standing,
) -> Names {
    let has = |wanted: Role| panel.texts.iter().any(|(_, role)| *role == wanted);
    // Where nothing else is a label, the unit is; without that, the first text.
    let labelled = has(Role::Label) || has(Role::Level1) || has(Role::Level2) || has(Role::Level3);
    let unit_is_label = !labelled && has(Role::Unit);
    let text_is_label = !labelled && !unit_is_label;
    let mut names = Names { label: String::new(), code: None, unit: None, level: None };
    let mut code = String::new();
    let mut unit_code = None;
    // A code after the label is that of another classification.
    let mut labelled = false;
    // A text before an empty label, as the kind of purchase before what is bought.
    let mut before = "";
    let mut place = 0;
    for (at, role) in &panel.texts {
        let text = printed.label(*at);
        place += usize::from(*role == Role::Code);
        if text.is_empty() {
            continue;
        }
        match role {
            Role::Label => {
                labelled = true;
                text.clone_into(&mut names.label);
            }
            Role::Unit if unit_is_label => text.clone_into(&mut names.label),
            Role::Text if text_is_label && names.label.is_empty() => {
                text.clone_into(&mut names.label);
            }
            Role::Text if !labelled && before.is_empty() => before = text,
            Role::Unit => names.unit = Some(text::label(text).into_owned()),
            Role::Level1 | Role::Level2 | Role::Level3 => {
                text.clone_into(&mut names.label);
                names.level = Some(match role {
                    Role::Level1 => 1,
                    Role::Level2 => 2,
                    _ => 3,
                });
            }
            Role::Code => {
                let part = text::label(text);
                if part.chars().any(|c| c.is_ascii_digit()) && !looks_like_a_sum(&part) {
                    // 208 | 05 | 05 are parts of one code, 208 | 20805 are not.
                    if labelled && !code.is_empty() {
                        continue;
                    }
                    if code.is_empty() && !labelled {
                        code.push_str(&standing.above(place, &part));
                    } else if part.starts_with(code.as_str()) {
                        code.clear();
                    }
                    standing.enter(place, &part);
                    code.push_str(&part);
                } else if names.label.is_empty() {
                    text.clone_into(&mut names.label);
                }
            }
            Role::UnitCode if text.contains(|c: char| c.is_ascii_digit()) => {
                unit_code = Some(text::label(text).into_owned());
            }
            // The label of a row that lost the cell of its code.
            Role::UnitCode if names.label.is_empty() => text.clone_into(&mut names.label),
            Role::UnitCode | Role::Ordinal | Role::Memo | Role::Text => (),
        }
    }
    if names.label.is_empty() {
        before.clone_into(&mut names.label);
    }
    if code.is_empty() {
        code = unit_code.unwrap_or_default();
    }
    names.code = (!code.is_empty()).then_some(code);
    if raw.form.rows == RowKind::Unit && names.label.is_empty() {
        names.label = names.unit.take().unwrap_or_default();
    }
    names
}

/// Returns whether a text in a column of codes is an amount that slipped there.
fn looks_like_a_sum(text: &str) -> bool {
    text.contains('.') && looks_like_amount(text)
}
